/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What DNS answers of a capture said, and when: the addresses of a host as
 * each asker was told, and the HTTPS records of a name (RFC 9460), whoever
 * asked. A table of bounded size.
 */
#ifndef ALTSVC_ANSWERS_H
#define ALTSVC_ANSWERS_H

#include "altsvc/observation.h"
#include "altsvc/origin.h"

typedef struct AsvAnswers AsvAnswers;

AsvAnswers *asv_answers_new(void);
void asv_answers_free(AsvAnswers *answers);

/* Takes in an https-record or address-record that was seen at time, given to asker (any text that
 * tells askers apart). FALSE when a limit keeps part of it out. */
gboolean asv_answers_add(AsvAnswers *answers, const char *asker, gint64 time,
                         const AsvObservation *seen);

typedef enum {
  ASV_ADDRESS_UNKNOWN, /* no answer says anything of it */
  ASV_ADDRESS_GIVEN,   /* it is one of those that asker was told */
  ASV_ADDRESS_OTHER    /* asker was told others of its family, and their time is not over */
} AsvAddressFit;

/*
 * Whether address, as text, is one of host's, as far as asker knew at time.
 * Answers whose time is over still give an address, since clients keep them
 * for longer, but rule none out; so do hints and the addresses of targets of
 * host's HTTPS records.
 */
AsvAddressFit asv_answers_address(const AsvAnswers *answers, const char *asker, AsvSpan host,
                                  AsvSpan address, gint64 time);

typedef struct {
  gint64 time; /* of the first such answer */
  guint64 packet;
  char *target; /* "": the name itself */
  char *alpn;   /* each name between two line feeds */
  gboolean alias;
  gboolean has_port;
  guint16 port;
} AsvService;

/* Where a connection went. */
typedef struct {
  const char *protocol; /* ALPN name */
  guint16 port;
  gint64 time;
} AsvWent;

/*
 * Searches the HTTPS records of an origin (RFC 9460 §9.1) that were there at
 * the time for one that leads where the connection went. TRUE when the origin
 * has records at all; *found is the one, or NULL.
 */
gboolean asv_answers_service(const AsvAnswers *answers, const AsvOrigin *origin,
                             const AsvWent *went, const AsvService **found);

#endif

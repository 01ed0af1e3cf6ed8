/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of HTTP/3 share: one connection and its streams. */
#ifndef ANALYZER_HTTP_HTTP3_CONNECTION_H
#define ANALYZER_HTTP_HTTP3_CONNECTION_H

#include "analyzer/http/exchange.h"
#include "analyzer/http/http3-frame.h"
#include "analyzer/http/http3.h"
#include "analyzer/http/pairs.h"
#include "analyzer/http/qpack.h"

typedef enum {
  ASV_HTTP3_TYPE,    /* unidirectional, its type is not read yet (RFC 9114 §6.2) */
  ASV_HTTP3_PUSH_ID, /* a push stream whose push ID is not read yet (§4.6) */
  ASV_HTTP3_MESSAGES,
  ASV_HTTP3_CONTROL,
  ASV_HTTP3_ENCODER,
  ASV_HTTP3_UNWANTED
} AsvHttp3Kind;

/* What one side sends on one stream. */
typedef struct {
  AsvHttp3 *http;
  AsvSide side;
  AsvHttp3Kind kind;
  guint64 id;
  guint64 key; /* the stream in pairs.h */
  AsvHttp3Varint varint;
  AsvHttp3Frames frames;
  gboolean begun; /* a frame was seen */
  guint blocked;  /* sections that QPACK has not read yet */
  guint64 missed; /* octets of DATA frames that passed meanwhile */
  gboolean ended; /* goes when no section is blocked any more */
  AsvEnd why;
  GList link;
} AsvHttp3Stream;

struct AsvHttp3 {
  AsvHttpEvents events;
  AsvExchange exchange;
  AsvPairs *pairs;
  AsvQpack *qpack[2];    /* of what that side sends */
  AsvFields *fields;     /* of the section in work, or NULL */
  gsize budget;          /* octets that streams may still gather */
  GQueue streams;        /* AsvHttp3Stream, through their link */
  AsvHttp3Stream *spare; /* memory for the next one, or NULL */
  gboolean has_control[2], has_encoder[2];
  gboolean qpack_lost[2]; /* was told */
  gboolean told[2];       /* something of that side is missing, and coverage says so */
  gboolean early_data;
  gboolean client_spoke;
  gboolean waits; /* events.waits() said so */
  guint64 since;
};

/* Request streams and push streams (http3-request.c), control streams (http3-control.c). */
extern const AsvHttp3Handler asv_http3_request_handler, asv_http3_control_handler;

/* Pairs calls pushed streams by their push ID, which says before the stream does what is pushed. */
static inline guint64 asv_http3_push_key(guint64 push_id) {
  return push_id << 2 | 1;
}

/* QPACK has a field line, or is through with a section; self is the connection. */
void asv_http3_field(void *self, AsvField field, AsvSpan name, AsvSpan value);
void asv_http3_section_done(void *self, gconstpointer ticket, gboolean read);
/* What goes with each section through QPACK, and the packet of one. */
gsize asv_http3_ticket_size(void);
const AsvPacketRef *asv_http3_ticket_packet(gconstpointer ticket);

/* Ends a stream that has no blocked sections, and frees it. */
void asv_http3_stream_finish(AsvHttp3Stream *stream, const AsvPacketRef *at);

#endif

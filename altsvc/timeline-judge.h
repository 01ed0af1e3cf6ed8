/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One advertisement while it is applied, and what is odd or wrong about it:
 * the findings that its value and its alternatives raise.
 */
#ifndef ALTSVC_TIMELINE_JUDGE_H
#define ALTSVC_TIMELINE_JUDGE_H

#include "altsvc/timeline-state.h"
#include "altsvc/value.h"

typedef struct {
  AsvTimelineState *state;
  const AsvConnection *connection;
  AsvClientState *client;
  AsvOriginState *origin; /* NULL: nobody's */
  const AsvObservation *seen;
  const AsvPending *pending;
  const AsvModel *model; /* whose rules apply */
  gboolean has_age;
  guint64 age;      /* seconds */
  GArray *findings; /* guint handles of the advertisement as a whole */
} AsvAdvert;

/* Forgets which findings the last advertisement of this origin raised: this one's are noted. */
void asv_advert_begin_codes(AsvAdvert *advert);
/* Raises a finding and notes its handle with entry, or with the advertisement when entry is NULL.
 */
void asv_advert_raise(AsvAdvert *advert, AsvFindingCode code, AsvEntry *entry, const char *format,
                      ...) G_GNUC_PRINTF(4, 5);
/* value-invalid, host-not-ascii. */
void asv_advert_judge_error(AsvAdvert *advert, const AsvValueError *error);
/* value-clear-mixed, value-empty-element. */
void asv_advert_judge_list(AsvAdvert *advert, const AsvValueSummary *summary);
/* Everything about one alternative, of which entry is made. */
void asv_advert_judge_alternative(AsvAdvert *advert, AsvEntry *entry, const AsvAlternative *from);

/* Gives the findings of what the RFC reads to the same of what the client reads, and those of
 * nobody to the advertisement. */
void asv_advert_take_findings(AsvAdvert *advert, GArray *from, GArray *to);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What one advertisement offers to a cache: read as the grammar says, with the
 * findings that this raises, and as the client's own model reads it; and in
 * words what RFC 7838 would have made of it where that is not the same.
 */
#ifndef ALTSVC_TIMELINE_READING_H
#define ALTSVC_TIMELINE_READING_H

#include "altsvc/timeline-judge.h"

typedef struct {
  gboolean understood; /* FALSE: the cache stays as it is */
  gboolean clears;     /* drops what is there first */
  gboolean held;       /* the client has something that it rather holds on to */
  GArray *offers;      /* AsvEntry, in rank order; their findings are owned by who holds this */
} AsvOffered;

void asv_offered_init(AsvOffered *offered);
void asv_offered_release(AsvOffered *offered);

/* As RFC 7838 has it. Raises what is odd or wrong about the value. */
void asv_offered_by_rfc(AsvAdvert *advert, AsvOffered *offered);
/* As the advertisement's model has it, which is not the RFC's. */
void asv_offered_by_model(AsvAdvert *advert, AsvOffered *offered);

/* TRUE when both make the same of the origin's cache. */
gboolean asv_offered_same(const AsvOffered *a, const AsvOffered *b);
/*
 * What becomes of the cache, in the timeline's strings: "learned h3 at a.test:443 for 60 s"; alone:
 * and nothing else stays. other, which is not the same, is what the client makes of it.
 */
const char *asv_offered_words(AsvAdvert *advert, const AsvOffered *offered, const AsvOffered *other,
                              gboolean alone);

#endif

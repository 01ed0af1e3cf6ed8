/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What happened with an origin's alternatives, as far as its verdict speaks of
 * it: for the words of the verdict and the sentences behind it.
 */
#ifndef REPORT_TEXT_STORY_H
#define REPORT_TEXT_STORY_H

#include "altsvc/timeline.h"

/* The events a verdict speaks of; NULL where there is none. */
typedef struct {
  const AsvEvent *learned; /* the first of the message that came last; a usable one if there is */
  guint others;            /* learned from that message besides */
  const AsvEvent *tried;   /* the first */
  const AsvEvent *used;    /* the first */
  const AsvEvent *failed;  /* the first */
  const AsvEvent *ended;   /* how what was used or learned ended, when it did not come back */
  const AsvEvent *ignored; /* the first */
  const AsvEvent *unheard; /* the first `clear` that the client does not know */
} AsvStory;

/* The events belong to the origin's report. */
AsvStory asv_story_of(const AsvOriginReport *origin);

#endif

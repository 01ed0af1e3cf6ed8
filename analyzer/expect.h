/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --expect ORIGIN:VERDICT, and what --explain prints. */
#ifndef ANALYZER_EXPECT_H
#define ANALYZER_EXPECT_H

#include "altsvc/timeline.h"

typedef struct {
  char *origin; /* serialization */
  AsvOutcome verdict;
} AsvExpectation;

/* "https://a.test:8443:switched", "a.test:fell-back". FALSE, and nothing to free, when it is none;
 * *problem then says what was expected of it. */
gboolean asv_expectation_read(const char *text, AsvExpectation *expectation, const char **problem);

/*
 * Whether every client that asked for the origin has that verdict, and one did.
 * Says on standard error who has another.
 */
gboolean asv_expectation_check(const AsvExpectation *expectation, const AsvTimeline *timeline);

/* Prints what a finding means and what to do; of all their names when code is NULL. FALSE when
 * there is no such code. */
gboolean asv_explain(const char *code);

#endif

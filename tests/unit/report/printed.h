/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a report prints, as a string. */
#ifndef TESTS_UNIT_REPORT_PRINTED_H
#define TESTS_UNIT_REPORT_PRINTED_H

#include <stdlib.h>

#include "report/report.h"
#include "tests/support/story.h"

typedef void (*Report)(FILE *, const AsvTimeline *, const AsvReportOptions *);

static inline AsvReportOptions plain_options(AsvReportSubject subject) {
  return (AsvReportOptions){.subject = subject, .width = 80, .model = "auto", .version = "0.1.0"};
}

/* The caller frees it with free(). */
static inline char *printed(Report report, const AsvStory *story, const AsvReportOptions *options) {
  char *text = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&text, &size);
  g_assert_nonnull(out);
  report(out, &story->timeline, options);
  g_assert_cmpint(fclose(out), ==, 0);
  g_assert_cmpuint(strlen(text), ==, size);
  return text;
}

#endif

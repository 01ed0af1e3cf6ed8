/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line, read with GOptionContext and checked whole before any file is opened. */
#ifndef ANALYZER_OPTIONS_H
#define ANALYZER_OPTIONS_H

#include "altsvc/finding.h"
#include "analyzer/expect.h"
#include "report/report.h"

/* Exit statuses; a larger problem never hides a smaller one's report. */
typedef enum {
  ASV_EXIT_DONE = 0,
  ASV_EXIT_USAGE = 1, /* wrong usage or option value */
  ASV_EXIT_INPUT = 2, /* an input missing, unreadable, damaged or cut, or an output not writable */
  ASV_EXIT_FAILED = 3 /* --fail-on met, --expect or --expect-cache not met */
} AsvExit;

typedef struct {
  char **files;    /* at least one */
  char **key_logs; /* NULL-terminated, may be empty; "env" already replaced */
  char *filter;    /* BPF, or NULL */
  guint64 count;   /* packets, 0: all */
  AsvReportFormat format;
  AsvReportOptions report;
  AsvTimelineOptions timeline;
  char *output;                     /* file, or NULL for standard output */
  GArray *expected;                 /* AsvExpectation: --expect */
  char *start_cache, *expect_cache; /* files of clients' storage, or NULL */
  gboolean progress;
  gboolean fail_on[ASV_FINDINGS_COUNT]; /* by AsvFindingCode */
} AsvOptions;

/*
 * Reads argv, which NULL ends. Returns FALSE when the program is to end with *status: after
 * --help or --version (printed), or after a mistake (message printed).
 */
gboolean asv_options_read(AsvOptions *options, char **argv, AsvExit *status);
void asv_options_clear(AsvOptions *options);

#endif

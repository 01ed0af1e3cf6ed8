/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One packet as its file has it: what the readers of both formats give to
 * input.c, which then merges, filters and numbers.
 */
#ifndef ANALYZER_INPUT_RECORD_H
#define ANALYZER_INPUT_RECORD_H

#include "altsvc/bytes.h"

typedef struct {
  guint64 number; /* within the file, from 1, as Wireshark counts */
  gint64 time;    /* nanoseconds since 1970-01-01 UTC; only when timed */
  gboolean timed; /* FALSE: the file has no time for it */
  int linktype;   /* LINKTYPE_ value */
  AsvSpan data;   /* borrowed until the reader is asked again */
  guint32 wire_length;
} AsvRecord;

/* Raw IP stands in files under three numbers, two of them some systems' own DLT_RAW. */
static inline int asv_record_linktype(guint32 written) {
  return written == 12 || written == 14 ? 101 : (int)written;
}

#endif

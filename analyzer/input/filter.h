/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A BPF expression ("-f"), compiled once for each link type that comes along. */
#ifndef ANALYZER_INPUT_FILTER_H
#define ANALYZER_INPUT_FILTER_H

#include "analyzer/input/record.h"

typedef struct AsvFilter AsvFilter;

/* A filter that has not been compiled yet. */
AsvFilter *asv_filter_new(const char *expression);

/*
 * Tells in *wanted whether the expression accepts the packet. FALSE and *error
 * (ASV_INPUT_ERROR_FILTER) when it does not compile for the packet's link type.
 */
gboolean asv_filter_run(AsvFilter *filter, const AsvRecord *record, gboolean *wanted,
                        GError **error);

void asv_filter_free(AsvFilter *filter);

#endif

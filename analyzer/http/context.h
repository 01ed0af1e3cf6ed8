/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Buffers that the connections of a capture take turns with: a connection
 * needs them only while it reads a section, and few do so at the same time.
 */
#ifndef ANALYZER_HTTP_CONTEXT_H
#define ANALYZER_HTTP_CONTEXT_H

#include "analyzer/http/fields.h"
#include "analyzer/http/http.h"
#include "analyzer/http/huffman.h"

struct AsvHttpContext {
  AsvFields *spare[ASV_HTTP_FIELDS_SPARE_MAX]; /* not in use */
  guint spare_count;
  GByteArray *joined; /* several lines as one, while an event is told */
  GArray *spans;      /* AsvSpan: lists of an event, while it is told */
  AsvHuffmanMemo memo;
  gsize bodies; /* octets of the bodies in work: see body.h */
};

/* Fields to fill, empty; to be given back. */
AsvFields *asv_http_context_take(AsvHttpContext *context);
/* Takes fields back; NULL is allowed. */
void asv_http_context_give(AsvHttpContext *context, AsvFields *fields);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HPACK (RFC 7541) of one direction of an HTTP/2 connection: header blocks in,
 * fields that matter out. Every block must pass through here, in order.
 */
#ifndef ANALYZER_HTTP_HPACK_H
#define ANALYZER_HTTP_HPACK_H

#include "analyzer/http/fields.h"

typedef struct nghttp2_hd_inflater AsvHpack;

AsvHpack *asv_hpack_new(void);
/*
 * Inflates the next part of a block, in parts of any size; final with the last
 * one, which may be empty. Adds what matters to fields. FALSE: the block does
 * not fit the table, and nothing that follows can be believed; do not call
 * again.
 */
gboolean asv_hpack_inflate(AsvHpack *hpack, AsvSpan part, gboolean final, AsvFields *fields);
void asv_hpack_free(AsvHpack *hpack);

#endif

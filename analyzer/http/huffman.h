/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The Huffman code of HPACK and QPACK (RFC 7541 §5.2, Appendix B; RFC 9204 §4.1.2). */
#ifndef ANALYZER_HTTP_HUFFMAN_H
#define ANALYZER_HTTP_HUFFMAN_H

#include "altsvc/bytes.h"
#include "analyzer/limits.h"

/* How many octets a coded string of that size may become: no code is shorter than five bits. */
static inline gsize asv_huffman_room(gsize size) {
  return size / 5 * 8 + 8;
}

/*
 * Decodes a whole string to `to`, which has asv_huffman_room() octets; returns
 * their number in size. FALSE when it is no valid string.
 */
gboolean asv_huffman_decode(AsvSpan coded, guint8 *to, gsize *size);

/* Strings decoded before, each where its octets lead: most values come again and again. Begins as
 * zeros. */
typedef struct {
  struct {
    guint8 coded_size; /* 0: none */
    guint8 size;
    guint8 coded[ASV_HUFFMAN_KEPT_SIZE_MAX];
    guint8 plain[ASV_HUFFMAN_KEPT_SIZE_MAX / 5 * 8 + 8];
  } kept[ASV_HUFFMAN_KEPT_MAX];
} AsvHuffmanMemo;

/*
 * The same with what is known. room has asv_huffman_room() octets; plain is
 * there or in the memo, and stays until the memo's next use.
 */
gboolean asv_huffman_read(AsvHuffmanMemo *memo, AsvSpan coded, guint8 *room, AsvSpan *plain);

#endif

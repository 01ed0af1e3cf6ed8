/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The Huffman code of HPACK and QPACK (RFC 7541 §5.2, Appendix B; RFC 9204 §4.1.2). */
#ifndef ANALYZER_HTTP_HUFFMAN_H
#define ANALYZER_HTTP_HUFFMAN_H

#include "altsvc/bytes.h"

/* How many octets a coded string of that size may become: no code is shorter than five bits. */
static inline gsize asv_huffman_room(gsize size) {
  return size / 5 * 8 + 8;
}

/*
 * Decodes a whole string to `to`, which has asv_huffman_room() octets; returns
 * their number in size. FALSE when it is no valid string.
 */
gboolean asv_huffman_decode(AsvSpan coded, guint8 *to, gsize *size);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Recognises HTTP/2 frames by themselves (RFC 9113 §4.1, §6): a frame header
 * has some 40 bits that chance rarely gets right, three behind one another
 * never.
 */
#include "chain.h"

/* What a frame of a type must look like. */
typedef struct {
  gboolean known;
  gboolean connection, stream; /* may stand on stream 0, on another */
  guint8 flags;                /* defined ones */
  guint32 least, most;         /* length */
} Shape;

static const Shape shapes[] = {
    [0x0] = {TRUE, FALSE, TRUE, 0x09, 0, ASV_HTTP_CHAIN_MAX},
    [0x1] = {TRUE, FALSE, TRUE, 0x2d, 1, ASV_HTTP_CHAIN_MAX},
    [0x2] = {TRUE, FALSE, TRUE, 0x00, 5, 5},
    [0x3] = {TRUE, FALSE, TRUE, 0x00, 4, 4},
    [0x4] = {TRUE, TRUE, FALSE, 0x01, 0, 600},
    [0x5] = {TRUE, FALSE, TRUE, 0x0c, 5, ASV_HTTP_CHAIN_MAX},
    [0x6] = {TRUE, TRUE, FALSE, 0x01, 8, 8},
    [0x7] = {TRUE, TRUE, FALSE, 0x00, 8, ASV_HTTP_CHAIN_MAX},
    [0x8] = {TRUE, TRUE, TRUE, 0x00, 4, 4},
    [0x9] = {TRUE, FALSE, TRUE, 0x04, 0, ASV_HTTP_CHAIN_MAX},
    [0xa] = {TRUE, TRUE, TRUE, 0x00, 2, ASV_HTTP_CHAIN_MAX},
    [0xc] = {TRUE, TRUE, FALSE, 0x00, 0, ASV_HTTP_CHAIN_MAX},
    [0x10] = {TRUE, TRUE, FALSE, 0x00, 4, ASV_HTTP_CHAIN_MAX},
};

static gboolean is_plausible(guint32 length, guint8 type, guint8 flags, guint32 stream) {
  if (type >= G_N_ELEMENTS(shapes) || !shapes[type].known) return FALSE;
  const Shape *shape = &shapes[type];
  if (stream & 0x80000000u || flags & ~shape->flags) return FALSE;
  if (stream ? !shape->stream : !shape->connection) return FALSE;
  if (length < shape->least || length > shape->most) return FALSE;
  if (type == 0x4) return length % 6 == 0 && (!(flags & 1) || length == 0);
  return TRUE;
}

AsvChain asv_chain_read(AsvSpan octets, gboolean *ends) {
  AsvReader reader = asv_reader(octets);
  *ends = FALSE;
  for (guint frames = 0; asv_reader_left(&reader) >= 9; frames++) {
    guint32 length = asv_read_u24(&reader);
    guint8 type = asv_read_u8(&reader);
    guint8 flags = asv_read_u8(&reader);
    if (!is_plausible(length, type, flags, asv_read_u32(&reader))) return ASV_CHAIN_NO;
    if (frames + 1 == ASV_HTTP_CHAIN_FRAMES) return ASV_CHAIN_YES;
    if (asv_reader_left(&reader) < length) return ASV_CHAIN_MORE;
    asv_read_span(&reader, length);
    *ends = asv_reader_left(&reader) == 0;
  }
  return ASV_CHAIN_MORE;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decompression of gzip (RFC 1952), zstd (RFC 8878) and LZ4 frames, each with
 * any number of members or frames in a row: octets in, octets out, no I/O.
 */
#ifndef ANALYZER_INPUT_CODEC_H
#define ANALYZER_INPUT_CODEC_H

#include "altsvc/bytes.h"

/* Octets that tell the format. */
#define ASV_CODEC_MAGIC 4

typedef struct AsvCodec AsvCodec;

/* A decoder for the format that data begins with; NULL when that is none of the three. */
AsvCodec *asv_codec_new(AsvSpan data);

/* "gzip", "zstd" or "lz4". */
const char *asv_codec_name(const AsvCodec *codec);

/*
 * Decodes from *in, which moves on, to out, at most room octets. Stops when out
 * is full, or *in is used up and nothing more can be made of it. Returns the
 * number of octets made. Sets *error for damaged data; what was made before
 * the damage still counts, and the codec must not be used again.
 */
gsize asv_codec_decode(AsvCodec *codec, AsvSpan *in, guint8 *out, gsize room, GError **error);

/* TRUE between members or frames, where the data may end. */
gboolean asv_codec_at_boundary(const AsvCodec *codec);

void asv_codec_free(AsvCodec *codec);

#endif

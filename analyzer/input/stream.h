/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The octets of a file, of standard input or of what a decompressor makes of
 * either, through one bounded buffer: peek without copying, then skip.
 * Read errors and damaged compression end the stream early; asv_stream_error
 * tells that from an ordinary end.
 */
#ifndef ANALYZER_INPUT_STREAM_H
#define ANALYZER_INPUT_STREAM_H

#include <stdio.h>

#include "altsvc/bytes.h"

typedef struct AsvStream AsvStream;

/*
 * Opens name ("-": standard input) and looks at its first octets for a
 * compression format. NULL and *error (ASV_INPUT_ERROR_OPEN) when it cannot be
 * opened or is a directory.
 */
AsvStream *asv_stream_open(const char *name, GError **error);

/*
 * A second stream over the same file, at octet `from` of the decompressed data.
 * NULL when the file cannot be read twice (a pipe), or is shorter.
 */
AsvStream *asv_stream_again(const AsvStream *stream, guint64 from);

/*
 * The next n octets, or fewer where the stream ends. Borrowed until the next
 * peek, skip or free. n is at most ASV_INPUT_BLOCK_MAX.
 */
AsvSpan asv_stream_peek(AsvStream *stream, gsize n);

/* Moves n octets on; returns how many there were. */
guint64 asv_stream_skip(AsvStream *stream, guint64 n);

/* Octets skipped so far, of the decompressed data: the offset that a message names. */
guint64 asv_stream_position(const AsvStream *stream);

/* Why the stream ended before its time; NULL for an ordinary end, or while more follows. */
const GError *asv_stream_error(const AsvStream *stream);

/* "gzip", "zstd", "lz4", or NULL. */
const char *asv_stream_compression(const AsvStream *stream);

/* Octets of the file on disk: all (0: not known), and those read so far. */
guint64 asv_stream_file_size(const AsvStream *stream);
guint64 asv_stream_file_position(const AsvStream *stream);

void asv_stream_free(AsvStream *stream);

/*
 * What has not been skipped, for stdio, which takes the stream over: fclose frees it. It can be
 * rewound to the beginning when the file can be read twice. What asv_stream_error would tell
 * is an error of reading (EIO) here.
 */
FILE *asv_stream_to_stdio(AsvStream *stream);

/* Where a stream ended in the middle of something. */
typedef struct {
  guint64 packet;        /* number of the packet; 0: none has come */
  gboolean inside;       /* in that packet; FALSE: between it and the next */
  guint64 at;            /* offset where the packet or block begins */
  guint64 there, wanted; /* octets of `what` */
  const char *what;
} AsvCut;

/* "in packet 17, at byte 2345" and the like, to be freed with g_free. */
char *asv_cut_where(const AsvCut *cut);

/* Sets *error (ASV_INPUT_ERROR_DAMAGED) to say so, with the stream's own error when it has one. */
void asv_stream_cut(const AsvStream *stream, const AsvCut *cut, GError **error);

#endif

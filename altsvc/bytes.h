/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Borrowed octets and the one way to read integers and runs from them.
 *
 * A span never owns what it points at. A reader walks a span, refuses every
 * read beyond its end and remembers that it refused (sticky error), so that a
 * parser may read a whole structure and ask once at the end.
 */
#ifndef ALTSVC_BYTES_H
#define ALTSVC_BYTES_H

#include <glib.h>
#include <string.h>

/* Octets borrowed from somebody else, for as long as the lender says. */
typedef struct {
  const guint8 *data; /* may be NULL when size is 0 */
  gsize size;         /* octets */
} AsvSpan;

/* A position in a span; made by asv_reader(). */
typedef struct {
  const guint8 *start;
  const guint8 *at;
  const guint8 *end;
  gboolean failed; /* a read went beyond the end; every later read gives 0 */
} AsvReader;

static inline AsvSpan asv_span(const void *data, gsize size) {
  return (AsvSpan){.data = (const guint8 *)data, .size = size};
}

/* The octets of a NUL-terminated string, the NUL not included; NULL gives an empty span. */
static inline AsvSpan asv_span_text(const char *text) {
  return asv_span(text, text ? strlen(text) : 0);
}

/* The part of span from octet `from` on, at most `size` octets; empty when there is none. */
static inline AsvSpan asv_span_sub(AsvSpan span, gsize from, gsize size) {
  if (from >= span.size) return asv_span(NULL, 0);
  return asv_span(span.data + from, MIN(size, span.size - from));
}

static inline gboolean asv_span_equal(AsvSpan a, AsvSpan b) {
  return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

/* Equality of ASCII text without regard to case; octets above 127 compare exactly. */
gboolean asv_span_equal_nocase(AsvSpan a, AsvSpan b);

/* True when span is exactly the octets of text. */
static inline gboolean asv_span_is(AsvSpan span, const char *text) {
  return asv_span_equal(span, asv_span_text(text));
}

gboolean asv_span_is_nocase(AsvSpan span, const char *text);

/* A copy with a NUL behind it, to be freed with g_free; octets are not changed. */
char *asv_span_dup(AsvSpan span);

/*
 * Reads span as decimal digits only (RFC 9110 §8.6, RFC 9111 §1.2.2). A value
 * above G_MAXUINT64 is G_MAXUINT64. Returns FALSE, and leaves *value alone,
 * when span is empty or has any other octet.
 */
gboolean asv_span_decimal(AsvSpan span, guint64 *value);

/* The span without leading and trailing SP and HTAB (OWS, RFC 9110 §5.6.3). */
static inline AsvSpan asv_span_trim(AsvSpan span) {
  while (span.size && (span.data[0] == ' ' || span.data[0] == '\t')) {
    span.data++;
    span.size--;
  }
  while (span.size && (span.data[span.size - 1] == ' ' || span.data[span.size - 1] == '\t'))
    span.size--;
  return span;
}

static inline AsvReader asv_reader(AsvSpan span) {
  return (AsvReader){.start = span.data,
                     .at = span.data,
                     .end = span.size ? span.data + span.size : span.data,
                     .failed = FALSE};
}

/* Octets not read yet; 0 after a failure. */
static inline gsize asv_reader_left(const AsvReader *reader) {
  return reader->failed ? 0 : (gsize)(reader->end - reader->at);
}

/* Octets read so far: the offset that a message names. */
static inline gsize asv_reader_offset(const AsvReader *reader) {
  return (gsize)(reader->at - reader->start);
}

/* The next n octets, and moves behind them; an empty span and the sticky error when fewer are left.
 */
static inline AsvSpan asv_read_span(AsvReader *reader, gsize n) {
  if (asv_reader_left(reader) < n) {
    reader->failed = TRUE;
    return asv_span(NULL, 0);
  }
  AsvSpan span = asv_span(reader->at, n);
  if (n) reader->at += n;
  return span;
}

/* All that is left. */
static inline AsvSpan asv_read_rest(AsvReader *reader) {
  return asv_read_span(reader, asv_reader_left(reader));
}

/* Integers in network byte order; 0 and the sticky error when too few octets are left. */
static inline guint8 asv_read_u8(AsvReader *reader) {
  if (asv_reader_left(reader)) return *reader->at++;
  reader->failed = TRUE;
  return 0;
}
static inline guint16 asv_read_u16(AsvReader *reader) {
  AsvSpan s = asv_read_span(reader, 2);
  return s.size ? (guint16)((guint16)(s.data[0] << 8) | s.data[1]) : 0;
}
static inline guint32 asv_read_u24(AsvReader *reader) {
  AsvSpan s = asv_read_span(reader, 3);
  return s.size ? (guint32)s.data[0] << 16 | (guint32)s.data[1] << 8 | s.data[2] : 0;
}
static inline guint32 asv_read_u32(AsvReader *reader) {
  AsvSpan s = asv_read_span(reader, 4);
  return s.size ? (guint32)s.data[0] << 24 | (guint32)s.data[1] << 16 | (guint32)s.data[2] << 8 |
                      s.data[3]
                : 0;
}
static inline guint64 asv_read_u64(AsvReader *reader) {
  guint64 high = asv_read_u32(reader);
  return high << 32 | asv_read_u32(reader);
}

#endif

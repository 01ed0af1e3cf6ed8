/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The static table (RFC 9204 Appendix A) and field line representations (§4.5)
 * without those that need the dynamic table, which fail the section.
 */
#include "qpack-plain.h"

/* First octets of field lines. */
#define INDEXED 0x80u
#define INDEXED_STATIC 0x40u
#define NAMED 0x40u
#define NAMED_STATIC 0x10u
#define LITERAL 0x20u
/* Huffman codes (§4.1.2). */
#define NAME_CODED 0x08u
#define VALUE_CODED 0x80u
/* RFC 9204 §4.1.1: integers have 62 bits. */
#define INTEGER_BITS 62u
/* Octets of decoded strings for which no memory is asked. */
#define SMALL 4096u

typedef struct {
  const char *name, *value;
  guint8 name_size, value_size;
} Line;

/* A section in work. */
typedef struct {
  AsvReader reader;
  const AsvQpackEvents *events;
  AsvHuffmanMemo *memo;
  guint8 *room; /* for the strings of a line, decoded */
} Section;

#define LINE(name, value) \
  { name, value, sizeof(name) - 1, sizeof(value) - 1 }
/* clang-format off */
static const Line table[] = {
    LINE(":authority", ""),
    LINE(":path", "/"),
    LINE("age", "0"),
    LINE("content-disposition", ""),
    LINE("content-length", "0"),
    LINE("cookie", ""),
    LINE("date", ""),
    LINE("etag", ""),
    LINE("if-modified-since", ""),
    LINE("if-none-match", ""),
    LINE("last-modified", ""),
    LINE("link", ""),
    LINE("location", ""),
    LINE("referer", ""),
    LINE("set-cookie", ""),
    LINE(":method", "CONNECT"),
    LINE(":method", "DELETE"),
    LINE(":method", "GET"),
    LINE(":method", "HEAD"),
    LINE(":method", "OPTIONS"),
    LINE(":method", "POST"),
    LINE(":method", "PUT"),
    LINE(":scheme", "http"),
    LINE(":scheme", "https"),
    LINE(":status", "103"),
    LINE(":status", "200"),
    LINE(":status", "304"),
    LINE(":status", "404"),
    LINE(":status", "503"),
    LINE("accept", "*/*"),
    LINE("accept", "application/dns-message"),
    LINE("accept-encoding", "gzip, deflate, br"),
    LINE("accept-ranges", "bytes"),
    LINE("access-control-allow-headers", "cache-control"),
    LINE("access-control-allow-headers", "content-type"),
    LINE("access-control-allow-origin", "*"),
    LINE("cache-control", "max-age=0"),
    LINE("cache-control", "max-age=2592000"),
    LINE("cache-control", "max-age=604800"),
    LINE("cache-control", "no-cache"),
    LINE("cache-control", "no-store"),
    LINE("cache-control", "public, max-age=31536000"),
    LINE("content-encoding", "br"),
    LINE("content-encoding", "gzip"),
    LINE("content-type", "application/dns-message"),
    LINE("content-type", "application/javascript"),
    LINE("content-type", "application/json"),
    LINE("content-type", "application/x-www-form-urlencoded"),
    LINE("content-type", "image/gif"),
    LINE("content-type", "image/jpeg"),
    LINE("content-type", "image/png"),
    LINE("content-type", "text/css"),
    LINE("content-type", "text/html; charset=utf-8"),
    LINE("content-type", "text/plain"),
    LINE("content-type", "text/plain;charset=utf-8"),
    LINE("range", "bytes=0-"),
    LINE("strict-transport-security", "max-age=31536000"),
    LINE("strict-transport-security", "max-age=31536000; includesubdomains"),
    LINE("strict-transport-security", "max-age=31536000; includesubdomains; preload"),
    LINE("vary", "accept-encoding"),
    LINE("vary", "origin"),
    LINE("x-content-type-options", "nosniff"),
    LINE("x-xss-protection", "1; mode=block"),
    LINE(":status", "100"),
    LINE(":status", "204"),
    LINE(":status", "206"),
    LINE(":status", "302"),
    LINE(":status", "400"),
    LINE(":status", "403"),
    LINE(":status", "421"),
    LINE(":status", "425"),
    LINE(":status", "500"),
    LINE("accept-language", ""),
    LINE("access-control-allow-credentials", "FALSE"),
    LINE("access-control-allow-credentials", "TRUE"),
    LINE("access-control-allow-headers", "*"),
    LINE("access-control-allow-methods", "get"),
    LINE("access-control-allow-methods", "get, post, options"),
    LINE("access-control-allow-methods", "options"),
    LINE("access-control-expose-headers", "content-length"),
    LINE("access-control-request-headers", "content-type"),
    LINE("access-control-request-method", "get"),
    LINE("access-control-request-method", "post"),
    LINE("alt-svc", "clear"),
    LINE("authorization", ""),
    LINE("content-security-policy", "script-src 'none'; object-src 'none'; base-uri 'none'"),
    LINE("early-data", "1"),
    LINE("expect-ct", ""),
    LINE("forwarded", ""),
    LINE("if-range", ""),
    LINE("origin", ""),
    LINE("purpose", "prefetch"),
    LINE("server", ""),
    LINE("timing-allow-origin", "*"),
    LINE("upgrade-insecure-requests", "1"),
    LINE("user-agent", ""),
    LINE("x-forwarded-for", ""),
    LINE("x-frame-options", "deny"),
    LINE("x-frame-options", "sameorigin"),
};
/* clang-format on */
#undef LINE

guint64 asv_qpack_integer(AsvReader *reader, guint8 first, guint bits) {
  guint64 most = (G_GUINT64_CONSTANT(1) << bits) - 1;
  guint64 value = first & most;
  if (value < most) return value;
  for (guint shift = 0; shift < INTEGER_BITS - 6; shift += 7) {
    guint8 octet = asv_read_u8(reader);
    value += (guint64)(octet & 0x7f) << shift;
    if (!(octet & 0x80)) return value;
  }
  reader->failed = TRUE;
  return 0;
}

/* A string literal whose first octet has been read: its length in the lowest bits. */
static AsvSpan read_literal(AsvReader *reader, guint8 first, guint bits) {
  return asv_read_span(reader, (gsize)asv_qpack_integer(reader, first, bits));
}

/* A name. Decoded octets go to *room, which moves behind them. */
static AsvSpan read_name(Section *section, guint8 first, guint8 **room) {
  AsvSpan string = read_literal(&section->reader, first, 3);
  gsize size;
  if (!(first & NAME_CODED) || section->reader.failed) return string;
  if (!asv_huffman_decode(string, *room, &size)) {
    section->reader.failed = TRUE;
    return string;
  }
  string = asv_span(*room, size);
  *room += size;
  return string;
}

static AsvSpan read_value(Section *section, guint8 *room) {
  guint8 first = asv_read_u8(&section->reader);
  AsvSpan string = read_literal(&section->reader, first, 7), plain;
  if (!(first & VALUE_CODED) || section->reader.failed) return string;
  if (!asv_huffman_read(section->memo, string, room, &plain)) section->reader.failed = TRUE;
  return plain;
}

static const Line *read_line_index(AsvReader *reader, guint8 first, guint bits) {
  guint64 index = asv_qpack_integer(reader, first, bits);
  if (index < G_N_ELEMENTS(table)) return &table[index];
  reader->failed = TRUE;
  return &table[0];
}

static void read_line(Section *section) {
  AsvReader *reader = &section->reader;
  guint8 *room = section->room;
  guint8 first = asv_read_u8(reader);
  AsvSpan name, value;
  if (first & INDEXED) {
    if (!(first & INDEXED_STATIC)) reader->failed = TRUE;
    const Line *line = read_line_index(reader, first, 6);
    name = asv_span(line->name, line->name_size);
    value = asv_span(line->value, line->value_size);
  } else if (first & NAMED) {
    if (!(first & NAMED_STATIC)) reader->failed = TRUE;
    const Line *line = read_line_index(reader, first, 4);
    name = asv_span(line->name, line->name_size);
    value = read_value(section, room);
  } else {
    if (!(first & LITERAL)) reader->failed = TRUE;
    name = read_name(section, first, &room);
    value = read_value(section, room);
  }
  if (!reader->failed) section->events->field(section->events->self, name, value);
}

gboolean asv_qpack_plain_read(AsvSpan octets, const AsvQpackEvents *events, AsvHuffmanMemo *memo) {
  guint8 small[SMALL];
  gsize need = asv_huffman_room(octets.size);
  Section section = {.reader = asv_reader(octets),
                     .events = events,
                     .memo = memo,
                     .room = need > sizeof small ? g_malloc(need) : small};
  AsvReader *reader = &section.reader;
  guint8 required = asv_read_u8(reader), base = asv_read_u8(reader);
  if (required != 0 || base & 0x80) reader->failed = TRUE;
  asv_qpack_integer(reader, base, 7);
  while (asv_reader_left(reader)) read_line(&section);
  if (section.room != small) g_free(section.room);
  return !reader->failed;
}

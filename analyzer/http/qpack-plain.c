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
  AsvField field;
} Line;

/* A section in work. */
typedef struct {
  AsvReader reader;
  const AsvQpackEvents *events;
  AsvHuffmanMemo *memo;
  guint8 *room; /* for the strings of a line, decoded */
} Section;

#define LINE(field, name, value) \
  { name, value, sizeof(name) - 1, sizeof(value) - 1, ASV_FIELD_##field }
/* clang-format off */
static const Line table[] = {
    LINE(AUTHORITY, ":authority", ""),
    LINE(PATH, ":path", "/"),
    LINE(AGE, "age", "0"),
    LINE(NONE, "content-disposition", ""),
    LINE(CONTENT_LENGTH, "content-length", "0"),
    LINE(NONE, "cookie", ""),
    LINE(DATE, "date", ""),
    LINE(NONE, "etag", ""),
    LINE(NONE, "if-modified-since", ""),
    LINE(NONE, "if-none-match", ""),
    LINE(NONE, "last-modified", ""),
    LINE(NONE, "link", ""),
    LINE(NONE, "location", ""),
    LINE(REFERER, "referer", ""),
    LINE(NONE, "set-cookie", ""),
    LINE(METHOD, ":method", "CONNECT"),
    LINE(METHOD, ":method", "DELETE"),
    LINE(METHOD, ":method", "GET"),
    LINE(METHOD, ":method", "HEAD"),
    LINE(METHOD, ":method", "OPTIONS"),
    LINE(METHOD, ":method", "POST"),
    LINE(METHOD, ":method", "PUT"),
    LINE(SCHEME, ":scheme", "http"),
    LINE(SCHEME, ":scheme", "https"),
    LINE(STATUS, ":status", "103"),
    LINE(STATUS, ":status", "200"),
    LINE(STATUS, ":status", "304"),
    LINE(STATUS, ":status", "404"),
    LINE(STATUS, ":status", "503"),
    LINE(NONE, "accept", "*/*"),
    LINE(NONE, "accept", "application/dns-message"),
    LINE(NONE, "accept-encoding", "gzip, deflate, br"),
    LINE(NONE, "accept-ranges", "bytes"),
    LINE(NONE, "access-control-allow-headers", "cache-control"),
    LINE(NONE, "access-control-allow-headers", "content-type"),
    LINE(NONE, "access-control-allow-origin", "*"),
    LINE(NONE, "cache-control", "max-age=0"),
    LINE(NONE, "cache-control", "max-age=2592000"),
    LINE(NONE, "cache-control", "max-age=604800"),
    LINE(NONE, "cache-control", "no-cache"),
    LINE(NONE, "cache-control", "no-store"),
    LINE(NONE, "cache-control", "public, max-age=31536000"),
    LINE(CONTENT_ENCODING, "content-encoding", "br"),
    LINE(CONTENT_ENCODING, "content-encoding", "gzip"),
    LINE(CONTENT_TYPE, "content-type", "application/dns-message"),
    LINE(CONTENT_TYPE, "content-type", "application/javascript"),
    LINE(CONTENT_TYPE, "content-type", "application/json"),
    LINE(CONTENT_TYPE, "content-type", "application/x-www-form-urlencoded"),
    LINE(CONTENT_TYPE, "content-type", "image/gif"),
    LINE(CONTENT_TYPE, "content-type", "image/jpeg"),
    LINE(CONTENT_TYPE, "content-type", "image/png"),
    LINE(CONTENT_TYPE, "content-type", "text/css"),
    LINE(CONTENT_TYPE, "content-type", "text/html; charset=utf-8"),
    LINE(CONTENT_TYPE, "content-type", "text/plain"),
    LINE(CONTENT_TYPE, "content-type", "text/plain;charset=utf-8"),
    LINE(NONE, "range", "bytes=0-"),
    LINE(NONE, "strict-transport-security", "max-age=31536000"),
    LINE(NONE, "strict-transport-security", "max-age=31536000; includesubdomains"),
    LINE(NONE, "strict-transport-security", "max-age=31536000; includesubdomains; preload"),
    LINE(NONE, "vary", "accept-encoding"),
    LINE(NONE, "vary", "origin"),
    LINE(NONE, "x-content-type-options", "nosniff"),
    LINE(NONE, "x-xss-protection", "1; mode=block"),
    LINE(STATUS, ":status", "100"),
    LINE(STATUS, ":status", "204"),
    LINE(STATUS, ":status", "206"),
    LINE(STATUS, ":status", "302"),
    LINE(STATUS, ":status", "400"),
    LINE(STATUS, ":status", "403"),
    LINE(STATUS, ":status", "421"),
    LINE(STATUS, ":status", "425"),
    LINE(STATUS, ":status", "500"),
    LINE(NONE, "accept-language", ""),
    LINE(NONE, "access-control-allow-credentials", "FALSE"),
    LINE(NONE, "access-control-allow-credentials", "TRUE"),
    LINE(NONE, "access-control-allow-headers", "*"),
    LINE(NONE, "access-control-allow-methods", "get"),
    LINE(NONE, "access-control-allow-methods", "get, post, options"),
    LINE(NONE, "access-control-allow-methods", "options"),
    LINE(NONE, "access-control-expose-headers", "content-length"),
    LINE(NONE, "access-control-request-headers", "content-type"),
    LINE(NONE, "access-control-request-method", "get"),
    LINE(NONE, "access-control-request-method", "post"),
    LINE(ALT_SVC, "alt-svc", "clear"),
    LINE(NONE, "authorization", ""),
    LINE(NONE, "content-security-policy", "script-src 'none'; object-src 'none'; base-uri 'none'"),
    LINE(NONE, "early-data", "1"),
    LINE(NONE, "expect-ct", ""),
    LINE(FORWARDED, "forwarded", ""),
    LINE(NONE, "if-range", ""),
    LINE(NONE, "origin", ""),
    LINE(NONE, "purpose", "prefetch"),
    LINE(NONE, "server", ""),
    LINE(NONE, "timing-allow-origin", "*"),
    LINE(NONE, "upgrade-insecure-requests", "1"),
    LINE(USER_AGENT, "user-agent", ""),
    LINE(NONE, "x-forwarded-for", ""),
    LINE(NONE, "x-frame-options", "deny"),
    LINE(NONE, "x-frame-options", "sameorigin"),
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
  AsvField field;
  AsvSpan name, value;
  if (first & INDEXED) {
    if (!(first & INDEXED_STATIC)) reader->failed = TRUE;
    const Line *line = read_line_index(reader, first, 6);
    field = line->field;
    name = asv_span(line->name, line->name_size);
    value = asv_span(line->value, line->value_size);
  } else if (first & NAMED) {
    if (!(first & NAMED_STATIC)) reader->failed = TRUE;
    const Line *line = read_line_index(reader, first, 4);
    field = line->field;
    name = asv_span(line->name, line->name_size);
    value = read_value(section, room);
  } else {
    if (!(first & LITERAL)) reader->failed = TRUE;
    name = read_name(section, first, &room);
    field = asv_field_find_lower(name);
    value = read_value(section, room);
  }
  if (!reader->failed) section->events->field(section->events->self, field, name, value);
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

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What first octets say: request line, status line, HTTP/2 preface or SETTINGS (RFC 9112 §3, §4,
 * RFC 9113 §3.4). */
#include "analyzer/http/http2.h"
#include "analyzer/http/line.h"

/* The longest method of the IANA registry has 17 octets. */
#define METHOD_MAX 32u

/* Whether first begins with text, or may when more comes. */
static AsvSniff begins(AsvSpan first, AsvSpan text, AsvSniff yes) {
  gsize n = MIN(first.size, text.size);
  if (memcmp(first.data, text.data, n) != 0) return ASV_SNIFF_NO;
  return n == text.size ? yes : ASV_SNIFF_MORE;
}

static AsvSniff sniff_settings(AsvSpan first) {
  AsvReader reader = asv_reader(first);
  if (first.data[0] != 0) return ASV_SNIFF_NO;
  if (first.size < 9) {
    gboolean type = first.size < 4 || first.data[3] == 4;
    return type && (first.size < 5 || first.data[4] == 0) ? ASV_SNIFF_MORE : ASV_SNIFF_NO;
  }
  guint32 length = asv_read_u24(&reader);
  guint8 type = asv_read_u8(&reader), flags = asv_read_u8(&reader);
  guint32 stream = asv_read_u32(&reader);
  return length % 6 == 0 && length <= 600 && type == 4 && flags == 0 && stream == 0
             ? ASV_SNIFF_SERVER
             : ASV_SNIFF_NO;
}

static AsvSniff sniff_status(AsvSpan first) {
  AsvSniff version = begins(first, asv_span_text("HTTP/1."), ASV_SNIFF_SERVER);
  if (version != ASV_SNIFF_SERVER) return version;
  for (gsize i = 7; i < MIN(first.size, 12); i++) {
    gboolean digit = g_ascii_isdigit(first.data[i]);
    if (i == 8 ? first.data[i] != ' ' && first.data[i] != '\t' : !digit) return ASV_SNIFF_NO;
  }
  return first.size < 12 ? ASV_SNIFF_MORE : ASV_SNIFF_SERVER;
}

static AsvSniff sniff_request(AsvSpan first) {
  AsvFields fields = {0};
  guint8 minor;
  gsize method = 0;
  while (method < first.size && asv_line_is_token_octet(first.data[method])) method++;
  if (method > METHOD_MAX) return ASV_SNIFF_NO;
  if (method == first.size) return ASV_SNIFF_MORE;
  if (!method || (first.data[method] != ' ' && first.data[method] != '\t')) return ASV_SNIFF_NO;
  const guint8 *end = memchr(first.data, '\n', first.size);
  gsize size = end ? (gsize)(end - first.data) : first.size;
  gboolean long_enough = size >= ASV_SNIFF_MAX;
  if (size && first.data[size - 1] == '\r') size--;
  if (end) {
    gboolean read = asv_line_request(asv_span(first.data, size), &fields, &minor);
    asv_fields_free(&fields);
    return read ? ASV_SNIFF_CLIENT : ASV_SNIFF_NO;
  }
  if (asv_line_has_control(asv_span_sub(first, 0, size))) return ASV_SNIFF_NO;
  return long_enough ? ASV_SNIFF_CLIENT : ASV_SNIFF_MORE;
}

AsvSniff asv_http_sniff(AsvSpan first) {
  while (first.size && (first.data[0] == '\r' || first.data[0] == '\n'))
    first = asv_span_sub(first, 1, first.size);
  if (!first.size) return ASV_SNIFF_MORE;
  AsvSniff said[] = {begins(first, asv_http2_preface(), ASV_SNIFF_CLIENT), sniff_settings(first),
                     sniff_status(first), sniff_request(first)};
  AsvSniff best = ASV_SNIFF_NO;
  for (gsize i = 0; i < G_N_ELEMENTS(said); i++) {
    if (said[i] == ASV_SNIFF_CLIENT || said[i] == ASV_SNIFF_SERVER) return said[i];
    if (said[i] == ASV_SNIFF_MORE) best = ASV_SNIFF_MORE;
  }
  return best;
}

AsvHttpVersion asv_http_sniff_version(AsvSpan first) {
  AsvSniff sniff = asv_http_sniff(first);
  if (sniff != ASV_SNIFF_CLIENT && sniff != ASV_SNIFF_SERVER) return ASV_HTTP_ANY;
  return first.data[0] == 0 || asv_span_is(asv_span_sub(first, 0, 4), "PRI ") ? ASV_HTTP_2
                                                                              : ASV_HTTP_1;
}

AsvHttpVersion asv_http_version_of_alpn(AsvSpan alpn) {
  if (asv_span_is(alpn, "h2") || asv_span_is(alpn, "h2c")) return ASV_HTTP_2;
  if (asv_span_is(alpn, "http/1.1") || asv_span_is(alpn, "http/1.0")) return ASV_HTTP_1;
  return ASV_HTTP_ANY;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Field values as Chromium 156 reads them: the whole value is well formed by
 * its own rules or does nothing. Stricter than RFC 7838 §3 with parameters
 * (numbers without quotes, ma of 1 to 2^32-1 seconds, `v` a quoted list) and
 * empty elements, laxer with protocol names and hosts. Keeps h2 and h3.
 */
#include "value-client.h"

#define MA_LARGEST G_MAXUINT32

/* An id is whatever stands before "=". */
static gboolean read_id(AsvReader *in, AsvAlternative *alternative) {
  AsvSpan id = asv_cut_until(in, "=");
  if (!id.size || !asv_cut_skip(in, '=')) return FALSE;
  *alternative = asv_cut_alternative(id, "");
  AsvReader octets = asv_reader(id);
  while (!asv_cut_end(&octets)) {
    guint8 octet = asv_read_u8(&octets);
    if (octet == '%') {
      AsvSpan hex = asv_read_span(&octets, 2);
      if (hex.size < 2 || !g_ascii_isxdigit(hex.data[0]) || !g_ascii_isxdigit(hex.data[1]))
        return FALSE;
      octet = (guint8)(g_ascii_xdigit_value((char)hex.data[0]) * 16 +
                       g_ascii_xdigit_value((char)hex.data[1]));
    }
    if (alternative->alpn_size == ASV_ALPN_MAX) return FALSE;
    alternative->alpn[alternative->alpn_size++] = (char)octet;
  }
  alternative->alpn[alternative->alpn_size] = '\0';
  return TRUE;
}

/* The quoted authority, quoted-pairs undone. */
static gboolean read_quoted(AsvReader *in, GString *text) {
  g_string_truncate(text, 0);
  if (!asv_cut_skip(in, '"')) return FALSE;
  while (!asv_cut_skip(in, '"')) {
    asv_cut_skip(in, '\\');
    if (asv_cut_end(in)) return FALSE;
    g_string_append_c(text, (char)asv_read_u8(in));
  }
  return TRUE;
}

static gboolean read_port(AsvReader *in, guint64 *port) {
  return asv_span_decimal(asv_read_rest(in), port) && *port >= 1 && *port <= G_MAXUINT16;
}

/* What stands in brackets is not looked at. */
static gboolean read_authority(AsvReader *in, GString *text, AsvAlternative *alternative) {
  if (!read_quoted(in, text)) return FALSE;
  AsvReader octets = asv_reader(asv_span(text->str, text->len));
  const guint8 *from = octets.at;
  if (asv_cut_peek(&octets) == '[') {
    asv_cut_until(&octets, "]");
    if (!asv_cut_skip(&octets, ']')) return FALSE;
  } else {
    asv_cut_until(&octets, ":");
  }
  AsvSpan host = asv_span(from, (gsize)(octets.at - from));
  return asv_cut_skip(&octets, ':') && asv_cut_host(alternative, host) &&
         read_port(&octets, &alternative->port);
}

/* "46,43": numbers in quotes. */
static gboolean read_versions(AsvReader *in) {
  if (!asv_cut_skip(in, '"')) return FALSE;
  do {
    if (!asv_cut_digits(in).size) return FALSE;
  } while (asv_cut_skip(in, ','));
  return asv_cut_skip(in, '"');
}

static gboolean read_parameter(AsvReader *in, AsvAlternative *alternative) {
  AsvSpan name = asv_cut_until(in, "=;, \t");
  asv_cut_blanks(in);
  if (!name.size || !asv_cut_skip(in, '=')) return FALSE;
  asv_cut_blanks(in);
  if (asv_span_is_nocase(name, "v")) return read_versions(in);
  AsvSpan value = asv_cut_until(in, ";, \t");
  if (!value.size) return FALSE;
  if (!asv_span_is_nocase(name, "ma")) return TRUE;
  return asv_span_decimal(value, &alternative->ma) && alternative->ma >= 1 &&
         alternative->ma <= MA_LARGEST;
}

/* Parameters may end in one semicolon too many. */
static gboolean read_parameters(AsvReader *in, AsvAlternative *alternative) {
  for (;;) {
    asv_cut_blanks(in);
    if (!asv_cut_skip(in, ';')) return TRUE;
    asv_cut_blanks(in);
    if (asv_cut_end(in) || asv_cut_peek(in) == ',') return TRUE;
    if (!read_parameter(in, alternative)) return FALSE;
  }
}

static gboolean read_list(AsvReader *in, GString *text, AsvReading *reading) {
  do {
    AsvAlternative alternative;
    asv_cut_blanks(in);
    if (asv_cut_end(in)) return TRUE;
    if (!read_id(in, &alternative) || !read_authority(in, text, &alternative) ||
        !read_parameters(in, &alternative))
      return FALSE;
    AsvSpan alpn = asv_span(alternative.alpn, alternative.alpn_size);
    if (asv_span_is(alpn, "h3") || asv_span_is(alpn, "h2")) asv_cut_keep(reading, &alternative);
  } while (asv_cut_skip(in, ','));
  return asv_cut_end(in);
}

void asv_value_read_chromium(AsvSpan value, const AsvOrigin *origin G_GNUC_UNUSED,
                             AsvReading *reading) {
  value = asv_span_trim(value);
  if (!value.size) return;
  if (asv_span_is(value, "clear")) {
    reading->understood = reading->clears = TRUE;
    return;
  }
  AsvReader in = asv_reader(value);
  GString *text = g_string_new(NULL);
  reading->understood = read_list(&in, text, reading);
  if (!reading->understood) g_array_set_size(reading->alternatives, 0);
  g_string_free(text, TRUE);
}

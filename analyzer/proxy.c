/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Version 1 is a line of text (§2.1), version 2 a signature with a binary
 * header (§2.2). What they say of the proxy's own client is checked for form
 * only and not used.
 */
#include "proxy.h"

#define SIGNATURE "\r\n\r\n\0\r\nQUIT\n"
#define LINE_START "PROXY "

static gboolean begins_with(AsvSpan first, AsvSpan with) {
  gsize n = MIN(first.size, with.size);
  return asv_span_equal(asv_span_sub(first, 0, n), asv_span_sub(with, 0, n));
}

/* Takes the octets up to the next SP, or all that are left, out of *line. */
static AsvSpan next_word(AsvSpan *line) {
  gsize n = 0;
  while (n < line->size && line->data[n] != ' ') n++;
  AsvSpan word = asv_span_sub(*line, 0, n);
  *line = asv_span_sub(*line, n + 1, line->size);
  return word;
}

static gboolean is_address(AsvSpan word, char separator) {
  gboolean separated = FALSE;
  for (gsize i = 0; i < word.size; i++) {
    char c = (char)word.data[i];
    separated |= c == separator;
    if (!g_ascii_isxdigit(c) && c != ':' && c != '.') return FALSE;
  }
  return separated;
}

static gboolean is_port(AsvSpan word) {
  guint64 port;
  return asv_span_decimal(word, &port) && port <= G_MAXUINT16;
}

/* A version 1 line behind "PROXY ", without its CR LF. */
static gboolean is_line(AsvSpan line) {
  AsvSpan family = next_word(&line);
  if (asv_span_is(family, "UNKNOWN")) return TRUE; /* the rest is to be ignored */
  gboolean ipv6 = asv_span_is(family, "TCP6");
  if (!ipv6 && !asv_span_is(family, "TCP4")) return FALSE;
  for (int i = 0; i < 2; i++)
    if (!is_address(next_word(&line), ipv6 ? ':' : '.')) return FALSE;
  return is_port(next_word(&line)) && is_port(line);
}

static AsvSniff sniff_line(AsvSpan first, gsize *size) {
  const gsize start = sizeof LINE_START - 1;
  AsvSpan line = asv_span_sub(first, 0, ASV_PROXY_LINE_MAX);
  for (gsize i = start; i < line.size; i++) {
    if (line.data[i] != '\r') continue;
    if (i + 1 == line.size) break;
    if (line.data[i + 1] != '\n' || !is_line(asv_span_sub(line, start, i - start)))
      return ASV_SNIFF_NO;
    *size = i + 2;
    return ASV_SNIFF_CLIENT;
  }
  return first.size < ASV_PROXY_LINE_MAX ? ASV_SNIFF_MORE : ASV_SNIFF_NO;
}

/* Octets that addresses of this family and transport take; -1: a reserved value. */
static int addresses_size(guint8 family) {
  switch (family) {
    case 0x00: /* unspecified */
      return 0;
    case 0x11: /* IPv4 over TCP, over UDP */
    case 0x12:
      return 12;
    case 0x21: /* IPv6 */
    case 0x22:
      return 36;
    case 0x31: /* UNIX sockets */
    case 0x32:
      return 216;
    default:
      return -1;
  }
}

static AsvSniff sniff_binary(AsvSpan first, gsize *size) {
  enum { VERSION = 0x20, LOCAL = VERSION, PROXY = VERSION | 1 };
  AsvReader reader = asv_reader(first);
  asv_read_span(&reader, sizeof SIGNATURE - 1);
  guint8 command = asv_read_u8(&reader), family = asv_read_u8(&reader);
  guint16 length = asv_read_u16(&reader);
  if (reader.failed) return ASV_SNIFF_MORE;
  int addresses = addresses_size(family);
  if (command != LOCAL && (command != PROXY || addresses < 0 || length < addresses))
    return ASV_SNIFF_NO;
  *size = asv_reader_offset(&reader) + length;
  return ASV_SNIFF_CLIENT;
}

AsvSniff asv_proxy_sniff(AsvSpan first, gsize *size) {
  if (begins_with(first, asv_span(SIGNATURE, sizeof SIGNATURE - 1)))
    return sniff_binary(first, size);
  return begins_with(first, asv_span_text(LINE_START)) ? sniff_line(first, size) : ASV_SNIFF_NO;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Field values as Firefox ESR 153 reads them: list member by list member,
 * taking nearly anything. Keeps the first h3 and the first h2; `clear`
 * anywhere, an ma of 0 or less, and h2 at the origin itself drop what is
 * there, and the other members still count.
 */
#include "value-client.h"

/* One name=value pair; a value between quotes has its quoted-pairs undone. */
typedef struct {
  AsvSpan name;
  GString *value;
  gboolean unterminated; /* the quote was not closed */
} Pair;

static gboolean is_name_octet(guint8 octet) {
  return octet > ' ' && octet < 127 && !strchr("=;,\"", octet);
}

static void read_quoted(AsvReader *in, Pair *pair) {
  pair->unterminated = TRUE;
  while (!asv_cut_end(in)) {
    guint8 octet = asv_read_u8(in);
    if (octet == '"') {
      pair->unterminated = FALSE;
      return;
    }
    if (octet == '\\' && !asv_cut_end(in)) octet = asv_read_u8(in);
    g_string_append_c(pair->value, (char)octet);
  }
}

/* Reads one pair and what is left of it, up to a semicolon, a comma or the end. */
static void read_pair(AsvReader *in, Pair *pair) {
  g_string_truncate(pair->value, 0);
  pair->unterminated = FALSE;
  asv_cut_blanks(in);
  const guint8 *from = in->at;
  while (is_name_octet(asv_cut_peek(in))) in->at++;
  pair->name = asv_span(from, (gsize)(in->at - from));
  asv_cut_until(in, "=;,");
  if (!asv_cut_skip(in, '=')) return;
  asv_cut_blanks(in);
  if (asv_cut_skip(in, '"')) {
    read_quoted(in, pair);
  } else {
    AsvSpan text = asv_span_trim(asv_cut_until(in, ";,"));
    g_string_append_len(pair->value, (const char *)text.data, (gssize)text.size);
    return;
  }
  asv_cut_until(in, ";,");
}

/* As C reads a number: blanks, a sign, digits, and whatever follows. */
static gint64 number_in(const char *text) {
  return g_ascii_strtoll(text, NULL, 10);
}

static const char *alpn_of(AsvSpan name) {
  if (asv_span_is(name, "h3")) return "h3";
  if (asv_span_is(name, "h2") || asv_span_is_nocase(name, "h%32") ||
      asv_span_is_nocase(name, "%682") || asv_span_is_nocase(name, "%68%32"))
    return "h2";
  return NULL;
}

/* host:port cut at the first colon; without one, or with a number beyond all, the origin's. */
static gboolean take_authority(const Pair *pair, const AsvOrigin *origin,
                               AsvAlternative *alternative) {
  const char *colon = memchr(pair->value->str, ':', pair->value->len);
  alternative->port = origin->port;
  if (!colon) return TRUE;
  AsvSpan host = asv_span(pair->value->str, (gsize)(colon - pair->value->str));
  if (!asv_cut_host(alternative, host)) return FALSE;
  gint64 port = number_in(colon + 1);
  if (port == G_MAXINT64) return TRUE;
  alternative->port = (guint64)port;
  return port >= 1 && port <= G_MAXUINT16;
}

/* FALSE when it is not to live at all. */
static gboolean take_ma(const Pair *pair, AsvAlternative *alternative) {
  gint64 seconds = pair->unterminated ? 0 : number_in(pair->value->str);
  alternative->ma = seconds > 0 ? (guint64)seconds : 0;
  return seconds > 0 && seconds <= G_MAXINT32;
}

static gboolean has_alpn(const AsvReading *reading, const char *alpn) {
  for (guint i = 0; i < reading->alternatives->len; i++)
    if (strcmp(g_array_index(reading->alternatives, AsvAlternative, i).alpn, alpn) == 0)
      return TRUE;
  return FALSE;
}

static gboolean is_origin(const AsvAlternative *alternative, const AsvOrigin *origin) {
  return strcmp(alternative->alpn, "h2") == 0 && alternative->port == origin->port &&
         (!*alternative->host || asv_span_is_nocase(origin->host, alternative->host));
}

static void put_alternative(AsvReading *reading, const AsvAlternative *alternative) {
  reading->understood = TRUE;
  if (has_alpn(reading, alternative->alpn)) return;
  if (strcmp(alternative->alpn, "h3") == 0)
    g_array_prepend_vals(reading->alternatives, alternative, 1);
  else
    asv_cut_keep(reading, alternative);
}

static void read_member(AsvReader *in, Pair *pair, const AsvOrigin *origin, AsvReading *reading) {
  read_pair(in, pair);
  if (asv_span_is(pair->name, "clear")) reading->understood = reading->clears = TRUE;
  const char *alpn = alpn_of(pair->name);
  AsvAlternative alternative = asv_cut_alternative(pair->name, alpn ? alpn : "");
  gboolean kept = alpn && take_authority(pair, origin, &alternative);
  gboolean lives = TRUE;
  while (asv_cut_skip(in, ';')) {
    read_pair(in, pair);
    if (asv_span_is(pair->name, "ma")) lives = take_ma(pair, &alternative);
  }
  if (!kept) return;
  if (!lives || is_origin(&alternative, origin))
    reading->understood = reading->clears = TRUE;
  else
    put_alternative(reading, &alternative);
}

void asv_value_read_firefox(AsvSpan value, const AsvOrigin *origin, AsvReading *reading) {
  AsvReader in = asv_reader(value);
  Pair pair = {.value = g_string_new(NULL)};
  do {
    read_member(&in, &pair, origin, reading);
  } while (asv_cut_skip(&in, ','));
  g_string_free(pair.value, TRUE);
}

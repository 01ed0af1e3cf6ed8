/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Field values as four generations of curl read them: from the left, keeping
 * what came before the first thing that they do not understand. All know h1,
 * h2 and h3 without percent-encoding and keep persist. What a curl does not
 * know as a name of a protocol counts for nothing.
 */
#include "value-client.h"

#define OPTION_MAX 31   /* octets of a parameter's name, before 8.13 */
#define NAME_MAX_8 20   /* and after */
#define VALUE_MAX_8 80  /* octets of a parameter's value since 8.13 */
#define ALPN_CURL_MAX 9 /* octets of a protocol's name, before 8.13 */
#define MA_LARGEST_CURL (guint64) G_MAXINT64

static const char *alpn_of(AsvSpan name, gboolean any_case) {
  static const char *const names[] = {"h1", "h2", "h3", "http/1.1"};
  for (guint i = 0; i < G_N_ELEMENTS(names); i++)
    if (any_case ? asv_span_is_nocase(name, names[i]) : asv_span_is(name, names[i]))
      return i == 3 ? "h1" : names[i];
  return NULL;
}

static void keep(AsvReading *reading, const AsvAlternative *alternative) {
  reading->understood = TRUE;
  asv_cut_keep(reading, alternative);
}

static void clear(AsvReading *reading) {
  reading->understood = reading->clears = TRUE;
}

/* As strtoul: a sign turns a number into one that is too large to count. */
static gboolean leading_number(AsvSpan text, guint64 *value) {
  AsvReader in = asv_reader(asv_span_trim(text));
  if (asv_cut_skip(&in, '-')) return FALSE;
  asv_cut_skip(&in, '+');
  return asv_span_decimal(asv_cut_digits(&in), value) && *value < G_MAXUINT64;
}

/* ---- before 8.13 ---- */

static AsvSpan word_7(AsvReader *in) {
  asv_cut_blanks(in);
  return asv_cut_until(in, " \t;=");
}

/* FALSE: nothing after it counts. *valid says whether the alternative does. */
static gboolean authority_7(AsvReader *in, const AsvOrigin *origin, AsvAlternative *alternative,
                            gboolean *valid) {
  const guint8 *from = in->at;
  *valid = TRUE;
  while (g_ascii_isalnum(asv_cut_peek(in)) || asv_cut_peek(in) == '.' || asv_cut_peek(in) == '-')
    in->at++;
  AsvSpan host = asv_span(from, (gsize)(in->at - from));
  if ((!host.size && asv_cut_peek(in) != ':') || !asv_cut_host(alternative, host)) *valid = FALSE;
  alternative->port = origin->port;
  if (asv_cut_skip(in, ':')) {
    const guint8 *digits = in->at;
    if (!asv_span_decimal(asv_cut_digits(in), &alternative->port) || !alternative->port ||
        alternative->port > G_MAXUINT16 || asv_cut_peek(in) != '"') {
      *valid = FALSE;
      in->at = digits;
    }
  }
  return asv_cut_skip(in, '"');
}

/* FALSE: curl gives up, and does not keep the alternative either. */
static gboolean parameters_7(AsvReader *in, AsvAlternative *alternative) {
  for (;;) {
    asv_cut_blanks(in);
    if (!asv_cut_skip(in, ';') || asv_cut_end(in)) return TRUE;
    AsvSpan name = word_7(in), value;
    asv_cut_blanks(in);
    if (!asv_cut_skip(in, '=')) return FALSE;
    asv_cut_blanks(in);
    if (asv_cut_end(in)) return FALSE;
    if (asv_cut_skip(in, '"')) {
      value = asv_cut_until(in, "\"");
      if (!asv_cut_skip(in, '"')) return FALSE;
    } else {
      value = asv_cut_until(in, " \t;,");
    }
    guint64 number;
    if (name.size > OPTION_MAX || !leading_number(value, &number)) continue;
    if (asv_span_is_nocase(name, "ma"))
      alternative->ma = MIN(number, MA_LARGEST_CURL);
    else if (asv_span_is_nocase(name, "persist") && number == 1)
      alternative->persist = TRUE;
  }
}

void asv_value_read_curl_7(AsvSpan value, const AsvOrigin *origin, AsvReading *reading) {
  AsvReader in = asv_reader(value);
  AsvSpan id = word_7(&in);
  /* The line's end stands behind a `clear` that has nothing else behind it. */
  if (asv_span_is_nocase(id, "clear") && !asv_cut_end(&in)) {
    clear(reading);
    return;
  }
  while (id.size && id.size <= ALPN_CURL_MAX && asv_cut_skip(&in, '=') && asv_cut_skip(&in, '"')) {
    const char *alpn = alpn_of(id, TRUE);
    AsvAlternative alternative = asv_cut_alternative(id, alpn ? alpn : "");
    gboolean valid;
    if (!authority_7(&in, origin, &alternative, &valid) || !parameters_7(&in, &alternative)) return;
    if (alpn && valid) keep(reading, &alternative);
    if (!asv_cut_skip(&in, ',')) return;
    id = word_7(&in);
  }
}

/* ---- since 8.13 ---- */

/* A host may have any octets; brackets go. *empty: it is the origin's. */
static gboolean authority_8(AsvReader *in, AsvAlternative *alternative) {
  AsvSpan host;
  if (asv_cut_skip(in, '[')) {
    host = asv_cut_until(in, "]");
    if (!host.size || !asv_cut_skip(in, ']')) return FALSE;
    g_autofree char *text = g_strndup((const char *)host.data, host.size);
    g_autofree char *bracketed = g_strdup_printf("[%s]", text);
    if (!asv_cut_host(alternative, asv_span_text(bracketed))) return FALSE;
  } else if (!asv_cut_host(alternative, asv_cut_until(in, ":"))) {
    return FALSE;
  }
  return asv_cut_skip(in, ':') && asv_span_decimal(asv_cut_digits(in), &alternative->port) &&
         alternative->port <= G_MAXUINT16 && asv_cut_skip(in, '"');
}

static void take_number_8(AsvSpan name, AsvSpan text, AsvAlternative *into) {
  AsvReader in = asv_reader(text);
  guint64 number;
  asv_cut_skip(&in, '"');
  if (!asv_span_decimal(asv_cut_digits(&in), &number) || number > MA_LARGEST_CURL) return;
  if (asv_span_is_nocase(name, "ma"))
    into->ma = number;
  else if (asv_span_is_nocase(name, "persist") && number == 1)
    into->persist = TRUE;
}

/* The parameters of the whole value, wherever they stand: the last ma counts for all. */
static AsvAlternative parameters_8(AsvSpan value) {
  AsvAlternative found = asv_cut_alternative(asv_span(NULL, 0), "");
  AsvReader in = asv_reader(value);
  asv_cut_until(&in, ";");
  while (asv_cut_skip(&in, ';')) {
    AsvSpan name = asv_cut_until(&in, "=");
    if (!name.size || name.size > NAME_MAX_8 || !asv_cut_skip(&in, '=')) break;
    AsvSpan text = asv_cut_until(&in, ";");
    if (!text.size || text.size > VALUE_MAX_8) break;
    take_number_8(asv_span_trim(name), asv_span_trim(text), &found);
  }
  return found;
}

void asv_value_read_curl_8(AsvSpan value, const AsvOrigin *origin G_GNUC_UNUSED,
                           AsvReading *reading) {
  AsvReader in = asv_reader(value);
  AsvAlternative parameters = parameters_8(value);
  do {
    AsvSpan id = asv_span_trim(asv_cut_until(&in, "="));
    const char *alpn = alpn_of(id, TRUE);
    AsvAlternative alternative = asv_cut_alternative(id, alpn ? alpn : "");
    if (!asv_cut_skip(&in, '=') || !asv_cut_skip(&in, '"') || !authority_8(&in, &alternative))
      return;
    alternative.ma = parameters.ma;
    alternative.persist = parameters.persist;
    if (alpn) keep(reading, &alternative);
  } while (asv_cut_skip(&in, ','));
}

/* ---- since 8.15 ---- */

static gboolean is_clear(AsvSpan value) {
  AsvReader in = asv_reader(value);
  return asv_span_is_nocase(asv_span_trim(asv_cut_until(&in, ";")), "clear");
}

void asv_value_read_curl_8_15(AsvSpan value, const AsvOrigin *origin, AsvReading *reading) {
  if (is_clear(value))
    clear(reading);
  else
    asv_value_read_curl_8(value, origin, reading);
}

/* ---- since 8.18 ---- */

/* Reads on up to the first parameter that curl does not know. FALSE: and no further. */
static gboolean parameters_later(AsvReader *in, AsvAlternative *alternative) {
  for (;;) {
    asv_cut_blanks(in);
    if (!asv_cut_skip(in, ';')) return TRUE;
    AsvSpan name = asv_span_trim(asv_cut_until(in, "=;,"));
    gboolean is_known = asv_span_is_nocase(name, "ma") || asv_span_is_nocase(name, "persist");
    if (!is_known || !asv_cut_skip(in, '=')) return FALSE;
    asv_cut_blanks(in);
    take_number_8(name, asv_cut_until(in, ";,"), alternative);
  }
}

void asv_value_read_curl(AsvSpan value, const AsvOrigin *origin G_GNUC_UNUSED,
                         AsvReading *reading) {
  AsvReader in = asv_reader(value);
  if (is_clear(value)) {
    clear(reading);
    return;
  }
  do {
    AsvSpan id = asv_span_trim(asv_cut_until(&in, "="));
    const char *alpn = alpn_of(id, FALSE);
    AsvAlternative alternative = asv_cut_alternative(id, alpn ? alpn : "");
    if (!asv_cut_skip(&in, '=') || !asv_cut_skip(&in, '"') || !authority_8(&in, &alternative))
      return;
    gboolean more = parameters_later(&in, &alternative);
    if (alpn) keep(reading, &alternative);
    if (!more) return;
  } while (asv_cut_skip(&in, ','));
}

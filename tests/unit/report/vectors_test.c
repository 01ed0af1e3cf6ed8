/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The field values and ALTSVC frames of tests/vectors, judged by RFC 7838.
 * They are JSON, hence this place: report/ is linked with jansson.
 */
#include <jansson.h>

#include "altsvc/frame.h"
#include "altsvc/origin.h"
#include "altsvc/value.h"
#include "tests/support/feed.h"

static json_t *load(const char *name) {
  g_autofree char *path = g_build_filename(ASV_TEST_VECTORS, name, NULL);
  json_error_t why;
  /* A number above 2^63-1 becomes a real one, which is enough to see that it is large. */
  json_t *vectors = json_load_file(path, JSON_DECODE_INT_AS_REAL, &why);
  if (!vectors) g_error("%s: %s", path, why.text);
  return vectors;
}

/* Characters up to U+00FF back to one octet each. */
static GByteArray *octets_of(const json_t *string) {
  GByteArray *octets = g_byte_array_new();
  const char *text = json_string_value(string);
  for (; *text; text = g_utf8_next_char(text)) {
    guint8 octet = (guint8)g_utf8_get_char(text);
    g_byte_array_append(octets, &octet, 1);
  }
  return octets;
}

static AsvSpan span_of(const GByteArray *octets) {
  return asv_span(octets->data, octets->len);
}

static const char *text_at(const json_t *object, const char *key) {
  const char *text = json_string_value(json_object_get(object, key));
  return text ? text : "";
}

static gboolean same_alternative(const AsvAlternative *a, const AsvAlternative *b) {
  return a->alpn_size == b->alpn_size && memcmp(a->alpn, b->alpn, a->alpn_size) == 0 &&
         g_ascii_strcasecmp(a->host, b->host) == 0 && a->has_port == b->has_port &&
         a->port == b->port;
}

/* Lists what a cache would get: the same alternative twice is one, with the last parameters. */
static GArray *alternatives_of(AsvSpan value) {
  GArray *list = g_array_new(FALSE, FALSE, sizeof(AsvAlternative));
  AsvValueParser parser;
  AsvAlternative alternative;
  asv_value_begin(&parser, value);
  while (asv_value_next(&parser, &alternative) == ASV_VALUE_ALTERNATIVE) {
    guint i = 0;
    while (i < list->len &&
           !same_alternative(&g_array_index(list, AsvAlternative, i), &alternative))
      i++;
    if (i < list->len)
      g_array_index(list, AsvAlternative, i) = alternative;
    else
      g_array_append_val(list, alternative);
  }
  return list;
}

static guint oddities_expected(const json_t *list) {
  static const struct {
    const char *prefix;
    guint odd;
  } oddities[] = {
      {"ma-not-delta-seconds", ASV_ODD_MA_NOT_A_NUMBER},
      {"ma is not delta-seconds", ASV_ODD_MA_NOT_A_NUMBER},
      {"pct-encodes-token-char", ASV_ODD_ID_NOT_CANONICAL},
      {"pct-lowercase-hex", ASV_ODD_ID_NOT_CANONICAL},
      {"duplicate-ma", ASV_ODD_DUPLICATE_PARAMETER},
      {"parameter-name-case", ASV_ODD_PARAMETER_NAME_CASE},
      {"parameter names are", ASV_ODD_PARAMETER_NAME_CASE},
      {"persist-not-1", ASV_ODD_PERSIST_NOT_1},
      {"empty-parameter", ASV_ODD_EMPTY_PARAMETER},
      {"clear-mixed-or-listed", ASV_ODD_CLEAR_MIXED},
      {"the same alternative twice", 0},
  };
  guint odd = 0;
  for (gsize i = 0; i < json_array_size(list); i++) {
    const char *violation = json_string_value(json_array_get(list, i));
    gsize known = 0;
    while (known < G_N_ELEMENTS(oddities) && !g_str_has_prefix(violation, oddities[known].prefix))
      known++;
    if (known == G_N_ELEMENTS(oddities)) g_error("no oddity for: %s", violation);
    odd |= oddities[known].odd;
  }
  return odd;
}

static void check_alternative(const AsvAlternative *seen, const json_t *expected) {
  g_autofree char *protocol_id = asv_span_dup(seen->protocol_id);
  g_assert_cmpstr(protocol_id, ==, text_at(expected, "protocol_id"));
  g_assert_cmpstr(seen->alpn, ==, text_at(expected, "alpn"));
  g_assert_cmpstr(seen->host, ==, text_at(expected, "host"));
  double port = json_number_value(json_object_get(expected, "port"));
  g_assert_cmpint(seen->has_port, ==, !json_is_null(json_object_get(expected, "port")));
  if (port <= (double)ASV_PORT_LARGEST_SHOWN)
    g_assert_cmpfloat((double)seen->port, ==, port);
  else
    g_assert_cmpuint(seen->port, >, ASV_PORT_LARGEST_SHOWN);
  g_assert_cmpfloat((double)seen->ma, ==, json_number_value(json_object_get(expected, "ma")));
  g_assert_cmpint(seen->persist, ==, json_is_true(json_object_get(expected, "persist")));
  guint odd = oddities_expected(json_object_get(expected, "violations"));
  g_assert_cmphex(seen->odd & odd, ==, odd);
}

/* Faults whose offset the vectors name, as in "token expected at 14". */
static void check_offset(const AsvValueSummary *summary, const char *why) {
  const char *at = strstr(why, "expected at ");
  if (!at) return;
  guint64 offset = g_ascii_strtoull(at + strlen("expected at "), NULL, 10);
  g_assert_cmpuint(summary->error.offset, ==, offset);
}

static void check_value(AsvSpan value, void *user) {
  const json_t *expected = user;
  const char *verdict = text_at(expected, "verdict");
  AsvValueSummary summary = asv_value_check(value);
  static const char *const names[] = {"ok", "clear", "invalid"};
  g_assert_cmpstr(names[summary.verdict], ==, verdict);
  if (summary.verdict == ASV_VERDICT_INVALID) {
    g_assert_nonnull(summary.error.expected);
    g_assert_cmpuint(summary.error.offset, <=, value.size);
    check_offset(&summary, text_at(expected, "why"));
    return;
  }
  guint odd = oddities_expected(json_object_get(expected, "violations"));
  g_assert_cmphex(summary.odd & odd, ==, odd);
  if (summary.verdict == ASV_VERDICT_CLEAR) {
    g_assert_cmpint((summary.odd & ASV_ODD_CLEAR_MIXED) != 0, ==, odd != 0);
    return;
  }

  const json_t *alternatives = json_object_get(expected, "alternatives");
  g_autoptr(GArray) seen = alternatives_of(value);
  g_assert_cmpuint(seen->len, ==, json_array_size(alternatives));
  for (guint i = 0; i < seen->len; i++)
    check_alternative(&g_array_index(seen, AsvAlternative, i), json_array_get(alternatives, i));
}

static void test_values(void) {
  json_t *vectors = load("field_values.json");
  g_assert_cmpuint(json_array_size(vectors), ==, 143);
  for (gsize i = 0; i < json_array_size(vectors); i++) {
    const json_t *vector = json_array_get(vectors, i);
    g_autoptr(GByteArray) input = octets_of(json_object_get(vector, "input"));
    g_test_message("%s", text_at(vector, "input"));
    asv_test_guarded(span_of(input), check_value, json_object_get(vector, "rfc"));
  }
  json_decref(vectors);
}

static void check_frame(AsvSpan payload, void *user) {
  const json_t *vector = user;
  AsvFrame frame;
  gboolean cut = asv_frame_cut(payload, &frame);
  const json_t *origin_len = json_object_get(vector, "origin_len");
  g_assert_cmpint(
      cut, ==,
      json_is_number(origin_len) && json_number_value(origin_len) + 2 <= (double)payload.size);
  if (!cut) {
    g_assert_cmpuint(frame.origin.size + frame.value.size, ==, 0);
    return;
  }
  g_autofree char *origin = asv_span_dup(frame.origin);
  g_autofree char *value = asv_span_dup(frame.value);
  g_assert_cmpstr(origin, ==, text_at(vector, "origin"));
  g_assert_cmpstr(value, ==, text_at(vector, "field_value"));
}

/* The origins that the vectors ignore for a reason that only a connection or a stream can show. */
static gboolean is_judged_elsewhere(const char *name) {
  static const char *const elsewhere[] = {
      "sent-by-client",      "origin-len-short-by-1", "origin-ipv6",
      "origin-trailing-dot", "bad-value-no-equals",   "value-clear-upper",
      "payload-16385",       "stream0-empty-value",   "truncated-capture"};
  for (gsize i = 0; i < G_N_ELEMENTS(elsewhere); i++)
    if (strcmp(name, elsewhere[i]) == 0) return TRUE;
  return FALSE;
}

static void check_origin(AsvSpan text, void *user) {
  const json_t *vector = user;
  AsvOrigin origin;
  const char *problem = asv_origin_parse(text, &origin);
  if (is_judged_elsewhere(text_at(vector, "name"))) {
    g_assert_null(problem);
    return;
  }
  g_assert_cmpint(problem == NULL, ==, strcmp(text_at(vector, "verdict"), "valid") == 0);
  if (problem) return;
  char written[ASV_ORIGIN_MAX];
  g_assert_cmpuint(asv_origin_write(&origin, written), >, 0);
  g_assert_cmpstr(written, ==, text_at(vector, "applies_to"));
}

static void test_frames(void) {
  json_t *vectors = load("frames.json");
  g_assert_cmpuint(json_array_size(vectors), ==, 45);
  for (gsize i = 0; i < json_array_size(vectors); i++) {
    json_t *vector = json_array_get(vectors, i);
    g_test_message("%s", text_at(vector, "name"));
    g_autoptr(GByteArray) payload = asv_test_hex(text_at(vector, "payload_hex"));
    asv_test_guarded(span_of(payload), check_frame, vector);
    json_t *written = json_object_get(vector, "origin");
    if (!json_is_string(written) || json_string_length(written) == 0) continue;
    g_autoptr(GByteArray) origin = octets_of(written);
    asv_test_guarded(span_of(origin), check_origin, vector);
  }
  json_decref(vectors);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/vectors/field-values", test_values);
  g_test_add_func("/vectors/frames", test_frames);
  return g_test_run();
}

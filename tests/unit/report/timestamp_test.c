/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RFC 3339 times, also against GDateTime. */
#include "report/timestamp.h"

#include "tests/support/feed.h"

static void test_known(void) {
  static const struct {
    gint64 time;
    const char *text;
  } cases[] = {
      {0, "1970-01-01T00:00:00.000000000Z"},
      {-1, "1969-12-31T23:59:59.999999999Z"},
      {-G_GINT64_CONSTANT(1000000000), "1969-12-31T23:59:59.000000000Z"},
      {G_GINT64_CONSTANT(1795174205555000001), "2026-11-20T11:30:05.555000001Z"},
      {G_GINT64_CONSTANT(951782400000000000), "2000-02-29T00:00:00.000000000Z"},
      {G_MAXINT64, "2262-04-11T23:47:16.854775807Z"},
      {G_MININT64, "1677-09-21T00:12:43.145224192Z"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    char text[ASV_TIMESTAMP_SIZE];
    gint64 time = 1;
    asv_timestamp_write(cases[i].time, text);
    g_assert_cmpstr(text, ==, cases[i].text);
    g_assert_true(asv_timestamp_parse(asv_span_text(text), &time));
    g_assert_cmpint(time, ==, cases[i].time);
  }
}

/* Every day from 1699 to 2200. */
static void test_every_day(void) {
  for (gint64 day = -99000; day < 84000; day++) {
    char text[ASV_TIMESTAMP_SIZE];
    gint64 seconds = day * 86400 + 86399;
    gint64 back = 0;
    asv_timestamp_write(seconds * G_GINT64_CONSTANT(1000000000), text);
    g_assert_true(asv_timestamp_parse(asv_span_text(text), &back));
    g_assert_cmpint(back, ==, seconds * G_GINT64_CONSTANT(1000000000));
    g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(seconds);
    g_autofree char *expected = g_date_time_format(date, "%Y-%m-%dT%H:%M:%S.000000000Z");
    g_assert_cmpstr(text, ==, expected);
  }
}

static void test_fractions(void) {
  gint64 time;
  g_assert_true(asv_timestamp_parse(asv_span_text("1970-01-01T00:00:01Z"), &time));
  g_assert_cmpint(time, ==, 1000000000);
  g_assert_true(asv_timestamp_parse(asv_span_text("1970-01-01T00:00:01.5Z"), &time));
  g_assert_cmpint(time, ==, 1500000000);
}

static void test_refused(void) {
  static const char *const texts[] = {
      "",
      "Z",
      "1970-01-01",
      "1970-01-01T00:00:00",
      "1970-01-01T00:00:00+00:00",
      "1970-01-01t00:00:00Z",
      "1970-13-01T00:00:00Z",
      "1970-00-01T00:00:00Z",
      "1970-02-29T00:00:00Z",
      "2100-02-29T00:00:00Z",
      "1970-01-32T00:00:00Z",
      "1970-01-00T00:00:00Z",
      "1970-01-01T24:00:00Z",
      "1970-01-01T00:60:00Z",
      "1970-01-01T00:00:60Z",
      "1970-01-01T00:00:00.Z",
      "1970-01-01T00:00:00.0000000000Z",
      "1970-01-01T00:00:00.00x000000Z",
      "1970-01-01T00:00:00ZZ",
      "2262-04-11T23:47:16.854775808Z",
      "1677-09-21T00:12:43.145224191Z",
      "9999-12-31T23:59:59Z",
      "0000-01-01T00:00:00Z",
  };
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
    gint64 time = 7;
    g_test_message("%s", texts[i]);
    g_assert_false(asv_timestamp_parse(asv_span_text(texts[i]), &time));
    g_assert_cmpint(time, ==, 7);
  }
}

static void parse_only(AsvSpan text, void *user) {
  gint64 time;
  g_assert_cmpint(asv_timestamp_parse(text, &time), ==, text.size == *(gsize *)user);
}

static void test_cut_short(void) {
  static const char text[] = "2026-11-20T11:30:05.555000001Z";
  gsize size = sizeof text - 1;
  for (gsize cut = 0; cut <= size; cut++) asv_test_guarded(asv_span(text, cut), parse_only, &size);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/timestamp/known", test_known);
  g_test_add_func("/timestamp/every-day", test_every_day);
  g_test_add_func("/timestamp/fractions", test_fractions);
  g_test_add_func("/timestamp/refused", test_refused);
  g_test_add_func("/timestamp/cut-short", test_cut_short);
  return g_test_run();
}

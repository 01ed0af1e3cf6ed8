/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NDJSON: one object a line, each with the client and origin it belongs to; and its speed. */
#include <jansson.h>

#include "printed.h"

static const AsvReportSubject subjects[] = {ASV_REPORT_TIMELINE, ASV_REPORT_ORIGINS,
                                            ASV_REPORT_CACHE, ASV_REPORT_FINDINGS,
                                            ASV_REPORT_CONNECTIONS};

/* The lines of a report, each parsed; a list to be released by the caller. */
static json_t *lines_of(const AsvStory *story, AsvReportSubject subject) {
  AsvReportOptions options = plain_options(subject);
  char *text = printed(asv_report_ndjson, story, &options);
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  json_t *list = json_array();
  guint count = g_strv_length(lines);
  if (count) g_assert_cmpstr(lines[count - 1], ==, "");
  for (guint i = 0; i + 1 < count; i++) {
    json_t *line = json_loads(lines[i], JSON_REJECT_DUPLICATES, NULL);
    g_assert_true(json_is_object(line));
    json_array_append_new(list, line);
  }
  free(text);
  return list;
}

static const char *text_of(json_t *list, size_t index, const char *key) {
  return json_string_value(json_object_get(json_array_get(list, index), key));
}

static void test_events(void) {
  AsvStory *story = asv_story_many();
  json_t *list = lines_of(story, ASV_REPORT_TIMELINE);
  g_assert_cmpuint(json_array_size(list), ==, 12);
  g_assert_cmpstr(text_of(list, 0, "client"), ==, "10.77.0.11");
  g_assert_cmpstr(text_of(list, 0, "origin"), ==, "https://a.test");
  g_assert_cmpstr(text_of(list, 8, "origin"), ==, "https://b.test");
  g_assert_cmpstr(text_of(list, 9, "event"), ==, "ignored"); /* the unplaced one */
  g_assert_null(text_of(list, 9, "origin"));
  g_assert_cmpstr(text_of(list, 10, "client"), ==, "10.77.0.12");
  json_decref(list);
  asv_story_free(story);
}

static void test_no_context(void) {
  AsvStory *story = asv_story_misdirected();
  json_t *list = lines_of(story, ASV_REPORT_TIMELINE);
  g_assert_cmpuint(json_array_size(list), ==, 4);
  json_decref(list);
  asv_story_free(story);
}

static void test_rows(void) {
  static const size_t many[] = {12, 4, 2, 0, 1}, misdirected[] = {4, 1, 0, 2, 4};
  AsvStory *first = asv_story_many(), *second = asv_story_misdirected();
  for (gsize i = 0; i < G_N_ELEMENTS(subjects); i++) {
    json_t *list = lines_of(first, subjects[i]);
    g_assert_cmpuint(json_array_size(list), ==, many[i]);
    json_decref(list);
    list = lines_of(second, subjects[i]);
    g_assert_cmpuint(json_array_size(list), ==, misdirected[i]);
    json_decref(list);
  }
  json_t *rows = lines_of(first, ASV_REPORT_CACHE);
  g_assert_cmpstr(text_of(rows, 1, "client"), ==, "10.77.0.12");
  g_assert_cmpstr(text_of(rows, 1, "origin"), ==, "https://a.test");
  json_decref(rows);
  asv_story_free(first);
  asv_story_free(second);
}

static void test_nothing(void) {
  AsvStory *story = asv_story_new();
  for (gsize i = 0; i < G_N_ELEMENTS(subjects); i++) {
    AsvReportOptions options = plain_options(subjects[i]);
    char *text = printed(asv_report_ndjson, story, &options);
    g_assert_cmpstr(text, ==, "");
    free(text);
  }
  asv_story_free(story);
}

/* 100 000 events take less than half a second, sanitizers and slow machines aside. */
static void test_speed(void) {
  AsvStory *story = asv_story_new();
  AsvClientReport *client = asv_story_client(story, "10.77.0.11", NULL);
  AsvOriginReport *origin = asv_story_origin(story, client, "https://a.test", ASV_OUTCOME_READY);
  for (guint i = 0; i < 100000; i++) {
    AsvEvent *event = asv_story_event(story, origin->events, ASV_EVENT_LEARNED, i, i + 1);
    asv_story_h3(story, event, 600);
    asv_story_message(story, event, "/", "h3=\":443\"; ma=600");
  }
  AsvReportOptions options = plain_options(ASV_REPORT_TIMELINE);
  gint64 start = g_get_monotonic_time();
  char *text = printed(asv_report_ndjson, story, &options);
  double seconds = (double)(g_get_monotonic_time() - start) / 1e6;
  g_test_minimized_result(seconds, "100 000 events: %.3f s, %" G_GSIZE_FORMAT " octets", seconds,
                          strlen(text));
  if (g_test_perf()) g_assert_cmpfloat(seconds, <, 0.5);
  g_assert_cmpfloat(seconds, <, 10);
  free(text);
  asv_story_free(story);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/ndjson/events", test_events);
  g_test_add_func("/ndjson/no-context", test_no_context);
  g_test_add_func("/ndjson/rows", test_rows);
  g_test_add_func("/ndjson/nothing", test_nothing);
  g_test_add_func("/ndjson/speed", test_speed);
  return g_test_run();
}

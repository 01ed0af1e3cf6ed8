/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The report as JSON: its keys and their order, what is left out, octets, and the schema. */
#include <jansson.h>

#include "printed.h"

static json_t *load(const AsvStory *story, AsvReportSubject subject) {
  AsvReportOptions options = plain_options(subject);
  char *text = printed(asv_report_json, story, &options);
  json_error_t error;
  json_t *report = json_loads(text, JSON_REJECT_DUPLICATES, &error);
  if (!report) g_error("%s at %d", error.text, error.position);
  free(text);
  return report;
}

/* Keys of an object, joined; jansson keeps their order. */
static void assert_keys(json_t *object, const char *expected) {
  g_autoptr(GString) keys = g_string_new(NULL);
  const char *key;
  json_t *value;
  json_object_foreach(object, key, value) {
    g_string_append_printf(keys, "%s%s", keys->len ? " " : "", key);
    g_assert_false(json_is_null(value));
  }
  g_assert_cmpstr(keys->str, ==, expected);
}

static json_t *at(json_t *list, size_t index) {
  json_t *item = json_array_get(list, index);
  g_assert_nonnull(item);
  return item;
}

static const char *text_of(json_t *object, const char *key) {
  return json_string_value(json_object_get(object, key));
}

static json_t *first_origin(json_t *report) {
  return at(json_object_get(at(json_object_get(report, "clients"), 0), "origins"), 0);
}

static void test_whole(void) {
  AsvStory *story = asv_story_misdirected();
  json_t *report = load(story, ASV_REPORT_TIMELINE);
  assert_keys(report,
              "schema version model client_by at captures coverage clients connections findings");
  assert_keys(at(json_object_get(report, "captures"), 0),
              "file format packets bytes first last complete");
  assert_keys(json_object_get(report, "coverage"),
              "connections decrypted requests responses advertisements unreadable");
  assert_keys(at(json_object_get(report, "clients"), 0),
              "client user_agents model model_reason origins");
  assert_keys(first_origin(report), "origin verdict because events cache");
  g_assert_cmpstr(text_of(first_origin(report), "verdict"), ==, "switched");
  g_assert_cmpstr(text_of(report, "schema"), ==, "altshark/1");
  g_assert_cmpstr(text_of(report, "at"), ==, "2026-11-20T11:30:08.871000000Z");
  json_decref(report);
  asv_story_free(story);
}

static void test_events(void) {
  AsvStory *story = asv_story_misdirected();
  json_t *report = load(story, ASV_REPORT_TIMELINE);
  json_t *events = json_object_get(first_origin(report), "events");
  g_assert_cmpuint(json_array_size(events), ==, 4); /* context lines are not told */
  json_t *learned = at(events, 0);
  assert_keys(learned,
              "event time relative packet file connection id stream via value alternative expires");
  assert_keys(json_object_get(learned, "alternative"), "protocol_id alpn host port ma usable");
  g_assert_cmpstr(text_of(learned, "time"), ==, "2026-11-20T11:30:05.627000000Z");
  g_assert_cmpuint(strlen(text_of(learned, "id")), ==, 16);
  assert_keys(at(events, 2),
              "event time relative packet file connection id alternative expires evidence");
  assert_keys(at(events, 3),
              "event time relative packet file connection id alternative expires ended_by "
              "findings");
  json_decref(report);
  asv_story_free(story);
}

static void test_runs_and_rows(void) {
  AsvStory *story = asv_story_many();
  json_t *report = load(story, ASV_REPORT_TIMELINE);
  json_t *clients = json_object_get(report, "clients");
  json_t *ended = json_object_get(first_origin(report), "events");
  json_t *expired = at(ended, 3);
  g_assert_cmpint(json_integer_value(json_object_get(expired, "packet")), ==, 0);
  g_assert_null(json_object_get(expired, "file"));
  g_assert_cmpint(json_integer_value(json_object_get(at(ended, 7), "entries")), ==, 2);
  json_t *ready = at(json_object_get(at(clients, 1), "origins"), 0);
  json_t *refreshed = at(json_object_get(ready, "events"), 1);
  g_assert_cmpint(json_integer_value(json_object_get(refreshed, "count")), ==, 12);
  g_assert_cmpint(json_integer_value(json_object_get(refreshed, "last_packet")), ==, 80);
  g_assert_nonnull(json_object_get(refreshed, "last_time"));
  json_t *cache = json_object_get(ready, "cache");
  assert_keys(at(cache, 0),
              "protocol_id alpn host port usable rank learned packet via expires tried requests");
  assert_keys(at(cache, 1),
              "protocol_id alpn host port persist usable rank learned packet via expires tried "
              "requests");
  g_assert_cmpuint(json_array_size(json_object_get(at(clients, 0), "unplaced")), ==, 1);
  assert_keys(at(json_object_get(json_object_get(report, "coverage"), "unreadable"), 0),
              "connection id client server reason packet bytes");
  json_decref(report);
  asv_story_free(story);
}

static void test_subjects(void) {
  AsvStory *story = asv_story_misdirected();
  static const struct {
    AsvReportSubject subject;
    const char *section;
  } subjects[] = {{ASV_REPORT_ORIGINS, "origins clients"},
                  {ASV_REPORT_CACHE, "clients"},
                  {ASV_REPORT_FINDINGS, "findings"},
                  {ASV_REPORT_CONNECTIONS, "connections"}};
  for (gsize i = 0; i < G_N_ELEMENTS(subjects); i++) {
    json_t *report = load(story, subjects[i].subject);
    g_autofree char *keys =
        g_strconcat("schema version model client_by at ", subjects[i].section, NULL);
    assert_keys(report, keys);
    if (subjects[i].subject == ASV_REPORT_CACHE)
      assert_keys(first_origin(report), "origin verdict because cache");
    if (subjects[i].subject == ASV_REPORT_FINDINGS)
      assert_keys(at(json_object_get(report, "findings"), 1),
                  "id code severity count packets time connection client origin message advice "
                  "filter spec");
    if (subjects[i].subject == ASV_REPORT_CONNECTIONS)
      assert_keys(at(json_object_get(report, "connections"), 1),
                  "connection id client server sni alpn opened closed requests origins");
    json_decref(report);
  }
  asv_story_free(story);
}

static void test_octets(void) {
  AsvStory *story = asv_story_many();
  AsvClientReport *client = g_ptr_array_index(story->timeline.clients, 0);
  AsvEvent *event =
      g_ptr_array_index(((AsvOriginReport *)g_ptr_array_index(client->origins, 0))->events, 0);
  static const char value[] = "a\0\x1b\"\\\n\x7f\x80\xff\xc3\xa9";
  event->value = asv_story_octets(story, value, sizeof value - 1);
  event->value_size = sizeof value - 1;
  event->time = ASV_STORY_START - 1;
  asv_story_finding(story, ASV_SEVERITY_NOTE, "not-used", "caf\xc3\xa9 \xff\x1b \xc2\x85", 1);
  AsvReportOptions options = plain_options(ASV_REPORT_TIMELINE);
  char *text = printed(asv_report_json, story, &options);
  g_assert_nonnull(strstr(
      text, "\"value\": \"a\\u0000\\u001b\\\"\\\\\\u000a\\u007f\\u0080\\u00ff\\u00c3\\u00a9\""));
  g_assert_nonnull(strstr(text, "\"relative\": -0.000000001,"));
  g_assert_nonnull(strstr(text, "\"message\": \"caf\xc3\xa9 \\u00ff\\u001b \\u00c2\\u0085\""));
  free(text);
  asv_story_free(story);
}

static void test_relative_is_exact(void) {
  AsvStory *story = asv_story_misdirected();
  AsvClientReport *client = g_ptr_array_index(story->timeline.clients, 0);
  AsvEvent *event =
      g_ptr_array_index(((AsvOriginReport *)g_ptr_array_index(client->origins, 0))->events, 0);
  event->time = ASV_STORY_START + G_GINT64_CONSTANT(123456789012345678);
  AsvReportOptions options = plain_options(ASV_REPORT_TIMELINE);
  char *text = printed(asv_report_json, story, &options);
  g_assert_nonnull(strstr(text, "\"relative\": 123456789.012345678,"));
  free(text);
  asv_story_free(story);
}

/* Packets without a time are at 0; without packets there is no time. */
static void test_moment(void) {
  AsvStory *story = asv_story_misdirected();
  AsvCaptureReport *capture = g_ptr_array_index(story->timeline.captures, 0);
  story->timeline.at = 0;
  AsvReportOptions options = plain_options(ASV_REPORT_TIMELINE);
  char *text = printed(asv_report_json, story, &options);
  g_assert_nonnull(strstr(text, "\"at\": \"1970-01-01T00:00:00.000000000Z\""));
  free(text);
  capture->packets = 0;
  text = printed(asv_report_json, story, &options);
  g_assert_null(strstr(text, "\"at\""));
  free(text);
  asv_story_free(story);
}

/* ---- the schema ---- */

#define VALIDATE ASV_TEST_DATA "/../../../support/validate.py"

static gboolean is_valid(const char *text) {
  g_autofree char *name = NULL;
  g_autoptr(GError) error = NULL;
  int file = g_file_open_tmp("report-XXXXXX", &name, &error);
  g_assert_no_error(error);
  FILE *out = fdopen(file, "w");
  fputs(text, out);
  fclose(out);
  char *argv[] = {(char *)"/usr/bin/python3", (char *)VALIDATE, name, NULL};
  int status = 1;
  g_autofree char *told = NULL;
  g_spawn_sync(NULL, argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &told, NULL, &status, &error);
  g_assert_no_error(error);
  if (told && *told) g_test_message("%s", told);
  remove(name);
  return status == 0;
}

static gboolean has_validator(void) {
  char *argv[] = {(char *)"/usr/bin/python3", (char *)"-c", (char *)"import jsonschema", NULL};
  int status = 1;
  return g_spawn_sync(NULL, argv, NULL, G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL, NULL, &status,
                      NULL) &&
         status == 0;
}

static void test_schema(void) {
  if (!has_validator()) {
    g_test_skip("python3-jsonschema is not installed");
    return;
  }
  AsvStory *(*const stories[])(void) = {asv_story_misdirected, asv_story_many, asv_story_new};
  const AsvReportSubject subjects[] = {ASV_REPORT_TIMELINE, ASV_REPORT_ORIGINS, ASV_REPORT_CACHE,
                                       ASV_REPORT_FINDINGS, ASV_REPORT_CONNECTIONS};
  for (gsize i = 0; i < G_N_ELEMENTS(stories); i++) {
    AsvStory *story = stories[i]();
    g_autoptr(GString) lines = g_string_new(NULL);
    for (gsize j = 0; j < G_N_ELEMENTS(subjects); j++) {
      AsvReportOptions options = plain_options(subjects[j]);
      char *text = printed(asv_report_json, story, &options);
      if (i == 0 || j == 0) g_assert_true(is_valid(text));
      free(text);
      text = printed(asv_report_ndjson, story, &options);
      g_string_append(lines, text);
      free(text);
    }
    g_assert_true(is_valid(lines->str));
    asv_story_free(story);
  }
}

/* What the schema is for: a report that is wrong in one place does not match. */
static void test_schema_refuses(void) {
  static const char *const changes[][2] = {
      {"\"verdict\": \"switched\"", "\"verdict\": \"used\""},
      {"\"stream\": 3", "\"streams\": 3"},
      {"\"stream\": 3", "\"stream\": null"},
      {"0.072000000", "0.072"},
      {"\"usable\": true", "\"persist\": true"},
      {"\"ended_by\": \"misdirected\"", "\"ended_by\": \"clear\""},
      {"\"captures\"", "\"files\""},
      {"T11:30:05.627000000Z", "T11:30:05.627Z"},
  };
  if (!has_validator()) {
    g_test_skip("python3-jsonschema is not installed");
    return;
  }
  AsvStory *story = asv_story_misdirected();
  AsvReportOptions options = plain_options(ASV_REPORT_TIMELINE);
  char *text = printed(asv_report_json, story, &options);
  for (gsize i = 0; i < G_N_ELEMENTS(changes); i++) {
    g_autoptr(GString) changed = g_string_new(text);
    g_assert_cmpuint(g_string_replace(changed, changes[i][0], changes[i][1], 1), ==, 1);
    g_assert_false(is_valid(changed->str));
  }
  free(text);
  asv_story_free(story);
}

#define SEEN(kind)                                          \
  "{\"schema\":\"altshark-observation/1\",\"kind\":\"" kind \
  "\",\"time\":\"2026-11-20T11:30:05.555000000Z\",\"file\":\"x.pcapng\",\"packet\":1,"
#define ON                                                                           \
  "\"client\":\"10.77.0.11\",\"server\":\"10.77.0.1:443\",\"connection\":\"tcp:0\"," \
  "\"id\":\"0123456789abcdef\","

static void test_observation_schema(void) {
  static const char good[] =
      SEEN("connection") ON "\"transport\":\"tcp\"}\n" SEEN("advertisement") ON
      "\"via\":\"http2-header\",\"origin\":\"https://a.test\","
      "\"value\":\"\\u00ff\"}\n" SEEN("unreadable") ON
      "\"reason\":\"no-secrets\",\"bytes\":0}\n" SEEN(
          "capture") "\"packets\":0,\"bytes\":0,\"complete\":true}\n";
  static const char *const bad[] = {
      SEEN("connection") "\"transport\":\"tcp\"}\n",
      SEEN("connection") ON "\"transport\":\"tcp\",\"status\":200}\n",
      SEEN("advertisement") ON "\"via\":\"http2-header\",\"value\":\"clear\"}\n",
      SEEN("advertisement") ON
      "\"via\":\"http2-header\",\"origin\":\"https://a.test\","
      "\"value\":\"\\u0100\"}\n",
      SEEN("unreadable") ON "\"reason\":\"bad luck\",\"bytes\":0}\n",
      SEEN("guess") ON "\"reason\":\"fin\"}\n",
      SEEN("capture") ON "\"packets\":0,\"bytes\":0,\"complete\":true}\n",
  };
  if (!has_validator()) {
    g_test_skip("python3-jsonschema is not installed");
    return;
  }
  g_assert_true(is_valid(good));
  for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) g_assert_false(is_valid(bad[i]));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/json/whole", test_whole);
  g_test_add_func("/json/events", test_events);
  g_test_add_func("/json/runs-and-rows", test_runs_and_rows);
  g_test_add_func("/json/subjects", test_subjects);
  g_test_add_func("/json/octets", test_octets);
  g_test_add_func("/json/relative", test_relative_is_exact);
  g_test_add_func("/json/moment", test_moment);
  g_test_add_func("/json/schema", test_schema);
  g_test_add_func("/json/schema-refuses", test_schema_refuses);
  g_test_add_func("/json/observation-schema", test_observation_schema);
  return g_test_run();
}

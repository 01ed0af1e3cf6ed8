/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CSV: cells that need quotes, cells that a spreadsheet would calculate, octets of the capture, and
 * lines longer than stdio's buffer. That rows and columns are NDJSON's, tests/cli holds. */
#include "printed.h"

static AsvEvent *first_event(AsvStory *story) {
  AsvClientReport *client = g_ptr_array_index(story->timeline.clients, 0);
  return g_ptr_array_index(((AsvOriginReport *)g_ptr_array_index(client->origins, 0))->events, 0);
}

static void assert_holds(const AsvStory *story, AsvReportSubject subject, const char *cell) {
  AsvReportOptions options = plain_options(subject);
  char *text = printed(asv_report_csv, story, &options);
  if (!strstr(text, cell)) g_printerr("no %s in\n%s", cell, text);
  g_assert_nonnull(strstr(text, cell));
  free(text);
}

static void assert_value(const char *octets, gsize size, const char *cell) {
  AsvStory *story = asv_story_misdirected();
  AsvEvent *event = first_event(story);
  event->value = asv_story_octets(story, octets, size);
  event->value_size = size;
  assert_holds(story, ASV_REPORT_TIMELINE, cell);
  asv_story_free(story);
}

static void test_cells(void) {
  assert_value("plain", 5, ",plain,");
  assert_value("two words", 9, ",\"two words\",");
  assert_value("a\"b", 3, ",\"a\"\"b\",");
  assert_value("a,b", 3, ",\"a,b\",");
  assert_value("=1+1", 4, ",'=1+1,");
  assert_value("+1", 2, ",'+1,");
  assert_value("-1", 2, ",'-1,");
  assert_value("@a, b", 5, ",\"'@a, b\",");
  assert_value("\t=1", 3, ",\\x09=1,");
  assert_value("a\r\n\x1b\0b", 6, ",a\\x0d\\x0a\\x1b\\x00b,");
}

static void test_numbers(void) {
  AsvStory *story = asv_story_misdirected();
  first_event(story)->time = ASV_STORY_START - 1;
  assert_holds(story, ASV_REPORT_TIMELINE, ",-0.000000001,");
  asv_story_finding(story, ASV_SEVERITY_NOTE, "not-used", "-5, he said", 1);
  assert_holds(story, ASV_REPORT_FINDINGS, ",\"'-5, he said\",");
  asv_story_free(story);
}

static void test_long_lines(void) {
  AsvStory *story = asv_story_misdirected();
  AsvEvent *event = first_event(story);
  g_autofree char *value = g_strnfill(100000, 'x');
  event->value = asv_story_octets(story, value, 100000);
  event->value_size = 100000;
  AsvReportOptions options = plain_options(ASV_REPORT_TIMELINE);
  char *text = printed(asv_report_csv, story, &options);
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  g_assert_cmpuint(g_strv_length(lines), ==, 6); /* heading, 4 events, nothing */
  g_assert_nonnull(strstr(lines[1], value));
  g_assert_cmpstr(lines[5], ==, "");
  free(text);
  asv_story_free(story);
}

static void test_nothing(void) {
  AsvStory *story = asv_story_new();
  AsvReportOptions options = plain_options(ASV_REPORT_CONNECTIONS);
  char *text = printed(asv_report_csv, story, &options);
  g_assert_cmpstr(text, ==,
                  "connection,id,client,server,sni,alpn,opened,closed,requests,origins\n");
  free(text);
  asv_story_free(story);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/csv/cells", test_cells);
  g_test_add_func("/csv/numbers", test_numbers);
  g_test_add_func("/csv/long-lines", test_long_lines);
  g_test_add_func("/csv/nothing", test_nothing);
  return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sums over clients: counts, kinds, and the time from learning to first use. */
#include "report/origins.h"

#include "tests/support/story.h"

/* A client that learned at 0 and used after `wait` milliseconds; below 0: never, after a try that
 * failed. */
static void add_client(AsvStory *story, const char *agent, gint64 wait) {
  AsvClientReport *client = asv_story_client(story, "10.77.0.11", agent);
  AsvOriginReport *origin = asv_story_origin(
      story, client, "https://a.test", wait < 0 ? ASV_OUTCOME_UNREACHABLE : ASV_OUTCOME_SWITCHED);
  asv_story_event(story, origin->events, ASV_EVENT_LEARNED, 0, 1);
  asv_story_event(story, origin->events, ASV_EVENT_TRIED, 1, 2);
  if (wait < 0) {
    asv_story_event(story, origin->events, ASV_EVENT_FAILED, 2, 3);
    return;
  }
  asv_story_event(story, origin->events, ASV_EVENT_USED, wait, 3);
  asv_story_event(story, origin->events, ASV_EVENT_USED, wait + 5000, 4);
}

static void test_counts(void) {
  AsvStory *story = asv_story_new();
  add_client(story, "curl/8.14.1", 30);
  add_client(story, "curl/8.15.0", -1);
  add_client(story, "Mozilla/5.0 Gecko/20100101 Firefox/153.0", 10);
  asv_story_origin(story, asv_story_client(story, "10.77.0.12", NULL), "https://0.test",
                   ASV_OUTCOME_NOT_ADVERTISED);
  GPtrArray *all = asv_origins_summarize(&story->timeline);
  g_assert_cmpuint(all->len, ==, 2);
  const AsvOriginSummary *none = g_ptr_array_index(all, 0), *some = g_ptr_array_index(all, 1);
  g_assert_cmpstr(none->origin, ==, "https://0.test");
  g_assert_cmpuint(none->counts.clients, ==, 1);
  g_assert_cmpuint(none->counts.learned, ==, 0);
  g_assert_cmpuint(none->waits->len, ==, 0);
  g_assert_cmpstr(((AsvOriginKind *)g_ptr_array_index(none->kinds, 0))->kind, ==, "unknown");
  g_assert_cmpuint(some->counts.clients, ==, 3);
  g_assert_cmpuint(some->counts.tried, ==, 3);
  g_assert_cmpuint(some->counts.used, ==, 2);
  g_assert_cmpuint(some->counts.failed, ==, 1);
  g_assert_cmpuint(some->verdicts[ASV_OUTCOME_SWITCHED], ==, 2);
  g_assert_cmpuint(some->verdicts[ASV_OUTCOME_UNREACHABLE], ==, 1);
  g_assert_cmpuint(some->kinds->len, ==, 2);
  const AsvOriginKind *curl = g_ptr_array_index(some->kinds, 1);
  g_assert_cmpstr(curl->kind, ==, "curl");
  g_assert_cmpuint(curl->counts.clients, ==, 2);
  g_assert_cmpuint(curl->counts.used, ==, 1);
  g_ptr_array_unref(all);
  asv_story_free(story);
}

static void test_percentiles(void) {
  AsvStory *story = asv_story_new();
  for (gint64 i = 20; i >= 1; i--) add_client(story, "curl/8.14.1", i * 10);
  GPtrArray *all = asv_origins_summarize(&story->timeline);
  const AsvOriginSummary *summary = g_ptr_array_index(all, 0);
  const gint64 millisecond = 1000000;
  g_assert_cmpint(asv_origins_percentile(summary, 50), ==, 100 * millisecond);
  g_assert_cmpint(asv_origins_percentile(summary, 95), ==, 190 * millisecond);
  g_assert_cmpint(asv_origins_percentile(summary, 96), ==, 200 * millisecond);
  g_assert_cmpint(asv_origins_percentile(summary, 0), ==, 10 * millisecond);
  g_ptr_array_unref(all);
  asv_story_free(story);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/origins/counts", test_counts);
  g_test_add_func("/origins/percentiles", test_percentiles);
  return g_test_run();
}

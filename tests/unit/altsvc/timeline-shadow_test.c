/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What RFC 7838 would have a cache hold (its rows stand behind "rfc") beside what its client does
 * hold; without that word the two never differed. */
#include "altsvc/limits.h"
#include "story.h"

#define CHROMIUM                               \
  "0 t0 open\n"                                \
  "0 t0 tls sni=a.test alpn=h2 names=a.test\n" \
  "0 t0 get 1 https://a.test /x agent=Chrome/156.0.0.0\n"
#define CURL                                   \
  "0 t0 open\n"                                \
  "0 t0 tls sni=a.test alpn=h2 names=a.test\n" \
  "0 t0 get 1 https://a.test /x agent=curl/8.14.1\n"

static const Story stories[] = {
    {"/shadow/none-while-nothing-differs",
     CHROMIUM "1 t0 header 1 https://a.test 200 : h3=\":443\"; ma=60\n"
              "2 t0 header 1 https://a.test 200 : clear\n"
              "3 t0 header 1 https://a.test 200 : h3=\":444\"; ma=60\n",
     "  1. h3=a.test:444 until 63\n"},
    {"/shadow/none-by-the-rfc",
     "0 t0 open\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test\n"
     "0 t0 get 1 https://a.test /x\n"
     "1 t0 header 1 https://a.test 200 age=30 : h3=\":443\"; ma=60; persist=1\n",
     "  1. h3=a.test:443 persist until 31\n"},
    {"/shadow/frame-that-the-client-does-not-read",
     CURL "1 t0 frame 0 https://a.test origin=https://a.test : h3=\":443\"; ma=45\n"
          "5 t0 get 3 https://a.test /y\n",
     "rfc\n"
     "  1. h3=a.test:443 until 46\n"},
    {"/shadow/begins-with-what-both-hold",
     CHROMIUM "1 t0 header 1 https://a.test 200 : h3=\":443\"; ma=60\n"
              "2 t0 header 1 https://a.test 421 : h3=\":444\"; ma=60\n",
     "  1. h3=a.test:444 until 62\n"
     "rfc\n"
     "  1. h3=a.test:443 until 61\n"},
    {"/shadow/follows-what-both-read",
     CHROMIUM "1 t0 header 1 https://a.test 200 : h3=\":443\"; ma=60; persist=1\n"
              "2 t0 header 1 https://a.test 200 : h3=\":444\"; ma=60\n",
     "  1. h3=a.test:444 until 62\n"
     "rfc\n"
     "  1. h3=a.test:444 until 62\n"},
    {"/shadow/the-same-again-prolongs-it",
     CHROMIUM "1 t0 header 1 https://a.test 200 age=30 : h3=\":443\"; ma=60\n"
              "2 t0 header 1 https://a.test 200 age=30 : h3=\":443\"; ma=60\n"
              "3 t0 header 1 https://a.test 200 age=30 : h3=\":443\"; ma=60\n"
              "9 t0 header 1 https://a.test 200 age=30 : h3=\":443\"; ma=60\n",
     "  1. h3=a.test:443 until 69\n"
     "rfc\n"
     "  1. h3=a.test:443 until 39\n"},
    {"/shadow/clear-that-the-client-does-not-know",
     CURL "1 t0 header 1 https://a.test 200 : h3=\":443\"; ma=60\n"
          "2 t0 header 1 https://a.test 200 : clear\n",
     "  1. h3=a.test:443 until 61 over h2\n"
     "rfc\n"},
    {"/shadow/ends-at-its-own-time",
     CHROMIUM "1 t0 header 1 https://a.test 200 age=30 : h3=\":443\"; ma=60\n"
              "40 t0 get 3 https://a.test /y\n",
     "  1. h3=a.test:443 until 61\n"
     "rfc\n"},
    {"/shadow/421-removes-what-the-client-keeps",
     CHROMIUM "1 t0 header 1 https://a.test 200 : h3=\":443\"; ma=60, h3=\":444\"; ma=60\n"
              "2 q0 open\n"
              "2 q0 tls sni=a.test alpn=h3 names=a.test\n"
              "2 q0 get 0 https://a.test /m\n"
              "3 q0 answer 0 https://a.test 421\n",
     "  1. h3=a.test:443 until 61 tried requests 1\n"
     "  2. h3=a.test:444 until 61\n"
     "rfc\n"
     "  1. h3=a.test:444 until 61\n"},
    {"/shadow/the-same-after-a-421-brings-it-back",
     CHROMIUM "1 t0 header 1 https://a.test 200 : h3=\":443\"; ma=60\n"
              "1 t0 header 1 https://a.test 200 : h3=\":443\"; ma=60\n"
              "2 q0 open\n"
              "2 q0 tls sni=a.test alpn=h3 names=a.test\n"
              "2 q0 get 0 https://a.test /m\n"
              "3 q0 answer 0 https://a.test 421\n"
              "4 t0 header 1 https://a.test 200 : h3=\":443\"; ma=60\n",
     "  1. h3=a.test:443 until 64 tried requests 1\n"
     "rfc\n"
     "  1. h3=a.test:443 until 64\n"},
};

static char *print_caches(const AsvTimeline *timeline) {
  const AsvClientReport *client = timeline->clients->pdata[0];
  const AsvOriginReport *origin = client->origins->pdata[0];
  GString *out = g_string_new(NULL);
  for (guint i = 0; i < origin->cache->len; i++) story_print_row(out, origin->cache->pdata[i]);
  if (origin->by_rfc) g_string_append(out, "rfc\n");
  for (guint i = 0; origin->by_rfc && i < origin->by_rfc->len; i++)
    story_print_row(out, origin->by_rfc->pdata[i]);
  return g_string_free(out, FALSE);
}

static void check(const char *story, const AsvTimelineOptions *options, const char *expected) {
  AsvTimeline *timeline = asv_timeline_new(options);
  story_run(timeline, story);
  asv_timeline_finish(timeline);
  g_autofree char *caches = print_caches(timeline);
  g_assert_cmpstr(caches, ==, expected);
  asv_timeline_free(timeline);
}

static void test_story(gconstpointer data) {
  const Story *story = data;
  AsvTimelineOptions options = {.model = ASV_MODEL_AUTO};
  check(story->story, &options, story->expected);
}

static void test_at(void) {
  AsvTimelineOptions options = {.has_at = TRUE, .at = 5 * STORY_SECOND};
  check(CURL
        "1 t0 frame 0 https://a.test origin=https://a.test : h3=\":443\"; ma=45\n"
        "9 t0 frame 0 https://a.test origin=https://a.test : h3=\":444\"; ma=45\n",
        &options, "rfc\n  1. h3=a.test:443 until 46\n");
}

static void test_network(void) {
  AsvTimelineOptions options = {.client_by = ASV_CLIENT_BY_MAC};
  check(
      "0 t0 open mac=m1\n"
      "0 t0 tls sni=a.test alpn=h2 names=a.test\n"
      "0 t0 get 1 https://a.test /x agent=Chrome/156.0.0.0\n"
      "1 t0 header 1 https://a.test 200 : h3=\":443\"; ma=60, h3=\":444\"; ma=60; persist=1\n"
      "2 t1 open mac=m1 client=10.0.0.9\n",
      &options,
      "  1. h3=a.test:443 until 61\n"
      "  2. h3=a.test:444 until 61\n"
      "rfc\n"
      "  1. h3=a.test:444 persist until 61\n");
}

/* As many alternatives as one advertisement may bring. */
static void test_limit(void) {
  g_autoptr(GString) story =
      g_string_new(CURL "1 t0 frame 0 https://a.test origin=https://a.test : ");
  for (guint i = 0; i <= ASV_ALTERNATIVES_MAX; i++)
    g_string_append_printf(story, "%sh3=\":%u\"; ma=45", i ? ", " : "", 1 + i);
  g_string_append_c(story, '\n');
  AsvTimelineOptions options = {0};
  AsvTimeline *timeline = asv_timeline_new(&options);
  story_run(timeline, story->str);
  asv_timeline_finish(timeline);
  const AsvClientReport *client = timeline->clients->pdata[0];
  const AsvOriginReport *origin = client->origins->pdata[0];
  g_assert_cmpuint(origin->cache->len, ==, 0);
  g_assert_cmpuint(origin->by_rfc->len, ==, ASV_ALTERNATIVES_MAX);
  g_assert_cmpuint(timeline->coverage.not_kept, ==, 1);
  asv_timeline_free(timeline);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(stories); i++)
    g_test_add_data_func(stories[i].name, &stories[i], test_story);
  g_test_add_func("/shadow/at", test_at);
  g_test_add_func("/shadow/network-change", test_network);
  g_test_add_func("/shadow/limit", test_limit);
  return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a watch is told while a timeline is fed, and what its caches hold meanwhile. */
#include "story.h"

static void note_event(void *self, const char *client, const char *origin, const AsvEvent *event) {
  GString *out = self;
  g_assert_null(event->findings);
  g_string_append_printf(out, "%s %s", client, origin ? origin : "-");
  story_print_event(out, event);
}

static void note_fact(void *self, const AsvFact *fact) {
  if (g_str_has_prefix(fact->code, "advertised-sometimes")) return;
  g_string_append_printf(self, "%s %s %s: %s\n", asv_severity_name(fact->severity), fact->code,
                         fact->origin ? fact->origin : "-", fact->message);
}

static AsvTimeline *watched(GString *out, AsvClientBy by) {
  AsvTimelineOptions options = {.client_by = by};
  AsvTimelineWatch watch = {.self = out, .event = note_event, .fact = note_fact};
  AsvTimeline *timeline = asv_timeline_new(&options);
  asv_timeline_watch(timeline, &watch);
  return timeline;
}

static void check(const char *story, const char *expected) {
  g_autoptr(GString) out = g_string_new(NULL);
  AsvTimeline *timeline = watched(out, ASV_CLIENT_BY_IP);
  story_run(timeline, story);
  g_assert_cmpstr(out->str, ==, expected);
  asv_timeline_free(timeline);
}

#define OPEN "0 t0 open\n0 t0 tls sni=a.test alpn=h2 names=a.test\n0 t0 get 1 https://a.test /x\n"
#define A "header 1 https://a.test 200"
#define ME "10.0.0.1 https://a.test"

static void test_changes(void) {
  check(OPEN "1 t0 " A " : h2=\":444\"; ma=60\n2 t0 " A " : clear\n3 t0 " A
             " : h2=\":444\"; ma=5\n9 t0 get 3 https://a.test /y\n",
        ME "  1 #4 learned h2=a.test:444 until 61\n" ME "  2 #5 cleared 1\n" ME
           "  3 #6 learned h2=a.test:444 until 8\n" ME "  8 expired h2=a.test:444\n");
}

/* A run is one event of the report; the watch hears of each. */
static void test_each_of_a_run(void) {
  check(OPEN "1 t0 " A " : h2=\":444\"; ma=60\n2 t0 " A " : h2=\":444\"; ma=60\n3 t0 " A
             " : h2=\":444\"; ma=60\n4 t0 frame 1 - : h2=\":444\"; ma=60\n",
        ME "  1 #4 learned h2=a.test:444 until 61\n" ME
           "  2 #5 refreshed h2=a.test:444 until 62\n" ME
           "  3 #6 refreshed h2=a.test:444 until 63\n"
           "10.0.0.1 -  4 #7 ignored coverage-started-late\n");
}

static void test_use_and_end(void) {
  check(OPEN "1 t0 " A
             " : h2=\":444\"; ma=60\n"
             "2 t1 open server=192.0.2.1:444\n"
             "2 t1 tls sni=a.test alpn=h2 server=192.0.2.1:444\n"
             "3 t1 get 1 https://a.test / server=192.0.2.1:444\n"
             "4 t1 answer 1 https://a.test 421 server=192.0.2.1:444\n",
        ME "  1 #4 learned h2=a.test:444 until 61\n" ME
           "  2 #5 tried h2=a.test:444 by sni-port-alpn\n" ME
           "  3 #7 used h2=a.test:444 by sni-port-alpn\n"
           "note alt-used-missing https://a.test: Requests on the alternative do not say Alt-Used; "
           "they should.\n"
           "warning misdirected https://a.test: The alternative that https://a.test advertises (h2 "
           "at a.test:444) "
           "answered 421 to a request for it.\n" ME "  4 #8 removed h2=a.test:444\n");
}

static void test_own_words(void) {
  check(OPEN "1 t0 " A " : h2=\"\n2 t0 " A " : h3\n",
        "error value-invalid https://a.test: The value does not match the grammar of Alt-Svc: the "
        "closing quote was expected at octet 4 of: h2=\"\n" ME
        "  1 #4 ignored value-invalid\n"
        "error value-invalid https://a.test: The value does not match the grammar of Alt-Svc: = "
        "right behind the protocol-id was expected at octet 2 of: h3\n" ME
        "  2 #5 ignored value-invalid\n");
}

/* What the same advertisement raises again is told in its finding's words. */
#define ODD                                                                                  \
  "note value-empty-parameter https://a.test: In `h2=\":444\"; ma=60` there is a semicolon " \
  "with no parameter behind it.\n"
#define SAID A " : h2=\":444\"; ma=60;\n"

static void test_words_again(void) {
  check(OPEN "1 t0 " SAID "2 t0 " SAID "3 t0 " SAID,
        ODD ME "  1 #4 learned h2=a.test:444 until 61\n" ODD ME
               "  2 #5 refreshed h2=a.test:444 until 62\n" ME
               "  3 #6 refreshed h2=a.test:444 until 63\n" ODD);
}

static void test_cache_now(void) {
  g_autoptr(GString) out = g_string_new(NULL);
  AsvTimeline *timeline = watched(out, ASV_CLIENT_BY_IP_AND_AGENT);
  story_run(timeline, "0 t0 open\n");
  g_assert_null(asv_timeline_client_now(timeline, g_str_hash("t0")));
  g_assert_null(asv_timeline_client_now(timeline, g_str_hash("t1")));
  story_run(timeline,
            "0 t0 get - http://a.test / agent=Fox\n1 t0 header - http://a.test 200 : "
            "h2=\":444\"; ma=60, h2=\":445\"; ma=5\n");
  g_assert_cmpstr(asv_timeline_client_now(timeline, g_str_hash("t0")), ==, "10.0.0.1 Fox");
  g_assert_null(asv_timeline_cache_now(timeline, "10.0.0.1", "http://a.test"));
  g_assert_null(asv_timeline_cache_now(timeline, "10.0.0.1 Fox", "http://b.test"));
  GPtrArray *rows = asv_timeline_cache_now(timeline, "10.0.0.1 Fox", "http://a.test");
  g_assert_cmpuint(rows->len, ==, 2);
  g_assert_cmpuint(((AsvCacheRow *)rows->pdata[1])->alternative.port, ==, 445);
  g_assert_cmpint(((AsvCacheRow *)rows->pdata[1])->expires, ==, 6 * STORY_SECOND);
  g_ptr_array_unref(rows);
  story_run(timeline, "7 t1 open\n");
  rows = asv_timeline_cache_now(timeline, "10.0.0.1 Fox", "http://a.test");
  g_assert_cmpuint(rows->len, ==, 1);
  g_ptr_array_unref(rows);
  asv_timeline_free(timeline);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/recent/changes", test_changes);
  g_test_add_func("/recent/each-of-a-run", test_each_of_a_run);
  g_test_add_func("/recent/use-and-end", test_use_and_end);
  g_test_add_func("/recent/own-words", test_own_words);
  g_test_add_func("/recent/words-again", test_words_again);
  g_test_add_func("/recent/cache-now", test_cache_now);
  return g_test_run();
}

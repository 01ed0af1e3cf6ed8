/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What clients start with: when it comes, ends, is used, said again; for whom; limits. */
#include "altsvc/limits.h"
#include "story.h"

#define SECONDS(n) ((n)*STORY_SECOND)

static AsvStored stored(const char *origin, const char *protocol_id, const char *host, guint16 port,
                        gint64 expires) {
  return (AsvStored){.origin = (char *)origin,
                     .protocol_id = (char *)protocol_id,
                     .host = (char *)host,
                     .port = port,
                     .expires = expires};
}

/* Borrows the entries. */
static GPtrArray *list_of(AsvStored *entries, guint count) {
  GPtrArray *list = g_ptr_array_new();
  for (guint i = 0; i < count; i++) g_ptr_array_add(list, &entries[i]);
  return list;
}

static void check(const char *story, AsvTimelineOptions options, AsvStored *entries, guint count,
                  const char *expected) {
  g_autoptr(GPtrArray) start = list_of(entries, count);
  options.start = start;
  Story told = {.name = "start", .story = story, .expected = expected};
  story_compare(&told, &options, FALSE);
}

#define OPEN                                   \
  "5 t0 open\n"                                \
  "5 t0 tls sni=a.test alpn=h2 names=a.test\n" \
  "6 t0 get 1 https://a.test /x\n"

static void test_life(void) {
  AsvStored entries[] = {stored("https://a.test", "h3", "a.test", 443, SECONDS(8)),
                         stored("https://a.test", "h2", "alt.test", 444, SECONDS(100)),
                         stored("https://b.test", "h3", "b.test", 443, SECONDS(5)),
                         stored("https://b.test", "h2", "b.test", 0, SECONDS(100)),
                         stored("https://c.test", "h3", "c.test", 443, SECONDS(-7))};
  entries[1].persist = TRUE;
  check(OPEN "10 t0 close\n", (AsvTimelineOptions){0}, entries, G_N_ELEMENTS(entries),
        "https://a.test not-used\n"
        "  5 restored h3=a.test:443 until 8\n"
        "  5 restored h2=alt.test:444 persist until 100\n"
        "  8 expired h3=a.test:443\n"
        "  1. h2=alt.test:444 persist until 100\n"
        "https://b.test ready\n"
        "  5 restored h3=b.test:443 until 5\n"
        "  5 restored h2=b.test:0 (port is 0) until 100\n"
        "  5 expired h3=b.test:443\n"
        "  1. h2=b.test:0 (port is 0) until 100\n"
        "https://c.test ready\n"
        "  5 restored h3=c.test:443 until -7\n"
        "  5 expired h3=c.test:443\n"
        "not-used\n");
}

static void test_used(void) {
  AsvStored entries[] = {stored("https://a.test", "h3", "a.test", 443, SECONDS(100))};
  check("5 q0 open\n5 q0 tls sni=a.test alpn=h3\n6 q0 get 0 https://a.test / used=a.test\n",
        (AsvTimelineOptions){0}, entries, 1,
        "https://a.test switched\n"
        "  5 restored h3=a.test:443 until 100\n"
        "  5 #1 tried h3=a.test:443 by alt-used\n"
        "  6 #3 used h3=a.test:443 by alt-used requests 1\n"
        "  1. h3=a.test:443 until 100 tried requests 1\n");
}

/* What is said again is as if it was learned then; what is not named goes. */
static void test_said_again(void) {
  AsvStored entries[] = {stored("https://a.test", "h3", "a.test", 443, SECONDS(100)),
                         stored("https://a.test", "h3", "a.test", 444, SECONDS(100))};
  g_autoptr(GPtrArray) start = list_of(entries, 2);
  AsvTimelineOptions options = {.start = start};
  AsvTimeline *timeline = asv_timeline_new(&options);
  story_run(timeline, OPEN "7 t0 header 1 https://a.test 200 : h3=\":443\"; ma=60\n");
  asv_timeline_finish(timeline);
  g_autofree char *told = story_print(timeline, FALSE);
  g_assert_cmpstr(told, ==,
                  "https://a.test not-used\n"
                  "  5 restored h3=a.test:443 until 100\n"
                  "  5 restored h3=a.test:444 until 100\n"
                  "  7 #4 refreshed h3=a.test:443 until 67\n"
                  "  7 #4 replaced h3=a.test:444\n"
                  "  1. h3=a.test:443 until 67\n"
                  "not-used\n");
  const AsvClientReport *client = timeline->clients->pdata[0];
  const AsvOriginReport *origin = client->origins->pdata[0];
  const AsvCacheRow *row = origin->cache->pdata[0];
  g_assert_cmpint(row->learned, ==, SECONDS(7));
  g_assert_cmpuint(row->packet, ==, 4);
  g_assert_cmpint(row->via, ==, ASV_VIA_HTTP2_HEADER);
  g_assert_false(row->alternative.restored);
  const AsvEvent *last = origin->events->pdata[origin->events->len - 1];
  g_assert_cmpint(last->kind, ==, ASV_EVENT_REPLACED);
  g_assert_cmpint(last->learned_time, ==, 0); /* nobody knows when */
  asv_timeline_free(timeline);
}

/* The first of two that are the same counts; case of hosts is the caller's. */
static void test_same(void) {
  AsvStored entries[] = {stored("https://a.test", "h3", "a.test", 443, SECONDS(50)),
                         stored("https://a.test", "h3", "a.test", 443, SECONDS(100))};
  entries[1].learned_over = (char *)"h3";
  check(OPEN, (AsvTimelineOptions){0}, entries, 2,
        "https://a.test not-used\n"
        "  5 restored h3=a.test:443 until 50\n"
        "  1. h3=a.test:443 until 50\n"
        "not-used\n");
}

#define TWO_CLIENTS                          \
  "5 t0 open\n5 t0 get 1 https://z.test /\n" \
  "20 t1 open client=10.0.0.2\n20 t1 get 1 https://z.test / client=10.0.0.2\n"

/* Each client has it from the first packet on, whenever it is first seen itself. */
static void test_clients(void) {
  AsvStored entries[] = {stored("https://a.test", "h3", "a.test", 443, SECONDS(15))};
  check(TWO_CLIENTS, (AsvTimelineOptions){0}, entries, 1,
        "10.0.0.1\n"
        "https://a.test ready\n"
        "  5 restored h3=a.test:443 until 15\n"
        "  15 expired h3=a.test:443\n"
        "https://z.test unknown\n"
        "10.0.0.2\n"
        "https://a.test ready\n"
        "  5 restored h3=a.test:443 until 15\n"
        "  15 expired h3=a.test:443\n"
        "https://z.test unknown\n");
  check(TWO_CLIENTS, (AsvTimelineOptions){.client = "10.0.0.2"}, entries, 1,
        "https://a.test ready\n"
        "  5 restored h3=a.test:443 until 15\n"
        "  15 expired h3=a.test:443\n"
        "https://z.test unknown\n");
  check(TWO_CLIENTS, (AsvTimelineOptions){.client = "10.0.0.2", .has_at = TRUE, .at = SECONDS(10)},
        entries, 1,
        "https://a.test ready\n"
        "  5 restored h3=a.test:443 until 15\n"
        "  15 expired h3=a.test:443\n"
        "  1. h3=a.test:443 until 15\n"
        "https://z.test unknown\n");
}

/* ---- limits ---- */

static guint64 not_kept_of(const GPtrArray *start, const char *story) {
  AsvTimelineOptions options = {.start = start};
  AsvTimeline *timeline = asv_timeline_new(&options);
  story_run(timeline, story);
  asv_timeline_finish(timeline);
  guint64 not_kept = timeline->coverage.not_kept;
  asv_timeline_free(timeline);
  return not_kept;
}

static void test_alternatives(void) {
  AsvStored entries[ASV_ALTERNATIVES_MAX + 1];
  for (guint i = 0; i < G_N_ELEMENTS(entries); i++)
    entries[i] = stored("https://a.test", "h3", "a.test", (guint16)(i + 1), SECONDS(100));
  g_autoptr(GPtrArray) some = list_of(entries, ASV_ALTERNATIVES_MAX);
  g_autoptr(GPtrArray) more = list_of(entries, ASV_ALTERNATIVES_MAX + 1);
  g_assert_cmpuint(not_kept_of(some, OPEN), ==, 0);
  g_assert_cmpuint(not_kept_of(more, OPEN), ==, 1);
}

/* Entries that are the same make the list long and the cache not. */
static void test_restored(void) {
  AsvStored entry = stored("https://a.test", "h3", "a.test", 443, SECONDS(100));
  g_autoptr(GPtrArray) start = g_ptr_array_new();
  for (guint i = 0; i < ASV_RESTORED_MAX / 2; i++) g_ptr_array_add(start, &entry);
  g_assert_cmpuint(not_kept_of(start, TWO_CLIENTS), ==, 0);
  g_ptr_array_add(start, &entry);
  g_assert_cmpuint(not_kept_of(start, TWO_CLIENTS), ==, 2);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/restore/life", test_life);
  g_test_add_func("/restore/used", test_used);
  g_test_add_func("/restore/said-again", test_said_again);
  g_test_add_func("/restore/same", test_same);
  g_test_add_func("/restore/clients", test_clients);
  g_test_add_func("/restore/alternatives", test_alternatives);
  g_test_add_func("/restore/restored", test_restored);
  return g_test_run();
}

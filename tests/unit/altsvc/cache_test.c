/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rules of one origin's entries alone: order of what is told, expiry, overflow. */
#include "altsvc/cache.h"

#include <string.h>

static void on_changed(void *self, AsvEventKind kind, AsvEndedBy ended_by, gint64 time,
                       AsvEntry *entry, const AsvEntry *offer) {
  GString *told = self;
  g_string_append_printf(told, "%s:%s:%" G_GUINT64_FORMAT "@%" G_GINT64_FORMAT "%s%s%s ",
                         asv_event_kind_name(kind), entry->alternative.alpn,
                         entry->alternative.port, time, ended_by ? " " : "",
                         ended_by ? asv_ended_by_name(ended_by) : "", offer ? "+" : "");
}

static AsvEntry entry(const char *alpn, guint64 port, gint64 life) {
  static guint64 serial;
  return (AsvEntry){.alternative = {.protocol_id = (char *)alpn,
                                    .alpn = (char *)alpn,
                                    .alpn_size = strlen(alpn),
                                    .host = (char *)"a.test",
                                    .has_port = TRUE,
                                    .port = port,
                                    .usable = TRUE},
                    .serial = ++serial,
                    .life = life};
}

typedef struct {
  AsvCache cache;
  GString *told;
  AsvCacheWatch watch;
} Fixture;

static void set_up(Fixture *fixture, gconstpointer user G_GNUC_UNUSED) {
  fixture->told = g_string_new(NULL);
  fixture->watch = (AsvCacheWatch){.self = fixture->told, .changed = on_changed};
}

static void tear_down(Fixture *fixture, gconstpointer user G_GNUC_UNUSED) {
  asv_cache_release(&fixture->cache);
  g_string_free(fixture->told, TRUE);
}

static void assert_told(Fixture *fixture, const char *expected) {
  g_assert_cmpstr(fixture->told->str, ==, expected);
  g_string_truncate(fixture->told, 0);
}

static void test_replace(Fixture *fixture, gconstpointer user G_GNUC_UNUSED) {
  AsvEntry first[] = {entry("h3", 1, 100), entry("h2", 2, 50)};
  asv_cache_replace(&fixture->cache, ASV_REPLACES_ALL, first, 2, 10, &fixture->watch);
  assert_told(fixture, "learned:h3:1@10+ learned:h2:2@10+ ");
  g_assert_cmpint(fixture->cache.next_expiry, ==, 60);
  fixture->cache.entries[1].requests = 7;
  AsvEntry second[] = {entry("h3", 3, 0), entry("h2", 2, 90)};
  asv_cache_replace(&fixture->cache, ASV_REPLACES_ALL, second, 2, 20, &fixture->watch);
  assert_told(fixture,
              "learned:h3:3@20+ refreshed:h2:2@20+ replaced:h3:1@20 replacement "
              "expired:h3:3@20 expiry ");
  g_assert_cmpuint(fixture->cache.count, ==, 1);
  g_assert_cmpuint(fixture->cache.entries[0].requests, ==, 7);
  g_assert_cmpuint(fixture->cache.entries[0].serial, ==, first[1].serial);
  g_assert_cmpint(fixture->cache.entries[0].expires, ==, 110);
}

static void test_expire(Fixture *fixture, gconstpointer user G_GNUC_UNUSED) {
  AsvEntry offers[] = {entry("h3", 1, 30), entry("h3", 2, 10), entry("h3", 3, 30),
                       entry("h3", 4, 20)};
  asv_cache_replace(&fixture->cache, ASV_REPLACES_ALL, offers, 4, 0, &fixture->watch);
  g_string_truncate(fixture->told, 0);
  asv_cache_expire(&fixture->cache, 9, &fixture->watch);
  assert_told(fixture, "");
  asv_cache_expire(&fixture->cache, 10, &fixture->watch);
  assert_told(fixture, "expired:h3:2@10 expiry ");
  asv_cache_expire(&fixture->cache, 99, &fixture->watch);
  assert_told(fixture, "expired:h3:4@20 expiry expired:h3:1@30 expiry expired:h3:3@30 expiry ");
  g_assert_cmpuint(fixture->cache.count, ==, 0);
}

static void test_clear(Fixture *fixture, gconstpointer user G_GNUC_UNUSED) {
  AsvEntry offers[] = {entry("h3", 1, 30), entry("h3", 2, 10)};
  g_assert_cmpuint(asv_cache_clear(&fixture->cache, 0), ==, 0);
  asv_cache_replace(&fixture->cache, ASV_REPLACES_ALL, offers, 2, 0, &fixture->watch);
  g_assert_cmpuint(asv_cache_clear(&fixture->cache, 0), ==, 2);
  g_string_truncate(fixture->told, 0);
  asv_cache_expire(&fixture->cache, 99, &fixture->watch);
  assert_told(fixture, "");
}

static void test_remove(Fixture *fixture, gconstpointer user G_GNUC_UNUSED) {
  AsvEntry offers[] = {entry("h3", 1, 30), entry("h3", 2, 10)};
  asv_cache_replace(&fixture->cache, ASV_REPLACES_ALL, offers, 2, 0, &fixture->watch);
  g_string_truncate(fixture->told, 0);
  g_assert_true(asv_cache_remove(&fixture->cache, offers[1].serial, 5, &fixture->watch));
  g_assert_false(asv_cache_remove(&fixture->cache, offers[1].serial, 5, &fixture->watch));
  assert_told(fixture, "removed:h3:2@5 misdirected ");
  g_assert_cmpint(fixture->cache.next_expiry, ==, 30);
}

static void test_network(Fixture *fixture, gconstpointer user G_GNUC_UNUSED) {
  AsvEntry offers[] = {entry("h3", 1, 30), entry("h3", 2, 10), entry("h3", 3, 10)};
  offers[1].alternative.persist = TRUE;
  asv_cache_replace(&fixture->cache, ASV_REPLACES_ALL, offers, 3, 0, &fixture->watch);
  g_string_truncate(fixture->told, 0);
  asv_cache_change_network(&fixture->cache, 5, &fixture->watch);
  assert_told(fixture, "forgotten:h3:1@5 network-change forgotten:h3:3@5 network-change ");
  g_assert_cmpuint(fixture->cache.count, ==, 1);
}

static void test_expiry(void) {
  g_assert_cmpint(asv_cache_expiry(10, 5), ==, 15);
  g_assert_cmpint(asv_cache_expiry(10, 0), ==, 10);
  g_assert_cmpint(asv_cache_expiry(10, -5), ==, 10);
  g_assert_cmpint(asv_cache_expiry(-10, 5), ==, -5);
  g_assert_cmpint(asv_cache_expiry(G_MAXINT64 - 1, 1), ==, G_MAXINT64);
  g_assert_cmpint(asv_cache_expiry(G_MAXINT64 - 1, 2), ==, G_MAXINT64);
}

static void test_same(void) {
  AsvEntry a = entry("h3", 1, 1), b = entry("h3", 1, 2), c = entry("h3", 2, 1),
           d = entry("h2", 1, 1), e = entry("h3", 1, 1), f = entry("h3", 0, 1), g = f;
  e.alternative.host = (char *)"b.test";
  g.alternative.has_port = FALSE;
  g_assert_true(asv_alternative_same(&a.alternative, &b.alternative));
  g_assert_false(asv_alternative_same(&a.alternative, &c.alternative));
  g_assert_false(asv_alternative_same(&a.alternative, &d.alternative));
  g_assert_false(asv_alternative_same(&a.alternative, &e.alternative));
  g_assert_false(asv_alternative_same(&f.alternative, &g.alternative));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add("/rfc7838/3.1/replace", Fixture, NULL, set_up, test_replace, tear_down);
  g_test_add("/rfc7838/2.2/expire", Fixture, NULL, set_up, test_expire, tear_down);
  g_test_add("/rfc7838/3/clear", Fixture, NULL, set_up, test_clear, tear_down);
  g_test_add("/rfc7838/6/remove", Fixture, NULL, set_up, test_remove, tear_down);
  g_test_add("/rfc7838/2.2/network-change", Fixture, NULL, set_up, test_network, tear_down);
  g_test_add_func("/cache/expiry", test_expiry);
  g_test_add_func("/cache/same", test_same);
  return g_test_run();
}

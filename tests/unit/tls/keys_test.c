/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The key store: lines good and bad, asking for more, walking what is unused, size and speed. */
#include "analyzer/tls/keys.h"

#include "analyzer/limits.h"
#include "tests/support/feed.h"

#define R1 "0101010101010101010101010101010101010101010101010101010101010101"
#define R2 "0202020202020202020202020202020202020202020202020202020202020202"
#define S32 "aAaAaAaAaAaAaAaAaAaAaAaAaAaAaAaAaAaAaAaAaAaAaAaAaAaAaAaAaAaAaAaA"
#define S48 S32 "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static AsvSpan random_of(guint8 octet) {
  static guint8 random[32];
  memset(random, octet, sizeof random);
  return asv_span(random, sizeof random);
}

static void load_guarded(AsvSpan text, void *user) {
  *(guint64 *)user = asv_keys_load(((AsvKeys **)user)[1], text);
}

static guint64 load(AsvKeys *keys, const char *text) {
  void *user[2] = {NULL, keys};
  asv_test_guarded(asv_span_text(text), load_guarded, user);
  return (guint64)(gsize)user[0];
}

static void test_lines(void) {
  AsvKeys *keys = asv_keys_new();
  g_assert_cmpuint(load(keys, "# comment\r\n\r\nCLIENT_RANDOM " R1 " " S48 "\r\n"), ==, 1);
  g_assert_cmpuint(load(keys, "SERVER_TRAFFIC_SECRET_0 " R1 "  " S32 " \n"
                              "\tCLIENT_TRAFFIC_SECRET_0 " R2 " " S48),
                   ==, 2);
  g_assert_cmpuint(asv_keys_count(keys), ==, 2);
  AsvSpan secret = asv_keys_find(keys, random_of(1), ASV_SECRET_CLIENT_RANDOM);
  g_assert_cmpuint(secret.size, ==, 48);
  g_assert_cmpuint(secret.data[0], ==, 0xaa);
  g_assert_cmpuint(secret.data[47], ==, 0xbb);
  g_assert_cmpuint(asv_keys_find(keys, random_of(1), ASV_SECRET_SERVER_TRAFFIC_0).size, ==, 32);
  g_assert_cmpuint(asv_keys_find(keys, random_of(2), ASV_SECRET_SERVER_TRAFFIC_0).size, ==, 0);
  g_assert_cmpuint(asv_keys_find(keys, asv_span("x", 1), ASV_SECRET_SERVER_TRAFFIC_0).size, ==, 0);
  asv_keys_free(keys);
}

static void test_damage(void) {
  static const char *const bad[] = {
      "",
      "CLIENT_RANDOM",
      "CLIENT_RANDOM " R1,
      "CLIENT_RANDOM " R1 " ",
      "CLIENT_RANDOM " R1 " " S32, /* a master secret has 48 octets */
      "CLIENT_RANDOM " R1 " " S48 "a",
      "CLIENT_RANDOM " R1 " " S48 " x",
      "CLIENT_RANDOM " R1 "00 " S48,
      "client_random " R1 " " S48,
      "EXPORTER_SECRET " R1 " " S32,
      "RSA 0102030405060708 " S48,
      "SERVER_TRAFFIC_SECRET_0 " R1 " aabb",
      "SERVER_TRAFFIC_SECRET_0 " R1 " " S48 S48, /* longer than any hash */
      "SERVER_TRAFFIC_SECRET_0 " R1 " zz" S32,
      "SERVER_TRAFFIC_SECRET_0 " R1 S32,
  };
  AsvKeys *keys = asv_keys_new();
  for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) g_assert_cmpuint(load(keys, bad[i]), ==, 0);
  g_assert_cmpuint(asv_keys_count(keys), ==, 0);
  asv_keys_free(keys);
}

typedef struct {
  AsvKeys *keys;
  guint asked;
} More;

static void more(void *self) {
  More *state = self;
  if (state->asked++ == 1) asv_keys_load(state->keys, asv_span_text("CLIENT_RANDOM " R2 " " S48));
}

static void test_more(void) {
  More state = {asv_keys_new(), 0};
  asv_keys_set_more(state.keys, more, &state);
  g_assert_cmpuint(asv_keys_find(state.keys, random_of(1), ASV_SECRET_CLIENT_RANDOM).size, ==, 0);
  g_assert_cmpuint(asv_keys_find(state.keys, random_of(1), ASV_SECRET_CLIENT_RANDOM).size, ==, 0);
  g_assert_cmpuint(state.asked, ==, 1);
  guint64 before = asv_keys_generation(state.keys);
  g_assert_cmpuint(asv_keys_find(state.keys, random_of(2), ASV_SECRET_CLIENT_RANDOM).size, ==, 48);
  g_assert_cmpuint(state.asked, ==, 2);
  g_assert_cmpuint(asv_keys_generation(state.keys), !=, before);
  asv_keys_find(state.keys, random_of(1), ASV_SECRET_CLIENT_RANDOM);
  g_assert_cmpuint(state.asked, ==, 3);
  asv_keys_free(state.keys);
}

static void test_unused(void) {
  AsvKeys *keys = asv_keys_new();
  AsvSpan random;
  guint position = 0;
  load(keys, "CLIENT_RANDOM " R1 " " S48 "\nCLIENT_RANDOM " R2 " " S48 "\n");
  asv_keys_find(keys, random_of(1), ASV_SECRET_CLIENT_RANDOM);
  g_assert_true(asv_keys_next_unused(keys, &position, &random));
  g_assert_cmpuint(random.data[0], ==, 2);
  g_assert_cmpuint(asv_keys_try(keys, random, ASV_SECRET_CLIENT_RANDOM).size, ==, 48);
  g_assert_false(asv_keys_next_unused(keys, &position, &random));
  asv_keys_free(keys);
}

/* The table stops growing at its limit, and loading that many lines takes no square of time. */
static void test_limit(void) {
  AsvKeys *keys = asv_keys_new();
  GString *text = g_string_new(NULL);
  for (guint i = 0; i < ASV_TLS_KEYS_MAX + 10; i++) {
    g_string_append_printf(text, "CLIENT_RANDOM %064x " S48 "\n", i);
    if (text->len < 1 << 20) continue;
    asv_keys_load(keys, asv_span(text->str, text->len));
    g_string_truncate(text, 0);
  }
  asv_keys_load(keys, asv_span(text->str, text->len));
  g_assert_cmpuint(asv_keys_count(keys), ==, ASV_TLS_KEYS_MAX);
  g_string_free(text, TRUE);
  asv_keys_free(keys);
}

/* Randoms asked for in vain are forgotten all at once, so each is asked for again at most then. */
static void test_missing_limit(void) {
  More state = {asv_keys_new(), 2};
  asv_keys_set_more(state.keys, more, &state);
  guint8 random[32] = {0};
  for (int round = 0; round < 2; round++) {
    for (guint i = 0; i < ASV_TLS_KEYS_MISSING_MAX; i++) {
      memcpy(random, &i, sizeof i);
      asv_keys_find(state.keys, asv_span(random, sizeof random), ASV_SECRET_CLIENT_RANDOM);
    }
    g_assert_cmpuint(state.asked, ==, 2 + ASV_TLS_KEYS_MISSING_MAX);
  }
  asv_keys_find(state.keys, random_of(1), ASV_SECRET_CLIENT_RANDOM);
  g_assert_cmpuint(state.asked, ==, 3 + ASV_TLS_KEYS_MISSING_MAX);
  asv_keys_find(state.keys, asv_span(random, sizeof random), ASV_SECRET_CLIENT_RANDOM);
  g_assert_cmpuint(state.asked, ==, 4 + ASV_TLS_KEYS_MISSING_MAX);
  asv_keys_free(state.keys);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/tls/keys/lines", test_lines);
  g_test_add_func("/tls/keys/damage", test_damage);
  g_test_add_func("/tls/keys/more", test_more);
  g_test_add_func("/tls/keys/unused", test_unused);
  g_test_add_func("/tls/keys/limit", test_limit);
  g_test_add_func("/tls/keys/missing-limit", test_missing_limit);
  return g_test_run();
}

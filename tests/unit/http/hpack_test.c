/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HPACK against nghttp2's deflater, whose table size changes at random, in pieces of any size. */
#include "analyzer/http/hpack.h"

#include <nghttp2/nghttp2.h>

#include "tests/support/feed.h"

static const char *const names[] = {"alt-svc", "age", "date", "user-agent", "x-other", "host"};
static const AsvField fields_of[] = {ASV_FIELD_ALT_SVC,    ASV_FIELD_AGE,  ASV_FIELD_DATE,
                                     ASV_FIELD_USER_AGENT, ASV_FIELD_NONE, ASV_FIELD_HOST};

/* Inflates a block in pieces at the ends of guarded pages' worth of random size. */
static void inflate_in_pieces(AsvHpack *hpack, GRand *rand, AsvSpan block, AsvFields *fields) {
  asv_fields_reset(fields);
  gsize from = 0;
  do {
    gsize n = (gsize)g_rand_int_range(rand, 0, (gint32)(block.size - from) + 1);
    AsvSpan piece = asv_span(block.data + from, n);
    from += n;
    g_assert_true(asv_hpack_inflate(hpack, piece, from == block.size, fields));
  } while (from < block.size);
}

static void test_deflater(void) {
  for (guint32 seed = 1; seed <= 20; seed++) {
    GRand *rand = g_rand_new_with_seed(seed);
    nghttp2_hd_deflater *deflater;
    AsvHpack *hpack = asv_hpack_new();
    AsvFields fields = {0};
    nghttp2_hd_deflate_new(&deflater, 65536);
    for (guint block = 0; block < 300; block++) {
      char values[8][40];
      guint which[8];
      nghttp2_nv nv[8];
      if (g_rand_int_range(rand, 0, 10) == 0)
        nghttp2_hd_deflate_change_table_size(deflater, (gsize)g_rand_int_range(rand, 0, 65536));
      gsize count = (gsize)g_rand_int_range(rand, 0, 9);
      for (gsize i = 0; i < count; i++) {
        which[i] = (guint)g_rand_int_range(rand, 0, G_N_ELEMENTS(names));
        g_snprintf(values[i], sizeof values[i], "value-%d", g_rand_int_range(rand, 0, 500));
        nv[i] = (nghttp2_nv){.name = (guint8 *)names[which[i]],
                             .namelen = strlen(names[which[i]]),
                             .value = (guint8 *)values[i],
                             .valuelen = strlen(values[i]),
                             .flags = (guint8)g_rand_int_range(rand, 0, 2)};
      }
      guint8 octets[4096];
      ssize_t size = nghttp2_hd_deflate_hd(deflater, octets, sizeof octets, nv, count);
      g_assert_cmpint(size, >=, 0);
      inflate_in_pieces(hpack, rand, asv_span(octets, (gsize)size), &fields);
      guint line = 0;
      for (gsize i = 0; i < count; i++) {
        if (fields_of[which[i]] == ASV_FIELD_NONE) continue;
        g_assert_cmpuint(line, <, fields.count);
        g_assert_cmpint((int)fields.lines[line].field, ==, (int)fields_of[which[i]]);
        g_assert_true(asv_span_is(asv_fields_line(&fields, line++), values[i]));
      }
      g_assert_cmpuint(line, ==, fields.count);
    }
    asv_fields_free(&fields);
    asv_hpack_free(hpack);
    nghttp2_hd_deflate_del(deflater);
    g_rand_free(rand);
  }
}

/* The encoder may use up to the ceiling, whatever SETTINGS said; above it the block is refused. */
static void test_table_ceiling(void) {
  static const guint8 at_ceiling[] = {0x3f, 0xe1, 0xff, 0x3f, 0x88};
  static const guint8 above[] = {0x3f, 0xe2, 0xff, 0x3f, 0x88};
  AsvFields fields = {0};
  AsvHpack *hpack = asv_hpack_new();
  g_assert_true(asv_hpack_inflate(hpack, asv_span(at_ceiling, sizeof at_ceiling), TRUE, &fields));
  g_assert_true(asv_span_is(asv_fields_get(&fields, ASV_FIELD_STATUS), "200"));
  g_assert_false(asv_hpack_inflate(hpack, asv_span(above, sizeof above), TRUE, &fields));
  asv_hpack_free(hpack);
  asv_fields_free(&fields);
}

typedef struct {
  guint found;
} Names;

static void find_guarded(AsvSpan name, void *user) {
  Names *all = user;
  all->found += asv_field_find(name) != ASV_FIELD_NONE;
}

static void test_names(void) {
  static const char *const known[] = {":method",
                                      ":scheme",
                                      ":authority",
                                      ":path",
                                      ":protocol",
                                      ":status",
                                      "age",
                                      "DATE",
                                      "Host",
                                      "alt-svc",
                                      "Referer",
                                      "alt-used",
                                      "upgrade",
                                      "keep-alive",
                                      "user-agent",
                                      "connection",
                                      "content-length",
                                      "sec-fetch-site",
                                      "HTTP2-Settings",
                                      "proxy-connection",
                                      "transfer-encoding"};
  static const char *const others[] = {"",           "a",         "ago",        "hast",
                                       ":pats",      "alt-svd",   ":methot",    ":statuz",
                                       "alt-usex",   ":protocox", "via-this-x", "content-lengtx",
                                       "\x81lt-svc", "[method",   "zeferer"};
  Names all = {0};
  for (gsize i = 0; i < G_N_ELEMENTS(known); i++)
    asv_test_guarded(asv_span_text(known[i]), find_guarded, &all);
  g_assert_cmpuint(all.found, ==, G_N_ELEMENTS(known));
  all.found = 0;
  for (gsize i = 0; i < G_N_ELEMENTS(others); i++)
    asv_test_guarded(asv_span_text(others[i]), find_guarded, &all);
  g_assert_cmpuint(all.found, ==, 0);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/hpack/deflater", test_deflater);
  g_test_add_func("/hpack/table-ceiling", test_table_ceiling);
  g_test_add_func("/hpack/names", test_names);
  return g_test_run();
}

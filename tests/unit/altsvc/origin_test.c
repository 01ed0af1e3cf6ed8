/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Origins, authorities, hosts and the names that cover them. */
#include "altsvc/origin.h"

#include "altsvc/limits.h"
#include "tests/support/feed.h"

static void test_parse_and_write(void) {
  static const struct {
    const char *text, *written; /* written NULL: no origin */
  } cases[] = {
      {"https://a.test", "https://a.test"},
      {"http://a.test", "http://a.test"},
      {"HTTPS://A.Test", "https://a.test"},
      {"https://a.test:443", "https://a.test"},
      {"http://a.test:80", "http://a.test"},
      {"http://a.test:443", "http://a.test:443"},
      {"https://a.test:8443", "https://a.test:8443"},
      {"https://a.test:65535", "https://a.test:65535"},
      {"https://a.test.", "https://a.test."},
      {"https://192.0.2.1:8443", "https://192.0.2.1:8443"},
      {"https://[2001:DB8:0::1]", "https://[2001:db8::1]"},
      {"https://[2001:db8::1]:444", "https://[2001:db8::1]:444"},
      {"", NULL},
      {"null", NULL},
      {"*", NULL},
      {"a.test", NULL},
      {"https:", NULL},
      {"https://", NULL},
      {"https:///", NULL},
      {"https://:443", NULL},
      {"https://a.test/", NULL},
      {"https://a.test:443/x", NULL},
      {"https://a.test?x", NULL},
      {"https://a.test#x", NULL},
      {"https://me@a.test", NULL},
      {"https://*.a.test", NULL},
      {"https://a.test,b.test", NULL},
      {"https://a.test https://b.test", NULL},
      {"https://a.test:", NULL},
      {"https://a.test:0", NULL},
      {"https://a.test:65536", NULL},
      {"https://a.test:99999999999999999999", NULL},
      {"https://a.test:https", NULL},
      {"https://[::1", NULL},
      {"https://[::1]x", NULL},
      {"https://[]", NULL},
      {"https://::1", NULL},
      {"https://b\xc3\xbc.test", NULL},
      {"https://a.test\r\n", NULL},
      {"wss://a.test", NULL},
      {"ftp://a.test", NULL},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    AsvOrigin origin;
    char written[ASV_ORIGIN_MAX];
    g_test_message("%s", cases[i].text);
    const char *problem = asv_origin_parse(asv_span_text(cases[i].text), &origin);
    g_assert_cmpint(problem == NULL, ==, cases[i].written != NULL);
    if (problem) continue;
    g_assert_cmpuint(asv_origin_write(&origin, written), ==, strlen(cases[i].written));
    g_assert_cmpstr(written, ==, cases[i].written);
  }
}

static void test_nul(void) {
  AsvOrigin origin;
  g_assert_nonnull(asv_origin_parse(asv_span("https://a.test\0", 15), &origin));
  g_assert_nonnull(asv_host_problem(asv_span("[::1\0]", 6)));
  g_assert_nonnull(asv_host_problem(asv_span("\0", 1)));
}

static void test_authority(void) {
  AsvSpan host;
  guint16 port;
  g_assert_null(asv_authority_parse(asv_span_text("A.test"), &host, &port));
  g_assert_true(asv_span_is(host, "A.test"));
  g_assert_cmpuint(port, ==, 0);
  g_assert_null(asv_authority_parse(asv_span_text("a.test:"), &host, &port));
  g_assert_cmpuint(port, ==, 0);
  g_assert_null(asv_authority_parse(asv_span_text("[::1]:444"), &host, &port));
  g_assert_true(asv_span_is(host, "[::1]"));
  g_assert_cmpuint(port, ==, 444);
  g_assert_null(asv_authority_parse(asv_span_text("[::1]"), &host, &port));
  g_assert_nonnull(asv_authority_parse(asv_span_text(""), &host, &port));
  g_assert_nonnull(asv_authority_parse(asv_span_text(":443"), &host, &port));
  g_assert_nonnull(asv_authority_parse(asv_span_text("a.test:+1"), &host, &port));
  g_assert_nonnull(asv_authority_parse(asv_span_text("a:b:1"), &host, &port));

  char written[ASV_ORIGIN_MAX];
  g_assert_cmpuint(
      asv_origin_write_authority(ASV_SCHEME_HTTPS, asv_span_text("A.test:443"), written), ==, 14);
  g_assert_cmpstr(written, ==, "https://a.test");
  g_assert_cmpuint(asv_origin_write_authority(ASV_SCHEME_HTTP, asv_span_text("a b"), written), ==,
                   0);
}

static void test_hosts(void) {
  static const char *const good[] = {"a",
                                     "a_b.test",
                                     "a%2Db",
                                     "!$&'()*+,;=~",
                                     "192.0.2.1",
                                     "999.1.1.1",
                                     "[::]",
                                     "[1:2:3:4:5:6:7::]",
                                     "[::2:3:4:5:6:7:8]",
                                     "[::ffff:192.0.2.1]",
                                     "[v1.a:b]"};
  static const char *const bad[] = {
      "",          "a b",           "a%",        "a%2",          "a%2x",
      "a/b",       "a:b",           "a@b",       "\"a\"",        "[",
      "[]",        "[::1",          "::1]",      "[::1]a",       "[:::]",
      "[::12345]", "[1:2:3]",       "[v.a]",     "[v1.]",        "[v1a]",
      "[vg.a]",    "[fe80::1%25e]", "[::1.2.3]", "[::1.2.3.256]"};
  for (gsize i = 0; i < G_N_ELEMENTS(good); i++)
    g_assert_cmpstr(asv_host_problem(asv_span_text(good[i])), ==, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
    g_test_message("%s", bad[i]);
    g_assert_nonnull(asv_host_problem(asv_span_text(bad[i])));
  }
  gsize at;
  g_assert_nonnull(asv_host_problem_at(asv_span_text("ab%20 "), &at));
  g_assert_cmpuint(at, ==, 5);
}

static void test_longest_host(void) {
  g_autofree char *host = g_strnfill(ASV_HOST_MAX + 1, 'a');
  AsvOrigin origin = {.scheme = ASV_SCHEME_HTTPS, .port = 65535};
  char written[ASV_ORIGIN_MAX];
  origin.host = asv_span(host, ASV_HOST_MAX);
  g_assert_null(asv_host_problem(origin.host));
  g_assert_cmpuint(asv_origin_write(&origin, written), ==, 8 + ASV_HOST_MAX + 6);
  g_assert_nonnull(asv_host_problem(asv_span(host, ASV_HOST_MAX + 1)));

  g_autofree char *longer = g_strnfill(ASV_ORIGIN_MAX, 'a');
  for (gsize size = ASV_ORIGIN_MAX - 16; size <= ASV_ORIGIN_MAX; size++) {
    origin.host = asv_span(longer, size);
    gsize length = asv_origin_write(&origin, written);
    g_assert_cmpuint(length, ==, size + 14 < ASV_ORIGIN_MAX ? size + 14 : 0);
  }
}

static void test_covers(void) {
  static const struct {
    const char *name, *host;
    gboolean covers;
  } cases[] = {
      {"a.test", "a.test", TRUE},
      {"A.Test", "a.tEST", TRUE},
      {"a.test", "b.a.test", FALSE},
      {"a.test", "a.test.", FALSE},
      {"*.a.test", "b.a.test", TRUE},
      {"*.a.test", "B.A.TEST", TRUE},
      {"*.a.test", "a.test", FALSE},
      {"*.a.test", ".a.test", FALSE},
      {"*.a.test", "c.b.a.test", FALSE},
      {"*.a.test", "b.a.test.", FALSE},
      {"b*.a.test", "bc.a.test", FALSE},
      {"*", "a", FALSE},
      {"*.", "a.", FALSE},
      {"", "", FALSE},
      {"", "a.test", FALSE},
      {"a.test", "", FALSE},
      {"192.0.2.1", "192.0.2.1", TRUE},
      {"*.0.2.1", "192.0.2.1", FALSE},
      {"2001:db8::1", "[2001:DB8:0::1]", TRUE},
      {"2001:db8::2", "[2001:db8::1]", FALSE},
      {"a.test", "[2001:db8::1]", FALSE},
      {"192.0.2.1", "a.test", FALSE},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_test_message("%s %s", cases[i].name, cases[i].host);
    g_assert_cmpint(asv_name_covers(cases[i].name, asv_span_text(cases[i].host)), ==,
                    cases[i].covers);
  }
}

static void parse_only(AsvSpan text, void *user) {
  AsvOrigin origin;
  (void)user;
  asv_origin_parse(text, &origin);
  asv_host_problem(text);
  asv_name_covers("*.a.test", text);
}

static void test_cut_short(void) {
  static const char *const texts[] = {"https://[2001:db8::1]:8443", "https://a%2D.test:443", "a.b",
                                      "[v1.a:b]"};
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
    for (gsize cut = 0; cut <= strlen(texts[i]); cut++)
      asv_test_guarded(asv_span(texts[i], cut), parse_only, NULL);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/origin/parse-and-write", test_parse_and_write);
  g_test_add_func("/origin/nul", test_nul);
  g_test_add_func("/origin/authority", test_authority);
  g_test_add_func("/origin/hosts", test_hosts);
  g_test_add_func("/origin/longest-host", test_longest_host);
  g_test_add_func("/origin/covers", test_covers);
  g_test_add_func("/origin/cut-short", test_cut_short);
  return g_test_run();
}

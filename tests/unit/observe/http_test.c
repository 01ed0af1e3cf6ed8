/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is observed of events: lists of several lines, origins that are missing, Keep-Alive. */
#include "analyzer/observe/http.h"

static void assert_text(AsvSpan span, const char *text) {
  g_autofree char *copy = asv_span_dup(span);
  g_assert_cmpstr(copy, ==, text);
}

/* One line is the event's own octets; several are a list, empty ones too; scratch is emptied. */
static void test_lines(void) {
  const AsvSpan lines[] = {asv_span_text("h2=\":1\""), asv_span_text(""), asv_span_text("clear")};
  const char *const values[] = {"h2=\":1\"", "h2=\":1\", ", "h2=\":1\", , clear"};
  g_autoptr(GByteArray) joined = g_byte_array_new();
  for (int round = 0; round < 2; round++)
    for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
      const AsvHttpResponse response = {.alt_svc = lines, .alt_svc_count = i + 1};
      AsvAdvertisementSeen seen = asv_observe_alt_svc(&response, ASV_VIA_HTTP2_HEADER, joined);
      assert_text(seen.value, values[i]);
      g_assert_true((seen.value.data == lines[0].data) == (i == 0));
      g_assert_cmpuint(seen.values.count, ==, i ? i + 1 : 0);
      g_assert_cmpint(seen.via, ==, ASV_VIA_HTTP2_HEADER);
      g_assert_cmpint(seen.from, ==, ASV_FROM_SERVER);
    }
}

/* Why there is no origin: CONNECT has none, and a request that was not captured may have had. */
static void test_origin(void) {
  const AsvSpan line = asv_span_text("clear");
  const struct {
    const char *origin;
    guint64 request;
    const char *problem;
  } rows[] = {
      {"https://a.test", 7, NULL}, {"", 7, "no-authority"}, {"", 0, "request-not-captured"}};
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    const AsvHttpResponse response = {.origin = asv_span_text(rows[i].origin),
                                      .request_packet = rows[i].request,
                                      .alt_svc = &line,
                                      .alt_svc_count = 1};
    AsvAdvertisementSeen seen = asv_observe_alt_svc(&response, ASV_VIA_HTTP1_HEADER, NULL);
    assert_text(seen.origin, rows[i].origin);
    g_assert_cmpstr(seen.origin_problem, ==, rows[i].problem);
  }
}

/* It is in effect when nothing speaks against it. */
static void test_keep_alive(void) {
  const AsvHttpResponse response = {.keep_alive = asv_span_text("timeout=5, max=9")};
  AsvKeepAliveSeen seen = asv_observe_keep_alive(&response);
  g_assert_true(seen.effective && seen.has_timeout && seen.has_max);
  g_assert_cmpuint(seen.timeout, ==, 5);
  g_assert_cmpuint(seen.max, ==, 9);
  g_assert_cmpint(seen.from, ==, ASV_FROM_SERVER);
  const AsvHttpRequest request = {.has_stream = TRUE, .stream = 3};
  seen = asv_observe_keep_alive_request(&request, asv_span_text("max=1"), "not-http1");
  g_assert_true(!seen.effective && !seen.has_timeout && seen.has_max && seen.has_stream);
  g_assert_cmpstr(seen.why, ==, "not-http1");
  g_assert_cmpuint(seen.stream, ==, 3);
  g_assert_cmpint(seen.from, ==, ASV_FROM_CLIENT);
}

static void test_unreadable(void) {
  AsvUnreadableSeen seen = asv_observe_unreadable(ASV_CLIENT, ASV_HTTP_QPACK_LOST, 11);
  g_assert_cmpint(seen.reason, ==, ASV_UNREADABLE_QPACK_LOST);
  g_assert_cmpint(seen.from, ==, ASV_FROM_CLIENT);
  g_assert_cmpuint(seen.bytes, ==, 11);
  seen = asv_observe_unreadable(ASV_SERVER, ASV_HTTP_ONE_DIRECTION, 0);
  g_assert_cmpint(seen.reason, ==, ASV_UNREADABLE_ONE_DIRECTION);
  g_assert_cmpint(seen.from, ==, ASV_FROM_SERVER);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/observe/lines", test_lines);
  g_test_add_func("/observe/origin", test_origin);
  g_test_add_func("/observe/keep-alive", test_keep_alive);
  g_test_add_func("/observe/unreadable", test_unreadable);
  return g_test_run();
}

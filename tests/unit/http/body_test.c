/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bodies that are DNS messages (RFC 8484 §6) are told, all others waived. */
#include "script.h"

#define GET "GET /dns-query?dns=x HTTP/1.1\r\nHost: dns.test\r\n\r\n"
#define REQUEST "1 request origin=http://dns.test method=GET path=/dns-query?dns=x\n"
#define RESPONSE "2 response 200 to=1 origin=http://dns.test\n"
#define OK "HTTP/1.1 200 OK\r\n"
#define DNS "Content-Type: application/dns-message\r\n"

/* An answer of HTTP/1, and what is told behind the two messages. */
static void check_http1(const char *answer, const char *told) {
  Script *script = script_new(ASV_HTTP_1, ASV_SCHEME_HTTP);
  script_text(script, ASV_CLIENT, GET);
  script_text(script, ASV_SERVER, answer);
  g_autofree char *expected = g_strconcat(REQUEST RESPONSE, told, NULL);
  script_expect(script, expected);
}

static void test_http1(void) {
  check_http1(OK DNS "Content-Length: 6\r\n\r\nabc\r\nd", "2 dns 6 octets=abc\\x0d\\x0ad\n");
  check_http1(OK DNS "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x\r\nde\r\n0\r\n\r\n",
              "2 dns 5 octets=abcde\n");
  check_http1(OK "content-type: Application/DNS-Message ; a=b\r\nContent-Length: 1\r\n\r\na",
              "2 dns 1 octets=a\n");
}

/* Bodies of other kinds, empty ones, coded ones and those cut by the end. */
static void test_http1_none(void) {
  check_http1(OK "Content-Type: text/html\r\nContent-Length: 3\r\n\r\nabc", "");
  check_http1(OK "Content-Type: application/dns-message2\r\nContent-Length: 3\r\n\r\nabc", "");
  check_http1(OK "Content-Length: 3\r\n\r\nabc", "");
  check_http1(OK DNS "Content-Length: 0\r\n\r\n", "");
  check_http1(OK DNS "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "");
  check_http1(OK DNS "Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", "");
  check_http1(OK DNS "Content-Length: 4\r\n\r\nabc", "");
  check_http1(OK DNS "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nx\r\n",
              "2 unreadable server bytes-lost 1\n");
}

static void test_http1_status(void) {
  Script *script = script_new(ASV_HTTP_1, ASV_SCHEME_HTTP);
  script_text(script, ASV_CLIENT, GET);
  script_text(script, ASV_SERVER, "HTTP/1.1 502 No\r\n" DNS "Content-Length: 3\r\n\r\nabc");
  script_expect(script, REQUEST "2 response 502 to=1 origin=http://dns.test\n");
}

/* A HEAD's answer has no body, whatever it says. */
static void test_http1_head(void) {
  Script *script = script_new(ASV_HTTP_1, ASV_SCHEME_HTTP);
  script_text(script, ASV_CLIENT, "HEAD / HTTP/1.1\r\nHost: dns.test\r\n\r\n" GET);
  script_text(script, ASV_SERVER,
              OK DNS "Content-Length: 3\r\n\r\n" OK "Content-Length: 0\r\n\r\n");
  script_expect(script, "1 request origin=http://dns.test method=HEAD path=/\n" REQUEST
                        "2 response 200 to=1 origin=http://dns.test\n" RESPONSE);
}

/* Two on one connection; in the first octets are lost, and framing goes on. */
static void test_http1_gap(void) {
  Script *script = script_new(ASV_HTTP_1, ASV_SCHEME_HTTP);
  script_text(script, ASV_CLIENT, GET GET);
  script_text(script, ASV_SERVER, OK DNS "Content-Length: 9\r\n\r\nabc");
  script_gap(script, ASV_SERVER, 6);
  script_text(script, ASV_SERVER, OK DNS "Content-Length: 2\r\n\r\nxy");
  script_expect(script, REQUEST REQUEST RESPONSE
                "4 response 200 to=1 origin=http://dns.test\n"
                "4 dns 2 octets=xy\n");
}

static void test_nobody_wants_it(void) {
  Script *script = script_new(ASV_HTTP_1, ASV_SCHEME_HTTP);
  script->no_dns = TRUE;
  script_text(script, ASV_CLIENT, GET);
  script_text(script, ASV_SERVER, OK DNS "Content-Length: 3\r\n\r\nabc");
  script_expect(script, REQUEST RESPONSE);
}

/* The largest DNS message is taken, one octet more is not; the connection goes on. */
static void check_size(gsize size, const char *told) {
  Script *script = script_new(ASV_HTTP_1, ASV_SCHEME_HTTP);
  g_autofree char *body = g_malloc0(size);
  g_autofree char *head =
      g_strdup_printf(OK DNS "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n", size);
  script_text(script, ASV_CLIENT, GET GET);
  script_text(script, ASV_SERVER, head);
  script_octets(script, ASV_SERVER, body, size);
  script_text(script, ASV_SERVER, OK "Content-Length: 0\r\n\r\n");
  AsvSpan whole = asv_span(script->octets->data, script->octets->len);
  g_autofree char *all = script_run(&whole, 1, script);
  g_assert_true(g_str_has_prefix(all, REQUEST REQUEST RESPONSE));
  g_assert_cmpint(strstr(all, told) != NULL, ==, size <= ASV_HTTP_BODY_MAX);
  g_assert_true(g_str_has_suffix(all, "4 response 200 to=1 origin=http://dns.test\n"));
  script_free(script);
}

static void test_limit(void) {
  check_size(ASV_HTTP_BODY_MAX, "3 dns 65535 octets=");
  check_size(ASV_HTTP_BODY_MAX + 1, "3 dns ");
}

/* Bodies in work of all connections together: those beyond the limit are given up. */
static void test_limit_of_all(void) {
  const guint connections = (guint)(ASV_HTTP_BODIES_MAX / ASV_HTTP_BODY_MAX) + 2;
  static const char head[] = OK DNS "Content-Length: 65535\r\n\r\n";
  Told told = {.told = g_string_new(NULL), .since = G_MAXUINT64};
  AsvHttpEvents events = told_events(&told);
  AsvHttpContext *context = asv_http_context_new();
  g_autofree AsvHttp **http = g_new(AsvHttp *, connections);
  g_autofree guint8 *body = g_malloc0(ASV_HTTP_BODY_MAX);
  const AsvPacketRef at = {.order = 1};
  for (guint i = 0; i < connections; i++) {
    http[i] = asv_http_new(context, ASV_HTTP_1, ASV_SCHEME_HTTP, &events);
    AsvSink client = asv_http_sink(http[i], ASV_CLIENT),
            server = asv_http_sink(http[i], ASV_SERVER);
    client.bytes(client.self, &at, asv_span_text(GET));
    server.bytes(server.self, &at, asv_span_text(head));
    server.bytes(server.self, &at, asv_span(body, ASV_HTTP_BODY_MAX - 1));
  }
  guint whole = 0;
  for (guint i = 0; i < connections; i++) {
    AsvSink client = asv_http_sink(http[i], ASV_CLIENT),
            server = asv_http_sink(http[i], ASV_SERVER);
    g_string_truncate(told.told, 0);
    server.bytes(server.self, &at, asv_span(body, 1));
    whole += strstr(told.told->str, "dns 65535") != NULL;
    client.end(client.self, &at, ASV_END_FIN);
    server.end(server.self, &at, ASV_END_FIN);
    asv_http_free(http[i]);
  }
  g_assert_cmpuint(whole, <, connections);
  g_assert_cmpuint(whole, >=, connections - 3);
  asv_http_context_free(context);
  g_string_free(told.told, TRUE);
}

/* ---- HTTP/2 ---- */

#define REQUEST_2 "4 request stream=1 origin=https://dns.test method=GET path=/1\n"
#define RESPONSE_2 "5 response stream=1 200 to=4 origin=https://dns.test\n"

static Script *script_doh(void) {
  Script *script = script_http2();
  script_get(script, 1, "dns.test");
  script_headers(script, ASV_SERVER, 1, FALSE,
                 ":status: 200\ncontent-type: application/dns-message\n");
  return script;
}

static void test_http2(void) {
  Script *script = script_doh();
  script_frame(script, ASV_SERVER, 0, 0, 1, "abc", 3);
  script_frame(script, ASV_SERVER, 0, 9, 1, "\2de\0\0", 5); /* END_STREAM, PADDED */
  script_get(script, 3, "dns.test");
  script_expect(script, REQUEST_2 RESPONSE_2
                "7 dns 5 octets=abcde\n"
                "8 request stream=3 origin=https://dns.test method=GET path=/3\n");
}

/* END_STREAM in trailers or in an empty frame; a reset; a body that is lost in part. */
static void test_http2_ends(void) {
  Script *script = script_doh();
  script_frame(script, ASV_SERVER, 0, 0, 1, "abc", 3);
  script_headers(script, ASV_SERVER, 1, TRUE, "x: y\n");
  script_expect(script, REQUEST_2 RESPONSE_2 "7 dns 3 octets=abc\n");

  script = script_doh();
  script_frame(script, ASV_SERVER, 0, 0, 1, "abc", 3);
  script_frame(script, ASV_SERVER, 0, 1, 1, NULL, 0);
  script_expect(script, REQUEST_2 RESPONSE_2 "7 dns 3 octets=abc\n");

  script = script_doh();
  script_frame(script, ASV_SERVER, 0, 0, 1, "abc", 3);
  script_frame(script, ASV_SERVER, 3, 0, 1, "\0\0\0\0", 4);
  script_expect(script, REQUEST_2 RESPONSE_2);

  script = script_doh();
  script_octets(script, ASV_SERVER, "\0\0\6\0\1\0\0\0\1ab", 11);
  script_gap(script, ASV_SERVER, 2);
  script_text(script, ASV_SERVER, "ef");
  script_frame(script, ASV_SERVER, 7, 0, 0, "\0\0\0\1\0\0\0\0", 8);
  script_expect(script, REQUEST_2 RESPONSE_2 "9 goaway server\n");
}

/* Streams take turns; those of another type or coding are waived. */
static void test_http2_streams(void) {
  Script *script = script_doh();
  script_get(script, 3, "dns.test");
  script_get(script, 5, "dns.test");
  script_headers(script, ASV_SERVER, 3, FALSE,
                 ":status: 200\ncontent-type: application/dns-message\n");
  script_headers(script, ASV_SERVER, 5, FALSE,
                 ":status: 200\ncontent-type: application/dns-message\ncontent-encoding: br\n");
  script_frame(script, ASV_SERVER, 0, 0, 1, "ab", 2);
  script_frame(script, ASV_SERVER, 0, 0, 3, "12", 2);
  script_frame(script, ASV_SERVER, 0, 1, 5, "zz", 2);
  script_frame(script, ASV_SERVER, 0, 1, 1, "c", 1);
  script_frame(script, ASV_SERVER, 0, 1, 3, "3", 1);
  script_expect(script, REQUEST_2 RESPONSE_2
                "6 request stream=3 origin=https://dns.test method=GET path=/3\n"
                "7 request stream=5 origin=https://dns.test method=GET path=/5\n"
                "8 response stream=3 200 to=6 origin=https://dns.test\n"
                "9 response stream=5 200 to=7 origin=https://dns.test\n"
                "13 dns 3 octets=abc\n"
                "14 dns 3 octets=123\n");
}

/* A POST's own body has the same type, and is nobody's answer. */
static void test_http2_post(void) {
  Script *script = script_http2();
  script_headers(script, ASV_CLIENT, 1, FALSE,
                 ":method: POST\n:scheme: https\n:authority: dns.test\n:path: /\n"
                 "content-type: application/dns-message\n");
  script_frame(script, ASV_CLIENT, 0, 0, 1, "qu", 2);
  script_headers(script, ASV_SERVER, 1, FALSE,
                 ":status: 200\ncontent-type: application/dns-message\n");
  script_frame(script, ASV_CLIENT, 0, 1, 1, "ery", 3);
  script_frame(script, ASV_SERVER, 0, 1, 1, "abc", 3);
  script_expect(script,
                "4 request stream=1 origin=https://dns.test method=POST path=/\n"
                "6 response stream=1 200 to=4 origin=https://dns.test\n"
                "8 dns 3 octets=abc\n");
}

/* The capture shows the response first: its body is there all the same. */
static void test_http2_swapped(void) {
  Script *script = script_http2();
  script_headers(script, ASV_SERVER, 1, FALSE,
                 ":status: 200\ncontent-type: application/dns-message\n");
  script_frame(script, ASV_SERVER, 0, 1, 1, "abc", 3);
  script_get(script, 1, "dns.test");
  g_autofree char *told = script_tell(script);
  g_assert_nonnull(strstr(told, "5 dns 3 octets=abc\n"));
  g_assert_nonnull(strstr(told, "4 response stream=1 200 to=6 origin=https://dns.test\n"));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/body/http1", test_http1);
  g_test_add_func("/body/http1-none", test_http1_none);
  g_test_add_func("/body/http1-status", test_http1_status);
  g_test_add_func("/body/http1-head", test_http1_head);
  g_test_add_func("/body/http1-gap", test_http1_gap);
  g_test_add_func("/body/nobody-wants-it", test_nobody_wants_it);
  g_test_add_func("/body/limit", test_limit);
  g_test_add_func("/body/limit-of-all", test_limit_of_all);
  g_test_add_func("/body/http2", test_http2);
  g_test_add_func("/body/http2-ends", test_http2_ends);
  g_test_add_func("/body/http2-streams", test_http2_streams);
  g_test_add_func("/body/http2-post", test_http2_post);
  g_test_add_func("/body/http2-swapped", test_http2_swapped);
  return g_test_run();
}

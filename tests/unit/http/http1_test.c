/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HTTP/1 connections as transcripts of events: framing, pairing, tunnels, upgrades, losses. */
#include "script.h"

#define GET "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n"
#define SVC "Alt-Svc: h3=\":443\"\r\n"
#define OK0 "HTTP/1.1 200 OK\r\n" SVC "Content-Length: 0\r\n\r\n"
#define REQUEST(n) n " request origin=http://a.test method=GET path=/\n"
#define ANSWER(n, to) n " response 200 to=" to " origin=http://a.test alt-svc=h3=\":443\"\n"
#define ORPHAN(n) n " response 200 to=0 alt-svc=h3=\":443\"\n"

static Script *plain(void) {
  return script_new(ASV_HTTP_ANY, ASV_SCHEME_HTTP);
}

static void expect(const char *client, const char *server, const char *told) {
  Script *script = plain();
  script_text(script, ASV_CLIENT, client);
  script_text(script, ASV_SERVER, server);
  script_expect(script, told);
}

static void test_exchange(void) {
  expect(GET, OK0, REQUEST("1") ANSWER("2", "1"));
  expect(GET GET, OK0 OK0, REQUEST("1") REQUEST("1") ANSWER("2", "1") ANSWER("2", "1"));
}

static void test_fields(void) {
  expect(
      "GET /p?q HTTP/1.1\r\nHOST:\tA.Test:80 \r\nUser-Agent: x\xff y\r\nAlt-Used: b.test:8443\r\n"
      "referer: https://C.test:444/path?x#y\r\nSec-Fetch-Site: none\r\nKeep-Alive: "
      "timeout=3\r\n\r\n",
      "HTTP/1.1 200\r\naLT-sVC  :  h3=\":1\" \t\r\nAlt-Svc: h2=\":2\";\r\n  ma=5\r\n\tpersist=1\r\n"
      "Age: 7\r\nAge: 8\r\nDate: now\r\nX-Alt-Svc: no\r\nAlt-Svcs: no\r\nContent-Length: 0\r\n\r\n",
      "1 request origin=http://a.test method=GET path=/p?q alt-used=b.test:8443 agent=x\\xff y "
      "referer=https://c.test:444 site=none\n1 keep-alive-request value=timeout=3\n"
      "2 response 200 to=1 origin=http://a.test alt-svc=h3=\":1\" alt-svc=h2=\":2\"; ma=5 "
      "persist=1 "
      "age=7 date=now\n");
}

static void test_bare_lf(void) {
  expect("\r\n\nGET / HTTP/1.1\nHost: a.test\n\n",
         "HTTP/1.1 200 OK\n"
         "Alt-Svc: h3=\":443\"\nContent-Length:0\n\n",
         REQUEST("1") ANSWER("2", "1"));
}

static void test_octets(void) {
  Script *script = plain();
  script_text(script, ASV_CLIENT, GET);
  static const char odd[] =
      "HTTP/1.1 200 OK\r\nAlt-Svc: \x01\x7f\xe9\r\nAlt-Svc: a\0b\r\nAlt-Svc: c\rd\r\nno colon\r\n"
      "Content-Length: 0\r\n\r\n";
  script_octets(script, ASV_SERVER, odd, sizeof odd - 1);
  script_expect(script,
                REQUEST("1") "2 response 200 to=1 origin=http://a.test alt-svc=\\x01\\x7f\\xe9\n");
}

static void test_targets(void) {
  expect(
      "GET http://u:p@B.test:8080/x?y HTTP/1.1\r\nHost: a.test\r\n\r\n"
      "GET http://b.test?y HTTP/1.1\r\nHost: a.test\r\n\r\n"
      "OPTIONS * HTTP/1.1\r\nHost: a.test\r\n\r\nGET / HTTP/1.0\r\n\r\n",
      "",
      "1 request origin=http://b.test:8080 method=GET path=/x?y\n"
      "1 request origin=http://b.test method=GET path=/?y\n"
      "1 request origin=http://a.test method=OPTIONS path=*\n1 request method=GET path=/\n");
}

static void test_scheme(void) {
  Script *script = script_new(ASV_HTTP_1, ASV_SCHEME_HTTPS);
  script_text(script, ASV_CLIENT, "GET / HTTP/1.1\r\nHost: a.test:443\r\n\r\n");
  script_text(script, ASV_SERVER, OK0);
  script_expect(script,
                "1 request origin=https://a.test method=GET path=/\n"
                "2 response 200 to=1 origin=https://a.test alt-svc=h3=\":443\"\n");
}

/* However the first body ends, the second answer is found behind it. */
static void test_bodies(void) {
  static const char *const firsts[] = {
      "HTTP/1.1 200 OK\r\n" SVC "Content-Length: 5\r\n\r\nHTTP/",
      "HTTP/1.1 200 OK\r\n" SVC "Content-Length: 5, 5\r\nContent-Length: 5\r\n\r\nHTTP/",
      "HTTP/1.1 200 OK\r\n" SVC
      "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n",
      "HTTP/1.1 200 OK\r\n" SVC
      "Transfer-Encoding: gzip, Chunked\r\nContent-Length: 3\r\n\r\n000 \r\n\r\n",
      "HTTP/1.1 200 OK\r\n" SVC "Transfer-Encoding: chunked\n\n1\nx\n0\nX: y\n\n",
  };
  for (gsize i = 0; i < G_N_ELEMENTS(firsts); i++) {
    g_autofree char *server = g_strconcat(firsts[i], OK0, NULL);
    expect(GET GET, server, REQUEST("1") REQUEST("1") ANSWER("2", "1") ANSWER("2", "1"));
  }
}

static void test_no_body(void) {
  expect("HEAD / HTTP/1.1\r\nHost: a.test\r\n\r\n" GET GET GET,
         "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nHTTP/1.1 204 No\r\nContent-Length: 3\r\n\r\n"
         "HTTP/1.1 304 No\r\nTransfer-Encoding: chunked\r\n\r\n" OK0,
         "1 request origin=http://a.test method=HEAD path=/\n" REQUEST("1") REQUEST("1") REQUEST("1")
         "2 response 200 to=1 origin=http://a.test\n2 response 204 to=1 origin=http://a.test\n"
         "2 response 304 to=1 origin=http://a.test\n" ANSWER("2", "1"));
}

static void test_until_close(void) {
  expect(GET GET, "HTTP/1.1 200 OK\r\n" SVC "\r\n" OK0, REQUEST("1") REQUEST("1") ANSWER("2", "1"));
  expect(GET GET, "HTTP/1.1 200 OK\r\n" SVC "Transfer-Encoding: chunked, gzip\r\n\r\n" OK0,
         REQUEST("1") REQUEST("1") ANSWER("2", "1"));
}

static void test_bad_framing(void) {
  expect(GET GET, "HTTP/1.1 200 OK\r\n" SVC "Content-Length: 5\r\nContent-Length: 6\r\n\r\n" OK0,
         REQUEST("1") REQUEST("1") ANSWER("2", "1") "2 unreadable server bytes-lost 0\n");
  expect(GET GET, "HTTP/1.1 200 OK\r\n" SVC "Transfer-Encoding: chunked\r\n\r\nx\r\n" OK0,
         REQUEST("1") REQUEST("1") ANSWER("2", "1") "2 unreadable server bytes-lost 1\n");
  expect(GET GET, "HTTP/1.1 200 OK\r\n" SVC "Content-Length: 1\r\n\r\nxyz\r\n" OK0,
         REQUEST("1") REQUEST("1") ANSWER("2", "1") "2 unreadable server bytes-lost 2\n");
}

static void test_interim(void) {
  expect("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 3\r\n\r\nabc" GET,
         "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\n" SVC "\r\n" OK0 OK0,
         "1 request origin=http://a.test method=POST path=/\n" REQUEST("1")
         "2 response 100 to=1 origin=http://a.test\n"
         "2 response 103 to=1 origin=http://a.test alt-svc=h3=\":443\"\n" ANSWER("2", "1") ANSWER("2", "1"));
}

static void test_trailers(void) {
  expect(GET GET, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n" SVC "\r\n" OK0,
         REQUEST("1") REQUEST("1") "2 response 200 to=1 origin=http://a.test\n"
         "2 trailer 200 to=1 origin=http://a.test alt-svc=h3=\":443\"\n" ANSWER("2", "1"));
}

static void test_keep_alive(void) {
  static const struct {
    const char *head, *told;
  } cases[] = {
      {"HTTP/1.1 200 OK\r\nConnection: Keep-Alive\r\nKeep-Alive: timeout=5, max=200\r\n",
       " keep-alive=timeout=5, max=200"},
      {"HTTP/1.1 200 OK\r\nKeep-Alive: timeout=5\r\nKeep-Alive: max=200\r\n",
       " keep-alive=timeout=5, max=200"},
      {"HTTP/1.0 200 OK\r\nKeep-Alive: timeout=5\r\n",
       " keep-alive=timeout=5 why=http-1.0-without-connection"},
      {"HTTP/1.0 200 OK\r\nConnection: x, keep-alive\r\nKeep-Alive: timeout=5\r\n",
       " keep-alive=timeout=5"},
      {"HTTP/1.1 200 OK\r\nConnection: x,Close\r\nKeep-Alive: timeout=5\r\n",
       " keep-alive=timeout=5 why=connection-close"},
      {"HTTP/1.1 200 OK\r\nConnection: closed\r\nKeep-Alive:\r\n", " keep-alive="},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *server = g_strconcat(cases[i].head, "\r\n", NULL);
    g_autofree char *told = g_strconcat(REQUEST("1") "2 response 200 to=1 origin=http://a.test",
                                        cases[i].told, "\n", NULL);
    expect(GET, server, told);
  }
}

static void test_connect(void) {
  Script *script = plain();
  script_text(script, ASV_CLIENT,
              "CONNECT b.test:443 HTTP/1.1\r\nHost: b.test:443\r\n\r\n\x16\x03");
  script_text(script, ASV_SERVER, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc");
  script_text(script, ASV_CLIENT, "\r\nmore");
  script_gap(script, ASV_SERVER, 7);
  script_end(script, ASV_CLIENT, ASV_END_FIN);
  script_expect(
      script,
      "1 request method=CONNECT\n2 response 200 to=1\n2 tunnel stream=0 target=b.test:443\n"
      "4 tunnel gap stream=0 7\n"
      "5 tunnel end stream=0 client 0 octets=\\x16\\x03\\x0d\\x0amore\n"
      "5 tunnel end stream=0 server 4 octets=abc\n");
}

static void test_connect_refused(void) {
  expect("CONNECT b.test:443 HTTP/1.1\r\n\r\n" GET,
         "HTTP/1.1 407 No\r\nContent-Length: 1\r\n\r\nx" OK0,
         "1 request method=CONNECT\n2 response 407 to=1\n" REQUEST("1") ANSWER("2", "1"));
  Script *script = plain();
  script->no_tunnels = TRUE;
  script_text(script, ASV_CLIENT, "CONNECT b.test:443 HTTP/1.1\r\n\r\n" GET);
  script_text(script, ASV_SERVER, "HTTP/1.1 200 OK\r\n\r\n" OK0);
  script_expect(
      script,
      "1 request method=CONNECT\n2 response 200 to=1\n2 tunnel stream=0 target=b.test:443\n");
}

static void test_websocket(void) {
  expect("GET / HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n" GET,
         "HTTP/1.1 101 Go\r\n" SVC "Upgrade: websocket\r\n\r\n" OK0,
         "1 request origin=http://a.test method=GET path=/ protocol=websocket\n"
         "2 response 101 to=1 origin=http://a.test alt-svc=h3=\":443\"\n");
  expect("GET / HTTP/1.1\r\nHost: a.test\r\nUpgrade: websocket\r\n\r\n" GET, OK0 OK0,
         "1 request origin=http://a.test method=GET path=/ protocol=websocket\n" ANSWER("2", "1")
             REQUEST("1") ANSWER("2", "1"));
}

static void test_h2c(void) {
  Script *script = plain();
  script_text(
      script, ASV_CLIENT,
      "GET / HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
      "HTTP2-Settings: AAMAAABkAAUAAIAA\r\n\r\n" PREFACE);
  script_frame(script, ASV_CLIENT, 4, 0, 0, NULL, 0);
  script_text(script, ASV_SERVER, "HTTP/1.1 101 Go\r\nUpgrade: h2c\r\n\r\n");
  script_frame(script, ASV_SERVER, 4, 0, 0, NULL, 0);
  script_headers(script, ASV_SERVER, 1, TRUE, ":status: 200\nalt-svc: h3=\":443\"\n");
  script_headers(script, ASV_CLIENT, 3, TRUE,
                 ":method: GET\n:scheme: http\n:authority: a.test:8080\n:path: /3\n");
  script_headers(script, ASV_SERVER, 3, TRUE, ":status: 200\n");
  script_expect(script,
                "1 request origin=http://a.test method=GET path=/ protocol=h2c\n"
                "3 response 101 to=1 origin=http://a.test\n"
                "5 response stream=1 200 to=1 origin=http://a.test alt-svc=h3=\":443\"\n"
                "6 request stream=3 origin=http://a.test:8080 method=GET path=/3\n"
                "7 response stream=3 200 to=6 origin=http://a.test:8080\n");
}

static void test_swapped(void) {
  Script *script = plain();
  script_text(script, ASV_SERVER, OK0 "\r\n" OK0);
  script_text(script, ASV_CLIENT, GET);
  script_text(script, ASV_CLIENT, GET);
  script_expect(script, REQUEST("2") ANSWER("1", "2") REQUEST("3") ANSWER("1", "3"));
}

/* A held answer is read as soon as its request is, before what the client sent behind that. */
static void test_swapped_upgrade(void) {
  Script *script = plain();
  script_text(script, ASV_SERVER, "HTTP/1.1 101 Go\r\nUpgrade: x\r\n\r\n");
  script_text(script, ASV_CLIENT, GET "\x01\x02\n");
  script_expect(script, REQUEST("2") "1 response 101 to=2 origin=http://a.test\n");
}

static void test_swapped_limit(void) {
  Script *script = plain();
  script->packets_apart = ASV_HTTP_HELD_PACKETS_MAX;
  script_text(script, ASV_CLIENT, GET);
  script_text(script, ASV_SERVER, OK0 OK0);
  script_text(script, ASV_SERVER, "H");
  script_text(script, ASV_SERVER, "TTP/1.1 200 OK\r\n\r\n");
  script_text(script, ASV_CLIENT, GET);
  script_expect(script,
                REQUEST("1") ANSWER("2", "1") ORPHAN("2") "4 response 200 to=0\n" REQUEST("5"));
}

static void test_one_direction(void) {
  Script *script = plain();
  script_text(script, ASV_SERVER, OK0 OK0);
  script_expect(script, ORPHAN("1") ORPHAN("1") "1 unreadable client one-direction 0\n");
  expect(GET, "", REQUEST("1"));
}

static void test_not_http(void) {
  Script *script = plain();
  script_text(script, ASV_SERVER, "220 mail ready\r\n");
  script_text(script, ASV_CLIENT, "EHLO me\r\n");
  script_expect(script, "2 unreadable client not-http 0\n2 unreadable server not-http 0\n");
  script = script_new(ASV_HTTP_1, ASV_SCHEME_HTTPS);
  script_text(script, ASV_CLIENT, "\x01\x02\x03\n" GET);
  script_expect(script, "1 unreadable client not-http 3\n");
  static const char *const near[] = {"GET / HTTP/2.0\r\n",  "GET /\r\n",
                                     " GET / HTTP/1.1\r\n", "G(T / HTTP/1.1\r\n",
                                     "GET  HTTP/1.1\r\n",   "GET / RTSP/1.0\r\n"};
  for (gsize i = 0; i < G_N_ELEMENTS(near); i++)
    g_assert_cmpint(asv_http_sniff(asv_span_text(near[i])), ==, ASV_SNIFF_NO);
}

/* ---- losses ---- */

static void test_gap_in_body(void) {
  static const char *const heads[] = {"Content-Length: 9\r\n\r\n0123",
                                      "Transfer-Encoding: chunked\r\n\r\n9\r\n0123"};
  static const char *const tails[] = {"8", "8\r\n0\r\n\r\n"};
  for (gsize i = 0; i < 2; i++) {
    g_autofree char *head = g_strconcat("HTTP/1.1 200 OK\r\n" SVC, heads[i], NULL);
    g_autofree char *tail = g_strconcat(tails[i], OK0, NULL);
    Script *script = plain();
    script_text(script, ASV_CLIENT, GET GET);
    script_text(script, ASV_SERVER, head);
    script_gap(script, ASV_SERVER, 4);
    script_text(script, ASV_SERVER, tail);
    script_expect(script, REQUEST("1") REQUEST("1") ANSWER("2", "1") ANSWER("4", "1"));
  }
}

static void test_gap_behind_body(void) {
  Script *script = plain();
  script_text(script, ASV_CLIENT, GET GET GET);
  script_text(script, ASV_SERVER, "HTTP/1.1 200 OK\r\n" SVC "Content-Length: 9\r\n\r\n0123");
  script_gap(script, ASV_SERVER, 6);
  script_text(script, ASV_SERVER, OK0 OK0);
  script_expect(script, REQUEST("1") REQUEST("1") REQUEST("1") ANSWER(
                            "2", "1") "3 unreadable server bytes-lost 1\n" ORPHAN("4") ORPHAN("4"));
}

/* What stands behind a gap is believed only when it begins with a first line. */
static void test_gap_resume(void) {
  Script *script = plain();
  script_text(script, ASV_CLIENT, GET);
  script_text(script, ASV_SERVER, "HTTP/1.1 200 OK\r\nX: ");
  script_gap(script, ASV_SERVER, 10);
  script_text(script, ASV_SERVER, "yz\r\n" SVC "\r\n" OK0);
  script_expect(script, REQUEST("1") "3 unreadable server bytes-lost 10\n");
  script = plain();
  script_text(script, ASV_CLIENT, GET);
  script_gap(script, ASV_CLIENT, 50);
  script_text(script, ASV_CLIENT, GET);
  script_text(script, ASV_SERVER, OK0 OK0);
  script_expect(script, REQUEST("1") "2 unreadable client bytes-lost 50\n" REQUEST("3")
                            ANSWER("4", "1") ORPHAN("4"));
}

static void test_begun_late(void) {
  Script *script = plain();
  script_gap(script, ASV_SERVER, ASV_GAP_UNKNOWN);
  script_text(script, ASV_SERVER, "tail of a body");
  script_gap(script, ASV_CLIENT, ASV_GAP_UNKNOWN);
  script_text(script, ASV_CLIENT, GET);
  script_text(script, ASV_SERVER, OK0);
  script_expect(
      script, "1 unreadable server bytes-lost 0\n3 unreadable client bytes-lost 0\n" REQUEST("4"));
}

/* One side has a hole of `size` octets at `at`; nothing may be told of the wrong origin. */
static void check_hole(AsvSide side, gsize at, gsize size) {
  static const char client[] =
      "GET /1 HTTP/1.1\r\nHost: a.test\r\n\r\nGET /2 HTTP/1.1\r\nHost: b.test\r\n\r\n"
      "GET /3 HTTP/1.1\r\nHost: c.test\r\n\r\n";
  static const char server[] =
      "HTTP/1.1 200 OK\r\nAlt-Svc: a\r\nContent-Length: 20\r\n\r\n01234567890123456789"
      "HTTP/1.1 200 OK\r\nAlt-Svc: b\r\nTransfer-Encoding: "
      "chunked\r\n\r\n8\r\n01234567\r\n0\r\n\r\n"
      "HTTP/1.1 200 OK\r\nAlt-Svc: c\r\nContent-Length: 0\r\n\r\n";
  const char *text[2] = {client, server};
  Script *script = plain();
  for (int i = 0; i < 2; i++) {
    gsize all = strlen(text[i]), from = MIN(at, all), hole = MIN(size, all - from);
    if (i != (int)side) hole = 0;
    if (from) script_octets(script, (AsvSide)i, text[i], from);
    if (hole) script_gap(script, (AsvSide)i, hole);
    if (from + hole < all)
      script_octets(script, (AsvSide)i, text[i] + from + hole, all - from - hole);
  }
  AsvSpan octets = asv_span(script->octets->data, script->octets->len);
  g_autofree char *told = script_run(&octets, 1, script);
  g_auto(GStrv) lines = g_strsplit(told, "\n", -1);
  for (gsize i = 0; lines[i]; i++) {
    const char *origin = strstr(lines[i], "origin=http://"), *value = strstr(lines[i], "alt-svc=");
    if (origin && value) g_assert_cmpint(origin[14], ==, value[8]);
  }
  script_free(script);
}

static void test_gap_everywhere(void) {
  for (gsize at = 0; at < 220; at++)
    for (gsize size = 1; size < 120; size += 3) {
      check_hole(ASV_CLIENT, at, size);
      check_hole(ASV_SERVER, at, size);
    }
}

/* ---- limits ---- */

static void test_long_line(void) {
  GString *server = g_string_new("HTTP/1.1 200 OK\r\nX: ");
  for (gsize i = 0; i < ASV_HTTP_LINE_MAX; i++) g_string_append_c(server, 'x');
  g_string_append(server, "\r\n" SVC "\r\n");
  expect(GET, server->str, REQUEST("1") "2 unreadable server bytes-lost 262144\n");
  g_string_free(server, TRUE);
}

static void test_long_section(void) {
  GString *server = g_string_new("HTTP/1.1 200 OK\r\n");
  while (server->len <= ASV_HTTP_HEAD_MAX)
    g_string_append(server, "X: 0123456789012345678901234567890123456789\r\n");
  g_string_append(server, SVC "\r\n");
  expect(GET, server->str, REQUEST("1") "2 unreadable server bytes-lost 262144\n");
  g_string_free(server, TRUE);
}

static void test_many_lines(void) {
  GString *server = g_string_new("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n");
  for (guint i = 0; i < ASV_HTTP_KEPT_LINES_MAX; i++) g_string_append(server, SVC);
  g_string_append(server, "\r\n" OK0);
  expect(GET GET, server->str, REQUEST("1") REQUEST("1") "2 unreadable server bytes-lost 0\n"
         "2 response 200 to=1 origin=http://a.test\n" ANSWER("2", "1"));
  g_string_free(server, TRUE);
}

static void test_pipelined_limit(void) {
  GString *client = g_string_new(NULL), *server = g_string_new(NULL), *told = g_string_new(NULL);
  for (guint i = 0; i < ASV_HTTP_PIPELINED_MAX + 2; i++) g_string_append(client, GET);
  for (guint i = 0; i < ASV_HTTP_PIPELINED_MAX + 2; i++) g_string_append(server, OK0);
  for (guint i = 0; i < ASV_HTTP_PIPELINED_MAX + 2; i++) g_string_append(told, REQUEST("1"));
  for (guint i = 0; i < ASV_HTTP_PIPELINED_MAX; i++) g_string_append(told, ANSWER("2", "1"));
  g_string_append(told, ORPHAN("2") ORPHAN("2"));
  expect(client->str, server->str, told->str);
  g_string_free(client, TRUE);
  g_string_free(server, TRUE);
  g_string_free(told, TRUE);
}

static void test_held_limit(void) {
  GString *server = g_string_new("HTTP/1.1 200 OK\r\n" SVC "Content-Length: 300000\r\n\r\n");
  while (server->len < ASV_HTTP_HELD_MAX + 100) g_string_append_c(server, 'x');
  Script *script = script_new(ASV_HTTP_1, ASV_SCHEME_HTTP);
  script_text(script, ASV_SERVER, server->str);
  script_text(script, ASV_CLIENT, GET);
  script_expect(script, ORPHAN("1") REQUEST("2"));
  g_string_free(server, TRUE);
}

/* As above, but in more pieces than are held. */
static void test_held_calls_limit(void) {
  Script *script = plain();
  g_autofree char *request = g_strdup_printf("%u request origin=http://a.test method=GET path=/\n",
                                             ASV_HTTP_HELD_CALLS_MAX + 2);
  g_autofree char *told = g_strconcat(ORPHAN("1"), request, NULL);
  script_text(script, ASV_SERVER, "HTTP/1.1 200 OK\r\n" SVC "Content-Length: 300000\r\n\r\n");
  for (guint i = 0; i < ASV_HTTP_HELD_CALLS_MAX; i++) script_text(script, ASV_SERVER, "x");
  script_text(script, ASV_CLIENT, GET);
  script_expect(script, told);
}

/* Alt-Svc lines that are too much together: the response is told, they are not. */
static void test_kept_limit(void) {
  g_autofree char *value = g_strnfill(ASV_HTTP_KEPT_MAX / 2, 'x');
  g_autofree char *server = g_strdup_printf(
      "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nAlt-Svc: %s\r\nAlt-Svc: %s\r\n\r\n" OK0, value,
      value);
  expect(GET GET, server,
         REQUEST("1") REQUEST("1") "2 unreadable server bytes-lost 0\n"
         "2 response 200 to=1 origin=http://a.test\n" ANSWER("2", "1"));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/http1/exchange", test_exchange);
  g_test_add_func("/http1/fields", test_fields);
  g_test_add_func("/http1/bare-lf", test_bare_lf);
  g_test_add_func("/http1/octets", test_octets);
  g_test_add_func("/http1/targets", test_targets);
  g_test_add_func("/http1/scheme", test_scheme);
  g_test_add_func("/http1/bodies", test_bodies);
  g_test_add_func("/http1/no-body", test_no_body);
  g_test_add_func("/http1/until-close", test_until_close);
  g_test_add_func("/http1/bad-framing", test_bad_framing);
  g_test_add_func("/http1/interim", test_interim);
  g_test_add_func("/http1/trailers", test_trailers);
  g_test_add_func("/http1/keep-alive", test_keep_alive);
  g_test_add_func("/http1/connect", test_connect);
  g_test_add_func("/http1/connect-refused", test_connect_refused);
  g_test_add_func("/http1/websocket", test_websocket);
  g_test_add_func("/http1/h2c", test_h2c);
  g_test_add_func("/http1/swapped", test_swapped);
  g_test_add_func("/http1/swapped-upgrade", test_swapped_upgrade);
  g_test_add_func("/http1/swapped-limit", test_swapped_limit);
  g_test_add_func("/http1/one-direction", test_one_direction);
  g_test_add_func("/http1/not-http", test_not_http);
  g_test_add_func("/http1/gap-in-body", test_gap_in_body);
  g_test_add_func("/http1/gap-behind-body", test_gap_behind_body);
  g_test_add_func("/http1/gap-resume", test_gap_resume);
  g_test_add_func("/http1/begun-late", test_begun_late);
  g_test_add_func("/http1/gap-everywhere", test_gap_everywhere);
  g_test_add_func("/http1/long-line", test_long_line);
  g_test_add_func("/http1/long-section", test_long_section);
  g_test_add_func("/http1/many-lines", test_many_lines);
  g_test_add_func("/http1/pipelined-limit", test_pipelined_limit);
  g_test_add_func("/http1/held-limit", test_held_limit);
  g_test_add_func("/http1/held-calls-limit", test_held_calls_limit);
  g_test_add_func("/http1/kept-limit", test_kept_limit);
  return g_test_run();
}

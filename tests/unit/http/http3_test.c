/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HTTP/3 connections as scripts (script3.h): what is told however octets are cut. */
#include "analyzer/http/http3.h"

#include "script3.h"

#define ALT_SVC "h3=\":443\"; ma=60"

/* ---- messages ---- */

static void test_plain(void) {
  Script3 *script = script3_start(0);
  script3_get(script, 0, "a.test");
  script3_respond(script, 0, "alt-svc: " ALT_SVC "\nage: 5\ndate: today\n");
  script3_data(script, ASV_SERVER, 0, "body");
  script3_end(script, ASV_SERVER, 0, ASV_END_FIN);
  script3_headers(script, ASV_CLIENT, 4,
                  ":method: POST\n:scheme: https\nhost: b.test:8443\n:path: /x\n"
                  "alt-used: b.test:8443\nuser-agent: me\nvia: 1.1 p\n");
  script3_data(script, ASV_CLIENT, 4, "posted");
  script3_respond(script, 4, "");
  script3_expect(script,
                 "7 request stream=0 origin=https://a.test method=GET path=/0\n"
                 "9 response stream=0 200 to=7 origin=https://a.test alt-svc=" ALT_SVC
                 " age=5 date=today\n"
                 "12 request stream=4 origin=https://b.test:8443 method=POST path=/x "
                 "alt-used=b.test:8443 agent=me proxy=via\n"
                 "14 response stream=4 200 to=12 origin=https://b.test:8443\n");
}

static void test_interim_and_trailers(void) {
  Script3 *script = script3_start(0);
  script3_get(script, 0, "a.test");
  script3_headers(script, ASV_SERVER, 0, ":status: 103\nalt-svc: one\n");
  script3_respond(script, 0, "");
  script3_data(script, ASV_SERVER, 0, "body");
  script3_headers(script, ASV_SERVER, 0, "alt-svc: two\n");
  script3_expect(script,
                 "7 request stream=0 origin=https://a.test method=GET path=/0\n"
                 "9 response stream=0 103 to=7 origin=https://a.test alt-svc=one\n"
                 "10 response stream=0 200 to=7 origin=https://a.test\n"
                 "12 trailer stream=0 200 to=7 origin=https://a.test alt-svc=two\n");
}

static void test_connection_specific(void) {
  Script3 *script = script3_start(0);
  script3_get(script, 0, "a.test");
  script3_respond(script, 0, "keep-alive: timeout=5\nconnection: keep-alive\nAlt-Svc: upper\n");
  script3_expect(script,
                 "7 request stream=0 origin=https://a.test method=GET path=/0\n"
                 "9 response stream=0 200 to=7 origin=https://a.test keep-alive=timeout=5 "
                 "why=not-http1 specific=connection specific=keep-alive\n");
}

static void test_early_data(void) {
  Script3 *script = script3_new(0);
  script->early = TRUE;
  script3_settings(script, ASV_CLIENT, 0);
  script3_get(script, 0, "a.test");
  script->early = FALSE;
  script3_get(script, 4, "a.test");
  script3_expect(script,
                 "2 request stream=0 origin=https://a.test method=GET path=/0 early\n"
                 "4 request stream=4 origin=https://a.test method=GET path=/4\n");
}

/* A request in 0-RTT that waits for the server's SETTINGS is still one of 0-RTT. */
static void test_early_data_blocked(void) {
  Script3 *script = script3_new(4096);
  script->early = TRUE;
  script3_octets(script, ASV_CLIENT, 6, "\x02", 1);
  script3_get(script, 0, "a.test");
  script3_flush(script, ASV_CLIENT);
  script->early = FALSE;
  script3_settings(script, ASV_SERVER, 4096);
  script3_expect(script, "2 request stream=0 origin=https://a.test method=GET path=/0 early\n");
}

static void test_response_first(void) {
  Script3 *script = script3_start(0);
  script3_respond(script, 4, "alt-svc: four\n");
  script3_respond(script, 0, "alt-svc: zero\n");
  script3_end(script, ASV_SERVER, 0, ASV_END_FIN);
  script3_get(script, 0, "a.test");
  script3_get(script, 4, "b.test");
  script3_expect(script,
                 "10 request stream=0 origin=https://a.test method=GET path=/0\n"
                 "8 response stream=0 200 to=10 origin=https://a.test alt-svc=zero\n"
                 "12 request stream=4 origin=https://b.test method=GET path=/4\n"
                 "7 response stream=4 200 to=12 origin=https://b.test alt-svc=four\n");
}

/* An empty value that waited is still there. */
static void test_empty_value_first(void) {
  Script3 *script = script3_start(0);
  script3_headers(script, ASV_SERVER, 0, "alt-svc: \n");
  script3_get(script, 0, "a.test");
  script3_expect(script,
                 "8 request stream=0 origin=https://a.test method=GET path=/0\n"
                 "7 trailer stream=0 0 to=8 origin=https://a.test alt-svc=\n");
}

static void test_request_missing(void) {
  Script3 *script = script3_new(0);
  script3_settings(script, ASV_SERVER, 0);
  script3_respond(script, 0, "alt-svc: zero\n");
  script3_end(script, ASV_SERVER, 0, ASV_END_FIN);
  script3_expect(script,
                 "2 response stream=0 200 to=0 alt-svc=zero\n"
                 "3 unreadable client one-direction 0\n");
}

/* A stream whose request cannot come any more holds nothing up. */
static void test_request_reset(void) {
  Script3 *script = script3_start(0);
  script3_respond(script, 0, "alt-svc: zero\n");
  script3_end(script, ASV_CLIENT, 0, ASV_END_RESET);
  script3_get(script, 4, "a.test");
  script3_expect(script,
                 "7 response stream=0 200 to=0 alt-svc=zero\n"
                 "9 request stream=4 origin=https://a.test method=GET path=/4\n");
}

static void test_dns_message(void) {
  Script3 *script = script3_start(0);
  script3_get(script, 0, "a.test");
  script3_respond(script, 0, "content-type: application/dns-message\n");
  script3_data(script, ASV_SERVER, 0, "dns ");
  script3_hex(script, ASV_SERVER, 0, "21 02 00 00");
  script3_data(script, ASV_SERVER, 0, "answer");
  script3_end(script, ASV_SERVER, 0, ASV_END_FIN);
  script3_expect(script,
                 "7 request stream=0 origin=https://a.test method=GET path=/0\n"
                 "9 response stream=0 200 to=7 origin=https://a.test\n"
                 "13 dns 10 octets=dns answer\n");
}

/* ---- QPACK ---- */

static void test_blocked(void) {
  Script3 *script = script3_start(4096);
  script3_get(script, 0, "a.test");
  script3_respond(script, 0, "alt-svc: " ALT_SVC "\n");
  script3_flush(script, ASV_SERVER);
  script3_end(script, ASV_SERVER, 0, ASV_END_FIN);
  script3_flush(script, ASV_CLIENT);
  script3_expect(script,
                 "7 request stream=0 origin=https://a.test method=GET path=/0\n"
                 "9 response stream=0 200 to=7 origin=https://a.test alt-svc=" ALT_SVC "\n");
}

/* Two responses wait for their requests, of which the older was read after the newer. */
static void test_blocked_response_first(void) {
  Script3 *script = script3_start(4096);
  script3_respond(script, 0, "alt-svc: zero\n");
  script3_hex(script, ASV_SERVER, 4, "01 03 00 00 d9");
  script3_flush(script, ASV_SERVER);
  script3_get(script, 0, "a.test");
  script3_get(script, 4, "a.test");
  script3_flush(script, ASV_CLIENT);
  script3_expect(script,
                 "10 request stream=0 origin=https://a.test method=GET path=/0\n"
                 "7 response stream=0 200 to=10 origin=https://a.test alt-svc=zero\n"
                 "12 request stream=4 origin=https://a.test method=GET path=/4\n"
                 "8 response stream=4 200 to=12 origin=https://a.test\n");
}

/* A request that was blocked is older than a response that waits for another one. */
static void test_blocked_request_behind(void) {
  Script3 *script = script3_start(4096);
  script3_get(script, 0, "a.test");
  script3_hex(script, ASV_SERVER, 4, "01 03 00 00 d9");
  script3_flush(script, ASV_CLIENT);
  script3_get(script, 4, "a.test");
  script3_flush(script, ASV_CLIENT);
  script3_expect(script,
                 "7 request stream=0 origin=https://a.test method=GET path=/0\n"
                 "11 request stream=4 origin=https://a.test method=GET path=/4\n"
                 "9 response stream=4 200 to=11 origin=https://a.test\n");
}

static void test_late_settings(void) {
  Script3 *script = script3_new(4096);
  script3_octets(script, ASV_CLIENT, 6, "\x02", 1);
  script3_octets(script, ASV_SERVER, 7, "\x02", 1);
  script3_get(script, 0, "a.test");
  script3_flush(script, ASV_CLIENT);
  script3_respond(script, 0, "alt-svc: " ALT_SVC "\n");
  script3_end(script, ASV_SERVER, 0, ASV_END_FIN);
  script3_flush(script, ASV_SERVER);
  script3_settings(script, ASV_CLIENT, 4096);
  script3_settings(script, ASV_SERVER, 4096);
  script3_expect(script,
                 "3 request stream=0 origin=https://a.test method=GET path=/0\n"
                 "6 response stream=0 200 to=3 origin=https://a.test alt-svc=" ALT_SVC "\n");
}

static void test_no_settings(void) {
  Script3 *script = script3_new(4096);
  script3_octets(script, ASV_CLIENT, 6, "\x02", 1);
  script3_get(script, 0, "a.test");
  script3_flush(script, ASV_CLIENT);
  script3_hex(script, ASV_CLIENT, 4, "01 0d 00 00 d1 d7 c1 50 06 62 2e 74 65 73 74");
  script3_expect(script,
                 "5 request stream=4 origin=https://b.test method=GET path=/\n"
                 "2 unreadable client qpack-lost 9\n");
}

/* What needs the octets lost is not read, what needs none or those before is. */
static void test_encoder_stream_lost(void) {
  Script3 *script = script3_start(4096);
  script3_get(script, 0, "a.test");
  script3_flush(script, ASV_CLIENT);
  script3_get(script, 4, "a.test");
  script3_get(script, 8, "b.test");
  guint lost = script->encoder[ASV_CLIENT]->len;
  g_assert_cmpuint(lost, >, 0);
  g_byte_array_set_size(script->encoder[ASV_CLIENT], 0);
  script3_gap(script, ASV_CLIENT, 6, lost);
  script3_hex(script, ASV_CLIENT, 12, "01 0d 00 00 d1 d7 c1 50 06 63 2e 74 65 73 74");
  script3_respond(script, 8, "alt-svc: " ALT_SVC "\n");
  script3_flush(script, ASV_SERVER);
  script3_expect(script,
                 "7 request stream=0 origin=https://a.test method=GET path=/0\n"
                 "10 request stream=4 origin=https://a.test method=GET path=/4\n"
                 "12 unreadable client qpack-lost 9\n"
                 "15 request stream=12 origin=https://c.test method=GET path=/\n"
                 "16 response stream=8 200 to=0 alt-svc=" ALT_SVC "\n");
}

static void test_settings_lost(void) {
  Script3 *script = script3_new(4096);
  script3_hex(script, ASV_SERVER, 3, "00 04 06 01");
  script3_gap(script, ASV_SERVER, 3, 5);
  script3_hex(script, ASV_SERVER, 3, "07 01 00");
  script3_octets(script, ASV_CLIENT, 6, "\x02", 1);
  script3_get(script, 0, "a.test");
  script3_hex(script, ASV_SERVER, 3, "07 01 00");
  script3_expect(script,
                 "2 unreadable server bytes-lost 5\n"
                 "3 goaway server\n"
                 "5 unreadable client qpack-lost 9\n"
                 "7 goaway server\n");
}

/* ---- frames and streams ---- */

static void test_control(void) {
  Script3 *script = script3_new(0);
  script3_settings(script, ASV_SERVER, 0);
  script3_settings(script, ASV_CLIENT, 0);
  script3_hex(script, ASV_SERVER, 3, "40 0a 03 00 01 61"); /* ALTSVC has no meaning here */
  script3_hex(script, ASV_SERVER, 3,
              "0c 1c 000e 68747470733a2f2f622e74657374 000c 68747470733a2f2f632e");
  script3_hex(script, ASV_SERVER, 3,
              "0c 20 000e 68747470733a2f2f622e74657374 000e 68747470733a2f2f632e74657374");
  script3_hex(script, ASV_CLIENT, 2, "0c 10 000e 68747470733a2f2f622e74657374");
  script3_hex(script, ASV_CLIENT, 2, "80 0f 07 00 05 00 75 3d 30 21"); /* PRIORITY_UPDATE */
  script3_hex(script, ASV_CLIENT, 2, "0d 01 08 03 01 00 c0 00 00 00 00 00 00 21 01 ff");
  script3_hex(script, ASV_SERVER, 3, "07 01 04");
  script3_hex(script, ASV_CLIENT, 2, "07 01 00");
  script3_expect(script,
                 "4 origin-set stream=3 origin=https://b.test\n"
                 "5 origin-set stream=3 origin=https://b.test origin=https://c.test\n"
                 "9 goaway server\n"
                 "10 goaway client\n");
}

static void test_unknown(void) {
  Script3 *script = script3_start(0);
  script3_hex(script, ASV_CLIENT, 14, "21 00 01 02 03 04");
  script3_hex(script, ASV_CLIENT, 18, "40 54 00 01 00 02");
  script3_hex(script, ASV_CLIENT, 22, "00 04 00");             /* a second control stream */
  script3_hex(script, ASV_CLIENT, 26, "01 00 01 03 00 00 d9"); /* a client does not push */
  script3_hex(script, ASV_SERVER, 1, "01 03 00 00 d9");
  script3_hex(script, ASV_CLIENT, 0, "21 02 61 62 40 7f 00 0c 00 0a 00");
  script3_get(script, 0, "a.test");
  script3_expect(script, "13 request stream=0 origin=https://a.test method=GET path=/0\n");
}

static void test_forbidden(void) {
  Script3 *script = script3_start(0);
  script3_hex(script, ASV_CLIENT, 0, "08 04 00 00 00 01");
  script3_get(script, 0, "a.test");
  script3_respond(script, 0, "alt-svc: zero\n");
  script3_hex(script, ASV_CLIENT, 4, "05 04 00 00 00 d1");
  script3_expect(script,
                 "7 unreadable client not-http 0\n"
                 "10 response stream=0 200 to=0 alt-svc=zero\n"
                 "11 unreadable client not-http 0\n");
}

/* Without SETTINGS first, nothing of a control stream is believed. */
static void test_control_without_settings(void) {
  Script3 *script = script3_new(0);
  script3_hex(script, ASV_SERVER, 3, "00 07 01 00");
  script3_hex(script, ASV_CLIENT, 2, "00 04 00 04 00 07 01 00");
  script3_expect(script, "1 unreadable server not-http 0\n2 unreadable client not-http 0\n");
}

static void test_webtransport(void) {
  Script3 *script = script3_start(0);
  script3_hex(script, ASV_CLIENT, 4, "40 41 00 01 03 00 00 d1");
  script3_respond(script, 4, "");
  script3_headers(script, ASV_CLIENT, 0,
                  ":method: CONNECT\n:protocol: webtransport\n:scheme: https\n"
                  ":authority: a.test\n:path: /w\n");
  script3_data(script, ASV_CLIENT, 0, "capsules");
  script3_expect(script,
                 "8 response stream=4 200 to=0\n"
                 "9 request stream=0 origin=https://a.test method=CONNECT path=/w "
                 "protocol=webtransport\n");
}

/* ---- push ---- */

static void test_push(void) {
  Script3 *script = script3_start(0);
  script3_get(script, 0, "a.test");
  script3_promise(script, 0, 3, PROMISE);
  script3_push(script, 15, 3);
  script3_push(script, 19, 4);
  script3_promise(script, 0, 4, PROMISE);
  script3_push(script, 23, 5);
  script3_expect(script,
                 "7 request stream=0 origin=https://a.test method=GET path=/0\n"
                 "9 push stream=0 origin=https://p.test method=GET path=/p\n"
                 "11 response stream=15 200 to=9 origin=https://p.test alt-svc=pushed\n"
                 "18 push stream=0 origin=https://p.test method=GET path=/p\n"
                 "15 response stream=19 200 to=18 origin=https://p.test alt-svc=pushed\n"
                 "20 response stream=23 200 to=0 alt-svc=pushed\n");
}

/* ---- CONNECT ---- */

static Script3 *script3_connect(void) {
  Script3 *script = script3_start(0);
  script3_headers(script, ASV_CLIENT, 0, ":method: CONNECT\n:authority: t.test:443\n");
  script3_data(script, ASV_CLIENT, 0, "early ");
  script3_respond(script, 0, "");
  script3_data(script, ASV_CLIENT, 0, "up");
  script3_data(script, ASV_SERVER, 0, "down");
  script3_hex(script, ASV_SERVER, 0, "00 08 61");
  return script;
}

#define CONNECT_TOLD                                                           \
  "7 request stream=0 method=CONNECT\n9 response stream=0 200 to=7\n9 tunnel " \
  "stream=0 target=t.test:443\n"

static void test_connect(void) {
  Script3 *script = script3_connect();
  script3_gap(script, ASV_SERVER, 0, 6);
  script3_hex(script, ASV_SERVER, 0, "62");
  script3_end(script, ASV_CLIENT, 0, ASV_END_FIN);
  script3_end(script, ASV_SERVER, 0, ASV_END_RESET);
  script3_expect(script, CONNECT_TOLD
                 "13 tunnel gap stream=0 6\n"
                 "15 tunnel end stream=0 client 0 octets=early up\n"
                 "16 tunnel end stream=0 server 1 octets=downab\n");
}

static void test_connect_lost(void) {
  Script3 *script = script3_connect();
  script3_gap(script, ASV_SERVER, 0, 60);
  script3_hex(script, ASV_SERVER, 0, "00 01 62");
  script3_expect(script, CONNECT_TOLD
                 "13 tunnel gap stream=0 7\n"
                 "13 unreadable server bytes-lost 53\n"
                 "13 tunnel gap stream=0 18446744073709551615\n"
                 "14 tunnel end stream=0 client 4 octets=early up\n"
                 "14 tunnel end stream=0 server 4 octets=downa\n");
}

/* While CONNECT itself could not be read, nobody knew that DATA was a tunnel's. */
static void test_connect_blocked(void) {
  Script3 *script = script3_start(4096);
  script3_headers(script, ASV_CLIENT, 0, ":method: CONNECT\n:authority: t.test:443\n");
  script3_data(script, ASV_CLIENT, 0, "unseen");
  script3_flush(script, ASV_CLIENT);
  script3_hex(script, ASV_SERVER, 0, "01 03 00 00 d9");
  script3_data(script, ASV_CLIENT, 0, "up");
  script3_expect(script,
                 "7 request stream=0 method=CONNECT\n10 response stream=0 200 to=7\n"
                 "10 tunnel stream=0 target=t.test:443\n"
                 "11 tunnel gap stream=0 6\n"
                 "11 tunnel end stream=0 client 4 octets=up\n"
                 "11 tunnel end stream=0 server 4\n");
}

static void test_connect_unwanted(void) {
  Script3 *script = script3_connect();
  script->no_tunnels = TRUE;
  script3_expect(script, CONNECT_TOLD);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/http3/plain", test_plain);
  g_test_add_func("/http3/interim-and-trailers", test_interim_and_trailers);
  g_test_add_func("/http3/connection-specific", test_connection_specific);
  g_test_add_func("/http3/early-data", test_early_data);
  g_test_add_func("/http3/early-data-blocked", test_early_data_blocked);
  g_test_add_func("/http3/response-first", test_response_first);
  g_test_add_func("/http3/empty-value-first", test_empty_value_first);
  g_test_add_func("/http3/request-missing", test_request_missing);
  g_test_add_func("/http3/request-reset", test_request_reset);
  g_test_add_func("/http3/dns-message", test_dns_message);
  g_test_add_func("/http3/blocked", test_blocked);
  g_test_add_func("/http3/blocked-response-first", test_blocked_response_first);
  g_test_add_func("/http3/blocked-request-behind", test_blocked_request_behind);
  g_test_add_func("/http3/late-settings", test_late_settings);
  g_test_add_func("/http3/no-settings", test_no_settings);
  g_test_add_func("/http3/encoder-stream-lost", test_encoder_stream_lost);
  g_test_add_func("/http3/settings-lost", test_settings_lost);
  g_test_add_func("/http3/control", test_control);
  g_test_add_func("/http3/unknown", test_unknown);
  g_test_add_func("/http3/forbidden", test_forbidden);
  g_test_add_func("/http3/control-without-settings", test_control_without_settings);
  g_test_add_func("/http3/webtransport", test_webtransport);
  g_test_add_func("/http3/push", test_push);
  g_test_add_func("/http3/connect", test_connect);
  g_test_add_func("/http3/connect-lost", test_connect_lost);
  g_test_add_func("/http3/connect-blocked", test_connect_blocked);
  g_test_add_func("/http3/connect-unwanted", test_connect_unwanted);
  return g_test_run();
}

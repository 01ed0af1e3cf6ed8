/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HTTP/2 connections as transcripts of events: frames, header blocks, pairing, tunnels, losses.
 * Packets 1 to 3 are the beginning of the connection. */
#include "script.h"

#define SVC ":status: 200\nalt-svc: h3=\":443\"\n"
#define REQUEST(n, s) n " request stream=" s " origin=https://a.test method=GET path=/" s "\n"
#define ANSWER(n, s, to) \
  n " response stream=" s " 200 to=" to " origin=https://a.test alt-svc=h3=\":443\"\n"
#define ORPHAN(n, s) n " response stream=" s " 200 to=0 alt-svc=h3=\":443\"\n"

static void test_exchange(void) {
  Script *script = script_http2();
  script_get(script, 1, "a.test");
  script_get(script, 3, "B.test:8443");
  script_headers(script, ASV_SERVER, 3, FALSE, SVC "alt-svc: h2=\":1\"\nage: 4\ndate: d\n");
  script_frame(script, ASV_SERVER, 0, 1, 3, "body", 4);
  script_headers(script, ASV_SERVER, 1, TRUE, SVC);
  script_expect(script,
                REQUEST("4", "1") "5 request stream=3 origin=https://b.test:8443 method=GET path=/3\n"
                "6 response stream=3 200 to=5 origin=https://b.test:8443 alt-svc=h3=\":443\" "
                "alt-svc=h2=\":1\" age=4 date=d\n" ANSWER("8", "1", "4"));
}

static void test_prior_knowledge(void) {
  Script *script = script_http2();
  script->version = ASV_HTTP_ANY;
  script->scheme = ASV_SCHEME_HTTP;
  script_headers(
      script, ASV_CLIENT, 1, TRUE,
      ":method: GET\n:scheme: http\n:path: /1\nhost: a.test:8080\nuser-agent: u\n"
      "alt-used: b.test\nreferer: http://[2001:DB8::0]/x\nsec-fetch-site: same-origin\n");
  script_headers(script, ASV_SERVER, 1, TRUE, ":status: 200\n");
  script_expect(
      script,
      "4 request stream=1 origin=http://a.test:8080 method=GET path=/1 alt-used=b.test agent=u "
      "referer=http://[2001:db8::] site=same-origin\n"
      "5 response stream=1 200 to=4 origin=http://a.test:8080\n");
}

/* Via and Forwarded tell a proxy; X-Forwarded-For is no field of a standard. */
static void test_proxy_field(void) {
  Script *script = script_http2();
  script_headers(script, ASV_CLIENT, 1, TRUE,
                 ":method: GET\n:scheme: https\n:authority: a.test\n:path: /1\nvia: 2 p\n");
  script_headers(script, ASV_CLIENT, 3, TRUE,
                 ":method: GET\n:scheme: https\n:authority: a.test\n:path: /3\n"
                 "forwarded: for=192.0.2.1\n");
  script_headers(script, ASV_CLIENT, 5, TRUE,
                 ":method: GET\n:scheme: https\n:authority: a.test\n:path: /5\n"
                 "x-forwarded-for: 192.0.2.1\n");
  script_expect(script,
                "4 request stream=1 origin=https://a.test method=GET path=/1 proxy=via\n"
                "5 request stream=3 origin=https://a.test method=GET path=/3 proxy=forwarded\n"
                "6 request stream=5 origin=https://a.test method=GET path=/5\n");
}

/* Near miss of every field: a name in upper case is none (RFC 9113 §8.2.1). */
static void test_upper_case(void) {
  Script *script = script_http2();
  script_get(script, 1, "a.test");
  script_headers(script, ASV_SERVER, 1, TRUE, SVC "Alt-Svc: h2=\":1\"\nAge: 4\n");
  script_expect(script, REQUEST("4", "1")
                "5 response stream=1 200 to=4 origin=https://a.test alt-svc=h3=\":443\" "
                "malformed=upper-case-name\n");
}

/* A header block in HEADERS with padding and priority, and two CONTINUATION frames. */
static void test_block_in_parts(void) {
  Script *script = script_http2();
  GByteArray *block =
      deflate_lines(script->deflaters[ASV_CLIENT],
                    ":method: GET\n:scheme: https\n:authority: a.test\n:path: /1\n");
  GByteArray *first = g_byte_array_new();
  g_byte_array_append(first, (const guint8 *)"\2\0\0\0\0\7", 6);
  g_byte_array_append(first, block->data, 3);
  g_byte_array_append(first, (const guint8 *)"pp", 2);
  script_frame(script, ASV_CLIENT, 1, 0x29, 0x80000001u, first->data, first->len);
  script_frame(script, ASV_CLIENT, 9, 0, 1, NULL, 0);
  script_frame(script, ASV_CLIENT, 9, 4, 1, block->data + 3, block->len - 3);
  script_headers(script, ASV_SERVER, 1, TRUE, SVC);
  script_expect(script, REQUEST("6", "1") ANSWER("7", "1", "6"));
  g_byte_array_unref(block);
  g_byte_array_unref(first);
}

static void test_block_broken_off(void) {
  Script *script = script_http2();
  script_get(script, 1, "a.test");
  script_frame(script, ASV_SERVER, 1, 0, 1, "\x88", 1);
  script_frame(script, ASV_SERVER, 6, 0, 0, "12345678", 8);
  script_headers(script, ASV_SERVER, 1, TRUE, SVC);
  script_altsvc(script, ASV_SERVER, 1, "", "h3=\":443\"");
  script_expect(script, REQUEST("4", "1") "6 unreadable server hpack-lost 0\n"
                "8 altsvc stream=1 origin=https://a.test payload=\\x00\\x00h3=\":443\"\n");
}

static void test_block_bad(void) {
  Script *script = script_http2();
  script_frame(script, ASV_CLIENT, 1, 5, 1, "\xff\xff\xff\xff\x7f", 5);
  script_get(script, 3, "a.test");
  script_headers(script, ASV_SERVER, 3, TRUE, SVC);
  script_expect(script, "4 unreadable client hpack-lost 5\n" ORPHAN("6", "3"));
  static const struct {
    guint8 type, flags;
    const char *payload;
    gsize size;
  } bad[] = {{1, 0xc, "\5a", 2}, {1, 0x24, "abcd", 4}, {5, 4, "abc", 3}, {9, 4, "a", 1}};
  for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
    script = script_http2();
    script_frame(script, ASV_SERVER, bad[i].type, bad[i].flags, 1, bad[i].payload, bad[i].size);
    g_autofree char *told =
        g_strdup_printf("4 unreadable server hpack-lost %u\n", (guint)bad[i].size);
    script_expect(script, told);
  }
}

static void test_interim_and_trailers(void) {
  Script *script = script_http2();
  script_get(script, 1, "a.test");
  script_headers(script, ASV_SERVER, 1, FALSE, ":status: 103\nalt-svc: early\n");
  script_headers(script, ASV_SERVER, 1, FALSE, ":status: 204\n");
  script_headers(script, ASV_SERVER, 1, TRUE, "x: y\nalt-svc: late\n");
  script_expect(script, REQUEST("4", "1")
                "5 response stream=1 103 to=4 origin=https://a.test alt-svc=early\n"
                "6 response stream=1 204 to=4 origin=https://a.test\n"
                "7 trailer stream=1 204 to=4 origin=https://a.test alt-svc=late\n");
}

static void test_specific_fields(void) {
  Script *script = script_http2();
  script_headers(
      script, ASV_CLIENT, 1, TRUE,
      ":method: GET\n:scheme: https\n:authority: a.test\n:path: /1\nkeep-alive: timeout=1\n");
  script_headers(script, ASV_SERVER, 1, TRUE,
                 ":status: 200\nconnection: keep-alive\nkeep-alive: timeout=5, max=200\n"
                 "transfer-encoding: chunked\nproxy-connection: x\nupgrade: h3\nte: x\n");
  script_expect(script, REQUEST("4", "1") "4 keep-alive-request stream=1 value=timeout=1 why=not-http1\n"
                "5 response stream=1 200 to=4 origin=https://a.test keep-alive=timeout=5, max=200 "
                "why=not-http1 specific=connection specific=keep-alive specific=proxy-connection "
                "specific=transfer-encoding specific=upgrade\n");
}

/* Which of two kinds, and whether it stands before Alt-Svc; not said without Alt-Svc. */
static void test_malformed(void) {
  Script *script = script_http2();
  const char *const responses[] = {":status: 200\nalt-svc: v\nConnection: x\n",
                                   ":status: 200\nUPPER: x\nlower: y\nalt-svc: v\n",
                                   ":status: 200\nalt-svc: v\nupgrade: h3\nalt-svc: w\n",
                                   ":status: 200\nupgrade: h3\nalt-svc: v\nServer: x\n",
                                   ":status: 200\nServer: x\n",
                                   ":status: 200\nalt-svc: v\nte: x\n"};
  for (guint i = 0; i < G_N_ELEMENTS(responses); i++) {
    script_get(script, 2 * i + 1, "a.test");
    script_headers(script, ASV_SERVER, 2 * i + 1, TRUE, responses[i]);
  }
  script_expect(
      script,
      REQUEST("4", "1") "5 response stream=1 200 to=4 origin=https://a.test alt-svc=v "
      "malformed=upper-case-name\n" REQUEST("6", "3")
      "7 response stream=3 200 to=6 origin=https://a.test alt-svc=v malformed=upper-case-name "
      "first\n" REQUEST("8", "5")
      "9 response stream=5 200 to=8 origin=https://a.test alt-svc=v alt-svc=w specific=upgrade "
      "malformed=connection-field\n" REQUEST("10", "7")
      "11 response stream=7 200 to=10 origin=https://a.test alt-svc=v specific=upgrade "
      "malformed=upper-case-name first\n" REQUEST("12", "9")
      "13 response stream=9 200 to=12 origin=https://a.test\n" REQUEST("14", "11")
      "15 response stream=11 200 to=14 origin=https://a.test alt-svc=v\n");
}

static void test_push(void) {
  Script *script = script_http2();
  script_get(script, 1, "a.test");
  GByteArray *block =
      deflate_lines(script->deflaters[ASV_SERVER],
                    ":method: GET\n:scheme: https\n:authority: c.test\n:path: /2\n");
  guint8 zero[5] = {1, 0, 0, 0, 2};
  g_byte_array_prepend(block, zero, 5);
  g_byte_array_append(block, zero + 1, 1);
  script_frame(script, ASV_SERVER, 5, 0xc, 1, block->data, block->len);
  script_headers(script, ASV_SERVER, 2, TRUE, SVC);
  script_altsvc(script, ASV_SERVER, 2, "", "x");
  script_headers(script, ASV_SERVER, 4, TRUE, SVC);
  script_expect(script, REQUEST("4", "1") "5 push stream=2 origin=https://c.test method=GET path=/2\n"
                "6 response stream=2 200 to=5 origin=https://c.test alt-svc=h3=\":443\"\n"
                "7 altsvc stream=2 origin=https://c.test payload=\\x00\\x00x\n" ORPHAN("8", "4"));
  g_byte_array_unref(block);
}

static void test_no_origin(void) {
  static const char *const heads[] = {
      ":method: GET\n:scheme: ftp\n:authority: a.test\n", ":method: GET\n:authority: a.test\n",
      ":method: GET\n:scheme: https\n", ":method: GET\n:scheme: https\n:authority: u@a.test\n"};
  for (gsize i = 0; i < G_N_ELEMENTS(heads); i++) {
    Script *script = script_http2();
    script_headers(script, ASV_CLIENT, 1, TRUE, heads[i]);
    script_headers(script, ASV_SERVER, 1, TRUE, SVC);
    script_expect(
        script,
        "4 request stream=1 method=GET\n5 response stream=1 200 to=4 alt-svc=h3=\":443\"\n");
  }
}

/* ---- frames ---- */

static void test_altsvc(void) {
  Script *script = script_http2();
  script_get(script, 1, "a.test");
  script_altsvc(script, ASV_SERVER, 0, "https://b.test", "clear");
  script_altsvc(script, ASV_SERVER, 1, "", "h3=\":1\"");
  script_altsvc(script, ASV_SERVER, 2, "", "x");
  script_altsvc(script, ASV_CLIENT, 1, "", "x");
  script_frame(script, ASV_SERVER, 0xa, 0xff, 0, "\0", 1);
  script_frame(script, ASV_SERVER, 0xa, 0, 0, NULL, 0);
  script_frame(script, ASV_SERVER, 0xb, 0xff, 1, "unknown", 7);
  script_altsvc(script, ASV_SERVER, 5, "", "y");
  script_expect(script, REQUEST("4", "1") "5 altsvc stream=0 payload=\\x00\\x0ehttps://b.testclear\n"
                "6 altsvc stream=1 origin=https://a.test payload=\\x00\\x00h3=\":1\"\n"
                "7 altsvc stream=2 payload=\\x00\\x00x request-missing\n"
                "8 altsvc-from-client stream=1 origin=https://a.test payload=\\x00\\x00x\n"
                "9 altsvc stream=0 payload=\\x00 flags=255\n10 altsvc stream=0 payload=\n"
                "12 altsvc stream=5 payload=\\x00\\x00y request-missing\n");
}

static void test_altsvc_length(void) {
  static const struct {
    gsize size, most;
    const char *told;
  } cases[] = {{16384, 0, ""},
               {16385, 0, " too-long"},
               {16385, 16385, ""},
               {16385, 16383, " too-long"},
               {20000, 16385, " too-long"}};
  g_autofree guint8 *payload = g_malloc(20000);
  memset(payload, 'a', 20000);
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    Script *script = script_http2();
    guint8 settings[6] = {0, 5, 0, 0, (guint8)(cases[i].most >> 8), (guint8)cases[i].most};
    script_frame(script, ASV_CLIENT, 4, 0, 0, settings, 6);
    script_frame(script, ASV_SERVER, 0xa, 0, 0, payload, cases[i].size);
    g_autofree char *a60 = g_strnfill(60, 'a');
    g_autofree char *told = g_strdup_printf("5 altsvc stream=0 payload=%s%s\n", a60, cases[i].told);
    script_expect(script, told);
  }
}

static void test_origin(void) {
  Script *script = script_http2();
  script_frame(script, ASV_SERVER, 0xc, 0x10, 0, "\0\1a\0\0\0\2bc\0\x09z", 12);
  script_frame(script, ASV_SERVER, 0xc, 1, 0, "\0\1a", 3);
  script_frame(script, ASV_SERVER, 0xc, 0, 1, "\0\1a", 3);
  script_frame(script, ASV_CLIENT, 0xc, 0, 0, "\0\1a", 3);
  script_frame(script, ASV_SERVER, 0xc, 0, 0, NULL, 0);
  script_expect(script,
                "4 origin-set stream=0 origin=a origin= origin=bc\n8 origin-set stream=0\n");
}

static void test_goaway(void) {
  Script *script = script_http2();
  script_frame(script, ASV_CLIENT, 7, 0, 0, "\0\0\0\0\0\0\0\0", 8);
  script_frame(script, ASV_SERVER, 7, 0, 0, "\0\0\0\0\0\0\0\0debug", 13);
  script_expect(script, "4 goaway client\n5 goaway server\n");
}

static void test_vectors(void) {
  static const char *const frames[] = {
      "00001e 0a 00 00000000 0017 68747470733a2f2f7777772e6578616d706c652e636f6d 636c656172",
      "000014 0a 00 00000001 0000 68333d223a343433223b206d613d33363030"};
  Script *script = script_http2();
  script_get(script, 1, "www.example.com");
  for (gsize i = 0; i < G_N_ELEMENTS(frames); i++) {
    GByteArray *frame = asv_test_hex(frames[i]);
    script_octets(script, ASV_SERVER, frame->data, frame->len);
    g_byte_array_unref(frame);
  }
  script_expect(script,
                "4 request stream=1 origin=https://www.example.com method=GET path=/1\n"
                "5 altsvc stream=0 payload=\\x00\\x17https://www.example.comclear\n"
                "6 altsvc stream=1 origin=https://www.example.com "
                "payload=\\x00\\x00h3=\":443\"; ma=3600\n");
}

/* ---- tunnels ---- */

static void test_connect(void) {
  Script *script = script_http2();
  script_headers(script, ASV_CLIENT, 1, FALSE, ":method: CONNECT\n:authority: b.test:443\n");
  script_frame(script, ASV_CLIENT, 0, 8, 1, "\2early..", 8);
  script_headers(script, ASV_SERVER, 1, FALSE, SVC);
  script_frame(script, ASV_SERVER, 0, 0, 1, "answer", 6);
  script_frame(script, ASV_SERVER, 0, 0, 1, NULL, 0);
  script_frame(script, ASV_CLIENT, 0, 1, 1, "end", 3);
  script_frame(script, ASV_SERVER, 3, 0, 1, "\0\0\0\0", 4);
  script_expect(
      script,
      "4 request stream=1 method=CONNECT\n"
      "6 response stream=1 200 to=4 alt-svc=h3=\":443\"\n6 tunnel stream=1 target=b.test:443\n"
      "9 tunnel end stream=1 client 0 octets=earlyend\n"
      "10 tunnel end stream=1 server 1 octets=answer\n");
}

static void test_connect_refused(void) {
  Script *script = script_http2();
  script_headers(script, ASV_CLIENT, 1, FALSE, ":method: CONNECT\n:authority: b.test:443\n");
  script_headers(script, ASV_SERVER, 1, FALSE, ":status: 502\n");
  script_frame(script, ASV_SERVER, 0, 1, 1, "sorry", 5);
  script_expect(script, "4 request stream=1 method=CONNECT\n5 response stream=1 502 to=4\n");
}

static void test_extended_connect(void) {
  Script *script = script_http2();
  script_headers(
      script, ASV_CLIENT, 1, FALSE,
      ":method: CONNECT\n:protocol: websocket\n:scheme: https\n:authority: a.test\n:path: /1\n");
  script_headers(script, ASV_SERVER, 1, FALSE, SVC);
  script_frame(script, ASV_SERVER, 0, 1, 1, "opaque", 6);
  script_expect(
      script,
      "4 request stream=1 origin=https://a.test method=CONNECT path=/1 protocol=websocket\n" ANSWER(
          "5", "1", "4"));
}

/* ---- order ---- */

static void test_swapped(void) {
  Script *script = script_http2();
  script_headers(script, ASV_SERVER, 3, FALSE, SVC);
  script_altsvc(script, ASV_SERVER, 1, "", "x");
  script_headers(script, ASV_SERVER, 3, TRUE, "alt-svc: late\n");
  script_headers(script, ASV_SERVER, 5, TRUE, SVC);
  script_get(script, 3, "a.test");
  script_get(script, 5, "a.test");
  script_expect(script, REQUEST("8", "3") ANSWER("4", "3", "8")
                "5 altsvc stream=1 payload=\\x00\\x00x request-missing\n"
                "6 trailer stream=3 200 to=8 origin=https://a.test alt-svc=late\n" REQUEST("9", "5")
                ANSWER("7", "5", "9"));
}

static void test_swapped_limits(void) {
  Script *script = script_http2();
  script->packets_apart = ASV_HTTP_HELD_PACKETS_MAX / 2 + 1;
  script_headers(script, ASV_SERVER, 1, FALSE, SVC);
  script_frame(script, ASV_SERVER, 6, 0, 0, "12345678", 8);
  script_frame(script, ASV_SERVER, 6, 0, 0, "12345678", 8);
  script_get(script, 1, "a.test");
  script_expect(script, ORPHAN("4", "1") REQUEST("7", "1"));

  script = script_http2();
  for (guint i = 0; i < ASV_HTTP_HELD_MESSAGES_MAX + 1; i++)
    script_headers(script, ASV_SERVER, 1, FALSE, ":status: 100\n");
  script_get(script, 1, "a.test");
  g_autofree char *told = script_tell(script);
  g_assert_true(g_str_has_prefix(told, "4 response stream=1 100 to=0\n69 request stream=1 "));
  g_assert_nonnull(strstr(told, "\n68 response stream=1 100 to=69 origin=https://a.test\n"));
}

/* ---- losses ---- */

static void test_gap_in_data(void) {
  Script *script = script_http2();
  script_get(script, 1, "a.test");
  GByteArray *data = g_byte_array_new();
  put_frame(data, 0, 0, 1, "0123456789", 10);
  script_octets(script, ASV_SERVER, data->data, 12);
  script_gap(script, ASV_SERVER, 4);
  script_octets(script, ASV_SERVER, data->data + 16, 3);
  script_altsvc(script, ASV_SERVER, 1, "", "x");
  script_expect(script,
                REQUEST("4", "1") "8 altsvc stream=1 origin=https://a.test payload=\\x00\\x00x\n");
  g_byte_array_unref(data);
}

static void test_gap_in_block(void) {
  Script *script = script_http2();
  GByteArray *block =
      deflate_lines(script->deflaters[ASV_CLIENT],
                    ":method: GET\n:scheme: https\n:authority: a.test\n:path: /1\n");
  GByteArray *frame = g_byte_array_new();
  put_frame(frame, 1, 5, 1, block->data, block->len);
  script_octets(script, ASV_CLIENT, frame->data, 10);
  script_gap(script, ASV_CLIENT, frame->len - 10);
  script_get(script, 3, "a.test");
  script_headers(script, ASV_SERVER, 1, TRUE, SVC);
  script_altsvc(script, ASV_SERVER, 3, "", "x");
  script_altsvc(script, ASV_CLIENT, 0, "", "x");
  g_autofree char *told = g_strdup_printf(
      "5 unreadable client bytes-lost %u\n5 unreadable client hpack-lost %u\n" ORPHAN("7", "1")
      "8 altsvc stream=3 payload=\\x00\\x00x request-missing client-incomplete\n"
      "9 altsvc-from-client stream=0 payload=\\x00\\x00x client-incomplete\n",
      frame->len - 10, frame->len - 10);
  script_expect(script, told);
  g_byte_array_unref(block);
  g_byte_array_unref(frame);
}

/* Frames are believed again behind a loss of whole frames, header sections are not. */
static void test_gap_resume(void) {
  Script *script = script_http2();
  script_get(script, 1, "a.test");
  script_gap(script, ASV_SERVER, 100);
  script_headers(script, ASV_SERVER, 1, FALSE, SVC);
  script_altsvc(script, ASV_SERVER, 1, "", "x");
  script_frame(script, ASV_SERVER, 0xc, 0, 0, "\0\1a", 3);
  script_expect(script, REQUEST("4", "1") "5 unreadable server bytes-lost 100\n"
                "5 unreadable server hpack-lost 100\n"
                "7 altsvc stream=1 origin=https://a.test payload=\\x00\\x00x\n8 origin-set stream=0 origin=a\n");
  script = script_http2();
  script_get(script, 1, "a.test");
  script_gap(script, ASV_SERVER, 100);
  script_text(script, ASV_SERVER, "the rest of some text");
  script_altsvc(script, ASV_SERVER, 1, "", "x");
  script_expect(script, REQUEST("4", "1") "5 unreadable server bytes-lost 100\n"
                "5 unreadable server hpack-lost 100\n");
}

static void test_begun_late(void) {
  Script *script = script_new(ASV_HTTP_ANY, ASV_SCHEME_HTTP);
  script_altsvc(script, ASV_SERVER, 0, "http://a.test", "x");
  script_frame(script, ASV_SERVER, 6, 0, 0, "12345678", 8);
  script_headers(script, ASV_SERVER, 7, TRUE, SVC);
  script_expect(
      script,
      "3 unreadable server hpack-lost 0\n1 altsvc stream=0 payload=\\x00\\x0dhttp://a.testx\n");
}

static void test_not_http(void) {
  Script *script = script_new(ASV_HTTP_2, ASV_SCHEME_HTTPS);
  script_text(script, ASV_CLIENT, "PRI * HTTX and more of it");
  script_text(script, ASV_SERVER, "HTTP/1.1 400 No\r\n\r\n");
  script_expect(script, "1 unreadable client not-http 0\n2 unreadable server not-http 0\n");
}

/* A hole of any size anywhere: every Alt-Svc that is told still has the origin it was sent for. */
static void check_hole(const Script *whole, AsvSide side, gsize at, gsize size) {
  Script *script = script_new(ASV_HTTP_2, ASV_SCHEME_HTTPS);
  gsize from = 0, passed = 0;
  for (guint i = 0; i < whole->steps->len; i++) {
    const Step *step = &g_array_index(whole->steps, Step, i);
    const guint8 *data = whole->octets->data + from;
    from += step->size;
    if (step->side != side) {
      script_octets(script, step->side, data, step->size);
      continue;
    }
    gsize begin = CLAMP(at, passed, passed + step->size) - passed;
    gsize end = CLAMP(at + size, passed, passed + step->size) - passed;
    passed += step->size;
    if (begin) script_octets(script, side, data, begin);
    if (end > begin) script_gap(script, side, end - begin);
    if (end < step->size) script_octets(script, side, data + end, step->size - end);
  }
  AsvSpan octets = asv_span(script->octets->data, script->octets->len);
  g_autofree char *told = script_run(&octets, 1, script);
  g_auto(GStrv) lines = g_strsplit(told, "\n", -1);
  for (gsize i = 0; lines[i]; i++) {
    const char *origin = strstr(lines[i], "origin=https://"), *value = strstr(lines[i], "alt-svc=");
    if (origin && value) g_assert_cmpint(origin[15], ==, value[8]);
  }
  script_free(script);
}

static void test_gap_everywhere(void) {
  Script *whole = script_http2();
  for (guint i = 0; i < 4; i++) {
    g_autofree char *host = g_strdup_printf("%c.test", 'a' + i);
    g_autofree char *answer = g_strdup_printf(":status: 200\nalt-svc: %c\n", 'a' + i);
    script_get(whole, 2 * i + 1, host);
    script_headers(whole, ASV_SERVER, 2 * i + 1, FALSE, answer);
    script_frame(whole, ASV_SERVER, 0, 1, 2 * i + 1, "0123456789", 10);
  }
  for (gsize at = 0; at < 220; at++)
    for (gsize size = 1; size < 100; size += 3) {
      check_hole(whole, ASV_CLIENT, at, size);
      check_hole(whole, ASV_SERVER, at, size);
    }
  script_free(whole);
}

/* ---- limits ---- */

static void test_streams_limit(void) {
  Script *script = script_http2();
  for (guint32 i = 0; i <= ASV_HTTP_STREAMS_MAX; i++) script_get(script, 2 * i + 1, "a.test");
  script_headers(script, ASV_SERVER, 1, TRUE, SVC);
  script_headers(script, ASV_SERVER, 2 * ASV_HTTP_STREAMS_MAX + 1, TRUE, SVC);
  g_autofree char *told = script_tell(script);
  g_assert_nonnull(strstr(told, "4101 response stream=1 200 to=0 alt-svc"));
  g_assert_nonnull(strstr(told, "4102 response stream=8193 200 to=4100 origin=https://a.test"));
}

static void test_closed_streams_limit(void) {
  Script *script = script_http2();
  for (guint32 i = 0; i < ASV_HTTP_STREAMS_CLOSED_MAX + 2; i++) {
    script_get(script, 2 * i + 1, "a.test");
    script_headers(script, ASV_SERVER, 2 * i + 1, TRUE, ":status: 200\n");
  }
  script_get(script, 2 * ASV_HTTP_STREAMS_CLOSED_MAX + 5, "a.test");
  script_altsvc(script, ASV_SERVER, 1, "", "x");
  script_altsvc(script, ASV_SERVER, 7, "", "x");
  g_autofree char *told = script_tell(script);
  g_assert_nonnull(strstr(told, "altsvc stream=1 payload=\\x00\\x00x request-missing"));
  g_assert_nonnull(strstr(told, "altsvc stream=7 origin=https://a.test"));
}

/* Fields beyond the limit are not told, and the table stays in step. */
static void test_section_limit(void) {
  Script *script = script_http2();
  GString *lines = g_string_new(SVC);
  for (guint i = 0; i < ASV_HTTP_KEPT_LINES_MAX; i++) g_string_append(lines, "age: 1\n");
  script_get(script, 1, "a.test");
  script_headers(script, ASV_SERVER, 1, FALSE, lines->str);
  script_get(script, 3, "a.test");
  script_headers(script, ASV_SERVER, 3, FALSE, SVC);
  script_expect(script, REQUEST("4", "1") "5 unreadable server bytes-lost 0\n"
                "5 response stream=1 200 to=4 origin=https://a.test age=1\n" REQUEST("6", "3")
                ANSWER("7", "3", "6"));
  g_string_free(lines, TRUE);
}

static void test_frame_limit(void) {
  gsize size = ASV_HTTP_FRAME_MAX + 1;
  g_autofree guint8 *payload = g_malloc0(size);
  Script *script = script_http2();
  script_frame(script, ASV_SERVER, 0xa, 0, 0, payload, size);
  script_altsvc(script, ASV_SERVER, 0, "", "x");
  script_expect(script,
                "4 unreadable server bytes-lost 131073\n5 altsvc stream=0 payload=\\x00\\x00x\n");
}

static void test_tunnel_limit(void) {
  gsize size = ASV_HTTP_TUNNEL_HELD_MAX + 1;
  g_autofree guint8 *payload = g_malloc0(size);
  Script *script = script_http2();
  script_headers(script, ASV_CLIENT, 1, FALSE, ":method: CONNECT\n:authority: b.test:443\n");
  script_frame(script, ASV_CLIENT, 0, 0, 1, payload, size);
  script_headers(script, ASV_SERVER, 1, FALSE, ":status: 200\n");
  script_expect(script, "4 request stream=1 method=CONNECT\n6 response stream=1 200 to=4\n");
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/http2/exchange", test_exchange);
  g_test_add_func("/http2/prior-knowledge", test_prior_knowledge);
  g_test_add_func("/http2/proxy-field", test_proxy_field);
  g_test_add_func("/http2/upper-case", test_upper_case);
  g_test_add_func("/http2/block-in-parts", test_block_in_parts);
  g_test_add_func("/http2/block-broken-off", test_block_broken_off);
  g_test_add_func("/http2/block-bad", test_block_bad);
  g_test_add_func("/http2/interim-and-trailers", test_interim_and_trailers);
  g_test_add_func("/http2/specific-fields", test_specific_fields);
  g_test_add_func("/http2/malformed", test_malformed);
  g_test_add_func("/http2/push", test_push);
  g_test_add_func("/http2/no-origin", test_no_origin);
  g_test_add_func("/http2/altsvc", test_altsvc);
  g_test_add_func("/http2/altsvc-length", test_altsvc_length);
  g_test_add_func("/http2/origin", test_origin);
  g_test_add_func("/http2/goaway", test_goaway);
  g_test_add_func("/http2/vectors", test_vectors);
  g_test_add_func("/http2/connect", test_connect);
  g_test_add_func("/http2/connect-refused", test_connect_refused);
  g_test_add_func("/http2/extended-connect", test_extended_connect);
  g_test_add_func("/http2/swapped", test_swapped);
  g_test_add_func("/http2/swapped-limits", test_swapped_limits);
  g_test_add_func("/http2/gap-in-data", test_gap_in_data);
  g_test_add_func("/http2/gap-in-block", test_gap_in_block);
  g_test_add_func("/http2/gap-resume", test_gap_resume);
  g_test_add_func("/http2/begun-late", test_begun_late);
  g_test_add_func("/http2/not-http", test_not_http);
  g_test_add_func("/http2/gap-everywhere", test_gap_everywhere);
  g_test_add_func("/http2/streams-limit", test_streams_limit);
  g_test_add_func("/http2/closed-streams-limit", test_closed_streams_limit);
  g_test_add_func("/http2/section-limit", test_section_limit);
  g_test_add_func("/http2/frame-limit", test_frame_limit);
  g_test_add_func("/http2/tunnel-limit", test_tunnel_limit);
  return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes the captures that the benchmark reads: generate KIND FILE. The same
 * call makes the same file but for the certificate's signature.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/support/traffic.h"

#define BODY_FRAME (16384u - 9u) /* a DATA frame that fills a TLS record */
#define ALT_SVC "h3=\":443\"; ma=86400"

/* One HTTP/2 connection's state. */
typedef struct {
  nghttp2_hd_deflater *deflaters[2];
  guint32 stream;
  const char *scheme;
  gboolean alt_svc;
} Http2;

static void http2_open(Http2 *http2, const char *scheme, gboolean alt_svc) {
  *http2 = (Http2){.stream = 1, .scheme = scheme, .alt_svc = alt_svc};
  for (int i = 0; i < 2; i++) nghttp2_hd_deflate_new(&http2->deflaters[i], 4096);
}

static void http2_close(Http2 *http2) {
  for (int i = 0; i < 2; i++) nghttp2_hd_deflate_del(http2->deflaters[i]);
}

static void put_request(GByteArray *out, Http2 *http2) {
  g_autofree char *path = g_strdup_printf("/items/%u?view=small", http2->stream);
  nghttp2_nv fields[] = {traffic_field(":method", "GET"),
                         traffic_field(":scheme", http2->scheme),
                         traffic_field(":authority", "bench.test"),
                         traffic_field(":path", path),
                         traffic_field("user-agent", "altshark-bench/1"),
                         traffic_field("accept", "*/*")};
  traffic_put_headers(out, http2->deflaters[TRAFFIC_CLIENT], 5, http2->stream, fields,
                      G_N_ELEMENTS(fields));
}

static void put_response(GByteArray *out, Http2 *http2, gsize body) {
  static const guint8 zeros[BODY_FRAME];
  g_autofree char *length = g_strdup_printf("%" G_GSIZE_FORMAT, body);
  nghttp2_nv fields[] = {
      traffic_field(":status", "200"), traffic_field("content-type", "application/json"),
      traffic_field("content-length", length),
      traffic_field("date", "Fri, 20 Nov 2026 11:30:05 GMT"), traffic_field("alt-svc", ALT_SVC)};
  traffic_put_headers(out, http2->deflaters[TRAFFIC_SERVER], 4, http2->stream, fields,
                      http2->alt_svc ? G_N_ELEMENTS(fields) : G_N_ELEMENTS(fields) - 1);
  do {
    gsize part = MIN(body, sizeof zeros);
    body -= part;
    traffic_put_frame_head(out, part, 0, body ? 0 : 1, http2->stream);
    traffic_put(out, zeros, part);
  } while (body);
  http2->stream += 2;
}

/* ---- the captures ---- */

/* connections open at the same time, requests in turn on each; server responses of body octets. */
static void make_tls(TrafficCapture *capture, guint connections, guint requests, gsize body,
                     gboolean alt_svc) {
  g_autofree TrafficTcp *tcps = g_new0(TrafficTcp, connections);
  g_autofree TrafficTls *tlss = g_new0(TrafficTls, connections);
  g_autofree Http2 *http2s = g_new0(Http2, connections);
  g_autoptr(GString) key_log = g_string_new(NULL);
  g_autoptr(GByteArray) certificate = traffic_make_certificate("DNS:bench.test");
  g_autoptr(GByteArray) out = g_byte_array_new();
  GRand *rand = g_rand_new_with_seed(1);
  for (guint i = 0; i < connections; i++) traffic_make_secrets(&tlss[i], rand, key_log);
  traffic_write_secrets(capture, key_log);
  g_rand_free(rand);
  for (guint request = 0; request < requests; request++) {
    guint i = request % connections;
    g_byte_array_set_size(out, 0);
    if (request < connections) {
      traffic_open_tcp(&tcps[i], capture, i, 443);
      traffic_open_tls(&tlss[i], &tcps[i], "bench.test", certificate);
      http2_open(&http2s[i], "https", alt_svc);
      traffic_put_preface(out, TRAFFIC_CLIENT);
    }
    put_request(out, &http2s[i]);
    traffic_send_tls(&tlss[i], TRAFFIC_CLIENT, out);
    g_byte_array_set_size(out, 0);
    if (request < connections) traffic_put_preface(out, TRAFFIC_SERVER);
    put_response(out, &http2s[i], body);
    traffic_send_tls(&tlss[i], TRAFFIC_SERVER, out);
  }
  for (guint i = 0; i < connections; i++) {
    traffic_close_tcp(&tcps[i]);
    traffic_close_tls(&tlss[i]);
    http2_close(&http2s[i]);
  }
}

static void make_h2c(TrafficCapture *capture, guint connections, guint requests) {
  g_autofree TrafficTcp *tcps = g_new0(TrafficTcp, connections);
  g_autofree Http2 *http2s = g_new0(Http2, connections);
  g_autoptr(GByteArray) out = g_byte_array_new();
  for (guint request = 0; request < requests; request++) {
    guint i = request % connections;
    g_byte_array_set_size(out, 0);
    if (request < connections) {
      traffic_open_tcp(&tcps[i], capture, i, 80);
      http2_open(&http2s[i], "http", TRUE);
      traffic_put_preface(out, TRAFFIC_CLIENT);
    }
    put_request(out, &http2s[i]);
    traffic_send_tcp(&tcps[i], TRAFFIC_CLIENT, out->data, out->len);
    g_byte_array_set_size(out, 0);
    if (request < connections) traffic_put_preface(out, TRAFFIC_SERVER);
    put_response(out, &http2s[i], 64);
    traffic_send_tcp(&tcps[i], TRAFFIC_SERVER, out->data, out->len);
  }
  for (guint i = 0; i < connections; i++) {
    traffic_close_tcp(&tcps[i]);
    http2_close(&http2s[i]);
  }
}

static void make_http1(TrafficCapture *capture, guint connections, guint requests) {
  g_autofree TrafficTcp *tcps = g_new0(TrafficTcp, connections);
  static const char body[64] = {0};
  g_autoptr(GByteArray) out = g_byte_array_new();
  for (guint request = 0; request < requests; request++) {
    guint i = request % connections;
    if (request < connections) traffic_open_tcp(&tcps[i], capture, i, 80);
    g_autofree char *ask = g_strdup_printf(
        "GET /items/%u?view=small HTTP/1.1\r\nHost: bench.test\r\n"
        "User-Agent: altshark-bench/1\r\nAccept: */*\r\n\r\n",
        request);
    traffic_send_tcp(&tcps[i], TRAFFIC_CLIENT, (const guint8 *)ask, strlen(ask));
    static const char answer[] =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 64\r\n"
        "Date: Fri, 20 Nov 2026 11:30:05 GMT\r\nServer: bench\r\nAlt-Svc: " ALT_SVC "\r\n\r\n";
    g_byte_array_set_size(out, 0);
    traffic_put(out, answer, sizeof answer - 1);
    traffic_put(out, body, sizeof body);
    traffic_send_tcp(&tcps[i], TRAFFIC_SERVER, out->data, out->len);
  }
  for (guint i = 0; i < connections; i++) traffic_close_tcp(&tcps[i]);
}

int main(int argc, char **argv) {
  TrafficCapture capture;
  if (argc != 3) {
    fprintf(stderr, "usage: generate tls-bulk|tls-small|tls-alt-svc|h2c-small|http1-small FILE\n");
    return EXIT_FAILURE;
  }
  traffic_open_capture(&capture, argv[2]);
  if (g_str_equal(argv[1], "tls-bulk"))
    make_tls(&capture, 4, 32, 10000000, TRUE);
  else if (g_str_equal(argv[1], "tls-small"))
    make_tls(&capture, 1000, 100000, 64, FALSE);
  else if (g_str_equal(argv[1], "tls-alt-svc"))
    make_tls(&capture, 1000, 200000, 64, TRUE);
  else if (g_str_equal(argv[1], "h2c-small"))
    make_h2c(&capture, 100, 200000);
  else if (g_str_equal(argv[1], "http1-small"))
    make_http1(&capture, 100, 200000);
  else
    g_error("%s: no such capture", argv[1]);
  traffic_close_capture(&capture);
  return EXIT_SUCCESS;
}

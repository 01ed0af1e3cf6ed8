/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes the captures that the benchmark reads: generate KIND FILE. The same
 * call makes the same file but for the certificate's signature.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/support/traffic-quic.h"

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

typedef enum { OVER_TLS, OVER_H2C, OVER_HTTP1, OVER_QUIC } Protocol;

typedef struct {
  const char *kind;
  Protocol protocol;
  guint connections;
  guint at_once;  /* connections that are open at the same time, taking turns */
  guint requests; /* on each connection */
  gsize body;     /* octets of each response */
  gboolean alt_svc;
} Load;

static const Load loads[] = {{"tls-bulk", OVER_TLS, 4, 4, 8, 10000000, TRUE},
                             {"tls-small", OVER_TLS, 1000, 50, 100, 64, FALSE},
                             {"tls-small-1000", OVER_TLS, 1000, 1000, 100, 64, FALSE},
                             {"tls-alt-svc", OVER_TLS, 1000, 50, 200, 64, TRUE},
                             {"h2c-small", OVER_H2C, 100, 50, 2000, 64, TRUE},
                             {"http1-small", OVER_HTTP1, 100, 50, 2000, 64, TRUE},
                             {"quic-bulk", OVER_QUIC, 4, 4, 5, 10500000, TRUE},
                             {"quic-small", OVER_QUIC, 50, 50, 1000, 64, TRUE}};

/* A client, its server, and the connection between them. */
typedef struct {
  TrafficTcp tcp;
  TrafficTls tls;
  Http2 http2;
  TrafficQuic quic;
} Pair;

static void open_pair(Pair *pair, TrafficCapture *capture, const Load *load, guint number,
                      const GByteArray *certificate) {
  gboolean tls = load->protocol == OVER_TLS;
  if (load->protocol == OVER_QUIC) {
    traffic_open_quic(&pair->quic, capture, number, "bench.test", certificate);
    return;
  }
  traffic_open_tcp(&pair->tcp, capture, number, tls ? 443 : 80);
  if (tls) traffic_open_tls(&pair->tls, &pair->tcp, "bench.test", certificate);
  if (load->protocol != OVER_HTTP1) http2_open(&pair->http2, tls ? "https" : "http", load->alt_svc);
}

static void close_pair(Pair *pair, const Load *load) {
  if (load->protocol == OVER_QUIC) {
    traffic_close_quic(&pair->quic);
    return;
  }
  traffic_close_tcp(&pair->tcp);
  if (load->protocol == OVER_TLS) traffic_close_tls(&pair->tls);
  if (load->protocol != OVER_HTTP1) http2_close(&pair->http2);
}

static void send_from(Pair *pair, const Load *load, TrafficSide side, const GByteArray *data) {
  if (load->protocol == OVER_TLS)
    traffic_send_tls(&pair->tls, side, data);
  else
    traffic_send_tcp(&pair->tcp, side, data->data, data->len);
}

static void put_http1_request(GByteArray *out, guint number) {
  g_autofree char *text = g_strdup_printf(
      "GET /items/%u?view=small HTTP/1.1\r\nHost: bench.test\r\n"
      "User-Agent: altshark-bench/1\r\nAccept: */*\r\n\r\n",
      number);
  traffic_put(out, text, strlen(text));
}

static void put_http1_response(GByteArray *out) {
  static const char text[] =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 64\r\n"
      "Date: Fri, 20 Nov 2026 11:30:05 GMT\r\nServer: bench\r\nAlt-Svc: " ALT_SVC "\r\n\r\n";
  static const char body[64];
  traffic_put(out, text, sizeof text - 1);
  traffic_put(out, body, sizeof body);
}

static void put_request3(GByteArray *out, guint number) {
  g_autofree char *path = g_strdup_printf("/items/%u?view=small", number);
  nghttp2_nv fields[] = {traffic_field(":method", "GET"),
                         traffic_field(":scheme", "https"),
                         traffic_field(":authority", "bench.test"),
                         traffic_field(":path", path),
                         traffic_field("user-agent", "altshark-bench/1"),
                         traffic_field("accept", "*/*")};
  traffic_put_headers3(out, fields, G_N_ELEMENTS(fields));
}

static void put_response3(GByteArray *out, gsize body) {
  g_autofree char *length = g_strdup_printf("%" G_GSIZE_FORMAT, body);
  nghttp2_nv fields[] = {
      traffic_field(":status", "200"), traffic_field("content-type", "application/json"),
      traffic_field("content-length", length),
      traffic_field("date", "Fri, 20 Nov 2026 11:30:05 GMT"), traffic_field("alt-svc", ALT_SVC)};
  traffic_put_headers3(out, fields, G_N_ELEMENTS(fields));
  traffic_put_frame3_head(out, 0, body);
  guint at = out->len;
  g_byte_array_set_size(out, at + (guint)body);
  memset(out->data + at, 0, body);
}

static void exchange_quic(Pair *pair, const Load *load, guint round, GByteArray *out) {
  if (round == 0) {
    g_byte_array_set_size(out, 0);
    traffic_put_control(out);
    traffic_send_quic(&pair->quic, TRAFFIC_CLIENT, 2, out, FALSE);
    traffic_send_quic(&pair->quic, TRAFFIC_SERVER, 3, out, FALSE);
  }
  g_byte_array_set_size(out, 0);
  put_request3(out, round);
  traffic_send_quic(&pair->quic, TRAFFIC_CLIENT, 4u * round, out, TRUE);
  g_byte_array_set_size(out, 0);
  put_response3(out, load->body);
  traffic_send_quic(&pair->quic, TRAFFIC_SERVER, 4u * round, out, TRUE);
  traffic_wait_quic(&pair->quic);
}

/* The request and response number `round` of a pair. */
static void exchange(Pair *pair, const Load *load, guint round, GByteArray *out) {
  gboolean http2 = load->protocol != OVER_HTTP1;
  if (load->protocol == OVER_QUIC) {
    exchange_quic(pair, load, round, out);
    return;
  }
  g_byte_array_set_size(out, 0);
  if (http2 && round == 0) traffic_put_preface(out, TRAFFIC_CLIENT);
  if (http2)
    put_request(out, &pair->http2);
  else
    put_http1_request(out, round);
  send_from(pair, load, TRAFFIC_CLIENT, out);
  g_byte_array_set_size(out, 0);
  if (http2 && round == 0) traffic_put_preface(out, TRAFFIC_SERVER);
  if (http2)
    put_response(out, &pair->http2, load->body);
  else
    put_http1_response(out);
  send_from(pair, load, TRAFFIC_SERVER, out);
}

static void make(TrafficCapture *capture, const Load *load) {
  g_autofree Pair *pairs = g_new0(Pair, load->connections);
  g_autoptr(GByteArray) certificate = traffic_make_certificate("DNS:bench.test");
  g_autoptr(GByteArray) out = g_byte_array_new();
  gboolean quic = load->protocol == OVER_QUIC;
  if (quic || load->protocol == OVER_TLS) {
    g_autoptr(GString) key_log = g_string_new(NULL);
    GRand *rand = g_rand_new_with_seed(1);
    for (guint i = 0; i < load->connections; i++)
      traffic_make_secrets(quic ? &pairs[i].quic.tls : &pairs[i].tls, rand, key_log);
    traffic_write_secrets(capture, key_log);
    g_rand_free(rand);
  }
  for (guint first = 0; first < load->connections; first += load->at_once) {
    for (guint i = first; i < first + load->at_once; i++)
      open_pair(&pairs[i], capture, load, i, certificate);
    for (guint round = 0; round < load->requests; round++)
      for (guint i = first; i < first + load->at_once; i++) exchange(&pairs[i], load, round, out);
    for (guint i = first; i < first + load->at_once; i++) close_pair(&pairs[i], load);
  }
}

int main(int argc, char **argv) {
  for (gsize i = 0; argc == 3 && i < G_N_ELEMENTS(loads); i++) {
    if (!g_str_equal(argv[1], loads[i].kind)) continue;
    TrafficCapture capture;
    traffic_open_capture(&capture, argv[2]);
    capture.clients = 50;
    make(&capture, &loads[i]);
    traffic_close_capture(&capture);
    return EXIT_SUCCESS;
  }
  g_printerr("usage: generate KIND FILE; a KIND is one of");
  for (gsize i = 0; i < G_N_ELEMENTS(loads); i++) g_printerr(" %s", loads[i].kind);
  g_printerr("\n");
  return EXIT_FAILURE;
}

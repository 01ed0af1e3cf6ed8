/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CONNECT tunnels through the whole pipeline: what is inside is a connection of
 * its own, with its own origins (RFC 9110 §9.3.6, RFC 9113 §8.5).
 */
#include <sys/mman.h>
#include <unistd.h>

#include "altsvc/timeline.h"
#include "analyzer/pipeline.h"
#include "tests/support/traffic.h"

#define ALT_SVC "h3=\":443\""
#define CONNECT "CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n\r\n"
#define CONNECTED "HTTP/1.1 200 Connected\r\n\r\n"
#define REQUEST "GET /x HTTP/1.1\r\nHost: a.test:8080\r\n\r\n"
#define RESPONSE "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nAlt-Svc: " ALT_SVC "\r\n\r\n"

typedef struct {
  GString *seen; /* a line for each observation: a letter for the connection, kind, what it says */
  GArray *ids;   /* of connections, by first appearance */
  AsvTimeline *timeline;
  AsvPipeline *pipeline;
  AsvKeys *keys;
} Run;

static char letter_of(Run *run, guint64 id) {
  guint i = 0;
  while (i < run->ids->len && g_array_index(run->ids, guint64, i) != id) i++;
  if (i == run->ids->len) g_array_append_val(run->ids, id);
  return (char)('A' + i);
}

static void put_span(GString *out, AsvSpan span) {
  g_string_append_c(out, ' ');
  if (span.size) g_string_append_len(out, (const char *)span.data, (gssize)span.size);
}

static void observe(void *self, const AsvObservation *seen) {
  Run *run = self;
  asv_timeline_observe(run->timeline, seen);
  if (!seen->connection || seen->kind == ASV_OBSERVATION_CLOSE) return;
  g_string_append_printf(run->seen, "%c %s", letter_of(run, seen->connection->id),
                         asv_observation_kind_name(seen->kind));
  if (seen->kind == ASV_OBSERVATION_CONNECTION)
    g_string_append_printf(run->seen, " %s", seen->connection->server);
  if (seen->kind == ASV_OBSERVATION_HANDSHAKE) put_span(run->seen, seen->handshake.sni);
  if (seen->kind == ASV_OBSERVATION_REQUEST) {
    put_span(run->seen, seen->request.method);
    put_span(run->seen, seen->request.origin);
  }
  if (seen->kind == ASV_OBSERVATION_RESPONSE) put_span(run->seen, seen->response.origin);
  if (seen->kind == ASV_OBSERVATION_ADVERTISEMENT) put_span(run->seen, seen->advertisement.origin);
  g_string_append_c(run->seen, '\n');
}

static void on_secrets(void *self, AsvSpan key_log) {
  asv_keys_load(((Run *)self)->keys, key_log);
}

static void on_file_end(void *self, const AsvPacketRef *at, const AsvInputFile *file,
                        const GError *error) {
  g_assert_no_error(error);
  asv_pipeline_file_end(((Run *)self)->pipeline, at, file);
}

/* Reads the capture of this name; the caller frees what run has with run_clear(). */
static void run_capture(Run *run, const char *name) {
  static const AsvTimelineOptions options;
  AsvInputEvents events = {.self = run, .secrets = on_secrets, .file_end = on_file_end};
  AsvObserver observer = {.self = run, .observe = observe};
  AsvPacket packet;
  *run = (Run){.seen = g_string_new(NULL),
               .ids = g_array_new(FALSE, FALSE, sizeof(guint64)),
               .timeline = asv_timeline_new(&options),
               .keys = asv_keys_new()};
  run->pipeline = asv_pipeline_new(run->keys, &observer);
  AsvInput *input = asv_input_new(&events, NULL, 0);
  g_assert_true(asv_input_add(input, name, NULL, NULL));
  while (asv_input_next(input, &packet, NULL)) asv_pipeline_packet(run->pipeline, input, &packet);
  asv_pipeline_finish(run->pipeline);
  asv_pipeline_free(run->pipeline);
  asv_input_free(input);
  asv_timeline_finish(run->timeline);
}

static void run_clear(Run *run) {
  g_string_free(run->seen, TRUE);
  g_array_unref(run->ids);
  asv_timeline_free(run->timeline);
  asv_keys_free(run->keys);
}

static gboolean has_finding(const Run *run, const char *code) {
  for (guint i = 0; i < run->timeline->findings->len; i++) {
    const AsvFinding *finding = g_ptr_array_index(run->timeline->findings, i);
    if (g_str_equal(finding->code, code)) return TRUE;
  }
  return FALSE;
}

/* A capture in memory, with a client that talks to a proxy. */
typedef struct {
  TrafficCapture capture;
  TrafficTcp tcp;
  char name[32];
  int fd;
} Proxy;

static void proxy_open(Proxy *proxy, const GString *key_log) {
  proxy->fd = memfd_create("capture", MFD_CLOEXEC);
  g_snprintf(proxy->name, sizeof proxy->name, "/proc/self/fd/%d", proxy->fd);
  traffic_open_capture(&proxy->capture, proxy->name);
  if (key_log) traffic_write_secrets(&proxy->capture, key_log);
  traffic_open_tcp(&proxy->tcp, &proxy->capture, 1, 3128);
}

static void proxy_run(Proxy *proxy, Run *run) {
  traffic_close_tcp(&proxy->tcp);
  traffic_close_capture(&proxy->capture);
  run_capture(run, proxy->name);
  close(proxy->fd);
}

static void send_text(Proxy *proxy, TrafficSide from, const char *text) {
  traffic_send_tcp(&proxy->tcp, from, (const guint8 *)text, strlen(text));
}

static void put_data(GByteArray *out, const char *text) {
  traffic_put_frame_head(out, strlen(text), 0, 0, 1);
  traffic_put(out, text, strlen(text));
}

static void test_http1_plain(void) {
  Proxy proxy;
  Run run;
  proxy_open(&proxy, NULL);
  send_text(&proxy, TRAFFIC_CLIENT, CONNECT);
  send_text(&proxy, TRAFFIC_SERVER, CONNECTED);
  send_text(&proxy, TRAFFIC_CLIENT, REQUEST);
  send_text(&proxy, TRAFFIC_SERVER, RESPONSE);
  proxy_run(&proxy, &run);
  g_assert_cmpstr(run.seen->str, ==,
                  "A connection 10.100.0.1:3128\nA request CONNECT \nA response \n"
                  "B connection a.test:443\nB request GET http://a.test:8080\n"
                  "B response http://a.test:8080\nB advertisement http://a.test:8080\n");
  g_assert_true(has_finding(&run, "proxied"));
  run_clear(&run);
}

/* A CONNECT that was refused makes no tunnel: what follows is the proxy's own. */
static void test_http1_refused(void) {
  Proxy proxy;
  Run run;
  proxy_open(&proxy, NULL);
  send_text(&proxy, TRAFFIC_CLIENT, CONNECT);
  send_text(&proxy, TRAFFIC_SERVER, "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n");
  send_text(&proxy, TRAFFIC_CLIENT, REQUEST);
  send_text(&proxy, TRAFFIC_SERVER, RESPONSE);
  proxy_run(&proxy, &run);
  g_assert_cmpstr(run.seen->str, ==,
                  "A connection 10.100.0.1:3128\nA request CONNECT \nA response \n"
                  "A request GET http://a.test:8080\nA response http://a.test:8080\n"
                  "A advertisement http://a.test:8080\n");
  run_clear(&run);
}

static void send_http2(TrafficTls *tls, TrafficSide from, const nghttp2_nv *fields, gsize count) {
  g_autoptr(GByteArray) out = g_byte_array_new();
  nghttp2_hd_deflater *deflater = NULL;
  g_assert_cmpint(nghttp2_hd_deflate_new(&deflater, 4096), ==, 0);
  traffic_put_preface(out, from);
  traffic_put_headers(out, deflater, 5, 1, fields, count);
  traffic_send_tls(tls, from, out);
  nghttp2_hd_deflate_del(deflater);
}

static void test_http1_tls(void) {
  Proxy proxy;
  Run run;
  TrafficTls tls = {0};
  GRand *rand = g_rand_new_with_seed(1);
  g_autoptr(GString) key_log = g_string_new(NULL);
  g_autoptr(GByteArray) certificate = traffic_make_certificate("DNS:a.test");
  traffic_make_secrets(&tls, rand, key_log);
  g_rand_free(rand);
  proxy_open(&proxy, key_log);
  send_text(&proxy, TRAFFIC_CLIENT, CONNECT);
  send_text(&proxy, TRAFFIC_SERVER, CONNECTED);
  traffic_open_tls(&tls, &proxy.tcp, "a.test", certificate);
  nghttp2_nv request[] = {traffic_field(":method", "GET"), traffic_field(":scheme", "https"),
                          traffic_field(":authority", "a.test"), traffic_field(":path", "/")};
  nghttp2_nv response[] = {traffic_field(":status", "200"), traffic_field("alt-svc", ALT_SVC)};
  send_http2(&tls, TRAFFIC_CLIENT, request, G_N_ELEMENTS(request));
  send_http2(&tls, TRAFFIC_SERVER, response, G_N_ELEMENTS(response));
  traffic_close_tls(&tls);
  proxy_run(&proxy, &run);
  g_assert_cmpstr(run.seen->str, ==,
                  "A connection 10.100.0.1:3128\nA request CONNECT \nA response \n"
                  "B connection a.test:443\nB handshake a.test\nB request GET https://a.test\n"
                  "B response https://a.test\nB advertisement https://a.test\n");
  g_assert_true(has_finding(&run, "proxied"));
  run_clear(&run);
}

/* HTTP/2 in clear text to the proxy; HTTP/1 on stream 1. */
static void test_http2_plain(void) {
  Proxy proxy;
  Run run;
  g_autoptr(GByteArray) out = g_byte_array_new();
  nghttp2_hd_deflater *deflaters[2] = {NULL, NULL};
  for (int i = 0; i < 2; i++) g_assert_cmpint(nghttp2_hd_deflate_new(&deflaters[i], 4096), ==, 0);
  nghttp2_nv connect[] = {traffic_field(":method", "CONNECT"),
                          traffic_field(":authority", "a.test:8080")};
  nghttp2_nv connected[] = {traffic_field(":status", "200")};
  proxy_open(&proxy, NULL);
  traffic_put_preface(out, TRAFFIC_CLIENT);
  traffic_put_headers(out, deflaters[0], 4, 1, connect, G_N_ELEMENTS(connect));
  traffic_send_tcp(&proxy.tcp, TRAFFIC_CLIENT, out->data, out->len);
  g_byte_array_set_size(out, 0);
  traffic_put_preface(out, TRAFFIC_SERVER);
  traffic_put_headers(out, deflaters[1], 4, 1, connected, G_N_ELEMENTS(connected));
  traffic_send_tcp(&proxy.tcp, TRAFFIC_SERVER, out->data, out->len);
  g_byte_array_set_size(out, 0);
  put_data(out, REQUEST);
  traffic_send_tcp(&proxy.tcp, TRAFFIC_CLIENT, out->data, out->len);
  g_byte_array_set_size(out, 0);
  put_data(out, RESPONSE);
  traffic_send_tcp(&proxy.tcp, TRAFFIC_SERVER, out->data, out->len);
  for (int i = 0; i < 2; i++) nghttp2_hd_deflate_del(deflaters[i]);
  proxy_run(&proxy, &run);
  g_assert_cmpstr(run.seen->str, ==,
                  "A connection 10.100.0.1:3128\nA request CONNECT \nA response \n"
                  "B connection a.test:8080\nB request GET http://a.test:8080\n"
                  "B response http://a.test:8080\nB advertisement http://a.test:8080\n");
  g_assert_true(has_finding(&run, "proxied"));
  run_clear(&run);
}

/* Streams that open tunnel after tunnel: those beyond the limit are not followed. */
static void test_limit(void) {
  enum { TUNNELS = ASV_TUNNELS_MAX + 5 };
  Proxy proxy;
  Run run;
  nghttp2_hd_deflater *deflaters[2] = {NULL, NULL};
  for (int i = 0; i < 2; i++) g_assert_cmpint(nghttp2_hd_deflate_new(&deflaters[i], 4096), ==, 0);
  nghttp2_nv connect[] = {traffic_field(":method", "CONNECT"),
                          traffic_field(":authority", "a.test:8080")};
  nghttp2_nv connected[] = {traffic_field(":status", "200")};
  proxy_open(&proxy, NULL);
  for (guint32 i = 0; i < TUNNELS; i++) {
    for (int side = 0; side < 2; side++) {
      g_autoptr(GByteArray) out = g_byte_array_new();
      if (!i) traffic_put_preface(out, (TrafficSide)side);
      traffic_put_headers(out, deflaters[side], 4, 2 * i + 1, side ? connected : connect,
                          side ? 1 : 2);
      traffic_send_tcp(&proxy.tcp, (TrafficSide)side, out->data, out->len);
    }
  }
  for (int i = 0; i < 2; i++) nghttp2_hd_deflate_del(deflaters[i]);
  proxy_run(&proxy, &run);
  g_assert_cmpuint(run.timeline->coverage.connections, ==, 1 + ASV_TUNNELS_MAX);
  run_clear(&run);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/pipeline/tunnel/http1-plain", test_http1_plain);
  g_test_add_func("/pipeline/tunnel/http1-refused", test_http1_refused);
  g_test_add_func("/pipeline/tunnel/http1-tls", test_http1_tls);
  g_test_add_func("/pipeline/tunnel/http2-plain", test_http2_plain);
  g_test_add_func("/pipeline/tunnel/limit", test_limit);
  return g_test_run();
}

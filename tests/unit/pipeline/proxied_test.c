/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A proxy's connections to a server, each behind a PROXY protocol header,
 * through the whole pipeline, with a SYN and without.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "altsvc/timeline.h"
#include "analyzer/pipeline.h"
#include "tests/support/traffic.h"

#define HEADER "PROXY TCP4 192.0.2.1 192.0.2.2 1 443\r\n"
#define HEADER_2 "\r\n\r\n\0\r\nQUIT\n\x21\x11\x00\x0c\xc0\0\2\1\xc0\0\2\2\0\1\1\xbb"
#define REQUEST "GET /x HTTP/1.1\r\nHost: a.test:8080\r\n\r\n"
#define REQUEST_VIA "GET /x HTTP/1.1\r\nHost: a.test:8080\r\nVia: 1.1 p\r\n\r\n"
#define RESPONSE "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nAlt-Svc: h3=\":443\"\r\n\r\n"

typedef struct {
  char name[32];
  int fd;
  TrafficCapture capture;
} File;

typedef struct {
  GString *seen; /* a line for each observation: kind, server or what it says */
  AsvTimeline *timeline;
  AsvPipeline *pipeline;
  AsvKeys *keys;
} Run;

static void file_open(File *file) {
  *file = (File){.fd = memfd_create("capture", MFD_CLOEXEC)};
  g_snprintf(file->name, sizeof file->name, "/proc/self/fd/%d", file->fd);
  traffic_open_capture(&file->capture, file->name);
}

static void observe(void *self, const AsvObservation *seen) {
  Run *run = self;
  asv_timeline_observe(run->timeline, seen);
  if (!seen->connection || seen->kind == ASV_OBSERVATION_CLOSE) return;
  g_autofree char *proxy = asv_span_dup(
      seen->kind == ASV_OBSERVATION_REQUEST ? seen->request.proxy_field : asv_span(NULL, 0));
  g_string_append_printf(
      run->seen, "%s %s\n", asv_observation_kind_name(seen->kind),
      seen->kind == ASV_OBSERVATION_CONNECTION ? seen->connection->server : proxy);
}

static void on_secrets(void *self, AsvSpan key_log) {
  asv_keys_load(((Run *)self)->keys, key_log);
}

static void on_file_end(void *self, const AsvPacketRef *at, const AsvInputFile *file,
                        const GError *error) {
  g_assert_no_error(error);
  asv_pipeline_file_end(((Run *)self)->pipeline, at, file);
}

/* Closes the file and reads it, and looks whether the finding proxy-leg is there. */
static void expect(File *file, const char *seen) {
  static const AsvTimelineOptions options;
  Run run = {
      .seen = g_string_new(NULL), .timeline = asv_timeline_new(&options), .keys = asv_keys_new()};
  AsvInputEvents events = {.self = &run, .secrets = on_secrets, .file_end = on_file_end};
  AsvObserver observer = {.self = &run, .observe = observe};
  AsvPacket packet;
  traffic_close_capture(&file->capture);
  run.pipeline = asv_pipeline_new(run.keys, &observer);
  AsvInput *input = asv_input_new(&events, NULL, 0);
  g_assert_true(asv_input_add(input, file->name, NULL, NULL));
  while (asv_input_next(input, &packet, NULL)) asv_pipeline_packet(run.pipeline, input, &packet);
  asv_pipeline_finish(run.pipeline);
  asv_pipeline_free(run.pipeline);
  asv_input_free(input);
  asv_timeline_finish(run.timeline);
  g_assert_cmpstr(run.seen->str, ==, seen);
  guint legs = 0;
  for (guint i = 0; i < run.timeline->findings->len; i++) {
    const AsvFinding *finding = g_ptr_array_index(run.timeline->findings, i);
    if (!g_str_equal(finding->code, "proxy-leg")) continue;
    legs++;
    g_assert_cmpstr(finding->client, ==, "10.0.0.2");
  }
  g_assert_cmpuint(legs, ==, 1);
  g_string_free(run.seen, TRUE);
  asv_timeline_free(run.timeline);
  asv_keys_free(run.keys);
  close(file->fd);
}

static void send_text(TrafficTcp *tcp, TrafficSide from, const char *text) {
  traffic_send_tcp(tcp, from, (const guint8 *)text, strlen(text));
}

/* The header in a segment of its own. A request's own field goes before it. */
static void test_http1(void) {
  File file;
  TrafficTcp tcp;
  file_open(&file);
  traffic_open_tcp(&tcp, &file.capture, 1, 8080);
  send_text(&tcp, TRAFFIC_CLIENT, HEADER);
  send_text(&tcp, TRAFFIC_CLIENT, REQUEST);
  send_text(&tcp, TRAFFIC_SERVER, RESPONSE);
  send_text(&tcp, TRAFFIC_CLIENT, REQUEST_VIA);
  send_text(&tcp, TRAFFIC_SERVER, RESPONSE);
  traffic_close_tcp(&tcp);
  expect(&file,
         "connection 10.100.0.1:8080\nrequest proxy-protocol\nresponse \nadvertisement \n"
         "request via\nresponse \nadvertisement \n");
}

/* Without a SYN, to a port above the client's own: the header says who the client is. */
static void test_without_syn(void) {
  File before, file;
  TrafficTcp tcp;
  file_open(&before);
  file_open(&file);
  traffic_open_tcp(&tcp, &before.capture, 1, 65535);
  tcp.capture = &file.capture;
  send_text(&tcp, TRAFFIC_CLIENT, HEADER REQUEST);
  send_text(&tcp, TRAFFIC_SERVER, RESPONSE);
  traffic_close_tcp(&tcp);
  traffic_close_capture(&before.capture);
  close(before.fd);
  expect(&file, "connection 10.100.0.1:65535\nrequest proxy-protocol\nresponse \nadvertisement \n");
}

static void test_tls(void) {
  File file;
  TrafficTcp tcp;
  TrafficTls tls = {0};
  GRand *rand = g_rand_new_with_seed(1);
  nghttp2_hd_deflater *deflater = NULL;
  g_autoptr(GString) key_log = g_string_new(NULL);
  g_autoptr(GByteArray) certificate = traffic_make_certificate("DNS:a.test");
  g_autoptr(GByteArray) out = g_byte_array_new();
  nghttp2_nv request[] = {traffic_field(":method", "GET"), traffic_field(":scheme", "https"),
                          traffic_field(":authority", "a.test"), traffic_field(":path", "/")};
  traffic_make_secrets(&tls, rand, key_log);
  file_open(&file);
  traffic_write_secrets(&file.capture, key_log);
  traffic_open_tcp(&tcp, &file.capture, 1, 443);
  traffic_send_tcp(&tcp, TRAFFIC_CLIENT, (const guint8 *)HEADER_2, sizeof HEADER_2 - 1);
  traffic_open_tls(&tls, &tcp, "a.test", certificate);
  g_assert_cmpint(nghttp2_hd_deflate_new(&deflater, 4096), ==, 0);
  traffic_put_preface(out, TRAFFIC_CLIENT);
  traffic_put_headers(out, deflater, 5, 1, request, G_N_ELEMENTS(request));
  traffic_send_tls(&tls, TRAFFIC_CLIENT, out);
  traffic_close_tls(&tls);
  traffic_close_tcp(&tcp);
  nghttp2_hd_deflate_del(deflater);
  g_rand_free(rand);
  expect(&file, "connection 10.100.0.1:443\nhandshake \nrequest proxy-protocol\n");
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/pipeline/proxied/http1", test_http1);
  g_test_add_func("/pipeline/proxied/without-syn", test_without_syn);
  g_test_add_func("/pipeline/proxied/tls", test_tls);
  return g_test_run();
}

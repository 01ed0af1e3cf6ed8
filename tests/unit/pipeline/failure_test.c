/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Failures of connections through the whole pipeline, and what is none. */
#include <sys/mman.h>
#include <unistd.h>

#include "altsvc/timeline.h"
#include "analyzer/observe/codes.h"
#include "analyzer/pipeline.h"
#include "tests/support/traffic-quic.h"

#define MS G_GUINT64_CONSTANT(1000000)

typedef struct {
  TrafficCapture capture;
  char name[32];
  int fd;
  GString *key_log;
  GByteArray *certificate;
  TrafficTcp tcp;
  TrafficQuic quic;
} Story;

typedef struct {
  GString *seen; /* a line for each failure and close */
  AsvTimeline *timeline;
  gboolean learned;
  AsvPipeline *pipeline;
  AsvKeys *keys;
} Run;

static void story_open(Story *story) {
  GRand *rand = g_rand_new_with_seed(1);
  *story = (Story){.fd = memfd_create("capture", MFD_CLOEXEC), .key_log = g_string_new(NULL)};
  g_snprintf(story->name, sizeof story->name, "/proc/self/fd/%d", story->fd);
  story->certificate = traffic_make_certificate("DNS:a.test");
  traffic_open_capture(&story->capture, story->name);
  traffic_make_secrets(&story->quic.tls, rand, story->key_log);
  traffic_write_secrets(&story->capture, story->key_log);
  g_rand_free(rand);
}

static void wait_ms(Story *story, guint64 ms) {
  story->capture.time += ms * MS;
}

/* The timeline hears of an alternative before all else. */
static void learn(Run *run, const AsvObservation *first) {
  AsvConnectionRef before = {
      .client = first->connection->client, .server = "10.100.0.1:443", .label = "tcp:9", .id = 9};
  AsvObservation seen = {.kind = ASV_OBSERVATION_ADVERTISEMENT,
                         .time = first->time,
                         .file = first->file,
                         .packet = 1,
                         .connection = &before};
  seen.advertisement = (AsvAdvertisementSeen){.origin = asv_span_text("https://a.test"),
                                              .value = asv_span_text("h3=\":443\""),
                                              .status = 200,
                                              .from = ASV_FROM_SERVER};
  run->learned = TRUE;
  asv_timeline_observe(run->timeline, &seen);
}

static void observe(void *self, const AsvObservation *seen) {
  static const char *const names[] = {"nobody", "client", "server"};
  Run *run = self;
  GString *out = run->seen;
  if (!run->learned) learn(run, seen);
  asv_timeline_observe(run->timeline, seen);
  if (seen->kind == ASV_OBSERVATION_FAILURE)
    g_string_append_printf(out, "%s %s: %s%s\n", seen->connection->label,
                           asv_failure_reason_name(seen->failure.reason), seen->failure.detail,
                           seen->failure.certificate_rejected ? " [certificate]" : "");
  if (seen->kind == ASV_OBSERVATION_CLOSE)
    g_string_append_printf(out, "%s close %s %s\n", seen->connection->label, names[seen->close.by],
                           asv_close_reason_name(seen->close.reason));
}

static void on_secrets(void *self, AsvSpan key_log) {
  asv_keys_load(((Run *)self)->keys, key_log);
}

static void on_file_end(void *self, const AsvPacketRef *at, const AsvInputFile *file,
                        const GError *error) {
  g_assert_no_error(error);
  asv_pipeline_file_end(((Run *)self)->pipeline, at, file);
}

/* "VERDICT because CODE,CODE failed REASON" of https://a.test. */
static char *tell_origin(const AsvTimeline *timeline) {
  GString *out = g_string_new(NULL);
  for (guint i = 0; i < timeline->clients->len; i++) {
    const AsvClientReport *client = timeline->clients->pdata[i];
    for (guint j = 0; j < client->origins->len; j++) {
      const AsvOriginReport *origin = client->origins->pdata[j];
      g_string_append(out, asv_outcome_name(origin->verdict));
      for (guint k = 0; origin->because && k < origin->because->len; k++) {
        guint id = g_array_index(origin->because, guint, k);
        const AsvFinding *finding = timeline->findings->pdata[id - 1];
        g_string_append_printf(out, " because %s", finding->code);
      }
      for (guint k = 0; k < origin->events->len; k++) {
        const AsvEvent *event = origin->events->pdata[k];
        if (event->kind == ASV_EVENT_FAILED)
          g_string_append_printf(out, " failed %s=%s:%" G_GUINT64_FORMAT " %s",
                                 event->alternative->protocol_id, event->alternative->host,
                                 event->alternative->port, event->reason);
      }
    }
  }
  return g_string_free(out, FALSE);
}

static void expect_verdict(Story *story, const char *want, const char *verdict);

static void expect(Story *story, const char *want) {
  expect_verdict(story, want, NULL);
}

/* Another connection's datagram, so that time goes on; then all is read. verdict as
 * tell_origin() says it, NULL: not looked at. */
static void expect_verdict(Story *story, const char *want, const char *verdict) {
  static const guint8 octets[8] = {0, 9, 0, 9, 0, 8};
  static const guint32 addresses[2] = {0x0a000101, 0x0a640001};
  g_autoptr(GByteArray) last = g_byte_array_new();
  traffic_put_ip(last, 17, addresses, TRAFFIC_CLIENT, sizeof octets);
  traffic_put(last, octets, sizeof octets);
  traffic_write_packet(&story->capture, last);
  traffic_close_capture(&story->capture);
  AsvTimelineOptions options = {0};
  Run run = {
      .seen = g_string_new(NULL), .keys = asv_keys_new(), .timeline = asv_timeline_new(&options)};
  AsvInputEvents events = {.self = &run, .secrets = on_secrets, .file_end = on_file_end};
  AsvObserver observer = {.self = &run, .observe = observe};
  AsvPacket packet;
  run.pipeline = asv_pipeline_new(run.keys, &observer);
  AsvInput *input = asv_input_new(&events, NULL, 0);
  g_assert_true(asv_input_add(input, story->name, NULL, NULL));
  while (asv_input_next(input, &packet, NULL)) asv_pipeline_packet(run.pipeline, input, &packet);
  asv_pipeline_finish(run.pipeline);
  asv_pipeline_free(run.pipeline);
  asv_input_free(input);
  asv_keys_free(run.keys);
  asv_timeline_finish(run.timeline);
  g_autofree char *told = tell_origin(run.timeline);
  g_assert_cmpstr(run.seen->str, ==, want);
  if (verdict) g_assert_cmpstr(told, ==, verdict);
  asv_timeline_free(run.timeline);
  g_string_free(run.seen, TRUE);
  if (story->tcp.packet) g_byte_array_unref(story->tcp.packet);
  if (story->quic.packet) traffic_free_quic(&story->quic);
  g_string_free(story->key_log, TRUE);
  g_byte_array_unref(story->certificate);
  close(story->fd);
}

/* An ICMP error from `from`'s address that quotes the first octets of a packet. */
static void send_icmp(Story *story, const guint32 addresses[2], TrafficSide from, guint64 head,
                      const GByteArray *packet) {
  enum { ETHERNET = 14, QUOTED = 28 };
  g_autoptr(GByteArray) out = g_byte_array_new();
  traffic_put_ip(out, 1, addresses, from, 8 + QUOTED);
  traffic_put_number(out, head, 8);
  traffic_put(out, packet->data + ETHERNET, QUOTED);
  traffic_write_packet(&story->capture, out);
}

#define PORT_UNREACHABLE G_GUINT64_CONSTANT(0x0303000000000000)
#define TOO_BIG G_GUINT64_CONSTANT(0x03040000000004d2)

/* ---- TCP ---- */

static void test_tcp_no_answer(void) {
  Story story;
  story_open(&story);
  traffic_make_tcp(&story.tcp, &story.capture, 1, 443);
  traffic_send_segment(&story.tcp, TRAFFIC_CLIENT, 2, NULL, 0);
  wait_ms(&story, 1000);
  traffic_write_packet(&story.capture, story.tcp.packet);
  wait_ms(&story, 2000);
  expect(&story,
         "tcp:0 no-answer: the SYN was repeated, nothing answers\ntcp:0 close nobody "
         "capture-ends\n");
}

static void test_refused(void) {
  Story story;
  story_open(&story);
  traffic_make_tcp(&story.tcp, &story.capture, 1, 443);
  traffic_send_segment(&story.tcp, TRAFFIC_CLIENT, 2, NULL, 0);
  traffic_send_segment(&story.tcp, TRAFFIC_SERVER, 0x14, NULL, 0);
  expect(&story, "tcp:0 refused: RST answers the SYN\ntcp:0 close server reset\n");
}

static void send_hello(Story *story) {
  static const TrafficHello hello = {.sni = "a.test", .alpn = "h2"};
  g_autoptr(GByteArray) message = g_byte_array_new();
  g_autoptr(GByteArray) record = g_byte_array_new();
  traffic_put_client_hello(message, &story->quic.tls, &hello);
  traffic_put_number(record, 0x160301, 3);
  traffic_put_number(record, message->len, 2);
  traffic_put(record, message->data, message->len);
  traffic_open_tcp(&story->tcp, &story->capture, 1, 443);
  traffic_send_tcp(&story->tcp, TRAFFIC_CLIENT, record->data, record->len);
}

static void test_alert(void) {
  static const guint8 alpn[] = {21, 3, 3, 0, 2, 2, 120}, certificate[] = {21, 3, 3, 0, 2, 2, 48};
  Story story;
  story_open(&story);
  send_hello(&story);
  traffic_send_tcp(&story.tcp, TRAFFIC_SERVER, alpn, sizeof alpn);
  traffic_send_segment(&story.tcp, TRAFFIC_SERVER, 0x11, NULL, 0);
  expect(&story,
         "tcp:0 tls-alert: alert no_application_protocol (120) from the server\n"
         "tcp:0 close server fin\n");
  story_open(&story);
  send_hello(&story);
  traffic_send_tcp(&story.tcp, TRAFFIC_CLIENT, certificate, sizeof certificate);
  traffic_send_segment(&story.tcp, TRAFFIC_CLIENT, 0x14, NULL, 0);
  expect(&story,
         "tcp:0 tls-alert: alert unknown_ca (48) from the client [certificate]\n"
         "tcp:0 close client reset\n");
}

static void test_tls_incomplete(void) {
  Story story;
  story_open(&story);
  send_hello(&story);
  traffic_send_segment(&story.tcp, TRAFFIC_SERVER, 0x14, NULL, 0);
  expect(&story,
         "tcp:0 handshake-incomplete: reset before the TLS handshake was complete\n"
         "tcp:0 close server reset\n");
  story_open(&story);
  send_hello(&story);
  wait_ms(&story, 2900);
  expect(&story, "tcp:0 close nobody capture-ends\n");
  story_open(&story);
  send_hello(&story);
  wait_ms(&story, 3000);
  expect(&story,
         "tcp:0 handshake-incomplete: left before the TLS handshake was complete\n"
         "tcp:0 close nobody capture-ends\n");
}

static void test_tls_complete(void) {
  Story story;
  TrafficTls tls = {0};
  story_open(&story);
  memcpy(tls.random, story.quic.tls.random, sizeof tls.random);
  memcpy(tls.secrets, story.quic.tls.secrets, sizeof tls.secrets);
  traffic_open_tcp(&story.tcp, &story.capture, 1, 443);
  traffic_open_tls(&tls, &story.tcp, "a.test", story.certificate);
  traffic_close_tls(&tls);
  wait_ms(&story, 60000);
  expect(&story, "tcp:0 close nobody capture-ends\n");
}

/* The client's octets stay unanswered; those of a server may be to a client that has gone. */
static void test_tcp_stalled(void) {
  for (int side = 0; side < 2; side++) {
    Story story;
    story_open(&story);
    traffic_open_tcp(&story.tcp, &story.capture, 1, 80);
    traffic_send_tcp(&story.tcp, (TrafficSide)side, (const guint8 *)"GET / HTTP/1.1\r\n", 16);
    for (guint i = 0; i < 6; i++) {
      wait_ms(&story, 200u << i);
      traffic_write_packet(&story.capture, story.tcp.packet);
    }
    expect(&story, side ? "tcp:0 close nobody capture-ends\n"
                        : "tcp:0 stalled: the client repeats, nothing answers\n"
                          "tcp:0 close nobody capture-ends\n");
  }
}

static void test_tcp_icmp(void) {
  Story story;
  story_open(&story);
  send_hello(&story);
  for (int twice = 0; twice < 2; twice++) {
    send_icmp(&story, story.tcp.addresses, TRAFFIC_SERVER, TOO_BIG, story.tcp.packet);
    send_icmp(&story, story.tcp.addresses, TRAFFIC_SERVER, PORT_UNREACHABLE, story.tcp.packet);
  }
  expect(&story,
         "tcp:0 packet-too-big: the next link takes 1234 octets, says 10.100.0.1\n"
         "tcp:0 icmp-unreachable: port unreachable, says 10.100.0.1\n"
         "tcp:0 close nobody capture-ends\n");
}

/* ---- QUIC ---- */

static void test_quic_no_answer(void) {
  Story story;
  story_open(&story);
  traffic_ask_quic(&story.quic, &story.capture, 1, "a.test");
  wait_ms(&story, 1000);
  traffic_write_packet(&story.capture, story.quic.packet);
  wait_ms(&story, 2000);
  expect_verdict(&story,
                 "quic:0 no-answer: the Initial was repeated, nothing answers\n"
                 "quic:0 close nobody capture-ends\n",
                 "unreachable because udp-blocked-likely because alternative-no-answer failed "
                 "h3=a.test:443 no-answer");
}

static void test_quic_incomplete(void) {
  Story story;
  story_open(&story);
  traffic_ask_quic(&story.quic, &story.capture, 1, "a.test");
  traffic_answer_quic(&story.quic, story.certificate);
  wait_ms(&story, 20000);
  expect_verdict(
      &story,
      "quic:0 handshake-incomplete: the server answered, the handshake was not completed\n"
      "quic:0 close nobody capture-ends\n",
      "unreachable because alternative-handshake-failed failed h3=a.test:443 handshake-incomplete");
}

static void test_quic_too_big(void) {
  Story story;
  story_open(&story);
  traffic_ask_quic(&story.quic, &story.capture, 1, "a.test");
  send_icmp(&story, story.quic.addresses, TRAFFIC_SERVER, TOO_BIG, story.quic.packet);
  expect_verdict(&story,
                 "quic:0 packet-too-big: the next link takes 1234 octets, says 10.100.0.1\n"
                 "quic:0 close nobody capture-ends\n",
                 "unreachable because alternative-handshake-failed failed h3=a.test:443 "
                 "packet-too-big");
}

static void test_quic_icmp(void) {
  Story story;
  story_open(&story);
  traffic_ask_quic(&story.quic, &story.capture, 1, "a.test");
  send_icmp(&story, story.quic.addresses, TRAFFIC_SERVER, PORT_UNREACHABLE, story.quic.packet);
  send_icmp(&story, story.quic.addresses, TRAFFIC_SERVER, TOO_BIG, story.quic.packet);
  expect_verdict(&story,
                 "quic:0 icmp-unreachable: port unreachable, says 10.100.0.1\n"
                 "quic:0 packet-too-big: the next link takes 1234 octets, says 10.100.0.1\n"
                 "quic:0 close nobody capture-ends\n",
                 "unreachable because alternative-refused failed h3=a.test:443 icmp-unreachable");
}

static GByteArray *close_frame(guint8 type, guint64 error, const char *reason) {
  GByteArray *frames = g_byte_array_new();
  traffic_put_number(frames, type, 1);
  traffic_put_varint(frames, error);
  if (type == 0x1c) traffic_put_varint(frames, 0);
  traffic_put_varint(frames, strlen(reason));
  traffic_put(frames, reason, strlen(reason));
  return frames;
}

/* A client that uses the connection, and then what is none of its failures: a probe that is too
 * large, a server's packet to a client that has gone, a close without error. */
static void test_quic_ordinary(void) {
  static const guint8 ping[4] = {1, 0, 0, 0};
  Story story;
  story_open(&story);
  g_autoptr(GByteArray) frames = g_byte_array_new();
  g_autoptr(GByteArray) end = close_frame(0x1d, 0x100, "");
  traffic_put(frames, ping, sizeof ping);
  traffic_open_quic(&story.quic, &story.capture, 1, "a.test", story.certificate);
  traffic_send_frames(&story.quic, TRAFFIC_CLIENT, frames);
  send_icmp(&story, story.quic.addresses, TRAFFIC_SERVER, TOO_BIG, story.quic.packet);
  traffic_send_frames(&story.quic, TRAFFIC_SERVER, frames);
  send_icmp(&story, story.quic.addresses, TRAFFIC_CLIENT, PORT_UNREACHABLE, story.quic.packet);
  wait_ms(&story, 60000);
  traffic_send_frames(&story.quic, TRAFFIC_CLIENT, end);
  send_icmp(&story, story.quic.addresses, TRAFFIC_SERVER, PORT_UNREACHABLE, story.quic.packet);
  expect(&story, "quic:0 close client quic-close\n");
}

/* A close in the handshake, alone or with one under 1-RTT keys that has the real code. */
static void test_quic_close(void) {
  static const struct {
    guint64 handshake;
    gint64 application; /* -1: none */
    const char *reason, *want;
  } cases[] = {
      {0x12a, -1, "", "CRYPTO_ERROR bad_certificate (0x12a) from the client [certificate]"},
      {0x12e, -1, "no root",
       "CRYPTO_ERROR certificate_unknown (0x12e) from the client: \"no root\" "
       "[certificate]"},
      {0x128, -1, "\x1b[2J", "CRYPTO_ERROR handshake_failure (0x128) from the client"},
      {0x1ff, -1, "", "CRYPTO_ERROR transport error (0x1ff) from the client"},
      {0x0a, -1, "", "PROTOCOL_VIOLATION (0xa) from the client"},
      {0x0c, -1, "", "APPLICATION_ERROR (0xc) from the client"},
      {0x0c, 0x100, "", NULL},
      {0x0c, 0x102, "", "H3_INTERNAL_ERROR (0x102) from the client"},
      {0x00, -1, "", NULL}};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    Story story;
    story_open(&story);
    g_autoptr(GByteArray) handshake = close_frame(0x1c, cases[i].handshake, cases[i].reason);
    g_autoptr(GByteArray) application =
        cases[i].application < 0 ? NULL : close_frame(0x1d, (guint64)cases[i].application, "");
    traffic_ask_quic(&story.quic, &story.capture, 1, "a.test");
    traffic_answer_quic(&story.quic, story.certificate);
    traffic_refuse_quic(&story.quic, handshake, application);
    wait_ms(&story, 20000);
    g_autofree char *want = g_strdup_printf(
        "%s%s%squic:0 close client quic-close\n", cases[i].want ? "quic:0 quic-close: " : "",
        cases[i].want ? cases[i].want : "", cases[i].want ? "\n" : "");
    gboolean rejected = cases[i].want && strstr(cases[i].want, "[certificate]");
    const char *code =
        rejected ? "alternative-certificate-rejected" : "alternative-handshake-failed";
    g_autofree char *verdict =
        g_strdup_printf("unreachable because %s failed h3=a.test:443 quic-close", code);
    expect_verdict(&story, want, cases[i].want ? verdict : NULL);
  }
}

/* The server's, after the handshake; certificates are not its to reject. */
static void test_quic_close_server(void) {
  Story story;
  story_open(&story);
  g_autoptr(GByteArray) frames = close_frame(0x1c, 0x12a, "");
  traffic_open_quic(&story.quic, &story.capture, 1, "a.test", story.certificate);
  traffic_send_frames(&story.quic, TRAFFIC_SERVER, frames);
  expect_verdict(
      &story,
      "quic:0 quic-close: CRYPTO_ERROR bad_certificate (0x12a) from the server\n"
      "quic:0 close server quic-close\n",
      "unreachable because alternative-handshake-failed failed h3=a.test:443 quic-close");
}

static void test_quic_reset(void) {
  Story story;
  story_open(&story);
  traffic_open_quic(&story.quic, &story.capture, 1, "a.test", story.certificate);
  traffic_reset_quic(&story.quic);
  traffic_reset_quic(&story.quic);
  expect_verdict(
      &story,
      "quic:0 stateless-reset: from the server\n"
      "quic:0 close server quic-close\n",
      "unreachable because alternative-handshake-failed failed h3=a.test:443 stateless-reset");
}

static void test_quic_versions(void) {
  static const guint8 head[] = {0x80, 0, 0, 0, 0, 8}, versions[] = {0, 0, 0, 9, 0xba, 0xba, 0, 1};
  Story story;
  story_open(&story);
  traffic_ask_quic(&story.quic, &story.capture, 1, "a.test");
  g_autoptr(GByteArray) out = g_byte_array_new();
  gsize size = sizeof head + 8 + 1 + 8 + sizeof versions;
  traffic_put_ip(out, 17, story.quic.addresses, TRAFFIC_SERVER, 8 + size);
  traffic_put_number(out, story.quic.ports[TRAFFIC_SERVER], 2);
  traffic_put_number(out, story.quic.ports[TRAFFIC_CLIENT], 2);
  traffic_put_number(out, 8 + size, 2);
  traffic_put_number(out, 0, 2);
  traffic_put(out, head, sizeof head);
  traffic_put(out, story.quic.ids[TRAFFIC_CLIENT], 8);
  traffic_put_number(out, 8, 1);
  traffic_put(out, story.quic.original, 8);
  traffic_put(out, versions, sizeof versions);
  traffic_write_packet(&story.capture, out);
  expect_verdict(
      &story,
      "quic:0 version-negotiation: the server offers 0x00000009, 0xbaba0001\n"
      "quic:0 close nobody capture-ends\n",
      "unreachable because alternative-handshake-failed failed h3=a.test:443 version-negotiation");
}

/* ---- words ---- */

static void test_codes(void) {
  static const guint8 rejecting[] = {42, 43, 44, 45, 46, 48, 113, 114};
  guint found = 0;
  g_assert_cmpstr(asv_code_alert(40), ==, "handshake_failure");
  g_assert_null(asv_code_alert(256));
  g_assert_cmpstr(asv_code_transport(2), ==, "CONNECTION_REFUSED");
  g_assert_null(asv_code_transport(0x12));
  g_assert_cmpstr(asv_code_http3(0x110), ==, "H3_VERSION_FALLBACK");
  g_assert_cmpstr(asv_code_http3(0x202), ==, "QPACK_DECODER_STREAM_ERROR");
  g_assert_null(asv_code_http3(0x111));
  for (guint code = 0; code < 300; code++)
    if (asv_code_is_certificate(code)) g_assert_cmpuint(code, ==, rejecting[found++]);
  g_assert_cmpuint(found, ==, G_N_ELEMENTS(rejecting));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/pipeline/failure/tcp-no-answer", test_tcp_no_answer);
  g_test_add_func("/pipeline/failure/refused", test_refused);
  g_test_add_func("/pipeline/failure/alert", test_alert);
  g_test_add_func("/pipeline/failure/tls-incomplete", test_tls_incomplete);
  g_test_add_func("/pipeline/failure/tls-complete", test_tls_complete);
  g_test_add_func("/pipeline/failure/tcp-stalled", test_tcp_stalled);
  g_test_add_func("/pipeline/failure/tcp-icmp", test_tcp_icmp);
  g_test_add_func("/pipeline/failure/quic-no-answer", test_quic_no_answer);
  g_test_add_func("/pipeline/failure/quic-incomplete", test_quic_incomplete);
  g_test_add_func("/pipeline/failure/quic-too-big", test_quic_too_big);
  g_test_add_func("/pipeline/failure/quic-icmp", test_quic_icmp);
  g_test_add_func("/pipeline/failure/quic-ordinary", test_quic_ordinary);
  g_test_add_func("/pipeline/failure/quic-close", test_quic_close);
  g_test_add_func("/pipeline/failure/quic-close-server", test_quic_close_server);
  g_test_add_func("/pipeline/failure/quic-reset", test_quic_reset);
  g_test_add_func("/pipeline/failure/quic-versions", test_quic_versions);
  g_test_add_func("/pipeline/failure/codes", test_codes);
  return g_test_run();
}

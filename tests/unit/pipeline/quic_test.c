/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HTTP/3 over made-up QUIC connections through the whole pipeline. */
#include <sys/mman.h>
#include <unistd.h>

#include "analyzer/observe/codes.h"
#include "analyzer/pipeline.h"
#include "tests/support/traffic-quic.h"
#include "tests/unit/dns/message.h"

/* ---- a capture and what is told of it ---- */

typedef struct {
  TrafficCapture capture;
  char name[32];
  int fd;
  TrafficQuic quic;
} Story;

static void story_open(Story *story, guint draft) {
  GRand *rand = g_rand_new_with_seed(1);
  g_autoptr(GString) key_log = g_string_new(NULL);
  g_autoptr(GByteArray) certificate = traffic_make_certificate("DNS:a.test");
  *story = (Story){.fd = memfd_create("capture", MFD_CLOEXEC), .quic = {.draft = draft}};
  g_snprintf(story->name, sizeof story->name, "/proc/self/fd/%d", story->fd);
  traffic_open_capture(&story->capture, story->name);
  traffic_make_secrets(&story->quic.tls, rand, key_log);
  traffic_write_secrets(&story->capture, key_log);
  traffic_open_quic(&story->quic, &story->capture, 1, "a.test", certificate);
  for (int side = 0; side < 2; side++) {
    g_autoptr(GByteArray) control = g_byte_array_new();
    traffic_put_control(control);
    traffic_send_quic(&story->quic, (TrafficSide)side, side ? 3 : 2, control, FALSE);
  }
  g_rand_free(rand);
}

static void send_message(Story *story, TrafficSide from, const nghttp2_nv *fields, gsize count,
                         const GByteArray *body) {
  g_autoptr(GByteArray) out = g_byte_array_new();
  traffic_put_headers3(out, fields, count);
  if (body) {
    traffic_put_frame3_head(out, 0, body->len);
    traffic_put(out, body->data, body->len);
  }
  traffic_send_quic(&story->quic, from, 0, out, TRUE);
}

static void ask(Story *story) {
  const nghttp2_nv fields[] = {traffic_field(":method", "GET"), traffic_field(":scheme", "https"),
                               traffic_field(":authority", "a.test"), traffic_field(":path", "/")};
  send_message(story, TRAFFIC_CLIENT, fields, G_N_ELEMENTS(fields), NULL);
}

static void answer(Story *story, const char *name, const char *value, const GByteArray *body) {
  const nghttp2_nv fields[] = {traffic_field(":status", "200"), traffic_field(name, value)};
  send_message(story, TRAFFIC_SERVER, fields, G_N_ELEMENTS(fields), body);
}

static void put_list(GString *out, const AsvSpans *list) {
  for (gsize i = 0; i < list->count; i++) {
    g_string_append_c(out, ' ');
    tell_span(out, list->items[i]);
  }
}

/* A line for each observation that the tests are about. */
static void observe(void *self, const AsvObservation *seen) {
  GString *out = self;
  if (seen->kind == ASV_OBSERVATION_CAPTURE || seen->kind == ASV_OBSERVATION_CONNECTION) return;
  g_string_append(out, asv_observation_kind_name(seen->kind));
  g_string_append_c(out, ' ');
  if (seen->kind == ASV_OBSERVATION_HANDSHAKE) tell_span(out, seen->handshake.alpn);
  if (seen->kind == ASV_OBSERVATION_REQUEST) tell_span(out, seen->request.origin);
  if (seen->kind == ASV_OBSERVATION_RESPONSE) tell_span(out, seen->response.origin);
  if (seen->kind == ASV_OBSERVATION_ADVERTISEMENT) tell_span(out, seen->advertisement.value);
  if (seen->kind == ASV_OBSERVATION_CLOSE)
    g_string_append(out, asv_close_reason_name(seen->close.reason));
  if (seen->kind == ASV_OBSERVATION_HTTPS_RECORD) {
    g_string_append_printf(out, "%s ", seen->connection->client);
    tell_span(out, seen->https_record.name);
    put_list(out, &seen->https_record.alpn);
    put_list(out, &seen->https_record.hints);
  }
  g_string_append_c(out, '\n');
}

static void on_secrets(void *self, AsvSpan key_log) {
  asv_keys_load(self, key_log);
}

static void on_file_end(void *self G_GNUC_UNUSED, const AsvPacketRef *at G_GNUC_UNUSED,
                        const AsvInputFile *file G_GNUC_UNUSED, const GError *error) {
  g_assert_no_error(error);
}

static void expect(Story *story, const char *want) {
  g_autoptr(GString) told = g_string_new(NULL);
  AsvKeys *keys = asv_keys_new();
  AsvInputEvents events = {.self = keys, .secrets = on_secrets, .file_end = on_file_end};
  AsvObserver observer = {.self = told, .observe = observe};
  AsvPipeline *pipeline = asv_pipeline_new(keys, &observer);
  AsvInput *input = asv_input_new(&events, NULL, 0);
  AsvPacket packet;
  traffic_close_capture(&story->capture);
  g_assert_true(asv_input_add(input, story->name, NULL, NULL));
  while (asv_input_next(input, &packet, NULL)) asv_pipeline_packet(pipeline, input, &packet);
  asv_pipeline_finish(pipeline);
  asv_pipeline_free(pipeline);
  asv_input_free(input);
  asv_keys_free(keys);
  close(story->fd);
  g_assert_cmpstr(told->str, ==, want);
}

/* ---- tests ---- */

/* The stateless reset at the end is known by a transport parameter alone, which drafts have in an
 * extension of another number. */
static void test_drafts(void) {
  for (guint draft = 29; draft <= 34; draft++) {
    Story story;
    story_open(&story, draft);
    ask(&story);
    answer(&story, "alt-svc", "h3-29=\":443\"", NULL);
    traffic_reset_quic(&story.quic);
    traffic_free_quic(&story.quic);
    g_autofree char *want = g_strdup_printf(
        "handshake h3-%u\n"
        "request https://a.test\n"
        "response https://a.test\n"
        "advertisement h3-29=\":443\"\n"
        "failure \n"
        "close quic-close\n",
        draft);
    expect(&story, want);
  }
}

/* RFC 8484 §4.2. */
static void test_dns(void) {
  Story story;
  Message *message = message_new(0x8180, "1100");
  put_question(message, "b.test", 65);
  put_https(message, "@12", 300, 1, "", "0001 0003 02 6833 0004 0004 c0000207");
  story_open(&story, 0);
  ask(&story);
  answer(&story, "content-type", "application/dns-message", message);
  traffic_close_quic(&story.quic);
  expect(&story,
         "handshake h3\n"
         "request https://a.test\n"
         "response https://a.test\n"
         "https-record 10.0.0.2 b.test h3 192.0.2.7\n"
         "close quic-close\n");
  g_byte_array_unref(message);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/pipeline/quic/drafts", test_drafts);
  g_test_add_func("/pipeline/quic/dns", test_dns);
  return g_test_run();
}

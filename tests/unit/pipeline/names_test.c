/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DNS answers through the whole pipeline: over TCP (RFC 7766), and in HTTP (RFC 8484). */
#include <sys/mman.h>
#include <unistd.h>

#include "analyzer/pipeline.h"
#include "tests/support/traffic.h"
#include "tests/unit/dns/message.h"

#define GET "GET /dns-query?dns=x HTTP/1.1\r\nHost: dns.test\r\n\r\n"
#define OK "HTTP/1.1 200 OK\r\nContent-Type: application/dns-message\r\n"

static void put_list(GString *out, const AsvSpans *list) {
  for (gsize i = 0; i < list->count; i++) {
    g_string_append_c(out, ' ');
    tell_span(out, list->items[i]);
  }
}

/* A line for each answer: connection, asker, kind, name, lists. */
static void observe(void *self, const AsvObservation *seen) {
  GString *out = self;
  gboolean https = seen->kind == ASV_OBSERVATION_HTTPS_RECORD;
  if (!https && seen->kind != ASV_OBSERVATION_ADDRESS_RECORD) return;
  g_string_append_printf(out, "%s %s %s ", seen->connection->label, seen->connection->client,
                         asv_observation_kind_name(seen->kind));
  tell_span(out, https ? seen->https_record.name : seen->address_record.name);
  if (https) put_list(out, &seen->https_record.alpn);
  put_list(out, https ? &seen->https_record.hints : &seen->address_record.addresses);
  g_string_append_c(out, '\n');
}

static void on_secrets(void *self, AsvSpan key_log) {
  asv_keys_load(self, key_log);
}

static void on_file_end(void *self G_GNUC_UNUSED, const AsvPacketRef *at G_GNUC_UNUSED,
                        const AsvInputFile *file G_GNUC_UNUSED, const GError *error) {
  g_assert_no_error(error);
}

/* What a capture of one connection tells: what the client says to that port, then the server. */
static char *told_of(guint16 port, AsvSpan question, AsvSpan answer) {
  TrafficCapture capture = {0};
  TrafficTcp tcp;
  char name[32];
  int fd = memfd_create("capture", MFD_CLOEXEC);
  g_snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
  traffic_open_capture(&capture, name);
  traffic_open_tcp(&tcp, &capture, 1, port);
  traffic_send_tcp(&tcp, TRAFFIC_CLIENT, question.data, question.size);
  traffic_send_tcp(&tcp, TRAFFIC_SERVER, answer.data, answer.size);
  traffic_close_tcp(&tcp);
  traffic_close_capture(&capture);

  GString *told = g_string_new(NULL);
  AsvKeys *keys = asv_keys_new();
  AsvInputEvents events = {.self = keys, .secrets = on_secrets, .file_end = on_file_end};
  AsvObserver observer = {.self = told, .observe = observe};
  AsvPipeline *pipeline = asv_pipeline_new(keys, &observer);
  AsvInput *input = asv_input_new(&events, NULL, 0);
  AsvPacket packet;
  g_assert_true(asv_input_add(input, name, NULL, NULL));
  while (asv_input_next(input, &packet, NULL)) asv_pipeline_packet(pipeline, input, &packet);
  asv_pipeline_finish(pipeline);
  asv_pipeline_free(pipeline);
  asv_input_free(input);
  asv_keys_free(keys);
  close(fd);
  return g_string_free(told, FALSE);
}

/* An HTTPS answer with a hint, and the address of its target. */
static Message *answer_new(void) {
  Message *message = message_new(0x8180, "1101");
  put_question(message, "a.test", 65);
  put_https(message, "@12", 300, 1, "svc.test", "0001 0003 02 6833 0004 0004 c0000207");
  put_a(message, "svc.test", 60, 8);
  return message;
}

static void test_tcp(void) {
  g_autoptr(GByteArray) question = g_byte_array_new(), answer = g_byte_array_new();
  Message *asked = message_new(0x0100, "1000"), *said = answer_new();
  put_question(asked, "a.test", 65);
  put_number(question, asked->len, 2);
  put(question, asked->data, asked->len);
  for (int i = 0; i < 2; i++) {
    put_number(answer, said->len, 2);
    put(answer, said->data, said->len);
  }
  g_autofree char *told =
      told_of(53, asv_span(question->data, question->len), asv_span(answer->data, answer->len));
  g_assert_cmpstr(told, ==,
                  "tcp:0 10.0.0.2 https-record a.test h3 192.0.2.7\n"
                  "tcp:0 10.0.0.2 address-record svc.test 192.0.2.8\n"
                  "tcp:0 10.0.0.2 https-record a.test h3 192.0.2.7\n"
                  "tcp:0 10.0.0.2 address-record svc.test 192.0.2.8\n");
  g_byte_array_unref(asked);
  g_byte_array_unref(said);
}

static void test_http(void) {
  g_autoptr(GByteArray) answer = g_byte_array_new();
  Message *said = answer_new();
  g_autofree char *head = g_strdup_printf(OK "Content-Length: %u\r\n\r\n", said->len);
  put(answer, head, strlen(head));
  put(answer, said->data, said->len);
  g_autofree char *told = told_of(80, asv_span_text(GET), asv_span(answer->data, answer->len));
  g_assert_cmpstr(told, ==,
                  "tcp:0 10.0.0.2 https-record a.test h3 192.0.2.7\n"
                  "tcp:0 10.0.0.2 address-record svc.test 192.0.2.8\n");
  g_byte_array_unref(said);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/names/tcp", test_tcp);
  g_test_add_func("/names/http", test_http);
  return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DNS over TCP (RFC 1035 §4.2.2): messages cut anywhere, losses, other protocols. */
#include "message.h"

static Message *answer(guint8 last) {
  Message *message = message_new(0x8180, "1100");
  put_question(message, "a.test", 1);
  put_a(message, "@12", 300, last);
  return message;
}

/* A message with its length. */
static void put_framed(GByteArray *octets, Message *message) {
  put_number(octets, message->len, 2);
  put(octets, message->data, message->len);
  g_byte_array_unref(message);
}

static char *run(const AsvSpan *pieces, gsize count, const void *user G_GNUC_UNUSED) {
  GString *told = g_string_new(NULL);
  AsvDnsEvents events = {.self = told, .https = on_https, .addresses = on_addresses};
  AsvPacketRef at = {.packet = 1};
  AsvDnsStream *stream = asv_dns_stream_new(&events);
  AsvSink sink = asv_dns_stream_sink(stream);
  guint64 waived = 0;
  for (gsize i = 0; i < count && !waived; i++)
    if (pieces[i].size) waived = sink.bytes(sink.self, &at, pieces[i]);
  if (waived) g_string_append(told, "waived\n");
  sink.end(sink.self, &at, ASV_END_FIN);
  asv_dns_stream_free(stream);
  return g_string_free(told, FALSE);
}

static void check(GByteArray *octets, const char *expected) {
  g_autofree char *told = asv_test_splits(run, asv_span(octets->data, octets->len), NULL);
  g_assert_cmpstr(told, ==, expected);
  g_byte_array_unref(octets);
}

static void test_messages(void) {
  GByteArray *octets = g_byte_array_new();
  put_framed(octets, answer(1));
  put_number(octets, 0, 2); /* an empty one */
  put_framed(octets, answer(2));
  check(octets, "#1 addresses a.test 300 192.0.2.1\n#1 addresses a.test 300 192.0.2.2\n");
}

static void test_other_protocol(void) {
  GByteArray *octets = g_byte_array_new();
  put_framed(octets, message_new(0xb800, "0000"));
  put_framed(octets, answer(1));
  check(octets, "waived\n");
}

/* The largest message there is. */
static void test_longest(void) {
  GByteArray *octets = g_byte_array_new();
  Message *message = answer(1);
  gsize size = message->len;
  g_byte_array_set_size(message, 65535);
  memset(message->data + size, 0, 65535 - size);
  put_framed(octets, message);
  put_framed(octets, answer(2));
  AsvSpan whole = asv_span(octets->data, octets->len);
  g_autofree char *told = run(&whole, 1, NULL);
  g_assert_cmpstr(told, ==,
                  "#1 addresses a.test 300 192.0.2.1\n#1 addresses a.test 300 192.0.2.2\n");
  g_byte_array_unref(octets);
}

/* Lost octets inside a message cost that message; beyond it, all that follows. */
static void check_gap(guint64 gap, guint resume, const char *expected) {
  GByteArray *octets = g_byte_array_new();
  GString *told = g_string_new(NULL);
  AsvDnsEvents events = {.self = told, .https = on_https, .addresses = on_addresses};
  AsvPacketRef at = {.packet = 1};
  AsvDnsStream *stream = asv_dns_stream_new(&events);
  AsvSink sink = asv_dns_stream_sink(stream);
  put_framed(octets, answer(1));
  put_framed(octets, answer(2));
  sink.bytes(sink.self, &at, asv_span(octets->data, 20));
  guint64 waived = sink.gap(sink.self, &at, gap);
  if (!waived) sink.bytes(sink.self, &at, asv_span(octets->data + resume, octets->len - resume));
  g_assert_cmpstr(told->str, ==, expected);
  sink.end(sink.self, &at, ASV_END_CAPTURE);
  asv_dns_stream_free(stream);
  g_string_free(told, TRUE);
  g_byte_array_unref(octets);
}

static void test_gap(void) {
  check_gap(5, 25, "#1 addresses a.test 300 192.0.2.2\n");
  check_gap(22, 42, "#1 addresses a.test 300 192.0.2.2\n"); /* the rest of the first */
  check_gap(23, 43, "");
  check_gap(ASV_GAP_UNKNOWN, 42, "");
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/stream/messages", test_messages);
  g_test_add_func("/stream/other-protocol", test_other_protocol);
  g_test_add_func("/stream/longest", test_longest);
  g_test_add_func("/stream/gap", test_gap);
  return g_test_run();
}

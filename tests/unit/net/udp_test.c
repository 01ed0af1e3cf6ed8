/* SPDX-License-Identifier: GPL-2.0-or-later */
/* UDP datagrams: numbers, lengths, what is delivered and what is not. */
#include "tests/unit/net/wire.h"

enum { UDP = 17, ICMP = 1 };

/* A datagram from port 1000 + client to port 443, or back; length 0: the true one. */
static GByteArray *datagram(guint client, int from, guint16 length, const char *text) {
  GByteArray *body = g_byte_array_new();
  wire_put(body, from ? 443 : 1000 + client, 2);
  wire_put(body, from ? 1000 + client : 443, 2);
  wire_put(body, length ? length : 8 + strlen(text), 2);
  wire_put(body, 0, 2);
  wire_add(body, text, strlen(text));
  return body;
}

static void expect(WireRecord *record, const char *expected) {
  char *log = wire_record_finish(record);
  g_assert_cmpstr(log, ==, expected);
  g_free(log);
}

/* Both directions of a pair of endpoints have one number, for good. */
static void test_numbers(void) {
  WireRecord *record = wire_record_new();
  wire_take(record, WIRE_RAW, wire_ipv4(UDP, 0, 0, datagram(0, 0, 0, "a")));
  wire_take(record, WIRE_RAW, wire_ipv4(UDP, 0, 0, datagram(1, 0, 0, "b")));
  wire_take(record, WIRE_RAW, wire_ipv4(UDP, 1, 0, datagram(0, 1, 0, "cd")));
  expect(record,
         "udp 0 10.0.0.1:1000 > 10.0.0.2:443, 1 of 1: a\n"
         "udp 1 10.0.0.1:1001 > 10.0.0.2:443, 1 of 1: b\n"
         "udp 0 10.0.0.2:443 > 10.0.0.1:1000, 2 of 2: cd");
}

/* The header's length ends the data; one below the header's own says nothing. */
static void test_lengths(void) {
  WireRecord *record = wire_record_new();
  wire_take(record, WIRE_RAW, wire_ipv4(UDP, 0, 0, datagram(0, 0, 10, "padding")));
  wire_take(record, WIRE_RAW, wire_ipv4(UDP, 0, 0, datagram(0, 0, 1, "offload")));
  wire_take(record, WIRE_RAW, wire_ipv4(UDP, 0, 0, datagram(0, 0, 100, "short")));
  expect(record,
         "udp 0 10.0.0.1:1000 > 10.0.0.2:443, 2 of 2: pa\n"
         "udp 0 10.0.0.1:1000 > 10.0.0.2:443, 7 of 7: offload\n"
         "udp 0 10.0.0.1:1000 > 10.0.0.2:443, 5 of 5: short");
}

/* A snap length cuts the data, and the length on the wire is known all the same. */
static void test_cut(void) {
  WireRecord *record = wire_record_new();
  GByteArray *packet = wire_ipv4(UDP, 0, 0, datagram(0, 0, 0, "abcdef"));
  wire_feed(record, WIRE_RAW, asv_span(packet->data, packet->len - 4), packet->len);
  wire_feed(record, WIRE_RAW, asv_span(packet->data, 27), packet->len);
  g_assert_cmpuint(asv_net_counters(record->net)->malformed, ==, 1);
  g_byte_array_free(packet, TRUE);
  expect(record, "udp 0 10.0.0.1:1000 > 10.0.0.2:443, 2 of 6: ab");
}

/* One quoted in an ICMP error takes a number and is none itself. */
static void test_quoted(void) {
  WireRecord *record = wire_record_new();
  GByteArray *quoted = wire_ipv4(UDP, 0, 0, datagram(7, 0, 0, "x"));
  wire_take(record, WIRE_RAW, wire_ipv4(ICMP, 1, 0, wire_wrap("03030000 00000000", quoted)));
  wire_take(record, WIRE_RAW, wire_ipv4(UDP, 0, 0, datagram(0, 0, 0, "a")));
  expect(record,
         "udp 0 icmp port unreachable 0 from 10.0.0.2\n"
         "udp 1 10.0.0.1:1000 > 10.0.0.2:443, 1 of 1: a");
}

/* What a filter rejects is delivered as unwanted, so that connections can be numbered. */
static void test_unwanted(void) {
  WireRecord *record = wire_record_new();
  GByteArray *packet = wire_ipv4(UDP, 0, 0, datagram(0, 0, 0, "a"));
  asv_net_packet(record->net, &record->at, WIRE_RAW, asv_span(packet->data, packet->len),
                 packet->len, FALSE);
  g_byte_array_free(packet, TRUE);
  expect(record, "udp 0 10.0.0.1:1000 > 10.0.0.2:443, 1 of 1 unwanted: a");
}

int main(int count, char **arguments) {
  g_test_init(&count, &arguments, NULL);
  g_test_add_func("/net/udp/numbers", test_numbers);
  g_test_add_func("/net/udp/lengths", test_lengths);
  g_test_add_func("/net/udp/cut", test_cut);
  g_test_add_func("/net/udp/quoted", test_quoted);
  g_test_add_func("/net/udp/unwanted", test_unwanted);
  return g_test_run();
}

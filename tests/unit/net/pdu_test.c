/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exported PDUs: kinds, directions, TCP payload with sequence numbers, damage. */
#include "wire.h"

enum { UPPER_PDU = 252 };

#define NAME_HTTP "000c 0010 687474702d6f7665722d746c73000000" /* http-over-tls */
#define NAME_HTTP2 "000c 0008 6874747032000000"
#define NAME_TLS "000c 0004 746c7300"
#define NAME_DNS "000c 0004 646e7300"
#define NAME_TCP "000c 0004 74637000"
#define TABLE_TCP "000e 0008 7463702e706f7274"
#define THERE \
  "0014 0004 0a000001 0015 0004 0a000002 0018 0004 00000002 0019 0004 000003e8 001a 0004 000001bb"
#define BACK \
  "0014 0004 0a000002 0015 0004 0a000001 0018 0004 00000002 0019 0004 000001bb 001a 0004 000003e8"
#define THERE_V6                                                                          \
  "0016 0010 20010db8000000000000000000000001 0017 0010 20010db8000000000000000000000002" \
  "0018 0004 00000002 0019 0004 000003e8 001a 0004 000001bb"
#define END "0000 0000"

static GByteArray *pdu(const char *tags, const char *text) {
  GByteArray *body = g_byte_array_new();
  wire_add(body, text, strlen(text));
  return wire_wrap(tags, body);
}

static void test_messages(void) {
  WireRecord *record = wire_record_new();
  wire_take(record, UPPER_PDU, pdu(NAME_HTTP THERE END, "GET "));
  wire_take(record, UPPER_PDU, pdu(NAME_HTTP BACK END, "200"));
  wire_take(record, UPPER_PDU, pdu(NAME_HTTP2 THERE END, "PRI"));
  wire_take(record, UPPER_PDU, pdu(NAME_TLS THERE_V6 END, "record"));
  wire_take(record, UPPER_PDU, pdu(NAME_DNS THERE END, "ignored"));
  wire_take(record, UPPER_PDU, pdu(NAME_HTTP THERE END, "/"));
  g_autofree char *log = wire_record_finish(record);
  g_assert_true(g_str_has_prefix(log,
                                 "0 open\n0.0 GET \n0.1 200\n1 open\n1.0 PRI\n2 open\n2.0 "
                                 "record\n0.0 /\n"));
}

/* The consumer's waiver holds for PDUs too. */
static void test_waiver(void) {
  WireRecord *record = wire_record_new();
  record->waive_after = 3;
  record->waive = 5;
  wire_take(record, UPPER_PDU, pdu(NAME_HTTP THERE END, "GET"));
  wire_take(record, UPPER_PDU, pdu(NAME_HTTP BACK END, "200"));
  wire_take(record, UPPER_PDU, pdu(NAME_HTTP BACK END, "---"));
  wire_take(record, UPPER_PDU, pdu(NAME_HTTP BACK END, "--end"));
  g_autofree char *log = wire_record_finish(record);
  g_assert_true(g_str_has_prefix(log, "0 open\n0.0 GET\n0.1 200end\n"));
}

/* version, sequence number, next, acknowledged, reassembled, flags, urgent pointer */
#define TCP_TAG(sequence) "0022 0013 0001" sequence "00000000 00000001 00 0018 0000"

static void test_tcp_payload(void) {
  WireRecord *record = wire_record_new();
  wire_take(record, UPPER_PDU, pdu(TABLE_TCP THERE TCP_TAG("00000001") END, "ab"));
  wire_take(record, UPPER_PDU, pdu(TABLE_TCP THERE TCP_TAG("00000005") END, "ef"));
  wire_take(record, UPPER_PDU, pdu(TABLE_TCP THERE TCP_TAG("00000003") END, "cd"));
  wire_take(record, UPPER_PDU, pdu(TABLE_TCP THERE TCP_TAG("00000001") END, "abcdefg"));
  wire_take(record, UPPER_PDU, pdu(TABLE_TCP BACK TCP_TAG("00000001") END, "yes"));
  g_autofree char *log = wire_record_finish(record);
  g_assert_cmpstr(log, ==,
                  "0 open\n0.0 abcdefg\n0.1 yes\n0.0 end capture\n0.1 end capture\n0 released "
                  "capture");
}

static void test_tcp_header(void) {
  static const WireSegment segment = {0, 1, 1, WIRE_ACK, "hello"};
  WireRecord *record = wire_record_new();
  wire_take(record, UPPER_PDU, wire_wrap(NAME_TCP THERE END, wire_tcp(&segment)));
  g_autofree char *log = wire_record_finish(record);
  g_assert_true(g_str_has_prefix(log, "0 open\n0.0 hello\n"));
}

/* Without both addresses, over UDP, or of an unknown version nothing is followed. */
static void test_not_followed(void) {
  WireRecord *record = wire_record_new();
  wire_take(record, UPPER_PDU, pdu(NAME_HTTP "0014 0004 0a000001" END, "x"));
  wire_take(record, UPPER_PDU, pdu(NAME_HTTP THERE "0018 0004 00000003" END, "x"));
  wire_take(record, UPPER_PDU,
            pdu(TABLE_TCP THERE "0022 0013 0002 00000001 00000000 00000001 00 0018 0000" END, "x"));
  g_assert_cmpuint(asv_net_counters(record->net)->malformed, ==, 1);
  g_autofree char *log = wire_record_finish(record);
  g_assert_cmpstr(log, ==, "");
}

static void run_cut(AsvSpan packet, void *user) {
  WireRecord *record = wire_record_new();
  wire_feed(record, UPPER_PDU, packet, packet.size);
  *(guint64 *)user = asv_net_counters(record->net)->malformed;
  g_free(wire_record_finish(record));
}

static void test_prefixes(void) {
  GByteArray *tags = asv_test_hex(TABLE_TCP THERE TCP_TAG("00000001") END);
  GByteArray *packet = pdu(TABLE_TCP THERE TCP_TAG("00000001") END, "abc");
  for (gsize size = 0; size <= packet->len; size++) {
    guint64 malformed = 0;
    asv_test_guarded(asv_span(packet->data, size), run_cut, &malformed);
    g_assert_cmpuint(malformed, ==, size < tags->len ? 1 : 0);
  }
  g_byte_array_free(tags, TRUE);
  g_byte_array_free(packet, TRUE);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/net/pdu/messages", test_messages);
  g_test_add_func("/net/pdu/waiver", test_waiver);
  g_test_add_func("/net/pdu/tcp-payload", test_tcp_payload);
  g_test_add_func("/net/pdu/tcp-header", test_tcp_header);
  g_test_add_func("/net/pdu/not-followed", test_not_followed);
  g_test_add_func("/net/pdu/prefixes", test_prefixes);
  return g_test_run();
}

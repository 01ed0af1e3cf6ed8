/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every link layer and tunnel brings the same segment; none reads beyond its packet. */
#include "wire.h"

typedef enum { INNER_IPV4, INNER_IPV6, INNER_ETHERNET, INNER_TCP } Inner;

typedef struct {
  const char *name;
  int linktype;
  const char *header; /* hexadecimal */
  Inner inner;
} Link;

#define MACS "020000000001 020000000002"

static const Link links[] = {
    {"ethernet", 1, MACS "0800", INNER_IPV4},
    {"ethernet-ipv6", 1, MACS "86dd", INNER_IPV6},
    {"vlan", 1, MACS "8100 0064 0800", INNER_IPV4},
    {"vlan-thrice", 1, MACS "88a8 0001 9100 0002 8100 0003 0800", INNER_IPV4},
    {"mpls", 1, MACS "8847 00010040 00020140", INNER_IPV4},
    {"mpls-ethernet", 1, MACS "8847 00020140 00000000", INNER_ETHERNET},
    {"pppoe-session", 1, MACS "8864 1100 0001 0040 0021", INNER_IPV4},
    {"snap", 1, MACS "0047 aaaa03 000000 0800", INNER_IPV4},
    {"null-little-endian", 0, "02000000", INNER_IPV4},
    {"null-ipv6", 0, "0000001e", INNER_IPV6},
    {"loop", 108, "00000002", INNER_IPV4},
    {"raw", 101, "", INNER_IPV4},
    {"raw-bsd", 12, "", INNER_IPV6},
    {"raw-openbsd", 14, "", INNER_IPV4},
    {"ipv4", 228, "", INNER_IPV4},
    {"ipv6", 229, "", INNER_IPV6},
    {"ppp", 9, "ff03 0021", INNER_IPV4},
    {"ppp-compressed", 9, "57", INNER_IPV6},
    {"ppp-mpls", 9, "0281 00020140", INNER_IPV4},
    {"ppp-hdlc", 50, "ff03 0057", INNER_IPV6},
    {"cisco-hdlc", 104, "0f00 0800", INNER_IPV4},
    {"pppoe", 51, "1100 0001 0040 0021", INNER_IPV4},
    {"sll", 113, "0000 0001 0006 0200000000020000 0800", INNER_IPV4},
    {"sll-vlan", 113, "0000 0001 0006 0200000000020000 8100 0064 0800", INNER_IPV4},
    {"sll2", 276, "0800 0000 00000001 0001 00 06 0200000000020000", INNER_IPV4},
    {"wlan", 105, "0801 0000 020000000001 020000000002 020000000003 0000 aaaa03 000000 0800",
     INNER_IPV4},
    {"wlan-qos", 105,
     "8802 0000 020000000001 020000000003 020000000002 0000 0000 aaaa03 000000 0800", INNER_IPV4},
    {"wlan-bridge", 105,
     "0803 0000 020000000001 020000000003 020000000004 0000 020000000002 aaaa03 000000 0800",
     INNER_IPV4},
    {"wlan-qos-htc", 105,
     "8881 0000 020000000001 020000000002 020000000003 0000 0000 00000000 aaaa03 000000 0800",
     INNER_IPV4},
    {"wlan-aggregate", 105,
     "8801 0000 020000000001 020000000002 020000000003 0000 8000"
     "020000000001 020000000002 0005 4242030000 00"
     "020000000001 020000000002 0100 aaaa03 000000 0800",
     INNER_IPV4},
    {"radiotap", 127,
     "0000 0900 00000000 00"
     "0801 0000 020000000001 020000000002 020000000003 0000 aaaa03 000000 0800",
     INNER_IPV4},
    {"ppi", 192, "0000 0c00 01000000 00000000" MACS "0800", INNER_IPV4},
    {"upper-pdu-ip", 252, "000c 0004 69700000 0000 0000", INNER_IPV4},
};

typedef struct {
  const char *name;
  guint8 protocol; /* of IP */
  guint16 port;    /* of UDP, or 0 */
  const char *header;
  Inner inner;
} Tunnel;

static const Tunnel tunnels[] = {
    {"gre", 47, 0, "0000 0800", INNER_IPV4},
    {"gre-options", 47, 0, "b000 86dd 00000000 00000001 00000002", INNER_IPV6},
    {"gre-pptp", 47, 0, "3081 880b 00000001 00000002 00000003 ff03 0021", INNER_IPV4},
    {"gre-ethernet", 47, 0, "0000 6558", INNER_ETHERNET},
    {"erspan", 47, 0, "1000 88be 00000001 1001000000000000", INNER_ETHERNET},
    {"erspan-3", 47, 0, "1000 22eb 00000001 2001000000000000 00000000", INNER_ETHERNET},
    {"ip-in-ip", 4, 0, "", INNER_IPV4},
    {"ipv6-in-ip", 41, 0, "", INNER_IPV6},
    {"vxlan", 17, 4789, "08000000 00000100", INNER_ETHERNET},
    {"geneve", 17, 6081, "0100 6558 00000100 01020300", INNER_ETHERNET},
    {"geneve-ip", 17, 6081, "0000 0800 00000100", INNER_IPV4},
    {"gtp-u", 17, 2152, "30ff 0040 00000001", INNER_IPV4},
    {"gtp-u-extension", 17, 2152, "34ff 0040 00000001 0000 00 85 01 0000 00", INNER_IPV4},
    {"l2tp", 17, 1701, "0002 0001 0001 ff03 0021", INNER_IPV4},
    {"l2tp-options", 17, 1701, "4a02 0040 0001 0001 0000 0000 0002 ffff 0021", INNER_IPV4},
    {"teredo", 17, 3544, "", INNER_IPV6},
    {"teredo-indications", 17, 3544, "0001 00 00 0000000000000000 00 0000 ffff 00000000",
     INNER_IPV6},
    {"hop-by-hop-and-routing", 0, 0,
     "2b 00 010400000000 3c 01 0000000000000000000000000000"
     "06 00 010400000000",
     INNER_TCP},
    {"authentication", 51, 0, "04 04 0000 00000001 00000001 000000000000000000000000", INNER_IPV4},
};

static const WireSegment hello = {0, 1, 1, WIRE_ACK, "hello"};
static const char expected[] =
    "0 open\n0.0 hello\n0.0 end capture\n0.1 end capture\n0 released capture";

static GByteArray *inner_packet(Inner inner) {
  switch (inner) {
    case INNER_IPV4:
      return wire_ipv4(6, 0, 0, wire_tcp(&hello));
    case INNER_IPV6:
      return wire_ipv6(6, wire_tcp(&hello));
    case INNER_ETHERNET:
      return wire_wrap(MACS "0800", wire_ipv4(6, 0, 0, wire_tcp(&hello)));
    default:
      return wire_tcp(&hello);
  }
}

typedef struct {
  int linktype;
  gsize wire;
  char *log;
  AsvNetCounters counters;
} Run;

static void run_packet(AsvSpan packet, void *user) {
  Run *run = user;
  WireRecord *record = wire_record_new();
  wire_feed(record, run->linktype, packet, run->wire);
  run->counters = *asv_net_counters(record->net);
  run->log = wire_record_finish(record);
}

/* The whole packet brings the segment; every shorter capture of it ends before or within it. */
static void check(int linktype, GByteArray *packet) {
  Run run = {linktype, packet->len, NULL, {0}};
  asv_test_guarded(asv_span(packet->data, packet->len), run_packet, &run);
  g_assert_cmpstr(run.log, ==, expected);
  g_assert_cmpuint(run.counters.malformed, ==, 0);
  g_free(run.log);
  for (gsize size = 0; size < packet->len; size++) {
    asv_test_guarded(asv_span(packet->data, size), run_packet, &run);
    g_assert_cmpstr(run.log, !=, expected);
    g_free(run.log);
  }
  g_byte_array_free(packet, TRUE);
}

static void test_link(gconstpointer data) {
  const Link *link = data;
  check(link->linktype, wire_wrap(link->header, inner_packet(link->inner)));
}

static GByteArray *tunnel_packet(const Tunnel *tunnel, gboolean version_6) {
  GByteArray *body = wire_wrap(tunnel->header, inner_packet(tunnel->inner));
  if (tunnel->port) body = wire_udp(tunnel->port, body);
  return version_6 ? wire_ipv6(tunnel->protocol, body) : wire_ipv4(tunnel->protocol, 0, 0, body);
}

static void test_tunnel(gconstpointer data) {
  check(WIRE_RAW, tunnel_packet(data, FALSE));
  check(WIRE_RAW, tunnel_packet(data, TRUE));
}

static AsvNetCounters counters_of(int linktype, GByteArray *packet) {
  Run run = {linktype, packet->len, NULL, {0}};
  asv_test_guarded(asv_span(packet->data, packet->len), run_packet, &run);
  g_assert_cmpstr(run.log, ==, "");
  g_free(run.log);
  g_byte_array_free(packet, TRUE);
  return run.counters;
}

/* Packets inside packets are followed to a limit. */
static void test_nesting(void) {
  GByteArray *packet = wire_ipv4(6, 0, 0, wire_tcp(&hello));
  for (guint depth = 1; depth < ASV_NET_NESTING; depth++) packet = wire_ipv4(4, 0, 0, packet);
  check(WIRE_RAW, wire_wrap("", packet));
  packet = wire_ipv4(6, 0, 0, wire_tcp(&hello));
  for (guint depth = 0; depth < ASV_NET_NESTING; depth++) packet = wire_ipv4(4, 0, 0, packet);
  g_assert_cmpuint(counters_of(WIRE_RAW, packet).malformed, ==, 1);
}

static void test_unknown(void) {
  AsvNetCounters counters = counters_of(147, asv_test_hex("00"));
  g_assert_cmpuint(counters.unknown_linktype, ==, 1);
  g_assert_cmpuint(counters.unknown_linktype_value, ==, 147);
}

static void test_encrypted_wlan(void) {
  GByteArray *packet =
      asv_test_hex("0841 0000 020000000001 020000000002 020000000003 0000 1122334455667788");
  g_assert_cmpuint(counters_of(105, packet).encrypted_wlan, ==, 1);
  packet = asv_test_hex("4801 0000 020000000001 020000000002 020000000003 0000");
  g_assert_cmpuint(counters_of(105, packet).malformed, ==, 0);
}

/* Segmentation offload leaves a total length of 0; padding behind the packet does not count. */
static void test_lengths(void) {
  GByteArray *packet = wire_ipv4(6, 0, 0, wire_tcp(&hello));
  packet->data[2] = packet->data[3] = 0;
  check(WIRE_RAW, packet);
  packet = wire_wrap(MACS "0800", wire_ipv4(6, 0, 0, wire_tcp(&hello)));
  wire_put(packet, 0xffff, 6);
  Run run = {WIRE_ETHERNET, packet->len, NULL, {0}};
  asv_test_guarded(asv_span(packet->data, packet->len), run_packet, &run);
  g_assert_cmpstr(run.log, ==, expected);
  g_free(run.log);
  g_byte_array_free(packet, TRUE);
}

/* The connection that an ICMP error names takes a number, as in Wireshark, and is not followed. */
static void test_quoted(void) {
  static const WireSegment other = {1, 1, 1, WIRE_ACK, "yes"};
  WireRecord *record = wire_record_new();
  GByteArray *quoted = wire_ipv4(6, 0, 0, wire_tcp(&hello));
  g_byte_array_set_size(quoted, 36);
  wire_take(record, WIRE_RAW, wire_ipv4(1, 1, 0, wire_wrap("0303 0000 00000000", quoted)));
  g_assert_cmpuint(asv_net_counters(record->net)->malformed, ==, 0);
  wire_take(record, WIRE_RAW, wire_ipv6(6, wire_tcp(&other)));
  wire_segment(record, &other);
  g_autofree char *log = wire_record_finish(record);
  g_assert_true(g_str_has_prefix(log, "1 open\n1.0 yes\n0 open\n0.0 yes\n"));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS(links); i++) {
    g_autofree char *path = g_strconcat("/net/link/", links[i].name, NULL);
    g_test_add_data_func(path, &links[i], test_link);
  }
  for (guint i = 0; i < G_N_ELEMENTS(tunnels); i++) {
    g_autofree char *path = g_strconcat("/net/tunnel/", tunnels[i].name, NULL);
    g_test_add_data_func(path, &tunnels[i], test_tunnel);
  }
  g_test_add_func("/net/link/nesting", test_nesting);
  g_test_add_func("/net/link/unknown", test_unknown);
  g_test_add_func("/net/link/encrypted-wlan", test_encrypted_wlan);
  g_test_add_func("/net/link/lengths", test_lengths);
  g_test_add_func("/net/link/quoted", test_quoted);
  return g_test_run();
}

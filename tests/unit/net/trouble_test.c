/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stands in the way of TCP: no answer, RST, silence, ICMP errors; and what does not. */
#include "wire.h"

#define SYN \
  { 0, 99, 0, WIRE_SYN, NULL }
#define SYN_ACK \
  { 1, 499, 100, WIRE_SYN | WIRE_ACK, NULL }
#define C(sequence, data) \
  { 0, sequence, 500, WIRE_ACK, data }
#define S(sequence, data) \
  { 1, sequence, 100, WIRE_ACK, data }

/* A segment and when it comes, in milliseconds from the first. */
typedef struct {
  gint64 ms;
  WireSegment segment;
} Timed;

typedef struct {
  const char *name;
  Timed segments[12]; /* up to the first without flags */
  gint64 last;        /* another connection's packet, in milliseconds */
  const char *want;   /* lines of trouble, in order */
} Case;

static const Case cases[] = {
    {"no-answer", {{0, SYN}, {1000, SYN}}, 3000, "0 no-answer 0\n"},
    {"no-answer-soon", {{0, SYN}, {1000, SYN}}, 2999, ""},
    {"no-answer-once", {{0, SYN}, {1000, SYN}, {3000, SYN}, {7000, SYN}}, 9000, "0 no-answer 0\n"},
    {"not-repeated", {{0, SYN}}, 9000, ""},
    {"repeated-late", {{0, SYN}, {3500, SYN}}, 3501, "0 no-answer 0\n"},
    {"answered", {{0, SYN}, {1000, SYN}, {2900, SYN_ACK}}, 9000, ""},
    {"one-direction", {{0, SYN}, {1000, SYN}, {1100, C(100, NULL)}}, 9000, ""},
    {"refused", {{0, SYN}, {1, {1, 0, 100, WIRE_RST | WIRE_ACK, NULL}}}, 9000, "0 refused 0\n"},
    {"refused-after-no-answer",
     {{0, SYN}, {1000, SYN}, {3100, {1, 0, 100, WIRE_RST | WIRE_ACK, NULL}}},
     3200,
     "0 no-answer 0\n"},
    {"given-up", {{0, SYN}, {1, {0, 100, 0, WIRE_RST, NULL}}}, 9000, ""},
    {"reset-later", {{0, SYN}, {1, SYN_ACK}, {2, {1, 500, 100, WIRE_RST, NULL}}}, 9000, ""},
    {"stalled",
     {{0, SYN},
      {1, SYN_ACK},
      {2, C(100, "abc")},
      {200, C(100, "abc")},
      {600, C(100, "abc")},
      {2900, C(100, "abc")},
      {5200, C(100, "abc")},
      {9900, C(100, "abc")}},
     9999,
     "0 stalled 0\n"},
    {"stalled-server",
     {{0, SYN},
      {1, SYN_ACK},
      {2, S(500, "abc")},
      {3, S(500, "abc")},
      {600, S(500, "abc")},
      {9000, S(500, "a")}},
     9999,
     "0 stalled 1\n"},
    {"stalled-soon",
     {{0, SYN},
      {1, SYN_ACK},
      {2, C(100, "abc")},
      {200, C(100, "abc")},
      {600, C(100, "abc")},
      {1400, C(100, "abc")},
      {5199, C(100, "abc")}},
     9999,
     ""},
    {"repeated-twice",
     {{0, SYN}, {1, SYN_ACK}, {2, C(100, "abc")}, {200, C(100, "abc")}, {8000, C(100, "abc")}},
     9999,
     ""},
    {"heard",
     {{0, SYN},
      {1, SYN_ACK},
      {2, C(100, "abc")},
      {200, C(100, "abc")},
      {600, C(100, "abc")},
      {2900, C(100, "abc")},
      {5000, S(500, NULL)},
      {5200, C(100, "abc")},
      {9900, C(100, "abc")}},
     9999,
     ""},
    {"new-octets",
     {{0, SYN}, {1, SYN_ACK}, {2, C(100, "a")}, {4000, C(101, "b")}, {9000, C(102, "c")}},
     9999,
     ""},
    {"one-direction-repeats",
     {{0, C(100, "abc")},
      {200, C(100, "abc")},
      {600, C(100, "abc")},
      {2900, C(100, "abc")},
      {5200, C(100, "abc")}},
     9999,
     ""},
    {"closed",
     {{0, SYN},
      {1, SYN_ACK},
      {2, {1, 500, 100, WIRE_ACK | WIRE_FIN, NULL}},
      {3, C(100, "abc")},
      {200, C(100, "abc")},
      {600, C(100, "abc")},
      {5900, C(100, "abc")}},
     9999,
     ""},
};

static void set_time(WireRecord *record, gint64 ms) {
  record->at.time = (ms - 1) * (ASV_SECOND / 1000); /* wire_feed() adds one */
}

/* The lines of a log that tell of trouble; the log is freed. */
static char *trouble_of(char *log) {
  GString *lines = g_string_new(NULL);
  g_auto(GStrv) all = g_strsplit(log, "\n", -1);
  for (char **line = all; *line; line++)
    if (strstr(*line, "no-answer") || strstr(*line, "refused") || strstr(*line, "stalled") ||
        strstr(*line, "icmp"))
      g_string_append_printf(lines, "%s\n", *line);
  g_free(log);
  return g_string_free(lines, FALSE);
}

static void expect(WireRecord *record, const char *want) {
  g_autofree char *got = trouble_of(wire_record_finish(record));
  g_assert_cmpstr(got, ==, want);
}

static void test_cases(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    const Case *one = &cases[i];
    WireRecord *record = wire_record_new();
    g_test_message("%s", one->name);
    for (gsize k = 0; k < G_N_ELEMENTS(one->segments) && one->segments[k].segment.flags; k++) {
      set_time(record, one->segments[k].ms);
      wire_segment(record, &one->segments[k].segment);
    }
    set_time(record, one->last);
    wire_take(record, WIRE_RAW, wire_ipv4(17, 0, 0, wire_udp(9, g_byte_array_new())));
    expect(record, one->want);
  }
}

/* ---- ICMP ---- */

/* An ICMP error from 10.0.0.2 or 10.0.0.1 that quotes octets of a segment's packet, all when 0. */
static void send_icmp(WireRecord *record, const char *head, int from, const WireSegment *quoted,
                      guint octets) {
  GByteArray *packet = wire_ipv4(6, quoted->from, 0, wire_tcp(quoted));
  if (octets) g_byte_array_set_size(packet, 20 + octets);
  wire_take(record, WIRE_RAW, wire_ipv4(1, from, 0, wire_wrap(head, packet)));
}

static WireRecord *established(void) {
  static const WireSegment segments[] = {SYN, SYN_ACK, C(100, "abc"), S(500, "defgh")};
  WireRecord *record = wire_record_new();
  for (gsize i = 0; i < G_N_ELEMENTS(segments); i++) wire_segment(record, &segments[i]);
  return record;
}

/* Quoted whole, and cut to eight octets; of either end. */
static void test_icmp(void) {
  static const WireSegment client = C(100, "abc"), server = S(500, "defgh"), syn = SYN;
  WireRecord *record = established();
  send_icmp(record, "03010000 00000000", 1, &client, 0);
  send_icmp(record, "030d0000 00000000", 1, &client, 8);
  send_icmp(record, "03040000 00000500", 0, &server, 8);
  send_icmp(record, "03040000 00000000", 0, &server, 0);
  send_icmp(record, "0b000000 00000000", 1, &syn, 0);
  send_icmp(record, "03ff0000 00000000", 1, &client, 0);
  expect(record,
         "0 icmp 0 host unreachable 0 from 10.0.0.2\n"
         "0 icmp 0 administratively prohibited 0 from 10.0.0.2\n"
         "0 icmp 1 - too big 1280 from 10.0.0.1\n"
         "0 icmp 1 - too big 0 from 10.0.0.1\n"
         "0 icmp 0 time exceeded 0 from 10.0.0.2\n"
         "0 icmp 0 unreachable 0 from 10.0.0.2\n");
}

/* What names no open connection, or octets that were never sent, is nobody's. */
static void test_icmp_ignored(void) {
  static const WireSegment ahead = C(104, NULL), before = C(98, NULL), client = C(100, "abc"),
                           fin = {1, 505, 103, WIRE_ACK | WIRE_FIN, NULL};
  WireRecord *record = wire_record_new();
  send_icmp(record, "03010000 00000000", 1, &client, 8); /* unknown */
  send_icmp(record, "03010000 00000000", 1, &client, 7);
  expect(record, "");
  record = established();
  send_icmp(record, "03010000 00000000", 1, &ahead, 0);
  send_icmp(record, "03010000 00000000", 1, &before, 8);
  send_icmp(record, "03010000 00000000", 1, &client, 7);
  send_icmp(record, "08000000 00000000", 1, &client, 0); /* no error */
  wire_segment(record, &fin);
  send_icmp(record, "03010000 00000000", 1, &client, 0); /* too late */
  expect(record, "");
}

/* A quotation that is cut numbers no connection. */
static void test_icmp_numbers(void) {
  static const WireSegment client = C(100, "abc"), other = SYN;
  WireRecord *record = wire_record_new();
  send_icmp(record, "03010000 00000000", 1, &client, 8);
  wire_segment(record, &other);
  char *log = wire_record_finish(record);
  g_assert_true(g_str_has_prefix(log, "0 open"));
  g_free(log);
}

static void test_icmp_v6(void) {
  WireRecord *record = wire_record_new();
  GByteArray *quoted = wire_ipv6(17, wire_udp(443, asv_test_hex("00")));
  wire_take(record, WIRE_RAW, wire_ipv6(17, wire_udp(443, asv_test_hex("00"))));
  wire_take(record, WIRE_RAW, wire_ipv6(58, wire_wrap("02000000 00000514", quoted)));
  quoted = wire_ipv6(17, wire_udp(443, asv_test_hex("00")));
  wire_take(record, WIRE_RAW, wire_ipv6(58, wire_wrap("01040000 00000000", quoted)));
  quoted = wire_ipv6(17, wire_udp(443, asv_test_hex("00")));
  wire_take(record, WIRE_RAW, wire_ipv6(58, wire_wrap("80000000 00000000", quoted)));
  expect(record,
         "udp 0 icmp - too big 1300 from 2001:db8::1\n"
         "udp 0 icmp port unreachable 0 from 2001:db8::1\n");
}

static void send_syn(WireRecord *record, guint number) {
  GByteArray *segment = g_byte_array_new();
  wire_put(segment, 1 + number % 60000, 2);
  wire_put(segment, 1 + number / 60000, 2);
  wire_put(segment, 1, 8);
  wire_put(segment, 0x5002, 2);
  wire_put(segment, 0, 6);
  set_time(record, 1);
  wire_take(record, WIRE_RAW, wire_ipv4(6, 0, 0, segment));
}

/* More SYNs wait than connections are followed: those that are forgotten wait no more. */
static void test_limit(void) {
  WireRecord *record = wire_record_new();
  for (guint i = 0; i < ASV_NET_FLOWS + 100; i++) {
    send_syn(record, i);
    send_syn(record, i);
  }
  g_assert_cmpuint(record->open, ==, ASV_NET_FLOWS);
  set_time(record, 3001);
  wire_take(record, WIRE_RAW, wire_ipv4(17, 0, 0, wire_udp(9, g_byte_array_new())));
  g_autofree char *lines = trouble_of(wire_record_finish(record));
  guint told = 0;
  for (const char *at = lines; (at = strstr(at, " no-answer 0\n")); at++) told++;
  g_assert_cmpuint(told, ==, ASV_NET_FLOWS);
}

int main(int count, char **arguments) {
  g_test_init(&count, &arguments, NULL);
  g_test_add_func("/net/trouble/cases", test_cases);
  g_test_add_func("/net/trouble/icmp", test_icmp);
  g_test_add_func("/net/trouble/icmp-ignored", test_icmp_ignored);
  g_test_add_func("/net/trouble/icmp-numbers", test_icmp_numbers);
  g_test_add_func("/net/trouble/icmp-v6", test_icmp_v6);
  g_test_add_func("/net/trouble/limit", test_limit);
  return g_test_run();
}

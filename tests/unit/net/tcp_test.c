/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TCP: order, loss, overlap, ends, numbers, waivers. */
#include "wire.h"

#define MAX_SEGMENTS 16

typedef struct {
  const char *name;
  WireSegment segments[MAX_SEGMENTS]; /* up to the first without flags */
  const char *log;
} Case;

#define SYN \
  { 0, 99, 0, WIRE_SYN, NULL }
#define SYN_ACK \
  { 1, 499, 100, WIRE_SYN | WIRE_ACK, NULL }
#define ACK \
  { 0, 100, 500, WIRE_ACK, NULL }
#define C(sequence, data) \
  { 0, sequence, 500, WIRE_ACK, data }
#define S(sequence, data) \
  { 1, sequence, 100, WIRE_ACK, data }
#define CA(acknowledgement) \
  { 0, 100, acknowledgement, WIRE_ACK, NULL }

static const Case cases[] = {
    {"in-order",
     {SYN,
      SYN_ACK,
      ACK,
      C(100, "hello "),
      C(106, "world"),
      S(500, "yes"),
      {0, 111, 503, WIRE_ACK | WIRE_FIN, NULL},
      {1, 503, 112, WIRE_ACK | WIRE_FIN, "!"},
      {0, 112, 505, WIRE_ACK, NULL}},
     "0 open\n0.0 hello world\n0.1 yes\n0.0 end fin\n0 closing 0 fin\n0.1 !\n0.1 end fin\n0 "
     "released fin"},
    {"out-of-order",
     {SYN, SYN_ACK, ACK, S(506, "34"), S(503, "12"), S(500, "abc"), S(505, "-")},
     "0 open\n0.1 abc12-34\n0.0 end capture\n0.1 end capture\n0 released capture"},
    {"duplicates",
     {SYN,
      SYN,
      SYN_ACK,
      SYN_ACK,
      C(100, "ab"),
      C(100, "ab"),
      S(500, "c"),
      S(500, "c"),
      {0, 102, 501, WIRE_ACK | WIRE_FIN, NULL},
      {0, 102, 501, WIRE_ACK | WIRE_FIN, NULL},
      {1, 501, 103, WIRE_ACK | WIRE_FIN, NULL},
      {1, 501, 103, WIRE_ACK | WIRE_FIN, NULL}},
     "0 open\n0.0 ab\n0.1 c\n0.0 end fin\n0 closing 0 fin\n0.1 end fin\n0 released fin"},
    {"overlap-first-wins",
     {SYN, SYN_ACK, S(502, "CD"), S(500, "abxxef"), S(504, "yyg")},
     "0 open\n0.1 abCDefg\n0.0 end capture\n0.1 end capture\n0 released capture"},
    {"overlap-behind-hole",
     {SYN, SYN_ACK, S(503, "D"), S(502, "xxE"), S(500, "ab")},
     "0 open\n0.1 abxDE\n0.0 end capture\n0.1 end capture\n0 released capture"},
    {"wrap",
     {{0, 0xfffffffd, 0, WIRE_SYN, NULL},
      {0, 4, 0, WIRE_ACK, "gh"},
      {0, 0xfffffffe, 0, WIRE_ACK, "abcd"},
      {0, 2, 0, WIRE_ACK, "ef"}},
     "0 open\n0.0 abcdefgh\n0.0 end capture\n0.1 end capture\n0 released capture"},
    {"mid-start",
     {{1, 700, 100, WIRE_ACK, NULL}, {1, 700, 100, WIRE_ACK, "mid"}, S(703, "dle")},
     "0 open\n0.0 middle\n0.0 end capture\n0.1 end capture\n0 released capture"},
    {"first-segment-lost",
     {SYN, SYN_ACK, S(503, "def"), CA(506)},
     "0 open\n0.0 end capture\n0.1 gap 3\n0.1 def\n0.1 end capture\n0 released capture"},
    {"syn-ack-starts-the-other",
     {SYN_ACK, C(103, "def"), {1, 500, 106, WIRE_ACK, NULL}},
     "0 open\n0.0 end capture\n0.1 gap 3\n0.1 def\n0.1 end capture\n0 released capture"},
    {"tail-lost",
     {SYN, SYN_ACK, S(500, "abc"), CA(510)},
     "0 open\n0.1 abc\n0.0 end capture\n0.1 gap 7\n0.1 end capture\n0 released capture"},
    {"tail-acknowledged-fin",
     {SYN, SYN_ACK, S(500, "abc"), CA(504)},
     "0 open\n0.1 abc\n0.0 end capture\n0.1 end capture\n0 released capture"},
    {"keep-alive",
     {SYN, SYN_ACK, S(500, "abc"), S(502, NULL), S(502, "x"), S(503, "d")},
     "0 open\n0.1 abcd\n0.0 end capture\n0.1 end capture\n0 released capture"},
    {"zero-window-probe",
     {SYN, SYN_ACK, S(500, "abc"), S(503, "d"), S(503, "def")},
     "0 open\n0.1 abcdef\n0.0 end capture\n0.1 end capture\n0 released capture"},
    {"ports-reused",
     {SYN, SYN_ACK, C(100, "one"), {0, 900, 0, WIRE_SYN, NULL}, {0, 901, 0, WIRE_ACK, "two"}},
     "0 open\n0.0 one\n0.0 end reused\n0.1 end reused\n0 released reused\n1 open\n1.0 two\n1.0 end "
     "capture\n1.1 end capture\n1 released capture"},
    {"ports-reused-same-base",
     {SYN, C(100, "one"), {0, 103, 0, WIRE_RST, NULL}, SYN, C(100, "two")},
     "0 open\n0.0 one\n0 closing 0 reset\n0.0 end reset\n0.1 end reset\n0 released reset\n0 "
     "open\n0.0 two\n0.0 end capture\n0.1 end capture\n0 released capture"},
    {"refused-and-repeated",
     {SYN, {1, 0, 100, WIRE_RST | WIRE_ACK, NULL}, SYN, {1, 0, 100, WIRE_RST | WIRE_ACK, NULL}},
     "0 open\n0 refused 0\n0 closing 1 reset\n0.0 end reset\n0.1 end reset\n0 released reset"},
    {"reset-then-data",
     {SYN, SYN_ACK, {0, 100, 0, WIRE_RST, NULL}, S(500, "late")},
     "0 open\n0 closing 0 reset\n0.1 late\n0.0 end reset\n0.1 end reset\n0 released reset"},
    {"fin-before-data",
     {SYN, SYN_ACK, {1, 503, 100, WIRE_ACK | WIRE_FIN, "def"}, S(500, "abc")},
     "0 open\n0.1 abcdef\n0.1 end fin\n0 closing 1 fin\n0.0 end capture\n0 released capture"},
    {"fin-behind-hole",
     {SYN, SYN_ACK, {1, 503, 100, WIRE_ACK | WIRE_FIN, NULL}},
     "0 open\n0.0 end capture\n0.1 gap 3\n0.1 end fin\n0 closing 1 fin\n0 released capture"},
    {"data-after-fin",
     {SYN, SYN_ACK, {1, 500, 100, WIRE_ACK | WIRE_FIN, "abc"}, S(503, "no"), S(501, "xxx")},
     "0 open\n0.1 abc\n0.1 end fin\n0 closing 1 fin\n0.0 end capture\n0 released capture"},
    {"closed-stays-closed",
     {SYN,
      SYN_ACK,
      {0, 100, 500, WIRE_ACK | WIRE_FIN, NULL},
      {1, 500, 101, WIRE_ACK | WIRE_FIN, NULL},
      C(100, "echo"),
      SYN_ACK},
     "0 open\n0.0 end fin\n0 closing 0 fin\n0.1 end fin\n0 released fin"},
    {"half-open", {SYN}, "0 open\n0.0 end capture\n0.1 end capture\n0 released capture"},
    {"stray-segment",
     {SYN, SYN_ACK, S(500, "ab"), S(500 + (64u << 20), "??"), S(502, "cd")},
     "0 open\n0.1 abcd\n0.0 end capture\n0.1 end capture\n0 released capture"},
    {"large-loss",
     {SYN, SYN_ACK, S(500, "ab"), S(500 + (64u << 20), "??"), S(502 + (64u << 20), "cd")},
     "0 open\n0.1 ab\n0.1 gap 67108864\n0.1 cd\n0.0 end capture\n0.1 end capture\n0 released "
     "capture"},
};

static guint case_size(const Case *test) {
  guint size = 0;
  while (size < MAX_SEGMENTS && test->segments[size].flags) size++;
  return size;
}

static void test_case(gconstpointer data) {
  const Case *test = data;
  WireRecord *record = wire_record_new();
  for (guint i = 0; i < case_size(test); i++) wire_segment(record, &test->segments[i]);
  g_autofree char *log = wire_record_finish(record);
  g_assert_cmpstr(log, ==, test->log);
}

/* Text of octets that never repeats within a window. */
static char *text(guint size) {
  char *octets = g_new0(char, size + 1);
  for (guint i = 0; i < size; i++) octets[i] = (char)('a' + (i * 7 + i / 26 + i / 700) % 26);
  return octets;
}

static void server_piece(WireRecord *record, const char *octets, guint from, guint size) {
  g_autofree char *piece = g_strndup(octets + from, size);
  WireSegment segment = {1, 500 + from, 100, WIRE_ACK, piece};
  wire_segment(record, &segment);
}

static void acknowledge(WireRecord *record, guint to) {
  WireSegment segment = {0, 100, 500 + to, WIRE_ACK, NULL};
  wire_segment(record, &segment);
}

static WireRecord *connected(void) {
  static const WireSegment handshake[] = {SYN, SYN_ACK, ACK};
  WireRecord *record = wire_record_new();
  for (guint i = 0; i < G_N_ELEMENTS(handshake); i++) wire_segment(record, &handshake[i]);
  return record;
}

/* Segments shuffled within a window, some repeated, give the same as in order. */
static void test_shuffled(void) {
  enum { COUNT = 300, SIZE = 40, WINDOW = 12 };
  g_autofree char *octets = text(COUNT * SIZE);
  g_autofree char *expected = g_strdup_printf(
      "0 open\n0.1 %s\n0.0 end capture\n0.1 end capture\n0 released capture", octets);
  for (guint32 seed = 0; seed < 20; seed++) {
    GRand *random = g_rand_new_with_seed(seed);
    guint order[COUNT];
    for (guint i = 0; i < COUNT; i++) order[i] = i;
    for (guint i = 0; i + WINDOW < COUNT; i++) {
      guint with = i + (guint)g_rand_int_range(random, 0, WINDOW);
      guint kept = order[i];
      order[i] = order[with];
      order[with] = kept;
    }
    WireRecord *record = connected();
    for (guint i = 0; i < COUNT; i++) {
      server_piece(record, octets, order[i] * SIZE, SIZE);
      if (g_rand_boolean(random)) server_piece(record, octets, order[i] * SIZE, SIZE);
    }
    g_autofree char *log = wire_record_finish(record);
    g_assert_cmpstr(log, ==, expected);
    g_rand_free(random);
  }
}

/* Whichever single segment is lost, exactly it is missing, and soon. */
static void test_loss_of_each(void) {
  enum { COUNT = 12, SIZE = 5, MORE = 200 };
  g_autofree char *octets = text((COUNT + MORE) * SIZE);
  for (guint lost = 0; lost < COUNT; lost++) {
    WireRecord *record = connected();
    for (guint i = 0; i < COUNT; i++) {
      if (i != lost) server_piece(record, octets, i * SIZE, SIZE);
      acknowledge(record, (i + 1) * SIZE);
    }
    for (guint i = COUNT; record->lost == 0; i++) {
      g_assert_cmpuint(i, <=, COUNT + ASV_NET_DOUBT_PACKETS);
      server_piece(record, octets, i * SIZE, SIZE);
    }
    g_assert_cmpuint(record->lost, ==, SIZE);
    g_autofree char *before = g_strndup(octets, lost * SIZE);
    g_autofree char *expected =
        g_strdup_printf("0 open%s%s\n0.1 gap 5\n0.1 %.5s", lost ? "\n0.1 " : "", before,
                        octets + (lost + 1) * SIZE);
    g_autofree char *log = wire_record_finish(record);
    g_assert_true(g_str_has_prefix(log, expected));
  }
}

/* An acknowledged hole is given up by time, at any other connection's packet. */
static void test_doubt_time(void) {
  static const WireSegment other = {0, 1, 1, WIRE_ACK, NULL};
  WireRecord *record = connected();
  server_piece(record, "abcdef", 3, 3);
  acknowledge(record, 6);
  g_assert_cmpuint(record->lost, ==, 0);
  record->at.time += ASV_NET_DOUBT_TIME;
  wire_take(record, WIRE_RAW, wire_ipv6(6, wire_tcp(&other)));
  g_assert_cmpuint(record->lost, ==, 3);
  g_free(wire_record_finish(record));
}

/* A hole nobody acknowledged waits for the sender to repeat, but not for ever. */
static void test_hole_time(void) {
  WireRecord *record = connected();
  server_piece(record, "abcdefg", 3, 3);
  record->at.time += ASV_NET_HOLE_TIME / 2;
  server_piece(record, "abcdefg", 6, 1);
  g_assert_cmpuint(record->lost, ==, 0);
  record->at.time += ASV_NET_HOLE_TIME / 2;
  acknowledge(record, 0);
  g_assert_cmpuint(record->lost, ==, 3);
  g_free(wire_record_finish(record));
}

static void test_waiver_over_loss(void) {
  WireRecord *record = connected();
  record->waive_after = 3;
  record->waive = 6;
  server_piece(record, "abc------jkl", 0, 3);
  server_piece(record, "abc------jkl", 5, 2); /* the rest of the waived is lost */
  server_piece(record, "abc------jkl", 8, 4);
  g_autofree char *log = wire_record_finish(record);
  g_assert_cmpstr(log, ==,
                  "0 open\n0.1 abcjkl\n0.0 end capture\n0.1 end capture\n0 released capture");
}

static void test_waiver_over_held(void) {
  WireRecord *record = connected();
  record->waive_after = 3;
  record->waive = 6;
  server_piece(record, "abc------jkl", 7, 3);
  server_piece(record, "abc------jkl", 4, 2);
  server_piece(record, "abc------jkl", 11, 1);
  server_piece(record, "abc------jkl", 0, 3);
  server_piece(record, "abc------jkl", 10, 1);
  g_autofree char *log = wire_record_finish(record);
  g_assert_cmpstr(log, ==,
                  "0 open\n0.1 abcjkl\n0.0 end capture\n0.1 end capture\n0 released capture");
}

/* What a gap makes the consumer waive counts from behind the gap. */
static void test_waiver_of_gap(void) {
  WireRecord *record = connected();
  record->waive_after = 3;
  record->waive = 2;
  server_piece(record, "abc--fg", 3, 4);
  g_autofree char *log = wire_record_finish(record);
  g_assert_cmpstr(
      log, ==, "0 open\n0.0 end capture\n0.1 gap 3\n0.1 fg\n0.1 end capture\n0 released capture");
}

static void test_waive_all(void) {
  static const WireSegment fin = {1, 600, 100, WIRE_ACK | WIRE_FIN, NULL};
  WireRecord *record = connected();
  record->waive_after = 1;
  record->waive = ASV_WAIVE_ALL;
  server_piece(record, "abcdef", 0, 3);
  server_piece(record, "abcdef", 4, 2);
  wire_segment(record, &fin);
  g_autofree char *log = wire_record_finish(record);
  g_assert_cmpstr(
      log, ==,
      "0 open\n0.1 abc\n0.1 end fin\n0 closing 1 fin\n0.0 end capture\n0 released capture");
}

/* Far into a body that nobody wants, sequence numbers wrap, and the octet behind it is found. */
static void test_waiver_beyond_wrap(void) {
  enum { STEP = 4 << 20 };
  const guint64 body = G_GUINT64_CONSTANT(5) << 30;
  WireRecord *record = connected();
  record->waive_after = 3;
  record->waive = body;
  server_piece(record, "abc", 0, 3);
  for (guint64 at = 3; at < 3 + body; at += STEP) {
    WireSegment segment = {1, (guint32)(500 + at), 100, WIRE_ACK, "-"};
    wire_segment(record, &segment);
  }
  WireSegment segment = {1, (guint32)(500 + 3 + body), 100, WIRE_ACK, "end"};
  wire_segment(record, &segment);
  g_autofree char *log = wire_record_finish(record);
  g_assert_cmpstr(log, ==,
                  "0 open\n0.1 abcend\n0.0 end capture\n0.1 end capture\n0 released capture");
}

static void test_cut(void) {
  static const WireSegment segment = S(500, "abcdef");
  WireRecord *record = connected();
  GByteArray *packet = wire_ipv4(6, 1, 0, wire_tcp(&segment));
  wire_feed(record, WIRE_RAW, asv_span(packet->data, packet->len - 4), packet->len);
  g_byte_array_free(packet, TRUE);
  server_piece(record, "abcdefgh", 6, 2);
  g_assert_cmpuint(asv_net_counters(record->net)->cut, ==, 1);
  g_autofree char *log = wire_record_finish(record);
  g_assert_cmpstr(log, ==,
                  "0 open\n0.1 ab\n0.1 gap 4\n0.1 gh\n0.0 end capture\n0.1 end capture\n0 released "
                  "capture");
}

/* A rejected packet takes its number, and is not delivered. */
static void test_unwanted(void) {
  static const WireSegment first = SYN, second = {0, 900, 0, WIRE_SYN, NULL};
  WireRecord *record = wire_record_new();
  GByteArray *packet = wire_ipv4(6, 0, 0, wire_tcp(&first));
  asv_net_packet(record->net, &record->at, WIRE_RAW, asv_span(packet->data, packet->len),
                 packet->len, FALSE);
  g_byte_array_free(packet, TRUE);
  g_assert_cmpuint(record->opened, ==, 0);
  wire_segment(record, &second);
  g_autofree char *log = wire_record_finish(record);
  g_assert_cmpstr(log, ==, "1 open\n1.0 end capture\n1.1 end capture\n1 released capture");
}

/* Idle connections go, and come back under their number; those closed by one end go sooner. */
static void test_idle(void) {
  static const WireSegment fin = {0, 103, 500, WIRE_ACK | WIRE_FIN, NULL};
  static const WireSegment before = C(100, "one"), after = C(103, "two");
  WireRecord *record = connected();
  wire_segment(record, &before);
  record->at.time += ASV_NET_IDLE_TIME + ASV_SECOND;
  wire_segment(record, &after);
  record->at.time += ASV_SECOND;
  WireSegment end = fin;
  end.sequence = 106;
  wire_segment(record, &end);
  record->at.time += ASV_NET_CLOSING_TIME + ASV_SECOND;
  wire_take(record, 147, g_byte_array_new());
  g_autofree char *log = wire_record_finish(record);
  g_assert_cmpstr(log, ==,
                  "0 open\n0.0 one\n0.0 end idle\n0.1 end idle\n0 released idle\n0 open\n0.0 "
                  "two\n0.0 end fin\n0 closing 0 fin\n0.1 end idle\n0 released idle");
}

static AsvFlow flow_after(const WireSegment *segments, guint count) {
  WireRecord *record = wire_record_new();
  for (guint i = 0; i < count; i++) {
    GByteArray *packet = wire_ipv4(6, segments[i].from, 0, wire_tcp(&segments[i]));
    wire_take(record, WIRE_ETHERNET,
              wire_wrap(segments[i].from ? "020000000001 020000000002 0800"
                                         : "020000000002 020000000001 0800",
                        packet));
  }
  asv_net_finish(record->net, &record->at);
  AsvFlow flow = record->released;
  g_free(wire_record_finish(record));
  return flow;
}

/* Who opened it, whether both ends spoke, and their link-layer addresses. */
static void test_flow(void) {
  static const WireSegment handshake[] = {SYN, SYN_ACK}, late[] = {SYN_ACK, ACK},
                           middle[] = {S(500, "x")};
  AsvFlow flow = flow_after(handshake, 2);
  g_assert_cmpint(flow.opener, ==, 0);
  g_assert_true(flow.both_seen);
  g_assert_cmpuint(flow.mac[0][5], ==, 1);
  g_assert_cmpuint(flow.mac[1][5], ==, 2);
  g_assert_cmpuint(flow.ends[0].port, ==, 1000);
  g_assert_cmpuint(flow.first.packet, ==, 1);
  flow = flow_after(late, 2);
  g_assert_cmpint(flow.opener, ==, 1);
  g_assert_cmpuint(flow.ends[0].port, ==, 443);
  flow = flow_after(middle, 1);
  g_assert_cmpint(flow.opener, ==, -1);
  g_assert_false(flow.both_seen);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *path = g_strconcat("/net/tcp/", cases[i].name, NULL);
    g_test_add_data_func(path, &cases[i], test_case);
  }
  g_test_add_func("/net/tcp/shuffled", test_shuffled);
  g_test_add_func("/net/tcp/loss-of-each", test_loss_of_each);
  g_test_add_func("/net/tcp/doubt-time", test_doubt_time);
  g_test_add_func("/net/tcp/hole-time", test_hole_time);
  g_test_add_func("/net/tcp/waiver-over-loss", test_waiver_over_loss);
  g_test_add_func("/net/tcp/waiver-over-held", test_waiver_over_held);
  g_test_add_func("/net/tcp/waiver-of-gap", test_waiver_of_gap);
  g_test_add_func("/net/tcp/waive-all", test_waive_all);
  g_test_add_func("/net/tcp/waiver-beyond-wrap", test_waiver_beyond_wrap);
  g_test_add_func("/net/tcp/cut", test_cut);
  g_test_add_func("/net/tcp/unwanted", test_unwanted);
  g_test_add_func("/net/tcp/idle", test_idle);
  g_test_add_func("/net/tcp/flow", test_flow);
  return g_test_run();
}

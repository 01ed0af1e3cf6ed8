/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who the client is and what is spoken: by SYN, content, known servers, ports; what waits for it.
 */
#include "analyzer/direction.h"

#define CLIENT_HELLO "\x16\x03\x01\x00\x40\x01"
#define SERVER_HELLO "\x16\x03\x03\x00\x40\x02"
#define RECORD "\x17\x03\x03\x00\x20"
#define SETTINGS "\0\0\0\4\0\0\0\0\0"
#define REQUEST "GET / HTTP/1.1\r\n"
#define STATUS "HTTP/1.1 200 OK\r\n"
/* An array without its NUL. */
#define OCTETS(text) asv_span((const guint8 *)(text), sizeof(text) - 1)

typedef struct Fixture Fixture;

typedef struct {
  Fixture *fixture;
  char name;
} Consumer;

struct Fixture {
  AsvFlow flow;
  AsvServers *servers;
  AsvDirection *direction;
  AsvSink sinks[2];
  Consumer consumers[2];
  AsvPacketRef at;
  guint64 waiver; /* returned once, by the next call of a consumer */
  GString *seen;
};

static void on_client(void *self, int client_end) {
  g_string_append_printf(((Fixture *)self)->seen, "client=%d ", client_end);
}

static guint64 take_waiver(Fixture *fixture) {
  guint64 waiver = fixture->waiver;
  fixture->waiver = 0;
  return waiver;
}

static guint64 take_bytes(void *self, const AsvPacketRef *at, AsvSpan data) {
  const Consumer *me = self;
  g_string_append_printf(me->fixture->seen, "%c%" G_GUINT64_FORMAT ":%" G_GSIZE_FORMAT " ",
                         me->name, at->packet, data.size);
  return take_waiver(me->fixture);
}

static guint64 take_gap(void *self, const AsvPacketRef *at, guint64 n) {
  const Consumer *me = self;
  g_string_append_printf(me->fixture->seen, "%c%" G_GUINT64_FORMAT ":gap%" G_GINT64_FORMAT " ",
                         me->name, at->packet, (gint64)n);
  return take_waiver(me->fixture);
}

static void take_end(void *self, const AsvPacketRef *at, AsvEnd why G_GNUC_UNUSED) {
  const Consumer *me = self;
  g_string_append_printf(me->fixture->seen, "%c%" G_GUINT64_FORMAT ":end ", me->name, at->packet);
}

static void on_speaks(void *self, AsvSpeaks speaks, AsvSink sinks[2]) {
  Fixture *fixture = self;
  g_string_append(fixture->seen, speaks == ASV_SPEAKS_TLS ? "tls " : "plain ");
  for (int i = 0; i < 2; i++) {
    fixture->consumers[i] = (Consumer){fixture, i == ASV_CLIENT ? 'C' : 'S'};
    sinks[i] = (AsvSink){&fixture->consumers[i], take_bytes, take_gap, take_end};
  }
}

static void on_waits(void *self, const AsvPacketRef *since) {
  GString *seen = ((Fixture *)self)->seen;
  if (since)
    g_string_append_printf(seen, "waits%" G_GUINT64_FORMAT " ", since->packet);
  else
    g_string_append(seen, "goes-on ");
}

static void begin(Fixture *fixture, const AsvFlow *flow) {
  AsvDirectionEvents events = {fixture, on_client, on_speaks, on_waits};
  fixture->direction = asv_direction_new(flow, fixture->servers, &events);
  for (int end = 0; end < 2; end++)
    fixture->sinks[end] = asv_direction_sink(fixture->direction, end);
}

static AsvEndpoint endpoint(guint8 host, guint16 port) {
  return (AsvEndpoint){.address = {.size = 4, .bytes = {10, 0, 0, host}}, .port = port};
}

/* A connection between 10.0.0.1 and 10.0.0.2. */
static void open_flow(Fixture *fixture, int opener, guint16 port0, guint16 port1) {
  *fixture =
      (Fixture){.seen = g_string_new(NULL),
                .servers = asv_servers_new(),
                .flow = {.opener = opener, .ends = {endpoint(1, port0), endpoint(2, port1)}}};
  begin(fixture, &fixture->flow);
}

static guint64 say(Fixture *fixture, int end, AsvSpan data) {
  fixture->at.packet = ++fixture->at.order;
  return fixture->sinks[end].bytes(fixture->sinks[end].self, &fixture->at, data);
}

static guint64 lose(Fixture *fixture, int end, guint64 n) {
  fixture->at.packet = ++fixture->at.order;
  return fixture->sinks[end].gap(fixture->sinks[end].self, &fixture->at, n);
}

static void finish(Fixture *fixture, int end) {
  fixture->at.packet = ++fixture->at.order;
  fixture->sinks[end].end(fixture->sinks[end].self, &fixture->at, ASV_END_FIN);
}

static void check(Fixture *fixture, const char *seen) {
  g_assert_cmpstr(fixture->seen->str, ==, seen);
  g_string_truncate(fixture->seen, 0);
}

static void close_flow(Fixture *fixture) {
  asv_direction_free(fixture->direction);
  asv_servers_free(fixture->servers);
  g_string_free(fixture->seen, TRUE);
}

static void test_syn(void) {
  Fixture fixture;
  open_flow(&fixture, 1, 80, 5000);
  check(&fixture, "client=1 ");
  say(&fixture, 0, OCTETS("hello?"));
  check(&fixture, "plain S1:6 ");
  say(&fixture, 1, OCTETS("yes"));
  finish(&fixture, 1);
  check(&fixture, "C2:3 C3:end ");
  close_flow(&fixture);
}

static void test_hello(void) {
  Fixture fixture;
  open_flow(&fixture, -1, 80, 5000);
  say(&fixture, 0, asv_span_sub(OCTETS(CLIENT_HELLO), 0, 3));
  check(&fixture, "waits1 ");
  say(&fixture, 0, asv_span_sub(OCTETS(CLIENT_HELLO), 3, 6));
  check(&fixture, "client=0 tls C1:3 C2:3 goes-on ");
  close_flow(&fixture);
  open_flow(&fixture, -1, 80, 5000);
  say(&fixture, 0, OCTETS(SERVER_HELLO));
  check(&fixture, "client=1 tls S1:6 ");
  close_flow(&fixture);
}

/* The port says 80 is the server; a connection before has shown that 5000 is. */
static void test_known_server(void) {
  Fixture fixture;
  open_flow(&fixture, -1, 80, 5000);
  say(&fixture, 0, OCTETS(CLIENT_HELLO));
  asv_direction_free(fixture.direction);
  g_string_truncate(fixture.seen, 0);
  begin(&fixture, &fixture.flow);
  asv_direction_decide_client(fixture.direction);
  check(&fixture, "client=0 ");
  asv_direction_decide_client(fixture.direction);
  check(&fixture, "");
  close_flow(&fixture);
}

static void test_port(void) {
  Fixture fixture;
  open_flow(&fixture, -1, 80, 5000);
  asv_direction_decide_client(fixture.direction);
  check(&fixture, "client=1 ");
  close_flow(&fixture);
  open_flow(&fixture, -1, 5000, 80);
  asv_direction_decide_client(fixture.direction);
  check(&fixture, "client=0 ");
  close_flow(&fixture);
}

/* A scan's servers are not remembered beyond the limit; ports decide then. */
static void test_servers_limit(void) {
  Fixture fixture;
  open_flow(&fixture, -1, 1, 1);
  for (guint i = 0; i <= ASV_SERVERS_MAX; i++) {
    asv_direction_free(fixture.direction);
    fixture.flow.ends[1] = endpoint((guint8)(2 + i / 60000), (guint16)(2000 + i % 60000));
    begin(&fixture, &fixture.flow);
    say(&fixture, 0, OCTETS(CLIENT_HELLO));
  }
  g_string_truncate(fixture.seen, 0);
  for (int last = 0; last < 2; last++) {
    asv_direction_free(fixture.direction);
    guint i = ASV_SERVERS_MAX - 1 + (guint)last;
    fixture.flow.ends[1] = endpoint((guint8)(2 + i / 60000), (guint16)(2000 + i % 60000));
    begin(&fixture, &fixture.flow);
    asv_direction_decide_client(fixture.direction);
  }
  check(&fixture, "client=0 client=1 ");
  close_flow(&fixture);
}

static void test_tunnel(void) {
  Fixture fixture;
  open_flow(&fixture, 0, 5000, 80);
  asv_direction_free(fixture.direction);
  g_string_truncate(fixture.seen, 0);
  begin(&fixture, NULL);
  say(&fixture, 1, OCTETS(STATUS));
  check(&fixture, "plain S1:17 ");
  close_flow(&fixture);
}

/* Octets are not held without end, however small the pieces are that they come in. */
static void test_limits(void) {
  Fixture fixture;
  g_autofree char *line = g_strnfill(ASV_SNIFF_MAX, 'G');
  open_flow(&fixture, -1, 5000, 80);
  for (guint i = 1; i < ASV_DIRECTION_CALLS_MAX; i++) say(&fixture, 0, OCTETS("\r"));
  check(&fixture, "waits1 ");
  say(&fixture, 0, OCTETS("\r"));
  g_assert_true(g_str_has_prefix(fixture.seen->str, "client=0 plain "));
  close_flow(&fixture);

  open_flow(&fixture, -1, 5000, 80);
  for (guint i = 1; i < ASV_DIRECTION_CALLS_MAX; i++) lose(&fixture, 1, 2);
  check(&fixture, "waits1 ");
  lose(&fixture, 1, 2);
  g_assert_true(g_str_has_prefix(fixture.seen->str, "client=0 plain "));
  close_flow(&fixture);

  open_flow(&fixture, -1, 80, 5000);
  say(&fixture, 0, OCTETS(":::")); /* no first message; the other end may yet send one */
  check(&fixture, "waits1 ");
  say(&fixture, 0, asv_span((const guint8 *)line, ASV_SNIFF_MAX));
  check(&fixture, "client=1 plain S1:gap-1 C1:gap-1 S1:3 S2:4096 goes-on ");
  close_flow(&fixture);
}

/* The consumer's waiver reaches over what was held into what comes after it. */
static void test_waivers(void) {
  Fixture fixture;
  open_flow(&fixture, -1, 5000, 80);
  say(&fixture, 0, OCTETS("GET"));
  say(&fixture, 0, OCTETS(" / HTT"));
  fixture.waiver = 3 + 3; /* returned for the first piece */
  g_string_truncate(fixture.seen, 0);
  g_assert_cmpuint(say(&fixture, 0, OCTETS("P/1.1\r\n")), ==, 0);
  check(&fixture, "client=0 plain C1:3 C3:7 goes-on ");
  close_flow(&fixture);

  open_flow(&fixture, -1, 5000, 80);
  say(&fixture, 0, OCTETS("GET"));
  fixture.waiver = 100;
  g_assert_cmpuint(say(&fixture, 0, OCTETS(" / HTTP/1.1\r\n")), ==, 100 - 13);
  close_flow(&fixture);

  /* of the other end, whose turn to take it comes with its next octets */
  open_flow(&fixture, 0, 5000, 80);
  say(&fixture, 0, OCTETS("GE"));
  fixture.waiver = 10;
  say(&fixture, 1, OCTETS(STATUS));
  g_string_truncate(fixture.seen, 0);
  g_assert_cmpuint(say(&fixture, 0, OCTETS("123")), ==, 7);
  g_assert_cmpuint(lose(&fixture, 0, 4), ==, 0); /* the provider skips 7 by itself */
  check(&fixture, "C4:gap4 ");
  fixture.waiver = ASV_WAIVE_ALL;
  g_assert_cmpuint(say(&fixture, 1, OCTETS("x")), ==, ASV_WAIVE_ALL);
  close_flow(&fixture);
}

/* Caught in the middle: HTTP/1 must not pair what it sees with what it does not see. */
static void test_late(void) {
  const struct {
    const char *name;
    AsvSpan said[2]; /* by end 0, the server (port 80), then by end 1 */
    gboolean client_first;
    const char *seen;
  } cases[] = {
      {"response", {OCTETS(STATUS), {NULL, 0}}, FALSE, "client=1 plain S1:gap-1 C1:gap-1 S1:17 "},
      {"request", {{NULL, 0}, OCTETS(REQUEST)}, TRUE, "client=1 plain C1:16 "},
      {"body, request",
       {OCTETS(":::"), OCTETS(REQUEST)},
       FALSE,
       "waits1 client=1 plain S1:gap-1 C1:gap-1 S1:3 C2:16 goes-on "},
      {"body, response",
       {OCTETS(STATUS), OCTETS(":::")},
       TRUE,
       "waits1 client=1 plain S1:gap-1 C1:gap-1 C1:3 S2:17 goes-on "},
      {"bodies",
       {OCTETS(":::"), OCTETS(":::")},
       TRUE,
       "waits1 client=1 plain S1:gap-1 C1:gap-1 C1:3 S2:3 goes-on "},
      {"HTTP/2 server", {OCTETS(SETTINGS), {NULL, 0}}, FALSE, "client=1 plain S1:9 "},
      {"records", {OCTETS(RECORD), OCTETS(":::")}, FALSE, "waits1 client=1 tls S1:5 C2:3 goes-on "},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    Fixture fixture;
    g_test_message("%s", cases[i].name);
    open_flow(&fixture, -1, 80, 5000);
    for (int turn = 0; turn < 2; turn++) {
      int end = cases[i].client_first ? 1 - turn : turn;
      if (cases[i].said[end].size) say(&fixture, end, cases[i].said[end]);
    }
    check(&fixture, cases[i].seen);
    close_flow(&fixture);
  }
}

/* The same octets say nothing of a gap where the beginning was captured. */
static void test_not_late(void) {
  Fixture fixture;
  open_flow(&fixture, 1, 80, 5000);
  say(&fixture, 0, OCTETS(STATUS));
  check(&fixture, "client=1 plain S1:17 ");
  close_flow(&fixture);
}

/* On port 443 octets in which nothing begins are of a record. */
static void test_late_inside_record(void) {
  Fixture fixture;
  open_flow(&fixture, -1, 443, 5000);
  say(&fixture, 0, OCTETS(":::"));
  finish(&fixture, 0);
  check(&fixture, "waits1 ");
  finish(&fixture, 1);
  check(&fixture, "client=1 tls S1:3 S2:end C3:end goes-on ");
  close_flow(&fixture);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/pipeline/direction/syn", test_syn);
  g_test_add_func("/pipeline/direction/hello", test_hello);
  g_test_add_func("/pipeline/direction/known-server", test_known_server);
  g_test_add_func("/pipeline/direction/port", test_port);
  g_test_add_func("/pipeline/direction/servers-limit", test_servers_limit);
  g_test_add_func("/pipeline/direction/tunnel", test_tunnel);
  g_test_add_func("/pipeline/direction/limits", test_limits);
  g_test_add_func("/pipeline/direction/waivers", test_waivers);
  g_test_add_func("/pipeline/direction/late", test_late);
  g_test_add_func("/pipeline/direction/not-late", test_not_late);
  g_test_add_func("/pipeline/direction/late-inside-record", test_late_inside_record);
  return g_test_run();
}

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
#define PROXY_TEXT "PROXY TCP4 192.0.2.1 192.0.2.2 1 443\r\n"
#define PROXY_SIGNATURE "\r\n\r\n\0\r\nQUIT\n"
#define PROXY_LOCAL PROXY_SIGNATURE "\x20\x00\x00\x00"
#define PROXY_IPV4 PROXY_SIGNATURE "\x21\x11\x00\x0f\xc0\0\2\1\xc0\0\2\2\0\1\1\xbb\x04\0\0"
#define PROXY_LONGEST PROXY_SIGNATURE "\x21\x00\xff\xff"
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
  GString *octets; /* that the client's consumer was given */
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
  if (me->name == 'C')
    g_string_append_len(me->fixture->octets, (const char *)data.data, (gssize)data.size);
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
                .octets = g_string_new(NULL),
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
  g_string_free(fixture->octets, TRUE);
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

/* Gives the client's octets (end 0) in two pieces, as a provider that heeds the waiver. */
static void say_cut(Fixture *fixture, AsvSpan octets, gsize cut) {
  AsvSpan pieces[2] = {asv_span_sub(octets, 0, cut), asv_span_sub(octets, cut, octets.size)};
  guint64 waived = 0;
  for (int i = 0; i < 2; i++) {
    AsvSpan left = asv_span_sub(pieces[i], waived, octets.size);
    waived = left.size ? say(fixture, 0, left) : waived - pieces[i].size;
  }
}

/* Whatever pieces it comes in, and whether a SYN was seen or, with ports that tell the wrong
 * client, not: who sends the header is the client, and what follows is read from its beginning. */
static void test_proxy_header(void) {
  const AsvSpan headers[] = {OCTETS(PROXY_TEXT), OCTETS("PROXY UNKNOWN\r\n"), OCTETS(PROXY_LOCAL),
                             OCTETS(PROXY_IPV4)};
  const AsvSpan firsts[] = {OCTETS(REQUEST), OCTETS(CLIENT_HELLO)};
  for (gsize i = 0; i < G_N_ELEMENTS(headers) * G_N_ELEMENTS(firsts) * 2; i++) {
    AsvSpan header = headers[i / 4], first = firsts[i / 2 % 2];
    g_autoptr(GByteArray) both = g_byte_array_new();
    g_byte_array_append(both, header.data, (guint)header.size);
    g_byte_array_append(both, first.data, (guint)first.size);
    for (gsize cut = 1; cut < both->len; cut++) {
      Fixture fixture;
      open_flow(&fixture, i % 2 ? 0 : -1, 80, 5000);
      g_assert_false(asv_direction_proxied(fixture.direction));
      say_cut(&fixture, asv_span(both->data, both->len), cut);
      g_assert_nonnull(strstr(fixture.seen->str, "client=0 "));
      g_assert_nonnull(strstr(fixture.seen->str, i / 2 % 2 ? "tls " : "plain "));
      g_assert_null(strstr(fixture.seen->str, "gap"));
      g_assert_true(asv_span_equal(asv_span(fixture.octets->str, fixture.octets->len), first));
      g_assert_true(asv_direction_proxied(fixture.direction));
      close_flow(&fixture);
    }
  }
}

/* Octet by octet; and in a tunnel, which nobody opens. */
static void test_proxy_pieces(void) {
  AsvSpan whole = OCTETS(PROXY_IPV4 REQUEST);
  for (int tunnel = 0; tunnel < 2; tunnel++) {
    Fixture fixture;
    open_flow(&fixture, -1, 80, 5000);
    if (tunnel) {
      asv_direction_free(fixture.direction);
      begin(&fixture, NULL);
    }
    guint64 waived = 0;
    for (gsize i = 0; i < whole.size; i++)
      waived = waived ? waived - 1 : say(&fixture, 0, asv_span_sub(whole, i, 1));
    g_assert_cmpstr(fixture.octets->str, ==, REQUEST);
    g_assert_null(strstr(fixture.seen->str, "gap"));
    close_flow(&fixture);
  }
}

/* The rest of a long header is waived, whoever was first; the server may speak before the client.
 */
static void test_proxy_waiver(void) {
  Fixture fixture;
  open_flow(&fixture, -1, 80, 5000);
  g_assert_cmpuint(say(&fixture, 0, OCTETS(PROXY_LONGEST "####")), ==, 65535 - 4);
  check(&fixture, "client=0 waits1 ");
  g_assert_cmpuint(say(&fixture, 1, OCTETS(SETTINGS)), ==, 0);
  check(&fixture, "plain S2:9 goes-on ");
  say(&fixture, 0, OCTETS("PRI"));
  check(&fixture, "C3:3 ");
  close_flow(&fixture);

  /* all in one segment, longer than what is looked at */
  g_autoptr(GByteArray) whole = g_byte_array_new();
  g_autofree guint8 *address = g_malloc0(65535);
  g_byte_array_append(whole, (const guint8 *)PROXY_LONGEST, sizeof PROXY_LONGEST - 1);
  g_byte_array_append(whole, address, 65535);
  g_byte_array_append(whole, (const guint8 *)CLIENT_HELLO, sizeof CLIENT_HELLO - 1);
  open_flow(&fixture, 0, 5000, 80);
  g_assert_cmpuint(say(&fixture, 0, asv_span(whole->data, whole->len)), ==, 0);
  check(&fixture, "client=0 tls C1:6 ");
  close_flow(&fixture);
}

/* What is lost behind the header, and what is lost of it: then it is none. */
static void test_proxy_loss(void) {
  Fixture fixture;
  open_flow(&fixture, 0, 5000, 80);
  say(&fixture, 0, OCTETS(PROXY_TEXT));
  lose(&fixture, 0, 10);
  say(&fixture, 0, OCTETS(":::"));
  check(&fixture, "client=0 waits1 plain C2:gap10 C3:3 goes-on ");
  close_flow(&fixture);

  open_flow(&fixture, 0, 5000, 80);
  say(&fixture, 0, OCTETS("PROXY TCP4 192.0"));
  lose(&fixture, 0, 5);
  say(&fixture, 0, OCTETS(".2 192.0.2.2 1 443\r\n" REQUEST));
  g_assert_false(asv_direction_proxied(fixture.direction));
  finish(&fixture, 0);
  finish(&fixture, 1);
  check(&fixture, "client=0 waits1 plain C1:16 C2:gap5 C3:36 goes-on C4:end S5:end ");
  close_flow(&fixture);
}

/* A server sends none; a client that only checks whether the server is there sends nothing else. */
static void test_proxy_alone(void) {
  Fixture fixture;
  open_flow(&fixture, 0, 5000, 80);
  say(&fixture, 1, OCTETS("PROXY UNKNOWN\r\n"));
  finish(&fixture, 0);
  finish(&fixture, 1);
  g_assert_false(asv_direction_proxied(fixture.direction));
  g_assert_nonnull(strstr(fixture.seen->str, "S1:15 "));
  close_flow(&fixture);

  open_flow(&fixture, 0, 5000, 80);
  say(&fixture, 0, OCTETS(PROXY_LOCAL));
  finish(&fixture, 0);
  finish(&fixture, 1);
  check(&fixture, "client=0 waits1 plain C2:end S3:end goes-on ");
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
  g_test_add_func("/pipeline/direction/proxy-header", test_proxy_header);
  g_test_add_func("/pipeline/direction/proxy-pieces", test_proxy_pieces);
  g_test_add_func("/pipeline/direction/proxy-waiver", test_proxy_waiver);
  g_test_add_func("/pipeline/direction/proxy-loss", test_proxy_loss);
  g_test_add_func("/pipeline/direction/proxy-alone", test_proxy_alone);
  return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stands in the way of QUIC connections, with datagrams of real ones left out or repeated. */
#include "replay.h"

/* In that capture: the client's Initial, the server's answer, the client's Finished; it has no id
 * of its own. */
#define NAME "cid-0-client"
#define CLIENT 0
#define SERVER 1
#define FINISHED 2

static void at_ms(Replay *replay, gint64 ms) {
  replay->at.time = (ms - 1) * (ASV_SECOND / 1000); /* replay_give() adds one */
}

static void feed_at(Replay *replay, gint64 ms, guint index) {
  at_ms(replay, ms);
  replay_feed(replay, index);
}

/* Somebody else's datagram: time goes on. */
static void tick_at(Replay *replay, gint64 ms) {
  static const guint8 octets[] = {0};
  AsvUdp udp = {.source = {.address = {.size = 4}, .port = 1},
                .destination = {.address = {.size = 4}, .port = 2},
                .data = asv_span(octets, 1),
                .wire = 1,
                .wanted = TRUE};
  at_ms(replay, ms);
  replay_give(replay, &udp);
}

/* Ends it; the lines that tell of trouble are wanted. */
static void expect(Replay *replay, const char *want) {
  replay_finish(replay);
  g_autoptr(GString) lines = g_string_new(NULL);
  g_auto(GStrv) all = g_strsplit(replay->told->str, "\n", -1);
  for (char **line = all; *line; line++)
    if (g_str_has_prefix(*line, "trouble")) g_string_append_printf(lines, "%s\n", *line);
  g_assert_cmpstr(lines->str, ==, want);
  replay_free(replay);
}

static void test_no_answer(void) {
  static const struct {
    gint64 repeated, last;
    const char *want;
  } cases[] = {{1000, 3000, "trouble 0 no-answer 0\n"},
               {1000, 2999, ""},
               {0, 9000, ""},
               {4000, 4000, "trouble 0 no-answer 0\n"},
               {1000, 20000, "trouble 0 no-answer 0\n"}};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    Replay *replay = replay_new(NAME, TRUE);
    feed_at(replay, 0, CLIENT);
    if (cases[i].repeated) feed_at(replay, cases[i].repeated, CLIENT);
    tick_at(replay, cases[i].last);
    tick_at(replay, cases[i].last);
    expect(replay, cases[i].want);
  }
}

/* The server, or what only a client does that has heard it. */
static void test_answered(void) {
  for (guint answer = SERVER; answer <= FINISHED; answer++) {
    Replay *replay = replay_new(NAME, TRUE);
    feed_at(replay, 0, CLIENT);
    feed_at(replay, 1000, CLIENT);
    feed_at(replay, 2900, answer);
    tick_at(replay, 3500);
    if (answer == SERVER)
      expect(replay, "trouble 0 incomplete 0\n"); /* where the capture ends, 3 s after the first */
    else
      expect(replay, "");
  }
}

static void test_incomplete(void) {
  Replay *replay = replay_new(NAME, TRUE);
  feed_at(replay, 0, CLIENT);
  feed_at(replay, 10, SERVER);
  tick_at(replay, 9999);
  g_assert_null(strstr(replay->told->str, "trouble"));
  tick_at(replay, 10000);
  g_assert_nonnull(strstr(replay->told->str, "trouble 0 incomplete 0\n"));
  tick_at(replay, 30000);
  expect(replay, "trouble 0 incomplete 0\n");
  replay = replay_new(NAME, TRUE); /* the capture ends in the handshake */
  feed_at(replay, 0, CLIENT);
  feed_at(replay, 10, SERVER);
  tick_at(replay, 2000);
  expect(replay, "");
  replay = replay_new(NAME, TRUE); /* the server alone */
  feed_at(replay, 0, SERVER);
  tick_at(replay, 20000);
  expect(replay, "");
}

/* Nothing of it in ordinary connections, whatever time they have. */
static void test_ordinary(void) {
  static const char *const all[] = {NAME,
                                    "0rtt",
                                    "0rtt-rejected",
                                    "retry",
                                    "v1-to-v2",
                                    "nat-rebinding-port",
                                    "two-same-tuple-cid0",
                                    "nginx-retry"};
  for (gsize i = 0; i < G_N_ELEMENTS(all); i++) {
    Replay *replay = replay_new(all[i], TRUE);
    for (guint k = 0; k < replay_count(replay); k++) feed_at(replay, (gint64)k * 20, k);
    tick_at(replay, 100000);
    expect(replay, "");
  }
}

/* A 1-RTT datagram of the client; it closes nothing. */
static guint client_datagram(const Replay *replay) {
  AsvUdp first = replay_udp(replay, CLIENT);
  for (guint k = replay_count(replay) - 2; k > FINISHED; k--) {
    AsvUdp udp = replay_udp(replay, k);
    if (udp.source.port == first.source.port && !(udp.data.data[0] & 0x80)) return k;
  }
  g_assert_not_reached();
}

static void test_stalled(void) {
  static const struct {
    gint64 sent[6]; /* by the client, in milliseconds since the server was heard */
    const char *want;
  } cases[] = {{{100, 300, 700, 1500, 3100, 6300}, "trouble 0 stalled 0\n"},
               {{100, 300, 700, 1500, 3100, 5099}, ""},
               {{100, 6000, 6200, 6400, 6600, 6800}, ""}, /* quiet in between */
               {{100, 101, 102, 103, 104, 5100}, ""},     /* one burst, and one more */
               {{100, 300, 700, 1500, 5100}, "trouble 0 stalled 0\n"}};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    Replay *replay = replay_new(NAME, TRUE);
    guint client = client_datagram(replay);
    for (guint k = 0; k < client; k++) feed_at(replay, k, k);
    gint64 start = replay->at.time / (ASV_SECOND / 1000);
    feed_at(replay, start, SERVER);
    for (gsize k = 0; k < 6 && cases[i].sent[k]; k++)
      feed_at(replay, start + cases[i].sent[k], client);
    expect(replay, cases[i].want);
  }
}

static void test_heard(void) {
  Replay *replay = replay_new(NAME, TRUE);
  guint client = client_datagram(replay);
  for (guint k = 0; k < client; k++) feed_at(replay, k, k);
  for (gint64 ms = 1000; ms < 20000; ms += 500) {
    feed_at(replay, ms, client);
    if (ms % 4000 == 0) feed_at(replay, ms, SERVER);
  }
  expect(replay, "");
}

/* ---- version negotiation ---- */

/* A server's packet with these versions, for the client's first one; id: an octet added to its
 * source id. */
static void give_versions(Replay *replay, const guint32 *versions, guint count, guint8 id) {
  AsvUdp udp = replay_udp(replay, CLIENT), answer = replay_udp(replay, SERVER);
  guint8 octets[7 + G_MAXUINT8 + 32] = {0x80};
  gsize size = udp.data.data[5], at = 7 + size;
  octets[6] = (guint8)size;
  memcpy(octets + 7, udp.data.data + 6, size);
  octets[7] = (guint8)(octets[7] + id);
  for (guint i = 0; i < count; i++)
    for (int shift = 24; shift >= 0; shift -= 8) octets[at++] = (guint8)(versions[i] >> shift);
  answer.data = asv_span(octets, at);
  answer.wire = at;
  replay_give(replay, &answer);
}

static void test_versions(void) {
  static const struct {
    guint32 versions[6];
    guint count;
    guint8 id;
    const char *want;
  } cases[] = {
      {{0xff00001b, 0x0a1a2a3a}, 2, 0, "trouble 0 versions 8\n"},
      {{2, 3, 4, 5, 6, 7}, 6, 0, "trouble 0 versions 16\n"}, /* more than are kept */
      {{0x6b3343cf}, 1, 0, "trouble 0 versions 4\n"},        /* version 2, not taken up */
      {{0xff00001b, 1}, 2, 0, "trouble 0 incomplete 0\n"},   /* its own: not to be believed */
      {{0xff00001b}, 1, 1, "trouble 0 incomplete 0\n"}};     /* to another id */
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    Replay *replay = replay_new(NAME, TRUE);
    feed_at(replay, 0, CLIENT);
    give_versions(replay, cases[i].versions, cases[i].count, cases[i].id);
    give_versions(replay, cases[i].versions, cases[i].count, cases[i].id);
    tick_at(replay, 20000);
    expect(replay, cases[i].want);
  }
}

/* ---- ICMP ---- */

static void test_quoted(void) {
  Replay *replay = replay_new(NAME, TRUE);
  AsvUdp client = replay_udp(replay, CLIENT), server = replay_udp(replay, SERVER), other = client;
  AsvQuicQuoted found;
  g_assert_false(asv_quic_quoted(replay->quic, &client, &found)); /* none yet */
  replay_feed(replay, CLIENT);
  g_assert_true(asv_quic_quoted(replay->quic, &client, &found));
  g_assert_cmpint(found.from, ==, ASV_CLIENT);
  g_assert_false(found.established);
  g_assert_cmpuint(((ReplayConnection *)found.connection)->number, ==, 0);
  g_assert_false(asv_quic_quoted(replay->quic, &server, &found)); /* it sent nothing */
  other.source.port++;
  g_assert_false(asv_quic_quoted(replay->quic, &other, &found));
  for (guint k = 1; k < replay_count(replay) - 1; k++) replay_feed(replay, k);
  g_assert_true(asv_quic_quoted(replay->quic, &server, &found));
  g_assert_cmpint(found.from, ==, ASV_SERVER);
  g_assert_true(found.established);
  replay_feed(replay, replay_count(replay) - 1);
  gboolean closed = strstr(replay->told->str, "closing") != NULL;
  g_assert_cmpint(asv_quic_quoted(replay->quic, &client, &found), ==, !closed);
  expect(replay, "");
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/quic/trouble/no-answer", test_no_answer);
  g_test_add_func("/quic/trouble/answered", test_answered);
  g_test_add_func("/quic/trouble/incomplete", test_incomplete);
  g_test_add_func("/quic/trouble/ordinary", test_ordinary);
  g_test_add_func("/quic/trouble/stalled", test_stalled);
  g_test_add_func("/quic/trouble/heard", test_heard);
  g_test_add_func("/quic/trouble/versions", test_versions);
  g_test_add_func("/quic/trouble/quoted", test_quoted);
  return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every limit of a connection, reached: a real handshake goes on with packets that are made up. */
#include "replay.h"
#include "tests/support/feed.h"
#include "writer.h"

/* Number of octets of the server's only connection id in that capture; its client has none. */
#define CID 8u

typedef struct {
  Replay *replay;
  AsvCrypto *crypto;
  QuicWriter writers[2];
  guint64 numbers[2];
  AsvUdp udp[2]; /* as each side sends them */
  guint8 cid[CID];
} Talk;

/* The connection after its first datagrams. */
static Talk *talk_new(guint datagrams) {
  static const char random[] = "016d9f7aa948ed6213e6b30c94ee3935a2250c23927396886d7e9ea38f2b8eef";
  static const AsvSecretKind kinds[] = {ASV_SECRET_CLIENT_TRAFFIC_0, ASV_SECRET_SERVER_TRAFFIC_0};
  Talk *talk = g_new0(Talk, 1);
  talk->replay = replay_new("cid-0-client", TRUE);
  talk->crypto = asv_crypto_new();
  g_autoptr(GByteArray) octets = asv_test_hex(random);
  for (int side = 0; side < 2; side++) {
    AsvSpan secret =
        asv_keys_find(talk->replay->keys, asv_span(octets->data, octets->len), kinds[side]);
    QuicWriter *writer = &talk->writers[side];
    quic_writer_init(writer, talk->crypto, 1, 0x1302, 0);
    memcpy(writer->secret, secret.data, secret.size);
    asv_crypto_expand_label(talk->crypto, writer->suite->prf, secret, writer->version->mask_label,
                            writer->mask_key, 32);
    talk->numbers[side] = 100;
    talk->udp[side] = replay_udp(talk->replay, (guint)side);
  }
  AsvUdp third = replay_udp(talk->replay, 2);
  memcpy(talk->cid, third.data.data + 6, CID);
  for (guint i = 0; i < datagrams; i++) replay_feed(talk->replay, i);
  return talk;
}

static void talk_free(Talk *talk) {
  asv_crypto_free(talk->crypto);
  replay_finish(talk->replay);
  replay_free(talk->replay);
  g_free(talk);
}

/* Appends a packet of that side. */
static void talk_seal(Talk *talk, GByteArray *out, AsvSide side, AsvSpan frames) {
  AsvSpan to = side == ASV_CLIENT ? asv_span(talk->cid, CID) : asv_span(NULL, 0);
  quic_writer_short(&talk->writers[side], out, to, talk->numbers[side]++, 4, frames);
}

static gboolean talk_give(Talk *talk, AsvSide side, AsvSpan octets) {
  talk->udp[side].data = octets;
  talk->udp[side].wire = octets.size;
  return replay_give(talk->replay, &talk->udp[side]);
}

static void talk_say(Talk *talk, AsvSide side, AsvSpan frames) {
  g_autoptr(GByteArray) packet = g_byte_array_new();
  talk_seal(talk, packet, side, frames);
  talk_give(talk, side, asv_span(packet->data, packet->len));
}

static void put_u32(guint8 *at, guint32 value) {
  for (int i = 0; i < 4; i++) at[i] = (guint8)(value >> (24 - 8 * i));
}

/* A STREAM frame with an offset; 24 octets "abc..." */
static gsize stream_frame(guint8 frame[34], guint32 id, guint32 offset, gboolean fin) {
  frame[0] = fin ? 0x0f : 0x0e;
  put_u32(frame + 1, id | 0x80000000u);
  put_u32(frame + 5, offset | 0x80000000u);
  frame[9] = 24;
  for (guint8 i = 0; i < 24; i++) frame[10 + i] = (guint8)('a' + i);
  return 34;
}

static void say_stream(Talk *talk, AsvSide side, guint32 id, guint32 offset, gboolean fin) {
  guint8 frame[34];
  gsize size = stream_frame(frame, id, offset, fin);
  talk_say(talk, side, asv_span(frame, size));
}

/* Sequence number, id and token are all that octet. */
static void say_connection_id(Talk *talk, AsvSide side, guint8 octet) {
  guint8 frame[4 + CID + 16];
  memset(frame, octet, sizeof frame);
  frame[0] = 0x18;
  frame[1] = octet & 0x3f;
  frame[2] = 0;
  frame[3] = CID;
  talk_say(talk, side, asv_span(frame, sizeof frame));
}

static void test_streams(void) {
  Talk *talk = talk_new(4);
  guint64 before = talk->replay->streams_open;
  for (guint32 i = 0; i < ASV_QUIC_STREAMS_MAX + 50; i++)
    say_stream(talk, ASV_CLIENT, 400 + 4 * i, 0, FALSE);
  g_assert_cmpuint(before, <, 50);
  g_assert_cmpuint(talk->replay->streams_open, ==, ASV_QUIC_STREAMS_MAX);
  talk_free(talk);
}

/* Streams that have ended do not come again: the replay asserts that. */
static void test_ended(void) {
  Talk *talk = talk_new(4);
  for (guint32 i = 0; i < 3 * ASV_QUIC_ENDED_MAX; i++) {
    guint32 index = i % 7 == 3 ? i + 5 : i;
    say_stream(talk, ASV_CLIENT, 400 + 4 * index, 0, TRUE);
    say_stream(talk, ASV_CLIENT, 400 + 4 * (i / 2), 0, TRUE);
  }
  say_stream(talk, ASV_CLIENT, 40000000, 0, TRUE);
  say_stream(talk, ASV_CLIENT, 40000000, 0, TRUE);
  say_stream(talk, ASV_CLIENT, 404, 0, TRUE);
  g_assert_nonnull(replay_octets(talk->replay, "0.0.40000000"));
  talk_free(talk);
}

static void test_hole(void) {
  Talk *talk = talk_new(4);
  say_stream(talk, ASV_SERVER, 400, 24, TRUE);
  g_assert_cmpuint(talk->replay->gaps, ==, 0);
  talk->replay->at.time += ASV_QUIC_HOLE_TIME;
  say_stream(talk, ASV_SERVER, 404, 0, FALSE);
  g_assert_cmpuint(talk->replay->gaps, ==, 1);
  g_assert_cmpuint(replay_octets(talk->replay, "0.1.400")->len, ==, 48);
  talk_free(talk);
}

/* Streams of one direction alone are told of. */
static void test_ahead(void) {
  Talk *talk = talk_new(4);
  say_stream(talk, ASV_SERVER, 403, 0, FALSE);
  say_stream(talk, ASV_SERVER, 400, 100, FALSE);
  g_assert_cmpuint(talk->replay->ahead, ==, 0);
  say_stream(talk, ASV_SERVER, 403, 72, FALSE);
  g_assert_cmpuint(talk->replay->ahead, ==, 72);
  say_stream(talk, ASV_SERVER, 403, 48, FALSE);
  g_assert_cmpuint(talk->replay->ahead, ==, 72);
  say_stream(talk, ASV_SERVER, 403, 120, TRUE);
  g_assert_cmpuint(talk->replay->ahead, ==, 120);
  talk_free(talk);
}

/* 1-RTT packets before the server's flight wait for it, and are read without it in the end. */
static void test_kept(void) {
  Talk *talk = talk_new(1);
  for (guint32 i = 0; i < ASV_QUIC_KEPT_PACKETS_MAX; i++)
    say_stream(talk, ASV_SERVER, 1, 24 * i, FALSE);
  g_assert_cmpuint(talk->replay->waits, ==, 1);
  g_assert_cmpuint(talk->replay->streams_open, ==, 0);
  say_stream(talk, ASV_SERVER, 5, 0, FALSE);
  g_assert_cmpuint(talk->replay->waits, ==, 2);
  g_assert_cmpuint(talk->replay->streams_open, ==, 2);
  g_assert_cmpuint(replay_octets(talk->replay, "0.1.1")->len, ==, 24 * ASV_QUIC_KEPT_PACKETS_MAX);
  talk_free(talk);
}

static void test_kept_time(void) {
  Talk *talk = talk_new(1);
  AsvUdp other = {.data = asv_span("x", 1), .wire = 1, .wanted = TRUE};
  say_stream(talk, ASV_SERVER, 1, 0, FALSE);
  g_assert_cmpuint(talk->replay->streams_open, ==, 0);
  talk->replay->at.time += ASV_QUIC_KEPT_TIME;
  g_assert_false(replay_give(talk->replay, &other));
  g_assert_cmpuint(talk->replay->streams_open, ==, 1);
  g_assert_cmpuint(talk->replay->waits, ==, 2);
  talk_free(talk);
}

static void test_ids(void) {
  Talk *talk = talk_new(4);
  for (guint i = 1; i < 3 * ASV_QUIC_CIDS_MAX; i++) say_connection_id(talk, ASV_SERVER, (guint8)i);
  memset(talk->cid, (guint8)(3 * ASV_QUIC_CIDS_MAX - 1), CID);
  talk->udp[ASV_CLIENT].source.port++;
  say_stream(talk, ASV_CLIENT, 400, 0, TRUE);
  g_assert_nonnull(replay_octets(talk->replay, "0.0.400"));
  g_assert_nonnull(strstr(talk->replay->told->str, "migrated 0"));
  /* The oldest are forgotten. */
  memset(talk->cid, 1, CID);
  talk->udp[ASV_CLIENT].source.port++;
  say_stream(talk, ASV_CLIENT, 404, 0, TRUE);
  g_assert_null(replay_octets(talk->replay, "0.0.404"));
  talk_free(talk);
}

static void test_paths(void) {
  Talk *talk = talk_new(4);
  for (guint32 i = 0; i < 3 * ASV_QUIC_PATHS_MAX; i++) {
    talk->udp[ASV_CLIENT].source.port++;
    say_stream(talk, ASV_CLIENT, 400, 24 * i, FALSE);
  }
  g_assert_cmpuint(replay_octets(talk->replay, "0.0.400")->len, ==, 24 * 3 * ASV_QUIC_PATHS_MAX);
  talk_free(talk);
}

static void test_stateless_reset(void) {
  Talk *talk = talk_new(4);
  guint8 reset[64] = {0x41, 2, 3};
  memset(reset + 48, ASV_QUIC_TOKENS_MAX + 5, 16);
  for (guint i = 1; i < ASV_QUIC_TOKENS_MAX + 9; i++)
    say_connection_id(talk, ASV_SERVER, (guint8)i);
  talk_give(talk, ASV_SERVER, asv_span(reset, sizeof reset));
  g_assert_nonnull(strstr(talk->replay->told->str, "closing 0 by 1 reset"));
  g_assert_cmpuint(talk->replay->unreadable, ==, 0);
  talk_free(talk);
}

/* Datagrams to a client without connection id have nothing to be told apart by but their tags. */
static void test_glued(void) {
  Talk *talk = talk_new(4);
  g_autoptr(GByteArray) glued = g_byte_array_new();
  for (guint32 round = 0; round < 10; round++) {
    g_byte_array_set_size(glued, 0);
    for (guint32 i = 0; i < 20; i++) {
      guint8 frames[1200] = {0};
      stream_frame(frames, 400, 24 * (20 * round + i), FALSE);
      talk_seal(talk, glued, ASV_SERVER, asv_span(frames, i < 19 ? sizeof frames : 34));
    }
    talk_give(talk, ASV_SERVER, asv_span(glued->data, glued->len));
  }
  g_assert_cmpuint(replay_octets(talk->replay, "0.1.400")->len, ==, 24 * 200);
  g_assert_cmpuint(talk->replay->unreadable, ==, 0);
  talk_free(talk);
}

/* Packets that nothing opens: each costs a bounded time, and all are accounted for. */
static void test_noise(void) {
  Talk *talk = talk_new(4);
  guint8 noise[1300];
  for (guint i = 0; i < 300; i++) {
    for (gsize k = 0; k < sizeof noise; k++) noise[k] = (guint8)g_test_rand_int_range(0, 256);
    noise[0] = 0x40;
    talk_give(talk, ASV_SERVER, asv_span(noise, sizeof noise));
  }
  say_stream(talk, ASV_SERVER, 400, 0, TRUE);
  g_assert_nonnull(replay_octets(talk->replay, "0.1.400"));
  talk_free(talk);
}

/* The quietest of too many connections goes. */
static void test_connections(void) {
  Replay *replay = replay_new("cid-0-client", TRUE);
  AsvUdp udp = replay_udp(replay, 0);
  for (guint i = 0; i < ASV_QUIC_CONNECTIONS_MAX + 10; i++) {
    udp.source.address.bytes[3] = (guint8)i;
    udp.source.port = (guint16)(1024 + i / 256);
    g_autofree guint8 *copy = g_memdup2(udp.data.data, udp.data.size);
    put_u32(copy + 6, i); /* another destination id */
    AsvUdp one = udp;
    one.data.data = copy;
    g_assert_true(replay_give(replay, &one));
  }
  g_assert_cmpuint(replay->connections, ==, ASV_QUIC_CONNECTIONS_MAX);
  g_assert_nonnull(strstr(replay->told->str, "released 9 why 2"));
  g_assert_null(strstr(replay->told->str, "released 10 why"));
  replay_finish(replay);
  replay_free(replay);
}

/* Octets of 0-RTT that are read of a connection when so many datagrams of others, each of that size
 * and so long before its Initial, follow what overtook the Initial. */
static guint64 early_behind(guint others, gsize size, gint64 wait) {
  Replay *replay = replay_new("0rtt", TRUE);
  for (guint k = 0; k < 12; k++) replay_feed(replay, k);
  AsvUdp initial = replay_udp(replay, 12), early = replay_cut_off(&initial), other = early;
  g_autofree guint8 *octets = g_malloc0(size);
  memcpy(octets, early.data.data, MIN(size, early.data.size));
  put_u32(octets + 6, 0); /* another destination id */
  other.data = asv_span(octets, size);
  g_assert_true(replay_give(replay, &early));
  for (guint i = 0; i < others; i++) g_assert_true(replay_give(replay, &other));
  replay->at.time += wait;
  replay_give(replay, &initial);
  for (guint k = 13; k < replay_count(replay); k++) replay_feed(replay, k);
  guint64 read = replay->early;
  replay_finish(replay);
  replay_free(replay);
  return read;
}

static void test_orphans(void) {
  guint64 all = early_behind(0, 600, 0);
  const gsize room = ASV_QUIC_ORPHAN_OCTETS_MAX - 1200;
  g_assert_cmpuint(all, >, 0);
  g_assert_cmpuint(early_behind(ASV_QUIC_ORPHANS_MAX - 1, 600, 0), ==, all);
  g_assert_cmpuint(early_behind(ASV_QUIC_ORPHANS_MAX, 600, 0), <, all);
  g_assert_cmpuint(early_behind(room / 60000, 60000, 0), ==, all);
  g_assert_cmpuint(early_behind(room / 60000 + 1, 60000, 0), <, all);
  g_assert_cmpuint(early_behind(0, 600, ASV_QUIC_KEPT_TIME), <, all);
}

/* A server's answer that no secret opens, to a client of its own. */
static void give_unreadable(Replay *replay, guint number) {
  AsvUdp udp = replay_udp(replay, 1);
  g_autofree guint8 *copy = g_memdup2(udp.data.data, udp.data.size);
  for (gsize i = udp.data.size / 2; i < udp.data.size; i++) copy[i] ^= 0x55;
  udp.data.data = copy;
  udp.destination.port = (guint16)(1000 + number);
  g_assert_true(replay_give(replay, &udp));
}

/* TRUE when a connection without ClientHello is read behind so many client randoms and connections
 * of others, each of them tried. */
static gboolean is_claimed_behind(guint randoms, guint connections) {
  Replay *replay = replay_new("cid-0-client", FALSE);
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = 0; i < randoms; i++)
    g_string_append_printf(text,
                           "CLIENT_HANDSHAKE_TRAFFIC_SECRET %064x %096x\n"
                           "SERVER_HANDSHAKE_TRAFFIC_SECRET %064x %096x\n",
                           i, i, i, i);
  g_assert_cmpuint(asv_keys_load(replay->keys, asv_span_text(text->str)), ==, 2 * randoms);
  g_autofree char *path = g_strdup_printf("%s/cid-0-client.keys", ASV_TEST_DATA);
  g_autofree char *own = NULL;
  g_assert_true(g_file_get_contents(path, &own, NULL, NULL));
  g_assert_cmpuint(asv_keys_load(replay->keys, asv_span_text(own)), >, 0);
  for (guint i = 0; i < connections; i++) give_unreadable(replay, i);
  replay->at.time += ASV_QUIC_KEPT_TIME;
  replay_feed_all_but(replay, 0);
  replay_finish(replay);
  gboolean claimed = strstr(replay->told->str, "names 4 secrets") != NULL;
  replay_free(replay);
  return claimed;
}

static void test_unclaimed(void) {
  const guint most = ASV_QUIC_UNCLAIMED_TRIALS_MAX;
  const guint all = ASV_QUIC_UNCLAIMED_TRIALS_ALL_MAX / most;
  g_assert_true(is_claimed_behind(most - 1, 0));
  g_assert_false(is_claimed_behind(most, 0));
  g_assert_true(is_claimed_behind(most - 1, all - 1));
  g_assert_false(is_claimed_behind(most - 1, all));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/quic/limit/streams", test_streams);
  g_test_add_func("/quic/limit/ended", test_ended);
  g_test_add_func("/quic/limit/hole", test_hole);
  g_test_add_func("/quic/limit/ahead", test_ahead);
  g_test_add_func("/quic/limit/kept", test_kept);
  g_test_add_func("/quic/limit/kept-time", test_kept_time);
  g_test_add_func("/quic/limit/ids", test_ids);
  g_test_add_func("/quic/limit/paths", test_paths);
  g_test_add_func("/quic/limit/stateless-reset", test_stateless_reset);
  g_test_add_func("/quic/limit/glued", test_glued);
  g_test_add_func("/quic/limit/noise", test_noise);
  g_test_add_func("/quic/limit/connections", test_connections);
  g_test_add_func("/quic/limit/orphans", test_orphans);
  g_test_add_func("/quic/limit/unclaimed", test_unclaimed);
  return g_test_run();
}

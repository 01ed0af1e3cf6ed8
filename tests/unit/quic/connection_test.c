/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Connections of real programs, fed whole, with losses, twice, out of order, cut and glued. */
#include "replay.h"

static const char *const all[] = {"cid-0-client",
                                  "0rtt",
                                  "0rtt-rejected",
                                  "retry",
                                  "v1-to-v2",
                                  "nat-rebinding-port",
                                  "two-same-tuple-cid0",
                                  "three-concurrent-same-tuple",
                                  "nginx-retry"};

static gboolean told(const Replay *replay, const char *line) {
  return strstr(replay->told->str, line) != NULL;
}

static guint connections_of(const Replay *replay) {
  guint count = 0;
  for (const char *at = replay->told->str; (at = strstr(at, "open ")); at++) count++;
  return count;
}

static void assert_told(const Replay *replay, const char *line) {
  if (!told(replay, line)) g_error("not told: %s\n%s", line, replay->told->str);
}

static void test_whole(void) {
  Replay *replay = replay_whole("cid-0-client");
  g_assert_cmpstr(replay->told->str, ==,
                  "open 0 client 55659\n"
                  "handshake 0 sni mx.test alpn h3 names 4 secrets\n"
                  "closing 0 by 0 error 0\n"
                  "released 0 why 0\n");
  g_assert_cmpuint(replay->gaps, ==, 0);
  /* A HEADERS frame, then DATA with three octets (RFC 9114 §7.2). */
  const GByteArray *answer = replay_octets(replay, "0.1.0");
  g_assert_nonnull(answer);
  g_assert_cmpuint(answer->data[0], ==, 1);
  g_assert_true(memcmp(answer->data + answer->len - 5, "\0\3ok\n", 5) == 0);
  replay_free(replay);
}

/* Every capture is read without loss, and each connection once. */
static void test_all(void) {
  static const guint connections[] = {1, 3, 2, 1, 1, 1, 2, 3, 1};
  for (gsize i = 0; i < G_N_ELEMENTS(all); i++) {
    Replay *replay = replay_whole(all[i]);
    g_assert_cmpuint(connections_of(replay), ==, connections[i]);
    g_assert_cmpuint(replay->gaps, ==, 0);
    g_assert_cmpuint(replay->unreadable, ==, 0);
    replay_free(replay);
  }
}

static void test_early_data(void) {
  Replay *replay = replay_whole("0rtt");
  assert_told(replay, "handshake 0 sni mx.test alpn h3 names 4 secrets\n");
  assert_told(replay, "handshake 1 sni mx.test alpn h3 names 4 resumed early secrets\n");
  g_assert_cmpuint(replay->early, >, 0);
  replay_free(replay);
  replay = replay_whole("0rtt-rejected");
  assert_told(replay, "handshake 1 sni mx.test alpn h3 names 4 secrets\n");
  g_assert_cmpuint(replay->early, ==, 0);
  g_assert_nonnull(replay_octets(replay, "1.0.0"));
  replay_free(replay);
}

/* 0-RTT packets come before their connection's Initial, from elsewhere too. */
static void test_early_first(void) {
  Replay *whole = replay_whole("0rtt");
  Replay *replay = replay_new("0rtt", TRUE);
  for (guint k = 0; k < replay_count(replay); k++) {
    AsvUdp initial = replay_udp(replay, k);
    if (k != 12 && k != 24) {
      replay_give(replay, &initial);
      continue;
    }
    AsvUdp early = replay_cut_off(&initial), other = early;
    other.source.port++;
    g_assert_true(replay_give(replay, &other));
    g_assert_true(replay_give(replay, &early));
    replay_give(replay, &initial);
  }
  replay_finish(replay);
  g_assert_cmpstr(replay->told->str, ==, whole->told->str);
  g_assert_cmpuint(replay->early, ==, whole->early);
  replay_assert_same_streams(whole, replay);
  replay_free(replay);
  replay_free(whole);
}

static void test_migration(void) {
  Replay *replay = replay_whole("nat-rebinding-port");
  assert_told(replay, "migrated 0 57435\n");
  assert_told(replay, "migrated 0 44438\n");
  replay_free(replay);
}

/* TRUE when octets are a part of that stream; zeros where there were gaps. */
static gboolean is_part(const GByteArray *part, const GByteArray *full) {
  if (!full || part->len > full->len) return FALSE;
  for (guint k = 0; k < part->len; k++)
    if (part->data[k] != full->data[k] && part->data[k] != 0) return FALSE;
  return TRUE;
}

/* The same under any number: a lost first answer makes one more, as in Wireshark. */
static gboolean is_known(const Replay *whole, const char *name, const GByteArray *part) {
  for (int number = 0; number < 5; number++) {
    g_autofree char *other = g_strdup_printf("%d%s", number, strchr(name, '.'));
    if (is_part(part, replay_octets(whole, other))) return TRUE;
  }
  return FALSE;
}

/* Every stream of one is in the other. */
static void assert_all_known(const Replay *where, const Replay *what) {
  GHashTableIter iterator;
  gpointer name, octets;
  g_hash_table_iter_init(&iterator, what->streams);
  while (g_hash_table_iter_next(&iterator, &name, &octets))
    if (!is_known(where, name, octets)) g_error("%s: %s", (char *)name, where->told->str);
}

/* What is left out is missing; nothing else changes, and nothing is made up. */
static void test_loss(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(all); i++) {
    Replay *whole = replay_whole(all[i]);
    for (guint lost = 0; lost < replay_count(whole); lost++) {
      Replay *replay = replay_new(all[i], TRUE);
      replay_feed_all_but(replay, lost);
      replay_finish(replay);
      g_test_message("%s without %u", all[i], lost);
      g_assert_cmpuint(connections_of(replay), <=, connections_of(whole));
      assert_all_known(whole, replay);
      replay_free(replay);
    }
    replay_free(whole);
  }
}

static void test_twice(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(all); i++) {
    Replay *whole = replay_whole(all[i]);
    Replay *replay = replay_new(all[i], TRUE);
    for (guint k = 0; k < replay_count(replay); k++) {
      replay_feed(replay, k);
      replay_feed(replay, k);
      if (k) replay_feed(replay, k - 1);
    }
    replay_finish(replay);
    replay_assert_same_streams(whole, replay);
    g_assert_cmpuint(connections_of(replay), ==, connections_of(whole));
    replay_free(replay);
    replay_free(whole);
  }
}

/* The client's first datagram comes after the server's answer. */
static void test_swapped(void) {
  static const char *const names[] = {"cid-0-client", "v1-to-v2", "nat-rebinding-port"};
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
    Replay *whole = replay_whole(names[i]);
    Replay *replay = replay_new(names[i], TRUE);
    replay_feed(replay, 1);
    g_assert_cmpuint(replay->waits, ==, 1);
    replay_feed(replay, 0);
    for (guint k = 2; k < replay_count(replay); k++) replay_feed(replay, k);
    replay_finish(replay);
    g_assert_cmpuint(connections_of(replay), ==, 1);
    assert_told(replay, "sni mx.test alpn h3 names 4 secrets\n");
    replay_assert_same_streams(whole, replay);
    replay_free(replay);
    replay_free(whole);
  }
}

/* Neighbours change places. Where nothing but the time tells two connections apart, what comes
 * before its connection does is lost. */
static void test_reordered(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(all); i++) {
    if (strcmp(all[i], "two-same-tuple-cid0") == 0) continue;
    Replay *whole = replay_whole(all[i]);
    for (guint first = 1; first + 1 < replay_count(whole); first++) {
      Replay *replay = replay_new(all[i], TRUE);
      for (guint k = 0; k < replay_count(replay); k++)
        replay_feed(replay, k == first ? k + 1 : k == first + 1 ? k - 1 : k);
      replay_finish(replay);
      g_test_message("%s from %u", all[i], first);
      assert_all_known(replay, whole);
      replay_free(replay);
    }
    replay_free(whole);
  }
}

static void test_without_secrets(void) {
  Replay *replay = replay_new("cid-0-client", FALSE);
  replay_feed_all(replay);
  replay_finish(replay);
  g_assert_cmpstr(replay->told->str, ==,
                  "open 0 client 55659\n"
                  "handshake 0 sni mx.test alpn  names 0\n"
                  "unreadable 0 from 1 reason 0\n"
                  "unreadable 0 from 0 reason 0\n"
                  "unreadable 0 from 0 reason 0\n"
                  "unreadable 0 from 1 reason 0\n"
                  "released 0 why 4\n");
  g_assert_cmpuint(replay->unreadable, >, 500);
  replay_free(replay);
}

/* The client's Initial is not there: its secrets are found among those that nobody claims, and all
 * that it would have said of itself stays unknown. */
static void test_hello_lost(void) {
  static const char *const names[] = {"cid-0-client", "v1-to-v2", "nginx-retry"};
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
    Replay *whole = replay_whole(names[i]);
    Replay *replay = replay_new(names[i], TRUE);
    replay_feed_all_but(replay, 0);
    replay_finish(replay);
    if (i != 2) assert_told(replay, "handshake 0 sni  alpn h3 names 4 secrets\n");
    g_assert_cmpuint(replay->unreadable + replay->gaps, ==, 0);
    replay_assert_same_streams(whole, replay);
    replay_free(replay);
    replay_free(whole);
  }
}

/* The same, but the secrets are those of other connections, or were claimed by one. */
static void test_hello_lost_for_good(void) {
  static const char *const others[] = {"v1-to-v2", "cid-0-client"};
  for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
    Replay *replay = replay_new("cid-0-client", FALSE);
    g_autofree char *path = g_strdup_printf("%s/%s.keys", ASV_TEST_DATA, others[i]);
    g_autofree char *text = NULL;
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_cmpuint(asv_keys_load(replay->keys, asv_span_text(text)), >, 0);
    if (i == 1) {
      for (guint k = 0; k < replay_count(replay); k++) {
        AsvUdp udp = replay_udp(replay, k);
        *(k % 2 ? &udp.destination.port : &udp.source.port) ^= 1;
        replay_give(replay, &udp);
      }
    }
    for (guint k = 1; k < replay_count(replay); k++) replay_feed(replay, k);
    replay_finish(replay);
    g_autofree char *line = g_strdup_printf("unreadable %zu from 1 reason 2\n", i);
    assert_told(replay, line);
    replay_free(replay);
  }
}

static void test_started_late(void) {
  /* 1-RTT packets alone are no connection: anything may look like them. */
  Replay *replay = replay_new("cid-0-client", TRUE);
  for (guint i = 5; i < replay_count(replay); i++) g_assert_false(replay_feed(replay, i));
  replay_finish(replay);
  g_assert_cmpstr(replay->told->str, ==, "");
  replay_free(replay);
}

/* Firefox offers Encrypted Client Hello; its first two datagrams were captured as one. The server
 * does not know it, so the key log has the outer random; with another one there it would be the
 * inner one's. */
static void test_ech(void) {
  Replay *whole = replay_whole("gso-firefox");
  assert_told(whole, "sni a.test alpn h3 names 40 secrets\n");
  g_assert_cmpuint(whole->unreadable + whole->gaps, ==, 0);
  Replay *replay = replay_new("gso-firefox", FALSE);
  g_autofree char *path = g_strdup_printf("%s/gso-firefox.keys", ASV_TEST_DATA);
  g_autofree char *text = NULL;
  g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
  for (char *line = text; *line; line = strchr(line, '\n') + 1)
    memset(strchr(line, ' ') + 1, '5', 8);
  g_assert_cmpuint(asv_keys_load(replay->keys, asv_span_text(text)), >, 0);
  replay_feed_all(replay);
  replay_finish(replay);
  assert_told(replay, "sni  alpn h3 names 40 secrets\n");
  replay_assert_same_streams(whole, replay);
  replay_free(replay);
  replay_free(whole);
}

/* Datagrams of one side that follow one another, as one. */
static void test_glued(void) {
  static const char *const names[] = {"nat-rebinding-port", "nginx-retry",
                                      "three-concurrent-same-tuple"};
  guint glued = 0;
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
    Replay *whole = replay_whole(names[i]);
    Replay *replay = replay_new(names[i], TRUE);
    for (guint k = 0; k < replay_count(replay); k++) {
      AsvUdp udp = replay_udp(replay, k);
      g_autoptr(GByteArray) both = g_byte_array_new();
      g_byte_array_append(both, udp.data.data, (guint)udp.data.size);
      while (k + 1 < replay_count(replay) && k > 8) {
        AsvUdp next = replay_udp(replay, k + 1);
        if (next.source.port != udp.source.port || next.destination.port != udp.destination.port ||
            memcmp(udp.data.data + 1, next.data.data + 1, 8) != 0)
          break;
        g_byte_array_append(both, next.data.data, (guint)next.data.size);
        glued++;
        k++;
      }
      udp.data = asv_span(both->data, both->len);
      udp.wire = both->len;
      replay_give(replay, &udp);
    }
    replay_finish(replay);
    replay_assert_same_streams(whole, replay);
    g_assert_cmpuint(replay->unreadable, ==, 0);
    replay_free(replay);
    replay_free(whole);
  }
  g_assert_cmpuint(glued, >, 8);
}

/* The snap length cut every datagram to that size. */
static void test_cut(void) {
  for (gsize size = 0; size < 1400; size += 7) {
    Replay *replay = replay_new("cid-0-client", TRUE);
    for (guint i = 0; i < replay_count(replay); i++) {
      AsvUdp udp = replay_udp(replay, i);
      udp.data.size = MIN(udp.data.size, size);
      replay_give(replay, &udp);
    }
    replay_finish(replay);
    if (size >= 60) g_assert_cmpuint(connections_of(replay), ==, 1);
    replay_free(replay);
  }
}

/* Any octet wrong, anywhere: no crash, and no other octets of streams. */
static void test_damaged(void) {
  Replay *whole = replay_whole("v1-to-v2");
  for (guint i = 0; i < replay_count(whole); i++) {
    for (gsize at = 0; at < replay_udp(whole, i).data.size; at += 13) {
      Replay *replay = replay_new("v1-to-v2", TRUE);
      for (guint k = 0; k < replay_count(replay); k++) {
        AsvUdp udp = replay_udp(replay, k);
        g_autofree guint8 *copy = g_memdup2(udp.data.data, udp.data.size);
        udp.data.data = copy;
        if (k == i) copy[at] ^= 0x55;
        replay_give(replay, &udp);
      }
      replay_finish(replay);
      replay_free(replay);
    }
  }
  replay_free(whole);
}

/* The client first tries a version that the server does not know (RFC 9000 §6). */
static void test_version_negotiation(void) {
  Replay *whole = replay_whole("cid-0-client");
  Replay *replay = replay_new("cid-0-client", TRUE);
  AsvUdp udp = replay_udp(replay, 0);
  AsvUdp answer = replay_udp(replay, 1);
  g_autofree guint8 *copy = g_memdup2(udp.data.data, udp.data.size);
  guint8 refusal[7 + 8 + 4] = {0x80, 0, 0, 0, 0, 0, 8};
  memcpy(refusal + 7, udp.data.data + 6, 8);
  refusal[sizeof refusal - 1] = 1;
  memcpy(copy + 1, "\x1a\x2a\x3a\x4a", 4);
  udp.data.data = copy;
  answer.data = asv_span(refusal, sizeof refusal);
  answer.wire = sizeof refusal;
  g_assert_true(replay_give(replay, &udp));
  g_assert_true(replay_give(replay, &answer));
  g_assert_cmpstr(replay->told->str, ==, "");
  replay_feed_all(replay);
  replay_finish(replay);
  g_assert_cmpstr(replay->told->str, ==, whole->told->str);
  replay_assert_same_streams(whole, replay);
  replay_free(replay);
  replay_free(whole);
}

/* Rejected by a filter: numbered, and nothing is told. */
static void test_unwanted(void) {
  Replay *replay = replay_new("two-same-tuple-cid0", TRUE);
  for (guint i = 0; i < replay_count(replay); i++) {
    AsvUdp udp = replay_udp(replay, i);
    udp.wanted = i >= 12;
    g_assert_true(replay_give(replay, &udp));
  }
  replay_finish(replay);
  g_assert_false(told(replay, "open 0"));
  assert_told(replay, "open 1 client");
  assert_told(replay, "handshake 1 sni mx.test alpn h3 names 4 secrets\n");
  replay_free(replay);
}

/* Nobody wants more than the first octets of each stream. */
static void test_waived(void) {
  Replay *whole = replay_whole("0rtt");
  Replay *replay = replay_new("0rtt", TRUE);
  replay->waiver = ASV_WAIVE_ALL;
  replay_feed_all_but(replay, 11);
  replay_finish(replay);
  g_assert_cmpuint(replay->gaps, ==, 0);
  g_assert_cmpuint(g_hash_table_size(replay->streams), >=, g_hash_table_size(whole->streams) - 4);
  replay_free(replay);
  replay_free(whole);
}

static void test_idle(void) {
  Replay *replay = replay_new("cid-0-client", TRUE);
  for (guint i = 0; i < 8; i++) replay_feed(replay, i);
  replay->at.time += ASV_QUIC_IDLE_TIME + ASV_SECOND;
  AsvUdp other = {.data = asv_span("x", 1), .wire = 1, .wanted = TRUE};
  g_assert_false(replay_give(replay, &other));
  assert_told(replay, "released 0 why 2\n");
  g_assert_cmpuint(replay->connections, ==, 0);
  replay_finish(replay);
  replay_free(replay);
  replay = replay_new("cid-0-client", TRUE);
  replay_feed_all(replay);
  replay->at.time += ASV_QUIC_CLOSING_TIME + ASV_SECOND;
  g_assert_false(replay_give(replay, &other));
  assert_told(replay, "released 0 why 0\n");
  replay_free(replay);
}

/* DNS, DTLS, RTP and noise, between the same endpoints too. */
static void test_others(void) {
  Replay *replay = replay_new("cid-0-client", TRUE);
  static const guint8 dtls[64] = {22, 0xfe, 0xfd}, rtp[64] = {0x80, 0x60};
  static const guint8 dns[64] = {0x12, 0x34, 1, 0, 0, 1}, stun[64] = {0, 1, 0, 44};
  const guint8 *const payloads[] = {dtls, rtp, dns, stun};
  AsvUdp udp = replay_udp(replay, 0);
  for (gsize i = 0; i < G_N_ELEMENTS(payloads); i++) {
    udp.data = asv_span(payloads[i], 64);
    udp.wire = 64;
    g_assert_false(replay_give(replay, &udp));
  }
  g_assert_cmpstr(replay->told->str, ==, "");
  replay_finish(replay);
  replay_free(replay);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/quic/connection/whole", test_whole);
  g_test_add_func("/quic/connection/all", test_all);
  g_test_add_func("/quic/connection/early-data", test_early_data);
  g_test_add_func("/quic/connection/early-first", test_early_first);
  g_test_add_func("/quic/connection/migration", test_migration);
  g_test_add_func("/quic/connection/loss", test_loss);
  g_test_add_func("/quic/connection/twice", test_twice);
  g_test_add_func("/quic/connection/swapped", test_swapped);
  g_test_add_func("/quic/connection/reordered", test_reordered);
  g_test_add_func("/quic/connection/without-secrets", test_without_secrets);
  g_test_add_func("/quic/connection/hello-lost", test_hello_lost);
  g_test_add_func("/quic/connection/hello-lost-for-good", test_hello_lost_for_good);
  g_test_add_func("/quic/connection/started-late", test_started_late);
  g_test_add_func("/quic/connection/ech", test_ech);
  g_test_add_func("/quic/connection/glued", test_glued);
  g_test_add_func("/quic/connection/cut", test_cut);
  g_test_add_func("/quic/connection/damaged", test_damaged);
  g_test_add_func("/quic/connection/version-negotiation", test_version_negotiation);
  g_test_add_func("/quic/connection/unwanted", test_unwanted);
  g_test_add_func("/quic/connection/waived", test_waived);
  g_test_add_func("/quic/connection/idle", test_idle);
  g_test_add_func("/quic/connection/others", test_others);
  return g_test_run();
}

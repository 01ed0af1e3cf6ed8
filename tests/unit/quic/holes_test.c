/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Holes in packet numbers: found, filled late, acknowledged in parts, explained, too many. */
#include "analyzer/quic/holes.h"

#define FULL 1300u
/* What is missing in a stream when a full packet is. */
#define DATA (FULL - 64u)

typedef struct {
  AsvQuicHoles holes;
  guint64 expected[2];
} Side;

static void see(Side *side, guint space, guint64 number) {
  guint64 *expected = &side->expected[space];
  if (number != *expected || side->holes.count)
    asv_quic_holes_seen(&side->holes, space, *expected, number, FULL);
  *expected = MAX(*expected, number + 1);
}

static void acknowledge(Side *side, guint space, guint64 first, guint64 last) {
  if (side->holes.count || last >= side->expected[space])
    asv_quic_holes_acknowledged(&side->holes, 5, space, side->expected[space], first, last);
}

static gboolean end(Side *side) {
  gboolean lost = asv_quic_holes_judge(&side->holes);
  g_assert_false(side->holes.doubt);
  asv_quic_holes_clear(&side->holes);
  return lost;
}

static void test_whole(void) {
  Side side = {.expected = {0}};
  for (guint64 i = 0; i < 100; i++) {
    see(&side, 0, i);
    acknowledge(&side, 0, 0, i);
  }
  g_assert_null(side.holes.list);
  g_assert_false(end(&side));
}

/* Lost on the way or never used: nobody acknowledges the number. */
static void test_not_acknowledged(void) {
  Side side = {.expected = {0}};
  see(&side, 0, 7);
  see(&side, 0, 9);
  acknowledge(&side, 0, 7, 7);
  acknowledge(&side, 0, 9, 9);
  g_assert_cmpuint(side.holes.count, ==, 2);
  g_assert_false(side.holes.doubt);
  g_assert_false(end(&side));
}

static void test_acknowledged(void) {
  Side side = {.expected = {0}};
  see(&side, 0, 0);
  see(&side, 0, 2);
  acknowledge(&side, 0, 0, 0);
  g_assert_false(side.holes.doubt);
  acknowledge(&side, 0, 0, 2);
  g_assert_true(side.holes.doubt);
  g_assert_cmpint(side.holes.since, ==, 5);
  g_assert_true(end(&side));
}

/* Another space has its own numbers. */
static void test_spaces(void) {
  Side side = {.expected = {0}};
  see(&side, 0, 1);
  see(&side, 1, 0);
  acknowledge(&side, 1, 0, 0);
  g_assert_false(side.holes.doubt);
  acknowledge(&side, 0, 0, 1);
  g_assert_true(end(&side));
}

/* The acknowledgement alone tells of the last packets. */
static void test_last(void) {
  Side side = {.expected = {0}};
  see(&side, 0, 0);
  acknowledge(&side, 0, 0, 1);
  side.holes.waived = G_MAXUINT64 - 1;
  g_assert_true(end(&side));
}

/* A packet that stands in the capture behind its successors, and behind their acknowledgement. */
static void test_late(void) {
  static const guint64 orders[][4] = {{2, 3, 1, 4}, {4, 3, 2, 1}, {1, 2, 3, 4}, {3, 1, 4, 2}};
  for (gsize i = 0; i < G_N_ELEMENTS(orders); i++) {
    Side side = {.expected = {0}};
    see(&side, 0, 0);
    acknowledge(&side, 0, 0, 4);
    side.holes.waived = 100;
    for (gsize k = 0; k < 4; k++) {
      g_assert_cmpuint(side.holes.count, >, 0);
      see(&side, 0, orders[i][k]);
    }
    g_assert_cmpuint(side.holes.count, ==, 0);
    g_assert_cmpuint(side.holes.waived, ==, 0);
    g_assert_false(end(&side));
  }
}

/* Parts of one hole: the middle acknowledged, then all but one packet of that seen. */
static void test_parts(void) {
  Side side = {.expected = {0}};
  see(&side, 0, 100);
  acknowledge(&side, 0, 40, 59);
  g_assert_cmpuint(side.holes.count, ==, 3);
  for (guint64 i = 40; i < 60; i++)
    if (i != 50) see(&side, 0, i);
  g_assert_cmpuint(side.holes.count, ==, 3);
  see(&side, 0, 50);
  g_assert_cmpuint(side.holes.count, ==, 2);
  g_assert_false(asv_quic_holes_judge(&side.holes));
  acknowledge(&side, 0, 0, 0);
  g_assert_true(end(&side));
}

/* Octets that nobody wanted explain as many packets as they fill. */
static void test_waived(void) {
  for (guint packets = 1; packets < 4; packets++) {
    for (guint less = 0; less < 2; less++) {
      Side side = {.expected = {0}};
      see(&side, 0, packets);
      side.holes.waived = (guint64)packets * DATA - less;
      acknowledge(&side, 0, 0, packets);
      g_assert_true(end(&side) == (less > 0));
    }
  }
}

/* Holes that are not acknowledged make room, the oldest first. */
static void test_limit(void) {
  Side side = {.expected = {0}};
  for (guint64 i = 0; i < 2 * ASV_QUIC_HOLES_MAX; i++) see(&side, 0, 2 * i + 1);
  g_assert_cmpuint(side.holes.count, ==, ASV_QUIC_HOLES_MAX);
  acknowledge(&side, 0, 0, 0);
  g_assert_false(side.holes.doubt);
  guint64 last = 2 * (2 * ASV_QUIC_HOLES_MAX - 1);
  acknowledge(&side, 0, last, last);
  g_assert_true(end(&side));
}

/* Those that are acknowledged are judged to make room. */
static void test_limit_judged(void) {
  for (guint explained = 0; explained < 2; explained++) {
    Side side = {.expected = {0}};
    for (guint64 i = 0; i < ASV_QUIC_HOLES_MAX + 1; i++) {
      see(&side, 0, 2 * i + 1);
      if (explained) side.holes.waived += DATA;
      acknowledge(&side, 0, 0, 2 * i + 1);
    }
    g_assert_cmpuint(side.holes.count, ==, ASV_QUIC_HOLES_MAX);
    g_assert_true(side.holes.lost == !explained);
    g_assert_true(end(&side) == !explained);
  }
}

/* A full list has no room for parts; nothing is made up of them. */
static void test_limit_parts(void) {
  Side side = {.expected = {0}};
  for (guint64 i = 1; i <= ASV_QUIC_HOLES_MAX; i++) see(&side, 0, 10 * i);
  acknowledge(&side, 0, 5, 5);
  see(&side, 0, 5);
  g_assert_cmpuint(side.holes.count, ==, ASV_QUIC_HOLES_MAX - 1);
  g_assert_false(end(&side));
}

/* Numbers end at 2^62 - 1 (RFC 9000 §12.3). */
static void test_far(void) {
  Side side = {.expected = {0}};
  guint64 last = ((guint64)1 << 62) - 1;
  acknowledge(&side, 0, 0, last);
  see(&side, 0, last);
  see(&side, 0, 0);
  side.holes.waived = G_MAXUINT64 - 1;
  g_assert_true(end(&side));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/quic/holes/whole", test_whole);
  g_test_add_func("/quic/holes/not-acknowledged", test_not_acknowledged);
  g_test_add_func("/quic/holes/acknowledged", test_acknowledged);
  g_test_add_func("/quic/holes/spaces", test_spaces);
  g_test_add_func("/quic/holes/last", test_last);
  g_test_add_func("/quic/holes/late", test_late);
  g_test_add_func("/quic/holes/parts", test_parts);
  g_test_add_func("/quic/holes/waived", test_waived);
  g_test_add_func("/quic/holes/limit", test_limit);
  g_test_add_func("/quic/holes/limit-judged", test_limit_judged);
  g_test_add_func("/quic/holes/limit-parts", test_limit_parts);
  g_test_add_func("/quic/holes/far", test_far);
  return g_test_run();
}

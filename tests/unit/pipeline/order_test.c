/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The order of observations: who waits holds back what is younger, and nothing else. */
#include "analyzer/order.h"

typedef struct {
  AsvOrder *order;
  GString *seen; /* packets, as they came out */
} Fixture;

static void observe(void *self, const AsvObservation *observation) {
  g_string_append_printf(self, "%" G_GUINT64_FORMAT " ", observation->packet);
}

static Fixture setup(void) {
  Fixture fixture = {.seen = g_string_new(NULL)};
  fixture.order = asv_order_new(&(AsvObserver){.self = fixture.seen, .observe = observe});
  return fixture;
}

static void add(const Fixture *fixture, guint64 packet) {
  AsvPacketRef at = {.order = packet, .packet = packet};
  AsvObservation seen = {.kind = ASV_OBSERVATION_CLOSE, .packet = packet, .file = "f"};
  asv_order_add(fixture->order, &at, &seen);
}

static void wait_since(const Fixture *fixture, const void *who, guint64 packet) {
  AsvPacketRef at = {.order = packet, .packet = packet};
  asv_order_wait(fixture->order, who, &at);
}

static void check(const Fixture *fixture, const char *seen) {
  g_assert_cmpstr(fixture->seen->str, ==, seen);
  g_string_truncate(fixture->seen, 0);
}

static void teardown(Fixture *fixture, const char *rest) {
  asv_order_free(fixture->order);
  g_assert_cmpstr(fixture->seen->str, ==, rest);
  g_string_free(fixture->seen, TRUE);
}

static void test_nothing_waits(void) {
  Fixture fixture = setup();
  for (guint64 packet = 1; packet < 4; packet++) add(&fixture, packet);
  check(&fixture, "1 2 3 ");
  asv_order_done(fixture.order, &fixture);
  teardown(&fixture, "");
}

/* What is older than the one that waits passes; its own, told late, comes before the younger. */
static void test_wait(void) {
  Fixture fixture = setup();
  wait_since(&fixture, &fixture, 3);
  add(&fixture, 2);
  add(&fixture, 4);
  add(&fixture, 5);
  check(&fixture, "2 ");
  add(&fixture, 3);
  add(&fixture, 4);
  check(&fixture, "");
  asv_order_done(fixture.order, &fixture);
  check(&fixture, "3 4 4 5 ");
  add(&fixture, 6);
  teardown(&fixture, "6 ");
}

static void test_several_wait(void) {
  int names[2];
  Fixture fixture = setup();
  wait_since(&fixture, &names[0], 5);
  wait_since(&fixture, &names[1], 2);
  add(&fixture, 5);
  add(&fixture, 3);
  asv_order_done(fixture.order, &names[1]);
  check(&fixture, "3 ");
  wait_since(&fixture, &names[0], 7); /* moved on */
  check(&fixture, "5 ");
  add(&fixture, 8);
  wait_since(&fixture, &names[0], 9);
  check(&fixture, "8 ");
  add(&fixture, 10);
  teardown(&fixture, "10 ");
}

/* Behind one that waits for ever the oldest passes when too many are kept. */
static void test_limit(void) {
  Fixture fixture = setup();
  wait_since(&fixture, &fixture, 1);
  for (guint64 i = 0; i < ASV_ORDER_KEPT_MAX; i++) add(&fixture, 2 + i);
  check(&fixture, "");
  add(&fixture, 2 + ASV_ORDER_KEPT_MAX);
  check(&fixture, "2 ");
  add(&fixture, 1);
  check(&fixture, "1 ");
  asv_order_free(fixture.order);
  gchar **rest = g_strsplit(fixture.seen->str, " ", 0);
  g_assert_cmpuint(g_strv_length(rest), ==, ASV_ORDER_KEPT_MAX + 1);
  g_assert_cmpstr(rest[0], ==, "3");
  g_strfreev(rest);
  g_string_free(fixture.seen, TRUE);
}

/* As above, with few long ones. */
static void test_octets_limit(void) {
  enum { PARTS = 16 };
  Fixture fixture = setup();
  g_autofree guint8 *value = g_malloc0(ASV_ORDER_OCTETS_MAX / PARTS);
  AsvObservation seen = {.kind = ASV_OBSERVATION_ADVERTISEMENT, .file = "f"};
  seen.advertisement.value = asv_span(value, ASV_ORDER_OCTETS_MAX / PARTS);
  wait_since(&fixture, &fixture, 1);
  for (seen.packet = 1; seen.packet < PARTS; seen.packet++)
    asv_order_add(fixture.order, &(AsvPacketRef){.order = seen.packet}, &seen);
  check(&fixture, "");
  asv_order_add(fixture.order, &(AsvPacketRef){.order = seen.packet}, &seen);
  check(&fixture, "1 ");
  teardown(&fixture, "2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 ");
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/pipeline/order/nothing-waits", test_nothing_waits);
  g_test_add_func("/pipeline/order/wait", test_wait);
  g_test_add_func("/pipeline/order/several-wait", test_several_wait);
  g_test_add_func("/pipeline/order/limit", test_limit);
  g_test_add_func("/pipeline/order/octets-limit", test_octets_limit);
  return g_test_run();
}

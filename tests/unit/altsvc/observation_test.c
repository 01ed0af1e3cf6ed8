/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names, the identity of connections, and copies that own everything. */
#include "altsvc/observation.h"

/* FNV-1a over "tcp|192.0.2.1:50000|192.0.2.2:443|1000000007", computed apart from this project. */
static void test_id(void) {
  guint64 id = asv_connection_id("tcp", "192.0.2.1:50000", "192.0.2.2:443", 1000000007, NULL);
  g_assert_cmphex(id, ==, G_GUINT64_CONSTANT(0xa623ec9b8e923965));
  id = asv_connection_id("tcp", "192.0.2.1:50000", "192.0.2.2:443", 1000000007, "a.test:443");
  g_assert_cmphex(id, ==, G_GUINT64_CONSTANT(0xbd4e01a622a7dd6b));
}

static void test_names(void) {
  for (guint i = 0; i < ASV_OBSERVATION_KINDS; i++)
    g_assert_nonnull(asv_observation_kind_name((AsvObservationKind)i));
  for (guint i = 0; i < ASV_VIAS; i++) g_assert_nonnull(asv_via_name((AsvVia)i));
  for (guint i = 0; i < ASV_CLOSES; i++) g_assert_nonnull(asv_close_reason_name((AsvCloseReason)i));
  for (guint i = 0; i < ASV_UNREADABLES; i++)
    g_assert_nonnull(asv_unreadable_reason_name((AsvUnreadableReason)i));
  g_assert_null(asv_from_name(ASV_FROM_NOBODY));
  g_assert_cmpstr(asv_from_name(ASV_FROM_SERVER), ==, "server");
  g_assert_null(asv_ech_name(ASV_ECH_NONE));
  g_assert_cmpstr(asv_ech_name(ASV_ECH_ACCEPTED), ==, "accepted");
}

/* The copy must not notice what becomes of the memory that was lent. */
static void test_copy_owns_all(void) {
  char lent[] = "tcp:0|h3=\":443\"|h2=\":443\"|1.pcap";
  AsvSpan values[] = {asv_span(lent + 6, 9), asv_span(lent + 16, 9)};
  AsvConnectionRef connection = {.client = "192.0.2.1", .server = "192.0.2.2:443", .label = lent};
  AsvObservation seen = {.kind = ASV_OBSERVATION_ADVERTISEMENT,
                         .time = 5,
                         .file = lent + 26,
                         .packet = 7,
                         .connection = &connection,
                         .advertisement = {.value = asv_span(lent + 6, 19),
                                           .values = {.items = values, .count = 2},
                                           .age = asv_span("", 0)}};
  lent[5] = '\0';
  AsvObservation *copy = asv_observation_copy(&seen);
  memset(lent, 'x', sizeof lent - 1);
  memset(values, 0xff, sizeof values);
  connection.label = NULL;

  g_assert_cmpint(copy->kind, ==, ASV_OBSERVATION_ADVERTISEMENT);
  g_assert_cmpint(copy->time, ==, 5);
  g_assert_cmpstr(copy->file, ==, "1.pcap");
  g_assert_cmpuint(copy->packet, ==, 7);
  g_assert_cmpstr(copy->connection->label, ==, "tcp:0");
  g_assert_cmpstr(copy->connection->client, ==, "192.0.2.1");
  const AsvAdvertisementSeen *advertisement = &copy->advertisement;
  g_assert_true(asv_span_is(advertisement->value, "h3=\":443\"|h2=\":443\""));
  g_assert_cmpuint(advertisement->values.count, ==, 2);
  g_assert_true(asv_span_is(advertisement->values.items[0], "h3=\":443\""));
  g_assert_true(asv_span_is(advertisement->values.items[1], "h2=\":443\""));
  g_assert_nonnull(advertisement->age.data);
  g_assert_cmpuint(advertisement->age.size, ==, 0);
  g_assert_null(advertisement->date.data);
  asv_observation_free(copy);
}

static void test_copy_of_little(void) {
  AsvObservation seen = {.kind = ASV_OBSERVATION_CAPTURE, .capture = {.packets = 3}};
  AsvObservation *copy = asv_observation_copy(&seen);
  g_assert_null(copy->file);
  g_assert_null(copy->connection);
  g_assert_null(copy->capture.format);
  g_assert_cmpuint(copy->capture.packets, ==, 3);
  asv_observation_free(copy);
  asv_observation_free(NULL);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/observation/id", test_id);
  g_test_add_func("/observation/names", test_names);
  g_test_add_func("/observation/copy-owns-all", test_copy_owns_all);
  g_test_add_func("/observation/copy-of-little", test_copy_of_little);
  return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* BPF expressions on packets of several link types. */
#include "analyzer/input/filter.h"

#include "analyzer/input/input.h"
#include "tests/support/feed.h"

/* UDP over IPv4 to port 443, without and with an Ethernet header. */
#define IPV4 "45000020 00000000 4011f96e c0000201 c0000202 30390050 000c0000 61626364"
#define IPV4_443 "45000020 00000000 4011f96e c0000201 c0000202 303901bb 000c0000 61626364"
#define ETHERNET "020000000001 020000000002 0800 "

static gboolean wanted(AsvFilter *filter, int linktype, const char *hex) {
  GByteArray *octets = asv_test_hex(hex);
  AsvRecord record = {.linktype = linktype,
                      .data = asv_span(octets->data, octets->len),
                      .wire_length = octets->len};
  gboolean is_wanted = 2;
  g_autoptr(GError) error = NULL;
  g_assert_true(asv_filter_run(filter, &record, &is_wanted, &error));
  g_assert_no_error(error);
  g_byte_array_free(octets, TRUE);
  return is_wanted;
}

static void test_link_types(void) {
  AsvFilter *filter = asv_filter_new("udp port 443");
  for (int round = 0; round < 3; round++) {
    g_assert_false(wanted(filter, 1, ETHERNET IPV4));
    g_assert_true(wanted(filter, 1, ETHERNET IPV4_443));
    g_assert_false(wanted(filter, 101, IPV4));
    g_assert_true(wanted(filter, 101, IPV4_443));
    g_assert_true(wanted(filter, 228, IPV4_443));
    g_assert_false(wanted(filter, 101, ETHERNET IPV4_443));
  }
  asv_filter_free(filter);
}

static void run_guarded(AsvSpan guarded, void *user) {
  AsvRecord record = {.linktype = 1, .data = guarded, .wire_length = 1500};
  gboolean is_wanted;
  g_assert_true(asv_filter_run(user, &record, &is_wanted, NULL));
}

/* Packets cut at every length are judged without a read beyond them. */
static void test_cut_packets(void) {
  AsvFilter *filter = asv_filter_new("udp port 443 or tcp[13] != 0 or ether[40:4] = 1");
  g_autoptr(GByteArray) octets = asv_test_hex(ETHERNET IPV4_443);
  for (guint size = 0; size <= octets->len; size++)
    asv_test_guarded(asv_span(octets->data, size), run_guarded, filter);
  asv_filter_free(filter);
}

static void assert_refused(const char *expression, int linktype, const char *message) {
  AsvFilter *filter = asv_filter_new(expression);
  AsvRecord record = {.linktype = linktype};
  gboolean is_wanted;
  g_autoptr(GError) error = NULL;
  g_assert_false(asv_filter_run(filter, &record, &is_wanted, &error));
  g_assert_error(error, ASV_INPUT_ERROR, ASV_INPUT_ERROR_FILTER);
  g_assert_true(g_str_has_prefix(error->message, message));
  asv_filter_free(filter);
}

static void test_refused(void) {
  assert_refused("tcp port", 1, "the filter \"tcp port\" does not compile for link type 1: ");
  assert_refused("ip", 252, "the filter \"ip\" does not compile for link type 252: ");
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/filter/link-types", test_link_types);
  g_test_add_func("/filter/cut-packets", test_cut_packets);
  g_test_add_func("/filter/refused", test_refused);
  return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pcap in all its magic numbers and byte orders, and where it is damaged. */
#include "analyzer/input/pcap.h"

#include "capture.h"

typedef struct {
  const char *name;
  guint32 magic;
  gboolean big;
  gboolean nanoseconds;
} Variant;

static const Variant variants[] = {
    {"micro-little", 0xa1b2c3d4, FALSE, FALSE},
    {"micro-big", 0xa1b2c3d4, TRUE, FALSE},
    {"nano-little", 0xa1b23c4d, FALSE, TRUE},
    {"nano-big", 0xa1b23c4d, TRUE, TRUE},
};

static void test_variant(gconstpointer data) {
  const Variant *variant = data;
  Capture c = capture_new(variant->big);
  put_pcap_header(&c, variant->magic, 65535, 101);
  put_pcap_packet(&c, 7, 123, "first");
  put_pcap_packet(&c, 8, 0, "second");
  const char *time = variant->nanoseconds ? "7000000123" : "7000123000";
  g_autofree char *expected = g_strdup_printf(
      "packet 0.1 time %s link 101 wire 5 first\n"
      "packet 0.2 time 8000000000 link 101 wire 6 second\n"
      "end pcap file 0 packet 2 of 2 bytes 11 %s-8000000000\n",
      time, time);
  assert_told(&c, expected);
  capture_free(&c);
}

/* Record headers with eight more octets, and what is missing of such a record. */
static void test_modified(void) {
  Capture c = capture_new(FALSE);
  put_pcap_header(&c, 0xa1b2cd34, 65535, 1);
  for (guint i = 1; i <= 2; i++) {
    put32(&c, i);
    put32(&c, 5);
    put32(&c, 4);
    put32(&c, 60);
    put64(&c, 0x0102030405060708);
    put_text(&c, "data");
  }
  g_byte_array_set_size(c.octets, c.octets->len - 3);
  assert_told(&c,
              "packet 0.1 time 1000005000 link 1 wire 60 data\n"
              "end pcap file 0 packet 1 of 1 bytes 60 1000005000-1000005000 error cut short in "
              "packet 2, at byte 52: tried to read 4 captured bytes, only got 1\n");
  capture_free(&c);
}

static void test_after_2038(void) {
  Capture c = capture_new(FALSE);
  put_pcap_header(&c, 0xa1b2c3d4, 65535, 1);
  put_pcap_packet(&c, 4000000000u, 0, "later");
  assert_told(&c,
              "packet 0.1 time 4000000000000000000 link 1 wire 5 later\n"
              "end pcap file 0 packet 1 of 1 bytes 5 "
              "4000000000000000000-4000000000000000000\n");
  capture_free(&c);
}

/* LINKTYPE of the file, whatever libpcap calls it here; the upper bits tell the FCS. */
static void test_link_types(void) {
  static const guint32 types[][2] = {{12, 101},  {14, 101},  {101, 101}, {0x24000001, 1},
                                     {276, 276}, {252, 252}, {113, 113}, {0, 0}};
  for (gsize i = 0; i < G_N_ELEMENTS(types); i++) {
    Capture c = capture_new(TRUE);
    put_pcap_header(&c, 0xa1b2c3d4, 65535, types[i][0]);
    put_pcap_packet(&c, 1, 0, "x");
    char *name = write_file(capture_span(&c));
    g_autofree char *told = tell_file(name);
    remove_file(name);
    g_autofree char *expected =
        g_strdup_printf("packet 0.1 time 1000000000 link %u wire 1 x\n", types[i][1]);
    g_assert_true(g_str_has_prefix(told, expected));
    capture_free(&c);
  }
}

static void test_above_snap_length(void) {
  for (int big = 0; big < 2; big++) {
    Capture c = capture_new(big);
    put_pcap_header(&c, 0xa1b2c3d4, 4, 1);
    put_pcap_packet(&c, 1, 0, "longer");
    put_pcap_packet(&c, 2, 0, "too");
    assert_told(&c,
                "packet 0.1 time 1000000000 link 1 wire 6 longer\n"
                "packet 0.2 time 2000000000 link 1 wire 3 too\n"
                "end pcap file 0 packet 2 of 2 bytes 9 1000000000-2000000000\n");
    capture_free(&c);
  }
}

static void test_cut(void) {
  Capture c = capture_new(FALSE);
  put_pcap_header(&c, 0xa1b2c3d4, 65535, 1);
  put_pcap_packet(&c, 1, 0, "whole");
  put_pcap_packet(&c, 2, 0, "partly");
  g_byte_array_set_size(c.octets, c.octets->len - 2);
  assert_told(&c,
              "packet 0.1 time 1000000000 link 1 wire 5 whole\n"
              "end pcap file 0 packet 1 of 1 bytes 5 1000000000-1000000000 error cut short in "
              "packet 2, at byte 45: tried to read 6 captured bytes, only got 4\n");
  g_byte_array_set_size(c.octets, 24 + 21 + 7);
  assert_told(&c,
              "packet 0.1 time 1000000000 link 1 wire 5 whole\n"
              "end pcap file 0 packet 1 of 1 bytes 5 1000000000-1000000000 error cut short in "
              "packet 2, at byte 45: tried to read 16 header bytes, only got 7\n");
  g_byte_array_set_size(c.octets, 24);
  assert_told(&c, "end pcap file 0 packet 0 of 0 bytes 0 0-0\n");
  g_byte_array_set_size(c.octets, 23);
  assert_told(&c, "refused cut short in the file header: 23 of 24 bytes are there\n");
  capture_free(&c);
}

static void test_impossible(void) {
  Capture c = capture_new(FALSE);
  put_pcap_header(&c, 0xa1b2c3d4, 65535, 1);
  put_pcap_packet(&c, 1, 0, "whole");
  put64(&c, 2);
  put32(&c, 0xfffffff0);
  put32(&c, 0xfffffff0);
  put_text(&c, "not four gigabytes");
  assert_told(&c,
              "packet 0.1 time 1000000000 link 1 wire 5 whole\n"
              "end pcap file 0 packet 1 of 1 bytes 5 1000000000-1000000000 error damaged in "
              "packet 2, at byte 45: invalid packet capture length 4294967280, bigger than "
              "snaplen of 262144\n");
  capture_free(&c);

  c = capture_new(FALSE);
  put_pcap_header(&c, 0xa1b2c3d4, 65535, 1);
  c.octets->data[4] = 9;
  char *name = write_file(capture_span(&c));
  g_autofree char *told = tell_file(name);
  remove_file(name);
  g_assert_true(g_str_has_prefix(told, "refused cannot be read: "));
  capture_free(&c);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(variants); i++) {
    g_autofree char *path = g_strdup_printf("/pcap/variant/%s", variants[i].name);
    g_test_add_data_func(path, &variants[i], test_variant);
  }
  g_test_add_func("/pcap/variant/modified", test_modified);
  g_test_add_func("/pcap/after-2038", test_after_2038);
  g_test_add_func("/pcap/link-types", test_link_types);
  g_test_add_func("/pcap/above-snap-length", test_above_snap_length);
  g_test_add_func("/pcap/cut", test_cut);
  g_test_add_func("/pcap/impossible", test_impossible);
  return g_test_run();
}

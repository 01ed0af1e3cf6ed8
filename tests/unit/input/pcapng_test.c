/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every block and option of pcapng that matters, and every way in which a file can be damaged. */
#include "analyzer/input/pcapng.h"

#include "capture.h"

#define US G_GUINT64_CONSTANT(1000000)

static void test_byte_orders(gconstpointer big) {
  Capture c = capture_new(GPOINTER_TO_INT(big));
  put_section(&c);
  put_interface(&c, 1);
  put_secrets(&c, TLS_KEY_LOG, "CLIENT_RANDOM 00 11");
  put_packet(&c, 0, 5 * US + 7, "one");
  put_packet(&c, 0, (G_GUINT64_CONSTANT(1) << 32) + 1, "four");
  assert_told(&c,
              "secrets CLIENT_RANDOM 00 11\n"
              "packet 0.1 time 5000007000 link 1 wire 3 one\n"
              "packet 0.2 time 4294967297000 link 1 wire 4 four\n"
              "end pcapng file 0 packet 2 of 2 bytes 7 5000007000-4294967297000\n");
  capture_free(&c);
}

static void test_sections(void) {
  Capture c = capture_new(FALSE);
  put_section(&c);
  put_interface(&c, 1);
  put_interface(&c, 101);
  put_packet(&c, 1, 9 * US, "raw");
  c.big = TRUE;
  put_section(&c);
  put_interface(&c, 113);
  put_packet(&c, 0, 10 * US, "cooked");
  put_section(&c);
  put_packet(&c, 0, 11 * US, "nobody's");
  assert_told(&c,
              "packet 0.1 time 9000000000 link 101 wire 3 raw\n"
              "packet 0.2 time 10000000000 link 113 wire 6 cooked\n"
              "end pcapng file 0 packet 2 of 2 bytes 9 9000000000-10000000000 error damaged in "
              "packet 3, at byte 220: interface 0 is unknown, the section has 0\n");
  capture_free(&c);
}

static void test_raw_link_types(void) {
  Capture c = capture_new(FALSE);
  put_section(&c);
  put_interface(&c, 12);
  put_interface(&c, 14);
  put_packet(&c, 0, US, "a");
  put_packet(&c, 1, US, "b");
  assert_told(&c,
              "packet 0.1 time 1000000000 link 101 wire 1 a\n"
              "packet 0.2 time 1000000000 link 101 wire 1 b\n"
              "end pcapng file 0 packet 2 of 2 bytes 2 1000000000-1000000000\n");
  capture_free(&c);
}

/* What a time stamp of an interface becomes. */
static void assert_time(guint8 resolution, gint64 offset, guint64 ticks, const char *expected) {
  Capture c = capture_new(TRUE);
  put_section(&c);
  interface_begin(&c, 1, 0);
  put_option(&c, 2, "eth0", 4);
  put_option(&c, 9, &resolution, 1);
  put_option64(&c, 14, (guint64)offset);
  put_option(&c, 0, NULL, 0);
  block_end(&c);
  put_packet(&c, 0, ticks, "x");
  char *name = write_file(capture_span(&c));
  g_autofree char *told = tell_file(name);
  remove_file(name);
  g_autofree char *line = g_strdup_printf("packet 0.1 time %s link 1 wire 1 x\n", expected);
  g_assert_true(g_str_has_prefix(told, line));
  capture_free(&c);
}

static void test_resolutions(void) {
  assert_time(0, 0, 7, "7000000000");
  assert_time(3, 0, 1234, "1234000000");
  assert_time(6, 100, 1000001, "101000001000");
  assert_time(9, 0, G_GUINT64_CONSTANT(1700000000123456789), "1700000000123456789");
  assert_time(9, -5, G_GUINT64_CONSTANT(6000000001), "1000000001");
  assert_time(9, -1, 5, "-999999995");
  assert_time(10, 0, G_GUINT64_CONSTANT(12345678915), "1234567891");
  assert_time(12, 0, G_GUINT64_CONSTANT(3000000001999), "3000000001");
  assert_time(19, 0, G_GUINT64_CONSTANT(15000000000000000000), "1500000000");
  assert_time(0x80 | 0, 0, 3, "3000000000");
  assert_time(0x80 | 10, 0, 1536, "1500000000");
  assert_time(0x80 | 34, 0, G_GUINT64_CONSTANT(3) << 33, "1500000000");
  assert_time(0x80 | 40, 0, G_GUINT64_CONSTANT(5) << 38, "1250000000");
  assert_time(0x80 | 63, 0, G_GUINT64_CONSTANT(3) << 62, "1500000000");
  /* Beyond what nanoseconds in 64 bits can say: as if the packet had no time. */
  assert_time(0, 0, G_MAXUINT64, "0");
  assert_time(0, 0, G_GUINT64_CONSTANT(9300000000), "0");
  assert_time(0, G_MAXINT64, 1, "0");
  assert_time(0, G_MININT64, 1, "0");
}

static void test_clock(void) {
  Capture c = capture_new(FALSE);
  put_section(&c);
  interface_begin(&c, 1, 3);
  block_end(&c);
  block_begin(&c, 3);
  put32(&c, 2);
  put_text(&c, "no");
  block_end(&c);
  put_packet(&c, 0, 5 * US, "five");
  block_begin(&c, 3);
  put32(&c, 1500);
  put_text(&c, "cutXX");
  block_end(&c);
  put_packet(&c, 0, 4 * US, "back");
  put_packet(&c, 0, 6 * US, "on");
  assert_told(&c,
              "packet 0.1 time 0 link 1 wire 2 no\n"
              "packet 0.2 time 5000000000 link 1 wire 4 five\n"
              "packet 0.3 time 5000000000 link 1 wire 1500 cut\n"
              "packet 0.4 time 5000000000 link 1 wire 4 back\n"
              "packet 0.5 time 6000000000 link 1 wire 2 on\n"
              "end pcapng file 0 packet 5 of 5 bytes 1512 0-6000000000\n");
  capture_free(&c);
}

static void test_old_packet(void) {
  Capture c = capture_new(TRUE);
  put_section(&c);
  put_interface(&c, 1);
  put_interface(&c, 113);
  block_begin(&c, 2);
  put16(&c, 1);
  put16(&c, 0xffff);
  put64(&c, 3 * US);
  put32(&c, 3);
  put32(&c, 90);
  put_text(&c, "old");
  block_end(&c);
  assert_told(&c,
              "packet 0.1 time 3000000000 link 113 wire 90 old\n"
              "end pcapng file 0 packet 1 of 1 bytes 90 3000000000-3000000000\n");
  capture_free(&c);
}

/* Blocks that are skipped; those that Wireshark numbers take a number. */
static void test_other_blocks(void) {
  static const guint32 types[] = {4, 0x80001234, 0x1234, 9, 0xbad, 0x40000bad, 0x204};
  Capture c = capture_new(FALSE);
  put_section(&c);
  put_interface(&c, 1);
  put_packet(&c, 0, US, "a");
  for (gsize i = 0; i < G_N_ELEMENTS(types); i++) {
    block_begin(&c, types[i]);
    put_text(&c, "body");
    block_end(&c);
  }
  put_secrets(&c, 0x57474b4c, "WireGuard");
  put_secrets(&c, TLS_KEY_LOG, "");
  packet_begin(&c, 0, 2 * US, "b");
  put_option(&c, 1, "comment", 7);
  put16(&c, 2), put16(&c, 60); /* not looked at, so that its length may be wrong */
  block_end(&c);
  char *name = write_file(capture_span(&c));
  g_autofree char *told = tell_file(name);
  remove_file(name);
  g_assert_cmpstr(told, ==,
                  "packet 0.1 time 1000000000 link 1 wire 1 a\n"
                  "packet 0.6 time 2000000000 link 1 wire 1 b\n"
                  "end pcapng file 0 packet 6 of 2 bytes 2 1000000000-2000000000\n");
  capture_free(&c);
}

static void put_statistics(Capture *c, guint32 interface, guint64 if_drop, guint64 os_drop) {
  block_begin(c, 5);
  put32(c, interface);
  put64(c, 0);
  put_option(c, 1, "counters", 8);
  put_option64(c, 4, 1000);
  put_option64(c, 5, if_drop);
  put_option64(c, 7, os_drop);
  block_end(c);
}

static void test_statistics(void) {
  Capture c = capture_new(TRUE);
  put_section(&c);
  put_interface(&c, 1);
  put_interface(&c, 1);
  put_statistics(&c, 0, 1, 2);
  put_statistics(&c, 1, 10, 0);
  put_statistics(&c, 0, 4, 2);     /* cumulative: replaces the first */
  put_statistics(&c, 7, 100, 100); /* nobody's */
  put_section(&c);
  put_interface(&c, 1);
  put_statistics(&c, 0, 20, 0);
  assert_told(&c, "end pcapng file 0 packet 0 of 0 bytes 0 0-0 dropped 36\n");
  capture_free(&c);
}

/* A block, after a section, an interface and a packet that end at octet 84, and its fault. */
typedef struct {
  const char *name;
  const char *block; /* little endian, hexadecimal */
  const char *error;
} Fault;

static const Fault faults[] = {
    {"length-0", "06000000 00000000 00000000",
     "damaged in packet 2, at byte 84: a block length of 0 is too small"},
    {"length-8", "34120000 08000000 08000000",
     "damaged after packet 1, at byte 84: a block length of 8 is too small"},
    {"length-odd", "06000000 2d000000 00000000",
     "damaged in packet 2, at byte 84: block length 45 is not a multiple of 4"},
    {"length-most", "06000000 ffffffff 00000000",
     "damaged in packet 2, at byte 84: block length 4294967295 is not a multiple of 4"},
    {"length-above-limit", "06000000 04000001 00000000",
     "damaged in packet 2, at byte 84: block length 16777220 is above the limit of 16777216"},
    {"trailer", "34120000 10000000 00000000 14000000",
     "damaged after packet 1, at byte 84: block length 16 is 20 behind the block"},
    {"trailer-of-packet", "06000000 10000000 00000000 14000000",
     "damaged in packet 2, at byte 84: block length 16 is 20 behind the block"},
    {"no-fields", "06000000 10000000 00000000 10000000",
     "damaged in packet 2, at byte 84: a packet block without its fields"},
    {"simple-no-fields", "03000000 0c000000 0c000000",
     "damaged in packet 2, at byte 84: a packet block without its fields"},
    {"captured-beyond",
     "06000000 24000000 00000000 00000000 00000000 05000000 05000000 61000000"
     "24000000",
     "damaged in packet 2, at byte 84: 5 captured bytes, but only 4 in the block"},
    {"interface",
     "06000000 24000000 01000000 00000000 00000000 01000000 01000000 61000000"
     "24000000",
     "damaged in packet 2, at byte 84: interface 1 is unknown, the section has 1"},
    {"interface-no-fields", "01000000 10000000 01000000 10000000",
     "damaged after packet 1, at byte 84: an interface without its fields"},
    {"option-beyond", "01000000 18000000 01000000 00000000 09000500 18000000",
     "damaged after packet 1, at byte 84: an option reaches beyond its block"},
    {"option-length", "01000000 1c000000 01000000 00000000 0e000400 00000000 1c000000",
     "damaged after packet 1, at byte 84: option 14 of interface 1 has no possible value"},
    {"resolution", "01000000 1c000000 01000000 00000000 09000100 14000000 1c000000",
     "damaged after packet 1, at byte 84: option 9 of interface 1 has no possible value"},
    {"resolution-binary", "01000000 1c000000 01000000 00000000 09000100 c0000000 1c000000",
     "damaged after packet 1, at byte 84: option 9 of interface 1 has no possible value"},
    {"statistics-option", "05000000 1c000000 00000000 00000000 00000000 05000800 1c000000",
     "damaged after packet 1, at byte 84: an option reaches beyond its block"},
    {"secrets-beyond", "0a000000 18000000 4b534c54 05000000 61626364 18000000",
     "damaged after packet 1, at byte 84: secrets reach beyond their block"},
    {"section-magic", "0a0d0d0a 1c000000 1a2b3c4e 01000000 ffffffff ffffffff 1c000000",
     "damaged after packet 1, at byte 84: a section without its byte-order magic"},
    {"section-version", "0a0d0d0a 1c000000 4d3c2b1a 02000300 ffffffff ffffffff 1c000000",
     "damaged after packet 1, at byte 84: version 2.3 of pcapng is not known"},
    {"section-no-fields", "0a0d0d0a 10000000 4d3c2b1a 10000000",
     "damaged after packet 1, at byte 84: a section header without its fields"},
    {"cut-header", "0600",
     "cut short after packet 1, at byte 84: 2 of 12 bytes of a block are there"},
    {"cut-packet", "06000000 24000000 00000000 0000",
     "cut short in packet 2, at byte 84: 14 of 36 bytes of its block are there"},
    {"cut-other", "34120000 24000000 00000000 0000",
     "cut short after packet 1, at byte 84: 14 of 36 bytes of a block are there"},
    {"cut-trailer", "34120000 10000000 00000000 1000",
     "cut short after packet 1, at byte 84: 14 of 16 bytes of a block are there"},
};

static void test_fault(gconstpointer data) {
  const Fault *fault = data;
  Capture c = capture_new(FALSE);
  put_section(&c);
  put_interface(&c, 1);
  put_packet(&c, 0, US, "good");
  g_assert_cmpuint(c.octets->len, ==, 84);
  GByteArray *block = asv_test_hex(fault->block);
  put(&c, block->data, block->len);
  g_byte_array_free(block, TRUE);
  g_autofree char *expected = g_strdup_printf(
      "packet 0.1 time 1000000000 link 1 wire 4 good\n"
      "end pcapng file 0 packet 1 of 1 bytes 4 1000000000-1000000000 error %s\n",
      fault->error);
  assert_told(&c, expected);
  capture_free(&c);
}

static void test_fault_first(void) {
  Capture c = capture_new(FALSE);
  put_section(&c);
  g_byte_array_set_size(c.octets, 20);
  assert_told(&c,
              "end pcapng file 0 packet 0 of 0 bytes 0 0-0 error cut short before the first "
              "packet, at byte 0: 20 of 28 bytes of a block are there\n");
  g_byte_array_set_size(c.octets, 10);
  assert_told(&c, "refused cut short in the first block: 10 bytes are there\n");
  put_text(&c, "none");
  assert_told(&c, "refused begins like pcapng, but without its byte-order magic\n");
  capture_free(&c);
}

/* A capture longer than the snap length is what some writers make: the block decides. */
static void test_above_snap_length(void) {
  Capture c = capture_new(FALSE);
  put_section(&c);
  interface_begin(&c, 1, 4);
  block_end(&c);
  put_packet(&c, 0, US, "longer");
  assert_told(&c,
              "packet 0.1 time 1000000000 link 1 wire 6 longer\n"
              "end pcapng file 0 packet 1 of 1 bytes 6 1000000000-1000000000\n");
  capture_free(&c);
}

static void test_interfaces_limit(void) {
  Capture c = capture_new(FALSE);
  put_section(&c);
  for (guint i = 0; i < ASV_INPUT_INTERFACES_MAX; i++) put_interface(&c, 1);
  put_packet(&c, ASV_INPUT_INTERFACES_MAX - 1, US, "last");
  put_interface(&c, 1);
  char *name = write_file(capture_span(&c));
  g_autofree char *told = tell_file(name);
  remove_file(name);
  g_assert_cmpstr(told, ==,
                  "packet 0.1 time 1000000000 link 1 wire 4 last\n"
                  "end pcapng file 0 packet 1 of 1 bytes 4 1000000000-1000000000 error damaged "
                  "after packet 1, at byte 1310784: more than 65536 interfaces\n");
  capture_free(&c);
}

static void test_largest_block(void) {
  Capture c = capture_new(FALSE);
  put_section(&c);
  put_interface(&c, 1);
  gsize size = ASV_INPUT_BLOCK_MAX - 32;
  g_autofree char *data = g_strnfill(size, 'x');
  put_packet(&c, 0, US, data);
  put_packet(&c, 0, US, "next");
  char *name = write_file(capture_span(&c));
  g_autofree char *told = tell_file(name);
  remove_file(name);
  g_assert_nonnull(strstr(told, "link 1 wire 16777184 xxx"));
  g_assert_nonnull(strstr(told, "packet 0.2 time 1000000000 link 1 wire 4 next\n"));
  capture_free(&c);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_data_func("/pcapng/little-endian", GINT_TO_POINTER(FALSE), test_byte_orders);
  g_test_add_data_func("/pcapng/big-endian", GINT_TO_POINTER(TRUE), test_byte_orders);
  g_test_add_func("/pcapng/sections", test_sections);
  g_test_add_func("/pcapng/raw-link-types", test_raw_link_types);
  g_test_add_func("/pcapng/resolutions", test_resolutions);
  g_test_add_func("/pcapng/clock", test_clock);
  g_test_add_func("/pcapng/old-packet", test_old_packet);
  g_test_add_func("/pcapng/other-blocks", test_other_blocks);
  g_test_add_func("/pcapng/statistics", test_statistics);
  for (gsize i = 0; i < G_N_ELEMENTS(faults); i++) {
    g_autofree char *path = g_strdup_printf("/pcapng/fault/%s", faults[i].name);
    g_test_add_data_func(path, &faults[i], test_fault);
  }
  g_test_add_func("/pcapng/fault/first-block", test_fault_first);
  g_test_add_func("/pcapng/above-snap-length", test_above_snap_length);
  g_test_add_func("/pcapng/limit/interfaces", test_interfaces_limit);
  g_test_add_func("/pcapng/limit/largest-block", test_largest_block);
  return g_test_run();
}

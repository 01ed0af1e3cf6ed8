/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names: case, escapes, compression and its bounds (RFC 1035 §3.1, §4.1.4, §5.1). */
#include "analyzer/dns/name.h"

#include "analyzer/limits.h"
#include "tests/support/feed.h"

typedef struct {
  gsize from;
  AsvDnsName name;
  gboolean good;
  gsize behind; /* offset of what follows */
} Read;

static void read_guarded(AsvSpan message, void *user) {
  Read *read = user;
  AsvReader reader = asv_reader(asv_span_sub(message, read->from, message.size));
  read->good = asv_dns_name_read(&read->name, message, &reader);
  read->behind = read->from + asv_reader_offset(&reader);
  g_assert_true(read->good != reader.failed);
}

/* The name at offset `from` of the octets; expected NULL: it is none. */
static void check(const char *hex, gsize from, const char *expected, gsize behind) {
  GByteArray *octets = asv_test_hex(hex);
  Read read = {.from = from};
  asv_test_guarded(asv_span(octets->data, octets->len), read_guarded, &read);
  g_assert_cmpint(read.good, ==, expected != NULL);
  if (expected) {
    g_assert_cmpuint(read.behind, ==, behind);
    g_autofree char *text = g_strndup(read.name.text, read.name.size);
    g_assert_cmpstr(text, ==, expected);
  }
  g_byte_array_unref(octets);
}

static void test_plain(void) {
  check("01 61 04 74657374 00 ff", 0, "a.test", 8);
  check("01 41 04 54657354 00", 0, "a.test", 8);
  check("00", 0, "", 1);
}

static void test_escapes(void) {
  check("05 2e 5c 20 00 ff 00", 0, "\\.\\\\\\032\\000\\255", 7);
  check("02 7e 2d 00", 0, "~-", 4);
}

static void test_pointers(void) {
  check("04 74657374 00 01 61 c000 ff", 6, "a.test", 10);
  check("04 74657374 00 01 61 c000 01 62 c006", 10, "b.a.test", 14);
  check("00 c000", 1, "", 3);
}

static void test_none(void) {
  check("", 0, NULL, 0);
  check("01", 0, NULL, 0);
  check("01 61", 0, NULL, 0);
  check("c0", 0, NULL, 0);
  check("c000", 0, NULL, 0);          /* itself */
  check("01 61 c000", 0, NULL, 0);    /* its own beginning */
  check("c002 c000", 2, NULL, 0);     /* a circle */
  check("c002 01 61 00", 0, NULL, 0); /* forward */
  check("40 00", 0, NULL, 0);         /* reserved */
  check("80 00", 0, NULL, 0);
  check("03 6161", 0, NULL, 0);
}

/* A name of 255 octets, and one of 256; all octets escaped, so that the text is longest. */
static void test_length(void) {
  for (guint last = 61; last <= 62; last++) {
    GString *hex = g_string_new(NULL);
    const guint sizes[] = {63, 63, 63, last};
    for (gsize i = 0; i < G_N_ELEMENTS(sizes); i++) {
      g_string_append_printf(hex, "%02x", sizes[i]);
      for (guint j = 0; j < sizes[i]; j++) g_string_append(hex, "ff");
    }
    g_string_append(hex, "00");
    GByteArray *octets = asv_test_hex(hex->str);
    Read read = {0};
    asv_test_guarded(asv_span(octets->data, octets->len), read_guarded, &read);
    g_assert_cmpint(read.good, ==, last == 61);
    if (read.good) g_assert_cmpuint(read.name.size, ==, 250 * 4 + 3);
    g_byte_array_unref(octets);
    g_string_free(hex, TRUE);
  }
}

/* Pointers to pointers: as many as are followed, and one more. */
static void test_pointer_limit(void) {
  GByteArray *octets = asv_test_hex("00");
  for (guint i = 0; i <= ASV_DNS_POINTERS_MAX; i++) {
    guint to = i ? octets->len - 2 : 0;
    const guint8 pointer[] = {(guint8)(0xc0 | to >> 8), (guint8)to};
    g_byte_array_append(octets, pointer, 2);
  }
  for (guint more = 0; more < 2; more++) {
    Read read = {.from = octets->len - 4 + 2 * more};
    asv_test_guarded(asv_span(octets->data, octets->len), read_guarded, &read);
    g_assert_cmpint(read.good, ==, !more);
  }
  g_byte_array_unref(octets);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/name/plain", test_plain);
  g_test_add_func("/name/escapes", test_escapes);
  g_test_add_func("/name/pointers", test_pointers);
  g_test_add_func("/name/none", test_none);
  g_test_add_func("/name/length", test_length);
  g_test_add_func("/name/pointer-limit", test_pointer_limit);
  return g_test_run();
}

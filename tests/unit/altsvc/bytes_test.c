/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Spans and the reader with its sticky error. */
#include "altsvc/bytes.h"

#include "tests/support/feed.h"

static void test_integers(void) {
  g_autoptr(GByteArray) octets = asv_test_hex("01 0203 040506 0708090a 0b0c0d0e0f101112");
  AsvReader in = asv_reader(asv_span(octets->data, octets->len));
  g_assert_cmphex(asv_read_u8(&in), ==, 0x01);
  g_assert_cmphex(asv_read_u16(&in), ==, 0x0203);
  g_assert_cmphex(asv_read_u24(&in), ==, 0x040506);
  g_assert_cmphex(asv_read_u32(&in), ==, 0x0708090a);
  g_assert_cmphex(asv_read_u64(&in), ==, G_GUINT64_CONSTANT(0x0b0c0d0e0f101112));
  g_assert_cmpuint(asv_reader_left(&in), ==, 0);
  g_assert_cmpuint(asv_reader_offset(&in), ==, 18);
  g_assert_false(in.failed);
}

static void read_beyond(AsvSpan input, void *user) {
  (void)user;
  AsvReader in = asv_reader(input);
  g_assert_cmphex(asv_read_u64(&in), ==, 0);
  g_assert_true(in.failed);
  g_assert_cmphex(asv_read_u8(&in), ==, 0);
  g_assert_cmpuint(asv_reader_left(&in), ==, 0);
  g_assert_cmpuint(asv_read_rest(&in).size, ==, 0);
}

static void test_sticky_error(void) {
  for (gsize size = 0; size < 4; size++)
    asv_test_guarded(asv_span("\1\2\3\4", size), read_beyond, NULL);
  AsvReader in = asv_reader(asv_span("abc", 3));
  g_assert_null(asv_read_span(&in, G_MAXSIZE).data);
  g_assert_true(in.failed);
}

static void test_runs(void) {
  AsvReader in = asv_reader(asv_span_text("abcdef"));
  g_assert_true(asv_span_is(asv_read_span(&in, 2), "ab"));
  g_assert_cmpuint(asv_read_span(&in, 0).size, ==, 0);
  g_assert_true(asv_span_is(asv_read_rest(&in), "cdef"));
  AsvReader empty = asv_reader(asv_span(NULL, 0));
  g_assert_cmpuint(asv_read_rest(&empty).size, ==, 0);
  g_assert_false(empty.failed);
}

static void test_spans(void) {
  AsvSpan text = asv_span_text("abcdef");
  g_assert_true(asv_span_is(asv_span_sub(text, 2, 2), "cd"));
  g_assert_true(asv_span_is(asv_span_sub(text, 4, 100), "ef"));
  g_assert_cmpuint(asv_span_sub(text, 6, 1).size, ==, 0);
  g_assert_cmpuint(asv_span_sub(text, G_MAXSIZE, 1).size, ==, 0);
  g_assert_true(asv_span_is_nocase(text, "ABCdef"));
  g_assert_false(asv_span_is_nocase(text, "ABCdeg"));
  g_assert_false(asv_span_is_nocase(text, "ABCde"));
  g_assert_false(asv_span_equal_nocase(asv_span("\xc4", 1), asv_span("\xe4", 1)));
  g_assert_true(asv_span_equal(asv_span(NULL, 0), asv_span_text("")));
  g_assert_true(asv_span_equal_nocase(asv_span("a\0b", 3), asv_span("A\0B", 3)));
  g_assert_false(asv_span_equal_nocase(asv_span("a\0b", 3), asv_span("a\0c", 3)));
  g_assert_true(asv_span_is(asv_span_trim(asv_span_text("\t a b \t")), "a b"));
  g_assert_cmpuint(asv_span_trim(asv_span_text(" \t ")).size, ==, 0);
  g_autofree char *copy = asv_span_dup(asv_span("a\0b", 3));
  g_assert_true(asv_span_equal(asv_span(copy, 4), asv_span("a\0b", 4)));
}

static void test_decimal(void) {
  guint64 value = 7;
  g_assert_false(asv_span_decimal(asv_span_text(""), &value));
  g_assert_false(asv_span_decimal(asv_span_text("1a"), &value));
  g_assert_false(asv_span_decimal(asv_span_text("-1"), &value));
  g_assert_false(asv_span_decimal(asv_span_text(" 1"), &value));
  g_assert_cmpuint(value, ==, 7);
  g_assert_true(asv_span_decimal(asv_span_text("0012"), &value));
  g_assert_cmpuint(value, ==, 12);
  g_assert_true(asv_span_decimal(asv_span_text("18446744073709551615"), &value));
  g_assert_cmpuint(value, ==, G_MAXUINT64);
  g_assert_true(asv_span_decimal(asv_span_text("18446744073709551614"), &value));
  g_assert_cmpuint(value, ==, G_MAXUINT64 - 1);
  g_assert_true(asv_span_decimal(asv_span_text("18446744073709551616"), &value));
  g_assert_cmpuint(value, ==, G_MAXUINT64);
  g_assert_true(asv_span_decimal(asv_span_text("100000000000000000000000"), &value));
  g_assert_cmpuint(value, ==, G_MAXUINT64);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/bytes/integers", test_integers);
  g_test_add_func("/bytes/sticky-error", test_sticky_error);
  g_test_add_func("/bytes/runs", test_runs);
  g_test_add_func("/bytes/spans", test_spans);
  g_test_add_func("/bytes/decimal", test_decimal);
  return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decompression in any split: members and frames in a row, padding, damage, cuts and limits. */
#include "analyzer/input/codec.h"

#include <lz4frame.h>
#include <zlib.h>
#include <zstd.h>

#include "analyzer/input/input.h"
#include "tests/support/feed.h"

static void append_gzip(GByteArray *to, const char *text) {
  guint8 out[512];
  z_stream z = {.next_in = (z_const Bytef *)text,
                .avail_in = (uInt)strlen(text),
                .next_out = out,
                .avail_out = sizeof out};
  g_assert_cmpint(deflateInit2(&z, 9, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY), ==, Z_OK);
  g_assert_cmpint(deflate(&z, Z_FINISH), ==, Z_STREAM_END);
  g_byte_array_append(to, out, (guint)z.total_out);
  deflateEnd(&z);
}

static void append_zstd(GByteArray *to, const char *text) {
  guint8 out[512];
  ZSTD_CCtx *context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  size_t size = ZSTD_compress2(context, out, sizeof out, text, strlen(text));
  g_assert_false(ZSTD_isError(size));
  ZSTD_freeCCtx(context);
  g_byte_array_append(to, out, (guint)size);
}

static void append_lz4(GByteArray *to, const char *text) {
  guint8 out[1024];
  LZ4F_preferences_t preferences = {.frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled};
  size_t size = LZ4F_compressFrame(out, sizeof out, text, strlen(text), &preferences);
  g_assert_false(LZ4F_isError(size));
  g_byte_array_append(to, out, (guint)size);
}

static void append_skippable(GByteArray *to) {
  static const guint8 frame[] = {0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 's', 'k', 'i', 'p'};
  g_byte_array_append(to, frame, sizeof frame);
}

/* An AsvTestRun. user, when given, is the room for each call. */
static char *run(const AsvSpan *pieces, gsize count, const void *user) {
  GString *told = g_string_new(NULL);
  guint8 out[256];
  gsize room = user ? *(const gsize *)user : sizeof out;
  AsvCodec *codec = NULL;
  GError *error = NULL;
  g_autoptr(GByteArray) first = g_byte_array_new();
  for (gsize i = 0; i < count && !error; i++) {
    AsvSpan in = pieces[i];
    if (!codec) {
      g_byte_array_append(first, in.data, (guint)in.size);
      in = asv_span(first->data, first->len);
      codec = asv_codec_new(in);
    }
    gsize made = room;
    while (codec && made == room && !error) {
      made = asv_codec_decode(codec, &in, out, room, &error);
      g_string_append_len(told, (const char *)out, (gssize)made);
    }
  }
  if (error) g_string_append_printf(told, "|%s", error->message);
  g_clear_error(&error);
  g_string_append_printf(told, "|%s", codec ? asv_codec_name(codec) : "none");
  if (codec && !asv_codec_at_boundary(codec)) g_string_append(told, "|inside");
  asv_codec_free(codec);
  return g_string_free(told, FALSE);
}

static void assert_decoded(const GByteArray *data, const char *expected) {
  AsvSpan span = asv_span(data->data, data->len);
  g_autofree char *told = asv_test_splits(run, span, NULL);
  g_assert_cmpstr(told, ==, expected);
  static const gsize one = 1;
  g_autofree char *narrow = asv_test_splits(run, span, &one);
  g_assert_cmpstr(narrow, ==, expected);
}

static void test_gzip(void) {
  g_autoptr(GByteArray) data = g_byte_array_new();
  append_gzip(data, "one one one ");
  append_gzip(data, "");
  append_gzip(data, "two");
  g_byte_array_append(data, (const guint8 *)"\0\0\0", 3);
  assert_decoded(data, "one one one two|gzip");
}

static void test_zstd(void) {
  g_autoptr(GByteArray) data = g_byte_array_new();
  append_zstd(data, "one one one ");
  append_skippable(data);
  append_zstd(data, "two");
  assert_decoded(data, "one one one two|zstd");
}

static void test_zstd_skippable_first(void) {
  g_autoptr(GByteArray) data = g_byte_array_new();
  append_skippable(data);
  append_zstd(data, "one");
  assert_decoded(data, "one|zstd");
}

static void test_lz4(void) {
  g_autoptr(GByteArray) data = g_byte_array_new();
  append_lz4(data, "one one one ");
  append_skippable(data);
  append_lz4(data, "two");
  assert_decoded(data, "one one one two|lz4");
}

static void test_none(void) {
  static const char *const plain[] = {"\x1f\x8b\x07\x01", "\x28\xb5\x2f\xfc", "text"};
  for (gsize i = 0; i < G_N_ELEMENTS(plain); i++)
    g_assert_null(asv_codec_new(asv_span_text(plain[i])));
  g_assert_null(asv_codec_new(asv_span("\x1f\x8b\x08", 3)));
  g_assert_null(asv_codec_new(asv_span(NULL, 0)));
}

static void test_cut(void) {
  void (*const append[])(GByteArray *, const char *) = {append_gzip, append_zstd, append_lz4};
  static const char *const expected[] = {"one|gzip|inside", "one|zstd|inside", "one|lz4|inside"};
  for (gsize i = 0; i < G_N_ELEMENTS(append); i++) {
    g_autoptr(GByteArray) data = g_byte_array_new();
    append[i](data, "one");
    g_byte_array_set_size(data, data->len - 1);
    assert_decoded(data, expected[i]);
  }
}

/* The checksum at the end does not fit. */
static void test_damaged(void) {
  void (*const append[])(GByteArray *, const char *) = {append_gzip, append_zstd, append_lz4};
  static const char *const expected[] = {"gzip data is damaged", "zstd data is damaged",
                                         "lz4 data is damaged"};
  for (gsize i = 0; i < G_N_ELEMENTS(append); i++) {
    g_autoptr(GByteArray) data = g_byte_array_new();
    append[i](data, "one");
    data->data[data->len - (i == 0 ? 8 : 1)] ^= 1;
    AsvSpan span = asv_span(data->data, data->len);
    g_autofree char *told = run(&span, 1, NULL);
    g_assert_true(g_str_has_prefix(told, "one|") || g_str_has_prefix(told, "|"));
    g_assert_nonnull(strstr(told, expected[i]));
    g_free(asv_test_splits(run, asv_span(data->data, data->len - 1), NULL));
  }
}

static void test_garbage_behind(void) {
  g_autoptr(GByteArray) data = g_byte_array_new();
  append_gzip(data, "one");
  g_byte_array_append(data, (const guint8 *)"garbage", 7);
  assert_decoded(data, "one|gzip data is damaged (incorrect header check)|gzip|inside");
}

/* A frame that asks for a history of 2 GiB is refused before any of it is allocated. */
static void test_zstd_window(void) {
  g_autoptr(GByteArray) data = asv_test_hex("28b52ffd 00 a8 010000");
  AsvSpan span = asv_span(data->data, data->len);
  g_autofree char *told = run(&span, 1, NULL);
  g_assert_true(g_str_has_prefix(
      told, "|zstd data is damaged (Frame requires too much memory for decoding)"));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/codec/gzip", test_gzip);
  g_test_add_func("/codec/zstd", test_zstd);
  g_test_add_func("/codec/zstd-skippable-first", test_zstd_skippable_first);
  g_test_add_func("/codec/lz4", test_lz4);
  g_test_add_func("/codec/none", test_none);
  g_test_add_func("/codec/cut", test_cut);
  g_test_add_func("/codec/damaged", test_damaged);
  g_test_add_func("/codec/garbage-behind", test_garbage_behind);
  g_test_add_func("/codec/limit/zstd-window", test_zstd_window);
  return g_test_run();
}

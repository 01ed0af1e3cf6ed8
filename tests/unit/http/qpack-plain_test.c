/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sections without dynamic table: what nghttp3's encoder writes, what its
 * decoder makes of any octets, and strings of all octets and lengths.
 */
#include "analyzer/http/qpack-plain.h"

#include <nghttp3/nghttp3.h>

#include "analyzer/http/huffman.h"
#include "tests/support/feed.h"

static void put_line(GString *lines, AsvSpan name, AsvSpan value) {
  g_string_append_len(lines, (const char *)name.data, (gssize)name.size);
  g_string_append(lines, ": ");
  g_string_append_len(lines, (const char *)value.data, (gssize)value.size);
  g_string_append_c(lines, '\n');
}

static void on_field(void *self, AsvField field, AsvSpan name, AsvSpan value) {
  g_assert_cmpint(field, ==, asv_field_find_lower(name));
  put_line(self, name, value);
}

static gboolean read_section(AsvSpan section, GString *lines) {
  AsvQpackEvents events = {.self = lines, .field = on_field};
  g_string_truncate(lines, 0);
  static AsvHuffmanMemo memo;
  return asv_qpack_plain_read(section, &events, &memo);
}

/* The same by nghttp3. */
static gboolean read_by_peer(AsvSpan section, GString *lines) {
  nghttp3_qpack_decoder *decoder;
  nghttp3_qpack_stream_context *context;
  gboolean done = FALSE, failed = section.size == 0;
  g_string_truncate(lines, 0);
  nghttp3_qpack_decoder_new(&decoder, 0, 0, nghttp3_mem_default());
  nghttp3_qpack_stream_context_new(&context, 0, nghttp3_mem_default());
  while (!done && !failed) {
    nghttp3_qpack_nv nv;
    guint8 flags = 0;
    nghttp3_ssize n = nghttp3_qpack_decoder_read_request(decoder, context, &nv, &flags,
                                                         section.data, section.size, TRUE);
    done = (flags & NGHTTP3_QPACK_DECODE_FLAG_FINAL) != 0;
    failed = n < 0 || (!done && !(flags & NGHTTP3_QPACK_DECODE_FLAG_EMIT));
    if (done || failed) break;
    section.data += n;
    section.size -= (gsize)n;
    nghttp3_vec name = nghttp3_rcbuf_get_buf(nv.name), value = nghttp3_rcbuf_get_buf(nv.value);
    put_line(lines, asv_span(name.base, name.len), asv_span(value.base, value.len));
    nghttp3_rcbuf_decref(nv.name);
    nghttp3_rcbuf_decref(nv.value);
  }
  nghttp3_qpack_stream_context_del(context);
  nghttp3_qpack_decoder_del(decoder);
  return !failed;
}

/* Both read the section, or neither does. */
static void expect_same(AsvSpan section) {
  g_autoptr(GString) ours = g_string_new(NULL);
  g_autoptr(GString) theirs = g_string_new(NULL);
  gboolean read = read_section(section, ours);
  g_assert_cmpint(read, ==, read_by_peer(section, theirs));
  if (read) g_assert_true(g_string_equal(ours, theirs));
}

static void test_static_table(void) {
  for (guint index = 0; index < 110; index++) {
    guint8 line[] = {0, 0, 0xff, (guint8)(index - 63)};
    guint8 short_line[] = {0, 0, (guint8)(0xc0 | index)};
    guint8 named[] = {0, 0, 0x5f, (guint8)(index - 15), 1, 'x'};
    if (index >= 63)
      expect_same(asv_span(line, sizeof line));
    else
      expect_same(asv_span(short_line, sizeof short_line));
    if (index >= 15) expect_same(asv_span(named, sizeof named));
  }
}

/* A name-less line whose value is those octets, coded as they stand. */
static void expect_coded(const guint8 *coded, gsize size) {
  g_autoptr(GByteArray) section = g_byte_array_new();
  const guint8 head[] = {0, 0, 0x51, (guint8)(0x80 | size)};
  g_assert_cmpuint(size, <, 0x7f);
  g_byte_array_append(section, head, sizeof head);
  g_byte_array_append(section, coded, (guint)size);
  expect_same(asv_span(section->data, section->len));
}

static void test_strings(void) {
  for (guint first = 0; first < 256; first++) {
    for (guint second = 0; second < 256; second++) {
      guint8 coded[] = {(guint8)first, (guint8)second, 0xff, 0xff, 0xff};
      for (gsize size = 0; size <= sizeof coded; size++) expect_coded(coded, size);
    }
  }
  for (guint octet = 0; octet < 256; octet++) {
    guint8 behind[] = {0xff, 0xff, (guint8)octet, 0x7f, 0xff}, longest[] = {0xff, 0xff, 0xff, 0, 0};
    longest[3] = (guint8)octet;
    expect_coded(behind, sizeof behind);
    for (gsize size = 4; size <= sizeof longest; size++) expect_coded(longest, size);
  }
}

/* More strings than are remembered, up to longer ones than are, again and again; each ends with
 * padding or not. */
static void test_again(void) {
  enum { STRINGS = 3 * ASV_HUFFMAN_KEPT_MAX, LONGEST = 0x7e };
  static guint8 strings[STRINGS][LONGEST];
  gsize sizes[STRINGS];
  g_autoptr(GRand) rand = g_rand_new_with_seed(7);
  G_STATIC_ASSERT(LONGEST > ASV_HUFFMAN_KEPT_SIZE_MAX);
  for (guint i = 0; i < STRINGS; i++) {
    sizes[i] = i < 6 ? ASV_HUFFMAN_KEPT_SIZE_MAX - 2 + i : (gsize)g_rand_int_range(rand, 6, 40);
    for (gsize k = 0; k < sizes[i]; k++) strings[i][k] = (guint8)g_rand_int_range(rand, 0, 0xf8);
    strings[i][sizes[i] - 1] = (guint8)(i % 3 ? 0xff : 0);
  }
  for (guint i = 0; i < 20 * STRINGS; i++) {
    gsize at = (gsize)g_rand_int_range(rand, 0, STRINGS);
    for (guint times = 0; times < 2; times++) expect_coded(strings[at], sizes[at]);
  }
}

static void put_section(GByteArray *out, GRand *rand) {
  nghttp3_qpack_encoder *encoder = NULL;
  nghttp3_buf prefix, section, instructions;
  nghttp3_nv fields[8];
  guint8 octets[8][2][64];
  gsize count = (gsize)g_rand_int_range(rand, 1, 9);
  for (gsize i = 0; i < count; i++) {
    for (int part = 0; part < 2; part++)
      for (gsize k = 0; k < 64; k++)
        octets[i][part][k] = (guint8)g_rand_int_range(rand, part ? 0 : 'a', part ? 256 : 'z');
    fields[i] = (nghttp3_nv){.name = octets[i][0],
                             .value = octets[i][1],
                             .namelen = (gsize)g_rand_int_range(rand, 1, 20),
                             .valuelen = (gsize)g_rand_int_range(rand, 0, 64)};
  }
  nghttp3_buf_init(&prefix);
  nghttp3_buf_init(&section);
  nghttp3_buf_init(&instructions);
  nghttp3_qpack_encoder_new(&encoder, 0, nghttp3_mem_default());
  g_assert_cmpint(
      nghttp3_qpack_encoder_encode(encoder, &prefix, &section, &instructions, 0, fields, count), ==,
      0);
  g_byte_array_set_size(out, 0);
  g_byte_array_append(out, prefix.pos, (guint)nghttp3_buf_len(&prefix));
  g_byte_array_append(out, section.pos, (guint)nghttp3_buf_len(&section));
  nghttp3_buf_free(&prefix, nghttp3_mem_default());
  nghttp3_buf_free(&section, nghttp3_mem_default());
  nghttp3_buf_free(&instructions, nghttp3_mem_default());
  nghttp3_qpack_encoder_del(encoder);
}

/* Sections as they are written, and with an octet changed or the end cut off. */
static void test_sections(void) {
  g_autoptr(GByteArray) section = g_byte_array_new();
  g_autoptr(GString) lines = g_string_new(NULL);
  GRand *rand = g_rand_new_with_seed(7);
  for (int round = 0; round < 20000; round++) {
    put_section(section, rand);
    g_assert_true(read_section(asv_span(section->data, section->len), lines));
    expect_same(asv_span(section->data, section->len));
    gsize at = (gsize)g_rand_int_range(rand, 1, (gint32)section->len);
    expect_same(asv_span(section->data, at));
    section->data[at] = (guint8)g_rand_int(rand);
    expect_same(asv_span(section->data, section->len));
  }
  g_rand_free(rand);
}

/* More than what is decoded without memory of its own, and the longest string there may be. */
static void test_long(void) {
  g_autoptr(GByteArray) section = g_byte_array_new();
  g_autoptr(GString) lines = g_string_new(NULL);
  const guint8 head[] = {0, 0, 0x51, 0xff, 0x81, 0xbf, 0x02}; /* 40 960 octets */
  g_byte_array_append(section, head, sizeof head);
  g_byte_array_set_size(section, (guint)sizeof head + 40960);
  memset(section->data + sizeof head, 0, 40960); /* '0' is five zeros */
  g_assert_true(read_section(asv_span(section->data, section->len), lines));
  g_assert_cmpuint(lines->len, ==, strlen(":path: \n") + 40960 / 5 * 8);
  g_assert_false(read_section(asv_span(section->data, section->len - 1), lines));
}

/* Integers of more than 62 bits (RFC 9204 §4.1.1). */
static void test_integers(void) {
  guint8 section[16] = {0, 0x7f};
  g_autoptr(GString) lines = g_string_new(NULL);
  memset(section + 2, 0xff, sizeof section - 2);
  g_assert_false(read_section(asv_span(section, sizeof section), lines));
  g_assert_true(read_section(asv_span((const guint8[]){0, 0x7f, 0x80, 0x01}, 4), lines));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/http/qpack-plain/static-table", test_static_table);
  g_test_add_func("/http/qpack-plain/strings", test_strings);
  g_test_add_func("/http/qpack-plain/again", test_again);
  g_test_add_func("/http/qpack-plain/sections", test_sections);
  g_test_add_func("/http/qpack-plain/long", test_long);
  g_test_add_func("/http/qpack-plain/integers", test_integers);
  return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stream reassembly: random cuts, orders, repetitions, losses and waivers; and its limits. */
#include "analyzer/quic/stream.h"

#define SIZE 4000u

typedef struct {
  GByteArray *octets; /* 0xff where octets were lost or waived */
  guint64 gap;        /* octets that were told missing */
  guint gaps, ends, calls;
  AsvEnd why;
  guint64 waiver; /* returned once, by the next call */
  guint64 waived; /* octets skipped so far */
  AsvQuicStream stream;
  AsvQuicHeld held;
} Reader;

static guint8 octet_at(guint64 offset) {
  return (guint8)(offset * 7 % 251);
}

static guint64 take_waiver(Reader *reader) {
  guint64 waiver = reader->waiver;
  reader->waiver = 0;
  if (waiver == ASV_WAIVE_ALL) return waiver;
  for (guint64 i = 0; i < waiver; i++)
    g_byte_array_append(reader->octets, (const guint8 *)"\xff", 1);
  reader->waived += waiver;
  return waiver;
}

static guint64 on_bytes(void *self, const AsvPacketRef *at G_GNUC_UNUSED, AsvSpan data) {
  Reader *reader = self;
  g_assert_true(data.size > 0);
  g_assert_cmpuint(reader->ends, ==, 0);
  for (gsize i = 0; i < data.size; i++)
    g_assert_cmpuint(data.data[i], ==, octet_at(reader->octets->len + i));
  g_byte_array_append(reader->octets, data.data, (guint)data.size);
  reader->calls++;
  return take_waiver(reader);
}

static guint64 on_gap(void *self, const AsvPacketRef *at G_GNUC_UNUSED, guint64 n) {
  Reader *reader = self;
  g_assert_cmpuint(n, >, 0);
  for (guint64 i = 0; i < n; i++) g_byte_array_append(reader->octets, (const guint8 *)"\xff", 1);
  reader->gap += n;
  reader->gaps++;
  return take_waiver(reader);
}

static void on_end(void *self, const AsvPacketRef *at G_GNUC_UNUSED, AsvEnd why) {
  Reader *reader = self;
  reader->ends++;
  reader->why = why;
}

static const AsvPacketRef AT = {.packet = 1};

static Reader *reader_new(gsize limit) {
  Reader *reader = g_new0(Reader, 1);
  AsvSink sink = {reader, on_bytes, on_gap, on_end};
  reader->octets = g_byte_array_new();
  reader->held.limit = limit;
  asv_quic_stream_init(&reader->stream, &sink, &reader->held);
  return reader;
}

static void reader_free(Reader *reader) {
  asv_quic_stream_clear(&reader->stream);
  g_assert_cmpuint(reader->held.octets, ==, 0);
  g_byte_array_unref(reader->octets);
  g_free(reader);
}

static void give(Reader *reader, guint64 from, guint64 to, gboolean fin) {
  g_autofree guint8 *octets = g_malloc(to - from + 1);
  for (guint64 i = from; i < to; i++) octets[i - from] = octet_at(i);
  asv_quic_stream_take(&reader->stream, &AT, from, asv_span(octets, to - from), fin);
}

static void test_in_order(void) {
  Reader *reader = reader_new(SIZE);
  for (guint64 i = 0; i < 100; i++) give(reader, i * 10, i * 10 + 10, i == 99);
  g_assert_cmpuint(reader->calls, ==, 100);
  g_assert_cmpuint(reader->octets->len, ==, 1000);
  g_assert_cmpuint(reader->ends, ==, 1);
  g_assert_cmpint(reader->why, ==, ASV_END_FIN);
  give(reader, 0, 2000, TRUE);
  g_assert_cmpuint(reader->octets->len, ==, 1000);
  reader_free(reader);
}

/* Every octet comes at least once, in pieces of any cut and order, many of them again. */
static void test_random(void) {
  for (int round = 0; round < 400; round++) {
    Reader *reader = reader_new((gsize)1 << 20);
    guint64 size = (guint64)g_test_rand_int_range(1, 500);
    gboolean fin_told = FALSE;
    while (reader->ends == 0) {
      guint64 from = (guint64)g_test_rand_int_range(0, (gint32)size);
      guint64 to = from + (guint64)g_test_rand_int_range(1, 90);
      to = MIN(to, size);
      give(reader, from, to, to == size);
      fin_told = fin_told || to == size;
      g_assert_true(asv_quic_stream_waits(&reader->stream) || reader->held.octets == 0);
    }
    g_assert_true(fin_told);
    g_assert_cmpuint(reader->octets->len, ==, size);
    g_assert_cmpuint(reader->gaps, ==, 0);
    g_assert_cmpuint(reader->held.octets, ==, 0);
    reader_free(reader);
  }
}

/* Some octets never come, some are waived: what is there stands at its place, and no waived octet
 * is told missing. */
static void test_random_losses(void) {
  for (int round = 0; round < 400; round++) {
    Reader *reader = reader_new((gsize)1 << 20);
    for (int i = 0; i < 40; i++) {
      guint64 from = (guint64)g_test_rand_int_range(0, SIZE);
      if (g_test_rand_int_range(0, 4) == 0) reader->waiver = (guint64)g_test_rand_int_range(0, 300);
      if (g_test_rand_int_range(0, 6) == 0) asv_quic_stream_give_up(&reader->stream, &AT);
      give(reader, from, from + (guint64)g_test_rand_int_range(1, 200), FALSE);
    }
    asv_quic_stream_finish(&reader->stream, &AT, ASV_END_CAPTURE);
    g_assert_cmpuint(reader->ends, ==, 1);
    g_assert_cmpint(reader->why, ==, ASV_END_CAPTURE);
    for (guint i = 0; i < reader->octets->len; i++)
      g_assert_true(reader->octets->data[i] == octet_at(i) || reader->octets->data[i] == 0xff);
    g_assert_cmpuint(reader->held.octets, ==, 0);
    reader_free(reader);
  }
}

static void test_waiver(void) {
  Reader *reader = reader_new((gsize)1 << 20);
  reader->waiver = 1000;
  give(reader, 0, 10, FALSE);
  give(reader, 500, 600, FALSE); /* waived: not held, not given */
  g_assert_cmpuint(reader->held.octets, ==, 0);
  give(reader, 1015, 1020, FALSE);
  g_assert_cmpuint(reader->calls, ==, 1);
  give(reader, 900, 1016, FALSE); /* its end is wanted */
  g_assert_cmpuint(reader->octets->len, ==, 1020);
  g_assert_cmpuint(reader->gaps, ==, 0);
  reader->waiver = ASV_WAIVE_ALL;
  give(reader, 1020, 1030, FALSE);
  give(reader, 5000, 6000, FALSE);
  g_assert_cmpuint(reader->held.octets, ==, 0);
  g_assert_cmpuint(reader->ends, ==, 0);
  give(reader, 9000, 9000, TRUE);
  g_assert_cmpuint(reader->ends, ==, 1);
  g_assert_cmpuint(reader->gaps, ==, 0);
  reader_free(reader);
}

static void test_hole(void) {
  Reader *reader = reader_new((gsize)1 << 20);
  give(reader, 0, 10, FALSE);
  g_assert_false(asv_quic_stream_waits(&reader->stream));
  give(reader, 20, 30, TRUE);
  g_assert_true(asv_quic_stream_waits(&reader->stream));
  asv_quic_stream_give_up(&reader->stream, &AT);
  g_assert_cmpuint(reader->gap, ==, 10);
  g_assert_cmpuint(reader->octets->len, ==, 30);
  g_assert_cmpint(reader->why, ==, ASV_END_FIN);
  reader_free(reader);
}

/* Octets behind the final size, and a final size before octets that came, are damage. */
static void test_final_size(void) {
  Reader *reader = reader_new((gsize)1 << 20);
  give(reader, 50, 100, FALSE);
  give(reader, 0, 20, TRUE);
  g_assert_cmpuint(reader->ends, ==, 0);
  give(reader, 20, 50, FALSE);
  g_assert_cmpuint(reader->octets->len, ==, 100);
  give(reader, 110, 120, TRUE);
  give(reader, 100, 200, FALSE);
  g_assert_cmpuint(reader->octets->len, ==, 120);
  g_assert_cmpuint(reader->ends, ==, 1);
  reader_free(reader);
}

static void test_reset(void) {
  Reader *reader = reader_new((gsize)1 << 20);
  give(reader, 0, 10, FALSE);
  give(reader, 20, 30, FALSE);
  asv_quic_stream_reset(&reader->stream, &AT);
  g_assert_cmpuint(reader->octets->len, ==, 10);
  g_assert_cmpint(reader->why, ==, ASV_END_RESET);
  asv_quic_stream_finish(&reader->stream, &AT, ASV_END_CAPTURE);
  g_assert_cmpuint(reader->ends, ==, 1);
  g_assert_cmpuint(reader->held.octets, ==, 0);
  reader_free(reader);
}

static void test_limits(void) {
  Reader *reader = reader_new(1000); /* of all that are held together */
  for (guint64 i = 1; i < 500; i++) give(reader, i * 20, i * 20 + 10, FALSE);
  g_assert_cmpuint(reader->held.octets, <=, 1000);
  g_assert_cmpuint(reader->gaps, >, 400);
  reader_free(reader);

  reader = reader_new(G_MAXSIZE);
  for (guint64 i = 1; i < ASV_QUIC_PIECES_MAX + 100; i++) give(reader, i * 2, i * 2 + 1, FALSE);
  g_assert_cmpuint(reader->stream.count, ==, ASV_QUIC_PIECES_MAX);
  g_assert_cmpuint(reader->gaps, ==, 99);
  reader_free(reader);

  reader = reader_new(G_MAXSIZE);
  for (guint64 i = 1; i < 300; i++) give(reader, i * 50000, i * 50000 + 40000, FALSE);
  g_assert_cmpuint(reader->held.octets, <=, ASV_QUIC_STREAM_HELD_MAX);
  g_assert_cmpuint(reader->gaps, >, 50);
  reader_free(reader);
}

/* Offsets up to 2^62 - 1 (RFC 9000 §19.8). */
static void test_far(void) {
  Reader *reader = reader_new((gsize)1 << 20);
  guint64 far = ((guint64)1 << 62) - 1;
  asv_quic_stream_take(&reader->stream, &AT, far, asv_span("x", 1), TRUE);
  reader->waiver = ASV_WAIVE_ALL;
  give(reader, 0, 1, FALSE);
  g_assert_cmpuint(reader->ends, ==, 1);
  asv_quic_stream_take(&reader->stream, &AT, G_MAXUINT64, asv_span("x", 1), TRUE);
  reader_free(reader);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/quic/stream/in-order", test_in_order);
  g_test_add_func("/quic/stream/random", test_random);
  g_test_add_func("/quic/stream/random-losses", test_random_losses);
  g_test_add_func("/quic/stream/waiver", test_waiver);
  g_test_add_func("/quic/stream/hole", test_hole);
  g_test_add_func("/quic/stream/final-size", test_final_size);
  g_test_add_func("/quic/stream/reset", test_reset);
  g_test_add_func("/quic/stream/limits", test_limits);
  g_test_add_func("/quic/stream/far", test_far);
  return g_test_run();
}

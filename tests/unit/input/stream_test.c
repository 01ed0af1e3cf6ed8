/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Peeking and skipping over buffers' ends, second streams, files that change, and what cannot be
 * opened. */
#include "analyzer/input/stream.h"

#include <glib/gstdio.h>
#include <zlib.h>

#include "capture.h"

#define SIZE (5u * 1024 * 1024 + 7)

/* Octet i of the test data. */
static guint8 octet_at(guint64 i) {
  return (guint8)(i * 31 + (i >> 8) * 7 + (i >> 16));
}

static GByteArray *make_data(void) {
  GByteArray *data = g_byte_array_sized_new(SIZE);
  g_byte_array_set_size(data, SIZE);
  for (guint i = 0; i < SIZE; i++) data->data[i] = octet_at(i);
  return data;
}

static char *write_gzip(const GByteArray *data) {
  char *name = write_file(asv_span(NULL, 0));
  gzFile file = gzopen(name, "wb1");
  g_assert_cmpint(gzwrite(file, data->data, data->len), ==, (int)data->len);
  gzclose(file);
  return name;
}

/* Reads on to the end in steps of different sizes and checks each octet's place. */
static void assert_rest(AsvStream *stream) {
  gsize step = 1;
  for (;;) {
    guint64 at = asv_stream_position(stream);
    AsvSpan data = asv_stream_peek(stream, step);
    if (data.size == 0) break;
    g_assert_true(data.size == step || at + data.size == SIZE);
    g_assert_cmpuint(data.data[0], ==, octet_at(at));
    g_assert_cmpuint(data.data[data.size - 1], ==, octet_at(at + data.size - 1));
    g_assert_cmpuint(asv_stream_skip(stream, step / 2 + 1), ==, MIN(step / 2 + 1, SIZE - at));
    step = step * 3 % 2000003;
  }
  g_assert_cmpuint(asv_stream_position(stream), ==, SIZE);
  g_assert_null(asv_stream_error(stream));
  g_assert_cmpuint(asv_stream_skip(stream, 1), ==, 0);
}

static void check_file(const char *name, const char *compression) {
  g_autoptr(GError) error = NULL;
  AsvStream *stream = asv_stream_open(name, &error);
  g_assert_no_error(error);
  g_assert_cmpstr(asv_stream_compression(stream), ==, compression);
  g_assert_cmpuint(asv_stream_skip(stream, 3000000), ==, 3000000);
  AsvStream *again = asv_stream_again(stream, 1234567);
  g_assert_cmpuint(asv_stream_position(again), ==, 1234567);
  assert_rest(stream);
  assert_rest(again);
  g_assert_cmpuint(asv_stream_file_position(stream), ==, asv_stream_file_size(stream));
  asv_stream_free(again);
  asv_stream_free(stream);
}

static void test_plain(void) {
  g_autoptr(GByteArray) data = make_data();
  char *name = write_file(asv_span(data->data, data->len));
  check_file(name, NULL);
  remove_file(name);
}

static void test_compressed(void) {
  g_autoptr(GByteArray) data = make_data();
  char *name = write_gzip(data);
  check_file(name, "gzip");
  remove_file(name);
}

static void test_pipe(void) {
  g_autoptr(GByteArray) data = make_data();
  int fds[2];
  g_assert_cmpint(pipe(fds), ==, 0);
  AsvSpan piece = asv_span(data->data, data->len);
  Writer writer = {.pieces = &piece, .count = 1, .fd = fds[1]};
  GThread *thread = g_thread_new("writer", write_pieces, &writer);
  g_autofree char *name = g_strdup_printf("/dev/fd/%d", fds[0]);
  AsvStream *stream = asv_stream_open(name, NULL);
  close(fds[0]);
  g_assert_null(asv_stream_again(stream, 0));
  g_assert_cmpuint(asv_stream_file_size(stream), ==, 0);
  assert_rest(stream);
  asv_stream_free(stream);
  g_thread_join(thread);
}

/* A file that shrinks while it is read ends early; one that is replaced stays the one opened. */
static void test_changed(void) {
  g_autoptr(GByteArray) data = make_data();
  char *name = write_file(asv_span(data->data, data->len));
  AsvStream *stream = asv_stream_open(name, NULL);
  g_assert_cmpint(truncate(name, 2000000), ==, 0);
  g_assert_cmpuint(asv_stream_skip(stream, SIZE), ==, 2000000);
  g_assert_null(asv_stream_error(stream));
  g_unlink(name);
  AsvStream *again = asv_stream_again(stream, 1000000);
  g_assert_cmpuint(asv_stream_skip(again, SIZE), ==, 1000000);
  asv_stream_free(again);
  asv_stream_free(stream);
  g_free(name);
}

/* What was decoded before the data ends is given first. */
static void test_compressed_cut(void) {
  g_autoptr(GByteArray) data = make_data();
  char *name = write_gzip(data);
  g_assert_cmpint(truncate(name, 50000), ==, 0);
  AsvStream *stream = asv_stream_open(name, NULL);
  g_assert_null(asv_stream_error(stream));
  g_assert_cmpuint(asv_stream_skip(stream, SIZE), >, 50000);
  g_assert_error(asv_stream_error(stream), ASV_INPUT_ERROR, ASV_INPUT_ERROR_DAMAGED);
  g_assert_cmpstr(asv_stream_error(stream)->message, ==,
                  "its gzip data is cut short at byte 50000");
  g_assert_null(asv_stream_again(stream, SIZE));
  asv_stream_free(stream);
  remove_file(name);
}

static void assert_refused(const char *name, const char *message) {
  g_autoptr(GError) error = NULL;
  g_assert_null(asv_stream_open(name, &error));
  g_assert_error(error, ASV_INPUT_ERROR, ASV_INPUT_ERROR_OPEN);
  g_assert_cmpstr(error->message, ==, message);
}

static void test_refused(void) {
  assert_refused("/nonexistent/capture", "cannot be opened: No such file or directory");
  assert_refused("/", "cannot be opened: Is a directory");
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/stream/plain", test_plain);
  g_test_add_func("/stream/compressed", test_compressed);
  g_test_add_func("/stream/pipe", test_pipe);
  g_test_add_func("/stream/changed", test_changed);
  g_test_add_func("/stream/compressed-cut", test_compressed_cut);
  g_test_add_func("/stream/refused", test_refused);
  return g_test_run();
}

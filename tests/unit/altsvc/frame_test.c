/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ALTSVC payload, cut at every length. */
#include "altsvc/frame.h"

#include "tests/support/feed.h"

static void cut(AsvSpan payload, void *user) {
  const gsize *origin_len = user;
  AsvFrame frame = {.origin = asv_span("x", 1), .value = asv_span("x", 1)};
  gboolean whole = asv_frame_cut(payload, &frame);
  g_assert_cmpint(whole, ==, payload.size >= 2 + *origin_len);
  gsize origin = whole ? *origin_len : 0;
  g_assert_cmpuint(frame.origin.size, ==, origin);
  g_assert_cmpuint(frame.value.size, ==, whole ? payload.size - 2 - origin : 0);
}

static void test_every_length(void) {
  static const char payload[] = "\0\16https://a.testh3=\":443\"";
  static const char no_origin[] = "\0\0clear";
  gsize origin_len = 14;
  for (gsize size = 0; size < sizeof payload; size++)
    asv_test_guarded(asv_span(payload, size), cut, &origin_len);
  origin_len = 0;
  for (gsize size = 0; size < sizeof no_origin; size++)
    asv_test_guarded(asv_span(no_origin, size), cut, &origin_len);
  origin_len = 65535;
  asv_test_guarded(asv_span("\xff\xffhttps://a.test", 16), cut, &origin_len);
}

static void test_parts(void) {
  AsvFrame frame;
  g_assert_true(asv_frame_cut(asv_span("\0\16https://a.testclear", 21), &frame));
  g_assert_true(asv_span_is(frame.origin, "https://a.test"));
  g_assert_true(asv_span_is(frame.value, "clear"));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/frame/every-length", test_every_length);
  g_test_add_func("/frame/parts", test_parts);
  return g_test_run();
}

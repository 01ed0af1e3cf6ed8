/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The PROXY protocol's header, both versions: its size in any prefix, what is none, and its limit.
 */
#include "analyzer/proxy.h"

#include "tests/support/feed.h"

#define SIGNATURE "\r\n\r\n\0\r\nQUIT\n"
/* An array without its NUL. */
#define OCTETS(text) asv_span((const guint8 *)(text), sizeof(text) - 1)

typedef struct {
  AsvSniff sniff;
  gsize size; /* as asv_proxy_sniff() leaves it */
} Told;

static void look(AsvSpan guarded, void *user) {
  Told *told = user;
  told->size = 9;
  told->sniff = asv_proxy_sniff(guarded, &told->size);
}

static Told look_at(AsvSpan input) {
  Told told;
  asv_test_guarded(input, look, &told);
  return told;
}

/* Headers; `told` octets of each are enough to know its size. */
static void test_headers(void) {
  const struct {
    AsvSpan header;
    gsize told, size;
  } cases[] = {
      {OCTETS("PROXY TCP4 192.0.2.1 192.0.2.2 1 443\r\n"), 38, 38},
      {OCTETS("PROXY TCP6 2001:db8::1 ::ffff:192.0.2.2 65535 0\r\n"), 49, 49},
      {OCTETS("PROXY UNKNOWN\r\n"), 15, 15},
      {OCTETS("PROXY UNKNOWN ffff::ffff what ever it says\r\n"), 44, 44},
      {OCTETS(SIGNATURE "\x20\x00\x00\x00"), 16, 16},
      {OCTETS(SIGNATURE "\x20\xff\x00\x02##"), 16, 18}, /* LOCAL: the family is ignored */
      {OCTETS(SIGNATURE "\x21\x00\x00\x03###"), 16, 19},
      {OCTETS(SIGNATURE "\x21\x11\x00\x0c\xc0\0\2\1\xc0\0\2\2\0\1\1\xbb"), 16, 28},
      {OCTETS(SIGNATURE "\x21\x12\x00\x0f\xc0\0\2\1\xc0\0\2\2\0\1\1\xbb\x04\0\0"), 16, 31},
      {OCTETS(SIGNATURE "\x21\x21\x00\x24"), 16, 52},
      {OCTETS(SIGNATURE "\x21\x22\x01\x00"), 16, 272},
      {OCTETS(SIGNATURE "\x21\x31\x00\xd8"), 16, 232},
      {OCTETS(SIGNATURE "\x21\x32\xff\xff"), 16, 65551},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GByteArray) followed = g_byte_array_new();
    g_byte_array_append(followed, cases[i].header.data, (guint)cases[i].header.size);
    g_byte_array_append(followed, (const guint8 *)"\r\n\x16\x03", 4);
    for (gsize n = 0; n <= followed->len; n++) {
      Told told = look_at(asv_span(followed->data, n));
      g_assert_cmpint(told.sniff, ==, n < cases[i].told ? ASV_SNIFF_MORE : ASV_SNIFF_CLIENT);
      g_assert_cmpuint(told.size, ==, n < cases[i].told ? 9 : cases[i].size);
    }
  }
}

/* Not one, and `told` octets are enough to know it. */
static void test_damaged(void) {
  const struct {
    AsvSpan octets;
    gsize told;
  } cases[] = {
      {OCTETS("GET / HTTP/1.1\r\n"), 1},
      {OCTETS("\x16\x03\x01"), 1},
      {OCTETS("PUT"), 2},
      {OCTETS("PROXY/1.1"), 6},
      {OCTETS("PROXY TCP5 192.0.2.1 192.0.2.2 1 443\r\n"), 38},
      {OCTETS("PROXY  TCP4 192.0.2.1 192.0.2.2 1 443\r\n"), 39},
      {OCTETS("PROXY unknown\r\n"), 15},
      {OCTETS("PROXY TCP4\r\n"), 12},
      {OCTETS("PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n"), 34},
      {OCTETS("PROXY TCP4 192.0.2.1 192.0.2.2 1 443 \r\n"), 39},
      {OCTETS("PROXY TCP4 192.0.2.1 192.0.2.2 1 65536\r\n"), 40},
      {OCTETS("PROXY TCP4 192.0.2.1 192.0.2.2 1 -1\r\n"), 37},
      {OCTETS("PROXY TCP4 192.0.2.1 a.test 1 443\r\n"), 35},
      {OCTETS("PROXY TCP4 ::1 ::1 1 443\r\n"), 26},
      {OCTETS("PROXY TCP6 192.0.2.1 192.0.2.2 1 443\r\n"), 38},
      {OCTETS("PROXY TCP4 192.0.2.1 192.0.2.2 1 443\r\r\n"), 38},
      {OCTETS("PROXY * HTTP/1.1\r\n"), 18},
      {OCTETS("\r\n\r\n\r\n"), 5},
      {OCTETS(SIGNATURE "\x11\x11\x00\x0c"), 16},
      {OCTETS(SIGNATURE "\x22\x11\x00\x0c"), 16},
      {OCTETS(SIGNATURE "\x21\x01\x00\x0c"), 16},
      {OCTETS(SIGNATURE "\x21\x11\x00\x0b"), 16},
      {OCTETS(SIGNATURE "\x21\x21\x00\x23"), 16},
      {OCTETS(SIGNATURE "\x21\x31\x00\xd7"), 16},
      {OCTETS(SIGNATURE "\x21\x41\xff\xff"), 16},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    for (gsize n = 0; n <= cases[i].octets.size; n++) {
      Told told = look_at(asv_span_sub(cases[i].octets, 0, n));
      g_assert_cmpint(told.sniff, ==, n < cases[i].told ? ASV_SNIFF_MORE : ASV_SNIFF_NO);
      g_assert_cmpuint(told.size, ==, 9);
    }
  }
}

/* The longest line, and one octet more. */
static void test_limit(void) {
  g_autoptr(GString) line = g_string_new("PROXY UNKNOWN ");
  while (line->len < ASV_PROXY_LINE_MAX - 2) g_string_append_c(line, 'x');
  AsvSpan open = asv_span(line->str, line->len);
  g_assert_cmpint(look_at(open).sniff, ==, ASV_SNIFF_MORE);
  g_autofree char *longest = g_strconcat(line->str, "\r\n", NULL);
  Told told = look_at(asv_span_text(longest));
  g_assert_cmpint(told.sniff, ==, ASV_SNIFF_CLIENT);
  g_assert_cmpuint(told.size, ==, ASV_PROXY_LINE_MAX);
  g_autofree char *too_long = g_strconcat(line->str, "x\r\n", NULL);
  g_assert_cmpint(look_at(asv_span_text(too_long)).sniff, ==, ASV_SNIFF_NO);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/pipeline/proxy/headers", test_headers);
  g_test_add_func("/pipeline/proxy/damaged", test_damaged);
  g_test_add_func("/pipeline/proxy/limit", test_limit);
  return g_test_run();
}

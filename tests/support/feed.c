/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guarded and split feeding of parsers under test. */
#include "feed.h"

#include <sys/mman.h>
#include <unistd.h>

/* Octet-wise feeding and two-way cuts cost the square of the size: enough is enough. */
#define TWO_WAY_MAX 2000

typedef struct {
  guint8 *map;
  gsize map_size;
  AsvSpan span;
} GuardedCopy;

static GuardedCopy guarded_new(AsvSpan input) {
  gsize page = (gsize)sysconf(_SC_PAGESIZE);
  gsize body = (input.size + page - 1) / page * page;
  GuardedCopy copy = {.map_size = body + page};
  void *map = mmap(NULL, copy.map_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  g_assert_true(map != MAP_FAILED);
  copy.map = map;
  guint8 *start = copy.map + body - input.size;
  if (input.size) memcpy(start, input.data, input.size);
  g_assert_cmpint(mprotect(copy.map + body, page, PROT_NONE), ==, 0);
  copy.span = asv_span(start, input.size);
  return copy;
}

static void guarded_free(GuardedCopy *copy) {
  munmap(copy->map, copy->map_size);
}

void asv_test_guarded(AsvSpan input, void (*body)(AsvSpan guarded, void *user), void *user) {
  GuardedCopy copy = guarded_new(input);
  body(copy.span, user);
  guarded_free(&copy);
}

static char *run_pieces(AsvTestRun run, AsvSpan input, const gsize *cuts, gsize count,
                        const void *user) {
  g_autofree GuardedCopy *copies = g_new0(GuardedCopy, count);
  g_autofree AsvSpan *pieces = g_new0(AsvSpan, count);
  gsize from = 0;
  for (gsize i = 0; i < count; i++) {
    copies[i] = guarded_new(asv_span(input.data + from, cuts[i] - from));
    pieces[i] = copies[i].span;
    from = cuts[i];
  }
  char *told = run(pieces, count, user);
  for (gsize i = 0; i < count; i++) guarded_free(&copies[i]);
  return told;
}

char *asv_test_splits(AsvTestRun run, AsvSpan input, const void *user) {
  gsize whole_cut = input.size;
  char *whole = run_pieces(run, input, &whole_cut, 1, user);
  if (input.size > TWO_WAY_MAX) return whole;

  g_autofree gsize *each = g_new(gsize, input.size + 1);
  for (gsize i = 0; i < input.size; i++) each[i] = i + 1;
  g_autofree char *octets = run_pieces(run, input, each, input.size, user);
  if (input.size) g_assert_cmpstr(octets, ==, whole);

  for (gsize cut = 1; cut < input.size; cut++) {
    gsize cuts[2] = {cut, input.size};
    g_autofree char *two = run_pieces(run, input, cuts, 2, user);
    g_assert_cmpstr(two, ==, whole);
    g_autofree char *prefix = run_pieces(run, input, cuts, 1, user);
    g_assert_nonnull(prefix);
  }
  return whole;
}

GByteArray *asv_test_hex(const char *hex) {
  GByteArray *octets = g_byte_array_new();
  while (*hex) {
    if (g_ascii_isspace(*hex)) {
      hex++;
      continue;
    }
    g_assert_true(g_ascii_isxdigit(hex[0]) && g_ascii_isxdigit(hex[1]));
    guint8 octet = (guint8)(g_ascii_xdigit_value(hex[0]) * 16 + g_ascii_xdigit_value(hex[1]));
    g_byte_array_append(octets, &octet, 1);
    hex += 2;
  }
  return octets;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What bytes.h does not do inline: comparisons, copies and decimal numbers. */
#include "bytes.h"

static inline guint8 lower(guint8 octet) {
  return octet >= 'A' && octet <= 'Z' ? octet | 0x20 : octet;
}

gboolean asv_span_equal_nocase(AsvSpan a, AsvSpan b) {
  if (a.size != b.size) return FALSE;
  for (gsize i = 0; i < a.size; i++)
    if (a.data[i] != b.data[i] && lower(a.data[i]) != lower(b.data[i])) return FALSE;
  return TRUE;
}

gboolean asv_span_is_nocase(AsvSpan span, const char *text) {
  return asv_span_equal_nocase(span, asv_span_text(text));
}

char *asv_span_dup(AsvSpan span) {
  char *copy = g_malloc(span.size + 1);
  if (span.size) memcpy(copy, span.data, span.size);
  copy[span.size] = '\0';
  return copy;
}

gboolean asv_span_decimal(AsvSpan span, guint64 *value) {
  if (span.size == 0) return FALSE;
  guint64 sum = 0;
  for (gsize i = 0; i < span.size; i++) {
    if (!g_ascii_isdigit((char)span.data[i])) return FALSE;
    guint64 digit = (guint64)(span.data[i] - '0');
    sum = sum > (G_MAXUINT64 - digit) / 10 ? G_MAXUINT64 : sum * 10 + digit;
  }
  *value = sum;
  return TRUE;
}

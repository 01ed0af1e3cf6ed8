/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz input as a script: each chunk begins with one octet (bit 0: the side;
 * bits 1 and 2: octets, octets, a gap, an end) and two of size. Fed whole and
 * octet by octet, it must tell the same.
 */
#ifndef TESTS_FUZZ_HTTP_CHUNKS_H
#define TESTS_FUZZ_HTTP_CHUNKS_H

#include "tests/unit/http/script.h"

static inline Script *chunks_script(AsvSpan input, AsvHttpVersion version) {
  Script *script = script_new(version, ASV_SCHEME_HTTP);
  AsvReader reader = asv_reader(input);
  while (asv_reader_left(&reader) >= 3) {
    guint8 tag = asv_read_u8(&reader);
    guint16 size = asv_read_u16(&reader);
    AsvSide side = (AsvSide)(tag & 1);
    if ((tag >> 1 & 3) == 2) {
      script_gap(script, side, size == 0xffff ? ASV_GAP_UNKNOWN : size + 1u);
    } else if ((tag >> 1 & 3) == 3) {
      script_end(script, side, ASV_END_FIN);
    } else {
      AsvSpan octets = asv_read_span(&reader, MIN(size, asv_reader_left(&reader)));
      if (octets.size) script_octets(script, side, octets.data, octets.size);
    }
  }
  return script;
}

/* No step follows the end of its side. */
static inline void chunks_drop_after_end(Script *script) {
  gboolean ended[2] = {FALSE, FALSE};
  GByteArray *octets = g_byte_array_new();
  GArray *steps = g_array_new(FALSE, FALSE, sizeof(Step));
  gsize from = 0;
  for (guint i = 0; i < script->steps->len; i++) {
    Step step = g_array_index(script->steps, Step, i);
    if (!ended[step.side]) {
      g_array_append_val(steps, step);
      if (step.size) g_byte_array_append(octets, script->octets->data + from, (guint)step.size);
    }
    from += step.size;
    ended[step.side] |= step.kind == STEP_END;
  }
  g_byte_array_unref(script->octets);
  g_array_unref(script->steps);
  script->octets = octets;
  script->steps = steps;
}

static inline int compare_lines(gconstpointer a, gconstpointer b, gpointer user G_GNUC_UNUSED) {
  guint64 x = g_ascii_strtoull(*(char *const *)a, NULL, 10);
  guint64 y = g_ascii_strtoull(*(char *const *)b, NULL, 10);
  return (x > y) - (x < y);
}

/* Told events in the order of their packets, as they are put later. */
static inline char *in_order(char *told) {
  g_auto(GStrv) lines = g_strsplit(told, "\n", -1);
  guint count = g_strv_length(lines);
  g_qsort_with_data(lines, (gint)count, sizeof *lines, compare_lines, NULL);
  g_free(told);
  return g_strjoinv("\n", lines);
}

static inline int chunks_run(const guint8 *data, gsize size, AsvHttpVersion version) {
  Script *script = chunks_script(asv_span(data, size), version);
  chunks_drop_after_end(script);
  AsvSpan whole = asv_span(script->octets->data, script->octets->len);
  g_autofree AsvSpan *each = g_new(AsvSpan, whole.size + 1);
  for (gsize i = 0; i < whole.size; i++) each[i] = asv_span(whole.data + i, 1);
  g_autofree char *told = in_order(script_run(&whole, 1, script));
  g_autofree char *octets = in_order(script_run(each, whole.size, script));
  if (strcmp(told, octets) != 0) {
    g_printerr("told whole:\n%s\ntold octet by octet:\n%s\n", told, octets);
    abort();
  }
  script_free(script);
  return 0;
}

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz input as a script of an HTTP/3 connection: each chunk begins with one
 * octet (bit 0: the side; bits 1 and 2: octets, octets, a gap, an end; bit 3:
 * early data), one with the stream and two of size. Fed whole and octet by
 * octet, it must tell the same.
 */
#include "chunks.h"
#include "tests/unit/http/script3.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static Script3 *read_script(AsvSpan input) {
  Script3 *script = script3_new(0);
  AsvReader reader = asv_reader(input);
  script->time_apart = ASV_SECOND;
  while (asv_reader_left(&reader) >= 4) {
    guint8 tag = asv_read_u8(&reader), stream = asv_read_u8(&reader);
    guint16 n = asv_read_u16(&reader);
    AsvSide side = (AsvSide)(tag & 1);
    script->early = (tag & 8) != 0;
    if ((tag >> 1 & 3) == 2) {
      script3_gap(script, side, stream, n == 0xffff ? ASV_GAP_UNKNOWN : n + 1u);
    } else if ((tag >> 1 & 3) == 3) {
      script3_end(script, side, stream, n & 1 ? ASV_END_RESET : ASV_END_FIN);
    } else {
      AsvSpan octets = asv_read_span(&reader, MIN(n, asv_reader_left(&reader)));
      if (octets.size) script3_octets(script, side, stream, octets.data, octets.size);
    }
  }
  return script;
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
  Script3 *script = read_script(asv_span(data, size));
  AsvSpan whole = asv_span(script->octets->data, script->octets->len);
  g_autofree AsvSpan *each = g_new(AsvSpan, whole.size + 1);
  for (gsize i = 0; i < whole.size; i++) each[i] = asv_span(whole.data + i, 1);
  g_autofree char *told = in_order(script3_run(&whole, 1, script));
  g_autofree char *octets = in_order(script3_run(each, whole.size, script));
  if (strcmp(told, octets) != 0) {
    g_printerr("told whole:\n%s\ntold octet by octet:\n%s\n", told, octets);
    abort();
  }
  script3_free(script);
  return 0;
}

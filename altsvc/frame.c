/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cuts the ALTSVC frame's payload, RFC 7838 §4. */
#include "frame.h"

gboolean asv_frame_cut(AsvSpan payload, AsvFrame *frame) {
  AsvReader in = asv_reader(payload);
  gsize origin_len = asv_read_u16(&in);
  AsvSpan origin = asv_read_span(&in, origin_len);
  *frame = (AsvFrame){0};
  if (in.failed) return FALSE;
  frame->origin = origin;
  frame->value = asv_read_rest(&in);
  return TRUE;
}

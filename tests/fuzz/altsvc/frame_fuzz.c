/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ALTSVC payload: its parts lie inside it, one behind the other. */
#include "altsvc/frame.h"
#include "altsvc/origin.h"
#include "altsvc/value.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
  AsvFrame frame;
  AsvOrigin origin;
  if (!asv_frame_cut(asv_span(data, size), &frame)) {
    g_assert(frame.origin.size == 0 && frame.value.size == 0);
    return 0;
  }
  g_assert(2 + frame.origin.size + frame.value.size == size);
  asv_origin_parse(frame.origin, &origin);
  asv_value_check(frame.value);
  return 0;
}

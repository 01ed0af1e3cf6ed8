/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Origins: what is parsed and written parses again, to the same text. */
#include "altsvc/origin.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
  AsvSpan text = asv_span(data, size);
  AsvOrigin origin;
  char once[ASV_ORIGIN_MAX], twice[ASV_ORIGIN_MAX];
  asv_name_covers("*.a.test", text);
  asv_name_covers("2001:db8::1", text);
  asv_origin_write_authority(ASV_SCHEME_HTTPS, text, once);
  if (asv_origin_parse(text, &origin)) return 0;
  g_assert(!asv_host_problem(origin.host) && origin.port);
  g_assert(asv_origin_write(&origin, once));
  g_assert(!asv_origin_parse(asv_span_text(once), &origin));
  g_assert(asv_origin_write(&origin, twice));
  g_assert(strcmp(once, twice) == 0);
  return 0;
}

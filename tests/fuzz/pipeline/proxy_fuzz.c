/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * First octets of a connection as a PROXY protocol header. What is told of them
 * is told of every prefix, or waits for more octets.
 */
#include "analyzer/proxy.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
  gsize whole_size = 0;
  AsvSniff whole = asv_proxy_sniff(asv_span(data, size), &whole_size);
  g_assert_true(whole != ASV_SNIFF_SERVER && (whole == ASV_SNIFF_CLIENT) == (whole_size > 0));
  g_assert_true(whole != ASV_SNIFF_MORE || size < ASV_PROXY_LINE_MAX);
  for (gsize n = 0; n < MIN(size, ASV_PROXY_LINE_MAX + 1); n++) {
    gsize part_size = 0;
    AsvSniff part = asv_proxy_sniff(asv_span(data, n), &part_size);
    g_assert_true(part == ASV_SNIFF_MORE || (part == whole && part_size == whole_size));
  }
  return 0;
}

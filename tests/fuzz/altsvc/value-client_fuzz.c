/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Field values as clients read them, and what must hold for all that they keep. */
#include "altsvc/value-client.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void check(AsvReadValue read, AsvSpan value) {
  AsvOrigin origin;
  g_assert(!asv_origin_parse(asv_span_text("https://a.test"), &origin));
  AsvReading reading = {.alternatives = g_array_new(FALSE, FALSE, sizeof(AsvAlternative))};
  read(value, &origin, &reading);
  g_assert(reading.understood || (!reading.clears && !reading.alternatives->len));
  g_assert(reading.alternatives->len <= ASV_ALTERNATIVES_MAX);
  for (guint i = 0; i < reading.alternatives->len; i++) {
    const AsvAlternative *kept = &g_array_index(reading.alternatives, AsvAlternative, i);
    g_assert(kept->alpn_size == 2 && strlen(kept->alpn) == 2);
    g_assert(strlen(kept->host) <= ASV_HOST_MAX);
    g_assert(kept->has_port && kept->port <= G_MAXUINT16);
    g_assert(!kept->protocol_id.size || (kept->protocol_id.data >= value.data &&
                                         kept->protocol_id.data < value.data + value.size));
  }
  g_array_free(reading.alternatives, TRUE);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
  static const AsvReadValue readers[] = {asv_value_read_chromium,  asv_value_read_firefox,
                                         asv_value_read_curl_7,    asv_value_read_curl_8,
                                         asv_value_read_curl_8_15, asv_value_read_curl};
  for (gsize i = 0; i < G_N_ELEMENTS(readers); i++) check(readers[i], asv_span(data, size));
  return 0;
}

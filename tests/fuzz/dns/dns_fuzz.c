/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A DNS message, and the same octets as a TCP stream, whole and octet by
 * octet: both must tell the same.
 */
#include "tests/unit/dns/message.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static char *run_stream(const guint8 *data, gsize size, gsize piece) {
  GString *told = g_string_new(NULL);
  AsvDnsEvents events = {.self = told, .https = on_https, .addresses = on_addresses};
  AsvPacketRef at = {.packet = 1};
  AsvDnsStream *stream = asv_dns_stream_new(&events);
  AsvSink sink = asv_dns_stream_sink(stream);
  guint64 waived = 0;
  for (gsize from = 0; from < size && !waived; from += piece)
    waived = sink.bytes(sink.self, &at, asv_span(data + from, MIN(piece, size - from)));
  sink.end(sink.self, &at, ASV_END_FIN);
  asv_dns_stream_free(stream);
  return g_string_free(told, FALSE);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
  Told told = {.told = g_string_new(NULL)};
  run_message(asv_span(data, size), &told);
  g_string_free(told.told, TRUE);
  g_autofree char *whole = run_stream(data, size, MAX(size, 1));
  g_autofree char *octets = run_stream(data, size, 1);
  g_assert_cmpstr(whole, ==, octets);
  return 0;
}

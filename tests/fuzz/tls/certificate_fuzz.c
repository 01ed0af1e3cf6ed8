/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Certificates of any octets, plain and in the compression that the first octet names. */
#include "analyzer/tls/certificate.h"

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size) {
  AsvSpan all = asv_span(data, size);
  AsvCertificate *certificate = asv_certificate_parse(all);
  asv_certificate_unref(certificate);
  if (size < 3) return 0;
  GByteArray *message =
      asv_certificate_decompress(data[0], asv_span_sub(all, 3, size), data[1] * 256u + data[2]);
  if (message) g_byte_array_unref(message);
  return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A bounded table; when it is full it starts anew, since what is current comes back at once. */
#include "certificates.h"

#include "analyzer/limits.h"

struct AsvCertificates {
  GHashTable *by_der; /* GBytes -> AsvCertificate */
};

static void unref(gpointer certificate) {
  asv_certificate_unref(certificate);
}
static void unref_bytes(gpointer bytes) {
  g_bytes_unref(bytes);
}

AsvCertificates *asv_certificates_new(void) {
  AsvCertificates *certificates = g_new0(AsvCertificates, 1);
  certificates->by_der = g_hash_table_new_full(g_bytes_hash, g_bytes_equal, unref_bytes, unref);
  return certificates;
}

AsvCertificate *asv_certificates_get(AsvCertificates *certificates, AsvSpan der) {
  GBytes *borrowed = g_bytes_new_static(der.data, der.size);
  AsvCertificate *certificate = g_hash_table_lookup(certificates->by_der, borrowed);
  g_bytes_unref(borrowed);
  if (certificate) return asv_certificate_ref(certificate);
  certificate = asv_certificate_parse(der);
  if (!certificate || der.size > ASV_TLS_CERTIFICATE_KEPT_MAX) return certificate;
  if (g_hash_table_size(certificates->by_der) >= ASV_TLS_CERTIFICATES_MAX)
    g_hash_table_remove_all(certificates->by_der);
  g_hash_table_insert(certificates->by_der, g_bytes_new(der.data, der.size),
                      asv_certificate_ref(certificate));
  return certificate;
}

void asv_certificates_free(AsvCertificates *certificates) {
  g_hash_table_destroy(certificates->by_der);
  g_free(certificates);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes certificates for tests. */
#ifndef TESTS_UNIT_TLS_CERTIFICATES_H
#define TESTS_UNIT_TLS_CERTIFICATES_H

#include <glib.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

/* The DER of a self-signed certificate, issuer "O=Test\, Inc.,CN=issuer", with these
 * subjectAltNames (OpenSSL's notation; NULL: none). */
static inline GByteArray *certificate_make(const char *names) {
  X509 *x509 = X509_new();
  EVP_PKEY *key = EVP_EC_gen("P-256");
  X509_NAME *issuer = X509_get_issuer_name(x509);
  guint8 *der = NULL;
  X509_set_version(x509, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
  X509_gmtime_adj(X509_getm_notBefore(x509), 0);
  X509_gmtime_adj(X509_getm_notAfter(x509), 3600);
  X509_set_pubkey(x509, key);
  X509_NAME_add_entry_by_txt(issuer, "CN", MBSTRING_ASC, (const guint8 *)"issuer", -1, -1, 0);
  X509_NAME_add_entry_by_txt(issuer, "O", MBSTRING_ASC, (const guint8 *)"Test, Inc.", -1, -1, 0);
  if (names) {
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, names);
    g_assert_nonnull(extension);
    X509_add_ext(x509, extension, -1);
    X509_EXTENSION_free(extension);
  }
  g_assert_true(X509_sign(x509, key, EVP_sha256()) > 0);
  int size = i2d_X509(x509, &der);
  GByteArray *out = g_byte_array_new();
  g_byte_array_append(out, der, (guint)size);
  OPENSSL_free(der);
  EVP_PKEY_free(key);
  X509_free(x509);
  return out;
}

#endif

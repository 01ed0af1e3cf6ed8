/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Certificates through OpenSSL's X509, and the three compressions of RFC 8879.
 * Nothing is verified here: the client did, or did not, and the capture shows
 * what it did next.
 */
#include "certificate.h"

#include <brotli/decode.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <zlib.h>
#include <zstd.h>

#include "analyzer/limits.h"

static AsvSpan own_text(const char *text, gsize size) {
  return asv_span(g_strndup(text, size), size);
}

/* RFC 5952 text of an IPv6 address: the longest run of at least two zero groups, the first of equal
 * ones, becomes "::". */
static char *ipv6_text(const guint8 *octets) {
  int start = -1;
  int length = 1;
  guint16 groups[8];
  for (int i = 0; i < 8; i++) groups[i] = (guint16)(octets[2 * i] << 8 | octets[2 * i + 1]);
  for (int i = 0; i < 8; i++) {
    int run = 0;
    while (i + run < 8 && groups[i + run] == 0) run++;
    if (run > length) {
      start = i;
      length = run;
    }
  }
  GString *text = g_string_new(NULL);
  for (int i = 0; i < 8; i++) {
    if (i == start) {
      g_string_append(text, "::");
      i += length - 1;
      continue;
    }
    if (text->len && text->str[text->len - 1] != ':') g_string_append_c(text, ':');
    g_string_append_printf(text, "%x", groups[i]);
  }
  return g_string_free(text, FALSE);
}

static gboolean read_name(const GENERAL_NAME *entry, AsvSpan *name) {
  int type = 0;
  const ASN1_STRING *value = GENERAL_NAME_get0_value(entry, &type);
  if (type != GEN_DNS && type != GEN_IPADD) return FALSE;
  const guint8 *octets = ASN1_STRING_get0_data(value);
  gsize size = (gsize)ASN1_STRING_length(value);
  if (type == GEN_DNS) {
    /* A name with a NUL in it is a trap for readers of text. */
    if (!size || memchr(octets, 0, size)) return FALSE;
    *name = own_text((const char *)octets, size);
    return TRUE;
  }
  if (size != 4 && size != 16) return FALSE;
  g_autofree char *text =
      size == 16 ? ipv6_text(octets)
                 : g_strdup_printf("%u.%u.%u.%u", octets[0], octets[1], octets[2], octets[3]);
  *name = own_text(text, strlen(text));
  return TRUE;
}

static void read_names(X509 *x509, AsvCertificate *certificate) {
  GENERAL_NAMES *entries = X509_get_ext_d2i(x509, NID_subject_alt_name, NULL, NULL);
  int count = entries ? sk_GENERAL_NAME_num(entries) : 0;
  if (count > 0) certificate->names = g_new0(AsvSpan, (gsize)count);
  for (int i = 0; i < count && certificate->count < ASV_TLS_NAMES_MAX; i++) {
    AsvSpan name;
    if (read_name(sk_GENERAL_NAME_value(entries, i), &name))
      certificate->names[certificate->count++] = name;
  }
  GENERAL_NAMES_free(entries);
}

static void read_issuer(X509 *x509, AsvCertificate *certificate) {
  BIO *out = BIO_new(BIO_s_mem());
  char *text = NULL;
  if (out && X509_NAME_print_ex(out, X509_get_issuer_name(x509), 0, XN_FLAG_RFC2253) >= 0) {
    long size = BIO_get_mem_data(out, &text);
    if (size > 0) certificate->issuer = own_text(text, (gsize)size);
  }
  BIO_free(out);
}

AsvCertificate *asv_certificate_parse(AsvSpan der) {
  const guint8 *at = der.data;
  if (!der.size || der.size > ASV_TLS_CERTIFICATE_MAX) return NULL;
  X509 *x509 = d2i_X509(NULL, &at, (long)der.size);
  if (!x509) return NULL;
  AsvCertificate *certificate = g_new0(AsvCertificate, 1);
  g_atomic_ref_count_init(&certificate->references);
  read_names(x509, certificate);
  read_issuer(x509, certificate);
  X509_free(x509);
  return certificate;
}

AsvCertificate *asv_certificate_ref(AsvCertificate *certificate) {
  g_atomic_ref_count_inc(&certificate->references);
  return certificate;
}

void asv_certificate_unref(AsvCertificate *certificate) {
  if (!certificate || !g_atomic_ref_count_dec(&certificate->references)) return;
  for (gsize i = 0; i < certificate->count; i++) g_free((void *)(gsize)certificate->names[i].data);
  g_free(certificate->names);
  g_free((void *)(gsize)certificate->issuer.data);
  g_free(certificate);
}

static gboolean decompress_zlib(AsvSpan data, guint8 *out, gsize size) {
  uLongf made = size;
  return uncompress(out, &made, data.data, data.size) == Z_OK && made == size;
}

static gboolean decompress_brotli(AsvSpan data, guint8 *out, gsize size) {
  size_t made = size;
  return BrotliDecoderDecompress(data.size, data.data, &made, out) ==
             BROTLI_DECODER_RESULT_SUCCESS &&
         made == size;
}

static gboolean decompress_zstd(AsvSpan data, guint8 *out, gsize size) {
  size_t made = ZSTD_decompress(out, size, data.data, data.size);
  return !ZSTD_isError(made) && made == size;
}

GByteArray *asv_certificate_decompress(guint16 algorithm, AsvSpan data, gsize size) {
  gboolean ok = FALSE;
  if (!data.size || !size || size > ASV_TLS_CERTIFICATE_MAX) return NULL;
  GByteArray *out = g_byte_array_sized_new((guint)size);
  g_byte_array_set_size(out, (guint)size);
  if (algorithm == 1) ok = decompress_zlib(data, out->data, size);
  if (algorithm == 2) ok = decompress_brotli(data, out->data, size);
  if (algorithm == 3) ok = decompress_zstd(data, out->data, size);
  if (ok) return out;
  g_byte_array_unref(out);
  return NULL;
}

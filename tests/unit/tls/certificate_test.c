/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Certificates: names of each kind, the issuer, damage, and the three compressions. */
#include "analyzer/tls/certificate.h"

#include <zlib.h>
#include <zstd.h>

#include "analyzer/limits.h"
#include "certificates.h"
#include "tests/support/feed.h"

static char *names_of(const GByteArray *der) {
  AsvCertificate *certificate = asv_certificate_parse(asv_span(der->data, der->len));
  GString *text = g_string_new(NULL);
  g_assert_nonnull(certificate);
  for (gsize i = 0; i < certificate->count; i++)
    g_string_append_printf(text, "%.*s ", (int)certificate->names[i].size,
                           (const char *)certificate->names[i].data);
  g_string_append_len(text, (const char *)certificate->issuer.data,
                      (gssize)certificate->issuer.size);
  asv_certificate_unref(certificate);
  return g_string_free(text, FALSE);
}

static void test_names(void) {
  static const struct {
    const char *names, *want;
  } cases[] = {
      {NULL, ""},
      {"DNS:a.test", "a.test "},
      {"DNS:*.A.test,email:x@a.test,DNS:b.test,URI:https://a.test/", "*.A.test b.test "},
      {"IP:192.0.2.1,IP:2001:db8::1,IP:::1,IP:2001:db8:0:0:1:0:0:1,IP:1:2:3:4:5:6:7:0",
       "192.0.2.1 2001:db8::1 ::1 2001:db8::1:0:0:1 1:2:3:4:5:6:7:0 "},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GByteArray) der = certificate_make(cases[i].names);
    g_autofree char *got = names_of(der);
    g_autofree char *want = g_strconcat(cases[i].want, "O=Test\\, Inc.,CN=issuer", NULL);
    g_assert_cmpstr(got, ==, want);
  }
}

static void parse_guarded(AsvSpan der, void *user) {
  AsvCertificate *certificate = asv_certificate_parse(der);
  *(gboolean *)user = certificate != NULL;
  asv_certificate_unref(certificate);
}

static void test_damage(void) {
  g_autoptr(GByteArray) der = certificate_make("DNS:a.test");
  gboolean read = FALSE;
  for (guint size = 0; size < der->len; size++) {
    asv_test_guarded(asv_span(der->data, size), parse_guarded, &read);
    g_assert_false(read);
  }
  for (guint i = 0; i < der->len; i++) {
    der->data[i] ^= 0xff;
    asv_test_guarded(asv_span(der->data, der->len), parse_guarded, &read);
    der->data[i] ^= 0xff;
  }
}

static void test_name_limit(void) {
  GString *names = g_string_new("DNS:a.test");
  for (guint i = 0; i < ASV_TLS_NAMES_MAX + 5; i++)
    g_string_append_printf(names, ",DNS:n%u.test", i);
  g_autoptr(GByteArray) der = certificate_make(names->str);
  AsvCertificate *certificate = asv_certificate_parse(asv_span(der->data, der->len));
  g_assert_cmpuint(certificate->count, ==, ASV_TLS_NAMES_MAX);
  asv_certificate_unref(certificate);
  g_string_free(names, TRUE);
}

static void check_compressed(guint16 algorithm, AsvSpan data, const GByteArray *want) {
  GByteArray *got = asv_certificate_decompress(algorithm, data, want->len);
  g_assert_nonnull(got);
  g_assert_true(asv_span_equal(asv_span(got->data, got->len), asv_span(want->data, want->len)));
  g_byte_array_unref(got);
  g_assert_null(asv_certificate_decompress(algorithm, data, want->len + 1));
  g_assert_null(asv_certificate_decompress(algorithm, data, want->len - 1));
  g_assert_null(
      asv_certificate_decompress(algorithm, asv_span_sub(data, 0, data.size - 1), want->len));
}

static void test_compression(void) {
  /* "a" ten times, as one stored block (RFC 7932 §9.2). */
  static const guint8 brotli[] = {0x8b, 0x04, 0x80, 0x61, 0x61, 0x61, 0x61,
                                  0x61, 0x61, 0x61, 0x61, 0x61, 0x61, 0x03};
  guint8 out[4096];
  uLongf zlib_size = sizeof out;
  g_autoptr(GByteArray) der = certificate_make("DNS:a.test");
  g_autoptr(GByteArray) letters = g_byte_array_new();
  for (int i = 0; i < 10; i++) g_byte_array_append(letters, (const guint8 *)"a", 1);
  g_assert_cmpint(compress(out, &zlib_size, der->data, der->len), ==, Z_OK);
  check_compressed(1, asv_span(out, zlib_size), der);
  check_compressed(2, asv_span(brotli, sizeof brotli), letters);
  gsize zstd_size = ZSTD_compress(out, sizeof out, der->data, der->len, 3);
  check_compressed(3, asv_span(out, zstd_size), der);
  g_assert_null(asv_certificate_decompress(4, asv_span(out, zstd_size), der->len));
  g_assert_null(
      asv_certificate_decompress(3, asv_span(out, zstd_size), ASV_TLS_CERTIFICATE_MAX + 1));
  g_assert_null(asv_certificate_decompress(3, asv_span(out, zstd_size), 0));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/tls/certificate/names", test_names);
  g_test_add_func("/tls/certificate/damage", test_damage);
  g_test_add_func("/tls/certificate/name-limit", test_name_limit);
  g_test_add_func("/tls/certificate/compression", test_compression);
  return g_test_run();
}

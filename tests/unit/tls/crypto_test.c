/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Key derivation, records and the peek, against RFC 8448 §3 and against OpenSSL's other half. */
#include "analyzer/tls/crypto.h"

#include "tests/support/feed.h"
#include "writer.h"

static void check_hex(const guint8 *got, gsize size, const char *hex) {
  g_autoptr(GByteArray) want = asv_test_hex(hex);
  g_assert_true(asv_span_equal(asv_span(got, size), asv_span(want->data, want->len)));
}

/* RFC 8448 §3: the early secret without a PSK, and the keys of all four traffic secrets. */
static void test_rfc8448_schedule(void) {
  static const char *const traffic[][3] = {
      {"b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38",
       "3fce516009c21727d0f2e4e86ee403bc", "5d313eb2671276ee13000b30"},
      {"b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21",
       "dbfaa693d1762c5b666af5d950258d01", "5bd3c71b836e0b76bb73265f"},
      {"a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643",
       "9f02283b6c9c07efc26bb9f2ac92e356", "cf782b88dd83549aadf1e984"},
      {"9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5",
       "17422dda596ed5d9acd890e3c63f5051", "5b78923dee08579033e523d9"},
  };
  AsvCrypto *crypto = asv_crypto_new();
  guint8 out[48];
  static const guint8 zeros[32] = {0};
  asv_crypto_extract(crypto, ASV_HASH_SHA256, asv_span(NULL, 0), asv_span(zeros, 32), out);
  check_hex(out, 32, "33ad0a1c607ec03b09e6cd9893680ce210adf300aa1f2660e1b22e10f170f92a");
  for (gsize i = 0; i < G_N_ELEMENTS(traffic); i++) {
    g_autoptr(GByteArray) secret = asv_test_hex(traffic[i][0]);
    AsvSpan span = asv_span(secret->data, secret->len);
    asv_crypto_expand_label(crypto, ASV_HASH_SHA256, span, "key", out, 16);
    check_hex(out, 16, traffic[i][1]);
    asv_crypto_expand_label(crypto, ASV_HASH_SHA256, span, "iv", out, 12);
    check_hex(out, 12, traffic[i][2]);
  }
  asv_crypto_free(crypto);
}

/* RFC 8448 §3: the client's application data, the octets 0 to 49. */
static void test_rfc8448_record(void) {
  g_autoptr(GByteArray) wire = asv_test_hex(
      "1703030043a23f7054b62c94d0affafe8228ba55cbefacea42f914aa66bcab3f2b9819a8a5b46b395bd54a9a2044"
      "1e2b62974e1f5a6292a2977014bd1e3deae63aeebb21694915e4");
  g_autoptr(GByteArray) secret =
      asv_test_hex("9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5");
  AsvCrypto *crypto = asv_crypto_new();
  AsvProtection *keys =
      asv_protection_new_13(crypto, asv_suite_find(0x1301), asv_span(secret->data, secret->len));
  AsvRecord record;
  AsvOpened opened;
  guint8 room[128];
  asv_record_read_header(&record, asv_span(wire->data, wire->len));
  record.body = asv_span(wire->data + 5, record.size);
  g_assert_false(asv_protection_open(keys, 1, &record, room, &opened));
  g_assert_true(asv_protection_open(keys, 0, &record, room, &opened));
  g_assert_cmpuint(opened.type, ==, 23);
  g_assert_cmpuint(opened.content.size, ==, 50);
  for (guint8 i = 0; i < 50; i++) g_assert_cmpuint(opened.content.data[i], ==, i);
  wire->data[20] ^= 1;
  g_assert_false(asv_protection_open(keys, 0, &record, room, &opened));
  asv_protection_free(keys);
  asv_crypto_free(crypto);
}

/* The peek agrees with the encryption at every length around block ends, for every TLS 1.3 suite.
 */
static void test_peek(void) {
  static const WriterSuite suites[] = {{0x1301, 0x0304, FALSE, "AES-128-GCM", NULL},
                                       {0x1302, 0x0304, FALSE, "AES-256-GCM", NULL},
                                       {0x1303, 0x0304, FALSE, "ChaCha20-Poly1305", NULL},
                                       {0x1304, 0x0304, FALSE, "AES-128-CCM", NULL},
                                       {0x1305, 0x0304, FALSE, "AES-128-CCM", NULL}};
  AsvCrypto *crypto = asv_crypto_new();
  guint8 secret[48];
  guint8 text[300];
  memset(secret, 7, sizeof secret);
  memset(text, 'x', sizeof text);
  for (gsize i = 0; i < G_N_ELEMENTS(suites); i++) {
    Writer writer;
    writer_from_secret(&writer, crypto, &suites[i], secret);
    const AsvSuite *suite = asv_suite_find(suites[i].id);
    AsvProtection *keys =
        asv_protection_new_13(crypto, suite, asv_span(secret, asv_hash_size(suite->prf)));
    for (gsize size = 0; size < sizeof text; size++) {
      g_autoptr(GByteArray) out = g_byte_array_new();
      guint64 sequence = writer.sequence;
      gsize tail = asv_protection_tail(keys);
      writer_13(&writer, out, 23, asv_span(text, size), size % 3);
      AsvSpan end = asv_span(out->data + out->len - tail, tail);
      g_assert_cmpuint(asv_protection_peek(keys, sequence, out->len - 5, end), ==,
                       size % 3 ? 0 : 23);
    }
    asv_protection_free(keys);
  }
  asv_crypto_free(crypto);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/tls/crypto/rfc8448-schedule", test_rfc8448_schedule);
  g_test_add_func("/tls/crypto/rfc8448-record", test_rfc8448_record);
  g_test_add_func("/tls/crypto/peek", test_peek);
  return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The other end of the wire for tests: protects QUIC packets with OpenSSL
 * (RFC 9001 §5) under the secret of one direction, and updates its keys.
 */
#ifndef TESTS_UNIT_QUIC_WRITER_H
#define TESTS_UNIT_QUIC_WRITER_H

#include <openssl/evp.h>

#include "analyzer/quic/protection.h"

typedef struct {
  AsvCrypto *crypto;
  const AsvQuicVersion *version;
  const AsvSuite *suite;
  guint8 secret[ASV_HASH_SIZE_MAX];
  guint8 mask_key[ASV_KEY_SIZE_MAX];
  guint8 phase; /* key phase bit of a short header */
} QuicWriter;

static inline AsvSpan quic_writer_secret(const QuicWriter *writer) {
  return asv_span(writer->secret, asv_hash_size(writer->suite->prf));
}

/* A secret of all that octet. */
static inline void quic_writer_init(QuicWriter *writer, AsvCrypto *crypto, guint32 version,
                                    guint16 suite, guint8 octet) {
  *writer = (QuicWriter){
      .crypto = crypto, .version = asv_quic_version_find(version), .suite = asv_suite_find(suite)};
  memset(writer->secret, octet, sizeof writer->secret);
  asv_crypto_expand_label(crypto, writer->suite->prf, quic_writer_secret(writer),
                          writer->version->mask_label, writer->mask_key,
                          asv_cipher_shape(writer->suite->cipher)->key);
}

static inline void quic_writer_update(QuicWriter *writer) {
  guint8 next[ASV_HASH_SIZE_MAX];
  AsvSpan secret = quic_writer_secret(writer);
  asv_crypto_expand_label(writer->crypto, writer->suite->prf, secret, writer->version->update_label,
                          next, secret.size);
  memcpy(writer->secret, next, secret.size);
  writer->phase ^= 4;
}

static inline void quic_writer_aead(const QuicWriter *writer, guint64 number, AsvSpan header,
                                    AsvSpan payload, guint8 *out) {
  static const char *const names[ASV_CIPHERS] = {
      [ASV_CIPHER_AES128_GCM] = "AES-128-GCM",
      [ASV_CIPHER_AES256_GCM] = "AES-256-GCM",
      [ASV_CIPHER_AES128_CCM] = "AES-128-CCM",
      [ASV_CIPHER_CHACHA20_POLY1305] = "ChaCha20-Poly1305"};
  guint8 key[ASV_KEY_SIZE_MAX];
  guint8 iv[ASV_NONCE_SIZE];
  int size = (int)payload.size;
  int done = 0;
  AsvSpan secret = quic_writer_secret(writer);
  asv_crypto_expand_label(writer->crypto, writer->suite->prf, secret, writer->version->key_label,
                          key, asv_cipher_shape(writer->suite->cipher)->key);
  asv_crypto_expand_label(writer->crypto, writer->suite->prf, secret, writer->version->iv_label, iv,
                          sizeof iv);
  for (int i = 0; i < 8; i++) iv[11 - i] ^= (guint8)(number >> (8 * i));
  EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, names[writer->suite->cipher], NULL);
  EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
  gboolean ccm = writer->suite->cipher == ASV_CIPHER_AES128_CCM;
  g_assert_true(EVP_EncryptInit_ex2(context, cipher, NULL, NULL, NULL));
  g_assert_true(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_IVLEN, sizeof iv, NULL));
  if (ccm) g_assert_true(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, 16, NULL));
  g_assert_true(EVP_EncryptInit_ex2(context, NULL, key, iv, NULL));
  if (ccm) g_assert_true(EVP_EncryptUpdate(context, NULL, &done, NULL, size));
  g_assert_true(EVP_EncryptUpdate(context, NULL, &done, header.data, (int)header.size));
  g_assert_true(EVP_EncryptUpdate(context, out, &done, payload.data, size));
  g_assert_true(EVP_EncryptFinal_ex(context, out + done, &done));
  g_assert_true(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, 16, out + size));
  EVP_CIPHER_CTX_free(context);
  EVP_CIPHER_free(cipher);
}

/* Appends the packet: header in the clear without its number, whose octets the two low bits of its
 * first octet count. payload has four octets at least. */
static inline void quic_writer_packet(const QuicWriter *writer, GByteArray *out, AsvSpan header,
                                      guint64 number, AsvSpan payload) {
  guint start = out->len;
  guint8 mask[ASV_MASK_SAMPLE];
  g_byte_array_append(out, header.data, (guint)header.size);
  guint8 size = (out->data[start] & 3) + 1;
  for (guint8 i = size; i-- > 0;) {
    guint8 octet = (guint8)(number >> (8 * i));
    g_byte_array_append(out, &octet, 1);
  }
  guint body = out->len;
  g_byte_array_set_size(out, body + (guint)payload.size + 16);
  quic_writer_aead(writer, number, asv_span(out->data + start, body - start), payload,
                   out->data + body);
  AsvMask *masks = asv_mask_new(writer->crypto, writer->suite->cipher, writer->mask_key);
  asv_mask_make(masks, out->data + body - size + 4, mask);
  asv_mask_free(masks);
  out->data[start] ^= mask[0] & ((out->data[start] & 0x80) ? 0x0f : 0x1f);
  for (guint8 i = 0; i < size; i++) out->data[body - size + i] ^= mask[1 + i];
}

/* Appends a 1-RTT packet with a number of that many octets. */
static inline void quic_writer_short(const QuicWriter *writer, GByteArray *out, AsvSpan destination,
                                     guint64 number, guint8 number_size, AsvSpan payload) {
  guint8 header[1 + ASV_QUIC_CID_MAX];
  header[0] = (guint8)(0x40 | writer->phase | (number_size - 1));
  if (destination.size) memcpy(header + 1, destination.data, destination.size);
  quic_writer_packet(writer, out, asv_span(header, 1 + destination.size), number, payload);
}

#endif

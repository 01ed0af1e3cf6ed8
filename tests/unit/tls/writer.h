/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The other end of the wire for tests: makes handshake messages and protects
 * records with OpenSSL, in every way the reader knows.
 */
#ifndef TESTS_UNIT_TLS_WRITER_H
#define TESTS_UNIT_TLS_WRITER_H

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "analyzer/tls/protection.h"

/* A suite as the test names it. */
typedef struct {
  guint16 id;
  guint16 version;
  gboolean encrypt_then_mac;
  const char *cipher; /* OpenSSL's name */
  const char *digest; /* of the MAC; NULL for AEAD */
} WriterSuite;

/* One direction's protection. */
typedef struct {
  const WriterSuite *suite;
  const AsvCipherShape *shape;
  guint8 key[32], iv[16], mac_key[48];
  gsize mac;
  guint64 sequence;
  guint8 secret[48];
  AsvCrypto *crypto;
} Writer;

static inline void writer_put(GByteArray *out, guint64 value, int octets) {
  while (octets--) {
    guint8 octet = (guint8)(value >> (8 * octets));
    g_byte_array_append(out, &octet, 1);
  }
}

static inline void writer_text(GByteArray *out, const char *text) {
  g_byte_array_append(out, (const guint8 *)text, (guint)strlen(text));
}

static inline void writer_from_secret(Writer *writer, AsvCrypto *crypto, const WriterSuite *suite,
                                      const guint8 *secret) {
  const AsvSuite *found = asv_suite_find(suite->id);
  gsize size = asv_hash_size(found->prf);
  *writer = (Writer){.suite = suite, .shape = asv_cipher_shape(found->cipher), .crypto = crypto};
  memcpy(writer->secret, secret, size);
  asv_crypto_expand_label(crypto, found->prf, asv_span(secret, size), "key", writer->key,
                          writer->shape->key);
  asv_crypto_expand_label(crypto, found->prf, asv_span(secret, size), "iv", writer->iv, 12);
}

static inline void writer_update(Writer *writer) {
  const AsvSuite *found = asv_suite_find(writer->suite->id);
  guint8 next[48];
  gsize size = asv_hash_size(found->prf);
  asv_crypto_expand_label(writer->crypto, found->prf, asv_span(writer->secret, size), "traffic upd",
                          next, size);
  writer_from_secret(writer, writer->crypto, writer->suite, next);
}

static inline void writer_from_master(Writer *writer, AsvCrypto *crypto, const WriterSuite *suite,
                                      int side, const guint8 *master, const guint8 *client_random,
                                      const guint8 *server_random) {
  const AsvSuite *found = asv_suite_find(suite->id);
  const AsvCipherShape *shape = asv_cipher_shape(found->cipher);
  guint8 block[256];
  gsize mac = suite->digest ? asv_hash_size(found->mac) : 0;
  gsize iv = suite->digest ? (suite->version == 0x0301 ? shape->block : 0) : shape->fixed;
  AsvKeyExpansion from = {suite->version < 0x0303, found->prf, asv_span(master, 48), server_random,
                          client_random};
  asv_crypto_key_block(crypto, &from, block, 2 * (mac + shape->key + iv));
  *writer = (Writer){.suite = suite, .shape = shape, .crypto = crypto, .mac = mac};
  memcpy(writer->mac_key, block + (gsize)side * mac, mac);
  memcpy(writer->key, block + 2 * mac + (gsize)side * shape->key, shape->key);
  memcpy(writer->iv, block + 2 * mac + 2 * (gsize)shape->key + (gsize)side * iv, iv);
}

/* AEAD: appends ciphertext and tag. */
static inline void writer_seal(const Writer *writer, const guint8 *nonce, AsvSpan aad,
                               AsvSpan plain, GByteArray *out) {
  EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
  EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, writer->suite->cipher, NULL);
  gboolean ccm = EVP_CIPHER_get_mode(cipher) == EVP_CIPH_CCM_MODE;
  int tag = writer->shape->tag;
  int done = 0;
  guint at = out->len;
  static const guint8 nothing[1] = {0};
  g_byte_array_set_size(out, at + (guint)plain.size + (guint)tag);
  g_assert_true(EVP_EncryptInit_ex(context, cipher, NULL, NULL, NULL));
  g_assert_true(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_IVLEN, 12, NULL) > 0);
  if (ccm) g_assert_true(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, tag, NULL) > 0);
  g_assert_true(EVP_EncryptInit_ex(context, NULL, NULL, writer->key, nonce));
  if (ccm) g_assert_true(EVP_EncryptUpdate(context, NULL, &done, NULL, (int)plain.size));
  g_assert_true(EVP_EncryptUpdate(context, NULL, &done, aad.data, (int)aad.size));
  g_assert_true(EVP_EncryptUpdate(context, out->data + at, &done, plain.size ? plain.data : nothing,
                                  (int)plain.size));
  g_assert_true(EVP_EncryptFinal_ex(context, out->data + at + done, &done));
  g_assert_true(
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, tag, out->data + at + plain.size) > 0);
  EVP_CIPHER_CTX_free(context);
  EVP_CIPHER_free(cipher);
}

static inline void writer_mac(const Writer *writer, guint8 type, AsvSpan content, guint8 *mac) {
  g_autoptr(GByteArray) data = g_byte_array_new();
  unsigned size = 0;
  writer_put(data, writer->sequence, 8);
  writer_put(data, type, 1);
  writer_put(data, writer->suite->version, 2);
  writer_put(data, content.size, 2);
  if (content.size) g_byte_array_append(data, content.data, (guint)content.size);
  EVP_MD *digest = EVP_MD_fetch(NULL, writer->suite->digest, NULL);
  g_assert_nonnull(digest);
  HMAC(digest, writer->mac_key, (int)writer->mac, data->data, data->len, mac, &size);
  EVP_MD_free(digest);
}

static inline void writer_cbc(Writer *writer, guint8 type, AsvSpan content, GByteArray *body) {
  g_autoptr(GByteArray) plain = g_byte_array_new();
  guint8 mac[64];
  guint8 iv[16];
  guint block = writer->shape->block;
  gboolean chained = writer->suite->version == 0x0301;
  int done = 0;
  if (content.size) g_byte_array_append(plain, content.data, (guint)content.size);
  if (!writer->suite->encrypt_then_mac) {
    writer_mac(writer, type, content, mac);
    g_byte_array_append(plain, mac, (guint)writer->mac);
  }
  guint padding = block - plain->len % block - 1;
  for (guint i = 0; i <= padding; i++) writer_put(plain, padding, 1);
  for (guint i = 0; i < block; i++) iv[i] = chained ? writer->iv[i] : (guint8)(i * 7 + 1);
  if (!chained) g_byte_array_append(body, iv, block);
  EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
  EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, writer->suite->cipher, NULL);
  guint at = body->len;
  g_byte_array_set_size(body, at + plain->len);
  g_assert_true(EVP_EncryptInit_ex(context, cipher, NULL, writer->key, iv));
  EVP_CIPHER_CTX_set_padding(context, 0);
  g_assert_true(EVP_EncryptUpdate(context, body->data + at, &done, plain->data, (int)plain->len));
  EVP_CIPHER_CTX_free(context);
  EVP_CIPHER_free(cipher);
  if (chained) memcpy(writer->iv, body->data + body->len - block, block);
  if (writer->suite->encrypt_then_mac) {
    writer_mac(writer, type, asv_span(body->data, body->len), mac);
    g_byte_array_append(body, mac, (guint)writer->mac);
  }
}

static inline void writer_header(GByteArray *out, guint8 type, guint16 version, gsize size) {
  writer_put(out, type, 1);
  writer_put(out, version, 2);
  writer_put(out, size, 2);
}

/* An unprotected record. */
static inline void writer_plain(GByteArray *out, guint8 type, const GByteArray *body) {
  writer_header(out, type, 0x0303, body->len);
  g_byte_array_append(out, body->data, body->len);
}

static inline void writer_13(Writer *writer, GByteArray *out, guint8 type, AsvSpan content,
                             gsize padding) {
  g_autoptr(GByteArray) inner = g_byte_array_new();
  guint8 nonce[12];
  gsize at = out->len;
  if (content.size) g_byte_array_append(inner, content.data, (guint)content.size);
  writer_put(inner, type, 1);
  for (gsize i = 0; i < padding; i++) writer_put(inner, 0, 1);
  memcpy(nonce, writer->iv, 12);
  for (int i = 0; i < 8; i++) nonce[11 - i] ^= (guint8)(writer->sequence >> (8 * i));
  writer_header(out, 23, 0x0303, inner->len + writer->shape->tag);
  guint8 aad[5];
  memcpy(aad, out->data + at, 5);
  writer_seal(writer, nonce, asv_span(aad, 5), asv_span(inner->data, inner->len), out);
  writer->sequence++;
}

static inline void writer_12(Writer *writer, GByteArray *out, guint8 type, AsvSpan content) {
  g_autoptr(GByteArray) body = g_byte_array_new();
  if (writer->suite->digest) {
    writer_cbc(writer, type, content, body);
  } else {
    g_autoptr(GByteArray) aad = g_byte_array_new();
    guint8 nonce[12];
    memcpy(nonce, writer->iv, 12);
    if (writer->shape->explicit) {
      writer_put(body, writer->sequence ^ 0x5500, 8);
      memcpy(nonce + 4, body->data, 8);
    } else {
      for (int i = 0; i < 8; i++) nonce[11 - i] ^= (guint8)(writer->sequence >> (8 * i));
    }
    writer_put(aad, writer->sequence, 8);
    writer_put(aad, type, 1);
    writer_put(aad, writer->suite->version, 2);
    writer_put(aad, content.size, 2);
    writer_seal(writer, nonce, asv_span(aad->data, aad->len), content, body);
  }
  writer_header(out, type, writer->suite->version, body->len);
  g_byte_array_append(out, body->data, body->len);
  writer->sequence++;
}

/* A protected record. */
static inline void writer_record(Writer *writer, GByteArray *out, guint8 type, AsvSpan content,
                                 gsize padding) {
  if (writer->suite->version == 0x0304)
    writer_13(writer, out, type, content, padding);
  else
    writer_12(writer, out, type, content);
}

/* --- handshake messages --- */

static inline GByteArray *writer_message(guint8 type, GByteArray *body) {
  GByteArray *message = g_byte_array_new();
  writer_put(message, type, 1);
  writer_put(message, body->len, 3);
  if (body->len) g_byte_array_append(message, body->data, body->len);
  g_byte_array_unref(body);
  return message;
}

static inline void writer_extension(GByteArray *out, guint16 type, const guint8 *body, gsize size) {
  writer_put(out, type, 2);
  writer_put(out, size, 2);
  if (size) g_byte_array_append(out, body, (guint)size);
}

typedef struct {
  const char *sni;
  const char *identity; /* of a pre-shared key, or NULL */
  const char *ticket;
  const char *session_id;
  gboolean early, ech;
} HelloWish;

static inline GByteArray *writer_client_hello(const guint8 random[32], HelloWish wish) {
  static const guint8 alpn[] = {0, 8, 2, 0x1a, 0x1a, 2, 'h', '2', 1, 'x'};
  static const guint8 outer[] = {0, 0, 1, 0, 1, 9, 0, 0, 0, 0};
  GByteArray *body = g_byte_array_new();
  GByteArray *extensions = g_byte_array_new();
  gsize size = wish.session_id ? strlen(wish.session_id) : 0;
  writer_put(body, 0x0303, 2);
  g_byte_array_append(body, random, 32);
  writer_put(body, size, 1);
  if (size) writer_text(body, wish.session_id);
  writer_put(body, 2, 2);
  writer_put(body, 0x1301, 2);
  writer_put(body, 0x0100, 2);
  if (wish.sni) {
    g_autoptr(GByteArray) name = g_byte_array_new();
    writer_put(name, strlen(wish.sni) + 3, 2);
    writer_put(name, 0, 1);
    writer_put(name, strlen(wish.sni), 2);
    writer_text(name, wish.sni);
    writer_extension(extensions, 0, name->data, name->len);
  }
  writer_extension(extensions, 16, alpn, sizeof alpn);
  if (wish.ticket)
    writer_extension(extensions, 35, (const guint8 *)wish.ticket, strlen(wish.ticket));
  if (wish.early) writer_extension(extensions, 42, NULL, 0);
  if (wish.ech) writer_extension(extensions, 0xfe0d, outer, sizeof outer);
  if (wish.identity) {
    g_autoptr(GByteArray) psk = g_byte_array_new();
    writer_put(psk, strlen(wish.identity) + 6, 2);
    writer_put(psk, strlen(wish.identity), 2);
    writer_text(psk, wish.identity);
    writer_put(psk, 0, 4);
    writer_put(psk, 0, 2); /* no binders */
    writer_extension(extensions, 41, psk->data, psk->len);
  }
  writer_put(body, extensions->len, 2);
  g_byte_array_append(body, extensions->data, extensions->len);
  g_byte_array_unref(extensions);
  return writer_message(1, body);
}

static inline GByteArray *writer_server_hello(const guint8 random[32], const WriterSuite *suite,
                                              gboolean psk, const char *session_id) {
  static const guint8 tls13[] = {3, 4};
  static const guint8 first[] = {0, 0};
  GByteArray *body = g_byte_array_new();
  GByteArray *extensions = g_byte_array_new();
  gsize size = session_id ? strlen(session_id) : 0;
  writer_put(body, suite->version == 0x0304 ? 0x0303 : suite->version, 2);
  g_byte_array_append(body, random, 32);
  writer_put(body, size, 1);
  if (size) writer_text(body, session_id);
  writer_put(body, suite->id, 2);
  writer_put(body, 0, 1);
  if (suite->version == 0x0304) writer_extension(extensions, 43, tls13, 2);
  if (psk) writer_extension(extensions, 41, first, 2);
  if (suite->encrypt_then_mac) writer_extension(extensions, 22, NULL, 0);
  writer_put(body, extensions->len, 2);
  if (extensions->len) g_byte_array_append(body, extensions->data, extensions->len);
  g_byte_array_unref(extensions);
  return writer_message(2, body);
}

#endif

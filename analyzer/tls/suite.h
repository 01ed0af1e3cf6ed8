/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The cipher suites that can be read, as data: which cipher, which MAC, which
 * hash the key schedule runs on (registry "TLS Cipher Suites"; RFC 8446 §B.4,
 * RFC 5246 §A.5, RFC 5288, 5289, 5487, 5932, 6209, 6367, 6655, 7251, 7905,
 * 8442).
 */
#ifndef ANALYZER_TLS_SUITE_H
#define ANALYZER_TLS_SUITE_H

#include <glib.h>

typedef enum { ASV_HASH_SHA1, ASV_HASH_SHA256, ASV_HASH_SHA384, ASV_HASHES } AsvHash;

typedef enum {
  ASV_CIPHER_AES128_GCM,
  ASV_CIPHER_AES256_GCM,
  ASV_CIPHER_AES128_CCM,
  ASV_CIPHER_AES256_CCM,
  ASV_CIPHER_AES128_CCM8,
  ASV_CIPHER_AES256_CCM8,
  ASV_CIPHER_CHACHA20_POLY1305,
  ASV_CIPHER_ARIA128_GCM,
  ASV_CIPHER_ARIA256_GCM,
  ASV_CIPHER_AES128_CBC,
  ASV_CIPHER_AES256_CBC,
  ASV_CIPHER_3DES_CBC,
  ASV_CIPHER_CAMELLIA128_CBC,
  ASV_CIPHER_CAMELLIA256_CBC,
  ASV_CIPHER_ARIA128_CBC,
  ASV_CIPHER_ARIA256_CBC,
  ASV_CIPHERS
} AsvCipher;

/* Sizes are octets. */
typedef struct {
  guint8 key;
  guint8 tag;      /* AEAD only, else 0 */
  guint8 block;    /* CBC only, else 0 */
  guint8 fixed;    /* part of an AEAD's TLS 1.2 nonce that comes from the key block */
  guint8 explicit; /* part of an AEAD's TLS 1.2 nonce that stands in the record */
} AsvCipherShape;

typedef struct {
  AsvCipher cipher;
  AsvHash mac; /* of CBC */
  AsvHash prf; /* of the key schedule in TLS 1.2 and 1.3 */
  gboolean tls13;
} AsvSuite;

#define ASV_HASH_SIZE_MAX 48
#define ASV_KEY_SIZE_MAX 32
#define ASV_BLOCK_SIZE_MAX 16

/* Octets of a hash value. */
gsize asv_hash_size(AsvHash hash);

const AsvCipherShape *asv_cipher_shape(AsvCipher cipher);

/* The suite with that number; NULL when it is not one of those that can be read. */
const AsvSuite *asv_suite_find(guint16 id);

#endif

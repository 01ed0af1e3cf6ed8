/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * OpenSSL's EVP interface behind the few verbs of crypto.h: HKDF (RFC 5869),
 * the TLS 1.0 to 1.2 PRFs, GCM, CCM (RFC 3610) and ChaCha20-Poly1305
 * (RFC 8439), CBC with HMAC.
 *
 * The peek computes the one block of key stream that covers an octet: block i
 * of the data is counter i + 2 in GCM, i + 1 in CCM and in ChaCha20.
 */
#include "crypto.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#define BLOCK ASV_PEEK_MAX
#define CHACHA_BLOCK 64

typedef enum { MODE_GCM, MODE_CCM, MODE_CHACHA, MODE_CBC } Mode;

typedef struct {
  const char *name;
  const char *stream; /* what makes one block of key stream; NULL for CBC */
  Mode mode;
} Algorithm;

static const Algorithm algorithms[ASV_CIPHERS] = {
    [ASV_CIPHER_AES128_GCM] = {"AES-128-GCM", "AES-128-ECB", MODE_GCM},
    [ASV_CIPHER_AES256_GCM] = {"AES-256-GCM", "AES-256-ECB", MODE_GCM},
    [ASV_CIPHER_AES128_CCM] = {"AES-128-CCM", "AES-128-ECB", MODE_CCM},
    [ASV_CIPHER_AES256_CCM] = {"AES-256-CCM", "AES-256-ECB", MODE_CCM},
    [ASV_CIPHER_AES128_CCM8] = {"AES-128-CCM", "AES-128-ECB", MODE_CCM},
    [ASV_CIPHER_AES256_CCM8] = {"AES-256-CCM", "AES-256-ECB", MODE_CCM},
    [ASV_CIPHER_CHACHA20_POLY1305] = {"ChaCha20-Poly1305", "ChaCha20", MODE_CHACHA},
    [ASV_CIPHER_ARIA128_GCM] = {"ARIA-128-GCM", "ARIA-128-ECB", MODE_GCM},
    [ASV_CIPHER_ARIA256_GCM] = {"ARIA-256-GCM", "ARIA-256-ECB", MODE_GCM},
    [ASV_CIPHER_AES128_CBC] = {"AES-128-CBC", NULL, MODE_CBC},
    [ASV_CIPHER_AES256_CBC] = {"AES-256-CBC", NULL, MODE_CBC},
    [ASV_CIPHER_3DES_CBC] = {"DES-EDE3-CBC", NULL, MODE_CBC},
    [ASV_CIPHER_CAMELLIA128_CBC] = {"CAMELLIA-128-CBC", NULL, MODE_CBC},
    [ASV_CIPHER_CAMELLIA256_CBC] = {"CAMELLIA-256-CBC", NULL, MODE_CBC},
    [ASV_CIPHER_ARIA128_CBC] = {"ARIA-128-CBC", NULL, MODE_CBC},
    [ASV_CIPHER_ARIA256_CBC] = {"ARIA-256-CBC", NULL, MODE_CBC},
};

static const char *const digests[ASV_HASHES] = {
    [ASV_HASH_SHA1] = "SHA1", [ASV_HASH_SHA256] = "SHA256", [ASV_HASH_SHA384] = "SHA384"};

struct AsvCrypto {
  EVP_CIPHER *ciphers[ASV_CIPHERS];
  EVP_CIPHER *streams[ASV_CIPHERS];
  EVP_MAC *hmac;
  EVP_MAC_CTX *hmacs[ASV_HASHES];             /* the hash is set */
  guint8 keys[ASV_HASHES][ASV_HASH_SIZE_MAX]; /* their keys: several labels go with one secret */
  gsize key_sizes[ASV_HASHES];                /* 0: none */
  EVP_KDF *prf;
};

struct AsvAead {
  const AsvCrypto *crypto;
  AsvCipher cipher;
  Mode mode;
  gsize tag;
  EVP_CIPHER_CTX *context;
  EVP_CIPHER_CTX *stream; /* made by the first peek */
  guint8 key[ASV_KEY_SIZE_MAX];
};

struct AsvMask {
  EVP_CIPHER_CTX *context;
  gboolean chacha;
};

struct AsvCbc {
  EVP_CIPHER_CTX *context;
  EVP_MAC_CTX *mac;
  gsize mac_size;
};

AsvCrypto *asv_crypto_new(void) {
  /* What a capture holds decides which ciphers are read, not this machine's openssl.cnf. */
  OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ADD_ALL_CIPHERS |
                          OPENSSL_INIT_NO_ADD_ALL_DIGESTS | OPENSSL_INIT_NO_ATEXIT,
                      NULL);
  AsvCrypto *crypto = g_new0(AsvCrypto, 1);
  for (gsize i = 0; i < ASV_CIPHERS; i++) {
    crypto->ciphers[i] = EVP_CIPHER_fetch(NULL, algorithms[i].name, NULL);
    if (algorithms[i].stream)
      crypto->streams[i] = EVP_CIPHER_fetch(NULL, algorithms[i].stream, NULL);
  }
  crypto->hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
  crypto->prf = EVP_KDF_fetch(NULL, "TLS1-PRF", NULL);
  g_assert(crypto->hmac && crypto->prf);
  for (gsize i = 0; i < ASV_HASHES; i++) {
    char *digest = g_strdup(digests[i]);
    OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                           OSSL_PARAM_construct_end()};
    crypto->hmacs[i] = EVP_MAC_CTX_new(crypto->hmac);
    g_assert(EVP_MAC_CTX_set_params(crypto->hmacs[i], params));
    g_free(digest);
  }
  return crypto;
}

void asv_crypto_free(AsvCrypto *crypto) {
  if (!crypto) return;
  for (gsize i = 0; i < ASV_CIPHERS; i++) {
    EVP_CIPHER_free(crypto->ciphers[i]);
    EVP_CIPHER_free(crypto->streams[i]);
  }
  for (gsize i = 0; i < ASV_HASHES; i++) EVP_MAC_CTX_free(crypto->hmacs[i]);
  EVP_MAC_free(crypto->hmac);
  EVP_KDF_free(crypto->prf);
  OPENSSL_cleanse(crypto->keys, sizeof crypto->keys);
  g_free(crypto);
}

/* Begins an HMAC; with the key of the one before that costs half. */
static gboolean begin_hmac(AsvCrypto *crypto, AsvHash hash, AsvSpan key) {
  static const guint8 none[1] = {0};
  EVP_MAC_CTX *context = crypto->hmacs[hash];
  if (key.size && asv_span_equal(key, asv_span(crypto->keys[hash], crypto->key_sizes[hash])))
    return EVP_MAC_init(context, NULL, 0, NULL);
  crypto->key_sizes[hash] = key.size <= ASV_HASH_SIZE_MAX ? key.size : 0;
  if (crypto->key_sizes[hash]) memcpy(crypto->keys[hash], key.data, key.size);
  return EVP_MAC_init(context, key.size ? key.data : none, key.size, NULL);
}

/* HMAC never fails on valid parameters: a failure is a broken library. */
static void hmac(AsvCrypto *crypto, AsvHash hash, AsvSpan key, AsvSpan data, guint8 *out) {
  static const guint8 none[1] = {0};
  EVP_MAC_CTX *context = crypto->hmacs[hash];
  gsize size = 0;
  g_assert(begin_hmac(crypto, hash, key) &&
           EVP_MAC_update(context, data.size ? data.data : none, data.size) &&
           EVP_MAC_final(context, out, &size, ASV_HASH_SIZE_MAX));
}

void asv_crypto_extract(AsvCrypto *crypto, AsvHash hash, AsvSpan salt, AsvSpan input, guint8 *out) {
  guint8 value[ASV_HASH_SIZE_MAX];
  hmac(crypto, hash, salt, input, value);
  memcpy(out, value, asv_hash_size(hash));
}

void asv_crypto_expand_label(AsvCrypto *crypto, AsvHash hash, AsvSpan secret, const char *label,
                             guint8 *out, gsize size) {
  static const char prefix[] = "tls13 ";
  guint8 info[64];
  guint8 value[ASV_HASH_SIZE_MAX];
  gsize label_size = strlen(label);
  gsize at = 0;
  g_assert(size <= asv_hash_size(hash) && label_size < 40);
  info[at++] = 0;
  info[at++] = (guint8)size;
  info[at++] = (guint8)(sizeof prefix - 1 + label_size);
  memcpy(info + at, prefix, sizeof prefix - 1);
  at += sizeof prefix - 1;
  memcpy(info + at, label, label_size);
  at += label_size;
  info[at++] = 0; /* no context */
  info[at++] = 1; /* first block of HKDF-Expand, and the only one */
  hmac(crypto, hash, secret, asv_span(info, at), value);
  memcpy(out, value, size);
}

void asv_crypto_key_block(AsvCrypto *crypto, const AsvKeyExpansion *from, guint8 *out, gsize size) {
  guint8 seed[13 + 64];
  char digest[16];
  memcpy(seed, "key expansion", 13);
  memcpy(seed + 13, from->server_random, 32);
  memcpy(seed + 45, from->client_random, 32);
  g_strlcpy(digest, from->legacy ? "MD5-SHA1" : digests[from->hash], sizeof digest);
  OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SECRET, (void *)(gsize)from->master.data,
                                        from->master.size),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED, seed, sizeof seed),
      OSSL_PARAM_construct_end()};
  EVP_KDF_CTX *context = EVP_KDF_CTX_new(crypto->prf);
  g_assert(EVP_KDF_derive(context, out, size, params) > 0);
  EVP_KDF_CTX_free(context);
}

AsvAead *asv_aead_new(AsvCrypto *crypto, AsvCipher cipher, const guint8 *key) {
  AsvAead *aead = g_new0(AsvAead, 1);
  const AsvCipherShape *shape = asv_cipher_shape(cipher);
  aead->crypto = crypto;
  aead->cipher = cipher;
  aead->mode = algorithms[cipher].mode;
  aead->tag = shape->tag;
  aead->context = EVP_CIPHER_CTX_new();
  memcpy(aead->key, key, shape->key);
  g_assert(crypto->ciphers[cipher] && aead->mode != MODE_CBC);
  g_assert(EVP_DecryptInit_ex2(aead->context, crypto->ciphers[cipher], NULL, NULL, NULL));
  g_assert(EVP_CIPHER_CTX_ctrl(aead->context, EVP_CTRL_AEAD_SET_IVLEN, ASV_NONCE_SIZE, NULL) > 0);
  if (aead->mode == MODE_CCM)
    g_assert(EVP_CIPHER_CTX_ctrl(aead->context, EVP_CTRL_AEAD_SET_TAG, shape->tag, NULL) > 0);
  g_assert(EVP_DecryptInit_ex2(aead->context, NULL, key, NULL, NULL));
  if (aead->mode == MODE_GCM)
    g_assert(EVP_CIPHER_CTX_ctrl(aead->context, EVP_CTRL_GCM_SET_IV_FIXED, -1, aead->key) > 0);
  return aead;
}

void asv_aead_free(AsvAead *aead) {
  if (!aead) return;
  EVP_CIPHER_CTX_free(aead->context);
  EVP_CIPHER_CTX_free(aead->stream);
  OPENSSL_cleanse(aead->key, sizeof aead->key);
  g_free(aead);
}

/* CCM wants tag and length first and verifies in the one call that decrypts. */
static gboolean open_ccm(AsvAead *aead, const guint8 *nonce, AsvSpan aad, AsvSpan sealed,
                         guint8 *plain) {
  int size = (int)(sealed.size - aead->tag);
  int done = 0;
  void *tag = (void *)(gsize)(sealed.data + size);
  return size > 0 &&
         EVP_CIPHER_CTX_ctrl(aead->context, EVP_CTRL_AEAD_SET_TAG, (int)aead->tag, tag) > 0 &&
         EVP_DecryptInit_ex2(aead->context, NULL, NULL, nonce, NULL) > 0 &&
         EVP_DecryptUpdate(aead->context, NULL, &done, NULL, size) > 0 &&
         EVP_DecryptUpdate(aead->context, NULL, &done, aad.data, (int)aad.size) > 0 &&
         EVP_DecryptUpdate(aead->context, plain, &done, sealed.data, size) > 0;
}

/* GCM takes nonce and tag in one call, which costs far less than another initialisation: the nonce
 * as an "invocation field" that is all of it, which the fixed field set once makes possible. */
static gboolean begin_open(AsvAead *aead, const guint8 *nonce, AsvSpan tag) {
  gboolean gcm = aead->mode == MODE_GCM;
  OSSL_PARAM params[] = {OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG,
                                                           (void *)(gsize)tag.data, tag.size),
                         OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_AEAD_TLS1_SET_IV_INV,
                                                           (void *)(gsize)nonce, ASV_NONCE_SIZE),
                         OSSL_PARAM_construct_end()};
  if (!gcm) params[1] = OSSL_PARAM_construct_end();
  return (gcm || EVP_DecryptInit_ex2(aead->context, NULL, NULL, nonce, NULL) > 0) &&
         EVP_CIPHER_CTX_set_params(aead->context, params) > 0;
}

gboolean asv_aead_open(AsvAead *aead, const guint8 nonce[ASV_NONCE_SIZE], AsvSpan aad,
                       AsvSpan sealed, guint8 *plain) {
  if (sealed.size < aead->tag || sealed.size > G_MAXINT) return FALSE;
  if (aead->mode == MODE_CCM) return open_ccm(aead, nonce, aad, sealed, plain);
  int size = (int)(sealed.size - aead->tag);
  int done = 0;
  return begin_open(aead, nonce, asv_span(sealed.data + size, aead->tag)) &&
         EVP_DecryptUpdate(aead->context, NULL, &done, aad.data, (int)aad.size) > 0 &&
         (size == 0 || EVP_DecryptUpdate(aead->context, plain, &done, sealed.data, size) > 0) &&
         EVP_DecryptFinal_ex(aead->context, plain + size, &done) > 0;
}

static void counter_block(const AsvAead *aead, const guint8 *nonce, gsize offset,
                          guint8 block[BLOCK]) {
  guint32 counter = (guint32)(offset / BLOCK) + (aead->mode == MODE_GCM ? 2 : 1);
  if (aead->mode == MODE_CHACHA) {
    counter = GUINT32_TO_LE((guint32)(offset / CHACHA_BLOCK) + 1);
    memcpy(block, &counter, 4);
    memcpy(block + 4, nonce, ASV_NONCE_SIZE);
    return;
  }
  gsize at = 0;
  if (aead->mode == MODE_CCM) block[at++] = 2; /* a length field of three octets */
  memcpy(block + at, nonce, ASV_NONCE_SIZE);
  at += ASV_NONCE_SIZE;
  for (; at < BLOCK; at++) block[at] = (guint8)(counter >> (8 * (BLOCK - 1 - at)));
}

void asv_aead_peek(AsvAead *aead, const guint8 nonce[ASV_NONCE_SIZE], gsize offset, AsvSpan sealed,
                   guint8 plain[ASV_PEEK_MAX]) {
  static const guint8 zeros[CHACHA_BLOCK] = {0};
  guint8 block[BLOCK];
  guint8 stream[CHACHA_BLOCK];
  gboolean chacha = aead->mode == MODE_CHACHA;
  g_assert(offset % BLOCK + sealed.size <= BLOCK);
  counter_block(aead, nonce, offset, block);
  if (!aead->stream) {
    aead->stream = EVP_CIPHER_CTX_new();
    g_assert(EVP_EncryptInit_ex2(aead->stream, aead->crypto->streams[aead->cipher], aead->key, NULL,
                                 NULL));
    EVP_CIPHER_CTX_set_padding(aead->stream, 0);
  }
  if (chacha) g_assert(EVP_EncryptInit_ex2(aead->stream, NULL, NULL, block, NULL));
  g_assert(EVP_Cipher(aead->stream, stream, chacha ? zeros : block, chacha ? CHACHA_BLOCK : BLOCK) >
           0);
  const guint8 *from = stream + offset % (chacha ? CHACHA_BLOCK : BLOCK);
  for (gsize i = 0; i < sealed.size; i++) plain[i] = sealed.data[i] ^ from[i];
}

AsvMask *asv_mask_new(AsvCrypto *crypto, AsvCipher cipher, const guint8 *key) {
  AsvMask *mask = g_new0(AsvMask, 1);
  mask->chacha = algorithms[cipher].mode == MODE_CHACHA;
  mask->context = EVP_CIPHER_CTX_new();
  g_assert(crypto->streams[cipher]);
  g_assert(EVP_EncryptInit_ex2(mask->context, crypto->streams[cipher], key, NULL, NULL));
  EVP_CIPHER_CTX_set_padding(mask->context, 0);
  return mask;
}

void asv_mask_free(AsvMask *mask) {
  if (!mask) return;
  EVP_CIPHER_CTX_free(mask->context);
  g_free(mask);
}

/* ChaCha20 takes the sample as counter and nonce (RFC 9001 §5.4.4). */
void asv_mask_make(AsvMask *mask, const guint8 sample[ASV_MASK_SAMPLE],
                   guint8 out[ASV_MASK_SAMPLE]) {
  static const guint8 zeros[ASV_MASK_SAMPLE] = {0};
  if (mask->chacha) g_assert(EVP_EncryptInit_ex2(mask->context, NULL, NULL, sample, NULL));
  g_assert(EVP_Cipher(mask->context, out, mask->chacha ? zeros : sample, ASV_MASK_SAMPLE) > 0);
}

AsvCbc *asv_cbc_new(AsvCrypto *crypto, AsvCipher cipher, const guint8 *key, AsvHash mac,
                    const guint8 *mac_key) {
  AsvCbc *cbc = g_new0(AsvCbc, 1);
  cbc->context = EVP_CIPHER_CTX_new();
  cbc->mac = EVP_MAC_CTX_dup(crypto->hmacs[mac]);
  cbc->mac_size = asv_hash_size(mac);
  g_assert(crypto->ciphers[cipher] && algorithms[cipher].mode == MODE_CBC);
  g_assert(EVP_DecryptInit_ex2(cbc->context, crypto->ciphers[cipher], key, NULL, NULL));
  EVP_CIPHER_CTX_set_padding(cbc->context, 0);
  g_assert(EVP_MAC_init(cbc->mac, mac_key, cbc->mac_size, NULL));
  return cbc;
}

void asv_cbc_free(AsvCbc *cbc) {
  if (!cbc) return;
  EVP_CIPHER_CTX_free(cbc->context);
  EVP_MAC_CTX_free(cbc->mac);
  g_free(cbc);
}

gboolean asv_cbc_decrypt(AsvCbc *cbc, const guint8 *iv, AsvSpan blocks, guint8 *plain) {
  int done = 0;
  return EVP_DecryptInit_ex2(cbc->context, NULL, NULL, iv, NULL) > 0 &&
         EVP_DecryptUpdate(cbc->context, plain, &done, blocks.data, (int)blocks.size) > 0 &&
         (gsize)done == blocks.size;
}

gboolean asv_cbc_verify(AsvCbc *cbc, AsvSpan head, AsvSpan content, const guint8 *mac) {
  guint8 value[ASV_HASH_SIZE_MAX];
  gsize size = 0;
  return EVP_MAC_init(cbc->mac, NULL, 0, NULL) && EVP_MAC_update(cbc->mac, head.data, head.size) &&
         (!content.size || EVP_MAC_update(cbc->mac, content.data, content.size)) &&
         EVP_MAC_final(cbc->mac, value, &size, sizeof value) && size == cbc->mac_size &&
         CRYPTO_memcmp(value, mac, size) == 0;
}

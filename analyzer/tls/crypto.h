/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The cryptography that a reader of TLS and QUIC needs, and the only place
 * that knows OpenSSL: key derivation, AEAD, CBC with HMAC. Algorithms are
 * fetched once; every key has one context and each record sets only its nonce.
 */
#ifndef ANALYZER_TLS_CRYPTO_H
#define ANALYZER_TLS_CRYPTO_H

#include "altsvc/bytes.h"
#include "analyzer/tls/suite.h"

#define ASV_NONCE_SIZE 12

typedef struct AsvCrypto AsvCrypto;

AsvCrypto *asv_crypto_new(void);
void asv_crypto_free(AsvCrypto *crypto);

/* HKDF-Extract (RFC 5869 §2.2) into asv_hash_size(hash) octets. */
void asv_crypto_extract(AsvCrypto *crypto, AsvHash hash, AsvSpan salt, AsvSpan input, guint8 *out);

/* HKDF-Expand-Label with an empty context (RFC 8446 §7.1); label without "tls13 ". size is at most
 * asv_hash_size(hash). */
void asv_crypto_expand_label(AsvCrypto *crypto, AsvHash hash, AsvSpan secret, const char *label,
                             guint8 *out, gsize size);

/*
 * The PRF with the label "key expansion" over both randoms, server's first:
 * P_MD5 xor P_SHA1 when legacy (RFC 2246 §5), else P_hash (RFC 5246 §5).
 */
typedef struct {
  gboolean legacy;
  AsvHash hash;
  AsvSpan master;
  const guint8 *server_random, *client_random; /* 32 octets each */
} AsvKeyExpansion;
void asv_crypto_key_block(AsvCrypto *crypto, const AsvKeyExpansion *from, guint8 *out, gsize size);

/* One key of an AEAD cipher. */
typedef struct AsvAead AsvAead;

/* key has asv_cipher_shape(cipher)->key octets. */
AsvAead *asv_aead_new(AsvCrypto *crypto, AsvCipher cipher, const guint8 *key);
void asv_aead_free(AsvAead *aead);

/*
 * Opens sealed (ciphertext and tag) into plain, which has room for the
 * ciphertext; plain may be the ciphertext's own place. FALSE when the tag does
 * not verify: plain's content is then worthless.
 */
gboolean asv_aead_open(AsvAead *aead, const guint8 nonce[ASV_NONCE_SIZE], AsvSpan aad,
                       AsvSpan sealed, guint8 *plain);

/* Octets that one peek can decrypt: a block of AES. */
#define ASV_PEEK_MAX 16u

/* Decrypts octets that stand at offset of the plaintext, within the ASV_PEEK_MAX octets from a
 * multiple of it; nothing vouches for them. */
void asv_aead_peek(AsvAead *aead, const guint8 nonce[ASV_NONCE_SIZE], gsize offset, AsvSpan sealed,
                   guint8 plain[ASV_PEEK_MAX]);

/* One key of QUIC's header protection (RFC 9001 §5.4). */
typedef struct AsvMask AsvMask;

#define ASV_MASK_SAMPLE 16

/* cipher is the AEAD's; key has asv_cipher_shape(cipher)->key octets. */
AsvMask *asv_mask_new(AsvCrypto *crypto, AsvCipher cipher, const guint8 *key);
void asv_mask_free(AsvMask *mask);

/* The mask for a sample of the ciphertext: the first five octets of out. */
void asv_mask_make(AsvMask *mask, const guint8 sample[ASV_MASK_SAMPLE],
                   guint8 out[ASV_MASK_SAMPLE]);

/* One key of a CBC cipher with the key of its HMAC. */
typedef struct AsvCbc AsvCbc;

AsvCbc *asv_cbc_new(AsvCrypto *crypto, AsvCipher cipher, const guint8 *key, AsvHash mac,
                    const guint8 *mac_key);
void asv_cbc_free(AsvCbc *cbc);

/* Decrypts whole blocks into plain; padding stays. */
gboolean asv_cbc_decrypt(AsvCbc *cbc, const guint8 *iv, AsvSpan blocks, guint8 *plain);

/* TRUE when mac is the HMAC over head and content. */
gboolean asv_cbc_verify(AsvCbc *cbc, AsvSpan head, AsvSpan content, const guint8 *mac);

#endif

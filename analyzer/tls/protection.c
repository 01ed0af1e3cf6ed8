/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Opening records. AEAD: the nonce of TLS 1.3 and of ChaCha20 is the IV xor
 * the sequence number; the others of TLS 1.2 have half of it in the record
 * (RFC 5288 §3). CBC: MAC then encrypt or, when negotiated, encrypt then MAC
 * (RFC 7366 §3); the IV stands in the record, before TLS 1.1 it is the last
 * block of the record before.
 */
#include "protection.h"

#define AAD_MAX 13

struct AsvProtection {
  gboolean tls13;
  guint16 version;
  const AsvCipherShape *shape;
  AsvAead *aead;
  AsvCbc *cbc;
  gsize mac;
  gboolean encrypt_then_mac;
  gboolean chained;  /* TLS 1.0 */
  gboolean chain_ok; /* iv is the last block of the record before */
  guint8 iv[ASV_BLOCK_SIZE_MAX];
};

AsvProtection *asv_protection_new_13(AsvCrypto *crypto, const AsvSuite *suite, AsvSpan secret) {
  guint8 key[ASV_KEY_SIZE_MAX];
  AsvProtection *protection = g_new0(AsvProtection, 1);
  protection->tls13 = TRUE;
  protection->version = 0x0304;
  protection->shape = asv_cipher_shape(suite->cipher);
  asv_crypto_expand_label(crypto, suite->prf, secret, "key", key, protection->shape->key);
  asv_crypto_expand_label(crypto, suite->prf, secret, "iv", protection->iv, ASV_NONCE_SIZE);
  protection->aead = asv_aead_new(crypto, suite->cipher, key);
  memset(key, 0, sizeof key);
  return protection;
}

AsvProtection *asv_protection_new_12(AsvCrypto *crypto, const AsvNegotiated *from, AsvSide side) {
  guint8 block[2 * (ASV_HASH_SIZE_MAX + ASV_KEY_SIZE_MAX + ASV_BLOCK_SIZE_MAX)];
  const AsvCipherShape *shape = asv_cipher_shape(from->suite->cipher);
  gsize mac = shape->block ? asv_hash_size(from->suite->mac) : 0;
  gboolean chained = shape->block && from->version == 0x0301;
  gsize iv = shape->block ? (chained ? shape->block : 0) : shape->fixed;
  AsvKeyExpansion expansion = {.legacy = from->version < 0x0303,
                               .hash = from->suite->prf,
                               .master = from->master,
                               .server_random = from->server_random,
                               .client_random = from->client_random};
  asv_crypto_key_block(crypto, &expansion, block, 2 * (mac + shape->key + iv));

  AsvProtection *protection = g_new0(AsvProtection, 1);
  const guint8 *key = block + 2 * mac + side * shape->key;
  protection->version = from->version;
  protection->shape = shape;
  protection->mac = mac;
  protection->encrypt_then_mac = shape->block && from->encrypt_then_mac;
  protection->chained = protection->chain_ok = chained;
  memcpy(protection->iv, block + 2 * mac + 2 * (gsize)shape->key + side * iv, iv);
  if (shape->block)
    protection->cbc =
        asv_cbc_new(crypto, from->suite->cipher, key, from->suite->mac, block + side * mac);
  else
    protection->aead = asv_aead_new(crypto, from->suite->cipher, key);
  memset(block, 0, sizeof block);
  return protection;
}

void asv_protection_free(AsvProtection *protection) {
  if (!protection) return;
  asv_aead_free(protection->aead);
  asv_cbc_free(protection->cbc);
  g_free(protection);
}

static void put_u64(guint8 *out, guint64 value) {
  guint64 big = GUINT64_TO_BE(value);
  memcpy(out, &big, sizeof big);
}

/* Sequence number, type, version, length (RFC 5246 §6.2.3.1 and .3). */
static void make_head(guint8 head[AAD_MAX], guint64 sequence, const AsvRecord *record, gsize size) {
  put_u64(head, sequence);
  memcpy(head + 8, record->header, 3);
  head[11] = (guint8)(size >> 8);
  head[12] = (guint8)size;
}

static void make_nonce(const AsvProtection *protection, guint64 sequence, const guint8 *explicit,
                       guint8 nonce[ASV_NONCE_SIZE]) {
  memcpy(nonce, protection->iv, ASV_NONCE_SIZE);
  if (!protection->tls13 && protection->shape->explicit) {
    memcpy(nonce + protection->shape->fixed, explicit, protection->shape->explicit);
    return;
  }
  guint8 number[8];
  put_u64(number, sequence);
  for (gsize i = 0; i < sizeof number; i++) nonce[ASV_NONCE_SIZE - 8 + i] ^= number[i];
}

static gboolean open_13(AsvProtection *protection, guint64 sequence, const AsvRecord *record,
                        guint8 *room, AsvOpened *opened) {
  guint8 nonce[ASV_NONCE_SIZE];
  if (record->size < (gsize)protection->shape->tag + 1) return FALSE;
  make_nonce(protection, sequence, NULL, nonce);
  if (!asv_aead_open(protection->aead, nonce, asv_span(record->header, ASV_RECORD_HEADER),
                     record->body, room))
    return FALSE;
  gsize size = record->size - protection->shape->tag;
  gsize unpadded = size;
  while (unpadded && room[unpadded - 1] == 0) unpadded--;
  opened->padded = unpadded < size;
  opened->type = unpadded ? room[unpadded - 1] : 0;
  opened->content = asv_span(room, unpadded ? unpadded - 1 : 0);
  return TRUE;
}

static gboolean open_aead(AsvProtection *protection, guint64 sequence, const AsvRecord *record,
                          guint8 *room, AsvOpened *opened) {
  guint8 nonce[ASV_NONCE_SIZE];
  guint8 head[AAD_MAX];
  gsize explicit = protection->shape->explicit;
  gsize content = 0;
  if (!asv_protection_content(protection, record->size, &content)) return FALSE;
  make_nonce(protection, sequence, record->body.data, nonce);
  make_head(head, sequence, record, content);
  if (!asv_aead_open(protection->aead, nonce, asv_span(head, sizeof head),
                     asv_span_sub(record->body, explicit, record->size), room))
    return FALSE;
  *opened = (AsvOpened){.type = record->type, .content = asv_span(room, content)};
  return TRUE;
}

/* Cuts the padding: its length is the last octet, and every octet of it has that value. SSL 3.0,
 * where only the last counted, is not read. */
static gboolean cut_padding(AsvSpan *plain) {
  if (!plain->size) return FALSE;
  guint8 padding = plain->data[plain->size - 1];
  if (plain->size < (gsize)padding + 1) return FALSE;
  for (gsize i = 0; i <= padding; i++)
    if (plain->data[plain->size - 1 - i] != padding) return FALSE;
  plain->size -= (gsize)padding + 1;
  return TRUE;
}

static gboolean open_cbc(AsvProtection *protection, guint64 sequence, const AsvRecord *record,
                         guint8 *room, AsvOpened *opened) {
  guint8 head[AAD_MAX];
  gsize block = protection->shape->block;
  gsize after = protection->encrypt_then_mac ? protection->mac : 0;
  gsize before = protection->chained ? 0 : block;
  if (record->size < before + block + after || (record->size - before - after) % block ||
      (protection->chained && !protection->chain_ok))
    return FALSE;
  AsvSpan sealed = asv_span_sub(record->body, 0, record->size - after);
  if (protection->encrypt_then_mac) {
    make_head(head, sequence, record, sealed.size);
    if (!asv_cbc_verify(protection->cbc, asv_span(head, sizeof head), sealed,
                        record->body.data + sealed.size))
      return FALSE;
  }
  const guint8 *iv = protection->chained ? protection->iv : record->body.data;
  AsvSpan blocks = asv_span_sub(sealed, before, sealed.size);
  AsvSpan plain = asv_span(room, blocks.size);
  if (!asv_cbc_decrypt(protection->cbc, iv, blocks, room) || !cut_padding(&plain)) return FALSE;
  if (!protection->encrypt_then_mac) {
    if (plain.size < protection->mac) return FALSE;
    plain.size -= protection->mac;
    make_head(head, sequence, record, plain.size);
    if (!asv_cbc_verify(protection->cbc, asv_span(head, sizeof head), plain,
                        plain.data + plain.size))
      return FALSE;
  }
  *opened = (AsvOpened){.type = record->type, .content = plain};
  return TRUE;
}

gboolean asv_protection_open(AsvProtection *protection, guint64 sequence, const AsvRecord *record,
                             guint8 *room, AsvOpened *opened) {
  gboolean ok;
  if (record->body.size != record->size) return FALSE;
  if (protection->cbc) {
    ok = open_cbc(protection, sequence, record, room, opened);
    if (ok) asv_protection_passed(protection, record->body);
    return ok;
  }
  if (protection->tls13) return open_13(protection, sequence, record, room, opened);
  return open_aead(protection, sequence, record, room, opened);
}

gboolean asv_protection_content(const AsvProtection *protection, gsize size, gsize *content) {
  const AsvCipherShape *shape = protection->shape;
  gsize around = (gsize)shape->tag + (protection->tls13 ? 1 : shape->explicit);
  gboolean known = !protection->cbc && size >= around;
  *content = known ? size - around : 0;
  return known;
}

gsize asv_protection_tail(const AsvProtection *protection) {
  return protection->tls13 ? (gsize)protection->shape->tag + 1 : 0;
}

guint8 asv_protection_peek(AsvProtection *protection, guint64 sequence, gsize size, AsvSpan tail) {
  guint8 nonce[ASV_NONCE_SIZE];
  gsize tag = protection->shape->tag;
  g_assert(protection->tls13 && tail.size > tag && size >= tail.size);
  guint8 type[ASV_PEEK_MAX];
  make_nonce(protection, sequence, NULL, nonce);
  asv_aead_peek(protection->aead, nonce, size - tag - 1,
                asv_span_sub(tail, tail.size - tag - 1, 1), type);
  return type[0];
}

void asv_protection_passed(AsvProtection *protection, AsvSpan body) {
  if (!protection->chained) return;
  gsize after = protection->encrypt_then_mac ? protection->mac : 0;
  gsize block = protection->shape->block;
  protection->chain_ok = body.size >= block + after;
  if (protection->chain_ok) memcpy(protection->iv, body.data + body.size - after - block, block);
}

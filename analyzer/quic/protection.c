/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Opening packets. Header protection has one key for good, packet protection
 * one for each generation of an update (RFC 9001 §6). The key phase tells even
 * from odd generations, the packet number whether the other one is the one
 * before or the one behind (§6.5).
 */
#include "protection.h"

#include "analyzer/limits.h"
#include "analyzer/quic/frame.h"

#define LONG_FORM 0x80u
#define KEY_PHASE 0x04u
#define NUMBER_MAX 4
#define TAG 16
#define PADDING 0u

/* Keys between two updates. */
typedef struct {
  guint8 secret[ASV_HASH_SIZE_MAX];
  guint8 iv[ASV_NONCE_SIZE];
  AsvAead *aead;
} Generation;

struct AsvQuicKeys {
  AsvCrypto *crypto;
  const AsvQuicVersion *version;
  const AsvSuite *suite;
  AsvMask *mask;
  Generation *previous; /* NULL before the first update, and behind a loss of updates */
  Generation *current;
  Generation *next; /* NULL until a packet asks for it */
  guint8 phase;     /* key phase bit of the current one */
  gboolean proven;  /* a 1-RTT packet was opened under the current one */
  guint64 first;    /* lowest number opened under the current one, if it is not the only one */
  guint searches;   /* since one had success */
};

/* A packet whose header is in the clear. */
typedef struct {
  AsvSpan header; /* the associated data; in room */
  AsvSpan sealed;
  guint8 *plain;
  guint64 number;
  guint bits; /* of the number on the wire */
} Unmasked;

static gboolean suite_allowed(const AsvSuite *suite) {
  switch (suite->cipher) {
    case ASV_CIPHER_AES128_GCM:
    case ASV_CIPHER_AES256_GCM:
    case ASV_CIPHER_CHACHA20_POLY1305:
    case ASV_CIPHER_AES128_CCM:
      return suite->tls13;
    default:
      return FALSE;
  }
}

static Generation *generation_new(const AsvQuicKeys *keys, AsvSpan secret) {
  guint8 key[ASV_KEY_SIZE_MAX];
  gsize size = asv_cipher_shape(keys->suite->cipher)->key;
  AsvHash hash = keys->suite->prf;
  Generation *generation = g_new(Generation, 1);
  memcpy(generation->secret, secret.data, secret.size);
  asv_crypto_expand_label(keys->crypto, hash, secret, keys->version->key_label, key, size);
  asv_crypto_expand_label(keys->crypto, hash, secret, keys->version->iv_label, generation->iv,
                          ASV_NONCE_SIZE);
  generation->aead = asv_aead_new(keys->crypto, keys->suite->cipher, key);
  memset(key, 0, sizeof key);
  return generation;
}

static void generation_free(Generation *generation) {
  if (!generation) return;
  asv_aead_free(generation->aead);
  g_free(generation);
}

/* The generation behind that one (RFC 9001 §6.1). */
static Generation *generation_after(const AsvQuicKeys *keys, const Generation *generation) {
  guint8 secret[ASV_HASH_SIZE_MAX];
  gsize size = asv_hash_size(keys->suite->prf);
  asv_crypto_expand_label(keys->crypto, keys->suite->prf, asv_span(generation->secret, size),
                          keys->version->update_label, secret, size);
  return generation_new(keys, asv_span(secret, size));
}

AsvQuicKeys *asv_quic_keys_new(AsvCrypto *crypto, const AsvQuicVersion *version,
                               const AsvSuite *suite, AsvSpan secret) {
  guint8 key[ASV_KEY_SIZE_MAX];
  if (!suite_allowed(suite) || secret.size != asv_hash_size(suite->prf)) return NULL;
  AsvQuicKeys *keys = g_new0(AsvQuicKeys, 1);
  keys->crypto = crypto;
  keys->version = version;
  keys->suite = suite;
  keys->current = generation_new(keys, secret);
  asv_crypto_expand_label(crypto, suite->prf, secret, version->mask_label, key,
                          asv_cipher_shape(suite->cipher)->key);
  keys->mask = asv_mask_new(crypto, suite->cipher, key);
  memset(key, 0, sizeof key);
  return keys;
}

AsvQuicKeys *asv_quic_keys_initial(AsvCrypto *crypto, const AsvQuicVersion *version,
                                   AsvSpan destination, int side) {
  const AsvSuite *suite = asv_suite_find(0x1301);
  guint8 common[ASV_HASH_SIZE_MAX];
  guint8 secret[ASV_HASH_SIZE_MAX];
  gsize size = asv_hash_size(suite->prf);
  asv_crypto_extract(crypto, suite->prf, asv_span(version->salt, sizeof version->salt), destination,
                     common);
  asv_crypto_expand_label(crypto, suite->prf, asv_span(common, size),
                          side ? "server in" : "client in", secret, size);
  return asv_quic_keys_new(crypto, version, suite, asv_span(secret, size));
}

void asv_quic_keys_free(AsvQuicKeys *keys) {
  if (!keys) return;
  generation_free(keys->previous);
  generation_free(keys->current);
  generation_free(keys->next);
  asv_mask_free(keys->mask);
  g_free(keys);
}

guint64 asv_quic_number_decode(guint64 expected, guint32 truncated, guint bits) {
  guint64 window = G_GUINT64_CONSTANT(1) << bits;
  guint64 half = window / 2;
  guint64 candidate = (expected & ~(window - 1)) | truncated;
  if (candidate + half <= expected && candidate < (G_GUINT64_CONSTANT(1) << 62) - window)
    return candidate + window;
  if (candidate > expected + half && candidate >= window) return candidate - window;
  return candidate;
}

/* Removes header protection (RFC 9001 §5.4.1); FALSE when the packet is too short for it. */
static gboolean unmask(AsvQuicKeys *keys, const AsvQuicPacket *packet, guint64 expected,
                       guint8 *room, Unmasked *out) {
  guint8 mask[ASV_MASK_SAMPLE];
  const guint8 *octets = packet->octets.data;
  gsize at = packet->number_offset;
  if (!at || packet->octets.size - at < NUMBER_MAX + ASV_MASK_SAMPLE) return FALSE;
  asv_mask_make(keys->mask, octets + at + NUMBER_MAX, mask);
  memcpy(room, octets, at + NUMBER_MAX);
  room[0] ^= mask[0] & ((octets[0] & LONG_FORM) ? 0x0f : 0x1f);
  gsize size = (room[0] & 3u) + 1u;
  guint32 truncated = 0;
  for (gsize i = 0; i < size; i++) {
    room[at + i] ^= mask[1 + i];
    truncated = truncated << 8 | room[at + i];
  }
  out->bits = (guint)(8 * size);
  out->number = asv_quic_number_decode(expected, truncated, out->bits);
  out->header = asv_span(room, at + size);
  out->sealed = asv_span_sub(packet->octets, at + size, packet->octets.size);
  out->plain = room + at + size;
  return TRUE;
}

/* RFC 9001 §5.3. */
static void make_nonce(const Generation *generation, guint64 number, guint8 nonce[ASV_NONCE_SIZE]) {
  guint64 low;
  memcpy(nonce, generation->iv, ASV_NONCE_SIZE);
  memcpy(&low, nonce + ASV_NONCE_SIZE - sizeof low, sizeof low);
  low ^= GUINT64_TO_BE(number);
  memcpy(nonce + ASV_NONCE_SIZE - sizeof low, &low, sizeof low);
}

/* Tries to open the packet as the one with that number. */
static gboolean try_open(const Generation *generation, const Unmasked *packet, guint64 number) {
  guint8 nonce[ASV_NONCE_SIZE];
  make_nonce(generation, number, nonce);
  return asv_aead_open(generation->aead, nonce, packet->header, packet->sealed, packet->plain);
}

static gboolean other_phase(const AsvQuicKeys *keys, const Unmasked *packet) {
  return (packet->header.data[0] & KEY_PHASE) != keys->phase;
}

static void want_next(AsvQuicKeys *keys) {
  if (!keys->next) keys->next = generation_after(keys, keys->current);
}

/* Makes the generation the current one; the packet is the first that opened under it. */
static void take_up(AsvQuicKeys *keys, Generation *generation, const Unmasked *packet) {
  generation_free(keys->previous);
  if (generation != keys->next) generation_free(keys->next);
  keys->previous = keys->current;
  keys->current = generation;
  keys->next = NULL;
  keys->phase = packet->header.data[0] & KEY_PHASE;
  keys->first = packet->number;
  keys->proven = TRUE;
}

/* Tries the numbers that further turns of the shortened one make, from turn on. */
static gboolean try_turns(const Generation *generation, Unmasked *packet, guint turn) {
  guint last = packet->bits <= 16 ? ASV_QUIC_TURNS_MAX : 0;
  for (; turn <= last; turn++) {
    guint64 number = packet->number + ((guint64)turn << packet->bits);
    if (!try_open(generation, packet, number)) continue;
    packet->number = number;
    return TRUE;
  }
  return FALSE;
}

/* Tries the generations of the packet's phase behind the next one. */
static gboolean try_later(AsvQuicKeys *keys, Unmasked *packet) {
  Generation *generation = NULL;
  guint odd = other_phase(keys, packet) ? 1 : 0;
  for (guint updates = 2; updates <= ASV_QUIC_UPDATES_MAX; updates++) {
    Generation *later = generation_after(keys, generation ? generation : keys->next);
    generation_free(generation);
    generation = later;
    if (updates % 2 != odd || !try_turns(generation, packet, 0)) continue;
    take_up(keys, generation, packet);
    return TRUE;
  }
  generation_free(generation);
  return FALSE;
}

static gboolean is_acknowledgement(AsvSpan payload) {
  AsvReader reader = asv_reader(payload);
  AsvQuicFrame frame;
  guint acks = 0;
  while (asv_quic_frame_next(&reader, &frame)) {
    if (frame.kind != ASV_FRAME_ACK && frame.type != PADDING) return FALSE;
    acks += frame.kind == ASV_FRAME_ACK;
  }
  return acks == 1 && !reader.failed;
}

/*
 * Decrypts the next packet without its tag's word when it is an acknowledgement
 * and nothing else, which a third of all packets are and which costs a fifth of
 * the tag's check. Octets that are not the peer's hardly ever look like one, and
 * then say nothing but that something arrived.
 */
static gboolean peek_acknowledgement(const AsvQuicKeys *keys, const Unmasked *packet,
                                     guint64 expected) {
  guint8 nonce[ASV_NONCE_SIZE];
  gsize size = packet->sealed.size - TAG;
  if (!keys->proven || other_phase(keys, packet) || size > ASV_PEEK_MAX) return FALSE;
  if (packet->number < expected || packet->number - expected > ASV_QUIC_PEEK_AHEAD) return FALSE;
  make_nonce(keys->current, packet->number, nonce);
  asv_aead_peek(keys->current->aead, nonce, 0, asv_span(packet->sealed.data, size), packet->plain);
  return is_acknowledgement(asv_span(packet->plain, size));
}

/* A 1-RTT packet (RFC 9001 §6.3). */
static gboolean open_updating(AsvQuicKeys *keys, const Unmasked *packet, gboolean *updated) {
  if (!other_phase(keys, packet)) {
    if (!try_open(keys->current, packet, packet->number)) return FALSE;
    keys->first = MIN(keys->first, packet->number);
    keys->proven = TRUE;
    return TRUE;
  }
  if (keys->previous && packet->number < keys->first &&
      try_open(keys->previous, packet, packet->number))
    return TRUE;
  want_next(keys);
  if (!try_open(keys->next, packet, packet->number)) return FALSE;
  take_up(keys, keys->next, packet);
  *updated = TRUE;
  return TRUE;
}

static void tell(AsvQuicOpened *opened, const Unmasked *packet, gboolean updated) {
  *opened = (AsvQuicOpened){.number = packet->number,
                            .payload = asv_span(packet->plain, packet->sealed.size - TAG),
                            .updated = updated};
}

gboolean asv_quic_keys_open(AsvQuicKeys *keys, const AsvQuicPacket *packet, guint64 expected,
                            guint8 *room, AsvQuicOpened *opened) {
  Unmasked unmasked;
  gboolean updated = FALSE;
  if (!unmask(keys, packet, expected, room, &unmasked)) return FALSE;
  if (packet->type != ASV_QUIC_1RTT) {
    if (!try_open(keys->current, &unmasked, unmasked.number)) return FALSE;
  } else if (!peek_acknowledgement(keys, &unmasked, expected) &&
             !open_updating(keys, &unmasked, &updated)) {
    return FALSE;
  }
  tell(opened, &unmasked, updated);
  return TRUE;
}

gboolean asv_quic_keys_recover(AsvQuicKeys *keys, const AsvQuicPacket *packet, guint64 expected,
                               guint8 *room, AsvQuicOpened *opened) {
  Unmasked unmasked;
  if (packet->type != ASV_QUIC_1RTT || keys->searches == ASV_QUIC_SEARCHES_MAX ||
      !unmask(keys, packet, expected, room, &unmasked))
    return FALSE;
  keys->searches++;
  want_next(keys);
  gboolean updated = other_phase(keys, &unmasked);
  if (try_turns(updated ? keys->next : keys->current, &unmasked, 1)) {
    if (updated) take_up(keys, keys->next, &unmasked);
  } else {
    if (!try_later(keys, &unmasked)) return FALSE;
    updated = TRUE;
  }
  keys->searches = 0;
  tell(opened, &unmasked, updated);
  return TRUE;
}

gboolean asv_quic_retry_verify(AsvCrypto *crypto, const AsvQuicPacket *retry, AsvSpan original) {
  guint8 size = (guint8)original.size;
  if (retry->type != ASV_QUIC_RETRY || original.size > ASV_QUIC_CID_MAX) return FALSE;
  gsize covered = retry->octets.size - TAG;
  GByteArray *pseudo = g_byte_array_new();
  g_byte_array_append(pseudo, &size, 1);
  if (size) g_byte_array_append(pseudo, original.data, size);
  g_byte_array_append(pseudo, retry->octets.data, (guint)covered);
  AsvAead *aead = asv_aead_new(crypto, ASV_CIPHER_AES128_GCM, retry->version->retry_key);
  guint8 nothing[1];
  gboolean ok =
      asv_aead_open(aead, retry->version->retry_nonce, asv_span(pseudo->data, pseudo->len),
                    asv_span_sub(retry->octets, covered, TAG), nothing);
  asv_aead_free(aead);
  g_byte_array_unref(pseudo);
  return ok;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which keys a record is under. The handshake says so, but it may be
 * unreadable (a key log without handshake secrets) or lost, early data may
 * have been rejected, secrets may come late, and with Encrypted Client Hello
 * they may be logged under another random. So the keys of later epochs
 * (RFC 8446 §7.1 to §7.3, RFC 5246 §6.3) are tried too, and the tag decides.
 */
#include "connection.h"

static AsvSpan find_secret(const AsvTlsSide *side, AsvEpoch epoch) {
  AsvTls *tls = side->tls;
  AsvSecretKind kind = ASV_SECRET_CLIENT_EARLY_TRAFFIC;
  gboolean client = side->who == ASV_CLIENT;
  AsvSpan random = asv_span(tls->secrets_random, sizeof tls->secrets_random);
  if (epoch == ASV_EPOCH_EARLY && !client) return asv_span(NULL, 0);
  if (epoch == ASV_EPOCH_HANDSHAKE)
    kind = client ? ASV_SECRET_CLIENT_HANDSHAKE_TRAFFIC : ASV_SECRET_SERVER_HANDSHAKE_TRAFFIC;
  if (epoch == ASV_EPOCH_APPLICATION)
    kind = client ? ASV_SECRET_CLIENT_TRAFFIC_0 : ASV_SECRET_SERVER_TRAFFIC_0;
  if (!asv_tls_is_13(tls)) kind = ASV_SECRET_CLIENT_RANDOM;
  AsvSpan secret = asv_keys_find(tls->context->keys, random, kind);
  gsize wanted = asv_tls_is_13(tls) ? asv_hash_size(tls->suite->prf) : 48;
  return secret.size == wanted ? secret : asv_span(NULL, 0);
}

/* Early data that the server turned down is no part of the stream (RFC 8446 §4.2.10). */
static gboolean epoch_possible(const AsvTlsSide *side, AsvEpoch epoch) {
  const AsvTls *tls = side->tls;
  if (!asv_tls_is_13(tls)) return epoch == ASV_EPOCH_APPLICATION;
  if (epoch != ASV_EPOCH_EARLY) return TRUE;
  return side->who == ASV_CLIENT && tls->early_offered && !tls->early_rejected;
}

static AsvProtection *make_keys(AsvTlsSide *side, AsvEpoch epoch, AsvSpan secret) {
  AsvTls *tls = side->tls;
  if (asv_tls_is_13(tls)) {
    if (epoch == ASV_EPOCH_APPLICATION) {
      memmove(side->secret, secret.data, secret.size);
      side->secret_size = secret.size;
    }
    return asv_protection_new_13(tls->context->crypto, tls->suite, secret);
  }
  AsvNegotiated from = {.suite = tls->suite,
                        .version = tls->version,
                        .encrypt_then_mac = tls->encrypt_then_mac,
                        .master = secret,
                        .server_random = tls->server_random,
                        .client_random = tls->client_random};
  return asv_protection_new_12(tls->context->crypto, &from, side->who);
}

static gboolean negotiated(const AsvTls *tls) {
  return tls->has_client_hello && tls->has_server_hello && tls->suite;
}

/* No sequence number: a record that none of those tried opens. */
#define NOT_FOUND G_MAXUINT64

/* Tries keys on the sequence numbers first to first + count; returns the one that opens record. */
static guint64 try_window(AsvProtection *keys, guint64 first, guint64 count,
                          const AsvRecord *record, guint8 *room, AsvOpened *opened) {
  for (guint64 i = 0; i <= count; i++)
    if (asv_protection_open(keys, first + i, record, room, opened)) return first + i;
  return NOT_FOUND;
}

static void adopt(AsvTlsSide *side, AsvProtection *keys, AsvEpoch epoch, guint64 found) {
  if (side->keys != keys) asv_protection_free(side->keys);
  side->keys = keys;
  side->epoch = epoch;
  side->sequence = found + 1;
  side->proven = TRUE;
  side->slack = 0;
  side->failures = 0;
  if (epoch == ASV_EPOCH_APPLICATION) side->readable = TRUE;
}

/* The keys after a KeyUpdate that was lost. */
static gboolean try_updated(AsvTlsSide *side, const AsvRecord *record, guint8 *room,
                            AsvOpened *opened, guint64 count) {
  AsvTls *tls = side->tls;
  guint8 secret[ASV_SECRET_MAX];
  guint64 found;
  if (!asv_tls_is_13(tls) || side->epoch != ASV_EPOCH_APPLICATION || !side->keys) return FALSE;
  asv_crypto_expand_label(tls->context->crypto, tls->suite->prf,
                          asv_span(side->secret, side->secret_size), "traffic upd", secret,
                          side->secret_size);
  AsvProtection *keys =
      asv_protection_new_13(tls->context->crypto, tls->suite, asv_span(secret, side->secret_size));
  found = try_window(keys, 0, count, record, room, opened);
  if (found != NOT_FOUND) {
    memcpy(side->secret, secret, side->secret_size);
    adopt(side, keys, ASV_EPOCH_APPLICATION, found);
    return TRUE;
  }
  asv_protection_free(keys);
  return FALSE;
}

static gboolean try_later_epochs(AsvTlsSide *side, const AsvRecord *record, guint8 *room,
                                 AsvOpened *opened, guint64 count) {
  AsvEpoch epoch = side->epoch;
  gboolean any = FALSE;
  guint64 found;
  while (epoch < ASV_EPOCH_APPLICATION) {
    epoch++;
    AsvSpan secret = asv_span(NULL, 0);
    if (epoch_possible(side, epoch)) secret = find_secret(side, epoch);
    if (!secret.size) continue;
    any = TRUE;
    AsvProtection *keys = make_keys(side, epoch, secret);
    found = try_window(keys, 0, count, record, room, opened);
    if (found != NOT_FOUND) {
      adopt(side, keys, epoch, found);
      return TRUE;
    }
    asv_protection_free(keys);
  }
  if (!any && !side->keys) side->generation = asv_keys_generation(side->tls->context->keys);
  return FALSE;
}

/* RFC 9849: the random of the inner ClientHello, which only the key log knows. */
static gboolean try_inner_randoms(AsvTlsSide *side, const AsvRecord *record, guint8 *room,
                                  AsvOpened *opened) {
  AsvTls *tls = side->tls;
  AsvSpan random;
  guint position = 0;
  guint64 found;
  if (tls->ech != ASV_TLS_ECH_OFFERED || side->who != ASV_SERVER || !asv_tls_is_13(tls))
    return FALSE;
  while (tls->ech_trials < ASV_TLS_ECH_TRIALS_MAX &&
         asv_keys_next_unused(tls->context->keys, &position, &random)) {
    AsvSpan secret = asv_keys_try(tls->context->keys, random, ASV_SECRET_SERVER_HANDSHAKE_TRAFFIC);
    if (secret.size != asv_hash_size(tls->suite->prf)) continue;
    tls->ech_trials++;
    AsvProtection *keys = make_keys(side, ASV_EPOCH_HANDSHAKE, secret);
    found = try_window(keys, 0, 0, record, room, opened);
    if (found != NOT_FOUND) {
      memcpy(tls->secrets_random, random.data, sizeof tls->secrets_random);
      (void)find_secret(side, ASV_EPOCH_HANDSHAKE); /* now it counts as used */
      tls->ech = ASV_TLS_ECH_ACCEPTED;
      side->generation = asv_tls_other(side)->generation = 0;
      adopt(side, keys, ASV_EPOCH_HANDSHAKE, found);
      return TRUE;
    }
    asv_protection_free(keys);
  }
  return FALSE;
}

gboolean asv_side_has_keys(AsvTlsSide *side) {
  AsvTls *tls = side->tls;
  return !side->given_up && negotiated(tls) &&
         (side->keys || side->generation != asv_keys_generation(tls->context->keys));
}

gboolean asv_side_open(AsvTlsSide *side, const AsvRecord *record, guint8 *room, AsvOpened *opened,
                       AsvTlsWindow window, guint64 *skipped) {
  guint64 expected = side->sequence;
  guint64 found;
  *skipped = G_MAXUINT64;
  if (!asv_side_has_keys(side)) return FALSE;
  found = side->keys
              ? try_window(side->keys, expected + window.from, window.count, record, room, opened)
              : NOT_FOUND;
  if (found != NOT_FOUND) {
    *skipped = found - expected;
    adopt(side, side->keys, side->epoch, found);
    return TRUE;
  }
  guint64 count = MIN(window.from + window.count, ASV_TLS_RESYNC_RECORDS_MAX);
  return try_later_epochs(side, record, room, opened, count) ||
         try_updated(side, record, room, opened, count) ||
         try_inner_randoms(side, record, room, opened);
}

gboolean asv_side_expect_application(AsvTlsSide *side) {
  gboolean tls13 = asv_tls_is_13(side->tls);
  gboolean begins = tls13 ? side->epoch == ASV_EPOCH_HANDSHAKE : side->ciphered;
  if (side->keys) return TRUE;
  if (!begins || side->slack || !asv_side_has_keys(side)) return FALSE;
  AsvSpan secret = find_secret(side, ASV_EPOCH_APPLICATION);
  if (!secret.size) return FALSE;
  side->keys = make_keys(side, ASV_EPOCH_APPLICATION, secret);
  side->epoch = ASV_EPOCH_APPLICATION;
  return TRUE;
}

void asv_side_next_epoch(AsvTlsSide *side) {
  asv_protection_free(side->keys);
  side->keys = NULL;
  side->sequence = 0;
  side->proven = FALSE;
}

void asv_side_update_keys(AsvTlsSide *side) {
  AsvTls *tls = side->tls;
  guint8 next[ASV_SECRET_MAX];
  if (!asv_tls_is_13(tls) || side->epoch != ASV_EPOCH_APPLICATION) return;
  asv_crypto_expand_label(tls->context->crypto, tls->suite->prf,
                          asv_span(side->secret, side->secret_size), "traffic upd", next,
                          side->secret_size);
  asv_protection_free(side->keys);
  side->keys = make_keys(side, ASV_EPOCH_APPLICATION, asv_span(next, side->secret_size));
  side->sequence = 0;
}

/* For the records that come now. */
static gboolean has_secret(const AsvTlsSide *side) {
  AsvEpoch from = side->keys ? side->epoch : side->epoch + 1;
  for (AsvEpoch epoch = from; epoch <= ASV_EPOCH_APPLICATION; epoch++)
    if (epoch_possible(side, epoch) && find_secret(side, epoch).size) return TRUE;
  return FALSE;
}

AsvTlsUnreadable asv_side_reason(const AsvTlsSide *side) {
  const AsvTls *tls = side->tls;
  if (!tls->has_client_hello || !tls->has_server_hello) {
    const AsvTlsSide *client = &tls->sides[ASV_CLIENT];
    const AsvTlsSide *server = &tls->sides[ASV_SERVER];
    const AsvTlsSide *missing = tls->has_client_hello ? server : client;
    if (!missing->started && (tls->has_client_hello || tls->has_server_hello))
      return ASV_TLS_ONE_DIRECTION;
    return missing->broken ? ASV_TLS_BYTES_LOST : ASV_TLS_HANDSHAKE_NOT_CAPTURED;
  }
  if (!tls->suite) return ASV_TLS_UNKNOWN_SUITE;
  if (has_secret(side)) return ASV_TLS_DECRYPT_FAILED;
  /* Most clients send ECH or its grease: without a key log it explains nothing. */
  gboolean ech = tls->ech == ASV_TLS_ECH_OFFERED && asv_keys_count(tls->context->keys) > 0;
  return ech ? ASV_TLS_ECH_NO_SECRETS : ASV_TLS_NO_SECRETS;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The key store: TLS secrets by client random, from key logs in the NSS
 * format (RFC 9850), wherever they stood.
 */
#ifndef ANALYZER_TLS_KEYS_H
#define ANALYZER_TLS_KEYS_H

#include "altsvc/bytes.h"

typedef enum {
  ASV_SECRET_CLIENT_RANDOM, /* the master secret of TLS 1.2 and before, 48 octets */
  ASV_SECRET_CLIENT_EARLY_TRAFFIC,
  ASV_SECRET_CLIENT_HANDSHAKE_TRAFFIC,
  ASV_SECRET_SERVER_HANDSHAKE_TRAFFIC,
  ASV_SECRET_CLIENT_TRAFFIC_0,
  ASV_SECRET_SERVER_TRAFFIC_0,
  ASV_SECRETS
} AsvSecretKind;

#define ASV_SECRET_MAX 64

typedef struct AsvKeys AsvKeys;

AsvKeys *asv_keys_new(void);

/* Loads the usable lines of text; returns their number. Other lines are skipped: comments, unknown
 * labels, damage. */
guint64 asv_keys_load(AsvKeys *keys, AsvSpan text);

/*
 * What is asked when a client random is not found: may load more keys. Called
 * again for a random only when keys were loaded since.
 */
void asv_keys_set_more(AsvKeys *keys, void (*more)(void *self), void *self);

/* The secret of that kind for a 32-octet client random; empty when there is none. Borrowed from the
 * store. */
AsvSpan asv_keys_find(AsvKeys *keys, AsvSpan client_random, AsvSecretKind kind);

/* As asv_keys_find(), for a random that asv_keys_next_unused() gave: it stays unused, and more() is
 * not asked. */
AsvSpan asv_keys_try(const AsvKeys *keys, AsvSpan client_random, AsvSecretKind kind);

/*
 * Walks the client randoms that no asv_keys_find() has asked for successfully
 * (Encrypted Client Hello: secrets may be logged under the inner random).
 * *position starts at 0. FALSE at the end.
 */
gboolean asv_keys_next_unused(AsvKeys *keys, guint *position, AsvSpan *client_random);

/* How many client randoms there are; more than ASV_TLS_KEYS_MAX are not kept. */
guint64 asv_keys_count(const AsvKeys *keys);

/* A number that is another one whenever usable lines were loaded since. */
guint64 asv_keys_generation(const AsvKeys *keys);
void asv_keys_free(AsvKeys *keys);

#endif

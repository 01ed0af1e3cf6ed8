/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The keys of each level (RFC 9001 §4, §5): Initial keys come from the client's
 * first destination connection id, or after Retry from its new one, in the
 * packet's own version; all others from the key log. Where the ServerHello is
 * not there the suites are tried, and where the ClientHello is not there, or
 * encrypted, client randoms that nobody asked for; the tag decides.
 */
#include "connection.h"

/* --- Initial --- */

static AsvQuicInitial *initial_for(AsvQuicConnection *connection, const AsvQuicVersion *version) {
  AsvQuicInitial *initials = connection->initials;
  if (initials[0].version == version) return &initials[0];
  if (initials[1].version != version) {
    for (int i = 0; i < 2; i++) asv_quic_keys_free(initials[1].keys[i]);
    initials[1] = (AsvQuicInitial){.version = version};
  }
  AsvQuicInitial used = initials[1];
  initials[1] = initials[0];
  initials[0] = used;
  return &initials[0];
}

static void clear_initials(AsvQuicConnection *connection) {
  for (int i = 0; i < 2; i++) {
    for (int side = 0; side < 2; side++) asv_quic_keys_free(connection->initials[i].keys[side]);
    connection->initials[i] = (AsvQuicInitial){.version = NULL};
  }
}

/* Keys of the packet's own destination: the client's first flight, or the one after a Retry. Those
 * that open it wait in quic->first for the connection. */
static gboolean open_first(AsvQuic *quic, const AsvQuicPacket *packet, guint64 expected,
                           AsvQuicOpened *opened) {
  AsvQuicKeys *keys = asv_quic_keys_initial(quic->context->crypto, packet->version,
                                            packet->destination, ASV_CLIENT);
  gboolean done = keys && asv_quic_keys_open(keys, packet, expected, quic->room, opened);
  asv_quic_keys_free(quic->first.keys);
  quic->first = (AsvQuicFirst){.version = packet->version,
                               .destination = asv_cid_make(packet->destination),
                               .keys = done ? keys : NULL};
  if (!done) asv_quic_keys_free(keys);
  return done;
}

gboolean asv_level_is_first(AsvQuic *quic, const AsvQuicPacket *packet) {
  AsvQuicOpened opened;
  return open_first(quic, packet, 0, &opened);
}

static AsvQuicKeys *make_initial(AsvQuic *quic, const AsvQuicVersion *version, AsvSpan destination,
                                 AsvSide side) {
  AsvQuicFirst *first = &quic->first;
  if (side == ASV_CLIENT && first->version == version &&
      asv_span_equal(asv_cid_span(&first->destination), destination) && first->keys)
    return g_steal_pointer(&first->keys);
  return asv_quic_keys_initial(quic->context->crypto, version, destination, (int)side);
}

static AsvQuicOpenResult open_initial(AsvQuicConnection *connection, AsvSide side,
                                      const AsvQuicPacket *packet, AsvQuicOpened *opened) {
  AsvQuic *quic = connection->quic;
  AsvSpan destination = asv_cid_span(&connection->initial_destination);
  if (connection->settled) return ASV_OPEN_FAILED;
  if (destination.size) {
    AsvQuicInitial *initial = initial_for(connection, packet->version);
    if (!initial->keys[side])
      initial->keys[side] = make_initial(quic, packet->version, destination, side);
    guint64 expected = connection->expected[ASV_LEVEL_INITIAL][side];
    if (asv_quic_keys_open(initial->keys[side], packet, expected, quic->room, opened))
      return ASV_OPEN_DONE;
  }
  if (side == ASV_SERVER || asv_span_equal(destination, packet->destination))
    return destination.size ? ASV_OPEN_FAILED : ASV_OPEN_NO_KEYS;
  if (!open_first(quic, packet, connection->expected[ASV_LEVEL_INITIAL][side], opened))
    return ASV_OPEN_FAILED;
  clear_initials(connection);
  connection->initial_destination = asv_cid_make(packet->destination);
  asv_handshake_restart(connection);
  return ASV_OPEN_DONE;
}

void asv_level_retry(AsvQuicConnection *connection, const AsvQuicPacket *retry) {
  AsvSpan original = asv_cid_span(&connection->initial_destination);
  if (connection->handshake.has_server_hello || !retry->version) return;
  if (!asv_quic_retry_verify(connection->quic->context->crypto, retry, original)) return;
  clear_initials(connection);
  connection->initial_destination = asv_cid_make(retry->source);
  asv_handshake_restart(connection);
}

/* --- secrets --- */

static AsvSecretKind kind_of(AsvQuicLevel level, AsvSide side) {
  gboolean client = side == ASV_CLIENT;
  if (level == ASV_LEVEL_EARLY) return ASV_SECRET_CLIENT_EARLY_TRAFFIC;
  if (level == ASV_LEVEL_HANDSHAKE)
    return client ? ASV_SECRET_CLIENT_HANDSHAKE_TRAFFIC : ASV_SECRET_SERVER_HANDSHAKE_TRAFFIC;
  return client ? ASV_SECRET_CLIENT_TRAFFIC_0 : ASV_SECRET_SERVER_TRAFFIC_0;
}

static AsvSpan find_secret(const AsvQuicConnection *connection, AsvQuicLevel level, AsvSide side) {
  const AsvQuicHandshake *handshake = &connection->handshake;
  AsvSpan random = asv_span(handshake->secrets_random, sizeof handshake->secrets_random);
  return asv_keys_find(connection->quic->context->keys, random, kind_of(level, side));
}

/* The suites that a secret of that size may belong to, the likeliest first. */
static guint suites_for(const AsvQuicConnection *connection, AsvSpan secret,
                        const AsvSuite *suites[4]) {
  static const guint16 ids[] = {0x1301, 0x1303, 0x1304, 0x1302};
  const AsvQuicHandshake *handshake = &connection->handshake;
  guint count = 0;
  if (handshake->has_server_hello) {
    suites[0] = handshake->suite;
    return handshake->suite && asv_hash_size(handshake->suite->prf) == secret.size;
  }
  for (gsize i = 0; i < G_N_ELEMENTS(ids); i++) {
    const AsvSuite *suite = asv_suite_find(ids[i]);
    if (suite && asv_hash_size(suite->prf) == secret.size) suites[count++] = suite;
  }
  return count;
}

static const AsvQuicVersion *version_of(const AsvQuicConnection *connection,
                                        const AsvQuicPacket *packet) {
  return packet->version ? packet->version : connection->version;
}

/* Tries one secret; the slot keeps the keys that open the packet, or cannot be others. */
static gboolean try_secret(AsvQuicConnection *connection, AsvQuicLevel level, AsvSide side,
                           AsvSpan secret, const AsvQuicPacket *packet, AsvQuicOpened *opened) {
  AsvQuic *quic = connection->quic;
  AsvQuicSlot *slot = &connection->slots[level][side];
  const AsvQuicHandshake *handshake = &connection->handshake;
  gboolean sure =
      handshake->has_random && handshake->has_server_hello && handshake->ech != ASV_TLS_ECH_OFFERED;
  const AsvSuite *suites[4];
  guint count = suites_for(connection, secret, suites);
  guint64 expected = connection->expected[asv_level_space(level)][side];
  for (guint i = 0; i < count; i++) {
    AsvQuicKeys *keys =
        asv_quic_keys_new(quic->context->crypto, version_of(connection, packet), suites[i], secret);
    if (!keys) continue;
    gboolean done = asv_quic_keys_open(keys, packet, expected, quic->room, opened);
    if (done || sure) {
      slot->keys = keys;
      return done;
    }
    asv_quic_keys_free(keys);
  }
  return FALSE;
}

/* The connection's secrets are those of that client random. */
static void claim(AsvQuicConnection *connection, AsvSpan random, AsvQuicLevel level, AsvSide side) {
  AsvQuicHandshake *handshake = &connection->handshake;
  memcpy(handshake->secrets_random, random.data, sizeof handshake->secrets_random);
  handshake->has_random = TRUE;
  (void)find_secret(connection, level, side); /* now it counts as used */
  for (int i = 0; i < ASV_LEVELS; i++)
    for (int k = 0; k < 2; k++) connection->slots[i][k].generation = 0;
}

static gboolean may_try(const AsvQuicConnection *connection) {
  const AsvQuicHandshake *handshake = &connection->handshake;
  if (handshake->has_client_hello) return handshake->unclaimed_trials < ASV_TLS_ECH_TRIALS_MAX;
  return handshake->unclaimed_trials < ASV_QUIC_UNCLAIMED_TRIALS_MAX &&
         connection->quic->unclaimed_trials < ASV_QUIC_UNCLAIMED_TRIALS_ALL_MAX;
}

/* Tries the client randoms that no connection has claimed. */
static gboolean try_unclaimed(AsvQuicConnection *connection, AsvQuicLevel level, AsvSide side,
                              const AsvQuicPacket *packet, AsvQuicOpened *opened) {
  AsvKeys *keys = connection->quic->context->keys;
  AsvSpan random;
  guint position = 0;
  while (may_try(connection) && asv_keys_next_unused(keys, &position, &random)) {
    AsvSpan secret = asv_keys_try(keys, random, kind_of(level, side));
    if (!secret.size) continue;
    connection->handshake.unclaimed_trials++;
    connection->quic->unclaimed_trials++;
    if (!try_secret(connection, level, side, secret, packet, opened)) continue;
    claim(connection, random, level, side);
    return TRUE;
  }
  return FALSE;
}

/* RFC 9849: the random of the inner ClientHello, which only the key log knows. */
static gboolean try_inner(AsvQuicConnection *connection, AsvQuicLevel level, AsvSide side,
                          const AsvQuicPacket *packet, AsvQuicOpened *opened) {
  AsvQuicHandshake *handshake = &connection->handshake;
  if (handshake->ech != ASV_TLS_ECH_OFFERED || level != ASV_LEVEL_HANDSHAKE || side != ASV_SERVER ||
      !try_unclaimed(connection, level, side, packet, opened))
    return FALSE;
  handshake->ech = ASV_TLS_ECH_ACCEPTED;
  return TRUE;
}

void asv_level_claim(AsvQuicConnection *connection, AsvQuicLevel level, AsvSide side,
                     const AsvQuicPacket *packet) {
  AsvQuicOpened opened;
  if (version_of(connection, packet)) (void)try_unclaimed(connection, level, side, packet, &opened);
}

static AsvQuicOpenResult open_with_secrets(AsvQuicConnection *connection, AsvQuicLevel level,
                                           AsvSide side, const AsvQuicPacket *packet,
                                           AsvQuicOpened *opened) {
  AsvQuicSlot *slot = &connection->slots[level][side];
  guint64 generation = asv_keys_generation(connection->quic->context->keys);
  if (!connection->handshake.has_random || !version_of(connection, packet)) return ASV_OPEN_NO_KEYS;
  if (slot->generation == generation) return ASV_OPEN_NO_KEYS;
  AsvSpan secret = find_secret(connection, level, side);
  if (secret.size)
    return try_secret(connection, level, side, secret, packet, opened) ? ASV_OPEN_DONE
                                                                       : ASV_OPEN_FAILED;
  if (try_inner(connection, level, side, packet, opened)) return ASV_OPEN_DONE;
  slot->generation = asv_keys_generation(connection->quic->context->keys);
  return ASV_OPEN_NO_KEYS;
}

/* A packet of that number was opened: which are missing before it, and which comes next. */
static void note_number(AsvQuicConnection *connection, AsvQuicLevel level, AsvSide side,
                        const AsvQuicPacket *packet, guint64 number) {
  AsvQuicLevel space = asv_level_space(level);
  guint64 *expected = &connection->expected[space][side];
  AsvQuicHoles *holes = &connection->holes[side];
  if (number != *expected || holes->count)
    asv_quic_holes_seen(holes, space, *expected, number, packet->octets.size);
  *expected = MAX(*expected, number + 1);
}

AsvQuicOpenResult asv_level_open(AsvQuicConnection *connection, AsvQuicLevel level, AsvSide side,
                                 const AsvQuicPacket *packet, AsvQuicOpened *opened) {
  AsvQuicOpenResult result = ASV_OPEN_FAILED;
  AsvQuicSlot *slot = &connection->slots[level][side];
  guint64 *expected = &connection->expected[asv_level_space(level)][side];
  if (level == ASV_LEVEL_INITIAL) {
    result = open_initial(connection, side, packet, opened);
  } else if (slot->keys) {
    if (asv_quic_keys_open(slot->keys, packet, *expected, connection->quic->room, opened))
      result = ASV_OPEN_DONE;
  } else {
    result = open_with_secrets(connection, level, side, packet, opened);
  }
  if (result != ASV_OPEN_DONE) return result;
  note_number(connection, level, side, packet, opened->number);
  if (level != ASV_LEVEL_INITIAL) connection->handshake.opened = TRUE;
  return result;
}

gboolean asv_level_recover(AsvQuicConnection *connection, AsvSide side, const AsvQuicPacket *packet,
                           AsvQuicOpened *opened) {
  AsvQuicKeys *keys = connection->slots[ASV_LEVEL_APPLICATION][side].keys;
  guint64 expected = connection->expected[asv_level_space(ASV_LEVEL_APPLICATION)][side];
  if (!keys || !asv_quic_keys_recover(keys, packet, expected, connection->quic->room, opened))
    return FALSE;
  note_number(connection, ASV_LEVEL_APPLICATION, side, packet, opened->number);
  return TRUE;
}

AsvTlsUnreadable asv_level_reason(const AsvQuicConnection *connection, AsvQuicLevel level,
                                  AsvSide side) {
  const AsvQuicHandshake *handshake = &connection->handshake;
  if (!handshake->has_random) {
    if (!connection->seen[ASV_CLIENT] || !connection->seen[ASV_SERVER])
      return ASV_TLS_ONE_DIRECTION;
    return connection->readable ? ASV_TLS_BYTES_LOST : ASV_TLS_HANDSHAKE_NOT_CAPTURED;
  }
  if (handshake->has_server_hello && !handshake->suite) return ASV_TLS_UNKNOWN_SUITE;
  if (find_secret(connection, level, side).size) return ASV_TLS_DECRYPT_FAILED;
  /* Most clients send ECH or its grease: without a key log it explains nothing. */
  gboolean ech =
      handshake->ech == ASV_TLS_ECH_OFFERED && asv_keys_count(connection->quic->context->keys) > 0;
  return ech ? ASV_TLS_ECH_NO_SECRETS : ASV_TLS_NO_SECRETS;
}

static void clear_slot(AsvQuicSlot *slot) {
  asv_quic_keys_free(slot->keys);
  *slot = (AsvQuicSlot){.keys = NULL};
}

void asv_level_settle(AsvQuicConnection *connection) {
  const AsvQuicSlot *application = connection->slots[ASV_LEVEL_APPLICATION];
  if (connection->settled || !connection->handshake.finished) return;
  if (!application[ASV_CLIENT].keys || !application[ASV_SERVER].keys) return;
  connection->settled = TRUE;
  clear_initials(connection);
  for (int side = 0; side < 2; side++) clear_slot(&connection->slots[ASV_LEVEL_HANDSHAKE][side]);
}

void asv_level_clear(AsvQuicConnection *connection) {
  clear_initials(connection);
  for (int level = 0; level < ASV_LEVELS; level++)
    for (int side = 0; side < 2; side++) clear_slot(&connection->slots[level][side]);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The protection of records under one key of one direction: TLS 1.3 (RFC 8446
 * §5.2), AEAD and CBC of TLS 1.0 to 1.2 (RFC 5246 §6.2.3, RFC 7366, RFC 7905).
 */
#ifndef ANALYZER_TLS_PROTECTION_H
#define ANALYZER_TLS_PROTECTION_H

#include "analyzer/sink.h"
#include "analyzer/tls/crypto.h"
#include "analyzer/tls/record.h"

typedef struct AsvProtection AsvProtection;

/* From a traffic secret of TLS 1.3. */
AsvProtection *asv_protection_new_13(AsvCrypto *crypto, const AsvSuite *suite, AsvSpan secret);

/* What TLS 1.0 to 1.2 make keys from. */
typedef struct {
  const AsvSuite *suite;
  guint16 version; /* 0x0301 to 0x0303 */
  gboolean encrypt_then_mac;
  AsvSpan master;
  const guint8 *server_random, *client_random; /* 32 octets each */
} AsvNegotiated;
AsvProtection *asv_protection_new_12(AsvCrypto *crypto, const AsvNegotiated *from, AsvSide side);

void asv_protection_free(AsvProtection *protection);

typedef struct {
  guint8 type;     /* the inner one in TLS 1.3 */
  AsvSpan content; /* in room */
  gboolean padded; /* TLS 1.3: zeros followed the type */
} AsvOpened;

/*
 * Opens a whole record as the one with that sequence number into room
 * (record->size octets at least; may be the body's own place for AEAD). FALSE
 * when tag or MAC do not verify.
 */
gboolean asv_protection_open(AsvProtection *protection, guint64 sequence, const AsvRecord *record,
                             guint8 *room, AsvOpened *opened);

/*
 * TRUE when a record with a body of that size has exactly *content octets of
 * content (TLS 1.3: if not padded); FALSE for CBC, where it is only known when
 * decrypted (*content is then 0), and for bodies too short to be true.
 */
gboolean asv_protection_content(const AsvProtection *protection, gsize size, gsize *content);

/* Octets at the end of a body that asv_protection_peek() needs: 0 when the type stands outside. */
gsize asv_protection_tail(const AsvProtection *protection);

/* The last octet of the inner plaintext of a record with a body of that size, by the tail of its
 * body: the content type, or zero when it is padded. Nothing vouches for it. */
guint8 asv_protection_peek(AsvProtection *protection, guint64 sequence, gsize size, AsvSpan tail);

/* Tells of a record that passes unopened (TLS 1.0 chains records); body is empty when it is lost.
 */
void asv_protection_passed(AsvProtection *protection, AsvSpan body);

#endif

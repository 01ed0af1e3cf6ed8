/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of one connection share: tls.c (the interface, holding back
 * and ending), side.c (records of one direction to plaintext), resync.c (the
 * next record after a loss), negotiation.c (what handshake messages change),
 * secret.c (which keys to try).
 */
#ifndef ANALYZER_TLS_CONNECTION_H
#define ANALYZER_TLS_CONNECTION_H

#include "analyzer/tls/context.h"
#include "analyzer/tls/handshake.h"
#include "analyzer/tls/protection.h"

/* The keys of TLS 1.3 in order of use; before it only PLAIN and APPLICATION. */
typedef enum {
  ASV_EPOCH_PLAIN,
  ASV_EPOCH_EARLY,
  ASV_EPOCH_HANDSHAKE,
  ASV_EPOCH_APPLICATION
} AsvEpoch;

#define ASV_TLS_REASONS (ASV_TLS_DECRYPT_FAILED + 1)

/* Records held back, one behind the other, and where each came from. */
typedef struct {
  GByteArray *octets;
  GArray *items; /* private to tls.c */
} AsvTlsHeld;

typedef struct {
  /* what every record needs */
  AsvTls *tls;
  AsvSide who;
  AsvEpoch epoch;
  AsvProtection *keys; /* NULL: those of a later epoch are tried on the next record */
  guint64 sequence;    /* of the next record */
  guint64 waiver;      /* plaintext octets to come that nobody wants */
  AsvTlsHeld held;
  GByteArray *search;   /* being searched for a record after a loss; NULL: in step */
  gboolean out_of_step; /* for good */
  gboolean started;     /* octets have come */
  gboolean proven;      /* these keys have opened a record */
  gboolean readable;    /* some application keys have */
  gboolean ciphered;    /* TLS 1.2 and before: ChangeCipherSpec was sent */
  gboolean padded;      /* a record with padding was seen */
  gboolean given_up;    /* nothing more is tried */
  gboolean hopeless;    /* no hello will come from this side */
  gboolean finished;    /* its Finished has come, or in TLS 1.3 a record that is no alert */
  guint failures;       /* records in a row that no key opened */
  guint64 slack;        /* protected records that passed unopened and may have counted */
  guint64 tentative;    /* octets that no key opened and that may not have been application data */
  guint64 protected_records;
  AsvSink plaintext;
  AsvRecords records;

  guint64 counted_records;
  AsvMessages messages;
  guint8 secret[ASV_SECRET_MAX]; /* of TLS 1.3's application keys */
  gsize secret_size;
  guint64 generation; /* of the key store when it had nothing for this side; 0: not asked */
  gboolean broken;    /* octets were lost before the keys were known */
  guint64 unreadable[ASV_TLS_REASONS]; /* not told yet */
  gboolean told[ASV_TLS_REASONS];
  guint64 search_lost; /* octets lost before those in search; ASV_GAP_UNKNOWN */
  guint search_trials;

  gboolean end_pending, ended;
  AsvPacketRef end_at;
  AsvEnd end_why;
} AsvTlsSide;

struct AsvTls {
  /* what every record needs */
  AsvTlsContext *context;
  const AsvSuite *suite; /* NULL: unknown */
  gboolean has_client_hello, has_server_hello;
  gboolean resolved; /* nothing the server says any more is needed to read the client */
  gboolean handshake_told;
  gboolean lossy; /* octets are missing, or were no records */
  gboolean delivering_early;
  gboolean waits; /* events.waits() said so */
  guint64 since;
  guint16 version; /* 0 until the ServerHello */
  AsvTlsSide sides[2];

  AsvTlsEvents events;
  GByteArray *hello_octets; /* until the handshake is told */
  AsvClientHello *hello;
  guint8 client_random[32], server_random[32];
  guint8 secrets_random[32]; /* under which the key log has this connection */
  gboolean encrypt_then_mac;
  gboolean early_offered, early_rejected, early_accepted;
  gboolean psk;
  AsvTlsEch ech;
  guint ech_trials;
  gboolean resumed;
  GByteArray *session_id; /* of the ServerHello, TLS 1.2 */
  GByteArray *alpn;
  AsvCertificate *certificate;
};

static inline gboolean asv_tls_is_13(const AsvTls *tls) {
  return tls->version >= 0x0304;
}

static inline AsvTlsSide *asv_tls_other(const AsvTlsSide *side) {
  return &side->tls->sides[side->who == ASV_CLIENT ? ASV_SERVER : ASV_CLIENT];
}

/* --- tls.c --- */

/* Processes what was held, where nothing stands in its way any more (or by force). */
void asv_tls_release(AsvTlsSide *side, gboolean force);

/* Passes a complete record on, or holds it. */
void asv_tls_take_record(AsvTlsSide *side, const AsvPacketRef *at, const AsvRecord *record);

/* --- side.c --- */

void asv_side_bytes(AsvTlsSide *side, const AsvPacketRef *at, AsvSpan data);
void asv_side_gap(AsvTlsSide *side, const AsvPacketRef *at, guint64 n);
/* What TCP leaves out now; it counts as passed. */
guint64 asv_side_waive(AsvTlsSide *side);
/* A record whose turn has come. */
void asv_side_record(AsvTlsSide *side, const AsvPacketRef *at, const AsvRecord *record);
/* What was opened: plaintext, handshake messages, ChangeCipherSpec. */
void asv_side_opened(AsvTlsSide *side, const AsvPacketRef *at, const AsvOpened *opened);
/* Tells the plaintext's consumer that n octets are missing, where it had not waived them; TRUE when
 * it hurt. */
gboolean asv_side_plaintext_gap(AsvTlsSide *side, const AsvPacketRef *at, guint64 n);
/* Accounts for protected octets that could not be read. */
void asv_side_unreadable(AsvTlsSide *side, const AsvPacketRef *at, AsvTlsUnreadable reason,
                         guint64 octets);
/* Turns what was tentative into unreadable octets. */
void asv_side_flush_tentative(AsvTlsSide *side, const AsvPacketRef *at);
void asv_side_finish(AsvTlsSide *side);
void asv_side_clear(AsvTlsSide *side);

/* --- resync.c --- */

/* Begins to search for the next record; lost octets are missing before what follows. */
void asv_side_lose_step(AsvTlsSide *side, const AsvPacketRef *at, guint64 lost);
/* Searches data; returns what is left of it once a record was found, else nothing. */
void asv_side_search(AsvTlsSide *side, const AsvPacketRef *at, AsvSpan data);

/* --- negotiation.c --- */

void asv_tls_message(AsvTlsSide *side, const AsvPacketRef *at, const AsvMessage *message);
void asv_tls_change_cipher_spec(AsvTlsSide *side);
/* An alert record's content; tells it where it is fatal. */
void asv_tls_alert(const AsvTlsSide *side, const AsvPacketRef *at, AsvSpan content);
/* Reports the handshake as far as it is known. */
void asv_tls_tell_handshake_now(AsvTls *tls, const AsvPacketRef *at);
/* The same, once. */
static inline void asv_tls_tell_handshake(AsvTls *tls, const AsvPacketRef *at) {
  if (!tls->handshake_told) asv_tls_tell_handshake_now(tls, at);
}

/* --- secret.c --- */

/* Which sequence numbers to try on a record of unknown place. */
typedef struct {
  guint64 from, count; /* beyond the expected one */
} AsvTlsWindow;

/*
 * Opens record with the current keys or those that may have followed, and
 * makes these the current ones. *skipped is how many records of the current
 * keys must have passed unseen, G_MAXUINT64 when keys changed.
 */
gboolean asv_side_open(AsvTlsSide *side, const AsvRecord *record, guint8 *room, AsvOpened *opened,
                       AsvTlsWindow window, guint64 *skipped);
/* FALSE when there are no keys to try and loading secrets would be needed first. */
gboolean asv_side_has_keys(AsvTlsSide *side);
/* Makes the application keys before their first record has come, where that is what comes next:
 * what is lost from here on then has a place. FALSE when it is not, or there are no secrets. */
gboolean asv_side_expect_application(AsvTlsSide *side);
/* The epoch ends: the next record is under the next keys. */
void asv_side_next_epoch(AsvTlsSide *side);
/* KeyUpdate (RFC 8446 §7.2). */
void asv_side_update_keys(AsvTlsSide *side);
/* Why this side cannot be read. */
AsvTlsUnreadable asv_side_reason(const AsvTlsSide *side);

#endif

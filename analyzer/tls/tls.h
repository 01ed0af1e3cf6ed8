/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One TLS connection over TCP, read from outside: records, handshake,
 * decryption (TLS 1.0 to 1.3: RFC 2246, 4346, 5246, 8446). The ciphertext of
 * each side comes in through a sink, its plaintext goes out through another.
 */
#ifndef ANALYZER_TLS_TLS_H
#define ANALYZER_TLS_TLS_H

#include "analyzer/sink.h"
#include "analyzer/tls/keys.h"

typedef enum {
  ASV_TLS_ECH_NONE,
  ASV_TLS_ECH_GREASE,
  ASV_TLS_ECH_OFFERED,
  ASV_TLS_ECH_ACCEPTED
} AsvTlsEch;

/* Why protected octets could not be read. */
typedef enum {
  ASV_TLS_NO_SECRETS,
  ASV_TLS_ECH_NO_SECRETS,
  ASV_TLS_HANDSHAKE_NOT_CAPTURED,
  ASV_TLS_UNKNOWN_SUITE,
  ASV_TLS_BYTES_LOST,
  ASV_TLS_ONE_DIRECTION,
  ASV_TLS_DECRYPT_FAILED
} AsvTlsUnreadable;

/* What the handshake said; all spans borrowed for the call. */
typedef struct {
  AsvSpan sni; /* of the ClientHello that counts (the inner one when ECH was accepted and it is
                  known) */
  const AsvSpan *alpn_offered; /* ALPN names, without GREASE (RFC 8701) */
  gsize alpn_offered_count;
  AsvSpan alpn;                     /* chosen; empty when none or unknown */
  const char *version;              /* "1.0" to "1.3", or NULL */
  const AsvSpan *certificate_names; /* dNSName and iPAddress (as text) of the leaf; of the resumed
                                       session's when resumed */
  gsize certificate_names_count;
  AsvSpan certificate_issuer;   /* RFC 2253 text */
  gboolean resumed, early_data; /* early_data: accepted */
  AsvTlsEch ech;
  gboolean secrets; /* secrets were found that decrypt */
} AsvTlsHandshake;

typedef struct {
  void *self;
  /* Once per connection: when the handshake is complete, or when all that will come of it has come.
   */
  void (*handshake)(void *self, const AsvPacketRef *at, const AsvTlsHandshake *handshake);
  /* Protected octets that could not be read. Once when first noticed, and once more at the end with
   * the octets since. */
  void (*unreadable)(void *self, const AsvPacketRef *at, AsvSide from, AsvTlsUnreadable reason,
                     guint64 bytes);
  /* A fatal alert (RFC 5246 §7.2, RFC 8446 §6) that could be read. May be NULL. */
  void (*alert)(void *self, const AsvPacketRef *at, AsvSide from, guint8 description);
  /* Something that was seen at packet `since` is held back; NULL: nothing is any more. May be NULL.
   */
  void (*waits)(void *self, const AsvPacketRef *since);
} AsvTlsEvents;

/* Shared by all connections: algorithms fetched once, sessions for resumption (bounded). */
typedef struct AsvTlsContext AsvTlsContext;
AsvTlsContext *asv_tls_context_new(AsvKeys *keys); /* keys is borrowed */
void asv_tls_context_free(AsvTlsContext *context);

typedef struct AsvTls AsvTls;

/* A ClientHello, a ServerHello, or neither, by the first octets of a stream. */
AsvSniff asv_tls_sniff(AsvSpan first);
/* TRUE when first octets look like a TLS record of any kind (a connection caught in the middle). */
gboolean asv_tls_sniff_record(AsvSpan first);

/*
 * plaintext[side] takes application data of that side; early data comes first in [ASV_CLIENT], once
 * the server has accepted it, with the packet it came in; rejected early data never comes. A side
 * that waits for octets of the other one (its hello, the server's flight) is held back, its end()
 * too; both have ended when both sinks were ended. A side no octet of which can be read gets end()
 * alone.
 */
AsvTls *asv_tls_new(AsvTlsContext *context, const AsvTlsEvents *events, const AsvSink plaintext[2]);
/* The sink for the TCP octets that side sends. Its end() ends plaintext[side]. */
AsvSink asv_tls_sink(AsvTls *tls, AsvSide side);
/* TRUE while the octet now being delivered to plaintext[ASV_CLIENT] is 0-RTT data. */
gboolean asv_tls_early_data(const AsvTls *tls);
/* TRUE when a handshake was begun, and octets that were all seen, read or not, did not complete it.
 */
gboolean asv_tls_incomplete(const AsvTls *tls);
void asv_tls_free(AsvTls *tls);

#endif

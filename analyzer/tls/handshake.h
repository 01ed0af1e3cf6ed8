/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Handshake messages of TLS 1.0 to 1.3: putting them together from the octets
 * of one direction, and cutting those that a reader needs into their parts
 * (RFC 8446 §4, RFC 5246 §7.4). QUIC carries the same messages.
 */
#ifndef ANALYZER_TLS_HANDSHAKE_H
#define ANALYZER_TLS_HANDSHAKE_H

#include "altsvc/bytes.h"
#include "analyzer/limits.h"

typedef enum {
  ASV_MESSAGE_HELLO_REQUEST = 0,
  ASV_MESSAGE_CLIENT_HELLO = 1,
  ASV_MESSAGE_SERVER_HELLO = 2,
  ASV_MESSAGE_NEW_SESSION_TICKET = 4,
  ASV_MESSAGE_END_OF_EARLY_DATA = 5,
  ASV_MESSAGE_ENCRYPTED_EXTENSIONS = 8,
  ASV_MESSAGE_CERTIFICATE = 11,
  ASV_MESSAGE_FINISHED = 20,
  ASV_MESSAGE_KEY_UPDATE = 24,
  ASV_MESSAGE_COMPRESSED_CERTIFICATE = 25
} AsvMessageType;

typedef struct {
  guint8 type;
  AsvSpan body; /* borrowed until the next call; empty when it was longer than is read */
} AsvMessage;

/* Messages being put together; zero-initialised. */
typedef struct {
  guint8 header[4];
  gsize header_size;
  guint32 left;     /* octets of the body still to come */
  GByteArray *body; /* collected so far; NULL when nothing is */
  gboolean skip;    /* longer than ASV_TLS_MESSAGE_MAX */
  guint64 skipped;  /* how many were */
} AsvMessages;

/* Takes octets off data's front up to the end of one message: TRUE and the message, or FALSE when
 * all are used up. */
gboolean asv_messages_next(AsvMessages *messages, AsvSpan *data, AsvMessage *message);
/* Forgets what has begun: octets were lost, or the message was dealt with. */
void asv_messages_clear(AsvMessages *messages);

typedef struct {
  guint16 version;                        /* legacy_version */
  AsvSpan random;                         /* 32 octets */
  AsvSpan session_id;                     /* may be empty */
  AsvSpan sni;                            /* host_name, or empty */
  AsvSpan alpn_offered[ASV_TLS_ALPN_MAX]; /* without GREASE (RFC 8701) */
  gsize alpn_offered_count;
  AsvSpan ticket; /* of the extension session_ticket (RFC 5077), or empty */
  AsvSpan identities[ASV_TLS_IDENTITIES_MAX]; /* of pre_shared_key */
  gsize identities_count;
  gboolean early_data; /* the extension is there */
  gboolean ech;        /* encrypted_client_hello is there, an outer one (RFC 9849) */
} AsvClientHello;

/* Cuts a ClientHello; spans borrow from body. FALSE when it is damaged. */
gboolean asv_client_hello_parse(AsvSpan body, AsvClientHello *hello);

typedef struct {
  guint16 version; /* the selected one: supported_versions' in TLS 1.3 */
  AsvSpan random;  /* 32 octets */
  AsvSpan session_id;
  guint16 suite;
  AsvSpan alpn;   /* TLS 1.2 and before; or empty */
  gboolean retry; /* it is a HelloRetryRequest */
  gboolean encrypt_then_mac;
  gboolean psk; /* pre_shared_key is there */
  guint16 psk_index;
} AsvServerHello;

gboolean asv_server_hello_parse(AsvSpan body, AsvServerHello *hello);

typedef struct {
  AsvSpan alpn;
  gboolean early_data; /* accepted */
  gboolean ech_retry;  /* retry_configs: ECH was not accepted */
  AsvSpan quic;        /* quic_transport_parameters (RFC 9001 §8.2), or NULL data */
} AsvEncryptedExtensions;

gboolean asv_encrypted_extensions_parse(AsvSpan body, AsvEncryptedExtensions *extensions);

/* The DER of the first certificate of a Certificate message; empty when there is none. */
AsvSpan asv_certificate_message_leaf(AsvSpan body, gboolean tls13);

typedef struct {
  guint16 algorithm; /* RFC 8879 §7.3: 1 zlib, 2 brotli, 3 zstd */
  guint32 size;      /* when decompressed */
  AsvSpan data;
} AsvCompressedCertificate;

gboolean asv_compressed_certificate_parse(AsvSpan body, AsvCompressedCertificate *compressed);

/* The ticket of a NewSessionTicket message; empty when damaged. */
AsvSpan asv_new_session_ticket_parse(AsvSpan body, gboolean tls13);

#endif

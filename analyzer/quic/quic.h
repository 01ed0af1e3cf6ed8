/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All QUIC connections of a capture, read from outside (RFC 8999, 9000, 9001,
 * 9368, 9369): datagrams in, ordered stream octets out. Connections carry the
 * numbers of Wireshark's quic.connection.number.
 */
#ifndef ANALYZER_QUIC_QUIC_H
#define ANALYZER_QUIC_QUIC_H

#include "analyzer/sink.h"
#include "analyzer/tls/tls.h"

/* A connection. Lives until released(). */
typedef struct {
  guint32 number;             /* quic.connection.number */
  AsvEndpoint client, server; /* of its first packet */
  gboolean has_mac;
  guint8 client_mac[6];
  AsvPacketRef first;
} AsvQuicFlow;

/* A CONNECTION_CLOSE frame (RFC 9000 §19.19), or the end that came without one. */
typedef struct {
  gboolean framed;
  gboolean application; /* error is the application protocol's, else the transport's */
  guint64 error;
  AsvSpan reason;
  gboolean concealed; /* error stands in place of another one that could not be read (§10.2.3) */
} AsvQuicClose;

typedef enum {
  ASV_QUIC_NO_ANSWER,      /* the Initial was repeated, and nothing came for ASV_NO_ANSWER_TIME */
  ASV_QUIC_INCOMPLETE,     /* the server answered, but ASV_HANDSHAKE_TIME did not complete the
                              handshake */
  ASV_QUIC_OTHER_VERSIONS, /* the server speaks none that the client does */
  ASV_QUIC_STALLED         /* nothing answers the client's packets for ASV_STALL_TIME */
} AsvQuicTroubleKind;

/* What stands in the way of a connection. */
typedef struct {
  AsvQuicTroubleKind kind;
  AsvSpan versions; /* of ASV_QUIC_OTHER_VERSIONS: the first of those offered, four octets each */
} AsvQuicTrouble;

typedef struct {
  void *self;
  /* A new connection; returns the consumer's object, given back below as `connection`. */
  void *(*opened)(void *self, const AsvQuicFlow *flow);
  /* Once per connection: when the handshake is complete, or when all that will come of it has
   * come. */
  void (*handshake)(void *connection, const AsvPacketRef *at, const AsvTlsHandshake *handshake);
  /* First octets of what `from` sends on stream id: fills in a sink. FALSE: nobody wants it. */
  gboolean (*stream)(void *connection, const AsvPacketRef *at, AsvSide from, guint64 id,
                     AsvSink *sink);
  /* n octets of a stream of one direction, those of holes included, cannot be delivered yet. */
  void (*ahead)(void *connection, AsvSide from, guint64 id, guint64 n);
  /* The client speaks from a new address or port (RFC 9000 §9). */
  void (*migrated)(void *connection, const AsvPacketRef *at, const AsvEndpoint *client);
  /* Protected octets that could not be read; as in AsvTlsEvents. ASV_TLS_BYTES_LOST and 0 octets:
   * a packet is not there, but was acknowledged. */
  void (*unreadable)(void *connection, const AsvPacketRef *at, AsvSide from,
                     AsvTlsUnreadable reason, guint64 bytes);
  /* First CONNECTION_CLOSE of the connection, by that side. Once at most. */
  void (*closing)(void *connection, const AsvPacketRef *at, AsvSide by, const AsvQuicClose *close);
  /* Something that was seen at packet `since` is held back; NULL: nothing is any more. */
  void (*waits)(void *connection, const AsvPacketRef *since);
  /* The connection goes away, after every stream's end(). The consumer frees its object. */
  void (*released)(void *connection, const AsvPacketRef *at, AsvEnd why);
  /* Each kind once at most. May be NULL. */
  void (*trouble)(void *connection, const AsvPacketRef *at, const AsvQuicTrouble *trouble);
} AsvQuicEvents;

typedef struct AsvQuic AsvQuic;

/* context (key store, sessions, certificates, crypto) is borrowed and shared with TLS over TCP. */
AsvQuic *asv_quic_new(AsvTlsContext *context, const AsvQuicEvents *events);

/* Takes a datagram: TRUE when it is QUIC's (or was numbered as such). */
gboolean asv_quic_datagram(AsvQuic *quic, const AsvPacketRef *at, const AsvUdp *udp);

/* TRUE while the octets now being delivered to a client's stream came in 0-RTT packets. */
gboolean asv_quic_early_data(const AsvQuic *quic);

/* Whose datagram an ICMP error quotes. */
typedef struct {
  void *connection; /* the consumer's object */
  AsvSide from;
  gboolean established; /* its handshake is complete */
} AsvQuicQuoted;

/* Finds the newest open connection between the quoted datagram's endpoints; FALSE when there is
 * none, or that side has not sent anything. */
gboolean asv_quic_quoted(AsvQuic *quic, const AsvUdp *quoted, AsvQuicQuoted *found);

/* Ends every connection (ASV_END_CAPTURE), in order of number. */
void asv_quic_finish(AsvQuic *quic, const AsvPacketRef *at);
void asv_quic_free(AsvQuic *quic);

#endif

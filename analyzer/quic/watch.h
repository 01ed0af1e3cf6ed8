/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What stands in the way of QUIC connections: nobody answers an Initial, a
 * handshake is not completed, other versions are offered (RFC 9000 §6), packets
 * stay unanswered. Time is that of packets. Until its handshake is complete a
 * connection stands in one of two queues, by the time of its first packet.
 */
#ifndef ANALYZER_QUIC_WATCH_H
#define ANALYZER_QUIC_WATCH_H

#include "analyzer/quic/packet.h"
#include "analyzer/quic/quic.h"

/* How far a connection has come. */
typedef enum {
  ASV_START_DONE,       /* its handshake is complete, or is no longer watched */
  ASV_START_UNANSWERED, /* ASV_NO_ANSWER_TIME has not passed */
  ASV_START_INCOMPLETE, /* ASV_HANDSHAKE_TIME has not passed */
  ASV_START_OVERDUE     /* it has, and the server was never heard */
} AsvQuicStartStage;

typedef struct {
  AsvQuicStartStage stage;
  GList link;        /* in a queue of AsvQuicWatches; data: the watch */
  gint64 time;       /* of the first packet */
  gboolean begun;    /* a datagram of the client was seen, */
  guint64 octets;    /* and so much of its ClientHello; */
  gboolean repeated; /* a later one brought nothing new */
  gboolean heard;    /* the client has sent what it can only when it has heard the server */
  gboolean told;     /* that nobody answers */
  guint8 versions[4 * ASV_FAILURE_VERSIONS_MAX]; /* that the server offered */
  gsize versions_size;
  gboolean versions_told;
} AsvQuicStart;

/* What the client sent since its server was last heard. */
typedef struct {
  guint packets; /* apart by ASV_STALL_SPACING */
  gint64 since, last;
  gboolean told;
} AsvQuicSilence;

/* Of one connection. All else zeros at first. */
typedef struct {
  void *owner; /* the connection, as its user knows it */
  AsvQuicStart start;
  AsvQuicSilence silence;
} AsvQuicWatch;

/* How far a connection has come, as its user knows it. */
typedef struct {
  gboolean seen[2];  /* packets of that side were */
  gboolean complete; /* the client has completed the handshake: it uses 1-RTT keys */
  gboolean closing;  /* CONNECTION_CLOSE or a stateless reset was seen */
  gboolean has_client_hello, has_server_hello;
  guint64 hello_octets; /* of the ClientHello that have come */
} AsvQuicProgress;

/* All connections. Zeros at first, but for the functions. */
typedef struct {
  AsvQuicProgress (*progress)(const void *owner);
  void (*tell)(void *owner, const AsvPacketRef *at, const AsvQuicTrouble *trouble);
  GQueue unanswered, incomplete;
} AsvQuicWatches;

/* The connection is seen from its client's first packet on, which came at that time. Others are
 * watched for silence alone. */
void asv_quic_watch_begin(AsvQuicWatches *watches, AsvQuicWatch *watch, gint64 time);
/* The connection goes away. */
void asv_quic_watch_forget(AsvQuicWatches *watches, AsvQuicWatch *watch);

/* Before each datagram of any connection: tells what time makes certain. */
void asv_quic_watch_tick(AsvQuicWatches *watches, const AsvPacketRef *at);
/* After a datagram of it, sent by `from`. */
void asv_quic_watch_datagram(AsvQuicWatches *watches, AsvQuicWatch *watch, const AsvPacketRef *at,
                             AsvSide from);
/* The client closes the connection in a datagram that was not told of yet. */
void asv_quic_watch_closing(const AsvQuicWatches *watches, AsvQuicWatch *watch,
                            const AsvPacketRef *at);
/* A version negotiation packet of the server, which answers a packet of version `chosen` to the
 * connection id `initial`. */
void asv_quic_watch_versions(const AsvQuicWatches *watches, AsvQuicWatch *watch,
                             const AsvPacketRef *at, const AsvQuicPacket *packet,
                             const AsvQuicVersion *chosen, AsvSpan initial);
/* The capture, or what is seen of the connection, ends. Its place in the queues stays. */
void asv_quic_watch_end(const AsvQuicWatches *watches, AsvQuicWatch *watch, const AsvPacketRef *at);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From packets to ordered TCP byte streams and UDP datagrams: link layers,
 * tunnels, IP reassembly, the flow table and TCP reassembly. Connections carry
 * the numbers of Wireshark's tcp.stream and udp.stream.
 */
#ifndef ANALYZER_NET_NET_H
#define ANALYZER_NET_NET_H

#include "analyzer/sink.h"

/* Room for an address in text with brackets and port, NUL included. */
#define ASV_ENDPOINT_TEXT 64
/* "192.0.2.1" or, as in RFC 5952, "2001:db8::1". */
void asv_address_text(const AsvAddress *address, char text[ASV_ENDPOINT_TEXT]);
/* "192.0.2.1:443" or "[2001:db8::1]:443". */
void asv_endpoint_text(const AsvEndpoint *endpoint, char text[ASV_ENDPOINT_TEXT]);

typedef enum {
  ASV_FLOW_TCP,
  ASV_FLOW_PDU_TLS, /* exported PDUs (LINKTYPE 252) of this protocol */
  ASV_FLOW_PDU_HTTP,
  ASV_FLOW_PDU_HTTP2,
  ASV_FLOW_UDP /* numbered only: it has no streams */
} AsvFlowKind;

/* A connection. Ends are numbered 0 (sent the first packet seen) and 1. Lives until released(). */
typedef struct {
  AsvFlowKind kind;
  guint32 number; /* tcp.stream; for PDUs a numbering of their own */
  AsvEndpoint ends[2];
  guint8 mac[2][6]; /* Ethernet source of each end, once seen; else zero */
  AsvPacketRef first;
  int opener; /* index of the end that opened it, by SYN or SYN-ACK; -1 unknown so far; may become
                 known later */
  gboolean both_seen; /* packets of both directions were seen */
} AsvFlow;

/* What an ICMP error says (RFC 792, RFC 4443). */
typedef struct {
  const char *what; /* "port unreachable"; NULL: too_big, or one that ends nothing */
  gboolean too_big; /* the packet was, for a link on its way (RFC 1191, RFC 8201) */
  guint32 mtu;      /* of that link; 0: not said */
  AsvAddress from;
} AsvIcmp;

/* Reads the header of an ICMP message, or an ICMPv6 one, but not where it is from: what it quotes
 * follows. FALSE when it is no error. */
gboolean asv_icmp_read(AsvReader *reader, gboolean version_6, AsvIcmp *icmp);

typedef enum {
  ASV_NET_NO_ANSWER, /* the SYN was repeated, and nothing came for ASV_NO_ANSWER_TIME */
  ASV_NET_REFUSED,   /* RST answered the SYN */
  ASV_NET_STALLED,   /* octets were repeated, and nothing came for ASV_STALL_TIME */
  ASV_NET_ICMP       /* an ICMP error quotes a segment */
} AsvNetTroubleKind;

/* What stands in the way of a connection's packets. */
typedef struct {
  AsvNetTroubleKind kind;
  int end;             /* index of the end that sent those packets */
  const AsvIcmp *icmp; /* of ASV_NET_ICMP; borrowed */
} AsvNetTrouble;

typedef struct {
  void *self;
  /* A new connection: fills in sinks[i] for what ends[i] sends; returns the consumer's object,
   * given back below. */
  void *(*opened)(void *self, const AsvFlow *flow, AsvSink sinks[2]);
  /* First FIN or RST of the connection (ASV_END_FIN, ASV_END_RESET) by end `by`, after the octets
   * before it were delivered where they are there. Once at most. */
  void (*closing)(void *self, void *connection, const AsvPacketRef *at, int by, AsvEnd why);
  /* The flow goes away, after both sinks' end(). The consumer frees its object. */
  void (*released)(void *self, void *connection, const AsvPacketRef *at, AsvEnd why);
  /* A UDP datagram that is no tunnel's. */
  void (*datagram)(void *self, const AsvPacketRef *at, const AsvUdp *udp);
  /* Each of the first three kinds once at most; ICMP as often as it comes, while the quoted
   * sequence number is one that was sent (RFC 5927 §4.1). May be NULL. */
  void (*trouble)(void *self, void *connection, const AsvPacketRef *at,
                  const AsvNetTrouble *trouble);
  /* An ICMP error quotes a UDP datagram, whose octets may all be cut off. May be NULL. */
  void (*icmp)(void *self, const AsvPacketRef *at, const AsvUdp *quoted, const AsvIcmp *icmp);
} AsvNetEvents;

/* What could not be followed; all are counts of packets. */
typedef struct {
  guint64 unknown_linktype;       /* packets whose link type is not known */
  guint64 unknown_linktype_value; /* the last such link type */
  guint64 malformed;              /* headers cut or impossible */
  guint64 cut;                    /* TCP segments cut by the snap length */
  guint64 fragments_lost;         /* IP packets never completed */
  guint64 encrypted_wlan;         /* 802.11 data frames with the protected bit */
} AsvNetCounters;

typedef struct AsvNet AsvNet;
AsvNet *asv_net_new(const AsvNetEvents *events);
/*
 * Takes one packet. wanted FALSE (rejected by -f): connections are numbered as
 * with it, but nothing of it is delivered.
 */
void asv_net_packet(AsvNet *net, const AsvPacketRef *at, int linktype, AsvSpan data,
                    guint32 wire_length, gboolean wanted);
/* Ends every stream (ASV_END_CAPTURE), in order of number. */
void asv_net_finish(AsvNet *net, const AsvPacketRef *at);
const AsvNetCounters *asv_net_counters(const AsvNet *net);
void asv_net_free(AsvNet *net);

#endif

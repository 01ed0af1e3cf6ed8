/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The connections being followed: opens them for the consumer, evicts the idle
 * ones by packet time, gives up holes in time, and ends everything in order.
 */
#ifndef ANALYZER_NET_FLOW_H
#define ANALYZER_NET_FLOW_H

#include "analyzer/net/stream.h"
#include "analyzer/net/tuple.h"
#include "analyzer/net/watch.h"

struct AsvLive;

/* A hole whose octets the other end has: they may yet come out of order, for a short while. */
typedef struct {
  GList link; /* in the queue of all doubts, oldest first */
  struct AsvLive *live;
  gboolean active;
  gint64 hole;     /* its position */
  gint64 known;    /* what was acknowledged then */
  gint64 time;     /* of the packet that raised it */
  guint64 packets; /* of the connection until then */
} AsvDoubt;

/* A connection that is followed. */
typedef struct AsvLive {
  AsvFlow flow;
  AsvTuple *tuple;
  int low;          /* index in flow.ends of the tuple's lower end */
  void *connection; /* the consumer's */
  AsvStream streams[2];
  AsvDoubt doubts[2];
  guint8 mac_known[2];
  guint8 closing; /* the consumer was told */
  guint8 reset;   /* a RST was seen */
  gint64 last;    /* time of its last packet */
  AsvWatch watch;
  GQueue *queue; /* the one of AsvFlows it stands in */
  GList link;
} AsvLive;

struct AsvFlows {
  AsvNetEvents events;
  AsvTuples *segments;  /* numbers of TCP connections */
  AsvTuples *pdus;      /* numbers of exported PDUs' connections */
  AsvTuples *datagrams; /* numbers of UDP's pairs of endpoints */
  AsvAheadPool pool;
  guint count;
  GQueue open, closing, reset; /* AsvLive, by time of the last packet */
  GQueue doubts;               /* AsvDoubt */
  GQueue unanswered;           /* AsvWatch of AsvLive, by time of their SYN */
};

AsvFlows *asv_flows_new(const AsvNetEvents *events);

/* Before each packet: does what its time makes due. */
void asv_flows_tick(AsvFlows *flows, const AsvPacketRef *at);

/* Follows a new connection of tuple, whose first packet goes from hosts.source, ports[0]. */
AsvLive *asv_flows_open(AsvFlows *flows, const AsvPass *pass, AsvTuple *tuple,
                        const AsvHosts *hosts, const guint16 ports[2]);

/* Notes a packet of end `from`: time, link-layer address, both ends seen. */
void asv_flows_touch(AsvFlows *flows, AsvLive *live, const AsvPass *pass, int from);

/* Tells the consumer, once, that end `by` closes the connection. */
void asv_flows_tell_closing(AsvFlows *flows, AsvLive *live, const AsvPacketRef *at, int by,
                            AsvEnd why);

/* A SYN that asks for a connection, the first or a repeated one. */
void asv_flows_note_syn(AsvFlows *flows, AsvLive *live, const AsvPacketRef *at);

/* Another packet, so that the SYN waits no more; refused: a RST that answers it. */
void asv_flows_note_answer(AsvFlows *flows, AsvLive *live, const AsvPacketRef *at,
                           gboolean refused);

/* End `from` has sent octets once more. */
void asv_flows_note_repeat(AsvFlows *flows, AsvLive *live, const AsvPacketRef *at, int from);

/* An ICMP error quotes a segment that end `from` sent. */
void asv_flows_note_icmp(AsvFlows *flows, AsvLive *live, const AsvPacketRef *at, int from,
                         const AsvIcmp *icmp);

/* After a packet's octets were taken: judges holes, tells what ended. live may be gone then. */
void asv_flows_settle(AsvFlows *flows, AsvLive *live, const AsvPacketRef *at);

/* Ends both streams and forgets the connection. */
void asv_flows_close(AsvFlows *flows, AsvLive *live, const AsvPacketRef *at, AsvEnd why);

/* Closes all in order of number, TCP first. */
void asv_flows_finish(AsvFlows *flows, const AsvPacketRef *at);

/* Frees what is left without telling anybody: after asv_flows_finish(), or instead of it. */
void asv_flows_free(AsvFlows *flows);

#endif

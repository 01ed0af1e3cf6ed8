/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds out which end of a connection is the client and which protocol is
 * spoken, by who opened it, by first octets, by servers known from elsewhere,
 * by port numbers, in this order. Octets wait for that, within a limit. A
 * connection in clear text that was caught in its middle begins with a gap. A
 * PROXY protocol header before the client's first octets is taken off.
 */
#ifndef ANALYZER_DIRECTION_H
#define ANALYZER_DIRECTION_H

#include "analyzer/net/net.h"
#include "analyzer/sink.h"

typedef enum { ASV_SPEAKS_PLAIN, ASV_SPEAKS_TLS } AsvSpeaks;

/* Server endpoints that content or a SYN has shown, shared by all connections (bounded). */
typedef struct AsvServers AsvServers;
AsvServers *asv_servers_new(void);
void asv_servers_free(AsvServers *servers);

typedef struct AsvDirection AsvDirection;

typedef struct {
  void *self;
  /* Called once, as soon as it is known: which end is the client. */
  void (*client)(void *self, int client_end);
  /* Called once, after client() and before any octet: what they speak. Fills in sinks by AsvSide.
   */
  void (*speaks)(void *self, AsvSpeaks speaks, AsvSink sinks[2]);
  /* Something that was seen at packet `since` waits to be fed on; NULL: nothing waits any more. */
  void (*waits)(void *self, const AsvPacketRef *since);
} AsvDirectionEvents;

/* flow is borrowed; NULL when end 0 is the client and only the protocol is to be found (a tunnel).
 */
AsvDirection *asv_direction_new(const AsvFlow *flow, AsvServers *servers,
                                const AsvDirectionEvents *events);
/* The sink for what flow->ends[end] sends. */
AsvSink asv_direction_sink(AsvDirection *direction, int end);
/* Says who the client is now, with what is known. Nothing happens when it was said. */
void asv_direction_decide_client(AsvDirection *direction);
/* TRUE when a PROXY protocol header came first; known before the sinks of speaks() are fed. */
gboolean asv_direction_proxied(const AsvDirection *direction);
void asv_direction_free(AsvDirection *direction);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One connection of a capture file as the plugin follows it: who is the
 * client, what was told of it, and what the protocols on it have to remember.
 * Observations of a connection whose client is not known yet are told as soon
 * as it is.
 */
#ifndef DISSECTOR_CONNECTION_H
#define DISSECTOR_CONNECTION_H

#include <epan/packet.h>

#include "altsvc/observation.h"
#include "analyzer/http/http.h"
#include "analyzer/net/net.h"
#include "analyzer/net/watch.h"
#include "stream.h"

/* A plugin is not told the name of the capture file. */
#define ALTSVC_FILE "-"

/* A packet, and when it came. */
typedef struct {
  guint64 packet;
  gint64 time; /* nanoseconds since 1970 */
} AltsvcPlace;

static inline AsvPacketRef altsvc_place_ref(const AltsvcPlace *at) {
  return (AsvPacketRef){.order = at->packet, .packet = at->packet, .time = at->time};
}

typedef struct AltsvcHttp1 AltsvcHttp1;
typedef struct AltsvcHttp2 AltsvcHttp2;
typedef struct AltsvcHttp3 AltsvcHttp3;
typedef struct AltsvcQuic AltsvcQuic;
typedef struct AltsvcTls AltsvcTls;
typedef struct AltsvcWaiting AltsvcWaiting;

/* What the connections of a capture file share. */
typedef struct {
  GHashTable *sessions;   /* GBytes* to AltsvcCertificate*: what a resumed session began with */
  GQueue *in_order;       /* their GBytes*, the oldest first */
  GHashTable *servers;    /* char*, a set: endpoints known to be servers */
  AsvHttpContext *http;   /* what analyzer/http shares */
  AltsvcWaiting *waiting; /* what connections wait for */
} AltsvcCommon;

typedef struct AltsvcConnection {
  const AltsvcCommon *common;
  const AsvObserver *out; /* for the packet in work */
  AltsvcPlace first, at;  /* at: the packet in work */
  int sender;             /* of the packet in work: which of ends */
  char *ends[2];          /* "192.0.2.1:443" */
  char *addresses[2];
  guint16 ports[2];
  gboolean has_mac[2];
  guint8 macs[2][6]; /* Ethernet source of each end */
  char *label;
  int client; /* which of ends; -1 while it is not known */
  AsvConnectionRef ref;
  AltsvcStream streams[2]; /* of ends */
  AsvWatch watch;          /* of TCP */
  guint failures;          /* bits by AsvFailureReason: told */
  gboolean ended[2];       /* of ends: nothing more comes */
  gboolean spoke[2];       /* of ends: some HTTP was read */
  gboolean lost[2];        /* client, server: something of it was not captured or not readable */
  gboolean answered;       /* a response was read */
  gboolean proxied;        /* a PROXY protocol header stands before all else */
  gboolean secure;         /* inside TLS */
  gboolean early;          /* what comes now is 0-RTT data */
  GPtrArray *held;         /* AsvObservation*: of 0-RTT data, until the server accepts it */
  gboolean closed;
  AsvFrom goaway;
  guint64 requests;
  AltsvcTls *tls; /* what each protocol remembers; NULL until it is seen */
  AltsvcHttp1 *http1;
  AltsvcHttp2 *http2;
  AltsvcHttp3 *http3;
  AltsvcQuic *quic;                /* NULL: TCP */
  struct AltsvcConnection *older;  /* between the same endpoints; or NULL */
  struct AltsvcConnection *tunnel; /* what follows on this connection belongs to; or NULL */
} AltsvcConnection;

/* common is borrowed. quic: over QUIC, else TCP. */
AltsvcConnection *altsvc_connection_new(const AltsvcCommon *common, gboolean quic, guint32 number,
                                        const packet_info *pinfo, const AltsvcPlace *first);
AsvEndpoint altsvc_connection_endpoint(const address *host, guint32 port);
/* "192.0.2.1:443", to be freed. */
char *altsvc_connection_end_text(const address *host, guint32 port);

void altsvc_connection_free(AltsvcConnection *connection);

/* The packet as the one in work. */
void altsvc_connection_enter(AltsvcConnection *connection, const packet_info *pinfo,
                             const AltsvcPlace *at, const AsvObserver *out);

/* Says who the client is: the observation `connection` is told. Nothing happens when it was said.
 */
void altsvc_connection_set_client(AltsvcConnection *connection, int client);

/* The sender of the packet in work is the client, or the server; as above. */
void altsvc_connection_sender_is(AltsvcConnection *connection, AsvFrom from);

/* Which side sent the packet in work; the client is decided when it was not known. */
AsvFrom altsvc_connection_from(AltsvcConnection *connection);

/* FALSE when something is missing before what the sender of the packet in work says now. */
gboolean altsvc_connection_is_complete(AltsvcConnection *connection, AsvFrom from);

/* An observation of the packet in work. */
AsvObservation altsvc_connection_observation(const AltsvcConnection *connection,
                                             AsvObservationKind kind);
void altsvc_connection_tell(const AltsvcConnection *connection, const AsvObservation *seen);

/* Requests in 0-RTT data wait to be told. */
void altsvc_connection_hold_early(AltsvcConnection *connection);

/* Whether the server has accepted 0-RTT data (RFC 8446 §4.2.10): what was read of it is told, or
 * counts as never sent. */
void altsvc_connection_decide_early(AltsvcConnection *connection, gboolean accepted);

/* Nothing more comes from that side, nor from the same side of tunnels inside: tells what could not
 * be read of it. Nothing happens when that was said. */
void altsvc_connection_end_side(AltsvcConnection *connection, AsvFrom from);

/* Tells protected octets or messages that could not be read. */
void altsvc_connection_unreadable(const AltsvcConnection *connection, AsvFrom from,
                                  AsvUnreadableReason reason, guint64 bytes);

/* The connection ends; nothing happens when that was said. */
void altsvc_connection_close(AltsvcConnection *connection, AsvFrom by, AsvCloseReason reason);

/* CONNECT was answered: what follows is a connection of its own to target. */
void altsvc_connection_open_tunnel(AltsvcConnection *connection, AsvSpan target);

#endif

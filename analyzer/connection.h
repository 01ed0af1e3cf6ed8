/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of the pipeline share about one connection: pipeline.c (the
 * interface and time), tcp.c (TCP connections and the tunnels in them),
 * over-quic.c (QUIC connections), names.c (DNS), told.c (what the layers of a
 * connection tell, as observations), failure.c (what stood in its way).
 */
#ifndef ANALYZER_CONNECTION_H
#define ANALYZER_CONNECTION_H

#include "analyzer/direction.h"
#include "analyzer/http/http.h"
#include "analyzer/http/http3.h"
#include "analyzer/observe/names.h"
#include "analyzer/order.h"
#include "analyzer/pipeline.h"
#include "analyzer/quic/quic.h"
#include "analyzer/tls/tls.h"

typedef struct AsvConn AsvConn;

struct AsvPipeline {
  AsvNet *net;
  AsvQuic *quic;
  AsvTlsContext *tls;
  AsvHttpContext *http;
  AsvServers *servers;
  AsvOrder *order;
  const AsvInput *input;
  AsvPacketRef last;  /* the newest packet */
  GQueue undecided;   /* AsvConn*, oldest first: whose client is not known yet */
  GByteArray *joined; /* several Alt-Svc lines as one value */
  GString *words;     /* detail of a failure */
};

/* One side of a connection's plaintext, the self of a sink. */
typedef struct {
  AsvConn *conn;
  AsvSide side;
} AsvConnSide;

struct AsvConn {
  AsvPipeline *pipeline;
  const AsvFlow *flow;     /* of TCP */
  AsvDirection *direction; /* of TCP */
  GList *undecided;        /* its link in the pipeline's queue, or NULL */
  AsvTls *tls;
  AsvHttp *http;
  AsvHttp3 *http3;
  AsvDnsStream *dns[2];
  AsvAsker asker;
  AsvConnSide plain[2];
  int client_end;         /* of the flow's ends */
  AsvHttpVersion version; /* what ALPN said */
  AsvScheme scheme;
  gboolean is_quic, not_http; /* over QUIC: not HTTP/3, as ALPN says */
  AsvConnectionRef ref;
  char client[ASV_ENDPOINT_TEXT], label[24];
  char *server;
  gint64 opened; /* time of its first packet */
  guint64 requests;
  guint failures; /* bits by AsvFailureReason: told */
  AsvFrom goaway;
  gboolean closed;
  GPtrArray *tunnels; /* AsvConn*, owned */
};

/* --- tcp.c --- */

AsvConn *asv_conn_new(AsvPipeline *pipeline, const AsvFlow *flow);
void asv_conn_free(gpointer conn);
/* Writes who talks to whom; client_text becomes the client's address with its port. */
void asv_conn_name(AsvConn *conn, const AsvEndpoint *client, const AsvEndpoint *server,
                   char client_text[ASV_ENDPOINT_TEXT]);
AsvNetEvents asv_tcp_events(AsvPipeline *pipeline);
/* AsvHttpEvents.tunnel of every connection. */
gboolean asv_conn_tunnel(void *conn, const AsvPacketRef *at, guint64 stream, AsvSpan target,
                         AsvSink sinks[2]);
/* The tunnels inside conn end. */
void asv_conn_close_tunnels(AsvConn *conn, const AsvPacketRef *at, AsvCloseReason reason);

/* --- over-quic.c --- */

AsvQuicEvents asv_over_quic_events(AsvPipeline *pipeline);

/* --- names.c --- */

/* TRUE when the datagram is DNS. */
gboolean asv_names_datagram(AsvPipeline *pipeline, const AsvPacketRef *at, const AsvUdp *udp);
/* Who asks in what a connection carries. */
AsvAsker asv_names_asker(AsvPipeline *pipeline, const AsvConnectionRef *ref);

/* --- told.c --- */

AsvHttpEvents asv_conn_http_events(AsvConn *conn);
/* The common part of an observation. */
AsvObservation asv_conn_observation(const AsvConn *conn, const AsvPacketRef *at,
                                    AsvObservationKind kind);
void asv_conn_emit(const AsvConn *conn, const AsvPacketRef *at, const AsvObservation *seen);
/* mac: the client's, six octets, or NULL; zeros, as on a loopback, are none. */
void asv_conn_tell_connection(const AsvConn *conn, const AsvPacketRef *at, const guint8 *mac,
                              gboolean migrated);
/* self is the connection, as in AsvTlsEvents and AsvQuicEvents. */
void asv_conn_tell_handshake(void *self, const AsvPacketRef *at, const AsvTlsHandshake *handshake);
void asv_conn_tell_unreadable(void *self, const AsvPacketRef *at, AsvSide from,
                              AsvTlsUnreadable reason, guint64 bytes);
/* Once at most; later calls are ignored. */
void asv_conn_tell_close(AsvConn *conn, const AsvPacketRef *at, AsvFrom by, AsvCloseReason reason);
/* Each reason once; later calls are ignored. detail may be NULL. */
void asv_conn_tell_failure(AsvConn *conn, const AsvPacketRef *at, const AsvFailureSeen *failure);
/* `who`, a layer of conn, holds something of packet since; NULL: no longer. */
void asv_conn_set_wait(const AsvConn *conn, const void *who, const AsvPacketRef *since);

/* --- failure.c --- */

/* What the network tells of a TCP connection; connection is the AsvConn. */
void asv_failure_net(void *self, void *connection, const AsvPacketRef *at,
                     const AsvNetTrouble *trouble);
/* An ICMP error that quotes a datagram of a QUIC connection. */
void asv_failure_icmp(void *self, const AsvPacketRef *at, const AsvUdp *quoted,
                      const AsvIcmp *icmp);
/* AsvTlsEvents.alert */
void asv_failure_alert(void *conn, const AsvPacketRef *at, AsvSide from, guint8 description);
/* AsvQuicEvents.trouble */
void asv_failure_quic(void *conn, const AsvPacketRef *at, const AsvQuicTrouble *trouble);
/* A QUIC connection is closed; nothing is told where that is no error. */
void asv_failure_close(AsvConn *conn, const AsvPacketRef *at, AsvSide by,
                       const AsvQuicClose *close);
/* A TCP connection ends, for that reason: tells where its TLS handshake was not completed and
 * nothing else says why. */
void asv_failure_incomplete(AsvConn *conn, const AsvPacketRef *at, AsvCloseReason reason);

static inline AsvFrom asv_from_side(AsvSide side) {
  return side == ASV_CLIENT ? ASV_FROM_CLIENT : ASV_FROM_SERVER;
}

#endif

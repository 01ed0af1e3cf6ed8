/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What stood in a connection's way, as observations. Of what hosts do in
 * ordinary work nothing is told: an ICMP error to a client that has gone, a
 * probe for larger packets (RFC 9000 §14.3), a close without error.
 */
#include "analyzer/observe/failure.h"
#include "analyzer/connection.h"

/* ---- TCP ---- */

/* Requests, or a handshake that was completed, got through. */
static gboolean works(const AsvConn *conn) {
  return conn->requests || (conn->tls && !asv_tls_incomplete(conn->tls));
}

static void tell_icmp(AsvConn *conn, const AsvPacketRef *at, const AsvIcmp *icmp) {
  AsvFailureSeen seen = asv_observe_icmp(icmp, conn->pipeline->words);
  asv_conn_tell_failure(conn, at, &seen);
}

void asv_failure_net(void *self G_GNUC_UNUSED, void *connection, const AsvPacketRef *at,
                     const AsvNetTrouble *trouble) {
  AsvConn *conn = connection;
  asv_direction_decide_client(conn->direction);
  gboolean from_client = trouble->end == conn->client_end;
  if (trouble->kind == ASV_NET_ICMP) {
    const AsvIcmp *icmp = trouble->icmp;
    if (icmp->too_big ? !works(conn) : icmp->what && from_client) tell_icmp(conn, at, icmp);
    return;
  }
  if (trouble->kind == ASV_NET_STALLED && !from_client) return; /* a client may have gone */
  AsvFailureSeen seen = asv_observe_net_trouble(trouble->kind, conn->pipeline->words);
  asv_conn_tell_failure(conn, at, &seen);
}

void asv_failure_incomplete(AsvConn *conn, const AsvPacketRef *at, AsvCloseReason reason) {
  gboolean closed = reason != ASV_CLOSE_CAPTURE_ENDS && reason != ASV_CLOSE_IDLE;
  if (!conn->tls || conn->failures || conn->requests || !conn->flow->both_seen) return;
  if (!asv_tls_incomplete(conn->tls)) return;
  if (!closed && at->time - conn->opened < ASV_NO_ANSWER_TIME) return;
  AsvFailureSeen seen = asv_observe_incomplete(reason, conn->pipeline->words);
  asv_conn_tell_failure(conn, at, &seen);
}

/* ---- TLS ---- */

void asv_failure_alert(void *self, const AsvPacketRef *at, AsvSide from, guint8 description) {
  AsvConn *conn = self;
  AsvFailureSeen seen = asv_observe_alert(from, description, conn->pipeline->words);
  asv_conn_tell_failure(conn, at, &seen);
}

/* ---- QUIC ---- */

void asv_failure_icmp(void *self, const AsvPacketRef *at, const AsvUdp *quoted,
                      const AsvIcmp *icmp) {
  const AsvPipeline *pipeline = self;
  AsvQuicQuoted found;
  if (!asv_quic_quoted(pipeline->quic, quoted, &found)) return;
  gboolean from_client = found.from == ASV_CLIENT;
  if (icmp->too_big ? !found.established : icmp->what && from_client)
    tell_icmp(found.connection, at, icmp);
}

void asv_failure_quic(void *self, const AsvPacketRef *at, const AsvQuicTrouble *trouble) {
  AsvConn *conn = self;
  if (trouble->kind == ASV_QUIC_INCOMPLETE && conn->failures) return;
  AsvFailureSeen seen = asv_observe_quic_trouble(trouble, conn->pipeline->words);
  asv_conn_tell_failure(conn, at, &seen);
}

void asv_failure_close(AsvConn *conn, const AsvPacketRef *at, AsvSide by,
                       const AsvQuicClose *close) {
  AsvFailureSeen seen;
  if (asv_observe_quic_close(by, close, conn->pipeline->words, &seen))
    asv_conn_tell_failure(conn, at, &seen);
}

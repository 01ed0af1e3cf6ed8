/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What stood in a connection's way, as observations with their detail in
 * words. Of what hosts do in ordinary work nothing is told: an ICMP error to a
 * client that has gone, a probe for larger packets (RFC 9000 §14.3), a close
 * without error.
 */
#include "analyzer/codes.h"
#include "analyzer/connection.h"

#define CRYPTO_ERROR 0x100u
#define CERTIFICATE_UNKNOWN 46u

static const char *side_name(AsvSide side) {
  return side == ASV_CLIENT ? "the client" : "the server";
}

/* detail is taken. */
static void tell(AsvConn *conn, const AsvPacketRef *at, AsvFailureReason reason, char *detail) {
  AsvFailureSeen failure = {.reason = reason, .detail = detail};
  asv_conn_tell_failure(conn, at, &failure);
  g_free(detail);
}

/* ---- TCP ---- */

/* Requests, or a handshake that was completed, got through. */
static gboolean works(const AsvConn *conn) {
  return conn->requests || (conn->tls && !asv_tls_incomplete(conn->tls));
}

static void tell_icmp(AsvConn *conn, const AsvPacketRef *at, const AsvIcmp *icmp) {
  char from[ASV_ENDPOINT_TEXT];
  asv_address_text(&icmp->from, from);
  if (icmp->what)
    tell(conn, at, ASV_FAILURE_ICMP_UNREACHABLE, g_strdup_printf("%s, says %s", icmp->what, from));
  else if (icmp->mtu)
    tell(conn, at, ASV_FAILURE_PACKET_TOO_BIG,
         g_strdup_printf("the next link takes %" G_GUINT32_FORMAT " octets, says %s", icmp->mtu,
                         from));
  else
    tell(conn, at, ASV_FAILURE_PACKET_TOO_BIG, g_strdup_printf("says %s", from));
}

void asv_failure_net(void *self G_GNUC_UNUSED, void *connection, const AsvPacketRef *at,
                     const AsvNetTrouble *trouble) {
  AsvConn *conn = connection;
  asv_direction_decide_client(conn->direction);
  gboolean from_client = trouble->end == conn->client_end;
  switch (trouble->kind) {
    case ASV_NET_NO_ANSWER:
      tell(conn, at, ASV_FAILURE_NO_ANSWER, g_strdup("the SYN was repeated, nothing answers"));
      break;
    case ASV_NET_REFUSED:
      tell(conn, at, ASV_FAILURE_REFUSED, g_strdup("RST answers the SYN"));
      break;
    case ASV_NET_STALLED: /* a client may have gone */
      if (from_client)
        tell(conn, at, ASV_FAILURE_STALLED, g_strdup("the client repeats, nothing answers"));
      break;
    case ASV_NET_ICMP:
      if (trouble->icmp->too_big ? !works(conn) : from_client) tell_icmp(conn, at, trouble->icmp);
      break;
    default:
      g_assert_not_reached();
  }
}

void asv_failure_incomplete(AsvConn *conn, const AsvPacketRef *at, AsvCloseReason reason) {
  const char *how = reason == ASV_CLOSE_RESET ? "reset" : "closed";
  if (!conn->tls || conn->failures || conn->requests || !conn->flow->both_seen) return;
  if (!asv_tls_incomplete(conn->tls)) return;
  if (reason == ASV_CLOSE_CAPTURE_ENDS || reason == ASV_CLOSE_IDLE) {
    if (at->time - conn->opened < ASV_NO_ANSWER_TIME) return;
    how = "left";
  }
  tell(conn, at, ASV_FAILURE_HANDSHAKE_INCOMPLETE,
       g_strdup_printf("%s before the TLS handshake was complete", how));
}

/* ---- TLS ---- */

static char *alert_text(guint64 code, AsvSide from) {
  const char *word = asv_code_alert(code);
  return g_strdup_printf("alert %s (%" G_GUINT64_FORMAT ") from %s", word ? word : "unknown", code,
                         side_name(from));
}

void asv_failure_alert(void *self, const AsvPacketRef *at, AsvSide from, guint8 description) {
  g_autofree char *detail = alert_text(description, from);
  AsvFailureSeen failure = {
      .reason = ASV_FAILURE_TLS_ALERT,
      .detail = detail,
      .certificate_rejected = from == ASV_CLIENT && asv_code_is_certificate(description)};
  asv_conn_tell_failure(self, at, &failure);
}

/* ---- QUIC ---- */

void asv_failure_icmp(void *self, const AsvPacketRef *at, const AsvUdp *quoted,
                      const AsvIcmp *icmp) {
  const AsvPipeline *pipeline = self;
  AsvQuicQuoted found;
  if (!asv_quic_quoted(pipeline->quic, quoted, &found)) return;
  AsvConn *conn = found.connection;
  gboolean counts = icmp->too_big ? !found.established : found.from == ASV_CLIENT;
  if (counts && (icmp->too_big || icmp->what)) tell_icmp(conn, at, icmp);
}

static char *versions_text(AsvSpan versions) {
  GString *text = g_string_new("the server offers");
  AsvReader reader = asv_reader(versions);
  for (guint i = 0; i < ASV_FAILURE_VERSIONS_MAX && asv_reader_left(&reader); i++)
    g_string_append_printf(text, "%s 0x%08x", i ? "," : "", asv_read_u32(&reader));
  return g_string_free(text, FALSE);
}

void asv_failure_quic(void *self, const AsvPacketRef *at, const AsvQuicTrouble *trouble) {
  AsvConn *conn = self;
  switch (trouble->kind) {
    case ASV_QUIC_NO_ANSWER:
      tell(conn, at, ASV_FAILURE_NO_ANSWER, g_strdup("the Initial was repeated, nothing answers"));
      break;
    case ASV_QUIC_INCOMPLETE:
      if (!conn->failures)
        tell(conn, at, ASV_FAILURE_HANDSHAKE_INCOMPLETE,
             g_strdup("the server answered, the handshake was not completed"));
      break;
    case ASV_QUIC_OTHER_VERSIONS:
      tell(conn, at, ASV_FAILURE_VERSION_NEGOTIATION, versions_text(trouble->versions));
      break;
    case ASV_QUIC_STALLED:
      tell(conn, at, ASV_FAILURE_STALLED, g_strdup("nothing answers the client's packets"));
      break;
    default:
      g_assert_not_reached();
  }
}

/* ---- CONNECTION_CLOSE ---- */

static gboolean is_error(const AsvQuicClose *close) {
  if (close->concealed) return FALSE;
  return close->application ? close->error != 0x100 && close->error != 0 : close->error != 0;
}

static gboolean is_crypto(const AsvQuicClose *close) {
  return !close->application && (close->error & ~G_GUINT64_CONSTANT(0xff)) == CRYPTO_ERROR;
}

static char *code_text(const AsvQuicClose *close) {
  gboolean crypto = is_crypto(close);
  const char *word = crypto               ? asv_code_alert(close->error - CRYPTO_ERROR)
                     : close->application ? asv_code_http3(close->error)
                                          : asv_code_transport(close->error);
  if (!word) word = close->application ? "application error" : "transport error";
  return g_strdup_printf("%s%s (0x%" G_GINT64_MODIFIER "x)", crypto ? "CRYPTO_ERROR " : "", word,
                         close->error);
}

/* The sender's own words, where they are plain text. */
static void append_reason(GString *text, AsvSpan reason) {
  AsvSpan shown = asv_span_sub(reason, 0, ASV_FAILURE_REASON_MAX);
  for (gsize i = 0; i < shown.size; i++)
    if (!g_ascii_isprint((char)shown.data[i])) return;
  if (shown.size)
    g_string_append_printf(text, ": \"%.*s\"", (int)shown.size, (const char *)shown.data);
}

void asv_failure_close(AsvConn *conn, const AsvPacketRef *at, AsvSide by,
                       const AsvQuicClose *close) {
  if (!close->framed) {
    tell(conn, at, ASV_FAILURE_STATELESS_RESET, g_strdup_printf("from %s", side_name(by)));
    return;
  }
  if (!is_error(close)) return;
  guint64 alert = is_crypto(close) ? close->error - CRYPTO_ERROR : 0;
  gboolean rejected = by == ASV_CLIENT && asv_code_is_certificate(alert);
  g_autofree char *code = code_text(close);
  g_autoptr(GString) text = g_string_new(code);
  g_string_append_printf(text, " from %s", side_name(by));
  append_reason(text, close->reason);
  if (rejected && alert == CERTIFICATE_UNKNOWN)
    g_string_append(text, "; over QUIC Chromium wants a publicly known root");
  AsvFailureSeen failure = {
      .reason = ASV_FAILURE_QUIC_CLOSE, .detail = text->str, .certificate_rejected = rejected};
  asv_conn_tell_failure(conn, at, &failure);
}

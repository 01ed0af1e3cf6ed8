/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words of failures: which failures count is for those who know the connection. */
#include "analyzer/observe/failure.h"

#include "analyzer/observe/codes.h"

#define CRYPTO_ERROR 0x100u

static const char *side_name(AsvSide side) {
  return side == ASV_CLIENT ? "the client" : "the server";
}

static AsvFailureSeen seen_of(AsvFailureReason reason, const GString *words) {
  return (AsvFailureSeen){.reason = reason, .detail = words->str};
}

/* ---- TCP ---- */

AsvFailureSeen asv_observe_net_trouble(AsvNetTroubleKind kind, GString *words) {
  switch (kind) {
    case ASV_NET_NO_ANSWER:
      g_string_assign(words, "the SYN was repeated, nothing answers");
      return seen_of(ASV_FAILURE_NO_ANSWER, words);
    case ASV_NET_REFUSED:
      g_string_assign(words, "RST answers the SYN");
      return seen_of(ASV_FAILURE_REFUSED, words);
    case ASV_NET_STALLED:
      g_string_assign(words, "the client repeats, nothing answers");
      return seen_of(ASV_FAILURE_STALLED, words);
    default:
      g_assert_not_reached();
  }
}

AsvFailureSeen asv_observe_icmp(const AsvIcmp *icmp, GString *words) {
  char from[ASV_ENDPOINT_TEXT];
  asv_address_text(&icmp->from, from);
  if (icmp->what)
    g_string_printf(words, "%s, says %s", icmp->what, from);
  else if (icmp->mtu)
    g_string_printf(words, "the next link takes %" G_GUINT32_FORMAT " octets, says %s", icmp->mtu,
                    from);
  else
    g_string_printf(words, "says %s", from);
  return seen_of(icmp->what ? ASV_FAILURE_ICMP_UNREACHABLE : ASV_FAILURE_PACKET_TOO_BIG, words);
}

AsvFailureSeen asv_observe_incomplete(AsvCloseReason reason, GString *words) {
  const char *how = reason == ASV_CLOSE_RESET                                      ? "reset"
                    : reason == ASV_CLOSE_CAPTURE_ENDS || reason == ASV_CLOSE_IDLE ? "left"
                                                                                   : "closed";
  g_string_printf(words, "%s before the TLS handshake was complete", how);
  return seen_of(ASV_FAILURE_HANDSHAKE_INCOMPLETE, words);
}

/* ---- TLS ---- */

AsvFailureSeen asv_observe_alert(AsvSide from, guint8 description, GString *words) {
  const char *word = asv_code_alert(description);
  g_string_printf(words, "alert %s (%u) from %s", word ? word : "unknown", description,
                  side_name(from));
  AsvFailureSeen seen = seen_of(ASV_FAILURE_TLS_ALERT, words);
  seen.certificate_rejected = from == ASV_CLIENT && asv_code_is_certificate(description);
  return seen;
}

/* ---- QUIC ---- */

static void put_versions(GString *words, AsvSpan versions) {
  AsvReader reader = asv_reader(versions);
  g_string_assign(words, "the server offers");
  for (guint i = 0; i < ASV_FAILURE_VERSIONS_MAX && asv_reader_left(&reader); i++)
    g_string_append_printf(words, "%s 0x%08x", i ? "," : "", asv_read_u32(&reader));
}

AsvFailureSeen asv_observe_quic_trouble(const AsvQuicTrouble *trouble, GString *words) {
  switch (trouble->kind) {
    case ASV_QUIC_NO_ANSWER:
      g_string_assign(words, "the Initial was repeated, nothing answers");
      return seen_of(ASV_FAILURE_NO_ANSWER, words);
    case ASV_QUIC_INCOMPLETE:
      g_string_assign(words, "the server answered, the handshake was not completed");
      return seen_of(ASV_FAILURE_HANDSHAKE_INCOMPLETE, words);
    case ASV_QUIC_OTHER_VERSIONS:
      put_versions(words, trouble->versions);
      return seen_of(ASV_FAILURE_VERSION_NEGOTIATION, words);
    case ASV_QUIC_STALLED:
      g_string_assign(words, "nothing answers the client's packets");
      return seen_of(ASV_FAILURE_STALLED, words);
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

static void put_code(GString *words, const AsvQuicClose *close) {
  gboolean crypto = is_crypto(close);
  const char *word = crypto               ? asv_code_alert(close->error - CRYPTO_ERROR)
                     : close->application ? asv_code_http3(close->error)
                                          : asv_code_transport(close->error);
  if (!word) word = close->application ? "application error" : "transport error";
  g_string_printf(words, "%s%s (0x%" G_GINT64_MODIFIER "x)", crypto ? "CRYPTO_ERROR " : "", word,
                  close->error);
}

/* The sender's own words, where they are plain text. */
static void append_reason(GString *words, AsvSpan reason) {
  AsvSpan shown = asv_span_sub(reason, 0, ASV_FAILURE_REASON_MAX);
  for (gsize i = 0; i < shown.size; i++)
    if (!g_ascii_isprint((char)shown.data[i])) return;
  if (shown.size)
    g_string_append_printf(words, ": \"%.*s\"", (int)shown.size, (const char *)shown.data);
}

gboolean asv_observe_quic_close(AsvSide by, const AsvQuicClose *close, GString *words,
                                AsvFailureSeen *seen) {
  if (!close->framed) {
    g_string_printf(words, "from %s", side_name(by));
    *seen = seen_of(ASV_FAILURE_STATELESS_RESET, words);
    return TRUE;
  }
  if (!is_error(close)) return FALSE;
  guint64 alert = is_crypto(close) ? close->error - CRYPTO_ERROR : 0;
  gboolean rejected = by == ASV_CLIENT && asv_code_is_certificate(alert);
  put_code(words, close);
  g_string_append_printf(words, " from %s", side_name(by));
  append_reason(words, close->reason);
  *seen = seen_of(ASV_FAILURE_QUIC_CLOSE, words);
  seen->certificate_rejected = rejected;
  return TRUE;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a connection that has ended was: a try that came to nothing and why
 * (RFC 7838 §2.4), one whose certificate does not cover the origin (§2.1), one
 * that was opened under the alternative's name (§2.3), one that somebody
 * between seems to have answered. Also when an alternative in use fails.
 */
#include <string.h>

#include "timeline-model.h"

/* What is told of a connection at one of its moments. */
typedef struct {
  AsvConnectionRef ref;
  AsvObservation seen;
} Moment;

static const AsvObservation *opening(const AsvConnection *connection, Moment *moment) {
  moment->ref = (AsvConnectionRef){.client = connection->address,
                                   .server = connection->server,
                                   .label = connection->label,
                                   .id = connection->id};
  moment->seen = (AsvObservation){.kind = ASV_OBSERVATION_CONNECTION,
                                  .time = connection->opened.time,
                                  .packet = connection->opened.packet,
                                  .file = connection->opened.file,
                                  .connection = &moment->ref};
  return &moment->seen;
}

/* ---- why a try failed ---- */

typedef struct {
  const char *reason;
  const char *detail; /* or NULL */
  AsvFindingCode code;
  const AsvObservation *seen; /* the packet that shows it */
} Why;

static gboolean covers(const AsvConnection *connection, const AsvOriginState *origin) {
  return !connection->names || asv_names_cover(connection->names, origin->origin.host);
}

static gboolean says(const AsvFailureSeen *about, const char *text) {
  return about->detail && strstr(about->detail, text) != NULL;
}

static AsvFindingCode code_of_failure(const AsvConnection *connection, const AsvOriginState *origin,
                                      const AsvFailureSeen *about) {
  if (!covers(connection, origin)) return ASV_FINDING_ALTERNATIVE_CERTIFICATE_MISMATCH;
  if (about->certificate_rejected) return ASV_FINDING_ALTERNATIVE_CERTIFICATE_REJECTED;
  switch (about->reason) {
    case ASV_FAILURE_NO_ANSWER:
      return ASV_FINDING_ALTERNATIVE_NO_ANSWER;
    case ASV_FAILURE_REFUSED:
    case ASV_FAILURE_ICMP_UNREACHABLE:
      return ASV_FINDING_ALTERNATIVE_REFUSED;
    case ASV_FAILURE_STALLED:
      return ASV_FINDING_ALTERNATIVE_STALLED;
    default:
      return says(about, "no_application_protocol") ? ASV_FINDING_ALTERNATIVE_ALPN_MISMATCH
                                                    : ASV_FINDING_ALTERNATIVE_HANDSHAKE_FAILED;
  }
}

static gboolean is_other_protocol(const AsvConnection *connection) {
  return connection->alpn && connection->tried_alternative.alpn &&
         strcmp(connection->alpn, connection->tried_alternative.alpn) != 0;
}

/* FALSE: nothing says that it failed. `last` is the observation that ended it, or NULL. */
static gboolean find_why(const AsvConnection *connection, const AsvObservation *last, Why *why) {
  if (connection->failure) {
    const AsvFailureSeen *about = &connection->failure->failure;
    *why = (Why){.reason = asv_failure_reason_name(about->reason),
                 .detail = about->detail,
                 .code = code_of_failure(connection, connection->tried_origin, about),
                 .seen = connection->failure};
    return TRUE;
  }
  if (!last || last->kind != ASV_OBSERVATION_CLOSE) return FALSE;
  why->seen = last;
  why->detail = NULL;
  if (!connection->shaken) {
    why->reason = asv_failure_reason_name(ASV_FAILURE_REFUSED);
    why->code = ASV_FINDING_ALTERNATIVE_REFUSED;
    return last->close.reason == ASV_CLOSE_RESET && last->close.by == ASV_FROM_SERVER;
  }
  if (!covers(connection, connection->tried_origin))
    why->code = ASV_FINDING_ALTERNATIVE_CERTIFICATE_MISMATCH;
  else if (is_other_protocol(connection))
    why->code = ASV_FINDING_ALTERNATIVE_ALPN_MISMATCH;
  else
    return FALSE;
  why->reason = asv_finding_name(why->code);
  return TRUE;
}

/* ---- what is said about it ---- */

/* "h3 at alt.test:443 (192.0.2.2:443)". */
static char *place_of(const AsvConnection *connection, const AsvAlternativeSeen *to) {
  return g_strdup_printf("%s at %s:%" G_GUINT64_FORMAT " (%s)", to->protocol_id, to->host, to->port,
                         connection->server);
}

/* "other.test, b.test": what a certificate is for, few enough for a message. */
static char *names_of(const AsvNames *names) {
  GString *list = g_string_new(NULL);
  for (guint i = 0; i < ASV_NAMES_SHOWN && names->list[i]; i++) {
    AsvSpan name = asv_span_text(names->list[i]);
    g_string_append_printf(list, "%s" ASV_QUOTE, i ? ", " : "", ASV_QUOTED(name));
  }
  if (g_strv_length(names->list) > ASV_NAMES_SHOWN) g_string_append(list, ", ...");
  return g_string_free(list, FALSE);
}

/* It had worked. */
static const char *meaning_of_stall(const char *reason) {
  if (strcmp(reason, asv_failure_reason_name(ASV_FAILURE_STATELESS_RESET)) == 0)
    return "worked, and then had forgotten the connection";
  if (strcmp(reason, asv_failure_reason_name(ASV_FAILURE_QUIC_CLOSE)) == 0)
    return "worked, and then the connection was closed with an error";
  return "answered at first, and then no more";
}

/* What each failure means; a certificate's and a protocol's have more to tell. */
static const char *meaning_of(const Why *why) {
  switch (why->code) {
    case ASV_FINDING_ALTERNATIVE_NO_ANSWER:
      return why->detail ? "never answered"
                         : "never answered: the client's first packet was repeated in vain";
    case ASV_FINDING_ALTERNATIVE_REFUSED:
      return "refused the connection";
    case ASV_FINDING_ALTERNATIVE_CERTIFICATE_REJECTED:
      return "has a certificate that the client does not accept, though it names the origin: over "
             "QUIC Chromium wants one that a publicly known root has signed";
    case ASV_FINDING_ALTERNATIVE_STALLED:
      return meaning_of_stall(why->reason);
    case ASV_FINDING_ALTERNATIVE_ALPN_MISMATCH:
      return "does not speak the protocol that is advertised there";
    default:
      return "answered, but the handshake was never completed";
  }
}

static char *message_of(const AsvConnection *connection, const AsvAlternativeSeen *to,
                        const Why *why) {
  g_autofree char *place = place_of(connection, to);
  GString *words = g_string_new(NULL);
  if (why->code == ASV_FINDING_ALTERNATIVE_CERTIFICATE_MISMATCH) {
    g_autofree char *names = names_of(connection->names);
    g_string_printf(words, "The certificate of %s is for %s, not for the origin", place, names);
  } else if (why->code == ASV_FINDING_ALTERNATIVE_ALPN_MISMATCH && is_other_protocol(connection)) {
    g_string_printf(words, "The alternative %s speaks " ASV_QUOTE " instead", place,
                    ASV_QUOTED(asv_span_text(connection->alpn)));
  } else {
    g_string_printf(words, "The alternative %s %s", place, meaning_of(why));
  }
  if (why->detail)
    g_string_append_printf(words, " (" ASV_QUOTE ")", ASV_QUOTED(asv_span_text(why->detail)));
  g_string_append_c(words, '.');
  return g_string_free(words, FALSE);
}

/* The finding about it; ASV_NO_FINDING when options leave it out. */
static guint raise_why(AsvTimelineState *state, const AsvConnection *connection,
                       AsvOriginState *origin, const AsvAlternativeSeen *to, const Why *why) {
  AsvFactAbout about = {connection->client, origin, why->seen};
  g_autofree char *words = message_of(connection, to, why);
  return asv_timeline_raise(state, why->code, &about, "%s", words);
}

static void add_failed(AsvTimelineState *state, AsvConnection *connection, const Why *why) {
  AsvOriginState *origin = connection->tried_origin;
  AsvEvent *event = asv_event_new(state, ASV_EVENT_FAILED, why->seen->time, why->seen, connection);
  event->alternative =
      g_memdup2(&connection->tried_alternative, sizeof connection->tried_alternative);
  event->learned_time = connection->opened.time;
  event->reason = why->reason;
  if (why->detail)
    event->detail = asv_timeline_keep(state, asv_span_text(why->detail), ASV_PATH_SHOWN);
  asv_event_add_finding(event,
                        raise_why(state, connection, origin, &connection->tried_alternative, why));
  asv_event_add(state, origin, event);
  asv_model_failed(state, connection, origin, &connection->tried_alternative, why->seen);
  origin->failures++;
  if (!origin->failed_from) origin->failed_from = connection->opened.time;
}

void asv_timeline_other_protocol(AsvTimelineState *state, AsvConnection *connection,
                                 AsvOriginState *origin, AsvEntry *entry,
                                 const AsvObservation *seen) {
  asv_timeline_tried(state, connection, origin, entry);
  Why why = {.reason = asv_finding_name(ASV_FINDING_ALTERNATIVE_ALPN_MISMATCH),
             .code = ASV_FINDING_ALTERNATIVE_ALPN_MISMATCH,
             .seen = seen};
  add_failed(state, connection, &why);
}

/* ---- alternatives in use ---- */

/* Requests may go out before the handshake is over (RFC 9001 §4.6), so that it can still fail. */
static AsvFindingCode code_of_used(const AsvConnection *connection, const AsvOriginState *origin,
                                   const AsvFailureSeen *about) {
  gboolean stalls = about->reason == ASV_FAILURE_STATELESS_RESET ||
                    (about->reason == ASV_FAILURE_QUIC_CLOSE && !about->certificate_rejected);
  return stalls ? ASV_FINDING_ALTERNATIVE_STALLED : code_of_failure(connection, origin, about);
}

/* Requests had gone there, so it is no failed try, but it ends the use all the same. */
static void fail_used(AsvTimelineState *state, AsvConnection *connection,
                      const AsvObservation *seen) {
  const AsvFailureSeen *about = &seen->failure;
  if (about->reason == ASV_FAILURE_ICMP_UNREACHABLE || about->reason == ASV_FAILURE_PACKET_TOO_BIG)
    return;
  Why why = {
      .reason = asv_failure_reason_name(about->reason), .detail = about->detail, .seen = seen};
  AsvMoment at = {
      .time = state->clock, .packet = seen->packet, .file = asv_timeline_file(state, seen)};
  g_autofree char *words = g_strdup_printf("fails: %s", about->detail ? about->detail : why.reason);
  for (guint i = 0; connection->links && i < connection->links->len; i++) {
    AsvLink *link = &g_array_index(connection->links, AsvLink, i);
    if (link->route != ASV_ROUTE_ALTERNATIVE) continue;
    asv_event_context(state, link->origin, connection, &at, words);
    asv_model_failed(state, connection, link->origin, &link->alternative, seen);
    if (!link->origin->failed_from) link->origin->failed_from = state->clock;
    why.code = code_of_used(connection, link->origin, about);
    guint handle = raise_why(state, connection, link->origin, &link->alternative, &why);
    if (link->used) asv_event_add_finding(link->used, handle);
  }
}

void asv_timeline_failed(AsvTimelineState *state, AsvConnection *connection,
                         const AsvObservation *seen) {
  connection->failed = TRUE;
  if (connection->requests)
    fail_used(state, connection, seen);
  else if (!connection->failure)
    connection->failure = asv_observation_copy(seen);
}

/* ---- what else its end shows ---- */

static void check_certificate(AsvTimelineState *state, AsvConnection *connection,
                              const AsvLink *link) {
  if (covers(connection, link->origin)) return;
  Moment moment;
  Why why = {.code = ASV_FINDING_ALTERNATIVE_CERTIFICATE_MISMATCH,
             .seen = opening(connection, &moment)};
  guint handle = raise_why(state, connection, link->origin, &link->alternative, &why);
  if (link->used) asv_event_add_finding(link->used, handle);
}

/* §2.3: the handshake names the origin. Another name is right when the connection was
 * opened for that one and is shared, and Encrypted Client Hello hides it. */
static void check_sni(AsvTimelineState *state, AsvConnection *connection, const AsvLink *link) {
  const char *sni = connection->sni;
  if (!sni || connection->links->len > 1 || connection->ech > ASV_ECH_GREASE) return;
  if (asv_span_is_nocase(link->origin->origin.host, sni)) return;
  if (g_ascii_strcasecmp(sni, link->alternative.host) != 0) return;
  Moment moment;
  AsvFactAbout about = {connection->client, link->origin, opening(connection, &moment)};
  g_autofree char *place = place_of(connection, &link->alternative);
  guint handle =
      asv_timeline_raise(state, ASV_FINDING_ALTERNATIVE_SNI_MISMATCH, &about,
                         "A connection to %s, for this origin alone, asked for a certificate of %s "
                         "in its SNI: it must name the origin.",
                         place, sni);
  if (link->used) asv_event_add_finding(link->used, handle);
}

/* Issuers of the certificates that one name showed over TCP and over QUIC. */
static void note_issuer(AsvTimelineState *state, AsvConnection *connection) {
  AsvClientState *client = connection->client;
  if (!client || !connection->issuer || !connection->sni || !connection->names) return;
  if (!asv_names_cover(connection->names, asv_span_text(connection->sni))) return;
  if (!client->issuers)
    client->issuers = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
  AsvIssuers *issuers = g_hash_table_lookup(client->issuers, connection->sni);
  if (!issuers) {
    if (g_hash_table_size(client->issuers) >= ASV_CLIENT_SESSIONS_MAX) return;
    issuers = g_new0(AsvIssuers, 1);
    g_hash_table_insert(client->issuers, (gpointer)connection->sni, issuers);
  }
  const char **own = connection->quic ? &issuers->quic : &issuers->tcp;
  if (!*own) *own = connection->issuer;
  if (!issuers->tcp || !issuers->quic || strcmp(issuers->tcp, issuers->quic) == 0) return;
  Moment moment;
  AsvFactAbout about = {client, g_hash_table_lookup(client->hosts, connection->sni),
                        opening(connection, &moment)};
  AsvSpan tcp = asv_span_text(issuers->tcp), quic = asv_span_text(issuers->quic);
  asv_timeline_raise(state, ASV_FINDING_TLS_INTERCEPTED, &about,
                     "The certificate of %s comes from " ASV_QUOTE " over TCP and from " ASV_QUOTE
                     " over QUIC: somebody between may be answering in the server's place.",
                     connection->sni, ASV_QUOTED(tcp), ASV_QUOTED(quic));
}

static void note_quic(AsvTimelineState *state, AsvConnection *connection) {
  AsvClientState *client = asv_client_of(state, connection, NULL);
  if (!client) return;
  const AsvObservation *failure = connection->failure;
  client->quic++;
  if (connection->requests || connection->answered) {
    client->quic_answered++;
    return;
  }
  if (!failure) return;
  AsvFailureReason reason = failure->failure.reason;
  if (reason == ASV_FAILURE_NO_ANSWER) {
    client->quic_unanswered++;
    if (!client->unanswered) client->unanswered = asv_observation_copy(failure);
  } else if (reason != ASV_FAILURE_QUIC_CLOSE && reason != ASV_FAILURE_PACKET_TOO_BIG &&
             reason != ASV_FAILURE_ICMP_UNREACHABLE) {
    client->quic_answered++;
  }
}

/* Another host that was sent clients shows a certificate for the origin, as it must (§2.1). */
static void note_covered(AsvTimelineState *state, const AsvConnection *connection,
                         const AsvOriginState *origin, const AsvAlternativeSeen *to) {
  AsvSpan host = origin->origin.host;
  if (!connection->names || asv_span_is_nocase(host, to->host)) return;
  if (!asv_names_cover(connection->names, host)) return;
  guint handle = asv_findings_find(state->findings, ASV_FINDING_ALTERNATIVE_OTHER_HOST,
                                   origin->client->name, origin->text);
  if (handle)
    asv_findings_append(state->findings, handle, " The certificate of %s covers %.*s, as it must.",
                        to->host, (int)host.size, (const char *)host.data);
}

static void check_links(AsvTimelineState *state, AsvConnection *connection) {
  for (guint i = 0; connection->links && i < connection->links->len; i++) {
    const AsvLink *link = &g_array_index(connection->links, AsvLink, i);
    if (link->route != ASV_ROUTE_ALTERNATIVE) continue;
    check_certificate(state, connection, link);
    note_covered(state, connection, link->origin, &link->alternative);
    check_sni(state, connection, link);
  }
}

void asv_timeline_end(AsvTimelineState *state, AsvConnection *connection,
                      const AsvObservation *last) {
  if (connection->ended) return;
  connection->ended = TRUE;
  asv_timeline_settle(state, connection, NULL, NULL);
  Why why;
  if (!connection->requests && !connection->tried_origin)
    asv_timeline_settle_by_address(state, connection, last);
  gboolean failed =
      !connection->requests && connection->tried_origin && find_why(connection, last, &why);
  if (failed)
    add_failed(state, connection, &why);
  else if (connection->tried_origin && connection->answered)
    connection->tried_origin->stands_from = connection->opened.time;
  if (connection->tried_origin && !connection->requests)
    note_covered(state, connection, connection->tried_origin, &connection->tried_alternative);
  if (connection->quic) note_quic(state, connection);
  if (!connection->failure) note_issuer(state, connection);
  check_links(state, connection);
}

void asv_client_judge(AsvTimelineState *state, AsvClientState *client) {
  if (!client->quic_unanswered || client->quic_answered) return;
  AsvFactAbout about = {.client = client, .seen = client->unanswered};
  asv_timeline_raise(state, ASV_FINDING_UDP_BLOCKED_LIKELY, &about,
                     "This client tried %" G_GUINT64_FORMAT
                     " QUIC connection%s, and no server "
                     "answered: UDP seems to be blocked on its way.",
                     client->quic_unanswered, client->quic_unanswered == 1 ? "" : "s");
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which entry of an origin a connection went to: protocol and port are the
 * entry's, the name asked for is the origin's (RFC 7838 §2.1, §2.4), the
 * address one that DNS gave the entry's host, and Alt-Used (§5) decides between
 * several, then the address.
 */
#include <string.h>

#include "timeline-shadow.h"
#include "timeline-state.h"

/* The connection's protocol as an alternative would name it; NULL when it is not known. */
static const char *protocol_of(const AsvConnection *connection, gboolean has_stream) {
  if (connection->alpn) return connection->alpn;
  if (connection->quic) return "h3";
  if (connection->tls) return has_stream ? "h2" : "http/1.1";
  return has_stream ? "h2c" : "http/1.1";
}

static gboolean is_address(const char *host) {
  return host[0] == '[' || g_hostname_is_ip_address(host);
}

static gboolean goes_to_address(const AsvConnection *connection, const char *host) {
  AsvSpan name = asv_span_text(host);
  if (name.size >= 2 && host[0] == '[') name = asv_span_sub(name, 1, name.size - 2);
  return asv_span_equal_nocase(asv_timeline_server_address(connection->server), name);
}

/* Whether the server's address is one of host's, as far as DNS told the client when it opened the
 * connection. Behind a proxy the address is a name. */
static AsvAddressFit address_fit(const AsvTimelineState *state, const AsvConnection *connection,
                                 AsvSpan host) {
  if (connection->proxied) return ASV_ADDRESS_UNKNOWN;
  return asv_answers_address(state->answers, asv_timeline_asker(state, connection->address), host,
                             asv_timeline_server_address(connection->server),
                             connection->opened.time);
}

/* Over TCP to the origin's port: whether that is not merely the origin's own server. */
static gboolean leaves_default(const AsvTimelineState *state, const AsvConnection *connection,
                               const AsvOriginState *origin, AsvAddressFit fit) {
  if (origin->default_server) return strcmp(origin->default_server, connection->server) != 0;
  return fit == ASV_ADDRESS_GIVEN &&
         address_fit(state, connection, origin->origin.host) == ASV_ADDRESS_OTHER;
}

static gboolean has_name(const char *names, const char *name) {
  gsize size = strlen(name);
  for (const char *at = names; *at;) {
    gsize length = strcspn(at, ",");
    if (length == size && memcmp(at, name, size) == 0) return TRUE;
    at += length;
    if (*at) at++;
  }
  return FALSE;
}

gboolean asv_match_alt_used(const AsvOriginState *origin, const AsvAlternativeSeen *alternative,
                            AsvSpan alt_used) {
  AsvSpan host;
  guint16 port = 0;
  if (!alt_used.size || asv_authority_parse(alt_used, &host, &port)) return FALSE;
  if (!port) port = asv_scheme_port(origin->origin.scheme);
  return port == alternative->port && asv_span_is_nocase(host, alternative->host);
}

/* Some clients go on in HTTP/1.1 where it was not what they had come for; Alt-Used tells. */
static gboolean goes_on_in_http1(const AsvConnection *connection, const AsvOriginState *origin,
                                 const AsvAlternativeSeen *to, const AsvRequestSeen *request) {
  return asv_connection_model(connection, origin->client)->takes_http1 &&
         asv_alternative_is_tcp(to) &&
         strcmp(protocol_of(connection, request->has_stream), "http/1.1") == 0 &&
         asv_match_alt_used(origin, to, request->alt_used);
}

static gboolean speaks(const AsvConnection *connection, const char *alpn, gboolean has_stream) {
  if (connection->by_offer) return has_name(connection->offered, alpn);
  return strcmp(alpn, protocol_of(connection, has_stream)) == 0;
}

/* Whether the connection goes where the entry leads, and not merely where the origin does: where
 * nothing else tells, Alt-Used does. */
static gboolean fits(const AsvTimelineState *state, const AsvConnection *connection,
                     const AsvOriginState *origin, const AsvEntry *entry,
                     const AsvRequestSeen *request) {
  const AsvAlternativeSeen *to = &entry->alternative;
  if (!to->usable || to->port != connection->port ||
      (!speaks(connection, to->alpn, request->has_stream) &&
       !goes_on_in_http1(connection, origin, to, request)))
    return FALSE;
  if (is_address(to->host) && !goes_to_address(connection, to->host)) return FALSE;
  if (connection->proxied && !goes_to_address(connection, to->host)) return FALSE;
  AsvAddressFit fit = address_fit(state, connection, asv_span_text(to->host));
  if (fit == ASV_ADDRESS_OTHER) return FALSE;
  if (connection->quic || to->port != origin->origin.port) return TRUE;
  if (asv_span_is_nocase(origin->origin.host, to->host)) return FALSE;
  if (!origin->default_server && asv_match_alt_used(origin, to, request->alt_used)) return TRUE;
  return connection->proxied || leaves_default(state, connection, origin, fit);
}

gboolean asv_match_service(const AsvTimelineState *state, const AsvConnection *connection,
                           const AsvOriginState *origin, gboolean has_stream,
                           const AsvService **found) {
  const AsvWent went = {.protocol = protocol_of(connection, has_stream),
                        .port = connection->port,
                        .time = connection->opened.time};
  return asv_answers_service(state->answers, &origin->origin, &went, found);
}

typedef struct {
  const AsvTimelineState *state;
  const AsvConnection *connection;
  const AsvOriginState *origin;
  AsvRequestSeen request;
  gint64 time;
  guint fitting, addressed; /* entries; of them those by address */
  AsvMatch match;
} Search;

static void consider(Search *search, AsvEntry *entry, gint64 until, const AsvEnded *ended) {
  if (entry->learned > search->time || search->time >= until) return;
  const AsvAlternativeSeen *to = &entry->alternative;
  if (!fits(search->state, search->connection, search->origin, entry, &search->request)) return;
  const AsvConnection *connection = search->connection;
  AsvMatch match = {.entry = entry,
                    .ended = ended,
                    .by_alt_used = asv_match_alt_used(search->origin, to, search->request.alt_used),
                    .by_address = address_fit(search->state, connection, asv_span_text(to->host)) ==
                                  ASV_ADDRESS_GIVEN,
                    .in_http1 = !speaks(connection, to->alpn, search->request.has_stream)};
  const AsvMatch *best = &search->match;
  search->fitting++;
  search->addressed += match.by_address ? 1 : 0;
  if (!best->entry || match.by_alt_used > best->by_alt_used ||
      (match.by_alt_used == best->by_alt_used && match.by_address > best->by_address))
    search->match = match;
}

AsvMatch asv_match_find(const AsvTimelineState *state, const AsvConnection *connection,
                        const AsvOriginState *origin, gint64 time, const AsvRequestSeen *request) {
  Search search = {.state = state, .connection = connection, .origin = origin, .time = time};
  if (request) search.request = *request;
  for (guint i = 0; i < origin->cache.count; i++)
    consider(&search, &origin->cache.entries[i], origin->cache.entries[i].expires, NULL);
  for (guint i = 0; origin->ended && i < origin->ended->len; i++) {
    AsvEnded *ended = &g_array_index(origin->ended, AsvEnded, i);
    consider(&search, &ended->entry, ended->time, ended);
  }
  guint rivals = search.match.by_address ? search.addressed : search.fitting;
  search.match.ambiguous = rivals > 1 && !search.match.by_alt_used;
  return search.match;
}

const AsvEnded *asv_match_ended(const AsvTimelineState *state, const AsvConnection *connection,
                                const AsvOriginState *origin, const AsvRequestSeen *request) {
  for (guint i = origin->ended ? origin->ended->len : 0; i-- > 0;) {
    const AsvEnded *ended = &g_array_index(origin->ended, AsvEnded, i);
    if (fits(state, connection, origin, &ended->entry, request)) return ended;
  }
  return NULL;
}

/* ---- tried ---- */

typedef struct {
  AsvOriginState *origin;
  AsvMatch match;
} Try;

/* Of the origins whose name the connection asks for, the one it is a try for. */
static Try find_try(const AsvTimelineState *state, const AsvConnection *connection,
                    const AsvRequestSeen *request, AsvOriginState *asked) {
  Try best = {0};
  const char *name = connection->sni;
  g_autofree char *host = NULL;
  if (!name) {
    if (!asked) return best;
    host = g_strndup((const char *)asked->origin.host.data, asked->origin.host.size);
    name = host;
  }
  AsvScheme scheme = connection->tls ? ASV_SCHEME_HTTPS : ASV_SCHEME_HTTP;
  AsvOriginState *origin = g_hash_table_lookup(connection->client->hosts, name);
  for (guint i = 0; origin && i < ASV_HOST_ORIGINS_MAX; i++, origin = origin->next_of_host) {
    if (origin->origin.scheme != scheme && origin != asked) continue;
    AsvMatch match = asv_match_find(state, connection, origin, connection->opened.time, request);
    if (!match.entry) continue;
    gboolean first = best.origin == NULL;
    if (first || (origin == asked && !best.match.by_alt_used) ||
        (match.by_alt_used && !best.match.by_alt_used && best.origin != asked))
      best = (Try){.origin = origin, .match = match};
    best.match.ambiguous |= !first && best.origin != asked && !best.match.by_alt_used;
  }
  return best;
}

/* What a reader wants to know of a try besides: where it led, and how soon it was answered. */
static void describe_try(AsvEvent *event, const AsvConnection *connection,
                         const AsvOriginState *origin) {
  const AsvAlternativeSeen *to = event->alternative;
  gboolean other_host = !asv_span_is_nocase(origin->origin.host, to->host);
  if (other_host || to->port != origin->origin.port) event->server = connection->server;
  if (other_host && connection->sni && asv_span_is_nocase(origin->origin.host, connection->sni))
    event->sni = connection->sni;
  if (connection->failed) return;
  event->answered_time = connection->answered_time;
  event->answered_packet = connection->answered_packet;
}

/* Notes the try and tells of it. */
static void add_tried(AsvTimelineState *state, AsvConnection *connection, const Try *found,
                      const char *evidence) {
  AsvEntry *entry = found->match.entry;
  AsvEvent *event =
      asv_event_new(state, ASV_EVENT_TRIED, connection->opened.time, NULL, connection);
  event->packet = event->last_packet = connection->opened.packet;
  event->file = connection->opened.file;
  event->ambiguous = found->match.ambiguous;
  event->evidence = evidence;
  asv_event_set_alternative(event, entry);
  describe_try(event, connection, found->origin);
  if (asv_shadow_forgot(found->origin, entry, connection->opened.time))
    event->rfc = "not tried, forgotten when the network changed";
  entry->tried = TRUE;
  connection->tried_origin = found->origin;
  connection->tried_alternative = entry->alternative;
  if (found->origin->rows && connection->opened.time <= state->at)
    asv_timeline_mark_tried(found->origin, &entry->alternative);
  asv_event_add(state, found->origin, event);
}

void asv_timeline_tried(AsvTimelineState *state, AsvConnection *connection, AsvOriginState *origin,
                        AsvEntry *entry) {
  Try found = {.origin = origin, .match = {.entry = entry}};
  add_tried(state, connection, &found, "request-origin");
}

void asv_timeline_settle(AsvTimelineState *state, AsvConnection *connection,
                         const AsvRequestSeen *request, AsvOriginState *origin) {
  if (connection->settled) return;
  connection->settled = TRUE;
  if (!request && (!connection->shaken || !asv_client_of(state, connection, NULL))) return;
  Try found = find_try(state, connection, request, origin);
  if (!found.origin && !request && connection->offered) {
    connection->by_offer = TRUE;
    found = find_try(state, connection, NULL, NULL);
    connection->by_offer = FALSE;
  }
  if (!found.origin) return;
  add_tried(state, connection, &found,
            found.match.by_alt_used ? "alt-used"
            : connection->sni       ? "sni-port-alpn"
                                    : "request-origin");
  const guint sealed = 1U << ASV_UNREADABLE_NO_SECRETS | 1U << ASV_UNREADABLE_ECH_NO_SECRETS |
                       1U << ASV_UNREADABLE_DECRYPT_FAILED | 1U << ASV_UNREADABLE_UNKNOWN_SUITE |
                       1U << ASV_UNREADABLE_HPACK_LOST | 1U << ASV_UNREADABLE_QPACK_LOST;
  if (!request && !connection->failure && (connection->unreadable_reasons & sealed))
    found.origin->maybe_used = TRUE;
}

/* ---- tried, before any name was said ---- */

/* Whether a connection to that address and port can only be for that alternative. */
static gboolean leads_there(const AsvTimelineState *state, const AsvConnection *connection,
                            const AsvOriginState *origin, const AsvEntry *entry) {
  const AsvAlternativeSeen *to = &entry->alternative;
  gint64 opened = connection->opened.time;
  if (!to->usable || asv_alternative_is_tcp(to) == connection->quic ||
      asv_alternative_is_origin(to, origin) || to->port != connection->port ||
      entry->learned > opened || opened >= entry->expires)
    return FALSE;
  if (is_address(to->host)) return goes_to_address(connection, to->host);
  AsvAddressFit fit = address_fit(state, connection, asv_span_text(to->host));
  if (fit != ASV_ADDRESS_UNKNOWN) return fit == ASV_ADDRESS_GIVEN;
  if (to->port == asv_scheme_port(origin->origin.scheme)) return FALSE;
  if (!origin->default_server || !asv_span_is_nocase(origin->origin.host, to->host)) return TRUE;
  return asv_span_equal(asv_timeline_server_address(connection->server),
                        asv_timeline_server_address(origin->default_server));
}

/* Where several entries can be meant, each is tried once before one is tried again. */
static void consider_place(const AsvTimelineState *state, const AsvConnection *connection,
                           AsvOriginState *origin, AsvEntry *entry, Try *best) {
  if (!leads_there(state, connection, origin, entry)) return;
  best->match.ambiguous = best->origin != NULL;
  if (best->origin && (entry->tried || !best->match.entry->tried)) return;
  best->origin = origin;
  best->match.entry = entry;
}

static void consider_places(const AsvTimelineState *state, const AsvConnection *connection,
                            AsvOriginState *origin, Try *best) {
  for (guint i = 0; i < origin->cache.count; i++)
    consider_place(state, connection, origin, &origin->cache.entries[i], best);
  for (guint i = 0; origin->ended && i < origin->ended->len; i++) {
    AsvEnded *ended = &g_array_index(origin->ended, AsvEnded, i);
    if (connection->opened.time < ended->time)
      consider_place(state, connection, origin, &ended->entry, best);
  }
}

void asv_timeline_settle_by_address(AsvTimelineState *state, AsvConnection *connection,
                                    const AsvObservation *last) {
  gboolean reset = last && last->kind == ASV_OBSERVATION_CLOSE &&
                   last->close.reason == ASV_CLOSE_RESET && last->close.by == ASV_FROM_SERVER;
  if (connection->shaken || connection->proxied) return;
  if (!connection->failure && !reset) return;
  AsvClientState *client = asv_client_of(state, connection, NULL);
  Try found = {0};
  for (guint i = 0; client && client->elsewhere && i < client->elsewhere->len; i++)
    consider_places(state, connection, client->elsewhere->pdata[i], &found);
  if (found.origin) add_tried(state, connection, &found, "address-port");
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Requests and responses: which route a request took, whether that was an
 * alternative's (RFC 7838 §2.4, §5), what a 421 does (§6).
 */
#include <string.h>

#include "timeline-line.h"
#include "timeline-model.h"
#include "timeline-shadow.h"

/* Octets of an Alt-Used: of the longest right one. */
#define ALT_USED_SHOWN (ASV_HOST_MAX + sizeof ":65535")

static void accuse(const AsvAsked *asked, AsvFindingCode code, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

static void accuse(const AsvAsked *asked, AsvFindingCode code, const char *format, ...) {
  AsvFactAbout about = {asked->connection->client, asked->origin, asked->seen};
  va_list words;
  va_start(words, format);
  guint handle = asv_timeline_raise_list(asked->state, code, &about, format, words);
  va_end(words);
  if (asked->link && asked->link->used) asv_event_add_finding(asked->link->used, handle);
}

/* ---- routes ---- */

static void accuse_protocol(const AsvAsked *asked) {
  const AsvAlternativeSeen *to = &asked->link->alternative;
  accuse(asked, ASV_FINDING_ALTERNATIVE_ALPN_MISMATCH,
         "The alternative %s at %s:%" G_GUINT64_FORMAT
         " (%s) speaks http/1.1 instead. The client goes on in that; by RFC 7838 the alternative "
         "has failed.",
         to->protocol_id, to->host, to->port, asked->connection->server);
}

static void use_entry(const AsvAsked *asked, const AsvMatch *match) {
  AsvTimelineState *state = asked->state;
  AsvLink *link = asked->link;
  link->route = ASV_ROUTE_ALTERNATIVE;
  link->serial = match->entry->serial;
  link->alternative = match->entry->alternative;
  link->misdirected = 0;
  link->line = link->last_of_use = NULL;
  link->told_open = FALSE;
  asked->origin->uses++;
  AsvEvent *event =
      asv_event_new(state, ASV_EVENT_USED, state->clock, asked->seen, asked->connection);
  event->sni = asked->connection->sni;
  event->method = asv_timeline_keep(state, asked->seen->request.method, ASV_METHOD_SHOWN);
  event->path = asv_timeline_keep(state, asked->seen->request.path, ASV_PATH_SHOWN);
  link->first_request = asked->connection->requests;
  gboolean own_name = asked->connection->sni &&
                      asv_span_is_nocase(asked->origin->origin.host, asked->connection->sni);
  event->evidence = match->by_alt_used ? "alt-used" : own_name ? "sni-port-alpn" : "request-origin";
  event->ambiguous = match->ambiguous;
  asv_event_set_alternative(event, match->entry);
  if (match->in_http1) {
    event->protocol = "HTTP/1.1";
    event->rfc = "failed, HTTP/1.1 was negotiated instead";
  }
  link->used = asv_event_add(state, asked->origin, event) ? event : NULL;
  asv_model_used(state, asked->connection, asked->origin, match->entry, asked->seen);
  if (match->in_http1) accuse_protocol(asked);
  const AsvModel *model = asv_connection_model(asked->connection, asked->origin->client);
  if (!asked->seen->request.alt_used.size && !model->no_alt_used)
    accuse(asked, ASV_FINDING_ALT_USED_MISSING,
           "Requests on the alternative do not say Alt-Used; they should.");
}

/* With what DNS has to say about it. */
static void accuse_unlearned(const AsvAsked *asked) {
  const AsvConnection *connection = asked->connection;
  const char *transport = connection->quic ? "QUIC" : "TCP";
  AsvSpan host = asked->origin->origin.host;
  const AsvService *service;
  gboolean any = asv_match_service(asked->state, connection, asked->origin,
                                   asked->seen->request.has_stream, &service);
  if (service)
    accuse(asked, ASV_FINDING_USED_UNLEARNED,
           "The client went to %s over %s with no Alt-Svc entry that told it to: the HTTPS record "
           "of %.*s (packet %" G_GUINT64_FORMAT ") did.",
           connection->server, transport, (int)host.size, (const char *)host.data, service->packet);
  else if (any)
    accuse(asked, ASV_FINDING_USED_UNLEARNED,
           "The client went to %s over %s with nothing in this capture that told it to: the HTTPS "
           "records in it do not lead there, an entry learned before the capture began can explain "
           "it.",
           connection->server, transport);
  else
    accuse(asked, ASV_FINDING_USED_UNLEARNED,
           "The client went to %s over %s with nothing in this capture that told it to: an HTTPS "
           "record, or an entry learned before the capture began, can explain it.",
           connection->server, transport);
}

static void accuse_route(const AsvAsked *asked) {
  const AsvConnection *connection = asked->connection;
  const AsvEnded *ended =
      asv_match_ended(asked->state, connection, asked->origin, &asked->seen->request);
  if (ended) {
    if (ended->time > connection->opened.time) return;
    if (ended->by == ASV_ENDED_MISDIRECTED)
      accuse(asked, ASV_FINDING_USED_AFTER_421,
             "A new connection went to an alternative that had answered 421 for this origin.");
    else if (ended->by == ASV_ENDED_EXPIRY)
      accuse(asked, ASV_FINDING_USED_AFTER_EXPIRY,
             "A new connection went to an alternative that had expired.");
    else if (ended->by == ASV_ENDED_CLEAR)
      accuse(asked, ASV_FINDING_USED_AFTER_CLEAR,
             "A new connection went to an alternative that had been cleared.");
    return;
  }
  gboolean coalesced = connection->links->len > 1;
  if (coalesced || (!connection->tls && !asked->seen->request.alt_used.size)) return;
  accuse_unlearned(asked);
}

/* TRUE when the request goes by the alternative's own authority instead of the origin's (§2). */
static gboolean names_alternative(const AsvAsked *asked) {
  const AsvConnection *connection = asked->connection;
  const AsvOrigin *origin = &asked->origin->origin;
  return connection->tried_origin && connection->tried_origin != asked->origin &&
         connection->requests == 1 && asked->origin->requests == 1 &&
         !asked->origin->advertisements && connection->tried_alternative.port == origin->port &&
         asv_span_is_nocase(origin->host, connection->tried_alternative.host);
}

static void accuse_authority(const AsvAsked *asked) {
  const AsvConnection *connection = asked->connection;
  AsvFactAbout about = {connection->client, connection->tried_origin, asked->seen};
  asv_timeline_raise(asked->state, ASV_FINDING_AUTHORITY_NAMES_ALTERNATIVE, &about,
                     "A connection to the alternative of %s was opened and then asked for %s: Host "
                     "and :authority must stay the origin's.",
                     connection->tried_origin->text, asked->origin->text);
}

/* It went to another server than the origin's own, where Alt-Used names an alternative, but did not
 * speak that one's protocol. */
static AsvEntry *went_where_named(const AsvAsked *asked) {
  const AsvOriginState *origin = asked->origin;
  const AsvConnection *connection = asked->connection;
  if (!origin->default_server || strcmp(origin->default_server, connection->server) == 0)
    return NULL;
  for (guint i = 0; i < origin->cache.count; i++) {
    const AsvAlternativeSeen *to = &origin->cache.entries[i].alternative;
    if (to->port == connection->port && asv_alternative_is_tcp(to) &&
        asv_match_alt_used(origin, to, asked->seen->request.alt_used))
      return &origin->cache.entries[i];
  }
  return NULL;
}

static void judge_route(const AsvAsked *asked) {
  AsvConnection *connection = asked->connection;
  AsvLink *link = asked->link;
  gboolean first = link->route == ASV_ROUTE_UNJUDGED;
  link->generation = asked->origin->generation;
  AsvMatch match = asv_match_find(asked->state, connection, asked->origin, asked->state->clock,
                                  &asked->seen->request);
  if (!match.entry && first)
    match = asv_match_find(asked->state, connection, asked->origin, connection->opened.time,
                           &asked->seen->request);
  if (match.entry && !(match.ended && match.ended->by == ASV_ENDED_MISDIRECTED)) {
    use_entry(asked, &match);
    return;
  }
  if (!first) return;
  AsvEntry *named = went_where_named(asked);
  asv_line_add_opening(asked,
                       named ? ", to the server that Alt-Used names, not in its protocol" : "");
  if (named) {
    link->route = ASV_ROUTE_OTHER;
    asv_timeline_other_protocol(asked->state, connection, asked->origin, named, asked->seen);
    return;
  }
  if (!connection->quic && connection->port == asked->origin->origin.port) {
    link->route = ASV_ROUTE_DEFAULT;
    if (!asked->origin->default_server) asked->origin->default_server = connection->server;
    return;
  }
  link->route = ASV_ROUTE_OTHER;
  if (names_alternative(asked))
    accuse_authority(asked);
  else
    accuse_route(asked);
}

/* ---- a request on its route ---- */

static gboolean is_opportunity(const AsvAsked *asked, const AsvEntry *entry) {
  const AsvAlternativeSeen *to = &entry->alternative;
  gint64 opened = asked->connection->opened.time;
  if (!to->usable || entry->learned > opened || opened >= entry->expires) return FALSE;
  if (asv_model_broken_until(asked->origin->client, to, opened)) return FALSE;
  return !asv_alternative_is_origin(to, asked->origin);
}

static void count_elsewhere(const AsvAsked *asked) {
  AsvOriginState *origin = asked->origin;
  if (!origin->cache.count) return;
  origin->requests_since++;
  origin->last_since = asked->state->clock;
}

static void count_default(const AsvAsked *asked) {
  AsvOriginState *origin = asked->origin;
  origin->last_default = asked->state->clock;
  origin->default_protocol = asv_connection_protocol(asked->connection);
  count_elsewhere(asked);
  if (!origin->cache.count) return;
  if (asked->seen->request.protocol.size) return;
  for (guint i = 0; i < origin->cache.count; i++) {
    const AsvEntry *entry = &origin->cache.entries[i];
    if (!is_opportunity(asked, entry)) continue;
    if (asked->connection->proxied) {
      origin->proxied++;
      return;
    }
    origin->opportunities++;
    if (!origin->opportunity) origin->opportunity = asv_observation_copy(asked->seen);
    return;
  }
}

static void count_request(const AsvAsked *asked, AsvEvent *used) {
  AsvSpan alt_used = asked->seen->request.alt_used;
  used->requests++;
  if (!asv_match_alt_used(asked->origin, used->alternative, alt_used)) return;
  used->named++;
  if (!used->alt_used) used->alt_used = asv_timeline_keep(asked->state, alt_used, ALT_USED_SHOWN);
}

static void count_use(const AsvAsked *asked) {
  AsvLink *link = asked->link;
  gint64 now = asked->state->clock;
  AsvEntry *entry = asv_cache_find(&asked->origin->cache, link->serial);
  if (!entry && link->misdirected && !link->accused && now > link->misdirected + ASV_IN_FLIGHT) {
    link->accused = TRUE;
    accuse(asked, ASV_FINDING_USED_AFTER_421,
           "The client went on asking for this origin on the connection that had answered 421.");
  }
  if (link->used) {
    count_request(asked, link->used);
    if (!entry) link->used->later++;
  }
  if (!link->misdirected || now > link->misdirected + ASV_IN_FLIGHT) asked->origin->failed_from = 0;
  if (!entry) return;
  entry->requests++;
  entry->last_used = now;
}

/* On the origin's own route Alt-Used is right only for an alternative that is that route. */
static gboolean is_own_alternative(const AsvAsked *asked) {
  AsvOriginState *origin = asked->origin;
  AsvSpan alt_used = asked->seen->request.alt_used;
  for (guint i = 0; i < origin->cache.count; i++) {
    const AsvAlternativeSeen *to = &origin->cache.entries[i].alternative;
    if (asv_alternative_is_tcp(to) && asv_match_alt_used(origin, to, alt_used)) return TRUE;
  }
  for (guint i = 0; origin->ended && i < origin->ended->len; i++) {
    const AsvAlternativeSeen *to = &g_array_index(origin->ended, AsvEnded, i).entry.alternative;
    if (asv_alternative_is_tcp(to) && asv_match_alt_used(origin, to, alt_used)) return TRUE;
  }
  return FALSE;
}

static gboolean is_alt_used_wrong(const AsvAsked *asked) {
  AsvSpan alt_used = asked->seen->request.alt_used, host;
  guint16 port = 0;
  if (asv_authority_parse(alt_used, &host, &port)) return TRUE;
  if (asked->link->route == ASV_ROUTE_ALTERNATIVE)
    return !asv_match_alt_used(asked->origin, &asked->link->alternative, alt_used);
  if (!port) port = asv_scheme_port(asked->origin->origin.scheme);
  if (port != asked->connection->port) return TRUE;
  if (asked->link->route != ASV_ROUTE_DEFAULT) return FALSE;
  return asv_span_equal_nocase(host, asked->origin->origin.host) && !is_own_alternative(asked);
}

/* ", 7 ms after that alternative had been removed by a 421", or "". */
static char *ended_before(const AsvAsked *asked) {
  static const char *const ways[] = {[ASV_ENDED_REPLACEMENT] = "been replaced",
                                     [ASV_ENDED_CLEAR] = "been withdrawn",
                                     [ASV_ENDED_EXPIRY] = "expired",
                                     [ASV_ENDED_MISDIRECTED] = "been removed for a 421"};
  const GArray *ended = asked->origin->ended;
  for (guint i = ended ? ended->len : 0; i--;) {
    const AsvEnded *last = &g_array_index(ended, AsvEnded, i);
    if (!asv_match_alt_used(asked->origin, &last->entry.alternative, asked->seen->request.alt_used))
      continue;
    if (last->by >= G_N_ELEMENTS(ways) || !ways[last->by]) return g_strdup("");
    gint64 later = MAX(asked->state->clock - last->time, 0) / 1000000;
    return g_strdup_printf(", %" G_GINT64_FORMAT ".%03d s after that alternative had %s",
                           later / 1000, (int)(later % 1000), ways[last->by]);
  }
  return g_strdup("");
}

/* The field when it names another place than the request went to, else NULL. */
static const char *check_alt_used(const AsvAsked *asked) {
  AsvSpan alt_used = asked->seen->request.alt_used;
  if (!alt_used.size || !is_alt_used_wrong(asked)) return NULL;
  g_autofree char *after = ended_before(asked);
  accuse(asked, ASV_FINDING_ALT_USED_WRONG,
         "A request says Alt-Used: " ASV_QUOTE ", but it went to %s over %s%s.",
         ASV_QUOTED(alt_used), asked->connection->server, asked->connection->quic ? "QUIC" : "TCP",
         after);
  return asv_timeline_keep(asked->state, alt_used, ALT_USED_SHOWN);
}

static void follow_route(const AsvAsked *asked) {
  AsvLink *link = asked->link;
  gboolean changed = link->generation != asked->origin->generation;
  if (link->route == ASV_ROUTE_UNJUDGED || (changed && link->route == ASV_ROUTE_OTHER) ||
      (changed && link->misdirected && link->route == ASV_ROUTE_ALTERNATIVE))
    judge_route(asked);
  if (link->route == ASV_ROUTE_DEFAULT)
    count_default(asked);
  else if (link->route == ASV_ROUTE_ALTERNATIVE)
    count_use(asked);
  else
    count_elsewhere(asked);
}

/* TRUE when the request goes by the entry of a `used` event, while the entry is there. */
static gboolean is_of_use(const AsvAsked *asked) {
  const AsvLink *link = asked->link;
  return link->used && link->route == ASV_ROUTE_ALTERNATIVE &&
         asv_cache_find(&asked->origin->cache, link->serial);
}

/* The User-Agent when it is another than the connection's last. */
static const char *new_agent(AsvTimelineState *state, AsvConnection *connection, AsvSpan agent) {
  if (!agent.size) return NULL;
  AsvSpan known = asv_span(connection->agent, connection->agent_size);
  agent.size = MIN(agent.size, ASV_USER_AGENT_MAX);
  if (asv_span_equal(known, agent)) return NULL;
  connection->agent = asv_timeline_intern(state, agent, ASV_USER_AGENT_MAX);
  connection->agent_size = agent.size;
  return connection->agent;
}

void asv_timeline_requested(AsvTimelineState *state, AsvConnection *connection,
                            const AsvObservation *seen) {
  const AsvRequestSeen *about = &seen->request;
  state->timeline->coverage.requests++;
  connection->requests++;
  if (connection->row) connection->row->requests++;
  const char *agent = new_agent(state, connection, about->user_agent);
  AsvClientState *client = connection->client;
  if (!client || agent) client = asv_client_of(state, connection, agent);
  if (!client) return;
  if (agent) asv_client_note_agent(state, client, connection, agent);
  client->requests++;
  if (asv_span_is(about->method, "CONNECT") && !about->protocol.size)
    asv_connection_note_tunnel(state, seen);
  AsvAsked asked = {.state = state,
                    .connection = connection,
                    .origin = asv_connection_origin(state, connection, about->origin),
                    .seen = seen};
  if (asked.origin) {
    asked.origin->requests++;
    asv_origin_expire(state, asked.origin, state->clock);
    asv_client_sweep(state, client, asked.origin);
  }
  asv_timeline_settle(state, connection, about, asked.origin);
  const char *wrong = NULL;
  if (asked.origin) {
    asked.link = asv_connection_link(connection, asked.origin);
    if (!asked.link) asked.link = asv_connection_add_link(connection, asked.origin);
    if (!asked.link) state->timeline->coverage.not_kept++;
  }
  if (asked.link) {
    follow_route(&asked);
    wrong = check_alt_used(&asked);
  }
  AsvPending *pending = asv_connection_add_pending(connection, about, asked.origin);
  pending->wrong = wrong;
  pending->of_use = asked.link && is_of_use(&asked);
}

/* ---- responses ---- */

/* TRUE when an event tells of it. */
static gboolean remove_misdirected(const AsvAsked *asked, AsvEntry *entry,
                                   const AsvPending *pending) {
  AsvTimelineState *state = asked->state;
  const AsvAlternativeSeen *to = &entry->alternative;
  AsvFactAbout about = {asked->connection->client, asked->origin, asked->seen};
  const AsvNames *names = asked->connection->names;
  gboolean covered = names && asv_names_cover(names, asked->origin->origin.host);
  guint handle =
      asv_timeline_raise(state, ASV_FINDING_MISDIRECTED, &about,
                         "The alternative that %s advertises (%s at %s:%" G_GUINT64_FORMAT
                         ") answered 421 to a request for it.%s",
                         asked->origin->text, to->protocol_id, to->host, to->port,
                         covered ? " Its certificate covers that name, so the certificate is not "
                                   "the reason."
                                 : "");
  gboolean drops =
      asv_connection_model(asked->connection, asked->connection->client)->misdirected_drops;
  if (!drops) asv_shadow_begin(asked->origin);
  asv_shadow_misdirected(asked->origin, &entry->alternative);
  if (!drops) {
    if (asked->link->used) asked->link->used->rfc = "removed, it answered 421";
    return FALSE;
  }
  GArray *findings = g_array_new(FALSE, FALSE, sizeof(guint));
  g_array_append_val(findings, handle);
  AsvChangeContext context = {.state = state,
                              .origin = asked->origin,
                              .connection = asked->connection,
                              .seen = asked->seen,
                              .findings = findings,
                              .pending = pending};
  AsvCacheWatch watch = asv_event_watch(&context);
  gboolean removed = asv_cache_remove(&asked->origin->cache, entry->serial, state->clock, &watch);
  g_array_unref(findings);
  return removed;
}

static void accuse_default_route(const AsvAsked *asked, const AsvPending *pending) {
  const char *protocol = asv_connection_protocol(asked->connection);
  gboolean blames = pending && pending->wrong;
  accuse(asked, ASV_FINDING_MISDIRECTED_DEFAULT_ROUTE,
         "%s answered 421 on its own %s%sconnection%s: there is nowhere left to go.%s%s%s",
         asked->origin->text, protocol ? protocol : "", protocol ? " " : "",
         asked->origin->failed_from ? " too" : "",
         blames ? " Likely cause: the request still says Alt-Used: " : "",
         blames ? pending->wrong : "",
         blames ? ", and the server chooses 421 by that field instead of by the connection that "
                  "the request came in on."
                : "");
}

/* TRUE when an event tells of it. */
static gboolean misdirected(const AsvAsked *asked, const AsvPending *pending) {
  AsvLink *link = asked->link;
  if (!link) return FALSE;
  if (!link->misdirected) link->misdirected = asked->state->clock;
  if (link->route == ASV_ROUTE_ALTERNATIVE && !asked->origin->failed_from)
    asked->origin->failed_from = asked->state->clock;
  if (link->route == ASV_ROUTE_DEFAULT) {
    accuse_default_route(asked, pending);
    return FALSE;
  }
  asv_origin_expire(asked->state, asked->origin, asked->state->clock);
  AsvRequestSeen shape = {.has_stream = asked->seen->response.has_stream};
  AsvEntry *entry = link->route == ASV_ROUTE_ALTERNATIVE
                        ? asv_cache_find(&asked->origin->cache, link->serial)
                        : asv_match_find(asked->state, asked->connection, asked->origin,
                                         asked->state->clock, &shape)
                              .entry;
  if (entry) return remove_misdirected(asked, entry, pending);
  accuse(asked, ASV_FINDING_MISDIRECTED,
         "A server that is not the origin's own answered 421 to a request for it.");
  return FALSE;
}

void asv_timeline_responded(AsvTimelineState *state, AsvConnection *connection,
                            const AsvObservation *seen) {
  const AsvResponseSeen *about = &seen->response;
  if (about->status < 200 && about->status != 101) return;
  state->timeline->coverage.responses++;
  if (!connection->client) return;
  AsvPending *pending = asv_connection_pending(connection, about->has_stream, about->stream, 0);
  if (pending) {
    pending->done = TRUE;
    pending->packet = seen->packet;
  }
  AsvAsked asked = {.state = state,
                    .connection = connection,
                    .origin = asv_connection_origin(state, connection, about->origin),
                    .seen = seen};
  if (!asked.origin) return;
  asked.origin->responses++;
  asked.link = asv_connection_link(connection, asked.origin);
  gboolean told = about->status == 421 && !connection->left && misdirected(&asked, pending);
  if (pending) asv_line_add(&asked, pending, told);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Connections while they are heard of: their row in the report, what they
 * asked for, whom they may speak for (RFC 7838 §2.1, §4; RFC 9110 §4.3.3).
 */
#include <string.h>

#include "timeline-state.h"

/* ---- certificate names ---- */

void asv_names_free(gpointer data) {
  AsvNames *names = data;
  g_strfreev(names->list);
  g_free(names->key);
  g_free(names);
}

static AsvNames *names_take(AsvTimelineState *state, const AsvSpans *from) {
  GString *key = g_string_new(NULL);
  for (gsize i = 0; i < MIN(from->count, ASV_CERTIFICATE_NAMES_MAX); i++) {
    AsvSpan name = from->items[i];
    if (!name.size || name.size > ASV_NAME_MAX || memchr(name.data, '\n', name.size) ||
        memchr(name.data, 0, name.size))
      continue;
    if (key->len) g_string_append_c(key, '\n');
    g_string_append_len(key, (const char *)name.data, (gssize)name.size);
  }
  AsvNames *names = g_hash_table_lookup(state->names, key->str);
  if (!names) {
    names = g_new0(AsvNames, 1);
    names->list = g_strsplit(key->str, "\n", -1);
    names->key = g_string_free(g_steal_pointer(&key), FALSE);
    g_hash_table_insert(state->names, names->key, names);
  }
  if (key) g_string_free(key, TRUE);
  names->uses++;
  return names;
}

static void names_drop(AsvTimelineState *state, AsvNames *names) {
  if (names && --names->uses == 0) g_hash_table_remove(state->names, names->key);
}

gboolean asv_names_cover(const AsvNames *names, AsvSpan host) {
  for (char **name = names->list; *name; name++)
    if (asv_name_covers(*name, host)) return TRUE;
  return FALSE;
}

/* ---- life ---- */

static void connection_free(AsvTimelineState *state, AsvConnection *connection) {
  g_hash_table_remove(state->connections, &connection->id);
  if (state->last_connection == connection) state->last_connection = NULL;
  names_drop(state, connection->names);
  if (connection->links) g_array_unref(connection->links);
  if (connection->pending) {
    for (guint i = 0; i < connection->pending->len; i++)
      g_free(g_array_index(connection->pending, AsvPending, i).method);
    g_array_unref(connection->pending);
  }
  if (connection->unreadable) g_ptr_array_unref(connection->unreadable);
  asv_observation_free(connection->failure);
  g_free(connection);
}

static void make_row(AsvTimelineState *state, AsvConnection *connection) {
  AsvTimeline *timeline = state->timeline;
  timeline->coverage.connections++;
  if (timeline->connections->len >= ASV_CONNECTIONS_MAX) {
    timeline->coverage.not_kept++;
    return;
  }
  AsvConnectionReport *row = g_new0(AsvConnectionReport, 1);
  row->id = connection->id;
  row->label = (char *)connection->label;
  row->client = (char *)connection->address;
  row->server = (char *)connection->server;
  row->opened = connection->opened.time;
  g_ptr_array_add(timeline->connections, row);
  connection->row = row;
}

static guint16 port_of(const char *server) {
  const char *colon = strrchr(server, ':');
  guint64 port = 0;
  if (!colon || !asv_span_decimal(asv_span_text(colon + 1), &port) || port > G_MAXUINT16) return 0;
  return (guint16)port;
}

static void evict_oldest(AsvTimelineState *state, GQueue *queue, guint max) {
  while (queue->length > max) {
    AsvConnection *oldest = queue->head->data;
    asv_timeline_end(state, oldest, NULL);
    g_queue_unlink(queue, &oldest->node);
    connection_free(state, oldest);
  }
}

/* What a tunnel has in common with the connection around it. */
static char *tunneller_key(const AsvObservation *seen) {
  const AsvConnectionRef *ref = seen->connection;
  return g_strdup_printf("%s\n%s\n%s", ref->label ? ref->label : "", ref->client ? ref->client : "",
                         seen->file ? seen->file : "");
}

void asv_connection_note_tunnel(AsvTimelineState *state, const AsvObservation *seen) {
  if (g_hash_table_size(state->tunnellers) >= ASV_CONNECTIONS_OPEN_MAX)
    state->timeline->coverage.not_kept++;
  else
    g_hash_table_add(state->tunnellers, tunneller_key(seen));
}

static gboolean is_tunnel(const AsvTimelineState *state, const AsvObservation *seen) {
  if (!g_hash_table_size(state->tunnellers)) return FALSE;
  g_autofree char *key = tunneller_key(seen);
  return g_hash_table_contains(state->tunnellers, key);
}

static AsvConnection *make_connection(AsvTimelineState *state, const AsvObservation *seen) {
  const AsvConnectionRef *ref = seen->connection;
  AsvConnection *connection = g_new0(AsvConnection, 1);
  connection->id = ref->id;
  connection->label = asv_timeline_intern_text(state, ref->label ? ref->label : "");
  connection->address = asv_timeline_intern_text(state, ref->client ? ref->client : "");
  connection->server = asv_timeline_intern_text(state, ref->server ? ref->server : "");
  connection->port = port_of(connection->server);
  connection->quic = g_str_has_prefix(connection->label, "quic:");
  connection->proxied = is_tunnel(state, seen);
  connection->opened = (AsvMoment){
      .time = state->clock, .packet = seen->packet, .file = asv_timeline_file(state, seen)};
  connection->node.data = connection;
  make_row(state, connection);
  g_hash_table_insert(state->connections, &connection->id, connection);
  g_queue_push_tail_link(&state->open, &connection->node);
  evict_oldest(state, &state->open, ASV_CONNECTIONS_OPEN_MAX);
  return connection;
}

AsvConnection *asv_connection_of(AsvTimelineState *state, const AsvObservation *seen) {
  guint64 id = seen->connection->id;
  if (state->last_connection && state->last_connection->id == id) return state->last_connection;
  AsvConnection *connection = g_hash_table_lookup(state->connections, &id);
  if (!connection) connection = make_connection(state, seen);
  state->last_connection = connection;
  return connection;
}

void asv_connections_free(AsvTimelineState *state) {
  while (state->open.head) {
    AsvConnection *connection = state->open.head->data;
    g_queue_unlink(&state->open, &connection->node);
    connection_free(state, connection);
  }
  evict_oldest(state, &state->closed, 0);
  g_hash_table_destroy(state->connections);
  GPtrArray *rows = state->timeline->connections;
  for (guint i = 0; i < rows->len; i++) {
    AsvConnectionReport *row = rows->pdata[i];
    if (row->origins) g_ptr_array_unref(row->origins);
    g_free(row);
  }
}

/* ---- what is seen of it ---- */

void asv_connection_opened(AsvTimelineState *state, AsvConnection *connection,
                           const AsvObservation *seen) {
  if (seen->opened.transport) connection->quic = strcmp(seen->opened.transport, "quic") == 0;
  if (seen->opened.migrated || connection->mac) return;
  connection->mac = asv_timeline_intern_text(state, seen->opened.client_mac);
  asv_client_note_address(state, connection, seen);
}

/* A resumed session's names are those of an earlier connection for the same name. */
static void remember_session(AsvTimelineState *state, AsvConnection *connection) {
  AsvClientState *client = asv_client_of(state, connection, NULL);
  if (!client || !connection->sni) return;
  AsvNames *known =
      client->sessions ? g_hash_table_lookup(client->sessions, connection->sni) : NULL;
  if (!connection->names) {
    if (!known || !connection->resumed) return;
    known->uses++;
    connection->names = known;
    return;
  }
  if (known == connection->names) return;
  if (!client->sessions) client->sessions = g_hash_table_new(g_str_hash, g_str_equal);
  if (!known && g_hash_table_size(client->sessions) >= ASV_CLIENT_SESSIONS_MAX) return;
  connection->names->uses++;
  g_hash_table_insert(client->sessions, (gpointer)connection->sni, connection->names);
  names_drop(state, known);
}

/* The names with commas between; NULL when there is none. */
static const char *join_names(AsvTimelineState *state, const AsvSpans *names) {
  if (!names->count) return NULL;
  GString *list = g_string_new(NULL);
  for (gsize i = 0; i < names->count && list->len < ASV_NAME_MAX; i++) {
    if (i) g_string_append_c(list, ',');
    g_string_append_len(list, (const char *)names->items[i].data, (gssize)names->items[i].size);
  }
  const char *joined = asv_timeline_intern(state, asv_span(list->str, list->len), ASV_NAME_MAX);
  g_string_free(list, TRUE);
  return joined;
}

void asv_connection_handshake(AsvTimelineState *state, AsvConnection *connection,
                              const AsvObservation *seen) {
  const AsvHandshakeSeen *about = &seen->handshake;
  if (connection->shaken) return;
  connection->shaken = connection->tls = TRUE;
  connection->resumed = about->resumed;
  if (about->secrets) state->timeline->coverage.decrypted++;
  connection->sni = asv_timeline_intern(state, about->sni, ASV_NAME_MAX);
  AsvSpan alpn = about->alpn;
  gboolean alpn_known = alpn.size > 0;
  if (!alpn.size && connection->quic && about->alpn_offered.count)
    alpn = about->alpn_offered.items[0];
  if (alpn.size) connection->alpn = asv_timeline_intern(state, alpn, ASV_NAME_MAX);
  connection->offered = join_names(state, &about->alpn_offered);
  connection->issuer = asv_timeline_intern(state, about->certificate_issuer, ASV_NAME_MAX);
  connection->ech = about->ech;
  connection->answered = about->tls_version || alpn_known || about->certificate_names.count;
  if (connection->answered && about->secrets) {
    connection->answered_time = state->clock;
    connection->answered_packet = seen->packet;
  }
  if (about->certificate_names.count)
    connection->names = names_take(state, &about->certificate_names);
  remember_session(state, connection);
  if (!connection->row) return;
  connection->row->sni = (char *)connection->sni;
  if (about->alpn.size) connection->row->alpn = (char *)connection->alpn;
  connection->row->tls_version = (char *)asv_timeline_intern_text(state, about->tls_version);
}

static const char *closing_words(const AsvConnection *connection, const AsvCloseSeen *about) {
  gboolean client = about->by == ASV_FROM_CLIENT;
  switch (about->reason) {
    case ASV_CLOSE_QUIC:
      if (connection->failed) break;
      return client ? "client closes the connection, no error"
                    : "server closes the connection, no error";
    case ASV_CLOSE_RESET:
      return client ? "client resets the connection" : "server resets the connection";
    case ASV_CLOSE_GOAWAY:
      return client ? "client closes the connection (GOAWAY)"
                    : "server closes the connection (GOAWAY)";
    case ASV_CLOSE_IDLE:
      return "idle for long, not followed any further";
    default:
      break;
  }
  return client ? "client closes the connection" : "server closes the connection";
}

static void show_close(AsvTimelineState *state, AsvConnection *connection,
                       const AsvObservation *seen) {
  const char *end = closing_words(connection, &seen->close);
  g_autofree char *words = g_strconcat(end, connection->requests ? "" : ", 0 requests", NULL);
  AsvMoment at = {
      .time = state->clock, .packet = seen->packet, .file = asv_timeline_file(state, seen)};
  guint count = connection->links ? connection->links->len : 0;
  gboolean tried_shown = FALSE;
  for (guint i = 0; i < count; i++) {
    AsvOriginState *origin = g_array_index(connection->links, AsvLink, i).origin;
    tried_shown |= origin == connection->tried_origin;
    asv_event_context(state, origin, connection, &at, words);
  }
  if (connection->tried_origin && !tried_shown)
    asv_event_context(state, connection->tried_origin, connection, &at, words);
}

void asv_connection_close(AsvTimelineState *state, AsvConnection *connection,
                          const AsvObservation *seen) {
  if (connection->closed) return;
  asv_timeline_end(state, connection, seen);
  if (seen->close.reason != ASV_CLOSE_CAPTURE_ENDS) {
    show_close(state, connection, seen);
    if (connection->row && seen->close.reason != ASV_CLOSE_IDLE)
      connection->row->closed = state->clock;
  }
  connection->closed = TRUE;
  connection->left = seen->close.reason == ASV_CLOSE_QUIC && seen->close.by == ASV_FROM_CLIENT;
  g_queue_unlink(&state->open, &connection->node);
  g_queue_push_tail_link(&state->closed, &connection->node);
  evict_oldest(state, &state->closed, ASV_CONNECTIONS_CLOSED_MAX);
}

void asv_connection_unreadable(AsvTimelineState *state, AsvConnection *connection,
                               const AsvObservation *seen) {
  const AsvUnreadableSeen *about = &seen->unreadable;
  connection->unreadable_reasons |= 1U << about->reason;
  if (!connection->unreadable) connection->unreadable = g_ptr_array_new();
  for (guint i = 0; i < connection->unreadable->len; i++) {
    AsvUnreadableReport *known = connection->unreadable->pdata[i];
    if (known->reason != about->reason || known->from != about->from) continue;
    known->bytes += about->bytes;
    return;
  }
  GPtrArray *rows = state->timeline->coverage.unreadable;
  if (rows->len >= ASV_UNREADABLE_ROWS_MAX) {
    state->timeline->coverage.not_kept++;
    return;
  }
  AsvUnreadableReport *row = g_new0(AsvUnreadableReport, 1);
  *row = (AsvUnreadableReport){.connection = (char *)connection->label,
                               .client = (char *)connection->address,
                               .server = (char *)connection->server,
                               .sni = (char *)connection->sni,
                               .id = connection->id,
                               .reason = about->reason,
                               .from = about->from,
                               .packet = seen->packet,
                               .bytes = about->bytes};
  g_ptr_array_add(rows, row);
  g_ptr_array_add(connection->unreadable, row);
}

const char *asv_connection_protocol(const AsvConnection *connection) {
  if (connection->quic) return "HTTP/3";
  if (!connection->alpn) return NULL;
  if (connection->alpn[0] == 'h' && connection->alpn[1] == '2') return "HTTP/2";
  return g_str_has_prefix(connection->alpn, "http/1") ? "HTTP/1.1" : NULL;
}

/* ---- links ---- */

AsvLink *asv_connection_link(AsvConnection *connection, const AsvOriginState *origin) {
  if (!connection->links) return NULL;
  AsvLink *links = (AsvLink *)(void *)connection->links->data;
  if (connection->last_link < connection->links->len &&
      links[connection->last_link].origin == origin)
    return &links[connection->last_link];
  for (guint i = 0; i < connection->links->len; i++) {
    if (links[i].origin != origin) continue;
    connection->last_link = i;
    return &links[i];
  }
  return NULL;
}

AsvLink *asv_connection_add_link(AsvConnection *connection, AsvOriginState *origin) {
  if (!connection->links) connection->links = g_array_new(FALSE, TRUE, sizeof(AsvLink));
  if (connection->links->len >= ASV_CONNECTION_ORIGINS_MAX) return NULL;
  connection->last_link = connection->links->len;
  g_array_set_size(connection->links, connection->links->len + 1);
  AsvLink *link = &g_array_index(connection->links, AsvLink, connection->last_link);
  link->origin = origin;
  if (connection->row) {
    if (!connection->row->origins) connection->row->origins = g_ptr_array_new();
    g_ptr_array_add(connection->row->origins, (gpointer)origin->text);
  }
  return link;
}

AsvOriginState *asv_connection_origin(AsvTimelineState *state, AsvConnection *connection,
                                      AsvSpan text) {
  if (!text.size) return NULL;
  if (connection->links && connection->last_link < connection->links->len) {
    AsvOriginState *last = g_array_index(connection->links, AsvLink, connection->last_link).origin;
    if (last->client == connection->client &&
        asv_span_equal(text, asv_span(last->text, last->text_size)))
      return last;
  }
  return asv_client_origin(state, connection->client, text);
}

/* ---- requests that wait ---- */

static AsvPending *find_http1(GArray *pending, guint64 packet) {
  AsvPending *oldest = NULL, *answered = NULL;
  for (guint i = 0; i < pending->len; i++) {
    AsvPending *at = &g_array_index(pending, AsvPending, i);
    if (at->done && packet && at->packet == packet) {
      if (!answered || at->number > answered->number) answered = at;
    } else if (!at->done && (!oldest || at->number < oldest->number)) {
      oldest = at;
    }
  }
  return answered ? answered : oldest;
}

AsvPending *asv_connection_pending(AsvConnection *connection, gboolean has_stream, guint64 stream,
                                   guint64 packet) {
  GArray *pending = connection->pending;
  if (!pending) return NULL;
  if (!has_stream) return find_http1(pending, packet);
  for (guint i = 0; i < pending->len; i++) {
    AsvPending *at = &g_array_index(pending, AsvPending, i);
    if (at->stream == stream && at->has_stream) return at;
  }
  return NULL;
}

/* A few answered requests are kept, for frames that come behind the response. */
#define ANSWERED_KEPT 4

static AsvPending *free_slot(GArray *pending) {
  AsvPending *oldest = NULL;
  for (guint i = 0; pending->len >= ANSWERED_KEPT && i < pending->len; i++) {
    AsvPending *at = &g_array_index(pending, AsvPending, i);
    if (at->done && (!oldest || at->number < oldest->number)) oldest = at;
  }
  if (oldest) return oldest;
  if (pending->len < ASV_REQUESTS_PENDING_MAX) {
    g_array_set_size(pending, pending->len + 1);
    return &g_array_index(pending, AsvPending, pending->len - 1);
  }
  oldest = &g_array_index(pending, AsvPending, 0);
  for (guint i = 1; i < pending->len; i++) {
    AsvPending *at = &g_array_index(pending, AsvPending, i);
    if (at->number < oldest->number) oldest = at;
  }
  return oldest;
}

static void copy_text(char *to, AsvSpan from) {
  if (from.size) memcpy(to, from.data, from.size);
  to[from.size] = 0;
}

static void keep_message(AsvPending *slot, const AsvRequestSeen *request) {
  AsvSpan method = asv_span_sub(request->method, 0, ASV_METHOD_SHOWN - 1);
  AsvSpan path = asv_span_sub(request->path, 0, ASV_PATH_SHOWN);
  gsize room = method.size + path.size + 2;
  if (room > slot->room) {
    g_free(slot->method);
    slot->method = g_malloc(room);
    slot->room = (guint16)room;
  }
  slot->path = slot->method + method.size + 1;
  copy_text(slot->method, method);
  copy_text(slot->path, path);
}

AsvPending *asv_connection_add_pending(AsvConnection *connection, const AsvRequestSeen *request,
                                       AsvOriginState *origin) {
  if (!connection->pending) connection->pending = g_array_new(FALSE, TRUE, sizeof(AsvPending));
  AsvPending *slot = free_slot(connection->pending);
  slot->has_stream = request->has_stream;
  slot->stream = request->stream;
  slot->done = slot->of_use = FALSE;
  slot->wrong = NULL;
  slot->packet = 0;
  slot->number = connection->requests;
  slot->origin = origin;
  keep_message(slot, request);
  return slot;
}

/* ---- authority ---- */

gboolean asv_connection_speaks_for(const AsvConnection *connection, const AsvOriginState *origin) {
  gboolean asked = FALSE;
  for (guint i = 0; connection->links && i < connection->links->len; i++) {
    const AsvLink *link = &g_array_index(connection->links, AsvLink, i);
    if (link->origin == origin) asked = link->misdirected == 0;
  }
  if (origin->origin.scheme == ASV_SCHEME_HTTP) return asked;
  if (!connection->tls) return asked;
  if (connection->names) return asv_names_cover(connection->names, origin->origin.host);
  return asked || (connection->sni &&
                   asv_span_equal_nocase(asv_span_text(connection->sni), origin->origin.host));
}

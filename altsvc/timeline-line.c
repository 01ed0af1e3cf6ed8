/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lines of requests: the connection that one opened; each with its answer,
 * under the use that it belongs to or among the events, and in words why it
 * took its way or why it did not go to an alternative.
 */
#include "timeline-line.h"

#include <string.h>

#include "timeline-model.h"

void asv_line_add_opening(const AsvAsked *asked, const char *where) {
  const AsvConnection *connection = asked->connection;
  const GPtrArray *events = asked->origin->events;
  if (!events || ((const AsvEvent *)events->pdata[0])->time > connection->opened.time) return;
  const char *protocol = asv_connection_protocol(connection);
  const AsvOriginState *origin = asked->origin;
  gboolean back = protocol && !connection->quic && origin->failed_from &&
                  origin->last_default < origin->failed_from;
  const char *start = back ? "back to " : protocol ? "new connection, " : "new connection";
  g_autofree char *words = g_strdup_printf("%s%s%s%s", start, protocol ? protocol : "",
                                           connection->resumed ? ", session resumed" : "", where);
  asv_event_context(asked->state, asked->origin, connection, &connection->opened, words);
}

static gboolean is_same_line(const AsvEvent *line, const AsvPending *pending, guint status) {
  return line && line->status == status && strcmp(line->method, pending->method) == 0 &&
         strcmp(line->path, pending->path) == 0;
}

/* "HTTP/3" where the client could go with its next connection, or NULL: an alternative that came
 * while this connection was open. */
static const char *next_protocol(const AsvAsked *asked) {
  const AsvOriginState *origin = asked->origin;
  const AsvModel *model = asv_connection_model(asked->connection, origin->client);
  for (guint i = 0; i < origin->cache.count; i++) {
    const AsvEntry *entry = &origin->cache.entries[i];
    const AsvAlternativeSeen *to = &entry->alternative;
    if (!to->usable || entry->learned < asked->connection->opened.time ||
        asv_alternative_is_origin(to, origin) || (!model->uses_tcp && asv_alternative_is_tcp(to)) ||
        (model->stays_privileged && origin->origin.port < 1024 && to->port >= 1024) ||
        asv_model_broken_until(origin->client, to, asked->state->clock))
      continue;
    if (!asv_alternative_is_tcp(to)) return "HTTP/3";
    return strcmp(to->alpn, "h2") == 0 ? "HTTP/2" : to->protocol_id;
  }
  return NULL;
}

/* Why the request took its way, or what else is odd about it; to be freed. */
static char *words_of_request(const AsvAsked *asked, const AsvPending *pending) {
  AsvLink *link = asked->link;
  if (pending->wrong) return g_strdup_printf("with Alt-Used: %s all the same", pending->wrong);
  if (pending->of_use) return g_strdup("");
  if (link->route == ASV_ROUTE_ALTERNATIVE && !link->told_open) {
    link->told_open = TRUE;
    return g_strdup("on the connection that is still open");
  }
  if (link->route != ASV_ROUTE_DEFAULT) return g_strdup("");
  if (!asked->seen->response.alt_svc && !asked->origin->cache.count)
    return g_strdup("no Alt-Svc in it");
  const char *next = next_protocol(asked);
  if (!next) return g_strdup("");
  if (link->told_open) return g_strdup("on the open connection");
  link->told_open = TRUE;
  return g_strdup_printf("on the connection that is open: %s is for the next one", next);
}

static void put_under_use(AsvLink *link, AsvEvent *line) {
  AsvEvent *before = link->last_of_use ? link->last_of_use : link->used;
  line->of_use = TRUE;
  before->next = line;
  link->last_of_use = line;
}

static void add_line(const AsvAsked *asked, const AsvPending *pending) {
  const AsvResponseSeen *about = &asked->seen->response;
  AsvTimelineState *state = asked->state;
  g_autofree char *words = words_of_request(asked, pending);
  AsvMoment at = {.time = state->clock,
                  .packet = asked->seen->packet,
                  .file = asv_timeline_file(state, asked->seen)};
  AsvEvent *line = asv_event_context(state, asked->origin, asked->connection, &at, words);
  if (!line) return;
  line->has_stream = about->has_stream;
  line->stream = about->stream;
  line->status = about->status;
  asv_event_set_message(state, line, pending);
  line->protocol = asv_connection_protocol(asked->connection);
  asked->link->line = line;
  if (pending->of_use) put_under_use(asked->link, line);
}

void asv_line_add(const AsvAsked *asked, const AsvPending *pending, gboolean told) {
  const AsvResponseSeen *about = &asked->seen->response;
  AsvLink *link = asked->link;
  if (!link || !asked->origin->events) return;
  if (link->used && pending->number == link->first_request) {
    link->used->status = about->status;
    link->used->answer_packet = asked->seen->packet;
    return;
  }
  if (told && !pending->of_use) return;
  if (about->alt_svc && link->route != ASV_ROUTE_ALTERNATIVE) return;
  if (is_same_line(link->line, pending, about->status) && link->line->of_use == pending->of_use) {
    link->line->count++;
    link->line->last_time = asked->state->clock;
    link->line->last_packet = asked->seen->packet;
    return;
  }
  add_line(asked, pending);
}

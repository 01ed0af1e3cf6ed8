/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Members of events, alternatives, cache rows, connections and findings, in the
 * order in which the report's schema names them. A member that has nothing to
 * say is left out; numbers stay when they are 0.
 */
#include "rows.h"

#include "report/words.h"

static void alternative_members(AsvJson *json, const AsvAlternativeSeen *seen) {
  asv_json_string(json, "protocol_id", seen->protocol_id);
  asv_json_octets(json, "alpn", asv_span(seen->alpn ? seen->alpn : "", seen->alpn_size));
  asv_json_string(json, "host", seen->host);
  if (seen->has_port) asv_json_number(json, "port", seen->port);
}

static void put_alternative(AsvJson *json, const AsvAlternativeSeen *seen) {
  asv_json_object(json, "alternative");
  alternative_members(json, seen);
  if (!seen->restored) asv_json_number(json, "ma", seen->ma);
  if (seen->has_age) asv_json_number(json, "age", seen->age);
  if (seen->persist) asv_json_boolean(json, "persist", TRUE);
  asv_json_boolean(json, "usable", seen->usable);
  asv_json_words(json, "why", seen->why);
  asv_json_object_end(json);
}

/* Where and by what message an event was seen. */
static void event_source(AsvJson *json, const AsvEvent *event) {
  asv_json_number(json, "packet", event->packet);
  asv_json_string(json, "file", event->file);
  asv_json_string(json, "connection", event->connection);
  asv_json_id(json, "id", event->id);
  if (event->has_stream) asv_json_number(json, "stream", event->stream);
  if (event->has_via) asv_json_string(json, "via", asv_via_name(event->via));
  asv_json_octets(json, "value", asv_span(event->value, event->value_size));
}

void asv_row_event(AsvJson *json, const AsvEvent *event, gint64 first) {
  asv_json_string(json, "event", asv_event_kind_name(event->kind));
  asv_json_time(json, "time", event->time);
  asv_json_seconds(json, "relative", asv_words_between(first, event->time));
  event_source(json, event);
  if (event->alternative) put_alternative(json, event->alternative);
  if (event->expires) asv_json_time(json, "expires", event->expires);
  asv_json_string(json, "ended_by", asv_ended_by_name(event->ended_by));
  asv_json_string(json, "reason", event->reason);
  asv_json_string(json, "detail", event->detail);
  asv_json_string(json, "evidence", event->evidence);
  if (event->ambiguous) asv_json_boolean(json, "ambiguous", TRUE);
  if (event->has_entries) asv_json_number(json, "entries", event->entries);
  if (event->count > 1) {
    asv_json_number(json, "count", event->count);
    asv_json_time(json, "last_time", event->last_time);
    asv_json_number(json, "last_packet", event->last_packet);
  }
  asv_json_words(json, "rfc", event->rfc);
  asv_json_ids(json, "findings", event->findings);
}

void asv_row_events(AsvJson *json, const char *key, const GPtrArray *events, gint64 first) {
  asv_json_list(json, key);
  for (guint i = 0; i < events->len; i++) {
    const AsvEvent *event = g_ptr_array_index(events, i);
    if (event->kind == ASV_EVENT_CONTEXT) continue;
    asv_json_object(json, NULL);
    asv_row_event(json, event, first);
    asv_json_object_end(json);
  }
  asv_json_list_end(json);
}

void asv_row_cache(AsvJson *json, const AsvCacheRow *row) {
  alternative_members(json, &row->alternative);
  if (row->alternative.persist) asv_json_boolean(json, "persist", TRUE);
  asv_json_boolean(json, "usable", row->alternative.usable);
  asv_json_number(json, "rank", row->rank);
  asv_json_time(json, "learned", row->learned);
  asv_json_number(json, "packet", row->packet);
  if (!row->alternative.restored) asv_json_string(json, "via", asv_via_name(row->via));
  asv_json_time(json, "expires", row->expires);
  asv_json_boolean(json, "tried", row->tried);
  asv_json_number(json, "requests", row->requests);
  if (row->last_used) asv_json_time(json, "last_used", row->last_used);
  if (row->broken_until) asv_json_time(json, "broken_until", row->broken_until);
  asv_json_string(json, "learned_over", row->learned_over);
  if (row->expired) asv_json_boolean(json, "expired", TRUE);
}

void asv_row_origin(AsvJson *json, const AsvOriginReport *origin, guint parts, gint64 first) {
  asv_json_string(json, "origin", origin->origin);
  asv_json_string(json, "verdict", asv_outcome_name(origin->verdict));
  asv_json_ids(json, "because", origin->because);
  if (parts & ASV_ROW_WITH_EVENTS) asv_row_events(json, "events", origin->events, first);
  if (!(parts & ASV_ROW_WITH_CACHE)) return;
  asv_json_list(json, "cache");
  for (guint i = 0; i < origin->cache->len; i++) {
    asv_json_object(json, NULL);
    asv_row_cache(json, g_ptr_array_index(origin->cache, i));
    asv_json_object_end(json);
  }
  asv_json_list_end(json);
}

void asv_row_connection(AsvJson *json, const AsvConnectionReport *connection) {
  asv_json_string(json, "connection", connection->label);
  asv_json_id(json, "id", connection->id);
  asv_json_string(json, "client", connection->client);
  asv_json_string(json, "server", connection->server);
  asv_json_string(json, "sni", connection->sni);
  asv_json_string(json, "alpn", connection->alpn);
  asv_json_time(json, "opened", connection->opened);
  if (connection->closed) asv_json_time(json, "closed", connection->closed);
  asv_json_number(json, "requests", connection->requests);
  if (!connection->origins || !connection->origins->len) return;
  asv_json_list(json, "origins");
  for (guint i = 0; i < connection->origins->len; i++)
    asv_json_string(json, NULL, g_ptr_array_index(connection->origins, i));
  asv_json_list_end(json);
}

static void put_packets(AsvJson *json, const GArray *packets) {
  if (!packets || !packets->len) return;
  asv_json_list(json, "packets");
  for (guint i = 0; i < packets->len; i++)
    asv_json_number(json, NULL, g_array_index(packets, guint64, i));
  asv_json_list_end(json);
}

void asv_row_finding(AsvJson *json, const AsvFinding *finding) {
  asv_json_number(json, "id", finding->id);
  asv_json_string(json, "code", finding->code);
  asv_json_string(json, "severity", asv_severity_name(finding->severity));
  asv_json_number(json, "count", finding->count);
  put_packets(json, finding->packets);
  if (finding->time) asv_json_time(json, "time", finding->time);
  asv_json_string(json, "connection", finding->connection);
  if (finding->has_stream) asv_json_number(json, "stream", finding->stream);
  asv_json_string(json, "client", finding->client);
  asv_json_string(json, "origin", finding->origin);
  asv_json_words(json, "message", finding->message);
  asv_json_words(json, "advice", finding->advice);
  asv_json_words(json, "filter", finding->filter);
  asv_json_string(json, "spec", finding->spec);
}

static void put_counts(AsvJson *json, const AsvOriginCounts *counts) {
  asv_json_number(json, "clients", counts->clients);
  asv_json_number(json, "learned", counts->learned);
  asv_json_number(json, "tried", counts->tried);
  asv_json_number(json, "used", counts->used);
  asv_json_number(json, "failed", counts->failed);
}

void asv_row_summary(AsvJson *json, const AsvOriginSummary *summary) {
  asv_json_string(json, "origin", summary->origin);
  put_counts(json, &summary->counts);
  asv_json_object(json, "verdicts");
  for (guint i = 0; i < ASV_OUTCOMES; i++)
    if (summary->verdicts[i])
      asv_json_number(json, asv_outcome_name((AsvOutcome)i), summary->verdicts[i]);
  asv_json_object_end(json);
  asv_json_list(json, "kinds");
  for (guint i = 0; i < summary->kinds->len; i++) {
    const AsvOriginKind *kind = g_ptr_array_index(summary->kinds, i);
    asv_json_object(json, NULL);
    asv_json_string(json, "kind", kind->kind);
    put_counts(json, &kind->counts);
    asv_json_object_end(json);
  }
  asv_json_list_end(json);
  if (!summary->waits->len) return;
  asv_json_object(json, "first_use");
  asv_json_seconds(json, "median", asv_origins_percentile(summary, 50));
  asv_json_seconds(json, "p95", asv_origins_percentile(summary, 95));
  asv_json_object_end(json);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The report as one JSON object, "altshark/1". A subject other than the
 * timeline is the same object with its own section alone. The schema is
 * schema/report.schema.json.
 */
#include "report.h"
#include "rows.h"

static void put_captures(AsvJson *json, const AsvTimeline *timeline) {
  asv_json_list(json, "captures");
  for (guint i = 0; i < timeline->captures->len; i++) {
    const AsvCaptureReport *capture = g_ptr_array_index(timeline->captures, i);
    asv_json_object(json, NULL);
    asv_json_string(json, "file", capture->file);
    asv_json_string(json, "format", capture->format);
    asv_json_number(json, "packets", capture->packets);
    asv_json_number(json, "bytes", capture->bytes);
    if (capture->packets) {
      asv_json_time(json, "first", capture->first);
      asv_json_time(json, "last", capture->last);
    }
    asv_json_boolean(json, "complete", capture->complete);
    asv_json_object_end(json);
  }
  asv_json_list_end(json);
}

static void put_unreadable(AsvJson *json, const GPtrArray *list) {
  asv_json_list(json, "unreadable");
  for (guint i = 0; i < list->len; i++) {
    const AsvUnreadableReport *row = g_ptr_array_index(list, i);
    asv_json_object(json, NULL);
    asv_json_string(json, "connection", row->connection);
    asv_json_id(json, "id", row->id);
    asv_json_string(json, "client", row->client);
    asv_json_string(json, "server", row->server);
    asv_json_string(json, "sni", row->sni);
    asv_json_string(json, "reason", asv_unreadable_reason_name(row->reason));
    asv_json_number(json, "packet", row->packet);
    asv_json_number(json, "bytes", row->bytes);
    asv_json_object_end(json);
  }
  asv_json_list_end(json);
}

static void put_coverage(AsvJson *json, const AsvCoverage *coverage) {
  asv_json_object(json, "coverage");
  asv_json_number(json, "connections", coverage->connections);
  asv_json_number(json, "decrypted", coverage->decrypted);
  asv_json_number(json, "requests", coverage->requests);
  asv_json_number(json, "responses", coverage->responses);
  asv_json_number(json, "advertisements", coverage->advertisements);
  put_unreadable(json, coverage->unreadable);
  asv_json_object_end(json);
}

static void put_client(AsvJson *json, const AsvClientReport *client, guint parts, gint64 first) {
  asv_json_object(json, NULL);
  asv_json_string(json, "client", client->client);
  if (client->user_agents->len) {
    asv_json_list(json, "user_agents");
    for (guint i = 0; i < client->user_agents->len; i++)
      asv_json_string(json, NULL, g_ptr_array_index(client->user_agents, i));
    asv_json_list_end(json);
  }
  asv_json_string(json, "model", client->model);
  asv_json_words(json, "model_reason", client->model_reason);
  asv_json_list(json, "origins");
  for (guint i = 0; i < client->origins->len; i++) {
    asv_json_object(json, NULL);
    asv_row_origin(json, g_ptr_array_index(client->origins, i), parts, first);
    asv_json_object_end(json);
  }
  asv_json_list_end(json);
  if ((parts & ASV_ROW_WITH_EVENTS) && client->unplaced->len)
    asv_row_events(json, "unplaced", client->unplaced, first);
  asv_json_object_end(json);
}

static void put_clients(AsvJson *json, const AsvTimeline *timeline, guint parts) {
  asv_json_list(json, "clients");
  for (guint i = 0; i < timeline->clients->len; i++)
    put_client(json, g_ptr_array_index(timeline->clients, i), parts, timeline->first);
  asv_json_list_end(json);
}

static void put_connections(AsvJson *json, const AsvTimeline *timeline) {
  asv_json_list(json, "connections");
  for (guint i = 0; i < timeline->connections->len; i++) {
    asv_json_object(json, NULL);
    asv_row_connection(json, g_ptr_array_index(timeline->connections, i));
    asv_json_object_end(json);
  }
  asv_json_list_end(json);
}

static void put_findings(AsvJson *json, const AsvTimeline *timeline) {
  asv_json_list(json, "findings");
  for (guint i = 0; i < timeline->findings->len; i++) {
    asv_json_object(json, NULL);
    asv_row_finding(json, g_ptr_array_index(timeline->findings, i));
    asv_json_object_end(json);
  }
  asv_json_list_end(json);
}

static void put_origins(AsvJson *json, const AsvTimeline *timeline) {
  g_autoptr(GPtrArray) summaries = asv_origins_summarize(timeline);
  asv_json_list(json, "origins");
  for (guint i = 0; i < summaries->len; i++) {
    asv_json_object(json, NULL);
    asv_row_summary(json, g_ptr_array_index(summaries, i));
    asv_json_object_end(json);
  }
  asv_json_list_end(json);
}

/* Without any packet there is no moment to speak of; a packet without a time is one at 0. */
static gboolean has_moment(const AsvTimeline *timeline) {
  for (guint i = 0; i < timeline->captures->len; i++)
    if (((const AsvCaptureReport *)g_ptr_array_index(timeline->captures, i))->packets) return TRUE;
  return timeline->at != 0 || timeline->options.has_at;
}

void asv_report_json(FILE *out, const AsvTimeline *timeline, const AsvReportOptions *options) {
  const guint all = ASV_ROW_WITH_EVENTS | ASV_ROW_WITH_CACHE;
  AsvReportSubject subject = options->subject;
  gboolean whole = subject == ASV_REPORT_TIMELINE;
  AsvJson json = {.out = out, .pretty = TRUE};
  asv_json_object(&json, NULL);
  asv_json_string(&json, "schema", "altshark/1");
  asv_json_string(&json, "version", options->version);
  asv_json_string(&json, "model", options->model);
  asv_json_string(&json, "client_by", asv_client_by_name(timeline->options.client_by));
  if (has_moment(timeline)) asv_json_time(&json, "at", timeline->at);
  if (whole) put_captures(&json, timeline);
  if (whole) put_coverage(&json, &timeline->coverage);
  if (subject == ASV_REPORT_ORIGINS) put_origins(&json, timeline);
  if (whole || subject == ASV_REPORT_ORIGINS) put_clients(&json, timeline, all);
  if (subject == ASV_REPORT_CACHE) put_clients(&json, timeline, ASV_ROW_WITH_CACHE);
  if (whole || subject == ASV_REPORT_CONNECTIONS) put_connections(&json, timeline);
  if (whole || subject == ASV_REPORT_FINDINGS) put_findings(&json, timeline);
  asv_json_object_end(&json);
  asv_json_newline(&json);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The report as NDJSON: of a timeline its events, of another subject its rows,
 * one object a line, with the client and origin they belong to.
 */
#include "report.h"
#include "rows.h"

typedef struct {
  AsvJson json;
  const AsvTimeline *timeline;
} Lines;

/* origin is NULL for what belongs to none. */
static void begin_line(Lines *lines, const char *client, const char *origin) {
  asv_json_object(&lines->json, NULL);
  asv_json_string(&lines->json, "client", client);
  asv_json_string(&lines->json, "origin", origin);
}

static void end_line(Lines *lines) {
  asv_json_object_end(&lines->json);
  asv_json_newline(&lines->json);
}

static void event_lines(Lines *lines, const char *client, const char *origin,
                        const GPtrArray *events) {
  for (guint i = 0; i < events->len; i++) {
    const AsvEvent *event = g_ptr_array_index(events, i);
    if (event->kind == ASV_EVENT_CONTEXT) continue;
    begin_line(lines, client, origin);
    asv_row_event(&lines->json, event, lines->timeline->first);
    end_line(lines);
  }
}

static void cache_lines(Lines *lines, const char *client, const AsvOriginReport *origin) {
  for (guint i = 0; i < origin->cache->len; i++) {
    begin_line(lines, client, origin->origin);
    asv_row_cache(&lines->json, g_ptr_array_index(origin->cache, i));
    end_line(lines);
  }
}

static void origin_lines(Lines *lines) {
  g_autoptr(GPtrArray) summaries = asv_origins_summarize(lines->timeline);
  for (guint i = 0; i < summaries->len; i++) {
    asv_json_object(&lines->json, NULL);
    asv_row_summary(&lines->json, g_ptr_array_index(summaries, i));
    end_line(lines);
  }
}

static void client_lines(Lines *lines, const AsvClientReport *client, AsvReportSubject subject) {
  for (guint i = 0; i < client->origins->len; i++) {
    const AsvOriginReport *origin = g_ptr_array_index(client->origins, i);
    if (subject == ASV_REPORT_TIMELINE)
      event_lines(lines, client->client, origin->origin, origin->events);
    else if (subject == ASV_REPORT_CACHE)
      cache_lines(lines, client->client, origin);
  }
  if (subject == ASV_REPORT_TIMELINE) event_lines(lines, client->client, NULL, client->unplaced);
}

static void finding_lines(Lines *lines) {
  for (guint i = 0; i < lines->timeline->findings->len; i++) {
    asv_json_object(&lines->json, NULL);
    asv_row_finding(&lines->json, g_ptr_array_index(lines->timeline->findings, i));
    end_line(lines);
  }
}

static void connection_lines(Lines *lines) {
  for (guint i = 0; i < lines->timeline->connections->len; i++) {
    asv_json_object(&lines->json, NULL);
    asv_row_connection(&lines->json, g_ptr_array_index(lines->timeline->connections, i));
    end_line(lines);
  }
}

void asv_report_ndjson(FILE *out, const AsvTimeline *timeline, const AsvReportOptions *options) {
  Lines lines = {.json = {.out = out}, .timeline = timeline};
  switch (options->subject) {
    case ASV_REPORT_FINDINGS:
      finding_lines(&lines);
      break;
    case ASV_REPORT_ORIGINS:
      origin_lines(&lines);
      break;
    case ASV_REPORT_CONNECTIONS:
      connection_lines(&lines);
      break;
    default:
      for (guint i = 0; i < timeline->clients->len; i++)
        client_lines(&lines, g_ptr_array_index(timeline->clients, i), options->subject);
  }
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The report for people: header, IN SHORT, each client's origins with their
 * timeline and cache, findings, coverage; or the part that -z asks for.
 */
#include "text.h"

#include "altsvc/limits.h"

static void put_client_heading(AsvText *text, const AsvClientReport *client) {
  g_autoptr(GString) words = g_string_new(NULL);
  guint count = client->user_agents->len;
  guint shown = text->options->verbosity < 1 ? MIN(count, ASV_TEXT_LIST_MAX) : count;
  for (guint i = 0; i < shown; i++) {
    g_autofree char *agent = asv_words_agent(g_ptr_array_index(client->user_agents, i));
    g_string_append_printf(words, "%s%s", i ? ", " : "", agent);
  }
  if (shown < count) g_string_append_printf(words, ", %u more", count - shown);
  if (count) g_string_append(words, " (from User-Agent)");
  asv_page_put(&text->page, "CLIENT ");
  asv_page_wrap(&text->page, "       ", client->client);
  if (count) {
    asv_page_pad(&text->page, MAX(24, text->page.column + 2));
    asv_page_wrap(&text->page, "                        ", words->str);
  }
  asv_page_newline(&text->page);
  if (client->hint) asv_page_prose(&text->page, 2, client->hint);
}

/* Origins without any event share one paragraph. */
static void put_silent_origins(AsvText *text, const AsvClientReport *client) {
  g_autoptr(GString) words = g_string_new(NULL);
  for (guint i = 0; i < client->origins->len; i++) {
    const AsvOriginReport *origin = g_ptr_array_index(client->origins, i);
    if (origin->events->len || origin->cache->len) continue;
    g_string_append_printf(words, "%s%s", words->len ? ", " : "No Alt-Svc for ", origin->origin);
  }
  if (!words->len) return;
  asv_page_newline(&text->page);
  asv_page_prose(&text->page, 2, words->str);
}

static void put_origin(AsvText *text, const AsvOriginReport *origin) {
  gboolean timeline = text->options->subject == ASV_REPORT_TIMELINE;
  asv_page_newline(&text->page);
  asv_page_prose(&text->page, 2, origin->origin);
  asv_page_newline(&text->page);
  if (timeline && origin->events->len) {
    asv_text_events(text, origin->events);
    asv_page_newline(&text->page);
  }
  asv_text_cache(text, origin);
}

static void put_client(AsvText *text, const AsvClientReport *client) {
  asv_page_rule(&text->page);
  put_client_heading(text, client);
  for (guint i = 0; i < client->origins->len; i++) {
    const AsvOriginReport *origin = g_ptr_array_index(client->origins, i);
    if (origin->events->len || origin->cache->len) put_origin(text, origin);
  }
  put_silent_origins(text, client);
  if (client->unplaced->len && text->options->subject == ASV_REPORT_TIMELINE) {
    asv_page_newline(&text->page);
    asv_page_prose(&text->page, 2, "Ignored, and of no origin");
    asv_page_newline(&text->page);
    asv_text_events(text, client->unplaced);
  }
  asv_page_newline(&text->page);
}

/* Whether any client has an event to tell; context lines alone tell nothing of Alt-Svc. */
static gboolean has_alt_svc(const AsvTimeline *timeline) {
  if (timeline->coverage.advertisements) return TRUE;
  for (guint i = 0; i < timeline->clients->len; i++) {
    const AsvClientReport *client = g_ptr_array_index(timeline->clients, i);
    if (client->unplaced->len) return TRUE;
    for (guint j = 0; j < client->origins->len; j++) {
      const AsvOriginReport *origin = g_ptr_array_index(client->origins, j);
      for (guint k = 0; k < origin->events->len; k++)
        if (((const AsvEvent *)g_ptr_array_index(origin->events, k))->kind != ASV_EVENT_CONTEXT)
          return TRUE;
    }
  }
  return FALSE;
}

static void put_clients(AsvText *text) {
  for (guint i = 0; i < text->timeline->clients->len; i++)
    put_client(text, g_ptr_array_index(text->timeline->clients, i));
}

static void put_subject(AsvText *text) {
  const AsvTimeline *timeline = text->timeline;
  switch (text->options->subject) {
    case ASV_REPORT_ORIGINS:
      if (timeline->clients->len) asv_text_origins(text);
      break;
    case ASV_REPORT_CACHE:
      put_clients(text);
      break;
    case ASV_REPORT_FINDINGS:
      asv_text_findings(text);
      break;
    case ASV_REPORT_CONNECTIONS:
      if (timeline->connections->len) asv_text_connections(text);
      break;
    default:
      if (timeline->clients->len) {
        asv_text_short(text);
        asv_page_newline(&text->page);
        put_clients(text);
      }
      if (timeline->clients->len || timeline->findings->len) {
        asv_page_rule(&text->page);
        asv_text_findings(text);
      }
  }
}

void asv_report_text(FILE *out, const AsvTimeline *timeline, const AsvReportOptions *options) {
  AsvText text = {.timeline = timeline, .options = options};
  if (options->time_style == ASV_TIME_LOCAL) text.local = g_time_zone_new_local();
  asv_page_begin(&text.page, out, options->width, options->color);
  if (options->subject == ASV_REPORT_WHY) {
    asv_text_why(&text);
    asv_page_end(&text.page);
    g_clear_pointer(&text.local, g_time_zone_unref);
    return;
  }
  asv_text_header(&text);
  asv_page_newline(&text.page);
  if (timeline->absent) {
    asv_page_prose(&text.page, 0, timeline->absent);
  } else {
    if (!has_alt_svc(timeline)) {
      asv_text_nothing(&text);
      asv_page_newline(&text.page);
    }
    put_subject(&text);
  }
  if (options->verbosity >= 0) {
    asv_page_gap(&text.page);
    asv_text_coverage(&text);
  }
  asv_page_end(&text.page);
  g_clear_pointer(&text.local, g_time_zone_unref);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --why: of one origin, each client's verdict and the few lines that show it:
 * the events that it follows from, and the findings behind it.
 */
#include "altsvc/limits.h"
#include "text.h"

/* The events that decide, in the order in which they matter when there are too many. */
static const AsvEventKind decisive[] = {ASV_EVENT_USED,    ASV_EVENT_FAILED,  ASV_EVENT_TRIED,
                                        ASV_EVENT_LEARNED, ASV_EVENT_REMOVED, ASV_EVENT_CLEARED,
                                        ASV_EVENT_IGNORED, ASV_EVENT_EXPIRED, ASV_EVENT_RESTORED};

static const AsvEvent *first_of(const AsvOriginReport *origin, AsvEventKind kind) {
  for (guint i = 0; i < origin->events->len; i++) {
    const AsvEvent *event = g_ptr_array_index(origin->events, i);
    if (event->kind == kind) return event;
  }
  return NULL;
}

static gint compare_times(gconstpointer a, gconstpointer b) {
  const AsvEvent *x = *(const AsvEvent *const *)a, *y = *(const AsvEvent *const *)b;
  if (x->time != y->time) return x->time < y->time ? -1 : 1;
  return x->packet == y->packet ? 0 : x->packet < y->packet ? -1 : 1;
}

static void put_evidence(AsvText *text, const AsvOriginReport *origin) {
  g_autoptr(GPtrArray) shown = g_ptr_array_new();
  for (gsize i = 0; i < G_N_ELEMENTS(decisive) && shown->len < ASV_TEXT_WHY_EVENTS; i++) {
    const AsvEvent *event = first_of(origin, decisive[i]);
    if (event) g_ptr_array_add(shown, (gpointer)event);
  }
  g_ptr_array_sort(shown, compare_times);
  for (guint i = 0; i < shown->len; i++) asv_text_event_line(text, g_ptr_array_index(shown, i));
}

static void put_because(AsvText *text, const AsvOriginReport *origin) {
  guint count = origin->because ? origin->because->len : 0;
  for (guint i = 0; i < MIN(count, ASV_TEXT_LIST_MAX); i++) {
    guint id = g_array_index(origin->because, guint, i);
    const AsvFinding *finding = g_ptr_array_index(text->timeline->findings, id - 1);
    g_autofree char *words = g_strdup_printf("%s: %s", finding->code, finding->message);
    asv_page_prose(&text->page, 2, words);
    if (!finding->filter) continue;
    asv_page_put(&text->page, "  See: ");
    asv_page_put(&text->page, finding->filter);
    asv_page_newline(&text->page);
  }
}

static void put_client(AsvText *text, const AsvClientReport *client,
                       const AsvOriginReport *origin) {
  g_autofree char *words = asv_text_verdict(text, origin);
  g_autofree char *verdict = g_strdup_printf("%s: %s", asv_outcome_name(origin->verdict), words);
  asv_page_put(&text->page, client->client);
  if (client->user_agents->len) {
    g_autofree char *agent = asv_words_agent(g_ptr_array_index(client->user_agents, 0));
    asv_page_put(&text->page, "  ");
    asv_page_put(&text->page, agent);
  }
  asv_page_newline(&text->page);
  asv_page_prose(&text->page, 2, verdict);
  put_evidence(text, origin);
  put_because(text, origin);
}

void asv_text_why(AsvText *text) {
  const char *wanted = text->timeline->options.origin;
  guint count = 0;
  for (guint i = 0; i < text->timeline->clients->len; i++) {
    const AsvClientReport *client = g_ptr_array_index(text->timeline->clients, i);
    for (guint j = 0; j < client->origins->len; j++) {
      const AsvOriginReport *origin = g_ptr_array_index(client->origins, j);
      if (!g_str_equal(origin->origin, wanted)) continue;
      if (count++) asv_page_gap(&text->page);
      put_client(text, client, origin);
    }
  }
  if (count) return;
  g_autofree char *words = g_strdup_printf("No client asked for %s in what could be read.", wanted);
  asv_page_prose(&text->page, 0, words);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IN SHORT: how many findings there are, and a line for each client and origin.
 */
#include "text.h"

/* Columns of client and origin together, above which the sentence gets a line of its own. */
#define NAMES_MAX 42

/* Columns in which all clients and all origins fit, 0 when the sentence needs its own line. */
static void measure(const AsvTimeline *timeline, guint *client_width, guint *origin_width) {
  *client_width = *origin_width = 0;
  for (guint i = 0; i < timeline->clients->len; i++) {
    const AsvClientReport *client = g_ptr_array_index(timeline->clients, i);
    *client_width = MAX(*client_width, (guint)strlen(client->client));
    for (guint j = 0; j < client->origins->len; j++) {
      const AsvOriginReport *origin = g_ptr_array_index(client->origins, j);
      *origin_width = MAX(*origin_width, (guint)strlen(origin->origin));
    }
  }
  if (*client_width + *origin_width > NAMES_MAX) *client_width = *origin_width = 0;
}

/* Client and what stands behind it, without ending the line. */
static void put_names(AsvText *text, const char *client, const char *second, guint client_width) {
  AsvPage *page = &text->page;
  asv_page_pad(page, 2);
  asv_page_wrap(page, "      ", client);
  asv_page_pad(page, MAX(2 + client_width, page->column) + 2);
  asv_page_wrap(page, "      ", second);
}

static void put_verdict(AsvText *text, const AsvClientReport *client, const AsvOriginReport *origin,
                        guint client_width, guint origin_width) {
  AsvPage *page = &text->page;
  g_autofree char *words = asv_text_verdict(text, origin);
  g_autofree char *story = asv_text_story(text, origin);
  put_names(text, client->client, origin->origin, client_width);
  if (client_width) {
    guint column = 2 + client_width + 2 + origin_width + 3;
    g_autofree char *hang = g_strnfill(column, ' ');
    asv_page_pad(page, column);
    asv_page_wrap(page, hang, words);
    asv_page_newline(page);
  } else {
    asv_page_newline(page);
    asv_page_prose(page, 6, words);
  }
  if (*story) asv_page_prose(page, 6, story);
}

static void put_title(AsvText *text) {
  static const char *const nouns[] = {"note", "warning", "error"};
  guint counts[G_N_ELEMENTS(nouns)] = {0};
  g_autoptr(GString) words = g_string_new(NULL);
  for (guint i = 0; i < text->timeline->findings->len; i++) {
    const AsvFinding *finding = g_ptr_array_index(text->timeline->findings, i);
    counts[finding->severity]++;
  }
  for (gsize severity = G_N_ELEMENTS(nouns); severity--;) {
    if (!counts[severity]) continue;
    g_autofree char *count = asv_words_count(counts[severity], nouns[severity]);
    g_string_append_printf(words, "%s%s", words->len ? ", " : "", count);
  }
  asv_page_put(&text->page, "IN SHORT");
  asv_page_right(&text->page, words->len ? words->str : "no findings");
}

void asv_text_short(AsvText *text) {
  guint client_width, origin_width;
  measure(text->timeline, &client_width, &origin_width);
  put_title(text);
  for (guint i = 0; i < text->timeline->clients->len; i++) {
    const AsvClientReport *client = g_ptr_array_index(text->timeline->clients, i);
    for (guint j = 0; j < client->origins->len; j++)
      put_verdict(text, client, g_ptr_array_index(client->origins, j), client_width, origin_width);
    if (!client->unplaced->len) continue;
    g_autofree char *words =
        g_strdup_printf("%u ignored that belong%s to no origin", client->unplaced->len,
                        client->unplaced->len == 1 ? "s" : "");
    put_names(text, client->client, words, client_width);
    asv_page_newline(&text->page);
  }
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The cache of an origin at one moment: a numbered line per entry, by rank. */
#include "altsvc/limits.h"
#include "text.h"

#define INDENT 4

/* An alternative wider than this moves the rest of its row to the right, others do not. */
#define ALTERNATIVE_MAX 34

static char *heading(const AsvText *text, gboolean empty) {
  const AsvTimeline *timeline = text->timeline;
  g_autofree char *at = asv_words_time(text, timeline->at);
  const char *end = empty ? ": empty" : "";
  if (timeline->at_projected)
    return g_strdup_printf("Cache at %s (after the end of the capture: projected)%s", at, end);
  if (timeline->options.has_at) return g_strdup_printf("Cache at %s%s", at, end);
  return g_strdup_printf("Cache at the end (%s)%s", at, end);
}

/* What a client of its kind does with it. */
static char *state_words(const AsvText *text, const AsvCacheRow *row) {
  GString *words = g_string_new(NULL);
  if (row->expired) g_string_append(words, ", expired, in its storage still");
  if (row->broken_until) {
    g_autofree char *until = asv_words_until(text, row->broken_until);
    g_string_append_printf(words, ", failed, set aside until %s", until);
  }
  if (row->learned_over)
    g_string_append_printf(words, ", learned over HTTP/%s",
                           g_str_equal(row->learned_over, "h1") ? "1.1" : row->learned_over + 1);
  return g_string_free(words, FALSE);
}

static char *use_words(const AsvText *text, const AsvCacheRow *row) {
  const char *persist = row->alternative.persist ? ", kept over network changes" : "";
  if (!row->alternative.usable)
    return g_strdup_printf("not usable: %s%s",
                           row->alternative.why ? row->alternative.why : "no reason known",
                           persist);
  g_autofree char *requests = asv_words_count(row->requests, "request");
  g_autofree char *state = state_words(text, row);
  const char *unused = !row->tried ? "not tried" : row->broken_until ? "tried" : "tried, not used";
  return g_strconcat(row->requests ? requests : unused, persist, state, NULL);
}

static void put_row(AsvText *text, const AsvCacheRow *row, guint width, guint life_width) {
  AsvPage *page = &text->page;
  g_autofree char *rank = g_strdup_printf("%u.", row->rank);
  g_autofree char *alternative = asv_words_alternative(&row->alternative);
  g_autofree char *until = asv_words_until(text, row->expires);
  g_autofree char *left = asv_words_duration(asv_words_between(text->timeline->at, row->expires));
  g_autofree char *life = g_strdup_printf("%s left, until %s", left, until);
  g_autofree char *use = use_words(text, row);
  guint column = INDENT + 6;
  g_autofree char *hang = g_strnfill(column, ' ');
  asv_page_pad(page, INDENT + 4 - MIN((guint)strlen(rank), 4));
  asv_page_put(page, rank);
  asv_page_pad(page, column);
  asv_page_wrap(page, hang, alternative);
  asv_page_pad(page, MAX(column + width, page->column) + 3);
  guint start = page->column;
  asv_page_wrap(page, hang, life);
  guint use_at = MAX(start + life_width, page->column) + 3;
  if (use_at + strlen(use) > page->width) {
    asv_page_newline(page);
    use_at = column;
  }
  asv_page_pad(page, use_at);
  asv_page_wrap(page, hang, use);
  asv_page_newline(page);
}

static gboolean is_same_row(const AsvCacheRow *a, const AsvCacheRow *b) {
  const AsvAlternativeSeen *x = &a->alternative, *y = &b->alternative;
  return a->expires == b->expires && x->persist == y->persist && x->has_port == y->has_port &&
         x->port == y->port && g_str_equal(x->protocol_id, y->protocol_id) &&
         g_str_equal(x->host, y->host);
}

/* TRUE when the client can use what RFC 7838 would have it hold, and nothing else. */
static gboolean is_as_rfc(const AsvOriginReport *origin) {
  guint alive = 0;
  if (!origin->by_rfc) return TRUE;
  for (guint i = 0; i < origin->cache->len; i++) {
    const AsvCacheRow *row = g_ptr_array_index(origin->cache, i);
    if (row->expired) continue;
    if (alive >= origin->by_rfc->len || !is_same_row(row, g_ptr_array_index(origin->by_rfc, alive)))
      return FALSE;
    alive++;
  }
  return alive == origin->by_rfc->len;
}

/* "~ RFC 7838: h3 at b.test:443, 41 s left". */
static char *rfc_words(const AsvText *text, const GPtrArray *rows) {
  guint shown = text->options->verbosity < 1 ? MIN(rows->len, ASV_TEXT_LIST_MAX) : rows->len;
  GString *words = g_string_new(rows->len ? "~ RFC 7838: " : "~ RFC 7838: empty");
  for (guint i = 0; i < shown; i++) {
    const AsvCacheRow *row = g_ptr_array_index(rows, i);
    g_autofree char *to = asv_words_alternative(&row->alternative);
    g_autofree char *left = asv_words_duration(asv_words_between(text->timeline->at, row->expires));
    g_string_append_printf(words, "%s%s, %s left%s", i ? "; " : "", to, left,
                           row->alternative.persist ? ", kept over network changes" : "");
  }
  if (shown < rows->len) g_string_append_printf(words, "; and %u more", rows->len - shown);
  return g_string_free(words, FALSE);
}

void asv_text_cache(AsvText *text, const AsvOriginReport *origin) {
  const GPtrArray *rows = origin->cache;
  guint width = 0, life_width = 0;
  g_autofree char *rfc = is_as_rfc(origin) ? NULL : rfc_words(text, origin->by_rfc);
  g_autofree char *head = heading(text, rows->len == 0);
  g_autofree char *words = rfc && !rows->len ? g_strdup_printf("%s  %s", head, rfc) : NULL;
  asv_page_prose(&text->page, INDENT, words ? words : head);
  for (guint i = 0; i < rows->len; i++) {
    const AsvCacheRow *row = g_ptr_array_index(rows, i);
    g_autofree char *alternative = asv_words_alternative(&row->alternative);
    g_autofree char *until = asv_words_until(text, row->expires);
    g_autofree char *left = asv_words_duration(asv_words_between(text->timeline->at, row->expires));
    width = MAX(width, MIN((guint)strlen(alternative), ALTERNATIVE_MAX));
    life_width = MAX(life_width, (guint)(strlen(left) + strlen(" left, until ") + strlen(until)));
  }
  for (guint i = 0; i < rows->len; i++)
    put_row(text, g_ptr_array_index(rows, i), width, life_width);
  if (rfc && rows->len) asv_page_prose(&text->page, INDENT + 6, rfc);
}

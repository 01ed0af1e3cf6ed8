/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Findings in words: what was seen, what to do about it, where to look. */
#include "text.h"

#define CODE_AT 9
#define PACKETS_SHOWN 3

/* "#76, #80, …, tcp:1  a.test  (12 times)". */
static char *where_words(const AsvText *text, const AsvFinding *finding) {
  GString *words = g_string_new(NULL);
  guint packets = finding->packets ? finding->packets->len : 0;
  for (guint i = 0; i < MIN(packets, PACKETS_SHOWN); i++)
    g_string_append_printf(words, "%s#%" G_GUINT64_FORMAT, i ? ", " : "",
                           g_array_index(finding->packets, guint64, i));
  if (packets > PACKETS_SHOWN) g_string_append(words, ", …");
  if (finding->connection && finding->count < 2)
    g_string_append_printf(words, "%s%s", words->len ? ", " : "", finding->connection);
  if (finding->client && text->timeline->clients->len > 1)
    g_string_append_printf(words, "%s%s", words->len ? "  " : "", finding->client);
  if (finding->origin)
    g_string_append_printf(
        words, "%s%s", words->len ? "  " : "",
        g_str_has_prefix(finding->origin, "https://") ? finding->origin + 8 : finding->origin);
  if (finding->count > 1)
    g_string_append_printf(words, "  (%" G_GUINT64_FORMAT " times)", finding->count);
  return g_string_free(words, FALSE);
}

/* A sentence, with the section of the RFC behind it. */
static char *sentence(const char *lead, const char *words, const char *spec) {
  gsize size = strlen(words);
  gboolean ended = size && strchr(".!?", words[size - 1]);
  return g_strdup_printf("%s%s%s%s%s%s", lead, words, ended ? "" : ".", spec ? " " : "",
                         spec ? spec : "", spec ? "." : "");
}

static void put_finding(AsvText *text, const AsvFinding *finding) {
  static const char *const words[] = {"NOTE", "WARNING", "ERROR"};
  static const AsvPaint paints[] = {ASV_PAINT_NOTE, ASV_PAINT_WARNING, ASV_PAINT_ERROR};
  AsvPage *page = &text->page;
  const char *advice = text->options->verbosity < 0 ? NULL : finding->advice;
  g_autofree char *where = where_words(text, finding);
  g_autofree char *message =
      sentence("", finding->message ? finding->message : "", advice ? NULL : finding->spec);
  asv_page_paint(page, paints[finding->severity], words[finding->severity]);
  asv_page_pad(page, CODE_AT);
  asv_page_put(page, finding->code);
  if (*where)
    asv_page_right(page, where);
  else
    asv_page_newline(page);
  asv_page_prose(page, 2, message);
  if (advice) {
    g_autofree char *what = sentence("Do: ", advice, finding->spec);
    asv_page_prose(page, 2, what);
  }
  if (!finding->filter) return;
  asv_page_put(page, "  See: ");
  asv_page_put(page, finding->filter);
  asv_page_newline(page);
}

void asv_text_findings(AsvText *text) {
  const GPtrArray *findings = text->timeline->findings;
  asv_page_put(&text->page, findings->len ? "FINDINGS  worst first" : "FINDINGS  none");
  asv_page_newline(&text->page);
  for (guint i = 0; i < findings->len; i++) {
    asv_page_newline(&text->page);
    put_finding(text, g_ptr_array_index(findings, i));
  }
}

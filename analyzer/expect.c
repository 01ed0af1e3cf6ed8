/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Verdicts that a script expects, and the catalogue of findings for people. */
#include "expect.h"

#include <string.h>

#include "altsvc/finding.h"
#include "altsvc/origin.h"
#include "report/page.h"

/* Columns of --explain, whatever the terminal: it is read, or searched, like a manual. */
#define EXPLAIN_WIDTH 80
#define SEVERITY_AT 34
#define SPEC_AT 44

static gboolean find_verdict(const char *name, AsvOutcome *verdict) {
  for (guint i = 0; i < ASV_OUTCOMES; i++) {
    if (!g_str_equal(asv_outcome_name((AsvOutcome)i), name)) continue;
    *verdict = (AsvOutcome)i;
    return TRUE;
  }
  return FALSE;
}

gboolean asv_expectation_read(const char *text, AsvExpectation *expectation, const char **problem) {
  const char *colon = strrchr(text, ':');
  *problem =
      "ORIGIN:VERDICT, such as a.test:switched; verdicts are switched, fell-back, "
      "unreachable, not-used, waiting, ready, not-accepted, client-cannot, proxied, "
      "not-advertised, unknown";
  if (!colon || !find_verdict(colon + 1, &expectation->verdict)) return FALSE;
  g_autofree char *name = g_strndup(text, (gsize)(colon - text));
  g_autofree char *full =
      strstr(name, "://") ? g_strdup(name) : g_strconcat("https://", name, NULL);
  AsvOrigin origin;
  char written[ASV_ORIGIN_MAX];
  if (asv_origin_parse(asv_span_text(full), &origin) || !asv_origin_write(&origin, written))
    return FALSE;
  expectation->origin = g_strdup(written);
  return TRUE;
}

/* ": not-used, alternative-refused": the codes behind a verdict. */
static char *codes_of(const AsvTimeline *timeline, const AsvOriginReport *origin) {
  GString *codes = g_string_new(NULL);
  for (guint i = 0; origin->because && i < origin->because->len; i++) {
    guint id = g_array_index(origin->because, guint, i);
    const AsvFinding *finding = g_ptr_array_index(timeline->findings, id - 1);
    g_string_append_printf(codes, "%s%s", i ? ", " : " because of ", finding->code);
  }
  return g_string_free(codes, FALSE);
}

static gboolean check_origin(const AsvExpectation *expectation, const AsvTimeline *timeline,
                             const char *client, const AsvOriginReport *origin) {
  if (origin->verdict == expectation->verdict) return TRUE;
  g_autofree char *codes = codes_of(timeline, origin);
  g_autofree char *name = g_strescape(client, NULL);
  g_printerr("altshark: --expect %s:%s: %s has %s%s\n", expectation->origin,
             asv_outcome_name(expectation->verdict), name, asv_outcome_name(origin->verdict),
             codes);
  return FALSE;
}

gboolean asv_expectation_check(const AsvExpectation *expectation, const AsvTimeline *timeline) {
  gboolean met = TRUE;
  guint clients = 0;
  for (guint i = 0; i < timeline->clients->len; i++) {
    const AsvClientReport *client = g_ptr_array_index(timeline->clients, i);
    for (guint j = 0; j < client->origins->len; j++) {
      const AsvOriginReport *origin = g_ptr_array_index(client->origins, j);
      if (!g_str_equal(origin->origin, expectation->origin)) continue;
      clients++;
      if (!check_origin(expectation, timeline, client->client, origin)) met = FALSE;
    }
  }
  if (!clients)
    g_printerr("altshark: --expect %s:%s: no client asked for it\n", expectation->origin,
               asv_outcome_name(expectation->verdict));
  return met && clients > 0;
}

/* ---- --explain ---- */

static void put_row(AsvPage *page, AsvFindingCode code) {
  const char *spec = asv_finding_spec(code);
  asv_page_put(page, asv_finding_name(code));
  asv_page_pad(page, SEVERITY_AT);
  asv_page_put(page, asv_severity_name(asv_finding_severity(code)));
  asv_page_pad(page, SPEC_AT);
  asv_page_put(page, spec ? spec : "");
  asv_page_newline(page);
}

gboolean asv_explain(const char *code) {
  AsvFindingCode one = 0;
  if (code && !asv_finding_by_name(code, &one)) return FALSE;
  AsvPage page;
  asv_page_begin(&page, stdout, EXPLAIN_WIDTH, FALSE);
  if (code) {
    put_row(&page, one);
    g_autofree char *advice = g_strconcat("Do: ", asv_finding_advice(one), NULL);
    asv_page_prose(&page, 2, asv_finding_meaning(one));
    asv_page_prose(&page, 2, advice);
  } else {
    for (guint i = 0; i < ASV_FINDINGS_COUNT; i++) put_row(&page, (AsvFindingCode)i);
  }
  asv_page_end(&page);
  return TRUE;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The models, one row each, and which User-Agent has which: RFC 7838 §2.2, §3.1, §4, §6. */
#include "model.h"

#include "observation.h"

#define VIA(name) (1U << ASV_VIA_##name)
#define EVERYWHERE (VIA(HTTP1_HEADER) | VIA(HTTP2_HEADER) | VIA(HTTP3_HEADER))

#define UPPER_CASE (1U << ASV_MALFORMED_UPPER_CASE_NAME)
#define MALFORMED (UPPER_CASE | 1U << ASV_MALFORMED_CONNECTION_FIELD)

/*
 * What all versions of curl have in common. Its rows differ by
 * - 8.1: lines of a response over HTTP/2 are buffered one by one and read before an error of their
 *   stream (curl/curl#10771, of 2023-03-30, between 8.0.1 and 8.1.0), so that a malformed one no
 *   longer takes back those before it;
 * - 8.13: the parser was rewritten (curl/curl#16454, of 2025-02-24, between 8.12.1 and 8.13.0);
 * - 8.15: `clear` needs no semicolon (curl/curl#17917; the release notes of 8.15.0 name it);
 * - 8.18: each alternative has parameters of its own (curl/curl#20160, of 2026-01-02, five days
 *   before 8.18.0; no release notes were at hand).
 * Since curl/curl#22676, of 2026-08-25, it reads on behind unknown parameters; no release with that
 * is known, and no row has it.
 */
#define CURL                                                                                   \
  .model = ASV_MODEL_CURL, .name = "curl", .replaces = ASV_REPLACES_SOURCE, .last_line = TRUE, \
  .keeps_same = TRUE, .ma_largest = G_MAXINT64, .persist = TRUE, .reads_misdirected = TRUE,    \
  .early_over = EVERYWHERE, .stores_expired = TRUE, .uses_tcp = TRUE, .takes_http1 = TRUE,     \
  .origins_max = 5000

/* Of one model the rows for older versions stand first. */
static const AsvModel models[] = {
    {.model = ASV_MODEL_RFC7838,
     .name = "rfc7838",
     .replaces = ASV_REPLACES_ALL,
     .ma_largest = ASV_MA_LARGEST,
     .age_shortens_life = TRUE,
     .persist = TRUE,
     .reads_http = TRUE,
     .reads_frames = TRUE,
     .early_over = EVERYWHERE,
     .misdirected_drops = TRUE,
     .network_drops = TRUE,
     .uses_tcp = TRUE},
    {.model = ASV_MODEL_CHROMIUM,
     .name = "chromium",
     .seen_in = "Chromium 156",
     .read = asv_value_read_chromium,
     .replaces = ASV_REPLACES_ALL,
     .keeps_same = TRUE,
     .ma_largest = G_MAXUINT32,
     .reads_frames = TRUE,
     .reads_misdirected = TRUE,
     .early_over = VIA(HTTP2_HEADER) | VIA(HTTP3_HEADER),
     .drops_malformed = UPPER_CASE,
     .marks_broken = TRUE,
     .stays_privileged = TRUE,
     .no_alt_used = TRUE,
     .origins_max = 500},
    {.model = ASV_MODEL_FIREFOX,
     .name = "firefox",
     .seen_in = "Firefox ESR 153",
     .read = asv_value_read_firefox,
     .replaces = ASV_REPLACES_CLASS,
     .ma_largest = G_MAXINT32,
     .reads_frames = TRUE,
     .statuses_below = 500,
     .drops_malformed = UPPER_CASE,
     .misdirected_drops = TRUE,
     .validates = TRUE,
     .uses_tcp = TRUE,
     .origins_max = 1024},
    {CURL, .seen_in = "curl 7.88", .before_major = 8, .before_minor = 1,
     .read = asv_value_read_curl_7, .drops_malformed = MALFORMED},
    {CURL, .seen_in = "curl 7.88 and 8.14", .before_major = 8, .before_minor = 13,
     .read = asv_value_read_curl_7, .cuts_malformed = MALFORMED},
    {CURL, .seen_in = "curl 8.14", .before_major = 8, .before_minor = 15,
     .read = asv_value_read_curl_8, .cuts_malformed = MALFORMED},
    {CURL, .seen_in = "curl 8.14, `clear` as in 8.15", .before_major = 8, .before_minor = 18,
     .read = asv_value_read_curl_8_15, .cuts_malformed = MALFORMED},
    {CURL, .seen_in = "its parser of 2026, the rest curl 8.14", .read = asv_value_read_curl,
     .cuts_malformed = MALFORMED},
};

const AsvModel *asv_model_rfc7838(void) {
  return &models[0];
}

/* ---- User-Agents ---- */

/* A product in a User-Agent. The first one that is there counts. */
typedef struct {
  const char *product; /* with the slash */
  const char *called;
  AsvModelName model;
  gboolean no_cache;
} Product;

static const Product products[] = {
    {"curl/", "curl", ASV_MODEL_CURL, FALSE},
    {"Firefox/", "Firefox", ASV_MODEL_FIREFOX, FALSE},
    {"HeadlessChrome/", "Chromium", ASV_MODEL_CHROMIUM, FALSE},
    {"Chromium/", "Chromium", ASV_MODEL_CHROMIUM, FALSE},
    {"Chrome/", "Chromium", ASV_MODEL_CHROMIUM, FALSE},
    {"nghttp2/", "nghttp", ASV_MODEL_RFC7838, TRUE},
    {"Wget/", "Wget", ASV_MODEL_RFC7838, TRUE},
    {"Wget2/", "Wget2", ASV_MODEL_RFC7838, TRUE},
    {"python-requests/", "Python requests", ASV_MODEL_RFC7838, TRUE},
    {"Python-urllib/", "Python urllib", ASV_MODEL_RFC7838, TRUE},
    {"Go-http-client/", "Go net/http", ASV_MODEL_RFC7838, TRUE},
    {"okhttp/", "OkHttp", ASV_MODEL_RFC7838, TRUE},
    {"Apache-HttpClient/", "Apache HttpClient", ASV_MODEL_RFC7838, TRUE},
};

/* Behind the product where a word of the User-Agent begins with it; NULL: it is not there. */
static const char *find_product(const char *agent, const char *product) {
  for (const char *at = strstr(agent, product); at; at = strstr(at + 1, product))
    if (at == agent || at[-1] == ' ') return at + strlen(product);
  return NULL;
}

static gboolean fits_version(const AsvModel *row, guint major, guint minor) {
  if (!row->before_major) return TRUE;
  return major < row->before_major || (major == row->before_major && minor < row->before_minor);
}

/* Version 0: not known, which is the latest. */
static const AsvModel *find_row(AsvModelName model, guint major, guint minor) {
  for (guint i = 0; i < G_N_ELEMENTS(models); i++)
    if (models[i].model == model &&
        (major ? fits_version(&models[i], major, minor) : models[i].before_major == 0))
      return &models[i];
  g_assert_not_reached();
}

/* "156.0.0.0" shortened to what says something: zeros at the end go. */
static void write_agent(char agent[ASV_AGENT_NAME_MAX], const char *called, const char *version) {
  gsize size = strspn(version, "0123456789.");
  while (size > 2 && version[size - 1] == '0' && version[size - 2] == '.') size -= 2;
  g_snprintf(agent, ASV_AGENT_NAME_MAX, "%s%s%.*s", called, size ? " " : "", (int)MIN(size, 16),
             version);
}

AsvModelChoice asv_model_choose(AsvModelName name, AsvSpan user_agent,
                                char agent[ASV_AGENT_NAME_MAX]) {
  g_autofree char *text = asv_span_dup(user_agent);
  AsvModelChoice choice = {.agent = agent};
  *agent = '\0';
  for (guint i = 0; i < G_N_ELEMENTS(products) && !*agent; i++) {
    const Product *product = &products[i];
    const char *version = find_product(text, product->product);
    if (!version) continue;
    write_agent(agent, product->called, version);
    choice.no_cache = product->no_cache;
    if (name != ASV_MODEL_AUTO && name != product->model) continue;
    char *rest;
    guint64 major = MIN(g_ascii_strtoull(version, &rest, 10), 9999);
    guint64 minor = *rest == '.' ? MIN(g_ascii_strtoull(rest + 1, NULL, 10), 9999) : 0;
    choice.model = find_row(product->model, (guint)major, (guint)minor);
  }
  if (!choice.model) choice.model = find_row(name ? name : ASV_MODEL_RFC7838, 0, 0);
  return choice;
}

char *asv_model_reason(AsvModelName name, const AsvModelChoice *choice) {
  const AsvModel *model = choice->model;
  const char *seen = model->seen_in ? ", as seen in " : "";
  const char *in = model->seen_in ? model->seen_in : "";
  if (name == ASV_MODEL_RFC7838) return g_strdup("the rules of RFC 7838, whatever the client");
  if (name != ASV_MODEL_AUTO) return g_strdup_printf("asked for%s%s", seen, in);
  if (choice->no_cache)
    return g_strdup_printf("%s, from User-Agent, is not known to read Alt-Svc; RFC 7838 is shown",
                           choice->agent);
  if (*choice->agent)
    return g_strdup_printf("%s, from User-Agent; rules%s%s", choice->agent, *seen ? seen + 1 : "",
                           in);
  return g_strdup("no client known from User-Agent; RFC 7838 is shown");
}

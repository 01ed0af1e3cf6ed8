/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The models, one row each, and which User-Agent has which: RFC 7838 §2.2, §3.1, §4, §6. */
#include "model.h"

#include "observation.h"

#define VIA(name) (1U << ASV_VIA_##name)
#define EVERYWHERE (VIA(HTTP1_HEADER) | VIA(HTTP2_HEADER) | VIA(HTTP3_HEADER))

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
     .marks_broken = TRUE,
     .origins_max = 500},
    {.model = ASV_MODEL_FIREFOX,
     .name = "firefox",
     .seen_in = "Firefox ESR 153",
     .read = asv_value_read_firefox,
     .replaces = ASV_REPLACES_CLASS,
     .ma_largest = G_MAXINT32,
     .reads_frames = TRUE,
     .statuses_below = 500,
     .misdirected_drops = TRUE,
     .validates = TRUE,
     .uses_tcp = TRUE,
     .origins_max = 1024},
    {.model = ASV_MODEL_CURL,
     .name = "curl",
     .seen_in = "curl 7.88",
     .before_major = 8,
     .before_minor = 13,
     .read = asv_value_read_curl_7,
     .replaces = ASV_REPLACES_SOURCE,
     .last_line = TRUE,
     .keeps_same = TRUE,
     .ma_largest = G_MAXINT64,
     .persist = TRUE,
     .reads_misdirected = TRUE,
     .early_over = EVERYWHERE,
     .stores_expired = TRUE,
     .uses_tcp = TRUE,
     .origins_max = 5000},
    {.model = ASV_MODEL_CURL,
     .name = "curl",
     .seen_in = "curl 8.14",
     .before_major = 8,
     .before_minor = 16,
     .read = asv_value_read_curl_8,
     .replaces = ASV_REPLACES_SOURCE,
     .last_line = TRUE,
     .keeps_same = TRUE,
     .ma_largest = G_MAXINT64,
     .persist = TRUE,
     .reads_misdirected = TRUE,
     .early_over = EVERYWHERE,
     .stores_expired = TRUE,
     .uses_tcp = TRUE,
     .origins_max = 5000},
    {.model = ASV_MODEL_CURL,
     .name = "curl",
     .seen_in = "its parser of 2026, the rest curl 8.14",
     .read = asv_value_read_curl,
     .replaces = ASV_REPLACES_SOURCE,
     .last_line = TRUE,
     .keeps_same = TRUE,
     .ma_largest = G_MAXINT64,
     .persist = TRUE,
     .reads_misdirected = TRUE,
     .early_over = EVERYWHERE,
     .stores_expired = TRUE,
     .uses_tcp = TRUE,
     .origins_max = 5000},
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

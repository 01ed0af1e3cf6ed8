/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is wrong or odd about a field value and its alternatives: RFC 7838 §3,
 * §3.1, §8, §9; RFC 9110 §5.6. The rules of the cache do not depend on it.
 */
#include "timeline-judge.h"

#include <string.h>

void asv_advert_begin_codes(AsvAdvert *advert) {
  AsvLastSaid *said = &advert->origin->said;
  said->steady = FALSE;
  if (said->codes) g_array_set_size(said->codes, 0);
}

void asv_advert_raise(AsvAdvert *advert, AsvFindingCode code, AsvEntry *entry, const char *format,
                      ...) {
  AsvFactAbout about = {advert->client, advert->origin, advert->seen};
  va_list words;
  va_start(words, format);
  guint handle = asv_timeline_raise_list(advert->state, code, &about, format, words);
  va_end(words);
  if (advert->origin) {
    AsvLastSaid *said = &advert->origin->said;
    if (!said->codes) said->codes = g_array_new(FALSE, FALSE, sizeof(AsvFindingCode));
    if (said->codes->len < ASV_ALTERNATIVES_MAX) g_array_append_val(said->codes, code);
  }
  if (handle == ASV_NO_FINDING) return;
  if (!entry) {
    g_array_append_val(advert->findings, handle);
    return;
  }
  if (!entry->findings) entry->findings = g_array_new(FALSE, FALSE, sizeof(guint));
  g_array_append_val(entry->findings, handle);
}

void asv_advert_judge_error(AsvAdvert *advert, const AsvValueError *error) {
  asv_advert_raise(advert, ASV_FINDING_VALUE_INVALID, NULL,
                   "The value does not match the grammar of Alt-Svc: %s was expected at octet "
                   "%" G_GSIZE_FORMAT " of: " ASV_QUOTE,
                   error->expected, error->offset, ASV_QUOTED(advert->seen->advertisement.value));
  if (error->non_ascii_host)
    asv_advert_raise(advert, ASV_FINDING_HOST_NOT_ASCII, NULL,
                     "The host of an alternative has octets that are no ASCII; internationalized "
                     "names must be written as A-labels.");
}

typedef struct {
  guint bit;
  AsvFindingCode code;
  const char *words;
} Odd;

static const Odd list_odds[] = {
    {ASV_ODD_CLEAR_MIXED, ASV_FINDING_VALUE_CLEAR_MIXED,
     "`clear` stands in a list; it drops everything, whatever else the list says"},
    {ASV_ODD_EMPTY_ELEMENT, ASV_FINDING_VALUE_EMPTY_ELEMENT, "the list has an empty element"}};

static const Odd alternative_odds[] = {
    {ASV_ODD_EMPTY_PARAMETER, ASV_FINDING_VALUE_EMPTY_PARAMETER,
     "there is a semicolon with no parameter behind it"},
    {ASV_ODD_DUPLICATE_PARAMETER, ASV_FINDING_VALUE_DUPLICATE_PARAMETER,
     "a parameter is repeated; the last valid one counts"},
    {ASV_ODD_PARAMETER_NAME_CASE, ASV_FINDING_PARAMETER_NAME_CASE,
     "a parameter's name is not in lower case; some clients do not recognise it"},
    {ASV_ODD_PARAMETER_UNKNOWN, ASV_FINDING_PARAMETER_UNKNOWN,
     "there is a parameter other than ma and persist"},
    {ASV_ODD_ID_NOT_CANONICAL, ASV_FINDING_PROTOCOL_ID_NOT_CANONICAL,
     "the protocol id percent-encodes what it must not, or with lower-case digits"},
    {ASV_ODD_PERSIST_NOT_1, ASV_FINDING_PERSIST_NOT_1,
     "persist has another value than 1 and is ignored"},
    {ASV_ODD_MA_NOT_A_NUMBER, ASV_FINDING_MA_NOT_A_NUMBER,
     "ma is not a number of seconds; 24 hours are assumed"},
    {ASV_ODD_MA_OVERFLOW, ASV_FINDING_MA_OVERFLOW, "ma is above 2^31 seconds and counts as that"}};

static void raise_odd(AsvAdvert *advert, AsvEntry *entry, const Odd *odd, AsvSpan where) {
  asv_advert_raise(advert, odd->code, entry, "In `" ASV_QUOTE "` %s.", ASV_QUOTED(where),
                   odd->words);
}

void asv_advert_judge_list(AsvAdvert *advert, const AsvValueSummary *summary) {
  for (guint i = 0; i < G_N_ELEMENTS(list_odds); i++)
    if (summary->odd & list_odds[i].bit)
      raise_odd(advert, NULL, &list_odds[i], advert->seen->advertisement.value);
}

/* ---- one alternative ---- */

static gboolean has_digits(const char *text) {
  if (!*text) return FALSE;
  while (g_ascii_isdigit(*text)) text++;
  return *text == 0;
}

static gboolean is_obsolete(const char *alpn) {
  if (strcmp(alpn, "quic") == 0 || strcmp(alpn, "hq") == 0) return TRUE;
  if (g_str_has_prefix(alpn, "spdy/")) return TRUE;
  if (g_str_has_prefix(alpn, "h3-Q") || g_str_has_prefix(alpn, "h3-T")) return has_digits(alpn + 4);
  if (g_str_has_prefix(alpn, "h3-") || g_str_has_prefix(alpn, "hq-")) return has_digits(alpn + 3);
  return g_str_has_prefix(alpn, "h2-") && has_digits(alpn + 3);
}

static gboolean is_current(const char *alpn) {
  static const char *const names[] = {"h2", "h3", "h2c", "http/1.1", "http/1.0", "http/0.9"};
  for (guint i = 0; i < G_N_ELEMENTS(names); i++)
    if (strcmp(alpn, names[i]) == 0) return TRUE;
  return FALSE;
}

gboolean asv_alternative_is_tcp(const AsvAlternativeSeen *alternative) {
  return g_str_has_prefix(alternative->alpn, "h2") ||
         g_str_has_prefix(alternative->alpn, "http/") ||
         g_str_has_prefix(alternative->alpn, "spdy/");
}

gboolean asv_alternative_is_origin(const AsvAlternativeSeen *alternative,
                                   const AsvOriginState *origin) {
  return alternative->port == origin->origin.port && asv_alternative_is_tcp(alternative) &&
         asv_span_is_nocase(origin->origin.host, alternative->host);
}

static void judge_protocol(AsvAdvert *advert, AsvEntry *entry) {
  const AsvAlternativeSeen *seen = &entry->alternative;
  AsvSpan alpn = asv_span(seen->alpn, seen->alpn_size);
  gboolean is_text = strlen(seen->alpn) == seen->alpn_size;
  if (is_text && is_obsolete(seen->alpn))
    asv_advert_raise(advert, ASV_FINDING_PROTOCOL_OBSOLETE, entry,
                     "The protocol " ASV_QUOTE
                     " is a draft's or was given up; no client of today uses it.",
                     ASV_QUOTED(alpn));
  else if (!is_text || !is_current(seen->alpn))
    asv_advert_raise(advert, ASV_FINDING_PROTOCOL_UNKNOWN, entry,
                     "The protocol " ASV_QUOTE " is not known to be HTTP's.", ASV_QUOTED(alpn));
}

static void judge_life(AsvAdvert *advert, AsvEntry *entry, const AsvAlternative *from) {
  if (from->has_ma && from->ma == 0) {
    asv_advert_raise(advert, ASV_FINDING_MA_ZERO, entry,
                     "ma=0 makes an alternative that has expired when it arrives; `clear` says so "
                     "more plainly.");
  } else if (entry->life <= 0) {
    asv_advert_raise(advert, ASV_FINDING_EXPIRED_ON_ARRIVAL, entry,
                     "The response was %" G_GUINT64_FORMAT
                     " s old when it came (Age), the alternative is to live for %" G_GUINT64_FORMAT
                     " s: it had expired on arrival.",
                     entry->alternative.age, entry->alternative.ma);
  }
}

static void judge_place(AsvAdvert *advert, AsvEntry *entry) {
  const AsvAlternativeSeen *seen = &entry->alternative;
  const AsvOrigin *origin = &advert->origin->origin;
  gboolean own = asv_span_is_nocase(origin->host, seen->host);
  if (!own) {
    asv_advert_raise(advert, ASV_FINDING_ALTERNATIVE_OTHER_HOST, entry,
                     "%s sends its clients to another host, %s.", advert->origin->text, seen->host);
  } else if (seen->usable && asv_alternative_is_origin(seen, advert->origin)) {
    asv_advert_raise(advert, ASV_FINDING_ALTERNATIVE_IS_ORIGIN, entry,
                     "The alternative is the origin itself: same host and port over TCP.");
  }
  if (seen->usable && origin->port < ASV_PORT_UNPRIVILEGED && seen->port >= ASV_PORT_UNPRIVILEGED)
    asv_advert_raise(advert, ASV_FINDING_ALTERNATIVE_PORT_UNPRIVILEGED, entry,
                     "The alternative's port %" G_GUINT64_FORMAT
                     " is unprivileged, the origin's port %u is not: Chromium will not use it, and "
                     "it may be the internal port of a listener.",
                     seen->port, origin->port);
}

static void judge_port(AsvAdvert *advert, AsvEntry *entry, const AsvAlternative *from) {
  if (from->has_port && from->port >= 1 && from->port <= G_MAXUINT16) return;
  AsvSpan text = asv_span_sub(advert->seen->advertisement.value, from->offset, from->size);
  asv_advert_raise(advert, ASV_FINDING_PORT_UNUSABLE, entry,
                   "Nobody can connect to `" ASV_QUOTE "`: %s.", ASV_QUOTED(text),
                   entry->alternative.why);
}

void asv_advert_judge_alternative(AsvAdvert *advert, AsvEntry *entry, const AsvAlternative *from) {
  AsvSpan text = asv_span_sub(advert->seen->advertisement.value, from->offset, from->size);
  for (guint i = 0; i < G_N_ELEMENTS(alternative_odds); i++)
    if (from->odd & alternative_odds[i].bit) raise_odd(advert, entry, &alternative_odds[i], text);
  judge_protocol(advert, entry);
  judge_life(advert, entry, from);
  judge_port(advert, entry, from);
  judge_place(advert, entry);
  if (advert->origin->origin.scheme == ASV_SCHEME_HTTPS && strcmp(from->alpn, "h2c") == 0)
    asv_advert_raise(advert, ASV_FINDING_ALTERNATIVE_WITHOUT_TLS, entry,
                     "h2c has no TLS: it cannot show that it may speak for an https origin.");
}

/* ---- findings of alternatives that a client reads in its own way ---- */

static AsvEntry *find_alternative(GArray *entries, const AsvAlternativeSeen *alternative) {
  for (guint i = 0; i < entries->len; i++) {
    AsvEntry *entry = &g_array_index(entries, AsvEntry, i);
    if (asv_alternative_same(&entry->alternative, alternative)) return entry;
  }
  return NULL;
}

void asv_advert_take_findings(AsvAdvert *advert, GArray *from, GArray *to) {
  for (guint i = 0; i < from->len; i++) {
    AsvEntry *entry = &g_array_index(from, AsvEntry, i);
    if (!entry->findings) continue;
    AsvEntry *same = find_alternative(to, &entry->alternative);
    if (same && !same->findings)
      same->findings = g_steal_pointer(&entry->findings);
    else
      g_array_append_vals(advert->findings, entry->findings->data, entry->findings->len);
  }
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the alternatives of a value to entries that a cache can take: RFC 7838
 * §3 and §3.1 for ma, Age and persist, the client's model where it differs.
 */
#include "timeline-model.h"

#include <string.h>

#define SECOND G_GINT64_CONSTANT(1000000000)

/* Alternatives that asv_offered_words() names. */
#define NAMED_MAX 3

void asv_offered_init(AsvOffered *offered) {
  *offered = (AsvOffered){.offers = g_array_new(FALSE, TRUE, sizeof(AsvEntry))};
}

void asv_offered_release(AsvOffered *offered) {
  for (guint i = 0; i < offered->offers->len; i++)
    g_clear_pointer(&g_array_index(offered->offers, AsvEntry, i).findings, g_array_unref);
  g_array_free(offered->offers, TRUE);
}

static const char *why_unusable(const AsvAdvert *advert, const AsvAlternative *from) {
  if (!from->has_port) return "port is missing";
  if (from->port == 0) return "port is 0";
  if (from->port > G_MAXUINT16) return "port above 65535";
  if (advert->origin->origin.scheme == ASV_SCHEME_HTTPS && strcmp(from->alpn, "h2c") == 0)
    return "h2c is without TLS, the origin is https";
  return NULL;
}

static AsvAlternativeSeen seen_of(const AsvAdvert *advert, const AsvModel *model,
                                  const AsvAlternative *from) {
  AsvTimelineState *state = advert->state;
  char host[ASV_HOST_MAX + 1];
  gsize size = strlen(from->host);
  for (gsize i = 0; i <= size; i++) host[i] = g_ascii_tolower(from->host[i]);
  AsvSpan name = size ? asv_span(host, size) : advert->origin->origin.host;
  const char *why = why_unusable(advert, from);
  gboolean has_port = from->has_port && from->port <= ASV_PORT_LARGEST_SHOWN;
  return (AsvAlternativeSeen){
      .protocol_id = asv_timeline_keep(state, from->protocol_id, 3 * ASV_ALPN_MAX),
      .alpn =
          (char *)asv_timeline_intern(state, asv_span(from->alpn, from->alpn_size), ASV_ALPN_MAX),
      .alpn_size = from->alpn_size,
      .host = (char *)asv_timeline_intern(state, name, ASV_HOST_MAX),
      .own_host = size == 0,
      .has_port = has_port,
      .port = has_port ? from->port : 0,
      .ma = MIN(from->ma, model->ma_largest),
      .has_age = advert->has_age,
      .age = advert->age,
      .persist = from->persist && model->persist,
      .usable = why == NULL,
      .why = why};
}

static gint64 life_of(const AsvAdvert *advert, const AsvModel *model, guint64 ma) {
  guint64 age = advert->has_age && model->age_shortens_life ? advert->age : 0;
  guint64 life = ma > age ? ma - age : 0;
  return life > (guint64)(G_MAXINT64 / SECOND) ? G_MAXINT64 : (gint64)life * SECOND;
}

static AsvEntry *find_offer(const AsvOffered *offered, const AsvAlternativeSeen *alternative) {
  for (guint i = 0; i < offered->offers->len; i++) {
    AsvEntry *offer = &g_array_index(offered->offers, AsvEntry, i);
    if (asv_alternative_same(&offer->alternative, alternative)) return offer;
  }
  return NULL;
}

/* Adds it, or gives it to the offer that is the same already; NULL when the list is full. */
static AsvEntry *offer(const AsvAdvert *advert, const AsvModel *model, const AsvAlternative *from,
                       AsvOffered *offered) {
  AsvTimelineState *state = advert->state;
  AsvVia via = advert->seen->advertisement.via;
  AsvEntry made = {.alternative = seen_of(advert, model, from),
                   .learned = state->clock,
                   .packet = advert->seen->packet,
                   .via = via};
  made.life = life_of(advert, model, made.alternative.ma);
  if (model->replaces == ASV_REPLACES_SOURCE) made.source = via + 1;
  AsvEntry *known = model->keeps_same ? NULL : find_offer(offered, &made.alternative);
  if (known) {
    known->alternative = made.alternative;
    known->life = made.life;
    return known;
  }
  if (offered->offers->len >= ASV_ALTERNATIVES_MAX) {
    state->timeline->coverage.not_kept++;
    return NULL;
  }
  made.serial = ++state->serial;
  g_array_append_val(offered->offers, made);
  return &g_array_index(offered->offers, AsvEntry, offered->offers->len - 1);
}

void asv_offered_by_rfc(AsvAdvert *advert, AsvOffered *offered) {
  AsvSpan value = advert->seen->advertisement.value;
  AsvValueSummary summary = asv_value_check(value);
  offered->understood = summary.verdict != ASV_VERDICT_INVALID;
  if (!offered->understood) {
    asv_advert_judge_error(advert, &summary.error);
    return;
  }
  asv_advert_judge_list(advert, &summary);
  offered->clears = summary.verdict == ASV_VERDICT_CLEAR;
  if (offered->clears) return;
  AsvValueParser parser;
  AsvAlternative alternative;
  asv_value_begin(&parser, value);
  while (asv_value_next(&parser, &alternative) == ASV_VALUE_ALTERNATIVE) {
    AsvEntry *entry = offer(advert, asv_model_rfc7838(), &alternative, offered);
    if (!entry) break;
    asv_advert_judge_alternative(advert, entry, &alternative);
  }
}

/* Clients that read line by line end up with what the last line that they understand says. */
static void read_value(const AsvAdvert *advert, AsvReading *reading) {
  const AsvAdvertisementSeen *about = &advert->seen->advertisement;
  const AsvOrigin *origin = &advert->origin->origin;
  if (!advert->model->last_line || !about->values.count) {
    advert->model->read(about->value, origin, reading);
    return;
  }
  for (gsize i = about->values.count; i-- > 0 && !reading->understood;)
    advert->model->read(about->values.items[i], origin, reading);
}

void asv_offered_by_model(AsvAdvert *advert, AsvOffered *offered) {
  AsvReading reading = {.alternatives = g_array_new(FALSE, FALSE, sizeof(AsvAlternative))};
  read_value(advert, &reading);
  offered->understood = reading.understood;
  offered->clears = reading.clears;
  for (guint i = 0; i < reading.alternatives->len; i++)
    offer(advert, advert->model, &g_array_index(reading.alternatives, AsvAlternative, i), offered);
  g_array_free(reading.alternatives, TRUE);
  if (advert->model->validates) asv_offered_hold_on(advert, offered);
}

/* ---- compared ---- */

/* persist FALSE: whether it is kept over network changes does not count. */
static gboolean is_alike(const AsvOffered *a, const AsvOffered *b, gboolean persist) {
  if (a->understood != b->understood || a->clears != b->clears || a->offers->len != b->offers->len)
    return FALSE;
  for (guint i = 0; i < a->offers->len; i++) {
    const AsvEntry *offer = &g_array_index(a->offers, AsvEntry, i);
    const AsvEntry *other = find_offer(b, &offer->alternative);
    if (!other || other->life != offer->life ||
        (persist && other->alternative.persist != offer->alternative.persist))
      return FALSE;
  }
  return TRUE;
}

gboolean asv_offered_same(const AsvOffered *a, const AsvOffered *b) {
  return is_alike(a, b, TRUE);
}

static void append_offer(GString *words, const AsvEntry *offer) {
  const AsvAlternativeSeen *to = &offer->alternative;
  g_string_append_printf(words, "%s at %s", to->protocol_id, to->host);
  if (to->has_port) g_string_append_printf(words, ":%" G_GUINT64_FORMAT, to->port);
  g_string_append_printf(words, " for %" G_GINT64_FORMAT " s", offer->life / SECOND);
  if (to->persist) g_string_append(words, ", kept over network changes");
}

const char *asv_offered_words(AsvAdvert *advert, const AsvOffered *offered, const AsvOffered *other,
                              gboolean alone) {
  if (!alone && is_alike(offered, other, FALSE))
    return "the same, and kept over network changes (persist=1)";
  g_autoptr(GString) words = g_string_new(NULL);
  guint count = offered->offers->len;
  if (!offered->understood) g_string_append(words, "ignored, it does not match the grammar");
  if (offered->clears) g_string_append(words, "cleared");
  for (guint i = 0; i < MIN(count, NAMED_MAX); i++) {
    g_string_append(words, i ? "; " : offered->clears ? ", then learned " : "learned ");
    append_offer(words, &g_array_index(offered->offers, AsvEntry, i));
  }
  if (count > NAMED_MAX) g_string_append_printf(words, "; and %u more", count - NAMED_MAX);
  if (alone) g_string_append(words, ", in place of all entries there were");
  return asv_timeline_keep(advert->state, asv_span(words->str, words->len), ASV_VALUE_KEPT);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Advertisements: whether one counts and for whom (RFC 7838 §4, §6, §2.1),
 * and what it does to the cache (§3, §3.1). An advertisement that says again
 * what the last one of its origin said only prolongs what is there.
 */
#include <string.h>

#include "timeline-judge.h"
#include "timeline-shadow.h"

/* ---- which advertisements are ignored ---- */

typedef struct {
  gboolean ignored;
  gboolean by_model; /* a client of its kind does so; RFC 7838 does not ask for it */
  gboolean has_code;
  AsvFindingCode code;
  const char *reason; /* when no finding has one */
  const char *message;
} Ruling;

static Ruling ignore(AsvFindingCode code, const char *message) {
  return (Ruling){.ignored = TRUE, .has_code = TRUE, .code = code, .message = message};
}

/* A message whose request the capture lacks accuses nobody; asv_findings_observe() says why. */
static Ruling not_captured(void) {
  return (Ruling){.ignored = TRUE, .reason = asv_finding_name(ASV_FINDING_COVERAGE_STARTED_LATE)};
}

static gboolean problem_is(const AsvAdvertisementSeen *about, const char *problem) {
  return about->origin_problem && strcmp(about->origin_problem, problem) == 0;
}

/* The frame alone: §4. */
static Ruling judge_frame_form(const AsvAdvertisementSeen *about) {
  if (about->from == ASV_FROM_CLIENT)
    return ignore(ASV_FINDING_FRAME_FROM_CLIENT,
                  "A client sent an ALTSVC frame; servers must ignore it.");
  if (problem_is(about, "frame-malformed"))
    return ignore(ASV_FINDING_FRAME_MALFORMED,
                  "The ALTSVC frame is too short for the Origin-Len it begins with.");
  if (about->frame_too_long)
    return ignore(ASV_FINDING_FRAME_MALFORMED,
                  "The ALTSVC frame is longer than its receiver's SETTINGS_MAX_FRAME_SIZE.");
  if (about->stream == 0 && !about->frame_origin.size)
    return ignore(ASV_FINDING_FRAME_ORIGIN_MISSING,
                  "An ALTSVC frame on stream 0 does not say for which origin it is.");
  if (about->stream != 0 && about->frame_origin.size)
    return ignore(ASV_FINDING_FRAME_ORIGIN_UNEXPECTED,
                  "An ALTSVC frame on a request's stream names an origin; it must not.");
  if (!about->value.size)
    return ignore(ASV_FINDING_FRAME_EMPTY_VALUE, "An ALTSVC frame has an empty field value.");
  return (Ruling){0};
}

static Ruling judge_frame(const AsvConnection *connection, const AsvOriginState *origin,
                          const AsvAdvertisementSeen *about) {
  Ruling ruling = judge_frame_form(about);
  if (ruling.ignored) return ruling;
  if (about->stream == 0 && !origin)
    return ignore(ASV_FINDING_FRAME_ORIGIN_INVALID,
                  "What an ALTSVC frame gives as its origin is no origin's serialization.");
  if (about->stream == 0 && !asv_connection_speaks_for(connection, origin))
    return ignore(ASV_FINDING_FRAME_NOT_AUTHORITATIVE,
                  "An ALTSVC frame names an origin that this connection cannot speak for.");
  if (problem_is(about, "stream-unknown"))
    return ignore(ASV_FINDING_FRAME_STREAM_UNKNOWN,
                  "An ALTSVC frame came on a stream on which no request was made.");
  return (Ruling){0};
}

static Ruling judge_form(const AsvConnection *connection, const AsvOriginState *origin,
                         const AsvAdvertisementSeen *about) {
  Ruling ruling = {0};
  if (connection->left) return (Ruling){.ignored = TRUE, .reason = "client-closed"};
  if (about->via == ASV_VIA_ALTSVC_FRAME) ruling = judge_frame(connection, origin, about);
  if (ruling.ignored) return ruling;
  if (!origin)
    return problem_is(about, "no-authority") ? (Ruling){.ignored = TRUE, .reason = "no-authority"}
                                             : not_captured();
  if (about->trailer)
    return ignore(ASV_FINDING_TRAILER_FIELD,
                  "Alt-Svc stands in the trailer section of a response, where no client looks for "
                  "it");
  return ruling;
}

/* ---- which advertisements a model ignores ---- */

static gboolean is_early(guint status) {
  return status >= 100 && status < 200 && status != 101;
}

static Ruling unread_frame(void) {
  Ruling ruling =
      ignore(ASV_FINDING_CLIENT_IGNORES_FRAMES,
             "An ALTSVC frame came to a client that, going by its User-Agent, reads "
             "Alt-Svc from header fields only. RFC 7838 asks a client to read neither.");
  ruling.by_model = TRUE;
  ruling.reason = asv_finding_name(ruling.code);
  return ruling;
}

/* As seen over HTTP/2: a client may have handed on what came before the malformed field. */
static gboolean is_discarded(const AsvModel *model, const AsvAdvertisementSeen *about) {
  guint cuts = about->malformed_first ? model->cuts_malformed : 0;
  return about->malformed && about->via == ASV_VIA_HTTP2_HEADER &&
         ((model->drops_malformed | cuts) & 1U << about->malformed);
}

/* Which of them a client reads at all. For RFC 7838 that is all but a 421's (§6). */
static Ruling judge_by_model(const AsvModel *model, const AsvOriginState *origin,
                             const AsvAdvertisementSeen *about) {
  const char *reason = NULL;
  if (about->status == 421 && !model->reads_misdirected)
    return ignore(ASV_FINDING_MISDIRECTED_WITH_ALT_SVC,
                  "A 421 (Misdirected Request) carries Alt-Svc; clients must ignore it there.");
  if (about->via == ASV_VIA_ALTSVC_FRAME && !model->reads_frames) return unread_frame();
  if (origin->origin.scheme == ASV_SCHEME_HTTP && !model->reads_http)
    reason = "client-ignores-http";
  else if (model->statuses_below && about->status >= model->statuses_below)
    reason = "client-ignores-status";
  else if (is_early(about->status) && !(model->early_over & 1U << about->via))
    reason = "client-ignores-early-hints";
  else if (is_discarded(model, about))
    reason = "client-ignores-malformed";
  return (Ruling){.ignored = reason != NULL, .by_model = TRUE, .reason = reason};
}

static void put_ignored(AsvAdvert *advert, const char *reason, const char *rfc) {
  AsvTimelineState *state = advert->state;
  const AsvAdvertisementSeen *about = &advert->seen->advertisement;
  AsvEvent *event =
      asv_event_new(state, ASV_EVENT_IGNORED, state->clock, advert->seen, advert->connection);
  event->reason = reason;
  event->rfc = rfc;
  event->value = asv_timeline_keep(state, about->value, ASV_VALUE_KEPT);
  event->value_size = MIN(about->value.size, ASV_VALUE_KEPT);
  if (!*event->value) event->value_size = 0;
  if (about->frame_origin.data)
    event->origin_written = asv_timeline_keep(state, about->frame_origin, ASV_PATH_SHOWN);
  asv_event_set_message(state, event, advert->pending);
  for (guint i = 0; i < advert->findings->len; i++)
    asv_event_add_finding(event, g_array_index(advert->findings, guint, i));
  if (!advert->origin) {
    asv_event_add_unplaced(state, advert->client, event);
    return;
  }
  advert->origin->ignored++;
  asv_event_add(state, advert->origin, event);
}

static void ignore_by(AsvAdvert *advert, const Ruling *ruling) {
  AsvSpan value = advert->seen->advertisement.value;
  if (ruling->code == ASV_FINDING_TRAILER_FIELD)
    asv_advert_raise(advert, ruling->code, NULL, "%s: " ASV_QUOTE, ruling->message,
                     ASV_QUOTED(value));
  else if (ruling->has_code)
    asv_advert_raise(advert, ruling->code, NULL, "%s", ruling->message);
  put_ignored(advert, ruling->has_code ? asv_finding_name(ruling->code) : ruling->reason, NULL);
}

/* ---- what the others do ---- */

static void note_said(AsvAdvert *advert, char *value, guint offers) {
  AsvOriginState *origin = advert->origin;
  const AsvAdvertisementSeen *about = &advert->seen->advertisement;
  AsvLastSaid *said = &origin->said;
  said->value = value;
  said->value_size = about->value.size;
  said->via = about->via;
  said->model = advert->model;
  said->has_age = advert->has_age;
  said->age = advert->age;
  said->steady = about->value.size <= ASV_VALUE_KEPT && origin->cache.count == offers &&
                 !advert->model->validates;
  for (guint i = 0; i < origin->cache.count; i++)
    said->steady = said->steady && origin->cache.entries[i].run;
}

static void replace(AsvAdvert *advert, const AsvOffered *offered, const char *rfc) {
  AsvTimelineState *state = advert->state;
  AsvOriginState *origin = advert->origin;
  AsvSpan value = advert->seen->advertisement.value;
  GArray *offers = offered->offers;
  AsvChangeContext context = {.state = state,
                              .origin = origin,
                              .connection = advert->connection,
                              .seen = advert->seen,
                              .value = asv_timeline_keep(state, value, ASV_VALUE_KEPT),
                              .findings = advert->findings,
                              .rfc = rfc,
                              .pending = advert->pending};
  context.value_size = *context.value ? MIN(value.size, ASV_VALUE_KEPT) : 0;
  AsvCacheWatch watch = asv_event_watch(&context);
  if (!origin->cache.count) origin->requests_since = 0;
  asv_cache_replace(&origin->cache, advert->model->replaces,
                    (const AsvEntry *)(const void *)offers->data, offers->len, state->clock,
                    &watch);
  note_said(advert, context.value, offers->len);
}

static void clear(AsvAdvert *advert, const char *rfc) {
  AsvTimelineState *state = advert->state;
  AsvOriginState *origin = advert->origin;
  AsvSpan value = advert->seen->advertisement.value;
  guint source =
      advert->model->replaces == ASV_REPLACES_SOURCE ? advert->seen->advertisement.via + 1 : 0;
  AsvEvent *event =
      asv_event_new(state, ASV_EVENT_CLEARED, state->clock, advert->seen, advert->connection);
  event->ended_by = ASV_ENDED_CLEAR;
  event->has_entries = TRUE;
  event->rfc = rfc;
  event->value = asv_timeline_keep(state, value, ASV_VALUE_KEPT);
  event->value_size = *event->value ? MIN(value.size, ASV_VALUE_KEPT) : 0;
  asv_event_set_message(state, event, advert->pending);
  for (guint i = 0; i < advert->findings->len; i++)
    asv_event_add_finding(event, g_array_index(advert->findings, guint, i));
  for (guint i = 0; i < origin->cache.count; i++)
    if (!source || origin->cache.entries[i].source == source)
      asv_event_remember_ended(origin, &origin->cache.entries[i], state->clock, ASV_ENDED_CLEAR);
  event->entries = asv_cache_clear(&origin->cache, source);
  asv_event_add(state, origin, event);
}

/* A list in which the client knows nothing ends what is there, if that is how it replaces. */
static gboolean changes_nothing(const AsvAdvert *advert, const AsvOffered *offered) {
  if (offered->offers->len || offered->clears) return FALSE;
  return offered->held || !advert->origin->cache.count;
}

static void apply_offered(AsvAdvert *advert, const AsvOffered *offered, const char *rfc) {
  if (offered->clears) {
    clear(advert, rfc);
    if (offered->offers->len) replace(advert, offered, NULL);
    return;
  }
  replace(advert, offered, rfc);
}

static const char *reason_of(const AsvOffered *by_rfc, const AsvOffered *offered) {
  if (!by_rfc->understood) return asv_finding_name(ASV_FINDING_VALUE_INVALID);
  if (offered->held) return "client-keeps-route";
  return offered->understood ? "client-keeps-none" : "client-rejects-value";
}

/* TRUE when entries stay that the RFC would have replaced. */
static gboolean keeps_others(const AsvAdvert *advert, const AsvOffered *offered) {
  const AsvCache *cache = &advert->origin->cache;
  const AsvEntry *offers = (const AsvEntry *)(const void *)offered->offers->data;
  if (!offered->offers->len || offered->clears) return FALSE;
  for (guint i = 0; i < cache->count; i++)
    if (!asv_cache_replaces(advert->model->replaces, &cache->entries[i], offers,
                            offered->offers->len))
      return TRUE;
  return FALSE;
}

/* What the RFC would have made of it; NULL: the same. */
static const char *words_of_rfc(AsvAdvert *advert, const AsvOffered *by_rfc,
                                const AsvOffered *offered) {
  if (advert->seen->advertisement.status == 421) return "ignored, it came with a 421";
  gboolean same = asv_offered_same(by_rfc, offered);
  gboolean others = keeps_others(advert, offered);
  return same && !others ? NULL : asv_offered_words(advert, by_rfc, offered, same && others);
}

/* As the client's own model has it, with what the RFC would have made of it. */
static void apply_model(AsvAdvert *advert, AsvOffered *by_rfc, const Ruling *ruling) {
  AsvOffered offered;
  asv_offered_init(&offered);
  if (!ruling->ignored) asv_offered_by_model(advert, &offered);
  const char *rfc = words_of_rfc(advert, by_rfc, &offered);
  if (rfc) asv_shadow_begin(advert->origin);
  if (advert->seen->advertisement.status != 421) asv_shadow_offer(advert, by_rfc);
  asv_advert_take_findings(advert, by_rfc->offers, offered.offers);
  if (ruling->has_code) {
    asv_advert_raise(advert, ruling->code, NULL, "%s", ruling->message);
    if (by_rfc->understood) advert->origin->unread++;
  }
  if (ruling->ignored)
    put_ignored(advert, ruling->reason, rfc);
  else if (!offered.understood || changes_nothing(advert, &offered))
    put_ignored(advert, reason_of(by_rfc, &offered), rfc);
  else
    apply_offered(advert, &offered, rfc);
  asv_offered_release(&offered);
}

static void apply(AsvAdvert *advert, const Ruling *ruling) {
  AsvOffered offered;
  asv_offered_init(&offered);
  asv_offered_by_rfc(advert, &offered);
  if (advert->model->read)
    apply_model(advert, &offered, ruling);
  else if (offered.understood)
    apply_offered(advert, &offered, NULL);
  else
    put_ignored(advert, asv_finding_name(ASV_FINDING_VALUE_INVALID), NULL);
  asv_offered_release(&offered);
}

/* ---- the same again ---- */

static gboolean is_same_again(const AsvAdvert *advert) {
  const AsvAdvertisementSeen *about = &advert->seen->advertisement;
  const AsvOriginState *origin = advert->origin;
  const AsvLastSaid *said = &origin->said;
  return said->steady && !advert->connection->left && said->model == advert->model &&
         about->via == said->via && about->via != ASV_VIA_ALTSVC_FRAME && !about->trailer &&
         about->from != ASV_FROM_CLIENT && about->status != 421 &&
         about->value.size == said->value_size && advert->has_age == said->has_age &&
         advert->age == said->age && advert->state->clock < origin->cache.next_expiry &&
         memcmp(about->value.data, said->value, said->value_size) == 0;
}

static void say_again(AsvAdvert *advert) {
  AsvOriginState *origin = advert->origin;
  AsvCache *cache = &origin->cache;
  gint64 now = advert->state->clock;
  AsvChangeContext context = {.state = advert->state,
                              .origin = origin,
                              .connection = advert->connection,
                              .seen = advert->seen,
                              .value = origin->said.value,
                              .value_size = origin->said.value_size};
  cache->next_expiry = G_MAXINT64;
  for (guint i = 0; i < cache->count; i++) {
    AsvEntry *entry = &cache->entries[i];
    entry->expires = asv_cache_expiry(now, entry->life);
    cache->next_expiry = MIN(cache->next_expiry, entry->expires);
    entry->run->count++;
    entry->run->last_time = now;
    entry->run->last_packet = advert->seen->packet;
    asv_recent_tell_again(&context, entry);
  }
  asv_shadow_again(origin, now);
  AsvFactAbout about = {advert->client, origin, advert->seen};
  for (guint i = 0; origin->said.codes && i < origin->said.codes->len; i++)
    asv_timeline_raise(advert->state, g_array_index(origin->said.codes, AsvFindingCode, i), &about,
                       "%s", "");
}

void asv_timeline_advertised(AsvTimelineState *state, AsvConnection *connection,
                             const AsvObservation *seen) {
  const AsvAdvertisementSeen *about = &seen->advertisement;
  state->timeline->coverage.advertisements++;
  AsvClientState *client = asv_client_of(state, connection, NULL);
  if (!client) return;
  client->advertisements++;
  AsvAdvert advert = {.state = state,
                      .connection = connection,
                      .client = client,
                      .origin = asv_connection_origin(state, connection, about->origin),
                      .model = asv_connection_model(connection, client),
                      .seen = seen};
  advert.has_age = about->age.data && asv_span_decimal(asv_span_trim(about->age), &advert.age);
  if (advert.origin) {
    advert.origin->advertisements++;
    if (is_same_again(&advert)) {
      say_again(&advert);
      return;
    }
    asv_origin_expire(state, advert.origin, state->clock);
  }
  advert.pending =
      asv_connection_pending(connection, about->has_stream, about->stream, seen->packet);
  advert.findings = g_array_new(FALSE, FALSE, sizeof(guint));
  Ruling ruling = judge_form(connection, advert.origin, about);
  if (!ruling.ignored) ruling = judge_by_model(advert.model, advert.origin, about);
  gboolean counts = !ruling.ignored || ruling.by_model;
  if (counts) asv_advert_begin_codes(&advert);
  if (counts)
    apply(&advert, &ruling);
  else
    ignore_by(&advert, &ruling);
  g_array_unref(advert.findings);
}

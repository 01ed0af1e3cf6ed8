/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Advertisements: whether one counts and for whom (RFC 7838 §4, §6, §2.1),
 * and what it does to the cache (§3, §3.1). An advertisement that says again
 * what the last one of its origin said only prolongs what is there.
 */
#include <string.h>

#include "timeline-judge.h"
#include "timeline-state.h"

#define SECOND G_GINT64_CONSTANT(1000000000)

/* ---- which advertisements are ignored ---- */

typedef struct {
  gboolean ignored;
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

static Ruling judge_form(const AsvTimelineState *state, const AsvConnection *connection,
                         const AsvOriginState *origin, const AsvAdvertisementSeen *about) {
  Ruling ruling = {0};
  if (about->via == ASV_VIA_ALTSVC_FRAME) ruling = judge_frame(connection, origin, about);
  if (ruling.ignored) return ruling;
  if (!origin)
    return problem_is(about, "no-authority") ? (Ruling){.ignored = TRUE, .reason = "no-authority"}
                                             : not_captured();
  if (about->trailer)
    return (Ruling){.ignored = TRUE, .reason = asv_finding_name(ASV_FINDING_TRAILER_FIELD)};
  if (about->status == 421 && !state->model->reads_misdirected)
    return ignore(ASV_FINDING_MISDIRECTED_WITH_ALT_SVC,
                  "A 421 (Misdirected Request) carries Alt-Svc; clients must ignore it there.");
  return ruling;
}

static void put_ignored(AsvAdvert *advert, const char *reason) {
  AsvTimelineState *state = advert->state;
  const AsvAdvertisementSeen *about = &advert->seen->advertisement;
  AsvEvent *event =
      asv_event_new(state, ASV_EVENT_IGNORED, state->clock, advert->seen, advert->connection);
  event->reason = reason;
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
  if (ruling->has_code) asv_advert_raise(advert, ruling->code, NULL, "%s", ruling->message);
  put_ignored(advert, ruling->has_code ? asv_finding_name(ruling->code) : ruling->reason);
}

/* ---- what the others do ---- */

static const char *why_unusable(const AsvAdvert *advert, const AsvAlternative *from) {
  if (!from->has_port) return "port is missing";
  if (from->port == 0) return "port is 0";
  if (from->port > G_MAXUINT16) return "port above 65535";
  if (advert->origin->origin.scheme == ASV_SCHEME_HTTPS && strcmp(from->alpn, "h2c") == 0)
    return "h2c is without TLS, the origin is https";
  return NULL;
}

static AsvAlternativeSeen seen_of(AsvAdvert *advert, const AsvAlternative *from) {
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
      .ma = MIN(from->ma, state->model->ma_largest),
      .has_age = advert->has_age,
      .age = advert->age,
      .persist = from->persist,
      .usable = why == NULL,
      .why = why};
}

static gint64 life_of(const AsvAdvert *advert, guint64 ma) {
  guint64 age = advert->has_age && advert->state->model->age_shortens_life ? advert->age : 0;
  return ma > age ? (gint64)(ma - age) * SECOND : 0;
}

/* FALSE when the list has more alternatives than are kept. */
static gboolean offer(AsvAdvert *advert, const AsvAlternative *from) {
  GArray *offers = advert->state->offers;
  AsvEntry made = {.alternative = seen_of(advert, from),
                   .learned = advert->state->clock,
                   .packet = advert->seen->packet,
                   .via = advert->seen->advertisement.via};
  made.life = life_of(advert, made.alternative.ma);
  for (guint i = 0; i < offers->len; i++) {
    AsvEntry *known = &g_array_index(offers, AsvEntry, i);
    if (!asv_alternative_same(&known->alternative, &made.alternative)) continue;
    known->alternative = made.alternative;
    known->life = made.life;
    asv_advert_judge_alternative(advert, known, from);
    return TRUE;
  }
  if (offers->len >= ASV_ALTERNATIVES_MAX) {
    advert->state->timeline->coverage.not_kept++;
    return FALSE;
  }
  made.serial = ++advert->state->serial;
  g_array_append_val(offers, made);
  asv_advert_judge_alternative(advert, &g_array_index(offers, AsvEntry, offers->len - 1), from);
  return TRUE;
}

static void collect_offers(AsvAdvert *advert) {
  AsvValueParser parser;
  AsvAlternative alternative;
  g_array_set_size(advert->state->offers, 0);
  asv_value_begin(&parser, advert->seen->advertisement.value);
  while (asv_value_next(&parser, &alternative) == ASV_VALUE_ALTERNATIVE)
    if (!offer(advert, &alternative)) break;
}

static void replace(AsvAdvert *advert) {
  AsvTimelineState *state = advert->state;
  AsvOriginState *origin = advert->origin;
  AsvSpan value = advert->seen->advertisement.value;
  collect_offers(advert);
  AsvChangeContext context = {.state = state,
                              .origin = origin,
                              .connection = advert->connection,
                              .seen = advert->seen,
                              .value = asv_timeline_keep(state, value, ASV_VALUE_KEPT),
                              .findings = advert->findings,
                              .pending = advert->pending};
  context.value_size = *context.value ? MIN(value.size, ASV_VALUE_KEPT) : 0;
  AsvCacheWatch watch = asv_event_watch(&context);
  if (!origin->cache.count) origin->requests_since = 0;
  GArray *offers = state->offers;
  asv_cache_replace(&origin->cache, (const AsvEntry *)(const void *)offers->data, offers->len,
                    state->clock, &watch);
  for (guint i = 0; i < offers->len; i++)
    g_clear_pointer(&g_array_index(offers, AsvEntry, i).findings, g_array_unref);
  AsvLastSaid *said = &origin->said;
  said->value = context.value;
  said->value_size = value.size;
  said->via = advert->seen->advertisement.via;
  said->has_age = advert->has_age;
  said->age = advert->age;
  said->steady = value.size <= ASV_VALUE_KEPT && origin->cache.count == offers->len;
  for (guint i = 0; i < origin->cache.count; i++)
    said->steady = said->steady && origin->cache.entries[i].run;
}

static void clear(AsvAdvert *advert) {
  AsvTimelineState *state = advert->state;
  AsvOriginState *origin = advert->origin;
  AsvSpan value = advert->seen->advertisement.value;
  AsvEvent *event =
      asv_event_new(state, ASV_EVENT_CLEARED, state->clock, advert->seen, advert->connection);
  event->ended_by = ASV_ENDED_CLEAR;
  event->has_entries = TRUE;
  event->entries = origin->cache.count;
  event->value = asv_timeline_keep(state, value, ASV_VALUE_KEPT);
  event->value_size = *event->value ? MIN(value.size, ASV_VALUE_KEPT) : 0;
  asv_event_set_message(state, event, advert->pending);
  for (guint i = 0; i < advert->findings->len; i++)
    asv_event_add_finding(event, g_array_index(advert->findings, guint, i));
  for (guint i = 0; i < origin->cache.count; i++)
    asv_event_remember_ended(origin, &origin->cache.entries[i], state->clock, ASV_ENDED_CLEAR);
  asv_cache_clear(&origin->cache);
  asv_event_add(state, origin, event);
}

static void apply(AsvAdvert *advert) {
  AsvValueSummary summary = asv_value_check(advert->seen->advertisement.value);
  if (summary.verdict == ASV_VERDICT_INVALID) {
    asv_advert_judge_error(advert, &summary.error);
    put_ignored(advert, asv_finding_name(ASV_FINDING_VALUE_INVALID));
    return;
  }
  asv_advert_judge_list(advert, &summary);
  if (summary.verdict == ASV_VERDICT_CLEAR)
    clear(advert);
  else
    replace(advert);
}

/* ---- the same again ---- */

static gboolean is_same_again(const AsvAdvert *advert) {
  const AsvAdvertisementSeen *about = &advert->seen->advertisement;
  const AsvOriginState *origin = advert->origin;
  const AsvLastSaid *said = &origin->said;
  return said->steady && about->via == said->via && about->via != ASV_VIA_ALTSVC_FRAME &&
         !about->trailer && about->from != ASV_FROM_CLIENT && about->status != 421 &&
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
  Ruling ruling = judge_form(state, connection, advert.origin, about);
  if (advert.origin && !ruling.ignored) asv_advert_begin_codes(&advert);
  if (ruling.ignored)
    ignore_by(&advert, &ruling);
  else
    apply(&advert);
  g_array_unref(advert.findings);
}

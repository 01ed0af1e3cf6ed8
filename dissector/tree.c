/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Draws from what the first pass kept. Only the ranges of octets come from the
 * pass that draws.
 */
#include "tree.h"

#include "alternative.h"
#include "expert.h"
#include "record.h"
#include "report/timestamp.h"
#include "report/words.h"
#include "summary.h"

/* One observation while it is drawn. */
typedef struct {
  const AltsvcDrawing *drawing;
  const AltsvcSeen *seen;
  proto_tree *tree;
} Drawn;

static void put_octets(proto_tree *tree, AltsvcId id, const AltsvcRange *range, AsvSpan octets) {
  if (!octets.data) return;
  g_autofree char *text = altsvc_printable(octets);
  altsvc_add_string(tree, id, range, text);
}

static proto_tree *words(const Drawn *drawn, proto_tree *tree, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

static proto_tree *words(const Drawn *drawn, proto_tree *tree, const char *format, ...) {
  va_list list;
  va_start(list, format);
  g_autofree char *text = g_strdup_vprintf(format, list);
  va_end(list);
  g_autofree char *shown = altsvc_printable(asv_span_text(text));
  return altsvc_add_words(tree, drawn->drawing->tvb, shown);
}

/* ---- whose message it is ---- */

static gboolean stream_of(const AsvObservation *said, guint64 *stream) {
  switch (said->kind) {
    case ASV_OBSERVATION_REQUEST:
      *stream = said->request.stream;
      return said->request.has_stream;
    case ASV_OBSERVATION_RESPONSE:
      *stream = said->response.stream;
      return said->response.has_stream;
    case ASV_OBSERVATION_ADVERTISEMENT:
      *stream = said->advertisement.stream;
      return said->advertisement.has_stream;
    default:
      return FALSE;
  }
}

static guint status_of(const AsvObservation *said) {
  if (said->kind == ASV_OBSERVATION_RESPONSE) return said->response.status;
  return said->kind == ASV_OBSERVATION_ADVERTISEMENT ? said->advertisement.status : 0;
}

/* A frame names its origin itself; of others it is known from the request. */
static void draw_origin(const Drawn *drawn) {
  const AsvObservation *said = drawn->seen->observation;
  AsvSpan origin = altsvc_seen_origin(drawn->seen);
  if (said->kind == ASV_OBSERVATION_ADVERTISEMENT && said->advertisement.frame_origin.data) {
    const AsvAdvertisementSeen *about = &said->advertisement;
    AltsvcRange range = altsvc_ranges_take(drawn->drawing->ranges, ALTSVC_RANGE_ORIGIN,
                                           about->has_stream, about->stream, about->frame_origin);
    put_octets(drawn->tree, ALTSVC_ID_ORIGIN, &range, about->frame_origin);
    if (asv_span_equal(origin, about->frame_origin)) return;
  }
  if (origin.size) put_octets(drawn->tree, ALTSVC_ID_ORIGIN, NULL, origin);
}

static void draw_certificate(const Drawn *drawn) {
  const AsvObservation *said = drawn->seen->observation;
  if (said->kind != ASV_OBSERVATION_ADVERTISEMENT ||
      said->advertisement.via != ASV_VIA_ALTSVC_FRAME || said->advertisement.stream)
    return;
  altsvc_add_link(drawn->tree, ALTSVC_ID_CERTIFICATE_IN,
                  altsvc_links_certificate(drawn->drawing->links, said->connection->id));
}

static void draw_alt_used(const Drawn *drawn) {
  const AsvRequestSeen *about = &drawn->seen->observation->request;
  AltsvcRange range = altsvc_ranges_take(drawn->drawing->ranges, ALTSVC_RANGE_ALT_USED,
                                         about->has_stream, about->stream, about->alt_used);
  put_octets(drawn->tree, ALTSVC_ID_ALT_USED, &range, about->alt_used);
}

static void draw_message(const Drawn *drawn) {
  const AsvObservation *said = drawn->seen->observation;
  guint64 stream;
  draw_origin(drawn);
  if (drawn->seen->client)
    put_octets(drawn->tree, ALTSVC_ID_CLIENT, NULL, asv_span_text(drawn->seen->client));
  if (said->kind == ASV_OBSERVATION_ADVERTISEMENT)
    altsvc_add_number(drawn->tree, ALTSVC_ID_VIA, NULL, said->advertisement.via + 1U);
  if (stream_of(said, &stream)) altsvc_add_number(drawn->tree, ALTSVC_ID_STREAM, NULL, stream);
  if (status_of(said)) altsvc_add_number(drawn->tree, ALTSVC_ID_STATUS, NULL, status_of(said));
  altsvc_add_link(drawn->tree, ALTSVC_ID_REQUEST_IN, drawn->seen->request_packet);
  draw_certificate(drawn);
  if (said->kind == ASV_OBSERVATION_REQUEST) draw_alt_used(drawn);
}

/* ---- what it did ---- */

static void draw_acceptance(const Drawn *drawn) {
  const char *reason;
  gboolean accepted = altsvc_seen_is_accepted(drawn->seen, &reason);
  altsvc_add_flag(drawn->tree, ALTSVC_ID_ACCEPTED, NULL, accepted);
  if (reason) altsvc_add_string(drawn->tree, ALTSVC_ID_IGNORED_REASON, NULL, reason);
}

/* Where the alternative of an event that is not its beginning came from, and what it went through.
 */
static void draw_event_links(const Drawn *drawn, proto_tree *tree, const AltsvcEvent *of) {
  const AsvEvent *event = &of->base;
  const AltsvcStay *stay = altsvc_links_stay(drawn->drawing->links, of->client, of->origin, event);
  altsvc_add_link(tree, ALTSVC_ID_LEARNED_IN, event->learned_packet);
  if (event->kind == ASV_EVENT_TRIED)
    altsvc_add_link(tree, ALTSVC_ID_TRIED_IN, event->packet);
  else if (stay && stay->tried && stay->tried < event->packet)
    altsvc_add_link(tree, ALTSVC_ID_TRIED_IN, stay->tried);
  if (stay && stay->used && stay->used < event->packet)
    altsvc_add_link(tree, ALTSVC_ID_USED_IN, stay->used);
}

static void draw_event(const Drawn *drawn, const AltsvcEvent *of) {
  const AsvEvent *event = &of->base;
  g_autofree char *text = altsvc_summary_event(event);
  proto_item *item =
      altsvc_add_string(drawn->tree, ALTSVC_ID_EVENT, NULL, asv_event_kind_name(event->kind));
  proto_item_set_text(item, "Event: %s", text);
  proto_tree *below = proto_item_add_subtree(item, altsvc_ids_subtree());
  if (event->evidence) {
    proto_item_append_text(item, ", known by %s%s", event->evidence,
                           event->ambiguous ? ", others fit too" : "");
  }
  if (!event->alternative) return;
  g_autofree char *to = asv_words_alternative(event->alternative);
  put_octets(below, ALTSVC_ID_ALTERNATIVE, NULL, asv_span_text(to));
  if (event->ended_by == ASV_ENDED_EXPIRY)
    altsvc_add_time(below, ALTSVC_ID_EXPIRES, event->expires);
  draw_event_links(drawn, below, of);
}

/* Those that a value does not tell by itself. */
static void draw_events(const Drawn *drawn) {
  for (guint i = 0; i < drawn->seen->events->len; i++) {
    const AltsvcEvent *event = drawn->seen->events->pdata[i];
    AsvEventKind kind = event->base.kind;
    if (kind != ASV_EVENT_LEARNED && kind != ASV_EVENT_REFRESHED) draw_event(drawn, event);
  }
}

/* ---- what became of it ---- */

static void draw_link(proto_tree *tree, AltsvcId id, guint64 packet, const char *text) {
  proto_item *item = altsvc_add_link(tree, id, packet);
  if (item) proto_item_set_text(item, "%s %" G_GUINT64_FORMAT, text, packet);
}

static void draw_end(const Drawn *drawn, proto_tree *tree, const AltsvcStay *stay,
                     const char *name) {
  if (stay->ended == drawn->drawing->pinfo->num) return;
  const char *by = asv_ended_by_name(stay->ended_by);
  g_autofree char *text = g_strdup_printf("%s ended (%s) in frame:", name, by);
  if (stay->ended)
    draw_link(tree, ALTSVC_ID_ENDED_IN, stay->ended, text);
  else
    words(drawn, tree, "%s ended (%s), in no frame", name, by);
}

static gboolean has_future(const Drawn *drawn, const AltsvcStay *stay) {
  guint64 now = drawn->drawing->pinfo->num;
  return stay && (stay->tried > now || stay->used > now ||
                  (stay->ended_by != ASV_ENDED_NOT && stay->ended != now));
}

static void draw_future(const Drawn *drawn) {
  proto_tree *below = NULL;
  guint64 now = drawn->drawing->pinfo->num;
  for (guint i = 0; i < drawn->seen->events->len; i++) {
    const AltsvcEvent *event = drawn->seen->events->pdata[i];
    AsvEventKind kind = event->base.kind;
    if (kind != ASV_EVENT_LEARNED && kind != ASV_EVENT_REFRESHED) continue;
    const AltsvcStay *stay =
        altsvc_links_stay(drawn->drawing->links, event->client, event->origin, &event->base);
    if (!has_future(drawn, stay)) continue;
    if (!below) below = words(drawn, drawn->tree, "What became of it");
    g_autofree char *raw = asv_words_alternative(event->base.alternative);
    g_autofree char *name = altsvc_printable(asv_span_text(raw));
    g_autofree char *tried = g_strdup_printf("%s tried in frame:", name);
    g_autofree char *used = g_strdup_printf("%s first used in frame:", name);
    if (stay->tried > now) draw_link(below, ALTSVC_ID_TRIED_IN, stay->tried, tried);
    if (stay->used > now) draw_link(below, ALTSVC_ID_USED_IN, stay->used, used);
    if (stay->ended_by != ASV_ENDED_NOT) draw_end(drawn, below, stay, name);
  }
}

/* ---- the cache ---- */

static void draw_row(proto_tree *tree, const AsvCacheRow *row) {
  const AsvAlternativeSeen *to = &row->alternative;
  g_autofree char *raw = asv_words_alternative(to);
  g_autofree char *name = altsvc_printable(asv_span_text(raw));
  proto_item *item = altsvc_add_string(tree, ALTSVC_ID_CACHE_ENTRY, NULL, name);
  char until[ASV_TIMESTAMP_SIZE];
  asv_timestamp_write(row->expires, until);
  proto_item_set_text(item, "%s, until %s%s", name, until, to->usable ? "" : ", not usable");
}

static void draw_cache(const Drawn *drawn) {
  const GPtrArray *rows = drawn->seen->cache;
  guint entries = drawn->seen->cache_entries;
  if (!rows) return;
  g_autofree char *origin = asv_span_dup(altsvc_seen_origin(drawn->seen));
  g_autofree char *count =
      entries ? g_strdup_printf("%u %s", entries, entries == 1 ? "entry" : "entries")
              : g_strdup("empty");
  proto_tree *below = words(drawn, drawn->tree, "Alt-Svc cache of %s for %s, after this frame: %s",
                            drawn->seen->client, origin, count);
  for (guint i = 0; i < rows->len; i++) draw_row(below, rows->pdata[i]);
  if (entries > rows->len) words(drawn, below, "and %u more", entries - rows->len);
}

/* ---- the whole ---- */

static void draw_below(const Drawn *drawn) {
  const AltsvcDrawing *drawing = drawn->drawing;
  draw_message(drawn);
  if (drawn->seen->observation->kind == ASV_OBSERVATION_ADVERTISEMENT) {
    altsvc_value_draw(drawn->tree, drawn->seen, drawing->ranges);
    draw_acceptance(drawn);
  }
  draw_events(drawn);
  if (drawing->forward) draw_future(drawn);
}

proto_item *altsvc_tree_draw(const AltsvcDrawing *drawing, const AltsvcSeen *seen) {
  g_autofree char *title = altsvc_summary_title(seen);
  proto_item *item = proto_tree_add_protocol_format(drawing->tree, drawing->protocol, drawing->tvb,
                                                    0, 0, "HTTP Alternative Services, %s", title);
  Drawn drawn = {
      .drawing = drawing, .seen = seen, .tree = proto_item_add_subtree(item, altsvc_ids_subtree())};
  if (drawing->ranges) draw_below(&drawn);
  for (guint i = 0; i < seen->facts->len; i++) {
    const AltsvcFact *fact = seen->facts->pdata[i];
    altsvc_expert_add(drawing->pinfo, item, fact->code, fact->message);
  }
  if (drawing->ranges) draw_cache(&drawn);
  return item;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A value is drawn with the parser that judged it, so that tree and cache
 * cannot disagree. A value that does not match the grammar has no alternatives.
 */
#include "alternative.h"

#include "altsvc/origin.h"
#include "altsvc/value.h"
#include "report/words.h"
#include "summary.h"

/* One value while it is drawn. */
typedef struct {
  proto_tree *tree;
  const AltsvcSeen *seen;
  AsvSpan value;
  GArray *lines; /* AltsvcRange of each line of the field */
} Value;

static const AsvAdvertisementSeen *about(const Value *value) {
  return &value->seen->observation->advertisement;
}

/* Where the part of the joined value is: in the line that holds it. */
static AltsvcRange range_of(const Value *value, gsize offset, gsize size) {
  const AsvSpans *lines = &about(value)->values;
  for (gsize i = 0; i < lines->count; i++) {
    gsize line = lines->items[i].size;
    if (offset <= line && size <= line - offset)
      return altsvc_range_part(&g_array_index(value->lines, AltsvcRange, i), offset, size);
    if (offset < line + 2) break; /* it spans the comma that joins the lines */
    offset -= line + 2;
  }
  const AltsvcRange *first = &g_array_index(value->lines, AltsvcRange, 0);
  return lines->count ? (AltsvcRange){.tvb = first->tvb} : altsvc_range_part(first, offset, size);
}

static AltsvcRange range_of_span(const Value *value, AsvSpan part) {
  return range_of(value, (gsize)(part.data - value->value.data), part.size);
}

/* ---- what the cache made of it ---- */

static gboolean is_about(const AsvEvent *event, const AsvAlternative *from, const char *host) {
  const AsvAlternativeSeen *to = event->alternative;
  if (event->kind != ASV_EVENT_LEARNED && event->kind != ASV_EVENT_REFRESHED) return FALSE;
  if (!asv_span_equal(asv_span(to->alpn, to->alpn_size), asv_span(from->alpn, from->alpn_size)))
    return FALSE;
  gboolean has_port = from->has_port && from->port <= ASV_PORT_LARGEST_SHOWN;
  return to->has_port == has_port && (!has_port || to->port == from->port) &&
         g_ascii_strcasecmp(to->host, host) == 0;
}

/* The event that took the alternative; NULL when it was not taken. */
static const AsvEvent *event_of(const Value *value, const AsvAlternative *from, const char *host) {
  for (guint i = 0; i < value->seen->events->len; i++) {
    const AsvEvent *event = value->seen->events->pdata[i];
    if (event->alternative && is_about(event, from, host)) return event;
  }
  return NULL;
}

static void draw_outcome(proto_tree *tree, const AsvEvent *event) {
  const AsvAlternativeSeen *to = event->alternative;
  if (to->has_age) altsvc_add_number(tree, ALTSVC_ID_AGE, NULL, to->age);
  altsvc_add_time(tree, ALTSVC_ID_EXPIRES, event->expires);
  proto_item *usable = altsvc_add_flag(tree, ALTSVC_ID_USABLE, NULL, to->usable);
  if (to->why) proto_item_append_text(usable, " (%s)", to->why);
  altsvc_add_string(tree, ALTSVC_ID_EVENT, NULL, asv_event_kind_name(event->kind));
  if (event->kind == ASV_EVENT_REFRESHED)
    altsvc_add_link(tree, ALTSVC_ID_LEARNED_IN, event->learned_packet);
}

/* ---- what the wire says ---- */

static void draw_text(const Value *value, proto_tree *tree, AltsvcId id, AsvSpan text) {
  AltsvcRange range = range_of_span(value, text);
  g_autofree char *shown = altsvc_printable(text);
  altsvc_add_string(tree, id, &range, shown);
}

static void draw_alpn(proto_tree *tree, const AsvAlternative *from) {
  AsvAlternativeSeen named = {
      .alpn = (char *)from->alpn, .alpn_size = from->alpn_size, .protocol_id = (char *)from->alpn};
  g_autofree char *alpn = altsvc_printable(asv_span(from->alpn, from->alpn_size));
  g_autofree char *protocol = asv_words_protocol(&named);
  proto_item *item = altsvc_add_string(tree, ALTSVC_ID_ALPN, NULL, alpn);
  if (strcmp(protocol, from->alpn) != 0) proto_item_append_text(item, " (%s)", protocol);
}

/* The port's digits stand at the end of the authority. */
static gsize port_digits(const AsvAlternative *from) {
  gsize size = 0;
  while (size < from->authority.size &&
         g_ascii_isdigit(from->authority.data[from->authority.size - 1 - size]))
    size++;
  return size;
}

static void draw_authority(const Value *value, proto_tree *tree, const AsvAlternative *from,
                           const char *origin_host) {
  AsvSpan text = from->authority;
  AltsvcRange range = range_of_span(value, text);
  g_autofree char *shown = altsvc_printable(text);
  proto_item *item = altsvc_add_string(tree, ALTSVC_ID_AUTHORITY, &range, shown);
  proto_tree *below = proto_item_add_subtree(item, altsvc_ids_subtree());
  gsize digits = port_digits(from);
  if (*from->host) {
    AltsvcRange host = range_of_span(value, asv_span_sub(text, 0, text.size - digits - 1));
    altsvc_add_string(below, ALTSVC_ID_HOST, &host, from->host);
  } else if (origin_host) {
    item = altsvc_add_string(below, ALTSVC_ID_HOST, NULL, origin_host);
    proto_item_append_text(item, " (the origin's own)");
  }
  if (!from->has_port) return;
  AltsvcRange port = range_of_span(value, asv_span_sub(text, text.size - digits, digits));
  altsvc_add_number(below, ALTSVC_ID_PORT, &port, from->port);
}

/* ---- parameters ---- */

/* The next `name=value` of ";name=value;name=value"; FALSE at the end. A semicolon between quotes
 * separates nothing. */
static gboolean next_parameter(AsvReader *in, AsvSpan *parameter) {
  while (asv_reader_left(in) && (*in->at == ';' || *in->at == ' ' || *in->at == '\t'))
    asv_read_u8(in);
  const guint8 *start = in->at;
  for (gboolean quoted = FALSE; asv_reader_left(in) && (quoted || *in->at != ';');) {
    guint8 octet = asv_read_u8(in);
    if (octet == '"') quoted = !quoted;
    if (octet == '\\' && asv_reader_left(in)) asv_read_u8(in);
  }
  *parameter = asv_span_trim(asv_span(start, (gsize)(in->at - start)));
  return parameter->size > 0;
}

static gboolean has_name(AsvSpan parameter, const char *name) {
  gsize size = strlen(name);
  return parameter.size > size && parameter.data[size] == '=' &&
         asv_span_is_nocase(asv_span_sub(parameter, 0, size), name);
}

static void draw_parameters(const Value *value, proto_tree *tree, const AsvAlternative *from) {
  AltsvcRange nowhere = {.tvb = NULL};
  AltsvcRange ma = from->ma_text.data ? range_of_span(value, from->ma_text) : nowhere;
  altsvc_add_number(tree, ALTSVC_ID_MAX_AGE, from->has_ma ? &ma : NULL, from->ma);
  const guint8 *behind = from->authority.data + from->authority.size + 1;
  const guint8 *end = value->value.data + from->offset + from->size;
  AsvReader in = asv_reader(asv_span(behind, (gsize)(end - behind)));
  AltsvcRange persist = nowhere;
  for (AsvSpan parameter; next_parameter(&in, &parameter);) {
    if (has_name(parameter, "persist"))
      persist = range_of_span(value, parameter);
    else if (!has_name(parameter, "ma") || !from->has_ma)
      draw_text(value, tree, ALTSVC_ID_PARAMETER, parameter);
  }
  altsvc_add_flag(tree, ALTSVC_ID_PERSIST, persist.tvb ? &persist : NULL, from->persist);
}

/* ---- the whole ---- */

static void draw_alternative(const Value *value, guint number, const AsvAlternative *from) {
  AsvOrigin origin;
  g_autofree char *own = NULL;
  if (!asv_origin_parse(about(value)->origin, &origin)) own = asv_span_dup(origin.host);
  const char *host = *from->host ? from->host : own ? own : "";
  const AsvEvent *event = event_of(value, from, host);
  AsvAlternativeSeen seen = {.protocol_id = asv_span_dup(from->protocol_id),
                             .host = (char *)host,
                             .has_port = from->has_port,
                             .port = from->port};
  g_autofree char *raw = asv_words_alternative(&seen);
  g_free(seen.protocol_id);
  g_autofree char *name = altsvc_printable(asv_span_text(raw));
  g_autofree char *life = asv_words_life(from->ma);
  AltsvcRange range = range_of(value, from->offset, from->size);
  proto_item *item = altsvc_add_string(value->tree, ALTSVC_ID_ALTERNATIVE, &range, name);
  proto_item_set_text(item, "Alternative %u: %s, fresh for %s", number, name, life);
  proto_tree *below = proto_item_add_subtree(item, altsvc_ids_subtree());
  draw_text(value, below, ALTSVC_ID_PROTOCOL_ID, from->protocol_id);
  draw_alpn(below, from);
  draw_authority(value, below, from, own);
  draw_parameters(value, below, from);
  if (event) draw_outcome(below, event);
}

/* As many as a cache keeps. */
static void draw_alternatives(const Value *value) {
  AsvValueParser parser;
  AsvAlternative alternative;
  asv_value_begin(&parser, value->value);
  for (guint i = 1; i <= ASV_ALTERNATIVES_MAX; i++) {
    if (asv_value_next(&parser, &alternative) != ASV_VALUE_ALTERNATIVE) return;
    draw_alternative(value, i, &alternative);
  }
}

static GArray *find_lines(const AsvAdvertisementSeen *said, AltsvcRanges *ranges) {
  GArray *lines = g_array_new(FALSE, FALSE, sizeof(AltsvcRange));
  const AsvSpans one = {.items = &said->value, .count = 1};
  const AsvSpans *from = said->values.count ? &said->values : &one;
  AltsvcRangeKind kind =
      said->via == ASV_VIA_ALTSVC_FRAME ? ALTSVC_RANGE_FRAME : ALTSVC_RANGE_ALT_SVC;
  for (gsize i = 0; i < from->count; i++) {
    AltsvcRange range =
        altsvc_ranges_take(ranges, kind, said->has_stream, said->stream, from->items[i]);
    g_array_append_val(lines, range);
  }
  return lines;
}

void altsvc_value_draw(proto_tree *tree, const AltsvcSeen *seen, AltsvcRanges *ranges) {
  const AsvAdvertisementSeen *said = &seen->observation->advertisement;
  if (!said->value.size) return;
  g_autoptr(GArray) lines = find_lines(said, ranges);
  Value value = {.seen = seen, .value = said->value, .lines = lines};
  AltsvcRange range = g_array_index(lines, AltsvcRange, 0);
  if (lines->len > 1) range = (AltsvcRange){.tvb = range.tvb};
  g_autofree char *shown = altsvc_printable(said->value);
  proto_item *item = altsvc_add_string(tree, ALTSVC_ID_VALUE, &range, shown);
  value.tree = proto_item_add_subtree(item, altsvc_ids_subtree());
  AsvValueSummary summary = asv_value_check(said->value);
  if (summary.verdict == ASV_VERDICT_CLEAR)
    altsvc_add_flag(value.tree, ALTSVC_ID_CLEAR, &range, TRUE);
  else if (summary.verdict == ASV_VERDICT_OK)
    draw_alternatives(&value);
}

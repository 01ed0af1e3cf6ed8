/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Places of field values: header fields of HTTP/1 and 2, the parts of ALTSVC frames. */
#include "place.h"

#include "altsvc/frame.h"
#include "fields.h"

#define FRAME_HEAD 9 /* RFC 9113 §4.1 */

typedef struct {
  AltsvcPlaceKind kind;
  gboolean has_stream, taken;
  guint64 stream;
  AsvSpan octets; /* live as long as the packet */
  AltsvcPlace place;
} Candidate;

struct AltsvcPlaces {
  packet_info *pinfo;
  tvbuff_t *tvb;
  GArray *candidates; /* Candidate */
  gboolean has_stream;
  guint64 stream, type; /* of the HTTP/2 frame that is walked */
  AsvSpan name;         /* of the header field that is walked */
};

static void add(AltsvcPlaces *places, AltsvcPlaceKind kind, const proto_node *node, AsvSpan whole,
                AsvSpan part) {
  const field_info *info = PNODE_FINFO(node);
  if (!info->ds_tvb || !part.size) return;
  Candidate found = {.kind = kind,
                     .has_stream = places->has_stream,
                     .stream = places->stream,
                     .octets = part,
                     .place = {.tvb = info->ds_tvb,
                               .start = info->start + (int)(part.data - whole.data),
                               .size = (int)part.size}};
  g_array_append_val(places->candidates, found);
}

/* The value of a field of that name: whole is what node stands for, value its part. */
static void add_field(AltsvcPlaces *places, const proto_node *node, AsvSpan name, AsvSpan whole,
                      AsvSpan value) {
  if (asv_span_is_nocase(name, "alt-svc"))
    add(places, ALTSVC_PLACE_ALT_SVC, node, whole, value);
  else if (asv_span_is_nocase(name, "alt-used"))
    add(places, ALTSVC_PLACE_ALT_USED, node, whole, value);
}

/* "Alt-Svc: VALUE" and the end of the line. */
static void add_line(AltsvcPlaces *places, const proto_node *node) {
  AsvSpan line = altsvc_field_octets(places->pinfo, node);
  const guint8 *colon = line.size ? memchr(line.data, ':', line.size) : NULL;
  if (!colon) return;
  gsize name = (gsize)(colon - line.data);
  while (line.size > name + 1 &&
         (line.data[line.size - 1] == '\r' || line.data[line.size - 1] == '\n'))
    line.size--;
  add_field(places, node, asv_span_sub(line, 0, name), line,
            asv_span_trim(asv_span_sub(line, name + 1, line.size - name - 1)));
}

static void add_frame(AltsvcPlaces *places, const proto_node *node) {
  AsvSpan frame = altsvc_field_octets(places->pinfo, node);
  AsvFrame cut;
  if (frame.size < FRAME_HEAD ||
      !asv_frame_cut(asv_span_sub(frame, FRAME_HEAD, frame.size - FRAME_HEAD), &cut))
    return;
  add(places, ALTSVC_PLACE_ORIGIN, node, frame, cut.origin);
  add(places, ALTSVC_PLACE_FRAME, node, frame, cut.value);
}

static void look(proto_node *node, gpointer data);

static void look_at_frame(proto_node *node, AltsvcPlaces *places) {
  places->has_stream = TRUE;
  places->stream = places->type = 0;
  proto_tree_children_foreach(node, look, places);
  if (places->type == ASV_FRAME_TYPE_ALTSVC) add_frame(places, node);
  places->has_stream = FALSE;
}

static void look(proto_node *node, gpointer data) {
  AltsvcPlaces *places = data;
  AsvSpan value;
  switch (altsvc_field_of(node)) {
    case ALTSVC_FIELD_HTTP2_STREAM:
      look_at_frame(node, places);
      return;
    case ALTSVC_FIELD_HTTP2_STREAM_ID:
      places->stream = altsvc_field_number(node);
      break;
    case ALTSVC_FIELD_HTTP2_TYPE:
      places->type = altsvc_field_number(node);
      break;
    case ALTSVC_FIELD_HTTP2_HEADER_NAME:
      places->name = altsvc_field_octets(places->pinfo, node);
      break;
    case ALTSVC_FIELD_HTTP2_HEADER_VALUE:
      value = altsvc_field_octets(places->pinfo, node);
      add_field(places, node, places->name, value, value);
      break;
    case ALTSVC_FIELD_HTTP_LINE:
      add_line(places, node);
      break;
    default:
      break;
  }
  proto_tree_children_foreach(node, look, places);
}

AltsvcPlaces *altsvc_places_new(packet_info *pinfo, proto_tree *tree, tvbuff_t *tvb) {
  AltsvcPlaces *places = g_new0(AltsvcPlaces, 1);
  places->pinfo = pinfo;
  places->tvb = tvb;
  places->candidates = g_array_new(FALSE, FALSE, sizeof(Candidate));
  if (tree) proto_tree_children_foreach(tree, look, places);
  return places;
}

void altsvc_places_free(AltsvcPlaces *places) {
  g_array_unref(places->candidates);
  g_free(places);
}

AltsvcPlace altsvc_places_take(AltsvcPlaces *places, AltsvcPlaceKind kind, gboolean has_stream,
                               guint64 stream, AsvSpan octets) {
  for (guint i = 0; i < places->candidates->len; i++) {
    Candidate *found = &g_array_index(places->candidates, Candidate, i);
    if (found->taken || found->kind != kind || found->has_stream != has_stream ||
        (has_stream && found->stream != stream) || !asv_span_equal(found->octets, octets))
      continue;
    found->taken = TRUE;
    return found->place;
  }
  return (AltsvcPlace){places->tvb, 0, 0};
}

AltsvcPlace altsvc_place_part(const AltsvcPlace *place, gsize offset, gsize size) {
  AltsvcPlace part = {.tvb = place->tvb};
  if (offset > (gsize)place->size || size > (gsize)place->size - offset) return part;
  part.start = place->start + (int)offset;
  part.size = (int)size;
  return part;
}

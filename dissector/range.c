/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ranges of field values: header fields (of HTTP/3 from Wireshark 4.2 on), parts of ALTSVC frames.
 */
#include "range.h"

#include "altsvc/frame.h"
#include "fields.h"

#define FRAME_HEAD 9 /* RFC 9113 §4.1 */

typedef struct {
  AltsvcRangeKind kind;
  gboolean has_stream, taken;
  gboolean any_stream; /* HTTP/3: Wireshark does not name it */
  guint64 stream;
  AsvSpan octets; /* live as long as the packet */
  AltsvcRange range;
} Candidate;

struct AltsvcRanges {
  packet_info *pinfo;
  tvbuff_t *tvb;
  GArray *candidates; /* Candidate */
  gboolean has_stream, any_stream;
  guint64 stream, type; /* of the HTTP/2 frame that is walked */
  AsvSpan name;         /* of the header field that is walked */
};

static void add(AltsvcRanges *ranges, AltsvcRangeKind kind, const proto_node *node, AsvSpan whole,
                AsvSpan part) {
  const field_info *info = PNODE_FINFO(node);
  if (!info->ds_tvb || !part.size) return;
  Candidate found = {.kind = kind,
                     .has_stream = ranges->has_stream,
                     .any_stream = ranges->any_stream,
                     .stream = ranges->stream,
                     .octets = part,
                     .range = {.tvb = info->ds_tvb,
                               .start = info->start + (int)(part.data - whole.data),
                               .size = (int)part.size}};
  g_array_append_val(ranges->candidates, found);
}

/* The value of a field of that name: whole is what node stands for, value its part. */
static void add_field(AltsvcRanges *ranges, const proto_node *node, AsvSpan name, AsvSpan whole,
                      AsvSpan value) {
  if (asv_span_is_nocase(name, "alt-svc"))
    add(ranges, ALTSVC_RANGE_ALT_SVC, node, whole, value);
  else if (asv_span_is_nocase(name, "alt-used"))
    add(ranges, ALTSVC_RANGE_ALT_USED, node, whole, value);
}

/* "Alt-Svc: VALUE" and the end of the line, in what node stands for. */
static void add_line(AltsvcRanges *ranges, const proto_node *node, AsvSpan whole, AsvSpan line) {
  const guint8 *colon = line.size ? memchr(line.data, ':', line.size) : NULL;
  if (!colon) return;
  gsize name = (gsize)(colon - line.data);
  while (line.size > name + 1 &&
         (line.data[line.size - 1] == '\r' || line.data[line.size - 1] == '\n'))
    line.size--;
  add_field(ranges, node, asv_span_sub(line, 0, name), whole,
            asv_span_trim(asv_span_sub(line, name + 1, line.size - name - 1)));
}

static void add_lines(AltsvcRanges *ranges, const proto_node *node) {
  AsvSpan whole = altsvc_field_octets(ranges->pinfo, node), left = whole;
  while (left.size) {
    const guint8 *end = memchr(left.data, '\n', left.size);
    gsize size = end ? (gsize)(end - left.data) + 1 : left.size;
    add_line(ranges, node, whole, asv_span_sub(left, 0, size));
    left = asv_span_sub(left, size, left.size);
  }
}

static void add_frame(AltsvcRanges *ranges, const proto_node *node) {
  AsvSpan frame = altsvc_field_octets(ranges->pinfo, node);
  AsvFrame cut;
  if (frame.size < FRAME_HEAD ||
      !asv_frame_cut(asv_span_sub(frame, FRAME_HEAD, frame.size - FRAME_HEAD), &cut))
    return;
  add(ranges, ALTSVC_RANGE_ORIGIN, node, frame, cut.origin);
  add(ranges, ALTSVC_RANGE_FRAME, node, frame, cut.value);
}

static void look(proto_node *node, gpointer data);

static void look_at_frame(proto_node *node, AltsvcRanges *ranges) {
  ranges->has_stream = TRUE;
  ranges->stream = ranges->type = 0;
  proto_tree_children_foreach(node, look, ranges);
  if (ranges->type == ASV_FRAME_TYPE_ALTSVC) add_frame(ranges, node);
  ranges->has_stream = FALSE;
}

static void look(proto_node *node, gpointer data) {
  AltsvcRanges *ranges = data;
  AsvSpan value;
  switch (altsvc_field_of(node)) {
    case ALTSVC_FIELD_HTTP2_STREAM:
      look_at_frame(node, ranges);
      return;
    case ALTSVC_FIELD_HTTP2_STREAM_ID:
      ranges->stream = altsvc_field_number(node);
      break;
    case ALTSVC_FIELD_HTTP2_TYPE:
      ranges->type = altsvc_field_number(node);
      break;
    case ALTSVC_FIELD_HTTP2_HEADER_NAME:
    case ALTSVC_FIELD_HTTP3_HEADER_NAME:
      ranges->name = altsvc_field_octets(ranges->pinfo, node);
      break;
    case ALTSVC_FIELD_HTTP2_HEADER_VALUE:
      value = altsvc_field_octets(ranges->pinfo, node);
      add_field(ranges, node, ranges->name, value, value);
      break;
    case ALTSVC_FIELD_HTTP3_HEADER_VALUE:
      value = altsvc_field_octets(ranges->pinfo, node);
      ranges->has_stream = ranges->any_stream = TRUE;
      add_field(ranges, node, ranges->name, value, value);
      ranges->has_stream = ranges->any_stream = FALSE;
      break;
    case ALTSVC_FIELD_HTTP_LINE:
    case ALTSVC_FIELD_HTTP_TRAILER:
      add_lines(ranges, node);
      break;
    default:
      break;
  }
  proto_tree_children_foreach(node, look, ranges);
}

AltsvcRanges *altsvc_ranges_new(packet_info *pinfo, proto_tree *tree, tvbuff_t *tvb) {
  AltsvcRanges *ranges = g_new0(AltsvcRanges, 1);
  ranges->pinfo = pinfo;
  ranges->tvb = tvb;
  ranges->candidates = g_array_new(FALSE, FALSE, sizeof(Candidate));
  if (tree) proto_tree_children_foreach(tree, look, ranges);
  return ranges;
}

void altsvc_ranges_free(AltsvcRanges *ranges) {
  g_array_unref(ranges->candidates);
  g_free(ranges);
}

AltsvcRange altsvc_ranges_take(AltsvcRanges *ranges, AltsvcRangeKind kind, gboolean has_stream,
                               guint64 stream, AsvSpan octets) {
  for (guint i = 0; i < ranges->candidates->len; i++) {
    Candidate *found = &g_array_index(ranges->candidates, Candidate, i);
    if (found->taken || found->kind != kind || found->has_stream != has_stream ||
        (has_stream && !found->any_stream && found->stream != stream) ||
        !asv_span_equal(found->octets, octets))
      continue;
    found->taken = TRUE;
    return found->range;
  }
  return (AltsvcRange){ranges->tvb, 0, 0};
}

AltsvcRange altsvc_range_part(const AltsvcRange *range, gsize offset, gsize size) {
  AltsvcRange part = {.tvb = range->tvb};
  if (offset > (gsize)range->size || size > (gsize)range->size - offset) return part;
  part.start = range->start + (int)offset;
  part.size = (int)size;
  return part;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The node of a frame covers its octets, which are read here; only header
 * sections are taken from the nodes below it, since they are decompressed.
 */
#include "http2.h"

#include "altsvc/frame.h"
#include "altsvc/origin.h"
#include "fields.h"
#include "limits.h"
#include "message.h"

enum {
  FRAME_HEADERS = 0x1,
  FRAME_SETTINGS = 0x4,
  FRAME_PUSH_PROMISE = 0x5,
  FRAME_GOAWAY = 0x7,
  FRAME_CONTINUATION = 0x9,
  FRAME_ORIGIN = 0xc
};

enum { FLAG_ACK = 0x1, FLAG_END_HEADERS = 0x4, FLAG_PADDED = 0x8 };

#define MAX_FRAME_SIZE_LEAST 16384u
#define MAX_FRAME_SIZE_MOST 16777215u

/* A header block that goes on in CONTINUATION frames. */
typedef struct {
  guint32 promised; /* 0: it began with HEADERS */
  GArray *lines;    /* AltsvcLine, owned octets: what was read of it so far; or NULL */
} Block;

struct AltsvcHttp2 {
  GHashTable *requests;      /* AltsvcRequest* by stream */
  GQueue in_order;           /* their streams, the oldest first */
  guint32 max_frame_size[2]; /* what the client, and the server, takes */
  Block block[2];            /* of the client, and of the server */
};

typedef struct {
  AltsvcConnection *connection;
  AltsvcHttp2 *http2;
  packet_info *pinfo;
  AsvFrom from;
  guint32 length, stream;
  guint8 type, flags;
  AsvSpan payload;
  AltsvcSection section;
  AsvSpan name;
} Frame;

static AltsvcHttp2 *http2_new(void) {
  AltsvcHttp2 *http2 = g_new0(AltsvcHttp2, 1);
  http2->requests = g_hash_table_new_full(NULL, NULL, NULL, altsvc_request_free);
  http2->max_frame_size[0] = http2->max_frame_size[1] = MAX_FRAME_SIZE_LEAST;
  return http2;
}

static void line_clear(gpointer data) {
  AltsvcLine *line = data;
  g_free((gpointer)line->name.data);
  g_free((gpointer)line->value.data);
}

static void block_clear(Block *block) {
  g_clear_pointer(&block->lines, g_array_unref);
}

static AsvSpan own(AsvSpan span) {
  return asv_span(g_memdup2(span.data, span.size), span.size);
}

/* Keeps the lines of a section that is not complete. */
static void block_keep(Block *block, const AltsvcSection *section) {
  if (!block->lines) {
    block->lines = g_array_new(FALSE, FALSE, sizeof(AltsvcLine));
    g_array_set_clear_func(block->lines, line_clear);
  }
  for (guint i = 0; i < section->lines->len && block->lines->len < ALTSVC_BLOCK_LINES_MAX; i++) {
    AltsvcLine line = g_array_index(section->lines, AltsvcLine, i);
    line.name = own(line.name);
    line.value = own(line.value);
    g_array_append_val(block->lines, line);
  }
}

void altsvc_http2_free(AltsvcHttp2 *http2) {
  if (!http2) return;
  g_hash_table_destroy(http2->requests);
  g_queue_clear(&http2->in_order);
  for (int i = 0; i < 2; i++) block_clear(&http2->block[i]);
  g_free(http2);
}

static int side(AsvFrom from) {
  return from == ASV_FROM_CLIENT ? 0 : 1;
}

static AltsvcRequest *find_request(const Frame *frame, guint32 stream) {
  return g_hash_table_lookup(frame->http2->requests, GUINT_TO_POINTER(stream));
}

/* ---- header sections ---- */

/* Such a name is malformed (RFC 9113 §8.2.1), and no name that we know: its line has none. */
static gboolean has_upper_case(AsvSpan name) {
  for (gsize i = 0; i < name.size; i++)
    if (g_ascii_isupper(name.data[i])) return TRUE;
  return FALSE;
}

static void read_header(proto_node *node, gpointer data) {
  Frame *frame = data;
  AltsvcField field = altsvc_field_of(node);
  if (field == ALTSVC_FIELD_HTTP2_HEADER_NAME)
    frame->name = altsvc_field_octets(frame->pinfo, node);
  else if (field == ALTSVC_FIELD_HTTP2_HEADER_VALUE && has_upper_case(frame->name))
    altsvc_section_add(&frame->section, asv_span_text(""), asv_span(NULL, 0));
  else if (field == ALTSVC_FIELD_HTTP2_HEADER_VALUE)
    altsvc_section_add(&frame->section, frame->name, altsvc_field_octets(frame->pinfo, node));
  proto_tree_children_foreach(node, read_header, frame);
}

static void take_request(const Frame *frame, guint32 stream, gboolean pushed) {
  AltsvcMessage about = {.via = ASV_VIA_HTTP2_HEADER, .stream = stream, .pushed = pushed};
  if (find_request(frame, stream) || !altsvc_section_get(&frame->section, ":method").data) return;
  AltsvcHttp2 *http2 = frame->http2;
  if (http2->in_order.length >= ALTSVC_STREAMS_MAX)
    g_hash_table_remove(http2->requests, g_queue_pop_head(&http2->in_order));
  g_hash_table_insert(http2->requests, GUINT_TO_POINTER(stream),
                      altsvc_message_request(frame->connection, &about, &frame->section));
  g_queue_push_tail(&http2->in_order, GUINT_TO_POINTER(stream));
}

static void take_response(const Frame *frame) {
  AltsvcRequest *request = find_request(frame, frame->stream);
  AltsvcMessage about = {.via = ASV_VIA_HTTP2_HEADER, .stream = frame->stream};
  if (!altsvc_section_get(&frame->section, ":status").data) {
    about.trailer = TRUE;
    altsvc_message_trailer(frame->connection, &about, &frame->section, request);
    return;
  }
  guint status = altsvc_message_response(frame->connection, &about, &frame->section, request);
  if (request && status >= 200 && !request->status) request->status = status;
}

/* A whole section, or the end of one. */
static void take_section(Frame *frame, guint32 promised) {
  if (promised && frame->from == ASV_FROM_SERVER)
    take_request(frame, promised, TRUE);
  else if (!promised && frame->from == ASV_FROM_CLIENT)
    take_request(frame, frame->stream, FALSE);
  else if (!promised)
    take_response(frame);
}

/* HEADERS, PUSH_PROMISE, CONTINUATION. Wireshark shows in each what it could read so far. */
static void take_block(Frame *frame) {
  Block *block = &frame->http2->block[side(frame->from)];
  if (frame->type != FRAME_CONTINUATION) {
    AsvReader reader = asv_reader(frame->payload);
    if (frame->flags & FLAG_PADDED) asv_read_u8(&reader);
    block->promised = frame->type == FRAME_PUSH_PROMISE ? asv_read_u32(&reader) & 0x7fffffffu : 0;
    block_clear(block);
  }
  if (!(frame->flags & FLAG_END_HEADERS)) {
    block_keep(block, &frame->section);
    return;
  }
  if (block->lines)
    g_array_prepend_vals(frame->section.lines, block->lines->data, block->lines->len);
  if (frame->section.lines->len) take_section(frame, block->promised);
  block_clear(block);
}

/* ---- other frames ---- */

static void take_settings(const Frame *frame) {
  AsvReader reader = asv_reader(frame->payload);
  if (frame->flags & FLAG_ACK) return;
  while (asv_reader_left(&reader) >= 6) {
    guint16 id = asv_read_u16(&reader);
    guint32 value = asv_read_u32(&reader);
    if (id == 0x5 && value >= MAX_FRAME_SIZE_LEAST && value <= MAX_FRAME_SIZE_MOST)
      frame->http2->max_frame_size[side(frame->from)] = value;
  }
}

static void take_altsvc(const Frame *frame) {
  char written[ASV_ORIGIN_MAX];
  AsvFrame cut;
  AsvAdvertisementSeen about = {
      .has_stream = TRUE,
      .stream = frame->stream,
      .via = ASV_VIA_ALTSVC_FRAME,
      .from = frame->from,
      .frame_flags = frame->flags,
      .frame_too_long = frame->length > frame->http2->max_frame_size[!side(frame->from)]};
  const AltsvcRequest *request = frame->stream ? find_request(frame, frame->stream) : NULL;
  if (!asv_frame_cut(frame->payload, &cut)) {
    about.origin_problem = "frame-malformed";
  } else {
    AsvOrigin origin;
    about.value = cut.value;
    about.frame_origin = cut.origin.size ? cut.origin : asv_span(NULL, 0);
    if (frame->stream == 0 && !asv_origin_parse(cut.origin, &origin))
      about.origin = asv_span(written, asv_origin_write(&origin, written));
    else if (request && request->kind == ALTSVC_REQUEST_PLAIN)
      about.origin = asv_span_text(request->origin);
    if (!about.origin.size)
      about.origin_problem = frame->stream == 0 ? "no-authority"
                             : altsvc_connection_is_complete(frame->connection, ASV_FROM_CLIENT)
                                 ? "stream-unknown"
                                 : "request-not-captured";
  }
  AsvObservation seen =
      altsvc_connection_observation(frame->connection, ASV_OBSERVATION_ADVERTISEMENT);
  seen.advertisement = about;
  altsvc_connection_tell(frame->connection, &seen);
}

/* RFC 8336 §2: stream 0, from the server; the low flag bits make it another frame. */
static void take_origin(const Frame *frame) {
  if (frame->from != ASV_FROM_SERVER || frame->stream != 0 || frame->flags & 0x0f) return;
  g_autoptr(GArray) origins = g_array_new(FALSE, FALSE, sizeof(AsvSpan));
  AsvReader reader = asv_reader(frame->payload);
  while (asv_reader_left(&reader)) {
    AsvSpan origin = asv_read_span(&reader, asv_read_u16(&reader));
    if (reader.failed) break;
    g_array_append_val(origins, origin);
  }
  AsvObservation seen =
      altsvc_connection_observation(frame->connection, ASV_OBSERVATION_ORIGIN_SET);
  seen.origin_set.origins =
      (AsvSpans){.items = (const AsvSpan *)(gpointer)origins->data, .count = origins->len};
  altsvc_connection_tell(frame->connection, &seen);
}

static void take_frame(Frame *frame) {
  switch (frame->type) {
    case FRAME_HEADERS:
    case FRAME_PUSH_PROMISE:
    case FRAME_CONTINUATION:
      take_block(frame);
      return;
    case FRAME_SETTINGS:
      take_settings(frame);
      return;
    case FRAME_GOAWAY:
      if (frame->connection->goaway == ASV_FROM_NOBODY) frame->connection->goaway = frame->from;
      return;
    case ASV_FRAME_TYPE_ALTSVC:
      take_altsvc(frame);
      return;
    case FRAME_ORIGIN:
      take_origin(frame);
      return;
    default:
      return;
  }
}

void altsvc_http2_node(AltsvcConnection *connection, packet_info *pinfo, proto_node *node) {
  AsvSpan octets = altsvc_field_octets(pinfo, node);
  AsvReader reader = asv_reader(octets);
  if (!connection->http2) connection->http2 = http2_new();
  connection->spoke[connection->sender] = TRUE;
  if (octets.size >= 3 && memcmp(octets.data, "PRI", 3) == 0) {
    altsvc_connection_sender_is(connection, ASV_FROM_CLIENT);
    return;
  }
  Frame frame = {.connection = connection, .http2 = connection->http2, .pinfo = pinfo};
  frame.from = altsvc_connection_from(connection);
  frame.length = asv_read_u24(&reader);
  frame.type = asv_read_u8(&reader);
  frame.flags = asv_read_u8(&reader);
  frame.stream = asv_read_u32(&reader) & 0x7fffffffu;
  frame.payload = asv_read_rest(&reader);
  if (reader.failed) return;
  g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(AltsvcLine));
  frame.section.lines = lines;
  proto_tree_children_foreach(node, read_header, &frame);
  take_frame(&frame);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every message is a node of its own, of the side that sent the packet. What
 * pairs a response with its request is their order alone.
 */
#include "http1.h"

#include "fields.h"
#include "limits.h"
#include "message.h"

struct AltsvcHttp1 {
  GQueue waiting;      /* AltsvcRequest* */
  gboolean open_ended; /* requests behind these are not waited for */
  gboolean unpaired;   /* responses can be told no more from one another */
};

typedef struct {
  packet_info *pinfo;
  AltsvcSection section, trailer;
  AsvSpan target;
  guint8 minor;
} Reading;

void altsvc_http1_free(AltsvcHttp1 *http1) {
  if (!http1) return;
  g_queue_clear_full(&http1->waiting, altsvc_request_free);
  g_free(http1);
}

static void read_line(AltsvcSection *section, AsvSpan line) {
  const guint8 *colon = line.size ? memchr(line.data, ':', line.size) : NULL;
  if (!colon) return;
  gsize size = (gsize)(colon - line.data);
  AsvSpan value = asv_span_sub(line, size + 1, line.size);
  while (value.size && strchr("\r\n", value.data[value.size - 1])) value.size--;
  altsvc_section_add(section, asv_span_trim(asv_span(line.data, size)), value);
}

static void read_trailer(Reading *reading, AsvSpan lines) {
  while (lines.size) {
    const guint8 *end = memchr(lines.data, '\n', lines.size);
    gsize size = end ? (gsize)(end - lines.data) + 1 : lines.size;
    read_line(&reading->trailer, asv_span_sub(lines, 0, size));
    lines = asv_span_sub(lines, size, lines.size);
  }
}

static void read_node(proto_node *node, gpointer data) {
  Reading *reading = data;
  AltsvcField field = altsvc_field_of(node);
  switch (field) {
    case ALTSVC_FIELD_HTTP_METHOD:
      altsvc_section_add(&reading->section, asv_span_text(":method"),
                         altsvc_field_octets(reading->pinfo, node));
      break;
    case ALTSVC_FIELD_HTTP_STATUS:
      altsvc_section_add(&reading->section, asv_span_text(":status"),
                         altsvc_field_octets(reading->pinfo, node));
      break;
    case ALTSVC_FIELD_HTTP_TARGET:
      reading->target = altsvc_field_octets(reading->pinfo, node);
      break;
    case ALTSVC_FIELD_HTTP_VERSION: {
      AsvSpan version = altsvc_field_octets(reading->pinfo, node);
      if (version.size == 8) reading->minor = (guint8)(version.data[7] - '0');
      break;
    }
    case ALTSVC_FIELD_HTTP_LINE:
      read_line(&reading->section, altsvc_field_octets(reading->pinfo, node));
      break;
    case ALTSVC_FIELD_HTTP_TRAILER:
      read_trailer(reading, altsvc_field_octets(reading->pinfo, node));
      break;
    default:
      break;
  }
  proto_tree_children_foreach(node, read_node, reading);
}

/* Where the scheme of an absolute-form target ends; 0 when it is in another form. */
static gsize scheme_size(AsvSpan target) {
  gsize size = 0;
  while (size < target.size && (g_ascii_isalnum(target.data[size]) || target.data[size] == '+'))
    size++;
  return asv_span_is(asv_span_sub(target, size, 3), "://") ? size : 0;
}

/* The target (RFC 9112 §3.2) as authority and path. */
static void read_target(Reading *reading) {
  AltsvcSection *section = &reading->section;
  AsvSpan target = reading->target;
  gsize scheme = scheme_size(target);
  if (asv_span_is(altsvc_section_get(section, ":method"), "CONNECT")) {
    altsvc_section_add(section, asv_span_text(":authority"), target);
    return;
  }
  if (scheme) {
    AsvSpan rest = asv_span_sub(target, scheme + 3, target.size);
    gsize size = 0, from = 0;
    while (size < rest.size && !strchr("/?", rest.data[size]))
      if (rest.data[size++] == '@') from = size;
    altsvc_section_add(section, asv_span_text(":authority"), asv_span_sub(rest, from, size - from));
    target = asv_span_sub(rest, size, rest.size);
    if (!target.size || target.data[0] != '/') {
      guint8 *path = wmem_alloc(reading->pinfo->pool, target.size + 1);
      path[0] = '/';
      if (target.size) memcpy(path + 1, target.data, target.size);
      target = asv_span(path, target.size + 1);
    }
  }
  altsvc_section_add(section, asv_span_text(":path"), target);
}

/* Behind a loss there may be requests that were not seen: no response is known to be theirs. */
static void take_request(AltsvcConnection *connection, const AltsvcMessage *about,
                         const AltsvcSection *section) {
  AltsvcRequest *request = altsvc_message_request(connection, about, section);
  AltsvcHttp1 *http1 = connection->http1;
  if (http1->waiting.length >= ALTSVC_PIPELINED_MAX) http1->open_ended = TRUE;
  if (!http1->open_ended && altsvc_connection_is_complete(connection, ASV_FROM_CLIENT))
    g_queue_push_tail(&http1->waiting, request);
  else
    altsvc_request_free(request);
}

static void take_response(AltsvcConnection *connection, AltsvcMessage *about,
                          const Reading *reading) {
  AltsvcHttp1 *http1 = connection->http1;
  GQueue *waiting = &http1->waiting;
  gboolean complete = altsvc_connection_is_complete(connection, ASV_FROM_SERVER);
  if (!complete || !waiting->head) http1->unpaired = TRUE;
  AltsvcRequest *request = http1->unpaired ? NULL : g_queue_peek_head(waiting);
  guint status = altsvc_message_response(connection, about, &reading->section, request);
  if (request) request->status = status;
  about->trailer = TRUE;
  altsvc_message_trailer(connection, about, &reading->trailer, request);
  if (!request || (status < 200 && status != 101)) return;
  g_queue_pop_head(waiting);
  if (request->kind == ALTSVC_REQUEST_CONNECT && status >= 200 && status < 300)
    altsvc_connection_open_tunnel(connection, asv_span_text(request->origin));
  altsvc_request_free(request);
}

void altsvc_http1_node(AltsvcConnection *connection, packet_info *pinfo, proto_node *node) {
  Reading reading = {.pinfo = pinfo, .minor = 1};
  g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(AltsvcLine));
  g_autoptr(GArray) trailer = g_array_new(FALSE, FALSE, sizeof(AltsvcLine));
  reading.section.lines = lines;
  reading.trailer.lines = trailer;
  proto_tree_children_foreach(node, read_node, &reading);
  AltsvcMessage about = {.via = ASV_VIA_HTTP1_HEADER, .minor = reading.minor};
  if (!connection->http1) connection->http1 = g_new0(AltsvcHttp1, 1);
  if (altsvc_section_get(&reading.section, ":method").data) {
    altsvc_connection_sender_is(connection, ASV_FROM_CLIENT);
    connection->spoke[connection->sender] = TRUE;
    read_target(&reading);
    take_request(connection, &about, &reading.section);
  } else if (altsvc_section_get(&reading.section, ":status").data) {
    altsvc_connection_sender_is(connection, ASV_FROM_SERVER);
    take_response(connection, &about, &reading);
  }
}

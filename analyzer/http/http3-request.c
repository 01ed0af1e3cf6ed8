/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Request and push streams (RFC 9114 §4): field sections go to QPACK with a
 * ticket and come back from it, perhaps later, to be paired by pairs.h. DATA
 * is waived but for what pairs.h has a sink for.
 */
#include "http3-connection.h"

typedef struct {
  AsvHttp3Stream *stream;
  AsvPacketRef at;
  gsize size; /* of the section */
  guint64 push_id;
  gboolean promised; /* of a PUSH_PROMISE */
  gboolean early_data;
} Ticket;

gsize asv_http3_ticket_size(void) {
  return sizeof(Ticket);
}

const AsvPacketRef *asv_http3_ticket_packet(gconstpointer ticket) {
  return &((const Ticket *)ticket)->at;
}

/* ---- sections ---- */

void asv_http3_field(void *self, AsvField field, AsvSpan name G_GNUC_UNUSED, AsvSpan value) {
  AsvHttp3 *http = self;
  if (field == ASV_FIELD_NONE) return;
  if (!http->fields) http->fields = asv_http_context_take(http->exchange.context);
  asv_fields_add(http->fields, field, value);
}

/* The client's side of this stream cannot be read, so its request will not come. */
static void unread(AsvHttp3Stream *stream, const AsvPacketRef *at) {
  if (stream->side == ASV_CLIENT && !stream->blocked)
    asv_pairs_unread(stream->http->pairs, at, stream->key);
}

static void tell_unreadable(AsvHttp3Stream *stream, const AsvPacketRef *at,
                            AsvHttpUnreadable reason, guint64 n) {
  stream->http->told[stream->side] = TRUE;
  asv_exchange_unreadable(&stream->http->exchange, at, stream->side, reason, n);
}

static void tell(const Ticket *ticket, const AsvFields *fields) {
  AsvHttp3Stream *stream = ticket->stream;
  AsvHttp3 *http = stream->http;
  http->exchange.early_data = ticket->early_data;
  if (ticket->promised)
    asv_pairs_promise(http->pairs, &ticket->at, asv_http3_push_key(ticket->push_id), stream->id,
                      fields);
  else
    asv_pairs_section(http->pairs, &ticket->at, stream->side, stream->key, fields);
}

static void lose(const Ticket *ticket) {
  AsvHttp3Stream *stream = ticket->stream;
  AsvHttp3 *http = stream->http;
  if (!http->qpack_lost[stream->side])
    tell_unreadable(stream, &ticket->at, ASV_HTTP_QPACK_LOST, ticket->size);
  http->qpack_lost[stream->side] = TRUE;
  if (!ticket->promised) unread(stream, &ticket->at);
}

void asv_http3_section_done(void *self, gconstpointer data, gboolean read) {
  AsvHttp3 *http = self;
  const Ticket *ticket = data;
  AsvHttp3Stream *stream = ticket->stream;
  AsvFields *fields = http->fields ? http->fields : asv_http_context_take(http->exchange.context);
  http->fields = NULL;
  stream->blocked--;
  if (read)
    tell(ticket, fields);
  else
    lose(ticket);
  asv_http_context_give(http->exchange.context, fields);
  if (stream->ended && !stream->blocked) asv_http3_stream_finish(stream, &ticket->at);
}

static void take_section(AsvHttp3Stream *stream, Ticket *ticket, AsvSpan octets) {
  AsvHttp3 *http = stream->http;
  ticket->stream = stream;
  ticket->size = octets.size;
  ticket->early_data = http->early_data && stream->side == ASV_CLIENT;
  stream->blocked++;
  asv_qpack_section(http->qpack[stream->side], stream->key, ticket, octets);
}

static void take_promise(AsvHttp3Stream *stream, const AsvPacketRef *at, AsvSpan payload) {
  AsvReader reader = asv_reader(payload);
  Ticket ticket = {.at = *at, .promised = TRUE, .push_id = asv_http3_read_varint(&reader)};
  if (!reader.failed) take_section(stream, &ticket, asv_read_rest(&reader));
}

/* ---- frames ---- */

static void request_lost(void *self, const AsvPacketRef *at, guint64 n, gboolean all) {
  AsvHttp3Stream *stream = self;
  AsvHttp3 *http = stream->http;
  tell_unreadable(stream, at, ASV_HTTP_BYTES_LOST, n);
  unread(stream, at);
  if (all) asv_pairs_tunnel_gap(http->pairs, at, stream->side, stream->key, ASV_GAP_UNKNOWN);
}

/* While a section is blocked nobody can say whether DATA is a tunnel's. */
static AsvHttp3Want begin_data(AsvHttp3Stream *stream, const AsvPacketRef *at, guint64 length) {
  AsvPairs *pairs = stream->http->pairs;
  if (stream->blocked) {
    stream->missed = MIN(stream->missed + length, ASV_GAP_UNKNOWN >> 1);
    return ASV_HTTP3_SKIP;
  }
  if (!asv_pairs_is_tunnel(pairs, stream->key)) return ASV_HTTP3_SKIP;
  if (stream->missed) asv_pairs_tunnel_gap(pairs, at, stream->side, stream->key, stream->missed);
  stream->missed = 0;
  return ASV_HTTP3_PIECES;
}

static AsvHttp3Want begin_section(AsvHttp3Stream *stream, const AsvPacketRef *at, guint64 length) {
  if (length <= ASV_HTTP3_SECTION_MAX) return ASV_HTTP3_WHOLE;
  request_lost(stream, at, length, FALSE);
  return ASV_HTTP3_SKIP;
}

static AsvHttp3Want stop(AsvHttp3Stream *stream, const AsvPacketRef *at) {
  tell_unreadable(stream, at, ASV_HTTP_NOT_HTTP, 0);
  unread(stream, at);
  return ASV_HTTP3_STOP;
}

static AsvHttp3Want request_begin(void *self, const AsvPacketRef *at, guint64 type,
                                  guint64 length) {
  AsvHttp3Stream *stream = self;
  gboolean first = !stream->begun;
  stream->begun = TRUE;
  switch (type) {
    case ASV_HTTP3_DATA:
      return begin_data(stream, at, length);
    case ASV_HTTP3_HEADERS:
      return begin_section(stream, at, length);
    case ASV_HTTP3_PUSH_PROMISE:
      return stream->side == ASV_SERVER ? begin_section(stream, at, length) : stop(stream, at);
    case ASV_HTTP3_WEBTRANSPORT:
      if (!first) return ASV_HTTP3_SKIP;
      unread(stream, at);
      return ASV_HTTP3_STOP;
    default:
      return asv_http3_is_forbidden(type) ? stop(stream, at) : ASV_HTTP3_SKIP;
  }
}

static void request_whole(void *self, const AsvPacketRef *at, guint64 type, AsvSpan payload) {
  AsvHttp3Stream *stream = self;
  Ticket ticket = {.at = *at};
  if (type == ASV_HTTP3_PUSH_PROMISE)
    take_promise(stream, at, payload);
  else
    take_section(stream, &ticket, payload);
}

static void request_piece(void *self, const AsvPacketRef *at, AsvSpan data, guint64 gap) {
  AsvHttp3Stream *stream = self;
  if (data.size)
    asv_pairs_tunnel_bytes(stream->http->pairs, at, stream->side, stream->key, data);
  else
    asv_pairs_tunnel_gap(stream->http->pairs, at, stream->side, stream->key, gap);
}

static guint64 request_waive(void *self, guint64 left) {
  AsvHttp3Stream *stream = self;
  return asv_pairs_tunnel_waive(stream->http->pairs, stream->side, stream->key, left);
}

const AsvHttp3Handler asv_http3_request_handler = {.begin = request_begin,
                                                   .whole = request_whole,
                                                   .piece = request_piece,
                                                   .waive = request_waive,
                                                   .lost = request_lost};

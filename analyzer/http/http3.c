/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The connection: tells streams apart (RFC 9114 §6), gives encoder streams to
 * QPACK, and sees to it that nothing waits for ever.
 */
#include "http3-connection.h"

AsvHttp3 *asv_http3_new(AsvHttpContext *context, const AsvHttpEvents *events) {
  AsvHttp3 *http = g_new0(AsvHttp3, 1);
  AsvQpackEvents sections = {
      .self = http, .field = asv_http3_field, .done = asv_http3_section_done};
  http->events = *events;
  asv_exchange_init(&http->exchange, context, ASV_SCHEME_HTTPS, &http->events);
  http->pairs = asv_pairs_new(&http->exchange, FALSE);
  http->budget = ASV_HTTP3_GATHERED_MAX;
  for (int side = 0; side < 2; side++)
    http->qpack[side] = asv_qpack_new(&sections, &context->memo, asv_http3_ticket_size());
  return http;
}

/* Most streams come and go one by one: their memory serves the next. */
static void stream_free(AsvHttp3Stream *stream) {
  AsvHttp3 *http = stream->http;
  g_queue_unlink(&http->streams, &stream->link);
  asv_http3_frames_clear(&stream->frames);
  g_free(http->spare);
  http->spare = stream;
}

void asv_http3_free(AsvHttp3 *http) {
  if (!http) return;
  while (http->streams.head) stream_free(http->streams.head->data);
  g_free(http->spare);
  for (int side = 0; side < 2; side++) asv_qpack_free(http->qpack[side]);
  asv_http_context_give(http->exchange.context, http->fields);
  asv_pairs_free(http->pairs);
  asv_exchange_clear(&http->exchange);
  g_free(http);
}

void asv_http3_set_early_data(AsvHttp3 *http, gboolean early_data) {
  http->early_data = early_data;
}

void asv_http3_note_lost(AsvHttp3 *http, AsvSide from) {
  http->told[from] = TRUE;
}

/* ---- what waits ---- */

/* The packet of the oldest section of side that waits, or NULL. */
static const AsvPacketRef *blocked_since(const AsvHttp3 *http, int side) {
  gconstpointer ticket = asv_qpack_oldest(http->qpack[side]);
  return ticket ? asv_http3_ticket_packet(ticket) : NULL;
}

static void tell_waits(AsvHttp3 *http) {
  const AsvPacketRef *since = asv_pairs_since(http->pairs);
  for (int side = 0; side < 2; side++) {
    const AsvPacketRef *blocked = blocked_since(http, side);
    if (blocked && (!since || blocked->order < since->order)) since = blocked;
  }
  if (since ? http->waits && http->since == since->order : !http->waits) return;
  http->waits = since != NULL;
  http->since = since ? since->order : 0;
  http->events.waits(http->events.self, since);
}

/* Waits no longer for what has not come up to this packet. */
static void expire(AsvHttp3 *http, const AsvPacketRef *at) {
  for (int side = 0; side < 2; side++) {
    const AsvPacketRef *since;
    while ((since = blocked_since(http, side)) != NULL &&
           at->time - since->time > ASV_HTTP3_BLOCKED_TIME_MAX)
      asv_qpack_give_up(http->qpack[side]);
  }
  asv_pairs_expire(http->pairs, at);
}

/* ---- streams ---- */

static const AsvHttp3Handler *handler_of(const AsvHttp3Stream *stream) {
  if (stream->kind == ASV_HTTP3_MESSAGES) return &asv_http3_request_handler;
  return stream->kind == ASV_HTTP3_CONTROL ? &asv_http3_control_handler : NULL;
}

/* What a unidirectional stream is (RFC 9114 §6.2, RFC 9204 §4.2); the first of its kind counts. */
static void take_type(AsvHttp3Stream *stream, guint64 type) {
  AsvHttp3 *http = stream->http;
  gboolean *has = type == 0 ? http->has_control : http->has_encoder;
  stream->kind = ASV_HTTP3_UNWANTED;
  if (type == 1 && stream->side == ASV_SERVER) stream->kind = ASV_HTTP3_PUSH_ID;
  if ((type != 0 && type != 2) || has[stream->side]) return;
  has[stream->side] = TRUE;
  stream->kind = type == 0 ? ASV_HTTP3_CONTROL : ASV_HTTP3_ENCODER;
}

/* Reads what stands before the frames, if anything; returns what is left of data. */
static AsvSpan take_prefix(AsvHttp3Stream *stream, const AsvPacketRef *at, AsvSpan data) {
  guint64 value;
  if (stream->kind == ASV_HTTP3_TYPE && asv_http3_varint(&stream->varint, &data, &value))
    take_type(stream, value);
  if (stream->kind == ASV_HTTP3_PUSH_ID && asv_http3_varint(&stream->varint, &data, &value)) {
    stream->kind = ASV_HTTP3_MESSAGES;
    stream->key = asv_http3_push_key(value);
    asv_pairs_show(stream->http->pairs, at, stream->key, stream->id);
  }
  return data;
}

static guint64 waive(AsvHttp3Stream *stream) {
  const AsvHttp3Handler *handler = handler_of(stream);
  if (stream->kind == ASV_HTTP3_UNWANTED) return ASV_WAIVE_ALL;
  return handler ? asv_http3_frames_waive(&stream->frames, handler, stream) : 0;
}

static guint64 stream_bytes(void *self, const AsvPacketRef *at, AsvSpan data) {
  AsvHttp3Stream *stream = self;
  AsvHttp3 *http = stream->http;
  expire(http, at);
  data = take_prefix(stream, at, data);
  const AsvHttp3Handler *handler = handler_of(stream);
  if (handler)
    asv_http3_frames_bytes(&stream->frames, handler, stream, at, data);
  else if (stream->kind == ASV_HTTP3_ENCODER)
    asv_qpack_encoder_bytes(http->qpack[stream->side], data);
  tell_waits(http);
  return waive(stream);
}

static guint64 stream_gap(void *self, const AsvPacketRef *at, guint64 n) {
  AsvHttp3Stream *stream = self;
  AsvHttp3 *http = stream->http;
  const AsvHttp3Handler *handler = handler_of(stream);
  expire(http, at);
  if (handler) {
    asv_http3_frames_gap(&stream->frames, handler, stream, at, n);
  } else if (stream->kind == ASV_HTTP3_ENCODER) {
    asv_qpack_encoder_gap(http->qpack[stream->side], n);
  } else if (stream->kind != ASV_HTTP3_UNWANTED) {
    stream->kind = ASV_HTTP3_UNWANTED;
    asv_exchange_unreadable(&http->exchange, at, stream->side, ASV_HTTP_BYTES_LOST, n);
  }
  tell_waits(http);
  return waive(stream);
}

void asv_http3_stream_finish(AsvHttp3Stream *stream, const AsvPacketRef *at) {
  if (stream->kind == ASV_HTTP3_MESSAGES)
    asv_pairs_end_side(stream->http->pairs, at, stream->side, stream->key, stream->why);
  stream_free(stream);
}

static void stream_end(void *self, const AsvPacketRef *at, AsvEnd why) {
  AsvHttp3Stream *stream = self;
  AsvHttp3 *http = stream->http;
  expire(http, at);
  stream->ended = TRUE;
  stream->why = why;
  asv_http3_frames_clear(&stream->frames);
  if (!stream->blocked) asv_http3_stream_finish(stream, at);
  tell_waits(http);
}

/* Bit 0 of a stream's number: the server begins it; bit 1: it is unidirectional (RFC 9000 §2.1). */
gboolean asv_http3_stream(AsvHttp3 *http, const AsvPacketRef *at, AsvSide from, guint64 id,
                          AsvSink *sink) {
  AsvSide begins = id & 1 ? ASV_SERVER : ASV_CLIENT;
  gboolean one_way = (id & 2) != 0;
  if (one_way ? from != begins : begins == ASV_SERVER) return FALSE;
  if (from == ASV_CLIENT) http->client_spoke = TRUE;
  if (http->streams.length >= ASV_HTTP3_STREAMS_MAX) {
    asv_exchange_unreadable(&http->exchange, at, from, ASV_HTTP_BYTES_LOST, 0);
    return FALSE;
  }
  AsvHttp3Stream *stream = http->spare ? http->spare : g_new(AsvHttp3Stream, 1);
  http->spare = NULL;
  *stream = (AsvHttp3Stream){.http = http,
                             .side = from,
                             .kind = one_way ? ASV_HTTP3_TYPE : ASV_HTTP3_MESSAGES,
                             .id = id,
                             .key = id,
                             .link = {.data = stream}};
  asv_http3_frames_init(&stream->frames, &http->budget);
  g_queue_push_tail_link(&http->streams, &stream->link);
  *sink = (AsvSink){.self = stream, .bytes = stream_bytes, .gap = stream_gap, .end = stream_end};
  return TRUE;
}

/* A stream whose type is not known may be the encoder stream, if there is none yet; its type takes
 * an octet. */
void asv_http3_ahead(AsvHttp3 *http, AsvSide from, guint64 id, guint64 n) {
  if (!(id & 2) || !n) return;
  for (GList *link = http->streams.head; link; link = link->next) {
    const AsvHttp3Stream *stream = link->data;
    if (stream->side != from || stream->id != id) continue;
    if (stream->kind == ASV_HTTP3_ENCODER)
      asv_qpack_encoder_ahead(http->qpack[from], n);
    else if (stream->kind == ASV_HTTP3_TYPE && !http->has_encoder[from])
      asv_qpack_encoder_ahead(http->qpack[from], n - 1);
    return;
  }
}

void asv_http3_flush(AsvHttp3 *http) {
  for (int side = 0; side < 2; side++)
    while (asv_qpack_oldest(http->qpack[side])) asv_qpack_give_up(http->qpack[side]);
  asv_pairs_flush(http->pairs);
}

void asv_http3_coverage(const AsvHttp3 *http, const AsvPacketRef *at) {
  if (http->exchange.answered && !http->client_spoke)
    asv_exchange_unreadable(&http->exchange, at, ASV_CLIENT, ASV_HTTP_ONE_DIRECTION, 0);
  else if (http->exchange.unasked && !http->told[ASV_CLIENT])
    asv_exchange_unreadable(&http->exchange, at, ASV_CLIENT, ASV_HTTP_BYTES_LOST, 0);
}

void asv_http3_finish(AsvHttp3 *http, const AsvPacketRef *at) {
  asv_http3_flush(http);
  for (int side = 0; side < 2; side++)
    asv_pairs_end(http->pairs, at, (AsvSide)side, ASV_END_CAPTURE);
  asv_http3_coverage(http, at);
  tell_waits(http);
}

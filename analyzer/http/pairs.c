/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stream numbers of HTTP/2 only grow (RFC 9113 §5.1.1): a response whose stream
 * is above all of the client's waits for its request; one below will never get
 * it. Streams of HTTP/3 come in any order: a response waits until the client's
 * side of its stream has ended.
 */
#include "pairs.h"

#include "analyzer/http/body.h"
#include "analyzer/http/streams.h"

typedef struct {
  AsvPacketRef at;
  guint64 stream;
  gboolean is_frame;
  AsvFields fields;    /* a section */
  AsvHttpAltsvc frame; /* an ALTSVC frame; its payload is owned */
} Held;

struct AsvPairs {
  AsvExchange *exchange;
  AsvStreams *streams;
  gboolean in_order;
  guint64 highest; /* stream the client has begun */
  gboolean ended[2];
  AsvEnd why[2];
  GQueue held; /* Held*, oldest first */
  gsize held_octets;
};

AsvPairs *asv_pairs_new(AsvExchange *exchange, gboolean in_order) {
  AsvPairs *pairs = g_new0(AsvPairs, 1);
  pairs->exchange = exchange;
  pairs->in_order = in_order;
  pairs->streams = asv_streams_new();
  return pairs;
}

static gsize held_size(const Held *held) {
  return held->fields.size + held->frame.payload.size;
}

static void held_free(gpointer data) {
  Held *held = data;
  asv_fields_free(&held->fields);
  g_free((gpointer)held->frame.payload.data);
  g_free(held);
}

void asv_pairs_free(AsvPairs *pairs) {
  if (!pairs) return;
  g_queue_clear_full(&pairs->held, held_free);
  asv_streams_free(pairs->streams);
  g_free(pairs);
}

/* ---- tunnels ---- */

static void tunnel_end(AsvStream *stream, const AsvPacketRef *at, AsvSide side, AsvEnd why) {
  AsvStreamTunnel *tunnel = stream->tunnel;
  if (!tunnel || !tunnel->opened || tunnel->ended[side]) return;
  tunnel->ended[side] = TRUE;
  tunnel->sinks[side].end(tunnel->sinks[side].self, at, why);
}

static void tunnel_deliver(AsvStreamTunnel *tunnel, const AsvPacketRef *at, AsvSide side,
                           AsvSpan data, guint64 gap) {
  const AsvSink *sink = &tunnel->sinks[side];
  guint64 size = data.size ? data.size : gap;
  guint64 skip = gap == ASV_GAP_UNKNOWN ? 0 : MIN(tunnel->waived[side], size);
  tunnel->waived[side] -= skip;
  if (skip == size || tunnel->ended[side]) return;
  tunnel->waived[side] = data.size ? sink->bytes(sink->self, at, asv_span_sub(data, skip, size))
                                   : sink->gap(sink->self, at, gap - skip);
}

static void tunnel_open(AsvPairs *pairs, AsvStream *stream, const AsvPacketRef *at) {
  const AsvHttpEvents *events = pairs->exchange->events;
  AsvStreamTunnel *tunnel = stream->tunnel;
  GRefString *name = stream->request.origin;
  AsvSpan target = name ? asv_span(name, g_ref_string_length(name)) : asv_span(NULL, 0);
  if (!events->tunnel(events->self, at, stream->id, target, tunnel->sinks)) {
    asv_streams_drop_tunnel(pairs->streams, stream);
    return;
  }
  tunnel->opened = TRUE;
  for (int side = 0; side < 2; side++) {
    const AsvHeldCall *call;
    while ((call = asv_hold_first(&tunnel->early[side])) != NULL) {
      AsvHeldCall copy = *call;
      tunnel_deliver(tunnel, &copy.at, (AsvSide)side, asv_hold_octets(&tunnel->early[side], FALSE),
                     copy.gap);
      asv_hold_take(&tunnel->early[side], copy.size);
    }
    asv_hold_free(&tunnel->early[side]);
    if (stream->ended[side]) tunnel_end(stream, at, (AsvSide)side, ASV_END_FIN);
    if (pairs->ended[side]) tunnel_end(stream, at, (AsvSide)side, pairs->why[side]);
  }
}

gboolean asv_pairs_is_tunnel(const AsvPairs *pairs, guint64 id) {
  if (!asv_streams_tunnels(pairs->streams)) return FALSE;
  const AsvStream *stream = asv_streams_find(pairs->streams, id);
  return stream && stream->tunnel;
}

/* Octets before the answer wait for it; too many, and the tunnel is not read at all. */
static void tunnel_hold(AsvPairs *pairs, AsvStream *stream, const AsvPacketRef *at, AsvSide side,
                        AsvSpan data, guint64 gap) {
  AsvHold *hold = &stream->tunnel->early[side];
  if (data.size)
    asv_hold_bytes(hold, at, data);
  else
    asv_hold_gap(hold, at, gap);
  if (asv_hold_full(hold, at) || asv_hold_octets(hold, TRUE).size > ASV_HTTP_TUNNEL_HELD_MAX)
    asv_streams_drop_tunnel(pairs->streams, stream);
}

static void tunnel_call(AsvPairs *pairs, const AsvPacketRef *at, AsvSide side, guint64 id,
                        AsvSpan data, guint64 gap) {
  AsvStream *stream = asv_streams_find(pairs->streams, id);
  if (!stream || !stream->tunnel) return;
  if (stream->tunnel->opened)
    tunnel_deliver(stream->tunnel, at, side, data, gap);
  else
    tunnel_hold(pairs, stream, at, side, data, gap);
}

void asv_pairs_tunnel_bytes(AsvPairs *pairs, const AsvPacketRef *at, AsvSide side, guint64 id,
                            AsvSpan data) {
  tunnel_call(pairs, at, side, id, data, 0);
}

void asv_pairs_tunnel_gap(AsvPairs *pairs, const AsvPacketRef *at, AsvSide side, guint64 id,
                          guint64 n) {
  tunnel_call(pairs, at, side, id, asv_span(NULL, 0), n);
}

guint64 asv_pairs_tunnel_waive(AsvPairs *pairs, AsvSide side, guint64 id, guint64 most) {
  AsvStream *stream = asv_streams_find(pairs->streams, id);
  if (!stream || !stream->tunnel) return most;
  guint64 *waived = &stream->tunnel->waived[side];
  guint64 n = MIN(*waived, most);
  if (*waived != ASV_WAIVE_ALL) *waived -= n;
  return n;
}

/* ---- streams ---- */

static void forget(AsvPairs *pairs, const AsvPacketRef *at, AsvStream *stream) {
  tunnel_end(stream, at, ASV_CLIENT, ASV_END_IDLE);
  tunnel_end(stream, at, ASV_SERVER, ASV_END_IDLE);
  asv_streams_remove(pairs->streams, stream);
}

/* The stream, made when it is not there. */
static AsvStream *need(AsvPairs *pairs, const AsvPacketRef *at, guint64 id) {
  AsvStream *stream = asv_streams_find(pairs->streams, id);
  if (stream) return stream;
  while ((stream = asv_streams_surplus(pairs->streams)) != NULL) forget(pairs, at, stream);
  return asv_streams_add(pairs->streams, id);
}

void asv_pairs_upgraded(AsvPairs *pairs, AsvKept *kept) {
  AsvStream *stream = asv_streams_add(pairs->streams, 1);
  stream->request = *kept;
  stream->ended[ASV_CLIENT] = TRUE;
  pairs->highest = 1;
}

static void end_side(AsvPairs *pairs, const AsvPacketRef *at, AsvSide side, AsvStream *stream,
                     AsvEnd why) {
  stream->ended[side] = TRUE;
  tunnel_end(stream, at, side, why);
  if (stream->ended[ASV_CLIENT] && stream->ended[ASV_SERVER])
    asv_streams_done(pairs->streams, stream);
}

void asv_pairs_end_stream(AsvPairs *pairs, const AsvPacketRef *at, AsvSide side, guint64 id) {
  AsvStream *stream = asv_streams_find(pairs->streams, id);
  if (stream) end_side(pairs, at, side, stream, ASV_END_FIN);
}

void asv_pairs_end_side(AsvPairs *pairs, const AsvPacketRef *at, AsvSide side, guint64 id,
                        AsvEnd why) {
  end_side(pairs, at, side, need(pairs, at, id), why);
  asv_pairs_expire(pairs, at);
}

void asv_pairs_reset(AsvPairs *pairs, const AsvPacketRef *at, guint64 id) {
  AsvStream *stream = asv_streams_find(pairs->streams, id);
  if (!stream) return;
  for (int side = 0; side < 2; side++) {
    stream->ended[side] = TRUE;
    tunnel_end(stream, at, (AsvSide)side, ASV_END_RESET);
  }
  asv_streams_done(pairs->streams, stream);
}

/* ---- messages ---- */

/* TRUE when a request of this stream can still be seen. */
static gboolean may_come(const AsvPairs *pairs, guint64 id) {
  if (pairs->exchange->lost[ASV_CLIENT] || pairs->ended[ASV_CLIENT]) return FALSE;
  if (pairs->in_order) return id % 2 && id > pairs->highest;
  const AsvStream *stream = asv_streams_find(pairs->streams, id);
  return !stream || (stream->request.kind == ASV_REQUEST_UNKNOWN && !stream->ended[ASV_CLIENT]);
}

static void tell_response(AsvPairs *pairs, const AsvPacketRef *at, guint64 id,
                          const AsvFields *fields) {
  AsvExchange *exchange = pairs->exchange;
  AsvStream *stream = need(pairs, at, id);
  AsvMessage about = {.has_stream = TRUE, .stream = stream->shown};
  guint status = asv_exchange_status(fields);
  if (!pairs->in_order && !(id & 1) && stream->request.kind == ASV_REQUEST_UNKNOWN &&
      !stream->ended[ASV_CLIENT])
    exchange->unasked = TRUE;
  if (!status) {
    asv_exchange_trailer(exchange, at, &about, fields, &stream->request, stream->status);
    return;
  }
  asv_exchange_response(exchange, at, &about, fields, &stream->request);
  if (status < 200 || stream->status) return;
  stream->status = status;
  if (!stream->tunnel || stream->tunnel->opened) return;
  if (status < 300)
    tunnel_open(pairs, stream, at);
  else
    asv_streams_drop_tunnel(pairs->streams, stream);
}

static void tell_altsvc(AsvPairs *pairs, const AsvPacketRef *at, const AsvHttpAltsvc *frame) {
  const AsvHttpEvents *events = pairs->exchange->events;
  const AsvStream *stream = frame->stream ? asv_streams_find(pairs->streams, frame->stream) : NULL;
  gboolean known = stream && stream->request.kind != ASV_REQUEST_UNKNOWN;
  AsvHttpAltsvc told = *frame;
  told.request_missing = frame->stream && !known;
  told.request_origin = known ? asv_kept_origin(&stream->request) : asv_span(NULL, 0);
  told.client_complete = !pairs->exchange->lost[ASV_CLIENT];
  events->altsvc(events->self, at, &told);
}

static void tell_oldest(AsvPairs *pairs, GList *link) {
  Held *held = link->data;
  g_queue_delete_link(&pairs->held, link);
  pairs->held_octets -= held_size(held);
  if (held->is_frame)
    tell_altsvc(pairs, &held->at, &held->frame);
  else
    tell_response(pairs, &held->at, held->stream, &held->fields);
  held_free(held);
}

/* Tells what waits no longer, in order. */
static void tell_ready(AsvPairs *pairs) {
  GList *next;
  for (GList *link = pairs->held.head; link; link = next) {
    next = link->next;
    if (!may_come(pairs, ((const Held *)link->data)->stream)) tell_oldest(pairs, link);
  }
}

static void keep(AsvPairs *pairs, Held *held) {
  GList *before = pairs->held.tail;
  while (before && ((const Held *)before->data)->at.order > held->at.order) before = before->prev;
  pairs->held_octets += held_size(held);
  g_queue_insert_after(&pairs->held, before, held);
  asv_pairs_expire(pairs, &held->at);
}

void asv_pairs_expire(AsvPairs *pairs, const AsvPacketRef *at) {
  if (!pairs->held.head) return;
  tell_ready(pairs);
  const Held *oldest;
  while ((oldest = g_queue_peek_head(&pairs->held)) != NULL &&
         (pairs->held.length > ASV_HTTP_HELD_MESSAGES_MAX ||
          pairs->held_octets > ASV_HTTP_HELD_MAX ||
          at->order > oldest->at.order + ASV_HTTP_HELD_PACKETS_MAX))
    tell_oldest(pairs, pairs->held.head);
}

void asv_pairs_flush(AsvPairs *pairs) {
  while (pairs->held.head) tell_oldest(pairs, pairs->held.head);
}

const AsvPacketRef *asv_pairs_since(const AsvPairs *pairs) {
  const Held *oldest = pairs->held.head ? pairs->held.head->data : NULL;
  return oldest ? &oldest->at : NULL;
}

static void take_request(AsvPairs *pairs, const AsvPacketRef *at, guint64 id,
                         const AsvMessage *about, const AsvFields *fields) {
  AsvStream *stream = need(pairs, at, id);
  if (stream->request.kind != ASV_REQUEST_UNKNOWN || !fields->first[ASV_FIELD_METHOD]) return;
  stream->request = asv_exchange_request(pairs->exchange, at, about, fields);
  if (stream->request.kind == ASV_REQUEST_CONNECT && !stream->status && !stream->tunnel)
    asv_streams_make_tunnel(pairs->streams, stream);
}

void asv_pairs_unread(AsvPairs *pairs, const AsvPacketRef *at, guint64 id) {
  pairs->highest = MAX(pairs->highest, id);
  if (!pairs->in_order) {
    AsvStream *stream = need(pairs, at, id);
    stream->ended[ASV_CLIENT] |= stream->request.kind == ASV_REQUEST_UNKNOWN;
  }
  asv_pairs_expire(pairs, at);
}

/* A response body that is wanted is to its stream what a tunnel is: octets for a sink, of the
 * server's side alone. */
static void collect_body(AsvPairs *pairs, const AsvPacketRef *at, guint64 id,
                         const AsvFields *fields) {
  AsvExchange *exchange = pairs->exchange;
  AsvSink sink;
  if (!asv_body_open(exchange->context, exchange->events, fields, &sink)) return;
  AsvStream *stream = need(pairs, at, id);
  if (stream->tunnel || stream->status || stream->ended[ASV_SERVER] || pairs->ended[ASV_SERVER]) {
    sink.end(sink.self, at, ASV_END_RESET);
    return;
  }
  asv_streams_make_tunnel(pairs->streams, stream);
  AsvStreamTunnel *tunnel = stream->tunnel;
  tunnel->opened = tunnel->ended[ASV_CLIENT] = TRUE;
  tunnel->waived[ASV_CLIENT] = ASV_WAIVE_ALL;
  tunnel->sinks[ASV_SERVER] = sink;
}

void asv_pairs_section(AsvPairs *pairs, const AsvPacketRef *at, AsvSide side, guint64 id,
                       const AsvFields *fields) {
  if (side == ASV_CLIENT) {
    AsvMessage about = {.has_stream = TRUE, .stream = id};
    take_request(pairs, at, id, &about, fields);
    pairs->highest = MAX(pairs->highest, id);
    asv_pairs_expire(pairs, at);
    return;
  }
  collect_body(pairs, at, id, fields);
  if (may_come(pairs, id)) {
    Held *held = g_new0(Held, 1);
    *held = (Held){.at = *at, .stream = id};
    asv_fields_copy(&held->fields, fields);
    keep(pairs, held);
  } else {
    tell_response(pairs, at, id, fields);
  }
}

void asv_pairs_promise(AsvPairs *pairs, const AsvPacketRef *at, guint64 id, guint64 shown,
                       const AsvFields *fields) {
  AsvMessage about = {.has_stream = TRUE, .stream = shown, .pushed = TRUE};
  if (pairs->in_order && (id == 0 || id % 2)) return;
  take_request(pairs, at, id, &about, fields);
  asv_pairs_end_stream(pairs, at, ASV_CLIENT, id);
  asv_pairs_expire(pairs, at);
}

void asv_pairs_show(AsvPairs *pairs, const AsvPacketRef *at, guint64 id, guint64 shown) {
  need(pairs, at, id)->shown = shown;
}

void asv_pairs_altsvc(AsvPairs *pairs, const AsvPacketRef *at, const AsvHttpAltsvc *frame) {
  if (frame->from == ASV_CLIENT || frame->stream == 0 || !may_come(pairs, frame->stream)) {
    tell_altsvc(pairs, at, frame);
    return;
  }
  Held *held = g_new0(Held, 1);
  *held = (Held){.at = *at, .stream = frame->stream, .is_frame = TRUE, .frame = *frame};
  held->frame.payload.data = g_memdup2(frame->payload.data, frame->payload.size);
  keep(pairs, held);
}

void asv_pairs_end(AsvPairs *pairs, const AsvPacketRef *at, AsvSide side, AsvEnd why) {
  pairs->ended[side] = TRUE;
  pairs->why[side] = why;
  asv_pairs_expire(pairs, at);
  if (!asv_streams_tunnels(pairs->streams)) return;
  for (AsvStream *stream = NULL; (stream = asv_streams_next(pairs->streams, stream)) != NULL;)
    tunnel_end(stream, at, side, why);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The connections being followed. They stand in three queues, by what they
 * wait for, each in order of their last packet: what is due is always at the
 * head. Half-closed ones and those reset are kept for a while since packets
 * may still be under way (RFC 9293 §3.6).
 */
#include "analyzer/net/flow.h"

AsvFlows *asv_flows_new(const AsvNetEvents *events) {
  AsvFlows *flows = g_new0(AsvFlows, 1);
  flows->events = *events;
  flows->segments = asv_tuples_new();
  flows->pdus = asv_tuples_new();
  flows->datagrams = asv_tuples_new();
  return flows;
}

static void doubt_end(AsvFlows *flows, AsvDoubt *doubt) {
  if (!doubt->active) return;
  doubt->active = FALSE;
  g_queue_unlink(&flows->doubts, &doubt->link);
}

static void forget(AsvFlows *flows, AsvLive *live) {
  asv_watch_answer(&live->watch, &flows->unanswered);
  for (int i = 0; i < 2; i++) {
    doubt_end(flows, &live->doubts[i]);
    asv_ahead_clear(&live->streams[i].hold, &flows->pool);
  }
  g_queue_unlink(live->queue, &live->link);
  live->tuple->live = NULL;
  flows->count--;
  g_free(live);
}

void asv_flows_tell_closing(AsvFlows *flows, AsvLive *live, const AsvPacketRef *at, int by,
                            AsvEnd why) {
  if (live->closing) return;
  live->closing = TRUE;
  flows->events.closing(flows->events.self, live->connection, at, by, why);
}

void asv_flows_close(AsvFlows *flows, AsvLive *live, const AsvPacketRef *at, AsvEnd why) {
  if (live->reset) why = ASV_END_RESET;
  gboolean fin = TRUE;
  for (int i = 0; i < 2; i++) {
    asv_stream_end(&live->streams[i], &flows->pool, at, why);
    gboolean in_order = live->streams[i].fin >= 0;
    if (in_order) asv_flows_tell_closing(flows, live, at, i, ASV_END_FIN);
    fin = fin && in_order;
  }
  if (fin && !live->reset) why = ASV_END_FIN;
  live->tuple->closed = fin || live->reset;
  flows->events.released(flows->events.self, live->connection, at, why);
  forget(flows, live);
}

/* Gives up the holes before what was acknowledged when the doubt arose. */
static void doubt_resolve(AsvFlows *flows, AsvDoubt *doubt, const AsvPacketRef *at) {
  AsvLive *live = doubt->live;
  AsvStream *stream = &live->streams[doubt - live->doubts];
  doubt_end(flows, doubt);
  asv_stream_give_up(stream, &flows->pool, at, doubt->known);
}

/* Starts, ends or resolves the doubt about a stream's hole. */
static void judge_hole(AsvFlows *flows, AsvLive *live, const AsvPacketRef *at, int end) {
  AsvStream *stream = &live->streams[end];
  AsvDoubt *doubt = &live->doubts[end];
  if (stream->hole < 0 && !doubt->active) return;
  if (doubt->active && doubt->hole == stream->hole &&
      live->watch.packets - doubt->packets >= ASV_NET_DOUBT_PACKETS) {
    doubt_resolve(flows, doubt, at);
  }
  if (stream->hole >= 0 && at->time - stream->hole_time >= ASV_NET_HOLE_TIME) {
    asv_stream_give_up(stream, &flows->pool, at, stream->hole + 1);
  }
  if (doubt->active && doubt->hole == stream->hole) return;
  doubt_end(flows, doubt);
  if (!asv_stream_doubtful(stream)) return;
  doubt->active = TRUE;
  doubt->hole = stream->hole;
  doubt->known = stream->acknowledged;
  doubt->time = at->time;
  doubt->packets = live->watch.packets;
  g_queue_push_tail_link(&flows->doubts, &doubt->link);
}

/* Neither has a hole or an end: so it is after nearly every packet. */
static gboolean is_plain(const AsvLive *live) {
  const AsvStream *streams = live->streams;
  return streams[0].hole < 0 && streams[1].hole < 0 && !live->doubts[0].active &&
         !live->doubts[1].active && !streams[0].ended && !streams[1].ended;
}

void asv_flows_settle(AsvFlows *flows, AsvLive *live, const AsvPacketRef *at) {
  if (is_plain(live)) return;
  for (int i = 0; i < 2; i++) judge_hole(flows, live, at, i);
  for (int i = 0; i < 2; i++) {
    if (live->streams[i].ended) asv_flows_tell_closing(flows, live, at, i, ASV_END_FIN);
  }
  if (live->streams[0].ended && live->streams[1].ended) {
    asv_flows_close(flows, live, at, ASV_END_FIN);
  }
}

/* --- trouble --- */

static void tell_trouble(const AsvFlows *flows, const AsvLive *live, const AsvPacketRef *at,
                         const AsvNetTrouble *trouble) {
  const AsvNetEvents *events = &flows->events;
  if (events->trouble) events->trouble(events->self, live->connection, at, trouble);
}

static void tell_no_answer(const AsvFlows *flows, const AsvLive *live, const AsvPacketRef *at) {
  AsvNetTrouble trouble = {.kind = ASV_NET_NO_ANSWER, .end = live->flow.opener};
  tell_trouble(flows, live, at, &trouble);
}

void asv_flows_note_syn(AsvFlows *flows, AsvLive *live, const AsvPacketRef *at) {
  if (asv_watch_syn(&live->watch, &flows->unanswered, at->time)) tell_no_answer(flows, live, at);
}

void asv_flows_note_answer(AsvFlows *flows, AsvLive *live, const AsvPacketRef *at,
                           gboolean refused) {
  AsvNetTrouble trouble = {.kind = ASV_NET_REFUSED, .end = live->flow.opener};
  asv_watch_answer(&live->watch, &flows->unanswered);
  if (refused) tell_trouble(flows, live, at, &trouble);
}

void asv_flows_note_repeat(AsvFlows *flows, AsvLive *live, const AsvPacketRef *at, int from) {
  AsvNetTrouble trouble = {.kind = ASV_NET_STALLED, .end = from};
  if (!live->closing && asv_watch_repeat(&live->watch, at->time, from))
    tell_trouble(flows, live, at, &trouble);
}

void asv_flows_note_icmp(AsvFlows *flows, AsvLive *live, const AsvPacketRef *at, int from,
                         const AsvIcmp *icmp) {
  AsvNetTrouble trouble = {.kind = ASV_NET_ICMP, .end = from, .icmp = icmp};
  if (!live->closing) tell_trouble(flows, live, at, &trouble);
}

static void tell_unanswered(AsvFlows *flows, const AsvPacketRef *at) {
  const AsvLive *live;
  while ((live = asv_watch_overdue(&flows->unanswered, at->time)) != NULL)
    tell_no_answer(flows, live, at);
}

/* --- time --- */

/* Closes what has been quiet for longer than the limit. */
static void expire(AsvFlows *flows, GQueue *queue, const AsvPacketRef *at, gint64 limit) {
  while (queue->head) {
    AsvLive *live = queue->head->data;
    if (at->time - live->last <= limit) return;
    asv_flows_close(flows, live, at, ASV_END_IDLE);
  }
}

void asv_flows_tick(AsvFlows *flows, const AsvPacketRef *at) {
  while (flows->doubts.head) {
    AsvDoubt *doubt = flows->doubts.head->data;
    if (at->time - doubt->time < ASV_NET_DOUBT_TIME) break;
    AsvLive *live = doubt->live;
    doubt_resolve(flows, doubt, at);
    asv_flows_settle(flows, live, at);
  }
  tell_unanswered(flows, at);
  expire(flows, &flows->reset, at, ASV_NET_RESET_TIME);
  expire(flows, &flows->closing, at, ASV_NET_CLOSING_TIME);
  expire(flows, &flows->open, at, ASV_NET_IDLE_TIME);
}

static void make_room(AsvFlows *flows, const AsvPacketRef *at) {
  GQueue *queues[] = {&flows->reset, &flows->closing, &flows->open};
  for (gsize i = 0; i < G_N_ELEMENTS(queues) && flows->count >= ASV_NET_FLOWS; i++) {
    if (queues[i]->head) asv_flows_close(flows, queues[i]->head->data, at, ASV_END_IDLE);
  }
}

AsvLive *asv_flows_open(AsvFlows *flows, const AsvPass *pass, AsvTuple *tuple,
                        const AsvHosts *hosts, const guint16 ports[2]) {
  make_room(flows, pass->at);
  AsvLive *live = g_new0(AsvLive, 1);
  flows->count++;
  live->watch.owner = live;
  live->tuple = tuple;
  tuple->live = live;
  tuple->closed = FALSE;
  live->low = tuple->key.ports >> 16 == ports[0] &&
                      memcmp(tuple->key.addresses, hosts->source.bytes, 16) == 0
                  ? 0
                  : 1;
  live->flow = (AsvFlow){.kind = (AsvFlowKind)(tuple->key.kind >> 8),
                         .number = tuple->number,
                         .ends = {{hosts->source, ports[0]}, {hosts->destination, ports[1]}},
                         .first = *pass->at,
                         .opener = -1};
  live->queue = &flows->open;
  live->link.data = live;
  live->last = pass->at->time;
  g_queue_push_tail_link(live->queue, &live->link);
  AsvSink sinks[2] = {{0}, {0}};
  live->connection = flows->events.opened(flows->events.self, &live->flow, sinks);
  for (int i = 0; i < 2; i++) {
    live->streams[i].sink = sinks[i];
    asv_stream_init(&live->streams[i]);
    live->doubts[i].live = live;
    live->doubts[i].link.data = &live->doubts[i];
  }
  return live;
}

static GQueue *queue_of(AsvFlows *flows, const AsvLive *live) {
  if (live->reset) return &flows->reset;
  if (live->streams[0].fin >= 0 || live->streams[1].fin >= 0) return &flows->closing;
  return &flows->open;
}

void asv_flows_touch(AsvFlows *flows, AsvLive *live, const AsvPass *pass, int from) {
  live->last = pass->at->time;
  asv_watch_heard(&live->watch, from);
  if (from == 1) live->flow.both_seen = TRUE;
  if (pass->mac && !live->mac_known[from]) {
    memcpy(live->flow.mac[from], pass->mac, sizeof live->flow.mac[from]);
    live->mac_known[from] = TRUE;
  }
  GQueue *queue = queue_of(flows, live);
  if (queue == live->queue && queue->tail == &live->link) return;
  g_queue_unlink(live->queue, &live->link);
  live->queue = queue;
  g_queue_push_tail_link(queue, &live->link);
}

static int compare_numbers(gconstpointer left, gconstpointer right) {
  const AsvLive *a = *(AsvLive *const *)left, *b = *(AsvLive *const *)right;
  gboolean a_pdu = a->flow.kind != ASV_FLOW_TCP, b_pdu = b->flow.kind != ASV_FLOW_TCP;
  if (a_pdu != b_pdu) return a_pdu - b_pdu;
  return (a->flow.number > b->flow.number) - (a->flow.number < b->flow.number);
}

/* All that are followed, in order of number. */
static GPtrArray *all_live(AsvFlows *flows) {
  GPtrArray *all = g_ptr_array_sized_new(flows->count);
  GQueue *queues[] = {&flows->open, &flows->closing, &flows->reset};
  for (gsize i = 0; i < G_N_ELEMENTS(queues); i++) {
    for (GList *link = queues[i]->head; link; link = link->next) g_ptr_array_add(all, link->data);
  }
  g_ptr_array_sort(all, compare_numbers);
  return all;
}

void asv_flows_finish(AsvFlows *flows, const AsvPacketRef *at) {
  GPtrArray *all = all_live(flows);
  for (guint i = 0; i < all->len; i++) asv_flows_close(flows, all->pdata[i], at, ASV_END_CAPTURE);
  g_ptr_array_free(all, TRUE);
}

void asv_flows_free(AsvFlows *flows) {
  GPtrArray *all = all_live(flows);
  for (guint i = 0; i < all->len; i++) forget(flows, all->pdata[i]);
  g_ptr_array_free(all, TRUE);
  asv_ahead_pool_clear(&flows->pool);
  asv_tuples_free(flows->segments);
  asv_tuples_free(flows->pdus);
  asv_tuples_free(flows->datagrams);
  g_free(flows);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Feeds a timeline and keeps what its watch is told. Memory grows with the
 * capture, as Wireshark's own does: what is drawn on a later pass must be
 * there then.
 */
#include "record.h"

#include "altsvc/finding.h"

struct AltsvcRecord {
  AsvTimelineOptions options;
  guint cache_rows;
  AsvTimeline *timeline;
  AltsvcLinks *links;
  GPtrArray *packets; /* AltsvcPacket*, owned */
  GArray *items;      /* AltsvcSeen of the packet that is being read */
  AltsvcSeen *now;    /* the one that is being observed */
  GPtrArray *none;    /* empty: what most observations did and showed */
  GHashTable *labels; /* of connections that were heard of */
  GHashTable *told;   /* texts: findings that were told as they were seen */
  AsvTimeline *whole; /* of all packets, once they were read; NULL: not made yet */
  guint whole_packets;
  GHashTable *late; /* packet to GPtrArray of AsvFinding* of `whole` */
};

/* ---- what a packet said ---- */

static void free_event(gpointer data) {
  AltsvcEvent *event = data;
  g_free(event->base.alternative);
  g_free(event);
}

static void free_fact(gpointer data) {
  AltsvcFact *fact = data;
  g_free(fact->message);
  g_free(fact);
}

static void free_packet(gpointer data) {
  AltsvcPacket *packet = data;
  for (guint i = 0; i < packet->count; i++) {
    AltsvcSeen *seen = &packet->items[i];
    asv_observation_free(seen->observation);
    g_ptr_array_unref(seen->events);
    g_ptr_array_unref(seen->facts);
    if (seen->cache) g_ptr_array_unref(seen->cache);
  }
  g_free(packet->items);
  g_free(packet);
}

static void add(const AltsvcRecord *record, GPtrArray **list, gpointer item, GDestroyNotify free) {
  if (*list == record->none) {
    g_ptr_array_unref(*list);
    *list = g_ptr_array_new_with_free_func(free);
  }
  g_ptr_array_add(*list, item);
}

static void on_event(void *self, const char *client, const char *origin, const AsvEvent *event) {
  AltsvcRecord *record = self;
  AltsvcEvent *kept = g_new(AltsvcEvent, 1);
  *kept = (AltsvcEvent){.base = *event, .client = client, .origin = origin};
  kept->base.alternative = g_memdup2(event->alternative, sizeof *event->alternative);
  add(record, &record->now->events, kept, free_event);
  altsvc_links_note_event(record->links, client, origin, event);
}

static char *finding_key(const char *code, const char *client, const char *origin) {
  return g_strjoin("\n", code, client ? client : "", origin ? origin : "", NULL);
}

static void on_fact(void *self, const AsvFact *fact) {
  AltsvcRecord *record = self;
  AltsvcFact *kept = g_new(AltsvcFact, 1);
  *kept = (AltsvcFact){.code = fact->code, .message = g_strdup(fact->message)};
  add(record, &record->now->facts, kept, free_fact);
  g_hash_table_add(record->told, finding_key(fact->code, fact->client, fact->origin));
}

/* ---- life ---- */

AltsvcRecord *altsvc_record_new(const AsvTimelineOptions *options, guint cache_rows) {
  AltsvcRecord *record = g_new0(AltsvcRecord, 1);
  record->options = *options;
  record->cache_rows = cache_rows;
  record->timeline = asv_timeline_new(&record->options);
  AsvTimelineWatch watch = {.self = record, .event = on_event, .fact = on_fact};
  asv_timeline_watch(record->timeline, &watch);
  record->links = altsvc_links_new();
  record->packets = g_ptr_array_new_with_free_func(free_packet);
  record->items = g_array_new(FALSE, FALSE, sizeof(AltsvcSeen));
  record->none = g_ptr_array_new();
  record->labels = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  record->told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  return record;
}

static void forget_whole(AltsvcRecord *record) {
  g_clear_pointer(&record->late, g_hash_table_destroy);
  g_clear_pointer(&record->whole, asv_timeline_free);
}

void altsvc_record_free(AltsvcRecord *record) {
  if (!record) return;
  forget_whole(record);
  g_ptr_array_unref(record->packets);
  g_array_unref(record->items);
  g_ptr_array_unref(record->none);
  g_hash_table_destroy(record->labels);
  g_hash_table_destroy(record->told);
  altsvc_links_free(record->links);
  asv_timeline_free(record->timeline);
  g_free(record);
}

gboolean altsvc_record_knows(const AltsvcRecord *record, const char *label) {
  return g_hash_table_contains(record->labels, label);
}

const AltsvcLinks *altsvc_record_links(const AltsvcRecord *record) {
  return record->links;
}

/* ---- the first pass ---- */

AsvSpan altsvc_seen_origin(const AltsvcSeen *seen) {
  const AsvObservation *said = seen->observation;
  switch (said->kind) {
    case ASV_OBSERVATION_REQUEST:
      return said->request.origin;
    case ASV_OBSERVATION_RESPONSE:
      return said->response.origin;
    case ASV_OBSERVATION_ADVERTISEMENT:
      return said->advertisement.origin;
    default:
      break;
  }
  const AltsvcEvent *first = seen->events->len ? seen->events->pdata[0] : NULL;
  return first && first->origin ? asv_span_text(first->origin) : asv_span(NULL, 0);
}

gboolean altsvc_seen_is_shown(const AltsvcSeen *seen) {
  const AsvObservation *said = seen->observation;
  return seen->events->len || seen->facts->len || said->kind == ASV_OBSERVATION_ADVERTISEMENT ||
         (said->kind == ASV_OBSERVATION_REQUEST && said->request.alt_used.data) ||
         (said->kind == ASV_OBSERVATION_RESPONSE && said->response.status == 421);
}

gboolean altsvc_seen_is_accepted(const AltsvcSeen *seen, const char **reason) {
  *reason = NULL;
  for (guint i = 0; i < seen->events->len; i++) {
    const AsvEvent *event = seen->events->pdata[i];
    if (event->kind != ASV_EVENT_IGNORED) continue;
    *reason = event->reason;
    return FALSE;
  }
  return TRUE;
}

/* The request of the response that the advertisement came with, which stands before it. */
static guint64 request_of_header(const AltsvcRecord *record, const AsvObservation *said) {
  const AsvAdvertisementSeen *about = &said->advertisement;
  for (guint i = record->items->len; i-- > 0;) {
    const AsvObservation *before = g_array_index(record->items, AltsvcSeen, i).observation;
    if (before->kind != ASV_OBSERVATION_RESPONSE || before->packet != said->packet ||
        before->connection->id != said->connection->id)
      continue;
    if (before->response.has_stream == about->has_stream &&
        before->response.stream == about->stream)
      return before->response.request_packet;
  }
  return about->has_stream
             ? altsvc_links_request(record->links, said->connection->id, about->stream)
             : 0;
}

static guint64 request_of(const AltsvcRecord *record, const AsvObservation *said) {
  if (said->kind == ASV_OBSERVATION_RESPONSE) return said->response.request_packet;
  return said->kind == ASV_OBSERVATION_ADVERTISEMENT ? request_of_header(record, said) : 0;
}

static void keep_cache(const AltsvcRecord *record, AltsvcSeen *seen) {
  AsvSpan origin = altsvc_seen_origin(seen);
  if (!record->cache_rows || !origin.size || !seen->client) return;
  g_autofree char *text = asv_span_dup(origin);
  seen->cache = asv_timeline_cache_now(record->timeline, seen->client, text);
  if (!seen->cache) return;
  seen->cache_entries = seen->cache->len;
  g_ptr_array_set_size(seen->cache, (gint)MIN(seen->cache->len, record->cache_rows));
}

static void observe(void *self, const AsvObservation *said) {
  AltsvcRecord *record = self;
  AltsvcSeen seen = {.observation = asv_observation_copy(said),
                     .events = g_ptr_array_ref(record->none),
                     .facts = g_ptr_array_ref(record->none)};
  record->now = &seen;
  asv_timeline_observe(record->timeline, seen.observation);
  record->now = NULL;
  if (said->connection) {
    seen.client = asv_timeline_client_now(record->timeline, said->connection->id);
    altsvc_links_note(record->links, said);
    if (said->kind == ASV_OBSERVATION_CONNECTION)
      g_hash_table_add(record->labels, g_strdup(said->connection->label));
    seen.request_packet = request_of(record, said);
    if (altsvc_seen_is_shown(&seen)) keep_cache(record, &seen);
  }
  g_array_append_val(record->items, seen);
}

AsvObserver altsvc_record_observer(AltsvcRecord *record) {
  return (AsvObserver){.self = record, .observe = observe};
}

const AltsvcPacket *altsvc_record_end_packet(AltsvcRecord *record) {
  if (!record->items->len) return NULL;
  AltsvcPacket *packet = g_new(AltsvcPacket, 1);
  packet->count = record->items->len;
  packet->items = g_memdup2(record->items->data, record->items->len * sizeof(AltsvcSeen));
  g_array_set_size(record->items, 0);
  g_ptr_array_add(record->packets, packet);
  return packet;
}

/* ---- what only the whole shows ---- */

static void note_late(AltsvcRecord *record, AsvFinding *finding) {
  g_autofree char *key = finding_key(finding->code, finding->client, finding->origin);
  if (g_hash_table_contains(record->told, key)) return;
  for (guint i = 0; i < finding->packets->len; i++) {
    gpointer packet = GSIZE_TO_POINTER((gsize)g_array_index(finding->packets, guint64, i));
    GPtrArray *list = g_hash_table_lookup(record->late, packet);
    if (!list) {
      list = g_ptr_array_new();
      g_hash_table_insert(record->late, packet, list);
    }
    g_ptr_array_add(list, finding);
  }
}

static void free_list(gpointer list) {
  g_ptr_array_unref(list);
}

static void keep_copy(void *self, const AsvObservation *said) {
  g_ptr_array_add(self, asv_observation_copy(said));
}

static void free_observation(gpointer observation) {
  asv_observation_free(observation);
}

static gint by_packet(gconstpointer a, gconstpointer b) {
  const AsvObservation *one = *(AsvObservation *const *)a, *other = *(AsvObservation *const *)b;
  return one->packet == other->packet ? 0 : one->packet < other->packet ? -1 : 1;
}

/* All observations in the order of packets, with those of the end. */
static GPtrArray *all_observations(const AltsvcRecord *record, const GPtrArray *ends) {
  GPtrArray *all = g_ptr_array_new();
  for (guint i = 0; i < record->packets->len; i++) {
    const AltsvcPacket *packet = record->packets->pdata[i];
    for (guint j = 0; j < packet->count; j++) g_ptr_array_add(all, packet->items[j].observation);
  }
  for (guint i = 0; i < ends->len; i++) g_ptr_array_add(all, ends->pdata[i]);
  g_ptr_array_sort(all, by_packet);
  return all;
}

static void make_whole(AltsvcRecord *record) {
  forget_whole(record);
  g_autoptr(GPtrArray) ends = g_ptr_array_new_with_free_func(free_observation);
  const AsvObserver keeper = {.self = ends, .observe = keep_copy};
  altsvc_finish(&keeper);
  g_autoptr(GPtrArray) all = all_observations(record, ends);
  record->whole = asv_timeline_new(&record->options);
  record->whole_packets = record->packets->len;
  for (guint i = 0; i < all->len; i++) asv_timeline_observe(record->whole, all->pdata[i]);
  asv_timeline_finish(record->whole);
  record->late = g_hash_table_new_full(NULL, NULL, NULL, free_list);
  for (guint i = 0; i < record->whole->findings->len; i++)
    note_late(record, record->whole->findings->pdata[i]);
}

const GPtrArray *altsvc_record_late(AltsvcRecord *record, guint64 packet) {
  if (!record->packets->len) return NULL;
  if (!record->whole || record->whole_packets != record->packets->len) make_whole(record);
  return g_hash_table_lookup(record->late, GSIZE_TO_POINTER((gsize)packet));
}

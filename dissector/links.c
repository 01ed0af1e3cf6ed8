/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tables with texts as keys: a stay is told apart by client, origin,
 * alternative and the packet it was learned in.
 */
#include "links.h"

struct AltsvcLinks {
  GHashTable *stays;        /* text to AltsvcStay*, owned */
  GHashTable *present;      /* client and origin to GPtrArray of the AltsvcStay* in the cache */
  GHashTable *requests;     /* connection and stream to packet */
  GHashTable *certificates; /* connection to packet */
};

/* A key of two numbers: which connection, which stream of it; and what belongs to it. */
typedef struct {
  guint64 id, stream;
  guint64 packet;
} Row;

static guint hash_row(gconstpointer data) {
  const Row *row = data;
  return g_int64_hash(&row->id) * 31 + g_int64_hash(&row->stream);
}

static gboolean equal_rows(gconstpointer a, gconstpointer b) {
  const Row *left = a, *right = b;
  return left->id == right->id && left->stream == right->stream;
}

static void free_stays(gpointer stays) {
  g_ptr_array_unref(stays);
}

AltsvcLinks *altsvc_links_new(void) {
  AltsvcLinks *links = g_new0(AltsvcLinks, 1);
  links->stays = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  links->present = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_stays);
  links->requests = g_hash_table_new_full(hash_row, equal_rows, g_free, NULL);
  links->certificates = g_hash_table_new_full(hash_row, equal_rows, g_free, NULL);
  return links;
}

void altsvc_links_free(AltsvcLinks *links) {
  if (!links) return;
  g_hash_table_destroy(links->stays);
  g_hash_table_destroy(links->present);
  g_hash_table_destroy(links->requests);
  g_hash_table_destroy(links->certificates);
  g_free(links);
}

static void put_row(GHashTable *rows, guint64 id, guint64 stream, guint64 packet) {
  Row *row = g_new(Row, 1);
  *row = (Row){id, stream, packet};
  g_hash_table_add(rows, row);
}

static guint64 row_packet(GHashTable *rows, guint64 id, guint64 stream) {
  Row key = {.id = id, .stream = stream};
  const Row *row = g_hash_table_lookup(rows, &key);
  return row ? row->packet : 0;
}

void altsvc_links_note(AltsvcLinks *links, const AsvObservation *seen) {
  if (!seen->connection) return;
  if (seen->kind == ASV_OBSERVATION_REQUEST && seen->request.has_stream)
    put_row(links->requests, seen->connection->id, seen->request.stream, seen->packet);
  else if (seen->kind == ASV_OBSERVATION_HANDSHAKE && seen->handshake.certificate_names.count)
    put_row(links->certificates, seen->connection->id, 0, seen->packet);
}

guint64 altsvc_links_request(const AltsvcLinks *links, guint64 connection_id, guint64 stream) {
  return row_packet(links->requests, connection_id, stream);
}

guint64 altsvc_links_certificate(const AltsvcLinks *links, guint64 connection_id) {
  return row_packet(links->certificates, connection_id, 0);
}

/* ---- stays ---- */

static char *stay_key(const char *client, const char *origin, const AsvEvent *event) {
  const AsvAlternativeSeen *to = event->alternative;
  guint64 learned = event->learned_packet;
  return g_strdup_printf("%s\n%s\n%s\n%s\n%d:%" G_GUINT64_FORMAT "\n%" G_GUINT64_FORMAT, client,
                         origin, to->protocol_id, to->host, to->has_port, to->port, learned);
}

static AltsvcStay *stay_of(AltsvcLinks *links, const char *client, const char *origin,
                           const AsvEvent *event) {
  char *key = stay_key(client, origin, event);
  AltsvcStay *stay = g_hash_table_lookup(links->stays, key);
  if (stay) {
    g_free(key);
    return stay;
  }
  stay = g_new0(AltsvcStay, 1);
  g_hash_table_insert(links->stays, key, stay);
  return stay;
}

static GPtrArray *present_of(AltsvcLinks *links, const char *client, const char *origin) {
  char *key = g_strdup_printf("%s\n%s", client, origin);
  GPtrArray *present = g_hash_table_lookup(links->present, key);
  if (present) {
    g_free(key);
    return present;
  }
  present = g_ptr_array_new();
  g_hash_table_insert(links->present, key, present);
  return present;
}

static void end_stay(AltsvcStay *stay, const AsvEvent *event) {
  stay->ended = event->packet;
  stay->ended_by = event->ended_by;
  stay->ended_time = event->time;
}

static void end_all(GPtrArray *present, const AsvEvent *event) {
  for (guint i = 0; i < present->len; i++) end_stay(present->pdata[i], event);
  g_ptr_array_set_size(present, 0);
}

void altsvc_links_note_event(AltsvcLinks *links, const char *client, const char *origin,
                             const AsvEvent *event) {
  if (!origin) return;
  if (event->kind == ASV_EVENT_CLEARED) end_all(present_of(links, client, origin), event);
  if (!event->alternative) return;
  AltsvcStay *stay = stay_of(links, client, origin, event);
  if (event->kind == ASV_EVENT_LEARNED) {
    g_ptr_array_add(present_of(links, client, origin), stay);
  } else if (event->kind == ASV_EVENT_TRIED) {
    if (!stay->tried) stay->tried = event->packet;
  } else if (event->kind == ASV_EVENT_USED) {
    if (!stay->used) stay->used = event->packet;
  } else if (event->ended_by != ASV_ENDED_NOT) {
    end_stay(stay, event);
    g_ptr_array_remove(present_of(links, client, origin), stay);
  }
}

const AltsvcStay *altsvc_links_stay(const AltsvcLinks *links, const char *client,
                                    const char *origin, const AsvEvent *event) {
  if (!origin || !event->alternative) return NULL;
  g_autofree char *key = stay_key(client, origin, event);
  return g_hash_table_lookup(links->stays, key);
}

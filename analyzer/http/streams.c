/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Slots hold the streams, `index` finds a slot by stream id (linear probing,
 * at most half full, removal by shifting back), two lists keep the order of
 * age. Slot numbers are stored plus one, so that 0 is nothing.
 */
#include "streams.h"

typedef struct {
  guint32 oldest, newest;
  guint count;
} List;

struct AsvStreams {
  AsvStream *slots;
  guint32 room;
  guint32 free; /* first of the free slots, linked through `newer` */
  guint32 *index;
  guint32 mask;
  List lists[2]; /* not done, done */
  guint tunnels;
};

#define FIRST_ROOM 16u

static guint32 hash(const AsvStreams *streams, guint64 id) {
  return (guint32)(id * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15) >> 32) & streams->mask;
}

static void index_put(AsvStreams *streams, guint64 id, guint32 slot) {
  guint32 i = hash(streams, id);
  while (streams->index[i]) i = (i + 1) & streams->mask;
  streams->index[i] = slot;
}

static void free_slots_from(AsvStreams *streams, guint32 from) {
  for (guint32 i = streams->room; i > from; i--) {
    streams->slots[i - 1] = (AsvStream){.newer = streams->free};
    streams->free = i;
  }
}

static void set_room(AsvStreams *streams, guint32 room) {
  guint32 before = streams->room;
  streams->slots = g_renew(AsvStream, streams->slots, room);
  streams->room = room;
  free_slots_from(streams, before);
  g_free(streams->index);
  streams->index = g_new0(guint32, (gsize)room * 2);
  streams->mask = room * 2 - 1;
  for (guint32 i = 0; i < before; i++) index_put(streams, streams->slots[i].id, i + 1);
}

AsvStreams *asv_streams_new(void) {
  AsvStreams *streams = g_new0(AsvStreams, 1);
  set_room(streams, FIRST_ROOM);
  return streams;
}

static void stream_clear(AsvStreams *streams, AsvStream *stream) {
  asv_kept_clear(&stream->request);
  asv_streams_drop_tunnel(streams, stream);
}

void asv_streams_free(AsvStreams *streams) {
  if (!streams) return;
  for (AsvStream *stream = NULL; (stream = asv_streams_next(streams, stream)) != NULL;)
    stream_clear(streams, stream);
  g_free(streams->slots);
  g_free(streams->index);
  g_free(streams);
}

static void list_add(AsvStreams *streams, AsvStream *stream) {
  List *list = &streams->lists[stream->done];
  guint32 slot = (guint32)(stream - streams->slots) + 1;
  stream->older = list->newest;
  stream->newer = 0;
  if (list->newest)
    streams->slots[list->newest - 1].newer = slot;
  else
    list->oldest = slot;
  list->newest = slot;
  list->count++;
}

static void list_remove(AsvStreams *streams, const AsvStream *stream) {
  List *list = &streams->lists[stream->done];
  if (stream->older)
    streams->slots[stream->older - 1].newer = stream->newer;
  else
    list->oldest = stream->newer;
  if (stream->newer)
    streams->slots[stream->newer - 1].older = stream->older;
  else
    list->newest = stream->older;
  list->count--;
}

AsvStream *asv_streams_find(const AsvStreams *streams, guint64 id) {
  for (guint32 i = hash(streams, id); streams->index[i]; i = (i + 1) & streams->mask) {
    AsvStream *stream = &streams->slots[streams->index[i] - 1];
    if (stream->id == id) return stream;
  }
  return NULL;
}

AsvStream *asv_streams_add(AsvStreams *streams, guint64 id) {
  if (!streams->free) set_room(streams, streams->room * 2);
  guint32 slot = streams->free;
  AsvStream *stream = &streams->slots[slot - 1];
  streams->free = stream->newer;
  *stream = (AsvStream){.id = id, .shown = id};
  index_put(streams, id, slot);
  list_add(streams, stream);
  return stream;
}

AsvStream *asv_streams_surplus(AsvStreams *streams) {
  const List *open = &streams->lists[FALSE], *done = &streams->lists[TRUE];
  guint total = open->count + done->count;
  if (done->count > ASV_HTTP_STREAMS_CLOSED_MAX || (done->count && total >= ASV_HTTP_STREAMS_MAX))
    return &streams->slots[done->oldest - 1];
  return total >= ASV_HTTP_STREAMS_MAX ? &streams->slots[open->oldest - 1] : NULL;
}

static void index_remove(AsvStreams *streams, guint32 slot) {
  guint32 hole = hash(streams, streams->slots[slot - 1].id);
  while (streams->index[hole] != slot) hole = (hole + 1) & streams->mask;
  for (guint32 i = (hole + 1) & streams->mask; streams->index[i]; i = (i + 1) & streams->mask) {
    guint32 home = hash(streams, streams->slots[streams->index[i] - 1].id);
    if (((i - home) & streams->mask) < ((i - hole) & streams->mask)) continue;
    streams->index[hole] = streams->index[i];
    hole = i;
  }
  streams->index[hole] = 0;
}

void asv_streams_remove(AsvStreams *streams, AsvStream *stream) {
  guint32 slot = (guint32)(stream - streams->slots) + 1;
  index_remove(streams, slot);
  list_remove(streams, stream);
  stream_clear(streams, stream);
  *stream = (AsvStream){.newer = streams->free};
  streams->free = slot;
}

void asv_streams_done(AsvStreams *streams, AsvStream *stream) {
  if (stream->done) return;
  list_remove(streams, stream);
  stream->done = TRUE;
  list_add(streams, stream);
}

AsvStream *asv_streams_next(AsvStreams *streams, const AsvStream *after) {
  guint32 slot = after ? after->newer : streams->lists[FALSE].oldest;
  if (!slot && (!after || !after->done)) slot = streams->lists[TRUE].oldest;
  return slot ? &streams->slots[slot - 1] : NULL;
}

guint asv_streams_tunnels(const AsvStreams *streams) {
  return streams->tunnels;
}

void asv_streams_make_tunnel(AsvStreams *streams, AsvStream *stream) {
  stream->tunnel = g_new0(AsvStreamTunnel, 1);
  streams->tunnels++;
}

void asv_streams_drop_tunnel(AsvStreams *streams, AsvStream *stream) {
  if (!stream->tunnel) return;
  asv_hold_free(&stream->tunnel->early[ASV_CLIENT]);
  asv_hold_free(&stream->tunnel->early[ASV_SERVER]);
  g_clear_pointer(&stream->tunnel, g_free);
  streams->tunnels--;
}

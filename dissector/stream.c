/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sequence numbers compare by their distance from the next one, so that they may wrap. */
#include "stream.h"

#include "limits.h"

typedef struct {
  guint32 from, to;
} Range;

/* How far a lies behind b; negative when before it. */
static gint32 distance(guint32 a, guint32 b) {
  return (gint32)(a - b);
}

static void hold(AltsvcStream *stream, Range range) {
  if (!stream->ahead) stream->ahead = g_array_new(FALSE, FALSE, sizeof(Range));
  if (stream->ahead->len < ALTSVC_RANGES_MAX) g_array_append_val(stream->ahead, range);
}

/* Moves on through what was held, as far as it now follows. */
static void catch_up(AltsvcStream *stream) {
  gboolean moved = TRUE;
  while (moved && stream->ahead) {
    moved = FALSE;
    for (guint i = 0; i < stream->ahead->len && !moved; i++) {
      Range range = g_array_index(stream->ahead, Range, i);
      if (distance(range.from, stream->next) > 0) continue;
      if (distance(range.to, stream->next) > 0) stream->next = range.to;
      g_array_remove_index_fast(stream->ahead, i);
      moved = TRUE;
    }
    if (!stream->ahead->len) g_clear_pointer(&stream->ahead, g_array_unref);
  }
}

gboolean altsvc_stream_take(AltsvcStream *stream, guint32 from, guint32 size) {
  Range range = {from, from + size};
  if (!stream->known) stream->first = stream->highest = stream->next = from;
  stream->known = TRUE;
  gboolean again = size && distance(range.to, stream->highest) <= 0;
  if (!again) stream->highest = range.to;
  if (distance(range.to, stream->next) <= 0) return again;
  if (distance(from, stream->next) > 0)
    hold(stream, range);
  else
    stream->next = range.to;
  catch_up(stream);
  return again;
}

gboolean altsvc_stream_has_sent(const AltsvcStream *stream, guint32 sequence) {
  return stream->known && distance(sequence, stream->first) >= -1 &&
         distance(stream->highest, sequence) >= 0;
}

void altsvc_stream_fin(AltsvcStream *stream, guint32 at) {
  stream->has_fin = TRUE;
  stream->fin = at;
}

gboolean altsvc_stream_has_ended(const AltsvcStream *stream) {
  return stream->has_fin && distance(stream->next, stream->fin) >= 0;
}

guint32 altsvc_stream_missing(const AltsvcStream *stream) {
  guint32 missing = 0;
  if (stream->has_fin && distance(stream->fin, stream->next) > 0)
    missing = stream->fin - stream->next;
  for (guint i = 0; stream->ahead && i < stream->ahead->len; i++) {
    guint32 hole = g_array_index(stream->ahead, Range, i).from - stream->next;
    missing = missing ? MIN(missing, hole) : hole;
  }
  return missing;
}

void altsvc_stream_clear(AltsvcStream *stream) {
  g_clear_pointer(&stream->ahead, g_array_unref);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A state machine over type, length and payload. A payload that is wanted
 * whole is taken where it stands in the octets given, or gathered when cut,
 * within what the connection may gather.
 */
#include "http3-frame.h"

typedef enum { STATE_TYPE, STATE_LENGTH, STATE_SKIP, STATE_WHOLE, STATE_PIECES, STATE_DEAD } State;

gboolean asv_http3_is_forbidden(guint64 type) {
  return type == 0x2 || type == 0x6 || type == 0x8 || type == 0x9;
}

/* ---- integers ---- */

static guint64 varint_value(const guint8 *octets, gsize size) {
  guint64 value = octets[0] & 0x3f;
  for (gsize i = 1; i < size; i++) value = value << 8 | octets[i];
  return value;
}

gboolean asv_http3_varint(AsvHttp3Varint *varint, AsvSpan *data, guint64 *value) {
  if (!data->size) return FALSE;
  if (!varint->have && data->data[0] < 0x40) {
    *value = data->data[0];
    *data = asv_span(data->data + 1, data->size - 1);
    return TRUE;
  }
  gsize need = (gsize)1 << ((varint->have ? varint->octets[0] : data->data[0]) >> 6);
  if (!varint->have && data->size >= need) {
    *value = varint_value(data->data, need);
    *data = asv_span_sub(*data, need, data->size);
    return TRUE;
  }
  gsize n = MIN(need - varint->have, data->size);
  memcpy(varint->octets + varint->have, data->data, n);
  varint->have = (guint8)(varint->have + n);
  *data = asv_span_sub(*data, n, data->size);
  if (varint->have < need) return FALSE;
  *value = varint_value(varint->octets, need);
  varint->have = 0;
  return TRUE;
}

guint64 asv_http3_read_varint(AsvReader *reader) {
  if (!asv_reader_left(reader)) {
    asv_read_u8(reader);
    return 0;
  }
  AsvSpan octets = asv_read_span(reader, (gsize)1 << (*reader->at >> 6));
  return octets.size ? varint_value(octets.data, octets.size) : 0;
}

/* ---- frames ---- */

void asv_http3_frames_init(AsvHttp3Frames *frames, gsize *budget) {
  *frames = (AsvHttp3Frames){.state = STATE_TYPE, .budget = budget};
}

void asv_http3_frames_clear(AsvHttp3Frames *frames) {
  if (!frames->gathered) return;
  *frames->budget += frames->gathered->len;
  g_byte_array_unref(frames->gathered);
  frames->gathered = NULL;
}

static void end_frame(AsvHttp3Frames *frames, const AsvHttp3Handler *handler, void *self,
                      const AsvPacketRef *at, AsvSpan payload) {
  if (frames->left) return;
  gboolean whole = frames->state == STATE_WHOLE;
  frames->state = STATE_TYPE;
  if (whole) handler->whole(self, at, frames->type, payload);
}

static void begin(AsvHttp3Frames *frames, const AsvHttp3Handler *handler, void *self,
                  const AsvPacketRef *at) {
  frames->left = frames->length;
  switch (handler->begin(self, at, frames->type, frames->length)) {
    case ASV_HTTP3_WHOLE:
      frames->state = STATE_WHOLE;
      break;
    case ASV_HTTP3_PIECES:
      frames->state = STATE_PIECES;
      break;
    case ASV_HTTP3_SKIP:
      frames->state = STATE_SKIP;
      break;
    default: /* ASV_HTTP3_STOP */
      frames->state = STATE_DEAD;
      return;
  }
  end_frame(frames, handler, self, at, asv_span(NULL, 0));
}

static void gather(AsvHttp3Frames *frames, const AsvHttp3Handler *handler, void *self,
                   const AsvPacketRef *at, AsvSpan data) {
  if (data.size > *frames->budget) {
    asv_http3_frames_clear(frames);
    frames->state = STATE_SKIP;
    handler->lost(self, at, frames->length, FALSE);
    return;
  }
  if (!frames->gathered) frames->gathered = g_byte_array_new();
  g_byte_array_append(frames->gathered, data.data, (guint)data.size);
  *frames->budget -= data.size;
}

static void take_whole(AsvHttp3Frames *frames, const AsvHttp3Handler *handler, void *self,
                       const AsvPacketRef *at, AsvSpan data) {
  AsvSpan payload = data;
  if (data.size < frames->length) gather(frames, handler, self, at, data);
  frames->left -= data.size;
  GByteArray *gathered = frames->gathered;
  if (gathered) payload = asv_span(gathered->data, gathered->len);
  if (frames->left) return;
  end_frame(frames, handler, self, at, payload);
  asv_http3_frames_clear(frames);
}

static void take_payload(AsvHttp3Frames *frames, const AsvHttp3Handler *handler, void *self,
                         const AsvPacketRef *at, AsvSpan data) {
  if (frames->state == STATE_WHOLE) {
    take_whole(frames, handler, self, at, data);
    return;
  }
  frames->left -= data.size;
  if (frames->state == STATE_PIECES) handler->piece(self, at, data, 0);
  end_frame(frames, handler, self, at, asv_span(NULL, 0));
}

void asv_http3_frames_bytes(AsvHttp3Frames *frames, const AsvHttp3Handler *handler, void *self,
                            const AsvPacketRef *at, AsvSpan data) {
  while (data.size && frames->state != STATE_DEAD) {
    if (frames->state == STATE_TYPE) {
      if (asv_http3_varint(&frames->varint, &data, &frames->type)) frames->state = STATE_LENGTH;
    } else if (frames->state == STATE_LENGTH) {
      if (asv_http3_varint(&frames->varint, &data, &frames->length))
        begin(frames, handler, self, at);
    } else {
      gsize n = (gsize)MIN(frames->left, data.size);
      take_payload(frames, handler, self, at, asv_span(data.data, n));
      data = asv_span_sub(data, n, data.size);
    }
  }
}

void asv_http3_frames_gap(AsvHttp3Frames *frames, const AsvHttp3Handler *handler, void *self,
                          const AsvPacketRef *at, guint64 n) {
  gboolean payload =
      frames->state == STATE_SKIP || frames->state == STATE_WHOLE || frames->state == STATE_PIECES;
  gboolean whole = frames->state == STATE_WHOLE;
  if (frames->state == STATE_DEAD) return;
  guint64 inside = payload && n != ASV_GAP_UNKNOWN ? MIN(n, frames->left) : 0;
  gboolean all = inside < n;
  if (inside && frames->state == STATE_PIECES) handler->piece(self, at, asv_span(NULL, 0), inside);
  frames->left -= inside;
  asv_http3_frames_clear(frames);
  if (whole) frames->state = STATE_SKIP;
  end_frame(frames, handler, self, at, asv_span(NULL, 0));
  if (all) frames->state = STATE_DEAD;
  if (whole || all) handler->lost(self, at, whole || n == ASV_GAP_UNKNOWN ? n : n - inside, all);
}

guint64 asv_http3_frames_waive(AsvHttp3Frames *frames, const AsvHttp3Handler *handler, void *self) {
  guint64 n = 0;
  if (frames->state == STATE_DEAD) return ASV_WAIVE_ALL;
  if (frames->state == STATE_SKIP) n = frames->left;
  if (frames->state == STATE_PIECES) n = handler->waive(self, frames->left);
  frames->left -= n;
  if (n) end_frame(frames, handler, self, NULL, asv_span(NULL, 0));
  return n;
}

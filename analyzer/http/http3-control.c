/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Control streams (RFC 9114 §6.2.1): SETTINGS, of which QPACK needs the table
 * capacity, GOAWAY and ORIGIN (RFC 9412).
 */
#include "http3-connection.h"

#define SETTINGS_QPACK_MAX_TABLE_CAPACITY 0x1

/* The other side's sections depend on SETTINGS of this one: they will not come. */
static void control_lost(void *self, const AsvPacketRef *at, guint64 n, gboolean all) {
  AsvHttp3Stream *stream = self;
  AsvHttp3 *http = stream->http;
  asv_exchange_unreadable(&http->exchange, at, stream->side, ASV_HTTP_BYTES_LOST, n);
  if (all || stream->frames.type == ASV_HTTP3_SETTINGS)
    asv_qpack_set_capacity_unknown(http->qpack[!stream->side]);
}

static AsvHttp3Want stop(AsvHttp3Stream *stream, const AsvPacketRef *at) {
  AsvHttp3 *http = stream->http;
  asv_exchange_unreadable(&http->exchange, at, stream->side, ASV_HTTP_NOT_HTTP, 0);
  asv_qpack_set_capacity_unknown(http->qpack[!stream->side]);
  return ASV_HTTP3_STOP;
}

static AsvHttp3Want control_begin(void *self, const AsvPacketRef *at, guint64 type,
                                  guint64 length) {
  AsvHttp3Stream *stream = self;
  gboolean first = !stream->begun;
  gboolean wanted = type == ASV_HTTP3_SETTINGS || type == ASV_HTTP3_GOAWAY ||
                    (type == ASV_HTTP3_ORIGIN && stream->side == ASV_SERVER);
  stream->begun = TRUE;
  if (first != (type == ASV_HTTP3_SETTINGS) || asv_http3_is_forbidden(type))
    return stop(stream, at);
  if (!wanted) return ASV_HTTP3_SKIP;
  if (length <= ASV_HTTP_FRAME_MAX) return ASV_HTTP3_WHOLE;
  control_lost(stream, at, length, FALSE);
  return ASV_HTTP3_SKIP;
}

/* The value of a setting; 0 when it is not there (RFC 9114 §7.2.4). */
static guint64 setting(AsvSpan payload, guint64 wanted) {
  AsvReader reader = asv_reader(payload);
  while (asv_reader_left(&reader)) {
    guint64 id = asv_http3_read_varint(&reader), value = asv_http3_read_varint(&reader);
    if (!reader.failed && id == wanted) return value;
  }
  return 0;
}

static void control_whole(void *self, const AsvPacketRef *at, guint64 type, AsvSpan payload) {
  AsvHttp3Stream *stream = self;
  AsvHttp3 *http = stream->http;
  if (type == ASV_HTTP3_SETTINGS)
    asv_qpack_set_capacity(http->qpack[!stream->side],
                           setting(payload, SETTINGS_QPACK_MAX_TABLE_CAPACITY));
  else if (type == ASV_HTTP3_GOAWAY)
    http->events.goaway(http->events.self, at, stream->side);
  else
    asv_exchange_origins(&http->exchange, at, stream->id, payload);
}

const AsvHttp3Handler asv_http3_control_handler = {
    .begin = control_begin, .whole = control_whole, .lost = control_lost};

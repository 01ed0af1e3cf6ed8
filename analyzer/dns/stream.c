/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DNS over TCP (RFC 1035 §4.2.2, RFC 7766): messages one behind another, each
 * with two octets of length. A loss inside a message costs that one; what is
 * no DNS is read no further.
 */
#include "dns.h"

struct AsvDnsStream {
  AsvDnsEvents events;
  guint8 head[2];
  guint have;   /* octets of head */
  guint32 left; /* of the message in work; 0: its head is next */
  gboolean lost;
  gboolean dead;
  GByteArray *message;
};

AsvDnsStream *asv_dns_stream_new(const AsvDnsEvents *events) {
  AsvDnsStream *stream = g_new0(AsvDnsStream, 1);
  stream->events = *events;
  stream->message = g_byte_array_new();
  return stream;
}

void asv_dns_stream_free(AsvDnsStream *stream) {
  if (!stream) return;
  g_byte_array_unref(stream->message);
  g_free(stream);
}

static void message_done(AsvDnsStream *stream, const AsvPacketRef *at) {
  AsvSpan message = asv_span(stream->message->data, stream->message->len);
  if (!stream->lost && !asv_dns_message(message, at, &stream->events)) stream->dead = TRUE;
  g_byte_array_set_size(stream->message, 0);
  stream->lost = FALSE;
}

static void take_head(AsvDnsStream *stream, guint8 octet) {
  stream->head[stream->have++] = octet;
  if (stream->have < sizeof stream->head) return;
  AsvReader reader = asv_reader(asv_span(stream->head, sizeof stream->head));
  stream->left = asv_read_u16(&reader);
  stream->have = 0;
}

static guint64 stream_bytes(void *self, const AsvPacketRef *at, AsvSpan data) {
  AsvDnsStream *stream = self;
  AsvReader reader = asv_reader(data);
  while (asv_reader_left(&reader) && !stream->dead) {
    if (!stream->left) {
      take_head(stream, asv_read_u8(&reader));
      continue;
    }
    AsvSpan part = asv_read_span(&reader, MIN(stream->left, asv_reader_left(&reader)));
    stream->left -= (guint32)part.size;
    if (!stream->lost) g_byte_array_append(stream->message, part.data, (guint)part.size);
    if (!stream->left) message_done(stream, at);
  }
  return stream->dead ? ASV_WAIVE_ALL : 0;
}

static guint64 stream_gap(void *self, const AsvPacketRef *at, guint64 n) {
  AsvDnsStream *stream = self;
  if (n > stream->left) { /* messages may begin in it */
    stream->dead = TRUE;
    return ASV_WAIVE_ALL;
  }
  stream->left -= (guint32)n;
  stream->lost = TRUE;
  if (!stream->left) message_done(stream, at);
  return 0;
}

static void stream_end(void *self, const AsvPacketRef *at G_GNUC_UNUSED, AsvEnd why G_GNUC_UNUSED) {
  AsvDnsStream *stream = self;
  stream->dead = TRUE;
}

AsvSink asv_dns_stream_sink(AsvDnsStream *stream) {
  return (AsvSink){.self = stream, .bytes = stream_bytes, .gap = stream_gap, .end = stream_end};
}

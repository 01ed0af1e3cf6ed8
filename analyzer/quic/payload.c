/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The frames of one opened packet (RFC 9000 §12.4, §19), and stateless resets,
 * which look like packets that do not open (RFC 9000 §10.3).
 */
#include "connection.h"

#define TOKEN 16u
/* RFC 9000 §10.3: the smallest stateless reset. */
#define RESET_MIN 21u

void asv_payload_reset_token(AsvQuicConnection *connection, AsvSpan token) {
  if (token.size != TOKEN) return;
  if (!connection->reset_tokens) connection->reset_tokens = g_array_new(FALSE, FALSE, TOKEN);
  GArray *tokens = connection->reset_tokens;
  if (tokens->len >= ASV_QUIC_TOKENS_MAX) g_array_remove_index(tokens, 0);
  g_array_append_vals(tokens, token.data, 1);
}

gboolean asv_payload_is_reset(const AsvQuicConnection *connection, AsvSpan octets) {
  const GArray *tokens = connection->reset_tokens;
  if (!tokens || octets.size < RESET_MIN) return FALSE;
  const guint8 *last = octets.data + octets.size - TOKEN;
  for (guint i = 0; i < tokens->len; i++)
    if (memcmp(tokens->data + i * TOKEN, last, TOKEN) == 0) return TRUE;
  return FALSE;
}

static void on_stream(AsvQuicConnection *connection, const AsvPacketRef *at, AsvQuicLevel level,
                      AsvSide side, const AsvQuicFrame *frame) {
  if (level != ASV_LEVEL_EARLY && level != ASV_LEVEL_APPLICATION) return;
  connection->quic->delivering_early = level == ASV_LEVEL_EARLY;
  asv_streams_take(connection, at, side, frame);
  connection->quic->delivering_early = FALSE;
}

/* RFC 9000 §10.2.3: in place of the application's code, which may stand in the next packet. */
static gboolean is_concealed(AsvQuicLevel level, const AsvQuicFrame *frame) {
  gboolean handshake = level == ASV_LEVEL_INITIAL || level == ASV_LEVEL_HANDSHAKE;
  return handshake && asv_quic_close_conceals(frame);
}

static void on_close(AsvQuicConnection *connection, const AsvPacketRef *at, AsvQuicLevel level,
                     AsvSide side, const AsvQuicFrame *frame) {
  if (is_concealed(level, frame)) {
    connection->concealed = TRUE;
    connection->concealed_by = side;
    return;
  }
  AsvQuicClose close = {.framed = TRUE,
                        .application = frame->close.application,
                        .error = frame->close.error,
                        .reason = frame->close.reason};
  asv_quic_connection_close(connection, at, side, &close);
}

static void on_connection_id(AsvQuicConnection *connection, AsvSide side,
                             const AsvQuicFrame *frame) {
  asv_quic_routes_add(connection, side, frame->connection_id.id);
  asv_payload_reset_token(connection, frame->connection_id.token);
}

/* Acknowledged ranges matter only where packets of the other side were not seen. */
static void on_ack(AsvQuicConnection *connection, const AsvPacketRef *at, AsvQuicLevel level,
                   AsvSide side, const AsvQuicFrame *frame) {
  AsvSide other = asv_side_other(side);
  AsvQuicLevel space = asv_level_space(level);
  AsvQuicHoles *holes = &connection->holes[other];
  guint64 expected = connection->expected[space][other];
  guint64 last = frame->ack.largest;
  if (!holes->count && last < expected) return;
  AsvReader reader = asv_reader(frame->ack.ranges);
  while (asv_reader_left(&reader)) {
    guint64 length = asv_read_varint(&reader);
    if (length > last) return;
    guint64 first = last - length;
    asv_quic_holes_acknowledged(holes, at->time, space, expected, first, last);
    guint64 gap = asv_read_varint(&reader) + 2;
    if (gap > first) return;
    last = first - gap;
  }
}

void asv_payload_read(AsvQuicConnection *connection, const AsvPacketRef *at, AsvQuicLevel level,
                      AsvSide side, AsvSpan payload) {
  AsvReader reader = asv_reader(payload);
  AsvQuicFrame frame;
  while (asv_quic_frame_next(&reader, &frame)) {
    switch (frame.kind) {
      case ASV_FRAME_STREAM:
        on_stream(connection, at, level, side, &frame);
        break;
      case ASV_FRAME_CRYPTO:
        asv_handshake_crypto(connection, at, level, side, &frame);
        break;
      case ASV_FRAME_RESET_STREAM:
        asv_streams_reset(connection, at, side, frame.reset.id);
        break;
      case ASV_FRAME_NEW_CONNECTION_ID:
        on_connection_id(connection, side, &frame);
        break;
      case ASV_FRAME_ACK:
        on_ack(connection, at, level, side, &frame);
        break;
      case ASV_FRAME_CONNECTION_CLOSE:
        on_close(connection, at, level, side, &frame);
        break;
      default:
        break;
    }
  }
}

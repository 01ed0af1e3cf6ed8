/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cutting frames. Few are of use to a reader; the others only have to be
 * measured, as most say nowhere how long they are. Acknowledged ranges, the
 * longest of those, are stepped over.
 */
#include "frame.h"

#define VARINT_MAX ((G_GUINT64_CONSTANT(1) << 62) - 1)
#define RESET_TOKEN 16
#define PATH_DATA 8

#define STREAM_FIN 0x01u
#define STREAM_LENGTH 0x02u
#define STREAM_OFFSET 0x04u

static void skip_varints(AsvReader *reader, guint64 count) {
  while (count-- && !reader->failed) asv_skip_varint(reader);
}

static void read_ack(AsvReader *reader, AsvQuicFrame *frame) {
  frame->kind = ASV_FRAME_ACK;
  frame->ack.largest = asv_read_varint(reader);
  skip_varints(reader, 1); /* delay */
  guint64 ranges = asv_read_varint(reader);
  const guint8 *start = reader->at;
  skip_varints(reader, 1 + 2 * ranges);
  frame->ack.ranges = asv_span(start, (gsize)(reader->at - start));
  if (frame->type == 0x03) skip_varints(reader, 3); /* ECN counts */
}

static void check_end(AsvReader *reader, const AsvQuicFrame *frame) {
  if (frame->stream.offset > VARINT_MAX - frame->stream.data.size) reader->failed = TRUE;
}

static void read_crypto(AsvReader *reader, AsvQuicFrame *frame) {
  frame->kind = ASV_FRAME_CRYPTO;
  frame->stream.offset = asv_read_varint(reader);
  frame->stream.data = asv_read_counted(reader);
  check_end(reader, frame);
}

static void read_stream(AsvReader *reader, AsvQuicFrame *frame) {
  frame->kind = ASV_FRAME_STREAM;
  frame->stream.id = asv_read_varint(reader);
  if (frame->type & STREAM_OFFSET) frame->stream.offset = asv_read_varint(reader);
  frame->stream.data =
      frame->type & STREAM_LENGTH ? asv_read_counted(reader) : asv_read_rest(reader);
  frame->stream.fin = (frame->type & STREAM_FIN) != 0;
  check_end(reader, frame);
}

static void read_reset(AsvReader *reader, AsvQuicFrame *frame) {
  frame->kind = frame->type == 0x05 ? ASV_FRAME_STOP_SENDING : ASV_FRAME_RESET_STREAM;
  frame->reset.id = asv_read_varint(reader);
  frame->reset.error = asv_read_varint(reader);
  if (frame->type != 0x05) frame->reset.final_size = asv_read_varint(reader);
  if (frame->type == 0x24) frame->reset.reliable_size = asv_read_varint(reader);
}

static void read_new_connection_id(AsvReader *reader, AsvQuicFrame *frame) {
  frame->kind = ASV_FRAME_NEW_CONNECTION_ID;
  frame->connection_id.sequence = asv_read_varint(reader);
  frame->connection_id.retire_prior_to = asv_read_varint(reader);
  gsize size = asv_read_u8(reader);
  if (!size || size > ASV_QUIC_CID_MAX) reader->failed = TRUE;
  frame->connection_id.id = asv_read_span(reader, size);
  frame->connection_id.token = asv_read_span(reader, RESET_TOKEN);
}

static void read_close(AsvReader *reader, AsvQuicFrame *frame) {
  frame->kind = ASV_FRAME_CONNECTION_CLOSE;
  frame->close.application = frame->type == 0x1d;
  frame->close.error = asv_read_varint(reader);
  if (!frame->close.application) skip_varints(reader, 1); /* type of the frame to blame */
  frame->close.reason = asv_read_counted(reader);
}

static void read_path(AsvReader *reader, AsvQuicFrame *frame) {
  frame->kind = frame->type == 0x1a ? ASV_FRAME_PATH_CHALLENGE : ASV_FRAME_PATH_RESPONSE;
  frame->path = asv_read_span(reader, PATH_DATA);
}

static void skip_padding(AsvReader *reader) {
  AsvSpan rest = asv_span(reader->at, asv_reader_left(reader));
  gsize size = 0;
  while (size < rest.size && rest.data[size] == 0) size++;
  asv_read_span(reader, size);
}

/* Frames that are only measured; FALSE for unknown ones. */
static gboolean skip_other(AsvReader *reader, guint64 type) {
  switch (type) {
    case 0x00: /* PADDING */
      skip_padding(reader);
      return TRUE;
    case 0x01: /* PING */
    case 0x1f: /* IMMEDIATE_ACK */
    case 0xac: /* the same in earlier drafts */
      return TRUE;
    case 0x10: /* MAX_DATA */
    case 0x12: /* MAX_STREAMS */
    case 0x13:
    case 0x14: /* DATA_BLOCKED */
    case 0x16: /* STREAMS_BLOCKED */
    case 0x17:
      skip_varints(reader, 1);
      return TRUE;
    case 0x11: /* MAX_STREAM_DATA */
    case 0x15: /* STREAM_DATA_BLOCKED */
      skip_varints(reader, 2);
      return TRUE;
    case 0xaf: /* ACK_FREQUENCY */
      skip_varints(reader, 4);
      return TRUE;
    case 0x07: /* NEW_TOKEN */
    case 0x31: /* DATAGRAM */
      asv_read_counted(reader);
      return TRUE;
    case 0x30: /* the same to the end of the packet */
      asv_read_rest(reader);
      return TRUE;
    default:
      return FALSE;
  }
}

static void read_frame(AsvReader *reader, AsvQuicFrame *frame) {
  switch (frame->type) {
    case 0x02:
    case 0x03:
      read_ack(reader, frame);
      break;
    case 0x04:
    case 0x05:
    case 0x24:
      read_reset(reader, frame);
      break;
    case 0x06:
      read_crypto(reader, frame);
      break;
    case 0x18:
      read_new_connection_id(reader, frame);
      break;
    case 0x19:
      frame->kind = ASV_FRAME_RETIRE_CONNECTION_ID;
      frame->connection_id.sequence = asv_read_varint(reader);
      break;
    case 0x1a:
    case 0x1b:
      read_path(reader, frame);
      break;
    case 0x1c:
    case 0x1d:
      read_close(reader, frame);
      break;
    case 0x1e:
      frame->kind = ASV_FRAME_HANDSHAKE_DONE;
      break;
    default:
      if (!skip_other(reader, frame->type)) reader->failed = TRUE;
      break;
  }
}

gboolean asv_quic_frame_next(AsvReader *reader, AsvQuicFrame *frame) {
  if (!asv_reader_left(reader)) return FALSE;
  memset(frame, 0, sizeof *frame);
  frame->kind = ASV_FRAME_OTHER;
  frame->type = asv_read_varint(reader);
  if (frame->type >= 0x08 && frame->type <= 0x0f)
    read_stream(reader, frame);
  else if (!reader->failed)
    read_frame(reader, frame);
  return !reader->failed;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Payloads and transport parameters of any octets; the first one says which. */
#include "analyzer/quic/frame.h"

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

static void check_inside(AsvSpan part, AsvSpan whole) {
  g_assert(!part.size ||
           (part.data >= whole.data && part.data + part.size <= whole.data + whole.size));
}

static void check_frame(const AsvQuicFrame *frame, AsvSpan whole) {
  switch (frame->kind) {
    case ASV_FRAME_CRYPTO:
    case ASV_FRAME_STREAM:
      check_inside(frame->stream.data, whole);
      g_assert(frame->stream.offset + frame->stream.data.size < G_GUINT64_CONSTANT(1) << 62);
      break;
    case ASV_FRAME_NEW_CONNECTION_ID:
      check_inside(frame->connection_id.id, whole);
      g_assert(frame->connection_id.id.size && frame->connection_id.id.size <= ASV_QUIC_CID_MAX);
      g_assert(frame->connection_id.token.size == 16);
      break;
    case ASV_FRAME_PATH_CHALLENGE:
    case ASV_FRAME_PATH_RESPONSE:
      g_assert(frame->path.size == 8);
      break;
    case ASV_FRAME_CONNECTION_CLOSE:
      check_inside(frame->close.reason, whole);
      break;
    default:
      break;
  }
}

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size) {
  if (!size) return 0;
  AsvSpan whole = asv_span(data + 1, size - 1);
  if (data[0] & 1) {
    AsvTransportParameters parameters;
    if (!asv_transport_parameters_parse(whole, &parameters)) return 0;
    g_assert(parameters.initial_source.size <= ASV_QUIC_CID_MAX);
    g_assert(!parameters.preferred_id.data || parameters.preferred_token.size == 16);
    return 0;
  }
  AsvReader reader = asv_reader(whole);
  AsvQuicFrame frame;
  gsize left = whole.size;
  while (asv_quic_frame_next(&reader, &frame)) {
    g_assert(asv_reader_left(&reader) < left);
    left = asv_reader_left(&reader);
    check_frame(&frame, whole);
  }
  g_assert(reader.failed || !left);
  return 0;
}

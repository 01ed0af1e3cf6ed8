/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Display filters: Wireshark's own number of the connection, then the stream or the frame type. */
#include "finding-filter.h"

#include "frame.h"

gboolean asv_finding_stream(const AsvObservation *seen, guint64 *stream) {
  switch (seen->kind) {
    case ASV_OBSERVATION_REQUEST:
      *stream = seen->request.stream;
      return seen->request.has_stream;
    case ASV_OBSERVATION_RESPONSE:
      *stream = seen->response.stream;
      return seen->response.has_stream;
    case ASV_OBSERVATION_ADVERTISEMENT:
      *stream = seen->advertisement.stream;
      return seen->advertisement.has_stream;
    case ASV_OBSERVATION_KEEP_ALIVE:
      *stream = seen->keep_alive.stream;
      return seen->keep_alive.has_stream;
    case ASV_OBSERVATION_ORIGIN_SET:
      *stream = seen->origin_set.stream;
      return TRUE;
    default:
      return FALSE;
  }
}

/* How Wireshark names the connections of a transport, and the streams in them. */
static const struct {
  const char *label, *connection, *stream;
} transports[] = {
    {"tcp:", "tcp.stream", "http2.streamid"},
    {"quic:", "quic.connection.number", "quic.stream.stream_id"},
};

char *asv_finding_filter(AsvFilterKind kind, const AsvObservation *seen) {
  const char *label = seen->connection ? seen->connection->label : NULL;
  if (!label || kind == ASV_FILTER_NONE) return NULL;
  for (gsize i = 0; i < G_N_ELEMENTS(transports); i++) {
    if (!g_str_has_prefix(label, transports[i].label)) continue;
    const char *number = label + strlen(transports[i].label);
    guint64 stream = 0;
    gboolean frame = seen->kind == ASV_OBSERVATION_ADVERTISEMENT &&
                     seen->advertisement.via == ASV_VIA_ALTSVC_FRAME;
    if (kind == ASV_FILTER_MESSAGE && frame)
      return g_strdup_printf("%s == %s && http2.type == %d", transports[i].connection, number,
                             ASV_FRAME_TYPE_ALTSVC);
    if (kind == ASV_FILTER_MESSAGE && asv_finding_stream(seen, &stream))
      return g_strdup_printf("%s == %s && %s == %" G_GUINT64_FORMAT, transports[i].connection,
                             number, transports[i].stream, stream);
    return g_strdup_printf("%s == %s", transports[i].connection, number);
  }
  return NULL;
}

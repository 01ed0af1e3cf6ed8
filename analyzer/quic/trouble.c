/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a connection says to its watch, and the watch of it. */
#include "connection.h"

static void tell(void *self, const AsvPacketRef *at, const AsvQuicTrouble *trouble) {
  const AsvQuicConnection *connection = self;
  const AsvQuicEvents *events = &connection->quic->events;
  if (connection->opened && events->trouble) events->trouble(connection->consumer, at, trouble);
}

/* What of the ClientHello has come: it grows unless a datagram repeats. */
static guint64 hello_octets(const AsvQuicConnection *connection) {
  const AsvQuicCrypto *crypto = connection->crypto[ASV_LEVEL_INITIAL][ASV_CLIENT];
  return crypto ? crypto->stream.next + crypto->stream.octets : 0;
}

static AsvQuicProgress progress_of(const void *self) {
  const AsvQuicConnection *connection = self;
  return (AsvQuicProgress){
      .seen = {connection->seen[ASV_CLIENT], connection->seen[ASV_SERVER]},
      .complete = connection->spoke || connection->slots[ASV_LEVEL_APPLICATION][ASV_CLIENT].keys,
      .closing = connection->closing,
      .has_client_hello = connection->handshake.has_client_hello,
      .has_server_hello = connection->handshake.has_server_hello,
      .hello_octets = hello_octets(connection)};
}

AsvQuicWatches asv_trouble_watches(void) {
  return (AsvQuicWatches){.progress = progress_of, .tell = tell};
}

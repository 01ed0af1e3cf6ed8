/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What stands in a connection's way, as far as Wireshark's tree says it:
 * answers that do not come, RST, ICMP errors, alerts, the end of a QUIC
 * connection. What counts is decided as altshark does.
 */
#ifndef DISSECTOR_FAILURE_H
#define DISSECTOR_FAILURE_H

#include "analyzer/quic/watch.h"
#include "connection.h"

/* What connections of one capture file wait for, by packet time. */
struct AltsvcWaiting {
  GQueue syns;         /* AsvWatch, whose owner is the AltsvcConnection */
  AsvQuicWatches quic; /* likewise */
  GString *words;      /* of the failure that is told */
  const AsvObserver *out;
};

AltsvcWaiting *altsvc_waiting_new(void);
/* After all connections. */
void altsvc_waiting_free(AltsvcWaiting *waiting);

/* Before each packet, and before each UDP datagram that is not DNS: tells what time makes certain.
 */
void altsvc_failure_tick(AltsvcWaiting *waiting, const AltsvcPlace *at, const AsvObserver *out);
void altsvc_failure_tick_quic(AltsvcWaiting *waiting, const AltsvcPlace *at,
                              const AsvObserver *out);

/* A segment of the sender of the packet in work. */
typedef struct {
  gboolean asks, resets; /* a SYN without ACK; a RST */
  gboolean repeats;      /* all of its octets were sent before */
} AltsvcSegment;
void altsvc_failure_segment(AltsvcConnection *connection, const AltsvcSegment *segment);

/* The connection ends, for that reason: tells where its TLS handshake was not completed and nothing
 * else says why. */
void altsvc_failure_incomplete(AltsvcConnection *connection, AsvCloseReason reason);

/* A fatal alert of that side. */
void altsvc_failure_alert(AltsvcConnection *connection, AsvFrom from, guint8 description);

/* A QUIC connection is closed by that side. */
void altsvc_failure_close(AltsvcConnection *connection, AsvFrom by, const AsvQuicClose *close);

/* An ICMP error quotes a packet that end `sender` of the connection sent. */
void altsvc_failure_icmp(AltsvcConnection *connection, int sender, const AsvIcmp *icmp);

#endif

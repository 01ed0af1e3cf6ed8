/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What stood in a connection's way, as the part of an observation, its detail
 * in words: one reading for all that observe. words is emptied before, and must
 * stay as long as the result is used.
 */
#ifndef ANALYZER_OBSERVE_FAILURE_H
#define ANALYZER_OBSERVE_FAILURE_H

#include "altsvc/observation.h"
#include "analyzer/net/net.h"
#include "analyzer/quic/quic.h"

/* Of a TCP connection; not of ASV_NET_ICMP. */
AsvFailureSeen asv_observe_net_trouble(AsvNetTroubleKind kind, GString *words);

/* An ICMP error, one of those that end something: icmp->what or icmp->too_big. */
AsvFailureSeen asv_observe_icmp(const AsvIcmp *icmp, GString *words);

/* A TCP connection that ended for that reason before its TLS handshake was complete. */
AsvFailureSeen asv_observe_incomplete(AsvCloseReason reason, GString *words);

/* A fatal alert (RFC 8446 §6). */
AsvFailureSeen asv_observe_alert(AsvSide from, guint8 description, GString *words);

/* Of a QUIC connection. */
AsvFailureSeen asv_observe_quic_trouble(const AsvQuicTrouble *trouble, GString *words);

/* The end of a QUIC connection (RFC 9000 §10.2, §10.3); FALSE where that is no error. */
gboolean asv_observe_quic_close(AsvSide by, const AsvQuicClose *close, GString *words,
                                AsvFailureSeen *seen);

#endif

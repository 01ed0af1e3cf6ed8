/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HTTP/2 (RFC 9113) of one connection, both sides: cuts frames, with ALTSVC
 * (RFC 7838 §4), ORIGIN (RFC 8336) and extended CONNECT (RFC 8441), inflates
 * header blocks and gives sections to pairs.h. Resumable at any octet;
 * payloads that say nothing are waived.
 */
#ifndef ANALYZER_HTTP_HTTP2_H
#define ANALYZER_HTTP_HTTP2_H

#include "analyzer/http/exchange.h"

typedef struct AsvHttp2 AsvHttp2;

/* exchange is borrowed. */
AsvHttp2 *asv_http2_new(AsvExchange *exchange);
void asv_http2_free(AsvHttp2 *http2);
/* Stream 1 is kept, which is taken over; the client said max_frame_size, unless 0. */
void asv_http2_upgraded(AsvHttp2 *http2, AsvKept *kept, guint32 max_frame_size);

void asv_http2_bytes(AsvHttp2 *http2, AsvSide side, const AsvPacketRef *at, AsvSpan data);
void asv_http2_gap(AsvHttp2 *http2, AsvSide side, const AsvPacketRef *at, guint64 n);
void asv_http2_end(AsvHttp2 *http2, AsvSide side, const AsvPacketRef *at, AsvEnd why);
/* How many octets that follow are not wanted; they count as taken from here on. */
guint64 asv_http2_waive(AsvHttp2 *http2, AsvSide side);
/* The packet of the oldest thing that is not told yet, or NULL. */
const AsvPacketRef *asv_http2_since(const AsvHttp2 *http2);

/* SETTINGS_MAX_FRAME_SIZE in the payload of a SETTINGS frame; 0 when it has no valid one. */
guint32 asv_http2_max_frame_size(AsvSpan payload);

/* The 24 octets that a client begins with (RFC 9113 §3.4). */
AsvSpan asv_http2_preface(void);

#endif

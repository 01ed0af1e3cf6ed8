/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HTTP/1.x (RFC 9112) of one connection, both sides: finds each message's
 * header section, body and trailer section, and gives sections to exchange.h.
 * Resumable at any octet; bodies are waived.
 */
#ifndef ANALYZER_HTTP_HTTP1_H
#define ANALYZER_HTTP_HTTP1_H

#include "analyzer/http/exchange.h"

typedef struct AsvHttp1 AsvHttp1;

/* exchange is borrowed. */
AsvHttp1 *asv_http1_new(AsvExchange *exchange);
void asv_http1_free(AsvHttp1 *http1);

/* TRUE while what comes next of side cannot be understood before something of the other side is. */
gboolean asv_http1_waits(const AsvHttp1 *http1, AsvSide side);

/*
 * Takes octets of one side. Returns how many: fewer than there are when the
 * rest cannot be understood before something of the other side is, or when the
 * connection has gone over to HTTP/2.
 */
gsize asv_http1_bytes(AsvHttp1 *http1, AsvSide side, const AsvPacketRef *at, AsvSpan data);
void asv_http1_gap(AsvHttp1 *http1, AsvSide side, const AsvPacketRef *at, guint64 n);
void asv_http1_end(AsvHttp1 *http1, AsvSide side, const AsvPacketRef *at, AsvEnd why);
/* How many octets that follow are not wanted; they count as taken from here on. */
guint64 asv_http1_waive(AsvHttp1 *http1, AsvSide side);
/* What side waits for will not come: it goes on without. */
void asv_http1_give_up(AsvHttp1 *http1, AsvSide side);

/* TRUE once a 101 has turned the connection into HTTP/2 (RFC 7540 §3.2). */
gboolean asv_http1_is_h2c(const AsvHttp1 *http1);
/* The upgraded request, into the caller's hands, and the client's SETTINGS_MAX_FRAME_SIZE or 0. */
AsvKept asv_http1_take_upgraded(AsvHttp1 *http1, guint32 *max_frame_size);

#endif

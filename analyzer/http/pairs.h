/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Puts the sections and ALTSVC frames of an HTTP/2 or HTTP/3 connection
 * together by stream (RFC 9113 §8.1, §8.4, §8.5, RFC 9114 §4): responses find their requests, what
 * the capture shows before its request waits for it, CONNECT streams become tunnels.
 */
#ifndef ANALYZER_HTTP_PAIRS_H
#define ANALYZER_HTTP_PAIRS_H

#include "analyzer/http/exchange.h"

typedef struct AsvPairs AsvPairs;

/* exchange is borrowed. in_order: streams begin in the order of their numbers (HTTP/2). */
AsvPairs *asv_pairs_new(AsvExchange *exchange, gboolean in_order);
void asv_pairs_free(AsvPairs *pairs);

/* Stream 1 is what was asked over HTTP/1 before an Upgrade to h2c; takes kept over. */
void asv_pairs_upgraded(AsvPairs *pairs, AsvKept *kept);
/* A complete section of side on stream: request, response, or trailers. */
void asv_pairs_section(AsvPairs *pairs, const AsvPacketRef *at, AsvSide side, guint64 stream,
                       const AsvFields *fields);
/* A complete PUSH_PROMISE that promises stream; the event tells `shown`. */
void asv_pairs_promise(AsvPairs *pairs, const AsvPacketRef *at, guint64 stream, guint64 shown,
                       const AsvFields *fields);
/* What events call this stream from here on. */
void asv_pairs_show(AsvPairs *pairs, const AsvPacketRef *at, guint64 stream, guint64 shown);
/* The client has begun this stream, but nobody can read with what. */
void asv_pairs_unread(AsvPairs *pairs, const AsvPacketRef *at, guint64 stream);
/* An ALTSVC frame: from, stream, flags, payload, too_long are given; the rest is filled in. */
void asv_pairs_altsvc(AsvPairs *pairs, const AsvPacketRef *at, const AsvHttpAltsvc *frame);
/* side will send no more on stream. */
void asv_pairs_end_stream(AsvPairs *pairs, const AsvPacketRef *at, AsvSide side, guint64 stream);
/* The same where streams need not be in order. */
void asv_pairs_end_side(AsvPairs *pairs, const AsvPacketRef *at, AsvSide side, guint64 stream,
                        AsvEnd why);
void asv_pairs_reset(AsvPairs *pairs, const AsvPacketRef *at, guint64 stream);

/* TRUE when DATA of the stream is a tunnel's. */
gboolean asv_pairs_is_tunnel(const AsvPairs *pairs, guint64 stream);
void asv_pairs_tunnel_bytes(AsvPairs *pairs, const AsvPacketRef *at, AsvSide side, guint64 stream,
                            AsvSpan data);
void asv_pairs_tunnel_gap(AsvPairs *pairs, const AsvPacketRef *at, AsvSide side, guint64 stream,
                          guint64 n);
/* Takes up to `most` octets of tunnel data that follow as not wanted; returns how many. */
guint64 asv_pairs_tunnel_waive(AsvPairs *pairs, AsvSide side, guint64 stream, guint64 most);

/* Tells all that waits; more may come. */
void asv_pairs_flush(AsvPairs *pairs);
/* side of the connection has ended. */
void asv_pairs_end(AsvPairs *pairs, const AsvPacketRef *at, AsvSide side, AsvEnd why);
/* Tells what can wait no longer at packet at: a limit, or a request that cannot come. */
void asv_pairs_expire(AsvPairs *pairs, const AsvPacketRef *at);
/* The packet of the oldest message that waits, or NULL. */
const AsvPacketRef *asv_pairs_since(const AsvPairs *pairs);

#endif

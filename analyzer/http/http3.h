/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One HTTP/3 connection read from outside (RFC 9114, 9204, 9218, 9220, 9297,
 * 9412): control, push, QPACK and request streams of both sides. Tells the
 * same events as HTTP/1.1 and HTTP/2 (http.h).
 */
#ifndef ANALYZER_HTTP_HTTP3_H
#define ANALYZER_HTTP_HTTP3_H

#include "analyzer/http/http.h"

typedef struct AsvHttp3 AsvHttp3;

/* context is borrowed; events are copied. The scheme of origins is the requests' own. */
AsvHttp3 *asv_http3_new(AsvHttpContext *context, const AsvHttpEvents *events);

/*
 * Takes up what side `from` sends on QUIC stream id: fills in a sink, whose
 * end() is called before asv_http3_free(). FALSE: nobody wants it.
 */
gboolean asv_http3_stream(AsvHttp3 *http, const AsvPacketRef *at, AsvSide from, guint64 id,
                          AsvSink *sink);

/* So many octets of that stream, those of holes included, cannot be given to its sink yet; 0: none.
 */
void asv_http3_ahead(AsvHttp3 *http, AsvSide from, guint64 id, guint64 n);

/* Marks what the client sends from here on as 0-RTT data, or no longer. */
void asv_http3_set_early_data(AsvHttp3 *http, gboolean early_data);

/* Something that `from` sent is not there, and was told. */
void asv_http3_note_lost(AsvHttp3 *http, AsvSide from);

/* Tells what waits, as far as it can be told. More may come, but is not waited for. */
void asv_http3_flush(AsvHttp3 *http);
/* Behind that: tells what could not be read if nothing more comes. Nothing changes. */
void asv_http3_coverage(const AsvHttp3 *http, const AsvPacketRef *at);

/* Nothing follows on any stream: both of these. */
void asv_http3_finish(AsvHttp3 *http, const AsvPacketRef *at);
void asv_http3_free(AsvHttp3 *http);

#endif

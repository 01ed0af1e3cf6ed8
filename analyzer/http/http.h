/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One HTTP connection read from outside: HTTP/1.x (http1.h) or HTTP/2
 * (http2.h), told apart by ALPN, preface or first octets; responses are paired
 * with their requests by exchange.h. Octets come in through a sink per side.
 */
#ifndef ANALYZER_HTTP_HTTP_H
#define ANALYZER_HTTP_HTTP_H

#include "altsvc/observation.h"
#include "altsvc/origin.h"
#include "analyzer/sink.h"

/* A request's header section. Spans are borrowed for the call; data NULL means absent. */
typedef struct {
  gboolean has_stream;
  guint64 stream;
  gboolean pushed;      /* from a PUSH_PROMISE */
  AsvSpan origin;       /* serialization; empty for CONNECT, or when none can be made */
  AsvSpan method, path; /* path: origin-form; for absolute-form its path part */
  AsvSpan protocol;     /* :protocol, or Upgrade */
  AsvSpan alt_used, user_agent, sec_fetch_site;
  AsvSpan proxy_field;    /* "via" or "forwarded" when the request has such a field */
  AsvSpan referer_origin; /* serialization of the Referer's origin */
  gboolean early_data;
} AsvHttpRequest;

/* A response's header section (1xx included) or trailer section. */
typedef struct {
  gboolean has_stream;
  guint64 stream;
  AsvSpan origin;         /* of the request it answers; empty when not captured or CONNECT */
  guint64 request_packet; /* 0 when not captured */
  guint status;
  gboolean trailer;
  const AsvSpan *alt_svc; /* the Alt-Svc lines, values trimmed of OWS */
  gsize alt_svc_count;
  AsvSpan age, date;                /* first line of each */
  AsvSpan keep_alive;               /* Keep-Alive lines joined with ", " */
  const char *keep_alive_why;       /* NULL when it is in effect, else as AsvKeepAliveSeen.why */
  const AsvSpan *connection_fields; /* names of connection-specific fields, HTTP/2 and 3 only */
  gsize connection_fields_count;
  AsvMalformed malformed;   /* what makes a response with Alt-Svc malformed */
  gboolean malformed_first; /* it stands before the Alt-Svc lines */
} AsvHttpResponse;

/* An ALTSVC frame (RFC 7838 §4) of either side. */
typedef struct {
  AsvSide from;
  guint64 stream;
  guint8 flags;
  AsvSpan payload;
  gboolean too_long;        /* above the receiver's SETTINGS_MAX_FRAME_SIZE */
  AsvSpan request_origin;   /* of the stream's request; empty when unknown */
  gboolean request_missing; /* stream other than 0 whose request was not seen */
  gboolean client_complete; /* nothing of the client's direction was lost so far */
} AsvHttpAltsvc;

typedef enum {
  ASV_HTTP_BYTES_LOST,
  ASV_HTTP_HPACK_LOST,
  ASV_HTTP_QPACK_LOST,
  ASV_HTTP_NOT_HTTP,
  ASV_HTTP_ONE_DIRECTION
} AsvHttpUnreadable;

typedef struct {
  void *self;
  void (*request)(void *self, const AsvPacketRef *at, const AsvHttpRequest *request);
  void (*response)(void *self, const AsvPacketRef *at, const AsvHttpResponse *response);
  void (*keep_alive_request)(void *self, const AsvPacketRef *at, const AsvHttpRequest *request,
                             AsvSpan value, const char *why);
  void (*altsvc)(void *self, const AsvPacketRef *at, const AsvHttpAltsvc *frame);
  void (*origin_set)(void *self, const AsvPacketRef *at, guint64 stream, const AsvSpan *origins,
                     gsize count);
  void (*goaway)(void *self, const AsvPacketRef *at, AsvSide from);
  void (*unreadable)(void *self, const AsvPacketRef *at, AsvSide from, AsvHttpUnreadable reason,
                     guint64 bytes);
  /*
   * CONNECT was answered with 2xx: what follows on this connection (HTTP/1) or
   * stream (HTTP/2) is a tunnel to target (host:port). Fills in a sink for
   * each side. FALSE: nobody wants it.
   */
  gboolean (*tunnel)(void *self, const AsvPacketRef *at, guint64 stream, AsvSpan target,
                     AsvSink sinks[2]);
  /* The whole body of a response of type application/dns-message (RFC 8484 §6). May be NULL. */
  void (*dns_message)(void *self, const AsvPacketRef *at, AsvSpan message);
  /* Something that was seen at packet `since` waits to be told; NULL: nothing waits any more. */
  void (*waits)(void *self, const AsvPacketRef *since);
} AsvHttpEvents;

typedef enum { ASV_HTTP_ANY, ASV_HTTP_1, ASV_HTTP_2 } AsvHttpVersion;

typedef struct AsvHttp AsvHttp;

/* What the connections of a capture share: buffers that they take turns with. */
typedef struct AsvHttpContext AsvHttpContext;
AsvHttpContext *asv_http_context_new(void);
void asv_http_context_free(AsvHttpContext *context);

/* A client's request line or HTTP/2 preface, a server's status line or SETTINGS frame, by first
 * octets. */
AsvSniff asv_http_sniff(AsvSpan first);
/* The version of what asv_http_sniff() knows as a client's or a server's; else ASV_HTTP_ANY. */
AsvHttpVersion asv_http_sniff_version(AsvSpan first);

/* The version an ALPN name stands for; ASV_HTTP_ANY when it says nothing of HTTP. */
AsvHttpVersion asv_http_version_of_alpn(AsvSpan alpn);

/* context is borrowed; scheme is that of the origins asked for: https inside TLS. */
AsvHttp *asv_http_new(AsvHttpContext *context, AsvHttpVersion version, AsvScheme scheme,
                      const AsvHttpEvents *events);
AsvSink asv_http_sink(AsvHttp *http, AsvSide side);
/* Marks what the client sends from here on as 0-RTT data, or no longer. */
void asv_http_set_early_data(AsvHttp *http, gboolean early_data);
void asv_http_free(AsvHttp *http);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Requests and the responses that answer them: makes events of header
 * sections, finds whose origin a message is about (RFC 9110 §7.1, RFC 9112
 * §3.2, RFC 9113 §8.3.1), and keeps the FIFO of HTTP/1 requests that wait for
 * an answer. A response is paired only when that is certain.
 */
#ifndef ANALYZER_HTTP_EXCHANGE_H
#define ANALYZER_HTTP_EXCHANGE_H

#include "analyzer/http/context.h"

typedef enum {
  ASV_REQUEST_UNKNOWN, /* not captured */
  ASV_REQUEST_PLAIN,
  ASV_REQUEST_HEAD,
  ASV_REQUEST_CONNECT, /* without :protocol */
  ASV_REQUEST_UPGRADE  /* HTTP/1 with an Upgrade field */
} AsvRequestKind;

/* What is kept of a request until its last answer. */
typedef struct {
  AsvRequestKind kind;
  GRefString *origin; /* owned; the target for ASV_REQUEST_CONNECT; NULL when there is none */
  guint64 packet;
} AsvKept;

/* The origin made last of some authority, so that the next like it costs a comparison. */
typedef struct {
  AsvScheme scheme;
  gsize size;
  char *raw;
  GRefString *origin;
} AsvOriginMemo;

typedef struct {
  const AsvHttpEvents *events;
  AsvHttpContext *context;
  AsvScheme scheme;
  gboolean early_data;
  gboolean answered; /* a response was seen */
  gboolean unasked;  /* one was told by streams in no order, but its request was not */
  gboolean lost[2];  /* octets of that side were lost, or its beginning was not captured */
  AsvOriginMemo authority, referer;
  /* HTTP/1 */
  AsvKept *waiting; /* a ring */
  guint waiting_first, waiting_count, waiting_room;
  gboolean open_ended; /* behind the waiting requests come some that are not known */
  gboolean unpaired;   /* responses can be told no more from one another */
} AsvExchange;

/* The connection-wide part of a message that its fields do not say. */
typedef struct {
  gboolean has_stream;
  guint64 stream;
  gboolean pushed;
  guint8 minor; /* HTTP/1: 0 or 1 */
} AsvMessage;

void asv_exchange_init(AsvExchange *exchange, AsvHttpContext *context, AsvScheme scheme,
                       const AsvHttpEvents *events);
void asv_exchange_clear(AsvExchange *exchange);

/* Tells a request and returns what is to be kept of it, which the caller then owns. */
AsvKept asv_exchange_request(AsvExchange *exchange, const AsvPacketRef *at, const AsvMessage *about,
                             const AsvFields *fields);
/* Tells a response; request is the one it answers. status 0 cannot be. */
void asv_exchange_response(AsvExchange *exchange, const AsvPacketRef *at, const AsvMessage *about,
                           const AsvFields *fields, const AsvKept *request);
/* Tells a trailer section, when it has Alt-Svc lines; status is the response's. */
void asv_exchange_trailer(AsvExchange *exchange, const AsvPacketRef *at, const AsvMessage *about,
                          const AsvFields *fields, const AsvKept *request, guint status);
/* Tells the payload of an ORIGIN frame (RFC 8336 §2.1, RFC 9412 §2). */
void asv_exchange_origins(AsvExchange *exchange, const AsvPacketRef *at, guint64 stream,
                          AsvSpan payload);
void asv_exchange_unreadable(const AsvExchange *exchange, const AsvPacketRef *at, AsvSide from,
                             AsvHttpUnreadable reason, guint64 bytes);

/* The status code of a section: 100 to 999; 0 when it has none. */
guint asv_exchange_status(const AsvFields *fields);
/* The origin of a kept request; empty for none. */
AsvSpan asv_kept_origin(const AsvKept *kept);
AsvKept asv_kept_share(const AsvKept *kept);
void asv_kept_clear(AsvKept *kept);

/* HTTP/1: puts a request, which it takes over, behind the waiting ones. */
void asv_exchange_push(AsvExchange *exchange, AsvKept *kept);
/* TRUE when a response that comes now has to wait, since its request is still to come. */
gboolean asv_exchange_early(const AsvExchange *exchange);
/* The request that the next response answers, NULL when that is not certain. */
const AsvKept *asv_exchange_front(const AsvExchange *exchange);
/* Takes the front away, into the caller's hands; of kind ASV_REQUEST_UNKNOWN when not certain. */
AsvKept asv_exchange_pop(AsvExchange *exchange);

#endif

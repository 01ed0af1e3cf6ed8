/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DNS answers that say where a name is served: A, AAAA and HTTPS records
 * (RFC 1035, 3596, 9460), from a message however it travelled: UDP, TCP with
 * its length prefix (RFC 1035 §4.2.2), or the body of an HTTP response
 * (RFC 8484).
 */
#ifndef ANALYZER_DNS_DNS_H
#define ANALYZER_DNS_DNS_H

#include "analyzer/sink.h"

/*
 * An HTTPS record (RFC 9460 §9). Names are text in lower case without the last
 * dot, other octets than visible ASCII as \DDD. Malformed records, and those
 * that a client must ignore since it does not know their mandatory keys, are
 * not told.
 */
typedef struct {
  AsvSpan name;     /* the one asked for; aliases (CNAME) are followed */
  guint32 ttl;      /* seconds */
  guint16 priority; /* 0: alias mode */
  AsvSpan target;   /* "" for "." where that is the name itself */
  const AsvSpan *alpn;
  gsize alpn_count;
  gboolean has_port;
  guint16 port;
  gboolean ech;
  const AsvAddress *hints; /* ipv4hint, then ipv6hint */
  gsize hints_count;
} AsvDnsHttps;

/* The addresses of one name in one answer, A or AAAA; aliases (CNAME) are followed: name is the one
 * that was asked for. */
typedef struct {
  AsvSpan name;
  guint32 ttl; /* the smallest */
  const AsvAddress *addresses;
  gsize count;
} AsvDnsAddresses;

typedef struct {
  void *self;
  void (*https)(void *self, const AsvPacketRef *at, const AsvDnsHttps *record);
  void (*addresses)(void *self, const AsvPacketRef *at, const AsvDnsAddresses *answer);
} AsvDnsEvents;

/* TRUE when a datagram or stream between these ports is taken for DNS: port 53 or 5353 on a side.
 */
gboolean asv_dns_port(guint16 a, guint16 b);

/* Reads one message. FALSE when it is no DNS message; queries and errors tell nothing. Of a cut one
 * the records that are whole are told. */
gboolean asv_dns_message(AsvSpan message, const AsvPacketRef *at, const AsvDnsEvents *events);

/* DNS over TCP: one side's octets. events is copied. The sink needs no end() before the stream is
 * freed. */
typedef struct AsvDnsStream AsvDnsStream;
AsvDnsStream *asv_dns_stream_new(const AsvDnsEvents *events);
AsvSink asv_dns_stream_sink(AsvDnsStream *stream);
void asv_dns_stream_free(AsvDnsStream *stream);

#endif

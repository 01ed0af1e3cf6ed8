/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parameters of an HTTPS record (RFC 9460 §2.2, §7, §8). */
#ifndef ANALYZER_DNS_SERVICE_H
#define ANALYZER_DNS_SERVICE_H

#include "analyzer/dns/dns.h"

/* What the parameters say, with room for the lists of an AsvDnsHttps. */
typedef struct {
  AsvSpan alpn[ASV_DNS_ALPN_MAX];
  gsize alpn_count;
  AsvAddress hints[ASV_DNS_HINTS_MAX];
  gsize hints_count;
  guint16 port;
  gboolean has_port, ech;
} AsvDnsService;

/* FALSE when they are malformed, or ask of the client to know more than RFC 9460 has: it must
 * ignore the record then. */
gboolean asv_dns_service_read(AsvDnsService *service, AsvSpan parameters);

#endif

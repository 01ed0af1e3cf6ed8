/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The PROXY protocol's header (haproxy's proxy-protocol.txt, §2): what a proxy
 * sends to a server before the first octet of the connection it passes on.
 */
#ifndef ANALYZER_PROXY_H
#define ANALYZER_PROXY_H

#include "analyzer/sink.h"

/*
 * Whether a stream that begins with first begins with such a header. When it
 * does (ASV_SNIFF_CLIENT), *size is the header's octets, which may be more than
 * first has; else *size is left alone. ASV_SNIFF_NO also for a header that a
 * receiver must refuse. At most ASV_PROXY_LINE_MAX octets are needed to tell.
 */
AsvSniff asv_proxy_sniff(AsvSpan first, gsize *size);

#endif

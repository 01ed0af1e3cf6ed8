/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one kind of body that is read: a DNS message (RFC 8484 §6), which may
 * say where an origin is served. It is collected by a sink, whichever way the
 * version of HTTP cuts bodies; all other bodies are waived as before.
 */
#ifndef ANALYZER_HTTP_BODY_H
#define ANALYZER_HTTP_BODY_H

#include "analyzer/http/context.h"

/*
 * To be asked with every header section of a final response. TRUE when its
 * body is wanted: 2xx, Content-Type application/dns-message, no content
 * coding, and events->dns_message is there. *sink then takes the octets and
 * losses of the body alone (no frame or chunk heads, no padding), and its
 * end() must be called exactly once, after which the sink is gone: with
 * ASV_END_FIN it tells dns_message, at the packet given, unless the body was
 * empty, too long or had losses; with anything else it tells nothing. bytes()
 * and gap() return a waiver, as of every sink. context and events are borrowed
 * until then.
 */
gboolean asv_body_open(AsvHttpContext *context, const AsvHttpEvents *events,
                       const AsvFields *fields, AsvSink *sink);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What HTTP events say, as the parts of observations: one reading for all that
 * observe. Spans are those of the event and borrowed as they are.
 */
#ifndef ANALYZER_OBSERVE_HTTP_H
#define ANALYZER_OBSERVE_HTTP_H

#include "altsvc/observation.h"
#include "analyzer/http/http.h"

AsvRequestSeen asv_observe_request(const AsvHttpRequest *request);
AsvResponseSeen asv_observe_response(const AsvHttpResponse *response);

/*
 * The Alt-Svc field of a response that has one (RFC 7838 §3). Several lines are
 * one list (RFC 9110 §5.3): it is written to joined, which is emptied before and
 * must stay as long as the result is used.
 */
AsvAdvertisementSeen asv_observe_alt_svc(const AsvHttpResponse *response, AsvVia via,
                                         GByteArray *joined);

/* The Keep-Alive field of a response that has one; of a request, as the event told it. */
AsvKeepAliveSeen asv_observe_keep_alive(const AsvHttpResponse *response);
AsvKeepAliveSeen asv_observe_keep_alive_request(const AsvHttpRequest *request, AsvSpan value,
                                                const char *why);

AsvUnreadableSeen asv_observe_unreadable(AsvSide from, AsvHttpUnreadable reason, guint64 bytes);

#endif

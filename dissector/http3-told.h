/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What analyzer/http tells of HTTP/3 messages, as observations. */
#ifndef DISSECTOR_HTTP3_TOLD_H
#define DISSECTOR_HTTP3_TOLD_H

#include "analyzer/http/http.h"
#include "connection.h"

/* The events of that connection, whose self it is. */
AsvHttpEvents altsvc_http3_events(AltsvcConnection *connection);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Keep-Alive field (RFC 9112 §9.3, appendix C.2.2; its parameters as in
 * RFC 2068 §19.7.1.1): how long, and for how many requests, a server keeps a
 * connection open. It tells when a client must open its next connection, which
 * is when it may switch to an alternative.
 */
#ifndef ALTSVC_KEEP_ALIVE_H
#define ALTSVC_KEEP_ALIVE_H

#include "altsvc/bytes.h"

typedef struct {
  gboolean has_timeout, has_max;
  guint64 timeout; /* seconds */
  guint64 max;     /* requests */
} AsvKeepAlive;

/* Reads `timeout=5, max=200`; unknown and faulty parameters are skipped, the last of a name counts.
 */
AsvKeepAlive asv_keep_alive_read(AsvSpan value);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Error codes of TLS, QUIC and HTTP/3 in words. */
#ifndef ANALYZER_OBSERVE_CODES_H
#define ANALYZER_OBSERVE_CODES_H

#include <glib.h>

/* An alert (RFC 8446 §6, RFC 5246 §7.2, RFC 7301 §3.2): "bad_certificate"; NULL when it is not one
 * that is known. */
const char *asv_code_alert(guint64 code);
/* The same of a transport error of QUIC below 0x100 (RFC 9000 §20.1, RFC 9368 §7): "NO_ERROR". */
const char *asv_code_transport(guint64 code);
/* The same of an error of HTTP/3 or QPACK (RFC 9114 §8.1, RFC 9204 §6, RFC 9297 §5.2). */
const char *asv_code_http3(guint64 code);

/* TRUE for the alerts by which a certificate is turned down. */
gboolean asv_code_is_certificate(guint64 alert);

#endif

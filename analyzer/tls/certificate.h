/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a server's certificate says about names: the dNSName and iPAddress
 * entries of its leaf (RFC 5280 §4.2.1.6) and its issuer (RFC 2253 text).
 */
#ifndef ANALYZER_TLS_CERTIFICATE_H
#define ANALYZER_TLS_CERTIFICATE_H

#include "altsvc/bytes.h"

/* Shared by the connection and by the sessions made on it. */
typedef struct {
  gatomicrefcount references;
  AsvSpan *names; /* NUL-terminated text; wildcards and case as written */
  gsize count;
  AsvSpan issuer;
} AsvCertificate;

/* Reads the DER of one certificate; NULL when it is none. The caller gives it to
 * asv_certificate_unref(). At most ASV_TLS_NAMES_MAX names are kept. */
AsvCertificate *asv_certificate_parse(AsvSpan der);
AsvCertificate *asv_certificate_ref(AsvCertificate *certificate);
void asv_certificate_unref(AsvCertificate *certificate); /* NULL is fine */

/*
 * Decompresses a certificate message (RFC 8879): algorithm 1 zlib, 2 brotli,
 * 3 zstd. NULL when the algorithm is unknown, the data damaged, its size not
 * the one announced, or that one above ASV_TLS_CERTIFICATE_MAX.
 */
GByteArray *asv_certificate_decompress(guint16 algorithm, AsvSpan data, gsize size);

#endif

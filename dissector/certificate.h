/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a server's certificate says about names (RFC 5280 §4.1, §4.2.1.6): its
 * dNSName and iPAddress entries, and its issuer as RFC 2253 text. Shared by a
 * connection and by the sessions made on it.
 */
#ifndef DISSECTOR_CERTIFICATE_H
#define DISSECTOR_CERTIFICATE_H

#include "altsvc/bytes.h"

typedef struct {
  GPtrArray *names; /* char* */
  char *issuer;
} AltsvcCertificate;

/* Reads DER; NULL when it is no certificate. To be given to altsvc_certificate_unref(). */
AltsvcCertificate *altsvc_certificate_read(AsvSpan der);
AltsvcCertificate *altsvc_certificate_ref(AltsvcCertificate *certificate); /* NULL is fine */
void altsvc_certificate_unref(gpointer certificate);                       /* NULL is fine */

#endif

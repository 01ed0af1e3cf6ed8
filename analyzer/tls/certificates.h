/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Certificates by their DER: a server shows the same one on every connection,
 * and reading it costs more than all else in a handshake.
 */
#ifndef ANALYZER_TLS_CERTIFICATES_H
#define ANALYZER_TLS_CERTIFICATES_H

#include "analyzer/tls/certificate.h"

typedef struct AsvCertificates AsvCertificates;

AsvCertificates *asv_certificates_new(void);

/* As asv_certificate_parse(), remembered while there is room. The caller unrefs the result. */
AsvCertificate *asv_certificates_get(AsvCertificates *certificates, AsvSpan der);
void asv_certificates_free(AsvCertificates *certificates);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What all connections share, those of TLS over TCP and those of QUIC: keys,
 * algorithms, and what servers showed and clients may come back to.
 */
#ifndef ANALYZER_TLS_CONTEXT_H
#define ANALYZER_TLS_CONTEXT_H

#include "analyzer/tls/certificates.h"
#include "analyzer/tls/crypto.h"
#include "analyzer/tls/record.h"
#include "analyzer/tls/session.h"
#include "analyzer/tls/tls.h"

struct AsvTlsContext {
  AsvKeys *keys; /* borrowed */
  AsvCrypto *crypto;
  AsvSessions *sessions;
  AsvCertificates *certificates;
  AsvBuffers *buffers; /* of TLS over TCP alone */
};

#endif

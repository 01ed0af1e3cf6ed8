/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The transport parameters that matter (RFC 9000 §18.2, RFC 9368 §3).
 */
#ifndef ANALYZER_QUIC_PARAMETERS_H
#define ANALYZER_QUIC_PARAMETERS_H

#include "altsvc/bytes.h"

typedef struct {
  AsvSpan original_destination; /* each NULL data when absent */
  AsvSpan initial_source, retry_source;
  AsvSpan stateless_reset_token;
  AsvSpan preferred_id;    /* of preferred_address: its connection id */
  AsvSpan preferred_token; /* and its stateless reset token */
  guint32 chosen_version;  /* version_information; 0 when absent */
} AsvTransportParameters;

/* Cuts the quic_transport_parameters extension, spans borrow from it; FALSE when it is damaged. */
gboolean asv_transport_parameters_parse(AsvSpan extension, AsvTransportParameters *parameters);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Display filters for Wireshark 4.0 and later that show what a finding is
 * about, made from the label of its connection.
 */
#ifndef ALTSVC_FINDING_FILTER_H
#define ALTSVC_FINDING_FILTER_H

#include "finding-catalogue.h"

/*
 * The filter for a fact, to be freed with g_free. NULL where Wireshark has no
 * number for the connection, or the code's rows have no filter.
 */
char *asv_finding_filter(AsvFilterKind kind, const AsvObservation *seen);

/* The stream of the message that was seen; FALSE when it has none. */
gboolean asv_finding_stream(const AsvObservation *seen, guint64 *stream);

#endif

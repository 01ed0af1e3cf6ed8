/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Observations as NDJSON, one object a line, in and out, and as one line of
 * text each. Octets that are no ASCII or are control characters stand as
 * \u00XX, so that reading gives back exactly what was written.
 */
#ifndef REPORT_OBSERVATIONS_H
#define REPORT_OBSERVATIONS_H

#include <stdio.h>

#include "altsvc/observation.h"

void asv_observation_write_json(FILE *out, const AsvObservation *observation, gboolean no_paths);
void asv_observation_write_text(FILE *out, const AsvObservation *observation, gboolean no_paths);

typedef struct AsvObservationReader AsvObservationReader;

/* Takes over in (closes it). name is for messages. */
AsvObservationReader *asv_observation_reader_new(FILE *in, const char *name);

/*
 * The next observation, owned by the reader until the next call; NULL at the
 * end (*error not set) or at a line that is no observation (*error says file,
 * line and why). Kinds and keys this version does not know are skipped.
 */
const AsvObservation *asv_observation_reader_next(AsvObservationReader *reader, GError **error);
void asv_observation_reader_free(AsvObservationReader *reader);

#endif

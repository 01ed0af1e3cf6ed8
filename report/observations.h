/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Observations as NDJSON, one object a line, in and out, and as one line of
 * text each. Octets that are no ASCII or are control characters stand as
 * \u00XX, one character an octet, in every string, so that reading gives back
 * exactly what was written.
 */
#ifndef REPORT_OBSERVATIONS_H
#define REPORT_OBSERVATIONS_H

#include <stdio.h>

#include "altsvc/observation.h"

/*
 * Writes one line of JSON, keys in a fixed order. no_paths leaves the paths of
 * requests out. A number above 2^63-1, which JSON readers do not take, is
 * written as 2^63-1 and read as G_MAXUINT64: only saturated numbers are that
 * large. The caller checks the stream for errors.
 */
void asv_observation_write_json(FILE *out, const AsvObservation *observation, gboolean no_paths);

/*
 * Writes one line for people: time, kind, connection, packet, then the
 * essential keys as key=value. A value with anything but visible ASCII stands
 * in single quotes, with \xXX for what is not printable.
 */
void asv_observation_write_text(FILE *out, const AsvObservation *observation, gboolean no_paths);

/* Lines of observations; ASV_OBSERVATION_LINE_MAX bounds them. */
typedef struct AsvObservationReader AsvObservationReader;

/* Codes of the reader's errors. */
typedef enum {
  ASV_OBSERVATION_ERROR_READ, /* the stream failed: nothing more can be read */
  ASV_OBSERVATION_ERROR_LINE /* the line is no observation: the next call reads the one behind it */
} AsvObservationError;

#define ASV_OBSERVATION_ERROR (asv_observation_error_quark())
GQuark asv_observation_error_quark(void);

/* Takes over in (closes it). name is for messages. */
AsvObservationReader *asv_observation_reader_new(FILE *in, const char *name);

/*
 * The next observation, owned by the reader until the next call; NULL at the
 * end (*error not set) or at a line that is no observation (*error says file,
 * line and why). Kinds and keys this version does not know are skipped, and so
 * are blank lines.
 */
const AsvObservation *asv_observation_reader_next(AsvObservationReader *reader, GError **error);

/* Begins again with the first line; FALSE when the stream cannot be rewound (a pipe). */
gboolean asv_observation_reader_rewind(AsvObservationReader *reader);
void asv_observation_reader_free(AsvObservationReader *reader);

#endif

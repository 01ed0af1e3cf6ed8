/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lines of HTTP/1 (RFC 9112 §3, §4, §5.1, §7.1), each without its line
 * end. What they say goes into fields.h.
 */
#ifndef ANALYZER_HTTP_LINE_H
#define ANALYZER_HTTP_LINE_H

#include "analyzer/http/fields.h"

/* A request line; FALSE when it is none. minor: of the version. */
gboolean asv_line_request(AsvSpan line, AsvFields *fields, guint8 *minor);
/* A status line; FALSE when it is none. */
gboolean asv_line_status(AsvSpan line, AsvFields *fields, guint8 *minor);

/*
 * A field line, or the continuation of one (obs-fold). *folds says before and
 * after whether a continuation belongs to the line added last. A line with NUL
 * or a CR inside is skipped (RFC 9110 §5.5). FALSE when it is no field line.
 */
gboolean asv_line_field(AsvSpan line, AsvFields *fields, gboolean *folds);

/* The size in a chunk's first line; FALSE when it has none below 2^60. */
gboolean asv_line_chunk_size(AsvSpan line, guint64 *size);

/* TRUE when a control octet other than HTAB stands in line: no request line has one. */
gboolean asv_line_has_control(AsvSpan line);

/* A character of a token (RFC 9110 §5.6.2). */
gboolean asv_line_is_token_octet(guint8 octet);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The fields of one header or trailer section that matter here, copied into a
 * buffer that is used again for the next section. Pseudo-fields of HTTP/2 and
 * the parts of HTTP/1's first line stand among them under the same names.
 */
#ifndef ANALYZER_HTTP_FIELDS_H
#define ANALYZER_HTTP_FIELDS_H

#include "altsvc/bytes.h"
#include "analyzer/limits.h"

typedef enum {
  ASV_FIELD_NONE,
  ASV_FIELD_METHOD,
  ASV_FIELD_SCHEME,
  ASV_FIELD_AUTHORITY, /* HTTP/1: of an absolute-form or CONNECT target */
  ASV_FIELD_PATH,
  ASV_FIELD_PROTOCOL,
  ASV_FIELD_STATUS,
  ASV_FIELD_AGE,
  ASV_FIELD_DATE,
  ASV_FIELD_HOST,
  ASV_FIELD_ALT_SVC,
  ASV_FIELD_REFERER,
  ASV_FIELD_ALT_USED,
  ASV_FIELD_USER_AGENT,
  ASV_FIELD_CONTENT_LENGTH,
  ASV_FIELD_SEC_FETCH_SITE,
  ASV_FIELD_HTTP2_SETTINGS,
  ASV_FIELD_VIA,
  ASV_FIELD_FORWARDED,
  ASV_FIELD_CONTENT_TYPE,
  ASV_FIELD_CONTENT_ENCODING,
  ASV_FIELD_UPPER_CASE, /* HTTP/2: the first line whose name has upper case, which is no field */
  ASV_FIELD_CONNECTION, /* from here on the connection-specific ones of RFC 9113 §8.2.2 */
  ASV_FIELD_KEEP_ALIVE,
  ASV_FIELD_PROXY_CONNECTION,
  ASV_FIELD_TRANSFER_ENCODING,
  ASV_FIELD_UPGRADE,
  ASV_FIELDS /* their number */
} AsvField;

typedef struct {
  AsvField field;
  guint32 from, size; /* in octets */
} AsvFieldLine;

typedef struct {
  guint8 *octets;
  gsize size, room;
  AsvFieldLine *lines;
  guint count, lines_room;
  guint16 first[ASV_FIELDS]; /* index of the first line, plus one; 0 when there is none */
  gboolean overflow;         /* a limit was reached: lines are missing */
} AsvFields;

/* fields must be zeroed memory at first. */
void asv_fields_reset(AsvFields *fields);
void asv_fields_free(AsvFields *fields);
/* A deep copy into zeroed memory. */
void asv_fields_copy(AsvFields *to, const AsvFields *from);

/* Which field a name is, without regard to case; ASV_FIELD_NONE for all others. */
AsvField asv_field_find(AsvSpan name);
/* The same where a name in upper case is none (RFC 9113 §8.2.1, RFC 9114 §4.2). */
AsvField asv_field_find_lower(AsvSpan name);
/* TRUE when a name has upper case. */
gboolean asv_field_is_upper(AsvSpan name);
/* The name of a connection-specific field, in lower case. */
const char *asv_field_name(AsvField field);

/* Adds a line; value is copied without leading and trailing white space. */
void asv_fields_add(AsvFields *fields, AsvField field, AsvSpan value);
/* Puts more octets behind the line added last. */
void asv_fields_append(AsvFields *fields, AsvSpan more);

/* The first line of a field; data NULL when absent. Valid until the next change. */
AsvSpan asv_fields_get(const AsvFields *fields, AsvField field);
AsvSpan asv_fields_line(const AsvFields *fields, guint index);
/* TRUE when the lines of field, as one list, have this token (no regard to case). */
gboolean asv_fields_has_token(const AsvFields *fields, AsvField field, const char *token);

#endif

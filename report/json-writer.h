/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON (RFC 8259) straight to a stream, keys in the order of the calls, one
 * value a line (indent 1) or all on one line. Written by hand because reports
 * must be equal octet by octet everywhere and may have millions of events.
 *
 * key is NULL for what stands in a list. What has nothing to say is left out
 * by the call itself where its contract says so.
 */
#ifndef REPORT_JSON_WRITER_H
#define REPORT_JSON_WRITER_H

#include <stdio.h>

#include "altsvc/bytes.h"

/* Begin with {.out = out, .pretty = ...}. */
typedef struct {
  FILE *out;
  gboolean pretty;
  guint depth;
  gboolean has_items; /* of the object or list that is open */
} AsvJson;

void asv_json_object(AsvJson *json, const char *key);
void asv_json_object_end(AsvJson *json);
void asv_json_list(AsvJson *json, const char *key);
void asv_json_list_end(AsvJson *json);

/* Ends a document, or a line of NDJSON. */
void asv_json_newline(AsvJson *json);

/* Octets of a capture: each that is not printable ASCII as \u00XX. Left out when data is NULL. */
void asv_json_octets(AsvJson *json, const char *key, AsvSpan octets);

/* As asv_json_octets() of a string; left out when it is NULL. */
void asv_json_string(AsvJson *json, const char *key, const char *string);

/* Words of ours: valid UTF-8 stays, controls and other octets as \u00XX. Left out when NULL. */
void asv_json_words(AsvJson *json, const char *key, const char *words);

void asv_json_number(AsvJson *json, const char *key, guint64 number);
void asv_json_boolean(AsvJson *json, const char *key, gboolean value);

/* A time in nanoseconds since 1970 UTC as RFC 3339 with nine decimals. */
void asv_json_time(AsvJson *json, const char *key, gint64 time);

/* Nanoseconds as a number of seconds with nine decimals. */
void asv_json_seconds(AsvJson *json, const char *key, gint64 nanoseconds);

/* The identity of a connection, 16 hexadecimal digits; left out when 0. */
void asv_json_id(AsvJson *json, const char *key, guint64 id);

/* A list of guint; left out when NULL or empty. */
void asv_json_ids(AsvJson *json, const char *key, const GArray *ids);

#endif

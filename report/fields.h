/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The keys of each kind of observation: what they are called, where in
 * AsvObservation their value lies and when they have something to say. Writer
 * and reader walk the same tables, so that they cannot disagree.
 */
#ifndef REPORT_FIELDS_H
#define REPORT_FIELDS_H

#include "altsvc/observation.h"

typedef enum {
  ASV_FIELD_TEXT,  /* const char * */
  ASV_FIELD_SPAN,  /* AsvSpan */
  ASV_FIELD_SPANS, /* AsvSpans */
  ASV_FIELD_COUNT, /* AsvSpans, of which only the number is told */
  ASV_FIELD_NUMBER,
  ASV_FIELD_TIME, /* gint64 */
  ASV_FIELD_FLAG, /* gboolean */
  ASV_FIELD_NAME  /* an enum whose values have names */
} AsvFieldType;

typedef enum {
  ASV_WHEN_ALWAYS,
  ASV_WHEN_PRESENT, /* a pointer that is not NULL; a name that is not NULL */
  ASV_WHEN_FILLED,  /* not 0, not FALSE, not empty */
  ASV_WHEN_SEVERAL, /* a list of more than one */
  ASV_WHEN_HAS,     /* the gboolean at `has` */
  ASV_WHEN_PACKETS, /* a capture with packets */
  ASV_WHEN_FRAME    /* an advertisement by ALTSVC frame */
} AsvFieldWhen;

/* The names of an enum's values 0 to count-1; NULL where a value has none. */
typedef struct {
  const char *(*name)(guint value);
  guint count;
} AsvFieldNames;

typedef struct {
  const char *key;
  AsvFieldType type;
  AsvFieldWhen when;
  gsize offset; /* of the value, in AsvObservation */
  gsize size;   /* of a number or enum: 1, 4 or 8 octets */
  gsize has;    /* of its gboolean, for ASV_WHEN_HAS */
  const AsvFieldNames *names;
  gboolean detail; /* the text form leaves it out */
  gboolean path;   /* of a request: --no-paths leaves it out */
} AsvField;

/* The fields of a kind in the order of output, behind those that every observation has. */
const AsvField *asv_fields(AsvObservationKind kind, gsize *count);

/* Where the value of a field lies in that observation. */
#define asv_field_at(field, observation, type) \
  ((const type *)(const void *)((const guint8 *)(observation) + (field)->offset))

/* Whether the field has something to say. */
gboolean asv_field_is_told(const AsvField *field, const AsvObservation *observation);

/* The value of a field of type NUMBER, FLAG, NAME or COUNT. */
guint64 asv_field_number(const AsvField *field, const AsvObservation *observation);

/* Sets it and its `has`; FALSE when the number does not fit. Not for COUNT. */
gboolean asv_field_set_number(const AsvField *field, AsvObservation *observation, guint64 number);

/* Sets a field of type TEXT, SPAN, SPANS or TIME from *value, which is of that type. */
void asv_field_set(const AsvField *field, AsvObservation *observation, const void *value);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads observations from NDJSON: a line of bounded length at a time, JSON by
 * jansson, keys by the tables of fields.h. The strings of an observation are
 * put back into octets in the buffer that held the line: they are never longer
 * than the JSON they came from.
 */
#include "observations.h"

#include <errno.h>
#include <jansson.h>

#include "altsvc/limits.h"
#include "fields.h"
#include "timestamp.h"

#define BLOCK_SIZE 65536 /* octets per read of the stream */

struct AsvObservationReader {
  FILE *in;
  char *name;
  guint64 line_number;
  guint8 *block;
  AsvReader left; /* of the block */
  GByteArray *line;
  gsize octets_used; /* of the line's buffer, by strings of the observation */
  GPtrArray *lists;  /* AsvSpan[] of the observation */
  AsvObservation observation;
  AsvConnectionRef connection;
};

G_DEFINE_QUARK(asv - observation - error - quark, asv_observation_error)

AsvObservationReader *asv_observation_reader_new(FILE *in, const char *name) {
  AsvObservationReader *reader = g_new0(AsvObservationReader, 1);
  reader->in = in;
  reader->name = g_strdup(name);
  reader->block = g_malloc(BLOCK_SIZE);
  reader->line = g_byte_array_new();
  reader->lists = g_ptr_array_new_with_free_func(g_free);
  return reader;
}

void asv_observation_reader_free(AsvObservationReader *reader) {
  fclose(reader->in);
  g_free(reader->name);
  g_free(reader->block);
  g_byte_array_unref(reader->line);
  g_ptr_array_unref(reader->lists);
  g_free(reader);
}

gboolean asv_observation_reader_rewind(AsvObservationReader *reader) {
  if (fseek(reader->in, 0, SEEK_SET) != 0) return FALSE;
  clearerr(reader->in);
  reader->left = asv_reader(asv_span(NULL, 0));
  reader->line_number = 0;
  return TRUE;
}

static gboolean line_fault(const AsvObservationReader *reader, GError **error, const char *why) {
  g_set_error(error, ASV_OBSERVATION_ERROR, ASV_OBSERVATION_ERROR_LINE,
              "%s: line %" G_GUINT64_FORMAT ": %s", reader->name, reader->line_number, why);
  return FALSE;
}

static gboolean key_fault(const AsvObservationReader *reader, GError **error, const char *key,
                          const char *why) {
  g_autofree char *text = g_strdup_printf("\"%s\" %s", key, why);
  return line_fault(reader, error, text);
}

typedef enum { LINE_READ, LINE_NONE, LINE_TOO_LONG } LineResult;

/* The next line without its end; beyond the limit it is read to its end and dropped. One that an
 * error cuts is none. */
static LineResult read_line(AsvObservationReader *reader) {
  gboolean any = FALSE, too_long = FALSE, ended = FALSE;
  g_byte_array_set_size(reader->line, 0);
  while (!ended) {
    if (asv_reader_left(&reader->left) == 0) {
      gsize size = fread(reader->block, 1, BLOCK_SIZE, reader->in);
      if (size == 0) break;
      reader->left = asv_reader(asv_span(reader->block, size));
    }
    gsize left = asv_reader_left(&reader->left);
    const guint8 *newline = memchr(reader->left.at, '\n', left);
    AsvSpan part =
        asv_read_span(&reader->left, newline ? (gsize)(newline - reader->left.at) : left);
    if (newline) asv_read_u8(&reader->left);
    ended = newline != NULL;
    any = TRUE;
    too_long = too_long || part.size > ASV_OBSERVATION_LINE_MAX - reader->line->len;
    if (!too_long && part.size) g_byte_array_append(reader->line, part.data, (guint)part.size);
  }
  if (!any || ferror(reader->in)) return LINE_NONE;
  reader->line_number++;
  return too_long ? LINE_TOO_LONG : LINE_READ;
}

/* One octet of each character, behind it a NUL; why not, or NULL. */
static const char *read_octets(AsvObservationReader *reader, const json_t *value, AsvSpan *octets) {
  if (!json_is_string(value)) return "is no string";
  AsvReader in = asv_reader(asv_span(json_string_value(value), json_string_length(value)));
  g_assert(asv_reader_left(&in) < reader->line->len - reader->octets_used);
  guint8 *start = reader->line->data + reader->octets_used;
  guint8 *to = start;
  while (asv_reader_left(&in)) {
    guint8 octet = asv_read_u8(&in);
    if (octet > 0xc3) return "has a character above U+00FF: each stands for one octet";
    if (octet > 127) octet = (guint8)((octet & 3) << 6 | (asv_read_u8(&in) & 63));
    *to++ = octet;
  }
  *to++ = '\0';
  reader->octets_used += (gsize)(to - start);
  *octets = asv_span(start, (gsize)(to - start) - 1);
  return NULL;
}

static const char *read_text(AsvObservationReader *reader, const json_t *value, const char **text) {
  AsvSpan octets;
  const char *problem = read_octets(reader, value, &octets);
  if (problem) return problem;
  if (memchr(octets.data, '\0', octets.size)) return "has a NUL";
  *text = (const char *)octets.data;
  return NULL;
}

static const char *read_list(AsvObservationReader *reader, const json_t *value, AsvSpans *spans) {
  if (!json_is_array(value)) return "is no list";
  gsize count = json_array_size(value);
  AsvSpan *items = g_new(AsvSpan, count);
  g_ptr_array_add(reader->lists, items);
  for (gsize i = 0; i < count; i++) {
    const char *problem = read_octets(reader, json_array_get(value, i), &items[i]);
    if (problem) return problem;
  }
  *spans = (AsvSpans){.items = items, .count = count};
  return NULL;
}

static const char *read_number(const json_t *value, guint64 *number) {
  if (!json_is_integer(value) || json_integer_value(value) < 0)
    return "is no whole number from 0 on";
  *number = (guint64)json_integer_value(value);
  if (*number == G_MAXINT64) *number = G_MAXUINT64;
  return NULL;
}

static const char *read_time(AsvObservationReader *reader, const json_t *value, gint64 *time) {
  AsvSpan octets;
  const char *problem = read_octets(reader, value, &octets);
  if (problem) return problem;
  return asv_timestamp_parse(octets, time) ? NULL : "is no time of RFC 3339 in UTC";
}

static const char *read_id(AsvObservationReader *reader, const json_t *value, guint64 *id) {
  AsvSpan octets;
  const char *problem = read_octets(reader, value, &octets);
  if (problem) return problem;
  *id = 0;
  for (gsize i = 0; i < octets.size; i++) {
    if (!g_ascii_isxdigit(octets.data[i])) return "is not hexadecimal";
    *id = *id << 4 | (guint64)g_ascii_xdigit_value((char)octets.data[i]);
  }
  return octets.size == 16 ? NULL : "does not have 16 digits";
}

static const char *read_name(AsvObservationReader *reader, const AsvField *field,
                             const json_t *value) {
  AsvSpan octets;
  const char *problem = read_octets(reader, value, &octets);
  if (problem) return problem;
  for (guint i = 0; i < field->names->count; i++) {
    const char *name = field->names->name(i);
    if (!name || !asv_span_is(octets, name)) continue;
    asv_field_set_number(field, &reader->observation, i);
    return NULL;
  }
  return "has a value this version does not know";
}

static const char *read_field(AsvObservationReader *reader, const AsvField *field,
                              const json_t *value) {
  const char *problem = NULL;
  union {
    const char *text;
    AsvSpan span;
    AsvSpans spans;
    gint64 time;
  } found;
  guint64 number;
  switch (field->type) {
    case ASV_FIELD_TEXT:
      problem = read_text(reader, value, &found.text);
      break;
    case ASV_FIELD_SPAN:
      problem = read_octets(reader, value, &found.span);
      break;
    case ASV_FIELD_SPANS:
      problem = read_list(reader, value, &found.spans);
      break;
    case ASV_FIELD_TIME:
      problem = read_time(reader, value, &found.time);
      break;
    case ASV_FIELD_NAME:
      return read_name(reader, field, value);
    case ASV_FIELD_FLAG:
      if (!json_is_boolean(value)) return "is neither true nor false";
      asv_field_set_number(field, &reader->observation, json_is_true(value));
      return NULL;
    case ASV_FIELD_NUMBER:
      problem = read_number(value, &number);
      if (problem) return problem;
      return asv_field_set_number(field, &reader->observation, number) ? NULL : "is too large";
    case ASV_FIELD_COUNT:
      return NULL;
  }
  if (!problem) asv_field_set(field, &reader->observation, &found);
  return problem;
}

/* The value of a key that must be there; NULL and *error when it is not. */
static const json_t *need(const AsvObservationReader *reader, const json_t *object, const char *key,
                          GError **error) {
  const json_t *value = json_object_get(object, key);
  if (!value) key_fault(reader, error, key, "is missing");
  return value;
}

static gboolean read_connection(AsvObservationReader *reader, const json_t *object,
                                GError **error) {
  AsvConnectionRef *ref = &reader->connection;
  const struct {
    const char *key;
    const char **text;
  } texts[] = {{"client", &ref->client}, {"server", &ref->server}, {"connection", &ref->label}};
  const char *problem;
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
    const json_t *value = need(reader, object, texts[i].key, error);
    if (!value) return FALSE;
    problem = read_text(reader, value, texts[i].text);
    if (problem) return key_fault(reader, error, texts[i].key, problem);
  }
  const json_t *id = need(reader, object, "id", error);
  if (!id) return FALSE;
  problem = read_id(reader, id, &ref->id);
  if (problem) return key_fault(reader, error, "id", problem);
  reader->observation.connection = ref;
  return TRUE;
}

/* What every observation has. */
static gboolean read_head(AsvObservationReader *reader, const json_t *object, GError **error) {
  AsvObservation *observation = &reader->observation;
  const json_t *time = need(reader, object, "time", error);
  if (!time) return FALSE;
  const char *problem = read_time(reader, time, &observation->time);
  if (problem) return key_fault(reader, error, "time", problem);

  const json_t *file = need(reader, object, "file", error);
  if (!file) return FALSE;
  problem = read_text(reader, file, &observation->file);
  if (problem) return key_fault(reader, error, "file", problem);

  const json_t *packet = need(reader, object, "packet", error);
  if (!packet) return FALSE;
  problem = read_number(packet, &observation->packet);
  if (problem) return key_fault(reader, error, "packet", problem);

  return observation->kind == ASV_OBSERVATION_CAPTURE || read_connection(reader, object, error);
}

static gboolean read_fields(AsvObservationReader *reader, const json_t *object, GError **error) {
  gsize count;
  const AsvField *fields = asv_fields(reader->observation.kind, &count);
  for (gsize i = 0; i < count; i++) {
    const json_t *value = json_object_get(object, fields[i].key);
    if (value) {
      const char *problem = read_field(reader, &fields[i], value);
      if (problem) return key_fault(reader, error, fields[i].key, problem);
    } else if (fields[i].type == ASV_FIELD_NAME && fields[i].when == ASV_WHEN_ALWAYS) {
      return key_fault(reader, error, fields[i].key, "is missing");
    }
  }
  return TRUE;
}

static gboolean find_kind(const char *name, AsvObservationKind *kind) {
  for (guint i = 0; i < ASV_OBSERVATION_KINDS; i++) {
    *kind = (AsvObservationKind)i;
    if (strcmp(name, asv_observation_kind_name(*kind)) == 0) return TRUE;
  }
  return FALSE;
}

typedef enum { OBJECT_READ, OBJECT_SKIPPED, OBJECT_FAULTY } ObjectResult;

static ObjectResult read_object(AsvObservationReader *reader, const json_t *object,
                                GError **error) {
  const char *schema = json_string_value(json_object_get(object, "schema"));
  const char *kind = json_string_value(json_object_get(object, "kind"));
  if (g_strcmp0(schema, ASV_OBSERVATION_SCHEMA) != 0) {
    key_fault(reader, error, "schema", "is not " ASV_OBSERVATION_SCHEMA);
    return OBJECT_FAULTY;
  }
  if (!kind) {
    key_fault(reader, error, "kind", "is missing");
    return OBJECT_FAULTY;
  }
  reader->observation = (AsvObservation){0};
  if (!find_kind(kind, &reader->observation.kind)) return OBJECT_SKIPPED;
  return read_head(reader, object, error) && read_fields(reader, object, error) ? OBJECT_READ
                                                                                : OBJECT_FAULTY;
}

static ObjectResult parse_line(AsvObservationReader *reader, GError **error) {
  json_error_t why;
  AsvSpan line = asv_span_trim(asv_span(reader->line->data, reader->line->len));
  if (line.size == 0 || asv_span_is(line, "\r")) return OBJECT_SKIPPED;
  json_t *object = json_loadb((const char *)line.data, line.size, JSON_ALLOW_NUL, &why);
  if (!object) {
    g_autofree char *text = g_strdup_printf("no JSON: %s at octet %d", why.text, why.position);
    line_fault(reader, error, text);
    return OBJECT_FAULTY;
  }
  reader->octets_used = 0;
  g_ptr_array_set_size(reader->lists, 0);
  ObjectResult result = read_object(reader, object, error);
  json_decref(object);
  return result;
}

const AsvObservation *asv_observation_reader_next(AsvObservationReader *reader, GError **error) {
  while (TRUE) {
    LineResult line = read_line(reader);
    if (line == LINE_TOO_LONG) {
      line_fault(reader, error, "longer than " G_STRINGIFY(ASV_OBSERVATION_LINE_MAX) " octets");
      return NULL;
    }
    if (line == LINE_NONE) break;
    ObjectResult object = parse_line(reader, error);
    if (object != OBJECT_SKIPPED) return object == OBJECT_READ ? &reader->observation : NULL;
  }
  if (ferror(reader->in))
    g_set_error(error, ASV_OBSERVATION_ERROR, ASV_OBSERVATION_ERROR_READ,
                "%s: line %" G_GUINT64_FORMAT ": cannot be read: %s", reader->name,
                reader->line_number + 1, g_strerror(errno));
  return NULL;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes observations, as JSON (RFC 8259) and as text. Strings are octets of
 * the capture and hostile: whatever is not visible ASCII is escaped. Written by
 * hand and straight to the stream: there may be millions of them.
 */
#include "observations.h"

#include "fields.h"
#include "timestamp.h"

static void put(FILE *out, const char *text) {
  fputs_unlocked(text, out);
}

static void put_number(FILE *out, guint64 number) {
  char digits[20];
  gsize at = sizeof digits;
  do {
    digits[--at] = (char)('0' + number % 10);
    number /= 10;
  } while (number);
  fwrite_unlocked(digits + at, 1, sizeof digits - at, out);
}

static void put_hex(FILE *out, guint64 number, guint digits) {
  while (digits--) putc_unlocked("0123456789abcdef"[number >> (4 * digits) & 15], out);
}

static gboolean is_visible(guint8 octet) {
  return octet > ' ' && octet < 127;
}

/* How octets stand between two quotes. */
typedef struct {
  char quote;
  const char *hex; /* in front of the two digits of an octet that is not printable */
} Quoting;

static const Quoting json_quoting = {'"', "\\u00"};
static const Quoting text_quoting = {'\'', "\\x"};

static void put_quoted(FILE *out, AsvSpan octets, const Quoting *quoting) {
  const guint8 *at = octets.data;
  const guint8 *end = at + octets.size;
  putc_unlocked(quoting->quote, out);
  while (at < end) {
    const guint8 *plain = at;
    while (at < end && (is_visible(*at) || *at == ' ') && *at != quoting->quote && *at != '\\')
      at++;
    if (at > plain) fwrite_unlocked(plain, 1, (gsize)(at - plain), out);
    if (at == end) break;
    if (*at == quoting->quote || *at == '\\') {
      putc_unlocked('\\', out);
      putc_unlocked(*at, out);
    } else {
      put(out, quoting->hex);
      put_hex(out, *at, 2);
    }
    at++;
  }
  putc_unlocked(quoting->quote, out);
}

static void put_json_string(FILE *out, AsvSpan octets) {
  put_quoted(out, octets, &json_quoting);
}

static void put_time(FILE *out, gint64 time) {
  char text[ASV_TIMESTAMP_SIZE];
  asv_timestamp_write(time, text);
  put(out, text);
}

static void put_key(FILE *out, const char *key) {
  put(out, ",\"");
  put(out, key);
  put(out, "\":");
}

static void put_json_text(FILE *out, const char *key, const char *text) {
  if (!text) return;
  put_key(out, key);
  put_json_string(out, asv_span_text(text));
}

static void put_json_time(FILE *out, const char *key, gint64 time) {
  put_key(out, key);
  putc_unlocked('"', out);
  put_time(out, time);
  putc_unlocked('"', out);
}

static void put_json_list(FILE *out, const AsvSpans *spans) {
  putc_unlocked('[', out);
  for (gsize i = 0; i < spans->count; i++) {
    if (i) putc_unlocked(',', out);
    put_json_string(out, spans->items[i]);
  }
  putc_unlocked(']', out);
}

static void put_json_number(FILE *out, guint64 number) {
  put_number(out, MIN(number, (guint64)G_MAXINT64));
}

static void put_json_field(FILE *out, const AsvField *field, const AsvObservation *observation) {
  guint64 number;
  if (field->type == ASV_FIELD_TIME) {
    put_json_time(out, field->key, *asv_field_at(field, observation, gint64));
    return;
  }
  put_key(out, field->key);
  switch (field->type) {
    case ASV_FIELD_TEXT:
      put_json_string(out, asv_span_text(*asv_field_at(field, observation, char *)));
      break;
    case ASV_FIELD_SPAN:
      put_json_string(out, *asv_field_at(field, observation, AsvSpan));
      break;
    case ASV_FIELD_SPANS:
      put_json_list(out, asv_field_at(field, observation, AsvSpans));
      break;
    case ASV_FIELD_FLAG:
      put(out, asv_field_number(field, observation) ? "true" : "false");
      break;
    case ASV_FIELD_NAME:
      number = asv_field_number(field, observation);
      put_json_string(out, asv_span_text(field->names->name((guint)number)));
      break;
    default:
      put_json_number(out, asv_field_number(field, observation));
  }
}

static void put_json_connection(FILE *out, const AsvConnectionRef *connection) {
  put_json_text(out, "client", connection->client);
  put_json_text(out, "server", connection->server);
  put_json_text(out, "connection", connection->label);
  put_key(out, "id");
  putc_unlocked('"', out);
  put_hex(out, connection->id, 16);
  putc_unlocked('"', out);
}

static gboolean is_wanted(const AsvField *field, const AsvObservation *observation,
                          gboolean no_paths) {
  return !(no_paths && field->path) && asv_field_is_told(field, observation);
}

void asv_observation_write_json(FILE *out, const AsvObservation *observation, gboolean no_paths) {
  put(out, "{\"schema\":\"" ASV_OBSERVATION_SCHEMA "\"");
  put_json_text(out, "kind", asv_observation_kind_name(observation->kind));
  put_json_time(out, "time", observation->time);
  put_json_text(out, "file", observation->file);
  put_key(out, "packet");
  put_json_number(out, observation->packet);
  if (observation->connection) put_json_connection(out, observation->connection);

  gsize count;
  const AsvField *fields = asv_fields(observation->kind, &count);
  for (gsize i = 0; i < count; i++)
    if (is_wanted(&fields[i], observation, no_paths)) put_json_field(out, &fields[i], observation);
  put(out, "}\n");
}

/* As it is when it is one visible word, otherwise in quotes. */
static void put_word(FILE *out, AsvSpan octets) {
  gboolean plain = octets.size > 0;
  for (gsize i = 0; i < octets.size && plain; i++)
    plain = is_visible(octets.data[i]) && !strchr("'\"\\,", octets.data[i]);
  if (plain)
    fwrite_unlocked(octets.data, 1, octets.size, out);
  else
    put_quoted(out, octets, &text_quoting);
}

static void put_text_field(FILE *out, const AsvField *field, const AsvObservation *observation) {
  const AsvSpans *spans;
  guint64 number;
  putc_unlocked(' ', out);
  put(out, field->key);
  putc_unlocked('=', out);
  switch (field->type) {
    case ASV_FIELD_TEXT:
      put_word(out, asv_span_text(*asv_field_at(field, observation, char *)));
      break;
    case ASV_FIELD_SPAN:
      put_word(out, *asv_field_at(field, observation, AsvSpan));
      break;
    case ASV_FIELD_SPANS:
      spans = asv_field_at(field, observation, AsvSpans);
      for (gsize i = 0; i < spans->count; i++) {
        if (i) putc_unlocked(',', out);
        put_word(out, spans->items[i]);
      }
      break;
    case ASV_FIELD_FLAG:
      put(out, asv_field_number(field, observation) ? "yes" : "no");
      break;
    case ASV_FIELD_NAME:
      number = asv_field_number(field, observation);
      put(out, field->names->name((guint)number));
      break;
    case ASV_FIELD_TIME:
      put_time(out, *asv_field_at(field, observation, gint64));
      break;
    default:
      put_number(out, asv_field_number(field, observation));
  }
}

/* The text form says once who is at the ends of a connection; a UDP exchange has no beginning. */
static gboolean tells_ends(AsvObservationKind kind) {
  return kind == ASV_OBSERVATION_CONNECTION || kind == ASV_OBSERVATION_HTTPS_RECORD ||
         kind == ASV_OBSERVATION_ADDRESS_RECORD;
}

void asv_observation_write_text(FILE *out, const AsvObservation *observation, gboolean no_paths) {
  const AsvConnectionRef *connection = observation->connection;
  put_time(out, observation->time);
  putc_unlocked(' ', out);
  put(out, asv_observation_kind_name(observation->kind));
  putc_unlocked(' ', out);
  put_word(out, asv_span_text(connection ? connection->label : observation->file));
  put(out, " #");
  put_number(out, observation->packet);
  if (connection && tells_ends(observation->kind)) {
    put(out, " client=");
    put_word(out, asv_span_text(connection->client));
    put(out, " server=");
    put_word(out, asv_span_text(connection->server));
  }

  gsize count;
  const AsvField *fields = asv_fields(observation->kind, &count);
  for (gsize i = 0; i < count; i++)
    if (!fields[i].detail && is_wanted(&fields[i], observation, no_paths))
      put_text_field(out, &fields[i], observation);
  putc_unlocked('\n', out);
}

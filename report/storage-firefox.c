/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Firefox's AlternateServices.bin: records of 1286 octets, numbers big-endian:
 * exclusive or of all other 16-bit words, score, day, 256 octets of key, 1024
 * of value, both filled up with NUL; a record of NULs is a free one. The older
 * AlternateServices.txt has lines of key, score, day and value, a tab between.
 *
 * A value is scheme:origin host:port:alternative's host:port:user:private:
 * expires (seconds since 1970):ALPN:validated:epoch:mixed scheme:partition:...
 */
#include "storage-formats.h"

#define RECORD_SIZE 1286
#define KEY_SIZE 256
#define VALUE_SIZE 1024

static AsvSpan without_nuls(AsvSpan text) {
  const guint8 *end = memchr(text.data, 0, text.size);
  return end ? asv_span_sub(text, 0, (gsize)(end - text.data)) : text;
}

static gboolean is_intact(AsvSpan record) {
  AsvReader in = asv_reader(record);
  guint16 words = 0;
  while (asv_reader_left(&in)) words ^= asv_read_u16(&in);
  return words == 0;
}

gboolean asv_storage_is_firefox(AsvSpan octets) {
  AsvSpan first = asv_span_sub(octets, 0, RECORD_SIZE);
  if (first.size < RECORD_SIZE || !memchr(first.data, 0, first.size)) return FALSE;
  return octets.size % RECORD_SIZE == 0 || is_intact(first);
}

/* "^partitionKey=%28https%2Ca.test%29": what is behind the name, decoded. NULL when empty. */
static char *partition_of(AsvSpan suffix) {
  static const char name[] = "^partitionKey=";
  gsize size = strlen(name);
  if (!suffix.size) return NULL;
  if (asv_span_is(asv_span_sub(suffix, 0, size), name))
    suffix = asv_span_sub(suffix, size, suffix.size);
  g_autofree char *text = asv_span_dup(suffix);
  char *decoded = g_uri_unescape_string(text, NULL);
  return decoded ? decoded : g_steal_pointer(&text);
}

static gboolean read_yes_no(AsvSpan word, gboolean *yes) {
  *yes = asv_span_is(word, "y");
  return *yes || asv_span_is(word, "n");
}

/* What is wrong with it, or NULL. parts->rest.partition is the caller's to free. */
static const char *read_value(AsvSpan value, AsvStoredParts *parts) {
  AsvSpan words[13];
  guint64 expires;
  for (gsize i = 0; i < G_N_ELEMENTS(words); i++) words[i] = asv_storage_cut(&value, ':');
  parts->is_http = asv_span_is(words[0], "http");
  if (!parts->is_http && !asv_span_is(words[0], "https")) return "begins with no scheme of the web";
  parts->host = words[1];
  parts->other_host = words[3];
  if (!parts->host.size) return "the origin's host is empty";
  if (!asv_span_decimal(words[2], &parts->port) || !asv_span_decimal(words[4], &parts->other_port))
    return "a port is no number";
  if (!asv_span_decimal(words[7], &expires)) return "the time it expires is no number";
  parts->rest.expires = asv_storage_seconds(expires);
  parts->protocol_id = words[8];
  parts->rest.has_validated = TRUE;
  if (!read_yes_no(words[9], &parts->rest.validated)) return "validated is neither y nor n";
  parts->rest.partition = partition_of(words[12]);
  return NULL;
}

static gboolean add_value(const AsvStorageReading *reading, const char *place, AsvSpan value) {
  AsvStoredParts parts = {0};
  const char *why = read_value(value, &parts);
  gboolean done =
      why ? asv_storage_fault(reading, place, why) : asv_storage_add(reading, place, &parts);
  g_free(parts.rest.partition);
  return done;
}

gboolean asv_storage_read_firefox(const AsvStorageReading *reading, AsvSpan octets) {
  AsvReader in = asv_reader(octets);
  char place[32];
  for (guint number = 1; asv_reader_left(&in); number++) {
    g_snprintf(place, sizeof place, "record %u", number);
    AsvSpan record = asv_read_span(&in, RECORD_SIZE);
    if (in.failed) return asv_storage_fault(reading, place, "is cut short");
    if (!is_intact(record)) return asv_storage_fault(reading, place, "its checksum is wrong");
    AsvSpan key = asv_span_sub(record, RECORD_SIZE - VALUE_SIZE - KEY_SIZE, KEY_SIZE);
    AsvSpan value = asv_span_sub(record, RECORD_SIZE - VALUE_SIZE, VALUE_SIZE);
    if (!without_nuls(key).size) continue;
    if (!add_value(reading, place, without_nuls(value))) return FALSE;
  }
  return TRUE;
}

/* ---- the older form ---- */

/* The fourth field of a line, NULL data when there is none. */
static AsvSpan value_of_line(AsvSpan line) {
  for (guint i = 0; i < 3; i++) {
    asv_storage_cut(&line, '\t');
    if (!line.size) return asv_span(NULL, 0);
  }
  return line;
}

gboolean asv_storage_is_firefox_text(AsvSpan octets) {
  AsvSpan line = asv_storage_cut(&octets, '\n');
  return !memchr(line.data, 0, line.size) && value_of_line(line).size > 0;
}

gboolean asv_storage_read_firefox_text(const AsvStorageReading *reading, AsvSpan octets) {
  char place[32];
  for (guint number = 1; octets.size; number++) {
    AsvSpan line = asv_storage_cut(&octets, '\n');
    if (line.size && line.data[line.size - 1] == '\r') line.size--;
    if (!line.size) continue;
    g_snprintf(place, sizeof place, "line %u", number);
    AsvSpan value = value_of_line(line);
    if (!value.size) return asv_storage_fault(reading, place, "does not have four fields");
    if (!add_value(reading, place, value)) return FALSE;
  }
  return TRUE;
}

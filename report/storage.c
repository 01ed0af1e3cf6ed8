/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads a client's storage of alternatives: recognises whose it is by content,
 * and checks what the formats have in common.
 */
#include "storage.h"

#include <errno.h>

#include "altsvc/limits.h"
#include "altsvc/origin.h"
#include "storage-formats.h"

#define SECOND G_GINT64_CONSTANT(1000000000)

G_DEFINE_QUARK(asv - storage - error - quark, asv_storage_error)

static void stored_free(gpointer data) {
  AsvStored *stored = data;
  g_free(stored->origin);
  g_free(stored->protocol_id);
  g_free(stored->host);
  g_free(stored->learned_over);
  g_free(stored->partition);
  g_free(stored);
}

static void mark_free(gpointer data) {
  AsvStoredMark *mark = data;
  g_free(mark->protocol_id);
  g_free(mark->host);
  g_free(mark->partition);
  g_free(mark);
}

static AsvStorage *storage_new(void) {
  AsvStorage *storage = g_new0(AsvStorage, 1);
  storage->entries = g_ptr_array_new_with_free_func(stored_free);
  storage->marks = g_ptr_array_new_with_free_func(mark_free);
  return storage;
}

void asv_storage_free(AsvStorage *storage) {
  if (!storage) return;
  g_ptr_array_unref(storage->entries);
  g_ptr_array_unref(storage->marks);
  g_free(storage);
}

/* ---- what the formats share ---- */

gboolean asv_storage_fault(const AsvStorageReading *reading, const char *place, const char *why) {
  g_set_error(reading->error, ASV_STORAGE_ERROR, ASV_STORAGE_ERROR_DAMAGE, "%s: %s: %s",
              reading->name, place, why);
  return FALSE;
}

gint64 asv_storage_seconds(guint64 seconds) {
  return seconds > G_MAXINT64 / SECOND ? G_MAXINT64 : (gint64)seconds * SECOND;
}

AsvSpan asv_storage_cut(AsvSpan *text, char separator) {
  const guint8 *at = text->size ? memchr(text->data, separator, text->size) : NULL;
  gsize size = at ? (gsize)(at - text->data) : text->size;
  AsvSpan part = asv_span_sub(*text, 0, size);
  *text = asv_span_sub(*text, size + 1, text->size);
  return part;
}

gboolean asv_storage_is_text(AsvSpan text, gsize max) {
  return text.size && text.size <= max && !memchr(text.data, 0, text.size);
}

static gboolean write_origin(const AsvStoredParts *parts, char buffer[ASV_ORIGIN_MAX],
                             AsvOrigin *origin) {
  char text[ASV_ORIGIN_MAX];
  AsvSpan from = parts->origin;
  if (!from.size) {
    if (parts->host.size > ASV_HOST_MAX || parts->port > G_MAXUINT16) return FALSE;
    int size = g_snprintf(text, sizeof text, "%s://%.*s:%" G_GUINT64_FORMAT,
                          asv_scheme_name(parts->is_http ? ASV_SCHEME_HTTP : ASV_SCHEME_HTTPS),
                          (int)parts->host.size, (const char *)parts->host.data, parts->port);
    from = asv_span(text, (gsize)size);
  }
  if (asv_origin_parse(from, origin) || !asv_origin_write(origin, buffer)) return FALSE;
  return asv_origin_parse(asv_span_text(buffer), origin) == NULL;
}

gboolean asv_storage_add(const AsvStorageReading *reading, const char *place,
                         const AsvStoredParts *parts) {
  char written[ASV_ORIGIN_MAX];
  AsvOrigin origin;
  AsvSpan host = parts->other_host;
  if (reading->storage->entries->len >= ASV_STORAGE_ENTRIES_MAX) {
    g_set_error(reading->error, ASV_STORAGE_ERROR, ASV_STORAGE_ERROR_LIMIT,
                "%s: %s: more entries than the limit of " G_STRINGIFY(ASV_STORAGE_ENTRIES_MAX),
                reading->name, place);
    return FALSE;
  }
  if (!write_origin(parts, written, &origin))
    return asv_storage_fault(reading, place, "what should be an origin is none");
  if (!asv_storage_is_text(parts->protocol_id, ASV_ALPN_MAX))
    return asv_storage_fault(reading, place, "what should be a protocol is none");
  if (host.size && !asv_storage_is_text(host, ASV_HOST_MAX))
    return asv_storage_fault(reading, place, "what should be the alternative's host is none");
  if (parts->other_port > G_MAXUINT16)
    return asv_storage_fault(reading, place, "the alternative's port is above 65535");
  if (!host.size) host = origin.host;
  AsvStored *stored = g_memdup2(&parts->rest, sizeof parts->rest);
  stored->origin = g_strdup(written);
  stored->protocol_id = asv_span_dup(parts->protocol_id);
  stored->host = g_ascii_strdown((const char *)host.data, (gssize)host.size);
  stored->port = (guint16)parts->other_port;
  stored->learned_over = g_strdup(stored->learned_over);
  stored->partition = g_strdup(stored->partition);
  g_ptr_array_add(reading->storage->entries, stored);
  return TRUE;
}

/* ---- files ---- */

static gboolean is_json(AsvSpan octets) {
  for (gsize i = 0; i < octets.size; i++)
    if (!g_ascii_isspace(octets.data[i])) return octets.data[i] == '{';
  return FALSE;
}

static gboolean parse(const AsvStorageReading *reading, AsvSpan octets) {
  AsvStorageFormat *format = &reading->storage->format;
  *format = ASV_STORAGE_EMPTY;
  if (!octets.size) return TRUE;
  *format = ASV_STORAGE_FIREFOX; /* before all text: its first octets can be any */
  if (asv_storage_is_firefox(octets)) return asv_storage_read_firefox(reading, octets);
  *format = ASV_STORAGE_CHROMIUM;
  if (is_json(octets)) return asv_storage_read_chromium(reading, octets);
  *format = ASV_STORAGE_FIREFOX_TEXT;
  if (asv_storage_is_firefox_text(octets)) return asv_storage_read_firefox_text(reading, octets);
  *format = ASV_STORAGE_CURL;
  if (asv_storage_is_curl(octets)) return asv_storage_read_curl(reading, octets);
  g_set_error(reading->error, ASV_STORAGE_ERROR, ASV_STORAGE_ERROR_FORMAT,
              "%s: not a storage of alternatives that is known: neither curl's nor Chromium's nor "
              "Firefox's",
              reading->name);
  return FALSE;
}

AsvStorage *asv_storage_parse(AsvSpan octets, const char *name, GError **error) {
  AsvStorageReading reading = {.name = name, .storage = storage_new(), .error = error};
  if (parse(&reading, octets)) return reading.storage;
  asv_storage_free(reading.storage);
  return NULL;
}

AsvStorage *asv_storage_read(const char *file, GError **error) {
  FILE *in = fopen(file, "re");
  if (!in) {
    g_set_error(error, ASV_STORAGE_ERROR, ASV_STORAGE_ERROR_READ, "%s: %s", file,
                g_strerror(errno));
    return NULL;
  }
  AsvStorage *storage = NULL;
  guint8 *octets = g_malloc(ASV_STORAGE_SIZE_MAX + 1);
  gsize size = fread(octets, 1, ASV_STORAGE_SIZE_MAX + 1, in);
  if (ferror(in))
    g_set_error(error, ASV_STORAGE_ERROR, ASV_STORAGE_ERROR_READ, "%s: cannot be read: %s", file,
                g_strerror(errno));
  else if (size > ASV_STORAGE_SIZE_MAX)
    g_set_error(error, ASV_STORAGE_ERROR, ASV_STORAGE_ERROR_LIMIT,
                "%s: larger than %d octets: no storage of alternatives", file,
                ASV_STORAGE_SIZE_MAX);
  else
    storage = asv_storage_parse(asv_span(octets, size), file, error);
  g_free(octets);
  fclose(in);
  return storage;
}

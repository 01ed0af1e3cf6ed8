/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Chromium's "Network Persistent State": JSON with net.http_server_properties,
 * in it servers[] with alternative_service[], and broken_alternative_services[].
 * Entries expire at microseconds since 1601, marks at seconds since 1970, both
 * as strings. "quic" stands for what advertised_alpns says.
 */
#include <jansson.h>

#include "altsvc/limits.h"
#include "storage-formats.h"

/* From 1601 to 1970. */
#define EPOCH_SECONDS G_GINT64_CONSTANT(11644473600)
#define MICROSECONDS G_GINT64_CONSTANT(1000000)

static AsvSpan text_of(const json_t *value) {
  return asv_span(json_string_value(value), json_string_length(value));
}

/* A whole number from 0 on, also as a string. */
static gboolean read_number(const json_t *value, guint64 *number) {
  if (json_is_integer(value) && json_integer_value(value) >= 0) {
    *number = (guint64)json_integer_value(value);
    return TRUE;
  }
  return json_is_string(value) && asv_span_decimal(text_of(value), number);
}

/* Microseconds since 1601 as nanoseconds since 1970. */
static gint64 time_of(guint64 microseconds) {
  guint64 epoch = (guint64)(EPOCH_SECONDS * MICROSECONDS);
  if (microseconds <= epoch) return 0;
  guint64 since = microseconds - epoch;
  return since > G_MAXINT64 / 1000 ? G_MAXINT64 : (gint64)since * 1000;
}

/*
 * The site that anonymization[0] names, in base64: a size, a length and as many
 * octets of text, numbers little-endian. NULL when there is none.
 */
static char *partition_of(const json_t *server) {
  const char *text = json_string_value(json_array_get(json_object_get(server, "anonymization"), 0));
  if (!text || !*text) return NULL;
  gsize size = 0;
  g_autofree guint8 *octets = g_base64_decode(text, &size);
  AsvReader in = asv_reader(asv_span(octets, size));
  asv_read_u32(&in);
  guint32 length = GUINT32_SWAP_LE_BE(asv_read_u32(&in));
  AsvSpan site = asv_read_span(&in, length);
  return in.failed || !site.size ? NULL : asv_span_dup(site);
}

/* ---- entries ---- */

/* An alternative service once for each protocol that it was advertised with. */
static gboolean add_each(const AsvStorageReading *reading, const char *place,
                         const json_t *alternative, AsvStoredParts *parts) {
  const json_t *alpns = json_object_get(alternative, "advertised_alpns");
  if (!asv_span_is(parts->protocol_id, "quic") || !json_array_size(alpns))
    return asv_storage_add(reading, place, parts);
  for (gsize i = 0; i < json_array_size(alpns); i++) {
    parts->protocol_id = text_of(json_array_get(alpns, i));
    if (!asv_storage_add(reading, place, parts)) return FALSE;
  }
  return TRUE;
}

static gboolean read_alternative(const AsvStorageReading *reading, const json_t *server,
                                 const json_t *alternative, const char *place) {
  AsvStoredParts parts = {0};
  guint64 expires;
  parts.origin = text_of(json_object_get(server, "server"));
  if (!parts.origin.size) return asv_storage_fault(reading, place, "\"server\" is no string");
  parts.protocol_id = text_of(json_object_get(alternative, "protocol_str"));
  parts.other_host = text_of(json_object_get(alternative, "host"));
  if (!read_number(json_object_get(alternative, "port"), &parts.other_port))
    return asv_storage_fault(reading, place, "\"port\" is no number");
  if (!read_number(json_object_get(alternative, "expiration"), &expires))
    return asv_storage_fault(reading, place, "\"expiration\" is no number");
  parts.rest.expires = time_of(expires);
  g_autofree char *partition = partition_of(server);
  parts.rest.partition = partition;
  return add_each(reading, place, alternative, &parts);
}

static gboolean read_server(const AsvStorageReading *reading, const json_t *server, gsize number) {
  const json_t *list = json_object_get(server, "alternative_service");
  char place[96];
  for (gsize i = 0; i < json_array_size(list); i++) {
    g_snprintf(place, sizeof place,
               "servers[%" G_GSIZE_FORMAT "].alternative_service[%" G_GSIZE_FORMAT "]", number, i);
    if (!read_alternative(reading, server, json_array_get(list, i), place)) return FALSE;
  }
  return TRUE;
}

/* ---- marks ---- */

static gboolean read_mark(const AsvStorageReading *reading, const json_t *broken, gsize number) {
  AsvSpan protocol = text_of(json_object_get(broken, "protocol_str"));
  AsvSpan host = text_of(json_object_get(broken, "host"));
  const json_t *until = json_object_get(broken, "broken_until");
  guint64 port = 0, seconds = 0, count = 0;
  char place[64];
  g_snprintf(place, sizeof place, "broken_alternative_services[%" G_GSIZE_FORMAT "]", number);
  if (!asv_storage_is_text(protocol, ASV_ALPN_MAX) || !asv_storage_is_text(host, ASV_HOST_MAX))
    return asv_storage_fault(reading, place, "its protocol or host is no text");
  if (!read_number(json_object_get(broken, "port"), &port) || port > G_MAXUINT16)
    return asv_storage_fault(reading, place, "\"port\" is no number up to 65535");
  if (until && !read_number(until, &seconds))
    return asv_storage_fault(reading, place, "\"broken_until\" is no number");
  read_number(json_object_get(broken, "broken_count"), &count);
  AsvStoredMark *mark = g_new0(AsvStoredMark, 1);
  *mark = (AsvStoredMark){
      .protocol_id = asv_span_is(protocol, "quic") ? g_strdup("h3") : asv_span_dup(protocol),
      .host = g_ascii_strdown((const char *)host.data, (gssize)host.size),
      .port = (guint16)port,
      .until = asv_storage_seconds(seconds),
      .count = (guint)MIN(count, G_MAXUINT),
      .partition = partition_of(broken)};
  g_ptr_array_add(reading->storage->marks, mark);
  return TRUE;
}

/* ---- the document ---- */

static gboolean is_list(const AsvStorageReading *reading, const json_t *list, const char *place) {
  if (!list || json_is_array(list)) return TRUE;
  return asv_storage_fault(reading, place, "is no list");
}

static gboolean read_properties(const AsvStorageReading *reading, const json_t *properties) {
  const json_t *servers = json_object_get(properties, "servers");
  const json_t *broken = json_object_get(properties, "broken_alternative_services");
  if (!is_list(reading, servers, "servers") ||
      !is_list(reading, broken, "broken_alternative_services"))
    return FALSE;
  for (gsize i = 0; i < json_array_size(servers); i++)
    if (!read_server(reading, json_array_get(servers, i), i)) return FALSE;
  for (gsize i = 0; i < json_array_size(broken); i++)
    if (!read_mark(reading, json_array_get(broken, i), i)) return FALSE;
  return TRUE;
}

gboolean asv_storage_read_chromium(const AsvStorageReading *reading, AsvSpan octets) {
  json_error_t why;
  json_t *document = json_loadb((const char *)octets.data, octets.size, JSON_ALLOW_NUL, &why);
  if (!document) {
    g_autofree char *place = g_strdup_printf("octet %d", why.position);
    return asv_storage_fault(reading, place, why.text);
  }
  const json_t *net = json_object_get(document, "net");
  gboolean known = json_is_object(net);
  gboolean done = known && read_properties(reading, json_object_get(net, "http_server_properties"));
  json_decref(document);
  if (!known)
    g_set_error(reading->error, ASV_STORAGE_ERROR, ASV_STORAGE_ERROR_FORMAT,
                "%s: JSON, but not Chromium's Network Persistent State: it has no \"net\"",
                reading->name);
  return done;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whose origin a message is about: RFC 9110 §7.1, RFC 9112 §3.2, RFC 9113
 * §8.3.1. A CONNECT request has none.
 */
#include "message.h"

#include "altsvc/keep-alive.h"
#include "altsvc/origin.h"

static gboolean has_stream(const AltsvcMessage *about) {
  return about->via != ASV_VIA_HTTP1_HEADER;
}

static gboolean read_scheme(AsvSpan text, AsvScheme *scheme) {
  gboolean https = asv_span_is_nocase(text, "https");
  *scheme = https ? ASV_SCHEME_HTTPS : ASV_SCHEME_HTTP;
  return https || asv_span_is_nocase(text, "http");
}

static AsvSpan request_origin(const AltsvcConnection *connection, const AltsvcMessage *about,
                              const AltsvcSection *section, char buffer[ASV_ORIGIN_MAX]) {
  AsvScheme scheme = connection->secure ? ASV_SCHEME_HTTPS : ASV_SCHEME_HTTP;
  AsvSpan authority = altsvc_section_get(section, ":authority");
  if (has_stream(about) && !read_scheme(altsvc_section_get(section, ":scheme"), &scheme))
    return asv_span(NULL, 0);
  if (!authority.data) authority = altsvc_section_get(section, "host");
  if (!authority.size) return asv_span(NULL, 0);
  return asv_span(buffer, asv_origin_write_authority(scheme, authority, buffer));
}

/* The origin of a URL; empty when it has none. */
static AsvSpan url_origin(AsvSpan url, char buffer[ASV_ORIGIN_MAX]) {
  AsvScheme scheme;
  const guint8 *colon = url.size ? memchr(url.data, ':', MIN(url.size, 6)) : NULL;
  if (!colon || !read_scheme(asv_span(url.data, (gsize)(colon - url.data)), &scheme))
    return asv_span(NULL, 0);
  AsvSpan rest = asv_span_sub(url, (gsize)(colon - url.data) + 1, url.size);
  if (!asv_span_is(asv_span_sub(rest, 0, 2), "//")) return asv_span(NULL, 0);
  rest = asv_span_sub(rest, 2, rest.size);
  gsize size = 0;
  while (size < rest.size && !strchr("/?#", rest.data[size])) size++;
  return asv_span(buffer, asv_origin_write_authority(scheme, asv_span_sub(rest, 0, size), buffer));
}

static void tell_keep_alive(AltsvcConnection *connection, const AltsvcMessage *about,
                            const AltsvcSection *section, AsvSpan origin, AsvFrom from) {
  g_autoptr(GByteArray) value = altsvc_section_join(section, "keep-alive");
  if (!value) return;
  AsvKeepAlive read = asv_keep_alive_read(asv_span(value->data, value->len));
  const char *why = NULL;
  if (has_stream(about))
    why = "not-http1";
  else if (altsvc_section_has_token(section, "connection", "close"))
    why = "connection-close";
  else if (about->minor == 0 && !altsvc_section_has_token(section, "connection", "keep-alive"))
    why = "http-1.0-without-connection";
  AsvObservation seen = altsvc_connection_observation(connection, ASV_OBSERVATION_KEEP_ALIVE);
  seen.keep_alive = (AsvKeepAliveSeen){.has_stream = has_stream(about),
                                       .stream = about->stream,
                                       .origin = origin,
                                       .has_timeout = read.has_timeout,
                                       .has_max = read.has_max,
                                       .timeout = read.timeout,
                                       .max = read.max,
                                       .from = from,
                                       .effective = why == NULL,
                                       .why = why};
  altsvc_connection_tell(connection, &seen);
}

/* ---- requests ---- */

void altsvc_request_free(gpointer data) {
  AltsvcRequest *request = data;
  if (!request) return;
  g_free(request->origin);
  g_free(request);
}

static AltsvcRequest *keep(const AltsvcConnection *connection, gboolean connect, AsvSpan origin) {
  AltsvcRequest *request = g_new0(AltsvcRequest, 1);
  request->kind = connect ? ALTSVC_REQUEST_CONNECT : ALTSVC_REQUEST_PLAIN;
  request->origin = origin.size ? asv_span_dup(origin) : NULL;
  request->packet = connection->at.packet;
  return request;
}

/* The name of what a proxy says that it is one by; empty for none. */
static AsvSpan proxy_field(const AltsvcConnection *connection, const AltsvcSection *section) {
  const char *name = NULL;
  if (altsvc_section_get(section, "via").data)
    name = "via";
  else if (altsvc_section_get(section, "forwarded").data)
    name = "forwarded";
  else if (connection->proxied)
    name = "proxy-protocol";
  return asv_span_text(name);
}

AltsvcRequest *altsvc_message_request(AltsvcConnection *connection, const AltsvcMessage *about,
                                      const AltsvcSection *section) {
  char origin_text[ASV_ORIGIN_MAX], referer_text[ASV_ORIGIN_MAX];
  AsvSpan method = altsvc_section_get(section, ":method");
  AsvSpan protocol = altsvc_section_get(section, ":protocol");
  gboolean connect = asv_span_is(method, "CONNECT") && !protocol.data;
  AsvSpan origin =
      connect ? asv_span(NULL, 0) : request_origin(connection, about, section, origin_text);
  if (!about->pushed) connection->requests++;
  AsvObservation seen = altsvc_connection_observation(connection, ASV_OBSERVATION_REQUEST);
  seen.request = (AsvRequestSeen){
      .has_stream = has_stream(about),
      .stream = about->stream,
      .origin = origin,
      .method = method,
      .path = altsvc_section_get(section, ":path"),
      .protocol = has_stream(about) ? protocol : altsvc_section_get(section, "upgrade"),
      .alt_used = altsvc_section_get(section, "alt-used"),
      .user_agent = altsvc_section_get(section, "user-agent"),
      .sec_fetch_site = altsvc_section_get(section, "sec-fetch-site"),
      .proxy_field = proxy_field(connection, section),
      .referer_origin = url_origin(altsvc_section_get(section, "referer"), referer_text),
      .early_data = connection->early && !about->pushed};
  altsvc_connection_tell(connection, &seen);
  tell_keep_alive(connection, about, section, origin, ASV_FROM_CLIENT);
  return keep(connection, connect, connect ? altsvc_section_get(section, ":authority") : origin);
}

/* ---- responses ---- */

static AsvSpan origin_of(const AltsvcRequest *request) {
  if (!request || request->kind != ALTSVC_REQUEST_PLAIN) return asv_span(NULL, 0);
  return asv_span_text(request->origin);
}

static const char *const connection_names[] = {"connection", "keep-alive", "proxy-connection",
                                               "transfer-encoding", "upgrade"};

/* What RFC 9113 §8.2 forbids, and whether it stands before the Alt-Svc lines. */
static void find_malformed(const AltsvcSection *section, AsvAdvertisementSeen *seen) {
  guint at = altsvc_section_place(section, "");
  seen->malformed = at ? ASV_MALFORMED_UPPER_CASE_NAME : ASV_MALFORMED_NOT;
  for (gsize i = 0; i < G_N_ELEMENTS(connection_names); i++) {
    guint place = altsvc_section_place(section, connection_names[i]);
    if (!place) continue;
    if (!seen->malformed) seen->malformed = ASV_MALFORMED_CONNECTION_FIELD;
    at = at ? MIN(at, place) : place;
  }
  seen->malformed_first = at && at < altsvc_section_place(section, "alt-svc");
}

static void tell_alt_svc(AltsvcConnection *connection, const AltsvcMessage *about,
                         const AltsvcSection *section, const AltsvcRequest *request) {
  g_autoptr(GArray) lines = altsvc_section_all(section, "alt-svc");
  g_autoptr(GByteArray) value = altsvc_section_join(section, "alt-svc");
  guint64 status = request ? request->status : 0;
  if (!value) return;
  if (!about->trailer) asv_span_decimal(altsvc_section_get(section, ":status"), &status);
  AsvObservation seen = altsvc_connection_observation(connection, ASV_OBSERVATION_ADVERTISEMENT);
  seen.advertisement = (AsvAdvertisementSeen){
      .has_stream = has_stream(about),
      .stream = about->stream,
      .via = about->via,
      .origin = origin_of(request),
      .origin_problem = origin_of(request).size ? NULL
                        : request               ? "no-authority"
                                                : "request-not-captured",
      .value = asv_span(value->data ? value->data : (const guint8 *)"", value->len),
      .values = {.items = (const AsvSpan *)(gpointer)lines->data,
                 .count = lines->len > 1 ? lines->len : 0},
      .age = altsvc_section_get(section, "age"),
      .date = altsvc_section_get(section, "date"),
      .status = (guint)status,
      .trailer = about->trailer,
      .from = ASV_FROM_SERVER};
  if (has_stream(about) && !about->trailer) find_malformed(section, &seen.advertisement);
  altsvc_connection_tell(connection, &seen);
}

/* The names of RFC 9113 §8.2.2 that the section has, in this order. */
static GArray *connection_fields(const AltsvcSection *section) {
  GArray *found = g_array_new(FALSE, FALSE, sizeof(AsvSpan));
  for (gsize i = 0; i < G_N_ELEMENTS(connection_names); i++) {
    AsvSpan name = asv_span_text(connection_names[i]);
    if (altsvc_section_get(section, connection_names[i]).data) g_array_append_val(found, name);
  }
  return found;
}

guint altsvc_message_response(AltsvcConnection *connection, const AltsvcMessage *about,
                              const AltsvcSection *section, const AltsvcRequest *request) {
  guint64 status = 0;
  connection->answered = TRUE;
  asv_span_decimal(altsvc_section_get(section, ":status"), &status);
  g_autoptr(GArray) names = connection_fields(section);
  AsvObservation seen = altsvc_connection_observation(connection, ASV_OBSERVATION_RESPONSE);
  seen.response =
      (AsvResponseSeen){.has_stream = has_stream(about),
                        .stream = about->stream,
                        .origin = origin_of(request),
                        .status = (guint)status,
                        .request_packet = request ? request->packet : 0,
                        .alt_svc = altsvc_section_get(section, "alt-svc").data != NULL,
                        .connection_fields = {.items = (const AsvSpan *)(gpointer)names->data,
                                              .count = has_stream(about) ? names->len : 0}};
  altsvc_connection_tell(connection, &seen);
  tell_alt_svc(connection, about, section, request);
  tell_keep_alive(connection, about, section, origin_of(request), ASV_FROM_SERVER);
  return (guint)status;
}

void altsvc_message_trailer(AltsvcConnection *connection, const AltsvcMessage *about,
                            const AltsvcSection *section, const AltsvcRequest *request) {
  tell_alt_svc(connection, about, section, request);
}

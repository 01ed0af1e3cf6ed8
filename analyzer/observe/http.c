/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Nothing is decided here but what a missing origin means: an event has all
 * that its observation needs.
 */
#include "analyzer/observe/http.h"

#include "altsvc/keep-alive.h"

AsvRequestSeen asv_observe_request(const AsvHttpRequest *request) {
  return (AsvRequestSeen){.has_stream = request->has_stream,
                          .stream = request->stream,
                          .origin = request->origin,
                          .method = request->method,
                          .path = request->path,
                          .protocol = request->protocol,
                          .alt_used = request->alt_used,
                          .user_agent = request->user_agent,
                          .referer_origin = request->referer_origin,
                          .sec_fetch_site = request->sec_fetch_site,
                          .proxy_field = request->proxy_field,
                          .early_data = request->early_data};
}

AsvResponseSeen asv_observe_response(const AsvHttpResponse *response) {
  return (AsvResponseSeen){.has_stream = response->has_stream,
                           .stream = response->stream,
                           .origin = response->origin,
                           .status = response->status,
                           .request_packet = response->request_packet,
                           .alt_svc = response->alt_svc_count > 0,
                           .connection_fields = {.items = response->connection_fields,
                                                 .count = response->connection_fields_count}};
}

/* ---- Alt-Svc ---- */

static AsvSpan join_lines(const AsvSpan *lines, gsize count, GByteArray *joined) {
  if (count == 1) return lines[0];
  g_byte_array_set_size(joined, 0);
  for (gsize i = 0; i < count; i++) {
    if (i) g_byte_array_append(joined, (const guint8 *)", ", 2);
    if (lines[i].size) g_byte_array_append(joined, lines[i].data, (guint)lines[i].size);
  }
  return asv_span(joined->data, joined->len);
}

AsvAdvertisementSeen asv_observe_alt_svc(const AsvHttpResponse *response, AsvVia via,
                                         GByteArray *joined) {
  gsize lines = response->alt_svc_count;
  return (AsvAdvertisementSeen){
      .has_stream = response->has_stream,
      .stream = response->stream,
      .via = via,
      .origin = response->origin,
      .origin_problem = response->origin.size      ? NULL
                        : response->request_packet ? "no-authority"
                                                   : "request-not-captured",
      .value = join_lines(response->alt_svc, lines, joined),
      .values = {.items = response->alt_svc, .count = lines > 1 ? lines : 0},
      .age = response->age,
      .date = response->date,
      .status = response->status,
      .trailer = response->trailer,
      .malformed = response->malformed,
      .malformed_first = response->malformed_first,
      .from = ASV_FROM_SERVER};
}

/* ---- Keep-Alive ---- */

static void read_keep_alive(AsvKeepAliveSeen *about, AsvSpan value) {
  AsvKeepAlive read = asv_keep_alive_read(value);
  about->has_timeout = read.has_timeout;
  about->timeout = read.timeout;
  about->has_max = read.has_max;
  about->max = read.max;
  about->effective = about->why == NULL;
}

AsvKeepAliveSeen asv_observe_keep_alive(const AsvHttpResponse *response) {
  AsvKeepAliveSeen about = {.has_stream = response->has_stream,
                            .stream = response->stream,
                            .origin = response->origin,
                            .from = ASV_FROM_SERVER,
                            .why = response->keep_alive_why};
  read_keep_alive(&about, response->keep_alive);
  return about;
}

AsvKeepAliveSeen asv_observe_keep_alive_request(const AsvHttpRequest *request, AsvSpan value,
                                                const char *why) {
  AsvKeepAliveSeen about = {.has_stream = request->has_stream,
                            .stream = request->stream,
                            .origin = request->origin,
                            .from = ASV_FROM_CLIENT,
                            .why = why};
  read_keep_alive(&about, value);
  return about;
}

/* ---- what could not be read ---- */

AsvUnreadableSeen asv_observe_unreadable(AsvSide from, AsvHttpUnreadable reason, guint64 bytes) {
  static const AsvUnreadableReason reasons[] = {
      [ASV_HTTP_BYTES_LOST] = ASV_UNREADABLE_BYTES_LOST,
      [ASV_HTTP_HPACK_LOST] = ASV_UNREADABLE_HPACK_LOST,
      [ASV_HTTP_QPACK_LOST] = ASV_UNREADABLE_QPACK_LOST,
      [ASV_HTTP_NOT_HTTP] = ASV_UNREADABLE_NOT_HTTP,
      [ASV_HTTP_ONE_DIRECTION] = ASV_UNREADABLE_ONE_DIRECTION};
  return (AsvUnreadableSeen){.reason = reasons[reason],
                             .from = from == ASV_CLIENT ? ASV_FROM_CLIENT : ASV_FROM_SERVER,
                             .bytes = bytes};
}

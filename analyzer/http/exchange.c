/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HTTP/1 pairing rests on one invariant: both directions were complete from
 * the first octet up to the message in question. A loss on the client's side
 * leaves the requests before it certain (open_ended), a loss of framing on the
 * server's side leaves nothing certain (unpaired).
 */
#include "exchange.h"

void asv_exchange_init(AsvExchange *exchange, AsvHttpContext *context, AsvScheme scheme,
                       const AsvHttpEvents *events) {
  *exchange = (AsvExchange){.events = events, .context = context, .scheme = scheme};
}

static void memo_clear(AsvOriginMemo *memo) {
  g_clear_pointer(&memo->raw, g_free);
  g_clear_pointer(&memo->origin, g_ref_string_release);
}

void asv_exchange_clear(AsvExchange *exchange) {
  memo_clear(&exchange->authority);
  memo_clear(&exchange->referer);
  for (guint i = 0; i < exchange->waiting_count; i++)
    asv_kept_clear(
        &exchange->waiting[(exchange->waiting_first + i) & (exchange->waiting_room - 1)]);
  g_free(exchange->waiting);
}

/* ---- origins ---- */

/* The origin of scheme and authority, borrowed; NULL when they make none. */
static GRefString *memo_origin(AsvOriginMemo *memo, AsvScheme scheme, AsvSpan authority) {
  char text[ASV_ORIGIN_MAX];
  if (memo->scheme == scheme && memo->origin &&
      asv_span_equal(asv_span(memo->raw, memo->size), authority))
    return memo->origin;
  gsize size = asv_origin_write_authority(scheme, authority, text);
  memo_clear(memo);
  if (!size) return NULL;
  memo->scheme = scheme;
  memo->size = authority.size;
  memo->raw = g_memdup2(authority.data, authority.size);
  memo->origin = g_ref_string_new_len(text, (gssize)size);
  return memo->origin;
}

static AsvSpan ref_span(GRefString *text) {
  return text ? asv_span(text, g_ref_string_length(text)) : asv_span(NULL, 0);
}

static gboolean read_scheme(AsvSpan text, AsvScheme *scheme) {
  gboolean https = asv_span_is_nocase(text, "https");
  *scheme = https ? ASV_SCHEME_HTTPS : ASV_SCHEME_HTTP;
  return https || asv_span_is_nocase(text, "http");
}

/* The origin a request is for, borrowed. HTTP/1's scheme is the connection's. */
static GRefString *request_origin(AsvExchange *exchange, const AsvFields *fields,
                                  gboolean has_stream) {
  AsvScheme scheme = exchange->scheme;
  AsvSpan authority = asv_fields_get(fields, ASV_FIELD_AUTHORITY);
  if (has_stream && !read_scheme(asv_fields_get(fields, ASV_FIELD_SCHEME), &scheme)) return NULL;
  if (!authority.data) authority = asv_fields_get(fields, ASV_FIELD_HOST);
  return authority.size ? memo_origin(&exchange->authority, scheme, authority) : NULL;
}

/* The origin of the URL in Referer, borrowed; empty when it has none. */
static AsvSpan referer_origin(AsvExchange *exchange, AsvSpan url) {
  AsvScheme scheme;
  const guint8 *colon = url.size ? memchr(url.data, ':', MIN(url.size, 6)) : NULL;
  if (!colon || !read_scheme(asv_span(url.data, (gsize)(colon - url.data)), &scheme))
    return asv_span(NULL, 0);
  AsvSpan rest = asv_span_sub(url, (gsize)(colon - url.data) + 1, url.size);
  if (rest.size < 3 || rest.data[0] != '/' || rest.data[1] != '/') return asv_span(NULL, 0);
  rest = asv_span_sub(rest, 2, rest.size);
  gsize size = 0;
  while (size < rest.size && rest.data[size] != '/' && rest.data[size] != '?' &&
         rest.data[size] != '#')
    size++;
  return ref_span(memo_origin(&exchange->referer, scheme, asv_span_sub(rest, 0, size)));
}

/* ---- events ---- */

static AsvRequestKind kind_of(const AsvFields *fields, gboolean has_stream) {
  AsvSpan method = asv_fields_get(fields, ASV_FIELD_METHOD);
  if (asv_span_is(method, "CONNECT") && !fields->first[ASV_FIELD_PROTOCOL])
    return ASV_REQUEST_CONNECT;
  if (asv_span_is(method, "HEAD")) return ASV_REQUEST_HEAD;
  if (!has_stream && fields->first[ASV_FIELD_UPGRADE]) return ASV_REQUEST_UPGRADE;
  return ASV_REQUEST_PLAIN;
}

/* Lines of one field as one list (RFC 9110 §5.3); data NULL when there are none. */
static AsvSpan join(AsvExchange *exchange, const AsvFields *fields, AsvField field) {
  guint first = fields->first[field];
  if (!first) return asv_span(NULL, 0);
  AsvSpan only = asv_fields_get(fields, field);
  GByteArray *joined = exchange->context->joined;
  g_byte_array_set_size(joined, 0);
  for (guint i = first; i < fields->count; i++) {
    if (fields->lines[i].field != field) continue;
    AsvSpan line = asv_fields_line(fields, i);
    if (!joined->len) g_byte_array_append(joined, only.data, (guint)only.size);
    g_byte_array_append(joined, (const guint8 *)", ", 2);
    g_byte_array_append(joined, line.data, (guint)line.size);
  }
  return joined->len ? asv_span(joined->data, joined->len) : only;
}

/* Why a Keep-Alive field has no effect, or NULL. */
static const char *keep_alive_why(const AsvMessage *about, const AsvFields *fields) {
  if (about->has_stream) return "not-http1";
  if (asv_fields_has_token(fields, ASV_FIELD_CONNECTION, "close")) return "connection-close";
  if (about->minor == 0 && !asv_fields_has_token(fields, ASV_FIELD_CONNECTION, "keep-alive"))
    return "http-1.0-without-connection";
  return NULL;
}

AsvKept asv_exchange_request(AsvExchange *exchange, const AsvPacketRef *at, const AsvMessage *about,
                             const AsvFields *fields) {
  AsvKept kept = {.kind = kind_of(fields, about->has_stream), .packet = at->packet};
  gboolean connect = kept.kind == ASV_REQUEST_CONNECT;
  GRefString *origin = connect ? NULL : request_origin(exchange, fields, about->has_stream);
  AsvSpan target = asv_fields_get(fields, ASV_FIELD_AUTHORITY);
  if (connect && target.size)
    kept.origin = g_ref_string_new_len((const char *)target.data, (gssize)target.size);
  else if (origin)
    kept.origin = g_ref_string_acquire(origin);

  AsvHttpRequest request = {
      .has_stream = about->has_stream,
      .stream = about->stream,
      .pushed = about->pushed,
      .origin = ref_span(origin),
      .method = asv_fields_get(fields, ASV_FIELD_METHOD),
      .path = asv_fields_get(fields, ASV_FIELD_PATH),
      .protocol =
          asv_fields_get(fields, about->has_stream ? ASV_FIELD_PROTOCOL : ASV_FIELD_UPGRADE),
      .alt_used = asv_fields_get(fields, ASV_FIELD_ALT_USED),
      .user_agent = asv_fields_get(fields, ASV_FIELD_USER_AGENT),
      .sec_fetch_site = asv_fields_get(fields, ASV_FIELD_SEC_FETCH_SITE),
      .proxy_field = asv_span_text(fields->first[ASV_FIELD_VIA]         ? "via"
                                   : fields->first[ASV_FIELD_FORWARDED] ? "forwarded"
                                                                        : NULL),
      .referer_origin = referer_origin(exchange, asv_fields_get(fields, ASV_FIELD_REFERER)),
      .early_data = exchange->early_data && !about->pushed};
  const AsvHttpEvents *events = exchange->events;
  if (fields->overflow)
    asv_exchange_unreadable(exchange, at, about->pushed ? ASV_SERVER : ASV_CLIENT,
                            ASV_HTTP_BYTES_LOST, 0);
  events->request(events->self, at, &request);
  AsvSpan keep_alive = join(exchange, fields, ASV_FIELD_KEEP_ALIVE);
  if (keep_alive.data && !fields->overflow)
    events->keep_alive_request(events->self, at, &request, keep_alive,
                               keep_alive_why(about, fields));
  return kept;
}

/* Most responses have neither Alt-Svc lines nor connection-specific names. */
static gboolean has_lists(const AsvFields *fields, gboolean names) {
  if (fields->first[ASV_FIELD_ALT_SVC]) return TRUE;
  for (guint f = ASV_FIELD_CONNECTION; names && f < ASV_FIELDS; f++)
    if (fields->first[f]) return TRUE;
  return FALSE;
}

/* Fills the list of spans with the Alt-Svc lines, then the connection-specific names. */
static gsize gather(AsvExchange *exchange, const AsvFields *fields, gboolean names) {
  g_array_set_size(exchange->context->spans, 0);
  for (guint i = 0; fields->first[ASV_FIELD_ALT_SVC] && i < fields->count; i++) {
    if (fields->lines[i].field != ASV_FIELD_ALT_SVC || fields->overflow) continue;
    AsvSpan line = asv_fields_line(fields, i);
    g_array_append_val(exchange->context->spans, line);
  }
  gsize alt_svc = exchange->context->spans->len;
  for (guint f = ASV_FIELD_CONNECTION; names && f < ASV_FIELDS; f++) {
    if (!fields->first[f]) continue;
    AsvSpan name = asv_span_text(asv_field_name((AsvField)f));
    g_array_append_val(exchange->context->spans, name);
  }
  return alt_svc;
}

/* What RFC 9113 §8.2 forbids, and whether it stands before the Alt-Svc lines. */
static void find_malformed(const AsvFields *fields, AsvHttpResponse *response) {
  guint at = fields->first[ASV_FIELD_UPPER_CASE];
  response->malformed = at ? ASV_MALFORMED_UPPER_CASE_NAME : ASV_MALFORMED_NOT;
  for (guint f = ASV_FIELD_CONNECTION; f < ASV_FIELDS; f++) {
    if (!fields->first[f]) continue;
    if (!response->malformed) response->malformed = ASV_MALFORMED_CONNECTION_FIELD;
    at = at ? MIN(at, fields->first[f]) : fields->first[f];
  }
  response->malformed_first = at && at < fields->first[ASV_FIELD_ALT_SVC];
}

static void tell_response(AsvExchange *exchange, const AsvPacketRef *at, AsvHttpResponse *response,
                          const AsvFields *fields, const AsvKept *request) {
  const AsvHttpEvents *events = exchange->events;
  gboolean lists = has_lists(fields, response->has_stream);
  gsize alt_svc = lists ? gather(exchange, fields, response->has_stream) : 0;
  const AsvSpan *spans = lists ? (const AsvSpan *)(gpointer)exchange->context->spans->data : NULL;
  if (fields->overflow) asv_exchange_unreadable(exchange, at, ASV_SERVER, ASV_HTTP_BYTES_LOST, 0);
  if (response->trailer && !alt_svc) return;
  response->origin = asv_kept_origin(request);
  response->request_packet = request->packet;
  response->alt_svc = spans;
  response->alt_svc_count = alt_svc;
  response->connection_fields = spans ? spans + alt_svc : NULL;
  response->connection_fields_count = lists ? exchange->context->spans->len - alt_svc : 0;
  if (alt_svc && response->has_stream && !response->trailer) find_malformed(fields, response);
  response->age = asv_fields_get(fields, ASV_FIELD_AGE);
  response->date = asv_fields_get(fields, ASV_FIELD_DATE);
  events->response(events->self, at, response);
}

void asv_exchange_response(AsvExchange *exchange, const AsvPacketRef *at, const AsvMessage *about,
                           const AsvFields *fields, const AsvKept *request) {
  exchange->answered = TRUE;
  AsvHttpResponse response = {.has_stream = about->has_stream,
                              .stream = about->stream,
                              .status = asv_exchange_status(fields)};
  if (fields->first[ASV_FIELD_KEEP_ALIVE] && !fields->overflow) {
    response.keep_alive = join(exchange, fields, ASV_FIELD_KEEP_ALIVE);
    response.keep_alive_why = keep_alive_why(about, fields);
  }
  tell_response(exchange, at, &response, fields, request);
}

void asv_exchange_trailer(AsvExchange *exchange, const AsvPacketRef *at, const AsvMessage *about,
                          const AsvFields *fields, const AsvKept *request, guint status) {
  AsvHttpResponse response = {
      .has_stream = about->has_stream, .stream = about->stream, .status = status, .trailer = TRUE};
  tell_response(exchange, at, &response, fields, request);
}

void asv_exchange_origins(AsvExchange *exchange, const AsvPacketRef *at, guint64 stream,
                          AsvSpan payload) {
  AsvReader reader = asv_reader(payload);
  GArray *origins = exchange->context->spans;
  g_array_set_size(origins, 0);
  while (asv_reader_left(&reader)) {
    AsvSpan origin = asv_read_span(&reader, asv_read_u16(&reader));
    if (reader.failed) break;
    g_array_append_val(origins, origin);
  }
  exchange->events->origin_set(exchange->events->self, at, stream,
                               (const AsvSpan *)(gpointer)origins->data, origins->len);
}

void asv_exchange_unreadable(const AsvExchange *exchange, const AsvPacketRef *at, AsvSide from,
                             AsvHttpUnreadable reason, guint64 bytes) {
  const AsvHttpEvents *events = exchange->events;
  events->unreadable(events->self, at, from, reason, bytes == ASV_GAP_UNKNOWN ? 0 : bytes);
}

guint asv_exchange_status(const AsvFields *fields) {
  AsvSpan text = asv_fields_get(fields, ASV_FIELD_STATUS);
  guint status = 0;
  if (text.size != 3 || text.data[0] == '0') return 0;
  for (gsize i = 0; i < 3; i++) {
    if (!g_ascii_isdigit((char)text.data[i])) return 0;
    status = status * 10 + (guint)(text.data[i] - '0');
  }
  return status;
}

/* ---- kept requests ---- */

AsvSpan asv_kept_origin(const AsvKept *kept) {
  return kept->kind == ASV_REQUEST_CONNECT ? asv_span(NULL, 0) : ref_span(kept->origin);
}

AsvKept asv_kept_share(const AsvKept *kept) {
  AsvKept copy = *kept;
  if (copy.origin) copy.origin = g_ref_string_acquire(copy.origin);
  return copy;
}

void asv_kept_clear(AsvKept *kept) {
  if (kept->origin) g_ref_string_release(kept->origin);
  *kept = (AsvKept){0};
}

static void grow(AsvExchange *exchange) {
  guint room = MAX(4, 2 * exchange->waiting_room);
  AsvKept *waiting = g_new0(AsvKept, room);
  for (guint i = 0; i < exchange->waiting_count; i++)
    waiting[i] = exchange->waiting[(exchange->waiting_first + i) & (exchange->waiting_room - 1)];
  g_free(exchange->waiting);
  exchange->waiting = waiting;
  exchange->waiting_first = 0;
  exchange->waiting_room = room;
}

void asv_exchange_push(AsvExchange *exchange, AsvKept *kept) {
  if (exchange->waiting_count >= ASV_HTTP_PIPELINED_MAX) exchange->open_ended = TRUE;
  if (exchange->open_ended || exchange->unpaired) {
    asv_kept_clear(kept);
    return;
  }
  if (exchange->waiting_count == exchange->waiting_room) grow(exchange);
  guint index =
      (exchange->waiting_first + exchange->waiting_count++) & (exchange->waiting_room - 1);
  exchange->waiting[index] = *kept;
}

gboolean asv_exchange_early(const AsvExchange *exchange) {
  return !exchange->waiting_count && !exchange->open_ended && !exchange->unpaired;
}

const AsvKept *asv_exchange_front(const AsvExchange *exchange) {
  if (!exchange->waiting_count || exchange->unpaired) return NULL;
  return &exchange->waiting[exchange->waiting_first];
}

AsvKept asv_exchange_pop(AsvExchange *exchange) {
  if (!asv_exchange_front(exchange)) return (AsvKept){0};
  AsvKept kept = exchange->waiting[exchange->waiting_first];
  exchange->waiting_first = (exchange->waiting_first + 1) & (exchange->waiting_room - 1);
  exchange->waiting_count--;
  return kept;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Octets are kept until the end; a loss or a limit gives the body up, and the rest is waived. */
#include "body.h"

#include "analyzer/http/exchange.h"

typedef struct {
  AsvHttpContext *context;
  const AsvHttpEvents *events;
  GByteArray *octets; /* NULL: given up */
} Body;

static void give_up(Body *body) {
  if (!body->octets) return;
  body->context->bodies -= body->octets->len;
  g_byte_array_unref(body->octets);
  body->octets = NULL;
}

static guint64 body_bytes(void *self, const AsvPacketRef *at G_GNUC_UNUSED, AsvSpan data) {
  Body *body = self;
  if (!body->octets) return ASV_WAIVE_ALL;
  if (data.size > ASV_HTTP_BODY_MAX - body->octets->len ||
      data.size > ASV_HTTP_BODIES_MAX - body->context->bodies) {
    give_up(body);
    return ASV_WAIVE_ALL;
  }
  g_byte_array_append(body->octets, data.data, (guint)data.size);
  body->context->bodies += data.size;
  return 0;
}

static guint64 body_gap(void *self, const AsvPacketRef *at G_GNUC_UNUSED, guint64 n G_GNUC_UNUSED) {
  give_up(self);
  return ASV_WAIVE_ALL;
}

static void body_end(void *self, const AsvPacketRef *at, AsvEnd why) {
  Body *body = self;
  if (why == ASV_END_FIN && body->octets && body->octets->len)
    body->events->dns_message(body->events->self, at,
                              asv_span(body->octets->data, body->octets->len));
  give_up(body);
  g_free(body);
}

/* The media type; parameters (RFC 9110 §8.3.1) may follow. */
static gboolean is_dns(const AsvFields *fields) {
  AsvSpan dns = asv_span_text("application/dns-message");
  AsvSpan type = asv_fields_get(fields, ASV_FIELD_CONTENT_TYPE);
  if (type.size < dns.size || !asv_span_equal_nocase(asv_span_sub(type, 0, dns.size), dns))
    return FALSE;
  AsvSpan rest = asv_span_trim(asv_span_sub(type, dns.size, type.size));
  return !rest.size || rest.data[0] == ';';
}

gboolean asv_body_open(AsvHttpContext *context, const AsvHttpEvents *events,
                       const AsvFields *fields, AsvSink *sink) {
  if (!fields->first[ASV_FIELD_CONTENT_TYPE] || !events->dns_message || !is_dns(fields) ||
      fields->first[ASV_FIELD_CONTENT_ENCODING] || asv_exchange_status(fields) / 100 != 2)
    return FALSE;
  Body *body = g_new0(Body, 1);
  *body = (Body){.context = context, .events = events, .octets = g_byte_array_new()};
  *sink = (AsvSink){.self = body, .bytes = body_bytes, .gap = body_gap, .end = body_end};
  return TRUE;
}

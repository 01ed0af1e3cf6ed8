/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A connection as a script of what each side sends, loses and ends, one packet
 * a step; run against asv_http_new() it gives a transcript of events. Octets
 * may be cut anywhere (tests/support/feed.h); waived ones are not delivered.
 */
#ifndef TESTS_UNIT_HTTP_SCRIPT_H
#define TESTS_UNIT_HTTP_SCRIPT_H

#include <nghttp2/nghttp2.h>

#include "analyzer/http/http.h"
#include "tests/support/feed.h"

typedef enum { STEP_BYTES, STEP_GAP, STEP_END, STEP_AHEAD } StepKind;

typedef struct {
  StepKind kind;
  AsvSide side;
  gsize size;
  guint64 gap;
  AsvEnd why;
} Step;

typedef struct {
  AsvHttpVersion version;
  AsvScheme scheme;
  GByteArray *octets; /* of all steps */
  GArray *steps;
  nghttp2_hd_deflater *deflaters[2];
  gboolean no_tunnels; /* the consumer wants none */
  gboolean no_dns;     /* the same of DNS messages */
  guint64 packets_apart;
} Script;

typedef struct {
  GString *told;
  gboolean no_tunnels, no_dns;
  guint64 now;   /* order of the newest packet */
  guint64 since; /* what events.waits() said; G_MAXUINT64: nothing waits */
} Told;

typedef struct {
  Told *told;
  guint64 stream;
  AsvSide side;
  GByteArray *octets; /* cut anywhere, so told when all is there */
} TunnelSide;

/* ---- writing a script ---- */

static inline Script *script_new(AsvHttpVersion version, AsvScheme scheme) {
  Script *script = g_new0(Script, 1);
  script->version = version;
  script->scheme = scheme;
  script->octets = g_byte_array_new();
  script->steps = g_array_new(FALSE, FALSE, sizeof(Step));
  script->packets_apart = 1;
  for (int i = 0; i < 2; i++) nghttp2_hd_deflate_new(&script->deflaters[i], 4096);
  return script;
}

static inline void script_free(Script *script) {
  g_byte_array_unref(script->octets);
  g_array_unref(script->steps);
  for (int i = 0; i < 2; i++) nghttp2_hd_deflate_del(script->deflaters[i]);
  g_free(script);
}

static inline void script_octets(Script *script, AsvSide side, const void *data, gsize size) {
  Step step = {.kind = STEP_BYTES, .side = side, .size = size};
  g_byte_array_append(script->octets, data, (guint)size);
  g_array_append_val(script->steps, step);
}

static inline void script_text(Script *script, AsvSide side, const char *text) {
  script_octets(script, side, text, strlen(text));
}

static inline void script_gap(Script *script, AsvSide side, guint64 n) {
  Step step = {.kind = STEP_GAP, .side = side, .gap = n};
  g_array_append_val(script->steps, step);
}

static inline void script_end(Script *script, AsvSide side, AsvEnd why) {
  Step step = {.kind = STEP_END, .side = side, .why = why};
  g_array_append_val(script->steps, step);
}

static inline void put_frame(GByteArray *out, guint8 type, guint8 flags, guint32 stream,
                             const void *payload, gsize size) {
  guint8 head[9] = {
      (guint8)(size >> 16),   (guint8)(size >> 8),    (guint8)size,          type,          flags,
      (guint8)(stream >> 24), (guint8)(stream >> 16), (guint8)(stream >> 8), (guint8)stream};
  g_byte_array_append(out, head, 9);
  if (size) g_byte_array_append(out, payload, (guint)size);
}

static inline void script_frame(Script *script, AsvSide side, guint8 type, guint8 flags,
                                guint32 stream, const void *payload, gsize size) {
  GByteArray *frame = g_byte_array_new();
  put_frame(frame, type, flags, stream, payload, size);
  script_octets(script, side, frame->data, frame->len);
  g_byte_array_unref(frame);
}

/* Deflates lines of "name: value\n"; a name may begin with a colon. */
static inline GByteArray *deflate_lines(nghttp2_hd_deflater *deflater, const char *lines) {
  g_auto(GStrv) each = g_strsplit(lines, "\n", -1);
  guint count = g_strv_length(each);
  g_autofree nghttp2_nv *fields = g_new0(nghttp2_nv, count + 1);
  gsize n = 0;
  for (guint i = 0; i < count; i++) {
    char *split = *each[i] ? strstr(each[i] + 1, ": ") : NULL;
    if (!split) continue;
    *split = '\0';
    fields[n++] = (nghttp2_nv){.name = (guint8 *)each[i],
                               .namelen = strlen(each[i]),
                               .value = (guint8 *)split + 2,
                               .valuelen = strlen(split + 2)};
  }
  GByteArray *block = g_byte_array_new();
  g_byte_array_set_size(block, (guint)nghttp2_hd_deflate_bound(deflater, fields, n));
  ssize_t size = nghttp2_hd_deflate_hd(deflater, block->data, block->len, fields, n);
  g_assert_cmpint(size, >=, 0);
  g_byte_array_set_size(block, (guint)size);
  return block;
}

/* A HEADERS frame (END_HEADERS) with these lines. */
static inline void script_headers(Script *script, AsvSide side, guint32 stream, gboolean end,
                                  const char *lines) {
  GByteArray *block = deflate_lines(script->deflaters[side], lines);
  script_frame(script, side, 1, end ? 5 : 4, stream, block->data, block->len);
  g_byte_array_unref(block);
}

static inline void script_get(Script *script, guint32 stream, const char *authority) {
  g_autofree char *lines = g_strdup_printf(
      ":method: GET\n:scheme: https\n:authority: %s\n:path: /%u\n", authority, stream);
  script_headers(script, ASV_CLIENT, stream, TRUE, lines);
}

static inline void script_altsvc(Script *script, AsvSide side, guint32 stream, const char *origin,
                                 const char *value) {
  GByteArray *payload = g_byte_array_new();
  guint8 size[2] = {(guint8)(strlen(origin) >> 8), (guint8)strlen(origin)};
  g_byte_array_append(payload, size, 2);
  g_byte_array_append(payload, (const guint8 *)origin, (guint)strlen(origin));
  g_byte_array_append(payload, (const guint8 *)value, (guint)strlen(value));
  script_frame(script, side, 0xa, 0, stream, payload->data, payload->len);
  g_byte_array_unref(payload);
}

#define PREFACE "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

/* An HTTP/2 connection after preface and SETTINGS of both sides. */
static inline Script *script_http2(void) {
  Script *script = script_new(ASV_HTTP_2, ASV_SCHEME_HTTPS);
  script_text(script, ASV_CLIENT, PREFACE);
  script_frame(script, ASV_CLIENT, 4, 0, 0, NULL, 0);
  script_frame(script, ASV_SERVER, 4, 0, 0, "\0\3\0\0\0\144", 6);
  return script;
}

/* ---- the transcript ---- */

static inline void told_text(Told *told, const char *name, AsvSpan span) {
  if (!span.data) return;
  g_string_append_printf(told->told, " %s=", name);
  for (gsize i = 0; i < MIN(span.size, 60); i++) {
    guint8 c = span.data[i];
    if (c > ' ' - 1 && c < 127)
      g_string_append_c(told->told, (char)c);
    else
      g_string_append_printf(told->told, "\\x%02x", c);
  }
}

static inline void told_begin(Told *told, const AsvPacketRef *at, const char *what,
                              gboolean has_stream, guint64 stream) {
  /* Only what was said to wait may be told late. */
  if (at->order < told->now) g_assert_cmpuint(told->since, <=, at->order);
  g_string_append_printf(told->told, "%" G_GUINT64_FORMAT " %s", at->packet, what);
  if (has_stream) g_string_append_printf(told->told, " stream=%" G_GUINT64_FORMAT, stream);
}

static inline void told_line(Told *told) {
  g_string_append_c(told->told, '\n');
}

static inline void on_request(void *self, const AsvPacketRef *at, const AsvHttpRequest *r) {
  told_begin(self, at, r->pushed ? "push" : "request", r->has_stream, r->stream);
  if (r->origin.size) told_text(self, "origin", r->origin);
  told_text(self, "method", r->method);
  told_text(self, "path", r->path);
  told_text(self, "protocol", r->protocol);
  told_text(self, "alt-used", r->alt_used);
  told_text(self, "agent", r->user_agent);
  told_text(self, "referer", r->referer_origin);
  told_text(self, "site", r->sec_fetch_site);
  told_text(self, "proxy", r->proxy_field);
  if (r->early_data) g_string_append(((Told *)self)->told, " early");
  told_line(self);
}

static inline void on_response(void *self, const AsvPacketRef *at, const AsvHttpResponse *r) {
  Told *told = self;
  told_begin(self, at, r->trailer ? "trailer" : "response", r->has_stream, r->stream);
  g_string_append_printf(told->told, " %u to=%" G_GUINT64_FORMAT, r->status, r->request_packet);
  if (r->origin.size) told_text(self, "origin", r->origin);
  for (gsize i = 0; i < r->alt_svc_count; i++) told_text(self, "alt-svc", r->alt_svc[i]);
  told_text(self, "age", r->age);
  told_text(self, "date", r->date);
  told_text(self, "keep-alive", r->keep_alive);
  if (r->keep_alive_why) g_string_append_printf(told->told, " why=%s", r->keep_alive_why);
  for (gsize i = 0; i < r->connection_fields_count; i++)
    told_text(self, "specific", r->connection_fields[i]);
  if (r->malformed)
    g_string_append_printf(told->told, " malformed=%s%s", asv_malformed_name(r->malformed),
                           r->malformed_first ? " first" : "");
  told_line(self);
}

static inline void on_keep_alive_request(void *self, const AsvPacketRef *at,
                                         const AsvHttpRequest *r, AsvSpan value, const char *why) {
  told_begin(self, at, "keep-alive-request", r->has_stream, r->stream);
  told_text(self, "value", value);
  told_text(self, "why", asv_span_text(why));
  told_line(self);
}

static inline void on_altsvc(void *self, const AsvPacketRef *at, const AsvHttpAltsvc *f) {
  Told *told = self;
  told_begin(self, at, f->from == ASV_CLIENT ? "altsvc-from-client" : "altsvc", TRUE, f->stream);
  if (f->request_origin.size) told_text(self, "origin", f->request_origin);
  told_text(self, "payload", f->payload);
  if (f->flags) g_string_append_printf(told->told, " flags=%u", f->flags);
  if (f->too_long) g_string_append(told->told, " too-long");
  if (f->request_missing) g_string_append(told->told, " request-missing");
  if (!f->client_complete) g_string_append(told->told, " client-incomplete");
  told_line(self);
}

static inline void on_origin_set(void *self, const AsvPacketRef *at, guint64 stream,
                                 const AsvSpan *origins, gsize count) {
  told_begin(self, at, "origin-set", TRUE, stream);
  for (gsize i = 0; i < count; i++) told_text(self, "origin", origins[i]);
  told_line(self);
}

static inline void on_goaway(void *self, const AsvPacketRef *at, AsvSide from) {
  told_begin(self, at, from == ASV_CLIENT ? "goaway client" : "goaway server", FALSE, 0);
  told_line(self);
}

static inline void on_unreadable(void *self, const AsvPacketRef *at, AsvSide from,
                                 AsvHttpUnreadable reason, guint64 bytes) {
  static const char *const names[] = {"bytes-lost", "hpack-lost", "qpack-lost", "not-http",
                                      "one-direction"};
  told_begin(self, at, "unreadable", FALSE, 0);
  g_string_append_printf(((Told *)self)->told, " %s %s %" G_GUINT64_FORMAT,
                         from == ASV_CLIENT ? "client" : "server", names[reason], bytes);
  told_line(self);
}

static inline guint64 tunnel_bytes(void *self, const AsvPacketRef *at G_GNUC_UNUSED, AsvSpan data) {
  TunnelSide *side = self;
  g_assert_cmpuint(data.size, >, 0);
  g_byte_array_append(side->octets, data.data, (guint)data.size);
  return 0;
}

static inline guint64 tunnel_gap(void *self, const AsvPacketRef *at, guint64 n) {
  TunnelSide *side = self;
  /* As octets are, it may come late: what came before the answer did not say that it waits. */
  g_string_append_printf(side->told->told,
                         "%" G_GUINT64_FORMAT " tunnel gap stream=%" G_GUINT64_FORMAT
                         " %" G_GUINT64_FORMAT,
                         at->packet, side->stream, n);
  told_line(side->told);
  return 0;
}

static inline void tunnel_end(void *self, const AsvPacketRef *at, AsvEnd why) {
  TunnelSide *side = self;
  told_begin(side->told, at, "tunnel end", TRUE, side->stream);
  g_string_append_printf(side->told->told, " %s %d", side->side ? "server" : "client", why);
  told_text(side->told, "octets", asv_span(side->octets->data, side->octets->len));
  told_line(side->told);
  g_byte_array_unref(side->octets);
  g_free(side);
}

static inline gboolean on_tunnel(void *self, const AsvPacketRef *at, guint64 stream, AsvSpan target,
                                 AsvSink sinks[2]) {
  Told *told = self;
  told_begin(self, at, "tunnel", TRUE, stream);
  told_text(self, "target", target);
  told_line(self);
  if (told->no_tunnels) return FALSE;
  for (int i = 0; i < 2; i++) {
    TunnelSide *side = g_new0(TunnelSide, 1);
    *side = (TunnelSide){
        .told = told, .stream = stream, .side = (AsvSide)i, .octets = g_byte_array_new()};
    sinks[i] = (AsvSink){.self = side, .bytes = tunnel_bytes, .gap = tunnel_gap, .end = tunnel_end};
  }
  return TRUE;
}

static inline void on_dns_message(void *self, const AsvPacketRef *at, AsvSpan message) {
  told_begin(self, at, "dns", FALSE, 0);
  g_string_append_printf(((Told *)self)->told, " %" G_GSIZE_FORMAT, message.size);
  told_text(self, "octets", message);
  told_line(self);
}

static inline void on_waits(void *self, const AsvPacketRef *since) {
  Told *told = self;
  told->since = since ? since->order : G_MAXUINT64;
}

static inline AsvHttpEvents told_events(Told *told) {
  return (AsvHttpEvents){.self = told,
                         .request = on_request,
                         .response = on_response,
                         .keep_alive_request = on_keep_alive_request,
                         .altsvc = on_altsvc,
                         .origin_set = on_origin_set,
                         .goaway = on_goaway,
                         .unreadable = on_unreadable,
                         .tunnel = on_tunnel,
                         .dns_message = told->no_dns ? NULL : on_dns_message,
                         .waits = on_waits};
}

/* ---- running ---- */

typedef struct {
  AsvSink sinks[2];
  guint64 waived[2];
  gboolean ended[2];
} Runner;

static inline void run_octets(Runner *runner, const AsvPacketRef *at, AsvSide side, AsvSpan data) {
  guint64 *waived = &runner->waived[side];
  guint64 skip = MIN(*waived, data.size);
  if (*waived != ASV_WAIVE_ALL) *waived -= skip;
  if (skip == data.size) return;
  const AsvSink *sink = &runner->sinks[side];
  *waived = sink->bytes(sink->self, at, asv_span_sub(data, skip, data.size));
}

static inline void run_gap(Runner *runner, const AsvPacketRef *at, AsvSide side, guint64 n) {
  guint64 *waived = &runner->waived[side];
  guint64 skip = n == ASV_GAP_UNKNOWN && *waived != ASV_WAIVE_ALL ? 0 : MIN(*waived, n);
  if (*waived != ASV_WAIVE_ALL) *waived -= skip;
  if (skip == n) return;
  const AsvSink *sink = &runner->sinks[side];
  *waived = sink->gap(sink->self, at, n == ASV_GAP_UNKNOWN ? n : n - skip);
}

static inline void run_end(Runner *runner, const AsvPacketRef *at, AsvSide side, AsvEnd why) {
  if (runner->ended[side]) return;
  runner->ended[side] = TRUE;
  runner->sinks[side].end(runner->sinks[side].self, at, why);
}

/* An AsvTestRun: what a Script tells when its octets come in these pieces. */
static inline char *script_run(const AsvSpan *pieces, gsize count, const void *user) {
  const Script *script = user;
  Told told = {.told = g_string_new(NULL),
               .no_tunnels = script->no_tunnels,
               .no_dns = script->no_dns,
               .since = G_MAXUINT64};
  AsvHttpEvents events = told_events(&told);
  AsvHttpContext *context = asv_http_context_new();
  AsvHttp *http = asv_http_new(context, script->version, script->scheme, &events);
  Runner runner = {.sinks = {asv_http_sink(http, ASV_CLIENT), asv_http_sink(http, ASV_SERVER)}};
  AsvPacketRef at = {0};
  gsize piece = 0, from = 0;
  gboolean whole = TRUE;
  for (guint i = 0; i < script->steps->len && whole; i++) {
    const Step *step = &g_array_index(script->steps, Step, i);
    at = (AsvPacketRef){.packet = i + 1, .order = (i + 1) * script->packets_apart};
    told.now = at.order;
    if (step->kind == STEP_GAP) run_gap(&runner, &at, step->side, step->gap);
    if (step->kind == STEP_END) run_end(&runner, &at, step->side, step->why);
    for (gsize left = step->size; left && whole;) {
      gsize n = piece < count ? MIN(left, pieces[piece].size - from) : 0;
      if (n) run_octets(&runner, &at, step->side, asv_span_sub(pieces[piece], from, n));
      from += n;
      left -= n;
      if (piece < count && from == pieces[piece].size) {
        piece++;
        from = 0;
      } else if (!n) {
        whole = FALSE;
      }
    }
  }
  run_end(&runner, &at, ASV_CLIENT, ASV_END_CAPTURE);
  run_end(&runner, &at, ASV_SERVER, ASV_END_CAPTURE);
  asv_http_free(http);
  asv_http_context_free(context);
  return g_string_free(told.told, FALSE);
}

/* What the script tells, the same however its octets are cut. Frees the script. */
static inline char *script_tell(Script *script) {
  char *told =
      asv_test_splits(script_run, asv_span(script->octets->data, script->octets->len), script);
  script_free(script);
  return told;
}

static inline void script_expect(Script *script, const char *expected) {
  g_autofree char *told = script_tell(script);
  g_assert_cmpstr(told, ==, expected);
}

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An HTTP/3 connection as a script of what each side sends, loses and ends on
 * its streams, one packet a step; run against asv_http3_new() it gives a
 * transcript of events as script.h does.
 */
#ifndef TESTS_UNIT_HTTP_SCRIPT3_H
#define TESTS_UNIT_HTTP_SCRIPT3_H

#include "analyzer/http/http3.h"
#include "qpack-peer.h"
#include "script.h"

typedef struct {
  StepKind kind;
  AsvSide side;
  guint64 stream;
  gsize size;
  guint64 gap;
  AsvEnd why;
  gboolean early;
  guint64 packet; /* 0: the number of the step */
} Step3;

typedef struct {
  GByteArray *octets; /* of all steps */
  GArray *steps;
  QpackPeer *peers[2];    /* what that side encodes */
  GByteArray *encoder[2]; /* of that, not sent yet */
  gboolean early;         /* of the steps to come */
  gboolean no_tunnels;
  guint64 packets_apart;
  gint64 time_apart;
} Script3;

/* Streams of each side. */
static const guint64 control_of[2] = {2, 3}, encoder_of[2] = {6, 7}, decoder_of[2] = {10, 11};

static inline Script3 *script3_new(gsize capacity) {
  Script3 *script = g_new0(Script3, 1);
  script->octets = g_byte_array_new();
  script->steps = g_array_new(FALSE, FALSE, sizeof(Step3));
  script->packets_apart = 1;
  for (int i = 0; i < 2; i++) {
    script->peers[i] = peer_new(capacity, 100);
    script->encoder[i] = g_byte_array_new();
  }
  return script;
}

static inline void script3_free(Script3 *script) {
  g_byte_array_unref(script->octets);
  g_array_unref(script->steps);
  for (int i = 0; i < 2; i++) {
    peer_free(script->peers[i]);
    g_byte_array_unref(script->encoder[i]);
  }
  g_free(script);
}

static inline void script3_octets(Script3 *script, AsvSide side, guint64 stream, const void *data,
                                  gsize size) {
  Step3 step = {
      .kind = STEP_BYTES, .side = side, .stream = stream, .size = size, .early = script->early};
  g_byte_array_append(script->octets, data, (guint)size);
  g_array_append_val(script->steps, step);
}

static inline void script3_hex(Script3 *script, AsvSide side, guint64 stream, const char *hex) {
  GByteArray *octets = asv_test_hex(hex);
  script3_octets(script, side, stream, octets->data, octets->len);
  g_byte_array_unref(octets);
}

static inline void script3_gap(Script3 *script, AsvSide side, guint64 stream, guint64 n) {
  Step3 step = {.kind = STEP_GAP, .side = side, .stream = stream, .gap = n};
  g_array_append_val(script->steps, step);
}

/* n octets are known to follow what was sent. */
static inline void script3_ahead(Script3 *script, AsvSide side, guint64 stream, guint64 n) {
  Step3 step = {.kind = STEP_AHEAD, .side = side, .stream = stream, .gap = n};
  g_array_append_val(script->steps, step);
}

static inline void script3_end(Script3 *script, AsvSide side, guint64 stream, AsvEnd why) {
  Step3 step = {.kind = STEP_END, .side = side, .stream = stream, .why = why};
  g_array_append_val(script->steps, step);
}

static inline void put_varint(GByteArray *out, guint64 value) {
  guint8 octets[8];
  guint bits = value < 64 ? 0 : value < 16384 ? 1 : value < 1u << 30 ? 2 : 3, size = 1u << bits;
  for (guint i = 0; i < size; i++) octets[i] = (guint8)(value >> (8 * (size - 1 - i)));
  octets[0] = (guint8)(octets[0] | bits << 6);
  g_byte_array_append(out, octets, size);
}

static inline void put_frame3(GByteArray *out, guint64 type, const void *payload, gsize size) {
  put_varint(out, type);
  put_varint(out, size);
  if (size) g_byte_array_append(out, payload, (guint)size);
}

static inline void script3_frame(Script3 *script, AsvSide side, guint64 stream, guint64 type,
                                 const void *payload, gsize size) {
  GByteArray *frame = g_byte_array_new();
  put_frame3(frame, type, payload, size);
  script3_octets(script, side, stream, frame->data, frame->len);
  g_byte_array_unref(frame);
}

/* Sends what the encoder of side has for its stream. */
static inline void script3_flush(Script3 *script, AsvSide side) {
  GByteArray *octets = script->encoder[side];
  if (!octets->len) return;
  script3_octets(script, side, encoder_of[side], octets->data, octets->len);
  g_byte_array_set_size(octets, 0);
}

/* A HEADERS frame with these lines; what the encoder has for its stream is not sent yet. */
static inline void script3_headers(Script3 *script, AsvSide side, guint64 stream,
                                   const char *lines) {
  GByteArray *section = g_byte_array_new();
  peer_encode(script->peers[side], stream, lines, section, script->encoder[side]);
  script3_frame(script, side, stream, 1, section->data, section->len);
  g_byte_array_unref(section);
}

static inline void script3_promise(Script3 *script, guint64 stream, guint64 push_id,
                                   const char *lines) {
  GByteArray *payload = g_byte_array_new();
  put_varint(payload, push_id);
  peer_encode(script->peers[ASV_SERVER], stream, lines, payload, script->encoder[ASV_SERVER]);
  script3_frame(script, ASV_SERVER, stream, 5, payload->data, payload->len);
  g_byte_array_unref(payload);
}

/* A request that is over. */
static inline void script3_get(Script3 *script, guint64 stream, const char *authority) {
  g_autofree char *lines = g_strdup_printf(
      ":method: GET\n:scheme: https\n:authority: %s\n:path: /%" G_GUINT64_FORMAT "\n", authority,
      stream);
  script3_headers(script, ASV_CLIENT, stream, lines);
  script3_end(script, ASV_CLIENT, stream, ASV_END_FIN);
}

/* A control stream with SETTINGS that allow the other side this table. */
static inline void script3_settings(Script3 *script, AsvSide side, gsize capacity) {
  GByteArray *octets = g_byte_array_new(), *payload = g_byte_array_new();
  put_varint(payload, 0x1f * 7 + 0x21); /* reserved (RFC 9114 §7.2.4.1) */
  put_varint(payload, 1);
  put_varint(payload, 1);
  put_varint(payload, capacity);
  put_varint(payload, 7);
  put_varint(payload, 100);
  put_varint(octets, 0);
  put_frame3(octets, 4, payload->data, payload->len);
  script3_octets(script, side, control_of[side], octets->data, octets->len);
  g_byte_array_unref(octets);
  g_byte_array_unref(payload);
}

#define PROMISE ":method: GET\n:scheme: https\n:authority: p.test\n:path: /p\n"

/* The header section of a response with status 200. */
static inline void script3_respond(Script3 *script, guint64 stream, const char *more) {
  g_autofree char *lines = g_strconcat(":status: 200\n", more, NULL);
  script3_headers(script, ASV_SERVER, stream, lines);
}

static inline void script3_data(Script3 *script, AsvSide side, guint64 stream, const char *text) {
  script3_frame(script, side, stream, 0, text, strlen(text));
}

/* A push stream from its beginning to its end. */
static inline void script3_push(Script3 *script, guint64 stream, guint8 push_id) {
  guint8 begin[2] = {1, push_id};
  script3_octets(script, ASV_SERVER, stream, begin, 2);
  script3_respond(script, stream, "alt-svc: pushed\n");
  script3_data(script, ASV_SERVER, stream, "body");
  script3_end(script, ASV_SERVER, stream, ASV_END_FIN);
}

/* A connection whose both sides have sent SETTINGS and begun their QPACK streams. */
static inline Script3 *script3_start(gsize capacity) {
  Script3 *script = script3_new(capacity);
  for (int i = 0; i < 2; i++) {
    script3_settings(script, (AsvSide)i, capacity);
    script3_octets(script, (AsvSide)i, encoder_of[i], "\x02", 1);
    script3_octets(script, (AsvSide)i, decoder_of[i], "\x03", 1);
  }
  return script;
}

/* ---- running ---- */

typedef struct {
  gboolean unwanted, ended;
  guint64 waived;
  AsvSink sink;
} Stream3;

typedef struct {
  AsvHttp3 *http;
  GHashTable *streams[2]; /* id -> Stream3 */
  Told told;
} Runner3;

static inline Stream3 *run3_stream(Runner3 *runner, const AsvPacketRef *at, const Step3 *step) {
  gpointer key = GSIZE_TO_POINTER(step->stream + 1);
  Stream3 *stream = g_hash_table_lookup(runner->streams[step->side], key);
  if (!stream) {
    stream = g_new0(Stream3, 1);
    g_hash_table_insert(runner->streams[step->side], key, stream);
    stream->unwanted = !asv_http3_stream(runner->http, at, step->side, step->stream, &stream->sink);
  }
  return stream->unwanted || stream->ended ? NULL : stream;
}

static inline void run3_octets(Runner3 *runner, const AsvPacketRef *at, const Step3 *step,
                               AsvSpan data) {
  Stream3 *stream = run3_stream(runner, at, step);
  if (!stream) return;
  guint64 skip = MIN(stream->waived, data.size);
  if (stream->waived != ASV_WAIVE_ALL) stream->waived -= skip;
  if (skip == data.size) return;
  stream->waived = stream->sink.bytes(stream->sink.self, at, asv_span_sub(data, skip, data.size));
}

static inline void run3_gap(Runner3 *runner, const AsvPacketRef *at, const Step3 *step) {
  Stream3 *stream = run3_stream(runner, at, step);
  guint64 n = step->gap;
  if (!stream || stream->waived == ASV_WAIVE_ALL) return;
  guint64 skip = n == ASV_GAP_UNKNOWN ? 0 : MIN(stream->waived, n);
  stream->waived -= skip;
  if (skip == n) return;
  stream->waived = stream->sink.gap(stream->sink.self, at, n == ASV_GAP_UNKNOWN ? n : n - skip);
}

static inline void run3_end(Runner3 *runner, const AsvPacketRef *at, const Step3 *step) {
  Stream3 *stream = run3_stream(runner, at, step);
  if (!stream) return;
  stream->ended = TRUE;
  stream->sink.end(stream->sink.self, at, step->why);
}

static inline void run3_ahead(Runner3 *runner, const AsvPacketRef *at, const Step3 *step) {
  run3_stream(runner, at, step);
  asv_http3_ahead(runner->http, step->side, step->stream, step->gap);
}

static inline int compare_keys(gconstpointer a, gconstpointer b) {
  return (a > b) - (a < b);
}

/* Ends what is open as QUIC does when the capture ends: by number, the client's side first. */
static inline void run3_finish(Runner3 *runner, const AsvPacketRef *at) {
  for (int side = 0; side < 2; side++) {
    GList *keys = g_hash_table_get_keys(runner->streams[side]);
    keys = g_list_sort(keys, compare_keys);
    for (GList *key = keys; key; key = key->next) {
      Step3 step = {
          .side = (AsvSide)side, .stream = GPOINTER_TO_SIZE(key->data) - 1, .why = ASV_END_CAPTURE};
      run3_end(runner, at, &step);
    }
    g_list_free(keys);
  }
  asv_http3_finish(runner->http, at);
  g_assert_cmpuint(runner->told.since, ==, G_MAXUINT64);
}

/* An AsvTestRun: what a Script3 tells when its octets come in these pieces. */
static inline char *script3_run(const AsvSpan *pieces, gsize count, const void *user) {
  const Script3 *script = user;
  Runner3 runner = {
      .told = {.told = g_string_new(NULL), .no_tunnels = script->no_tunnels, .since = G_MAXUINT64}};
  AsvHttpEvents events = told_events(&runner.told);
  AsvHttpContext *context = asv_http_context_new();
  runner.http = asv_http3_new(context, &events);
  for (int i = 0; i < 2; i++) runner.streams[i] = g_hash_table_new_full(NULL, NULL, NULL, g_free);
  AsvPacketRef at = {0};
  gsize piece = 0, from = 0;
  gboolean whole = TRUE;
  for (guint i = 0; i < script->steps->len && whole; i++) {
    const Step3 *step = &g_array_index(script->steps, Step3, i);
    guint64 packet = step->packet ? step->packet : i + 1;
    at = (AsvPacketRef){.packet = packet,
                        .order = packet * script->packets_apart,
                        .time = (gint64)packet * script->time_apart};
    runner.told.now = at.order;
    asv_http3_set_early_data(runner.http, step->early);
    if (step->kind == STEP_GAP) run3_gap(&runner, &at, step);
    if (step->kind == STEP_END) run3_end(&runner, &at, step);
    if (step->kind == STEP_AHEAD) run3_ahead(&runner, &at, step);
    for (gsize left = step->size; left && whole;) {
      gsize n = piece < count ? MIN(left, pieces[piece].size - from) : 0;
      if (n) run3_octets(&runner, &at, step, asv_span_sub(pieces[piece], from, n));
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
  run3_finish(&runner, &at);
  asv_http3_free(runner.http);
  asv_http_context_free(context);
  for (int i = 0; i < 2; i++) g_hash_table_unref(runner.streams[i]);
  return g_string_free(runner.told.told, FALSE);
}

static inline void script3_expect(Script3 *script, const char *expected) {
  g_autofree char *told =
      asv_test_splits(script3_run, asv_span(script->octets->data, script->octets->len), script);
  script3_free(script);
  g_assert_cmpstr(told, ==, expected);
}

#endif

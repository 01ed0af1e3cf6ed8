/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A state machine per side. Payloads that matter as a whole are taken where
 * they stand in the octets given, or gathered when cut; header blocks go to
 * the inflater piece by piece, so that no limit can make one unreadable. When
 * octets are lost at an unknown place among frames, frames are believed again
 * where a chain of them begins (chain.c), header sections never again.
 */
#include "http2.h"

#include "analyzer/http/chain.h"
#include "analyzer/http/hold.h"
#include "analyzer/http/hpack.h"
#include "analyzer/http/pairs.h"

enum {
  FRAME_DATA = 0x0,
  FRAME_HEADERS = 0x1,
  FRAME_RST_STREAM = 0x3,
  FRAME_SETTINGS = 0x4,
  FRAME_PUSH_PROMISE = 0x5,
  FRAME_GOAWAY = 0x7,
  FRAME_CONTINUATION = 0x9,
  FRAME_ALTSVC = 0xa,
  FRAME_ORIGIN = 0xc
};

enum {
  FLAG_END_STREAM = 0x1,
  FLAG_ACK = 0x1,
  FLAG_END_HEADERS = 0x4,
  FLAG_PADDED = 0x8,
  FLAG_PRIORITY = 0x20
};

#define HEAD_SIZE 9u
#define MAX_FRAME_SIZE_LEAST 16384u
#define MAX_FRAME_SIZE_MOST 16777215u

typedef enum {
  STATE_PREFACE,
  STATE_HEAD,
  STATE_SKIP,   /* payload that says nothing */
  STATE_WHOLE,  /* payload that is gathered */
  STATE_PREFIX, /* what stands before a header block or a tunnel's octets */
  STATE_BLOCK,
  STATE_TUNNEL,
  STATE_CHAIN, /* looking whether frames begin here */
  STATE_DEAD
} State;

/* What every frame needs stands first. */
typedef struct {
  State state;
  guint8 type, flags;
  guint8 have, need; /* octets of preface, head or prefix */
  guint32 length, stream;
  guint32 left;     /* of the payload */
  guint32 padding;  /* of that, at its end */
  guint32 block;    /* stream whose header block goes on in CONTINUATION; 0: none */
  guint32 promised; /* by the PUSH_PROMISE in work; 0: it is HEADERS */
  guint8 end_stream;
  guint8 started; /* a frame was read, or octets were lost */
  guint8 hpack_lost;
  AsvHpack *hpack;
  AsvHold chain;
  AsvFields *fields; /* of the section in work, or NULL */
  GByteArray *payload;
  guint32 max_frame_size; /* what this side takes */
  guint8 head[HEAD_SIZE], prefix[6];
} Side;

struct AsvHttp2 {
  AsvExchange *exchange;
  AsvPairs *pairs;
  Side sides[2];
};

AsvSpan asv_http2_preface(void) {
  return asv_span("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 24);
}

AsvHttp2 *asv_http2_new(AsvExchange *exchange) {
  AsvHttp2 *http2 = g_new0(AsvHttp2, 1);
  http2->exchange = exchange;
  http2->pairs = asv_pairs_new(exchange, TRUE);
  for (int side = 0; side < 2; side++) {
    http2->sides[side].payload = g_byte_array_new();
    http2->sides[side].hpack = asv_hpack_new();
    http2->sides[side].max_frame_size = MAX_FRAME_SIZE_LEAST;
  }
  http2->sides[ASV_SERVER].state = STATE_HEAD;
  return http2;
}

void asv_http2_free(AsvHttp2 *http2) {
  if (!http2) return;
  for (int side = 0; side < 2; side++) {
    g_byte_array_unref(http2->sides[side].payload);
    asv_hpack_free(http2->sides[side].hpack);
    asv_http_context_give(http2->exchange->context, http2->sides[side].fields);
    asv_hold_free(&http2->sides[side].chain);
  }
  asv_pairs_free(http2->pairs);
  g_free(http2);
}

void asv_http2_upgraded(AsvHttp2 *http2, AsvKept *kept, guint32 max_frame_size) {
  asv_pairs_upgraded(http2->pairs, kept);
  if (max_frame_size) http2->sides[ASV_CLIENT].max_frame_size = max_frame_size;
}

static void drop_fields(AsvHttp2 *http2, Side *s) {
  asv_http_context_give(http2->exchange->context, s->fields);
  s->fields = NULL;
}

/* ---- losses ---- */

/* From here on no header section of side is believed. */
static void lose_hpack(AsvHttp2 *http2, AsvSide side, const AsvPacketRef *at, guint64 bytes) {
  Side *s = &http2->sides[side];
  s->block = 0;
  if (s->hpack_lost) return;
  s->hpack_lost = TRUE;
  http2->exchange->lost[side] = TRUE;
  asv_exchange_unreadable(http2->exchange, at, side, ASV_HTTP_HPACK_LOST, bytes);
  asv_pairs_expire(http2->pairs, at);
}

static void lose_bytes(AsvHttp2 *http2, AsvSide side, const AsvPacketRef *at, guint64 bytes) {
  http2->exchange->lost[side] = TRUE;
  asv_exchange_unreadable(http2->exchange, at, side, ASV_HTTP_BYTES_LOST, bytes);
}

/* ---- whole payloads ---- */

guint32 asv_http2_max_frame_size(AsvSpan payload) {
  AsvReader reader = asv_reader(payload);
  guint32 found = 0;
  while (asv_reader_left(&reader) >= 6) {
    guint16 id = asv_read_u16(&reader);
    guint32 value = asv_read_u32(&reader);
    if (id == 0x5 && value >= MAX_FRAME_SIZE_LEAST && value <= MAX_FRAME_SIZE_MOST) found = value;
  }
  return found;
}

static void take_altsvc(AsvHttp2 *http2, AsvSide side, const AsvPacketRef *at, AsvSpan payload) {
  const Side *s = &http2->sides[side];
  AsvHttpAltsvc frame = {.from = side,
                         .stream = s->stream,
                         .flags = s->flags,
                         .payload = payload,
                         .too_long = s->length > http2->sides[!side].max_frame_size};
  asv_pairs_altsvc(http2->pairs, at, &frame);
}

/* RFC 8336 §2: stream 0, from the server; the low flag bits make it another frame. */
static void take_origin(AsvHttp2 *http2, AsvSide side, const AsvPacketRef *at, AsvSpan payload) {
  const Side *s = &http2->sides[side];
  if (side != ASV_SERVER || s->stream != 0 || s->flags & 0x0f) return;
  asv_exchange_origins(http2->exchange, at, 0, payload);
}

static void whole_done(AsvHttp2 *http2, AsvSide side, const AsvPacketRef *at, AsvSpan payload) {
  Side *s = &http2->sides[side];
  const AsvHttpEvents *events = http2->exchange->events;
  guint32 size;
  switch (s->type) {
    case FRAME_RST_STREAM:
      asv_pairs_reset(http2->pairs, at, s->stream);
      break;
    case FRAME_SETTINGS:
      size = asv_http2_max_frame_size(payload);
      if (size) s->max_frame_size = size;
      break;
    case FRAME_GOAWAY:
      events->goaway(events->self, at, side);
      break;
    case FRAME_ALTSVC:
      take_altsvc(http2, side, at, payload);
      break;
    default: /* FRAME_ORIGIN */
      take_origin(http2, side, at, payload);
      break;
  }
}

/* ---- frame headers ---- */

/* How a frame with a header block begins: padding length, priority or promised stream. */
static void begin_block(AsvHttp2 *http2, AsvSide side, const AsvPacketRef *at) {
  Side *s = &http2->sides[side];
  gboolean goes_on = s->type == FRAME_CONTINUATION;
  s->state = STATE_SKIP;
  if (s->hpack_lost) {
    if (s->type != FRAME_HEADERS) return;
    if (side == ASV_CLIENT) asv_pairs_unread(http2->pairs, at, s->stream);
    if (s->flags & FLAG_END_STREAM) asv_pairs_end_stream(http2->pairs, at, side, s->stream);
    return;
  }
  s->need = 0;
  s->padding = 0;
  if (!goes_on) {
    s->need = s->flags & FLAG_PADDED ? 1 : 0;
    if (s->type == FRAME_PUSH_PROMISE)
      s->need += 4;
    else if (s->flags & FLAG_PRIORITY)
      s->need += 5;
    drop_fields(http2, s);
    s->fields = asv_http_context_take(http2->exchange->context);
    s->end_stream = s->type == FRAME_HEADERS && (s->flags & FLAG_END_STREAM) != 0;
    s->promised = 0;
  }
  if (s->length < s->need || (goes_on && !s->block)) {
    lose_hpack(http2, side, at, s->length);
    return;
  }
  s->state = STATE_PREFIX;
  s->have = 0;
}

static void begin_data(AsvHttp2 *http2, AsvSide side, const AsvPacketRef *at) {
  Side *s = &http2->sides[side];
  gboolean padded = s->flags & FLAG_PADDED;
  s->state = STATE_SKIP;
  if (asv_pairs_is_tunnel(http2->pairs, s->stream)) {
    s->padding = 0;
    s->have = 0;
    s->need = padded ? 1 : 0;
    s->state = s->length < s->need ? STATE_SKIP : STATE_PREFIX;
  } else if (s->flags & FLAG_END_STREAM) {
    asv_pairs_end_stream(http2->pairs, at, side, s->stream);
  }
}

static void begin_whole(AsvHttp2 *http2, AsvSide side, const AsvPacketRef *at) {
  Side *s = &http2->sides[side];
  s->state = STATE_SKIP;
  if (s->type == FRAME_SETTINGS && s->flags & FLAG_ACK) return;
  if (s->length > ASV_HTTP_FRAME_MAX) {
    lose_bytes(http2, side, at, s->length);
    return;
  }
  s->state = STATE_WHOLE;
}

static void begin_frame(AsvHttp2 *http2, AsvSide side, const AsvPacketRef *at, AsvSpan head) {
  Side *s = &http2->sides[side];
  AsvReader reader = asv_reader(head);
  s->length = s->left = asv_read_u24(&reader);
  s->type = asv_read_u8(&reader);
  s->flags = asv_read_u8(&reader);
  s->stream = asv_read_u32(&reader) & 0x7fffffffu;
  s->have = 0;
  gboolean settings = s->type == FRAME_SETTINGS && s->stream == 0 && s->length % 6 == 0;
  if (!s->started && side == ASV_SERVER && (!settings || s->flags)) {
    s->state = STATE_CHAIN;
    asv_hold_bytes(&s->chain, at, head);
    return;
  }
  s->started = TRUE;
  if (s->block && (s->type != FRAME_CONTINUATION || s->stream != s->block))
    lose_hpack(http2, side, at, 0);
  switch (s->type) {
    case FRAME_DATA:
      begin_data(http2, side, at);
      return;
    case FRAME_HEADERS:
    case FRAME_PUSH_PROMISE:
    case FRAME_CONTINUATION:
      begin_block(http2, side, at);
      return;
    case FRAME_RST_STREAM:
    case FRAME_SETTINGS:
    case FRAME_GOAWAY:
    case FRAME_ALTSVC:
    case FRAME_ORIGIN:
      begin_whole(http2, side, at);
      return;
    default:
      s->state = STATE_SKIP;
      return;
  }
}

/* ---- steps: each takes octets from the front of data and returns how many ---- */

static gsize step_head(AsvHttp2 *http2, AsvSide side, const AsvPacketRef *at, AsvSpan data) {
  Side *s = &http2->sides[side];
  if (!s->have && data.size >= HEAD_SIZE) {
    begin_frame(http2, side, at, asv_span(data.data, HEAD_SIZE));
    return HEAD_SIZE;
  }
  gsize n = MIN(HEAD_SIZE - s->have, data.size);
  memcpy(s->head + s->have, data.data, n);
  s->have = (guint8)(s->have + n);
  if (s->have == HEAD_SIZE) begin_frame(http2, side, at, asv_span(s->head, HEAD_SIZE));
  return n;
}

static gsize step_skip(Side *s, AsvSpan data) {
  gsize n = MIN(s->left, data.size);
  s->left -= (guint32)n;
  if (!s->left) s->state = STATE_HEAD;
  return n;
}

static gsize step_whole(AsvHttp2 *http2, AsvSide side, const AsvPacketRef *at, AsvSpan data) {
  Side *s = &http2->sides[side];
  gsize n = MIN(s->left, data.size);
  AsvSpan payload = asv_span(data.data, n);
  gboolean cut = n < s->length;
  if (cut && n) g_byte_array_append(s->payload, data.data, (guint)n);
  s->left -= (guint32)n;
  if (s->left) return n;
  if (cut) payload = asv_span(s->payload->data, s->payload->len);
  s->state = STATE_HEAD;
  whole_done(http2, side, at, payload);
  g_byte_array_set_size(s->payload, 0);
  return n;
}

static gsize step_prefix(AsvHttp2 *http2, AsvSide side, const AsvPacketRef *at, AsvSpan data) {
  Side *s = &http2->sides[side];
  gsize n = MIN((gsize)(s->need - s->have), data.size);
  if (n) memcpy(s->prefix + s->have, data.data, n);
  s->have = (guint8)(s->have + n);
  s->left -= (guint32)n;
  if (s->have < s->need) return n;
  AsvReader reader = asv_reader(asv_span(s->prefix, s->need));
  if (s->need && s->flags & FLAG_PADDED) s->padding = asv_read_u8(&reader);
  if (s->type == FRAME_PUSH_PROMISE) s->promised = asv_read_u32(&reader) & 0x7fffffffu;
  s->have = 0;
  s->state = s->type == FRAME_DATA ? STATE_TUNNEL : STATE_BLOCK;
  if (s->padding <= s->left) return n;
  s->state = STATE_SKIP;
  if (s->type != FRAME_DATA) lose_hpack(http2, side, at, s->length);
  return n;
}

static void block_done(AsvHttp2 *http2, AsvSide side, const AsvPacketRef *at) {
  Side *s = &http2->sides[side];
  if (s->promised) {
    if (side == ASV_SERVER)
      asv_pairs_promise(http2->pairs, at, s->promised, s->promised, s->fields);
  } else if (s->stream) {
    asv_pairs_section(http2->pairs, at, side, s->stream, s->fields);
    if (s->end_stream) asv_pairs_end_stream(http2->pairs, at, side, s->stream);
  }
}

static gsize step_block(AsvHttp2 *http2, AsvSide side, const AsvPacketRef *at, AsvSpan data) {
  Side *s = &http2->sides[side];
  gsize n = MIN(s->left - s->padding, data.size);
  s->left -= (guint32)n;
  gboolean all = s->left == s->padding;
  gboolean final = all && s->flags & FLAG_END_HEADERS;
  if (all) {
    s->state = STATE_SKIP;
    s->block = final ? 0 : s->stream;
  }
  if (!asv_hpack_inflate(s->hpack, asv_span(data.data, n), final, s->fields)) {
    s->state = STATE_SKIP;
    lose_hpack(http2, side, at, s->length);
  } else if (final) {
    block_done(http2, side, at);
    drop_fields(http2, s);
  }
  return n;
}

static gsize step_tunnel(AsvHttp2 *http2, AsvSide side, const AsvPacketRef *at, AsvSpan data) {
  Side *s = &http2->sides[side];
  gsize n = MIN(s->left - s->padding, data.size);
  s->left -= (guint32)n;
  if (n) asv_pairs_tunnel_bytes(http2->pairs, at, side, s->stream, asv_span(data.data, n));
  if (s->left != s->padding) return n;
  s->state = STATE_SKIP;
  if (s->flags & FLAG_END_STREAM) asv_pairs_end_stream(http2->pairs, at, side, s->stream);
  return n;
}

static gsize step_preface(Side *s, const AsvPacketRef *at, AsvSpan data) {
  AsvSpan preface = asv_http2_preface();
  gsize n = MIN(preface.size - s->have, data.size);
  if (memcmp(preface.data + s->have, data.data, n) != 0) {
    if (s->have) asv_hold_bytes(&s->chain, at, asv_span(preface.data, s->have));
    s->have = 0;
    s->state = STATE_CHAIN;
    return 0;
  }
  s->have = (guint8)(s->have + n);
  if (s->have < preface.size) return n;
  s->have = 0;
  s->started = TRUE;
  s->state = STATE_HEAD;
  return n;
}

static void feed(AsvHttp2 *http2, AsvSide side, const AsvPacketRef *at, AsvSpan data);

/* Frames are believed from the octets kept on, or never again on this side. */
static void chain_decide(AsvHttp2 *http2, AsvSide side, const AsvPacketRef *at, gboolean yes) {
  Side *s = &http2->sides[side];
  AsvHold kept = s->chain;
  s->chain = (AsvHold){0};
  s->state = yes ? STATE_HEAD : STATE_DEAD;
  if (yes) {
    const AsvHeldCall *call;
    if (!s->started) lose_hpack(http2, side, at, 0);
    s->started = TRUE;
    while ((call = asv_hold_first(&kept)) != NULL) {
      feed(http2, side, &call->at, asv_hold_octets(&kept, FALSE));
      asv_hold_take(&kept, call->size);
    }
  } else if (!s->started) {
    http2->exchange->lost[side] = TRUE;
    asv_exchange_unreadable(http2->exchange, at, side, ASV_HTTP_NOT_HTTP, 0);
    asv_pairs_expire(http2->pairs, at);
  }
  asv_hold_free(&kept);
}

static gsize step_chain(AsvHttp2 *http2, AsvSide side, const AsvPacketRef *at, AsvSpan data) {
  Side *s = &http2->sides[side];
  gboolean ends;
  asv_hold_bytes(&s->chain, at, data);
  AsvSpan kept = asv_hold_octets(&s->chain, TRUE);
  AsvChain chain = asv_chain_read(kept, &ends);
  if (chain != ASV_CHAIN_MORE)
    chain_decide(http2, side, at, chain == ASV_CHAIN_YES);
  else if (kept.size > ASV_HTTP_CHAIN_MAX || asv_hold_full(&s->chain, at))
    chain_decide(http2, side, at, ends);
  return data.size;
}

static gsize step(AsvHttp2 *http2, AsvSide side, const AsvPacketRef *at, AsvSpan data) {
  Side *s = &http2->sides[side];
  switch (s->state) {
    case STATE_PREFACE:
      return step_preface(s, at, data);
    case STATE_HEAD:
      return step_head(http2, side, at, data);
    case STATE_SKIP:
      return step_skip(s, data);
    case STATE_WHOLE:
      return step_whole(http2, side, at, data);
    case STATE_PREFIX:
      return step_prefix(http2, side, at, data);
    case STATE_BLOCK:
      return step_block(http2, side, at, data);
    case STATE_TUNNEL:
      return step_tunnel(http2, side, at, data);
    case STATE_CHAIN:
      return step_chain(http2, side, at, data);
    default: /* STATE_DEAD */
      return data.size;
  }
}

/* TRUE while the state ends without a further octet. */
static gboolean is_due(const Side *s) {
  switch (s->state) {
    case STATE_SKIP:
    case STATE_WHOLE:
      return s->left == 0;
    case STATE_PREFIX:
      return s->have == s->need;
    case STATE_BLOCK:
    case STATE_TUNNEL:
      return s->left == s->padding;
    default:
      return FALSE;
  }
}

static void feed(AsvHttp2 *http2, AsvSide side, const AsvPacketRef *at, AsvSpan data) {
  const Side *s = &http2->sides[side];
  while (data.size || is_due(s)) {
    gsize n = step(http2, side, at, data);
    data.data += n;
    data.size -= n;
  }
}

/* ---- the sides ---- */

void asv_http2_bytes(AsvHttp2 *http2, AsvSide side, const AsvPacketRef *at, AsvSpan data) {
  asv_pairs_expire(http2->pairs, at);
  feed(http2, side, at, data);
}

/* A gap, up to the end of the frame in work. Returns what is left of it; *harmless says whether
 * nothing was missed. */
static guint64 gap_in_frame(AsvHttp2 *http2, AsvSide side, const AsvPacketRef *at, guint64 n,
                            gboolean *harmless) {
  static const guint8 nothing[1] = {0};
  Side *s = &http2->sides[side];
  guint32 inside = (guint32)MIN(n, s->left);
  guint64 bytes = n;
  *harmless = s->state == STATE_SKIP || s->state == STATE_TUNNEL;
  if (!*harmless) lose_bytes(http2, side, at, bytes);
  if (s->type != FRAME_DATA && (s->state == STATE_BLOCK || s->state == STATE_PREFIX))
    lose_hpack(http2, side, at, bytes);
  if (s->state == STATE_TUNNEL)
    asv_pairs_tunnel_gap(http2->pairs, at, side, s->stream, MIN(inside, s->left - s->padding));
  else
    s->state = STATE_SKIP;
  s->left -= inside;
  if (s->state == STATE_TUNNEL && s->left < s->padding) s->padding = s->left;
  g_byte_array_set_size(s->payload, 0);
  feed(http2, side, at, asv_span(nothing, 0));
  return n - inside;
}

void asv_http2_gap(AsvHttp2 *http2, AsvSide side, const AsvPacketRef *at, guint64 n) {
  Side *s = &http2->sides[side];
  gboolean in_frame = s->state == STATE_SKIP || s->state == STATE_WHOLE ||
                      s->state == STATE_PREFIX || s->state == STATE_BLOCK ||
                      s->state == STATE_TUNNEL;
  gboolean harmless = TRUE;
  asv_pairs_expire(http2->pairs, at);
  if (s->state == STATE_DEAD) return;
  if (in_frame && n != ASV_GAP_UNKNOWN) {
    n = gap_in_frame(http2, side, at, n, &harmless);
    if (!n) return;
  }
  if (harmless) lose_bytes(http2, side, at, n);
  lose_hpack(http2, side, at, n);
  g_byte_array_set_size(s->payload, 0);
  asv_hold_free(&s->chain);
  s->state = STATE_CHAIN;
  s->have = 0;
  s->started = TRUE;
}

void asv_http2_end(AsvHttp2 *http2, AsvSide side, const AsvPacketRef *at, AsvEnd why) {
  Side *s = &http2->sides[side];
  gboolean ends;
  if (s->state == STATE_CHAIN && asv_hold_first(&s->chain)) {
    asv_chain_read(asv_hold_octets(&s->chain, TRUE), &ends);
    if (ends) chain_decide(http2, side, at, TRUE);
  }
  s->state = STATE_DEAD;
  asv_pairs_end(http2->pairs, at, side, why);
}

guint64 asv_http2_waive(AsvHttp2 *http2, AsvSide side) {
  Side *s = &http2->sides[side];
  guint64 n = 0;
  if (s->state == STATE_DEAD) return ASV_WAIVE_ALL;
  if (s->state == STATE_SKIP) {
    n = s->left;
    s->left = 0;
    s->state = STATE_HEAD;
  } else if (s->state == STATE_TUNNEL && s->left > s->padding + 1) {
    /* One octet is left, so that the end of the frame has a packet. */
    n = asv_pairs_tunnel_waive(http2->pairs, side, s->stream, s->left - s->padding - 1);
    s->left -= (guint32)n;
  }
  return n;
}

const AsvPacketRef *asv_http2_since(const AsvHttp2 *http2) {
  const AsvPacketRef *since = asv_pairs_since(http2->pairs);
  for (int side = 0; side < 2; side++) {
    const AsvHeldCall *call = asv_hold_first(&http2->sides[side].chain);
    if (call && (!since || call->at.order < since->order)) since = &call->at;
  }
  return since;
}

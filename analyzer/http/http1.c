/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A state machine per side that takes whole lines (only a cut one is
 * buffered) and counts bodies away. How a body ends: RFC 9112 §6.3. After a
 * loss of framing only a first line exactly behind the gap is believed; its
 * answer or request is not paired.
 */
#include "http1.h"

#include "analyzer/http/body.h"
#include "analyzer/http/http2.h"
#include "analyzer/http/line.h"

typedef enum {
  STATE_START,
  STATE_RESUME, /* as START, behind a gap */
  STATE_FIELDS,
  STATE_BODY,
  STATE_CHUNK_SIZE,
  STATE_CHUNK_DATA,
  STATE_CHUNK_END,
  STATE_TRAILERS,
  STATE_TUNNEL,
  STATE_REST /* nothing more is read */
} State;

typedef struct {
  State state;
  GByteArray *partial; /* the beginning of a cut line */
  gsize head;          /* octets of the section so far */
  guint64 left;        /* of a body or chunk; STATE_TUNNEL: waived by its sink */
  AsvFields fields;
  guint8 minor;
  gboolean folds;
  gboolean resumed;  /* the section in work began behind a gap */
  gboolean any;      /* a first line was read */
  gboolean awaits;   /* client: an answer decides what follows */
  gboolean given_up; /* client: it is not awaited any more */
  gboolean blocked;  /* octets of this side were given back */
  gboolean collects; /* the body in work is wanted: sink takes it */
  AsvSink sink;      /* of that, or of the tunnel */
} Side;

struct AsvHttp1 {
  AsvExchange *exchange;
  Side sides[2];
  AsvKept current; /* the request that the response in work answers */
  guint status;    /* of that response */
  gboolean h2c;
  guint32 max_frame_size; /* from HTTP2-Settings */
};

AsvHttp1 *asv_http1_new(AsvExchange *exchange) {
  AsvHttp1 *http1 = g_new0(AsvHttp1, 1);
  http1->exchange = exchange;
  for (int side = 0; side < 2; side++) http1->sides[side].partial = g_byte_array_new();
  return http1;
}

void asv_http1_free(AsvHttp1 *http1) {
  if (!http1) return;
  for (int side = 0; side < 2; side++) {
    g_byte_array_unref(http1->sides[side].partial);
    asv_fields_free(&http1->sides[side].fields);
  }
  asv_kept_clear(&http1->current);
  g_free(http1);
}

/* The body in work ends, for its sink. */
static void end_body(Side *s, const AsvPacketRef *at, AsvEnd why) {
  if (!s->collects) return;
  s->collects = FALSE;
  s->sink.end(s->sink.self, at, why);
}

/* Framing of a side is lost: see the invariant in exchange.c. */
static void lose(AsvHttp1 *http1, AsvSide side, const AsvPacketRef *at, AsvHttpUnreadable reason,
                 guint64 bytes) {
  Side *s = &http1->sides[side];
  AsvExchange *exchange = http1->exchange;
  s->state = STATE_REST;
  s->awaits = FALSE;
  end_body(s, at, ASV_END_RESET);
  exchange->lost[side] = TRUE;
  if (side == ASV_CLIENT)
    exchange->open_ended = TRUE;
  else
    exchange->unpaired = TRUE;
  asv_exchange_unreadable(exchange, at, side, reason, bytes);
}

static void begin_section(Side *s, State state) {
  s->state = state;
  s->folds = FALSE;
  s->head = 0;
  asv_fields_reset(&s->fields);
}

/* ---- bodies ---- */

/* All Content-Length lines and list elements must agree (RFC 9112 §6.3). */
static gboolean content_length(const AsvFields *fields, guint64 *length) {
  gboolean any = FALSE;
  for (guint i = 0; i < fields->count; i++) {
    if (fields->lines[i].field != ASV_FIELD_CONTENT_LENGTH) continue;
    AsvReader reader = asv_reader(asv_fields_line(fields, i));
    do {
      guint64 number;
      const guint8 *comma =
          asv_reader_left(&reader) ? memchr(reader.at, ',', asv_reader_left(&reader)) : NULL;
      gsize size = comma ? (gsize)(comma - reader.at) : asv_reader_left(&reader);
      if (!asv_span_decimal(asv_span_trim(asv_read_span(&reader, size)), &number)) return FALSE;
      if (number >= G_MAXINT64 || (any && number != *length)) return FALSE;
      if (comma) asv_read_u8(&reader);
      *length = number;
      any = TRUE;
      if (!comma) break;
    } while (TRUE);
  }
  return any;
}

/* TRUE when chunked is the last transfer coding. */
static gboolean ends_chunked(const AsvFields *fields) {
  AsvSpan last = asv_span(NULL, 0);
  for (guint i = 0; i < fields->count; i++)
    if (fields->lines[i].field == ASV_FIELD_TRANSFER_ENCODING) last = asv_fields_line(fields, i);
  const guint8 *comma = last.size ? memrchr(last.data, ',', last.size) : NULL;
  if (comma) last = asv_span_sub(last, (gsize)(comma - last.data) + 1, last.size);
  return asv_span_is_nocase(asv_span_trim(last), "chunked");
}

static void begin_body(AsvHttp1 *http1, AsvSide side, const AsvPacketRef *at) {
  Side *s = &http1->sides[side];
  if (s->fields.first[ASV_FIELD_TRANSFER_ENCODING]) {
    if (ends_chunked(&s->fields))
      s->state = STATE_CHUNK_SIZE;
    else if (side == ASV_SERVER)
      s->state = STATE_REST;
    else
      lose(http1, side, at, ASV_HTTP_BYTES_LOST, 0);
  } else if (s->fields.first[ASV_FIELD_CONTENT_LENGTH]) {
    if (!content_length(&s->fields, &s->left))
      lose(http1, side, at, ASV_HTTP_BYTES_LOST, 0);
    else if (s->left)
      s->state = STATE_BODY;
  } else if (side == ASV_SERVER) {
    s->state = STATE_REST;
  }
}

/* ---- messages ---- */

static void read_settings(AsvHttp1 *http1, const AsvFields *fields) {
  AsvSpan text = asv_fields_get(fields, ASV_FIELD_HTTP2_SETTINGS);
  if (!text.size || text.size > ASV_HTTP_LINE_MAX) return;
  g_autofree char *base64 = g_malloc(text.size + 4);
  gsize size = 0;
  for (; size < text.size; size++) {
    char c = (char)text.data[size];
    base64[size] = c == '-' ? '+' : c == '_' ? '/' : c;
  }
  while (size % 4) base64[size++] = '=';
  base64[size] = '\0';
  gsize octets = 0;
  g_autofree guchar *payload = g_base64_decode(base64, &octets);
  http1->max_frame_size = asv_http2_max_frame_size(asv_span(payload, octets));
}

static void request_done(AsvHttp1 *http1, const AsvPacketRef *at) {
  Side *s = &http1->sides[ASV_CLIENT];
  AsvExchange *exchange = http1->exchange;
  AsvMessage about = {.minor = s->minor};
  AsvKept kept = asv_exchange_request(exchange, at, &about, &s->fields);
  s->awaits = kept.kind == ASV_REQUEST_CONNECT || kept.kind == ASV_REQUEST_UPGRADE;
  s->given_up = FALSE;
  http1->max_frame_size = 0;
  if (kept.kind == ASV_REQUEST_UPGRADE) read_settings(http1, &s->fields);
  asv_exchange_push(exchange, &kept);
  if (exchange->open_ended || exchange->unpaired) s->awaits = FALSE;
  s->state = STATE_START;
  begin_body(http1, ASV_CLIENT, at);
}

/* Both sides from here on speak what Upgrade says. */
static void switch_protocols(AsvHttp1 *http1) {
  gboolean h2c = asv_fields_has_token(&http1->sides[ASV_SERVER].fields, ASV_FIELD_UPGRADE, "h2c");
  http1->h2c = h2c;
  for (int side = 0; side < 2; side++) {
    http1->sides[side].state = h2c ? STATE_START : STATE_REST;
    g_byte_array_set_size(http1->sides[side].partial, 0);
  }
}

static void open_tunnel(AsvHttp1 *http1, const AsvPacketRef *at) {
  const AsvHttpEvents *events = http1->exchange->events;
  AsvKept *kept = &http1->current;
  AsvSpan target =
      kept->origin ? asv_span(kept->origin, g_ref_string_length(kept->origin)) : asv_span(NULL, 0);
  AsvSink sinks[2];
  gboolean wanted = events->tunnel(events->self, at, 0, target, sinks);
  for (int side = 0; side < 2; side++) {
    Side *s = &http1->sides[side];
    s->state = wanted ? STATE_TUNNEL : STATE_REST;
    s->left = 0;
    if (wanted) s->sink = sinks[side];
  }
}

static void response_done(AsvHttp1 *http1, const AsvPacketRef *at) {
  static const AsvKept unknown = {0};
  Side *s = &http1->sides[ASV_SERVER];
  AsvExchange *exchange = http1->exchange;
  AsvMessage about = {.minor = s->minor};
  guint status = asv_exchange_status(&s->fields);
  s->state = STATE_START;
  if (status < 200 && status != 101) {
    const AsvKept *front = asv_exchange_front(exchange);
    asv_exchange_response(exchange, at, &about, &s->fields, front ? front : &unknown);
    return;
  }
  asv_kept_clear(&http1->current);
  http1->current = asv_exchange_pop(exchange);
  http1->status = status;
  AsvRequestKind kind = http1->current.kind;
  asv_exchange_response(exchange, at, &about, &s->fields, &http1->current);
  if (status == 101)
    switch_protocols(http1);
  else if (kind == ASV_REQUEST_CONNECT && status < 300)
    open_tunnel(http1, at);
  else if (kind != ASV_REQUEST_HEAD && status != 204 && status != 304)
    begin_body(http1, ASV_SERVER, at);
  if (s->state == STATE_BODY || s->state == STATE_CHUNK_SIZE)
    s->collects = asv_body_open(exchange->context, exchange->events, &s->fields, &s->sink);
}

static void section_done(AsvHttp1 *http1, AsvSide side, const AsvPacketRef *at) {
  Side *s = &http1->sides[side];
  s->head = 0;
  if (s->state == STATE_TRAILERS) {
    s->state = STATE_START;
    AsvMessage about = {.minor = s->minor};
    if (side == ASV_SERVER)
      asv_exchange_trailer(http1->exchange, at, &about, &s->fields, &http1->current, http1->status);
  } else if (side == ASV_CLIENT) {
    request_done(http1, at);
  } else {
    response_done(http1, at);
  }
}

/* ---- lines ---- */

static void take_first_line(AsvHttp1 *http1, AsvSide side, const AsvPacketRef *at, AsvSpan line) {
  Side *s = &http1->sides[side];
  State state = s->state;
  if (line.size == 0 && state == STATE_START) return;
  begin_section(s, STATE_FIELDS);
  s->resumed = state == STATE_RESUME;
  gboolean read = side == ASV_CLIENT ? asv_line_request(line, &s->fields, &s->minor)
                                     : asv_line_status(line, &s->fields, &s->minor);
  if (read)
    s->any = TRUE;
  else if (s->resumed)
    s->state = STATE_REST;
  else
    lose(http1, side, at,
         s->any || http1->sides[!side].any || http1->exchange->lost[side] ? ASV_HTTP_BYTES_LOST
                                                                          : ASV_HTTP_NOT_HTTP,
         line.size);
}

static void begin_trailers(Side *s, const AsvPacketRef *at) {
  end_body(s, at, ASV_END_FIN);
  begin_section(s, STATE_TRAILERS);
}

static void take_line(AsvHttp1 *http1, AsvSide side, const AsvPacketRef *at, AsvSpan line) {
  Side *s = &http1->sides[side];
  switch (s->state) {
    case STATE_START:
    case STATE_RESUME:
      take_first_line(http1, side, at, line);
      return;
    case STATE_FIELDS:
    case STATE_TRAILERS:
      if (line.size == 0)
        section_done(http1, side, at);
      else if (!asv_line_field(line, &s->fields, &s->folds) && s->resumed)
        s->state = STATE_REST;
      return;
    case STATE_CHUNK_SIZE:
      if (!asv_line_chunk_size(line, &s->left))
        lose(http1, side, at, ASV_HTTP_BYTES_LOST, line.size);
      else if (s->left)
        s->state = STATE_CHUNK_DATA;
      else
        begin_trailers(s, at);
      return;
    default: /* STATE_CHUNK_END */
      s->state = STATE_CHUNK_SIZE;
      if (line.size) lose(http1, side, at, ASV_HTTP_BYTES_LOST, line.size);
      return;
  }
}

/* Takes octets up to and with the next line end. */
static gsize step_line(AsvHttp1 *http1, AsvSide side, const AsvPacketRef *at, AsvSpan data) {
  Side *s = &http1->sides[side];
  const guint8 *end = memchr(data.data, '\n', data.size);
  gsize used = end ? (gsize)(end - data.data) + 1 : data.size;
  AsvSpan line = asv_span(data.data, used);
  s->head += used;
  if (s->head > ASV_HTTP_HEAD_MAX || s->partial->len + used > ASV_HTTP_LINE_MAX) {
    g_byte_array_set_size(s->partial, 0);
    lose(http1, side, at, ASV_HTTP_BYTES_LOST, ASV_HTTP_LINE_MAX);
    return used;
  }
  gboolean cut = !end || s->partial->len;
  if (cut) g_byte_array_append(s->partial, data.data, (guint)used);
  if (!end) return used;
  if (cut) line = asv_span(s->partial->data, s->partial->len);
  line.size -= line.size > 1 && line.data[line.size - 2] == '\r' ? 2 : 1;
  take_line(http1, side, at, line);
  if (cut) g_byte_array_set_size(s->partial, 0);
  return used;
}

/* ---- the sides ---- */

static void body_done(Side *s) {
  s->state = s->state == STATE_CHUNK_DATA ? STATE_CHUNK_END : STATE_START;
  s->head = 0;
}

static gsize step_body(Side *s, const AsvPacketRef *at, AsvSpan data) {
  gsize n = (gsize)MIN(s->left, data.size);
  if (s->collects && s->sink.bytes(s->sink.self, at, asv_span(data.data, n)))
    end_body(s, at, ASV_END_RESET);
  s->left -= n;
  if (s->left) return n;
  if (s->state == STATE_BODY) end_body(s, at, ASV_END_FIN);
  body_done(s);
  return n;
}

static gsize step_tunnel(Side *s, const AsvPacketRef *at, AsvSpan data) {
  guint64 skip = MIN(s->left, data.size);
  s->left -= skip;
  if (skip < data.size)
    s->left = s->sink.bytes(s->sink.self, at, asv_span_sub(data, (gsize)skip, data.size));
  return data.size;
}

gboolean asv_http1_waits(const AsvHttp1 *http1, AsvSide side) {
  const Side *s = &http1->sides[side];
  if (s->state != STATE_START) return FALSE;
  if (http1->h2c) return TRUE;
  if (side == ASV_SERVER) return asv_exchange_early(http1->exchange);
  return s->awaits && !s->given_up && asv_exchange_front(http1->exchange);
}

gsize asv_http1_bytes(AsvHttp1 *http1, AsvSide side, const AsvPacketRef *at, AsvSpan data) {
  Side *s = &http1->sides[side];
  const Side *other = &http1->sides[!side];
  gsize from = 0;
  s->blocked = FALSE;
  while (from < data.size) {
    AsvSpan rest = asv_span_sub(data, from, data.size);
    gboolean empty_line = rest.data[0] == '\r' || rest.data[0] == '\n';
    if (from && other->blocked && !asv_http1_waits(http1, (AsvSide)!side))
      break; /* that came first */
    s->blocked = asv_http1_waits(http1, side) && (side == ASV_CLIENT || http1->h2c || !empty_line);
    if (s->blocked) break;
    if (s->state == STATE_REST) {
      return data.size;
    } else if (s->state == STATE_TUNNEL) {
      from += step_tunnel(s, at, rest);
    } else if (s->state == STATE_BODY || s->state == STATE_CHUNK_DATA) {
      from += step_body(s, at, rest);
    } else if (s->state == STATE_START && empty_line && !s->partial->len) {
      from++;
    } else {
      from += step_line(http1, side, at, rest);
    }
  }
  return from;
}

void asv_http1_gap(AsvHttp1 *http1, AsvSide side, const AsvPacketRef *at, guint64 n) {
  Side *s = &http1->sides[side];
  if (s->state == STATE_REST) return;
  if (s->state == STATE_TUNNEL) {
    guint64 skip = n == ASV_GAP_UNKNOWN ? 0 : MIN(s->left, n);
    s->left -= skip;
    if (skip < n) s->left = s->sink.gap(s->sink.self, at, n - skip);
    return;
  }
  if ((s->state == STATE_BODY || s->state == STATE_CHUNK_DATA) && n != ASV_GAP_UNKNOWN) {
    guint64 inside = MIN(s->left, n);
    end_body(s, at, ASV_END_RESET);
    s->left -= inside;
    n -= inside;
    if (!s->left) body_done(s);
    if (!n) return;
  }
  g_byte_array_set_size(s->partial, 0);
  lose(http1, side, at, ASV_HTTP_BYTES_LOST, n);
  s->state = STATE_RESUME;
  s->head = 0;
}

void asv_http1_end(AsvHttp1 *http1, AsvSide side, const AsvPacketRef *at, AsvEnd why) {
  Side *s = &http1->sides[side];
  if (s->state == STATE_TUNNEL) s->sink.end(s->sink.self, at, why);
  end_body(s, at, ASV_END_RESET);
  s->state = STATE_REST;
}

guint64 asv_http1_waive(AsvHttp1 *http1, AsvSide side) {
  Side *s = &http1->sides[side];
  guint64 left = s->left;
  switch (s->state) {
    case STATE_REST:
      return ASV_WAIVE_ALL;
    case STATE_TUNNEL:
      if (left != ASV_WAIVE_ALL) s->left = 0;
      return left;
    case STATE_BODY:
    case STATE_CHUNK_DATA:
      if (s->collects) return 0;
      s->left = 0;
      body_done(s);
      return left;
    default:
      return 0;
  }
}

void asv_http1_give_up(AsvHttp1 *http1, AsvSide side) {
  if (side == ASV_SERVER)
    http1->exchange->open_ended = TRUE;
  else
    http1->sides[ASV_CLIENT].given_up = TRUE;
}

gboolean asv_http1_is_h2c(const AsvHttp1 *http1) {
  return http1->h2c;
}

AsvKept asv_http1_take_upgraded(AsvHttp1 *http1, guint32 *max_frame_size) {
  AsvKept kept = http1->current;
  http1->current = (AsvKept){0};
  *max_frame_size = http1->max_frame_size;
  return kept;
}

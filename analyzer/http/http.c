/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The connection as a whole. What one side sends goes to the reader of the
 * version that both speak; what that reader cannot understand yet (version not
 * known, a response before its request) is held, and tried again whenever the
 * other side has moved on.
 */
#include "http.h"

#include "analyzer/http/chain.h"
#include "analyzer/http/exchange.h"
#include "analyzer/http/hold.h"
#include "analyzer/http/http1.h"
#include "analyzer/http/http2.h"

typedef enum { READER_UNDECIDED, READER_HTTP1, READER_HTTP2, READER_NONE } Reader;

typedef struct {
  AsvHttp *http;
  AsvSide side;
  AsvHold hold;
  gboolean spoke; /* it sent octets, or some of it were lost */
  gboolean ended; /* its end was called, though it may be held */
} Side;

struct AsvHttp {
  AsvHttpEvents events;
  AsvExchange exchange;
  Reader reader;
  AsvHttp1 *http1;
  AsvHttp2 *http2;
  Side sides[2];
  gboolean waits; /* events.waits() said so */
  guint64 since;
};

static void choose(AsvHttp *http, Reader reader) {
  http->reader = reader;
  if (reader == READER_HTTP1)
    http->http1 = asv_http1_new(&http->exchange);
  else if (reader == READER_HTTP2)
    http->http2 = asv_http2_new(&http->exchange);
}

AsvHttp *asv_http_new(AsvHttpContext *context, AsvHttpVersion version, AsvScheme scheme,
                      const AsvHttpEvents *events) {
  AsvHttp *http = g_new0(AsvHttp, 1);
  http->events = *events;
  asv_exchange_init(&http->exchange, context, scheme, &http->events);
  for (int side = 0; side < 2; side++) {
    http->sides[side].http = http;
    http->sides[side].side = (AsvSide)side;
  }
  if (version == ASV_HTTP_1) choose(http, READER_HTTP1);
  if (version == ASV_HTTP_2) choose(http, READER_HTTP2);
  return http;
}

void asv_http_free(AsvHttp *http) {
  for (int side = 0; side < 2; side++) asv_hold_free(&http->sides[side].hold);
  asv_http1_free(http->http1);
  asv_http2_free(http->http2);
  asv_exchange_clear(&http->exchange);
  g_free(http);
}

void asv_http_set_early_data(AsvHttp *http, gboolean early_data) {
  http->exchange.early_data = early_data;
}

/* ---- which version ---- */

/* The reader that first octets of a side call for; READER_UNDECIDED when they do not say. final:
 * few whole frames are believed too. */
static Reader reader_of(AsvSpan first, gboolean final, gboolean *may_come) {
  gboolean ends;
  *may_come = FALSE;
  if (!first.size) return READER_UNDECIDED;
  AsvHttpVersion version = asv_http_sniff_version(first);
  AsvChain chain = asv_chain_read(first, &ends);
  if (version != ASV_HTTP_ANY) return version == ASV_HTTP_2 ? READER_HTTP2 : READER_HTTP1;
  *may_come = asv_http_sniff(first) == ASV_SNIFF_MORE || chain == ASV_CHAIN_MORE;
  return chain == ASV_CHAIN_YES || (final && chain == ASV_CHAIN_MORE && ends) ? READER_HTTP2
                                                                              : READER_UNDECIDED;
}

/* The octets a side began with: those behind a gap when there is one. */
static AsvSpan first_of(Side *side) {
  const AsvHeldCall *first = asv_hold_first(&side->hold);
  if (first && first->kind == ASV_HOLD_GAP) return asv_hold_behind_gap(&side->hold);
  return asv_span_sub(asv_hold_octets(&side->hold, TRUE), 0, ASV_SNIFF_MAX);
}

/*
 * Chooses a reader by what is held. A side that has said nothing, or too
 * little, may still tell; final: it may not.
 */
static void decide(AsvHttp *http, const AsvPacketRef *at, gboolean final) {
  gboolean waits = FALSE;
  for (int i = 0; i < 2; i++) {
    Side *side = &http->sides[i];
    gboolean may_come;
    Reader reader = reader_of(first_of(side), final, &may_come);
    if (reader != READER_UNDECIDED) {
      choose(http, reader);
      return;
    }
    waits |= may_come || (!first_of(side).size && !side->ended);
  }
  if (waits && !final) return;
  http->reader = READER_NONE;
  for (int i = 0; i < 2; i++)
    if (first_of(&http->sides[i]).size)
      asv_exchange_unreadable(&http->exchange, at, (AsvSide)i, ASV_HTTP_NOT_HTTP, 0);
}

/* ---- readers ---- */

static void go_over_to_http2(AsvHttp *http) {
  guint32 max_frame_size;
  AsvKept kept = asv_http1_take_upgraded(http->http1, &max_frame_size);
  choose(http, READER_HTTP2);
  asv_http2_upgraded(http->http2, &kept, max_frame_size);
}

/* Takes fewer octets than there are when something older, or of the other side, must come first. */
static gsize read_bytes(AsvHttp *http, AsvSide side, const AsvPacketRef *at, AsvSpan data) {
  gsize taken = data.size;
  if (http->reader == READER_UNDECIDED) return 0;
  if (http->reader == READER_HTTP2) asv_http2_bytes(http->http2, side, at, data);
  if (http->reader != READER_HTTP1) return taken;
  taken = asv_http1_bytes(http->http1, side, at, data);
  if (asv_http1_is_h2c(http->http1)) go_over_to_http2(http);
  return taken;
}

/* A server that has nothing to answer need not wait with a gap or its end: no octets are at stake.
 */
static gboolean client_waits(const AsvHttp *http, AsvSide side) {
  return http->reader == READER_HTTP1 && side == ASV_CLIENT &&
         asv_http1_waits(http->http1, ASV_CLIENT);
}

/* TRUE while a gap or the end of side must be held. */
static gboolean must_hold(const AsvHttp *http, AsvSide side) {
  return asv_hold_first(&http->sides[side].hold) || http->reader == READER_UNDECIDED ||
         client_waits(http, side);
}

static void read_gap(AsvHttp *http, AsvSide side, const AsvPacketRef *at, guint64 n) {
  if (http->reader == READER_HTTP1) asv_http1_gap(http->http1, side, at, n);
  if (http->reader == READER_HTTP2) asv_http2_gap(http->http2, side, at, n);
}

static void read_end(AsvHttp *http, AsvSide side, const AsvPacketRef *at, AsvEnd why) {
  if (http->reader == READER_HTTP1) asv_http1_end(http->http1, side, at, why);
  if (http->reader == READER_HTTP2) asv_http2_end(http->http2, side, at, why);
}

/* Gives the oldest held call to the reader; FALSE when it cannot be taken yet. */
static gboolean read_held(AsvHttp *http, Side *side) {
  const AsvHeldCall *first = asv_hold_first(&side->hold);
  if (!first || http->reader == READER_UNDECIDED) return FALSE;
  AsvHeldCall call = *first;
  if (call.kind == ASV_HOLD_BYTES) {
    gsize taken = read_bytes(http, side->side, &call.at, asv_hold_octets(&side->hold, FALSE));
    if (taken) asv_hold_take(&side->hold, taken);
    return taken > 0;
  }
  if (client_waits(http, side->side)) return FALSE;
  asv_hold_take(&side->hold, 0);
  if (call.kind == ASV_HOLD_GAP)
    read_gap(http, side->side, &call.at, call.gap);
  else
    read_end(http, side->side, &call.at, call.why);
  return TRUE;
}

/* The side whose held call is the older one goes first. */
static gboolean read_oldest(AsvHttp *http) {
  const AsvHeldCall *client = asv_hold_first(&http->sides[ASV_CLIENT].hold);
  const AsvHeldCall *server = asv_hold_first(&http->sides[ASV_SERVER].hold);
  if (!client && !server) return FALSE;
  int oldest =
      client && (!server || client->at.order <= server->at.order) ? ASV_CLIENT : ASV_SERVER;
  return read_held(http, &http->sides[oldest]) || read_held(http, &http->sides[1 - oldest]);
}

/* Gives up waiting where a limit is reached or the other side has nothing more to say. */
static gboolean give_up(AsvHttp *http, const AsvPacketRef *at) {
  for (int i = 0; i < 2; i++) {
    Side *side = &http->sides[i], *other = &http->sides[1 - i];
    if (!asv_hold_first(&side->hold)) continue;
    gboolean full = asv_hold_full(&side->hold, at);
    if (http->reader == READER_UNDECIDED) {
      decide(http, at, full || (http->sides[0].ended && http->sides[1].ended));
      if (http->reader != READER_UNDECIDED) return TRUE;
    } else if (full || (other->ended && !asv_hold_first(&other->hold))) {
      asv_http1_give_up(http->http1, (AsvSide)i);
      return TRUE;
    }
  }
  return FALSE;
}

static void tell_waits(AsvHttp *http) {
  const AsvPacketRef *since = http->http2 ? asv_http2_since(http->http2) : NULL;
  for (int i = 0; i < 2; i++) {
    const AsvHeldCall *first = asv_hold_first(&http->sides[i].hold);
    if (first && (!since || first->at.order < since->order)) since = &first->at;
  }
  if (since ? http->waits && http->since == since->order : !http->waits) return;
  http->waits = since != NULL;
  http->since = since ? since->order : 0;
  http->events.waits(http->events.self, since);
}

/* Reads on as far as that is possible now. */
static void settle(AsvHttp *http, const AsvPacketRef *at) {
  while (asv_hold_first(&http->sides[ASV_CLIENT].hold) ||
         asv_hold_first(&http->sides[ASV_SERVER].hold)) {
    if (!read_oldest(http) && !give_up(http, at)) break;
  }
  tell_waits(http);
}

/* ---- the sinks ---- */

static guint64 waive(AsvHttp *http, AsvSide side) {
  if (http->reader == READER_NONE) return ASV_WAIVE_ALL;
  if (must_hold(http, side)) return 0;
  return http->reader == READER_HTTP1 ? asv_http1_waive(http->http1, side)
                                      : asv_http2_waive(http->http2, side);
}

static guint64 side_bytes(void *self, const AsvPacketRef *at, AsvSpan data) {
  Side *side = self;
  AsvHttp *http = side->http;
  gsize taken = 0;
  side->spoke = TRUE;
  if (!asv_hold_first(&side->hold)) taken = read_bytes(http, side->side, at, data);
  if (taken < data.size) asv_hold_bytes(&side->hold, at, asv_span_sub(data, taken, data.size));
  settle(http, at);
  return waive(http, side->side);
}

static guint64 side_gap(void *self, const AsvPacketRef *at, guint64 n) {
  Side *side = self;
  AsvHttp *http = side->http;
  side->spoke = TRUE;
  if (must_hold(http, side->side))
    asv_hold_gap(&side->hold, at, n);
  else
    read_gap(http, side->side, at, n);
  settle(http, at);
  return waive(http, side->side);
}

static void side_end(void *self, const AsvPacketRef *at, AsvEnd why) {
  Side *side = self;
  AsvHttp *http = side->http;
  side->ended = TRUE;
  if (must_hold(http, side->side))
    asv_hold_end(&side->hold, at, why);
  else
    read_end(http, side->side, at, why);
  settle(http, at);
  gboolean read = http->reader == READER_HTTP1 || http->reader == READER_HTTP2;
  if (http->sides[ASV_CLIENT].ended && http->sides[ASV_SERVER].ended && read &&
      http->exchange.answered && !http->sides[ASV_CLIENT].spoke)
    asv_exchange_unreadable(&http->exchange, at, ASV_CLIENT, ASV_HTTP_ONE_DIRECTION, 0);
}

AsvSink asv_http_sink(AsvHttp *http, AsvSide side) {
  return (AsvSink){
      .self = &http->sides[side], .bytes = side_bytes, .gap = side_gap, .end = side_end};
}

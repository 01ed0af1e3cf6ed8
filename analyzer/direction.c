/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Holds what both ends send until client and protocol are known, then feeds it
 * in the order it came. Afterwards it is a thin pass-through.
 */
#include "direction.h"

#include "analyzer/http/http.h"
#include "analyzer/proxy.h"
#include "analyzer/tls/tls.h"

#define PORT_HTTPS 443

typedef enum { HELD_BYTES, HELD_GAP, HELD_END } HeldKind;

/* One call of a sink, kept. */
typedef struct {
  HeldKind kind;
  int end;
  AsvPacketRef at;
  gsize from, size; /* of octets, in held_octets */
  guint64 gap;
  AsvEnd why;
} Held;

typedef struct {
  AsvDirection *direction;
  int end;
} EndSelf;

struct AsvDirection {
  const AsvFlow *flow;
  AsvServers *servers;
  AsvDirectionEvents events;
  EndSelf selves[2];
  int client_end;   /* -1: not known */
  gboolean decided; /* the protocol is known and the sinks are there */
  gboolean waits;   /* events.waits() said so */
  gboolean ended[2];
  gboolean lost[2];     /* the end's first octets are missing */
  gboolean fresh[2];    /* a PROXY protocol header may yet come, or come whole */
  gboolean proxied;     /* one came; what is behind it counts as first octets */
  guint64 to_skip[2];   /* held octets of that header; what the consumer waived while fed */
  AsvSink sinks[2];     /* by end, once decided */
  GByteArray *first[2]; /* the first octets of each end, for sniffing */
  GArray *held;         /* Held */
  GByteArray *held_octets;
};

struct AsvServers {
  GHashTable *known; /* endpoint as text, a set */
};

AsvServers *asv_servers_new(void) {
  AsvServers *servers = g_new0(AsvServers, 1);
  servers->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  return servers;
}

void asv_servers_free(AsvServers *servers) {
  g_hash_table_destroy(servers->known);
  g_free(servers);
}

static void servers_add(AsvServers *servers, const AsvEndpoint *endpoint) {
  char text[ASV_ENDPOINT_TEXT];
  asv_endpoint_text(endpoint, text);
  if (g_hash_table_size(servers->known) < ASV_SERVERS_MAX &&
      !g_hash_table_contains(servers->known, text))
    g_hash_table_add(servers->known, g_strdup(text));
}

static gboolean servers_know(const AsvServers *servers, const AsvEndpoint *endpoint) {
  char text[ASV_ENDPOINT_TEXT];
  asv_endpoint_text(endpoint, text);
  return g_hash_table_contains(servers->known, text);
}

static void set_client(AsvDirection *direction, int client_end) {
  if (direction->client_end >= 0) return;
  direction->client_end = client_end;
  direction->events.client(direction->events.self, client_end);
}

AsvDirection *asv_direction_new(const AsvFlow *flow, AsvServers *servers,
                                const AsvDirectionEvents *events) {
  AsvDirection *direction = g_new0(AsvDirection, 1);
  direction->flow = flow;
  direction->servers = servers;
  direction->events = *events;
  direction->client_end = -1;
  for (int end = 0; end < 2; end++) {
    direction->selves[end] = (EndSelf){.direction = direction, .end = end};
    direction->first[end] = g_byte_array_new();
    direction->fresh[end] = TRUE;
  }
  direction->held = g_array_new(FALSE, FALSE, sizeof(Held));
  direction->held_octets = g_byte_array_new();
  if (!flow)
    direction->client_end = 0;
  else if (flow->opener >= 0)
    set_client(direction, flow->opener);
  return direction;
}

/* Nobody was seen to open the connection: a SYN comes after the connection was made known. */
static gboolean is_late(const AsvDirection *direction) {
  return direction->flow && direction->flow->opener < 0 && !direction->proxied;
}

static AsvSpan first_of(const AsvDirection *direction, int end) {
  return asv_span(direction->first[end]->data, direction->first[end]->len);
}

/* What one end's first octets say; ASV_SNIFF_MORE when there are too few. */
static AsvSniff sniff_end(const AsvDirection *direction, int end, AsvSpeaks *speaks) {
  AsvSpan first = first_of(direction, end);
  if (direction->lost[end]) return ASV_SNIFF_NO;
  if (first.size == 0 || direction->fresh[end]) return ASV_SNIFF_MORE;
  AsvSniff tls = asv_tls_sniff(first);
  if (tls == ASV_SNIFF_CLIENT || tls == ASV_SNIFF_SERVER) *speaks = ASV_SPEAKS_TLS;
  if (tls != ASV_SNIFF_NO) return tls;
  AsvSniff http = asv_http_sniff(first);
  if (http == ASV_SNIFF_CLIENT || http == ASV_SNIFF_SERVER) *speaks = ASV_SPEAKS_PLAIN;
  return http;
}

/* What they speak when neither end begins with a first message: records caught in the middle, or,
 * when not even a record begins there, what the port is for. */
static AsvSpeaks guess_protocol(const AsvDirection *direction) {
  for (int end = 0; end < 2; end++)
    if (asv_tls_sniff_record(first_of(direction, end))) return ASV_SPEAKS_TLS;
  gboolean secure = is_late(direction) && direction->flow->kind == ASV_FLOW_TCP &&
                    direction->flow->ends[1 - direction->client_end].port == PORT_HTTPS;
  return secure ? ASV_SPEAKS_TLS : ASV_SPEAKS_PLAIN;
}

/* Who is the client when neither a SYN nor content says it. */
static int guess_client(const AsvDirection *direction) {
  const AsvEndpoint *ends = direction->flow->ends;
  gboolean known[2] = {servers_know(direction->servers, &ends[0]),
                       servers_know(direction->servers, &ends[1])};
  if (known[0] != known[1]) return known[0] ? 1 : 0;
  return ends[0].port < ends[1].port ? 1 : 0;
}

/*
 * Hands octets, or a gap of `gap` octets when data is empty, to the consumer,
 * less what it waived before. Returns the waiver that is left.
 */
static guint64 deliver(AsvDirection *direction, int end, const AsvPacketRef *at, AsvSpan data,
                       guint64 gap) {
  const AsvSink *sink = &direction->sinks[end];
  guint64 waived = direction->to_skip[end];
  guint64 size = data.size ? data.size : gap;
  direction->to_skip[end] = 0;
  if (waived == ASV_WAIVE_ALL) return waived;
  if (gap == ASV_GAP_UNKNOWN) return sink->gap(sink->self, at, gap);
  if (waived >= size) return waived - size;
  if (!data.size) return sink->gap(sink->self, at, gap - waived);
  return sink->bytes(sink->self, at, asv_span_sub(data, waived, data.size));
}

static void feed_held(AsvDirection *direction, const Held *held) {
  const AsvSink *sink = &direction->sinks[held->end];
  AsvSpan data = asv_span(NULL, 0);
  if (held->kind == HELD_END) {
    sink->end(sink->self, &held->at, held->why);
    return;
  }
  if (held->kind == HELD_BYTES)
    data = asv_span(direction->held_octets->data + held->from, held->size);
  direction->to_skip[held->end] = deliver(direction, held->end, &held->at, data, held->gap);
}

/*
 * TRUE when messages came before those that the capture has, or may have. TLS
 * and HTTP/2 see that by themselves. HTTP/1 does not: a response would be
 * taken for the answer to the next request. A request that comes before
 * anything of the server may be taken for the first: what came before it was
 * answered, since hardly any client sends requests ahead.
 */
static gboolean begins_in_middle(const AsvDirection *direction, AsvSpeaks speaks) {
  int client_end = direction->client_end;
  const Held *first = &g_array_index(direction->held, Held, 0);
  if (!is_late(direction) || speaks == ASV_SPEAKS_TLS) return FALSE;
  for (int end = 0; end < 2; end++)
    if (asv_http_sniff_version(first_of(direction, end)) == ASV_HTTP_2) return FALSE;
  return first->kind != HELD_BYTES || first->end != client_end ||
         asv_http_sniff(first_of(direction, client_end)) != ASV_SNIFF_CLIENT;
}

static void set_protocol(AsvDirection *direction, AsvSpeaks speaks) {
  AsvSink by_side[2];
  AsvPacketRef at = g_array_index(direction->held, Held, 0).at;
  int client_end = direction->client_end;
  gboolean middle = begins_in_middle(direction, speaks);
  direction->decided = TRUE;
  direction->events.speaks(direction->events.self, speaks, by_side);
  direction->sinks[client_end] = by_side[ASV_CLIENT];
  direction->sinks[1 - client_end] = by_side[ASV_SERVER];
  for (int end = 0; middle && end < 2; end++)
    direction->to_skip[end] = deliver(direction, end, &at, asv_span(NULL, 0), ASV_GAP_UNKNOWN);
  for (guint i = 0; i < direction->held->len; i++)
    feed_held(direction, &g_array_index(direction->held, Held, i));
  g_clear_pointer(&direction->held, g_array_unref);
  g_clear_pointer(&direction->held_octets, g_byte_array_unref);
  for (int end = 0; end < 2; end++) g_clear_pointer(&direction->first[end], g_byte_array_unref);
  if (direction->waits) direction->events.waits(direction->events.self, NULL);
  direction->waits = FALSE;
}

void asv_direction_decide_client(AsvDirection *direction) {
  if (direction->client_end >= 0) return;
  int opener = direction->flow->opener;
  set_client(direction, opener >= 0 ? opener : guess_client(direction));
}

/*
 * Looks at the first octets of both ends. Either may name client and protocol;
 * while one has too few to tell, both wait, unless final. Where a connection
 * was caught in the middle of a message of one end, the other may yet tell.
 */
static void consider(AsvDirection *direction, gboolean final) {
  AsvSpeaks speaks = ASV_SPEAKS_PLAIN;
  gboolean more = FALSE;
  for (int end = 0; end < 2; end++) {
    AsvSniff sniff = sniff_end(direction, end, &speaks);
    gboolean silent = direction->fresh[end] && !first_of(direction, end).size;
    if (silent ? is_late(direction) && !direction->ended[end] : sniff == ASV_SNIFF_MORE)
      more = TRUE;
    if (sniff != ASV_SNIFF_CLIENT && sniff != ASV_SNIFF_SERVER) continue;
    int client_end = sniff == ASV_SNIFF_CLIENT ? end : 1 - end;
    if (direction->flow) {
      servers_add(direction->servers, &direction->flow->ends[1 - client_end]);
      set_client(direction, direction->flow->opener >= 0 ? direction->flow->opener : client_end);
    }
    set_protocol(direction, speaks);
    return;
  }
  if (more && !final) return;
  asv_direction_decide_client(direction);
  set_protocol(direction, guess_protocol(direction));
}

static void hold(AsvDirection *direction, const Held *held, AsvSpan data) {
  Held copy = *held;
  copy.from = direction->held_octets->len;
  copy.size = data.size;
  if (data.size) g_byte_array_append(direction->held_octets, data.data, (guint)data.size);
  g_array_append_val(direction->held, copy);
}

static gboolean is_full(const AsvDirection *direction) {
  return direction->held->len >= ASV_DIRECTION_CALLS_MAX;
}

static void tell_waits(AsvDirection *direction) {
  if (direction->decided || direction->waits) return;
  direction->waits = TRUE;
  direction->events.waits(direction->events.self, &g_array_index(direction->held, Held, 0).at);
}

/* The waiver for the end whose octets have just been held and perhaps delivered. */
static guint64 waiver_after(AsvDirection *direction, int end) {
  tell_waits(direction);
  if (!direction->decided) return 0;
  guint64 waived = direction->to_skip[end];
  direction->to_skip[end] = 0;
  return waived;
}

static void add_first(GByteArray *first, AsvSpan data) {
  if (first->len < ASV_SNIFF_MAX && data.size)
    g_byte_array_append(first, data.data, (guint)MIN(data.size, ASV_SNIFF_MAX - first->len));
}

/*
 * Adds data, which is held, to the end's first octets, but for a PROXY protocol
 * header: that is skipped when held octets are fed. Returns how many octets of
 * it are still to come. Who sends one is the client.
 */
static guint64 add_first_behind_header(AsvDirection *direction, int end, AsvSpan data) {
  GByteArray *first = direction->first[end];
  gsize size, before = first->len;
  add_first(first, data);
  if (!direction->fresh[end]) return 0;
  AsvSniff sniff = ASV_SNIFF_NO;
  if (direction->client_end != 1 - end) sniff = asv_proxy_sniff(first_of(direction, end), &size);
  direction->fresh[end] = sniff == ASV_SNIFF_MORE;
  if (sniff != ASV_SNIFF_CLIENT) return 0;
  g_byte_array_set_size(first, 0);
  add_first(first, asv_span_sub(data, size - before, data.size));
  direction->to_skip[end] = MIN(size, before + data.size);
  direction->proxied = TRUE;
  if (direction->flow) servers_add(direction->servers, &direction->flow->ends[1 - end]);
  set_client(direction, end);
  return size - direction->to_skip[end];
}

static guint64 end_bytes(void *self, const AsvPacketRef *at, AsvSpan data) {
  EndSelf *me = self;
  AsvDirection *direction = me->direction;
  if (direction->decided) return deliver(direction, me->end, at, data, 0);
  GByteArray *first = direction->first[me->end];
  hold(direction, &(Held){.kind = HELD_BYTES, .end = me->end, .at = *at}, data);
  guint64 of_header = add_first_behind_header(direction, me->end, data);
  consider(direction, is_full(direction) || first->len >= ASV_SNIFF_MAX);
  guint64 waived = waiver_after(direction, me->end);
  return of_header ? of_header : waived;
}

static guint64 end_gap(void *self, const AsvPacketRef *at, guint64 n) {
  EndSelf *me = self;
  AsvDirection *direction = me->direction;
  if (direction->decided) return deliver(direction, me->end, at, asv_span(NULL, 0), n);
  direction->lost[me->end] |= direction->first[me->end]->len == 0;
  direction->fresh[me->end] = FALSE;
  hold(direction, &(Held){.kind = HELD_GAP, .end = me->end, .at = *at, .gap = n},
       asv_span(NULL, 0));
  if (is_full(direction)) consider(direction, TRUE);
  return waiver_after(direction, me->end);
}

static void end_end(void *self, const AsvPacketRef *at, AsvEnd why) {
  EndSelf *me = self;
  AsvDirection *direction = me->direction;
  if (direction->decided) {
    const AsvSink *sink = &direction->sinks[me->end];
    sink->end(sink->self, at, why);
    return;
  }
  hold(direction, &(Held){.kind = HELD_END, .end = me->end, .at = *at, .why = why},
       asv_span(NULL, 0));
  direction->ended[me->end] = TRUE;
  if (direction->ended[1 - me->end]) consider(direction, TRUE);
  tell_waits(direction);
}

AsvSink asv_direction_sink(AsvDirection *direction, int end) {
  return (AsvSink){
      .self = &direction->selves[end], .bytes = end_bytes, .gap = end_gap, .end = end_end};
}

gboolean asv_direction_proxied(const AsvDirection *direction) {
  return direction->proxied;
}

void asv_direction_free(AsvDirection *direction) {
  for (int end = 0; end < 2; end++)
    if (direction->first[end]) g_byte_array_unref(direction->first[end]);
  if (direction->held) g_array_unref(direction->held);
  if (direction->held_octets) g_byte_array_unref(direction->held_octets);
  g_free(direction);
}

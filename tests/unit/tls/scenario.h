/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A connection under test: flights of octets of both sides, losses in them,
 * what the plaintext's consumers waive, and one line for everything told.
 */
#ifndef TESTS_UNIT_TLS_SCENARIO_H
#define TESTS_UNIT_TLS_SCENARIO_H

#include "analyzer/tls/tls.h"
#include "tests/support/feed.h"
#include "writer.h"

typedef struct {
  AsvSide side;
  gsize end; /* in Scenario.octets */
} Flight;

typedef struct {
  GByteArray *octets;
  Flight flights[64];
  gsize count;
  GString *key_log;
  AsvTlsContext *context;             /* NULL: one for each run */
  guint64 waive_from[2], waive_to[2]; /* plaintext offsets that nobody wants */
  guint64 lost_from, lost_to;         /* offsets in octets that the capture lacks */
  gboolean print_handshake;
} Scenario;

typedef struct {
  const Scenario *scenario;
  AsvTls *tls;
  GString *log;
  int last; /* whose plaintext the log ends in; -1: nobody's */
  guint64 position[2];
  gboolean unknown[2];
  guint64 unreadable[2];
  guint handshakes;
  GString *plain[2]; /* '?' for what was lost, '-' for what was waived */
  gboolean waits;    /* what is held was told, and not yet that it goes on */
  gboolean incomplete;
} Run;

typedef struct {
  Run *run;
  AsvSide side;
} RunSide;

static inline void log_event(Run *run, int side, const char *what) {
  if (run->last != side || side < 0) g_string_append_c(run->log, '\n');
  g_string_append(run->log, what);
  run->last = side;
}

static inline guint64 waiver_at(const Run *run, AsvSide side) {
  guint64 at = run->position[side];
  const Scenario *scenario = run->scenario;
  return at >= scenario->waive_from[side] && at < scenario->waive_to[side]
             ? scenario->waive_to[side] - at
             : 0;
}

/* Moves over what was waived and never came. */
static inline void pad_to(Run *run, AsvSide side, guint64 position) {
  while (run->position[side] < position) {
    g_string_append_c(run->plain[side], '-');
    run->position[side]++;
  }
}

static inline guint64 take_bytes(void *self, const AsvPacketRef *at, AsvSpan data) {
  RunSide *me = self;
  Run *run = me->run;
  (void)at;
  g_assert_cmpuint(data.size, >, 0);
  g_assert_cmpuint(run->handshakes, ==, 1);
  pad_to(run, me->side, run->position[me->side] + waiver_at(run, me->side));
  for (gsize i = 0; i < data.size; i++) {
    char text[8];
    gboolean waived = waiver_at(run, me->side) > 0;
    if (waived) {
      g_string_append_c(run->plain[me->side], '-');
      run->position[me->side]++;
      continue;
    }
    g_snprintf(text, sizeof text, "%s%c", asv_tls_early_data(run->tls) ? "^" : "",
               (char)data.data[i]);
    if (run->last != (int)me->side) log_event(run, -1, me->side == ASV_CLIENT ? "C:" : "S:");
    log_event(run, (int)(run->last = (int)me->side), text);
    g_string_append_c(run->plain[me->side], (char)data.data[i]);
    run->position[me->side]++;
  }
  return waiver_at(run, me->side);
}

static inline guint64 take_gap(void *self, const AsvPacketRef *at, guint64 n) {
  RunSide *me = self;
  Run *run = me->run;
  char text[64];
  (void)at;
  pad_to(run, me->side, run->position[me->side] + waiver_at(run, me->side));
  g_snprintf(text, sizeof text, "%s gap %" G_GINT64_FORMAT, me->side == ASV_CLIENT ? "C" : "S",
             (gint64)n);
  log_event(run, -1, text);
  if (n == ASV_GAP_UNKNOWN) run->unknown[me->side] = TRUE;
  for (guint64 i = 0; n != ASV_GAP_UNKNOWN && i < n; i++) {
    g_string_append_c(run->plain[me->side], '?');
    run->position[me->side]++;
  }
  return run->unknown[me->side] ? 0 : waiver_at(run, me->side);
}

static inline void take_end(void *self, const AsvPacketRef *at, AsvEnd why) {
  RunSide *me = self;
  (void)at;
  g_assert_cmpint(why, ==, ASV_END_FIN);
  log_event(me->run, -1, me->side == ASV_CLIENT ? "C end" : "S end");
}

static inline void take_waits(void *self, const AsvPacketRef *since) {
  Run *run = self;
  run->waits = since != NULL;
}

static inline void take_handshake(void *self, const AsvPacketRef *at, const AsvTlsHandshake *told) {
  Run *run = self;
  g_autoptr(GString) text = g_string_new("handshake");
  (void)at;
  run->handshakes++;
  if (run->scenario->print_handshake) {
    g_string_append_printf(text, " %.*s %s alpn=%.*s", (int)told->sni.size,
                           told->sni.data ? (const char *)told->sni.data : "",
                           told->version ? told->version : "?", (int)told->alpn.size,
                           told->alpn.data ? (const char *)told->alpn.data : "");
    for (gsize i = 0; i < told->alpn_offered_count; i++)
      g_string_append_printf(text, " %.*s", (int)told->alpn_offered[i].size,
                             (const char *)told->alpn_offered[i].data);
    for (gsize i = 0; i < told->certificate_names_count; i++)
      g_string_append_printf(text, " <%s>", (const char *)told->certificate_names[i].data);
    g_string_append_printf(text, " resumed=%d early=%d ech=%d secrets=%d", told->resumed,
                           told->early_data, (int)told->ech, told->secrets);
  }
  log_event(run, -1, text->str);
}

static inline void take_unreadable(void *self, const AsvPacketRef *at, AsvSide from,
                                   AsvTlsUnreadable reason, guint64 octets) {
  Run *run = self;
  char text[96];
  (void)at;
  g_assert_cmpuint(octets, >, 0);
  run->unreadable[from] += octets;
  g_snprintf(text, sizeof text, "%s unreadable %d", from == ASV_CLIENT ? "C" : "S", (int)reason);
  log_event(run, -1, text);
}

static inline void take_alert(void *self, const AsvPacketRef *at, AsvSide from,
                              guint8 description) {
  Run *run = self;
  char text[32];
  (void)at;
  g_snprintf(text, sizeof text, "%s alert %u", from == ASV_CLIENT ? "C" : "S", description);
  log_event(run, -1, text);
}

static inline void feed_piece(Run *run, const AsvSink *sink, guint64 *waived, AsvSpan piece,
                              guint64 offset) {
  const Scenario *scenario = run->scenario;
  AsvPacketRef at = {.packet = 1};
  gsize from = 0;
  while (from < piece.size) {
    gboolean lost = offset + from >= scenario->lost_from && offset + from < scenario->lost_to;
    gsize to = from + 1;
    while (to < piece.size &&
           lost == (offset + to >= scenario->lost_from && offset + to < scenario->lost_to))
      to++;
    gsize skip = (gsize)MIN(*waived, to - from);
    if (*waived != ASV_WAIVE_ALL) *waived -= skip;
    from += skip;
    if (from == to) continue;
    guint64 answer = lost ? sink->gap(sink->self, &at, to - from)
                          : sink->bytes(sink->self, &at, asv_span_sub(piece, from, to - from));
    *waived = answer;
    from = to;
  }
}

/* Runs a scenario over pieces of its octets. The caller clears run with run_clear(). */
static inline void run_pieces(Run *run, const Scenario *scenario, const AsvSpan *pieces,
                              gsize count) {
  RunSide sides[2] = {{run, ASV_CLIENT}, {run, ASV_SERVER}};
  AsvSink plaintext[2], sinks[2];
  guint64 waived[2] = {0, 0};
  AsvPacketRef at = {.packet = 1};
  AsvTlsEvents events = {.self = run,
                         .handshake = take_handshake,
                         .unreadable = take_unreadable,
                         .alert = take_alert,
                         .waits = take_waits};
  AsvKeys *keys = asv_keys_new();
  asv_keys_load(keys, asv_span(scenario->key_log->str, scenario->key_log->len));
  AsvTlsContext *context = scenario->context ? scenario->context : asv_tls_context_new(keys);
  *run = (Run){.scenario = scenario, .log = g_string_new(NULL), .last = -1};
  for (int i = 0; i < 2; i++) {
    plaintext[i] = (AsvSink){&sides[i], take_bytes, take_gap, take_end};
    run->plain[i] = g_string_new(NULL);
  }
  run->tls = asv_tls_new(context, &events, plaintext);
  sinks[0] = asv_tls_sink(run->tls, ASV_CLIENT);
  sinks[1] = asv_tls_sink(run->tls, ASV_SERVER);
  gsize flight = 0;
  guint64 offset = 0;
  for (gsize i = 0; i < count; i++) {
    AsvSpan piece = pieces[i];
    while (piece.size) {
      while (flight + 1 < scenario->count && offset >= scenario->flights[flight].end) flight++;
      AsvSide side = scenario->flights[flight].side;
      gsize here = (gsize)MIN(piece.size, scenario->flights[flight].end - offset);
      feed_piece(run, &sinks[side], &waived[side], asv_span_sub(piece, 0, here), offset);
      offset += here;
      piece = asv_span_sub(piece, here, piece.size);
    }
  }
  for (int i = 0; i < 2; i++) sinks[i].end(sinks[i].self, &at, ASV_END_FIN);
  g_assert_false(run->waits);
  run->incomplete = asv_tls_incomplete(run->tls);
  asv_tls_free(run->tls);
  if (!scenario->context) asv_tls_context_free(context);
  asv_keys_free(keys);
}

static inline void run_clear(Run *run) {
  g_string_free(run->log, TRUE);
  for (int i = 0; i < 2; i++) g_string_free(run->plain[i], TRUE);
}

static inline char *run_for_splits(const AsvSpan *pieces, gsize count, const void *user) {
  Run run;
  run_pieces(&run, user, pieces, count);
  char *log = g_strdup(run.log->str);
  run_clear(&run);
  return log;
}

/* --- making one --- */

static inline void scenario_init(Scenario *scenario) {
  *scenario = (Scenario){.octets = g_byte_array_new(), .key_log = g_string_new(NULL)};
}

static inline void scenario_clear(Scenario *scenario) {
  g_byte_array_unref(scenario->octets);
  g_string_free(scenario->key_log, TRUE);
}

/* What was appended since the last call is of that side. */
static inline void scenario_flight(Scenario *scenario, AsvSide side) {
  g_assert_cmpuint(scenario->count, <, G_N_ELEMENTS(scenario->flights));
  scenario->flights[scenario->count++] = (Flight){side, scenario->octets->len};
}

static inline void scenario_secret(Scenario *scenario, const char *label, const guint8 *random,
                                   const guint8 *secret, gsize size) {
  g_string_append_printf(scenario->key_log, "%s ", label);
  for (int i = 0; i < 32; i++) g_string_append_printf(scenario->key_log, "%02x", random[i]);
  g_string_append_c(scenario->key_log, ' ');
  for (gsize i = 0; i < size; i++) g_string_append_printf(scenario->key_log, "%02x", secret[i]);
  g_string_append_c(scenario->key_log, '\n');
}

/* Everything that the two ends of one connection know. */
typedef struct {
  Scenario *scenario;
  const WriterSuite *suite;
  AsvCrypto *crypto;
  guint8 random[2][32];
  guint8 early[48], handshake[2][48], application[2][48], master[48];
  Writer writer[2];
} Ends;

static inline void ends_init(Ends *ends, Scenario *scenario, const WriterSuite *suite,
                             guint8 seed) {
  *ends = (Ends){.scenario = scenario, .suite = suite, .crypto = asv_crypto_new()};
  memset(ends->random[0], seed, 32);
  memset(ends->random[1], seed + 1, 32);
  memset(ends->early, 0xe0, 48);
  memset(ends->master, 0xe1, 48);
  for (int i = 0; i < 2; i++) {
    memset(ends->handshake[i], 0xa0 + i, 48);
    memset(ends->application[i], 0xb0 + i, 48);
  }
}

static inline void ends_clear(Ends *ends) {
  asv_crypto_free(ends->crypto);
}

static inline gsize ends_secret_size(const Ends *ends) {
  return asv_hash_size(asv_suite_find(ends->suite->id)->prf);
}

/* Logs what is asked for: "m" master, "e" early, "h" and "H" handshake of client and server, "a"
 * and "A" application. */
static inline void ends_log(const Ends *ends, const char *what) {
  gsize size = ends_secret_size(ends);
  const guint8 *random = ends->random[0];
  Scenario *s = ends->scenario;
  if (strchr(what, 'm')) scenario_secret(s, "CLIENT_RANDOM", random, ends->master, 48);
  if (strchr(what, 'e'))
    scenario_secret(s, "CLIENT_EARLY_TRAFFIC_SECRET", random, ends->early, size);
  if (strchr(what, 'h'))
    scenario_secret(s, "CLIENT_HANDSHAKE_TRAFFIC_SECRET", random, ends->handshake[0], size);
  if (strchr(what, 'H'))
    scenario_secret(s, "SERVER_HANDSHAKE_TRAFFIC_SECRET", random, ends->handshake[1], size);
  if (strchr(what, 'a'))
    scenario_secret(s, "CLIENT_TRAFFIC_SECRET_0", random, ends->application[0], size);
  if (strchr(what, 'A'))
    scenario_secret(s, "SERVER_TRAFFIC_SECRET_0", random, ends->application[1], size);
}

static inline void ends_plain(Ends *ends, AsvSide side, guint8 type, GByteArray *body) {
  writer_plain(ends->scenario->octets, type, body);
  g_byte_array_unref(body);
  scenario_flight(ends->scenario, side);
}

static inline void ends_hello(Ends *ends, HelloWish wish) {
  ends_plain(ends, ASV_CLIENT, 22, writer_client_hello(ends->random[0], wish));
}

/* A protected record of its own flight. */
static inline void ends_record(Ends *ends, AsvSide side, guint8 type, AsvSpan content,
                               gsize padding) {
  writer_record(&ends->writer[side], ends->scenario->octets, type, content, padding);
  scenario_flight(ends->scenario, side);
}

static inline void ends_text(Ends *ends, AsvSide side, const char *text) {
  ends_record(ends, side, 23, asv_span_text(text), 0);
}

static inline void ends_message(Ends *ends, AsvSide side, guint8 type, GByteArray *body) {
  g_autoptr(GByteArray) message = writer_message(type, body);
  ends_record(ends, side, 22, asv_span(message->data, message->len), 0);
}

static inline void ends_use(Ends *ends, AsvSide side, const guint8 *secret) {
  writer_from_secret(&ends->writer[side], ends->crypto, ends->suite, secret);
}

static inline GByteArray *some_octets(gsize size) {
  GByteArray *octets = g_byte_array_new();
  for (gsize i = 0; i < size; i++) writer_put(octets, 0x60 + i % 16, 1);
  return octets;
}

/* ServerHello to the server's Finished in TLS 1.3; early: accepts early data. */
static inline void ends_server_flight(Ends *ends, gboolean psk, gboolean early,
                                      GByteArray *certificate) {
  static const guint8 alpn[] = {0, 3, 2, 'h', '2'};
  GByteArray *extensions = g_byte_array_new();
  g_autoptr(GByteArray) inner = g_byte_array_new();
  ends_plain(ends, ASV_SERVER, 22, writer_server_hello(ends->random[1], ends->suite, psk, NULL));
  ends_use(ends, ASV_SERVER, ends->handshake[1]);
  writer_extension(inner, 16, alpn, sizeof alpn);
  if (early) writer_extension(inner, 42, NULL, 0);
  writer_put(extensions, inner->len, 2);
  g_byte_array_append(extensions, inner->data, inner->len);
  ends_message(ends, ASV_SERVER, 8, extensions);
  if (certificate) ends_message(ends, ASV_SERVER, 11, certificate);
  ends_message(ends, ASV_SERVER, 20, some_octets(32));
  ends_use(ends, ASV_SERVER, ends->application[1]);
}

static inline void ends_client_finished(Ends *ends) {
  ends_use(ends, ASV_CLIENT, ends->handshake[0]);
  ends_message(ends, ASV_CLIENT, 20, some_octets(32));
  ends_use(ends, ASV_CLIENT, ends->application[0]);
}

/* A TLS 1.3 handshake up to application keys. */
static inline void ends_connect_13(Ends *ends) {
  HelloWish wish = {.sni = "a.test"};
  ends_hello(ends, wish);
  ends_server_flight(ends, FALSE, FALSE, NULL);
  ends_client_finished(ends);
}

/* A full handshake of TLS 1.0 to 1.2 up to both Finished. */
static inline void ends_connect_12(Ends *ends, HelloWish wish, const char *session_id,
                                   GByteArray *certificate) {
  ends_hello(ends, wish);
  ends_plain(ends, ASV_SERVER, 22,
             writer_server_hello(ends->random[1], ends->suite, FALSE, session_id));
  if (certificate) ends_plain(ends, ASV_SERVER, 22, writer_message(11, certificate));
  for (int side = 0; side < 2; side++) {
    GByteArray *one = g_byte_array_new();
    writer_put(one, 1, 1);
    ends_plain(ends, (AsvSide)side, 20, one);
    writer_from_master(&ends->writer[side], ends->crypto, ends->suite, side, ends->master,
                       ends->random[0], ends->random[1]);
    ends_message(ends, (AsvSide)side, 20, some_octets(12));
  }
}

#endif

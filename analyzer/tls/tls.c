/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The interface of a connection: recognising TLS, sinks, and the one thing
 * that needs both directions at once: a side's records are held back while
 * what they need stands in octets of the other side that have not come yet
 * (the randoms and the suite; for early data whether it was accepted).
 */
#include "tls.h"

#include "connection.h"

AsvTlsContext *asv_tls_context_new(AsvKeys *keys) {
  AsvTlsContext *context = g_new0(AsvTlsContext, 1);
  context->keys = keys;
  context->crypto = asv_crypto_new();
  context->sessions = asv_sessions_new();
  context->certificates = asv_certificates_new();
  context->buffers = asv_buffers_new();
  return context;
}

void asv_tls_context_free(AsvTlsContext *context) {
  if (!context) return;
  asv_crypto_free(context->crypto);
  asv_certificates_free(context->certificates);
  asv_sessions_free(context->sessions);
  asv_buffers_free(context->buffers);
  g_free(context);
}

/* --- recognising --- */

AsvSniff asv_tls_sniff(AsvSpan first) {
  static const guint8 begins[] = {ASV_RECORD_HANDSHAKE, 3};
  gsize known = MIN(first.size, sizeof begins);
  if (known && memcmp(first.data, begins, known) != 0) return ASV_SNIFF_NO;
  if (first.size > 2 && first.data[2] > 4) return ASV_SNIFF_NO;
  if (first.size < ASV_RECORD_HEADER) return ASV_SNIFF_MORE;
  if (!asv_record_plausible(first)) return ASV_SNIFF_NO;
  if (first.data[3] == 0 && first.data[4] == 0) return ASV_SNIFF_NO;
  if (first.size == ASV_RECORD_HEADER) return ASV_SNIFF_MORE;
  if (first.data[5] == ASV_MESSAGE_CLIENT_HELLO) return ASV_SNIFF_CLIENT;
  return first.data[5] == ASV_MESSAGE_SERVER_HELLO ? ASV_SNIFF_SERVER : ASV_SNIFF_NO;
}

gboolean asv_tls_sniff_record(AsvSpan first) {
  return asv_record_plausible(first) && (first.data[3] || first.data[4]);
}

/* --- holding back --- */

typedef struct {
  AsvPacketRef at;
  gsize offset; /* of the record's header in octets */
  gsize lost;
} HeldItem;

static gboolean must_wait(const AsvTlsSide *side) {
  const AsvTls *tls = side->tls;
  const AsvTlsSide *other = &tls->sides[side->who == ASV_CLIENT ? ASV_SERVER : ASV_CLIENT];
  if (other->hopeless) return FALSE;
  if (side->who == ASV_SERVER) return !tls->has_client_hello;
  return tls->has_client_hello && !tls->resolved;
}

static gboolean goes_on_hold(const AsvTlsSide *side, const AsvRecord *record) {
  if (side->held.octets) return TRUE;
  if (!must_wait(side)) return FALSE;
  return side->who == ASV_SERVER || record->type != ASV_RECORD_HANDSHAKE;
}

static void hold(AsvTlsSide *side, const AsvPacketRef *at, const AsvRecord *record) {
  AsvTlsHeld *held = &side->held;
  if (!held->octets) {
    held->octets = g_byte_array_new();
    held->items = g_array_new(FALSE, FALSE, sizeof(HeldItem));
  }
  HeldItem item = {.at = *at, .offset = held->octets->len, .lost = record->lost};
  g_byte_array_append(held->octets, record->header, ASV_RECORD_HEADER);
  if (record->body.size)
    g_byte_array_append(held->octets, record->body.data, (guint)record->body.size);
  g_array_append_val(held->items, item);
  gsize limit = side->who == ASV_CLIENT && side->tls->early_offered ? ASV_TLS_HELD_EARLY_MAX
                                                                    : ASV_TLS_HELD_MAX;
  if (held->octets->len > limit) {
    asv_tls_other(side)->hopeless = TRUE;
    asv_tls_release(side, TRUE);
  }
}

static void process_held(AsvTlsSide *side, const HeldItem *item, AsvSpan octets) {
  AsvRecord record;
  asv_record_read_header(&record, asv_span_sub(octets, item->offset, octets.size));
  record.lost = item->lost;
  if (!record.lost)
    record.body = asv_span_sub(octets, item->offset + ASV_RECORD_HEADER, record.size);
  asv_side_record(side, &item->at, &record);
}

void asv_tls_release(AsvTlsSide *side, gboolean force) {
  AsvTlsHeld held = side->held;
  if (!held.octets || (!force && must_wait(side))) return;
  side->held = (AsvTlsHeld){NULL, NULL};
  for (guint i = 0; i < held.items->len; i++)
    process_held(side, &g_array_index(held.items, HeldItem, i),
                 asv_span(held.octets->data, held.octets->len));
  g_byte_array_unref(held.octets);
  g_array_unref(held.items);
  if (side->end_pending && !side->ended && !side->held.octets) asv_side_finish(side);
}

void asv_tls_take_record(AsvTlsSide *side, const AsvPacketRef *at, const AsvRecord *record) {
  if (goes_on_hold(side, record)) {
    hold(side, at, record);
    return;
  }
  asv_side_record(side, at, record);
}

/* --- sinks --- */

static const AsvPacketRef *held_since(const AsvTlsSide *side) {
  return side->held.items ? &g_array_index(side->held.items, HeldItem, 0).at : NULL;
}

/* Says since when something is held, where that has changed. */
static void tell_waits(AsvTls *tls) {
  const AsvPacketRef *client = held_since(&tls->sides[ASV_CLIENT]);
  const AsvPacketRef *server = held_since(&tls->sides[ASV_SERVER]);
  const AsvPacketRef *since =
      client && (!server || client->order < server->order) ? client : server;
  if (!tls->events.waits || (since ? tls->waits && tls->since == since->order : !tls->waits))
    return;
  tls->waits = since != NULL;
  tls->since = since ? since->order : 0;
  tls->events.waits(tls->events.self, since);
}

static guint64 on_bytes(void *self, const AsvPacketRef *at, AsvSpan data) {
  AsvTlsSide *side = self;
  asv_side_bytes(side, at, data);
  tell_waits(side->tls);
  return asv_side_waive(side);
}

static guint64 on_gap(void *self, const AsvPacketRef *at, guint64 n) {
  AsvTlsSide *side = self;
  asv_side_gap(side, at, n);
  tell_waits(side->tls);
  return asv_side_waive(side);
}

static void on_end(void *self, const AsvPacketRef *at, AsvEnd why) {
  AsvTlsSide *side = self;
  AsvTlsSide *other = asv_tls_other(side);
  if (side->started) asv_side_bytes(side, at, asv_span(NULL, 0)); /* a record waived to its end */
  side->end_pending = TRUE;
  side->end_at = *at;
  side->end_why = why;
  side->hopeless = TRUE;
  if (side->who == ASV_SERVER) side->tls->resolved = TRUE;
  asv_tls_release(other, FALSE);
  if (!side->held.octets && !side->ended) asv_side_finish(side);
  tell_waits(side->tls);
}

AsvSink asv_tls_sink(AsvTls *tls, AsvSide side) {
  return (AsvSink){.self = &tls->sides[side], .bytes = on_bytes, .gap = on_gap, .end = on_end};
}

AsvTls *asv_tls_new(AsvTlsContext *context, const AsvTlsEvents *events,
                    const AsvSink plaintext[2]) {
  AsvTls *tls = g_new0(AsvTls, 1);
  tls->context = context;
  tls->events = *events;
  for (int i = 0; i < 2; i++) {
    AsvTlsSide *side = &tls->sides[i];
    side->tls = tls;
    side->who = (AsvSide)i;
    side->plaintext = plaintext[i];
    asv_records_init(&side->records, context->buffers);
  }
  return tls;
}

gboolean asv_tls_early_data(const AsvTls *tls) {
  return tls->delivering_early;
}

void asv_tls_free(AsvTls *tls) {
  if (!tls) return;
  asv_side_clear(&tls->sides[ASV_CLIENT]);
  asv_side_clear(&tls->sides[ASV_SERVER]);
  asv_certificate_unref(tls->certificate);
  g_free(tls->hello);
  if (tls->hello_octets) g_byte_array_unref(tls->hello_octets);
  if (tls->session_id) g_byte_array_unref(tls->session_id);
  if (tls->alpn) g_byte_array_unref(tls->alpn);
  g_free(tls);
}

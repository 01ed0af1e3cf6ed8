/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A connection of any octets. The input is a run of pieces: one octet says
 * whose they are and whether they are lost, one how many, then the octets.
 * Secrets for the client random of all 0x01 are known, so that seeds made with
 * them get as far as plaintext.
 */
#include "analyzer/tls/tls.h"

static void on_alert(void *self, const AsvPacketRef *at, AsvSide from, guint8 description) {
  (void)at;
  g_assert(self && from <= ASV_SERVER && description != 0);
}

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

typedef struct {
  guint ends;
  guint handshakes;
} Seen;

static guint64 on_bytes(void *self, const AsvPacketRef *at, AsvSpan bytes) {
  (void)self, (void)at;
  g_assert(bytes.size > 0);
  return bytes.data[0] > 200 ? bytes.data[0] * 16u : 0;
}

static guint64 on_gap(void *self, const AsvPacketRef *at, guint64 n) {
  (void)self, (void)at;
  g_assert(n > 0);
  return 0;
}

static void on_end(void *self, const AsvPacketRef *at, AsvEnd why) {
  (void)at, (void)why;
  ((Seen *)self)->ends++;
}

static void on_handshake(void *self, const AsvPacketRef *at, const AsvTlsHandshake *handshake) {
  (void)at, (void)handshake;
  g_assert(++((Seen *)self)->handshakes == 1);
}

static void on_unreadable(void *self, const AsvPacketRef *at, AsvSide from, AsvTlsUnreadable reason,
                          guint64 bytes) {
  (void)self, (void)at, (void)from, (void)reason;
  g_assert(bytes > 0);
}

static AsvKeys *make_keys(void) {
  static const struct {
    const char *label;
    char digit;
    int size;
  } secrets[] = {{"CLIENT_RANDOM", '1', 48},
                 {"CLIENT_EARLY_TRAFFIC_SECRET", '2', 32},
                 {"CLIENT_HANDSHAKE_TRAFFIC_SECRET", 'a', 32},
                 {"SERVER_HANDSHAKE_TRAFFIC_SECRET", 'b', 32},
                 {"CLIENT_TRAFFIC_SECRET_0", 'c', 32},
                 {"SERVER_TRAFFIC_SECRET_0", 'd', 32}};
  AsvKeys *keys = asv_keys_new();
  g_autoptr(GString) text = g_string_new(NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(secrets); i++) {
    g_string_append_printf(text, "%s ", secrets[i].label);
    for (int k = 0; k < 32; k++) g_string_append(text, "01");
    g_string_append_c(text, ' ');
    for (int k = 0; k < 2 * secrets[i].size; k++) g_string_append_c(text, secrets[i].digit);
    g_string_append_c(text, '\n');
  }
  asv_keys_load(keys, asv_span(text->str, text->len));
  return keys;
}

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size) {
  Seen seen = {0, 0};
  AsvPacketRef at = {.packet = 1};
  AsvTlsEvents events = {
      .self = &seen, .handshake = on_handshake, .unreadable = on_unreadable, .alert = on_alert};
  AsvSink plaintext[2] = {{&seen, on_bytes, on_gap, on_end}, {&seen, on_bytes, on_gap, on_end}};
  AsvKeys *keys = make_keys();
  AsvTlsContext *context = asv_tls_context_new(keys);
  AsvTls *tls = asv_tls_new(context, &events, plaintext);
  AsvSink sinks[2] = {asv_tls_sink(tls, ASV_CLIENT), asv_tls_sink(tls, ASV_SERVER)};
  guint64 waived[2] = {0, 0};
  AsvReader reader = asv_reader(asv_span(data, size));
  while (asv_reader_left(&reader)) {
    guint8 head = asv_read_u8(&reader);
    gsize wanted = asv_read_u8(&reader) + 1u + (head >> 4) * 256u;
    guint8 side = head & 1;
    AsvSpan piece = asv_read_span(&reader, MIN(wanted, asv_reader_left(&reader)));
    gsize skip = (gsize)MIN(waived[side], piece.size);
    if (waived[side] != ASV_WAIVE_ALL) waived[side] -= skip;
    piece = asv_span_sub(piece, skip, piece.size);
    if (!piece.size) continue;
    if (head & 2)
      waived[side] =
          sinks[side].gap(sinks[side].self, &at, (head & 4) ? ASV_GAP_UNKNOWN : piece.size);
    else
      waived[side] = sinks[side].bytes(sinks[side].self, &at, piece);
  }
  for (int i = 0; i < 2; i++) sinks[i].end(sinks[i].self, &at, ASV_END_CAPTURE);
  g_assert(seen.ends == 2);
  asv_tls_free(tls);
  asv_tls_context_free(context);
  asv_keys_free(keys);
  return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every frame whole and cut at every length, and transport parameters. */
#include "analyzer/quic/frame.h"

#include "tests/support/feed.h"

#define SPAN(n) (int)(n).size, (const char *)(n).data

static const char *tell_connection(const AsvQuicFrame *frame, char *out, gulong size) {
  switch (frame->kind) {
    case ASV_FRAME_NEW_CONNECTION_ID:
      g_snprintf(out, size, "new %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %.*s %.*s",
                 frame->connection_id.sequence, frame->connection_id.retire_prior_to,
                 SPAN(frame->connection_id.id), SPAN(frame->connection_id.token));
      break;
    case ASV_FRAME_RETIRE_CONNECTION_ID:
      g_snprintf(out, size, "retire %" G_GUINT64_FORMAT, frame->connection_id.sequence);
      break;
    case ASV_FRAME_PATH_CHALLENGE:
      g_snprintf(out, size, "challenge %.*s", SPAN(frame->path));
      break;
    case ASV_FRAME_PATH_RESPONSE:
      g_snprintf(out, size, "response %.*s", SPAN(frame->path));
      break;
    case ASV_FRAME_CONNECTION_CLOSE:
      g_snprintf(out, size, "close %d %" G_GUINT64_FORMAT " %.*s", frame->close.application,
                 frame->close.error, SPAN(frame->close.reason));
      break;
    case ASV_FRAME_HANDSHAKE_DONE:
      return "done";
    default:
      return "other";
  }
  return out;
}

static const char *tell(const AsvQuicFrame *frame, char *out, gulong size) {
  switch (frame->kind) {
    case ASV_FRAME_CRYPTO:
      g_snprintf(out, size, "crypto %" G_GUINT64_FORMAT " %.*s", frame->stream.offset,
                 SPAN(frame->stream.data));
      return out;
    case ASV_FRAME_STREAM:
      g_snprintf(out, size, "stream %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %.*s %d",
                 frame->stream.id, frame->stream.offset, SPAN(frame->stream.data),
                 frame->stream.fin);
      return out;
    case ASV_FRAME_RESET_STREAM:
    case ASV_FRAME_STOP_SENDING:
      g_snprintf(out, size,
                 "%s %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT
                 " %" G_GUINT64_FORMAT,
                 frame->kind == ASV_FRAME_STOP_SENDING ? "stop" : "reset", frame->reset.id,
                 frame->reset.error, frame->reset.final_size, frame->reset.reliable_size);
      return out;
    case ASV_FRAME_ACK:
      g_snprintf(out, size, "ack %" G_GUINT64_FORMAT, frame->ack.largest);
      return out;
    default:
      return tell_connection(frame, out, size);
  }
}

/* Text in the octets is written as such: 'abc'. */
typedef struct {
  const char *hex;
  const char *told;
  gsize least; /* octets without which it is damaged, when not all of them */
} Example;

static const Example examples[] = {
    {"01", "other", 0},                                    /* PING */
    {"02 4400 05 00 4010", "ack 1024", 0},                 /* ACK */
    {"02 09 05 02 00 01 02 4003 04", "ack 9", 0},          /* ACK with ranges */
    {"03 09 05 01 00 01 02 4001 02 80000003", "ack 9", 0}, /* ACK with ECN counts */
    {"04 07 4102 4200", "reset 7 258 512 0", 0},           /* RESET_STREAM */
    {"05 0b 4102", "stop 11 258 0 0", 0},                  /* STOP_SENDING */
    {"06 4040 03 616263", "crypto 64 abc", 0},             /* CRYPTO */
    {"07 03 616263", "other", 0},                          /* NEW_TOKEN */
    {"08 04 616263", "stream 4 0 abc 0", 2},               /* STREAM to the end */
    {"09 04 616263", "stream 4 0 abc 1", 2},               /* the same, last */
    {"0a 04 03 616263", "stream 4 0 abc 0", 0},            /* with a length */
    {"0b 04 00", "stream 4 0  1", 0},                      /* empty, last */
    {"0c 04 5000 616263", "stream 4 4096 abc 0", 4},       /* with an offset */
    {"0d 04 5000 616263", "stream 4 4096 abc 1", 4},
    {"0e 04 5000 03 616263", "stream 4 4096 abc 0", 0}, /* with both */
    {"0f 4004 5000 03 616263", "stream 4 4096 abc 1", 0},
    {"10 80100000", "other", 0},    /* MAX_DATA */
    {"11 04 80100000", "other", 0}, /* MAX_STREAM_DATA */
    {"12 4100", "other", 0},        /* MAX_STREAMS */
    {"13 4100", "other", 0},
    {"14 4100", "other", 0},    /* DATA_BLOCKED */
    {"15 04 4100", "other", 0}, /* STREAM_DATA_BLOCKED */
    {"16 4100", "other", 0},    /* STREAMS_BLOCKED */
    {"17 4100", "other", 0},
    {"18 05 02 03 616263 30313233343536373839414243444546", "new 5 2 abc 0123456789ABCDEF", 0},
    {"19 05", "retire 5", 0},
    {"1a 6162636465666768", "challenge abcdefgh", 0},
    {"1b 6162636465666768", "response abcdefgh", 0},
    {"1c 4100 06 03 616263", "close 0 256 abc", 0},
    {"1d 4100 03 616263", "close 1 256 abc", 0},
    {"1e", "done", 0},
    {"1f", "other", 0}, /* IMMEDIATE_ACK */
    {"40ac", "other", 0},
    {"40af 00 02 5000 03", "other", 0},                 /* ACK_FREQUENCY */
    {"24 07 4102 4200 40ff", "reset 7 258 512 255", 0}, /* RESET_STREAM_AT */
    {"30 616263", "other", 1},                          /* DATAGRAM */
    {"31 03 616263", "other", 0},
};

typedef struct {
  const Example *example;
  gsize whole;
} Run;

static void read_one(AsvSpan guarded, void *user) {
  const Run *run = user;
  char text[200];
  AsvReader reader = asv_reader(guarded);
  AsvQuicFrame frame;
  gsize least = run->example->least ? run->example->least : run->whole;
  gboolean there = asv_quic_frame_next(&reader, &frame);
  g_assert_cmpint(there, ==, guarded.size >= least);
  g_assert_cmpint(reader.failed, ==, guarded.size > 0 && !there);
  if (guarded.size < run->whole) return;
  g_assert_cmpstr(tell(&frame, text, sizeof text), ==, run->example->told);
  g_assert_cmpuint(asv_reader_left(&reader), ==, 0);
}

static void test_every_length(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(examples); i++) {
    g_autoptr(GByteArray) octets = asv_test_hex(examples[i].hex);
    Run run = {&examples[i], octets->len};
    for (gsize size = 0; size <= octets->len; size++)
      asv_test_guarded(asv_span(octets->data, size), read_one, &run);
  }
}

/* All of them in one packet, and padding between them, is the same. */
static void test_sequence(void) {
  g_autoptr(GByteArray) payload = g_byte_array_new();
  char text[200];
  for (gsize i = 0; i < G_N_ELEMENTS(examples); i++) {
    g_autoptr(GByteArray) octets = asv_test_hex(examples[i].hex);
    if (examples[i].least) continue;
    g_byte_array_append(payload, octets->data, octets->len);
    g_byte_array_append(payload, (const guint8 *)"\0\0\0", 3);
  }
  AsvReader reader = asv_reader(asv_span(payload->data, payload->len));
  AsvQuicFrame frame;
  for (gsize i = 0; i < G_N_ELEMENTS(examples); i++) {
    if (examples[i].least) continue;
    g_assert_true(asv_quic_frame_next(&reader, &frame));
    g_assert_cmpstr(tell(&frame, text, sizeof text), ==, examples[i].told);
    g_assert_true(asv_quic_frame_next(&reader, &frame));
    g_assert_cmpint(frame.kind, ==, ASV_FRAME_OTHER);
    g_assert_cmpuint(frame.type, ==, 0);
  }
  g_assert_false(asv_quic_frame_next(&reader, &frame));
  g_assert_false(reader.failed);
}

static void test_damaged(void) {
  static const char *const damaged[] = {
      "20", /* unknown */
      "4021",
      "ffffffffffffffff",
      "02 09 05 ffffffffffffffff 00",   /* ACK of 2^62 - 1 ranges */
      "0e 04 fffffffffffffffe 02 6162", /* ends behind 2^62 - 1 */
      "06 fffffffffffffffe 02 6162",
      "18 05 02 00 616263 30313233343536373839414243444546",
      "18 05 02 15 000000000000000000000000000000000000000000 30313233343536373839414243444546",
      "0a 04 ffffffffffffffff 616263",
  };
  for (gsize i = 0; i < G_N_ELEMENTS(damaged); i++) {
    g_autoptr(GByteArray) octets = asv_test_hex(damaged[i]);
    AsvReader reader = asv_reader(asv_span(octets->data, octets->len));
    AsvQuicFrame frame;
    g_assert_false(asv_quic_frame_next(&reader, &frame));
    g_assert_true(reader.failed);
    g_assert_false(asv_quic_frame_next(&reader, &frame));
  }
  g_autoptr(GByteArray) last = asv_test_hex("0e 04 fffffffffffffffe 01 61");
  AsvReader reader = asv_reader(asv_span(last->data, last->len));
  AsvQuicFrame frame;
  g_assert_true(asv_quic_frame_next(&reader, &frame));
}

#define PREFERRED                                                        \
  "0d 2c 7f000001 01bb 00000000000000000000000000000001 01bb 03 616263 " \
  "30313233343536373839414243444546"

/* Where parameters end. */
typedef struct {
  gsize at[16];
} Ends;

static void parse_cut(AsvSpan guarded, void *user) {
  const Ends *ends = user;
  gboolean whole = FALSE;
  AsvTransportParameters got;
  for (gsize i = 0; i < G_N_ELEMENTS(ends->at); i++) whole = whole || ends->at[i] == guarded.size;
  g_assert_cmpint(asv_transport_parameters_parse(guarded, &got), ==, whole);
}

static void test_parameters(void) {
  static const char *const parts[] = {"00 03 616263",
                                      "01 04 80007530",
                                      "0f 00",
                                      "10 04 64656667",
                                      "11 08 6b3343cf 00000001",
                                      "6ab2 00",
                                      "02 10 41424344414243444142434441424344",
                                      PREFERRED};
  g_autoptr(GByteArray) octets = g_byte_array_new();
  Ends ends = {.at = {0}};
  AsvTransportParameters got;
  for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
    g_autoptr(GByteArray) part = asv_test_hex(parts[i]);
    g_byte_array_append(octets, part->data, part->len);
    ends.at[i + 1] = octets->len;
  }
  for (gsize size = 0; size <= octets->len; size++)
    asv_test_guarded(asv_span(octets->data, size), parse_cut, &ends);
  g_assert_true(asv_transport_parameters_parse(asv_span(octets->data, octets->len), &got));
  g_assert_true(asv_span_is(got.original_destination, "abc"));
  g_assert_nonnull(got.initial_source.data);
  g_assert_cmpuint(got.initial_source.size, ==, 0);
  g_assert_true(asv_span_is(got.retry_source, "defg"));
  g_assert_true(asv_span_is(got.stateless_reset_token, "ABCDABCDABCDABCD"));
  g_assert_true(asv_span_is(got.preferred_id, "abc"));
  g_assert_true(asv_span_is(got.preferred_token, "0123456789ABCDEF"));
  g_assert_cmphex(got.chosen_version, ==, 0x6b3343cf);
  g_assert_true(asv_transport_parameters_parse(asv_span(NULL, 0), &got));
  g_assert_null(got.original_destination.data);
  g_assert_null(got.initial_source.data);
  g_assert_cmpuint(got.chosen_version, ==, 0);
}

static void test_damaged_parameters(void) {
  static const char *const damaged[] = {
      "00 15 000000000000000000000000000000000000000000", /* a connection id of 21 octets */
      "02 0f 303132333435363738394142434445",             /* a token of 15 */
      "02 11 3031323334353637383941424344454647",         /* of 17 */
      "11 03 000000",                                     /* half a version */
      "0d 29 7f000001 01bb 00000000000000000000000000000001 01bb 00 "
      "30313233343536373839414243444546", /* an empty connection id */
      PREFERRED " 00",                    /* a parameter without a length */
      "ffffffffffffffff ffffffffffffffff"};
  for (gsize i = 0; i < G_N_ELEMENTS(damaged); i++) {
    g_autoptr(GByteArray) octets = asv_test_hex(damaged[i]);
    AsvTransportParameters got;
    g_assert_false(asv_transport_parameters_parse(asv_span(octets->data, octets->len), &got));
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/quic/frame/every-length", test_every_length);
  g_test_add_func("/quic/frame/sequence", test_sequence);
  g_test_add_func("/quic/frame/damaged", test_damaged);
  g_test_add_func("/quic/frame/parameters", test_parameters);
  g_test_add_func("/quic/frame/damaged-parameters", test_damaged_parameters);
  return g_test_run();
}

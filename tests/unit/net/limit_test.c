/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What happens when the limits of limits.h are reached: less is known, nothing grows. */
#include "wire.h"

/* A connection's packet made once and changed in place: quick enough for a million of them. */
typedef struct {
  WireRecord *record;
  GByteArray *packet;
} Sender;

static Sender sender_new(const char *data) {
  WireSegment segment = {1, 1, 1, WIRE_ACK, data};
  Sender sender = {wire_record_new(), wire_ipv4(6, 1, 0, wire_tcp(&segment))};
  sender.record->quiet = TRUE;
  return sender;
}

static void put(GByteArray *packet, guint offset, guint32 value) {
  for (guint i = 0; i < 4; i++) packet->data[offset + i] = (guint8)(value >> 8 * (3 - i));
}

/* Sends the segment at sequence on the connection of this number (its client's address). */
static void sender_send(Sender *sender, guint32 number, guint32 sequence) {
  put(sender->packet, 16, 0x0b000000 + number);
  put(sender->packet, 24, sequence);
  sender->record->at.order++;
  asv_net_packet(sender->record->net, &sender->record->at, WIRE_RAW,
                 asv_span(sender->packet->data, sender->packet->len), sender->packet->len, TRUE);
}

static void sender_free(Sender *sender) {
  g_byte_array_free(sender->packet, TRUE);
  g_free(wire_record_finish(sender->record));
}

/* Octets behind a hole fill the window: then the hole, and only it, is given up. */
static void test_window(void) {
  enum { SIZE = 1000, HOLE = 10 };
  g_autofree char *data = g_strnfill(SIZE, 'x');
  Sender sender = sender_new(data);
  sender_send(&sender, 0, 1);
  guint32 sequence = 1 + SIZE + HOLE;
  for (; sender.record->lost == 0; sequence += SIZE) {
    g_assert_cmpuint(sequence, <=, ASV_NET_WINDOW + 3 * SIZE);
    sender_send(&sender, 0, sequence);
  }
  g_assert_cmpuint(sequence, >=, ASV_NET_WINDOW);
  g_assert_cmpuint(sender.record->lost, ==, HOLE);
  g_assert_cmpuint(sender.record->octets, ==, sequence - 1 - HOLE);
  sender_free(&sender);
}

/* A million holes in one stream cost no more than its window. */
static void test_many_holes(void) {
  enum { HOLES = 1000000 };
  Sender sender = sender_new("x");
  sender_send(&sender, 0, 1);
  for (guint32 i = 1; i <= HOLES; i++) sender_send(&sender, 0, 1 + 2 * i);
  asv_net_finish(sender.record->net, &sender.record->at);
  g_assert_cmpuint(sender.record->lost, ==, HOLES);
  g_assert_cmpuint(sender.record->octets, ==, HOLES + 1);
  sender_free(&sender);
}

/* Descending order is the worst for lists, and like any other here. */
static void test_descending(void) {
  enum { COUNT = 1000000 };
  Sender sender = sender_new("x");
  sender_send(&sender, 0, 1);
  for (guint32 i = COUNT; i > 0; i--) sender_send(&sender, 0, 1 + i);
  g_assert_cmpuint(sender.record->lost, ==, 0);
  g_assert_cmpuint(sender.record->octets, ==, COUNT + 1);
  sender_free(&sender);
}

/* All streams together hold no more than the pool: then holes are given up at once. */
static void test_pool(void) {
  enum { STREAMS = 64 };
  Sender sender = sender_new("x");
  for (guint32 stream = 0; stream < STREAMS; stream++) {
    sender_send(&sender, stream, 1);
    for (guint32 block = 1; block < ASV_NET_WINDOW / ASV_NET_BLOCK; block++) {
      sender_send(&sender, stream, 3 + block * ASV_NET_BLOCK);
    }
    /* A quarter of the streams, each with a full window, fit. */
    if (stream < STREAMS / 4) g_assert_cmpuint(sender.record->lost, ==, 0);
  }
  g_assert_cmpuint(sender.record->lost, >, 0);
  sender_free(&sender);
}

/* More connections than may be followed: the longest quiet ones go. */
static void test_flows(void) {
  Sender sender = sender_new("x");
  for (guint32 i = 0; i < ASV_NET_FLOWS + 100; i++) sender_send(&sender, i, 1);
  g_assert_cmpuint(sender.record->open, ==, ASV_NET_FLOWS);
  sender_send(&sender, 0, 2);
  g_assert_cmpuint(sender.record->opened, ==, ASV_NET_FLOWS + 101);
  sender_free(&sender);
}

/* A million pairs of endpoints keep their numbers; beyond, the oldest is forgotten. */
static void test_tuples(void) {
  Sender sender = sender_new("x");
  for (guint32 i = 0; i < ASV_NET_TUPLES; i++) sender_send(&sender, i, 1);
  sender.record->quiet = FALSE;
  sender_send(&sender, 5, 2);
  g_assert_true(g_str_has_suffix(sender.record->log->str, "\n5 open\n5.0 x"));
  sender.record->quiet = TRUE;
  for (guint32 i = 0; i < 2 * ASV_NET_FLOWS; i++) sender_send(&sender, ASV_NET_TUPLES + i, 1);
  sender.record->quiet = FALSE;
  sender_send(&sender, 6, 2);
  g_autofree char *expected = g_strdup_printf(
      "\n%u open\n%u.0 x", ASV_NET_TUPLES + 2 * ASV_NET_FLOWS, ASV_NET_TUPLES + 2 * ASV_NET_FLOWS);
  g_assert_true(g_str_has_suffix(sender.record->log->str, expected));
  sender_free(&sender);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/net/limit/window", test_window);
  g_test_add_func("/net/limit/many-holes", test_many_holes);
  g_test_add_func("/net/limit/descending", test_descending);
  g_test_add_func("/net/limit/pool", test_pool);
  g_test_add_func("/net/limit/flows", test_flows);
  g_test_add_func("/net/limit/tuples", test_tuples);
  return g_test_run();
}

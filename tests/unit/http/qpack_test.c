/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QPACK against nghttp3's encoder and receiver, whose streams come interleaved
 * at random, and with the examples of RFC 9204 Appendix B.
 */
#include "analyzer/http/qpack.h"

#include "analyzer/limits.h"
#include "qpack-peer.h"
#include "tests/support/feed.h"

/* What a reader was told: a line for each section, in the order they were over. */
typedef struct {
  GString *told, *lines;
} Told;

static void on_field(void *self, AsvField field, AsvSpan name, AsvSpan value) {
  g_assert_cmpint(field, ==, asv_field_find_lower(name));
  Told *told = self;
  g_string_append_len(told->lines, (const char *)name.data, (gssize)name.size);
  g_string_append(told->lines, ": ");
  g_string_append_len(told->lines, (const char *)value.data, (gssize)value.size);
  g_string_append_c(told->lines, ';');
}

static void on_done(void *self, gconstpointer ticket, gboolean read) {
  Told *told = self;
  g_string_append_printf(told->told, "%" G_GUINT64_FORMAT " %s\n", *(const guint64 *)ticket,
                         read ? told->lines->str : "lost");
  g_string_set_size(told->lines, 0);
}

static Told told_new(void) {
  return (Told){.told = g_string_new(NULL), .lines = g_string_new(NULL)};
}

static void told_free(Told *told) {
  g_string_free(told->told, TRUE);
  g_string_free(told->lines, TRUE);
}

static AsvQpack *reader_new(Told *told) {
  AsvQpackEvents events = {.self = told, .field = on_field, .done = on_done};
  static AsvHuffmanMemo memo;
  return asv_qpack_new(&events, &memo, sizeof(guint64));
}

static void section_hex(AsvQpack *qpack, guint64 stream, const char *hex) {
  GByteArray *octets = asv_test_hex(hex);
  asv_qpack_section(qpack, stream, &stream, asv_span(octets->data, octets->len));
  g_byte_array_unref(octets);
}

static void encoder_hex(AsvQpack *qpack, const char *hex) {
  GByteArray *octets = asv_test_hex(hex);
  asv_qpack_encoder_bytes(qpack, asv_span(octets->data, octets->len));
  g_byte_array_unref(octets);
}

/* ---- the examples ---- */

#define B2_ENCODER "3fbd01 c00f7777772e6578616d706c652e636f6d c10c2f73616d706c652f70617468"
#define B2_SECTION "03811011"
#define B3_ENCODER "4a637573746f6d2d6b65790c637573746f6d2d76616c7565"
#define B4_ENCODER "02"
#define B4_SECTION "050080c181"
#define B5_ENCODER "810d637573746f6d2d76616c756532"

static void expect(Told *told, AsvQpack *qpack, const char *text) {
  g_assert_cmpstr(told->told->str, ==, text);
  asv_qpack_free(qpack);
  told_free(told);
}

static void test_examples(void) {
  Told told = told_new();
  AsvQpack *qpack = reader_new(&told);
  section_hex(qpack, 0, "0000510b2f696e6465782e68746d6c");
  asv_qpack_set_capacity(qpack, 220);
  encoder_hex(qpack, B2_ENCODER);
  section_hex(qpack, 4, B2_SECTION);
  encoder_hex(qpack, B3_ENCODER);
  encoder_hex(qpack, B4_ENCODER);
  section_hex(qpack, 8, B4_SECTION);
  encoder_hex(qpack, B5_ENCODER);
  section_hex(qpack, 12, "060082");
  g_assert_null(asv_qpack_oldest(qpack));
  expect(&told, qpack,
         "0 :path: /index.html;\n"
         "4 :authority: www.example.com;:path: /sample/path;\n"
         "8 :authority: www.example.com;:path: /;custom-key: custom-value;\n"
         "12 custom-key: custom-value;\n");
}

/* Sections before the encoder stream, octet by octet; those of one stream stay in order. */
static void test_blocked(void) {
  Told told = told_new();
  AsvQpack *qpack = reader_new(&told);
  GByteArray *encoder = asv_test_hex(B2_ENCODER B3_ENCODER B4_ENCODER);
  asv_qpack_set_capacity(qpack, 220);
  section_hex(qpack, 8, B4_SECTION);
  section_hex(qpack, 4, B2_SECTION);
  section_hex(qpack, 4, B4_SECTION);
  section_hex(qpack, 4, "0000d1");
  section_hex(qpack, 12, "0000d1");
  g_assert_cmpuint(*(const guint64 *)asv_qpack_oldest(qpack), ==, 8);
  for (guint i = 0; i < encoder->len; i++)
    asv_qpack_encoder_bytes(qpack, asv_span(encoder->data + i, 1));
  g_byte_array_unref(encoder);
  expect(&told, qpack,
         "12 :method: GET;\n"
         "4 :authority: www.example.com;:path: /sample/path;\n"
         "8 :authority: www.example.com;:path: /;custom-key: custom-value;\n"
         "4 :authority: www.example.com;:path: /;custom-key: custom-value;\n"
         "4 :method: GET;\n");
}

/* All that came before the capacity is read in its order, an eviction behind it too. */
static void test_late_capacity(void) {
  Told told = told_new();
  AsvQpack *qpack = reader_new(&told);
  GByteArray *encoder = asv_test_hex(B2_ENCODER);
  for (guint i = 0; i < encoder->len; i++)
    asv_qpack_encoder_bytes(qpack, asv_span(encoder->data + i, 1));
  g_byte_array_unref(encoder);
  section_hex(qpack, 4, B2_SECTION);
  section_hex(qpack, 0, "0000d1");
  encoder_hex(qpack, "20");
  g_assert_cmpstr(told.told->str, ==, "0 :method: GET;\n");
  asv_qpack_set_capacity(qpack, 220);
  asv_qpack_set_capacity(qpack, 0);
  expect(&told, qpack, "0 :method: GET;\n4 :authority: www.example.com;:path: /sample/path;\n");
}

static void test_unknown_capacity(void) {
  Told told = told_new();
  AsvQpack *qpack = reader_new(&told);
  encoder_hex(qpack, B2_ENCODER);
  section_hex(qpack, 4, B2_SECTION);
  section_hex(qpack, 4, "0000d1");
  asv_qpack_set_capacity_unknown(qpack);
  asv_qpack_set_capacity(qpack, 220);
  section_hex(qpack, 8, B2_SECTION);
  section_hex(qpack, 12, "0000d1");
  expect(&told, qpack, "4 lost\n4 :method: GET;\n8 lost\n12 :method: GET;\n");
}

/* ---- loss and damage ---- */

static void test_gap(void) {
  Told told = told_new();
  AsvQpack *qpack = reader_new(&told);
  asv_qpack_set_capacity(qpack, 220);
  encoder_hex(qpack, B2_ENCODER);
  section_hex(qpack, 16, B4_SECTION);
  asv_qpack_encoder_gap(qpack, 3);
  section_hex(qpack, 4, B2_SECTION);
  section_hex(qpack, 8, B4_SECTION);
  section_hex(qpack, 12, "0000d1");
  encoder_hex(qpack, "02");
  section_hex(qpack, 20, B2_SECTION);
  expect(&told, qpack,
         "16 lost\n"
         "4 :authority: www.example.com;:path: /sample/path;\n"
         "8 lost\n"
         "12 :method: GET;\n"
         "20 :authority: www.example.com;:path: /sample/path;\n");
}

/* Six entries fit: what is called 2 may be 14 when six octets may have passed unread. */
static void test_gap_ambiguous(void) {
  Told told = told_new();
  AsvQpack *qpack = reader_new(&told);
  asv_qpack_set_capacity(qpack, 220);
  encoder_hex(qpack, B2_ENCODER);
  asv_qpack_encoder_gap(qpack, 5);
  section_hex(qpack, 4, B2_SECTION);
  encoder_hex(qpack, "02");
  section_hex(qpack, 8, B2_SECTION);
  section_hex(qpack, 12, "0000d1");
  expect(&told, qpack,
         "4 :authority: www.example.com;:path: /sample/path;\n8 lost\n12 :method: GET;\n");
}

/* Eight inserts, then three octets lost: what is called 5 may be 17, what is called 6 is 6. */
static void test_gap_ambiguous_below(void) {
  Told told = told_new();
  AsvQpack *qpack = reader_new(&told);
  asv_qpack_set_capacity(qpack, 220);
  encoder_hex(qpack, "3fbd01");
  for (guint i = 0; i < 8; i++) encoder_hex(qpack, "41610162");
  section_hex(qpack, 0, "060080");
  asv_qpack_encoder_gap(qpack, 3);
  section_hex(qpack, 4, "060080");
  section_hex(qpack, 8, "070080");
  expect(&told, qpack, "0 a: b;\n4 lost\n8 a: b;\n");
}

static void test_gap_before_capacity(void) {
  Told told = told_new();
  AsvQpack *qpack = reader_new(&told);
  encoder_hex(qpack, B2_ENCODER);
  asv_qpack_encoder_gap(qpack, 1);
  section_hex(qpack, 4, B2_SECTION);
  section_hex(qpack, 8, B4_SECTION);
  asv_qpack_set_capacity(qpack, 220);
  asv_qpack_encoder_gap(qpack, G_MAXUINT64);
  section_hex(qpack, 12, B2_SECTION);
  expect(&told, qpack, "4 :authority: www.example.com;:path: /sample/path;\n8 lost\n12 lost\n");
}

/* Appends inserts of "a: 1" to "a: N" for the encoder stream, of four octets each. */
static GByteArray *inserts(guint8 count) {
  GByteArray *octets = g_byte_array_new();
  for (guint8 i = 1; i <= count; i++)
    g_byte_array_append(octets, (guint8[]){0x41, 'a', 1, (guint8)('0' + i)}, 4);
  return octets;
}

/* Six entries fit. Two are there, and fifteen are known to follow, when sections come that need the
 * 14th and the 17th, told as the 2nd and the 5th; another one of the first stream needs none. */
static void test_ahead(void) {
  for (gsize part = 1; part <= 60; part++) {
    Told told = told_new();
    AsvQpack *qpack = reader_new(&told);
    g_autoptr(GByteArray) all = inserts(17);
    asv_qpack_set_capacity(qpack, 220);
    encoder_hex(qpack, "3fbd01");
    asv_qpack_encoder_bytes(qpack, asv_span(all->data, 8));
    asv_qpack_encoder_ahead(qpack, 60);
    section_hex(qpack, 4, "030080");
    section_hex(qpack, 8, "060080");
    section_hex(qpack, 4, "0000d1");
    section_hex(qpack, 12, "0000d1");
    for (gsize at = 8; at < all->len; at += part)
      asv_qpack_encoder_bytes(qpack, asv_span(all->data + at, MIN(part, all->len - at)));
    section_hex(qpack, 16, "060080");
    expect(&told, qpack, "12 :method: GET;\n4 a: >;\n8 a: A;\n4 :method: GET;\n16 a: A;\n");
  }
}

/* Before the capacity is known too: each section by what was known of when it came. */
static void test_ahead_before_capacity(void) {
  Told told = told_new();
  AsvQpack *qpack = reader_new(&told);
  g_autoptr(GByteArray) all = inserts(14);
  encoder_hex(qpack, "3fbd01");
  asv_qpack_encoder_bytes(qpack, asv_span(all->data, 8));
  section_hex(qpack, 4, "030080");
  asv_qpack_encoder_ahead(qpack, 48);
  section_hex(qpack, 8, "030080");
  asv_qpack_encoder_bytes(qpack, asv_span(all->data + 8, 48));
  asv_qpack_set_capacity(qpack, 220);
  expect(&told, qpack, "4 a: 2;\n8 a: >;\n");
}

/* What is certain does not wait: three octets more are no five inserts. */
static void test_ahead_certain(void) {
  Told told = told_new();
  AsvQpack *qpack = reader_new(&told);
  g_autoptr(GByteArray) all = inserts(2);
  asv_qpack_set_capacity(qpack, 220);
  encoder_hex(qpack, "3fbd01");
  asv_qpack_encoder_bytes(qpack, asv_span(all->data, 8));
  asv_qpack_encoder_ahead(qpack, 5);
  section_hex(qpack, 4, "030080");
  section_hex(qpack, 8, "020080");
  g_assert_cmpstr(told.told->str, ==, "4 a: 2;\n");
  encoder_hex(qpack, "3fbd818000"); /* the same capacity again */
  expect(&told, qpack, "4 a: 2;\n8 a: 1;\n");
}

/* The hole is given up: what was known to follow it counts, though it was not given yet. */
static void test_ahead_lost(void) {
  Told told = told_new();
  AsvQpack *qpack = reader_new(&told);
  g_autoptr(GByteArray) all = inserts(14);
  asv_qpack_set_capacity(qpack, 220);
  encoder_hex(qpack, "3fbd01");
  asv_qpack_encoder_bytes(qpack, asv_span(all->data, 8));
  asv_qpack_encoder_ahead(qpack, 48);
  section_hex(qpack, 4, "030080");
  asv_qpack_encoder_gap(qpack, 4);
  section_hex(qpack, 8, "030080");
  asv_qpack_encoder_bytes(qpack, asv_span(all->data + 12, 44));
  section_hex(qpack, 12, "030080");
  expect(&told, qpack, "4 lost\n8 lost\n12 lost\n");
}

/* A section that cannot be read harms no other that needs no table. */
static void test_bad_section(void) {
  Told told = told_new();
  AsvQpack *qpack = reader_new(&told);
  asv_qpack_set_capacity(qpack, 220);
  encoder_hex(qpack, B2_ENCODER);
  section_hex(qpack, 0, "000051");
  section_hex(qpack, 32, "0000510b2f696e64");
  section_hex(qpack, 36, "000023612d62036162");
  section_hex(qpack, 4, "0000d1");
  section_hex(qpack, 8, "");
  section_hex(qpack, 12, "0000");
  section_hex(qpack, 16, B2_SECTION);
  section_hex(qpack, 20, "038151");
  section_hex(qpack, 24, B2_SECTION);
  section_hex(qpack, 28, "0000d1");
  expect(&told, qpack,
         "0 lost\n32 lost\n36 lost\n4 :method: GET;\n8 lost\n12 \n"
         "16 :authority: www.example.com;:path: /sample/path;\n"
         "20 lost\n24 lost\n28 :method: GET;\n");
}

static void test_bad_encoder(void) {
  Told told = told_new();
  AsvQpack *qpack = reader_new(&told);
  asv_qpack_set_capacity(qpack, 220);
  section_hex(qpack, 4, B2_SECTION);
  encoder_hex(qpack, "3fbe01");
  section_hex(qpack, 8, B2_SECTION);
  section_hex(qpack, 12, "0000d1");
  expect(&told, qpack, "4 lost\n8 lost\n12 :method: GET;\n");
}

/* ---- limits ---- */

static void test_table_max(void) {
  Told told = told_new();
  AsvQpack *qpack = reader_new(&told);
  asv_qpack_set_capacity(qpack, ASV_HTTP3_TABLE_MAX);
  encoder_hex(qpack, B2_ENCODER);
  section_hex(qpack, 4, B2_SECTION);
  expect(&told, qpack, "4 :authority: www.example.com;:path: /sample/path;\n");
  told = told_new();
  qpack = reader_new(&told);
  encoder_hex(qpack, B2_ENCODER);
  asv_qpack_set_capacity(qpack, ASV_HTTP3_TABLE_MAX + 1);
  section_hex(qpack, 4, B2_SECTION);
  section_hex(qpack, 8, "0000d1");
  expect(&told, qpack, "4 lost\n8 :method: GET;\n");
}

static void test_blocked_max(void) {
  Told told = told_new();
  AsvQpack *qpack = reader_new(&told);
  asv_qpack_set_capacity(qpack, 220);
  for (guint64 i = 0; i < ASV_HTTP3_BLOCKED_MAX; i++) section_hex(qpack, i * 4, B2_SECTION);
  g_assert_cmpstr(told.told->str, ==, "");
  section_hex(qpack, 4000, B2_SECTION);
  expect(&told, qpack, "0 lost\n");
}

static void test_blocked_octets_max(void) {
  Told told = told_new();
  AsvQpack *qpack = reader_new(&told);
  g_autofree guint8 *section = g_malloc0(ASV_HTTP3_BLOCKED_OCTETS_MAX / 2);
  guint64 stream = 0;
  section[0] = 3;
  asv_qpack_set_capacity(qpack, 220);
  for (stream = 0; stream < 8; stream += 4)
    asv_qpack_section(qpack, stream, &stream, asv_span(section, ASV_HTTP3_BLOCKED_OCTETS_MAX / 2));
  g_assert_cmpstr(told.told->str, ==, "");
  section_hex(qpack, 8, B2_SECTION);
  expect(&told, qpack, "0 lost\n");
}

/* Octets of the encoder stream count too; their calls do not. */
static void test_encoder_octets_max(void) {
  Told told = told_new();
  AsvQpack *qpack = reader_new(&told);
  section_hex(qpack, 4, B2_SECTION);
  for (gsize i = 4; i < ASV_HTTP3_BLOCKED_OCTETS_MAX; i++)
    asv_qpack_encoder_bytes(qpack, asv_span("\x20", 1));
  g_assert_cmpstr(told.told->str, ==, "");
  asv_qpack_encoder_bytes(qpack, asv_span("\x20", 1));
  g_assert_null(asv_qpack_oldest(qpack));
  section_hex(qpack, 8, "0000d1");
  expect(&told, qpack, "4 lost\n8 :method: GET;\n");
}

/* ---- at random ---- */

typedef struct {
  guint64 stream;
  GByteArray *octets;
} Sent;

typedef struct {
  GRand *rand;
  QpackPeer *peer;
  AsvQpack *qpack;
  Told told;
  GPtrArray *lines;     /* expected, by number of section */
  GPtrArray *under_way; /* Sent* */
  GByteArray *encoder;  /* octets of the encoder stream under way */
  GByteArray *decoder;
  guint64 lose_after; /* octets of the encoder stream until a gap; G_MAXUINT64: none */
  guint64 gap;
  gboolean holes;      /* octets come late to the reader, */
  GByteArray *delayed; /* and these have not come yet */
} World;

static void sent_free(gpointer data) {
  Sent *sent = data;
  g_byte_array_unref(sent->octets);
  g_free(sent);
}

static void world_send(World *world) {
  static const char *const names[] = {
      "alt-svc", "user-agent", ":authority",
      "x-other", "server",     "a-name-that-is-rather-long-so-that-entries-are-large"};
  GString *lines = g_string_new(NULL);
  gint count = g_rand_int_range(world->rand, 0, 8);
  for (gint i = 0; i < count; i++)
    g_string_append_printf(lines, "%s: value-%d\n",
                           names[g_rand_int_range(world->rand, 0, G_N_ELEMENTS(names))],
                           g_rand_int_range(world->rand, 0, 60));
  Sent *sent = g_new0(Sent, 1);
  sent->stream = 4 * (guint64)world->lines->len;
  sent->octets = g_byte_array_new();
  peer_encode(world->peer, sent->stream, lines->str, sent->octets, world->encoder);
  for (gsize i = 0; i < lines->len; i++)
    if (lines->str[i] == '\n') lines->str[i] = ';';
  g_ptr_array_add(world->lines, g_string_free(lines, FALSE));
  g_ptr_array_add(world->under_way, sent);
}

static void world_deliver_section(World *world) {
  if (!world->under_way->len) return;
  guint which = (guint)g_rand_int_range(world->rand, 0, (gint32)world->under_way->len);
  Sent *sent = g_ptr_array_steal_index(world->under_way, which);
  AsvSpan octets = asv_span(sent->octets->data, sent->octets->len);
  asv_qpack_section(world->qpack, sent->stream, &sent->stream, octets);
  peer_receive_section(world->peer, sent->stream, octets);
  sent_free(sent);
}

/* The reader gets octets that the receiver has; in half of all calls nothing but word of them. */
static void world_give_encoder(World *world, AsvSpan octets) {
  g_byte_array_append(world->delayed, octets.data, (guint)octets.size);
  if (world->holes && g_rand_boolean(world->rand)) {
    asv_qpack_encoder_ahead(world->qpack, world->delayed->len);
    return;
  }
  asv_qpack_encoder_bytes(world->qpack, asv_span(world->delayed->data, world->delayed->len));
  g_byte_array_set_size(world->delayed, 0);
}

/* The reader gets what the receiver gets, but for one gap. */
static void world_deliver_encoder(World *world, gsize most) {
  gsize n = MIN(most, world->encoder->len);
  n = (gsize)MIN(n, world->lose_after ? world->lose_after : world->gap);
  if (!n) return;
  if (world->lose_after) {
    world_give_encoder(world, asv_span(world->encoder->data, n));
    if (world->lose_after != G_MAXUINT64) world->lose_after -= n;
  } else {
    asv_qpack_encoder_gap(world->qpack, n);
    world->gap -= n;
    if (!world->gap) world->lose_after = G_MAXUINT64;
  }
  peer_receive_encoder(world->peer, asv_span(world->encoder->data, n));
  g_byte_array_remove_range(world->encoder, 0, (guint)n);
}

/* Every section is over; what was read is what was sent. Returns how many were lost. */
static guint world_check(World *world) {
  g_auto(GStrv) told = g_strsplit(world->told.told->str, "\n", -1);
  guint lost = 0;
  g_assert_cmpuint(g_strv_length(told), ==, world->lines->len + 1);
  for (guint i = 0; i < world->lines->len; i++) {
    char *rest;
    guint64 stream = g_ascii_strtoull(told[i], &rest, 10);
    if (strcmp(rest, " lost") == 0)
      lost++;
    else
      g_assert_cmpstr(rest + 1, ==, world->lines->pdata[stream / 4]);
  }
  return lost;
}

static void world_step(World *world) {
  switch (g_rand_int_range(world->rand, 0, 5)) {
    case 0:
      if (world->under_way->len < 20) world_send(world);
      break;
    case 1:
      world_deliver_encoder(world, (gsize)g_rand_int_range(world->rand, 1, 60));
      break;
    case 2:
      peer_acknowledge(world->peer, world->decoder);
      break;
    default:
      world_deliver_section(world);
      break;
  }
}

/* Returns how many sections of a run were lost; lose_after 0: none, but octets come late. */
static guint world_run(guint32 seed, gsize capacity, gsize blocked, guint64 lose_after) {
  World world = {.rand = g_rand_new_with_seed(seed),
                 .peer = peer_new(capacity, blocked),
                 .told = told_new(),
                 .lines = g_ptr_array_new_with_free_func(g_free),
                 .under_way = g_ptr_array_new_with_free_func(sent_free),
                 .encoder = g_byte_array_new(),
                 .decoder = g_byte_array_new(),
                 .lose_after = lose_after ? lose_after : G_MAXUINT64,
                 .holes = !lose_after,
                 .delayed = g_byte_array_new()};
  world.qpack = reader_new(&world.told);
  world.gap = (guint64)g_rand_int_range(world.rand, 1, 50);
  gint settings = g_rand_int_range(world.rand, 0, 40);
  for (gint i = 0; i < 4000; i++) {
    if (i == settings) asv_qpack_set_capacity(world.qpack, capacity);
    world_step(&world);
  }
  world.holes = FALSE;
  while (world.encoder->len) world_deliver_encoder(&world, world.encoder->len);
  if (world.delayed->len) world_give_encoder(&world, asv_span(NULL, 0));
  while (world.under_way->len) world_deliver_section(&world);
  g_assert_null(asv_qpack_oldest(world.qpack));
  guint lost = world_check(&world);
  asv_qpack_free(world.qpack);
  peer_free(world.peer);
  told_free(&world.told);
  g_ptr_array_unref(world.lines);
  g_ptr_array_unref(world.under_way);
  g_byte_array_unref(world.encoder);
  g_byte_array_unref(world.decoder);
  g_byte_array_unref(world.delayed);
  g_rand_free(world.rand);
  return lost;
}

static const gsize capacities[] = {0, 64, 220, 4096, 65536};

static void test_interleaved(void) {
  for (gsize c = 0; c < G_N_ELEMENTS(capacities); c++)
    for (guint32 seed = 1; seed <= 20; seed++)
      g_assert_cmpuint(world_run(seed, capacities[c], seed % 2 ? 100 : 0, G_MAXUINT64), ==, 0);
}

static void test_late_encoder_stream(void) {
  for (gsize c = 0; c < G_N_ELEMENTS(capacities); c++)
    for (guint32 seed = 1; seed <= 20; seed++)
      g_assert_cmpuint(world_run(seed, capacities[c], seed % 2 ? 100 : 0, 0), ==, 0);
}

static void test_lost_encoder_stream(void) {
  for (gsize c = 1; c < G_N_ELEMENTS(capacities); c++) {
    guint lost = 0;
    for (guint32 seed = 1; seed <= 20; seed++)
      lost += world_run(seed, capacities[c], 100, seed * 37);
    g_assert_cmpuint(lost, >, 0);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/qpack/examples", test_examples);
  g_test_add_func("/qpack/blocked", test_blocked);
  g_test_add_func("/qpack/late-capacity", test_late_capacity);
  g_test_add_func("/qpack/unknown-capacity", test_unknown_capacity);
  g_test_add_func("/qpack/gap", test_gap);
  g_test_add_func("/qpack/gap-ambiguous", test_gap_ambiguous);
  g_test_add_func("/qpack/gap-ambiguous-below", test_gap_ambiguous_below);
  g_test_add_func("/qpack/gap-before-capacity", test_gap_before_capacity);
  g_test_add_func("/qpack/ahead", test_ahead);
  g_test_add_func("/qpack/ahead-before-capacity", test_ahead_before_capacity);
  g_test_add_func("/qpack/ahead-certain", test_ahead_certain);
  g_test_add_func("/qpack/ahead-lost", test_ahead_lost);
  g_test_add_func("/qpack/bad-section", test_bad_section);
  g_test_add_func("/qpack/bad-encoder", test_bad_encoder);
  g_test_add_func("/qpack/table-max", test_table_max);
  g_test_add_func("/qpack/blocked-max", test_blocked_max);
  g_test_add_func("/qpack/blocked-octets-max", test_blocked_octets_max);
  g_test_add_func("/qpack/encoder-octets-max", test_encoder_octets_max);
  g_test_add_func("/qpack/interleaved", test_interleaved);
  g_test_add_func("/qpack/late-encoder-stream", test_late_encoder_stream);
  g_test_add_func("/qpack/lost-encoder-stream", test_lost_encoder_stream);
  return g_test_run();
}

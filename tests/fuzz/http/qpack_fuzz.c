/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz input as a script of one direction's QPACK: each chunk begins with one
 * octet (low three bits: what it is, the others: the stream of a section) and
 * two of size or value. Fed whole and octet by octet, the encoder stream must
 * tell the same.
 */
#include "analyzer/http/qpack.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

enum { SECTION, SECTION_TOO, ENCODER, ENCODER_TOO, GAP, CAPACITY, GIVE_UP, UNKNOWN };

typedef struct {
  GString *told;
  guint lines;
} Told;

static void on_field(void *self, AsvField field, AsvSpan name, AsvSpan value) {
  g_assert(field == asv_field_find_lower(name));
  Told *told = self;
  guint hash = told->lines;
  for (gsize i = 0; i < name.size; i++) hash = hash * 33 + name.data[i];
  for (gsize i = 0; i < value.size; i++) hash = hash * 33 + value.data[i];
  told->lines = hash;
}

static void on_done(void *self, gconstpointer ticket, gboolean read) {
  Told *told = self;
  if (read)
    g_string_append_printf(told->told, "%u %u\n", *(const guint *)ticket, told->lines);
  else
    g_string_append_printf(told->told, "%u lost\n", *(const guint *)ticket);
  told->lines = 0;
}

static void encoder(AsvQpack *qpack, AsvSpan octets, gboolean whole) {
  if (whole) {
    asv_qpack_encoder_bytes(qpack, octets);
    return;
  }
  for (gsize i = 0; i < octets.size; i++)
    asv_qpack_encoder_bytes(qpack, asv_span(octets.data + i, 1));
}

static char *run(AsvSpan input, gboolean whole) {
  Told told = {.told = g_string_new(NULL)};
  AsvQpackEvents events = {.self = &told, .field = on_field, .done = on_done};
  AsvHuffmanMemo memo = {0};
  AsvQpack *qpack = asv_qpack_new(&events, &memo, sizeof(guint));
  AsvReader reader = asv_reader(input);
  for (guint ticket = 0; asv_reader_left(&reader) >= 3; ticket++) {
    guint8 tag = asv_read_u8(&reader);
    guint16 n = asv_read_u16(&reader);
    gsize left = asv_reader_left(&reader);
    if ((tag & 7) <= SECTION_TOO)
      asv_qpack_section(qpack, tag >> 3, &ticket, asv_read_span(&reader, MIN(n, left)));
    else if ((tag & 7) <= ENCODER_TOO)
      encoder(qpack, asv_read_span(&reader, MIN(n, left)), whole);
    else if ((tag & 7) == GAP)
      asv_qpack_encoder_gap(qpack, n == 0xffff ? G_MAXUINT64 : n + 1u);
    else if ((tag & 7) == CAPACITY)
      asv_qpack_set_capacity(qpack, n);
    else if ((tag & 7) == GIVE_UP && tag >> 3)
      asv_qpack_encoder_ahead(qpack, n);
    else if ((tag & 7) == GIVE_UP)
      asv_qpack_give_up(qpack);
    else
      asv_qpack_set_capacity_unknown(qpack);
  }
  while (asv_qpack_oldest(qpack)) asv_qpack_give_up(qpack);
  asv_qpack_free(qpack);
  return g_string_free(told.told, FALSE);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
  g_autofree char *whole = run(asv_span(data, size), TRUE);
  g_autofree char *octets = run(asv_span(data, size), FALSE);
  if (strcmp(whole, octets) != 0) {
    g_printerr("told whole:\n%s\ntold octet by octet:\n%s\n", whole, octets);
    abort();
  }
  return 0;
}

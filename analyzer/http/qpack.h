/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QPACK (RFC 9204) of one direction of an HTTP/3 connection, read from
 * outside: the encoder stream and the field sections of one side go in, field
 * lines come out. Sections that cannot be read yet wait here. Nothing of it
 * depends on what carries the octets: the Wireshark plugin uses it as well.
 */
#ifndef ANALYZER_HTTP_QPACK_H
#define ANALYZER_HTTP_QPACK_H

#include "analyzer/http/fields.h"
#include "analyzer/http/huffman.h"

typedef struct AsvQpack AsvQpack;

typedef struct {
  void *self;
  /* A field line of the section in work, and which of those that matter it is. Borrowed. */
  void (*field)(void *self, AsvField field, AsvSpan name, AsvSpan value);
  /* The section is over. FALSE: it cannot be read, and lines told of it do not count. */
  void (*done)(void *self, gconstpointer ticket, gboolean read);
} AsvQpackEvents;

/* events are copied; the memo, which others may use as well, outlives the AsvQpack. A ticket goes
 * with each section: ticket_size octets, copied when it waits. */
AsvQpack *asv_qpack_new(const AsvQpackEvents *events, AsvHuffmanMemo *memo, gsize ticket_size);
void asv_qpack_free(AsvQpack *qpack);

/*
 * SETTINGS_QPACK_MAX_TABLE_CAPACITY (RFC 9204 §5) of the side that receives
 * these sections; 0 when its SETTINGS have none. Only the first call counts.
 */
void asv_qpack_set_capacity(AsvQpack *qpack, guint64 capacity);
/* Nobody will know it: only what needs no table is read. */
void asv_qpack_set_capacity_unknown(AsvQpack *qpack);

/* Octets of the encoder stream behind its type, in order, split anywhere (RFC 9204 §4.3). */
void asv_qpack_encoder_bytes(AsvQpack *qpack, AsvSpan data);
/*
 * n octets of the encoder stream behind those given are known to have been
 * sent, though they cannot be given yet: sections that come now may need them.
 * Those whose Required Insert Count could then be another one (RFC 9204
 * §4.5.1.1) wait until these octets are given, or lost.
 */
void asv_qpack_encoder_ahead(AsvQpack *qpack, guint64 n);
/*
 * n octets of the encoder stream are missing (G_MAXUINT64: unknown how many).
 * From here on sections are read only when it is certain that nothing behind
 * the gap is part of them.
 */
void asv_qpack_encoder_gap(AsvQpack *qpack, guint64 n);

/*
 * A whole encoded field section (RFC 9204 §4.5) of a stream. done() follows,
 * at once or later; sections of one stream keep their order.
 */
void asv_qpack_section(AsvQpack *qpack, guint64 stream, gconstpointer ticket, AsvSpan octets);

/* The ticket of the oldest section that waits, or NULL. */
gconstpointer asv_qpack_oldest(const AsvQpack *qpack);
/* Waits no longer for what the oldest section needs. */
void asv_qpack_give_up(AsvQpack *qpack);

#endif

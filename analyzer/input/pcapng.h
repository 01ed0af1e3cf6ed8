/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packets and TLS secrets of a pcapng file (draft-ietf-opsawg-pcapng), from a
 * stream: sections in either byte order, any number of interfaces.
 */
#ifndef ANALYZER_INPUT_PCAPNG_H
#define ANALYZER_INPUT_PCAPNG_H

#include "analyzer/input/record.h"
#include "analyzer/input/stream.h"

typedef struct AsvPcapng AsvPcapng;

typedef struct {
  void *self;
  void (*secrets)(void *self, AsvSpan key_log); /* text of a TLS key log, borrowed */
} AsvPcapngEvents;

/* TRUE when data begins with the type of a Section Header Block. */
gboolean asv_pcapng_is(AsvSpan data);

/* Checks the first block's header. stream is borrowed. NULL and *error (ASV_INPUT_ERROR_FORMAT). */
AsvPcapng *asv_pcapng_new(AsvStream *stream, const AsvPcapngEvents *events, GError **error);

/* The next packet. FALSE at the end, with *error (ASV_INPUT_ERROR_DAMAGED) when that is damage. */
gboolean asv_pcapng_next(AsvPcapng *pcapng, AsvRecord *record, GError **error);

/*
 * Gives the secrets of all blocks that are still to come, through a second
 * stream; they are not given again when asv_pcapng_next gets there. Does
 * nothing where the stream cannot be read twice.
 */
void asv_pcapng_read_ahead(AsvPcapng *pcapng);

/* FALSE when no interface statistics told it; else *dropped, the sum over all interfaces so far. */
gboolean asv_pcapng_dropped(const AsvPcapng *pcapng, guint64 *dropped);

void asv_pcapng_free(AsvPcapng *pcapng);

#endif

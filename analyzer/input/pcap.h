/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packets of a pcap file, read by libpcap from a stream. */
#ifndef ANALYZER_INPUT_PCAP_H
#define ANALYZER_INPUT_PCAP_H

#include "analyzer/input/record.h"
#include "analyzer/input/stream.h"

typedef struct AsvPcap AsvPcap;

/* TRUE when data begins with one of the magic numbers that libpcap reads, in either byte order. */
gboolean asv_pcap_is(AsvSpan data);

/* Reads the file header. stream is borrowed. NULL and *error (ASV_INPUT_ERROR_FORMAT). */
AsvPcap *asv_pcap_new(AsvStream *stream, GError **error);

/* The next packet. FALSE at the end, with *error (ASV_INPUT_ERROR_DAMAGED) when that is damage. */
gboolean asv_pcap_next(AsvPcap *pcap, AsvRecord *record, GError **error);

void asv_pcap_free(AsvPcap *pcap);

#endif

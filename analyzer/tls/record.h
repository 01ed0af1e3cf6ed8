/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The record layer of one direction, still encrypted: cuts the octets of TCP
 * into records (RFC 8446 §5.1), over segments, over gaps, and without holding
 * what nobody wants.
 */
#ifndef ANALYZER_TLS_RECORD_H
#define ANALYZER_TLS_RECORD_H

#include "altsvc/bytes.h"

#define ASV_RECORD_HEADER 5

typedef enum {
  ASV_RECORD_CHANGE_CIPHER_SPEC = 20,
  ASV_RECORD_ALERT = 21,
  ASV_RECORD_HANDSHAKE = 22,
  ASV_RECORD_APPLICATION = 23,
  ASV_RECORD_HEARTBEAT = 24
} AsvRecordType;

typedef struct {
  guint8 header[ASV_RECORD_HEADER];
  guint8 type;     /* AsvRecordType; in TLS 1.3 the outer one */
  guint16 version; /* as written */
  gsize size;      /* octets behind the header */
  AsvSpan body; /* all of them; of a skipped record the last ones, as far as they are there; empty
                   when octets are lost; borrowed until the next call */
  gboolean skipped;
  gsize lost; /* octets of the body that the capture lacks */
} AsvRecord;

/* Record buffers that connections share; see limits.h. */
typedef struct AsvBuffers AsvBuffers;
AsvBuffers *asv_buffers_new(void);
void asv_buffers_free(AsvBuffers *buffers);
/* ASV_TLS_RECORD_MAX octets and a header, uninitialised, to be given back. */
guint8 *asv_buffers_take(AsvBuffers *buffers);
void asv_buffers_give(AsvBuffers *buffers, guint8 *buffer);

typedef enum {
  ASV_RECORD_MORE,     /* all data is used up */
  ASV_RECORD_BEGUN,    /* record.header to record.size are filled, the body crosses the end of data:
                          now    asv_records_skip() may be called */
  ASV_RECORD_COMPLETE, /* record is filled; octets may be lost from it */
  ASV_RECORD_BAD       /* no record begins here; nothing was used up */
} AsvRecordStep;

typedef struct {
  AsvBuffers *buffers;
  AsvRecord record;
  gsize header_size; /* octets of the header that are here */
  gsize seen;        /* octets of the body that have passed, lost ones included */
  gsize tail;        /* of a skipped record: octets at its end to keep */
  gboolean begun;
  guint8 *body; /* being put together */
  gboolean body_large;
  guint8 *small; /* kept for the next one, ASV_TLS_RECORD_SMALL octets */
} AsvRecords;

void asv_records_init(AsvRecords *records, AsvBuffers *buffers);
void asv_records_clear(AsvRecords *records);

/* Takes octets off data's front, up to the end of one record. Call until it says MORE. */
AsvRecordStep asv_records_next(AsvRecords *records, AsvSpan *data, const AsvRecord **record);

/* Keeps only the last tail octets of the record that has begun. */
void asv_records_skip(AsvRecords *records, gsize tail);

/* Octets that are left out from here on: of a skipped record, those before its tail. They count as
 * passed: what comes next stands behind them. */
gsize asv_records_waive(AsvRecords *records);

/*
 * Moves over *n missing octets, at most to the end of the record that has
 * begun, and takes them off *n. COMPLETE: that ended the record. MORE: *n is 0
 * now, or the rest of it begins at a record's beginning or in a header, whose
 * octets are forgotten.
 */
AsvRecordStep asv_records_gap(AsvRecords *records, guint64 *n, const AsvRecord **record);

/* Octets of an incomplete header that are held. */
gsize asv_records_pending(const AsvRecords *records);

/* TRUE when a header can stand at the first 5 octets of data. */
gboolean asv_record_plausible(AsvSpan data);

/* Reads the header at data's start (5 octets at least) into record; body is left alone. */
void asv_record_read_header(AsvRecord *record, AsvSpan data);

#endif

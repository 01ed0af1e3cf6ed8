/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cutting a direction into records. A record that lies in the given octets as
 * a whole is passed on where it lies; one that crosses their end is put
 * together in a buffer: a small one the direction keeps, or one of full size
 * that all connections take turns with.
 */
#include "record.h"

#include "analyzer/limits.h"

struct AsvBuffers {
  guint8 *free[ASV_TLS_BUFFERS_MAX];
  guint count;
};

AsvBuffers *asv_buffers_new(void) {
  return g_new0(AsvBuffers, 1);
}

void asv_buffers_free(AsvBuffers *buffers) {
  while (buffers->count) g_free(buffers->free[--buffers->count]);
  g_free(buffers);
}

guint8 *asv_buffers_take(AsvBuffers *buffers) {
  return buffers->count ? buffers->free[--buffers->count]
                        : g_malloc(ASV_TLS_RECORD_MAX + ASV_RECORD_HEADER);
}

void asv_buffers_give(AsvBuffers *buffers, guint8 *buffer) {
  if (buffers->count < ASV_TLS_BUFFERS_MAX)
    buffers->free[buffers->count++] = buffer;
  else
    g_free(buffer);
}

void asv_records_init(AsvRecords *records, AsvBuffers *buffers) {
  *records = (AsvRecords){.buffers = buffers};
}

static void drop_body(AsvRecords *records) {
  if (records->body && records->body_large) asv_buffers_give(records->buffers, records->body);
  records->body = NULL;
}

void asv_records_clear(AsvRecords *records) {
  drop_body(records);
  g_free(records->small);
  records->small = NULL;
}

gboolean asv_record_plausible(AsvSpan data) {
  AsvReader reader = asv_reader(data);
  guint8 type = asv_read_u8(&reader);
  guint8 major = asv_read_u8(&reader);
  guint8 minor = asv_read_u8(&reader);
  guint16 size = asv_read_u16(&reader);
  return !reader.failed && type >= ASV_RECORD_CHANGE_CIPHER_SPEC && type <= ASV_RECORD_HEARTBEAT &&
         major == 3 && minor <= 4 && size <= ASV_TLS_RECORD_MAX;
}

void asv_record_read_header(AsvRecord *record, AsvSpan data) {
  AsvReader reader = asv_reader(data);
  memcpy(record->header, data.data, ASV_RECORD_HEADER);
  record->type = asv_read_u8(&reader);
  record->version = asv_read_u16(&reader);
  record->size = asv_read_u16(&reader);
  record->lost = 0;
  record->skipped = FALSE;
  record->body = asv_span(NULL, 0);
}

static void begin_record(AsvRecords *records, AsvSpan header) {
  asv_record_read_header(&records->record, header);
  records->header_size = ASV_RECORD_HEADER;
  records->seen = 0;
  records->begun = FALSE;
}

/* The header is complete when this returns TRUE; FALSE: more is needed, or it is bad. */
static gboolean take_header(AsvRecords *records, AsvSpan *data, gboolean *bad) {
  guint8 header[ASV_RECORD_HEADER];
  if (!records->header_size && data->size >= ASV_RECORD_HEADER && asv_record_plausible(*data)) {
    begin_record(records, *data);
    *data = asv_span_sub(*data, ASV_RECORD_HEADER, data->size);
    return TRUE;
  }
  gsize wanted = ASV_RECORD_HEADER - records->header_size;
  gsize here = MIN(wanted, data->size);
  memcpy(header, records->record.header, records->header_size);
  if (here) memcpy(header + records->header_size, data->data, here);
  if (here == wanted && !asv_record_plausible(asv_span(header, sizeof header))) {
    *bad = TRUE;
    return FALSE;
  }
  memcpy(records->record.header, header, records->header_size + here);
  *data = asv_span_sub(*data, here, data->size);
  if (here < wanted) {
    records->header_size += here;
    return FALSE;
  }
  begin_record(records, asv_span(header, sizeof header));
  return TRUE;
}

static AsvRecordStep complete(AsvRecords *records, AsvSpan body, const AsvRecord **record) {
  records->record.body = body;
  records->header_size = 0;
  records->begun = FALSE;
  *record = &records->record;
  return ASV_RECORD_COMPLETE;
}

static void begin_body(AsvRecords *records) {
  gsize room = records->record.skipped ? records->tail : records->record.size;
  records->body_large = room > ASV_TLS_RECORD_SMALL;
  if (records->body_large) {
    records->body = asv_buffers_take(records->buffers);
    return;
  }
  if (!records->small) records->small = g_malloc(ASV_TLS_RECORD_SMALL);
  records->body = records->small;
}

/* Copies the octets at data's front that are to be kept, and moves behind them. */
static void keep_body(AsvRecords *records, AsvSpan *data) {
  gsize from = records->record.skipped ? records->record.size - records->tail : 0;
  gsize here = MIN(records->record.size - records->seen, data->size);
  gsize ahead = from > records->seen ? MIN(from - records->seen, here) : 0;
  if (!records->body && here > ahead) begin_body(records);
  if (here > ahead)
    memcpy(records->body + (records->seen + ahead - from), data->data + ahead, here - ahead);
  records->seen += here;
  *data = asv_span_sub(*data, here, data->size);
}

static AsvRecordStep complete_kept(AsvRecords *records, const AsvRecord **record) {
  gsize size = records->record.skipped ? records->tail : records->record.size;
  AsvSpan body = records->record.lost ? asv_span(NULL, 0) : asv_span(records->body, size);
  return complete(records, body, record);
}

AsvRecordStep asv_records_next(AsvRecords *records, AsvSpan *data, const AsvRecord **record) {
  if (records->header_size < ASV_RECORD_HEADER) {
    gboolean bad = FALSE;
    if (records->header_size == 0) drop_body(records); /* of the record before */
    if (!take_header(records, data, &bad)) return bad ? ASV_RECORD_BAD : ASV_RECORD_MORE;
  }
  if (!records->begun) {
    gsize size = records->record.size;
    if (data->size >= size) {
      AsvSpan body = asv_span_sub(*data, 0, size);
      *data = asv_span_sub(*data, size, data->size);
      return complete(records, body, record);
    }
    records->begun = TRUE;
    *record = &records->record;
    return ASV_RECORD_BEGUN;
  }
  keep_body(records, data);
  return records->seen == records->record.size ? complete_kept(records, record) : ASV_RECORD_MORE;
}

void asv_records_skip(AsvRecords *records, gsize tail) {
  records->record.skipped = TRUE;
  records->tail = tail;
}

gsize asv_records_waive(AsvRecords *records) {
  if (!records->begun || !records->record.skipped) return 0;
  gsize from = records->record.size - records->tail;
  gsize ahead = from > records->seen ? from - records->seen : 0;
  records->seen += ahead;
  return ahead;
}

AsvRecordStep asv_records_gap(AsvRecords *records, guint64 *n, const AsvRecord **record) {
  if (records->header_size < ASV_RECORD_HEADER) {
    records->header_size = 0;
    return ASV_RECORD_MORE;
  }
  gsize left = records->record.size - records->seen;
  gsize here = (gsize)MIN((guint64)left, *n);
  records->begun = TRUE;
  records->seen += here;
  /* An unknown number of octets swallows the rest of the record and stays unknown. */
  if (*n != G_MAXUINT64) *n -= here;
  /* A skipped record's middle hurts nobody. */
  gsize middle = 0;
  if (records->record.skipped) {
    gsize from = records->record.size - records->tail;
    gsize before = records->seen - here;
    middle = before < from ? MIN(here, from - before) : 0;
  }
  records->record.lost += here - middle;
  return records->seen == records->record.size ? complete_kept(records, record) : ASV_RECORD_MORE;
}

gsize asv_records_pending(const AsvRecords *records) {
  return records->header_size < ASV_RECORD_HEADER ? records->header_size : 0;
}

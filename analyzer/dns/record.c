/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A record whose data is malformed is left out; the next one begins behind its RDLENGTH. */
#include "record.h"

#include "analyzer/dns/name.h"
#include "analyzer/limits.h"

#define CLASS_IN 1u
#define CLASS_FLUSH 0x8000u /* mDNS: not of the class (RFC 6762 §10.2) */

AsvDnsRecords asv_dns_records_new(void) {
  return (AsvDnsRecords){.list = g_array_new(FALSE, FALSE, sizeof(AsvDnsRecord)),
                         .names = g_string_chunk_new(1024)};
}

void asv_dns_records_clear(AsvDnsRecords *records) {
  g_array_unref(records->list);
  g_string_chunk_free(records->names);
}

AsvSpan asv_dns_records_keep(AsvDnsRecords *records, AsvSpan text) {
  if (!text.size) return asv_span("", 0);
  return asv_span(
      g_string_chunk_insert_len(records->names, (const char *)text.data, (gssize)text.size),
      text.size);
}

static AsvSpan keep_name(AsvDnsRecords *records, const AsvDnsName *name) {
  return asv_dns_records_keep(records, asv_span(name->text, name->size));
}

/* FALSE when the data is not what the type says. */
static gboolean read_data(AsvDnsRecords *records, AsvSpan message, AsvSpan data,
                          AsvDnsRecord *record) {
  AsvReader reader = asv_reader(data);
  AsvDnsName target;
  record->data = data;
  switch (record->type) {
    case ASV_DNS_A:
      return data.size == 4;
    case ASV_DNS_AAAA:
      return data.size == 16;
    case ASV_DNS_HTTPS:
      record->priority = asv_read_u16(&reader);
      break;
    default: /* ASV_DNS_CNAME */
      break;
  }
  if (reader.failed || !asv_dns_name_read(&target, message, &reader)) return FALSE;
  record->target = keep_name(records, &target);
  record->data = asv_read_rest(&reader);
  return TRUE;
}

gboolean asv_dns_record_read(AsvDnsRecords *records, AsvSpan message, AsvReader *reader,
                             AsvDnsSection section) {
  AsvDnsName name;
  AsvDnsRecord record = {.section = section};
  if (!asv_dns_name_read(&name, message, reader)) return FALSE;
  record.type = asv_read_u16(reader);
  guint16 class = asv_read_u16(reader) & (guint16)~CLASS_FLUSH;
  record.ttl = asv_read_u32(reader);
  AsvSpan data = asv_read_span(reader, asv_read_u16(reader));
  if (reader->failed) return FALSE;
  if (record.ttl > G_MAXINT32) record.ttl = 0; /* RFC 2181 §8 */
  gboolean matters = record.type == ASV_DNS_A || record.type == ASV_DNS_AAAA ||
                     record.type == ASV_DNS_CNAME || record.type == ASV_DNS_HTTPS;
  if (!matters || class != CLASS_IN || section == ASV_DNS_AUTHORITY ||
      records->list->len >= ASV_DNS_RECORDS_MAX || !read_data(records, message, data, &record))
    return TRUE;
  record.name = keep_name(records, &name);
  g_array_append_val(records->list, record);
  return TRUE;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The records of a message that matter here (RFC 1035 §4.1.3): A, AAAA, CNAME
 * and HTTPS of class IN, from answer and additional section.
 */
#ifndef ANALYZER_DNS_RECORD_H
#define ANALYZER_DNS_RECORD_H

#include "altsvc/bytes.h"

typedef enum { ASV_DNS_ANSWER, ASV_DNS_AUTHORITY, ASV_DNS_ADDITIONAL } AsvDnsSection;

enum { ASV_DNS_A = 1, ASV_DNS_CNAME = 5, ASV_DNS_AAAA = 28, ASV_DNS_HTTPS = 65 };

typedef struct {
  AsvSpan name; /* text of name.h; borrowed from the records */
  guint16 type;
  AsvDnsSection section;
  guint32 ttl;      /* seconds */
  AsvSpan target;   /* CNAME and HTTPS: text */
  AsvSpan data;     /* A, AAAA: the address; HTTPS: what follows the target */
  guint16 priority; /* HTTPS */
} AsvDnsRecord;

typedef struct {
  GArray *list; /* AsvDnsRecord */
  GStringChunk *names;
} AsvDnsRecords;

AsvDnsRecords asv_dns_records_new(void);
void asv_dns_records_clear(AsvDnsRecords *records);

static inline const AsvDnsRecord *asv_dns_record(const AsvDnsRecords *records, guint index) {
  return &g_array_index(records->list, AsvDnsRecord, index);
}

/* A copy of text that lives as long as the records. */
AsvSpan asv_dns_records_keep(AsvDnsRecords *records, AsvSpan text);

/*
 * Reads the record at reader, which reads inside message, and adds it when it
 * matters. FALSE when there is none: the message is cut or malformed.
 */
gboolean asv_dns_record_read(AsvDnsRecords *records, AsvSpan message, AsvReader *reader,
                             AsvDnsSection section);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A message is read whole, then its question decides what its records are
 * about: those of the name asked for and its aliases, and, in the additional
 * section, those of the targets of its HTTPS records (RFC 9460 §4.1).
 */
#include "dns.h"

#include "analyzer/dns/name.h"
#include "analyzer/dns/record.h"
#include "analyzer/dns/service.h"

#define FLAG_RESPONSE 0x8000u
#define FLAGS_RCODE 0x000fu
#define OPCODE_QUERY 0u
#define OPCODE_LAST 6u /* DSO, RFC 8490 */

#define PORT_DNS 53u
#define PORT_MDNS 5353u

typedef struct {
  AsvSpan octets;
  const AsvPacketRef *at;
  const AsvDnsEvents *events;
  AsvDnsRecords records;
} Message;

/* A name, the names it is an alias of, one behind another, and the smallest TTL on that way. */
typedef struct {
  AsvSpan names[ASV_DNS_CHAIN_MAX];
  guint count;
  guint32 ttl;
} Chain;

gboolean asv_dns_port(guint16 a, guint16 b) {
  return a == PORT_DNS || b == PORT_DNS || a == PORT_MDNS || b == PORT_MDNS;
}

/* ---- names ---- */

static const AsvDnsRecord *find_alias(const Message *message, AsvSpan name) {
  for (guint i = 0; i < message->records.list->len; i++) {
    const AsvDnsRecord *record = asv_dns_record(&message->records, i);
    if (record->type == ASV_DNS_CNAME && asv_span_equal(record->name, name)) return record;
  }
  return NULL;
}

static Chain follow(const Message *message, AsvSpan name) {
  Chain chain = {.names = {name}, .count = 1, .ttl = G_MAXUINT32};
  const AsvDnsRecord *alias;
  while (chain.count < ASV_DNS_CHAIN_MAX &&
         (alias = find_alias(message, chain.names[chain.count - 1])) != NULL) {
    chain.names[chain.count++] = alias->target;
    chain.ttl = MIN(chain.ttl, alias->ttl);
  }
  return chain;
}

static gboolean chain_has(const Chain *chain, AsvSpan name) {
  for (guint i = 0; i < chain->count; i++)
    if (asv_span_equal(chain->names[i], name)) return TRUE;
  return FALSE;
}

/* ---- events ---- */

/* last: the section up to which records count. */
static void tell_addresses(const Message *message, const Chain *chain, AsvDnsSection last) {
  AsvAddress addresses[ASV_DNS_ADDRESSES_MAX];
  AsvDnsAddresses told = {.name = chain->names[0], .ttl = chain->ttl, .addresses = addresses};
  for (guint i = 0; i < message->records.list->len && told.count < ASV_DNS_ADDRESSES_MAX; i++) {
    const AsvDnsRecord *record = asv_dns_record(&message->records, i);
    if (record->type != ASV_DNS_A && record->type != ASV_DNS_AAAA) continue;
    if (record->section > last || !chain_has(chain, record->name)) continue;
    AsvAddress *address = &addresses[told.count++];
    address->size = (guint8)record->data.size;
    memcpy(address->bytes, record->data.data, record->data.size);
    told.ttl = MIN(told.ttl, record->ttl);
  }
  if (told.count) message->events->addresses(message->events->self, message->at, &told);
}

/* name is the one asked for, of which the record's own may be an alias. */
static void tell_https(const Message *message, const AsvDnsRecord *record, const Chain *chain) {
  AsvDnsService service = {0};
  if (record->priority && !asv_dns_service_read(&service, record->data)) return;
  gboolean own = !record->target.size && !asv_span_equal(record->name, chain->names[0]);
  AsvDnsHttps told = {.name = chain->names[0],
                      .ttl = MIN(record->ttl, chain->ttl),
                      .priority = record->priority,
                      .target = own && record->priority ? record->name : record->target,
                      .alpn = service.alpn,
                      .alpn_count = service.alpn_count,
                      .has_port = service.has_port,
                      .port = service.port,
                      .ech = service.ech,
                      .hints = service.hints,
                      .hints_count = service.hints_count};
  message->events->https(message->events->self, message->at, &told);
}

/* TRUE when an earlier record asks for the same name, or it is the one asked for. */
static gboolean is_told(const Message *message, const Chain *asked, guint before, AsvSpan target) {
  if (chain_has(asked, target)) return TRUE;
  for (guint i = 0; i < before; i++) {
    const AsvDnsRecord *record = asv_dns_record(&message->records, i);
    if (record->type == ASV_DNS_HTTPS && asv_span_equal(record->target, target)) return TRUE;
  }
  return FALSE;
}

/* What the additional section has of a target. */
static void tell_target(const Message *message, AsvSpan target) {
  Chain chain = follow(message, target);
  for (guint i = 0; i < message->records.list->len; i++) {
    const AsvDnsRecord *record = asv_dns_record(&message->records, i);
    if (record->type == ASV_DNS_HTTPS && record->section == ASV_DNS_ADDITIONAL &&
        chain_has(&chain, record->name))
      tell_https(message, record, &chain);
  }
  tell_addresses(message, &chain, ASV_DNS_ADDITIONAL);
}

/* All that the message says of a name that was asked for. */
static void tell_name(const Message *message, AsvSpan name) {
  Chain chain = follow(message, name);
  gboolean https = FALSE;
  for (guint i = 0; i < message->records.list->len; i++) {
    const AsvDnsRecord *record = asv_dns_record(&message->records, i);
    if (record->type != ASV_DNS_HTTPS || record->section != ASV_DNS_ANSWER ||
        !chain_has(&chain, record->name))
      continue;
    https = TRUE;
    tell_https(message, record, &chain);
    if (record->target.size && !is_told(message, &chain, i, record->target))
      tell_target(message, record->target);
  }
  tell_addresses(message, &chain, https ? ASV_DNS_ADDITIONAL : ASV_DNS_ANSWER);
}

/* mDNS answers have no question (RFC 6762 §6): each name in them stands for itself. */
static void tell_all(const Message *message) {
  for (guint i = 0; i < message->records.list->len; i++) {
    const AsvDnsRecord *record = asv_dns_record(&message->records, i);
    gboolean first = record->section == ASV_DNS_ANSWER;
    for (guint j = 0; j < i && first; j++)
      first = !asv_span_equal(asv_dns_record(&message->records, j)->name, record->name);
    if (first) tell_name(message, record->name);
  }
}

/* ---- the message ---- */

typedef struct {
  guint16 flags, questions;
  guint16 counts[ASV_DNS_ADDITIONAL + 1]; /* records, by section */
} Header;

static Header read_header(AsvReader *reader) {
  Header header;
  asv_read_u16(reader); /* ID */
  header.flags = asv_read_u16(reader);
  header.questions = asv_read_u16(reader);
  for (guint section = ASV_DNS_ANSWER; section <= ASV_DNS_ADDITIONAL; section++)
    header.counts[section] = asv_read_u16(reader);
  return header;
}

/* The first question's name; the others are read over. */
static AsvSpan read_questions(Message *message, AsvReader *reader, guint count) {
  AsvSpan asked = asv_span(NULL, 0);
  for (guint i = 0; i < count && !reader->failed; i++) {
    AsvDnsName name;
    if (asv_dns_name_read(&name, message->octets, reader) && !i)
      asked = asv_dns_records_keep(&message->records, asv_span(name.text, name.size));
    asv_read_u32(reader); /* QTYPE, QCLASS */
  }
  return asked;
}

/* As many as the message has: it may be cut. */
static void read_records(Message *message, AsvReader *reader, const Header *header) {
  gboolean more = TRUE;
  for (guint section = ASV_DNS_ANSWER; section <= ASV_DNS_ADDITIONAL; section++)
    for (guint i = 0; i < header->counts[section] && more; i++)
      more =
          asv_dns_record_read(&message->records, message->octets, reader, (AsvDnsSection)section);
}

gboolean asv_dns_message(AsvSpan octets, const AsvPacketRef *at, const AsvDnsEvents *events) {
  AsvReader reader = asv_reader(octets);
  Header header = read_header(&reader);
  guint opcode = header.flags >> 11 & 15;
  if (reader.failed || opcode > OPCODE_LAST) return FALSE;
  if (opcode != OPCODE_QUERY) return TRUE;
  Message message = {
      .octets = octets, .at = at, .events = events, .records = asv_dns_records_new()};
  AsvSpan asked = read_questions(&message, &reader, header.questions);
  gboolean good = !reader.failed;
  if (good && header.flags & FLAG_RESPONSE && !(header.flags & FLAGS_RCODE)) {
    read_records(&message, &reader, &header);
    if (asked.data)
      tell_name(&message, asked);
    else
      tell_all(&message);
  }
  asv_dns_records_clear(&message.records);
  return good;
}

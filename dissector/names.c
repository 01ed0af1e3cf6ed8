/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses are text in observations. */
#include "names.h"

#include <arpa/inet.h>

#include "analyzer/dns/dns.h"

typedef struct {
  const AsvConnectionRef *ref;
  const AsvObserver *out;
} Asker;

static void tell(const Asker *asker, const AsvPacketRef *at, AsvObservation *seen) {
  seen->time = at->time;
  seen->file = ALTSVC_FILE;
  seen->packet = at->packet;
  seen->connection = asker->ref;
  asker->out->observe(asker->out->self, seen);
}

typedef struct {
  char (*texts)[INET6_ADDRSTRLEN];
  AsvSpan *spans;
} Texts;

static Texts texts_new(const AsvAddress *addresses, gsize count) {
  Texts texts = {g_malloc0_n(count, INET6_ADDRSTRLEN), g_new(AsvSpan, count)};
  for (gsize i = 0; i < count; i++) {
    int family = addresses[i].size == 4 ? AF_INET : AF_INET6;
    inet_ntop(family, addresses[i].bytes, texts.texts[i], INET6_ADDRSTRLEN);
    texts.spans[i] = asv_span_text(texts.texts[i]);
  }
  return texts;
}

static void texts_free(Texts *texts) {
  g_free(texts->texts);
  g_free(texts->spans);
}

static void on_https(void *self, const AsvPacketRef *at, const AsvDnsHttps *record) {
  Texts hints = texts_new(record->hints, record->hints_count);
  AsvObservation seen = {.kind = ASV_OBSERVATION_HTTPS_RECORD};
  seen.https_record = (AsvHttpsRecordSeen){.name = record->name,
                                           .ttl = record->ttl,
                                           .priority = record->priority,
                                           .target = record->target,
                                           .alpn = {record->alpn, record->alpn_count},
                                           .has_port = record->has_port,
                                           .port = record->port,
                                           .ech = record->ech,
                                           .hints = {hints.spans, record->hints_count}};
  tell(self, at, &seen);
  texts_free(&hints);
}

static void on_addresses(void *self, const AsvPacketRef *at, const AsvDnsAddresses *answer) {
  Texts texts = texts_new(answer->addresses, answer->count);
  AsvObservation seen = {.kind = ASV_OBSERVATION_ADDRESS_RECORD};
  seen.address_record = (AsvAddressRecordSeen){
      .name = answer->name, .ttl = answer->ttl, .addresses = {texts.spans, answer->count}};
  tell(self, at, &seen);
  texts_free(&texts);
}

static void read_message(Asker *asker, const AltsvcPlace *at, AsvSpan message) {
  AsvDnsEvents events = {.self = asker, .https = on_https, .addresses = on_addresses};
  AsvPacketRef place = {.order = at->packet, .packet = at->packet, .time = at->time};
  asv_dns_message(message, &place, &events);
}

void altsvc_names_datagram(const packet_info *pinfo, const AltsvcPlace *at, guint32 number,
                           AsvSpan message, const AsvObserver *out) {
  if (!asv_dns_port((guint16)pinfo->srcport, (guint16)pinfo->destport)) return;
  g_autofree char *client = altsvc_connection_address_text(&pinfo->dst);
  g_autofree char *client_end = altsvc_connection_end_text(&pinfo->dst, pinfo->destport);
  g_autofree char *server = altsvc_connection_end_text(&pinfo->src, pinfo->srcport);
  g_autofree char *label = g_strdup_printf("udp:%u", number);
  AsvConnectionRef ref = {.client = client,
                          .server = server,
                          .label = label,
                          .id = asv_connection_id("udp", client_end, server, at->time, NULL)};
  Asker asker = {&ref, out};
  read_message(&asker, at, message);
}

void altsvc_names_message(AltsvcConnection *connection, const AltsvcPlace *at, AsvSpan message) {
  altsvc_connection_from(connection);
  Asker asker = {&connection->ref, connection->out};
  read_message(&asker, at, message);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses are text in observations. */
#include "analyzer/observe/names.h"

static void tell(const AsvAsker *asker, const AsvPacketRef *at, AsvObservation *seen) {
  seen->connection = asker->ref;
  asker->tell(asker->self, at, seen);
}

typedef struct {
  char (*texts)[ASV_ENDPOINT_TEXT];
  AsvSpan *spans;
} Texts;

static Texts texts_new(const AsvAddress *addresses, gsize count) {
  Texts texts = {g_malloc_n(count, ASV_ENDPOINT_TEXT), g_new(AsvSpan, count)};
  for (gsize i = 0; i < count; i++) {
    asv_address_text(&addresses[i], texts.texts[i]);
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

AsvDnsEvents asv_observe_names(AsvAsker *asker) {
  return (AsvDnsEvents){.self = asker, .https = on_https, .addresses = on_addresses};
}

void asv_observe_names_datagram(AsvAsker *asker, const AsvPacketRef *at, const AsvUdp *udp) {
  char client[ASV_ENDPOINT_TEXT], client_full[ASV_ENDPOINT_TEXT], server[ASV_ENDPOINT_TEXT];
  char label[24];
  asv_address_text(&udp->destination.address, client);
  asv_endpoint_text(&udp->destination, client_full);
  asv_endpoint_text(&udp->source, server);
  g_snprintf(label, sizeof label, "udp:%" G_GUINT32_FORMAT, udp->number);
  AsvConnectionRef ref = {.client = client,
                          .server = server,
                          .label = label,
                          .id = asv_connection_id("udp", client_full, server, at->time, NULL)};
  AsvAsker here = {&ref, asker->self, asker->tell};
  AsvDnsEvents events = asv_observe_names(&here);
  asv_dns_message(udp->data, at, &events);
}

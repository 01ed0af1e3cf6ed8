/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of what observations say, the identity of a connection, and copies in one allocation. */
#include "observation.h"

static const char *const kind_names[ASV_OBSERVATION_KINDS] = {
    [ASV_OBSERVATION_CAPTURE] = "capture",
    [ASV_OBSERVATION_CONNECTION] = "connection",
    [ASV_OBSERVATION_HANDSHAKE] = "handshake",
    [ASV_OBSERVATION_REQUEST] = "request",
    [ASV_OBSERVATION_RESPONSE] = "response",
    [ASV_OBSERVATION_ADVERTISEMENT] = "advertisement",
    [ASV_OBSERVATION_KEEP_ALIVE] = "keep-alive",
    [ASV_OBSERVATION_ORIGIN_SET] = "origin-set",
    [ASV_OBSERVATION_FAILURE] = "failure",
    [ASV_OBSERVATION_CLOSE] = "close",
    [ASV_OBSERVATION_UNREADABLE] = "unreadable",
    [ASV_OBSERVATION_HTTPS_RECORD] = "https-record",
    [ASV_OBSERVATION_ADDRESS_RECORD] = "address-record",
};

static const char *const via_names[ASV_VIAS] = {
    [ASV_VIA_HTTP1_HEADER] = "http1-header",
    [ASV_VIA_HTTP2_HEADER] = "http2-header",
    [ASV_VIA_HTTP3_HEADER] = "http3-header",
    [ASV_VIA_ALTSVC_FRAME] = "altsvc-frame",
};

static const char *const from_names[ASV_FROMS] = {
    [ASV_FROM_CLIENT] = "client",
    [ASV_FROM_SERVER] = "server",
};

static const char *const ech_names[ASV_ECHS] = {
    [ASV_ECH_GREASE] = "grease",
    [ASV_ECH_OFFERED] = "offered",
    [ASV_ECH_ACCEPTED] = "accepted",
};

static const char *const malformed_names[ASV_MALFORMEDS] = {
    [ASV_MALFORMED_UPPER_CASE_NAME] = "upper-case-name",
    [ASV_MALFORMED_CONNECTION_FIELD] = "connection-field",
};

static const char *const failure_names[ASV_FAILURES] = {
    [ASV_FAILURE_NO_ANSWER] = "no-answer",
    [ASV_FAILURE_REFUSED] = "refused",
    [ASV_FAILURE_ICMP_UNREACHABLE] = "icmp-unreachable",
    [ASV_FAILURE_PACKET_TOO_BIG] = "packet-too-big",
    [ASV_FAILURE_HANDSHAKE_INCOMPLETE] = "handshake-incomplete",
    [ASV_FAILURE_STALLED] = "stalled",
    [ASV_FAILURE_TLS_ALERT] = "tls-alert",
    [ASV_FAILURE_QUIC_CLOSE] = "quic-close",
    [ASV_FAILURE_VERSION_NEGOTIATION] = "version-negotiation",
    [ASV_FAILURE_STATELESS_RESET] = "stateless-reset",
};

static const char *const close_names[ASV_CLOSES] = {
    [ASV_CLOSE_FIN] = "fin",       [ASV_CLOSE_RESET] = "reset",
    [ASV_CLOSE_GOAWAY] = "goaway", [ASV_CLOSE_QUIC] = "quic-close",
    [ASV_CLOSE_IDLE] = "idle",     [ASV_CLOSE_CAPTURE_ENDS] = "capture-ends",
};

static const char *const unreadable_names[ASV_UNREADABLES] = {
    [ASV_UNREADABLE_NO_SECRETS] = "no-secrets",
    [ASV_UNREADABLE_ECH_NO_SECRETS] = "ech-no-secrets",
    [ASV_UNREADABLE_HANDSHAKE_NOT_CAPTURED] = "handshake-not-captured",
    [ASV_UNREADABLE_UNKNOWN_SUITE] = "unknown-suite",
    [ASV_UNREADABLE_BYTES_LOST] = "bytes-lost",
    [ASV_UNREADABLE_ONE_DIRECTION] = "one-direction",
    [ASV_UNREADABLE_HPACK_LOST] = "hpack-lost",
    [ASV_UNREADABLE_QPACK_LOST] = "qpack-lost",
    [ASV_UNREADABLE_DECRYPT_FAILED] = "decrypt-failed",
    [ASV_UNREADABLE_NOT_HTTP] = "not-http",
};

const char *asv_observation_kind_name(AsvObservationKind kind) {
  return kind_names[kind];
}

const char *asv_via_name(AsvVia via) {
  return via_names[via];
}

const char *asv_from_name(AsvFrom from) {
  return from_names[from];
}

const char *asv_ech_name(AsvEch ech) {
  return ech_names[ech];
}

const char *asv_malformed_name(AsvMalformed malformed) {
  return malformed_names[malformed];
}

const char *asv_failure_reason_name(AsvFailureReason reason) {
  return failure_names[reason];
}

const char *asv_close_reason_name(AsvCloseReason reason) {
  return close_names[reason];
}

const char *asv_unreadable_reason_name(AsvUnreadableReason reason) {
  return unreadable_names[reason];
}

static guint64 hash_text(guint64 hash, const char *text) {
  for (; *text; text++) hash = (hash ^ (guint8)*text) * G_GUINT64_CONSTANT(0x100000001b3);
  return hash;
}

guint64 asv_connection_id(const char *transport, const char *client, const char *server,
                          gint64 first_time, const char *tunnel_target) {
  char first[32];
  g_snprintf(first, sizeof first, "%" G_GINT64_FORMAT, first_time);
  const char *const parts[] = {transport, "|", client, "|", server, "|", first};
  guint64 hash = G_GUINT64_CONSTANT(0xcbf29ce484222325);
  for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) hash = hash_text(hash, parts[i]);
  return tunnel_target ? hash_text(hash_text(hash, "|"), tunnel_target) : hash;
}

/*
 * What a copy puts behind the observation. It is made in two passes over the
 * same pointers: without memory it only counts, with memory it moves them.
 */
typedef struct {
  guint8 *memory; /* NULL while counting */
  gsize used;
} Packer;

/* Room for size octets; NULL while counting. */
static void *reserve(Packer *packer, gsize size, gsize alignment) {
  gsize at = (packer->used + alignment - 1) / alignment * alignment;
  packer->used = at + size;
  return packer->memory ? packer->memory + at : NULL;
}

static void pack_text(Packer *packer, const char **text) {
  if (!*text) return;
  gsize size = strlen(*text) + 1;
  char *copy = reserve(packer, size, 1);
  if (copy) *text = memcpy(copy, *text, size);
}

/* A span that is empty but has data says something: its copy has data too. */
static void pack_span(Packer *packer, AsvSpan *span) {
  if (!span->data) return;
  guint8 *copy = reserve(packer, span->size + 1, 1);
  if (!copy) return;
  memcpy(copy, span->data, span->size);
  copy[span->size] = '\0';
  span->data = copy;
}

static void pack_spans(Packer *packer, AsvSpans *spans) {
  AsvSpan *copy = reserve(packer, spans->count * sizeof *copy, G_ALIGNOF(AsvSpan));
  for (gsize i = 0; i < spans->count; i++) {
    AsvSpan item = spans->items[i];
    pack_span(packer, &item);
    if (copy) copy[i] = item;
  }
  if (copy) spans->items = copy;
}

static void pack_connection(Packer *packer, const AsvConnectionRef **connection) {
  if (!*connection) return;
  AsvConnectionRef ref = **connection;
  AsvConnectionRef *copy = reserve(packer, sizeof ref, G_ALIGNOF(AsvConnectionRef));
  pack_text(packer, &ref.client);
  pack_text(packer, &ref.server);
  pack_text(packer, &ref.label);
  if (!copy) return;
  *copy = ref;
  *connection = copy;
}

static void pack_handshake(Packer *packer, AsvHandshakeSeen *handshake) {
  pack_span(packer, &handshake->sni);
  pack_spans(packer, &handshake->alpn_offered);
  pack_span(packer, &handshake->alpn);
  pack_text(packer, &handshake->tls_version);
  pack_spans(packer, &handshake->certificate_names);
  pack_span(packer, &handshake->certificate_issuer);
}

static void pack_request(Packer *packer, AsvRequestSeen *request) {
  pack_span(packer, &request->origin);
  pack_span(packer, &request->method);
  pack_span(packer, &request->path);
  pack_span(packer, &request->protocol);
  pack_span(packer, &request->alt_used);
  pack_span(packer, &request->user_agent);
  pack_span(packer, &request->referer_origin);
  pack_span(packer, &request->sec_fetch_site);
  pack_span(packer, &request->proxy_field);
}

static void pack_advertisement(Packer *packer, AsvAdvertisementSeen *advertisement) {
  pack_span(packer, &advertisement->origin);
  pack_text(packer, &advertisement->origin_problem);
  pack_span(packer, &advertisement->value);
  pack_spans(packer, &advertisement->values);
  pack_span(packer, &advertisement->age);
  pack_span(packer, &advertisement->date);
  pack_span(packer, &advertisement->frame_origin);
}

static void pack_https_record(Packer *packer, AsvHttpsRecordSeen *record) {
  pack_span(packer, &record->name);
  pack_span(packer, &record->target);
  pack_spans(packer, &record->alpn);
  pack_spans(packer, &record->hints);
}

static void pack_observation(Packer *packer, AsvObservation *observation) {
  pack_text(packer, &observation->file);
  pack_connection(packer, &observation->connection);
  switch (observation->kind) {
    case ASV_OBSERVATION_CAPTURE:
      pack_text(packer, &observation->capture.format);
      break;
    case ASV_OBSERVATION_CONNECTION:
      pack_text(packer, &observation->opened.transport);
      pack_text(packer, &observation->opened.client_mac);
      break;
    case ASV_OBSERVATION_HANDSHAKE:
      pack_handshake(packer, &observation->handshake);
      break;
    case ASV_OBSERVATION_REQUEST:
      pack_request(packer, &observation->request);
      break;
    case ASV_OBSERVATION_RESPONSE:
      pack_span(packer, &observation->response.origin);
      pack_spans(packer, &observation->response.connection_fields);
      break;
    case ASV_OBSERVATION_ADVERTISEMENT:
      pack_advertisement(packer, &observation->advertisement);
      break;
    case ASV_OBSERVATION_KEEP_ALIVE:
      pack_span(packer, &observation->keep_alive.origin);
      pack_text(packer, &observation->keep_alive.why);
      break;
    case ASV_OBSERVATION_ORIGIN_SET:
      pack_spans(packer, &observation->origin_set.origins);
      break;
    case ASV_OBSERVATION_HTTPS_RECORD:
      pack_https_record(packer, &observation->https_record);
      break;
    case ASV_OBSERVATION_ADDRESS_RECORD:
      pack_span(packer, &observation->address_record.name);
      pack_spans(packer, &observation->address_record.addresses);
      break;
    case ASV_OBSERVATION_FAILURE:
      pack_text(packer, &observation->failure.detail);
      break;
    case ASV_OBSERVATION_CLOSE:
    case ASV_OBSERVATION_UNREADABLE:
    case ASV_OBSERVATION_KINDS:
      break;
  }
}

gsize asv_observation_size(const AsvObservation *observation) {
  Packer packer = {.used = sizeof *observation};
  AsvObservation counted = *observation;
  pack_observation(&packer, &counted);
  return packer.used;
}

AsvObservation *asv_observation_copy(const AsvObservation *observation) {
  AsvObservation *copy = g_malloc(asv_observation_size(observation));
  *copy = *observation;
  Packer packer = {.memory = (guint8 *)copy, .used = sizeof *copy};
  pack_observation(&packer, copy);
  return copy;
}

void asv_observation_free(AsvObservation *observation) {
  g_free(observation);
}

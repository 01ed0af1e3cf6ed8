/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables of keys, one per kind, and access to the values they point at. */
#include "fields.h"

#include <stddef.h>

#define AT(member) .offset = offsetof(AsvObservation, member)
#define NUMBER_AT(member) \
  .type = ASV_FIELD_NUMBER, AT(member), .size = sizeof(((AsvObservation *)NULL)->member)
#define NAME_AT(member, of) \
  .type = ASV_FIELD_NAME, AT(member), .size = sizeof(guint), .names = &(of)
#define TEXT_AT(member) .type = ASV_FIELD_TEXT, .when = ASV_WHEN_PRESENT, AT(member)
#define SPAN_AT(member) .type = ASV_FIELD_SPAN, .when = ASV_WHEN_PRESENT, AT(member)
#define FILLED_SPAN_AT(member) .type = ASV_FIELD_SPAN, .when = ASV_WHEN_FILLED, AT(member)
#define SPANS_AT(member) .type = ASV_FIELD_SPANS, .when = ASV_WHEN_FILLED, AT(member)
#define FLAG_AT(member) .type = ASV_FIELD_FLAG, .when = ASV_WHEN_ALWAYS, AT(member)
#define FLAG_IF_TRUE_AT(member) .type = ASV_FIELD_FLAG, .when = ASV_WHEN_FILLED, AT(member)
#define IF_HAS(member) .when = ASV_WHEN_HAS, .has = offsetof(AsvObservation, member)

static const char *via_name(guint value) {
  return asv_via_name((AsvVia)value);
}

static const char *from_name(guint value) {
  return asv_from_name((AsvFrom)value);
}

static const char *ech_name(guint value) {
  return asv_ech_name((AsvEch)value);
}

static const char *malformed_name(guint value) {
  return asv_malformed_name((AsvMalformed)value);
}

static const char *failure_name(guint value) {
  return asv_failure_reason_name((AsvFailureReason)value);
}

static const char *close_name(guint value) {
  return asv_close_reason_name((AsvCloseReason)value);
}

static const char *unreadable_name(guint value) {
  return asv_unreadable_reason_name((AsvUnreadableReason)value);
}

static const AsvFieldNames vias = {via_name, ASV_VIAS};
static const AsvFieldNames froms = {from_name, ASV_FROMS};
static const AsvFieldNames echs = {ech_name, ASV_ECHS};
static const AsvFieldNames malformeds = {malformed_name, ASV_MALFORMEDS};
static const AsvFieldNames failures = {failure_name, ASV_FAILURES};
static const AsvFieldNames closes = {close_name, ASV_CLOSES};
static const AsvFieldNames unreadables = {unreadable_name, ASV_UNREADABLES};

static const AsvField capture_fields[] = {
    {"format", TEXT_AT(capture.format)},
    {"packets", NUMBER_AT(capture.packets)},
    {"bytes", NUMBER_AT(capture.bytes)},
    {"first", .type = ASV_FIELD_TIME, .when = ASV_WHEN_PACKETS, AT(capture.first)},
    {"last", .type = ASV_FIELD_TIME, .when = ASV_WHEN_PACKETS, AT(capture.last)},
    {"complete", FLAG_AT(capture.complete)},
    {"dropped", NUMBER_AT(capture.dropped), IF_HAS(capture.has_dropped)},
};

static const AsvField connection_fields[] = {
    {"transport", TEXT_AT(opened.transport)},
    {"client_mac", TEXT_AT(opened.client_mac)},
    {"migrated", FLAG_IF_TRUE_AT(opened.migrated)},
};

static const AsvField handshake_fields[] = {
    {"sni", SPAN_AT(handshake.sni)},
    {"alpn_offered", SPANS_AT(handshake.alpn_offered), .detail = TRUE},
    {"alpn", SPAN_AT(handshake.alpn)},
    {"tls_version", TEXT_AT(handshake.tls_version)},
    {"certificate_names", SPANS_AT(handshake.certificate_names), .detail = TRUE},
    {"certificate_issuer", SPAN_AT(handshake.certificate_issuer), .detail = TRUE},
    {"resumed", FLAG_AT(handshake.resumed)},
    {"early_data", FLAG_AT(handshake.early_data)},
    {"ech", NAME_AT(handshake.ech, echs), .when = ASV_WHEN_PRESENT},
    {"secrets", FLAG_AT(handshake.secrets)},
};

static const AsvField request_fields[] = {
    {"stream", NUMBER_AT(request.stream), IF_HAS(request.has_stream)},
    {"origin", FILLED_SPAN_AT(request.origin)},
    {"method", SPAN_AT(request.method)},
    {"path", SPAN_AT(request.path), .path = TRUE},
    {"protocol", SPAN_AT(request.protocol)},
    {"alt_used", SPAN_AT(request.alt_used)},
    {"user_agent", SPAN_AT(request.user_agent), .detail = TRUE},
    {"referer_origin", SPAN_AT(request.referer_origin), .detail = TRUE},
    {"sec_fetch_site", SPAN_AT(request.sec_fetch_site), .detail = TRUE},
    {"proxy_field", SPAN_AT(request.proxy_field), .detail = TRUE},
    {"early_data", FLAG_IF_TRUE_AT(request.early_data)},
};

static const AsvField response_fields[] = {
    {"stream", NUMBER_AT(response.stream), IF_HAS(response.has_stream)},
    {"origin", FILLED_SPAN_AT(response.origin)},
    {"status", NUMBER_AT(response.status)},
    {"request_packet", NUMBER_AT(response.request_packet), .when = ASV_WHEN_FILLED},
    {"alt_svc", FLAG_AT(response.alt_svc)},
    {"connection_fields", SPANS_AT(response.connection_fields)},
};

static const AsvField advertisement_fields[] = {
    {"stream", NUMBER_AT(advertisement.stream), IF_HAS(advertisement.has_stream)},
    {"via", NAME_AT(advertisement.via, vias)},
    {"origin", FILLED_SPAN_AT(advertisement.origin)},
    {"origin_problem", TEXT_AT(advertisement.origin_problem)},
    {"value", SPAN_AT(advertisement.value)},
    {"lines", .type = ASV_FIELD_COUNT, .when = ASV_WHEN_SEVERAL, AT(advertisement.values)},
    {"values", .type = ASV_FIELD_SPANS, .when = ASV_WHEN_SEVERAL, AT(advertisement.values),
     .detail = TRUE},
    {"age", SPAN_AT(advertisement.age)},
    {"date", SPAN_AT(advertisement.date), .detail = TRUE},
    {"status", NUMBER_AT(advertisement.status), .when = ASV_WHEN_FILLED},
    {"trailer", FLAG_IF_TRUE_AT(advertisement.trailer)},
    {"malformed", NAME_AT(advertisement.malformed, malformeds), .when = ASV_WHEN_PRESENT},
    {"malformed_first", FLAG_IF_TRUE_AT(advertisement.malformed_first)},
    {"from", NAME_AT(advertisement.from, froms), .when = ASV_WHEN_PRESENT},
    {"frame_origin", SPAN_AT(advertisement.frame_origin)},
    {"frame_flags", NUMBER_AT(advertisement.frame_flags), .when = ASV_WHEN_FRAME},
    {"frame_too_long", FLAG_IF_TRUE_AT(advertisement.frame_too_long)},
};

static const AsvField keep_alive_fields[] = {
    {"stream", NUMBER_AT(keep_alive.stream), IF_HAS(keep_alive.has_stream)},
    {"origin", FILLED_SPAN_AT(keep_alive.origin)},
    {"timeout", NUMBER_AT(keep_alive.timeout), IF_HAS(keep_alive.has_timeout)},
    {"max", NUMBER_AT(keep_alive.max), IF_HAS(keep_alive.has_max)},
    {"from", NAME_AT(keep_alive.from, froms), .when = ASV_WHEN_PRESENT},
    {"effective", FLAG_AT(keep_alive.effective)},
    {"why", TEXT_AT(keep_alive.why)},
};

static const AsvField origin_set_fields[] = {
    {"stream", NUMBER_AT(origin_set.stream)},
    {"origins", .type = ASV_FIELD_SPANS, .when = ASV_WHEN_ALWAYS, AT(origin_set.origins)},
};

static const AsvField failure_fields[] = {
    {"reason", NAME_AT(failure.reason, failures)},
    {"detail", TEXT_AT(failure.detail)},
    {"certificate_rejected", FLAG_IF_TRUE_AT(failure.certificate_rejected)},
};

static const AsvField close_fields[] = {
    {"by", NAME_AT(close.by, froms), .when = ASV_WHEN_PRESENT},
    {"reason", NAME_AT(close.reason, closes)},
    {"requests", NUMBER_AT(close.requests)},
};

static const AsvField unreadable_fields[] = {
    {"reason", NAME_AT(unreadable.reason, unreadables)},
    {"from", NAME_AT(unreadable.from, froms), .when = ASV_WHEN_PRESENT},
    {"bytes", NUMBER_AT(unreadable.bytes)},
};

static const AsvField https_record_fields[] = {
    {"name", SPAN_AT(https_record.name)},
    {"ttl", NUMBER_AT(https_record.ttl)},
    {"priority", NUMBER_AT(https_record.priority)},
    {"target", FILLED_SPAN_AT(https_record.target)},
    {"alpn", SPANS_AT(https_record.alpn)},
    {"port", NUMBER_AT(https_record.port), IF_HAS(https_record.has_port)},
    {"ech", FLAG_IF_TRUE_AT(https_record.ech)},
    {"hints", SPANS_AT(https_record.hints)},
};

static const AsvField address_record_fields[] = {
    {"name", SPAN_AT(address_record.name)},
    {"ttl", NUMBER_AT(address_record.ttl)},
    {"addresses", SPANS_AT(address_record.addresses)},
};

typedef struct {
  const AsvField *fields;
  gsize count;
} FieldTable;

#define TABLE(fields) \
  { fields, G_N_ELEMENTS(fields) }

static const FieldTable tables[ASV_OBSERVATION_KINDS] = {
    [ASV_OBSERVATION_CAPTURE] = TABLE(capture_fields),
    [ASV_OBSERVATION_CONNECTION] = TABLE(connection_fields),
    [ASV_OBSERVATION_HANDSHAKE] = TABLE(handshake_fields),
    [ASV_OBSERVATION_REQUEST] = TABLE(request_fields),
    [ASV_OBSERVATION_RESPONSE] = TABLE(response_fields),
    [ASV_OBSERVATION_ADVERTISEMENT] = TABLE(advertisement_fields),
    [ASV_OBSERVATION_KEEP_ALIVE] = TABLE(keep_alive_fields),
    [ASV_OBSERVATION_ORIGIN_SET] = TABLE(origin_set_fields),
    [ASV_OBSERVATION_FAILURE] = TABLE(failure_fields),
    [ASV_OBSERVATION_CLOSE] = TABLE(close_fields),
    [ASV_OBSERVATION_UNREADABLE] = TABLE(unreadable_fields),
    [ASV_OBSERVATION_HTTPS_RECORD] = TABLE(https_record_fields),
    [ASV_OBSERVATION_ADDRESS_RECORD] = TABLE(address_record_fields),
};

const AsvField *asv_fields(AsvObservationKind kind, gsize *count) {
  *count = tables[kind].count;
  return tables[kind].fields;
}

guint64 asv_field_number(const AsvField *field, const AsvObservation *observation) {
  if (field->type == ASV_FIELD_COUNT) return asv_field_at(field, observation, AsvSpans)->count;
  if (field->type == ASV_FIELD_FLAG) return *asv_field_at(field, observation, gboolean) != FALSE;
  switch (field->size) {
    case sizeof(guint8):
      return *asv_field_at(field, observation, guint8);
    case sizeof(guint):
      return *asv_field_at(field, observation, guint);
    default:
      return *asv_field_at(field, observation, guint64);
  }
}

static gboolean is_present(const AsvField *field, const AsvObservation *observation) {
  if (field->type == ASV_FIELD_TEXT) return *asv_field_at(field, observation, char *) != NULL;
  if (field->type == ASV_FIELD_SPAN) return asv_field_at(field, observation, AsvSpan)->data != NULL;
  return field->names->name((guint)asv_field_number(field, observation)) != NULL;
}

static gboolean is_filled(const AsvField *field, const AsvObservation *observation) {
  if (field->type == ASV_FIELD_SPAN) return asv_field_at(field, observation, AsvSpan)->size > 0;
  if (field->type == ASV_FIELD_SPANS) return asv_field_at(field, observation, AsvSpans)->count > 0;
  return asv_field_number(field, observation) != 0;
}

gboolean asv_field_is_told(const AsvField *field, const AsvObservation *observation) {
  switch (field->when) {
    case ASV_WHEN_PRESENT:
      return is_present(field, observation);
    case ASV_WHEN_FILLED:
      return is_filled(field, observation);
    case ASV_WHEN_SEVERAL:
      return asv_field_at(field, observation, AsvSpans)->count > 1;
    case ASV_WHEN_HAS:
      return *(const gboolean *)(const void *)((const guint8 *)observation + field->has);
    case ASV_WHEN_PACKETS:
      return observation->capture.packets > 0;
    case ASV_WHEN_FRAME:
      return observation->advertisement.via == ASV_VIA_ALTSVC_FRAME;
    case ASV_WHEN_ALWAYS:
      break;
  }
  return TRUE;
}

gboolean asv_field_set_number(const AsvField *field, AsvObservation *observation, guint64 number) {
  void *at = (guint8 *)observation + field->offset;
  gsize size = field->type == ASV_FIELD_FLAG ? sizeof(gboolean) : field->size;
  if (size == sizeof(guint8)) {
    if (number > G_MAXUINT8) return FALSE;
    *(guint8 *)at = (guint8)number;
  } else if (size == sizeof(guint)) {
    if (number > G_MAXUINT) return FALSE;
    *(guint *)at = (guint)number;
  } else {
    *(guint64 *)at = number;
  }
  if (field->when == ASV_WHEN_HAS) *(gboolean *)(void *)((guint8 *)observation + field->has) = TRUE;
  return TRUE;
}

void asv_field_set(const AsvField *field, AsvObservation *observation, const void *value) {
  void *at = (guint8 *)observation + field->offset;
  switch (field->type) {
    case ASV_FIELD_TEXT:
      *(const char **)at = *(const char *const *)value;
      break;
    case ASV_FIELD_SPAN:
      *(AsvSpan *)at = *(const AsvSpan *)value;
      break;
    case ASV_FIELD_SPANS:
      *(AsvSpans *)at = *(const AsvSpans *)value;
      break;
    case ASV_FIELD_TIME:
      *(gint64 *)at = *(const gint64 *)value;
      break;
    default:
      g_assert_not_reached();
  }
}

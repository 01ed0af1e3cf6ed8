/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keys stand in ascending order, each once. Of long lists the first items are kept. */
#include "service.h"

enum {
  KEY_MANDATORY,
  KEY_ALPN,
  KEY_NO_DEFAULT_ALPN,
  KEY_PORT,
  KEY_IPV4HINT,
  KEY_ECH,
  KEY_IPV6HINT,
  KEYS_KNOWN
};

/* Keys as bits 1 << key; 0 when the list is malformed. */
static guint read_mandatory(AsvSpan value) {
  AsvReader reader = asv_reader(value);
  guint keys = 0;
  guint16 last = KEY_MANDATORY;
  while (asv_reader_left(&reader)) {
    guint16 key = asv_read_u16(&reader);
    if (reader.failed || key <= last) return 0;
    last = key;
    keys |= 1u << MIN(key, KEYS_KNOWN);
  }
  return keys;
}

static gboolean read_alpn(AsvDnsService *service, AsvSpan value) {
  AsvReader reader = asv_reader(value);
  do {
    AsvSpan name = asv_read_span(&reader, asv_read_u8(&reader));
    if (!name.size) return FALSE;
    if (service->alpn_count < ASV_DNS_ALPN_MAX) service->alpn[service->alpn_count++] = name;
  } while (asv_reader_left(&reader));
  return TRUE;
}

static gboolean read_hints(AsvDnsService *service, AsvSpan value, guint8 size) {
  AsvReader reader = asv_reader(value);
  if (!value.size || value.size % size) return FALSE;
  while (asv_reader_left(&reader)) {
    AsvSpan address = asv_read_span(&reader, size);
    if (service->hints_count == ASV_DNS_HINTS_MAX) return TRUE;
    AsvAddress *hint = &service->hints[service->hints_count++];
    hint->size = size;
    memcpy(hint->bytes, address.data, size);
  }
  return TRUE;
}

static gboolean read_port(AsvDnsService *service, AsvSpan value) {
  AsvReader reader = asv_reader(value);
  service->has_port = TRUE;
  service->port = asv_read_u16(&reader);
  return value.size == 2;
}

static gboolean read_parameter(AsvDnsService *service, guint16 key, AsvSpan value) {
  switch (key) {
    case KEY_ALPN:
      return read_alpn(service, value);
    case KEY_NO_DEFAULT_ALPN:
      return value.size == 0;
    case KEY_PORT:
      return read_port(service, value);
    case KEY_IPV4HINT:
      return read_hints(service, value, 4);
    case KEY_ECH:
      service->ech = TRUE;
      return value.size > 0;
    case KEY_IPV6HINT:
      return read_hints(service, value, 16);
    default:
      return TRUE;
  }
}

gboolean asv_dns_service_read(AsvDnsService *service, AsvSpan parameters) {
  AsvReader reader = asv_reader(parameters);
  guint present = 0, mandatory = 0;
  gint last = -1;
  *service = (AsvDnsService){0};
  while (asv_reader_left(&reader)) {
    guint16 key = asv_read_u16(&reader);
    AsvSpan value = asv_read_span(&reader, asv_read_u16(&reader));
    if (reader.failed || key <= last || !read_parameter(service, key, value)) return FALSE;
    if (key == KEY_MANDATORY) {
      mandatory = read_mandatory(value);
      if (!mandatory) return FALSE;
    }
    if (key < KEYS_KNOWN) present |= 1u << key;
    last = key;
  }
  if (present & 1u << KEY_NO_DEFAULT_ALPN && !(present & 1u << KEY_ALPN)) return FALSE;
  return (mandatory & ~present) == 0;
}

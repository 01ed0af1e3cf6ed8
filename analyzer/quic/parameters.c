/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cutting transport parameters: identifier, length, value, in any order, most
 * of them skipped.
 */
#include "parameters.h"

#include "packet.h"

#define TOKEN 16

static AsvSpan read_cid(AsvReader *value) {
  AsvSpan cid = asv_read_rest(value);
  if (cid.size > ASV_QUIC_CID_MAX) value->failed = TRUE;
  return cid;
}

/* RFC 9000 §18.2: IPv4 and IPv6 address, each with a port, a connection id and its token. */
static void read_preferred(AsvReader *value, AsvTransportParameters *parameters) {
  asv_read_span(value, 4 + 2 + 16 + 2);
  gsize size = asv_read_u8(value);
  if (!size || size > ASV_QUIC_CID_MAX) value->failed = TRUE;
  parameters->preferred_id = asv_read_span(value, size);
  parameters->preferred_token = asv_read_span(value, TOKEN);
}

static void read_parameter(guint64 id, AsvReader *value, AsvTransportParameters *parameters) {
  switch (id) {
    case 0x00:
      parameters->original_destination = read_cid(value);
      break;
    case 0x02:
      parameters->stateless_reset_token = asv_read_span(value, TOKEN);
      break;
    case 0x0d:
      read_preferred(value, parameters);
      break;
    case 0x0f:
      parameters->initial_source = read_cid(value);
      break;
    case 0x10:
      parameters->retry_source = read_cid(value);
      break;
    case 0x11:
      parameters->chosen_version = asv_read_u32(value);
      asv_read_rest(value); /* the available ones */
      break;
    default:
      asv_read_rest(value);
      break;
  }
}

gboolean asv_transport_parameters_parse(AsvSpan extension, AsvTransportParameters *parameters) {
  AsvReader reader = asv_reader(extension);
  memset(parameters, 0, sizeof *parameters);
  while (asv_reader_left(&reader)) {
    guint64 id = asv_read_varint(&reader);
    AsvReader value = asv_reader(asv_read_counted(&reader));
    if (reader.failed) return FALSE;
    read_parameter(id, &value, parameters);
    if (value.failed || asv_reader_left(&value)) return FALSE;
  }
  return TRUE;
}

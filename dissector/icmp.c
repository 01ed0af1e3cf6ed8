/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Connections between the same endpoints are a chain, the newest first. */
#include "icmp.h"

#include "failure.h"
#include "fields.h"
#include "limits.h"
#include "quic.h"

enum { PROTOCOL_TCP = 6, PROTOCOL_UDP = 17 };

struct AltsvcIcmp {
  GHashTable *newest; /* AltsvcConnection* by char*: transport, then both ends */
};

/* The packet that is quoted. */
typedef struct {
  AsvEndpoint source, destination;
  guint8 protocol;
  guint32 sequence; /* of TCP */
} Quoted;

AltsvcIcmp *altsvc_icmp_new(void) {
  AltsvcIcmp *icmp = g_new(AltsvcIcmp, 1);
  icmp->newest = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  return icmp;
}

void altsvc_icmp_free(AltsvcIcmp *icmp) {
  g_hash_table_destroy(icmp->newest);
  g_free(icmp);
}

static char *key_of(gboolean quic, const char *one, const char *other) {
  gboolean ordered = strcmp(one, other) < 0;
  return g_strjoin(" ", quic ? "quic" : "tcp", ordered ? one : other, ordered ? other : one, NULL);
}

void altsvc_icmp_add(AltsvcIcmp *icmp, AltsvcConnection *connection) {
  char *key = key_of(connection->quic != NULL, connection->ends[0], connection->ends[1]);
  connection->older = g_hash_table_lookup(icmp->newest, key);
  g_hash_table_replace(icmp->newest, key, connection);
}

/* ---- the quotation ---- */

static AsvAddress read_address(AsvReader *reader, guint8 size) {
  AsvAddress address = {.size = size};
  AsvSpan octets = asv_read_span(reader, size);
  if (octets.size == size) memcpy(address.bytes, octets.data, size);
  return address;
}

/* RFC 791 §3.1, RFC 8200 §3. */
static gboolean read_ip(AsvReader *reader, Quoted *quoted) {
  guint8 first = asv_read_u8(reader);
  if (first >> 4 == 4) {
    asv_read_span(reader, 8);
    quoted->protocol = asv_read_u8(reader);
    asv_read_u16(reader);
    quoted->source.address = read_address(reader, 4);
    quoted->destination.address = read_address(reader, 4);
    asv_read_span(reader, (first & 15) * 4u - MIN((first & 15) * 4u, 20u));
  } else {
    asv_read_span(reader, 5);
    quoted->protocol = asv_read_u8(reader);
    asv_read_u8(reader);
    quoted->source.address = read_address(reader, 16);
    quoted->destination.address = read_address(reader, 16);
  }
  return !reader->failed && (first >> 4 == 4 || first >> 4 == 6);
}

static gboolean read_quoted(AsvReader *reader, Quoted *quoted) {
  if (!read_ip(reader, quoted)) return FALSE;
  quoted->source.port = asv_read_u16(reader);
  quoted->destination.port = asv_read_u16(reader);
  quoted->sequence = asv_read_u32(reader);
  return !reader->failed && (quoted->protocol == PROTOCOL_TCP || quoted->protocol == PROTOCOL_UDP);
}

/* ---- the connection ---- */

/* TRUE when the connection is open and end `sender` has sent such a packet (RFC 5927 §4.1). */
static gboolean has_sent(const AltsvcConnection *connection, int sender, const Quoted *quoted) {
  if (connection->closed || connection->client < 0) return FALSE;
  if (connection->quic)
    return altsvc_quic_progress(connection).seen[sender == connection->client ? 0 : 1];
  return altsvc_stream_has_sent(&connection->streams[sender], quoted->sequence);
}

void altsvc_icmp_take(AltsvcIcmp *icmp, const packet_info *pinfo, const proto_node *node,
                      const AltsvcPlace *at, const AsvObserver *out) {
  char source[ASV_ENDPOINT_TEXT], destination[ASV_ENDPOINT_TEXT];
  AsvReader reader = asv_reader(altsvc_field_octets_on(node));
  AsvIcmp error = {.from = altsvc_connection_endpoint(&pinfo->src, 0).address};
  Quoted quoted;
  gboolean version_6 = altsvc_field_of(node) == ALTSVC_FIELD_ICMPV6;
  if (!asv_icmp_read(&reader, version_6, &error) || !read_quoted(&reader, &quoted)) return;
  asv_endpoint_text(&quoted.source, source);
  asv_endpoint_text(&quoted.destination, destination);
  g_autofree char *key = key_of(quoted.protocol == PROTOCOL_UDP, source, destination);
  AltsvcConnection *connection = g_hash_table_lookup(icmp->newest, key);
  for (guint i = 0; connection && i < ALTSVC_QUOTED_MAX; connection = connection->older, i++) {
    int sender = g_str_equal(source, connection->ends[0]) ? 0 : 1;
    if (!has_sent(connection, sender, &quoted)) continue;
    connection->at = *at;
    connection->out = out;
    altsvc_failure_icmp(connection, sender, &error);
    return;
  }
}

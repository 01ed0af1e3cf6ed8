/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What CRYPTO data says (RFC 9001 §4, RFC 8446 §4): puts it in order by level
 * and side, reads the messages, and reports the handshake. QUIC has TLS 1.3
 * alone, and no change of keys by messages.
 */
#include "connection.h"

static void keep_span(GByteArray **kept, AsvSpan span) {
  if (!*kept) *kept = g_byte_array_new();
  g_byte_array_set_size(*kept, 0);
  if (span.size) g_byte_array_append(*kept, span.data, (guint)span.size);
}

static AsvSpan kept_span(const GByteArray *kept) {
  return kept ? asv_span(kept->data, kept->len) : asv_span(NULL, 0);
}

/* --- messages --- */

static void on_client_hello(AsvQuicConnection *connection, AsvSpan body) {
  AsvQuicHandshake *handshake = &connection->handshake;
  if (handshake->told) return;
  if (!handshake->hello) handshake->hello = g_new0(AsvClientHello, 1);
  keep_span(&handshake->hello_octets, body);
  AsvClientHello *hello = handshake->hello;
  if (!asv_client_hello_parse(kept_span(handshake->hello_octets), hello)) {
    g_clear_pointer(&handshake->hello, g_free);
    return;
  }
  memcpy(handshake->secrets_random, hello->random.data, sizeof handshake->secrets_random);
  if (hello->ech) handshake->ech = ASV_TLS_ECH_OFFERED;
  handshake->has_client_hello = handshake->has_random = TRUE;
  handshake->stale = FALSE;
}

static void find_resumption(AsvQuicConnection *connection, const AsvServerHello *server) {
  AsvQuicHandshake *handshake = &connection->handshake;
  const AsvClientHello *hello = handshake->hello;
  AsvCertificate *certificate = NULL;
  handshake->resumed = server->psk;
  if (!server->psk) handshake->early_rejected = TRUE;
  if (!server->psk || !hello || server->psk_index >= hello->identities_count) return;
  certificate =
      asv_sessions_find(connection->quic->context->sessions, hello->identities[server->psk_index]);
  if (certificate) handshake->certificate = asv_certificate_ref(certificate);
}

static void on_server_hello(AsvQuicConnection *connection, AsvSpan body) {
  AsvQuicHandshake *handshake = &connection->handshake;
  AsvServerHello hello;
  if (!asv_server_hello_parse(body, &hello) || handshake->has_server_hello) return;
  if (hello.retry) {
    handshake->early_rejected = TRUE;
    return;
  }
  const AsvSuite *suite = asv_suite_find(hello.suite);
  handshake->has_server_hello = TRUE;
  handshake->suite = suite && suite->tls13 ? suite : NULL;
  find_resumption(connection, &hello);
}

static void on_encrypted_extensions(AsvQuicConnection *connection, AsvSpan body) {
  AsvQuicHandshake *handshake = &connection->handshake;
  AsvEncryptedExtensions extensions;
  AsvTransportParameters parameters;
  if (!asv_encrypted_extensions_parse(body, &extensions)) return;
  if (extensions.alpn.size) keep_span(&handshake->alpn, extensions.alpn);
  handshake->early_accepted = extensions.early_data;
  if (!extensions.early_data) handshake->early_rejected = TRUE;
  if (!extensions.quic.data || !asv_transport_parameters_parse(extensions.quic, &parameters))
    return;
  asv_quic_routes_add(connection, ASV_SERVER, parameters.preferred_id);
  asv_payload_reset_token(connection, parameters.stateless_reset_token);
}

static void on_certificate(AsvQuicConnection *connection, AsvSpan body) {
  AsvQuicHandshake *handshake = &connection->handshake;
  AsvTlsContext *context = connection->quic->context;
  AsvSpan leaf = asv_certificate_message_leaf(body, TRUE);
  AsvCertificate *certificate = asv_certificates_get(context->certificates, leaf);
  if (!certificate) return;
  handshake->resumed = FALSE;
  asv_certificate_unref(handshake->certificate);
  handshake->certificate = certificate;
}

static void on_compressed_certificate(AsvQuicConnection *connection, AsvSpan body) {
  AsvCompressedCertificate compressed;
  if (!asv_compressed_certificate_parse(body, &compressed)) return;
  GByteArray *message =
      asv_certificate_decompress(compressed.algorithm, compressed.data, compressed.size);
  if (!message) return;
  on_certificate(connection, asv_span(message->data, message->len));
  g_byte_array_unref(message);
}

static void on_new_session_ticket(AsvQuicConnection *connection, AsvSpan body) {
  AsvCertificate *certificate = connection->handshake.certificate;
  AsvSpan ticket = asv_new_session_ticket_parse(body, TRUE);
  if (certificate) asv_sessions_add(connection->quic->context->sessions, ticket, certificate);
}

static void server_message(AsvQuicConnection *connection, const AsvPacketRef *at,
                           const AsvMessage *message) {
  switch (message->type) {
    case ASV_MESSAGE_SERVER_HELLO:
      on_server_hello(connection, message->body);
      break;
    case ASV_MESSAGE_ENCRYPTED_EXTENSIONS:
      on_encrypted_extensions(connection, message->body);
      break;
    case ASV_MESSAGE_CERTIFICATE:
      on_certificate(connection, message->body);
      break;
    case ASV_MESSAGE_COMPRESSED_CERTIFICATE:
      on_compressed_certificate(connection, message->body);
      break;
    case ASV_MESSAGE_NEW_SESSION_TICKET:
      on_new_session_ticket(connection, message->body);
      break;
    case ASV_MESSAGE_FINISHED:
      connection->handshake.finished = TRUE;
      asv_handshake_tell(connection, at);
      break;
    default:
      break;
  }
}

/* --- CRYPTO data --- */

static guint64 on_bytes(void *self, const AsvPacketRef *at, AsvSpan data) {
  AsvQuicCrypto *crypto = self;
  AsvMessage message;
  if (crypto->broken) return ASV_WAIVE_ALL;
  while (asv_messages_next(&crypto->messages, &data, &message)) {
    if (crypto->side == ASV_SERVER)
      server_message(crypto->connection, at, &message);
    else if (message.type == ASV_MESSAGE_CLIENT_HELLO)
      on_client_hello(crypto->connection, message.body);
  }
  return 0;
}

static guint64 on_gap(void *self, const AsvPacketRef *at G_GNUC_UNUSED, guint64 n G_GNUC_UNUSED) {
  AsvQuicCrypto *crypto = self;
  crypto->broken = TRUE;
  return ASV_WAIVE_ALL;
}

static void on_end(void *self G_GNUC_UNUSED, const AsvPacketRef *at G_GNUC_UNUSED,
                   AsvEnd why G_GNUC_UNUSED) {}

static AsvQuicCrypto *crypto_new(AsvQuicConnection *connection, AsvSide side) {
  AsvQuicCrypto *crypto = g_new0(AsvQuicCrypto, 1);
  AsvSink sink = {.self = crypto, .bytes = on_bytes, .gap = on_gap, .end = on_end};
  crypto->connection = connection;
  crypto->side = side;
  asv_quic_stream_init(&crypto->stream, &sink, &connection->streams.held);
  return crypto;
}

static void crypto_free(AsvQuicCrypto *crypto) {
  if (!crypto) return;
  asv_quic_stream_clear(&crypto->stream);
  asv_messages_clear(&crypto->messages);
  g_free(crypto);
}

void asv_handshake_crypto(AsvQuicConnection *connection, const AsvPacketRef *at, AsvQuicLevel level,
                          AsvSide side, const AsvQuicFrame *frame) {
  AsvQuicCrypto **place = &connection->crypto[level][side];
  if (!*place) *place = crypto_new(connection, side);
  asv_quic_stream_take(&(*place)->stream, at, frame->stream.offset, frame->stream.data, FALSE);
}

void asv_handshake_restart(AsvQuicConnection *connection) {
  AsvQuicCrypto **place = &connection->crypto[ASV_LEVEL_INITIAL][ASV_CLIENT];
  g_clear_pointer(place, crypto_free);
  connection->handshake.stale = TRUE;
}

/* --- the report --- */

void asv_handshake_tell(AsvQuicConnection *connection, const AsvPacketRef *at) {
  AsvQuicHandshake *handshake = &connection->handshake;
  const AsvQuicEvents *events = &connection->quic->events;
  if (handshake->told) return;
  handshake->told = TRUE;
  /* Under ECH the secrets belong to the inner random (RFC 9849 §6.1.1): those of the outer one
   * working means that it was not accepted. */
  if (handshake->ech == ASV_TLS_ECH_OFFERED && handshake->opened)
    handshake->ech = ASV_TLS_ECH_GREASE;
  AsvTlsHandshake told = {
      .alpn = kept_span(handshake->alpn),
      .version = handshake->has_server_hello || handshake->opened ? "1.3" : NULL,
      .resumed = handshake->resumed,
      .early_data = handshake->early_accepted,
      .ech = handshake->ech,
      .secrets = handshake->opened};
  const AsvClientHello *hello = handshake->hello;
  if (hello) {
    if (handshake->ech != ASV_TLS_ECH_ACCEPTED) told.sni = hello->sni;
    told.alpn_offered = hello->alpn_offered;
    told.alpn_offered_count = hello->alpn_offered_count;
  }
  const AsvCertificate *certificate = handshake->certificate;
  if (certificate) {
    told.certificate_names = certificate->names;
    told.certificate_names_count = certificate->count;
    told.certificate_issuer = certificate->issuer;
  }
  events->handshake(connection->consumer, at, &told);
  g_clear_pointer(&handshake->hello, g_free);
  g_clear_pointer(&handshake->hello_octets, g_byte_array_unref);
}

void asv_handshake_clear(AsvQuicConnection *connection) {
  AsvQuicHandshake *handshake = &connection->handshake;
  for (int level = 0; level < ASV_LEVELS; level++)
    for (int side = 0; side < 2; side++) crypto_free(connection->crypto[level][side]);
  g_free(handshake->hello);
  if (handshake->hello_octets) g_byte_array_unref(handshake->hello_octets);
  if (handshake->alpn) g_byte_array_unref(handshake->alpn);
  asv_certificate_unref(handshake->certificate);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What handshake messages change on a connection: randoms, version, suite,
 * early data, certificate, resumption, key changes (RFC 8446 §4 and §7,
 * RFC 5246 §7.4, RFC 5077, RFC 8879), and the report of it all.
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

static void set_certificate(AsvTls *tls, AsvCertificate *certificate) {
  asv_certificate_unref(tls->certificate);
  tls->certificate = certificate;
}

/* --- client --- */

static void on_client_hello(AsvTlsSide *side, AsvSpan body) {
  AsvTls *tls = side->tls;
  if (!tls->hello) tls->hello = g_new0(AsvClientHello, 1);
  keep_span(&tls->hello_octets, body);
  if (!asv_client_hello_parse(kept_span(tls->hello_octets), tls->hello)) {
    g_clear_pointer(&tls->hello, g_free);
    return;
  }
  gboolean first = !tls->has_client_hello;
  memcpy(tls->client_random, tls->hello->random.data, sizeof tls->client_random);
  memcpy(tls->secrets_random, tls->client_random, sizeof tls->client_random);
  tls->has_client_hello = TRUE;
  if (!first) return; /* after HelloRetryRequest, or a renegotiation */
  tls->early_offered = tls->hello->early_data;
  if (tls->hello->ech) tls->ech = ASV_TLS_ECH_OFFERED;
  asv_tls_release(asv_tls_other(side), FALSE);
}

/* --- server --- */

static AsvCertificate *find_session(AsvTls *tls, const AsvServerHello *server) {
  AsvSessions *sessions = tls->context->sessions;
  AsvCertificate *certificate = NULL;
  if (!tls->hello) return NULL;
  if (asv_tls_is_13(tls))
    return server->psk_index < tls->hello->identities_count
               ? asv_sessions_find(sessions, tls->hello->identities[server->psk_index])
               : NULL;
  certificate = asv_sessions_find(sessions, tls->hello->ticket);
  return certificate ? certificate : asv_sessions_find(sessions, server->session_id);
}

static void find_resumption(AsvTls *tls, const AsvServerHello *server) {
  AsvSpan offered = tls->hello ? tls->hello->session_id : asv_span(NULL, 0);
  gboolean same_id = offered.size > 0 && asv_span_equal(offered, server->session_id);
  tls->psk = server->psk;
  tls->resumed = asv_tls_is_13(tls) ? server->psk : same_id;
  if (!tls->resumed) return;
  AsvCertificate *certificate = find_session(tls, server);
  set_certificate(tls, certificate ? asv_certificate_ref(certificate) : NULL);
}

static void on_server_hello(AsvTlsSide *side, AsvSpan body) {
  AsvTls *tls = side->tls;
  AsvTlsSide *client = asv_tls_other(side);
  AsvServerHello hello;
  if (!asv_server_hello_parse(body, &hello)) return;
  if (tls->has_server_hello && asv_tls_is_13(tls)) return; /* there is only one */
  tls->version = hello.version;
  if (hello.retry) {
    tls->early_rejected = TRUE;
    asv_tls_release(client, TRUE);
    return;
  }
  const AsvSuite *suite = asv_suite_find(hello.suite);
  gboolean fits = suite && suite->tls13 == (hello.version >= 0x0304) && hello.version >= 0x0301 &&
                  hello.version <= 0x0304;
  tls->has_server_hello = TRUE;
  tls->suite = fits ? suite : NULL;
  tls->encrypt_then_mac = hello.encrypt_then_mac;
  memcpy(tls->server_random, hello.random.data, sizeof tls->server_random);
  if (hello.alpn.size) keep_span(&tls->alpn, hello.alpn);
  if (!asv_tls_is_13(tls)) keep_span(&tls->session_id, hello.session_id);
  find_resumption(tls, &hello);
  if (asv_tls_is_13(tls) && !hello.psk) tls->early_rejected = TRUE;
  if (!asv_tls_is_13(tls) || !tls->suite) {
    tls->early_rejected = TRUE;
    tls->resolved = TRUE;
    asv_tls_release(client, FALSE);
  }
}

static void on_encrypted_extensions(AsvTls *tls, AsvSpan body) {
  AsvEncryptedExtensions extensions;
  if (!asv_encrypted_extensions_parse(body, &extensions)) return;
  if (extensions.alpn.size) keep_span(&tls->alpn, extensions.alpn);
  tls->early_accepted = extensions.early_data;
  if (!extensions.early_data) tls->early_rejected = TRUE;
}

static void on_certificate(AsvTls *tls, AsvSpan body) {
  AsvSpan leaf = asv_certificate_message_leaf(body, asv_tls_is_13(tls));
  AsvCertificate *certificate = asv_certificates_get(tls->context->certificates, leaf);
  if (!certificate) return;
  tls->resumed = FALSE;
  set_certificate(tls, certificate);
  asv_sessions_add(tls->context->sessions, kept_span(tls->session_id), certificate);
}

static void on_compressed_certificate(AsvTls *tls, AsvSpan body) {
  AsvCompressedCertificate compressed;
  if (!asv_compressed_certificate_parse(body, &compressed)) return;
  GByteArray *message =
      asv_certificate_decompress(compressed.algorithm, compressed.data, compressed.size);
  if (!message) return;
  on_certificate(tls, asv_span(message->data, message->len));
  g_byte_array_unref(message);
}

static void on_new_session_ticket(AsvTls *tls, AsvSpan body) {
  AsvSpan ticket = asv_new_session_ticket_parse(body, asv_tls_is_13(tls));
  if (tls->certificate) asv_sessions_add(tls->context->sessions, ticket, tls->certificate);
}

static void on_finished(AsvTlsSide *side, const AsvPacketRef *at) {
  AsvTls *tls = side->tls;
  side->finished = TRUE;
  if (side->who == ASV_SERVER) asv_tls_tell_handshake(tls, at);
  if (!asv_tls_is_13(tls) || side->epoch != ASV_EPOCH_HANDSHAKE) return;
  asv_side_next_epoch(side);
  if (side->who == ASV_CLIENT) return;
  tls->resolved = TRUE;
  asv_tls_release(asv_tls_other(side), FALSE);
}

static void server_message(AsvTlsSide *side, const AsvMessage *message) {
  switch (message->type) {
    case ASV_MESSAGE_SERVER_HELLO:
      on_server_hello(side, message->body);
      break;
    case ASV_MESSAGE_ENCRYPTED_EXTENSIONS:
      on_encrypted_extensions(side->tls, message->body);
      break;
    case ASV_MESSAGE_CERTIFICATE:
      on_certificate(side->tls, message->body);
      break;
    case ASV_MESSAGE_COMPRESSED_CERTIFICATE:
      on_compressed_certificate(side->tls, message->body);
      break;
    case ASV_MESSAGE_NEW_SESSION_TICKET:
      on_new_session_ticket(side->tls, message->body);
      break;
    default:
      break;
  }
}

static void client_message(AsvTlsSide *side, const AsvMessage *message) {
  if (message->type == ASV_MESSAGE_CLIENT_HELLO) on_client_hello(side, message->body);
  if (message->type == ASV_MESSAGE_END_OF_EARLY_DATA && side->epoch == ASV_EPOCH_EARLY)
    asv_side_next_epoch(side);
}

void asv_tls_message(AsvTlsSide *side, const AsvPacketRef *at, const AsvMessage *message) {
  if (message->type == ASV_MESSAGE_FINISHED)
    on_finished(side, at);
  else if (message->type == ASV_MESSAGE_KEY_UPDATE)
    asv_side_update_keys(side);
  else if (side->who == ASV_CLIENT)
    client_message(side, message);
  else
    server_message(side, message);
}

void asv_tls_change_cipher_spec(AsvTlsSide *side) {
  asv_messages_clear(&side->messages);
  asv_side_next_epoch(side);
  side->epoch = ASV_EPOCH_PLAIN;
  side->ciphered = TRUE;
  side->generation = 0;
}

void asv_tls_alert(const AsvTlsSide *side, const AsvPacketRef *at, AsvSpan content) {
  enum { FATAL = 2, CLOSE_NOTIFY = 0, USER_CANCELED = 90 };
  const AsvTlsEvents *events = &side->tls->events;
  AsvReader reader = asv_reader(content);
  gboolean fatal = asv_read_u8(&reader) == FATAL || asv_tls_is_13(side->tls);
  guint8 description = asv_read_u8(&reader);
  if (reader.failed || !fatal || !events->alert) return;
  if (description != CLOSE_NOTIFY && description != USER_CANCELED)
    events->alert(events->self, at, side->who, description);
}

/*
 * The client is the last to finish in TLS 1.3; before it either may be, under
 * the keys of its application data. Early data that cannot be read may be all
 * that the client sent.
 */
gboolean asv_tls_incomplete(const AsvTls *tls) {
  const AsvTlsSide *client = &tls->sides[ASV_CLIENT], *server = &tls->sides[ASV_SERVER];
  if (!tls->has_client_hello || tls->lossy || client->held.octets || server->held.octets)
    return FALSE;
  if (client->readable || server->readable) return FALSE;
  if (tls->early_offered && !client->proven) return FALSE;
  if (!tls->has_server_hello) return TRUE;
  if (asv_tls_is_13(tls)) return !client->finished;
  return !client->protected_records || !server->protected_records;
}

static const char *version_name(guint16 version) {
  static const char *const names[] = {"1.0", "1.1", "1.2", "1.3"};
  return version >= 0x0301 && version <= 0x0304 ? names[version - 0x0301] : NULL;
}

void asv_tls_tell_handshake_now(AsvTls *tls, const AsvPacketRef *at) {
  AsvTlsHandshake told = {.version = version_name(tls->version),
                          .alpn = kept_span(tls->alpn),
                          .resumed = tls->resumed,
                          .early_data = tls->early_accepted};
  tls->handshake_told = TRUE;
  told.secrets = tls->sides[ASV_CLIENT].proven || tls->sides[ASV_SERVER].proven ||
                 tls->sides[ASV_CLIENT].readable || tls->sides[ASV_SERVER].readable;
  /* Under ECH the secrets belong to the inner random (RFC 9849 §6.1.1): those of the outer one
   * working means that it was not accepted. */
  if (tls->ech == ASV_TLS_ECH_OFFERED && told.secrets) tls->ech = ASV_TLS_ECH_GREASE;
  told.ech = tls->ech;
  if (tls->hello) {
    if (tls->ech != ASV_TLS_ECH_ACCEPTED) told.sni = tls->hello->sni;
    told.alpn_offered = tls->hello->alpn_offered;
    told.alpn_offered_count = tls->hello->alpn_offered_count;
  }
  if (tls->certificate) {
    told.certificate_names = tls->certificate->names;
    told.certificate_names_count = tls->certificate->count;
    told.certificate_issuer = tls->certificate->issuer;
  }
  tls->events.handshake(tls->events.self, at, &told);
  g_clear_pointer(&tls->hello, g_free);
  g_clear_pointer(&tls->hello_octets, g_byte_array_unref);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Handshake messages of any octets, the first one choosing which parser; cut at any place. */
#include "analyzer/tls/handshake.h"

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

static void parse(guint8 type, AsvSpan body) {
  AsvClientHello client;
  AsvServerHello server;
  AsvEncryptedExtensions extensions;
  AsvCompressedCertificate compressed;
  switch (type) {
    case ASV_MESSAGE_CLIENT_HELLO:
      if (asv_client_hello_parse(body, &client)) g_assert(client.random.size == 32);
      break;
    case ASV_MESSAGE_SERVER_HELLO:
      if (asv_server_hello_parse(body, &server)) g_assert(server.random.size == 32);
      break;
    case ASV_MESSAGE_ENCRYPTED_EXTENSIONS:
      asv_encrypted_extensions_parse(body, &extensions);
      break;
    case ASV_MESSAGE_COMPRESSED_CERTIFICATE:
      asv_compressed_certificate_parse(body, &compressed);
      break;
    default:
      g_assert(asv_certificate_message_leaf(body, type & 1).size <= body.size);
      g_assert(asv_new_session_ticket_parse(body, type & 1).size <= body.size);
      break;
  }
}

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size) {
  AsvMessages messages = {.header_size = 0};
  AsvMessage message;
  AsvSpan all = asv_span(data, size);
  gsize step = size ? data[0] % 64u + 1u : 1u;
  for (gsize at = 0; at < size; at += step) {
    AsvSpan piece = asv_span_sub(all, at, step);
    while (asv_messages_next(&messages, &piece, &message)) parse(message.type, message.body);
  }
  asv_messages_clear(&messages);
  return 0;
}

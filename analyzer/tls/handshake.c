/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cutting handshake messages: hellos and EncryptedExtensions (RFC 8446 §4.1 to
 * §4.3), Certificate (§4.4.2; RFC 5246 §7.4.2), CompressedCertificate
 * (RFC 8879 §4), NewSessionTicket (RFC 8446 §4.6.1, RFC 5077 §3.3).
 */
#include "handshake.h"

enum {
  EXTENSION_SERVER_NAME = 0,
  EXTENSION_ALPN = 16,
  EXTENSION_ENCRYPT_THEN_MAC = 22,
  EXTENSION_SESSION_TICKET = 35,
  EXTENSION_PRE_SHARED_KEY = 41,
  EXTENSION_EARLY_DATA = 42,
  EXTENSION_SUPPORTED_VERSIONS = 43,
  EXTENSION_QUIC = 57,
  EXTENSION_QUIC_DRAFT = 0xffa5,
  EXTENSION_ENCRYPTED_CLIENT_HELLO = 0xfe0d
};

void asv_messages_clear(AsvMessages *messages) {
  if (messages->body) g_byte_array_unref(messages->body);
  guint64 skipped = messages->skipped;
  *messages = (AsvMessages){.skipped = skipped};
}

static gboolean take_header(AsvMessages *messages, AsvSpan *data) {
  gsize here = MIN(sizeof messages->header - messages->header_size, data->size);
  if (here) memcpy(messages->header + messages->header_size, data->data, here);
  messages->header_size += here;
  *data = asv_span_sub(*data, here, data->size);
  if (messages->header_size < sizeof messages->header) return FALSE;
  AsvReader reader = asv_reader(asv_span(messages->header, sizeof messages->header));
  asv_read_u8(&reader);
  messages->left = asv_read_u24(&reader);
  messages->skip = messages->left > ASV_TLS_MESSAGE_MAX;
  if (messages->skip) messages->skipped++;
  return TRUE;
}

gboolean asv_messages_next(AsvMessages *messages, AsvSpan *data, AsvMessage *message) {
  if (messages->header_size == sizeof messages->header && messages->left == 0)
    asv_messages_clear(messages); /* the one given last time */
  if (messages->header_size < sizeof messages->header && !take_header(messages, data)) return FALSE;
  gsize here = MIN(messages->left, data->size);
  AsvSpan part = asv_span_sub(*data, 0, here);
  gboolean whole = here == messages->left;
  *data = asv_span_sub(*data, here, data->size);
  messages->left -= (guint32)here;
  message->type = messages->header[0];
  message->body = part;
  if (messages->skip) {
    message->body = asv_span(NULL, 0);
    return whole;
  }
  if (whole && !messages->body) return TRUE;
  if (!messages->body) messages->body = g_byte_array_new();
  if (here) g_byte_array_append(messages->body, part.data, (guint)here);
  message->body = asv_span(messages->body->data, messages->body->len);
  return whole;
}

/* A vector: a length of 1 or 2 octets, then that many octets. */
static AsvReader read_vector(AsvReader *reader, int length_size) {
  gsize size = length_size == 1 ? asv_read_u8(reader) : asv_read_u16(reader);
  AsvReader vector = asv_reader(asv_read_span(reader, size));
  vector.failed = reader->failed;
  return vector;
}

static AsvSpan read_vector_span(AsvReader *reader, int length_size) {
  AsvReader vector = read_vector(reader, length_size);
  return asv_read_rest(&vector);
}

/* The next extension: FALSE at the end, or when it is damaged. */
static gboolean next_extension(AsvReader *extensions, guint16 *type, AsvReader *body) {
  if (asv_reader_left(extensions) == 0) return FALSE;
  *type = asv_read_u16(extensions);
  *body = read_vector(extensions, 2);
  return !extensions->failed;
}

/* Names of RFC 8701: two equal octets 0x0a, 0x1a to 0xfa. */
static gboolean is_grease(AsvSpan name) {
  return name.size == 2 && name.data[0] == name.data[1] && (name.data[0] & 0x0f) == 0x0a;
}

static void read_alpn(AsvReader *body, AsvSpan *names, gsize *count, gsize room) {
  AsvReader list = read_vector(body, 2);
  while (asv_reader_left(&list) && *count < room) {
    AsvSpan name = read_vector_span(&list, 1);
    if (!list.failed && name.size && !is_grease(name)) names[(*count)++] = name;
  }
}

static AsvSpan read_chosen_alpn(AsvReader *body) {
  AsvSpan name = asv_span(NULL, 0);
  gsize count = 0;
  read_alpn(body, &name, &count, 1);
  return name;
}

static AsvSpan read_server_name(AsvReader *body) {
  AsvReader list = read_vector(body, 2);
  while (asv_reader_left(&list)) {
    guint8 type = asv_read_u8(&list);
    AsvSpan name = read_vector_span(&list, 2);
    if (type == 0 && !list.failed) return name;
  }
  return asv_span(NULL, 0);
}

static void read_identities(AsvReader *body, AsvClientHello *hello) {
  AsvReader list = read_vector(body, 2);
  while (asv_reader_left(&list) && hello->identities_count < ASV_TLS_IDENTITIES_MAX) {
    AsvSpan identity = read_vector_span(&list, 2);
    asv_read_u32(&list); /* obfuscated_ticket_age */
    if (!list.failed) hello->identities[hello->identities_count++] = identity;
  }
}

static void read_client_extension(AsvClientHello *hello, guint16 type, AsvReader *body) {
  switch (type) {
    case EXTENSION_SERVER_NAME:
      hello->sni = read_server_name(body);
      break;
    case EXTENSION_ALPN:
      hello->alpn_offered_count = 0;
      read_alpn(body, hello->alpn_offered, &hello->alpn_offered_count, ASV_TLS_ALPN_MAX);
      break;
    case EXTENSION_SESSION_TICKET:
      hello->ticket = asv_read_rest(body);
      break;
    case EXTENSION_PRE_SHARED_KEY:
      hello->identities_count = 0;
      read_identities(body, hello);
      break;
    case EXTENSION_EARLY_DATA:
      hello->early_data = TRUE;
      break;
    case EXTENSION_ENCRYPTED_CLIENT_HELLO:
      hello->ech = asv_read_u8(body) == 0 && !body->failed; /* outer */
      break;
    default:
      break;
  }
}

gboolean asv_client_hello_parse(AsvSpan body, AsvClientHello *hello) {
  AsvReader reader = asv_reader(body);
  AsvReader extension;
  guint16 type = 0;
  *hello = (AsvClientHello){.version = asv_read_u16(&reader)};
  hello->random = asv_read_span(&reader, 32);
  hello->session_id = read_vector_span(&reader, 1);
  read_vector_span(&reader, 2); /* cipher_suites */
  read_vector_span(&reader, 1); /* legacy_compression_methods */
  if (reader.failed) return FALSE;
  if (asv_reader_left(&reader) == 0) return TRUE;
  AsvReader extensions = read_vector(&reader, 2);
  while (next_extension(&extensions, &type, &extension))
    read_client_extension(hello, type, &extension);
  return !reader.failed && !extensions.failed;
}

static void read_server_extension(AsvServerHello *hello, guint16 type, AsvReader *body) {
  switch (type) {
    case EXTENSION_ALPN:
      hello->alpn = read_chosen_alpn(body);
      break;
    case EXTENSION_ENCRYPT_THEN_MAC:
      hello->encrypt_then_mac = TRUE;
      break;
    case EXTENSION_SUPPORTED_VERSIONS: {
      guint16 version = asv_read_u16(body);
      if (!body->failed) hello->version = version;
      break;
    }
    case EXTENSION_PRE_SHARED_KEY:
      hello->psk_index = asv_read_u16(body);
      hello->psk = !body->failed;
      break;
    default:
      break;
  }
}

gboolean asv_server_hello_parse(AsvSpan body, AsvServerHello *hello) {
  /* RFC 8446 §4.1.3: the random that makes it a HelloRetryRequest. */
  static const guint8 retry[32] = {0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c,
                                   0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb,
                                   0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};
  AsvReader reader = asv_reader(body);
  AsvReader extension;
  guint16 type = 0;
  *hello = (AsvServerHello){.version = asv_read_u16(&reader)};
  hello->random = asv_read_span(&reader, 32);
  hello->session_id = read_vector_span(&reader, 1);
  hello->suite = asv_read_u16(&reader);
  asv_read_u8(&reader); /* legacy_compression_method */
  if (reader.failed) return FALSE;
  hello->retry = memcmp(hello->random.data, retry, sizeof retry) == 0;
  if (asv_reader_left(&reader) == 0) return TRUE;
  AsvReader extensions = read_vector(&reader, 2);
  while (next_extension(&extensions, &type, &extension))
    read_server_extension(hello, type, &extension);
  return !reader.failed && !extensions.failed;
}

gboolean asv_encrypted_extensions_parse(AsvSpan body, AsvEncryptedExtensions *parsed) {
  AsvReader reader = asv_reader(body);
  AsvReader extension;
  guint16 type = 0;
  *parsed = (AsvEncryptedExtensions){.early_data = FALSE};
  AsvReader extensions = read_vector(&reader, 2);
  while (next_extension(&extensions, &type, &extension)) {
    if (type == EXTENSION_ALPN) parsed->alpn = read_chosen_alpn(&extension);
    if (type == EXTENSION_EARLY_DATA) parsed->early_data = TRUE;
    if (type == EXTENSION_ENCRYPTED_CLIENT_HELLO) parsed->ech_retry = TRUE;
    if (type == EXTENSION_QUIC || type == EXTENSION_QUIC_DRAFT)
      parsed->quic = asv_read_rest(&extension);
  }
  return !reader.failed && !extensions.failed;
}

AsvSpan asv_certificate_message_leaf(AsvSpan body, gboolean tls13) {
  AsvReader reader = asv_reader(body);
  if (tls13) read_vector_span(&reader, 1); /* certificate_request_context */
  AsvReader list = asv_reader(asv_read_span(&reader, asv_read_u24(&reader)));
  return asv_read_span(&list, asv_read_u24(&list));
}

gboolean asv_compressed_certificate_parse(AsvSpan body, AsvCompressedCertificate *compressed) {
  AsvReader reader = asv_reader(body);
  compressed->algorithm = asv_read_u16(&reader);
  compressed->size = asv_read_u24(&reader);
  compressed->data = asv_read_span(&reader, asv_read_u24(&reader));
  return !reader.failed;
}

AsvSpan asv_new_session_ticket_parse(AsvSpan body, gboolean tls13) {
  AsvReader reader = asv_reader(body);
  asv_read_u32(&reader); /* lifetime */
  if (tls13) {
    asv_read_u32(&reader);        /* age_add */
    read_vector_span(&reader, 1); /* nonce */
  }
  return read_vector_span(&reader, 2);
}

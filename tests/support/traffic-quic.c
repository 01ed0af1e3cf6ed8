/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes made-up QUIC packets: long and short headers, their protection, and the frames in them. */
#include "traffic-quic.h"

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <string.h>

enum { ID = 8, TAG = 16, NUMBER = 4, SAMPLE = 16, SALT = 20 };
/* Octets of STREAM data in a datagram. */
#define PART 1300u

void traffic_put_varint(GByteArray *out, guint64 value) {
  if (value < 1u << 6)
    traffic_put_number(out, value, 1);
  else if (value < 1u << 14)
    traffic_put_number(out, value | 1u << 14, 2);
  else if (value < 1u << 30)
    traffic_put_number(out, value | 2u << 30, 4);
  else
    traffic_put_number(out, value | G_GUINT64_CONSTANT(3) << 62, 8);
}

/* ---- protection ---- */

/* The salt of Initial secrets: of version 1 and its last two drafts (RFC 9001 §5.2), or of
 * draft-ietf-quic-tls-29 to -32. */
static const guint8 *salt_of(guint draft) {
  static const guint8 version_1[SALT] = {0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34,
                                         0xb3, 0x4d, 0x17, 0x9a, 0xe6, 0xa4, 0xc8,
                                         0x0c, 0xad, 0xcc, 0xbb, 0x7f, 0x0a};
  static const guint8 draft_29[SALT] = {0xaf, 0xbf, 0xec, 0x28, 0x99, 0x93, 0xd2, 0x4c, 0x9e, 0x97,
                                        0x86, 0xf1, 0x9c, 0x61, 0x11, 0xe0, 0x43, 0x90, 0xa8, 0x99};
  return draft && draft <= 32 ? draft_29 : version_1;
}

/* HKDF-Extract (RFC 9001 §5.2). */
static void initial_secret(const guint8 *id, const guint8 *salt, guint8 out[32]) {
  EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
  EVP_KDF_CTX *context = EVP_KDF_CTX_new(kdf);
  int mode = EVP_KDF_HKDF_MODE_EXTRACT_ONLY;
  OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)"SHA256", 0),
      OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)id, ID),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, (void *)salt, SALT),
      OSSL_PARAM_construct_end()};
  if (EVP_KDF_derive(context, out, 32, parameters) <= 0) g_error("no HKDF");
  EVP_KDF_CTX_free(context);
  EVP_KDF_free(kdf);
}

static void protect_with(TrafficPackets *packets, const guint8 *secret) {
  guint8 key[16], mask[16];
  traffic_expand(secret, "quic key", key, sizeof key);
  traffic_expand(secret, "quic iv", packets->iv, sizeof packets->iv);
  traffic_expand(secret, "quic hp", mask, sizeof mask);
  packets->number = 0;
  if (!packets->cipher) packets->cipher = EVP_CIPHER_CTX_new();
  if (!packets->mask) packets->mask = EVP_CIPHER_CTX_new();
  EVP_EncryptInit_ex(packets->cipher, EVP_aes_128_gcm(), NULL, key, packets->iv);
  EVP_EncryptInit_ex(packets->mask, EVP_aes_128_ecb(), NULL, mask, NULL);
}

/* Protects a packet that begins at `start` of out and ends with its packet number (RFC 9001 §5). */
static void seal(GByteArray *out, guint start, TrafficPackets *packets, const GByteArray *frames) {
  guint header = out->len - start, at = out->len;
  guint8 nonce[12], mask[SAMPLE];
  int written = 0;
  memcpy(nonce, packets->iv, sizeof nonce);
  for (int i = 0; i < 8; i++) nonce[4 + i] ^= (guint8)(packets->number >> (8 * (7 - i)));
  packets->number++;
  g_byte_array_set_size(out, at + frames->len + TAG);
  EVP_EncryptInit_ex(packets->cipher, NULL, NULL, NULL, nonce);
  EVP_EncryptUpdate(packets->cipher, NULL, &written, out->data + start, (int)header);
  EVP_EncryptUpdate(packets->cipher, out->data + at, &written, frames->data, (int)frames->len);
  EVP_EncryptFinal_ex(packets->cipher, NULL, &written);
  EVP_CIPHER_CTX_ctrl(packets->cipher, EVP_CTRL_AEAD_GET_TAG, TAG, out->data + at + frames->len);
  EVP_EncryptUpdate(packets->mask, mask, &written, out->data + at, SAMPLE);
  out->data[start] ^= mask[0] & (out->data[start] & 0x80 ? 0x0f : 0x1f);
  for (guint i = 0; i < NUMBER; i++) out->data[at - NUMBER + i] ^= mask[1 + i];
}

/* ---- packets ---- */

/* A long header: type 0 Initial, 2 Handshake. */
static void put_long(TrafficQuic *quic, TrafficSide from, guint8 type, const GByteArray *frames) {
  GByteArray *out = quic->datagram;
  guint start = out->len;
  traffic_put_number(out, 0xc0u | (guint)type << 4 | (NUMBER - 1), 1);
  traffic_put_number(out, quic->draft ? 0xff000000u | quic->draft : 1, 4);
  traffic_put_number(out, ID, 1);
  traffic_put(out, quic->ids[1 - from], ID);
  traffic_put_number(out, ID, 1);
  traffic_put(out, quic->ids[from], ID);
  if (type == 0) traffic_put_varint(out, 0);
  traffic_put_number(out, (NUMBER + frames->len + TAG) | 1u << 14, 2);
  traffic_put_number(out, quic->now[from].number, NUMBER);
  seal(out, start, &quic->now[from], frames);
}

static void put_short(TrafficQuic *quic, TrafficSide from, const GByteArray *frames) {
  GByteArray *out = quic->datagram;
  guint start = out->len;
  traffic_put_number(out, 0x40u | (NUMBER - 1), 1);
  traffic_put(out, quic->ids[1 - from], ID);
  traffic_put_number(out, quic->now[from].number, NUMBER);
  seal(out, start, &quic->now[from], frames);
}

static void send_datagram(TrafficQuic *quic, TrafficSide from) {
  GByteArray *out = quic->packet;
  traffic_put_ip(out, 17, quic->addresses, from, 8 + quic->datagram->len);
  traffic_put_number(out, quic->ports[from], 2);
  traffic_put_number(out, quic->ports[1 - from], 2);
  traffic_put_number(out, 8 + quic->datagram->len, 2);
  traffic_put_number(out, 0, 2);
  traffic_put(out, quic->datagram->data, quic->datagram->len);
  traffic_write_packet(quic->capture, out);
  g_byte_array_set_size(quic->datagram, 0);
}

/* ---- the handshake ---- */

/* A CRYPTO frame with all of a level's octets, padded to size octets at least. */
static void put_crypto(GByteArray *out, const GByteArray *messages, guint size) {
  traffic_put_number(out, 6, 1);
  traffic_put_varint(out, 0);
  traffic_put_varint(out, messages->len);
  traffic_put(out, messages->data, messages->len);
  while (out->len < size) traffic_put_number(out, 0, 1);
}

static void send_crypto(TrafficQuic *quic, TrafficSide from, guint8 type,
                        const GByteArray *messages) {
  g_autoptr(GByteArray) frames = g_byte_array_new();
  put_crypto(frames, messages, type == 0 ? 1150 : 0);
  put_long(quic, from, type, frames);
  send_datagram(quic, from);
}

static const guint8 reset_token[16] = "a reset token 16";

/* Transport parameters: initial_source_connection_id, and what else the other side insists on. */
static GByteArray *parameters_of(const TrafficQuic *quic, TrafficSide side) {
  GByteArray *out = g_byte_array_new();
  traffic_put_number(out, 0x0f, 1);
  traffic_put_varint(out, ID);
  traffic_put(out, quic->ids[side], ID);
  if (side == TRAFFIC_CLIENT) return out;
  traffic_put_number(out, 0, 1);
  traffic_put_varint(out, ID);
  traffic_put(out, quic->original, ID);
  traffic_put_number(out, 2, 1);
  traffic_put_varint(out, sizeof reset_token);
  traffic_put(out, reset_token, sizeof reset_token);
  return out;
}

/* What both sides say; the name of the protocol goes to alpn. */
static TrafficHello hello_of(const TrafficQuic *quic, char alpn[8]) {
  g_snprintf(alpn, 8, quic->draft ? "h3-%u" : "h3", quic->draft);
  return (TrafficHello){.alpn = alpn, .draft = quic->draft > 0};
}

static void protect_initial(TrafficQuic *quic, const guint8 *original) {
  guint8 secret[32], side[32];
  initial_secret(original, salt_of(quic->draft), secret);
  traffic_expand(secret, "client in", side, sizeof side);
  protect_with(&quic->now[TRAFFIC_CLIENT], side);
  traffic_expand(secret, "server in", side, sizeof side);
  protect_with(&quic->now[TRAFFIC_SERVER], side);
}

void traffic_ask_quic(TrafficQuic *quic, TrafficCapture *capture, guint number, const char *sni) {
  guint8 original[ID] = {0x0f,
                         0x0f,
                         0,
                         0,
                         (guint8)(number >> 24),
                         (guint8)(number >> 16),
                         (guint8)(number >> 8),
                         (guint8)number};
  g_autoptr(GByteArray) out = g_byte_array_new();
  quic->capture = capture;
  quic->ports[TRAFFIC_CLIENT] = (guint16)(20000 + number);
  quic->ports[TRAFFIC_SERVER] = 443;
  quic->packet = g_byte_array_new();
  quic->datagram = g_byte_array_new();
  traffic_number_client(quic->addresses, capture, number);
  for (int side = 0; side < 2; side++) {
    memcpy(quic->ids[side], original, ID);
    quic->ids[side][0] = (guint8)(0xc0 + side);
  }
  memcpy(quic->original, original, ID);
  g_autoptr(GByteArray) client = parameters_of(quic, TRAFFIC_CLIENT);
  char alpn[8];
  TrafficHello hello = hello_of(quic, alpn);
  hello.sni = sni;
  hello.parameters[TRAFFIC_CLIENT] = client;
  protect_initial(quic, original);
  guint8 chosen[ID];
  memcpy(chosen, quic->ids[TRAFFIC_SERVER], ID);
  memcpy(quic->ids[TRAFFIC_SERVER], original, ID);
  traffic_put_client_hello(out, &quic->tls, &hello);
  send_crypto(quic, TRAFFIC_CLIENT, 0, out);
  memcpy(quic->ids[TRAFFIC_SERVER], chosen, ID);
}

void traffic_answer_quic(TrafficQuic *quic, const GByteArray *certificate) {
  g_autoptr(GByteArray) out = g_byte_array_new();
  g_autoptr(GByteArray) server = parameters_of(quic, TRAFFIC_SERVER);
  char alpn[8];
  TrafficHello hello = hello_of(quic, alpn);
  hello.parameters[TRAFFIC_SERVER] = server;
  traffic_put_server_hello(out, &quic->tls);
  send_crypto(quic, TRAFFIC_SERVER, 0, out);
  for (int side = 0; side < 2; side++) protect_with(&quic->now[side], quic->tls.secrets[side]);
  g_byte_array_set_size(out, 0);
  traffic_put_server_flight(out, &hello, certificate);
  send_crypto(quic, TRAFFIC_SERVER, 2, out);
}

void traffic_open_quic(TrafficQuic *quic, TrafficCapture *capture, guint number, const char *sni,
                       const GByteArray *certificate) {
  g_autoptr(GByteArray) out = g_byte_array_new();
  traffic_ask_quic(quic, capture, number, sni);
  traffic_answer_quic(quic, certificate);
  traffic_put_finished(out);
  send_crypto(quic, TRAFFIC_CLIENT, 2, out);
  for (int side = 0; side < 2; side++) protect_with(&quic->now[side], quic->tls.secrets[2 + side]);
}

/* ---- streams ---- */

/* Acknowledges all that the other side sent so far. */
static void put_ack(GByteArray *frames, TrafficQuic *quic, TrafficSide from) {
  guint64 largest = quic->now[1 - from].number - 1;
  traffic_put_number(frames, 2, 1);
  traffic_put_varint(frames, largest);
  traffic_put_varint(frames, 0);
  traffic_put_varint(frames, 0);
  traffic_put_varint(frames, largest);
  quic->unacknowledged[1 - from] = 0;
}

static void send_ack(TrafficQuic *quic, TrafficSide from) {
  g_autoptr(GByteArray) frames = g_byte_array_new();
  put_ack(frames, quic, from);
  put_short(quic, from, frames);
  send_datagram(quic, from);
}

void traffic_send_quic(TrafficQuic *quic, TrafficSide from, guint64 stream, const GByteArray *data,
                       gboolean fin) {
  g_autoptr(GByteArray) frames = g_byte_array_new();
  for (guint at = 0; at < data->len; at += PART) {
    guint part = MIN(PART, data->len - at);
    gboolean last = at + part == data->len;
    g_byte_array_set_size(frames, 0);
    if (quic->unacknowledged[1 - from]) put_ack(frames, quic, from);
    traffic_put_number(frames, 0x0eu | (last && fin), 1);
    traffic_put_varint(frames, stream);
    traffic_put_varint(frames, at);
    traffic_put_varint(frames, part);
    traffic_put(frames, data->data + at, part);
    put_short(quic, from, frames);
    send_datagram(quic, from);
    if (++quic->unacknowledged[from] == 2) send_ack(quic, 1 - from);
  }
}

void traffic_wait_quic(TrafficQuic *quic) {
  enum { MAX_ACK_DELAY = 25000000 };
  quic->capture->time += MAX_ACK_DELAY;
  for (int side = 0; side < 2; side++)
    if (quic->unacknowledged[1 - side]) send_ack(quic, (TrafficSide)side);
}

void traffic_refuse_quic(TrafficQuic *quic, const GByteArray *handshake,
                         const GByteArray *application) {
  put_long(quic, TRAFFIC_CLIENT, 2, handshake);
  protect_with(&quic->now[TRAFFIC_CLIENT], quic->tls.secrets[2]);
  if (application) put_short(quic, TRAFFIC_CLIENT, application);
  send_datagram(quic, TRAFFIC_CLIENT);
}

void traffic_send_frames(TrafficQuic *quic, TrafficSide from, const GByteArray *frames) {
  put_short(quic, from, frames);
  send_datagram(quic, from);
}

void traffic_reset_quic(TrafficQuic *quic) {
  static const guint8 noise[] = {0x5b, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13};
  traffic_put(quic->datagram, noise, sizeof noise);
  traffic_put(quic->datagram, reset_token, sizeof reset_token);
  send_datagram(quic, TRAFFIC_SERVER);
}

void traffic_close_quic(TrafficQuic *quic) {
  static const guint8 close[] = {0x1d, 0x41, 0x00, 0x00}; /* H3_NO_ERROR */
  g_autoptr(GByteArray) frames = g_byte_array_new();
  traffic_put(frames, close, sizeof close);
  traffic_send_frames(quic, TRAFFIC_CLIENT, frames);
  traffic_free_quic(quic);
}

void traffic_free_quic(TrafficQuic *quic) {
  for (int side = 0; side < 2; side++) {
    EVP_CIPHER_CTX_free(quic->now[side].cipher);
    EVP_CIPHER_CTX_free(quic->now[side].mask);
  }
  g_byte_array_unref(quic->packet);
  g_byte_array_unref(quic->datagram);
}

/* ---- HTTP/3 ---- */

void traffic_put_frame3_head(GByteArray *out, guint64 type, guint64 size) {
  traffic_put_varint(out, type);
  traffic_put_varint(out, size);
}

void traffic_put_control(GByteArray *out) {
  traffic_put_varint(out, 0);
  traffic_put_frame3_head(out, 4, 0);
}

void traffic_put_headers3(GByteArray *out, const nghttp2_nv *fields, gsize count) {
  nghttp3_qpack_encoder *encoder = NULL;
  nghttp3_buf prefix, section, instructions;
  g_autofree nghttp3_nv *list = g_new0(nghttp3_nv, count);
  for (gsize i = 0; i < count; i++)
    list[i] = (nghttp3_nv){.name = fields[i].name,
                           .value = fields[i].value,
                           .namelen = fields[i].namelen,
                           .valuelen = fields[i].valuelen};
  nghttp3_buf_init(&prefix);
  nghttp3_buf_init(&section);
  nghttp3_buf_init(&instructions);
  nghttp3_qpack_encoder_new(&encoder, 0, nghttp3_mem_default());
  if (nghttp3_qpack_encoder_encode(encoder, &prefix, &section, &instructions, 0, list, count) != 0)
    g_error("no field section");
  traffic_put_frame3_head(out, 1, nghttp3_buf_len(&prefix) + nghttp3_buf_len(&section));
  traffic_put(out, prefix.pos, nghttp3_buf_len(&prefix));
  traffic_put(out, section.pos, nghttp3_buf_len(&section));
  nghttp3_buf_free(&prefix, nghttp3_mem_default());
  nghttp3_buf_free(&section, nghttp3_mem_default());
  nghttp3_buf_free(&instructions, nghttp3_mem_default());
  nghttp3_qpack_encoder_del(encoder);
}

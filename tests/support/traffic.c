/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes made-up captures: pcapng blocks, IPv4 and TCP headers, TLS 1.3 records, HTTP/2 frames. */
#include "traffic.h"

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/x509v3.h>
#include <string.h>

/* Octets of a TCP segment and of a TLS record. */
#define SEGMENT 1448u
#define RECORD 16384u

/* ---- octets ---- */

void traffic_put(GByteArray *out, const void *data, gsize size) {
  g_byte_array_append(out, data, (guint)size);
}

void traffic_put_number(GByteArray *out, guint64 value, int octets) {
  while (octets-- > 0) {
    guint8 octet = (guint8)(value >> (8 * octets));
    traffic_put(out, &octet, 1);
  }
}

/* ---- the capture file ---- */

static void write_block(FILE *file, guint32 type, const GByteArray *head, const GByteArray *body) {
  static const guint8 zeros[4];
  guint32 padding = (4 - body->len % 4) % 4;
  guint32 size = 12 + head->len + body->len + padding;
  fwrite(&type, 4, 1, file);
  fwrite(&size, 4, 1, file);
  fwrite(head->data, 1, head->len, file);
  fwrite(body->data, 1, body->len, file);
  fwrite(zeros, 1, padding, file);
  fwrite(&size, 4, 1, file);
}

static void write_simple_block(FILE *file, guint32 type, const void *data, gsize size) {
  g_autoptr(GByteArray) head = g_byte_array_new();
  g_autoptr(GByteArray) body = g_byte_array_new();
  traffic_put(body, data, size);
  write_block(file, type, head, body);
}

/* In the byte order of this machine, as the format allows. */
void traffic_open_capture(TrafficCapture *capture, const char *name) {
  guint32 section[] = {0x1a2b3c4d, 1, 0xffffffff, 0xffffffff};
  guint32 interface[] = {1, 262144, GUINT32_TO_LE(1u << 16 | 9u), 9, 0};
  capture->file = fopen(name, "wb");
  if (!capture->file) g_error("%s: cannot be written", name);
  capture->time = G_GUINT64_CONSTANT(1700000000000000000);
  write_simple_block(capture->file, 0x0a0d0d0a, section, sizeof section);
  write_simple_block(capture->file, 1, interface, sizeof interface);
  capture->clients = 0;
}

void traffic_write_secrets(const TrafficCapture *capture, const GString *key_log) {
  g_autoptr(GByteArray) head = g_byte_array_new();
  g_autoptr(GByteArray) body = g_byte_array_new();
  guint32 start[] = {0x544c534b, (guint32)key_log->len};
  traffic_put(head, start, sizeof start);
  traffic_put(body, key_log->str, key_log->len);
  write_block(capture->file, 10, head, body);
}

void traffic_write_packet(TrafficCapture *capture, const GByteArray *packet) {
  g_autoptr(GByteArray) head = g_byte_array_new();
  capture->time += 20000;
  guint32 fields[] = {0, (guint32)(capture->time >> 32), (guint32)capture->time, packet->len,
                      packet->len};
  traffic_put(head, fields, sizeof fields);
  write_block(capture->file, 6, head, packet);
}

void traffic_close_capture(TrafficCapture *capture) {
  if (fclose(capture->file) != 0) g_error("a capture cannot be written");
}

/* ---- TCP ---- */

void traffic_put_ip(GByteArray *out, guint8 protocol, const guint32 addresses[2], TrafficSide from,
                    gsize size) {
  static const guint8 ethernet[] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0};
  g_byte_array_set_size(out, 0);
  traffic_put(out, ethernet, sizeof ethernet);
  traffic_put_number(out, 0x4500, 2);
  traffic_put_number(out, 20 + size, 2);
  traffic_put_number(out, 0x00004000, 4);
  traffic_put_number(out, 0x4000u | protocol, 2);
  traffic_put_number(out, 0, 2);
  traffic_put_number(out, addresses[from], 4);
  traffic_put_number(out, addresses[1 - from], 4);
}

void traffic_send_segment(TrafficTcp *tcp, TrafficSide from, guint8 flags, const void *data,
                          gsize size) {
  GByteArray *out = tcp->packet;
  traffic_put_ip(out, 6, tcp->addresses, from, 20 + size);
  traffic_put_number(out, tcp->ports[from], 2);
  traffic_put_number(out, tcp->ports[1 - from], 2);
  traffic_put_number(out, tcp->next[from], 4);
  traffic_put_number(out, flags & 0x10 ? tcp->next[1 - from] : 0, 4);
  traffic_put_number(out, 0x5000u | flags, 2);
  traffic_put_number(out, 0xffff0000, 4);
  traffic_put_number(out, 0, 2);
  if (size) traffic_put(out, data, size);
  traffic_write_packet(tcp->capture, out);
  tcp->next[from] += (guint32)size + ((flags & 3) ? 1 : 0);
}

void traffic_number_client(guint32 addresses[2], const TrafficCapture *capture, guint number) {
  guint client = capture->clients ? number % capture->clients : number;
  addresses[TRAFFIC_CLIENT] = 0x0a000001u + client % 200 + (client / 200 << 8);
  addresses[TRAFFIC_SERVER] = 0x0a640001u;
}

void traffic_make_tcp(TrafficTcp *tcp, TrafficCapture *capture, guint number, guint16 server_port) {
  *tcp = (TrafficTcp){.capture = capture,
                      .ports = {(guint16)(20000 + number), server_port},
                      .next = {1000 + number, 5000 + number},
                      .packet = g_byte_array_new()};
  traffic_number_client(tcp->addresses, capture, number);
}

void traffic_open_tcp(TrafficTcp *tcp, TrafficCapture *capture, guint number, guint16 server_port) {
  traffic_make_tcp(tcp, capture, number, server_port);
  traffic_send_segment(tcp, TRAFFIC_CLIENT, 0x02, NULL, 0);
  traffic_send_segment(tcp, TRAFFIC_SERVER, 0x12, NULL, 0);
  traffic_send_segment(tcp, TRAFFIC_CLIENT, 0x10, NULL, 0);
}

/* As a sender with large offload would: full segments, an ACK from the other side after every
 * second. */
void traffic_send_tcp(TrafficTcp *tcp, TrafficSide from, const guint8 *data, gsize size) {
  guint segments = 0;
  while (size) {
    gsize part = MIN(size, SEGMENT);
    traffic_send_segment(tcp, from, part == size ? 0x18 : 0x10, data, part);
    data += part;
    size -= part;
    if (++segments % 2 == 0 && size) traffic_send_segment(tcp, 1 - from, 0x10, NULL, 0);
  }
}

void traffic_close_tcp(TrafficTcp *tcp) {
  traffic_send_segment(tcp, TRAFFIC_CLIENT, 0x11, NULL, 0);
  traffic_send_segment(tcp, TRAFFIC_SERVER, 0x11, NULL, 0);
  traffic_send_segment(tcp, TRAFFIC_CLIENT, 0x10, NULL, 0);
  g_byte_array_unref(tcp->packet);
}

/* ---- TLS 1.3 ---- */

static const char *const labels[] = {"CLIENT_HANDSHAKE_TRAFFIC_SECRET",
                                     "SERVER_HANDSHAKE_TRAFFIC_SECRET", "CLIENT_TRAFFIC_SECRET_0",
                                     "SERVER_TRAFFIC_SECRET_0"};

/* HKDF-Expand-Label with an empty context, RFC 8446 §7.1. */
void traffic_expand(const guint8 *secret, const char *label, guint8 *out, gsize size) {
  EVP_KDF *kdf = EVP_KDF_fetch(NULL, "TLS13-KDF", NULL);
  EVP_KDF_CTX *context = EVP_KDF_CTX_new(kdf);
  int mode = EVP_KDF_HKDF_MODE_EXPAND_ONLY;
  OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)"SHA256", 0),
      OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)secret, 32),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_PREFIX, (void *)"tls13 ", 6),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_LABEL, (void *)label, strlen(label)),
      OSSL_PARAM_construct_end()};
  if (EVP_KDF_derive(context, out, size, parameters) <= 0) g_error("no TLS13-KDF");
  EVP_KDF_CTX_free(context);
  EVP_KDF_free(kdf);
}

static void protect_with(TrafficProtection *protection, const guint8 *secret) {
  guint8 key[16];
  traffic_expand(secret, "key", key, sizeof key);
  traffic_expand(secret, "iv", protection->iv, sizeof protection->iv);
  protection->sequence = 0;
  if (!protection->cipher) protection->cipher = EVP_CIPHER_CTX_new();
  EVP_EncryptInit_ex(protection->cipher, EVP_aes_128_gcm(), NULL, key, protection->iv);
}

static void put_record(GByteArray *out, TrafficProtection *protection, guint8 type,
                       const guint8 *data, gsize size) {
  guint8 nonce[12], header[5] = {23, 3, 3, (guint8)((size + 17) >> 8), (guint8)(size + 17)};
  int written = 0;
  memcpy(nonce, protection->iv, 12);
  for (int i = 0; i < 8; i++) nonce[4 + i] ^= (guint8)(protection->sequence >> (8 * (7 - i)));
  protection->sequence++;
  EVP_EncryptInit_ex(protection->cipher, NULL, NULL, NULL, nonce);
  EVP_EncryptUpdate(protection->cipher, NULL, &written, header, 5);
  traffic_put(out, header, 5);
  guint at = out->len;
  g_byte_array_set_size(out, at + (guint)size + 17);
  EVP_EncryptUpdate(protection->cipher, out->data + at, &written, data, (int)size);
  EVP_EncryptUpdate(protection->cipher, out->data + at + size, &written, &type, 1);
  EVP_EncryptFinal_ex(protection->cipher, NULL, &written);
  EVP_CIPHER_CTX_ctrl(protection->cipher, EVP_CTRL_AEAD_GET_TAG, 16, out->data + at + size + 1);
}

/* What the application of one side sends at once, in full records. */
void traffic_send_tls(TrafficTls *tls, TrafficSide from, const GByteArray *data) {
  g_autoptr(GByteArray) out = g_byte_array_new();
  for (guint at = 0; at < data->len; at += RECORD)
    put_record(out, &tls->now[from], 23, data->data + at, MIN(RECORD, data->len - at));
  traffic_send_tcp(tls->tcp, from, out->data, out->len);
}

void traffic_put_message(GByteArray *out, guint8 type, const GByteArray *body) {
  traffic_put(out, &type, 1);
  traffic_put_number(out, body->len, 3);
  traffic_put(out, body->data, body->len);
}

static void put_extension(GByteArray *out, guint16 type, const GByteArray *body) {
  traffic_put_number(out, type, 2);
  traffic_put_number(out, body->len, 2);
  traffic_put(out, body->data, body->len);
}

/* ALPN with one name; a list of them. */
static void put_alpn(GByteArray *out, const char *alpn) {
  g_autoptr(GByteArray) body = g_byte_array_new();
  gsize size = strlen(alpn);
  traffic_put_number(body, size + 1, 2);
  traffic_put_number(body, size, 1);
  traffic_put(body, alpn, size);
  put_extension(out, 16, body);
}

static void put_sni(GByteArray *out, const char *sni) {
  g_autoptr(GByteArray) body = g_byte_array_new();
  gsize size = strlen(sni);
  traffic_put_number(body, size + 3, 2);
  traffic_put_number(body, size, 3);
  traffic_put(body, sni, size);
  put_extension(out, 0, body);
}

static void put_extensions(GByteArray *out, const GByteArray *extensions) {
  traffic_put_number(out, extensions->len, 2);
  traffic_put(out, extensions->data, extensions->len);
}

/* RFC 9001 §8.2, and its drafts. */
static void put_parameters(GByteArray *extensions, const TrafficHello *hello, TrafficSide side) {
  if (hello->parameters[side])
    put_extension(extensions, hello->draft ? 0xffa5 : 57, hello->parameters[side]);
}

void traffic_put_client_hello(GByteArray *out, const TrafficTls *tls, const TrafficHello *hello) {
  g_autoptr(GByteArray) body = g_byte_array_new();
  g_autoptr(GByteArray) extensions = g_byte_array_new();
  traffic_put_number(body, 0x0303, 2);
  traffic_put(body, tls->random, 32);
  traffic_put_number(body, 0, 1);
  traffic_put_number(body, 0x00021301, 4);
  traffic_put_number(body, 0x0100, 2);
  put_sni(extensions, hello->sni);
  put_alpn(extensions, hello->alpn);
  traffic_put_number(extensions, 0x002b0003, 4);
  traffic_put_number(extensions, 0x020304, 3);
  put_parameters(extensions, hello, TRAFFIC_CLIENT);
  put_extensions(body, extensions);
  traffic_put_message(out, 1, body);
}

void traffic_put_server_hello(GByteArray *out, const TrafficTls *tls) {
  g_autoptr(GByteArray) body = g_byte_array_new();
  traffic_put_number(body, 0x0303, 2);
  for (int i = 0; i < 32; i++) traffic_put_number(body, tls->random[i] ^ 0x5au, 1);
  traffic_put_number(body, 0, 1);
  traffic_put_number(body, 0x1301, 2);
  traffic_put_number(body, 0, 1);
  traffic_put_number(body, 6, 2);
  traffic_put_number(body, 0x002b0002, 4);
  traffic_put_number(body, 0x0304, 2);
  traffic_put_message(out, 2, body);
}

GByteArray *traffic_make_certificate(const char *names) {
  EVP_PKEY *key = EVP_EC_gen("P-256");
  X509 *x509 = X509_new();
  X509_set_version(x509, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
  X509_gmtime_adj(X509_getm_notBefore(x509), 0);
  X509_gmtime_adj(X509_getm_notAfter(x509), 86400);
  X509_set_pubkey(x509, key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "CN", MBSTRING_ASC,
                             (const guint8 *)"made-up server", -1, -1, 0);
  X509_set_issuer_name(x509, X509_get_subject_name(x509));
  X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, names);
  X509_add_ext(x509, extension, -1);
  X509_sign(x509, key, EVP_sha256());
  guint8 *der = NULL;
  int size = i2d_X509(x509, &der);
  GByteArray *out = g_byte_array_new();
  traffic_put(out, der, (gsize)size);
  OPENSSL_free(der);
  X509_EXTENSION_free(extension);
  X509_free(x509);
  EVP_PKEY_free(key);
  return out;
}

void traffic_put_finished(GByteArray *out) {
  g_autoptr(GByteArray) zeros = g_byte_array_new();
  g_byte_array_set_size(zeros, 32);
  memset(zeros->data, 0, 32);
  traffic_put_message(out, 20, zeros);
}

void traffic_put_server_flight(GByteArray *out, const TrafficHello *hello,
                               const GByteArray *certificate) {
  g_autoptr(GByteArray) body = g_byte_array_new();
  g_autoptr(GByteArray) extensions = g_byte_array_new();
  g_autoptr(GByteArray) chain = g_byte_array_new();
  put_alpn(extensions, hello->alpn);
  put_parameters(extensions, hello, TRAFFIC_SERVER);
  put_extensions(body, extensions);
  traffic_put_message(out, 8, body);
  traffic_put_number(chain, 0, 1);
  traffic_put_number(chain, certificate->len + 5u, 3);
  traffic_put_number(chain, certificate->len, 3);
  traffic_put(chain, certificate->data, certificate->len);
  traffic_put_number(chain, 0, 2);
  traffic_put_message(out, 11, chain);
  traffic_put_finished(out);
}

static void send_handshake(TrafficTls *tls, TrafficSide from, const GByteArray *messages) {
  g_autoptr(GByteArray) records = g_byte_array_new();
  put_record(records, &tls->now[from], 22, messages->data, messages->len);
  traffic_send_tcp(tls->tcp, from, records->data, records->len);
}

static void send_clear(TrafficTls *tls, TrafficSide from, const GByteArray *message) {
  g_autoptr(GByteArray) record = g_byte_array_new();
  traffic_put_number(record, 0x160303, 3);
  traffic_put_number(record, message->len, 2);
  traffic_put(record, message->data, message->len);
  traffic_send_tcp(tls->tcp, from, record->data, record->len);
}

void traffic_open_tls(TrafficTls *tls, TrafficTcp *tcp, const char *sni,
                      const GByteArray *certificate) {
  const TrafficHello hello = {.sni = sni, .alpn = "h2"};
  g_autoptr(GByteArray) out = g_byte_array_new();
  tls->tcp = tcp;
  traffic_put_client_hello(out, tls, &hello);
  send_clear(tls, TRAFFIC_CLIENT, out);
  g_byte_array_set_size(out, 0);
  traffic_put_server_hello(out, tls);
  send_clear(tls, TRAFFIC_SERVER, out);
  protect_with(&tls->now[TRAFFIC_CLIENT], tls->secrets[0]);
  protect_with(&tls->now[TRAFFIC_SERVER], tls->secrets[1]);
  g_byte_array_set_size(out, 0);
  traffic_put_server_flight(out, &hello, certificate);
  send_handshake(tls, TRAFFIC_SERVER, out);
  g_byte_array_set_size(out, 0);
  traffic_put_finished(out);
  send_handshake(tls, TRAFFIC_CLIENT, out);
  protect_with(&tls->now[TRAFFIC_CLIENT], tls->secrets[2]);
  protect_with(&tls->now[TRAFFIC_SERVER], tls->secrets[3]);
}

void traffic_close_tls(TrafficTls *tls) {
  EVP_CIPHER_CTX_free(tls->now[TRAFFIC_CLIENT].cipher);
  EVP_CIPHER_CTX_free(tls->now[TRAFFIC_SERVER].cipher);
}

static void put_hex(GString *out, const guint8 *data, gsize size) {
  for (gsize i = 0; i < size; i++) g_string_append_printf(out, "%02x", data[i]);
}

void traffic_make_secrets(TrafficTls *tls, GRand *rand, GString *key_log) {
  for (int i = 0; i < 32; i++) tls->random[i] = (guint8)g_rand_int(rand);
  for (int kind = 0; kind < 4; kind++) {
    for (int i = 0; i < 32; i++) tls->secrets[kind][i] = (guint8)g_rand_int(rand);
    g_string_append_printf(key_log, "%s ", labels[kind]);
    put_hex(key_log, tls->random, 32);
    g_string_append_c(key_log, ' ');
    put_hex(key_log, tls->secrets[kind], 32);
    g_string_append_c(key_log, '\n');
  }
}

/* ---- HTTP/2 ---- */

void traffic_put_frame_head(GByteArray *out, gsize size, guint8 type, guint8 flags,
                            guint32 stream) {
  traffic_put_number(out, size, 3);
  traffic_put_number(out, type, 1);
  traffic_put_number(out, flags, 1);
  traffic_put_number(out, stream, 4);
}

nghttp2_nv traffic_field(const char *name, const char *value) {
  return (nghttp2_nv){.name = (guint8 *)name,
                      .value = (guint8 *)value,
                      .namelen = strlen(name),
                      .valuelen = strlen(value)};
}

void traffic_put_headers(GByteArray *out, nghttp2_hd_deflater *deflater, guint8 flags,
                         guint32 stream, const nghttp2_nv *fields, gsize count) {
  guint8 block[1024];
  ssize_t size = nghttp2_hd_deflate_hd(deflater, block, sizeof block, fields, count);
  if (size < 0) g_error("no header block");
  traffic_put_frame_head(out, (gsize)size, 1, flags, stream);
  traffic_put(out, block, (gsize)size);
}

void traffic_put_preface(GByteArray *out, TrafficSide from) {
  if (from == TRAFFIC_CLIENT) traffic_put(out, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 24);
  traffic_put_frame_head(out, 0, 4, 0, 0);
}

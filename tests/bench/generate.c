/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes the captures that the benchmark reads: generate KIND FILE. Clients and
 * servers are made up, the octets are what real ones would send: TCP segments
 * of 1448 octets, TLS 1.3 records (RFC 8446 §5.2, AES-128-GCM, traffic secrets
 * made up and embedded in the file), HTTP/2 with HPACK, HTTP/1.1. The same
 * call makes the same file but for the certificate's signature.
 */
#include <glib.h>
#include <nghttp2/nghttp2.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEGMENT 1448u
#define RECORD 16384u
#define ALT_SVC "h3=\":443\"; ma=86400"

enum { CLIENT, SERVER };

/* ---- octets ---- */

static void put(GByteArray *out, const void *data, gsize size) {
  g_byte_array_append(out, data, (guint)size);
}

static void put_number(GByteArray *out, guint64 value, int octets) {
  while (octets-- > 0) {
    guint8 octet = (guint8)(value >> (8 * octets));
    put(out, &octet, 1);
  }
}

/* ---- the capture file ---- */

typedef struct {
  FILE *file;
  guint64 time; /* nanoseconds */
} Capture;

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
  put(body, data, size);
  write_block(file, type, head, body);
}

/* Section and interface: Ethernet, times in nanoseconds. Host byte order, as the format allows. */
static void open_capture(Capture *capture, const char *name) {
  guint32 section[] = {0x1a2b3c4d, 1, 0xffffffff, 0xffffffff};
  guint32 interface[] = {1, 262144, GUINT32_TO_LE(1u << 16 | 9u), 9, 0};
  capture->file = fopen(name, "wb");
  if (!capture->file) g_error("%s: cannot be written", name);
  capture->time = G_GUINT64_CONSTANT(1700000000000000000);
  write_simple_block(capture->file, 0x0a0d0d0a, section, sizeof section);
  write_simple_block(capture->file, 1, interface, sizeof interface);
}

static void write_secrets(const Capture *capture, const GString *key_log) {
  g_autoptr(GByteArray) head = g_byte_array_new();
  g_autoptr(GByteArray) body = g_byte_array_new();
  guint32 start[] = {0x544c534b, (guint32)key_log->len};
  put(head, start, sizeof start);
  put(body, key_log->str, key_log->len);
  write_block(capture->file, 10, head, body);
}

static void write_packet(Capture *capture, const GByteArray *packet) {
  g_autoptr(GByteArray) head = g_byte_array_new();
  capture->time += 20000;
  guint32 fields[] = {0, (guint32)(capture->time >> 32), (guint32)capture->time, packet->len,
                      packet->len};
  put(head, fields, sizeof fields);
  write_block(capture->file, 6, head, packet);
}

/* ---- TCP ---- */

typedef struct {
  Capture *capture;
  guint32 client; /* IPv4 addresses */
  guint32 server;
  guint16 ports[2];
  guint32 next[2]; /* sequence numbers */
  GByteArray *packet;
} Tcp;

static void send_segment(Tcp *tcp, int from, guint8 flags, const void *data, gsize size) {
  static const guint8 ethernet[] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0};
  GByteArray *out = tcp->packet;
  guint32 addresses[2] = {tcp->client, tcp->server};
  g_byte_array_set_size(out, 0);
  put(out, ethernet, sizeof ethernet);
  put_number(out, 0x4500, 2);
  put_number(out, 40 + size, 2);
  put_number(out, 0x00004000, 4);
  put_number(out, 0x40060000, 4);
  put_number(out, addresses[from], 4);
  put_number(out, addresses[1 - from], 4);
  put_number(out, tcp->ports[from], 2);
  put_number(out, tcp->ports[1 - from], 2);
  put_number(out, tcp->next[from], 4);
  put_number(out, flags & 0x10 ? tcp->next[1 - from] : 0, 4);
  put_number(out, 0x5000u | flags, 2);
  put_number(out, 0xffff0000, 4);
  put_number(out, 0, 2);
  if (size) put(out, data, size);
  write_packet(tcp->capture, out);
  tcp->next[from] += (guint32)size + ((flags & 3) ? 1 : 0);
}

static void tcp_open(Tcp *tcp, Capture *capture, guint number, guint16 server_port) {
  *tcp = (Tcp){.capture = capture,
               .client = 0x0a000000u + 1 + number % 200,
               .server = 0x0a640001u,
               .ports = {(guint16)(20000 + number), server_port},
               .next = {1000 + number, 5000 + number},
               .packet = g_byte_array_new()};
  send_segment(tcp, CLIENT, 0x02, NULL, 0);
  send_segment(tcp, SERVER, 0x12, NULL, 0);
  send_segment(tcp, CLIENT, 0x10, NULL, 0);
}

/* As a sender with large offload would: full segments, an ACK from the other side after every
 * second. */
static void tcp_send(Tcp *tcp, int from, const guint8 *data, gsize size) {
  guint segments = 0;
  while (size) {
    gsize part = MIN(size, SEGMENT);
    send_segment(tcp, from, part == size ? 0x18 : 0x10, data, part);
    data += part;
    size -= part;
    if (++segments % 2 == 0 && size) send_segment(tcp, 1 - from, 0x10, NULL, 0);
  }
}

static void tcp_close(Tcp *tcp) {
  send_segment(tcp, CLIENT, 0x11, NULL, 0);
  send_segment(tcp, SERVER, 0x11, NULL, 0);
  send_segment(tcp, CLIENT, 0x10, NULL, 0);
  g_byte_array_unref(tcp->packet);
}

/* ---- TLS 1.3 ---- */

typedef struct {
  guint8 iv[12];
  guint64 sequence;
  EVP_CIPHER_CTX *cipher;
} Protection;

typedef struct {
  Tcp *tcp;
  guint8 random[32];
  guint8 secrets[4][32]; /* client and server handshake, client and server application */
  Protection now[2];
} Tls;

static const char *const labels[] = {"CLIENT_HANDSHAKE_TRAFFIC_SECRET",
                                     "SERVER_HANDSHAKE_TRAFFIC_SECRET", "CLIENT_TRAFFIC_SECRET_0",
                                     "SERVER_TRAFFIC_SECRET_0"};

/* HKDF-Expand-Label with an empty context, RFC 8446 §7.1. */
static void expand(const guint8 *secret, const char *label, guint8 *out, gsize size) {
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

static void protect_with(Protection *protection, const guint8 *secret) {
  guint8 key[16];
  expand(secret, "key", key, sizeof key);
  expand(secret, "iv", protection->iv, sizeof protection->iv);
  protection->sequence = 0;
  if (!protection->cipher) protection->cipher = EVP_CIPHER_CTX_new();
  EVP_EncryptInit_ex(protection->cipher, EVP_aes_128_gcm(), NULL, key, protection->iv);
}

static void put_record(GByteArray *out, Protection *protection, guint8 type, const guint8 *data,
                       gsize size) {
  guint8 nonce[12], header[5] = {23, 3, 3, (guint8)((size + 17) >> 8), (guint8)(size + 17)};
  int written = 0;
  memcpy(nonce, protection->iv, 12);
  for (int i = 0; i < 8; i++) nonce[4 + i] ^= (guint8)(protection->sequence >> (8 * (7 - i)));
  protection->sequence++;
  EVP_EncryptInit_ex(protection->cipher, NULL, NULL, NULL, nonce);
  EVP_EncryptUpdate(protection->cipher, NULL, &written, header, 5);
  put(out, header, 5);
  guint at = out->len;
  g_byte_array_set_size(out, at + (guint)size + 17);
  EVP_EncryptUpdate(protection->cipher, out->data + at, &written, data, (int)size);
  EVP_EncryptUpdate(protection->cipher, out->data + at + size, &written, &type, 1);
  EVP_EncryptFinal_ex(protection->cipher, NULL, &written);
  EVP_CIPHER_CTX_ctrl(protection->cipher, EVP_CTRL_AEAD_GET_TAG, 16, out->data + at + size + 1);
}

/* What the application of one side sends at once, in full records. */
static void tls_send(Tls *tls, int from, const GByteArray *data) {
  g_autoptr(GByteArray) out = g_byte_array_new();
  for (guint at = 0; at < data->len; at += RECORD)
    put_record(out, &tls->now[from], 23, data->data + at, MIN(RECORD, data->len - at));
  tcp_send(tls->tcp, from, out->data, out->len);
}

static void put_message(GByteArray *out, guint8 type, const GByteArray *body) {
  put(out, &type, 1);
  put_number(out, body->len, 3);
  put(out, body->data, body->len);
}

static void put_clear_hello(GByteArray *out, guint8 type, const GByteArray *body) {
  put_number(out, 0x160303, 3);
  put_number(out, body->len + 4, 2);
  put_message(out, type, body);
}

static GByteArray *client_hello(const Tls *tls) {
  static const char sni[] = "bench.test";
  GByteArray *body = g_byte_array_new();
  put_number(body, 0x0303, 2);
  put(body, tls->random, 32);
  put_number(body, 0, 1);
  put_number(body, 0x00021301, 4);
  put_number(body, 0x0100, 2);
  guint8 name = (guint8)(sizeof sni - 1);
  put_number(body, 9u + name + 9u + 7u, 2);
  put_number(body, 0x0000, 2);
  put_number(body, name + 5u, 2);
  put_number(body, name + 3u, 2);
  put_number(body, name, 3);
  put(body, sni, name);
  put_number(body, 0x00100005, 4);
  put_number(body, 0x0003, 2);
  put(body, "\x02h2", 3);
  put_number(body, 0x002b0003, 4);
  put_number(body, 0x020304, 3);
  return body;
}

static GByteArray *server_hello(const Tls *tls) {
  GByteArray *body = g_byte_array_new();
  put_number(body, 0x0303, 2);
  for (int i = 0; i < 32; i++) put_number(body, tls->random[i] ^ 0x5au, 1);
  put_number(body, 0, 1);
  put_number(body, 0x1301, 2);
  put_number(body, 0, 1);
  put_number(body, 6, 2);
  put_number(body, 0x002b0002, 4);
  put_number(body, 0x0304, 2);
  return body;
}

/* A self-signed certificate for bench.test in DER. */
static GByteArray *make_certificate(void) {
  EVP_PKEY *key = EVP_EC_gen("P-256");
  X509 *x509 = X509_new();
  X509_set_version(x509, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
  X509_gmtime_adj(X509_getm_notBefore(x509), 0);
  X509_gmtime_adj(X509_getm_notAfter(x509), 86400);
  X509_set_pubkey(x509, key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "CN", MBSTRING_ASC,
                             (const guint8 *)"bench.test", -1, -1, 0);
  X509_set_issuer_name(x509, X509_get_subject_name(x509));
  X509_EXTENSION *names = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, "DNS:bench.test");
  X509_add_ext(x509, names, -1);
  X509_sign(x509, key, EVP_sha256());
  guint8 *der = NULL;
  int size = i2d_X509(x509, &der);
  GByteArray *out = g_byte_array_new();
  put(out, der, (gsize)size);
  OPENSSL_free(der);
  X509_EXTENSION_free(names);
  X509_free(x509);
  EVP_PKEY_free(key);
  return out;
}

static void server_flight(Tls *tls, const GByteArray *certificate) {
  g_autoptr(GByteArray) flight = g_byte_array_new();
  g_autoptr(GByteArray) extensions = g_byte_array_new();
  g_autoptr(GByteArray) chain = g_byte_array_new();
  g_autoptr(GByteArray) zeros = g_byte_array_new();
  g_autoptr(GByteArray) records = g_byte_array_new();
  put_number(extensions, 9, 2);
  put_number(extensions, 0x00100005, 4);
  put_number(extensions, 3, 2);
  put(extensions, "\x02h2", 3);
  put_message(flight, 8, extensions);
  put_number(chain, 0, 1);
  put_number(chain, certificate->len + 5u, 3);
  put_number(chain, certificate->len, 3);
  put(chain, certificate->data, certificate->len);
  put_number(chain, 0, 2);
  put_message(flight, 11, chain);
  g_byte_array_set_size(zeros, 32);
  memset(zeros->data, 0, 32);
  put_message(flight, 20, zeros);
  put_record(records, &tls->now[SERVER], 22, flight->data, flight->len);
  tcp_send(tls->tcp, SERVER, records->data, records->len);
}

static void tls_open(Tls *tls, Tcp *tcp, const GByteArray *certificate) {
  g_autoptr(GByteArray) hello = client_hello(tls);
  g_autoptr(GByteArray) answer = server_hello(tls);
  g_autoptr(GByteArray) clear = g_byte_array_new();
  g_autoptr(GByteArray) finished = g_byte_array_new();
  guint8 message[36] = {20, 0, 0, 32};
  tls->tcp = tcp;
  put_clear_hello(clear, 1, hello);
  tcp_send(tcp, CLIENT, clear->data, clear->len);
  g_byte_array_set_size(clear, 0);
  put_clear_hello(clear, 2, answer);
  tcp_send(tcp, SERVER, clear->data, clear->len);
  protect_with(&tls->now[CLIENT], tls->secrets[0]);
  protect_with(&tls->now[SERVER], tls->secrets[1]);
  server_flight(tls, certificate);
  put_record(finished, &tls->now[CLIENT], 22, message, sizeof message);
  tcp_send(tcp, CLIENT, finished->data, finished->len);
  protect_with(&tls->now[CLIENT], tls->secrets[2]);
  protect_with(&tls->now[SERVER], tls->secrets[3]);
}

static void tls_close(Tls *tls) {
  EVP_CIPHER_CTX_free(tls->now[CLIENT].cipher);
  EVP_CIPHER_CTX_free(tls->now[SERVER].cipher);
}

static void put_hex(GString *out, const guint8 *data, gsize size) {
  for (gsize i = 0; i < size; i++) g_string_append_printf(out, "%02x", data[i]);
}

static void make_secrets(Tls *tls, GRand *rand, GString *key_log) {
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

typedef struct {
  nghttp2_hd_deflater *deflaters[2];
  guint32 stream;
  const char *scheme;
  gboolean alt_svc;
} Http2;

static void http2_open(Http2 *http2, const char *scheme, gboolean alt_svc) {
  *http2 = (Http2){.stream = 1, .scheme = scheme, .alt_svc = alt_svc};
  for (int i = 0; i < 2; i++) nghttp2_hd_deflate_new(&http2->deflaters[i], 4096);
}

static void http2_close(Http2 *http2) {
  for (int i = 0; i < 2; i++) nghttp2_hd_deflate_del(http2->deflaters[i]);
}

static void put_frame_head(GByteArray *out, gsize size, guint8 type, guint8 flags, guint32 stream) {
  put_number(out, size, 3);
  put_number(out, type, 1);
  put_number(out, flags, 1);
  put_number(out, stream, 4);
}

static nghttp2_nv field(const char *name, const char *value) {
  return (nghttp2_nv){.name = (guint8 *)name,
                      .value = (guint8 *)value,
                      .namelen = strlen(name),
                      .valuelen = strlen(value)};
}

static void put_headers(GByteArray *out, nghttp2_hd_deflater *deflater, guint8 flags,
                        guint32 stream, const nghttp2_nv *fields, gsize count) {
  guint8 block[1024];
  ssize_t size = nghttp2_hd_deflate_hd(deflater, block, sizeof block, fields, count);
  if (size < 0) g_error("no header block");
  put_frame_head(out, (gsize)size, 1, flags, stream);
  put(out, block, (gsize)size);
}

static void put_preface(GByteArray *out) {
  put(out, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 24);
  put_frame_head(out, 0, 4, 0, 0);
}

static void put_request(GByteArray *out, Http2 *http2) {
  g_autofree char *path = g_strdup_printf("/items/%u?view=small", http2->stream);
  nghttp2_nv fields[] = {field(":method", "GET"),
                         field(":scheme", http2->scheme),
                         field(":authority", "bench.test"),
                         field(":path", path),
                         field("user-agent", "altshark-bench/1"),
                         field("accept", "*/*")};
  put_headers(out, http2->deflaters[CLIENT], 5, http2->stream, fields, G_N_ELEMENTS(fields));
}

static void put_response(GByteArray *out, Http2 *http2, gsize body) {
  static const guint8 zeros[RECORD - 9];
  g_autofree char *length = g_strdup_printf("%" G_GSIZE_FORMAT, body);
  nghttp2_nv fields[] = {field(":status", "200"), field("content-type", "application/json"),
                         field("content-length", length),
                         field("date", "Fri, 20 Nov 2026 11:30:05 GMT"), field("alt-svc", ALT_SVC)};
  put_headers(out, http2->deflaters[SERVER], 4, http2->stream, fields,
              http2->alt_svc ? G_N_ELEMENTS(fields) : G_N_ELEMENTS(fields) - 1);
  do {
    gsize part = MIN(body, sizeof zeros);
    body -= part;
    put_frame_head(out, part, 0, body ? 0 : 1, http2->stream);
    put(out, zeros, part);
  } while (body);
  http2->stream += 2;
}

/* ---- the captures ---- */

/* connections open at the same time, requests in turn on each; server responses of body octets. */
static void make_tls(Capture *capture, guint connections, guint requests, gsize body,
                     gboolean alt_svc) {
  g_autofree Tcp *tcps = g_new0(Tcp, connections);
  g_autofree Tls *tlss = g_new0(Tls, connections);
  g_autofree Http2 *http2s = g_new0(Http2, connections);
  g_autoptr(GString) key_log = g_string_new(NULL);
  g_autoptr(GByteArray) certificate = make_certificate();
  g_autoptr(GByteArray) out = g_byte_array_new();
  GRand *rand = g_rand_new_with_seed(1);
  for (guint i = 0; i < connections; i++) make_secrets(&tlss[i], rand, key_log);
  write_secrets(capture, key_log);
  g_rand_free(rand);
  for (guint request = 0; request < requests; request++) {
    guint i = request % connections;
    g_byte_array_set_size(out, 0);
    if (request < connections) {
      tcp_open(&tcps[i], capture, i, 443);
      tls_open(&tlss[i], &tcps[i], certificate);
      http2_open(&http2s[i], "https", alt_svc);
      put_preface(out);
    }
    put_request(out, &http2s[i]);
    tls_send(&tlss[i], CLIENT, out);
    g_byte_array_set_size(out, 0);
    if (request < connections) put_frame_head(out, 0, 4, 0, 0);
    put_response(out, &http2s[i], body);
    tls_send(&tlss[i], SERVER, out);
  }
  for (guint i = 0; i < connections; i++) {
    tcp_close(&tcps[i]);
    tls_close(&tlss[i]);
    http2_close(&http2s[i]);
  }
}

static void make_h2c(Capture *capture, guint connections, guint requests) {
  g_autofree Tcp *tcps = g_new0(Tcp, connections);
  g_autofree Http2 *http2s = g_new0(Http2, connections);
  g_autoptr(GByteArray) out = g_byte_array_new();
  for (guint request = 0; request < requests; request++) {
    guint i = request % connections;
    g_byte_array_set_size(out, 0);
    if (request < connections) {
      tcp_open(&tcps[i], capture, i, 80);
      http2_open(&http2s[i], "http", TRUE);
      put_preface(out);
    }
    put_request(out, &http2s[i]);
    tcp_send(&tcps[i], CLIENT, out->data, out->len);
    g_byte_array_set_size(out, 0);
    if (request < connections) put_frame_head(out, 0, 4, 0, 0);
    put_response(out, &http2s[i], 64);
    tcp_send(&tcps[i], SERVER, out->data, out->len);
  }
  for (guint i = 0; i < connections; i++) {
    tcp_close(&tcps[i]);
    http2_close(&http2s[i]);
  }
}

static void make_http1(Capture *capture, guint connections, guint requests) {
  g_autofree Tcp *tcps = g_new0(Tcp, connections);
  static const char body[64] = {0};
  g_autoptr(GByteArray) out = g_byte_array_new();
  for (guint request = 0; request < requests; request++) {
    guint i = request % connections;
    if (request < connections) tcp_open(&tcps[i], capture, i, 80);
    g_autofree char *ask = g_strdup_printf(
        "GET /items/%u?view=small HTTP/1.1\r\nHost: bench.test\r\n"
        "User-Agent: altshark-bench/1\r\nAccept: */*\r\n\r\n",
        request);
    tcp_send(&tcps[i], CLIENT, (const guint8 *)ask, strlen(ask));
    static const char answer[] =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 64\r\n"
        "Date: Fri, 20 Nov 2026 11:30:05 GMT\r\nServer: bench\r\nAlt-Svc: " ALT_SVC "\r\n\r\n";
    g_byte_array_set_size(out, 0);
    put(out, answer, sizeof answer - 1);
    put(out, body, sizeof body);
    tcp_send(&tcps[i], SERVER, out->data, out->len);
  }
  for (guint i = 0; i < connections; i++) tcp_close(&tcps[i]);
}

int main(int argc, char **argv) {
  Capture capture;
  if (argc != 3) {
    fprintf(stderr, "usage: generate tls-bulk|tls-small|tls-alt-svc|h2c-small|http1-small FILE\n");
    return EXIT_FAILURE;
  }
  open_capture(&capture, argv[2]);
  if (g_str_equal(argv[1], "tls-bulk"))
    make_tls(&capture, 4, 32, 10000000, TRUE);
  else if (g_str_equal(argv[1], "tls-small"))
    make_tls(&capture, 1000, 100000, 64, FALSE);
  else if (g_str_equal(argv[1], "tls-alt-svc"))
    make_tls(&capture, 1000, 200000, 64, TRUE);
  else if (g_str_equal(argv[1], "h2c-small"))
    make_h2c(&capture, 100, 200000);
  else if (g_str_equal(argv[1], "http1-small"))
    make_http1(&capture, 100, 200000);
  else
    g_error("%s: no such capture", argv[1]);
  return fclose(capture.file) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

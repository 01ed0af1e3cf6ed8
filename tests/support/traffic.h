/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Made-up traffic for tests and benchmarks: a pcapng file of TCP connections
 * over IPv4, TLS 1.3 (RFC 8446 §5.2, AES-128-GCM, made-up traffic secrets that
 * the file embeds) and HTTP/2 header sections. Failures end the program: only
 * tests use this.
 */
#ifndef TESTS_SUPPORT_TRAFFIC_H
#define TESTS_SUPPORT_TRAFFIC_H

#include <glib.h>
#include <nghttp2/nghttp2.h>
#include <openssl/evp.h>
#include <stdio.h>

typedef enum { TRAFFIC_CLIENT, TRAFFIC_SERVER } TrafficSide;

/* Appends octets, or a number in network order. */
void traffic_put(GByteArray *out, const void *data, gsize size);
void traffic_put_number(GByteArray *out, guint64 value, int octets);

/* ---- the capture file ---- */

typedef struct {
  FILE *file;
  guint64 time;  /* nanoseconds; every packet adds 20 us */
  guint clients; /* client addresses, taken in turn; 0: each connection has its own */
} TrafficCapture;

/* Section and one Ethernet interface, times in nanoseconds. */
void traffic_open_capture(TrafficCapture *capture, const char *name);
void traffic_write_secrets(const TrafficCapture *capture, const GString *key_log);
void traffic_write_packet(TrafficCapture *capture, const GByteArray *packet);
void traffic_close_capture(TrafficCapture *capture);

/* ---- IP ---- */

/* Addresses of client `number` and of the server, by side. */
void traffic_number_client(guint32 addresses[2], const TrafficCapture *capture, guint number);
/* Starts a packet: Ethernet and IPv4 headers for a payload of size octets. */
void traffic_put_ip(GByteArray *out, guint8 protocol, const guint32 addresses[2], TrafficSide from,
                    gsize size);

/* ---- TCP ---- */

typedef struct {
  TrafficCapture *capture;
  guint32 addresses[2]; /* IPv4, by side */
  guint16 ports[2];
  guint32 next[2]; /* sequence numbers */
  GByteArray *packet;
} TrafficTcp;

/* Addresses, ports and sequence numbers of connection `number`; nothing is sent. */
void traffic_make_tcp(TrafficTcp *tcp, TrafficCapture *capture, guint number, guint16 server_port);
/* One segment with these flags (RFC 9293 §3.1). */
void traffic_send_segment(TrafficTcp *tcp, TrafficSide from, guint8 flags, const void *data,
                          gsize size);
/* The three-way handshake of connection `number`, which gives client address and port. */
void traffic_open_tcp(TrafficTcp *tcp, TrafficCapture *capture, guint number, guint16 server_port);
/* Full segments; the other side acknowledges every second. */
void traffic_send_tcp(TrafficTcp *tcp, TrafficSide from, const guint8 *data, gsize size);
void traffic_close_tcp(TrafficTcp *tcp);

/* ---- TLS 1.3 ---- */

typedef struct {
  guint8 iv[12];
  guint64 sequence;
  EVP_CIPHER_CTX *cipher;
} TrafficProtection;

typedef struct {
  TrafficTcp *tcp;
  guint8 random[32];
  guint8 secrets[4][32]; /* client and server handshake, client and server application */
  TrafficProtection now[2];
} TrafficTls;

/* What the hellos say. */
typedef struct {
  const char *sni, *alpn;
  const GByteArray *parameters[2]; /* QUIC transport parameters, or NULL */
  gboolean draft;                  /* they stand in the extension of drafts, 0xffa5 */
} TrafficHello;

/* HKDF-Expand-Label with SHA-256 and an empty context (RFC 8446 §7.1). */
void traffic_expand(const guint8 *secret, const char *label, guint8 *out, gsize size);
/* Handshake messages. */
void traffic_put_message(GByteArray *out, guint8 type, const GByteArray *body);
void traffic_put_client_hello(GByteArray *out, const TrafficTls *tls, const TrafficHello *hello);
void traffic_put_server_hello(GByteArray *out, const TrafficTls *tls);
/* EncryptedExtensions, Certificate and a made-up Finished. */
void traffic_put_server_flight(GByteArray *out, const TrafficHello *hello,
                               const GByteArray *certificate);
void traffic_put_finished(GByteArray *out);

/* Makes up the secrets of a connection and appends them to a key log. */
void traffic_make_secrets(TrafficTls *tls, GRand *rand, GString *key_log);
/* A self-signed certificate in DER; names as OpenSSL writes subjectAltName, e.g. "DNS:a.test". */
GByteArray *traffic_make_certificate(const char *names);
/* The handshake, with SNI sni and ALPN h2. */
void traffic_open_tls(TrafficTls *tls, TrafficTcp *tcp, const char *sni,
                      const GByteArray *certificate);
/* Application data in full records. */
void traffic_send_tls(TrafficTls *tls, TrafficSide from, const GByteArray *data);
void traffic_close_tls(TrafficTls *tls);

/* ---- HTTP/2 ---- */

/* The client's connection preface with empty SETTINGS; a server's is the SETTINGS frame alone. */
void traffic_put_preface(GByteArray *out, TrafficSide from);
void traffic_put_frame_head(GByteArray *out, gsize size, guint8 type, guint8 flags, guint32 stream);
nghttp2_nv traffic_field(const char *name, const char *value);
/* A HEADERS frame (type 1) with the given fields; flags as RFC 9113 §6.2. */
void traffic_put_headers(GByteArray *out, nghttp2_hd_deflater *deflater, guint8 flags,
                         guint32 stream, const nghttp2_nv *fields, gsize count);

#endif

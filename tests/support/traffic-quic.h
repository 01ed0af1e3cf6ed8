/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Made-up QUIC connections of version 1 (RFC 9000, 9001; AES-128-GCM) or its
 * drafts 29 to 34, and the HTTP/3 frames in them, for tests and benchmarks.
 */
#ifndef TESTS_SUPPORT_TRAFFIC_QUIC_H
#define TESTS_SUPPORT_TRAFFIC_QUIC_H

#include <nghttp3/nghttp3.h>

#include "tests/support/traffic.h"

/* Protection of what one side sends in one packet number space. */
typedef struct {
  EVP_CIPHER_CTX *cipher, *mask;
  guint8 iv[12];
  guint64 number; /* of the next packet */
} TrafficPackets;

typedef struct {
  TrafficCapture *capture;
  guint32 addresses[2]; /* IPv4, by side */
  guint16 ports[2];
  guint8 ids[2][8];   /* the connection id that side chose for itself */
  guint8 original[8]; /* the first one that the client wrote to */
  guint draft;        /* number of the draft and of HTTP/3's; 0: version 1 */
  TrafficTls tls;     /* its secrets and random alone */
  TrafficPackets now[2];
  guint unacknowledged[2]; /* packets of that side with frames to acknowledge */
  GByteArray *packet, *datagram;
} TrafficQuic;

/* The client's first Initial of connection `number`, with ALPN h3 or h3-NN; quic->tls has its
 * secrets, quic->draft its version. */
void traffic_ask_quic(TrafficQuic *quic, TrafficCapture *capture, guint number, const char *sni);
/* The server's flight that answers it. */
void traffic_answer_quic(TrafficQuic *quic, const GByteArray *certificate);
/* A Handshake packet of the client with these frames, which have four octets at least, and one with
 * 1-RTT keys behind it unless application is NULL. */
void traffic_refuse_quic(TrafficQuic *quic, const GByteArray *handshake,
                         const GByteArray *application);
/* The whole handshake. */
void traffic_open_quic(TrafficQuic *quic, TrafficCapture *capture, guint number, const char *sni,
                       const GByteArray *certificate);
/* All that side `from` sends on a stream, with its end when fin. Acknowledgements go with what a
 * side has to send, and alone for every second packet (RFC 9000 §13.2). */
void traffic_send_quic(TrafficQuic *quic, TrafficSide from, guint64 stream, const GByteArray *data,
                       gboolean fin);
/* The user thinks: max_ack_delay passes, and each side acknowledges alone what it has not yet (RFC
 * 9000 §13.2.1). */
void traffic_wait_quic(TrafficQuic *quic);
/* A 1-RTT packet with these frames, of four octets at least. */
void traffic_send_frames(TrafficQuic *quic, TrafficSide from, const GByteArray *frames);
/* The server's stateless reset (RFC 9000 §10.3). */
void traffic_reset_quic(TrafficQuic *quic);
/* CONNECTION_CLOSE of the client without error; quic is freed. */
void traffic_close_quic(TrafficQuic *quic);
/* Frees what quic has; nothing is sent. */
void traffic_free_quic(TrafficQuic *quic);

/* A variable-length integer (RFC 9000 §16). */
void traffic_put_varint(GByteArray *out, guint64 value);
/* The head of an HTTP/3 frame (RFC 9114 §7.1). */
void traffic_put_frame3_head(GByteArray *out, guint64 type, guint64 size);
/* A control stream with empty SETTINGS. */
void traffic_put_control(GByteArray *out);
/* A HEADERS frame that needs no dynamic table. */
void traffic_put_headers3(GByteArray *out, const nghttp2_nv *fields, gsize count);

#endif

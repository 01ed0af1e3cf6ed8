/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cuts an HTTP/3 stream into frames (RFC 9114 §7.1), at any octet. Its user
 * says of each frame what it wants of the payload; what nobody wants is waived,
 * and a loss there hurts nobody.
 */
#ifndef ANALYZER_HTTP_HTTP3_FRAME_H
#define ANALYZER_HTTP_HTTP3_FRAME_H

#include "analyzer/sink.h"

/* RFC 9114 §7.2, §11.2.1, RFC 9412, draft-ietf-webtrans-http3 */
enum {
  ASV_HTTP3_DATA = 0x0,
  ASV_HTTP3_HEADERS = 0x1,
  ASV_HTTP3_SETTINGS = 0x4,
  ASV_HTTP3_PUSH_PROMISE = 0x5,
  ASV_HTTP3_GOAWAY = 0x7,
  ASV_HTTP3_ORIGIN = 0xc,
  ASV_HTTP3_WEBTRANSPORT = 0x41
};

/* TRUE for types of HTTP/2 frames that HTTP/3 does not have and nobody may send (§7.2.8). */
gboolean asv_http3_is_forbidden(guint64 type);

/* A variable-length integer in the making (RFC 9000 §16). Zeroed memory is a new one. */
typedef struct {
  guint8 have;
  guint8 octets[8];
} AsvHttp3Varint;

/* Takes octets from the front of *data; TRUE, and the value, when it is complete: it then is a new
 * one again. */
gboolean asv_http3_varint(AsvHttp3Varint *varint, AsvSpan *data, guint64 *value);
/* A whole one; 0 and the sticky error when too few octets are left. */
guint64 asv_http3_read_varint(AsvReader *reader);

typedef enum {
  ASV_HTTP3_SKIP,   /* nothing of the payload */
  ASV_HTTP3_WHOLE,  /* all of it at once */
  ASV_HTTP3_PIECES, /* as it comes */
  ASV_HTTP3_STOP    /* nothing of the stream from here on */
} AsvHttp3Want;

/* What is done with frames; self is given to the functions below. */
typedef struct {
  AsvHttp3Want (*begin)(void *self, const AsvPacketRef *at, guint64 type, guint64 length);
  void (*whole)(void *self, const AsvPacketRef *at, guint64 type, AsvSpan payload);
  /* Octets or, with an empty span, a gap. */
  void (*piece)(void *self, const AsvPacketRef *at, AsvSpan data, guint64 gap);
  /* How many of the `left` octets of pieces that follow are not wanted. */
  guint64 (*waive)(void *self, guint64 left);
  /* n octets that mattered are lost; all: nothing of the stream can be read from here on. */
  void (*lost)(void *self, const AsvPacketRef *at, guint64 n, gboolean all);
} AsvHttp3Handler;

typedef struct {
  guint8 state;
  AsvHttp3Varint varint;
  guint64 type;
  guint64 length, left; /* of the payload */
  GByteArray *gathered; /* the payload so far, when it came in pieces; or NULL */
  gsize *budget;        /* octets that all cutters of the connection may still gather */
} AsvHttp3Frames;

/* budget is borrowed. */
void asv_http3_frames_init(AsvHttp3Frames *frames, gsize *budget);
void asv_http3_frames_clear(AsvHttp3Frames *frames);
void asv_http3_frames_bytes(AsvHttp3Frames *frames, const AsvHttp3Handler *handler, void *self,
                            const AsvPacketRef *at, AsvSpan data);
void asv_http3_frames_gap(AsvHttp3Frames *frames, const AsvHttp3Handler *handler, void *self,
                          const AsvPacketRef *at, guint64 n);
/* The waiver of AsvSink. */
guint64 asv_http3_frames_waive(AsvHttp3Frames *frames, const AsvHttp3Handler *handler, void *self);

#endif

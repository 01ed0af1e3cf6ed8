/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QUIC frames (RFC 9000 §19, RFC 9221 §4, and the drafts on acknowledgement
 * frequency and reliable resets): a pull parser over the payload of one packet.
 */
#ifndef ANALYZER_QUIC_FRAME_H
#define ANALYZER_QUIC_FRAME_H

#include "analyzer/quic/packet.h"
#include "analyzer/quic/parameters.h"

typedef enum {
  ASV_FRAME_CRYPTO,
  ASV_FRAME_STREAM,
  ASV_FRAME_RESET_STREAM, /* RESET_STREAM_AT too */
  ASV_FRAME_STOP_SENDING,
  ASV_FRAME_ACK,
  ASV_FRAME_NEW_CONNECTION_ID,
  ASV_FRAME_RETIRE_CONNECTION_ID,
  ASV_FRAME_PATH_CHALLENGE,
  ASV_FRAME_PATH_RESPONSE,
  ASV_FRAME_CONNECTION_CLOSE,
  ASV_FRAME_HANDSHAKE_DONE,
  ASV_FRAME_OTHER /* known, and nothing in it is needed: PADDING, PING, MAX_DATA, ... */
} AsvQuicFrameKind;

typedef struct {
  AsvQuicFrameKind kind;
  guint64 type;
  union {
    struct {
      guint64 id; /* of the stream; 0 for CRYPTO */
      guint64 offset;
      AsvSpan data; /* offset and its size together are at most 2^62 - 1 */
      gboolean fin;
    } stream; /* STREAM, CRYPTO */
    struct {
      guint64 id, error;
      guint64 final_size;    /* 0 for STOP_SENDING */
      guint64 reliable_size; /* RESET_STREAM_AT: octets that will come all the same; else 0 */
    } reset;                 /* RESET_STREAM, STOP_SENDING */
    struct {
      guint64 largest;
      AsvSpan ranges; /* first range, then gap and range by turns, downwards (RFC 9000 §19.3.1) */
    } ack;
    struct {
      guint64 sequence, retire_prior_to;
      AsvSpan id;    /* 1 to 20 octets */
      AsvSpan token; /* stateless reset token, 16 octets */
    } connection_id; /* NEW_CONNECTION_ID; RETIRE_CONNECTION_ID has sequence alone */
    AsvSpan path;    /* PATH_CHALLENGE, PATH_RESPONSE: 8 octets */
    struct {
      gboolean application;
      guint64 error;
      AsvSpan reason;
    } close;
  };
} AsvQuicFrame;

/* A transport error of CONNECTION_CLOSE (RFC 9000 §20.1). */
#define ASV_QUIC_APPLICATION_ERROR 0x0cu

/* RFC 9000 §10.2.3: in an Initial or Handshake packet this CONNECTION_CLOSE stands in place of the
 * application's own, which may be in the next packet. */
static inline gboolean asv_quic_close_conceals(const AsvQuicFrame *frame) {
  return !frame->close.application && frame->close.error == ASV_QUIC_APPLICATION_ERROR;
}

/* The next frame (a run of PADDING is one); spans borrow from the payload. FALSE at the end, and
 * with reader->failed at a damaged frame or one of unknown type, behind which nothing can be read.
 */
gboolean asv_quic_frame_next(AsvReader *reader, AsvQuicFrame *frame);

#endif

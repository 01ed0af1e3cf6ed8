/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The interface between layers: every ordered byte stream (a TCP
 * direction, TLS plaintext, a tunnel) is handed to its consumer as an AsvSink,
 * and every call says which packet it comes from.
 *
 * The waiver: bytes() returns how many of the octets that FOLLOW the given
 * ones the consumer has no use for. Those octets are never delivered and their
 * loss is never reported: the provider skips exactly that many and goes on
 * with the octet behind them. A provider may therefore drop them unread,
 * undecrypted and unbuffered.
 */
#ifndef ANALYZER_SINK_H
#define ANALYZER_SINK_H

#include <glib.h>

#include "altsvc/bytes.h"
#include "analyzer/limits.h"

/* Where and when something was seen. */
typedef struct {
  guint64 order;  /* position in the merged input: only ever grows */
  guint64 packet; /* number within its file, from 1, as Wireshark counts */
  gint64 time;    /* nanoseconds since 1970-01-01 UTC; never runs backwards */
  guint32 file;   /* index of the input file */
} AsvPacketRef;

typedef struct {
  guint8 size;      /* 4 or 16; 0 when unknown */
  guint8 bytes[16]; /* network order */
} AsvAddress;

typedef struct {
  AsvAddress address;
  guint16 port;
} AsvEndpoint;

/* A UDP datagram. Borrowed for the call. */
typedef struct {
  AsvEndpoint source, destination;
  guint32 number;    /* udp.stream */
  const guint8 *mac; /* link-layer source, six octets, or NULL */
  AsvSpan data;      /* as captured: may be cut */
  gsize wire;        /* octets on the wire */
  gboolean wanted;   /* FALSE: only numbers connections (rejected by -f) */
} AsvUdp;

/* Who sent it. Also an index: [ASV_CLIENT], [ASV_SERVER]. */
typedef enum { ASV_CLIENT = 0, ASV_SERVER = 1 } AsvSide;

/* Why a stream ends. */
typedef enum {
  ASV_END_FIN,    /* closed in order */
  ASV_END_RESET,  /* aborted: TCP RST, HTTP/2 RST_STREAM of a tunnel */
  ASV_END_IDLE,   /* evicted by a limit of limits.h */
  ASV_END_REUSED, /* its ports carry a new connection now */
  ASV_END_CAPTURE /* the capture ends while it is open */
} AsvEnd;

/* What first octets say about a stream: see asv_tls_sniff(), asv_http_sniff(). */
typedef enum {
  ASV_SNIFF_MORE,   /* too few octets to tell */
  ASV_SNIFF_NO,     /* not this protocol */
  ASV_SNIFF_CLIENT, /* this protocol, sent by a client */
  ASV_SNIFF_SERVER  /* this protocol, sent by a server */
} AsvSniff;

/* Returned by bytes(): nothing more of this stream is wanted. */
#define ASV_WAIVE_ALL G_MAXUINT64

/* Given to gap(): octets are missing and nobody can say how many. */
#define ASV_GAP_UNKNOWN G_MAXUINT64

typedef struct {
  void *self;
  /* Octets in order, split anywhere, never empty. Returns the waiver. */
  guint64 (*bytes)(void *self, const AsvPacketRef *at, AsvSpan data);
  /* n octets the capture does not have. Not called for waived ones. Returns the waiver, as bytes().
   */
  guint64 (*gap)(void *self, const AsvPacketRef *at, guint64 n);
  /* Nothing follows. Called exactly once. */
  void (*end)(void *self, const AsvPacketRef *at, AsvEnd why);
} AsvSink;

#endif

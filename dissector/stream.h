/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What was captured of one direction of TCP (RFC 9293 §3.4), by sequence
 * numbers alone: whether octets are missing, and when its FIN has come in
 * order. Wireshark orders the octets, but does not tell a plugin about it.
 */
#ifndef DISSECTOR_STREAM_H
#define DISSECTOR_STREAM_H

#include <glib.h>

typedef struct {
  gboolean known;
  guint32 first, highest; /* sequence numbers of the first octet, and behind the last one seen */
  guint32 next;           /* behind all that came in order */
  gboolean has_fin;
  guint32 fin;   /* sequence number of the FIN */
  GArray *ahead; /* Range: octets behind a hole; NULL when there is none */
} AltsvcStream;

/* Takes size octets that begin at sequence number from. TRUE when there are some, and none of them
 * lies behind those seen before. */
gboolean altsvc_stream_take(AltsvcStream *stream, guint32 from, guint32 size);
/* The FIN stands at sequence number at. */
void altsvc_stream_fin(AltsvcStream *stream, guint32 at);
/* TRUE when a segment of that sequence number was sent, as far as is known. */
gboolean altsvc_stream_has_sent(const AltsvcStream *stream, guint32 sequence);
/* TRUE when the FIN and all before it came. */
gboolean altsvc_stream_has_ended(const AltsvcStream *stream);
/* Octets missing before some that came. */
guint32 altsvc_stream_missing(const AltsvcStream *stream);
void altsvc_stream_clear(AltsvcStream *stream);

#endif

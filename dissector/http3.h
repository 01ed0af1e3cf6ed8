/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The streams of a QUIC connection as HTTP/3 (RFC 9114). Wireshark hands their
 * frames out as they come, before 4.2 without QPACK, and its HTTP/3 tree does
 * not name the stream, so they are put in order and read as altshark does.
 */
#ifndef DISSECTOR_HTTP3_H
#define DISSECTOR_HTTP3_H

#include "analyzer/quic/frame.h"
#include "connection.h"

/* connection is borrowed. */
AltsvcHttp3 *altsvc_http3_new(AltsvcConnection *connection);
void altsvc_http3_free(AltsvcHttp3 *http3);

/* A STREAM or RESET_STREAM frame of the sender of the packet in work. */
void altsvc_http3_frame(AltsvcHttp3 *http3, const AsvQuicFrame *frame);
/* Time goes on: gives up what was waited for too long. */
void altsvc_http3_tick(AltsvcHttp3 *http3);
/* Something that `from` sent could not be read, and was told. */
void altsvc_http3_note_lost(AltsvcHttp3 *http3, AsvFrom from);
/* Tells what waits and what could not be read, as if nothing more came after the packet at. Said
 * again, it tells the same and what waits by then. */
void altsvc_http3_tell_rest(AltsvcHttp3 *http3, const AltsvcPlace *at, const AsvObserver *out);

#endif

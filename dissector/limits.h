/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every limit of the plugin that is not Wireshark's or altsvc/'s, with its
 * reason. What was observed is kept for as long as the file is open, as all
 * that Wireshark dissects is; these bound what only waits for something.
 */
#ifndef DISSECTOR_LIMITS_H
#define DISSECTOR_LIMITS_H

/* Cache entries that a tree shows unless the preference says otherwise: more hide the rest. */
#define ALTSVC_CACHE_ROWS 8u
/* Lines of a header section in CONTINUATION frames; analyzer/limits.h has the reason for these. */
#define ALTSVC_BLOCK_LINES_MAX 1024u
/* HTTP/1 requests that wait for their answers: ten times what any client sends ahead. */
#define ALTSVC_PIPELINED_MAX 1024u
/* HTTP/2 requests remembered on one connection, the oldest goes: servers allow a few hundred at
 * once. */
#define ALTSVC_STREAMS_MAX 4096u
/* TLS sessions remembered for resumption; the oldest goes. */
#define ALTSVC_SESSIONS_MAX 16384u
/* Server endpoints remembered: more is a scan, and ports decide as well then. */
#define ALTSVC_SERVERS_MAX 65536u
/* Octets behind holes of one direction of TCP, in ranges: with more it is lost anyway. */
#define ALTSVC_RANGES_MAX 256u

/* Connections between the same endpoints that an ICMP error may be about, the newest first: the
 * others have ended long ago. */
#define ALTSVC_QUOTED_MAX 8u

#endif

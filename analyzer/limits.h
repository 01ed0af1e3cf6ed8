/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every limit of the analyzer, with its reason. Octets unless the name says
 * otherwise; times are nanoseconds of packet time.
 */
#ifndef ANALYZER_LIMITS_H
#define ANALYZER_LIMITS_H

#include <glib.h>

#define ASV_SECOND G_GINT64_CONSTANT(1000000000)

/* --- pipeline --- */

/* First octets looked at to name a protocol: an HTTP request line with a long target needs most. */
#define ASV_SNIFF_MAX 4096u
/* Longest line of the PROXY protocol's version 1, its CR LF included (proxy-protocol.txt §2.1). */
#define ASV_PROXY_LINE_MAX 107u
/* Segments, losses and ends that a connection holds while client or protocol are not known: what
 * fits into ASV_SNIFF_MAX octets needs a few, unless it comes octet by octet. */
#define ASV_DIRECTION_CALLS_MAX 256u
/* How long a connection without a SYN waits for octets that name its client, in time and in
 * packets. */
#define ASV_DIRECTION_TIME_MAX ASV_SECOND
#define ASV_DIRECTION_PACKETS_MAX 10000u
/* Server endpoints remembered: more is a scan, and ports decide as well then. */
#define ASV_SERVERS_MAX 65536u
/* Observations kept behind one that waits, and their octets: most take 500, but an advertisement
 * may be as long as a header section. */
#define ASV_ORDER_KEPT_MAX 65536u
#define ASV_ORDER_OCTETS_MAX ((gsize)64 << 20)
/* CONNECT tunnels inside one connection: what HTTP/2 proxies allow at once, many times over. */
#define ASV_TUNNELS_MAX 1000u

/* --- failures --- */

/* Without any answer until then, a connection whose first packet was repeated has none: TCP repeats
 * its SYN after one second, QUIC its Initial after one at the latest (RFC 6298 §2, RFC 9002
 * §6.2.2).
 */
#define ASV_NO_ANSWER_TIME (3 * ASV_SECOND)
/* A handshake that is not complete then never will be: Chromium waits that long, others less. One
 * that is not complete where the capture ends, ASV_NO_ANSWER_TIME after its first packet, is told
 * too. */
#define ASV_HANDSHAKE_TIME (10 * ASV_SECOND)
/* Packets of an established connection that nothing answers: one or two are lost anywhere, and by
 * then the gaps between repetitions, which double, are a second and more on any path. */
#define ASV_STALL_REPEATS 3u
#define ASV_STALL_TIME (5 * ASV_SECOND)
/* QUIC packets closer than this are one attempt: a burst is no repetition. */
#define ASV_STALL_SPACING (ASV_SECOND / 10)
/* Octets shown of the reason that a CONNECTION_CLOSE gives: a line. */
#define ASV_FAILURE_REASON_MAX 100u
/* Versions shown of those that a server offers; most offer one or two. */
#define ASV_FAILURE_VERSIONS_MAX 4u

/* --- input --- */

/* First read of a file. Hundreds of files may stand open for the merge, most of them waiting. */
#define ASV_INPUT_BUFFER_FIRST ((gsize)64 << 10)
/* Later reads: so large that system calls cost nothing against copying, so small that what was
 * copied is still in the processor's cache when it is read. */
#define ASV_INPUT_BUFFER ((gsize)256 << 10)
/* Largest pcapng block, the same as Wireshark's: above that it is damage, not data. */
#define ASV_INPUT_BLOCK_MAX ((gsize)16 << 20)
/* Largest packet of most link types in libpcap; pcap files that tell a smaller one are not cut. */
#define ASV_INPUT_SNAP_LENGTH 262144u
/* Interfaces of one pcapng section; merged files have hundreds, the file format's old blocks count
 * them in 16 bits. */
#define ASV_INPUT_INTERFACES_MAX 65536
/* log2 of the history that zstd data may ask for: 128 MiB, the zstd program's own default. */
#define ASV_INPUT_ZSTD_WINDOW_LOG 27

/* --- tls --- */

/* Client randoms kept from key logs: about 500 octets each with TLS 1.3, so 500 MiB. */
#define ASV_TLS_KEYS_MAX (1u << 20)
/* Randoms without secrets that are remembered as asked for; then all are forgotten and asked anew.
 */
#define ASV_TLS_KEYS_MISSING_MAX 65536u
/* Largest protected record: 2^14 octets and 2048 of expansion (RFC 5246 §6.2.3). */
#define ASV_TLS_RECORD_MAX (16384u + 2048u)
/* Records up to this size that cross segments are put together in a buffer the direction keeps. */
#define ASV_TLS_RECORD_SMALL 1024u
/* Full-size record buffers a context keeps for the next use: one for each nested tunnel and some.
 */
#define ASV_TLS_BUFFERS_MAX 8u
/* Largest handshake message that is read: certificate chains seen in the wild end below 100 KiB. */
#define ASV_TLS_MESSAGE_MAX (256u * 1024u)
/* Largest certificate message after decompression (RFC 8879 §4: an implementation sets a limit). */
#define ASV_TLS_CERTIFICATE_MAX (1024u * 1024u)
/* Certificates remembered, and the largest of them: 8 MiB, and more servers than most captures
 * have. */
#define ASV_TLS_CERTIFICATES_MAX 1024u
#define ASV_TLS_CERTIFICATE_KEPT_MAX 8192u
/* Names read from one certificate: public authorities stop at some hundreds. */
#define ASV_TLS_NAMES_MAX 2048u
/* ALPN names read from one ClientHello; more are not used by anybody. */
#define ASV_TLS_ALPN_MAX 64u
/* PSK identities of one ClientHello that are looked up; clients offer one or two. */
#define ASV_TLS_IDENTITIES_MAX 16u
/* Sessions remembered for resumption; the oldest goes. About 200 octets each. */
#define ASV_TLS_SESSIONS_MAX 16384u
/* Octets of one direction held until the other side's hello is there: a flight that overtook it. */
#define ASV_TLS_HELD_MAX 16384u
/* The same for a client that sends early data, held until the server has accepted it: servers take
 * 16 KiB, some four times as much. */
#define ASV_TLS_HELD_EARLY_MAX (80u * 1024u)
/* Records tried in vain with the keys at hand before a direction is given up: rejected early data
 * of one connection in records of any sensible size. */
#define ASV_TLS_TRIALS_MAX 1024u
/* Client randoms tried for a connection with Encrypted Client Hello whose own has no secrets. */
#define ASV_TLS_ECH_TRIALS_MAX 256u
/* Sequence numbers tried for the first record after a loss: 1 MiB lost in records of 1 KiB, or any
 * loss of 16 MiB in the largest; 3 ms at most. */
#define ASV_TLS_RESYNC_RECORDS_MAX 1024u
/* Octets searched at once for the next record after a loss: two of the largest records. */
#define ASV_TLS_RESYNC_MAX (2u * (ASV_TLS_RECORD_MAX + 5u))
/* False starts of records tried after losses of one direction: one in 2^26 random octets looks like
 * one, so more are an attack. */
#define ASV_TLS_RESYNC_TRIALS_MAX 16u
/* Smallest record of which the middle is not asked for when nobody wants it: alerts, key updates
 * and most tickets are smaller, and those must be read. */
#define ASV_TLS_WAIVE_MIN 1024u

/* --- net --- */

/* Link and IP layers inside one another: real networks stack four or five. */
#define ASV_NET_NESTING 10u
/* Pairs of endpoints whose connection number is remembered: about 80 MiB. */
#define ASV_NET_TUPLES (1u << 20)
/* Connections followed at once: as many as a busy proxy has ports for in one direction. */
#define ASV_NET_FLOWS 32768u
/* Quiet connections are forgotten: servers close theirs within minutes, an hour is generous. */
#define ASV_NET_IDLE_TIME (3600 * ASV_SECOND)
/* A connection one end has closed: twice the time systems keep such a one without traffic. */
#define ASV_NET_CLOSING_TIME (120 * ASV_SECOND)
/* A connection that was reset: octets that were under way come within a few round trips. */
#define ASV_NET_RESET_TIME (10 * ASV_SECOND)
/* Octets that wait behind a hole, per direction: the largest receive window common systems use. */
#define ASV_NET_WINDOW (8u << 20)
/* Unit of the same. One full Ethernet segment fits. */
#define ASV_NET_BLOCK 2048u
/* The same of all streams together. */
#define ASV_NET_HELD ((gsize)256 << 20)
/* A hole whose octets were acknowledged is the capture's loss, unless they come out of order
 * within this many packets of the connection and this time. */
#define ASV_NET_DOUBT_PACKETS 32u
#define ASV_NET_DOUBT_TIME (2 * ASV_SECOND)
/* A hole that nobody acknowledged: senders repeat at least this often while they still try. */
#define ASV_NET_HOLE_TIME (30 * ASV_SECOND)
/* IP packets waiting for fragments, each of at most 64 KiB: 64 MiB. */
#define ASV_NET_DATAGRAMS 1024u
/* Payload of the largest IP packet, a multiple of eight above 65535. */
#define ASV_NET_DATAGRAM 65536u
/* How long they wait: as long as common systems do (RFC 791 and RFC 8200 allow a minute). */
#define ASV_NET_DATAGRAM_TIME (30 * ASV_SECOND)

/* --- http --- */

/* One line of an HTTP/1 header section: browsers and servers stop at a quarter to all of it. */
#define ASV_HTTP_LINE_MAX ((gsize)256 << 10)
/* A whole HTTP/1 header section; Chromium refuses more than 256 KiB. */
#define ASV_HTTP_HEAD_MAX ((gsize)512 << 10)
/* Octets kept of the fields of one section that matter here, and the number of their lines. Beyond
 * it the section is read on but its advertisements are not told. */
#define ASV_HTTP_KEPT_MAX ((gsize)256 << 10)
#define ASV_HTTP_KEPT_LINES_MAX 1024u
/* Buffers for such fields that are kept for the next section: few sections are in work at once. */
#define ASV_HTTP_FIELDS_SPARE_MAX 8u
/* Requests on one HTTP/1 connection that wait for their answers: ten times what any client sends
 * ahead. */
#define ASV_HTTP_PIPELINED_MAX 1024u
/* HTTP/2 requests remembered on one connection: servers allow a few hundred at once. */
#define ASV_HTTP_STREAMS_MAX 4096u
/* Of them those already answered, for frames that come late, behind the response or a few later
 * ones. Each connection goes round in the memory that they take: no more than the cache holds. */
#define ASV_HTTP_STREAMS_CLOSED_MAX 24u
/* Octets and packets of one side that wait for the other side, and how many packets of the whole
 * capture they wait: directions are swapped by capture buffers, which hold a few hundred packets.
 */
#define ASV_HTTP_HELD_MAX ((gsize)256 << 10)
#define ASV_HTTP_HELD_CALLS_MAX 256u
#define ASV_HTTP_HELD_PACKETS_MAX 5000u
/* Responses and ALTSVC frames of one HTTP/2 connection that wait for their requests. */
#define ASV_HTTP_HELD_MESSAGES_MAX 64u
/* Payload of a SETTINGS, GOAWAY, ALTSVC or ORIGIN frame: eight times what a receiver takes unless
 * it says otherwise. */
#define ASV_HTTP_FRAME_MAX ((gsize)128 << 10)
/* Where frames may begin again after a loss: octets looked at, and frames that must follow one
 * another. */
#define ASV_HTTP_CHAIN_MAX ((gsize)64 << 10)
#define ASV_HTTP_CHAIN_FRAMES 3u
/* HPACK table that an encoder may use. Peers allow 4 KiB to 64 KiB; a passive reader that allows
 * more than they do is never out of step. */
#define ASV_HTTP_HPACK_TABLE_MAX ((gsize)1 << 20)
/* Octets of a CONNECT stream that came before the answer that makes it a tunnel. */
#define ASV_HTTP_TUNNEL_HELD_MAX ((gsize)64 << 10)
/* A body that is a DNS message: the largest of all (RFC 8484 §6). */
#define ASV_HTTP_BODY_MAX ((gsize)65535)
/* The same of all connections together while they are collected: most take less than 500 octets. */
#define ASV_HTTP_BODIES_MAX ((gsize)16 << 20)

/* --- http3 --- */

/* QPACK table that a receiver may allow, as with HPACK: browsers allow 64 KiB. The decoder takes a
 * quarter of it in memory at once. */
#define ASV_HTTP3_TABLE_MAX ((gsize)1 << 20)
/* Field sections and octets of one direction that wait for the encoder stream or for SETTINGS, and
 * how long: receivers allow 100 blocked streams or fewer, and a sender repeats what was lost within
 * that time. */
#define ASV_HTTP3_BLOCKED_MAX 256u
#define ASV_HTTP3_BLOCKED_OCTETS_MAX ((gsize)512 << 10)
#define ASV_HTTP3_BLOCKED_TIME_MAX (30 * ASV_SECOND)
/* Coded values that are remembered with what they stand for, and octets of one: what some clients
 * and servers send with every message, a browser's User-Agent being the longest; it all stays in a
 * processor's nearest cache. */
#define ASV_HUFFMAN_KEPT_MAX 32u
#define ASV_HUFFMAN_KEPT_SIZE_MAX 120u
/* One encoded field section: as large as an HTTP/1 header section. */
#define ASV_HTTP3_SECTION_MAX ((gsize)512 << 10)
/* Octets of frames that are not complete, of all streams of a connection: some of the largest
 * sections, or a thousand of common size. */
#define ASV_HTTP3_GATHERED_MAX ((gsize)2 << 20)
/* Streams of both sides that are open at once: two of each request that is remembered. */
#define ASV_HTTP3_STREAMS_MAX 8192u

/* --- quic --- */

/* Key updates that a capture may have lost in between: hosts update once in many gigabytes. */
#define ASV_QUIC_UPDATES_MAX 8u
/* Turns of the shortened packet number that it may have lost: 16 384 packets with numbers of one
 * octet, which hosts use while fewer than 128 are not acknowledged. */
#define ASV_QUIC_TURNS_MAX 64u
/* Packets without success for which both are tried, a third of a millisecond each, until one
 * succeeds: more are not damage, but packets of somebody else. */
#define ASV_QUIC_SEARCHES_MAX 64u
/* How far ahead of the expected number a packet may be whose tag is not verified: half of what one
 * octet tells, so that a false one spoils no number behind it. */
#define ASV_QUIC_PEEK_AHEAD 64u
/* Connections followed at once: with keys and streams some 20 KiB each. */
#define ASV_QUIC_CONNECTIONS_MAX 16384u
/* Quiet connections are forgotten: idle timeouts (RFC 9000 §10.1) are minutes, an hour is generous.
 */
#define ASV_QUIC_IDLE_TIME (3600 * ASV_SECOND)
/* A connection that was closed: its packets are under way for three times the sender's timeout (RFC
 * 9000 §10.2), some seconds. */
#define ASV_QUIC_CLOSING_TIME (60 * ASV_SECOND)
/* Connection ids remembered of one connection, and places it was seen between: hosts have eight ids
 * at a time, and drop them as they go on. */
#define ASV_QUIC_CIDS_MAX 64u
#define ASV_QUIC_PATHS_MAX 16u
/* Connections between the same two endpoints that are tried on a packet without connection id. */
#define ASV_QUIC_CANDIDATES_MAX 8u
/* Shortest connection id that is believed between endpoints it was not seen at, where no key can
 * tell: shorter ones stand in other protocols' packets by chance. */
#define ASV_QUIC_CID_SURE 8u
/* Stateless reset tokens of one connection: one with each id. */
#define ASV_QUIC_TOKENS_MAX 64u
/* Packets of one connection that wait for its hellos, and for how long: flights before the first
 * answer are some 50 KiB, and a lost one is repeated within a second or two. */
#define ASV_QUIC_KEPT_MAX ((gsize)256 << 10)
#define ASV_QUIC_KEPT_PACKETS_MAX 1024u
#define ASV_QUIC_KEPT_TIME (3 * ASV_SECOND)
/* Secrets tried for a connection whose ClientHello is not there, of client randoms that no other
 * connection has claimed, a fiftieth of a millisecond each; and for all such connections. */
#define ASV_QUIC_UNCLAIMED_TRIALS_MAX 4096u
#define ASV_QUIC_UNCLAIMED_TRIALS_ALL_MAX 131072u
/* 0-RTT datagrams of all connections that wait, as long as that, for their connection's Initial,
 * and their octets: clients begin with ten at once, and few connections begin out of order. */
#define ASV_QUIC_ORPHANS_MAX 512u
#define ASV_QUIC_ORPHAN_OCTETS_MAX ((gsize)512 << 10)
/* Octets behind holes: of one stream and one connection, as much as the largest windows that common
 * clients grant, and of all. */
#define ASV_QUIC_STREAM_HELD_MAX ((gsize)8 << 20)
#define ASV_QUIC_CONNECTION_HELD_MAX ((gsize)16 << 20)
#define ASV_QUIC_HELD_MAX ((gsize)256 << 20)
/* Pieces of them in one stream: 8 MiB in full packets are 6000. */
#define ASV_QUIC_PIECES_MAX 8192u
/* A hole that was not filled: senders repeat what they lost within a few round trips. */
#define ASV_QUIC_HOLE_TIME (30 * ASV_SECOND)
/* Holes in the packet numbers of one side that are remembered: as many as ranges fit into the
 * acknowledgements that common hosts send. */
#define ASV_QUIC_HOLES_MAX 32u
/* Streams of one connection that are open: hosts allow some hundreds at once. */
#define ASV_QUIC_STREAMS_MAX 4096u
/* How far a stream may end before older ones of its kind, a multiple of 64. */
#define ASV_QUIC_ENDED_MAX 1024u
/* Places tried as the end of the first of several datagrams that offload glued together, and how
 * often in vain before a connection is believed to have none. */
#define ASV_QUIC_GLUE_TRIALS_MAX 1500u
#define ASV_QUIC_GLUE_FAILURES_MAX 8u

/* --- dns --- */

/* Compression pointers of one name: one before each of the 127 labels that fit. */
#define ASV_DNS_POINTERS_MAX 127u
/* Records of one message that are kept: answers with more than a few dozen do not occur. */
#define ASV_DNS_RECORDS_MAX 256u
/* Names that an alias leads to, one behind another: resolvers stop at some 10. */
#define ASV_DNS_CHAIN_MAX 16u
/* Addresses told of one name: what fits into a UDP message that is not cut to pieces. */
#define ASV_DNS_ADDRESSES_MAX 100u
/* Protocol names and address hints of one HTTPS record: clients use a handful. */
#define ASV_DNS_ALPN_MAX 32u
#define ASV_DNS_HINTS_MAX 64u

#endif

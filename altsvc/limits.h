/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every limit of altsvc/ and report/, with its reason. Octets unless the name
 * says otherwise. The analyzer's limits stand in analyzer/limits.h.
 */
#ifndef ALTSVC_LIMITS_H
#define ALTSVC_LIMITS_H

/* --- value, origin --- */

/* A DNS name has at most 255 octets, and RFC 3986 §3.2.2 asks URI producers to keep to that. */
#define ASV_HOST_MAX 255

/* An ALPN protocol name is a vector with one octet of length (RFC 7301 §3.1). */
#define ASV_ALPN_MAX 255

/* Unknown parameter names of one alternative that are compared to find repetitions: no parameter
 * but ma and persist was ever registered, and without a bound a hostile value costs the square of
 * its length. `ma` and `persist` are always compared. */
#define ASV_PARAMETERS_COMPARED 8

/* --- observations --- */

/* One line of NDJSON. The largest that altshark writes holds the names of a certificate of 1 MiB,
 * or a header section of 512 KiB, each octet at worst six characters. */
#define ASV_OBSERVATION_LINE_MAX 8388608

/* --- timeline --- */

/* Alternatives of one advertisement that are kept, the first ones. Envoy keeps 10, curl 5000 of all
 * origins together; no server was seen to name more than a handful. */
#define ASV_ALTERNATIVES_MAX 128

/* Events of one origin, and of all. A change costs about 500 octets: an origin that changes what it
 * says with every response then costs 5 MiB, a hostile capture at most 500 MiB. */
#define ASV_ORIGIN_EVENTS_MAX 10000
#define ASV_EVENTS_MAX 1000000

/* Context lines of one origin, and of all: what a reader still takes in, and 10 MiB. */
#define ASV_ORIGIN_CONTEXT_MAX 24
#define ASV_CONTEXT_MAX 20000

/* Clients, and origins of all clients: about 500 octets each. */
#define ASV_CLIENTS_MAX 200000
#define ASV_ORIGINS_MAX 500000

/* Origins of one host at one client that a new connection is compared with: they differ in scheme
 * and port only. */
#define ASV_HOST_ORIGINS_MAX 64

/* Rows of connections in the report, about 250 octets each. */
#define ASV_CONNECTIONS_MAX 1000000

/* Connections whose working state is held: open ones, and closed ones that may still be heard of
 * (the other side of a half-closed TCP connection). The oldest go first. */
#define ASV_CONNECTIONS_OPEN_MAX 131072
#define ASV_CONNECTIONS_CLOSED_MAX 512

/* Origins asked for on one connection: certificates and ORIGIN sets name a few hundred at most. */
#define ASV_CONNECTION_ORIGINS_MAX 256

/* Requests of one connection that wait for a response: RFC 9113 §6.5.2 recommends no less than 100
 * streams; more only lose the line that shows the message behind an event. */
#define ASV_REQUESTS_PENDING_MAX 128

/* Octets of a path or method that are shown beside an event. */
#define ASV_PATH_SHOWN 256
#define ASV_METHOD_SHOWN 32

/* Octets of a field value that an event keeps: the largest ALTSVC frame of a client that did not
 * ask for larger ones (RFC 9113 §4.2). */
#define ASV_VALUE_KEPT 16384

/* Octets of all values, paths and names together that are kept for events. */
#define ASV_STRINGS_MAX (64 * 1024 * 1024)

/* User-Agents shown of one client; browsers and their helpers have two or three. */
#define ASV_USER_AGENTS_MAX 16
/* Octets of a User-Agent, and of other names a peer chooses (SNI, ALPN, certificate names). */
#define ASV_USER_AGENT_MAX 512
#define ASV_NAME_MAX 256

/* Certificate names of one connection; public CAs stop at 100, private ones at about 1000. */
#define ASV_CERTIFICATE_NAMES_MAX 1024

/* Sessions (SNI to certificate names) of one client that a resumption is looked up in. */
#define ASV_CLIENT_SESSIONS_MAX 256

/* Addresses of one MAC that are told apart; privacy extensions make a new IPv6 address a day. */
#define ASV_MAC_ADDRESSES_MAX 64
#define ASV_MACS_MAX 16384

/* Ended entries of one origin that a later use is compared with. */
#define ASV_ENDED_KEPT 8

/* Unreadable connections that are listed, about 150 octets each. */
#define ASV_UNREADABLE_ROWS_MAX 100000

/* A request on the connection that answered 421 was sent in ignorance of it when it is seen this
 * soon: the capture may stand a round trip away from the client. Nanoseconds. */
#define ASV_IN_FLIGHT G_GINT64_CONSTANT(250000000)

/* Findings that explain one verdict. */
#define ASV_BECAUSE_MAX 16

/* Names of which DNS answers are remembered, for each asker apart; of each the addresses, the HTTPS
 * records and the octets of their ALPN names, the latest. A browser asks for some hundred names in
 * an hour; a hostile capture costs 100 MiB. */
#define ASV_ANSWERS_NAMES_MAX 20000
#define ASV_ANSWERS_ADDRESSES_MAX 32
#define ASV_ANSWERS_SERVICES_MAX 8
#define ASV_ANSWERS_ALPN_MAX 256

/* Looks through a client's file that are remembered: each later one of these reached less far. */
#define ASV_SWEEPS_KEPT 8

/* Alternatives of a client whose failures are remembered: Chromium remembers 200. */
#define ASV_MARKS_MAX 200

/* --- clients' storage --- */

/* Octets of a file: curl keeps 5000 entries, which fit unless each has 1600 octets; Firefox's
 * records of 1286 octets fit 6500 times, it keeps 1024. JSON of this size costs 300 MB at worst. */
#define ASV_STORAGE_SIZE_MAX (8 * 1024 * 1024)

/* Entries of a file: three times what curl keeps; and each client of a capture starts with them. */
#define ASV_STORAGE_ENTRIES_MAX 16384

/* Entries that all clients of a capture start with, together: as many as events, which they each
 * are one of. A fleet of 1000 clients may each start with 1000. */
#define ASV_RESTORED_MAX 1000000

/* Nanoseconds by which two ends of life may differ and still be the same: clients cut to seconds,
 * and count from when they handled a message, not from when a packet of it was captured. */
#define ASV_STORED_EXPIRY_TOLERANCE G_GINT64_CONSTANT(2000000000)

/* --- text report --- */

/* Octets of an Alt-Svc value that a text report shows without -v: five lines of a terminal, more
 * than any honest value seen, while a server may send a hundred thousand in each response. */
#define ASV_TEXT_VALUE_MAX 400

/* Context lines in a row that a text report shows without -v; the others are counted. */
#define ASV_TEXT_CONTEXT_RUN 10

/* Events that --why shows of a client: the answer fits a glance. */
#define ASV_TEXT_WHY_EVENTS 4

/* Unreadable connections that COVERAGE lists without -v; the others are counted. */
#define ASV_TEXT_UNREADABLE_SHOWN 10

/* Origins that a connection's row names, and User-Agents that a client's heading names, without -v:
 * with --client-by capture or behind a proxy there are hundreds. */
#define ASV_TEXT_LIST_MAX 3

/* --- findings --- */

/* Findings of one report, not counting those that take what is above: more than anybody reads, and
 * at a kilobyte each some 20 MB when a capture has many thousand clients with faults of their own.
 */
#define ASV_FINDINGS_MAX 20000

/* Packets that a finding names: enough to look some up, its count says how many there are. */
#define ASV_FINDING_PACKETS_MAX 10

/* Octets of the capture in one place of a message: an honest value is shorter, and a message stays
 * a few lines. */
#define ASV_QUOTE_MAX 160

/* Origins whose messages are compared with each other. A day of a large proxy sees fewer that
 * speak of Alt-Svc; a kilobyte each. */
#define ASV_COMPARED_ORIGINS_MAX 50000

/* Values and host names kept for all origins together, half a kilobyte each: two for every origin
 * on average, so that hostile ones cannot make each origin cost its own maximum. */
#define ASV_COMPARED_KEPT_MAX 100000

/* Pairs of client and origin, 48 octets each, that are told apart in such comparisons. */
#define ASV_COMPARED_PAIRS_MAX 500000

/* Different values, and different host names in them, that are kept for one origin: evidence, not
 * an inventory. A client's known values are bits of 32. */
#define ASV_COMPARED_VALUES_MAX 16
#define ASV_COMPARED_HOSTS_MAX 32

/* How many of the values a message quotes, and how many statuses are counted apart. */
#define ASV_COMPARED_VALUES_SHOWN 3
#define ASV_COMPARED_STATUSES_MAX 8

/* Names of fields that a message lists: there are five connection-specific ones. */
#define ASV_NAMES_SHOWN 5

/* Final responses of an origin from which on it is worth saying that some lack the field: with
 * fewer a page, its icon and one more would be a pattern. */
#define ASV_SOMETIMES_RESPONSES 5

/* Connections with advertisements without a request, or with a client direction that could not be
 * read, that are told apart; a few hundred octets each. */
#define ASV_ORPHAN_CONNECTIONS_MAX 50000

/* Seconds; an entry that lives longer can recognise a client (30 days, RFC 7838 §9.4 asks for
 * less). */
#define ASV_LIFE_TO_TRACK (30 * 86400)

#endif

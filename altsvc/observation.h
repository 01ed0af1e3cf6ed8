/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The observation: one small record of something seen on the wire that matters
 * for Alt-Svc. It is the seam of the project. Whoever makes observations knows
 * packets and no caches; whoever reads them knows caches and no packets.
 *
 * All pointers and spans are borrowed for the call that passes an observation
 * on; asv_observation_copy() keeps one. A span whose data is NULL, a string
 * that is NULL and a list that is empty have nothing to say.
 */
#ifndef ALTSVC_OBSERVATION_H
#define ALTSVC_OBSERVATION_H

#include "altsvc/bytes.h"

#define ASV_OBSERVATION_SCHEMA "altshark-observation/1"

typedef enum {
  ASV_OBSERVATION_CAPTURE,
  ASV_OBSERVATION_CONNECTION,
  ASV_OBSERVATION_HANDSHAKE,
  ASV_OBSERVATION_REQUEST,
  ASV_OBSERVATION_RESPONSE,
  ASV_OBSERVATION_ADVERTISEMENT,
  ASV_OBSERVATION_KEEP_ALIVE,
  ASV_OBSERVATION_ORIGIN_SET,
  ASV_OBSERVATION_FAILURE,
  ASV_OBSERVATION_CLOSE,
  ASV_OBSERVATION_UNREADABLE,
  ASV_OBSERVATION_HTTPS_RECORD,
  ASV_OBSERVATION_ADDRESS_RECORD,
  ASV_OBSERVATION_KINDS /* their number */
} AsvObservationKind;

typedef enum {
  ASV_VIA_HTTP1_HEADER,
  ASV_VIA_HTTP2_HEADER,
  ASV_VIA_HTTP3_HEADER,
  ASV_VIA_ALTSVC_FRAME,
  ASV_VIAS
} AsvVia;

typedef enum { ASV_FROM_NOBODY, ASV_FROM_CLIENT, ASV_FROM_SERVER, ASV_FROMS } AsvFrom;

typedef enum { ASV_ECH_NONE, ASV_ECH_GREASE, ASV_ECH_OFFERED, ASV_ECH_ACCEPTED, ASV_ECHS } AsvEch;

/* What RFC 9113 §8.2 and RFC 9114 §4.2 forbid in a response. */
typedef enum {
  ASV_MALFORMED_NOT,
  ASV_MALFORMED_UPPER_CASE_NAME,
  ASV_MALFORMED_CONNECTION_FIELD,
  ASV_MALFORMEDS
} AsvMalformed;

/* Why a connection did not come to be used, or stopped being usable. */
typedef enum {
  ASV_FAILURE_NO_ANSWER,            /* its first packet was repeated and never answered */
  ASV_FAILURE_REFUSED,              /* RST answered the SYN */
  ASV_FAILURE_ICMP_UNREACHABLE,     /* an ICMP error quotes a packet of it */
  ASV_FAILURE_PACKET_TOO_BIG,       /* likewise, of that kind */
  ASV_FAILURE_HANDSHAKE_INCOMPLETE, /* the server answered, the handshake was not completed */
  ASV_FAILURE_STALLED,              /* packets of an established connection stay unanswered */
  ASV_FAILURE_TLS_ALERT,            /* a fatal alert in the handshake */
  ASV_FAILURE_QUIC_CLOSE,           /* CONNECTION_CLOSE with an error */
  ASV_FAILURE_VERSION_NEGOTIATION,  /* the server speaks other versions of QUIC only */
  ASV_FAILURE_STATELESS_RESET,
  ASV_FAILURES
} AsvFailureReason;

typedef enum {
  ASV_CLOSE_FIN,
  ASV_CLOSE_RESET,
  ASV_CLOSE_GOAWAY,
  ASV_CLOSE_QUIC,
  ASV_CLOSE_IDLE,
  ASV_CLOSE_CAPTURE_ENDS,
  ASV_CLOSES
} AsvCloseReason;

typedef enum {
  ASV_UNREADABLE_NO_SECRETS,
  ASV_UNREADABLE_ECH_NO_SECRETS,
  ASV_UNREADABLE_HANDSHAKE_NOT_CAPTURED,
  ASV_UNREADABLE_UNKNOWN_SUITE,
  ASV_UNREADABLE_BYTES_LOST,
  ASV_UNREADABLE_ONE_DIRECTION,
  ASV_UNREADABLE_HPACK_LOST,
  ASV_UNREADABLE_QPACK_LOST,
  ASV_UNREADABLE_DECRYPT_FAILED,
  ASV_UNREADABLE_NOT_HTTP,
  ASV_UNREADABLES
} AsvUnreadableReason;

/* The name each value has in SPEC'd output: "http2-header", "client", "fin", "no-secrets", ... */
const char *asv_observation_kind_name(AsvObservationKind kind);
const char *asv_via_name(AsvVia via);
const char *asv_from_name(AsvFrom from);                /* NULL for ASV_FROM_NOBODY */
const char *asv_ech_name(AsvEch ech);                   /* NULL for ASV_ECH_NONE */
const char *asv_malformed_name(AsvMalformed malformed); /* NULL for ASV_MALFORMED_NOT */
const char *asv_failure_reason_name(AsvFailureReason reason);
const char *asv_close_reason_name(AsvCloseReason reason);
const char *asv_unreadable_reason_name(AsvUnreadableReason reason);

/* The connection an observation belongs to. */
typedef struct {
  const char *client; /* address text, IPv6 as in RFC 5952 without brackets */
  const char *server; /* "192.0.2.1:443", "[2001:db8::1]:443" */
  const char *label;  /* "tcp:0", "quic:0", "udp:0": for people */
  guint64 id;         /* asv_connection_id(): the identity */
} AsvConnectionRef;

/*
 * The identity of a connection, equal on every machine and in every cut of the
 * capture: a hash (FNV-1a, 64 bits) of "transport|client|server|first", client
 * and server both as "address:port", first the first packet's time in
 * nanoseconds. A tunnel inside a connection puts its target behind.
 */
guint64 asv_connection_id(const char *transport, const char *client, const char *server,
                          gint64 first_time, const char *tunnel_target);

typedef struct {
  const AsvSpan *items;
  gsize count;
} AsvSpans;

typedef struct {
  const char *format; /* "pcap", "pcapng", ... */
  guint64 packets;    /* in the whole file as read */
  guint64 bytes;      /* octets of those packets on the wire, as capinfos counts them */
  gint64 first, last; /* packet times, nanoseconds; both 0 when there were no packets */
  gboolean complete;  /* read to the end without damage */
  gboolean has_dropped;
  guint64 dropped; /* what the capturing system says it dropped */
} AsvCaptureSeen;

typedef struct {
  const char *transport;  /* "tcp", "quic" */
  const char *client_mac; /* "02:00:00:00:00:01", or NULL */
  gboolean migrated;
} AsvConnectionSeen;

typedef struct {
  AsvSpan sni;
  AsvSpans alpn_offered;
  AsvSpan alpn;
  const char *tls_version;    /* "1.3" */
  AsvSpans certificate_names; /* dNSName and iPAddress, the latter as text */
  AsvSpan certificate_issuer;
  gboolean resumed;
  gboolean early_data;
  AsvEch ech;
  gboolean secrets; /* usable secrets were found */
} AsvHandshakeSeen;

typedef struct {
  gboolean has_stream;
  guint64 stream;
  AsvSpan origin; /* serialization; empty for CONNECT and where none can be made */
  AsvSpan method, path;
  AsvSpan protocol; /* :protocol, or Upgrade */
  AsvSpan alt_used, user_agent;
  AsvSpan referer_origin;
  AsvSpan sec_fetch_site;
  AsvSpan proxy_field; /* how a proxy says that it is one: the field "via" or "forwarded", or
                          "proxy-protocol": a header before the connection's first octet */
  gboolean early_data;
} AsvRequestSeen;

typedef struct {
  gboolean has_stream;
  guint64 stream;
  AsvSpan origin;
  guint status;
  guint64 request_packet; /* 0 when not captured */
  gboolean alt_svc;       /* it carried the field */
  AsvSpans
      connection_fields; /* connection-specific field names over HTTP/2 and 3 (RFC 9113 §8.2.2) */
} AsvResponseSeen;

typedef struct {
  gboolean has_stream;
  guint64 stream;
  AsvVia via;
  AsvSpan origin;             /* whose advertisement it is; empty when origin_problem says why */
  const char *origin_problem; /* "request-not-captured", "stream-unknown", "frame-malformed",
                                 "no-authority" */
  AsvSpan value;              /* exact octets, several lines joined with ", " */
  AsvSpans values;            /* the lines, when there were several */
  AsvSpan age;                /* first Age line, as written; data NULL when absent */
  AsvSpan date;
  guint status; /* 0 for frames */
  gboolean trailer;
  AsvMalformed malformed;   /* the response has such a field; of both kinds, the first kind */
  gboolean malformed_first; /* it stands before the Alt-Svc lines */
  AsvFrom from;
  AsvSpan frame_origin; /* the frame's Origin as written; data NULL when not a frame or empty */
  guint8 frame_flags;
  gboolean frame_too_long; /* longer than the receiver's SETTINGS_MAX_FRAME_SIZE */
} AsvAdvertisementSeen;

typedef struct {
  gboolean has_stream;
  guint64 stream;
  AsvSpan origin;
  gboolean has_timeout, has_max;
  guint64 timeout; /* seconds */
  guint64 max;     /* requests */
  AsvFrom from;
  gboolean effective;
  const char
      *why; /* when not effective: "not-http1", "http-1.0-without-connection", "connection-close" */
} AsvKeepAliveSeen;

typedef struct {
  guint64 stream;
  AsvSpans origins;
} AsvOriginSetSeen;

typedef struct {
  AsvFailureReason reason;
  const char *detail; /* in words: "alert bad_certificate (42) from the client"; or NULL */
  gboolean certificate_rejected;
} AsvFailureSeen;

typedef struct {
  AsvFrom by; /* ASV_FROM_NOBODY when neither side closed it */
  AsvCloseReason reason;
  guint64 requests;
} AsvCloseSeen;

typedef struct {
  AsvUnreadableReason reason;
  AsvFrom from;
  guint64 bytes;
} AsvUnreadableSeen;

/* An HTTPS record of a DNS answer (RFC 9460). The connection's client is who asked. */
typedef struct {
  AsvSpan name;     /* lower case, without the last dot */
  guint64 ttl;      /* seconds */
  guint64 priority; /* 0: alias mode */
  AsvSpan target;   /* empty: the name itself */
  AsvSpans alpn;
  gboolean has_port;
  guint64 port;
  gboolean ech;
  AsvSpans hints; /* addresses as text */
} AsvHttpsRecordSeen;

/* The addresses that a DNS answer gives for a name. */
typedef struct {
  AsvSpan name;
  guint64 ttl;
  AsvSpans addresses; /* as text, IPv6 as in RFC 5952 */
} AsvAddressRecordSeen;

typedef struct {
  AsvObservationKind kind;
  gint64 time;                        /* nanoseconds since 1970-01-01 UTC */
  const char *file;                   /* the capture it was seen in */
  guint64 packet;                     /* within that file, from 1 */
  const AsvConnectionRef *connection; /* NULL for ASV_OBSERVATION_CAPTURE */
  union {
    AsvCaptureSeen capture;
    AsvConnectionSeen opened;
    AsvHandshakeSeen handshake;
    AsvRequestSeen request;
    AsvResponseSeen response;
    AsvAdvertisementSeen advertisement;
    AsvKeepAliveSeen keep_alive;
    AsvOriginSetSeen origin_set;
    AsvFailureSeen failure;
    AsvCloseSeen close;
    AsvUnreadableSeen unreadable;
    AsvHttpsRecordSeen https_record;
    AsvAddressRecordSeen address_record;
  };
} AsvObservation;

/* Where observations go: the timeline, or a writer of them. */
typedef struct {
  void *self;
  void (*observe)(void *self, const AsvObservation *observation);
} AsvObserver;

/* A copy that owns all it points at; asv_observation_free() frees it. */
AsvObservation *asv_observation_copy(const AsvObservation *observation);
/* Octets that such a copy takes. */
gsize asv_observation_size(const AsvObservation *observation);
void asv_observation_free(AsvObservation *observation);

#endif

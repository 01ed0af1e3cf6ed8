/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of one connection share: quic.c (all connections), route.c
 * (which one a datagram belongs to), connection.c (its packets), level.c (their
 * keys), payload.c (frames), handshake.c (what CRYPTO data says), streams.c,
 * trouble.c (what stands in its way).
 */
#ifndef ANALYZER_QUIC_CONNECTION_H
#define ANALYZER_QUIC_CONNECTION_H

#include "analyzer/quic/frame.h"
#include "analyzer/quic/holes.h"
#include "analyzer/quic/orphans.h"
#include "analyzer/quic/protection.h"
#include "analyzer/quic/quic.h"
#include "analyzer/quic/stream.h"
#include "analyzer/quic/watch.h"
#include "analyzer/tls/context.h"
#include "analyzer/tls/handshake.h"

typedef struct AsvQuicConnection AsvQuicConnection;

/* What packets are encrypted with. */
typedef enum {
  ASV_LEVEL_INITIAL,
  ASV_LEVEL_EARLY,
  ASV_LEVEL_HANDSHAKE,
  ASV_LEVEL_APPLICATION,
  ASV_LEVELS
} AsvQuicLevel;

/* A packet number space (RFC 9000 §12.3): early and application are one. */
static inline AsvQuicLevel asv_level_space(AsvQuicLevel level) {
  return level == ASV_LEVEL_EARLY ? ASV_LEVEL_APPLICATION : level;
}

static inline AsvSide asv_side_other(AsvSide side) {
  return side == ASV_CLIENT ? ASV_SERVER : ASV_CLIENT;
}

typedef struct {
  guint8 size;
  guint8 octets[ASV_QUIC_CID_MAX];
} AsvQuicCid;

static inline AsvSpan asv_cid_span(const AsvQuicCid *cid) {
  return asv_span(cid->octets, cid->size);
}

static inline AsvQuicCid asv_cid_make(AsvSpan span) {
  AsvQuicCid cid = {.size = (guint8)MIN(span.size, ASV_QUIC_CID_MAX)};
  if (cid.size) memcpy(cid.octets, span.data, cid.size);
  return cid;
}

/* Keys of one level and side. */
typedef struct {
  AsvQuicKeys *keys;  /* NULL: not made */
  guint64 generation; /* of the key store when it had nothing; 0: not asked */
} AsvQuicSlot;

/* Initial keys of both sides in one version (RFC 9368 §4: it may change in mid-handshake). */
typedef struct {
  const AsvQuicVersion *version;
  AsvQuicKeys *keys[2];
} AsvQuicInitial;

/* Keys of a client's first flight, tried before there is a connection for it. */
typedef struct {
  const AsvQuicVersion *version;
  AsvQuicCid destination;
  AsvQuicKeys *keys; /* NULL: none */
} AsvQuicFirst;

/* CRYPTO data of one level and side, the self of its sink. */
typedef struct {
  AsvQuicConnection *connection;
  AsvSide side;
  AsvQuicStream stream;
  AsvMessages messages;
  gboolean broken; /* octets were lost: messages cannot be told apart any more */
} AsvQuicCrypto;

/* What the handshake said so far. */
typedef struct {
  gboolean has_client_hello, has_server_hello;
  gboolean refused;    /* version negotiation was seen: an Initial of another version begins anew */
  gboolean stale;      /* the client begins anew, with a ClientHello that has not come */
  gboolean finished;   /* the server's flight was read */
  gboolean unreadable; /* a packet of it could not be opened for lack of secrets */
  gboolean told;
  gboolean opened; /* secrets were found that decrypt */
  gboolean early_accepted, early_rejected;
  gboolean resumed;
  const AsvSuite *suite; /* NULL: not known, or not one that is read */
  AsvTlsEch ech;
  guint unclaimed_trials;    /* of client randoms */
  gboolean has_random;       /* the next one is known: by a ClientHello, or found in the key log */
  guint8 secrets_random[32]; /* under which the key log has this connection */
  GByteArray *hello_octets;  /* until the handshake is told */
  AsvClientHello *hello;
  GByteArray *alpn;
  AsvCertificate *certificate;
} AsvQuicHandshake;

/* Which of the streams of one kind and side have ended: all below base, and those of the bits. */
#define ASV_QUIC_ENDED_WORDS (ASV_QUIC_ENDED_MAX / 64)
typedef struct {
  guint64 base; /* a multiple of 64 */
  guint64 bits[ASV_QUIC_ENDED_WORDS];
} AsvQuicEnded;

/* One direction of a stream in the table of a connection. */
typedef struct {
  guint64 key; /* id and side */
  AsvQuicStream stream;
  GList link;        /* in the order of opening */
  GList hole_link;   /* in `holes` */
  gboolean hole;     /* it stands there */
  guint64 hole_next; /* where the hole is */
  gint64 hole_time;  /* when it was first seen */
} AsvQuicEntry;

typedef struct {
  GHashTable *table; /* AsvQuicEntry by key */
  GQueue order, holes;
  AsvQuicEntry *last[2];
  AsvQuicEnded *ended[8]; /* by the low bits of the id and the side */
  gboolean gaps[2];       /* a stream of requests that the side writes was told a gap */
  AsvQuicHeld held;
} AsvQuicStreams;

typedef struct {
  AsvPacketRef at;
  gsize offset, size; /* in octets */
  gsize cid_size;
  AsvSide side;
  gboolean cut;
} AsvQuicKeptItem;

/* Packets that wait for what their keys are made of. */
typedef struct {
  GByteArray *octets; /* NULL: none */
  GArray *items;      /* AsvQuicKeptItem */
  GList link;         /* in the queue of all that wait */
  gboolean waits;     /* events.waits() said so, and it stands in that queue */
  guint64 since;      /* what it was told */
  guint known;        /* what was known when they were last tried */
} AsvQuicKept;

#define ASV_QUIC_REASONS (ASV_TLS_DECRYPT_FAILED + 1)

typedef struct {
  guint64 pending[ASV_QUIC_REASONS]; /* octets not told yet */
  gboolean told[ASV_QUIC_REASONS];
} AsvQuicUnreadable;

typedef struct {
  GPtrArray *cids;   /* entries of the routing table, oldest first; private to route.c */
  GPtrArray *paths;  /* the same */
  gsize cid_size[2]; /* of the ids that each side gave itself */
  gboolean cid_known[2];
  AsvQuicCid current[2]; /* the one last used to write to that side */
  /* Wireshark's idea of the connection, which numbers depend on. */
  AsvQuicCid shadow_initial, shadow_server;
  gboolean shadow_initial_set;
} AsvQuicRouting;

/* Datagrams that offload glued together. */
typedef struct {
  gsize size[2];  /* of those of a side; 0: none were seen glued */
  guint failures; /* searches for their size in vain */
} AsvQuicGlue;

struct AsvQuicConnection {
  AsvQuic *quic;
  AsvQuicFlow flow;
  void *consumer;
  gboolean opened;    /* the consumer was told of it */
  gboolean closing;   /* CONNECTION_CLOSE or a stateless reset was seen */
  gboolean concealed; /* a CONNECTION_CLOSE that hides its code was, in this datagram */
  AsvSide concealed_by;
  gboolean queued_closing; /* it stands in `closing` of AsvQuic */
  gboolean seen[2];        /* packets of that side were */
  gboolean unopened[2];    /* and some could not be opened: their numbers are not known */
  gboolean spoke;          /* the client has sent 1-RTT packets: it has accepted the server */
  gboolean readable;       /* an Initial of it was opened */
  gboolean hopeless;       /* what packets wait for will not come */
  gboolean settled;        /* both sides use 1-RTT: Initial and Handshake keys are gone */
  gint64 last;             /* time of its last packet */
  GList link;              /* in `open` or `closing` of AsvQuic */
  AsvQuicRouting routing;
  AsvEndpoint client; /* where it speaks from now */
  AsvQuicWatch watch;

  const AsvQuicVersion *version; /* of its last long header */
  AsvQuicCid initial_destination;
  AsvQuicInitial initials[2];
  AsvQuicSlot slots[ASV_LEVELS][2];
  guint64 expected[ASV_LEVELS][2]; /* packet number, by space */
  AsvQuicHoles holes[2];           /* in the numbers of that side */
  AsvQuicKept kept;
  AsvQuicUnreadable unreadable[2];
  guint64
      tentative; /* octets of the server that could not be read, while the client has not spoken */
  AsvQuicGlue glue;
  GArray *reset_tokens; /* 16 octets each, or NULL */

  AsvQuicHandshake handshake;
  AsvQuicCrypto *crypto[ASV_LEVELS][2]; /* NULL: nothing came */
  AsvQuicStreams streams;
};

typedef struct AsvQuicRoutes AsvQuicRoutes;

struct AsvQuic {
  AsvTlsContext *context;
  AsvQuicEvents events;
  AsvQuicRoutes *routes;
  guint32 next_number;
  guint count;
  GQueue open, closing; /* AsvQuicConnection, by time of the last packet */
  GQueue waiting;       /* those that keep packets, by time of the first of them */
  AsvQuicWatches watches;
  AsvQuicHeld held;
  guint8 *room; /* for one datagram, opened */
  AsvQuicFirst first;
  AsvQuicOrphans orphans;
  guint unclaimed_trials; /* of all connections */
  gboolean delivering_early;
};

/* --- route.c --- */

AsvQuicRoutes *asv_quic_routes_new(void);
void asv_quic_routes_free(AsvQuicRoutes *routes);

/* Where a datagram may belong. */
typedef struct {
  AsvQuicConnection *connection;
  AsvSide from;
  gsize cid_size;   /* of a short header */
  gboolean sure;    /* its connection id is known */
  gboolean foreign; /* it was not seen between these endpoints */
  gboolean usual;   /* endpoints and id are those of the datagram before: nothing to note */
} AsvQuicRoute;

/*
 * Finds up to `room` connections that the datagram may belong to, the likeliest
 * first; returns their number. fresh becomes TRUE where its first packet is an
 * Initial to an id that is not known: it begins a new connection, or belongs to
 * the one that is given (if any), whose client has the same endpoints and id.
 */
guint asv_quic_routes_find(AsvQuic *quic, const AsvUdp *udp, AsvQuicRoute *routes, guint room,
                           gboolean *fresh);

/* A connection begins with that datagram; first: it is of the client's first flight. Returns the
 * size of its destination id. */
gsize asv_quic_routes_begin(AsvQuicConnection *connection, const AsvUdp *udp, gboolean first);

/* Notes what the datagram's long header says about ids, and that its endpoints are the
 * connection's; TRUE when they were not so far. */
gboolean asv_quic_routes_note(AsvQuic *quic, const AsvUdp *udp, const AsvQuicRoute *route);

/* A connection id that side wants to be written to with. */
void asv_quic_routes_add(AsvQuicConnection *connection, AsvSide side, AsvSpan id);

/* The newest connection between the datagram's endpoints whose sender has been heard and that is
 * not closed; NULL when there is none. */
AsvQuicConnection *asv_quic_routes_quoted(AsvQuic *quic, const AsvUdp *quoted, AsvSide *from);

/* Takes out everything that leads to the connection. */
void asv_quic_routes_forget(AsvQuicConnection *connection);

/* --- connection.c --- */

AsvQuicConnection *asv_quic_connection_new(AsvQuic *quic, const AsvPacketRef *at,
                                           const AsvUdp *udp);
void asv_quic_connection_free(AsvQuicConnection *connection);

/*
 * Takes the packets of a datagram. Where it is not sure that they are the
 * connection's, only such that open are: FALSE when none did, and nothing was
 * changed.
 */
gboolean asv_quic_connection_datagram(AsvQuicConnection *connection, const AsvPacketRef *at,
                                      const AsvUdp *udp, const AsvQuicRoute *route, gboolean sure);

/* What is kept will not become readable by waiting: reads it as far as it can be. */
void asv_quic_connection_give_up(AsvQuicConnection *connection);

void asv_quic_connection_close(AsvQuicConnection *connection, const AsvPacketRef *at, AsvSide by,
                               const AsvQuicClose *close);
/* Ends it: what is kept, streams, accounts. why counts where neither side closed it. */
void asv_quic_connection_finish(AsvQuicConnection *connection, const AsvPacketRef *at, AsvEnd why);

/* --- level.c --- */

typedef enum {
  ASV_OPEN_DONE,
  ASV_OPEN_NO_KEYS, /* there are none */
  ASV_OPEN_FAILED   /* those there are do not open it */
} AsvQuicOpenResult;

/* Opens a packet of that level into room. */
AsvQuicOpenResult asv_level_open(AsvQuicConnection *connection, AsvQuicLevel level, AsvSide side,
                                 const AsvQuicPacket *packet, AsvQuicOpened *opened);
/* The same for a 1-RTT packet that did not open, as one behind a great loss; asked last. */
gboolean asv_level_recover(AsvQuicConnection *connection, AsvSide side, const AsvQuicPacket *packet,
                           AsvQuicOpened *opened);
/* Looks for the secrets of a connection without ClientHello among those that no other one has
 * claimed: those that open the packet are its own. */
void asv_level_claim(AsvQuicConnection *connection, AsvQuicLevel level, AsvSide side,
                     const AsvQuicPacket *packet);
/* TRUE when the packet is a client's that opens with Initial keys made of its own destination
 * connection id: it belongs to a first flight, or to the one after a Retry. */
gboolean asv_level_is_first(AsvQuic *quic, const AsvQuicPacket *packet);
/* Why packets of that level and side cannot be read. */
AsvTlsUnreadable asv_level_reason(const AsvQuicConnection *connection, AsvQuicLevel level,
                                  AsvSide side);
/* A server's Retry packet: what follows is under keys of the id it gives (RFC 9001 §5.2). */
void asv_level_retry(AsvQuicConnection *connection, const AsvQuicPacket *retry);
/* Forgets keys that are no more needed, or all. */
void asv_level_settle(AsvQuicConnection *connection);
void asv_level_clear(AsvQuicConnection *connection);

/* --- payload.c --- */

/* Reads the frames of an opened packet. */
void asv_payload_read(AsvQuicConnection *connection, const AsvPacketRef *at, AsvQuicLevel level,
                      AsvSide side, AsvSpan payload);
/* A stateless reset token of either side (RFC 9000 §10.3); empty ones are ignored. */
void asv_payload_reset_token(AsvQuicConnection *connection, AsvSpan token);
/* TRUE when a packet that does not open ends in such a token. */
gboolean asv_payload_is_reset(const AsvQuicConnection *connection, AsvSpan octets);

/* --- handshake.c --- */

void asv_handshake_crypto(AsvQuicConnection *connection, const AsvPacketRef *at, AsvQuicLevel level,
                          AsvSide side, const AsvQuicFrame *frame);
/* The client starts over (Retry, version negotiation): its next Initial is a new beginning. */
void asv_handshake_restart(AsvQuicConnection *connection);
/* Reports the handshake, once, as far as it is known. */
void asv_handshake_tell(AsvQuicConnection *connection, const AsvPacketRef *at);
void asv_handshake_clear(AsvQuicConnection *connection);

/* --- streams.c --- */

void asv_streams_init(AsvQuicConnection *connection);
void asv_streams_take(AsvQuicConnection *connection, const AsvPacketRef *at, AsvSide side,
                      const AsvQuicFrame *frame);
void asv_streams_reset(AsvQuicConnection *connection, const AsvPacketRef *at, AsvSide side,
                       guint64 id);
/* Gives up holes that are too old. */
void asv_streams_tick(AsvQuicConnection *connection, const AsvPacketRef *at);
void asv_streams_finish(AsvQuicConnection *connection, const AsvPacketRef *at, AsvEnd why);
void asv_streams_clear(AsvQuicConnection *connection);

/* --- trouble.c --- */

/* For the watches of connections, whose owner is the AsvQuicConnection. */
AsvQuicWatches asv_trouble_watches(void);

#endif

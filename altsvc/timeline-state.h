/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files timeline*.c share and nobody else sees: clients, their
 * origins, connections while they are heard of. Strings are interned in one
 * chunk that lives as long as the timeline, so nothing here frees a string.
 */
#ifndef ALTSVC_TIMELINE_STATE_H
#define ALTSVC_TIMELINE_STATE_H

#include "altsvc/answers.h"
#include "altsvc/cache.h"
#include "altsvc/finding.h"
#include "altsvc/limits.h"
#include "altsvc/model.h"
#include "altsvc/origin.h"

typedef struct AsvClientState AsvClientState;
typedef struct AsvOriginState AsvOriginState;
typedef struct AsvSweep AsvSweep;

/* The first port that every user may listen on: RFC 7838 §9.1. */
#define ASV_PORT_UNPRIVILEGED 1024

/* A packet to show for something that is told later. */
typedef struct {
  gint64 time;
  guint64 packet; /* 0: not seen */
  const char *file;
} AsvMoment;

/* An entry that was. */
typedef struct {
  AsvEntry entry;
  gint64 time;
  AsvEndedBy by;
} AsvEnded;

/* The last advertisement that was applied, for telling an equal one apart from a new one. */
typedef struct {
  char *value;
  gsize value_size;
  AsvVia via;
  const AsvModel *model; /* whose rules applied */
  gboolean has_age;
  guint64 age;
  GArray *codes;   /* AsvFindingCode raised by it; NULL when none */
  gboolean steady; /* every entry is in a run of it: an equal one only prolongs the runs */
} AsvLastSaid;

/* One origin at one client. */
struct AsvOriginState {
  const char *text;
  gsize text_size;
  AsvOrigin origin; /* borrows from text */
  AsvClientState *client;
  AsvOriginState *next_of_host;
  AsvCache cache;
  gint64 network_changed; /* when the RFC forgot what the client kept; 0: never */
  AsvCache *shadow;       /* by the RFC's rules, see timeline-shadow.h; NULL: no difference yet */
  GList touched;          /* in its client's; data NULL: not there */
  AsvLastSaid said;
  GArray *ended;     /* AsvEnded, latest last; NULL when none */
  GPtrArray *events; /* AsvEvent*; NULL when none */
  guint context_lines;
  guint generation; /* grows when an entry comes */
  guint64 requests, responses, advertisements;
  guint64 learned, ignored, usable; /* events; learned: restored too; usable: those of use */
  guint64 own;                      /* of the usable: those that are the origin itself */
  guint64 over_tcp;                 /* of the usable: those elsewhere, over TCP */
  guint64 unprivileged;             /* of the others elsewhere: those that leave privileged ports */
  guint64 unread;                   /* frames that this kind of client does not read */
  guint64 uses;                     /* connections that used an entry */
  guint64 opportunities;            /* requests */
  guint64 proxied;                  /* those that went through a tunnel, and so do not count */
  guint64 requests_since;           /* on no alternative since an entry was there */
  gint64 last_since;                /* time of the last of them; 0: none */
  gint64 stands_from;               /* opening of the last try that could take requests; 0: none */
  AsvObservation *opportunity;      /* a copy of the first one */
  gboolean maybe_used;              /* a try that nobody could read */
  guint64 failures;                 /* tries that failed */
  gint64 failed_from;           /* what has failed since it was used last began then; 0: nothing */
  gint64 last_default;          /* time of the last request on the default route; 0: none */
  const char *default_protocol; /* and what that spoke, "HTTP/2"; NULL: not known */
  const char *default_server;   /* where the default route led first */
  GPtrArray *rows;              /* AsvCacheRow* at --at, once it has passed */
  GPtrArray *shadow_rows;       /* likewise, of the shadow */
  AsvOutcome verdict;           /* at the end */
  GArray *because;              /* guint handles */
};

/* Who issued the certificates of a name; NULL while there is none. */
typedef struct {
  const char *tcp, *quic;
} AsvIssuers;

struct AsvClientState {
  const char *name;
  const char *address;  /* the first one's */
  GHashTable *origins;  /* text to AsvOriginState*, owned */
  GHashTable *hosts;    /* host text to the first AsvOriginState of that host */
  GPtrArray *agents;    /* const char*; NULL when none */
  GPtrArray *unplaced;  /* AsvEvent*; NULL when none */
  GHashTable *sessions; /* SNI to AsvNames*; NULL when none */
  GPtrArray *addresses; /* const char*: --client-by mac */
  GHashTable *issuers;  /* SNI to AsvIssuers*, owned; NULL when none */
  GPtrArray *elsewhere; /* AsvOriginState* with an alternative that is not the origin itself; NULL
                           when none */
  guint64 quic, quic_answered, quic_unanswered; /* QUIC connections; the rest nobody knows */
  AsvObservation *unanswered;                   /* a copy of the first such failure */
  const char *hint;
  AsvModelChoice choice; /* its agent: of the first known User-Agent */
  const char *chosen_by; /* the User-Agent that led to it; NULL: none yet */
  guint64 requests, advertisements;
  GArray *sweeps;    /* AsvSweep, in order; NULL when none */
  GHashTable *marks; /* what failed, in timeline-model.c; NULL when none */
  GQueue touched;    /* AsvOriginState: those that hold something, least recently touched first */
  gboolean shown;    /* passes --client */
};

/* Certificate names, shared by the connections that saw them. */
typedef struct {
  guint uses;
  char *key;
  char **list;
} AsvNames;

typedef enum {
  ASV_ROUTE_UNJUDGED,
  ASV_ROUTE_DEFAULT,
  ASV_ROUTE_ALTERNATIVE,
  ASV_ROUTE_OTHER /* not the origin's own, and no entry explains it */
} AsvRoute;

/* What a connection was for one origin. */
typedef struct {
  AsvOriginState *origin;
  AsvRoute route;
  guint generation;      /* the origin's when the route was judged */
  AsvEvent *line;        /* the context line that collects requests alike */
  AsvEvent *last_of_use; /* the last one that is told under `used`; NULL when none */
  gboolean told_open;    /* it was said that requests go on here though an alternative is known */
  gint64 misdirected;    /* time of the first 421; 0: none */
  AsvEvent *used;        /* its event, counts the requests; NULL when not kept */
  guint64 first_request; /* of that event: its number on the connection */
  gboolean accused;      /* used-after-421 was raised */
  guint64 serial;        /* ROUTE_ALTERNATIVE: the entry's */
  AsvAlternativeSeen alternative; /* and what it says */
} AsvLink;

/* A request that waits for its response, or had it. */
typedef struct {
  guint64 stream, number; /* number: of the request on its connection */
  guint64 packet;         /* of the response that ended it */
  AsvOriginState *origin;
  char *method, *path; /* in one buffer that begins with the method */
  gboolean has_stream, done;
  gboolean of_use;   /* told under the `used` event of its connection */
  const char *wrong; /* an Alt-Used that names another place, octets as text; or NULL */
  guint16 room;      /* of the buffer */
} AsvPending;

/* What every request needs stands first: thousands of connections may take turns. */
typedef struct {
  guint64 id;
  AsvConnectionReport *row; /* NULL beyond the limit */
  AsvClientState *client;
  GArray *links;   /* AsvLink; NULL when none */
  GArray *pending; /* AsvPending; NULL when none */
  guint64 requests;
  const char *agent;
  gsize agent_size;
  const AsvModel *model; /* by the agent; NULL: none known, see asv_connection_model() */
  guint last_link;
  gboolean settled;
  guint16 port;     /* of the server */
  gboolean proxied; /* a tunnel inside another connection */
  gboolean quic, tls, shaken, resumed, closed, ended;
  gboolean left;            /* its client closed it, and reads no more of it (RFC 9000 §10.2) */
  gboolean answered;        /* the server's part of the handshake was seen */
  gboolean by_offer;        /* while it is matched by what it offered: it made no request */
  guint unreadable_reasons; /* bits 1 << AsvUnreadableReason */
  const char *label, *address, *server, *mac;
  AsvMoment opened;
  gint64 answered_time; /* when the server's part of the handshake was complete; 0: not seen */
  guint64 answered_packet;
  gboolean failed;        /* some failure was seen of it */
  const char *sni, *alpn; /* NULL when unknown */
  const char *offered;    /* ALPN names with commas between; NULL when unknown */
  const char *issuer;     /* of the certificate; NULL when unknown */
  AsvEch ech;
  AsvObservation *failure; /* a copy of the first one before any request; NULL when none */
  AsvNames *names;
  AsvOriginState *tried_origin;
  AsvAlternativeSeen tried_alternative;
  GPtrArray *unreadable; /* AsvUnreadableReport*, not owned; NULL when none */
  GList node;            /* in open or closed */
} AsvConnection;

typedef struct AsvTimelineState {
  AsvTimeline *timeline;
  AsvTimelineOptions options;
  AsvFindings *findings;
  GStringChunk *strings;
  const char *file; /* of the observation that asked last */
  gsize strings_size;
  GHashTable *texts; /* those of the strings that have no NUL inside */
  GString *scratch;
  GHashTable *clients;     /* name to AsvClientState*, owned */
  GHashTable *last_agents; /* address to const char*: --client-by ip+agent */
  GHashTable *macs;        /* MAC to first address */
  GHashTable *tunnellers;  /* set of connections that asked for tunnels, as text */
  GHashTable *connections; /* id to AsvConnection* */
  GQueue open, closed;     /* of AsvConnection, oldest first */
  AsvConnection *last_connection;
  GHashTable *names; /* key to AsvNames* */
  AsvAnswers *answers;
  AsvTimelineWatch watch;
  guint64 serial; /* of the entry made last */
  guint64 origins, events, context_lines;
  guint64 restored; /* entries that clients were to start with */
  gint64 clock;
  gboolean started, at_passed, has_first;
  gint64 first, at;
} AsvTimelineState;

/* ---- timeline.c ---- */

/* text in the timeline's chunk, cut at max octets; equal texts without NUL are one. NULL for NULL
 * data. Names that a report needs are always kept; see asv_timeline_keep() for the others. */
const char *asv_timeline_intern(AsvTimelineState *state, AsvSpan text, gsize max);
const char *asv_timeline_intern_text(AsvTimelineState *state, const char *text);
/* Likewise the name of the file that the observation is of. */
const char *asv_timeline_file(AsvTimelineState *state, const AsvObservation *seen);
/* As asv_timeline_intern(), for what an event shows: "" for a new one once ASV_STRINGS_MAX is
 * reached. */
char *asv_timeline_keep(AsvTimelineState *state, AsvSpan text, gsize max);
/* The address part of "192.0.2.1:443" or "[2001:db8::1]:443", without brackets. */
AsvSpan asv_timeline_server_address(const char *server);

/* Who asks DNS, or connects, at that address. */
const char *asv_timeline_asker(const AsvTimelineState *state, const char *address);

/* ---- timeline-client.c ---- */

/* The client of a connection, found or made; agent is the User-Agent of a request, NULL when it
 * said none. NULL beyond ASV_CLIENTS_MAX. */
AsvClientState *asv_client_of(AsvTimelineState *state, AsvConnection *connection,
                              const char *agent);
/* Notes a User-Agent that the connection's client says. */
void asv_client_note_agent(AsvTimelineState *state, AsvClientState *client,
                           AsvConnection *connection, const char *agent);
/* Whose rules its messages follow: the model of what it says to be, else of its client. */
const AsvModel *asv_connection_model(const AsvConnection *connection, const AsvClientState *client);
/* Notes the addresses of a MAC; a new one is a network change with --client-by mac. */
void asv_client_note_address(AsvTimelineState *state, AsvConnection *connection,
                             const AsvObservation *seen);
/* The client's origin of that serialization, found or made; NULL when it is none or beyond the
 * limit. */
AsvOriginState *asv_client_origin(AsvTimelineState *state, AsvClientState *client, AsvSpan text);
/* Ends what has expired by `now`. */
void asv_origin_expire(AsvTimelineState *state, AsvOriginState *origin, gint64 now);
void asv_client_free(gpointer client);

/* ---- timeline-restore.c ---- */

/* Puts what AsvTimelineOptions.start says into the caches of a client that has just appeared. */
void asv_client_restore(AsvTimelineState *state, AsvClientState *client);

/* ---- timeline-connection.c ---- */

/* The working state of the observation's connection, made when new. */
AsvConnection *asv_connection_of(AsvTimelineState *state, const AsvObservation *seen);
/* Notes that it asks for a tunnel: connections of its label inside it then are proxied. */
void asv_connection_note_tunnel(AsvTimelineState *state, const AsvObservation *seen);
void asv_connection_opened(AsvTimelineState *state, AsvConnection *connection,
                           const AsvObservation *seen);
void asv_connection_handshake(AsvTimelineState *state, AsvConnection *connection,
                              const AsvObservation *seen);
void asv_connection_close(AsvTimelineState *state, AsvConnection *connection,
                          const AsvObservation *seen);
void asv_connection_unreadable(AsvTimelineState *state, AsvConnection *connection,
                               const AsvObservation *seen);
/* "HTTP/2", "HTTP/3", "HTTP/1.1", or NULL when not known. */
const char *asv_connection_protocol(const AsvConnection *connection);
/* The origin of that serialization at the connection's client, as asv_client_origin(). */
AsvOriginState *asv_connection_origin(AsvTimelineState *state, AsvConnection *connection,
                                      AsvSpan text);
/* The connection's state for an origin; NULL when it was not asked for, or beyond the limit. */
AsvLink *asv_connection_link(AsvConnection *connection, const AsvOriginState *origin);
AsvLink *asv_connection_add_link(AsvConnection *connection, AsvOriginState *origin);
/*
 * The request of a stream. HTTP/1: the one whose response that packet completed, else (and when
 * packet is 0) the oldest one without a response. NULL when not known.
 */
AsvPending *asv_connection_pending(AsvConnection *connection, gboolean has_stream, guint64 stream,
                                   guint64 packet);
AsvPending *asv_connection_add_pending(AsvConnection *connection, const AsvRequestSeen *request,
                                       AsvOriginState *origin);
/* What SPEC'd rules call authoritative: may this connection speak for the origin on stream 0? */
gboolean asv_connection_speaks_for(const AsvConnection *connection, const AsvOriginState *origin);
/* TRUE when one of the certificate's names is the host's. */
gboolean asv_names_cover(const AsvNames *names, AsvSpan host);
void asv_connections_free(AsvTimelineState *state);
void asv_names_free(gpointer names);

/* ---- timeline-event.c ---- */

/* An event of the moment of `seen`, with its message; not yet in any list. seen NULL: time alone.
 */
AsvEvent *asv_event_new(AsvTimelineState *state, AsvEventKind kind, gint64 time,
                        const AsvObservation *seen, const AsvConnection *connection);
/* Gives the event its alternative, a copy. */
void asv_event_set_alternative(AsvEvent *event, const AsvEntry *entry);
void asv_event_set_message(AsvTimelineState *state, AsvEvent *event, const AsvPending *pending);
void asv_event_add_finding(AsvEvent *event, guint handle);
/* Puts it into the origin's events; FALSE, and frees it, beyond the limits. */
gboolean asv_event_add(AsvTimelineState *state, AsvOriginState *origin, AsvEvent *event);
/* Puts it into the client's unplaced events, or frees it. */
void asv_event_add_unplaced(AsvTimelineState *state, AsvClientState *client, AsvEvent *event);
/* A context line, when the origin has other events and room; NULL otherwise. words is formatted
 * text or "". */
AsvEvent *asv_event_context(AsvTimelineState *state, AsvOriginState *origin,
                            const AsvConnection *connection, const AsvMoment *at,
                            const char *words);
void asv_event_free(gpointer event);
/* The handle of a finding that was not raised. */
#define ASV_NO_FINDING G_MAXUINT

/* Whom a fact of the timeline is about; each may be NULL. */
typedef struct {
  const AsvClientState *client;
  const AsvOriginState *origin;
  const AsvObservation *seen;
} AsvFactAbout;

/* Raises a finding unless --client or --origin leave it out (ASV_NO_FINDING then). As with
 * asv_findings_raise(), words are made for the first fact only, and may hold ASV_QUOTE. */
guint asv_timeline_raise(AsvTimelineState *state, AsvFindingCode code, const AsvFactAbout *about,
                         const char *format, ...) G_GNUC_PRINTF(4, 5);
guint asv_timeline_raise_list(AsvTimelineState *state, AsvFindingCode code,
                              const AsvFactAbout *about, const char *format, va_list words)
    G_GNUC_PRINTF(4, 0);
/* A watch that turns changes of this origin's cache into events. */
typedef struct {
  AsvTimelineState *state;
  AsvOriginState *origin;
  const AsvConnection *connection;
  const AsvObservation *seen; /* NULL: time alone */
  char *value;
  gsize value_size;
  GArray *findings; /* guint handles of the advertisement, for its first event; NULL when told */
  const char *rfc;  /* what the RFC asks for instead, likewise */
  const AsvPending *pending;
} AsvChangeContext;
AsvCacheWatch asv_event_watch(AsvChangeContext *context);
/* Keeps an entry that was, for telling later what a use came after. */
void asv_event_remember_ended(AsvOriginState *origin, const AsvEntry *entry, gint64 time,
                              AsvEndedBy by);
/* TRUE when its protocol runs over TCP. */
gboolean asv_alternative_is_tcp(const AsvAlternativeSeen *alternative);
/* TRUE when it is where clients go anyway: the origin's host and port over TCP. */
gboolean asv_alternative_is_origin(const AsvAlternativeSeen *alternative,
                                   const AsvOriginState *origin);

/* ---- timeline-recent.c ---- */

/* Tells the watch of an event; origin NULL: of none. */
void asv_recent_tell(const AsvTimelineState *state, const AsvClientState *client,
                     const AsvOriginState *origin, const AsvEvent *event);
/* Tells it of one more `refreshed` of a run. */
void asv_recent_tell_again(const AsvChangeContext *context, const AsvEntry *entry);

/* ---- timeline-advertise.c, timeline-use.c ---- */

void asv_timeline_advertised(AsvTimelineState *state, AsvConnection *connection,
                             const AsvObservation *seen);
void asv_timeline_requested(AsvTimelineState *state, AsvConnection *connection,
                            const AsvObservation *seen);
void asv_timeline_responded(AsvTimelineState *state, AsvConnection *connection,
                            const AsvObservation *seen);
/* ---- timeline-match.c ---- */

/* The entry that explains a connection. */
typedef struct {
  AsvEntry *entry;       /* NULL: none does; valid until the cache changes */
  const AsvEnded *ended; /* it was one of these; entry points into it */
  gboolean by_alt_used;  /* the entry is the one that Alt-Used names */
  gboolean by_address;   /* DNS gave its host the server's address */
  gboolean ambiguous;    /* others fit as well */
  gboolean in_http1;     /* HTTP/1.1 was negotiated instead of the entry's protocol */
} AsvMatch;

/* The best of the origin's entries alive at `time` that fit. request may be NULL. */
AsvMatch asv_match_find(const AsvTimelineState *state, const AsvConnection *connection,
                        const AsvOriginState *origin, gint64 time, const AsvRequestSeen *request);
/* Of the entries that fit and had ended when the connection opened, the one that ended last. */
const AsvEnded *asv_match_ended(const AsvTimelineState *state, const AsvConnection *connection,
                                const AsvOriginState *origin, const AsvRequestSeen *request);
/* As asv_answers_service(), for where the connection went. */
gboolean asv_match_service(const AsvTimelineState *state, const AsvConnection *connection,
                           const AsvOriginState *origin, gboolean has_stream,
                           const AsvService **found);
/* TRUE when Alt-Used names that alternative of the origin. */
gboolean asv_match_alt_used(const AsvOriginState *origin, const AsvAlternativeSeen *alternative,
                            AsvSpan alt_used);
/*
 * Tells which entry a connection was a try of, once all that can be known of
 * it is: at its first request (for `origin`), or when it ends without one
 * (both NULL).
 */
void asv_timeline_settle(AsvTimelineState *state, AsvConnection *connection,
                         const AsvRequestSeen *request, AsvOriginState *origin);

/* As asv_timeline_settle(), of a TCP connection that ended before it named anybody: by where it
 * went. `last` as in asv_timeline_end(). */
void asv_timeline_settle_by_address(AsvTimelineState *state, AsvConnection *connection,
                                    const AsvObservation *last);

/* Tells that a connection, by its request, is a try of that entry though it does not fit. */
void asv_timeline_tried(AsvTimelineState *state, AsvConnection *connection, AsvOriginState *origin,
                        AsvEntry *entry);

/* ---- timeline-fail.c ---- */

void asv_timeline_failed(AsvTimelineState *state, AsvConnection *connection,
                         const AsvObservation *seen);
/* Nothing more will come of the connection: says what it was. `last` is the observation that ends
 * it, NULL when none does. */
void asv_timeline_end(AsvTimelineState *state, AsvConnection *connection,
                      const AsvObservation *last);
/* A request went to the server of an alternative, but not in the alternative's protocol. */
void asv_timeline_other_protocol(AsvTimelineState *state, AsvConnection *connection,
                                 AsvOriginState *origin, AsvEntry *entry,
                                 const AsvObservation *seen);
/* Raises what all connections of a client show together. */
void asv_client_judge(AsvTimelineState *state, AsvClientState *client);

/* ---- timeline-report.c ---- */

/* The rows of an origin's cache as of `at`. */
GPtrArray *asv_timeline_rows(const AsvOriginState *origin, gint64 at);
/* Keeps an origin's cache as it is at --at. */
void asv_timeline_keep_rows(AsvTimelineState *state, AsvOriginState *origin);
/* Keeps every cache as it is at --at, which the clock is about to pass. */
void asv_timeline_pass_at(AsvTimelineState *state);
/* Marks the entry in what is kept of --at as tried. */
void asv_timeline_mark_tried(AsvOriginState *origin, const AsvAlternativeSeen *alternative);
/* Fills in the result. */
void asv_timeline_report(AsvTimelineState *state);

/* Sets timeline.absent. clients: AsvClientState*, sorted. */
void asv_timeline_note_absent(AsvTimelineState *state, const GPtrArray *clients);
void asv_client_report_free(gpointer report);

#endif

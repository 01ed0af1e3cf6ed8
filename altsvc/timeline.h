/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All clients' caches through time: takes observations, gives the finished
 * timeline that report/ prints. Applies RFC 7838 §2 to §6 through cache.h,
 * matches connections and requests with entries (tried, used), derives
 * findings through finding.h.
 *
 * The result (everything below AsvTimeline) is owned by the timeline and may
 * be read after asv_timeline_finish(). Times are nanoseconds since 1970 UTC.
 * Strings are UTF-8 unless the field says "octets"; those may hold anything.
 */
#ifndef ALTSVC_TIMELINE_H
#define ALTSVC_TIMELINE_H

#include "altsvc/model.h"
#include "altsvc/observation.h"
#include "altsvc/stored.h"

typedef enum {
  ASV_CLIENT_BY_IP,
  ASV_CLIENT_BY_MAC,
  ASV_CLIENT_BY_IP_AND_AGENT,
  ASV_CLIENT_BY_CAPTURE
} AsvClientBy;

typedef enum {
  ASV_EVENT_LEARNED,
  ASV_EVENT_REFRESHED,
  ASV_EVENT_REPLACED,
  ASV_EVENT_CLEARED,
  ASV_EVENT_EXPIRED,
  ASV_EVENT_REMOVED,
  ASV_EVENT_FORGOTTEN,
  ASV_EVENT_IGNORED,
  ASV_EVENT_TRIED,
  ASV_EVENT_USED,
  ASV_EVENT_FAILED,    /* a try that came to nothing */
  ASV_EVENT_VALIDATED, /* the client has connected to it, so it counts */
  ASV_EVENT_BROKEN,    /* the client does not use it for a time: expires says how long */
  ASV_EVENT_UNBROKEN,  /* that time is over, or it worked */
  ASV_EVENT_EVICTED,   /* dropped to make room, or with its mark */
  ASV_EVENT_RESTORED,  /* the client had it before the capture: AsvTimelineOptions.start */
  ASV_EVENT_CONTEXT,   /* text reports only: a connection or request that explains the others */
  ASV_EVENTS
} AsvEventKind;

typedef enum {
  ASV_ENDED_NOT,
  ASV_ENDED_REPLACEMENT,
  ASV_ENDED_CLEAR,
  ASV_ENDED_EXPIRY,
  ASV_ENDED_MISDIRECTED,
  ASV_ENDED_NETWORK_CHANGE,
  ASV_ENDED_EVICTION
} AsvEndedBy;

typedef enum { ASV_SEVERITY_NOTE, ASV_SEVERITY_WARNING, ASV_SEVERITY_ERROR } AsvSeverity;

typedef enum {
  ASV_OUTCOME_SWITCHED,
  ASV_OUTCOME_FELL_BACK,   /* used, then it failed, and requests went to the origin */
  ASV_OUTCOME_UNREACHABLE, /* tried, never worked: no request went there */
  ASV_OUTCOME_NOT_USED,
  ASV_OUTCOME_WAITING,
  ASV_OUTCOME_READY,
  ASV_OUTCOME_NOT_ACCEPTED,
  ASV_OUTCOME_CLIENT_CANNOT, /* reads no Alt-Svc, or speaks nothing that is offered */
  ASV_OUTCOME_PROXIED,
  ASV_OUTCOME_NOT_ADVERTISED,
  ASV_OUTCOME_UNKNOWN,
  ASV_OUTCOMES
} AsvOutcome;

const char *asv_event_kind_name(AsvEventKind kind);
const char *asv_ended_by_name(AsvEndedBy by); /* NULL for ASV_ENDED_NOT */
const char *asv_severity_name(AsvSeverity severity);
const char *asv_outcome_name(AsvOutcome outcome); /* the verdict: "switched", "not-used", ... */
const char *asv_client_by_name(AsvClientBy by);

/* An alternative as a report shows it. */
typedef struct {
  char *protocol_id; /* as written */
  char *alpn;        /* octets, percent-decoded */
  gsize alpn_size;
  char *host;        /* lower case; the origin's when the field gave none */
  gboolean own_host; /* the field gave none */
  gboolean has_port; /* FALSE: none, or above 2^32-1 */
  guint64 port;
  guint64 ma; /* seconds, clamped to 2^31 */
  gboolean has_age;
  guint64 age; /* seconds */
  gboolean persist;
  gboolean usable;
  const char *why;   /* when not usable: "port is missing", ... */
  gboolean restored; /* from a client's storage: ma, Age and what advertised it are not known */
} AsvAlternativeSeen;

typedef struct AsvEvent AsvEvent;

/* What happened to one origin's entries. Fields that do not apply are 0 or NULL. */
struct AsvEvent {
  AsvEventKind kind;
  gint64 time;
  guint64 packet; /* 0 when time alone made it happen, e.g. expiry */
  const char *file;
  const char *connection;
  guint64 id; /* the connection's; 0 when none */
  gboolean has_stream;
  guint64 stream;
  gboolean has_via;
  AsvVia via;
  char *value; /* octets */
  gsize value_size;
  AsvAlternativeSeen *alternative;
  gint64 expires;
  AsvEndedBy ended_by;
  const char *reason;   /* ignored: code of the finding; failed: why, in a word */
  const char *detail;   /* failed: in words, or NULL */
  const char *rfc;      /* what RFC 7838 asks for instead, in words; or NULL */
  const char *evidence; /* tried, used: "alt-used", "sni-port-alpn", "request-origin",
                           "address-port" */
  gboolean ambiguous;
  gboolean has_entries;
  guint entries;    /* cleared: how many were dropped */
  guint count;      /* refreshed: length of the run, otherwise 1 */
  gint64 last_time; /* of the run */
  guint64 last_packet;
  GArray *findings; /* guint: ids of findings, index into AsvTimeline.findings + 1; may be NULL */
  /* For text: the message behind the event, or of the context line. */
  char *method, *path; /* octets as text, bounded */
  guint status;
  char *origin_written; /* unplaced: what the frame's Origin said */
  char *context;        /* ASV_EVENT_CONTEXT: the words, "" when method, path, status say it all */
  gint64 learned_time;  /* tried, used, endings: of the entry */
  guint64 learned_packet;
  guint64
      answer_packet;    /* used: of the response to the first request, whose message the above is */
  guint64 requests;     /* used: requests for the origin on this connection */
  guint64 later;        /* of them, those after the entry had ended */
  guint64 named;        /* of them, those whose Alt-Used names the alternative */
  char *alt_used;       /* octets as text: what the first of those says */
  const char *sni;      /* used: the connection's; tried: likewise, where the alternative is another
                           host and the SNI names the origin, as it must (§2.3) */
  const char *server;   /* tried: where it led, if that is another host or port than the origin's */
  gint64 answered_time; /* tried: when the server's part of the handshake was complete; or 0 */
  guint64 answered_packet; /* and with which packet */
  const char *protocol; /* of its request, "HTTP/2": of a context, and of a use in another one than
                           the alternative's; or NULL */
  gboolean of_use;      /* context: a request of a `used` event, told under that one */
  const AsvEvent *next; /* used, and such context lines: the next of them, or NULL */
};

/* One entry of the cache at the end, or at --at. */
typedef struct {
  AsvAlternativeSeen alternative;
  guint rank; /* from 1 */
  gint64 learned;
  guint64 packet;
  AsvVia via;
  gint64 expires;
  gboolean tried;
  guint64 requests;         /* that used it */
  gint64 last_used;         /* 0 when never */
  const char *learned_over; /* "h1", "h2", "h3" where the client keeps that apart, or NULL */
  gint64 broken_until;      /* the client does not use it until then; 0: it does */
  gboolean expired;         /* has expired, and the client's storage holds it still */
} AsvCacheRow;

typedef struct {
  char *origin;
  AsvOutcome verdict;
  const char *why; /* for text: what keeps the client from all that is offered, a sentence without
                      its full stop; or NULL */
  gboolean went_back;    /* for text: requests went to the origin since an alternative failed */
  const char *back_over; /* "HTTP/2", of the last of them; NULL: not known */
  GArray *because;       /* guint finding ids; may be NULL */
  GPtrArray *events;     /* AsvEvent*, in order */
  GPtrArray *by_rfc; /* for text: AsvCacheRow*, what RFC 7838 would have it hold; NULL: the same */
  GPtrArray *cache;  /* AsvCacheRow*, by rank */
  guint64 requests, responses, advertisements; /* for text */
} AsvOriginReport;

typedef struct {
  char *client;
  GPtrArray *user_agents;   /* char*, in order of appearance, bounded */
  const char *model;        /* "rfc7838" */
  const char *model_reason; /* in words */
  const char *hint;         /* another --client-by would tell more, in words; or NULL */
  GPtrArray *origins;       /* AsvOriginReport*, by text */
  GPtrArray *unplaced;      /* AsvEvent*: ignored ones that belong to no origin */
} AsvClientReport;

typedef struct {
  char *label, *client, *server, *sni, *alpn, *tls_version; /* NULL where unknown */
  guint64 id;
  gint64 opened, closed; /* closed 0 when not seen */
  guint64 requests;
  GPtrArray *origins; /* const char*, in order of first request */
} AsvConnectionReport;

typedef struct {
  guint id; /* from 1, in report order */
  const char *code;
  AsvSeverity severity;
  guint64 count;
  GArray *packets; /* guint64, the first ones (bounded) */
  gint64 time;     /* of the first */
  const char *connection;
  gboolean has_stream;
  guint64 stream;
  const char *client, *origin; /* NULL when it belongs to none */
  char *message, *advice, *filter;
  const char *spec; /* "RFC 7838, 4" */
} AsvFinding;

typedef struct {
  char *connection, *client, *server, *sni;
  guint64 id;
  AsvUnreadableReason reason;
  AsvFrom from;
  guint64 packet, bytes;
} AsvUnreadableReport;

typedef struct {
  char *file;
  char *format;
  guint64 packets, bytes, dropped;
  gint64 first, last;
  gboolean complete, has_dropped;
} AsvCaptureReport;

typedef struct {
  guint64 connections, decrypted, requests, responses, advertisements; /* responses without 1xx */
  gboolean dns;                                                        /* a DNS answer was seen */
  guint64 not_kept;      /* facts left out because a limit of altsvc/limits.h was reached */
  GPtrArray *unreadable; /* AsvUnreadableReport*, by packet order of the first */
} AsvCoverage;

typedef struct {
  AsvClientBy client_by;
  AsvModelName model;
  const char *client; /* keep this client only, or NULL */
  const char *origin; /* keep this origin only (serialization), or NULL */
  gboolean has_at;
  gboolean at_relative;   /* `at` counts from the first packet */
  gint64 at;              /* nanoseconds */
  const GPtrArray *start; /* AsvStored*: what each client's cache holds at first; or NULL */
} AsvTimelineOptions;

typedef struct {
  AsvTimelineOptions options;
  gboolean at_projected; /* options.at lies after the end of the capture */
  gint64 at;           /* when the cache rows hold: resolved --at, or the last observation's time */
  gint64 first, last;  /* of all captures */
  GPtrArray *captures; /* AsvCaptureReport* */
  AsvCoverage coverage;
  GPtrArray *clients;             /* AsvClientReport* */
  GPtrArray *connections;         /* AsvConnectionReport*, by opening */
  GPtrArray *findings;            /* AsvFinding*, worst first */
  const char *absent;             /* for text: that options.client or options.origin is not in it, a
                                     sentence; NULL when it is, or none was asked for */
  struct AsvTimelineState *state; /* what only timeline.c sees */
} AsvTimeline;

/* options and the strings in it must outlive the timeline. */
AsvTimeline *asv_timeline_new(const AsvTimelineOptions *options);
/*
 * The time of the first packet, which a relative --at counts from. To be called before the first
 * observation; without it the first observation's time stands for it.
 */
void asv_timeline_begin(AsvTimeline *timeline, gint64 first);
void asv_timeline_observe(AsvTimeline *timeline, const AsvObservation *observation);

/* One fact behind a finding, as it is seen. Valid for the call. */
typedef struct {
  const char *code;
  AsvSeverity severity;
  const char *client, *origin; /* NULL when it belongs to none */
  const char *message;         /* the fact's own words, or the finding's when it has none */
} AsvFact;

/*
 * Who is told what an observation does while asv_timeline_observe() runs; each function may be
 * NULL. What only the whole traffic shows is not told.
 */
typedef struct {
  void *self;
  /*
   * An event of that client and origin (NULL: of none): a `refreshed` each time, not once a run; no
   * context lines. Without ids of findings. Valid for the call; its strings live as long as the
   * timeline.
   */
  void (*event)(void *self, const char *client, const char *origin, const AsvEvent *event);
  void (*fact)(void *self, const AsvFact *fact);
} AsvTimelineWatch;

/* To be called before the first observation. */
void asv_timeline_watch(AsvTimeline *timeline, const AsvTimelineWatch *watch);
/* The client's name of a connection heard of lately, or NULL. Lives as long as the timeline. */
const char *asv_timeline_client_now(const AsvTimeline *timeline, guint64 connection_id);
/*
 * What that client's cache holds for that origin after the last observation: AsvCacheRow*, to be
 * unreferenced by the caller; their strings live as long as the timeline. NULL when the client or
 * its origin is not known.
 */
GPtrArray *asv_timeline_cache_now(const AsvTimeline *timeline, const char *client,
                                  const char *origin);

void asv_timeline_finish(AsvTimeline *timeline);
void asv_timeline_free(AsvTimeline *timeline);

#endif

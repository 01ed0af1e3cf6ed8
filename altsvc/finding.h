/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Findings: what is wrong or worth knowing, grouped so that ten alike are one
 * with a count. The catalogue (code, severity, section, advice) is one table
 * in finding-catalogue.c. Whoever sees a fact raises it; what only the traffic
 * as a whole shows is raised by asv_findings_observe() and
 * asv_findings_finish() (rules in finding-traffic.c).
 */
#ifndef ALTSVC_FINDING_H
#define ALTSVC_FINDING_H

#include <stdarg.h>

#include "altsvc/limits.h"
#include "altsvc/timeline.h"

typedef enum {
  /* errors */
  ASV_FINDING_FRAME_ORIGIN_MISSING,
  ASV_FINDING_FRAME_ORIGIN_UNEXPECTED,
  ASV_FINDING_FRAME_FROM_CLIENT,
  ASV_FINDING_FRAME_MALFORMED,
  ASV_FINDING_FRAME_EMPTY_VALUE,
  ASV_FINDING_FRAME_ORIGIN_INVALID,
  ASV_FINDING_FRAME_NOT_AUTHORITATIVE,
  ASV_FINDING_FRAME_STREAM_UNKNOWN,
  ASV_FINDING_VALUE_INVALID,
  ASV_FINDING_PROTOCOL_ID_NOT_CANONICAL,
  ASV_FINDING_HOST_NOT_ASCII,
  ASV_FINDING_PORT_UNUSABLE,
  ASV_FINDING_ALTERNATIVE_WITHOUT_TLS,
  ASV_FINDING_ALTERNATIVE_CERTIFICATE_MISMATCH,
  ASV_FINDING_ALTERNATIVE_CERTIFICATE_REJECTED,
  ASV_FINDING_ALTERNATIVE_ALPN_MISMATCH,
  ASV_FINDING_ALTERNATIVE_REFUSED,
  ASV_FINDING_ALTERNATIVE_NO_ANSWER,
  ASV_FINDING_ALTERNATIVE_HANDSHAKE_FAILED,
  ASV_FINDING_ALTERNATIVE_STALLED,
  ASV_FINDING_ALTERNATIVE_SNI_MISMATCH,
  ASV_FINDING_AUTHORITY_NAMES_ALTERNATIVE,
  ASV_FINDING_CONNECTION_SPECIFIC_FIELD,
  /* warnings */
  ASV_FINDING_VALUE_CLEAR_MIXED,
  ASV_FINDING_PERSIST_NOT_1,
  ASV_FINDING_MA_ZERO,
  ASV_FINDING_MA_OVERFLOW,
  ASV_FINDING_MA_NOT_A_NUMBER,
  ASV_FINDING_EXPIRED_ON_ARRIVAL,
  ASV_FINDING_ALTERNATIVE_PORT_UNPRIVILEGED,
  ASV_FINDING_ADVERTISED_OVER_HTTP,
  ASV_FINDING_PER_CLIENT_ALTERNATIVE,
  ASV_FINDING_MISDIRECTED,
  ASV_FINDING_MISDIRECTED_DEFAULT_ROUTE,
  ASV_FINDING_MISDIRECTED_WITH_ALT_SVC,
  ASV_FINDING_USED_AFTER_421, /* severity error */
  ASV_FINDING_USED_AFTER_EXPIRY,
  ASV_FINDING_USED_AFTER_CLEAR,
  ASV_FINDING_NOT_USED,
  ASV_FINDING_UDP_BLOCKED_LIKELY,
  ASV_FINDING_ALT_USED_WRONG,
  /* notes */
  ASV_FINDING_FRAME_FLAGS,
  ASV_FINDING_FRAME_AND_HEADER_MIXED,
  ASV_FINDING_VALUE_EMPTY_PARAMETER,
  ASV_FINDING_VALUE_EMPTY_ELEMENT,
  ASV_FINDING_VALUE_DUPLICATE_PARAMETER,
  ASV_FINDING_PARAMETER_NAME_CASE,
  ASV_FINDING_PARAMETER_UNKNOWN,
  ASV_FINDING_PROTOCOL_OBSOLETE,
  ASV_FINDING_PROTOCOL_UNKNOWN,
  ASV_FINDING_ALTERNATIVE_IS_ORIGIN,
  ASV_FINDING_ALTERNATIVE_OTHER_HOST,
  ASV_FINDING_TRAILER_FIELD,
  ASV_FINDING_USED_UNLEARNED,
  ASV_FINDING_ADVERTISED_SOMETIMES,
  ASV_FINDING_ADVERTISEMENTS_DIFFER,
  ASV_FINDING_ALT_USED_MISSING,
  ASV_FINDING_PROXIED,
  ASV_FINDING_PROXY_LEG,
  ASV_FINDING_TLS_INTERCEPTED,
  ASV_FINDING_CLIENT_IGNORES_FRAMES,
  ASV_FINDING_CLIENT_HAS_NO_CACHE,
  ASV_FINDING_KEEP_ALIVE_WITHOUT_CONNECTION,
  ASV_FINDING_COVERAGE_NO_SECRETS,
  ASV_FINDING_COVERAGE_BYTES_LOST,
  ASV_FINDING_COVERAGE_STARTED_LATE,
  ASV_FINDING_COVERAGE_ONE_DIRECTION,
  ASV_FINDINGS_COUNT
} AsvFindingCode;

/* "frame-origin-missing", ...; its severity; its section, e.g. "RFC 7838, 4" (NULL where there is
 * none). */
const char *asv_finding_name(AsvFindingCode code);
AsvSeverity asv_finding_severity(AsvFindingCode code);
const char *asv_finding_spec(AsvFindingCode code);
/* What it is and why it matters, and what to do: whole sentences. */
const char *asv_finding_meaning(AsvFindingCode code);
const char *asv_finding_advice(AsvFindingCode code);

/* The code of that name; FALSE when there is none. */
gboolean asv_finding_by_name(const char *name, AsvFindingCode *code);

typedef struct AsvFindings AsvFindings;
AsvFindings *asv_findings_new(void);

/* Tells `watch` (borrowed) each fact until asv_findings_finish(); its words are then always made.
 */
void asv_findings_watch(AsvFindings *findings, const AsvTimelineWatch *watch);

/* Who a fact is about. client and origin may be NULL: then the fact is nobody's in particular. */
typedef struct {
  const AsvObservation
      *seen;          /* gives packet, time, connection and stream; NULL when time alone shows it */
  const char *client; /* as reports name clients */
  const char *origin;
} AsvFindingAbout;

/*
 * For octets of the capture in the words of asv_findings_raise(): the format
 * and its arguments, cut to ASV_QUOTE_MAX octets and then followed by "...".
 * Octets that are not printable ASCII become \xNN in the message.
 */
#define ASV_QUOTE "%.*s%s"
#define ASV_QUOTED(span)                                           \
  (int)MIN((span).size, ASV_QUOTE_MAX), (const char *)(span).data, \
      (span).size > ASV_QUOTE_MAX ? "..." : ""

/*
 * Raises a fact. Facts of one code about one client and origin are one finding;
 * the first one's words stand, in printf form, formatted only then. Returns a
 * handle, from 1, valid until asv_findings_finish() turns it into an id. Above
 * ASV_FINDINGS_MAX findings, facts that would be a new one are counted in one
 * finding of their code that belongs to no client and no origin.
 */
guint asv_findings_raise(AsvFindings *findings, AsvFindingCode code, const AsvFindingAbout *about,
                         const char *format, ...) G_GNUC_PRINTF(4, 5);
/* The same with the words' arguments as a list. */
guint asv_findings_raise_list(AsvFindings *findings, AsvFindingCode code,
                              const AsvFindingAbout *about, const char *format, va_list words)
    G_GNUC_PRINTF(4, 0);

/*
 * Raises a fact again: counts it and returns its handle when its finding is
 * there, else 0, and asv_findings_raise() must be called. For words that cost
 * something to make.
 */
guint asv_findings_again(AsvFindings *findings, AsvFindingCode code, const AsvFindingAbout *about);

/* The handle of a finding about that client and origin (NULL: none); 0 when there is none. */
guint asv_findings_find(const AsvFindings *findings, AsvFindingCode code, const char *client,
                        const char *origin);

/* Adds words to a finding's message, once however often they are given. No fact: watchers are not
 * told. */
void asv_findings_append(AsvFindings *findings, guint handle, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/* Counts n more facts of a finding without listing their packets. */
void asv_findings_count(AsvFindings *findings, guint handle, guint64 n);

/*
 * Looks at an observation for what needs no cache: trailer-field,
 * advertised-over-http, frame-and-header-mixed, frame-flags, advertised-sometimes,
 * advertisements-differ, per-client-alternative, connection-specific-field,
 * keep-alive-without-connection, proxied, coverage-*. client is as reports name it.
 */
void asv_findings_observe(AsvFindings *findings, const char *client,
                          const AsvObservation *observation);

/*
 * Ends it: raises what only the whole shows, sorts (severity, then code in the
 * order above, client, origin), numbers from 1. Returns AsvFinding*, owned by
 * the caller; ids[handle] (guint) is the id of a handle, ids[0] is 0. ids may be
 * NULL.
 */
GPtrArray *asv_findings_finish(AsvFindings *findings, GArray **ids);
/* Messages that were not compared with others because of a limit of altsvc/limits.h. */
guint64 asv_findings_not_kept(const AsvFindings *findings);

void asv_findings_free(AsvFindings *findings);
void asv_finding_free(AsvFinding *finding);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The result: verdicts, cache rows, everything sorted, --client and --origin
 * applied, handles of findings turned into their numbers.
 */
#include <string.h>

#include "client.h"
#include "finding-coverage.h"
#include "timeline-model.h"
#include "timeline-shadow.h"

/* ---- cache rows ---- */

static void row_free(gpointer data) {
  g_free(data);
}

static void add_row(GPtrArray *rows, const AsvOriginState *origin, const AsvEntry *entry,
                    gboolean expired, gint64 at) {
  static const char *const sources[] = {NULL, "h1", "h2", "h3"};
  gboolean by_source = origin->client->choice.model->replaces == ASV_REPLACES_SOURCE;
  AsvCacheRow *row = g_new0(AsvCacheRow, 1);
  *row =
      (AsvCacheRow){.alternative = entry->alternative,
                    .rank = rows->len + 1,
                    .learned = entry->learned,
                    .packet = entry->packet,
                    .via = entry->via,
                    .expires = entry->expires,
                    .tried = entry->tried,
                    .requests = entry->requests,
                    .last_used = entry->last_used,
                    .learned_over = by_source ? sources[entry->source] : NULL,
                    .broken_until = asv_model_broken_until(origin->client, &entry->alternative, at),
                    .expired = expired};
  g_ptr_array_add(rows, row);
}

/* What has expired stays in a storage that is cleaned up when the client asks for something. */
static void add_expired(GPtrArray *rows, const AsvOriginState *origin, gint64 at) {
  for (guint i = 0; origin->ended && i < origin->ended->len; i++) {
    const AsvEnded *ended = &g_array_index(origin->ended, AsvEnded, i);
    if (ended->time <= at && asv_client_stores(origin->client, ended))
      add_row(rows, origin, &ended->entry, TRUE, at);
  }
}

GPtrArray *asv_timeline_rows(const AsvOriginState *origin, gint64 at) {
  GPtrArray *rows = g_ptr_array_new_with_free_func(row_free);
  for (guint i = 0; i < origin->cache.count; i++) {
    const AsvEntry *entry = &origin->cache.entries[i];
    gboolean expired = entry->expires <= at;
    if (!expired || origin->client->choice.model->stores_expired)
      add_row(rows, origin, entry, expired, at);
  }
  add_expired(rows, origin, at);
  return rows;
}

void asv_timeline_mark_tried(AsvOriginState *origin, const AsvAlternativeSeen *alternative) {
  for (guint i = 0; i < origin->rows->len; i++) {
    AsvCacheRow *row = origin->rows->pdata[i];
    if (asv_alternative_same(&row->alternative, alternative)) row->tried = TRUE;
  }
}

typedef void (*OriginVisit)(AsvTimelineState *state, AsvOriginState *origin);

static void for_each_origin(AsvTimelineState *state, OriginVisit visit) {
  GHashTableIter clients, origins;
  gpointer client, origin;
  g_hash_table_iter_init(&clients, state->clients);
  while (g_hash_table_iter_next(&clients, NULL, &client)) {
    g_hash_table_iter_init(&origins, ((AsvClientState *)client)->origins);
    while (g_hash_table_iter_next(&origins, NULL, &origin)) visit(state, origin);
  }
}

void asv_timeline_keep_rows(AsvTimelineState *state, AsvOriginState *origin) {
  asv_origin_expire(state, origin, state->at);
  if (origin->cache.count || origin->ended) origin->rows = asv_timeline_rows(origin, state->at);
  origin->shadow_rows = asv_shadow_rows(origin, state->at);
}

void asv_timeline_pass_at(AsvTimelineState *state) {
  state->at_passed = TRUE;
  for_each_origin(state, asv_timeline_keep_rows);
}

static void expire_to_end(AsvTimelineState *state, AsvOriginState *origin) {
  asv_origin_expire(state, origin, state->timeline->last);
}

/* ---- verdicts ---- */

/* The one User-Agent of the client is a program's that reads no Alt-Svc, and nothing speaks
 * against that. */
static gboolean has_no_cache(const AsvOriginState *origin) {
  const AsvClientState *client = origin->client;
  return client->choice.no_cache && !client->quic && client->agents && client->agents->len == 1;
}

/* Its ports are what keeps the client from some of it. */
static gboolean keeps_to_ports(const AsvOriginState *origin) {
  return origin->unprivileged && origin->client->choice.model->stays_privileged;
}

/* What keeps the client from all that is offered to it, in words; NULL: nothing known. */
static const char *what_keeps(const AsvOriginState *origin) {
  const AsvClientState *client = origin->client;
  const AsvModel *model = client->choice.model;
  guint64 elsewhere = origin->usable - origin->own;
  if (!elsewhere) return NULL;
  guint64 tcp = model->uses_tcp ? 0 : origin->over_tcp;
  guint64 ports = keeps_to_ports(origin) ? origin->unprivileged : 0;
  if (tcp == elsewhere) return "Clients of this kind go to no alternative over TCP";
  if (tcp + ports == elsewhere)
    return "Clients of this kind go to no port above 1023 for an origin below, nor over TCP";
  if (model->model == ASV_MODEL_CURL && !origin->over_tcp && !client->quic && origin->opportunities)
    return "No QUIC of this curl is in the capture: it is built without HTTP/3 (curl -V tells), or "
           "runs without --alt-svc";
  return NULL;
}

/* Requests go on over a connection that is open. The one that a client opens the alternative for
 * still does: it says nothing about the next. */
static gboolean is_waiting(const AsvOriginState *origin) {
  if (!origin->requests_since) return FALSE;
  return !origin->stands_from || origin->last_since > origin->stands_from + ASV_IN_FLIGHT;
}

/* Requests reached the origin since an alternative failed. */
static gboolean went_back(const AsvOriginState *origin) {
  return origin->failed_from && origin->last_default >= origin->failed_from;
}

static AsvOutcome judge(const AsvOriginState *origin) {
  if (origin->uses) return went_back(origin) ? ASV_OUTCOME_FELL_BACK : ASV_OUTCOME_SWITCHED;
  if (origin->maybe_used) return ASV_OUTCOME_UNKNOWN;
  if (origin->failures) return ASV_OUTCOME_UNREACHABLE;
  if (origin->usable ? has_no_cache(origin) || what_keeps(origin) != NULL : origin->unread > 0)
    return ASV_OUTCOME_CLIENT_CANNOT;
  if (origin->opportunities) return ASV_OUTCOME_NOT_USED;
  if (!origin->advertisements && !origin->learned)
    return origin->responses * 2 < origin->requests ? ASV_OUTCOME_UNKNOWN
                                                    : ASV_OUTCOME_NOT_ADVERTISED;
  if (!origin->usable)
    return origin->learned || origin->ignored ? ASV_OUTCOME_NOT_ACCEPTED
                                              : ASV_OUTCOME_NOT_ADVERTISED;
  if (origin->own == origin->usable) return ASV_OUTCOME_NOT_ADVERTISED; /* nowhere to switch to */
  if (origin->proxied) return ASV_OUTCOME_PROXIED;
  return is_waiting(origin) ? ASV_OUTCOME_WAITING : ASV_OUTCOME_READY;
}

static void add_because(AsvOriginState *origin, guint handle) {
  if (handle == ASV_NO_FINDING) return;
  if (!origin->because) origin->because = g_array_new(FALSE, FALSE, sizeof(guint));
  for (guint i = 0; i < origin->because->len; i++)
    if (g_array_index(origin->because, guint, i) == handle) return;
  if (origin->because->len < ASV_BECAUSE_MAX) g_array_append_val(origin->because, handle);
}

static void explain_not_accepted(AsvOriginState *origin) {
  for (guint i = 0; origin->events && i < origin->events->len; i++) {
    const AsvEvent *event = origin->events->pdata[i];
    if (event->kind != ASV_EVENT_IGNORED && event->alternative && event->alternative->usable)
      continue;
    for (guint j = 0; event->findings && j < event->findings->len; j++)
      add_because(origin, g_array_index(event->findings, guint, j));
  }
}

static void explain_not_used(AsvTimelineState *state, AsvOriginState *origin) {
  const char *because = what_keeps(origin);
  AsvFactAbout about = {origin->client, origin, origin->opportunity};
  guint handle =
      asv_timeline_raise(state, ASV_FINDING_NOT_USED, &about,
                         "%" G_GUINT64_FORMAT
                         " request%s for %s went to the origin itself on "
                         "connections that were opened while an alternative was "
                         "there.%s%s%s",
                         origin->opportunities, origin->opportunities == 1 ? "" : "s", origin->text,
                         because ? " " : "", because ? because : "", because ? "." : "");
  add_because(origin, handle);
}

static void explain_no_cache(AsvTimelineState *state, AsvOriginState *origin) {
  AsvFactAbout about = {.client = origin->client, .seen = origin->opportunity};
  asv_timeline_raise(state, ASV_FINDING_CLIENT_HAS_NO_CACHE, &about,
                     "This client is %s, going by its User-Agent, which reads no Alt-Svc: what "
                     "servers advertise does not change where it goes.",
                     origin->client->choice.agent);
}

#define SWITCHED (1U << ASV_OUTCOME_SWITCHED)
#define FELL_BACK (1U << ASV_OUTCOME_FELL_BACK)
#define UNREACHABLE (1U << ASV_OUTCOME_UNREACHABLE)
#define NOT_USED (1U << ASV_OUTCOME_NOT_USED)
#define CANNOT (1U << ASV_OUTCOME_CLIENT_CANNOT)
#define PROXIED (1U << ASV_OUTCOME_PROXIED)
#define NOT_ADVERTISED (1U << ASV_OUTCOME_NOT_ADVERTISED)
#define UNKNOWN (1U << ASV_OUTCOME_UNKNOWN)

/* A finding that belongs to the story of some verdicts. */
typedef struct {
  guint verdicts; /* bits */
  AsvFindingCode code;
  gboolean of_origin; /* else of the client as a whole */
} Reason;

/* In the order in which to tell them. */
static const Reason reasons[] = {
    {SWITCHED | FELL_BACK | NOT_USED, ASV_FINDING_MISDIRECTED, TRUE},
    {NOT_USED | CANNOT, ASV_FINDING_ALTERNATIVE_PORT_UNPRIVILEGED, TRUE},
    {SWITCHED | FELL_BACK | NOT_USED | UNKNOWN, ASV_FINDING_MISDIRECTED_DEFAULT_ROUTE, TRUE},
    {FELL_BACK | UNREACHABLE, ASV_FINDING_UDP_BLOCKED_LIKELY, FALSE},
    {FELL_BACK | UNREACHABLE, ASV_FINDING_ALTERNATIVE_CERTIFICATE_MISMATCH, TRUE},
    {FELL_BACK | UNREACHABLE, ASV_FINDING_ALTERNATIVE_CERTIFICATE_REJECTED, TRUE},
    {SWITCHED | FELL_BACK | UNREACHABLE, ASV_FINDING_ALTERNATIVE_ALPN_MISMATCH, TRUE},
    {FELL_BACK | UNREACHABLE, ASV_FINDING_ALTERNATIVE_REFUSED, TRUE},
    {FELL_BACK | UNREACHABLE, ASV_FINDING_ALTERNATIVE_NO_ANSWER, TRUE},
    {FELL_BACK | UNREACHABLE, ASV_FINDING_ALTERNATIVE_HANDSHAKE_FAILED, TRUE},
    {SWITCHED | FELL_BACK | UNREACHABLE, ASV_FINDING_ALTERNATIVE_STALLED, TRUE},
    {SWITCHED | FELL_BACK, ASV_FINDING_USED_AFTER_421, TRUE},
    {SWITCHED | FELL_BACK, ASV_FINDING_USED_AFTER_EXPIRY, TRUE},
    {SWITCHED | FELL_BACK, ASV_FINDING_USED_AFTER_CLEAR, TRUE},
    {PROXIED, ASV_FINDING_PROXIED, FALSE},
    {CANNOT, ASV_FINDING_CLIENT_HAS_NO_CACHE, FALSE},
    {CANNOT, ASV_FINDING_CLIENT_IGNORES_FRAMES, TRUE},
    {NOT_ADVERTISED, ASV_FINDING_ALTERNATIVE_IS_ORIGIN, TRUE},
    {UNKNOWN, ASV_FINDING_COVERAGE_NO_SECRETS, FALSE},
    {UNKNOWN, ASV_FINDING_COVERAGE_BYTES_LOST, FALSE},
    {UNKNOWN, ASV_FINDING_COVERAGE_STARTED_LATE, FALSE},
    {UNKNOWN, ASV_FINDING_COVERAGE_ONE_DIRECTION, FALSE},
};

/* How many of the requests over alternatives got a 421, where each is told. */
static void count_misdirected(AsvTimelineState *state, const AsvOriginState *origin) {
  guint handle = asv_findings_find(state->findings, ASV_FINDING_MISDIRECTED, origin->client->name,
                                   origin->text);
  if (!handle || origin->context_lines >= ASV_ORIGIN_CONTEXT_MAX) return;
  guint64 requests = 0, refused = 0;
  for (guint i = 0; origin->events && i < origin->events->len; i++) {
    const AsvEvent *event = origin->events->pdata[i];
    if (event->kind == ASV_EVENT_USED) requests += event->requests;
    if (event->status == 421 && (event->kind == ASV_EVENT_USED || event->of_use))
      refused += MAX(event->count, 1);
  }
  if (refused)
    asv_findings_append(state->findings, handle,
                        " 421 came to %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
                        " request%s over alternatives.",
                        refused, requests, requests == 1 ? "" : "s");
}

/* Before the findings are finished: says what a verdict rests on. */
static void explain(AsvTimelineState *state, AsvOriginState *origin) {
  AsvOutcome verdict = origin->verdict = judge(origin);
  count_misdirected(state, origin);
  if (verdict == ASV_OUTCOME_NOT_ACCEPTED) explain_not_accepted(origin);
  if (verdict == ASV_OUTCOME_CLIENT_CANNOT && has_no_cache(origin))
    explain_no_cache(state, origin);
  else if ((verdict == ASV_OUTCOME_NOT_USED || verdict == ASV_OUTCOME_CLIENT_CANNOT) &&
           origin->opportunities)
    explain_not_used(state, origin);
  for (guint i = 0; i < G_N_ELEMENTS(reasons); i++) {
    const Reason *reason = &reasons[i];
    if (!(reason->verdicts & 1U << verdict)) continue;
    if (reason->code == ASV_FINDING_ALTERNATIVE_PORT_UNPRIVILEGED && !keeps_to_ports(origin))
      continue;
    guint handle = asv_findings_find(state->findings, reason->code, origin->client->name,
                                     reason->of_origin ? origin->text : NULL);
    if (handle) add_because(origin, handle);
  }
}

/* ---- advertisements without their requests ---- */

/* Which reason a client's direction could not be read for, by connection; one-direction is what the
 * others leave behind and counts least. */
static GHashTable *client_gaps(const AsvTimelineState *state) {
  const GPtrArray *rows = state->timeline->coverage.unreadable;
  GHashTable *gaps = g_hash_table_new(g_int64_hash, g_int64_equal);
  for (guint i = 0; i < rows->len; i++) {
    AsvUnreadableReport *row = rows->pdata[i];
    AsvFindingCode code;
    if (row->from != ASV_FROM_CLIENT || !asv_gaps_code(row->reason, &code)) continue;
    const AsvUnreadableReport *known = g_hash_table_lookup(gaps, &row->id);
    if (!known || known->reason == ASV_UNREADABLE_ONE_DIRECTION)
      g_hash_table_replace(gaps, &row->id, row);
  }
  return gaps;
}

/* Why a request was not captured may show later than its response. */
static void explain_unplaced(const AsvTimelineState *state, const AsvClientState *client,
                             GHashTable *gaps) {
  const char *assumed = asv_finding_name(ASV_FINDING_COVERAGE_STARTED_LATE);
  for (guint i = 0; client->unplaced && i < client->unplaced->len; i++) {
    AsvEvent *event = client->unplaced->pdata[i];
    const AsvUnreadableReport *gap = g_hash_table_lookup(gaps, &event->id);
    AsvFindingCode code;
    if (!gap || g_strcmp0(event->reason, assumed) != 0 || !asv_gaps_code(gap->reason, &code))
      continue;
    event->reason = asv_finding_name(code);
    guint handle = asv_findings_find(state->findings, code, client->name, NULL);
    if (handle) asv_event_add_finding(event, handle);
  }
}

/* ---- order ---- */

static gint compare_events(gconstpointer a, gconstpointer b) {
  const AsvEvent *x = *(AsvEvent *const *)a, *y = *(AsvEvent *const *)b;
  if (x->time != y->time) return x->time < y->time ? -1 : 1;
  if (x->packet != y->packet) return x->packet < y->packet ? -1 : 1;
  return 0;
}

static gint compare_clients(gconstpointer a, gconstpointer b) {
  const AsvClientState *x = *(AsvClientState *const *)a, *y = *(AsvClientState *const *)b;
  return asv_client_compare(x->name, y->name);
}

static gint compare_origins(gconstpointer a, gconstpointer b) {
  const AsvOriginState *x = *(AsvOriginState *const *)a, *y = *(AsvOriginState *const *)b;
  return strcmp(x->text, y->text);
}

static gint compare_connections(gconstpointer a, gconstpointer b) {
  const AsvConnectionReport *x = *(AsvConnectionReport *const *)a,
                            *y = *(AsvConnectionReport *const *)b;
  return x->opened == y->opened ? 0 : x->opened < y->opened ? -1 : 1;
}

static GPtrArray *sorted_values(GHashTable *table, GCompareFunc compare) {
  GPtrArray *values = g_ptr_array_new();
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init(&iter, table);
  while (g_hash_table_iter_next(&iter, NULL, &value)) g_ptr_array_add(values, value);
  g_ptr_array_sort(values, compare);
  return values;
}

/* ---- reports ---- */

static void number_findings(GArray *handles, const GArray *ids) {
  for (guint i = 0; handles && i < handles->len; i++) {
    guint *handle = &g_array_index(handles, guint, i);
    *handle = g_array_index(ids, guint, *handle);
  }
}

static void number_events(GPtrArray *events, const GArray *ids) {
  for (guint i = 0; i < events->len; i++)
    number_findings(((AsvEvent *)events->pdata[i])->findings, ids);
  g_ptr_array_sort(events, compare_events);
}

static GPtrArray *take_events(GPtrArray **events, const GArray *ids) {
  GPtrArray *taken = *events ? g_steal_pointer(events) : g_ptr_array_new();
  number_events(taken, ids);
  return taken;
}

static void origin_report_free(gpointer data) {
  AsvOriginReport *report = data;
  if (report->because) g_array_unref(report->because);
  g_ptr_array_unref(report->events);
  g_ptr_array_unref(report->cache);
  if (report->by_rfc) g_ptr_array_unref(report->by_rfc);
  g_free(report);
}

static GPtrArray *take_rows(const AsvTimelineState *state, AsvOriginState *origin) {
  if (origin->rows) return g_steal_pointer(&origin->rows);
  if (state->at_passed) return g_ptr_array_new();
  return asv_timeline_rows(origin, state->timeline->at);
}

static GPtrArray *take_shadow_rows(const AsvTimelineState *state, AsvOriginState *origin) {
  if (state->at_passed) return g_steal_pointer(&origin->shadow_rows);
  return asv_shadow_rows(origin, state->timeline->at);
}

static AsvOriginReport *report_origin(const AsvTimelineState *state, AsvOriginState *origin,
                                      const GArray *ids) {
  AsvOriginReport *report = g_new0(AsvOriginReport, 1);
  report->origin = (char *)origin->text;
  report->verdict = origin->verdict;
  if (origin->verdict == ASV_OUTCOME_CLIENT_CANNOT) report->why = what_keeps(origin);
  number_findings(origin->because, ids);
  report->because = g_steal_pointer(&origin->because);
  report->went_back = went_back(origin);
  if (report->went_back) report->back_over = origin->default_protocol;
  report->events = take_events(&origin->events, ids);
  report->cache = take_rows(state, origin);
  report->by_rfc = take_shadow_rows(state, origin);
  report->requests = origin->requests;
  report->responses = origin->responses;
  report->advertisements = origin->advertisements;
  return report;
}

void asv_client_report_free(gpointer data) {
  AsvClientReport *report = data;
  g_ptr_array_unref(report->user_agents);
  g_ptr_array_unref(report->origins);
  g_ptr_array_unref(report->unplaced);
  g_free(report);
}

static const char *hint_of(const AsvTimelineState *state, const AsvClientState *client) {
  if (state->options.client_by == ASV_CLIENT_BY_IP && client->agents && client->agents->len > 1)
    return "several User-Agents at this address: --client-by ip+agent tells them apart";
  return client->hint;
}

static AsvClientReport *report_client(AsvTimelineState *state, AsvClientState *client,
                                      const GArray *ids) {
  AsvClientReport *report = g_new0(AsvClientReport, 1);
  report->client = (char *)client->name;
  report->hint = hint_of(state, client);
  report->user_agents = client->agents ? g_steal_pointer(&client->agents) : g_ptr_array_new();
  report->model = client->choice.model->name;
  g_autofree char *reason = asv_model_reason(state->options.model, &client->choice);
  report->model_reason = asv_timeline_intern_text(state, reason);
  report->origins = g_ptr_array_new_with_free_func(origin_report_free);
  GPtrArray *origins = sorted_values(client->origins, compare_origins);
  for (guint i = 0; i < origins->len; i++) {
    AsvOriginState *origin = origins->pdata[i];
    if (!state->options.origin || strcmp(origin->text, state->options.origin) == 0)
      g_ptr_array_add(report->origins, report_origin(state, origin, ids));
  }
  g_ptr_array_unref(origins);
  report->unplaced =
      state->options.origin ? g_ptr_array_new() : take_events(&client->unplaced, ids);
  return report;
}

static gboolean has_origin(const AsvConnectionReport *row, const char *origin) {
  for (guint i = 0; row->origins && i < row->origins->len; i++)
    if (strcmp(row->origins->pdata[i], origin) == 0) return TRUE;
  return FALSE;
}

static gboolean keeps_connection(const AsvTimelineState *state, const AsvConnectionReport *row) {
  const AsvTimelineOptions *options = &state->options;
  if (options->origin && !has_origin(row, options->origin)) return FALSE;
  if (!options->client) return TRUE;
  const AsvClientState *client = g_hash_table_lookup(state->clients, row->client);
  return client ? client->shown : strcmp(row->client, options->client) == 0;
}

static void report_connections(const AsvTimelineState *state) {
  GPtrArray *rows = state->timeline->connections;
  guint kept = 0;
  for (guint i = 0; i < rows->len; i++) {
    AsvConnectionReport *row = rows->pdata[i];
    if (!row->origins) row->origins = g_ptr_array_new();
    if (keeps_connection(state, row)) {
      rows->pdata[kept++] = row;
      continue;
    }
    g_ptr_array_unref(row->origins);
    g_free(row);
  }
  g_ptr_array_set_size(rows, (gint)kept);
  g_ptr_array_sort(rows, compare_connections);
}

static void finding_free(gpointer finding) {
  asv_finding_free(finding);
}

void asv_timeline_report(AsvTimelineState *state) {
  AsvTimeline *timeline = state->timeline;
  for_each_origin(state, expire_to_end);
  GPtrArray *clients = sorted_values(state->clients, compare_clients);
  GHashTable *gaps = client_gaps(state);
  for (guint i = 0; i < clients->len; i++) {
    explain_unplaced(state, clients->pdata[i], gaps);
    asv_client_judge(state, clients->pdata[i]);
    GPtrArray *origins =
        sorted_values(((AsvClientState *)clients->pdata[i])->origins, compare_origins);
    for (guint j = 0; j < origins->len; j++) explain(state, origins->pdata[j]);
    g_ptr_array_unref(origins);
  }
  g_hash_table_unref(gaps);
  GArray *ids = NULL;
  g_ptr_array_unref(timeline->findings);
  timeline->findings = asv_findings_finish(state->findings, &ids);
  g_ptr_array_set_free_func(timeline->findings, finding_free);
  timeline->coverage.not_kept += asv_findings_not_kept(state->findings);
  for (guint i = 0; i < clients->len; i++) {
    AsvClientState *client = clients->pdata[i];
    if (client->shown && (client->requests || client->advertisements))
      g_ptr_array_add(timeline->clients, report_client(state, client, ids));
  }
  asv_timeline_note_absent(state, clients);
  g_ptr_array_unref(clients);
  g_array_unref(ids);
  report_connections(state);
}

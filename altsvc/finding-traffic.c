/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules for single messages (RFC 7838 §4, §9.2, RFC 9113 §8.2.2, RFC 9112
 * §9.3 and C.2.2). What is compared between messages goes on to finding-origin.c,
 * what the capture lacks to finding-coverage.c.
 */
#include "finding-traffic.h"

#include "finding-coverage.h"
#include "finding-origin.h"
#include "origin.h"

struct AsvTraffic {
  AsvOriginTable *origins;
  AsvGaps *gaps;
  /* The response whose connection-specific fields were told last. */
  guint64 told_connection, told_stream;
  gint64 told_time;
};

/* Text of an origin that a key of findings needs: the span with a NUL behind it. */
typedef struct {
  char text[ASV_ORIGIN_MAX];
} OriginText;

AsvTraffic *asv_traffic_new(void) {
  AsvTraffic *traffic = g_new0(AsvTraffic, 1);
  traffic->origins = asv_origin_table_new();
  traffic->gaps = asv_gaps_new();
  return traffic;
}

void asv_traffic_free(AsvTraffic *traffic) {
  if (!traffic) return;
  asv_origin_table_free(traffic->origins);
  asv_gaps_free(traffic->gaps);
  g_free(traffic);
}

guint64 asv_traffic_not_kept(const AsvTraffic *traffic) {
  return asv_origin_table_not_kept(traffic->origins) + asv_gaps_not_kept(traffic->gaps);
}

/* The origin in buffer, NULL for an empty one. */
static const char *name_origin(AsvSpan origin, OriginText *buffer) {
  if (!origin.size || origin.size >= sizeof buffer->text) return NULL;
  memcpy(buffer->text, origin.data, origin.size);
  buffer->text[origin.size] = '\0';
  return buffer->text;
}

static const char *server_of(const AsvObservation *seen) {
  return seen->connection && seen->connection->server ? seen->connection->server : "the server";
}

static gboolean starts_with(AsvSpan span, const char *text) {
  return asv_span_is(asv_span_sub(span, 0, strlen(text)), text);
}

/* ---- advertisements ---- */

static void judge_frame(AsvFindings *findings, const AsvFindingAbout *about,
                        const AsvAdvertisementSeen *frame) {
  if (frame->frame_flags)
    asv_findings_raise(findings, ASV_FINDING_FRAME_FLAGS, about,
                       "An ALTSVC frame has the flags 0x%02x; none is defined for it, and clients "
                       "ignore them.",
                       (guint)frame->frame_flags);
}

/* A field, or a frame that names its origin where it must and only there (§4). */
static gboolean is_well_placed(const AsvAdvertisementSeen *advertisement) {
  if (advertisement->via != ASV_VIA_ALTSVC_FRAME) return TRUE;
  return (advertisement->stream == 0) == (advertisement->frame_origin.size > 0) &&
         !advertisement->frame_too_long;
}

static void judge_plain(AsvFindings *findings, const AsvFindingAbout *about,
                        const AsvAdvertisementSeen *advertisement) {
  if (!starts_with(advertisement->origin, "http://")) return;
  if (asv_span_is(asv_span_trim(advertisement->value), "clear")) return;
  asv_findings_raise(findings, ASV_FINDING_ADVERTISED_OVER_HTTP, about,
                     "An alternative is offered for an origin without TLS, where anybody on the "
                     "way could have written it: " ASV_QUOTE,
                     ASV_QUOTED(advertisement->value));
}

static void observe_advertisement(AsvTraffic *traffic, AsvFindings *findings, const char *client,
                                  const AsvObservation *seen) {
  const AsvAdvertisementSeen *advertisement = &seen->advertisement;
  OriginText buffer;
  AsvFindingAbout about = {seen, client, name_origin(advertisement->origin, &buffer)};
  if (advertisement->via == ASV_VIA_ALTSVC_FRAME) judge_frame(findings, &about, advertisement);
  if (advertisement->from == ASV_FROM_CLIENT) return;
  if (advertisement->origin_problem &&
      g_str_equal(advertisement->origin_problem, "request-not-captured"))
    asv_gaps_orphan(traffic->gaps, client, seen);
  if (advertisement->trailer) return;
  judge_plain(findings, &about, advertisement);
  if (advertisement->status != 421 && is_well_placed(advertisement))
    asv_origin_table_advertisement(traffic->origins, findings, client, seen);
}

/* ---- fields that belong to one connection ---- */

/* Names as "keep-alive, upgrade", few enough for a message. */
static char *list_names(AsvSpans names) {
  GString *list = g_string_new(NULL);
  gsize shown = MIN(names.count, ASV_NAMES_SHOWN);
  for (gsize i = 0; i < shown; i++)
    g_string_append_printf(list, "%s" ASV_QUOTE, i ? ", " : "", ASV_QUOTED(names.items[i]));
  if (shown < names.count) g_string_append(list, ", ...");
  return g_string_free(list, FALSE);
}

static void observe_response(AsvTraffic *traffic, AsvFindings *findings, const char *client,
                             const AsvObservation *seen) {
  const AsvResponseSeen *response = &seen->response;
  asv_origin_table_response(traffic->origins, seen);
  if (!response->connection_fields.count) return;
  traffic->told_connection = seen->connection ? seen->connection->id : 0;
  traffic->told_stream = response->stream;
  traffic->told_time = seen->time;
  OriginText buffer;
  AsvFindingAbout about = {seen, client, name_origin(response->origin, &buffer)};
  if (asv_findings_again(findings, ASV_FINDING_CONNECTION_SPECIFIC_FIELD, &about)) return;
  char *names = list_names(response->connection_fields);
  asv_findings_raise(findings, ASV_FINDING_CONNECTION_SPECIFIC_FIELD, &about,
                     "A response (%u) has fields that only HTTP/1 may have: %s. That makes it "
                     "malformed: Safari discards it, with the alternatives it advertises.",
                     response->status, names);
  g_free(names);
}

/* The response of this Keep-Alive was told before, with all its fields. */
static gboolean was_told(const AsvTraffic *traffic, const AsvObservation *seen) {
  return seen->keep_alive.from == ASV_FROM_SERVER && traffic->told_time == seen->time &&
         traffic->told_stream == seen->keep_alive.stream && seen->connection &&
         traffic->told_connection == seen->connection->id;
}

static void observe_keep_alive(const AsvTraffic *traffic, AsvFindings *findings, const char *client,
                               const AsvObservation *seen) {
  const AsvKeepAliveSeen *keep_alive = &seen->keep_alive;
  OriginText buffer;
  AsvFindingAbout about = {seen, client, name_origin(keep_alive->origin, &buffer)};
  if (keep_alive->has_stream) {
    if (was_told(traffic, seen)) return;
    asv_findings_raise(findings, ASV_FINDING_CONNECTION_SPECIFIC_FIELD, &about,
                       "A %s has the Keep-Alive field, which only HTTP/1 may have. That makes it "
                       "malformed.",
                       keep_alive->from == ASV_FROM_CLIENT ? "request" : "response");
  } else if (keep_alive->why && g_str_equal(keep_alive->why, "http-1.0-without-connection")) {
    asv_findings_raise(findings, ASV_FINDING_KEEP_ALIVE_WITHOUT_CONNECTION, &about,
                       "An HTTP/1.0 %s has Keep-Alive without Connection: keep-alive, so the "
                       "connection ends with this exchange all the same.",
                       keep_alive->from == ASV_FROM_CLIENT ? "request" : "response");
  }
}

/* ---- proxies ---- */

static void observe_request(AsvFindings *findings, const char *client, const AsvObservation *seen) {
  AsvSpan field = seen->request.proxy_field;
  AsvFindingAbout leg = {.seen = seen, .client = client};
  if (asv_span_is(field, "proxy-protocol"))
    asv_findings_raise(findings, ASV_FINDING_PROXY_LEG, &leg,
                       "This client is a proxy: its connections begin with a PROXY protocol "
                       "header. What it learns is the proxy's, not its users'.");
  else if (field.size)
    asv_findings_raise(findings, ASV_FINDING_PROXY_LEG, &leg,
                       "This client is a proxy: its requests carry the field " ASV_QUOTE
                       ". What it learns is the proxy's, not its users'.",
                       ASV_QUOTED(field));
  if (!asv_span_is(seen->request.method, "CONNECT") || seen->request.protocol.size) return;
  AsvFindingAbout about = {.seen = seen, .client = client};
  asv_findings_raise(
      findings, ASV_FINDING_PROXIED, &about,
      "The client goes through a proxy: it asks %s for tunnels with CONNECT. On that "
      "way alternatives stay unused.",
      server_of(seen));
}

void asv_traffic_observe(AsvTraffic *traffic, AsvFindings *findings, const char *client,
                         const AsvObservation *observation) {
  switch (observation->kind) {
    case ASV_OBSERVATION_REQUEST:
      observe_request(findings, client, observation);
      break;
    case ASV_OBSERVATION_RESPONSE:
      observe_response(traffic, findings, client, observation);
      break;
    case ASV_OBSERVATION_ADVERTISEMENT:
      observe_advertisement(traffic, findings, client, observation);
      break;
    case ASV_OBSERVATION_KEEP_ALIVE:
      observe_keep_alive(traffic, findings, client, observation);
      break;
    case ASV_OBSERVATION_UNREADABLE:
      asv_gaps_unreadable(traffic->gaps, findings, client, observation);
      break;
    default:
      break;
  }
}

void asv_traffic_finish(AsvTraffic *traffic, AsvFindings *findings) {
  asv_origin_table_finish(traffic->origins, findings);
  asv_gaps_finish(traffic->gaps, findings);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Limits of the timeline that take many observations to reach, each at it and beyond it. */
#include "teller.h"

static void test_clients(void) {
  Teller teller = teller_new();
  for (guint i = 0; i < ASV_CLIENTS_MAX + 2; i++) {
    char client[24];
    g_snprintf(client, sizeof client, "10.%u.%u.%u", i >> 16, i >> 8 & 255, i & 255);
    teller.ref.client = client;
    tell_open(&teller, i + 1);
    tell_request(&teller, 1, NULL, "/");
    tell_close(&teller);
  }
  asv_timeline_finish(teller.timeline);
  g_assert_cmpuint(teller.timeline->clients->len, ==, ASV_CLIENTS_MAX);
  g_assert_cmpuint(teller.timeline->coverage.not_kept, >=, 2);
  asv_timeline_free(teller.timeline);
}

/* How many rows there are when the first connection is heard of again behind so many others. */
static guint rows_behind(guint others, gboolean closed) {
  Teller teller = teller_new();
  for (guint i = 0; i <= others; i++) {
    tell_open(&teller, i + 1);
    if (closed) tell_close(&teller);
  }
  teller.ref.id = 1;
  tell_response(&teller, 1, "https://a.test", 200);
  asv_timeline_finish(teller.timeline);
  guint rows = teller.timeline->connections->len;
  asv_timeline_free(teller.timeline);
  return rows - (others + 1);
}

static void test_connections(void) {
  g_assert_cmpuint(rows_behind(ASV_CONNECTIONS_OPEN_MAX - 1, FALSE), ==, 0);
  g_assert_cmpuint(rows_behind(ASV_CONNECTIONS_OPEN_MAX, FALSE), ==, 1);
  g_assert_cmpuint(rows_behind(ASV_CONNECTIONS_CLOSED_MAX - 1, TRUE), ==, 0);
  g_assert_cmpuint(rows_behind(ASV_CONNECTIONS_CLOSED_MAX, TRUE), ==, 1);
}

static void test_unreadable_rows(void) {
  Teller teller = teller_new();
  for (guint i = 0; i < ASV_UNREADABLE_ROWS_MAX + 3; i++) {
    tell_open(&teller, i + 1);
    tell(&teller,
         (AsvObservation){.kind = ASV_OBSERVATION_UNREADABLE,
                          .unreadable = {.reason = ASV_UNREADABLE_NO_SECRETS, .bytes = 1}});
    tell_close(&teller);
  }
  asv_timeline_finish(teller.timeline);
  g_assert_cmpuint(teller.timeline->coverage.unreadable->len, ==, ASV_UNREADABLE_ROWS_MAX);
  g_assert_cmpuint(teller.timeline->coverage.not_kept, ==, 3);
  asv_timeline_free(teller.timeline);
}

/* The last name that is kept lets the connection speak for it, the first beyond does not. */
static void test_certificate_names(void) {
  AsvSpan names[ASV_CERTIFICATE_NAMES_MAX + 1];
  Teller teller = teller_new();
  for (guint i = 0; i < G_N_ELEMENTS(names); i++) names[i] = asv_span_text("x.test");
  names[ASV_CERTIFICATE_NAMES_MAX - 1] = asv_span_text("last.test");
  names[ASV_CERTIFICATE_NAMES_MAX] = asv_span_text("beyond.test");
  tell_open(&teller, 1);
  tell_tls(&teller, "x.test", "h2", (AsvSpans){names, G_N_ELEMENTS(names)});
  tell_value(&teller, ASV_VIA_ALTSVC_FRAME, 0, "https://beyond.test", "h3=\":443\"");
  tell_value(&teller, ASV_VIA_ALTSVC_FRAME, 0, "https://last.test", "h3=\":443\"");
  asv_timeline_finish(teller.timeline);
  g_assert_cmpstr(origin_at(&teller, 0)->origin, ==, "https://beyond.test");
  g_assert_cmpint(origin_at(&teller, 0)->verdict, ==, ASV_OUTCOME_NOT_ACCEPTED);
  g_assert_cmpuint(origin_at(&teller, 0)->cache->len, ==, 0);
  g_assert_cmpuint(origin_at(&teller, 1)->cache->len, ==, 1);
  asv_timeline_free(teller.timeline);
}

/* The message behind an event is known while its request is one of the last. */
static void test_pending(void) {
  for (guint beyond = 0; beyond < 2; beyond++) {
    Teller teller = teller_new();
    tell_open(&teller, 1);
    for (guint i = 0; i < ASV_REQUESTS_PENDING_MAX + beyond; i++)
      tell_request(&teller, 2 * i + 1, "https://a.test", i ? "/other" : "/first");
    tell_value(&teller, ASV_VIA_HTTP2_HEADER, 1, "https://a.test", "h3=\":443\"");
    asv_timeline_finish(teller.timeline);
    const AsvEvent *event = origin_at(&teller, 0)->events->pdata[0];
    g_assert_cmpstr(event->path, ==, beyond ? NULL : "/first");
    asv_timeline_free(teller.timeline);
  }
}

/* Texts that a peer chooses are cut. */
static void test_texts(void) {
  g_autofree char *text = g_strnfill(2 * ASV_USER_AGENT_MAX, 'x');
  Teller teller = teller_new();
  tell_open(&teller, 1);
  tell_tls(&teller, text, text, (AsvSpans){0});
  tell(&teller, (AsvObservation){.kind = ASV_OBSERVATION_REQUEST,
                                 .request = {.has_stream = TRUE,
                                             .stream = 1,
                                             .origin = asv_span_text("https://a.test"),
                                             .method = asv_span_text(text),
                                             .path = asv_span_text(text),
                                             .user_agent = asv_span_text(text)}});
  tell_value(&teller, ASV_VIA_HTTP2_HEADER, 1, "https://a.test", "h3=\":443\"");
  asv_timeline_finish(teller.timeline);
  const AsvClientReport *client = teller.timeline->clients->pdata[0];
  const AsvConnectionReport *row = teller.timeline->connections->pdata[0];
  const AsvEvent *event = origin_at(&teller, 0)->events->pdata[0];
  g_assert_cmpuint(strlen(client->user_agents->pdata[0]), ==, ASV_USER_AGENT_MAX);
  g_assert_cmpuint(strlen(row->sni), ==, ASV_NAME_MAX);
  g_assert_cmpuint(strlen(row->alpn), ==, ASV_NAME_MAX);
  g_assert_cmpuint(strlen(event->path), ==, ASV_PATH_SHOWN);
  g_assert_cmpuint(strlen(event->method), ==, ASV_METHOD_SHOWN - 1);
  asv_timeline_free(teller.timeline);
}

/* A use of the alternative that was cleared before so many others. */
static gboolean is_end_known(guint others) {
  Teller teller = teller_new();
  tell_open(&teller, 1);
  tell_request(&teller, 1, "https://a.test", "/");
  for (guint i = 0; i <= others; i++) {
    char value[24], clear[] = "clear";
    g_snprintf(value, sizeof value, "h3=\":%u\"", 444 + i);
    tell_value(&teller, ASV_VIA_HTTP2_HEADER, 1, "https://a.test", value);
    tell_value(&teller, ASV_VIA_HTTP2_HEADER, 1, "https://a.test", clear);
  }
  teller.time += SECOND;
  teller.ref.label = "quic:0";
  teller.ref.server = "192.0.2.1:444";
  tell_open(&teller, 2);
  tell_tls(&teller, "a.test", "h3", (AsvSpans){0});
  tell_request(&teller, 0, "https://a.test", "/");
  asv_timeline_finish(teller.timeline);
  gboolean known = finding_of(&teller, "used-after-clear") != NULL;
  g_assert_true(known != (finding_of(&teller, "used-unlearned") != NULL));
  asv_timeline_free(teller.timeline);
  return known;
}

static void test_ended(void) {
  g_assert_true(is_end_known(ASV_ENDED_KEPT - 1));
  g_assert_false(is_end_known(ASV_ENDED_KEPT));
}

/* Context lines of all origins together. */
static void test_context(void) {
  Teller teller = teller_new();
  guint64 lines = 0;
  for (guint i = 0; i * ASV_ORIGIN_CONTEXT_MAX < ASV_CONTEXT_MAX + ASV_ORIGIN_CONTEXT_MAX; i++) {
    char origin[32];
    g_snprintf(origin, sizeof origin, "https://s%u.test", i);
    tell_open(&teller, i + 1);
    tell_request(&teller, 1, origin, "/");
    tell_value(&teller, ASV_VIA_HTTP2_HEADER, 1, origin, "h3=\":443\"");
    for (guint k = 1; k <= ASV_ORIGIN_CONTEXT_MAX; k++) {
      tell_request(&teller, 2 * k + 1, origin, k % 2 ? "/odd" : "/even");
      tell_response(&teller, 2 * k + 1, origin, 200);
    }
    tell_close(&teller);
  }
  asv_timeline_finish(teller.timeline);
  const AsvClientReport *client = teller.timeline->clients->pdata[0];
  for (guint i = 0; i < client->origins->len; i++)
    lines += ((AsvOriginReport *)client->origins->pdata[i])->events->len - 1;
  g_assert_cmpuint(lines, ==, ASV_CONTEXT_MAX);
  asv_timeline_free(teller.timeline);
}

/* A request behind a 421 may have been under way for so long. */
static void test_in_flight(void) {
  for (int beyond = 0; beyond < 2; beyond++) {
    Teller teller = teller_new();
    tell_open(&teller, 1);
    tell_request(&teller, 1, "https://a.test", "/");
    tell_value(&teller, ASV_VIA_HTTP2_HEADER, 1, "https://a.test", "h3=\":443\"");
    teller.time += SECOND;
    teller.ref.label = "quic:0";
    tell_open(&teller, 2);
    tell_tls(&teller, "a.test", "h3", (AsvSpans){0});
    tell_request(&teller, 0, "https://a.test", "/");
    tell_response(&teller, 0, "https://a.test", 421);
    teller.time += ASV_IN_FLIGHT + beyond;
    tell_request(&teller, 4, "https://a.test", "/");
    asv_timeline_finish(teller.timeline);
    g_assert_nonnull(finding_of(&teller, "misdirected"));
    g_assert_cmpint(finding_of(&teller, "used-after-421") != NULL, ==, beyond);
    asv_timeline_free(teller.timeline);
  }
}

static void test_finding_packets(void) {
  Teller teller = teller_new();
  tell_open(&teller, 1);
  tell_request(&teller, 1, "https://a.test", "/");
  for (guint i = 0; i < ASV_FINDING_PACKETS_MAX + 2; i++)
    tell_value(&teller, ASV_VIA_HTTP2_HEADER, 1, "https://a.test", "h3=\":443\"; ma=0");
  asv_timeline_finish(teller.timeline);
  const AsvFinding *finding = finding_of(&teller, "ma-zero");
  g_assert_cmpuint(finding->count, ==, ASV_FINDING_PACKETS_MAX + 2);
  g_assert_cmpuint(finding->packets->len, ==, ASV_FINDING_PACKETS_MAX);
  asv_timeline_free(teller.timeline);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/limits/clients", test_clients);
  g_test_add_func("/limits/connections", test_connections);
  g_test_add_func("/limits/unreadable-rows", test_unreadable_rows);
  g_test_add_func("/limits/certificate-names", test_certificate_names);
  g_test_add_func("/limits/pending", test_pending);
  g_test_add_func("/limits/texts", test_texts);
  g_test_add_func("/limits/ended", test_ended);
  g_test_add_func("/limits/context-of-all", test_context);
  g_test_add_func("/limits/in-flight", test_in_flight);
  g_test_add_func("/limits/finding-packets", test_finding_packets);
  return g_test_run();
}

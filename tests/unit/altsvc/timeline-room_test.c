/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Limits on what the whole timeline holds, and on what it remembers of one client. */
#include "teller.h"

#define VALUE(name) "h3=\":443\"; " name

/* An advertisement of the origin by a header of connection 1's only request. */
static void advertise(Teller *teller, const char *origin, const char *value) {
  tell_request(teller, 1, origin, "/");
  tell_value(teller, ASV_VIA_HTTP2_HEADER, 1, origin, value);
  tell_response(teller, 1, origin, 200);
}

static void test_events(void) {
  Teller teller = teller_new();
  guint told = 0, kept = 0;
  for (guint client = 0; told < ASV_EVENTS_MAX + 5; client++) {
    char address[24];
    g_snprintf(address, sizeof address, "10.0.%u.%u", client >> 8, client & 255);
    teller.ref.client = address;
    tell_open(&teller, client + 1);
    for (guint i = 0; i < ASV_ORIGIN_EVENTS_MAX && told < ASV_EVENTS_MAX + 5; i++, told++)
      tell(&teller, (AsvObservation){.kind = ASV_OBSERVATION_ADVERTISEMENT,
                                     .advertisement = {.via = ASV_VIA_HTTP1_HEADER,
                                                       .origin_problem = "request-not-captured",
                                                       .value = asv_span_text("clear"),
                                                       .from = ASV_FROM_SERVER}});
    tell_close(&teller);
  }
  asv_timeline_finish(teller.timeline);
  for (guint i = 0; i < teller.timeline->clients->len; i++)
    kept += ((AsvClientReport *)teller.timeline->clients->pdata[i])->unplaced->len;
  g_assert_cmpuint(kept, ==, ASV_EVENTS_MAX);
  g_assert_cmpuint(teller.timeline->coverage.not_kept, ==, 5);
  asv_timeline_free(teller.timeline);
}

static void test_origins(void) {
  Teller teller = teller_new();
  for (guint i = 0; i < ASV_ORIGINS_MAX + 2; i++) {
    char origin[32];
    if (i % ASV_CONNECTION_ORIGINS_MAX == 0) {
      if (i) tell_close(&teller);
      tell_open(&teller, i + 1);
    }
    g_snprintf(origin, sizeof origin, "https://s%u.test", i);
    tell_request(&teller, 2 * i + 1, origin, "/");
  }
  asv_timeline_finish(teller.timeline);
  const AsvClientReport *client = teller.timeline->clients->pdata[0];
  g_assert_cmpuint(client->origins->len, ==, ASV_ORIGINS_MAX);
  g_assert_cmpuint(teller.timeline->coverage.not_kept, >=, 2);
  asv_timeline_free(teller.timeline);
}

static void test_rows(void) {
  Teller teller = teller_new();
  for (guint i = 0; i < ASV_CONNECTIONS_MAX + 3; i++) {
    tell_open(&teller, i + 1);
    tell_close(&teller);
  }
  asv_timeline_finish(teller.timeline);
  g_assert_cmpuint(teller.timeline->connections->len, ==, ASV_CONNECTIONS_MAX);
  g_assert_cmpuint(teller.timeline->coverage.connections, ==, ASV_CONNECTIONS_MAX + 3);
  g_assert_cmpuint(teller.timeline->coverage.not_kept, ==, 3);
  asv_timeline_free(teller.timeline);
}

/* Different values fill the room for texts; what is told again finds those that are there. */
static void test_texts(void) {
  g_autofree char *value = g_strnfill(ASV_VALUE_KEPT, 'x');
  const guint fit = ASV_STRINGS_MAX / (ASV_VALUE_KEPT + 1);
  Teller teller = teller_new();
  tell_open(&teller, 1);
  for (guint i = 0; i < fit + 10; i++) {
    gint size = g_snprintf(value, ASV_VALUE_KEPT, "h3=\":%u\"; x=", i + 1);
    value[size] = 'x';
    advertise(&teller, "https://a.test", value);
  }
  advertise(&teller, "https://b.test", VALUE("ma=1"));
  memcpy(value, "h3=\":1\"; x=x", 12);
  advertise(&teller, "https://c.test", value);
  asv_timeline_finish(teller.timeline);
  const AsvEvent *first = origin_at(&teller, 0)->events->pdata[0];
  const AsvEvent *new = origin_at(&teller, 1)->events->pdata[0];
  g_assert_cmpuint(first->value_size, ==, ASV_VALUE_KEPT);
  g_assert_cmpuint(new->value_size, ==, 0);
  g_assert_cmpstr(new->path, ==, "/");
  g_assert_cmpuint(teller.timeline->coverage.not_kept, >, 9);
  g_assert_cmpuint(teller.timeline->coverage.not_kept, <, 20);
  asv_timeline_free(teller.timeline);
}

static void test_texts_again(void) {
  g_autofree char *value = g_strnfill(ASV_VALUE_KEPT, 'x');
  static const char *const origins[] = {"https://a.test", "https://b.test"};
  Teller teller = teller_new();
  tell_open(&teller, 1);
  for (guint i = 0; i < ASV_STRINGS_MAX / ASV_VALUE_KEPT + 10; i++) {
    memcpy(value, i / 2 % 2 ? "h3=\":443\"; x=" : "h3=\":444\"; x=", 13);
    advertise(&teller, origins[i % 2], value);
  }
  asv_timeline_finish(teller.timeline);
  g_assert_cmpuint(teller.timeline->coverage.not_kept, ==, 0);
  asv_timeline_free(teller.timeline);
}

/* Whether the certificate of the first of so many names speaks in a session resumed later. */
static gboolean is_session_known(guint names) {
  char name[24], other[32], origin[40];
  Teller teller = teller_new();
  for (guint i = 1; i <= names; i++) {
    g_snprintf(name, sizeof name, "s%u.test", i);
    g_snprintf(other, sizeof other, "other-%u.test", i);
    AsvSpan both[] = {asv_span_text(name), asv_span_text(other)};
    tell_open(&teller, i);
    tell_tls(&teller, name, "h2", (AsvSpans){both, 2});
    tell_close(&teller);
  }
  tell_open(&teller, names + 1);
  tell(&teller, (AsvObservation){.kind = ASV_OBSERVATION_HANDSHAKE,
                                 .handshake = {.sni = asv_span_text(name),
                                               .alpn = asv_span_text("h2"),
                                               .tls_version = "1.3",
                                               .resumed = TRUE,
                                               .secrets = TRUE}});
  g_snprintf(origin, sizeof origin, "https://%s", other);
  tell_value(&teller, ASV_VIA_ALTSVC_FRAME, 0, origin, VALUE("ma=60"));
  asv_timeline_finish(teller.timeline);
  gboolean known = finding_of(&teller, "frame-not-authoritative") == NULL;
  asv_timeline_free(teller.timeline);
  return known;
}

static void test_sessions(void) {
  g_assert_true(is_session_known(ASV_CLIENT_SESSIONS_MAX));
  g_assert_false(is_session_known(ASV_CLIENT_SESSIONS_MAX + 1));
}

/* Whether it is said of a MAC that was seen behind so many others that it had two addresses. */
static gboolean is_mac_known(guint others) {
  Teller teller = teller_new();
  char mac[24];
  for (guint i = 0; i <= others; i++) {
    g_snprintf(mac, sizeof mac, "02:00:00:%02x:%02x:%02x", i >> 16, i >> 8 & 255, i & 255);
    teller.mac = mac;
    tell_open(&teller, i + 1);
    tell_close(&teller);
  }
  teller.ref.client = "10.0.0.2";
  tell_open(&teller, others + 2);
  tell_request(&teller, 1, "https://a.test", "/");
  asv_timeline_finish(teller.timeline);
  const AsvClientReport *client = teller.timeline->clients->pdata[0];
  g_assert_cmpstr(client->client, ==, "10.0.0.2");
  gboolean known = client->hint != NULL;
  asv_timeline_free(teller.timeline);
  return known;
}

static void test_macs(void) {
  g_assert_true(is_mac_known(ASV_MACS_MAX - 1));
  g_assert_false(is_mac_known(ASV_MACS_MAX));
}

/* Whether the last of so many addresses of a MAC counts as a new network when it comes back. */
static gboolean is_address_new(guint addresses) {
  const AsvTimelineOptions options = {.client_by = ASV_CLIENT_BY_MAC};
  Teller teller = teller_with(&options);
  char address[24];
  teller.mac = "02:00:00:00:00:01";
  for (guint i = 1; i <= addresses; i++) {
    g_snprintf(address, sizeof address, "10.0.0.%u", i);
    teller.ref.client = address;
    tell_open(&teller, i);
  }
  advertise(&teller, "https://a.test", VALUE("ma=60"));
  tell_open(&teller, addresses + 1);
  asv_timeline_finish(teller.timeline);
  gboolean kept = origin_at(&teller, 0)->cache->len == 1;
  asv_timeline_free(teller.timeline);
  return !kept;
}

static void test_mac_addresses(void) {
  g_assert_false(is_address_new(ASV_MAC_ADDRESSES_MAX));
  g_assert_true(is_address_new(ASV_MAC_ADDRESSES_MAX + 1));
}

/* Whether a new connection is a try for the first of so many origins of its host. */
static gboolean is_host_origin_tried(guint others) {
  Teller teller = teller_new();
  tell_open(&teller, 1);
  tell_tls(&teller, "a.test", "h2", (AsvSpans){0});
  advertise(&teller, "https://a.test", "h3=\":444\"");
  for (guint i = 0; i < others; i++) {
    char origin[32];
    g_snprintf(origin, sizeof origin, "https://a.test:%u", 10000 + i);
    tell_request(&teller, 2 * i + 3, origin, "/");
  }
  teller.ref.server = "192.0.2.1:444";
  teller.ref.label = "quic:0";
  tell_open(&teller, 2);
  tell_tls(&teller, "a.test", "h3", (AsvSpans){0});
  asv_timeline_finish(teller.timeline);
  const GPtrArray *events = origin_at(&teller, 0)->events;
  gboolean tried = FALSE;
  for (guint i = 0; i < events->len; i++)
    tried |= ((AsvEvent *)events->pdata[i])->kind == ASV_EVENT_TRIED;
  asv_timeline_free(teller.timeline);
  return tried;
}

static void test_host_origins(void) {
  g_assert_true(is_host_origin_tried(ASV_HOST_ORIGINS_MAX - 1));
  g_assert_false(is_host_origin_tried(ASV_HOST_ORIGINS_MAX));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/room/events", test_events);
  g_test_add_func("/room/origins", test_origins);
  g_test_add_func("/room/rows", test_rows);
  g_test_add_func("/room/texts", test_texts);
  g_test_add_func("/room/texts-again", test_texts_again);
  g_test_add_func("/room/sessions", test_sessions);
  g_test_add_func("/room/macs", test_macs);
  g_test_add_func("/room/mac-addresses", test_mac_addresses);
  g_test_add_func("/room/host-origins", test_host_origins);
  return g_test_run();
}

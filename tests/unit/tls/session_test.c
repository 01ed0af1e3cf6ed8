/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sessions: the store, its limit, and connections that resume by ticket, session id and PSK. */
#include "analyzer/tls/session.h"

#include "certificates.h"
#include "scenario.h"

static void test_store(void) {
  AsvSessions *sessions = asv_sessions_new();
  g_autoptr(GByteArray) der = certificate_make("DNS:a.test");
  AsvCertificate *certificate = asv_certificate_parse(asv_span(der->data, der->len));
  g_assert_nonnull(certificate);
  asv_sessions_add(sessions, asv_span(NULL, 0), certificate);
  g_assert_cmpuint(asv_sessions_count(sessions), ==, 0);
  asv_sessions_add(sessions, asv_span_text("one"), certificate);
  asv_sessions_add(sessions, asv_span_text("one"), certificate);
  g_assert_cmpuint(asv_sessions_count(sessions), ==, 1);
  g_assert_true(asv_sessions_find(sessions, asv_span_text("one")) == certificate);
  g_assert_null(asv_sessions_find(sessions, asv_span_text("two")));
  g_assert_null(asv_sessions_find(sessions, asv_span(NULL, 0)));
  for (guint32 i = 0; i < ASV_TLS_SESSIONS_MAX; i++)
    asv_sessions_add(sessions, asv_span(&i, sizeof i), certificate);
  g_assert_cmpuint(asv_sessions_count(sessions), ==, ASV_TLS_SESSIONS_MAX);
  g_assert_null(asv_sessions_find(sessions, asv_span_text("one"))); /* the oldest went */
  asv_certificate_unref(certificate);
  asv_sessions_free(sessions);
}

static char *run_once(Scenario *scenario, AsvTlsContext *context) {
  AsvSpan all = asv_span(scenario->octets->data, scenario->octets->len);
  scenario->context = context;
  scenario->print_handshake = TRUE;
  return run_for_splits(&all, 1, scenario);
}

static GByteArray *certificate_message_13(const GByteArray *der) {
  GByteArray *message = g_byte_array_new();
  writer_put(message, 0, 1);
  writer_put(message, der->len + 5, 3);
  writer_put(message, der->len, 3);
  g_byte_array_append(message, der->data, der->len);
  writer_put(message, 0, 2);
  return message;
}

static GByteArray *ticket_message_13(const char *ticket) {
  GByteArray *message = g_byte_array_new();
  writer_put(message, 7200, 4);
  writer_put(message, 1, 4);
  writer_put(message, 0x0100, 2); /* a nonce of one octet */
  writer_put(message, strlen(ticket), 2);
  writer_text(message, ticket);
  writer_put(message, 0, 2);
  return message;
}

/* The ticket of one connection names the certificate of the next; and of the one after that. */
static void test_psk(void) {
  static const WriterSuite suite = {0x1301, 0x0304, FALSE, "AES-128-GCM", NULL};
  static const char *const tickets[] = {"first", "second", "third"};
  g_autoptr(GByteArray) der = certificate_make("DNS:a.test,DNS:*.b.test");
  AsvKeys *keys = asv_keys_new();
  AsvTlsContext *context = asv_tls_context_new(keys);
  for (int i = 0; i < 3; i++) {
    Scenario scenario;
    Ends ends;
    HelloWish wish = {.sni = "a.test", .identity = i ? tickets[i - 1] : NULL};
    scenario_init(&scenario);
    ends_init(&ends, &scenario, &suite, (guint8)(10 * i));
    ends_log(&ends, "hHaA");
    asv_keys_load(keys, asv_span(scenario.key_log->str, scenario.key_log->len));
    ends_hello(&ends, wish);
    ends_server_flight(&ends, i > 0, FALSE, i ? NULL : certificate_message_13(der));
    ends_client_finished(&ends);
    ends_message(&ends, ASV_SERVER, 4, ticket_message_13(tickets[i]));
    g_autofree char *log = run_once(&scenario, context);
    g_assert_cmpstr(log, ==,
                    i ? "\nhandshake a.test 1.3 alpn=h2 h2 x <a.test> <*.b.test> resumed=1 early=0 "
                        "ech=0 secrets=1\nC end\nS end"
                      : "\nhandshake a.test 1.3 alpn=h2 h2 x <a.test> <*.b.test> resumed=0 early=0 "
                        "ech=0 secrets=1\nC end\nS end");
    ends_clear(&ends);
    scenario_clear(&scenario);
  }
  asv_tls_context_free(context);
  asv_keys_free(keys);
}

/* TLS 1.2: by session id. */
static void test_session_id(void) {
  static const WriterSuite suite = {0xc02f, 0x0303, FALSE, "AES-128-GCM", NULL};
  g_autoptr(GByteArray) der = certificate_make("DNS:a.test");
  AsvKeys *keys = asv_keys_new();
  AsvTlsContext *context = asv_tls_context_new(keys);
  for (int i = 0; i < 3; i++) {
    Scenario scenario;
    Ends ends;
    HelloWish wish = {.sni = "a.test", .session_id = i ? (i == 1 ? "known" : "other") : NULL};
    GByteArray *message = NULL;
    scenario_init(&scenario);
    ends_init(&ends, &scenario, &suite, (guint8)(10 * i));
    ends_log(&ends, "m");
    asv_keys_load(keys, asv_span(scenario.key_log->str, scenario.key_log->len));
    if (i == 0) {
      message = g_byte_array_new();
      writer_put(message, der->len + 3, 3);
      writer_put(message, der->len, 3);
      g_byte_array_append(message, der->data, der->len);
    }
    ends_connect_12(&ends, wish, i == 2 ? "other" : "known", message);
    g_autofree char *log = run_once(&scenario, context);
    g_assert_cmpint(strstr(log, "<a.test>") != NULL, ==, i < 2);
    g_assert_cmpint(strstr(log, "resumed=1") != NULL, ==, i > 0);
    ends_clear(&ends);
    scenario_clear(&scenario);
  }
  asv_tls_context_free(context);
  asv_keys_free(keys);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/tls/session/store", test_store);
  g_test_add_func("/tls/session/psk", test_psk);
  g_test_add_func("/tls/session/session-id", test_session_id);
  return g_test_run();
}

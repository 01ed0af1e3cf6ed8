/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Alerts, in the clear and protected, and handshakes that were not completed. */
#include "scenario.h"

static const WriterSuite tls13 = {0x1301, 0x0304, FALSE, "AES-128-GCM", NULL};
static const WriterSuite tls12 = {0xc02f, 0x0303, FALSE, "AES-128-GCM", NULL};

static GByteArray *alert(guint8 level, guint8 description) {
  GByteArray *octets = g_byte_array_new();
  writer_put(octets, level, 1);
  writer_put(octets, description, 1);
  return octets;
}

static void protected_alert(Ends *ends, AsvSide side, guint8 level, guint8 description) {
  g_autoptr(GByteArray) octets = alert(level, description);
  ends_record(ends, side, 21, asv_span(octets->data, octets->len), 0);
}

/* Runs what ends said; the log, and whether the handshake counts as not completed. */
static void check(Scenario *scenario, Ends *ends, const char *want, gboolean incomplete) {
  AsvSpan all = asv_span(scenario->octets->data, scenario->octets->len);
  g_autofree char *log = asv_test_splits(run_for_splits, all, scenario);
  Run run;
  run_pieces(&run, scenario, &all, 1);
  g_assert_cmpstr(log, ==, want);
  g_assert_cmpint(run.incomplete, ==, incomplete);
  run_clear(&run);
  ends_clear(ends);
  scenario_clear(scenario);
}

static void begin(Scenario *scenario, Ends *ends, const WriterSuite *suite, const char *secrets) {
  scenario_init(scenario);
  ends_init(ends, scenario, suite, 1);
  ends_log(ends, secrets);
}

static void test_plain(void) {
  Scenario scenario;
  Ends ends;
  HelloWish wish = {.sni = "a.test"};
  begin(&scenario, &ends, &tls13, "");
  ends_hello(&ends, wish);
  ends_plain(&ends, ASV_SERVER, 21, alert(2, 120));
  check(&scenario, &ends, "\nS alert 120\nhandshake\nC end\nS end", TRUE);
  begin(&scenario, &ends, &tls13, "");
  ends_hello(&ends, wish);
  ends_plain(&ends, ASV_SERVER, 21, alert(1, 112)); /* a warning: the server goes on */
  check(&scenario, &ends, "\nhandshake\nC end\nS end", TRUE);
}

/* Under handshake keys, with a level that does not count any more (RFC 8446 §6). */
static void test_protected(void) {
  static const struct {
    const char *secrets, *want;
  } cases[] = {{"hHaA", "\nhandshake\nC alert 48\nC end\nS end"},
               {"", "\nhandshake\nC end\nS end"}};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    Scenario scenario;
    Ends ends;
    HelloWish wish = {.sni = "a.test"};
    begin(&scenario, &ends, &tls13, cases[i].secrets);
    ends_hello(&ends, wish);
    ends_server_flight(&ends, FALSE, FALSE, NULL);
    ends_use(&ends, ASV_CLIENT, ends.handshake[0]);
    protected_alert(&ends, ASV_CLIENT, 1, 48);
    check(&scenario, &ends, cases[i].want, TRUE);
  }
}

/* What ends a connection in order, and what is no alert at all. */
static void test_not_fatal(void) {
  for (int version = 0; version < 2; version++) {
    Scenario scenario;
    Ends ends;
    HelloWish wish = {.sni = "a.test"};
    begin(&scenario, &ends, version ? &tls13 : &tls12, "mhHaA");
    if (version)
      ends_connect_13(&ends);
    else
      ends_connect_12(&ends, wish, NULL, NULL);
    protected_alert(&ends, ASV_CLIENT, 1, 0);
    protected_alert(&ends, ASV_CLIENT, 1, 90);
    ends_record(&ends, ASV_SERVER, 21, asv_span_text("\2"), 0);
    check(&scenario, &ends, "\nhandshake\nC end\nS end", FALSE);
  }
}

/* A server turns the client's certificate down after the handshake: under application keys. */
static void test_after_handshake(void) {
  Scenario scenario;
  Ends ends;
  begin(&scenario, &ends, &tls13, "hHaA");
  ends_connect_13(&ends);
  protected_alert(&ends, ASV_SERVER, 2, 116);
  check(&scenario, &ends, "\nhandshake\nS alert 116\nC end\nS end", FALSE);
}

/* Complete without being readable; and not to be judged where octets are missing. */
static void test_completeness(void) {
  static const struct {
    const WriterSuite *suite;
    gboolean finished, incomplete;
  } cases[] = {{&tls13, TRUE, FALSE}, {&tls13, FALSE, TRUE}, {&tls12, TRUE, FALSE}};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    Scenario scenario;
    Ends ends;
    HelloWish wish = {.sni = "a.test"};
    begin(&scenario, &ends, cases[i].suite, "");
    if (cases[i].suite == &tls12) {
      ends_connect_12(&ends, wish, NULL, NULL);
    } else {
      ends_hello(&ends, wish);
      ends_server_flight(&ends, FALSE, FALSE, NULL);
      if (cases[i].finished) ends_client_finished(&ends);
    }
    check(&scenario, &ends, "\nhandshake\nC end\nS end", cases[i].incomplete);
  }
}

static void test_loss(void) {
  Scenario scenario;
  Ends ends;
  Run run;
  HelloWish wish = {.sni = "a.test"};
  begin(&scenario, &ends, &tls13, "");
  ends_hello(&ends, wish);
  gsize hello = scenario.octets->len;
  ends_server_flight(&ends, FALSE, FALSE, NULL);
  scenario.lost_from = hello + 10;
  scenario.lost_to = hello + 20;
  AsvSpan all = asv_span(scenario.octets->data, scenario.octets->len);
  run_pieces(&run, &scenario, &all, 1);
  g_assert_false(run.incomplete);
  run_clear(&run);
  ends_clear(&ends);
  scenario_clear(&scenario);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/tls/alert/plain", test_plain);
  g_test_add_func("/tls/alert/protected", test_protected);
  g_test_add_func("/tls/alert/not-fatal", test_not_fatal);
  g_test_add_func("/tls/alert/after-handshake", test_after_handshake);
  g_test_add_func("/tls/alert/completeness", test_completeness);
  g_test_add_func("/tls/alert/loss", test_loss);
  return g_test_run();
}

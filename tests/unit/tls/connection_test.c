/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole connections: every suite, key changes, early data, missing and wrong secrets, splits. */
#include "scenario.h"

static const WriterSuite tls13 = {0x1301, 0x0304, FALSE, "AES-128-GCM", NULL};

static const WriterSuite all_suites[] = {
    {0x1301, 0x0304, FALSE, "AES-128-GCM", NULL},
    {0x1302, 0x0304, FALSE, "AES-256-GCM", NULL},
    {0x1303, 0x0304, FALSE, "ChaCha20-Poly1305", NULL},
    {0x1304, 0x0304, FALSE, "AES-128-CCM", NULL},
    {0x1305, 0x0304, FALSE, "AES-128-CCM", NULL},
    {0xc02f, 0x0303, FALSE, "AES-128-GCM", NULL},
    {0xc030, 0x0303, FALSE, "AES-256-GCM", NULL},
    {0xcca8, 0x0303, FALSE, "ChaCha20-Poly1305", NULL},
    {0xc09c, 0x0303, FALSE, "AES-128-CCM", NULL},
    {0xc09d, 0x0303, FALSE, "AES-256-CCM", NULL},
    {0xc0ae, 0x0303, FALSE, "AES-128-CCM", NULL},
    {0xc0af, 0x0303, FALSE, "AES-256-CCM", NULL},
    {0xc060, 0x0303, FALSE, "ARIA-128-GCM", NULL},
    {0xc061, 0x0303, FALSE, "ARIA-256-GCM", NULL},
    {0xc013, 0x0303, FALSE, "AES-128-CBC", "SHA1"},
    {0xc013, 0x0303, TRUE, "AES-128-CBC", "SHA1"},
    {0xc027, 0x0303, FALSE, "AES-128-CBC", "SHA256"},
    {0x003d, 0x0303, TRUE, "AES-256-CBC", "SHA256"},
    {0xc028, 0x0303, FALSE, "AES-256-CBC", "SHA384"},
    {0xc028, 0x0303, TRUE, "AES-256-CBC", "SHA384"},
    {0x000a, 0x0303, FALSE, "DES-EDE3-CBC", "SHA1"},
    {0x0041, 0x0303, FALSE, "CAMELLIA-128-CBC", "SHA1"},
    {0x00c0, 0x0303, TRUE, "CAMELLIA-256-CBC", "SHA256"},
    {0xc073, 0x0303, FALSE, "CAMELLIA-256-CBC", "SHA384"},
    {0xc04c, 0x0303, FALSE, "ARIA-128-CBC", "SHA256"},
    {0xc04d, 0x0303, TRUE, "ARIA-256-CBC", "SHA384"},
    {0xc013, 0x0302, FALSE, "AES-128-CBC", "SHA1"},
    {0x0035, 0x0302, TRUE, "AES-256-CBC", "SHA1"},
    {0x000a, 0x0301, FALSE, "DES-EDE3-CBC", "SHA1"},
    {0xc013, 0x0301, FALSE, "AES-128-CBC", "SHA1"},
    {0x0035, 0x0301, TRUE, "AES-256-CBC", "SHA1"},
};

static void check(Scenario *scenario, const char *want) {
  AsvSpan all = asv_span(scenario->octets->data, scenario->octets->len);
  g_autofree char *log = asv_test_splits(run_for_splits, all, scenario);
  g_assert_cmpstr(log, ==, want);
}

#define TALK "\nhandshake\nC:get one\nS:reply\nC end\nS end"

/* Every suite, whole and at every cut; and with one octet of the reply changed, nothing of it. */
static void test_suites(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(all_suites); i++) {
    Scenario scenario;
    Ends ends;
    HelloWish wish = {.sni = "a.test"};
    scenario_init(&scenario);
    ends_init(&ends, &scenario, &all_suites[i], 1);
    ends_log(&ends, "mhHaA");
    if (all_suites[i].version == 0x0304)
      ends_connect_13(&ends);
    else
      ends_connect_12(&ends, wish, NULL, NULL);
    ends_text(&ends, ASV_CLIENT, "get ");
    ends_text(&ends, ASV_CLIENT, "one");
    ends_text(&ends, ASV_SERVER, "reply");
    check(&scenario, TALK);
    scenario.octets->data[scenario.octets->len - 3] ^= 1;
    AsvSpan all = asv_span(scenario.octets->data, scenario.octets->len);
    g_autofree char *log = run_for_splits(&all, 1, &scenario);
    g_assert_null(strstr(log, "S:"));
    g_assert_nonnull(strstr(log, "S unreadable 6"));
    ends_clear(&ends);
    scenario_clear(&scenario);
  }
}

typedef struct {
  const char *name, *secrets, *want;
} SecretsCase;

/* What of a TLS 1.3 connection can be read with which secrets. */
static void test_secrets(void) {
  static const SecretsCase cases[] = {
      {"all", "hHaA",
       "\nhandshake a.test 1.3 alpn=h2 h2 x resumed=0 early=0 ech=0 secrets=1"
       "\nC:get\nS:reply\nC end\nS end"},
      {"application only", "aA",
       "\nhandshake a.test 1.3 alpn= h2 x resumed=0 early=0 ech=0 secrets=1"
       "\nC:get\nS:reply\nC end\nS end"},
      {"server only", "HA",
       "\nhandshake a.test 1.3 alpn=h2 h2 x resumed=0 early=0 ech=0 secrets=1"
       "\nC unreadable 0\nS:reply\nC end\nS end"},
      {"none", "",
       "\nhandshake a.test 1.3 alpn= h2 x resumed=0 early=0 ech=0 secrets=0"
       "\nC unreadable 0\nS unreadable 0\nC end\nS end"},
      {"handshake only", "hH",
       "\nhandshake a.test 1.3 alpn=h2 h2 x resumed=0 early=0 ech=0 secrets=1"
       "\nC unreadable 0\nS unreadable 0\nC end\nS end"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    Scenario scenario;
    Ends ends;
    scenario_init(&scenario);
    scenario.print_handshake = TRUE;
    ends_init(&ends, &scenario, &tls13, 1);
    ends_log(&ends, cases[i].secrets);
    ends_connect_13(&ends);
    ends_text(&ends, ASV_CLIENT, "get");
    ends_text(&ends, ASV_SERVER, "reply");
    check(&scenario, cases[i].want);
    ends_clear(&ends);
    scenario_clear(&scenario);
  }
}

static void test_wrong_secrets(void) {
  Scenario scenario;
  Ends ends;
  scenario_init(&scenario);
  ends_init(&ends, &scenario, &tls13, 1);
  ends_connect_13(&ends);
  ends_text(&ends, ASV_CLIENT, "get");
  ends_text(&ends, ASV_SERVER, "reply");
  memset(ends.handshake, 1, sizeof ends.handshake);
  memset(ends.application, 2, sizeof ends.application);
  ends_log(&ends, "hHaA");
  check(&scenario, "\nhandshake\nC unreadable 6\nC end\nS unreadable 6\nS end");
  ends_clear(&ends);
  scenario_clear(&scenario);
}

/* Nobody sent application data: nothing was unreadable, whatever the secrets. */
static void test_nothing_to_read(void) {
  static const guint8 alert[] = {1, 0};
  Scenario scenario;
  Ends ends;
  scenario_init(&scenario);
  ends_init(&ends, &scenario, &tls13, 1);
  ends_connect_13(&ends);
  ends_record(&ends, ASV_CLIENT, 21, asv_span(alert, 2), 0);
  ends_record(&ends, ASV_SERVER, 21, asv_span(alert, 2), 0);
  check(&scenario, "\nhandshake\nC end\nS end");
  ends_clear(&ends);
  scenario_clear(&scenario);
}

static void test_key_update(void) {
  Scenario scenario;
  Ends ends;
  scenario_init(&scenario);
  ends_init(&ends, &scenario, &tls13, 1);
  ends_log(&ends, "hHaA");
  ends_connect_13(&ends);
  for (int round = 0; round < 3; round++) {
    for (int side = 0; side < 2; side++) {
      GByteArray *request = g_byte_array_new();
      ends_text(&ends, (AsvSide)side, "x");
      writer_put(request, 0, 1);
      ends_message(&ends, (AsvSide)side, 24, request);
      writer_update(&ends.writer[side]);
      ends_text(&ends, (AsvSide)side, "y");
    }
  }
  check(&scenario, "\nhandshake\nC:xy\nS:xy\nC:xy\nS:xy\nC:xy\nS:xy\nC end\nS end");
  ends_clear(&ends);
  scenario_clear(&scenario);
}

/* Padding of every kind, one octet a record, empty records, change_cipher_spec in between. */
static void test_padding(void) {
  Scenario scenario;
  Ends ends;
  scenario_init(&scenario);
  ends_init(&ends, &scenario, &tls13, 1);
  ends_log(&ends, "hHaA");
  ends_connect_13(&ends);
  for (gsize padding = 0; padding < 20; padding++) {
    GByteArray *one = g_byte_array_new();
    ends_record(&ends, ASV_SERVER, 23, asv_span("p", 1), padding);
    ends_record(&ends, ASV_SERVER, 23, asv_span(NULL, 0), padding);
    writer_put(one, 1, 1);
    writer_plain(scenario.octets, 20, one);
    g_byte_array_unref(one);
  }
  scenario_flight(&scenario, ASV_SERVER);
  check(&scenario, "\nhandshake\nS:pppppppppppppppppppp\nC end\nS end");
  ends_clear(&ends);
  scenario_clear(&scenario);
}

typedef struct {
  const char *secrets;
  gboolean psk, accepted;
  const char *want;
} EarlyCase;

static void test_early_data(void) {
  static const EarlyCase cases[] = {
      {"ehHaA", TRUE, TRUE,
       "\nhandshake a.test 1.3 alpn=h2 h2 x resumed=1 early=1 ech=0 secrets=1"
       "\nC:^e^a^r^l^ylate\nC end\nS end"},
      {"ehHaA", TRUE, FALSE,
       "\nhandshake a.test 1.3 alpn=h2 h2 x resumed=1 early=0 ech=0 secrets=1"
       "\nC:late\nC end\nS end"},
      {"ehHaA", FALSE, FALSE,
       "\nhandshake a.test 1.3 alpn=h2 h2 x resumed=0 early=0 ech=0 secrets=1"
       "\nC:late\nC end\nS end"},
      {"hHaA", TRUE, TRUE,
       "\nhandshake a.test 1.3 alpn=h2 h2 x resumed=1 early=1 ech=0 secrets=1"
       "\nC unreadable 0\nC gap -1\nC:late\nC end\nS end"},
      {"hHaA", TRUE, FALSE,
       "\nhandshake a.test 1.3 alpn=h2 h2 x resumed=1 early=0 ech=0 secrets=1"
       "\nC:late\nC end\nS end"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    Scenario scenario;
    Ends ends;
    HelloWish wish = {.sni = "a.test", .identity = "ticket", .early = TRUE};
    scenario_init(&scenario);
    scenario.print_handshake = TRUE;
    ends_init(&ends, &scenario, &tls13, 1);
    ends_log(&ends, cases[i].secrets);
    ends_hello(&ends, wish);
    ends_use(&ends, ASV_CLIENT, ends.early);
    ends_text(&ends, ASV_CLIENT, "ear");
    ends_text(&ends, ASV_CLIENT, "ly");
    ends_server_flight(&ends, cases[i].psk, cases[i].accepted, NULL);
    if (cases[i].accepted) {
      ends_message(&ends, ASV_CLIENT, 5, g_byte_array_new());
    }
    ends_client_finished(&ends);
    ends_text(&ends, ASV_CLIENT, "late");
    check(&scenario, cases[i].want);
    ends_clear(&ends);
    scenario_clear(&scenario);
  }
}

/* HelloRetryRequest: early data is rejected, the second hello follows. */
static void test_hello_retry(void) {
  g_autoptr(GByteArray) retry =
      asv_test_hex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c");
  Scenario scenario;
  Ends ends;
  HelloWish wish = {.sni = "a.test", .identity = "ticket", .early = TRUE};
  scenario_init(&scenario);
  ends_init(&ends, &scenario, &tls13, 1);
  ends_log(&ends, "ehHaA");
  ends_hello(&ends, wish);
  ends_use(&ends, ASV_CLIENT, ends.early);
  ends_text(&ends, ASV_CLIENT, "early");
  ends_plain(&ends, ASV_SERVER, 22, writer_server_hello(retry->data, &tls13, FALSE, NULL));
  wish.early = FALSE;
  ends_hello(&ends, wish);
  ends_server_flight(&ends, TRUE, FALSE, NULL);
  ends_client_finished(&ends);
  ends_text(&ends, ASV_CLIENT, "late");
  ends_text(&ends, ASV_SERVER, "reply");
  check(&scenario, "\nhandshake\nC:late\nS:reply\nC end\nS end");
  ends_clear(&ends);
  scenario_clear(&scenario);
}

/* Secrets under the inner random, among others that do not fit. */
static void test_ech(void) {
  Scenario scenario;
  Ends ends;
  HelloWish wish = {.sni = "outer.test", .ech = TRUE};
  scenario_init(&scenario);
  scenario.print_handshake = TRUE;
  ends_init(&ends, &scenario, &tls13, 1);
  for (guint8 i = 0; i < 20; i++) {
    Ends other;
    ends_init(&other, &scenario, &tls13, (guint8)(100 + i));
    memset(other.handshake[1], i, 48);
    ends_log(&other, "hHaA");
    ends_clear(&other);
  }
  memset(ends.random[0], 77, 32); /* the inner one */
  ends_log(&ends, "hHaA");
  memset(ends.random[0], 1, 32);
  ends_hello(&ends, wish);
  ends_server_flight(&ends, FALSE, FALSE, NULL);
  ends_client_finished(&ends);
  ends_text(&ends, ASV_CLIENT, "get");
  ends_text(&ends, ASV_SERVER, "reply");
  check(&scenario,
        "\nhandshake  1.3 alpn=h2 h2 x resumed=0 early=0 ech=3 secrets=1"
        "\nC:get\nS:reply\nC end\nS end");
  g_string_truncate(scenario.key_log, 0);
  check(&scenario,
        "\nhandshake outer.test 1.3 alpn= h2 x resumed=0 early=0 ech=2 secrets=0"
        "\nC unreadable 0\nS unreadable 0\nC end\nS end");
  memset(ends.random[0], 78, 32); /* somebody else's secrets */
  ends_log(&ends, "m");
  memset(ends.random[0], 1, 32);
  check(&scenario,
        "\nhandshake outer.test 1.3 alpn= h2 x resumed=0 early=0 ech=2 secrets=0"
        "\nC unreadable 1\nS unreadable 1\nC end\nS end");
  ends_log(&ends, "hHaA"); /* under the outer random: it was grease */
  check(&scenario,
        "\nhandshake outer.test 1.3 alpn=h2 h2 x resumed=0 early=0 ech=1 secrets=1"
        "\nC:get\nS:reply\nC end\nS end");
  ends_clear(&ends);
  scenario_clear(&scenario);
}

/* A handshake inside the protection of the first one, with another master secret. */
static void test_renegotiation(void) {
  static const WriterSuite suite = {0xc02f, 0x0303, FALSE, "AES-128-GCM", NULL};
  Scenario scenario;
  Ends ends;
  HelloWish wish = {.sni = "a.test"};
  guint8 one = 1;
  scenario_init(&scenario);
  ends_init(&ends, &scenario, &suite, 1);
  ends_log(&ends, "m");
  ends_connect_12(&ends, wish, NULL, NULL);
  ends_text(&ends, ASV_CLIENT, "one");
  memset(ends.random, 9, sizeof ends.random);
  memset(ends.master, 10, sizeof ends.master);
  ends_log(&ends, "m");
  g_autoptr(GByteArray) client = writer_client_hello(ends.random[0], wish);
  g_autoptr(GByteArray) server = writer_server_hello(ends.random[1], &suite, FALSE, NULL);
  ends_record(&ends, ASV_CLIENT, 22, asv_span(client->data, client->len), 0);
  ends_record(&ends, ASV_SERVER, 22, asv_span(server->data, server->len), 0);
  for (int side = 0; side < 2; side++) {
    ends_record(&ends, (AsvSide)side, 20, asv_span(&one, 1), 0);
    writer_from_master(&ends.writer[side], ends.crypto, &suite, side, ends.master, ends.random[0],
                       ends.random[1]);
    ends_message(&ends, (AsvSide)side, 20, some_octets(12));
  }
  ends_text(&ends, ASV_CLIENT, "two");
  ends_text(&ends, ASV_SERVER, "reply");
  check(&scenario, "\nhandshake\nC:onetwo\nS:reply\nC end\nS end");
  ends_clear(&ends);
  scenario_clear(&scenario);
}

/* One side, or the beginning, is not in the capture; or the suite is unknown. */
static void test_incomplete(void) {
  static const WriterSuite unknown = {0x1301, 0x0304, FALSE, "AES-128-GCM", NULL};
  for (int which = 0; which < 4; which++) {
    static const char *const want[] = {
        "\nhandshake\nC unreadable 5\nC unreadable 5\nC end\nS end",  /* client only */
        "\nhandshake\nS unreadable 5\nC end\nS unreadable 5\nS end",  /* server only */
        "\nhandshake\nC unreadable 2\nS unreadable 2\nC end\nS end",  /* in the middle */
        "\nhandshake\nC unreadable 3\nS unreadable 3\nC end\nS end"}; /* unknown suite */
    Scenario scenario;
    Ends ends;
    scenario_init(&scenario);
    ends_init(&ends, &scenario, &unknown, 1);
    ends_log(&ends, "hHaA");
    HelloWish wish = {.sni = "a.test"};
    if (which != 1 && which != 2) ends_hello(&ends, wish);
    if (which == 3) {
      WriterSuite grease = unknown;
      grease.id = 0x0a0a;
      ends_plain(&ends, ASV_SERVER, 22, writer_server_hello(ends.random[1], &grease, FALSE, NULL));
      ends_use(&ends, ASV_SERVER, ends.handshake[1]);
      ends_message(&ends, ASV_SERVER, 20, some_octets(32));
    }
    if (which == 1) ends_server_flight(&ends, FALSE, FALSE, NULL);
    if (which == 2) ends_use(&ends, ASV_SERVER, ends.application[1]);
    if (which == 0 || which == 3) ends_client_finished(&ends);
    if (which == 2) ends_use(&ends, ASV_CLIENT, ends.application[0]);
    if (which != 1) ends_text(&ends, ASV_CLIENT, "get");
    if (which != 0) ends_text(&ends, ASV_SERVER, "reply");
    check(&scenario, want[which]);
    ends_clear(&ends);
    scenario_clear(&scenario);
  }
}

/* The client's octets come before the server's that they answer, and the other way round. */
static void test_disorder(void) {
  Scenario scenario;
  Ends ends;
  Scenario turned;
  scenario_init(&scenario);
  ends_init(&ends, &scenario, &tls13, 1);
  ends_log(&ends, "hHaA");
  ends_connect_13(&ends);
  ends_text(&ends, ASV_CLIENT, "get");
  ends_text(&ends, ASV_SERVER, "reply");
  for (int first = 0; first < 2; first++) {
    scenario_init(&turned);
    g_string_append(turned.key_log, scenario.key_log->str);
    for (int pass = 0; pass < 2; pass++) {
      gsize from = 0;
      for (gsize i = 0; i < scenario.count; i++) {
        if ((int)scenario.flights[i].side == (pass ? !first : first))
          g_byte_array_append(turned.octets, scenario.octets->data + from,
                              (guint)(scenario.flights[i].end - from));
        from = scenario.flights[i].end;
      }
      scenario_flight(&turned,
                      pass ? (first ? ASV_CLIENT : ASV_SERVER) : (first ? ASV_SERVER : ASV_CLIENT));
    }
    check(&turned, first ? "\nhandshake\nS:reply\nC:get\nC end\nS end"
                         : "\nhandshake\nC:get\nS:reply\nC end\nS end");
    scenario_clear(&turned);
  }
  ends_clear(&ends);
  scenario_clear(&scenario);
}

/* More early data than is held: it is passed on unread, and the rest of the stream is found. */
static void test_held_limit(void) {
  static char text[16000];
  Scenario scenario;
  Ends ends;
  HelloWish wish = {.sni = "a.test", .identity = "ticket", .early = TRUE};
  memset(text, 'e', sizeof text);
  scenario_init(&scenario);
  ends_init(&ends, &scenario, &tls13, 1);
  ends_log(&ends, "hHaA");
  ends_hello(&ends, wish);
  ends_use(&ends, ASV_CLIENT, ends.early);
  for (gsize sent = 0; sent <= ASV_TLS_HELD_EARLY_MAX + 2 * sizeof text; sent += sizeof text)
    ends_record(&ends, ASV_CLIENT, 23, asv_span(text, sizeof text), 0);
  ends_server_flight(&ends, TRUE, TRUE, NULL);
  ends_client_finished(&ends);
  ends_text(&ends, ASV_CLIENT, "late");
  AsvSpan all = asv_span(scenario.octets->data, scenario.octets->len);
  g_autofree char *log = run_for_splits(&all, 1, &scenario);
  g_assert_nonnull(strstr(log, "C unreadable"));
  g_assert_nonnull(strstr(log, "\nC:late\n"));
  ends_clear(&ends);
  scenario_clear(&scenario);
}

/* With the wrong secret no more than so many records are tried. */
static void test_trials_limit(void) {
  Scenario scenario;
  Ends ends;
  scenario_init(&scenario);
  ends_init(&ends, &scenario, &tls13, 1);
  ends_connect_13(&ends);
  ends_text(&ends, ASV_CLIENT, "get");
  ends_text(&ends, ASV_CLIENT, "get");
  for (guint i = 0; i < ASV_TLS_TRIALS_MAX + 10; i++)
    writer_record(&ends.writer[ASV_SERVER], scenario.octets, 23, asv_span("x", 1), 0);
  scenario_flight(&scenario, ASV_SERVER);
  memset(ends.application, 2, sizeof ends.application);
  ends_log(&ends, "hHaA");
  AsvSpan all = asv_span(scenario.octets->data, scenario.octets->len);
  g_autofree char *log = run_for_splits(&all, 1, &scenario);
  /* Given up in the middle, so before the end of the client's side. */
  g_assert_cmpstr(log, ==,
                  "\nhandshake\nS unreadable 6\nC unreadable 6\nC end\nS unreadable 6\nS end");
  ends_clear(&ends);
  scenario_clear(&scenario);
}

static void test_sniff(void) {
  static const struct {
    const char *hex;
    AsvSniff want;
    gboolean record;
  } cases[] = {{"", ASV_SNIFF_MORE, FALSE},
               {"16", ASV_SNIFF_MORE, FALSE},
               {"1603", ASV_SNIFF_MORE, FALSE},
               {"160301", ASV_SNIFF_MORE, FALSE},
               {"1603010200", ASV_SNIFF_MORE, TRUE},
               {"160301020001", ASV_SNIFF_CLIENT, TRUE},
               {"160303004002", ASV_SNIFF_SERVER, TRUE},
               {"16030300400b", ASV_SNIFF_NO, TRUE},
               {"170303004002", ASV_SNIFF_NO, TRUE},
               {"160303000001", ASV_SNIFF_NO, FALSE},
               {"16030500", ASV_SNIFF_NO, FALSE},
               {"1603ff", ASV_SNIFF_NO, FALSE},
               {"1603030f00ff", ASV_SNIFF_NO, TRUE},
               {"160303ffff01", ASV_SNIFF_NO, FALSE},
               {"474554202f20", ASV_SNIFF_NO, FALSE}};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GByteArray) octets = asv_test_hex(cases[i].hex);
    AsvSpan span = asv_span(octets->data, octets->len);
    g_assert_cmpint(asv_tls_sniff(span), ==, cases[i].want);
    g_assert_cmpint(asv_tls_sniff_record(span), ==, cases[i].record);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/tls/connection/suites", test_suites);
  g_test_add_func("/tls/connection/secrets", test_secrets);
  g_test_add_func("/tls/connection/wrong-secrets", test_wrong_secrets);
  g_test_add_func("/tls/connection/nothing-to-read", test_nothing_to_read);
  g_test_add_func("/tls/connection/key-update", test_key_update);
  g_test_add_func("/tls/connection/padding", test_padding);
  g_test_add_func("/tls/connection/early-data", test_early_data);
  g_test_add_func("/tls/connection/hello-retry", test_hello_retry);
  g_test_add_func("/tls/connection/ech", test_ech);
  g_test_add_func("/tls/connection/renegotiation", test_renegotiation);
  g_test_add_func("/tls/connection/incomplete", test_incomplete);
  g_test_add_func("/tls/connection/disorder", test_disorder);
  g_test_add_func("/tls/connection/held-limit", test_held_limit);
  g_test_add_func("/tls/connection/trials-limit", test_trials_limit);
  g_test_add_func("/tls/connection/sniff", test_sniff);
  return g_test_run();
}

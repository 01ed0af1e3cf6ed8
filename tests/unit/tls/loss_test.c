/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Losses at every position and of every length, and waivers: what is delivered
 * is at its place, what is missing is told, and what was waived costs nothing.
 */
#include "scenario.h"

static const WriterSuite suites[] = {
    {0x1301, 0x0304, FALSE, "AES-128-GCM", NULL},
    {0x1303, 0x0304, FALSE, "ChaCha20-Poly1305", NULL},
    {0xc02f, 0x0303, FALSE, "AES-128-GCM", NULL},
    {0xc013, 0x0303, FALSE, "AES-128-CBC", "SHA1"},
    {0xc013, 0x0301, FALSE, "AES-128-CBC", "SHA1"},
};

/* A connection whose server sends records of these sizes; text of position i is a letter by i. */
static guint64 make(Scenario *scenario, const WriterSuite *suite, const gsize *sizes, gsize count,
                    gsize padding) {
  Ends ends;
  guint64 position = 0;
  HelloWish wish = {.sni = "a.test"};
  scenario_init(scenario);
  ends_init(&ends, scenario, suite, 1);
  ends_log(&ends, "mhHaA");
  if (suite->version == 0x0304)
    ends_connect_13(&ends);
  else
    ends_connect_12(&ends, wish, NULL, NULL);
  ends_text(&ends, ASV_CLIENT, "get");
  for (gsize i = 0; i < count; i++) {
    g_autofree char *text = g_malloc(sizes[i] + 1);
    for (gsize k = 0; k < sizes[i]; k++) text[k] = (char)('a' + position++ % 26);
    writer_record(&ends.writer[ASV_SERVER], scenario->octets, 23, asv_span(text, sizes[i]),
                  padding);
  }
  scenario_flight(scenario, ASV_SERVER);
  ends_clear(&ends);
  return position;
}

/* Every octet that was delivered is the right one for its position. */
static void check_positions(const Run *run) {
  const GString *plain = run->plain[ASV_SERVER];
  if (run->unknown[ASV_SERVER]) return;
  for (gsize i = 0; i < plain->len; i++)
    if (plain->str[i] != '?' && plain->str[i] != '-')
      g_assert_cmpint(plain->str[i], ==, 'a' + (int)(i % 26));
}

/* Losses of every length at every position of the server's application records. */
static void test_every_loss(void) {
  static const gsize sizes[] = {30, 7, 60, 1, 25, 40};
  for (gsize i = 0; i < G_N_ELEMENTS(suites); i++) {
    Scenario scenario;
    guint64 total = make(&scenario, &suites[i], sizes, G_N_ELEMENTS(sizes), 0);
    AsvSpan all = asv_span(scenario.octets->data, scenario.octets->len);
    guint64 start = scenario.flights[scenario.count - 2].end;
    gboolean aead = !suites[i].digest;
    for (guint64 from = start; from < all.size; from++) {
      for (guint64 to = from + 1; to <= all.size; to += to - from < 8 ? 1 : 13) {
        Run run;
        scenario.lost_from = from;
        scenario.lost_to = to;
        run_pieces(&run, &scenario, &all, 1);
        check_positions(&run);
        gboolean all_there = run.position[ASV_SERVER] == total;
        /* The last record stands behind the loss: it shows how much is missing. */
        gboolean last_there = to <= all.size - (aead ? 74 : 90);
        if (aead && last_there) {
          g_assert_true(all_there);
          g_assert_nonnull(strchr(run.plain[ASV_SERVER]->str, '?'));
        }
        g_assert_true(run.unreadable[ASV_SERVER] > 0 || to == all.size);
        if (last_there && suites[i].version > 0x0301)
          g_assert_nonnull(strstr(run.log->str, "\nS:"));
        run_clear(&run);
      }
    }
    scenario_clear(&scenario);
  }
}

/* Losses in the handshake: no crash, no wrong text; application data is found again. */
static void test_handshake_loss(void) {
  static const gsize sizes[] = {30, 7, 60};
  for (gsize i = 0; i < G_N_ELEMENTS(suites); i++) {
    Scenario scenario;
    make(&scenario, &suites[i], sizes, G_N_ELEMENTS(sizes), 0);
    AsvSpan all = asv_span(scenario.octets->data, scenario.octets->len);
    guint64 end = scenario.flights[scenario.count - 2].end;
    for (guint64 from = 0; from < end; from++) {
      for (guint64 to = from + 1; to < MIN(from + 200, end); to += 17) {
        Run run;
        scenario.lost_from = from;
        scenario.lost_to = to;
        run_pieces(&run, &scenario, &all, 1);
        check_positions(&run);
        run_clear(&run);
      }
    }
    scenario_clear(&scenario);
  }
}

/* A run with a waiver: what is not waived is all there, and nothing is said to be missing. */
static void check_waiver(Scenario *scenario, guint64 total, const AsvSpan *pieces, gsize count) {
  Run run;
  run_pieces(&run, scenario, pieces, count);
  check_positions(&run);
  g_assert_false(run.unknown[ASV_SERVER]);
  g_assert_cmpuint(run.unreadable[ASV_SERVER], ==, 0);
  g_assert_null(strchr(run.plain[ASV_SERVER]->str, '?'));
  for (guint64 i = scenario->waive_to[ASV_SERVER]; i < total; i++)
    g_assert_cmpint(run.plain[ASV_SERVER]->str[i], ==, 'a' + (int)(i % 26));
  for (guint64 i = 0; i < scenario->waive_from[ASV_SERVER]; i++)
    g_assert_cmpint(run.plain[ASV_SERVER]->str[i], ==, 'a' + (int)(i % 26));
  run_clear(&run);
}

static void test_waivers(void) {
  static const gsize sizes[] = {30, 2000, 2000, 16000, 50, 2000, 40};
  static const guint64 waived[][2] = {{30, 22080}, {10, 20030}, {30, 20029}, {31, 20031}};
  for (gsize i = 0; i < G_N_ELEMENTS(suites); i++) {
    for (gsize padding = 0; padding < 2; padding++) {
      Scenario scenario;
      guint64 total = make(&scenario, &suites[i], sizes, G_N_ELEMENTS(sizes), padding * 3);
      AsvSpan all = asv_span(scenario.octets->data, scenario.octets->len);
      for (gsize w = 0; w < G_N_ELEMENTS(waived); w++) {
        scenario.waive_from[ASV_SERVER] = waived[w][0];
        scenario.waive_to[ASV_SERVER] = waived[w][1];
        check_waiver(&scenario, total, &all, 1);
        for (gsize step = 1; step < 3000; step = step * 3 + 1) {
          g_autoptr(GArray) pieces = g_array_new(FALSE, FALSE, sizeof(AsvSpan));
          for (gsize at = 0; at < all.size; at += step) {
            AsvSpan piece = asv_span_sub(all, at, step);
            g_array_append_val(pieces, piece);
          }
          check_waiver(&scenario, total, (const AsvSpan *)(const void *)pieces->data, pieces->len);
        }
      }
      scenario_clear(&scenario);
    }
  }
}

/* A loss within a waived record hurts nobody, wherever it is, as long as the header is there. */
static void test_loss_in_waiver(void) {
  static const gsize sizes[] = {30, 2000, 40};
  for (gsize i = 0; i < 3; i++) {
    Scenario scenario;
    guint64 total = make(&scenario, &suites[i], sizes, G_N_ELEMENTS(sizes), 0);
    AsvSpan all = asv_span(scenario.octets->data, scenario.octets->len);
    gsize around = (all.size - scenario.flights[scenario.count - 2].end - total) / 3;
    guint64 body = scenario.flights[scenario.count - 2].end + 30 + around + 5;
    scenario.waive_from[ASV_SERVER] = 30;
    scenario.waive_to[ASV_SERVER] = 2030;
    for (guint64 from = body + 1; from < body + around - 5 + 2000; from += 7) {
      scenario.lost_from = from;
      scenario.lost_to = MIN(from + 600, body + around - 5 + 2000);
      check_waiver(&scenario, total, &all, 1);
      AsvSpan cut[2] = {asv_span_sub(all, 0, (gsize)body),
                        asv_span_sub(all, (gsize)body, all.size)};
      check_waiver(&scenario, total, cut, 2);
    }
    scenario_clear(&scenario);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/tls/loss/every", test_every_loss);
  g_test_add_func("/tls/loss/handshake", test_handshake_loss);
  g_test_add_func("/tls/loss/waivers", test_waivers);
  g_test_add_func("/tls/loss/in-waiver", test_loss_in_waiver);
  return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Limits of the TLS layer, each reached and passed: what is remembered, and how
 * often something is tried.
 */
#include "analyzer/limits.h"
#include "analyzer/tls/certificates.h"
#include "analyzer/tls/record.h"
#include "certificates.h"
#include "scenario.h"

static const WriterSuite tls13 = {0x1301, 0x0304, FALSE, "AES-128-GCM", NULL};

/* Record buffers are kept up to the limit, and those are taken again first. */
static void test_buffers(void) {
  AsvBuffers *buffers = asv_buffers_new();
  guint8 *taken[ASV_TLS_BUFFERS_MAX + 2];
  for (gsize i = 0; i < G_N_ELEMENTS(taken); i++) taken[i] = asv_buffers_take(buffers);
  for (gsize i = 0; i < G_N_ELEMENTS(taken); i++) asv_buffers_give(buffers, taken[i]);
  for (gsize i = ASV_TLS_BUFFERS_MAX; i--;) g_assert_true(asv_buffers_take(buffers) == taken[i]);
  for (gsize i = 0; i < ASV_TLS_BUFFERS_MAX; i++) asv_buffers_give(buffers, taken[i]);
  asv_buffers_free(buffers);
}

/* A certificate is remembered until the table is full; then it starts anew. */
static void test_certificates(void) {
  g_autoptr(GByteArray) der = certificate_make("DNS:a.test");
  g_autofree guint8 *first = g_memdup2(der->data, der->len);
  AsvCertificates *certificates = asv_certificates_new();
  AsvCertificate *known = asv_certificates_get(certificates, asv_span(first, der->len));
  for (guint i = 1; i <= ASV_TLS_CERTIFICATES_MAX; i++) {
    AsvCertificate *again = asv_certificates_get(certificates, asv_span(first, der->len));
    g_assert_true(again == known);
    asv_certificate_unref(again);
    der->data[der->len - 1] = (guint8)(first[der->len - 1] + i); /* another signature */
    der->data[der->len - 2] = (guint8)(first[der->len - 2] + i / 256);
    asv_certificate_unref(asv_certificates_get(certificates, asv_span(der->data, der->len)));
  }
  AsvCertificate *anew = asv_certificates_get(certificates, asv_span(first, der->len));
  g_assert_true(anew != known);
  g_assert_true(asv_span_is(anew->names[0], "a.test"));
  asv_certificate_unref(anew);
  asv_certificate_unref(known);
  asv_certificates_free(certificates);
}

/* One that is too large is read each time. */
static void test_certificate_kept(void) {
  GString *names = g_string_new("DNS:a.test");
  for (guint i = 0; names->len < ASV_TLS_CERTIFICATE_KEPT_MAX + 4096; i++)
    g_string_append_printf(names, ",DNS:n%u.test", i);
  g_autoptr(GByteArray) der = certificate_make(names->str);
  g_assert_cmpuint(der->len, >, ASV_TLS_CERTIFICATE_KEPT_MAX);
  AsvCertificates *certificates = asv_certificates_new();
  AsvCertificate *one = asv_certificates_get(certificates, asv_span(der->data, der->len));
  AsvCertificate *other = asv_certificates_get(certificates, asv_span(der->data, der->len));
  g_assert_nonnull(one);
  g_assert_true(one != other);
  asv_certificate_unref(one);
  asv_certificate_unref(other);
  asv_certificates_free(certificates);
  g_string_free(names, TRUE);
}

/* A connection with its handshake and the client's request. */
static void begin(Scenario *scenario, Ends *ends) {
  scenario_init(scenario);
  ends_init(ends, scenario, &tls13, 1);
  ends_log(ends, "hHaA");
  ends_connect_13(ends);
  ends_text(ends, ASV_CLIENT, "get");
}

/* What came of the server's text. */
static char *server_text(const Scenario *scenario) {
  Run run;
  AsvSpan all = asv_span(scenario->octets->data, scenario->octets->len);
  run_pieces(&run, scenario, &all, 1);
  g_assert_cmpuint(run.unreadable[ASV_SERVER], >, 0);
  char *text = g_strdup(run.plain[ASV_SERVER]->str);
  run_clear(&run);
  return text;
}

/* A loss of so many records of one octet, and whether the next one is read. */
static gboolean is_read_behind(guint records) {
  Scenario scenario;
  Ends ends;
  begin(&scenario, &ends);
  writer_record(&ends.writer[ASV_SERVER], scenario.octets, 23, asv_span_text("before"), 0);
  scenario.lost_from = scenario.octets->len;
  for (guint i = 0; i < records; i++)
    writer_record(&ends.writer[ASV_SERVER], scenario.octets, 23, asv_span_text("x"), 0);
  scenario.lost_to = scenario.octets->len;
  writer_record(&ends.writer[ASV_SERVER], scenario.octets, 23, asv_span_text("behind"), 0);
  scenario_flight(&scenario, ASV_SERVER);
  g_autofree char *text = server_text(&scenario);
  g_assert_true(g_str_has_prefix(text, "before"));
  gboolean read = g_str_has_suffix(text, "?behind");
  g_assert_cmpuint(strlen(text), ==, strlen("before") + (read ? records + strlen("behind") : 0));
  ends_clear(&ends);
  scenario_clear(&scenario);
  return read;
}

/* Sequence numbers that are tried: from the least that the loss can have swallowed on. */
static void test_resync_records(void) {
  const guint octets = 5 + 1 + 1 + 16; /* header, text, type, tag */
  const guint least = ASV_TLS_RESYNC_RECORDS_MAX * octets / (ASV_TLS_RECORD_MAX + 5);
  g_assert_true(is_read_behind(ASV_TLS_RESYNC_RECORDS_MAX + least));
  g_assert_false(is_read_behind(ASV_TLS_RESYNC_RECORDS_MAX + least + 1));
}

/* What looks like a record behind a loss, so many times, and whether the real one is read then. */
static gboolean is_read_among(guint false_starts) {
  static const guint8 start[5 + 32] = {23, 3, 3, 0, 32};
  Scenario scenario;
  Ends ends;
  begin(&scenario, &ends);
  writer_record(&ends.writer[ASV_SERVER], scenario.octets, 23, asv_span_text("before"), 0);
  scenario.lost_from = scenario.octets->len;
  writer_record(&ends.writer[ASV_SERVER], scenario.octets, 23, asv_span_text("lost"), 0);
  scenario.lost_to = scenario.octets->len;
  for (guint i = 0; i < false_starts; i++)
    g_byte_array_append(scenario.octets, start, sizeof start);
  writer_record(&ends.writer[ASV_SERVER], scenario.octets, 23, asv_span_text("behind"), 0);
  scenario_flight(&scenario, ASV_SERVER);
  g_autofree char *text = server_text(&scenario);
  ends_clear(&ends);
  scenario_clear(&scenario);
  return g_str_has_suffix(text, "behind");
}

static void test_resync_trials(void) {
  g_assert_true(is_read_among(ASV_TLS_RESYNC_TRIALS_MAX));
  g_assert_false(is_read_among(ASV_TLS_RESYNC_TRIALS_MAX + 1));
}

/* Encrypted Client Hello: the inner random comes behind so many others in the key log. */
static gboolean is_inner_found(guint others) {
  Scenario scenario;
  Ends ends;
  Run run;
  HelloWish wish = {.sni = "outer.test", .ech = TRUE};
  scenario_init(&scenario);
  ends_init(&ends, &scenario, &tls13, 1);
  memset(ends.handshake[1], 0x33, 48);
  for (guint i = 0; i <= others; i++) {
    memset(ends.random[0], 77, 32);
    memcpy(ends.random[0], &i, sizeof i);
    if (i == others) memset(ends.handshake[1], 0xa1, 48);
    ends_log(&ends, "hHaA");
  }
  memset(ends.random[0], 1, 32);
  ends_hello(&ends, wish);
  ends_server_flight(&ends, FALSE, FALSE, NULL);
  ends_client_finished(&ends);
  ends_text(&ends, ASV_CLIENT, "get");
  ends_text(&ends, ASV_SERVER, "reply");
  AsvSpan all = asv_span(scenario.octets->data, scenario.octets->len);
  run_pieces(&run, &scenario, &all, 1);
  gboolean found = strcmp(run.plain[ASV_SERVER]->str, "reply") == 0;
  g_assert_true(found || run.unreadable[ASV_SERVER] > 0);
  run_clear(&run);
  ends_clear(&ends);
  scenario_clear(&scenario);
  return found;
}

static void test_ech_trials(void) {
  g_assert_true(is_inner_found(ASV_TLS_ECH_TRIALS_MAX - 1));
  g_assert_false(is_inner_found(ASV_TLS_ECH_TRIALS_MAX));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/tls/limit/buffers", test_buffers);
  g_test_add_func("/tls/limit/certificates", test_certificates);
  g_test_add_func("/tls/limit/certificate-kept", test_certificate_kept);
  g_test_add_func("/tls/limit/resync-records", test_resync_records);
  g_test_add_func("/tls/limit/resync-trials", test_resync_trials);
  g_test_add_func("/tls/limit/ech-trials", test_ech_trials);
  return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Findings: grouping, order, ids, limits, filters, and a catalogue without holes. */
#include "altsvc/finding.h"

#include "altsvc/client.h"

static AsvConnectionRef connection = {"192.0.2.7", "192.0.2.1:443", "tcp:3", 1};

static AsvObservation request(guint64 packet, gint64 time, guint64 stream) {
  return (AsvObservation){.kind = ASV_OBSERVATION_REQUEST,
                          .time = time,
                          .packet = packet,
                          .connection = &connection,
                          .request = {.has_stream = TRUE, .stream = stream}};
}

static void free_all(GPtrArray *all) {
  g_ptr_array_set_free_func(all, (GDestroyNotify)asv_finding_free);
  g_ptr_array_unref(all);
}

static void test_groups(void) {
  AsvFindings *findings = asv_findings_new();
  guint handles[20];
  for (guint i = 0; i < 20; i++) {
    AsvObservation seen = request(100 + i / 2, 1000 + i, 5);
    AsvFindingAbout about = {&seen, "192.0.2.7", "https://a.test"};
    handles[i] = asv_findings_raise(findings, ASV_FINDING_MA_ZERO, &about, "fact %u", i);
  }
  GArray *ids = NULL;
  GPtrArray *all = asv_findings_finish(findings, &ids);
  g_assert_cmpuint(all->len, ==, 1);
  const AsvFinding *finding = g_ptr_array_index(all, 0);
  g_assert_cmpuint(finding->id, ==, 1);
  g_assert_cmpstr(finding->code, ==, "ma-zero");
  g_assert_cmpuint(finding->severity, ==, ASV_SEVERITY_WARNING);
  g_assert_cmpuint(finding->count, ==, 20);
  g_assert_cmpuint(finding->packets->len, ==, 10);
  g_assert_cmpuint(g_array_index(finding->packets, guint64, 0), ==, 100);
  g_assert_cmpuint(g_array_index(finding->packets, guint64, 9), ==, 109);
  g_assert_cmpint(finding->time, ==, 1000);
  g_assert_cmpstr(finding->connection, ==, "tcp:3");
  g_assert_true(finding->has_stream);
  g_assert_cmpuint(finding->stream, ==, 5);
  g_assert_cmpstr(finding->client, ==, "192.0.2.7");
  g_assert_cmpstr(finding->origin, ==, "https://a.test");
  g_assert_cmpstr(finding->message, ==, "fact 0");
  g_assert_cmpstr(finding->filter, ==, "tcp.stream == 3 && http2.streamid == 5");
  g_assert_cmpstr(finding->spec, ==, "RFC 7838, 3.1");
  for (guint i = 0; i < 20; i++) {
    g_assert_cmpuint(handles[i], ==, 1);
    g_assert_cmpuint(g_array_index(ids, guint, handles[i]), ==, 1);
  }
  g_assert_cmpuint(g_array_index(ids, guint, 0), ==, 0);
  g_array_unref(ids);
  free_all(all);
  asv_findings_free(findings);
}

/* Code, client and origin each make another finding; NULL is a value of its own. */
static void test_order(void) {
  static const struct {
    AsvFindingCode code;
    const char *client, *origin;
  } raised[] = {
      {ASV_FINDING_PROXIED, "192.0.2.7", NULL},
      {ASV_FINDING_MA_ZERO, "2001:db8::1", "https://a.test"},
      {ASV_FINDING_MA_ZERO, "192.0.2.10", "https://a.test"},
      {ASV_FINDING_MA_ZERO, "192.0.2.9", "https://b.test"},
      {ASV_FINDING_MA_ZERO, "192.0.2.9", "https://a.test"},
      {ASV_FINDING_MA_ZERO, NULL, "https://a.test"},
      {ASV_FINDING_MA_ZERO, "192.0.2.9", NULL},
      {ASV_FINDING_VALUE_CLEAR_MIXED, "192.0.2.9", NULL},
      {ASV_FINDING_USED_AFTER_421, "192.0.2.9", "https://a.test"},
      {ASV_FINDING_VALUE_INVALID, "192.0.2.9", "https://a.test"},
  };
  static const guint expected[] = {9, 8, 7, 5, 6, 4, 3, 2, 1, 0};
  AsvFindings *findings = asv_findings_new();
  guint handles[G_N_ELEMENTS(raised)];
  for (guint i = 0; i < G_N_ELEMENTS(raised); i++) {
    AsvFindingAbout about = {NULL, raised[i].client, raised[i].origin};
    handles[i] = asv_findings_raise(findings, raised[i].code, &about, "%u", i);
  }
  GArray *ids = NULL;
  GPtrArray *all = asv_findings_finish(findings, &ids);
  g_assert_cmpuint(all->len, ==, G_N_ELEMENTS(raised));
  for (guint i = 0; i < all->len; i++) {
    const AsvFinding *finding = g_ptr_array_index(all, i);
    g_autofree char *words = g_strdup_printf("%u", expected[i]);
    g_assert_cmpstr(finding->message, ==, words);
    g_assert_cmpuint(finding->id, ==, i + 1);
    g_assert_cmpuint(g_array_index(ids, guint, handles[expected[i]]), ==, i + 1);
    g_assert_null(finding->filter);
    g_assert_null(finding->connection);
    g_assert_cmpuint(finding->packets->len, ==, 0);
  }
  g_array_unref(ids);
  free_all(all);
  asv_findings_free(findings);
}

static void test_clients(void) {
  static const char *const sorted[] = {
      NULL,          "10.0.0.9",     "10.0.0.9 A",        "10.0.0.10",
      "2001:db8::9", "2001:db8::10", "02:00:00:00:00:01", "capture"};
  for (guint i = 0; i < G_N_ELEMENTS(sorted); i++)
    for (guint j = 0; j < G_N_ELEMENTS(sorted); j++) {
      int order = asv_client_compare(sorted[i], sorted[j]);
      g_assert_cmpint((order > 0) - (order < 0), ==, (i > j) - (i < j));
    }
}

static void test_filters(void) {
  static const struct {
    const char *label;
    AsvFindingCode code;
    AsvObservation seen;
    const char *filter;
  } cases[] = {
      {"tcp:3",
       ASV_FINDING_MA_ZERO,
       {.kind = ASV_OBSERVATION_ADVERTISEMENT,
        .advertisement = {.has_stream = TRUE, .stream = 7, .via = ASV_VIA_HTTP2_HEADER}},
       "tcp.stream == 3 && http2.streamid == 7"},
      {"tcp:3",
       ASV_FINDING_FRAME_FLAGS,
       {.kind = ASV_OBSERVATION_ADVERTISEMENT,
        .advertisement = {.has_stream = TRUE, .via = ASV_VIA_ALTSVC_FRAME}},
       "tcp.stream == 3 && http2.type == 10"},
      {"tcp:3", ASV_FINDING_MA_ZERO, {.kind = ASV_OBSERVATION_ADVERTISEMENT}, "tcp.stream == 3"},
      {"tcp:3",
       ASV_FINDING_NOT_USED,
       {.kind = ASV_OBSERVATION_REQUEST, .request = {.has_stream = TRUE, .stream = 7}},
       "tcp.stream == 3"},
      {"tcp:3",
       ASV_FINDING_COVERAGE_BYTES_LOST,
       {.kind = ASV_OBSERVATION_UNREADABLE},
       "tcp.stream == 3"},
      {"quic:0",
       ASV_FINDING_MA_ZERO,
       {.kind = ASV_OBSERVATION_RESPONSE, .response = {.has_stream = TRUE, .stream = 4}},
       "quic.connection.number == 0 && quic.stream.stream_id == 4"},
      {"pdu:0", ASV_FINDING_MA_ZERO, {.kind = ASV_OBSERVATION_REQUEST}, NULL},
      {NULL, ASV_FINDING_MA_ZERO, {.kind = ASV_OBSERVATION_REQUEST}, NULL},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    AsvConnectionRef ref = {"192.0.2.7", "192.0.2.1:443", cases[i].label, 1};
    AsvObservation seen = cases[i].seen;
    seen.connection = cases[i].label ? &ref : NULL;
    AsvFindings *findings = asv_findings_new();
    AsvFindingAbout about = {.seen = &seen};
    asv_findings_raise(findings, cases[i].code, &about, "x");
    GPtrArray *all = asv_findings_finish(findings, NULL);
    g_assert_cmpstr(((AsvFinding *)g_ptr_array_index(all, 0))->filter, ==, cases[i].filter);
    free_all(all);
    asv_findings_free(findings);
  }
}

/* Octets of the capture are cut and made printable. */
static void test_quotes(void) {
  static const char hostile[] = "a\x1b[31m\r\n\xff\"";
  char *longer = g_strnfill(ASV_QUOTE_MAX + 1, 'x');
  AsvFindings *findings = asv_findings_new();
  AsvFindingAbout about = {0};
  AsvSpan none = {0};
  asv_findings_raise(findings, ASV_FINDING_MA_ZERO, &about, ASV_QUOTE "|" ASV_QUOTE "|" ASV_QUOTE,
                     ASV_QUOTED(asv_span_text(hostile)), ASV_QUOTED(none),
                     ASV_QUOTED(asv_span_text(longer)));
  longer[ASV_QUOTE_MAX] = '\0';
  g_autofree char *expected = g_strdup_printf("a\\x1B[31m\\x0D\\x0A\\xFF\"||%s...", longer);
  GPtrArray *all = asv_findings_finish(findings, NULL);
  g_assert_cmpstr(((AsvFinding *)g_ptr_array_index(all, 0))->message, ==, expected);
  free_all(all);
  asv_findings_free(findings);
  g_free(longer);
}

/* A fact is counted again only when its finding is there; more facts can be counted at once. */
static void test_again(void) {
  AsvFindings *findings = asv_findings_new();
  AsvObservation seen = request(9, 1000, 1);
  AsvFindingAbout about = {&seen, "192.0.2.7", NULL}, other = {&seen, "192.0.2.8", NULL};
  g_assert_cmpuint(asv_findings_again(findings, ASV_FINDING_MA_ZERO, &about), ==, 0);
  guint handle = asv_findings_raise(findings, ASV_FINDING_MA_ZERO, &about, "x");
  g_assert_cmpuint(asv_findings_again(findings, ASV_FINDING_MA_ZERO, &other), ==, 0);
  g_assert_cmpuint(asv_findings_again(findings, ASV_FINDING_MA_OVERFLOW, &about), ==, 0);
  g_assert_cmpuint(asv_findings_again(findings, ASV_FINDING_MA_ZERO, &about), ==, handle);
  asv_findings_count(findings, handle, 40);
  GPtrArray *all = asv_findings_finish(findings, NULL);
  g_assert_cmpuint(all->len, ==, 1);
  g_assert_cmpuint(((AsvFinding *)g_ptr_array_index(all, 0))->count, ==, 42);
  free_all(all);
  asv_findings_free(findings);
}

/* Above the limit, facts of one code come together in one finding that belongs to nobody. */
static void test_limit(void) {
  AsvFindings *findings = asv_findings_new();
  guint first = 0, last = 0;
  for (guint i = 0; i < ASV_FINDINGS_MAX + 5; i++) {
    char origin[40];
    g_snprintf(origin, sizeof origin, "https://%06u.test", i);
    AsvFindingAbout about = {NULL, "192.0.2.7", origin};
    last = asv_findings_raise(findings, ASV_FINDING_MA_ZERO, &about, "%u", i);
    if (i == 0) first = last;
  }
  AsvFindingAbout known = {NULL, "192.0.2.7", "https://000000.test"};
  g_assert_cmpuint(asv_findings_raise(findings, ASV_FINDING_MA_ZERO, &known, "x"), ==, first);
  GArray *ids = NULL;
  GPtrArray *all = asv_findings_finish(findings, &ids);
  g_assert_cmpuint(all->len, ==, ASV_FINDINGS_MAX + 1);
  const AsvFinding *rest = g_ptr_array_index(all, g_array_index(ids, guint, last) - 1);
  g_assert_null(rest->client);
  g_assert_null(rest->origin);
  g_assert_cmpuint(rest->count, ==, 5);
  g_autofree char *words = g_strdup_printf("%u", (guint)ASV_FINDINGS_MAX);
  g_assert_cmpstr(rest->message, ==, words);
  g_assert_cmpuint(((AsvFinding *)g_ptr_array_index(all, 1))->count, ==, 2);
  g_array_unref(ids);
  free_all(all);
  asv_findings_free(findings);
}

/* Every code as the specification of the findings lists it: name, severity, section. */
static const struct {
  const char *name;
  char severity;
  const char *section; /* "" for none; of RFC 7838 unless another one is named */
} catalogue[] = {
    {"frame-origin-missing", 'e', "4"},
    {"frame-origin-unexpected", 'e', "4"},
    {"frame-from-client", 'e', "4"},
    {"frame-malformed", 'e', "4"},
    {"frame-empty-value", 'e', "4"},
    {"frame-origin-invalid", 'e', "4"},
    {"frame-not-authoritative", 'e', "4 and 2.1"},
    {"frame-stream-unknown", 'e', "4"},
    {"value-invalid", 'e', "3"},
    {"protocol-id-not-canonical", 'e', "3"},
    {"host-not-ascii", 'e', "8"},
    {"port-unusable", 'e', ""},
    {"alternative-without-tls", 'e', "2.1 and 9.3"},
    {"alternative-certificate-mismatch", 'e', "2.1"},
    {"alternative-certificate-rejected", 'e', "2.1"},
    {"alternative-alpn-mismatch", 'e', "2.4"},
    {"alternative-refused", 'e', "2.4"},
    {"alternative-no-answer", 'e', "2.4"},
    {"alternative-handshake-failed", 'e', "2.4"},
    {"alternative-stalled", 'e', "2.4"},
    {"alternative-sni-mismatch", 'e', "2.3"},
    {"authority-names-alternative", 'e', "2"},
    {"connection-specific-field", 'e', "RFC 9113, 8.2.2"},
    {"value-clear-mixed", 'w', "3"},
    {"persist-not-1", 'w', "3.1"},
    {"ma-zero", 'w', "3.1"},
    {"ma-overflow", 'w', "3.1"},
    {"ma-not-a-number", 'w', "3.1"},
    {"expired-on-arrival", 'w', "3.1"},
    {"alternative-port-unprivileged", 'w', "9.1"},
    {"advertised-over-http", 'w', "9.2"},
    {"per-client-alternative", 'w', "9.4"},
    {"misdirected", 'w', "6"},
    {"misdirected-default-route", 'w', "RFC 9110, 15.5.20"},
    {"misdirected-with-alt-svc", 'w', "6"},
    {"used-after-421", 'e', "6"},
    {"used-after-expiry", 'w', "2.2"},
    {"used-after-clear", 'w', "2.2"},
    {"not-used", 'w', "2.4"},
    {"udp-blocked-likely", 'w', "RFC 9308, 2"},
    {"alt-used-wrong", 'w', "5"},
    {"frame-flags", 'n', "4"},
    {"frame-and-header-mixed", 'n', "4"},
    {"value-empty-parameter", 'n', "3"},
    {"value-empty-element", 'n', "3"},
    {"value-duplicate-parameter", 'n', "3"},
    {"parameter-name-case", 'n', "3"},
    {"parameter-unknown", 'n', "3"},
    {"protocol-obsolete", 'n', ""},
    {"protocol-unknown", 'n', ""},
    {"alternative-is-origin", 'n', ""},
    {"alternative-other-host", 'n', "2.1 and 9.2"},
    {"trailer-field", 'n', ""},
    {"used-unlearned", 'n', ""},
    {"advertised-sometimes", 'n', ""},
    {"advertisements-differ", 'n', ""},
    {"alt-used-missing", 'n', "5"},
    {"proxied", 'n', "2.4"},
    {"proxy-leg", 'n', "2.4"},
    {"tls-intercepted", 'n', "2.4"},
    {"client-ignores-frames", 'n', "3 and 4"},
    {"client-has-no-cache", 'n', "2.4"},
    {"keep-alive-without-connection", 'n', "RFC 9112, C.2.2"},
    {"coverage-no-secrets", 'n', ""},
    {"coverage-bytes-lost", 'n', ""},
    {"coverage-started-late", 'n', ""},
    {"coverage-one-direction", 'n', ""},
};

static void test_catalogue(void) {
  g_assert_cmpuint(G_N_ELEMENTS(catalogue), ==, ASV_FINDINGS_COUNT);
  for (guint i = 0; i < ASV_FINDINGS_COUNT; i++) {
    AsvFindingCode code = (AsvFindingCode)i, found;
    g_assert_cmpstr(asv_finding_name(code), ==, catalogue[i].name);
    g_assert_true(asv_finding_by_name(catalogue[i].name, &found));
    g_assert_cmpuint(found, ==, code);
    g_assert_cmpint("nwe"[asv_finding_severity(code)], ==, catalogue[i].severity);
    const char *section = catalogue[i].section;
    g_autofree char *spec = g_ascii_isdigit(*section) ? g_strdup_printf("RFC 7838, %s", section)
                                                      : g_strdup(*section ? section : NULL);
    g_assert_cmpstr(asv_finding_spec(code), ==, spec);
    g_assert_true(g_str_has_suffix(asv_finding_meaning(code), "."));
    g_assert_true(g_str_has_suffix(asv_finding_advice(code), "."));
  }
  AsvFindingCode none;
  g_assert_false(asv_finding_by_name("frame", &none));
  g_assert_false(asv_finding_by_name("", &none));
}

/* Advice is one or more sentences in printable ASCII that go on from "Do:". */
static void test_advice(void) {
  AsvFindings *findings = asv_findings_new();
  for (guint i = 0; i < ASV_FINDINGS_COUNT; i++) {
    AsvFindingAbout about = {0};
    asv_findings_raise(findings, (AsvFindingCode)i, &about, "x");
  }
  GPtrArray *all = asv_findings_finish(findings, NULL);
  g_assert_cmpuint(all->len, ==, ASV_FINDINGS_COUNT);
  for (guint i = 0; i < all->len; i++) {
    const char *advice = ((AsvFinding *)g_ptr_array_index(all, i))->advice;
    g_assert_cmpuint(strlen(advice), >, 30);
    g_assert_true(g_str_has_suffix(advice, "."));
    g_assert_true(g_ascii_islower(*advice));
    for (; *advice; advice++) g_assert_true(g_ascii_isprint(*advice));
  }
  free_all(all);
  asv_findings_free(findings);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/finding/groups", test_groups);
  g_test_add_func("/finding/order", test_order);
  g_test_add_func("/finding/clients", test_clients);
  g_test_add_func("/finding/filters", test_filters);
  g_test_add_func("/finding/quotes", test_quotes);
  g_test_add_func("/finding/again", test_again);
  g_test_add_func("/finding/limit", test_limit);
  g_test_add_func("/finding/catalogue", test_catalogue);
  g_test_add_func("/finding/advice", test_advice);
  return g_test_run();
}

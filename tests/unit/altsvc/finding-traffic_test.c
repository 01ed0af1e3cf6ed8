/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rules of asv_findings_observe(): each raised, and a near miss that is not. */
#include "altsvc/finding.h"

#define A "https://a.test"

static AsvFindings *findings;
static guint64 packet;

static void begin(void) {
  findings = asv_findings_new();
  packet = 0;
}

static char *join_packets(const AsvFinding *finding) {
  GString *list = g_string_new(NULL);
  for (guint i = 0; i < finding->packets->len; i++)
    g_string_append_printf(list, " #%" G_GUINT64_FORMAT,
                           g_array_index(finding->packets, guint64, i));
  return g_string_free(list, FALSE);
}

/* All findings, one a line: code, count, packets, client, origin, message. */
static char *end(void) {
  GPtrArray *all = asv_findings_finish(findings, NULL);
  GString *lines = g_string_new(NULL);
  for (guint i = 0; i < all->len; i++) {
    AsvFinding *finding = g_ptr_array_index(all, i);
    char *packets = join_packets(finding);
    g_string_append_printf(lines, "%s %" G_GUINT64_FORMAT "%s %s %s: %s\n", finding->code,
                           finding->count, packets, finding->client ? finding->client : "-",
                           finding->origin ? finding->origin : "-", finding->message);
    g_free(packets);
    asv_finding_free(finding);
  }
  g_ptr_array_unref(all);
  asv_findings_free(findings);
  return g_string_free(lines, FALSE);
}

static void expect(const char *lines) {
  char *told = end();
  g_assert_cmpstr(told, ==, lines);
  g_free(told);
}

/* An observation goes in with the next packet number, a tenth of a second after the one before. */
static void see_over(const char *label, const char *client, const char *server,
                     AsvObservation seen) {
  AsvConnectionRef connection = {client, server, (char *)label, 7};
  packet++;
  seen.packet = packet;
  seen.time = (gint64)packet * 100000000;
  seen.file = "a.pcapng";
  seen.connection = &connection;
  asv_findings_observe(findings, client, &seen);
}

static void see_from(const char *client, const char *server, AsvObservation seen) {
  see_over("tcp:0", client, server, seen);
}

static void see(const char *client, AsvObservation seen) {
  see_from(client, "192.0.2.1:443", seen);
}

static AsvObservation header(const char *origin, const char *value) {
  return (AsvObservation){.kind = ASV_OBSERVATION_ADVERTISEMENT,
                          .advertisement = {.has_stream = TRUE,
                                            .stream = 1,
                                            .via = ASV_VIA_HTTP2_HEADER,
                                            .origin = asv_span_text(origin),
                                            .value = asv_span_text(value),
                                            .status = 200,
                                            .from = ASV_FROM_SERVER}};
}

static AsvObservation frame(const char *origin, const char *value) {
  AsvObservation seen = header(origin, value);
  seen.advertisement.via = ASV_VIA_ALTSVC_FRAME;
  seen.advertisement.stream = 0;
  seen.advertisement.status = 0;
  seen.advertisement.frame_origin = asv_span_text(origin);
  return seen;
}

static AsvObservation response(const char *origin, guint status, gboolean alt_svc) {
  return (AsvObservation){.kind = ASV_OBSERVATION_RESPONSE,
                          .response = {.has_stream = TRUE,
                                       .stream = 1,
                                       .origin = asv_span_text(origin),
                                       .status = status,
                                       .alt_svc = alt_svc}};
}

/* A response and the advertisement in it, as one message gives them. */
static void answer(const char *client, guint status, const char *value) {
  see(client, response(A, status, value != NULL));
  if (!value) return;
  AsvObservation seen = header(A, value);
  seen.advertisement.status = status;
  see(client, seen);
}

/* What is said in a trailer counts neither as said nor as changed. */
static void test_trailer(void) {
  begin();
  AsvObservation seen = header(A, "h3=\":443\"");
  see("c", seen);
  seen.advertisement.trailer = TRUE;
  seen.advertisement.value = asv_span_text("h3=\":444\"");
  see("c", seen);
  expect("");
}

static void test_plain(void) {
  begin();
  see("c", header("http://a.test", "clear"));
  see("c", header("https://http.test", "h2=\":443\""));
  see("c", header("http://a.test", "h2=\":443\""));
  see("c", header("http://a.test", "h2=\":443\""));
  expect(
      "advertised-over-http 2 #3 #4 c http://a.test: An alternative is offered for an origin "
      "without TLS, where anybody on the way could have written it: h2=\":443\"\n");
}

static void test_frame_flags(void) {
  begin();
  AsvObservation seen = frame(A, "h3=\":443\"");
  see("c", seen);
  seen.advertisement.frame_flags = 0x81;
  see("c", seen);
  expect("frame-flags 1 #2 c " A
         ": An ALTSVC frame has the flags 0x81; none is defined for it, and clients ignore "
         "them.\n");
}

static void test_mixed(void) {
  begin();
  see("c", header(A, "h3=\":443\""));
  see("d", frame(A, "h3=\":443\"")); /* another client */
  see("c", frame("https://b.test", "h3=\":443\""));
  AsvObservation ignored = frame(A, "h3=\":443\"");
  ignored.advertisement.stream = 3; /* with Origin: must be ignored */
  see("c", ignored);
  ignored = frame(A, "h3=\":443\"");
  ignored.advertisement.frame_too_long = TRUE;
  see("c", ignored);
  ignored = frame(A, "h3=\":443\"");
  ignored.advertisement.from = ASV_FROM_CLIENT;
  see("c", ignored);
  expect("");

  begin();
  see("c", header(A, "h3=\":443\""));
  see("c", frame(A, "h3=\":443\""));
  see("c", frame(A, "h3=\":443\""));
  see("c", header(A, "h3=\":443\""));
  expect("frame-and-header-mixed 2 #2 #4 c " A
         ": This origin was advertised by an ALTSVC frame after it had been by a header field, "
         "and what comes last counts: h3=\":443\"\n");
}

static void test_sometimes(void) {
  begin();
  answer("c", 200, "h3=\":443\"");
  answer("d", 404, NULL);
  answer("c", 200, "h3=\":443\"");
  answer("c", 404, NULL);
  answer("c", 200, NULL);
  answer("c", 103, NULL); /* not final */
  answer("c", 421, NULL);
  expect("advertised-sometimes 3 #3 #6 #7 - " A
         ": Alt-Svc came with 2 of 5 responses. Without it: 200 (1 of 3), 404 (2 of 2).\n");
}

static void test_sometimes_not(void) {
  begin(); /* too few */
  answer("c", 200, "h3=\":443\"");
  for (guint i = 0; i < ASV_SOMETIMES_RESPONSES - 2; i++) answer("c", 404, NULL);
  expect("");

  begin(); /* said by a frame as well */
  answer("c", 200, "h3=\":443\"");
  see("d", frame(A, "h3=\":443\""));
  for (guint i = 0; i < 5; i++) answer("d", 200, NULL);
  expect("");

  begin(); /* without TLS */
  for (guint i = 0; i < 5; i++) {
    see("c", header("http://a.test", "h2=\":443\""));
    see("c", response("http://a.test", 404, FALSE));
  }
  char *plain = end();
  g_assert_null(strstr(plain, "advertised-sometimes"));
  g_free(plain);

  begin(); /* always, and another origin never */
  for (guint i = 0; i < 5; i++) {
    answer("c", 200, "h3=\":443\"");
    see("c", response("https://b.test", 200, FALSE));
    see("c", response("", 200, FALSE));
  }
  expect("");

  begin(); /* over HTTP/3 it need not come: that is the alternative */
  answer("c", 200, "h3=\":443\"");
  for (guint i = 0; i < 5; i++) see_over("quic:0", "c", "192.0.2.1:443", response(A, 200, FALSE));
  expect("");

  begin(); /* silence after `clear`, which is neither */
  for (guint i = 0; i < 5; i++) answer("c", 200, "h3=\":443\"");
  answer("c", 200, "clear");
  for (guint i = 0; i < 5; i++) answer("c", 200, NULL);
  expect("");

  begin(); /* in frames only, in 1xx only */
  see("c", frame(A, "h3=\":443\""));
  answer("c", 103, "h3=\":443\"");
  for (guint i = 0; i < 5; i++) answer("c", 200, NULL);
  char *told = end();
  g_assert_null(strstr(told, "advertised-sometimes"));
  g_free(told);
}

static void test_sometimes_server(void) {
  begin();
  for (guint i = 0; i < 3; i++) {
    answer("c", 200, "h3=\":443\"");
    see_from("c", "192.0.2.2:443", response(A, 200, FALSE));
  }
  expect("advertised-sometimes 3 #3 #6 #9 - " A
         ": Alt-Svc came with 3 of 6 responses. Without it: 200 (3 of 6). All with it came from "
         "192.0.2.1:443, all without it from 192.0.2.2:443.\n");
}

static void test_sometimes_limits(void) {
  begin();
  answer("c", 200, "h3=\":443\"");
  for (guint i = 0; i < 30; i++) answer("c", 500 + i, NULL);
  expect("advertised-sometimes 30 #3 #4 #5 #6 #7 #8 #9 #10 #11 #12 - " A
         ": Alt-Svc came with 1 of 31 responses. Without it: 500 (1 of 1), 501 (1 of 1), 502 (1 "
         "of 1), 503 (1 of 1), 504 (1 of 1), 505 (1 of 1), other statuses (24 of 24).\n");
}

static void test_differ(void) {
  begin();
  see("c", header(A, "h3=\":443\""));
  see("d", header(A, "h3=\":443\""));
  see("d", header(A, "clear"));
  see("d", header(A, "h3=:443"));
  see("d", header("https://b.test", "h3=\":444\""));
  AsvObservation misdirected = header(A, "h3=\":444\"");
  misdirected.advertisement.status = 421;
  see("d", misdirected);
  expect("");

  begin();
  see("c", header(A, "h3=\":443\"; ma=60"));
  see("d", header(A, "h3=\":443\"; ma=90"));
  see("d", header(A, "h3=\"A.test:443\""));
  see("c", header(A, "h2=\":443\", h3=\":443\""));
  see("d", header(A, "h3=\":443\", h2=\":443\"; ma=1, h3=\":443\""));
  for (guint i = 0; i < 2 * ASV_COMPARED_VALUES_MAX; i++) {
    g_autofree char *value = g_strdup_printf("h3=\":443\"; ma=%u", i);
    see("c", header(A, value));
  }
  see("c", header(A, "h3=\":443\"; persist=1"));
  expect(
      "advertisements-differ 3 #1 #4 #38 - " A
      ": The same origin was advertised with different values: 'h3=\":443\"; ma=60' to c, "
      "'h2=\":443\", h3=\":443\"' to c (0.300 s later) and 'h3=\":443\"; persist=1' to c (3.700 s "
      "later). All came from 192.0.2.1:443.\n");

  begin();
  see("c", header(A, "h3=\":443\""));
  see("c", header(A, "h3=\":443\""));
  see("d", header(A, "h3=\":444\""));
  see("d", header(A, "h3=\":444\""));
  expect("advertisements-differ 2 #1 #3 - " A
         ": The same origin was advertised with different values: 'h3=\":443\"' to c and "
         "'h3=\":444\"' "
         "to d (0.200 s later). All came from 192.0.2.1:443.\n");

  begin();
  see("c", header(A, "h3=\":1\""));
  for (guint i = 2; i < 6; i++) {
    char value[16];
    g_snprintf(value, sizeof value, "h3=\":%u\"", i);
    see_from("c", "192.0.2.2:443", header(A, value));
  }
  expect("advertisements-differ 5 #1 #2 #3 #4 #5 - " A
         ": The same origin was advertised with different values: 'h3=\":1\"' to c, "
         "'h3=\":2\"' to c "
         "(0.100 s later), 'h3=\":3\"' to c (0.200 s later), and in other ways. They came from "
         "different servers.\n");
}

/* Values that share a start, or differ in their last octet, or in length only. */
static void test_differ_long(void) {
  for (gsize size = 1; size < 40; size++) {
    g_autofree char *pad = g_strnfill(size, 'x');
    g_autofree char *one = g_strdup_printf("h3=\"%sa:1\"", pad);
    g_autofree char *two = g_strdup_printf("h3=\"%sb:1\"", pad);
    g_autofree char *three = g_strdup_printf("h3=\"%sbb:1\"", pad);
    begin();
    for (guint i = 0; i < 2; i++) {
      see("c", header(A, one));
      see("c", header(A, two));
      see("c", header(A, three));
    }
    char *told = end();
    g_assert_true(g_str_has_prefix(told, "advertisements-differ 3 #1 #2 #3 "));
    g_free(told);
  }
}

static guint count_code(const char *told, const char *code) {
  guint count = 0;
  for (const char *at = told; (at = strstr(at, code)); at++) count++;
  return count;
}

static void expect_per_client(guint count) {
  char *told = end();
  g_assert_cmpuint(count_code(told, "per-client-alternative "), ==, count);
  g_free(told);
}

static void test_per_client(void) {
  begin();
  see("c", header(A, "h3=\"x1.test:443\"; ma=2592001"));
  see("d", header(A, "h3=\"x2.test:443\"; ma=60; persist=1"));
  char *told = end();
  const char *second = strchr(told, '\n') + 1;
  g_assert_true(g_str_has_prefix(
      told, "per-client-alternative 1 #1 c " A
            ": The alternative x1.test was given to this client alone, for 2592001 s; others got "
            "x2.test. Whoever comes to that name can be recognised.\n"));
  g_assert_true(g_str_has_prefix(
      second, "per-client-alternative 1 #2 d " A
              ": The alternative x2.test was given to this client alone, for 60 s and across "
              "networks (persist=1); others got x1.test. Whoever comes to that name can be "
              "recognised.\n"));
  g_free(told);
}

static void test_per_client_not(void) {
  begin(); /* nobody else there */
  see("c", header(A, "h3=\"x1.test:443\"; ma=2592001"));
  see("c", header(A, "h3=\"x2.test:443\"; ma=2592001"));
  expect_per_client(0);

  begin(); /* 30 days are not more than 30 days */
  see("c", header(A, "h3=\"x1.test:443\"; ma=2592000"));
  see("d", header(A, "h3=\"x2.test:443\""));
  expect_per_client(0);

  begin(); /* each name given to both, whatever its case */
  see("c", header(A, "h3=\"x1.test:443\"; persist=1"));
  see("d", header(A, "h3=\"x2.test:443\"; persist=1"));
  see("d", header(A, "h3=\"X1.test:443\"; persist=1"));
  see("c", header(A, "h3=\"x2.test:443\"; persist=1"));
  expect_per_client(0);

  begin(); /* others were not sent to a host; the origin's own name is none */
  see("c", header(A, "h3=\"x1.test:443\"; persist=1"));
  see("d", header(A, "h3=\":443\"; persist=1"));
  see("d", header(A, "h3=\"a.test:443\"; persist=1"));
  expect_per_client(0);

  begin(); /* other origins */
  see("c", header(A, "h3=\"x1.test:443\"; persist=1"));
  see("d", header("https://b.test", "h3=\"x2.test:443\"; persist=1"));
  expect_per_client(0);
}

/* More values than are kept: the names in them are looked at all the same. */
static void test_per_client_many(void) {
  begin();
  for (guint i = 0; i < 2 * ASV_COMPARED_VALUES_MAX; i++) {
    char client[16], value[64];
    g_snprintf(client, sizeof client, "c%u", i);
    g_snprintf(value, sizeof value, "h3=\"x%u.test:443\"; persist=1", i);
    see(client, header(A, value));
  }
  expect_per_client(ASV_COMPARED_HOSTS_MAX);

  begin();
  for (guint i = 0; i < 4 * ASV_COMPARED_VALUES_MAX; i++) {
    char client[16], value[64];
    g_snprintf(client, sizeof client, "c%u", i);
    g_snprintf(value, sizeof value, "h3=\"x%u.test:443\"; ma=%u; persist=1", i / 2, i);
    see(client, header(A, value));
  }
  expect_per_client(0);
}

static void test_connection_fields(void) {
  static const char names[][20] = {"connection", "keep-alive",        "proxy-connection",
                                   "upgrade",    "transfer-encoding", "te\x1b"};
  AsvSpan items[G_N_ELEMENTS(names)];
  for (guint i = 0; i < G_N_ELEMENTS(names); i++) items[i] = asv_span_text(names[i]);
  begin();
  see("c", response(A, 200, FALSE));
  AsvObservation seen = response(A, 200, FALSE);
  seen.response.connection_fields = (AsvSpans){items, G_N_ELEMENTS(items)};
  see("c", seen);
  see("c", seen);
  expect("connection-specific-field 2 #2 #3 c " A
         ": A response (200) has fields that only HTTP/1 may have: connection, keep-alive, "
         "proxy-connection, upgrade, transfer-encoding, .... That makes it malformed: Safari "
         "discards it, with the alternatives it advertises.\n");
}

static AsvObservation keep_alive(AsvFrom from, gboolean has_stream, const char *why) {
  return (AsvObservation){.kind = ASV_OBSERVATION_KEEP_ALIVE,
                          .keep_alive = {.has_stream = has_stream,
                                         .stream = has_stream ? 1 : 0,
                                         .origin = asv_span_text(A),
                                         .from = from,
                                         .effective = why == NULL,
                                         .why = why}};
}

static void test_keep_alive(void) {
  begin();
  see("c", keep_alive(ASV_FROM_SERVER, FALSE, NULL));
  see("c", keep_alive(ASV_FROM_SERVER, FALSE, "connection-close"));
  expect("");

  begin();
  see("c", keep_alive(ASV_FROM_SERVER, FALSE, "http-1.0-without-connection"));
  expect("keep-alive-without-connection 1 #1 c " A
         ": An HTTP/1.0 response has Keep-Alive without Connection: keep-alive, so the connection "
         "ends with this exchange all the same.\n");

  begin();
  see("c", keep_alive(ASV_FROM_CLIENT, TRUE, "not-http1"));
  see("c", keep_alive(ASV_FROM_SERVER, TRUE, "not-http1"));
  expect("connection-specific-field 2 #1 #2 c " A
         ": A request has the Keep-Alive field, which only HTTP/1 may have. That makes it "
         "malformed.\n");
}

/* The Keep-Alive of a response whose fields were told already is not told again. */
static void test_keep_alive_once(void) {
  AsvConnectionRef connection = {"c", "192.0.2.1:443", "tcp:0", 7};
  AsvSpan name = asv_span_text("keep-alive");
  AsvObservation first = response(A, 200, FALSE);
  first.response.connection_fields = (AsvSpans){&name, 1};
  AsvObservation second = keep_alive(ASV_FROM_SERVER, TRUE, "not-http1");
  first.connection = second.connection = &connection;
  first.packet = second.packet = 5;
  first.time = second.time = 500;
  begin();
  asv_findings_observe(findings, "c", &first);
  asv_findings_observe(findings, "c", &second);
  second.keep_alive.stream = 3;
  asv_findings_observe(findings, "c", &second);
  char *told = end();
  g_assert_true(g_str_has_prefix(told, "connection-specific-field 2 #5 c " A ": "));
  g_free(told);
}

static void test_proxied(void) {
  AsvObservation seen = {.kind = ASV_OBSERVATION_REQUEST,
                         .request = {.method = asv_span_text("GET"), .origin = asv_span_text(A)}};
  begin();
  see("c", seen);
  seen.request.method = asv_span_text("CONNECT");
  seen.request.protocol = asv_span_text("websocket");
  see("c", seen);
  expect("");

  begin();
  seen.request.protocol = seen.request.origin = asv_span_text(NULL);
  see_from("c", "192.0.2.9:3128", seen);
  see_from("c", "192.0.2.9:3128", seen);
  expect(
      "proxied 2 #1 #2 c -: The client goes through a proxy: it asks 192.0.2.9:3128 for "
      "tunnels with CONNECT. On that way alternatives stay unused.\n");
}

static void test_proxy_leg(void) {
  AsvObservation seen = {.kind = ASV_OBSERVATION_REQUEST,
                         .request = {.method = asv_span_text("GET"), .origin = asv_span_text(A)}};
  begin();
  see("c", seen);
  expect("");

  begin();
  seen.request.proxy_field = asv_span_text("via");
  see("c", seen);
  see("c", seen);
  expect(
      "proxy-leg 2 #1 #2 c -: This client is a proxy: its requests carry the field via. What it "
      "learns is "
      "the proxy's, not its users'.\n");

  begin();
  seen.request.proxy_field = asv_span_text("proxy-protocol");
  see("c", seen);
  expect(
      "proxy-leg 1 #1 c -: This client is a proxy: its connections begin with a PROXY protocol "
      "header. What it learns is the proxy's, not its users'.\n");
}

static void test_coverage(void) {
  static const char *const codes[ASV_UNREADABLES] = {
      [ASV_UNREADABLE_NO_SECRETS] = "coverage-no-secrets",
      [ASV_UNREADABLE_ECH_NO_SECRETS] = "coverage-no-secrets",
      [ASV_UNREADABLE_HANDSHAKE_NOT_CAPTURED] = "coverage-started-late",
      [ASV_UNREADABLE_BYTES_LOST] = "coverage-bytes-lost",
      [ASV_UNREADABLE_ONE_DIRECTION] = "coverage-one-direction",
      [ASV_UNREADABLE_HPACK_LOST] = "coverage-bytes-lost",
      [ASV_UNREADABLE_QPACK_LOST] = "coverage-bytes-lost",
      [ASV_UNREADABLE_DECRYPT_FAILED] = "coverage-bytes-lost",
  };
  for (guint reason = 0; reason < ASV_UNREADABLES; reason++) {
    AsvObservation seen = {.kind = ASV_OBSERVATION_UNREADABLE,
                           .unreadable = {.reason = (AsvUnreadableReason)reason, .bytes = 100}};
    begin();
    see("c", seen);
    see("d", seen);
    see("c", seen);
    char *told = end();
    if (!codes[reason]) {
      g_assert_cmpstr(told, ==, "");
    } else {
      g_autofree char *first =
          g_strdup_printf("%s 2 #1 #3 c -: A connection to 192.0.2.1:443 ", codes[reason]);
      g_autofree char *other =
          g_strdup_printf("\n%s 1 #2 d -: A connection to 192.0.2.1:443 ", codes[reason]);
      g_assert_true(g_str_has_prefix(told, first));
      g_assert_nonnull(strstr(told, other));
    }
    g_free(told);
  }
}

/* The reader of a direction without secrets sees the other one only: that is no second finding. */
static void test_one_direction(void) {
  AsvObservation seen = {.kind = ASV_OBSERVATION_UNREADABLE,
                         .unreadable = {ASV_UNREADABLE_NO_SECRETS, ASV_FROM_CLIENT, 100}};
  begin();
  see("c", seen);
  seen.unreadable.reason = ASV_UNREADABLE_ONE_DIRECTION;
  see("c", seen);
  char *told = end();
  g_assert_null(strstr(told, "coverage-one-direction"));
  g_free(told);

  begin();
  see("c", seen);
  told = end();
  g_assert_nonnull(strstr(told, "coverage-one-direction 1 #1 c -"));
  g_free(told);
}

static void test_request_not_captured(void) {
  AsvObservation seen = header("", "h3=\":443\"");
  seen.advertisement.origin_problem = "no-authority";
  begin();
  see("c", seen);
  seen.advertisement.origin_problem = "request-not-captured";
  see("c", seen);
  expect(
      "coverage-started-late 1 #2 c -: An Alt-Svc arrived whose request is not in the capture, "
      "so nobody can say for which origin: h3=\":443\"\n");
}

/* A request that is missing because its direction could not be read is not late. */
static void test_request_not_readable(void) {
  AsvObservation orphan = header("", "h3=\":443\"");
  orphan.advertisement.origin_problem = "request-not-captured";
  AsvObservation gap = {.kind = ASV_OBSERVATION_UNREADABLE,
                        .unreadable = {ASV_UNREADABLE_NO_SECRETS, ASV_FROM_CLIENT, 100}};
  for (guint late = 0; late < 2; late++) {
    begin();
    if (!late) see("c", gap);
    see("c", orphan);
    if (late) see("c", gap);
    char *told = end();
    g_assert_null(strstr(told, "coverage-started-late"));
    g_assert_nonnull(strstr(told, "coverage-no-secrets"));
    g_free(told);
  }

  begin();
  gap.unreadable.from = ASV_FROM_SERVER;
  see("c", gap);
  for (guint i = 0; i < 20; i++) see("c", orphan);
  char *told = end();
  g_assert_nonnull(strstr(told, "coverage-started-late 20 #2 #3 #4 #5 #6 #7 #8 #9 #10 #11 c -"));
  g_free(told);
}

/* Connections of such advertisements beyond the limit are counted and not told apart. */
static void test_orphans_limit(void) {
  AsvObservation orphan = header("", "h3=\":443\"");
  orphan.advertisement.origin_problem = "request-not-captured";
  begin();
  for (guint i = 0; i < ASV_ORPHAN_CONNECTIONS_MAX + 4; i++) {
    AsvConnectionRef connection = {"c", "192.0.2.1:443", "tcp:0", i};
    orphan.connection = &connection;
    orphan.packet = i + 1;
    asv_findings_observe(findings, "c", &orphan);
  }
  g_assert_cmpuint(asv_findings_not_kept(findings), ==, 4);
  char *told = end();
  g_assert_true(g_str_has_prefix(
      told, "coverage-started-late " G_STRINGIFY(ASV_ORPHAN_CONNECTIONS_MAX) " #1 #2 "));
  g_free(told);
}

/* Labels, files and packet numbers are no part of what makes a finding. */
static void test_labels(void) {
  char *told[2];
  for (guint round = 0; round < 2; round++) {
    begin();
    for (guint i = 0; i < 60; i++) {
      char label[16], client[8];
      g_snprintf(label, sizeof label, "tcp:%u", round ? 99 - i : i);
      g_snprintf(client, sizeof client, "c%u", i % 3);
      AsvConnectionRef connection = {client, "192.0.2.1:443", label, 7 + i % 5};
      AsvObservation seen[] = {
          response(A, i % 4 ? 200 : 404, i % 4 != 0),
          header(A, i % 5 ? "h3=\":443\"" : "h3=\"b.test:443\"; persist=1"),
          frame(A, "h3=\":443\""),
          keep_alive(ASV_FROM_SERVER, TRUE, "not-http1"),
          {.kind = ASV_OBSERVATION_UNREADABLE, .unreadable = {.reason = i % ASV_UNREADABLES}}};
      for (guint k = 0; k < G_N_ELEMENTS(seen); k++) {
        seen[k].connection = &connection;
        seen[k].time = i;
        seen[k].packet = 1;
        seen[k].file = round ? "one.pcap" : "two.pcap";
        asv_findings_observe(findings, client, &seen[k]);
      }
    }
    told[round] = end();
  }
  g_assert_cmpstr(told[0], ==, told[1]);
  g_assert_cmpuint(count_code(told[0], "\n"), >, 5);
  g_free(told[0]);
  g_free(told[1]);
}

/* Origins beyond the limit are counted and not compared. */
static void test_origins_limit(void) {
  begin();
  for (guint i = 0; i < ASV_COMPARED_ORIGINS_MAX + 2; i++) {
    char origin[40];
    g_snprintf(origin, sizeof origin, "https://%06u.test", i);
    see("c", header(origin, "h3=\":443\""));
  }
  g_assert_cmpuint(asv_findings_not_kept(findings), ==, 2);
  expect("");
}

/* Values of all origins together are bounded too: what finds no room is not compared. */
static void test_kept_limit(void) {
  const guint origins = ASV_COMPARED_KEPT_MAX / ASV_COMPARED_VALUES_MAX + 10;
  begin();
  for (guint i = 0; i < origins; i++)
    for (guint v = 0; v < ASV_COMPARED_VALUES_MAX; v++) {
      char origin[40], value[32];
      g_snprintf(origin, sizeof origin, "https://%06u.test", i);
      g_snprintf(value, sizeof value, "h3=\":%u\"", v + 1);
      see("c", header(origin, value));
    }
  char *told = end();
  guint raised = count_code(told, "advertisements-differ ");
  g_assert_cmpuint(raised, ==, ASV_COMPARED_KEPT_MAX / ASV_COMPARED_VALUES_MAX);
  g_free(told);
}

/* Pairs of client and origin are bounded: what needs them is not compared. */
static void test_pairs_limit(void) {
  begin();
  for (guint i = 0; i < ASV_COMPARED_PAIRS_MAX + 3; i++) {
    char client[16];
    g_snprintf(client, sizeof client, "c%u", i);
    see(client, header(A, "h3=\":443\""));
  }
  g_assert_cmpuint(asv_findings_not_kept(findings), ==, 3);
  expect("");
}

/* What two hundred thousand alike cost; only a slip by orders of magnitude fails. */
static void test_speed(void) {
  const guint rounds = 200000;
  begin();
  AsvObservation response_seen = response(A, 200, TRUE);
  AsvObservation advertisement = header(A, "h3=\":443\"; ma=86400, h3-29=\":443\"; ma=86400");
  gint64 start = g_get_monotonic_time();
  for (guint i = 0; i < rounds; i++) {
    const char *client = i % 2 ? "192.0.2.7" : "192.0.2.8";
    see(client, response_seen);
    see(client, advertisement);
  }
  gint64 spent = g_get_monotonic_time() - start;
  g_test_message("%.0f ns for a response and its advertisement",
                 (double)spent * 1000.0 / (double)rounds);
  g_assert_cmpint(spent, <, 10000000);
  expect("");
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/finding-traffic/trailer", test_trailer);
  g_test_add_func("/finding-traffic/plain", test_plain);
  g_test_add_func("/finding-traffic/frame-flags", test_frame_flags);
  g_test_add_func("/finding-traffic/mixed", test_mixed);
  g_test_add_func("/finding-traffic/sometimes", test_sometimes);
  g_test_add_func("/finding-traffic/sometimes-not", test_sometimes_not);
  g_test_add_func("/finding-traffic/sometimes-server", test_sometimes_server);
  g_test_add_func("/finding-traffic/sometimes-limits", test_sometimes_limits);
  g_test_add_func("/finding-traffic/differ", test_differ);
  g_test_add_func("/finding-traffic/differ-long", test_differ_long);
  g_test_add_func("/finding-traffic/per-client", test_per_client);
  g_test_add_func("/finding-traffic/per-client-not", test_per_client_not);
  g_test_add_func("/finding-traffic/per-client-many", test_per_client_many);
  g_test_add_func("/finding-traffic/proxy-leg", test_proxy_leg);
  g_test_add_func("/finding-traffic/connection-fields", test_connection_fields);
  g_test_add_func("/finding-traffic/keep-alive", test_keep_alive);
  g_test_add_func("/finding-traffic/keep-alive-once", test_keep_alive_once);
  g_test_add_func("/finding-traffic/proxied", test_proxied);
  g_test_add_func("/finding-traffic/coverage", test_coverage);
  g_test_add_func("/finding-traffic/one-direction", test_one_direction);
  g_test_add_func("/finding-traffic/request-not-captured", test_request_not_captured);
  g_test_add_func("/finding-traffic/request-not-readable", test_request_not_readable);
  g_test_add_func("/finding-traffic/orphans-limit", test_orphans_limit);
  g_test_add_func("/finding-traffic/labels", test_labels);
  g_test_add_func("/finding-traffic/origins-limit", test_origins_limit);
  g_test_add_func("/finding-traffic/kept-limit", test_kept_limit);
  g_test_add_func("/finding-traffic/pairs-limit", test_pairs_limit);
  g_test_add_func("/finding-traffic/speed", test_speed);
  return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Observations written and read: every kind with every key comes back as it
 * was, keys with nothing to say are left out, lines that are no observation
 * are named.
 */
#include "report/observations.h"

#include "altsvc/limits.h"
#include "tests/support/feed.h"

static const char head[] =
    "\"time\":\"1970-01-01T00:00:01.000000002Z\",\"file\":\"f\",\"packet\":9";
static const char connection_keys[] =
    ",\"client\":\"192.0.2.1\",\"server\":\"[2001:db8::1]:443\",\"connection\":\"tcp:0\","
    "\"id\":\"0123456789abcdef\"";

static const AsvConnectionRef connection = {.client = "192.0.2.1",
                                            .server = "[2001:db8::1]:443",
                                            .label = "tcp:0",
                                            .id = G_GUINT64_CONSTANT(0x0123456789abcdef)};

static AsvObservation observation_of(AsvObservationKind kind) {
  return (AsvObservation){.kind = kind,
                          .time = 1000000002,
                          .file = "f",
                          .packet = 9,
                          .connection = kind == ASV_OBSERVATION_CAPTURE ? NULL : &connection};
}

typedef void (*Write)(FILE *out, const AsvObservation *observation, gboolean no_paths);

static char *written(Write write, const AsvObservation *observation, gboolean no_paths) {
  char *text = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&text, &size);
  write(out, observation, no_paths);
  g_assert_cmpint(fclose(out), ==, 0);
  char *copy = g_strdup(text);
  free(text);
  return copy;
}

static char *line_of(const char *kind, const char *keys) {
  return g_strconcat("{\"schema\":\"altshark-observation/1\",\"kind\":\"", kind, "\",", head,
                     strcmp(kind, "capture") == 0 ? "" : connection_keys, keys, "}\n", NULL);
}

static AsvObservationReader *reader_of(const char *text, gsize size) {
  FILE *in = tmpfile();
  g_assert_nonnull(in);
  g_assert_cmpuint(fwrite(text, 1, size, in), ==, size);
  rewind(in);
  return asv_observation_reader_new(in, "in.ndjson");
}

/* Writes it, expects exactly these keys, reads that, and writes it again. */
static void check(const AsvObservation *observation, const char *keys) {
  g_autofree char *line = written(asv_observation_write_json, observation, FALSE);
  g_autofree char *expected = line_of(asv_observation_kind_name(observation->kind), keys);
  g_assert_cmpstr(line, ==, expected);

  g_autoptr(GError) error = NULL;
  AsvObservationReader *reader = reader_of(line, strlen(line));
  const AsvObservation *back = asv_observation_reader_next(reader, &error);
  g_assert_no_error(error);
  g_assert_nonnull(back);
  g_autofree char *again = written(asv_observation_write_json, back, FALSE);
  g_assert_cmpstr(again, ==, line);
  AsvObservation *copy = asv_observation_copy(back);
  g_assert_null(asv_observation_reader_next(reader, &error));
  g_assert_no_error(error);
  asv_observation_reader_free(reader);
  g_autofree char *of_copy = written(asv_observation_write_json, copy, FALSE);
  g_assert_cmpstr(of_copy, ==, line);
  asv_observation_free(copy);
}

static void test_capture(void) {
  AsvObservation seen = observation_of(ASV_OBSERVATION_CAPTURE);
  check(&seen, ",\"packets\":0,\"bytes\":0,\"complete\":false");
  seen.capture = (AsvCaptureSeen){.format = "pcapng",
                                  .packets = 3,
                                  .bytes = 180,
                                  .first = 0,
                                  .last = 1000000000,
                                  .complete = TRUE,
                                  .has_dropped = TRUE};
  check(&seen,
        ",\"format\":\"pcapng\",\"packets\":3,\"bytes\":180,"
        "\"first\":\"1970-01-01T00:00:00.000000000Z\",\"last\":\"1970-01-01T00:00:01.000000000Z\","
        "\"complete\":true,\"dropped\":0");
}

static void test_connection(void) {
  AsvObservation seen = observation_of(ASV_OBSERVATION_CONNECTION);
  seen.opened.transport = "tcp";
  check(&seen, ",\"transport\":\"tcp\"");
  seen.opened.client_mac = "02:00:00:00:00:01";
  seen.opened.migrated = TRUE;
  check(&seen, ",\"transport\":\"tcp\",\"client_mac\":\"02:00:00:00:00:01\",\"migrated\":true");
}

static void test_handshake(void) {
  AsvObservation seen = observation_of(ASV_OBSERVATION_HANDSHAKE);
  check(&seen, ",\"resumed\":false,\"early_data\":false,\"secrets\":false");
  AsvSpan offered[] = {asv_span_text("h2"), asv_span_text("http/1.1")};
  AsvSpan names[] = {asv_span_text("*.a.test")};
  seen.handshake = (AsvHandshakeSeen){.sni = asv_span_text("a.test"),
                                      .alpn_offered = {offered, 2},
                                      .alpn = asv_span_text("h2"),
                                      .tls_version = "1.3",
                                      .certificate_names = {names, 1},
                                      .certificate_issuer = asv_span_text("CN=CA"),
                                      .resumed = TRUE,
                                      .early_data = TRUE,
                                      .ech = ASV_ECH_OFFERED,
                                      .secrets = TRUE};
  check(&seen,
        ",\"sni\":\"a.test\",\"alpn_offered\":[\"h2\",\"http/1.1\"],\"alpn\":\"h2\","
        "\"tls_version\":\"1.3\",\"certificate_names\":[\"*.a.test\"],"
        "\"certificate_issuer\":\"CN=CA\",\"resumed\":true,\"early_data\":true,"
        "\"ech\":\"offered\",\"secrets\":true");
}

static void test_https_record(void) {
  AsvObservation seen = observation_of(ASV_OBSERVATION_HTTPS_RECORD);
  seen.https_record.name = asv_span_text("a.test");
  check(&seen, ",\"name\":\"a.test\",\"ttl\":0,\"priority\":0");
  AsvSpan alpn[] = {asv_span_text("h3"), asv_span_text("h2")};
  AsvSpan hints[] = {asv_span_text("192.0.2.7"), asv_span_text("2001:db8::7")};
  seen.https_record = (AsvHttpsRecordSeen){.name = asv_span_text("a.test"),
                                           .ttl = G_MAXUINT32,
                                           .priority = 1,
                                           .target = asv_span_text("svc.a.test"),
                                           .alpn = {alpn, 2},
                                           .has_port = TRUE,
                                           .port = 8443,
                                           .ech = TRUE,
                                           .hints = {hints, 2}};
  check(&seen,
        ",\"name\":\"a.test\",\"ttl\":4294967295,\"priority\":1,\"target\":\"svc.a.test\","
        "\"alpn\":[\"h3\",\"h2\"],\"port\":8443,\"ech\":true,"
        "\"hints\":[\"192.0.2.7\",\"2001:db8::7\"]");
  g_autofree char *text = written(asv_observation_write_text, &seen, FALSE);
  g_assert_cmpstr(text, ==,
                  "1970-01-01T00:00:01.000000002Z https-record tcp:0 #9 client=192.0.2.1 "
                  "server=[2001:db8::1]:443 name=a.test ttl=4294967295 priority=1 "
                  "target=svc.a.test alpn=h3,h2 port=8443 ech=yes hints=192.0.2.7,2001:db8::7\n");
}

static void test_address_record(void) {
  AsvObservation seen = observation_of(ASV_OBSERVATION_ADDRESS_RECORD);
  AsvSpan addresses[] = {asv_span_text("192.0.2.7"), asv_span_text("192.0.2.8")};
  seen.address_record = (AsvAddressRecordSeen){
      .name = asv_span_text("a.test"), .ttl = 60, .addresses = {addresses, 2}};
  check(&seen, ",\"name\":\"a.test\",\"ttl\":60,\"addresses\":[\"192.0.2.7\",\"192.0.2.8\"]");
  g_autofree char *text = written(asv_observation_write_text, &seen, FALSE);
  g_assert_cmpstr(text, ==,
                  "1970-01-01T00:00:01.000000002Z address-record tcp:0 #9 client=192.0.2.1 "
                  "server=[2001:db8::1]:443 name=a.test ttl=60 addresses=192.0.2.7,192.0.2.8\n");
}

static AsvObservation full_request(void) {
  AsvObservation seen = observation_of(ASV_OBSERVATION_REQUEST);
  seen.request = (AsvRequestSeen){.has_stream = TRUE,
                                  .origin = asv_span_text("https://a.test"),
                                  .method = asv_span_text("GET"),
                                  .path = asv_span_text("/secret"),
                                  .protocol = asv_span_text("websocket"),
                                  .alt_used = asv_span_text("alt.test"),
                                  .user_agent = asv_span_text("curl/8"),
                                  .referer_origin = asv_span_text("https://b.test"),
                                  .sec_fetch_site = asv_span_text("none"),
                                  .early_data = TRUE};
  return seen;
}

static void test_request(void) {
  AsvObservation seen = observation_of(ASV_OBSERVATION_REQUEST);
  check(&seen, "");
  seen.request.origin = asv_span("", 0);
  seen.request.user_agent = asv_span("", 0);
  check(&seen, ",\"user_agent\":\"\"");
  seen = full_request();
  check(&seen,
        ",\"stream\":0,\"origin\":\"https://a.test\",\"method\":\"GET\",\"path\":\"/secret\","
        "\"protocol\":\"websocket\",\"alt_used\":\"alt.test\",\"user_agent\":\"curl/8\","
        "\"referer_origin\":\"https://b.test\",\"sec_fetch_site\":\"none\",\"early_data\":true");
}

static void test_no_paths(void) {
  AsvObservation seen = full_request();
  g_autofree char *full = written(asv_observation_write_json, &seen, FALSE);
  g_autofree char *without = written(asv_observation_write_json, &seen, TRUE);
  g_auto(GStrv) parts = g_strsplit(full, ",\"path\":\"/secret\"", 2);
  g_autofree char *expected = g_strjoinv("", parts);
  g_assert_cmpstr(without, ==, expected);
  g_assert_cmpstr(without, !=, full);
  g_autofree char *text = written(asv_observation_write_text, &seen, TRUE);
  g_assert_null(strstr(text, "secret"));
}

static void test_response(void) {
  AsvObservation seen = observation_of(ASV_OBSERVATION_RESPONSE);
  check(&seen, ",\"status\":0,\"alt_svc\":false");
  AsvSpan fields[] = {asv_span_text("keep-alive")};
  seen.response = (AsvResponseSeen){.has_stream = TRUE,
                                    .stream = 4611686018427387903,
                                    .origin = asv_span_text("https://a.test"),
                                    .status = 421,
                                    .request_packet = 4,
                                    .alt_svc = TRUE,
                                    .connection_fields = {fields, 1}};
  check(&seen,
        ",\"stream\":4611686018427387903,\"origin\":\"https://a.test\",\"status\":421,"
        "\"request_packet\":4,\"alt_svc\":true,\"connection_fields\":[\"keep-alive\"]");
}

static void test_advertisement(void) {
  AsvObservation seen = observation_of(ASV_OBSERVATION_ADVERTISEMENT);
  seen.advertisement.origin_problem = "request-not-captured";
  check(&seen, ",\"via\":\"http1-header\",\"origin_problem\":\"request-not-captured\"");
  AsvSpan values[] = {asv_span_text("clear"), asv_span_text("h3=\":1\"")};
  seen.advertisement = (AsvAdvertisementSeen){.has_stream = TRUE,
                                              .stream = 1,
                                              .via = ASV_VIA_HTTP2_HEADER,
                                              .origin = asv_span_text("https://a.test"),
                                              .value = asv_span_text("clear, h3=\":1\""),
                                              .values = {values, 2},
                                              .age = asv_span_text("0"),
                                              .date = asv_span_text(""),
                                              .status = 103,
                                              .trailer = TRUE,
                                              .malformed = ASV_MALFORMED_UPPER_CASE_NAME,
                                              .malformed_first = TRUE,
                                              .from = ASV_FROM_SERVER};
  check(&seen,
        ",\"stream\":1,\"via\":\"http2-header\",\"origin\":\"https://a.test\","
        "\"value\":\"clear, h3=\\\":1\\\"\",\"lines\":2,\"values\":[\"clear\",\"h3=\\\":1\\\"\"],"
        "\"age\":\"0\",\"date\":\"\",\"status\":103,\"trailer\":true,"
        "\"malformed\":\"upper-case-name\",\"malformed_first\":true,\"from\":\"server\"");
}

static void test_frame(void) {
  AsvObservation seen = observation_of(ASV_OBSERVATION_ADVERTISEMENT);
  seen.advertisement = (AsvAdvertisementSeen){.has_stream = TRUE,
                                              .via = ASV_VIA_ALTSVC_FRAME,
                                              .value = asv_span("", 0),
                                              .from = ASV_FROM_CLIENT};
  check(&seen,
        ",\"stream\":0,\"via\":\"altsvc-frame\",\"value\":\"\",\"from\":\"client\","
        "\"frame_flags\":0");
  seen.advertisement.frame_origin = asv_span_text("https://a.test");
  seen.advertisement.frame_flags = 255;
  seen.advertisement.frame_too_long = TRUE;
  check(&seen,
        ",\"stream\":0,\"via\":\"altsvc-frame\",\"value\":\"\",\"from\":\"client\","
        "\"frame_origin\":\"https://a.test\",\"frame_flags\":255,\"frame_too_long\":true");
}

static void test_keep_alive(void) {
  AsvObservation seen = observation_of(ASV_OBSERVATION_KEEP_ALIVE);
  check(&seen, ",\"effective\":false");
  seen.keep_alive = (AsvKeepAliveSeen){.has_stream = TRUE,
                                       .origin = asv_span_text("http://a.test"),
                                       .has_timeout = TRUE,
                                       .has_max = TRUE,
                                       .max = 100,
                                       .from = ASV_FROM_SERVER,
                                       .effective = TRUE,
                                       .why = "not-http1"};
  check(&seen,
        ",\"stream\":0,\"origin\":\"http://a.test\",\"timeout\":0,\"max\":100,\"from\":\"server\","
        "\"effective\":true,\"why\":\"not-http1\"");
}

static void test_saturated_number(void) {
  AsvObservation seen = observation_of(ASV_OBSERVATION_KEEP_ALIVE);
  seen.keep_alive = (AsvKeepAliveSeen){.has_timeout = TRUE, .timeout = G_MAXUINT64};
  check(&seen, ",\"timeout\":9223372036854775807,\"effective\":false");
  g_autofree char *line = written(asv_observation_write_json, &seen, FALSE);
  AsvObservationReader *reader = reader_of(line, strlen(line));
  const AsvObservation *back = asv_observation_reader_next(reader, NULL);
  g_assert_cmpuint(back->keep_alive.timeout, ==, G_MAXUINT64);
  asv_observation_reader_free(reader);
}

static void test_origin_set(void) {
  AsvObservation seen = observation_of(ASV_OBSERVATION_ORIGIN_SET);
  check(&seen, ",\"stream\":0,\"origins\":[]");
  AsvSpan origins[] = {asv_span_text("https://a.test"), asv_span_text("")};
  seen.origin_set = (AsvOriginSetSeen){.stream = 3, .origins = {origins, 2}};
  check(&seen, ",\"stream\":3,\"origins\":[\"https://a.test\",\"\"]");
}

static void test_close(void) {
  AsvObservation seen = observation_of(ASV_OBSERVATION_CLOSE);
  seen.close.reason = ASV_CLOSE_CAPTURE_ENDS;
  check(&seen, ",\"reason\":\"capture-ends\",\"requests\":0");
  seen.close = (AsvCloseSeen){.by = ASV_FROM_CLIENT, .reason = ASV_CLOSE_FIN, .requests = 2};
  check(&seen, ",\"by\":\"client\",\"reason\":\"fin\",\"requests\":2");
}

static void test_unreadable(void) {
  AsvObservation seen = observation_of(ASV_OBSERVATION_UNREADABLE);
  check(&seen, ",\"reason\":\"no-secrets\",\"bytes\":0");
  seen.unreadable =
      (AsvUnreadableSeen){.reason = ASV_UNREADABLE_NOT_HTTP, .from = ASV_FROM_SERVER, .bytes = 7};
  check(&seen, ",\"reason\":\"not-http\",\"from\":\"server\",\"bytes\":7");
}

/* Each octet comes back as itself, and none but visible ASCII stands in the line. */
static void test_octets(void) {
  guint8 all[256];
  for (guint i = 0; i < 256; i++) all[i] = (guint8)i;
  AsvObservation seen = observation_of(ASV_OBSERVATION_ADVERTISEMENT);
  seen.advertisement.value = asv_span(all, sizeof all);
  g_autofree char *line = written(asv_observation_write_json, &seen, FALSE);
  for (const char *at = line; at[1]; at++) g_assert_true(*at >= ' ' && *at < 127);
  g_assert_nonnull(strstr(line, "\"\\u0000\\u0001"));
  g_assert_nonnull(strstr(line, "~\\u007f\\u0080"));
  g_assert_nonnull(strstr(line, "\\u00fe\\u00ff\""));
  AsvObservationReader *reader = reader_of(line, strlen(line));
  const AsvObservation *back = asv_observation_reader_next(reader, NULL);
  g_assert_true(asv_span_equal(back->advertisement.value, seen.advertisement.value));
  asv_observation_reader_free(reader);

  g_autofree char *text = written(asv_observation_write_text, &seen, FALSE);
  for (const char *at = text; at[1]; at++) g_assert_true(*at >= ' ' && *at < 127);
  g_assert_nonnull(strstr(text, "value='\\x00"));
}

static void test_text(void) {
  AsvObservation seen = observation_of(ASV_OBSERVATION_CONNECTION);
  seen.opened.transport = "tcp";
  g_autofree char *opened = written(asv_observation_write_text, &seen, FALSE);
  g_assert_cmpstr(opened, ==,
                  "1970-01-01T00:00:01.000000002Z connection tcp:0 #9 client=192.0.2.1 "
                  "server=[2001:db8::1]:443 transport=tcp\n");
  seen = full_request();
  seen.request.path = asv_span_text("/a'b\x1b[31m");
  g_autofree char *request = written(asv_observation_write_text, &seen, FALSE);
  g_assert_cmpstr(request, ==,
                  "1970-01-01T00:00:01.000000002Z request tcp:0 #9 stream=0 origin=https://a.test "
                  "method=GET path='/a\\'b\\x1b[31m' protocol=websocket alt_used=alt.test "
                  "early_data=yes\n");
  seen = observation_of(ASV_OBSERVATION_CAPTURE);
  seen.capture.packets = 1;
  g_autofree char *capture = written(asv_observation_write_text, &seen, FALSE);
  g_assert_cmpstr(capture, ==,
                  "1970-01-01T00:00:01.000000002Z capture f #9 packets=1 bytes=0 "
                  "first=1970-01-01T00:00:00.000000000Z last=1970-01-01T00:00:00.000000000Z "
                  "complete=no\n");
  AsvSpan origins[] = {asv_span_text("https://a.test"), asv_span_text("a, b")};
  seen = observation_of(ASV_OBSERVATION_ORIGIN_SET);
  seen.origin_set.origins = (AsvSpans){origins, 2};
  g_autofree char *set = written(asv_observation_write_text, &seen, FALSE);
  g_assert_nonnull(strstr(set, " stream=0 origins=https://a.test,'a, b'\n"));
}

/* What is new in a later version, blank lines, and the last line without its end. */
static void test_skipped(void) {
  g_autofree char *later = line_of("weather", ",\"reason\":\"rain\"");
  g_autofree char *more = line_of("close", ",\"reason\":\"fin\",\"new\":{\"deep\":[1]}");
  g_autofree char *text = g_strconcat("\n", later, " \t\n\r\n", more, NULL);
  text[strlen(text) - 1] = '\0';
  AsvObservationReader *reader = reader_of(text, strlen(text));
  const AsvObservation *seen = asv_observation_reader_next(reader, NULL);
  g_assert_nonnull(seen);
  g_assert_cmpint(seen->kind, ==, ASV_OBSERVATION_CLOSE);
  g_assert_null(asv_observation_reader_next(reader, NULL));
  asv_observation_reader_free(reader);
}

/* A fault names file, line and reason, and the line behind it is read. */
static void check_fault(const char *line, gsize size, const char *why) {
  g_autofree char *good = line_of("close", ",\"reason\":\"fin\"");
  g_autoptr(GString) text = g_string_new(good);
  g_string_append_len(text, line, (gssize)size);
  g_string_append_c(text, '\n');
  g_string_append(text, good);
  AsvObservationReader *reader = reader_of(text->str, text->len);
  g_assert_nonnull(asv_observation_reader_next(reader, NULL));
  GError *error = NULL;
  g_assert_null(asv_observation_reader_next(reader, &error));
  g_assert_error(error, ASV_OBSERVATION_ERROR, ASV_OBSERVATION_ERROR_LINE);
  g_autofree char *expected = g_strconcat("in.ndjson: line 2: ", why, NULL);
  if (!g_str_has_prefix(error->message, expected)) g_assert_cmpstr(error->message, ==, expected);
  g_clear_error(&error);
  g_assert_nonnull(asv_observation_reader_next(reader, &error));
  g_assert_null(asv_observation_reader_next(reader, &error));
  g_assert_no_error(error);
  asv_observation_reader_free(reader);
}

static void test_faults(void) {
  static const struct {
    const char *kind, *keys, *why;
  } cases[] = {
      {"close", "", "\"reason\" is missing"},
      {"close", ",\"reason\":\"bored\"", "\"reason\" has a value this version does not know"},
      {"close", ",\"reason\":3", "\"reason\" is no string"},
      {"close", ",\"reason\":\"fin\",\"requests\":-1", "\"requests\" is no whole number"},
      {"close", ",\"reason\":\"fin\",\"requests\":1.0", "\"requests\" is no whole number"},
      {"close", ",\"reason\":\"fin\",\"requests\":null", "\"requests\" is no whole number"},
      {"response", ",\"status\":4294967296", "\"status\" is too large"},
      {"response", ",\"alt_svc\":1", "\"alt_svc\" is neither true nor false"},
      {"response", ",\"connection_fields\":\"x\"", "\"connection_fields\" is no list"},
      {"response", ",\"connection_fields\":[1]", "\"connection_fields\" is no string"},
      {"request", ",\"path\":\"\\u0100\"", "\"path\" has a character above U+00FF"},
      {"request", ",\"path\":\"\xe2\x82\xac\"", "\"path\" has a character above U+00FF"},
      {"connection", ",\"transport\":\"t\\u0000\"", "\"transport\" has a NUL"},
      {"capture", ",\"first\":\"now\"", "\"first\" is no time"},
      {"close", ",\"id\":\"0123\"", "\"id\" does not have 16 digits"},
      {"close", ",\"id\":\"0123456789abcdeg\"", "\"id\" is not hexadecimal"},
      {"close", ",\"time\":\"yesterday\"", "\"time\" is no time"},
      {"close", ",", "no JSON"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *line = line_of(cases[i].kind, cases[i].keys);
    check_fault(line, strlen(line) - 1, cases[i].why);
  }
  static const char *const needed[] = {"time",   "file",       "packet", "client",
                                       "server", "connection", "id"};
  for (gsize i = 0; i < G_N_ELEMENTS(needed); i++) {
    g_autofree char *line = line_of("close", ",\"reason\":\"fin\"");
    g_autofree char *key = g_strdup_printf("\"%s\":", needed[i]);
    strstr(line, key)[1] = '_';
    g_autofree char *why = g_strdup_printf("\"%s\" is missing", needed[i]);
    check_fault(line, strlen(line) - 1, why);
  }
  check_fault("[]", 2, "\"schema\" is not altshark-observation/1");
  check_fault("{\"schema\":\"altshark-observation/2\",\"kind\":\"close\"}", 50,
              "\"schema\" is not");
  check_fault("{\"schema\":\"altshark-observation/1\"}", 35, "\"kind\" is missing");
  check_fault("\0", 1, "no JSON");
  check_fault("\xff", 1, "no JSON");
}

static void test_longest_line(void) {
  g_autofree char *good = line_of("request", ",\"path\":\"\"");
  gsize size = strlen(good) - 1; /* without its end */
  g_autoptr(GString) line = g_string_new_len(good, (gssize)size);
  g_autofree char *fill = g_strnfill(ASV_OBSERVATION_LINE_MAX - size, 'a');
  g_string_insert(line, (gssize)size - 2, fill);
  g_assert_cmpuint(line->len, ==, ASV_OBSERVATION_LINE_MAX);
  AsvObservationReader *reader = reader_of(line->str, line->len);
  const AsvObservation *seen = asv_observation_reader_next(reader, NULL);
  g_assert_nonnull(seen);
  g_assert_cmpuint(seen->request.path.size, ==, ASV_OBSERVATION_LINE_MAX - size);
  asv_observation_reader_free(reader);

  g_string_insert_c(line, (gssize)size, 'a');
  check_fault(line->str, line->len, "longer than 8388608 octets");
}

static void test_every_length(void) {
  AsvObservation seen = full_request();
  g_autofree char *line = written(asv_observation_write_json, &seen, FALSE);
  gsize size = strlen(line) - 1;
  for (gsize cut = 0; cut <= size; cut++) {
    g_autoptr(GError) error = NULL;
    AsvObservationReader *reader = reader_of(line, cut);
    const AsvObservation *back = asv_observation_reader_next(reader, &error);
    g_assert_cmpint(back != NULL, ==, cut == size);
    g_assert_cmpint(error != NULL, ==, cut != 0 && cut != size);
    asv_observation_reader_free(reader);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/observations/capture", test_capture);
  g_test_add_func("/observations/connection", test_connection);
  g_test_add_func("/observations/handshake", test_handshake);
  g_test_add_func("/observations/request", test_request);
  g_test_add_func("/observations/no-paths", test_no_paths);
  g_test_add_func("/observations/response", test_response);
  g_test_add_func("/observations/advertisement", test_advertisement);
  g_test_add_func("/observations/frame", test_frame);
  g_test_add_func("/observations/keep-alive", test_keep_alive);
  g_test_add_func("/observations/saturated-number", test_saturated_number);
  g_test_add_func("/observations/origin-set", test_origin_set);
  g_test_add_func("/observations/close", test_close);
  g_test_add_func("/observations/unreadable", test_unreadable);
  g_test_add_func("/observations/https-record", test_https_record);
  g_test_add_func("/observations/address-record", test_address_record);
  g_test_add_func("/observations/octets", test_octets);
  g_test_add_func("/observations/text", test_text);
  g_test_add_func("/observations/skipped", test_skipped);
  g_test_add_func("/observations/faults", test_faults);
  g_test_add_func("/observations/longest-line", test_longest_line);
  g_test_add_func("/observations/every-length", test_every_length);
  return g_test_run();
}

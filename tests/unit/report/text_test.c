/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The report for people: whole stories against what they are to look like
 * (data/text-*.txt), the width, what hostile octets become, and each option.
 */
#include "altsvc/limits.h"
#include "printed.h"

static void assert_same(const char *file, const char *text) {
  g_autofree char *name = g_build_filename(ASV_TEST_DATA, file, NULL);
  g_autofree char *expected = NULL;
  g_autoptr(GError) error = NULL;
  g_file_get_contents(name, &expected, NULL, &error);
  g_assert_no_error(error);
  g_auto(GStrv) want = g_strsplit(expected, "\n", -1);
  g_auto(GStrv) have = g_strsplit(text, "\n", -1);
  for (guint i = 0; want[i] && have[i]; i++) g_assert_cmpstr(have[i], ==, want[i]);
  g_assert_cmpuint(g_strv_length(have), ==, g_strv_length(want));
}

/* Only the line of a value, which stays whole to be copied, and of a filter may be wider. */
static void assert_width(const char *text, guint width, const char *value) {
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (char **line = lines; *line; line++) {
    g_assert_true(g_utf8_validate(*line, -1, NULL));
    if (value && strstr(*line, value)) continue;
    if (g_str_has_prefix(*line, "  See: ")) continue;
    if ((guint)g_utf8_strlen(*line, -1) > width) g_error("too wide: %s", *line);
    g_assert_false(g_str_has_suffix(*line, " "));
  }
}

static void check_story(AsvStory *story, AsvReportSubject subject, const char *file) {
  AsvReportOptions options = plain_options(subject);
  char *text = printed(asv_report_text, story, &options);
  assert_width(text, 80, NULL);
  assert_same(file, text);
  free(text);
  asv_story_free(story);
}

static void test_misdirected(void) {
  check_story(asv_story_misdirected(), ASV_REPORT_TIMELINE, "text-misdirected.txt");
}

static void test_many(void) {
  check_story(asv_story_many(), ASV_REPORT_TIMELINE, "text-many.txt");
}

static void test_empty(void) {
  check_story(asv_story_new(), ASV_REPORT_TIMELINE, "text-empty.txt");
}

static void test_subjects(void) {
  check_story(asv_story_many(), ASV_REPORT_ORIGINS, "text-origins.txt");
  check_story(asv_story_many(), ASV_REPORT_CACHE, "text-cache.txt");
  check_story(asv_story_misdirected(), ASV_REPORT_FINDINGS, "text-findings.txt");
  check_story(asv_story_misdirected(), ASV_REPORT_CONNECTIONS, "text-connections.txt");
}

static void test_why(void) {
  AsvStory *story = asv_story_misdirected();
  story->timeline.options.origin = "https://a.test";
  check_story(story, ASV_REPORT_WHY, "text-why.txt");
  story = asv_story_misdirected();
  story->timeline.options.origin = "https://z.test";
  check_story(story, ASV_REPORT_WHY, "text-why-not.txt");
}

static void assert_says(const AsvStory *story, const AsvReportOptions *options, const char *words) {
  char *text = printed(asv_report_text, story, options);
  if (!strstr(text, words)) g_error("not said: %s\nin:\n%s", words, text);
  free(text);
}

static void assert_says_not(const AsvStory *story, const AsvReportOptions *options,
                            const char *words) {
  char *text = printed(asv_report_text, story, options);
  if (strstr(text, words)) g_error("said: %s\nin:\n%s", words, text);
  free(text);
}

static void test_why_nothing(void) {
  AsvStory *story = asv_story_new();
  AsvReportOptions options = plain_options(ASV_REPORT_TIMELINE);
  assert_says(story, &options, "no TCP or QUIC connection");
  story->timeline.coverage.connections = 1;
  assert_says(story, &options, "No HTTP response was seen.");
  story->timeline.coverage.responses = 1;
  assert_says(story, &options, "carry none");
  AsvUnreadableReport *row = asv_story_unreadable(story, "tcp:0", ASV_UNREADABLE_BYTES_LOST);
  assert_says(story, &options, "COVERAGE says why");
  row->reason = ASV_UNREADABLE_NO_SECRETS;
  assert_says(story, &options, "A key log");
  story->timeline.options.origin = "https://z.test";
  assert_says(story, &options, "that was asked for");
  asv_story_free(story);

  story = asv_story_new();
  AsvCaptureReport *capture = g_ptr_array_index(story->timeline.captures, 0);
  capture->packets = 0;
  capture->complete = FALSE;
  assert_says(story, &options, "There are no packets to read.");
  assert_says(story, &options, "Read in part");
  assert_says(story, &options, "x.pcapng is damaged or cut short behind packet 0.");
  asv_story_free(story);
}

static void test_hostile(void) {
  static const char evil[] =
      "\x1b[2J\x1b]0;x\x07\r\n\t\xc2\x9b"
      "31m\xe2\x80\xae"
      "desrever\xe2\x81\xa6\xff\xc0\x80\xed\xa0\x80"
      "\xf3\xa0\x81\x81\x7f ok \xc3\xa9 \xe4\xbd\xa0";
  AsvStory *story = asv_story_misdirected();
  AsvClientReport *client = g_ptr_array_index(story->timeline.clients, 0);
  AsvOriginReport *origin = g_ptr_array_index(client->origins, 0);
  for (guint i = 0; i < origin->events->len; i++) {
    AsvEvent *event = g_ptr_array_index(origin->events, i);
    event->method = event->path = asv_story_text(story, evil);
    event->origin_written = event->context = asv_story_text(story, evil);
    event->connection = asv_story_text(story, evil);
    if (event->alternative) {
      event->alternative->host = asv_story_text(story, evil);
      event->alternative->protocol_id = asv_story_text(story, evil);
    }
    if (event->value) event->value_size = sizeof evil - 1;
    if (event->value) event->value = asv_story_text(story, evil);
  }
  client->client = asv_story_text(story, evil);
  origin->origin = asv_story_text(story, evil);
  g_ptr_array_add(client->user_agents, asv_story_text(story, evil));
  for (guint i = 0; i < story->timeline.findings->len; i++) {
    AsvFinding *finding = g_ptr_array_index(story->timeline.findings, i);
    finding->message = finding->advice = finding->filter = asv_story_text(story, evil);
  }
  AsvConnectionReport *connection = g_ptr_array_index(story->timeline.connections, 0);
  connection->label = connection->server = connection->sni = asv_story_text(story, evil);
  AsvUnreadableReport *row = asv_story_unreadable(story, "tcp:0", ASV_UNREADABLE_NOT_HTTP);
  row->sni = asv_story_text(story, evil);
  AsvCaptureReport *capture = g_ptr_array_index(story->timeline.captures, 0);
  capture->file = asv_story_text(story, evil);

  const AsvReportSubject subjects[] = {ASV_REPORT_TIMELINE, ASV_REPORT_ORIGINS, ASV_REPORT_CACHE,
                                       ASV_REPORT_FINDINGS, ASV_REPORT_CONNECTIONS};
  for (gsize i = 0; i < G_N_ELEMENTS(subjects); i++) {
    AsvReportOptions options = plain_options(subjects[i]);
    char *text = printed(asv_report_text, story, &options);
    for (const char *at = text; *at; at++) g_assert_true((guint8)*at >= ' ' || *at == '\n');
    g_assert_null(strchr(text, 0x7f));
    g_assert_null(strstr(text, "\xc2\x9b"));
    g_assert_null(strstr(text, "\xe2\x80\xae"));
    g_assert_null(strstr(text, "\xe2\x81\xa6"));
    g_assert_null(strstr(text, "\xf3\xa0"));
    assert_width(text, 80, "\\x1b[2J");
    free(text);
  }
  AsvReportOptions options = plain_options(ASV_REPORT_TIMELINE);
  assert_says(
      story, &options,
      "\\x1b[2J\\x1b]0;x\\x07\\x0d\\x0a\\x09\\xc2\\x9b31m\\xe2\\x80\\xaedesrever\\xe2\\x81\\xa6"
      "\\xff\\xc0\\x80\\xed\\xa0\\x80\\xf3\\xa0\\x81\\x81\\x7f ok \xc3\xa9 \xe4\xbd\xa0\n");
  asv_story_free(story);
}

/* Long words without a space: a host, a client and an origin as long as an observation file likes.
 */
static void test_long_words(void) {
  g_autofree char *word = g_strnfill(3000, 'w');
  AsvStory *story = asv_story_misdirected();
  AsvClientReport *client = g_ptr_array_index(story->timeline.clients, 0);
  AsvOriginReport *origin = g_ptr_array_index(client->origins, 0);
  AsvEvent *event = g_ptr_array_index(origin->events, 0);
  AsvConnectionReport *connection = g_ptr_array_index(story->timeline.connections, 0);
  event->alternative->host = event->path = word;
  event->connection = word;
  client->client = word;
  origin->origin = word;
  connection->server = word;
  const AsvReportSubject subjects[] = {ASV_REPORT_TIMELINE, ASV_REPORT_ORIGINS, ASV_REPORT_CACHE,
                                       ASV_REPORT_CONNECTIONS};
  for (gsize i = 0; i < G_N_ELEMENTS(subjects); i++) {
    AsvReportOptions options = plain_options(subjects[i]);
    char *text = printed(asv_report_text, story, &options);
    assert_width(text, 80, NULL);
    free(text);
  }
  asv_story_free(story);
}

static void test_long_value(void) {
  AsvStory *story = asv_story_misdirected();
  AsvClientReport *client = g_ptr_array_index(story->timeline.clients, 0);
  AsvEvent *event =
      g_ptr_array_index(((AsvOriginReport *)g_ptr_array_index(client->origins, 0))->events, 0);
  g_autofree char *value = g_strnfill(3000, 'v');
  event->value = value;
  event->value_size = 3000;
  AsvReportOptions options = plain_options(ASV_REPORT_TIMELINE);
  g_autofree char *beginning = g_strndup(value, ASV_TEXT_VALUE_MAX);
  g_autofree char *cut = g_strconcat("\n    ", beginning, "…\n", NULL);
  assert_says(story, &options, cut);
  assert_says(story, &options, "3000 octets in all; -v shows them");
  char *text = printed(asv_report_text, story, &options);
  assert_width(text, 80, beginning);
  free(text);
  options.verbosity = 1;
  g_autofree char *whole = g_strconcat("\n    ", value, "\n", NULL);
  assert_says(story, &options, whole);
  event->value_size = 60; /* too wide for its column, not for the line */
  value[60] = '\0';
  g_autofree char *line = g_strconcat("Alt-Svc:\n    ", value, "\n", NULL);
  assert_says(story, &options, line);
  asv_story_free(story);
}

static AsvEvent *event_of(const AsvStory *story, guint index) {
  AsvClientReport *client = g_ptr_array_index(story->timeline.clients, 0);
  AsvOriginReport *origin = g_ptr_array_index(client->origins, 0);
  return g_ptr_array_index(origin->events, index);
}

static void test_used(void) {
  AsvStory *story = asv_story_misdirected();
  AsvReportOptions options = plain_options(ASV_REPORT_TIMELINE);
  AsvEvent *used = event_of(story, 2);
  used->requests = used->named = 3;
  assert_says(story, &options, "3 requests, all with");
  used->named = 1;
  assert_says(story, &options, "3 requests, 1 of them with");
  used->requests = 1;
  assert_says(story, &options, "1 request, with");
  used->named = 0;
  assert_says(story, &options, "1 request (SNI a.test,");
  used->path = asv_story_text(story, "/0123456789012345678901234567890123456789");
  assert_says(story, &options, "GET /01234567890123456789012345…  404  (#46)");
  options.no_paths = TRUE;
  assert_says(story, &options, "GET  404  (#46)");
  asv_story_free(story);
}

/* What IN SHORT says of a story with one alternative; each step takes something away from it. */
static void test_short(void) {
  AsvStory *story = asv_story_misdirected();
  AsvReportOptions options = plain_options(ASV_REPORT_TIMELINE);
  AsvClientReport *client = g_ptr_array_index(story->timeline.clients, 0);
  AsvOriginReport *origin = g_ptr_array_index(client->origins, 0);
  AsvEvent *used = event_of(story, 2);
  used->alternative->port = 444;
  assert_says(story, &options, "HTTP/3 on port 444 used from 0.329\n");
  used->alternative->host = asv_story_text(story, "alt.test");
  assert_says(story, &options, "HTTP/3 at alt.test:444 used from 0.329\n");
  used->protocol = "HTTP/1.1";
  assert_says(story, &options, "HTTP/3 at alt.test:444 used from 0.329, though in\n");
  used->protocol = NULL;
  used->kind = ASV_EVENT_CONTEXT;
  used->alternative = NULL;
  origin->verdict = ASV_OUTCOME_WAITING;
  assert_says(story, &options, "HTTP/3 tried at 0.101, but no request went there,");
  event_of(story, 1)->kind = ASV_EVENT_CONTEXT;
  assert_says(story, &options, "HTTP/3 known from 0.072; no new connection came,");
  event_of(story, 3)->kind = ASV_EVENT_CONTEXT;
  assert_says(story, &options, "HTTP/3 ready at 0.072; waits for the next");
  origin->verdict = ASV_OUTCOME_READY;
  assert_says(story, &options, "HTTP/3 ready at 0.072; no request needed it");
  assert_says_not(story, &options, "QUIC");
  origin->verdict = ASV_OUTCOME_NOT_ADVERTISED;
  assert_says(story, &options, "no alternative but the origin itself");
  origin->verdict = ASV_OUTCOME_UNKNOWN;
  assert_says(story, &options, "HTTP/3 known from 0.072; whether it was used");
  event_of(story, 0)->kind = ASV_EVENT_CONTEXT;
  assert_says(story, &options, "not known: too little of its traffic");
  asv_story_free(story);
}

/* An alternative that never worked: what became of the requests is told with it. */
static void test_short_unreachable(void) {
  AsvStory *story = asv_story_misdirected();
  AsvReportOptions options = plain_options(ASV_REPORT_TIMELINE);
  AsvClientReport *client = g_ptr_array_index(story->timeline.clients, 0);
  AsvOriginReport *origin = g_ptr_array_index(client->origins, 0);
  options.width = 200;
  g_ptr_array_set_size(origin->events, 2);
  AsvEvent *failed = asv_story_event(story, origin->events, ASV_EVENT_FAILED, 3200, 40);
  failed->reason = "no-answer";
  origin->verdict = ASV_OUTCOME_UNREACHABLE;
  assert_says(story, &options,
              "HTTP/3 tried at 0.101 but never worked: no answer; no request went to the origin "
              "after that\n");
  origin->went_back = TRUE;
  assert_says(story, &options, "; its requests went to the origin itself\n");
  origin->back_over = "HTTP/2";
  assert_says(story, &options, "; its requests went to the origin itself over HTTP/2\n");
  asv_story_free(story);
}

/* The ending of another alternative is not the story's, nor is what came with it. */
static void test_short_replaced(void) {
  AsvStory *story = asv_story_misdirected();
  AsvReportOptions options = plain_options(ASV_REPORT_TIMELINE);
  AsvClientReport *client = g_ptr_array_index(story->timeline.clients, 0);
  AsvOriginReport *origin = g_ptr_array_index(client->origins, 0);
  g_ptr_array_set_size(origin->events, 1);
  origin->verdict = ASV_OUTCOME_READY;
  for (guint64 port = 444; port <= 446; port++) {
    AsvEvent *event = asv_story_event(story, origin->events, ASV_EVENT_LEARNED, 500, 30);
    asv_story_h3(story, event, 600);
    event->alternative->port = port;
  }
  AsvEvent *replaced = asv_story_event(story, origin->events, ASV_EVENT_REPLACED, 500, 30);
  asv_story_h3(story, replaced, 600);
  assert_says(story, &options, "HTTP/3 on port 444 and 2 more ready at 0.500; no");
  assert_says_not(story, &options, "no longer named at");
  asv_story_free(story);
}

static void test_context_runs(void) {
  AsvStory *story = asv_story_misdirected();
  AsvClientReport *client = g_ptr_array_index(story->timeline.clients, 0);
  AsvOriginReport *origin = g_ptr_array_index(client->origins, 0);
  for (guint i = 0; i < 20; i++) {
    AsvEvent *event = asv_story_event(story, origin->events, ASV_EVENT_CONTEXT, 3000, 90);
    event->context = asv_story_text(story, i == 19 ? "the last" : "one of many");
  }
  AsvReportOptions options = plain_options(ASV_REPORT_TIMELINE);
  assert_says(story, &options, ".  12 more of these; -v shows them");
  assert_says_not(story, &options, "the last");
  options.verbosity = 1;
  assert_says(story, &options, "the last");
  assert_says_not(story, &options, "-v shows them");
  asv_story_free(story);
}

static void test_lists_are_bounded(void) {
  AsvStory *story = asv_story_misdirected();
  AsvClientReport *client = g_ptr_array_index(story->timeline.clients, 0);
  AsvConnectionReport *connection = g_ptr_array_index(story->timeline.connections, 0);
  for (guint i = 0; i < 12; i++) {
    asv_story_unreadable(story, "tcp:9", ASV_UNREADABLE_HPACK_LOST);
    g_ptr_array_add(client->user_agents, asv_story_text(story, "curl/8"));
    g_ptr_array_add(connection->origins, asv_story_text(story, "https://a.test"));
  }
  AsvReportOptions options = plain_options(ASV_REPORT_TIMELINE);
  assert_says(story, &options, "; 12 with\n                        HPACK state lost\n");
  assert_says(story, &options, "\n  and 2 more; -v shows them\n");
  assert_says(story, &options, "Firefox 153, curl 8, curl 8, 10 more (from User-Agent)");
  options.subject = ASV_REPORT_CONNECTIONS;
  assert_says(story, &options, "9 more");
  options.verbosity = 1;
  assert_says_not(story, &options, "more");
  asv_story_free(story);
}

static void test_quiet(void) {
  AsvStory *story = asv_story_misdirected();
  AsvReportOptions options = plain_options(ASV_REPORT_TIMELINE);
  options.verbosity = -1;
  assert_says_not(story, &options, "COVERAGE");
  assert_says_not(story, &options, "Do:");
  assert_says(story, &options, "for a.test. RFC 7838, 6.\n"); /* the section goes to the message */
  asv_story_free(story);
}

static void test_no_paths(void) {
  AsvStory *story = asv_story_misdirected();
  AsvReportOptions options = plain_options(ASV_REPORT_TIMELINE);
  options.no_paths = TRUE;
  assert_says_not(story, &options, "/m");
  assert_says_not(story, &options, "/x ");
  assert_says_not(story, &options, "/favicon");
  assert_says(story, &options, "by the header of the 200 to GET  (HTTP/2)");
  assert_says(story, &options, "GET  404");
  asv_story_free(story);
}

static void test_times(void) {
  AsvStory *story = asv_story_misdirected();
  AsvReportOptions options = plain_options(ASV_REPORT_TIMELINE);
  options.time_style = ASV_TIME_UTC;
  assert_says(story, &options, "\n    11:30:05.627     #18  tcp:0   learned");
  options.time_style = ASV_TIME_EPOCH;
  assert_says(story, &options, "\n    1795174205.627     #18  tcp:0   learned");
  assert_says(story, &options, " 1795174805\n");
  options.time_style = ASV_TIME_LOCAL;
  g_setenv("TZ", "UTC-14", TRUE);
  assert_says(story, &options, "from 2026-11-21 01:30:05.555\n");
  assert_says(story, &options, "\n    01:30:05.627     #18  tcp:0   learned");
  g_unsetenv("TZ");
  asv_story_free(story);
}

static void test_at(void) {
  AsvStory *story = asv_story_many();
  AsvReportOptions options = plain_options(ASV_REPORT_CACHE);
  story->timeline.options.has_at = TRUE;
  assert_says(story, &options, "Cache at 3.316\n");
  story->timeline.at_projected = TRUE;
  assert_says(story, &options, "Cache at 3.316 (after the end of the capture: projected)\n");
  asv_story_free(story);
}

static void test_color(void) {
  AsvStory *story = asv_story_misdirected();
  AsvReportOptions options = plain_options(ASV_REPORT_TIMELINE);
  char *plain = printed(asv_report_text, story, &options);
  g_assert_null(strchr(plain, 0x1b));
  options.color = TRUE;
  assert_says(story, &options, "\033[1mlearned\033[0m  h3");
  assert_says(story, &options, "\n\033[1;31mERROR\033[0m    used-after-421");
  char *painted = printed(asv_report_text, story, &options);
  g_autoptr(GRegex) codes = g_regex_new("\033\\[[0-9;]*m", 0, 0, NULL);
  g_autofree char *bare = g_regex_replace_literal(codes, painted, -1, 0, "", 0, NULL);
  g_assert_cmpstr(bare, ==, plain);
  free(painted);
  free(plain);
  asv_story_free(story);
}

static void test_tried(void) {
  AsvStory *story = asv_story_misdirected();
  AsvReportOptions options = plain_options(ASV_REPORT_TIMELINE);
  options.width = 200;
  AsvEvent *tried = event_of(story, 1);
  tried->server = "[2001:db8::2]:443";
  tried->sni = "a.test";
  tried->answered_time = tried->time + 2 * ASV_STORY_MS;
  tried->answered_packet = 26;
  assert_says(story, &options, "443 = [2001:db8::2], 29 ms after learning it; SNI a.test, as it");
  assert_says(story, &options, "; server's handshake complete after 2 ms (#26)\n");
  tried->answered_time = tried->time + 1;
  assert_says(story, &options, "complete within 1 ms (#26)\n");
  asv_story_free(story);
}

/* What RFC 7838 would have a cache hold is told where it is not what the client holds. */
static void test_cache_by_rfc(void) {
  AsvStory *story = asv_story_misdirected();
  AsvReportOptions options = plain_options(ASV_REPORT_TIMELINE);
  AsvClientReport *client = g_ptr_array_index(story->timeline.clients, 0);
  AsvOriginReport *origin = g_ptr_array_index(client->origins, 0);
  origin->by_rfc = origin->cache;
  assert_says(story, &options, "Cache at the end (3.316): empty\n");
  AsvAlternativeSeen h3 = *event_of(story, 0)->alternative;
  AsvCacheRow *row = asv_story_row(story, origin, h3, 0);
  GPtrArray *none = g_ptr_array_new(), *one = origin->cache;
  origin->by_rfc = none;
  assert_says(story, &options, "          ~ RFC 7838: empty\n");
  origin->by_rfc = one;
  origin->cache = none;
  assert_says(story, &options, "empty  ~ RFC 7838: h3 at a.test:443, 597 s left\n");
  origin->cache = one;
  row->expired = TRUE; /* in its storage only: the client no longer uses it */
  origin->by_rfc = none;
  options.width = 200;
  char *text = printed(asv_report_text, story, &options);
  g_assert_null(strstr(text, "~ RFC 7838: empty"));
  free(text);
  g_ptr_array_unref(none);
  asv_story_free(story);
}

static void test_wider(void) {
  AsvStory *story = asv_story_misdirected();
  AsvReportOptions options = plain_options(ASV_REPORT_TIMELINE);
  options.width = 140;
  char *text = printed(asv_report_text, story, &options);
  assert_width(text, 140, NULL);
  free(text);
  assert_says(story, &options, "2 requests, both with Alt-Used: a.test\n");
  asv_story_free(story);
}

static void test_several_files(void) {
  AsvStory *story = asv_story_misdirected(), *other = asv_story_new();
  AsvCaptureReport *second = g_ptr_array_index(other->timeline.captures, 0);
  second->file = asv_story_text(other, "y.pcap");
  g_ptr_array_add(story->timeline.captures, second);
  AsvReportOptions options = plain_options(ASV_REPORT_TIMELINE);
  assert_says(story, &options, "2#  y.pcap");
  assert_says(story, &options, "    0.072    1#18  tcp:0   learned");
  asv_story_free(story);
  asv_story_free(other);
}

/* Times that only a hostile observation file has. */
static void test_extreme_times(void) {
  static const gint64 times[] = {G_MININT64, -1, 0, G_MAXINT64};
  for (gsize i = 0; i < G_N_ELEMENTS(times); i++) {
    for (AsvTimeStyle style = ASV_TIME_RELATIVE; style <= ASV_TIME_EPOCH; style++) {
      AsvStory *story = asv_story_many();
      AsvReportOptions options = plain_options(ASV_REPORT_TIMELINE);
      options.time_style = style;
      story->timeline.first = times[i];
      story->timeline.at = times[G_N_ELEMENTS(times) - 1 - i];
      char *text = printed(asv_report_text, story, &options);
      assert_width(text, 80, "Alt-Svc: ");
      free(text);
      asv_story_free(story);
    }
  }
}

static void test_many_clients(void) {
  AsvStory *story = asv_story_new();
  story->timeline.coverage.advertisements = 1;
  for (guint i = 0; i < 2000; i++) {
    g_autofree char *name = g_strdup_printf("10.1.%u.%u", i / 256, i % 256);
    AsvClientReport *client = asv_story_client(story, name, NULL);
    asv_story_origin(story, client, "https://a.test", ASV_OUTCOME_NOT_ADVERTISED);
  }
  AsvReportOptions options = plain_options(ASV_REPORT_TIMELINE);
  char *text = printed(asv_report_text, story, &options);
  assert_width(text, 80, NULL);
  g_assert_nonnull(strstr(text, "\n  10.1.0.0    https://a.test   no Alt-Svc seen\n"));
  g_assert_nonnull(strstr(text, "\n  10.1.7.207  https://a.test   no Alt-Svc seen\n"));
  free(text);
  asv_story_free(story);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/text/misdirected", test_misdirected);
  g_test_add_func("/text/many", test_many);
  g_test_add_func("/text/empty", test_empty);
  g_test_add_func("/text/subjects", test_subjects);
  g_test_add_func("/text/why", test_why);
  g_test_add_func("/text/why-nothing", test_why_nothing);
  g_test_add_func("/text/hostile", test_hostile);
  g_test_add_func("/text/long-words", test_long_words);
  g_test_add_func("/text/long-value", test_long_value);
  g_test_add_func("/text/used", test_used);
  g_test_add_func("/text/short", test_short);
  g_test_add_func("/text/short-unreachable", test_short_unreachable);
  g_test_add_func("/text/short-replaced", test_short_replaced);
  g_test_add_func("/text/context-runs", test_context_runs);
  g_test_add_func("/text/bounded", test_lists_are_bounded);
  g_test_add_func("/text/quiet", test_quiet);
  g_test_add_func("/text/no-paths", test_no_paths);
  g_test_add_func("/text/times", test_times);
  g_test_add_func("/text/at", test_at);
  g_test_add_func("/text/color", test_color);
  g_test_add_func("/text/wider", test_wider);
  g_test_add_func("/text/tried", test_tried);
  g_test_add_func("/text/cache-by-rfc", test_cache_by_rfc);
  g_test_add_func("/text/files", test_several_files);
  g_test_add_func("/text/extreme-times", test_extreme_times);
  g_test_add_func("/text/many-clients", test_many_clients);
  return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What became of an alternative, in IN SHORT and beside the events; what COVERAGE says of idle
 * connections; and who or what was asked for and is not there. */
#include "altsvc/limits.h"
#include "printed.h"

typedef struct {
  AsvStory *story;
  AsvOriginReport *origin;
  AsvReportOptions options;
} Page;

/* A story of https://a.test, learned at 0.100 over tcp:0. */
static Page page_new(AsvOutcome verdict) {
  Page page = {.story = asv_story_new(), .options = plain_options(ASV_REPORT_TIMELINE)};
  page.options.width = 200;
  page.story->timeline.coverage.advertisements = 1;
  AsvClientReport *client = asv_story_client(page.story, "10.77.0.11", NULL);
  page.origin = asv_story_origin(page.story, client, "https://a.test", verdict);
  AsvEvent *learned = asv_story_event(page.story, page.origin->events, ASV_EVENT_LEARNED, 100, 10);
  asv_story_h3(page.story, learned, 600);
  asv_story_on(page.story, learned, "tcp:0");
  return page;
}

static AsvEvent *add(const Page *page, AsvEventKind kind, gint64 ms, const char *connection) {
  AsvEvent *event = asv_story_event(page->story, page->origin->events, kind, ms, 20);
  if (kind != ASV_EVENT_CONTEXT) asv_story_h3(page->story, event, 600);
  asv_story_on(page->story, event, connection);
  return event;
}

static AsvEvent *ask(const Page *page, gint64 ms, const char *connection, const char *path,
                     guint status) {
  AsvEvent *line = add(page, ASV_EVENT_CONTEXT, ms, connection);
  line->method = asv_story_text(page->story, "GET");
  line->path = asv_story_text(page->story, path);
  line->status = status;
  return line;
}

static void assert_said(const Page *page, const char *words, gboolean said) {
  char *text = printed(asv_report_text, page->story, &page->options);
  if ((strstr(text, words) != NULL) != said)
    g_error("%s: %s\n%s", words, said ? "no" : "yes", text);
  free(text);
}

static void test_afterwards(void) {
  Page page = page_new(ASV_OUTCOME_SWITCHED);
  (void)add(&page, ASV_EVENT_USED, 200, "quic:0");
  AsvEvent *ended = add(&page, ASV_EVENT_EXPIRED, 700, "quic:0");
  assert_said(&page, "used from 0.200; expired at 0.700\n", TRUE);
  AsvEvent *line = ask(&page, 800, "tcp:1", "/y", 200);
  assert_said(&page, "; expired at 0.700, then back to the origin\n", TRUE);
  line->time = ended->time;
  assert_said(&page, "; expired at 0.700\n", TRUE);
  (void)ask(&page, 900, "quic:0", "/z", 200);
  assert_said(&page, "; expired at 0.700, its open connection used on\n", TRUE);
  ended->kind = ASV_EVENT_REMOVED;
  assert_said(&page, "used from 0.200, given up at 0.700\n", TRUE);
  asv_story_free(page.story);
}

static void test_clear_unknown(void) {
  Page page = page_new(ASV_OUTCOME_SWITCHED);
  (void)add(&page, ASV_EVENT_USED, 200, "quic:0");
  AsvEvent *ignored = add(&page, ASV_EVENT_IGNORED, 700, "quic:0");
  ignored->alternative = NULL;
  ignored->reason = "client-rejects-value";
  asv_story_message(page.story, ignored, "/c", "clear");
  assert_said(&page, "used from 0.200; does not know the `clear` of 0.700\n", TRUE);
  assert_said(&page, "ignored  this client does not know a bare `clear`\n", TRUE);
  ignored->value = asv_story_text(page.story, "h3=x ");
  assert_said(&page, "ignored  this client rejects the whole value\n", TRUE);
  assert_said(&page, "the `clear` of", FALSE);
  asv_story_free(page.story);
}

static void test_stayed(void) {
  Page page = page_new(ASV_OUTCOME_WAITING);
  AsvEvent *tried = add(&page, ASV_EVENT_TRIED, 200, "quic:0");
  assert_said(&page, "tried at 0.200, but no request went there\n", TRUE);
  ask(&page, 300, "tcp:0", "/y", 200)->protocol = "HTTP/2";
  assert_said(&page, "no request went there: they stayed on tcp:0 (HTTP/2)\n", TRUE);
  (void)ask(&page, 400, "tcp:1", "/z", 200); /* a new one: they did not stay */
  assert_said(&page, "tried at 0.200, but no request went there\n", TRUE);
  page.origin->verdict = ASV_OUTCOME_READY;
  tried->answered_time = tried->time + 4 * ASV_STORY_MS;
  assert_said(&page, "HTTP/3 ready (connected to at 0.204); no request needed it yet\n", TRUE);
  asv_story_free(page.story);
}

/* A 421 that changes nothing; near miss: nothing goes there afterwards. */
static void test_misdirected(void) {
  Page page = page_new(ASV_OUTCOME_SWITCHED);
  (void)asv_story_finding(page.story, ASV_SEVERITY_WARNING, "misdirected", "It said 421.", 20);
  static const guint because[] = {1, 0};
  page.origin->because = asv_story_ids(page.story, because);
  AsvEvent *used = add(&page, ASV_EVENT_USED, 200, "quic:0");
  used->method = asv_story_text(page.story, "GET");
  used->path = asv_story_text(page.story, "/m?x=1");
  used->status = 421;
  assert_said(&page, "(RFC 7838, 6). It was not retried: the request for /m was never served.\n",
              TRUE);
  AsvEvent *again = ask(&page, 300, "quic:0", "/y", 200);
  again->of_use = TRUE;
  assert_said(&page, "(RFC 7838, 6), but this one used it again. It was not retried:", TRUE);
  (void)ask(&page, 400, "tcp:0", "/m?x=1", 200);
  assert_said(&page, "used it again. Its retry got 200.\n", TRUE);
  assert_said(&page, "never served", FALSE);
  asv_story_free(page.story);
}

static void test_not_answered(void) {
  Page page = page_new(ASV_OUTCOME_SWITCHED);
  AsvEvent *used = add(&page, ASV_EVENT_USED, 200, "quic:0");
  used->method = asv_story_text(page.story, "GET");
  used->path = asv_story_text(page.story, "/y");
  used->requests = 1;
  assert_said(&page, "and 1 more", FALSE);
  used->requests = 3;
  assert_said(&page, "and 2 more, not answered\n", TRUE);
  for (guint i = 0; i < ASV_ORIGIN_CONTEXT_MAX; i++) (void)ask(&page, 300 + i, "tcp:0", "/z", 200);
  assert_said(&page, "and 2 more\n", TRUE); /* their lines may have found no room */
  asv_story_free(page.story);
}

static void test_endings(void) {
  Page page = page_new(ASV_OUTCOME_UNREACHABLE);
  AsvEvent *failed = add(&page, ASV_EVENT_FAILED, 700, "quic:0");
  failed->learned_time = failed->time - 500 * ASV_STORY_MS;
  failed->reason = "alternative-certificate-mismatch";
  assert_said(&page, ": its certificate is for other names; no request came\n", TRUE);
  failed->reason = "no-answer";
  assert_said(&page, ": no answer, 500 ms after the try began\n", TRUE);
  AsvEvent *expired = add(&page, ASV_EVENT_EXPIRED, 900, "quic:0");
  expired->learned_time = expired->time - 800 * ASV_STORY_MS;
  assert_said(&page, "h3 at a.test:443, 800 ms after learning it\n", TRUE);
  expired->rfc = "kept, its life is not over";
  assert_said(&page, "h3 at a.test:443, early: this client cuts the life of one that failed\n",
              TRUE);
  asv_story_free(page.story);
}

/* A client's own way stands before the codes of what it makes of others. */
static void test_not_accepted(void) {
  Page page = page_new(ASV_OUTCOME_NOT_ACCEPTED);
  g_ptr_array_set_size(page.origin->events, 0);
  AsvEvent *ignored = add(&page, ASV_EVENT_IGNORED, 200, "tcp:0");
  ignored->reason = "client-rejects-value";
  assert_said(&page, "every Alt-Svc was ignored: this client rejects the whole value\n", TRUE);
  (void)asv_story_finding(page.story, ASV_SEVERITY_NOTE, "parameter-unknown", "It has more.", 20);
  static const guint because[] = {1, 0};
  page.origin->because = asv_story_ids(page.story, because);
  assert_said(&page, "ignored: this client rejects the whole value (parameter-unknown)\n", TRUE);
  ignored->reason = "parameter-unknown";
  assert_said(&page, "every Alt-Svc was ignored: parameter-unknown\n", TRUE);
  asv_story_free(page.story);
}

static AsvConnectionReport *connect_idle(const Page *page, const char *label, guint64 id) {
  AsvConnectionReport *row = asv_story_connection(page->story, label);
  row->id = id;
  row->requests = 0;
  row->tls_version = asv_story_text(page->story, "TLS 1.3");
  row->alpn = asv_story_text(page->story, "h2");
  return row;
}

/* Connections without a request, but those that the timeline or COVERAGE tells of. */
static void test_idle(void) {
  Page page = page_new(ASV_OUTCOME_READY);
  AsvConnectionReport *first = connect_idle(&page, "tcp:1", 1);
  assert_said(&page, "  tcp:1 carried no request: opened in reserve, or given up.\n", TRUE);
  first->requests = 1;
  assert_said(&page, "carried no request", FALSE);
  first->requests = 0;
  (void)connect_idle(&page, "tcp:2", 2);
  (void)connect_idle(&page, "tcp:3", 3);
  assert_said(&page, "  tcp:1, tcp:2, tcp:3 carried no request", TRUE);
  (void)connect_idle(&page, "tcp:4", 4);
  assert_said(&page, "  tcp:1, tcp:2, tcp:3 and 1 more carried no request", TRUE);
  add(&page, ASV_EVENT_TRIED, 200, "tcp:2")->id = 2;
  assert_said(&page, "  tcp:1, tcp:3, tcp:4 carried no request", TRUE);
  asv_story_free(page.story);
}

static void test_absent(void) {
  Page page = page_new(ASV_OUTCOME_READY);
  page.story->timeline.absent = "No client 10.0.0.8 is in this capture.";
  assert_said(&page, "\n\nNo client 10.0.0.8 is in this capture.\n\nCOVERAGE", TRUE);
  assert_said(&page, "IN SHORT", FALSE);
  assert_said(&page, "Rules", FALSE);
  asv_story_free(page.story);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/short/afterwards", test_afterwards);
  g_test_add_func("/short/clear-unknown", test_clear_unknown);
  g_test_add_func("/short/stayed", test_stayed);
  g_test_add_func("/short/misdirected", test_misdirected);
  g_test_add_func("/short/not-answered", test_not_answered);
  g_test_add_func("/short/endings", test_endings);
  g_test_add_func("/short/not-accepted", test_not_accepted);
  g_test_add_func("/short/idle", test_idle);
  g_test_add_func("/short/absent", test_absent);
  return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who a client is, --at, --client and --origin, the lines that explain, order, and limits. */
#include "altsvc/limits.h"
#include "story.h"

typedef struct {
  Story story;
  AsvTimelineOptions options;
  gboolean context;
} Told;

#define OPEN                                          \
  "0 t0 open\n"                                       \
  "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n" \
  "0 t0 get 1 https://a.test /x\n"
#define A "header 1 https://a.test 200"
#define CHANGES                                                          \
  OPEN "1 t0 " A                                                         \
       " : h3=\":443\"; ma=60\n2 q0 open\n2 q0 tls sni=a.test alpn=h3\n" \
       "5 q0 get 0 https://a.test / used=a.test\n9 t0 " A " : h2=\":444\"; ma=60\n80 t0 close\n"
#define AT(seconds) \
  { .has_at = TRUE, .at = (seconds)*STORY_SECOND }
#define BY(how) \
  { .client_by = ASV_CLIENT_BY_##how }
#define TWO_ADDRESSES                                                        \
  "0 t0 open mac=02:00:00:00:00:01\n0 t0 get 1 https://a.test / agent=Fox\n" \
  "1 t0 " A                                                                  \
  " : h3=\":443\", h2=\":444\"; persist=1\n"                                 \
  "2 t1 open client=10.0.0.9 mac=02:00:00:00:00:01\n2 t1 get 1 https://a.test / agent=Owl\n"

#define AT_H2_IN_HTTP1                                                                 \
  OPEN "1 t0 " A                                                                       \
       " : h2=\":444\"\n2 t1 open server=192.0.2.2:444\n"                              \
       "2 t1 tls sni=a.test alpn=http/1.1\n"                                           \
       "3 t1 get - https://a.test / used=a.test:444 agent=curl/8.14.1\n3 t1 answer - " \
       "https://a.test 200\n"

static const Told told[] = {
    {{"/at/before-anything", CHANGES,
      "https://a.test switched\n"
      "  1 #4 learned h3=a.test:443 until 61\n"
      "  2 #5 tried h3=a.test:443 by alt-used\n"
      "  5 #7 used h3=a.test:443 by alt-used requests 1\n"
      "  9 #8 learned h2=a.test:444 until 69\n"
      "  9 #8 replaced h3=a.test:443\n"
      "  69 expired h2=a.test:444\n"
      "advertisements-differ x2\n"},
     AT(0),
     FALSE},
    {{"/at/same-time-is-included", CHANGES,
      "https://a.test switched\n"
      "  1 #4 learned h3=a.test:443 until 61\n"
      "  2 #5 tried h3=a.test:443 by alt-used\n"
      "  5 #7 used h3=a.test:443 by alt-used requests 1\n"
      "  9 #8 learned h2=a.test:444 until 69\n"
      "  9 #8 replaced h3=a.test:443\n"
      "  69 expired h2=a.test:444\n"
      "  1. h3=a.test:443 until 61\n"
      "advertisements-differ x2\n"},
     AT(1),
     FALSE},
    {{"/at/tried-but-its-request-comes-later", CHANGES,
      "https://a.test switched\n"
      "  1 #4 learned h3=a.test:443 until 61\n"
      "  2 #5 tried h3=a.test:443 by alt-used\n"
      "  5 #7 used h3=a.test:443 by alt-used requests 1\n"
      "  9 #8 learned h2=a.test:444 until 69\n"
      "  9 #8 replaced h3=a.test:443\n"
      "  69 expired h2=a.test:444\n"
      "  1. h3=a.test:443 until 61 tried\n"
      "advertisements-differ x2\n"},
     AT(3),
     FALSE},
    {{"/at/after-the-use", CHANGES,
      "https://a.test switched\n"
      "  1 #4 learned h3=a.test:443 until 61\n"
      "  2 #5 tried h3=a.test:443 by alt-used\n"
      "  5 #7 used h3=a.test:443 by alt-used requests 1\n"
      "  9 #8 learned h2=a.test:444 until 69\n"
      "  9 #8 replaced h3=a.test:443\n"
      "  69 expired h2=a.test:444\n"
      "  1. h3=a.test:443 until 61 tried requests 1\n"
      "advertisements-differ x2\n"},
     AT(6),
     FALSE},
    {{"/at/after-the-replacement", CHANGES,
      "https://a.test switched\n"
      "  1 #4 learned h3=a.test:443 until 61\n"
      "  2 #5 tried h3=a.test:443 by alt-used\n"
      "  5 #7 used h3=a.test:443 by alt-used requests 1\n"
      "  9 #8 learned h2=a.test:444 until 69\n"
      "  9 #8 replaced h3=a.test:443\n"
      "  69 expired h2=a.test:444\n"
      "  1. h2=a.test:444 until 69\n"
      "advertisements-differ x2\n"},
     AT(10),
     FALSE},
    {{"/at/just-before-expiry", CHANGES,
      "https://a.test switched\n"
      "  1 #4 learned h3=a.test:443 until 61\n"
      "  2 #5 tried h3=a.test:443 by alt-used\n"
      "  5 #7 used h3=a.test:443 by alt-used requests 1\n"
      "  9 #8 learned h2=a.test:444 until 69\n"
      "  9 #8 replaced h3=a.test:443\n"
      "  69 expired h2=a.test:444\n"
      "  1. h2=a.test:444 until 69\n"
      "advertisements-differ x2\n"},
     AT(68),
     FALSE},
    {{"/at/expiry-itself", CHANGES,
      "https://a.test switched\n"
      "  1 #4 learned h3=a.test:443 until 61\n"
      "  2 #5 tried h3=a.test:443 by alt-used\n"
      "  5 #7 used h3=a.test:443 by alt-used requests 1\n"
      "  9 #8 learned h2=a.test:444 until 69\n"
      "  9 #8 replaced h3=a.test:443\n"
      "  69 expired h2=a.test:444\n"
      "advertisements-differ x2\n"},
     AT(69),
     FALSE},
    {{"/at/relative", "100 t0 open\n101 t0 " A " : h3=\":443\"\n103 t0 " A " : clear\n",
      "https://a.test ready\n"
      "  101 #2 learned h3=a.test:443 until 86501\n"
      "  103 #3 cleared 1\n"
      "  1. h3=a.test:443 until 86501\n"},
     {.has_at = TRUE, .at_relative = TRUE, .at = 2 * STORY_SECOND},
     FALSE},
    {{"/at/projected-alive", OPEN "1 t0 " A " : h3=\":443\"; ma=60\n",
      "https://a.test ready\n"
      "  1 #4 learned h3=a.test:443 until 61\n"
      "  1. h3=a.test:443 until 61\n"},
     AT(60),
     FALSE},
    {{"/at/projected-expired", OPEN "1 t0 " A " : h3=\":443\"; ma=60\n",
      "https://a.test ready\n"
      "  1 #4 learned h3=a.test:443 until 61\n"},
     AT(61),
     FALSE},
    {{"/client-by/ip", TWO_ADDRESSES,
      "10.0.0.1\n"
      "https://a.test ready\n"
      "  1 #3 learned h3=a.test:443 until 86401\n"
      "  1 #3 learned h2=a.test:444 persist until 86401\n"
      "  1. h3=a.test:443 until 86401\n"
      "  2. h2=a.test:444 persist until 86401\n"
      "10.0.0.9\n"
      "https://a.test unknown\n"},
     BY(IP),
     FALSE},
    {{"/rfc7838/2.2/network-change", TWO_ADDRESSES,
      "https://a.test not-used\n"
      "  1 #3 learned h3=a.test:443 until 86401\n"
      "  1 #3 learned h2=a.test:444 persist until 86401\n"
      "  2 #4 forgotten h3=a.test:443\n"
      "  1. h2=a.test:444 persist until 86401\n"
      "not-used\n"},
     BY(MAC),
     FALSE},
    {{"/rfc7838/2.2/client-that-keeps-all",
      "0 t0 open mac=02:00:00:00:00:01\n0 t0 tls sni=a.test alpn=h2\n"
      "0 t0 get 1 https://a.test / agent=curl/8.14.1\n1 t0 " A " : h3=\":443\"\n"
      "2 q0 open client=10.0.0.9 mac=02:00:00:00:00:01\n2 q0 tls client=10.0.0.9 sni=a.test "
      "alpn=h3\n3 q0 get 0 https://a.test / client=10.0.0.9 agent=curl/8.14.1 used=a.test\n",
      "https://a.test switched\n"
      "  1 #4 learned h3=a.test:443 until 86401\n"
      "  2 #5 tried h3=a.test:443 ~ not tried, forgotten when the network changed by alt-used\n"
      "  3 #7 used h3=a.test:443 by alt-used requests 1\n"
      "  1. h3=a.test:443 until 86401 over h2 tried requests 1\n"},
     BY(MAC),
     FALSE},
    {{"/rfc7838/2.2/client-that-keeps-all/near-miss-persist",
      "0 t0 open mac=02:00:00:00:00:01\n0 t0 tls sni=a.test alpn=h2\n"
      "0 t0 get 1 https://a.test / agent=curl/8.14.1\n1 t0 " A " : h3=\":443\"; persist=1\n"
      "2 q0 open client=10.0.0.9 mac=02:00:00:00:00:01\n2 q0 tls client=10.0.0.9 sni=a.test "
      "alpn=h3\n3 q0 get 0 https://a.test / client=10.0.0.9 agent=curl/8.14.1 used=a.test\n",
      "https://a.test switched\n"
      "  1 #4 learned h3=a.test:443 persist until 86401\n"
      "  2 #5 tried h3=a.test:443 persist by alt-used\n"
      "  3 #7 used h3=a.test:443 persist by alt-used requests 1\n"
      "  1. h3=a.test:443 persist until 86401 over h2 tried requests 1\n"},
     BY(MAC),
     FALSE},
    {{"/rfc7838/2.2/same-address-is-no-network-change",
      "0 t0 open mac=02:00:00:00:00:01\n1 t0 " A
      " : h3=\":443\"\n2 t1 open mac=02:00:00:00:00:01\n",
      "https://a.test ready\n"
      "  1 #2 learned h3=a.test:443 until 86401\n"
      "  1. h3=a.test:443 until 86401\n"},
     BY(MAC),
     FALSE},
    {{"/rfc7838/2.2/other-family-is-no-network-change",
      "0 t0 open mac=02:00:00:00:00:01\n1 t0 " A " : h3=\":443\"\n"
      "2 t1 open client=2001:db8::1 mac=02:00:00:00:00:01\n",
      "https://a.test ready\n"
      "  1 #2 learned h3=a.test:443 until 86401\n"
      "  1. h3=a.test:443 until 86401\n"},
     BY(MAC),
     FALSE},
    {{"/client-by/capture", TWO_ADDRESSES,
      "https://a.test not-used\n"
      "  1 #3 learned h3=a.test:443 until 86401\n"
      "  1 #3 learned h2=a.test:444 persist until 86401\n"
      "  1. h3=a.test:443 until 86401\n"
      "  2. h2=a.test:444 persist until 86401\n"
      "not-used\n"},
     BY(CAPTURE),
     FALSE},
    {{"/client-by/ip+agent",
      "0 t0 open\n0 t0 get 1 https://a.test / agent=Fox\n1 t0 " A " : h3=\":443\"\n"
      "2 t1 open\n2 t1 get 1 https://a.test / agent=Owl\n3 t1 " A " : h3=\":444\"\n"
      "4 q0 open server=192.0.2.1:444\n4 q0 tls sni=a.test alpn=h3\n5 q0 get 0 https://a.test /\n"
      "6 q1 open\n6 q1 tls sni=a.test alpn=h3\n7 q1 get 0 https://a.test / agent=Fox\n",
      "10.0.0.1 Fox\n"
      "https://a.test switched\n"
      "  1 #3 learned h3=a.test:443 until 86401\n"
      "  6 #10 tried h3=a.test:443 by sni-port-alpn\n"
      "  7 #12 used h3=a.test:443 by sni-port-alpn requests 1\n"
      "  1. h3=a.test:443 until 86401 tried requests 1\n"
      "10.0.0.1 Owl\n"
      "https://a.test switched\n"
      "  3 #6 learned h3=a.test:444 until 86403\n"
      "  4 #7 tried h3=a.test:444 by sni-port-alpn\n"
      "  5 #9 used h3=a.test:444 by sni-port-alpn requests 1\n"
      "  1. h3=a.test:444 until 86403 tried requests 1\n"
      "advertisements-differ x2\n"
      "alt-used-missing\n"
      "alt-used-missing\n"},
     BY(IP_AND_AGENT),
     FALSE},
    {{"/filter/client", TWO_ADDRESSES "3 t1 " A " : clear\n",
      "https://a.test not-advertised\n"
      "  3 #6 cleared 0\n"},
     {.client = "10.0.0.9"},
     FALSE},
    {{"/filter/origin",
      OPEN "0 t0 get 3 https://b.test /\n1 t0 " A " : h3=\":8443\"\n"
           "1 t0 header 3 https://b.test 200 : h3=443\n1 t0 frame 0 - problem=no-authority : x\n",
      "https://a.test ready\n"
      "  1 #5 learned h3=a.test:8443 until 86401\n"
      "  1. h3=a.test:8443 until 86401\n"
      "alternative-port-unprivileged\n"},
     {.origin = "https://a.test"},
     FALSE},
    {{"/order/clients-by-number-IPv4-first",
      "0 t0 open client=2001:db8::1\n0 t0 get 1 https://a.test /\n"
      "0 t1 open client=10.0.0.10\n0 t1 get 1 https://a.test /\n"
      "0 t2 open client=9.0.0.1\n0 t2 get 1 https://a.test /\n"
      "0 t3 open client=10.0.0.9\n0 t3 get 1 https://b.test /\n0 t3 get 3 https://a.test /\n"
      "0 t4 open client=10.0.0.8\n",
      "9.0.0.1\n"
      "https://a.test unknown\n"
      "10.0.0.9\n"
      "https://a.test unknown\n"
      "https://b.test unknown\n"
      "10.0.0.10\n"
      "https://a.test unknown\n"
      "2001:db8::1\n"
      "https://a.test unknown\n"},
     {0},
     FALSE},
    {{"/context/falls-back-after-a-421",
      "0.072 t0 open\n0.072 t0 tls sni=a.test alpn=h2 names=a.test\n"
      "0.072 t0 get 1 https://a.test /x\n0.072 t0 answer 1 https://a.test 200 alt\n"
      "0.072 t0 " A " : h3=\":443\"; ma=600\n"
      "0.101 q0 open\n0.104 q0 tls sni=a.test alpn=h3\n0.104 t0 close\n"
      "0.329 q0 get 0 https://a.test /favicon.ico used=a.test\n"
      "0.35 q0 answer 0 https://a.test 404\n"
      "1.36 q0 get 4 https://a.test /m used=a.test\n1.367 q0 answer 4 https://a.test 421\n"
      "1.367 q0 close\n1.368 t1 open\n1.37 t1 tls sni=a.test alpn=h2 resumed\n"
      "1.374 t1 get 3 https://a.test /m used=a.test\n1.38 t1 answer 3 https://a.test 421\n"
      "2.419 t2 open\n2.42 t2 tls sni=a.test alpn=h2 resumed\n2.43 t2 get 1 https://a.test /y\n"
      "2.44 t2 answer 1 https://a.test 200\n2.45 t2 get 3 https://a.test /y\n"
      "2.46 t2 answer 3 https://a.test 200\n3 t2 close capture-ends\n",
      "https://a.test fell-back\n"
      "  because misdirected\n"
      "  because misdirected-default-route\n"
      "  0.072 #5 learned h3=a.test:443 until 600.072\n"
      "  0.101 #6 tried h3=a.test:443 by alt-used\n"
      "  0.104 #8 context client closes the connection\n"
      "  0.329 #9 used h3=a.test:443 by alt-used requests 2\n"
      "    first GET /favicon.ico 404 #10, Alt-Used: a.test x2\n"
      "  1.367 #12 removed h3=a.test:443\n"
      "  1.367 #12 context GET /m 421 of use\n"
      "  1.367 #13 context client closes the connection\n"
      "  1.368 #14 context back to HTTP/2, session resumed\n"
      "  1.38 #17 context GET /m 421 with Alt-Used: a.test all the same\n"
      "  2.419 #18 context new connection, HTTP/2, session resumed\n"
      "  2.44 #21 context x2 last 2.46 #23 GET /y 200 no Alt-Svc in it\n"
      "misdirected\n"
      "misdirected-default-route\n"
      "alt-used-wrong\n"},
     {0},
     TRUE},
    {{"/context/nothing-where-nothing-happened",
      OPEN "1 t0 answer 1 https://a.test 200\n2 t0 close\n", "https://a.test not-advertised\n"},
     {0},
     TRUE},
    {{"/model/http1-at-an-alternative-for-h2/rfc7838", AT_H2_IN_HTTP1,
      "https://a.test unreachable\n"
      "  1 #4 learned h2=a.test:444 until 86401\n"
      "  2 #5 tried h2=a.test:444 by request-origin\n"
      "  3 #7 failed h2=a.test:444 alternative-alpn-mismatch\n"
      "  1. h2=a.test:444 until 86401 tried\n"
      "alternative-alpn-mismatch\n"},
     {.model = ASV_MODEL_RFC7838},
     FALSE},
    {{"/model/http1-at-an-alternative-for-h2/curl", AT_H2_IN_HTTP1,
      "https://a.test switched\n"
      "  because alternative-alpn-mismatch\n"
      "  1 #4 learned h2=a.test:444 until 86401\n"
      "  2 #5 tried h2=a.test:444 by alt-used\n"
      "  3 #7 used h2=a.test:444 ~ failed, HTTP/1.1 was negotiated instead by alt-used requests 1\n"
      "    first GET / 200 #8, Alt-Used: a.test:444 x1\n"
      "  1. h2=a.test:444 until 86401 over h2 tried requests 1\n"
      "alternative-alpn-mismatch\n"},
     {.model = ASV_MODEL_CURL},
     TRUE},
    {{"/identity/label-given-again-is-another-connection",
      OPEN "1 t0 " A " : h3=\":443\"\n2 q0 open id=one\n2 q0 tls id=one sni=a.test alpn=h3\n"
           "3 q0 open id=two\n3 q0 tls id=two sni=a.test alpn=h3\n",
      "https://a.test ready\n"
      "  1 #4 learned h3=a.test:443 until 86401\n"
      "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
      "  3 #7 tried h3=a.test:443 by sni-port-alpn\n"
      "  1. h3=a.test:443 until 86401 tried\n"},
     {0},
     FALSE},
};

static void check(gconstpointer data) {
  const Told *one = data;
  story_compare(&one->story, &one->options, one->context);
}

/* ---- fields that the printed story leaves out ---- */

static AsvTimeline *finished(const char *story, AsvTimelineOptions options) {
  AsvTimeline *timeline = asv_timeline_new(&options);
  story_run(timeline, story);
  asv_timeline_finish(timeline);
  return timeline;
}

static void test_at_fields(void) {
  AsvTimeline *timeline = finished(CHANGES, (AsvTimelineOptions)AT(100));
  g_assert_true(timeline->at_projected);
  g_assert_cmpint(timeline->at, ==, 100 * STORY_SECOND);
  g_assert_cmpint(timeline->last, ==, 80 * STORY_SECOND);
  asv_timeline_free(timeline);
  timeline = finished(CHANGES, (AsvTimelineOptions)AT(80));
  g_assert_false(timeline->at_projected);
  asv_timeline_free(timeline);
  timeline = finished(CHANGES, (AsvTimelineOptions){0});
  g_assert_cmpint(timeline->at, ==, 80 * STORY_SECOND);
  asv_timeline_free(timeline);
}

static void test_begin(void) {
  AsvTimelineOptions options = {.has_at = TRUE, .at_relative = TRUE, .at = 5 * STORY_SECOND};
  AsvTimeline *timeline = asv_timeline_new(&options);
  asv_timeline_begin(timeline, 90 * STORY_SECOND);
  story_run(timeline, "100 t0 open\n");
  asv_timeline_finish(timeline);
  g_assert_cmpint(timeline->at, ==, 95 * STORY_SECOND);
  asv_timeline_free(timeline);
}

static void test_event_fields(void) {
  AsvTimeline *timeline =
      finished(OPEN "0.5 t0 answer 1 https://a.test 200 alt\n0.5 t0 " A " age=7 : h3=\":443\"\n",
               (AsvTimelineOptions){0});
  const AsvClientReport *client = timeline->clients->pdata[0];
  const AsvOriginReport *origin = client->origins->pdata[0];
  const AsvEvent *event = origin->events->pdata[0];
  g_assert_cmpstr(client->model, ==, "rfc7838");
  g_assert_cmpstr(event->connection, ==, "tcp:0");
  g_assert_cmpuint(event->id, ==, g_str_hash("t0"));
  g_assert_cmpstr(event->file, ==, "story");
  g_assert_true(event->has_stream);
  g_assert_cmpuint(event->stream, ==, 1);
  g_assert_true(event->has_via);
  g_assert_cmpint(event->via, ==, ASV_VIA_HTTP2_HEADER);
  g_assert_cmpstr(event->method, ==, "GET");
  g_assert_cmpuint(event->status, ==, 200);
  g_assert_true(asv_span_is(asv_span(event->value, event->value_size), "h3=\":443\""));
  g_assert_true(event->alternative->has_age);
  g_assert_cmpuint(event->alternative->age, ==, 7);
  g_assert_true(event->alternative->own_host);
  g_assert_cmpuint(origin->advertisements, ==, 1);
  asv_timeline_free(timeline);
}

/* HTTP/1 pairs by order: the message behind each event is the one that was answered. */
static void test_http1_messages(void) {
  AsvTimeline *timeline = finished(
      "0 t0 open\n0 t0 get - https://a.test /1\n0 t0 get - https://a.test /2\n"
      "1 t0 answer - https://a.test 103 alt packet=4\n1 t0 header - https://a.test 103 packet=4 : "
      "h3=\":1\"\n"
      "1 t0 answer - https://a.test 200 alt packet=5\n1 t0 header - https://a.test 200 packet=5 : "
      "h3=\":2\"\n"
      "1 t0 answer - https://a.test 200 alt packet=5\n1 t0 header - https://a.test 200 packet=5 : "
      "h3=\":3\"\n",
      (AsvTimelineOptions){0});
  const AsvClientReport *client = timeline->clients->pdata[0];
  const AsvOriginReport *origin = client->origins->pdata[0];
  const char *paths[] = {"/1", "/1", "/1", "/2", "/2"};
  g_assert_cmpuint(origin->events->len, ==, G_N_ELEMENTS(paths));
  for (guint i = 0; i < origin->events->len; i++)
    g_assert_cmpstr(((AsvEvent *)origin->events->pdata[i])->path, ==, paths[i]);
  g_assert_cmpuint(timeline->coverage.responses, ==, 2);
  asv_timeline_free(timeline);
}

static void test_findings_of_events(void) {
  AsvTimeline *timeline =
      finished(OPEN "1 t0 " A " : h3=\":8443\", h9=\"b.test:443\"\n2 t0 " A " : x\n",
               (AsvTimelineOptions){0});
  const AsvClientReport *client = timeline->clients->pdata[0];
  const AsvOriginReport *origin = client->origins->pdata[0];
  const char *codes[][2] = {{"alternative-port-unprivileged", NULL},
                            {"protocol-unknown", "alternative-other-host"},
                            {"value-invalid", NULL}};
  for (guint i = 0; i < G_N_ELEMENTS(codes); i++) {
    const AsvEvent *event = origin->events->pdata[i];
    g_assert_cmpuint(event->findings->len, ==, codes[i][1] ? 2 : 1);
    for (guint j = 0; j < event->findings->len; j++) {
      guint id = g_array_index(event->findings, guint, j);
      g_assert_cmpstr(((AsvFinding *)timeline->findings->pdata[id - 1])->code, ==, codes[i][j]);
    }
  }
  const AsvFinding *worst = timeline->findings->pdata[0];
  g_assert_nonnull(strstr(worst->message, "octet 1 of: x"));
  asv_timeline_free(timeline);
}

static void test_because(void) {
  AsvTimeline *timeline = finished(OPEN "1 t0 " A " : x\n", (AsvTimelineOptions){0});
  const AsvClientReport *client = timeline->clients->pdata[0];
  const AsvOriginReport *origin = client->origins->pdata[0];
  g_assert_cmpint(origin->verdict, ==, ASV_OUTCOME_NOT_ACCEPTED);
  g_assert_cmpuint(g_array_index(origin->because, guint, 0), ==, 1);
  asv_timeline_free(timeline);
}

/* Where requests went once an alternative had failed. */
static void test_went_back(void) {
  static const char failed[] = OPEN "1 t0 " A
                                    " : h3=\":443\"\n2 q0 open\n"
                                    "2 q0 tls sni=a.test offers=h3 early\n6 q0 fail no-answer\n";
  static const struct {
    const char *after;
    gboolean went_back;
    const char *over;
  } cases[] = {{"", FALSE, NULL},
               {"7 t0 get 3 https://a.test /y\n", TRUE, "HTTP/2"},
               {"7 t1 open\n7 t1 tls sni=a.test alpn=http/1.1\n7 t1 get - https://a.test /y\n",
                TRUE, "HTTP/1.1"},
               {"7 t1 open\n7 t1 get - https://a.test /y\n", TRUE, NULL}};
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *story = g_strconcat(failed, cases[i].after, NULL);
    AsvTimeline *timeline = finished(story, (AsvTimelineOptions){0});
    const AsvClientReport *client = timeline->clients->pdata[0];
    const AsvOriginReport *origin = client->origins->pdata[0];
    g_assert_cmpint(origin->verdict, ==, ASV_OUTCOME_UNREACHABLE);
    g_assert_cmpint(origin->went_back, ==, cases[i].went_back);
    g_assert_cmpstr(origin->back_over, ==, cases[i].over);
    asv_timeline_free(timeline);
  }
}

static void test_connections(void) {
  AsvTimeline *timeline = finished(CHANGES, (AsvTimelineOptions){0});
  g_assert_cmpuint(timeline->connections->len, ==, 2);
  const AsvConnectionReport *row = timeline->connections->pdata[0];
  g_assert_cmpstr(row->label, ==, "tcp:0");
  g_assert_cmpstr(row->sni, ==, "a.test");
  g_assert_cmpstr(row->alpn, ==, "h2");
  g_assert_cmpint(row->closed, ==, 80 * STORY_SECOND);
  g_assert_cmpuint(row->requests, ==, 1);
  g_assert_cmpstr(row->origins->pdata[0], ==, "https://a.test");
  g_assert_cmpint(((AsvConnectionReport *)timeline->connections->pdata[1])->closed, ==, 0);
  g_assert_cmpuint(timeline->coverage.decrypted, ==, 2);
  asv_timeline_free(timeline);
}

static void test_hints(void) {
  AsvTimeline *timeline =
      finished(TWO_ADDRESSES "3 t0 get 3 https://a.test / agent=Elk\n", (AsvTimelineOptions){0});
  const AsvClientReport *first = timeline->clients->pdata[0], *second = timeline->clients->pdata[1];
  g_assert_nonnull(strstr(first->hint, "--client-by ip+agent"));
  g_assert_cmpuint(first->user_agents->len, ==, 2);
  g_assert_nonnull(strstr(second->hint, "--client-by mac"));
  asv_timeline_free(timeline);
  timeline = finished(OPEN, (AsvTimelineOptions){0});
  g_assert_null(((AsvClientReport *)timeline->clients->pdata[0])->hint);
  asv_timeline_free(timeline);
}

/* ---- limits, each reached ---- */

static AsvOriginReport *only_origin(const AsvTimeline *timeline) {
  return ((AsvClientReport *)timeline->clients->pdata[0])->origins->pdata[0];
}

static void test_alternatives_limit(void) {
  GString *story = g_string_new(OPEN "1 t0 " A " : h3=\":1\"");
  for (guint i = 2; i <= ASV_ALTERNATIVES_MAX + 3; i++)
    g_string_append_printf(story, ", h3=\":%u\"", i);
  AsvTimeline *timeline = finished(story->str, (AsvTimelineOptions){0});
  g_assert_cmpuint(only_origin(timeline)->cache->len, ==, ASV_ALTERNATIVES_MAX);
  g_assert_cmpuint(timeline->coverage.not_kept, ==, 1);
  asv_timeline_free(timeline);
  g_string_free(story, TRUE);
}

static void test_events_limit(void) {
  GString *story = g_string_new(OPEN);
  for (guint i = 0; i < ASV_ORIGIN_EVENTS_MAX + 5; i++)
    g_string_append(story, "1 t0 " A " : clear\n");
  g_string_append(story, "2 t0 " A " : h3=\":443\"\n3 t0 " A " : h3=\":443\"\n");
  AsvTimeline *timeline = finished(story->str, (AsvTimelineOptions){0});
  g_assert_cmpuint(only_origin(timeline)->events->len, ==, ASV_ORIGIN_EVENTS_MAX);
  g_assert_cmpuint(timeline->coverage.not_kept, ==, 7);
  g_assert_cmpuint(only_origin(timeline)->cache->len, ==, 1);
  asv_timeline_free(timeline);
  g_string_free(story, TRUE);
}

/* What findings do not compare is counted with what the timeline does not keep. */
static void test_findings_limit(void) {
  GString *story = g_string_new(NULL);
  for (guint i = 0; i < ASV_ORPHAN_CONNECTIONS_MAX + 3; i++)
    g_string_append_printf(story,
                           "1 t%u header 1 - 200 problem=request-not-captured : h3=\":443\"\n", i);
  AsvTimeline *timeline = finished(story->str, (AsvTimelineOptions){0});
  g_assert_cmpuint(timeline->coverage.not_kept, ==,
                   ASV_ORPHAN_CONNECTIONS_MAX + 3 - ASV_ORIGIN_EVENTS_MAX + 3);
  asv_timeline_free(timeline);
  g_string_free(story, TRUE);
}

static void test_context_limit(void) {
  GString *story = g_string_new(OPEN "1 t0 " A " : h3=\":443\"\n");
  for (guint i = 0; i < 2 * ASV_ORIGIN_CONTEXT_MAX; i++)
    g_string_append_printf(story,
                           "2 t0 get 5 https://a.test /%u\n2 t0 answer 5 https://a.test 200\n", i);
  AsvTimeline *timeline = finished(story->str, (AsvTimelineOptions){0});
  g_assert_cmpuint(only_origin(timeline)->events->len, ==, ASV_ORIGIN_CONTEXT_MAX + 1);
  asv_timeline_free(timeline);
  g_string_free(story, TRUE);
}

static void test_connection_limits(void) {
  GString *story = g_string_new("0 t0 open\n");
  for (guint i = 0; i < ASV_CONNECTION_ORIGINS_MAX + 2; i++)
    g_string_append_printf(story, "1 t0 get %u https://s%u.test /\n", 2 * i + 1, i);
  AsvTimeline *timeline = finished(story->str, (AsvTimelineOptions){0});
  const AsvConnectionReport *row = timeline->connections->pdata[0];
  g_assert_cmpuint(row->origins->len, ==, ASV_CONNECTION_ORIGINS_MAX);
  g_assert_cmpuint(timeline->coverage.not_kept, ==, 2);
  g_assert_cmpuint(row->requests, ==, ASV_CONNECTION_ORIGINS_MAX + 2);
  asv_timeline_free(timeline);
  g_string_free(story, TRUE);
}

static void test_value_limit(void) {
  GString *story = g_string_new(OPEN "1 t0 " A " : h3=\":443\"; x=");
  for (guint i = 0; i < ASV_VALUE_KEPT; i++) g_string_append_c(story, 'x');
  g_string_append(story, "\n");
  AsvTimeline *timeline = finished(story->str, (AsvTimelineOptions){0});
  const AsvEvent *event = only_origin(timeline)->events->pdata[0];
  g_assert_cmpint(event->kind, ==, ASV_EVENT_LEARNED);
  g_assert_cmpuint(event->value_size, ==, ASV_VALUE_KEPT);
  asv_timeline_free(timeline);
  g_string_free(story, TRUE);
}

static void test_agents_limit(void) {
  GString *story = g_string_new("0 t0 open\n");
  for (guint i = 0; i < 2 * ASV_USER_AGENTS_MAX; i++)
    g_string_append_printf(story, "1 t0 get 1 https://a.test / agent=A%u\n", i);
  AsvTimeline *timeline = finished(story->str, (AsvTimelineOptions){0});
  const AsvClientReport *client = timeline->clients->pdata[0];
  g_assert_cmpuint(client->user_agents->len, ==, ASV_USER_AGENTS_MAX);
  asv_timeline_free(timeline);
  g_string_free(story, TRUE);
}

/* A connection that is heard of again long after it was closed is still the same row when few were
 * closed since. */
static void test_half_closed(void) {
  AsvTimeline *timeline =
      finished(OPEN "1 t0 close\n2 t0 answer 1 https://a.test 200 alt\n2 t0 " A " : h3=\":443\"\n",
               (AsvTimelineOptions){0});
  g_assert_cmpuint(timeline->connections->len, ==, 1);
  const AsvEvent *event = only_origin(timeline)->events->pdata[0];
  g_assert_cmpstr(event->path, ==, "/x");
  asv_timeline_free(timeline);
}

static void check_absent(const char *client, const char *origin, const char *words) {
  AsvTimeline *timeline = finished(OPEN "1 t1 open client=10.0.0.9\n1 t1 get 1 https://b.test /\n",
                                   (AsvTimelineOptions){.client = client, .origin = origin});
  g_assert_cmpstr(timeline->absent, ==, words);
  asv_timeline_free(timeline);
}

/* Who or what was asked for and is not there, beside what is. */
static void test_absent(void) {
  check_absent(NULL, NULL, NULL);
  check_absent("10.0.0.9", NULL, NULL);
  check_absent("10.0.0.9", "https://b.test", NULL);
  check_absent("10.0.0.8", NULL,
               "No client 10.0.0.8 is in this capture; it has 10.0.0.1 and 10.0.0.9.");
  check_absent(NULL, "https://z.test",
               "No client asked for https://z.test in this capture; it has https://a.test and "
               "https://b.test.");
  check_absent("10.0.0.9", "https://a.test",
               "No client of that address asked for https://a.test in this capture; it has "
               "https://b.test.");
}

static const AsvFinding *finding_of(const AsvTimeline *timeline, const char *code) {
  for (guint i = 0; i < timeline->findings->len; i++) {
    const AsvFinding *finding = g_ptr_array_index(timeline->findings, i);
    if (g_str_equal(finding->code, code)) return finding;
  }
  g_error("no %s", code);
}

static void assert_message(const char *story, const char *code, const char *words, gboolean said) {
  AsvTimeline *timeline = finished(story, (AsvTimelineOptions){0});
  const char *message = finding_of(timeline, code)->message;
  if ((strstr(message, words) != NULL) != said) g_error("%s: %s", code, message);
  asv_timeline_free(timeline);
}

/* What only later packets show of a finding is told with it. */
static void test_completed_messages(void) {
#define OTHER_HOST OPEN "1 t0 " A " : h3=\"alt.test:443\"\n2 q0 open\n2 q0 tls sni=a.test alpn=h3"
  assert_message(OTHER_HOST " names=a.test\n3 q0 get 0 https://a.test /\n4 q0 close\n",
                 "alternative-other-host",
                 " The certificate of alt.test covers a.test, as it must.", TRUE);
  assert_message(OTHER_HOST " names=a.test\n4 q0 close\n", "alternative-other-host", "as it must",
                 TRUE);
  assert_message(OTHER_HOST " names=c.test\n3 q0 get 0 https://a.test /\n4 q0 close\n",
                 "alternative-other-host", "as it must", FALSE);
  assert_message(OTHER_HOST "\n3 q0 get 0 https://a.test /\n4 q0 close\n", "alternative-other-host",
                 "as it must", FALSE);
  assert_message(OPEN "1 t0 " A
                      " : h3=\":443\"\n2 q0 open\n2 q0 tls sni=a.test alpn=h3\n"
                      "3 q0 get 0 https://a.test /a\n3 q0 answer 0 https://a.test 200\n"
                      "4 q0 get 4 https://a.test /b\n4 q0 answer 4 https://a.test 421\n",
                 "misdirected", " 421 came to 1 of 2 requests over alternatives.", TRUE);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(told); i++)
    g_test_add_data_func(told[i].story.name, &told[i], check);
  g_test_add_func("/fields/at", test_at_fields);
  g_test_add_func("/fields/begin", test_begin);
  g_test_add_func("/fields/event", test_event_fields);
  g_test_add_func("/fields/http1-messages", test_http1_messages);
  g_test_add_func("/fields/findings-of-events", test_findings_of_events);
  g_test_add_func("/fields/because", test_because);
  g_test_add_func("/fields/went-back", test_went_back);
  g_test_add_func("/fields/connections", test_connections);
  g_test_add_func("/fields/hints", test_hints);
  g_test_add_func("/fields/absent", test_absent);
  g_test_add_func("/fields/completed-messages", test_completed_messages);
  g_test_add_func("/limits/alternatives", test_alternatives_limit);
  g_test_add_func("/limits/events", test_events_limit);
  g_test_add_func("/limits/findings", test_findings_limit);
  g_test_add_func("/limits/context", test_context_limit);
  g_test_add_func("/limits/connection-origins", test_connection_limits);
  g_test_add_func("/limits/value", test_value_limit);
  g_test_add_func("/limits/user-agents", test_agents_limit);
  g_test_add_func("/connections/half-closed", test_half_closed);
  return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DNS answers: which address a host has, which HTTPS record leads where, and
 * what both do to a timeline (tried, used, used-unlearned).
 */
#include "altsvc/answers.h"

#include "altsvc/limits.h"
#include "story.h"

/* ---- stories ---- */

/* A client that learned alternatives of https://a.test at second 1. */
#define LEARN(value)               \
  "0 t0 open\n"                    \
  "0 t0 tls sni=a.test alpn=h2\n"  \
  "0 t0 get 1 https://a.test /x\n" \
  "1 t0 header 1 https://a.test 200 : " value "; ma=60\n"
#define ALT LEARN("h3=\"alt.test:443\"")
#define ALT_LEARNED "  1 #4 learned h3=alt.test:443 until 61\n"
#define QUIC(server)         \
  "4 q0 open server=" server \
  "\n"                       \
  "4 q0 tls server=" server  \
  " sni=a.test alpn=h3\n"    \
  "5 q0 close server=" server "\n"
#define OTHER "alternative-other-host\n"
#define OTHERS "alternative-other-host x2\n"
#define TRIED                                       \
  "https://a.test ready\n" ALT_LEARNED              \
  "  4 #6 tried h3=alt.test:443 by sni-port-alpn\n" \
  "  1. h3=alt.test:443 until 61 tried\n" OTHER
#define NOT_TRIED "https://a.test ready\n" ALT_LEARNED "  1. h3=alt.test:443 until 61\n" OTHER
#define TWO LEARN("h3=\"one.test:443\"; ma=60, h3=\"two.test:443\"")
#define TWO_LEARNED                           \
  "  1 #4 learned h3=one.test:443 until 61\n" \
  "  1 #4 learned h3=two.test:443 until 61\n"

/* What a connection to another origin says of https://a.test, and one to 192.0.2.7 for it. */
#define FRAME                                                                  \
  "0 t0 open server=192.0.2.5:8443\n"                                          \
  "0 t0 tls sni=b.test alpn=h2 names=a.test,b.test server=192.0.2.5:8443\n"    \
  "1 t0 frame 0 https://a.test origin=https://a.test server=192.0.2.5:8443 : " \
  "h2=\"alt.test:443\"\n"
#define FRAME_LEARNED "  1 #3 learned h2=alt.test:443 until 86401\n"
#define FRAME_NOT_TRIED \
  "https://a.test ready\n" FRAME_LEARNED "  1. h2=alt.test:443 until 86401\n" OTHER
#define TCP                                                                            \
  "4 t1 open server=192.0.2.7:443\n4 t1 tls sni=a.test alpn=h2 server=192.0.2.7:443\n" \
  "5 t1 close server=192.0.2.7:443\n"

static const Story stories[] = {
    {"/answers/no-answer-is-as-before",
     ALT "2 u0 address other.test 60 192.0.2.9\n" QUIC("192.0.2.7:443"), TRIED},
    {"/answers/the-address-fits",
     ALT "2 u0 address alt.test 60 192.0.2.6,192.0.2.7\n" QUIC("192.0.2.7:443"), TRIED},
    {"/answers/another-address-is-no-try",
     ALT "2 u0 address alt.test 60 192.0.2.8\n" QUIC("192.0.2.7:443"), NOT_TRIED},
    {"/answers/hosts-have-no-case",
     LEARN("h3=\"ALT.test:443\"") "2 u0 address alt.test 60 192.0.2.8\n" QUIC("192.0.2.7:443"),
     "https://a.test ready\n"
     "  1 #4 learned h3=alt.test:443 until 61\n"
     "  1. h3=alt.test:443 until 61\n" OTHER},
    {"/answers/somebody-else-asked",
     ALT "2 u0 address alt.test 60 192.0.2.8 client=10.0.0.2\n" QUIC("192.0.2.7:443"), TRIED},
    {"/answers/another-family-rules-nothing-out",
     ALT "2 u0 address alt.test 60 192.0.2.8\n" QUIC("[2001:db8::7]:443"), TRIED},
    {"/answers/ipv6", ALT "2 u0 address alt.test 60 2001:db8::8\n" QUIC("[2001:db8::7]:443"),
     NOT_TRIED},
    {"/answers/its-time-is-over", ALT "2 u0 address alt.test 2 192.0.2.8\n" QUIC("192.0.2.7:443"),
     TRIED},
    {"/answers/its-time-is-not-over",
     ALT "2 u0 address alt.test 3 192.0.2.8\n" QUIC("192.0.2.7:443"), NOT_TRIED},
    {"/answers/an-older-answer-still-fits",
     ALT "2 u0 address alt.test 1 192.0.2.7\n3.5 u0 address alt.test 60 192.0.2.8\n" QUIC(
         "192.0.2.7:443"),
     "https://a.test ready\n" ALT_LEARNED "  4 #7 tried h3=alt.test:443 by sni-port-alpn\n"
     "  1. h3=alt.test:443 until 61 tried\n" OTHER},
    {"/answers/what-came-later-was-not-known",
     ALT "4 q0 open server=192.0.2.7:443\n"
         "4.1 u0 address alt.test 60 192.0.2.8\n"
         "4.2 q0 tls sni=a.test alpn=h3 server=192.0.2.7:443\n"
         "5 q0 close server=192.0.2.7:443\n",
     "https://a.test ready\n" ALT_LEARNED "  4 #5 tried h3=alt.test:443 by sni-port-alpn\n"
     "  1. h3=alt.test:443 until 61 tried\n" OTHER},
    {"/answers/a-hint-fits",
     ALT "2 u0 https alt.test 1 alpn=h3 hints=192.0.2.7\n2 u0 address alt.test 60 192.0.2.8\n" QUIC(
         "192.0.2.7:443"),
     "https://a.test ready\n" ALT_LEARNED "  4 #7 tried h3=alt.test:443 by sni-port-alpn\n"
     "  1. h3=alt.test:443 until 61 tried\n" OTHER},
    {"/answers/a-target-fits",
     ALT "2 u0 https alt.test 1 alpn=h3 target=svc.test\n2 u0 address alt.test 60 192.0.2.8\n"
         "2 u0 address svc.test 60 192.0.2.7\n" QUIC("192.0.2.7:443"),
     "https://a.test ready\n" ALT_LEARNED "  4 #8 tried h3=alt.test:443 by sni-port-alpn\n"
     "  1. h3=alt.test:443 until 61 tried\n" OTHER},
    {"/answers/two-fit", TWO "2 u0 address x.test 60 192.0.2.7\n" QUIC("192.0.2.7:443"),
     "https://a.test ready\n" TWO_LEARNED
     "  4 #6 tried h3=one.test:443 by sni-port-alpn ambiguous\n"
     "  1. h3=one.test:443 until 61 tried\n  2. h3=two.test:443 until 61\n" OTHERS},
    {"/answers/the-address-decides",
     TWO "2 u0 address two.test 60 192.0.2.7\n" QUIC("192.0.2.7:443"),
     "https://a.test ready\n" TWO_LEARNED "  4 #6 tried h3=two.test:443 by sni-port-alpn\n"
     "  1. h3=one.test:443 until 61\n  2. h3=two.test:443 until 61 tried\n" OTHERS},
    {"/answers/both-have-the-address",
     TWO "2 u0 address two.test 60 192.0.2.7\n2 u0 address one.test 60 192.0.2.7\n" QUIC(
         "192.0.2.7:443"),
     "https://a.test ready\n" TWO_LEARNED
     "  4 #7 tried h3=one.test:443 by sni-port-alpn ambiguous\n"
     "  1. h3=one.test:443 until 61 tried\n  2. h3=two.test:443 until 61\n" OTHERS},
    {"/answers/alt-used-decides-first",
     TWO "2 u0 address two.test 60 192.0.2.7\n"
         "4 q0 open server=192.0.2.7:443\n"
         "4 q0 tls sni=a.test alpn=h3 server=192.0.2.7:443\n"
         "5 q0 get 0 https://a.test / used=one.test server=192.0.2.7:443\n",
     "https://a.test switched\n" TWO_LEARNED "  4 #6 tried h3=one.test:443 by alt-used\n"
     "  5 #8 used h3=one.test:443 by alt-used requests 1\n"
     "  1. h3=one.test:443 until 61 tried requests 1\n  2. h3=two.test:443 until 61\n" OTHERS},
    /* No request on the default route was seen, so only DNS can tell the two apart. */
    {"/answers/over-tcp-to-the-same-port",
     FRAME "2 u0 address a.test 60 192.0.2.1\n2 u0 address alt.test 60 192.0.2.7\n" TCP,
     "https://a.test ready\n" FRAME_LEARNED "  4 #6 tried h2=alt.test:443 by sni-port-alpn\n"
     "  1. h2=alt.test:443 until 86401 tried\n" OTHER},
    {"/answers/over-tcp-to-the-same-address",
     FRAME "2 u0 address a.test 60 192.0.2.7\n2 u0 address alt.test 60 192.0.2.7\n" TCP,
     FRAME_NOT_TRIED},
    {"/answers/over-tcp-without-the-origin's-address",
     FRAME "2 u0 address alt.test 60 192.0.2.7\n" TCP, FRAME_NOT_TRIED},
    {"/answers/over-tcp-without-answers", FRAME TCP, FRAME_NOT_TRIED},
};

/* ---- the finding's words ---- */

/* What the finding used-unlearned says in a story whose client goes to q0 for a.test. */
static void check_words(const char *answers, const char *server, const char *expected) {
  g_autofree char *story = g_strdup_printf(
      "%s4 q0 open server=%s\n4 q0 tls sni=a.test alpn=h3 server=%s\n"
      "5 q0 get 0 https://a.test / server=%s\n",
      answers, server, server, server);
  AsvTimelineOptions options = {0};
  AsvTimeline *timeline = asv_timeline_new(&options);
  story_run(timeline, story);
  asv_timeline_finish(timeline);
  guint found = 0;
  for (guint i = 0; i < timeline->findings->len; i++) {
    const AsvFinding *finding = timeline->findings->pdata[i];
    if (strcmp(finding->code, "used-unlearned") != 0) continue;
    found++;
    if (!strstr(finding->message, expected)) g_printerr("said: %s\n", finding->message);
    g_assert_nonnull(strstr(finding->message, expected));
  }
  g_assert_cmpuint(found, ==, 1);
  asv_timeline_free(timeline);
}

static void test_words(void) {
  const char *here = "192.0.2.1:443", *there = "192.0.2.1:8443";
  const char *did = "the HTTPS record of a.test (packet 1) did.";
  const char *not = "the HTTPS records in it do not lead there";
  const char *none = "an HTTPS record, or an entry learned before";
  check_words("", here, none);
  check_words("1 u0 https b.test 1 alpn=h3\n", here, none);
  check_words("1 u0 https a.test 1 alpn=h2,h3\n", here, did);
  check_words("1 u0 https a.test 1 alpn=h3 client=10.0.0.9\n", here, did);
  check_words("1 u0 https a.test 1 alpn=h2\n", here, not );
  check_words("1 u0 https a.test 1 alpn=h3-29\n", here, not );
  check_words("1 u0 https a.test 1 alpn=h3 port=8443\n", here, not );
  check_words("1 u0 https a.test 1 alpn=h3 port=8443\n", there, did);
  check_words("1 u0 https a.test 1 alpn=h3\n", there, not );
  check_words("1 u0 https a.test 0 target=pool.test\n", here, not );
  check_words("1 u0 https pool.test 1 alpn=h3\n1 u0 https a.test 0 target=pool.test\n", here, did);
  check_words("1 u0 https a.test 0 target=a.test\n", here, not );
}

/* An answer behind the connection's first packet did not send it there. */
static void test_too_late(void) {
  check_words("4 q0 open\n4.1 u0 https a.test 1 alpn=h3\n", "192.0.2.1:443",
              "an HTTPS record, or an entry learned before");
}

/* ---- the table ---- */

static AsvObservation address_of(AsvAddressRecordSeen about) {
  return (AsvObservation){.kind = ASV_OBSERVATION_ADDRESS_RECORD, .address_record = about};
}

static AsvAddressFit fit_of(const AsvAnswers *answers, const char *host, const char *address) {
  return asv_answers_address(answers, "c", asv_span_text(host), asv_span_text(address), 10);
}

static void test_origin_with_port(void) {
  AsvAnswers *answers = asv_answers_new();
  AsvSpan h3 = asv_span_text("h3");
  AsvObservation seen = {
      .kind = ASV_OBSERVATION_HTTPS_RECORD,
      .packet = 3,
      .https_record = {
          .name = asv_span_text("_8443._https.a.test"), .priority = 1, .alpn = {&h3, 1}}};
  g_assert_true(asv_answers_add(answers, "c", 1, &seen));
  const AsvOrigin origins[] = {{ASV_SCHEME_HTTPS, asv_span_text("a.test"), 8443},
                               {ASV_SCHEME_HTTPS, asv_span_text("a.test"), 443}};
  const AsvWent went = {.protocol = "h3", .port = 8443, .time = 1};
  const AsvService *found;
  g_assert_true(asv_answers_service(answers, &origins[0], &went, &found));
  g_assert_nonnull(found);
  g_assert_cmpuint(found->packet, ==, 3);
  g_assert_false(asv_answers_service(answers, &origins[1], &went, &found));
  g_assert_null(found);
  /* http/1.1 needs no mention. */
  const AsvWent http1 = {.protocol = "http/1.1", .port = 8443, .time = 1};
  g_assert_true(asv_answers_service(answers, &origins[0], &http1, &found));
  g_assert_nonnull(found);
  asv_answers_free(answers);
}

/* The latest addresses of a name are kept. */
static void test_address_limit(void) {
  AsvAnswers *answers = asv_answers_new();
  for (guint i = 0; i <= ASV_ANSWERS_ADDRESSES_MAX; i++) {
    g_autofree char *text = g_strdup_printf("192.0.2.%u", i);
    AsvSpan address = asv_span_text(text);
    AsvObservation seen =
        address_of((AsvAddressRecordSeen){asv_span_text("a.test"), 60, {&address, 1}});
    g_assert_true(asv_answers_add(answers, "c", 1, &seen));
    g_assert_true(asv_answers_add(answers, "c", 2, &seen));
  }
  g_assert_cmpint(fit_of(answers, "a.test", "192.0.2.0"), ==, ASV_ADDRESS_OTHER);
  g_assert_cmpint(fit_of(answers, "A.test.", "192.0.2.1"), ==, ASV_ADDRESS_GIVEN);
  g_assert_cmpint(fit_of(answers, "a.test", "192.0.2.32"), ==, ASV_ADDRESS_GIVEN);
  asv_answers_free(answers);
}

static void test_service_limit(void) {
  AsvAnswers *answers = asv_answers_new();
  AsvSpan h3 = asv_span_text("h3");
  for (guint i = 0; i <= ASV_ANSWERS_SERVICES_MAX; i++) {
    AsvObservation seen = {.kind = ASV_OBSERVATION_HTTPS_RECORD,
                           .https_record = {.name = asv_span_text("a.test"),
                                            .priority = 1,
                                            .alpn = {&h3, 1},
                                            .has_port = TRUE,
                                            .port = 1000 + i}};
    g_assert_true(asv_answers_add(answers, "c", 1, &seen));
    g_assert_true(asv_answers_add(answers, "c", 2, &seen));
  }
  const AsvOrigin origin = {ASV_SCHEME_HTTPS, asv_span_text("a.test"), 443};
  for (guint i = 0; i <= ASV_ANSWERS_SERVICES_MAX; i++) {
    const AsvWent went = {.protocol = "h3", .port = (guint16)(1000 + i), .time = 1};
    const AsvService *found;
    g_assert_true(asv_answers_service(answers, &origin, &went, &found));
    g_assert_cmpint(found != NULL, ==, i > 0);
  }
  asv_answers_free(answers);
}

/* Of the ALPN names those that fit are kept. */
static void test_alpn_limit(void) {
  AsvAnswers *answers = asv_answers_new();
  g_autofree char *longest = g_strnfill(ASV_ANSWERS_ALPN_MAX - 2, 'x');
  AsvSpan names[] = {asv_span_text(longest), asv_span_text("h3")};
  const AsvOrigin origin = {ASV_SCHEME_HTTPS, asv_span_text("a.test"), 443};
  const AsvWent went = {.protocol = "h3", .port = 443, .time = 1};
  const AsvWent other = {.protocol = longest, .port = 443, .time = 1};
  const AsvService *found;
  AsvObservation seen = {
      .kind = ASV_OBSERVATION_HTTPS_RECORD,
      .https_record = {.name = asv_span_text("a.test"), .priority = 1, .alpn = {names, 2}}};
  g_assert_true(asv_answers_add(answers, "c", 1, &seen));
  g_assert_true(asv_answers_service(answers, &origin, &other, &found));
  g_assert_nonnull(found);
  g_assert_true(asv_answers_service(answers, &origin, &went, &found));
  g_assert_null(found);
  asv_answers_free(answers);
}

static void test_name_limit(void) {
  AsvAnswers *answers = asv_answers_new();
  AsvSpan address = asv_span_text("192.0.2.1");
  for (guint i = 0; i <= ASV_ANSWERS_NAMES_MAX; i++) {
    g_autofree char *name = g_strdup_printf("n%u.test", i);
    AsvObservation seen =
        address_of((AsvAddressRecordSeen){asv_span_text(name), 60, {&address, 1}});
    g_assert_cmpint(asv_answers_add(answers, "c", 1, &seen), ==, i < ASV_ANSWERS_NAMES_MAX);
  }
  g_assert_cmpint(fit_of(answers, "n0.test", "192.0.2.1"), ==, ASV_ADDRESS_GIVEN);
  asv_answers_free(answers);
}

/* --client-by capture: whoever asked, it was the client. Answers make no connection. */
static void test_one_client(void) {
  AsvTimelineOptions options = {.client_by = ASV_CLIENT_BY_CAPTURE};
  AsvTimeline *timeline = asv_timeline_new(&options);
  story_run(timeline,
            ALT "2 u0 address alt.test 60 192.0.2.8 client=10.0.0.2\n" QUIC("192.0.2.7:443"));
  asv_timeline_finish(timeline);
  g_autofree char *told = story_print(timeline, FALSE);
  g_assert_cmpstr(told, ==, NOT_TRIED);
  g_assert_cmpuint(timeline->connections->len, ==, 2);
  g_assert_cmpuint(timeline->coverage.connections, ==, 2);
  asv_timeline_free(timeline);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(stories); i++)
    g_test_add_data_func(stories[i].name, &stories[i], story_check);
  g_test_add_func("/answers/words", test_words);
  g_test_add_func("/answers/too-late", test_too_late);
  g_test_add_func("/answers/origin-with-port", test_origin_with_port);
  g_test_add_func("/answers/address-limit", test_address_limit);
  g_test_add_func("/answers/service-limit", test_service_limit);
  g_test_add_func("/answers/alpn-limit", test_alpn_limit);
  g_test_add_func("/answers/name-limit", test_name_limit);
  g_test_add_func("/answers/one-client", test_one_client);
  return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every code of the catalogue has a story that raises it and one that almost
 * does, and does not. What exactly is raised, and when, other tests hold.
 */
#include "story.h"

#define OPEN                                                                \
  "0 t0 open\n"                                                             \
  "0 t0 tls sni=a.test alpn=h2 offers=h2,http/1.1 names=a.test issuer=CA\n" \
  "0 t0 get 1 https://a.test /x\n"
#define SAYS(value) OPEN "1 t0 header 1 https://a.test 200 : " value "\n"
#define FRAME(words) OPEN "1 t0 frame " words "\n"
#define H3 SAYS("h3=\":443\"; ma=60")
#define GOOD " : h3=\":443\"\n"
#define QUIC "2 q0 open\n"
#define ASKS "2 q0 tls sni=a.test offers=h3 early\n"
#define SHAKEN "2 q0 tls sni=a.test alpn=h3 offers=h3 names=a.test issuer=CA\n"
#define USE "3 q0 get 0 https://a.test /y used=a.test\n"
#define USED H3 QUIC SHAKEN USE
#define AGENT(agent) "0 t0 get 3 https://a.test /z agent=" agent "\n"
#define AGAIN "4 t1 open\n4 t1 tls sni=a.test alpn=h2\n4 t1 get 1 https://a.test /z\n"
#define SILENT "2 t0 answer 1 https://a.test 200\n"
#define ONE_OF_FOUR                                                                                \
  OPEN "1 t0 answer 1 https://a.test 200 alt\n1 t0 header 1 https://a.test 200" GOOD SILENT SILENT \
      SILENT
#define OTHER "2 t1 open client=10.0.0.2\n2 t1 tls sni=a.test alpn=h2\n"

/* Each pair differs in what its code is about alone, as far as that can be. */
static const struct {
  const char *raises, *does_not;
} stories[ASV_FINDINGS_COUNT] = {
    [ASV_FINDING_FRAME_ORIGIN_MISSING] = {FRAME("0 -" GOOD),
                                          FRAME("0 https://a.test origin=https://a.test" GOOD)},
    [ASV_FINDING_FRAME_ORIGIN_UNEXPECTED] = {FRAME("1 https://a.test origin=https://a.test" GOOD),
                                             FRAME("1 https://a.test" GOOD)},
    [ASV_FINDING_FRAME_FROM_CLIENT] = {FRAME("1 https://a.test client" GOOD),
                                       FRAME("1 https://a.test" GOOD)},
    [ASV_FINDING_FRAME_MALFORMED] = {FRAME("1 https://a.test long" GOOD),
                                     FRAME("1 https://a.test" GOOD)},
    [ASV_FINDING_FRAME_EMPTY_VALUE] = {FRAME("1 https://a.test"),
                                       FRAME("1 https://a.test : clear")},
    [ASV_FINDING_FRAME_ORIGIN_INVALID] = {FRAME("0 - origin=https://a.test/x" GOOD),
                                          FRAME("0 https://a.test origin=https://a.test" GOOD)},
    [ASV_FINDING_FRAME_NOT_AUTHORITATIVE] = {FRAME("0 https://b.test origin=https://b.test" GOOD),
                                             FRAME("0 https://a.test origin=https://a.test" GOOD)},
    [ASV_FINDING_FRAME_STREAM_UNKNOWN] = {FRAME("9 - problem=stream-unknown" GOOD),
                                          FRAME("9 - problem=request-not-captured" GOOD)},
    [ASV_FINDING_VALUE_INVALID] = {SAYS("h3=:443"), SAYS("h3=\":443\"")},
    [ASV_FINDING_PROTOCOL_ID_NOT_CANONICAL] = {SAYS("h%33=\":443\""), SAYS("x%25=\":443\"")},
    [ASV_FINDING_HOST_NOT_ASCII] = {SAYS("h3=\"b\xc3\xa4.test:443\""),
                                    SAYS("h3=\"xn--b-zfa.test:443\"")},
    [ASV_FINDING_PORT_UNUSABLE] = {SAYS("h3=\":65536\""), SAYS("h3=\":65535\"")},
    [ASV_FINDING_ALTERNATIVE_WITHOUT_TLS] = {SAYS("h2c=\":80\""), SAYS("h2=\":80\"")},
    [ASV_FINDING_ALTERNATIVE_CERTIFICATE_MISMATCH] =
        {H3 QUIC "2 q0 tls sni=a.test alpn=h3 names=b.test\n3 q0 close\n",
         H3 QUIC "2 q0 tls sni=a.test alpn=h3 names=*.test\n3 q0 close\n"},
    [ASV_FINDING_ALTERNATIVE_CERTIFICATE_REJECTED] = {H3 QUIC SHAKEN
                                                      "3 q0 fail quic-close certificate\n",
                                                      H3 QUIC SHAKEN "3 q0 fail quic-close\n"},
    [ASV_FINDING_ALTERNATIVE_ALPN_MISMATCH] = {H3 QUIC ASKS
                                               "3 q0 fail quic-close : no_application_protocol\n",
                                               H3 QUIC ASKS
                                               "3 q0 fail quic-close : internal_error\n"},
    [ASV_FINDING_ALTERNATIVE_REFUSED] = {H3 QUIC ASKS "3 q0 fail icmp-unreachable\n",
                                         H3 QUIC ASKS "3 q0 fail packet-too-big\n"},
    [ASV_FINDING_ALTERNATIVE_NO_ANSWER] = {H3 QUIC ASKS "6 q0 fail no-answer\n",
                                           H3 QUIC ASKS "6 q0 close capture-ends\n"},
    [ASV_FINDING_ALTERNATIVE_HANDSHAKE_FAILED] = {H3 QUIC ASKS "6 q0 fail version-negotiation\n",
                                                  H3 QUIC ASKS "6 q0 fail no-answer\n"},
    [ASV_FINDING_ALTERNATIVE_STALLED] = {USED "6 q0 fail stateless-reset\n",
                                         H3 QUIC SHAKEN "6 q0 fail stateless-reset\n"},
    [ASV_FINDING_ALTERNATIVE_SNI_MISMATCH] = {SAYS("h3=\"b.test:443\"") QUIC
                                              "2 q0 tls sni=b.test alpn=h3\n" USE "4 q0 close\n",
                                              SAYS("h3=\"b.test:443\"") QUIC
                                              "2 q0 tls sni=b.test alpn=h3 ech\n" USE
                                              "4 q0 close\n"},
    [ASV_FINDING_AUTHORITY_NAMES_ALTERNATIVE] = {SAYS("h3=\"b.test:443\"") QUIC SHAKEN
                                                 "3 q0 get 0 https://b.test /\n",
                                                 SAYS("h3=\"b.test:443\"") QUIC SHAKEN
                                                 "3 q0 get 0 https://a.test /\n"},
    [ASV_FINDING_CONNECTION_SPECIFIC_FIELD] = {OPEN "1 t0 answer 1 https://a.test 200 "
                                                    "fields=keep-alive\n",
                                               OPEN "1 t0 answer 1 https://a.test 200\n"},
    [ASV_FINDING_VALUE_CLEAR_MIXED] = {SAYS("clear, h3=\":443\""), SAYS("clear")},
    [ASV_FINDING_PERSIST_NOT_1] = {SAYS("h3=\":443\"; persist=2"), SAYS("h3=\":443\"; persist=1")},
    [ASV_FINDING_MA_ZERO] = {SAYS("h3=\":443\"; ma=0"), SAYS("h3=\":443\"; ma=1")},
    [ASV_FINDING_MA_OVERFLOW] = {SAYS("h3=\":443\"; ma=2147483649"),
                                 SAYS("h3=\":443\"; ma=2147483648")},
    [ASV_FINDING_MA_NOT_A_NUMBER] = {SAYS("h3=\":443\"; ma=1x"), SAYS("h3=\":443\"; ma=\"1\"")},
    [ASV_FINDING_EXPIRED_ON_ARRIVAL] =
        {OPEN "1 t0 header 1 https://a.test 200 age=60 : h3=\":443\"; ma=60\n",
         OPEN "1 t0 header 1 https://a.test 200 age=59 : h3=\":443\"; ma=60\n"},
    [ASV_FINDING_ALTERNATIVE_PORT_UNPRIVILEGED] = {SAYS("h3=\":1024\""), SAYS("h3=\":1023\"")},
    [ASV_FINDING_ADVERTISED_OVER_HTTP] =
        {"0 t0 open\n0 t0 get - http://a.test /\n1 t0 header - http://a.test 200" GOOD, H3},
    [ASV_FINDING_PER_CLIENT_ALTERNATIVE] =
        {SAYS("h3=\"one.b.test:443\"; ma=9999999") OTHER
         "2 t1 header 1 https://a.test 200 client=10.0.0.2 : h3=\"two.b.test:443\"; ma=9999999\n",
         SAYS("h3=\"one.b.test:443\"; ma=60") OTHER
         "2 t1 header 1 https://a.test 200 client=10.0.0.2 : h3=\"two.b.test:443\"; ma=60\n"},
    [ASV_FINDING_MISDIRECTED] = {USED "4 q0 answer 0 https://a.test 421\n",
                                 USED "4 q0 answer 0 https://a.test 404\n"},
    [ASV_FINDING_MISDIRECTED_DEFAULT_ROUTE] = {OPEN "1 t0 answer 1 https://a.test 421\n",
                                               OPEN "1 t0 answer 1 https://a.test 404\n"},
    [ASV_FINDING_MISDIRECTED_WITH_ALT_SVC] = {OPEN "1 t0 header 1 https://a.test 421" GOOD, H3},
    [ASV_FINDING_USED_AFTER_421] =
        {USED "4 q0 answer 0 https://a.test 421\n5 q0 get 4 https://a.test / used=a.test\n",
         USED "4 q0 answer 0 https://a.test 404\n5 q0 get 4 https://a.test / used=a.test\n"},
    [ASV_FINDING_USED_AFTER_EXPIRY] =
        {H3 "61 q0 open\n61 q0 tls sni=a.test alpn=h3\n62 q0 get 0 https://a.test /\n",
         H3 "60 q0 open\n60 q0 tls sni=a.test alpn=h3\n62 q0 get 0 https://a.test /\n"},
    [ASV_FINDING_USED_AFTER_CLEAR] =
        {H3 "1.5 t0 header 1 https://a.test 200 : clear\n" QUIC SHAKEN USE,
         H3 QUIC SHAKEN "2.5 t0 header 1 https://a.test 200 : clear\n" USE},
    [ASV_FINDING_NOT_USED] = {H3 AGAIN, H3 "4 t0 get 3 https://a.test /z\n"},
    [ASV_FINDING_UDP_BLOCKED_LIKELY] =
        {H3 QUIC ASKS "6 q0 fail no-answer\n",
         H3 QUIC ASKS "3 q1 open server=192.0.2.7:443\n3 q1 tls sni=b.test alpn=h3\n"
                      "6 q0 fail no-answer\n"},
    [ASV_FINDING_ALT_USED_WRONG] = {H3 QUIC SHAKEN "3 q0 get 0 https://a.test /y used=b.test\n",
                                    USED},
    [ASV_FINDING_FRAME_FLAGS] = {FRAME("1 https://a.test flags" GOOD),
                                 FRAME("1 https://a.test" GOOD)},
    [ASV_FINDING_FRAME_AND_HEADER_MIXED] = {H3 "2 t0 frame 1 https://a.test : h3=\":444\"\n",
                                            H3 "2 t0 header 1 https://a.test 200 : h3=\":444\"\n"},
    [ASV_FINDING_VALUE_EMPTY_PARAMETER] = {SAYS("h3=\":443\";"), SAYS("h3=\":443\" ")},
    [ASV_FINDING_VALUE_EMPTY_ELEMENT] = {SAYS("h3=\":443\",,h2=\":444\""),
                                         SAYS("h3=\":443\",h2=\":444\"")},
    [ASV_FINDING_VALUE_DUPLICATE_PARAMETER] = {SAYS("h3=\":443\"; ma=1; ma=2"),
                                               SAYS("h3=\":443\"; ma=1, h2=\":444\"; ma=2")},
    [ASV_FINDING_PARAMETER_NAME_CASE] = {SAYS("h3=\":443\"; MA=1"), SAYS("h3=\":443\"; ma=1")},
    [ASV_FINDING_PARAMETER_UNKNOWN] = {SAYS("h3=\":443\"; max=1"), SAYS("h3=\":443\"; ma=1")},
    [ASV_FINDING_PROTOCOL_OBSOLETE] = {SAYS("h3-29=\":443\""), SAYS("h3-x=\":443\"")},
    [ASV_FINDING_PROTOCOL_UNKNOWN] = {SAYS("h4=\":443\""), SAYS("http%2F1.1=\":444\"")},
    [ASV_FINDING_ALTERNATIVE_IS_ORIGIN] = {SAYS("h2=\":443\""), SAYS("h3=\":443\"")},
    [ASV_FINDING_ALTERNATIVE_OTHER_HOST] = {SAYS("h3=\"b.test:443\""), SAYS("h3=\"A.test:443\"")},
    [ASV_FINDING_TRAILER_FIELD] = {OPEN "1 t0 header 1 https://a.test 200 trailer" GOOD, H3},
    [ASV_FINDING_USED_UNLEARNED] = {OPEN QUIC SHAKEN "3 q0 get 0 https://a.test /\n", USED},
    [ASV_FINDING_ADVERTISED_SOMETIMES] = {ONE_OF_FOUR SILENT, ONE_OF_FOUR},
    [ASV_FINDING_ADVERTISEMENTS_DIFFER] = {H3 "2 t0 header 1 https://a.test 200 : h3=\":444\"\n",
                                           H3 "2 t0 header 1 https://a.test 200 : h3=\":443\"\n"},
    [ASV_FINDING_ALT_USED_MISSING] = {H3 QUIC SHAKEN "3 q0 get 0 https://a.test /y\n", USED},
    [ASV_FINDING_PROXIED] = {"0 t0 open\n0 t0 get - - a.test:443 method=CONNECT\n",
                             "0 t0 open\n0 t0 get 1 https://a.test / method=CONNECT "
                             "protocol=websocket\n"},
    [ASV_FINDING_PROXY_LEG] = {OPEN "1 t0 get 3 https://a.test / proxy=via\n",
                               OPEN "1 t0 get 3 https://a.test /\n"},
    [ASV_FINDING_TLS_INTERCEPTED] =
        {H3 "1 t0 close\n" QUIC "2 q0 tls sni=a.test alpn=h3 names=a.test issuer=Box\n3 q0 close\n",
         H3 "1 t0 close\n" QUIC SHAKEN "3 q0 close\n"},
    [ASV_FINDING_CLIENT_IGNORES_FRAMES] =
        {OPEN AGENT("curl/8.14.1") "1 t0 frame 1 https://a.test" GOOD,
         OPEN AGENT("Firefox/153.0") "1 t0 frame 1 https://a.test" GOOD},
    [ASV_FINDING_CLIENT_HAS_NO_CACHE] = {OPEN AGENT("Wget/1.21") "1 t0 header 1 https://a.test "
                                                                 "200" GOOD AGAIN,
                                         OPEN AGENT("Own/1.0") "1 t0 header 1 https://a.test "
                                                               "200" GOOD AGAIN},
    [ASV_FINDING_KEEP_ALIVE_WITHOUT_CONNECTION] =
        {"0 t0 open\n1 t0 keep-alive - http://a.test why=http-1.0-without-connection\n",
         "0 t0 open\n1 t0 keep-alive - http://a.test why=connection-close\n"},
    [ASV_FINDING_COVERAGE_NO_SECRETS] = {"0 t0 open\n1 t0 lost no-secrets\n",
                                         "0 t0 open\n1 t0 lost not-http\n"},
    [ASV_FINDING_COVERAGE_BYTES_LOST] = {"0 t0 open\n1 t0 lost hpack-lost\n",
                                         "0 t0 open\n1 t0 lost not-http\n"},
    [ASV_FINDING_COVERAGE_STARTED_LATE] =
        {"0 t0 open\n1 t0 header 1 - 200 problem=request-not-captured" GOOD,
         "0 t0 open\n1 t0 header 1 - 200 problem=no-authority" GOOD},
    [ASV_FINDING_COVERAGE_ONE_DIRECTION] = {"0 t0 open\n1 t0 lost one-direction\n",
                                            "0 t0 open\n1 t0 lost not-http\n"}};

static gboolean is_raised(const char *story, AsvFindingCode code) {
  AsvTimelineOptions options = {0};
  AsvTimeline *timeline = asv_timeline_new(&options);
  gboolean found = FALSE;
  story_run(timeline, story);
  asv_timeline_finish(timeline);
  for (guint i = 0; i < timeline->findings->len; i++) {
    const AsvFinding *finding = timeline->findings->pdata[i];
    found |= strcmp(finding->code, asv_finding_name(code)) == 0;
  }
  asv_timeline_free(timeline);
  return found;
}

static void test_code(gconstpointer data) {
  AsvFindingCode code = (AsvFindingCode)GPOINTER_TO_UINT(data);
  g_assert_nonnull(stories[code].raises);
  g_assert_nonnull(stories[code].does_not);
  g_assert_true(is_raised(stories[code].raises, code));
  g_assert_false(is_raised(stories[code].does_not, code));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (guint code = 0; code < ASV_FINDINGS_COUNT; code++) {
    g_autofree char *path = g_strdup_printf("/catalogue/%s", asv_finding_name(code));
    g_test_add_data_func(path, GUINT_TO_POINTER(code), test_code);
  }
  return g_test_run();
}

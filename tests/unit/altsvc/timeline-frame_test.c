/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ALTSVC frames (RFC 7838 §4): which are ignored and why, and authority (§2.1). */
#include "story.h"

#define OPEN                                            \
  "0 t0 open\n"                                         \
  "0 t0 tls sni=a.test alpn=h2 names=a.test,*.b.test\n" \
  "0 t0 get 1 https://a.test /x\n"
#define PLAIN "0 t0 open server=192.0.2.1:80\n0 t0 get 1 http://a.test /x\n"
#define VALUE " : h3=\":443\"; ma=60\n"

static const Story stories[] = {
    {"/rfc7838/4/stream-0-with-origin",
     OPEN "1 t0 frame 0 https://a.test origin=https://a.test" VALUE,
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  1. h3=a.test:443 until 61\n"},
    {"/rfc7838/4/request-stream-without-origin", OPEN "1 t0 frame 1 https://a.test" VALUE,
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  1. h3=a.test:443 until 61\n"},
    {"/rfc7838/4/stream-0-without-origin", OPEN "1 t0 frame 0 - problem=no-authority" VALUE,
     "https://a.test unknown\n"
     "unplaced\n"
     "  1 #4 ignored frame-origin-missing\n"
     "frame-origin-missing\n"},
    {"/rfc7838/4/request-stream-with-origin",
     OPEN "1 t0 frame 1 https://a.test origin=https://a.test" VALUE,
     "https://a.test not-accepted\n"
     "  1 #4 ignored frame-origin-unexpected\n"
     "frame-origin-unexpected\n"},
    {"/rfc7838/4/from-a-client",
     OPEN "1 t0 frame 0 https://a.test origin=https://a.test client" VALUE,
     "https://a.test not-accepted\n"
     "  1 #4 ignored frame-from-client\n"
     "frame-from-client\n"},
    {"/rfc7838/4/origin-len-beyond-the-payload", OPEN "1 t0 frame 0 - problem=frame-malformed : \n",
     "https://a.test unknown\n"
     "unplaced\n"
     "  1 #4 ignored frame-malformed\n"
     "frame-malformed\n"},
    {"/rfc7838/4/longer-than-the-client-takes",
     OPEN "1 t0 frame 0 https://a.test origin=https://a.test long" VALUE,
     "https://a.test not-accepted\n"
     "  1 #4 ignored frame-malformed\n"
     "frame-malformed\n"},
    {"/rfc7838/4/empty-value", OPEN "1 t0 frame 0 https://a.test origin=https://a.test : \n",
     "https://a.test not-accepted\n"
     "  1 #4 ignored frame-empty-value\n"
     "frame-empty-value\n"},
    {"/rfc7838/4/empty-value-on-request-stream", OPEN "1 t0 frame 1 https://a.test : \n",
     "https://a.test not-accepted\n"
     "  1 #4 ignored frame-empty-value\n"
     "frame-empty-value\n"},
    {"/rfc7838/4/origin-with-a-path",
     OPEN "1 t0 frame 0 - origin=https://a.test/ problem=no-authority" VALUE,
     "https://a.test unknown\n"
     "unplaced\n"
     "  1 #4 ignored frame-origin-invalid\n"
     "frame-origin-invalid\n"},
    {"/rfc7838/4/origin-null", OPEN "1 t0 frame 0 - origin=null problem=no-authority" VALUE,
     "https://a.test unknown\n"
     "unplaced\n"
     "  1 #4 ignored frame-origin-invalid\n"
     "frame-origin-invalid\n"},
    {"/rfc7838/4/stream-unknown", OPEN "1 t0 frame 7 - problem=stream-unknown" VALUE,
     "https://a.test unknown\n"
     "unplaced\n"
     "  1 #4 ignored frame-stream-unknown\n"
     "frame-stream-unknown\n"},
    {"/rfc7838/4/stream-not-captured-accuses-nobody",
     OPEN "1 t0 lost one-direction\n1 t0 frame 7 - problem=request-not-captured" VALUE,
     "https://a.test unknown\n"
     "unplaced\n"
     "  1 #5 ignored coverage-started-late\n"
     "coverage-started-late\n"
     "coverage-one-direction\n"},
    {"/rfc7838/4/stream-lost-accuses-nobody",
     OPEN "1 t0 lost hpack-lost\n1 t0 frame 7 - problem=request-not-captured" VALUE,
     "https://a.test unknown\n"
     "unplaced\n"
     "  1 #5 ignored coverage-started-late\n"
     "coverage-bytes-lost\n"
     "coverage-started-late\n"},
    {"/rfc7838/4/invalid-value", OPEN "1 t0 frame 1 https://a.test : h3=443\n",
     "https://a.test not-accepted\n"
     "  1 #4 ignored value-invalid\n"
     "value-invalid\n"},
    {"/rfc7838/4/clear",
     OPEN "1 t0 frame 1 https://a.test" VALUE
          "2 t0 frame 0 https://a.test origin=https://a.test : clear\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #5 cleared 1\n"},
    {"/rfc7838/4/replaces-what-a-header-said",
     OPEN
     "1 t0 header 1 https://a.test 200 : h2=\":444\"; ma=60\n2 t0 frame 1 https://a.test" VALUE,
     "https://a.test ready\n"
     "  1 #4 learned h2=a.test:444 until 61\n"
     "  2 #5 learned h3=a.test:443 until 62\n"
     "  2 #5 replaced h2=a.test:444\n"
     "  1. h3=a.test:443 until 62\n"
     "frame-and-header-mixed\n"
     "advertisements-differ x2\n"},
    {"/rfc7838/2.1/certificate-covers-another-origin",
     OPEN "1 t0 frame 0 https://x.b.test origin=https://x.b.test" VALUE,
     "https://a.test unknown\n"
     "https://x.b.test ready\n"
     "  1 #4 learned h3=x.b.test:443 until 61\n"
     "  1. h3=x.b.test:443 until 61\n"},
    {"/rfc7838/2.1/certificate-does-not-cover",
     OPEN "1 t0 frame 0 https://b.test origin=https://b.test" VALUE,
     "https://a.test unknown\n"
     "https://b.test not-accepted\n"
     "  1 #4 ignored frame-not-authoritative\n"
     "frame-not-authoritative\n"},
    {"/rfc7838/2.1/request-does-not-replace-the-certificate",
     OPEN "0 t0 get 3 https://c.test /\n1 t0 frame 0 https://c.test origin=https://c.test" VALUE,
     "https://a.test unknown\n"
     "https://c.test not-accepted\n"
     "  1 #5 ignored frame-not-authoritative\n"
     "frame-not-authoritative\n"},
    {"/rfc7838/2.1/no-certificate-the-sni",
     "0 t0 open\n0 t0 tls sni=a.test alpn=h2\n"
     "1 t0 frame 0 https://a.test origin=https://a.test" VALUE,
     "https://a.test ready\n"
     "  1 #3 learned h3=a.test:443 until 61\n"
     "  1. h3=a.test:443 until 61\n"},
    {"/rfc7838/2.1/no-certificate-another-name",
     "0 t0 open\n0 t0 tls sni=a.test alpn=h2\n"
     "1 t0 frame 0 https://b.test origin=https://b.test" VALUE,
     "https://b.test not-accepted\n"
     "  1 #3 ignored frame-not-authoritative\n"
     "frame-not-authoritative\n"},
    {"/rfc7838/2.1/no-certificate-but-requested",
     "0 t0 open\n0 t0 tls sni=a.test alpn=h2\n0 t0 get 1 https://b.test /\n"
     "1 t0 frame 0 https://b.test origin=https://b.test" VALUE,
     "https://b.test ready\n"
     "  1 #4 learned h3=b.test:443 until 61\n"
     "  1. h3=b.test:443 until 61\n"},
    {"/rfc7838/2.1/no-certificate-requested-but-misdirected",
     "0 t0 open\n0 t0 tls sni=a.test alpn=h2\n0 t0 get 1 https://b.test /\n"
     "0.5 t0 answer 1 https://b.test 421\n"
     "1 t0 frame 0 https://b.test origin=https://b.test" VALUE,
     "https://b.test not-accepted\n"
     "  1 #5 ignored frame-not-authoritative\n"
     "frame-not-authoritative\n"
     "misdirected-default-route\n"},
    {"/rfc7838/2.1/certificate-of-the-resumed-session",
     OPEN "1 t1 open\n1 t1 tls sni=a.test alpn=h2 resumed\n"
          "2 t1 frame 0 https://y.b.test origin=https://y.b.test" VALUE,
     "https://a.test unknown\n"
     "https://y.b.test ready\n"
     "  2 #6 learned h3=y.b.test:443 until 62\n"
     "  1. h3=y.b.test:443 until 62\n"},
    {"/rfc7838/2.1/certificate-of-another-name-s-session-is-not",
     OPEN "1 t1 open\n1 t1 tls sni=x.b.test alpn=h2 resumed\n"
          "2 t1 frame 0 https://a.test origin=https://a.test" VALUE,
     "https://a.test not-accepted\n"
     "  2 #6 ignored frame-not-authoritative\n"
     "frame-not-authoritative\n"},
    {"/rfc7838/2.1/http-origin-over-tls",
     OPEN "1 t0 frame 0 http://a.test origin=http://a.test" VALUE,
     "http://a.test not-accepted\n"
     "  1 #4 ignored frame-not-authoritative\n"
     "https://a.test unknown\n"
     "frame-not-authoritative\n"
     "advertised-over-http\n"},
    {"/rfc7838/2.1/plain-connection-s-own-origin",
     PLAIN "1 t0 frame 0 http://a.test origin=http://a.test : h2c=\":81\"\n",
     "http://a.test ready\n"
     "  1 #3 learned h2c=a.test:81 until 86401\n"
     "  1. h2c=a.test:81 until 86401\n"
     "advertised-over-http\n"},
    {"/rfc7838/2.1/plain-connection-another-origin",
     PLAIN "1 t0 frame 0 http://b.test origin=http://b.test : h2c=\":81\"\n",
     "http://a.test unknown\n"
     "http://b.test not-accepted\n"
     "  1 #3 ignored frame-not-authoritative\n"
     "frame-not-authoritative\n"
     "advertised-over-http\n"},
    {"/rfc7838/2.1/plain-connection-https-origin",
     PLAIN "1 t0 frame 0 https://a.test origin=https://a.test" VALUE,
     "http://a.test unknown\n"
     "https://a.test not-accepted\n"
     "  1 #3 ignored frame-not-authoritative\n"
     "frame-not-authoritative\n"},
};

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(stories); i++)
    g_test_add_data_func(stories[i].name, &stories[i], story_check);
  return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tried, used, 421 and what is wrong about them: RFC 7838 §2.1, §2.2, §2.4, §5, §6. */
#include "story.h"

/* A client that learned h3 at a.test:443 for 60 s at second 1. */
#define LEARN                                         \
  "0 t0 open\n"                                       \
  "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n" \
  "0 t0 get 1 https://a.test /x\n"                    \
  "1 t0 header 1 https://a.test 200 : h3=\":443\"; ma=60\n"
#define QUIC    \
  "2 q0 open\n" \
  "2.1 q0 tls sni=a.test alpn=h3 names=a.test,b.test\n"
#define OFFER                                         \
  "0 t0 open\n"                                       \
  "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n" \
  "0 t0 get 1 https://a.test /x\n"                    \
  "1 t0 header 1 https://a.test 200 :"
/* A connection to a.test through a proxy. */
#define TUNNEL                                                     \
  "0 t0 open server=192.0.2.9:3128\n"                              \
  "0 t0 get - - a.test:443 method=CONNECT server=192.0.2.9:3128\n" \
  "0 t0 open id=in server=a.test:443\n"                            \
  "0 t0 tls id=in sni=a.test alpn=h2\n"                            \
  "0 t0 get 1 https://a.test / id=in\n"
/* A new connection on the default route. */
#define TWICE                     \
  "2 t1 open\n"                   \
  "2 t1 tls sni=a.test alpn=h2\n" \
  "2 t1 get 1 https://a.test /\n" \
  "3 t1 get 3 https://a.test /\n"
#define GET "get 0 https://a.test /y"

/* A client that asks for http/1.1 or gets no more where an alternative for h2 is said to be. */
#define IN_HTTP1(agent, between, used)                                          \
  "0 t0 open\n0 t0 tls sni=a.test alpn=h2\n0 t0 get 1 https://a.test /x " agent \
  "\n1 t0 header 1 https://a.test 200 : h2=\"alt.test:444\"\n" between          \
  "2 t1 open server=192.0.2.2:444\n2 t1 tls sni=a.test alpn=http/1.1\n"         \
  "3 t1 get - https://a.test / " used " " agent "\n"

static const Story stories[] = {
    {"/rfc7838/2.4/tried", LEARN QUIC "3 q0 close\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  1. h3=a.test:443 until 61 tried\n"},
    {"/rfc7838/2.4/tried-and-used", LEARN QUIC "3 q0 " GET "\n4 q0 get 4 https://a.test /z\n",
     "https://a.test switched\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  3 #7 used h3=a.test:443 by sni-port-alpn requests 2\n"
     "  1. h3=a.test:443 until 61 tried requests 2\n"
     "alt-used-missing\n"},
    {"/rfc7838/5/alt-used", LEARN QUIC "3 q0 " GET " used=a.test\n4 q0 " GET " used=a.test:443\n",
     "https://a.test switched\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #5 tried h3=a.test:443 by alt-used\n"
     "  3 #7 used h3=a.test:443 by alt-used requests 2\n"
     "  1. h3=a.test:443 until 61 tried requests 2\n"},
    {"/rfc7838/5/alt-used-wrong-port", LEARN QUIC "3 q0 " GET " used=a.test:444\n",
     "https://a.test switched\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  3 #7 used h3=a.test:443 by sni-port-alpn requests 1\n"
     "  1. h3=a.test:443 until 61 tried requests 1\n"
     "alt-used-wrong\n"},
    {"/rfc7838/5/alt-used-wrong-host", LEARN QUIC "3 q0 " GET " used=b.test\n",
     "https://a.test switched\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  3 #7 used h3=a.test:443 by sni-port-alpn requests 1\n"
     "  1. h3=a.test:443 until 61 tried requests 1\n"
     "alt-used-wrong\n"},
    {"/rfc7838/5/alt-used-not-an-authority", LEARN QUIC "3 q0 " GET " used=fd77::1:443\n",
     "https://a.test switched\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  3 #7 used h3=a.test:443 by sni-port-alpn requests 1\n"
     "  1. h3=a.test:443 until 61 tried requests 1\n"
     "alt-used-wrong\n"},
    {"/rfc7838/5/alt-used-on-the-default-route", LEARN "2 t0 get 3 https://a.test /y used=a.test\n",
     "https://a.test waiting\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  1. h3=a.test:443 until 61\n"
     "alt-used-wrong\n"},
    {"/rfc7838/5/alt-used-of-the-origin-as-alternative",
     "0 t0 open\n0 t0 tls sni=a.test alpn=h2\n0 t0 get 1 https://a.test /\n"
     "1 t0 header 1 https://a.test 200 : h2=\":443\"\n"
     "2 t1 open\n2 t1 tls sni=a.test alpn=h2\n2 t1 get 1 https://a.test / used=a.test\n",
     "https://a.test not-advertised\n"
     "  1 #4 learned h2=a.test:443 until 86401\n"
     "  1. h2=a.test:443 until 86401\n"
     "alternative-is-origin\n"},
    {"/use/no-try-on-another-port",
     LEARN "2 q0 open server=192.0.2.1:444\n2.1 q0 tls sni=a.test alpn=h3\n3 q0 close\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  1. h3=a.test:443 until 61\n"},
    {"/use/no-try-with-another-protocol",
     LEARN "2 q0 open\n2.1 q0 tls sni=a.test alpn=doq\n3 q0 close\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  1. h3=a.test:443 until 61\n"},
    {"/use/no-try-for-another-name", LEARN "2 q0 open\n2.1 q0 tls sni=b.test alpn=h3\n3 q0 close\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  1. h3=a.test:443 until 61\n"},
    {"/use/no-try-before-it-was-learned",
     "0 t0 open\n0 t0 tls sni=a.test alpn=h2\n0 t0 get 1 https://a.test /x\n"
     "0.5 q0 open\n0.6 q0 tls sni=a.test alpn=h3\n"
     "1 t0 header 1 https://a.test 200 : h3=\":443\"; ma=60\n2 q0 close\n",
     "https://a.test ready\n"
     "  1 #6 learned h3=a.test:443 until 61\n"
     "  1. h3=a.test:443 until 61\n"},
    {"/use/default-route-is-no-try",
     "0 t0 open\n0 t0 tls sni=a.test alpn=h2\n0 t0 get 1 https://a.test /x\n"
     "1 t0 header 1 https://a.test 200 : h2=\":443\"\n"
     "2 t1 open\n2 t1 tls sni=a.test alpn=h2\n3 t1 get 1 https://a.test /\n",
     "https://a.test not-advertised\n"
     "  1 #4 learned h2=a.test:443 until 86401\n"
     "  1. h2=a.test:443 until 86401\n"
     "alternative-is-origin\n"},
    {"/use/other-host-same-port-default-address-is-no-try",
     "0 t0 open\n0 t0 tls sni=a.test alpn=h2\n0 t0 get 1 https://a.test /x\n"
     "1 t0 header 1 https://a.test 200 : h2=\"alt.test:443\"\n"
     "2 t1 open\n2 t1 tls sni=a.test alpn=h2\n3 t1 get 1 https://a.test /\n",
     "https://a.test not-used\n"
     "  1 #4 learned h2=alt.test:443 until 86401\n"
     "  1. h2=alt.test:443 until 86401\n"
     "not-used\n"
     "alternative-other-host\n"},
    {"/use/other-host-reached-in-another-protocol-is-no-opportunity",
     "0 t0 open\n0 t0 tls sni=a.test alpn=http/1.1\n0 t0 get - https://a.test /x\n"
     "1 t0 header - https://a.test 200 : h2=\"alt.test:443\"\n"
     "2 t1 open server=192.0.2.2:443\n2 t1 tls sni=a.test alpn=http/1.1\n"
     "3 t1 get - https://a.test / used=alt.test:443\n",
     "https://a.test unreachable\n"
     "  1 #4 learned h2=alt.test:443 until 86401\n"
     "  2 #5 tried h2=alt.test:443 by request-origin\n"
     "  3 #7 failed h2=alt.test:443 alternative-alpn-mismatch\n"
     "  1. h2=alt.test:443 until 86401 tried\n"
     "alternative-alpn-mismatch\n"
     "alternative-other-host\n"},
    {"/use/in-http1/curl",
     IN_HTTP1("agent=curl/8.14.1", "", "used=alt.test:444") "4 t1 answer - https://a.test 200\n"
                                                            "5 t1 get - https://a.test / "
                                                            "used=alt.test:444\n",
     "https://a.test switched\n"
     "  1 #4 learned h2=alt.test:444 until 86401\n"
     "  2 #5 tried h2=alt.test:444 by alt-used\n"
     "  3 #7 used h2=alt.test:444 ~ failed, HTTP/1.1 was negotiated instead by alt-used requests "
     "2\n"
     "  1. h2=alt.test:444 until 86401 over h2 tried requests 2\n"
     "alternative-alpn-mismatch\n"
     "alternative-other-host\n"},
    {"/use/in-http1/curl-at-the-origins-port",
     "0 t0 open\n0 t0 tls sni=a.test alpn=http/1.1\n"
     "0 t0 get - https://a.test /x agent=curl/7.88.1\n"
     "1 t0 header - https://a.test 200 : h2=\"alt.test:443\"\n"
     "2 t1 open server=192.0.2.2:443\n2 t1 tls sni=a.test alpn=http/1.1\n"
     "3 t1 get - https://a.test / used=alt.test:443 agent=curl/7.88.1\n",
     "https://a.test switched\n"
     "  1 #4 learned h2=alt.test:443 until 86401\n"
     "  2 #5 tried h2=alt.test:443 by alt-used\n"
     "  3 #7 used h2=alt.test:443 ~ failed, HTTP/1.1 was negotiated instead by alt-used requests "
     "1\n"
     "  1. h2=alt.test:443 until 86401 over h1 tried requests 1\n"
     "alternative-alpn-mismatch\n"
     "alternative-other-host\n"},
    {"/use/in-http1/curl-after-clear",
     IN_HTTP1("agent=curl/8.18.0",
              "1.5 t0 get 3 https://a.test /\n"
              "1.5 t0 header 3 https://a.test 200 : clear\n",
              "used=alt.test:444"),
     "https://a.test waiting\n"
     "  1 #4 learned h2=alt.test:444 until 86401\n"
     "  1.5 #6 cleared 1\n"
     "used-after-clear\n"
     "alternative-other-host\n"},
    {"/use/in-http1/near-miss-without-alt-used", IN_HTTP1("agent=curl/8.14.1", "", ""),
     "https://a.test waiting\n"
     "  1 #4 learned h2=alt.test:444 until 86401\n"
     "  1. h2=alt.test:444 until 86401 over h2\n"
     "alternative-other-host\n"
     "used-unlearned\n"},
    {"/use/in-http1/near-miss-closed-without-a-request",
     "0 t0 open\n0 t0 tls sni=a.test alpn=h2\n0 t0 get 1 https://a.test /x agent=curl/8.14.1\n"
     "1 t0 header 1 https://a.test 200 : h2=\"alt.test:444\"\n"
     "2 t1 open server=192.0.2.2:444\n"
     "2 t1 tls sni=a.test alpn=http/1.1 offers=h2,http/1.1\n3 t1 close server\n",
     "https://a.test unreachable\n"
     "  1 #4 learned h2=alt.test:444 until 86401\n"
     "  2 #5 tried h2=alt.test:444 by sni-port-alpn\n"
     "  3 #7 failed h2=alt.test:444 alternative-alpn-mismatch\n"
     "  1. h2=alt.test:444 until 86401 over h2 tried\n"
     "alternative-alpn-mismatch\n"
     "alternative-other-host\n"},
    {"/use/in-http1/near-miss-firefox", IN_HTTP1("agent=Firefox/153.0", "", "used=alt.test:444"),
     "https://a.test unreachable\n"
     "  1 #4 learned h2=alt.test:444 until 86401\n"
     "  2 #5 tried h2=alt.test:444 by request-origin\n"
     "  3 #7 failed h2=alt.test:444 alternative-alpn-mismatch\n"
     "  1. h2=alt.test:444 until 5 tried\n"
     "alternative-alpn-mismatch\n"
     "alternative-other-host\n"},
    {"/use/other-host-same-port-other-address-is-a-try",
     "0 t0 open\n0 t0 tls sni=a.test alpn=h2\n0 t0 get 1 https://a.test /x\n"
     "1 t0 header 1 https://a.test 200 : h2=\"alt.test:443\"\n"
     "2 t1 open server=192.0.2.2:443\n2 t1 tls sni=a.test alpn=h2\n"
     "3 t1 get 1 https://a.test / used=alt.test:443\n",
     "https://a.test switched\n"
     "  1 #4 learned h2=alt.test:443 until 86401\n"
     "  2 #5 tried h2=alt.test:443 by alt-used\n"
     "  3 #7 used h2=alt.test:443 by alt-used requests 1\n"
     "  1. h2=alt.test:443 until 86401 tried requests 1\n"
     "alternative-other-host\n"},
    {"/use/address-as-host",
     "0 t0 open\n0 t0 tls sni=a.test alpn=h2\n0 t0 get 1 https://a.test /x\n"
     "1 t0 header 1 https://a.test 200 : h3=\"[2001:db8::2]:443\"\n"
     "2 q0 open\n2 q0 tls sni=a.test alpn=h3\n2 q0 close\n"
     "3 q1 open server=[2001:db8::2]:443\n3 q1 tls sni=a.test alpn=h3\n3 q1 close\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=[2001:db8::2]:443 until 86401\n"
     "  3 #8 tried h3=[2001:db8::2]:443 by sni-port-alpn\n"
     "  1. h3=[2001:db8::2]:443 until 86401 tried\n"
     "alternative-other-host\n"},
    {"/use/over-tcp-at-another-port",
     "0 t0 open\n0 t0 tls sni=a.test alpn=h2\n0 t0 get 1 https://a.test /x\n"
     "1 t0 header 1 https://a.test 200 : h2=\":444\"\n"
     "2 t1 open server=192.0.2.1:444\n2 t1 tls sni=a.test alpn=h2\n3 t1 get 1 https://a.test /\n",
     "https://a.test switched\n"
     "  1 #4 learned h2=a.test:444 until 86401\n"
     "  2 #5 tried h2=a.test:444 by sni-port-alpn\n"
     "  3 #7 used h2=a.test:444 by sni-port-alpn requests 1\n"
     "  1. h2=a.test:444 until 86401 tried requests 1\n"
     "alt-used-missing\n"},
    {"/use/plain-http",
     "0 t0 open server=192.0.2.1:80\n0 t0 get 1 http://a.test /\n"
     "1 t0 header 1 http://a.test 200 : h2c=\":81\"\n"
     "2 t1 open server=192.0.2.1:81\n2 t1 get 1 http://a.test / used=a.test:81\n",
     "http://a.test switched\n"
     "  1 #3 learned h2c=a.test:81 until 86401\n"
     "  2 #4 tried h2c=a.test:81 by alt-used\n"
     "  2 #5 used h2c=a.test:81 by alt-used requests 1\n"
     "  1. h2c=a.test:81 until 86401 tried requests 1\n"
     "advertised-over-http\n"},
    {"/use/two-entries-fit",
     "0 t0 open\n0 t0 tls sni=a.test alpn=h2\n0 t0 get 1 https://a.test /x\n"
     "1 t0 header 1 https://a.test 200 : h3=\"b.test:443\", h3=\":443\"\n"
     "2 q0 open\n2 q0 tls sni=a.test alpn=h3\n3 q0 get 0 https://a.test /\n",
     "https://a.test switched\n"
     "  1 #4 learned h3=b.test:443 until 86401\n"
     "  1 #4 learned h3=a.test:443 until 86401\n"
     "  2 #5 tried h3=b.test:443 by sni-port-alpn ambiguous\n"
     "  3 #7 used h3=b.test:443 by sni-port-alpn ambiguous requests 1\n"
     "  1. h3=b.test:443 until 86401 tried requests 1\n"
     "  2. h3=a.test:443 until 86401\n"
     "alternative-other-host\n"
     "alt-used-missing\n"},
    {"/use/two-entries-fit-alt-used-decides",
     "0 t0 open\n0 t0 tls sni=a.test alpn=h2\n0 t0 get 1 https://a.test /x\n"
     "1 t0 header 1 https://a.test 200 : h3=\"b.test:443\", h3=\":443\"\n"
     "2 q0 open\n2 q0 tls sni=a.test alpn=h3\n3 q0 get 0 https://a.test / used=a.test\n",
     "https://a.test switched\n"
     "  1 #4 learned h3=b.test:443 until 86401\n"
     "  1 #4 learned h3=a.test:443 until 86401\n"
     "  2 #5 tried h3=a.test:443 by alt-used\n"
     "  3 #7 used h3=a.test:443 by alt-used requests 1\n"
     "  1. h3=b.test:443 until 86401\n"
     "  2. h3=a.test:443 until 86401 tried requests 1\n"
     "alternative-other-host\n"},
    {"/use/coalescing",
     LEARN "1 t0 get 3 https://b.test /\n"
           "1 t0 header 3 https://b.test 200 : h3=\":443\"; ma=60\n" QUIC "3 q0 " GET
           "\n4 q0 get 4 https://b.test /\n",
     "https://a.test switched\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #7 tried h3=a.test:443 by sni-port-alpn\n"
     "  3 #9 used h3=a.test:443 by sni-port-alpn requests 1\n"
     "  1. h3=a.test:443 until 61 tried requests 1\n"
     "https://b.test switched\n"
     "  1 #6 learned h3=b.test:443 until 61\n"
     "  4 #10 used h3=b.test:443 by request-origin requests 1\n"
     "  1. h3=b.test:443 until 61 requests 1\n"
     "alt-used-missing\n"
     "alt-used-missing\n"},
    {"/use/existing-connection-from-when-it-fits",
     "0 q0 open\n0 q0 tls sni=a.test alpn=h3\n0 q0 get 0 https://a.test /\n"
     "1 q0 header 0 https://a.test 200 : h3=\":443\"\n2 q0 get 4 https://a.test /\n",
     "https://a.test switched\n"
     "  1 #4 learned h3=a.test:443 until 86401\n"
     "  2 #5 used h3=a.test:443 by sni-port-alpn requests 1\n"
     "  1. h3=a.test:443 until 86401 requests 1\n"
     "used-unlearned\n"
     "alt-used-missing\n"},
    {"/use/unlearned", "0 q0 open\n0 q0 tls sni=a.test alpn=h3\n0 q0 get 0 https://a.test /\n",
     "https://a.test unknown\n"
     "used-unlearned\n"},
    {"/use/unlearned-over-tcp-is-the-origin",
     "0 t0 open server=192.0.2.1:8443\n0 t0 tls sni=a.test alpn=h2\n"
     "0 t0 get 1 https://a.test:8443 /\n",
     "https://a.test:8443 unknown\n"},
    {"/use/unlearned-a-plain-proxy-is-not",
     "0 t0 open server=192.0.2.1:3128\n0 t0 get - http://a.test /\n", "http://a.test unknown\n"},
    {"/rfc7838/2.2/used-after-expiry",
     LEARN "61 q0 open\n61 q0 tls sni=a.test alpn=h3\n62 q0 " GET "\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  61 expired h3=a.test:443\n"
     "used-after-expiry\n"},
    {"/rfc7838/2.2/opened-before-expiry-may-go-on",
     LEARN "60 q0 open\n60.1 q0 tls sni=a.test alpn=h3\n62 q0 " GET "\n",
     "https://a.test switched\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  60 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  61 expired h3=a.test:443\n"
     "  62 #7 used h3=a.test:443 by sni-port-alpn requests 1\n"
     "alt-used-missing\n"},
    {"/rfc7838/3/used-after-clear",
     LEARN "2 t0 header 1 https://a.test 200 : clear\n"
           "3 q0 open\n3 q0 tls sni=a.test alpn=h3\n3 q0 " GET "\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #5 cleared 1\n"
     "used-after-clear\n"},
    {"/rfc7838/3/opened-before-clear-may-go-on",
     LEARN QUIC "2.5 q0 " GET "\n3 t0 header 1 https://a.test 200 : clear\n4 q0 " GET "\n",
     "https://a.test switched\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  2.5 #7 used h3=a.test:443 by sni-port-alpn requests 2\n"
     "  3 #8 cleared 1\n"
     "alt-used-missing\n"},
    {"/rfc7838/6/misdirected-removes-the-entry",
     LEARN QUIC "3 q0 " GET "\n3.1 q0 answer 0 https://a.test 421\n",
     "https://a.test switched\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  3 #7 used h3=a.test:443 by sni-port-alpn requests 1\n"
     "  3.1 #8 removed h3=a.test:443\n"
     "misdirected\n"
     "alt-used-missing\n"},
    {"/rfc7838/6/misdirected-removes-that-entry-only",
     "0 t0 open\n0 t0 tls sni=a.test alpn=h2\n0 t0 get 1 https://a.test /x\n"
     "1 t0 header 1 https://a.test 200 : h3=\":443\", h3=\":444\"\n"
     "2 q0 open\n2 q0 tls sni=a.test alpn=h3\n3 q0 " GET "\n"
     "3.1 q0 answer 0 https://a.test 421\n",
     "https://a.test switched\n"
     "  1 #4 learned h3=a.test:443 until 86401\n"
     "  1 #4 learned h3=a.test:444 until 86401\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  3 #7 used h3=a.test:443 by sni-port-alpn requests 1\n"
     "  3.1 #8 removed h3=a.test:443\n"
     "  1. h3=a.test:444 until 86401\n"
     "misdirected\n"
     "alt-used-missing\n"},
    {"/rfc7838/6/misdirected-for-that-origin-only",
     LEARN "1 t0 get 3 https://b.test /\n"
           "1 t0 header 3 https://b.test 200 : h3=\":443\"; ma=60\n" QUIC "3 q0 " GET
           "\n3 q0 get 4 https://b.test /\n3.1 q0 answer 4 https://b.test 421\n",
     "https://a.test switched\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #7 tried h3=a.test:443 by sni-port-alpn\n"
     "  3 #9 used h3=a.test:443 by sni-port-alpn requests 1\n"
     "  1. h3=a.test:443 until 61 tried requests 1\n"
     "https://b.test switched\n"
     "  1 #6 learned h3=b.test:443 until 61\n"
     "  3 #10 used h3=b.test:443 by request-origin requests 1\n"
     "  3.1 #11 removed h3=b.test:443\n"
     "misdirected\n"
     "alt-used-missing\n"
     "alt-used-missing\n"},
    {"/rfc7838/6/alt-svc-of-a-421-ignored",
     LEARN QUIC "3 q0 " GET "\n3.1 q0 answer 0 https://a.test 421 alt\n"
                "3.1 q0 header 0 https://a.test 421 : h3=\":443\"; ma=60\n",
     "https://a.test switched\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  3 #7 used h3=a.test:443 by sni-port-alpn requests 1\n"
     "  3.1 #8 removed h3=a.test:443\n"
     "  3.1 #9 ignored misdirected-with-alt-svc\n"
     "misdirected\n"
     "misdirected-with-alt-svc\n"
     "alt-used-missing\n"},
    {"/rfc7838/6/alt-svc-of-other-errors-counts",
     LEARN "2 t0 answer 1 https://a.test 500 alt\n"
           "2 t0 header 1 https://a.test 500 : h3=\":444\"; ma=60\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #6 learned h3=a.test:444 until 62\n"
     "  2 #6 replaced h3=a.test:443\n"
     "  1. h3=a.test:444 until 62\n"
     "advertisements-differ x2\n"},
    {"/rfc7838/6/misdirected-on-the-default-route",
     LEARN "2 t0 get 3 https://a.test /\n2.1 t0 answer 3 https://a.test 421\n",
     "https://a.test waiting\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  1. h3=a.test:443 until 61\n"
     "misdirected-default-route\n"},
    {"/rfc7838/6/used-after-421-on-a-new-connection",
     LEARN QUIC "3 q0 " GET "\n3.1 q0 answer 0 https://a.test 421\n"
                "4 q1 open\n4 q1 tls sni=a.test alpn=h3\n4 q1 " GET "\n",
     "https://a.test switched\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  3 #7 used h3=a.test:443 by sni-port-alpn requests 1\n"
     "  3.1 #8 removed h3=a.test:443\n"
     "used-after-421\n"
     "misdirected\n"
     "alt-used-missing\n"},
    {"/rfc7838/6/used-after-421-on-the-same-connection",
     LEARN QUIC "3 q0 " GET "\n3.1 q0 answer 0 https://a.test 421\n4 q0 " GET "\n",
     "https://a.test switched\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  3 #7 used h3=a.test:443 by sni-port-alpn requests 2\n"
     "  3.1 #8 removed h3=a.test:443\n"
     "used-after-421\n"
     "misdirected\n"
     "alt-used-missing\n"},
    {"/rfc7838/6/on-its-way-when-the-421-came",
     LEARN QUIC "3 q0 " GET "\n3.1 q0 answer 0 https://a.test 421\n3.15 q0 " GET "\n",
     "https://a.test switched\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  3 #7 used h3=a.test:443 by sni-port-alpn requests 2\n"
     "  3.1 #8 removed h3=a.test:443\n"
     "misdirected\n"
     "alt-used-missing\n"},
    {"/rfc7838/6/learned-again-after-421",
     LEARN QUIC "3 q0 " GET "\n3.1 q0 answer 0 https://a.test 421\n"
                "4 t0 header 1 https://a.test 200 : h3=\":443\"; ma=60\n5 q0 " GET "\n",
     "https://a.test switched\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  3 #7 used h3=a.test:443 by sni-port-alpn requests 1\n"
     "  3.1 #8 removed h3=a.test:443\n"
     "  4 #9 learned h3=a.test:443 until 64\n"
     "  5 #10 used h3=a.test:443 by sni-port-alpn requests 1\n"
     "  1. h3=a.test:443 until 64 requests 1\n"
     "misdirected\n"
     "alt-used-missing x2\n"},
    {"/rfc7838/2/authority-names-the-alternative",
     "0 t0 open\n0 t0 tls sni=a.test alpn=h2\n0 t0 get 1 https://a.test /x\n"
     "1 t0 header 1 https://a.test 200 : h3=\"alt.test:443\"\n"
     "2 q0 open\n2 q0 tls sni=a.test alpn=h3\n2 q0 get 0 https://alt.test /\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=alt.test:443 until 86401\n"
     "  2 #5 tried h3=alt.test:443 by sni-port-alpn\n"
     "  1. h3=alt.test:443 until 86401 tried\n"
     "https://alt.test unknown\n"
     "authority-names-alternative\n"
     "alternative-other-host\n"},
    {"/rfc7838/2/alternative-visited-for-itself",
     "0 t0 open\n0 t0 tls sni=a.test alpn=h2\n0 t0 get 1 https://a.test /x\n"
     "1 t0 header 1 https://a.test 200 : h3=\"alt.test:443\"\n"
     "2 q0 open\n2 q0 tls sni=a.test alpn=h3\n2 q0 get 0 https://a.test /\n"
     "2 q0 get 4 https://alt.test /\n",
     "https://a.test switched\n"
     "  1 #4 learned h3=alt.test:443 until 86401\n"
     "  2 #5 tried h3=alt.test:443 by sni-port-alpn\n"
     "  2 #7 used h3=alt.test:443 by sni-port-alpn requests 1\n"
     "  1. h3=alt.test:443 until 86401 tried requests 1\n"
     "https://alt.test unknown\n"
     "alternative-other-host\n"
     "alt-used-missing\n"},
    {"/rfc7838/2.4/not-used", OFFER " h2=\":444\"\n" TWICE,
     "https://a.test not-used\n"
     "  1 #4 learned h2=a.test:444 until 86401\n"
     "  1. h2=a.test:444 until 86401\n"
     "not-used\n"},
    {"/rfc7838/2.4/not-used-over-quic", OFFER " h3=\":443\"\n" TWICE,
     "https://a.test not-used\n"
     "  1 #4 learned h3=a.test:443 until 86401\n"
     "  1. h3=a.test:443 until 86401\n"
     "not-used\n"},
    {"/rfc7838/2.4/not-used-websocket-does-not-count",
     LEARN "2 t1 open\n2 t1 tls sni=a.test alpn=http/1.1\n"
           "2 t1 get - https://a.test / protocol=websocket\n",
     "https://a.test waiting\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  1. h3=a.test:443 until 61\n"},
    {"/rfc7838/2.4/not-used-through-a-proxy-does-not-count",
     TUNNEL "1 t0 header 1 https://a.test 200 id=in : h2=\":444\"\n"
            "2 t1 open server=192.0.2.9:3128\n"
            "2 t1 get - - a.test:443 method=CONNECT server=192.0.2.9:3128\n"
            "2 t1 open id=in1 server=a.test:443\n2 t1 tls id=in1 sni=a.test alpn=h2\n"
            "2 t1 get 1 https://a.test / id=in1\n",
     "https://a.test proxied\n"
     "  1 #6 learned h2=a.test:444 until 86401\n"
     "  1. h2=a.test:444 until 86401\n"
     "proxied x2\n"},
    {"/rfc7838/2.4/not-used-of-other-connections-counts",
     TUNNEL "1 t0 header 1 https://a.test 200 id=in : h2=\":444\"\n"
            "2 t1 open\n2 t1 tls sni=a.test alpn=h2\n2 t1 get 1 https://a.test /\n",
     "https://a.test not-used\n"
     "  1 #6 learned h2=a.test:444 until 86401\n"
     "  1. h2=a.test:444 until 86401\n"
     "not-used\n"
     "proxied\n"},
    {"/use/through-a-proxy",
     TUNNEL "1 t0 header 1 https://a.test 200 id=in : h2=\"alt.test:443\"\n"
            "2 t1 open server=192.0.2.9:3128\n"
            "2 t1 get - - alt.test:443 method=CONNECT server=192.0.2.9:3128\n"
            "2 t1 open id=in1 server=alt.test:443\n2 t1 tls id=in1 sni=a.test alpn=h2\n"
            "2 t1 get 1 https://a.test / id=in1 used=alt.test\n",
     "https://a.test switched\n"
     "  1 #6 learned h2=alt.test:443 until 86401\n"
     "  2 #9 tried h2=alt.test:443 by alt-used\n"
     "  2 #11 used h2=alt.test:443 by alt-used requests 1\n"
     "  1. h2=alt.test:443 until 86401 tried requests 1\n"
     "alternative-other-host\n"
     "proxied x2\n"},
    {"/rfc7838/2.4/not-used-without-a-request-does-not-count",
     LEARN "2 t1 open\n2 t1 tls sni=a.test alpn=h2\n3 t1 close\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  1. h3=a.test:443 until 61\n"},
    {"/rfc7838/2.4/not-used-unusable-does-not-count",
     "0 t0 open\n0 t0 tls sni=a.test alpn=h2\n0 t0 get 1 https://a.test /x\n"
     "1 t0 header 1 https://a.test 200 : h3=\":0\"\n"
     "2 t1 open\n2 t1 tls sni=a.test alpn=h2\n2 t1 get 1 https://a.test /\n",
     "https://a.test not-accepted\n"
     "  1 #4 learned h3=a.test:0 (port is 0) until 86401\n"
     "  1. h3=a.test:0 (port is 0) until 86401\n"
     "port-unusable\n"},
    {"/rfc7838/2.4/waiting-on-the-old-connection", LEARN "2 t0 get 3 https://a.test /\n",
     "https://a.test waiting\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  1. h3=a.test:443 until 61\n"},
    {"/verdict/unreadable-try",
     LEARN "2 q0 open\n2.1 q0 tls sni=a.test alpn=h3 sealed\n2.2 q0 lost no-secrets\n3 q0 close\n"
           "4 t1 open\n4 t1 tls sni=a.test alpn=h2\n4 t1 get 1 https://a.test /\n",
     "https://a.test unknown\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  1. h3=a.test:443 until 61 tried\n"
     "coverage-no-secrets\n"},
    {"/verdict/not-advertised",
     "0 t0 open\n0 t0 tls sni=a.test alpn=h2\n0 t0 get 1 https://a.test /x\n"
     "1 t0 answer 1 https://a.test 200\n",
     "https://a.test not-advertised\n"},
    {"/verdict/the-origin-itself-is-nowhere-to-switch-to",
     "0 t0 open\n0 t0 tls sni=a.test alpn=h2\n0 t0 get 1 https://a.test /x\n"
     "1 t0 header 1 https://a.test 200 : h2=\":443\", h2=\":0\"\n"
     "2 t0 get 3 https://a.test /\n",
     "https://a.test not-advertised\n"
     "  1 #4 learned h2=a.test:443 until 86401\n"
     "  1 #4 learned h2=a.test:0 (port is 0) until 86401\n"
     "  1. h2=a.test:443 until 86401\n"
     "  2. h2=a.test:0 (port is 0) until 86401\n"
     "port-unusable\n"
     "alternative-is-origin\n"},
    {"/verdict/the-origin-itself-beside-another",
     "0 t0 open\n0 t0 tls sni=a.test alpn=h2\n0 t0 get 1 https://a.test /x\n"
     "1 t0 header 1 https://a.test 200 : h2=\":443\", h2=\":444\"\n"
     "2 t0 get 3 https://a.test /\n",
     "https://a.test waiting\n"
     "  1 #4 learned h2=a.test:443 until 86401\n"
     "  1 #4 learned h2=a.test:444 until 86401\n"
     "  1. h2=a.test:443 until 86401\n"
     "  2. h2=a.test:444 until 86401\n"
     "alternative-is-origin\n"},
};

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(stories); i++)
    g_test_add_data_func(stories[i].name, &stories[i], story_check);
  return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Verdicts, each where it borders on another: RFC 7838 §2.1, §2.4, §6, §9.1. */
#include "story.h"

#define OPEN    \
  "0 t0 open\n" \
  "0 t0 tls sni=a.test alpn=h2 offers=h2,http/1.1 names=a.test\n"
#define ASK(agent) "0 t0 get 1 https://a.test /x agent=" agent "\n"
#define SAY(value) "1 t0 header 1 https://a.test 200 : " value "\n"
#define CHROMIUM "Chrome/156.0.0.0"
#define CURL "curl/8.14.1"
#define ANY "thing/2"
#define STANDS "2 q0 open\n2 q0 tls sni=a.test alpn=h3 names=a.test\n"
#define BACK "7 t0 get 3 https://a.test /y\n"

static const Story stories[] = {
    /* A try is answered: what came with it does not count, what comes later waits. */
    {"/ready/request-raced-with-the-try",
     OPEN ASK(ANY) SAY("h3=\":443\"") STANDS "2.2 t0 get 3 https://a.test /y\n9 q0 close\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 86401\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  1. h3=a.test:443 until 86401 tried\n"},
    {"/waiting/request-after-the-try",
     OPEN ASK(ANY) SAY("h3=\":443\"") STANDS "2.3 t0 get 3 https://a.test /y\n9 q0 close\n",
     "https://a.test waiting\n"
     "  1 #4 learned h3=a.test:443 until 86401\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  1. h3=a.test:443 until 86401 tried\n"},
    {"/waiting/try-not-answered",
     OPEN ASK(ANY) SAY("h3=\":443\"") "2 q0 open\n2 q0 tls sni=a.test offers=h3 early\n"
                                      "2.1 t0 get 3 https://a.test /y\n9 q0 close\n",
     "https://a.test waiting\n"
     "  1 #4 learned h3=a.test:443 until 86401\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  1. h3=a.test:443 until 86401 tried\n"},
    {"/ready/try-shared-with-another-origin",
     OPEN ASK(ANY) SAY("h3=\":443\"") STANDS "2.1 q0 get 0 https://b.test /\n"
                                             "2.2 t0 get 3 https://a.test /y\n9 q0 close\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 86401\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  1. h3=a.test:443 until 86401 tried\n"
     "https://b.test unknown\n"
     "used-unlearned\n"},
    {"/waiting/requests-on-a-connection-that-dns-led-to",
     "0 u0 https a.test 1 alpn=h3 port=444\n"
     "0 q1 open server=192.0.2.1:444\n"
     "0 q1 tls sni=a.test alpn=h3\n"
     "0 q1 get 0 https://a.test /x\n"
     "1 q1 header 0 https://a.test 200 : h3=\":443\"\n"
     "2 q1 get 4 https://a.test /y\n",
     "https://a.test waiting\n"
     "  1 #5 learned h3=a.test:443 until 86401\n"
     "  1. h3=a.test:443 until 86401\n"
     "used-unlearned\n"},
    /* Chromium stays below 1024. */
    {"/cannot/unprivileged-port", OPEN ASK(CHROMIUM) SAY("h3=\":8443\"") BACK,
     "https://a.test client-cannot\n"
     "  1 #4 learned h3=a.test:8443 until 86401\n"
     "  1. h3=a.test:8443 until 86401\n"
     "alternative-port-unprivileged\n"},
    {"/cannot/unprivileged-port-or-tcp", OPEN ASK(CHROMIUM) SAY("h3=\":1024\", h2=\":8443\"") BACK,
     "https://a.test client-cannot\n"
     "  1 #4 learned h3=a.test:1024 until 86401\n"
     "  1 #4 learned h2=a.test:8443 until 86401\n"
     "  1. h3=a.test:1024 until 86401\n"
     "  2. h2=a.test:8443 until 86401\n"
     "alternative-port-unprivileged x2\n"},
    {"/cannot/near-miss/last-privileged-port", OPEN ASK(CHROMIUM) SAY("h3=\":1023\"") BACK,
     "https://a.test waiting\n"
     "  1 #4 learned h3=a.test:1023 until 86401\n"
     "  1. h3=a.test:1023 until 86401\n"},
    {"/cannot/near-miss/another-client", OPEN ASK(ANY) SAY("h3=\":8443\"") BACK,
     "https://a.test waiting\n"
     "  1 #4 learned h3=a.test:8443 until 86401\n"
     "  1. h3=a.test:8443 until 86401\n"
     "alternative-port-unprivileged\n"},
    {"/cannot/near-miss/origin-unprivileged-too",
     "0 t0 open server=192.0.2.1:8080\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test\n"
     "0 t0 get 1 https://a.test:8080 /x agent=" CHROMIUM "\n"
     "1 t0 header 1 https://a.test:8080 200 : h3=\":8443\"\n",
     "https://a.test:8080 ready\n"
     "  1 #4 learned h3=a.test:8443 until 86401\n"
     "  1. h3=a.test:8443 until 86401\n"},
    /* Frames that nobody would take are not what this client misses. */
    {"/cannot/reads-no-frames",
     OPEN ASK(CURL) "1 t0 frame 0 https://a.test origin=https://a.test : h3=\":443\"\n",
     "https://a.test client-cannot\n"
     "  1 #4 ignored client-ignores-frames ~ learned h3 at a.test:443 for 86400 s\n"
     "client-ignores-frames\n"},
    {"/cannot/near-miss/frame-for-nobody",
     OPEN ASK(CURL) "1 t0 frame 0 https://a.test origin=https://a.test : garbage\n",
     "https://a.test not-accepted\n"
     "  1 #4 ignored client-ignores-frames\n"
     "value-invalid\n"
     "client-ignores-frames\n"},
    /* To the origin's port, at a server that nothing but Alt-Used tells from the origin's. */
    {"/switched/alt-used-alone-tells",
     "0 t0 open\n0 t0 tls sni=b.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://b.test /\n"
     "1 t0 frame 0 https://a.test origin=https://a.test : h2=\"alt.test:443\"\n"
     "2 t1 open server=192.0.2.2:443\n2 t1 tls sni=a.test alpn=h2\n"
     "2 t1 get 1 https://a.test / used=alt.test\n",
     "https://a.test switched\n"
     "  1 #4 learned h2=alt.test:443 until 86401\n"
     "  2 #5 tried h2=alt.test:443 by alt-used\n"
     "  2 #7 used h2=alt.test:443 by alt-used requests 1\n"
     "  1. h2=alt.test:443 until 86401 tried requests 1\n"
     "https://b.test unknown\n"
     "alternative-other-host\n"},
    {"/not-used/near-miss/no-alt-used",
     "0 t0 open\n0 t0 tls sni=b.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://b.test /\n"
     "1 t0 frame 0 https://a.test origin=https://a.test : h2=\"alt.test:443\"\n"
     "2 t1 open server=192.0.2.2:443\n2 t1 tls sni=a.test alpn=h2\n"
     "2 t1 get 1 https://a.test /\n",
     "https://a.test not-used\n"
     "  1 #4 learned h2=alt.test:443 until 86401\n"
     "  1. h2=alt.test:443 until 86401\n"
     "https://b.test unknown\n"
     "not-used\n"
     "alternative-other-host\n"},
    /* A request that nobody could read. */
    {"/unknown/fields-cannot-be-read",
     OPEN ASK(ANY) SAY("h3=\":443\"") STANDS "3 q0 lost qpack-lost client\n9 q0 close\n",
     "https://a.test unknown\n"
     "  1 #4 learned h3=a.test:443 until 86401\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  1. h3=a.test:443 until 86401 tried\n"
     "coverage-bytes-lost\n"},
    /* A 421 counts until the alternative is asked again. */
    {"/fell-back/421-asked-again-at-the-origin",
     OPEN ASK(CHROMIUM) SAY("h3=\":443\"") STANDS
     "3 q0 get 0 https://a.test /m\n3.1 q0 answer 0 https://a.test 421\n"
     "3.1 t0 get 3 https://a.test /m\n9 q0 close\n",
     "https://a.test fell-back\n"
     "  1 #4 learned h3=a.test:443 until 86401\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  3 #7 used h3=a.test:443 ~ removed, it answered 421 by sni-port-alpn requests 1\n"
     "  1. h3=a.test:443 until 86401 tried requests 1\n"
     "misdirected\n"},
    {"/switched/421-and-used-again",
     OPEN ASK(CHROMIUM) SAY("h3=\":443\"") STANDS
     "3 q0 get 0 https://a.test /m\n3.1 q0 answer 0 https://a.test 421\n"
     "3.1 t0 get 3 https://a.test /m\n4 q0 get 4 https://a.test /y\n"
     "4.1 q0 answer 4 https://a.test 200\n9 q0 close\n",
     "https://a.test switched\n"
     "  1 #4 learned h3=a.test:443 until 86401\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  3 #7 used h3=a.test:443 ~ removed, it answered 421 by sni-port-alpn requests 2\n"
     "  1. h3=a.test:443 until 86401 tried requests 2\n"
     "misdirected\n"},
    /* QUIC that failed before its SNI could leave. */
    {"/tried-by-address/quic",
     OPEN ASK(ANY) SAY("h3=\":449\"") "2 q0 open server=192.0.2.1:449\n"
                                      "2 q0 fail icmp-unreachable\n" BACK "9 q0 close\n",
     "https://a.test unreachable\n"
     "  1 #4 learned h3=a.test:449 until 86401\n"
     "  2 #5 tried h3=a.test:449 by address-port\n"
     "  2 #6 failed h3=a.test:449 icmp-unreachable\n"
     "  1. h3=a.test:449 until 86401 tried\n"
     "alternative-refused\n"},
    {"/tried-by-address/what-was-there-then",
     OPEN ASK(ANY) SAY("h3=\":449\"; ma=5") "2 q0 open server=192.0.2.1:449\n"
                                            "2 q0 fail icmp-unreachable\n9 q0 close\n",
     "https://a.test unreachable\n"
     "  1 #4 learned h3=a.test:449 until 6\n"
     "  2 #5 tried h3=a.test:449 by address-port\n"
     "  2 #6 failed h3=a.test:449 icmp-unreachable\n"
     "  6 expired h3=a.test:449\n"
     "alternative-refused\n"},
    {"/tried-by-address/near-miss-not-there-yet",
     OPEN "0 q0 open server=192.0.2.1:449\n0 q0 fail icmp-unreachable\n" ASK(ANY)
         SAY("h3=\":449\"") "9 q0 close\n",
     "https://a.test ready\n"
     "  1 #6 learned h3=a.test:449 until 86401\n"
     "  1. h3=a.test:449 until 86401\n"},
    {"/tried-by-address/near-miss-other-transport",
     OPEN ASK(ANY) SAY("h2=\":449\"") "2 q0 open server=192.0.2.1:449\n"
                                      "2 q0 fail icmp-unreachable\n9 q0 close\n",
     "https://a.test ready\n"
     "  1 #4 learned h2=a.test:449 until 86401\n"
     "  1. h2=a.test:449 until 86401\n"},
    {"/tried-by-address/each-once",
     OPEN ASK(ANY) SAY("h3=\":449\"") "1 t1 open\n1 t1 tls sni=b.test alpn=h2\n"
                                      "1 t1 get 1 https://b.test /\n"
                                      "1 t1 header 1 https://b.test 200 : h3=\":449\"\n"
                                      "2 q0 open server=192.0.2.1:449\n"
                                      "2 q0 fail icmp-unreachable\n"
                                      "3 q1 open server=192.0.2.1:449\n"
                                      "3 q1 fail icmp-unreachable\n9 q0 close\n9 q1 close\n",
     "https://a.test unreachable\n"
     "  1 #4 learned h3=a.test:449 until 86401\n"
     "  2 #9 tried h3=a.test:449 by address-port ambiguous\n"
     "  2 #10 failed h3=a.test:449 icmp-unreachable\n"
     "  1. h3=a.test:449 until 86401 tried\n"
     "https://b.test unreachable\n"
     "  1 #8 learned h3=b.test:449 until 86401\n"
     "  3 #11 tried h3=b.test:449 by address-port ambiguous\n"
     "  3 #12 failed h3=b.test:449 icmp-unreachable\n"
     "  1. h3=b.test:449 until 86401 tried\n"
     "alternative-refused\n"
     "alternative-refused\n"},
};

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(stories); i++)
    g_test_add_data_func(stories[i].name, &stories[i], story_check);
  return g_test_run();
}

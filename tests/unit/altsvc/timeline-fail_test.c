/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Failed tries, the verdicts and findings that follow, each with a near miss: RFC 7838 §2.1, §2.3,
 * §2.4. */
#include "story.h"

/* A client that learned the value at second 1, on a connection it keeps. */
#define LEARN(value)                                                        \
  "0 t0 open\n"                                                             \
  "0 t0 tls sni=a.test alpn=h2 offers=h2,http/1.1 names=a.test issuer=CA\n" \
  "0 t0 get 1 https://a.test /x\n"                                          \
  "1 t0 header 1 https://a.test 200 : " value "\n"
#define H3 LEARN("h3=\":443\"; ma=60")
#define TRY "2 q0 open\n"
#define ASK "2 q0 tls sni=a.test offers=h3 early\n"
#define SHAKEN "2 q0 tls sni=a.test alpn=h3 offers=h3 names=a.test issuer=CA\n"
#define BACK "7 t0 get 3 https://a.test /y\n"
#define END "8 q0 close\n"

static const Story stories[] = {
    {"/fail/no-answer/goes-back",
     H3 TRY ASK "6 q0 fail no-answer : Initial repeated 4 times\n" BACK END,
     "https://a.test unreachable\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  6 #7 failed h3=a.test:443 no-answer (Initial repeated 4 times)\n"
     "  1. h3=a.test:443 until 61 tried\n"
     "alternative-no-answer\n"
     "udp-blocked-likely\n"},
    {"/fail/no-answer/no-request-after", H3 TRY ASK "6 q0 fail no-answer\n" END,
     "https://a.test unreachable\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  6 #7 failed h3=a.test:443 no-answer\n"
     "  1. h3=a.test:443 until 61 tried\n"
     "alternative-no-answer\n"
     "udp-blocked-likely\n"},
    {"/fail/no-answer/tells-it-without-a-close", H3 TRY ASK "6 q0 fail no-answer\n",
     "https://a.test unreachable\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  6 #7 failed h3=a.test:443 no-answer\n"
     "  1. h3=a.test:443 until 61 tried\n"
     "alternative-no-answer\n"
     "udp-blocked-likely\n"},
    {"/fail/near-miss/closes-unused", H3 TRY SHAKEN END,
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  1. h3=a.test:443 until 61 tried\n"},
    {"/fail/near-miss/capture-ends", H3 TRY ASK "8 q0 close capture-ends\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  1. h3=a.test:443 until 61 tried\n"},
    {"/fail/near-miss/overcome",
     H3 TRY ASK "3 q0 fail icmp-unreachable\n4 q0 get 0 https://a.test /\n" END,
     "https://a.test switched\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  4 #8 used h3=a.test:443 by sni-port-alpn requests 1\n"
     "  1. h3=a.test:443 until 61 tried requests 1\n"
     "alt-used-missing\n"},
    {"/fail/udp-blocked/near-miss-one-answered",
     H3 TRY ASK
     "3 q1 open server=192.0.2.7:443\n3 q1 tls sni=b.test alpn=h3\n6 q0 fail no-answer\n" END,
     "https://a.test unreachable\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  6 #9 failed h3=a.test:443 no-answer\n"
     "  1. h3=a.test:443 until 61 tried\n"
     "alternative-no-answer\n"},
    {"/fail/udp-blocked/near-miss-icmp",
     H3 TRY ASK "6 q0 fail icmp-unreachable : port unreachable\n" END,
     "https://a.test unreachable\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  6 #7 failed h3=a.test:443 icmp-unreachable (port unreachable)\n"
     "  1. h3=a.test:443 until 61 tried\n"
     "alternative-refused\n"},
    {"/fail/refused/observed",
     LEARN("h2=\":444\"") "2 t1 open server=192.0.2.1:444\n2 t1 fail refused : RST answers the "
                          "SYN\n2 t1 close reset server\n",
     "https://a.test unreachable\n"
     "  1 #4 learned h2=a.test:444 until 86401\n"
     "  2 #5 tried h2=a.test:444 by address-port\n"
     "  2 #6 failed h2=a.test:444 refused (RST answers the SYN)\n"
     "  1. h2=a.test:444 until 86401 tried\n"
     "alternative-refused\n"},
    {"/fail/refused/by-the-close-alone",
     LEARN("h2=\":444\"") "2 t1 open server=192.0.2.1:444\n2 t1 close reset server\n" BACK,
     "https://a.test unreachable\n"
     "  1 #4 learned h2=a.test:444 until 86401\n"
     "  2 #5 tried h2=a.test:444 by address-port\n"
     "  2 #6 failed h2=a.test:444 refused\n"
     "  1. h2=a.test:444 until 86401 tried\n"
     "alternative-refused\n"},
    {"/fail/refused/near-miss-other-address",
     LEARN("h2=\":444\"") "2 t1 open server=192.0.2.9:444\n2 t1 close reset server\n",
     "https://a.test ready\n"
     "  1 #4 learned h2=a.test:444 until 86401\n"
     "  1. h2=a.test:444 until 86401\n"},
    {"/fail/refused/near-miss-client-resets",
     LEARN("h2=\":444\"") "2 t1 open server=192.0.2.1:444\n2 t1 close reset\n",
     "https://a.test ready\n"
     "  1 #4 learned h2=a.test:444 until 86401\n"
     "  1. h2=a.test:444 until 86401\n"},
    {"/fail/refused/other-host",
     LEARN("h2=\"alt.test:444\"") "2 t1 open server=192.0.2.2:444\n2 t1 close reset server\n",
     "https://a.test unreachable\n"
     "  1 #4 learned h2=alt.test:444 until 86401\n"
     "  2 #5 tried h2=alt.test:444 by address-port\n"
     "  2 #6 failed h2=alt.test:444 refused\n"
     "  1. h2=alt.test:444 until 86401 tried\n"
     "alternative-refused\n"
     "alternative-other-host\n"},
    {"/fail/refused/near-miss-other-host-by-dns",
     "0 u0 address alt.test 60 192.0.2.3\n" LEARN(
         "h2=\"alt.test:444\"") "2 t1 open server=192.0.2.2:444\n2 t1 close reset server\n",
     "https://a.test ready\n"
     "  1 #5 learned h2=alt.test:444 until 86401\n"
     "  1. h2=alt.test:444 until 86401\n"
     "alternative-other-host\n"},
    {"/fail/handshake-incomplete", H3 TRY SHAKEN "6 q0 fail handshake-incomplete\n" BACK END,
     "https://a.test unreachable\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  6 #7 failed h3=a.test:443 handshake-incomplete\n"
     "  1. h3=a.test:443 until 61 tried\n"
     "alternative-handshake-failed\n"},
    {"/fail/handshake/near-miss-in-use",
     H3 TRY SHAKEN "3 q0 get 0 https://a.test /\n6 q0 fail quic-close : H3_INTERNAL_ERROR\n" END,
     "https://a.test switched\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  3 #7 used h3=a.test:443 by sni-port-alpn requests 1\n"
     "  1. h3=a.test:443 until 61 tried requests 1\n"
     "alternative-stalled\n"
     "alt-used-missing\n"},
    {"/fail/certificate-rejected",
     H3 TRY SHAKEN "3 q0 fail quic-close certificate : 0x12e\n" BACK END,
     "https://a.test unreachable\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  3 #7 failed h3=a.test:443 quic-close (0x12e)\n"
     "  1. h3=a.test:443 until 61 tried\n"
     "alternative-certificate-rejected\n"},
    {"/fail/certificate-mismatch/rejected",
     H3 TRY "2 q0 tls sni=a.test alpn=h3 names=b.test,*.c.test\n3 q0 fail quic-close certificate : "
            "0x12e\n" END,
     "https://a.test unreachable\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  3 #7 failed h3=a.test:443 quic-close (0x12e)\n"
     "  1. h3=a.test:443 until 61 tried\n"
     "alternative-certificate-mismatch\n"},
    {"/fail/certificate-mismatch/without-a-word",
     H3 TRY "2 q0 tls sni=a.test alpn=h3 names=b.test\n" END,
     "https://a.test unreachable\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  8 #7 failed h3=a.test:443 alternative-certificate-mismatch\n"
     "  1. h3=a.test:443 until 61 tried\n"
     "alternative-certificate-mismatch\n"},
    {"/fail/certificate-mismatch/used-all-the-same",
     H3 TRY "2 q0 tls sni=a.test alpn=h3 names=b.test\n3 q0 get 0 https://a.test /\n" END,
     "https://a.test switched\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  3 #7 used h3=a.test:443 by sni-port-alpn requests 1\n"
     "  1. h3=a.test:443 until 61 tried requests 1\n"
     "alternative-certificate-mismatch\n"
     "alt-used-missing\n"},
    {"/fail/certificate-mismatch/near-miss-wildcard",
     LEARN("h3=\":443\"") TRY "2 q0 tls sni=a.test alpn=h3 names=*.test\n" END,
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 86401\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  1. h3=a.test:443 until 86401 tried\n"},
    {"/fail/alpn-mismatch/negotiated",
     LEARN("h2=\":444\"") "2 t1 open server=192.0.2.1:444\n2 t1 tls sni=a.test alpn=http/1.1 "
                          "offers=h2,http/1.1\n3 t1 close server\n" BACK,
     "https://a.test unreachable\n"
     "  1 #4 learned h2=a.test:444 until 86401\n"
     "  2 #5 tried h2=a.test:444 by sni-port-alpn\n"
     "  3 #7 failed h2=a.test:444 alternative-alpn-mismatch\n"
     "  1. h2=a.test:444 until 86401 tried\n"
     "alternative-alpn-mismatch\n"},
    {"/fail/alpn-mismatch/alert",
     H3 TRY ASK
     "3 q0 fail quic-close : CRYPTO_ERROR no_application_protocol (120) from the server\n" END,
     "https://a.test unreachable\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  3 #7 failed h3=a.test:443 quic-close (CRYPTO_ERROR no_application_protocol (120) from the "
     "server)\n"
     "  1. h3=a.test:443 until 61 tried\n"
     "alternative-alpn-mismatch\n"},
    {"/fail/alpn-mismatch/near-miss-not-offered",
     LEARN("h2=\":444\"") "2 t1 open server=192.0.2.1:444\n2 t1 tls sni=a.test alpn=http/1.1 "
                          "offers=http/1.1\n3 t1 close server\n",
     "https://a.test ready\n"
     "  1 #4 learned h2=a.test:444 until 86401\n"
     "  1. h2=a.test:444 until 86401\n"},
    {"/fail/stalled/in-use",
     H3 TRY SHAKEN "3 q0 get 0 https://a.test /\n6 q0 fail stalled\n" BACK END,
     "https://a.test fell-back\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  3 #7 used h3=a.test:443 by sni-port-alpn requests 1\n"
     "  1. h3=a.test:443 until 61 tried requests 1\n"
     "alternative-stalled\n"
     "alt-used-missing\n"},
    {"/fail/stalled/near-miss-goes-on",
     H3 TRY SHAKEN
     "3 q0 get 0 https://a.test /\n4 q0 fail packet-too-big\n5 q0 get 4 https://a.test /\n" BACK
         END,
     "https://a.test switched\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  3 #7 used h3=a.test:443 by sni-port-alpn requests 2\n"
     "  1. h3=a.test:443 until 61 tried requests 2\n"
     "alt-used-missing\n"},
    {"/fail/stalled/stateless-reset",
     H3 TRY SHAKEN
     "3 q0 get 0 https://a.test /\n6 q0 fail stateless-reset : from the server\n" BACK END,
     "https://a.test fell-back\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  3 #7 used h3=a.test:443 by sni-port-alpn requests 1\n"
     "  1. h3=a.test:443 until 61 tried requests 1\n"
     "alternative-stalled\n"
     "alt-used-missing\n"},
    {"/fail/stalled/closed-with-an-error",
     H3 TRY SHAKEN
     "3 q0 get 0 https://a.test /\n6 q0 fail quic-close : H3_INTERNAL_ERROR\n" BACK END,
     "https://a.test fell-back\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  3 #7 used h3=a.test:443 by sni-port-alpn requests 1\n"
     "  1. h3=a.test:443 until 61 tried requests 1\n"
     "alternative-stalled\n"
     "alt-used-missing\n"},
    {"/fail/stalled/near-miss-closed-without-error",
     H3 TRY SHAKEN "3 q0 get 0 https://a.test /\n6 q0 close server\n" BACK,
     "https://a.test switched\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  3 #7 used h3=a.test:443 by sni-port-alpn requests 1\n"
     "  1. h3=a.test:443 until 61 tried requests 1\n"
     "alt-used-missing\n"},
    {"/fail/handshake/reset-before-a-request",
     H3 TRY SHAKEN "3 q0 fail stateless-reset : from the server\n" BACK END,
     "https://a.test unreachable\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  3 #7 failed h3=a.test:443 stateless-reset (from the server)\n"
     "  1. h3=a.test:443 until 61 tried\n"
     "alternative-handshake-failed\n"},
    {"/fail/handshake/version-negotiation",
     H3 TRY ASK "3 q0 fail version-negotiation : the server offers 0xff00001d\n" BACK END,
     "https://a.test unreachable\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  3 #7 failed h3=a.test:443 version-negotiation (the server offers 0xff00001d)\n"
     "  1. h3=a.test:443 until 61 tried\n"
     "alternative-handshake-failed\n"},
    {"/fail/handshake/packet-too-big",
     H3 TRY ASK "3 q0 fail packet-too-big : the next link takes 1200 octets\n" BACK END,
     "https://a.test unreachable\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  3 #7 failed h3=a.test:443 packet-too-big (the next link takes 1200 octets)\n"
     "  1. h3=a.test:443 until 61 tried\n"
     "alternative-handshake-failed\n"},
    {"/fail/handshake/rejected-after-early-data",
     H3 TRY ASK "2 q0 get 0 https://a.test /\n"
                "3 q0 fail quic-close certificate : CRYPTO_ERROR bad_certificate\n" BACK END,
     "https://a.test fell-back\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  2 #7 used h3=a.test:443 by sni-port-alpn requests 1\n"
     "  1. h3=a.test:443 until 61 tried requests 1\n"
     "alternative-certificate-rejected\n"
     "alt-used-missing\n"},
    {"/fail/stalled/used-again",
     H3 TRY SHAKEN "3 q0 get 0 https://a.test /\n6 q0 fail stalled\n" BACK
                   "7 q1 open\n7 q1 tls sni=a.test alpn=h3\n8 q1 get 0 https://a.test /\n",
     "https://a.test switched\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  3 #7 used h3=a.test:443 by sni-port-alpn requests 1\n"
     "  7 #10 tried h3=a.test:443 by sni-port-alpn\n"
     "  8 #12 used h3=a.test:443 by sni-port-alpn requests 1\n"
     "  1. h3=a.test:443 until 61 tried requests 2\n"
     "alternative-stalled\n"
     "alt-used-missing x2\n"},
    {"/fail/sni-mismatch",
     LEARN("h3=\"alt.test:443\"") TRY
     "2 q0 tls sni=alt.test alpn=h3\n3 q0 get 0 https://a.test /\n" END,
     "https://a.test switched\n"
     "  1 #4 learned h3=alt.test:443 until 86401\n"
     "  3 #7 used h3=alt.test:443 by request-origin requests 1\n"
     "  1. h3=alt.test:443 until 86401 requests 1\n"
     "alternative-sni-mismatch\n"
     "alternative-other-host\n"
     "alt-used-missing\n"},
    {"/fail/sni-mismatch/near-miss-shared",
     LEARN("h3=\"alt.test:443\"") TRY "2 q0 tls sni=alt.test alpn=h3\n3 q0 get 0 https://a.test "
                                      "/\n3 q0 get 4 https://alt.test /\n" END,
     "https://a.test switched\n"
     "  1 #4 learned h3=alt.test:443 until 86401\n"
     "  3 #7 used h3=alt.test:443 by request-origin requests 1\n"
     "  1. h3=alt.test:443 until 86401 requests 1\n"
     "https://alt.test unknown\n"
     "alternative-other-host\n"
     "alt-used-missing\n"},
    {"/fail/sni-mismatch/near-miss-ech",
     LEARN("h3=\"alt.test:443\"") TRY
     "2 q0 tls sni=alt.test alpn=h3 ech\n3 q0 get 0 https://a.test /\n" END,
     "https://a.test switched\n"
     "  1 #4 learned h3=alt.test:443 until 86401\n"
     "  3 #7 used h3=alt.test:443 by request-origin requests 1\n"
     "  1. h3=alt.test:443 until 86401 requests 1\n"
     "alternative-other-host\n"
     "alt-used-missing\n"},
    {"/fail/tls-intercepted",
     H3 TRY "2 q0 tls sni=a.test alpn=h3 names=a.test issuer=Root\n3 q0 get 0 https://a.test /\n"
            "8 t0 close\n" END,
     "https://a.test switched\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  3 #7 used h3=a.test:443 by sni-port-alpn requests 1\n"
     "  1. h3=a.test:443 until 61 tried requests 1\n"
     "alt-used-missing\n"
     "tls-intercepted\n"},
    {"/fail/tls-intercepted/near-miss-rejected",
     H3 TRY
     "2 q0 tls sni=a.test alpn=h3 names=a.test issuer=Root\n3 q0 fail quic-close certificate\n"
     "8 t0 close\n" END,
     "https://a.test unreachable\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  3 #7 failed h3=a.test:443 quic-close\n"
     "  1. h3=a.test:443 until 61 tried\n"
     "alternative-certificate-rejected\n"},
    {"/fail/tls-intercepted/near-miss-same", H3 TRY SHAKEN "8 t0 close\n" END,
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  1. h3=a.test:443 until 61 tried\n"},
    {"/cannot/has-no-cache",
     "0 t0 open\n0 t0 tls sni=a.test alpn=h2\n0 t0 get 1 https://a.test / "
     "agent=python-requests/2.31.0\n1 t0 header 1 https://a.test 200 : h3=\":443\"\n2 t1 open\n2 "
     "t1 tls sni=a.test alpn=h2\n3 t1 get 1 https://a.test /\n",
     "https://a.test client-cannot\n"
     "  1 #4 learned h3=a.test:443 until 86401\n"
     "  1. h3=a.test:443 until 86401\n"
     "client-has-no-cache\n"},
    {"/cannot/has-no-cache/near-miss-unknown-agent",
     "0 t0 open\n0 t0 tls sni=a.test alpn=h2\n0 t0 get 1 https://a.test / agent=thing/2\n1 t0 "
     "header 1 https://a.test 200 : h3=\":443\"\n2 t1 open\n2 t1 tls sni=a.test alpn=h2\n3 t1 get "
     "1 https://a.test /\n",
     "https://a.test not-used\n"
     "  1 #4 learned h3=a.test:443 until 86401\n"
     "  1. h3=a.test:443 until 86401\n"
     "not-used\n"},
    {"/cannot/has-no-cache/near-miss-speaks-quic",
     "0 t0 open\n0 t0 tls sni=a.test alpn=h2\n0 t0 get 1 https://a.test / agent=okhttp/4.12\n1 t0 "
     "header 1 https://a.test 200 : h3=\":443\"\n2 q0 open server=192.0.2.7:443\n2 q0 tls "
     "sni=b.test alpn=h3\n2 t1 open\n2 t1 tls sni=a.test alpn=h2\n3 t1 get 1 https://a.test /\n",
     "https://a.test not-used\n"
     "  1 #4 learned h3=a.test:443 until 86401\n"
     "  1. h3=a.test:443 until 86401\n"
     "not-used\n"},
    {"/cannot/ignores-frames",
     "0 t0 open\n0 t0 tls sni=a.test alpn=h2 names=a.test\n0 t0 get 1 https://a.test / "
     "agent=curl/8.14.1\n1 t0 frame 0 https://a.test origin=https://a.test : h3=\":443\"\n",
     "https://a.test client-cannot\n"
     "  1 #4 ignored client-ignores-frames ~ learned h3 at a.test:443 for 86400 s\n"
     "client-ignores-frames\n"},
    {"/cannot/ignores-frames/near-miss-reads-them",
     "0 t0 open\n0 t0 tls sni=a.test alpn=h2 names=a.test\n0 t0 get 1 https://a.test / "
     "agent=Firefox/153.0\n1 t0 frame 0 https://a.test origin=https://a.test : h3=\":443\"\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 86401\n"
     "  1. h3=a.test:443 until 86401\n"},
    {"/cannot/chromium-over-tcp",
     "0 t0 open\n0 t0 tls sni=a.test alpn=h2\n0 t0 get 1 https://a.test / agent=Chrome/156.0\n1 t0 "
     "header 1 https://a.test 200 : h2=\":444\"\n2 t1 open\n2 t1 tls sni=a.test alpn=h2\n3 t1 get "
     "1 https://a.test /\n",
     "https://a.test client-cannot\n"
     "  1 #4 learned h2=a.test:444 until 86401\n"
     "  1. h2=a.test:444 until 86401\n"
     "not-used\n"},
    {"/cannot/curl-without-http3",
     "0 t0 open\n0 t0 tls sni=a.test alpn=h2\n0 t0 get 1 https://a.test / agent=curl/7.88.1\n1 t0 "
     "header 1 https://a.test 200 : h3=\":443\"\n2 t1 open\n2 t1 tls sni=a.test alpn=h2\n3 t1 get "
     "1 https://a.test /\n",
     "https://a.test client-cannot\n"
     "  1 #4 learned h3=a.test:443 until 86401\n"
     "  1. h3=a.test:443 until 86401 over h2\n"
     "not-used\n"},
};

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(stories); i++)
    g_test_add_data_func(stories[i].name, &stories[i], story_check);
  return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rules of the cache, told as stories: one test a row of the rules and a requirement of RFC
 * 7838. */
#include "story.h"

/* A client that asked https://a.test over HTTP/2; the certificate covers a.test and b.test. */
#define OPEN                                          \
  "0 t0 open\n"                                       \
  "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n" \
  "0 t0 get 1 https://a.test /x\n"
#define A "header 1 https://a.test 200"

#define ASKED_TWICE                                       \
  "0 q0 open\n0 q0 tls sni=a.test alpn=h3 names=a.test\n" \
  "0 q0 get 0 https://a.test /x\n0 q0 get 4 https://a.test /y\n"

static const Story stories[] = {
    {"/rfc7838/3/example-other-port", OPEN "1 t0 " A " : h2=\":8000\"\n",
     "https://a.test ready\n"
     "  1 #4 learned h2=a.test:8000 until 86401\n"
     "  1. h2=a.test:8000 until 86401\n"
     "alternative-port-unprivileged\n"},
    {"/rfc7838/3/example-other-host", OPEN "1 t0 " A " : h2=\"new.example.org:80\"\n",
     "https://a.test ready\n"
     "  1 #4 learned h2=new.example.org:80 until 86401\n"
     "  1. h2=new.example.org:80 until 86401\n"
     "alternative-other-host\n"},
    {"/rfc7838/3/example-escaped-protocol-ids",
     OPEN "1 t0 " A " : w%3Dx%3Ay#z=\":80\", x%25y=\":81\"\n",
     "https://a.test ready\n"
     "  1 #4 learned w%3Dx%3Ay#z=a.test:80 until 86401\n"
     "  1 #4 learned x%25y=a.test:81 until 86401\n"
     "  1. w%3Dx%3Ay#z=a.test:80 until 86401\n"
     "  2. x%25y=a.test:81 until 86401\n"
     "protocol-unknown x2\n"},
    {"/rfc7838/3/example-several", OPEN "1 t0 " A " : h2=\"alt.example.com:8000\", h2=\":443\"\n",
     "https://a.test ready\n"
     "  1 #4 learned h2=alt.example.com:8000 until 86401\n"
     "  1 #4 learned h2=a.test:443 until 86401\n"
     "  1. h2=alt.example.com:8000 until 86401\n"
     "  2. h2=a.test:443 until 86401\n"
     "alternative-port-unprivileged\n"
     "alternative-is-origin\n"
     "alternative-other-host\n"},
    {"/rfc7838/3.1/example-ma", OPEN "1 t0 " A " : h2=\":443\"; ma=3600\n",
     "https://a.test not-advertised\n"
     "  1 #4 learned h2=a.test:443 until 3601\n"
     "  1. h2=a.test:443 until 3601\n"
     "alternative-is-origin\n"},
    {"/mdn/trailing-semicolon", OPEN "1 t0 " A " : h2=\":443\"; ma=2592000;\n",
     "https://a.test not-advertised\n"
     "  1 #4 learned h2=a.test:443 until 2592001\n"
     "  1. h2=a.test:443 until 2592001\n"
     "value-empty-parameter\n"
     "alternative-is-origin\n"},
    {"/mdn/persist", OPEN "1 t0 " A " : h2=\":443\"; ma=2592000; persist=1\n",
     "https://a.test not-advertised\n"
     "  1 #4 learned h2=a.test:443 persist until 2592001\n"
     "  1. h2=a.test:443 persist until 2592001\n"
     "alternative-is-origin\n"},
    {"/mdn/draft-and-h2", OPEN "1 t0 " A " : h3-25=\":443\"; ma=3600, h2=\":443\"; ma=3600\n",
     "https://a.test ready\n"
     "  1 #4 learned h3-25=a.test:443 until 3601\n"
     "  1 #4 learned h2=a.test:443 until 3601\n"
     "  1. h3-25=a.test:443 until 3601\n"
     "  2. h2=a.test:443 until 3601\n"
     "protocol-obsolete\n"
     "alternative-is-origin\n"},
    {"/rfc9000/10.2/nothing-is-read-behind-the-clients-close",
     ASKED_TWICE "1 q0 header 0 https://a.test 200 : h3=\":443\"; ma=60\n"
                 "2 q0 close quic-close\n"
                 "3 q0 header 4 https://a.test 200 : h3=\":443\"; ma=60\n"
                 "4 q0 header 4 https://a.test 200 : clear\n"
                 "5 q0 answer 4 https://a.test 421\n",
     "https://a.test ready\n"
     "  1 #5 learned h3=a.test:443 until 61\n"
     "  3 #7 ignored client-closed\n"
     "  4 #8 ignored client-closed\n"
     "  1. h3=a.test:443 until 61\n"
     "used-unlearned\n"},
    {"/rfc9000/10.2/servers-close-is-no-clients",
     ASKED_TWICE "2 q0 close quic-close server\n"
                 "3 q0 header 4 https://a.test 200 : h3=\":443\"; ma=60\n",
     "https://a.test ready\n"
     "  3 #6 learned h3=a.test:443 until 63\n"
     "  1. h3=a.test:443 until 63\n"
     "used-unlearned\n"},
    {"/rfc7838/3.1/age-subtracted", OPEN "1 t0 " A " age=30 : h3=\":443\"; ma=60\n2 t0 close\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 31\n"
     "  1. h3=a.test:443 until 31\n"},
    {"/rfc7838/3.1/age-not-a-number-counts-not", OPEN "1 t0 " A " age=-3 : h3=\":443\"; ma=60\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  1. h3=a.test:443 until 61\n"},
    {"/rfc7838/3.1/age-up-to-ma-expires-on-arrival",
     OPEN "1 t0 " A " age=60 : h3=\":443\"; ma=60\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 1\n"
     "  1 #4 expired h3=a.test:443\n"
     "expired-on-arrival\n"},
    {"/rfc7838/3.1/age-below-ma-does-not", OPEN "1 t0 " A " age=59 : h3=\":443\"; ma=60\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 2\n"
     "  1. h3=a.test:443 until 2\n"},
    {"/rfc7838/3.1/default-is-24-hours", OPEN "1 t0 " A " : h3=\":443\"\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 86401\n"
     "  1. h3=a.test:443 until 86401\n"},
    {"/rfc7838/3.1/ma-zero-expires-at-once", OPEN "1 t0 " A " : h3=\":443\"; ma=0\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 1\n"
     "  1 #4 expired h3=a.test:443\n"
     "ma-zero\n"},
    {"/rfc7838/3.1/ma-zero-ends-what-was-there",
     OPEN "1 t0 " A " : h3=\":443\"\n2 t0 " A " : h3=\":443\"; ma=0\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 86401\n"
     "  2 #5 refreshed h3=a.test:443 until 2\n"
     "  2 #5 expired h3=a.test:443\n"
     "ma-zero\n"},
    {"/rfc9111/1.2.2/ma-above-2-31", OPEN "1 t0 " A " : h3=\":443\"; ma=99999999999\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 2147483649\n"
     "  1. h3=a.test:443 until 2147483649\n"
     "ma-overflow\n"},
    {"/rfc9111/1.2.2/ma-at-2-31", OPEN "1 t0 " A " : h3=\":443\"; ma=2147483648\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 2147483649\n"
     "  1. h3=a.test:443 until 2147483649\n"},
    {"/rfc7838/3/ma-not-a-number", OPEN "1 t0 " A " : h3=\":443\"; ma=abc\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 86401\n"
     "  1. h3=a.test:443 until 86401\n"
     "ma-not-a-number\n"},
    {"/rfc7838/3.1/new-value-replaces-all",
     OPEN "1 t0 " A " : h3=\":443\"; ma=60, h2=\":444\"; ma=60\n"
          "2 t0 " A " : h2=\":444\"; ma=90\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  1 #4 learned h2=a.test:444 until 61\n"
     "  2 #5 refreshed h2=a.test:444 until 92\n"
     "  2 #5 replaced h3=a.test:443\n"
     "  1. h2=a.test:444 until 92\n"
     "advertisements-differ x2\n"},
    {"/rfc7838/3.1/rank-follows-the-list",
     OPEN "1 t0 " A " : h3=\":443\", h2=\":444\"\n2 t0 " A " : h2=\":444\", h3=\":443\"\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 86401\n"
     "  1 #4 learned h2=a.test:444 until 86401\n"
     "  2 #5 refreshed h2=a.test:444 until 86402\n"
     "  2 #5 refreshed h3=a.test:443 until 86402\n"
     "  1. h2=a.test:444 until 86402\n"
     "  2. h3=a.test:443 until 86402\n"},
    {"/rfc7838/3.1/persist", OPEN "1 t0 " A " : h3=\":443\"; persist=1\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 persist until 86401\n"
     "  1. h3=a.test:443 persist until 86401\n"},
    {"/rfc7838/3.1/persist-other-than-1-ignored", OPEN "1 t0 " A " : h3=\":443\"; persist=2\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 86401\n"
     "  1. h3=a.test:443 until 86401\n"
     "persist-not-1\n"},
    {"/rfc7838/3.1/unknown-parameters-ignored", OPEN "1 t0 " A " : h3=\":443\"; x=y; ma=60\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  1. h3=a.test:443 until 61\n"
     "parameter-unknown\n"},
    {"/rfc7838/3/clear-drops-all",
     OPEN "1 t0 " A " : h3=\":443\", h2=\":444\"\n2 t0 " A " : clear\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 86401\n"
     "  1 #4 learned h2=a.test:444 until 86401\n"
     "  2 #5 cleared 2\n"},
    {"/rfc7838/3/clear-of-nothing", OPEN "1 t0 " A " : clear\n",
     "https://a.test not-advertised\n"
     "  1 #4 cleared 0\n"},
    {"/rfc7838/3/clear-in-a-list-drops-all",
     OPEN "1 t0 " A " : h3=\":443\"\n2 t0 " A " : h2=\":444\", clear\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 86401\n"
     "  2 #5 cleared 1\n"
     "value-clear-mixed\n"},
    {"/rfc7838/3/clear-is-case-sensitive", OPEN "1 t0 " A " : h3=\":443\"\n2 t0 " A " : Clear\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 86401\n"
     "  2 #5 ignored value-invalid\n"
     "  1. h3=a.test:443 until 86401\n"
     "value-invalid\n"},
    {"/rfc7838/3/invalid-leaves-the-cache-alone",
     OPEN "1 t0 " A " : h3=\":443\"\n2 t0 " A " : h3=:444\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 86401\n"
     "  2 #5 ignored value-invalid\n"
     "  1. h3=a.test:443 until 86401\n"
     "value-invalid\n"},
    {"/rfc7838/8/host-not-ascii", OPEN "1 t0 " A " : h3=\"\xc3\xa9.test:443\"\n",
     "https://a.test not-accepted\n"
     "  1 #4 ignored value-invalid\n"
     "value-invalid\n"
     "host-not-ascii\n"},
    {"/rules/empty-parameter-and-name-case", OPEN "1 t0 " A " : h3=\":443\"; MA=60;\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  1. h3=a.test:443 until 61\n"
     "value-empty-parameter\n"
     "parameter-name-case\n"},
    {"/rules/empty-element", OPEN "1 t0 " A " : , h3=\":443\"; ma=60\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  1. h3=a.test:443 until 61\n"
     "value-empty-element\n"},
    {"/rules/repeated-parameter", OPEN "1 t0 " A " : h3=\":443\"; ma=60; ma=90\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 91\n"
     "  1. h3=a.test:443 until 91\n"
     "value-duplicate-parameter\n"},
    {"/rules/same-alternative-twice",
     OPEN "1 t0 " A " : h3=\":443\"; ma=60, h2=\":444\"; ma=70, h3=\"A.test:443\"; ma=80\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 81\n"
     "  1 #4 learned h2=a.test:444 until 71\n"
     "  1. h3=a.test:443 until 81\n"
     "  2. h2=a.test:444 until 71\n"},
    {"/rules/port-missing", OPEN "1 t0 " A " : h3=\"b.test:\"\n",
     "https://a.test not-accepted\n"
     "  1 #4 learned h3=b.test: (port is missing) until 86401\n"
     "  1. h3=b.test: (port is missing) until 86401\n"
     "port-unusable\n"
     "alternative-other-host\n"},
    {"/rules/port-0", OPEN "1 t0 " A " : h3=\":0\"\n",
     "https://a.test not-accepted\n"
     "  1 #4 learned h3=a.test:0 (port is 0) until 86401\n"
     "  1. h3=a.test:0 (port is 0) until 86401\n"
     "port-unusable\n"},
    {"/rules/port-above-65535", OPEN "1 t0 " A " : h3=\":65536\"\n",
     "https://a.test not-accepted\n"
     "  1 #4 learned h3=a.test:65536 (port above 65535) until 86401\n"
     "  1. h3=a.test:65536 (port above 65535) until 86401\n"
     "port-unusable\n"},
    {"/rules/port-65535", OPEN "1 t0 " A " : h3=\":65535\"\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:65535 until 86401\n"
     "  1. h3=a.test:65535 until 86401\n"
     "alternative-port-unprivileged\n"},
    {"/rules/port-above-32-bits", OPEN "1 t0 " A " : h3=\":4294967296\"\n",
     "https://a.test not-accepted\n"
     "  1 #4 learned h3=a.test: (port above 65535) until 86401\n"
     "  1. h3=a.test: (port above 65535) until 86401\n"
     "port-unusable\n"},
    {"/rfc7838/2.1/h2c-for-https", OPEN "1 t0 " A " : h2c=\":80\"\n",
     "https://a.test not-accepted\n"
     "  1 #4 learned h2c=a.test:80 (h2c is without TLS, the origin is https) until 86401\n"
     "  1. h2c=a.test:80 (h2c is without TLS, the origin is https) until 86401\n"
     "alternative-without-tls\n"},
    {"/rules/h2c-for-http",
     "0 t0 open server=192.0.2.1:80\n0 t0 get - http://a.test /\n"
     "1 t0 header - http://a.test 200 : h2c=\":8080\"\n",
     "http://a.test ready\n"
     "  1 #3 learned h2c=a.test:8080 until 86401\n"
     "  1. h2c=a.test:8080 until 86401\n"
     "alternative-port-unprivileged\n"
     "advertised-over-http\n"},
    {"/rfc7838/2.2/expires-before-packets-of-that-time",
     OPEN "1 t0 " A " : h3=\":443\"; ma=60\n61 t0 " A " : h3=\":443\"; ma=60\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  61 expired h3=a.test:443\n"
     "  61 #5 learned h3=a.test:443 until 121\n"
     "  1. h3=a.test:443 until 121\n"},
    {"/rfc7838/2.2/expires-in-order",
     OPEN "1 t0 " A " : h3=\":443\"; ma=60, h2=\":444\"; ma=50\n100 t0 close\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  1 #4 learned h2=a.test:444 until 51\n"
     "  51 expired h2=a.test:444\n"
     "  61 expired h3=a.test:443\n"},
    {"/rfc7838/3/origins-are-apart",
     OPEN "0 t0 get 3 https://b.test /\n1 t0 " A " : h3=\":443\"\n"
          "2 t0 header 3 https://b.test 200 : clear\n",
     "https://a.test ready\n"
     "  1 #5 learned h3=a.test:443 until 86401\n"
     "  1. h3=a.test:443 until 86401\n"
     "https://b.test not-advertised\n"
     "  2 #6 cleared 0\n"},
    {"/rules/trailer", OPEN "1 t0 " A " trailer : h3=\":443\"\n",
     "https://a.test not-accepted\n"
     "  1 #4 ignored trailer-field\n"
     "trailer-field\n"},
    {"/rules/interim-response-counts",
     OPEN "1 t0 header 1 https://a.test 103 : h3=\":443\"; ma=60\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  1. h3=a.test:443 until 61\n"},
    {"/rules/request-not-captured",
     OPEN "1 t0 header 5 - 200 problem=request-not-captured : h3=\":443\"\n",
     "https://a.test unknown\n"
     "unplaced\n"
     "  1 #4 ignored coverage-started-late\n"
     "coverage-started-late\n"},
    {"/coverage/request-that-could-not-be-read",
     "0 t0 open\n0 t0 tls sni=a.test alpn=h2\n0 t0 lost no-secrets client\n"
     "1 t0 header 1 - 200 problem=request-not-captured : h3=\":443\"\n"
     "2 t0 lost one-direction client\n"
     "3 t1 open\n3 t1 tls sni=a.test alpn=h2\n"
     "3 t1 header 1 - 200 problem=request-not-captured : h3=\":443\"\n"
     "4 t1 lost one-direction client\n"
     "5 t2 open\n5 t2 tls sni=a.test alpn=h2\n5 t2 lost bytes-lost\n"
     "5 t2 header 1 - 200 problem=request-not-captured : h3=\":443\"\n",
     "unplaced\n"
     "  1 #4 ignored coverage-no-secrets\n"
     "  3 #8 ignored coverage-one-direction\n"
     "  5 #13 ignored coverage-started-late\n"
     "coverage-no-secrets\n"
     "coverage-bytes-lost\n"
     "coverage-started-late\n"
     "coverage-one-direction\n"},
    {"/rules/refreshed-runs",
     OPEN "1 t0 " A " : h3=\":443\"; ma=60\n2 t0 " A " : h3=\":443\"; ma=60\n"
          "3 t0 " A " : h3=\":443\"; ma=60\n4 t0 " A " : h3=\":443\"; ma=60\n"
          "5 t0 " A " : h3=\":443\"; ma=61\n6 t0 " A " : h3=\":443\"; ma=61\n"
          "7 t0 " A " : h3=\n8 t0 " A " : h3=\":443\"; ma=61\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #5 refreshed h3=a.test:443 until 62 x3 last 4 #7\n"
     "  5 #8 refreshed h3=a.test:443 until 66 x2 last 6 #9\n"
     "  7 #10 ignored value-invalid\n"
     "  8 #11 refreshed h3=a.test:443 until 69\n"
     "  1. h3=a.test:443 until 69\n"
     "value-invalid\n"},
    {"/rules/refreshed-runs-count-findings",
     OPEN "1 t0 " A " : h3=\":8443\"\n2 t0 " A " : h3=\":8443\"\n3 t0 " A " : h3=\":8443\"\n"
          "4 t0 " A " : h3=\":8443\"\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:8443 until 86401\n"
     "  2 #5 refreshed h3=a.test:8443 until 86402 x3 last 4 #7\n"
     "  1. h3=a.test:8443 until 86404\n"
     "alternative-port-unprivileged x4\n"},
    {"/rules/refreshed-run-of-two",
     OPEN "1 t0 " A " : h3=\":443\", h2=\":444\"\n2 t0 " A " : h3=\":443\", h2=\":444\"\n"
          "3 t0 " A " : h3=\":443\", h2=\":444\"\n4 t0 " A " : h3=\":443\", h2=\":444\"\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 86401\n"
     "  1 #4 learned h2=a.test:444 until 86401\n"
     "  2 #5 refreshed h3=a.test:443 until 86402 x3 last 4 #7\n"
     "  2 #5 refreshed h2=a.test:444 until 86402 x3 last 4 #7\n"
     "  1. h3=a.test:443 until 86404\n"
     "  2. h2=a.test:444 until 86404\n"},
    {"/rules/run-ends-with-another-age",
     OPEN "1 t0 " A " : h3=\":443\"\n2 t0 " A " age=1 : h3=\":443\"\n3 t0 " A
          " age=1 : h3=\":443\"\n4 t0 " A " age=2 : h3=\":443\"\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 86401\n"
     "  2 #5 refreshed h3=a.test:443 until 86401 x2 last 3 #6\n"
     "  4 #7 refreshed h3=a.test:443 until 86402\n"
     "  1. h3=a.test:443 until 86402\n"},
    {"/rules/clock-never-steps-back", OPEN "5 t0 " A " : h3=\":443\"; ma=60\n4 t0 " A " : clear\n",
     "https://a.test ready\n"
     "  5 #4 learned h3=a.test:443 until 65\n"
     "  5 #5 cleared 1\n"},
    {"/near/current-protocols",
     OPEN "1 t0 " A " : h3=\":443\"; ma=1, h2=\":444\", http%2F1.1=\":445\"\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 2\n"
     "  1 #4 learned h2=a.test:444 until 86401\n"
     "  1 #4 learned http%2F1.1=a.test:445 until 86401\n"
     "  1. h3=a.test:443 until 2\n"
     "  2. h2=a.test:444 until 86401\n"
     "  3. http%2F1.1=a.test:445 until 86401\n"},
    {"/near/obsolete-protocols",
     OPEN "1 t0 " A " : h3-29=\":443\", h3-Q050=\":443\", hq-32=\":443\", quic=\":443\", "
          "spdy%2F3=\":443\"\n",
     "https://a.test ready\n"
     "  1 #4 learned h3-29=a.test:443 until 86401\n"
     "  1 #4 learned h3-Q050=a.test:443 until 86401\n"
     "  1 #4 learned hq-32=a.test:443 until 86401\n"
     "  1 #4 learned quic=a.test:443 until 86401\n"
     "  1 #4 learned spdy%2F3=a.test:443 until 86401\n"
     "  1. h3-29=a.test:443 until 86401\n"
     "  2. h3-Q050=a.test:443 until 86401\n"
     "  3. hq-32=a.test:443 until 86401\n"
     "  4. quic=a.test:443 until 86401\n"
     "  5. spdy%2F3=a.test:443 until 86401\n"
     "protocol-obsolete x5\n"
     "alternative-is-origin\n"},
    {"/near/unknown-protocols", OPEN "1 t0 " A " : h3-2x=\":443\", quicker=\":443\", h9=\":443\"\n",
     "https://a.test ready\n"
     "  1 #4 learned h3-2x=a.test:443 until 86401\n"
     "  1 #4 learned quicker=a.test:443 until 86401\n"
     "  1 #4 learned h9=a.test:443 until 86401\n"
     "  1. h3-2x=a.test:443 until 86401\n"
     "  2. quicker=a.test:443 until 86401\n"
     "  3. h9=a.test:443 until 86401\n"
     "protocol-unknown x3\n"},
    {"/near/not-canonical", OPEN "1 t0 " A " : h%33=\":443\"\n",
     "https://a.test ready\n"
     "  1 #4 learned h%33=a.test:443 until 86401\n"
     "  1. h%33=a.test:443 until 86401\n"
     "protocol-id-not-canonical\n"},
    {"/near/unprivileged-port-of-unprivileged-origin",
     "0 t0 open server=192.0.2.1:8443\n0 t0 tls sni=a.test alpn=h2\n"
     "0 t0 get 1 https://a.test:8443 /\n"
     "1 t0 header 1 https://a.test:8443 200 : h3=\":8444\"\n",
     "https://a.test:8443 ready\n"
     "  1 #4 learned h3=a.test:8444 until 86401\n"
     "  1. h3=a.test:8444 until 86401\n"},
    {"/near/own-host-written-out", OPEN "1 t0 " A " : h3=\"A.test:443\"\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 86401\n"
     "  1. h3=a.test:443 until 86401\n"},
};

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(stories); i++)
    g_test_add_data_func(stories[i].name, &stories[i], story_check);
  return g_test_run();
}

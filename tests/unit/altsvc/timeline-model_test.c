/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What clients do in their own way, told as stories: one test a model and rule. The words behind ~
 * are what RFC 7838 asks for instead. */
#include "altsvc/limits.h"
#include "story.h"

static const Story stories[] = {
    {"/model/frame-of-one-and-field-of-another-may-differ",
     "0 t0 open\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://a.test /x\n"
     "1 t0 frame 0 https://a.test origin=https://a.test : h3=\":443\"; ma=60\n"
     "2 t1 open client=10.0.0.2\n"
     "2 t1 tls sni=a.test alpn=h2 names=a.test,b.test client=10.0.0.2\n"
     "2 t1 get 1 https://a.test /x client=10.0.0.2\n"
     "3 t1 header 1 https://a.test 200 client=10.0.0.2 : h3=\":444\"; ma=60\n",
     "10.0.0.1\n"
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  1. h3=a.test:443 until 61\n"
     "10.0.0.2\n"
     "https://a.test ready\n"
     "  3 #8 learned h3=a.test:444 until 63\n"
     "  1. h3=a.test:444 until 63\n"},
    {"/model/chromium/ma-zero-drops-the-field",
     "0 t0 open\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://a.test /x agent=Chrome/156.0.0.0\n"
     "1 t0 header 1 https://a.test 200 : h3=\":443\"; ma=60\n"
     "2 t0 header 1 https://a.test 200 : h3=\":443\"; ma=0\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #5 ignored client-rejects-value ~ learned h3 at a.test:443 for 0 s\n"
     "  1. h3=a.test:443 until 61\n"
     "ma-zero\n"},
    {"/model/chromium/keeps-h2-and-h3-in-order",
     "0 t0 open\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://a.test /x agent=Chrome/156.0.0.0\n"
     "1 t0 header 1 https://a.test 200 : h2=\":444\", zz=\":1\", h3=\":443\"\n",
     "https://a.test ready\n"
     "  1 #4 learned h2=a.test:444 until 86401 ~ learned h2 at a.test:444 for 86400 s; zz at "
     "a.test:1 for 86400 s; h3 at a.test:443 for 86400 s\n"
     "  1 #4 learned h3=a.test:443 until 86401\n"
     "  1. h2=a.test:444 until 86401\n"
     "  2. h3=a.test:443 until 86401\n"
     "protocol-unknown\n"},
    {"/model/chromium/list-of-unknown-protocols-ends-all",
     "0 t0 open\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://a.test /x agent=Chrome/156.0.0.0\n"
     "1 t0 header 1 https://a.test 200 : h3=\":443\"\n"
     "2 t0 header 1 https://a.test 200 : zz=\":1\"\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 86401\n"
     "  2 #5 replaced h3=a.test:443 ~ learned zz at a.test:1 for 86400 s\n"
     "protocol-unknown\n"
     "advertisements-differ x2\n"},
    {"/model/chromium/quoted-parameter-drops-the-field",
     "0 t0 open\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://a.test /x agent=Chrome/156.0.0.0\n"
     "1 t0 header 1 https://a.test 200 : h3=\":443\"; x=\"a;b\"\n",
     "https://a.test not-accepted\n"
     "  1 #4 ignored client-rejects-value ~ learned h3 at a.test:443 for 86400 s\n"
     "parameter-unknown\n"},
    {"/model/chromium/age-and-persist-do-not-count",
     "0 t0 open\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://a.test /x agent=Chrome/156.0.0.0\n"
     "1 t0 header 1 https://a.test 200 age=30 : h3=\":443\"; ma=60; persist=1\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 61 ~ learned h3 at a.test:443 for 30 s, kept over network "
     "changes\n"
     "  1. h3=a.test:443 until 61\n"},
    {"/model/chromium/clear-is-bare",
     "0 t0 open\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://a.test /x agent=Chrome/156.0.0.0\n"
     "1 t0 header 1 https://a.test 200 : h3=\":443\"\n"
     "2 t0 header 1 https://a.test 200 : clear, h3=\":444\"\n"
     "3 t0 header 1 https://a.test 200 : clear\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 86401\n"
     "  2 #5 replaced h3=a.test:443 ~ cleared\n"
     "  3 #6 cleared 0\n"
     "value-clear-mixed\n"},
    {"/model/chromium/421-is-read-and-ends-nothing",
     "0 t0 open\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://a.test /x agent=Chrome/156.0.0.0\n"
     "1 t0 header 1 https://a.test 200 : h3=\":443\"\n"
     "2 q0 open server=192.0.2.1:443\n"
     "2 q0 tls sni=a.test alpn=h3\n"
     "2 q0 get 0 https://a.test /y\n"
     "3 q0 answer 0 https://a.test 421\n"
     "3 q0 header 0 https://a.test 421 : h3=\":444\"\n",
     "https://a.test switched\n"
     "  1 #4 learned h3=a.test:443 until 86401\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  2 #7 used h3=a.test:443 ~ removed, it answered 421 by sni-port-alpn requests 1\n"
     "  3 #9 learned h3=a.test:444 until 86403 ~ ignored, it came with a 421\n"
     "  3 #9 replaced h3=a.test:443\n"
     "  1. h3=a.test:444 until 86403\n"
     "misdirected\n"},
    {"/model/chromium/early-hints-over-http2-not-http1",
     "0 t0 open\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://a.test /x agent=Chrome/156.0.0.0\n"
     "1 t0 header 1 https://a.test 103 : h3=\":443\"\n"
     "2 t1 open\n"
     "2 t1 tls sni=b.test alpn=http/1.1\n"
     "2 t1 get - https://b.test / agent=Chrome/156.0.0.0\n"
     "3 t1 header - https://b.test 103 : h3=\":443\"\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 86401\n"
     "  1. h3=a.test:443 until 86401\n"
     "https://b.test not-accepted\n"
     "  3 #8 ignored client-ignores-early-hints ~ learned h3 at b.test:443 for 86400 s\n"},
    {"/model/chromium/frames-are-read",
     "0 t0 open\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://a.test /x agent=Chrome/156.0.0.0\n"
     "1 t0 frame 0 https://b.test origin=https://b.test : h3=\":443\"\n",
     "https://a.test unknown\n"
     "https://b.test ready\n"
     "  1 #4 learned h3=b.test:443 until 86401\n"
     "  1. h3=b.test:443 until 86401\n"},
    {"/model/chromium/http-origins-are-not-stored",
     "0 t0 open server=192.0.2.1:80\n"
     "0 t0 get - http://a.test / agent=Chrome/156.0.0.0\n"
     "1 t0 header - http://a.test 200 : h2=\":443\"\n",
     "http://a.test not-accepted\n"
     "  1 #3 ignored client-ignores-http ~ learned h2 at a.test:443 for 86400 s\n"
     "advertised-over-http\n"},
    {"/model/chromium/failure-marks-for-300-s-and-the-entry-goes-with-it",
     "0 t0 open\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://a.test /x agent=Chrome/156.0.0.0\n"
     "1 t0 header 1 https://a.test 200 : h3=\":443\"\n"
     "2 q0 open\n"
     "2 q0 tls sni=a.test alpn=h3\n"
     "3 q0 fail quic-close\n"
     "3 q0 close\n"
     "400 t0 get 3 https://a.test /y agent=Chrome/156.0.0.0\n",
     "https://a.test unreachable\n"
     "  1 #4 learned h3=a.test:443 until 86401\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  3 #7 failed h3=a.test:443 quic-close\n"
     "  3 #7 broken h3=a.test:443 until 303\n"
     "  303 unbroken h3=a.test:443\n"
     "  303 evicted h3=a.test:443 ~ kept, its life is not over\n"
     "alternative-handshake-failed\n"},
    {"/model/chromium/mark-counts-from-the-failure",
     "0 t0 open\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://a.test /x agent=Chrome/156.0.0.0\n"
     "1 t0 header 1 https://a.test 200 : h3=\":449\"\n"
     "2 q0 open server=192.0.2.1:449\n"
     "2 q0 fail icmp-unreachable\n"
     "9 q0 close capture-ends\n",
     "https://a.test unreachable\n"
     "  1 #4 learned h3=a.test:449 until 86401\n"
     "  2 #5 tried h3=a.test:449 by address-port\n"
     "  2 #6 failed h3=a.test:449 icmp-unreachable\n"
     "  2 #6 broken h3=a.test:449 until 302\n"
     "  1. h3=a.test:449 until 86401 broken until 302 tried\n"
     "alternative-refused\n"},
    {"/model/chromium/marks-a-handshake-that-hangs-for-10-s",
     "0 t0 open\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://a.test /x agent=Chrome/156.0.0.0\n"
     "1 t0 header 1 https://a.test 200 : h3=\":443\"\n"
     "2 q0 open\n"
     "2 q0 tls sni=a.test offers=h3 early\n"
     "12 q0 fail handshake-incomplete\n"
     "15 q0 close capture-ends\n",
     "https://a.test unreachable\n"
     "  1 #4 learned h3=a.test:443 until 86401\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  12 #7 failed h3=a.test:443 handshake-incomplete\n"
     "  12 #7 broken h3=a.test:443 until 312\n"
     "  1. h3=a.test:443 until 86401 broken until 312 tried\n"
     "alternative-handshake-failed\n"},
    {"/model/chromium/near-miss-handshake-hangs-for-less",
     "0 t0 open\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://a.test /x agent=Chrome/156.0.0.0\n"
     "1 t0 header 1 https://a.test 200 : h3=\":443\"\n"
     "2 q0 open\n"
     "2 q0 tls sni=a.test offers=h3 early\n"
     "11.9 q0 fail handshake-incomplete\n"
     "11.9 q0 close capture-ends\n",
     "https://a.test unreachable\n"
     "  1 #4 learned h3=a.test:443 until 86401\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  11.9 #7 failed h3=a.test:443 handshake-incomplete\n"
     "  1. h3=a.test:443 until 86401 tried\n"
     "alternative-handshake-failed\n"},
    {"/model/chromium/what-is-marked-is-no-opportunity",
     "0 t0 open\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://a.test /x agent=Chrome/156.0.0.0\n"
     "1 t0 header 1 https://a.test 200 : h3=\"alt.test:443\"\n"
     "2 q0 open\n"
     "2 q0 tls sni=a.test alpn=h3\n"
     "3 q0 fail quic-close\n"
     "3 q0 close\n"
     "4 t1 open\n"
     "4 t1 tls sni=b.test alpn=h2 names=b.test\n"
     "4 t1 get 1 https://b.test /x agent=Chrome/156.0.0.0\n"
     "5 t1 header 1 https://b.test 200 : h3=\"alt.test:443\"\n"
     "6 t2 open\n"
     "6 t2 tls sni=b.test alpn=h2 names=b.test\n"
     "6 t2 get 1 https://b.test /y agent=Chrome/156.0.0.0\n",
     "https://a.test unreachable\n"
     "  1 #4 learned h3=alt.test:443 until 86401\n"
     "  2 #5 tried h3=alt.test:443 by sni-port-alpn\n"
     "  3 #7 failed h3=alt.test:443 quic-close\n"
     "  3 #7 broken h3=alt.test:443 until 303\n"
     "  1. h3=alt.test:443 until 86401 broken until 303 tried\n"
     "https://b.test waiting\n"
     "  5 #12 learned h3=alt.test:443 until 86405\n"
     "  1. h3=alt.test:443 until 86405 broken until 303\n"
     "alternative-handshake-failed\n"
     "alternative-other-host\n"
     "alternative-other-host\n"},
    {"/model/chromium/next-failure-counts-double",
     "0 t0 open\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://a.test /x agent=Chrome/156.0.0.0\n"
     "1 t0 header 1 https://a.test 200 : h3=\":443\"\n"
     "2 q0 open\n"
     "2 q0 tls sni=a.test alpn=h3\n"
     "3 q0 fail quic-close\n"
     "3 q0 close\n"
     "400 t0 header 1 https://a.test 200 : h3=\":443\"\n"
     "402 q1 open\n"
     "402 q1 tls sni=a.test alpn=h3\n"
     "403 q1 fail quic-close\n"
     "403 q1 close\n",
     "https://a.test unreachable\n"
     "  1 #4 learned h3=a.test:443 until 86401\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  3 #7 failed h3=a.test:443 quic-close\n"
     "  3 #7 broken h3=a.test:443 until 303\n"
     "  303 unbroken h3=a.test:443\n"
     "  303 evicted h3=a.test:443 ~ kept, its life is not over\n"
     "  400 #9 learned h3=a.test:443 until 86800\n"
     "  402 #10 tried h3=a.test:443 by sni-port-alpn\n"
     "  403 #12 failed h3=a.test:443 quic-close\n"
     "  403 #12 broken h3=a.test:443 until 1003\n"
     "  1. h3=a.test:443 until 86800 broken until 1003 tried\n"
     "alternative-handshake-failed x2\n"},
    {"/model/chromium/mark-survives-clear",
     "0 t0 open\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://a.test /x agent=Chrome/156.0.0.0\n"
     "1 t0 header 1 https://a.test 200 : h3=\":443\"\n"
     "2 q0 open\n"
     "2 q0 tls sni=a.test alpn=h3\n"
     "3 q0 fail quic-close\n"
     "3 q0 close\n"
     "4 t0 header 1 https://a.test 200 : clear\n"
     "5 t0 header 1 https://a.test 200 : h3=\":443\"\n",
     "https://a.test unreachable\n"
     "  1 #4 learned h3=a.test:443 until 86401\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  3 #7 failed h3=a.test:443 quic-close\n"
     "  3 #7 broken h3=a.test:443 until 303\n"
     "  4 #9 cleared 1\n"
     "  5 #10 learned h3=a.test:443 until 86405\n"
     "  1. h3=a.test:443 until 86405 broken until 303\n"
     "alternative-handshake-failed\n"},
    {"/model/chromium/success-ends-the-mark",
     "0 t0 open\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://a.test /x agent=Chrome/156.0.0.0\n"
     "1 t0 header 1 https://a.test 200 : h3=\":443\"\n"
     "2 q0 open\n"
     "2 q0 tls sni=a.test alpn=h3\n"
     "3 q0 fail quic-close\n"
     "3 q0 close\n"
     "4 q1 open\n"
     "4 q1 tls sni=a.test alpn=h3\n"
     "4 q1 get 0 https://a.test /y\n",
     "https://a.test switched\n"
     "  1 #4 learned h3=a.test:443 until 86401\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  3 #7 failed h3=a.test:443 quic-close\n"
     "  3 #7 broken h3=a.test:443 until 303\n"
     "  4 #9 tried h3=a.test:443 by sni-port-alpn\n"
     "  4 #11 used h3=a.test:443 by sni-port-alpn requests 1\n"
     "  4 #11 unbroken h3=a.test:443\n"
     "  1. h3=a.test:443 until 86401 tried requests 1\n"
     "alternative-handshake-failed\n"},
    {"/model/firefox/first-h3-and-first-h2",
     "0 t0 open\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://a.test /x agent=Firefox/153.0\n"
     "1 t0 header 1 https://a.test 200 : h2=\"alt.test:443\", h3=\":444\", h3=\":443\", "
     "h2=\":445\"\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:444 until 86401 ~ learned h2 at alt.test:443 for 86400 s; h3 at "
     "a.test:444 for 86400 s; h3 at a.test:443 for 86400 s; and 1 more\n"
     "  1 #4 learned h2=alt.test:443 until 86401\n"
     "  1. h3=a.test:444 until 86401\n"
     "  2. h2=alt.test:443 until 86401\n"
     "alternative-other-host\n"},
    {"/model/firefox/replaces-by-class",
     "0 t0 open\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://a.test /x agent=Firefox/153.0\n"
     "1 t0 header 1 https://a.test 200 : h3=\":443\"; ma=60, h2=\":444\"; ma=60\n"
     "2 q0 open server=192.0.2.1:443\n"
     "2 q0 tls sni=a.test alpn=h3\n"
     "2 q0 get 0 https://a.test /y\n"
     "3 t0 header 1 https://a.test 200 : h3=\":445\"; ma=900\n",
     "https://a.test switched\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  1 #4 learned h2=a.test:444 until 61\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  2 #7 used h3=a.test:443 by sni-port-alpn requests 1\n"
     "  2 #7 validated h3=a.test:443\n"
     "  3 #8 learned h3=a.test:445 until 903 ~ learned h3 at a.test:445 for 900 s, in place of "
     "all entries there were\n"
     "  3 #8 replaced h3=a.test:443\n"
     "  1. h2=a.test:444 until 61\n"
     "  2. h3=a.test:445 until 903\n"
     "advertisements-differ x2\n"
     "alt-used-missing\n"},
    {"/model/firefox/same-route-is-not-renewed",
     "0 t0 open\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://a.test /x agent=Firefox/153.0\n"
     "1 t0 header 1 https://a.test 200 : h3=\":443\"; ma=60\n"
     "2 t0 header 1 https://a.test 200 : h3=\":443\"; ma=900\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #5 ignored client-keeps-route ~ learned h3 at a.test:443 for 900 s\n"
     "  1. h3=a.test:443 until 61\n"},
    {"/model/firefox/holds-on-while-it-connects",
     "0 t0 open\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://a.test /x agent=Firefox/153.0\n"
     "1 t0 header 1 https://a.test 200 : h3=\":443\"; ma=60\n"
     "2 t0 header 1 https://a.test 200 : h3=\":444\"; ma=900\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #5 ignored client-keeps-route ~ learned h3 at a.test:444 for 900 s\n"
     "  1. h3=a.test:443 until 61\n"
     "advertisements-differ x2\n"},
    {"/model/firefox/shorter-than-validated-does-not-count",
     "0 t0 open\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://a.test /x agent=Firefox/153.0\n"
     "1 t0 header 1 https://a.test 200 : h3=\":443\"; ma=60\n"
     "2 q0 open server=192.0.2.1:443\n"
     "2 q0 tls sni=a.test alpn=h3\n"
     "2 q0 get 0 https://a.test /y\n"
     "3 t0 header 1 https://a.test 200 : h3=\":444\"; ma=5\n",
     "https://a.test switched\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  2 #7 used h3=a.test:443 by sni-port-alpn requests 1\n"
     "  2 #7 validated h3=a.test:443\n"
     "  3 #8 ignored client-keeps-route ~ learned h3 at a.test:444 for 5 s\n"
     "  1. h3=a.test:443 until 61 tried requests 1\n"
     "advertisements-differ x2\n"
     "alt-used-missing\n"},
    {"/model/firefox/longer-than-validated-does",
     "0 t0 open\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://a.test /x agent=Firefox/153.0\n"
     "1 t0 header 1 https://a.test 200 : h3=\":443\"; ma=60\n"
     "2 q0 open server=192.0.2.1:443\n"
     "2 q0 tls sni=a.test alpn=h3\n"
     "2 q0 get 0 https://a.test /y\n"
     "3 t0 header 1 https://a.test 200 : h3=\":444\"; ma=90\n",
     "https://a.test switched\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  2 #7 used h3=a.test:443 by sni-port-alpn requests 1\n"
     "  2 #7 validated h3=a.test:443\n"
     "  3 #8 learned h3=a.test:444 until 93\n"
     "  3 #8 replaced h3=a.test:443\n"
     "  1. h3=a.test:444 until 93\n"
     "advertisements-differ x2\n"
     "alt-used-missing\n"},
    {"/model/firefox/same-place-over-its-own-connection",
     "0 t0 open\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://a.test /x agent=Firefox/153.0\n"
     "1 t0 header 1 https://a.test 200 : h3=\":443\"; ma=60\n"
     "2 q0 open server=192.0.2.1:443\n"
     "2 q0 tls sni=a.test alpn=h3\n"
     "2 q0 get 0 https://a.test /y\n"
     "3 q0 header 0 https://a.test 200 : clear\n"
     "4 q0 header 4 https://a.test 200 : h3=\":443\"\n",
     "https://a.test switched\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  2 #7 used h3=a.test:443 by sni-port-alpn requests 1\n"
     "  2 #7 validated h3=a.test:443\n"
     "  3 #8 cleared 1\n"
     "  4 #9 ignored client-keeps-route ~ learned h3 at a.test:443 for 86400 s\n"
     "alt-used-missing\n"},
    {"/model/firefox/ma-zero-clears",
     "0 t0 open\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://a.test /x agent=Firefox/153.0\n"
     "1 t0 header 1 https://a.test 200 : h3=\":443\"\n"
     "2 t0 header 1 https://a.test 200 : h3=\":443\"; ma=0\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 86401\n"
     "  2 #5 cleared 1 ~ learned h3 at a.test:443 for 0 s\n"
     "ma-zero\n"},
    {"/model/firefox/h2-at-the-origin-clears",
     "0 t0 open\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://a.test /x agent=Firefox/153.0\n"
     "1 t0 header 1 https://a.test 200 : h3=\":444\"\n"
     "2 t0 header 1 https://a.test 200 : h2=\":443\", h3=\":445\"\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:444 until 86401\n"
     "  2 #5 cleared 1 ~ learned h2 at a.test:443 for 86400 s; h3 at a.test:445 for 86400 s\n"
     "  2 #5 learned h3=a.test:445 until 86402\n"
     "  1. h3=a.test:445 until 86402\n"
     "alternative-is-origin\n"
     "advertisements-differ x2\n"},
    {"/model/firefox/500-is-not-read",
     "0 t0 open\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://a.test /x agent=Firefox/153.0\n"
     "1 t0 header 1 https://a.test 500 : h3=\":443\"\n"
     "2 t0 header 1 https://a.test 499 : h3=\":444\"\n",
     "https://a.test ready\n"
     "  1 #4 ignored client-ignores-status ~ learned h3 at a.test:443 for 86400 s\n"
     "  2 #5 learned h3=a.test:444 until 86402\n"
     "  1. h3=a.test:444 until 86402\n"
     "advertisements-differ x2\n"},
    {"/model/firefox/early-hints-are-not-read",
     "0 t0 open\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://a.test /x agent=Firefox/153.0\n"
     "1 t0 header 1 https://a.test 103 : h3=\":443\"\n"
     "2 t0 header 1 https://a.test 101 : h3=\":444\"\n",
     "https://a.test ready\n"
     "  1 #4 ignored client-ignores-early-hints ~ learned h3 at a.test:443 for 86400 s\n"
     "  2 #5 learned h3=a.test:444 until 86402\n"
     "  1. h3=a.test:444 until 86402\n"
     "advertisements-differ x2\n"},
    {"/model/firefox/failure-ends-it-two-seconds-later",
     "0 t0 open\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://a.test /x agent=Firefox/153.0\n"
     "1 t0 header 1 https://a.test 200 : h3=\":443\"\n"
     "2 q0 open\n"
     "2 q0 tls sni=a.test alpn=h3\n"
     "3 q0 fail quic-close\n"
     "3 q0 close\n"
     "10 t0 close\n",
     "https://a.test unreachable\n"
     "  1 #4 learned h3=a.test:443 until 86401\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  3 #7 failed h3=a.test:443 quic-close\n"
     "  5 expired h3=a.test:443 ~ kept, its life is not over\n"
     "alternative-handshake-failed\n"},
    {"/model/curl-8.14/keyed-by-what-it-was-learned-over",
     "0 t0 open\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://a.test /x agent=curl/8.14.1\n"
     "1 t0 header 1 https://a.test 200 : h3=\":443\"; ma=60\n"
     "2 q0 open server=192.0.2.1:443\n"
     "2 q0 tls sni=a.test alpn=h3\n"
     "2 q0 get 0 https://a.test /y agent=curl/8.14.1\n"
     "3 q0 header 0 https://a.test 200 : h3=\":444\"; ma=90\n",
     "https://a.test switched\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  2 #7 used h3=a.test:443 by sni-port-alpn requests 1\n"
     "  3 #8 learned h3=a.test:444 until 93 ~ learned h3 at a.test:444 for 90 s, in place of "
     "all entries there were\n"
     "  1. h3=a.test:443 until 61 over h2 tried requests 1\n"
     "  2. h3=a.test:444 until 93 over h3\n"
     "advertisements-differ x2\n"
     "alt-used-missing\n"},
    {"/model/curl-8.14/clear-is-not-known",
     "0 t0 open\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://a.test /x agent=curl/8.14.1\n"
     "1 t0 header 1 https://a.test 200 : h3=\":443\"\n"
     "2 t0 header 1 https://a.test 200 : clear\n"
     "3 t0 header 1 https://a.test 200 : clear;\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 86401\n"
     "  2 #5 ignored client-rejects-value ~ cleared\n"
     "  3 #6 ignored value-invalid\n"
     "  1. h3=a.test:443 until 86401 over h2\n"
     "value-invalid\n"},
    {"/model/curl-8.14/first-alone-with-the-last-ma",
     "0 t0 open\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://a.test /x agent=curl/8.14.1\n"
     "1 t0 header 1 https://a.test 200 : h3=\":443\"; ma=60, h2=\":444\"; ma=90; persist=1\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 persist until 91 ~ learned h3 at a.test:443 for 60 s; h2 at "
     "a.test:444 for 90 s, kept over network changes\n"
     "  1. h3=a.test:443 persist until 91 over h2\n"},
    {"/model/curl-7.88/all-with-their-own",
     "0 t0 open\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://a.test /x agent=curl/7.88.1\n"
     "1 t0 header 1 https://a.test 200 : h3=\":443\"; ma=60, h2=\":444\"; ma=90; persist=1\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  1 #4 learned h2=a.test:444 persist until 91\n"
     "  1. h3=a.test:443 until 61 over h2\n"
     "  2. h2=a.test:444 persist until 91 over h2\n"},
    {"/model/curl-7.88/clear-with-a-semicolon",
     "0 t0 open\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://a.test /x agent=curl/7.88.1\n"
     "1 t0 header 1 https://a.test 200 : h3=\":443\"\n"
     "2 t0 header 1 https://a.test 200 : clear\n"
     "3 t0 header 1 https://a.test 200 : clear;\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 86401\n"
     "  2 #5 ignored client-rejects-value ~ cleared\n"
     "  3 #6 cleared 1 ~ ignored, it does not match the grammar\n"
     "value-invalid\n"},
    {"/model/curl/later-ones-know-clear",
     "0 t0 open\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://a.test /x agent=curl/9.0\n"
     "1 t0 header 1 https://a.test 200 : h3=\":443\"\n"
     "2 t0 header 1 https://a.test 200 : clear\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 86401\n"
     "  2 #5 cleared 1\n"},
    {"/model/curl/clear-since-8.15",
     "0 t0 open\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://a.test /x agent=curl/8.15.0\n"
     "1 t0 header 1 https://a.test 200 : h3=\":443\"; ma=60, h2=\":444\"; ma=90\n"
     "2 t0 header 1 https://a.test 200 : clear\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 91 ~ learned h3 at a.test:443 for 60 s; h2 at a.test:444 "
     "for 90 s\n"
     "  2 #5 cleared 1\n"},
    {"/model/curl/parameters-of-each-since-8.18",
     "0 t0 open\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://a.test /x agent=curl/8.18.0\n"
     "1 t0 header 1 https://a.test 200 : h3=\":443\"; ma=60, h2=\":444\"; ma=90\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 61\n"
     "  1 #4 learned h2=a.test:444 until 91\n"
     "  1. h3=a.test:443 until 61 over h2\n"
     "  2. h2=a.test:444 until 91 over h2\n"},
    {"/model/curl-7.88/malformed-is-discarded",
     "0 t0 open\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://a.test /x agent=curl/7.88.1\n"
     "1 t0 header 1 https://a.test 200 connection-field : h3=\":443\"\n"
     "2 t0 header 1 https://a.test 200 upper : h3=\":444\"\n"
     "3 t0 header 1 https://a.test 200 : h3=\":445\"\n",
     "https://a.test ready\n"
     "  1 #4 ignored client-ignores-malformed ~ learned h3 at a.test:443 for 86400 s\n"
     "  2 #5 ignored client-ignores-malformed ~ learned h3 at a.test:444 for 86400 s\n"
     "  3 #6 learned h3=a.test:445 until 86403\n"
     "  1. h3=a.test:445 until 86403 over h2\n"
     "advertisements-differ x3\n"},
    {"/model/curl-8.14/what-stands-before-the-malformed-counts",
     "0 t0 open\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://a.test /x agent=curl/8.14.1\n"
     "1 t0 header 1 https://a.test 200 connection-field : h3=\":443\"\n"
     "2 t0 header 1 https://a.test 200 upper first : h3=\":444\"\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 86401\n"
     "  2 #5 ignored client-ignores-malformed ~ learned h3 at a.test:444 for 86400 s\n"
     "  1. h3=a.test:443 until 86401 over h2\n"
     "advertisements-differ x2\n"},
    {"/model/chromium/name-in-upper-case",
     "0 t0 open\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://a.test /x agent=Chrome/156.0.0.0\n"
     "1 t0 header 1 https://a.test 200 connection-field first : h3=\":443\"\n"
     "2 t0 header 1 https://a.test 200 upper : h3=\":444\"\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 86401\n"
     "  2 #5 ignored client-ignores-malformed ~ learned h3 at a.test:444 for 86400 s\n"
     "  1. h3=a.test:443 until 86401\n"
     "advertisements-differ x2\n"},
    {"/model/firefox/name-in-upper-case",
     "0 t0 open\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://a.test /x agent=Firefox/153.0\n"
     "1 t0 header 1 https://a.test 200 upper : h3=\":444\"\n"
     "2 t0 header 1 https://a.test 200 connection-field first : h3=\":443\"\n",
     "https://a.test ready\n"
     "  1 #4 ignored client-ignores-malformed ~ learned h3 at a.test:444 for 86400 s\n"
     "  2 #5 learned h3=a.test:443 until 86402\n"
     "  1. h3=a.test:443 until 86402\n"
     "advertisements-differ x2\n"},
    {"/model/rfc7838/malformed-counts",
     "0 t0 open\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://a.test /x\n"
     "1 t0 header 1 https://a.test 200 upper first : h3=\":443\"\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 86401\n"
     "  1. h3=a.test:443 until 86401\n"},
    {"/model/curl/last-line-counts",
     "0 t0 open\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://a.test /x agent=curl/8.14.1\n"
     "1 t0 header 1 https://a.test 200 : h3=\":443\" | h3=\":444\"\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:444 until 86401 ~ learned h3 at a.test:443 for 86400 s; h3 at "
     "a.test:444 for 86400 s\n"
     "  1. h3=a.test:444 until 86401 over h2\n"},
    {"/model/curl/last-line-that-it-understands",
     "0 t0 open\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://a.test /x agent=curl/8.14.1\n"
     "1 t0 header 1 https://a.test 200 : h3=\":443\" | zz=\":444\"\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 86401 ~ learned h3 at a.test:443 for 86400 s; zz at "
     "a.test:444 for 86400 s\n"
     "  1. h3=a.test:443 until 86401 over h2\n"
     "protocol-unknown\n"},
    {"/model/curl/browsers-join-lines",
     "0 t0 open\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://a.test /x agent=Chrome/156.0.0.0\n"
     "1 t0 header 1 https://a.test 200 : h3=\":443\" | h3=\":444\"\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 86401\n"
     "  1 #4 learned h3=a.test:444 until 86401\n"
     "  1. h3=a.test:443 until 86401\n"
     "  2. h3=a.test:444 until 86401\n"},
    {"/model/curl/frames-are-not-read",
     "0 t0 open\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://a.test /x agent=curl/8.14.1\n"
     "1 t0 frame 0 https://a.test origin=https://a.test : h3=\":443\"; ma=60\n",
     "https://a.test client-cannot\n"
     "  1 #4 ignored client-ignores-frames ~ learned h3 at a.test:443 for 60 s\n"
     "client-ignores-frames\n"},
    {"/model/curl/file-keeps-the-expired",
     "0 t0 open\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://a.test /x agent=curl/8.14.1\n"
     "1 t0 header 1 https://a.test 200 : h3=\":443\"; ma=5\n"
     "20 t0 close\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 6\n"
     "  6 expired h3=a.test:443\n"
     "  1. h3=a.test:443 until 6 over h2 expired\n"},
    {"/model/curl/until-it-looks-for-something",
     "0 t0 open\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://a.test /x agent=curl/8.14.1\n"
     "1 t0 header 1 https://a.test 200 : h3=\":443\"; ma=5\n"
     "20 t0 get 3 https://b.test /\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 6\n"
     "  6 expired h3=a.test:443\n"
     "https://b.test unknown\n"},
    {"/model/curl/but-no-further-than-its-match",
     "0 t0 open\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://a.test /x agent=curl/8.14.1\n"
     "1 t0 header 1 https://a.test 200 : h3=\":443\"; ma=600\n"
     "2 q0 open server=192.0.2.1:443\n"
     "2 q0 tls sni=a.test alpn=h3\n"
     "2 q0 get 0 https://a.test /y agent=curl/8.14.1\n"
     "3 q0 header 0 https://a.test 200 : h3=\":444\"; ma=0\n"
     "9 t1 open\n"
     "9 t1 tls sni=a.test alpn=h2\n"
     "9 t1 get 1 https://a.test /z\n",
     "https://a.test switched\n"
     "  1 #4 learned h3=a.test:443 until 601\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  2 #7 used h3=a.test:443 by sni-port-alpn requests 1\n"
     "  3 #8 learned h3=a.test:444 until 3 ~ learned h3 at a.test:444 for 0 s, in place of all "
     "entries there were\n"
     "  3 #8 expired h3=a.test:444\n"
     "  1. h3=a.test:443 until 601 over h2 tried requests 1\n"
     "  2. h3=a.test:444 until 3 over h3 expired\n"
     "ma-zero\n"
     "advertisements-differ x2\n"
     "alt-used-missing\n"},
    {"/model/curl/421-changes-nothing",
     "0 t0 open\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://a.test /x agent=curl/8.14.1\n"
     "1 t0 header 1 https://a.test 200 : h3=\":443\"\n"
     "2 q0 open server=192.0.2.1:443\n"
     "2 q0 tls sni=a.test alpn=h3\n"
     "2 q0 get 0 https://a.test /y\n"
     "3 q0 answer 0 https://a.test 421\n",
     "https://a.test switched\n"
     "  1 #4 learned h3=a.test:443 until 86401\n"
     "  2 #5 tried h3=a.test:443 by sni-port-alpn\n"
     "  2 #7 used h3=a.test:443 ~ removed, it answered 421 by sni-port-alpn requests 1\n"
     "  1. h3=a.test:443 until 86401 over h2 tried requests 1\n"
     "misdirected\n"
     "alt-used-missing\n"},
    {"/model/auto/unknown-clients-have-the-rfcs",
     "0 t0 open\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://a.test /x agent=Agent/1.0\n"
     "1 t0 header 1 https://a.test 200 age=30 : h3=\":443\"; ma=60\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 31\n"
     "  1. h3=a.test:443 until 31\n"},
    {"/model/auto/the-connections-own-agent-decides",
     "0 t0 open\n"
     "0 t0 tls sni=a.test alpn=h2 names=a.test,b.test\n"
     "0 t0 get 1 https://a.test /x agent=Chrome/156.0.0.0\n"
     "1 t0 header 1 https://a.test 200 age=30 : h3=\":443\"; ma=60\n"
     "2 t1 open\n"
     "2 t1 tls sni=b.test alpn=h2\n"
     "2 t1 get 1 https://b.test / agent=curl/8.14.1\n"
     "3 t1 header 1 https://b.test 200 : h3=\":443\"; ma=60, h3=\":444\"; ma=90\n",
     "https://a.test ready\n"
     "  1 #4 learned h3=a.test:443 until 61 ~ learned h3 at a.test:443 for 30 s\n"
     "  1. h3=a.test:443 until 61\n"
     "https://b.test ready\n"
     "  3 #8 learned h3=b.test:443 until 93 ~ learned h3 at b.test:443 for 60 s; h3 at b.test:444 "
     "for 90 s\n"
     "  1. h3=b.test:443 until 93\n"},
};

/* A Chromium that learns of count origins, of which it asks for the first again before the last. */
static char *many_origins(guint count) {
  g_autoptr(GString) story = g_string_new("0 t0 open\n0 t0 tls sni=a.test alpn=h2\n");
  for (guint i = 0; i < count; i++) {
    if (i + 1 == count) g_string_append(story, "5 t0 header 1 https://s0.test 200 : h3=\":444\"\n");
    g_string_append_printf(story, "%u t0 get 1 https://s%u.test / agent=Chrome/156.0.0.0\n",
                           i + 1 == count ? 5 : 1, i);
    g_string_append_printf(story, "%u t0 header 1 https://s%u.test 200 : h3=\":443\"\n",
                           i + 1 == count ? 5 : 1, i);
  }
  AsvTimelineOptions options = {0};
  return story_told(story->str, &options, FALSE);
}

static guint count_in(const char *text, const char *word) {
  guint count = 0;
  for (const char *at = strstr(text, word); at; at = strstr(at + 1, word)) count++;
  return count;
}

static void test_room(void) {
  g_autofree char *full = many_origins(500);
  g_assert_cmpuint(count_in(full, " evicted "), ==, 0);
  g_autofree char *over = many_origins(501);
  g_assert_cmpuint(count_in(over, " evicted "), ==, 1);
  g_assert_nonnull(strstr(over, "  5 evicted h3=s1.test:443 ~ kept, its life is not over\n"));
}

/* One that finds more alternatives broken than it remembers. */
static void test_marks(void) {
  g_autoptr(GString) story = g_string_new("");
  for (guint i = 0; i < ASV_MARKS_MAX + 1; i++)
    g_string_append_printf(story,
                           "1 t0 get 1 https://s%u.test / agent=Chrome/156.0.0.0\n"
                           "1 t0 header 1 https://s%u.test 200 : h3=\":443\"\n"
                           "2 q%u open\n2 q%u tls sni=s%u.test alpn=h3\n"
                           "3 q%u fail quic-close\n3 q%u close\n",
                           i, i, i, i, i, i, i);
  AsvTimelineOptions options = {0};
  AsvTimeline *timeline = asv_timeline_new(&options);
  story_run(timeline, story->str);
  asv_timeline_finish(timeline);
  g_autofree char *told = story_print(timeline, FALSE);
  g_assert_cmpuint(count_in(told, " broken h3"), ==, ASV_MARKS_MAX);
  g_assert_cmpuint(timeline->coverage.not_kept, ==, 1);
  asv_timeline_free(timeline);
}

static void test_longest_mark(void) {
  g_autoptr(GString) story = g_string_new("0 t0 get 1 https://a.test / agent=Chrome/156.0.0.0\n");
  gint64 now = 1;
  for (guint i = 0; i < 12; i++, now += 200000)
    g_string_append_printf(story,
                           "%" G_GINT64_FORMAT
                           " t0 header 1 https://a.test 200 : h3=\":443\"\n"
                           "%" G_GINT64_FORMAT " q%u open\n%" G_GINT64_FORMAT
                           " q%u tls sni=a.test alpn=h3\n%" G_GINT64_FORMAT
                           " q%u fail quic-close\n%" G_GINT64_FORMAT " q%u close\n",
                           now, now, i, now, i, now, i, now, i);
  AsvTimelineOptions options = {0};
  g_autofree char *told = story_told(story->str, &options, FALSE);
  g_assert_nonnull(strstr(told, "broken h3=a.test:443 until 301\n"));
  g_assert_nonnull(strstr(told, "broken h3=a.test:443 until 200601\n"));
  g_assert_nonnull(strstr(told, "broken h3=a.test:443 until 2172801\n"));
}

static void test_reasons(void) {
  static const struct {
    AsvModelName name;
    const char *agent, *model, *reason;
  } cases[] = {
      {ASV_MODEL_AUTO, "curl/8.14.1", "curl",
       "curl 8.14.1, from User-Agent; rules as seen in curl 8.14"},
      {ASV_MODEL_AUTO, "Mozilla/5.0 (X11) Gecko/20100101 Firefox/153.0", "firefox",
       "Firefox 153, from User-Agent; rules as seen in Firefox ESR 153"},
      {ASV_MODEL_AUTO, "Mozilla/5.0 (X11) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36",
       "chromium", "Chromium 156, from User-Agent; rules as seen in Chromium 156"},
      {ASV_MODEL_AUTO, "nghttp2/1.52.0", "rfc7838",
       "nghttp 1.52, from User-Agent, is not known to read Alt-Svc; RFC 7838 is shown"},
      {ASV_MODEL_AUTO, "libcurl/1.0", "rfc7838",
       "no client known from User-Agent; RFC 7838 is shown"},
      {ASV_MODEL_FIREFOX, "curl/8.14.1", "firefox", "asked for, as seen in Firefox ESR 153"},
      {ASV_MODEL_CURL, "curl/7.88.1", "curl", "asked for, as seen in curl 7.88"},
      {ASV_MODEL_RFC7838, "curl/8.14.1", "rfc7838", "the rules of RFC 7838, whatever the client"}};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    char agent[ASV_AGENT_NAME_MAX];
    AsvModelChoice choice = asv_model_choose(cases[i].name, asv_span_text(cases[i].agent), agent);
    g_autofree char *reason = asv_model_reason(cases[i].name, &choice);
    g_assert_cmpstr(choice.model->name, ==, cases[i].model);
    g_assert_cmpstr(reason, ==, cases[i].reason);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(stories); i++)
    g_test_add_data_func(stories[i].name, &stories[i], story_check);
  g_test_add_func("/model/chromium/room", test_room);
  g_test_add_func("/model/chromium/marks-remembered", test_marks);
  g_test_add_func("/model/chromium/longest-mark", test_longest_mark);
  g_test_add_func("/model/auto/reasons", test_reasons);
  return g_test_run();
}

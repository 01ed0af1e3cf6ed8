/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The catalogue of findings. Sections are those of RFC 7838 unless another one
 * is named. Advice speaks to whoever runs the server, except where only the
 * client or the capture can be changed.
 */
#include "finding-catalogue.h"

#define ERROR ASV_SEVERITY_ERROR
#define WARNING ASV_SEVERITY_WARNING
#define NOTE ASV_SEVERITY_NOTE
#define MESSAGE ASV_FILTER_MESSAGE
#define CONNECTION ASV_FILTER_CONNECTION
#define NONE ASV_FILTER_NONE

static const AsvFindingRow rows[ASV_FINDINGS_COUNT] = {
    [ASV_FINDING_FRAME_ORIGIN_MISSING] =
        {"frame-origin-missing", ERROR, "RFC 7838, 4",
         "name the origin in ALTSVC frames on stream 0, or send the frame on the stream of a "
         "request. Clients must ignore this one.",
         MESSAGE},
    [ASV_FINDING_FRAME_ORIGIN_UNEXPECTED] =
        {"frame-origin-unexpected", ERROR, "RFC 7838, 4",
         "leave the Origin field empty on the stream of a request, whose origin is meant, or send "
         "the frame on stream 0. Clients must ignore this one.",
         MESSAGE},
    [ASV_FINDING_FRAME_FROM_CLIENT] = {"frame-from-client", ERROR, "RFC 7838, 4",
                                       "send ALTSVC frames from servers only; a server must ignore "
                                       "one that a client sends.",
                                       MESSAGE},
    [ASV_FINDING_FRAME_MALFORMED] =
        {"frame-malformed", ERROR, "RFC 7838, 4",
         "make Origin-Len the number of octets of the Origin field, and keep the frame within the "
         "client's SETTINGS_MAX_FRAME_SIZE.",
         MESSAGE},
    [ASV_FINDING_FRAME_EMPTY_VALUE] =
        {"frame-empty-value", ERROR, "RFC 7838, 4",
         "put a field value behind the origin; to withdraw alternatives, send clear.", MESSAGE},
    [ASV_FINDING_FRAME_ORIGIN_INVALID] =
        {"frame-origin-invalid", ERROR, "RFC 7838, 4",
         "write one origin in ASCII, scheme://host or scheme://host:port, with nothing behind it.",
         MESSAGE},
    [ASV_FINDING_FRAME_NOT_AUTHORITATIVE] =
        {"frame-not-authoritative", ERROR, "RFC 7838, 4 and 2.1",
         "send the frame on a connection whose certificate covers that origin, or add the name to "
         "the certificate.",
         MESSAGE},
    [ASV_FINDING_FRAME_STREAM_UNKNOWN] = {"frame-stream-unknown", ERROR, "RFC 7838, 4",
                                          "send the frame on stream 0 with an origin, or on a "
                                          "stream that a request has opened.",
                                          MESSAGE},
    [ASV_FINDING_VALUE_INVALID] =
        {"value-invalid", ERROR, "RFC 7838, 3",
         "write protocol=\"host:port\" with the quotes, parameters behind semicolons, alternatives "
         "separated by commas. Clients ignore the whole value.",
         MESSAGE},
    [ASV_FINDING_PROTOCOL_ID_NOT_CANONICAL] =
        {"protocol-id-not-canonical", ERROR, "RFC 7838, 3",
         "percent-encode only octets that a token cannot hold, and % itself, with upper-case hex "
         "digits: clients may compare the text as it stands.",
         MESSAGE},
    [ASV_FINDING_HOST_NOT_ASCII] = {"host-not-ascii", ERROR, "RFC 7838, 8",
                                    "write internationalized host names as A-labels (xn--...).",
                                    MESSAGE},
    [ASV_FINDING_PORT_UNUSABLE] = {"port-unusable", ERROR, NULL,
                                   "give every alternative a port from 1 to 65535.", MESSAGE},
    [ASV_FINDING_ALTERNATIVE_WITHOUT_TLS] =
        {"alternative-without-tls", ERROR, "RFC 7838, 2.1 and 9.3",
         "offer only protocols over TLS for an https origin: h2 or h3 in the place of h2c.",
         MESSAGE},
    [ASV_FINDING_AUTHORITY_NAMES_ALTERNATIVE] =
        {"authority-names-alternative", ERROR, "RFC 7838, 2",
         "keep the origin in Host or :authority and name the alternative in Alt-Used only; this is "
         "the client's fault.",
         MESSAGE},
    [ASV_FINDING_CONNECTION_SPECIFIC_FIELD] =
        {"connection-specific-field", ERROR, "RFC 9113, 8.2.2",
         "remove such fields when a message goes out over HTTP/2 or HTTP/3, at the proxy if the "
         "server behind it speaks HTTP/1.",
         MESSAGE},

    [ASV_FINDING_VALUE_CLEAR_MIXED] = {"value-clear-mixed", WARNING, "RFC 7838, 3",
                                       "send clear alone: in a list it withdraws the alternatives "
                                       "that stand beside it, too.",
                                       MESSAGE},
    [ASV_FINDING_PERSIST_NOT_1] = {"persist-not-1", WARNING, "RFC 7838, 3.1",
                                   "write persist=1, or leave the parameter out: clients must "
                                   "ignore any other value.",
                                   MESSAGE},
    [ASV_FINDING_MA_ZERO] = {"ma-zero", WARNING, "RFC 7838, 3.1",
                             "give the alternative a life in seconds; to withdraw it, send clear.",
                             MESSAGE},
    [ASV_FINDING_MA_OVERFLOW] = {"ma-overflow", WARNING, "RFC 7838, 3.1",
                                 "stay below 2147483648 seconds; clients cut off what is above.",
                                 MESSAGE},
    [ASV_FINDING_MA_NOT_A_NUMBER] =
        {"ma-not-a-number", WARNING, "RFC 7838, 3.1",
         "write whole seconds in digits: without a number clients take 24 hours.", MESSAGE},
    [ASV_FINDING_EXPIRED_ON_ARRIVAL] =
        {"expired-on-arrival", WARNING, "RFC 7838, 3.1",
         "make ma longer than caches keep the response: Age counts against it.", MESSAGE},
    [ASV_FINDING_ALTERNATIVE_PORT_UNPRIVILEGED] =
        {"alternative-port-unprivileged", WARNING, "RFC 7838, 9.1",
         "advertise the port that clients reach from outside, most often 443, not the one the "
         "server listens on behind a port mapping.",
         MESSAGE},
    [ASV_FINDING_ADVERTISED_OVER_HTTP] = {"advertised-over-http", WARNING, "RFC 7838, 9.2",
                                          "send Alt-Svc over https only: clients cannot check an "
                                          "alternative for an http origin, and "
                                          "most ignore it.",
                                          MESSAGE},
    [ASV_FINDING_PER_CLIENT_ALTERNATIVE] =
        {"per-client-alternative", WARNING, "RFC 7838, 9.4",
         "give all clients the same names, or a short life: a name of its own lets a client be "
         "recognised as long as the entry lives.",
         MESSAGE},
    [ASV_FINDING_MISDIRECTED] =
        {"misdirected", WARNING, "RFC 7838, 6",
         "compare what the alternative and the origin's own server serve for this origin, or stop "
         "advertising the alternative.",
         MESSAGE},
    [ASV_FINDING_MISDIRECTED_DEFAULT_ROUTE] =
        {"misdirected-default-route", WARNING, "RFC 9110, 15.5.20",
         "decide by listener or ALPN whom to serve, never by Alt-Used alone: a client has nowhere "
         "else to go.",
         MESSAGE},
    [ASV_FINDING_MISDIRECTED_WITH_ALT_SVC] =
        {"misdirected-with-alt-svc", WARNING, "RFC 7838, 6",
         "leave Alt-Svc out of 421 responses: clients must ignore it there.", MESSAGE},
    [ASV_FINDING_USED_AFTER_421] = {"used-after-421", ERROR, "RFC 7838, 6",
                                    "update the client: an alternative that answered 421 must not "
                                    "be used again for that origin.",
                                    CONNECTION},
    [ASV_FINDING_USED_AFTER_EXPIRY] =
        {"used-after-expiry", WARNING, "RFC 7838, 2.2",
         "update the client: it opens connections to an alternative whose life is over.",
         CONNECTION},
    [ASV_FINDING_USED_AFTER_CLEAR] =
        {"used-after-clear", WARNING, "RFC 7838, 2.2",
         "update the client: it opens connections to an alternative that the server has withdrawn.",
         CONNECTION},
    [ASV_FINDING_NOT_USED] =
        {"not-used", WARNING, "RFC 7838, 2.4",
         "check whether the client speaks the protocol and may use UDP, and whether the "
         "alternative's certificate covers the origin.",
         CONNECTION},
    [ASV_FINDING_ALT_USED_WRONG] =
        {"alt-used-wrong", WARNING, "RFC 7838, 5",
         "do not conclude from Alt-Used how a request arrived; the client should name the "
         "alternative it uses, and none on the way to the origin itself.",
         MESSAGE},

    [ASV_FINDING_FRAME_FLAGS] = {"frame-flags", NOTE, "RFC 7838, 4",
                                 "send ALTSVC frames without flags; none is defined.", MESSAGE},
    [ASV_FINDING_FRAME_AND_HEADER_MIXED] =
        {"frame-and-header-mixed", NOTE, "RFC 7838, 4",
         "keep to the header field, which every client that knows Alt-Svc reads: of the two, the "
         "one that arrives last replaces the other.",
         MESSAGE},
    [ASV_FINDING_VALUE_EMPTY_PARAMETER] = {"value-empty-parameter", NOTE, "RFC 7838, 3",
                                           "remove the semicolon that has nothing behind it.",
                                           MESSAGE},
    [ASV_FINDING_VALUE_EMPTY_ELEMENT] = {"value-empty-element", NOTE, "RFC 7838, 3",
                                         "remove the comma that has nothing beside it.", MESSAGE},
    [ASV_FINDING_VALUE_DUPLICATE_PARAMETER] =
        {"value-duplicate-parameter", NOTE, "RFC 7838, 3",
         "write each parameter once: clients differ in which one they take.", MESSAGE},
    [ASV_FINDING_PARAMETER_NAME_CASE] =
        {"parameter-name-case", NOTE, "RFC 7838, 3",
         "write parameter names in lower case: some clients know no other.", MESSAGE},
    [ASV_FINDING_PARAMETER_UNKNOWN] =
        {"parameter-unknown", NOTE, "RFC 7838, 3",
         "check the spelling: the parameters are ma and persist, others are ignored.", MESSAGE},
    [ASV_FINDING_PROTOCOL_OBSOLETE] =
        {"protocol-obsolete", NOTE, NULL,
         "advertise h3; drafts of it, Google QUIC and SPDY are read by old clients only.", MESSAGE},
    [ASV_FINDING_PROTOCOL_UNKNOWN] =
        {"protocol-unknown", NOTE, NULL,
         "check the spelling: the protocol is an ALPN name such as h3, h2 or http/1.1 (written "
         "http%2F1.1).",
         MESSAGE},
    [ASV_FINDING_ALTERNATIVE_IS_ORIGIN] =
        {"alternative-is-origin", NOTE, NULL,
         "leave the alternative out: it is where clients go anyway.", MESSAGE},
    [ASV_FINDING_ALTERNATIVE_OTHER_HOST] =
        {"alternative-other-host", NOTE, "RFC 7838, 2.1 and 9.2",
         "make sure that the other host has a certificate that covers the origin.", MESSAGE},
    [ASV_FINDING_TRAILER_FIELD] = {"trailer-field", NOTE, NULL,
                                   "send Alt-Svc in the header section: clients do not read it "
                                   "from trailers.",
                                   MESSAGE},
    [ASV_FINDING_USED_UNLEARNED] = {"used-unlearned", NOTE, NULL,
                                    "capture from the client's first start on, and DNS as well, to "
                                    "see where it learned this.",
                                    CONNECTION},
    [ASV_FINDING_ADVERTISED_SOMETIMES] =
        {"advertised-sometimes", NOTE, NULL,
         "send the field with every response, errors and redirects included (nginx: add_header "
         "with `always`), from every machine behind the name.",
         MESSAGE},
    [ASV_FINDING_ADVERTISEMENTS_DIFFER] =
        {"advertisements-differ", NOTE, NULL,
         "if this is not meant, compare the configuration of the machines behind this name.",
         MESSAGE},
    [ASV_FINDING_ALT_USED_MISSING] = {"alt-used-missing", NOTE, "RFC 7838, 5",
                                      "expect it of Chromium, which never sends Alt-Used; "
                                      "servers cannot rely on the field.",
                                      MESSAGE},
    [ASV_FINDING_PROXIED] = {"proxied", NOTE, "RFC 7838, 2.4",
                             "do not expect alternatives to be used: through a proxy clients keep "
                             "to the way the proxy offers.",
                             CONNECTION},
    [ASV_FINDING_PROXY_LEG] = {"proxy-leg", NOTE, "RFC 7838, 2.4",
                               "capture between the proxy and its users to see what their clients "
                               "learn.",
                               MESSAGE},
    [ASV_FINDING_KEEP_ALIVE_WITHOUT_CONNECTION] =
        {"keep-alive-without-connection", NOTE, "RFC 9112, C.2.2",
         "send Connection: keep-alive as well: without it, HTTP/1.0 closes the connection.",
         MESSAGE},
    [ASV_FINDING_COVERAGE_NO_SECRETS] =
        {"coverage-no-secrets", NOTE, NULL,
         "record the TLS secrets (SSLKEYLOGFILE) while capturing and give them with -k.",
         CONNECTION},
    [ASV_FINDING_COVERAGE_BYTES_LOST] =
        {"coverage-bytes-lost", NOTE, NULL,
         "capture with a larger buffer (-B), whole packets (-s 0), and both directions at one "
         "place.",
         CONNECTION},
    [ASV_FINDING_COVERAGE_STARTED_LATE] =
        {"coverage-started-late", NOTE, NULL,
         "start the capture before the client opens its connections.", CONNECTION},
    [ASV_FINDING_COVERAGE_ONE_DIRECTION] =
        {"coverage-one-direction", NOTE, NULL,
         "capture where both directions pass: on the client or the server, or on both links of an "
         "asymmetric route.",
         CONNECTION},
};

const AsvFindingRow *asv_finding_row(AsvFindingCode code) {
  g_assert((guint)code < ASV_FINDINGS_COUNT);
  return &rows[code];
}

const char *asv_finding_name(AsvFindingCode code) {
  return asv_finding_row(code)->name;
}

AsvSeverity asv_finding_severity(AsvFindingCode code) {
  return asv_finding_row(code)->severity;
}

const char *asv_finding_spec(AsvFindingCode code) {
  return asv_finding_row(code)->spec;
}

gboolean asv_finding_by_name(const char *name, AsvFindingCode *code) {
  for (guint i = 0; i < ASV_FINDINGS_COUNT; i++) {
    if (!g_str_equal(rows[i].name, name)) continue;
    *code = (AsvFindingCode)i;
    return TRUE;
  }
  return FALSE;
}

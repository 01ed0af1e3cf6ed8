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
         MESSAGE,
         "An ALTSVC frame on stream 0 speaks for no request, so it must name its origin. This one "
         "does not, and clients cannot tell whose alternative it is."},
    [ASV_FINDING_FRAME_ORIGIN_UNEXPECTED] =
        {"frame-origin-unexpected", ERROR, "RFC 7838, 4",
         "leave the Origin field empty on the stream of a request, whose origin is meant, or send "
         "the frame on stream 0. Clients must ignore this one.",
         MESSAGE,
         "An ALTSVC frame on the stream of a request speaks for that request's origin and must not "
         "name one itself."},
    [ASV_FINDING_FRAME_FROM_CLIENT] =
        {"frame-from-client", ERROR, "RFC 7838, 4",
         "send ALTSVC frames from servers only; a server must ignore "
         "one that a client sends.",
         MESSAGE,
         "Only servers advertise alternatives. A client that sends an ALTSVC frame is at fault, or "
         "something between turned it round."},
    [ASV_FINDING_FRAME_MALFORMED] =
        {"frame-malformed", ERROR, "RFC 7838, 4",
         "make Origin-Len the number of octets of the Origin field, and keep the frame within the "
         "client's SETTINGS_MAX_FRAME_SIZE.",
         MESSAGE,
         "The frame's Origin-Len is larger than the frame, or the frame is larger than the client "
         "allows, so it cannot be cut into its parts."},
    [ASV_FINDING_FRAME_EMPTY_VALUE] =
        {"frame-empty-value", ERROR, "RFC 7838, 4",
         "put a field value behind the origin; to withdraw alternatives, send clear.", MESSAGE,
         "The frame has no field value: it neither offers nor withdraws anything."},
    [ASV_FINDING_FRAME_ORIGIN_INVALID] =
        {"frame-origin-invalid", ERROR, "RFC 7838, 4",
         "write one origin in ASCII, scheme://host or scheme://host:port, with nothing behind it.",
         MESSAGE,
         "The frame's Origin is not the ASCII form of one origin: it has a path, several origins, "
         "a wildcard or octets that no origin has."},
    [ASV_FINDING_FRAME_NOT_AUTHORITATIVE] =
        {"frame-not-authoritative", ERROR, "RFC 7838, 4 and 2.1",
         "send the frame on a connection whose certificate covers that origin, or add the name to "
         "the certificate.",
         MESSAGE,
         "On stream 0 a server may speak only for origins that its certificate covers; otherwise "
         "any server could send the clients of others elsewhere."},
    [ASV_FINDING_FRAME_STREAM_UNKNOWN] =
        {"frame-stream-unknown", ERROR, "RFC 7838, 4",
         "send the frame on stream 0 with an origin, or on a "
         "stream that a request has opened.",
         MESSAGE,
         "The frame came on a stream on which the client has asked nothing, so it has no origin."},
    [ASV_FINDING_VALUE_INVALID] =
        {"value-invalid", ERROR, "RFC 7838, 3",
         "write protocol=\"host:port\" with the quotes, parameters behind semicolons, alternatives "
         "separated by commas. Clients ignore the whole value.",
         MESSAGE,
         "The value does not follow the grammar of the field. Chromium drops all of it, curl keeps "
         "what stands before the error, Firefox reads what it can: nobody can rely on any of it."},
    [ASV_FINDING_PROTOCOL_ID_NOT_CANONICAL] =
        {"protocol-id-not-canonical", ERROR, "RFC 7838, 3",
         "percent-encode only octets that a token cannot hold, and % itself, with upper-case hex "
         "digits: clients may compare the text as it stands.",
         MESSAGE,
         "A protocol has one way to be written as a token, so that clients can compare octets. "
         "Some decode this other one, some do not know it."},
    [ASV_FINDING_HOST_NOT_ASCII] = {"host-not-ascii", ERROR, "RFC 7838, 8",
                                    "write internationalized host names as A-labels (xn--...).",
                                    MESSAGE,
                                    "Host names are written in ASCII, international ones as "
                                    "A-labels. What is not cannot be parsed."},
    [ASV_FINDING_PORT_UNUSABLE] =
        {"port-unusable", ERROR, NULL, "give every alternative a port from 1 to 65535.", MESSAGE,
         "The alternative's port is missing, 0 or above 65535, so nobody can connect to it."},
    [ASV_FINDING_ALTERNATIVE_WITHOUT_TLS] =
        {"alternative-without-tls", ERROR, "RFC 7838, 2.1 and 9.3",
         "offer only protocols over TLS for an https origin: h2 or h3 in the place of h2c.",
         MESSAGE,
         "An https origin may be moved only to a server that proves with a certificate that it may "
         "speak for it. Without TLS it cannot."},
    [ASV_FINDING_ALTERNATIVE_CERTIFICATE_MISMATCH] =
        {"alternative-certificate-mismatch", ERROR, "RFC 7838, 2.1",
         "give the alternative a certificate that covers the origin's name.", CONNECTION,
         "Clients connect to the alternative in the origin's name and want a certificate for that "
         "name. This one is for others, so whoever checks it drops the alternative, Chromium for "
         "300 seconds and more."},
    [ASV_FINDING_ALTERNATIVE_CERTIFICATE_REJECTED] =
        {"alternative-certificate-rejected", ERROR, "RFC 7838, 2.1",
         "give the alternative the chain that the origin's own server sends, from a publicly known "
         "root if Chromium is to use it over QUIC.",
         CONNECTION,
         "The certificate names the origin, but the client does not trust it: it has expired, or "
         "its issuer is unknown. Over QUIC Chromium takes publicly known roots only, unless it is "
         "told otherwise, so that a private root that works over TCP fails here."},
    [ASV_FINDING_ALTERNATIVE_ALPN_MISMATCH] =
        {"alternative-alpn-mismatch", ERROR, "RFC 7838, 2.4",
         "advertise what the server at that port speaks, or enable there what is advertised.",
         CONNECTION,
         "The server at the alternative's address does not speak the protocol that was advertised. "
         "Clients drop the alternative, or use what it does speak."},
    [ASV_FINDING_ALTERNATIVE_REFUSED] = {"alternative-refused", ERROR, "RFC 7838, 2.4",
                                         "start a listener at that port, open the firewall for it "
                                         "(UDP for h3), or advertise another port.",
                                         CONNECTION,
                                         "A reset or an ICMP error answered the client's first "
                                         "packet: nothing listens there, or a firewall says no."},
    [ASV_FINDING_ALTERNATIVE_NO_ANSWER] =
        {"alternative-no-answer", ERROR, "RFC 7838, 2.4",
         "check that a server listens there and that firewalls and load balancers let the port "
         "through in both directions (UDP for h3).",
         CONNECTION,
         "The client's first packet was repeated and never answered. Browsers lose seconds before "
         "they fall back, and curl does not fall back at all."},
    [ASV_FINDING_ALTERNATIVE_HANDSHAKE_FAILED] =
        {"alternative-handshake-failed", ERROR, "RFC 7838, 2.4",
         "look at the server's log for this connection; when only large packets are lost, at the "
         "MTU of the way.",
         CONNECTION,
         "The alternative answered, but the handshake ended with an error or came to no end. Large "
         "packets that get lost on the way (MTU) look like this, too."},
    [ASV_FINDING_ALTERNATIVE_STALLED] =
        {"alternative-stalled", ERROR, "RFC 7838, 2.4",
         "look for a server that restarted, or for a NAT or load balancer that forgets UDP flows "
         "too soon or moves them to another machine.",
         CONNECTION,
         "The alternative worked and then went silent, or had forgotten the connection. Clients "
         "wait for it, some for a minute, before they turn to the origin."},
    [ASV_FINDING_ALTERNATIVE_SNI_MISMATCH] =
        {"alternative-sni-mismatch", ERROR, "RFC 7838, 2.3",
         "update the client: the SNI of a connection to an alternative is the origin's host.",
         CONNECTION,
         "A connection to an alternative must name the origin in its handshake, not the "
         "alternative's own host, so that the server can show the right certificate."},
    [ASV_FINDING_AUTHORITY_NAMES_ALTERNATIVE] =
        {"authority-names-alternative", ERROR, "RFC 7838, 2",
         "keep the origin in Host or :authority and name the alternative in Alt-Used only; this is "
         "the client's fault.",
         MESSAGE,
         "An alternative changes where a client connects, not what it asks for: Host and "
         ":authority stay the origin's."},
    [ASV_FINDING_CONNECTION_SPECIFIC_FIELD] =
        {"connection-specific-field", ERROR, "RFC 9113, 8.2.2",
         "remove such fields when a message goes out over HTTP/2 or HTTP/3, at the proxy if the "
         "server behind it speaks HTTP/1.",
         MESSAGE,
         "Fields about the connection belong to HTTP/1. Over HTTP/2 and HTTP/3 they make a message "
         "malformed; some clients discard it, and what it advertises with it."},

    [ASV_FINDING_VALUE_CLEAR_MIXED] = {"value-clear-mixed", WARNING, "RFC 7838, 3",
                                       "send clear alone: in a list it withdraws the alternatives "
                                       "that stand beside it, too.",
                                       MESSAGE,
                                       "`clear` withdraws everything, what stands next to it "
                                       "included. Clients disagree about such a list."},
    [ASV_FINDING_PERSIST_NOT_1] = {"persist-not-1", WARNING, "RFC 7838, 3.1",
                                   "write persist=1, or leave the parameter out: clients must "
                                   "ignore any other value.",
                                   MESSAGE,
                                   "persist has one meaning, with the value 1: keep the "
                                   "alternative when the network changes."},
    [ASV_FINDING_MA_ZERO] =
        {"ma-zero", WARNING, "RFC 7838, 3.1",
         "give the alternative a life in seconds; to withdraw it, send clear.", MESSAGE,
         "With ma=0 the alternative is over as it arrives. Chromium drops the field and keeps what "
         "it knew, others forget: the same field does opposite things."},
    [ASV_FINDING_MA_OVERFLOW] = {"ma-overflow", WARNING, "RFC 7838, 3.1",
                                 "stay below 2147483648 seconds; clients cut off what is above.",
                                 MESSAGE,
                                 "The life is larger than clients count. Chromium drops such a "
                                 "field, curl keeps it for thousands of years."},
    [ASV_FINDING_MA_NOT_A_NUMBER] =
        {"ma-not-a-number", WARNING, "RFC 7838, 3.1",
         "write whole seconds in digits: without a number clients take 24 hours.", MESSAGE,
         "Without a number in ma the default of 24 hours counts; Chromium drops the field."},
    [ASV_FINDING_EXPIRED_ON_ARRIVAL] =
        {"expired-on-arrival", WARNING, "RFC 7838, 3.1",
         "make ma longer than caches keep the response: Age counts against it.", MESSAGE,
         "The response had been in a cache for longer than the alternative lives: Age counts "
         "against ma. Clients that ignore Age use it all the same."},
    [ASV_FINDING_ALTERNATIVE_PORT_UNPRIVILEGED] =
        {"alternative-port-unprivileged", WARNING, "RFC 7838, 9.1",
         "advertise the port that clients reach from outside, most often 443, not the one the "
         "server listens on behind a port mapping.",
         MESSAGE,
         "Ports from 1024 on can be opened by any user of a machine. Chromium stores such an "
         "alternative of an origin below 1024 and never uses it. Most often it is the port of a "
         "listener behind a port mapping."},
    [ASV_FINDING_ADVERTISED_OVER_HTTP] =
        {"advertised-over-http", WARNING, "RFC 7838, 9.2",
         "send Alt-Svc over https only: clients cannot check an "
         "alternative for an http origin, and "
         "most ignore it.",
         MESSAGE,
         "Anybody on the way can write a field into a response without TLS, and so lead clients "
         "elsewhere. Browsers do not read it."},
    [ASV_FINDING_PER_CLIENT_ALTERNATIVE] =
        {"per-client-alternative", WARNING, "RFC 7838, 9.4",
         "give all clients the same names, or a short life: a name of its own lets a client be "
         "recognised as long as the entry lives.",
         MESSAGE,
         "A host name that only one client gets, and keeps for long, works as a cookie: the client "
         "can be recognised when it comes back."},
    [ASV_FINDING_MISDIRECTED] =
        {"misdirected", WARNING, "RFC 7838, 6",
         "compare what the alternative and the origin's own server serve for this origin, or stop "
         "advertising the alternative.",
         MESSAGE,
         "421 says that this server does not serve this origin. From an alternative it means that "
         "server and advertisement disagree; a client must drop the entry."},
    [ASV_FINDING_MISDIRECTED_DEFAULT_ROUTE] =
        {"misdirected-default-route", WARNING, "RFC 9110, 15.5.20",
         "decide by listener or ALPN whom to serve, never by Alt-Used alone: a client has nowhere "
         "else to go.",
         MESSAGE,
         "The origin's own server said 421, to a client that had come by the ordinary way. It has "
         "nowhere else to go."},
    [ASV_FINDING_MISDIRECTED_WITH_ALT_SVC] =
        {"misdirected-with-alt-svc", WARNING, "RFC 7838, 6",
         "leave Alt-Svc out of 421 responses: clients must ignore it there.", MESSAGE,
         "A 421 comes from a server that does not serve the origin, so clients must not take an "
         "alternative from it. Chromium and curl sometimes do."},
    [ASV_FINDING_USED_AFTER_421] =
        {"used-after-421", ERROR, "RFC 7838, 6",
         "update the client: an alternative that answered 421 must not "
         "be used again for that origin.",
         CONNECTION,
         "After a 421 a client must not use that alternative for that origin. This one did."},
    [ASV_FINDING_USED_AFTER_EXPIRY] =
        {"used-after-expiry", WARNING, "RFC 7838, 2.2",
         "update the client: it opens connections to an alternative whose life is over.",
         CONNECTION,
         "A client may keep a connection past the entry's life, but should open none. This one is "
         "new."},
    [ASV_FINDING_USED_AFTER_CLEAR] =
        {"used-after-clear", WARNING, "RFC 7838, 2.2",
         "update the client: it opens connections to an alternative that the server has withdrawn.",
         CONNECTION,
         "A client may keep a connection after `clear`, but should open none. This one is new."},
    [ASV_FINDING_NOT_USED] =
        {"not-used", WARNING, "RFC 7838, 2.4",
         "check whether the client speaks the protocol and may use UDP, and whether the "
         "alternative's certificate covers the origin.",
         CONNECTION,
         "The client knew an alternative and opened a new connection to the origin itself. Clients "
         "are free to do that; most often something keeps them from the alternative: no support "
         "for the protocol, UDP blocked, a proxy, a failure that they remember from before."},
    [ASV_FINDING_UDP_BLOCKED_LIKELY] =
        {"udp-blocked-likely", WARNING, "RFC 9308, 2",
         "let UDP port 443 out of the client's network, or expect HTTP/2 there.", CONNECTION,
         "Not one QUIC connection of this client was answered, whatever server it tried. Then the "
         "way is the likely cause: a firewall that lets no UDP through. When only one server was "
         "tried, it may be that server."},
    [ASV_FINDING_ALT_USED_WRONG] =
        {"alt-used-wrong", WARNING, "RFC 7838, 5",
         "do not conclude from Alt-Used how a request arrived; the client should name the "
         "alternative it uses, and none on the way to the origin itself.",
         MESSAGE,
         "Alt-Used names the alternative that a request came by. This one names another place than "
         "the connection led to. Firefox keeps the field on requests that fell back to the "
         "origin."},

    [ASV_FINDING_FRAME_FLAGS] = {"frame-flags", NOTE, "RFC 7838, 4",
                                 "send ALTSVC frames without flags; none is defined.", MESSAGE,
                                 "No flag is defined for ALTSVC frames; clients ignore them."},
    [ASV_FINDING_FRAME_AND_HEADER_MIXED] =
        {"frame-and-header-mixed", NOTE, "RFC 7838, 4",
         "keep to the header field, which every client that knows Alt-Svc reads: of the two, the "
         "one that arrives last replaces the other.",
         MESSAGE,
         "The same client gets frames and header fields for one origin. The one that comes last "
         "replaces the other, and clients that read no frames see half of it."},
    [ASV_FINDING_VALUE_EMPTY_PARAMETER] = {"value-empty-parameter", NOTE, "RFC 7838, 3",
                                           "remove the semicolon that has nothing behind it.",
                                           MESSAGE,
                                           "A semicolon with nothing behind it is allowed but says "
                                           "nothing, and some parsers stumble over it."},
    [ASV_FINDING_VALUE_EMPTY_ELEMENT] =
        {"value-empty-element", NOTE, "RFC 7838, 3", "remove the comma that has nothing beside it.",
         MESSAGE,
         "A comma with nothing beside it is allowed in what is received, but not in what is sent."},
    [ASV_FINDING_VALUE_DUPLICATE_PARAMETER] =
        {"value-duplicate-parameter", NOTE, "RFC 7838, 3",
         "write each parameter once: clients differ in which one they take.", MESSAGE,
         "A parameter stands there twice. The clients that were looked at take the last one; "
         "nothing says they must."},
    [ASV_FINDING_PARAMETER_NAME_CASE] =
        {"parameter-name-case", NOTE, "RFC 7838, 3",
         "write parameter names in lower case: some clients know no other.", MESSAGE,
         "Parameter names have no case, but Firefox knows the lower-case ones only and takes 24 "
         "hours for MA=60."},
    [ASV_FINDING_PARAMETER_UNKNOWN] =
        {"parameter-unknown", NOTE, "RFC 7838, 3",
         "check the spelling: the parameters are ma and persist, others are ignored.", MESSAGE,
         "Clients must ignore parameters that they do not know. Often it is a misspelled one."},
    [ASV_FINDING_PROTOCOL_OBSOLETE] =
        {"protocol-obsolete", NOTE, NULL,
         "advertise h3; drafts of it, Google QUIC and SPDY are read by old clients only.", MESSAGE,
         "The protocol is a draft's, or was given up. Today's clients skip it."},
    [ASV_FINDING_PROTOCOL_UNKNOWN] =
        {"protocol-unknown", NOTE, NULL,
         "check the spelling: the protocol is an ALPN name such as h3, h2 or http/1.1 (written "
         "http%2F1.1).",
         MESSAGE,
         "The protocol is no ALPN name of HTTP that is known here. Clients skip what they do not "
         "know."},
    [ASV_FINDING_ALTERNATIVE_IS_ORIGIN] =
        {"alternative-is-origin", NOTE, NULL,
         "leave the alternative out: it is where clients go anyway.", MESSAGE,
         "The alternative is the origin itself, over TCP at its own port: clients are there "
         "already."},
    [ASV_FINDING_ALTERNATIVE_OTHER_HOST] =
        {"alternative-other-host", NOTE, "RFC 7838, 2.1 and 9.2",
         "make sure that the other host has a certificate that covers the origin.", MESSAGE,
         "The origin sends its clients to another host. That is allowed when its certificate "
         "covers the origin; it also means that this host sees the traffic."},
    [ASV_FINDING_TRAILER_FIELD] =
        {"trailer-field", NOTE, NULL,
         "send Alt-Svc in the header section: clients do not read it "
         "from trailers.",
         MESSAGE,
         "Clients take Alt-Svc from the header section. In a trailer section nobody reads it."},
    [ASV_FINDING_USED_UNLEARNED] =
        {"used-unlearned", NOTE, NULL,
         "where the words above name no source, capture from the client's first start on, with "
         "DNS, to see where it learned this.",
         CONNECTION,
         "The client went to a place that nothing in this capture told it about. It knew it from "
         "an earlier day, or from an HTTPS record in DNS."},
    [ASV_FINDING_ADVERTISED_SOMETIMES] =
        {"advertised-sometimes", NOTE, NULL,
         "send the field with every response, errors and redirects included (nginx: add_header "
         "with `always`), from every machine behind the name.",
         MESSAGE,
         "Some responses of the origin have the field, some do not: another machine, an error "
         "page, or a redirect made elsewhere. Clients learn later than they could."},
    [ASV_FINDING_ADVERTISEMENTS_DIFFER] =
        {"advertisements-differ", NOTE, NULL,
         "if this is not meant, compare the configuration of the machines behind this name.",
         MESSAGE,
         "One origin, different alternatives: machines behind one name are configured differently, "
         "or a change was made in between."},
    [ASV_FINDING_ALT_USED_MISSING] = {"alt-used-missing", NOTE, "RFC 7838, 5",
                                      "write servers so that they need no Alt-Used: Chromium never "
                                      "sends it, other clients should.",
                                      MESSAGE,
                                      "Requests that go to an alternative should say so in "
                                      "Alt-Used. Chromium never does, Firefox and curl do."},
    [ASV_FINDING_PROXIED] = {"proxied", NOTE, "RFC 7838, 2.4",
                             "do not expect alternatives to be used: through a proxy clients keep "
                             "to the way the proxy offers.",
                             CONNECTION,
                             "The client asks a proxy to open its connections. Through a tunnel it "
                             "can reach the origin's TCP port only, so alternatives stay unused."},
    [ASV_FINDING_PROXY_LEG] = {"proxy-leg", NOTE, "RFC 7838, 2.4",
                               "capture between the proxy and its users to see what their clients "
                               "learn.",
                               MESSAGE,
                               "What looks like one client is a proxy for many. Its cache, if it "
                               "has one, is not theirs."},
    [ASV_FINDING_TLS_INTERCEPTED] =
        {"tls-intercepted", NOTE, "RFC 7838, 2.4",
         "ask whoever runs the client's network whether TLS is inspected there; compare with the "
         "certificate that the server really has.",
         CONNECTION,
         "Over TCP and over QUIC the same name shows certificates of different issuers. Devices "
         "that read TLS replace the certificate over TCP and let QUIC pass, or block it. Two "
         "listeners with certificates of two issuers look the same."},
    [ASV_FINDING_CLIENT_IGNORES_FRAMES] =
        {"client-ignores-frames", NOTE, "RFC 7838, 3 and 4",
         "send the header field as well: clients that know Alt-Svc read that.", MESSAGE,
         "Not every client reads ALTSVC frames: curl reads the header field only, and nothing asks "
         "a client to read either. An alternative in frames alone never reaches such a client."},
    [ASV_FINDING_CLIENT_HAS_NO_CACHE] =
        {"client-has-no-cache", NOTE, "RFC 7838, 2.4",
         "do not expect this client to switch; it is no fault of the server's.", CONNECTION,
         "The program that its User-Agent names has no code that reads Alt-Svc. It goes to the "
         "origin, whatever is advertised."},
    [ASV_FINDING_KEEP_ALIVE_WITHOUT_CONNECTION] =
        {"keep-alive-without-connection", NOTE, "RFC 9112, C.2.2",
         "send Connection: keep-alive as well: without it, HTTP/1.0 closes the connection.",
         MESSAGE,
         "In HTTP/1.0 a connection stays open only when Connection: keep-alive says so; Keep-Alive "
         "alone has no effect."},
    [ASV_FINDING_COVERAGE_NO_SECRETS] =
        {"coverage-no-secrets", NOTE, NULL,
         "record the TLS secrets (SSLKEYLOGFILE) while capturing and give them with -k.",
         CONNECTION,
         "Without the TLS secrets nobody can read what a connection carried; advertisements and "
         "requests in it are missing from the report."},
    [ASV_FINDING_COVERAGE_BYTES_LOST] =
        {"coverage-bytes-lost", NOTE, NULL,
         "capture with a larger buffer (-B), whole packets (-s 0), and both directions at one "
         "place.",
         CONNECTION,
         "Packets are missing in the capture, or cut. What stood in them, and with header "
         "compression what came after, is missing from the report."},
    [ASV_FINDING_COVERAGE_STARTED_LATE] =
        {"coverage-started-late", NOTE, NULL,
         "start the capture before the client opens its connections.", CONNECTION,
         "The connection is older than the capture. Without its beginning it cannot be decrypted, "
         "or its first requests are missing."},
    [ASV_FINDING_COVERAGE_ONE_DIRECTION] =
        {"coverage-one-direction", NOTE, NULL,
         "capture where both directions pass: on the client or the server, or on both links of an "
         "asymmetric route.",
         CONNECTION,
         "The capture has only one direction of the connection, so that requests and responses "
         "cannot be paired."},
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

const char *asv_finding_meaning(AsvFindingCode code) {
  return asv_finding_row(code)->meaning;
}

const char *asv_finding_advice(AsvFindingCode code) {
  return asv_finding_row(code)->advice;
}

gboolean asv_finding_by_name(const char *name, AsvFindingCode *code) {
  for (guint i = 0; i < ASV_FINDINGS_COUNT; i++) {
    if (!g_str_equal(rows[i].name, name)) continue;
    *code = (AsvFindingCode)i;
    return TRUE;
  }
  return FALSE;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Origins (RFC 6454 §4, §6.2), the uri-host of RFC 3986 §3.2.2 (brackets,
 * reg-name; an IPv4 address is a reg-name too), and which certificate names
 * cover a host (RFC 9110 §4.3.4, RFC 9525 §6.3).
 */
#include "origin.h"

#include <arpa/inet.h>

#include "limits.h"

const char *asv_scheme_name(AsvScheme scheme) {
  return scheme == ASV_SCHEME_HTTPS ? "https" : "http";
}

guint16 asv_scheme_port(AsvScheme scheme) {
  return scheme == ASV_SCHEME_HTTPS ? 443 : 80;
}

static gboolean is_unreserved_or_sub_delim(guint8 octet) {
  return octet && (g_ascii_isalnum(octet) || strchr("-._~!$&'()*+,;=", octet));
}

/* What ip holds as text, without brackets, in network order; FALSE when it is no such address. */
static gboolean read_ip(int family, AsvSpan ip, guint8 octets[16]) {
  char text[INET6_ADDRSTRLEN];
  if (ip.size == 0 || ip.size >= sizeof text || memchr(ip.data, '\0', ip.size)) return FALSE;
  memcpy(text, ip.data, ip.size);
  text[ip.size] = '\0';
  return inet_pton(family, text, octets) == 1;
}

static gboolean is_bracketed(AsvSpan host) {
  return host.size >= 2 && host.data[0] == '[' && host.data[host.size - 1] == ']';
}

/* IPvFuture = "v" 1*HEXDIG "." 1*( unreserved / sub-delims / ":" ) */
static gboolean is_ip_future(AsvSpan text) {
  gsize i = 1;
  if (text.size == 0 || g_ascii_tolower((char)text.data[0]) != 'v') return FALSE;
  while (i < text.size && g_ascii_isxdigit(text.data[i])) i++;
  if (i == 1 || i + 1 >= text.size || text.data[i] != '.') return FALSE;
  for (i++; i < text.size; i++)
    if (text.data[i] != ':' && !is_unreserved_or_sub_delim(text.data[i])) return FALSE;
  return TRUE;
}

static const char *literal_problem(AsvSpan host) {
  guint8 octets[16];
  AsvSpan inside = asv_span_sub(host, 1, host.size - 2);
  if (is_bracketed(host) && (read_ip(AF_INET6, inside, octets) || is_ip_future(inside)))
    return NULL;
  return "the brackets hold no IPv6 address";
}

static const char *name_problem(AsvSpan host, gsize *at) {
  for (gsize i = 0; i < host.size; i++) {
    *at = i;
    guint8 octet = host.data[i];
    if (octet == '%') {
      if (host.size - i < 3 || !g_ascii_isxdigit(host.data[i + 1]) ||
          !g_ascii_isxdigit(host.data[i + 2]))
        return "the host has a % without two hexadecimal digits";
      i += 2;
    } else if (octet > 127) {
      return "the host is not ASCII";
    } else if (!is_unreserved_or_sub_delim(octet)) {
      return "the host has an octet that no host can have";
    }
  }
  return NULL;
}

const char *asv_host_problem_at(AsvSpan host, gsize *at) {
  *at = 0;
  if (host.size == 0) return "there is no host";
  if (host.size > ASV_HOST_MAX) return "the host is longer than 255 octets";
  return host.data[0] == '[' ? literal_problem(host) : name_problem(host, at);
}

const char *asv_host_problem(AsvSpan host) {
  gsize at;
  return asv_host_problem_at(host, &at);
}

/* The octets before the colon of the port: all of them when there is none. */
static gsize host_size(AsvSpan authority) {
  gsize from = 0;
  if (authority.size && authority.data[0] == '[') {
    const guint8 *bracket = memchr(authority.data, ']', authority.size);
    if (bracket) from = (gsize)(bracket - authority.data);
  }
  const guint8 *colon =
      authority.size ? memchr(authority.data + from, ':', authority.size - from) : NULL;
  return colon ? (gsize)(colon - authority.data) : authority.size;
}

const char *asv_authority_parse(AsvSpan text, AsvSpan *host, guint16 *port) {
  gsize size = host_size(text);
  AsvSpan name = asv_span_sub(text, 0, size);
  AsvSpan digits = asv_span_sub(text, size + 1, text.size);
  guint64 number = 0;
  const char *problem = asv_host_problem(name);
  if (problem) return problem;
  if (digits.size) {
    if (!asv_span_decimal(digits, &number)) return "the port is not a number";
    if (number == 0 || number > G_MAXUINT16) return "the port is not between 1 and 65535";
  }
  *host = name;
  *port = (guint16)number;
  return NULL;
}

const char *asv_origin_parse(AsvSpan text, AsvOrigin *origin) {
  AsvScheme scheme = ASV_SCHEME_HTTP;
  if (asv_span_is(text, "null")) return "null stands for no origin in particular";
  if (asv_span_is_nocase(asv_span_sub(text, 0, 8), "https://"))
    scheme = ASV_SCHEME_HTTPS;
  else if (!asv_span_is_nocase(asv_span_sub(text, 0, 7), "http://"))
    return "it does not begin with https:// or http://";

  AsvSpan authority = asv_span_sub(text, scheme == ASV_SCHEME_HTTPS ? 8 : 7, text.size);
  if (authority.size == 0) return "there is no host";
  if (memchr(authority.data, '/', authority.size)) return "an origin has no path";
  if (memchr(authority.data, '@', authority.size)) return "an origin has no user information";
  if (memchr(authority.data, '*', authority.size)) return "an origin has no wildcard";
  if (memchr(authority.data, ',', authority.size) || memchr(authority.data, ' ', authority.size))
    return "it is not one origin";
  if (authority.data[authority.size - 1] == ':') return "the port is empty";

  AsvOrigin found = {.scheme = scheme};
  const char *problem = asv_authority_parse(authority, &found.host, &found.port);
  if (problem) return problem;
  if (found.port == 0) found.port = asv_scheme_port(scheme);
  *origin = found;
  return NULL;
}

/* The host as an origin has it. Returns its length, 0 when there is no room for it. */
static gsize write_host(AsvSpan host, char *out, gsize room) {
  guint8 octets[16];
  if (is_bracketed(host) && read_ip(AF_INET6, asv_span_sub(host, 1, host.size - 2), octets)) {
    char text[INET6_ADDRSTRLEN];
    if (!inet_ntop(AF_INET6, octets, text, sizeof text)) return 0;
    int size = g_snprintf(out, room, "[%s]", text);
    return (gsize)size < room ? (gsize)size : 0;
  }
  if (host.size == 0 || host.size >= room) return 0;
  for (gsize i = 0; i < host.size; i++) out[i] = g_ascii_tolower((char)host.data[i]);
  return host.size;
}

gsize asv_origin_write(const AsvOrigin *origin, char buffer[ASV_ORIGIN_MAX]) {
  gsize size = origin->scheme == ASV_SCHEME_HTTPS ? 8 : 7;
  memcpy(buffer, origin->scheme == ASV_SCHEME_HTTPS ? "https://" : "http://", size);
  gsize host = write_host(origin->host, buffer + size, ASV_ORIGIN_MAX - size);
  if (host == 0) return 0;
  size += host;
  buffer[size] = '\0';
  if (origin->port == asv_scheme_port(origin->scheme)) return size;
  int port = g_snprintf(buffer + size, ASV_ORIGIN_MAX - size, ":%u", (guint)origin->port);
  size += (gsize)port;
  return size < ASV_ORIGIN_MAX ? size : 0;
}

gsize asv_origin_write_authority(AsvScheme scheme, AsvSpan authority, char buffer[ASV_ORIGIN_MAX]) {
  AsvOrigin origin = {.scheme = scheme};
  if (asv_authority_parse(authority, &origin.host, &origin.port)) return 0;
  if (origin.port == 0) origin.port = asv_scheme_port(scheme);
  return asv_origin_write(&origin, buffer);
}

static gboolean same_ip(AsvSpan a, AsvSpan b) {
  guint8 one[16], two[16];
  if (read_ip(AF_INET, a, one)) return read_ip(AF_INET, b, two) && memcmp(one, two, 4) == 0;
  return read_ip(AF_INET6, a, one) && read_ip(AF_INET6, b, two) && memcmp(one, two, 16) == 0;
}

gboolean asv_name_covers(const char *name, AsvSpan host) {
  guint8 octets[16];
  AsvSpan covered = asv_span_text(name);
  AsvSpan bare = is_bracketed(host) ? asv_span_sub(host, 1, host.size - 2) : host;
  if (read_ip(AF_INET, bare, octets) || read_ip(AF_INET6, bare, octets))
    return same_ip(covered, bare);
  if (covered.size == 0 || host.size == 0) return FALSE;
  if (covered.size < 3 || covered.data[0] != '*' || covered.data[1] != '.')
    return asv_span_equal_nocase(covered, host);
  const guint8 *dot = memchr(host.data, '.', host.size);
  if (!dot || dot == host.data) return FALSE;
  return asv_span_equal_nocase(asv_span_sub(covered, 1, covered.size),
                               asv_span_sub(host, (gsize)(dot - host.data), host.size));
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Origins (RFC 6454 §4, §6.2): scheme, host and port, written as the ASCII
 * serialization, `https://a.test` or `https://a.test:8443`. Also the small
 * grammar of uri-host (RFC 3986 §3.2.2) that authorities share.
 */
#ifndef ALTSVC_ORIGIN_H
#define ALTSVC_ORIGIN_H

#include "altsvc/bytes.h"

typedef enum { ASV_SCHEME_HTTP, ASV_SCHEME_HTTPS } AsvScheme;

/* An origin taken apart; host borrows from the text that was parsed. */
typedef struct {
  AsvScheme scheme;
  AsvSpan host; /* as written, IPv6 with its brackets */
  guint16 port; /* the scheme's default when the text had none */
} AsvOrigin;

/* The longest origin the project keeps: 8 for the scheme, 255 for a host name with brackets, 6 for
 * the port. */
#define ASV_ORIGIN_MAX 320

/* "http" or "https", and 80 or 443. */
const char *asv_scheme_name(AsvScheme scheme);
guint16 asv_scheme_port(AsvScheme scheme);

/*
 * Parses the serialization of one origin. Upper case and an explicit default
 * port are accepted; a path, user info, a second origin, a wildcard, `null`,
 * non-ASCII, another scheme are not. A trailing dot in the host is part of its
 * name: another origin. Returns NULL and fills *origin, or returns a static
 * text that says what is wrong.
 */
const char *asv_origin_parse(AsvSpan text, AsvOrigin *origin);

/*
 * Parses `uri-host [ ":" port ]` as in Host, :authority and Alt-Used.
 * *port is 0 when there is none (absent or empty). Returns NULL or a static
 * text that says what is wrong.
 */
const char *asv_authority_parse(AsvSpan text, AsvSpan *host, guint16 *port);

/* NULL when host is a uri-host (IPv6 literal in brackets, IPv4, reg-name), else a static text that
 * says why not. */
const char *asv_host_problem(AsvSpan host);

/* As asv_host_problem(); *at is where in host the first octet that cannot stand there is. */
const char *asv_host_problem_at(AsvSpan host, gsize *at);

/*
 * Writes the normalised serialization (host in lower case, IPv6 as in RFC 5952,
 * default port left out) into buffer, NUL-terminated. Returns its length, 0
 * when it does not fit.
 */
gsize asv_origin_write(const AsvOrigin *origin, char buffer[ASV_ORIGIN_MAX]);

/* As asv_origin_write() from a scheme and an authority; 0 when the authority is none. */
gsize asv_origin_write_authority(AsvScheme scheme, AsvSpan authority, char buffer[ASV_ORIGIN_MAX]);

/*
 * True when a certificate name (dNSName, possibly `*.a.test`, or an IP address
 * in text) covers host (RFC 9110 §4.3.4, RFC 9525 §6.3: the wildcard stands
 * for exactly one leftmost label).
 */
gboolean asv_name_covers(const char *name, AsvSpan host);

#endif

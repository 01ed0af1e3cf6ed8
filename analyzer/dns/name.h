/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Domain names on the wire (RFC 1035 §3.1, §4.1.4) and as text (§5.1): lower
 * case, no last dot, `.` and `\` of a label behind a backslash, octets that
 * are not visible ASCII as \DDD.
 */
#ifndef ANALYZER_DNS_NAME_H
#define ANALYZER_DNS_NAME_H

#include "altsvc/bytes.h"

/* A name has at most 255 octets on the wire; each may become four characters. */
#define ASV_DNS_NAME_TEXT 1024u

typedef struct {
  char text[ASV_DNS_NAME_TEXT]; /* no NUL behind it */
  gsize size;                   /* 0: the root */
} AsvDnsName;

/*
 * Reads a name where reader stands, which reads inside message, and moves
 * behind it. Pointers lead back into message, each before where the last one
 * led. FALSE, and the reader's sticky error, when it is no name.
 */
gboolean asv_dns_name_read(AsvDnsName *name, AsvSpan message, AsvReader *reader);

#endif

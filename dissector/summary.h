/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an observation did, in one line: the title of its tree, and what the
 * Info column gets. All strings are the caller's to free and safe to show.
 */
#ifndef DISSECTOR_SUMMARY_H
#define DISSECTOR_SUMMARY_H

#include "dissector/packet-altsvc.h"

/* Octets of a capture as text: what is not printable as \xNN. */
char *altsvc_printable(AsvSpan octets);

/* "https://a.test, learned h3 at a.test:443". */
char *altsvc_summary_title(const AltsvcSeen *seen);
/* `learned: h3=":443"; ma=600`, or NULL when the column has nothing to say. */
char *altsvc_summary_info(const AltsvcSeen *seen);
/* "removed h3 at a.test:443 (421)". */
char *altsvc_summary_event(const AsvEvent *event);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An alternative as a client keeps it on disk, whatever the client: what
 * files of storage are read into (report/storage.h), what a timeline can start
 * with, and what its caches are compared with.
 */
#ifndef ALTSVC_STORED_H
#define ALTSVC_STORED_H

#include <glib.h>

typedef struct {
  char *origin;      /* ASCII serialization, https://a.test:8443 */
  char *protocol_id; /* the ALPN name */
  char *host;        /* lower case, IPv6 in brackets; the origin's when the client left it out */
  guint16 port;
  gint64 expires;       /* nanoseconds since 1970 UTC; what 64 bits cannot hold is the nearest */
  gboolean has_persist; /* the client keeps it */
  gboolean persist;
  gboolean has_validated; /* Firefox: whether it had tried the alternative before it uses it */
  gboolean validated;
  char *learned_over; /* curl: h1, h2 or h3, what the origin spoke; NULL elsewhere */
  char *partition;    /* browsers: the top-level site it belongs to, as they write it; or NULL */
} AsvStored;

/* Chromium's note that an alternative did not work. */
typedef struct {
  char *protocol_id, *host; /* as in AsvStored */
  guint16 port;
  gint64 until; /* nanoseconds since 1970 UTC; 0: the note has run out, its count stays */
  guint count;
  char *partition; /* as in AsvStored */
} AsvStoredMark;

#endif

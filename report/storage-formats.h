/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the readers of each format share; seen by report/storage*.c only. */
#ifndef REPORT_STORAGE_FORMATS_H
#define REPORT_STORAGE_FORMATS_H

#include "report/storage.h"

/* A storage that is being read. */
typedef struct {
  const char *name; /* of the file */
  AsvStorage *storage;
  GError **error;
} AsvStorageReading;

/* What an entry is made from; spans are borrowed. */
typedef struct {
  AsvSpan origin;   /* its serialization; or empty, and: */
  AsvSpan host;     /* the origin's, with */
  guint64 port;     /* and */
  gboolean is_http; /* else https */
  AsvSpan protocol_id;
  AsvSpan other_host; /* the alternative's; empty: the origin's */
  guint64 other_port;
  AsvStored rest; /* all members behind `port` */
} AsvStoredParts;

/* Sets *error to "FILE: PLACE: WHY"; FALSE. */
gboolean asv_storage_fault(const AsvStorageReading *reading, const char *place, const char *why);

/* Checks and adds an entry; FALSE and *error when it is none. Takes over nothing. */
gboolean asv_storage_add(const AsvStorageReading *reading, const char *place,
                         const AsvStoredParts *parts);

/* seconds since 1970 as nanoseconds, the nearest that 64 bits hold. */
gint64 asv_storage_seconds(guint64 seconds);

/* TRUE when there are from 1 to max octets and no NUL. */
gboolean asv_storage_is_text(AsvSpan text, gsize max);

/* The part of *text in front of `separator`, which *text then begins behind; all of it when there
 * is no such octet. */
AsvSpan asv_storage_cut(AsvSpan *text, char separator);

/* TRUE when the octets are that format, or look so much like it that they must be a damaged one. */
gboolean asv_storage_is_curl(AsvSpan octets);
gboolean asv_storage_is_firefox(AsvSpan octets);
gboolean asv_storage_is_firefox_text(AsvSpan octets);

/* Read the octets; FALSE and *error at the first fault. */
gboolean asv_storage_read_curl(const AsvStorageReading *reading, AsvSpan octets);
gboolean asv_storage_read_firefox(const AsvStorageReading *reading, AsvSpan octets);
gboolean asv_storage_read_firefox_text(const AsvStorageReading *reading, AsvSpan octets);
/* As those; an ASV_STORAGE_ERROR_FORMAT when it is JSON of somebody else's. */
gboolean asv_storage_read_chromium(const AsvStorageReading *reading, AsvSpan octets);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Clients' own storage of alternatives: curl's altsvc file, Chromium's
 * "Network Persistent State", Firefox's AlternateServices.bin and .txt. Read by
 * content, not by name; written as curl's. Also what a timeline's caches hold
 * in the same shape, and how two such lists differ.
 */
#ifndef REPORT_STORAGE_H
#define REPORT_STORAGE_H

#include <stdio.h>

#include "altsvc/stored.h"
#include "altsvc/timeline.h"

typedef enum {
  ASV_STORAGE_EMPTY, /* no octet: any client's, with nothing in it */
  ASV_STORAGE_CURL,
  ASV_STORAGE_CHROMIUM,
  ASV_STORAGE_FIREFOX,
  ASV_STORAGE_FIREFOX_TEXT
} AsvStorageFormat;

typedef struct {
  AsvStorageFormat format;
  GPtrArray *entries; /* AsvStored*, in the file's order, which is the order of preference */
  GPtrArray *marks;   /* AsvStoredMark*, in the file's order */
} AsvStorage;

/* Codes of errors. */
typedef enum {
  ASV_STORAGE_ERROR_READ,   /* the file cannot be opened or read */
  ASV_STORAGE_ERROR_FORMAT, /* no format that is known */
  ASV_STORAGE_ERROR_DAMAGE, /* a known format with something wrong in it */
  ASV_STORAGE_ERROR_LIMIT   /* ASV_STORAGE_SIZE_MAX or ASV_STORAGE_ENTRIES_MAX is exceeded */
} AsvStorageError;

#define ASV_STORAGE_ERROR (asv_storage_error_quark())
GQuark asv_storage_error_quark(void);

/* Reads a file whole. NULL and *error, which says the file, the place in it and why. */
AsvStorage *asv_storage_read(const char *file, GError **error);

/* As asv_storage_read() of octets that are there already; name is for messages. */
AsvStorage *asv_storage_parse(AsvSpan octets, const char *name, GError **error);

void asv_storage_free(AsvStorage *storage); /* NULL too */

/*
 * One list without partitions, which cannot be seen from outside: entries that
 * differ in nothing but partition, life, persist and validation are one, which
 * stands where the first stood and ends when the last ends. AsvStored* whose
 * strings are those of `entries`; to be unreferenced by the caller.
 */
GPtrArray *asv_stored_unite(const GPtrArray *entries);

/*
 * What the caches of a finished timeline hold (all clients of its report), in
 * the order of the report, united; entries whose port or protocol no storage
 * could hold are left out. AsvStored* whose strings are the timeline's; to be
 * unreferenced by the caller.
 */
GPtrArray *asv_stored_of_timeline(const AsvTimeline *timeline);

/*
 * Writes entries as curl's altsvc file, which curl 7.64.1 and later read; only
 * those of https origins whose protocol curl knows: h1 (also http/1.1), h2, h3.
 * An entry of which nobody knows over which protocol it was learned is written
 * as learned over h2, where curl looks first. The caller checks the stream.
 */
void asv_storage_write_curl(FILE *out, const GPtrArray *entries);

/* How an entry of two lists differs. */
typedef enum {
  ASV_DIFFERENCE_MISSING, /* expected, and not there */
  ASV_DIFFERENCE_EXTRA,   /* there, and not expected */
  ASV_DIFFERENCE_PLACE,   /* another host or port for the same origin and protocol */
  ASV_DIFFERENCE_EXPIRY,  /* by more than ASV_STORED_EXPIRY_TOLERANCE */
  ASV_DIFFERENCE_PERSIST
} AsvDifferenceKind;

typedef struct {
  AsvDifferenceKind kind;
  const AsvStored *expected; /* NULL for EXTRA */
  const AsvStored *found;    /* NULL for MISSING */
} AsvDifference;

/*
 * What is different in `found`, sorted by origin and protocol: AsvDifference,
 * to be unreferenced by the caller; borrows from both lists,
 * which are to be united. What only one of the two keeps (persist,
 * learned_over) is not compared.
 */
GArray *asv_stored_compare(const GPtrArray *expected, const GPtrArray *found);

/* A line for each difference, behind one that says how many there are of `file`; nothing when there
 * is none. Octets of either list are escaped as in text reports. */
void asv_stored_write_differences(FILE *out, const GArray *differences, const char *file);

#endif

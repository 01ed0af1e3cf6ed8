/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Times of machine output: RFC 3339, UTC, nine decimals. Written by hand
 * because every observation has one and GDateTime stops at microseconds.
 */
#ifndef REPORT_TIMESTAMP_H
#define REPORT_TIMESTAMP_H

#include "altsvc/bytes.h"

/* "2026-11-20T11:30:05.555000000Z" and its NUL. */
#define ASV_TIMESTAMP_SIZE 31

/* time: nanoseconds since 1970-01-01 UTC; every gint64 has a year of four digits. */
void asv_timestamp_write(gint64 time, char buffer[ASV_TIMESTAMP_SIZE]);

/*
 * Reads RFC 3339 §5.6 in UTC ("Z", seconds up to 59, up to nine decimals or
 * none). FALSE, and *time left alone, when text is no such time or lies beyond
 * what 64 bits of nanoseconds hold (the years 1678 to 2261 always fit).
 */
gboolean asv_timestamp_parse(AsvSpan text, gint64 *time);

#endif

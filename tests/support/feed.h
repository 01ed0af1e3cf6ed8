/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How every parser is tested: its input stands at the end of a page that an
 * inaccessible one follows, so that reading one octet too far traps; and it is
 * fed whole, octet by octet and at every two-way cut, always with the same
 * events.
 */
#ifndef TESTS_SUPPORT_FEED_H
#define TESTS_SUPPORT_FEED_H

#include "altsvc/bytes.h"

/* Runs body with a copy of input that ends at an inaccessible page. */
void asv_test_guarded(AsvSpan input, void (*body)(AsvSpan guarded, void *user), void *user);

/*
 * A parser under test: takes input in the given pieces (each at the end of a
 * guarded page of its own) and returns what it told, one event a line. The
 * caller frees it.
 */
typedef char *(*AsvTestRun)(const AsvSpan *pieces, gsize count, const void *user);

/*
 * Runs whole, octet by octet, and (inputs up to 2000 octets) at every two-way
 * cut, asserts that all tell the same, and returns what they told. Also runs
 * every prefix of the input, for crashes only. The caller frees the result.
 */
char *asv_test_splits(AsvTestRun run, AsvSpan input, const void *user);

/* Octets of hexadecimal text (white space skipped); asserts that it is well-formed. */
GByteArray *asv_test_hex(const char *hex);

#endif

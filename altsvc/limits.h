/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every limit of altsvc/ and report/, with its reason. Octets unless the name
 * says otherwise. The analyzer's limits stand in analyzer/limits.h.
 */
#ifndef ALTSVC_LIMITS_H
#define ALTSVC_LIMITS_H

/* --- value, origin --- */

/* A DNS name has at most 255 octets, and RFC 3986 §3.2.2 asks URI producers to keep to that. */
#define ASV_HOST_MAX 255

/* An ALPN protocol name is a vector with one octet of length (RFC 7301 §3.1). */
#define ASV_ALPN_MAX 255

/* Unknown parameter names of one alternative that are compared to find repetitions: no parameter
 * but ma and persist was ever registered, and without a bound a hostile value costs the square of
 * its length. `ma` and `persist` are always compared. */
#define ASV_PARAMETERS_COMPARED 8

/* --- observations --- */

/* One line of NDJSON. The largest honest value is a header section of a few hundred thousand
 * octets, each six characters when escaped, once in `value` and once in `values`. */
#define ASV_OBSERVATION_LINE_MAX 8388608

#endif

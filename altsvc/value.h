/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The grammar of an Alt-Svc field value (RFC 7838 §3), as a pull parser
 * without allocation. The caller keeps the parser on its stack and asks for
 * one alternative after the other; the grammar's faults carry the offset and
 * what was expected, everything odd but allowed sets a bit.
 *
 * This file cuts and names. What a cache does with it is cache.h's.
 */
#ifndef ALTSVC_VALUE_H
#define ALTSVC_VALUE_H

#include "altsvc/bytes.h"
#include "altsvc/limits.h"

#define ASV_MA_DEFAULT G_GUINT64_CONSTANT(86400)      /* §3.1: 24 hours */
#define ASV_MA_LARGEST G_GUINT64_CONSTANT(2147483648) /* RFC 9111 §1.2.2: 2^31 */
#define ASV_PORT_LARGEST_SHOWN G_GUINT64_CONSTANT(4294967295)

/* Oddities of one alternative or of the whole list: not errors of the grammar. */
typedef enum {
  ASV_ODD_EMPTY_PARAMETER = 1 << 0,     /* `;` with nothing behind it (RFC 9110 §5.6.6) */
  ASV_ODD_EMPTY_ELEMENT = 1 << 1,       /* `,` with nothing around it (RFC 9110 §5.6.1.2) */
  ASV_ODD_DUPLICATE_PARAMETER = 1 << 2, /* names compare without case (RFC 9110 §5.6.6) */
  ASV_ODD_PARAMETER_NAME_CASE = 1 << 3, /* `MA` */
  ASV_ODD_PARAMETER_UNKNOWN = 1 << 4,
  ASV_ODD_ID_NOT_CANONICAL = 1 << 5, /* encodes a token character, or lower-case hex (§3) */
  ASV_ODD_PERSIST_NOT_1 = 1 << 6,
  ASV_ODD_MA_NOT_A_NUMBER = 1 << 7,
  ASV_ODD_MA_OVERFLOW = 1 << 8, /* above 2^31 */
  ASV_ODD_CLEAR_MIXED = 1 << 9  /* `clear` in a list, not alone (§3) */
} AsvOddity;

/* One alternative; spans borrow from the value. */
typedef struct {
  AsvSpan protocol_id;         /* as written, e.g. `w%3Dx%3Ay#z` */
  char alpn[ASV_ALPN_MAX + 1]; /* percent-decoded (§3), NUL-terminated for convenience */
  gsize alpn_size;             /* octets; an ALPN name has at most 255 */
  AsvSpan authority;           /* between the quotes, quoted-pairs not undone */
  char host[ASV_HOST_MAX + 1]; /* quoted-pairs undone, case as written, "" for the origin's own */
  gboolean has_port;           /* FALSE: `h3="a.test:"` */
  guint64 port;                /* as written; saturates at G_MAXUINT64 */
  guint64 ma;       /* seconds as written, default applied; saturates; clamp is the cache's */
  gboolean has_ma;  /* a valid ma was there */
  gboolean persist; /* persist=1 was there */
  AsvSpan
      ma_text;  /* the value of the `ma` that counts, between quotes if quoted; empty when none */
  gsize offset; /* where the alternative begins in the value */
  gsize size;   /* octets up to the end of its last parameter */
  guint odd;    /* AsvOddity bits of this alternative */
} AsvAlternative;

/* A fault of the grammar. */
typedef struct {
  gsize offset;            /* octets from the start of the value */
  const char *expected;    /* static text, e.g. "a quoted-string" */
  gboolean non_ascii_host; /* the fault is an octet above 127 in the host (§8) */
} AsvValueError;

typedef enum {
  ASV_VALUE_ALTERNATIVE, /* *alternative is filled */
  ASV_VALUE_CLEAR,       /* the keyword stood here */
  ASV_VALUE_END,         /* well-formed to the end */
  ASV_VALUE_ERROR        /* parser.error is filled; never call again */
} AsvValueStep;

typedef struct {
  AsvReader in;
  guint odd;      /* AsvOddity bits of the list so far, without those of its alternatives */
  guint elements; /* so far, empty ones not counted */
  gboolean cleared;
  AsvValueError error;
} AsvValueParser;

/* value is borrowed until the last call of asv_value_next(). */
void asv_value_begin(AsvValueParser *parser, AsvSpan value);

/*
 * The next element of the list. What was told before ASV_VALUE_ERROR does not
 * count: a value matches the grammar to its end or not at all. Likewise
 * ASV_VALUE_CLEAR anywhere makes the whole value `clear`. *alternative is
 * filled for ASV_VALUE_ALTERNATIVE only.
 */
AsvValueStep asv_value_next(AsvValueParser *parser, AsvAlternative *alternative);

typedef enum { ASV_VERDICT_OK, ASV_VERDICT_CLEAR, ASV_VERDICT_INVALID } AsvVerdict;

typedef struct {
  AsvVerdict verdict;
  guint alternatives;  /* elements that are alternatives, duplicates counted */
  guint odd;           /* AsvOddity bits of the list and of all alternatives */
  AsvValueError error; /* when INVALID */
} AsvValueSummary;

/* What the whole value says: one pass to the end, keeping nothing. */
AsvValueSummary asv_value_check(AsvSpan value);

#endif

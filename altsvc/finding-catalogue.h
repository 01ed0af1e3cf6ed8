/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What every finding has in common with the others of its code: one table, the
 * only place where names, severities, sections, advice and the kind of display
 * filter stand.
 */
#ifndef ALTSVC_FINDING_CATALOGUE_H
#define ALTSVC_FINDING_CATALOGUE_H

#include "altsvc/finding.h"

/* What a display filter shows to somebody who looks the fact up in Wireshark. */
typedef enum {
  ASV_FILTER_MESSAGE,    /* the stream of the message; the ALTSVC frames of its connection if it is
                            one */
  ASV_FILTER_CONNECTION, /* the whole connection */
  ASV_FILTER_NONE
} AsvFilterKind;

typedef struct {
  const char *name;
  AsvSeverity severity;
  const char *spec;   /* NULL when no specification speaks about it */
  const char *advice; /* what to do, a sentence that follows "Do:" */
  AsvFilterKind filter;
  const char *meaning; /* what it is and why it matters, for --explain; whole sentences */
} AsvFindingRow;

/* The row of a code; static. */
const AsvFindingRow *asv_finding_row(AsvFindingCode code);

#endif

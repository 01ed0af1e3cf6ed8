/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where in a packet the octets of a field value are, so that items can mark
 * them: looked for in the packet's tree on the pass that draws, which has them
 * whenever somebody looks.
 */
#ifndef DISSECTOR_RANGE_H
#define DISSECTOR_RANGE_H

#include "altsvc/observation.h"
#include "dissector/ids.h"

/* The values of a packet that may be what an observation tells of. */
typedef struct AltsvcRanges AltsvcRanges;

/* tree is the packet's whole tree; tvb is the packet's, for what is not found. Freed with
 * altsvc_ranges_free(). */
AltsvcRanges *altsvc_ranges_new(packet_info *pinfo, proto_tree *tree, tvbuff_t *tvb);
void altsvc_ranges_free(AltsvcRanges *ranges);

typedef enum {
  ALTSVC_RANGE_ALT_SVC,  /* the value of that header field, any version of HTTP */
  ALTSVC_RANGE_ALT_USED, /* likewise */
  ALTSVC_RANGE_FRAME,    /* the field value of an ALTSVC frame */
  ALTSVC_RANGE_ORIGIN    /* its Origin */
} AltsvcRangeKind;

/*
 * The range of these octets on that stream (has_stream FALSE: HTTP/1). Equal
 * ones are given out in the packet's order, each once. An empty range at the
 * packet's beginning when there is none (left).
 */
AltsvcRange altsvc_ranges_take(AltsvcRanges *ranges, AltsvcRangeKind kind, gboolean has_stream,
                               guint64 stream, AsvSpan octets);

/* The part of size octets at offset of a range; empty when the range has not that many. */
AltsvcRange altsvc_range_part(const AltsvcRange *range, gsize offset, gsize size);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where in a packet the octets of a field value are, so that items can mark
 * them: looked for in the packet's tree on the pass that draws, which has them
 * whenever somebody looks.
 */
#ifndef DISSECTOR_PLACE_H
#define DISSECTOR_PLACE_H

#include "altsvc/observation.h"
#include "dissector/ids.h"

/* The values of a packet that may be what an observation tells of. */
typedef struct AltsvcPlaces AltsvcPlaces;

/* tree is the packet's whole tree; tvb is the packet's, for what is not found. Freed with
 * altsvc_places_free(). */
AltsvcPlaces *altsvc_places_new(packet_info *pinfo, proto_tree *tree, tvbuff_t *tvb);
void altsvc_places_free(AltsvcPlaces *places);

typedef enum {
  ALTSVC_PLACE_ALT_SVC,  /* the value of that header field, any version of HTTP */
  ALTSVC_PLACE_ALT_USED, /* likewise */
  ALTSVC_PLACE_FRAME,    /* the field value of an ALTSVC frame */
  ALTSVC_PLACE_ORIGIN    /* its Origin */
} AltsvcPlaceKind;

/*
 * The place of these octets on that stream (has_stream FALSE: HTTP/1). Equal
 * ones are given out in the packet's order, each once. An empty place at the
 * packet's beginning when there is none (left).
 */
AltsvcPlace altsvc_places_take(AltsvcPlaces *places, AltsvcPlaceKind kind, gboolean has_stream,
                               guint64 stream, AsvSpan octets);

/* The part of size octets at offset of a place; empty when the place has not that many. */
AltsvcPlace altsvc_place_part(const AltsvcPlace *place, gsize offset, gsize size);

#endif

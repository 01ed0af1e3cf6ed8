/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The items of a field value: each alternative with its parts, what the wire
 * says on its octets, what the cache made of it beside it.
 */
#ifndef DISSECTOR_ALTERNATIVE_H
#define DISSECTOR_ALTERNATIVE_H

#include "dissector/ids.h"
#include "dissector/packet-altsvc.h"
#include "dissector/range.h"

/* Adds the value of an advertisement, with all below it. */
void altsvc_value_draw(proto_tree *tree, const AltsvcSeen *seen, AltsvcRanges *ranges);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tree of one observation: whose message it is, what it says, what became
 * of it, what the cache holds behind it.
 */
#ifndef DISSECTOR_TREE_H
#define DISSECTOR_TREE_H

#include "dissector/links.h"
#include "dissector/packet-altsvc.h"
#include "dissector/range.h"

typedef struct {
  int protocol; /* id of the protocol */
  tvbuff_t *tvb;
  packet_info *pinfo;
  proto_tree *tree;
  AltsvcRanges *ranges; /* NULL: nobody looks at more than the findings */
  const AltsvcLinks *links;
  gboolean forward; /* later packets are known: links to them too */
} AltsvcDrawing;

/* Adds it to the packet's tree; returns its top item, with its findings but those of the whole
 * traffic. Without ranges the item has nothing else. */
proto_item *altsvc_tree_draw(const AltsvcDrawing *drawing, const AltsvcSeen *seen);

#endif

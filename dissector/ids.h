/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The fields of the protocol `altsvc` and the items made of them. An item that
 * has no range is worked out, not on the wire, and marked as such: Wireshark
 * puts it in [ ].
 */
#ifndef DISSECTOR_IDS_H
#define DISSECTOR_IDS_H

#include <epan/packet.h>

typedef enum {
  ALTSVC_ID_VIA,
  ALTSVC_ID_CLIENT,
  ALTSVC_ID_STREAM,
  ALTSVC_ID_ORIGIN,
  ALTSVC_ID_VALUE,
  ALTSVC_ID_CLEAR,
  ALTSVC_ID_ALTERNATIVE,
  ALTSVC_ID_PROTOCOL_ID,
  ALTSVC_ID_ALPN,
  ALTSVC_ID_AUTHORITY,
  ALTSVC_ID_HOST,
  ALTSVC_ID_PORT,
  ALTSVC_ID_MAX_AGE,
  ALTSVC_ID_PERSIST,
  ALTSVC_ID_PARAMETER,
  ALTSVC_ID_AGE,
  ALTSVC_ID_EXPIRES,
  ALTSVC_ID_USABLE,
  ALTSVC_ID_ACCEPTED,
  ALTSVC_ID_IGNORED_REASON,
  ALTSVC_ID_STATUS,
  ALTSVC_ID_EVENT,
  ALTSVC_ID_ALT_USED,
  ALTSVC_ID_CACHE_ENTRY,
  ALTSVC_ID_REQUEST_IN,
  ALTSVC_ID_LEARNED_IN,
  ALTSVC_ID_TRIED_IN,
  ALTSVC_ID_USED_IN,
  ALTSVC_ID_ENDED_IN,
  ALTSVC_ID_CERTIFICATE_IN,
  ALTSVC_IDS /* their number */
} AltsvcId;

/* Octets of a packet. */
typedef struct {
  tvbuff_t *tvb;
  int start, size;
} AltsvcRange;

/* Registers the fields. */
void altsvc_ids_register(int protocol);

/* The kind of subtree that all items with children share. */
int altsvc_ids_subtree(void);

/* Items of a tree. range NULL: worked out. */
proto_item *altsvc_add_string(proto_tree *tree, AltsvcId id, const AltsvcRange *range,
                              const char *text);
proto_item *altsvc_add_number(proto_tree *tree, AltsvcId id, const AltsvcRange *range,
                              guint64 number);
proto_item *altsvc_add_flag(proto_tree *tree, AltsvcId id, const AltsvcRange *range, gboolean flag);
/* Worked out; time in nanoseconds since 1970 UTC. */
proto_item *altsvc_add_time(proto_tree *tree, AltsvcId id, gint64 time);
/* A link to a packet, worked out; nothing (NULL) when it is 0 or no packet of Wireshark. */
proto_item *altsvc_add_link(proto_tree *tree, AltsvcId id, guint64 packet);
/* Words with children, worked out, of no field. tvb: the packet's. */
proto_tree *altsvc_add_words(proto_tree *tree, tvbuff_t *tvb, const char *words);

#endif

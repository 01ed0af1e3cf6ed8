/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One table of fields. FIELDS.md is made from what Wireshark says of them, so
 * the texts here are documentation.
 */
#include "ids.h"

#include <epan/unit_strings.h>

#include "altsvc/observation.h"

static int ids[ALTSVC_IDS];
static int subtree = -1;

static const value_string vias[] = {{ASV_VIA_HTTP1_HEADER + 1, "HTTP/1 header field"},
                                    {ASV_VIA_HTTP2_HEADER + 1, "HTTP/2 header field"},
                                    {ASV_VIA_HTTP3_HEADER + 1, "HTTP/3 header field"},
                                    {ASV_VIA_ALTSVC_FRAME + 1, "ALTSVC frame"},
                                    {0, NULL}};

#define FIELD(id, name, key, type, display, strings, blurb)        \
  {                                                                \
    &ids[ALTSVC_ID_##id], {                                        \
      name, "altsvc." key, type, display, strings, 0, blurb, HFILL \
    }                                                              \
  }
#define TEXT(id, name, key, blurb) FIELD(id, name, key, FT_STRING, BASE_NONE, NULL, blurb)
#define NUMBER(id, name, key, blurb) FIELD(id, name, key, FT_UINT64, BASE_DEC, NULL, blurb)
#define FLAG(id, name, key, blurb) FIELD(id, name, key, FT_BOOLEAN, BASE_NONE, NULL, blurb)
#define LINK(id, name, key, blurb) FIELD(id, name, key, FT_FRAMENUM, BASE_NONE, NULL, blurb)

static hf_register_info fields[] = {
    FIELD(VIA, "Received via", "via", FT_UINT8, BASE_DEC, VALS(vias), "How the advertisement came"),
    TEXT(CLIENT, "Client", "client", "Whose cache it is, named as the preference says"),
    NUMBER(STREAM, "Stream", "stream",
           "Stream of the message or frame; 0 stands for the connection"),
    TEXT(ORIGIN, "Origin", "origin", "The origin whose alternatives are meant"),
    TEXT(VALUE, "Alt-Svc", "value", "The field value, lines of one message joined by commas"),
    FLAG(CLEAR, "Clear", "clear", "The value drops all alternatives of the origin"),
    TEXT(ALTERNATIVE, "Alternative", "alternative", "Protocol, host and port"),
    TEXT(PROTOCOL_ID, "Protocol ID", "protocol_id", "As written, percent-encoded"),
    TEXT(ALPN, "ALPN", "alpn", "The protocol's name without percent-encoding"),
    TEXT(AUTHORITY, "Alternative authority", "authority", "As written between the quotes"),
    TEXT(HOST, "Host", "host", "The alternative's host; the origin's when none is written"),
    NUMBER(PORT, "Port", "port", "The alternative's port"),
    FIELD(MAX_AGE, "Max age (ma)", "max_age", FT_UINT64, BASE_DEC | BASE_UNIT_STRING,
          &units_second_seconds, "Freshness lifetime; 24 hours when none is written"),
    FLAG(PERSIST, "Persist", "persist", "It outlives a change of network"),
    TEXT(PARAMETER, "Parameter", "parameter",
         "A parameter other than persist and an ma that counts"),
    FIELD(AGE, "Age of the response", "age", FT_UINT64, BASE_DEC | BASE_UNIT_STRING,
          &units_second_seconds, "What the Age field takes from the lifetime"),
    FIELD(EXPIRES, "Expires", "expires", FT_ABSOLUTE_TIME, ABSOLUTE_TIME_UTC, NULL,
          "When the client forgets the alternative"),
    FLAG(USABLE, "Usable", "usable", "A client can connect to it"),
    FLAG(ACCEPTED, "Accepted", "accepted", "The client's cache takes the advertisement"),
    TEXT(IGNORED_REASON, "Ignored because of", "ignored_reason",
         "Why the cache does not take it: the name of a finding"),
    FIELD(STATUS, "Status", "status", FT_UINT64, BASE_DEC, NULL, "Status of the response"),
    TEXT(
        EVENT, "Event", "event",
        "What happened to an alternative: learned, refreshed, replaced, cleared, expired, removed, "
        "forgotten, ignored, tried, used, failed"),
    TEXT(ALT_USED, "Alt-Used", "alt_used", "The alternative that a request says it went to"),
    TEXT(CACHE_ENTRY, "Cache entry", "cache.entry",
         "An alternative that the client's cache holds for the origin after this packet"),
    FIELD(REQUEST_IN, "Request in frame", "request_in", FT_FRAMENUM, BASE_NONE,
          FRAMENUM_TYPE(FT_FRAMENUM_REQUEST), "The request that the message answers"),
    LINK(LEARNED_IN, "Learned in frame", "learned_in", "Where the alternative came into the cache"),
    LINK(TRIED_IN, "Tried in frame", "tried_in", "Where a connection to the alternative begins"),
    LINK(USED_IN, "First used in frame", "used_in", "The first request to the alternative"),
    LINK(ENDED_IN, "Ended in frame", "ended_in", "Where the alternative left the cache"),
    LINK(CERTIFICATE_IN, "Certificate in frame", "certificate_in",
         "Where the names were seen that the connection may speak for"),
};

void altsvc_ids_register(int protocol) {
  static int *subtrees[] = {&subtree};
  for (guint i = 0; i < ALTSVC_IDS; i++) ids[i] = -1;
  proto_register_field_array(protocol, fields, G_N_ELEMENTS(fields));
  proto_register_subtree_array(subtrees, G_N_ELEMENTS(subtrees));
}

int altsvc_ids_subtree(void) {
  return subtree;
}

static const AltsvcRange nowhere = {NULL, 0, 0};

static proto_item *marked(proto_item *item, const AltsvcRange *range) {
  if (!range) proto_item_set_generated(item);
  return item;
}

proto_item *altsvc_add_string(proto_tree *tree, AltsvcId id, const AltsvcRange *range,
                              const char *text) {
  const AltsvcRange *at = range ? range : &nowhere;
  return marked(proto_tree_add_string(tree, ids[id], at->tvb, at->start, at->size, text), range);
}

proto_item *altsvc_add_number(proto_tree *tree, AltsvcId id, const AltsvcRange *range,
                              guint64 number) {
  const AltsvcRange *at = range ? range : &nowhere;
  if (proto_registrar_get_nth((guint)ids[id])->type != FT_UINT64)
    return marked(proto_tree_add_uint(tree, ids[id], at->tvb, at->start, at->size, (guint32)number),
                  range);
  return marked(proto_tree_add_uint64(tree, ids[id], at->tvb, at->start, at->size, number), range);
}

proto_item *altsvc_add_flag(proto_tree *tree, AltsvcId id, const AltsvcRange *range,
                            gboolean flag) {
  const AltsvcRange *at = range ? range : &nowhere;
  return marked(proto_tree_add_boolean(tree, ids[id], at->tvb, at->start, at->size, flag ? 1 : 0),
                range);
}

proto_item *altsvc_add_time(proto_tree *tree, AltsvcId id, gint64 time) {
  const gint64 second = G_GINT64_CONSTANT(1000000000);
  gint64 seconds = time / second - (time % second < 0);
  nstime_t at = {.secs = (time_t)seconds, .nsecs = (int)(time - seconds * second)};
  return marked(proto_tree_add_time(tree, ids[id], NULL, 0, 0, &at), NULL);
}

proto_item *altsvc_add_link(proto_tree *tree, AltsvcId id, guint64 packet) {
  if (packet == 0 || packet > G_MAXUINT32) return NULL;
  return marked(proto_tree_add_uint(tree, ids[id], NULL, 0, 0, (guint32)packet), NULL);
}

proto_tree *altsvc_add_words(proto_tree *tree, tvbuff_t *tvb, const char *words) {
  proto_item *item;
  proto_tree *below = proto_tree_add_subtree(tree, tvb, 0, 0, subtree, &item, words);
  proto_item_set_generated(item);
  return below;
}

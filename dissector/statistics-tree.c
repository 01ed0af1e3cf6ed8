/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Wireshark counts and draws; this says which node an advertisement belongs
 * to. A node counts all below it: alternatives under "By protocol",
 * advertisements elsewhere.
 */
#include "statistics-tree.h"

#include <epan/packet.h>

#include <epan/stats_tree.h>

#include "altsvc/value.h"
#include "packet-altsvc.h"
#include "record.h"
#include "summary.h"

#define BY_ORIGIN "By origin"
#define BY_PROTOCOL "By protocol of the alternative"
#define BY_WAY "By way"
#define BY_VERDICT "By verdict"

static void begin(stats_tree *tree) {
  static const char *const pivots[] = {BY_ORIGIN, BY_PROTOCOL, BY_WAY, BY_VERDICT};
  for (gsize i = 0; i < G_N_ELEMENTS(pivots); i++) stats_tree_create_pivot(tree, pivots[i], 0);
}

static void tick(stats_tree *tree, const char *pivot, const char *name) {
  stats_tree_tick_pivot(tree, stats_tree_parent_id_by_name(tree, pivot), name);
}

/* Of a value that matches the grammar, as many alternatives as a cache keeps. */
static void tick_protocols(stats_tree *tree, AsvSpan value) {
  AsvValueParser parser;
  AsvAlternative alternative;
  AsvVerdict verdict = asv_value_check(value).verdict;
  if (verdict == ASV_VERDICT_CLEAR) tick(tree, BY_PROTOCOL, "clear");
  if (verdict != ASV_VERDICT_OK) return;
  asv_value_begin(&parser, value);
  for (guint i = 0; i < ASV_ALTERNATIVES_MAX; i++) {
    if (asv_value_next(&parser, &alternative) != ASV_VALUE_ALTERNATIVE) return;
    g_autofree char *alpn = altsvc_printable(asv_span(alternative.alpn, alternative.alpn_size));
    tick(tree, BY_PROTOCOL, alpn);
  }
}

static void tick_advertisement(stats_tree *tree, const AltsvcSeen *seen) {
  const AsvAdvertisementSeen *said = &seen->observation->advertisement;
  g_autofree char *origin = altsvc_printable(said->origin);
  const char *reason;
  tick(tree, BY_ORIGIN, *origin ? origin : "not known");
  tick_protocols(tree, said->value);
  tick(tree, BY_WAY, asv_via_name(said->via));
  if (altsvc_seen_is_accepted(seen, &reason)) {
    tick(tree, BY_VERDICT, "accepted");
  } else {
    g_autofree char *verdict = g_strdup_printf("ignored: %s", reason);
    tick(tree, BY_VERDICT, verdict);
  }
}

static tap_packet_status take(stats_tree *tree, packet_info *pinfo G_GNUC_UNUSED,
                              epan_dissect_t *edt G_GNUC_UNUSED, const void *tapped,
                              tap_flags_t flags G_GNUC_UNUSED) {
  const AltsvcPacket *packet = tapped;
  for (guint i = 0; i < packet->count; i++)
    if (packet->items[i].observation->kind == ASV_OBSERVATION_ADVERTISEMENT)
      tick_advertisement(tree, &packet->items[i]);
  return TAP_PACKET_REDRAW;
}

void altsvc_register_statistics_tree(void) {
  stats_tree_register_plugin("altsvc", "altsvc", "Alt-Svc advertisements", 0, take, begin, NULL);
}

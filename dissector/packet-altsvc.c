/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * On the first pass the observations of each packet are made and kept with it
 * for as long as the file is open. Every pass draws from that: the Info column
 * and the tap always, the tree when somebody looks.
 */
#include "packet-altsvc.h"

#include <epan/column-utils.h>
#include <epan/prefs.h>
#include <epan/proto_data.h>
#include <epan/tap.h>

#include "body.h"
#include "expert.h"
#include "extract.h"
#include "fields.h"
#include "gap.h"
#include "ids.h"
#include "limits.h"
#include "record.h"
#include "summary.h"
#include "tree.h"

/* Keys of what is kept with a packet. */
enum { KEPT_PACKET, KEPT_GAP };

/* Registration gives ids and calls functions without a self: they stand here. */
static int proto_altsvc = -1;
static int tap_altsvc = -1;
static dissector_handle_t handle;
static AltsvcExtract *extract;
static AltsvcRecord *record;
static gboolean mended; /* altsvc_gap_is_mended(), asked once a file */

static const enum_val_t models[] = {
    [ASV_MODEL_AUTO] = {"auto", "each client's own, by its User-Agent", ASV_MODEL_AUTO},
    [ASV_MODEL_RFC7838] = {"rfc7838", "RFC 7838", ASV_MODEL_RFC7838},
    [ASV_MODEL_CHROMIUM] = {"chromium", "Chromium", ASV_MODEL_CHROMIUM},
    [ASV_MODEL_FIREFOX] = {"firefox", "Firefox", ASV_MODEL_FIREFOX},
    [ASV_MODEL_CURL] = {"curl", "curl", ASV_MODEL_CURL},
    {NULL, NULL, 0}};

/* What a user sets. Changing it reads the capture anew. */
static struct {
  int model, client_by;
  guint cache_rows;
} preferences = {
    .model = ASV_MODEL_AUTO, .client_by = ASV_CLIENT_BY_IP, .cache_rows = ALTSVC_CACHE_ROWS};

AsvTimelineOptions altsvc_timeline_options(void) {
  return (AsvTimelineOptions){.client_by = (AsvClientBy)preferences.client_by,
                              .model = (AsvModelName)preferences.model};
}

const char *altsvc_model_word(void) {
  return models[preferences.model].name;
}

static void begin_file(void) {
  const AsvTimelineOptions options = altsvc_timeline_options();
  extract = altsvc_extract_new();
  mended = altsvc_gap_is_mended();
  record = altsvc_record_new(&options, preferences.cache_rows);
}

static void end_file(void) {
  g_clear_pointer(&extract, altsvc_extract_free);
  g_clear_pointer(&record, altsvc_record_free);
}

/* Notes a gap that a connection of interest is not read across. */
static void note_gap(packet_info *pinfo, proto_tree *tree) {
  guint64 stream;
  char label[32];
  if (mended || !altsvc_gap_find(tree, &stream)) return;
  g_snprintf(label, sizeof label, "tcp:%" G_GUINT64_FORMAT, stream);
  if (altsvc_record_knows(record, label))
    p_add_proto_data(wmem_file_scope(), pinfo, proto_altsvc, KEPT_GAP, record);
}

static const AltsvcPacket *first_pass(packet_info *pinfo, proto_tree *tree) {
  const AsvObserver observer = altsvc_record_observer(record);
  altsvc_extract_packet(extract, pinfo, tree, &observer);
  const AltsvcPacket *packet = altsvc_record_end_packet(record);
  note_gap(pinfo, tree);
  if (packet) p_add_proto_data(wmem_file_scope(), pinfo, proto_altsvc, KEPT_PACKET, (void *)packet);
  return packet;
}

/* ---- what is shown ---- */

static void append_info(packet_info *pinfo, const AltsvcPacket *packet) {
  if (!col_get_writable(pinfo->cinfo, COL_INFO)) return;
  for (guint i = 0; i < packet->count; i++) {
    g_autofree char *words = altsvc_summary_info(&packet->items[i]);
    if (words) col_append_fstr(pinfo->cinfo, COL_INFO, " | Alt-Svc %s", words);
  }
}

/* The observation that a finding of the whole traffic is shown with: the first of its origin. */
static guint index_of(const AltsvcPacket *packet, const AsvFinding *finding) {
  for (guint i = 0; finding->origin && i < packet->count; i++)
    if (asv_span_is(altsvc_seen_origin(&packet->items[i]), finding->origin)) return i;
  return 0;
}

static gboolean is_drawn(const AltsvcDrawing *drawing, const AltsvcPacket *packet,
                         const GPtrArray *late, guint at) {
  const AltsvcSeen *seen = &packet->items[at];
  if (seen->facts->len || (drawing->ranges && altsvc_seen_is_shown(seen))) return TRUE;
  for (guint i = 0; late && i < late->len; i++)
    if (index_of(packet, late->pdata[i]) == at) return TRUE;
  return FALSE;
}

static void draw(const AltsvcDrawing *drawing, const AltsvcPacket *packet) {
  const GPtrArray *late = drawing->forward ? altsvc_record_late(record, drawing->pinfo->num) : NULL;
  for (guint i = 0; i < packet->count; i++) {
    if (!is_drawn(drawing, packet, late, i)) continue;
    proto_item *item = altsvc_tree_draw(drawing, &packet->items[i]);
    if (altsvc_body_was_awaited(drawing->pinfo, &packet->items[i]))
      altsvc_expert_add_body(drawing->pinfo, item);
    for (guint j = 0; late && j < late->len; j++) {
      const AsvFinding *finding = late->pdata[j];
      if (index_of(packet, finding) == i)
        altsvc_expert_add(drawing->pinfo, item, finding->code, finding->message);
    }
  }
}

/* Findings are drawn for whatever looks at expert infos, the rest when somebody looks at us. */
static void draw_packet(const AltsvcPacket *packet, tvbuff_t *tvb, packet_info *pinfo,
                        proto_tree *tree) {
  gboolean looked_at = proto_field_is_referenced(tree, proto_altsvc);
  AltsvcDrawing drawing = {.protocol = proto_altsvc,
                           .tvb = tvb,
                           .pinfo = pinfo,
                           .tree = tree,
                           .ranges = looked_at ? altsvc_ranges_new(pinfo, tree, tvb) : NULL,
                           .links = altsvc_record_links(record),
                           .forward = pinfo->fd->visited};
  draw(&drawing, packet);
  if (looked_at) altsvc_ranges_free(drawing.ranges);
}

static int dissect(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data G_GNUC_UNUSED) {
  const AltsvcPacket *packet =
      pinfo->fd->visited ? p_get_proto_data(wmem_file_scope(), pinfo, proto_altsvc, KEPT_PACKET)
                         : first_pass(pinfo, tree);
  if (tree && p_get_proto_data(wmem_file_scope(), pinfo, proto_altsvc, KEPT_GAP))
    altsvc_expert_add_order(
        pinfo, proto_tree_add_protocol_format(tree, proto_altsvc, tvb, 0, 0,
                                              "HTTP Alternative Services, segments missing"));
  if (!packet) return 0;
  append_info(pinfo, packet);
  if (tree) draw_packet(packet, tvb, pinfo, tree);
  tap_queue_packet(tap_altsvc, pinfo, packet);
  return 0;
}

void altsvc_finish(const AsvObserver *out) {
  if (extract) altsvc_extract_finish(extract, out);
}

/* ---- registration ---- */

static void register_preferences(void) {
  static const enum_val_t clients[] = {
      {"ip", "IP address", ASV_CLIENT_BY_IP},
      {"mac", "MAC address", ASV_CLIENT_BY_MAC},
      {"ip+agent", "IP address and User-Agent", ASV_CLIENT_BY_IP_AND_AGENT},
      {"capture", "the whole capture is one client", ASV_CLIENT_BY_CAPTURE},
      {NULL, NULL, 0}};
  module_t *module = prefs_register_protocol(proto_altsvc, NULL);
  prefs_register_enum_preference(module, "model", "Rules of the cache",
                                 "What a client's cache does with an advertisement",
                                 &preferences.model, models, FALSE);
  prefs_register_enum_preference(module, "client_by", "Tell clients apart by", "Whose cache it is",
                                 &preferences.client_by, clients, FALSE);
  prefs_register_uint_preference(module, "cache_entries", "Cache entries shown",
                                 "The most entries of a cache that the tree shows; 0 for none", 10,
                                 &preferences.cache_rows);
}

void altsvc_register_protocol(void) {
  proto_altsvc = proto_register_protocol("HTTP Alternative Services", "Alt-Svc", "altsvc");
  handle = register_dissector("altsvc", dissect, proto_altsvc);
  altsvc_ids_register(proto_altsvc);
  altsvc_expert_register(proto_altsvc);
  register_preferences();
  tap_altsvc = register_tap("altsvc");
  register_postdissector(handle);
  register_init_routine(begin_file);
  register_cleanup_routine(end_file);
}

void altsvc_handoff_protocol(void) {
  altsvc_fields_find();
  set_postdissector_wanted_hfids(handle, altsvc_fields_wanted());
}

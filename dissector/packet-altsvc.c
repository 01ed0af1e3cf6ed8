/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * On the first pass the observations of each packet are made and kept with it
 * for as long as the file is open; the tap hands them out on every pass.
 */
#include "packet-altsvc.h"

#include <epan/proto_data.h>
#include <epan/tap.h>

#include "extract.h"
#include "fields.h"

/* Registration gives ids and calls functions without a self: they stand here. */
static int proto_altsvc = -1;
static int tap_altsvc = -1;
static dissector_handle_t handle;
static AltsvcExtract *extract;
static GPtrArray *packets; /* AltsvcPacket*, of the file that is open */

static void observe(void *self, const AsvObservation *observation) {
  AltsvcSeen seen = {.observation = asv_observation_copy(observation)};
  g_array_append_val((GArray *)self, seen);
}

static void packet_free(gpointer data) {
  AltsvcPacket *packet = data;
  for (guint i = 0; i < packet->count; i++) asv_observation_free(packet->items[i].observation);
  g_free(packet->items);
  g_free(packet);
}

static void begin_file(void) {
  extract = altsvc_extract_new();
  packets = g_ptr_array_new_with_free_func(packet_free);
}

static void end_file(void) {
  g_clear_pointer(&extract, altsvc_extract_free);
  g_clear_pointer(&packets, g_ptr_array_unref);
}

static AltsvcPacket *first_pass(packet_info *pinfo, proto_tree *tree) {
  GArray *items = g_array_new(FALSE, TRUE, sizeof(AltsvcSeen));
  const AsvObserver observer = {.self = items, .observe = observe};
  altsvc_extract_packet(extract, pinfo, tree, &observer);
  if (!items->len) {
    g_array_unref(items);
    return NULL;
  }
  AltsvcPacket *packet = g_new0(AltsvcPacket, 1);
  packet->count = items->len;
  packet->items = (AltsvcSeen *)(gpointer)g_array_free(items, FALSE);
  g_ptr_array_add(packets, packet);
  p_add_proto_data(wmem_file_scope(), pinfo, proto_altsvc, 0, packet);
  return packet;
}

static int dissect(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data G_GNUC_UNUSED) {
  const AltsvcPacket *packet = pinfo->fd->visited
                                   ? p_get_proto_data(wmem_file_scope(), pinfo, proto_altsvc, 0)
                                   : first_pass(pinfo, tree);
  if (!packet) return 0;
  proto_tree_add_item(tree, proto_altsvc, tvb, 0, 0, ENC_NA);
  tap_queue_packet(tap_altsvc, pinfo, packet);
  return 0;
}

void altsvc_finish(const AsvObserver *out) {
  if (extract) altsvc_extract_finish(extract, out);
}

void altsvc_register_protocol(void) {
  proto_altsvc = proto_register_protocol("HTTP Alternative Services", "Alt-Svc", "altsvc");
  handle = register_dissector("altsvc", dissect, proto_altsvc);
  tap_altsvc = register_tap("altsvc");
  register_postdissector(handle);
  register_init_routine(begin_file);
  register_cleanup_routine(end_file);
}

void altsvc_handoff_protocol(void) {
  altsvc_fields_find();
  set_postdissector_wanted_hfids(handle, altsvc_fields_wanted());
}

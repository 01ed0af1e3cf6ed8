/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looks below the TCP header only: others have no gaps of their own. */
#include "gap.h"

#include <epan/prefs-int.h>
#include <epan/prefs.h>

#include "fields.h"

typedef struct {
  guint64 stream;
  gboolean lost;
} Look;

gboolean altsvc_gap_is_mended(void) {
  module_t *tcp = prefs_find_module("tcp");
  pref_t *pref = tcp ? prefs_find_preference(tcp, "reassemble_out_of_order") : NULL;
  return !pref || prefs_get_bool_value(pref, pref_current);
}

static void look_below(proto_node *node, gpointer data) {
  Look *look = data;
  AltsvcField field = altsvc_field_of(node);
  if (field == ALTSVC_FIELD_TCP_STREAM) look->stream = altsvc_field_number(node);
  if (field == ALTSVC_FIELD_TCP_LOST) look->lost = TRUE;
  proto_tree_children_foreach(node, look_below, look);
}

static void look_for_tcp(proto_node *node, gpointer data) {
  if (altsvc_field_of(node) == ALTSVC_FIELD_TCP)
    proto_tree_children_foreach(node, look_below, data);
}

gboolean altsvc_gap_find(proto_tree *tree, guint64 *stream) {
  Look look = {0};
  if (tree) proto_tree_children_foreach(tree, look_for_tcp, &look);
  *stream = look.stream;
  return look.lost;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Wireshark keeps and draws the rows, sorted by the first column. Strings of a
 * row are its own, since it may outlive the capture file.
 */
#include "statistics-table.h"

#include <epan/packet.h>

#include <epan/stat_tap_ui.h>
#include <epan/tap.h>

#include "packet-altsvc.h"
#include "summary.h"

#define TITLE "Alt-Svc timeline"

enum { FRAME, TIME, CLIENT, ORIGIN, EVENT, COLUMNS };

static void clear_rows(stat_tap_table *table) {
  for (guint row = 0; row < table->num_elements; row++) {
    for (guint column = CLIENT; column <= EVENT; column++)
      g_free((gpointer)stat_tap_get_field_data(table, row, column)->value.string_value);
    g_free(table->elements[row]);
  }
  table->num_elements = 0;
}

static void free_item(stat_tap_table *table G_GNUC_UNUSED, guint row G_GNUC_UNUSED,
                      guint column G_GNUC_UNUSED, stat_tap_table_item_type *item) {
  if (item->type == TABLE_ITEM_STRING) g_free((gpointer)item->value.string_value);
}

static void begin(stat_tap_table_ui *ui) {
  stat_tap_table *table = stat_tap_find_table(ui, TITLE);
  if (table)
    clear_rows(table);
  else
    stat_tap_add_table(ui, stat_tap_init_table(TITLE, COLUMNS, 0, NULL));
}

static stat_tap_table_item_type string(const char *octets) {
  return (stat_tap_table_item_type){
      .type = TABLE_ITEM_STRING,
      .value.string_value = altsvc_printable(asv_span_text(octets ? octets : ""))};
}

static void add_row(stat_tap_table *table, const packet_info *pinfo, const AltsvcEvent *event) {
  g_autofree char *words = altsvc_summary_event(&event->base);
  const stat_tap_table_item_type row[COLUMNS] = {
      [FRAME] = {.type = TABLE_ITEM_UINT, .value.uint_value = pinfo->num},
      [TIME] = {.type = TABLE_ITEM_FLOAT, .value.float_value = nstime_to_sec(&pinfo->rel_ts)},
      [CLIENT] = string(event->client),
      [ORIGIN] = string(event->origin),
      [EVENT] = {.type = TABLE_ITEM_STRING, .value.string_value = g_steal_pointer(&words)}};
  stat_tap_init_table_row(table, table->num_elements, COLUMNS, row);
}

static tap_packet_status take(void *data, packet_info *pinfo, epan_dissect_t *edt G_GNUC_UNUSED,
                              const void *tapped, tap_flags_t flags G_GNUC_UNUSED) {
  const AltsvcPacket *packet = tapped;
  stat_tap_table *table =
      g_array_index(((stat_data_t *)data)->stat_tap_data->tables, stat_tap_table *, 0);
  guint before = table->num_elements;
  for (guint i = 0; i < packet->count; i++) {
    const GPtrArray *events = packet->items[i].events;
    for (guint j = 0; j < events->len; j++) add_row(table, pinfo, events->pdata[j]);
  }
  return table->num_elements > before ? TAP_PACKET_REDRAW : TAP_PACKET_DONT_REDRAW;
}

void altsvc_register_statistics_table(void) {
  static stat_tap_table_item columns[COLUMNS] = {
      [FRAME] = {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Frame", "%7u"},
      [TIME] = {TABLE_ITEM_FLOAT, TAP_ALIGN_RIGHT, "Seconds", "%12.6f"},
      [CLIENT] = {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Client", "%-15s"},
      [ORIGIN] = {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Origin", "%-24s"},
      [EVENT] = {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Event", "%s"}};
  static tap_param params[] = {{PARAM_FILTER, "filter", "Filter", NULL, TRUE}};
  static stat_tap_table_ui ui = {.group = REGISTER_PACKET_STAT_GROUP_UNSORTED,
                                 .title = TITLE,
                                 .tap_name = "altsvc",
                                 .cli_string = "altsvc,table",
                                 .stat_tap_init_cb = begin,
                                 .packet_func = take,
                                 .stat_tap_reset_table_cb = clear_rows,
                                 .stat_tap_free_table_item_cb = free_item,
                                 .nfields = G_N_ELEMENTS(columns),
                                 .fields = columns,
                                 .nparams = G_N_ELEMENTS(params),
                                 .params = params};
  register_stat_tap_table_ui(&ui);
}

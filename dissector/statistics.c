/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A listener takes the observations of the tap. NDJSON is written as they
 * come; the other subjects are sections of a timeline, written at the end.
 */
#include "statistics.h"

#include <epan/packet.h>

#include <epan/stat_tap_ui.h>
#include <epan/tap.h>
#include <stdio.h>

#include "packet-altsvc.h"
#include "report/observations.h"
#include "report/report.h"
#include "statistics-table.h"
#include "statistics-tree.h"

/* Columns of a report. */
#define WIDTH 80

typedef struct {
  AsvReportSubject subject;
  const char *name; /* behind "altsvc," */
  const char *title;
} Subject;

static const Subject subjects[] = {
    {ASV_REPORT_OBSERVATIONS, "altsvc,observations", "Alt-Svc observations"},
    {ASV_REPORT_TIMELINE, "altsvc,timeline", "Alt-Svc timeline"},
    {ASV_REPORT_CACHE, "altsvc,cache", "Alt-Svc caches"},
    {ASV_REPORT_FINDINGS, "altsvc,findings", "Alt-Svc findings"},
};

typedef struct {
  const Subject *subject;
  GPtrArray *observations; /* AsvObservation*, owned */
} Listener;

static void observe(void *self, const AsvObservation *seen) {
  g_ptr_array_add(((Listener *)self)->observations, asv_observation_copy(seen));
}

static void observation_free(gpointer data) {
  asv_observation_free(data);
}

static void reset(void *data) {
  g_ptr_array_set_size(((Listener *)data)->observations, 0);
}

static tap_packet_status take(void *data, packet_info *pinfo G_GNUC_UNUSED,
                              epan_dissect_t *edt G_GNUC_UNUSED, const void *tapped,
                              tap_flags_t flags G_GNUC_UNUSED) {
  const AltsvcPacket *packet = tapped;
  for (guint i = 0; i < packet->count; i++) observe(data, packet->items[i].observation);
  return TAP_PACKET_REDRAW;
}

static gint by_packet(gconstpointer a, gconstpointer b) {
  const AsvObservation *one = *(AsvObservation *const *)a, *other = *(AsvObservation *const *)b;
  return one->packet < other->packet ? -1 : one->packet > other->packet;
}

static void draw_timeline(const Listener *listener, const GPtrArray *all) {
  AsvReportOptions options = {.subject = listener->subject->subject,
                              .time_style = ASV_TIME_RELATIVE,
                              .width = WIDTH,
                              .model = altsvc_model_word(),
                              .version = ASV_VERSION};
  AsvTimelineOptions rules = altsvc_timeline_options();
  AsvTimeline *timeline = asv_timeline_new(&rules);
  for (guint i = 0; i < all->len; i++) asv_timeline_observe(timeline, g_ptr_array_index(all, i));
  asv_timeline_finish(timeline);
  asv_report_text(stdout, timeline, &options);
  asv_timeline_free(timeline);
}

static void draw(void *data) {
  Listener *listener = data;
  GPtrArray *all = listener->observations;
  guint tapped = all->len;
  const AsvObserver observer = {.self = listener, .observe = observe};
  altsvc_finish(&observer);
  g_autoptr(GPtrArray) sorted = g_ptr_array_copy(all, NULL, NULL);
  g_ptr_array_set_free_func(sorted, NULL);
  g_ptr_array_sort(sorted, by_packet);
  if (listener->subject->subject == ASV_REPORT_OBSERVATIONS)
    for (guint i = 0; i < sorted->len; i++)
      asv_observation_write_json(stdout, g_ptr_array_index(sorted, i), FALSE);
  else
    draw_timeline(listener, sorted);
  g_ptr_array_set_size(all, (gint)tapped);
}

static void finish(void *data) {
  Listener *listener = data;
  g_ptr_array_unref(listener->observations);
  g_free(listener);
}

static void listen(const char *argument, void *data) {
  Listener *listener = g_new0(Listener, 1);
  listener->subject = data;
  listener->observations = g_ptr_array_new_with_free_func(observation_free);
  const char *filter = argument + strlen(listener->subject->name);
  GString *error = register_tap_listener("altsvc", listener, *filter == ',' ? filter + 1 : NULL, 0,
                                         reset, take, draw, finish);
  if (!error) return;
  fprintf(stderr, "altsvc: %s\n", error->str);
  g_string_free(error, TRUE);
  finish(listener);
}

void altsvc_register_statistics(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(subjects); i++) {
    stat_tap_ui ui = {.group = REGISTER_STAT_GROUP_GENERIC,
                      .title = subjects[i].title,
                      .cli_string = subjects[i].name,
                      .tap_init_cb = listen};
    register_stat_tap_ui(&ui, (gpointer)&subjects[i]);
  }
  altsvc_register_statistics_tree();
  altsvc_register_statistics_table();
}

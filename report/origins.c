/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sums over clients. Nothing is estimated: a percentile is the wait of one of them. */
#include "origins.h"

#include <string.h>

#include "report/words.h"

/* What one client's events of an origin come to. */
typedef struct {
  gboolean learned, tried, used, failed;
  gint64 learned_at, used_at;
} Course;

static Course course_of(const AsvOriginReport *origin) {
  Course course = {0};
  for (guint i = 0; i < origin->events->len; i++) {
    const AsvEvent *event = g_ptr_array_index(origin->events, i);
    switch (event->kind) {
      case ASV_EVENT_LEARNED:
        if (!course.learned) course.learned_at = event->time;
        course.learned = TRUE;
        break;
      case ASV_EVENT_TRIED:
        course.tried = TRUE;
        break;
      case ASV_EVENT_FAILED:
        course.failed = TRUE;
        break;
      case ASV_EVENT_USED:
        if (!course.used) course.used_at = event->time;
        course.used = TRUE;
        break;
      default:
        break;
    }
  }
  return course;
}

static void count(AsvOriginCounts *counts, const Course *course) {
  counts->clients++;
  if (course->learned) counts->learned++;
  if (course->tried) counts->tried++;
  if (course->used) counts->used++;
  if (course->failed) counts->failed++;
}

/* "Firefox" of "Firefox 153"; of several agents the first. */
static char *kind_of(const AsvClientReport *client) {
  if (!client->user_agents->len) return g_strdup("unknown");
  char *name = asv_words_agent(g_ptr_array_index(client->user_agents, 0));
  char *space = strrchr(name, ' ');
  if (space && g_ascii_isdigit(space[1])) *space = '\0';
  return name;
}

static void kind_free(gpointer data) {
  AsvOriginKind *kind = data;
  g_free(kind->kind);
  g_free(kind);
}

static void summary_free(gpointer data) {
  AsvOriginSummary *summary = data;
  g_ptr_array_unref(summary->kinds);
  g_array_unref(summary->waits);
  g_free(summary);
}

static AsvOriginSummary *find_summary(GHashTable *by_origin, GPtrArray *all, const char *origin) {
  AsvOriginSummary *summary = g_hash_table_lookup(by_origin, origin);
  if (summary) return summary;
  summary = g_new0(AsvOriginSummary, 1);
  summary->origin = origin;
  summary->kinds = g_ptr_array_new_with_free_func(kind_free);
  summary->waits = g_array_new(FALSE, FALSE, sizeof(gint64));
  g_hash_table_insert(by_origin, (gpointer)origin, summary);
  g_ptr_array_add(all, summary);
  return summary;
}

static AsvOriginKind *find_kind(AsvOriginSummary *summary, const char *name) {
  for (guint i = 0; i < summary->kinds->len; i++) {
    AsvOriginKind *kind = g_ptr_array_index(summary->kinds, i);
    if (g_str_equal(kind->kind, name)) return kind;
  }
  AsvOriginKind *kind = g_new0(AsvOriginKind, 1);
  kind->kind = g_strdup(name);
  g_ptr_array_add(summary->kinds, kind);
  return kind;
}

static void add_client(AsvOriginSummary *summary, const char *kind, const AsvOriginReport *origin) {
  Course course = course_of(origin);
  count(&summary->counts, &course);
  count(&find_kind(summary, kind)->counts, &course);
  summary->verdicts[origin->verdict]++;
  if (!course.learned || !course.used || course.used_at < course.learned_at) return;
  gint64 wait = asv_words_between(course.learned_at, course.used_at);
  g_array_append_val(summary->waits, wait);
}

static gint compare_summaries(gconstpointer a, gconstpointer b) {
  return strcmp((*(AsvOriginSummary *const *)a)->origin, (*(AsvOriginSummary *const *)b)->origin);
}

static gint compare_kinds(gconstpointer a, gconstpointer b) {
  return strcmp((*(AsvOriginKind *const *)a)->kind, (*(AsvOriginKind *const *)b)->kind);
}

static gint compare_waits(gconstpointer a, gconstpointer b) {
  gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;
  return x == y ? 0 : x < y ? -1 : 1;
}

GPtrArray *asv_origins_summarize(const AsvTimeline *timeline) {
  GPtrArray *all = g_ptr_array_new_with_free_func(summary_free);
  g_autoptr(GHashTable) by_origin = g_hash_table_new(g_str_hash, g_str_equal);
  for (guint i = 0; i < timeline->clients->len; i++) {
    const AsvClientReport *client = g_ptr_array_index(timeline->clients, i);
    g_autofree char *kind = kind_of(client);
    for (guint j = 0; j < client->origins->len; j++) {
      const AsvOriginReport *origin = g_ptr_array_index(client->origins, j);
      add_client(find_summary(by_origin, all, origin->origin), kind, origin);
    }
  }
  g_ptr_array_sort(all, compare_summaries);
  for (guint i = 0; i < all->len; i++) {
    AsvOriginSummary *summary = g_ptr_array_index(all, i);
    g_ptr_array_sort(summary->kinds, compare_kinds);
    g_array_sort(summary->waits, compare_waits);
  }
  return all;
}

gint64 asv_origins_percentile(const AsvOriginSummary *summary, guint percent) {
  guint64 rank = ((guint64)summary->waits->len * percent + 99) / 100;
  return g_array_index(summary->waits, gint64, MAX(rank, 1) - 1);
}

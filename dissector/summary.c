/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words for titles, the Info column and events. */
#include "summary.h"

#include "record.h"
#include "report/page.h"
#include "report/words.h"

/* Octets of a value that the Info column shows: one line of a wide window. */
#define INFO_VALUE_MAX 160

char *altsvc_printable(AsvSpan octets) {
  GString *text = g_string_new(NULL);
  asv_page_escape(text, octets);
  return g_string_free(text, FALSE);
}

/* ---- events ---- */

static const char *reason_of(const AsvEvent *event) {
  if (event->kind == ASV_EVENT_IGNORED || event->kind == ASV_EVENT_FAILED) return event->reason;
  if (event->ended_by == ASV_ENDED_MISDIRECTED) return "421";
  if (event->ended_by == ASV_ENDED_NETWORK_CHANGE) return "network change";
  return NULL;
}

char *altsvc_summary_event(const AsvEvent *event) {
  GString *text = g_string_new(asv_event_kind_name(event->kind));
  if (event->alternative) {
    g_autofree char *to = asv_words_alternative(event->alternative);
    g_string_append_printf(text, " %s", to);
  }
  if (event->has_entries) {
    g_autofree char *entries =
        event->entries == 1 ? g_strdup("1 entry") : g_strdup_printf("%u entries", event->entries);
    g_string_append_printf(text, " %s", entries);
  }
  const char *reason = reason_of(event);
  if (reason) g_string_append_printf(text, " (%s)", reason);
  g_autoptr(GString) raw = text;
  return altsvc_printable(asv_span(raw->str, raw->len));
}

/* The event that says most about an observation; NULL when there is none. */
static const AsvEvent *main_event(const AltsvcSeen *seen) {
  static const AsvEventKind weight[] = {ASV_EVENT_IGNORED,   ASV_EVENT_CLEARED, ASV_EVENT_LEARNED,
                                        ASV_EVENT_REFRESHED, ASV_EVENT_REMOVED, ASV_EVENT_FAILED,
                                        ASV_EVENT_USED};
  for (gsize i = 0; i < G_N_ELEMENTS(weight); i++)
    for (guint j = 0; j < seen->events->len; j++) {
      const AsvEvent *event = seen->events->pdata[j];
      if (event->kind == weight[i]) return event;
    }
  return seen->events->len ? seen->events->pdata[0] : NULL;
}

/* How many more events of that kind there are. */
static guint others_like(const AltsvcSeen *seen, const AsvEvent *event) {
  guint count = 0;
  for (guint i = 0; i < seen->events->len; i++)
    count += seen->events->pdata[i] != event &&
             ((const AsvEvent *)seen->events->pdata[i])->kind == event->kind;
  return count;
}

/* ---- titles ---- */

static char *what_happened(const AltsvcSeen *seen) {
  const AsvObservation *said = seen->observation;
  const AsvEvent *event = main_event(seen);
  if (event) {
    g_autofree char *words = altsvc_summary_event(event);
    guint others = others_like(seen, event);
    return others ? g_strdup_printf("%s and %u more", words, others) : g_steal_pointer(&words);
  }
  if (said->kind == ASV_OBSERVATION_RESPONSE)
    return g_strdup_printf("status %u", said->response.status);
  if (said->kind == ASV_OBSERVATION_REQUEST && said->request.alt_used.data) {
    g_autofree char *place = altsvc_printable(said->request.alt_used);
    return g_strdup_printf("Alt-Used: %s", place);
  }
  if (seen->facts->len) return g_strdup(((const AltsvcFact *)seen->facts->pdata[0])->code);
  return g_strdup(asv_observation_kind_name(said->kind));
}

char *altsvc_summary_title(const AltsvcSeen *seen) {
  g_autofree char *what = what_happened(seen);
  AsvSpan origin = altsvc_seen_origin(seen);
  if (!origin.size) return g_steal_pointer(&what);
  g_autofree char *text = altsvc_printable(origin);
  return g_strdup_printf("%s, %s", text, what);
}

char *altsvc_summary_info(const AltsvcSeen *seen) {
  const AsvEvent *event = main_event(seen);
  const AsvObservation *said = seen->observation;
  if (!event) return NULL;
  if (said->kind != ASV_OBSERVATION_ADVERTISEMENT) return altsvc_summary_event(event);
  const char *word = asv_event_kind_name(event->kind);
  AsvSpan value = said->advertisement.value;
  if (event->kind == ASV_EVENT_CLEARED || !value.size) return g_strdup(word);
  g_autofree char *text = altsvc_printable(asv_span_sub(value, 0, INFO_VALUE_MAX));
  return g_strdup_printf("%s: %s%s", word, text, value.size > INFO_VALUE_MAX ? "..." : "");
}

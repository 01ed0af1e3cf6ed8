/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The verdict on each client and origin in words: which protocol, since when,
 * and what ended it.
 */
#include "altsvc/origin.h"
#include "text.h"

/* Columns of client and origin together, above which the sentence gets a line of its own. */
#define NAMES_MAX 42

/* The events a verdict speaks of; NULL where there is none. */
typedef struct {
  const AsvEvent *learned; /* the latest */
  const AsvEvent *used;    /* the first */
  const AsvEvent *ended;   /* the latest ending behind the latest learning */
  const AsvEvent *ignored; /* the first */
} Story;

static gboolean is_ending(const AsvEvent *event) {
  return event->kind == ASV_EVENT_CLEARED || event->kind == ASV_EVENT_EXPIRED ||
         event->kind == ASV_EVENT_REMOVED || event->kind == ASV_EVENT_FORGOTTEN ||
         event->kind == ASV_EVENT_REPLACED;
}

static Story story_of(const AsvOriginReport *origin) {
  Story story = {0};
  for (guint i = 0; i < origin->events->len; i++) {
    const AsvEvent *event = g_ptr_array_index(origin->events, i);
    if (event->kind == ASV_EVENT_LEARNED) {
      story.learned = event;
      story.ended = NULL;
    } else if (event->kind == ASV_EVENT_USED && !story.used) {
      story.used = event;
    } else if (event->kind == ASV_EVENT_IGNORED && !story.ignored) {
      story.ignored = event;
    } else if (is_ending(event)) {
      story.ended = event;
    }
  }
  return story;
}

/* "HTTP/3", or "the alternative" where the event names none. */
static char *protocol_of(const AsvEvent *event) {
  if (!event || !event->alternative) return g_strdup("the alternative");
  return asv_words_protocol(event->alternative);
}

/* Where the alternative differs from the origin: another host, or another port. */
static void append_place(GString *words, const AsvEvent *event, const char *origin) {
  const AsvAlternativeSeen *seen = event ? event->alternative : NULL;
  AsvOrigin parsed;
  if (!seen || !seen->has_port || asv_origin_parse(asv_span_text(origin), &parsed)) return;
  if (!asv_span_is_nocase(parsed.host, seen->host))
    g_string_append_printf(words, ", at %s:%" G_GUINT64_FORMAT, seen->host, seen->port);
  else if (seen->port != parsed.port)
    g_string_append_printf(words, ", on port %" G_GUINT64_FORMAT, seen->port);
}

static void append_end(const AsvText *text, GString *words, const AsvEvent *ended) {
  static const char *const phrases[] = {
      [ASV_EVENT_REPLACED] = "; replaced at %s",
      [ASV_EVENT_CLEARED] = "; told to forget at %s",
      [ASV_EVENT_EXPIRED] = "; expired at %s",
      [ASV_EVENT_REMOVED] = ", given up at %s",
      [ASV_EVENT_FORGOTTEN] = "; forgotten at %s, when the network changed",
  };
  if (!ended) return;
  g_autofree char *time = asv_words_time(text, ended->time);
  char **parts = g_strsplit(phrases[ended->kind], "%s", 2);
  g_string_append_printf(words, "%s%s%s", parts[0], time, parts[1]);
  g_strfreev(parts);
}

static void append_because(const AsvText *text, GString *words, const AsvOriginReport *origin) {
  for (guint i = 0; origin->because && i < origin->because->len; i++) {
    const char *code = asv_words_finding(text->timeline, g_array_index(origin->because, guint, i));
    if (code) g_string_append_printf(words, "%s%s", i ? ", " : "; see ", code);
  }
}

static char *verdict_words(const AsvText *text, const AsvOriginReport *origin) {
  Story story = story_of(origin);
  const AsvEvent *subject = story.used ? story.used : story.learned;
  g_autofree char *protocol = protocol_of(subject);
  g_autofree char *since = subject ? asv_words_time(text, subject->time) : g_strdup("the start");
  GString *words = g_string_new(NULL);
  switch (origin->verdict) {
    case ASV_OUTCOME_SWITCHED:
      g_string_append_printf(words, "%s used from %s", protocol, since);
      break;
    case ASV_OUTCOME_NOT_USED:
      g_string_append_printf(words, "%s known from %s, but never used", protocol, since);
      break;
    case ASV_OUTCOME_WAITING:
      g_string_append_printf(words, "%s ready at %s; waits for the next connection", protocol,
                             since);
      break;
    case ASV_OUTCOME_READY:
      g_string_append_printf(words, "%s ready at %s; no request needed it yet", protocol, since);
      break;
    case ASV_OUTCOME_NOT_ACCEPTED:
      g_string_append_printf(
          words, "every Alt-Svc was ignored: %s",
          story.ignored && story.ignored->reason ? story.ignored->reason : "see the timeline");
      break;
    case ASV_OUTCOME_NOT_ADVERTISED:
      g_string_append(words, "no Alt-Svc seen");
      break;
    default:
      g_string_append(words, "not known: too little of its traffic could be read");
  }
  if (subject) append_place(words, subject, origin->origin);
  append_end(text, words, story.ended);
  append_because(text, words, origin);
  return g_string_free(words, FALSE);
}

/* Columns in which all clients and all origins fit, 0 when the sentence needs its own line. */
static void measure(const AsvTimeline *timeline, guint *client_width, guint *origin_width) {
  *client_width = *origin_width = 0;
  for (guint i = 0; i < timeline->clients->len; i++) {
    const AsvClientReport *client = g_ptr_array_index(timeline->clients, i);
    *client_width = MAX(*client_width, (guint)strlen(client->client));
    for (guint j = 0; j < client->origins->len; j++) {
      const AsvOriginReport *origin = g_ptr_array_index(client->origins, j);
      *origin_width = MAX(*origin_width, (guint)strlen(origin->origin));
    }
  }
  if (*client_width + *origin_width > NAMES_MAX) *client_width = *origin_width = 0;
}

/* Client and what stands behind it, without ending the line. */
static void put_names(AsvText *text, const char *client, const char *second, guint client_width) {
  AsvPage *page = &text->page;
  asv_page_pad(page, 2);
  asv_page_wrap(page, "      ", client);
  asv_page_pad(page, MAX(2 + client_width, page->column) + 2);
  asv_page_wrap(page, "      ", second);
}

static void put_verdict(AsvText *text, const AsvClientReport *client, const AsvOriginReport *origin,
                        guint client_width, guint origin_width) {
  AsvPage *page = &text->page;
  g_autofree char *words = verdict_words(text, origin);
  if (!client_width) {
    put_names(text, client->client, origin->origin, client_width);
    asv_page_newline(page);
    asv_page_prose(page, 6, words);
    return;
  }
  guint column = 2 + client_width + 2 + origin_width + 3;
  g_autofree char *hang = g_strnfill(column, ' ');
  put_names(text, client->client, origin->origin, client_width);
  asv_page_pad(page, column);
  asv_page_wrap(page, hang, words);
  asv_page_newline(page);
}

static void put_title(AsvText *text) {
  static const char *const nouns[] = {"note", "warning", "error"};
  guint counts[G_N_ELEMENTS(nouns)] = {0};
  g_autoptr(GString) words = g_string_new(NULL);
  for (guint i = 0; i < text->timeline->findings->len; i++) {
    const AsvFinding *finding = g_ptr_array_index(text->timeline->findings, i);
    counts[finding->severity]++;
  }
  for (gsize severity = G_N_ELEMENTS(nouns); severity--;) {
    if (!counts[severity]) continue;
    g_autofree char *count = asv_words_count(counts[severity], nouns[severity]);
    g_string_append_printf(words, "%s%s", words->len ? ", " : "", count);
  }
  asv_page_put(&text->page, "IN SHORT");
  asv_page_right(&text->page, words->len ? words->str : "no findings");
}

void asv_text_short(AsvText *text) {
  guint client_width, origin_width;
  measure(text->timeline, &client_width, &origin_width);
  put_title(text);
  for (guint i = 0; i < text->timeline->clients->len; i++) {
    const AsvClientReport *client = g_ptr_array_index(text->timeline->clients, i);
    for (guint j = 0; j < client->origins->len; j++)
      put_verdict(text, client, g_ptr_array_index(client->origins, j), client_width, origin_width);
    if (!client->unplaced->len) continue;
    g_autofree char *words =
        g_strdup_printf("%u ignored that belong%s to no origin", client->unplaced->len,
                        client->unplaced->len == 1 ? "s" : "");
    put_names(text, client->client, words, client_width);
    asv_page_newline(&text->page);
  }
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The verdict on an origin in words: which protocol, since when, and what
 * ended it.
 */
#include "altsvc/origin.h"
#include "altsvc/value.h"
#include "text-story.h"
#include "text.h"

/* Codes that one line names. */
#define CODES_MAX 3

static gboolean is_same(const AsvEvent *a, const AsvEvent *b) {
  const AsvAlternativeSeen *x = a->alternative, *y = b->alternative;
  return x && y && x->port == y->port && x->has_port == y->has_port &&
         g_str_equal(x->protocol_id, y->protocol_id) && g_str_equal(x->host, y->host);
}

static void learn(AsvStory *story, const AsvEvent *event) {
  const AsvEvent *before = story->learned;
  gboolean together = before && before->packet == event->packet && before->time == event->time &&
                      before->id == event->id;
  gboolean usable = event->alternative && event->alternative->usable;
  if (!together) story->others = 0;
  if (!together || (usable && before->alternative && !before->alternative->usable))
    story->learned = event;
  else if (usable)
    story->others++;
  if (story->ended && (!story->used || is_same(event, story->used))) story->ended = NULL;
}

static void end(AsvStory *story, const AsvEvent *event) {
  const AsvEvent *subject = story->used ? story->used : story->learned;
  if (event->kind == ASV_EVENT_CLEARED || (subject && is_same(event, subject)))
    story->ended = event;
}

AsvStory asv_story_of(const AsvOriginReport *origin) {
  AsvStory story = {0};
  for (guint i = 0; i < origin->events->len; i++) {
    const AsvEvent *event = g_ptr_array_index(origin->events, i);
    switch (event->kind) {
      case ASV_EVENT_LEARNED:
      case ASV_EVENT_RESTORED:
        learn(&story, event);
        break;
      case ASV_EVENT_TRIED:
        if (!story.tried) story.tried = event;
        break;
      case ASV_EVENT_USED:
        if (!story.used) story.used = event;
        break;
      case ASV_EVENT_FAILED:
        if (!story.failed) story.failed = event;
        break;
      case ASV_EVENT_IGNORED:
        if (!story.ignored) story.ignored = event;
        if (!story.unheard && asv_words_is_clear_unread(event)) story.unheard = event;
        break;
      case ASV_EVENT_REPLACED:
      case ASV_EVENT_CLEARED:
      case ASV_EVENT_EXPIRED:
      case ASV_EVENT_REMOVED:
      case ASV_EVENT_FORGOTTEN:
      case ASV_EVENT_EVICTED:
        end(&story, event);
        break;
      default:
        break;
    }
  }
  return story;
}

/* Where the alternative differs from the origin: another host, or another port. */
static void append_place(GString *words, const AsvAlternativeSeen *seen, const char *origin) {
  AsvOrigin parsed;
  if (!seen->has_port || asv_origin_parse(asv_span_text(origin), &parsed)) return;
  if (!asv_span_is_nocase(parsed.host, seen->host))
    g_string_append_printf(words, " at %s:%" G_GUINT64_FORMAT, seen->host, seen->port);
  else if (seen->port != parsed.port)
    g_string_append_printf(words, " on port %" G_GUINT64_FORMAT, seen->port);
}

/* "HTTP/3 on port 444 and 1 more". */
static void append_subject(GString *words, const AsvStory *story, const char *origin) {
  const AsvEvent *subject = story->used ? story->used : story->learned;
  if (!subject || !subject->alternative) {
    g_string_append(words, "the alternative");
    return;
  }
  g_autofree char *protocol = asv_words_protocol(subject->alternative);
  g_string_append(words, protocol);
  append_place(words, subject->alternative, origin);
  if (!story->used && story->others) g_string_append_printf(words, " and %u more", story->others);
}

static void append_end(const AsvText *text, GString *words, const AsvEvent *ended) {
  static const char *const phrases[] = {
      [ASV_EVENT_REPLACED] = "; no longer named at %s",
      [ASV_EVENT_CLEARED] = "; told to forget at %s",
      [ASV_EVENT_EXPIRED] = "; expired at %s",
      [ASV_EVENT_REMOVED] = ", given up at %s",
      [ASV_EVENT_FORGOTTEN] = "; forgotten at %s, when the network changed",
      [ASV_EVENT_EVICTED] = "; dropped at %s",
  };
  if (!ended) return;
  g_autofree char *time = asv_words_time(text, ended->time);
  char **parts = g_strsplit(phrases[ended->kind], "%s", 2);
  g_string_append_printf(words, "%s%s%s", parts[0], time, parts[1]);
  g_strfreev(parts);
}

/* The only connection that later requests went by, if the client had it before; else NULL. */
static const AsvEvent *stayed_on(const AsvOriginReport *origin, const AsvEvent *tried,
                                 const AsvEvent *learned) {
  const AsvEvent *asked = NULL;
  for (guint i = 0; i < origin->events->len; i++) {
    const AsvEvent *event = g_ptr_array_index(origin->events, i);
    if (event->kind != ASV_EVENT_CONTEXT || !event->method || event->time < tried->time) continue;
    if (!learned || event->id != learned->id || !event->connection) return NULL;
    asked = event;
  }
  return asked;
}

/* "tried at 0.093, but no request went there: they stayed on tcp:0 (HTTP/2)". */
static void append_tried(const AsvText *text, GString *words, const AsvOriginReport *origin,
                         const AsvStory *story) {
  const AsvEvent *asked = stayed_on(origin, story->tried, story->learned);
  g_autofree char *time = asv_words_time(text, story->tried->time);
  g_string_append_printf(words, " tried at %s, but no request went there", time);
  if (!asked) return;
  g_string_append_printf(words, ": they stayed on %.*s", (int)MIN(strlen(asked->connection), 12),
                         asked->connection);
  if (asked->protocol) g_string_append_printf(words, " (%s)", asked->protocol);
}

static gboolean was_used(const AsvOriginReport *origin, guint64 id) {
  for (guint i = 0; i < origin->events->len; i++) {
    const AsvEvent *event = g_ptr_array_index(origin->events, i);
    if (event->kind == ASV_EVENT_USED && event->id == id) return TRUE;
  }
  return FALSE;
}

/* Where requests went when what was used had run out or been withdrawn. */
static void append_afterwards(GString *words, const AsvOriginReport *origin,
                              const AsvStory *story) {
  const AsvEvent *ended = story->ended;
  if (!story->used || !ended ||
      (ended->kind != ASV_EVENT_EXPIRED && ended->kind != ASV_EVENT_CLEARED))
    return;
  gboolean stayed = FALSE, left = FALSE;
  for (guint i = 0; i < origin->events->len; i++) {
    const AsvEvent *event = g_ptr_array_index(origin->events, i);
    if (event->kind != ASV_EVENT_CONTEXT || !event->method || event->time <= ended->time) continue;
    if (was_used(origin, event->id))
      stayed = TRUE;
    else
      left = TRUE;
  }
  if (stayed)
    g_string_append(words, ", its open connection used on");
  else if (left)
    g_string_append(words, ", then back to the origin");
}

static void append_unheard(const AsvText *text, GString *words, const AsvEvent *unheard) {
  if (!unheard) return;
  g_autofree char *time = asv_words_time(text, unheard->time);
  g_string_append_printf(words, "; does not know the `clear` of %s", time);
}

static void append_connected(const AsvText *text, GString *words, const AsvEvent *tried) {
  g_autofree char *time = asv_words_time(text, tried->answered_time);
  g_string_append_printf(words, " ready (connected to at %s); no request needed it yet", time);
}

/* "tried at 0.090 but never worked: no answer; its requests went to the origin itself over HTTP/2":
 * why the first try failed. */
static void append_failed(const AsvText *text, GString *words, const AsvOriginReport *origin,
                          const AsvStory *story) {
  const AsvEvent *tried = story->tried ? story->tried : story->failed;
  g_autofree char *time = asv_words_time(text, tried->time);
  g_string_append_printf(words, " tried at %s but never worked: %s; ", time,
                         asv_words_reason(story->failed->reason));
  if (!origin->went_back)
    g_string_append(words, "no request went to the origin after that");
  else
    g_string_append_printf(words, "its requests went to the origin itself%s%s",
                           origin->back_over ? " over " : "",
                           origin->back_over ? origin->back_over : "");
}

/* An alternative that came, and what became of it. */
static void append_known(const AsvText *text, GString *words, const AsvOriginReport *origin,
                         const AsvStory *story) {
  const AsvEvent *subject = story->used ? story->used : story->learned;
  gboolean restored = subject->kind == ASV_EVENT_RESTORED;
  const char *in = story->used ? story->used->protocol : NULL;
  g_autofree char *since =
      restored ? g_strdup("before the capture") : asv_words_time(text, subject->time);
  const char *ready = restored ? " ready from" : " ready at";
  append_subject(words, story, origin->origin);
  if (origin->verdict == ASV_OUTCOME_SWITCHED)
    g_string_append_printf(words, " used from %s%s%s", since, in ? ", though in " : "",
                           in ? in : "");
  else if (origin->verdict == ASV_OUTCOME_FELL_BACK)
    g_string_append_printf(words, " used from %s%s%s%s", since, in ? ", though in " : "",
                           in ? in : "", story->ended ? "" : ", then back to the origin");
  else if (origin->verdict == ASV_OUTCOME_UNREACHABLE && story->failed)
    append_failed(text, words, origin, story);
  else if (origin->verdict == ASV_OUTCOME_CLIENT_CANNOT)
    g_string_append_printf(words, " offered at %s, but this client cannot use it", since);
  else if (origin->verdict == ASV_OUTCOME_NOT_USED)
    g_string_append_printf(words, " known from %s, but never used", since);
  else if (origin->verdict == ASV_OUTCOME_PROXIED)
    g_string_append_printf(words, " known from %s, but the way leads through a proxy", since);
  else if (story->ended && story->ended->kind == ASV_EVENT_EXPIRED &&
           story->ended->time == subject->time)
    g_string_append(words,
                    restored ? " had expired before the capture" : " had expired on arrival");
  else if (story->tried && origin->verdict == ASV_OUTCOME_READY && story->tried->answered_time)
    append_connected(text, words, story->tried);
  else if (story->tried && origin->verdict != ASV_OUTCOME_UNKNOWN)
    append_tried(text, words, origin, story);
  else if (origin->verdict == ASV_OUTCOME_UNKNOWN)
    g_string_append_printf(words, " known from %s; whether it was used cannot be seen", since);
  else if (story->ended)
    g_string_append_printf(words, " known from %s; no new connection came", since);
  else if (origin->verdict == ASV_OUTCOME_WAITING)
    g_string_append_printf(words, "%s %s; waits for the next connection", ready, since);
  else
    g_string_append_printf(words, "%s %s; no request needed it yet", ready, since);
  append_end(text, words, story->ended);
  append_afterwards(words, origin, story);
  append_unheard(text, words, story->unheard);
}

/* The codes that a verdict rests on, a few of them. */
static void append_codes(const AsvText *text, GString *words, const AsvOriginReport *origin) {
  guint count = origin->because ? origin->because->len : 0;
  for (guint i = 0; i < MIN(count, CODES_MAX); i++) {
    const char *code = asv_words_finding(text->timeline, g_array_index(origin->because, guint, i));
    g_string_append_printf(words, "%s%s", i ? ", " : "", code ? code : "?");
  }
  if (count > CODES_MAX) g_string_append_printf(words, ", %u more", count - CODES_MAX);
}

/* TRUE when it is this client's way, while others may take the value. */
static gboolean is_of_client(const char *reason) {
  return reason && g_str_has_prefix(reason, "client-");
}

static void append_not_accepted(const AsvText *text, GString *words, const AsvOriginReport *origin,
                                const AsvStory *story) {
  const AsvAlternativeSeen *seen = story->learned ? story->learned->alternative : NULL;
  if (seen) {
    g_string_append_printf(words, "no alternative that can be used: %s",
                           seen->why ? seen->why : "no reason known");
    return;
  }
  const char *reason = story->ignored ? story->ignored->reason : NULL;
  gboolean coded = origin->because && origin->because->len, own = is_of_client(reason);
  g_string_append(words, "every Alt-Svc was ignored: ");
  if (own || !coded) g_string_append(words, asv_words_reason(reason));
  if (!coded) return;
  if (own) g_string_append(words, " (");
  append_codes(text, words, origin);
  if (own) g_string_append_c(words, ')');
}

/* "this client does not read the ALTSVC frame that offered HTTP/3". */
static void append_unread(GString *words, const AsvEvent *ignored) {
  AsvValueParser parser;
  AsvAlternative first;
  g_string_append(words, "this client does not read the ALTSVC frame that offered ");
  asv_value_begin(&parser,
                  ignored ? asv_span(ignored->value, ignored->value_size) : asv_span(NULL, 0));
  if (asv_value_next(&parser, &first) != ASV_VALUE_ALTERNATIVE) {
    g_string_append(words, "an alternative");
    return;
  }
  AsvAlternativeSeen seen = {.alpn = first.alpn, .alpn_size = first.alpn_size};
  g_autofree char *id = asv_span_dup(first.protocol_id);
  seen.protocol_id = id;
  g_autofree char *protocol = asv_words_protocol(&seen);
  g_string_append(words, protocol);
}

char *asv_text_verdict(const AsvText *text, const AsvOriginReport *origin) {
  AsvStory story = asv_story_of(origin);
  GString *words = g_string_new(NULL);
  if (origin->verdict == ASV_OUTCOME_NOT_ACCEPTED)
    append_not_accepted(text, words, origin, &story);
  else if (origin->verdict == ASV_OUTCOME_NOT_ADVERTISED && story.learned)
    append_end(text, g_string_append(words, "no alternative but the origin itself"), story.ended);
  else if (origin->verdict == ASV_OUTCOME_CLIENT_CANNOT && !story.learned)
    append_unread(words, story.ignored);
  else if (story.used || story.learned)
    append_known(text, words, origin, &story);
  else if (story.ended)
    append_end(text, g_string_append(words, "no alternative offered"), story.ended);
  else if (origin->verdict == ASV_OUTCOME_UNKNOWN)
    g_string_append(words, "not known: too little of its traffic could be read");
  else
    g_string_append(words, "no Alt-Svc seen");
  return g_string_free(words, FALSE);
}

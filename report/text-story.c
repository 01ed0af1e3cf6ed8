/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sentences behind a verdict: what its findings mean for it, and what came
 * of a request that was answered with 421.
 */
#include "text-story.h"

#include "altsvc/limits.h"
#include "text.h"

/* Columns of a path in a sentence. */
#define PATH_SHOWN 40

/* What the findings behind a verdict mean for its story, a sentence each. */
static const struct {
  const char *code, *sentence;
} sentences[] = {
    {"misdirected-default-route", "The origin's own server answered 421 (Misdirected Request)."},
    {"used-after-421", "The client used it again after a 421, which it must not."},
    {"used-after-expiry", "A new connection went to it after its life was over."},
    {"used-after-clear", "A new connection went to it after the server had withdrawn it."},
    {"not-used", "New connections went to the origin itself all the same."},
    {"alternative-port-unprivileged",
     "Its port is above 1023 and the origin's is not: Chromium does not use such."},
    {"udp-blocked-likely",
     "No QUIC of this client was answered by any server: UDP seems to be blocked on its way."},
    {"alternative-certificate-mismatch",
     "The alternative's certificate is for other names than the origin's."},
    {"alternative-certificate-rejected",
     "The client does not trust the alternative's certificate, though it names the origin."},
    {"alternative-alpn-mismatch",
     "The server there does not speak the protocol that is advertised."},
    {"alternative-refused", "Nothing listens there, or a firewall refuses it."},
    {"alternative-no-answer", "Its first packets were never answered."},
    {"alternative-handshake-failed", "The alternative answered, but no handshake was completed."},
    {"alternative-stalled", "The alternative answered at first, and then no more."},
    {"client-has-no-cache", "The program that its User-Agent names reads no Alt-Svc."},
    {"client-ignores-frames", "The header field would reach it."},
    {"coverage-no-secrets", "TLS secrets of its connections are missing."},
    {"coverage-bytes-lost", "Octets of its connections are missing in the capture."},
    {"coverage-started-late", "Its connections were open before the capture began."},
    {"coverage-one-direction", "The capture has one direction only of its connections."},
};

static gboolean is_same_request(const AsvEvent *a, const AsvEvent *b) {
  return a->method && b->method && a->path && b->path && g_str_equal(a->method, b->method) &&
         g_str_equal(a->path, b->path);
}

/* A request that an alternative answered with 421. */
static const AsvEvent *first_misdirected(const AsvOriginReport *origin) {
  for (guint i = 0; i < origin->events->len; i++) {
    const AsvEvent *event = g_ptr_array_index(origin->events, i);
    gboolean over = event->kind == ASV_EVENT_USED || event->kind == ASV_EVENT_REMOVED ||
                    (event->kind == ASV_EVENT_CONTEXT && event->of_use);
    if (over && event->status == 421 && event->method) return event;
  }
  return NULL;
}

/* ": the request for /m was never served." */
static void append_never_served(const AsvText *text, GString *words, const AsvEvent *asked) {
  g_string_append(words, ": the request");
  if (!text->options->no_paths)
    g_string_append_printf(words, " for %.*s", (int)MIN(strcspn(asked->path, "?"), PATH_SHOWN),
                           asked->path);
  g_string_append(words, " was never served.");
}

/* TRUE when requests went over alternatives after that one. */
static gboolean is_used_again(const AsvOriginReport *origin, const AsvEvent *misdirected) {
  gint64 answered = 0;
  for (guint i = 0; misdirected && i < origin->events->len; i++) {
    const AsvEvent *event = g_ptr_array_index(origin->events, i);
    gboolean over = event->kind == ASV_EVENT_USED || event->of_use;
    if (over && event->status != 421 && event->time > misdirected->time) answered = event->time;
  }
  return answered > 0;
}

/* " Its retry over HTTP/2 got 421 as well: the request for /m was never served." */
static void append_retry(const AsvText *text, GString *words, const AsvOriginReport *origin) {
  const AsvEvent *asked = first_misdirected(origin), *retry = NULL;
  gboolean served = FALSE;
  guint lines = 0;
  for (guint i = 0; asked && i < origin->events->len; i++) {
    const AsvEvent *event = g_ptr_array_index(origin->events, i);
    lines += event->kind == ASV_EVENT_CONTEXT;
    if (event->time < asked->time || !event->status || !is_same_request(event, asked)) continue;
    served |= event->status != 421;
    if (!retry && event->kind == ASV_EVENT_CONTEXT && event->id != asked->id) retry = event;
  }
  if (!retry) {
    gboolean known = asked && asked->status == 421 && !served && lines < ASV_ORIGIN_CONTEXT_MAX;
    if (known) append_never_served(text, g_string_append(words, " It was not retried"), asked);
    return;
  }
  const char *protocol = retry->protocol;
  g_string_append_printf(words, " Its retry%s%s got %u", protocol ? " over " : "",
                         protocol ? protocol : "", retry->status);
  if (retry->status == 421) g_string_append(words, " as well");
  if (!served && lines < ASV_ORIGIN_CONTEXT_MAX)
    append_never_served(text, words, asked);
  else
    g_string_append_c(words, '.');
}

static void append_misdirected(const AsvText *text, GString *words, const AsvOriginReport *origin) {
  AsvStory story = asv_story_of(origin);
  const AsvEvent *subject = story.used ? story.used : story.tried;
  g_autofree char *protocol =
      subject && subject->alternative ? asv_words_protocol(subject->alternative) : NULL;
  gboolean dropped = story.ended && story.ended->kind == ASV_EVENT_REMOVED;
  gboolean again = !dropped && is_used_again(origin, first_misdirected(origin));
  g_string_append_printf(words, "The %s%s answered 421 (Misdirected Request)%s%s.",
                         protocol ? protocol : "alternative", protocol ? " server" : "",
                         dropped ? ", so the client dropped the alternative"
                                 : "; a client has to drop an alternative then (RFC 7838, 6)",
                         again ? ", but this one used it again" : "");
  append_retry(text, words, origin);
}

/* TRUE when what else is said says it already. */
static gboolean is_said(const AsvText *text, const AsvOriginReport *origin, const char *code) {
  if (g_str_equal(code, "not-used") || g_str_equal(code, "alternative-port-unprivileged"))
    return origin->why != NULL;
  if (!g_str_equal(code, "alternative-no-answer")) return FALSE;
  for (guint i = 0; i < origin->because->len; i++) {
    const char *other = asv_words_finding(text->timeline, g_array_index(origin->because, guint, i));
    if (other && g_str_equal(other, "udp-blocked-likely")) return TRUE;
  }
  return FALSE;
}

char *asv_text_story(const AsvText *text, const AsvOriginReport *origin) {
  GString *words = g_string_new(NULL);
  gboolean retried = FALSE;
  if (origin->why) g_string_append_printf(words, "%s.", origin->why);
  for (guint i = 0; origin->because && i < origin->because->len; i++) {
    const char *code = asv_words_finding(text->timeline, g_array_index(origin->because, guint, i));
    if (code && g_str_equal(code, "misdirected")) {
      if (words->len) g_string_append_c(words, ' ');
      append_misdirected(text, words, origin);
      retried = strstr(words->str, "Its retry") != NULL;
    }
    if (retried && code && g_str_equal(code, "misdirected-default-route")) continue;
    if (code && is_said(text, origin, code)) continue;
    for (gsize j = 0; code && j < G_N_ELEMENTS(sentences); j++)
      if (g_str_equal(code, sentences[j].code))
        g_string_append_printf(words, "%s%s", words->len ? " " : "", sentences[j].sentence);
  }
  return g_string_free(words, FALSE);
}

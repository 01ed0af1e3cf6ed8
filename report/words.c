/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Times, durations and names in words. Clock times are cut out of the RFC 3339
 * form, local ones after shifting by the zone's offset, so that there is one
 * calendar in the program.
 */
#include "words.h"

#include "report/timestamp.h"

#define MILLISECOND G_GINT64_CONSTANT(1000000)
#define SECOND (1000 * MILLISECOND)
/* Where the parts of an RFC 3339 time stand. */
#define DATE_SIZE 10
#define CLOCK_AT 11
#define CLOCK_SIZE 8

static gint64 saturating_add(gint64 a, gint64 b) {
  gint64 sum;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  return a < 0 ? G_MININT64 : G_MAXINT64;
}

gint64 asv_words_between(gint64 earlier, gint64 later) {
  gint64 difference;
  if (!__builtin_sub_overflow(later, earlier, &difference)) return difference;
  return later < earlier ? G_MININT64 : G_MAXINT64;
}

/* RFC 3339 of the clock that is shown; the final Z then stands for that clock's zone. */
static void clock_write(const AsvText *text, gint64 time, char buffer[ASV_TIMESTAMP_SIZE]) {
  if (text->local) {
    gint interval = g_time_zone_find_interval(text->local, G_TIME_TYPE_UNIVERSAL, time / SECOND);
    gint32 offset = g_time_zone_get_offset(text->local, interval);
    time = saturating_add(time, offset * SECOND);
  }
  asv_timestamp_write(time, buffer);
}

/* Seconds and a fraction cut to digits, with a sign in front. */
static char *decimal(gint64 time, gint64 unit, int digits) {
  guint64 size = time < 0 ? 0 - (guint64)time : (guint64)time;
  guint64 parts = size / (guint64)unit;
  guint64 per_second = (guint64)(SECOND / unit);
  return g_strdup_printf("%s%" G_GUINT64_FORMAT ".%0*" G_GUINT64_FORMAT, time < 0 ? "-" : "",
                         parts / per_second, digits, parts % per_second);
}

static char *clock_time(const AsvText *text, gint64 time, gsize fraction) {
  char today[ASV_TIMESTAMP_SIZE], then[ASV_TIMESTAMP_SIZE];
  clock_write(text, text->timeline->first, today);
  clock_write(text, time, then);
  gsize size = CLOCK_SIZE + fraction;
  if (memcmp(today, then, DATE_SIZE) == 0) return g_strndup(then + CLOCK_AT, size);
  return g_strdup_printf("%.*s %.*s", DATE_SIZE, then, (int)size, then + CLOCK_AT);
}

char *asv_words_time(const AsvText *text, gint64 time) {
  gint64 rounded = saturating_add(time, MILLISECOND / 2);
  switch (text->options->time_style) {
    case ASV_TIME_RELATIVE: {
      gint64 relative = asv_words_between(text->timeline->first, time);
      return decimal(saturating_add(relative, relative < 0 ? -MILLISECOND / 2 : MILLISECOND / 2),
                     MILLISECOND, 3);
    }
    case ASV_TIME_EPOCH:
      return decimal(rounded, MILLISECOND, 3);
    default:
      return clock_time(text, rounded, 4);
  }
}

char *asv_words_until(const AsvText *text, gint64 time) {
  if (text->options->time_style == ASV_TIME_EPOCH)
    return g_strdup_printf("%" G_GINT64_FORMAT, time / SECOND);
  return clock_time(text, time, 0);
}

char *asv_words_start(const AsvText *text, gint64 time) {
  if (text->options->time_style == ASV_TIME_EPOCH) return asv_words_time(text, time);
  char buffer[ASV_TIMESTAMP_SIZE];
  clock_write(text, saturating_add(time, MILLISECOND / 2), buffer);
  return g_strdup_printf("%.*s %.*s%s", DATE_SIZE, buffer, CLOCK_SIZE + 4, buffer + CLOCK_AT,
                         text->local ? "" : " UTC");
}

char *asv_words_duration(gint64 nanoseconds) {
  if (nanoseconds < MILLISECOND) return g_strdup(nanoseconds > 0 ? "under 1 ms" : "0 s");
  gint64 milliseconds = saturating_add(nanoseconds, MILLISECOND / 2) / MILLISECOND;
  if (milliseconds < 1000) return g_strdup_printf("%d ms", (int)milliseconds);
  gint64 seconds = saturating_add(nanoseconds, SECOND / 2) / SECOND;
  if (seconds < 1000) return g_strdup_printf("%d s", (int)seconds);
  gint64 minutes = (seconds + 30) / 60;
  if (minutes < 60) return g_strdup_printf("%d min", (int)minutes);
  gint64 hours = minutes / 60;
  if (hours < 24 && minutes % 60)
    return g_strdup_printf("%d h %d min", (int)hours, (int)(minutes % 60));
  if (hours < 24) return g_strdup_printf("%d h", (int)hours);
  gint64 days = hours / 24;
  if (days < 10 && hours % 24) return g_strdup_printf("%d d %d h", (int)days, (int)(hours % 24));
  return g_strdup_printf("%d d", (int)days);
}

char *asv_words_life(guint64 seconds) {
  static const struct {
    guint64 seconds;
    const char *name;
  } units[] = {{86400, "d"}, {3600, "h"}, {60, "min"}};
  for (gsize i = 0; seconds >= 1000 && i < G_N_ELEMENTS(units); i++)
    if (seconds % units[i].seconds == 0)
      return g_strdup_printf("%" G_GUINT64_FORMAT " %s", seconds / units[i].seconds, units[i].name);
  return g_strdup_printf("%" G_GUINT64_FORMAT " s", seconds);
}

char *asv_words_protocol(const AsvAlternativeSeen *alternative) {
  AsvSpan alpn = asv_span(alternative->alpn, alternative->alpn_size);
  if (asv_span_is(alpn, "h3")) return g_strdup("HTTP/3");
  if (asv_span_is(alpn, "h2")) return g_strdup("HTTP/2");
  if (asv_span_is(alpn, "http/1.1")) return g_strdup("HTTP/1.1");
  return g_strdup(alternative->protocol_id);
}

char *asv_words_alternative(const AsvAlternativeSeen *alternative) {
  g_autofree char *port = alternative->has_port
                              ? g_strdup_printf(":%" G_GUINT64_FORMAT, alternative->port)
                              : g_strdup(" without a port");
  return g_strdup_printf("%s at %s%s", alternative->protocol_id, alternative->host, port);
}

char *asv_words_count(guint64 count, const char *noun) {
  return g_strdup_printf("%" G_GUINT64_FORMAT " %s%s", count, noun, count == 1 ? "" : "s");
}

char *asv_words_agent(const char *user_agent) {
  /* A browser also names those it wants to be taken for, so its own name comes first here. */
  static const char *const browsers[][2] = {
      {"Edg/", "Edge"},        {"OPR/", "Opera"},  {"Firefox/", "Firefox"},
      {"Chrome/", "Chromium"}, {"Version/", NULL}, /* Safari */
  };
  for (gsize i = 0; i < G_N_ELEMENTS(browsers); i++) {
    const char *at = strstr(user_agent, browsers[i][0]);
    if (!at) continue;
    at += strlen(browsers[i][0]);
    const char *name = browsers[i][1] ? browsers[i][1] : "Safari";
    return g_strdup_printf("%s %.*s", name, (int)strspn(at, "0123456789"), at);
  }
  gsize size = strcspn(user_agent, " ");
  char *product = g_strndup(user_agent, MIN(size, 60));
  char *slash = strchr(product, '/');
  if (slash) *slash = ' ';
  return product;
}

const char *asv_words_reason(const char *reason) {
  static const char *const words[][2] = {
      {"no-answer", "no answer"},
      {"refused", "connection refused"},
      {"icmp-unreachable", "ICMP says unreachable"},
      {"packet-too-big", "packets too big for the way"},
      {"handshake-incomplete", "the handshake was never completed"},
      {"stalled", "no more answers"},
      {"tls-alert", "TLS alert"},
      {"quic-close", "closed with an error"},
      {"version-negotiation", "no version of QUIC in common"},
      {"stateless-reset", "stateless reset"},
      {"alternative-certificate-mismatch", "its certificate is for other names"},
      {"alternative-alpn-mismatch", "it speaks another protocol"},
      {"client-closed", "the client had closed the connection"},
      {"client-ignores-frames", "this client does not read ALTSVC frames"},
      {"client-ignores-http", "this client stores nothing for http origins"},
      {"client-ignores-status", "this client does not read it with that status"},
      {"client-ignores-early-hints", "this client does not read it in early hints"},
      {"client-ignores-malformed", "this client discards a response with such a field"},
      {"client-rejects-value", "this client rejects the whole value"},
      {"client-keeps-none", "this client knows none of these protocols"},
      {"client-keeps-route", "this client goes on with the connection or entry that it has"},
  };
  for (gsize i = 0; reason && i < G_N_ELEMENTS(words); i++)
    if (g_str_equal(words[i][0], reason)) return words[i][1];
  return reason ? reason : "no reason known";
}

const char *asv_words_finding(const AsvTimeline *timeline, guint id) {
  if (id == 0 || id > timeline->findings->len) return NULL;
  const AsvFinding *finding = g_ptr_array_index(timeline->findings, id - 1);
  return finding->code;
}

gboolean asv_words_is_clear_unread(const AsvEvent *event) {
  AsvSpan value = asv_span_trim(asv_span(event->value, event->value_size));
  return event->kind == ASV_EVENT_IGNORED && event->reason &&
         g_str_equal(event->reason, "client-rejects-value") && asv_span_is(value, "clear");
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads and checks the command line. Every value is checked here, so that a
 * mistake costs no reading of captures.
 */
#include "options.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "altsvc/origin.h"
#include "report/timestamp.h"

/* What GOptionContext fills in; strings are ours to free. */
typedef struct {
  char **read, **rest, **key_logs, **preferences, **expect;
  char *filter, *subject, *client, *origin, *at, *model, *client_by, *format, *output;
  char *time_style, *color, *fail_on, *start_cache, *expect_cache, *why, *explain;
  gint64 count;
  gboolean no_progress, no_paths, quiet, verbose, version, explains;
} RawOptions;

/* A word on the command line and what it stands for. */
typedef struct {
  const char *word;
  int value;
} Choice;

static const Choice subjects[] = {{"timeline", ASV_REPORT_TIMELINE},
                                  {"origins", ASV_REPORT_ORIGINS},
                                  {"cache", ASV_REPORT_CACHE},
                                  {"findings", ASV_REPORT_FINDINGS},
                                  {"observations", ASV_REPORT_OBSERVATIONS},
                                  {"connections", ASV_REPORT_CONNECTIONS},
                                  {NULL, 0}};
static const Choice formats[] = {{"text", ASV_FORMAT_TEXT},
                                 {"json", ASV_FORMAT_JSON},
                                 {"ndjson", ASV_FORMAT_NDJSON},
                                 {"csv", ASV_FORMAT_CSV},
                                 {"curl-altsvc", ASV_FORMAT_CURL_ALTSVC},
                                 {NULL, 0}};
static const Choice time_styles[] = {{"r", ASV_TIME_RELATIVE},
                                     {"ad", ASV_TIME_LOCAL},
                                     {"ud", ASV_TIME_UTC},
                                     {"e", ASV_TIME_EPOCH},
                                     {NULL, 0}};
static const Choice client_bys[] = {{"ip", ASV_CLIENT_BY_IP},
                                    {"mac", ASV_CLIENT_BY_MAC},
                                    {"ip+agent", ASV_CLIENT_BY_IP_AND_AGENT},
                                    {"capture", ASV_CLIENT_BY_CAPTURE},
                                    {NULL, 0}};
static const Choice models[] = {{"auto", ASV_MODEL_AUTO},         {"rfc7838", ASV_MODEL_RFC7838},
                                {"chromium", ASV_MODEL_CHROMIUM}, {"firefox", ASV_MODEL_FIREFOX},
                                {"curl", ASV_MODEL_CURL},         {NULL, 0}};
typedef enum { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER } Color;
static const Choice colors[] = {
    {"auto", COLOR_AUTO}, {"always", COLOR_ALWAYS}, {"never", COLOR_NEVER}, {NULL, 0}};

static gboolean complain(const char *option, const char *value, const char *expected) {
  g_autofree char *shown = g_strescape(value, NULL);
  g_printerr("altshark: %s: \"%s\" is not %s\n", option, shown, expected);
  return FALSE;
}

/* Leaves *result alone when word is NULL. */
static gboolean choose(const Choice *choices, const char *option, const char *word, int *result) {
  if (!word) return TRUE;
  g_autoptr(GString) known = g_string_new("one of");
  for (const Choice *c = choices; c->word; c++) {
    if (g_str_equal(c->word, word)) {
      *result = c->value;
      return TRUE;
    }
    g_string_append_printf(known, "%s %s", c == choices ? "" : ",", c->word);
  }
  return complain(option, word, known->str);
}

static gboolean is_mac(const char *text) {
  for (gsize i = 0; i < 17; i++)
    if (i % 3 == 2 ? text[i] != ':' : !g_ascii_isxdigit(text[i])) return FALSE;
  return text[17] == '\0';
}

/* Written in the one way that reports use: an IP address as in RFC 5952, a MAC in lower case. */
static gboolean read_client(const char *text, AsvOptions *options) {
  guint8 octets[16];
  char out[INET6_ADDRSTRLEN];
  if (!text) return TRUE;
  int family = strchr(text, ':') ? AF_INET6 : AF_INET;
  if (inet_pton(family, text, octets) == 1 && inet_ntop(family, octets, out, sizeof out))
    options->timeline.client = g_strdup(out);
  else if (is_mac(text) && options->report.subject != ASV_REPORT_OBSERVATIONS)
    options->timeline.client = g_ascii_strdown(text, -1);
  else
    return complain("--client", text,
                    "an IP address or, of reports with --client-by mac, a MAC address");
  return TRUE;
}

static gboolean read_origin(const char *option, const char *text, const char **result) {
  if (!text) return TRUE;
  g_autofree char *full =
      strstr(text, "://") ? g_strdup(text) : g_strconcat("https://", text, NULL);
  AsvOrigin origin;
  char written[ASV_ORIGIN_MAX];
  if (asv_origin_parse(asv_span_text(full), &origin) || !asv_origin_write(&origin, written))
    return complain(option, text, "an origin such as https://a.test:8443 or a host name");
  *result = g_strdup(written);
  return TRUE;
}

/* Digits behind a decimal point, as nanoseconds; moves *text behind them. */
static gint64 read_fraction(const char **text) {
  gint64 nanoseconds = 0;
  gint64 unit = 100000000;
  for (; g_ascii_isdigit(**text); (*text)++) {
    nanoseconds += (**text - '0') * unit;
    unit /= 10;
  }
  return nanoseconds;
}

/* RFC 3339 §5.6, with an offset too. */
static gboolean read_date(const char *text, gint64 *time) {
  g_autofree char *date = g_ascii_strup(text, -1);
  gsize size = strlen(date);
  if (size < sizeof "+00:00") return FALSE;
  char *zone = date + size - strlen("+00:00");
  gint64 offset = 0;
  if (*zone == '+' || *zone == '-') {
    guint64 hours = 0, minutes = 0;
    if (zone[3] != ':' || !asv_span_decimal(asv_span(zone + 1, 2), &hours) || hours > 23 ||
        !asv_span_decimal(asv_span(zone + 4, 2), &minutes) || minutes > 59)
      return FALSE;
    offset = (gint64)(hours * 60 + minutes) * G_GINT64_CONSTANT(60000000000);
    if (*zone == '-') offset = -offset;
    zone[0] = 'Z';
    zone[1] = '\0';
  }
  return asv_timestamp_parse(asv_span_text(date), time) &&
         !__builtin_sub_overflow(*time, offset, time);
}

static gboolean read_at(const char *text, AsvTimelineOptions *options) {
  if (!text) return TRUE;
  options->has_at = TRUE;
  options->at_relative = text[0] == '+';
  if (options->at_relative) {
    const char *rest = text + 1;
    char *end = NULL;
    guint64 seconds = g_ascii_isdigit(*rest) ? g_ascii_strtoull(rest, &end, 10) : 0;
    if (end && *end == '.') {
      rest = end + 1;
      options->at = read_fraction(&rest);
      end = (char *)rest;
    }
    if (!end || *end || seconds > G_MAXINT64 / G_GINT64_CONSTANT(2000000000))
      return complain("--at", text, "a time such as 2026-11-20T10:42:00Z or +SECONDS");
    options->at += (gint64)seconds * G_GINT64_CONSTANT(1000000000);
    return TRUE;
  }
  if (!read_date(text, &options->at))
    return complain("--at", text, "a time such as 2026-11-20T10:42:00Z or +SECONDS");
  return TRUE;
}

static gboolean read_fail_on(const char *text, AsvOptions *options) {
  if (!text) return TRUE;
  /* g_strsplit makes no word at all of an empty text, and one that asks for nothing is a mistake.
   */
  g_auto(GStrv) words = g_strsplit(*text ? text : ",", ",", -1);
  for (char **word = words; *word; word++) {
    gboolean known = FALSE;
    for (AsvFindingCode code = 0; code < ASV_FINDINGS_COUNT; code++) {
      gboolean hit = g_str_equal(*word, asv_finding_name(code));
      for (AsvSeverity s = ASV_SEVERITY_NOTE; s <= ASV_SEVERITY_ERROR; s++) {
        gboolean named = g_str_equal(*word, asv_severity_name(s));
        known |= named;
        hit |= named && asv_finding_severity(code) >= s;
      }
      known |= hit;
      options->fail_on[code] |= hit;
    }
    if (!known)
      return complain("--fail-on", *word, "error, warning, note or the code of a finding");
  }
  return TRUE;
}

static gboolean read_expectations(char **texts, AsvOptions *options) {
  options->expected = g_array_new(FALSE, FALSE, sizeof(AsvExpectation));
  for (char **text = texts; text && *text; text++) {
    AsvExpectation expectation;
    const char *problem;
    if (!asv_expectation_read(*text, &expectation, &problem))
      return complain("--expect", *text, problem);
    g_array_append_val(options->expected, expectation);
  }
  return TRUE;
}

/* --why is a report of its own about one origin. */
static gboolean read_why(const RawOptions *raw, AsvOptions *options) {
  if (!raw->why) return TRUE;
  if (raw->origin || raw->subject) {
    g_printerr("altshark: --why goes with neither --origin nor --report\n");
    return FALSE;
  }
  if (options->format != ASV_FORMAT_TEXT)
    return complain("--format", raw->format, "a format of --why: text");
  options->report.subject = ASV_REPORT_WHY;
  return read_origin("--why", raw->why, &options->timeline.origin);
}

/* -k FILE, -k env and -o tls.keylog_file:FILE, in one list. */
static gboolean read_key_logs(const RawOptions *raw, AsvOptions *options) {
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(g_free);
  for (char **name = raw->key_logs; name && *name; name++) {
    const char *file = *name;
    if (g_str_equal(file, "env") && !(file = g_getenv("SSLKEYLOGFILE"))) {
      g_printerr("altshark: --keylog env: the variable SSLKEYLOGFILE is not set\n");
      return FALSE;
    }
    g_ptr_array_add(list, g_strdup(file));
  }
  for (char **preference = raw->preferences; preference && *preference; preference++) {
    static const char prefix[] = "tls.keylog_file:";
    if (!g_str_has_prefix(*preference, prefix))
      return complain("-o", *preference, "tls.keylog_file:FILE");
    g_ptr_array_add(list, g_strdup(*preference + strlen(prefix)));
  }
  g_ptr_array_add(list, NULL);
  options->key_logs = (char **)g_ptr_array_free(g_steal_pointer(&list), FALSE);
  return TRUE;
}

static gboolean read_files(const RawOptions *raw, AsvOptions *options) {
  g_autoptr(GStrvBuilder) list = g_strv_builder_new();
  if (raw->read) g_strv_builder_addv(list, (const char **)raw->read);
  if (raw->rest) g_strv_builder_addv(list, (const char **)raw->rest);
  options->files = g_strv_builder_end(list);
  if (options->files[0]) return TRUE;
  g_printerr("altshark: no file to read; try altshark --help\n");
  return FALSE;
}

static gboolean wants_color(Color color, const char *output) {
  const char *no_color = g_getenv("NO_COLOR");
  if (color != COLOR_AUTO) return color == COLOR_ALWAYS;
  return !output && isatty(STDOUT_FILENO) && !(no_color && *no_color);
}

static guint terminal_width(const char *output) {
  struct winsize size;
  if (output || !isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return 80;
  return MAX(80, (guint)size.ws_col);
}

static gboolean take_choices(const RawOptions *raw, AsvOptions *options) {
  int subject = ASV_REPORT_TIMELINE, format = ASV_FORMAT_TEXT, style = ASV_TIME_RELATIVE;
  int client_by = ASV_CLIENT_BY_IP, model = ASV_MODEL_AUTO, color = COLOR_AUTO;
  if (!choose(subjects, "--report", raw->subject, &subject) ||
      !choose(formats, "--format", raw->format, &format) ||
      !choose(time_styles, "-t", raw->time_style, &style) ||
      !choose(client_bys, "--client-by", raw->client_by, &client_by) ||
      !choose(models, "--model", raw->model, &model) ||
      !choose(colors, "--color", raw->color, &color))
    return FALSE;
  if (format == ASV_FORMAT_CURL_ALTSVC && subject != ASV_REPORT_CACHE)
    return complain("--format", "curl-altsvc", "a format of anything but -z cache");
  if (subject == ASV_REPORT_OBSERVATIONS && (format == ASV_FORMAT_JSON || format == ASV_FORMAT_CSV))
    return complain("--format", raw->format, "a format of observations: text or ndjson");
  options->format = (AsvReportFormat)format;
  options->report.subject = (AsvReportSubject)subject;
  options->report.time_style = (AsvTimeStyle)style;
  options->report.color = wants_color((Color)color, raw->output);
  options->report.width = terminal_width(raw->output);
  options->report.model = models[model].word;
  options->timeline.client_by = (AsvClientBy)client_by;
  options->timeline.model = (AsvModelName)model;
  return TRUE;
}

static gboolean take(const RawOptions *raw, AsvOptions *options) {
  if (raw->count < 0) {
    g_printerr("altshark: --count: a number of packets cannot be negative\n");
    return FALSE;
  }
  options->count = (guint64)raw->count;
  options->filter = g_strdup(raw->filter);
  options->output = g_strdup(raw->output);
  options->start_cache = g_strdup(raw->start_cache);
  options->expect_cache = g_strdup(raw->expect_cache);
  options->progress = !raw->no_progress && !raw->quiet && isatty(STDERR_FILENO);
  options->report.no_paths = raw->no_paths;
  options->report.verbosity = raw->quiet ? -1 : raw->verbose ? 1 : 0;
  options->report.version = ASV_VERSION;
  return take_choices(raw, options) && read_client(raw->client, options) &&
         read_origin("--origin", raw->origin, &options->timeline.origin) &&
         read_at(raw->at, &options->timeline) && read_fail_on(raw->fail_on, options) &&
         read_expectations(raw->expect, options) && read_why(raw, options) &&
         read_key_logs(raw, options) && read_files(raw, options);
}

static void raw_clear(RawOptions *raw) {
  g_strfreev(raw->read);
  g_strfreev(raw->rest);
  g_strfreev(raw->key_logs);
  g_strfreev(raw->preferences);
  g_strfreev(raw->expect);
  char *strings[] = {raw->filter,      raw->subject,      raw->client,    raw->origin,
                     raw->at,          raw->model,        raw->client_by, raw->format,
                     raw->output,      raw->time_style,   raw->color,     raw->fail_on,
                     raw->start_cache, raw->expect_cache, raw->why,       raw->explain};
  for (gsize i = 0; i < G_N_ELEMENTS(strings); i++) g_free(strings[i]);
}

/* GOptionArgFunc: the argument is optional, which only callbacks can have. */
static gboolean take_explain(const gchar *option, const gchar *value, gpointer data,
                             GError **error) {
  (void)option;
  (void)error;
  RawOptions *raw = data;
  raw->explains = TRUE;
  g_free(raw->explain);
  raw->explain = g_strdup(value);
  return TRUE;
}

static const GOptionEntry *find_entry(const GOptionEntry *entries, char letter, const char *name) {
  for (; entries->long_name; entries++)
    if (letter ? entries->short_name == letter : g_str_equal(entries->long_name, name))
      return entries;
  return NULL;
}

static gboolean takes_value(const GOptionEntry *entry) {
  return entry && entry->arg != G_OPTION_ARG_NONE && !(entry->flags & G_OPTION_FLAG_OPTIONAL_ARG);
}

/* Octets of a word such as "-qTjson" before the value that it ends with; 0 when it has none. */
static gsize before_value(const GOptionEntry *entries, const char *word) {
  if (word[0] != '-' || word[1] == '-') return 0;
  for (gsize i = 1; word[i]; i++)
    if (takes_value(find_entry(entries, word[i], NULL))) return word[i + 1] ? i + 1 : 0;
  return 0;
}

/* Whether the word behind this one is its option's value. */
static gboolean awaits_value(const GOptionEntry *entries, const char *word) {
  if (word[0] != '-' || !word[1]) return FALSE;
  if (word[1] == '-') return takes_value(find_entry(entries, '\0', word + 2));
  return takes_value(find_entry(entries, word[strlen(word) - 1], NULL));
}

/* GOptionContext wants a short option and its value apart; users of tshark write "-Tjson". */
static char **spread(const GOptionEntry *entries, char **argv) {
  g_autoptr(GStrvBuilder) words = g_strv_builder_new();
  gboolean is_value = TRUE; /* as is the program's name */
  for (; *argv && (is_value || !g_str_equal(*argv, "--")); argv++) {
    gsize before = is_value ? 0 : before_value(entries, *argv);
    is_value = !is_value && !before && awaits_value(entries, *argv);
    g_autofree char *option = g_strndup(*argv, before);
    if (before) g_strv_builder_add(words, option);
    g_strv_builder_add(words, *argv + before);
  }
  g_strv_builder_addv(words, (const char **)argv);
  return g_strv_builder_end(words);
}

static GOptionContext *context_new(RawOptions *raw, const GOptionEntry *entries) {
  GOptionContext *context = g_option_context_new("FILE…");
  g_option_context_set_summary(
      context,
      "Tells for every client in a capture what it learned through Alt-Svc (RFC 7838),\n"
      "when, from whom, whether it used it, and how each entry ended.\n"
      "FILE is a capture, observations that altshark wrote, or - for standard input.");
  g_option_context_set_description(
      context,
      "Exit status: 0 done; 1 wrong usage; 2 an input missing, damaged or cut short,\n"
      "or an output not writable; 3 --fail-on was met, or --expect or --expect-cache was not.");
  GOptionGroup *group = g_option_group_new("altshark", "", "", raw, NULL);
  g_option_group_add_entries(group, entries);
  g_option_context_set_main_group(context, group);
  return context;
}

static gboolean parse(RawOptions *raw, char **argv, GError **error) {
  const GOptionEntry entries[] = {
      {"read", 'r', 0, G_OPTION_ARG_FILENAME_ARRAY, &raw->read, "Read FILE too", "FILE"},
      {"keylog", 'k', 0, G_OPTION_ARG_FILENAME_ARRAY, &raw->key_logs,
       "TLS secrets from FILE; env: from $SSLKEYLOGFILE", "FILE|env"},
      {"preference", 'o', 0, G_OPTION_ARG_STRING_ARRAY, &raw->preferences,
       "As tshark: tls.keylog_file:FILE", "PREFERENCE"},
      {"filter", 'f', 0, G_OPTION_ARG_STRING, &raw->filter,
       "Only packets that the BPF expression accepts", "BPF"},
      {"count", 'c', 0, G_OPTION_ARG_INT64, &raw->count, "Read at most N packets", "N"},
      {"report", 'z', 0, G_OPTION_ARG_STRING, &raw->subject,
       "timeline, origins, cache, findings, observations, connections", "SUBJECT"},
      {"client", 0, 0, G_OPTION_ARG_STRING, &raw->client, "Only this client", "ADDR"},
      {"origin", 0, 0, G_OPTION_ARG_STRING, &raw->origin,
       "Only this origin; a bare host means https", "ORIGIN"},
      {"at", 0, 0, G_OPTION_ARG_STRING, &raw->at,
       "The cache at that time: RFC 3339, or +SECONDS since the first packet", "TIME"},
      {"model", 0, 0, G_OPTION_ARG_STRING, &raw->model,
       "Whose rules: auto (each client's own), rfc7838, chromium, firefox, curl", "MODEL"},
      {"client-by", 0, 0, G_OPTION_ARG_STRING, &raw->client_by,
       "What makes a client: ip, mac, ip+agent, capture", "WAY"},
      {"start-cache", 0, 0, G_OPTION_ARG_FILENAME, &raw->start_cache,
       "What clients had before: storage of curl, Chromium or Firefox", "FILE"},
      {"expect-cache", 0, 0, G_OPTION_ARG_FILENAME, &raw->expect_cache,
       "Print what differs from a client's storage; exit with 3 when something does", "FILE"},
      {"format", 'T', 0, G_OPTION_ARG_STRING, &raw->format,
       "text, json, ndjson, csv; curl-altsvc of -z cache", "FORMAT"},
      {"output", 0, 0, G_OPTION_ARG_FILENAME, &raw->output, "Write to FILE", "FILE"},
      {"time-style", 't', 0, G_OPTION_ARG_STRING, &raw->time_style,
       "Times: r since the first packet, ad local, ud UTC, e epoch", "r|ad|ud|e"},
      {"color", 0, 0, G_OPTION_ARG_STRING, &raw->color, "auto, always, never", "WHEN"},
      {"no-progress", 0, 0, G_OPTION_ARG_NONE, &raw->no_progress, "No progress line", NULL},
      {"no-paths", 0, 0, G_OPTION_ARG_NONE, &raw->no_paths, "Leave request paths out", NULL},
      {"quiet", 'q', 0, G_OPTION_ARG_NONE, &raw->quiet, "Say less", NULL},
      {"verbose", 'v', 0, G_OPTION_ARG_NONE, &raw->verbose, "Say more", NULL},
      {"why", 0, 0, G_OPTION_ARG_STRING, &raw->why,
       "Only why each client did what it did with this origin", "ORIGIN"},
      {"expect", 0, 0, G_OPTION_ARG_STRING_ARRAY, &raw->expect,
       "Exit with 3 unless every client of ORIGIN has that verdict", "ORIGIN:VERDICT"},
      {"explain", 0, G_OPTION_FLAG_OPTIONAL_ARG, G_OPTION_ARG_CALLBACK, take_explain,
       "What a finding means and what to do; without CODE all of them", "CODE"},
      {"fail-on", 0, 0, G_OPTION_ARG_STRING, &raw->fail_on,
       "Exit with 3 when there are such findings: error, warning, note, CODE,...", "LIST"},
      {"version", 0, 0, G_OPTION_ARG_NONE, &raw->version, "Print the version", NULL},
      {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &raw->rest, NULL, NULL},
      {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL}};
  g_autoptr(GOptionContext) context = context_new(raw, entries);
  g_auto(GStrv) words = spread(entries, argv);
  return g_option_context_parse_strv(context, &words, error);
}

gboolean asv_options_read(AsvOptions *options, char **argv, AsvExit *status) {
  RawOptions raw = {0};
  *options = (AsvOptions){0};
  *status = ASV_EXIT_DONE;
  g_autoptr(GError) error = NULL;
  gboolean ready = FALSE;
  if (!parse(&raw, argv, &error)) {
    g_printerr("altshark: %s; try altshark --help\n", error->message);
    *status = ASV_EXIT_USAGE;
  } else if (raw.version) {
    g_print("altshark %s\n", ASV_VERSION);
  } else if (raw.explains) {
    if (!asv_explain(raw.explain)) {
      complain("--explain", raw.explain, "the code of a finding; --explain alone lists them");
      *status = ASV_EXIT_USAGE;
    }
  } else {
    ready = take(&raw, options);
    if (!ready) *status = ASV_EXIT_USAGE;
  }
  raw_clear(&raw);
  return ready;
}

void asv_options_clear(AsvOptions *options) {
  g_strfreev(options->files);
  g_strfreev(options->key_logs);
  g_free(options->filter);
  g_free(options->output);
  g_free(options->start_cache);
  g_free(options->expect_cache);
  for (guint i = 0; options->expected && i < options->expected->len; i++)
    g_free(g_array_index(options->expected, AsvExpectation, i).origin);
  g_clear_pointer(&options->expected, g_array_unref);
  g_free((char *)options->timeline.client);
  g_free((char *)options->timeline.origin);
}

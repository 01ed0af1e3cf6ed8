/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * altshark: reads captures and observation files, merged by time, and prints
 * the report. Data goes to standard output, messages to standard error.
 */
#include <errno.h>
#include <locale.h>
#include <stdlib.h>

#include "analyzer/input/input.h"
#include "analyzer/options.h"
#include "analyzer/pipeline.h"
#include "report/observations.h"
#include "report/storage.h"

/* How often the progress line is renewed, in microseconds. */
#define PROGRESS_INTERVAL 200000

/* An observation file and its next observation, NULL at its end. */
typedef struct {
  AsvObservationReader *reader;
  const AsvObservation *next;
  const char *name;  /* for messages */
  guint64 bad_lines; /* that are no observations */
} ObservationFile;

typedef struct {
  const AsvOptions *options;
  AsvExit status;
  AsvKeys *keys;
  guint64 usable_secrets; /* lines of the key log that is being loaded */
  AsvInput *input;
  AsvPipeline *pipeline;
  GPtrArray *observation_files; /* ObservationFile* */
  AsvStorage *expected;         /* what --expect-cache names, or NULL */
  AsvTimeline *timeline;        /* NULL when nothing is asked of it */
  FILE *out;
  gint64 first; /* time of the first packet, G_MAXINT64 while unknown */
  guint64 progress_bytes;
  gint64 progress_at, started_at; /* monotonic microseconds */
} Program;

static void complain(Program *program, AsvExit status, const char *message) {
  g_printerr("altshark: %s\n", message);
  program->status = MAX(program->status, status);
}

/* ---- where observations go ---- */

static void write_observation(const Program *program, const AsvObservation *seen) {
  const char *client = program->options->timeline.client;
  gboolean no_paths = program->options->report.no_paths;
  if (client && seen->connection && !g_str_equal(client, seen->connection->client)) return;
  if (program->options->format == ASV_FORMAT_TEXT)
    asv_observation_write_text(program->out, seen, no_paths);
  else
    asv_observation_write_json(program->out, seen, no_paths);
}

static void observe(void *self, const AsvObservation *seen) {
  const Program *program = self;
  if (program->options->report.subject == ASV_REPORT_OBSERVATIONS) write_observation(program, seen);
  if (program->timeline) asv_timeline_observe(program->timeline, seen);
}

/* ---- where they come from ---- */

static void on_secrets(void *self, AsvSpan key_log) {
  Program *program = self;
  program->usable_secrets += asv_keys_load(program->keys, key_log);
}

static void on_file_end(void *self, const AsvPacketRef *at, const AsvInputFile *file,
                        const GError *error) {
  Program *program = self;
  if (error) complain(program, ASV_EXIT_INPUT, error->message);
  asv_pipeline_file_end(program->pipeline, at, file);
}

static void more_secrets(void *self) {
  asv_input_read_ahead_secrets(((Program *)self)->input);
}

static void load_key_logs(Program *program) {
  const AsvInputEvents events = {.self = program, .secrets = on_secrets};
  for (char **name = program->options->key_logs; *name; name++) {
    g_autoptr(GError) error = NULL;
    program->usable_secrets = 0;
    if (!asv_input_key_log(*name, &events, &error)) {
      complain(program, ASV_EXIT_INPUT, error->message);
    } else if (!program->usable_secrets) {
      g_autofree char *message = g_strdup_printf("%s: this key log has no usable line", *name);
      complain(program, ASV_EXIT_INPUT, message);
    }
  }
}

/* Reads on behind lines that are no observations; *error tells of the first one in the file. */
static void read_on(ObservationFile *file, GError **error) {
  for (;;) {
    g_autoptr(GError) fault = NULL;
    file->next = asv_observation_reader_next(file->reader, &fault);
    gboolean bad_line = g_error_matches(fault, ASV_OBSERVATION_ERROR, ASV_OBSERVATION_ERROR_LINE);
    if (fault && !*error && (!bad_line || file->bad_lines == 0))
      g_propagate_error(error, g_steal_pointer(&fault));
    if (!bad_line) return;
    file->bad_lines++;
  }
}

static void advance(Program *program, ObservationFile *file) {
  g_autoptr(GError) error = NULL;
  read_on(file, &error);
  if (error) complain(program, ASV_EXIT_INPUT, error->message);
  if (file->next || file->bad_lines < 2) return;
  g_autofree char *message = g_strdup_printf(
      "%s: %" G_GUINT64_FORMAT " lines in all are no observations", file->name, file->bad_lines);
  complain(program, ASV_EXIT_INPUT, message);
}

static void observation_file_free(gpointer data) {
  ObservationFile *file = data;
  asv_observation_reader_free(file->reader);
  g_free(file);
}

/* The first packet's time is told at the end of observations: --at +SECONDS needs it before. FALSE
 * when they cannot be read twice. */
static gboolean find_first(Program *program, ObservationFile *file) {
  g_autoptr(GError) error = NULL;
  if (!asv_observation_reader_rewind(file->reader)) return FALSE;
  for (read_on(file, &error); file->next; read_on(file, &error))
    if (file->next->kind == ASV_OBSERVATION_CAPTURE && file->next->capture.packets)
      program->first = MIN(program->first, file->next->capture.first);
  file->bad_lines = 0;
  return asv_observation_reader_rewind(file->reader);
}

static gboolean take_observations(Program *program, const char *name, FILE *in) {
  if (program->options->filter || program->options->count)
    g_printerr("altshark: %s: --filter and --count are of packets; observations are read whole\n",
               name);
  ObservationFile *file = g_new0(ObservationFile, 1);
  file->name = g_str_equal(name, "-") ? "standard input" : name;
  file->reader = asv_observation_reader_new(in, file->name);
  if (program->options->timeline.at_relative && !find_first(program, file)) {
    complain(program, ASV_EXIT_USAGE,
             "--at +SECONDS reads observations twice, which those of a pipe cannot be");
    observation_file_free(file);
    return FALSE;
  }
  g_ptr_array_add(program->observation_files, file);
  advance(program, file);
  return TRUE;
}

/* Opens all inputs; FALSE when there is none to read, or the command line does not go with one. */
static gboolean open_inputs(Program *program) {
  guint opened = 0;
  for (char **name = program->options->files; *name; name++) {
    g_autoptr(GError) error = NULL;
    FILE *observations;
    if (!asv_input_add(program->input, *name, &observations, &error))
      complain(program, ASV_EXIT_INPUT, error->message);
    else if (observations && !take_observations(program, *name, observations))
      return FALSE;
    else
      opened++;
  }
  return opened > 0;
}

/* ---- reading ---- */

static void show_progress(Program *program, const AsvPacket *packet) {
  program->progress_bytes += packet->data.size;
  if (!program->options->progress || packet->at.order % 1024) return;
  gint64 now = g_get_monotonic_time();
  if (now - program->progress_at < PROGRESS_INTERVAL) return;
  program->progress_at = now;
  guint64 size = 0, position = 0;
  for (guint32 i = 0; i < asv_input_files(program->input); i++) {
    const AsvInputFile *file = asv_input_file(program->input, i);
    size += file->size;
    position += file->position;
  }
  double seconds = (double)(now - program->started_at) / 1e6;
  if (size) g_printerr("\r%3.0f %%  ", 100.0 * (double)position / (double)size);
  g_printerr("%s%.0f MB/s ", size ? "" : "\r", (double)program->progress_bytes / 1e6 / seconds);
}

/* The file whose next observation is the oldest; NULL when all are read. */
static ObservationFile *oldest_file(const Program *program) {
  ObservationFile *oldest = NULL;
  for (guint i = 0; i < program->observation_files->len; i++) {
    ObservationFile *file = g_ptr_array_index(program->observation_files, i);
    if (file->next && (!oldest || file->next->time < oldest->next->time)) oldest = file;
  }
  return oldest;
}

/* Reads everything, captures and observations merged by time. FALSE after a filter that does not
 * compile. */
static gboolean read_all(Program *program) {
  g_autoptr(GError) error = NULL;
  AsvPacket packet;
  gboolean has_packet = asv_input_next(program->input, &packet, &error);
  ObservationFile *file = oldest_file(program);
  if (has_packet) program->first = MIN(program->first, packet.at.time);
  if (program->timeline && program->first != G_MAXINT64)
    asv_timeline_begin(program->timeline, program->first);
  while (has_packet || file) {
    if (has_packet && (!file || packet.at.time <= file->next->time)) {
      show_progress(program, &packet);
      asv_pipeline_packet(program->pipeline, program->input, &packet);
      has_packet = asv_input_next(program->input, &packet, &error);
    } else {
      observe(program, file->next);
      advance(program, file);
      file = oldest_file(program);
    }
  }
  if (program->options->progress && program->progress_at) g_printerr("\r\033[K");
  asv_pipeline_finish(program->pipeline);
  if (error) complain(program, ASV_EXIT_USAGE, error->message);
  return error == NULL;
}

/* ---- the report ---- */

static void write_curl_altsvc(Program *program) {
  g_autoptr(GPtrArray) entries = asv_stored_of_timeline(program->timeline);
  asv_storage_write_curl(program->out, entries);
}

static void write_report(Program *program) {
  const AsvReportOptions *report = &program->options->report;
  if (report->subject == ASV_REPORT_OBSERVATIONS) return;
  if (program->options->format == ASV_FORMAT_CURL_ALTSVC)
    write_curl_altsvc(program);
  else if (program->options->format == ASV_FORMAT_TEXT)
    asv_report_text(program->out, program->timeline, report);
  else if (program->options->format == ASV_FORMAT_JSON)
    asv_report_json(program->out, program->timeline, report);
  else if (program->options->format == ASV_FORMAT_CSV)
    asv_report_csv(program->out, program->timeline, report);
  else
    asv_report_ndjson(program->out, program->timeline, report);
}

/* Entries of the origin that --origin names; all without it. */
static GPtrArray *expected_entries(const Program *program) {
  const char *origin = program->options->timeline.origin;
  g_autoptr(GPtrArray) wanted = g_ptr_array_new();
  for (guint i = 0; i < program->expected->entries->len; i++) {
    AsvStored *entry = g_ptr_array_index(program->expected->entries, i);
    if (!origin || g_str_equal(entry->origin, origin)) g_ptr_array_add(wanted, entry);
  }
  return asv_stored_unite(wanted);
}

/* Behind a text report, and beside any other. TRUE when something differs from --expect-cache. */
static gboolean write_differences(Program *program) {
  if (!program->expected) return FALSE;
  g_autoptr(GPtrArray) expected = expected_entries(program);
  g_autoptr(GPtrArray) found = asv_stored_of_timeline(program->timeline);
  g_autoptr(GArray) differences = asv_stored_compare(expected, found);
  asv_stored_write_differences(program->options->format == ASV_FORMAT_TEXT ? program->out : stderr,
                               differences, program->options->expect_cache);
  return differences->len > 0;
}

static void warn_of_packets(Program *program) {
  const AsvNetCounters *net = asv_pipeline_net_counters(program->pipeline);
  if (net->unknown_linktype)
    g_printerr("altshark: link type %" G_GUINT64_FORMAT " is not known: %" G_GUINT64_FORMAT
               " packets were skipped\n",
               net->unknown_linktype_value, net->unknown_linktype);
  if (net->encrypted_wlan)
    g_printerr("altshark: %" G_GUINT64_FORMAT " encrypted 802.11 frames were skipped\n",
               net->encrypted_wlan);
}

static void check_fail_on(Program *program) {
  for (guint i = 0; program->timeline && i < program->timeline->findings->len; i++) {
    const AsvFinding *finding = g_ptr_array_index(program->timeline->findings, i);
    AsvFindingCode code;
    if (program->status == ASV_EXIT_DONE && asv_finding_by_name(finding->code, &code) &&
        program->options->fail_on[code])
      program->status = ASV_EXIT_FAILED;
  }
}

static void check_expectations(Program *program) {
  const GArray *expected = program->options->expected;
  for (guint i = 0; i < expected->len; i++)
    if (!asv_expectation_check(&g_array_index(expected, AsvExpectation, i), program->timeline) &&
        program->status == ASV_EXIT_DONE)
      program->status = ASV_EXIT_FAILED;
}

static gboolean wants_fail_on(const AsvOptions *options) {
  for (gsize i = 0; i < ASV_FINDINGS_COUNT; i++)
    if (options->fail_on[i]) return TRUE;
  return FALSE;
}

static void work(Program *program) {
  load_key_logs(program);
  if (!open_inputs(program) || !read_all(program)) return;
  warn_of_packets(program);
  if (program->timeline) asv_timeline_finish(program->timeline);
  write_report(program);
  gboolean differs = write_differences(program);
  if (fflush(program->out) != 0 || ferror(program->out)) {
    g_autofree char *message =
        g_strdup_printf("%s: %s", program->options->output ? program->options->output : "output",
                        g_strerror(errno));
    complain(program, ASV_EXIT_INPUT, message);
  }
  if (differs && program->status == ASV_EXIT_DONE) program->status = ASV_EXIT_FAILED;
  check_fail_on(program);
  check_expectations(program);
}

/* A storage that an option names; NULL with *failed unset when it is not given. */
static AsvStorage *load_storage(Program *program, const char *file, gboolean *failed) {
  g_autoptr(GError) error = NULL;
  if (!file) return NULL;
  AsvStorage *storage = asv_storage_read(file, &error);
  if (storage) return storage;
  complain(program, ASV_EXIT_INPUT, error->message);
  *failed = TRUE;
  return NULL;
}

static void run(Program *program, const GPtrArray *start) {
  const AsvOptions *options = program->options;
  AsvTimelineOptions timeline = options->timeline;
  timeline.start = start;
  const AsvInputEvents events = {.self = program, .secrets = on_secrets, .file_end = on_file_end};
  const AsvObserver observer = {.self = program, .observe = observe};
  program->keys = asv_keys_new();
  asv_keys_set_more(program->keys, more_secrets, program);
  program->input = asv_input_new(&events, options->filter, options->count);
  program->pipeline = asv_pipeline_new(program->keys, &observer);
  program->observation_files = g_ptr_array_new_with_free_func(observation_file_free);
  program->started_at = g_get_monotonic_time();
  if (options->report.subject != ASV_REPORT_OBSERVATIONS || program->expected ||
      wants_fail_on(options) || options->expected->len)
    program->timeline = asv_timeline_new(&timeline);
  work(program);
  if (program->timeline) asv_timeline_free(program->timeline);
  g_ptr_array_unref(program->observation_files);
  asv_pipeline_free(program->pipeline);
  asv_input_free(program->input);
  asv_keys_free(program->keys);
}

/* What cannot be read of clients' storage is said before any capture is. */
static void run_with_storage(Program *program) {
  const AsvOptions *options = program->options;
  gboolean failed = FALSE;
  AsvStorage *start = load_storage(program, options->start_cache, &failed);
  program->expected = load_storage(program, options->expect_cache, &failed);
  g_autoptr(GPtrArray) united = start ? asv_stored_unite(start->entries) : NULL;
  if (!failed) run(program, united);
  asv_storage_free(program->expected);
  asv_storage_free(start);
}

int main(int argc, char **argv) {
  (void)argc;
  AsvOptions options;
  AsvExit status;
  setlocale(LC_CTYPE, "");
  if (asv_options_read(&options, argv, &status)) {
    Program program = {.options = &options, .out = stdout, .first = G_MAXINT64};
    if (options.output) program.out = fopen(options.output, "we");
    if (program.out) {
      run_with_storage(&program);
      if (options.output && fclose(program.out) != 0) program.status = ASV_EXIT_INPUT;
    } else {
      g_autofree char *message = g_strdup_printf("%s: %s", options.output, g_strerror(errno));
      complain(&program, ASV_EXIT_INPUT, message);
    }
    status = program.status;
  } else if (fflush(stdout) != 0 || ferror(stdout)) {
    g_printerr("altshark: output: %s\n", g_strerror(errno));
    status = ASV_EXIT_INPUT;
  }
  asv_options_clear(&options);
  return (int)status;
}

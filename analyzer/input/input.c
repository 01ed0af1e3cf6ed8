/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keeps the next packet of every open file in a heap by time and gives the
 * earliest. Each file's own clock never steps back, so that of the merge does
 * not either; a packet without a time has its predecessor's.
 */
#include "input.h"

#include "analyzer/input/filter.h"
#include "analyzer/input/pcap.h"
#include "analyzer/input/pcapng.h"
#include "analyzer/input/stream.h"

/* Octets looked at to tell what a file is. */
#define SNIFF 64

typedef struct {
  AsvInputFile info;
  char *name;
  AsvStream *stream; /* NULL once the file has ended */
  AsvPcap *pcap;     /* one of the two */
  AsvPcapng *pcapng;
  AsvRecord record; /* read and not given yet, or given last */
  gint64 time;      /* of record */
  AsvPacketRef at;  /* the packet given last */
} File;

struct AsvInput {
  AsvInputEvents events;
  AsvFilter *filter;
  guint64 limit;
  GPtrArray *files; /* File */
  File **heap;      /* files with a packet in record, the earliest first */
  guint heap_size;
  AsvPacketRef at; /* the packet given last */
  gboolean started, ended, looked_ahead;
};

G_DEFINE_QUARK(asv - input - error - quark, asv_input_error)

static void file_close(File *file) {
  asv_pcap_free(g_steal_pointer(&file->pcap));
  asv_pcapng_free(g_steal_pointer(&file->pcapng));
  asv_stream_free(g_steal_pointer(&file->stream));
}

static void file_free(gpointer data) {
  File *file = data;
  file_close(file);
  g_free(file->name);
  g_free(file);
}

AsvInput *asv_input_new(const AsvInputEvents *events, const char *filter, guint64 limit) {
  AsvInput *input = g_new0(AsvInput, 1);
  input->events = *events;
  input->filter = filter ? asv_filter_new(filter) : NULL;
  input->limit = limit;
  input->files = g_ptr_array_new_with_free_func(file_free);
  return input;
}

static const char *name_for_messages(const char *name) {
  return strcmp(name, "-") == 0 ? "standard input" : name;
}

static gboolean is_text(AsvSpan data) {
  for (gsize i = 0; i < data.size; i++) {
    guint8 octet = data.data[i];
    if (octet == 0x7f || (octet < 0x20 && !g_ascii_isspace((char)octet))) return FALSE;
  }
  return TRUE;
}

/* Sets *error for a file that is of neither format; always FALSE. */
static gboolean refuse(const AsvStream *stream, AsvSpan first, GError **error) {
  const GError *fault = asv_stream_error(stream);
  if (first.size == 0 && fault) {
    g_set_error_literal(error, ASV_INPUT_ERROR, ASV_INPUT_ERROR_FORMAT, fault->message);
  } else if (first.size == 0) {
    g_set_error_literal(error, ASV_INPUT_ERROR, ASV_INPUT_ERROR_FORMAT, "is empty");
  } else if (is_text(first)) {
    g_set_error_literal(error, ASV_INPUT_ERROR, ASV_INPUT_ERROR_FORMAT, "is text, not a capture");
  } else {
    g_autoptr(GString) hex = g_string_new(NULL);
    for (gsize i = 0; i < MIN(first.size, 4); i++)
      g_string_append_printf(hex, " %02x", first.data[i]);
    g_set_error(error, ASV_INPUT_ERROR, ASV_INPUT_ERROR_FORMAT,
                "is neither pcap nor pcapng (it begins with%s)", hex->str);
  }
  return FALSE;
}

/* A JSON object begins it. */
static gboolean is_observations(AsvSpan first) {
  AsvSpan text = first;
  while (text.size && g_ascii_isspace((char)text.data[0])) text = asv_span_sub(text, 1, text.size);
  return text.size && text.data[0] == '{';
}

/* Observations leave the file without a stream. */
static gboolean file_open(File *file, FILE **observations, const AsvInputEvents *events,
                          GError **error) {
  file->stream = asv_stream_open(file->name, error);
  if (!file->stream) return FALSE;
  file->info.name = file->name;
  file->info.compression = asv_stream_compression(file->stream);
  file->info.size = asv_stream_file_size(file->stream);
  AsvSpan first = asv_stream_peek(file->stream, SNIFF);
  if (asv_pcapng_is(first)) {
    AsvPcapngEvents secrets = {.self = events->self, .secrets = events->secrets};
    file->info.format = "pcapng";
    file->pcapng = asv_pcapng_new(file->stream, &secrets, error);
    return file->pcapng != NULL;
  }
  if (asv_pcap_is(first)) {
    file->info.format = "pcap";
    file->pcap = asv_pcap_new(file->stream, error);
    return file->pcap != NULL;
  }
  if (!observations || !is_observations(first)) return refuse(file->stream, first, error);
  *observations = asv_stream_to_stdio(g_steal_pointer(&file->stream));
  return TRUE;
}

gboolean asv_input_add(AsvInput *input, const char *name, FILE **observations, GError **error) {
  g_assert(!input->started);
  File *file = g_new0(File, 1);
  file->name = g_strdup(name);
  file->at.file = input->files->len;
  if (observations) *observations = NULL;
  gboolean opened = file_open(file, observations, &input->events, error);
  if (opened && file->stream) {
    g_ptr_array_add(input->files, file);
    return TRUE;
  }
  if (!opened) g_prefix_error(error, "%s: ", name_for_messages(name));
  file_free(file);
  return opened;
}

static gboolean comes_first(const File *a, const File *b) {
  return a->time != b->time ? a->time < b->time : a->at.file < b->at.file;
}

static void sift_down(AsvInput *input, guint at) {
  for (;;) {
    guint first = at, child = 2 * at + 1;
    for (guint i = child; i < child + 2 && i < input->heap_size; i++)
      if (comes_first(input->heap[i], input->heap[first])) first = i;
    if (first == at) return;
    File *file = input->heap[at];
    input->heap[at] = input->heap[first];
    input->heap[first] = file;
    at = first;
  }
}

static void file_end(AsvInput *input, File *file, GError *error) {
  file->info.complete = error == NULL;
  file->info.position = asv_stream_file_position(file->stream);
  if (file->pcapng) {
    file->info.has_dropped = asv_pcapng_dropped(file->pcapng, &file->info.dropped);
  }
  if (error) g_prefix_error(&error, "%s: ", name_for_messages(file->name));
  AsvPacketRef at = file->at;
  if (at.packet == 0) at = (AsvPacketRef){input->at.order, 0, input->at.time, at.file};
  if (input->events.file_end) input->events.file_end(input->events.self, &at, &file->info, error);
  g_clear_error(&error);
  file_close(file);
}

/* Reads the file's next packet; at its end tells so and returns FALSE. */
static gboolean file_advance(AsvInput *input, File *file) {
  GError *error = NULL;
  gboolean more = file->pcapng ? asv_pcapng_next(file->pcapng, &file->record, &error)
                               : asv_pcap_next(file->pcap, &file->record, &error);
  if (!more) {
    file_end(input, file, error);
    return FALSE;
  }
  if (file->record.timed && (file->at.packet == 0 || file->record.time > file->time))
    file->time = file->record.time;
  return TRUE;
}

static void start(AsvInput *input) {
  input->started = TRUE;
  input->heap = g_new0(File *, input->files->len);
  for (guint i = 0; i < input->files->len; i++) {
    File *file = g_ptr_array_index(input->files, i);
    if (file_advance(input, file)) input->heap[input->heap_size++] = file;
  }
  for (guint i = input->heap_size / 2; i-- > 0;) sift_down(input, i);
}

/* Replaces the packet given last, which stands first in the heap, by its file's next. */
static void advance(AsvInput *input) {
  if (!file_advance(input, input->heap[0])) input->heap[0] = input->heap[--input->heap_size];
  sift_down(input, 0);
}

static void end_all(AsvInput *input) {
  for (guint i = 0; i < input->files->len; i++) {
    File *file = g_ptr_array_index(input->files, i);
    if (file->stream) file_end(input, file, NULL);
  }
  input->heap_size = 0;
  input->ended = TRUE;
}

static void give(AsvInput *input, File *file, AsvPacket *packet) {
  const AsvRecord *record = &file->record;
  AsvInputFile *info = &file->info;
  file->at = (AsvPacketRef){.order = ++input->at.order,
                            .packet = record->number,
                            .time = file->time,
                            .file = file->at.file};
  input->at = file->at;
  if (info->packets == 0) info->first = file->time;
  info->last = file->time;
  info->packets++;
  info->bytes += record->wire_length;
  info->position = asv_stream_file_position(file->stream);
  *packet = (AsvPacket){.at = file->at,
                        .linktype = record->linktype,
                        .data = record->data,
                        .wire_length = record->wire_length,
                        .wanted = TRUE};
}

gboolean asv_input_next(AsvInput *input, AsvPacket *packet, GError **error) {
  if (input->ended) return FALSE;
  if (input->limit && input->at.order == input->limit) {
    end_all(input);
    return FALSE;
  }
  if (!input->started)
    start(input);
  else if (input->heap_size)
    advance(input);
  if (input->heap_size == 0) {
    input->ended = TRUE;
    return FALSE;
  }
  File *file = input->heap[0];
  give(input, file, packet);
  return !input->filter || asv_filter_run(input->filter, &file->record, &packet->wanted, error);
}

void asv_input_read_ahead_secrets(AsvInput *input) {
  if (input->looked_ahead) return;
  input->looked_ahead = TRUE;
  for (guint i = 0; i < input->files->len; i++) {
    File *file = g_ptr_array_index(input->files, i);
    if (file->pcapng) asv_pcapng_read_ahead(file->pcapng);
  }
}

const AsvInputFile *asv_input_file(const AsvInput *input, guint32 index) {
  const File *file = g_ptr_array_index(input->files, index);
  return &file->info;
}

guint32 asv_input_files(const AsvInput *input) {
  return input->files->len;
}

void asv_input_free(AsvInput *input) {
  if (!input) return;
  g_ptr_array_free(input->files, TRUE);
  asv_filter_free(input->filter);
  g_free(input->heap);
  g_free(input);
}

/* The part of text up to its last line end; all of it when there is none. */
static gsize whole_lines(AsvSpan text) {
  for (gsize size = text.size; size > 0; size--)
    if (text.data[size - 1] == '\n') return size;
  return text.size;
}

gboolean asv_input_key_log(const char *name, const AsvInputEvents *events, GError **error) {
  AsvStream *stream = asv_stream_open(name, error);
  const GError *fault = NULL;
  while (stream) {
    AsvSpan text = asv_stream_peek(stream, ASV_INPUT_BUFFER);
    if (text.size == 0) break;
    text.size = whole_lines(text);
    events->secrets(events->self, text);
    asv_stream_skip(stream, text.size);
  }
  if (stream) fault = asv_stream_error(stream);
  if (fault) g_propagate_error(error, g_error_copy(fault));
  gboolean good = stream && !fault;
  if (!good) g_prefix_error(error, "%s: ", name_for_messages(name));
  asv_stream_free(stream);
  return good;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Captures made in memory for the tests of this folder, block by block and in
 * either byte order, and what the analyzer's input tells of them as text.
 */
#ifndef TESTS_UNIT_INPUT_CAPTURE_H
#define TESTS_UNIT_INPUT_CAPTURE_H

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <unistd.h>

#include "analyzer/input/input.h"
#include "tests/support/feed.h"

typedef struct {
  GByteArray *octets;
  gboolean big;
  guint block; /* where the block under construction begins */
} Capture;

static inline Capture capture_new(gboolean big) {
  return (Capture){.octets = g_byte_array_new(), .big = big};
}

static inline void capture_free(Capture *capture) {
  g_byte_array_free(capture->octets, TRUE);
}

static inline AsvSpan capture_span(const Capture *capture) {
  return asv_span(capture->octets->data, capture->octets->len);
}

static inline void put(Capture *capture, const void *octets, gsize size) {
  g_byte_array_append(capture->octets, octets, (guint)size);
}

static inline void put_number(Capture *capture, guint64 value, guint size) {
  for (guint i = 0; i < size; i++) {
    guint8 octet = (guint8)(value >> 8 * (capture->big ? size - 1 - i : i));
    put(capture, &octet, 1);
  }
}

static inline void put16(Capture *capture, guint16 value) {
  put_number(capture, value, 2);
}

static inline void put32(Capture *capture, guint32 value) {
  put_number(capture, value, 4);
}

static inline void put64(Capture *capture, guint64 value) {
  put_number(capture, value, 8);
}

static inline void put_text(Capture *capture, const char *text) {
  put(capture, text, strlen(text));
}

static inline void put_padding(Capture *capture) {
  while ((capture->octets->len - capture->block) % 4) put(capture, "", 1);
}

static inline void block_begin(Capture *capture, guint32 type) {
  capture->block = capture->octets->len;
  put32(capture, type);
  put32(capture, 0);
}

/* Pads the block and writes its length at both places. */
static inline void block_end(Capture *capture) {
  put_padding(capture);
  guint32 length = capture->octets->len + 4 - capture->block;
  put32(capture, length);
  memcpy(capture->octets->data + capture->block + 4,
         capture->octets->data + capture->octets->len - 4, 4);
}

static inline void put_option(Capture *capture, guint16 code, const void *value, guint16 size) {
  put16(capture, code);
  put16(capture, size);
  put(capture, value, size);
  put_padding(capture);
}

static inline void put_option64(Capture *capture, guint16 code, guint64 value) {
  put16(capture, code);
  put16(capture, 8);
  put64(capture, value);
}

static inline void put_section(Capture *capture) {
  block_begin(capture, 0x0a0d0d0a);
  put32(capture, 0x1a2b3c4d);
  put16(capture, 1);
  put16(capture, 0);
  put64(capture, G_MAXUINT64);
  block_end(capture);
}

static inline void interface_begin(Capture *capture, guint16 linktype, guint32 snap_length) {
  block_begin(capture, 1);
  put16(capture, linktype);
  put16(capture, 0);
  put32(capture, snap_length);
}

static inline void put_interface(Capture *capture, guint16 linktype) {
  interface_begin(capture, linktype, 0);
  block_end(capture);
}

static inline void packet_begin(Capture *capture, guint32 interface, guint64 time,
                                const char *data) {
  block_begin(capture, 6);
  put32(capture, interface);
  put32(capture, (guint32)(time >> 32));
  put32(capture, (guint32)time);
  put32(capture, (guint32)strlen(data));
  put32(capture, (guint32)strlen(data));
  put_text(capture, data);
  put_padding(capture);
}

/* An Enhanced Packet Block; time in the interface's units. */
static inline void put_packet(Capture *capture, guint32 interface, guint64 time, const char *data) {
  packet_begin(capture, interface, time, data);
  block_end(capture);
}

static inline void put_secrets(Capture *capture, guint32 type, const char *text) {
  block_begin(capture, 10);
  put32(capture, type);
  put32(capture, (guint32)strlen(text));
  put_text(capture, text);
  block_end(capture);
}

#define TLS_KEY_LOG 0x544c534b

static inline void put_pcap_header(Capture *capture, guint32 magic, guint32 snap_length,
                                   guint32 linktype) {
  put32(capture, magic);
  put16(capture, 2);
  put16(capture, 4);
  put64(capture, 0);
  put32(capture, snap_length);
  put32(capture, linktype);
}

static inline void put_pcap_packet(Capture *capture, guint32 seconds, guint32 part,
                                   const char *data) {
  put32(capture, seconds);
  put32(capture, part);
  put32(capture, (guint32)strlen(data));
  put32(capture, (guint32)strlen(data));
  put_text(capture, data);
}

/* A file with these octets, to be removed with remove_file. */
static inline char *write_file(AsvSpan octets) {
  char *name = NULL;
  int fd = g_file_open_tmp("altshark-XXXXXX", &name, NULL);
  g_assert_cmpint(fd, >=, 0);
  g_assert_cmpint(write(fd, octets.data, octets.size), ==, (gssize)octets.size);
  close(fd);
  return name;
}

static inline void remove_file(char *name) {
  g_unlink(name);
  g_free(name);
}

static inline void tell_secrets(void *self, AsvSpan key_log) {
  g_autofree char *text = asv_span_dup(key_log);
  g_string_append_printf(self, "secrets %s\n", text);
}

static inline void tell_end(void *self, const AsvPacketRef *at, const AsvInputFile *file,
                            const GError *error) {
  GString *told = self;
  g_string_append_printf(told, "end %s file %u", file->format, at->file);
  g_string_append_printf(told, " packet %" G_GUINT64_FORMAT, at->packet);
  g_string_append_printf(told, " of %" G_GUINT64_FORMAT, file->packets);
  g_string_append_printf(told, " bytes %" G_GUINT64_FORMAT, file->bytes);
  g_string_append_printf(told, " %" G_GINT64_FORMAT "-%" G_GINT64_FORMAT, file->first, file->last);
  if (file->compression) g_string_append_printf(told, " %s", file->compression);
  if (file->has_dropped) g_string_append_printf(told, " dropped %" G_GUINT64_FORMAT, file->dropped);
  g_assert_cmpint(file->complete, ==, error == NULL);
  if (error) {
    g_assert_true(g_str_has_prefix(error->message, file->name) || file->name[0] == '-');
    g_assert_error(error, ASV_INPUT_ERROR, ASV_INPUT_ERROR_DAMAGED);
    g_string_append_printf(told, " error %s", strchr(error->message, ':') + 2);
  }
  g_string_append_c(told, '\n');
}

static inline AsvInputEvents telling(GString *told) {
  return (AsvInputEvents){.self = told, .secrets = tell_secrets, .file_end = tell_end};
}

static inline void tell_packet(GString *told, const AsvPacket *packet) {
  g_autofree char *data = asv_span_dup(packet->data);
  g_string_append_printf(told, "%s %u.%" G_GUINT64_FORMAT " time %" G_GINT64_FORMAT,
                         packet->wanted ? "packet" : "unwanted", packet->at.file, packet->at.packet,
                         packet->at.time);
  g_string_append_printf(told, " link %d wire %u %s\n", packet->linktype, packet->wire_length,
                         data);
}

/* Reads all packets and frees input; what it tells is appended to told. */
static inline void tell_all(AsvInput *input, GString *told) {
  AsvPacket packet;
  GError *error = NULL;
  guint64 order = 0;
  gint64 time = G_MININT64;
  while (asv_input_next(input, &packet, &error)) {
    g_assert_cmpuint(packet.at.order, ==, ++order);
    g_assert_cmpint(packet.at.time, >=, time);
    time = packet.at.time;
    tell_packet(told, &packet);
  }
  if (error) g_string_append_printf(told, "failed %s\n", error->message);
  g_clear_error(&error);
  g_assert_false(asv_input_next(input, &packet, &error));
  asv_input_free(input);
}

/* What an input tells of one file. */
static inline char *tell_file(const char *name) {
  GString *told = g_string_new(NULL);
  AsvInputEvents events = telling(told);
  AsvInput *input = asv_input_new(&events, NULL, 0);
  GError *error = NULL;
  if (!asv_input_add(input, name, NULL, &error)) {
    g_assert_nonnull(error);
    g_string_append_printf(told, "refused %s\n", strchr(error->message, ':') + 2);
    g_error_free(error);
  }
  tell_all(input, told);
  return g_string_free(told, FALSE);
}

typedef struct {
  const AsvSpan *pieces;
  gsize count;
  int fd;
} Writer;

static inline gpointer write_pieces(gpointer data) {
  Writer *writer = data;
  for (gsize i = 0; i < writer->count; i++)
    if (writer->pieces[i].size &&
        write(writer->fd, writer->pieces[i].data, writer->pieces[i].size) < 0)
      break;
  close(writer->fd);
  return NULL;
}

/* An AsvTestRun: each piece is one read from a pipe in packet mode. */
static inline char *run_through_pipe(const AsvSpan *pieces, gsize count, const void *user) {
  (void)user;
  int fds[2];
  signal(SIGPIPE, SIG_IGN);
  g_assert_cmpint(pipe2(fds, O_DIRECT | O_CLOEXEC), ==, 0);
  Writer writer = {.pieces = pieces, .count = count, .fd = fds[1]};
  GThread *thread = g_thread_new("writer", write_pieces, &writer);
  g_autofree char *name = g_strdup_printf("/dev/fd/%d", fds[0]);
  char *told = tell_file(name);
  close(fds[0]);
  g_thread_join(thread);
  return told;
}

/* Asserts what is told of the capture, read from a file and, in all splits, from a pipe. */
static inline void assert_told(const Capture *capture, const char *expected) {
  char *name = write_file(capture_span(capture));
  g_autofree char *told = tell_file(name);
  remove_file(name);
  g_assert_cmpstr(told, ==, expected);
  g_autofree char *piped = asv_test_splits(run_through_pipe, capture_span(capture), NULL);
  g_assert_cmpstr(piped, ==, expected);
}

#endif

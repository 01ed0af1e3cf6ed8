/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Regular files are read with pread, so that a second stream may share the
 * descriptor; everything else with read. No memory map: a file that shrinks
 * while it is read then ends early instead of raising SIGBUS.
 */
#include "stream.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzer/input/codec.h"
#include "analyzer/input/input.h"
#include "analyzer/limits.h"

struct AsvStream {
  int fd;
  gboolean regular;
  guint64 origin; /* of the file: where the stream begins */
  guint64 offset; /* of the file: octets read */
  guint64 size;   /* of the file; 0 when not known */

  AsvCodec *codec; /* NULL: the octets are as they are in the file */
  guint8 *raw;     /* compressed octets, raw_at to raw_end not decoded yet */
  gsize raw_at, raw_end;

  guint8 *buffer; /* start to end are read and not skipped */
  gsize start, end, room;
  guint64 position; /* of start */
  gboolean ended;
  GError *error;
};

/* Octets of the file itself; 0 at its end and after an error. */
static gsize read_file(AsvStream *stream, guint8 *to, gsize room) {
  for (;;) {
    ssize_t got = stream->regular ? pread(stream->fd, to, room, (off_t)stream->offset)
                                  : read(stream->fd, to, room);
    if (got >= 0) {
      stream->offset += (guint64)got;
      return (gsize)got;
    }
    if (errno == EINTR) continue;
    g_set_error(&stream->error, ASV_INPUT_ERROR, ASV_INPUT_ERROR_DAMAGED, "cannot be read on: %s",
                g_strerror(errno));
    return 0;
  }
}

/* Decoded octets; 0 at the end, or where nothing more can be decoded. */
static gsize read_decoded(AsvStream *stream, guint8 *to, gsize room) {
  for (;;) {
    AsvSpan in = asv_span(stream->raw + stream->raw_at, stream->raw_end - stream->raw_at);
    gsize made = asv_codec_decode(stream->codec, &in, to, room, &stream->error);
    stream->raw_at = stream->raw_end - in.size;
    if (stream->error) {
      stream->ended = TRUE;
      g_prefix_error(&stream->error, "near byte %" G_GUINT64_FORMAT " of the file, its ",
                     stream->offset - in.size);
    }
    if (made || stream->ended) return made;
    stream->raw_at = 0;
    stream->raw_end = read_file(stream, stream->raw, ASV_INPUT_BUFFER_FIRST);
    if (stream->raw_end) continue;
    if (!stream->error && !asv_codec_at_boundary(stream->codec)) {
      g_set_error(&stream->error, ASV_INPUT_ERROR, ASV_INPUT_ERROR_DAMAGED,
                  "its %s data is cut short at byte %" G_GUINT64_FORMAT,
                  asv_codec_name(stream->codec), stream->offset);
    }
    return 0;
  }
}

/* Makes room for n octets in all from start on, and for a large read behind what is there. */
static void make_room(AsvStream *stream, gsize n) {
  gsize have = stream->end - stream->start;
  gsize usual = stream->end ? MIN(stream->room * 2, ASV_INPUT_BUFFER) : ASV_INPUT_BUFFER_FIRST;
  if (have) memmove(stream->buffer, stream->buffer + stream->start, have);
  stream->start = 0;
  stream->end = have;
  gsize room = MAX(n, usual);
  if (room <= stream->room) return;
  stream->buffer = g_realloc(stream->buffer, room);
  stream->room = room;
}

static void refill(AsvStream *stream, gsize n) {
  if (stream->start == stream->end || stream->start + n > stream->room) make_room(stream, n);
  guint8 *to = stream->buffer + stream->end;
  gsize room = stream->room - stream->end;
  gsize got = stream->codec ? read_decoded(stream, to, room) : read_file(stream, to, room);
  stream->end += got;
  if (got == 0) stream->ended = TRUE;
}

static AsvStream *stream_new(int fd) {
  AsvStream *stream = g_new0(AsvStream, 1);
  stream->fd = fd;
  stream->room = ASV_INPUT_BUFFER_FIRST;
  stream->buffer = g_malloc(stream->room);
  struct stat status;
  if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) {
    off_t here = lseek(fd, 0, SEEK_CUR);
    stream->regular = TRUE;
    stream->origin = stream->offset = here > 0 ? (guint64)here : 0;
    stream->size = (guint64)status.st_size;
  }
  return stream;
}

/* When the first octets are compressed, they become the decoder's input. */
static void detect_codec(AsvStream *stream) {
  AsvSpan first = asv_stream_peek(stream, ASV_CODEC_MAGIC);
  stream->codec = asv_codec_new(first);
  if (!stream->codec) return;
  stream->raw = g_malloc(ASV_INPUT_BUFFER_FIRST);
  stream->raw_end = stream->end - stream->start;
  g_assert(stream->raw_end <= ASV_INPUT_BUFFER_FIRST);
  memcpy(stream->raw, stream->buffer + stream->start, stream->raw_end);
  stream->start = stream->end = 0;
  stream->ended = FALSE;
}

AsvStream *asv_stream_open(const char *name, GError **error) {
  int fd = strcmp(name, "-") == 0 ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                                  : open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  struct stat status;
  int fault = fd < 0 ? errno : fstat(fd, &status) == 0 && S_ISDIR(status.st_mode) ? EISDIR : 0;
  if (fault) {
    if (fd >= 0) close(fd);
    g_set_error(error, ASV_INPUT_ERROR, ASV_INPUT_ERROR_OPEN, "cannot be opened: %s",
                g_strerror(fault));
    return NULL;
  }
  AsvStream *stream = stream_new(fd);
  detect_codec(stream);
  return stream;
}

AsvStream *asv_stream_again(const AsvStream *stream, guint64 from) {
  int fd = stream->regular ? fcntl(stream->fd, F_DUPFD_CLOEXEC, 0) : -1;
  if (fd < 0) return NULL;
  AsvStream *again = stream_new(fd);
  again->origin = again->offset = stream->origin;
  if (!stream->codec) {
    again->offset += from;
    again->position = from;
    return again;
  }
  detect_codec(again);
  if (asv_stream_skip(again, from) == from) return again;
  asv_stream_free(again);
  return NULL;
}

AsvSpan asv_stream_peek(AsvStream *stream, gsize n) {
  g_assert(n <= ASV_INPUT_BLOCK_MAX);
  while (stream->end - stream->start < n && !stream->ended) refill(stream, n);
  return asv_span(stream->buffer + stream->start, MIN(n, stream->end - stream->start));
}

guint64 asv_stream_skip(AsvStream *stream, guint64 n) {
  guint64 left = n;
  while (left) {
    gsize have = stream->end - stream->start;
    if (have == 0) {
      if (stream->ended) break;
      refill(stream, 1);
      continue;
    }
    gsize step = (gsize)MIN(left, have);
    stream->start += step;
    stream->position += step;
    left -= step;
  }
  return n - left;
}

guint64 asv_stream_position(const AsvStream *stream) {
  return stream->position;
}

const GError *asv_stream_error(const AsvStream *stream) {
  return stream->start == stream->end ? stream->error : NULL;
}

const char *asv_stream_compression(const AsvStream *stream) {
  return stream->codec ? asv_codec_name(stream->codec) : NULL;
}

guint64 asv_stream_file_size(const AsvStream *stream) {
  return stream->size;
}

guint64 asv_stream_file_position(const AsvStream *stream) {
  return stream->offset;
}

void asv_stream_free(AsvStream *stream) {
  if (!stream) return;
  close(stream->fd);
  asv_codec_free(stream->codec);
  g_free(stream->raw);
  g_free(stream->buffer);
  g_clear_error(&stream->error);
  g_free(stream);
}

static ssize_t stdio_read(void *cookie, char *to, size_t size) {
  AsvStream *stream = *(AsvStream **)cookie;
  AsvSpan data = asv_stream_peek(stream, MIN(size, ASV_INPUT_BUFFER_FIRST));
  if (data.size == 0 && stream->error) {
    errno = EIO;
    return -1;
  }
  if (data.size) memcpy(to, data.data, data.size);
  asv_stream_skip(stream, data.size);
  return (ssize_t)data.size;
}

static int stdio_rewind(void *cookie, off64_t *offset, int whence) {
  AsvStream **stream = cookie;
  AsvStream *again = *offset == 0 && whence == SEEK_SET ? asv_stream_again(*stream, 0) : NULL;
  if (!again) {
    errno = ESPIPE;
    return -1;
  }
  asv_stream_free(*stream);
  *stream = again;
  return 0;
}

static int stdio_close(void *cookie) {
  AsvStream **stream = cookie;
  asv_stream_free(*stream);
  g_free(cookie);
  return 0;
}

FILE *asv_stream_to_stdio(AsvStream *stream) {
  AsvStream **cookie = g_new(AsvStream *, 1);
  *cookie = stream;
  FILE *file = fopencookie(
      cookie, "r",
      (cookie_io_functions_t){.read = stdio_read, .seek = stdio_rewind, .close = stdio_close});
  g_assert(file);
  return file;
}

char *asv_cut_where(const AsvCut *cut) {
  if (cut->packet == 0) {
    return g_strdup_printf("before the first packet, at byte %" G_GUINT64_FORMAT, cut->at);
  }
  return g_strdup_printf("%s packet %" G_GUINT64_FORMAT ", at byte %" G_GUINT64_FORMAT,
                         cut->inside ? "in" : "after", cut->packet, cut->at);
}

void asv_stream_cut(const AsvStream *stream, const AsvCut *cut, GError **error) {
  g_autofree char *where = asv_cut_where(cut);
  if (stream->error) {
    g_set_error(error, ASV_INPUT_ERROR, ASV_INPUT_ERROR_DAMAGED, "%s (this is %s%s)",
                stream->error->message, where, stream->codec ? " of what it decompresses to" : "");
    return;
  }
  g_set_error(error, ASV_INPUT_ERROR, ASV_INPUT_ERROR_DAMAGED,
              "cut short %s: %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " bytes of %s are there",
              where, cut->there, cut->wanted, cut->what);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libpcap reads the file (draft-ietf-opsawg-pcap, and the variants that only
 * libpcap knows) through a stdio stream over ours. The link type is taken from
 * the file's header, since libpcap only tells the DLT value of this system.
 */
#include "pcap.h"

#include <pcap/pcap.h>
#include <stdio.h>

#include "analyzer/input/input.h"
#include "analyzer/limits.h"

#define FILE_HEADER 24
/* Between libpcap's small reads and our buffer: fits the processor's cache. */
#define STDIO_BUFFER 32768u
#define SNAP_LENGTH 16 /* its fields */
#define LINK_TYPE 20
#define RECORD_HEADER 16
/* Alexey Kuznetzov's patched libpcap added eight octets to each record header. */
#define MODIFIED_MAGIC 0xa1b2cd34u
#define MODIFIED_HEADER 24

struct AsvPcap {
  AsvStream *stream;
  pcap_t *pcap;
  gboolean little;
  gsize record_header; /* its size */
  gboolean snap_length_lifted;
  int linktype;
  guint64 packets;
  guint64 record_at; /* where the next record begins */
};

static const guint32 magics[] = {0xa1b2c3d4, 0xa1b23c4d, MODIFIED_MAGIC};

/* The magic number in file order, and that order; 0 when it is none. */
static guint32 find_magic(AsvSpan data, gboolean *little) {
  AsvReader reader = asv_reader(data);
  guint32 big = asv_read_u32(&reader);
  for (gsize i = 0; i < G_N_ELEMENTS(magics); i++) {
    *little = big == GUINT32_SWAP_LE_BE(magics[i]);
    if (*little || big == magics[i]) return magics[i];
  }
  return 0;
}

gboolean asv_pcap_is(AsvSpan data) {
  gboolean little;
  return find_magic(data, &little) != 0;
}

/* The 32-bit number at octet `from`, in the byte order of the file. */
static guint32 number_at(const AsvPcap *self, AsvSpan data, gsize from) {
  AsvReader reader = asv_reader(asv_span_sub(data, from, 4));
  guint32 number = asv_read_u32(&reader);
  return self->little ? GUINT32_SWAP_LE_BE(number) : number;
}

/*
 * Some writers give a snap length smaller than their packets, and libpcap
 * would cut these. It takes 0 for the largest that it allows.
 */
static void lift_snap_length(guint64 at, guint8 *octets, gsize size) {
  for (gsize i = 0; i < size; i++)
    if (at + i >= SNAP_LENGTH && at + i < LINK_TYPE) octets[i] = 0;
}

static ssize_t cookie_read(void *cookie, char *to, size_t size) {
  AsvPcap *self = cookie;
  AsvSpan data = asv_stream_peek(self->stream, MIN(size, STDIO_BUFFER));
  if (data.size) memcpy(to, data.data, data.size);
  if (self->snap_length_lifted && !self->pcap)
    lift_snap_length(asv_stream_position(self->stream), (guint8 *)to, data.size);
  asv_stream_skip(self->stream, data.size);
  return (ssize_t)data.size;
}

AsvPcap *asv_pcap_new(AsvStream *stream, GError **error) {
  AsvSpan header = asv_stream_peek(stream, FILE_HEADER);
  if (header.size < FILE_HEADER) {
    g_set_error(error, ASV_INPUT_ERROR, ASV_INPUT_ERROR_FORMAT,
                "cut short in the file header: %zu of %d bytes are there", header.size,
                FILE_HEADER);
    return NULL;
  }
  AsvPcap *self = g_new0(AsvPcap, 1);
  self->stream = stream;
  self->record_at = FILE_HEADER;
  guint32 magic = find_magic(header, &self->little);
  self->record_header = magic == MODIFIED_MAGIC ? MODIFIED_HEADER : RECORD_HEADER;
  /* The upper bits of the field tell the length of the frame check sequence. */
  self->linktype = asv_record_linktype(number_at(self, header, LINK_TYPE) & 0x03ffffff);
  self->snap_length_lifted = number_at(self, header, SNAP_LENGTH) < ASV_INPUT_SNAP_LENGTH;

  FILE *file = fopencookie(self, "r", (cookie_io_functions_t){.read = cookie_read});
  g_assert(file);
  setvbuf(file, NULL, _IOFBF, STDIO_BUFFER);
  char why[PCAP_ERRBUF_SIZE] = "";
  self->pcap = pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, why);
  if (self->pcap) return self;
  fclose(file);
  g_free(self);
  g_set_error(error, ASV_INPUT_ERROR, ASV_INPUT_ERROR_FORMAT, "cannot be read: %s", why);
  return NULL;
}

/* Tells why the record at record_at could not be read. */
static void explain(AsvPcap *self, GError **error) {
  static const char cut_short[] = "truncated dump file; ";
  AsvCut cut = {.packet = self->packets + 1, .inside = TRUE, .at = self->record_at};
  if (asv_stream_error(self->stream)) {
    asv_stream_cut(self->stream, &cut, error);
    return;
  }
  g_autofree char *where = asv_cut_where(&cut);
  const char *why = pcap_geterr(self->pcap);
  gboolean is_cut = g_str_has_prefix(why, cut_short);
  g_set_error(error, ASV_INPUT_ERROR, ASV_INPUT_ERROR_DAMAGED, "%s %s: %s",
              is_cut ? "cut short" : "damaged", where, is_cut ? why + strlen(cut_short) : why);
}

gboolean asv_pcap_next(AsvPcap *self, AsvRecord *record, GError **error) {
  struct pcap_pkthdr *header;
  const u_char *data;
  int result = pcap_next_ex(self->pcap, &header, &data);
  if (result != 1) {
    gboolean clean = result == PCAP_ERROR_BREAK && !asv_stream_error(self->stream);
    if (!clean) explain(self, error);
    return FALSE;
  }
  self->record_at += self->record_header + header->caplen;
  *record = (AsvRecord){
      .number = ++self->packets,
      /* Seconds are unsigned in the file; libpcap takes them for signed. */
      .time = (gint64)(guint32)header->ts.tv_sec * ASV_SECOND + header->ts.tv_usec,
      .timed = TRUE,
      .linktype = self->linktype,
      .data = asv_span(data, header->caplen),
      .wire_length = header->len,
  };
  return TRUE;
}

void asv_pcap_free(AsvPcap *self) {
  if (!self) return;
  pcap_close(self->pcap);
  g_free(self);
}

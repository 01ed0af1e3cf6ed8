/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Opens captures (pcap through libpcap, pcapng through pcapng.h; gzip, zstd
 * and lz4 around either; standard input) and gives their packets merged by
 * time, and the secrets found on the way.
 */
#ifndef ANALYZER_INPUT_INPUT_H
#define ANALYZER_INPUT_INPUT_H

#include <stdio.h>

#include "analyzer/sink.h"

typedef struct AsvInput AsvInput;

/* One packet; data is borrowed until the next call. */
typedef struct {
  AsvPacketRef at;
  int linktype;        /* LINKTYPE_ value of the file format, also for pcap */
  AsvSpan data;        /* captured octets */
  guint32 wire_length; /* original length on the wire, >= data.size for honest files */
  gboolean wanted;     /* FALSE: the -f filter rejects it; it still counts and numbers */
} AsvPacket;

/* What is known of a file; complete once it has ended. */
typedef struct {
  const char *name;        /* as the user wrote it; "-" for standard input */
  const char *format;      /* "pcap", "pcapng" */
  const char *compression; /* "gzip", "zstd", "lz4", or NULL */
  guint64 packets, bytes;  /* given so far; bytes is the sum of their wire_length */
  gint64 first, last;      /* times of the first and last of them */
  gboolean complete;       /* ended without damage */
  gboolean has_dropped;
  guint64 dropped;        /* sum over the interfaces of isb_ifdrop and isb_osdrop */
  guint64 size, position; /* of the file on disk, for progress; size 0 when unknown */
} AsvInputFile;

typedef struct {
  void *self;
  /* Key-log text (NSS format, any number of lines) from a Decryption Secrets Block. */
  void (*secrets)(void *self, AsvSpan key_log);
  /* A file has ended (also after damage: then error says file, packet and octet offset). at is its
   * last packet's. */
  void (*file_end)(void *self, const AsvPacketRef *at, const AsvInputFile *file,
                   const GError *error);
} AsvInputEvents;

typedef enum {
  ASV_INPUT_ERROR_OPEN,    /* missing, a directory, no permission */
  ASV_INPUT_ERROR_FORMAT,  /* no capture at all: empty, text, cut header, unknown */
  ASV_INPUT_ERROR_DAMAGED, /* readable up to a point */
  ASV_INPUT_ERROR_FILTER   /* BPF expression that does not compile */
} AsvInputError;
#define ASV_INPUT_ERROR (asv_input_error_quark())
GQuark asv_input_error_quark(void);

/*
 * Makes an input. filter is a BPF expression or NULL, compiled once per link
 * type; limit is the largest number of packets to give, of all files together
 * and whether the filter wants them or not (0: all). A file that the limit ends is complete.
 */
AsvInput *asv_input_new(const AsvInputEvents *events, const char *filter, guint64 limit);

/*
 * Opens one more file ("-": standard input). A file of observations (a JSON object begins it; it
 * may be compressed or a pipe) is not added: *observations is then its text, to be closed by the
 * caller, which can be rewound when the file can be read twice; else NULL. Without `observations`
 * such a file is refused. FALSE and a message naming the file when it is nothing that can be read.
 */
gboolean asv_input_add(AsvInput *input, const char *name, FILE **observations, GError **error);

/*
 * The next packet of all files in order of time (ties: order of adding). FALSE
 * at the end of the last. Damage ends that file alone and is told by file_end;
 * FALSE and *error only for a filter that does not compile for a link type.
 */
gboolean asv_input_next(AsvInput *input, AsvPacket *packet, GError **error);

/*
 * Looks for secrets blocks that still lie ahead in files that can be sought
 * (events.secrets is called for each), once; later calls do nothing. Called
 * when a connection lacks its secrets.
 */
void asv_input_read_ahead_secrets(AsvInput *input);

const AsvInputFile *asv_input_file(const AsvInput *input, guint32 index);
guint32 asv_input_files(const AsvInput *input);
void asv_input_free(AsvInput *input);

/*
 * Reads a key log file ("-k FILE", may be compressed): gives its text to
 * secrets in pieces that end with a line. FALSE with *error when it cannot be
 * read to its end. (Whether a line of it is usable, the key store says.)
 */
gboolean asv_input_key_log(const char *name, const AsvInputEvents *events, GError **error);

#endif

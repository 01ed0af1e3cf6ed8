/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libpcap compiles for a DLT value and keeps to itself how LINKTYPE values map
 * to those; so each compilation is for an empty capture file of the link type,
 * held in memory. Their number is bounded by the 16 bits that pcapng has for
 * them.
 */
#include "filter.h"

#include <pcap/pcap.h>
#include <stdio.h>

#include "analyzer/input/input.h"

typedef struct {
  int linktype;
  struct bpf_program code;
} Program;

struct AsvFilter {
  char *expression;
  GHashTable *programs; /* link type to Program */
  const Program *last;
};

static void program_free(gpointer data) {
  Program *program = data;
  pcap_freecode(&program->code);
  g_free(program);
}

AsvFilter *asv_filter_new(const char *expression) {
  AsvFilter *filter = g_new0(AsvFilter, 1);
  filter->expression = g_strdup(expression);
  filter->programs = g_hash_table_new_full(NULL, NULL, NULL, program_free);
  return filter;
}

/* An open capture file of that link type without packets. */
static pcap_t *empty_capture(int linktype, char *why) {
  guint32 type = (guint32)linktype;
  /* Little endian: magic, version 2.4, snap length 262144, link type. */
  guint8 header[24] = {0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, [18] = 4};
  for (guint i = 0; i < 4; i++) header[20 + i] = (guint8)(type >> 8 * i);
  FILE *file = fmemopen(header, sizeof header, "rb");
  g_assert(file);
  pcap_t *pcap = pcap_fopen_offline(file, why);
  if (!pcap) fclose(file);
  return pcap;
}

static const Program *compile(AsvFilter *filter, int linktype, GError **error) {
  char why[PCAP_ERRBUF_SIZE] = "";
  Program *program = g_new0(Program, 1);
  program->linktype = linktype;
  pcap_t *pcap = empty_capture(linktype, why);
  if (pcap &&
      pcap_compile(pcap, &program->code, filter->expression, 1, PCAP_NETMASK_UNKNOWN) == 0) {
    g_hash_table_insert(filter->programs, GINT_TO_POINTER(linktype), program);
    pcap_close(pcap);
    return program;
  }
  g_set_error(error, ASV_INPUT_ERROR, ASV_INPUT_ERROR_FILTER,
              "the filter \"%s\" does not compile for link type %d: %s", filter->expression,
              linktype, pcap ? pcap_geterr(pcap) : why);
  if (pcap) pcap_close(pcap);
  g_free(program);
  return NULL;
}

gboolean asv_filter_run(AsvFilter *filter, const AsvRecord *record, gboolean *wanted,
                        GError **error) {
  if (!filter->last || filter->last->linktype != record->linktype) {
    const Program *program =
        g_hash_table_lookup(filter->programs, GINT_TO_POINTER(record->linktype));
    if (!program) program = compile(filter, record->linktype, error);
    if (!program) return FALSE;
    filter->last = program;
  }
  struct pcap_pkthdr header = {.caplen = (bpf_u_int32)record->data.size,
                               .len = record->wire_length};
  *wanted = pcap_offline_filter(&filter->last->code, &header, record->data.data) != 0;
  return TRUE;
}

void asv_filter_free(AsvFilter *filter) {
  if (!filter) return;
  g_hash_table_destroy(filter->programs);
  g_free(filter->expression);
  g_free(filter);
}

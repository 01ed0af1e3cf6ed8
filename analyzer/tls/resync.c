/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The next record after a loss that swallowed a header. What looks like a
 * header is taken for one when the record behind it opens under one of the
 * sequence numbers that may have come; the number then tells how many records
 * the loss swallowed, and so how much plaintext. Without keys two headers at
 * the right distance must do.
 */
#include "connection.h"

/* The most octets that one record takes. */
#define RECORD_LARGEST (ASV_TLS_RECORD_MAX + ASV_RECORD_HEADER)
/* The Finished message of TLS 1.2 (RFC 5246 §7.4.9). */
#define FINISHED_SIZE 16u

void asv_side_lose_step(AsvTlsSide *side, const AsvPacketRef *at, guint64 lost) {
  gboolean first = !side->search;
  if (!asv_side_expect_application(side)) side->broken = TRUE;
  asv_messages_clear(&side->messages);
  if (first) {
    asv_records_clear(&side->records);
    asv_records_init(&side->records, side->tls->context->buffers);
    side->search = g_byte_array_new();
    side->search_lost = lost;
    return;
  }
  /* What was being searched is lost as well. */
  if (lost == ASV_GAP_UNKNOWN || side->search_lost == ASV_GAP_UNKNOWN)
    side->search_lost = ASV_GAP_UNKNOWN;
  else
    side->search_lost += lost + side->search->len;
  if (side->readable) asv_side_unreadable(side, at, ASV_TLS_BYTES_LOST, side->search->len);
  g_byte_array_set_size(side->search, 0);
}

/* Plaintext that the lost records carried, when it can be computed. */
static guint64 lost_plaintext(const AsvTlsSide *side, guint64 lost, guint64 records) {
  gsize around = 0;
  gsize content = 0;
  const gsize probe = 4096;
  if (lost == ASV_GAP_UNKNOWN || records == G_MAXUINT64) return ASV_GAP_UNKNOWN;
  if (!asv_protection_content(side->keys, probe, &content)) return ASV_GAP_UNKNOWN;
  around = probe - content + ASV_RECORD_HEADER;
  if (records > lost / around) return ASV_GAP_UNKNOWN;
  guint64 plaintext = lost - records * around;
  /* Before TLS 1.3 the first record under a key is Finished. */
  gboolean finished = !asv_tls_is_13(side->tls) && records > 0 && side->sequence == records + 1;
  return finished ? plaintext - MIN(plaintext, FINISHED_SIZE) : plaintext;
}

static void account_loss(AsvTlsSide *side, const AsvPacketRef *at, guint64 lost, guint64 records) {
  guint64 plaintext = lost_plaintext(side, lost, records);
  if (side->epoch != ASV_EPOCH_APPLICATION || lost == 0) return;
  if (asv_side_plaintext_gap(side, at, plaintext))
    asv_side_unreadable(side, at, ASV_TLS_BYTES_LOST, lost == ASV_GAP_UNKNOWN ? 1 : lost);
}

/* Tries the record at the start of candidate; lost octets lie before it. */
static gboolean try_record(AsvTlsSide *side, const AsvPacketRef *at, AsvSpan candidate,
                           AsvSpan before, guint64 lost) {
  AsvBuffers *buffers = side->tls->context->buffers;
  AsvRecord record;
  AsvOpened opened;
  guint64 records = 0;
  AsvTlsWindow window = {.from = 0, .count = ASV_TLS_RESYNC_RECORDS_MAX};
  if (lost != ASV_GAP_UNKNOWN) {
    window.from = lost / RECORD_LARGEST;
    window.count = MIN(window.count, lost / ASV_RECORD_HEADER);
  }
  asv_record_read_header(&record, candidate);
  record.body = asv_span_sub(candidate, ASV_RECORD_HEADER, record.size);
  if (side->keys) asv_protection_passed(side->keys, before);
  guint8 *room = asv_buffers_take(buffers);
  gboolean ok = asv_side_open(side, &record, room, &opened, window, &records);
  if (ok) {
    side->protected_records++;
    account_loss(side, at, lost, records);
    asv_side_opened(side, at, &opened);
  }
  asv_buffers_give(buffers, room);
  return ok;
}

typedef enum { SEARCH_NO, SEARCH_WAIT, SEARCH_FOUND } Search;

/* Whether a record begins at offset of what is searched. */
static Search look_at(AsvTlsSide *side, const AsvPacketRef *at, gsize offset) {
  AsvSpan all = asv_span(side->search->data, side->search->len);
  AsvSpan candidate = asv_span_sub(all, offset, all.size);
  guint64 lost =
      side->search_lost == ASV_GAP_UNKNOWN ? ASV_GAP_UNKNOWN : side->search_lost + offset;
  AsvRecord record;
  if (candidate.size < ASV_RECORD_HEADER) return SEARCH_WAIT;
  if (!asv_record_plausible(candidate)) return SEARCH_NO;
  asv_record_read_header(&record, candidate);
  gboolean keyed = asv_side_has_keys(side);
  gsize needed = ASV_RECORD_HEADER + record.size + (keyed ? 0 : ASV_RECORD_HEADER);
  if (keyed && record.type != ASV_RECORD_APPLICATION && !side->ciphered) return SEARCH_NO;
  if (needed > ASV_TLS_RESYNC_MAX) return SEARCH_NO;
  if (candidate.size < needed) return SEARCH_WAIT;
  if (!keyed)
    return asv_record_plausible(asv_span_sub(candidate, ASV_RECORD_HEADER + record.size, needed))
               ? SEARCH_FOUND
               : SEARCH_NO;
  if (try_record(side, at, candidate, asv_span_sub(all, 0, offset), lost)) return SEARCH_FOUND;
  if (++side->search_trials > ASV_TLS_RESYNC_TRIALS_MAX) side->out_of_step = TRUE;
  return SEARCH_NO;
}

/* Forgets octets before offset: no record begins there. */
static void drop_searched(AsvTlsSide *side, gsize offset) {
  if (side->search_lost != ASV_GAP_UNKNOWN) side->search_lost += offset;
  g_byte_array_remove_range(side->search, 0, (guint)offset);
}

static void give_up_search(AsvTlsSide *side, const AsvPacketRef *at) {
  guint64 octets = side->search->len;
  g_byte_array_unref(side->search);
  side->search = NULL;
  asv_side_plaintext_gap(side, at, ASV_GAP_UNKNOWN);
  asv_side_unreadable(side, at, ASV_TLS_BYTES_LOST, octets);
}

/* A record was found at offset: goes on in step with what stands there or, when it was opened
 * already, behind it. */
static void regain_step(AsvTlsSide *side, const AsvPacketRef *at, gsize offset, gboolean opened) {
  AsvRecord record;
  GByteArray *found = side->search;
  side->search = NULL;
  if (opened) {
    asv_record_read_header(&record, asv_span(found->data + offset, found->len - offset));
    offset += ASV_RECORD_HEADER + record.size;
  } else if (side->tls->has_client_hello && !asv_tls_is_13(side->tls)) {
    side->slack++;
  }
  if (offset < found->len)
    asv_side_bytes(side, at, asv_span(found->data + offset, found->len - offset));
  g_byte_array_unref(found);
}

/* One pass over what is there; TRUE when it has to go on because more fits in now. */
static gboolean search_once(AsvTlsSide *side, const AsvPacketRef *at) {
  gsize offset = 0;
  while (offset < side->search->len) {
    gboolean keyed = asv_side_has_keys(side);
    Search result = look_at(side, at, offset);
    if (side->out_of_step) {
      give_up_search(side, at);
      return FALSE;
    }
    if (result == SEARCH_FOUND) {
      regain_step(side, at, offset, keyed);
      return FALSE;
    }
    if (result == SEARCH_WAIT) break;
    offset++;
  }
  drop_searched(side, offset);
  return TRUE;
}

void asv_side_search(AsvTlsSide *side, const AsvPacketRef *at, AsvSpan data) {
  while (data.size) {
    gsize here = MIN(data.size, ASV_TLS_RESYNC_MAX - side->search->len);
    g_byte_array_append(side->search, data.data, (guint)here);
    data = asv_span_sub(data, here, data.size);
    if (!search_once(side, at)) {
      if (data.size) asv_side_bytes(side, at, data);
      return;
    }
  }
}

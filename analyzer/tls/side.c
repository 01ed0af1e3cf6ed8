/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One direction of a connection: which records are protected, opening them,
 * handing plaintext on, and the accounts of waivers and losses (RFC 8446 §5,
 * RFC 5246 §6.2).
 *
 * A record that lies wholly in what the plaintext's consumer has waived is not
 * decrypted. In TLS 1.3 its last octet is, because it may be a key update or
 * have padding; and as long as this direction never padded, TCP is told not to
 * keep the rest of it.
 */
#include "connection.h"

static void add_saturated(guint64 *sum, guint64 n) {
  *sum = n > G_MAXUINT64 - *sum ? G_MAXUINT64 : *sum + n;
}

void asv_side_unreadable(AsvTlsSide *side, const AsvPacketRef *at, AsvTlsUnreadable reason,
                         guint64 octets) {
  AsvTls *tls = side->tls;
  if (octets == 0) return;
  if (side->told[reason]) {
    add_saturated(&side->unreadable[reason], octets);
    return;
  }
  side->told[reason] = TRUE;
  asv_tls_tell_handshake(tls, at);
  tls->events.unreadable(tls->events.self, at, side->who, reason, octets);
}

gboolean asv_side_plaintext_gap(AsvTlsSide *side, const AsvPacketRef *at, guint64 n) {
  if (n == 0 || side->waiver == ASV_WAIVE_ALL) return FALSE;
  if (n != ASV_GAP_UNKNOWN) {
    guint64 waived = MIN(n, side->waiver);
    side->waiver -= waived;
    n -= waived;
    if (n == 0) return FALSE;
  }
  asv_tls_tell_handshake(side->tls, at);
  side->waiver = side->plaintext.gap(side->plaintext.self, at, n);
  return TRUE;
}

static void deliver(AsvTlsSide *side, const AsvPacketRef *at, AsvSpan content) {
  guint64 waived = MIN(side->waiver, content.size);
  asv_tls_tell_handshake(side->tls, at);
  if (side->waiver != ASV_WAIVE_ALL) side->waiver -= waived;
  content = asv_span_sub(content, (gsize)waived, content.size);
  if (!content.size) return;
  side->tls->delivering_early = side->epoch == ASV_EPOCH_EARLY;
  side->waiver = side->plaintext.bytes(side->plaintext.self, at, content);
  side->tls->delivering_early = FALSE;
}

void asv_side_opened(AsvTlsSide *side, const AsvPacketRef *at, const AsvOpened *opened) {
  AsvSpan content = opened->content;
  AsvMessage message;
  if (opened->padded) side->padded = TRUE;
  switch (opened->type) {
    case ASV_RECORD_APPLICATION:
      deliver(side, at, content);
      break;
    case ASV_RECORD_HANDSHAKE:
      while (asv_messages_next(&side->messages, &content, &message))
        asv_tls_message(side, at, &message);
      break;
    case ASV_RECORD_CHANGE_CIPHER_SPEC:
      if (!asv_tls_is_13(side->tls)) asv_tls_change_cipher_spec(side);
      break;
    case ASV_RECORD_ALERT:
      asv_tls_alert(side, at, content);
      break;
    default: /* heartbeats carry nothing for us */
      break;
  }
}

/* --- records that no key opened --- */

/* TRUE for the size that an alert alone has in TLS 1.3. */
static gboolean is_alert_size(const AsvTls *tls, gsize size) {
  gsize tag = tls->suite ? asv_cipher_shape(tls->suite->cipher)->tag : 16;
  return size == 2 + 1 + tag;
}

/*
 * TRUE when an unreadable record probably carried application data. In TLS 1.3
 * the type is inside: a client's first protected record is its Finished, a
 * server's are its handshake until the client has sent more than that, and an
 * alert has a size of its own.
 */
static gboolean countable(AsvTlsSide *side, const AsvRecord *record) {
  const AsvTls *tls = side->tls;
  const AsvTlsSide *other = asv_tls_other(side);
  if (record->type != ASV_RECORD_APPLICATION) return FALSE;
  if (!asv_tls_is_13(tls)) return TRUE;
  if (!tls->has_server_hello && tls->early_rejected) return FALSE; /* HelloRetryRequest */
  if (is_alert_size(tls, record->size)) return FALSE;
  if (side->who == ASV_CLIENT) return side->protected_records > 1 || tls->early_offered;
  return other->counted_records > 0 || other->readable || !other->started;
}

void asv_side_flush_tentative(AsvTlsSide *side, const AsvPacketRef *at) {
  guint64 octets = side->tentative;
  side->tentative = 0;
  asv_side_unreadable(side, at, asv_side_reason(side), octets);
}

static void give_up(AsvTlsSide *side, const AsvPacketRef *at) {
  side->given_up = TRUE;
  asv_side_flush_tentative(side, at);
  if (side->readable && asv_side_plaintext_gap(side, at, ASV_GAP_UNKNOWN)) side->readable = FALSE;
}

/* A record that is passed over although its keys are known: lost or damaged. */
static void pass_over(AsvTlsSide *side, const AsvPacketRef *at, const AsvRecord *record,
                      AsvTlsUnreadable reason) {
  gsize content = 0;
  gboolean exact = asv_protection_content(side->keys, record->size, &content);
  side->sequence++;
  asv_protection_passed(side->keys, record->body);
  if (record->type != ASV_RECORD_APPLICATION || side->epoch < ASV_EPOCH_APPLICATION) {
    asv_messages_clear(&side->messages);
    side->slack++;
    return;
  }
  if (asv_side_plaintext_gap(side, at, exact ? content : ASV_GAP_UNKNOWN))
    asv_side_unreadable(side, at, reason, record->size);
}

static void not_opened(AsvTlsSide *side, const AsvPacketRef *at, const AsvRecord *record) {
  gboolean counts = countable(side, record);
  if (counts) side->counted_records++;
  if (!is_alert_size(side->tls, record->size)) side->finished = TRUE;
  side->failures++;
  if (side->given_up || !asv_side_has_keys(side)) {
    side->slack = MIN(side->slack + 1, ASV_TLS_RESYNC_RECORDS_MAX);
    if (counts) asv_side_unreadable(side, at, asv_side_reason(side), record->size);
    return;
  }
  if (side->proven && (side->epoch == ASV_EPOCH_APPLICATION)) {
    pass_over(side, at, record, ASV_TLS_DECRYPT_FAILED);
  } else if (counts) {
    side->tentative += record->size;
  }
  if (side->failures > ASV_TLS_TRIALS_MAX) give_up(side, at);
}

/* --- protected records --- */

/* Early data was accepted, but its key is not there: what passed before the first record under
 * another key was the beginning of the stream. */
static void settle_tentative(AsvTlsSide *side, const AsvPacketRef *at) {
  guint64 octets = side->tentative;
  side->tentative = 0;
  if (!octets || side->who != ASV_CLIENT || !side->tls->early_accepted) return;
  if (side->epoch == ASV_EPOCH_EARLY) return;
  asv_side_unreadable(side, at, ASV_TLS_NO_SECRETS, octets);
  asv_side_plaintext_gap(side, at, ASV_GAP_UNKNOWN);
}

/* The first record that application keys opened was not their first one. */
static void settle_beginning(AsvTlsSide *side, const AsvPacketRef *at) {
  guint64 expected =
      asv_tls_is_13(side->tls) ? 1 : 2; /* TLS 1.2: Finished is under the same keys */
  if (side->epoch == ASV_EPOCH_APPLICATION && side->sequence > expected)
    asv_side_plaintext_gap(side, at, ASV_GAP_UNKNOWN);
}

static void open_record(AsvTlsSide *side, const AsvPacketRef *at, const AsvRecord *record) {
  AsvBuffers *buffers = side->tls->context->buffers;
  guint8 *room = asv_buffers_take(buffers);
  AsvOpened opened;
  AsvTlsWindow window = {0, side->slack};
  guint64 skipped = 0;
  gboolean had_no_keys = !side->keys;
  if (asv_side_open(side, record, room, &opened, window, &skipped)) {
    settle_tentative(side, at);
    if (had_no_keys) settle_beginning(side, at);
    asv_side_opened(side, at, &opened);
  } else {
    not_opened(side, at, record);
  }
  asv_buffers_give(buffers, room);
}

/* TRUE when nobody wants the content of a record with such a header. */
static gboolean unwanted(const AsvTlsSide *side, const AsvRecord *record) {
  gsize content = 0;
  return record->type == ASV_RECORD_APPLICATION && side->keys && side->proven &&
         side->epoch == ASV_EPOCH_APPLICATION && side->waiver > 0 &&
         asv_protection_content(side->keys, record->size, &content) && content > 0 &&
         content <= side->waiver;
}

static void pass_unwanted(AsvTlsSide *side, const AsvRecord *record) {
  gsize content = 0;
  asv_protection_content(side->keys, record->size, &content);
  if (side->waiver != ASV_WAIVE_ALL) side->waiver -= content;
  side->sequence++;
}

/* The middle of the record was left out: all that is known of it is its last octet, perhaps. */
static void skipped_record(AsvTlsSide *side, const AsvPacketRef *at, const AsvRecord *record) {
  gsize tail = asv_protection_tail(side->keys);
  if (tail && record->body.size >= tail) {
    guint8 last = asv_protection_peek(side->keys, side->sequence, record->size, record->body);
    if (last != ASV_RECORD_APPLICATION) {
      side->padded = TRUE;
      side->sequence++;
      side->slack++;
      asv_side_unreadable(side, at, ASV_TLS_BYTES_LOST, record->size);
      asv_side_plaintext_gap(side, at, ASV_GAP_UNKNOWN);
      return;
    }
  }
  pass_unwanted(side, record);
}

static void lost_record(AsvTlsSide *side, const AsvPacketRef *at, const AsvRecord *record) {
  if (asv_side_expect_application(side)) {
    pass_over(side, at, record, ASV_TLS_BYTES_LOST);
    return;
  }
  side->slack = MIN(side->slack + 1, ASV_TLS_RESYNC_RECORDS_MAX);
  asv_messages_clear(&side->messages);
  if (!countable(side, record)) return;
  side->counted_records++;
  asv_side_unreadable(side, at, ASV_TLS_BYTES_LOST, record->size);
}

static void protected_record(AsvTlsSide *side, const AsvPacketRef *at, const AsvRecord *record) {
  side->protected_records++;
  if (record->skipped) {
    if (side->keys)
      skipped_record(side, at, record);
    else
      not_opened(side, at, record);
    return;
  }
  if (record->lost) {
    lost_record(side, at, record);
    return;
  }
  if (unwanted(side, record)) {
    gsize tail = asv_protection_tail(side->keys);
    if (!tail || asv_protection_peek(side->keys, side->sequence, record->size, record->body) ==
                     ASV_RECORD_APPLICATION) {
      pass_unwanted(side, record);
      return;
    }
  }
  open_record(side, at, record);
}

/* --- all records --- */

static gboolean is_protected(const AsvTlsSide *side, const AsvRecord *record) {
  if (record->type == ASV_RECORD_APPLICATION) return TRUE;
  return side->ciphered && !asv_tls_is_13(side->tls);
}

/* The other side waits for a hello that will not come, or for a flight that cannot be read. */
static void let_other_go_on(AsvTlsSide *side) {
  AsvTls *tls = side->tls;
  if (side->who == ASV_CLIENT) {
    if (tls->has_client_hello || side->messages.header_size) return;
    side->hopeless = TRUE;
  } else {
    if (tls->resolved || !(side->readable || side->failures || side->broken)) return;
    tls->resolved = TRUE;
  }
  asv_tls_release(asv_tls_other(side), FALSE);
}

void asv_side_record(AsvTlsSide *side, const AsvPacketRef *at, const AsvRecord *record) {
  AsvOpened plain = {.type = record->type, .content = record->body};
  if (is_protected(side, record)) {
    if (!side->ciphered && !asv_tls_is_13(side->tls)) {
      side->ciphered = TRUE; /* ChangeCipherSpec and Finished were lost */
      side->slack++;
    }
    protected_record(side, at, record);
  } else if (record->lost) {
    asv_messages_clear(&side->messages);
    side->broken = TRUE;
  } else {
    asv_side_opened(side, at, &plain);
  }
  let_other_go_on(side);
}

/* Of a record whose end is not here yet: what of it need not be kept. */
static void consider_skipping(AsvTlsSide *side, const AsvRecord *record) {
  if (side->held.octets || record->type != ASV_RECORD_APPLICATION) return;
  const AsvTls *tls = side->tls;
  if (side->given_up ||
      (tls->has_client_hello && tls->has_server_hello && !asv_side_has_keys(side))) {
    asv_records_skip(&side->records, 1); /* its last octet tells that it has passed */
    return;
  }
  if (!unwanted(side, record)) return;
  gsize tail = asv_protection_tail(side->keys);
  if (tail && (side->padded || record->size < ASV_TLS_WAIVE_MIN)) return;
  asv_records_skip(&side->records, tail);
}

/* Octets in step that are no record: damage, or a stream caught in the middle. */
static void not_a_record(AsvTlsSide *side, const AsvPacketRef *at) {
  side->tls->lossy = TRUE;
  if (++side->search_trials > ASV_TLS_RESYNC_TRIALS_MAX)
    side->out_of_step = TRUE;
  else
    asv_side_lose_step(side, at, 0);
}

void asv_side_bytes(AsvTlsSide *side, const AsvPacketRef *at, AsvSpan data) {
  const AsvRecord *record = NULL;
  side->started = TRUE;
  for (;;) {
    if (side->out_of_step) {
      asv_side_unreadable(side, at, ASV_TLS_BYTES_LOST, data.size);
      return;
    }
    if (side->search) {
      asv_side_search(side, at, data);
      return;
    }
    AsvRecordStep step = asv_records_next(&side->records, &data, &record);
    if (step == ASV_RECORD_MORE) return;
    if (step == ASV_RECORD_BEGUN) consider_skipping(side, record);
    if (step == ASV_RECORD_COMPLETE) asv_tls_take_record(side, at, record);
    if (step == ASV_RECORD_BAD) not_a_record(side, at);
  }
}

void asv_side_gap(AsvTlsSide *side, const AsvPacketRef *at, guint64 n) {
  const AsvRecord *record = NULL;
  side->tls->lossy = TRUE;
  if (!side->keys) side->broken = TRUE;
  if (side->out_of_step) {
    asv_side_unreadable(side, at, ASV_TLS_BYTES_LOST, n);
    return;
  }
  if (side->search) {
    asv_side_lose_step(side, at, n);
    return;
  }
  guint64 pending = asv_records_pending(&side->records);
  if (asv_records_gap(&side->records, &n, &record) == ASV_RECORD_COMPLETE)
    asv_tls_take_record(side, at, record);
  if (n) asv_side_lose_step(side, at, n == ASV_GAP_UNKNOWN ? n : n + pending);
}

guint64 asv_side_waive(AsvTlsSide *side) {
  if (side->waiver == ASV_WAIVE_ALL && side->readable) return ASV_WAIVE_ALL;
  if (side->search || side->out_of_step) return 0;
  return asv_records_waive(&side->records);
}

void asv_side_finish(AsvTlsSide *side) {
  AsvTls *tls = side->tls;
  const AsvPacketRef *at = &side->end_at;
  if (side->search) {
    guint64 known = side->search_lost == ASV_GAP_UNKNOWN ? 1 : side->search_lost;
    if (known + side->search->len && asv_side_plaintext_gap(side, at, ASV_GAP_UNKNOWN))
      asv_side_unreadable(side, at, ASV_TLS_BYTES_LOST, known + side->search->len);
  }
  asv_side_flush_tentative(side, at);
  for (guint reason = 0; reason < ASV_TLS_REASONS; reason++)
    if (side->unreadable[reason])
      tls->events.unreadable(tls->events.self, at, side->who, (AsvTlsUnreadable)reason,
                             side->unreadable[reason]);
  if (tls->has_client_hello || tls->has_server_hello) asv_tls_tell_handshake(tls, at);
  side->ended = TRUE;
  side->plaintext.end(side->plaintext.self, at, side->end_why);
}

void asv_side_clear(AsvTlsSide *side) {
  asv_records_clear(&side->records);
  asv_messages_clear(&side->messages);
  asv_protection_free(side->keys);
  if (side->search) g_byte_array_unref(side->search);
  if (side->held.octets) g_byte_array_unref(side->held.octets);
  if (side->held.items) g_array_unref(side->held.items);
}

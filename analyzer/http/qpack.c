/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nghttp3's decoder, which must know the table capacity that the receiver
 * allowed, and is of no use any more after one error. So sections that need no
 * table (Required Insert Count 0: their first octet is 0, RFC 9204 §4.5.1.1)
 * are read without it; and all else waits, in order, until the capacity is
 * known.
 */
#include "qpack.h"

#include <nghttp3/nghttp3.h>

#include "analyzer/http/qpack-plain.h"
#include "analyzer/limits.h"

/* Octets that an entry takes at least (RFC 9204 §3.2.1). */
#define ENTRY_MIN 32u

typedef enum { HELD_SECTION, HELD_ENCODER, HELD_GAP } HeldKind;

/* Its ticket and its octets stand behind it. */
typedef struct {
  HeldKind kind;
  guint64 stream;
  guint64 required; /* inserts it waits for; 0: only behind other sections of its stream */
  guint64 behind;   /* position in the encoder stream that was known of when it came */
  guint64 gap;
  gsize size;
  gsize room; /* for octets */
} Held;

struct AsvQpack {
  AsvQpackEvents events;
  AsvHuffmanMemo *memo;
  gsize ticket_size;
  nghttp3_qpack_decoder *table; /* made when needed, with its context */
  nghttp3_qpack_stream_context *context;
  gboolean known; /* the capacity */
  guint64 capacity;
  guint64 given, highest; /* positions in the encoder stream: of the next octet, behind all known */
  guint64 fed;            /* what the decoder has of it */
  gboolean lost;
  guint64 passed; /* octets of the encoder stream since it was lost */
  GQueue held;    /* Held*, oldest first */
  gsize held_octets;
  guint64 least;   /* inserts that any of them waits for */
  guint64 nearest; /* position that any of them waits for */
};

typedef enum {
  OUTCOME_READ,
  OUTCOME_FAILED,
  OUTCOME_BLOCKED,  /* inserts are not there */
  OUTCOME_UNCERTAIN /* nobody can say which */
} Outcome;

AsvQpack *asv_qpack_new(const AsvQpackEvents *events, AsvHuffmanMemo *memo, gsize ticket_size) {
  AsvQpack *qpack = g_new0(AsvQpack, 1);
  qpack->events = *events;
  qpack->memo = memo;
  qpack->ticket_size = ticket_size;
  return qpack;
}

void asv_qpack_free(AsvQpack *qpack) {
  if (!qpack) return;
  g_queue_clear_full(&qpack->held, g_free);
  if (qpack->table) nghttp3_qpack_decoder_del(qpack->table);
  if (qpack->context) nghttp3_qpack_stream_context_del(qpack->context);
  g_free(qpack);
}

static nghttp3_qpack_decoder *make_decoder(guint64 capacity) {
  nghttp3_qpack_decoder *decoder;
  if (nghttp3_qpack_decoder_new(&decoder, (size_t)capacity, 0, nghttp3_mem_default()))
    g_error("out of memory for a QPACK table");
  return decoder;
}

/* ---- decoding ---- */

/* Takes what the decoder has to say to the encoder, which the receiver says itself: it fails when
 * too much of that has come together. */
static void drain(nghttp3_qpack_decoder *decoder) {
  guint8 octets[64];
  nghttp3_buf buf = {.begin = octets, .end = octets + sizeof octets, .pos = octets, .last = octets};
  g_assert(nghttp3_qpack_decoder_get_decoder_streamlen(decoder) <= sizeof octets);
  nghttp3_qpack_decoder_write_decoder(decoder, &buf);
}

/* To reset a context would leak what it had of a field line. */
static Outcome fail(AsvQpack *qpack) {
  nghttp3_qpack_stream_context_del(qpack->context);
  qpack->context = NULL;
  return OUTCOME_FAILED;
}

static Outcome decode(AsvQpack *qpack, AsvSpan octets) {
  const AsvQpackEvents *events = &qpack->events;
  if (!qpack->context &&
      nghttp3_qpack_stream_context_new(&qpack->context, 0, nghttp3_mem_default()))
    g_error("out of memory for a QPACK section");
  nghttp3_qpack_stream_context_reset(qpack->context);
  for (;;) {
    nghttp3_qpack_nv nv;
    guint8 flags = 0;
    nghttp3_ssize read = nghttp3_qpack_decoder_read_request(qpack->table, qpack->context, &nv,
                                                            &flags, octets.data, octets.size, TRUE);
    if (read < 0) return fail(qpack);
    octets.data += read;
    octets.size -= (gsize)read;
    if (flags & NGHTTP3_QPACK_DECODE_FLAG_BLOCKED) return OUTCOME_BLOCKED;
    if (flags & NGHTTP3_QPACK_DECODE_FLAG_FINAL) return OUTCOME_READ;
    if (!(flags & NGHTTP3_QPACK_DECODE_FLAG_EMIT)) return fail(qpack);
    nghttp3_vec name = nghttp3_rcbuf_get_buf(nv.name), value = nghttp3_rcbuf_get_buf(nv.value);
    AsvSpan span = asv_span(name.base, name.len);
    events->field(events->self, asv_field_find_lower(span), span, asv_span(value.base, value.len));
    nghttp3_rcbuf_decref(nv.name);
    nghttp3_rcbuf_decref(nv.value);
  }
}

/* The Required Insert Count of a section, to a decoder that has `count` inserts and room for `fit`
 * (RFC 9204 §4.5.1.1); 0 when there is none. */
static guint64 read_required(AsvSpan section, guint64 count, guint64 fit) {
  AsvReader reader = asv_reader(section);
  guint64 told = asv_qpack_integer(&reader, asv_read_u8(&reader), 8);
  guint64 range = 2 * fit, most = count + fit;
  if (reader.failed || told > range) return 0;
  guint64 required = most / range * range + told - 1;
  if (required <= most) return required;
  return required > range ? required - range : 0;
}

/* Octets of the encoder stream that were sent, as far as is known, when the section came, and that
 * the decoder does not have. */
static guint64 unseen(const AsvQpack *qpack, guint64 behind) {
  guint64 ahead = behind > qpack->fed ? behind - qpack->fed : 0;
  return qpack->lost ? MAX(qpack->passed, ahead) : ahead;
}

/*
 * Whether a section's Required Insert Count, which is told modulo twice the
 * number of entries that fit, can only be what it is taken for: an insert takes
 * an octet at least (RFC 9204 §4.3.4), so no more inserts than octets are
 * unseen; and the encoder is ahead of what the receiver has by no more than the
 * entries that fit (§2.1.1).
 */
static gboolean is_certain(const AsvQpack *qpack, AsvSpan section, guint64 octets) {
  guint64 fit = qpack->capacity / ENTRY_MIN;
  guint64 count = nghttp3_qpack_decoder_get_icnt(qpack->table);
  if (!fit || octets >= 2 * fit) return FALSE;
  guint64 required = read_required(section, count, fit);
  return required && required + fit > count + octets;
}

static void pass(guint64 *position, guint64 octets) {
  *position = octets > G_MAXUINT64 - *position ? G_MAXUINT64 : *position + octets;
}

static void lose(AsvQpack *qpack, guint64 octets);

static Outcome decode_with_table(AsvQpack *qpack, AsvSpan octets, guint64 behind) {
  if (!qpack->known) return OUTCOME_BLOCKED;
  if (!qpack->table && qpack->lost) return OUTCOME_FAILED;
  if (!qpack->table) qpack->table = make_decoder(qpack->capacity);
  guint64 doubt = unseen(qpack, behind);
  if (doubt && !is_certain(qpack, octets, doubt))
    return qpack->lost ? OUTCOME_FAILED : OUTCOME_UNCERTAIN;
  Outcome outcome = decode(qpack, octets);
  drain(qpack->table);
  return qpack->lost && outcome == OUTCOME_BLOCKED ? OUTCOME_FAILED : outcome;
}

/* behind: as in Held. */
static Outcome try(AsvQpack *qpack, AsvSpan octets, guint64 behind) {
  if (!octets.size) return OUTCOME_FAILED;
  if (octets.data[0] != 0) return decode_with_table(qpack, octets, behind);
  return asv_qpack_plain_read(octets, &qpack->events, qpack->memo) ? OUTCOME_READ : OUTCOME_FAILED;
}

static void finish(AsvQpack *qpack, gconstpointer ticket, AsvSpan octets, Outcome outcome) {
  const AsvQpackEvents *events = &qpack->events;
  events->done(events->self, ticket, outcome == OUTCOME_READ);
  gboolean broken = outcome == OUTCOME_FAILED && octets.size && octets.data[0] != 0;
  if (broken && !qpack->lost) lose(qpack, G_MAXUINT64);
}

/* ---- waiting ---- */

static gpointer held_ticket(const Held *held) {
  return (gpointer)(held + 1);
}

static AsvSpan held_octets(const AsvQpack *qpack, const Held *held) {
  return asv_span((const guint8 *)(held + 1) + qpack->ticket_size, held->size);
}

static void limit(AsvQpack *qpack) {
  while (qpack->held.length > ASV_HTTP3_BLOCKED_MAX ||
         qpack->held_octets > ASV_HTTP3_BLOCKED_OCTETS_MAX)
    asv_qpack_give_up(qpack);
}

/* Notes what it waits for: first that all is given which was known of, then inserts. */
static void note_wait(AsvQpack *qpack, const Held *held) {
  if (held->behind > qpack->fed)
    qpack->nearest = MIN(qpack->nearest, held->behind);
  else
    qpack->least = MIN(qpack->least, held->required);
}

static void hold(AsvQpack *qpack, const Held *held, gconstpointer ticket, AsvSpan octets) {
  Held *copy = g_malloc(sizeof *copy + qpack->ticket_size + octets.size);
  *copy = *held;
  copy->size = copy->room = octets.size;
  if (ticket) memcpy(held_ticket(copy), ticket, qpack->ticket_size);
  if (octets.size)
    memcpy((guint8 *)held_ticket(copy) + qpack->ticket_size, octets.data, octets.size);
  if (!qpack->held.head) qpack->least = qpack->nearest = G_MAXUINT64;
  note_wait(qpack, copy);
  g_queue_push_tail(&qpack->held, copy);
  qpack->held_octets += octets.size;
  limit(qpack);
}

static Held *unlink_held(AsvQpack *qpack, GList *link) {
  Held *held = link->data;
  g_queue_delete_link(&qpack->held, link);
  qpack->held_octets -= held->size;
  return held;
}

static void settle(AsvQpack *qpack, Held *held, Outcome outcome) {
  finish(qpack, held_ticket(held), held_octets(qpack, held), outcome);
  g_free(held);
}

/* The section at link, and those of its stream behind it, wait for this many inserts. */
static void raise_required(GList *link, guint64 required) {
  guint64 stream = ((const Held *)link->data)->stream;
  for (; link; link = link->next) {
    Held *held = link->data;
    if (held->stream == stream) held->required = MAX(held->required, required);
  }
}

/* Reads the section at link, if it can be read now. */
static void release_one(AsvQpack *qpack, GList *link) {
  Held *held = link->data;
  if (held->behind <= qpack->fed &&
      held->required <= nghttp3_qpack_decoder_get_icnt(qpack->table)) {
    Outcome outcome = try(qpack, held_octets(qpack, held), held->behind);
    if (outcome != OUTCOME_BLOCKED) {
      settle(qpack, unlink_held(qpack, link), outcome);
      return;
    }
    raise_required(link, nghttp3_qpack_stream_context_get_ricnt(qpack->context));
  }
  note_wait(qpack, held);
}

/* Reads the sections that waited for no more than there is now. */
static void release(AsvQpack *qpack) {
  guint64 count = nghttp3_qpack_decoder_get_icnt(qpack->table);
  GList *next;
  if (!qpack->held.head || (count < qpack->least && qpack->fed < qpack->nearest)) return;
  qpack->least = qpack->nearest = G_MAXUINT64;
  for (GList *link = qpack->held.head; link && !qpack->lost; link = next) {
    next = link->next;
    release_one(qpack, link);
  }
}

static void take_section(AsvQpack *qpack, const Held *about, gconstpointer ticket, AsvSpan octets);
static void take_encoder(AsvQpack *qpack, AsvSpan data);
static void take_gap(AsvQpack *qpack, guint64 n);

/* Takes up anew what waited, in order, now that something of the whole has changed. */
static void replay(AsvQpack *qpack) {
  GQueue held = qpack->held;
  g_queue_init(&qpack->held);
  qpack->held_octets = 0;
  Held *each;
  while ((each = g_queue_pop_head(&held)) != NULL) {
    AsvSpan octets = held_octets(qpack, each);
    if (each->kind == HELD_ENCODER)
      take_encoder(qpack, octets);
    else if (each->kind == HELD_GAP)
      take_gap(qpack, each->gap);
    else
      take_section(qpack, each, held_ticket(each), octets);
    g_free(each);
  }
}

/* The encoder stream cannot be followed from here on. */
static void lose(AsvQpack *qpack, guint64 octets) {
  qpack->lost = TRUE;
  qpack->passed = octets;
  replay(qpack);
}

gconstpointer asv_qpack_oldest(const AsvQpack *qpack) {
  for (GList *link = qpack->held.head; link; link = link->next)
    if (((const Held *)link->data)->kind == HELD_SECTION) return held_ticket(link->data);
  return NULL;
}

void asv_qpack_give_up(AsvQpack *qpack) {
  if (!qpack->held.head) return;
  if (qpack->known)
    settle(qpack, unlink_held(qpack, qpack->held.head), OUTCOME_BLOCKED);
  else
    asv_qpack_set_capacity_unknown(qpack);
}

/* ---- what comes in ---- */

void asv_qpack_set_capacity(AsvQpack *qpack, guint64 capacity) {
  if (qpack->known) return;
  qpack->known = TRUE;
  qpack->capacity = capacity;
  if (capacity > ASV_HTTP3_TABLE_MAX)
    lose(qpack, G_MAXUINT64);
  else
    replay(qpack);
}

void asv_qpack_set_capacity_unknown(AsvQpack *qpack) {
  if (qpack->known) return;
  qpack->known = TRUE;
  lose(qpack, G_MAXUINT64);
}

/* Octet by octet while sections wait, so that each is read before what it needs is evicted. */
static void feed_encoder(AsvQpack *qpack, AsvSpan data) {
  if (!qpack->table) qpack->table = make_decoder(qpack->capacity);
  while (data.size && !qpack->lost) {
    gsize n = qpack->held.head ? 1 : data.size;
    nghttp3_ssize read = nghttp3_qpack_decoder_read_encoder(qpack->table, data.data, n);
    if (read != (nghttp3_ssize)n) {
      lose(qpack, G_MAXUINT64);
      return;
    }
    data = asv_span_sub(data, n, data.size);
    qpack->fed += n;
    release(qpack);
  }
  drain(qpack->table);
}

/* Puts octets behind those that wait as the newest; FALSE when those are none of the encoder
 * stream. */
static gboolean append_held(AsvQpack *qpack, AsvSpan data) {
  GList *newest = qpack->held.tail;
  if (!newest || ((const Held *)newest->data)->kind != HELD_ENCODER) return FALSE;
  Held *held = newest->data;
  if (held->room - held->size < data.size) {
    held->room = 2 * held->size + data.size;
    newest->data = held = g_realloc(held, sizeof *held + qpack->ticket_size + held->room);
  }
  memcpy((guint8 *)held_ticket(held) + qpack->ticket_size + held->size, data.data, data.size);
  held->size += data.size;
  qpack->held_octets += data.size;
  return TRUE;
}

static void hold_encoder(AsvQpack *qpack, AsvSpan data) {
  if (append_held(qpack, data))
    limit(qpack);
  else
    hold(qpack, &(Held){.kind = HELD_ENCODER}, NULL, data);
}

static void take_encoder(AsvQpack *qpack, AsvSpan data) {
  if (qpack->lost)
    pass(&qpack->passed, data.size);
  else if (!qpack->known)
    hold_encoder(qpack, data);
  else
    feed_encoder(qpack, data);
}

static void take_gap(AsvQpack *qpack, guint64 n) {
  if (qpack->lost)
    pass(&qpack->passed, n);
  else if (!qpack->known)
    hold(qpack, &(Held){.kind = HELD_GAP, .gap = n}, NULL, asv_span(NULL, 0));
  else
    lose(qpack, n);
}

void asv_qpack_encoder_bytes(AsvQpack *qpack, AsvSpan data) {
  if (!data.size) return;
  pass(&qpack->given, data.size);
  take_encoder(qpack, data);
}

void asv_qpack_encoder_gap(AsvQpack *qpack, guint64 n) {
  pass(&qpack->given, n);
  take_gap(qpack, n);
}

void asv_qpack_encoder_ahead(AsvQpack *qpack, guint64 n) {
  guint64 position = qpack->given;
  pass(&position, n);
  qpack->highest = MAX(qpack->highest, position);
}

/* The newest section of the stream that waits, or NULL. */
static const Held *find_held(const AsvQpack *qpack, guint64 stream) {
  for (GList *link = qpack->held.tail; link; link = link->prev) {
    const Held *held = link->data;
    if (held->kind == HELD_SECTION && held->stream == stream) return held;
  }
  return NULL;
}

/* about: its stream, and what of the encoder stream was known of when it came. */
static void take_section(AsvQpack *qpack, const Held *about, gconstpointer ticket, AsvSpan octets) {
  const Held *before = find_held(qpack, about->stream);
  Held held = {.kind = HELD_SECTION, .stream = about->stream, .behind = about->behind};
  Outcome outcome = before ? OUTCOME_BLOCKED : try(qpack, octets, held.behind);
  if (outcome == OUTCOME_READ || outcome == OUTCOME_FAILED) {
    finish(qpack, ticket, octets, outcome);
    return;
  }
  if (before) {
    held.required = before->required;
    held.behind = MAX(held.behind, before->behind);
  } else if (outcome == OUTCOME_BLOCKED && qpack->known) {
    held.required = nghttp3_qpack_stream_context_get_ricnt(qpack->context);
    held.behind = 0;
  }
  hold(qpack, &held, ticket, octets);
}

void asv_qpack_section(AsvQpack *qpack, guint64 stream, gconstpointer ticket, AsvSpan octets) {
  take_section(qpack, &(Held){.stream = stream, .behind = qpack->highest}, ticket, octets);
}

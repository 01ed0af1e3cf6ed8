/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A table of origins, and one of pairs of client and origin. Messages come in
 * runs, so the last record of each is tried first.
 */
#include "finding-origin.h"

#include "finding-value.h"

typedef struct {
  guint status;
  guint64 with, without; /* responses with and without the field */
} Status;

typedef struct {
  char *text;
  gsize size;
  /* advertised-sometimes; a `clear` is neither with nor without */
  guint64 with, without;
  Status statuses[ASV_COMPARED_STATUSES_MAX];
  guint statuses_used;
  gboolean framed;                /* ALTSVC frames say it too: responses need not */
  gboolean withdrawn;             /* the last word was `clear`: silence is right from there on */
  char *with_from, *without_from; /* the server of the first ones; NULL when unknown */
  gboolean with_mixed, without_mixed; /* others sent such ones too */
  AsvObservation *first_without;
  guint64 packets[ASV_FINDING_PACKETS_MAX]; /* of responses without, the first ones */
  AsvSaid said;
} Origin;

typedef struct {
  const Origin *origin;
  char *client;
  enum { BY_NOTHING, BY_HEADER, BY_FRAME } last;
  guint32 values; /* those of the origin that this client got */
} Pair;

struct AsvOriginTable {
  GHashTable *origins; /* Origin* by their text */
  GPtrArray *order;    /* Origin*, as they appeared; owner */
  GHashTable *pairs;   /* Pair*, owner */
  Origin *origin;      /* the last one asked for, likewise pair */
  Pair *pair;
  guint kept; /* of all origins' AsvSaid */
  guint64 not_kept;
};

static guint hash_origin(gconstpointer data) {
  const Origin *origin = data;
  guint hash = 5381;
  for (gsize i = 0; i < origin->size; i++) hash = hash * 33 + (guint8)origin->text[i];
  return hash;
}

static gboolean equal_origins(gconstpointer a, gconstpointer b) {
  const Origin *left = a, *right = b;
  return left->size == right->size && memcmp(left->text, right->text, left->size) == 0;
}

/* Origins of pairs are interned: their addresses are their identity. */
static guint hash_pair(gconstpointer data) {
  const Pair *pair = data;
  return g_direct_hash(pair->origin) * 31 + g_str_hash(pair->client);
}

static gboolean equal_pairs(gconstpointer a, gconstpointer b) {
  const Pair *left = a, *right = b;
  return left->origin == right->origin && g_str_equal(left->client, right->client);
}

static void free_pair(gpointer data) {
  Pair *pair = data;
  g_free(pair->client);
  g_free(pair);
}

static void free_origin(gpointer data) {
  Origin *origin = data;
  asv_said_clear(&origin->said);
  asv_observation_free(origin->first_without);
  g_free(origin->with_from);
  g_free(origin->without_from);
  g_free(origin->text);
  g_free(origin);
}

AsvOriginTable *asv_origin_table_new(void) {
  AsvOriginTable *table = g_new0(AsvOriginTable, 1);
  table->origins = g_hash_table_new(hash_origin, equal_origins);
  table->order = g_ptr_array_new_with_free_func(free_origin);
  table->pairs = g_hash_table_new_full(hash_pair, equal_pairs, free_pair, NULL);
  return table;
}

void asv_origin_table_free(AsvOriginTable *table) {
  if (!table) return;
  g_hash_table_unref(table->pairs);
  g_hash_table_unref(table->origins);
  g_ptr_array_unref(table->order);
  g_free(table);
}

guint64 asv_origin_table_not_kept(const AsvOriginTable *table) {
  return table->not_kept;
}

static Origin *look_up_origin(AsvOriginTable *table, AsvSpan text) {
  Origin asked = {.text = (char *)text.data, .size = text.size};
  return g_hash_table_lookup(table->origins, &asked);
}

static Origin *find_origin(AsvOriginTable *table, AsvSpan text) {
  if (table->origin && asv_span_equal(text, asv_span(table->origin->text, table->origin->size)))
    return table->origin;
  Origin *origin = look_up_origin(table, text);
  if (!origin) {
    if (table->order->len >= ASV_COMPARED_ORIGINS_MAX) {
      table->not_kept++;
      return NULL;
    }
    origin = g_new0(Origin, 1);
    origin->text = asv_span_dup(text);
    origin->size = text.size;
    origin->said.kept = &table->kept;
    g_hash_table_add(table->origins, origin);
    g_ptr_array_add(table->order, origin);
  }
  return table->origin = origin;
}

static Pair *find_pair(AsvOriginTable *table, const Origin *origin, const char *client) {
  if (table->pair && table->pair->origin == origin && g_str_equal(table->pair->client, client))
    return table->pair;
  Pair asked = {.origin = origin, .client = (char *)client};
  Pair *pair = g_hash_table_lookup(table->pairs, &asked);
  if (!pair) {
    if (g_hash_table_size(table->pairs) >= ASV_COMPARED_PAIRS_MAX) {
      table->not_kept++;
      return NULL;
    }
    pair = g_new(Pair, 1);
    *pair = asked;
    pair->client = g_strdup(client);
    g_hash_table_add(table->pairs, pair);
  }
  return table->pair = pair;
}

/* The row of a status; the last one takes all that find no room. */
static Status *find_status(Origin *origin, guint status) {
  for (guint i = 0; i < origin->statuses_used; i++)
    if (origin->statuses[i].status == status) return &origin->statuses[i];
  if (origin->statuses_used == ASV_COMPARED_STATUSES_MAX) {
    Status *rest = &origin->statuses[ASV_COMPARED_STATUSES_MAX - 1];
    rest->status = 0;
    return rest;
  }
  Status *row = &origin->statuses[origin->statuses_used++];
  row->status = status;
  return row;
}

static void note_server(char **first, gboolean *mixed, const AsvObservation *seen) {
  const char *server = seen->connection ? seen->connection->server : NULL;
  if (!server || *mixed) return;
  if (!*first)
    *first = g_strdup(server);
  else
    *mixed = !g_str_equal(*first, server);
}

/* Whoever gets it over HTTP/3 is at an alternative already. */
static gboolean is_over_quic(const AsvObservation *seen) {
  const char *label = seen->connection ? seen->connection->label : NULL;
  return label && g_str_has_prefix(label, "quic:");
}

static gboolean is_final(guint status) {
  return status >= 200 && status != 421;
}

void asv_origin_table_response(AsvOriginTable *table, const AsvObservation *seen) {
  const AsvResponseSeen *response = &seen->response;
  if (response->alt_svc || !response->origin.size || !is_final(response->status) ||
      is_over_quic(seen))
    return;
  Origin *origin = find_origin(table, response->origin);
  if (!origin || origin->withdrawn) return;
  if (!origin->first_without) origin->first_without = asv_said_keep(seen);
  if (origin->without < ASV_FINDING_PACKETS_MAX) origin->packets[origin->without] = seen->packet;
  origin->without++;
  find_status(origin, response->status)->without++;
  note_server(&origin->without_from, &origin->without_mixed, seen);
}

static void note_header(Origin *origin, const AsvObservation *seen, gboolean clear) {
  origin->withdrawn = clear;
  if (clear || !is_final(seen->advertisement.status)) return;
  origin->with++;
  find_status(origin, seen->advertisement.status)->with++;
  note_server(&origin->with_from, &origin->with_mixed, seen);
}

static void note_way(Pair *pair, AsvFindings *findings, const AsvObservation *seen) {
  gboolean frame = seen->advertisement.via == ASV_VIA_ALTSVC_FRAME;
  gboolean other = pair->last == (frame ? BY_HEADER : BY_FRAME);
  pair->last = frame ? BY_FRAME : BY_HEADER;
  if (!other) return;
  AsvFindingAbout about = {seen, pair->client, pair->origin->text};
  asv_findings_raise(findings, ASV_FINDING_FRAME_AND_HEADER_MIXED, &about,
                     "This origin was advertised by %s after it had been by %s, and what comes "
                     "last counts: " ASV_QUOTE,
                     frame ? "an ALTSVC frame" : "a header field",
                     frame ? "a header field" : "an ALTSVC frame",
                     ASV_QUOTED(seen->advertisement.value));
}

void asv_origin_table_advertisement(AsvOriginTable *table, AsvFindings *findings,
                                    const char *client, const AsvObservation *seen) {
  if (!client || !seen->advertisement.origin.size) return;
  Origin *origin = find_origin(table, seen->advertisement.origin);
  Pair *pair = origin ? find_pair(table, origin, client) : NULL;
  if (!pair) return;
  gboolean clear = !asv_said_add(&origin->said, pair->client, seen, &pair->values);
  note_way(pair, findings, seen);
  if (seen->advertisement.via == ASV_VIA_ALTSVC_FRAME)
    origin->framed = TRUE;
  else
    note_header(origin, seen, clear);
}

/* " Without it: 404 (3 of 3), 200 (1 of 4)." */
static void append_statuses(GString *words, const Origin *origin) {
  const char *before = " Without it: ";
  for (guint i = 0; i < origin->statuses_used; i++) {
    const Status *row = &origin->statuses[i];
    if (!row->without) continue;
    g_string_append(words, before);
    if (row->status)
      g_string_append_printf(words, "%u", row->status);
    else
      g_string_append(words, "other statuses");
    g_string_append_printf(words, " (%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT ")", row->without,
                           row->with + row->without);
    before = ", ";
  }
  g_string_append_c(words, '.');
}

/* Without TLS the field had better not come at all: that is advertised-over-http's to say. */
static void raise_sometimes(const Origin *origin, AsvFindings *findings) {
  if (!g_str_has_prefix(origin->text, "https:")) return;
  guint64 all = origin->with + origin->without;
  if (origin->framed || !origin->with || !origin->without || all < ASV_SOMETIMES_RESPONSES) return;
  GString *words = g_string_new(NULL);
  g_string_printf(words,
                  "Alt-Svc came with %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " responses.",
                  origin->with, all);
  append_statuses(words, origin);
  if (!origin->with_mixed && !origin->without_mixed && origin->with_from && origin->without_from &&
      !g_str_equal(origin->with_from, origin->without_from))
    g_string_append_printf(words, " All with it came from %s, all without it from %s.",
                           origin->with_from, origin->without_from);
  AsvObservation seen = *origin->first_without;
  AsvFindingAbout about = {.seen = &seen, .origin = origin->text};
  guint handle = 0;
  guint64 listed = MIN(origin->without, ASV_FINDING_PACKETS_MAX);
  for (guint64 i = 0; i < listed; i++) {
    seen.packet = origin->packets[i];
    handle =
        asv_findings_raise(findings, ASV_FINDING_ADVERTISED_SOMETIMES, &about, "%s", words->str);
  }
  asv_findings_count(findings, handle, origin->without - listed);
  g_string_free(words, TRUE);
}

void asv_origin_table_finish(const AsvOriginTable *table, AsvFindings *findings) {
  for (guint i = 0; i < table->order->len; i++) {
    const Origin *origin = g_ptr_array_index(table->order, i);
    raise_sometimes(origin, findings);
    asv_said_finish(&origin->said, findings, origin->text);
  }
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Values are told apart by a hash, so that the usual message, which repeats
 * what was said before, costs one pass over its octets; a value is parsed when
 * it is new, or new to a client. Values that offer the same alternatives, for
 * whatever time and in whatever order, are one.
 */
#include "finding-value.h"

#include "origin.h"
#include "value.h"

#define SECOND G_GINT64_CONSTANT(1000000000)

typedef struct {
  guint64 hash; /* of its octets, or of those that said the same last */
  gsize size;
  guint64 offer; /* what it offers */
  AsvVerdict verdict;
  const char *client; /* who got it first */
  AsvObservation *first;
} Value;

typedef struct {
  char *name;
  const char *client;    /* who got it first */
  gboolean others;       /* somebody else got it too */
  gboolean persist;      /* in one of the values */
  guint64 life;          /* the longest, in seconds */
  AsvObservation *first; /* where it stood first */
} Host;

static guint64 mix(guint64 hash, guint64 word) {
  hash = (hash ^ word) * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);
  return hash ^ hash >> 32;
}

static guint64 hash_octets(AsvSpan span) {
  guint64 hash = mix(0, span.size);
  for (AsvReader in = asv_reader(span); asv_reader_left(&in);) {
    AsvSpan piece = asv_read_span(&in, MIN(asv_reader_left(&in), sizeof(guint64)));
    guint64 word = 0;
    memcpy(&word, piece.data, piece.size);
    hash = mix(hash, GUINT64_FROM_LE(word));
  }
  return hash;
}

/* Protocol, host, port and persist of an alternative. */
static guint64 hash_alternative(const AsvAlternative *alternative, const AsvOrigin *origin) {
  char host[ASV_HOST_MAX + 1];
  AsvSpan name = alternative->host[0] ? asv_span_text(alternative->host) : origin->host;
  gsize size = MIN(name.size, ASV_HOST_MAX);
  for (gsize i = 0; i < size; i++) host[i] = g_ascii_tolower((gchar)name.data[i]);
  guint64 hash = hash_octets(asv_span(alternative->alpn, alternative->alpn_size));
  hash = mix(hash, hash_octets(asv_span(host, size)));
  hash = mix(hash, alternative->port);
  return mix(hash, (guint64)alternative->has_port << 1 | (guint64)alternative->persist);
}

static gint compare_hashes(gconstpointer a, gconstpointer b) {
  guint64 x = *(const guint64 *)a, y = *(const guint64 *)b;
  return x < y ? -1 : x > y;
}

/* What a value that matches the grammar offers: its alternatives as a set. */
static guint64 hash_offer(const AsvObservation *seen) {
  AsvOrigin origin = {0};
  AsvValueParser parser;
  AsvAlternative alternative;
  GArray *hashes = g_array_new(FALSE, FALSE, sizeof(guint64));
  asv_origin_parse(seen->advertisement.origin, &origin);
  asv_value_begin(&parser, seen->advertisement.value);
  while (hashes->len < ASV_ALTERNATIVES_MAX &&
         asv_value_next(&parser, &alternative) == ASV_VALUE_ALTERNATIVE) {
    guint64 hash = hash_alternative(&alternative, &origin);
    g_array_append_val(hashes, hash);
  }
  g_array_sort(hashes, compare_hashes);
  guint64 offer = 0;
  for (guint i = 0; i < hashes->len; i++) {
    guint64 hash = g_array_index(hashes, guint64, i);
    if (!i || hash != g_array_index(hashes, guint64, i - 1)) offer = mix(offer, hash);
  }
  g_array_unref(hashes);
  return offer;
}

AsvObservation *asv_said_keep(const AsvObservation *seen) {
  AsvObservation bare = *seen;
  if (seen->kind == ASV_OBSERVATION_ADVERTISEMENT) {
    const AsvAdvertisementSeen *full = &seen->advertisement;
    bare.advertisement =
        (AsvAdvertisementSeen){.has_stream = full->has_stream,
                               .stream = full->stream,
                               .via = full->via,
                               .value = asv_span_sub(full->value, 0, ASV_QUOTE_MAX + 1)};
  } else if (seen->kind == ASV_OBSERVATION_RESPONSE) {
    bare.response = (AsvResponseSeen){.has_stream = seen->response.has_stream,
                                      .stream = seen->response.stream,
                                      .status = seen->response.status};
  }
  return asv_observation_copy(&bare);
}

static void free_value(gpointer data) {
  Value *value = data;
  asv_observation_free(value->first);
  g_free(value);
}

static void free_host(gpointer data) {
  Host *host = data;
  asv_observation_free(host->first);
  g_free(host->name);
  g_free(host);
}

void asv_said_clear(AsvSaid *said) {
  if (said->values) g_ptr_array_unref(said->values);
  if (said->hosts) g_ptr_array_unref(said->hosts);
}

/* The index of the value; the number of values when it is not among them. */
static guint find_value(const AsvSaid *said, guint64 hash, gsize size) {
  guint i = 0;
  for (; i < said->values->len; i++) {
    const Value *value = g_ptr_array_index(said->values, i);
    if (value->hash == hash && value->size == size) break;
  }
  return i;
}

/* Whether one more may be kept in a list with room for most; counts it. */
static gboolean take_room(AsvSaid *said, const GPtrArray *list, guint most) {
  gboolean room = list->len < most && *said->kept < ASV_COMPARED_KEPT_MAX;
  if (room) ++*said->kept;
  return room;
}

static void note_host(AsvSaid *said, const char *client, const AsvObservation *seen,
                      const AsvAlternative *alternative) {
  Host *host = NULL;
  for (guint i = 0; i < said->hosts->len && !host; i++) {
    Host *known = g_ptr_array_index(said->hosts, i);
    if (g_ascii_strcasecmp(known->name, alternative->host) == 0) host = known;
  }
  if (!host) {
    if (!take_room(said, said->hosts, ASV_COMPARED_HOSTS_MAX)) {
      said->more = TRUE;
      return;
    }
    host = g_new0(Host, 1);
    host->name = g_ascii_strdown(alternative->host, -1);
    host->client = client;
    host->first = asv_said_keep(seen);
    g_ptr_array_add(said->hosts, host);
  }
  host->others |= !g_str_equal(host->client, client);
  host->persist |= alternative->persist;
  host->life = MAX(host->life, MIN(alternative->ma, ASV_MA_LARGEST));
}

/* The host names of a value that matches the grammar; the origin's own is none. */
static void note_hosts(AsvSaid *said, const char *client, const AsvObservation *seen) {
  AsvOrigin origin;
  if (asv_origin_parse(seen->advertisement.origin, &origin)) return;
  AsvValueParser parser;
  AsvAlternative alternative;
  asv_value_begin(&parser, seen->advertisement.value);
  while (asv_value_next(&parser, &alternative) == ASV_VALUE_ALTERNATIVE)
    if (alternative.host[0] && !asv_span_equal_nocase(asv_span_text(alternative.host), origin.host))
      note_host(said, client, seen, &alternative);
}

/* The value that offers the same in other octets, which stand for it from now on. */
static gboolean find_offer(const AsvSaid *said, guint64 offer, guint64 hash, gsize size) {
  for (guint i = 0; i < said->values->len; i++) {
    Value *value = g_ptr_array_index(said->values, i);
    if (value->verdict != ASV_VERDICT_OK || value->offer != offer) continue;
    value->hash = hash;
    value->size = size;
    return TRUE;
  }
  return FALSE;
}

/* A value that was not there before: judged, and kept while there is room. */
static AsvVerdict add_value(AsvSaid *said, const char *client, const AsvObservation *seen,
                            guint64 hash) {
  AsvVerdict verdict = asv_value_check(seen->advertisement.value).verdict;
  guint64 offer = verdict == ASV_VERDICT_OK ? hash_offer(seen) : 0;
  if (verdict == ASV_VERDICT_OK && find_offer(said, offer, hash, seen->advertisement.value.size))
    return verdict;
  if (!take_room(said, said->values, ASV_COMPARED_VALUES_MAX)) {
    said->more |= verdict == ASV_VERDICT_OK;
    return verdict;
  }
  Value *value = g_new0(Value, 1);
  value->hash = hash;
  value->size = seen->advertisement.value.size;
  value->offer = offer;
  value->verdict = verdict;
  value->client = client;
  value->first = asv_said_keep(seen);
  g_ptr_array_add(said->values, value);
  return verdict;
}

gboolean asv_said_add(AsvSaid *said, const char *client, const AsvObservation *seen,
                      guint32 *known) {
  G_STATIC_ASSERT(ASV_COMPARED_VALUES_MAX <= 32);
  if (!said->values) {
    said->values = g_ptr_array_new_with_free_func(free_value);
    said->hosts = g_ptr_array_new_with_free_func(free_host);
  }
  AsvSpan text = seen->advertisement.value;
  guint64 hash = hash_octets(text);
  guint at = find_value(said, hash, text.size);
  AsvVerdict verdict;
  if (at < said->values->len) {
    verdict = ((const Value *)g_ptr_array_index(said->values, at))->verdict;
    if (*known & (guint32)1 << at) return verdict != ASV_VERDICT_CLEAR;
  } else {
    verdict = add_value(said, client, seen, hash);
    at = find_value(said, hash, text.size);
  }
  if (at < said->values->len) *known |= (guint32)1 << at;
  if (verdict == ASV_VERDICT_OK) note_hosts(said, client, seen);
  return verdict != ASV_VERDICT_CLEAR;
}

/* "'h3=":443"' to 10.0.0.1", and how long after the first. */
static void append_value(GString *words, const Value *value, const Value *first, gboolean last) {
  if (value != first) g_string_append(words, last ? " and " : ", ");
  g_string_append_printf(words, "'" ASV_QUOTE "' to %s",
                         ASV_QUOTED(value->first->advertisement.value), value->client);
  if (value == first) return;
  gint64 later = value->first->time - first->first->time;
  g_string_append_printf(words, " (%.3f s later)", (double)MAX(later, 0) / (double)SECOND);
}

static const char *server_of(const Value *value) {
  const AsvConnectionRef *connection = value->first->connection;
  return connection ? connection->server : NULL;
}

static char *describe_values(const GPtrArray *values, gboolean more) {
  GString *words = g_string_new("The same origin was advertised with different values: ");
  guint shown = MIN(values->len, ASV_COMPARED_VALUES_SHOWN);
  const Value *first = g_ptr_array_index(values, 0);
  gboolean one_server = TRUE;
  gboolean cut = more || shown < values->len;
  for (guint i = 0; i < values->len; i++) {
    const Value *value = g_ptr_array_index(values, i);
    one_server = one_server && g_strcmp0(server_of(value), server_of(first)) == 0;
    if (i < shown) append_value(words, value, first, i + 1 == shown && !cut);
  }
  if (cut) g_string_append(words, ", and in other ways");
  g_string_append_c(words, '.');
  if (one_server && server_of(first))
    g_string_append_printf(words, " All came from %s.", server_of(first));
  else
    g_string_append(words, " They came from different servers.");
  return g_string_free(words, FALSE);
}

static gboolean is_framed(const Value *value) {
  return value->first->advertisement.via == ASV_VIA_ALTSVC_FRAME;
}

/* Frames are not for all clients: one's frame and another one's field may well differ. */
static gboolean any_differ(const GPtrArray *values) {
  for (guint i = 0; i < values->len; i++) {
    const Value *value = g_ptr_array_index(values, i);
    for (guint j = 0; j < i; j++) {
      const Value *other = g_ptr_array_index(values, j);
      if (is_framed(value) == is_framed(other) || g_str_equal(value->client, other->client))
        return TRUE;
    }
  }
  return FALSE;
}

static void raise_differ(const AsvSaid *said, AsvFindings *findings, const char *origin) {
  GPtrArray *valid = g_ptr_array_new();
  for (guint i = 0; i < said->values->len; i++) {
    Value *value = g_ptr_array_index(said->values, i);
    if (value->verdict == ASV_VERDICT_OK) g_ptr_array_add(valid, value);
  }
  if (any_differ(valid)) {
    char *words = describe_values(valid, said->more);
    for (guint i = 0; i < valid->len; i++) {
      const Value *value = g_ptr_array_index(valid, i);
      AsvFindingAbout about = {.seen = value->first, .origin = origin};
      asv_findings_raise(findings, ASV_FINDING_ADVERTISEMENTS_DIFFER, &about, "%s", words);
    }
    g_free(words);
  }
  g_ptr_array_unref(valid);
}

/* Another name that somebody else than this host's only client got; NULL when there is none. */
static const Host *name_of_others(const AsvSaid *said, const Host *host) {
  for (guint i = 0; i < said->hosts->len; i++) {
    const Host *other = g_ptr_array_index(said->hosts, i);
    if (other != host && (other->others || !g_str_equal(other->client, host->client))) return other;
  }
  return NULL;
}

static void raise_per_client(const AsvSaid *said, AsvFindings *findings, const char *origin) {
  for (guint i = 0; i < said->hosts->len; i++) {
    const Host *host = g_ptr_array_index(said->hosts, i);
    if (host->others || !(host->persist || host->life > ASV_LIFE_TO_TRACK)) continue;
    const Host *other = name_of_others(said, host);
    if (!other) continue;
    AsvFindingAbout about = {host->first, host->client, origin};
    asv_findings_raise(findings, ASV_FINDING_PER_CLIENT_ALTERNATIVE, &about,
                       "The alternative %s was given to this client alone, for %" G_GUINT64_FORMAT
                       " s%s; others got %s. Whoever comes to that name can be recognised.",
                       host->name, host->life,
                       host->persist ? " and across networks (persist=1)" : "", other->name);
  }
}

void asv_said_finish(const AsvSaid *said, AsvFindings *findings, const char *origin) {
  if (!said->values) return;
  raise_differ(said, findings, origin);
  raise_per_client(said, findings, origin);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The key store: reads lines "LABEL CLIENT_RANDOM SECRET" (RFC 9850) and finds
 * secrets by client random through a hash table. Lines may end in CRLF; those
 * that are damaged or have labels of no use are skipped.
 */
#include "keys.h"

#include "analyzer/limits.h"

#define RANDOM 32

typedef struct {
  guint8 random[RANDOM];
  guint8 *secrets[ASV_SECRETS];
  guint8 sizes[ASV_SECRETS];
  gboolean used;
} Entry;

struct AsvKeys {
  GHashTable *by_random; /* Entry*, owned by entries */
  GPtrArray *entries;    /* in order of loading */
  GHashTable *missing;   /* random to the generation for which more() was asked */
  guint64 generation;
  void (*more)(void *self);
  void *more_self;
};

/* Over all octets: some clients begin their random with the time. */
static guint random_hash(gconstpointer key) {
  const guint8 *octets = key;
  guint hash = 2166136261u;
  for (gsize i = 0; i < RANDOM; i++) hash = (hash ^ octets[i]) * 16777619u;
  return hash;
}

static gboolean random_equal(gconstpointer a, gconstpointer b) {
  return memcmp(a, b, RANDOM) == 0;
}

static void entry_free(gpointer data) {
  Entry *entry = data;
  for (gsize i = 0; i < ASV_SECRETS; i++) g_free(entry->secrets[i]);
  g_free(entry);
}

AsvKeys *asv_keys_new(void) {
  AsvKeys *keys = g_new0(AsvKeys, 1);
  keys->by_random = g_hash_table_new(random_hash, random_equal);
  keys->entries = g_ptr_array_new_with_free_func(entry_free);
  keys->missing = g_hash_table_new_full(random_hash, random_equal, g_free, g_free);
  keys->generation = 1;
  return keys;
}

void asv_keys_free(AsvKeys *keys) {
  if (!keys) return;
  g_hash_table_destroy(keys->by_random);
  g_hash_table_destroy(keys->missing);
  g_ptr_array_free(keys->entries, TRUE);
  g_free(keys);
}

/* The next word of the line, and moves behind it; empty at the end. */
static AsvSpan next_word(AsvSpan *line) {
  *line = asv_span_trim(*line);
  gsize size = 0;
  while (size < line->size && line->data[size] != ' ' && line->data[size] != '\t') size++;
  AsvSpan word = asv_span_sub(*line, 0, size);
  *line = asv_span_sub(*line, size, line->size);
  return word;
}

/* Of an ASCII digit or letter. Key logs are long, and no branch can be foretold in them. */
static guint hex_value(guint8 digit) {
  return (digit & 0xfu) + 9u * (digit >> 6);
}

static gboolean read_hex(AsvSpan text, guint8 *octets) {
  for (gsize i = 0; i + 1 < text.size; i += 2) {
    guint8 high = text.data[i], low = text.data[i + 1];
    if (!g_ascii_isxdigit((char)high) || !g_ascii_isxdigit((char)low)) return FALSE;
    octets[i / 2] = (guint8)(hex_value(high) << 4 | hex_value(low));
  }
  return text.size % 2 == 0;
}

static gboolean read_label(AsvSpan word, AsvSecretKind *kind) {
  static const char *const labels[ASV_SECRETS] = {
      [ASV_SECRET_CLIENT_RANDOM] = "CLIENT_RANDOM",
      [ASV_SECRET_CLIENT_EARLY_TRAFFIC] = "CLIENT_EARLY_TRAFFIC_SECRET",
      [ASV_SECRET_CLIENT_HANDSHAKE_TRAFFIC] = "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
      [ASV_SECRET_SERVER_HANDSHAKE_TRAFFIC] = "SERVER_HANDSHAKE_TRAFFIC_SECRET",
      [ASV_SECRET_CLIENT_TRAFFIC_0] = "CLIENT_TRAFFIC_SECRET_0",
      [ASV_SECRET_SERVER_TRAFFIC_0] = "SERVER_TRAFFIC_SECRET_0",
  };
  for (gsize i = 0; i < ASV_SECRETS; i++) {
    if (asv_span_is(word, labels[i])) {
      *kind = (AsvSecretKind)i;
      return TRUE;
    }
  }
  return FALSE;
}

static Entry *entry_for(AsvKeys *keys, const guint8 *random) {
  Entry *entry = g_hash_table_lookup(keys->by_random, random);
  if (entry || keys->entries->len >= ASV_TLS_KEYS_MAX) return entry;
  entry = g_new0(Entry, 1);
  memcpy(entry->random, random, RANDOM);
  g_ptr_array_add(keys->entries, entry);
  g_hash_table_insert(keys->by_random, entry->random, entry);
  return entry;
}

static gboolean load_line(AsvKeys *keys, AsvSpan line) {
  AsvSecretKind kind = ASV_SECRET_CLIENT_RANDOM;
  guint8 random[RANDOM];
  guint8 secret[ASV_SECRET_MAX];
  if (!read_label(next_word(&line), &kind)) return FALSE;
  AsvSpan random_text = next_word(&line);
  AsvSpan secret_text = next_word(&line);
  gsize size = secret_text.size / 2;
  if (random_text.size != 2 * RANDOM || next_word(&line).size) return FALSE;
  if (kind == ASV_SECRET_CLIENT_RANDOM ? size != 48 : size < 32 || size > ASV_SECRET_MAX)
    return FALSE;
  if (!read_hex(random_text, random) || !read_hex(secret_text, secret)) return FALSE;
  Entry *entry = entry_for(keys, random);
  if (!entry) return FALSE;
  g_free(entry->secrets[kind]);
  entry->secrets[kind] = g_memdup2(secret, size);
  entry->sizes[kind] = (guint8)size;
  return TRUE;
}

guint64 asv_keys_load(AsvKeys *keys, AsvSpan text) {
  guint64 usable = 0;
  while (text.size) {
    const guint8 *feed = memchr(text.data, '\n', text.size);
    gsize size = feed ? (gsize)(feed - text.data) : text.size;
    AsvSpan line = asv_span_sub(text, 0, size);
    while (line.size && line.data[line.size - 1] == '\r') line.size--;
    if (load_line(keys, line)) usable++;
    text = asv_span_sub(text, size + 1, text.size);
  }
  if (usable) keys->generation++;
  return usable;
}

void asv_keys_set_more(AsvKeys *keys, void (*more)(void *self), void *self) {
  keys->more = more;
  keys->more_self = self;
}

/* TRUE when more() was called, so that looking again makes sense. */
static gboolean ask_more(AsvKeys *keys, const guint8 *random) {
  if (!keys->more) return FALSE;
  guint64 *asked = g_hash_table_lookup(keys->missing, random);
  if (asked && *asked == keys->generation) return FALSE;
  keys->more(keys->more_self);
  if (!asked) {
    if (g_hash_table_size(keys->missing) >= ASV_TLS_KEYS_MISSING_MAX)
      g_hash_table_remove_all(keys->missing);
    asked = g_new(guint64, 1);
    g_hash_table_insert(keys->missing, g_memdup2(random, RANDOM), asked);
  }
  *asked = keys->generation;
  return TRUE;
}

static Entry *look_up(AsvKeys *keys, const guint8 *random, AsvSecretKind kind) {
  Entry *entry = g_hash_table_lookup(keys->by_random, random);
  return entry && entry->secrets[kind] ? entry : NULL;
}

AsvSpan asv_keys_find(AsvKeys *keys, AsvSpan client_random, AsvSecretKind kind) {
  if (client_random.size != RANDOM) return asv_span(NULL, 0);
  Entry *entry = look_up(keys, client_random.data, kind);
  if (!entry && ask_more(keys, client_random.data)) entry = look_up(keys, client_random.data, kind);
  if (!entry) return asv_span(NULL, 0);
  entry->used = TRUE;
  return asv_span(entry->secrets[kind], entry->sizes[kind]);
}

AsvSpan asv_keys_try(const AsvKeys *keys, AsvSpan client_random, AsvSecretKind kind) {
  const Entry *entry = g_hash_table_lookup(keys->by_random, client_random.data);
  return entry ? asv_span(entry->secrets[kind], entry->sizes[kind]) : asv_span(NULL, 0);
}

gboolean asv_keys_next_unused(AsvKeys *keys, guint *position, AsvSpan *client_random) {
  while (*position < keys->entries->len) {
    const Entry *entry = g_ptr_array_index(keys->entries, (*position)++);
    if (entry->used) continue;
    *client_random = asv_span(entry->random, RANDOM);
    return TRUE;
  }
  return FALSE;
}

guint64 asv_keys_count(const AsvKeys *keys) {
  return keys->entries->len;
}

guint64 asv_keys_generation(const AsvKeys *keys) {
  return keys->generation;
}

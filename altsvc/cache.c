/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rules of one origin's entries: RFC 7838 §2.2, §3, §3.1, §6. */
#include "cache.h"

#include <string.h>

gboolean asv_alternative_same(const AsvAlternativeSeen *a, const AsvAlternativeSeen *b) {
  return a->has_port == b->has_port && a->port == b->port && a->alpn_size == b->alpn_size &&
         memcmp(a->alpn, b->alpn, a->alpn_size) == 0 && strcmp(a->host, b->host) == 0;
}

gint64 asv_cache_expiry(gint64 now, gint64 life) {
  if (life <= 0) return now;
  return now > G_MAXINT64 - life ? G_MAXINT64 : now + life;
}

static void find_next_expiry(AsvCache *cache) {
  cache->next_expiry = G_MAXINT64;
  for (guint i = 0; i < cache->count; i++)
    cache->next_expiry = MIN(cache->next_expiry, cache->entries[i].expires);
}

static void tell(const AsvCacheWatch *watch, AsvEventKind kind, AsvEndedBy ended_by, gint64 time,
                 AsvEntry *entry) {
  watch->changed(watch->self, kind, ended_by, time, entry, NULL);
}

static void drop(AsvCache *cache, guint at) {
  cache->count--;
  memmove(cache->entries + at, cache->entries + at + 1,
          (cache->count - at) * sizeof *cache->entries);
  find_next_expiry(cache);
}

/* A refreshed entry keeps its own history, where that is known, and takes the offer's parameters.
 */
static AsvEntry refresh(const AsvEntry *old, const AsvEntry *offer) {
  AsvEntry entry = *old;
  entry.alternative = offer->alternative;
  entry.life = offer->life;
  entry.source = offer->source;
  entry.shortened = FALSE;
  if (!old->alternative.restored) return entry;
  entry.learned = offer->learned;
  entry.packet = offer->packet;
  entry.via = offer->via;
  return entry;
}

/* Storage that does not say fits any. */
static gboolean same_source(const AsvEntry *a, const AsvEntry *b) {
  return a->source == b->source || !a->source || !b->source;
}

static AsvEntry *find_same(AsvEntry *entries, guint count, const AsvEntry *entry) {
  for (guint i = 0; i < count; i++)
    if (same_source(&entries[i], entry) &&
        asv_alternative_same(&entries[i].alternative, &entry->alternative))
      return &entries[i];
  return NULL;
}

static gboolean is_h3(const AsvEntry *entry) {
  return strcmp(entry->alternative.alpn, "h3") == 0;
}

gboolean asv_cache_replaces(AsvReplaces replaces, const AsvEntry *entry, const AsvEntry *offers,
                            guint count) {
  if (replaces == ASV_REPLACES_ALL) return TRUE;
  for (guint i = 0; i < count; i++)
    if (replaces == ASV_REPLACES_CLASS ? is_h3(entry) == is_h3(&offers[i])
                                       : same_source(entry, &offers[i]))
      return TRUE;
  return FALSE;
}

/* Of the entries from `from` on. */
static void expire_dead(AsvCache *cache, guint from, gint64 now, const AsvCacheWatch *watch) {
  for (guint i = from; i < cache->count;) {
    if (cache->entries[i].life > 0) {
      i++;
      continue;
    }
    AsvEntry dead = cache->entries[i];
    drop(cache, i);
    tell(watch, ASV_EVENT_EXPIRED, ASV_ENDED_EXPIRY, now, &dead);
  }
}

/* Moves what the offers leave alone to the front of the new entries. */
static void keep_others(AsvCache *cache, AsvReplaces replaces, const AsvEntry *offers, guint count,
                        const AsvCache *old) {
  for (guint i = 0; i < old->count; i++)
    if (!asv_cache_replaces(replaces, &old->entries[i], offers, count))
      cache->entries[cache->count++] = old->entries[i];
}

void asv_cache_replace(AsvCache *cache, AsvReplaces replaces, const AsvEntry *offers, guint count,
                       gint64 now, const AsvCacheWatch *watch) {
  AsvCache old = *cache;
  *cache = (AsvCache){.entries = g_new0(AsvEntry, old.count + count)};
  keep_others(cache, replaces, offers, count, &old);
  guint kept = cache->count;
  cache->count += count;
  for (guint i = 0; i < count; i++) {
    AsvEntry *known = find_same(old.entries, old.count, &offers[i]);
    AsvEntry *entry = &cache->entries[kept + i];
    *entry = known ? refresh(known, &offers[i]) : offers[i];
    entry->findings = NULL;
    entry->expires = asv_cache_expiry(now, entry->life);
    watch->changed(watch->self, known ? ASV_EVENT_REFRESHED : ASV_EVENT_LEARNED, ASV_ENDED_NOT, now,
                   entry, &offers[i]);
  }
  for (guint i = 0; i < old.count; i++)
    if (!find_same(cache->entries, cache->count, &old.entries[i]))
      tell(watch, ASV_EVENT_REPLACED, ASV_ENDED_REPLACEMENT, now, &old.entries[i]);
  g_free(old.entries);
  find_next_expiry(cache);
  expire_dead(cache, kept, now, watch);
}

void asv_cache_restore(AsvCache *cache, const AsvEntry *entry, const AsvCacheWatch *watch) {
  if (find_same(cache->entries, cache->count, entry)) return;
  cache->entries = g_renew(AsvEntry, cache->entries, cache->count + 1);
  AsvEntry *restored = &cache->entries[cache->count++];
  *restored = *entry;
  find_next_expiry(cache);
  tell(watch, ASV_EVENT_RESTORED, ASV_ENDED_NOT, entry->learned, restored);
}

guint asv_cache_clear(AsvCache *cache, guint source) {
  guint kept = 0;
  for (guint i = 0; i < cache->count; i++)
    if (source && cache->entries[i].source != source) cache->entries[kept++] = cache->entries[i];
  guint dropped = cache->count - kept;
  cache->count = kept;
  find_next_expiry(cache);
  return dropped;
}

void asv_cache_expire(AsvCache *cache, gint64 now, const AsvCacheWatch *watch) {
  while (cache->count && cache->next_expiry <= now) {
    guint at = 0;
    while (cache->entries[at].expires != cache->next_expiry) at++;
    AsvEntry ended = cache->entries[at];
    drop(cache, at);
    tell(watch, ASV_EVENT_EXPIRED, ASV_ENDED_EXPIRY, MAX(ended.expires, ended.learned), &ended);
  }
}

void asv_cache_shorten(AsvCache *cache, guint64 serial, gint64 until) {
  AsvEntry *entry = asv_cache_find(cache, serial);
  if (!entry || entry->expires <= until) return;
  entry->expires = until;
  entry->shortened = TRUE;
  find_next_expiry(cache);
}

void asv_cache_evict(AsvCache *cache, guint64 serial, gint64 now, const AsvCacheWatch *watch) {
  AsvEntry *entry = asv_cache_find(cache, serial);
  if (!entry) return;
  AsvEntry ended = *entry;
  drop(cache, (guint)(entry - cache->entries));
  tell(watch, ASV_EVENT_EVICTED, ASV_ENDED_EVICTION, now, &ended);
}

gboolean asv_cache_remove(AsvCache *cache, guint64 serial, gint64 now, const AsvCacheWatch *watch) {
  AsvEntry *entry = asv_cache_find(cache, serial);
  if (!entry) return FALSE;
  AsvEntry ended = *entry;
  drop(cache, (guint)(entry - cache->entries));
  tell(watch, ASV_EVENT_REMOVED, ASV_ENDED_MISDIRECTED, now, &ended);
  return TRUE;
}

void asv_cache_change_network(AsvCache *cache, gint64 now, const AsvCacheWatch *watch) {
  for (guint i = 0; i < cache->count;) {
    if (cache->entries[i].alternative.persist) {
      i++;
      continue;
    }
    AsvEntry ended = cache->entries[i];
    drop(cache, i);
    tell(watch, ASV_EVENT_FORGOTTEN, ASV_ENDED_NETWORK_CHANGE, now, &ended);
  }
}

AsvEntry *asv_cache_find(const AsvCache *cache, guint64 serial) {
  for (guint i = 0; i < cache->count; i++)
    if (cache->entries[i].serial == serial) return &cache->entries[i];
  return NULL;
}

void asv_cache_release(AsvCache *cache) {
  g_free(cache->entries);
  *cache = (AsvCache){0};
}

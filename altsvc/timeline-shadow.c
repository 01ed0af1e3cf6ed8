/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An AsvCache by the RFC's rules beside the client's own (RFC 7838 §2.2, §3.1,
 * §6). Nobody is told of its changes; what has expired goes when it is looked
 * at. It holds no more than one advertisement's alternatives and what the
 * client dropped of them.
 */
#include "timeline-shadow.h"

static void ignore_change(void *self, AsvEventKind kind, AsvEndedBy ended_by, gint64 time,
                          AsvEntry *entry, const AsvEntry *offer) {
  (void)self, (void)kind, (void)ended_by, (void)time, (void)entry, (void)offer;
}

static const AsvCacheWatch nobody = {.changed = ignore_change};

void asv_shadow_begin(AsvOriginState *origin) {
  if (origin->shadow) return;
  const AsvCache *own = &origin->cache;
  origin->shadow = g_new(AsvCache, 1);
  *origin->shadow = *own;
  origin->shadow->entries = g_memdup2(own->entries, own->count * sizeof *own->entries);
}

void asv_shadow_offer(const AsvAdvert *advert, const AsvOffered *by_rfc) {
  AsvCache *shadow = advert->origin->shadow;
  if (!shadow || !by_rfc->understood) return;
  gint64 now = advert->state->clock;
  if (by_rfc->clears) {
    (void)asv_cache_clear(shadow, 0);
    return;
  }
  asv_cache_expire(shadow, now, &nobody);
  asv_cache_replace(shadow, ASV_REPLACES_ALL, (const AsvEntry *)(const void *)by_rfc->offers->data,
                    by_rfc->offers->len, now, &nobody);
}

void asv_shadow_again(AsvOriginState *origin, gint64 now) {
  AsvCache *shadow = origin->shadow;
  if (!shadow) return;
  shadow->next_expiry = G_MAXINT64;
  for (guint i = 0; i < shadow->count; i++) {
    AsvEntry *entry = &shadow->entries[i];
    entry->expires = asv_cache_expiry(now, entry->life);
    shadow->next_expiry = MIN(shadow->next_expiry, entry->expires);
  }
}

static AsvEntry *find(const AsvCache *shadow, const AsvAlternativeSeen *alternative) {
  for (guint i = 0; i < shadow->count; i++)
    if (asv_alternative_same(&shadow->entries[i].alternative, alternative))
      return &shadow->entries[i];
  return NULL;
}

void asv_shadow_misdirected(AsvOriginState *origin, const AsvAlternativeSeen *alternative) {
  AsvEntry *entry = origin->shadow ? find(origin->shadow, alternative) : NULL;
  if (!entry) return;
  (void)asv_cache_remove(origin->shadow, entry->serial, 0, &nobody);
  origin->said.steady = FALSE; /* the same again would bring it back */
}

void asv_shadow_change_network(AsvOriginState *origin) {
  if (!origin->shadow) return;
  asv_cache_change_network(origin->shadow, 0, &nobody);
  origin->said.steady = FALSE;
}

gboolean asv_shadow_forgot(const AsvOriginState *origin, const AsvEntry *entry, gint64 at) {
  return origin->network_changed && origin->network_changed <= at &&
         entry->learned < origin->network_changed && !find(origin->shadow, &entry->alternative);
}

void asv_shadow_keep(AsvOriginState *origin, const AsvEntry *entry) {
  asv_shadow_begin(origin);
  AsvCache *shadow = origin->shadow;
  if (find(shadow, &entry->alternative)) return;
  shadow->entries = g_renew(AsvEntry, shadow->entries, shadow->count + 1);
  shadow->entries[shadow->count++] = *entry;
  shadow->next_expiry = MIN(shadow->next_expiry, entry->expires);
}

GPtrArray *asv_shadow_rows(const AsvOriginState *origin, gint64 at) {
  const AsvCache *shadow = origin->shadow;
  if (!shadow) return NULL;
  GPtrArray *rows = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < shadow->count; i++) {
    const AsvEntry *entry = &shadow->entries[i];
    if (entry->expires <= at) continue;
    AsvCacheRow *row = g_new0(AsvCacheRow, 1);
    *row = (AsvCacheRow){.alternative = entry->alternative,
                         .rank = rows->len + 1,
                         .learned = entry->learned,
                         .packet = entry->packet,
                         .via = entry->via,
                         .expires = entry->expires};
    g_ptr_array_add(rows, row);
  }
  return rows;
}

void asv_shadow_free(AsvOriginState *origin) {
  if (!origin->shadow) return;
  asv_cache_release(origin->shadow);
  g_clear_pointer(&origin->shadow, g_free);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One client's cached alternatives of one origin: what RFC 7838 lets an
 * advertisement, `clear`, time, a 421 and a network change do to them (§2.2,
 * §3, §3.1, §6). Whoever owns a cache is told each change as it is made, in
 * the order in which reports show them.
 *
 * The cache copies AsvAlternativeSeen shallowly: the strings in it must
 * outlive the cache.
 */
#ifndef ALTSVC_CACHE_H
#define ALTSVC_CACHE_H

#include "altsvc/model.h"
#include "altsvc/timeline.h"

typedef struct {
  AsvAlternativeSeen alternative;
  guint64 serial; /* told apart by this; the owner numbers what it offers from 1 */
  gint64 learned; /* when it came into the cache */
  guint64 packet;
  AsvVia via;
  gint64 life; /* nanoseconds from the packet that said so last; 0 or less: none, 0 if restored */
  gint64 expires; /* alive while now < expires; never before the packet that said so */
  gboolean tried;
  guint64 requests;
  gint64 last_used;
  GArray *findings;   /* guint handles of what is odd about it; of an offer only; borrowed */
  AsvEvent *run;      /* the owner's: the `refreshed` that the next equal one belongs to */
  guint source;       /* what it was learned over, where the client keeps that apart; else 0 */
  gboolean validated; /* the client has connected to it */
  gboolean shortened; /* it could not: expires is not what life says */
} AsvEntry;

/* Zero-initialised, it is an empty cache. */
typedef struct {
  AsvEntry *entries; /* by rank */
  guint count;
  gint64 next_expiry; /* earliest of all entries; G_MAXINT64 or meaningless when count is 0 */
} AsvCache;

/* Told of each change. entry is as it is now (learned, refreshed) or was (endings); valid for the
 * call. */
typedef struct {
  void *self;
  void (*changed)(void *self, AsvEventKind kind, AsvEndedBy ended_by, gint64 time, AsvEntry *entry,
                  const AsvEntry *offer);
} AsvCacheWatch;

/* TRUE when two alternatives have the same protocol, host and port. */
gboolean asv_alternative_same(const AsvAlternativeSeen *a, const AsvAlternativeSeen *b);

/* now + life, no overflow; now when life is 0 or less. */
gint64 asv_cache_expiry(gint64 now, gint64 life);

/* TRUE when an entry is one that these offers take the place of. */
gboolean asv_cache_replaces(AsvReplaces replaces, const AsvEntry *entry, const AsvEntry *offers,
                            guint count);

/*
 * §3.1: replaces what `replaces` says by offers (in rank order), behind what
 * stays, then ends what has no life. Tells `learned` or `refreshed` of each offer, then
 * `replaced` of what is no longer named, then `expired`. offers' learned,
 * packet and via say what the offer came with; it is seen at `now`.
 */
void asv_cache_replace(AsvCache *cache, AsvReplaces replaces, const AsvEntry *offers, guint count,
                       gint64 now, const AsvCacheWatch *watch);

/*
 * Puts the entry, of which storage says when it ends, behind the others and
 * tells `restored`. Nothing when the same alternative is there: the first one
 * of a storage is the one that its client goes on using.
 */
void asv_cache_restore(AsvCache *cache, const AsvEntry *entry, const AsvCacheWatch *watch);

/* §3, `clear`: drops all of that source, 0 for all, without telling of each. Returns how many. */
guint asv_cache_clear(AsvCache *cache, guint source);

/* Tells and drops, earliest first, what has expired by `now` inclusive; a restored entry never
 * before it came. Nothing to do costs a comparison. */
void asv_cache_expire(AsvCache *cache, gint64 now, const AsvCacheWatch *watch);

/* §6: removes the entry of that serial number. FALSE when there is none. */
gboolean asv_cache_remove(AsvCache *cache, guint64 serial, gint64 now, const AsvCacheWatch *watch);

/* Lets the entry of that serial number live until `until` at most. */
void asv_cache_shorten(AsvCache *cache, guint64 serial, gint64 until);

/* Tells `evicted` of the entry of that serial number and drops it. */
void asv_cache_evict(AsvCache *cache, guint64 serial, gint64 now, const AsvCacheWatch *watch);

/* §2.2: drops what does not have persist=1. */
void asv_cache_change_network(AsvCache *cache, gint64 now, const AsvCacheWatch *watch);

/* The entry of that serial number, or NULL. */
AsvEntry *asv_cache_find(const AsvCache *cache, guint64 serial);

/* Frees what the cache holds and empties it. */
void asv_cache_release(AsvCache *cache);

#endif

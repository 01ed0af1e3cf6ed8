/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the models of Firefox and curl add to the rules of RFC 7838 §2.2 and §3.1. */
#include "timeline-model.h"

#include <string.h>

#define SECOND G_GINT64_CONSTANT(1000000000)

/* ---- Firefox ---- */

static gboolean is_h3(const AsvAlternativeSeen *alternative) {
  return strcmp(alternative->alpn, "h3") == 0;
}

/* The entry that an offer would take the place of. */
static const AsvEntry *find_rival(const AsvCache *cache, const AsvEntry *offer) {
  for (guint i = 0; i < cache->count; i++)
    if (asv_cache_replaces(ASV_REPLACES_CLASS, &cache->entries[i], offer, 1))
      return &cache->entries[i];
  return NULL;
}

/* The QUIC connection that it came over leads there already: there is nothing to connect to. */
static gboolean comes_from_there(const AsvAdvert *advert, const AsvAlternativeSeen *to) {
  const AsvConnection *connection = advert->connection;
  return connection->quic && is_h3(to) && to->port == connection->port &&
         asv_span_is_nocase(advert->origin->origin.host, to->host);
}

/* A route that is being connected to, or that is the same, stays as it is; another one that would
 * end sooner does not count. */
static gboolean is_unwanted(const AsvAdvert *advert, const AsvEntry *offer) {
  const AsvEntry *rival = find_rival(&advert->origin->cache, offer);
  if (!rival) return comes_from_there(advert, &offer->alternative);
  if (asv_alternative_same(&rival->alternative, &offer->alternative)) return TRUE;
  if (!rival->tried && !rival->validated) return TRUE;
  return asv_cache_expiry(advert->state->clock, offer->life) < rival->expires;
}

void asv_offered_hold_on(const AsvAdvert *advert, AsvOffered *offered) {
  if (offered->clears) return;
  for (guint i = offered->offers->len; i-- > 0;) {
    AsvEntry *offer = &g_array_index(offered->offers, AsvEntry, i);
    if (!is_unwanted(advert, offer)) continue;
    g_clear_pointer(&offer->findings, g_array_unref);
    g_array_remove_index(offered->offers, i);
    offered->held = TRUE;
  }
}

/* ---- curl ---- */

/* A look through the file: what had expired by `time` and stands before what was stored at `before`
 * is gone. */
struct AsvSweep {
  gint64 time, before;
};

/* The second in which an entry was stored; of a restored one, when it came. */
static gint64 stored_at(const AsvEntry *entry) {
  return entry->alternative.restored ? entry->learned : entry->expires - MAX(entry->life, 0);
}

/* Which entry a request is led by: of those learned over HTTP/2 the oldest. */
static gint64 first_match(const AsvTimelineState *state, const AsvOriginState *origin) {
  gint64 first = G_MAXINT64;
  for (guint i = 0; i < origin->cache.count; i++) {
    const AsvEntry *entry = &origin->cache.entries[i];
    if (entry->source == 1 + ASV_VIA_HTTP2_HEADER && entry->expires > state->clock)
      first = MIN(first, stored_at(entry));
  }
  return first;
}

void asv_client_sweep(const AsvTimelineState *state, AsvClientState *client,
                      const AsvOriginState *origin) {
  if (!client->choice.model->stores_expired || origin->origin.scheme != ASV_SCHEME_HTTPS) return;
  AsvSweep sweep = {.time = state->clock, .before = first_match(state, origin)};
  if (!client->sweeps) client->sweeps = g_array_new(FALSE, FALSE, sizeof(AsvSweep));
  while (client->sweeps->len &&
         g_array_index(client->sweeps, AsvSweep, client->sweeps->len - 1).before <= sweep.before)
    g_array_set_size(client->sweeps, client->sweeps->len - 1);
  if (client->sweeps->len >= ASV_SWEEPS_KEPT) g_array_remove_index(client->sweeps, 0);
  g_array_append_val(client->sweeps, sweep);
}

gboolean asv_client_stores(const AsvClientState *client, const AsvEnded *ended) {
  if (!client->choice.model->stores_expired || ended->by != ASV_ENDED_EXPIRY) return FALSE;
  gint64 stored = stored_at(&ended->entry);
  for (guint i = 0; client->sweeps && i < client->sweeps->len; i++) {
    const AsvSweep *sweep = &g_array_index(client->sweeps, AsvSweep, i);
    if (ended->entry.expires / SECOND < sweep->time / SECOND && stored < sweep->before)
      return FALSE;
  }
  return TRUE;
}

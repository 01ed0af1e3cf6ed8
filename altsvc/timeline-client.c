/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whose cache it is: an address, a MAC, an address with a User-Agent, or all
 * of the capture; and the origins of each.
 */
#include <string.h>

#include "timeline-model.h"
#include "timeline-shadow.h"

static void origin_free(gpointer data) {
  AsvOriginState *origin = data;
  asv_cache_release(&origin->cache);
  asv_shadow_free(origin);
  g_clear_pointer(&origin->said.codes, g_array_unref);
  g_clear_pointer(&origin->ended, g_array_unref);
  g_clear_pointer(&origin->because, g_array_unref);
  g_clear_pointer(&origin->opportunity, asv_observation_free);
  if (origin->events) g_ptr_array_unref(origin->events);
  if (origin->rows) g_ptr_array_unref(origin->rows);
  if (origin->shadow_rows) g_ptr_array_unref(origin->shadow_rows);
  g_free(origin);
}

void asv_client_free(gpointer data) {
  AsvClientState *client = data;
  g_hash_table_destroy(client->origins);
  g_hash_table_destroy(client->hosts);
  if (client->agents) g_ptr_array_unref(client->agents);
  if (client->unplaced) g_ptr_array_unref(client->unplaced);
  if (client->addresses) g_ptr_array_unref(client->addresses);
  g_clear_pointer(&client->sessions, g_hash_table_destroy);
  g_clear_pointer(&client->issuers, g_hash_table_destroy);
  g_clear_pointer(&client->elsewhere, g_ptr_array_unref);
  asv_observation_free(client->unanswered);
  g_clear_pointer(&client->sweeps, g_array_unref);
  g_clear_pointer(&client->marks, g_hash_table_destroy);
  g_free(client);
}

static AsvClientState *find_or_make(AsvTimelineState *state, const char *name,
                                    const char *address) {
  AsvClientState *client = g_hash_table_lookup(state->clients, name);
  if (client) return client;
  if (g_hash_table_size(state->clients) >= ASV_CLIENTS_MAX) {
    state->timeline->coverage.not_kept++;
    return NULL;
  }
  client = g_new0(AsvClientState, 1);
  client->name = asv_timeline_intern_text(state, name);
  client->address = address;
  client->origins = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, origin_free);
  client->hosts = g_hash_table_new(g_str_hash, g_str_equal);
  const char *only = state->options.client;
  client->shown = !only || strcmp(only, name) == 0 || strcmp(only, address) == 0;
  char agent[ASV_AGENT_NAME_MAX];
  client->choice = asv_model_choose(state->options.model, asv_span(NULL, 0), agent);
  client->choice.agent = "";
  g_hash_table_insert(state->clients, (gpointer)client->name, client);
  if (client->shown) asv_client_restore(state, client);
  return client;
}

static AsvClientState *client_of_agent(AsvTimelineState *state, const char *address,
                                       const char *agent) {
  if (agent && (g_hash_table_size(state->last_agents) < ASV_CLIENTS_MAX ||
                g_hash_table_contains(state->last_agents, address)))
    g_hash_table_insert(state->last_agents, (gpointer)address, (gpointer)agent);
  if (!agent) agent = g_hash_table_lookup(state->last_agents, address);
  if (!agent) return find_or_make(state, address, address);
  g_autofree char *name = g_strdup_printf("%s %s", address, agent);
  return find_or_make(state, name, address);
}

AsvClientState *asv_client_of(AsvTimelineState *state, AsvConnection *connection,
                              const char *agent) {
  const char *address = connection->address;
  if (state->options.client_by == ASV_CLIENT_BY_IP_AND_AGENT) {
    if (!connection->client || agent) connection->client = client_of_agent(state, address, agent);
  } else if (!connection->client) {
    const char *name = address;
    if (state->options.client_by == ASV_CLIENT_BY_MAC && connection->mac) name = connection->mac;
    if (state->options.client_by == ASV_CLIENT_BY_CAPTURE) name = "capture";
    connection->client = find_or_make(state, name, address);
  }
  if (connection->client && connection->row)
    connection->row->client = (char *)connection->client->name;
  return connection->client;
}

/* The first one that is known decides for the client. */
static void choose_model(AsvTimelineState *state, AsvClientState *client, AsvConnection *connection,
                         const char *agent) {
  char name[ASV_AGENT_NAME_MAX];
  if (client->chosen_by == agent) {
    connection->model = client->choice.model;
    return;
  }
  AsvModelChoice choice = asv_model_choose(state->options.model, asv_span_text(agent), name);
  if (!*name) return;
  connection->model = choice.model;
  if (client->chosen_by) return;
  client->chosen_by = agent;
  client->choice = choice;
  client->choice.agent = asv_timeline_intern_text(state, name);
}

const AsvModel *asv_connection_model(const AsvConnection *connection,
                                     const AsvClientState *client) {
  return connection->model ? connection->model : client->choice.model;
}

void asv_client_note_agent(AsvTimelineState *state, AsvClientState *client,
                           AsvConnection *connection, const char *agent) {
  choose_model(state, client, connection, agent);
  if (!client->agents) client->agents = g_ptr_array_new();
  for (guint i = 0; i < client->agents->len; i++)
    if (client->agents->pdata[i] == agent) return;
  if (client->agents->len < ASV_USER_AGENTS_MAX) g_ptr_array_add(client->agents, (gpointer)agent);
}

static void change_network(AsvTimelineState *state, AsvClientState *client,
                           const AsvConnection *connection, const AsvObservation *seen) {
  gboolean drops = asv_connection_model(connection, client)->network_drops;
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init(&iter, client->origins);
  while (g_hash_table_iter_next(&iter, NULL, &value)) {
    AsvOriginState *origin = value;
    asv_origin_expire(state, origin, state->clock);
    if (!drops && origin->cache.count) {
      asv_shadow_begin(origin);
      origin->network_changed = state->clock;
    }
    asv_shadow_change_network(origin);
    if (!drops) continue;
    AsvChangeContext context = {
        .state = state, .origin = origin, .connection = connection, .seen = seen};
    AsvCacheWatch watch = asv_event_watch(&context);
    asv_cache_change_network(&origin->cache, state->clock, &watch);
  }
}

/* An address of the other family is the same network's: hosts have both. */
static gboolean has_family(const GPtrArray *addresses, const char *address) {
  for (guint i = 0; i < addresses->len; i++)
    if (!strchr(addresses->pdata[i], ':') == !strchr(address, ':')) return TRUE;
  return FALSE;
}

static void note_address_of_mac(AsvTimelineState *state, AsvConnection *connection,
                                const AsvObservation *seen) {
  AsvClientState *client = asv_client_of(state, connection, NULL);
  if (!client) return;
  if (!client->addresses) client->addresses = g_ptr_array_new();
  for (guint i = 0; i < client->addresses->len; i++)
    if (client->addresses->pdata[i] == connection->address) return;
  gboolean changed = has_family(client->addresses, connection->address);
  if (client->addresses->len < ASV_MAC_ADDRESSES_MAX)
    g_ptr_array_add(client->addresses, (gpointer)connection->address);
  if (changed) change_network(state, client, connection, seen);
}

void asv_client_note_address(AsvTimelineState *state, AsvConnection *connection,
                             const AsvObservation *seen) {
  if (!connection->mac) return;
  if (state->options.client_by == ASV_CLIENT_BY_MAC) {
    note_address_of_mac(state, connection, seen);
    return;
  }
  const char *first = g_hash_table_lookup(state->macs, connection->mac);
  if (!first) {
    if (g_hash_table_size(state->macs) < ASV_MACS_MAX)
      g_hash_table_insert(state->macs, (gpointer)connection->mac, (gpointer)connection->address);
    return;
  }
  if (first == connection->address || state->options.client_by != ASV_CLIENT_BY_IP) return;
  AsvClientState *client = asv_client_of(state, connection, NULL);
  if (client && !client->hint) {
    g_autofree char *hint =
        g_strdup_printf("the MAC %s also had the address %s: --client-by mac makes them one client",
                        connection->mac, first);
    client->hint = asv_timeline_intern_text(state, hint);
  }
}

static AsvOriginState *make_origin(AsvTimelineState *state, AsvClientState *client,
                                   const char *written) {
  if (state->origins >= ASV_ORIGINS_MAX) {
    state->timeline->coverage.not_kept++;
    return NULL;
  }
  AsvOriginState *origin = g_new0(AsvOriginState, 1);
  origin->text = asv_timeline_intern_text(state, written);
  origin->text_size = strlen(written);
  asv_origin_parse(asv_span_text(origin->text), &origin->origin);
  origin->client = client;
  const char *host = asv_timeline_intern(state, origin->origin.host, ASV_ORIGIN_MAX);
  origin->next_of_host = g_hash_table_lookup(client->hosts, host);
  g_hash_table_insert(client->hosts, (gpointer)host, origin);
  g_hash_table_insert(client->origins, (gpointer)origin->text, origin);
  state->origins++;
  return origin;
}

AsvOriginState *asv_client_origin(AsvTimelineState *state, AsvClientState *client, AsvSpan text) {
  char written[ASV_ORIGIN_MAX];
  AsvOrigin parsed;
  if (asv_origin_parse(text, &parsed) || !asv_origin_write(&parsed, written)) return NULL;
  AsvOriginState *origin = g_hash_table_lookup(client->origins, written);
  return origin ? origin : make_origin(state, client, written);
}

void asv_origin_expire(AsvTimelineState *state, AsvOriginState *origin, gint64 now) {
  if (!origin->cache.count) return;
  asv_model_expire_marks(state, origin, now);
  if (!origin->cache.count || origin->cache.next_expiry > now) return;
  AsvChangeContext context = {.state = state, .origin = origin};
  AsvCacheWatch watch = asv_event_watch(&context);
  asv_cache_expire(&origin->cache, now, &watch);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One table of names: under "asker\nname" addresses, under "\nname" HTTPS records. */
#include "answers.h"

#include <string.h>

#include "limits.h"

#define ADDRESS_TEXT 46 /* the longest IPv6 address and a NUL */

typedef struct {
  char text[ADDRESS_TEXT];
  gint64 since, until; /* of the first answer, of the last one's TTL */
} Address;

typedef struct {
  GArray *addresses; /* Address, oldest first; NULL when none */
  GArray *services;  /* AsvService, oldest first; NULL when none */
} Name;

struct AsvAnswers {
  GHashTable *names; /* key to Name* */
};

static void service_clear(gpointer data) {
  AsvService *service = data;
  g_free(service->target);
  g_free(service->alpn);
}

static void name_free(gpointer data) {
  Name *name = data;
  if (name->addresses) g_array_unref(name->addresses);
  if (name->services) g_array_unref(name->services);
  g_free(name);
}

AsvAnswers *asv_answers_new(void) {
  AsvAnswers *answers = g_new0(AsvAnswers, 1);
  answers->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, name_free);
  return answers;
}

void asv_answers_free(AsvAnswers *answers) {
  if (!answers) return;
  g_hash_table_destroy(answers->names);
  g_free(answers);
}

/* ---- names ---- */

/* Host names compare without case, and one dot behind them says nothing. */
static char *key_of(const char *asker, AsvSpan name) {
  if (name.size && name.data[name.size - 1] == '.') name.size--;
  g_autofree char *text = asv_span_dup(name);
  g_autofree char *lower = g_ascii_strdown(text, -1);
  return g_strconcat(asker, "\n", lower, NULL);
}

static const Name *find(const AsvAnswers *answers, const char *asker, AsvSpan name) {
  if (!g_hash_table_size(answers->names)) return NULL;
  g_autofree char *key = key_of(asker, name);
  return g_hash_table_lookup(answers->names, key);
}

/* Made when it is not there; NULL beyond the limit. */
static Name *need(AsvAnswers *answers, const char *asker, AsvSpan name) {
  g_autofree char *key = key_of(asker, asv_span_sub(name, 0, ASV_NAME_MAX));
  Name *found = g_hash_table_lookup(answers->names, key);
  if (found) return found;
  if (g_hash_table_size(answers->names) >= ASV_ANSWERS_NAMES_MAX) return NULL;
  found = g_new0(Name, 1);
  g_hash_table_insert(answers->names, g_steal_pointer(&key), found);
  return found;
}

/* ---- addresses ---- */

static void add_address(Name *name, AsvSpan text, gint64 time, gint64 until) {
  if (!text.size || text.size >= ADDRESS_TEXT) return;
  if (!name->addresses) name->addresses = g_array_new(FALSE, TRUE, sizeof(Address));
  for (guint i = 0; i < name->addresses->len; i++) {
    Address *known = &g_array_index(name->addresses, Address, i);
    if (!asv_span_is(text, known->text)) continue;
    known->until = MAX(known->until, until);
    return;
  }
  if (name->addresses->len >= ASV_ANSWERS_ADDRESSES_MAX) g_array_remove_index(name->addresses, 0);
  Address address = {.since = time, .until = until};
  memcpy(address.text, text.data, text.size);
  g_array_append_val(name->addresses, address);
}

static gboolean add_addresses(AsvAnswers *answers, const char *asker, AsvSpan host,
                              const AsvSpans *addresses, const gint64 span[2]) {
  if (!addresses->count) return TRUE;
  Name *name = need(answers, asker, host);
  if (!name) return FALSE;
  for (gsize i = 0; i < addresses->count; i++)
    add_address(name, addresses->items[i], span[0], span[1]);
  return TRUE;
}

static AsvAddressFit fit(const Name *name, AsvSpan address, gint64 time) {
  AsvAddressFit found = ASV_ADDRESS_UNKNOWN;
  gboolean ipv6 = memchr(address.data, ':', address.size) != NULL;
  for (guint i = 0; name && name->addresses && i < name->addresses->len; i++) {
    const Address *known = &g_array_index(name->addresses, Address, i);
    if (known->since > time) continue;
    if (asv_span_is(address, known->text)) return ASV_ADDRESS_GIVEN;
    if (time < known->until && (strchr(known->text, ':') != NULL) == ipv6)
      found = ASV_ADDRESS_OTHER;
  }
  return found;
}

AsvAddressFit asv_answers_address(const AsvAnswers *answers, const char *asker, AsvSpan host,
                                  AsvSpan address, gint64 time) {
  if (!address.size) return ASV_ADDRESS_UNKNOWN;
  AsvAddressFit own = fit(find(answers, asker, host), address, time);
  const Name *records = own == ASV_ADDRESS_GIVEN ? NULL : find(answers, "", host);
  for (guint i = 0; records && records->services && i < records->services->len; i++) {
    const AsvService *service = &g_array_index(records->services, AsvService, i);
    if (!*service->target || service->time > time) continue;
    const Name *target = find(answers, asker, asv_span_text(service->target));
    if (fit(target, address, time) == ASV_ADDRESS_GIVEN) return ASV_ADDRESS_GIVEN;
  }
  return own;
}

/* ---- HTTPS records ---- */

static char *join_alpn(const AsvSpans *alpn) {
  GString *joined = g_string_new("\n");
  for (gsize i = 0; i < alpn->count; i++) {
    AsvSpan name = alpn->items[i];
    if (!name.size || joined->len + name.size >= ASV_ANSWERS_ALPN_MAX ||
        memchr(name.data, '\n', name.size) || memchr(name.data, 0, name.size))
      continue;
    g_string_append_len(joined, (const char *)name.data, (gssize)name.size);
    g_string_append_c(joined, '\n');
  }
  return g_string_free(joined, FALSE);
}

static gboolean is_same(const AsvService *a, const AsvService *b) {
  return a->alias == b->alias && a->has_port == b->has_port && a->port == b->port &&
         strcmp(a->target, b->target) == 0 && strcmp(a->alpn, b->alpn) == 0;
}

static void add_service(Name *name, AsvService *service) {
  if (!name->services) {
    name->services = g_array_new(FALSE, FALSE, sizeof(AsvService));
    g_array_set_clear_func(name->services, service_clear);
  }
  for (guint i = 0; i < name->services->len; i++) {
    if (!is_same(&g_array_index(name->services, AsvService, i), service)) continue;
    service_clear(service);
    return;
  }
  if (name->services->len >= ASV_ANSWERS_SERVICES_MAX) g_array_remove_index(name->services, 0);
  g_array_append_val(name->services, *service);
}

static gboolean add_https(AsvAnswers *answers, const char *asker, gint64 time,
                          const AsvObservation *seen) {
  const AsvHttpsRecordSeen *about = &seen->https_record;
  AsvSpan host = about->target.size ? about->target : about->name;
  const gint64 span[2] = {time, time};
  gboolean kept = add_addresses(answers, asker, host, &about->hints, span);
  Name *name = need(answers, "", about->name);
  if (!name) return FALSE;
  AsvService service = {.time = time,
                        .packet = seen->packet,
                        .target = asv_span_dup(asv_span_sub(about->target, 0, ASV_NAME_MAX)),
                        .alpn = join_alpn(&about->alpn),
                        .alias = about->priority == 0,
                        .has_port = about->has_port,
                        .port = (guint16)MIN(about->port, G_MAXUINT16)};
  add_service(name, &service);
  return kept;
}

gboolean asv_answers_add(AsvAnswers *answers, const char *asker, gint64 time,
                         const AsvObservation *seen) {
  const gint64 second = G_GINT64_CONSTANT(1000000000);
  if (seen->kind == ASV_OBSERVATION_HTTPS_RECORD) return add_https(answers, asker, time, seen);
  const AsvAddressRecordSeen *about = &seen->address_record;
  const gint64 span[2] = {time, time + (gint64)MIN(about->ttl, G_MAXUINT32) * second};
  return add_addresses(answers, asker, about->name, &about->addresses, span);
}

typedef struct {
  const AsvAnswers *answers;
  const char *protocol;
  guint16 port, default_port;
  gint64 time;
  gboolean any;
} Search;

/* http/1.1 goes without saying (RFC 9460 §7.1.1). */
static gboolean leads_there(const Search *search, const AsvService *service) {
  g_autofree char *listed = g_strconcat("\n", search->protocol, "\n", NULL);
  if (search->port != (service->has_port ? service->port : search->default_port)) return FALSE;
  return strstr(service->alpn, listed) || strcmp(search->protocol, "http/1.1") == 0;
}

/* Of the records of a name; one that makes it an alias leads on, once. */
static const AsvService *search_name(Search *search, AsvSpan text, gboolean follow) {
  const Name *name = find(search->answers, "", text);
  for (guint i = 0; name && name->services && i < name->services->len; i++) {
    const AsvService *service = &g_array_index(name->services, AsvService, i), *found = NULL;
    if (service->time > search->time) continue;
    search->any = TRUE;
    if (!service->alias)
      found = leads_there(search, service) ? service : NULL;
    else if (follow)
      found = search_name(search, asv_span_text(service->target), FALSE);
    if (found) return found;
  }
  return NULL;
}

gboolean asv_answers_service(const AsvAnswers *answers, const AsvOrigin *origin,
                             const AsvWent *went, const AsvService **found) {
  gboolean plain = origin->port == asv_scheme_port(origin->scheme);
  Search search = {.answers = answers,
                   .protocol = went->protocol,
                   .port = went->port,
                   .default_port = plain ? asv_scheme_port(ASV_SCHEME_HTTPS) : origin->port,
                   .time = went->time};
  g_autofree char *host = asv_span_dup(origin->host);
  g_autofree char *prefixed = g_strdup_printf("_%u._https.%s", origin->port, host);
  *found = search_name(&search, asv_span_text(plain ? host : prefixed), TRUE);
  return search.any;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Groups facts into findings: one table from (code, client, origin) to the
 * finding, filled in the order in which facts are raised. The first fact gives
 * words, time and place; later ones count and lengthen the list of packets.
 */
#include "finding.h"

#include "client.h"
#include "finding-catalogue.h"
#include "finding-filter.h"
#include "finding-traffic.h"

/* What makes facts one finding; client and origin as in the finding. */
typedef struct {
  AsvFindingCode code;
  const char *client, *origin;
} Key;

typedef struct {
  Key key;
  guint handle;
  AsvFinding *finding;
} Group;

struct AsvFindings {
  GHashTable *by_key; /* Key* of a group to the group */
  GPtrArray *groups;  /* Group*, handle - 1 is the index */
  guint regular;      /* those made before ASV_FINDINGS_MAX was reached */
  gint64 now;         /* time of the last observation */
  AsvTraffic *traffic;
  const AsvTimelineWatch *watch; /* NULL: nobody is told */
};

static guint hash_key(gconstpointer data) {
  const Key *key = data;
  guint hash = (guint)key->code;
  if (key->client) hash = hash * 31 + g_str_hash(key->client);
  if (key->origin) hash = hash * 31 + g_str_hash(key->origin);
  return hash;
}

static gboolean equal_keys(gconstpointer a, gconstpointer b) {
  const Key *left = a, *right = b;
  return left->code == right->code && g_strcmp0(left->client, right->client) == 0 &&
         g_strcmp0(left->origin, right->origin) == 0;
}

AsvFindings *asv_findings_new(void) {
  AsvFindings *findings = g_new0(AsvFindings, 1);
  findings->by_key = g_hash_table_new(hash_key, equal_keys);
  findings->groups = g_ptr_array_new();
  findings->traffic = asv_traffic_new();
  return findings;
}

void asv_finding_free(AsvFinding *finding) {
  if (!finding) return;
  g_array_unref(finding->packets);
  g_free((char *)finding->connection);
  g_free((char *)finding->client);
  g_free((char *)finding->origin);
  g_free(finding->message);
  g_free(finding->advice);
  g_free(finding->filter);
  g_free(finding);
}

void asv_findings_free(AsvFindings *findings) {
  if (!findings) return;
  for (guint i = 0; i < findings->groups->len; i++) {
    Group *group = g_ptr_array_index(findings->groups, i);
    asv_finding_free(group->finding);
    g_free(group);
  }
  g_ptr_array_unref(findings->groups);
  g_hash_table_unref(findings->by_key);
  asv_traffic_free(findings->traffic);
  g_free(findings);
}

/* The text with every octet that is not printable ASCII as \xNN. Takes the text over. */
static char *make_printable(char *text) {
  const char *at = text;
  while (*at && g_ascii_isprint(*at)) at++;
  if (!*at) return text;
  GString *clean = g_string_new(NULL);
  for (at = text; *at; at++) {
    if (g_ascii_isprint(*at))
      g_string_append_c(clean, *at);
    else
      g_string_append_printf(clean, "\\x%02X", (guint)(guint8)*at);
  }
  g_free(text);
  return g_string_free(clean, FALSE);
}

void asv_findings_watch(AsvFindings *findings, const AsvTimelineWatch *watch) {
  findings->watch = watch->fact ? watch : NULL;
}

/* words: the fact's own, "" when it has none. */
static void tell_fact(const AsvFindings *findings, const Group *group, const Key *key,
                      const char *words) {
  const AsvFinding *finding = group->finding;
  AsvFact fact = {.code = finding->code,
                  .severity = finding->severity,
                  .client = key->client,
                  .origin = key->origin,
                  .message = *words ? words : finding->message};
  findings->watch->fact(findings->watch->self, &fact);
}

static AsvFinding *new_finding(const Key *key, const AsvObservation *seen, gint64 now) {
  const AsvFindingRow *row = asv_finding_row(key->code);
  AsvFinding *finding = g_new0(AsvFinding, 1);
  finding->code = row->name;
  finding->severity = row->severity;
  finding->spec = row->spec;
  finding->advice = g_strdup(row->advice);
  finding->packets = g_array_new(FALSE, FALSE, sizeof(guint64));
  finding->client = g_strdup(key->client);
  finding->origin = g_strdup(key->origin);
  finding->time = seen ? seen->time : now;
  if (!seen) return finding;
  if (seen->connection) finding->connection = g_strdup(seen->connection->label);
  finding->has_stream = asv_finding_stream(seen, &finding->stream);
  finding->filter = asv_finding_filter(row->filter, seen);
  return finding;
}

static Group *add_group(AsvFindings *findings, const Key *key, const AsvObservation *seen) {
  Group *group = g_new0(Group, 1);
  group->finding = new_finding(key, seen, findings->now);
  group->key = (Key){key->code, group->finding->client, group->finding->origin};
  g_ptr_array_add(findings->groups, group);
  group->handle = findings->groups->len;
  g_hash_table_insert(findings->by_key, &group->key, group);
  return group;
}

static void count_fact(AsvFinding *finding, const AsvObservation *seen) {
  GArray *packets = finding->packets;
  finding->count++;
  if (!seen || packets->len >= ASV_FINDING_PACKETS_MAX) return;
  if (packets->len && g_array_index(packets, guint64, packets->len - 1) == seen->packet) return;
  g_array_append_val(packets, seen->packet);
}

/* The group that a new finding of this key goes to, and whether it still needs words. */
static Group *make_group(AsvFindings *findings, const Key *key, const AsvObservation *seen,
                         gboolean *wordless) {
  *wordless = TRUE;
  if (findings->regular < ASV_FINDINGS_MAX) {
    findings->regular++;
    return add_group(findings, key, seen);
  }
  Key rest = {.code = key->code};
  Group *group = g_hash_table_lookup(findings->by_key, &rest);
  *wordless = group == NULL;
  return group ? group : add_group(findings, &rest, seen);
}

guint asv_findings_raise_list(AsvFindings *findings, AsvFindingCode code,
                              const AsvFindingAbout *about, const char *format, va_list words) {
  Key key = {code, about->client, about->origin};
  Group *group = g_hash_table_lookup(findings->by_key, &key);
  gboolean wordless = FALSE;
  if (!group) group = make_group(findings, &key, about->seen, &wordless);
  g_autofree char *own = NULL;
  if (wordless || findings->watch) own = make_printable(g_strdup_vprintf(format, words));
  count_fact(group->finding, about->seen);
  if (wordless) group->finding->message = g_strdup(own);
  if (findings->watch) tell_fact(findings, group, &key, own);
  return group->handle;
}

guint asv_findings_raise(AsvFindings *findings, AsvFindingCode code, const AsvFindingAbout *about,
                         const char *format, ...) {
  va_list words;
  va_start(words, format);
  guint handle = asv_findings_raise_list(findings, code, about, format, words);
  va_end(words);
  return handle;
}

guint asv_findings_again(AsvFindings *findings, AsvFindingCode code, const AsvFindingAbout *about) {
  Key key = {code, about->client, about->origin};
  Group *group = g_hash_table_lookup(findings->by_key, &key);
  if (!group) return 0;
  count_fact(group->finding, about->seen);
  if (findings->watch) tell_fact(findings, group, &key, "");
  return group->handle;
}

guint asv_findings_find(const AsvFindings *findings, AsvFindingCode code, const char *client,
                        const char *origin) {
  Key key = {code, client, origin};
  const Group *group = g_hash_table_lookup(findings->by_key, &key);
  return group ? group->handle : 0;
}

void asv_findings_append(AsvFindings *findings, guint handle, const char *format, ...) {
  g_assert(handle >= 1 && handle <= findings->groups->len);
  AsvFinding *finding = ((Group *)g_ptr_array_index(findings->groups, handle - 1))->finding;
  va_list list;
  va_start(list, format);
  g_autofree char *words = make_printable(g_strdup_vprintf(format, list));
  va_end(list);
  if (g_str_has_suffix(finding->message, words)) return;
  char *message = g_strconcat(finding->message, words, NULL);
  g_free(finding->message);
  finding->message = message;
}

void asv_findings_count(AsvFindings *findings, guint handle, guint64 n) {
  g_assert(handle >= 1 && handle <= findings->groups->len);
  Group *group = g_ptr_array_index(findings->groups, handle - 1);
  group->finding->count += n;
}

void asv_findings_observe(AsvFindings *findings, const char *client,
                          const AsvObservation *observation) {
  findings->now = MAX(findings->now, observation->time);
  asv_traffic_observe(findings->traffic, findings, client, observation);
}

guint64 asv_findings_not_kept(const AsvFindings *findings) {
  return asv_traffic_not_kept(findings->traffic);
}

static int compare_groups(gconstpointer a, gconstpointer b) {
  const Group *left = *(Group *const *)a, *right = *(Group *const *)b;
  if (left->finding->severity != right->finding->severity)
    return left->finding->severity > right->finding->severity ? -1 : 1;
  if (left->key.code != right->key.code) return left->key.code < right->key.code ? -1 : 1;
  int order = asv_client_compare(left->key.client, right->key.client);
  return order ? order : g_strcmp0(left->key.origin, right->key.origin);
}

GPtrArray *asv_findings_finish(AsvFindings *findings, GArray **ids) {
  findings->watch = NULL;
  asv_traffic_finish(findings->traffic, findings);
  GPtrArray *sorted = g_ptr_array_new();
  GArray *numbers = g_array_sized_new(FALSE, TRUE, sizeof(guint), findings->groups->len + 1);
  g_array_set_size(numbers, findings->groups->len + 1);
  g_hash_table_remove_all(findings->by_key);
  g_ptr_array_sort(findings->groups, compare_groups);
  for (guint i = 0; i < findings->groups->len; i++) {
    Group *group = g_ptr_array_index(findings->groups, i);
    group->finding->id = i + 1;
    g_array_index(numbers, guint, group->handle) = i + 1;
    g_ptr_array_add(sorted, group->finding);
    g_free(group);
  }
  g_ptr_array_set_size(findings->groups, 0);
  if (ids)
    *ids = numbers;
  else
    g_array_unref(numbers);
  return sorted;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What caches hold in the shape of a client's storage, and in what two such
 * lists differ: of each origin and protocol, what leads to the same place is
 * paired first, then what leads elsewhere; the rest is missing or extra.
 */
#include "altsvc/limits.h"
#include "altsvc/origin.h"
#include "report/page.h"
#include "report/timestamp.h"
#include "storage.h"

/* ---- lists ---- */

static gboolean may_be_same_source(const AsvStored *a, const AsvStored *b) {
  return !a->learned_over || !b->learned_over || g_str_equal(a->learned_over, b->learned_over);
}

GPtrArray *asv_stored_unite(const GPtrArray *entries) {
  GPtrArray *united = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < entries->len; i++) {
    const AsvStored *entry = g_ptr_array_index(entries, i);
    char *key = g_strdup_printf("%s\n%u\n%s\n%s\n%s", entry->origin, entry->port,
                                entry->learned_over ? entry->learned_over : "", entry->protocol_id,
                                entry->host);
    AsvStored *same = g_hash_table_lookup(known, key);
    if (same) {
      same->expires = MAX(same->expires, entry->expires);
      same->persist |= entry->persist;
      same->validated |= entry->validated;
      g_free(key);
      continue;
    }
    AsvStored *copy = g_memdup2(entry, sizeof *entry);
    copy->partition = NULL;
    g_ptr_array_add(united, copy);
    g_hash_table_insert(known, key, copy);
  }
  return united;
}

/* What curl calls the protocol over which an advertisement came. */
static const char *source_of(AsvVia via) {
  static const char *const sources[] = {[ASV_VIA_HTTP1_HEADER] = "h1",
                                        [ASV_VIA_HTTP2_HEADER] = "h2",
                                        [ASV_VIA_HTTP3_HEADER] = "h3",
                                        [ASV_VIA_ALTSVC_FRAME] = "h2"};
  return sources[via];
}

static void add_row(GPtrArray *list, const AsvOriginReport *origin, const AsvCacheRow *row) {
  const AsvAlternativeSeen *seen = &row->alternative;
  if (!seen->has_port || seen->port > G_MAXUINT16 || memchr(seen->alpn, 0, seen->alpn_size)) return;
  AsvStored *stored = g_new0(AsvStored, 1);
  *stored = (AsvStored){.origin = origin->origin,
                        .protocol_id = seen->alpn,
                        .host = seen->host,
                        .port = (guint16)seen->port,
                        .expires = row->expires,
                        .has_persist = TRUE,
                        .persist = seen->persist,
                        .learned_over = seen->restored ? NULL : (char *)source_of(row->via)};
  g_ptr_array_add(list, stored);
}

GPtrArray *asv_stored_of_timeline(const AsvTimeline *timeline) {
  g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < timeline->clients->len; i++) {
    const AsvClientReport *client = g_ptr_array_index(timeline->clients, i);
    for (guint j = 0; j < client->origins->len; j++) {
      const AsvOriginReport *origin = g_ptr_array_index(client->origins, j);
      for (guint k = 0; k < origin->cache->len; k++)
        add_row(all, origin, g_ptr_array_index(origin->cache, k));
    }
  }
  return asv_stored_unite(all);
}

/* ---- comparing ---- */

static int by_origin(const AsvStored *a, const AsvStored *b) {
  int order = strcmp(a->origin, b->origin);
  return order ? order : strcmp(a->protocol_id, b->protocol_id);
}

static int by_place(const AsvStored *a, const AsvStored *b) {
  int order = strcmp(a->host, b->host);
  return order ? order : (int)a->port - (int)b->port;
}

static int by_all(gconstpointer left, gconstpointer right) {
  const AsvStored *a = *(AsvStored *const *)left, *b = *(AsvStored *const *)right;
  int order = by_origin(a, b);
  if (!order) order = by_place(a, b);
  return order ? order : g_strcmp0(a->learned_over, b->learned_over);
}

/* A sorted list and how far it is done. */
typedef struct {
  GPtrArray *list;
  guint at;
  GPtrArray *left; /* of the group: what has no partner at the same place */
} Side;

typedef struct {
  Side expected, found;
  GArray *differences;
} Comparison;

static const AsvStored *next_of(const Side *side) {
  return side->at < side->list->len ? g_ptr_array_index(side->list, side->at) : NULL;
}

static void tell(Comparison *comparison, AsvDifferenceKind kind, const AsvStored *expected,
                 const AsvStored *found) {
  AsvDifference difference = {kind, expected, found};
  g_array_append_val(comparison->differences, difference);
}

static void compare_pair(Comparison *comparison, const AsvStored *expected,
                         const AsvStored *found) {
  gint64 later = MAX(expected->expires, found->expires);
  gint64 earlier = MIN(expected->expires, found->expires);
  if (earlier < later - ASV_STORED_EXPIRY_TOLERANCE)
    tell(comparison, ASV_DIFFERENCE_EXPIRY, expected, found);
  if (expected->has_persist && found->has_persist && expected->persist != found->persist)
    tell(comparison, ASV_DIFFERENCE_PERSIST, expected, found);
}

/* Moves the entries of that group and place into `into`. */
static void take_place(Side *side, const AsvStored *like, GPtrArray *into) {
  const AsvStored *entry;
  while ((entry = next_of(side)) != NULL && !by_origin(entry, like) && !by_place(entry, like)) {
    g_ptr_array_add(into, (gpointer)entry);
    side->at++;
  }
}

/* Both lists have the place: united, they have it once for each protocol it was learned over. */
static void compare_place(Comparison *comparison, const AsvStored *like) {
  g_autoptr(GPtrArray) expected = g_ptr_array_new();
  g_autoptr(GPtrArray) found = g_ptr_array_new();
  take_place(&comparison->expected, like, expected);
  take_place(&comparison->found, like, found);
  for (guint i = 0; i < expected->len; i++) {
    const AsvStored *entry = g_ptr_array_index(expected, i);
    guint j = 0;
    while (j < found->len && !may_be_same_source(entry, g_ptr_array_index(found, j))) j++;
    if (j < found->len)
      compare_pair(comparison, entry, g_ptr_array_remove_index(found, j));
    else
      g_ptr_array_add(comparison->expected.left, (gpointer)entry);
  }
  for (guint j = 0; j < found->len; j++)
    g_ptr_array_add(comparison->found.left, g_ptr_array_index(found, j));
}

static void tell_left(Comparison *comparison) {
  GPtrArray *expected = comparison->expected.left, *found = comparison->found.left;
  guint pairs = MIN(expected->len, found->len);
  for (guint i = 0; i < expected->len; i++) {
    if (i >= pairs)
      tell(comparison, ASV_DIFFERENCE_MISSING, g_ptr_array_index(expected, i), NULL);
    else if (by_place(g_ptr_array_index(expected, i), g_ptr_array_index(found, i)))
      tell(comparison, ASV_DIFFERENCE_PLACE, g_ptr_array_index(expected, i),
           g_ptr_array_index(found, i));
    else {
      tell(comparison, ASV_DIFFERENCE_MISSING, g_ptr_array_index(expected, i), NULL);
      tell(comparison, ASV_DIFFERENCE_EXTRA, NULL, g_ptr_array_index(found, i));
    }
  }
  for (guint i = pairs; i < found->len; i++)
    tell(comparison, ASV_DIFFERENCE_EXTRA, NULL, g_ptr_array_index(found, i));
  g_ptr_array_set_size(expected, 0);
  g_ptr_array_set_size(found, 0);
}

/* Of two entries, of which one may be NULL, the one that comes first. */
static const AsvStored *first_of(const AsvStored *a, const AsvStored *b,
                                 int (*order)(const AsvStored *, const AsvStored *)) {
  if (!a || !b) return a ? a : b;
  return order(a, b) <= 0 ? a : b;
}

static int by_origin_and_place(const AsvStored *a, const AsvStored *b) {
  int order = by_origin(a, b);
  return order ? order : by_place(a, b);
}

static Side side_new(const GPtrArray *list) {
  Side side = {.list = g_ptr_array_sized_new(list->len), .left = g_ptr_array_new()};
  for (guint i = 0; i < list->len; i++) g_ptr_array_add(side.list, g_ptr_array_index(list, i));
  g_ptr_array_sort(side.list, by_all);
  return side;
}

static void side_clear(Side *side) {
  g_ptr_array_unref(side->list);
  g_ptr_array_unref(side->left);
}

GArray *asv_stored_compare(const GPtrArray *expected, const GPtrArray *found) {
  Comparison comparison = {.expected = side_new(expected),
                           .found = side_new(found),
                           .differences = g_array_new(FALSE, FALSE, sizeof(AsvDifference))};
  const AsvStored *next, *group = NULL;
  while ((next = first_of(next_of(&comparison.expected), next_of(&comparison.found),
                          by_origin_and_place)) != NULL) {
    if (group && by_origin(group, next)) tell_left(&comparison);
    group = next;
    compare_place(&comparison, next);
  }
  tell_left(&comparison);
  side_clear(&comparison.expected);
  side_clear(&comparison.found);
  return comparison.differences;
}

/* ---- words ---- */

static void append_time(GString *words, gint64 time) {
  char text[ASV_TIMESTAMP_SIZE];
  asv_timestamp_write(time, text);
  g_string_append_printf(words, "%.19sZ", text);
}

static void append_expected(GString *words, const AsvStored *expected) {
  g_string_append(words, "missing; the file has it until ");
  append_time(words, expected->expires);
  if (expected->learned_over)
    g_string_append_printf(words, ", learned over %s", expected->learned_over);
  if (expected->has_validated && !expected->validated)
    g_string_append(words, ", not validated yet");
}

static void append_difference(GString *words, const AsvDifference *difference) {
  const AsvStored *expected = difference->expected, *found = difference->found;
  const AsvStored *entry = found ? found : expected;
  g_string_append_printf(words, "  %s: %s at %s:%u: ", entry->origin, entry->protocol_id,
                         entry->host, entry->port);
  switch (difference->kind) {
    case ASV_DIFFERENCE_MISSING:
      append_expected(words, expected);
      break;
    case ASV_DIFFERENCE_EXTRA:
      g_string_append(words, "not in the file");
      break;
    case ASV_DIFFERENCE_PLACE:
      g_string_append_printf(words, "the file has it at %s:%u", expected->host, expected->port);
      break;
    case ASV_DIFFERENCE_EXPIRY:
      g_string_append(words, "until ");
      append_time(words, found->expires);
      g_string_append(words, ", in the file until ");
      append_time(words, expected->expires);
      break;
    case ASV_DIFFERENCE_PERSIST:
      g_string_append(words, found->persist ? "persist, in the file without"
                                            : "without persist, in the file with it");
      break;
  }
}

void asv_stored_write_differences(FILE *out, const GArray *differences, const char *file) {
  if (!differences->len) return;
  AsvPage page;
  asv_page_begin(&page, out, 80, FALSE);
  g_autoptr(GString) words = g_string_new(NULL);
  g_string_printf(words, "%s: %u %s", file, differences->len,
                  differences->len == 1 ? "difference" : "differences");
  asv_page_put(&page, words->str);
  asv_page_newline(&page);
  for (guint i = 0; i < differences->len; i++) {
    g_string_truncate(words, 0);
    append_difference(words, &g_array_index(differences, AsvDifference, i));
    asv_page_put(&page, words->str);
    asv_page_newline(&page);
  }
  asv_page_end(&page);
}

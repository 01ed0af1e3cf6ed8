/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An advertisement without its request can have several causes, and the others
 * may be told later than it: so it waits for the end, one record a connection.
 */
#include "finding-coverage.h"

#include "finding-value.h"

/* Advertisements of one connection whose requests were not captured. */
typedef struct {
  guint64 id;         /* the connection's */
  gboolean explained; /* the client's direction could not be read */
  char *client;
  AsvObservation *first; /* NULL while there is none */
  guint64 count;
  guint64 packets[ASV_FINDING_PACKETS_MAX];
} Orphans;

struct AsvGaps {
  GHashTable *by_id; /* Orphans* by id */
  GPtrArray *order;  /* Orphans*, as they appeared; owner */
  guint64 not_kept;
};

/* What each reason says of the capture; a row without words has no finding. */
static const struct {
  AsvFindingCode code;
  const char *words;
} meanings[ASV_UNREADABLES] = {
    [ASV_UNREADABLE_NO_SECRETS] = {ASV_FINDING_COVERAGE_NO_SECRETS,
                                   "has no TLS secrets here, so what it carried is unknown"},
    [ASV_UNREADABLE_ECH_NO_SECRETS] =
        {ASV_FINDING_COVERAGE_NO_SECRETS,
         "used Encrypted Client Hello, and no secrets here fit it, so what it carried is unknown"},
    [ASV_UNREADABLE_HANDSHAKE_NOT_CAPTURED] =
        {ASV_FINDING_COVERAGE_STARTED_LATE,
         "was open before the capture began, and without its handshake it cannot be read"},
    [ASV_UNREADABLE_BYTES_LOST] =
        {ASV_FINDING_COVERAGE_BYTES_LOST,
         "lacks octets in the capture, and messages that lay in them are missing"},
    [ASV_UNREADABLE_HPACK_LOST] =
        {ASV_FINDING_COVERAGE_BYTES_LOST,
         "lost a header block, and without it later ones cannot be read (HPACK)"},
    [ASV_UNREADABLE_QPACK_LOST] =
        {ASV_FINDING_COVERAGE_BYTES_LOST,
         "lost a header block, and without it later ones cannot be read (QPACK)"},
    [ASV_UNREADABLE_DECRYPT_FAILED] =
        {ASV_FINDING_COVERAGE_BYTES_LOST,
         "could not be decrypted: octets are missing or changed, or the secrets are not its own"},
    [ASV_UNREADABLE_ONE_DIRECTION] =
        {ASV_FINDING_COVERAGE_ONE_DIRECTION,
         "is there in one direction only, so requests and responses cannot be paired"},
};

gboolean asv_gaps_code(AsvUnreadableReason reason, AsvFindingCode *code) {
  *code = meanings[reason].code;
  return meanings[reason].words != NULL;
}

static void free_orphans(gpointer data) {
  Orphans *orphans = data;
  asv_observation_free(orphans->first);
  g_free(orphans->client);
  g_free(orphans);
}

AsvGaps *asv_gaps_new(void) {
  AsvGaps *gaps = g_new0(AsvGaps, 1);
  gaps->by_id = g_hash_table_new(g_int64_hash, g_int64_equal);
  gaps->order = g_ptr_array_new_with_free_func(free_orphans);
  return gaps;
}

void asv_gaps_free(AsvGaps *gaps) {
  if (!gaps) return;
  g_hash_table_unref(gaps->by_id);
  g_ptr_array_unref(gaps->order);
  g_free(gaps);
}

guint64 asv_gaps_not_kept(const AsvGaps *gaps) {
  return gaps->not_kept;
}

/* The record of a connection; NULL when there is no room for it. */
static Orphans *find_orphans(AsvGaps *gaps, const AsvObservation *seen) {
  guint64 id = seen->connection ? seen->connection->id : 0;
  Orphans *orphans = g_hash_table_lookup(gaps->by_id, &id);
  if (orphans) return orphans;
  if (gaps->order->len >= ASV_ORPHAN_CONNECTIONS_MAX) return NULL;
  orphans = g_new0(Orphans, 1);
  orphans->id = id;
  g_hash_table_insert(gaps->by_id, &orphans->id, orphans);
  g_ptr_array_add(gaps->order, orphans);
  return orphans;
}

void asv_gaps_unreadable(AsvGaps *gaps, AsvFindings *findings, const char *client,
                         const AsvObservation *seen) {
  AsvUnreadableReason reason = seen->unreadable.reason;
  if (!meanings[reason].words) return;
  if (seen->unreadable.from == ASV_FROM_CLIENT) {
    Orphans *orphans = find_orphans(gaps, seen);
    /* What could not be read is there, though it left the reader with one direction. */
    if (orphans && orphans->explained && reason == ASV_UNREADABLE_ONE_DIRECTION) return;
    if (orphans) orphans->explained = TRUE;
  }
  AsvFindingAbout about = {.seen = seen, .client = client};
  asv_findings_raise(
      findings, meanings[reason].code, &about, "A connection to %s %s.",
      seen->connection && seen->connection->server ? seen->connection->server : "the server",
      meanings[reason].words);
}

void asv_gaps_orphan(AsvGaps *gaps, const char *client, const AsvObservation *seen) {
  Orphans *orphans = find_orphans(gaps, seen);
  if (!orphans) {
    gaps->not_kept++;
    return;
  }
  if (!orphans->first) {
    orphans->first = asv_said_keep(seen);
    orphans->client = g_strdup(client);
  }
  if (orphans->count < ASV_FINDING_PACKETS_MAX) orphans->packets[orphans->count] = seen->packet;
  orphans->count++;
}

static void raise_orphans(const Orphans *orphans, AsvFindings *findings) {
  AsvObservation seen = *orphans->first;
  AsvFindingAbout about = {.seen = &seen, .client = orphans->client};
  guint64 listed = MIN(orphans->count, ASV_FINDING_PACKETS_MAX);
  guint handle = 0;
  for (guint64 i = 0; i < listed; i++) {
    seen.packet = orphans->packets[i];
    handle = asv_findings_raise(findings, ASV_FINDING_COVERAGE_STARTED_LATE, &about,
                                "An Alt-Svc arrived whose request is not in the capture, so nobody "
                                "can say for which origin: " ASV_QUOTE,
                                ASV_QUOTED(seen.advertisement.value));
  }
  asv_findings_count(findings, handle, orphans->count - listed);
}

void asv_gaps_finish(const AsvGaps *gaps, AsvFindings *findings) {
  for (guint i = 0; i < gaps->order->len; i++) {
    const Orphans *orphans = g_ptr_array_index(gaps->order, i);
    if (orphans->first && !orphans->explained) raise_orphans(orphans, findings);
  }
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The session store: a hash table and the order of arrival. Tickets have any
 * size up to 64 KiB, so what is kept of one is its SHA-256.
 */
#include "session.h"

#include "analyzer/limits.h"

#define DIGEST 32

typedef struct {
  guint8 digest[DIGEST];
  AsvCertificate *certificate;
} Session;

struct AsvSessions {
  GHashTable *by_digest; /* Session*, owned by order */
  GQueue order;          /* oldest first */
};

static guint digest_hash(gconstpointer key) {
  guint32 hash;
  memcpy(&hash, key, sizeof hash);
  return hash;
}

static gboolean digest_equal(gconstpointer a, gconstpointer b) {
  return memcmp(a, b, DIGEST) == 0;
}

static void session_free(gpointer data) {
  Session *session = data;
  asv_certificate_unref(session->certificate);
  g_free(session);
}

AsvSessions *asv_sessions_new(void) {
  AsvSessions *sessions = g_new0(AsvSessions, 1);
  sessions->by_digest = g_hash_table_new(digest_hash, digest_equal);
  g_queue_init(&sessions->order);
  return sessions;
}

void asv_sessions_free(AsvSessions *sessions) {
  if (!sessions) return;
  g_hash_table_destroy(sessions->by_digest);
  g_queue_clear_full(&sessions->order, session_free);
  g_free(sessions);
}

static void make_digest(AsvSpan identity, guint8 digest[DIGEST]) {
  gsize size = DIGEST;
  GChecksum *checksum = g_checksum_new(G_CHECKSUM_SHA256);
  g_checksum_update(checksum, identity.data, (gssize)identity.size);
  g_checksum_get_digest(checksum, digest, &size);
  g_checksum_free(checksum);
}

void asv_sessions_add(AsvSessions *sessions, AsvSpan identity, AsvCertificate *certificate) {
  guint8 digest[DIGEST];
  if (!identity.size) return;
  make_digest(identity, digest);
  Session *session = g_hash_table_lookup(sessions->by_digest, digest);
  if (session) {
    asv_certificate_ref(certificate);
    asv_certificate_unref(session->certificate);
    session->certificate = certificate;
    return;
  }
  if (sessions->order.length >= ASV_TLS_SESSIONS_MAX) {
    Session *oldest = g_queue_pop_head(&sessions->order);
    g_hash_table_remove(sessions->by_digest, oldest->digest);
    session_free(oldest);
  }
  session = g_new0(Session, 1);
  memcpy(session->digest, digest, DIGEST);
  session->certificate = asv_certificate_ref(certificate);
  g_queue_push_tail(&sessions->order, session);
  g_hash_table_insert(sessions->by_digest, session->digest, session);
}

AsvCertificate *asv_sessions_find(const AsvSessions *sessions, AsvSpan identity) {
  guint8 digest[DIGEST];
  if (!identity.size) return NULL;
  make_digest(identity, digest);
  Session *session = g_hash_table_lookup(sessions->by_digest, digest);
  return session ? session->certificate : NULL;
}

guint asv_sessions_count(const AsvSessions *sessions) {
  return sessions->order.length;
}

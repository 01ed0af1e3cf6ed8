/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sessions that may be resumed: by ticket, session id or PSK identity to the
 * certificate of the connection that made them. A resumed connection sends no
 * certificate; its server's authority is that of the session it resumes.
 */
#ifndef ANALYZER_TLS_SESSION_H
#define ANALYZER_TLS_SESSION_H

#include "altsvc/bytes.h"
#include "analyzer/tls/certificate.h"

typedef struct AsvSessions AsvSessions;

AsvSessions *asv_sessions_new(void);
void asv_sessions_free(AsvSessions *sessions);

/* Remembers certificate (a reference is taken) for that ticket or id; empty ones are ignored. The
 * oldest of ASV_TLS_SESSIONS_MAX goes. */
void asv_sessions_add(AsvSessions *sessions, AsvSpan identity, AsvCertificate *certificate);

/* The certificate of that session, or NULL. Borrowed until the next call. */
AsvCertificate *asv_sessions_find(const AsvSessions *sessions, AsvSpan identity);

guint asv_sessions_count(const AsvSessions *sessions);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finished timelines made by hand, for tests of what prints them. A story owns
 * all that it is given and all that it makes.
 */
#ifndef TESTS_SUPPORT_STORY_H
#define TESTS_SUPPORT_STORY_H

#include "altsvc/timeline.h"

typedef struct {
  AsvTimeline timeline;
  GPtrArray *owned, *lists, *arrays;
} AsvStory;

/* 2026-11-20 11:30:05.555 UTC: when every story begins. */
#define ASV_STORY_START G_GINT64_CONSTANT(1795174205555000000)
#define ASV_STORY_MS G_GINT64_CONSTANT(1000000)

/* One capture, x.pcapng, complete, of 100 packets in 3.316 s; nothing in it. */
AsvStory *asv_story_new(void);
void asv_story_free(AsvStory *story);

/* A copy of octets with a NUL behind it, that the story owns. */
char *asv_story_octets(AsvStory *story, const char *octets, gsize size);
char *asv_story_text(AsvStory *story, const char *text);

/* Numbers, ended by 0, as the lists of ids (guint) that events and verdicts have. */
GArray *asv_story_ids(AsvStory *story, const guint *ids);

AsvClientReport *asv_story_client(AsvStory *story, const char *client, const char *user_agent);
AsvOriginReport *asv_story_origin(AsvStory *story, AsvClientReport *client, const char *origin,
                                  AsvOutcome verdict);

/* An event at ms milliseconds behind the start. */
AsvEvent *asv_story_event(AsvStory *story, GPtrArray *events, AsvEventKind kind, gint64 ms,
                          guint64 packet);

/* Its connection, as a label; the identity is made from the label. */
void asv_story_on(AsvStory *story, AsvEvent *event, const char *label);

/* An alternative; host NULL: a.test as the origin's own. */
AsvAlternativeSeen asv_story_alternative(AsvStory *story, const char *protocol_id, const char *host,
                                         guint64 port, guint64 ma);

/* Gives the event h3 at a.test:443 with that life, and when it expires. */
void asv_story_h3(AsvStory *story, AsvEvent *event, guint64 ma);

/* The message behind an event: a 200 to GET path over HTTP/2 that carried value. */
void asv_story_message(AsvStory *story, AsvEvent *event, const char *path, const char *value);

AsvCacheRow *asv_story_row(AsvStory *story, AsvOriginReport *origin, AsvAlternativeSeen alternative,
                           gint64 learned_ms);
AsvFinding *asv_story_finding(AsvStory *story, AsvSeverity severity, const char *code,
                              const char *message, guint64 packet);
AsvConnectionReport *asv_story_connection(AsvStory *story, const char *label);
AsvUnreadableReport *asv_story_unreadable(AsvStory *story, const char *label,
                                          AsvUnreadableReason reason);

/*
 * The TCP part of a client that learns h3, uses it, is answered 421 and goes
 * back: with context lines, findings and coverage.
 */
AsvStory *asv_story_misdirected(void);

/* Three clients, one of each kind of verdict but the good one, with every kind of event. */
AsvStory *asv_story_many(void);

#endif

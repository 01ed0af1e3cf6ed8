/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a kind of client does with alternatives: the places where clients
 * differ, as data, one row a kind and version. The first row is what RFC 7838
 * asks of every client. The others say in which version their behaviour was
 * seen; a client's row is chosen by its User-Agent.
 */
#ifndef ALTSVC_MODEL_H
#define ALTSVC_MODEL_H

#include "altsvc/value-client.h"

/* --model */
typedef enum {
  ASV_MODEL_AUTO, /* by User-Agent */
  ASV_MODEL_RFC7838,
  ASV_MODEL_CHROMIUM,
  ASV_MODEL_FIREFOX,
  ASV_MODEL_CURL
} AsvModelName;

/* What an advertisement takes the place of. */
typedef enum {
  ASV_REPLACES_ALL,   /* §3.1: every entry of the origin */
  ASV_REPLACES_CLASS, /* the entry of the same kind, h3 or not */
  ASV_REPLACES_SOURCE /* the entries learned over the same version of HTTP */
} AsvReplaces;

typedef struct {
  AsvModelName model;
  const char *name;    /* as --model and reports name it */
  const char *seen_in; /* the version its behaviour was seen in, in words */
  guint before_major;  /* is for versions of the client below this one; 0: for all */
  guint before_minor;
  AsvReadValue read; /* NULL: as the grammar says */
  AsvReplaces replaces;
  gboolean last_line;         /* of several field lines only the last counts */
  gboolean keeps_same;        /* the same alternative twice in a list is two entries */
  guint64 ma_largest;         /* seconds; a larger ma counts as this */
  gboolean age_shortens_life; /* §3.1: Age is subtracted from ma */
  gboolean persist;           /* §3.1: it is kept */
  gboolean reads_http;        /* for http origins too */
  gboolean reads_frames;      /* §4 */
  gboolean reads_misdirected; /* takes Alt-Svc from a 421 */
  guint statuses_below;       /* from responses of lower status only; 0: from all */
  guint early_over;           /* bits 1 << AsvVia: takes it from 1xx, but 101, over these */
  guint drops_malformed; /* bits 1 << AsvMalformed: over HTTP/2 takes none from such a response */
  guint cuts_malformed;  /* likewise: takes what stands before the malformed field */
  gboolean misdirected_drops; /* §6: a 421 from an alternative removes its entry */
  gboolean network_drops;     /* §2.2: a network change drops entries without persist=1 */
  gboolean validates;         /* connects to an alternative before it counts */
  gboolean marks_broken;      /* does not use for a time what has failed */
  gboolean stores_expired;    /* its storage holds the expired until its next request */
  gboolean no_alt_used;       /* §5: known never to send Alt-Used */
  gboolean uses_tcp;          /* goes to alternatives over TCP */
  gboolean takes_http1;       /* §2.4: makes requests there though HTTP/1.1 was negotiated */
  gboolean stays_privileged;  /* §9.1: for an origin below port 1024 goes to none above */
  guint origins_max;          /* least recently used out; 0: the program's limit */
} AsvModel;

/* A row, and why a client has it. */
typedef struct {
  const AsvModel *model;
  const char *agent; /* the client as people call it, with version: "curl 8.14.1"; "" unknown */
  gboolean no_cache; /* it is known to read no Alt-Svc at all */
} AsvModelChoice;

/* Octets of AsvModelChoice.agent with its NUL. */
#define ASV_AGENT_NAME_MAX 48

/* The row of RFC 7838; static. */
const AsvModel *asv_model_rfc7838(void);

/*
 * The row for a client with that User-Agent, empty when it said none: what
 * `name` asks for, else by the User-Agent; rows of curl by the version it
 * says. agent is filled with what the choice's agent points to.
 */
AsvModelChoice asv_model_choose(AsvModelName name, AsvSpan user_agent,
                                char agent[ASV_AGENT_NAME_MAX]);

/* Why the choice was made, in words; to be freed. */
char *asv_model_reason(AsvModelName name, const AsvModelChoice *choice);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a kind of client does with alternatives: the places where clients
 * differ, as data. The RFC's row is what RFC 7838 asks of every client.
 */
#ifndef ALTSVC_MODEL_H
#define ALTSVC_MODEL_H

#include <glib.h>

typedef struct {
  const char *name;           /* as --model and reports name it */
  const char *reason;         /* why a client has it, in words */
  guint64 ma_largest;         /* seconds; a larger ma counts as this */
  gboolean age_shortens_life; /* §3.1: Age is subtracted from ma */
  gboolean reads_misdirected; /* takes Alt-Svc from a 421 */
  gboolean misdirected_drops; /* §6: a 421 from an alternative removes its entry */
  gboolean network_drops;     /* §2.2: a network change drops entries without persist=1 */
} AsvModel;

/* The row of RFC 7838; static. */
const AsvModel *asv_model_rfc7838(void);

#endif

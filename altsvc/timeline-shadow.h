/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an origin's cache would hold by RFC 7838, for a client that does
 * something else: kept from the first difference on, and not at all for clients
 * and origins without one.
 */
#ifndef ALTSVC_TIMELINE_SHADOW_H
#define ALTSVC_TIMELINE_SHADOW_H

#include "altsvc/timeline-reading.h"

/* From now on the two may differ: begins with what the client's cache holds. Nothing when there is
 * a shadow already. */
void asv_shadow_begin(AsvOriginState *origin);
/* An advertisement that counts by the RFC's rules, §3.1. All of these do nothing without a
 * shadow. */
void asv_shadow_offer(const AsvAdvert *advert, const AsvOffered *by_rfc);
/* The last one again, at `now`. */
void asv_shadow_again(AsvOriginState *origin, gint64 now);
/* §6: the alternative answered 421. */
void asv_shadow_misdirected(AsvOriginState *origin, const AsvAlternativeSeen *alternative);
/* §2.2: the client's network changed. */
void asv_shadow_change_network(AsvOriginState *origin);
/* The client has dropped the entry, for a reason of its own: begins a shadow that holds it. */
void asv_shadow_keep(AsvOriginState *origin, const AsvEntry *entry);
/* TRUE when it forgot the alternative with a network change (§2.2) before `at` and has not heard of
 * it again. */
gboolean asv_shadow_forgot(const AsvOriginState *origin, const AsvEntry *entry, gint64 at);
/* The rows of it as of `at`, as asv_timeline_rows(); NULL when there is no shadow. */
GPtrArray *asv_shadow_rows(const AsvOriginState *origin, gint64 at);
void asv_shadow_free(AsvOriginState *origin);

#endif

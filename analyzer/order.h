/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Puts observations in packet order. Nearly all are made in order and pass
 * straight through; while something seen earlier still waits to be told (a
 * connection whose client is not known yet, a response that came before its
 * request), later ones are kept behind it, up to a limit.
 */
#ifndef ANALYZER_ORDER_H
#define ANALYZER_ORDER_H

#include "altsvc/observation.h"
#include "analyzer/sink.h"

typedef struct AsvOrder AsvOrder;

AsvOrder *asv_order_new(const AsvObserver *out);

/* Takes an observation of the packet at; passes it on now or later. */
void asv_order_add(AsvOrder *order, const AsvPacketRef *at, const AsvObservation *observation);

/* `who` (an address that is its name only) has something of packet `since` yet to tell; a second
 * call moves it. */
void asv_order_wait(AsvOrder *order, const void *who, const AsvPacketRef *since);

/* `who` waits no more. Nothing happens when it did not. */
void asv_order_done(AsvOrder *order, const void *who);

/* Passes everything on that is left, and frees. */
void asv_order_free(AsvOrder *order);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one file that sees every layer: connects net, tls and http for each
 * connection and turns their plain events into observations.
 */
#ifndef ANALYZER_PIPELINE_H
#define ANALYZER_PIPELINE_H

#include "altsvc/observation.h"
#include "analyzer/input/input.h"
#include "analyzer/net/net.h"
#include "analyzer/tls/keys.h"

typedef struct AsvPipeline AsvPipeline;

/* Observations go to out in packet order. keys is borrowed. */
AsvPipeline *asv_pipeline_new(AsvKeys *keys, const AsvObserver *out);

void asv_pipeline_packet(AsvPipeline *pipeline, const AsvInput *input, const AsvPacket *packet);

/* A file has ended: the `capture` observation. */
void asv_pipeline_file_end(AsvPipeline *pipeline, const AsvPacketRef *at, const AsvInputFile *file);

/* Ends every connection. */
void asv_pipeline_finish(AsvPipeline *pipeline);

/* What the network layer could not follow. */
const AsvNetCounters *asv_pipeline_net_counters(const AsvPipeline *pipeline);
void asv_pipeline_free(AsvPipeline *pipeline);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether octets are HTTP/2 frames, where nothing before them says so: in the
 * middle of a connection, or behind a loss.
 */
#ifndef ANALYZER_HTTP_CHAIN_H
#define ANALYZER_HTTP_CHAIN_H

#include "altsvc/bytes.h"
#include "analyzer/limits.h"

typedef enum { ASV_CHAIN_NO, ASV_CHAIN_MORE, ASV_CHAIN_YES } AsvChain;

/*
 * Whether octets are the beginning of a chain of frames that cannot be chance.
 * ASV_CHAIN_MORE: as far as they go. *ends tells whether they end with a frame.
 */
AsvChain asv_chain_read(AsvSpan octets, gboolean *ends);

#endif

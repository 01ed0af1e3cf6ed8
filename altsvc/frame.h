/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The payload of an HTTP/2 ALTSVC frame (RFC 7838 §4), only cut into its
 * parts. Which frames a client must ignore is decided in cache.h's owner, the
 * timeline.
 *
 *   +-------------------------------+-------------------------------+
 *   |         Origin-Len (16)       | Origin? (*)                 ...
 *   +-------------------------------+-------------------------------+
 *   |                   Alt-Svc-Field-Value (*)                   ...
 *   +---------------------------------------------------------------+
 */
#ifndef ALTSVC_FRAME_H
#define ALTSVC_FRAME_H

#include "altsvc/bytes.h"

#define ASV_FRAME_TYPE_ALTSVC 0x0a

typedef struct {
  AsvSpan origin; /* may be empty */
  AsvSpan value;  /* may be empty */
} AsvFrame;

/* FALSE when the payload is shorter than Origin-Len says or has no Origin-Len; *frame is then
 * empty. */
gboolean asv_frame_cut(AsvSpan payload, AsvFrame *frame);

#endif

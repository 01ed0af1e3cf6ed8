/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A connection of which ALPN said HTTP/1.1: see chunks.h. */
#include "chunks.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
  return chunks_run(data, size, ASV_HTTP_1);
}

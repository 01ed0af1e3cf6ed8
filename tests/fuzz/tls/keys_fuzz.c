/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Key logs of any octets: loads them and walks what came of it. */
#include "analyzer/tls/keys.h"

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size) {
  AsvKeys *keys = asv_keys_new();
  AsvSpan random;
  guint position = 0;
  guint64 usable = asv_keys_load(keys, asv_span(data, size));
  guint64 walked = 0;
  while (asv_keys_next_unused(keys, &position, &random)) {
    walked++;
    for (int kind = 0; kind < ASV_SECRETS; kind++)
      g_assert(asv_keys_try(keys, random, (AsvSecretKind)kind).size <= ASV_SECRET_MAX);
  }
  g_assert(walked == asv_keys_count(keys) && walked <= usable);
  asv_keys_free(keys);
  return 0;
}

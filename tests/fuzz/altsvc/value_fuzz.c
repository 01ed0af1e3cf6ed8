/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The field value's parser, and what must hold for all that it tells. */
#include "altsvc/origin.h"
#include "altsvc/value.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void check_alternative(const AsvAlternative *alternative, gsize size) {
  g_assert(alternative->offset + alternative->size <= size);
  g_assert(alternative->alpn_size > 0 && alternative->alpn_size <= ASV_ALPN_MAX);
  g_assert(strlen(alternative->host) <= ASV_HOST_MAX);
  g_assert(!alternative->host[0] || !asv_host_problem(asv_span_text(alternative->host)));
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
  AsvValueParser parser;
  AsvAlternative alternative;
  AsvValueStep step;
  guint alternatives = 0;
  asv_value_begin(&parser, asv_span(data, size));
  do {
    step = asv_value_next(&parser, &alternative);
    if (step != ASV_VALUE_ALTERNATIVE) continue;
    alternatives++;
    check_alternative(&alternative, size);
  } while (step == ASV_VALUE_ALTERNATIVE || step == ASV_VALUE_CLEAR);

  AsvValueSummary summary = asv_value_check(asv_span(data, size));
  g_assert((summary.verdict == ASV_VERDICT_INVALID) == (step == ASV_VALUE_ERROR));
  g_assert(summary.alternatives == alternatives);
  if (step == ASV_VALUE_ERROR)
    g_assert(summary.error.expected && summary.error.offset <= size);
  else
    g_assert((summary.verdict == ASV_VERDICT_CLEAR) == parser.cleared);
  return 0;
}

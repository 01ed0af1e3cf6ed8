/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A stack of buffers: the one given back last is the one likeliest to be in the cache. */
#include "context.h"

static void fields_free(AsvFields *fields) {
  asv_fields_free(fields);
  g_free(fields);
}

AsvHttpContext *asv_http_context_new(void) {
  AsvHttpContext *context = g_new0(AsvHttpContext, 1);
  context->joined = g_byte_array_new();
  context->spans = g_array_new(FALSE, FALSE, sizeof(AsvSpan));
  return context;
}

void asv_http_context_free(AsvHttpContext *context) {
  if (!context) return;
  while (context->spare_count) fields_free(context->spare[--context->spare_count]);
  g_byte_array_unref(context->joined);
  g_array_unref(context->spans);
  g_free(context);
}

AsvFields *asv_http_context_take(AsvHttpContext *context) {
  if (!context->spare_count) return g_new0(AsvFields, 1);
  AsvFields *fields = context->spare[--context->spare_count];
  asv_fields_reset(fields);
  return fields;
}

void asv_http_context_give(AsvHttpContext *context, AsvFields *fields) {
  if (!fields) return;
  if (context->spare_count < ASV_HTTP_FIELDS_SPARE_MAX)
    context->spare[context->spare_count++] = fields;
  else
    fields_free(fields);
}

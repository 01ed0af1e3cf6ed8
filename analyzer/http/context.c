/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A stack of buffers: the one given back last is the one likeliest to be in the cache. */
#include "context.h"

static void fields_free(gpointer data) {
  AsvFields *fields = data;
  asv_fields_free(fields);
  g_free(fields);
}

AsvHttpContext *asv_http_context_new(void) {
  AsvHttpContext *context = g_new0(AsvHttpContext, 1);
  context->spare = g_ptr_array_new_with_free_func(fields_free);
  context->joined = g_byte_array_new();
  context->spans = g_array_new(FALSE, FALSE, sizeof(AsvSpan));
  return context;
}

void asv_http_context_free(AsvHttpContext *context) {
  if (!context) return;
  g_ptr_array_unref(context->spare);
  g_byte_array_unref(context->joined);
  g_array_unref(context->spans);
  g_free(context);
}

AsvFields *asv_http_context_take(AsvHttpContext *context) {
  if (!context->spare->len) return g_new0(AsvFields, 1);
  AsvFields *fields = g_ptr_array_steal_index(context->spare, context->spare->len - 1);
  asv_fields_reset(fields);
  return fields;
}

void asv_http_context_give(AsvHttpContext *context, AsvFields *fields) {
  if (!fields) return;
  if (context->spare->len < ASV_HTTP_FIELDS_SPARE_MAX)
    g_ptr_array_add(context->spare, fields);
  else
    fields_free(fields);
}

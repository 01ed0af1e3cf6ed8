/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the parameters of a Keep-Alive field. */
#include "keep-alive.h"

static void read_parameter(AsvSpan parameter, AsvKeepAlive *result) {
  const guint8 *equals = parameter.size ? memchr(parameter.data, '=', parameter.size) : NULL;
  if (!equals) return;
  gsize at = (gsize)(equals - parameter.data);
  AsvSpan name = asv_span_trim(asv_span(parameter.data, at));
  AsvSpan text = asv_span_trim(asv_span_sub(parameter, at + 1, parameter.size));
  guint64 number;
  if (!asv_span_decimal(text, &number)) return;
  if (asv_span_is_nocase(name, "timeout")) {
    result->has_timeout = TRUE;
    result->timeout = number;
  } else if (asv_span_is_nocase(name, "max")) {
    result->has_max = TRUE;
    result->max = number;
  }
}

AsvKeepAlive asv_keep_alive_read(AsvSpan value) {
  AsvKeepAlive result = {0};
  while (value.size) {
    const guint8 *comma = memchr(value.data, ',', value.size);
    gsize size = comma ? (gsize)(comma - value.data) : value.size;
    read_parameter(asv_span(value.data, size), &result);
    value = asv_span_sub(value, size + 1, value.size);
  }
  return result;
}

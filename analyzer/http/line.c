/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lenient where RFC 9112 lets a recipient be, since what counts is what the client read. */
#include "line.h"

gboolean asv_line_is_token_octet(guint8 octet) {
  return g_ascii_isalnum(octet) || (octet && strchr("!#$%&'*+-.^_`|~", octet));
}

static gboolean has_octet(AsvSpan span, int octet) {
  return span.size && memchr(span.data, octet, span.size);
}

gboolean asv_line_has_control(AsvSpan line) {
  for (gsize i = 0; i < line.size; i++)
    if (line.data[i] < ' ' && line.data[i] != '\t') return TRUE;
  return FALSE;
}

/* "HTTP/1." and one digit. */
static gboolean read_version(AsvSpan text, guint8 *minor) {
  if (text.size != 8 || memcmp(text.data, "HTTP/1.", 7) != 0) return FALSE;
  if (!g_ascii_isdigit(text.data[7])) return FALSE;
  *minor = (guint8)(text.data[7] - '0');
  return TRUE;
}

/* Where the scheme of an absolute-form target ends; 0 when it is in another form. */
static gsize scheme_size(AsvSpan target) {
  gsize size = 0;
  while (size < target.size && (g_ascii_isalnum(target.data[size]) || target.data[size] == '+'))
    size++;
  return asv_span_is(asv_span_sub(target, size, 3), "://") ? size : 0;
}

/* scheme://[userinfo@]authority[path][?query] */
static void add_absolute(AsvSpan target, gsize scheme, AsvFields *fields) {
  AsvSpan rest = asv_span_sub(target, scheme + 3, target.size);
  gsize size = 0, from = 0;
  while (size < rest.size && rest.data[size] != '/' && rest.data[size] != '?') {
    if (rest.data[size] == '@') from = size + 1;
    size++;
  }
  asv_fields_add(fields, ASV_FIELD_AUTHORITY, asv_span_sub(rest, from, size - from));
  AsvSpan path = asv_span_sub(rest, size, rest.size);
  if (path.size && path.data[0] == '/') {
    asv_fields_add(fields, ASV_FIELD_PATH, path);
  } else {
    asv_fields_add(fields, ASV_FIELD_PATH, asv_span_text("/"));
    asv_fields_append(fields, path);
  }
}

gboolean asv_line_request(AsvSpan line, AsvFields *fields, guint8 *minor) {
  line = asv_span_trim(line);
  gsize method = 0;
  while (method < line.size && asv_line_is_token_octet(line.data[method])) method++;
  if (!method || line.size < method + 10 || asv_line_has_control(line)) return FALSE;
  gsize version = line.size - 8;
  if ((line.data[method] != ' ' && line.data[method] != '\t') ||
      (line.data[version - 1] != ' ' && line.data[version - 1] != '\t') ||
      !read_version(asv_span_sub(line, version, 8), minor))
    return FALSE;
  AsvSpan target = asv_span_trim(asv_span_sub(line, method, version - method));
  if (!target.size) return FALSE;
  AsvSpan name = asv_span_sub(line, 0, method);
  asv_fields_add(fields, ASV_FIELD_METHOD, name);
  gsize scheme = target.data[0] == '/' ? 0 : scheme_size(target);
  if (asv_span_is(name, "CONNECT"))
    asv_fields_add(fields, ASV_FIELD_AUTHORITY, target);
  else if (scheme)
    add_absolute(target, scheme, fields);
  else
    asv_fields_add(fields, ASV_FIELD_PATH, target);
  return TRUE;
}

gboolean asv_line_status(AsvSpan line, AsvFields *fields, guint8 *minor) {
  if (line.size < 12 || !read_version(asv_span_sub(line, 0, 8), minor)) return FALSE;
  AsvSpan rest = asv_span_trim(asv_span_sub(line, 8, line.size));
  if (line.data[8] != ' ' && line.data[8] != '\t') return FALSE;
  if (rest.size < 3 || rest.data[0] < '1' || rest.data[0] > '9') return FALSE;
  if (!g_ascii_isdigit(rest.data[1]) || !g_ascii_isdigit(rest.data[2])) return FALSE;
  if (rest.size > 3 && rest.data[3] != ' ' && rest.data[3] != '\t') return FALSE;
  asv_fields_add(fields, ASV_FIELD_STATUS, asv_span_sub(rest, 0, 3));
  return TRUE;
}

static gboolean continue_field(AsvSpan line, AsvFields *fields, gboolean folds) {
  AsvSpan more = asv_span_trim(line);
  if (!folds || !more.size || has_octet(more, '\0') || has_octet(more, '\r')) return TRUE;
  if (fields->lines[fields->count - 1].size) asv_fields_append(fields, asv_span_text(" "));
  asv_fields_append(fields, more);
  return TRUE;
}

gboolean asv_line_field(AsvSpan line, AsvFields *fields, gboolean *folds) {
  if (line.data[0] == ' ' || line.data[0] == '\t')
    return continue_field(line, fields, *folds && !fields->overflow);
  *folds = FALSE;
  const guint8 *colon = memchr(line.data, ':', line.size);
  if (!colon || colon == line.data) return FALSE;
  gsize size = (gsize)(colon - line.data);
  AsvField field = asv_field_find(asv_span_trim(asv_span(line.data, size)));
  AsvSpan value = asv_span_sub(line, size + 1, line.size);
  if (field == ASV_FIELD_NONE || has_octet(value, '\0') || has_octet(value, '\r')) return TRUE;
  guint before = fields->count;
  asv_fields_add(fields, field, value);
  *folds = fields->count > before;
  return TRUE;
}

gboolean asv_line_chunk_size(AsvSpan line, guint64 *size) {
  gsize digits = 0;
  guint64 sum = 0;
  while (digits < line.size && g_ascii_isxdigit(line.data[digits])) {
    if (sum >> 56) return FALSE;
    sum = sum << 4 | (guint64)g_ascii_xdigit_value((char)line.data[digits++]);
  }
  if (!digits) return FALSE;
  AsvSpan rest = asv_span_trim(asv_span_sub(line, digits, line.size));
  if (rest.size && rest.data[0] != ';') return FALSE;
  *size = sum;
  return TRUE;
}

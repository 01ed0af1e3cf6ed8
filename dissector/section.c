/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A section has few lines that matter: looking for one goes through them all. */
#include "section.h"

void altsvc_section_add(AltsvcSection *section, AsvSpan name, AsvSpan value) {
  AltsvcLine line = {.name = name, .value = asv_span_trim(value)};
  if (!line.value.data) line.value.data = (const guint8 *)"";
  g_array_append_val(section->lines, line);
}

static const AltsvcLine *line_at(const AltsvcSection *section, guint index) {
  return &g_array_index(section->lines, AltsvcLine, index);
}

static gboolean is_named(const AltsvcLine *line, const char *name) {
  return asv_span_is_nocase(line->name, name);
}

AsvSpan altsvc_section_get(const AltsvcSection *section, const char *name) {
  for (guint i = 0; i < section->lines->len; i++)
    if (is_named(line_at(section, i), name)) return line_at(section, i)->value;
  return asv_span(NULL, 0);
}

guint altsvc_section_place(const AltsvcSection *section, const char *name) {
  for (guint i = 0; i < section->lines->len; i++)
    if (is_named(line_at(section, i), name)) return i + 1;
  return 0;
}

GArray *altsvc_section_all(const AltsvcSection *section, const char *name) {
  GArray *values = g_array_new(FALSE, FALSE, sizeof(AsvSpan));
  for (guint i = 0; i < section->lines->len; i++)
    if (is_named(line_at(section, i), name)) g_array_append_val(values, line_at(section, i)->value);
  return values;
}

GByteArray *altsvc_section_join(const AltsvcSection *section, const char *name) {
  GByteArray *joined = NULL;
  for (guint i = 0; i < section->lines->len; i++) {
    const AltsvcLine *line = line_at(section, i);
    if (!is_named(line, name)) continue;
    if (joined)
      g_byte_array_append(joined, (const guint8 *)", ", 2);
    else
      joined = g_byte_array_new();
    g_byte_array_append(joined, line->value.data, (guint)line->value.size);
  }
  return joined;
}

static gboolean list_has(AsvSpan list, AsvSpan token) {
  AsvReader reader = asv_reader(list);
  while (asv_reader_left(&reader)) {
    const guint8 *comma = memchr(reader.at, ',', asv_reader_left(&reader));
    gsize size = comma ? (gsize)(comma - reader.at) : asv_reader_left(&reader);
    if (asv_span_equal_nocase(asv_span_trim(asv_read_span(&reader, size)), token)) return TRUE;
    if (comma) asv_read_u8(&reader);
  }
  return FALSE;
}

gboolean altsvc_section_has_token(const AltsvcSection *section, const char *name,
                                  const char *token) {
  for (guint i = 0; i < section->lines->len; i++)
    if (is_named(line_at(section, i), name) &&
        list_has(line_at(section, i)->value, asv_span_text(token)))
      return TRUE;
  return FALSE;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The field lines of one header or trailer section, in order. Pseudo-fields of
 * HTTP/2 and 3 and the parts of HTTP/1's first line stand among them under the
 * same names. All is borrowed until the packet is done.
 */
#ifndef DISSECTOR_SECTION_H
#define DISSECTOR_SECTION_H

#include "altsvc/bytes.h"

typedef struct {
  AsvSpan name, value;
} AltsvcLine;

typedef struct {
  GArray *lines; /* AltsvcLine */
} AltsvcSection;

/* Adds a line; the value is trimmed of white space. */
void altsvc_section_add(AltsvcSection *section, AsvSpan name, AsvSpan value);

/* The first line of that name (lower case); data NULL when absent. */
AsvSpan altsvc_section_get(const AltsvcSection *section, const char *name);

/* The values of all lines of that name: AsvSpan, to be freed with g_array_unref. */
GArray *altsvc_section_all(const AltsvcSection *section, const char *name);

/* The same as one list (RFC 9110 §5.3): NULL when there are none; to be freed. */
GByteArray *altsvc_section_join(const AltsvcSection *section, const char *name);

/* The place of the first line of that name, plus one; 0 when absent. */
guint altsvc_section_place(const AltsvcSection *section, const char *name);

/* TRUE when the lines, as one list, have this token (no regard to case). */
gboolean altsvc_section_has_token(const AltsvcSection *section, const char *name,
                                  const char *token);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nghttp2's inflater with a table ceiling that is raised once: the encoder's
 * own size updates (RFC 7541 §6.3) then drive the table, and SETTINGS that the
 * capture lacks do not matter.
 */
#include "hpack.h"

#include <nghttp2/nghttp2.h>

AsvHpack *asv_hpack_new(void) {
  AsvHpack *hpack = NULL;
  if (nghttp2_hd_inflate_new(&hpack) ||
      nghttp2_hd_inflate_change_table_size(hpack, ASV_HTTP_HPACK_TABLE_MAX))
    g_error("out of memory for an HPACK table");
  return hpack;
}

static void add(AsvFields *fields, AsvSpan name, AsvSpan value) {
  AsvField field = asv_field_find_lower(name);
  if (field != ASV_FIELD_NONE)
    asv_fields_add(fields, field, value);
  else if (!fields->first[ASV_FIELD_UPPER_CASE] && asv_field_is_upper(name))
    asv_fields_add(fields, ASV_FIELD_UPPER_CASE, asv_span(NULL, 0));
}

gboolean asv_hpack_inflate(AsvHpack *hpack, AsvSpan part, gboolean final, AsvFields *fields) {
  static const guint8 nothing[1] = {0};
  const guint8 *at = part.size ? part.data : nothing;
  gsize left = part.size;
  for (;;) {
    nghttp2_nv nv;
    int flags = NGHTTP2_HD_INFLATE_NONE;
    ssize_t read = nghttp2_hd_inflate_hd2(hpack, &nv, &flags, at, left, final);
    if (read < 0) return FALSE;
    at += read;
    left -= (gsize)read;
    if (flags & NGHTTP2_HD_INFLATE_EMIT) {
      add(fields, asv_span(nv.name, nv.namelen), asv_span(nv.value, nv.valuelen));
    }
    if (flags & NGHTTP2_HD_INFLATE_FINAL) {
      nghttp2_hd_inflate_end_headers(hpack);
      return TRUE;
    }
    if (!(flags & NGHTTP2_HD_INFLATE_EMIT) && left == 0) return TRUE;
  }
}

void asv_hpack_free(AsvHpack *hpack) {
  if (hpack) nghttp2_hd_inflate_del(hpack);
}

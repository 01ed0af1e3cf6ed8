/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Octets put together of several packets are a data source of the packet that ends them. */
#include "body.h"

#include <epan/prefs-int.h>
#include <epan/prefs.h>

static gboolean is_awaited(void) {
  module_t *http = prefs_find_module("http");
  pref_t *pref = http ? prefs_find_preference(http, "desegment_body") : NULL;
  return pref && prefs_get_bool_value(pref, pref_current);
}

static gboolean is_http1(const AsvObservation *said) {
  switch (said->kind) {
    case ASV_OBSERVATION_REQUEST:
      return !said->request.has_stream;
    case ASV_OBSERVATION_RESPONSE:
      return !said->response.has_stream;
    case ASV_OBSERVATION_ADVERTISEMENT:
      return said->advertisement.via == ASV_VIA_HTTP1_HEADER;
    default:
      return FALSE;
  }
}

gboolean altsvc_body_was_awaited(const packet_info *pinfo, const AltsvcSeen *seen) {
  if (!is_http1(seen->observation) || !is_awaited()) return FALSE;
  for (const GSList *next = pinfo->data_src; next; next = next->next) {
    const char *name = get_data_source_name(next->data);
    if (g_str_has_prefix(name, "Reassembled T")) return TRUE; /* TCP, TLS */
  }
  return FALSE;
}

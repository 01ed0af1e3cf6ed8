/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expert infos, made from the catalogue by a loop. */
#include "expert.h"

#include <epan/expert.h>

static expert_field findings[ASV_FINDINGS_COUNT];
static expert_field order, body;

static int severity_of(AsvSeverity severity) {
  switch (severity) {
    case ASV_SEVERITY_ERROR:
      return PI_ERROR;
    case ASV_SEVERITY_WARNING:
      return PI_WARN;
    default:
      return PI_NOTE;
  }
}

static int group_of(const char *code) {
  if (g_str_has_prefix(code, "coverage-")) return PI_UNDECODED;
  if (g_str_has_prefix(code, "misdirected")) return PI_RESPONSE_CODE;
  if (g_str_has_prefix(code, "value-") || strcmp(code, "frame-malformed") == 0) return PI_MALFORMED;
  return PI_PROTOCOL;
}

/* Wireshark keeps the strings for good. */
static void fill(ei_register_info *info, AsvFindingCode code) {
  const char *name = asv_finding_name(code), *spec = asv_finding_spec(code);
  char *key = g_strdup_printf("altsvc.%s", name);
  *info = (ei_register_info){
      &findings[code],
      {g_strdelimit(key, "-", '_'), group_of(name), severity_of(asv_finding_severity(code)),
       spec ? g_strdup_printf("%s (%s)", name, spec) : name, EXPFILL}};
}

void altsvc_expert_register(int protocol) {
  static ei_register_info infos[ASV_FINDINGS_COUNT + 2];
  for (guint i = 0; i < ASV_FINDINGS_COUNT; i++) {
    findings[i] = (expert_field)EI_INIT;
    fill(&infos[i], (AsvFindingCode)i);
  }
  order = (expert_field)EI_INIT;
  infos[ASV_FINDINGS_COUNT] =
      (ei_register_info){&order,
                         {"altsvc.segments_not_reordered", PI_UNDECODED, PI_NOTE,
                          "Segments are missing or out of order, and Wireshark is not set to "
                          "put them in order (tcp.reassemble_out_of_order): what came behind may "
                          "be missing here",
                          EXPFILL}};
  body = (expert_field)EI_INIT;
  infos[ASV_FINDINGS_COUNT + 1] =
      (ei_register_info){&body,
                         {"altsvc.packet_ends_body", PI_PROTOCOL, PI_NOTE,
                          "The message came in several packets, and Wireshark is set to wait for "
                          "its body (http.desegment_body): the header section may stand in an "
                          "earlier one",
                          EXPFILL}};
  expert_register_field_array(expert_register_protocol(protocol), infos, G_N_ELEMENTS(infos));
}

void altsvc_expert_add(packet_info *pinfo, proto_item *item, const char *code,
                       const char *message) {
  AsvFindingCode which;
  if (asv_finding_by_name(code, &which))
    expert_add_info_format(pinfo, item, &findings[which], "%s: %s", code, message);
}

void altsvc_expert_add_order(packet_info *pinfo, proto_item *item) {
  expert_add_info(pinfo, item, &order);
}

void altsvc_expert_add_body(packet_info *pinfo, proto_item *item) {
  expert_add_info(pinfo, item, &body);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules for single messages (RFC 7838 §4, §9.2, RFC 9113 §8.2.2, RFC 9112
 * C.2.2, §9.3) and for what the capture lacks.
 */
#include "finding-traffic.h"

struct AsvTraffic {
  guint64 connection, packet, stream; /* the response whose connection-specific fields were told */
};

AsvTraffic *asv_traffic_new(void) {
  return g_new0(AsvTraffic, 1);
}

void asv_traffic_free(AsvTraffic *traffic) {
  g_free(traffic);
}

static void observe_advertisement(AsvFindings *findings, const AsvFindingAbout *about,
                                  const AsvAdvertisementSeen *advertisement) {
  if (advertisement->trailer)
    asv_findings_raise(findings, ASV_FINDING_TRAILER_FIELD, about,
                       "Alt-Svc came in the trailer section of a response, where clients do not "
                       "look for it: " ASV_QUOTE,
                       ASV_QUOTED(advertisement->value));
}

void asv_traffic_observe(AsvTraffic *traffic, AsvFindings *findings, const char *client,
                         const AsvObservation *observation) {
  (void)traffic;
  AsvFindingAbout about = {.seen = observation, .client = client};
  if (observation->kind == ASV_OBSERVATION_ADVERTISEMENT)
    observe_advertisement(findings, &about, &observation->advertisement);
}

void asv_traffic_finish(AsvTraffic *traffic, AsvFindings *findings) {
  (void)traffic;
  (void)findings;
}

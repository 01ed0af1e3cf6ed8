/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tells a timeline observations one by one, for tests that need very many of them. */
#ifndef TESTS_UNIT_ALTSVC_TELLER_H
#define TESTS_UNIT_ALTSVC_TELLER_H

#include "altsvc/limits.h"
#include "altsvc/timeline.h"

#define SECOND G_GINT64_CONSTANT(1000000000)

/* Tells observations; what is set stays for the next one. */
typedef struct {
  AsvTimeline *timeline;
  AsvConnectionRef ref;
  const char *mac; /* of the client of connections that open */
  gint64 time;
  guint64 packet;
} Teller;

static inline Teller teller_with(const AsvTimelineOptions *options) {
  return (Teller){.timeline = asv_timeline_new(options),
                  .ref = {.client = "10.0.0.1", .server = "192.0.2.1:443", .label = "tcp:0"}};
}

static inline Teller teller_new(void) {
  static const AsvTimelineOptions options;
  return teller_with(&options);
}

static inline void tell(Teller *teller, AsvObservation seen) {
  seen.time = teller->time;
  seen.packet = ++teller->packet;
  seen.file = "f";
  seen.connection = &teller->ref;
  asv_timeline_observe(teller->timeline, &seen);
}

static inline void tell_open(Teller *teller, guint64 id) {
  teller->ref.id = id;
  gboolean quic = g_str_has_prefix(teller->ref.label, "quic:");
  tell(teller,
       (AsvObservation){.kind = ASV_OBSERVATION_CONNECTION,
                        .opened = {.transport = quic ? "quic" : "tcp", .client_mac = teller->mac}});
}

static inline void tell_tls(Teller *teller, const char *sni, const char *alpn, AsvSpans names) {
  tell(teller, (AsvObservation){.kind = ASV_OBSERVATION_HANDSHAKE,
                                .handshake = {.sni = asv_span_text(sni),
                                              .alpn = asv_span_text(alpn),
                                              .tls_version = "1.3",
                                              .certificate_names = names,
                                              .secrets = TRUE}});
}

static inline void tell_request(Teller *teller, guint64 stream, const char *origin,
                                const char *path) {
  tell(teller, (AsvObservation){.kind = ASV_OBSERVATION_REQUEST,
                                .request = {.has_stream = TRUE,
                                            .stream = stream,
                                            .origin = asv_span_text(origin),
                                            .method = asv_span_text("GET"),
                                            .path = asv_span_text(path)}});
}

static inline void tell_response(Teller *teller, guint64 stream, const char *origin, guint status) {
  tell(teller, (AsvObservation){.kind = ASV_OBSERVATION_RESPONSE,
                                .response = {.has_stream = TRUE,
                                             .stream = stream,
                                             .origin = asv_span_text(origin),
                                             .status = status}});
}

static inline void tell_value(Teller *teller, AsvVia via, guint64 stream, const char *origin,
                              const char *value) {
  gboolean frame = via == ASV_VIA_ALTSVC_FRAME;
  tell(teller,
       (AsvObservation){.kind = ASV_OBSERVATION_ADVERTISEMENT,
                        .advertisement = {.has_stream = TRUE,
                                          .stream = stream,
                                          .via = via,
                                          .origin = asv_span_text(origin),
                                          .frame_origin = asv_span_text(frame ? origin : NULL),
                                          .value = asv_span_text(value),
                                          .status = frame ? 0 : 200,
                                          .from = ASV_FROM_SERVER}});
}

static inline void tell_close(Teller *teller) {
  tell(teller, (AsvObservation){.kind = ASV_OBSERVATION_CLOSE,
                                .close = {.by = ASV_FROM_CLIENT, .reason = ASV_CLOSE_FIN}});
}

static inline const AsvOriginReport *origin_at(const Teller *teller, guint i) {
  return ((AsvClientReport *)teller->timeline->clients->pdata[0])->origins->pdata[i];
}

static inline const AsvFinding *finding_of(const Teller *teller, const char *code) {
  for (guint i = 0; i < teller->timeline->findings->len; i++) {
    const AsvFinding *finding = teller->timeline->findings->pdata[i];
    if (g_str_equal(finding->code, code)) return finding;
  }
  return NULL;
}

#endif

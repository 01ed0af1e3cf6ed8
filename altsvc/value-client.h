/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Field values as clients read them. value.h has the grammar of RFC 7838;
 * these are the places where Chromium, Firefox and curl take what it rejects,
 * or reject what it takes. Each file value-CLIENT.c reads as the versions did
 * that model.c names; what it gives is what ends up in that client's storage.
 */
#ifndef ALTSVC_VALUE_CLIENT_H
#define ALTSVC_VALUE_CLIENT_H

#include "altsvc/origin.h"
#include "altsvc/value.h"

/* What one value does. */
typedef struct {
  gboolean understood;  /* FALSE: the client leaves its cache as it is */
  gboolean clears;      /* drops what it has, before it takes the alternatives */
  GArray *alternatives; /* AsvAlternative: what it keeps, in its order */
} AsvReading;

/*
 * Reads value, the field lines joined or one of them, for an origin. The
 * caller gives an empty reading with an array, which stays the caller's;
 * alternatives borrow their spans from value, are at most
 * ASV_ALTERNATIVES_MAX, and have ma in seconds with the default applied.
 */
typedef void (*AsvReadValue)(AsvSpan value, const AsvOrigin *origin, AsvReading *reading);

void asv_value_read_chromium(AsvSpan value, const AsvOrigin *origin, AsvReading *reading);
void asv_value_read_firefox(AsvSpan value, const AsvOrigin *origin, AsvReading *reading);
/* Before 8.13. */
void asv_value_read_curl_7(AsvSpan value, const AsvOrigin *origin, AsvReading *reading);
/* 8.13 and 8.14. */
void asv_value_read_curl_8(AsvSpan value, const AsvOrigin *origin, AsvReading *reading);
/* From 8.15 to 8.17. */
void asv_value_read_curl_8_15(AsvSpan value, const AsvOrigin *origin, AsvReading *reading);
/* Since. */
void asv_value_read_curl(AsvSpan value, const AsvOrigin *origin, AsvReading *reading);

/* ---- cutting, for the files value-CLIENT.c ---- */

static inline gboolean asv_cut_end(const AsvReader *in) {
  return in->at == in->end;
}

/* The octet that comes next, 0 at the end. */
static inline guint8 asv_cut_peek(const AsvReader *in) {
  return in->at < in->end ? *in->at : 0;
}

/* Moves behind octet if it comes next. */
static inline gboolean asv_cut_skip(AsvReader *in, guint8 octet) {
  if (asv_cut_end(in) || *in->at != octet) return FALSE;
  in->at++;
  return TRUE;
}

static inline void asv_cut_blanks(AsvReader *in) {
  while (asv_cut_peek(in) == ' ' || asv_cut_peek(in) == '\t') in->at++;
}

/* Up to the first octet of stops, which stays, or the end. */
static inline AsvSpan asv_cut_until(AsvReader *in, const char *stops) {
  const guint8 *from = in->at;
  while (!asv_cut_end(in) && !(*in->at && strchr(stops, *in->at))) in->at++;
  return asv_span(from, (gsize)(in->at - from));
}

static inline AsvSpan asv_cut_digits(AsvReader *in) {
  const guint8 *from = in->at;
  while (g_ascii_isdigit(asv_cut_peek(in))) in->at++;
  return asv_span(from, (gsize)(in->at - from));
}

/* An alternative of that protocol, and its name as the client wrote it down. */
static inline AsvAlternative asv_cut_alternative(AsvSpan protocol_id, const char *alpn) {
  AsvAlternative made = {.protocol_id = protocol_id, .ma = ASV_MA_DEFAULT, .has_port = TRUE};
  made.alpn_size = g_strlcpy(made.alpn, alpn, sizeof made.alpn);
  return made;
}

/* FALSE when it does not fit. */
static inline gboolean asv_cut_host(AsvAlternative *alternative, AsvSpan host) {
  if (host.size > ASV_HOST_MAX || (host.size && memchr(host.data, 0, host.size))) return FALSE;
  if (host.size) memcpy(alternative->host, host.data, host.size);
  alternative->host[host.size] = '\0';
  return TRUE;
}

static inline void asv_cut_keep(AsvReading *reading, const AsvAlternative *alternative) {
  if (reading->alternatives->len < ASV_ALTERNATIVES_MAX)
    g_array_append_vals(reading->alternatives, alternative, 1);
}

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Header and trailer sections of any HTTP version to observations: requests,
 * responses, Alt-Svc lines, Keep-Alive.
 */
#ifndef DISSECTOR_MESSAGE_H
#define DISSECTOR_MESSAGE_H

#include "connection.h"
#include "section.h"

typedef enum {
  ALTSVC_REQUEST_UNKNOWN, /* not captured */
  ALTSVC_REQUEST_PLAIN,
  ALTSVC_REQUEST_CONNECT /* without :protocol */
} AltsvcRequestKind;

/* What is kept of a request until it is answered. */
typedef struct {
  AltsvcRequestKind kind;
  char *origin; /* the target for ALTSVC_REQUEST_CONNECT; NULL when there is none */
  guint64 packet;
  guint status; /* of its final response; 0 before */
} AltsvcRequest;

/* What a message's fields do not say. */
typedef struct {
  AsvVia via;
  guint64 stream; /* not for HTTP/1 */
  gboolean pushed, trailer;
  guint8 minor; /* HTTP/1: 0 or 1 */
} AltsvcMessage;

/* Tells a request and returns what is to be kept of it, to be freed. */
AltsvcRequest *altsvc_message_request(AltsvcConnection *connection, const AltsvcMessage *about,
                                      const AltsvcSection *section);
void altsvc_request_free(gpointer request);

/* Tells a response to request, which is NULL when it was not captured. Returns its status. */
guint altsvc_message_response(AltsvcConnection *connection, const AltsvcMessage *about,
                              const AltsvcSection *section, const AltsvcRequest *request);

/* Tells a trailer section of a response, when it has Alt-Svc lines. */
void altsvc_message_trailer(AltsvcConnection *connection, const AltsvcMessage *about,
                            const AltsvcSection *section, const AltsvcRequest *request);

#endif

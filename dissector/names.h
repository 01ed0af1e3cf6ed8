/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DNS answers (RFC 1035, 9460) over UDP, TCP and HTTP (RFC 8484): the whole
 * message is read as altshark does, since Wireshark's tree says the records of
 * an answer in many fields without what belongs together.
 */
#ifndef DISSECTOR_NAMES_H
#define DISSECTOR_NAMES_H

#include "connection.h"

/* A message over UDP; number is that of the UDP stream. */
void altsvc_names_datagram(const packet_info *pinfo, const AltsvcPlace *at, guint32 number,
                           AsvSpan message, const AsvObserver *out);

/* A message on a connection, at the place given. */
void altsvc_names_message(AltsvcConnection *connection, const AltsvcPlace *at, AsvSpan message);

#endif

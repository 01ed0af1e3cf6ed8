/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The versions of QUIC that are read, as data: 1 (RFC 9000, RFC 9001), 2 (RFC
 * 9369) and the drafts 29 to 34, which are version 1 with other constants.
 */
#ifndef ANALYZER_QUIC_VERSION_H
#define ANALYZER_QUIC_VERSION_H

#include <glib.h>

/* What differs between versions. */
typedef struct {
  guint8 initial;         /* type bits of an Initial; 0-RTT, Handshake, Retry follow modulo 4 */
  guint8 salt[20];        /* of Initial secrets (RFC 9001 §5.2) */
  guint8 retry_key[16];   /* of the Retry integrity tag (RFC 9001 §5.8) */
  guint8 retry_nonce[12]; /* the same */
  const char *key_label, *iv_label, *mask_label, *update_label; /* RFC 9001 §5.1, §6.1 */
} AsvQuicVersion;

/* The version with that number; NULL when it is not one of those that are read. Static. */
const AsvQuicVersion *asv_quic_version_find(guint32 number);

#endif

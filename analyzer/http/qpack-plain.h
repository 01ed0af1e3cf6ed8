/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Field sections that need nothing of QPACK's dynamic table (RFC 9204 §4.5):
 * their Required Insert Count is 0. Most are of that kind, so they are read
 * here, without what the others take.
 */
#ifndef ANALYZER_HTTP_QPACK_PLAIN_H
#define ANALYZER_HTTP_QPACK_PLAIN_H

#include "analyzer/http/qpack.h"

/* Tells the field lines of a whole section; FALSE, perhaps after some of them, when it is not
 * valid.
 */
gboolean asv_qpack_plain_read(AsvSpan octets, const AsvQpackEvents *events, AsvHuffmanMemo *memo);

/* A prefixed integer (RFC 9204 §4.1.1) whose first octet has been read, of which it has the lowest
 * `bits`. The reader fails when it is cut or does not fit. */
guint64 asv_qpack_integer(AsvReader *reader, guint8 first, guint bits);

#endif

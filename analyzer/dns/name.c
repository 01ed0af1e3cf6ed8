/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pointers only ever lead further back and a name is short, so reading one ends. */
#include "name.h"

#include "analyzer/limits.h"

#define WIRE_MAX 255u /* octets of a name, RFC 1035 §2.3.4 */

static void add_octet(AsvDnsName *name, guint8 octet) {
  char *at = name->text + name->size;
  if (octet <= ' ' || octet >= 127) {
    at[0] = '\\';
    at[1] = (char)('0' + octet / 100);
    at[2] = (char)('0' + octet / 10 % 10);
    at[3] = (char)('0' + octet % 10);
    name->size += 4;
    return;
  }
  if (octet == '.' || octet == '\\') {
    *at++ = '\\';
    name->size++;
  }
  *at = g_ascii_tolower((char)octet);
  name->size++;
}

static void add_label(AsvDnsName *name, AsvSpan label) {
  if (name->size) name->text[name->size++] = '.';
  for (gsize i = 0; i < label.size; i++) add_octet(name, label.data[i]);
}

/* What follows the labels read so far: TRUE when the name goes on at *at. */
static gboolean read_label(AsvDnsName *name, AsvReader *at, gsize *wire) {
  guint8 size = asv_read_u8(at);
  AsvSpan label = asv_read_span(at, size);
  *wire += size + 1u;
  if (*wire > WIRE_MAX) at->failed = TRUE;
  if (at->failed || !size) return FALSE;
  add_label(name, label);
  return TRUE;
}

gboolean asv_dns_name_read(AsvDnsName *name, AsvSpan message, AsvReader *reader) {
  AsvReader at = *reader;
  gsize wire = 0, before = (gsize)(reader->at - message.data);
  guint pointers = 0;
  gboolean more = TRUE;
  name->size = 0;
  while (more) {
    guint8 first = asv_reader_left(&at) ? *at.at : 0;
    if (first >= 0xc0) {
      gsize target = asv_read_u16(&at) & 0x3fffu;
      if (!pointers) *reader = at;
      if (at.failed || target >= before || ++pointers > ASV_DNS_POINTERS_MAX) break;
      before = target;
      at = asv_reader(asv_span_sub(message, target, message.size));
    } else if (first >= 0x40) {
      break; /* reserved (RFC 6891 §5) */
    } else {
      more = read_label(name, &at, &wire);
    }
  }
  if (more || at.failed) {
    reader->failed = TRUE;
    return FALSE;
  }
  if (!pointers) *reader = at;
  return TRUE;
}

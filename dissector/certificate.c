/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A walk along the few elements of DER that lie on the way to the names. Text
 * is written as OpenSSL writes it: short names of the usual attributes, other
 * attributes as their object identifier and hexadecimal octets.
 */
#include "certificate.h"

#include <wsutil/inet_addr.h>

enum {
  TAG_INTEGER = 0x02,
  TAG_OID = 0x06,
  TAG_SEQUENCE = 0x30,
  TAG_SET = 0x31,
  TAG_VERSION = 0xa0,
  TAG_EXTENSIONS = 0xa3,
  TAG_BMP_STRING = 0x1e,
  TAG_DNS_NAME = 0x82,
  TAG_IP_ADDRESS = 0x87
};

/* One element: its tag, its content, and both with the length between. */
typedef struct {
  guint8 tag;
  AsvSpan content, whole;
} Element;

static gboolean next(AsvReader *reader, Element *element) {
  const guint8 *from = reader->at;
  element->tag = asv_read_u8(reader);
  gsize size = asv_read_u8(reader);
  if (size & 0x80) {
    guint octets = size & 0x7f;
    if (octets == 0 || octets > 4) reader->failed = TRUE;
    for (size = 0; octets && !reader->failed; octets--) size = size << 8 | asv_read_u8(reader);
  }
  element->content = asv_read_span(reader, size);
  element->whole = asv_span(from, reader->failed ? 0 : (gsize)(reader->at - from));
  return !reader->failed;
}

/* The next element when it has that tag; otherwise nothing is read. */
static gboolean next_is(AsvReader *reader, guint8 tag, Element *element) {
  AsvReader ahead = *reader;
  if (!next(&ahead, element) || element->tag != tag) return FALSE;
  *reader = ahead;
  return TRUE;
}

/* ---- the issuer ---- */

typedef struct {
  const char *oid; /* its octets */
  gsize size;
  const char *name;
} Attribute;

static const Attribute attributes[] = {
    {"\x55\x04\x03", 3, "CN"},
    {"\x55\x04\x04", 3, "SN"},
    {"\x55\x04\x05", 3, "serialNumber"},
    {"\x55\x04\x06", 3, "C"},
    {"\x55\x04\x07", 3, "L"},
    {"\x55\x04\x08", 3, "ST"},
    {"\x55\x04\x09", 3, "street"},
    {"\x55\x04\x0a", 3, "O"},
    {"\x55\x04\x0b", 3, "OU"},
    {"\x55\x04\x0c", 3, "title"},
    {"\x55\x04\x2a", 3, "GN"},
    {"\x55\x04\x2e", 3, "dnQualifier"},
    {"\x55\x04\x61", 3, "organizationIdentifier"},
    {"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01", 9, "emailAddress"},
    {"\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x01", 10, "UID"},
    {"\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19", 10, "DC"},
};

static void write_oid(GString *text, AsvSpan oid) {
  guint64 arc = 0;
  gboolean first = TRUE;
  for (gsize i = 0; i < oid.size; i++) {
    arc = arc << 7 | (oid.data[i] & 0x7f);
    if (oid.data[i] & 0x80) continue;
    if (first) {
      guint64 root = MIN(arc / 40, 2);
      g_string_append_printf(text, "%" G_GUINT64_FORMAT ".%" G_GUINT64_FORMAT, root,
                             arc - 40 * root);
    } else {
      g_string_append_printf(text, ".%" G_GUINT64_FORMAT, arc);
    }
    first = FALSE;
    arc = 0;
  }
}

/* The characters that RFC 2253 §2.4 escapes, and all that is no ASCII. */
static void write_value(GString *text, AsvSpan value) {
  for (gsize i = 0; i < value.size; i++) {
    char c = (char)value.data[i];
    gboolean edge = (i == 0 && (c == '#' || c == ' ')) || (i + 1 == value.size && c == ' ');
    if (value.data[i] < 0x20 || value.data[i] >= 0x7f)
      g_string_append_printf(text, "\\%02X", value.data[i]);
    else if (edge || strchr(",+\"\\<>;", c))
      g_string_append_printf(text, "\\%c", c);
    else
      g_string_append_c(text, c);
  }
}

/* UTF-8 of a string of the certificate, to be freed; NULL when it has another form. */
static char *utf8_of(const Element *value) {
  switch (value->tag) {
    case 0x0c: /* UTF8String, PrintableString, IA5String */
    case 0x13:
    case 0x16:
      return asv_span_dup(value->content);
    case 0x14: /* TeletexString, taken for ISO 8859-1 */
      return g_convert((const char *)value->content.data, (gssize)value->content.size, "UTF-8",
                       "ISO-8859-1", NULL, NULL, NULL);
    case TAG_BMP_STRING:
      return g_convert((const char *)value->content.data, (gssize)value->content.size, "UTF-8",
                       "UCS-2BE", NULL, NULL, NULL);
    default:
      return NULL;
  }
}

static void write_attribute(GString *text, AsvSpan attribute) {
  AsvReader reader = asv_reader(attribute);
  Element oid, value;
  const char *name = NULL;
  if (!next_is(&reader, TAG_OID, &oid) || !next(&reader, &value)) return;
  for (gsize i = 0; i < G_N_ELEMENTS(attributes) && !name; i++)
    if (asv_span_equal(oid.content, asv_span(attributes[i].oid, attributes[i].size)))
      name = attributes[i].name;
  g_autofree char *utf8 = name ? utf8_of(&value) : NULL;
  if (name)
    g_string_append(text, name);
  else
    write_oid(text, oid.content);
  g_string_append_c(text, '=');
  if (utf8) {
    write_value(text, asv_span_text(utf8));
    return;
  }
  g_string_append_c(text, '#');
  for (gsize i = 0; i < value.whole.size; i++)
    g_string_append_printf(text, "%02X", value.whole.data[i]);
}

/* The last name comes first (RFC 2253 §2.1). */
static char *issuer_text(AsvSpan issuer) {
  AsvReader reader = asv_reader(issuer);
  Element set, attribute;
  g_autofree char *text = g_strdup("");
  while (next_is(&reader, TAG_SET, &set)) {
    AsvReader inner = asv_reader(set.content);
    g_autoptr(GString) one = g_string_new(NULL);
    while (next_is(&inner, TAG_SEQUENCE, &attribute)) {
      if (one->len) g_string_append_c(one, '+');
      write_attribute(one, attribute.content);
    }
    char *joined = g_strdup_printf("%s%s%s", one->str, *text ? "," : "", text);
    g_free(text);
    text = joined;
  }
  return g_steal_pointer(&text);
}

/* ---- the names ---- */

static void add_name(GPtrArray *names, const Element *entry) {
  AsvSpan octets = entry->content;
  char text[WS_INET6_ADDRSTRLEN];
  if (entry->tag == TAG_DNS_NAME) {
    if (octets.size && !memchr(octets.data, 0, octets.size))
      g_ptr_array_add(names, asv_span_dup(octets));
  } else if (entry->tag == TAG_IP_ADDRESS && octets.size == 4) {
    g_ptr_array_add(names, g_strdup(ws_inet_ntop4(octets.data, text, sizeof text)));
  } else if (entry->tag == TAG_IP_ADDRESS && octets.size == 16) {
    g_ptr_array_add(names, g_strdup(ws_inet_ntop6(octets.data, text, sizeof text)));
  }
}

/* An extension: when it is subjectAltName, its names. */
static void read_extension(GPtrArray *names, AsvSpan extension) {
  AsvReader reader = asv_reader(extension);
  Element oid, value = {0}, list, entry;
  if (!next_is(&reader, TAG_OID, &oid) || !asv_span_is(oid.content, "\x55\x1d\x11")) return;
  while (asv_reader_left(&reader) && next(&reader, &value)) /* `critical` stands between */
    continue;
  AsvReader octets = asv_reader(value.content);
  if (!next_is(&octets, TAG_SEQUENCE, &list)) return;
  AsvReader entries = asv_reader(list.content);
  while (asv_reader_left(&entries) && next(&entries, &entry)) add_name(names, &entry);
}

static void read_extensions(GPtrArray *names, AsvSpan content) {
  AsvReader reader = asv_reader(content);
  Element list, extension;
  if (!next_is(&reader, TAG_SEQUENCE, &list)) return;
  AsvReader entries = asv_reader(list.content);
  while (next_is(&entries, TAG_SEQUENCE, &extension)) read_extension(names, extension.content);
}

AltsvcCertificate *altsvc_certificate_read(AsvSpan der) {
  AsvReader outer = asv_reader(der);
  Element certificate, signed_part, skipped, issuer, extensions;
  if (!next_is(&outer, TAG_SEQUENCE, &certificate)) return NULL;
  AsvReader inner = asv_reader(certificate.content);
  if (!next_is(&inner, TAG_SEQUENCE, &signed_part)) return NULL;
  AsvReader fields = asv_reader(signed_part.content);
  next_is(&fields, TAG_VERSION, &skipped);
  if (!next_is(&fields, TAG_INTEGER, &skipped) || !next_is(&fields, TAG_SEQUENCE, &skipped) ||
      !next_is(&fields, TAG_SEQUENCE, &issuer))
    return NULL;
  AltsvcCertificate *read = g_rc_box_new0(AltsvcCertificate);
  read->names = g_ptr_array_new_with_free_func(g_free);
  read->issuer = issuer_text(issuer.content);
  while (asv_reader_left(&fields) && next(&fields, &extensions))
    if (extensions.tag == TAG_EXTENSIONS) read_extensions(read->names, extensions.content);
  return read;
}

AltsvcCertificate *altsvc_certificate_ref(AltsvcCertificate *certificate) {
  return certificate ? g_rc_box_acquire(certificate) : NULL;
}

static void clear(gpointer data) {
  AltsvcCertificate *certificate = data;
  g_ptr_array_unref(certificate->names);
  g_free(certificate->issuer);
}

void altsvc_certificate_unref(gpointer certificate) {
  if (certificate) g_rc_box_release_full(certificate, clear);
}

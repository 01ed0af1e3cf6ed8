/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names are told apart by their length and first octet, then compared once.
 * All values lie behind one another in one buffer.
 */
#include "fields.h"

void asv_fields_reset(AsvFields *fields) {
  fields->size = 0;
  fields->count = 0;
  fields->overflow = FALSE;
  memset(fields->first, 0, sizeof fields->first);
}

void asv_fields_free(AsvFields *fields) {
  g_free(fields->octets);
  g_free(fields->lines);
  *fields = (AsvFields){0};
}

void asv_fields_copy(AsvFields *to, const AsvFields *from) {
  *to = *from;
  to->room = from->size;
  to->lines_room = from->count;
  to->octets = g_malloc(MAX(from->size, 1)); /* an empty value is not an absent one */
  if (from->size) memcpy(to->octets, from->octets, from->size);
  to->lines = g_memdup2(from->lines, from->count * sizeof *from->lines);
}

/* text is in lower case and as long as name. */
static inline AsvField match(AsvSpan name, const char *text, AsvField field, gboolean fold) {
  if (memcmp(name.data, text, strlen(text)) == 0) return field;
  return fold && asv_span_equal_nocase(name, asv_span_text(text)) ? field : ASV_FIELD_NONE;
}

static inline AsvField find_7(AsvSpan name, gboolean fold) {
  switch (name.data[0] | 0x20) {
    case ':':
      if (name.data[1] == 'm') return match(name, ":method", ASV_FIELD_METHOD, fold);
      if (name.data[2] == 'c') return match(name, ":scheme", ASV_FIELD_SCHEME, fold);
      return match(name, ":status", ASV_FIELD_STATUS, fold);
    case 'a':
      return match(name, "alt-svc", ASV_FIELD_ALT_SVC, fold);
    case 'r':
      return match(name, "referer", ASV_FIELD_REFERER, fold);
    case 'u':
      return match(name, "upgrade", ASV_FIELD_UPGRADE, fold);
    default:
      return ASV_FIELD_NONE;
  }
}

static inline AsvField find_10(AsvSpan name, gboolean fold) {
  switch (name.data[0] | 0x20) {
    case ':':
      return match(name, ":authority", ASV_FIELD_AUTHORITY, fold);
    case 'c':
      return match(name, "connection", ASV_FIELD_CONNECTION, fold);
    case 'k':
      return match(name, "keep-alive", ASV_FIELD_KEEP_ALIVE, fold);
    case 'u':
      return match(name, "user-agent", ASV_FIELD_USER_AGENT, fold);
    default:
      return ASV_FIELD_NONE;
  }
}

static inline AsvField find_14(AsvSpan name, gboolean fold) {
  switch (name.data[0] | 0x20) {
    case 'c':
      return match(name, "content-length", ASV_FIELD_CONTENT_LENGTH, fold);
    case 's':
      return match(name, "sec-fetch-site", ASV_FIELD_SEC_FETCH_SITE, fold);
    case 'h':
      return match(name, "http2-settings", ASV_FIELD_HTTP2_SETTINGS, fold);
    default:
      return ASV_FIELD_NONE;
  }
}

static inline AsvField find(AsvSpan name, gboolean fold) {
  switch (name.size) {
    case 3:
      if ((name.data[0] | 0x20) == 'v') return match(name, "via", ASV_FIELD_VIA, fold);
      return match(name, "age", ASV_FIELD_AGE, fold);
    case 4:
      if ((name.data[0] | 0x20) == 'd') return match(name, "date", ASV_FIELD_DATE, fold);
      return match(name, "host", ASV_FIELD_HOST, fold);
    case 5:
      return match(name, ":path", ASV_FIELD_PATH, fold);
    case 7:
      return find_7(name, fold);
    case 8:
      return match(name, "alt-used", ASV_FIELD_ALT_USED, fold);
    case 9:
      if (name.data[0] != ':') return match(name, "forwarded", ASV_FIELD_FORWARDED, fold);
      return match(name, ":protocol", ASV_FIELD_PROTOCOL, fold);
    case 10:
      return find_10(name, fold);
    case 12:
      return match(name, "content-type", ASV_FIELD_CONTENT_TYPE, fold);
    case 14:
      return find_14(name, fold);
    case 16:
      if ((name.data[0] | 0x20) == 'c')
        return match(name, "content-encoding", ASV_FIELD_CONTENT_ENCODING, fold);
      return match(name, "proxy-connection", ASV_FIELD_PROXY_CONNECTION, fold);
    case 17:
      return match(name, "transfer-encoding", ASV_FIELD_TRANSFER_ENCODING, fold);
    default:
      return ASV_FIELD_NONE;
  }
}

AsvField asv_field_find(AsvSpan name) {
  return find(name, TRUE);
}

AsvField asv_field_find_lower(AsvSpan name) {
  return find(name, FALSE);
}

gboolean asv_field_is_upper(AsvSpan name) {
  for (gsize i = 0; i < name.size; i++)
    if (g_ascii_isupper((char)name.data[i])) return TRUE;
  return FALSE;
}

const char *asv_field_name(AsvField field) {
  static const char *const names[ASV_FIELDS] = {[ASV_FIELD_CONNECTION] = "connection",
                                                [ASV_FIELD_KEEP_ALIVE] = "keep-alive",
                                                [ASV_FIELD_PROXY_CONNECTION] = "proxy-connection",
                                                [ASV_FIELD_TRANSFER_ENCODING] = "transfer-encoding",
                                                [ASV_FIELD_UPGRADE] = "upgrade"};
  return names[field];
}

/* Makes room for more octets; FALSE, and overflow, when that goes beyond the limit. */
static gboolean reserve(AsvFields *fields, gsize more) {
  if (more > ASV_HTTP_KEPT_MAX - fields->size) {
    fields->overflow = TRUE;
    return FALSE;
  }
  if (fields->size + more <= fields->room && fields->octets) return TRUE;
  fields->room = MAX(1024, 2 * (fields->size + more));
  fields->octets = g_realloc(fields->octets, fields->room);
  return TRUE;
}

/* The same for another line. */
static gboolean reserve_line(AsvFields *fields) {
  if (fields->count >= ASV_HTTP_KEPT_LINES_MAX) {
    fields->overflow = TRUE;
    return FALSE;
  }
  if (fields->count < fields->lines_room) return TRUE;
  fields->lines_room = MAX(32, 2 * fields->lines_room);
  fields->lines = g_realloc_n(fields->lines, fields->lines_room, sizeof *fields->lines);
  return TRUE;
}

void asv_fields_add(AsvFields *fields, AsvField field, AsvSpan value) {
  value = asv_span_trim(value);
  if (fields->overflow || !reserve_line(fields) || !reserve(fields, value.size)) return;
  gsize from = fields->size;
  fields->lines[fields->count++] =
      (AsvFieldLine){.field = field, .from = (guint32)from, .size = (guint32)value.size};
  fields->size = from + value.size;
  if (!fields->first[field]) fields->first[field] = (guint16)fields->count;
  if (value.size) memcpy(fields->octets + from, value.data, value.size);
}

void asv_fields_append(AsvFields *fields, AsvSpan more) {
  if (!fields->count || !more.size || fields->overflow || !reserve(fields, more.size)) return;
  memcpy(fields->octets + fields->size, more.data, more.size);
  fields->size += more.size;
  fields->lines[fields->count - 1].size += (guint32)more.size;
}

AsvSpan asv_fields_line(const AsvFields *fields, guint index) {
  return asv_span(fields->octets + fields->lines[index].from, fields->lines[index].size);
}

AsvSpan asv_fields_get(const AsvFields *fields, AsvField field) {
  guint first = fields->first[field];
  return first ? asv_fields_line(fields, first - 1) : asv_span(NULL, 0);
}

static gboolean list_has(AsvSpan list, AsvSpan token) {
  AsvReader reader = asv_reader(list);
  while (asv_reader_left(&reader)) {
    const guint8 *comma = memchr(reader.at, ',', asv_reader_left(&reader));
    gsize size = comma ? (gsize)(comma - reader.at) : asv_reader_left(&reader);
    if (asv_span_equal_nocase(asv_span_trim(asv_read_span(&reader, size)), token)) return TRUE;
    if (comma) asv_read_u8(&reader);
  }
  return FALSE;
}

gboolean asv_fields_has_token(const AsvFields *fields, AsvField field, const char *token) {
  guint first = fields->first[field];
  if (!first) return FALSE;
  for (guint i = first - 1; i < fields->count; i++)
    if (fields->lines[i].field == field &&
        list_has(asv_fields_line(fields, i), asv_span_text(token)))
      return TRUE;
  return FALSE;
}

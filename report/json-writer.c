/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes JSON by stdio's unlocked calls. Only ASCII, but for words of ours,
 * leaves asv_json_octets(): octets 128 to 255 stand as the characters U+0080
 * to U+00FF, so that a reader gets back each octet.
 */
#include "json-writer.h"

#include "report/timestamp.h"

static void put(AsvJson *json, const char *text) {
  fputs_unlocked(text, json->out);
}

static void put_character(AsvJson *json, char c) {
  putc_unlocked(c, json->out);
}

static void put_line(AsvJson *json) {
  put_character(json, '\n');
  for (guint i = 0; i < json->depth; i++) put_character(json, ' ');
}

/* Comma, line and key in front of a value. */
static void put_key(AsvJson *json, const char *key) {
  if (json->has_items) put_character(json, ',');
  if (json->pretty && json->depth) put_line(json);
  json->has_items = TRUE;
  if (!key) return;
  put_character(json, '"');
  put(json, key);
  put(json, json->pretty ? "\": " : "\":");
}

static void open_with(AsvJson *json, const char *key, char bracket) {
  put_key(json, key);
  put_character(json, bracket);
  json->depth++;
  json->has_items = FALSE;
}

static void close_with(AsvJson *json, char bracket) {
  json->depth--;
  if (json->pretty && json->has_items) put_line(json);
  put_character(json, bracket);
  json->has_items = TRUE;
}

void asv_json_object(AsvJson *json, const char *key) {
  open_with(json, key, '{');
}

void asv_json_object_end(AsvJson *json) {
  close_with(json, '}');
}

void asv_json_list(AsvJson *json, const char *key) {
  open_with(json, key, '[');
}

void asv_json_list_end(AsvJson *json) {
  close_with(json, ']');
}

void asv_json_newline(AsvJson *json) {
  put_character(json, '\n');
  json->has_items = FALSE;
}

static gboolean is_plain(guint8 octet) {
  return octet >= ' ' && octet < 127 && octet != '"' && octet != '\\';
}

static void put_escaped(AsvJson *json, guint8 octet) {
  static const char hex[] = "0123456789abcdef";
  if (octet == '"' || octet == '\\') {
    put_character(json, '\\');
    put_character(json, (char)octet);
    return;
  }
  put(json, "\\u00");
  put_character(json, hex[octet >> 4]);
  put_character(json, hex[octet & 15]);
}

void asv_json_octets(AsvJson *json, const char *key, AsvSpan octets) {
  if (!octets.data) return;
  put_key(json, key);
  put_character(json, '"');
  const guint8 *at = octets.data;
  const guint8 *end = at + octets.size;
  while (at < end) {
    const guint8 *plain = at;
    while (at < end && is_plain(*at)) at++;
    fwrite_unlocked(plain, 1, (gsize)(at - plain), json->out);
    if (at < end) put_escaped(json, *at++);
  }
  put_character(json, '"');
}

void asv_json_string(AsvJson *json, const char *key, const char *string) {
  asv_json_octets(json, key, asv_span_text(string));
}

void asv_json_words(AsvJson *json, const char *key, const char *words) {
  if (!words) return;
  put_key(json, key);
  put_character(json, '"');
  while (*words) {
    gunichar c = g_utf8_get_char_validated(words, -1);
    gsize size = 1;
    if (c < 0x80 && is_plain((guint8)c)) {
      put_character(json, *words);
    } else if (c >= 0xa0 && c < (gunichar)-2) {
      size = (gsize)g_unichar_to_utf8(c, NULL);
      fwrite_unlocked(words, 1, size, json->out);
    } else {
      put_escaped(json, (guint8)*words);
    }
    words += size;
  }
  put_character(json, '"');
}

static void put_number(AsvJson *json, guint64 number, gsize digits) {
  char text[20];
  gsize at = sizeof text;
  while (number || sizeof text - at < digits) {
    text[--at] = (char)('0' + number % 10);
    number /= 10;
  }
  fwrite_unlocked(text + at, 1, sizeof text - at, json->out);
}

void asv_json_number(AsvJson *json, const char *key, guint64 number) {
  put_key(json, key);
  put_number(json, number, 1);
}

void asv_json_boolean(AsvJson *json, const char *key, gboolean value) {
  put_key(json, key);
  put(json, value ? "true" : "false");
}

void asv_json_time(AsvJson *json, const char *key, gint64 time) {
  char text[ASV_TIMESTAMP_SIZE];
  asv_timestamp_write(time, text);
  asv_json_string(json, key, text);
}

void asv_json_seconds(AsvJson *json, const char *key, gint64 nanoseconds) {
  guint64 size = nanoseconds < 0 ? 0 - (guint64)nanoseconds : (guint64)nanoseconds;
  put_key(json, key);
  if (nanoseconds < 0) put_character(json, '-');
  put_number(json, size / 1000000000, 1);
  put_character(json, '.');
  put_number(json, size % 1000000000, 9);
}

void asv_json_id(AsvJson *json, const char *key, guint64 id) {
  if (!id) return;
  put_key(json, key);
  put_character(json, '"');
  for (guint digit = 16; digit--;) put_character(json, "0123456789abcdef"[id >> (4 * digit) & 15]);
  put_character(json, '"');
}

void asv_json_ids(AsvJson *json, const char *key, const GArray *ids) {
  if (!ids || !ids->len) return;
  asv_json_list(json, key);
  for (guint i = 0; i < ids->len; i++) asv_json_number(json, NULL, g_array_index(ids, guint, i));
  asv_json_list_end(json);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Wrapping, escaping and colour (ECMA-48 SGR). Columns follow Unicode's East
 * Asian width as GLib knows it. Invisible characters of Unicode's category Cf
 * hold the bidirectional controls (UAX #9 §2) and are never passed on.
 */
#include "page.h"

void asv_page_begin(AsvPage *page, FILE *out, guint width, gboolean color) {
  *page = (AsvPage){.out = out,
                    .width = MAX(width, 80),
                    .color = color,
                    .blank = TRUE,
                    .line = g_string_sized_new(256)};
}

void asv_page_end(AsvPage *page) {
  g_string_free(page->line, TRUE);
  page->line = NULL;
}

static gboolean is_printable(gunichar c) {
  switch (g_unichar_type(c)) {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_UNASSIGNED:
    case G_UNICODE_PRIVATE_USE:
    case G_UNICODE_SURROGATE:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
      return FALSE;
    default:
      return TRUE;
  }
}

static guint columns_of(gunichar c) {
  if (g_unichar_iszerowidth(c)) return 0;
  return g_unichar_iswide(c) ? 2 : 1;
}

/* The character at the beginning of octets and its size; size 1 and 0 for what is escaped. */
static gunichar next_character(AsvSpan octets, gsize *size) {
  guint8 first = octets.data[0];
  *size = 1;
  if (first < 0x80) return first >= ' ' && first != 0x7f ? first : 0;
  gunichar c = g_utf8_get_char_validated((const char *)octets.data, (gssize)octets.size);
  if (c == (gunichar)-1 || c == (gunichar)-2 || !is_printable(c)) return 0;
  *size = (gsize)g_unichar_to_utf8(c, NULL);
  return c;
}

/* Appends one character, or one octet as \xNN; moves *octets behind it and returns its columns. */
static guint escape_next(GString *to, AsvSpan *octets) {
  gsize size;
  gunichar c = next_character(*octets, &size);
  guint columns = 4;
  if (c) {
    g_string_append_len(to, (const char *)octets->data, (gssize)size);
    columns = columns_of(c);
  } else {
    g_string_append_printf(to, "\\x%02x", octets->data[0]);
  }
  *octets = asv_span_sub(*octets, size, octets->size - size);
  return columns;
}

/* Octets at the front that are printable ASCII. */
static gsize plain_size(AsvSpan octets) {
  gsize size = 0;
  while (size < octets.size && octets.data[size] >= ' ' && octets.data[size] < 0x7f) size++;
  return size;
}

guint asv_page_escape(GString *to, AsvSpan octets) {
  guint columns = 0;
  while (octets.size) {
    gsize plain = plain_size(octets);
    g_string_append_len(to, (const char *)octets.data, (gssize)plain);
    columns += (guint)plain;
    octets = asv_span_sub(octets, plain, octets.size);
    if (octets.size) columns += escape_next(to, &octets);
  }
  return columns;
}

void asv_page_put_octets(AsvPage *page, AsvSpan octets) {
  page->column += asv_page_escape(page->line, octets);
}

void asv_page_put(AsvPage *page, const char *text) {
  asv_page_put_octets(page, asv_span_text(text));
}

void asv_page_paint(AsvPage *page, AsvPaint paint, const char *text) {
  static const char *const codes[] = {"\033[1;31m", "\033[1;33m", "\033[1;36m", "\033[1m"};
  if (page->color) g_string_append(page->line, codes[paint]);
  asv_page_put(page, text);
  if (page->color) g_string_append(page->line, "\033[0m");
}

void asv_page_pad(AsvPage *page, guint column) {
  for (; page->column < column; page->column++) g_string_append_c(page->line, ' ');
}

void asv_page_newline(AsvPage *page) {
  gsize size = page->line->len;
  while (size && page->line->str[size - 1] == ' ') size--;
  g_string_truncate(page->line, size);
  g_string_append_c(page->line, '\n');
  page->blank = page->line->len == 1;
  fwrite(page->line->str, 1, page->line->len, page->out);
  g_string_truncate(page->line, 0);
  page->column = 0;
}

/* A word that no line can hold. */
static void put_cut(AsvPage *page, const char *hang, AsvSpan word) {
  while (word.size) {
    if (page->column + 4 > page->width) {
      asv_page_newline(page);
      asv_page_put(page, hang);
    }
    page->column += escape_next(page->line, &word);
  }
}

void asv_page_wrap(AsvPage *page, const char *hang, const char *words) {
  g_autoptr(GString) word = g_string_new(NULL);
  g_autoptr(GString) ignored = g_string_new(NULL);
  guint start = asv_page_escape(ignored, asv_span_text(hang));
  while (*words) {
    gsize spaces = strspn(words, " ");
    gsize size = strcspn(words + spaces, " ");
    AsvSpan octets = asv_span(words + spaces, size);
    g_string_truncate(word, 0);
    guint columns = asv_page_escape(word, octets);
    if (page->column + spaces + columns > page->width && page->column > start) {
      asv_page_newline(page);
      asv_page_put(page, hang);
      spaces = 0;
    }
    asv_page_pad(page, page->column + (guint)spaces);
    if (page->column + columns > page->width) {
      put_cut(page, hang, octets);
    } else {
      g_string_append_len(page->line, word->str, (gssize)word->len);
      page->column += columns;
    }
    words = (const char *)octets.data + size;
  }
}

void asv_page_prose(AsvPage *page, guint indent, const char *words) {
  g_autofree char *hang = g_strnfill(indent, ' ');
  asv_page_pad(page, indent);
  asv_page_wrap(page, hang, words);
  asv_page_newline(page);
}

void asv_page_right(AsvPage *page, const char *text) {
  g_autoptr(GString) escaped = g_string_new(NULL);
  guint columns = asv_page_escape(escaped, asv_span_text(text));
  if (page->column + 2 + columns <= page->width) {
    asv_page_pad(page, page->width - 1 - MIN(columns, page->width - 1));
    asv_page_put(page, text);
    asv_page_newline(page);
    return;
  }
  asv_page_newline(page);
  asv_page_prose(page, 9, text);
}

void asv_page_gap(AsvPage *page) {
  if (!page->blank) asv_page_newline(page);
}

void asv_page_rule(AsvPage *page) {
  for (; page->column + 1 < page->width; page->column++) g_string_append_c(page->line, '-');
  asv_page_newline(page);
}

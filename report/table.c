/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Measures all cells in their escaped form, then writes row by row. */
#include "table.h"

#define INDENT 2

/* Wider cells do not widen their column: they would push all other rows onto two lines. */
#define CELL_MAX 40

static void free_row(gpointer row) {
  char **cells = row;
  for (guint i = 0; i < ASV_TABLE_COLUMNS; i++) g_free(cells[i]);
  g_free(cells);
}

/* Escaped here, once: page.h leaves escaped text alone. */
static char *escaped(const char *text) {
  GString *safe = g_string_new(NULL);
  asv_page_escape(safe, asv_span_text(text));
  return g_string_free(safe, FALSE);
}

AsvTable asv_table_new(const char *const *headings, guint columns, guint right) {
  AsvTable table = {.columns = columns, .right = right};
  char *cells[ASV_TABLE_COLUMNS] = {NULL};
  table.rows = g_ptr_array_new_with_free_func(free_row);
  for (guint i = 0; i < columns; i++) cells[i] = g_strdup(headings[i]);
  asv_table_add(&table, cells);
  return table;
}

void asv_table_add(AsvTable *table, char *const *cells) {
  char **row = g_new0(char *, ASV_TABLE_COLUMNS);
  for (guint i = 0; i < table->columns; i++) {
    row[i] = escaped(cells[i]);
    g_free(cells[i]);
  }
  g_ptr_array_add(table->rows, row);
}

static guint width_of(const char *text) {
  return (guint)g_utf8_strlen(text, -1);
}

static void measure(const AsvTable *table, guint widths[ASV_TABLE_COLUMNS]) {
  for (guint column = 0; column < table->columns; column++) {
    widths[column] = 0;
    for (guint i = 0; i < table->rows->len; i++) {
      char **row = g_ptr_array_index(table->rows, i);
      widths[column] = MAX(widths[column], MIN(width_of(row[column]), CELL_MAX));
    }
  }
}

static void write_row(const AsvTable *table, AsvPage *page, char **row, const guint *widths) {
  guint second = INDENT + widths[0] + 2;
  g_autofree char *hang = g_strnfill(second, ' ');
  guint start = INDENT;
  for (guint column = 0; column < table->columns; column++) {
    guint width = width_of(row[column]);
    guint wanted = MAX(width, (table->right >> column & 1) ? widths[column] : 0);
    if (column && start + wanted > page->width) {
      asv_page_newline(page);
      start = second;
      wanted = width;
    }
    asv_page_pad(page, start + wanted - width);
    asv_page_wrap(page, hang, row[column]);
    start = MAX(start + widths[column], page->column) + 2;
  }
  asv_page_newline(page);
}

void asv_table_write(AsvTable *table, AsvPage *page) {
  guint widths[ASV_TABLE_COLUMNS];
  measure(table, widths);
  for (guint i = 0; i < table->rows->len; i++)
    write_row(table, page, g_ptr_array_index(table->rows, i), widths);
  g_ptr_array_unref(table->rows);
  table->rows = NULL;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A table of text whose columns are as wide as their widest cell. */
#ifndef REPORT_TABLE_H
#define REPORT_TABLE_H

#include "report/page.h"

#define ASV_TABLE_COLUMNS 8

typedef struct {
  guint columns;
  guint right;     /* bit N: column N is aligned to the right, as numbers are */
  GPtrArray *rows; /* char *[ASV_TABLE_COLUMNS], the heading first */
} AsvTable;

/* headings: as many static strings as there are columns, at most ASV_TABLE_COLUMNS. */
AsvTable asv_table_new(const char *const *headings, guint columns, guint right);

/* A row of cells, which the table takes over; NULL is an empty cell. */
void asv_table_add(AsvTable *table, char *const *cells);

/*
 * Writes the table and frees what it holds. A row that is wider than the page
 * goes on under its second cell.
 */
void asv_table_write(AsvTable *table, AsvPage *page);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines of text for a terminal: columns are counted, prose is wrapped, colour
 * is put around words, and whatever comes from a capture is escaped, so that it
 * can neither move the cursor nor turn the direction of writing.
 */
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

#include <stdio.h>

#include "altsvc/bytes.h"

typedef enum { ASV_PAINT_ERROR, ASV_PAINT_WARNING, ASV_PAINT_NOTE, ASV_PAINT_EVENT } AsvPaint;

/* Made by asv_page_begin(); lines are written when they end. */
typedef struct {
  FILE *out;
  guint width; /* columns that prose keeps to */
  gboolean color;
  GString *line;
  guint column;   /* of the next character, from 0 */
  gboolean blank; /* the last line that was written is empty, or there was none */
} AsvPage;

void asv_page_begin(AsvPage *page, FILE *out, guint width, gboolean color);

/* Frees what the page holds; a line that was not ended is lost. */
void asv_page_end(AsvPage *page);

/*
 * Appends octets in a form that is safe on a terminal: printable UTF-8 as it
 * is; control characters, ESC, invalid UTF-8, bidirectional and other
 * invisible controls as \xNN, an octet each. Returns the columns it takes.
 */
guint asv_page_escape(GString *to, AsvSpan octets);

/* Appends text, escaped, to the line without wrapping. */
void asv_page_put(AsvPage *page, const char *text);
void asv_page_put_octets(AsvPage *page, AsvSpan octets);
void asv_page_paint(AsvPage *page, AsvPaint paint, const char *text);

/* Spaces up to column; none when the line is already there. */
void asv_page_pad(AsvPage *page, guint column);

/* Writes the line without trailing spaces and begins the next one. */
void asv_page_newline(AsvPage *page);

/*
 * Appends words, escaped, breaking the line at spaces; lines after the first
 * begin with hang. A word wider than a whole line is cut at the width. Ends
 * without a new line. hang must be narrower than the page.
 */
void asv_page_wrap(AsvPage *page, const char *hang, const char *words);

/* One line: indent, then words wrapped under their own beginning. */
void asv_page_prose(AsvPage *page, guint indent, const char *words);

/* text, right-aligned to the width; on a line of its own when the line has no room for it. */
void asv_page_right(AsvPage *page, const char *text);

/* An empty line, unless there is one already. */
void asv_page_gap(AsvPage *page);

/* A line of dashes. */
void asv_page_rule(AsvPage *page);

#endif

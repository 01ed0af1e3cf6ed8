/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RFC 3339 times of nanoseconds. Days and dates are converted with years that
 * begin in March, so that a leap day is the last of its year, and eras of 400
 * years, which all have the same number of days.
 */
#include "timestamp.h"

#define NANOSECONDS G_GINT64_CONSTANT(1000000000)
#define DAY G_GINT64_CONSTANT(86400)
#define ERA_DAYS 146097
#define EPOCH_DAY 719468 /* of 1970-01-01, counted from 0000-03-01 */

static void put_digits(char *at, gint64 number, gsize digits) {
  while (digits--) {
    at[digits] = (char)('0' + number % 10);
    number /= 10;
  }
}

static void put_date(char *at, gint64 days) {
  gint64 era = (days + EPOCH_DAY) / ERA_DAYS;
  gint64 day = (days + EPOCH_DAY) % ERA_DAYS;
  gint64 year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
  day -= 365 * year + year / 4 - year / 100;
  gint64 month = (5 * day + 2) / 153;
  put_digits(at, era * 400 + year + (month >= 10), 4);
  put_digits(at + 5, month < 10 ? month + 3 : month - 9, 2);
  put_digits(at + 8, day - (153 * month + 2) / 5 + 1, 2);
}

void asv_timestamp_write(gint64 time, char buffer[ASV_TIMESTAMP_SIZE]) {
  gint64 fraction = time % NANOSECONDS;
  if (fraction < 0) fraction += NANOSECONDS;
  gint64 seconds = time / NANOSECONDS - (time < 0 && fraction != 0);
  gint64 second = seconds % DAY;
  if (second < 0) second += DAY;

  memcpy(buffer, "0000-00-00T00:00:00.000000000Z", ASV_TIMESTAMP_SIZE);
  put_date(buffer, (seconds - second) / DAY);
  put_digits(buffer + 11, second / 3600, 2);
  put_digits(buffer + 14, second / 60 % 60, 2);
  put_digits(buffer + 17, second % 60, 2);
  put_digits(buffer + 20, fraction, 9);
}

/* Reads that many digits; a number above `most` or anything else is the reader's sticky error. */
static gint64 read_digits(AsvReader *in, gsize digits, guint64 most) {
  guint64 number = 0;
  if (!asv_span_decimal(asv_read_span(in, digits), &number) || number > most) in->failed = TRUE;
  return (gint64)number;
}

static void read_mark(AsvReader *in, char mark) {
  if (asv_read_u8(in) != (guint8)mark) in->failed = TRUE;
}

static gint64 month_days(gint64 year, gint64 month) {
  static const gint8 days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  gboolean leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return days[month - 1] + (month == 2 && leap);
}

/* Days since 1970-01-01. */
static gint64 read_date(AsvReader *in) {
  gint64 year = read_digits(in, 4, 9999);
  read_mark(in, '-');
  gint64 month = read_digits(in, 2, 12);
  read_mark(in, '-');
  gint64 day = read_digits(in, 2, 31);
  if (in->failed || month == 0 || day == 0 || day > month_days(year, month)) {
    in->failed = TRUE;
    return 0;
  }
  gint64 from_march = month > 2 ? month - 3 : month + 9;
  gint64 shifted = year + (month > 2 ? 400 : 399);
  return shifted / 400 * ERA_DAYS + shifted % 400 * 365 + shifted % 400 / 4 - shifted % 400 / 100 +
         (153 * from_march + 2) / 5 + day - 1 - ERA_DAYS - EPOCH_DAY;
}

static gint64 read_fraction(AsvReader *in) {
  gint64 fraction = 0;
  gint64 unit = NANOSECONDS;
  while (asv_reader_left(in) > 1) {
    unit /= 10;
    fraction += read_digits(in, 1, 9) * unit;
    if (unit == 0) in->failed = TRUE;
  }
  if (unit == NANOSECONDS) in->failed = TRUE;
  return fraction;
}

gboolean asv_timestamp_parse(AsvSpan text, gint64 *time) {
  AsvReader in = asv_reader(text);
  gint64 seconds = read_date(&in) * DAY;
  read_mark(&in, 'T');
  seconds += read_digits(&in, 2, 23) * 3600;
  read_mark(&in, ':');
  seconds += read_digits(&in, 2, 59) * 60;
  read_mark(&in, ':');
  seconds += read_digits(&in, 2, 59);
  gint64 fraction = 0;
  if (asv_reader_left(&in) > 1) {
    read_mark(&in, '.');
    fraction = read_fraction(&in);
  }
  read_mark(&in, 'Z');
  gint64 whole, sum;
  if (in.failed) return FALSE;
  if (seconds < 0 && fraction) {
    seconds++;
    fraction -= NANOSECONDS;
  }
  if (__builtin_mul_overflow(seconds, NANOSECONDS, &whole) ||
      __builtin_add_overflow(whole, fraction, &sum))
    return FALSE;
  *time = sum;
  return TRUE;
}

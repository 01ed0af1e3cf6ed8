/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every limit of the analyzer, with its reason. Octets unless the name says
 * otherwise; times are nanoseconds of packet time.
 */
#ifndef ANALYZER_LIMITS_H
#define ANALYZER_LIMITS_H

#include <glib.h>

#define ASV_SECOND G_GINT64_CONSTANT(1000000000)

#endif

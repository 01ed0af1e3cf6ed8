/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every limit of the analyzer, with its reason. Octets unless the name says
 * otherwise; times are nanoseconds of packet time.
 */
#ifndef ANALYZER_LIMITS_H
#define ANALYZER_LIMITS_H

#include <glib.h>

#define ASV_SECOND G_GINT64_CONSTANT(1000000000)

/* --- pipeline --- */

/* First octets looked at to name a protocol: an HTTP request line with a long target needs most. */
#define ASV_SNIFF_MAX 4096u
/* Octets a connection holds while its client is not known: two full windows of a slow start. */
#define ASV_DIRECTION_HELD_MAX 65536u
/* Gaps and ends held for the same reason. */
#define ASV_DIRECTION_CALLS_MAX 64u
/* How long a connection without a SYN waits for octets that name its client, in time and in
 * packets. */
#define ASV_DIRECTION_TIME_MAX ASV_SECOND
#define ASV_DIRECTION_PACKETS_MAX 10000u
/* Server endpoints remembered: more is a scan, and ports decide as well then. */
#define ASV_SERVERS_MAX 65536u
/* Observations kept behind one that waits: about 30 MiB at most. */
#define ASV_ORDER_KEPT_MAX 65536u
/* CONNECT tunnels inside one connection: what HTTP/2 proxies allow at once, many times over. */
#define ASV_TUNNELS_MAX 1000u

/* --- input --- */

/* First read of a file. Hundreds of files may stand open for the merge, most of them waiting. */
#define ASV_INPUT_BUFFER_FIRST ((gsize)64 << 10)
/* Later reads: so large that system calls cost nothing against copying. */
#define ASV_INPUT_BUFFER ((gsize)1 << 20)
/* Largest pcapng block, the same as Wireshark's: above that it is damage, not data. */
#define ASV_INPUT_BLOCK_MAX ((gsize)16 << 20)
/* Interfaces of one pcapng section; merged files have hundreds, the file format's old blocks count
 * them in 16 bits. */
#define ASV_INPUT_INTERFACES_MAX 65536
/* log2 of the history that zstd data may ask for: 128 MiB, the zstd program's own default. */
#define ASV_INPUT_ZSTD_WINDOW_LOG 27

#endif

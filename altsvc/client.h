/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of clients as reports write them: most often an IP address, maybe with
 * a User-Agent behind a space, or whatever else clients are told apart by.
 */
#ifndef ALTSVC_CLIENT_H
#define ALTSVC_CLIENT_H

/*
 * The order of clients in reports, as in strcmp: IPv4 addresses by number, then
 * IPv6 addresses, then other names by text; what stands behind an address
 * decides between equal ones. NULL comes first.
 */
int asv_client_compare(const char *a, const char *b);

#endif

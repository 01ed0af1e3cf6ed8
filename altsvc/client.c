/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The order of clients: by address where the name begins with one. */
#include "client.h"

#include <arpa/inet.h>
#include <glib.h>
#include <string.h>

/* What the name begins with; the greater rank comes later. */
typedef struct {
  enum { RANK_IPV4, RANK_IPV6, RANK_OTHER } rank;
  guint8 octets[sizeof(struct in6_addr)];
} Address;

static Address read_address(const char *name) {
  Address address = {.rank = RANK_OTHER};
  char text[INET6_ADDRSTRLEN];
  gsize size = strcspn(name, " ");
  if (size >= sizeof text) return address;
  memcpy(text, name, size);
  text[size] = '\0';
  if (inet_pton(AF_INET, text, address.octets) == 1)
    address.rank = RANK_IPV4;
  else if (inet_pton(AF_INET6, text, address.octets) == 1)
    address.rank = RANK_IPV6;
  return address;
}

int asv_client_compare(const char *a, const char *b) {
  if (!a || !b) return (a != NULL) - (b != NULL);
  Address left = read_address(a), right = read_address(b);
  if (left.rank != right.rank) return left.rank < right.rank ? -1 : 1;
  int order = memcmp(left.octets, right.octets, sizeof left.octets);
  return order ? order : strcmp(a, b);
}

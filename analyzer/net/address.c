/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses and endpoints in text: dotted decimal, and IPv6 as RFC 5952 §4 and §5 want it. */
#include "analyzer/net/net.h"

static int text_v4(const guint8 *bytes, char *text, gsize size) {
  return g_snprintf(text, size, "%u.%u.%u.%u", bytes[0], bytes[1], bytes[2], bytes[3]);
}

/* The longest run of two or more zero groups, the first of equals; *length 0 when there is none. */
static int longest_zeros(const guint16 groups[8], int *length) {
  int best = 0;
  *length = 0;
  for (int from = 0; from < 8; from++) {
    int to = from;
    while (to < 8 && groups[to] == 0) to++;
    if (to - from >= 2 && to - from > *length) {
      best = from;
      *length = to - from;
    }
    if (to > from) from = to - 1;
  }
  return best;
}

static void text_v6(const guint8 *bytes, char *text, gsize size) {
  guint16 groups[8];
  for (int i = 0; i < 8; i++) groups[i] = (guint16)(bytes[2 * i] << 8 | bytes[2 * i + 1]);
  int zeros, from = longest_zeros(groups, &zeros);
  if (from == 0 && zeros == 5 && groups[5] == 0xffff) { /* IPv4-mapped */
    int used = g_snprintf(text, size, "::ffff:");
    text_v4(bytes + 12, text + used, size - (gsize)used);
    return;
  }
  gsize used = 0;
  for (int i = 0; i < 8; i++) {
    if (zeros && i == from) {
      used += (gsize)g_snprintf(text + used, size - used, "::");
      i += zeros - 1;
      continue;
    }
    gboolean colon = i > 0 && !(zeros && i == from + zeros);
    used += (gsize)g_snprintf(text + used, size - used, "%s%x", colon ? ":" : "", groups[i]);
  }
}

void asv_address_text(const AsvAddress *address, char text[ASV_ENDPOINT_TEXT]) {
  if (address->size == 4) {
    text_v4(address->bytes, text, ASV_ENDPOINT_TEXT);
  } else if (address->size == 16) {
    text_v6(address->bytes, text, ASV_ENDPOINT_TEXT);
  } else {
    g_snprintf(text, ASV_ENDPOINT_TEXT, "unknown");
  }
}

void asv_endpoint_text(const AsvEndpoint *endpoint, char text[ASV_ENDPOINT_TEXT]) {
  char address[ASV_ENDPOINT_TEXT];
  asv_address_text(&endpoint->address, address);
  if (endpoint->address.size == 16) {
    g_snprintf(text, ASV_ENDPOINT_TEXT, "[%.45s]:%u", address, endpoint->port);
  } else {
    g_snprintf(text, ASV_ENDPOINT_TEXT, "%.45s:%u", address, endpoint->port);
  }
}

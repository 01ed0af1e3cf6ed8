/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses in text: RFC 5952. */
#include "analyzer/net/net.h"
#include "tests/support/feed.h"

static const struct {
  const char *octets, *text;
} addresses[] = {
    {"c0000201", "192.0.2.1"},
    {"20010db8000000000000000000000001", "2001:db8::1"},
    {"20010db8000000000001000000000001", "2001:db8::1:0:0:1"},
    {"20010db8000000010001000100010001", "2001:db8:0:1:1:1:1:1"},
    {"20010DB80000000A0000000000000000", "2001:db8:0:a::"},
    {"00000000000000000000000000000000", "::"},
    {"00000000000000000000000000000001", "::1"},
    {"00010000000000000000000000000000", "1::"},
    {"00000001000000000000000000000002", "0:1::2"},
    {"00000000000100010001000100010000", "::1:1:1:1:1:0"},
    {"00000000000000000000ffffc0000201", "::ffff:192.0.2.1"},
    {"0000000000000000000000000a000001", "::a00:1"},
    {"ffffffffffffffffffffffffffffffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
    {"", "unknown"},
};

static void test_text(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(addresses); i++) {
    GByteArray *octets = asv_test_hex(addresses[i].octets);
    AsvEndpoint endpoint = {{.size = (guint8)octets->len}, 65535};
    if (octets->len) memcpy(endpoint.address.bytes, octets->data, octets->len);
    char text[ASV_ENDPOINT_TEXT];
    asv_address_text(&endpoint.address, text);
    g_assert_cmpstr(text, ==, addresses[i].text);
    gboolean brackets = octets->len == 16;
    g_autofree char *expected = g_strdup_printf("%s%s%s:65535", brackets ? "[" : "",
                                                addresses[i].text, brackets ? "]" : "");
    asv_endpoint_text(&endpoint, text);
    g_assert_cmpstr(text, ==, expected);
    g_byte_array_free(octets, TRUE);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/net/address/text", test_text);
  return g_test_run();
}

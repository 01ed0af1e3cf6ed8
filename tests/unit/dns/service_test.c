/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parameters of HTTPS records, among them the vectors of RFC 9460 Appendix D. */
#include "analyzer/dns/service.h"

#include "tests/support/feed.h"

static void read_guarded(AsvSpan parameters, void *user) {
  GString *told = user;
  AsvDnsService service;
  g_string_truncate(told, 0);
  if (!asv_dns_service_read(&service, parameters)) {
    g_string_append(told, "malformed");
    return;
  }
  for (gsize i = 0; i < service.alpn_count; i++) {
    g_string_append(told, i ? "," : "alpn=");
    g_string_append_len(told, (const char *)service.alpn[i].data, (gssize)service.alpn[i].size);
  }
  if (service.has_port) g_string_append_printf(told, " port=%u", service.port);
  if (service.ech) g_string_append(told, " ech");
  for (gsize i = 0; i < service.hints_count; i++)
    g_string_append_printf(told, " %u/%u", service.hints[i].size,
                           service.hints[i].bytes[service.hints[i].size - 1]);
}

static void check(const char *hex, const char *expected) {
  GByteArray *octets = asv_test_hex(hex);
  GString *told = g_string_new(NULL);
  for (guint size = 0; size <= octets->len; size++)
    asv_test_guarded(asv_span(octets->data, size), read_guarded, told);
  g_assert_cmpstr(told->str, ==, expected);
  g_string_free(told, TRUE);
  g_byte_array_unref(octets);
}

/* RFC 9460 Appendix D.2. */
static void test_vectors(void) {
  check("", "");
  check("0003 0002 0035", " port=53");
  check("029b 0005 68656c6c6f", "");
  check("0006 0020 20010db8000000000000000000000001 20010db8000000000000000000530001",
        " 16/1 16/1");
  check("0006 0010 00000000000000000000ffffc6336464", " 16/100");
  check("0000 0004 0001 0004 0001 0009 02 6832 05 68332d3139 0004 0004 c0000201",
        "alpn=h2,h3-19 4/1");
  check("0001 000c 08 665c6f6f2c626172 02 6832", "alpn=f\\oo,bar,h2");
}

/* RFC 9460 Appendix D.3, and what §2.2, §7 and §8 forbid. */
static void test_malformed(void) {
  check("0001 0003 02 6832 0001 0003 02 6832", "malformed"); /* a key twice */
  check("0003 0002 0035 0001 0003 02 6832", "malformed");    /* order */
  check("0001 0000", "malformed");
  check("0001 0001 00", "malformed");
  check("0001 0003 03 6832", "malformed");
  check("0001 0004 02 6832 00", "malformed");
  check("0002 0000", "malformed"); /* no-default-alpn without alpn */
  check("0001 0003 02 6832 0002 0001 00", "malformed");
  check("0003 0001 35", "malformed");
  check("0003 0003 003500", "malformed");
  check("0004 0000", "malformed");
  check("0004 0005 c000020100", "malformed");
  check("0006 0004 c0000201", "malformed");
  check("0005 0000", "malformed");
  check("0000 0000", "malformed");
  check("0000 0003 000100 0001 0003 02 6832", "malformed");
  check("0000 0002 0000 0001 0003 02 6832", "malformed");      /* mandatory names itself */
  check("0000 0004 0001 0001 0001 0003 02 6832", "malformed"); /* twice */
  check("0000 0002 0004 0001 0003 02 6832", "malformed");      /* a key that is missing */
  check("0001 0004 02 6832", "malformed");                     /* beyond the end */
  check("0001", "malformed");
}

static void test_mandatory(void) {
  check("0000 0002 0001 0001 0003 02 6832", "alpn=h2");
  /* A key of later standards: those who do not know it must ignore the record (§8). */
  check("0000 0002 0007 0001 0003 02 6832 0007 0001 61", "malformed");
  check("0000 0002 ffff 0001 0003 02 6832 ffff 0000", "malformed");
}

static void test_others(void) {
  check("0001 0003 02 6832 0002 0000", "alpn=h2");
  check("0005 0002 feed 0007 0001 61", " ech");
}

/* Of long lists the first items are kept. */
static void test_limits(void) {
  GString *hex = g_string_new(NULL), *told = g_string_new(NULL);
  g_string_append_printf(hex, "0001%04x", 2 * (ASV_DNS_ALPN_MAX + 1));
  for (guint i = 0; i <= ASV_DNS_ALPN_MAX; i++) g_string_append(hex, "0161");
  g_string_append_printf(hex, "0004%04x", 4 * (ASV_DNS_HINTS_MAX + 1));
  for (guint i = 0; i <= ASV_DNS_HINTS_MAX; i++) g_string_append(hex, "c0000207");
  g_string_append(hex, "0006 0010 00000000000000000000ffffc6336464");
  g_string_append(told, "alpn=a");
  for (guint i = 1; i < ASV_DNS_ALPN_MAX; i++) g_string_append(told, ",a");
  for (guint i = 0; i < ASV_DNS_HINTS_MAX; i++) g_string_append(told, " 4/7");
  check(hex->str, told->str);
  g_string_free(hex, TRUE);
  g_string_free(told, TRUE);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/service/vectors", test_vectors);
  g_test_add_func("/service/malformed", test_malformed);
  g_test_add_func("/service/mandatory", test_mandatory);
  g_test_add_func("/service/others", test_others);
  g_test_add_func("/service/limits", test_limits);
  return g_test_run();
}

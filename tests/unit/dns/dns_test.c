/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What messages say of the names asked for: RFC 1035 §4.1, RFC 9460 §4. */
#include "message.h"

#define ANSWER 0x8180

static void test_addresses(void) {
  Message *message = message_new(ANSWER, "1200");
  put_question(message, "A.Test", 1);
  put_a(message, "@12", 300, 1);
  put_a(message, "@12", 200, 2);
  check_message(message, "#1 addresses a.test 200 192.0.2.1 192.0.2.2\n");

  message = message_new(ANSWER, "1100");
  put_question(message, "a.test", 28);
  put_aaaa(message, "@12", 0x80000000u, 7);
  check_message(message, "#1 addresses a.test 0 20010db8000000000000000000000007\n");
}

/* The name is the one asked for, the TTL the smallest on the way; others do not belong to it. */
static void test_aliases(void) {
  Message *message = message_new(ANSWER, "1400");
  put_question(message, "www.a.test", 1);
  put_cname(message, "@12", 50, "cdn.test");
  put_cname(message, "cdn.test", 100, "edge.test");
  put_a(message, "edge.test", 300, 1);
  put_a(message, "other.test", 1, 2);
  check_message(message, "#1 addresses www.a.test 50 192.0.2.1\n");

  message = message_new(ANSWER, "1300"); /* in a circle */
  put_question(message, "a.test", 1);
  put_cname(message, "@12", 50, "b.test");
  put_cname(message, "b.test", 50, "a.test");
  put_a(message, "b.test", 300, 1);
  check_message(message, "#1 addresses a.test 50 192.0.2.1\n");
}

/* The longest chain that is followed, and one longer. */
static void test_alias_limit(void) {
  for (guint aliases = ASV_DNS_CHAIN_MAX - 1; aliases <= ASV_DNS_CHAIN_MAX; aliases++) {
    Message *message = message_new(ANSWER, "1000");
    message->data[7] = (guint8)(aliases + 1);
    put_question(message, "n0.test", 1);
    for (guint i = 0; i <= aliases; i++) {
      g_autofree char *name = g_strdup_printf("n%u.test", i);
      g_autofree char *target = g_strdup_printf("n%u.test", i + 1);
      if (i < aliases)
        put_cname(message, name, 9, target);
      else
        put_a(message, name, 9, 1);
    }
    check_message(message, aliases < ASV_DNS_CHAIN_MAX ? "#1 addresses n0.test 9 192.0.2.1\n" : "");
  }
}

static void test_https(void) {
  Message *message = message_new(ANSWER, "1200");
  put_question(message, "a.test", 65);
  put_https(message, "@12", 300, 1, "",
            "0001 0006 02 6833 02 6832" /* alpn h3, h2 */
            "0003 0002 20fb"            /* port 8443 */
            "0004 0004 c0000207"        /* ipv4hint */
            "0005 0001 00"              /* ech */
            "0006 0010 20010db8000000000000000000000007");
  put_https(message, "@12", 300, 2, "Svc.a.test", "");
  check_message(message,
                "#1 https a.test 300 1 '' alpn=h3,h2 port=8443 ech 192.0.2.7 "
                "20010db8000000000000000000000007\n"
                "#1 https a.test 300 2 'svc.a.test'\n");
}

/* An alias of a name with an HTTPS record whose target is "." goes to that name. */
static void test_https_of_alias(void) {
  Message *message = message_new(ANSWER, "1200");
  put_question(message, "a.test", 65);
  put_cname(message, "@12", 60, "cdn.test");
  put_https(message, "cdn.test", 300, 1, "", "0001 0003 02 6833");
  check_message(message, "#1 https a.test 60 1 'cdn.test' alpn=h3\n");
}

/* What the additional section says of targets counts, the rest of it does not. */
static void test_additional(void) {
  Message *message = message_new(ANSWER, "1213");
  put_question(message, "a.test", 65);
  put_https(message, "@12", 300, 1, "svc.test", "0001 0003 02 6833");
  put_https(message, "@12", 300, 2, "", "0001 0003 02 6832");
  put_record(message, "test", 2, 60, "\2ns\0", 4);
  put_a(message, "svc.test", 60, 1);
  put_a(message, "a.test", 50, 2);
  put_a(message, "ns", 60, 3);
  check_message(message,
                "#1 https a.test 300 1 'svc.test' alpn=h3\n"
                "#1 addresses svc.test 60 192.0.2.1\n"
                "#1 https a.test 300 2 '' alpn=h2\n"
                "#1 addresses a.test 50 192.0.2.2\n");

  message = message_new(ANSWER, "1102"); /* alias mode */
  put_question(message, "a.test", 65);
  put_https(message, "@12", 300, 0, "pool.test", "");
  put_https(message, "pool.test", 200, 1, "", "0001 0003 02 6833");
  put_a(message, "pool.test", 100, 4);
  check_message(message,
                "#1 https a.test 300 0 'pool.test'\n"
                "#1 https pool.test 200 1 '' alpn=h3\n"
                "#1 addresses pool.test 100 192.0.2.4\n");

  message = message_new(ANSWER, "1101"); /* an A answer's additional section is nobody's business */
  put_question(message, "a.test", 1);
  put_a(message, "@12", 60, 1);
  put_a(message, "@12", 60, 2);
  check_message(message, "#1 addresses a.test 60 192.0.2.1\n");
}

/* Multicast DNS: no question, the flush bit in the class (RFC 6762 §6, §10.2). */
static void test_multicast(void) {
  Message *message = message_new(0x8400, "0300");
  put_a(message, "a.local", 120, 1);
  message->data[message->len - 12] = 0x80;
  put_a(message, "b.local", 120, 2);
  put_aaaa(message, "a.local", 110, 3);
  check_message(message,
                "#1 addresses a.local 110 192.0.2.1 20010db8000000000000000000000003\n"
                "#1 addresses b.local 120 192.0.2.2\n");
}

/* Queries, errors, other classes and other operations tell nothing. */
static void test_nothing(void) {
  static const guint16 flags[] = {0x0100, 0x8183, 0x9000 | 0x2000, 0xa800};
  for (gsize i = 0; i < G_N_ELEMENTS(flags); i++) {
    Message *message = message_new(flags[i], "1100");
    put_question(message, "a.test", 1);
    put_a(message, "@12", 300, 1);
    check_message(message, "");
  }
  Message *message = message_new(ANSWER, "1100");
  put_question(message, "a.test", 1);
  put_a(message, "@12", 300, 1);
  message->data[message->len - 11] = 3; /* class CH */
  check_message(message, "");
  message = message_new(ANSWER, "1300"); /* data of the wrong size */
  put_question(message, "a.test", 1);
  put_record(message, "@12", 1, 60, "\1\2\3", 3);
  put_record(message, "@12", 28, 60, "\1\2\3\4", 4);
  put_record(message, "@12", 65, 60, "\1", 1);
  check_message(message, "");
}

static void test_no_dns(void) {
  check_message(message_new(0xb800, "0000"), "no DNS\n"); /* opcode 7 */
  check_message(message_new(ANSWER, "1000"), "no DNS\n"); /* the question is missing */
  Message *message = g_byte_array_new();
  put_number(message, 0x1234, 2);
  check_message(message, "no DNS\n");
}

/* Of a cut message (TC, or the capture's snap length) what is whole counts. */
static void test_truncated(void) {
  Message *message = message_new(ANSWER | 0x0200, "1300");
  put_question(message, "a.test", 1);
  put_a(message, "@12", 300, 1);
  put_a(message, "@12", 300, 2);
  g_byte_array_set_size(message, message->len - 1);
  check_message(message, "#1 addresses a.test 300 192.0.2.1\n");
}

static void test_record_limit(void) {
  for (guint others = ASV_DNS_RECORDS_MAX - 1; others <= ASV_DNS_RECORDS_MAX; others++) {
    Message *message = message_new(ANSWER, "1000");
    put_question(message, "a.test", 1);
    for (guint i = 0; i < others; i++) put_a(message, "b.test", 300, 1);
    put_a(message, "@12", 300, 2);
    message->data[6] = (guint8)((others + 1) >> 8);
    message->data[7] = (guint8)(others + 1);
    Told told = {.told = g_string_new(NULL)};
    run_message(asv_span(message->data, message->len), &told);
    g_assert_cmpstr(told.told->str, ==,
                    others < ASV_DNS_RECORDS_MAX ? "#1 addresses a.test 300 192.0.2.2\n" : "");
    g_string_free(told.told, TRUE);
    g_byte_array_unref(message);
  }
}

static void on_count(void *self, const AsvPacketRef *at G_GNUC_UNUSED,
                     const AsvDnsAddresses *answer) {
  *(gsize *)self = answer->count;
}

static void test_address_limit(void) {
  gsize told = 0;
  const AsvDnsEvents events = {.self = &told, .https = on_https, .addresses = on_count};
  const AsvPacketRef at = {.packet = 1};
  Message *message = message_new(ANSWER, "1000");
  put_question(message, "a.test", 1);
  for (guint i = 0; i <= ASV_DNS_ADDRESSES_MAX; i++) put_a(message, "@12", 300, (guint8)i);
  message->data[7] = ASV_DNS_ADDRESSES_MAX + 1;
  g_assert_true(asv_dns_message(asv_span(message->data, message->len), &at, &events));
  g_assert_cmpuint(told, ==, ASV_DNS_ADDRESSES_MAX);
  g_byte_array_unref(message);
}

static void test_ports(void) {
  g_assert_true(asv_dns_port(53, 40000));
  g_assert_true(asv_dns_port(40000, 53));
  g_assert_true(asv_dns_port(5353, 5353));
  g_assert_false(asv_dns_port(443, 40000));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/dns/addresses", test_addresses);
  g_test_add_func("/dns/aliases", test_aliases);
  g_test_add_func("/dns/alias-limit", test_alias_limit);
  g_test_add_func("/dns/https", test_https);
  g_test_add_func("/dns/https-of-alias", test_https_of_alias);
  g_test_add_func("/dns/additional", test_additional);
  g_test_add_func("/dns/multicast", test_multicast);
  g_test_add_func("/dns/nothing", test_nothing);
  g_test_add_func("/dns/no-dns", test_no_dns);
  g_test_add_func("/dns/truncated", test_truncated);
  g_test_add_func("/dns/record-limit", test_record_limit);
  g_test_add_func("/dns/address-limit", test_address_limit);
  g_test_add_func("/dns/ports", test_ports);
  return g_test_run();
}

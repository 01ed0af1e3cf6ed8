/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Handshake messages: put together at any split, cut short at every length, too long; and the table
 * of suites. */
#include "analyzer/tls/handshake.h"

#include "tests/support/feed.h"
#include "writer.h"

static char *run(const AsvSpan *pieces, gsize count, const void *user) {
  AsvMessages messages = {.header_size = 0};
  AsvMessage message;
  GString *told = g_string_new(NULL);
  (void)user;
  for (gsize i = 0; i < count; i++) {
    AsvSpan piece = pieces[i];
    while (asv_messages_next(&messages, &piece, &message)) {
      AsvClientHello hello;
      g_string_append_printf(told, "%d:%zu ", message.type, message.body.size);
      if (message.type == ASV_MESSAGE_CLIENT_HELLO && asv_client_hello_parse(message.body, &hello))
        g_string_append_printf(told, "%.*s %.*s %.*s %zu ech=%d early=%d ", (int)hello.sni.size,
                               (const char *)hello.sni.data, (int)hello.ticket.size,
                               (const char *)hello.ticket.data, (int)hello.identities[0].size,
                               (const char *)hello.identities[0].data, hello.alpn_offered_count,
                               hello.ech, hello.early_data);
    }
  }
  asv_messages_clear(&messages);
  return g_string_free(told, FALSE);
}

static void test_messages(void) {
  static const guint8 random[32] = {1};
  static const WriterSuite suite = {0x1301, 0x0304, FALSE, "AES-128-GCM", NULL};
  HelloWish wish = {.sni = "a.test",
                    .identity = "psk",
                    .ticket = "ticket",
                    .session_id = "id",
                    .early = TRUE,
                    .ech = TRUE};
  g_autoptr(GByteArray) all = writer_client_hello(random, wish);
  g_autoptr(GByteArray) server = writer_server_hello(random, &suite, FALSE, "id");
  g_autoptr(GByteArray) done = writer_message(14, g_byte_array_new());
  g_byte_array_append(all, done->data, done->len);
  g_byte_array_append(all, server->data, server->len);
  g_autofree char *told = asv_test_splits(run, asv_span(all->data, all->len), NULL);
  g_autofree char *want = g_strdup_printf("1:%u a.test ticket psk 2 ech=1 early=1 14:0 2:%u ",
                                          all->len - done->len - server->len - 4, server->len - 4);
  g_assert_cmpstr(told, ==, want);
}

static void parse_short(AsvSpan body, void *user) {
  AsvClientHello hello;
  (void)user;
  /* Only without extensions is a shorter hello one: behind the compression methods. */
  g_assert_cmpint(asv_client_hello_parse(body, &hello), ==, body.size == 2 + 32 + 1 + 4 + 2);
}

static void test_short(void) {
  static const guint8 random[32] = {1};
  HelloWish wish = {.sni = "a.test", .identity = "psk"};
  g_autoptr(GByteArray) all = writer_client_hello(random, wish);
  for (guint size = 0; size < all->len - 4; size++)
    asv_test_guarded(asv_span(all->data + 4, size), parse_short, NULL);
}

/* A message above the limit is passed over, and the next one is read. */
static void test_limit(void) {
  AsvMessages messages = {.header_size = 0};
  AsvMessage message;
  guint8 head[4] = {11, (ASV_TLS_MESSAGE_MAX + 1) >> 16, (ASV_TLS_MESSAGE_MAX + 1) >> 8 & 0xff, 1};
  static const guint8 zeros[1024] = {0};
  static const guint8 next[5] = {20, 0, 0, 1, 9};
  AsvSpan piece = asv_span(head, sizeof head);
  g_assert_false(asv_messages_next(&messages, &piece, &message));
  for (guint i = 0; i < ASV_TLS_MESSAGE_MAX / sizeof zeros; i++) {
    piece = asv_span(zeros, sizeof zeros);
    g_assert_false(asv_messages_next(&messages, &piece, &message));
    g_assert_null(messages.body);
  }
  piece = asv_span(zeros, 1);
  g_assert_true(asv_messages_next(&messages, &piece, &message));
  g_assert_cmpuint(message.body.size, ==, 0);
  g_assert_cmpuint(messages.skipped, ==, 1);
  piece = asv_span(next, sizeof next);
  g_assert_true(asv_messages_next(&messages, &piece, &message));
  g_assert_cmpuint(message.type, ==, 20);
  g_assert_cmpuint(message.body.size, ==, 1);
  asv_messages_clear(&messages);
}

/* Appends 16-bit numbers. */
static void put_numbers(GByteArray *out, const guint *numbers, gsize count) {
  for (gsize i = 0; i < count; i++) {
    guint8 octets[2] = {(guint8)(numbers[i] >> 8), (guint8)numbers[i]};
    g_byte_array_append(out, octets, 2);
  }
}

/* More names and identities than are kept: the first of them are. */
static void test_hello_limits(void) {
  enum { NAMES = ASV_TLS_ALPN_MAX + 5, IDENTITIES = ASV_TLS_IDENTITIES_MAX + 5 };
  enum { ALPN = 2 + NAMES * 3, PSK = 2 + IDENTITIES * 7 + 2 + 33 };
  static const guint8 begin[] = {3, 3}, name[] = {2, 'h', '2'},
                      identity[] = {0, 1, 'i', 0, 0, 0, 0};
  static const guint8 random[32] = {1}, middle[] = {0, 0, 2, 0x13, 1, 1, 0}, binder[33] = {32};
  AsvClientHello hello;
  g_autoptr(GByteArray) body = g_byte_array_new();
  g_byte_array_append(body, begin, sizeof begin);
  g_byte_array_append(body, random, sizeof random);
  g_byte_array_append(body, middle, sizeof middle);
  put_numbers(body, (guint[]){4 + ALPN + 4 + PSK, 16, ALPN, NAMES * 3}, 4);
  for (guint i = 0; i < NAMES; i++) g_byte_array_append(body, name, sizeof name);
  put_numbers(body, (guint[]){41, PSK, IDENTITIES * 7}, 3);
  for (guint i = 0; i < IDENTITIES; i++) g_byte_array_append(body, identity, sizeof identity);
  put_numbers(body, (guint[]){33}, 1);
  g_byte_array_append(body, binder, sizeof binder);
  g_assert_true(asv_client_hello_parse(asv_span(body->data, body->len), &hello));
  g_assert_cmpuint(hello.alpn_offered_count, ==, ASV_TLS_ALPN_MAX);
  g_assert_cmpuint(hello.identities_count, ==, ASV_TLS_IDENTITIES_MAX);
}

static void test_suites(void) {
  static const struct {
    guint16 id;
    AsvCipher cipher;
    AsvHash mac, prf;
  } cases[] = {{0x0035, ASV_CIPHER_AES256_CBC, ASV_HASH_SHA1, ASV_HASH_SHA256},
               {0x003c, ASV_CIPHER_AES128_CBC, ASV_HASH_SHA256, ASV_HASH_SHA256},
               {0x003d, ASV_CIPHER_AES256_CBC, ASV_HASH_SHA256, ASV_HASH_SHA256},
               {0x009f, ASV_CIPHER_AES256_GCM, ASV_HASH_SHA1, ASV_HASH_SHA384},
               {0x1302, ASV_CIPHER_AES256_GCM, ASV_HASH_SHA1, ASV_HASH_SHA384},
               {0x1305, ASV_CIPHER_AES128_CCM8, ASV_HASH_SHA1, ASV_HASH_SHA256},
               {0xc024, ASV_CIPHER_AES256_CBC, ASV_HASH_SHA384, ASV_HASH_SHA384},
               {0xc02c, ASV_CIPHER_AES256_GCM, ASV_HASH_SHA1, ASV_HASH_SHA384},
               {0xc0a1, ASV_CIPHER_AES256_CCM8, ASV_HASH_SHA1, ASV_HASH_SHA256},
               {0xc0ae, ASV_CIPHER_AES128_CCM8, ASV_HASH_SHA1, ASV_HASH_SHA256},
               {0xcca9, ASV_CIPHER_CHACHA20_POLY1305, ASV_HASH_SHA1, ASV_HASH_SHA256},
               {0xc077, ASV_CIPHER_CAMELLIA256_CBC, ASV_HASH_SHA384, ASV_HASH_SHA384}};
  static const guint16 unknown[] = {0, 0x0005, 0x00ff, 0x0a0a, 0x1306, 0x5600, 0xc0b0, 0xccaf};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    const AsvSuite *suite = asv_suite_find(cases[i].id);
    g_assert_nonnull(suite);
    g_assert_cmpint(suite->cipher, ==, cases[i].cipher);
    g_assert_cmpint(suite->prf, ==, cases[i].prf);
    if (asv_cipher_shape(suite->cipher)->block) g_assert_cmpint(suite->mac, ==, cases[i].mac);
    g_assert_cmpint(suite->tls13, ==, cases[i].id >> 8 == 0x13);
  }
  for (gsize i = 0; i < G_N_ELEMENTS(unknown); i++) g_assert_null(asv_suite_find(unknown[i]));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/tls/handshake/messages", test_messages);
  g_test_add_func("/tls/handshake/short", test_short);
  g_test_add_func("/tls/handshake/limit", test_limit);
  g_test_add_func("/tls/handshake/hello-limits", test_hello_limits);
  g_test_add_func("/tls/handshake/suites", test_suites);
  return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DNS messages written by hand, and what asv_dns_message() tells of them as text. */
#ifndef TESTS_UNIT_DNS_MESSAGE_H
#define TESTS_UNIT_DNS_MESSAGE_H

#include "analyzer/dns/dns.h"
#include "tests/support/feed.h"

/* ---- writing ---- */

typedef GByteArray Message;

static inline void put(Message *message, const void *data, gsize size) {
  if (size) g_byte_array_append(message, data, (guint)size);
}

static inline void put_number(Message *message, guint64 number, int octets) {
  while (octets--) {
    guint8 octet = (guint8)(number >> 8 * octets);
    put(message, &octet, 1);
  }
}

/* A name as text without escapes; `@N` at its end is a pointer to octet N. */
static inline void put_name(Message *message, const char *text) {
  g_auto(GStrv) labels = g_strsplit(text, ".", -1);
  for (char **label = labels; *label; label++) {
    if (**label == '@') {
      put_number(message, 0xc000u | g_ascii_strtoull(*label + 1, NULL, 10), 2);
      return;
    }
    if (!**label) continue;
    put_number(message, strlen(*label), 1);
    put(message, *label, strlen(*label));
  }
  put_number(message, 0, 1);
}

/* A header with QR and RD; counts of questions, answers, authorities, additionals. */
static inline Message *message_new(guint16 flags, const char *counts) {
  Message *message = g_byte_array_new();
  put_number(message, 0x1234, 2);
  put_number(message, flags, 2);
  for (int i = 0; i < 4; i++) put_number(message, (guint)(counts[i] - '0'), 2);
  return message;
}

static inline void put_question(Message *message, const char *name, guint16 type) {
  put_name(message, name);
  put_number(message, type, 2);
  put_number(message, 1, 2);
}

static inline void put_record(Message *message, const char *name, guint16 type, guint32 ttl,
                              const void *data, gsize size) {
  put_name(message, name);
  put_number(message, type, 2);
  put_number(message, 1, 2);
  put_number(message, ttl, 4);
  put_number(message, size, 2);
  put(message, data, size);
}

static inline void put_a(Message *message, const char *name, guint32 ttl, guint8 last) {
  const guint8 address[] = {192, 0, 2, last};
  put_record(message, name, 1, ttl, address, 4);
}

static inline void put_aaaa(Message *message, const char *name, guint32 ttl, guint8 last) {
  const guint8 address[16] = {0x20, 1, 0x0d, 0xb8, [15] = last};
  put_record(message, name, 28, ttl, address, 16);
}

static inline void put_cname(Message *message, const char *name, guint32 ttl, const char *target) {
  Message *data = g_byte_array_new();
  put_name(data, target);
  put_record(message, name, 5, ttl, data->data, data->len);
  g_byte_array_unref(data);
}

/* parameters: hexadecimal. */
static inline void put_https(Message *message, const char *name, guint32 ttl, guint16 priority,
                             const char *target, const char *parameters) {
  Message *data = g_byte_array_new();
  GByteArray *octets = asv_test_hex(parameters);
  put_number(data, priority, 2);
  put_name(data, target);
  put(data, octets->data, octets->len);
  put_record(message, name, 65, ttl, data->data, data->len);
  g_byte_array_unref(octets);
  g_byte_array_unref(data);
}

/* ---- what is told ---- */

static inline void tell_address(GString *told, const AsvAddress *address) {
  g_string_append_c(told, ' ');
  for (guint8 i = 0; i < address->size; i++)
    g_string_append_printf(told, address->size == 4 ? "%s%u" : "%.0s%02x", i ? "." : "",
                           address->bytes[i]);
}

static inline void tell_span(GString *told, AsvSpan span) {
  if (span.size) g_string_append_len(told, (const char *)span.data, (gssize)span.size);
}

static inline void on_https(void *self, const AsvPacketRef *at, const AsvDnsHttps *record) {
  GString *told = self;
  g_string_append_printf(told, "#%" G_GUINT64_FORMAT " https ", at->packet);
  tell_span(told, record->name);
  g_string_append_printf(told, " %u %u '", record->ttl, record->priority);
  tell_span(told, record->target);
  g_string_append_c(told, '\'');
  for (gsize i = 0; i < record->alpn_count; i++) {
    g_string_append(told, i ? "," : " alpn=");
    tell_span(told, record->alpn[i]);
  }
  if (record->has_port) g_string_append_printf(told, " port=%u", record->port);
  if (record->ech) g_string_append(told, " ech");
  for (gsize i = 0; i < record->hints_count; i++) tell_address(told, &record->hints[i]);
  g_string_append_c(told, '\n');
}

static inline void on_addresses(void *self, const AsvPacketRef *at, const AsvDnsAddresses *answer) {
  GString *told = self;
  g_string_append_printf(told, "#%" G_GUINT64_FORMAT " addresses ", at->packet);
  tell_span(told, answer->name);
  g_string_append_printf(told, " %u", answer->ttl);
  for (gsize i = 0; i < answer->count; i++) tell_address(told, &answer->addresses[i]);
  g_string_append_c(told, '\n');
}

typedef struct {
  GString *told;
  gboolean good;
} Told;

static inline void run_message(AsvSpan message, void *user) {
  Told *told = user;
  AsvPacketRef at = {.packet = 1};
  AsvDnsEvents events = {.self = told->told, .https = on_https, .addresses = on_addresses};
  g_string_truncate(told->told, 0);
  told->good = asv_dns_message(message, &at, &events);
  if (!told->good) g_string_append(told->told, "no DNS\n");
}

/* Reads the message, and every beginning of it; frees it. */
static inline void check_message(Message *message, const char *expected) {
  Told told = {.told = g_string_new(NULL)};
  for (guint size = 0; size <= message->len; size++)
    asv_test_guarded(asv_span(message->data, size), run_message, &told);
  g_assert_cmpstr(told.told->str, ==, expected);
  g_string_free(told.told, TRUE);
  g_byte_array_unref(message);
}

#endif

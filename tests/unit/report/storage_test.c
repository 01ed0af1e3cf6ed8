/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Clients' storage: each format, what is wrong with it and where, limits; lists and differences. */
#include "report/storage.h"

#include <glib/gstdio.h>
#include <stdlib.h>

#include "altsvc/limits.h"
#include "tests/support/feed.h"
#include "tests/support/story.h"

#define RECORD_SIZE 1286
#define SECOND G_GINT64_CONSTANT(1000000000)

/* Entries and marks, a line each; or the message of the error. */
static char *listed(AsvSpan octets) {
  GError *error = NULL;
  GString *text = g_string_new(NULL);
  AsvStorage *storage = asv_storage_parse(octets, "file", &error);
  if (!storage) {
    g_string_append(text, error->message);
    g_error_free(error);
    return g_string_free(text, FALSE);
  }
  for (guint i = 0; i < storage->entries->len; i++) {
    const AsvStored *entry = g_ptr_array_index(storage->entries, i);
    g_string_append_printf(text, "%s %s %s %u %" G_GINT64_FORMAT, entry->origin, entry->protocol_id,
                           entry->host, entry->port, entry->expires);
    if (entry->has_persist) g_string_append(text, entry->persist ? " persist" : " plain");
    if (entry->has_validated) g_string_append(text, entry->validated ? " valid" : " pending");
    if (entry->learned_over) g_string_append_printf(text, " over %s", entry->learned_over);
    if (entry->partition) g_string_append_printf(text, " in %s", entry->partition);
    g_string_append_c(text, '\n');
  }
  for (guint i = 0; i < storage->marks->len; i++) {
    const AsvStoredMark *mark = g_ptr_array_index(storage->marks, i);
    g_string_append_printf(text, "broken %s %s %u %" G_GINT64_FORMAT " %u", mark->protocol_id,
                           mark->host, mark->port, mark->until, mark->count);
    if (mark->partition) g_string_append_printf(text, " in %s", mark->partition);
    g_string_append_c(text, '\n');
  }
  asv_storage_free(storage);
  return g_string_free(text, FALSE);
}

static void list_guarded(AsvSpan guarded, void *user) {
  *(char **)user = listed(guarded);
}

/* Also of every prefix, for crashes only. */
static void check(AsvSpan octets, const char *expected) {
  char *text = NULL;
  asv_test_guarded(octets, list_guarded, &text);
  g_assert_cmpstr(text, ==, expected);
  g_free(text);
  for (gsize size = 0; size < octets.size; size++) {
    asv_test_guarded(asv_span_sub(octets, 0, size), list_guarded, &text);
    g_free(text);
  }
}

static void check_text(const char *text, const char *expected) {
  check(asv_span_text(text), expected);
}

typedef struct {
  const char *text, *expected;
} Case;

static void check_cases(const Case *cases, gsize count) {
  for (gsize i = 0; i < count; i++) check_text(cases[i].text, cases[i].expected);
}

/* ---- curl ---- */

static void test_curl(void) {
  static const Case cases[] = {
      {"# comment\n\n  h2 a.test 443 h3 Alt.test 8443 \"20261120 11:25:46\" 1 0\r\n"
       "h1 a.test 444 h1 [fd77::1] 0 \"20261120 11:25:46\" 0 5",
       "https://a.test h3 alt.test 8443 1795173946000000000 persist over h2\n"
       "https://a.test:444 http/1.1 [fd77::1] 0 1795173946000000000 plain over h1\n"},
      {"h3 a.test 443 h3 a.test 443 \"51951005 21:20:23\" 0 0\n",
       "https://a.test h3 a.test 443 9223372036854775807 plain over h3\n"},
      {"h3 a.test 443 h3 a.test 443 \"22620101 00:00:00\" 0 0\n",
       "https://a.test h3 a.test 443 9214646400000000000 plain over h3\n"},
      {"# nothing but a comment\n", ""},
      {"", ""},
  };
  check_cases(cases, G_N_ELEMENTS(cases));
}

static void test_curl_faults(void) {
  static const Case cases[] = {
      {"h2 a.test", "file: line 1: the origin's port is no number"},
      {"#\nh4 a.test 443",
       "file: not a storage of alternatives that is known: neither curl's nor "
       "Chromium's nor Firefox's"},
      {"h2 a.test 443 h3 a.test 443 \"20261120 11:25:46\" 0 0\nh4 a.test 443\n",
       "file: line 2: does not begin with h1, h2 or h3"},
      {"h2  443 h3 a.test 443 \"20261120 11:25:46\" 0 0", "file: line 1: a host is empty"},
      {"h2 a.test x h3 a.test 443 \"20261120 11:25:46\" 0 0",
       "file: line 1: the origin's port is no number"},
      {"h2 a.test 443 h3 a.test -1 \"20261120 11:25:46\" 0 0",
       "file: line 1: the alternative's port is no number"},
      {"h2 a.test 443 h3 a.test 65536 \"20261120 11:25:46\" 0 0",
       "file: line 1: the alternative's port is above 65535"},
      {"h2 a.test 65536 h3 a.test 443 \"20261120 11:25:46\" 0 0",
       "file: line 1: what should be an origin is none"},
      {"h2 a/b 443 h3 a.test 443 \"20261120 11:25:46\" 0 0",
       "file: line 1: what should be an origin is none"},
      {"h2 a.test 443  a.test 443 \"20261120 11:25:46\" 0 0",
       "file: line 1: what should be a protocol is none"},
      {"h2 a.test 443 h3 a.test 443 20261120 11:25:46 0 0",
       "file: line 1: the date is not in quotes"},
      {"h2 a.test 443 h3 a.test 443 \"20261320 11:25:46\" 0 0",
       "file: line 1: the date is not YYYYMMDD HH:MM:SS"},
      {"h2 a.test 443 h3 a.test 443 \"51951340 21:20:23\" 0 0",
       "file: line 1: the date is not YYYYMMDD HH:MM:SS"},
      {"h2 a.test 443 h3 a.test 443 \"20261120 11:25\" 0 0",
       "file: line 1: the date is not YYYYMMDD HH:MM:SS"},
      {"h2 a.test 443 h3 a.test 443 \"20261120 11:25:46\" 0",
       "file: line 1: does not end in two numbers"},
      {"h2 a.test 443 h3 a.test 443 \"20261120 11:25:46\" 0 0 0",
       "file: line 1: does not end in two numbers"},
  };
  check_cases(cases, G_N_ELEMENTS(cases));
}

/* ---- Chromium ---- */

#define SERVERS(list) "{\"net\":{\"http_server_properties\":{\"servers\":[" list "]}}}"
#define BROKEN(list) \
  "{\"net\":{\"http_server_properties\":{\"broken_alternative_services\":" list "}}}"

static void test_chromium(void) {
  static const Case cases[] = {
      {SERVERS("{\"alternative_service\":[{\"advertised_alpns\":[\"h3\",\"h3-29\"],\"expiration\":"
               "\"13439647534487072\",\"port\":443,\"protocol_str\":\"quic\"},{\"expiration\":"
               "13439647534487072,\"host\":\"[::1]\",\"port\":8443,\"protocol_str\":\"h2\"}],"
               "\"anonymization\":[\"FAAAAA4AAABodHRwczovL2EudGVzdAAA\",false,0],"
               "\"server\":\"https://a.test\"},{\"server\":17}"),
       "https://a.test h3 a.test 443 1795173934487072000 in https://a.test\n"
       "https://a.test h3-29 a.test 443 1795173934487072000 in https://a.test\n"
       "https://a.test h2 [::1] 8443 1795173934487072000 in https://a.test\n"},
      {SERVERS("{\"alternative_service\":[{\"expiration\":\"5\",\"port\":443,\"protocol_str\":"
               "\"h2\"},{\"expiration\":\"99999999999999999999\",\"port\":443,\"protocol_str\":"
               "\"h2\"}],\"anonymization\":[\"AAAAAP////8=\"],\"server\":\"https://a.test:444\"}"),
       "https://a.test:444 h2 a.test 443 0\n"
       "https://a.test:444 h2 a.test 443 9223372036854775807\n"},
      {BROKEN(
           "[{\"broken_count\":5,\"broken_until\":\"1795179438\",\"host\":\"A.test\",\"port\":443,"
           "\"protocol_str\":\"quic\"},{\"broken_count\":1,\"host\":\"b.test\",\"port\":1,"
           "\"protocol_str\":\"h2\",\"anonymization\":[\"FAAAAA4AAABodHRwczovL2EudGVzdAAA\"]}]"),
       "broken h3 a.test 443 1795179438000000000 5\n"
       "broken h2 b.test 1 0 1 in https://a.test\n"},
      {"\n{\"net\":{}}", ""},
  };
  check_cases(cases, G_N_ELEMENTS(cases));
}

static void test_chromium_faults(void) {
  static const Case cases[] = {
      {"{\"a\":1}", "file: JSON, but not Chromium's Network Persistent State: it has no \"net\""},
      {"{\"net\":", "file: octet 7: unexpected token near end of file"},
      {SERVERS("{\"alternative_service\":[{}]}"),
       "file: servers[0].alternative_service[0]: \"server\" is no string"},
      {SERVERS("{},{\"server\":\"https://a.test\",\"alternative_service\":[{\"port\":-1}]}"),
       "file: servers[1].alternative_service[0]: \"port\" is no number"},
      {SERVERS("{\"server\":\"https://a.test\",\"alternative_service\":[{\"port\":1}]}"),
       "file: servers[0].alternative_service[0]: \"expiration\" is no number"},
      {SERVERS("{\"server\":\"quic://a.test\",\"alternative_service\":[{\"port\":1,"
               "\"expiration\":\"1\",\"protocol_str\":\"h2\"}]}"),
       "file: servers[0].alternative_service[0]: what should be an origin is none"},
      {SERVERS("{\"server\":\"https://a.test\",\"alternative_service\":[{\"port\":1,"
               "\"expiration\":\"1\",\"protocol_str\":\"quic\",\"advertised_alpns\":[7]}]}"),
       "file: servers[0].alternative_service[0]: what should be a protocol is none"},
      {SERVERS("{\"server\":\"https://a.test\",\"alternative_service\":[{\"port\":1,"
               "\"expiration\":\"1\",\"protocol_str\":\"h2\",\"host\":\"a\\u0000b\"}]}"),
       "file: servers[0].alternative_service[0]: what should be the alternative's host is none"},
      {"{\"net\":{\"http_server_properties\":{\"servers\":{}}}}", "file: servers: is no list"},
      {BROKEN("1"), "file: broken_alternative_services: is no list"},
      {BROKEN("[1]"), "file: broken_alternative_services[0]: its protocol or host is no text"},
      {BROKEN("[{\"host\":\"a\",\"protocol_str\":\"h2\",\"port\":65536}]"),
       "file: broken_alternative_services[0]: \"port\" is no number up to 65535"},
      {BROKEN("[{\"host\":\"a\",\"protocol_str\":\"h2\",\"port\":1,\"broken_until\":\"x\"}]"),
       "file: broken_alternative_services[0]: \"broken_until\" is no number"},
  };
  check_cases(cases, G_N_ELEMENTS(cases));
}

/* ---- Firefox ---- */

#define VALUE "https:a.test:443:alt.test:444::n:1795173941:h3:y:1795173879:n:"
#define VALUE_LIST "https://a.test h3 alt.test 444 1795173941000000000 valid"

/* A record with its checksum. */
static void put_record(GByteArray *file, const char *key, const char *value) {
  guint8 record[RECORD_SIZE] = {0, 0, 0, 1, 0x51, 0x29};
  memcpy(record + 6, key, strlen(key));
  memcpy(record + 6 + 256, value, strlen(value));
  for (gsize i = 2; i < RECORD_SIZE; i++) record[i % 2] ^= record[i];
  g_byte_array_append(file, record, RECORD_SIZE);
}

static void check_records(const char *const *values, const char *expected) {
  g_autoptr(GByteArray) file = g_byte_array_new();
  for (gsize i = 0; values[i]; i++) put_record(file, *values[i] ? "key" : "", values[i]);
  char *text = NULL;
  asv_test_guarded(asv_span(file->data, file->len), list_guarded, &text);
  g_assert_cmpstr(text, ==, expected);
  g_free(text);
}

static void test_firefox(void) {
  check_records((const char *[]){VALUE "^partitionKey=%28https%2Ca.test%29:|n:y:", "",
                                 "http:b.test:80:b.test:80::n:1:h2:n:1:n:", NULL},
                VALUE_LIST " in (https,a.test)\nhttp://b.test h2 b.test 80 1000000000 pending\n");
  check_records((const char *[]){VALUE "^userContextId=%zz:", NULL},
                VALUE_LIST " in ^userContextId=%zz\n");
  check_records((const char *[]){"https:a.test:443:::h3", NULL},
                "file: record 1: a port is no number");
  check_records((const char *[]){VALUE, "ftp:a.test", NULL},
                "file: record 2: begins with no scheme of the web");
  check_records((const char *[]){"https::443", NULL}, "file: record 1: the origin's host is empty");
  check_records((const char *[]){"https:a.test:443:a.test:443::n:soon:h3:y:", NULL},
                "file: record 1: the time it expires is no number");
  check_records((const char *[]){"https:a.test:443:a.test:443::n:1:h3:maybe:", NULL},
                "file: record 1: validated is neither y nor n");
  check_records((const char *[]){"https:a.test:443:a.test:443::n:99999999999999:h3:y:", NULL},
                "https://a.test h3 a.test 443 9223372036854775807 valid\n");
}

/* What Firefox does with a random first octet must not depend on what it is in text. */
static void test_firefox_first_octets(void) {
  g_autoptr(GByteArray) file = g_byte_array_new();
  put_record(file, "key", VALUE);
  guint8 change = file->data[0] ^ '{';
  file->data[0] ^= change;
  file->data[4] ^= change; /* of the day */
  g_autofree char *text = listed(asv_span(file->data, file->len));
  g_assert_cmpstr(text, ==, VALUE_LIST "\n");
}

static void test_firefox_damage(void) {
  g_autoptr(GByteArray) file = g_byte_array_new();
  put_record(file, "key", VALUE);
  put_record(file, "key", VALUE);
  g_autofree char *cut = listed(asv_span(file->data, file->len - 1));
  g_assert_cmpstr(cut, ==, "file: record 2: is cut short");
  file->data[RECORD_SIZE + 300] ^= 1;
  g_autofree char *changed = listed(asv_span(file->data, file->len));
  g_assert_cmpstr(changed, ==, "file: record 2: its checksum is wrong");
  g_autofree char *unknown = listed(asv_span(file->data, RECORD_SIZE - 1));
  g_assert_true(g_str_has_prefix(unknown, "file: not a storage"));
}

static void test_firefox_text(void) {
  static const Case cases[] = {
      {"https:a.test:443:.:\t3\t18000\t" VALUE "\r\n\nkey\t1\t2\t" VALUE "\n",
       VALUE_LIST "\n" VALUE_LIST "\n"},
      {"key\t1\t2\t" VALUE "\nkey\t1\t2", "file: line 2: does not have four fields"},
      {"a.test:HSTS\t1\t2\t1234,1,0", "file: line 1: begins with no scheme of the web"},
  };
  check_cases(cases, G_N_ELEMENTS(cases));
}

/* ---- limits ---- */

static void test_entries(void) {
  static const char line[] = "h2 a.test 443 h3 a.test 443 \"20261120 11:25:46\" 0 0\n";
  GString *text = g_string_new(NULL);
  for (guint i = 0; i < ASV_STORAGE_ENTRIES_MAX; i++) g_string_append(text, line);
  GError *error = NULL;
  AsvStorage *storage = asv_storage_parse(asv_span(text->str, text->len), "file", &error);
  g_assert_no_error(error);
  g_assert_cmpuint(storage->entries->len, ==, ASV_STORAGE_ENTRIES_MAX);
  asv_storage_free(storage);
  g_string_append(text, line);
  g_assert_null(asv_storage_parse(asv_span(text->str, text->len), "file", &error));
  g_assert_error(error, ASV_STORAGE_ERROR, ASV_STORAGE_ERROR_LIMIT);
  g_assert_cmpstr(error->message, ==, "file: line 16385: more entries than the limit of 16384");
  g_error_free(error);
  g_string_free(text, TRUE);
}

static void test_names(void) {
  g_autofree char *name = g_strnfill(ASV_HOST_MAX, 'a');
  const char *const forms[] = {"h2 a.test 443 h3 %s%s 443 \"20261120 11:25:46\" 0 0",
                               "h2 a.test 443 %s%s a.test 443 \"20261120 11:25:46\" 0 0"};
  for (gsize i = 0; i < G_N_ELEMENTS(forms); i++) {
    char **parts = g_strsplit(forms[i], "%s%s", 2);
    g_autofree char *longest = g_strconcat(parts[0], name, parts[1], NULL);
    g_autofree char *longer = g_strconcat(parts[0], name, "a", parts[1], NULL);
    g_autofree char *good = listed(asv_span_text(longest));
    g_autofree char *bad = listed(asv_span_text(longer));
    g_assert_true(g_str_has_prefix(good, "https://a.test "));
    g_assert_true(g_str_has_prefix(bad, "file: line 1: what should be "));
    g_strfreev(parts);
  }
}

/* A file of that size, which only its length may condemn. */
static GError *read_of_size(gsize size) {
  GError *error = NULL;
  g_autofree char *octets = g_strnfill(size, '\n');
  g_autofree char *name = NULL;
  int file = g_file_open_tmp(NULL, &name, NULL);
  g_close(file, NULL);
  octets[0] = '#';
  g_assert_true(g_file_set_contents(name, octets, (gssize)size, NULL));
  asv_storage_free(asv_storage_read(name, &error));
  g_remove(name);
  return error;
}

static void test_size(void) {
  g_assert_no_error(read_of_size(ASV_STORAGE_SIZE_MAX));
  g_autoptr(GError) error = read_of_size(ASV_STORAGE_SIZE_MAX + 1);
  g_assert_error(error, ASV_STORAGE_ERROR, ASV_STORAGE_ERROR_LIMIT);
}

static void test_deep(void) {
  g_autofree char *text = g_strnfill(1000000, '[');
  memcpy(text, "{\"a\":", 5);
  g_autofree char *told = listed(asv_span_text(text));
  g_assert_nonnull(strstr(told, "maximum parsing depth"));
}

/* ---- lists ---- */

static AsvStorage *curl_of(const char *text) {
  AsvStorage *storage = asv_storage_parse(asv_span_text(text), "file", NULL);
  g_assert_nonnull(storage);
  return storage;
}

static char *differences_of(const char *expected, const char *found) {
  AsvStorage *first = curl_of(expected), *second = curl_of(found);
  g_autoptr(GPtrArray) one = asv_stored_unite(first->entries);
  g_autoptr(GPtrArray) other = asv_stored_unite(second->entries);
  g_autoptr(GArray) differences = asv_stored_compare(one, other);
  char *text = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&text, &size);
  asv_stored_write_differences(out, differences, "file");
  fclose(out);
  asv_storage_free(first);
  asv_storage_free(second);
  return text;
}

#define A443 "h2 a.test 443 h3 a.test 443 \"20261120 11:25:46\" 0 0\n"
#define A443_OVER_H3 "h3 a.test 443 h3 a.test 443 \"20261120 11:30:46\" 0 0\n"
#define A444 "h2 a.test 443 h3 a.test 444 \"20261120 11:25:46\" 0 0\n"
#define ALT "h2 a.test 443 h3 alt.test 443 \"20261120 11:25:46\" 0 0\n"
#define H2 "h2 a.test 443 h2 a.test 444 \"20261120 11:25:46\" 0 0\n"
#define B443 "h2 b.test 443 h3 b.test 443 \"20261120 11:25:46\" 0 0\n"

static void test_compare(void) {
  static const struct {
    const char *expected, *found, *told;
  } cases[] = {
      {"", "", ""},
      {A443 A444 B443 H2, H2 B443 A443 A444, ""},
      {A443, A444,
       "file: 1 difference\n"
       "  https://a.test: h3 at a.test:444: the file has it at a.test:443\n"},
      {A443 ALT, A443 A444,
       "file: 1 difference\n"
       "  https://a.test: h3 at a.test:444: the file has it at alt.test:443\n"},
      {A444 H2, "",
       "file: 2 differences\n"
       "  https://a.test: h2 at a.test:444: missing; the file has it until "
       "2026-11-20T11:25:46Z, learned over h2\n"
       "  https://a.test: h3 at a.test:444: missing; the file has it until "
       "2026-11-20T11:25:46Z, learned over h2\n"},
      {A443, A443 B443 H2,
       "file: 2 differences\n"
       "  https://a.test: h2 at a.test:444: not in the file\n"
       "  https://b.test: h3 at b.test:443: not in the file\n"},
      {A443 A443_OVER_H3, A443_OVER_H3 A443, ""},
      {A443 A443_OVER_H3, A443,
       "file: 1 difference\n"
       "  https://a.test: h3 at a.test:443: missing; the file has it until 2026-11-20T11:30:46Z, "
       "learned over h3\n"},
      {A443, A443_OVER_H3,
       "file: 2 differences\n"
       "  https://a.test: h3 at a.test:443: missing; the file has it until 2026-11-20T11:25:46Z, "
       "learned over h2\n"
       "  https://a.test: h3 at a.test:443: not in the file\n"},
      {"h2 a.test 443 h3 \033a 443 \"20261120 11:25:46\" 0 0\n", "",
       "file: 1 difference\n"
       "  https://a.test: h3 at \\x1ba:443: missing; the file has it until 2026-11-20T11:25:46Z, "
       "learned over h2\n"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    char *told = differences_of(cases[i].expected, cases[i].found);
    g_assert_cmpstr(told, ==, cases[i].told);
    free(told);
  }
}

/* What differs by one nanosecond more than is tolerated differs. */
static void test_compare_life(void) {
  AsvStored one = {.origin = (char *)"https://a.test",
                   .protocol_id = (char *)"h3",
                   .host = (char *)"a.test",
                   .port = 443,
                   .expires = 10 * SECOND};
  AsvStored other = one;
  g_autoptr(GPtrArray) expected = g_ptr_array_new();
  g_autoptr(GPtrArray) found = g_ptr_array_new();
  g_ptr_array_add(expected, &one);
  g_ptr_array_add(found, &other);
  static const struct {
    gint64 expires;
    guint differences;
  } cases[] = {{12 * SECOND, 0},    {12 * SECOND + 1, 1}, {8 * SECOND, 0},
               {8 * SECOND - 1, 1}, {G_MAXINT64, 1},      {0, 1}};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    other.expires = cases[i].expires;
    g_autoptr(GArray) differences = asv_stored_compare(expected, found);
    g_assert_cmpuint(differences->len, ==, cases[i].differences);
  }
  other = one;
  other.has_persist = other.persist = TRUE; /* the other side does not keep it */
  other.learned_over = (char *)"h2";
  g_autoptr(GArray) differences = asv_stored_compare(expected, found);
  g_assert_cmpuint(differences->len, ==, 0);
}

static void test_unite(void) {
  g_autoptr(GByteArray) file = g_byte_array_new();
  put_record(file, "1", "https:a.test:443:alt.test:444::n:10:h3:n:1:n:^partitionKey=x:");
  put_record(file, "2", "https:b.test:443:b.test:444::n:10:h3:n:1:n::");
  put_record(file, "3", "https:a.test:443:alt.test:444::n:30:h3:y:1:n:^partitionKey=y:");
  put_record(file, "4", "https:a.test:443:alt.test:444::n:20:h3:n:1:n::");
  AsvStorage *storage = asv_storage_parse(asv_span(file->data, file->len), "file", NULL);
  g_autoptr(GPtrArray) united = asv_stored_unite(storage->entries);
  g_assert_cmpuint(united->len, ==, 2);
  const AsvStored *first = g_ptr_array_index(united, 0);
  g_assert_cmpstr(first->origin, ==, "https://a.test");
  g_assert_cmpint(first->expires, ==, 30 * SECOND);
  g_assert_true(first->validated);
  g_assert_null(first->partition);
  asv_storage_free(storage);
}

/* ---- writing ---- */

static char *written(const AsvTimeline *timeline) {
  char *text = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&text, &size);
  g_autoptr(GPtrArray) entries = asv_stored_of_timeline(timeline);
  asv_storage_write_curl(out, entries);
  fclose(out);
  return text;
}

static void test_write(void) {
  AsvStory *story = asv_story_new();
  AsvClientReport *client = asv_story_client(story, "192.0.2.1", NULL);
  AsvOriginReport *origin =
      asv_story_origin(story, client, "https://a.test:8443", ASV_OUTCOME_READY);
  AsvCacheRow *row =
      asv_story_row(story, origin, asv_story_alternative(story, "h3", "[::1]", 444, 60), 0);
  row->via = ASV_VIA_HTTP3_HEADER;
  row->alternative.persist = TRUE;
  row->expires = G_GINT64_CONSTANT(1795173946999999999);
  row = asv_story_row(story, origin, asv_story_alternative(story, "h2", "a.test", 444, 60), 0);
  row->expires = G_MAXINT64;
  row->via = ASV_VIA_HTTP1_HEADER;
  row->alternative.restored = TRUE;
  row = asv_story_row(story, origin, asv_story_alternative(story, "zz", "a.test", 444, 60), 0);
  row = asv_story_row(story, origin, asv_story_alternative(story, "h2", "x y", 444, 60), 0);
  row = asv_story_row(story, origin, asv_story_alternative(story, "h2", "a.test", 65536, 60), 0);
  origin = asv_story_origin(story, client, "http://b.test", ASV_OUTCOME_READY);
  asv_story_row(story, origin, asv_story_alternative(story, "h2", "b.test", 444, 60), 0);
  char *text = written(&story->timeline);
  g_assert_cmpstr(text, ==,
                  "# Alternatives as curl --alt-svc reads them. https://curl.se/docs/alt-svc.html\n"
                  "h3 a.test 8443 h3 [::1] 444 \"20261120 11:25:46\" 1 0\n"
                  "h2 a.test 8443 h2 a.test 444 \"22620411 23:47:16\" 0 0\n");
  free(text);
  asv_story_free(story);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/storage/curl", test_curl);
  g_test_add_func("/storage/curl-faults", test_curl_faults);
  g_test_add_func("/storage/chromium", test_chromium);
  g_test_add_func("/storage/chromium-faults", test_chromium_faults);
  g_test_add_func("/storage/firefox", test_firefox);
  g_test_add_func("/storage/firefox-first-octets", test_firefox_first_octets);
  g_test_add_func("/storage/firefox-damage", test_firefox_damage);
  g_test_add_func("/storage/firefox-text", test_firefox_text);
  g_test_add_func("/storage/entries", test_entries);
  g_test_add_func("/storage/names", test_names);
  g_test_add_func("/storage/size", test_size);
  g_test_add_func("/storage/deep", test_deep);
  g_test_add_func("/storage/compare", test_compare);
  g_test_add_func("/storage/compare-life", test_compare_life);
  g_test_add_func("/storage/unite", test_unite);
  g_test_add_func("/storage/write", test_write);
  return g_test_run();
}

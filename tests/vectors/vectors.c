/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sends every vector through the program: vectors ALTSHARK FOLDER. Each field
 * value and each ALTSVC frame gets a TLS connection of a client of its own in a
 * made-up capture; what altshark reports for that client must be the vector's
 * verdict and alternatives. Field values are then read once more as each client
 * does that has a model: what it stores must be what was recorded.
 */
#include <glib/gstdio.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/traffic.h"

typedef struct {
  const char *altshark;
  char *folder; /* for captures */
  guint checked, failed;
} Run;

/* What a vector's connection carries. */
typedef struct {
  const char *host;
  const char *certificate_names;
  /* Appends what client and server send after their prefaces and requests on streams 1 and 3. */
  void (*fill)(const json_t *vector, GByteArray *by_client, GByteArray *by_server,
               nghttp2_hd_deflater *server);
  void (*check)(Run *run, const json_t *vector, const json_t *client);
  const char *model; /* --model */
} Kind;

/* The octets of a JSON string in which each character stands for one. */
static GByteArray *latin1(const json_t *text) {
  GByteArray *octets = g_byte_array_new();
  for (const char *at = json_string_value(text); *at; at = g_utf8_next_char(at))
    traffic_put_number(octets, g_utf8_get_char(at), 1);
  return octets;
}

/* ---- the captures ---- */

static void put_request(GByteArray *out, nghttp2_hd_deflater *deflater, guint32 stream,
                        const char *host) {
  nghttp2_nv fields[] = {traffic_field(":method", "GET"), traffic_field(":scheme", "https"),
                         traffic_field(":authority", host), traffic_field(":path", "/")};
  traffic_put_headers(out, deflater, 5, stream, fields, G_N_ELEMENTS(fields));
}

static void put_connection(TrafficCapture *capture, guint number, const Kind *kind,
                           const json_t *vector, TrafficTls *tls) {
  g_autoptr(GByteArray) certificate = traffic_make_certificate(kind->certificate_names);
  g_autoptr(GByteArray) by_client = g_byte_array_new();
  g_autoptr(GByteArray) requests = g_byte_array_new();
  g_autoptr(GByteArray) by_server = g_byte_array_new();
  nghttp2_hd_deflater *deflaters[2];
  TrafficTcp tcp;
  for (int i = 0; i < 2; i++) nghttp2_hd_deflate_new(&deflaters[i], 4096);
  traffic_open_tcp(&tcp, capture, number, 443);
  traffic_open_tls(tls, &tcp, kind->host, certificate);
  traffic_put_preface(requests, TRAFFIC_CLIENT);
  put_request(requests, deflaters[TRAFFIC_CLIENT], 1, kind->host);
  put_request(requests, deflaters[TRAFFIC_CLIENT], 3, kind->host);
  traffic_send_tls(tls, TRAFFIC_CLIENT, requests);
  traffic_put_preface(by_server, TRAFFIC_SERVER);
  kind->fill(vector, by_client, by_server, deflaters[TRAFFIC_SERVER]);
  traffic_send_tls(tls, TRAFFIC_SERVER, by_server);
  if (by_client->len) traffic_send_tls(tls, TRAFFIC_CLIENT, by_client);
  traffic_close_tcp(&tcp);
  traffic_close_tls(tls);
  for (int i = 0; i < 2; i++) nghttp2_hd_deflate_del(deflaters[i]);
}

static void write_capture(const char *name, const Kind *kind, const json_t *vectors) {
  gsize count = json_array_size(vectors);
  g_autofree TrafficTls *tlss = g_new0(TrafficTls, count);
  g_autoptr(GString) key_log = g_string_new(NULL);
  GRand *rand = g_rand_new_with_seed(1);
  TrafficCapture capture;
  for (gsize i = 0; i < count; i++) traffic_make_secrets(&tlss[i], rand, key_log);
  g_rand_free(rand);
  traffic_open_capture(&capture, name);
  traffic_write_secrets(&capture, key_log);
  for (gsize i = 0; i < count; i++)
    put_connection(&capture, (guint)i, kind, json_array_get(vectors, i), &tlss[i]);
  traffic_close_capture(&capture);
}

static void fill_field_value(const json_t *vector, GByteArray *by_client G_GNUC_UNUSED,
                             GByteArray *by_server, nghttp2_hd_deflater *server) {
  g_autoptr(GByteArray) value = latin1(json_object_get(vector, "input"));
  nghttp2_nv fields[] = {traffic_field(":status", "200"), traffic_field("alt-svc", "")};
  fields[1].value = value->data;
  fields[1].valuelen = value->len;
  traffic_put_headers(by_server, server, 5, 1, fields, G_N_ELEMENTS(fields));
}

static void fill_frame(const json_t *vector, GByteArray *by_client, GByteArray *by_server,
                       nghttp2_hd_deflater *server G_GNUC_UNUSED) {
  const char *hex = json_string_value(json_object_get(vector, "frame_hex"));
  const char *sender = json_string_value(json_object_get(vector, "sender"));
  GByteArray *out = g_str_equal(sender, "client") ? by_client : by_server;
  for (; *hex; hex += 2)
    traffic_put_number(
        out, (guint64)(g_ascii_xdigit_value(hex[0]) * 16 + g_ascii_xdigit_value(hex[1])), 1);
}

/* ---- what altshark must say ---- */

static void complain(Run *run, const char *vector, const char *problem, const json_t *got) {
  g_autofree char *shown = got ? json_dumps(got, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
  g_print("%.60s: %s%s%.300s\n", vector, problem, shown ? ": " : "", shown ? shown : "");
  run->failed++;
}

/* All events of a client, its origins' and the unplaced ones, of the given name. Owned by the
 * caller. */
static json_t *events_named(const json_t *client, const char *name) {
  json_t *found = json_array();
  json_t *origin, *event;
  gsize i, j;
  json_array_foreach(json_object_get(client, "origins"), i, origin) {
    json_array_foreach(json_object_get(origin, "events"), j, event) {
      if (g_str_equal(json_string_value(json_object_get(event, "event")), name))
        json_array_append(found, event);
    }
  }
  json_array_foreach(json_object_get(client, "unplaced"), j, event) {
    if (g_str_equal(json_string_value(json_object_get(event, "event")), name))
      json_array_append(found, event);
  }
  return found;
}

static gboolean same_text(const json_t *a, const char *key_a, const json_t *b, const char *key_b) {
  const char *x = json_string_value(json_object_get(a, key_a));
  const char *y = json_string_value(json_object_get(b, key_b));
  return x && y && g_str_equal(x, y);
}

/* A vector's number may exceed what JSON integers hold: it is then a real. */
static double number(const json_t *object, const char *key) {
  return json_number_value(json_object_get(object, key));
}

static gboolean same_alternative(const json_t *want, const json_t *got) {
  const char *host = json_string_value(json_object_get(want, "host"));
  const char *got_host = json_string_value(json_object_get(got, "host"));
  g_autofree char *lower = g_ascii_strdown(*host ? host : "origin.example", -1);
  gboolean usable = !json_is_false(json_object_get(want, "usable"));
  double port = number(want, "port");
  if (!same_text(want, "protocol_id", got, "protocol_id") || !same_text(want, "alpn", got, "alpn"))
    return FALSE;
  if (!got_host || !g_str_equal(got_host, lower)) return FALSE;
  if (number(got, "ma") != MIN(number(want, "ma"), 2147483648.0)) return FALSE;
  if (json_is_true(json_object_get(want, "persist")) !=
      json_is_true(json_object_get(got, "persist")))
    return FALSE;
  /* h2c for an https origin matches the grammar and is unusable all the same (RFC 7838 §2.1). */
  if (g_str_equal(json_string_value(json_object_get(want, "alpn")), "h2c")) usable = FALSE;
  if (usable != json_is_true(json_object_get(got, "usable"))) return FALSE;
  return port > 4294967295.0 ? !json_object_get(got, "port") : number(got, "port") == port;
}

static void check_alternatives(Run *run, const char *name, const json_t *want,
                               const json_t *learned) {
  if (json_array_size(want) != json_array_size(learned)) {
    complain(run, name, "another number of alternatives", learned);
    return;
  }
  for (gsize i = 0; i < json_array_size(want); i++) {
    const json_t *got = json_object_get(json_array_get(learned, i), "alternative");
    if (!same_alternative(json_array_get(want, i), got))
      complain(run, name, "another alternative", got);
  }
}

static void check_field_value(Run *run, const json_t *vector, const json_t *client) {
  const char *name = json_string_value(json_object_get(vector, "input"));
  const json_t *rfc = json_object_get(vector, "rfc");
  const char *verdict = json_string_value(json_object_get(rfc, "verdict"));
  json_t *learned = events_named(client, "learned");
  json_t *cleared = events_named(client, "cleared");
  json_t *ignored = events_named(client, "ignored");
  check_alternatives(run, name, json_object_get(rfc, "alternatives"), learned);
  if (json_array_size(cleared) != (g_str_equal(verdict, "clear") ? 1 : 0))
    complain(run, name, "cleared or not", cleared);
  if (json_array_size(ignored) != (g_str_equal(verdict, "invalid") ? 1 : 0))
    complain(run, name, "ignored or not", ignored);
  json_decref(learned);
  json_decref(cleared);
  json_decref(ignored);
}

/* ---- what clients store ---- */

/* Clients that take brackets off write none. */
static gboolean same_host(const char *want, const char *got) {
  g_autofree char *lower = g_ascii_strdown(*want ? want : "origin.example", -1);
  if (g_str_equal(got, lower)) return TRUE;
  g_autofree char *bracketed = g_strdup_printf("[%s]", lower);
  return g_str_equal(got, bracketed);
}

static gboolean same_stored(const json_t *want, const json_t *got) {
  const char *host = json_string_value(json_object_get(got, "host"));
  const json_t *persist = json_object_get(want, "persist");
  return same_text(want, "alpn", got, "alpn") && host &&
         same_host(json_string_value(json_object_get(want, "host")), host) &&
         number(want, "port") == number(got, "port") && number(want, "ma") == number(got, "ma") &&
         (!persist || json_is_true(persist) == json_is_true(json_object_get(got, "persist")));
}

static void check_stored(Run *run, const json_t *vector, const json_t *client, const char *key,
                         const char *list) {
  const char *name = json_string_value(json_object_get(vector, "input"));
  const json_t *want = json_object_get(json_object_get(vector, key), list);
  json_t *learned = events_named(client, "learned");
  gboolean same = json_array_size(want) == json_array_size(learned);
  for (gsize i = 0; same && i < json_array_size(want); i++)
    same = same_stored(json_array_get(want, i),
                       json_object_get(json_array_get(learned, i), "alternative"));
  g_autofree char *problem = g_strdup_printf("%s stores something else", key);
  if (!same) complain(run, name, problem, learned);
  json_decref(learned);
}

static void check_chromium(Run *run, const json_t *vector, const json_t *client) {
  check_stored(run, vector, client, "chromium", "cached");
}

static void check_firefox(Run *run, const json_t *vector, const json_t *client) {
  check_stored(run, vector, client, "firefox", "stored");
}

static void check_curl(Run *run, const json_t *vector, const json_t *client) {
  check_stored(run, vector, client, "curl", "stored");
}

static const json_t *origin_named(const json_t *client, const char *name) {
  json_t *origin;
  gsize i;
  json_array_foreach(json_object_get(client, "origins"), i, origin) {
    if (g_str_equal(json_string_value(json_object_get(origin, "origin")), name)) return origin;
  }
  return NULL;
}

static void check_frame(Run *run, const json_t *vector, const json_t *client) {
  const char *name = json_string_value(json_object_get(vector, "name"));
  const char *verdict = json_string_value(json_object_get(vector, "verdict"));
  const char *applies_to = json_string_value(json_object_get(vector, "applies_to"));
  json_t *learned = events_named(client, "learned");
  json_t *cleared = events_named(client, "cleared");
  json_t *ignored = events_named(client, "ignored");
  gsize accepted = json_array_size(learned) + json_array_size(cleared);
  gsize dropped = json_array_size(ignored);
  if ((accepted > 0) != g_str_equal(verdict, "valid"))
    complain(run, name, "accepted or not", client);
  if ((dropped > 0) != g_str_equal(verdict, "ignored"))
    complain(run, name, "ignored or not", client);
  if (applies_to) {
    const json_t *origin = origin_named(client, applies_to);
    if (!origin || json_array_size(json_object_get(origin, "events")) == 0)
      complain(run, name, "nothing for its origin", client);
  }
  json_decref(learned);
  json_decref(cleared);
  json_decref(ignored);
}

/* ---- the runs ---- */

static json_t *report_of(const Run *run, const char *model, const char *capture) {
  const char *argv[] = {run->altshark, "--no-progress", "--model", model,
                        "-T",          "json",          capture,   NULL};
  g_autofree char *out = NULL;
  g_autoptr(GError) error = NULL;
  int status = 0;
  if (!g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out, NULL, &status,
                    &error))
    g_error("%s", error->message);
  if (!g_spawn_check_wait_status(status, &error)) g_error("%s: %s", capture, error->message);
  json_error_t problem;
  json_t *report = json_loads(out, 0, &problem);
  if (!report) g_error("the report is no JSON: %s", problem.text);
  return report;
}

static const json_t *client_of(const json_t *report, guint connection) {
  g_autofree char *address = g_strdup_printf("10.0.%u.%u", connection / 200, 1 + connection % 200);
  json_t *client;
  gsize i;
  json_array_foreach(json_object_get(report, "clients"), i, client) {
    if (g_str_equal(json_string_value(json_object_get(client, "client")), address)) return client;
  }
  return NULL;
}

static void run_kind(Run *run, const char *file, const Kind *kind) {
  json_error_t problem;
  json_t *vectors = json_load_file(file, JSON_DECODE_INT_AS_REAL, &problem);
  if (!vectors) g_error("%s: %s", file, problem.text);
  g_autofree char *capture = g_build_filename(run->folder, "vectors.pcapng", NULL);
  write_capture(capture, kind, vectors);
  json_t *report = report_of(run, kind->model, capture);
  for (gsize i = 0; i < json_array_size(vectors); i++) {
    const json_t *client = client_of(report, (guint)i);
    run->checked++;
    if (client)
      kind->check(run, json_array_get(vectors, i), client);
    else
      complain(run, file, "a client is not in the report", json_array_get(vectors, i));
  }
  json_decref(report);
  json_decref(vectors);
  g_unlink(capture);
}

int main(int argc, char **argv) {
  static const Kind field_values[] = {
      {"origin.example", "DNS:origin.example", fill_field_value, check_field_value, "rfc7838"},
      {"origin.example", "DNS:origin.example", fill_field_value, check_chromium, "chromium"},
      {"origin.example", "DNS:origin.example", fill_field_value, check_firefox, "firefox"},
      {"origin.example", "DNS:origin.example", fill_field_value, check_curl, "curl"}};
  static const Kind frames = {"www.example.com", "DNS:www.example.com,DNS:*.example.com",
                              fill_frame, check_frame, "rfc7838"};
  if (argc != 3) g_error("usage: vectors ALTSHARK FOLDER");
  Run run = {.altshark = argv[1], .folder = g_dir_make_tmp(NULL, NULL)};
  g_autofree char *values_file = g_build_filename(argv[2], "field_values.json", NULL);
  g_autofree char *frames_file = g_build_filename(argv[2], "frames.json", NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(field_values); i++)
    run_kind(&run, values_file, &field_values[i]);
  run_kind(&run, frames_file, &frames);
  g_rmdir(run.folder);
  g_free(run.folder);
  g_print("%u vectors, %u faults\n", run.checked, run.failed);
  return run.failed || !run.checked ? EXIT_FAILURE : EXIT_SUCCESS;
}

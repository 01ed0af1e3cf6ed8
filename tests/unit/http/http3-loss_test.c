/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HTTP/3 connections of which something is lost, or more than the limits allow is there. */
#include "analyzer/http/http3.h"

#include "script3.h"

/* ---- losses ---- */

static void test_gap_in_headers(void) {
  Script3 *script = script3_start(0);
  script3_hex(script, ASV_CLIENT, 0, "01 0d 00 00 d1 d7");
  script3_gap(script, ASV_CLIENT, 0, 9);
  script3_data(script, ASV_CLIENT, 0, "body");
  script3_respond(script, 0, "alt-svc: zero\n");
  script3_hex(script, ASV_SERVER, 4, "01 03 00");
  script3_gap(script, ASV_SERVER, 4, 2);
  script3_headers(script, ASV_SERVER, 4, "alt-svc: trailer\n");
  script3_get(script, 4, "a.test");
  script3_expect(script,
                 "8 unreadable client bytes-lost 9\n"
                 "10 response stream=0 200 to=0 alt-svc=zero\n"
                 "12 unreadable server bytes-lost 2\n"
                 "14 request stream=4 origin=https://a.test method=GET path=/4\n"
                 "13 trailer stream=4 0 to=14 origin=https://a.test alt-svc=trailer\n");
}

static void test_gap_in_data(void) {
  Script3 *script = script3_start(0);
  script3_get(script, 0, "a.test");
  script3_respond(script, 0, "");
  script3_hex(script, ASV_SERVER, 0, "00 40 c8 61");
  script3_gap(script, ASV_SERVER, 0, 199);
  script3_headers(script, ASV_SERVER, 0, "alt-svc: trailer\n");
  script3_hex(script, ASV_SERVER, 0, "00 08");
  script3_gap(script, ASV_SERVER, 0, 9);
  script3_headers(script, ASV_SERVER, 0, "alt-svc: unseen\n");
  script3_expect(script,
                 "7 request stream=0 origin=https://a.test method=GET path=/0\n"
                 "9 response stream=0 200 to=7 origin=https://a.test\n"
                 "12 trailer stream=0 200 to=7 origin=https://a.test alt-svc=trailer\n"
                 "14 unreadable server bytes-lost 1\n");
}

static void test_gap_unknown(void) {
  Script3 *script = script3_start(0);
  script3_gap(script, ASV_CLIENT, 0, ASV_GAP_UNKNOWN);
  script3_get(script, 0, "a.test");
  script3_respond(script, 0, "alt-svc: zero\n");
  script3_gap(script, ASV_SERVER, 15, 1);
  script3_hex(script, ASV_SERVER, 15, "00 04 00 07 01 00");
  script3_gap(script, ASV_CLIENT, 10, 1);
  script3_expect(script,
                 "7 unreadable client bytes-lost 0\n"
                 "10 response stream=0 200 to=0 alt-svc=zero\n"
                 "11 unreadable server bytes-lost 1\n");
}

#define INSERT_OLD "47 616c742d737663 03 6f6c64" /* alt-svc: old */
#define INSERT_NEW "47 616c742d737663 03 6e6577" /* alt-svc: new */

/* Six entries fit (RFC 9204 §4.5.1.1), and one is there; the next twelve wait behind a hole when a
 * response comes that needs the thirteenth, which is told as the first is. begun: the encoder
 * stream is. */
static Script3 *script3_doubt(gboolean begun, guint64 gap) {
  Script3 *script = script3_new(220);
  for (int side = 0; side < 2; side++) script3_settings(script, (AsvSide)side, 220);
  script3_hex(script, ASV_CLIENT, 0, "01 0d 00 00 d1 d7 c1 50 06 61 2e 74 65 73 74");
  if (begun) script3_hex(script, ASV_SERVER, 7, "02 3fbd01" INSERT_OLD);
  script3_ahead(script, ASV_SERVER, 7, 12 * 12 + (begun ? 0 : 4 + 12));
  script3_hex(script, ASV_SERVER, 0, "01 04 02 00 d9 80");
  if (!begun) script3_hex(script, ASV_SERVER, 7, "02 3fbd01" INSERT_OLD);
  if (gap) script3_gap(script, ASV_SERVER, 7, gap * 12);
  for (guint64 i = gap; i < 12; i++) script3_hex(script, ASV_SERVER, 7, INSERT_NEW);
  return script;
}

static void test_encoder_stream_ahead(void) {
  const char *request = "3 request stream=0 origin=https://a.test method=GET path=/\n";
  g_autofree char *read = g_strconcat(
      request, "6 response stream=0 200 to=3 origin=https://a.test alt-svc=new\n", NULL);
  g_autofree char *unknown_type = g_strconcat(
      request, "5 response stream=0 200 to=3 origin=https://a.test alt-svc=new\n", NULL);
  g_autofree char *lost = g_strconcat(request, "6 unreadable server qpack-lost 4\n", NULL);
  script3_expect(script3_doubt(TRUE, 0), read);
  script3_expect(script3_doubt(FALSE, 0), unknown_type);
  script3_expect(script3_doubt(TRUE, 1), lost);
}

/* A connection with a bit of everything. */
static Script3 *script3_rich(void) {
  Script3 *script = script3_start(4096);
  script3_get(script, 0, "a.test");
  script3_flush(script, ASV_CLIENT);
  script3_respond(script, 0, "alt-svc: one\nserver: s\n");
  script3_data(script, ASV_SERVER, 0, "body");
  script3_flush(script, ASV_SERVER);
  script3_get(script, 4, "a.test");
  script3_get(script, 8, "b.test");
  script3_flush(script, ASV_CLIENT);
  script3_respond(script, 8, "alt-svc: one\nserver: s\n");
  script3_respond(script, 4, "alt-svc: two\nserver: t\n");
  script3_flush(script, ASV_SERVER);
  script3_end(script, ASV_SERVER, 4, ASV_END_FIN);
  script3_headers(script, ASV_SERVER, 8, "alt-svc: two\n");
  script3_promise(script, 8, 0, PROMISE);
  script3_flush(script, ASV_SERVER);
  script3_push(script, 15, 0);
  script3_flush(script, ASV_SERVER);
  script3_hex(script, ASV_SERVER, 3, "07 01 04");
  return script;
}

/* What a line of a transcript says without what depends on another message. */
static char *bare(const char *line) {
  g_autoptr(GRegex) regex =
      g_regex_new("^\\d+ (?!request|push)|( to=\\d+)|((?<=to=0)| origin=\\S+)", 0, 0, NULL);
  gboolean response = strstr(line, " response ") || strstr(line, " trailer ");
  return response ? g_regex_replace(regex, line, -1, 0, "", 0, NULL) : g_strdup(line);
}

static GHashTable *bare_lines(const char *told) {
  GHashTable *set = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_auto(GStrv) lines = g_strsplit(told, "\n", -1);
  for (gsize i = 0; lines[i]; i++) {
    g_hash_table_add(set, bare(lines[i]));
    g_hash_table_add(set, g_strdup(lines[i]));
  }
  return set;
}

/* Every line is one of those told without the loss; a response may lack its request. */
static void check_nothing_invented(GHashTable *all, const char *told) {
  g_auto(GStrv) lines = g_strsplit(told, "\n", -1);
  for (gsize i = 0; lines[i]; i++) {
    if (strstr(lines[i], " unreadable ") || g_hash_table_contains(all, lines[i])) continue;
    g_autofree char *without = bare(lines[i]);
    gboolean unpaired = strstr(lines[i], " to=0") && !strstr(lines[i], " origin=");
    gboolean trailer = strstr(lines[i], " trailer ") != NULL;
    if (unpaired && g_hash_table_contains(all, without)) continue;
    if (trailer && strstr(lines[i], "alt-svc=two")) continue; /* its response is not known */
    g_error("told with a loss only: %s", lines[i]);
  }
}

/* The script without size octets from octet `from` on of one of its steps. */
static char *tell_with_loss(const Script3 *script, guint which, gsize from, gsize size) {
  Script3 copy = *script;
  copy.octets = g_byte_array_new();
  copy.steps = g_array_new(FALSE, FALSE, sizeof(Step3));
  const guint8 *octets = script->octets->data;
  for (guint i = 0; i < script->steps->len; i++) {
    Step3 step = g_array_index(script->steps, Step3, i), part = step;
    part.packet = i + 1;
    part.size = i == which ? from : step.size;
    if (part.kind != STEP_BYTES || part.size) g_array_append_val(copy.steps, part);
    g_byte_array_append(copy.octets, octets, (guint)part.size);
    if (i == which) {
      Step3 gap = part;
      gap.kind = STEP_GAP;
      gap.gap = size;
      gap.size = 0;
      g_array_append_val(copy.steps, gap);
      part.size = step.size - from - size;
      if (part.size) g_array_append_val(copy.steps, part);
      g_byte_array_append(copy.octets, octets + from + size, (guint)part.size);
    }
    octets += step.size;
  }
  AsvSpan whole = asv_span(copy.octets->data, copy.octets->len);
  char *told = script3_run(&whole, 1, &copy);
  g_byte_array_unref(copy.octets);
  g_array_unref(copy.steps);
  return told;
}

static void test_loss_everywhere(void) {
  Script3 *script = script3_rich();
  AsvSpan whole = asv_span(script->octets->data, script->octets->len);
  g_autofree char *told = asv_test_splits(script3_run, whole, script);
  g_assert_null(strstr(told, "unreadable"));
  GHashTable *all = bare_lines(told);
  guint losses = 0;
  for (guint i = 0; i < script->steps->len; i++) {
    const Step3 *step = &g_array_index(script->steps, Step3, i);
    for (gsize from = 0; from < step->size; from++)
      for (gsize size = 1; size <= step->size - from; size++) {
        g_autofree char *lossy = tell_with_loss(script, i, from, size);
        check_nothing_invented(all, lossy);
        losses += strstr(lossy, "unreadable") != NULL;
      }
  }
  g_assert_cmpuint(losses, >, 0);
  g_hash_table_unref(all);
  script3_free(script);
}

/* ---- limits ---- */

static void big_headers(Script3 *script, AsvSide side, guint64 stream, guint64 type, gsize size) {
  GByteArray *payload = g_byte_array_new();
  g_byte_array_append(payload, (const guint8 *)"\0\0\xd1\xd7\xc1", 5);
  for (gsize i = 5; i < size; i++) g_byte_array_append(payload, (const guint8 *)"\xd1", 1);
  script3_frame(script, side, stream, type, payload->data, payload->len);
  g_byte_array_unref(payload);
}

static char *tell_whole(Script3 *script) {
  AsvSpan whole = asv_span(script->octets->data, script->octets->len);
  char *told = script3_run(&whole, 1, script);
  script3_free(script);
  return told;
}

static void test_section_max(void) {
  Script3 *script = script3_start(0);
  big_headers(script, ASV_CLIENT, 0, 1, ASV_HTTP3_SECTION_MAX);
  big_headers(script, ASV_CLIENT, 4, 1, ASV_HTTP3_SECTION_MAX + 1);
  script3_respond(script, 4, "");
  g_autofree char *told = tell_whole(script);
  g_assert_cmpstr(told, ==,
                  "7 unreadable client bytes-lost 0\n"
                  "7 request stream=0 method=GET path=/\n"
                  "8 unreadable client bytes-lost 524289\n"
                  "9 response stream=4 200 to=0\n");
}

static void test_frame_max(void) {
  Script3 *script = script3_new(0);
  script3_settings(script, ASV_SERVER, 0);
  big_headers(script, ASV_SERVER, 3, 7, ASV_HTTP_FRAME_MAX);
  big_headers(script, ASV_SERVER, 3, 7, ASV_HTTP_FRAME_MAX + 1);
  script3_hex(script, ASV_SERVER, 3, "07 01 00");
  g_autofree char *told = tell_whole(script);
  g_assert_cmpstr(told, ==,
                  "2 goaway server\n3 unreadable server bytes-lost 131073\n4 goaway server\n");
}

/* Sections that are not complete, on ever more streams. */
static void test_gathered_max(void) {
  Script3 *script = script3_start(0);
  GByteArray *begin = g_byte_array_new();
  put_varint(begin, 1);
  put_varint(begin, ASV_HTTP3_SECTION_MAX);
  guint head = begin->len;
  g_byte_array_set_size(begin, head + ASV_HTTP3_GATHERED_MAX / 8);
  guint64 stream = 0;
  for (; stream < 4 * 8; stream += 4)
    script3_octets(script, ASV_CLIENT, stream, begin->data, begin->len);
  script3_octets(script, ASV_CLIENT, stream, begin->data, head + 1);
  script3_end(script, ASV_CLIENT, 0, ASV_END_RESET);
  script3_octets(script, ASV_CLIENT, stream + 4, begin->data, head + 1);
  g_byte_array_unref(begin);
  g_autofree char *told = tell_whole(script);
  g_assert_cmpstr(told, ==, "15 unreadable client bytes-lost 524288\n");
}

static void test_streams_max(void) {
  Script3 *script = script3_new(0);
  for (guint64 i = 0; i < ASV_HTTP3_STREAMS_MAX; i++) script3_hex(script, ASV_CLIENT, 4 * i, "01");
  script3_get(script, 4 * ASV_HTTP3_STREAMS_MAX, "a.test");
  script3_end(script, ASV_CLIENT, 0, ASV_END_RESET);
  script3_get(script, 4 * ASV_HTTP3_STREAMS_MAX + 4, "a.test");
  g_autofree char *told = tell_whole(script);
  g_assert_cmpstr(told, ==,
                  "8193 unreadable client bytes-lost 0\n"
                  "8196 request stream=32772 origin=https://a.test method=GET path=/32772\n");
}

static void test_blocked_time_max(void) {
  Script3 *script = script3_start(4096);
  script->time_apart = ASV_HTTP3_BLOCKED_TIME_MAX / 2;
  script3_get(script, 0, "a.test");
  script3_hex(script, ASV_SERVER, 3, "07 01 00");
  script3_hex(script, ASV_SERVER, 3, "07 01 00");
  script3_flush(script, ASV_CLIENT);
  script3_expect(script,
                 "9 goaway server\n"
                 "7 unreadable client qpack-lost 9\n"
                 "10 goaway server\n");
}

/* A request that comes later than its answer can wait counts as one that was not seen. */
static void test_held_packets_max(void) {
  Script3 *script = script3_start(0);
  script->packets_apart = ASV_HTTP_HELD_PACKETS_MAX;
  script3_respond(script, 0, "");
  script3_hex(script, ASV_SERVER, 3, "07 01 00");
  script3_hex(script, ASV_SERVER, 3, "07 01 00");
  script3_get(script, 0, "a.test");
  script3_expect(script,
                 "8 goaway server\n"
                 "7 response stream=0 200 to=0\n"
                 "9 goaway server\n"
                 "10 request stream=0 origin=https://a.test method=GET path=/0\n"
                 "11 unreadable client bytes-lost 0\n");
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/http3-loss/gap-in-headers", test_gap_in_headers);
  g_test_add_func("/http3-loss/gap-in-data", test_gap_in_data);
  g_test_add_func("/http3-loss/gap-unknown", test_gap_unknown);
  g_test_add_func("/http3-loss/loss-everywhere", test_loss_everywhere);
  g_test_add_func("/http3-loss/section-max", test_section_max);
  g_test_add_func("/http3-loss/frame-max", test_frame_max);
  g_test_add_func("/http3-loss/gathered-max", test_gathered_max);
  g_test_add_func("/http3-loss/streams-max", test_streams_max);
  g_test_add_func("/http3-loss/blocked-time-max", test_blocked_time_max);
  g_test_add_func("/http3-loss/held-packets-max", test_held_packets_max);
  g_test_add_func("/http3/loss/encoder-stream-ahead", test_encoder_stream_ahead);
  return g_test_run();
}

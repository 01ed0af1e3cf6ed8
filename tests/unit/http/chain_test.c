/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where frames may begin again: how many must follow one another, and how far is looked. */
#include "analyzer/http/chain.h"

#include "script.h"

static void look(AsvSpan guarded, void *user) {
  gboolean ends;
  *(AsvChain *)user = asv_chain_read(guarded, &ends);
}

static AsvChain look_at(const GByteArray *octets, gsize size) {
  AsvChain chain;
  asv_test_guarded(asv_span(octets->data, size), look, &chain);
  return chain;
}

/* The last frame's header is enough, all before it must be whole. */
static void test_frames(void) {
  g_autoptr(GByteArray) octets = g_byte_array_new();
  for (guint i = 0; i < ASV_HTTP_CHAIN_FRAMES; i++) put_frame(octets, 6, 0, 0, "12345678", 8);
  gsize enough = octets->len - 8;
  for (gsize n = 0; n <= octets->len; n++)
    g_assert_cmpint(look_at(octets, n), ==, n < enough ? ASV_CHAIN_MORE : ASV_CHAIN_YES);
  octets->data[enough - 1] = 1; /* PING on a stream of its own */
  g_assert_cmpint(look_at(octets, octets->len), ==, ASV_CHAIN_NO);
}

/* A frame longer than what is looked at is none. */
static void test_length(void) {
  for (gsize beyond = 0; beyond < 2; beyond++) {
    gsize size = ASV_HTTP_CHAIN_MAX + beyond;
    g_autofree guint8 *payload = g_malloc0(size);
    g_autoptr(GByteArray) octets = g_byte_array_new();
    put_frame(octets, 0, 0, 1, payload, size);
    g_assert_cmpint(look_at(octets, 9), ==, beyond ? ASV_CHAIN_NO : ASV_CHAIN_MORE);
  }
}

/* Behind a loss: DATA of so many octets, the last one in a packet of its own, then
 * a frame and the beginning of one. */
static char *tell(gsize size) {
  g_autofree guint8 *payload = g_malloc0(size);
  g_autoptr(GByteArray) data = g_byte_array_new();
  Script *script = script_http2();
  put_frame(data, 0, 0, 1, payload, size);
  script_gap(script, ASV_SERVER, 100);
  script_octets(script, ASV_SERVER, data->data, data->len - 1);
  script_octets(script, ASV_SERVER, data->data + data->len - 1, 1);
  script_altsvc(script, ASV_SERVER, 0, "", "x");
  script_octets(script, ASV_SERVER, "\0\0\1", 3);
  return script_tell(script);
}

/* As long as there is room a third frame has to come; then those must do that end beyond it. */
static void test_octets(void) {
  const gsize altsvc = 9 + 3, room = ASV_HTTP_CHAIN_MAX - 9;
  const struct {
    gsize size;
    gboolean told;
  } cases[] = {
      {room - altsvc, FALSE}, {room - altsvc + 1, TRUE}, {room + 1, TRUE}, {room + 2, FALSE}};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *told = tell(cases[i].size);
    g_autofree char *want =
        g_strconcat("4 unreadable server bytes-lost 100\n4 unreadable server hpack-lost 100\n",
                    cases[i].told ? "7 altsvc stream=0 payload=\\x00\\x00x\n" : NULL, NULL);
    g_assert_cmpstr(told, ==, want);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/http/chain/frames", test_frames);
  g_test_add_func("/http/chain/length", test_length);
  g_test_add_func("/http/chain/octets", test_octets);
  return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nghttp3's own QPACK encoder and, as the receiver that answers it, its decoder. */
#ifndef TESTS_UNIT_HTTP_QPACK_PEER_H
#define TESTS_UNIT_HTTP_QPACK_PEER_H

#include <nghttp3/nghttp3.h>

#include "altsvc/bytes.h"

typedef struct {
  nghttp3_qpack_stream_context *context;
  GByteArray *left;
} PeerSection;

typedef struct {
  nghttp3_qpack_encoder *encoder;
  nghttp3_qpack_decoder *receiver;
  GPtrArray *blocked; /* PeerSection* of the receiver */
} QpackPeer;

static inline void peer_section_free(gpointer data) {
  PeerSection *section = data;
  nghttp3_qpack_stream_context_del(section->context);
  g_byte_array_unref(section->left);
  g_free(section);
}

static inline QpackPeer *peer_new(gsize capacity, gsize blocked) {
  QpackPeer *peer = g_new0(QpackPeer, 1);
  const nghttp3_mem *mem = nghttp3_mem_default();
  g_assert_cmpint(nghttp3_qpack_encoder_new(&peer->encoder, capacity, mem), ==, 0);
  nghttp3_qpack_encoder_set_max_dtable_capacity(peer->encoder, capacity);
  nghttp3_qpack_encoder_set_max_blocked_streams(peer->encoder, blocked);
  g_assert_cmpint(nghttp3_qpack_decoder_new(&peer->receiver, capacity, blocked, mem), ==, 0);
  peer->blocked = g_ptr_array_new_with_free_func(peer_section_free);
  return peer;
}

static inline void peer_free(QpackPeer *peer) {
  g_ptr_array_unref(peer->blocked);
  nghttp3_qpack_encoder_del(peer->encoder);
  nghttp3_qpack_decoder_del(peer->receiver);
  g_free(peer);
}

static inline void peer_append(GByteArray *to, nghttp3_buf *buf) {
  g_byte_array_append(to, buf->pos, (guint)nghttp3_buf_len(buf));
  nghttp3_buf_free(buf, nghttp3_mem_default());
}

/* Encodes lines of "name: value\n"; a name may begin with a colon. Appends to both arrays. */
static inline void peer_encode(QpackPeer *peer, guint64 stream, const char *lines,
                               GByteArray *section, GByteArray *encoder_stream) {
  g_auto(GStrv) each = g_strsplit(lines, "\n", -1);
  guint count = g_strv_length(each);
  g_autofree nghttp3_nv *fields = g_new0(nghttp3_nv, count + 1);
  gsize n = 0;
  for (guint i = 0; i < count; i++) {
    char *split = *each[i] ? strstr(each[i] + 1, ": ") : NULL;
    if (!split) continue;
    *split = '\0';
    fields[n++] = (nghttp3_nv){.name = (guint8 *)each[i],
                               .namelen = strlen(each[i]),
                               .value = (guint8 *)split + 2,
                               .valuelen = strlen(split + 2)};
  }
  nghttp3_buf prefix, rest, encoder;
  nghttp3_buf_init(&prefix);
  nghttp3_buf_init(&rest);
  nghttp3_buf_init(&encoder);
  g_assert_cmpint(nghttp3_qpack_encoder_encode(peer->encoder, &prefix, &rest, &encoder,
                                               (int64_t)stream, fields, n),
                  ==, 0);
  peer_append(section, &prefix);
  peer_append(section, &rest);
  peer_append(encoder_stream, &encoder);
}

/* TRUE when the section is through. */
static inline gboolean peer_read(QpackPeer *peer, PeerSection *section) {
  for (;;) {
    nghttp3_qpack_nv nv;
    guint8 flags = 0;
    nghttp3_ssize read = nghttp3_qpack_decoder_read_request(
        peer->receiver, section->context, &nv, &flags, section->left->data, section->left->len, 1);
    g_assert_cmpint(read, >=, 0);
    g_byte_array_remove_range(section->left, 0, (guint)read);
    if (flags & NGHTTP3_QPACK_DECODE_FLAG_BLOCKED) return FALSE;
    if (flags & NGHTTP3_QPACK_DECODE_FLAG_FINAL) return TRUE;
    nghttp3_rcbuf_decref(nv.name);
    nghttp3_rcbuf_decref(nv.value);
  }
}

/* The receiver gets a whole section. */
static inline void peer_receive_section(QpackPeer *peer, guint64 stream, AsvSpan octets) {
  PeerSection *section = g_new0(PeerSection, 1);
  nghttp3_qpack_stream_context_new(&section->context, (int64_t)stream, nghttp3_mem_default());
  section->left = g_byte_array_new();
  g_byte_array_append(section->left, octets.data, (guint)octets.size);
  if (peer_read(peer, section))
    peer_section_free(section);
  else
    g_ptr_array_add(peer->blocked, section);
}

/* The receiver gets octets of the encoder stream. */
static inline void peer_receive_encoder(QpackPeer *peer, AsvSpan octets) {
  g_assert_cmpint(nghttp3_qpack_decoder_read_encoder(peer->receiver, octets.data, octets.size), ==,
                  (gint64)octets.size);
  for (guint i = 0; i < peer->blocked->len;)
    if (peer_read(peer, peer->blocked->pdata[i]))
      g_ptr_array_remove_index(peer->blocked, i);
    else
      i++;
}

/* Appends what the receiver has to say to the encoder, which gets it. */
static inline void peer_acknowledge(QpackPeer *peer, GByteArray *decoder_stream) {
  gsize size = nghttp3_qpack_decoder_get_decoder_streamlen(peer->receiver);
  g_autofree guint8 *octets = g_malloc(size + 1);
  nghttp3_buf buf = {.begin = octets, .end = octets + size, .pos = octets, .last = octets};
  nghttp3_qpack_decoder_write_decoder(peer->receiver, &buf);
  gsize written = (gsize)(buf.last - buf.pos);
  g_assert_cmpint(nghttp3_qpack_encoder_read_decoder(peer->encoder, octets, written), ==,
                  (gint64)written);
  g_byte_array_append(decoder_stream, octets, (guint)written);
}

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gzip by zlib, zstd by libzstd, LZ4 frames by liblz4, behind one table.
 * Multi-member gzip: RFC 1952 §2.2. Skippable frames: RFC 8878 §3.1.2; a file
 * that begins with one is taken for zstd, as pzstd writes them.
 */
#include "codec.h"

#include <lz4frame.h>
#include <zlib.h>
#include <zstd.h>

#include "analyzer/input/input.h"
#include "analyzer/limits.h"

typedef struct {
  const char *name;
  guint32 magic, mask; /* of the first four octets, little endian */
  gboolean (*start)(AsvCodec *codec);
  /* One call of the library: moves *in, adds to *made; FALSE with *why for damage. */
  gboolean (*step)(AsvCodec *codec, AsvSpan *in, AsvSpan room, gsize *made, const char **why);
  void (*stop)(AsvCodec *codec);
} Kind;

struct AsvCodec {
  const Kind *kind;
  gboolean inside; /* a member or frame has begun and not ended */
  z_stream gzip;
  ZSTD_DCtx *zstd;
  LZ4F_dctx *lz4;
};

/* The room to write to travels as a span; this is the one place where it becomes writable again. */
static guint8 *writable(AsvSpan room) {
  return (guint8 *)(guintptr)room.data;
}

static gboolean gzip_start(AsvCodec *codec) {
  return inflateInit2(&codec->gzip, MAX_WBITS + 16) == Z_OK;
}

static gboolean gzip_step(AsvCodec *codec, AsvSpan *in, AsvSpan room, gsize *made,
                          const char **why) {
  if (!codec->inside) {
    /* Tapes and some writers pad with zeros behind the last member. */
    while (in->size && in->data[0] == 0) *in = asv_span(in->data + 1, in->size - 1);
    if (in->size == 0) return TRUE;
    inflateReset(&codec->gzip);
    codec->inside = TRUE;
  }
  z_stream *z = &codec->gzip;
  z->next_in = (z_const Bytef *)in->data;
  z->avail_in = (uInt)MIN(in->size, G_MAXUINT);
  z->next_out = writable(room);
  z->avail_out = (uInt)MIN(room.size, G_MAXUINT);
  int result = inflate(z, Z_NO_FLUSH);
  *made += (gsize)(z->next_out - room.data);
  gsize used = (gsize)(z->next_in - in->data);
  *in = asv_span(in->data + used, in->size - used);
  if (result == Z_STREAM_END) codec->inside = FALSE;
  if (result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR) return TRUE;
  *why = z->msg ? z->msg : zError(result);
  return FALSE;
}

static void gzip_stop(AsvCodec *codec) {
  inflateEnd(&codec->gzip);
}

static gboolean zstd_start(AsvCodec *codec) {
  codec->zstd = ZSTD_createDCtx();
  return codec->zstd && !ZSTD_isError(ZSTD_DCtx_setParameter(codec->zstd, ZSTD_d_windowLogMax,
                                                             ASV_INPUT_ZSTD_WINDOW_LOG));
}

static gboolean zstd_step(AsvCodec *codec, AsvSpan *in, AsvSpan room, gsize *made,
                          const char **why) {
  ZSTD_inBuffer from = {.src = in->data, .size = in->size};
  ZSTD_outBuffer to = {.dst = writable(room), .size = room.size};
  size_t result = ZSTD_decompressStream(codec->zstd, &to, &from);
  *made += to.pos;
  *in = asv_span(in->data + from.pos, in->size - from.pos);
  codec->inside = result != 0;
  if (!ZSTD_isError(result)) return TRUE;
  *why = ZSTD_getErrorName(result);
  return FALSE;
}

static void zstd_stop(AsvCodec *codec) {
  ZSTD_freeDCtx(codec->zstd);
}

static gboolean lz4_start(AsvCodec *codec) {
  return !LZ4F_isError(LZ4F_createDecompressionContext(&codec->lz4, LZ4F_VERSION));
}

static gboolean lz4_step(AsvCodec *codec, AsvSpan *in, AsvSpan room, gsize *made,
                         const char **why) {
  size_t used = in->size, written = room.size;
  size_t result = LZ4F_decompress(codec->lz4, writable(room), &written, in->data, &used, NULL);
  if (LZ4F_isError(result)) {
    *why = LZ4F_getErrorName(result);
    return FALSE;
  }
  *made += written;
  *in = asv_span(in->data + used, in->size - used);
  codec->inside = result != 0;
  return TRUE;
}

static void lz4_stop(AsvCodec *codec) {
  LZ4F_freeDecompressionContext(codec->lz4);
}

static const Kind kinds[] = {
    {"gzip", 0x00088b1f, 0x00ffffff, gzip_start, gzip_step, gzip_stop},
    {"zstd", 0xfd2fb528, 0xffffffff, zstd_start, zstd_step, zstd_stop},
    {"zstd", 0x184d2a50, 0xfffffff0, zstd_start, zstd_step, zstd_stop},
    {"lz4", 0x184d2204, 0xffffffff, lz4_start, lz4_step, lz4_stop},
};

AsvCodec *asv_codec_new(AsvSpan data) {
  AsvReader reader = asv_reader(data);
  guint32 first = asv_read_u32(&reader);
  guint32 magic = GUINT32_SWAP_LE_BE(first);
  if (reader.failed) return NULL;
  for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
    if ((magic & kinds[i].mask) != kinds[i].magic) continue;
    AsvCodec *codec = g_new0(AsvCodec, 1);
    codec->kind = &kinds[i];
    gboolean started = codec->kind->start(codec);
    g_assert(started);
    return codec;
  }
  return NULL;
}

const char *asv_codec_name(const AsvCodec *codec) {
  return codec->kind->name;
}

gsize asv_codec_decode(AsvCodec *codec, AsvSpan *in, guint8 *out, gsize room, GError **error) {
  gsize made = 0;
  while (made < room && (codec->inside || in->size)) {
    gsize left = in->size, before = made;
    const char *why = NULL;
    if (!codec->kind->step(codec, in, asv_span(out + made, room - made), &made, &why)) {
      g_set_error(error, ASV_INPUT_ERROR, ASV_INPUT_ERROR_DAMAGED, "%s data is damaged (%s)",
                  codec->kind->name, why);
      break;
    }
    if (in->size == left && made == before) break;
  }
  return made;
}

gboolean asv_codec_at_boundary(const AsvCodec *codec) {
  return !codec->inside;
}

void asv_codec_free(AsvCodec *codec) {
  if (!codec) return;
  codec->kind->stop(codec);
  g_free(codec);
}

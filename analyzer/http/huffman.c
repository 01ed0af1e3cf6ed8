/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The code is canonical: codes of one size are consecutive numbers, behind those
 * that are shorter. What text is made of has at most eight bits; comparisons
 * tell their size sooner than a table would, and the next code depends on that
 * alone.
 */
#include "huffman.h"

/* Thirty ones: no string has it (RFC 7541 §5.2). */
#define END_OF_STRING 0xfffffffcu

/* Where codes of six, seven, eight and more bits begin. */
#define SIX (G_GUINT64_CONSTANT(0x50) << 56)
#define SEVEN (G_GUINT64_CONSTANT(0xb8) << 56)
#define EIGHT (G_GUINT64_CONSTANT(0xf8) << 56)
#define MORE (G_GUINT64_CONSTANT(0xfe) << 56)

/* The octet by the first eight bits, below MORE. */
static const guint8 short_octets[] = {
    48,  48,  48,  48,  48,  48,  48,  48,  49,  49,  49,  49,  49,  49,  49,  49,  50,  50,  50,
    50,  50,  50,  50,  50,  97,  97,  97,  97,  97,  97,  97,  97,  99,  99,  99,  99,  99,  99,
    99,  99,  101, 101, 101, 101, 101, 101, 101, 101, 105, 105, 105, 105, 105, 105, 105, 105, 111,
    111, 111, 111, 111, 111, 111, 111, 115, 115, 115, 115, 115, 115, 115, 115, 116, 116, 116, 116,
    116, 116, 116, 116, 32,  32,  32,  32,  37,  37,  37,  37,  45,  45,  45,  45,  46,  46,  46,
    46,  47,  47,  47,  47,  51,  51,  51,  51,  52,  52,  52,  52,  53,  53,  53,  53,  54,  54,
    54,  54,  55,  55,  55,  55,  56,  56,  56,  56,  57,  57,  57,  57,  61,  61,  61,  61,  65,
    65,  65,  65,  95,  95,  95,  95,  98,  98,  98,  98,  100, 100, 100, 100, 102, 102, 102, 102,
    103, 103, 103, 103, 104, 104, 104, 104, 108, 108, 108, 108, 109, 109, 109, 109, 110, 110, 110,
    110, 112, 112, 112, 112, 114, 114, 114, 114, 117, 117, 117, 117, 58,  58,  66,  66,  67,  67,
    68,  68,  69,  69,  70,  70,  71,  71,  72,  72,  73,  73,  74,  74,  75,  75,  76,  76,  77,
    77,  78,  78,  79,  79,  80,  80,  81,  81,  82,  82,  83,  83,  84,  84,  85,  85,  86,  86,
    87,  87,  89,  89,  106, 106, 107, 107, 113, 113, 118, 118, 119, 119, 120, 120, 121, 121, 122,
    122, 38,  42,  44,  59,  88,  90};

static const guint8 long_octets[] = {
    33,  34,  40,  41,  63,  39,  43,  124, 35,  62,  0,   36,  64,  91,  93,  126, 94,  125, 60,
    96,  123, 92,  195, 208, 128, 130, 131, 162, 184, 194, 224, 226, 153, 161, 167, 172, 176, 177,
    179, 209, 216, 217, 227, 229, 230, 129, 132, 133, 134, 136, 146, 154, 156, 160, 163, 164, 169,
    170, 173, 178, 181, 185, 186, 187, 189, 190, 196, 198, 228, 232, 233, 1,   135, 137, 138, 139,
    140, 141, 143, 147, 149, 150, 151, 152, 155, 157, 158, 165, 166, 168, 174, 175, 180, 182, 183,
    188, 191, 197, 231, 239, 9,   142, 144, 145, 148, 159, 171, 206, 215, 225, 236, 237, 199, 207,
    234, 235, 192, 193, 200, 201, 202, 205, 210, 213, 218, 219, 238, 240, 242, 243, 255, 203, 204,
    211, 212, 214, 221, 222, 223, 241, 244, 245, 246, 247, 248, 250, 251, 252, 253, 254, 2,   3,
    4,   5,   6,   7,   8,   11,  12,  14,  15,  16,  17,  18,  19,  20,  21,  23,  24,  25,  26,
    27,  28,  29,  30,  31,  127, 220, 249, 10,  13,  22};

typedef struct {
  guint8 size;   /* in bits */
  guint8 octet;  /* index of its first code's octet */
  guint32 first; /* that code, from the highest bit on */
} Group;

static const Group groups[] = {
    {10, 0, 0xfe000000u},   {11, 5, 0xff400000u},   {12, 8, 0xffa00000u},   {13, 10, 0xffc00000u},
    {14, 16, 0xfff00000u},  {15, 18, 0xfff80000u},  {19, 21, 0xfffe0000u},  {20, 24, 0xfffe6000u},
    {21, 32, 0xfffee000u},  {22, 45, 0xffff4800u},  {23, 71, 0xffffb000u},  {24, 100, 0xffffea00u},
    {25, 112, 0xfffff600u}, {26, 116, 0xfffff800u}, {27, 131, 0xfffffbc0u}, {28, 150, 0xfffffe20u},
    {30, 179, 0xfffffff0u}};

typedef struct {
  guint64 bits; /* from the highest on */
  guint have;   /* those that count; behind them stand zeros, or those that follow */
  const guint8 *at, *end;
} Bits;

/* Takes as many whole octets as there is room for, and as there are. */
static inline void refill(Bits *bits) {
  guint64 next = 0;
  gsize left = (gsize)(bits->end - bits->at), room = (63 - bits->have) / 8;
  if (left >= sizeof next)
    memcpy(&next, bits->at, sizeof next);
  else if (left)
    memcpy(&next, bits->at, left);
  bits->bits |= GUINT64_FROM_BE(next) >> bits->have;
  bits->at += MIN(left, room);
  bits->have += (guint)MIN(left, room) * 8;
}

/* Reads a code of more than eight bits: its octet and size, 0 for the end of string. */
static guint long_code(guint32 next, guint8 *octet) {
  gsize i = 0;
  while (i + 1 < G_N_ELEMENTS(groups) && next >= groups[i + 1].first) i++;
  const Group *group = &groups[i];
  if (next >= END_OF_STRING) return 0;
  *octet = long_octets[group->octet + ((next - group->first) >> (32 - group->size))];
  return group->size;
}

/* What is left behind the last code: less than an octet, all ones. */
static gboolean is_padding(const Bits *bits) {
  return bits->have < 8 && (bits->bits >> 56 | 0xffu >> bits->have) == 0xff;
}

gboolean asv_huffman_decode(AsvSpan coded, guint8 *to, gsize *size) {
  Bits bits = {.at = coded.data, .end = coded.size ? coded.data + coded.size : coded.data};
  guint8 *start = to;
  gboolean more;
  do {
    more = bits.at < bits.end;
    refill(&bits);
    for (;;) {
      guint64 next = bits.bits;
      guint used = 5u + (next >= SIX) + (next >= SEVEN) + (next >= EIGHT);
      guint8 octet;
      if (next < MORE)
        octet = short_octets[next >> 56];
      else if (!(used = long_code((guint32)(next >> 32), &octet)))
        return FALSE;
      if (used > bits.have) break;
      *to++ = octet;
      bits.bits <<= used;
      bits.have -= used;
    }
  } while (more);
  *size = (gsize)(to - start);
  return is_padding(&bits);
}

/* Where a string stands, by its first and last octets. */
static gsize place_of(AsvSpan coded) {
  guint64 head, tail;
  memcpy(&head, coded.data, sizeof head);
  memcpy(&tail, coded.data + coded.size - sizeof tail, sizeof tail);
  guint64 mixed = (head ^ tail << 1 ^ coded.size) * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);
  return (gsize)(mixed >> 32) % ASV_HUFFMAN_KEPT_MAX;
}

gboolean asv_huffman_read(AsvHuffmanMemo *memo, AsvSpan coded, guint8 *room, AsvSpan *plain) {
  gsize size;
  if (coded.size < sizeof(guint64) || coded.size > ASV_HUFFMAN_KEPT_SIZE_MAX) {
    gboolean valid = asv_huffman_decode(coded, room, &size);
    *plain = asv_span(room, valid ? size : 0);
    return valid;
  }
  gsize at = place_of(coded);
  if (!asv_span_equal(coded, asv_span(memo->kept[at].coded, memo->kept[at].coded_size))) {
    memo->kept[at].coded_size = 0;
    if (!asv_huffman_decode(coded, memo->kept[at].plain, &size)) return FALSE;
    memo->kept[at].size = (guint8)size;
    memo->kept[at].coded_size = (guint8)coded.size;
    memcpy(memo->kept[at].coded, coded.data, coded.size);
  }
  *plain = asv_span(memo->kept[at].plain, memo->kept[at].size);
  return TRUE;
}

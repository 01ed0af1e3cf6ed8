/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What text is made of has codes of at most eight bits: the next eight tell
 * size and octet. The others are canonical: codes of one size are consecutive
 * numbers, behind those that are shorter, so that octets in the order of their
 * codes and where each size begins are all there is to know.
 */
#include "huffman.h"

/* Thirty ones: no string has it (RFC 7541 §5.2). */
#define END_OF_STRING 0xfffffffcu

/* By the first eight bits: size of the code, and the octet in the lowest eight bits; 0 where more
 * bits are needed. */
static const guint16 short_codes[256] = {
    0x530, 0x530, 0x530, 0x530, 0x530, 0x530, 0x530, 0x530, 0x531, 0x531, 0x531, 0x531, 0x531,
    0x531, 0x531, 0x531, 0x532, 0x532, 0x532, 0x532, 0x532, 0x532, 0x532, 0x532, 0x561, 0x561,
    0x561, 0x561, 0x561, 0x561, 0x561, 0x561, 0x563, 0x563, 0x563, 0x563, 0x563, 0x563, 0x563,
    0x563, 0x565, 0x565, 0x565, 0x565, 0x565, 0x565, 0x565, 0x565, 0x569, 0x569, 0x569, 0x569,
    0x569, 0x569, 0x569, 0x569, 0x56f, 0x56f, 0x56f, 0x56f, 0x56f, 0x56f, 0x56f, 0x56f, 0x573,
    0x573, 0x573, 0x573, 0x573, 0x573, 0x573, 0x573, 0x574, 0x574, 0x574, 0x574, 0x574, 0x574,
    0x574, 0x574, 0x620, 0x620, 0x620, 0x620, 0x625, 0x625, 0x625, 0x625, 0x62d, 0x62d, 0x62d,
    0x62d, 0x62e, 0x62e, 0x62e, 0x62e, 0x62f, 0x62f, 0x62f, 0x62f, 0x633, 0x633, 0x633, 0x633,
    0x634, 0x634, 0x634, 0x634, 0x635, 0x635, 0x635, 0x635, 0x636, 0x636, 0x636, 0x636, 0x637,
    0x637, 0x637, 0x637, 0x638, 0x638, 0x638, 0x638, 0x639, 0x639, 0x639, 0x639, 0x63d, 0x63d,
    0x63d, 0x63d, 0x641, 0x641, 0x641, 0x641, 0x65f, 0x65f, 0x65f, 0x65f, 0x662, 0x662, 0x662,
    0x662, 0x664, 0x664, 0x664, 0x664, 0x666, 0x666, 0x666, 0x666, 0x667, 0x667, 0x667, 0x667,
    0x668, 0x668, 0x668, 0x668, 0x66c, 0x66c, 0x66c, 0x66c, 0x66d, 0x66d, 0x66d, 0x66d, 0x66e,
    0x66e, 0x66e, 0x66e, 0x670, 0x670, 0x670, 0x670, 0x672, 0x672, 0x672, 0x672, 0x675, 0x675,
    0x675, 0x675, 0x73a, 0x73a, 0x742, 0x742, 0x743, 0x743, 0x744, 0x744, 0x745, 0x745, 0x746,
    0x746, 0x747, 0x747, 0x748, 0x748, 0x749, 0x749, 0x74a, 0x74a, 0x74b, 0x74b, 0x74c, 0x74c,
    0x74d, 0x74d, 0x74e, 0x74e, 0x74f, 0x74f, 0x750, 0x750, 0x751, 0x751, 0x752, 0x752, 0x753,
    0x753, 0x754, 0x754, 0x755, 0x755, 0x756, 0x756, 0x757, 0x757, 0x759, 0x759, 0x76a, 0x76a,
    0x76b, 0x76b, 0x771, 0x771, 0x776, 0x776, 0x777, 0x777, 0x778, 0x778, 0x779, 0x779, 0x77a,
    0x77a, 0x826, 0x82a, 0x82c, 0x83b, 0x858, 0x85a, 0,     0};

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

/* The same for the code at the front of next; 0 for the end of string. */
static guint long_code(guint32 next) {
  gsize i = 0;
  while (i + 1 < G_N_ELEMENTS(groups) && next >= groups[i + 1].first) i++;
  const Group *group = &groups[i];
  if (next >= END_OF_STRING) return 0;
  guint index = group->octet + ((next - group->first) >> (32 - group->size));
  return (guint)group->size << 8 | long_octets[index];
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
      guint code = short_codes[bits.bits >> 56];
      if (!code && !(code = long_code((guint32)(bits.bits >> 32)))) return FALSE;
      if (code >> 8 > bits.have) break;
      *to++ = (guint8)code;
      bits.bits <<= code >> 8;
      bits.have -= code >> 8;
    }
  } while (more);
  *size = (gsize)(to - start);
  return is_padding(&bits);
}

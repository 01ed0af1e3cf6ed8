/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The code is canonical: codes of one length are consecutive numbers, and
 * follow those that are shorter. So octets in the order of their codes, and
 * where each length begins, are all there is to know. What text is made of has
 * at most eight bits; its length is found without branches.
 */
#include "huffman.h"

#define CODES 256u
/* The longest code, and the one that ends nothing: thirty ones (RFC 7541 §5.2). */
#define LONGEST 30u
#define END_OF_STRING 0xfffffffcu
/* From here on, codes have more than eight bits. */
#define LONG 0xfe000000u

static const guint8 octets[CODES] = {
    48,  49,  50,  97,  99,  101, 105, 111, 115, 116, 32,  37,  45,  46,  47,  51,  52,  53,  54,
    55,  56,  57,  61,  65,  95,  98,  100, 102, 103, 104, 108, 109, 110, 112, 114, 117, 58,  66,
    67,  68,  69,  70,  71,  72,  73,  74,  75,  76,  77,  78,  79,  80,  81,  82,  83,  84,  85,
    86,  87,  89,  106, 107, 113, 118, 119, 120, 121, 122, 38,  42,  44,  59,  88,  90,  33,  34,
    40,  41,  63,  39,  43,  124, 35,  62,  0,   36,  64,  91,  93,  126, 94,  125, 60,  96,  123,
    92,  195, 208, 128, 130, 131, 162, 184, 194, 224, 226, 153, 161, 167, 172, 176, 177, 179, 209,
    216, 217, 227, 229, 230, 129, 132, 133, 134, 136, 146, 154, 156, 160, 163, 164, 169, 170, 173,
    178, 181, 185, 186, 187, 189, 190, 196, 198, 228, 232, 233, 1,   135, 137, 138, 139, 140, 141,
    143, 147, 149, 150, 151, 152, 155, 157, 158, 165, 166, 168, 174, 175, 180, 182, 183, 188, 191,
    197, 231, 239, 9,   142, 144, 145, 148, 159, 171, 206, 215, 225, 236, 237, 199, 207, 234, 235,
    192, 193, 200, 201, 202, 205, 210, 213, 218, 219, 238, 240, 242, 243, 255, 203, 204, 211, 212,
    214, 221, 222, 223, 241, 244, 245, 246, 247, 248, 250, 251, 252, 253, 254, 2,   3,   4,   5,
    6,   7,   8,   11,  12,  14,  15,  16,  17,  18,  19,  20,  21,  23,  24,  25,  26,  27,  28,
    29,  30,  31,  127, 220, 249, 10,  13,  22};

typedef struct {
  guint8 size;   /* in bits */
  guint8 octet;  /* index of its first code's octet */
  guint32 first; /* that code, from the highest bit on */
} Group;

static const Group groups[] = {
    {5, 0, 0x00000000u},    {6, 10, 0x50000000u},   {7, 36, 0xb8000000u},   {8, 68, 0xf8000000u},
    {10, 74, 0xfe000000u},  {11, 79, 0xff400000u},  {12, 82, 0xffa00000u},  {13, 84, 0xffc00000u},
    {14, 90, 0xfff00000u},  {15, 92, 0xfff80000u},  {19, 95, 0xfffe0000u},  {20, 98, 0xfffe6000u},
    {21, 106, 0xfffee000u}, {22, 119, 0xffff4800u}, {23, 145, 0xffffb000u}, {24, 174, 0xffffea00u},
    {25, 186, 0xfffff600u}, {26, 190, 0xfffff800u}, {27, 205, 0xfffffbc0u}, {28, 224, 0xfffffe20u},
    {30, 253, 0xfffffff0u}};

typedef struct {
  guint64 bits; /* from the highest on; zeros behind the last */
  guint have;
  AsvSpan left;
} Bits;

static void refill(Bits *bits) {
  while (bits->have <= 56 && bits->left.size) {
    bits->bits |= (guint64)*bits->left.data << (56 - bits->have);
    bits->have += 8;
    bits->left.data++;
    bits->left.size--;
  }
}

static const Group *group_of(guint32 next) {
  if (next < LONG)
    return &groups[(next >= groups[1].first) + (next >= groups[2].first) +
                   (next >= groups[3].first)];
  gsize i = 4;
  while (i + 1 < G_N_ELEMENTS(groups) && next >= groups[i + 1].first) i++;
  return &groups[i];
}

/* What is left behind the last code: less than an octet, all ones. */
static gboolean is_padding(const Bits *bits) {
  return bits->have < 8 && (bits->bits >> 56 | 0xffu >> bits->have) == 0xff;
}

gboolean asv_huffman_decode(AsvSpan coded, guint8 *to, gsize *size) {
  Bits bits = {.left = coded};
  guint8 *start = to;
  for (;;) {
    if (bits.have < LONGEST) refill(&bits);
    guint32 next = (guint32)(bits.bits >> 32);
    const Group *group = group_of(next);
    if (group->size > bits.have) break;
    if (next >= END_OF_STRING) return FALSE;
    *to++ = octets[group->octet + ((next - group->first) >> (32 - group->size))];
    bits.bits <<= group->size;
    bits.have -= group->size;
  }
  *size = (gsize)(to - start);
  return is_padding(&bits);
}

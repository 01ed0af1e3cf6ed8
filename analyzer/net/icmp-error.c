/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What ICMP errors say (RFC 792, 1191, 1812 §5.2.7), and those of ICMPv6 (RFC
 * 4443 §3).
 */
#include "analyzer/net/net.h"

enum { V4_UNREACHABLE = 3, V4_QUENCH, V4_REDIRECT, V4_TIME = 11, V4_PARAMETER };
enum { V4_TOO_BIG = 4 }; /* a code of V4_UNREACHABLE */
enum { V6_UNREACHABLE = 1, V6_TOO_BIG, V6_TIME, V6_PARAMETER };

static const char *const v4_unreachable[] = {"network unreachable",
                                             "host unreachable",
                                             "protocol unreachable",
                                             "port unreachable",
                                             "packet too big",
                                             "source route failed",
                                             "network unknown",
                                             "host unknown",
                                             "source host isolated",
                                             "network prohibited",
                                             "host prohibited",
                                             "network unreachable for this service",
                                             "host unreachable for this service",
                                             "administratively prohibited",
                                             "host precedence violation",
                                             "precedence cutoff"};
static const char *const v6_unreachable[] = {"no route",
                                             "administratively prohibited",
                                             "beyond the scope of the source address",
                                             "host unreachable",
                                             "port unreachable",
                                             "source address failed policy",
                                             "route rejected"};

static const char *word(const char *const *words, gsize count, guint8 code) {
  return code < count ? words[code] : "unreachable";
}

/* FALSE when it is no error. */
static gboolean read_v4(AsvIcmp *icmp, guint8 type, guint8 code, guint32 rest) {
  switch (type) {
    case V4_UNREACHABLE:
      icmp->too_big = code == V4_TOO_BIG;
      if (icmp->too_big)
        icmp->mtu = rest & 0xffff;
      else
        icmp->what = word(v4_unreachable, G_N_ELEMENTS(v4_unreachable), code);
      return TRUE;
    case V4_TIME:
      icmp->what = "time exceeded";
      return TRUE;
    case V4_PARAMETER:
      icmp->what = "parameter problem";
      return TRUE;
    default:
      return type == V4_QUENCH || type == V4_REDIRECT;
  }
}

static gboolean read_v6(AsvIcmp *icmp, guint8 type, guint8 code, guint32 rest) {
  switch (type) {
    case V6_UNREACHABLE:
      icmp->what = word(v6_unreachable, G_N_ELEMENTS(v6_unreachable), code);
      return TRUE;
    case V6_TOO_BIG:
      icmp->too_big = TRUE;
      icmp->mtu = rest;
      return TRUE;
    case V6_TIME:
      icmp->what = "time exceeded";
      return TRUE;
    case V6_PARAMETER:
      icmp->what = "parameter problem";
      return TRUE;
    default:
      return FALSE;
  }
}

gboolean asv_icmp_read(AsvReader *reader, gboolean version_6, AsvIcmp *icmp) {
  guint8 type = asv_read_u8(reader);
  guint8 code = asv_read_u8(reader);
  asv_read_u16(reader);
  guint32 rest = asv_read_u32(reader);
  return !reader->failed && (version_6 ? read_v6 : read_v4)(icmp, type, code, rest);
}

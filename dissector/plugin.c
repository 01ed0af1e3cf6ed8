/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What Wireshark looks for in a plugin: the version it was built for, and the
 * function that registers the protocol and the statistics.
 */
#include <epan/packet.h>
#include <epan/tap.h>
#include <ws_version.h>

#include "packet-altsvc.h"
#include "statistics.h"

WS_DLL_PUBLIC_DEF const char plugin_version[] = ASV_VERSION;
WS_DLL_PUBLIC_DEF const int plugin_want_major = WIRESHARK_VERSION_MAJOR;
WS_DLL_PUBLIC_DEF const int plugin_want_minor = WIRESHARK_VERSION_MINOR;

WS_DLL_PUBLIC void plugin_register(void);
WS_DLL_PUBLIC guint32 plugin_describe(void);

WS_DLL_PUBLIC_DEF void plugin_register(void) {
  static const proto_plugin protocol = {.register_protoinfo = altsvc_register_protocol,
                                        .register_handoff = altsvc_handoff_protocol};
  static const tap_plugin statistics = {.register_tap_listener = altsvc_register_statistics};
  proto_register_plugin(&protocol);
  tap_register_plugin(&statistics);
}

/* Asked for from Wireshark 4.2 on; 1 stands for a dissector. */
WS_DLL_PUBLIC_DEF guint32 plugin_describe(void) {
  return 1;
}

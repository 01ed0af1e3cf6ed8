/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One handshake message is one node; what stands below it is gathered first,
 * then taken over by type.
 */
#include "tls.h"

#include "fields.h"

enum {
  MESSAGE_CLIENT_HELLO = 1,
  MESSAGE_SERVER_HELLO = 2,
  MESSAGE_ENCRYPTED_EXTENSIONS = 8,
  MESSAGE_CERTIFICATE = 11,
  MESSAGE_FINISHED = 20,
  MESSAGE_COMPRESSED_CERTIFICATE = 25
};

enum { EXTENSION_EARLY_DATA = 42, EXTENSION_ECH = 0xfe0d };

struct AltsvcTls {
  gboolean told;
  gboolean secrets; /* something protected was readable */
  gboolean resumed, early_data, ech;
  guint16 version;
  char *sni, *alpn, *issuer;
  GPtrArray *alpn_offered; /* char* */
  GPtrArray *names;        /* char*: of the certificate */
  GByteArray *session_id;  /* that the client offered */
};

/* What the node of a message says. */
typedef struct {
  packet_info *pinfo;
  guint type;
  guint16 version, supported;
  gboolean early_data, ech, psk;
  AsvSpan sni, session_id;
  GPtrArray *alpn;  /* char* */
  GPtrArray *names; /* char* */
} Message;

void altsvc_tls_free(AltsvcTls *tls) {
  if (!tls) return;
  g_free(tls->sni);
  g_free(tls->alpn);
  g_free(tls->issuer);
  g_clear_pointer(&tls->alpn_offered, g_ptr_array_unref);
  g_clear_pointer(&tls->names, g_ptr_array_unref);
  g_clear_pointer(&tls->session_id, g_byte_array_unref);
  g_free(tls);
}

static void read_message(proto_node *node, gpointer data) {
  Message *message = data;
  switch (altsvc_field_of(node)) {
    case ALTSVC_FIELD_TLS_HANDSHAKE_TYPE:
      message->type = (guint)altsvc_field_number(node);
      break;
    case ALTSVC_FIELD_TLS_VERSION:
      message->version = (guint16)altsvc_field_number(node);
      break;
    case ALTSVC_FIELD_TLS_SUPPORTED_VERSION:
      message->supported = (guint16)altsvc_field_number(node);
      break;
    case ALTSVC_FIELD_TLS_EXTENSION_TYPE:
      if (altsvc_field_number(node) == EXTENSION_EARLY_DATA) message->early_data = TRUE;
      if (altsvc_field_number(node) == EXTENSION_ECH) message->ech = TRUE;
      break;
    case ALTSVC_FIELD_TLS_PSK_SELECTED:
      message->psk = TRUE;
      break;
    case ALTSVC_FIELD_TLS_SERVER_NAME:
      message->sni = altsvc_field_octets(message->pinfo, node);
      break;
    case ALTSVC_FIELD_TLS_SESSION_ID:
      message->session_id = altsvc_field_octets(message->pinfo, node);
      break;
    case ALTSVC_FIELD_TLS_ALPN:
      g_ptr_array_add(message->alpn, asv_span_dup(altsvc_field_octets(message->pinfo, node)));
      break;
    default:
      break;
  }
  proto_tree_children_foreach(node, read_message, message);
}

static void take_message(AltsvcConnection *connection, Message *message) {
  AltsvcTls *tls = connection->tls;
  switch (message->type) {
    case MESSAGE_CLIENT_HELLO:
      altsvc_connection_sender_is(connection, ASV_FROM_CLIENT);
      if (tls->told) return;
      g_free(tls->sni);
      tls->sni = message->sni.size ? asv_span_dup(message->sni) : NULL;
      tls->ech = message->ech;
      g_clear_pointer(&tls->alpn_offered, g_ptr_array_unref);
      tls->alpn_offered = g_ptr_array_ref(message->alpn);
      return;
    case MESSAGE_SERVER_HELLO:
      altsvc_connection_sender_is(connection, ASV_FROM_SERVER);
      tls->version = message->supported ? message->supported : message->version;
      tls->resumed = message->psk;
      break;
    case MESSAGE_ENCRYPTED_EXTENSIONS:
      tls->early_data = message->early_data;
      tls->secrets = TRUE;
      break;
    case MESSAGE_FINISHED:
      tls->secrets = TRUE;
      if (altsvc_connection_from(connection) == ASV_FROM_SERVER) altsvc_tls_tell(connection, TRUE);
      return;
    default:
      return;
  }
  if (message->alpn->len && !tls->alpn) tls->alpn = g_strdup(g_ptr_array_index(message->alpn, 0));
}

typedef struct {
  AltsvcConnection *connection;
  packet_info *pinfo;
} Walk;

static void walk_node(proto_node *node, gpointer data) {
  const Walk *walk = data;
  if (altsvc_field_of(node) != ALTSVC_FIELD_TLS_HANDSHAKE) {
    proto_tree_children_foreach(node, walk_node, data);
    return;
  }
  Message message = {.pinfo = walk->pinfo};
  message.alpn = g_ptr_array_new_with_free_func(g_free);
  message.names = g_ptr_array_new_with_free_func(g_free);
  proto_tree_children_foreach(node, read_message, &message);
  take_message(walk->connection, &message);
  g_ptr_array_unref(message.alpn);
  g_ptr_array_unref(message.names);
}

void altsvc_tls_node(AltsvcConnection *connection, packet_info *pinfo, proto_node *node) {
  Walk walk = {.connection = connection, .pinfo = pinfo};
  if (!connection->tls) connection->tls = g_new0(AltsvcTls, 1);
  connection->secure = TRUE;
  proto_tree_children_foreach(node, walk_node, &walk);
}

static GArray *spans_of(const GPtrArray *texts) {
  GArray *spans = g_array_new(FALSE, FALSE, sizeof(AsvSpan));
  for (guint i = 0; texts && i < texts->len; i++) {
    AsvSpan span = asv_span_text(g_ptr_array_index(texts, i));
    g_array_append_val(spans, span);
  }
  return spans;
}

void altsvc_tls_tell(const AltsvcConnection *connection, gboolean final) {
  static const char *const versions[] = {"1.0", "1.1", "1.2", "1.3"};
  AltsvcTls *tls = connection->tls;
  if (!tls || tls->told) return;
  tls->told = final;
  g_autoptr(GArray) offered = spans_of(tls->alpn_offered);
  g_autoptr(GArray) names = spans_of(tls->names);
  AsvObservation seen = altsvc_connection_observation(connection, ASV_OBSERVATION_HANDSHAKE);
  seen.handshake =
      (AsvHandshakeSeen){.sni = asv_span_text(tls->sni),
                         .alpn_offered = {(const AsvSpan *)(gpointer)offered->data, offered->len},
                         .alpn = asv_span_text(tls->alpn),
                         .certificate_names = {(const AsvSpan *)(gpointer)names->data, names->len},
                         .certificate_issuer = asv_span_text(tls->issuer),
                         .resumed = tls->resumed,
                         .early_data = tls->early_data,
                         .ech = !tls->ech      ? ASV_ECH_NONE
                                : tls->secrets ? ASV_ECH_GREASE
                                               : ASV_ECH_OFFERED,
                         .secrets = tls->secrets};
  if (tls->version >= 0x0301 && tls->version <= 0x0304)
    seen.handshake.tls_version = versions[tls->version - 0x0301];
  altsvc_connection_tell(connection, &seen);
}

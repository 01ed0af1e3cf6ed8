/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One handshake message is one node; what stands below it is gathered first,
 * then taken over by type. A record that Wireshark could not read has no
 * content type below it (TLS 1.3), or comes from a side whose Finished could
 * not be read either.
 */
#include "tls.h"

#include "certificate.h"
#include "failure.h"
#include "fields.h"
#include "limits.h"

enum {
  MESSAGE_CLIENT_HELLO = 1,
  MESSAGE_SERVER_HELLO = 2,
  MESSAGE_NEW_SESSION_TICKET = 4,
  MESSAGE_ENCRYPTED_EXTENSIONS = 8,
  MESSAGE_CERTIFICATE = 11,
  MESSAGE_FINISHED = 20,
  MESSAGE_COMPRESSED_CERTIFICATE = 25
};

enum { EXTENSION_SESSION_TICKET = 35, EXTENSION_EARLY_DATA = 42, EXTENSION_ECH = 0xfe0d };

enum { RECORD_CHANGE_CIPHER_SPEC = 20, RECORD_APPLICATION = 23 };

enum { ALERT_FATAL = 2, ALERT_CLOSE_NOTIFY = 0, ALERT_USER_CANCELED = 90 };

#define VERSION_13 0x0304

/* One direction. */
typedef struct {
  gboolean started;  /* a record was seen */
  gboolean readable; /* a protected record could be read */
  gboolean carried;  /* one of them was application data */
  gboolean ciphered; /* TLS 1.2 and before: ChangeCipherSpec was sent, */
  gboolean sealed;   /* and a record under its keys; in TLS 1.3 one that is no alert */
  gboolean told;     /* that some could not */
  gboolean finished; /* its Finished was read */
  guint64 protected, counted;
  guint64 unreadable; /* octets that were not told yet */
} Side;

struct AltsvcTls {
  gboolean told;
  gboolean has_client_hello, has_server_hello;
  gboolean early_decided; /* the server has accepted 0-RTT data, or not */
  gboolean resumed, early_offered, early_accepted, ech;
  guint16 version, suite;
  char *sni, *alpn;
  GPtrArray *alpn_offered; /* char* */
  GPtrArray *identities;   /* GBytes*: the sessions that the client offers to resume, TLS 1.3 */
  GBytes *ticket, *id;     /* the same, TLS 1.2; NULL when empty */
  GBytes *session_id;      /* of the server, TLS 1.2 */
  AltsvcCertificate *certificate;
  Side sides[2]; /* client, server */
};

/* What the node of a message says. */
typedef struct {
  packet_info *pinfo;
  guint type, extension, compression;
  guint16 version, supported, suite;
  gboolean early_data, ech, psk;
  guint64 psk_index;
  AsvSpan sni, session_id, ticket, offered_ticket, certificate;
  GPtrArray *alpn;       /* char* */
  GPtrArray *identities; /* GBytes* */
} Message;

static void bytes_free(gpointer data) {
  g_bytes_unref(data);
}

static GBytes *keep(AsvSpan span) {
  return span.size ? g_bytes_new(span.data, span.size) : NULL;
}

void altsvc_tls_free(AltsvcTls *tls) {
  if (!tls) return;
  g_free(tls->sni);
  g_free(tls->alpn);
  g_clear_pointer(&tls->alpn_offered, g_ptr_array_unref);
  g_clear_pointer(&tls->identities, g_ptr_array_unref);
  g_clear_pointer(&tls->ticket, g_bytes_unref);
  g_clear_pointer(&tls->id, g_bytes_unref);
  g_clear_pointer(&tls->session_id, g_bytes_unref);
  altsvc_certificate_unref(tls->certificate);
  g_free(tls);
}

static int side_of(AsvFrom from) {
  return from == ASV_FROM_CLIENT ? 0 : 1;
}

/* ---- the report ---- */

static GArray *spans_of(const GPtrArray *texts) {
  GArray *spans = g_array_new(FALSE, FALSE, sizeof(AsvSpan));
  for (guint i = 0; texts && i < texts->len; i++) {
    AsvSpan span = asv_span_text(g_ptr_array_index(texts, i));
    g_array_append_val(spans, span);
  }
  return spans;
}

static AsvEch ech_of(const AltsvcTls *tls, gboolean secrets) {
  if (!tls->ech) return ASV_ECH_NONE;
  return secrets ? ASV_ECH_GREASE : ASV_ECH_OFFERED;
}

static void tell(const AltsvcConnection *connection) {
  static const char *const versions[] = {"1.0", "1.1", "1.2", "1.3"};
  const AltsvcTls *tls = connection->tls;
  const AltsvcCertificate *certificate = tls->certificate;
  gboolean secrets = tls->sides[0].readable || tls->sides[1].readable;
  g_autoptr(GArray) offered = spans_of(tls->alpn_offered);
  g_autoptr(GArray) names = spans_of(certificate ? certificate->names : NULL);
  AsvObservation seen = altsvc_connection_observation(connection, ASV_OBSERVATION_HANDSHAKE);
  seen.handshake = (AsvHandshakeSeen){
      .sni = asv_span_text(tls->sni),
      .alpn_offered = {(const AsvSpan *)(gpointer)offered->data, offered->len},
      .alpn = asv_span_text(tls->alpn),
      .certificate_names = {(const AsvSpan *)(gpointer)names->data, names->len},
      .certificate_issuer = asv_span_text(certificate ? certificate->issuer : NULL),
      .resumed = tls->resumed,
      .early_data = tls->early_accepted,
      .ech = ech_of(tls, secrets),
      .secrets = secrets};
  if (tls->version >= 0x0301 && tls->version <= VERSION_13)
    seen.handshake.tls_version = versions[tls->version - 0x0301];
  altsvc_connection_tell(connection, &seen);
}

static void tell_once(AltsvcConnection *connection) {
  if (connection->tls->told) return;
  connection->tls->told = TRUE;
  tell(connection);
}

/* What came before any message of the handshake belongs to one that was not captured. */
static AltsvcTls *tls_of(AltsvcConnection *connection) {
  if (!connection->tls) connection->tls = g_new0(AltsvcTls, 1);
  return connection->tls;
}

gboolean altsvc_tls_has_client_hello(const AltsvcConnection *connection) {
  return connection->tls && connection->tls->has_client_hello;
}

gboolean altsvc_tls_has_server_hello(const AltsvcConnection *connection) {
  return connection->tls && connection->tls->has_server_hello;
}

gboolean altsvc_tls_may_be_http3(const AltsvcConnection *connection) {
  const AltsvcTls *tls = connection->tls;
  return !tls || !tls->alpn || g_str_has_prefix(tls->alpn, "h3");
}

gboolean altsvc_tls_early_accepted(const AltsvcConnection *connection) {
  return connection->tls && connection->tls->early_accepted;
}

void altsvc_tls_set_readable(AltsvcConnection *connection) {
  tls_of(connection)->sides[0].readable = TRUE;
}

void altsvc_tls_tell(AltsvcConnection *connection) {
  tls_of(connection);
  tell_once(connection);
}

void altsvc_tls_hold_early(AltsvcConnection *connection) {
  if (!tls_of(connection)->early_decided) altsvc_connection_hold_early(connection);
}

/* As asv_tls_incomplete(): early data that cannot be read may be all that the client sent. */
gboolean altsvc_tls_is_incomplete(const AltsvcConnection *connection) {
  const AltsvcTls *tls = connection->tls;
  if (!tls || !tls->has_client_hello) return FALSE;
  for (int i = 0; i < 2; i++)
    if (connection->lost[i] || tls->sides[i].carried ||
        altsvc_stream_missing(&connection->streams[i]))
      return FALSE;
  if (tls->early_offered && !tls->sides[0].readable) return FALSE;
  if (!tls->has_server_hello) return TRUE;
  if (tls->version == VERSION_13) return !tls->sides[0].finished && !tls->sides[0].sealed;
  return !tls->sides[0].sealed || !tls->sides[1].sealed;
}

static AsvUnreadableReason reason_of(const AltsvcConnection *connection) {
  const AltsvcTls *tls = connection->tls;
  if (!tls->has_client_hello || !tls->has_server_hello) {
    const Side *missing = &tls->sides[tls->has_client_hello ? 1 : 0];
    if (!missing->started && (tls->has_client_hello || tls->has_server_hello))
      return ASV_UNREADABLE_ONE_DIRECTION;
    return ASV_UNREADABLE_HANDSHAKE_NOT_CAPTURED;
  }
  return ASV_UNREADABLE_NO_SECRETS;
}

void altsvc_tls_end(AltsvcConnection *connection, AsvFrom from) {
  AltsvcTls *tls = connection->tls;
  if (!tls) return;
  Side *side = &tls->sides[side_of(from)];
  if (side->unreadable)
    altsvc_connection_unreadable(connection, from, reason_of(connection), side->unreadable);
  side->unreadable = 0;
  if (tls->has_client_hello || tls->has_server_hello) tell_once(connection);
}

AltsvcTls *altsvc_tls_copy(const AltsvcTls *tls) {
  return tls ? g_memdup2(tls, sizeof *tls) : NULL;
}

/* ---- messages ---- */

static void read_extension(Message *message, guint type) {
  message->extension = type;
  if (type == EXTENSION_EARLY_DATA) message->early_data = TRUE;
  if (type == EXTENSION_ECH) message->ech = TRUE;
}

/* Names of RFC 8701 are no names. */
static void read_alpn(Message *message, AsvSpan name) {
  gboolean grease = name.size == 2 && name.data[0] == name.data[1] && (name.data[0] & 0x0f) == 0x0a;
  if (name.size && !grease) g_ptr_array_add(message->alpn, asv_span_dup(name));
}

/* The first certificate of a Certificate message (RFC 8446 §4.4.2). */
static AsvSpan leaf_of(AsvSpan body) {
  AsvReader reader = asv_reader(body);
  asv_read_span(&reader, asv_read_u8(&reader)); /* certificate_request_context */
  asv_read_u24(&reader);
  return asv_read_span(&reader, asv_read_u24(&reader));
}

static void read_message(proto_node *node, gpointer data) {
  Message *message = data;
  AltsvcField field = altsvc_field_of(node);
  switch (field) {
    case ALTSVC_FIELD_TLS_HANDSHAKE_TYPE:
      message->type = (guint)altsvc_field_number(node);
      break;
    case ALTSVC_FIELD_TLS_VERSION:
      message->version = (guint16)altsvc_field_number(node);
      break;
    case ALTSVC_FIELD_TLS_SUPPORTED_VERSION:
      message->supported = (guint16)altsvc_field_number(node);
      break;
    case ALTSVC_FIELD_TLS_SUITE:
      message->suite = (guint16)altsvc_field_number(node);
      break;
    case ALTSVC_FIELD_TLS_EXTENSION_TYPE:
      read_extension(message, (guint)altsvc_field_number(node));
      break;
    case ALTSVC_FIELD_TLS_EXTENSION_DATA:
      if (message->extension == EXTENSION_SESSION_TICKET)
        message->offered_ticket = altsvc_field_octets(message->pinfo, node);
      break;
    case ALTSVC_FIELD_TLS_PSK_SELECTED:
      message->psk = TRUE;
      message->psk_index = altsvc_field_number(node);
      break;
    case ALTSVC_FIELD_TLS_PSK_IDENTITY:
      g_ptr_array_add(message->identities, keep(altsvc_field_octets(message->pinfo, node)));
      break;
    case ALTSVC_FIELD_TLS_SERVER_NAME:
      message->sni = altsvc_field_octets(message->pinfo, node);
      break;
    case ALTSVC_FIELD_TLS_SESSION_ID:
      message->session_id = altsvc_field_octets(message->pinfo, node);
      break;
    case ALTSVC_FIELD_TLS_TICKET:
      message->ticket = altsvc_field_octets(message->pinfo, node);
      break;
    case ALTSVC_FIELD_TLS_ALPN:
      read_alpn(message, altsvc_field_octets(message->pinfo, node));
      break;
    case ALTSVC_FIELD_TLS_CERTIFICATE:
      if (!message->certificate.size)
        message->certificate = altsvc_field_octets(message->pinfo, node);
      break;
    case ALTSVC_FIELD_TLS_COMPRESSION:
      message->compression = (guint)altsvc_field_number(node);
      break;
    case ALTSVC_FIELD_TLS_COMPRESSED:
      message->certificate =
          leaf_of(altsvc_field_decompressed(message->pinfo, node, message->compression));
      break;
    default:
      break;
  }
  proto_tree_children_foreach(node, read_message, message);
}

static void decide_early(AltsvcConnection *connection, gboolean accepted) {
  connection->tls->early_decided = TRUE;
  altsvc_connection_decide_early(connection, accepted);
}

static void take_client_hello(AltsvcConnection *connection, const Message *message) {
  AltsvcTls *tls = connection->tls;
  if (tls->told) return;
  /* HelloRetryRequest; a client of QUIC says it again after a Retry, and goes on. */
  if (tls->has_client_hello && !connection->quic) decide_early(connection, FALSE);
  if (!tls->has_client_hello) {
    tls->early_offered = message->early_data;
    tls->ech = message->ech;
  }
  tls->has_client_hello = TRUE;
  g_free(tls->sni);
  tls->sni = message->sni.size ? asv_span_dup(message->sni) : NULL;
  g_clear_pointer(&tls->alpn_offered, g_ptr_array_unref);
  g_clear_pointer(&tls->identities, g_ptr_array_unref);
  g_clear_pointer(&tls->ticket, g_bytes_unref);
  g_clear_pointer(&tls->id, g_bytes_unref);
  tls->alpn_offered = g_ptr_array_ref(message->alpn);
  tls->identities = g_ptr_array_ref(message->identities);
  tls->ticket = keep(message->offered_ticket);
  tls->id = keep(message->session_id);
}

static void set_certificate(AltsvcTls *tls, AltsvcCertificate *certificate) {
  altsvc_certificate_unref(tls->certificate);
  tls->certificate = altsvc_certificate_ref(certificate);
}

static void add_session(const AltsvcConnection *connection, GBytes *identity) {
  const AltsvcTls *tls = connection->tls;
  if (!identity || !tls->certificate) return;
  const AltsvcCommon *common = connection->common;
  if (g_hash_table_replace(common->sessions, g_bytes_ref(identity),
                           altsvc_certificate_ref(tls->certificate)))
    g_queue_push_tail(common->in_order, g_bytes_ref(identity));
  if (common->in_order->length <= ALTSVC_SESSIONS_MAX) return;
  g_autoptr(GBytes) oldest = g_queue_pop_head(common->in_order);
  g_hash_table_remove(common->sessions, oldest);
}

static AltsvcCertificate *find_session(const AltsvcConnection *connection, GBytes *identity) {
  return identity ? g_hash_table_lookup(connection->common->sessions, identity) : NULL;
}

/* A session that goes on has the certificate it began with. */
static void find_resumption(const AltsvcConnection *connection, const Message *message) {
  AltsvcTls *tls = connection->tls;
  AltsvcCertificate *certificate = NULL;
  if (tls->version == VERSION_13) {
    tls->resumed = message->psk;
    if (tls->resumed && tls->identities && message->psk_index < tls->identities->len)
      certificate =
          find_session(connection, g_ptr_array_index(tls->identities, (guint)message->psk_index));
  } else {
    g_clear_pointer(&tls->session_id, g_bytes_unref);
    tls->session_id = keep(message->session_id);
    tls->resumed = tls->id && tls->session_id && g_bytes_equal(tls->id, tls->session_id);
    certificate = find_session(connection, tls->ticket);
    if (!certificate) certificate = find_session(connection, tls->session_id);
  }
  if (tls->resumed) set_certificate(tls, certificate);
}

static void take_server_hello(AltsvcConnection *connection, const Message *message) {
  AltsvcTls *tls = connection->tls;
  if (tls->has_server_hello && tls->version == VERSION_13 && tls->sides[1].readable) return;
  tls->version = message->supported ? message->supported : message->version;
  tls->suite = message->suite;
  tls->has_server_hello = TRUE;
  find_resumption(connection, message);
  if (!tls->resumed) decide_early(connection, FALSE);
}

static void take_certificate(AltsvcConnection *connection, const Message *message) {
  AltsvcTls *tls = connection->tls;
  AltsvcCertificate *certificate = altsvc_certificate_read(message->certificate);
  if (!certificate) return;
  tls->resumed = FALSE;
  set_certificate(tls, certificate);
  altsvc_certificate_unref(certificate);
  add_session(connection, tls->session_id);
}

static void take_ticket(AltsvcConnection *connection, const Message *message) {
  g_autoptr(GBytes) ticket = keep(message->ticket);
  add_session(connection, ticket);
}

static void take_server_message(AltsvcConnection *connection, const Message *message) {
  AltsvcTls *tls = connection->tls;
  switch (message->type) {
    case MESSAGE_SERVER_HELLO:
      take_server_hello(connection, message);
      break;
    case MESSAGE_ENCRYPTED_EXTENSIONS:
      tls->early_accepted = message->early_data;
      decide_early(connection, message->early_data);
      break;
    case MESSAGE_CERTIFICATE:
    case MESSAGE_COMPRESSED_CERTIFICATE:
      take_certificate(connection, message);
      return;
    case MESSAGE_NEW_SESSION_TICKET:
      take_ticket(connection, message);
      return;
    case MESSAGE_FINISHED:
      tls->sides[1].readable = TRUE;
      tell_once(connection);
      return;
    default:
      return;
  }
  if (message->alpn->len && !tls->told) {
    g_free(tls->alpn);
    tls->alpn = g_strdup(g_ptr_array_index(message->alpn, 0));
  }
}

static void take_message(AltsvcConnection *connection, const Message *message) {
  if (message->type == MESSAGE_CLIENT_HELLO)
    altsvc_connection_sender_is(connection, ASV_FROM_CLIENT);
  if (message->type == MESSAGE_SERVER_HELLO)
    altsvc_connection_sender_is(connection, ASV_FROM_SERVER);
  if (altsvc_connection_from(connection) == ASV_FROM_SERVER)
    take_server_message(connection, message);
  else if (message->type == MESSAGE_CLIENT_HELLO)
    take_client_hello(connection, message);
  else if (message->type == MESSAGE_FINISHED)
    connection->tls->sides[0].finished = connection->tls->sides[0].readable = TRUE;
}

static void take_handshake(AltsvcConnection *connection, packet_info *pinfo, proto_node *node) {
  Message message = {.pinfo = pinfo};
  message.alpn = g_ptr_array_new_with_free_func(g_free);
  message.identities = g_ptr_array_new_with_free_func(bytes_free);
  proto_tree_children_foreach(node, read_message, &message);
  take_message(connection, &message);
  g_ptr_array_unref(message.alpn);
  g_ptr_array_unref(message.identities);
}

/* ---- records ---- */

typedef struct {
  AltsvcConnection *connection;
  packet_info *pinfo;
  gboolean opaque; /* the record has an outer type */
  guint content;   /* the type inside, 0: it was not read */
  guint level;     /* of the alert last seen */
} Walk;

/* TRUE for the size that an alert alone has in TLS 1.3. */
static gboolean is_alert_size(const AltsvcTls *tls, guint64 size) {
  gsize tag = tls->suite == 0x1305 ? 8 : 16; /* TLS_AES_128_CCM_8_SHA256 */
  return size == 2 + 1 + tag;
}

/* Notes what a record says of the end of the handshake. unread_data: it was not read, and is no
 * alert. */
static void note_seal(const AltsvcTls *tls, Side *side, guint8 type, gboolean unread_data) {
  if (tls->version == VERSION_13) {
    if (unread_data) side->sealed = TRUE;
    return;
  }
  if (side->ciphered) side->sealed = TRUE;
  if (type == RECORD_CHANGE_CIPHER_SPEC) side->ciphered = TRUE;
}

/*
 * TRUE when an unreadable record probably carried application data. In TLS 1.3
 * the type is inside: a client's first protected record is its Finished, a
 * server's are its handshake until the client has sent more than that, and an
 * alert has a size of its own.
 */
static gboolean countable(const AltsvcTls *tls, AsvFrom from, guint64 size) {
  const Side *side = &tls->sides[side_of(from)], *other = &tls->sides[!side_of(from)];
  if (tls->version != VERSION_13) return TRUE;
  if (is_alert_size(tls, size)) return FALSE;
  if (from == ASV_FROM_CLIENT) return side->protected > 1 || tls->early_offered;
  return other->counted > 0 || other->readable || !other->started;
}

static void take_record(AltsvcConnection *connection, const Walk *walk, AsvSpan octets) {
  AltsvcTls *tls = connection->tls;
  AsvFrom from = altsvc_connection_from(connection);
  Side *side = &tls->sides[side_of(from)];
  AsvReader reader = asv_reader(octets);
  guint8 type = asv_read_u8(&reader);
  asv_read_u16(&reader);
  guint16 size = asv_read_u16(&reader);
  side->started = TRUE;
  note_seal(tls, side, type,
            type == RECORD_APPLICATION && !walk->content && !is_alert_size(tls, size));
  if (type != RECORD_APPLICATION) return;
  side->protected ++;
  if (walk->opaque ? walk->content != 0 : side->readable) {
    side->readable = TRUE;
    if (!walk->opaque || walk->content == RECORD_APPLICATION) side->carried = TRUE;
    if (from == ASV_FROM_CLIENT && tls->early_offered && !side->finished) {
      connection->early = TRUE;
      if (!tls->early_decided) altsvc_connection_hold_early(connection);
    }
  } else if (countable(tls, from, size)) {
    side->counted++;
    connection->lost[side_of(from)] = TRUE;
    if (side->told) {
      side->unreadable += size;
    } else {
      side->told = TRUE;
      tell_once(connection);
      altsvc_connection_unreadable(connection, from, reason_of(connection), size);
    }
  }
}

static void note_type(proto_node *node, gpointer data) {
  Walk *walk = data;
  AltsvcField field = altsvc_field_of(node);
  if (field == ALTSVC_FIELD_TLS_RECORD_OPAQUE_TYPE) walk->opaque = TRUE;
  if (field == ALTSVC_FIELD_TLS_RECORD_TYPE) walk->content = (guint)altsvc_field_number(node);
  if (field == ALTSVC_FIELD_OTHER) proto_tree_children_foreach(node, note_type, walk);
}

static void take_alert(const Walk *walk, guint8 description) {
  AltsvcConnection *connection = walk->connection;
  gboolean fatal = walk->level == ALERT_FATAL || connection->tls->version == VERSION_13;
  if (fatal && description != ALERT_CLOSE_NOTIFY && description != ALERT_USER_CANCELED)
    altsvc_failure_alert(connection, altsvc_connection_from(connection), description);
}

static void walk_node(proto_node *node, gpointer data) {
  Walk *walk = data;
  AltsvcField field = altsvc_field_of(node);
  if (field == ALTSVC_FIELD_TLS_HANDSHAKE) {
    take_handshake(walk->connection, walk->pinfo, node);
    return;
  }
  if (field == ALTSVC_FIELD_TLS_ALERT_LEVEL) walk->level = (guint)altsvc_field_number(node);
  if (field == ALTSVC_FIELD_TLS_ALERT) take_alert(walk, (guint8)altsvc_field_number(node));
  if (field == ALTSVC_FIELD_TLS_RECORD) {
    walk->opaque = FALSE;
    walk->content = 0;
    proto_tree_children_foreach(node, note_type, walk);
    take_record(walk->connection, walk, altsvc_field_octets(walk->pinfo, node));
  }
  proto_tree_children_foreach(node, walk_node, walk);
}

void altsvc_tls_node(AltsvcConnection *connection, packet_info *pinfo, proto_node *node) {
  Walk walk = {.connection = connection, .pinfo = pinfo};
  tls_of(connection);
  connection->secure = TRUE;
  if (connection->client == connection->sender) connection->early = FALSE;
  proto_tree_children_foreach(node, walk_node, &walk);
}

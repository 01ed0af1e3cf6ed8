/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which connection a datagram belongs to (RFC 9000 §5.2): by its endpoints
 * first, then by its destination connection id, which goes with a connection
 * to new endpoints. Ids that a client gives itself, those that a server does,
 * and the random ones of a client's first flight are kept apart. The hashes
 * have a random key, which no result depends on.
 */
#include "connection.h"

#define LONG_FORM 0x80u
/* Set, unless the peer agreed to do without (RFC 9287). */
#define FIXED_BIT 0x40u
/* First octet, one of an id, and what protection needs (RFC 9001 §5.4.2). */
#define SHORT_MIN 21u

typedef enum { OF_CLIENT = ASV_CLIENT, OF_SERVER = ASV_SERVER, OF_FIRST_FLIGHT, KINDS } Kind;

typedef struct {
  guint hash;
  Kind kind;
  AsvQuicCid cid;
  AsvQuicConnection *connection;
} CidEntry;

typedef struct {
  AsvQuicConnection *connection;
  gboolean client; /* index of its client's end in the path */
} Link;

/* Two endpoints, the lower first, and the connections between them, newest last. */
typedef struct {
  guint hash;
  AsvEndpoint ends[2];
  GArray *links;
} Path;

struct AsvQuicRoutes {
  GHashTable *cids, *paths;
  guint sizes[ASV_QUIC_CID_MAX + 1]; /* ids of that size in the table */
  guint32 seed;
  Path *last;
};

/* What all long headers have in common (RFC 8999 §5.1). */
typedef struct {
  guint8 first;
  guint32 version;
  AsvSpan destination, source;
} Header;

/* --- tables --- */

static guint entry_hash(gconstpointer entry) {
  return ((const CidEntry *)entry)->hash;
}

static gboolean cid_equal(gconstpointer a, gconstpointer b) {
  const CidEntry *one = a, *other = b;
  return one->kind == other->kind &&
         asv_span_equal(asv_cid_span(&one->cid), asv_cid_span(&other->cid));
}

static guint path_hash(gconstpointer path) {
  return ((const Path *)path)->hash;
}

static gboolean endpoint_equal(const AsvEndpoint *a, const AsvEndpoint *b) {
  return a->port == b->port && a->address.size == b->address.size &&
         memcmp(a->address.bytes, b->address.bytes, sizeof a->address.bytes) == 0;
}

static gboolean path_equal(gconstpointer a, gconstpointer b) {
  const Path *one = a, *other = b;
  return endpoint_equal(&one->ends[0], &other->ends[0]) &&
         endpoint_equal(&one->ends[1], &other->ends[1]);
}

static guint32 mix(guint32 hash, const guint8 *octets, gsize size) {
  for (gsize i = 0; i < size; i++) hash = (hash ^ octets[i]) * 16777619u;
  return hash ^ hash >> 15;
}

AsvQuicRoutes *asv_quic_routes_new(void) {
  AsvQuicRoutes *routes = g_new0(AsvQuicRoutes, 1);
  routes->cids = g_hash_table_new(entry_hash, cid_equal);
  routes->paths = g_hash_table_new(path_hash, path_equal);
  routes->seed = g_random_int();
  return routes;
}

void asv_quic_routes_free(AsvQuicRoutes *routes) {
  g_hash_table_destroy(routes->cids);
  g_hash_table_destroy(routes->paths);
  g_free(routes);
}

/* --- connection ids --- */

static CidEntry *find_cid(const AsvQuicRoutes *routes, Kind kind, AsvSpan id) {
  if (!id.size || id.size > ASV_QUIC_CID_MAX || !routes->sizes[id.size]) return NULL;
  CidEntry wanted = {.kind = kind, .cid = asv_cid_make(id)};
  wanted.hash = mix(routes->seed ^ (guint32)kind, id.data, id.size);
  return g_hash_table_lookup(routes->cids, &wanted);
}

static void remove_cid(AsvQuicRoutes *routes, CidEntry *entry) {
  g_hash_table_remove(routes->cids, entry);
  routes->sizes[entry->cid.size]--;
  g_ptr_array_remove(entry->connection->routing.cids, entry);
  g_free(entry);
}

static void add_cid(AsvQuicConnection *connection, Kind kind, AsvSpan id) {
  AsvQuicRoutes *routes = connection->quic->routes;
  AsvQuicRouting *routing = &connection->routing;
  if (!id.size || id.size > ASV_QUIC_CID_MAX) return;
  CidEntry *entry = find_cid(routes, kind, id);
  if (entry && entry->connection == connection) return;
  if (entry) remove_cid(routes, entry);
  if (!routing->cids) routing->cids = g_ptr_array_new();
  if (routing->cids->len >= ASV_QUIC_CIDS_MAX)
    remove_cid(routes, g_ptr_array_index(routing->cids, 0));
  entry = g_new0(CidEntry, 1);
  entry->kind = kind;
  entry->cid = asv_cid_make(id);
  entry->hash = mix(routes->seed ^ (guint32)kind, id.data, id.size);
  entry->connection = connection;
  g_ptr_array_add(routing->cids, entry);
  g_hash_table_add(routes->cids, entry);
  routes->sizes[id.size]++;
}

void asv_quic_routes_add(AsvQuicConnection *connection, AsvSide side, AsvSpan id) {
  add_cid(connection, (Kind)side, id);
}

/* --- paths --- */

/* The path of the datagram before, if it is this one's too. */
static Path *last_path(const AsvQuicRoutes *routes, const AsvUdp *udp) {
  Path *path = routes->last;
  if (!path) return NULL;
  gsize from = endpoint_equal(&path->ends[0], &udp->source) ? 0 : 1;
  gboolean same = endpoint_equal(&path->ends[from], &udp->source) &&
                  endpoint_equal(&path->ends[!from], &udp->destination);
  return same ? path : NULL;
}

static Path *find_path(AsvQuicRoutes *routes, const AsvUdp *udp, gboolean make) {
  Path *last = last_path(routes, udp);
  if (last) return last;
  const AsvEndpoint *low = &udp->source, *high = &udp->destination;
  int order = memcmp(low->address.bytes, high->address.bytes, sizeof low->address.bytes);
  if (order > 0 || (order == 0 && low->port > high->port)) {
    low = &udp->destination;
    high = &udp->source;
  }
  Path wanted = {.ends = {*low, *high}};
  guint32 hash = mix(routes->seed, low->address.bytes, low->address.size);
  hash = mix(hash ^ low->port, high->address.bytes, high->address.size);
  wanted.hash = (hash ^ high->port) * 2654435761u;
  Path *path = g_hash_table_lookup(routes->paths, &wanted);
  if (!path && make) {
    path = g_memdup2(&wanted, sizeof wanted);
    path->links = g_array_new(FALSE, FALSE, sizeof(Link));
    g_hash_table_add(routes->paths, path);
  }
  if (path) routes->last = path;
  return path;
}

static Link *link_at(const Path *path, guint index) {
  return &g_array_index(path->links, Link, index);
}

/* Which side of the link's connection sent the datagram. */
static AsvSide sender(const Path *path, const Link *link, const AsvUdp *udp) {
  return endpoint_equal(&path->ends[link->client], &udp->source) ? ASV_CLIENT : ASV_SERVER;
}

static const Link *find_link(const Path *path, const AsvQuicConnection *connection) {
  for (guint i = 0; path && i < path->links->len; i++)
    if (link_at(path, i)->connection == connection) return link_at(path, i);
  return NULL;
}

static void unlink_path(AsvQuicRoutes *routes, Path *path, AsvQuicConnection *connection) {
  for (guint i = path->links->len; i-- > 0;)
    if (link_at(path, i)->connection == connection) g_array_remove_index(path->links, i);
  if (path->links->len) return;
  if (routes->last == path) routes->last = NULL;
  g_hash_table_remove(routes->paths, path);
  g_array_unref(path->links);
  g_free(path);
}

static gboolean note_path(AsvQuic *quic, const AsvUdp *udp, const AsvQuicRoute *route) {
  AsvQuicRouting *routing = &route->connection->routing;
  Path *path = find_path(quic->routes, udp, TRUE);
  if (find_link(path, route->connection)) return FALSE;
  const AsvEndpoint *client = route->from == ASV_CLIENT ? &udp->source : &udp->destination;
  Link link = {route->connection, !endpoint_equal(&path->ends[0], client)};
  g_array_append_val(path->links, link);
  if (!routing->paths) routing->paths = g_ptr_array_new();
  g_ptr_array_add(routing->paths, path);
  if (routing->paths->len > ASV_QUIC_PATHS_MAX) {
    unlink_path(quic->routes, g_ptr_array_index(routing->paths, 0), route->connection);
    g_ptr_array_remove_index(routing->paths, 0);
  }
  return TRUE;
}

void asv_quic_routes_forget(AsvQuicConnection *connection) {
  AsvQuicRoutes *routes = connection->quic->routes;
  AsvQuicRouting *routing = &connection->routing;
  while (routing->cids && routing->cids->len)
    remove_cid(routes, g_ptr_array_index(routing->cids, routing->cids->len - 1));
  for (guint i = 0; routing->paths && i < routing->paths->len; i++)
    unlink_path(routes, g_ptr_array_index(routing->paths, i), connection);
  if (routing->cids) g_ptr_array_unref(routing->cids);
  if (routing->paths) g_ptr_array_unref(routing->paths);
}

/* --- long headers --- */

static gboolean read_header(AsvSpan data, Header *header) {
  AsvReader reader = asv_reader(data);
  header->first = asv_read_u8(&reader);
  header->version = asv_read_u32(&reader);
  header->destination = asv_read_span(&reader, asv_read_u8(&reader));
  header->source = asv_read_span(&reader, asv_read_u8(&reader));
  return !reader.failed && (header->first & LONG_FORM) &&
         header->destination.size <= ASV_QUIC_CID_MAX && header->source.size <= ASV_QUIC_CID_MAX;
}

/* The versions that Wireshark takes for QUIC: those that are read, older drafts, those that force
 * version negotiation (RFC 9000 §15), and two makers' own. */
static gboolean version_counts(guint32 version) {
  if (asv_quic_version_find(version)) return TRUE;
  if (version >> 8 == 0xff0000) return (version & 0xff) >= 11;
  if ((version & 0x0f0f0f0f) == 0x0a0a0a0a) return TRUE;
  return version == 0xfaceb001 || version == 0xfaceb002 || version == 0xfaceb00e ||
         version == 0x51303530 || version == 0x54303530 || version == 0x54303531;
}

static AsvQuicPacketType type_of(const Header *header) {
  static const AsvQuicPacketType types[] = {ASV_QUIC_INITIAL, ASV_QUIC_0RTT, ASV_QUIC_HANDSHAKE,
                                            ASV_QUIC_RETRY};
  const AsvQuicVersion *version = asv_quic_version_find(header->version);
  guint8 initial = version ? version->initial : 0;
  if (!header->version) return ASV_QUIC_VERSION_NEGOTIATION;
  return types[((header->first >> 4) - initial) & 3];
}

static guint add_route(AsvQuicRoute *routes, guint count, const AsvQuicRoute *route) {
  for (guint i = 0; i < count; i++)
    if (routes[i].connection == route->connection) return count;
  routes[count] = *route;
  return count + 1;
}

/* By a destination id that is known; both sides may have chosen the same. */
static gboolean route_by_id(const AsvQuicRoutes *routes, const Path *path, const AsvUdp *udp,
                            AsvSpan id, AsvQuicRoute *route) {
  const CidEntry *of_client = find_cid(routes, OF_CLIENT, id);
  const CidEntry *of_server = find_cid(routes, OF_SERVER, id);
  if (!of_server && !of_client) of_server = find_cid(routes, OF_FIRST_FLIGHT, id);
  const CidEntry *found = of_client ? of_client : of_server;
  if (!found) return FALSE;
  const Link *link = find_link(path, found->connection);
  *route = (AsvQuicRoute){.connection = found->connection,
                          .from = of_client ? ASV_SERVER : ASV_CLIENT,
                          .cid_size = id.size,
                          .sure = TRUE,
                          .foreign = link == NULL};
  if (of_client && of_server && link) route->from = sender(path, link, udp);
  return TRUE;
}

/* Without destination id: connections between the same endpoints whose receiver has none, those
 * whose sender has the source id first. */
static guint routes_by_path(const AsvQuicRoutes *routes, const Path *path, const AsvUdp *udp,
                            AsvSpan source, AsvQuicRoute *found, guint room) {
  guint count = 0;
  for (int known = 1; known >= 0; known--) {
    for (guint i = path ? path->links->len : 0; i-- > 0 && count < room;) {
      const Link *link = link_at(path, i);
      AsvSide from = sender(path, link, udp);
      AsvSide to = asv_side_other(from);
      const CidEntry *entry = find_cid(routes, (Kind)from, source);
      const AsvQuicRouting *routing = &link->connection->routing;
      if (!routing->cid_known[to] || routing->cid_size[to]) continue;
      if (entry ? entry->connection != link->connection : known) continue;
      AsvQuicRoute route = {.connection = link->connection, .from = from, .sure = TRUE};
      count = add_route(found, count, &route);
    }
  }
  return count;
}

/* The newest connection between the same endpoints whose client gave itself the same id; without
 * one, rather such a one whose server was not heard. */
static guint route_by_source(const AsvQuicRoutes *routes, const Path *path, const AsvUdp *udp,
                             const Header *header, AsvQuicRoute *route) {
  const CidEntry *entry = find_cid(routes, OF_CLIENT, header->source);
  AsvQuicConnection *found = NULL;
  for (guint i = 0; path && i < path->links->len; i++) {
    const Link *link = link_at(path, i);
    AsvQuicConnection *connection = link->connection;
    gboolean same = header->source.size ? entry && entry->connection == connection
                                        : !connection->routing.cid_size[ASV_CLIENT];
    if (!same || sender(path, link, udp) != ASV_CLIENT) continue;
    if (!found || found->seen[ASV_SERVER] || !connection->seen[ASV_SERVER]) found = connection;
  }
  if (!found) return 0;
  *route = (AsvQuicRoute){
      .connection = found, .from = ASV_CLIENT, .cid_size = header->destination.size, .sure = TRUE};
  return 1;
}

static guint find_long(AsvQuicRoutes *routes, const AsvUdp *udp, AsvQuicRoute *found, guint room,
                       gboolean *fresh) {
  Header header;
  if (!read_header(udp->data, &header)) return 0;
  const Path *path = find_path(routes, udp, FALSE);
  if (header.destination.size) {
    if (route_by_id(routes, path, udp, header.destination, found)) return 1;
  } else {
    guint count = routes_by_path(routes, path, udp, header.source, found, room);
    if (count) return count;
  }
  if (!version_counts(header.version) || type_of(&header) != ASV_QUIC_INITIAL) return 0;
  *fresh = TRUE;
  return route_by_source(routes, path, udp, &header, found);
}

/* --- short headers --- */

static guint find_short(AsvQuicRoutes *routes, const AsvUdp *udp, AsvQuicRoute *found, guint room) {
  const Path *path = find_path(routes, udp, FALSE);
  AsvSpan data = udp->data;
  guint count = 0;
  if (data.size < SHORT_MIN) return 0;
  for (guint i = path ? path->links->len : 0; i-- > 0 && count < room;) {
    const Link *link = link_at(path, i);
    const AsvQuicRouting *routing = &link->connection->routing;
    AsvSide from = sender(path, link, udp);
    AsvSide to = asv_side_other(from);
    AsvSpan current = asv_cid_span(&routing->current[to]);
    AsvQuicRoute route = {.connection = link->connection, .from = from, .sure = TRUE};
    if (routing->cid_known[to] && !routing->cid_size[to]) {
      count = add_route(found, count, &route);
    } else if (current.size && asv_span_equal(asv_span_sub(data, 1, current.size), current)) {
      route.cid_size = current.size;
      route.usual = TRUE;
      found[0] = route;
      return 1;
    }
  }
  if (count) return count;
  gsize least = data.data[0] & FIXED_BIT ? 1 : ASV_QUIC_CID_SURE;
  for (gsize size = ASV_QUIC_CID_MAX; size >= least; size--)
    if (routes->sizes[size] && data.size >= SHORT_MIN + size - 1 &&
        route_by_id(routes, path, udp, asv_span_sub(data, 1, size), found))
      return 1;
  /* An id that was given in a packet which is not there. */
  for (guint i = path ? path->links->len : 0; i-- > 0 && count < room;) {
    const Link *link = link_at(path, i);
    AsvSide from = sender(path, link, udp);
    AsvQuicRoute route = {.connection = link->connection,
                          .from = from,
                          .cid_size = link->connection->routing.cid_size[asv_side_other(from)],
                          .sure = path->links->len == 1};
    count = add_route(found, count, &route);
  }
  return count;
}

guint asv_quic_routes_find(AsvQuic *quic, const AsvUdp *udp, AsvQuicRoute *routes, guint room,
                           gboolean *fresh) {
  *fresh = FALSE;
  if (!udp->data.size) return 0;
  if (udp->data.data[0] & LONG_FORM) return find_long(quic->routes, udp, routes, room, fresh);
  return find_short(quic->routes, udp, routes, room);
}

AsvQuicConnection *asv_quic_routes_quoted(AsvQuic *quic, const AsvUdp *quoted, AsvSide *from) {
  const Path *path = find_path(quic->routes, quoted, FALSE);
  for (guint i = path ? path->links->len : 0; i-- > 0;) {
    const Link *link = link_at(path, i);
    *from = sender(path, link, quoted);
    if (!link->connection->closing && link->connection->seen[*from]) return link->connection;
  }
  return NULL;
}

/* --- noting --- */

/*
 * Wireshark knows a connection by the first ids of both sides alone, and
 * numbers a client's Initial to any other id as a new connection.
 */
static void shadow_client_initial(AsvQuic *quic, AsvQuicRouting *routing, AsvSpan id) {
  gboolean first =
      routing->shadow_initial_set && asv_span_equal(asv_cid_span(&routing->shadow_initial), id);
  gboolean known = first || !id.size || asv_span_equal(asv_cid_span(&routing->shadow_server), id);
  if (known && (routing->shadow_initial_set || !id.size)) return;
  if (!known) quic->next_number++;
  routing->shadow_initial = asv_cid_make(id);
  routing->shadow_initial_set = TRUE;
  routing->shadow_server.size = 0;
}

static void shadow_server(AsvQuicRouting *routing, AsvQuicPacketType type, AsvSpan id) {
  if (type == ASV_QUIC_RETRY) {
    routing->shadow_initial.size = 0;
    routing->shadow_initial_set = FALSE;
  }
  if (!routing->shadow_server.size) routing->shadow_server = asv_cid_make(id);
}

static void note_long(AsvQuic *quic, const AsvQuicRoute *route, const Header *header) {
  AsvQuicConnection *connection = route->connection;
  AsvQuicRouting *routing = &connection->routing;
  AsvQuicPacketType type = type_of(header);
  AsvSide to = asv_side_other(route->from);
  /* What comes that late is repeated, or the beginning of another one at the same endpoints. */
  if (type == ASV_QUIC_VERSION_NEGOTIATION || connection->settled) return;
  add_cid(connection, (Kind)route->from, header->source);
  routing->cid_known[route->from] = TRUE;
  routing->cid_size[route->from] = header->source.size;
  routing->current[route->from] = asv_cid_make(header->source);
  if (route->from == ASV_SERVER) {
    add_cid(connection, OF_CLIENT, header->destination);
    shadow_server(routing, type, header->source);
    return;
  }
  AsvSpan first = asv_cid_span(&connection->initial_destination);
  gboolean given = type == ASV_QUIC_INITIAL && first.size && !routing->cid_known[to] &&
                   !asv_span_equal(first, header->destination);
  if (given || type == ASV_QUIC_HANDSHAKE) {
    add_cid(connection, OF_SERVER, header->destination);
    routing->cid_known[to] = TRUE;
    routing->cid_size[to] = header->destination.size;
    routing->current[to] = asv_cid_make(header->destination);
  }
  if (type != ASV_QUIC_INITIAL) return;
  if (!find_cid(quic->routes, OF_SERVER, header->destination))
    add_cid(connection, OF_FIRST_FLIGHT, header->destination);
  shadow_client_initial(quic, routing, header->destination);
}

gsize asv_quic_routes_begin(AsvQuicConnection *connection, const AsvUdp *udp, gboolean first) {
  AsvQuicRouting *routing = &connection->routing;
  Header header;
  if (!read_header(udp->data, &header)) return 0;
  routing->shadow_initial = asv_cid_make(header.destination);
  routing->shadow_initial_set = header.destination.size > 0;
  if (first) connection->initial_destination = routing->shadow_initial;
  return header.destination.size;
}

gboolean asv_quic_routes_note(AsvQuic *quic, const AsvUdp *udp, const AsvQuicRoute *route) {
  Header header;
  if (route->usual) return FALSE;
  gboolean fresh = note_path(quic, udp, route);
  if (udp->data.data[0] & LONG_FORM) {
    if (read_header(udp->data, &header)) note_long(quic, route, &header);
    return fresh;
  }
  AsvQuicCid *current = &route->connection->routing.current[asv_side_other(route->from)];
  AsvSpan id = asv_span_sub(udp->data, 1, route->cid_size);
  if (asv_span_equal(asv_cid_span(current), id)) return fresh;
  *current = asv_cid_make(id);
  add_cid(route->connection, (Kind)asv_side_other(route->from), id);
  return fresh;
}

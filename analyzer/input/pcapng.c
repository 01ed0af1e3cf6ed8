/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The blocks of draft-ietf-opsawg-pcapng §4: Section Header, Interface
 * Description, Enhanced, Simple and obsolete Packet, Interface Statistics and
 * Decryption Secrets; all others are skipped by their length without being
 * held. Of the options (§3.5) if_tsresol, if_tsoffset, isb_ifdrop and
 * isb_osdrop matter; those of packets are not looked at.
 */
#include "pcapng.h"

#include "analyzer/input/input.h"
#include "analyzer/limits.h"

#define BYTE_ORDER_MAGIC 0x1a2b3c4du
#define BLOCK_OVERHEAD 12 /* type, length, and the length again behind the body */
#define SECRETS_TLS_KEY_LOG 0x544c534bu

enum {
  BLOCK_SECTION = 0x0a0d0d0a,
  BLOCK_INTERFACE = 1,
  BLOCK_OLD_PACKET = 2,
  BLOCK_SIMPLE_PACKET = 3,
  BLOCK_STATISTICS = 5,
  BLOCK_PACKET = 6,
  BLOCK_JOURNAL = 9,
  BLOCK_SECRETS = 10,
  BLOCK_SYSDIG = 0x204,
  BLOCK_SYSDIG_FLAGS = 0x208,
  BLOCK_SYSDIG_2 = 0x216,
  BLOCK_SYSDIG_2_FLAGS = 0x217,
  BLOCK_CUSTOM = 0xbad,
  BLOCK_CUSTOM_NO_COPY = 0x40000bad
};

enum {
  OPTION_END = 0,
  OPTION_IF_DROP = 5,
  OPTION_OS_DROP = 7,
  OPTION_RESOLUTION = 9,
  OPTION_OFFSET = 14
};

typedef struct {
  int linktype;
  guint32 snap_length; /* 0: none */
  guint64 units;       /* of a time stamp, per second */
  gint64 offset;       /* seconds to add to each time stamp */
  guint64 dropped;     /* as its last statistics said */
} Interface;

typedef struct {
  guint32 type;
  guint32 length; /* with type and both lengths */
  guint64 at;     /* offset in the stream */
} Block;

struct AsvPcapng {
  AsvStream *stream;
  AsvPcapngEvents events;
  gboolean little;    /* byte order of the section */
  GArray *interfaces; /* Interface; of the section */
  guint64 packets;
  gsize held; /* octets of the block that was handed out last, not skipped yet */
  gboolean has_dropped;
  guint64 dropped;
  guint64 secrets_from; /* secrets of blocks before this offset were given by read-ahead */
};

static inline guint16 read_u16(const AsvPcapng *self, AsvReader *reader) {
  guint16 value = asv_read_u16(reader);
  return self->little ? GUINT16_SWAP_LE_BE(value) : value;
}

static inline guint32 read_u32(const AsvPcapng *self, AsvReader *reader) {
  guint32 value = asv_read_u32(reader);
  return self->little ? GUINT32_SWAP_LE_BE(value) : value;
}

static guint64 read_u64(const AsvPcapng *self, AsvReader *reader) {
  guint64 value = asv_read_u64(reader);
  return self->little ? GUINT64_SWAP_LE_BE(value) : value;
}

/* TRUE for blocks that Wireshark gives a frame number. */
static gboolean is_numbered(guint32 type) {
  switch (type) {
    case BLOCK_PACKET:
    case BLOCK_SIMPLE_PACKET:
    case BLOCK_OLD_PACKET:
    case BLOCK_JOURNAL:
    case BLOCK_SYSDIG:
    case BLOCK_SYSDIG_FLAGS:
    case BLOCK_SYSDIG_2:
    case BLOCK_SYSDIG_2_FLAGS:
    case BLOCK_CUSTOM:
    case BLOCK_CUSTOM_NO_COPY:
      return TRUE;
    default:
      return FALSE;
  }
}

/* A place for messages: in the packet that block would be, or behind the last one. */
static AsvCut place_of(const AsvPcapng *self, const Block *block) {
  gboolean inside = is_numbered(block->type);
  return (AsvCut){.packet = inside ? self->packets + 1 : self->packets,
                  .inside = inside,
                  .at = block->at,
                  .wanted = block->length,
                  .what = inside ? "its block" : "a block"};
}

/* Sets *error for a block that contradicts itself; always FALSE. */
static gboolean G_GNUC_PRINTF(4, 5)
    damaged(const AsvPcapng *self, const Block *block, GError **error, const char *format, ...) {
  va_list list;
  va_start(list, format);
  g_autofree char *what = g_strdup_vprintf(format, list);
  va_end(list);
  AsvCut place = place_of(self, block);
  g_autofree char *where = asv_cut_where(&place);
  g_set_error(error, ASV_INPUT_ERROR, ASV_INPUT_ERROR_DAMAGED, "damaged %s: %s", where, what);
  return FALSE;
}

/* Sets *error for a block of which only `there` octets are in the stream; always FALSE. */
static gboolean cut_short(const AsvPcapng *self, const Block *block, guint64 there,
                          GError **error) {
  AsvCut place = place_of(self, block);
  place.there = there;
  asv_stream_cut(self->stream, &place, error);
  return FALSE;
}

/* Learns the byte order of a section from the magic number behind its block's length. */
static gboolean read_byte_order(AsvPcapng *self, AsvReader *reader) {
  guint32 magic = asv_read_u32(reader);
  self->little = magic == GUINT32_SWAP_LE_BE(BYTE_ORDER_MAGIC);
  return self->little || magic == BYTE_ORDER_MAGIC;
}

static gboolean check_length(const AsvPcapng *self, const Block *block, GError **error) {
  if (block->length < BLOCK_OVERHEAD) {
    return damaged(self, block, error, "a block length of %u is too small", block->length);
  }
  if (block->length % 4) {
    return damaged(self, block, error, "block length %u is not a multiple of 4", block->length);
  }
  if (block->length > ASV_INPUT_BLOCK_MAX) {
    return damaged(self, block, error, "block length %u is above the limit of %zu", block->length,
                   ASV_INPUT_BLOCK_MAX);
  }
  return TRUE;
}

/* Reads the header of the next block. FALSE at the end, and with *error for damage. */
static gboolean begin_block(AsvPcapng *self, Block *block, GError **error) {
  AsvSpan header = asv_stream_peek(self->stream, BLOCK_OVERHEAD);
  if (header.size == 0 && !asv_stream_error(self->stream)) return FALSE;
  *block = (Block){.at = asv_stream_position(self->stream), .length = BLOCK_OVERHEAD};
  if (header.size < BLOCK_OVERHEAD) return cut_short(self, block, header.size, error);

  AsvReader reader = asv_reader(header);
  block->type = read_u32(self, &reader);
  AsvReader length = reader;
  asv_read_u32(&reader);
  if (block->type == BLOCK_SECTION && !read_byte_order(self, &reader)) {
    return damaged(self, block, error, "a section without its byte-order magic");
  }
  block->length = read_u32(self, &length);
  return check_length(self, block, error);
}

static gboolean check_trailer(const AsvPcapng *self, const Block *block, AsvSpan trailer,
                              GError **error) {
  AsvReader reader = asv_reader(trailer);
  guint32 again = read_u32(self, &reader);
  if (again == block->length) return TRUE;
  return damaged(self, block, error, "block length %u is %u behind the block", block->length,
                 again);
}

/* The body of a block, borrowed until release_block. FALSE and *error for damage. */
static gboolean hold_block(AsvPcapng *self, const Block *block, AsvSpan *body, GError **error) {
  AsvSpan whole = asv_stream_peek(self->stream, block->length);
  if (whole.size < block->length) return cut_short(self, block, whole.size, error);
  self->held = block->length;
  *body = asv_span_sub(whole, 8, block->length - BLOCK_OVERHEAD);
  return check_trailer(self, block, asv_span_sub(whole, block->length - 4, 4), error);
}

static void release_block(AsvPcapng *self) {
  asv_stream_skip(self->stream, self->held);
  self->held = 0;
}

static gboolean skip_block(AsvPcapng *self, const Block *block, GError **error) {
  guint64 skipped = asv_stream_skip(self->stream, block->length - 4);
  AsvSpan trailer = asv_stream_peek(self->stream, 4);
  if (trailer.size < 4) return cut_short(self, block, skipped + trailer.size, error);
  if (!check_trailer(self, block, trailer, error)) return FALSE;
  asv_stream_skip(self->stream, 4);
  return TRUE;
}

/* The next option; FALSE behind the last. reader has failed when one is longer than the block. */
static gboolean next_option(const AsvPcapng *self, AsvReader *reader, guint16 *code,
                            AsvSpan *value) {
  if (asv_reader_left(reader) == 0) return FALSE;
  *code = read_u16(self, reader);
  guint16 length = read_u16(self, reader);
  if (*code == OPTION_END) return FALSE;
  *value = asv_read_span(reader, length);
  asv_read_span(reader, (4 - length % 4u) % 4u);
  return !reader->failed;
}

static gboolean options_damaged(const AsvPcapng *self, const Block *block, GError **error) {
  return damaged(self, block, error, "an option reaches beyond its block");
}

static gboolean read_section(AsvPcapng *self, const Block *block, AsvSpan body, GError **error) {
  AsvReader reader = asv_reader(body);
  asv_read_u32(&reader);
  guint16 major = read_u16(self, &reader);
  guint16 minor = read_u16(self, &reader);
  read_u64(self, &reader);
  if (reader.failed) return damaged(self, block, error, "a section header without its fields");
  if (major != 1) {
    return damaged(self, block, error, "version %u.%u of pcapng is not known", major, minor);
  }
  g_array_set_size(self->interfaces, 0);
  return TRUE;
}

/* Ticks per second of if_tsresol; 0 when they do not fit 64 bits. */
static guint64 units_of(guint8 resolution) {
  guint exponent = resolution & 0x7f;
  if (resolution & 0x80) return exponent < 64 ? G_GUINT64_CONSTANT(1) << exponent : 0;
  if (exponent > 19) return 0;
  guint64 units = 1;
  while (exponent--) units *= 10;
  return units;
}

/* Takes one option of an interface; FALSE when its length or value is impossible. */
static gboolean take_interface_option(const AsvPcapng *self, Interface *interface, guint16 code,
                                      AsvSpan value) {
  AsvReader reader = asv_reader(value);
  if (code == OPTION_RESOLUTION) {
    interface->units = units_of(asv_read_u8(&reader));
    return !reader.failed && interface->units;
  }
  if (code == OPTION_OFFSET) interface->offset = (gint64)read_u64(self, &reader);
  return !reader.failed;
}

static gboolean read_interface(AsvPcapng *self, const Block *block, AsvSpan body, GError **error) {
  if (self->interfaces->len >= ASV_INPUT_INTERFACES_MAX) {
    return damaged(self, block, error, "more than %d interfaces", ASV_INPUT_INTERFACES_MAX);
  }
  Interface interface = {.units = 1000000};
  AsvReader reader = asv_reader(body);
  interface.linktype = asv_record_linktype(read_u16(self, &reader));
  read_u16(self, &reader);
  interface.snap_length = read_u32(self, &reader);
  if (reader.failed) return damaged(self, block, error, "an interface without its fields");
  guint16 code;
  AsvSpan value;
  while (next_option(self, &reader, &code, &value)) {
    if (!take_interface_option(self, &interface, code, value)) {
      return damaged(self, block, error, "option %u of interface %u has no possible value", code,
                     self->interfaces->len);
    }
  }
  if (reader.failed) return options_damaged(self, block, error);
  g_array_append_val(self->interfaces, interface);
  return TRUE;
}

/* Drops told by the interface and by the system below it are different packets: they add up. */
static gboolean read_statistics(AsvPcapng *self, const Block *block, AsvSpan body, GError **error) {
  AsvReader reader = asv_reader(body);
  guint32 id = read_u32(self, &reader);
  read_u64(self, &reader);
  guint16 code;
  AsvSpan value;
  guint64 dropped = 0;
  gboolean has_dropped = FALSE;
  while (!reader.failed && next_option(self, &reader, &code, &value)) {
    if ((code != OPTION_IF_DROP && code != OPTION_OS_DROP) || value.size != 8) continue;
    AsvReader number = asv_reader(value);
    dropped += read_u64(self, &number);
    has_dropped = TRUE;
  }
  if (reader.failed) return options_damaged(self, block, error);
  if (!has_dropped || id >= self->interfaces->len) return TRUE;
  Interface *interface = &g_array_index(self->interfaces, Interface, id);
  self->dropped += dropped - interface->dropped;
  interface->dropped = dropped;
  self->has_dropped = TRUE;
  return TRUE;
}

static gboolean read_secrets(AsvPcapng *self, const Block *block, AsvSpan body, GError **error) {
  AsvReader reader = asv_reader(body);
  guint32 type = read_u32(self, &reader);
  guint32 length = read_u32(self, &reader);
  AsvSpan secrets = asv_read_span(&reader, length);
  if (reader.failed) return damaged(self, block, error, "secrets reach beyond their block");
  if (type == SECRETS_TLS_KEY_LOG && secrets.size && block->at >= self->secrets_from) {
    self->events.secrets(self->events.self, secrets);
  }
  return TRUE;
}

/* Nanoseconds of the part of a second that `ticks` of `units` a second are. */
static gint64 nanoseconds_of(guint64 ticks, guint64 units) {
  const guint64 second = (guint64)ASV_SECOND;
  if (units <= G_GUINT64_CONSTANT(1) << 34) return (gint64)(ticks * second / units);
  if (units % second == 0) return (gint64)(ticks / (units / second));
  /* Powers of two finer than a nanosecond: what lies below 2^-34 s cannot be told. */
  guint shift = 0;
  while (units >> shift > G_GUINT64_CONSTANT(1) << 34) shift++;
  return (gint64)((ticks >> shift) * second >> 34);
}

/* Time of a packet; without one where it cannot be told in 64 bits of nanoseconds. */
static void set_time(AsvRecord *record, const Interface *interface, guint64 ticks) {
  guint64 seconds = ticks / interface->units;
  gint64 part = nanoseconds_of(ticks % interface->units, interface->units);
  gint64 whole, time;
  if (seconds > G_MAXINT64) return;
  if (__builtin_add_overflow((gint64)seconds, interface->offset, &whole)) return;
  if (__builtin_mul_overflow(whole, ASV_SECOND, &time)) return;
  if (__builtin_add_overflow(time, part, &time)) return;
  record->time = time;
  record->timed = TRUE;
}

static const Interface *find_interface(const AsvPcapng *self, const Block *block, guint32 id,
                                       GError **error) {
  if (id < self->interfaces->len) return &g_array_index(self->interfaces, Interface, id);
  damaged(self, block, error, "interface %u is unknown, the section has %u", id,
          self->interfaces->len);
  return NULL;
}

/* Enhanced (§4.3) and obsolete (Appendix A) Packet Blocks differ in two fields only. */
static gboolean read_packet(AsvPcapng *self, const Block *block, AsvSpan body, AsvRecord *record,
                            GError **error) {
  AsvReader reader = asv_reader(body);
  guint32 id;
  if (block->type == BLOCK_OLD_PACKET) {
    id = read_u16(self, &reader);
    read_u16(self, &reader);
  } else {
    id = read_u32(self, &reader);
  }
  guint64 high = read_u32(self, &reader);
  guint64 low = read_u32(self, &reader);
  guint32 captured = read_u32(self, &reader);
  record->wire_length = read_u32(self, &reader);
  if (reader.failed) return damaged(self, block, error, "a packet block without its fields");
  gsize there = asv_reader_left(&reader);
  record->data = asv_read_span(&reader, captured);
  if (reader.failed) {
    return damaged(self, block, error, "%u captured bytes, but only %zu in the block", captured,
                   there);
  }
  const Interface *interface = find_interface(self, block, id, error);
  if (!interface) return FALSE;
  record->linktype = interface->linktype;
  set_time(record, interface, high << 32 | low);
  return TRUE;
}

/* A Simple Packet Block (§4.4) belongs to the first interface, whose snap length cut it. */
static gboolean read_simple(AsvPcapng *self, const Block *block, AsvSpan body, AsvRecord *record,
                            GError **error) {
  AsvReader reader = asv_reader(body);
  record->wire_length = read_u32(self, &reader);
  if (reader.failed) return damaged(self, block, error, "a packet block without its fields");
  const Interface *interface = find_interface(self, block, 0, error);
  if (!interface) return FALSE;
  gsize captured = MIN(record->wire_length, asv_reader_left(&reader));
  if (interface->snap_length) captured = MIN(captured, interface->snap_length);
  record->data = asv_read_span(&reader, captured);
  record->linktype = interface->linktype;
  return TRUE;
}

/* Reads a whole block; *packet tells whether it was one. FALSE and *error for damage. */
static gboolean read_block(AsvPcapng *self, const Block *block, AsvRecord *record, gboolean *packet,
                           GError **error) {
  AsvSpan body;
  gboolean simple = block->type == BLOCK_SIMPLE_PACKET;
  switch (block->type) {
    case BLOCK_PACKET:
    case BLOCK_OLD_PACKET:
    case BLOCK_SIMPLE_PACKET:
      if (!hold_block(self, block, &body, error)) return FALSE;
      *record = (AsvRecord){.number = self->packets + 1};
      *packet = TRUE;
      return simple ? read_simple(self, block, body, record, error)
                    : read_packet(self, block, body, record, error);
    case BLOCK_SECTION:
      return hold_block(self, block, &body, error) && read_section(self, block, body, error);
    case BLOCK_INTERFACE:
      return hold_block(self, block, &body, error) && read_interface(self, block, body, error);
    case BLOCK_STATISTICS:
      return hold_block(self, block, &body, error) && read_statistics(self, block, body, error);
    case BLOCK_SECRETS:
      return hold_block(self, block, &body, error) && read_secrets(self, block, body, error);
    default:
      return skip_block(self, block, error);
  }
}

gboolean asv_pcapng_is(AsvSpan data) {
  AsvReader reader = asv_reader(data);
  return asv_read_u32(&reader) == BLOCK_SECTION;
}

AsvPcapng *asv_pcapng_new(AsvStream *stream, const AsvPcapngEvents *events, GError **error) {
  AsvSpan header = asv_stream_peek(stream, BLOCK_OVERHEAD);
  if (header.size < BLOCK_OVERHEAD) {
    g_set_error(error, ASV_INPUT_ERROR, ASV_INPUT_ERROR_FORMAT,
                "cut short in the first block: %zu bytes are there", header.size);
    return NULL;
  }
  AsvPcapng *self = g_new0(AsvPcapng, 1);
  self->stream = stream;
  self->events = *events;
  self->interfaces = g_array_new(FALSE, FALSE, sizeof(Interface));
  AsvReader reader = asv_reader(asv_span_sub(header, 8, 4));
  if (read_byte_order(self, &reader)) return self;
  asv_pcapng_free(self);
  g_set_error(error, ASV_INPUT_ERROR, ASV_INPUT_ERROR_FORMAT,
              "begins like pcapng, but without its byte-order magic");
  return NULL;
}

gboolean asv_pcapng_next(AsvPcapng *self, AsvRecord *record, GError **error) {
  gboolean packet = FALSE;
  while (!packet) {
    Block block;
    release_block(self);
    if (!begin_block(self, &block, error)) return FALSE;
    if (!read_block(self, &block, record, &packet, error)) return FALSE;
    if (is_numbered(block.type)) self->packets++;
  }
  return TRUE;
}

void asv_pcapng_read_ahead(AsvPcapng *self) {
  guint64 from = asv_stream_position(self->stream) + self->held;
  AsvStream *stream = asv_stream_again(self->stream, from);
  if (!stream) return;
  AsvPcapng scan = {.stream = stream, .events = self->events, .little = self->little};
  g_autoptr(GError) error = NULL;
  Block block;
  gboolean good = TRUE;
  while (good && begin_block(&scan, &block, &error)) {
    AsvSpan body;
    release_block(&scan);
    good = block.type == BLOCK_SECRETS ? hold_block(&scan, &block, &body, &error) &&
                                             read_secrets(&scan, &block, body, &error)
                                       : skip_block(&scan, &block, &error);
    release_block(&scan);
  }
  self->secrets_from = asv_stream_position(stream);
  asv_stream_free(stream);
}

gboolean asv_pcapng_dropped(const AsvPcapng *self, guint64 *dropped) {
  *dropped = self->dropped;
  return self->has_dropped;
}

void asv_pcapng_free(AsvPcapng *self) {
  if (!self) return;
  g_array_free(self->interfaces, TRUE);
  g_free(self);
}

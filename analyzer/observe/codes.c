/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables of error codes, as the registries have them. */
#include "analyzer/observe/codes.h"

typedef struct {
  guint64 code;
  const char *word;
} Word;

static const Word alerts[] = {{0, "close_notify"},
                              {10, "unexpected_message"},
                              {20, "bad_record_mac"},
                              {21, "decryption_failed"},
                              {22, "record_overflow"},
                              {30, "decompression_failure"},
                              {40, "handshake_failure"},
                              {41, "no_certificate"},
                              {42, "bad_certificate"},
                              {43, "unsupported_certificate"},
                              {44, "certificate_revoked"},
                              {45, "certificate_expired"},
                              {46, "certificate_unknown"},
                              {47, "illegal_parameter"},
                              {48, "unknown_ca"},
                              {49, "access_denied"},
                              {50, "decode_error"},
                              {51, "decrypt_error"},
                              {52, "too_many_cids_requested"},
                              {60, "export_restriction"},
                              {70, "protocol_version"},
                              {71, "insufficient_security"},
                              {80, "internal_error"},
                              {86, "inappropriate_fallback"},
                              {90, "user_canceled"},
                              {100, "no_renegotiation"},
                              {109, "missing_extension"},
                              {110, "unsupported_extension"},
                              {111, "certificate_unobtainable"},
                              {112, "unrecognized_name"},
                              {113, "bad_certificate_status_response"},
                              {114, "bad_certificate_hash_value"},
                              {115, "unknown_psk_identity"},
                              {116, "certificate_required"},
                              {117, "general_error"},
                              {120, "no_application_protocol"},
                              {121, "ech_required"}};

static const Word transport[] = {{0x00, "NO_ERROR"},
                                 {0x01, "INTERNAL_ERROR"},
                                 {0x02, "CONNECTION_REFUSED"},
                                 {0x03, "FLOW_CONTROL_ERROR"},
                                 {0x04, "STREAM_LIMIT_ERROR"},
                                 {0x05, "STREAM_STATE_ERROR"},
                                 {0x06, "FINAL_SIZE_ERROR"},
                                 {0x07, "FRAME_ENCODING_ERROR"},
                                 {0x08, "TRANSPORT_PARAMETER_ERROR"},
                                 {0x09, "CONNECTION_ID_LIMIT_ERROR"},
                                 {0x0a, "PROTOCOL_VIOLATION"},
                                 {0x0b, "INVALID_TOKEN"},
                                 {0x0c, "APPLICATION_ERROR"},
                                 {0x0d, "CRYPTO_BUFFER_EXCEEDED"},
                                 {0x0e, "KEY_UPDATE_ERROR"},
                                 {0x0f, "AEAD_LIMIT_REACHED"},
                                 {0x10, "NO_VIABLE_PATH"},
                                 {0x11, "VERSION_NEGOTIATION_ERROR"}};

static const Word http3[] = {
    {0x33, "H3_DATAGRAM_ERROR"},           {0x100, "H3_NO_ERROR"},
    {0x101, "H3_GENERAL_PROTOCOL_ERROR"},  {0x102, "H3_INTERNAL_ERROR"},
    {0x103, "H3_STREAM_CREATION_ERROR"},   {0x104, "H3_CLOSED_CRITICAL_STREAM"},
    {0x105, "H3_FRAME_UNEXPECTED"},        {0x106, "H3_FRAME_ERROR"},
    {0x107, "H3_EXCESSIVE_LOAD"},          {0x108, "H3_ID_ERROR"},
    {0x109, "H3_SETTINGS_ERROR"},          {0x10a, "H3_MISSING_SETTINGS"},
    {0x10b, "H3_REQUEST_REJECTED"},        {0x10c, "H3_REQUEST_CANCELLED"},
    {0x10d, "H3_REQUEST_INCOMPLETE"},      {0x10e, "H3_MESSAGE_ERROR"},
    {0x10f, "H3_CONNECT_ERROR"},           {0x110, "H3_VERSION_FALLBACK"},
    {0x200, "QPACK_DECOMPRESSION_FAILED"}, {0x201, "QPACK_ENCODER_STREAM_ERROR"},
    {0x202, "QPACK_DECODER_STREAM_ERROR"}};

static const char *find(const Word *words, gsize count, guint64 code) {
  for (gsize i = 0; i < count; i++)
    if (words[i].code == code) return words[i].word;
  return NULL;
}

const char *asv_code_alert(guint64 code) {
  return find(alerts, G_N_ELEMENTS(alerts), code);
}

const char *asv_code_transport(guint64 code) {
  return find(transport, G_N_ELEMENTS(transport), code);
}

const char *asv_code_http3(guint64 code) {
  return find(http3, G_N_ELEMENTS(http3), code);
}

gboolean asv_code_is_certificate(guint64 alert) {
  return (alert >= 42 && alert <= 46) || alert == 48 || (alert >= 113 && alert <= 114);
}

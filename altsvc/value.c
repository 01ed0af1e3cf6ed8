/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Alt-Svc field value, RFC 7838 §3:
 *
 *   Alt-Svc   = clear / 1#( protocol-id "=" alt-authority *( OWS ";" OWS parameter ) )
 *   parameter = token "=" ( token / quoted-string )
 *
 * with the list rule of RFC 9110 §5.6.1.2 (empty elements) and the parameter
 * rule of RFC 9110 §5.6.6 (empty parameters, names in any case). An authority
 * is a quoted-string; its quoted-pairs are undone before it is judged.
 */
#include "value.h"

#include "origin.h"

static gboolean is_token_octet(guint8 octet) {
  return octet && (g_ascii_isalnum(octet) || strchr("!#$%&'*+-.^_`|~", octet));
}

static gboolean is_text_octet(guint8 octet) {
  return octet == '\t' || (octet >= ' ' && octet != 127);
}

/* The octet that comes next; 0, which stands nowhere in the grammar, at the end. */
static guint8 peek(const AsvReader *in) {
  return in->at < in->end ? *in->at : 0;
}

static gboolean at_end(const AsvReader *in) {
  return in->at == in->end;
}

/* Moves behind octet if it comes next. */
static gboolean skip_octet(AsvReader *in, guint8 octet) {
  if (at_end(in) || *in->at != octet) return FALSE;
  in->at++;
  return TRUE;
}

static void skip_ows(AsvReader *in) {
  while (peek(in) == ' ' || peek(in) == '\t') in->at++;
}

static AsvSpan read_token(AsvReader *in) {
  const guint8 *from = in->at;
  while (is_token_octet(peek(in))) in->at++;
  return asv_span(from, (gsize)(in->at - from));
}

/* Every fault ends here, so that a parser can `return fault(...)`. */
static gboolean fault(AsvValueParser *parser, const guint8 *at, const char *expected) {
  parser->error = (AsvValueError){.offset = (gsize)(at - parser->in.start), .expected = expected};
  return FALSE;
}

/* *text is what stands between the quotes, quoted-pairs not undone. */
static gboolean read_quoted(AsvValueParser *parser, AsvSpan *text) {
  AsvReader *in = &parser->in;
  if (!skip_octet(in, '"')) return fault(parser, in->at, "a quoted-string");
  const guint8 *from = in->at;
  while (peek(in) != '"') {
    skip_octet(in, '\\');
    if (at_end(in)) return fault(parser, in->at, "the closing quote");
    if (!is_text_octet(*in->at)) return fault(parser, in->at, "no control octet");
    in->at++;
  }
  *text = asv_span(from, (gsize)(in->at - from));
  in->at++;
  return TRUE;
}

/* The next octet of a quoted-string's text with quoted-pairs undone; *in is not at its end. */
static guint8 next_unquoted(AsvReader *in) {
  guint8 octet = asv_read_u8(in);
  return octet == '\\' ? asv_read_u8(in) : octet;
}

/* Reads text, quoted-pairs undone, as decimal digits; as asv_span_decimal(). */
static gboolean unquoted_decimal(AsvSpan text, guint64 *value) {
  guint64 sum = 0;
  AsvReader in = asv_reader(text);
  if (at_end(&in)) return FALSE;
  while (!at_end(&in)) {
    guint8 octet = next_unquoted(&in);
    if (!g_ascii_isdigit(octet)) return FALSE;
    guint64 digit = (guint64)(octet - '0');
    sum = sum > (G_MAXUINT64 - digit) / 10 ? G_MAXUINT64 : sum * 10 + digit;
  }
  *value = sum;
  return TRUE;
}

/* Undoes percent-encoding (§3) and says whether it was needed and in upper case. */
static gboolean decode_protocol_id(AsvValueParser *parser, AsvAlternative *alternative) {
  AsvReader in = asv_reader(alternative->protocol_id);
  while (!at_end(&in)) {
    const guint8 *at = in.at;
    guint8 octet = asv_read_u8(&in);
    if (octet == '%') {
      AsvSpan hex = asv_read_span(&in, 2);
      if (hex.size < 2 || !g_ascii_isxdigit(hex.data[0]) || !g_ascii_isxdigit(hex.data[1]))
        return fault(parser, at, "two hexadecimal digits behind %");
      octet = (guint8)(g_ascii_xdigit_value((char)hex.data[0]) * 16 +
                       g_ascii_xdigit_value((char)hex.data[1]));
      gboolean needed = octet == '%' || !is_token_octet(octet);
      if (!needed || g_ascii_islower(hex.data[0]) || g_ascii_islower(hex.data[1]))
        alternative->odd |= ASV_ODD_ID_NOT_CANONICAL;
    }
    if (alternative->alpn_size == ASV_ALPN_MAX)
      return fault(parser, at, "a protocol name of at most 255 octets");
    alternative->alpn[alternative->alpn_size++] = (char)octet;
  }
  alternative->alpn[alternative->alpn_size] = '\0';
  return TRUE;
}

/* Where the octet number `index` of the text stands once quoted-pairs are undone. */
static const guint8 *unquoted_at(AsvSpan text, gsize index) {
  AsvReader in = asv_reader(text);
  while (index-- && !at_end(&in)) next_unquoted(&in);
  return in.at;
}

static gboolean judge_host(AsvValueParser *parser, const AsvAlternative *alternative) {
  gsize at;
  AsvSpan host = asv_span_text(alternative->host);
  if (host.size == 0 || !asv_host_problem_at(host, &at)) return TRUE;
  fault(parser, unquoted_at(alternative->authority, at),
        host.data[0] == '[' ? "an IPv6 address in brackets" : "a host");
  parser->error.non_ascii_host = host.data[at] > 127;
  return FALSE;
}

/* [ uri-host ] ":" port: host and colon first; a colon inside brackets belongs to the host. */
static gboolean split_authority(AsvValueParser *parser, AsvAlternative *alternative,
                                AsvReader *in) {
  gsize size = 0;
  gboolean in_brackets = FALSE;
  while (!at_end(in)) {
    const guint8 *at = in->at;
    guint8 octet = next_unquoted(in);
    if (octet == ':' && !in_brackets) {
      alternative->host[size] = '\0';
      return judge_host(parser, alternative);
    }
    in_brackets = octet == '[' ? size == 0 : in_brackets && octet != ']';
    if (size == ASV_HOST_MAX) return fault(parser, at, "a host of at most 255 octets");
    alternative->host[size++] = (char)octet;
  }
  return fault(parser, in->at, "a colon with a port");
}

static gboolean read_authority(AsvValueParser *parser, AsvAlternative *alternative) {
  if (!read_quoted(parser, &alternative->authority)) return FALSE;
  AsvReader in = asv_reader(alternative->authority);
  if (!split_authority(parser, alternative, &in)) return FALSE;
  AsvSpan digits = asv_read_rest(&in);
  alternative->has_port = digits.size > 0;
  if (!alternative->has_port || unquoted_decimal(digits, &alternative->port)) return TRUE;

  AsvReader octets = asv_reader(digits);
  const guint8 *at = octets.at;
  while (g_ascii_isdigit(next_unquoted(&octets))) at = octets.at;
  return fault(parser, at, "a digit of the port");
}

/* Names of one alternative's parameters so far, to find repetitions. */
typedef struct {
  gboolean ma, persist;
  AsvSpan unknown[ASV_PARAMETERS_COMPARED];
  guint count;
} ParameterNames;

static gboolean unknown_was_seen(ParameterNames *names, AsvSpan name) {
  for (guint i = 0; i < names->count; i++)
    if (asv_span_equal_nocase(names->unknown[i], name)) return TRUE;
  if (names->count < ASV_PARAMETERS_COMPARED) names->unknown[names->count++] = name;
  return FALSE;
}

static void take_ma(AsvAlternative *alternative, AsvSpan text) {
  guint64 seconds;
  if (!unquoted_decimal(text, &seconds)) {
    alternative->odd |= ASV_ODD_MA_NOT_A_NUMBER;
    return;
  }
  if (seconds > ASV_MA_LARGEST) alternative->odd |= ASV_ODD_MA_OVERFLOW;
  alternative->ma = seconds;
  alternative->has_ma = TRUE;
  alternative->ma_text = text;
}

static void take_persist(AsvAlternative *alternative, AsvSpan text) {
  AsvReader in = asv_reader(text);
  if (!at_end(&in) && next_unquoted(&in) == '1' && at_end(&in))
    alternative->persist = TRUE;
  else
    alternative->odd |= ASV_ODD_PERSIST_NOT_1;
}

static void take_parameter(AsvAlternative *alternative, ParameterNames *names, AsvSpan name,
                           AsvSpan text) {
  gboolean seen;
  gboolean is_ma = asv_span_is_nocase(name, "ma");
  if (is_ma || asv_span_is_nocase(name, "persist")) {
    gboolean *flag = is_ma ? &names->ma : &names->persist;
    seen = *flag;
    *flag = TRUE;
    if (!asv_span_is(name, is_ma ? "ma" : "persist"))
      alternative->odd |= ASV_ODD_PARAMETER_NAME_CASE;
    (is_ma ? take_ma : take_persist)(alternative, text);
  } else {
    seen = unknown_was_seen(names, name);
    alternative->odd |= ASV_ODD_PARAMETER_UNKNOWN;
  }
  if (seen) alternative->odd |= ASV_ODD_DUPLICATE_PARAMETER;
}

/* token "=" ( token / quoted-string ), or nothing. */
static gboolean read_parameter(AsvValueParser *parser, AsvAlternative *alternative,
                               ParameterNames *names) {
  AsvReader *in = &parser->in;
  AsvSpan text;
  if (at_end(in) || peek(in) == ';' || peek(in) == ',') {
    alternative->odd |= ASV_ODD_EMPTY_PARAMETER;
    return TRUE;
  }
  AsvSpan name = read_token(in);
  if (name.size == 0) return fault(parser, in->at, "a parameter name");
  if (!skip_octet(in, '=')) return fault(parser, in->at, "= right behind the parameter name");
  if (peek(in) == '"') {
    if (!read_quoted(parser, &text)) return FALSE;
  } else {
    text = read_token(in);
    if (text.size == 0) return fault(parser, in->at, "a token or a quoted-string");
  }
  take_parameter(alternative, names, name, text);
  alternative->size = asv_reader_offset(in) - alternative->offset;
  return TRUE;
}

/* What follows the protocol-id, which is filled. */
static gboolean read_alternative(AsvValueParser *parser, AsvAlternative *alternative) {
  AsvReader *in = &parser->in;
  ParameterNames names = {0};
  if (alternative->protocol_id.size == 0) return fault(parser, in->at, "a protocol-id");
  if (!skip_octet(in, '=')) return fault(parser, in->at, "= right behind the protocol-id");
  if (!decode_protocol_id(parser, alternative) || !read_authority(parser, alternative))
    return FALSE;
  alternative->size = asv_reader_offset(in) - alternative->offset;
  while (TRUE) {
    const guint8 *behind = in->at;
    skip_ows(in);
    if (!skip_octet(in, ';')) {
      in->at = behind;
      return TRUE;
    }
    skip_ows(in);
    if (!read_parameter(parser, alternative, &names)) return FALSE;
  }
}

/* Goes to the next element that is not empty; FALSE with no error at the end of the list. */
static gboolean find_element(AsvValueParser *parser) {
  AsvReader *in = &parser->in;
  gboolean separated = parser->elements == 0;
  gboolean comma = FALSE;
  skip_ows(in);
  while (skip_octet(in, ',')) {
    if (separated) parser->odd |= ASV_ODD_EMPTY_ELEMENT;
    separated = comma = TRUE;
    skip_ows(in);
  }
  if (!at_end(in)) return separated || fault(parser, in->at, "a comma or the end");
  if (comma) parser->odd |= ASV_ODD_EMPTY_ELEMENT;
  if (parser->elements == 0) return fault(parser, in->at, "at least one alternative");
  if (parser->cleared && (parser->elements > 1 || parser->odd & ASV_ODD_EMPTY_ELEMENT))
    parser->odd |= ASV_ODD_CLEAR_MIXED;
  return FALSE;
}

void asv_value_begin(AsvValueParser *parser, AsvSpan value) {
  *parser = (AsvValueParser){.in = asv_reader(value)};
}

AsvValueStep asv_value_next(AsvValueParser *parser, AsvAlternative *alternative) {
  AsvReader *in = &parser->in;
  if (!find_element(parser)) return parser->error.expected ? ASV_VALUE_ERROR : ASV_VALUE_END;

  parser->elements++;
  gsize offset = asv_reader_offset(in);
  AsvSpan token = read_token(in);
  if (asv_span_is(token, "clear")) {
    AsvReader ahead = *in;
    skip_ows(&ahead);
    if (at_end(&ahead) || peek(&ahead) == ',') {
      parser->cleared = TRUE;
      return ASV_VALUE_CLEAR;
    }
  }
  *alternative = (AsvAlternative){.protocol_id = token, .offset = offset, .ma = ASV_MA_DEFAULT};
  return read_alternative(parser, alternative) ? ASV_VALUE_ALTERNATIVE : ASV_VALUE_ERROR;
}

AsvValueSummary asv_value_check(AsvSpan value) {
  AsvValueSummary summary = {.verdict = ASV_VERDICT_OK};
  AsvValueParser parser;
  AsvAlternative alternative;
  asv_value_begin(&parser, value);
  for (AsvValueStep step = asv_value_next(&parser, &alternative); step != ASV_VALUE_END;
       step = asv_value_next(&parser, &alternative)) {
    if (step == ASV_VALUE_ERROR) {
      summary.verdict = ASV_VERDICT_INVALID;
      summary.error = parser.error;
      break;
    }
    if (step == ASV_VALUE_CLEAR) {
      summary.verdict = ASV_VERDICT_CLEAR;
    } else {
      summary.alternatives++;
      summary.odd |= alternative.odd;
    }
  }
  summary.odd |= parser.odd;
  return summary;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The field value's parser: what one alternative says, oddities, faults with their offset, limits.
 */
#include "altsvc/value.h"

#include "tests/support/feed.h"

static AsvAlternative only_alternative(const char *text) {
  AsvValueParser parser;
  AsvAlternative alternative, other;
  asv_value_begin(&parser, asv_span_text(text));
  g_assert_cmpint(asv_value_next(&parser, &alternative), ==, ASV_VALUE_ALTERNATIVE);
  g_assert_cmpint(asv_value_next(&parser, &other), ==, ASV_VALUE_END);
  return alternative;
}

static void test_parts(void) {
  const char *text = " h3=\"alt.test:8443\" ; ma=\"6\\0\"; v=1 , h2=\":443\"";
  AsvValueParser parser;
  AsvAlternative a;
  asv_value_begin(&parser, asv_span_text(text));
  g_assert_cmpint(asv_value_next(&parser, &a), ==, ASV_VALUE_ALTERNATIVE);
  g_assert_true(asv_span_is(a.protocol_id, "h3"));
  g_assert_cmpstr(a.alpn, ==, "h3");
  g_assert_true(asv_span_is(a.authority, "alt.test:8443"));
  g_assert_cmpstr(a.host, ==, "alt.test");
  g_assert_cmpuint(a.port, ==, 8443);
  g_assert_cmpuint(a.ma, ==, 60);
  g_assert_true(a.has_ma);
  g_assert_true(asv_span_is(a.ma_text, "6\\0"));
  g_assert_cmpuint(a.offset, ==, 1);
  g_assert_cmpuint(a.size, ==, strlen("h3=\"alt.test:8443\" ; ma=\"6\\0\"; v=1"));
  g_assert_cmphex(a.odd, ==, ASV_ODD_PARAMETER_UNKNOWN);

  g_assert_cmpint(asv_value_next(&parser, &a), ==, ASV_VALUE_ALTERNATIVE);
  g_assert_cmpstr(a.alpn, ==, "h2");
  g_assert_cmpstr(a.host, ==, "");
  g_assert_cmpuint(a.ma, ==, ASV_MA_DEFAULT);
  g_assert_false(a.has_ma);
  g_assert_null(a.ma_text.data);
  g_assert_cmpint(asv_value_next(&parser, &a), ==, ASV_VALUE_END);
  g_assert_cmphex(parser.odd, ==, 0);
}

static void test_quoted_pairs(void) {
  AsvAlternative a = only_alternative("h3=\"\\a.\\test\\:\\44\\3\";persist=\"\\1\"");
  g_assert_cmpstr(a.host, ==, "a.test");
  g_assert_cmpuint(a.port, ==, 443);
  g_assert_true(a.persist);
  g_assert_true(asv_span_is(a.authority, "\\a.\\test\\:\\44\\3"));
}

static void test_ports(void) {
  AsvAlternative a = only_alternative("h3=\"a.test:\"");
  g_assert_false(a.has_port);
  a = only_alternative("h3=\":0\"");
  g_assert_true(a.has_port);
  g_assert_cmpuint(a.port, ==, 0);
  a = only_alternative("h3=\":99999999999999999999999\"");
  g_assert_cmpuint(a.port, ==, G_MAXUINT64);
  a = only_alternative("h3=\"[::1]:443\"");
  g_assert_cmpstr(a.host, ==, "[::1]");
}

static void test_oddities(void) {
  static const struct {
    const char *text;
    guint odd;
  } cases[] = {
      {"h3=\":443\"", 0},
      {"h3=\":443\"; ma=60; persist=1", 0},
      {"h3=\":443\";", ASV_ODD_EMPTY_PARAMETER},
      {"h3=\":443\";;ma=1", ASV_ODD_EMPTY_PARAMETER},
      {"h3=\":443\",", ASV_ODD_EMPTY_ELEMENT},
      {",h3=\":443\"", ASV_ODD_EMPTY_ELEMENT},
      {"h3=\":443\", ,h2=\":443\"", ASV_ODD_EMPTY_ELEMENT},
      {"h3=\":443\" , h2=\":443\"", 0},
      {"h3=\":443\";ma=1;ma=2", ASV_ODD_DUPLICATE_PARAMETER},
      {"h3=\":443\";ma=1;Ma=2", ASV_ODD_DUPLICATE_PARAMETER | ASV_ODD_PARAMETER_NAME_CASE},
      {"h3=\":443\";persist=1;persist=1", ASV_ODD_DUPLICATE_PARAMETER},
      {"h3=\":443\";x=1;X=2", ASV_ODD_DUPLICATE_PARAMETER | ASV_ODD_PARAMETER_UNKNOWN},
      {"h3=\":443\";x=1;y=2", ASV_ODD_PARAMETER_UNKNOWN},
      {"h3=\":443\";PERSIST=1", ASV_ODD_PARAMETER_NAME_CASE},
      {"h3=\":443\";persist=10", ASV_ODD_PERSIST_NOT_1},
      {"h3=\":443\";persist=\"\"", ASV_ODD_PERSIST_NOT_1},
      {"h3=\":443\";ma=\"\"", ASV_ODD_MA_NOT_A_NUMBER},
      {"h3=\":443\";ma=2147483648", 0},
      {"h3=\":443\";ma=2147483649", ASV_ODD_MA_OVERFLOW},
      {"%68=\":443\"", ASV_ODD_ID_NOT_CANONICAL},
      {"%2f=\":443\"", ASV_ODD_ID_NOT_CANONICAL},
      {"%2F%25=\":443\"", 0},
      {"clear", 0},
      {" clear\t", 0},
      {"clear,", ASV_ODD_CLEAR_MIXED | ASV_ODD_EMPTY_ELEMENT},
      {"clear,clear", ASV_ODD_CLEAR_MIXED},
      {"h3=\":443\",clear", ASV_ODD_CLEAR_MIXED},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_test_message("%s", cases[i].text);
    AsvValueSummary summary = asv_value_check(asv_span_text(cases[i].text));
    g_assert_cmpint(summary.verdict, !=, ASV_VERDICT_INVALID);
    g_assert_cmphex(summary.odd, ==, cases[i].odd);
  }
}

static void test_last_valid_parameter(void) {
  AsvAlternative a = only_alternative("h3=\":443\"; ma=60; ma=x; persist=1; persist=0");
  g_assert_cmpuint(a.ma, ==, 60);
  g_assert_true(asv_span_is(a.ma_text, "60"));
  g_assert_true(a.persist);
}

static void test_faults(void) {
  static const struct {
    const char *text;
    gsize offset;
    const char *expected;
    gboolean non_ascii_host;
  } cases[] = {
      {"", 0, "at least one alternative", FALSE},
      {" , ", 3, "at least one alternative", FALSE},
      {"clear;", 5, "= right behind the protocol-id", FALSE},
      {"clear=1", 6, "a quoted-string", FALSE},
      {"\"clear\"", 0, "a protocol-id", FALSE},
      {"h3 =\":443\"", 2, "= right behind the protocol-id", FALSE},
      {"h3=:443", 3, "a quoted-string", FALSE},
      {"h3=\":443", 8, "the closing quote", FALSE},
      {"h3=\":443\\", 9, "the closing quote", FALSE},
      {"h3=\":4\x01\"", 6, "no control octet", FALSE},
      {"h3=\"\"", 4, "a colon with a port", FALSE},
      {"h3=\"[::1]\"", 9, "a colon with a port", FALSE},
      {"h3=\"[::1:443\"", 12, "a colon with a port", FALSE},
      {"h3=\"[::g]:443\"", 4, "an IPv6 address in brackets", FALSE},
      {"h3=\"[::1]x:443\"", 4, "an IPv6 address in brackets", FALSE},
      {"h3=\"a\\b\\ c:443\"", 7, "a host", FALSE},
      {"h3=\"b\xc3\xbc.test:443\"", 5, "a host", TRUE},
      {"h3=\"a%2:443\"", 5, "a host", FALSE},
      {"h3=\":44\\a\"", 7, "a digit of the port", FALSE},
      {"a%x=\":1\"", 1, "two hexadecimal digits behind %", FALSE},
      {"h3=\":443\";\vma=60", 10, "a parameter name", FALSE},
      {"h3=\":443\";ma", 12, "= right behind the parameter name", FALSE},
      {"h3=\":443\";ma=", 13, "a token or a quoted-string", FALSE},
      {"h3=\":443\" h2=\":443\"", 10, "a comma or the end", FALSE},
      {"h3=\":443\", clear h2", 16, "= right behind the protocol-id", FALSE},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_test_message("%s", cases[i].text);
    AsvValueSummary summary = asv_value_check(asv_span_text(cases[i].text));
    g_assert_cmpint(summary.verdict, ==, ASV_VERDICT_INVALID);
    g_assert_cmpstr(summary.error.expected, ==, cases[i].expected);
    g_assert_cmpuint(summary.error.offset, ==, cases[i].offset);
    g_assert_cmpint(summary.error.non_ascii_host, ==, cases[i].non_ascii_host);
  }
}

/* Fills text with prefix, count times letter, suffix. */
static void make(GString *text, const char *prefix, gsize count, const char *suffix) {
  g_string_assign(text, prefix);
  for (gsize i = 0; i < count; i++) g_string_append_c(text, 'a');
  g_string_append(text, suffix);
}

static void test_limits(void) {
  g_autoptr(GString) text = g_string_new(NULL);
  make(text, "", ASV_ALPN_MAX, "=\":443\"");
  g_assert_cmpuint(only_alternative(text->str).alpn_size, ==, ASV_ALPN_MAX);
  make(text, "", ASV_ALPN_MAX + 1, "=\":443\"");
  AsvValueSummary summary = asv_value_check(asv_span_text(text->str));
  g_assert_cmpstr(summary.error.expected, ==, "a protocol name of at most 255 octets");
  g_assert_cmpuint(summary.error.offset, ==, ASV_ALPN_MAX);

  make(text, "h3=\"", ASV_HOST_MAX, ":443\"");
  g_assert_cmpuint(strlen(only_alternative(text->str).host), ==, ASV_HOST_MAX);
  make(text, "h3=\"", ASV_HOST_MAX + 1, ":443\"");
  summary = asv_value_check(asv_span_text(text->str));
  g_assert_cmpstr(summary.error.expected, ==, "a host of at most 255 octets");
  g_assert_cmpuint(summary.error.offset, ==, 4 + ASV_HOST_MAX);

  g_string_assign(text, "h3=\":443\"");
  for (guint i = 0; i < ASV_PARAMETERS_COMPARED; i++) g_string_append_printf(text, ";x%u=1", i);
  gsize size = text->len;
  g_string_append_printf(text, ";x%u=1", ASV_PARAMETERS_COMPARED - 1);
  summary = asv_value_check(asv_span_text(text->str));
  g_assert_cmphex(summary.odd, ==, ASV_ODD_PARAMETER_UNKNOWN | ASV_ODD_DUPLICATE_PARAMETER);
  g_string_truncate(text, size);
  g_string_append(text, ";beyond=1;beyond=1");
  summary = asv_value_check(asv_span_text(text->str));
  g_assert_cmphex(summary.odd, ==, ASV_ODD_PARAMETER_UNKNOWN);
}

static void check_only(AsvSpan value, void *user) {
  *(AsvValueSummary *)user = asv_value_check(value);
}

/* Cut short at every length, and with every octet in every place. */
static void test_hostile(void) {
  static const char text[] = "h3=\"a\\.b%2D:443\"; ma=\"6\\0\";;persist=1, clear, %2F=\"[::1]:8\"";
  gsize size = sizeof text - 1;
  AsvValueSummary summary;
  for (gsize cut = 0; cut <= size; cut++)
    asv_test_guarded(asv_span(text, cut), check_only, &summary);
  g_assert_cmpint(summary.verdict, ==, ASV_VERDICT_CLEAR);

  g_autofree char *copy = g_memdup2(text, sizeof text);
  for (gsize at = 0; at < size; at++) {
    for (guint octet = 0; octet < 256; octet++) {
      copy[at] = (char)octet;
      summary = asv_value_check(asv_span(copy, size));
      if (summary.verdict == ASV_VERDICT_INVALID) g_assert_cmpuint(summary.error.offset, <=, size);
    }
    copy[at] = text[at];
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/value/parts", test_parts);
  g_test_add_func("/value/quoted-pairs", test_quoted_pairs);
  g_test_add_func("/value/ports", test_ports);
  g_test_add_func("/value/oddities", test_oddities);
  g_test_add_func("/value/last-valid-parameter", test_last_valid_parameter);
  g_test_add_func("/value/faults", test_faults);
  g_test_add_func("/value/limits", test_limits);
  g_test_add_func("/value/hostile", test_hostile);
  return g_test_run();
}

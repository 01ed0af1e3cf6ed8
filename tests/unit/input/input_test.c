/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Several files merged, counted and filtered; secrets ahead; what kind a file is; key logs. */
#include "analyzer/input/input.h"

#include <zlib.h>

#include "capture.h"

#define US G_GUINT64_CONSTANT(1000000)

/* A pcapng with a packet at each of the given seconds, to be removed with remove_file. */
static char *make_file(const char *data, const guint *seconds, gsize count) {
  Capture c = capture_new(FALSE);
  put_section(&c);
  put_interface(&c, 1);
  for (gsize i = 0; i < count; i++) put_packet(&c, 0, seconds[i] * US, data);
  char *name = write_file(capture_span(&c));
  capture_free(&c);
  return name;
}

static AsvInput *open_files(GString *told, char *const *names, gsize count, guint64 limit) {
  AsvInputEvents events = telling(told);
  AsvInput *input = asv_input_new(&events, NULL, limit);
  for (gsize i = 0; i < count; i++) {
    g_autoptr(GError) error = NULL;
    asv_input_add(input, names[i], NULL, &error);
    g_assert_no_error(error);
  }
  g_assert_cmpuint(asv_input_files(input), ==, count);
  return input;
}

static void test_merge(void) {
  static const guint a[] = {1, 4, 4, 9}, b[] = {2, 4, 3, 5}, c[] = {4};
  char *names[] = {make_file("a", a, 4), make_file("b", b, 4), make_file("empty", NULL, 0),
                   make_file("c", c, 1)};
  g_autoptr(GString) told = g_string_new(NULL);
  tell_all(open_files(told, names, 4, 0), told);
  g_assert_cmpstr(told->str, ==,
                  "end pcapng file 2 packet 0 of 0 bytes 0 0-0\n"
                  "packet 0.1 time 1000000000 link 1 wire 1 a\n"
                  "packet 1.1 time 2000000000 link 1 wire 1 b\n"
                  "packet 0.2 time 4000000000 link 1 wire 1 a\n"
                  "packet 0.3 time 4000000000 link 1 wire 1 a\n"
                  "packet 1.2 time 4000000000 link 1 wire 1 b\n"
                  "packet 1.3 time 4000000000 link 1 wire 1 b\n"
                  "packet 3.1 time 4000000000 link 1 wire 1 c\n"
                  "end pcapng file 3 packet 1 of 1 bytes 1 4000000000-4000000000\n"
                  "packet 1.4 time 5000000000 link 1 wire 1 b\n"
                  "end pcapng file 1 packet 4 of 4 bytes 4 2000000000-5000000000\n"
                  "packet 0.4 time 9000000000 link 1 wire 1 a\n"
                  "end pcapng file 0 packet 4 of 4 bytes 4 1000000000-9000000000\n");
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++) remove_file(names[i]);
}

/* Many files whose packets interleave: each packet once, in order (tell_all asserts order). */
static void test_merge_many(void) {
  char *names[50];
  for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
    guint seconds[40];
    for (guint k = 0; k < G_N_ELEMENTS(seconds); k++) seconds[k] = 1 + k * 7 + i * 13 % 50;
    names[i] = make_file("x", seconds, G_N_ELEMENTS(seconds));
  }
  g_autoptr(GString) told = g_string_new(NULL);
  AsvInput *input = open_files(told, names, G_N_ELEMENTS(names), 0);
  tell_all(input, told);
  g_auto(GStrv) lines = g_strsplit(told->str, "\n", -1);
  g_assert_cmpuint(g_strv_length(lines), ==, 50 * 41 + 1);
  for (guint i = 0; i < G_N_ELEMENTS(names); i++) remove_file(names[i]);
}

static void test_count(void) {
  static const guint a[] = {1, 3}, b[] = {2, 4};
  char *names[] = {make_file("a", a, 2), make_file("b", b, 2)};
  g_autoptr(GString) told = g_string_new(NULL);
  tell_all(open_files(told, names, 2, 3), told);
  g_assert_cmpstr(told->str, ==,
                  "packet 0.1 time 1000000000 link 1 wire 1 a\n"
                  "packet 1.1 time 2000000000 link 1 wire 1 b\n"
                  "packet 0.2 time 3000000000 link 1 wire 1 a\n"
                  "end pcapng file 0 packet 2 of 2 bytes 2 1000000000-3000000000\n"
                  "end pcapng file 1 packet 1 of 1 bytes 1 2000000000-2000000000\n");
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++) remove_file(names[i]);
}

/* Damage of one file does not end the other. */
static void test_damage(void) {
  static const guint a[] = {1, 3}, b[] = {2, 4};
  char *names[] = {make_file("a", a, 2), make_file("b", b, 2)};
  g_assert_cmpint(truncate(names[0], 90), ==, 0);
  g_autoptr(GString) told = g_string_new(NULL);
  tell_all(open_files(told, names, 2, 0), told);
  g_assert_cmpstr(told->str, ==,
                  "packet 0.1 time 1000000000 link 1 wire 1 a\n"
                  "end pcapng file 0 packet 1 of 1 bytes 1 1000000000-1000000000 error cut short "
                  "after packet 1, at byte 84: 6 of 12 bytes of a block are there\n"
                  "packet 1.1 time 2000000000 link 1 wire 1 b\n"
                  "packet 1.2 time 4000000000 link 1 wire 1 b\n"
                  "end pcapng file 1 packet 2 of 2 bytes 2 2000000000-4000000000\n");
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++) remove_file(names[i]);
}

static void test_filter(void) {
  static const guint seconds[] = {1, 2};
  char *names[] = {make_file("0123456789abcdef", seconds, 2), make_file("short", seconds, 2)};
  g_autoptr(GString) told = g_string_new(NULL);
  AsvInputEvents events = telling(told);
  AsvInput *input = asv_input_new(&events, "greater 10", 3);
  g_assert_true(asv_input_add(input, names[0], NULL, NULL));
  g_assert_true(asv_input_add(input, names[1], NULL, NULL));
  tell_all(input, told);
  g_assert_cmpstr(told->str, ==,
                  "packet 0.1 time 1000000000 link 1 wire 16 0123456789abcdef\n"
                  "unwanted 1.1 time 1000000000 link 1 wire 5 short\n"
                  "packet 0.2 time 2000000000 link 1 wire 16 0123456789abcdef\n"
                  "end pcapng file 0 packet 2 of 2 bytes 32 1000000000-2000000000\n"
                  "end pcapng file 1 packet 1 of 1 bytes 5 1000000000-1000000000\n");

  g_autoptr(GError) error = NULL;
  AsvPacket packet;
  input = asv_input_new(&events, "no such thing", 0);
  g_assert_true(asv_input_add(input, names[0], NULL, NULL));
  g_assert_false(asv_input_next(input, &packet, &error));
  g_assert_error(error, ASV_INPUT_ERROR, ASV_INPUT_ERROR_FILTER);
  asv_input_free(input);
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++) remove_file(names[i]);
}

/* Secrets before, between and behind packets, the last in a section of the other byte order. */
static Capture make_secrets(void) {
  Capture c = capture_new(FALSE);
  put_section(&c);
  put_interface(&c, 1);
  put_secrets(&c, TLS_KEY_LOG, "first");
  put_packet(&c, 0, US, "a");
  put_packet(&c, 0, 2 * US, "b");
  put_secrets(&c, TLS_KEY_LOG, "second");
  put_packet(&c, 0, 3 * US, "c");
  c.big = TRUE;
  put_section(&c);
  put_secrets(&c, TLS_KEY_LOG, "third");
  return c;
}

static void read_with_look_ahead(const char *name, GString *told) {
  AsvInputEvents events = telling(told);
  AsvInput *input = asv_input_new(&events, NULL, 0);
  AsvPacket packet;
  g_assert_true(asv_input_add(input, name, NULL, NULL));
  g_assert_true(asv_input_next(input, &packet, NULL));
  g_string_append(told, "ahead\n");
  asv_input_read_ahead_secrets(input);
  asv_input_read_ahead_secrets(input);
  g_string_append(told, "on\n");
  while (asv_input_next(input, &packet, NULL)) tell_packet(told, &packet);
  asv_input_free(input);
}

static void test_secrets_ahead(void) {
  static const char expected[] =
      "secrets first\nahead\nsecrets second\nsecrets third\non\n"
      "packet 0.2 time 2000000000 link 1 wire 1 b\n"
      "packet 0.3 time 3000000000 link 1 wire 1 c\n"
      "end pcapng file 0 packet 3 of 3 bytes 3 1000000000-3000000000";
  Capture c = make_secrets();
  g_autoptr(GString) told = g_string_new(NULL);
  char *name = write_file(capture_span(&c));
  read_with_look_ahead(name, told);
  g_assert_cmpint(strncmp(told->str, expected, strlen(expected)), ==, 0);

  gzFile file = gzopen(name, "wb");
  gzwrite(file, c.octets->data, c.octets->len);
  gzclose(file);
  g_string_truncate(told, 0);
  read_with_look_ahead(name, told);
  g_assert_cmpint(strncmp(told->str, expected, strlen(expected)), ==, 0);
  remove_file(name);
  capture_free(&c);
}

/* Ahead of damage all is found; what lies behind it is not reached by either way. */
static void test_secrets_ahead_of_damage(void) {
  Capture c = make_secrets();
  g_byte_array_set_size(c.octets, c.octets->len - 4);
  char *name = write_file(capture_span(&c));
  g_autoptr(GString) told = g_string_new(NULL);
  read_with_look_ahead(name, told);
  g_assert_true(g_str_has_prefix(told->str, "secrets first\nahead\nsecrets second\non\npacket"));
  g_assert_null(strstr(told->str, "third"));
  remove_file(name);
  capture_free(&c);
}

/* A pipe cannot be read twice: secrets come when they come. */
static void test_secrets_of_pipe(void) {
  Capture c = make_secrets();
  int fds[2];
  g_assert_cmpint(pipe(fds), ==, 0);
  g_assert_cmpint(write(fds[1], c.octets->data, c.octets->len), ==, c.octets->len);
  close(fds[1]);
  g_autofree char *name = g_strdup_printf("/dev/fd/%d", fds[0]);
  g_autoptr(GString) told = g_string_new(NULL);
  read_with_look_ahead(name, told);
  close(fds[0]);
  g_assert_true(g_str_has_prefix(told->str, "secrets first\nahead\non\npacket"));
  g_assert_nonnull(strstr(told->str, "secrets second\npacket"));
  g_assert_nonnull(strstr(told->str, "secrets third\nend"));
  capture_free(&c);
}

static void assert_refused(AsvSpan octets, const char *message) {
  char *name = write_file(octets);
  g_autofree char *told = tell_file(name);
  remove_file(name);
  g_assert_cmpstr(told, ==, message);
}

static void test_refused(void) {
  assert_refused(asv_span(NULL, 0), "refused is empty\n");
  assert_refused(asv_span_text("Hello\n"), "refused is text, not a capture\n");
  assert_refused(asv_span("\x7f"
                          "ELF\0\0",
                          6),
                 "refused is neither pcap nor pcapng (it begins with 7f 45 4c 46)\n");
  assert_refused(asv_span("\x1f\x8b\x08\0\0\0\0", 7),
                 "refused its gzip data is cut short at byte 7\n");
  g_autofree char *told = tell_file("/nonexistent");
  g_assert_cmpstr(told, ==, "refused cannot be opened: No such file or directory\n");
}

/* The first octets of a file of observations, read twice; NULL for any other. */
static char *observations_of(const char *name, GError **error) {
  GString *told = g_string_new(NULL);
  AsvInputEvents events = telling(told);
  AsvInput *input = asv_input_new(&events, NULL, 0);
  char *text = NULL;
  FILE *in = NULL;
  gboolean good = asv_input_add(input, name, &in, error);
  g_assert_true(good || !in);
  g_assert_cmpuint(asv_input_files(input), ==, good && !in ? 1 : 0);
  if (in) {
    char octets[32] = "";
    for (int times = 0; times < 2; times++) {
      memset(octets, 0, sizeof octets);
      g_assert_cmpuint(fread(octets, 1, sizeof octets - 1, in), >, 0);
      g_assert_cmpint(fseek(in, 0, SEEK_SET), ==, 0);
    }
    text = g_strdup(octets);
    fclose(in);
  }
  asv_input_free(input);
  g_string_free(told, TRUE);
  return text;
}

static void assert_observations(const char *text, const char *expected) {
  char *name = write_file(asv_span_text(text));
  g_autoptr(GError) error = NULL;
  g_autofree char *got = observations_of(name, &error);
  g_assert_cmpstr(got, ==, expected);
  g_assert_true(expected ? error == NULL : error != NULL);
  remove_file(name);
}

static void test_observations(void) {
  static const guint seconds[] = {1};
  assert_observations("{\"schema\":", "{\"schema\":");
  assert_observations(" \n{", " \n{");
  assert_observations("[{", NULL);
  assert_observations("  ", NULL);
  assert_observations("", NULL);
  char *name = make_file("a", seconds, 1);
  g_assert_null(observations_of(name, NULL));
  remove_file(name);
}

static void test_observations_refused(void) {
  AsvInputEvents events = {0};
  g_autoptr(GError) error = NULL;
  AsvInput *input = asv_input_new(&events, NULL, 0);
  char *name = write_file(asv_span_text("{}"));
  g_assert_false(asv_input_add(input, name, NULL, &error));
  g_assert_error(error, ASV_INPUT_ERROR, ASV_INPUT_ERROR_FORMAT);
  remove_file(name);
  asv_input_free(input);
}

static void test_observations_compressed(void) {
  char *name = write_file(asv_span(NULL, 0));
  gzFile file = gzopen(name, "wb");
  g_assert_cmpint(gzwrite(file, "{\"a\"", 4), ==, 4);
  gzclose(file);
  g_autofree char *got = observations_of(name, NULL);
  g_assert_cmpstr(got, ==, "{\"a\"");
  remove_file(name);
}

/* A pipe is read once, and what was looked at is there; a file from where it stands. */
static void test_observations_of_stdin(void) {
  int saved = dup(STDIN_FILENO), fds[2];
  g_assert_cmpint(pipe(fds), ==, 0);
  g_assert_cmpint(write(fds[1], "{\"a\"", 4), ==, 4);
  close(fds[1]);
  dup2(fds[0], STDIN_FILENO);
  close(fds[0]);
  g_autoptr(GError) error = NULL;
  AsvInputEvents events = {0};
  AsvInput *input = asv_input_new(&events, NULL, 0);
  FILE *in;
  char octets[8] = "";
  g_assert_true(asv_input_add(input, "-", &in, &error));
  g_assert_cmpint(fseek(in, 0, SEEK_SET), !=, 0);
  g_assert_cmpuint(fread(octets, 1, sizeof octets, in), ==, 4);
  g_assert_cmpstr(octets, ==, "{\"a\"");
  fclose(in);
  asv_input_free(input);

  char *name = write_file(asv_span_text("no{1"));
  int fd = open(name, O_RDONLY);
  lseek(fd, 2, SEEK_SET);
  dup2(fd, STDIN_FILENO);
  g_autofree char *got = observations_of("-", NULL);
  g_assert_cmpstr(got, ==, "{1");
  close(fd);
  remove_file(name);
  dup2(saved, STDIN_FILENO);
  close(saved);
}

static void collect(void *self, AsvSpan key_log) {
  g_string_append_len(self, (const char *)key_log.data, (gssize)key_log.size);
  g_string_append_c(self, '|');
}

/* A log longer than the buffer arrives whole, cut at ends of lines only. */
static void test_key_log(void) {
  g_autoptr(GString) text = g_string_new(NULL);
  while (text->len < 3 * ASV_INPUT_BUFFER)
    g_string_append_printf(text, "CLIENT_RANDOM %zu 0123456789abcdef\n", text->len);
  char *name = write_file(asv_span_text(text->str));
  g_autoptr(GString) told = g_string_new(NULL);
  AsvInputEvents events = {.self = told, .secrets = collect};
  g_assert_true(asv_input_key_log(name, &events, NULL));
  remove_file(name);
  g_auto(GStrv) parts = g_strsplit(told->str, "|", -1);
  g_assert_cmpuint(g_strv_length(parts), >=, 4);
  for (guint i = 0; parts[i]; i++) g_assert_true(!*parts[i] || g_str_has_suffix(parts[i], "\n"));
  g_autofree char *joined = g_strjoinv("", parts);
  g_assert_cmpstr(joined, ==, text->str);
}

static void test_key_log_faults(void) {
  g_autoptr(GString) told = g_string_new(NULL);
  AsvInputEvents events = {.self = told, .secrets = collect};
  g_autoptr(GError) missing = NULL, cut = NULL;
  g_assert_false(asv_input_key_log("/nonexistent", &events, &missing));
  g_assert_error(missing, ASV_INPUT_ERROR, ASV_INPUT_ERROR_OPEN);
  g_assert_cmpstr(missing->message, ==,
                  "/nonexistent: cannot be opened: No such file or directory");

  char *name = write_file(asv_span("\x1f\x8b\x08\0\0\0\0", 7));
  g_assert_false(asv_input_key_log(name, &events, &cut));
  g_assert_error(cut, ASV_INPUT_ERROR, ASV_INPUT_ERROR_DAMAGED);
  remove_file(name);
  g_assert_cmpstr(told->str, ==, "");

  name = write_file(asv_span_text("no line end"));
  g_assert_true(asv_input_key_log(name, &events, NULL));
  g_assert_cmpstr(told->str, ==, "no line end|");
  remove_file(name);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/input/merge", test_merge);
  g_test_add_func("/input/merge-many", test_merge_many);
  g_test_add_func("/input/count", test_count);
  g_test_add_func("/input/damage", test_damage);
  g_test_add_func("/input/filter", test_filter);
  g_test_add_func("/input/secrets-ahead", test_secrets_ahead);
  g_test_add_func("/input/secrets-ahead-of-damage", test_secrets_ahead_of_damage);
  g_test_add_func("/input/secrets-of-pipe", test_secrets_of_pipe);
  g_test_add_func("/input/refused", test_refused);
  g_test_add_func("/input/observations", test_observations);
  g_test_add_func("/input/observations-refused", test_observations_refused);
  g_test_add_func("/input/observations-compressed", test_observations_compressed);
  g_test_add_func("/input/observations-of-stdin", test_observations_of_stdin);
  g_test_add_func("/input/key-log", test_key_log);
  g_test_add_func("/input/key-log-faults", test_key_log_faults);
  return g_test_run();
}

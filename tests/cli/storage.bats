# SPDX-License-Identifier: GPL-2.0-or-later
# Clients' storage as input and output. ALTSHARK is the program, SAMPLES the folder of samples.

bats_require_minimum_version 1.5.0

setup() {
  cd "$BATS_TEST_TMPDIR"
  here="$BATS_TEST_DIRNAME"
  capture="$SAMPLES/header-h3-curl/capture.pcapng"
  two="$SAMPLES/two-clients/capture.pcapng"
  unset SSLKEYLOGFILE
  export TZ=UTC0
  altshark -T curl-altsvc -z cache "$capture" >held.txt
}

altshark() { "$ALTSHARK" --no-progress "$@"; }
ask() { /usr/bin/python3 -c "import json,sys; d=json.load(sys.stdin); print($1)"; }

# status and a message with every word given
fails_with() {
  local want="$1" word
  shift
  [ "$status" -eq "$want" ] || { echo "status $status, wanted $want: $output"; return 1; }
  for word in "$@"; do
    [[ "$output" == *"$word"* ]] || { echo "no \"$word\" in: $output"; return 1; }
  done
}

@test "-T curl-altsvc writes the cache, and the cache is what it says" {
  grep -q '^h2 a.test 443 h3 a.test 443 "2026[0-9]* [0-9:]*" 0 0$' held.txt
  altshark --expect-cache held.txt "$capture" >with
  altshark "$capture" | cmp - with
}

@test "-T curl-altsvc is a format of -z cache alone" {
  run altshark -T curl-altsvc "$capture"
  fails_with 1 "--format" "curl-altsvc" "-z cache"
  for subject in timeline origins findings observations connections; do
    run altshark -T curl-altsvc -z "$subject" "$capture"
    [ "$status" -eq 1 ]
  done
}

@test "curl uses what -T curl-altsvc wrote" {
  run /usr/bin/python3 "$here/curl_uses.py" "$ALTSHARK" "$BATS_TEST_TMPDIR"
  echo "$output"
  [ "$status" -eq 0 ]
  [ "$output" = "origin 0 alternative 1
Alt-Used right
expected" ]
}

@test "--expect-cache says what is missing, extra, elsewhere, of another life, persist" {
  sed 's/ h3 a.test 443 / h3 a.test 444 /' held.txt >elsewhere
  run altshark --expect-cache elsewhere "$capture"
  fails_with 3 "elsewhere: 1 difference" "https://a.test: h3 at a.test:443: the file has it at a.test:444"
  { cat held.txt; echo 'h2 b.test 443 h2 alt.test 443 "20301120 10:00:00" 0 0'; } >more
  run altshark --expect-cache more "$capture"
  fails_with 3 "1 difference" \
    "https://b.test: h2 at alt.test:443: missing; the file has it until 2030-11-20T10:00:00Z, learned over h2"
  : >none
  run altshark --expect-cache none "$capture"
  fails_with 3 "1 difference" "https://a.test: h3 at a.test:443: not in the file"
  sed 's/"2026/"2027/; s/0 0$/1 0/' held.txt >changed
  run altshark --expect-cache changed "$capture"
  fails_with 3 "2 differences" ", in the file until 2027" "without persist, in the file with it"
}

@test "--expect-cache: two seconds are the same, more are not" {
  shift_by() {
    /usr/bin/python3 - "$1" <<'EOF'
import datetime, re, sys
def move(match):
    time = datetime.datetime.strptime(match[1], "%Y%m%d %H:%M:%S") + datetime.timedelta(seconds=int(sys.argv[1]))
    return time.strftime('"%Y%m%d %H:%M:%S"')
print(re.sub(r'"([^"]*)"', move, open("held.txt").read()), end="")
EOF
  }
  for seconds in -1 2; do shift_by $seconds >moved; altshark -q --expect-cache moved "$capture" >out; done
  for seconds in -2 4; do
    shift_by $seconds >moved
    run altshark -q --expect-cache moved "$capture"
    fails_with 3 "in the file until"
  done
}

@test "--expect-cache beside JSON goes to standard error, with --at to that time, with --origin to that one" {
  : >none
  run -3 --separate-stderr altshark -T json --expect-cache none "$capture"
  ask "d['schema']" <<<"$output" >/dev/null
  [[ "$stderr" == *"not in the file"* ]]
  altshark -q --at +0.001 --expect-cache none "$capture" >out
  altshark -q --origin z.test --expect-cache held.txt "$capture" >out
  run altshark -z observations --expect-cache none "$capture"
  [ "$status" -eq 3 ]
}

@test "--start-cache fills every client's cache, or --client's, before the first packet" {
  echo 'h2 new.test 443 h3 new.test 8443 "20301120 10:00:00" 1 0' >start
  altshark -T json --start-cache start "$two" >out
  events="[(c['client'], e['event'], e['packet'], e['relative'], e['expires']) for c in d['clients'] for o in c['origins'] if o['origin'] == 'https://new.test' for e in o['events']]"
  [ "$(ask "$events" <out)" = "[('10.77.0.11', 'restored', 0, 0.0, '2030-11-20T10:00:00.000000000Z'), ('10.77.0.12', 'restored', 0, 0.0, '2030-11-20T10:00:00.000000000Z')]" ]
  [ "$(ask "[(r['host'], r['port'], r['persist'], 'via' in r) for r in d['clients'][0]['origins'][-1]['cache']]" <out)" = "[('new.test', 8443, True, False)]" ]
  /usr/bin/python3 "$here/../support/validate.py" out
  altshark -T ndjson -z cache --start-cache start "$two" >out
  /usr/bin/python3 "$here/../support/validate.py" out
  altshark -T json --client 10.77.0.12 --start-cache start "$two" | ask "$events" | grep -q "^\[('10.77.0.12', 'restored', 0[^(]*\]$"
}

@test "--start-cache: what had expired expires at once, and an entry can be there at any --at" {
  echo 'h2 old.test 443 h3 old.test 443 "20201120 10:00:00" 0 0' >old
  altshark -T json --start-cache old "$capture" >out
  [ "$(ask "[(e['event'], e['relative']) for o in d['clients'][0]['origins'] if o['origin'] == 'https://old.test' for e in o['events']]" <out)" = "[('restored', 0.0), ('expired', 0.0)]" ]
  altshark --start-cache old "$capture" | tr -s ' \n' ' ' | grep -q 'had expired before the capture'
  echo 'h2 new.test 443 h3 new.test 443 "20301120 10:00:00" 0 0' >new
  for at in +0 +0.001 +1000000; do
    altshark -T json --at $at --start-cache new "$two" |
      ask "{len(o['cache']) for c in d['clients'] for o in c['origins'] if o['origin'] == 'https://new.test'}" | grep -qx '{1}'
  done
}

@test "--start-cache: a client uses what it had" {
  used="[e for c in d['clients'] for o in c['origins'] for e in o['events'] if e['event'] == 'used']"
  switched="$SAMPLES/header-h3-chromium/capture.pcapng"
  altshark -T curl-altsvc -z cache "$switched" >had.txt
  altshark -z observations -T ndjson "$switched" | grep -v '"kind":"advertisement"' >without
  [ "$(altshark -T json without | ask "len($used)")" = 0 ]
  altshark -T json --start-cache had.txt without >out
  [ "$(ask "$used[0]['alternative']['port']" <out)" = 443 ]
  [ "$(ask "[o['verdict'] for o in d['clients'][0]['origins']]" <out)" = "['switched']" ]
}

@test "storage of each client is recognised by content" {
  for file in "$here"/../storage/{07-multiple--firefox,31-udp-dropped--chromium,41-ipv6--curl8}/storage.*; do
    cp "$file" any
    run altshark -q --start-cache any --expect-cache any -c 1 "$capture"
    [ "$status" -eq 3 ]
    [[ "$output" == *missing* ]]
  done
}

@test "storage that cannot be used" {
  for option in --start-cache --expect-cache; do
    run altshark $option no-such "$capture"
    fails_with 2 "no-such" "No such file"
    [[ "$output" != *"IN SHORT"* ]]
    run altshark $option . "$capture"
    fails_with 2 "irectory"
    run altshark $option "$capture" "$capture"
    fails_with 2 "capture.pcapng" "not a storage of alternatives that is known"
    echo '{"a":1}' >json
    run altshark $option json "$capture"
    fails_with 2 "json: JSON, but not Chromium's"
    { cat held.txt; echo 'h2 a.test 443 h3'; } >damaged
    run altshark $option damaged "$capture"
    fails_with 2 "damaged: line 3: a host is empty"
    head -c 9000000 /dev/zero >large
    run altshark $option large "$capture"
    fails_with 2 "large: larger than"
  done
}

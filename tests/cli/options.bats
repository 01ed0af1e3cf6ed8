# SPDX-License-Identifier: GPL-2.0-or-later
# What the options do, on real samples. ALTSHARK is the program, SAMPLES the folder of samples.

setup() {
  cd "$BATS_TEST_TMPDIR"
  misdirected="$SAMPLES/misdirected/capture.pcapng"
  two="$SAMPLES/two-clients/capture.pcapng"
  plain="$SAMPLES/cleartext/capture.pcapng"
  unset SSLKEYLOGFILE
  export TZ=UTC0
}

altshark() { "$ALTSHARK" --no-progress "$@"; }

# The value of a Python expression over the JSON document d on standard input.
ask() { /usr/bin/python3 -c "import json,sys; d=json.load(sys.stdin); print($1)"; }

@test "--help names every option, --version the version" {
  run altshark --help
  [ "$status" -eq 0 ]
  for option in --read --keylog --filter --count --report --client --origin --at --model --client-by --format --output \
    --color --no-progress --no-paths --quiet --verbose --fail-on --version --start-cache --expect-cache; do
    [[ "$output" == *"$option"* ]] || { echo "$option is missing"; return 1; }
  done
  run altshark --version
  [ "$status" -eq 0 ]
  [[ "$output" == "altshark "[0-9]* ]]
}

@test "every subject in every format" {
  for subject in timeline origins cache findings connections; do
    for format in text json ndjson csv; do
      altshark -z "$subject" -T "$format" "$SAMPLES/alt-used-wrong/capture.pcapng" >out
      [ -s out ] || { echo "$subject as $format is empty"; return 1; }
      [ "$format" != json ] || ask "d['schema']" <out >/dev/null
    done
  done
  for format in text ndjson; do altshark -z observations -T "$format" "$misdirected" | grep -q advertisement; done
}

@test "-z json sections hold that section alone" {
  [ "$(altshark -z findings -T json "$misdirected" | ask "'findings' in d and 'clients' not in d")" = True ]
  [ "$(altshark -z cache -T json "$misdirected" | ask "'clients' in d and 'findings' not in d")" = True ]
  [ "$(altshark -z connections -T json "$misdirected" | ask "'connections' in d and 'clients' not in d")" = True ]
}

@test "-r reads a file as the argument does, - is standard input" {
  altshark -T json "$misdirected" >argument
  altshark -T json -r "$misdirected" >option
  cmp argument option
  altshark -T json - <"$misdirected" | sed 's#"file": "-"#"file": ""#' >stdin
  sed "s#\"file\": \"$misdirected\"#\"file\": \"\"#" argument | cmp - stdin
}

@test "compressed captures are recognised by content" {
  altshark -T json "$misdirected" | sed 's#"file": "[^"]*"##' >whole
  gzip -c "$misdirected" >a; zstd -qc "$misdirected" >b; lz4 -qc "$misdirected" >c
  for file in a b c; do altshark -T json $file | sed 's#"file": "[^"]*"##' | cmp - whole; done
}

@test "-k, -k env and -o tls.keylog_file give the same secrets" {
  case="${SAMPLES}/../tests/matrix/file-pcap-usec"
  altshark -T json -k "$case/keylog" "$case/capture.pcap" >a
  SSLKEYLOGFILE="$case/keylog" altshark -T json -k env "$case/capture.pcap" >b
  altshark -T json -o "tls.keylog_file:$case/keylog" "$case/capture.pcap" >c
  cmp a b
  cmp a c
  [ "$(ask "d['coverage']['advertisements'] > 0" <a)" = True ]
  [ "$(altshark -T json "$case/capture.pcap" | ask "d['coverage']['unreadable'][0]['reason']")" = no-secrets ]
}

@test "-c reads so many packets, -f keeps the numbers" {
  [ "$(altshark -T json -c 10 "$misdirected" | ask "d['captures'][0]['packets']")" = 10 ]
  whole=$(altshark -z observations -T ndjson "$two" | grep -c '"10.77.0.12"')
  [ "$whole" -gt 0 ]
  altshark -z observations -T ndjson "$two" | grep '"client":"10.77.0.12"' | grep -v '"kind":"capture"' >want
  altshark -z observations -T ndjson -f 'host 10.77.0.12' "$two" | grep -v '"kind":"capture"' >got
  cmp want got
}

@test "--client and --origin keep one" {
  [ "$(altshark -T json --client 10.77.0.12 "$two" | ask "[c['client'] for c in d['clients']]")" = "['10.77.0.12']" ]
  [ "$(altshark -T json --origin b.test "$two" | ask "{o['origin'] for c in d['clients'] for o in c['origins']}")" = "{'https://b.test'}" ]
}

@test "--at shows the cache of that time, and projects beyond the end" {
  live="[len(o['cache']) for c in d['clients'] for o in c['origins']]"
  [ "$(altshark -T json --at +0.001 "$misdirected" | ask "$live")" = "[0]" ]
  [ "$(altshark -T json --at +1 "$misdirected" | ask "$live")" = "[1]" ]
  [ "$(altshark -T json "$misdirected" | ask "$live")" = "[0]" ]
  [ "$(altshark -T json --model rfc7838 --at +100000 "$SAMPLES/header-h3-curl/capture.pcapng" | ask "$live")" = "[0]" ]
  run altshark --at +100000 "$SAMPLES/header-h3-curl/capture.pcapng"
  [[ "$output" == *projected* ]]
  altshark -T json --at 2026-11-20T12:52:13.5Z "$misdirected" | ask "$live" | grep -qx '\[1\]'
  altshark -T json --at 2026-11-20T13:52:13.5+01:00 "$misdirected" | ask "$live" | grep -qx '\[1\]'
}

@test "--client-by tells clients apart in each way" {
  [ "$(altshark -T json --client-by capture "$two" | ask "len(d['clients'])")" = 1 ]
  [ "$(altshark -T json --client-by ip "$two" | ask "len(d['clients'])")" = 2 ]
  [ "$(altshark -T json --client-by mac "$two" | ask "all(':' in c['client'] for c in d['clients'])")" = True ]
  altshark -T json --client-by ip+agent "$two" | ask "[c['client'] for c in d['clients']]" | grep -q curl
}

@test "--fail-on: severity, code, and what is not there" {
  run altshark --fail-on misdirected "$misdirected"
  [ "$status" -eq 3 ]
  run altshark --fail-on warning "$misdirected"
  [ "$status" -eq 3 ]
  run altshark --fail-on frame-malformed,value-invalid "$misdirected"
  [ "$status" -eq 0 ]
  run altshark --fail-on note -z observations "$misdirected"
  [ "$status" -eq 3 ]
}

@test "nothing found is done" {
  altshark -c 3 "$misdirected" >out
  grep -q "No Alt-Svc" out
}

@test "--output writes the same as standard output" {
  altshark "$misdirected" >a
  altshark --output b "$misdirected"
  cmp a b
}

@test "-t shows times in each way" {
  altshark -t ud "$misdirected" | grep -q '12:52:13'
  TZ=Etc/GMT-2 altshark -t ad "$misdirected" | grep -q '14:52:13'
  altshark -t e "$misdirected" | grep -q '17[0-9]\{8\}'
}

@test "--no-paths leaves request paths out" {
  altshark "$misdirected" | grep -q '/m'
  for words in "" "-z observations" "-z observations -T ndjson" "-T json"; do
    if altshark --no-paths $words "$misdirected" | grep -E '/(m\?|y2|favicon)'; then return 1; fi
  done
}

@test "color only when asked for" {
  if altshark "$misdirected" | grep -q $'\e'; then return 1; fi
  altshark --color always "$misdirected" | grep -q $'\e'
  if NO_COLOR=1 altshark --color auto "$misdirected" | grep -q $'\e'; then return 1; fi
}

@test "several files are read as one, merged by time" {
  altshark -z observations -T ndjson "$SAMPLES/expiry/capture.pcapng" "$misdirected" >merged
  /usr/bin/python3 - <<'EOF'
import json
times = [json.loads(line)["time"] for line in open("merged")]
assert times == sorted(times)
labels = {}
for line in open("merged"):
    seen = json.loads(line)
    if "id" in seen:
        assert labels.setdefault(seen["connection"], seen["id"]) == seen["id"], "a number for two connections"
EOF
}

@test "captures and observations can be mixed" {
  altshark -z observations -T ndjson "$misdirected" >seen.ndjson
  altshark -T json "$SAMPLES/expiry/capture.pcapng" "$misdirected" | ask "[[e['event'] for e in o['events']] for c in d['clients'] for o in c['origins']]" >want
  altshark -T json "$SAMPLES/expiry/capture.pcapng" seen.ndjson | ask "[[e['event'] for e in o['events']] for c in d['clients'] for o in c['origins']]" >got
  cmp want got
}

@test "the same input gives the same output octets" {
  altshark -T json "$two" >a
  altshark -T json "$two" >b
  cmp a b
}

@test "a short option's value may stand in the same word" {
  altshark -z cache -T json -c 50 "$misdirected" >apart
  altshark -zcache -Tjson -c50 "$misdirected" | cmp - apart
  altshark -qTjson -zcache -c50 -r"$misdirected" | cmp - apart
  altshark -z cache -qT json -c 50 -- "$misdirected" | cmp - apart
  cp "$misdirected" ./-Tjson
  altshark -zcache -Tjson -c50 -- -Tjson | sed 's#"file": "[^"]*"##' | cmp - <(sed 's#"file": "[^"]*"##' apart)
  run altshark --why -zcache "$misdirected"
  [[ "$output" == *"No client asked for https://-zcache "* ]]
}

@test "--at takes times of RFC 3339 that 64 bits of nanoseconds hold" {
  at_of() { altshark -z cache -T json --at "$1" "$misdirected" | ask "d['at']"; }
  [ "$(at_of 2026-11-20T12:52:13.123456789Z)" = 2026-11-20T12:52:13.123456789Z ]
  [ "$(at_of 2026-11-20t12:52:13z)" = 2026-11-20T12:52:13.000000000Z ]
  [ "$(at_of 2026-11-20T12:52:13-23:59)" = 2026-11-21T12:51:13.000000000Z ]
  [ "$(at_of 1970-01-01T01:00:00+01:00)" = 1970-01-01T00:00:00.000000000Z ]
  [ "$(at_of 2262-01-01T00:00:00Z)" = 2262-01-01T00:00:00.000000000Z ]
  for at in 2300-01-01T00:00:00Z 0001-01-01T00:00:00Z 2026-11-20T12:52:13 2026-11-20T12:52:13,5Z 2026-11-20 \
    20261120T125213Z 2026-02-29T00:00:00Z 2026-11-20T12:52:13+24:00 2026-11-20T12:52:13+0100 -1 +-1 "" Z; do
    run altshark --at "$at" "$misdirected"
    [ "$status" -eq 1 ] && [[ "$output" == *"--at: \"$at\" is not a time"* ]] || { echo "$at"; return 1; }
  done
}

@test "packets without a time are at 0" {
  altshark -T json "$SAMPLES/../tests/matrix/file-spb/capture.pcapng" | ask "d['at']" | grep -qx 1970-01-01T00:00:00.000000000Z
}

@test "--at beyond the end of time stays there" {
  altshark -z cache -T json --at +4600000000 "$misdirected" | ask "d['at']" | grep -q ^2172
}

@test "--client takes addresses, in any way of writing them" {
  [ "$(altshark -T json --client ::ffff:10.77.0.12 "$two" | ask "d['clients']")" = "[]" ]
  mac=$(altshark -T json --client-by mac "$two" | ask "d['clients'][1]['client'].upper()")
  [ "$(altshark -T json --client-by mac --client "$mac" "$two" | ask "len(d['clients'])")" = 1 ]
  for client in x "" 10.77.0.300 10.77.0 02:00:00:00:00 02:00:00:00:00:0g 02:00:00:00:00:01:; do
    run altshark --client "$client" "$two"
    [ "$status" -eq 1 ] && [[ "$output" == *"--client: \"$client\" is not an IP address"* ]] || { echo "$client"; return 1; }
  done
}

@test "observations of a client are told apart by address" {
  altshark -z observations --client 10.77.0.12 "$two" | grep -q 'client=10.77.0.12'
  if altshark -z observations --client 10.77.0.12 "$two" | grep 'client=10.77.0.11'; then return 1; fi
  run altshark -z observations --client-by mac --client 02:00:00:00:00:01 "$two"
  [ "$status" -eq 1 ]
}

@test "observations from standard input, a pipe, a named pipe, compressed" {
  altshark -z observations -T ndjson "$two" >seen
  altshark -T json "$two" >want
  gzip -c seen >seen.gz; zstd -qc seen >seen.zst; lz4 -qc seen >seen.lz4; mkfifo named
  altshark -T json - <seen | cmp - want
  altshark -T json seen.gz | cmp - want
  altshark -T json seen.zst | cmp - want
  altshark -T json - <seen.lz4 | cmp - want
  altshark -z observations -T ndjson "$two" | altshark -T json - | cmp - want
  cat seen >named & altshark -T json named | cmp - want
}

@test "--at +SECONDS needs observations that can be read twice" {
  altshark -z observations -T ndjson "$two" >seen
  gzip -c seen >seen.gz
  altshark -T json --at +1 "$two" >want
  for file in seen seen.gz; do altshark -T json --at +1 $file | cmp - want; altshark -T json --at +1 - <$file | cmp - want; done
  run bash -c 'cat seen | "$ALTSHARK" --at +1 -'
  [ "$status" -eq 1 ]
  [[ "$output" == *"--at +SECONDS reads observations twice"* ]]
}

@test "--filter and --count say that they do not go with observations" {
  altshark -z observations -T ndjson "$two" >seen
  run altshark -c 1 -q -z cache seen
  [ "$status" -eq 0 ]
  [[ "$output" == *"seen: --filter and --count are of packets"* ]]
}

@test "-T csv has the rows of -T ndjson, a column for each key" {
  for sample in "$SAMPLES"/{misdirected,syntax,two-clients,no-secrets-client,header-h3-curl}; do
    for subject in timeline origins cache findings connections; do
      altshark -z $subject -T ndjson "$sample/capture.pcapng" >rows.ndjson
      altshark -z $subject -T csv "$sample/capture.pcapng" >rows.csv
      /usr/bin/python3 "$BATS_TEST_DIRNAME/csv_agrees.py" rows.ndjson rows.csv
    done
  done
}

# SPDX-License-Identifier: GPL-2.0-or-later
# What altshark says of inputs and words it cannot use: the message and the exit status, each on its own.
# ALTSHARK is the program, SAMPLES the folder of samples.

setup() {
  cd "$BATS_TEST_TMPDIR"
  good="$SAMPLES/http1-tls/capture.pcapng"
  plain="$SAMPLES/cleartext/capture.pcapng"
}

# status and a message on standard error with every word given
fails_with() {
  local want="$1" word
  shift
  [ "$status" -eq "$want" ] || { echo "status $status, wanted $want: $output"; return 1; }
  for word in "$@"; do
    [[ "$output" == *"$word"* ]] || { echo "no \"$word\" in: $output"; return 1; }
  done
}

altshark() { "$ALTSHARK" --no-progress "$@"; }
size_of() { stat -c %s "$1"; }

@test "a missing file" {
  run altshark no-such.pcapng
  fails_with 2 "no-such.pcapng" "No such file"
}

@test "a directory" {
  mkdir folder
  run altshark folder
  fails_with 2 "folder" "irectory"
}

@test "an empty file" {
  : >empty.pcap
  run altshark empty.pcap
  fails_with 2 "empty.pcap" "empty"
}

@test "a text file" {
  echo "Dear Sir or Madam, this is no capture at all." >letter.txt
  run altshark letter.txt
  fails_with 2 "letter.txt" "capture"
}

@test "a cut header" {
  head -c 20 "$good" >cut.pcapng
  run altshark cut.pcapng
  fails_with 2 "cut.pcapng" "cut"
}

@test "a cut pcapng block: what was readable is reported" {
  head -c $(($(size_of "$good") - 10)) "$good" >cut.pcapng
  run altshark cut.pcapng
  fails_with 2 "cut.pcapng" "packet" "cut" "learned"
}

@test "a cut packet of a pcap file: what was readable is reported" {
  case="$SAMPLES/../tests/matrix/file-pcap-usec"
  head -c $(($(size_of "$case/capture.pcap") - 10)) "$case/capture.pcap" >cut.pcap
  run altshark -k "$case/keylog" cut.pcap
  fails_with 2 "cut.pcap" "packet" "byte" "learned"
}

@test "a block length of 0" {
  cp "$good" zero.pcapng
  printf '\x06\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00' >>zero.pcapng
  run altshark zero.pcapng
  fails_with 2 "zero.pcapng" "byte" "learned"
}

@test "a block length of 2^32-1" {
  cp "$good" huge.pcapng
  printf '\x06\x00\x00\x00\xff\xff\xff\xff\x00\x00\x00\x00' >>huge.pcapng
  run altshark huge.pcapng
  fails_with 2 "huge.pcapng" "byte" "learned"
}

@test "a packet longer than the snap length" {
  # pcap, snap length 16, one packet of 2^31 octets
  printf '\xd4\xc3\xb2\xa1\x02\x00\x04\x00\0\0\0\0\0\0\0\0\x10\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x80\0\0\0\x80' >long.pcap
  run altshark long.pcap
  fails_with 2 "long.pcap" "packet"
}

@test "an unknown link type" {
  printf '\xd4\xc3\xb2\xa1\x02\x00\x04\x00\0\0\0\0\0\0\0\0\xff\xff\0\0\x93\0\0\0\0\0\0\0\0\0\0\0\x04\0\0\0\x04\0\0\0abcd' >user0.pcap
  run altshark user0.pcap
  fails_with 0 "link type 147"
}

@test "a missing key log" {
  run altshark -k no-such.keys "$good"
  fails_with 2 "no-such.keys" "No such file"
}

@test "a key log without a usable line" {
  echo "# nothing here" >empty.keys
  run altshark -k empty.keys "$good"
  fails_with 2 "empty.keys" "no usable line"
}

@test "-k env without the variable" {
  unset SSLKEYLOGFILE
  run altshark -k env "$good"
  fails_with 1 "SSLKEYLOGFILE"
}

@test "no file at all" {
  run altshark
  fails_with 1 "no file"
}

@test "an unknown option" {
  run altshark --no-such-option "$good"
  fails_with 1 "--no-such-option"
}

@test "unknown values of options" {
  for words in "-z nothing" "-T xml" "-T html" "-t z" "--model netscape" "--client-by name" "--color pink" \
    "--at yesterday" "--at +" "--at +1x" "--origin a.test/path" "--fail-on nothing" "--fail-on=" "--fail-on=error," "-o tcp.stream:1" "-c -1"; do
    run altshark $words "$good"
    fails_with 1 "altshark:" || { echo "for: $words"; return 1; }
  done
}

@test "observations have no JSON document" {
  run altshark -z observations -T json "$good"
  fails_with 1 "\"json\" is not a format of observations"
  run altshark -z observations -T csv "$good"
  fails_with 1 "\"csv\" is not a format of observations"
}

@test "a filter that does not compile" {
  run altshark -f "tcp prot 443" "$good"
  fails_with 1 "tcp prot 443"
}

@test "an output that cannot be written" {
  run altshark --output no-such-folder/out "$good"
  fails_with 2 "no-such-folder/out"
  run altshark --output /dev/full "$good"
  fails_with 2 "/dev/full" "No space"
  for words in --version --explain "--explain frame-flags" "-T csv $good"; do
    run bash -c "\"\$ALTSHARK\" $words >/dev/full"
    fails_with 2 "No space"
  done
}

@test "a reader that closes the pipe early ends the program quietly" {
  run bash -c '"$ALTSHARK" --no-progress -z observations -T ndjson "$1" 2>err | head -c 1 >/dev/null; wait; cat err' - "$good"
  [ "$status" -eq 0 ]
  [ -z "$output" ]
}

@test "one bad file does not hide the good one" {
  run altshark no-such.pcapng "$good"
  fails_with 2 "no-such.pcapng" "learned"
}

@test "2 wins over 3" {
  head -c $(($(size_of "$good") - 10)) "$good" >cut.pcapng
  run altshark --fail-on note cut.pcapng
  fails_with 2
}

@test "observations with lines that are none: the others are read" {
  altshark -z observations -T ndjson "$good" >seen
  altshark -z cache "$good" >want
  { sed -n 1p seen; echo nonsense; sed -n 2,4p seen; echo '{}'; sed 1,4d seen; } >mixed
  for at in "" "--at +100"; do
    run altshark -z findings $at mixed
    fails_with 2 "mixed: line 2: no JSON" "mixed: 2 lines in all are no observations"
  done
  altshark -z cache mixed 2>err | cmp - want
}

@test "compressed observations that are cut short" {
  altshark -z observations -T ndjson "$good" | gzip -c >seen.gz
  head -c $(($(size_of seen.gz) / 2)) seen.gz >cut.gz
  run altshark cut.gz
  fails_with 2 "cut.gz: line" "cannot be read"
}

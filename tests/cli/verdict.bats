# SPDX-License-Identifier: GPL-2.0-or-later
# Verdicts and findings for people and scripts. ALTSHARK is the program, SAMPLES the folder of samples.

setup() {
  cd "$BATS_TEST_TMPDIR"
  misdirected="$SAMPLES/misdirected/capture.pcapng"
  two="$SAMPLES/two-clients/capture.pcapng"
}

altshark() { "$ALTSHARK" --no-progress "$@"; }

@test "--explain lists all codes with severity and section" {
  run altshark --explain
  [ "$status" -eq 0 ]
  [[ "$output" == *"alternative-no-answer             error     RFC 7838, 2.4"* ]]
  [[ "$output" == *"coverage-no-secrets               note"* ]]
}

@test "--explain CODE says what it means and what to do, without any file" {
  for way in "--explain frame-flags" "--explain=frame-flags"; do
    run altshark $way
    [ "$status" -eq 0 ]
    [[ "${lines[0]}" == frame-flags*note*"RFC 7838, 4" ]]
    [[ "$output" == *"  Do: send ALTSVC frames without flags"* ]]
  done
}

@test "--explain of an unknown code is a mistake" {
  run altshark --explain nonsense
  [ "$status" -eq 1 ]
  [[ "$output" == *'--explain: "nonsense" is not the code of a finding'* ]]
}

@test "--why shows the verdict of each client, its events and findings, and nothing else" {
  run altshark --why a.test "$misdirected"
  [ "$status" -eq 0 ]
  [[ "${lines[1]}" == "  fell-back: "* ]]
  [[ "$output" == *" removed  "* ]]
  [[ "$output" == *"  misdirected: "* ]]
  [[ "$output" != *COVERAGE* ]]
  [ "${#lines[@]}" -lt 20 ]
}

@test "--why of an origin that nobody asked for says so" {
  run altshark --why https://z.test:8443 "$misdirected"
  [ "$status" -eq 0 ]
  [ "$output" = "No client asked for https://z.test:8443 in what could be read." ]
}

@test "--why goes with text only, and names the origin itself" {
  run altshark --why a.test -T json "$misdirected"
  [ "$status" -eq 1 ]
  run altshark --why a.test --origin b.test "$misdirected"
  [ "$status" -eq 1 ]
  run altshark --why a.test -z cache "$misdirected"
  [ "$status" -eq 1 ]
  run altshark --why 'a test' "$misdirected"
  [ "$status" -eq 1 ]
  [[ "$output" == *"--why:"* ]]
}

@test "--expect that is met ends with 0, with any report" {
  for subject in timeline findings observations; do
    altshark -z $subject --expect a.test:fell-back --expect https://a.test:443:fell-back "$misdirected" >/dev/null
  done
}

@test "--expect that is not met ends with 3 and says who has what" {
  run altshark --expect a.test:switched "$misdirected"
  [ "$status" -eq 3 ]
  [[ "$output" == *"--expect https://a.test:switched: "*" has fell-back because of misdirected"* ]]
}

@test "--expect is not met by an origin that nobody asked for" {
  run altshark --expect z.test:switched "$misdirected"
  [ "$status" -eq 3 ]
  [[ "$output" == *"no client asked for it"* ]]
}

@test "--expect wants an origin and a verdict" {
  for value in a.test a.test:sometimes :switched 'a b:switched'; do
    run altshark --expect "$value" "$misdirected"
    [ "$status" -eq 1 ] || { echo "$value"; return 1; }
    [[ "$output" == *"--expect: "* ]]
  done
}

@test "an input that is missing wins over --expect" {
  run altshark --expect a.test:switched "$misdirected" /nonexistent
  [ "$status" -eq 2 ]
}

@test "what RFC 7838 has ignored names its finding" {
  for sample in h3-trailers syntax frame-malformed frame-bad-values frame-idle-stream frame-origin-missing misdirected; do
    altshark --model rfc7838 -T json "$SAMPLES/$sample/capture.pcapng" >report
    /usr/bin/python3 - <<'EOF'
import json
report = json.load(open("report"))
codes = {finding["id"]: finding["code"] for finding in report["findings"]}
for client in report["clients"]:
    for events in [origin["events"] for origin in client["origins"]] + [client.get("unplaced", [])]:
        for event in events:
            if event["event"] == "ignored":
                assert event["reason"] in [codes[id] for id in event["findings"]], event
EOF
  done
  altshark -z findings "$SAMPLES/h3-trailers/capture.pcapng" | tr -s ' \n' ' ' | grep -q 'no client looks for it: h3=":443"; ma='
}

@test "-z origins sums up the clients" {
  run altshark -z origins -T ndjson "$two"
  [ "$status" -eq 0 ]
  [[ "${lines[0]}" == '{"origin":"https://a.test","clients":2,"learned":2,'*'"kinds":[{"kind":"'*'"first_use":{"median":'* ]]
}

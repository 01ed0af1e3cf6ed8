# SPDX-License-Identifier: GPL-2.0-or-later
# The screen that the README shows is what the program prints.

@test "the README's screen is the program's output, cut after the first finding" {
  cd "$SAMPLES/.."
  TZ=UTC0 "$ALTSHARK" samples/misdirected-h3/capture.pcapng >"$BATS_TEST_TMPDIR/out"
  /usr/bin/python3 - "$BATS_TEST_TMPDIR/out" <<'EOF'
import re, sys
shown = re.search(r"^```\n\$ altshark samples/misdirected-h3/capture.pcapng\n(.*?)^```$", open("README.md").read(), re.S | re.M).group(1)
printed = open(sys.argv[1]).read()
timeline, finding = shown.split("FINDINGS", 1)
assert printed.startswith(timeline.rstrip()), "the timeline differs"
assert "FINDINGS" + finding.rstrip() in printed, "the first finding differs"
EOF
}

@test "every option that the README names exists" {
  for option in $(grep -o -- '--[a-z][a-z-]*' "$SAMPLES/../README.md" | sort -u); do
    case "$option" in --install | --inject-secrets | --alt-svc) continue ;; esac
    "$ALTSHARK" --help | grep -q -- "$option" || { echo "$option"; return 1; }
  done
}

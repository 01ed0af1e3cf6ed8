#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A picture of Wireshark with the plugin: the packet of a sample that taught a client an
alternative, its tree opened. Draws on a display of its own (Xvfb), presses keys (xdotool)
and takes the window (ImageMagick). Usage: picture.py PLUGIN SAMPLES PICTURE"""
import os
import pathlib
import shutil
import subprocess
import sys
import time

from wireshark import NOBODY, OPTIONS, Wireshark

SAMPLE, PACKET = "misdirected", 19
WIDTH, HEIGHT = 1240, 860
FIRST_ROW = ("700", "120")  # where the packet list begins
SPLIT = ("462", "222")  # where it ends, and shall end
COLORS = 64  # enough for a window; keeps the file small
SETTINGS = ["gui.layout_type:1", "gui.layout_content_1:PLIST", "gui.layout_content_2:PDETAILS", "gui.layout_content_3:NONE",
            "gui.column.format:\"No.\",\"%m\",\"Time\",\"%t\",\"Source\",\"%s\",\"Destination\",\"%d\",\"Protocol\",\"%p\",\"Info\",\"%i\"",
            "gui.update.enabled:FALSE"]
RECENT = f"""gui.geometry_main_x: 0
gui.geometry_main_y: 0
gui.geometry_main_width: {WIDTH}
gui.geometry_main_height: {HEIGHT}
gui.geometry_main_maximized: FALSE
"""


class Screen:
    """A display that exists while the object is used in `with`."""

    def __enter__(self):
        out, self.display = os.pipe(), None
        self.server = subprocess.Popen(["Xvfb", "-displayfd", str(out[1]), "-screen", "0", f"{WIDTH}x{HEIGHT}x24"],
                                       pass_fds=[out[1]], stderr=subprocess.DEVNULL)
        os.close(out[1])
        with os.fdopen(out[0]) as number:
            self.display = ":" + number.readline().strip()
        return self

    def __exit__(self, *_):
        self.server.terminate()
        self.server.wait()

    def run(self, *command):
        run = subprocess.run(command, check=False, capture_output=True, text=True,
                             env=os.environ | {"DISPLAY": self.display})
        return run.stdout.strip()

    def window(self, title, seconds=60):
        """The window of that title, as soon as it is there."""
        for _ in range(seconds * 4):
            found = self.run("xdotool", "search", "--onlyvisible", "--name", title).split()
            if found:
                return found[-1]
            time.sleep(0.25)
        raise SystemExit(f"no window: {title}")

    def keys(self, *keys):
        for key in keys:
            self.run("xdotool", "key", "--clearmodifiers", key)
            time.sleep(0.5)


def start(wireshark, screen, capture, *arguments):
    """Wireshark's window on a capture, run as an ordinary user."""
    user = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"] if os.geteuid() == 0 else []
    settings = [word for setting in SETTINGS for word in ("-o", setting)]
    environment = {"HOME": str(wireshark.home), "PATH": os.environ["PATH"], "TZ": "UTC", "DISPLAY": screen.display,
                   "XDG_RUNTIME_DIR": str(wireshark.home), "LANG": "C.UTF-8"}
    return subprocess.Popen([*user, "wireshark", *OPTIONS, *settings, "-r", str(capture), *arguments], env=environment,
                            cwd=wireshark.home, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def prepare(wireshark, samples):
    capture = wireshark.home / "capture.pcapng"
    shutil.copy(samples / SAMPLE / "capture.pcapng", capture)
    folder = wireshark.home / ".config/wireshark"
    folder.mkdir(parents=True)
    (folder / "recent").write_text(RECENT)
    (folder / "recent_common").write_text(RECENT)
    wireshark.hand_over()
    return capture


def pull(screen, window):
    """Moves the line between list and details to below the list's last packet."""
    to = [word for y in (SPLIT[0], "350", SPLIT[1]) for word in ("mousemove", "--window", window, "600", y, "sleep", "0.2")]
    screen.run("xdotool", *to[:7], "mousedown", "1", *to[7:], "mouseup", "1")
    time.sleep(1)


def main():
    plugin, samples, picture = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
    with Wireshark(plugin) as wireshark, Screen() as screen:
        capture = prepare(wireshark, samples)
        program = start(wireshark, screen, capture, "-Y", "altsvc", "-g", str(PACKET))
        try:
            window = screen.window("^capture.pcapng$")
            time.sleep(4)
            screen.run("xdotool", "windowfocus", "--sync", window)
            pull(screen, window)
            # From the packet (the first of the list) to the details: the last item is ours; open all of it.
            screen.run("xdotool", "mousemove", "--window", window, *FIRST_ROW, "click", "1")
            time.sleep(1)
            screen.keys("Tab", "End", "shift+Right", "End")
            time.sleep(1)
            screen.run("import", "-window", window, "+dither", "-colors", str(COLORS), "-strip", f"png8:{picture}")
        finally:
            program.terminate()
            program.wait()
    print(f"{picture}: {os.path.getsize(picture)} octets")


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs tshark with the plugin from the build tree. As root tshark ignores the
personal plugin folder without a word, so there it runs as an ordinary user."""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

NOBODY = 65534
OPTIONS = ["-o", "tcp.reassemble_out_of_order:TRUE", "-o", "http.desegment_body:FALSE"]


class Wireshark:
    """A home folder with the plugin in it, for as long as the object is used in `with`."""

    def __init__(self, plugin):
        self.plugin = pathlib.Path(plugin)
        self.home = None

    def __enter__(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="altsvc-"))
        version = subprocess.run(["tshark", "--version"], check=True, capture_output=True, text=True)
        number = re.search(r"\(Wireshark\) (\d+\.\d+)", version.stdout).group(1)
        folder = self.home / ".local/lib/wireshark/plugins" / number / "epan"
        folder.mkdir(parents=True)
        shutil.copy(self.plugin, folder / "altsvc.so")
        self.hand_over()
        return self

    def hand_over(self):
        """Gives all in the home folder to whom Wireshark runs as."""
        if os.geteuid() == 0:
            for path in [self.home, *self.home.rglob("*")]:
                os.chown(path, NOBODY, NOBODY)

    def __exit__(self, *_):
        shutil.rmtree(self.home)

    def command(self, *arguments):
        """How to run tshark with these arguments: the command and its environment."""
        user = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
        command = (user if os.geteuid() == 0 else []) + ["tshark", *arguments]
        return command, {"HOME": str(self.home), "PATH": os.environ["PATH"], "TZ": "UTC"}

    def run(self, *arguments):
        """The standard output of tshark with these arguments."""
        command, environment = self.command(*arguments)
        run = subprocess.run(command, check=False, capture_output=True, env=environment, cwd=self.home)
        if run.returncode not in (0, 2):
            raise RuntimeError(f"{command}: exit {run.returncode}: {run.stderr.decode(errors='replace')}")
        return run.stdout

    def tshark(self, capture, *arguments):
        """The same over a capture, of which the ordinary user gets a copy."""
        name = pathlib.Path(capture)
        readable = self.home / ("capture" + "".join(name.suffixes))
        shutil.copy(name, readable)
        readable.chmod(0o644)
        return self.run(*OPTIONS, "-r", str(readable), *arguments)

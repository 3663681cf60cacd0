"""A terminal for a test: runs a command on a real pseudo-terminal, as a shell with job control does.

``python terminal.py COMMAND WORD...``; lines of JSON go both ways. In: ``{"type": TEXT}``, ``{"modes": true}``,
``{"foreground": BOOLEAN}``. Out: ``{"pid": N}``, ``{"shown": TEXT}``, ``{"modes": {"echo": B, "lines": B}}``,
``{"exit": CODE}``. The command is killed when the test hangs up.
"""

import codecs
import fcntl
import json
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios


def say(**message: object) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def main() -> None:
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    # The test has made this process the leader of a session, without a terminal yet.
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    # A shell may hand the terminal to others while it is in the background itself.
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    background = os.environ.pop("TEST_BACKGROUND", "")

    def begin() -> None:
        os.setpgid(0, 0)
        if not background:
            os.tcsetpgrp(slave, os.getpid())
        signal.signal(signal.SIGTTOU, signal.SIG_DFL)

    command = subprocess.Popen(sys.argv[1:], stdin=slave, stdout=slave, stderr=slave, preexec_fn=begin)
    say(pid=command.pid)
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    rest = b""
    ended = False
    while True:
        ready = select.select([master, 0], [], [], 0.02)[0]
        if master in ready:
            say(shown=decoder.decode(os.read(master, 65536)))
        elif not ended and command.poll() is not None:
            ended = True
            say(exit=command.returncode)
        if 0 not in ready:
            continue
        data = os.read(0, 65536)
        if not data:
            break
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            obey(json.loads(line), master, slave, command.pid)
    if not ended:
        os.killpg(command.pid, signal.SIGKILL)


def obey(message: dict, master: int, slave: int, group: int) -> None:
    if "type" in message:
        os.write(master, message["type"].encode("utf-8"))
    elif "foreground" in message:
        os.tcsetpgrp(slave, group if message["foreground"] else os.getpgrp())
    else:
        modes = termios.tcgetattr(slave)[3]
        say(modes={"echo": bool(modes & termios.ECHO), "lines": bool(modes & termios.ICANON)})


main()

"""Runs a page's walk-through as it stands there and compares what each step prints.

Usage: python3 .ci/walkthrough.py README.md      (with `cargo local` running)
A block marked `sh` is run; a block marked `text` after it is what it has to print. One shell runs them all.
"""

import re
import subprocess
import sys

END = "--- end of step ---"


def main() -> int:
    page = open(sys.argv[1], encoding="utf-8").read()
    part = page.split("<!-- walkthrough -->")[1].split("<!-- /walkthrough -->")[0]
    blocks = re.findall(r"^```(sh|text)\n(.*?)^```$", part, re.M | re.S)
    shell = subprocess.Popen(["bash", "-eu", "-o", "pipefail"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    printed, compared = "", 0
    for kind, text in blocks:
        if kind == "sh":
            shell.stdin.write(f"{text}\necho '{END}'\n")
            shell.stdin.flush()
            lines = []
            while (line := shell.stdout.readline()) and line.strip() != END:
                lines.append(line)
            if not line:
                print(f"this step failed:\n{text}\nit printed:\n{''.join(lines)}")
                return 1
            printed = "".join(lines)
        elif printed != text:
            print(f"expected:\n{text}\nprinted:\n{printed}")
            return 1
        else:
            compared += 1
    if compared == 0:
        print("nothing was compared: does the page have blocks marked `text`?")
        return 1
    print(f"walk-through: {compared} steps print what the page says")
    return 0


if __name__ == "__main__":
    sys.exit(main())

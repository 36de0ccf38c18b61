"""Runs a page's walk-through as it stands there and compares what each step prints.

Usage: python3 .ci/walkthrough.py [--write] PAGE      (with `cargo local` running)
A block marked `sh` is run. A block after it is what it has to print: marked `text`, to the letter; marked `json`, the same
JSON but for ids, times and what else differs from run to run. One shell runs them all. `--write` puts what was printed
into the page where it differs.
"""

import json
import re
import subprocess
import sys

END = "--- end of step ---"
UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
DIFFERS = [
    (re.compile(UUID), "<uuid>"),
    (re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"), "<time>"),
    # The pages make their users' addresses fresh, so that they can be run again: ada+1766016000@example.com.
    (re.compile(r"\+\d+@"), "+<run>@"),
]
RANDOM = {"requestId", "nextCursor", "organizationsCursor"}


def stable(value, name=None):
    """The value without what differs from run to run."""
    if isinstance(value, dict):
        return {key: stable(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [stable(item) for item in value]
    if isinstance(value, str):
        if name in RANDOM:
            return f"<{name}>"
        for pattern, replacement in DIFFERS:
            value = pattern.sub(replacement, value)
    return value


def same(kind, expected, printed):
    if kind == "text":
        return expected == printed
    try:
        return stable(json.loads(expected)) == stable(json.loads(printed))
    except ValueError:
        return False


WORDS = re.compile(r'\[\s+("[^"]*"(?:,\s+"[^"]*")*)\s+\]')


def shown(kind, printed):
    """What was printed, as the page has it: JSON indented, lists of words on one line."""
    if kind == "text":
        return printed
    try:
        indented = json.dumps(json.loads(printed), indent=2, ensure_ascii=False) + "\n"
    except ValueError:
        return printed
    return WORDS.sub(lambda words: "[" + re.sub(r",\s+", ", ", words[1]) + "]", indented)


def run(shell, text):
    """What a step prints, and whether it came to its end."""
    shell.stdin.write(f"{text}\necho '{END}'\n")
    shell.stdin.flush()
    lines = []
    while (line := shell.stdout.readline()) and not line.endswith(END + "\n"):
        lines.append(line)
    # curl does not end what it prints with a line of its own.
    lines.append(line.removesuffix(END + "\n"))
    return "".join(lines), bool(line)


def main() -> int:
    write, path = sys.argv[1:2] == ["--write"], sys.argv[-1]
    page = open(path, encoding="utf-8").read()
    before, marker, part = page.partition("<!-- walkthrough -->")
    part, end_marker, after = part.partition("<!-- /walkthrough -->")
    shell = subprocess.Popen(["bash", "-eu", "-o", "pipefail"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    printed, compared, pieces, at = "", 0, [], 0
    for block in re.finditer(r"^```(sh|text|json)\n(.*?)^```$", part, re.M | re.S):
        kind, text = block.groups()
        if kind == "sh":
            printed, ended = run(shell, text)
            if not ended:
                print(f"{path}: this step failed:\n{text}\nit printed:\n{printed}")
                return 1
            continue
        compared += 1
        if not same(kind, text, printed):
            if not write:
                print(f"{path}: expected:\n{text}\nprinted:\n{shown(kind, printed)}")
                return 1
            pieces += [part[at : block.start(2)], shown(kind, printed)]
            at = block.end(2)
    if compared == 0:
        print("nothing was compared: does the page have blocks marked `text` or `json`?")
        return 1
    if pieces:
        open(path, "w", encoding="utf-8").write(before + marker + "".join(pieces) + part[at:] + end_marker + after)
    print(f"{path}: {compared} steps print what the page says" + (f", {len(pieces) // 2} of them written anew" if pieces else ""))
    return 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Prints the size of each binary, and of the package that sam would make of it, in bytes. Usage: sizes.py BINARY ..."""

import io
import os
import sys
import zipfile


def zipped(binary):
    """Bytes, as sam packs it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(binary, "bootstrap")
    return len(packed.getvalue())


if __name__ == "__main__":
    print(f"{'binary':<28} {'unzipped':>12} {'zipped':>12}")
    for path in sys.argv[1:]:
        print(f"{os.path.basename(path):<28} {os.path.getsize(path):>12,} {zipped(path):>12,}")

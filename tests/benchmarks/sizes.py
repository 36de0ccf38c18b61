#!/usr/bin/env python3
"""Prints the size of each binary, and of the package that sam would make of it, in bytes. Usage: sizes.py BINARY ..."""

import io
import os
import sys
import zipfile

print(f"{'binary':<28} {'unzipped':>12} {'zipped':>12}")
for path in sys.argv[1:]:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(path, "bootstrap")
    print(f"{os.path.basename(path):<28} {os.path.getsize(path):>12,} {len(packed.getvalue()):>12,}")

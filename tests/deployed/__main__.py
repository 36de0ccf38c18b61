"""Deploys template.yaml into MiniStack with SAM's own command line and runs the black-box suite against what came out.

    python3 tests/deployed [--adopt] [--keep] [TEST ARGUMENT ...]

`.ci/ministack` installs what this needs and calls it. Nothing here is part of the product.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from bridge import Bridge
from emulator import Emulator
from existing_pool import ExistingPool
from mail_permission import allow_mail
from routes import create_routes
from stack import Stack

ROOT = Path(__file__).resolve().parents[2]
# What the suite cannot ask of a MiniStack deployment, and why.
LEFT_OUT = {
    "local_stack::": "about `cargo local` itself",
    "mail::a_throttled_mail_arrives_once": "MiniStack's SES cannot be told to fail",
    "mail::a_mail_refused_for_good_is_visible_and_costs_nothing_else": "MiniStack's SES cannot be told to fail",
    "mail::one_refused_mail_does_not_hold_up_the_others": "MiniStack's SES cannot be told to fail",
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests/deployed", description=__doc__.splitlines()[0])
    parser.add_argument("--adopt", action="store_true", help="create a user pool and an app client first, and let the template adopt them")
    parser.add_argument("--keep", action="store_true", help="leave the emulator and the bridge running until Ctrl-C")
    parser.add_argument("--no-auth", action="store_true", help="do not let MiniStack enforce the functions' policies")
    parser.add_argument("suite", nargs="*", help="arguments for the suite, for example a filter")
    options = parser.parse_args()

    with Emulator(enforces_policies=not options.no_auth) as emulator:
        pool = ExistingPool(emulator) if options.adopt else None
        stack = Stack(emulator, ROOT, "organizations-adopting" if options.adopt else "organizations-dev")
        stack.deploy(pool.parameters() if pool else {})
        stack.print_resources()
        if pool:
            pool.attach(ROOT, stack)
        create_routes(emulator, stack)
        allow_mail(emulator, stack)
        with Bridge(emulator, stack) as bridge:
            print(f"ready: {bridge.configuration_url}", flush=True)
            if options.keep:
                return bridge.wait()
            return run_suite(bridge.configuration_url, options.suite)


def run_suite(configuration_url: str, arguments: list[str]) -> int:
    print("left out of the suite:")
    for name, why in LEFT_OUT.items():
        print(f"  {name} - {why}")
    skipped = [argument for name in LEFT_OUT for argument in ("--skip", name)]
    command = ["cargo", "test", "--package", "acceptance", "--test", "black_box", "--", *skipped, *arguments]
    return subprocess.run(command, cwd=ROOT, env=os.environ | {"ACCEPTANCE_TARGET": configuration_url}).returncode


if __name__ == "__main__":
    sys.exit(main())

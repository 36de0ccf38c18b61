"""Runs the black-box suite against a deployment: one made in MiniStack for the purpose, or a stack in an AWS account.

    python3 tests/deployed [--adopt] [--keep] [TEST ARGUMENT ...]
    python3 tests/deployed --stack NAME --inbox s3://BUCKET/PREFIX --mail-domain DOMAIN [TEST ARGUMENT ...]

`.ci/ministack` installs what the first needs and calls it. Nothing here is part of the product.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from account import Account
from bridge import Bridge
from emulator import Emulator
from existing_pool import ExistingPool
from mail_permission import allow_mail
from routes import create_routes
from stack import Stack
from upgrade import check_upgrade

ROOT = Path(__file__).resolve().parents[2]
# What the suite cannot ask of a deployment, and why.
LEFT_OUT = {
    "local_stack::": "about `cargo local` itself",
    "mail::a_throttled_mail_arrives_once": "SES cannot be told to fail outside of the local stack",
    "mail::a_mail_that_ses_does_not_answer_waits_alone_and_arrives": "SES cannot be told to fail outside of the local stack",
    "mail::a_mail_refused_for_good_is_visible_and_costs_nothing_else": "SES cannot be told to fail outside of the local stack",
    "mail::one_refused_mail_does_not_hold_up_the_others": "SES cannot be told to fail outside of the local stack",
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests/deployed", description=__doc__.splitlines()[0])
    parser.add_argument("--adopt", action="store_true", help="create a user pool and an app client first, and let the template adopt them")
    parser.add_argument("--keep", action="store_true", help="leave everything up until Ctrl-C instead of running the suite")
    parser.add_argument("--no-auth", action="store_true", help="do not let MiniStack enforce the functions' policies")
    parser.add_argument("--stack", help="a stack in the account of the environment's credentials, instead of one in MiniStack")
    parser.add_argument("--inbox", metavar="s3://BUCKET/PREFIX", help="with --stack: where SES puts the mail that it receives")
    parser.add_argument("--mail-domain", metavar="DOMAIN", help="with --stack: the domain that SES receives mail for")
    parser.add_argument("suite", nargs="*", help="arguments for the suite, for example a filter")
    options = parser.parse_args()
    if options.stack:
        if not (options.inbox and options.mail_domain):
            parser.error("--stack needs --inbox and --mail-domain: the suite reads invitations out of their mails")
        return in_account(options)
    return in_ministack(options)


def in_ministack(options) -> int:
    with Emulator(enforces_policies=not options.no_auth) as emulator:
        pool = ExistingPool(emulator) if options.adopt else None
        parameters = pool.parameters() if pool else {}
        stack = Stack(emulator, "organizations-adopting" if options.adopt else "organizations-dev")
        stack.deploy(ROOT, parameters)
        stack.print_resources()
        if pool:
            pool.attach(ROOT, stack)
        create_routes(emulator, stack)
        allow_mail(emulator, stack)
        code = with_bridge(emulator, stack, options)
        if code == 0 and not options.keep:
            check_upgrade(emulator, stack, ROOT, parameters)
            if pool:
                pool.detach(ROOT, stack)
        return code


def in_account(options) -> int:
    account = Account(options.inbox)
    stack = Stack(account, options.stack)
    stack.read()
    return with_bridge(account, stack, options)


def with_bridge(cloud, stack, options) -> int:
    with Bridge(cloud, stack) as bridge:
        print(f"ready: {bridge.configuration_url}", flush=True)
        if options.keep:
            return bridge.wait()
        environment = {"ACCEPTANCE_TARGET": bridge.configuration_url}
        if options.mail_domain:
            environment["ACCEPTANCE_MAIL_DOMAIN"] = options.mail_domain
        return run_suite(environment, options.suite)


def run_suite(environment: dict[str, str], arguments: list[str]) -> int:
    print("left out of the suite:")
    for name, why in LEFT_OUT.items():
        print(f"  {name} - {why}")
    skipped = [argument for name in LEFT_OUT for argument in ("--skip", name)]
    command = ["cargo", "test", "--package", "acceptance", "--test", "black_box", "--", *skipped, *arguments]
    return subprocess.run(command, cwd=ROOT, env=os.environ | environment).returncode


if __name__ == "__main__":
    sys.exit(main())

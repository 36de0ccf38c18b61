#!/usr/bin/env python3
"""What a stack costs a month, with the arithmetic: `python3 infra/costs.py`. docs/deploy.md shows what it prints.

Prices: us-east-1, US dollars, without free tiers and without tax, as AWS published them in November 2026. Change them, or what is
assumed about use, to what holds for you. The user pool is priced apart, since a product pays it for its users with or without this
stack, and with the 10,000 free users, since that free tier does not end.
"""

import json
import subprocess
from pathlib import Path

PRICES = {
    "API Gateway, million requests": 1.00,
    "Lambda, million requests": 0.20,
    "Lambda, GB-second (arm64)": 0.0000133334,
    "DynamoDB, million write units": 0.625,
    "DynamoDB, million read units": 0.125,
    "DynamoDB, GB-month and its point-in-time backup": 0.25 + 0.20,
    "CloudWatch Logs, GB taken in and kept for a month": 0.50 + 0.03,
    "CloudWatch, alarm": 0.10,
    "CloudWatch, metric": 0.30,
    "CloudWatch, dashboard": 3.00,
    "X-Ray, million traces": 5.00,
    "SES, thousand emails": 0.10,
    "EventBridge Scheduler, million invocations": 1.00,
}

# Dollars for each monthly active user of a user pool, from that number of users on: the examples on
# https://aws.amazon.com/cognito/pricing/ as read on 20 September 2026, for users who sign in to the pool itself. PLUS has no free tier.
COGNITO = {
    "LITE": [(10_000, 0.0055), (100_000, 0.0046)],
    "ESSENTIALS": [(10_000, 0.015)],
    "PLUS": [(0, 0.02)],
}

# A user who is active in a month: twenty sessions, in each GET /me, the organization and a page of something.
REQUESTS_PER_USER = 60
# Of a hundred requests two write: invitations, acceptances, changed roles.
WRITING = 0.02
# One invitation for every ten active users and month.
MAILS_PER_USER = 0.1
# Units. A read takes two or three items strongly consistent and with a page some more; a write is a transaction of five items of
# up to 1 KB at two units each, their index entries, and the mailer's mark.
READ_UNITS_PER_READ, WRITE_UNITS_PER_WRITE = 4, 15
MEMORY_GB, SECONDS_PER_REQUEST = 0.25, 0.02
# Bytes: the function's line, Lambda's own START, END and REPORT, and the gateway's access line.
LOG_BYTES_PER_REQUEST = 1200
# SES reports each email's delivery: an invocation, and an update of the invitation and two index entries.
WRITE_UNITS_PER_REPORT = 3
# X-Ray traces the first request of each second and one in twenty beyond.
SECONDS_A_MONTH, TRACED_BEYOND = 30 * 24 * 3600, 0.05
# The mailer's schedule comes every minute, the sweeper's every 15. Without unsent mails the mailer reads an empty index, half a unit;
# the sweeper reads eight slots of two or three hours.
MAILER_RUNS, SWEEPER_RUNS = SECONDS_A_MONTH // 60, SECONDS_A_MONTH // 900
SCHEDULED, SCHEDULED_READ_UNITS = MAILER_RUNS + SWEEPER_RUNS, MAILER_RUNS * 0.5 + SWEEPER_RUNS * 12.5
# User, membership both ways, address guard, audit records, index entries.
STORED_BYTES_PER_USER = 6000


def resources(kind: str, conditional: bool) -> int:
    """How many resources of a type both templates have, always or with DetailedMonitoring only."""
    found = 0
    for template in ("template.yaml", "infra/observability.yaml"):
        command = ["cargo", "run", "--quiet", "--package", "stack-template", "--", "document", template]
        document = json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)
        found += sum(one["Type"] == kind and ("Condition" in one) == conditional for one in document["Resources"].values())
    return found


ROOT = Path(__file__).parents[1]
ALARM, FILTER, DASHBOARD = "AWS::CloudWatch::Alarm", "AWS::Logs::MetricFilter", "AWS::CloudWatch::Dashboard"
# Always there, one metric for each filter: an alarm reads it. A metric is charged for the hours in which it has data, so this is the most.
ALARMS, METRICS = resources(ALARM, False), resources(FILTER, False)
# With DetailedMonitoring, as docs/operations.md has them: sixteen, three for each of the eight functions that write, one for each of
# thirty problem codes.
MORE_ALARMS, MORE_METRICS, DASHBOARDS = resources(ALARM, True), 16 + 3 * 8 + 30 - METRICS, resources(DASHBOARD, True)

LEVELS = [1_000, 50_000, 1_000_000]


def priced(name: str, amount: float, unit: str) -> tuple[float, str]:
    """Dollars, and the arithmetic."""
    number = f"{amount:,.3g}" if amount < 1e4 else f"{amount:,.0f}"
    return PRICES[name] * amount, f"{number} {unit} × ${PRICES[name]:.3g}"


def row(service: str, *parts: tuple[float, str]) -> tuple[str, str, float]:
    return service, " + ".join(text for _, text in parts), sum(dollars for dollars, _ in parts)


def user_pool(users: int, plan: str) -> float:
    """Dollars a month: each step's price holds up to the next one."""
    steps = COGNITO[plan]
    ends = [start for start, _ in steps[1:]] + [users]
    return sum(max(0, min(users, end) - start) * price for (start, price), end in zip(steps, ends))


def detailed() -> tuple[str, str, float]:
    return row("DetailedMonitoring=true", priced("CloudWatch, alarm", MORE_ALARMS, "alarms"),
               priced("CloudWatch, metric", MORE_METRICS, "metrics"), priced("CloudWatch, dashboard", DASHBOARDS, "dashboard"))


def lines(users: int) -> list[tuple[str, str, float]]:
    """For each service: its name, the arithmetic, and dollars a month."""
    million = 1e6
    requests = users * REQUESTS_PER_USER
    reads, writes = requests * (1 - WRITING), requests * WRITING
    read_units, write_units = reads * READ_UNITS_PER_READ + SCHEDULED_READ_UNITS, writes * WRITE_UNITS_PER_WRITE
    mails = users * MAILS_PER_USER
    write_units += mails * WRITE_UNITS_PER_REPORT
    invocations = requests + 2 * mails + SCHEDULED
    gigabyte_seconds = invocations * MEMORY_GB * SECONDS_PER_REQUEST
    stored, logged = users * STORED_BYTES_PER_USER / 1e9, invocations * LOG_BYTES_PER_REQUEST / 1e9
    traces = min(invocations, SECONDS_A_MONTH) + max(0, invocations - SECONDS_A_MONTH) * TRACED_BEYOND

    return [
        row("API Gateway", priced("API Gateway, million requests", requests / million, "M requests")),
        row("Lambda", priced("Lambda, million requests", invocations / million, "M invocations"),
            priced("Lambda, GB-second (arm64)", gigabyte_seconds, "GB-s")),
        row("DynamoDB", priced("DynamoDB, million read units", read_units / million, "M read units"),
            priced("DynamoDB, million write units", write_units / million, "M write units"),
            priced("DynamoDB, GB-month and its point-in-time backup", stored, "GB")),
        row("CloudWatch", priced("CloudWatch Logs, GB taken in and kept for a month", logged, "GB"),
            priced("CloudWatch, alarm", ALARMS, "alarms"), priced("CloudWatch, metric", METRICS, "metrics")),
        row("X-Ray", priced("X-Ray, million traces", traces / million, "M traces")),
        row("SES", priced("SES, thousand emails", mails / 1000, "k emails")),
        row("Scheduler", priced("EventBridge Scheduler, million invocations", SCHEDULED / million, "M invocations")),
    ]


def main():
    for users in LEVELS:
        rows = lines(users)
        total = sum(dollars for _, _, dollars in rows)
        print(f"{users:,} active users a month: ${total:,.2f}, or ${total / users * 1000:,.2f} a thousand users")
        for service, arithmetic, dollars in rows:
            print(f"  {service:<12} {dollars:>10,.2f}   {arithmetic}")
        print("  user pool    " + ", ".join(f"{plan} {user_pool(users, plan):,.2f}" for plan in COGNITO))
    name, arithmetic, dollars = detailed()
    print(f"{name}: ${dollars:,.2f} more, at most\n  {arithmetic}")


if __name__ == "__main__":
    main()

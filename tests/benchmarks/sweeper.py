#!/usr/bin/env python3
"""A day of the sweeper: `python3 tests/benchmarks/sweeper.py`. docs/capacity.md shows what it prints.

Of ten million pending invitations, a million expire on one day, spread at random over it and over the organizations. A run every
15 minutes ends those that expired since the last one, by the rules of functions/invitation-sweeper: eight organizations side by
side, up to 30 invitations of one in a transaction, the transactions of one organization one after another.
"""

import heapq
import random
import re

from contention import ROOT, constant

DAY, EXPIRING, PENDING = 24 * 3600, 1_000_000, 10_000_000
FUNCTION = "functions/invitation-sweeper/src/lib.rs"
[ROOM] = constant(FUNCTION, r"const ROOM: SignedDuration = SignedDuration::from_secs\((\d+)\)")
[SIDE_BY_SIDE] = constant(FUNCTION, r"const SIDE_BY_SIDE: usize = (\d+)")
[MOST] = constant("shared/src/table/end_expired.rs", r"const MOST_EXPIRED_AT_ONCE: usize = (\d+)")
[PAGE] = constant("shared/src/table/expiring.rs", r"const PAGE: i32 = (\d+)")
[TIMEOUT, MINUTES] = constant("template.yaml", r"Timeout: (\d+)\n(?:(?!Timeout)[\s\S])*?rate\((\d+) minutes\)")
PERIOD, LIMIT = MINUTES * 60, TIMEOUT - ROOM
# As in contention.py.
TRANSACTION, QUERY = 0.008, 0.004
# As the engine counts them (`End …` in docs/capacity.md), and of these the ones in the partition of the organization.
UNITS, UNITS_OF_TRANSACTION, UNITS_IN_PARTITION = 10, 2, 6
# What DynamoDB takes in a second: a partition, and a new table with on-demand capacity.
PARTITION, NEW_TABLE = 1000, 4000


def price(name: str) -> float:
    """From infra/costs.py."""
    return float(re.search(rf'"{re.escape(name)}": ([\d.]+)', (ROOT / "infra/costs.py").read_text()).group(1))


def run(organizations: dict[int, int], table: float) -> tuple[float, int, int]:
    """Seconds, transactions and write units of one run. `table`: the units a second that the table takes."""
    transactions = units = 0
    workers = [0.0] * SIDE_BY_SIDE
    for number in organizations.values():
        parts = -(-number // MOST)
        partition = (number * UNITS_IN_PARTITION + parts * UNITS_OF_TRANSACTION) / PARTITION
        heapq.heappush(workers, heapq.heappop(workers) + max(parts * TRANSACTION, partition if parts > 1 else 0))
        transactions += parts
        units += number * UNITS + parts * UNITS_OF_TRANSACTION
    # Two or three hours of eight slots, and a round of queries for each page of every slot.
    rounds = 3 + sum(organizations.values()) // (8 * PAGE)
    return rounds * QUERY + max(max(workers), units / table), transactions, units


def day(organizations: int, table: float) -> str:
    source = random.Random(1)
    runs: list[dict[int, int]] = [{} for _ in range(DAY // PERIOD)]
    for _ in range(EXPIRING):
        found = runs[source.randrange(len(runs))]
        of = source.randrange(organizations)
        found[of] = found.get(of, 0) + 1
    seconds, transactions, units = zip(*(run(found, table) for found in runs))
    dollars = sum(units) / 1e6 * price("DynamoDB, million write units")
    dollars += sum(seconds) * 0.25 * price("Lambda, GB-second (arm64)")
    return (f"{organizations:>13,}  {sum(transactions):>12,}  {max(seconds):>10.1f}  {sum(seconds) / 60:>12.1f}"
            f"  {sum(units) / 1e6:>11.1f}  {dollars:>7.2f}")


def main():
    for name, table in (("a table that takes every write", float("inf")), (f"a new table, {NEW_TABLE:,} units a second", NEW_TABLE)):
        print(f"{name} (a run may take {LIMIT} s)")
        print("organizations  transactions  longest, s  all, minutes  million WRU  dollars")
        for organizations in (1_000_000, 10_000, 100, 1):
            print(day(organizations, table))
    # An entry has at most a kilobyte: the engine counts one unit for it.
    stored = PENDING * 1024 / 1e9
    print(f"the index with {PENDING:,} entries: at most {stored:.1f} GB, ${stored * 0.25:.2f} a month")


if __name__ == "__main__":
    main()

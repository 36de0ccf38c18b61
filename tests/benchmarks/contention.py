#!/usr/bin/env python3
"""Simulates writes that share one item of the table, with the retries of shared/src/table/patience.rs.

DynamoDB cancels a transaction that meets another one on an item: "Transaction conflicts" in the developer guide. It says of
two condition checks in one place that they conflict and in another that they do not; here they do. A transaction has the
shared item for 5.6 to 12 ms, 8 ms as the middle of them; who comes meanwhile is cancelled and knows it 2 ms later. Nothing
queues. Every run has the same seeds, so the same code prints the same table, which docs/capacity.md repeats.
"""

import heapq
import random
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOLD, REACH = 8.0, 2.0


def constant(path, pattern):
    """A number in the code, so that this page of it cannot fall behind."""
    file = ROOT / path
    found = file.is_file() and re.search(pattern, file.read_text())
    if not found:
        raise SystemExit(f"{path} has no {pattern}: this script has to follow the code")
    return [int(group) for group in found.groups()]


BASE, DOUBLINGS = constant("shared/src/table/patience.rs", r"let longest = (\d+)_u32 << attempt\.min\((\d+)\);")
[SECONDS] = constant("shared/src/start/mod.rs", r"self\.table_with_patience\(side_by_side, SignedDuration::from_secs\((\d+)\)\)")
PATIENCE = 1000.0 * SECONDS


def run(arrivals, rng):
    """How long each write took that got through, how many did not, and the tries of all."""
    waiting = [(born + REACH, number, born, 0) for number, born in enumerate(arrivals)]
    heapq.heapify(waiting)
    free, took, lost, tries = -1.0, [], 0, 0
    while waiting:
        now, number, born, attempt = heapq.heappop(waiting)
        tries += 1
        if now >= free:
            free = now + HOLD * rng.uniform(0.7, 1.5)
            took.append(free + REACH - born)
            continue
        pause = 1 + rng.randrange(BASE << min(attempt, DOUBLINGS))
        if now + REACH + pause >= born + PATIENCE:
            lost += 1
        else:
            heapq.heappush(waiting, (now + REACH + pause + REACH, number, born, attempt + 1))
    return took, lost, tries


def row(name, count, span, trials=8):
    took, lost, tries = [], 0, 0
    for seed in range(trials):
        rng = random.Random(seed)
        arrivals = [rng.uniform(0, span) for _ in range(count)]
        through, given_up, tried = run(arrivals, rng)
        took, lost, tries = took + through, lost + given_up, tries + tried
    took.sort()
    total = len(took) + lost
    at = lambda part: took[min(len(took) - 1, int(len(took) * part))]
    print(f"{name:<26}{100 * len(took) / total:>9.2f} %{tries / total:>8.1f}{at(0.5):>10.0f}{at(0.99):>10.0f}")


if __name__ == "__main__":
    print(f"{'writes that share an item':<26}{'succeed':>11}{'tries':>8}{'p50 ms':>10}{'p99 ms':>10}")
    row("50 at one instant", 50, 20)
    row("200 within a second", 200, 1000)
    row("1,000 within a minute", 1000, 60_000)
    row("1,000 within ten seconds", 1000, 10_000)
    row("1,000 within five seconds", 1000, 5_000)
    row("2,000 within five seconds", 2000, 5_000)

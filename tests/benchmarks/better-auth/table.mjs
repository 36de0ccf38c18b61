// The table that is printed, in Markdown.

const COLUMNS = [
  "data", "operation", "clients", "operations/s", "better-auth", "ratio", "p50 ms", "better-auth", "p99 ms", "better-auth",
  "functions' CPU ms", "better-auth's", "ratio", "local stack's CPU ms", "PostgreSQL's",
];

export function header() {
  return `| ${COLUMNS.join(" | ")} |\n|${COLUMNS.map(() => "---").join("|")}|`;
}

/** The value that this share of the values is below. */
function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

/** One line, and a second one with the statuses unless every request succeeded. */
export function row(data, operation, clients, count, [ours, theirs]) {
  const rate = (side) => count / side.seconds;
  const each = (value) => (value / count).toFixed(2);
  const at = (side, share) => quantile(side.latencies, share).toFixed(1);
  const cells = [
    data, operation, clients, rate(ours).toFixed(0), rate(theirs).toFixed(0), (rate(ours) / rate(theirs)).toFixed(2),
    at(ours, 0.5), at(theirs, 0.5), at(ours, 0.99), at(theirs, 0.99),
    each(ours.cpu), each(theirs.cpu), (ours.cpu / theirs.cpu).toFixed(2), each(ours.rest), each(theirs.rest),
  ];
  const line = `| ${cells.join(" | ")} |`;
  const failed = [ours, theirs].some(({ codes }) => Object.keys(codes).some((code) => Number(code) >= 300));
  return failed ? `${line}\nnot all succeeded: ${JSON.stringify(ours.codes)}, ${JSON.stringify(theirs.codes)}` : line;
}

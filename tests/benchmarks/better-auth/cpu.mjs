// Processor time of processes, from Linux's /proc: nanoseconds, all threads.
import fs from "node:fs";

/** Milliseconds of processor time that a process has used so far. */
export function ofProcess(pid) {
  let sum = 0;
  try {
    for (const thread of fs.readdirSync(`/proc/${pid}/task`)) {
      sum += Number(fs.readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]) / 1e6;
    }
  } catch {
    // It has ended.
  }
  return sum;
}

/** The same for all direct children of a process. */
export function ofChildren(parent) {
  const isChild = (pid) => {
    try {
      return Number(fs.readFileSync(`/proc/${pid}/stat`, "utf8").split(")").pop().trim().split(" ")[1]) === parent;
    } catch {
      return false;
    }
  };
  const processes = fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return processes.filter(isChild).reduce((sum, pid) => sum + ofProcess(pid), 0);
}

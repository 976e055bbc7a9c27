/** What Linux tells about processes in `/proc`. Elsewhere everything is `null`. */

/** `/proc` counts CPU time in ticks of this length, whatever the kernel was built with. */
const TICK_MS = 10;
const MIB = 1024 * 1024;

/** User and system time of a process with all its threads, in milliseconds. */
export function cpuMs(pid: number | "self"): number | null {
  const text = read(`/proc/${pid}/stat`);
  if (text === null) return null;
  // The name of the program stands in brackets and may hold anything; fields are counted after it.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** Time that all cores together did not idle, in milliseconds. */
export function machineBusyMs(): number | null {
  const text = read("/proc/stat");
  if (text === null) return null;
  const [user, nice, system, _idle, _ioWait, irq, softIrq, steal] = text
    .split("\n")[0]!.trim().split(/\s+/).slice(1).map(Number);
  return (user! + nice! + system! + irq! + softIrq! + steal!) * TICK_MS;
}

/** Memory of a process now, and the most it ever had, in MiB; `null` also of one that has ended. */
export function memoryMib(pid: number): { readonly now: number; readonly peak: number } | null {
  const text = read(`/proc/${pid}/status`);
  const mib = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(text ?? "")?.[1]) * 1024 / MIB;
  const [now, peak] = [mib("VmRSS"), mib("VmHWM")];
  // One that has ended and was not waited for is still listed, without sizes.
  return Number.isNaN(now) ? null : { now, peak };
}

/**
 * Lets the peak of a process begin anew, at what it has now. Without the right to do so the peak is
 * that of its whole life.
 */
export function resetPeak(pid: number): void {
  try {
    Deno.writeTextFileSync(`/proc/${pid}/clear_refs`, "5");
  } catch {
    // Another system than Linux, or a process of another user.
  }
}

export function cpuModel(): string | null {
  return /^model name\s*:\s*(.*)$/m.exec(read("/proc/cpuinfo") ?? "")?.[1] ?? null;
}

function read(path: string): string | null {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return null; // Another system than Linux, or the process is gone.
  }
}

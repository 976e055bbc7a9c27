import assert from "node:assert/strict";
import { usageFigures } from "./figures.ts";
import { Meter, type Usage } from "./meter.ts";

function usage(processes: Usage["processes"]): Usage {
  return {
    seconds: 1,
    processes,
    serverCores: 1,
    engineCores: null,
    generatorCores: 0.5,
    otherCores: 0,
  };
}

Deno.test("Meter sees the CPU time of a process, as long as the process is there", async () => {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", "for (;;);"],
    stdin: "null",
  }).spawn();
  const meter = new Meter([{ name: "busy", pid: child.pid, kind: "server" }]);
  meter.start();
  // Until the kernel has counted some ticks of the child, however busy the machine is.
  while ((meter.usage.processes[0]!.cpuUs ?? 0) < 50_000) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    meter.stop();
    meter.start();
  }
  meter.stop();
  const { serverCores, engineCores, processes } = meter.usage;
  assert.ok(serverCores !== null && serverCores > 0 && engineCores === null);
  assert.equal(processes[0]!.name, "busy");
  child.kill("SIGKILL");
  await child.status;
  meter.start();
  meter.stop();
  assert.equal(meter.usage.serverCores, null);
});

Deno.test("usageFigures() sums up servers, and gives engines a figure of their own only", () => {
  const figures = usageFigures(
    usage([
      { name: "msg", pid: 0, kind: "server", cpuUs: 300 },
      { name: "db_proxy", pid: 0, kind: "server", cpuUs: 100 },
      { name: "redis", pid: 0, kind: "engine", cpuUs: 50 },
    ]),
    10,
  );
  const { cpu_us, cpu_us_msg, cpu_us_db_proxy, cpu_us_redis, peak_mib_msg } = figures;
  assert.deepEqual([cpu_us, cpu_us_msg, cpu_us_db_proxy, cpu_us_redis], [40, 30, 10, 5]);
  assert.equal(peak_mib_msg, null);
});

Deno.test("usageFigures() without processes, or with nothing done, knows nothing", () => {
  assert.equal(usageFigures(usage([]), 10).cpu_us, null);
  const idle = usage([{ name: "msg", pid: 0, kind: "server", cpuUs: 300 }]);
  assert.equal(usageFigures(idle, 0).cpu_us, null);
});

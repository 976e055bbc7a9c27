import assert from "node:assert/strict";
import { systemClock } from "../../../shared/clock.ts";
import type { Address } from "../../../shared/netlib/mod.ts";
import { buildEmptyFrame } from "../../../shared/pdu/mod.ts";
import { WatchedLog } from "../../../shared/test_support/watched_log.ts";
import { Aftermath, turns } from "./aftermath.ts";
import { BareLink } from "./bare_link.ts";
import { GuardNetwork } from "./guard_network.ts";

const LIMITS = { maxFrameBytes: 1000, maxBacklogBytes: 1000, maxLinks: 10 } as const;

/** A server that does this with every frame. */
async function start(frame: () => void = () => {}) {
  const network = new GuardNetwork(systemClock);
  const log = new WatchedLog();
  const handler = { frame, closed: () => {} };
  const place: Address = { host: "127.0.0.1", port: 0 };
  const { address } = await network.listen(place, LIMITS, () => handler);
  return { network, log, address, aftermath: new Aftermath(network, log) };
}

Deno.test("Aftermath finds nothing where nothing is left", async () => {
  const { network, address, aftermath } = await start();
  const link = new BareLink(network, address);
  link.send(buildEmptyFrame(1, 1));
  await turns(5);
  await link.close();
  await aftermath.check();
});

Deno.test("Aftermath finds a handler that throws, with its stack", async () => {
  const { network, address, aftermath } = await start(() => {
    throw new TypeError("no such thing");
  });
  const link = new BareLink(network, address);
  link.send(buildEmptyFrame(1, 1));
  await turns(5);
  assert.equal(link.isOpen, false);
  await assert.rejects(aftermath.check(), /thrown by handlers[^]*no such thing[^]*aftermath_test/);
  await aftermath.check();
});

Deno.test("Aftermath finds what was logged as an error", async () => {
  const { log, aftermath } = await start();
  log.logger.warn("strange");
  await aftermath.check();
  log.logger.error("command failed");
  await assert.rejects(aftermath.check(), /command failed/);
});

Deno.test("Aftermath finds a link that stays open", async () => {
  const { network, log, address } = await start();
  const aftermath = new Aftermath(network, log, { deadlineMs: 0 });
  const link = new BareLink(network, address);
  await turns(5);
  await assert.rejects(aftermath.check(), /2 ends are open, not 0/);
  await link.close();
  await turns(5);
  await aftermath.check();
});

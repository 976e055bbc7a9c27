import assert from "node:assert/strict";
import { systemClock } from "../clock.ts";
import { SuiteNetwork } from "./suite_network.ts";
import { TcpNetwork } from "./tcp_network.ts";
import { frameOf, until, World } from "./test_support/pair.ts";

/** A suite with one listener on `host`, and another process that is on TCP only. */
async function suiteOn(host: string) {
  const suite = new World(new SuiteNetwork(systemClock));
  const outside = new World(new TcpNetwork(systemClock));
  const { listener, accepted } = await suite.listen({}, () => {}, { host, port: 0 });
  const end = async () => {
    await suite.end();
    await outside.end();
  };
  return { suite, outside, listener, accepted, end };
}

function isInMemory(remote: string): boolean {
  return remote.startsWith("memory:");
}

Deno.test("SuiteNetwork keeps a connect to a listener of its own in memory", async () => {
  const { suite, listener, accepted, end } = await suiteOn("127.0.0.1");
  await suite.connect(listener).recorder.untilOpened();
  assert.equal(isInMemory(accepted[0]!.link.remote), true);
  await end();
});

Deno.test("SuiteNetwork accepts other processes over TCP at the same address", async () => {
  const { suite, outside, listener, accepted, end } = await suiteOn("127.0.0.1");
  const own = suite.connect(listener);
  const other = outside.connect(listener);
  other.link.send(frameOf(1));
  await own.recorder.untilOpened();
  await until(() => accepted.some(({ recorder }) => recorder.frames.length === 1));
  assert.deepEqual(accepted.map(({ link }) => isInMemory(link.remote)).sort(), [false, true]);
  assert.notEqual(accepted[0]!.link.id, accepted[1]!.link.id);
  await end();
});

Deno.test("SuiteNetwork finds a listener on all addresses through loopback in memory", async () => {
  const { suite, listener, accepted, end } = await suiteOn("0.0.0.0");
  const address = { host: "127.0.0.1", port: listener.address.port };
  await suite.connect({ ...listener, address }).recorder.untilOpened();
  assert.equal(isInMemory(accepted[0]!.link.remote), true);
  await end();
});

Deno.test("SuiteNetwork does not take the same port of another host for its own", async () => {
  const { suite, listener, accepted, end } = await suiteOn("127.0.0.1");
  const address = { host: "127.0.0.2", port: listener.address.port };
  const near = suite.connect({ ...listener, address });
  await near.recorder.untilClosed();
  assert.match(near.recorder.events[0]!, /REFUSED/);
  assert.equal(accepted.length, 0);
  await end();
});

Deno.test("SuiteNetwork binds one port on two addresses of the machine", async () => {
  const { suite, listener, end } = await suiteOn("127.0.0.1");
  const address = { host: "127.0.0.2", port: listener.address.port };
  const second = await suite.listen({}, () => {}, address);
  const near = suite.connect(second.listener);
  near.link.send(frameOf(1));
  await until(() => second.accepted[0]?.recorder.frames.length === 1);
  await end();
});

Deno.test("SuiteNetwork.listen() stopped refuses both ways", async () => {
  const { suite, outside, listener, end } = await suiteOn("127.0.0.1");
  await listener.stop();
  await suite.connect(listener).recorder.untilClosed();
  await outside.connect(listener).recorder.untilClosed();
  await end();
});

/** The all-in-one suite as a process of its own, on free ports and a data folder of the test's. */
import assert from "node:assert/strict";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { CLIENT_TYPE_WINDOWS } from "../../proto/mod.ts";
import type { StorageConfig } from "../../servers/db_proxy/config.ts";
import { openStorageBriefly } from "../../servers/db_proxy/storage.ts";
import { storageEnv } from "../../servers/db_proxy/test_support/storage_env.ts";
import { type Client, connectClient, lookupOverTcp } from "../../shared/client/mod.ts";
import { systemClock } from "../../shared/clock.ts";
import { TcpNetwork } from "../../shared/netlib/mod.ts";
import type { Storage } from "../../shared/storage/types.ts";
import { PASSWORD } from "./demo_data.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const HOST = "127.0.0.1";
/** login_server's port for clients in `conf/`. */
const LOOKUP_PORT = 8008;
/** Every port of the suite in `conf/`. */
const PORTS = [8000, LOOKUP_PORT, 8080, 8100, 8200, 8400, 8500, 8600, 8601, 8700, 8800, 10600];
/** Offsets that keep them below the ports that systems give to outgoing connections. */
const OFFSETS = { from: 1000, to: 22_000 };
const START_TRIES = 5;
const START_DEADLINE_MS = 30_000;

/** How a process ended and what it said. */
export interface Exit {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface SuiteProcess {
  readonly portOffset: number;
  /** Its output up to the line `ready …`. */
  readonly greeting: string;
  login(userName: string): Promise<Client>;
  /** Sends the signal and does not wait. */
  signal(signal: "SIGINT"): void;
  /** Sends the signal and waits for the end. */
  end(signal: "SIGINT" | "SIGKILL" | "SIGTERM"): Promise<Exit>;
}

/** Fills the database of a suite that is not running. */
export async function seedData(
  config: StorageConfig,
  seed: (storage: Storage) => Promise<void>,
): Promise<void> {
  const storage = await openStorageBriefly(config, systemClock);
  await seed(storage);
  await storage.close();
}

/** Starts a suite and waits until it is ready. Other ports are tried when one was taken meanwhile. */
export async function startSuiteProcess(
  data: StorageConfig,
  env: Readonly<Record<string, string>> = {},
): Promise<SuiteProcess> {
  for (let tries = 1;; tries++) {
    const portOffset = await freePortOffset();
    const { ready, ended, process } = spawnSuite(data, portOffset, env);
    const deadline = setTimeout(() => process.kill("SIGKILL"), START_DEADLINE_MS);
    const greeting = await ready;
    clearTimeout(deadline);
    if (greeting !== null) {
      return {
        portOffset,
        greeting,
        login: (userName) => login(userName, portOffset),
        signal: (name) => process.kill(name),
        async end(signal) {
          try {
            process.kill(signal);
          } catch {
            // It has ended by itself; how is what is returned.
          }
          return await ended;
        },
      };
    }
    const { stderr } = await ended;
    assert.ok(
      tries < START_TRIES && stderr.includes("in use"),
      `the suite did not start: ${stderr}`,
    );
  }
}

/** Starts a suite that is expected to end by itself, and waits for that. */
export function runSuiteProcess(data: StorageConfig, portOffset: number): Promise<Exit> {
  return spawnSuite(data, portOffset).ended;
}

function spawnSuite(
  data: StorageConfig,
  portOffset: number,
  env: Readonly<Record<string, string>> = {},
) {
  const process = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "servers/suite/main.ts", "--conf", "conf"],
      ...["--ip", HOST, "--port-offset", String(portOffset)],
    ],
    cwd: ROOT,
    // The limit is for people; these tests send more.
    env: {
      ...storageEnv(data),
      TEAMTALK_MSGSERVER_MAXMSGPERSECOND: "0",
      TEAMTALK_MSGSERVER_MAXREQUESTSPERSECOND: "0",
      NO_COLOR: "1",
      ...env,
    },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const ready = Promise.withResolvers<string | null>();
  const stdout = textOf(process.stdout, (text) => {
    if (/^ready in /m.test(text)) ready.resolve(text);
  });
  const stderr = textOf(process.stderr);
  const ended = (async (): Promise<Exit> => {
    const { code } = await process.status;
    const exit = { code, stdout: await stdout, stderr: await stderr };
    ready.resolve(null);
    return exit;
  })();
  return { process, ready: ready.promise, ended };
}

/** Reads to the end, so that the process never waits for us. */
async function textOf(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  onText: (soFar: string) => void = () => {},
): Promise<string> {
  let text = "";
  for await (const part of stream.pipeThrough(new TextDecoderStream())) {
    text += part;
    onText(text);
  }
  return text;
}

function login(userName: string, portOffset: number): Promise<Client> {
  const network = new TcpNetwork(systemClock);
  const lookup = { host: HOST, port: LOOKUP_PORT + portOffset };
  return connectClient({
    network,
    clock: systemClock,
    server: (signal) => lookupOverTcp(network, lookup, { signal }),
    userName,
    password: PASSWORD,
    clientType: CLIENT_TYPE_WINDOWS,
    heartbeatMs: null,
  });
}

async function freePortOffset(): Promise<number> {
  for (;;) {
    const offset = OFFSETS.from + Math.floor(Math.random() * (OFFSETS.to - OFFSETS.from));
    const free = await Promise.all(PORTS.map((port) => isFree(port + offset)));
    if (free.every((one) => one)) return offset;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "0.0.0.0" }, () => server.close(() => resolve(true)));
  });
}

/** An msfs on a free port with a folder of its own, and what tests ask of it. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { connect, type Socket } from "node:net";
import { type MsfsConfig, msfsSchema } from "../../servers/msfs/config.ts";
import { startMsfsServer } from "../../servers/msfs/server.ts";
import { type Clock, ManualClock, systemClock } from "../../shared/clock.ts";
import { loadConfig, memorySource } from "../../shared/config/mod.ts";
import { type Logger, silentLogger } from "../../shared/log/mod.ts";
import { TcpNetwork } from "../../shared/netlib/mod.ts";
import { type Random, systemRandom } from "../../shared/random.ts";
import { withDeadline } from "./scripted_link.ts";

export const BOUNDARY = "----WebKitFormBoundaryABC";

export interface MsfsOptions {
  /** Lines of `msfs.conf`. */
  readonly keys?: Readonly<Record<string, string | number>>;
  /** Defaults to a new folder, which goes with the server. */
  readonly baseDir?: string;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly log?: Logger;
}

export interface Msfs extends AsyncDisposable {
  readonly baseDir: string;
  readonly host: string;
  readonly port: number;
  readonly url: string;
  /** Sends bytes as they are, on a connection of their own. */
  open(): RawHttp;
  /** Posts a form with one file. */
  upload(data: Uint8Array | string, name?: string): Promise<Uploaded>;
  /** Uploads and expects success. Returns the URL. */
  store(data: Uint8Array | string, name?: string): Promise<string>;
  stop(): Promise<void>;
}

export interface Uploaded {
  readonly status: number;
  readonly text: string;
  readonly error_code: number;
  readonly error_msg: string;
  readonly path?: string;
  readonly url: string;
}

export function msfsConfig(keys: Readonly<Record<string, string | number>>): MsfsConfig {
  const all = { ListenIP: "127.0.0.1", ListenPort: 0, ...keys };
  const text = Object.entries(all).map(([key, value]) => `${key}=${value}\n`).join("");
  return loadConfig(msfsSchema, memorySource({ files: { "msfs.conf": text } }));
}

export async function startMsfs(options: MsfsOptions = {}): Promise<Msfs> {
  const { keys = {}, clock = systemClock, random = systemRandom, log = silentLogger } = options;
  const baseDir = options.baseDir ?? await Deno.makeTempDir({ prefix: "teamtalk-msfs-" });
  const tidyUp = async (): Promise<void> => {
    if (options.baseDir === undefined) await Deno.remove(baseDir, { recursive: true });
  };
  const config = msfsConfig({ BaseDir: baseDir, MinFreeMiB: 0, ...keys });
  const server = await startMsfsServer(config, {
    network: new TcpNetwork(clock),
    clock,
    random,
    log,
  }).catch(async (error) => {
    await tidyUp();
    throw error;
  });
  const { port } = server.addresses.http;
  const url = `http://127.0.0.1:${port}`;
  const upload = async (data: Uint8Array | string, name = "1.bin"): Promise<Uploaded> => {
    const response = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": `multipart/form-data; boundary=${BOUNDARY}` },
      body: formOf(data, { name }),
    });
    return await uploaded(response);
  };
  return {
    baseDir,
    host: `127.0.0.1:${port}`,
    port,
    url,
    open: () => new RawHttp(port),
    upload,
    async store(data, name) {
      const answer = await upload(data, name);
      assert.equal(answer.error_code, 0, answer.text);
      return answer.url;
    },
    stop: () => server.stop(),
    async [Symbol.asyncDispose]() {
      await passing(clock, server.stop());
      await tidyUp();
    },
  };
}

/** Waits for `work`, and lets time pass meanwhile where it stands still. */
export async function passing<T>(clock: Clock, work: Promise<T>): Promise<T> {
  let isDone = false;
  const done = (): void => void (isDone = true);
  work.then(done, done);
  while (!isDone) {
    if (clock instanceof ManualClock) clock.advance(1000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return await work;
}

/** Looks each turn whether it is so, for what nobody is told of. */
export function until(awaited: string, isSo: () => Promise<boolean>): Promise<void> {
  let isOver = false;
  const looking = withDeadline(awaited, (resolve) => {
    const look = async (): Promise<void> => {
      if (isOver) return;
      if (await isSo()) resolve();
      else setImmediate(look);
    };
    look();
  });
  return looking.finally(() => isOver = true);
}

export async function uploaded(response: Response): Promise<Uploaded> {
  const text = await response.text();
  return { ...JSON.parse(text), status: response.status, text };
}

export interface FormOptions {
  readonly name?: string;
  readonly boundary?: string;
}

/** The body of an upload as browsers send it. */
export function formOf(
  data: Uint8Array | string,
  { name = "1.bin", boundary = BOUNDARY }: FormOptions = {},
): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat([
    Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\n` +
        `Content-Type: application/octet-stream\r\n\r\n`,
    ),
    Buffer.from(data),
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]));
}

/** A whole POST with its body, as bytes. */
export function postOf(body: Uint8Array | string, contentType?: string): Uint8Array {
  const bytes = Buffer.from(body);
  const type = contentType ?? `multipart/form-data; boundary=${BOUNDARY}`;
  const head = `POST / HTTP/1.1\r\nHost: files.example:8700\r\nContent-Type: ${type}\r\n` +
    `Content-Length: ${bytes.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), bytes]);
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

/** A client that writes bytes and reads whole answers by their Content-Length. */
export class RawHttp implements AsyncDisposable {
  readonly socket: Socket;
  #received = Buffer.alloc(0);
  #hasEnded = false;
  #changed: () => void = () => {};

  constructor(port: number) {
    this.socket = connect({ host: "127.0.0.1", port, allowHalfOpen: true });
    this.socket.on("data", (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#changed();
    });
    for (const event of ["end", "error", "close"]) {
      this.socket.on(event, () => {
        this.#hasEnded = true;
        this.#changed();
      });
    }
  }

  send(bytes: Uint8Array | string): this {
    this.socket.write(bytes);
    return this;
  }

  /** The next answer. `bodiless` for the one to a HEAD. */
  async answer({ bodiless = false } = {}): Promise<RawAnswer> {
    const head = await this.#until(() => {
      const end = this.#received.indexOf("\r\n\r\n");
      return end < 0 ? null : this.#received.toString("latin1", 0, end);
    });
    const [statusLine = "", ...lines] = head.split("\r\n");
    const headers = new Headers(lines.map((line): [string, string] => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    }));
    const start = head.length + 4;
    const length = bodiless ? 0 : Number(headers.get("Content-Length") ?? 0);
    const body = await this.#until(() =>
      this.#received.length < start + length ? null : this.#received.subarray(start, start + length)
    );
    this.#received = this.#received.subarray(start + length);
    return { status: Number(statusLine.split(" ")[1]), headers, body };
  }

  /** Waits until the server has ended the connection, and returns what came before that. */
  async ended(): Promise<Buffer> {
    while (!this.#hasEnded) await this.#change("the end of the connection");
    return this.#received;
  }

  async #until<T>(look: () => T | null): Promise<T> {
    for (;;) {
      const found = look();
      if (found !== null) return found;
      assert.ok(!this.#hasEnded, `the server ended the connection after ${this.#received}`);
      await this.#change("an answer");
    }
  }

  #change(awaited: string): Promise<void> {
    return withDeadline(awaited, (resolve) => {
      this.#changed = resolve;
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return new Promise((resolve) => {
      if (this.socket.closed) return resolve();
      this.socket.once("close", () => resolve());
      this.socket.destroy();
    });
  }
}

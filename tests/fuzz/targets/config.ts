/**
 * Configuration files of all roles: whatever is in them, a start gets a configuration or a
 * ConfigError with a line for each problem. Input: the name of the file, its text.
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { loadAdminConfig } from "../../../admin/config.ts";
import { loadDbProxyConfig } from "../../../servers/db_proxy/config.ts";
import { fileSchema } from "../../../servers/file/config.ts";
import { loadHttpMsgConfig } from "../../../servers/http_msg/config.ts";
import { loginSchema } from "../../../servers/login/config.ts";
import { msfsSchema } from "../../../servers/msfs/config.ts";
import { loadMsgConfig } from "../../../servers/msg/config.ts";
import { loadPushConfig } from "../../../servers/push/config.ts";
import { routeSchema } from "../../../servers/route/config.ts";
import {
  ConfigError,
  type ConfigSource,
  loadConfig,
  memorySource,
} from "../../../shared/config/mod.ts";
import { type Random, randomInt } from "../../../shared/random.ts";
import { mutated } from "../inputs/mutate.ts";
import { chance, pick, shortLength } from "../inputs/pick.ts";
import { type Input, pureTarget } from "../target.ts";

const LOADERS: Readonly<Record<string, (source: ConfigSource) => unknown>> = {
  "admin.conf": loadAdminConfig,
  "dbproxyserver.conf": loadDbProxyConfig,
  "fileserver.conf": (source) => loadConfig(fileSchema, source),
  "httpmsgserver.conf": loadHttpMsgConfig,
  "loginserver.conf": (source) => loadConfig(loginSchema, source),
  "msfs.conf": (source) => loadConfig(msfsSchema, source),
  "msgserver.conf": loadMsgConfig,
  "pushserver.conf": loadPushConfig,
  "routeserver.conf": (source) => loadConfig(routeSchema, source),
};

const FOLDER = new URL("../../../conf/", import.meta.url);
const VALUES: readonly string[] = [
  ...["", "0", "-1", "1", "65535", "65536", "99999999999999999999", "1e3", "0x10", "NaN", " "],
  ...["true", "yes", "0.0.0.0", "::", "::1", "[::1]:8000", "256.1.1.1", "localhost", ";", ";;"],
  ...["127.0.0.1;127.0.0.1", "http://", "http://x:99999/", "file:///x", "https://[::1/", "/", "."],
  ...["a".repeat(10_000), "x".repeat(32), "\u0000", "\ufeff", "=", "a=b", "# x", "22:00-08:00"],
];

export const config = pureTarget("config", {
  open() {
    const files = Object.keys(LOADERS).map((name) => ({ name, lines: linesOf(name) }));
    const all = files.flatMap(({ lines }) => lines);
    return {
      next(random) {
        const { name, lines } = pick(random, files);
        return [Buffer.from(name), textOf(lines, all, random)];
      },
    };
  },
  feed([name, text]: Input): void {
    const fileName = Buffer.from(name!).toString();
    const files = { [fileName]: Buffer.from(text!).toString() };
    try {
      assert.equal(typeof LOADERS[fileName]!(memorySource({ files })), "object");
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      assert.ok(error.message.length > 0, "a ConfigError says what is wrong");
    }
  },
});

/** Settings of the shipped file, also those that are only shown in a comment. */
function linesOf(name: string): string[] {
  return Deno.readTextFileSync(new URL(name, FOLDER)).split("\n")
    .map((line) => line.replace(/^#\s?(?=\w+=)/, ""))
    .filter((line) => /^\w+=/.test(line));
}

function textOf(lines: readonly string[], all: readonly string[], random: Random): Uint8Array {
  const text = [...lines];
  for (let left = 1 + shortLength(random, 6); left > 0; left--) changeLine(text, all, random);
  const bytes = Buffer.from(text.join(pick(random, ["\n", "\n", "\r\n"])));
  return chance(random, 0.8) ? bytes : mutated(bytes, random, Buffer.from(all.join("\n")));
}

function changeLine(text: string[], all: readonly string[], random: Random): void {
  const at = randomInt(random, text.length + 1);
  const key = (text[at] ?? pick(random, all)).split("=")[0]!;
  const other = pick(random, all);
  const changes: readonly (() => void)[] = [
    () => text[at] = `${key}=${pick(random, VALUES)}`,
    () => text[at] = `${key}=${other.slice(other.indexOf("=") + 1)}`,
    () => text.splice(at, 1),
    () => text.splice(at, 0, other),
    () => text.splice(at, 0, `${key}${1 + randomInt(random, 9)}=${pick(random, VALUES)}`),
    () =>
      text[at] = Buffer.from(mutated(Buffer.from(`${key}=1`), random, Buffer.from(other)))
        .toString(),
  ];
  pick(random, changes)();
}

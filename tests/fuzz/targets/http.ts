/**
 * Everything that speaks HTTP, over real sockets: the look-up of login_server, both halves of
 * http_msg_server, msfs and the web admin. Input: the name of the site,
 * "whole" or "spoilt", the bytes of a request.
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { startAdminSuite } from "../../support/admin_fixture.ts";
import { OWNER, OWNER_PASSWORD } from "../../support/http_fixture.ts";
import { startMsfs, until } from "../../support/msfs_fixture.ts";
import { WatchedLog } from "../../support/watched_log.ts";
import { exchange, statusOf } from "../http/raw_exchange.ts";
import { OWNER_MARK, Requests, type SiteName } from "../http/requests.ts";
import { chance, pick } from "../inputs/pick.ts";
import type { Input, Session, Target } from "../target.ts";

/** What clients inside of the suite keep open for their next request, in connections. */
const KEPT_CONNECTIONS = 20;

/** How the kernel's table of sockets writes TCP_LISTEN. */
const LISTENING = "0A";

export const http: Target = { name: "http", checkEvery: 200, keepsState: true, open };

async function open(): Promise<Session> {
  await using stack = new AsyncDisposableStack();
  // So that inputs come from another address than the witness.
  const trustedProxies = ["127.0.0.1"];
  const { suite, origin } = stack.use(
    await startAdminSuite({ admin: { trustedProxies }, api: { trustedProxies } }),
  );
  const msfsLog = new WatchedLog("warn");
  const msfs = stack.use(await startMsfs({ log: msfsLog.logger }));
  const ports: Readonly<Record<SiteName, number>> = {
    lookup: suite.cluster.lookupHttp.port,
    api: Number(new URL(suite.base).port),
    msfs: msfs.port,
    admin: Number(new URL(origin).port),
  };
  const sites = ["api", "api", "admin", "msfs", "lookup"] as const;
  const requests = new Requests();
  let token = suite.owner.token!;
  const served = async (site: SiteName, head: string, body = ""): Promise<number | null> => {
    const length = `Content-Length: ${Buffer.byteLength(body)}\r\n`;
    const bytes = `${head}\r\nHost: x\r\nConnection: close\r\n${length}\r\n${body}`;
    return statusOf(await exchange(ports[site], Buffer.from(bytes), "whole"));
  };
  const resources = stack.move();
  return {
    next(random): Input {
      const site = pick(random, sites);
      const kind = chance(random, 0.75) ? "whole" : "spoilt";
      return [Buffer.from(site), Buffer.from(kind), requests[kind](site, random)];
    },
    async feed([name, how, request]: Input): Promise<void> {
      const site = Buffer.from(name!).toString() as SiteName;
      const kind = Buffer.from(how!).toString() === "whole" ? "whole" : "spoilt";
      const text = Buffer.from(request!).toString("latin1").replaceAll(OWNER_MARK, token);
      const answer = await exchange(ports[site], Buffer.from(text, "latin1"), kind);
      const status = statusOf(answer);
      assert.ok(status !== null || kind === "spoilt", `${site} does not answer`);
      // COMPAT: msfs says 500 to a path that names no file; when it fails it logs that too.
      const isMeant = status === null || status < 500 || (site === "msfs" && status === 500);
      assert.ok(isMeant, `${site} answers ${answer.slice(0, 600)}`);
    },
    async check(): Promise<void> {
      const me = await served("api", `GET /api/v1/me HTTP/1.1\r\nAuthorization: Bearer ${token}`);
      if (me === 401) {
        // Some input has signed the owner out.
        const account = { name: OWNER.name, password: OWNER_PASSWORD };
        token = (await suite.as(null).ok("POST", "/login", account)).token;
      } else assert.equal(me, 200, "http_msg_server");
      assert.equal(await served("lookup", "GET /msg_server HTTP/1.1"), 200, "login_server");
      assert.equal(await served("admin", "GET /login HTTP/1.1"), 200, "admin");
      assert.equal(await (await fetch(await msfs.store("kept"))).text(), "kept", "msfs");
      await until(
        `all but ${KEPT_CONNECTIONS} connections to be closed`,
        () => Promise.resolve(acceptedAt(Object.values(ports)) <= KEPT_CONNECTIONS),
      );
      const lines = [...suite.log.lines.splice(0), ...msfsLog.lines.splice(0)];
      assert.deepEqual(lines.filter((line) => line.includes('"level":"error"')), [], "logged");
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/**
 * Connections that were accepted at these ports of 127.0.0.1 and are still held by their server; 0
 * where the system does not tell. What else this process has open may belong to another test.
 */
function acceptedAt(ports: readonly number[]): number {
  if (Deno.build.os !== "linux") return 0;
  const sockets = Deno.readTextFileSync("/proc/net/tcp").trim().split("\n").slice(1)
    .map((line) => line.trim().split(/\s+/));
  return sockets.filter(([, local, , state, , , , , , inode]) =>
    ports.includes(parseInt(local!.split(":")[1]!, 16)) && state !== LISTENING && inode !== "0"
  ).length;
}

/** A process that had no file descriptor left serves again when it has (shared/netlib/port_watch.ts). */
import assert from "node:assert/strict";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import {
  CID_LOGIN_REQ_MSGSERVER,
  CID_LOGIN_RES_MSGSERVER,
  IMMsgServReq,
  IMMsgServRsp,
} from "../../proto/mod.ts";
import { limitFiles } from "../check_delivery/cluster/open_files.ts";
import { linesOf, lineWith } from "../support/process_lines.ts";
import { ScriptedLink, withDeadline } from "../support/scripted_link.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const CONF = `ClientListenIP=127.0.0.1
ClientPort=0
msfs=http://127.0.0.1:1/
discovery=http://127.0.0.1:1/
HttpListenIP=127.0.0.1
HttpPort=0
MsgServerListenIP=127.0.0.1
MsgServerPort=0
`;
/** The watch needs some seconds of real time, and tries again every second after that. */
const MAX_TRIES = 20;

Deno.test({
  name: "login_server, accepts connections again after it had no file descriptor left",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const dir = await Deno.makeTempDir();
    await Deno.writeTextFile(`${dir}/loginserver.conf`, CONF);
    await using process = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "servers/login/main.ts", "--conf", dir],
      cwd: ROOT,
      env: { TEAMTALK_LOG_FORMAT: "json" },
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const lines = linesOf(process.stdout);
    const { http, client } = JSON.parse(await lineWith(lines, '"listening"'));
    const lookup = async () =>
      await (await fetch(`http://127.0.0.1:${http.port}/msg_server`)).text();
    assert.match(await lookup(), /code/);

    await using first = await ScriptedLink.connect(client);
    await using second = await ScriptedLink.connect(client);
    const restore = await limitFiles(process.pid);
    const ignored = connect({ host: "127.0.0.1", port: http.port });
    ignored.on("error", () => {/* thrown away by the kernel when the port is closed */});
    await withDeadline("a connect", (resolve) => void ignored.once("connect", resolve));
    // It looks at its sockets in turn: after answers on others it has tried to accept.
    for (const link of [first, second]) {
      link.send(CID_LOGIN_REQ_MSGSERVER, IMMsgServReq.encode({}));
      await link.expect(CID_LOGIN_RES_MSGSERVER, IMMsgServRsp);
    }
    await restore();
    await lineWith(lines, "accepted nobody");
    await lineWith(lines, "listening again");
    let answer: string | null = null;
    for (let tries = 0; answer === null && tries < MAX_TRIES; tries++) {
      answer = await lookup().catch(() => null);
    }
    assert.match(answer ?? "no answer", /code/);
    ignored.destroy();
    process.kill("SIGTERM");
    while (!(await lines.next()).done) { /* until it has ended */ }
    await process.status;
    await Deno.remove(dir, { recursive: true });
  },
});

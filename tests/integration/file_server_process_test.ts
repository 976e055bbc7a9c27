/** file_server as a process of its own: how it starts, ends and is killed. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import * as proto from "../../proto/mod.ts";
import { BLOCK, blockOf, contentOf, FilePeer, requestTask } from "../support/file_fixture.ts";
import { type FileProcess, startFileProcess } from "../support/file_process.ts";
import { ScriptedLink } from "../support/scripted_link.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

async function logIn(
  process: FileProcess,
  taskId: string,
  [role, userId]: readonly [proto.ClientFileRole, number],
): Promise<FilePeer> {
  const peer = new FilePeer(await ScriptedLink.connect(process.clients));
  await peer.logIn(taskId, role, userId);
  return peer;
}

Deno.test("file_server, goes on with an upload after it was killed, and ends with 0 when told to", async () => {
  const dir = await Deno.makeTempDir({ prefix: "teamtalk_file_" });
  const content = contentOf(5 * BLOCK + 9);
  let taskId = "";
  {
    await using first = await startFileProcess(dir);
    await using msgServer = await ScriptedLink.connect(first.msgServers);
    const task = { mode: proto.FILE_TYPE_OFFLINE, size: content.length };
    taskId = (await requestTask(msgServer, task)).task_id!;
    const up = await logIn(first, taskId, [proto.CLIENT_OFFLINE_UPLOAD, 1]);
    for (let offset = 0; offset < 3 * BLOCK; offset += BLOCK) {
      await up.expectPull(offset, BLOCK);
      up.data(offset, blockOf(content, offset));
    }
    await up.expectPull(3 * BLOCK, BLOCK);
    await first.end("SIGKILL");
    await up.close();
  }
  await using second = await startFileProcess(dir);
  await using up = await logIn(second, taskId, [proto.CLIENT_OFFLINE_UPLOAD, 1]);
  await up.serveUpload(content);
  await using down = await logIn(second, taskId, [proto.CLIENT_OFFLINE_DOWNLOAD, 2]);
  await down.download(content);
  assert.equal(await second.end("SIGTERM"), 0);
  await Deno.remove(dir, { recursive: true });
});

Deno.test("file_server, ends the start with one line, when its store cannot be used", async () => {
  const dir = await Deno.makeTempDir({ prefix: "teamtalk_file_" });
  await Deno.writeTextFile(`${dir}/file`, "");
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "servers/file/main.ts", "--conf", "conf"],
    cwd: ROOT,
    env: { NO_COLOR: "1", TEAMTALK_FILESERVER_STOREDIR: `${dir}/file` },
  }).output();
  const line = new TextDecoder().decode(stderr);
  assert.match(line, /^file_server: fileserver\.conf: StoreDir=".*\/file" cannot be used: .*\n$/);
  assert.equal(code, 1);
  await Deno.remove(dir, { recursive: true });
});

/**
 * The recorded file transfers, with the clients and the msg_server played by the test and our
 * file_server between them: what it sends has to be as recorded, byte for byte. The task id is the
 * recorded one, because the server draws it from a source that the test has made.
 */
import assert from "node:assert/strict";
import { CID_OTHER_FILE_SERVER_IP_REQ, CID_OTHER_FILE_SERVER_IP_RSP } from "../../proto/mod.ts";
import { IMFileServerIPRsp, IMFileTransferRsp } from "../../proto/mod.ts";
import { bodyOf } from "../../shared/pdu/mod.ts";
import { type FileFixture, startFile } from "../support/file_fixture.ts";
import { ScriptedLink } from "../support/scripted_link.ts";
import { assertSameFrame, readRecording, type Recorded } from "./support/recording.ts";

for (const name of ["file_online", "file_offline"]) {
  Deno.test(`file_server, golden ${name}: a task for msg_server, a transfer for two clients`, async () => {
    const internal = readRecording(`internal/${name}`).filter(({ direction }) =>
      direction.endsWith("file")
    );
    const [request, answer] = internal;
    await using file = await startFile({ random: drawing(taskIdIn(answer!)) });
    await using msgServer = await file.connectMsgServer();
    msgServer.sendBytes(request!.bytes);
    assertSameFrame(await msgServer.next(), answer!.bytes, "to msg_server");
    await replayClients(file, readRecording(name).filter(({ who }) => who.startsWith("file-")));
  });
}

Deno.test("file_server, golden: tells msg_server the address that the recorded clients were told", async () => {
  await using file = await startFile();
  await using msgServer = await file.connectMsgServer();
  msgServer.send(CID_OTHER_FILE_SERVER_IP_REQ, new Uint8Array(0), { seqNum: 3 });
  const { ip_addr_list } = await msgServer.expect(CID_OTHER_FILE_SERVER_IP_RSP, IMFileServerIPRsp);
  const { port } = file.server.addresses.clients;
  assert.deepEqual(ip_addr_list.map(({ ip, port }) => ({ ip, port })), [{ ip: "127.0.0.1", port }]);
});

function taskIdIn({ bytes }: Recorded): string {
  return IMFileTransferRsp.decode(bodyOf(bytes)).task_id!;
}

/** Chance that gives this task id. */
function drawing(taskId: string) {
  return { next: () => 0, bytes: () => Uint8Array.fromHex(taskId.replaceAll("-", "")) };
}

async function replayClients(file: FileFixture, frames: readonly Recorded[]): Promise<void> {
  const links = new Map<string, ScriptedLink>();
  for (const { direction, who, bytes } of frames) {
    if (direction === "c2s") {
      const link = links.get(who) ?? await ScriptedLink.connect(file.server.addresses.clients);
      links.set(who, link);
      link.sendBytes(bytes);
    } else {
      assertSameFrame(await links.get(who)!.next(), bytes, `to ${who}`);
    }
  }
  for (const link of links.values()) {
    await assert.rejects(link.next(), /the other side closed the link/);
    await link.close();
  }
}

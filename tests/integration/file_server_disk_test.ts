/** file_server and a disk that is full. */
import assert from "node:assert/strict";
import * as proto from "../../proto/mod.ts";
import { BLOCK, blockOf, contentOf, startFile } from "../support/file_fixture.ts";
import { mountTinyDisk, type TinyDisk } from "../support/tiny_disk.ts";

const DISK_KIB = 512;
const UPLOAD = proto.CLIENT_OFFLINE_UPLOAD;
const LARGE = contentOf(2 * DISK_KIB * 1024);

const probe = await mountTinyDisk(DISK_KIB);
await probe?.[Symbol.asyncDispose]();

function diskTest(name: string, test: (disk: TinyDisk) => Promise<void>): void {
  Deno.test(name, { ignore: probe === null }, async () => {
    await using disk = await mountTinyDisk(DISK_KIB);
    assert.ok(disk);
    await test(disk);
  });
}

function filesIn(dir: string): string[] {
  return [...Deno.readDirSync(dir)].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesIn(`${dir}/${name}`) : [name]
  );
}

diskTest(
  "file_server, cancels an upload that fills the disk, and keeps nothing of it",
  async (disk) => {
    await using file = await startFile({ dir: disk.dir });
    const kept = await file.upload(contentOf(BLOCK));
    const taskId = await file.createTask({ mode: proto.FILE_TYPE_OFFLINE, size: LARGE.length });
    await using up = await file.logIn(taskId, UPLOAD, 1);
    let offset = 0;
    for (;; offset += BLOCK) {
      const frame = await up.link.next();
      if (frame[11] !== (proto.CID_FILE_PULL_DATA_REQ & 0xff)) {
        const { state, user_id } = proto.IMFileState.decode(frame.subarray(16));
        assert.deepEqual([state, user_id], [proto.CLIENT_FILE_CANCEL, 2]);
        break;
      }
      up.data(offset, blockOf(LARGE, offset));
    }
    assert.ok(offset > BLOCK && offset < LARGE.length, `${offset}`);
    await up.expectEnd();
    for (const [role, userId] of [[UPLOAD, 1], [proto.CLIENT_OFFLINE_DOWNLOAD, 2]] as const) {
      await using again = await file.connect();
      again.sendLogin(taskId, role, userId);
      await again.expectRefused();
    }
    assert.deepEqual(filesIn(disk.dir).sort(), [kept, `${kept}.sum`]);
    // There is room again, and what was there is still served.
    await file.upload(contentOf(3 * BLOCK));
    await using down = await file.logIn(kept, proto.CLIENT_OFFLINE_DOWNLOAD, 2);
    await down.download(contentOf(BLOCK));
  },
);

diskTest(
  "file_server, refuses the login of an upload, when the disk is full before",
  async (disk) => {
    await using file = await startFile({ dir: disk.dir });
    const filler = `${disk.dir}/filler`;
    await Deno.writeFile(filler, new Uint8Array((DISK_KIB - 8) * 1024));
    await Deno.writeFile(filler, new Uint8Array(64 * 1024), { append: true }).catch(() => {});
    const taskId = await file.createTask({ mode: proto.FILE_TYPE_OFFLINE, size: 100 });
    await using up = await file.connect();
    up.sendLogin(taskId, UPLOAD, 1);
    await up.expectRefused();
    assert.deepEqual(filesIn(disk.dir), ["filler"]);
    await Deno.remove(filler);
    // The task has not ended by that.
    await using again = await file.logIn(taskId, UPLOAD, 1);
    await again.serveUpload(contentOf(100));
  },
);

import assert from "node:assert/strict";
import {
  CID_OTHER_FILE_SERVER_IP_REQ,
  CID_OTHER_FILE_SERVER_IP_RSP,
  CID_OTHER_FILE_TRANSFER_REQ,
  FILE_TYPE_OFFLINE,
  FILE_TYPE_ONLINE,
  IMFileTransferReq,
  type IpAddr,
} from "../../../proto/mod.ts";
import type { Peer } from "../../../shared/netlib/mod.ts";
import {
  bodyOf,
  buildEmptyFrame,
  commandIdOf,
  decodeAttach,
  seqNumOf,
} from "../../../shared/pdu/mod.ts";
import { type Neighbour, Stage } from "../test_support/stage.ts";
import { FileLinks, type FileOffer, MAX_UNANSWERED } from "./file_links.ts";

function offer(changes: Partial<FileOffer> = {}): FileOffer {
  return {
    connId: 41,
    seqNum: 9,
    fromId: 1,
    toId: 2,
    fileName: "a.txt",
    fileSize: 5,
    mode: FILE_TYPE_ONLINE,
    ...changes,
  };
}

const place = (at: number): IpAddr => ({ ip: `192.0.2.${at}`, port: 8600 });

/** File_servers 0, 1, …; the n-th is at {@link place} n once it was asked to say so. */
async function setUp(stage: Stage, servers = 2) {
  const files: Neighbour[] = [];
  for (let i = 0; i < servers; i++) files.push(await stage.neighbour());
  const lost: FileOffer[] = [];
  const peers: Peer[] = [];
  const links = stage.use(
    new FileLinks({
      addresses: files.map(({ address }) => address),
      peerDeps: stage.peerDeps,
      log: stage.log,
      onFrame: (peer, frame) => {
        const at = files.findIndex(({ address }) => address.port === peer.address.port);
        peers[at] = peer;
        if (commandIdOf(frame) === CID_OTHER_FILE_SERVER_IP_RSP) {
          links.setAddresses(peer, [place(at)]);
        }
      },
      onLost: (offers) => lost.push(...offers),
    }),
  );
  const sayWhere = async (...those: readonly number[]): Promise<void> => {
    for (const at of those) {
      files[at]!.links[0]!.send(buildEmptyFrame(CID_OTHER_FILE_SERVER_IP_RSP, 0));
    }
    await stage.settle();
  };
  /** Which file_servers got how many requests since the last time. */
  const takeRequests = async (): Promise<number[]> => {
    await stage.settle();
    return files.map((file) =>
      file.inbox.splice(0).filter(({ frame }) => commandIdOf(frame) === CID_OTHER_FILE_TRANSFER_REQ)
        .length
    );
  };
  await stage.settle();
  return { files, links, lost, peers, sayWhere, takeRequests };
}

Deno.test("FileLinks, a file_server is asked where clients reach it when its link opens", async () => {
  await using stage = new Stage();
  const { files } = await setUp(stage);
  for (const file of files) {
    assert.deepEqual(file.take((frame) => commandIdOf(frame).toString(16)), [
      CID_OTHER_FILE_SERVER_IP_REQ.toString(16),
    ]);
  }
});

Deno.test("FileLinks.request() names the connection, and carries the client's number on", async () => {
  await using stage = new Stage();
  const { files, links } = await setUp(stage, 1);
  files[0]!.inbox.length = 0;
  assert.equal(links.request(offer()), true);
  await stage.settle();
  const { frame } = files[0]!.inbox[0]!;
  const { attach_data, ...request } = IMFileTransferReq.decode(bodyOf(frame));
  assert.deepEqual([commandIdOf(frame), seqNumOf(frame)], [CID_OTHER_FILE_TRANSFER_REQ, 9]);
  assert.deepEqual(request, {
    from_user_id: 1,
    to_user_id: 2,
    file_name: "a.txt",
    file_size: 5,
    trans_mode: FILE_TYPE_ONLINE,
  });
  const attach = decodeAttach(attach_data!)!;
  assert.deepEqual([attach_data!.length, attach.type, attach.handle], [12, 1, 41]);
});

Deno.test("FileLinks, files from PC to PC go over any file_server that is connected", async () => {
  await using stage = new Stage();
  const { files, links, sayWhere, takeRequests } = await setUp(stage, 3);
  await sayWhere(0, 1, 2);
  await files[1]!.close();
  await stage.settle();
  for (let i = 0; i < 100; i++) assert.equal(links.request(offer({ seqNum: i })), true);
  const [one, gone, other] = await takeRequests();
  assert.equal(gone, 0);
  assert.ok(one! > 20 && other! > 20, `${one} and ${other}`);
});

Deno.test("FileLinks, offline files of one receiver go home, to the same file_server", async () => {
  await using stage = new Stage();
  const { links, sayWhere, takeRequests } = await setUp(stage, 3);
  assert.deepEqual(links.homeOf(2), [], "nobody has said where it is");
  await sayWhere(0, 1, 2);
  const homes = new Set<string>();
  for (let toId = 1; toId <= 30; toId++) {
    for (let seqNum = 0; seqNum < 5; seqNum++) {
      const connId = toId; // A number that waits for its answer is not used twice.
      assert.equal(links.request(offer({ connId, toId, seqNum, mode: FILE_TYPE_OFFLINE })), true);
    }
    const home = (await takeRequests()).indexOf(5);
    assert.deepEqual(links.homeOf(toId), [place(home)]);
    homes.add(String(home));
  }
  assert.equal(homes.size, 3, "they do not all live together");
});

Deno.test("FileLinks, while the home is away its files go elsewhere, and it stays the home", async () => {
  await using stage = new Stage();
  const { files, links, sayWhere, takeRequests } = await setUp(stage);
  await sayWhere(0, 1);
  const home = links.homeOf(2)[0]!.ip === place(0).ip ? 0 : 1;
  files[home]!.drop();
  await stage.settle();
  assert.equal(links.request(offer({ mode: FILE_TYPE_OFFLINE })), true);
  assert.equal((await takeRequests()).indexOf(1), 1 - home);
  assert.deepEqual(links.homeOf(2), [place(home)]);
  await stage.pass(6);
  assert.equal(links.request(offer({ mode: FILE_TYPE_OFFLINE, seqNum: 10 })), true);
  assert.equal((await takeRequests()).indexOf(1), home);
});

Deno.test("FileLinks, a file_server that has not said where it is takes files all the same", async () => {
  await using stage = new Stage();
  const { links, takeRequests } = await setUp(stage, 1);
  assert.equal(links.request(offer({ mode: FILE_TYPE_OFFLINE })), true);
  assert.deepEqual(await takeRequests(), [1]);
});

Deno.test("FileLinks.setAddresses() replaces what the file_server said before", async () => {
  await using stage = new Stage();
  const { links, peers, sayWhere } = await setUp(stage, 1);
  await sayWhere(0);
  links.setAddresses(peers[0]!, [place(7), place(8)]);
  assert.deepEqual(links.addressesOf(peers[0]!), [place(7), place(8)]);
  assert.deepEqual(links.homeOf(2), [place(7), place(8)]);
});

Deno.test("FileLinks.answered() gives each request once, to the link it was sent on", async () => {
  await using stage = new Stage();
  const { links, peers, sayWhere, takeRequests } = await setUp(stage);
  await sayWhere(0, 1);
  links.request(offer());
  const asked = (await takeRequests()).indexOf(1);
  assert.equal(links.answered(peers[1 - asked]!, 41, 9), null);
  assert.equal(links.answered(peers[asked]!, 42, 9), null);
  assert.deepEqual(links.answered(peers[asked]!, 41, 9), offer());
  assert.equal(links.answered(peers[asked]!, 41, 9), null);
});

Deno.test("FileLinks, a lost link gives back what was asked over it, and nothing else", async () => {
  await using stage = new Stage();
  const { files, links, lost, peers, sayWhere } = await setUp(stage, 1);
  await sayWhere(0);
  links.request(offer({ seqNum: 1 }));
  links.request(offer({ seqNum: 2 }));
  links.answered(peers[0]!, 41, 1);
  files[0]!.drop();
  await stage.settle();
  assert.deepEqual(lost, [offer({ seqNum: 2 })]);
  assert.equal(links.request(offer({ seqNum: 3 })), false, "nobody is connected");
  await stage.pass(6);
  files[0]!.drop();
  await stage.settle();
  assert.equal(lost.length, 1);
});

Deno.test("FileLinks, a file_server that does not answer is not asked without end", async () => {
  await using stage = new Stage();
  const { links, peers, sayWhere } = await setUp(stage, 1);
  await sayWhere(0);
  for (let seqNum = 0; seqNum < MAX_UNANSWERED; seqNum++) {
    assert.equal(links.request(offer({ seqNum })), true);
  }
  assert.equal(links.request(offer({ seqNum: MAX_UNANSWERED })), false);
  links.answered(peers[0]!, 41, 0);
  assert.equal(links.request(offer({ seqNum: MAX_UNANSWERED })), true);
});

Deno.test("FileLinks, a number that still waits for its answer is not used again", async () => {
  await using stage = new Stage();
  const { links, peers, sayWhere } = await setUp(stage, 1);
  await sayWhere(0);
  assert.equal(links.request(offer({ fileName: "first" })), true);
  assert.equal(links.request(offer({ fileName: "second" })), false);
  assert.equal(links.answered(peers[0]!, 41, 9)?.fileName, "first");
});

Deno.test("FileLinks, without a file_server nothing is asked", async () => {
  await using stage = new Stage();
  const { links } = await setUp(stage, 0);
  assert.deepEqual([links.request(offer()), links.homeOf(2)], [false, []]);
});

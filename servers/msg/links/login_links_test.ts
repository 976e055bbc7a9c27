import assert from "node:assert/strict";
import {
  CID_OTHER_MSG_SERV_INFO,
  CID_OTHER_USER_CNT_UPDATE,
  IMMsgServInfo,
  IMUserCntUpdate,
} from "../../../proto/mod.ts";
import { bodyOf, buildFrame, commandIdOf, describeFrame } from "../../../shared/pdu/mod.ts";
import { Stage } from "../test_support/stage.ts";
import { LoginLinks } from "./login_links.ts";

function describe(frame: Uint8Array): string {
  if (commandIdOf(frame) === CID_OTHER_MSG_SERV_INFO) {
    const info = IMMsgServInfo.decode(bodyOf(frame));
    return `${info.ip1} ${info.ip2} ${info.port} ${info.host_name}: ` +
      `${info.cur_conn_cnt} of ${info.max_conn_cnt}`;
  }
  if (commandIdOf(frame) === CID_OTHER_USER_CNT_UPDATE) {
    const { user_action, user_id } = IMUserCntUpdate.decode(bodyOf(frame));
    return `${user_action}: user ${user_id}`;
  }
  return describeFrame(frame);
}

async function setUp(stage: Stage) {
  const logins = [await stage.neighbour(), await stage.neighbour()];
  const state = { connCount: 0, opened: 0 };
  const links = stage.use(
    new LoginLinks({
      addresses: logins.map(({ address }) => address),
      peerDeps: stage.peerDeps,
      log: stage.log,
      publicAddress: () => ({
        ip1: "a",
        ip2: "b",
        port: 8000,
        tlsPort: null,
        maxConnCnt: 9,
        hostName: "test",
      }),
      connCount: () => state.connCount,
      onOpened: () => state.opened++,
    }),
  );
  links.connect();
  const take = (): string[][] => logins.map((login) => login.take(describe));
  return { logins, links, take, state };
}

Deno.test("LoginLinks, every login_server hears who we are and how many are here", async () => {
  await using stage = new Stage();
  const { links, take, state } = await setUp(stage);
  assert.equal(links.hasOpenLink, false);
  state.connCount = 4;
  await stage.settle();
  const info = ["a b 8000 test: 4 of 9"];
  assert.deepEqual([take(), state.opened, links.hasOpenLink], [[info, info], 2, true]);
});

Deno.test("LoginLinks.count() tells every login_server: 1 for up, 2 for down", async () => {
  await using stage = new Stage();
  const { links, take } = await setUp(stage);
  await stage.settle();
  take();
  links.count(7, "up");
  links.count(7, "down");
  await stage.settle();
  const news = ["1: user 7", "2: user 7"];
  assert.deepEqual(take(), [news, news]);
});

Deno.test("LoginLinks, a login_server that comes back hears the count of that moment", async () => {
  await using stage = new Stage();
  const { logins, links, take, state } = await setUp(stage);
  await stage.settle();
  take();
  logins[0]!.drop();
  await stage.settle();
  assert.equal(links.hasOpenLink, true, "the other one is there");
  state.connCount = 1;
  links.count(7, "up");
  await stage.pass(6);
  assert.deepEqual(take(), [["a b 8000 test: 1 of 9"], ["1: user 7"]]);
});

Deno.test("LoginLinks, whatever a login_server sends is ignored", async () => {
  await using stage = new Stage();
  const { logins, links } = await setUp(stage);
  await stage.settle();
  for (const { links: [link] } of logins) {
    link!.send(buildFrame(CID_OTHER_MSG_SERV_INFO, 0, Uint8Array.of(0xff)));
  }
  await stage.settle();
  assert.equal(links.hasOpenLink, true);
});

import assert from "node:assert/strict";
import type { Link } from "./types.ts";
import { contract, frameOf, range } from "./test_support/pair.ts";
import { turns } from "./test_support/recorder.ts";

/** So much that no kernel takes all of it while the other side does not read. */
const LARGE_FRAME_BYTES = 1_000_000;
const LARGE_FRAMES = 32;
const NO_LIMIT = { maxBacklogBytes: 1024 * 1024 * 1024 };

/** Sends more than fits on the way, and tells what has happened to the wait for it. */
function sendLarge(link: Link): { readonly drained: Promise<void>; readonly isDrained: boolean } {
  range(LARGE_FRAMES).forEach((seq) => link.send(frameOf(seq, LARGE_FRAME_BYTES)));
  let isDrained = false;
  const drained = link.whenDrained().then(() => {
    isDrained = true;
  });
  return {
    drained,
    get isDrained() {
      return isDrained;
    },
  };
}

contract("whenDrained() resolves at once, when nothing waits", async (world) => {
  const { near } = await world.pair();
  await near.link.whenDrained();
});

contract("whenDrained() resolves when the other side has read, not before", async (world) => {
  const { near, far } = await world.pair({ near: NO_LIMIT });
  far.link.pause();
  const large = sendLarge(near.link);
  await turns(50);
  assert.equal(large.isDrained, false);
  far.link.resume();
  await large.drained;
  assert.equal(near.link.backlogBytes, 0);
  await far.recorder.untilFrames(LARGE_FRAMES);
});

contract("whenDrained() resolves for small frames too, sent in this very turn", async (world) => {
  const { near, far } = await world.pair();
  near.link.send(frameOf(1));
  const both = [near.link.whenDrained(), near.link.whenDrained()];
  near.link.send(frameOf(2));
  await Promise.all(both);
  await far.recorder.untilFrames(2);
  assert.deepEqual(far.recorder.seqNums, [1, 2]);
});

contract("whenDrained() resolves, when either side aborts the link", async (world) => {
  for (const by of ["near", "far"] as const) {
    const pair = await world.pair({ near: NO_LIMIT });
    pair.far.link.pause();
    const large = sendLarge(pair.near.link);
    await turns(5);
    pair[by].link.abort("lost");
    await large.drained;
    await pair.near.link.whenDrained();
  }
});

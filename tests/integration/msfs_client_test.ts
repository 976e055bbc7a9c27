/** The client that db_proxy uses for sounds, against msfs itself (docs/spec/storage.md 8). */
import assert from "node:assert/strict";
import { systemClock } from "../../shared/clock.ts";
import { msfsClient, MsfsError } from "../../shared/msfs/mod.ts";
import { startMsfs } from "../support/msfs_fixture.ts";

const SOUND = new TextEncoder().encode("a sound");

Deno.test("msfsClient(), a sound goes to msfs and comes back, as long as its size is right", async () => {
  await using msfs = await startMsfs();
  const sounds = msfsClient({ site: msfs.host, clock: systemClock });
  const url = await sounds.upload(SOUND);
  assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/g0\/000\/000\/\d{16}_\d{12}\.audio$/);
  assert.deepEqual(await sounds.download(url, SOUND.length), SOUND);
  assert.equal(await sounds.download(url, SOUND.length - 1), null);
  assert.equal(await sounds.download(`${url}x`, SOUND.length), null);
});

Deno.test("msfsClient(), sounds stay after msfs has moved to another address", async () => {
  await using msfs = await startMsfs();
  const url = await msfsClient({ site: msfs.url, clock: systemClock }).upload(SOUND);
  await msfs.stop();
  await using moved = await startMsfs({ baseDir: msfs.baseDir });
  const sounds = msfsClient({ site: `${moved.url}/`, clock: systemClock });
  assert.notEqual(new URL(url).host, moved.host);
  assert.deepEqual(await sounds.download(url, SOUND.length), SOUND);
});

Deno.test("msfsClient(), uploads with the secret only, where msfs asks for one", async () => {
  await using msfs = await startMsfs({ keys: { UploadSecret: "s" } });
  const site = msfs.url;
  await assert.rejects(msfsClient({ site, clock: systemClock }).upload(SOUND), MsfsError);
  const sounds = msfsClient({ site, clock: systemClock, uploadSecret: "s" });
  assert.deepEqual(await sounds.download(await sounds.upload(SOUND), SOUND.length), SOUND);
});

Deno.test("msfsClient(), a crowd of sounds at a time", async () => {
  await using msfs = await startMsfs();
  const sounds = msfsClient({ site: msfs.url, clock: systemClock });
  const texts = Array.from({ length: 60 }, (_, i) => new TextEncoder().encode(`sound ${i + 100}`));
  const urls = await Promise.all(texts.map((text) => sounds.upload(text)));
  const back = await Promise.all(urls.map((url) => sounds.download(url, 9)));
  assert.deepEqual(back, texts);
});

/** HTTP with TLS: msfs, http_msg_server and the page of a web server in general. */
import assert from "node:assert/strict";
import { startHttpMsgServer } from "../../servers/http_msg/server.ts";
import { startMsfsServer } from "../../servers/msfs/server.ts";
import { systemClock } from "../../shared/clock.ts";
import { silentLogger } from "../../shared/log/mod.ts";
import { TcpNetwork, TlsContexts } from "../../shared/netlib/mod.ts";
import { CertificateFolder } from "../../shared/netlib/test_support/secured_network.ts";
import { systemRandom } from "../../shared/random.ts";
import { httpConfig } from "../support/http_fixture.ts";
import { msfsConfig } from "../support/msfs_fixture.ts";

function serverDeps(network = new TcpNetwork(systemClock)) {
  return { network, clock: systemClock, random: systemRandom, log: silentLogger };
}

/** `fetch` that believes the authority and leaves no connection open. */
function fetcher(folder: CertificateFolder) {
  const client = Deno.createHttpClient({ caCerts: [folder.authority.cert] });
  return {
    fetch: (url: string, init: RequestInit = {}) =>
      fetch(url, { ...init, client, headers: { connection: "close", ...init.headers } }),
    [Symbol.dispose]: () => client.close(),
  };
}

Deno.test("msfs takes and gives files over TLS, beside the plain port", async () => {
  using folder = new CertificateFolder();
  using https = fetcher(folder);
  const dir = await Deno.makeTempDir();
  const config = msfsConfig({
    BaseDir: dir,
    MinFreeMiB: 0,
    TlsPort: 0,
    TlsCertFile: folder.certFile,
    TlsKeyFile: folder.keyFile,
  });
  {
    await using msfs = await startMsfsServer(config, serverDeps());
    const site = `https://127.0.0.1:${msfs.tlsAddress!.port}`;
    const file = new Uint8Array(5 * 1024 * 1024);
    for (let at = 0; at < file.length; at += 65536) {
      crypto.getRandomValues(file.subarray(at, at + 65536));
    }
    const form = new FormData();
    form.set("file", new Blob([file]), "picture.png");
    const posted = await https.fetch(site, { method: "POST", body: form });
    const { error_code, url } = await posted.json();
    assert.equal(error_code, 0);
    assert.ok(url.startsWith(`${site}/`), url);
    const got = await https.fetch(url);
    assert.deepEqual(new Uint8Array(await got.arrayBuffer()), file);
    const plain = await fetch(url.replace(site, `http://127.0.0.1:${msfs.addresses.http.port}`));
    assert.deepEqual(new Uint8Array(await plain.arrayBuffer()), file);
  }
  await Deno.remove(dir, { recursive: true });
});

Deno.test("http_msg_server answers over TLS, and with a new certificate after a change", async () => {
  using folder = new CertificateFolder();
  const contexts = new TlsContexts(systemClock);
  const network = new TcpNetwork(systemClock, { contexts });
  const listened = await network.listen(
    { host: "127.0.0.1", port: 0 },
    { maxFrameBytes: 1024, maxBacklogBytes: 1024, maxLinks: 10 },
    () => ({ frame: () => {}, closed: () => {} }),
  );
  {
    const config = httpConfig({ db: listened.address, route: listened.address });
    await using server = await startHttpMsgServer(
      { ...config, listen: [{ host: "127.0.0.1", port: 0, tls: folder.listen }] },
      serverDeps(network),
    );
    const url = `https://127.0.0.1:${server.addresses.http.port}/api/v1/openapi.json`;
    {
      using https = fetcher(folder);
      const answer = await https.fetch(url);
      assert.equal(answer.status, 401);
      await answer.body?.cancel();
    }
    using others = new CertificateFolder();
    folder.writeServer(others.authority.issueServer(["127.0.0.1"]));
    contexts.reload();
    using https = fetcher(others);
    const answer = await https.fetch(url);
    assert.equal(answer.status, 401);
    await answer.body?.cancel();
    await assert.rejects(fetch(url.replace("https:", "http:")), TypeError);
  }
  await listened.stop();
});

Deno.test("an HTTP listener limits the connections of one address", async () => {
  using folder = new CertificateFolder();
  for (const tls of [undefined, folder.listen]) {
    const network = new TcpNetwork(systemClock);
    const listener = await network.serveHttp(
      { host: "127.0.0.1", port: 0 },
      () => new Response("hello"),
      { maxLinks: 100, maxLinksPerAddress: 1, tls },
    );
    const held = await Deno.connect({ hostname: "127.0.0.1", port: listener.address.port });
    using https = fetcher(folder);
    const url = `${tls === undefined ? "http" : "https"}://127.0.0.1:${listener.address.port}/`;
    await assert.rejects(https.fetch(url), TypeError);
    held.close();
    for (let text = ""; text !== "hello";) {
      text = await https.fetch(url).then((answer) => answer.text(), () => "refused");
    }
    await listener.stop();
  }
});

Deno.test("msfs answers 503 to an address with too many downloads under way, on its plain port", async () => {
  const dir = await Deno.makeTempDir();
  const config = msfsConfig({ BaseDir: dir, MinFreeMiB: 0, MaxConnCntPerIP: 1 });
  {
    await using msfs = await startMsfsServer(config, serverDeps());
    const site = `http://127.0.0.1:${msfs.addresses.http.port}`;
    const form = new FormData();
    form.set("file", new Blob([new Uint8Array(9 * 1024 * 1024)]), "large.bin");
    const headers = { connection: "close" };
    const { url } = await (await fetch(site, { method: "POST", body: form, headers })).json();
    const held = await fetch(url, { headers }); // Nobody reads it, so it stays under way.
    const refused = await fetch(url, { headers });
    assert.deepEqual([held.status, refused.status], [200, 503]);
    await refused.body?.cancel();
    await held.arrayBuffer();
    for (let status = 0; status !== 200;) {
      const again = await fetch(url, { headers });
      status = again.status;
      await again.body?.cancel();
    }
  }
  await Deno.remove(dir, { recursive: true });
});

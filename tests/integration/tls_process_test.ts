/** A role as a process of its own with TLS: bad files end the start, SIGHUP brings a new certificate. */
import assert from "node:assert/strict";
import { connect } from "node:tls";
import { fileURLToPath } from "node:url";
import { CertificateFolder } from "../../shared/netlib/test_support/secured_network.ts";
import { linesOf, lineWith } from "../support/process_lines.ts";
import { withDeadline } from "../support/scripted_link.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** route_server, whose links are encrypted: on any port, with these keys besides. */
function startRoute(folder: CertificateFolder, keys: Readonly<Record<string, string>> = {}) {
  const all = {
    LinkTls: "1",
    LinkCertFile: folder.certFile,
    LinkKeyFile: folder.keyFile,
    ...keys,
  };
  const lines = Object.entries(all).map(([key, value]) => `${key}=${value}\n`).join("");
  const conf = folder.write("routeserver.conf", `ListenMsgPort=0\n${lines}`);
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "servers/route/main.ts", "--conf", conf],
    cwd: ROOT,
    env: { NO_COLOR: "1", TEAMTALK_LOG_FORMAT: "json" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

Deno.test("a role whose certificate cannot be used ends with one line", async () => {
  using folder = new CertificateFolder();
  const junk = folder.write("junk.pem", "junk");
  const cases: readonly (readonly [Readonly<Record<string, string>>, RegExp])[] = [
    [
      { LinkCertFile: `${junk}x` },
      /^route_server: Cannot use .*junk\.pemx: there is no such file\n$/,
    ],
    [{ LinkKeyFile: junk }, /^route_server: Cannot use .*junk\.pem: it holds no private key .*\n$/],
    [{ LinkKeyFile: "" }, /^route_server: .*routeserver\.conf: LinkKeyFile is missing .*\n$/],
  ];
  for (const [keys, line] of cases) {
    const { code, stderr, stdout } = await startRoute(folder, keys).output();
    assert.match(new TextDecoder().decode(stderr), line);
    assert.doesNotMatch(new TextDecoder().decode(stdout), /ready/);
    assert.equal(code, 1);
  }
});

/** The end of the certificate that is shown on a port. */
function shownEnd(port: number): Promise<string> {
  return withDeadline("a certificate", (resolve) => {
    const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false }, () => {
      const { valid_to } = socket.getPeerCertificate();
      socket.once("close", () => resolve(valid_to));
      socket.destroy();
    });
  });
}

Deno.test("SIGHUP has a process read its certificate again, and go on", async () => {
  using folder = new CertificateFolder();
  const process = startRoute(folder).spawn();
  const lines = linesOf(process.stdout);
  const listening = JSON.parse(await lineWith(lines, "listening"));
  await lineWith(lines, "ready in");
  const { port } = listening.msgServer;
  const before = await shownEnd(port);
  folder.writeServer(folder.authority.issueServer(["127.0.0.1"], 20 * 24 * 3600_000));
  process.kill("SIGHUP");
  await lineWith(lines, "certificate read again");
  assert.notEqual(await shownEnd(port), before);
  folder.write("server.key", "junk");
  process.kill("SIGHUP");
  await lineWith(lines, "new certificate not used, the old one stays");
  await shownEnd(port);
  process.kill("SIGTERM");
  await lineWith(lines, "stopped");
  await lines.return(undefined);
  const { code } = await process.status;
  await process.stderr.cancel();
  assert.equal(code, 0);
});

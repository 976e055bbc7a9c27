import { OPEN_LINKS } from "../../shared/links/mod.ts";
import assert from "node:assert/strict";
import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { ConfigError, memorySource } from "../../shared/config/mod.ts";
import { loadPushConfig, type PushConfig } from "./config.ts";

/** As the original ships it; its comments are left out. */
const ORIGINAL = `
ListenIP=127.0.0.1
ListenPort=8500
CertPath=apns-dev-cert.pem
KeyPath=apns-dev-key.pem
KeyPassword=tt@mogujie
#SandBox
#1: sandbox 0: production
SandBox=0
`;

/** The beginning of a certificate: it has the form, and cannot be read. */
const CERT = `-----BEGIN CERTIFICATE-----
MIIBdTCCARugAwIBAgIUPLxJgVmQYWnrbM1jpSZ5tBvQW9gwCgYIKoZIzj0EAwIw
-----END CERTIFICATE-----
`;
const TOKEN_KEYS = "ApnsKeyId=ABC1234567\nApnsTeamId=DEF7654321\nApnsTopic=com.example.app\n";

function ecKey(): string {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return privateKey.export({ type: "pkcs8", format: "pem" }) as string;
}

function load(
  text: string,
  files: Readonly<Record<string, string>> = {},
  onNotice: (notice: string) => void = assert.fail,
): PushConfig {
  const source = memorySource({ files: { ...files, "pushserver.conf": text } });
  return loadPushConfig(source, { onNotice });
}

function problems(text: string, files: Readonly<Record<string, string>> = {}): string {
  try {
    load(text, files);
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.message;
  }
  assert.fail("loadPushConfig() should have thrown");
}

Deno.test("loadPushConfig(), an original file whose certificate is not there starts without APNs", () => {
  const notices: string[] = [];
  const config = load(ORIGINAL, {}, (notice) => void notices.push(notice));
  assert.deepEqual(config.listen, [{ host: "127.0.0.1", port: 8500 }]);
  assert.equal(config.apns, null);
  assert.deepEqual(notices.map((notice) => notice.replace("pushserver.conf: ", "")), [
    'CertPath is not used: there is no readable file "apns-dev-cert.pem"',
    'KeyPath is not used: there is no readable file "apns-dev-key.pem"',
  ]);
});

Deno.test("loadPushConfig(), the shipped conf/pushserver.conf has no service and the defaults", () => {
  const url = new URL("../../conf/pushserver.conf", import.meta.url);
  assert.deepEqual(load(Deno.readTextFileSync(url)), {
    apns: null,
    fcm: null,
    webhook: null,
    listen: [{ host: "127.0.0.1", port: 8500 }],
    maxConnCnt: 1000,
    linkSecurity: OPEN_LINKS,
    maxPduBytes: 64 * 1024 * 1024,
    maxQueued: 10_000,
    expirationMs: 3600_000,
  });
});

Deno.test("loadPushConfig(), every key of the shipped file is one, also what is commented out", () => {
  const url = new URL("../../conf/pushserver.conf", import.meta.url);
  const text = Deno.readTextFileSync(url).replace(/^#(?=\w+=)/gm, "");
  // Nothing is wrong with it but that the files it names are not there.
  for (const line of problems(text).split("\n")) assert.match(line, /readable file/);
});

Deno.test("loadPushConfig(), a token key, to production, the sandbox or another host", () => {
  const text = `ApnsKeyFile=key.p8\n${TOKEN_KEYS}`;
  const files = { "key.p8": ecKey() };
  const origin = (more: string) => load(text + more, files).apns?.origin;
  assert.equal(origin(""), "https://api.push.apple.com");
  assert.equal(origin("SandBox=1\n"), "https://api.sandbox.push.apple.com");
  assert.equal(origin("ApnsHost=proxy.example.net\n"), "https://proxy.example.net");
  assert.equal(origin("ApnsHost=[::1]:8443\n"), "https://[::1]:8443");
  const { apns } = load(text, files);
  assert.deepEqual([apns?.topic, apns?.clientCert], ["com.example.app", null]);
  const { keyId, teamId } = apns!.providerKey!;
  assert.deepEqual([keyId, teamId], ["ABC1234567", "DEF7654321"]);
});

Deno.test("loadPushConfig(), a token key goes before a certificate, with a notice", () => {
  const notices: string[] = [];
  const text = `CertPath=cert.pem\nKeyPath=key.pem\nApnsKeyFile=key.p8\n${TOKEN_KEYS}`;
  const files = { "key.p8": ecKey(), "cert.pem": CERT, "key.pem": ecKey() };
  const config = load(text, files, (notice) => void notices.push(notice));
  assert.equal(config.apns?.clientCert, null);
  assert.deepEqual(notices, ["pushserver.conf: CertPath is not used: ApnsKeyFile is set"]);
});

Deno.test("loadPushConfig(), refuses SandBox other than 0 and 1, and hosts that are none", () => {
  assert.match(problems("SandBox=2\n"), /SandBox="2" is not allowed; allowed: 0 or 1/);
  for (const host of ["https://x", "a b", "x/y", "user@x", "x:port"]) {
    assert.match(problems(`ApnsHost=${host}\n`), /ApnsHost=.* is not allowed/, host);
  }
});

Deno.test("loadPushConfig(), names what is missing to a key that says nothing alone", () => {
  const files = { "key.p8": ecKey() };
  assert.match(
    problems("ApnsKeyFile=key.p8\nApnsKeyId=ABC1234567\n", files),
    /ApnsTeamId is missing or empty; ApnsKeyFile needs it\n.*ApnsTopic is missing/,
  );
  assert.match(problems("ApnsKeyId=ABC1234567\n"), /ApnsKeyFile is missing or empty/);
  assert.match(problems("WebhookUrl=http://x/\n"), /WebhookSecret is missing or empty/);
  assert.match(problems("WebhookSecret=x\n"), /WebhookUrl is missing or empty/);
  const cert = { "cert.pem": CERT };
  assert.match(problems("CertPath=cert.pem\n", cert), /KeyPath is missing or empty/);
});

Deno.test("loadPushConfig(), says what is wrong with a credential, without a word of it", () => {
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey
    .export({ type: "pkcs8", format: "pem" }) as string;
  const key = `ApnsKeyFile=key.p8\n${TOKEN_KEYS}`;
  const account = "FcmServiceAccountFile=account.json\n";
  const cases: readonly (readonly [text: string, file: string, content: string, says: RegExp])[] = [
    [key, "key.p8", "SECRET", /ApnsKeyFile has no private key in PEM/],
    [key, "key.p8", rsa, /ApnsKeyFile is no key for tokens/],
    [
      key,
      "key.p8",
      ecKey().replace(/^M.*/m, "SECRET"),
      /ApnsKeyFile has a private key that cannot/,
    ],
    [account, "account.json", '{"private_key":"SECRET"}', /is no service account: it needs/],
    [account, "account.json", "SECRET", /FcmServiceAccountFile is no service account/],
    ["CaFile=ca.pem\n", "ca.pem", "SECRET", /CaFile has no certificate in PEM/],
    ["CaFile=ca.pem\n", "ca.pem", CERT, /CaFile has a certificate that cannot be read/],
  ];
  for (const [text, file, content, says] of cases) {
    const message = problems(text, { [file]: content });
    assert.match(message, says);
    assert.ok(!message.includes("SECRET"), message);
  }
  assert.match(problems("WebhookUrl=http://x/\nWebhookSecret=whsec_*\n"), /WebhookSecret is not/);
});

Deno.test("loadPushConfig(), a key of the original may be encrypted, if only with its password", () => {
  const pem = createPrivateKey(ecKey()).export({
    type: "pkcs8",
    format: "pem",
    cipher: "aes-256-cbc",
    passphrase: "right",
  }) as string;
  const files = { "cert.pem": CERT, "key.pem": pem };
  const text = "CertPath=cert.pem\nKeyPath=key.pem\n";
  assert.match(problems(text, files), /KeyPath cannot be decrypted with KeyPassword/);
  assert.match(problems(text + "KeyPassword=wrong\n", files), /KeyPath cannot be decrypted/);
  assert.doesNotMatch(problems(text + "KeyPassword=right\n", files), /KeyPath/);
});

Deno.test("loadPushConfig(), secrets do not come out when the configuration is printed", () => {
  const text = `WebhookUrl=http://x/\nWebhookSecret=do-not-print\n`;
  const config = load(text);
  assert.ok(!(JSON.stringify(config) + Deno.inspect(config)).includes("do-not-print"));
  assert.equal(new TextDecoder().decode(config.webhook?.key.reveal()), "do-not-print");
});

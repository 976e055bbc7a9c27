import assert from "node:assert/strict";
import { loadConfig, memorySource } from "../../shared/config/mod.ts";
import { type MsfsConfig, msfsSchema } from "./config.ts";

/** As the original ships it, and rewrites it when it stops. */
const ORIGINAL = `
ListenIP=0.0.0.0
ListenPort=8700
BaseDir=./tmp
FileCnt=0
FilesPerDir=30000
GetThreadCount=32
PostThreadCount=1
`;

function load(text: string, notices: string[] = []): MsfsConfig {
  return loadConfig(msfsSchema, memorySource({ files: { "msfs.conf": text } }), {
    onNotice: (notice) => void notices.push(notice),
  });
}

Deno.test("msfsSchema, loads the original's file: open to everybody, on disk, 10 MiB", () => {
  const notices: string[] = [];
  const config = load(ORIGINAL.replace("FileCnt=0", "FileCnt=123456"), notices);
  assert.deepEqual(config.ListenIP, ["0.0.0.0"]);
  assert.equal(config.FileCnt, 123456);
  assert.equal(config.UploadSecret, null);
  assert.equal(config.Store, "disk");
  assert.equal(config.MaxUploadBytes, 10485760);
  assert.match(notices.join("\n"), /GetThreadCount is not used.*\n.*PostThreadCount is not used/);
});

Deno.test("msfsSchema, loads the shipped conf/msfs.conf, without a notice", () => {
  const url = new URL("../../conf/msfs.conf", import.meta.url);
  const notices: string[] = [];
  const config = load(Deno.readTextFileSync(url), notices);
  assert.deepEqual([config.ListenPort, config.FilesPerDir, config.FileCnt], [8700, 30000, 0]);
  assert.deepEqual(notices, []);
});

Deno.test("msfsSchema, the keys that conf/msfs.conf has commented out are known, with their defaults", () => {
  const url = new URL("../../conf/msfs.conf", import.meta.url);
  const text = Deno.readTextFileSync(url);
  const set = text.replace(/^#(?=\w+=\S)/gm, "").replace(/^S3SecretKeyFile=.*$/m, "");
  const config = load(set);
  const bare = load(ORIGINAL);
  assert.equal(config.S3Bucket, "teamtalk");
  for (const key of ["MaxUploadBytes", "MaxUploads", "MaxDownloads", "MinFreeMiB"] as const) {
    assert.ok(text.includes(`\n#${key}=${bare[key]}\n`), key);
  }
});

Deno.test("msfsSchema, names what Store=s3 lacks", () => {
  assert.throws(
    () => load(`${ORIGINAL}Store=s3\nS3Bucket=files\nS3AccessKey=a\n`),
    /S3Endpoint is missing or empty; Store=s3 needs it\n.*S3SecretKey is missing/,
  );
  const complete = "Store=s3\nS3Endpoint=http://127.0.0.1:9000\nS3Bucket=files\n" +
    "S3AccessKey=a\nS3SecretKey=b\nS3Prefix=msfs/one/\n";
  assert.equal(load(ORIGINAL + complete).S3SecretKey?.reveal(), "b");
});

Deno.test("msfsSchema, refuses what makes no sense", () => {
  const bad = [
    "FilesPerDir=0",
    "FileCnt=-1",
    "MaxUploadBytes=1023",
    "PublicUrl=files.example",
    "Store=tape",
    "S3Bucket=Up/per",
    "S3Prefix=../x y",
  ];
  for (const line of bad) {
    const [key] = line.split("=");
    const text = ORIGINAL.replace(new RegExp(`^${key}=.*$`, "m"), "");
    assert.throws(() => load(`${text}${line}\n`), new RegExp(`${key}=.* is not allowed`), line);
  }
});

import assert from "node:assert/strict";
import { parseDoctorOptions } from "./options.ts";

const SUITE = { portOffset: 0, dataDir: null, publicIp: null };

Deno.test("parseDoctorOptions() needs nothing", () => {
  assert.deepEqual(parseDoctorOptions([]), {
    server: null,
    hasConf: false,
    caFile: null,
    suite: SUITE,
  });
});

Deno.test("parseDoctorOptions() reads a server and what the suite was started with", () => {
  const args = [
    "--server",
    "http://[::1]:8080/x",
    "--conf=c",
    "--data",
    "/d",
    "--port-offset",
    "7",
    "--ca=ca.pem",
  ];
  assert.deepEqual(parseDoctorOptions(args), {
    server: new URL("http://[::1]:8080/x"),
    hasConf: true,
    caFile: "ca.pem",
    suite: { ...SUITE, portOffset: 7, dataDir: "/d" },
  });
});

const REFUSED: Readonly<Record<string, RegExp>> = {
  "--serv http://a": /^Unknown option '--serv'\. Allowed: --server URL, --conf DIR, /,
  "here": /^Unexpected argument 'here'.*\. Allowed: /,
  "--server -x": /^Option '--server' argument is ambiguous\. Allowed: /,
  "--server 10.0.0.1:8080": /^--server "10\.0\.0\.1:8080" is not allowed; allowed: a URL like /,
  "--server ftp://host": /^--server "ftp:\/\/host" is not allowed/,
  "--port-offset x": /^--port-offset "x" is not allowed/,
};

for (const [line, message] of Object.entries(REFUSED)) {
  Deno.test(`parseDoctorOptions() refuses "${line}" with one line`, () => {
    assert.throws(() => parseDoctorOptions(line.split(" ")), { name: "ConfigError", message });
  });
}

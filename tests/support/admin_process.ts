/** The web admin as a process that somebody else's command starts, such as one on Fresh itself. */
import type { AdminConfig } from "../../admin/config.ts";
import { systemClock } from "../../shared/clock.ts";
import { withinMs } from "../../shared/within.ts";

/** Names a shell command that serves the admin on a free port of 127.0.0.1; see CONTRIBUTING.md. */
export const ADMIN_COMMAND = "ADMIN_TEST_COMMAND";

const START_LIMIT_MS = 30_000;

export interface AdminProcess extends AsyncDisposable {
  /** Where it listens, without a slash at the end. */
  readonly origin: string;
}

/**
 * Runs `command --conf DIR`, with an admin.conf of `config` in DIR. The first URL with a port that
 * it prints is where it listens.
 * @throws {Error} with what the command has printed, when it ends or names no URL in 30 s
 */
export async function startAdminProcess(
  command: string,
  config: AdminConfig,
): Promise<AdminProcess> {
  await using stack = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir({ prefix: "teamtalk-admin-" });
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  await Deno.writeTextFile(`${folder}/admin.conf`, textOf(config));
  const process = new Deno.Command("sh", {
    args: ["-c", `exec ${command} --conf "$0"`, folder],
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const found = Promise.withResolvers<string | null>();
  let printed = "";
  const read = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      printed += text;
      const [origin] = /http:\/\/127\.0\.0\.1:\d+(?=\D)/.exec(printed) ?? [];
      if (origin !== undefined) found.resolve(origin);
    }
  };
  const ended = Promise.all([read(process.stdout), read(process.stderr)])
    .then(() => found.resolve(null));
  stack.defer(async () => {
    try {
      process.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
    await process.status;
    await ended;
  });
  await withinMs(systemClock, START_LIMIT_MS, found.promise);
  found.resolve(null);
  const origin = await found.promise;
  if (origin === null) throw new Error(`'${command}' does not serve the admin: ${printed}`);
  const resources = stack.move();
  return { origin, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

function textOf(config: AdminConfig): string {
  const values: Readonly<Record<string, string | null>> = {
    ListenPort: "0",
    ApiSite: config.apiSite,
    MsfsSite: config.msfsSite,
    PublicMsfsSite: config.publicMsfsSite,
    MsfsUploadSecret: config.msfsUploadSecret?.reveal() ?? null,
    PublicOrigin: config.publicOrigin,
    SecureCookies: config.secureCookies ? "1" : null,
    TrustedProxies: config.trustedProxies.join(";") || null,
  };
  return Object.entries(values)
    .flatMap(([key, value]) => value === null ? [] : [`${key}=${value}\n`])
    .join("");
}

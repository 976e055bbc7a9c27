import { withinMs } from "../../../within.ts";
import { ENGINE_LIMIT_MS, type EngineState } from "../../management.ts";
import type { EngineParts, RedisPools } from "../parts.ts";

type Engine = Pick<EngineState, "kind" | "name" | "address">;

/** Each pool by itself: they may lead to different servers, or to one that refuses some of them. */
export function readEngines(parts: EngineParts): Promise<readonly EngineState[]> {
  const { master, slave, redis } = parts;
  const names = Object.keys(redis) as (keyof RedisPools)[];
  return Promise.all([
    ...[master, slave].map((pool) =>
      stateOf(parts, { kind: "mysql", name: pool.name, address: pool.address }, async () => {
        const row = await pool.row<{ version: string }>("SELECT version() AS version");
        return row!.version;
      })
    ),
    ...names.map((name) =>
      stateOf(
        parts,
        { kind: "redis", name, address: redis[name].address },
        () => redis[name].use(async (one) => versionIn(await one.info("server"))),
      )
    ),
  ]);
}

async function stateOf(
  { clock }: EngineParts,
  engine: Engine,
  askVersion: () => Promise<string | null>,
): Promise<EngineState> {
  const startMs = clock.elapsedMs();
  let version: string | null = null;
  const asking = askVersion().then((told) => void (version = told));
  try {
    if (await withinMs(clock, ENGINE_LIMIT_MS, asking)) {
      return { ...engine, state: "up", answerMs: clock.elapsedMs() - startMs, version };
    }
  } catch {
    // Why is in the answers, and the log, of who wanted something of it.
  }
  return { ...engine, state: "down", answerMs: null, version: null };
}

function versionIn(info: string): string | null {
  return /^redis_version:(\S+)/m.exec(info)?.[1] ?? null;
}

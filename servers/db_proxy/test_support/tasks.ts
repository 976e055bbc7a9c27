/** Handlers on a real storage engine in memory, with the network left out: frames in, frames out. */
import assert from "node:assert/strict";
import { GROUP_TYPE_NORMAL, GROUP_TYPE_TMP } from "../../../proto/mod.ts";
import { OPEN_LINKS } from "../../../shared/links/mod.ts";
import { ManualClock } from "../../../shared/clock.ts";
import { type CollectingLogger, collectingLogger } from "../../../shared/log/mod.ts";
import { md5Hex, teamtalkPasswordHash } from "../../../shared/password.ts";
import {
  bodyOf,
  buildFrame,
  commandIdOf,
  describeFrame,
  seqNumOf,
} from "../../../shared/pdu/mod.ts";
import { seededRandom } from "../../../shared/random.ts";
import type { NewUser, Storage } from "../../../shared/storage/types.ts";
import type { DbProxyConfig } from "../config.ts";
import type { Task } from "../executor/task_executor.ts";
import { openServices } from "../open_services.ts";
import { closeServices, type DbServices } from "../services.ts";
import { DEFAULT_NIGHT } from "../state/night.ts";
import { TaskRunner } from "../task_runner.ts";

/** What clients send for the password of every test user. */
export const PASSWORD = md5Hex("123456");
/** Unix seconds of the test data: before the manual clock's present. */
export const SEEDED_AT = 1_700_000_000;

/** Hashes of 3 ms, since tests make many. */
export const CHEAP_PASSWORDS = { scryptN: 1024, maxAddressFailures: 200 } as const;

export const CONFIG: DbProxyConfig = {
  listen: [{ host: "127.0.0.1", port: 0 }],
  threadNum: 0,
  linkSecurity: OPEN_LINKS,
  stopGraceMs: 0,
  storage: { kind: "sqlite", path: ":memory:" },
  aesKey: "12345678901234567890123456789012",
  night: DEFAULT_NIGHT,
  passwords: CHEAP_PASSWORDS,
};

/** Users 1, 2, 3, 4 and 10; the normal group 1 and the temporary group 2, of user 1, with 1, 2, 10. */
export async function seedUsers(storage: Storage): Promise<void> {
  await storage.users.add([1, 2, 3, 4, 10].map((id) => testUser(id)));
  for (const [id, type] of [[1, GROUP_TYPE_NORMAL], [2, GROUP_TYPE_TMP]] as const) {
    const group = { id, type, name: `group${id}`, avatar: "", creator: 1, members: [10, 2, 1] };
    await storage.groups.create({ ...group, created: SEEDED_AT });
  }
}

export function testUser(id: number, changes: Partial<NewUser> = {}): NewUser {
  return {
    id,
    sex: 1,
    name: `user${id}`,
    domain: `user${id}`,
    nick: `nick${id}`,
    phone: "1",
    email: `user${id}@example.com`,
    avatar: "",
    departId: 1,
    status: 0,
    sign_info: "",
    created: SEEDED_AT,
    updated: SEEDED_AT,
    salt: "1234",
    password: teamtalkPasswordHash(PASSWORD, "1234"),
    ...changes,
  };
}

interface Question<Request> {
  readonly id: number;
  readonly codec: { encode(message: Request): Uint8Array };
}

interface Reply<Response> {
  readonly id: number;
  readonly codec: { decode(body: Uint8Array): Response };
}

const SEQ_NUM = 77;

export class Tasks implements AsyncDisposable {
  readonly clock: ManualClock;
  readonly log: CollectingLogger;
  readonly services: DbServices;
  readonly runner: TaskRunner;
  readonly answers: Task[] = [];

  private constructor(
    services: DbServices,
    { clock, log }: { readonly clock: ManualClock; readonly log: CollectingLogger },
  ) {
    this.clock = clock;
    this.log = log;
    this.services = services;
    this.runner = new TaskRunner(services, {
      reply: (linkId, frame) => this.answers.push({ linkId, frame }),
      done: () => {},
    });
  }

  /** With the users and groups of {@link seedUsers}. `override` may exchange parts. */
  static async open(override = (services: DbServices): DbServices => services): Promise<Tasks> {
    const parts = {
      clock: new ManualClock(),
      random: seededRandom(1),
      log: collectingLogger(),
    };
    const services = await openServices(CONFIG, parts);
    await seedUsers(services.storage);
    return new Tasks(override(services), parts);
  }

  /** The answer to one request: it has its number, and is the only one. */
  async ask<Request, Response>(
    question: Question<Request>,
    request: Request,
    reply: Reply<Response>,
  ): Promise<Response> {
    const frame = await this.answerTo(question.id, question.codec.encode(request));
    assert.ok(frame !== null, "no answer");
    assert.equal(commandIdOf(frame), reply.id, describeFrame(frame));
    assert.equal(seqNumOf(frame), SEQ_NUM);
    return reply.codec.decode(bodyOf(frame));
  }

  /** The answer to a frame with this body; `null` when there is none. */
  async answerTo(id: number, body: Uint8Array): Promise<Uint8Array | null> {
    this.answers.length = 0;
    this.runner.run(1, buildFrame(id, SEQ_NUM, body));
    await this.runner.drain();
    assert.ok(this.answers.length <= 1, "several answers");
    return this.answers[0]?.frame ?? null;
  }

  /** From now on every call of the engine fails. */
  breakStorage(): Promise<void> {
    return this.services.storage.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.runner.drain();
    await closeServices(this.services);
  }
}

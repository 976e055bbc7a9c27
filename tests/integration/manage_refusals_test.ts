/**
 * What a peer that was let in asks of db_proxy_server in place of http_msg_server: whatever is no
 * request of the management API is refused, changes nothing, and costs the link nothing.
 */
import assert from "node:assert/strict";
import {
  CID_INTERNAL_MANAGE_REQ,
  CID_INTERNAL_MANAGE_RSP,
  IMManageReq,
  IMManageRsp,
} from "../../proto/mod.ts";
import {
  corruptionsOf,
  MANAGE_SAMPLES,
  MANAGED_AT,
  PASSWORD_HASH,
} from "../../servers/db_proxy/test_support/manage_samples.ts";
import {
  type AnswerOf,
  MANAGE_DONE,
  MANAGE_NOT_UNDERSTOOD,
  MANAGE_REFUSED,
  type OperationName,
  type RequestOf,
} from "../../shared/management/operations.ts";
import { isSkipped } from "../../shared/test_support/engines.ts";
import { makeDataPlace, neededBy } from "../support/data_place.ts";
import { startDbProxy } from "../support/db_proxy_fixture.ts";
import type { ScriptedLink } from "../support/scripted_link.ts";

class Administration {
  readonly #link: ScriptedLink;

  constructor(link: ScriptedLink) {
    this.#link = link;
  }

  async ask(operation: string, request: string): Promise<[code: number, answer: string]> {
    this.#link.send(CID_INTERNAL_MANAGE_REQ, IMManageReq.encode({ operation, request }));
    const { result_code, answer } = await this.#link.expect(CID_INTERNAL_MANAGE_RSP, IMManageRsp);
    return [result_code, answer];
  }

  async run<Name extends OperationName>(
    name: Name,
    request: RequestOf<Name> = MANAGE_SAMPLES[name],
  ): Promise<AnswerOf<Name>> {
    const [code, answer] = await this.ask(name, JSON.stringify(request));
    assert.equal(code, MANAGE_DONE, `${name}: ${answer}`);
    return JSON.parse(answer);
  }

  /** One of each kind of thing, so that there is something to change. */
  async furnish(): Promise<void> {
    const pwd = PASSWORD_HASH;
    await this.run("admins.add", { uname: "first", pwd, role: "owner", now: MANAGED_AT });
    await this.run("departments.add");
    await this.run("discovery.add");
    await this.run("sessions.open");
    await this.run("keys.add");
    await this.run("audit.begin");
    await this.run("messages.send");
  }

  /** Everything that administration could change. */
  async everything(): Promise<unknown> {
    return {
      users: await this.run("users.list", {
        ...{ search: "", statuses: null, departId: null, afterId: 0 },
        ...{ sort: "id", order: "asc", offset: 0, limit: 1000 },
      }),
      departments: await this.run("departments.list"),
      groups: await this.run("groups.list", {
        ...{ search: "", type: null, memberId: null },
        ...{ sort: "id", order: "asc", offset: 0, limit: 200 },
      }),
      members: await this.run("groups.members"),
      admins: await this.run("admins.list"),
      sessions: await this.run("sessions.list", { adminId: null, now: MANAGED_AT }),
      keys: await this.run("keys.list"),
      audit: await this.run("audit.list", {
        ...{ beforeId: 0, limit: 200, actorName: null, action: null, target: null },
        ...{ since: 0, until: 0 },
      }),
      discovery: await this.run("discovery.list"),
      messages: await this.run("messages.history"),
    };
  }
}

for (const kind of ["sqlite", "mysql"] as const) {
  Deno.test(`db_proxy_server refuses management requests that are none, and nothing changes (${kind})`, async (t) => {
    if (await isSkipped(t, neededBy(kind))) return;
    await using place = await makeDataPlace(kind);
    await using db = await startDbProxy("tcp", { storage: place.storage });
    await using link = await db.connect();
    const administration = new Administration(link);
    await administration.furnish();
    const before = await administration.everything();
    for (const [operation, sample] of Object.entries(MANAGE_SAMPLES)) {
      for (const { value } of corruptionsOf(sample)) {
        const [code, answer] = await administration.ask(operation, JSON.stringify(value));
        assert.equal(code, MANAGE_REFUSED, `${operation} ${JSON.stringify(value).slice(0, 300)}`);
        assert.deepEqual(Object.keys(JSON.parse(answer)), ["field", "message"]);
      }
    }
    assert.deepEqual(await administration.ask("users.drop", "null"), [MANAGE_NOT_UNDERSTOOD, ""]);
    assert.deepEqual(await administration.everything(), before);
    // What is one is still done, on the same link.
    await administration.run("groups.update");
    assert.notDeepEqual(await administration.everything(), before);
  });
}

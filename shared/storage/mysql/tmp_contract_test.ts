import { ManualClock, systemClock } from "../../clock.ts";
import { createLogger, silentLogger } from "../../log/mod.ts";
import { groupContract } from "../contract/groups.ts";
import { groupMemberContract } from "../contract/group_members.ts";
import { messageContract } from "../contract/messages.ts";
import { refusalContract } from "../contract/refusals.ts";
import { historyContract } from "../contract/history.ts";
import { groupHistoryContract } from "../contract/group_history.ts";
import { sessionContract } from "../contract/sessions.ts";
import { groupSessionContract } from "../contract/group_sessions.ts";
import { unreadContract } from "../contract/unread.ts";
import { closeParts, openParts } from "./open_parts.ts";
import { TestEngines } from "./test_support/test_engines.ts";
import { ActiveUsers } from "./active_users.ts";
import { Conversations } from "./conversations.ts";
import { GroupCounts } from "./group_counts.ts";
import { GroupMembers } from "./group_members.ts";
import { MysqlGroups } from "./groups.ts";
import { LiveGroups } from "./live_groups.ts";
import { Memberships } from "./memberships.ts";
import { MessageCounters } from "./message_counters.ts";
import { MessageIds } from "./message_ids.ts";
import { MessageWriter } from "./message_writer.ts";
import { MysqlMessages } from "./messages.ts";
import { Pairs } from "./pairs.ts";
import { SessionRows } from "./session_rows.ts";
import { MysqlSessions } from "./sessions.ts";
import { Sounds } from "./sounds.ts";
import { MysqlUnread } from "./unread.ts";
import { ok } from "../../result.ts";

let engines: TestEngines;
Deno.test.beforeAll(async () => {
  engines = await TestEngines.start();
});
Deno.test.afterAll(async () => {
  await engines[Symbol.asyncDispose]();
});

async function open() {
  await engines.empty();
  const clock = new ManualClock();
  const parts = await openParts({
    master: engines.mysqlPool(),
    slave: engines.mysqlPool("teamtalk_slave"),
    redis: {
      unread: engines.redisPool("unread"),
      group_set: engines.redisPool("group_set"),
      token: engines.redisPool("token"),
      group_member: engines.redisPool("group_member"),
    },
    msfsSite: "",
  } as any, { clock, log: silentLogger });
  const activeUsers = new ActiveUsers(parts);
  const memberships = new Memberships(parts);
  const pairs = new Pairs(parts);
  const conversations = new Conversations(parts, { pairs, memberships });
  const counts = new GroupCounts(parts);
  const counters = new MessageCounters(parts);
  const groupMembers = new GroupMembers({ ...parts, activeUsers, memberships, counts });
  const writer = new MessageWriter({
    ...parts,
    activeUsers,
    liveGroups: new LiveGroups(parts, memberships),
    pairs,
    sessionRows: new SessionRows(parts),
    ids: new MessageIds(parts),
    counters,
  });
  const files = new Map<string, Uint8Array>();
  const sounds = new Sounds(parts, {
    upload: async (s) => {
      const u = `http://x/${files.size}`;
      files.set(u, s.slice());
      return u;
    },
    download: async (p) => files.get(p) ?? null,
  });
  const storage: any = {
    users: {
      add: async (users: any[]) => {
        for (const u of users) {
          await parts.master.run(
            "INSERT INTO IMUser (id, name, departId, status, created, updated) VALUES (?,?,1,?,1,1)",
            [u.id ?? null, u.name, u.status],
          );
        }
        return ok(null);
      },
    },
    groups: new MysqlGroups({ ...parts, activeUsers, memberships, groupMembers }),
    messages: new MysqlMessages({ writer, conversations, sounds }),
    sessions: new MysqlSessions({ ...parts, pairs, conversations, counts }),
    unread: new MysqlUnread({ ...parts, pairs, conversations, counts }),
  };
  return {
    storage,
    [Symbol.asyncDispose]: async () => {
      await writer.drain();
      await counters.close();
      await closeParts(parts);
    },
  };
}
const contract = { name: "mysql", open };
groupContract(contract);
groupMemberContract(contract);
messageContract(contract);
refusalContract(contract);
historyContract(contract);
groupHistoryContract(contract);
sessionContract(contract);
groupSessionContract(contract);
unreadContract(contract);

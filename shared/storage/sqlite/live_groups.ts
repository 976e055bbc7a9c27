/**
 * The groups that are talked in: members and message counter of each, remembered between messages,
 * and what the messages of the running transaction change in the rows of group and author.
 */
import { LruMap } from "../../lru_map.ts";
import type { Members } from "../types.ts";
import type { Database, Memory } from "./database.ts";
import type { Statement } from "./statement.ts";

/** What a group weighs besides its members. */
const GROUP_WEIGHT = 8;

/** A group that is not deleted and has members. */
interface LiveGroup {
  readonly id: number;
  readonly members: Members;
  lastMsgId: number;
  /** What is not yet in the rows: time of the last message (0 = none), last id by author. */
  lastChated: number;
  readonly seenBy: Map<number, number>;
}

export interface GroupMessage {
  readonly fromId: number;
  /** The group. */
  readonly toId: number;
  readonly created: number;
}

export class LiveGroups implements Memory {
  readonly #db: Database;
  readonly #remembered: LruMap<number, LiveGroup>;
  #changed: LiveGroup[] = [];
  readonly #find: Statement<{ lastMsgId: number }>;
  readonly #members: Statement<{ userId: number; joined: number }>;
  readonly #update: Statement<object>;
  readonly #updateSeen: Statement<object>;

  constructor(db: Database, maxRememberedMembers: number) {
    this.#db = db;
    this.#remembered = new LruMap({
      maxWeight: maxRememberedMembers,
      weigh: (group) => GROUP_WEIGHT + group.members.size,
    });
    this.#find = db.prepare("SELECT lastMsgId FROM IMGroup WHERE id = ? AND status = 0");
    this.#members = db.prepare(`
      SELECT userId, updated AS joined FROM IMGroupMember
      WHERE groupId = ? AND status = 0 ORDER BY userId`);
    this.#update = db.prepare(`
      UPDATE IMGroup SET lastMsgId = ?, lastChated = max(lastChated, ?) WHERE id = ?`);
    this.#updateSeen = db.prepare(`
      UPDATE IMGroupMember SET seenMsgId = ? WHERE groupId = ? AND userId = ?`);
    db.remember(this);
  }

  /** Members by ascending id; `null` when the group is unknown, deleted or empty. */
  members(groupId: number): Members | null {
    return this.#get(groupId)?.members ?? null;
  }

  /** Counts a message of a member, who has thereby read the group, and gives it its id. */
  next({ fromId, toId, created }: GroupMessage): number {
    const group = this.#get(toId)!;
    if (group.lastChated === 0) this.#changed.push(group);
    group.lastChated = Math.max(group.lastChated, created, 1);
    group.lastMsgId++;
    group.seenBy.set(fromId, group.lastMsgId);
    return group.lastMsgId;
  }

  /** To be called by a write that changes a group or its members. */
  forgetGroup(groupId: number): void {
    this.#remembered.delete(groupId);
  }

  flush(): void {
    for (const group of this.#changed) {
      this.#update.run(group.lastMsgId, group.lastChated, group.id);
      for (const [userId, msgId] of group.seenBy) this.#updateSeen.run(msgId, group.id, userId);
      group.lastChated = 0;
      group.seenBy.clear();
    }
    this.#changed = [];
  }

  forget(): void {
    this.#remembered.clear();
    this.#changed = [];
  }

  #get(groupId: number): LiveGroup | null {
    const remembered = this.#remembered.get(groupId);
    if (remembered !== undefined) return remembered;
    // A group may have been pushed out of memory with changes of this very transaction.
    this.#db.flush();
    const row = this.#find.get(groupId);
    if (row === null) return null;
    const members = new Map(
      this.#members.all(groupId).map(({ userId, joined }) => [userId, joined]),
    );
    if (members.size === 0) return null;
    const group: LiveGroup = {
      id: groupId,
      members,
      lastMsgId: row.lastMsgId,
      lastChated: 0,
      seenBy: new Map(),
    };
    this.#remembered.set(groupId, group);
    return group;
  }
}

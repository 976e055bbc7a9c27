/** Puts the engine's parts together on open connections, which it owns from then on. */
import { msfsClient } from "../../msfs/mod.ts";
import type { PasswordForm } from "../password_form.ts";
import type { Storage } from "../types.ts";
import { ActiveUsers } from "./active_users.ts";
import { MysqlAdmins } from "./admins.ts";
import { Conversations } from "./conversations.ts";
import { MysqlDepartments } from "./departments.ts";
import { MysqlDeviceTokens } from "./device_tokens.ts";
import { GroupCounts } from "./group_counts.ts";
import { GroupMembers } from "./group_members.ts";
import { MysqlGroupShields } from "./group_shields.ts";
import { GroupSync } from "./group_sync.ts";
import { MysqlGroups } from "./groups.ts";
import { LiveGroups } from "./live_groups.ts";
import { mysqlManagement } from "./management/mod.ts";
import { Memberships } from "./memberships.ts";
import { RedisLoginFailures } from "./login_failures.ts";
import { MessageCounters } from "./message_counters.ts";
import { MessageIds } from "./message_ids.ts";
import { MessageWriter } from "./message_writer.ts";
import { MysqlMessages } from "./messages.ts";
import { MysqlOfflineFiles } from "./offline_files.ts";
import { closeParts } from "./open_parts.ts";
import { Pairs } from "./pairs.ts";
import type { EngineParts, MysqlStorageConfig } from "./parts.ts";
import { MysqlProfiles } from "./profiles.ts";
import { SessionRows } from "./session_rows.ts";
import { MysqlSessions } from "./sessions.ts";
import { Sounds } from "./sounds.ts";
import { MysqlUnread } from "./unread.ts";
import { UserHashes } from "./user_hashes.ts";
import { MysqlUsers } from "./users.ts";

interface EngineOptions
  extends Pick<MysqlStorageConfig, "msfsSite" | "msfsUploadSecret" | "background"> {
  /** Default: as in a database that no migration was applied to. */
  readonly passwordForm?: PasswordForm;
}

export function mysqlStorageOn(
  parts: EngineParts,
  { msfsSite, msfsUploadSecret, background, passwordForm = "legacy" }: EngineOptions,
): Storage {
  const hashes = new UserHashes(passwordForm);
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
  const soundFiles = msfsClient({
    site: msfsSite,
    clock: parts.clock,
    ...(msfsUploadSecret === undefined ? {} : { uploadSecret: msfsUploadSecret }),
  });
  const sounds = new Sounds(parts, soundFiles);
  const sync = new GroupSync(parts, memberships);
  if (background === "run") {
    sync.start();
    counters.recover();
  }
  const deviceTokens = new MysqlDeviceTokens(parts);
  let closing: Promise<void> | null = null;
  const close = async (): Promise<void> => {
    await writer.drain();
    await Promise.all([sync.stop(), counters.close(), groupMembers.close()]);
    await closeParts(parts);
  };
  return {
    users: new MysqlUsers(parts, hashes),
    departments: new MysqlDepartments(parts),
    groups: new MysqlGroups({ ...parts, activeUsers, memberships, groupMembers }),
    messages: new MysqlMessages({ writer, conversations, sounds }),
    sessions: new MysqlSessions({ ...parts, pairs, conversations, counts }),
    unread: new MysqlUnread({ ...parts, pairs, conversations, counts }),
    profiles: new MysqlProfiles(parts),
    deviceTokens,
    groupShields: new MysqlGroupShields(parts, memberships),
    admins: new MysqlAdmins(parts),
    management: mysqlManagement({
      ...parts,
      activeUsers,
      memberships,
      groupMembers,
      deviceTokens,
      hashes,
    }),
    offlineFiles: new MysqlOfflineFiles(parts, activeUsers),
    loginFailures: new RedisLoginFailures(parts),
    close: () => closing ??= close(),
  };
}

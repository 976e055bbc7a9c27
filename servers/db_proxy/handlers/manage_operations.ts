/**
 * What each operation of the management API does (shared/management/operations.ts). Most are one
 * call of storage; where one needs more it has a function of its own.
 */
import type {
  AnswerOf,
  OperationName,
  RequestOf,
  StorageState,
} from "../../../shared/management/operations.ts";
import type { DbServices } from "../services.ts";
import { groupMembers, messageHistory, sendSystemMessage } from "./manage_conversations.ts";

type Operations = {
  readonly [Name in OperationName]: (
    services: DbServices,
    request: RequestOf<Name>,
  ) => Promise<AnswerOf<Name>>;
};

export const manageOperations: Operations = {
  "users.list": ({ storage }, query) => storage.management.users.list(query),
  "users.by_ids": ({ storage }, { ids }) => storage.management.users.byIds(ids),
  "users.by_names": ({ storage }, { names }) => storage.management.users.byNames(names),
  "users.write": async ({ storage, passwords }, asked) => {
    const writes = await passwords.hashed(asked);
    const written = await storage.management.users.write(writes);
    if (written.ok) passwords.written(writes, written.value);
    return written;
  },

  "departments.list": ({ storage }) => storage.management.departments.list(),
  "departments.add": ({ storage }, { fields, now }) =>
    storage.management.departments.add(fields, now),
  "departments.update": ({ storage }, { id, changes, now }) =>
    storage.management.departments.update(id, changes, now),
  "departments.remove": ({ storage }, { id, now }) =>
    storage.management.departments.remove(id, now),

  "groups.list": ({ storage }, query) => storage.management.groups.list(query),
  "groups.by_id": ({ storage }, { id }) => storage.management.groups.byId(id),
  "groups.members": groupMembers,
  "groups.update": ({ storage }, { id, changes }) => storage.management.groups.update(id, changes),
  "groups.dismiss": ({ storage }, { id, now }) => storage.management.groups.dismiss(id, now),

  "admins.list": ({ storage }) => storage.management.admins.list(),
  "admins.by_name": ({ storage }, { uname }) => storage.management.admins.byName(uname),
  "admins.add": ({ storage }, { now, ...admin }) => storage.management.admins.add(admin, now),
  "admins.update": ({ storage }, { id, changes, ...options }) =>
    storage.management.admins.update(id, changes, options),

  "sessions.open": ({ storage }, session) => storage.management.credentials.openSession(session),
  "sessions.list": ({ storage }, { adminId, now }) =>
    storage.management.credentials.sessions(adminId, now),
  "sessions.end": ({ storage }, { id, adminId }) =>
    storage.management.credentials.endSession(id, adminId),
  "keys.list": ({ storage }) => storage.management.credentials.keys(),
  "keys.add": ({ storage }, key) => storage.management.credentials.addKey(key),
  "keys.remove": ({ storage }, { id }) => storage.management.credentials.removeKey(id),
  "credentials.find": ({ storage }, { kind, hash }) =>
    storage.management.credentials.find(kind, hash),
  "credentials.touch": async ({ storage }, { kind, id, now }) => {
    await storage.management.credentials.touch(kind, id, now);
    return null;
  },

  "audit.begin": ({ storage }, start) => storage.management.audit.begin(start),
  "audit.finish": async ({ storage }, { id, outcome, target }) => {
    await storage.management.audit.finish(id, outcome, target);
    return null;
  },
  "audit.list": ({ storage }, query) => storage.management.audit.list(query),

  "discovery.list": ({ storage }) => storage.management.discovery.list(),
  "discovery.add": ({ storage }, { fields, now }) => storage.management.discovery.add(fields, now),
  "discovery.update": ({ storage }, { id, changes, now }) =>
    storage.management.discovery.update(id, changes, now),
  "discovery.remove": ({ storage }, { id, now }) => storage.management.discovery.remove(id, now),

  "messages.history": messageHistory,
  "messages.send": sendSystemMessage,

  "figures.read": ({ storage }) => storage.management.figures(),
  "storage.state": storageState,
};

async function storageState({ storage, clock, stored }: DbServices): Promise<StorageState> {
  const startMs = clock.elapsedMs();
  const engines = await storage.management.engines();
  return { engines, stored: stored.summary(), tookMs: clock.elapsedMs() - startMs };
}

export function isOperationName(name: string): name is OperationName {
  return Object.hasOwn(manageOperations, name);
}

/**
 * The tables, as a list of migrations. Rules: a released entry is never edited, a change is a new
 * entry at the end; `PRAGMA user_version` is the number of entries that a file has seen.
 *
 * Names follow the original (docs/spec/storage.md 2), with three simplifications:
 *
 * - `IMRelationShip` has one row per pair of users with both users' halves of the session: each has
 *   an unread counter and `…Hidden`, the last message id at the moment when that user removed the
 *   session. The session is shown while `lastMsgId` is greater, so a new message brings it back
 *   without touching anything, in whatever second it comes. A message thus costs one row and one
 *   update. `SingleSession` shows the two halves as rows of their users.
 * - `IMGroupMember` has the same for groups: `seenMsgId` and `hiddenMsgId` of the member. Since the
 *   group row knows when it was last chatted in, nothing has to be written per member and message.
 * - `lastMsgId` is the message id counter of the conversation and the number of messages ever stored
 *   in it: it moves in the same transaction as the message, so there are no gaps and no repeats,
 *   even if old messages should be deleted one day.
 *
 * Messages are appended in store order, with an index by conversation. Clustering them by
 * conversation (WITHOUT ROWID, or the pair packed into the rowid) was measured: with 5000 pairs it
 * gave 32,000 instead of 66,000 rows/s for messages of 120 bytes, and 9,000 instead of 37,000 for
 * 1000 bytes. Each message of a batch then dirties a page of its own, and it is pages that go
 * through the WAL and the checkpoint.
 */

const MESSAGE_COLUMNS = `
    msgId INTEGER NOT NULL,
    fromId INTEGER NOT NULL,
    type INTEGER NOT NULL,
    status INTEGER NOT NULL,
    created INTEGER NOT NULL,
    content BLOB NOT NULL`;

const TABLES = `
  CREATE TABLE Mark (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;

  CREATE TABLE IMUser (
    id INTEGER PRIMARY KEY,
    sex INTEGER NOT NULL,
    name TEXT NOT NULL UNIQUE,
    domain TEXT NOT NULL,
    nick TEXT NOT NULL,
    password TEXT NOT NULL,
    salt TEXT NOT NULL,
    phone TEXT NOT NULL,
    email TEXT NOT NULL,
    avatar TEXT NOT NULL,
    departId INTEGER NOT NULL,
    status INTEGER NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    push_shield_status INTEGER NOT NULL DEFAULT 0,
    sign_info TEXT NOT NULL
  );
  CREATE INDEX IMUser_updated ON IMUser (updated);

  CREATE TABLE IMDepart (
    id INTEGER PRIMARY KEY,
    departName TEXT NOT NULL,
    priority INTEGER NOT NULL,
    parentId INTEGER NOT NULL,
    status INTEGER NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL
  );

  CREATE TABLE IMGroup (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    avatar TEXT NOT NULL,
    creator INTEGER NOT NULL,
    type INTEGER NOT NULL,
    userCnt INTEGER NOT NULL,
    status INTEGER NOT NULL DEFAULT 0,
    version INTEGER NOT NULL DEFAULT 1,
    lastChated INTEGER NOT NULL DEFAULT 0,
    updated INTEGER NOT NULL,
    created INTEGER NOT NULL,
    lastMsgId INTEGER NOT NULL DEFAULT 0
  );

  -- updated: when the member joined last. joinMsgId: messages up to this one are older than that.
  CREATE TABLE IMGroupMember (
    id INTEGER PRIMARY KEY,
    groupId INTEGER NOT NULL,
    userId INTEGER NOT NULL,
    status INTEGER NOT NULL DEFAULT 0,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    joinMsgId INTEGER NOT NULL,
    seenMsgId INTEGER NOT NULL,
    hiddenMsgId INTEGER NOT NULL DEFAULT 0,
    UNIQUE (groupId, userId)
  );
  CREATE INDEX IMGroupMember_user ON IMGroupMember (userId);

  CREATE TABLE IMRelationShip (
    id INTEGER PRIMARY KEY,
    smallId INTEGER NOT NULL,
    bigId INTEGER NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    lastMsgId INTEGER NOT NULL DEFAULT 0,
    smallUnread INTEGER NOT NULL DEFAULT 0,
    bigUnread INTEGER NOT NULL DEFAULT 0,
    smallHidden INTEGER NOT NULL DEFAULT 0,
    bigHidden INTEGER NOT NULL DEFAULT 0,
    UNIQUE (smallId, bigId)
  );
  CREATE INDEX IMRelationShip_big ON IMRelationShip (bigId);

  CREATE VIEW SingleSession AS
    SELECT smallId AS userId, bigId AS peerId, id AS relateId, updated, lastMsgId,
      smallUnread AS unread, smallHidden AS hiddenMsgId
    FROM IMRelationShip
    UNION ALL
    SELECT bigId, smallId, id, updated, lastMsgId, bigUnread, bigHidden
    FROM IMRelationShip WHERE smallId <> bigId;

  CREATE VIEW GroupSession AS
    SELECT m.userId, m.groupId, m.id AS memberId, m.updated AS joined, m.joinMsgId, m.seenMsgId,
      m.hiddenMsgId, g.lastMsgId, g.lastChated
    FROM IMGroupMember m JOIN IMGroup g ON g.id = m.groupId
    WHERE m.status = 0 AND g.status = 0;

  CREATE TABLE IMMessage (id INTEGER PRIMARY KEY, relateId INTEGER NOT NULL,${MESSAGE_COLUMNS});
  CREATE UNIQUE INDEX IMMessage_relate ON IMMessage (relateId, msgId);

  CREATE TABLE IMGroupMessage (id INTEGER PRIMARY KEY, groupId INTEGER NOT NULL,${MESSAGE_COLUMNS});
  CREATE UNIQUE INDEX IMGroupMessage_group ON IMGroupMessage (groupId, msgId);

  -- data: msg_data as received. size and duration tell about the sound in it; path stays empty.
  CREATE TABLE IMAudio (
    id INTEGER PRIMARY KEY,
    fromId INTEGER NOT NULL,
    toId INTEGER NOT NULL,
    path TEXT NOT NULL DEFAULT '',
    size INTEGER NOT NULL,
    duration INTEGER NOT NULL,
    created INTEGER NOT NULL,
    data BLOB NOT NULL
  );

  CREATE TABLE IMAdmin (
    id INTEGER PRIMARY KEY,
    uname TEXT NOT NULL UNIQUE,
    pwd TEXT NOT NULL,
    status INTEGER NOT NULL DEFAULT 0,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL
  );
`;

/**
 * Pushes. The shield of a group is part of the membership, so it is there again when somebody comes
 * back. Few members shield anything: the partial indexes hold only them. A token belongs to one user,
 * a user has one token; erased ones have no row.
 */
const PUSH_SETTINGS = `
  ALTER TABLE IMGroupMember ADD COLUMN isShielded INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX IMGroupMember_shielded_by ON IMGroupMember (groupId, userId) WHERE isShielded = 1;
  CREATE INDEX IMGroupMember_shields ON IMGroupMember (userId, groupId) WHERE isShielded = 1;

  CREATE TABLE DeviceToken (
    userId INTEGER PRIMARY KEY,
    clientType INTEGER NOT NULL,
    token TEXT NOT NULL UNIQUE
  );
`;

/**
 * Files that wait on a file_server. A file that was fetched or taken back has no row. The index finds
 * the files of a receiver in the order they came.
 */
const OFFLINE_FILES = `
  CREATE TABLE IMTransmitFile (
    id INTEGER PRIMARY KEY,
    fromId INTEGER NOT NULL,
    toId INTEGER NOT NULL,
    fileName TEXT NOT NULL,
    size INTEGER NOT NULL,
    taskId TEXT NOT NULL,
    created INTEGER NOT NULL,
    UNIQUE (taskId, toId, fromId)
  );
  CREATE INDEX IMTransmitFile_to ON IMTransmitFile (toId, created);
`;

/**
 * Administration. Accounts that were there before have to choose a password of their own first.
 * Credentials are stored as SHA-256 of what their owner shows.
 */
const ADMINISTRATION = `
  ALTER TABLE IMAdmin ADD COLUMN role TEXT NOT NULL DEFAULT 'owner';
  ALTER TABLE IMAdmin ADD COLUMN mustChange INTEGER NOT NULL DEFAULT 1;

  CREATE TABLE TTAdminSession (
    id INTEGER PRIMARY KEY,
    adminId INTEGER NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    created INTEGER NOT NULL,
    lastSeen INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    remote TEXT NOT NULL,
    agent TEXT NOT NULL
  );
  CREATE INDEX TTAdminSession_admin ON TTAdminSession (adminId);

  CREATE TABLE TTApiKey (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    adminId INTEGER NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    created INTEGER NOT NULL,
    lastUsed INTEGER NOT NULL DEFAULT 0,
    expires INTEGER NOT NULL
  );

  CREATE TABLE TTAudit (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    actorKind TEXT NOT NULL,
    actorId INTEGER NOT NULL,
    actorName TEXT NOT NULL,
    remote TEXT NOT NULL,
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    detail TEXT NOT NULL,
    outcome TEXT NOT NULL
  );
  CREATE INDEX TTAudit_at ON TTAudit (at);
  CREATE INDEX TTAudit_target ON TTAudit (target, id);

  CREATE TABLE IMDiscovery (
    id INTEGER PRIMARY KEY,
    itemName TEXT NOT NULL,
    itemUrl TEXT NOT NULL,
    itemPriority INTEGER NOT NULL,
    status INTEGER NOT NULL DEFAULT 0,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL
  );

  CREATE INDEX IMUser_depart ON IMUser (departId);
`;

/**
 * scrypt hashes of users' passwords; empty: the row has the original's MD5 until its user logs in.
 * Otherwise `password` is HASH_ELSEWHERE (`../types.ts`).
 */
const USER_HASHES = `ALTER TABLE IMUser ADD COLUMN hash TEXT NOT NULL DEFAULT '';`;

/** The people of a department are counted in the index alone: a tenth of the time with 100,000 users. */
const COUNTED_DEPARTMENTS = `
  DROP INDEX IMUser_depart;
  CREATE INDEX IMUser_depart_status ON IMUser (departId, status);
`;

/** Applied in order; the first one makes an empty file a database. */
export const MIGRATIONS: readonly string[] = [
  TABLES,
  PUSH_SETTINGS,
  OFFLINE_FILES,
  ADMINISTRATION,
  USER_HASHES,
  COUNTED_DEPARTMENTS,
];

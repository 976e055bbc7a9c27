/**
 * The original's tables, with its columns, defaults and indexes (docs/spec/storage.md 2), for a
 * database that has none. An existing one is used as it is; what this suite adds to either is in
 * `migrations.ts`.
 */

const INNODB_MB4 = "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin";
const INNODB_UTF8 = "ENGINE=InnoDB DEFAULT CHARSET=utf8";

/** Single and group messages are spread over this many tables each. */
export const MESSAGE_TABLES = 8;

function messageTable(number: number): string {
  return `CREATE TABLE IMMessage_${number} (
    id int(11) NOT NULL AUTO_INCREMENT,
    relateId int(11) unsigned NOT NULL,
    fromId int(11) unsigned NOT NULL,
    toId int(11) unsigned NOT NULL,
    msgId int(11) unsigned NOT NULL,
    content varchar(4096) DEFAULT '',
    type tinyint(2) unsigned NOT NULL DEFAULT 1,
    status tinyint(1) unsigned NOT NULL DEFAULT 0,
    updated int(11) unsigned NOT NULL,
    created int(11) unsigned NOT NULL,
    PRIMARY KEY (id),
    KEY idx_relateId_status_created (relateId, status, created),
    KEY idx_relateId_status_msgId_created (relateId, status, msgId, created),
    KEY idx_fromId_toId_created (fromId, toId, status)
  ) ${INNODB_MB4}`;
}

function groupMessageTable(number: number): string {
  return `CREATE TABLE IMGroupMessage_${number} (
    id int(11) NOT NULL AUTO_INCREMENT,
    groupId int(11) unsigned NOT NULL,
    userId int(11) unsigned NOT NULL,
    msgId int(11) unsigned NOT NULL,
    content varchar(4096) NOT NULL DEFAULT '',
    type tinyint(3) unsigned NOT NULL DEFAULT 2,
    status int(11) unsigned NOT NULL DEFAULT 0,
    updated int(11) unsigned NOT NULL DEFAULT 0,
    created int(11) unsigned NOT NULL DEFAULT 0,
    PRIMARY KEY (id),
    KEY idx_groupId_status_created (groupId, status, created),
    KEY idx_groupId_msgId_status_created (groupId, msgId, status, created)
  ) ${INNODB_MB4}`;
}

const numbers: readonly number[] = Array.from({ length: MESSAGE_TABLES }, (_, number) => number);

/** Statements by table name. */
export const ORIGINAL_TABLES: Readonly<Record<string, string>> = {
  IMUser: `CREATE TABLE IMUser (
    id int(11) unsigned NOT NULL AUTO_INCREMENT,
    sex tinyint(1) unsigned NOT NULL DEFAULT 0,
    name varchar(32) NOT NULL DEFAULT '',
    domain varchar(32) NOT NULL DEFAULT '',
    nick varchar(32) NOT NULL DEFAULT '',
    password varchar(32) NOT NULL DEFAULT '',
    salt varchar(4) NOT NULL DEFAULT '',
    phone varchar(11) NOT NULL DEFAULT '',
    email varchar(64) NOT NULL DEFAULT '',
    avatar varchar(255) DEFAULT '',
    departId int(11) unsigned NOT NULL,
    status tinyint(2) unsigned DEFAULT 0,
    created int(11) unsigned NOT NULL,
    updated int(11) unsigned NOT NULL,
    push_shield_status tinyint(1) unsigned NOT NULL DEFAULT 0,
    sign_info varchar(128) NOT NULL DEFAULT '',
    PRIMARY KEY (id),
    KEY idx_domain (domain),
    KEY idx_name (name),
    KEY idx_phone (phone)
  ) ${INNODB_MB4}`,
  IMDepart: `CREATE TABLE IMDepart (
    id int(11) unsigned NOT NULL AUTO_INCREMENT,
    departName varchar(64) NOT NULL DEFAULT '',
    priority int(11) unsigned NOT NULL DEFAULT 0,
    parentId int(11) unsigned NOT NULL,
    status int(11) unsigned NOT NULL DEFAULT 0,
    created int(11) unsigned NOT NULL,
    updated int(11) unsigned NOT NULL,
    PRIMARY KEY (id),
    KEY idx_departName (departName),
    KEY idx_priority_status (priority, status)
  ) ${INNODB_MB4}`,
  IMGroup: `CREATE TABLE IMGroup (
    id int(11) NOT NULL AUTO_INCREMENT,
    name varchar(256) NOT NULL DEFAULT '',
    avatar varchar(256) NOT NULL DEFAULT '',
    creator int(11) unsigned NOT NULL DEFAULT 0,
    type tinyint(3) unsigned NOT NULL DEFAULT 1,
    userCnt int(11) unsigned NOT NULL DEFAULT 0,
    status tinyint(3) unsigned NOT NULL DEFAULT 1,
    version int(11) unsigned NOT NULL DEFAULT 1,
    lastChated int(11) unsigned NOT NULL DEFAULT 0,
    updated int(11) unsigned NOT NULL DEFAULT 0,
    created int(11) unsigned NOT NULL DEFAULT 0,
    PRIMARY KEY (id),
    KEY idx_name (name(191)),
    KEY idx_creator (creator)
  ) ${INNODB_MB4}`,
  IMGroupMember: `CREATE TABLE IMGroupMember (
    id int(11) NOT NULL AUTO_INCREMENT,
    groupId int(11) unsigned NOT NULL,
    userId int(11) unsigned NOT NULL,
    status tinyint(4) unsigned NOT NULL DEFAULT 1,
    created int(11) unsigned NOT NULL DEFAULT 0,
    updated int(11) unsigned NOT NULL DEFAULT 0,
    PRIMARY KEY (id),
    KEY idx_groupId_userId_status (groupId, userId, status),
    KEY idx_userId_status_updated (userId, status, updated),
    KEY idx_groupId_updated (groupId, updated)
  ) ${INNODB_UTF8}`,
  ...Object.fromEntries(
    numbers.map((number) => [`IMGroupMessage_${number}`, groupMessageTable(number)]),
  ),
  ...Object.fromEntries(numbers.map((number) => [`IMMessage_${number}`, messageTable(number)])),
  IMRecentSession: `CREATE TABLE IMRecentSession (
    id int(11) NOT NULL AUTO_INCREMENT,
    userId int(11) unsigned NOT NULL,
    peerId int(11) unsigned NOT NULL,
    type tinyint(1) unsigned DEFAULT 0,
    status tinyint(1) unsigned DEFAULT 0,
    created int(11) unsigned NOT NULL DEFAULT 0,
    updated int(11) unsigned NOT NULL DEFAULT 0,
    PRIMARY KEY (id),
    KEY idx_userId_peerId_status_updated (userId, peerId, status, updated),
    KEY idx_userId_peerId_type (userId, peerId, type)
  ) ${INNODB_UTF8}`,
  IMRelationShip: `CREATE TABLE IMRelationShip (
    id int(11) NOT NULL AUTO_INCREMENT,
    smallId int(11) unsigned NOT NULL,
    bigId int(11) unsigned NOT NULL,
    status tinyint(1) unsigned DEFAULT 0,
    created int(11) unsigned NOT NULL DEFAULT 0,
    updated int(11) unsigned NOT NULL DEFAULT 0,
    PRIMARY KEY (id),
    KEY idx_smallId_bigId_status_updated (smallId, bigId, status, updated)
  ) ${INNODB_UTF8}`,
  IMAudio: `CREATE TABLE IMAudio (
    id int(11) NOT NULL AUTO_INCREMENT,
    fromId int(11) unsigned NOT NULL,
    toId int(11) unsigned NOT NULL,
    path varchar(255) DEFAULT '',
    size int(11) unsigned NOT NULL DEFAULT 0,
    duration int(11) unsigned NOT NULL DEFAULT 0,
    created int(11) unsigned NOT NULL,
    PRIMARY KEY (id),
    KEY idx_fromId_toId (fromId, toId)
  ) ${INNODB_MB4}`,
  IMDiscovery: `CREATE TABLE IMDiscovery (
    id int(11) unsigned NOT NULL AUTO_INCREMENT,
    itemName varchar(64) NOT NULL DEFAULT '',
    itemUrl varchar(64) NOT NULL DEFAULT '',
    itemPriority int(11) unsigned NOT NULL,
    status int(11) unsigned NOT NULL DEFAULT 0,
    created int(11) unsigned NOT NULL,
    updated int(11) unsigned NOT NULL,
    PRIMARY KEY (id),
    KEY idx_itemName (itemName)
  ) ${INNODB_MB4}`,
  IMAdmin: `CREATE TABLE IMAdmin (
    id mediumint(6) unsigned NOT NULL AUTO_INCREMENT,
    uname varchar(40) NOT NULL,
    pwd char(32) NOT NULL,
    status tinyint(2) unsigned NOT NULL DEFAULT 0,
    created int(11) unsigned NOT NULL DEFAULT 0,
    updated int(11) unsigned NOT NULL DEFAULT 0,
    PRIMARY KEY (id)
  ) ${INNODB_UTF8}`,
};

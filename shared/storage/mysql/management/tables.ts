/** What administration adds to the original's tables (docs/spec/storage.md 2.14). */

const INNODB = "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin";

/**
 * `created` is that of the IMAdmin row: an id that the original's tools give again does not bring
 * along the role of somebody who was deleted.
 */
export const ADMIN_ROLE = `CREATE TABLE IF NOT EXISTS TTAdminRole (
  adminId int unsigned NOT NULL,
  created int unsigned NOT NULL,
  role varchar(16) NOT NULL,
  mustChange tinyint unsigned NOT NULL,
  PRIMARY KEY (adminId)
) ${INNODB}`;

export const ADMIN_SESSION = `CREATE TABLE IF NOT EXISTS TTAdminSession (
  id int unsigned NOT NULL AUTO_INCREMENT,
  adminId int unsigned NOT NULL,
  hash char(64) NOT NULL,
  created int unsigned NOT NULL,
  lastSeen int unsigned NOT NULL,
  expires int unsigned NOT NULL,
  remote varchar(64) NOT NULL,
  agent varchar(200) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY tt_hash (hash),
  KEY tt_adminId (adminId)
) ${INNODB}`;

export const API_KEY = `CREATE TABLE IF NOT EXISTS TTApiKey (
  id int unsigned NOT NULL AUTO_INCREMENT,
  name varchar(64) NOT NULL,
  role varchar(16) NOT NULL,
  adminId int unsigned NOT NULL,
  hash char(64) NOT NULL,
  created int unsigned NOT NULL,
  lastUsed int unsigned NOT NULL DEFAULT 0,
  expires int unsigned NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY tt_hash (hash),
  UNIQUE KEY tt_name (name)
) ${INNODB}`;

export const AUDIT = `CREATE TABLE IF NOT EXISTS TTAudit (
  id int unsigned NOT NULL AUTO_INCREMENT,
  at int unsigned NOT NULL,
  actorKind varchar(8) NOT NULL,
  actorId int unsigned NOT NULL,
  actorName varchar(64) NOT NULL,
  remote varchar(64) NOT NULL,
  action varchar(64) NOT NULL,
  target varchar(128) NOT NULL,
  detail text NOT NULL,
  outcome varchar(64) NOT NULL,
  PRIMARY KEY (id),
  KEY tt_at (at),
  KEY tt_target_id (target, id)
) ${INNODB}`;

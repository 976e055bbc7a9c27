/** Tables that migrations add to the original's: most tests want them, some take them away. */
export const ADDED_TABLES: Readonly<Record<string, string>> = {
  IMTransmitFile: `CREATE TABLE IMTransmitFile (
    id int(11) NOT NULL AUTO_INCREMENT,
    fromId int(11) unsigned NOT NULL,
    toId int(11) unsigned NOT NULL,
    fileName varchar(256) NOT NULL DEFAULT '',
    size int(11) unsigned NOT NULL DEFAULT 0,
    taskId varchar(64) NOT NULL DEFAULT '',
    status tinyint(3) unsigned NOT NULL DEFAULT 0,
    created int(11) unsigned NOT NULL DEFAULT 0,
    updated int(11) unsigned NOT NULL DEFAULT 0,
    PRIMARY KEY (id),
    KEY idx_toId_status (toId, status),
    KEY idx_taskId (taskId)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`,
  TTAdminPassword: `CREATE TABLE TTAdminPassword (
    adminId int unsigned NOT NULL,
    pwd varchar(255) NOT NULL,
    updated int unsigned NOT NULL,
    PRIMARY KEY (adminId)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`,
};

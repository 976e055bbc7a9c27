/**
 * Why file_server refuses something, and the number the protocol has for it (FileServerError,
 * docs/spec/wire.md 6). Which answers carry the number: docs/decisions/0009-file-errors-on-the-wire.md.
 */
import {
  FILE_SERVER_ERRNO_CREATE_TASK_ERROR,
  FILE_SERVER_ERRNO_CREATE_TASK_ID_ERROR,
  FILE_SERVER_ERRNO_INVALID_USER_FOR_TASK,
  FILE_SERVER_ERRNO_LOGIN_INVALID_TOKEN,
  FILE_SERVER_ERRNO_PULL_DATA_ALLOC_MEM_ERROR,
  FILE_SERVER_ERRNO_PULL_DATA_FINISHED,
  FILE_SERVER_ERRNO_PULL_DATA_ILLIEAGE_USER,
  FILE_SERVER_ERRNO_PULL_DATA_MKDIR_ERROR,
  FILE_SERVER_ERRNO_PULL_DATA_OPEN_FILE_ERROR,
  FILE_SERVER_ERRNO_PULL_DATA_READ_FILE_HEADER_ERROR,
  FILE_SERVER_ERRNO_PULL_DATA_SEEK_OFFSET_ERROR,
  FILE_SERVER_ERRNO_PULL_DATA_WITH_INVALID_TASK_ID,
  type FileServerError,
} from "../../../proto/mod.ts";

/** A task cannot be created. */
export type CreateRefusal = "no_task_id" | "too_many_tasks" | "store_full";
/** A client cannot log in: no such task, its state or mode does not allow it, or not this user. */
export type LoginRefusal = "unknown_task" | "wrong_user";
/** A pull or data that the state of the task, or who the client is, does not allow. */
export type TransferRefusal =
  | "other_task"
  | "wrong_party"
  | "not_ready"
  | "wrong_offset"
  | "wrong_length"
  | "too_many_pulls"
  | "finished";
/** The store cannot do its part. */
export type StoreRefusal =
  | "no_folder"
  | "no_file"
  | "bad_header"
  | "unreadable"
  | "store_full"
  | "write_failed";

export type FileRefusal = CreateRefusal | LoginRefusal | TransferRefusal | StoreRefusal;

export const FILE_ERRORS: Readonly<Record<FileRefusal, FileServerError>> = {
  no_task_id: FILE_SERVER_ERRNO_CREATE_TASK_ID_ERROR,
  too_many_tasks: FILE_SERVER_ERRNO_CREATE_TASK_ERROR,
  unknown_task: FILE_SERVER_ERRNO_LOGIN_INVALID_TOKEN,
  wrong_user: FILE_SERVER_ERRNO_INVALID_USER_FOR_TASK,
  other_task: FILE_SERVER_ERRNO_PULL_DATA_WITH_INVALID_TASK_ID,
  not_ready: FILE_SERVER_ERRNO_PULL_DATA_WITH_INVALID_TASK_ID,
  wrong_party: FILE_SERVER_ERRNO_PULL_DATA_ILLIEAGE_USER,
  no_folder: FILE_SERVER_ERRNO_PULL_DATA_MKDIR_ERROR,
  no_file: FILE_SERVER_ERRNO_PULL_DATA_OPEN_FILE_ERROR,
  bad_header: FILE_SERVER_ERRNO_PULL_DATA_READ_FILE_HEADER_ERROR,
  too_many_pulls: FILE_SERVER_ERRNO_PULL_DATA_ALLOC_MEM_ERROR,
  store_full: FILE_SERVER_ERRNO_PULL_DATA_ALLOC_MEM_ERROR,
  write_failed: FILE_SERVER_ERRNO_PULL_DATA_ALLOC_MEM_ERROR,
  wrong_offset: FILE_SERVER_ERRNO_PULL_DATA_SEEK_OFFSET_ERROR,
  wrong_length: FILE_SERVER_ERRNO_PULL_DATA_SEEK_OFFSET_ERROR,
  unreadable: FILE_SERVER_ERRNO_PULL_DATA_SEEK_OFFSET_ERROR,
  finished: FILE_SERVER_ERRNO_PULL_DATA_FINISHED,
};

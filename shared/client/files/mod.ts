/**
 * Files over a file_server, for both sides and both modes. Asking a msg_server for a task, and what
 * is told to it afterwards, are requests of the client (`requests/files.ts`).
 *
 * ```ts
 * const task = await ann.requestFile({ to_user_id, file_name, file_size, trans_mode });
 * const [address] = task.ip_addr_list;
 * await uploadFile({ ...options, address: { host: address.ip, port: address.port }, taskId }, source);
 * ann.addOfflineFile({ to_user_id, file_name, file_size, task_id: taskId });
 * ```
 */
export type { FileTransferOptions } from "./file_link.ts";
export { type FileSource, sendFile, uploadFile } from "./send_file.ts";
export {
  BLOCK_BYTES,
  downloadFile,
  type FileSink,
  receiveFile,
  type ReceiveOptions,
  refuseFile,
} from "./receive_file.ts";

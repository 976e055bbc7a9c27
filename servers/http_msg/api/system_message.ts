/** A message in the name of the system user, stored first and then relayed to the terminals. */
import {
  CID_MSG_DATA,
  IMMsgData,
  MSG_TYPE_GROUP_TEXT,
  MSG_TYPE_SINGLE_TEXT,
} from "../../../proto/mod.ts";
import { buildFrame } from "../../../shared/pdu/mod.ts";
import { USER_STATUS_LEFT } from "../../../shared/storage/types.ts";
import { ApiError } from "../http/errors.ts";
import type { ApiCall } from "./call.ts";

/** Messages at db_proxy at a time. */
const WINDOW = 64;

export interface Delivery {
  readonly to: number;
  /** `null` when it was not stored. */
  readonly messageId: number | null;
}

/** @throws {ApiError} when the configured user cannot send */
export async function systemUser({ services }: ApiCall): Promise<number> {
  const id = services.config.api.systemUserId;
  const rows = id === 0 ? [] : await services.manage.run("users.by_ids", { ids: [id] });
  if (rows[0] === undefined || rows[0].status === USER_STATUS_LEFT) {
    throw new ApiError("system_user_missing");
  }
  return id;
}

/** Sends the encoded text to each receiver; in their order. */
export async function sendToUsers(
  call: ApiCall,
  { fromId, toIds, data }: { fromId: number; toIds: readonly number[]; data: Uint8Array },
): Promise<Delivery[]> {
  const deliveries: Delivery[] = [];
  for (let at = 0; at < toIds.length; at += WINDOW) {
    const sending = toIds.slice(at, at + WINDOW).map((toId) =>
      send(call, { fromId, toId, type: MSG_TYPE_SINGLE_TEXT, data })
    );
    deliveries.push(...await Promise.all(sending));
  }
  return deliveries;
}

export function sendToGroup(
  call: ApiCall,
  { fromId, toId, data }: { fromId: number; toId: number; data: Uint8Array },
): Promise<Delivery> {
  return send(call, { fromId, toId, type: MSG_TYPE_GROUP_TEXT, data });
}

interface Outgoing {
  readonly fromId: number;
  readonly toId: number;
  readonly type: typeof MSG_TYPE_SINGLE_TEXT | typeof MSG_TYPE_GROUP_TEXT;
  readonly data: Uint8Array;
}

async function send(
  { services, now }: ApiCall,
  { fromId, toId, type, data }: Outgoing,
): Promise<Delivery> {
  const content = new Uint8Array(data).toBase64();
  const message = { fromId, toId, type, content, created: now };
  const stored = await services.manage.run("messages.send", message);
  if (!stored.ok) return { to: toId, messageId: null };
  services.routes.send(buildFrame(
    CID_MSG_DATA,
    0,
    IMMsgData.encode({
      from_user_id: fromId,
      to_session_id: toId,
      msg_id: stored.value,
      create_time: now,
      msg_type: type,
      msg_data: data,
    }),
  ));
  return { to: toId, messageId: stored.value };
}

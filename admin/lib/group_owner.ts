/** Who owns a group: may change its members from a client. */
import { type Api, ApiError, type Group, type User } from "./api.ts";

/** `null`: made by the administration, or by somebody who is gone from the database. */
export async function groupOwner(api: Api, { creator_id }: Group): Promise<User | null> {
  if (creator_id === 0) return null;
  try {
    return await api.call("GET /users/{id}", { path: { id: creator_id } });
  } catch (error) {
    if (error instanceof ApiError && error.code === "unknown_user") return null;
    throw error;
  }
}

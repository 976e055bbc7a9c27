/**
 * A process that opens the file of its first argument, makes users 1 and 2 unless they exist, and
 * prints the ids of as many messages from 1 to 2 as its second argument says, as JSON.
 */
import { MSG_TYPE_SINGLE_TEXT } from "../../../../proto/ids.ts";
import { systemClock } from "../../../clock.ts";
import { newUser, T } from "../../contract/fixtures.ts";
import { openSqliteStorage } from "../mod.ts";

const BURST = 25;

async function main(path: string, count: number): Promise<void> {
  const storage = openSqliteStorage({ path, clock: systemClock });
  await storage.users.add([newUser("user1", { id: 1 }), newUser("user2", { id: 2 })]);
  const message = { fromId: 1, toId: 2, type: MSG_TYPE_SINGLE_TEXT, created: T };
  const content = new TextEncoder().encode("hello");
  const ids: number[] = [];
  while (ids.length < count) {
    const burst = Array.from(
      { length: BURST },
      () => storage.messages.append({ ...message, content }),
    );
    for (const stored of await Promise.all(burst)) if (stored.ok) ids.push(stored.value);
  }
  await storage.close();
  await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(ids)));
}

if (import.meta.main) await main(Deno.args[0]!, Number(Deno.args[1]));

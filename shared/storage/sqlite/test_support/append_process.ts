/**
 * A process that opens the file of its first argument, makes users 1 and 2 unless they exist, and
 * stores as many messages from 1 to 2 as its second argument says. After each burst it prints the
 * ids, each on a line.
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
  for (let stored = 0; stored < count; stored += BURST) {
    const burst = Array.from(
      { length: BURST },
      () => storage.messages.append({ ...message, content }),
    );
    const lines = (await Promise.all(burst)).map((result) => result.ok ? `${result.value}\n` : "");
    await Deno.stdout.write(new TextEncoder().encode(lines.join("")));
  }
  await storage.close();
}

if (import.meta.main) await main(Deno.args[0]!, Number(Deno.args[1]));

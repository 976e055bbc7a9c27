/** Process wiring of the delivery checker: `deno task check-delivery`. */
// deno-lint-ignore-file no-console -- what the person at the terminal is told.
import { join } from "node:path";
import { campaign } from "./campaign.ts";
import { type Options, parseOptions, USAGE } from "./options.ts";
import { describeRun, reportOf, summaryOf } from "./report.ts";

let options: Options;
try {
  options = parseOptions(Deno.args);
} catch (error) {
  console.error(`${(error as Error).message}\n${USAGE}`);
  Deno.exit(2);
}
const out = options.out ?? await Deno.makeTempDir({ prefix: "check_delivery_" });
await Deno.mkdir(out, { recursive: true });
const readable: string[] = [];
const say = (text: string): void => {
  console.log(text);
  readable.push(text);
};
const done = await campaign(options, (result) => say(describeRun(result)));
const summary = summaryOf(done);
say(JSON.stringify(summary, null, 2));
const name = `${options.layout}-${options.engine}-${options.seed}`;
await Deno.writeTextFile(join(out, `${name}.json`), JSON.stringify(reportOf(done), null, 2));
await Deno.writeTextFile(join(out, `${name}.txt`), readable.join("\n") + "\n");
console.log(`Report: ${join(out, name)}.json and .txt`);
Deno.exit(summary.violations + summary.couldNotRun === 0 ? 0 : 1);

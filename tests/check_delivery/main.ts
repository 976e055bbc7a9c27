/** Process wiring of the delivery checker: `deno task check-delivery`. */
// deno-lint-ignore-file no-console -- what the person at the terminal is told.
import { join } from "node:path";
import { type Campaign, campaign } from "./campaign.ts";
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
const name = join(out, `${options.layout}-${options.engine}-${options.seed}`);
/** After each run, so that a campaign that is ended has its report. */
async function write(soFar: Campaign): Promise<void> {
  await Deno.writeTextFile(`${name}.json`, JSON.stringify(reportOf(soFar), null, 2));
  await Deno.writeTextFile(`${name}.txt`, readable.join("\n") + "\n");
}
const done = await campaign(options, async (result, soFar) => {
  say(describeRun(result));
  await write(soFar);
});
const summary = summaryOf(done);
say(JSON.stringify(summary, null, 2));
await write(done);
console.log(`Report: ${name}.json and .txt`);
Deno.exit(summary.violations + summary.couldNotRun === 0 ? 0 : 1);

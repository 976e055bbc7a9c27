/** The web addresses that login_server passes on to clients. Only warnings: chatting needs neither. */
import { withinDeadline } from "../../../shared/client/deadline.ts";
import type { MsgServer } from "../../../shared/client/mod.ts";
import { addressKind } from "./address_kind.ts";
import { CHECK_LIMIT_MS, type CheckDeps } from "./context.ts";
import { reasonOf } from "./reason.ts";

interface Service {
  /** Its key in `conf/loginserver.conf`. */
  readonly key: "msfs" | "discovery";
  readonly url: string;
  readonly without: string;
}

export async function checkServices(
  { msfsPrior = "", discovery = "" }: MsgServer,
  deps: CheckDeps,
): Promise<void> {
  await checkService({
    key: "msfs",
    url: msfsPrior,
    without: "clients cannot send pictures and voice messages",
  }, deps);
  await checkService({
    key: "discovery",
    url: discovery,
    without: "the discovery page of clients stays empty",
  }, deps);
}

async function checkService({ key, url, without }: Service, deps: CheckDeps): Promise<void> {
  const { machine, report } = deps;
  const status = await statusOf(url, deps);
  if (typeof status === "string") {
    report.warn(
      `${key} ${url} does not answer (${status}): ${without}`,
      `the service is not part of this release; if you have one, put its URL as ${key} in ` +
        "conf/loginserver.conf",
    );
    return;
  }
  const ips = await machine.resolve(new URL(url).hostname.replace(/^\[|\]$/g, ""));
  if (ips.some((ip) => addressKind(ip) === "loopback")) {
    report.warn(
      `${key} ${url} answers, but only clients on this machine can use a loopback address`,
      `put its public URL as ${key} in conf/loginserver.conf`,
    );
    return;
  }
  report.ok(`${key} ${url} answers (HTTP ${status})`);
}

/** The status of the answer, whatever it is, or why there is none. */
async function statusOf(url: string, { fetch, clock }: CheckDeps): Promise<number | string> {
  try {
    return await withinDeadline(async (signal) => {
      const response = await fetch(url, { signal });
      await response.body?.cancel();
      return response.status;
    }, { clock, limitMs: CHECK_LIMIT_MS, what: "answer" });
  } catch (error) {
    return reasonOf(error);
  }
}

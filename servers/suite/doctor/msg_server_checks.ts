/** Whether clients can connect to the msg_server addresses that they are told. */
import { CID_OTHER_HEARTBEAT } from "../../../proto/ids.ts";
import { Connection } from "../../../shared/client/connection.ts";
import { withinDeadline } from "../../../shared/client/deadline.ts";
import { ConnectionLostError } from "../../../shared/client/errors.ts";
import { type Address, type ConnectTls, formatAddress } from "../../../shared/netlib/mod.ts";
import { commandIdOf } from "../../../shared/pdu/mod.ts";
import { addressKind } from "./address_kind.ts";
import { CHECK_LIMIT_MS, type CheckDeps } from "./context.ts";
import { isHere, usefulAddresses } from "./machine.ts";
import { reasonOf } from "./reason.ts";

export interface ToldAddress extends Address {
  /** The key in `conf/msgserver.conf` that it comes from. */
  readonly key: "IpAddr1" | "IpAddr2";
  /** How to speak TLS there; absent: plain TCP. */
  readonly tls?: ConnectTls;
}

/** Where the login_server is that told them, which decides what an address can mean. */
export type LoginServerPlace = "this_machine" | "another_machine";

export async function checkMsgServer(
  told: ToldAddress,
  place: LoginServerPlace,
  deps: CheckDeps,
): Promise<void> {
  const ips = await deps.machine.resolve(told.host);
  if (ips.length === 0) {
    deps.report.fail(
      `msg_server ${formatAddress(told)}: the name ${told.host} is unknown here`,
      `put an address, or a name that clients can resolve, as ${told.key} in conf/msgserver.conf`,
    );
    return;
  }
  if (checkReach(told, { ips, place }, deps) === "usable") await checkEcho(told, deps);
}

/** What the address itself says about who can use it. */
function checkReach(
  told: ToldAddress,
  { ips, place }: { readonly ips: readonly string[]; readonly place: LoginServerPlace },
  { machine, report }: CheckDeps,
): "usable" | "unusable" {
  const what = `msg_server ${formatAddress(told)}`;
  const kinds = ips.map(addressKind);
  const remedy = `put the address that clients can reach as ${told.key} in conf/msgserver.conf, ` +
    "or start with --ip ADDRESS";
  const hint = place === "this_machine"
    ? `${remedy} (addresses of this machine: ${usefulAddresses(machine)})`
    : remedy;
  if (kinds.includes("unspecified")) {
    report.fail(`${what}: nobody can connect to this address`, hint);
    return "unusable";
  }
  if (kinds.includes("loopback")) {
    if (place === "another_machine") {
      report.fail(`${what}: a loopback address, told by a server on another machine`, remedy);
      return "unusable";
    }
    report.warn(`${what}: only clients on this machine can connect to a loopback address`, hint);
  } else if (place === "this_machine" && !ips.some((ip) => isHere(machine, ip))) {
    report.warn(
      `${what}: this machine has no such address`,
      `right when a router or container host passes it on to this machine; if not, ${hint}`,
    );
  } else if (kinds.every((kind) => kind === "private" || kind === "link_local")) {
    report.ok(`${what} is a private address: for clients of the same network`);
  }
  return "usable";
}

/** Connects as a client does; a heartbeat comes back as it was sent, without a login. */
async function checkEcho(told: ToldAddress, { network, clock, report }: CheckDeps): Promise<void> {
  const startMs = clock.nowMs();
  const echoed = Promise.withResolvers<void>();
  const connection = new Connection({
    network,
    clock,
    address: told,
    ...(told.tls === undefined ? {} : { tls: told.tls }),
    timeoutMs: CHECK_LIMIT_MS,
    onPush: (frame) => {
      if (commandIdOf(frame) === CID_OTHER_HEARTBEAT) echoed.resolve();
    },
  });
  const lost = connection.closed.then((reason) => {
    throw new ConnectionLostError(`the connection was closed: ${reason}`);
  });
  lost.catch(() => {}); // Closed by us in the end.
  try {
    await connection.opened;
    connection.notifyEmpty(CID_OTHER_HEARTBEAT);
    await withinDeadline(() => Promise.race([echoed.promise, lost]), {
      clock,
      limitMs: CHECK_LIMIT_MS,
      what: "answer to a heartbeat",
    });
    const how = told.tls === undefined ? "answers" : "answers over TLS";
    report.ok(`msg_server ${formatAddress(told)} ${how}, ${clock.nowMs() - startMs} ms`);
  } catch (error) {
    report.fail(
      `msg_server ${formatAddress(told)}: ${reasonOf(error)}`,
      told.tls === undefined
        ? `${told.key} in conf/msgserver.conf must lead to its ListenIP and ListenPort; a firewall ` +
          `or router in between must let TCP port ${told.port} pass`
        : `its TlsCertFile must be for ${told.host} and from an authority that clients know (--ca ` +
          `FILE names one of your own); a firewall must let TCP port ${told.port} pass`,
    );
  } finally {
    connection.close("checked");
    await connection.closed;
  }
}

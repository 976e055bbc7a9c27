/** A push_server on real sockets and a clock that the test moves, and scripted msg_servers for it. */
import {
  CID_OTHER_PUSH_TO_USER_REQ,
  CID_OTHER_PUSH_TO_USER_RSP,
  CLIENT_TYPE_ANDROID,
  CLIENT_TYPE_IOS,
  type ClientType,
  IMPushToUserReq,
  IMPushToUserRsp,
} from "../../../proto/mod.ts";
import { loadPushConfig } from "../../../servers/push/config.ts";
import { startPushServer } from "../../../servers/push/server.ts";
import { ManualClock } from "../../../shared/clock.ts";
import { memorySource } from "../../../shared/config/mod.ts";
import { TcpNetwork } from "../../../shared/netlib/mod.ts";
import { systemRandom } from "../../../shared/random.ts";
import type { RunningServer } from "../../../shared/role.ts";
import { ScriptedLink } from "../scripted_link.ts";
import { WatchedLog } from "../watched_log.ts";
import { APNS_KEY_ID, APNS_TEAM_ID, APNS_TOPIC, type ApnsStandIn } from "./apns_stand_in.ts";
import type { TestAuthority } from "../../../shared/test_support/certificates.ts";
import type { FcmStandIn } from "./fcm_stand_in.ts";
import { WEBHOOK_SECRET, type WebhookStandIn } from "./webhook_stand_in.ts";

/** Lines of a `pushserver.conf`, and the files it names. */
export interface PushSettings {
  readonly lines: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
}

export function apnsSettings(apns: ApnsStandIn, authority: TestAuthority): PushSettings {
  return {
    lines: [
      "ApnsKeyFile=apns.p8",
      `ApnsKeyId=${APNS_KEY_ID}`,
      `ApnsTeamId=${APNS_TEAM_ID}`,
      `ApnsTopic=${APNS_TOPIC}`,
      `ApnsHost=${apns.host}`,
      "CaFile=ca.pem",
    ],
    files: { "apns.p8": apns.keyPem, "ca.pem": authority.cert },
  };
}

export function fcmSettings(fcm: FcmStandIn): PushSettings {
  return {
    lines: ["FcmServiceAccountFile=account.json", `FcmUrl=${fcm.origin}/`],
    files: { "account.json": fcm.serviceAccount },
  };
}

export function webhookSettings(webhook: WebhookStandIn): PushSettings {
  return { lines: [`WebhookUrl=${webhook.url}`, `WebhookSecret=${WEBHOOK_SECRET}`] };
}

export interface PushFixture extends AsyncDisposable {
  readonly clock: ManualClock;
  readonly server: RunningServer<"msgServer">;
  readonly log: WatchedLog;
  connect(): Promise<PushPeer>;
}

export interface PushFixtureOptions {
  readonly clock?: ManualClock;
}

export async function startPush(
  settings: readonly PushSettings[],
  { clock = new ManualClock() }: PushFixtureOptions = {},
): Promise<PushFixture> {
  const lines = ["ListenPort=0", ...settings.flatMap((one) => one.lines)];
  const files = Object.assign({}, ...settings.map((one) => one.files));
  const source = memorySource({ files: { ...files, "pushserver.conf": lines.join("\n") } });
  const log = new WatchedLog();
  const network = new TcpNetwork(clock);
  const deps = { network, clock, random: systemRandom, log: log.logger };
  const server = await startPushServer(loadPushConfig(source), deps);
  return {
    clock,
    server,
    log,
    connect: async () => new PushPeer(await ScriptedLink.connect(server.addresses.msgServer)),
    [Symbol.asyncDispose]: () => stopPush(server, clock),
  };
}

/** Stops the server; what it would wait for in vain is over at once. */
export async function stopPush(
  server: RunningServer<"msgServer">,
  clock: ManualClock,
): Promise<void> {
  let isStopped = false;
  const stopped = server.stop().finally(() => isStopped = true);
  while (!isStopped) {
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(100);
  }
  await stopped;
}

/** Waits for the pauses of a service that fails, until it works again. */
export async function untilItWorks({ clock, log }: PushFixture): Promise<void> {
  while (log.countOf("push service works again") === 0) {
    const tries = log.countOf("push tried");
    const waits = log.lines.map((line) => JSON.parse(line).waitMs).filter(Number.isFinite);
    clock.advance(waits.at(-1) + 1);
    await log.logged("push tried", tries + 1);
  }
}

export interface Target {
  readonly token: string;
  readonly clientType?: ClientType;
  readonly userId?: number;
  readonly badge?: number;
  readonly pushType?: number;
}

/** A token as Apple's devices have it, another for each number. */
export function iosToken(number: number): string {
  return number.toString(16).padStart(64, "0");
}

export function ios(number: number, other: Partial<Target> = {}): Target {
  return { token: iosToken(number), clientType: CLIENT_TYPE_IOS, ...other };
}

export function android(token: string, other: Partial<Target> = {}): Target {
  return { token, clientType: CLIENT_TYPE_ANDROID, ...other };
}

/** A scripted msg_server. */
export class PushPeer implements AsyncDisposable {
  readonly link: ScriptedLink;

  constructor(link: ScriptedLink) {
    this.link = link;
  }

  /** Orders a push and returns the results, which have to come at once. */
  async push(
    targets: readonly Target[],
    { text = "ann:hello", data = '{"from_id":1,"msg_type":1}' } = {},
  ): Promise<number[]> {
    this.order(targets, { text, data });
    const answer = await this.link.expect(CID_OTHER_PUSH_TO_USER_RSP, IMPushToUserRsp);
    return answer.push_result_list.map(({ result_code }) => result_code);
  }

  order(targets: readonly Target[], { text = "ann:hello", data = "{}", seqNum = 0 } = {}): void {
    const body = IMPushToUserReq.encode({
      flash: text,
      data,
      user_token_list: targets.map((target) => ({
        user_id: target.userId ?? 7,
        user_type: target.clientType ?? CLIENT_TYPE_IOS,
        token: target.token,
        push_count: target.badge ?? 1,
        push_type: target.pushType ?? 1,
      })),
    });
    this.link.send(CID_OTHER_PUSH_TO_USER_REQ, body, { seqNum });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.link.close();
  }
}

/**
 * The recorded frames between msg_server and its neighbours against a real msg_server between
 * scripted neighbours: given what the clients and the original db_proxy_server and route_server
 * sent, our msg_server sends what the original sent, to the neighbours and to the clients.
 */
import assert from "node:assert/strict";
import {
  CID_BUDDY_LIST_RECENT_CONTACT_SESSION_REQUEST,
  CID_BUDDY_LIST_SIGN_INFO_CHANGED_NOTIFY,
  CID_BUDDY_LIST_STATUS_NOTIFY,
  CID_BUDDY_LIST_USERS_STATUS_REQUEST,
  CID_BUDDY_LIST_USERS_STATUS_RESPONSE,
  CID_GROUP_NORMAL_LIST_REQUEST,
  CID_OTHER_LOGIN_STATUS_NOTIFY,
  IMNormalGroupListReq,
  IMRecentContactSessionReq,
  IMUsersStatReq,
} from "../../proto/mod.ts";
import { buildFrame, commandIdOf, seqNumOf } from "../../shared/pdu/mod.ts";
import { AttachEcho } from "./support/attach_echo.ts";
import {
  type Conversation,
  CONVERSATIONS,
  onlineBefore,
  requiredBetweenServers,
  requiredFrames,
} from "./support/conversations.ts";
import {
  type LoneMsgServer,
  type NeighbourName,
  startLoneMsgServer,
} from "./support/lone_msg_server.ts";
import {
  assertSameFrame,
  type Recorded,
  recordingNames,
  timeOfRequest,
  withoutRepeats,
} from "./support/recording.ts";

/** What route_server sends to the msg_server of the recorded clients; the rest are relays to others. */
const FROM_ROUTE: readonly number[] = [
  CID_BUDDY_LIST_SIGN_INFO_CHANGED_NOTIFY,
  CID_BUDDY_LIST_STATUS_NOTIFY,
  CID_OTHER_LOGIN_STATUS_NOTIFY,
  CID_BUDDY_LIST_USERS_STATUS_RESPONSE,
];

for (const name of recordingNames("internal/").filter((name) => name in CONVERSATIONS)) {
  Deno.test(`msg_server, golden internal ${name}: neighbours and clients get what the original sent`, async () => {
    await using msg = await startLoneMsgServer();
    for (const who of onlineBefore(name)) await msg.logIn(who);
    if (CONVERSATIONS[name]!.pcsAreKnown) {
      for (const who of onlineBefore(name)) await msg.tellPcOnline(who);
    }
    const replay = new Replay(name, msg);
    for (const frame of framesBetweenServers(name)) {
      if (frame.direction.startsWith("->")) await replay.expectToNeighbour(frame);
      else replay.answerFromNeighbour(frame);
    }
    await replay.finishClients();
    await msg.clients.expectEnds(CONVERSATIONS[name]!);
    await expectNothingMore(msg);
  });
}

function framesBetweenServers(name: string): readonly Recorded[] {
  const frames = requiredBetweenServers(name).filter(({ direction, bytes }) =>
    direction !== "<-route" || FROM_ROUTE.includes(commandIdOf(bytes))
  );
  // A notice was recorded once for each msg_server there was.
  return withoutRepeats(frames);
}

class Replay {
  readonly #msg: LoneMsgServer;
  readonly #echo = new AttachEcho();
  /** From and to the clients. */
  readonly #frames: readonly Recorded[];
  readonly #presence: Conversation["presence"];
  /** Index of the first of them that was neither sent nor received. */
  #position = 0;

  constructor(name: string, msg: LoneMsgServer) {
    this.#msg = msg;
    this.#frames = requiredFrames(name);
    this.#presence = CONVERSATIONS[name]!.presence;
  }

  /**
   * The request that leads to the frame is sent first: it has the same sequence number, or is the
   * first of all.
   */
  async expectToNeighbour(recorded: Recorded): Promise<void> {
    const seqNum = seqNumOf(recorded.bytes);
    const request = this.#frames.findIndex((frame, index) =>
      index >= this.#position && frame.direction === "c2s" && seqNumOf(frame.bytes) === seqNum
    );
    const end = request === -1 && this.#position === 0 ? 1 : request + 1;
    if (end > 0) await this.#playClients(end);
    const actual = await this.#neighbour(recorded).next();
    this.#echo.learn(recorded.bytes, actual);
    assertSameFrame(
      AttachEcho.masked(actual),
      AttachEcho.masked(recorded.bytes),
      recorded.direction,
    );
  }

  /** attach_data comes back as our msg_server wrote it. */
  answerFromNeighbour(recorded: Recorded): void {
    this.#neighbour(recorded).send(this.#echo.returned(recorded.bytes));
  }

  finishClients(): Promise<void> {
    return this.#playClients(this.#frames.length);
  }

  /** Sends what clients sent, after what they had received before that has come. */
  async #playClients(end: number): Promise<void> {
    const { clients, clock } = this.#msg;
    for (; this.#position < end; this.#position++) {
      const frame = this.#frames[this.#position]!;
      if (frame.direction === "c2s") {
        const time = timeOfRequest(this.#frames, this.#position);
        if (time !== null) clock.setSec(time);
        await clients.send(frame.who, frame.bytes);
      } else {
        await clients.expect(frame, this.#presence);
      }
    }
  }

  #neighbour({ direction }: Recorded) {
    return this.#msg.neighbours[direction.slice(2) as NeighbourName];
  }
}

/** A query down each link has to be what comes next there. */
async function expectNothingMore({ clients, neighbours, logIn }: LoneMsgServer): Promise<void> {
  await logIn("user9-pc");
  const [list, ids] = [{ user_id: 9 }, { user_id_list: [9] }];
  const queries = {
    route: [CID_BUDDY_LIST_USERS_STATUS_REQUEST, IMUsersStatReq.encode({ ...list, ...ids })],
    login: [
      CID_BUDDY_LIST_RECENT_CONTACT_SESSION_REQUEST,
      IMRecentContactSessionReq.encode({ ...list, latest_update_time: 0 }),
    ],
    other: [CID_GROUP_NORMAL_LIST_REQUEST, IMNormalGroupListReq.encode(list)],
  } as const;
  for (const [id, body] of Object.values(queries)) {
    await clients.send("user9-pc", buildFrame(id, 0, body));
  }
  await neighbours.route.take(queries.route[0]);
  // Two links lead to db_proxy, one for each of its queries.
  const asked = [await neighbours.db_proxy.next(), await neighbours.db_proxy.next()];
  assert.deepEqual(asked.map(commandIdOf).sort(), [queries.login[0], queries.other[0]].sort());
  for (const neighbour of Object.values(neighbours)) neighbour.expectNothing();
}

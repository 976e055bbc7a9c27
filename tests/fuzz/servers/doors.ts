/** Where commands can be sent to a {@link FuzzCluster}, and what has to be done first. */
import * as proto from "../../../proto/mod.ts";
import type { Address } from "../../../shared/netlib/mod.ts";
import { bodyOf, buildFrame } from "../../../shared/pdu/mod.ts";
import { loginFrame } from "../../support/raw_login.ts";
import { BareLink } from "./bare_link.ts";
import type { FuzzCluster } from "./fuzz_cluster.ts";

interface Door {
  /** What commands for it have in their hops. */
  readonly hop: RegExp;
  open(): Promise<BareLink>;
  /** Whether the next input may come over the same link. */
  readonly isKept: boolean;
}

/** Terminals of different classes of the same and of another user. */
const TERMINALS: readonly (readonly [userName: string, clientType: proto.ClientType])[] = [
  ["fuzz1", proto.CLIENT_TYPE_WINDOWS],
  ["fuzz1", proto.CLIENT_TYPE_ANDROID],
  ["fuzz2", proto.CLIENT_TYPE_IOS],
];

export class DoorKeeper {
  readonly #doors: Readonly<Record<string, Door>>;
  readonly #kept = new Map<string, BareLink>();

  constructor(cluster: FuzzCluster) {
    const to = (address: Address): BareLink => new BareLink(cluster.network, address);
    const plain = (hop: RegExp, address: Address): Door => ({
      hop,
      open: () => Promise.resolve(to(address)),
      isKept: false,
    });
    const { ports } = cluster;
    this.#doors = {
      newcomer: plain(/C[→↔]M/, ports.msg),
      lookup: plain(/C[→↔]L/, ports.lookup),
      login: plain(/[MH][→↔]L/, ports.login),
      route: plain(/[→↔]R/, ports.route),
      db_proxy: plain(/[→↔]D/, ports.dbProxy),
      file: plain(/C[→↔]F/, ports.file),
      file_tasks: plain(/M[→↔]F/, ports.fileTasks),
      push: plain(/[→↔]P/, ports.push),
      route_kept: { ...plain(/[→↔]R/, ports.route), isKept: true },
      db_proxy_kept: { ...plain(/[→↔]D/, ports.dbProxy), isKept: true },
      file_sender: {
        hop: /C[→↔]F/,
        open: () => openSeat(() => to(ports.fileTasks), () => to(ports.file)),
        isKept: false,
      },
      ...Object.fromEntries(TERMINALS.map(([userName, clientType], at) => [`user${at + 1}`, {
        hop: /C[→↔]M/,
        open: () => openSession(to(ports.msg), userName, clientType),
        isKept: true,
      }])),
    };
  }

  get names(): readonly string[] {
    return Object.keys(this.#doors);
  }

  /** Commands that are meant for this door. */
  idsOf(name: string): readonly number[] {
    const { hop } = this.#doors[name]!;
    const meant = [...proto.COMMANDS.values()].filter(({ hops }) => hop.test(hops));
    return meant.map(({ id }) => id);
  }

  async enter(name: string): Promise<BareLink> {
    const kept = this.#kept.get(name);
    if (kept?.isOpen) return kept;
    const door = this.#doors[name]!;
    const link = await door.open();
    if (door.isKept) this.#kept.set(name, link);
    return link;
  }

  async leave(name: string, link: BareLink): Promise<void> {
    if (!this.#doors[name]!.isKept) await link.close();
  }

  async closeAll(): Promise<void> {
    await Promise.all(Array.from(this.#kept.values(), (link) => link.close()));
    this.#kept.clear();
  }
}

/** A refused login leaves a link that is closed. */
async function openSession(
  link: BareLink,
  user_name: string,
  client_type: proto.ClientType,
): Promise<BareLink> {
  link.send(loginFrame({ user_name, client_type }));
  await link.answer(proto.CID_LOGIN_RES_USERLOGIN);
  return link;
}

/** The sender of a file that is uploaded. */
async function openSeat(toTasks: () => BareLink, toClients: () => BareLink): Promise<BareLink> {
  const tasks = toTasks();
  const request = proto.IMFileTransferReq.encode({
    from_user_id: 1,
    to_user_id: 2,
    file_name: "a.bin",
    file_size: 100_000,
    trans_mode: proto.FILE_TYPE_OFFLINE,
  });
  tasks.send(buildFrame(proto.CID_OTHER_FILE_TRANSFER_REQ, 1, request));
  const answer = await tasks.answer(proto.CID_OTHER_FILE_TRANSFER_RSP);
  await tasks.close();
  const link = toClients();
  if (answer === null) return link;
  const { task_id = "" } = proto.IMFileTransferRsp.decode(bodyOf(answer));
  const login = proto.IMFileLoginReq.encode({
    user_id: 1,
    task_id,
    file_role: proto.CLIENT_OFFLINE_UPLOAD,
  });
  link.send(buildFrame(proto.CID_FILE_LOGIN_REQ, 1, login));
  await link.answer(proto.CID_FILE_LOGIN_RES);
  return link;
}

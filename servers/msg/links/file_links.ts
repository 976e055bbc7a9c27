/**
 * Links to file_servers (docs/spec/roles.md 4.4). Each one says after the connect where clients reach
 * it. A file that is sent from PC to PC may go over any of them. The offline files of a receiver all
 * go to the same one, his *home*, which every msg_server works out from his id and what the
 * file_servers say of themselves: the list of waiting files has room for the address of one
 * file_server only (docs/spec/pitfalls.md P-FILE9).
 */
import {
  CID_OTHER_FILE_SERVER_IP_REQ,
  CID_OTHER_FILE_TRANSFER_REQ,
  FILE_TYPE_OFFLINE,
  IMFileTransferReq,
  type IpAddr,
  type TransferFileType,
} from "../../../proto/mod.ts";
import type { Logger } from "../../../shared/log/mod.ts";
import { type Address, formatAddress, Peer, type PeerDeps } from "../../../shared/netlib/mod.ts";
import {
  ATTACH_TYPE_HANDLE,
  buildEmptyFrame,
  buildFrame,
  encodeDbAttach,
} from "../../../shared/pdu/mod.ts";
import { randomInt } from "../../../shared/random.ts";
import { byWeight } from "../state/rendezvous.ts";

/** A task that a client wants a file_server to make. */
export interface FileOffer {
  /** The client's connection, and the number of its request. */
  readonly connId: number;
  readonly seqNum: number;
  readonly fromId: number;
  readonly toId: number;
  readonly fileName: string;
  readonly fileSize: number;
  readonly mode: TransferFileType;
}

export interface FileLinksOptions {
  readonly addresses: readonly Address[];
  readonly peerDeps: PeerDeps;
  readonly log: Logger;
  readonly onFrame: (peer: Peer, frame: Uint8Array) => void;
  /** A link was lost with these requests unanswered: no answer will come. */
  readonly onLost: (offers: readonly FileOffer[]) => void;
}

/** Requests that one file_server has not answered; with more it is not asked. */
export const MAX_UNANSWERED = 1000;

interface Slot {
  readonly peer: Peer;
  /** Where clients reach it; empty until it has said so, and kept while it is away. */
  addresses: readonly IpAddr[];
  /** By connection and request number. */
  readonly unanswered: Map<string, FileOffer>;
}

export class FileLinks {
  readonly #options: FileLinksOptions;
  readonly #slots: readonly Slot[];

  constructor(options: FileLinksOptions) {
    this.#options = options;
    this.#slots = options.addresses.map((address) => ({
      peer: this.#peer(address),
      addresses: [],
      unanswered: new Map(),
    }));
  }

  get hasOpenLink(): boolean {
    return this.#slots.some(({ peer }) => peer.isOpen);
  }

  /** Asks a file_server for a task. `false` when none is connected that could make it. */
  request(offer: FileOffer): boolean {
    const request = IMFileTransferReq.encode({
      from_user_id: offer.fromId,
      to_user_id: offer.toId,
      file_name: offer.fileName,
      file_size: offer.fileSize,
      trans_mode: offer.mode,
      attach_data: encodeDbAttach(ATTACH_TYPE_HANDLE, offer.connId),
    });
    const frame = buildFrame(CID_OTHER_FILE_TRANSFER_REQ, offer.seqNum, request);
    const key = keyOf(offer.connId, offer.seqNum);
    // The same number again, before its answer, could not be told from the first.
    const slot = this.#candidates(offer).find(({ peer, unanswered }) =>
      unanswered.size < MAX_UNANSWERED && !unanswered.has(key) && peer.send(frame)
    );
    slot?.unanswered.set(key, offer);
    return slot !== undefined;
  }

  /** Takes the request that a file_server answers; `null` when it is none of ours. */
  answered(peer: Peer, connId: number, seqNum: number): FileOffer | null {
    const unanswered = this.#slotOf(peer)?.unanswered;
    const offer = unanswered?.get(keyOf(connId, seqNum)) ?? null;
    unanswered?.delete(keyOf(connId, seqNum));
    return offer;
  }

  /** What a file_server says about where clients reach it, instead of what it said before. */
  setAddresses(peer: Peer, addresses: readonly IpAddr[]): void {
    const slot = this.#slotOf(peer);
    if (slot !== undefined) slot.addresses = addresses;
  }

  addressesOf(peer: Peer): readonly IpAddr[] {
    return this.#slotOf(peer)?.addresses ?? [];
  }

  /**
   * Where a user's offline files are, also while that file_server is away; empty when no file_server
   * has said where it is. Files that came while it was away are elsewhere.
   */
  homeOf(userId: number): readonly IpAddr[] {
    return this.#homes(userId)[0]?.addresses ?? [];
  }

  async stop(): Promise<void> {
    await Promise.all(this.#slots.map(({ peer }) => peer.stop()));
  }

  /** In the order in which they are asked; one that is not connected is passed over. */
  #candidates({ toId, mode }: FileOffer): readonly Slot[] {
    const homes = mode === FILE_TYPE_OFFLINE ? this.#homes(toId) : [];
    if (this.#slots.length === 0) return [];
    const first = randomInt(this.#options.peerDeps.random, this.#slots.length);
    return [...homes, ...this.#slots.slice(first), ...this.#slots.slice(0, first)];
  }

  /** Slots whose addresses are known, the user's home first. */
  #homes(userId: number): readonly Slot[] {
    const known = this.#slots.filter(({ addresses }) => addresses.length > 0);
    return byWeight(userId, known, ({ addresses: [first] }) => nameOf(first!));
  }

  #slotOf(peer: Peer): Slot | undefined {
    return this.#slots.find((slot) => slot.peer === peer);
  }

  #peer(address: Address): Peer {
    const { log, peerDeps, onFrame, onLost } = this.#options;
    return new Peer(address, {
      opened: (peer) => {
        log.info("file_server link opened", { peer: peer.name });
        peer.send(buildEmptyFrame(CID_OTHER_FILE_SERVER_IP_REQ, 0));
      },
      frame: onFrame,
      closed: (peer, reason, wasOpen) => {
        if (!wasOpen || peer.isStopped) return;
        log.warn("file_server link lost", { peer: peer.name, reason });
        const unanswered = this.#slotOf(peer)?.unanswered;
        const offers = [...unanswered?.values() ?? []];
        unanswered?.clear();
        onLost(offers);
      },
    }, peerDeps);
  }
}

function keyOf(connId: number, seqNum: number): string {
  return `${connId} ${seqNum}`;
}

function nameOf({ ip, port }: IpAddr): string {
  return formatAddress({ host: ip, port });
}

/** A link that another server has opened, until it has proven that it knows the secret. */
import {
  CID_INTERNAL_LINK_CHALLENGE,
  CID_INTERNAL_LINK_HELLO,
  CID_INTERNAL_LINK_PROOF,
  IMLinkChallenge,
  IMLinkHello,
  IMLinkProof,
} from "../../proto/mod.ts";
import type { Clock, Timer } from "../clock.ts";
import type { Logger } from "../log/mod.ts";
import type { Link, LinkHandler } from "../netlib/mod.ts";
import { bodyOf, buildFrame, commandIdOf } from "../pdu/mod.ts";
import type { Random } from "../random.ts";
import { isProof, isWellFormed, type LinkFacts, linkProof, NONCE_BYTES } from "./proof.ts";

/** How long a link may take to be proven, in milliseconds. */
export const PROOF_LIMIT_MS = 5000;
/** The largest frame of a link that is not proven, in bytes. */
export const PROOF_MAX_FRAME_BYTES = 1024;

export interface ProofDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly secret: string;
  /** Our letter. */
  readonly role: string;
}

export interface AcceptedLinkOptions extends ProofDeps {
  /** Letters of those who may connect here. */
  readonly admits: readonly string[];
  /** It is admitted by its address, unless it begins to prove itself. */
  readonly mayBePlain: boolean;
  readonly accept: (link: Link) => LinkHandler;
  /** The link is proven, or closed. */
  readonly settled: () => void;
}

/** The handler of such a link; once it is proven, of the role's handler that was made for it. */
export class AcceptedLink implements LinkHandler {
  readonly #options: AcceptedLinkOptions;
  readonly #maxFrameBytes: number;
  readonly #deadline: Timer;
  #facts: LinkFacts | null = null;
  #handler: LinkHandler | null = null;

  constructor(link: Link, options: AcceptedLinkOptions) {
    this.#options = options;
    this.#maxFrameBytes = link.maxFrameBytes;
    if (!options.mayBePlain) link.maxFrameBytes = PROOF_MAX_FRAME_BYTES;
    this.#deadline = options.clock.after(PROOF_LIMIT_MS, () => {
      if (options.mayBePlain && this.#facts === null) this.#accept(link);
      else this.#refuse(link, "it has not proven that it knows LinkSecret in time");
    });
  }

  frame(link: Link, frame: Uint8Array): void {
    if (this.#handler !== null) return this.#handler.frame(link, frame);
    const id = commandIdOf(frame);
    if (id === CID_INTERNAL_LINK_HELLO && this.#facts === null) this.#hello(link, frame);
    else if (id === CID_INTERNAL_LINK_PROOF && this.#facts !== null) this.#proof(link, frame);
    else if (this.#options.mayBePlain && this.#facts === null) {
      this.#accept(link).frame(link, frame);
    } else this.#refuse(link, "it has no LinkSecret, or a server of the original");
  }

  closed(link: Link, reason: string): void {
    this.#settle();
    this.#handler?.closed(link, reason);
  }

  /** @throws {ProtocolError} when it makes no sense, which closes the link */
  #hello(link: Link, frame: Uint8Array): void {
    const hello = IMLinkHello.decode(bodyOf(frame));
    const { admits, random, role, secret } = this.#options;
    if (!isWellFormed(hello) || !admits.includes(hello.role)) {
      return this.#refuse(link, "its role has no business here");
    }
    this.#facts = {
      connectedRole: hello.role,
      acceptedRole: role,
      connectedNonce: new Uint8Array(hello.nonce),
      acceptedNonce: random.bytes(NONCE_BYTES),
    };
    const challenge = IMLinkChallenge.encode({
      role,
      nonce: this.#facts.acceptedNonce,
      proof: linkProof(secret, "accepted", this.#facts),
    });
    link.send(buildFrame(CID_INTERNAL_LINK_CHALLENGE, 0, challenge));
  }

  #proof(link: Link, frame: Uint8Array): void {
    const { proof } = IMLinkProof.decode(bodyOf(frame));
    if (!isProof(proof, linkProof(this.#options.secret, "connected", this.#facts!))) {
      return this.#refuse(link, "it has another LinkSecret");
    }
    link.maxFrameBytes = this.#maxFrameBytes;
    link.provenRole = this.#facts!.connectedRole;
    this.#accept(link);
  }

  #accept(link: Link): LinkHandler {
    this.#settle();
    return this.#handler = this.#options.accept(link);
  }

  #refuse(link: Link, reason: string): void {
    this.#settle();
    this.#options.log.warn("server link refused", { remote: link.remote, reason });
    link.abort(reason);
  }

  #settle(): void {
    this.#deadline.cancel();
    this.#options.settled();
  }
}

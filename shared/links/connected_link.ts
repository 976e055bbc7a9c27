/** A link to another server that we have opened, until that server has proven itself. */
import {
  CID_INTERNAL_LINK_CHALLENGE,
  CID_INTERNAL_LINK_HELLO,
  CID_INTERNAL_LINK_PROOF,
  IMLinkChallenge,
  IMLinkHello,
  IMLinkProof,
} from "../../proto/mod.ts";
import type { Timer } from "../clock.ts";
import type { Link, LinkHandler } from "../netlib/mod.ts";
import { bodyOf, buildFrame, commandIdOf } from "../pdu/mod.ts";
import { PROOF_LIMIT_MS, PROOF_MAX_FRAME_BYTES, type ProofDeps } from "./accepted_link.ts";
import { isProof, isWellFormed, linkProof, NONCE_BYTES } from "./proof.ts";

export interface ConnectedLinkOptions extends ProofDeps {
  readonly handler: LinkHandler;
}

/** Wraps the handler of such a link: it hears that the link has opened once it is proven. */
export class ConnectedLink implements LinkHandler {
  readonly #options: ConnectedLinkOptions;
  readonly #nonce: Uint8Array;
  #deadline: Timer | null = null;
  #maxFrameBytes = 0;
  #isProven = false;

  constructor(options: ConnectedLinkOptions) {
    this.#options = options;
    this.#nonce = options.random.bytes(NONCE_BYTES);
  }

  opened(link: Link): void {
    const { clock, role, handler } = this.#options;
    if (link.transport === "memory") {
      this.#isProven = true;
      handler.opened?.(link);
      return;
    }
    this.#maxFrameBytes = link.maxFrameBytes;
    link.maxFrameBytes = PROOF_MAX_FRAME_BYTES;
    this.#deadline = clock.after(
      PROOF_LIMIT_MS,
      () =>
        this.#refuse(
          link,
          "it has not proven that it knows LinkSecret in time: it has none, or is a server of the " +
            "original that LinkPlainPeers does not name",
        ),
    );
    const hello = IMLinkHello.encode({ role, nonce: this.#nonce });
    link.send(buildFrame(CID_INTERNAL_LINK_HELLO, 0, hello));
  }

  frame(link: Link, frame: Uint8Array): void {
    if (this.#isProven) this.#options.handler.frame(link, frame);
    else if (commandIdOf(frame) === CID_INTERNAL_LINK_CHALLENGE) this.#challenge(link, frame);
  }

  closed(link: Link, reason: string): void {
    this.#deadline?.cancel();
    this.#options.handler.closed(link, reason);
  }

  /** @throws {ProtocolError} when it makes no sense, which closes the link */
  #challenge(link: Link, frame: Uint8Array): void {
    const { secret, role, handler } = this.#options;
    const challenge = IMLinkChallenge.decode(bodyOf(frame));
    const facts = {
      connectedRole: role,
      acceptedRole: challenge.role,
      connectedNonce: this.#nonce,
      acceptedNonce: challenge.nonce,
    };
    const expected = linkProof(secret, "accepted", facts);
    if (!isWellFormed(challenge) || !isProof(challenge.proof, expected)) {
      return this.#refuse(link, "it has another LinkSecret");
    }
    const proof = IMLinkProof.encode({ proof: linkProof(secret, "connected", facts) });
    link.send(buildFrame(CID_INTERNAL_LINK_PROOF, 0, proof));
    this.#deadline?.cancel();
    this.#isProven = true;
    link.maxFrameBytes = this.#maxFrameBytes;
    link.provenRole = challenge.role;
    handler.opened?.(link);
  }

  #refuse(link: Link, reason: string): void {
    this.#deadline?.cancel();
    this.#options.log.warn("server link refused", { peer: link.remote, reason });
    link.abort(reason);
  }
}

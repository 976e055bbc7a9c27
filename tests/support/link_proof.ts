/** The proof of a shared secret (docs/internal.md 3), step by step, as the side that connects. */
import * as proto from "../../proto/mod.ts";
import { linkProof } from "../../shared/links/proof.ts";
import { systemRandom } from "../../shared/random.ts";
import type { ScriptedLink } from "./scripted_link.ts";

/** Begins a proof as a msg_server would, and tells what is needed to go on. */
export async function beginProof(link: ScriptedLink, { role = "M", nonceBytes = 32 } = {}) {
  const nonce = systemRandom.bytes(nonceBytes);
  link.send(proto.CID_INTERNAL_LINK_HELLO, proto.IMLinkHello.encode({ role, nonce }));
  const challenge = await link.expect(proto.CID_INTERNAL_LINK_CHALLENGE, proto.IMLinkChallenge);
  const facts = {
    connectedRole: role,
    acceptedRole: challenge.role,
    connectedNonce: nonce,
    acceptedNonce: challenge.nonce,
  };
  return { challenge, facts };
}

export function sendProof(link: ScriptedLink, proof: Uint8Array): void {
  link.send(proto.CID_INTERNAL_LINK_PROOF, proto.IMLinkProof.encode({ proof }));
}

/** The whole proof; what the link is for may follow. */
export async function proveLink(link: ScriptedLink, secret: string, role: string): Promise<void> {
  const { facts } = await beginProof(link, { role });
  sendProof(link, linkProof(secret, "connected", facts));
}

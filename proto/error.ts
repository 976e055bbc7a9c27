/**
 * Bytes from a peer that break the protocol. Who reads a connection drops the PDU or closes, as
 * docs/spec/wire.md 2 demands; everyone else lets it pass.
 */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
}

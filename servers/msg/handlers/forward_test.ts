import assert from "node:assert/strict";
import fc from "fast-check";
import { IMNormalGroupListRsp } from "../../../proto/mod.ts";
import {
  ATTACH_TYPE_HANDLE,
  ATTACH_TYPE_HANDLE_AND_PDU,
  buildFrame,
  encodeDbAttach,
  encodePduAttach,
  FieldError,
} from "../../../shared/pdu/mod.ts";
import type { MsgServices } from "../services.ts";
import { ClientConn, type ConnState } from "../state/client_conn.ts";
import { type RawAnswer, readAnswer } from "./forward.ts";

const USER = 7;
const CONN = 41;
const GROUPS = [{ group_id: 3, version: 9 }];

/** One connection, number 41 of user 7. */
function servicesWith(state: ConnState = "online"): MsgServices {
  const conn: ClientConn = Object.assign(Object.create(ClientConn.prototype), {
    link: { id: CONN },
    state,
    user: { id: USER, nick: "", conns: [], hasPcOnline: false },
  });
  return { conns: new Map([[CONN, conn]]) } as unknown as MsgServices;
}

function body(attach_data?: Uint8Array, user_id = USER): Uint8Array {
  return IMNormalGroupListRsp.encode({ user_id, group_version_list: GROUPS, attach_data });
}

function read(bytes: Uint8Array, services = servicesWith()): RawAnswer {
  return readAnswer(services, buildFrame(0x0402, 5, bytes));
}

Deno.test("readAnswer() finds the connection that asked and takes attach_data out", () => {
  for (
    const attach of [
      encodeDbAttach(ATTACH_TYPE_HANDLE, CONN),
      encodePduAttach(ATTACH_TYPE_HANDLE, CONN, new Uint8Array(0)),
    ]
  ) {
    const answer = read(body(attach));
    assert.equal(answer.conn?.id, CONN);
    assert.equal(answer.userId, USER);
    assert.equal(answer.body.toHex(), body().toHex());
  }
});

Deno.test("readAnswer() gives what msg_server put beside the connection", () => {
  const { attachType, attachPdu } = read(
    body(encodePduAttach(ATTACH_TYPE_HANDLE_AND_PDU, CONN, Uint8Array.of(1, 2))),
  );
  assert.deepEqual([attachType, attachPdu.toHex()], [ATTACH_TYPE_HANDLE_AND_PDU, "0102"]);
});

const DROPPED: Readonly<Record<string, Uint8Array>> = {
  "no attach_data": body(),
  "empty attach_data": body(new Uint8Array(0)),
  "attach_data that is cut off (P-FRM5)": body(new Uint8Array(11)),
  "attach_data whose length lies": body(new Uint8Array(17).fill(0xff)),
  "a connection that is gone": body(encodeDbAttach(ATTACH_TYPE_HANDLE, CONN + 1)),
  "the connection of another user (P-HDL)": body(encodeDbAttach(ATTACH_TYPE_HANDLE, CONN), 8),
  "nothing at all": new Uint8Array(0),
  "a user id of another wire type": Uint8Array.of(0x0a, 1, 7),
};

for (const [what, bytes] of Object.entries(DROPPED)) {
  Deno.test(`readAnswer() names no connection for ${what}`, () => {
    assert.equal(read(bytes).conn, null);
  });
}

for (const state of ["new", "waiting", "refused", "gone"] as const) {
  Deno.test(`readAnswer() names no connection that is ${state}`, () => {
    const attach = encodeDbAttach(ATTACH_TYPE_HANDLE, CONN);
    assert.equal(read(body(attach), servicesWith(state)).conn, null);
  });
}

Deno.test("readAnswer() throws nothing but FieldError, whatever a peer sends", () => {
  const services = servicesWith();
  fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
    try {
      read(bytes, services);
    } catch (error) {
      assert.ok(error instanceof FieldError);
    }
  }));
});

Deno.test("readAnswer() throws FieldError for a body that is cut off", () => {
  const whole = body(encodeDbAttach(ATTACH_TYPE_HANDLE, CONN));
  assert.throws(() => read(whole.subarray(0, whole.length - 1)), FieldError);
});

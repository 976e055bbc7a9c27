import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import {
  type Codec,
  IMAllUserRsp,
  IMDeviceTokenReq,
  IMHeartBeat,
  IMLoginReq,
  IMLoginRes,
  IMLogoutRsp,
  IMMsgData,
  IMMsgServRsp,
  IMUsersInfoReq,
  IMUsersStatRsp,
  IMUserStatNotify,
  MSG_TYPE_SINGLE_TEXT,
  ProtocolError,
  USER_STATUS_ONLINE,
  type UserInfo,
} from "./mod.ts";
import { bytes, concat, number, varint } from "./test_support/bytes.ts";

const loginBody = concat(bytes(1, "ann"), bytes(2, "md5"), number(3, 1), number(4, 0x11));
const login: IMLoginReq = {
  user_name: "ann",
  password: "md5",
  online_status: 1,
  client_type: 0x11,
};

const user: UserInfo = {
  user_id: 1,
  user_gender: 0,
  user_nick_name: "",
  avatar_url: "",
  department_id: 0,
  email: "",
  user_real_name: "ann",
  user_tel: "",
  user_domain: "",
  status: 0,
};

/** Asserts that decode refuses `body` with a message that ends in `reason`. */
function assertRefused(codec: Codec<object>, body: Uint8Array, reason: RegExp): void {
  assert.throws(() => codec.decode(body), (error) => {
    assert.ok(error instanceof ProtocolError);
    assert.match(error.message, reason);
    assert.ok(error.message.startsWith(`Cannot decode ${codec.name}: `), error.message);
    return true;
  });
}

Deno.test("decode() gives a plain object, encode() its bytes again", () => {
  assert.deepEqual(IMLoginReq.decode(loginBody), login);
  assert.deepEqual(new Uint8Array(IMLoginReq.encode(login)), loginBody);
  assert.deepEqual(IMHeartBeat.decode(new Uint8Array()), {});
  assert.equal(IMHeartBeat.encode({}).length, 0);
});

Deno.test("decode() leaves an absent optional field undefined, a present empty one empty", () => {
  const absent = IMLoginReq.decode(loginBody);
  assert.equal(absent.client_version, undefined);
  assert.equal("client_version" in absent, false);
  const empty = IMLoginReq.decode(concat(loginBody, bytes(5, "")));
  assert.equal(empty.client_version, "");
  const token = IMDeviceTokenReq.decode(concat(number(1, 1), bytes(2, "t"), bytes(20, "")));
  assert.deepEqual(token.attach_data, new Uint8Array());
  assert.deepEqual(
    new Uint8Array(IMDeviceTokenReq.encode(token)),
    concat(number(1, 1), bytes(2, "t"), bytes(20, "")),
  );
});

Deno.test("decode() refuses a body without a required field, at any depth", () => {
  assertRefused(IMLoginReq, loginBody.subarray(5), /missing required 'user_name'$/);
  assertRefused(IMLoginReq, new Uint8Array(), /missing required 'user_name'$/);
  assertRefused(IMLogoutRsp, new Uint8Array(), /missing required 'result_code'$/);
  assertRefused(IMUserStatNotify, new Uint8Array(), /missing required 'user_stat'$/);
  assertRefused(IMUserStatNotify, bytes(1, number(1, 7)), /missing required 'status'$/);
  const list = concat(number(1, 1), bytes(2, number(2, 1)));
  assertRefused(IMUsersStatRsp, list, /missing required 'user_id'$/);
});

Deno.test("decode() refuses an unknown number in a required enum", () => {
  const unknown = concat(bytes(1, "ann"), bytes(2, "md5"), number(3, 4), number(4, 1));
  assertRefused(IMLoginReq, unknown, /missing required 'online_status'$/);
  const negative = concat(
    bytes(1, "ann"),
    bytes(2, "md5"),
    number(3, 2n ** 64n - 1n),
    number(4, 1),
  );
  assertRefused(IMLoginReq, negative, /missing required 'online_status'$/);
  assertRefused(IMUserStatNotify, bytes(1, concat(number(1, 7), number(2, 99))), /'status'$/);
});

Deno.test("decode() takes an unknown number in an optional enum as absent", () => {
  const answer = IMLoginRes.decode(concat(number(1, 5), number(2, 0), number(4, 99)));
  assert.deepEqual(answer, { server_time: 5, result_code: 0 });
  const known = IMLoginRes.decode(concat(number(1, 5), number(2, 0), number(4, 1), number(4, 99)));
  assert.equal(known.online_status, USER_STATUS_ONLINE);
});

Deno.test("decode() ignores unknown fields of every wire type, encode() does not repeat them", () => {
  const unknown = concat(
    number(100, 1),
    concat(varint(101 << 3 | 1), new Uint8Array(8)),
    bytes(102, "text"),
    concat(varint(103 << 3 | 3), number(1, 1), varint(103 << 3 | 4)),
    concat(varint(104 << 3 | 5), new Uint8Array(4)),
  );
  const message = IMLoginReq.decode(concat(unknown, loginBody, unknown));
  assert.deepEqual(message, login);
  assert.deepEqual(new Uint8Array(IMLoginReq.encode(message)), loginBody);
});

Deno.test("decode() ignores a known field of the wrong wire type", () => {
  assertRefused(IMLogoutRsp, bytes(1, "x"), /missing required 'result_code'$/);
  assert.deepEqual(IMLogoutRsp.decode(concat(number(1, 3), bytes(1, "x"))), { result_code: 3 });
});

Deno.test("decode() takes fields in any order, and the last of several", () => {
  const body = concat(number(4, 1), number(3, 2), bytes(2, "p"), bytes(1, "old"), bytes(1, "new"));
  const expected = { user_name: "new", password: "p", online_status: 2, client_type: 1 };
  assert.deepEqual(IMLoginReq.decode(body), expected);
});

Deno.test("decode() accepts repeated numbers packed, unpacked and mixed; encode() never packs", () => {
  const unpacked = concat(number(1, 9), number(2, 1), number(2, 300), number(2, 2 ** 32 - 1));
  const content = concat(varint(1), varint(300), varint(2 ** 32 - 1));
  const mixed = concat(number(1, 9), number(2, 1), bytes(2, content.subarray(1)));
  const expected = { user_id: 9, user_id_list: [1, 300, 2 ** 32 - 1] };
  for (const body of [unpacked, concat(number(1, 9), bytes(2, content)), mixed]) {
    const message = IMUsersInfoReq.decode(body);
    assert.deepEqual(message, expected);
    assert.deepEqual(new Uint8Array(IMUsersInfoReq.encode(message)), unpacked);
  }
});

Deno.test("decode() gives an empty list when a repeated field is absent", () => {
  assert.deepEqual(IMUsersInfoReq.decode(number(1, 9)), { user_id: 9, user_id_list: [] });
  assert.deepEqual(new Uint8Array(IMUsersInfoReq.encode({ user_id: 9 })), number(1, 9));
});

Deno.test("decode() puts a replacement for invalid UTF-8 and keeps the rest, in long and short text", () => {
  for (const filler of ["", "x".repeat(100)]) {
    const cut = new TextEncoder().encode(`${filler}你`).subarray(0, -1);
    for (const content of [cut, concat(cut, Uint8Array.of(0xff, 0x41))]) {
      const body = concat(bytes(1, content), loginBody.subarray(5));
      const expected = new TextDecoder().decode(content);
      assert.equal(IMLoginReq.decode(body).user_name, expected);
      assert.equal(IMLoginReq.decode(Buffer.from(body)).user_name, expected);
      assert.ok(expected.startsWith(`${filler}\ufffd`));
    }
  }
});

Deno.test("decode() and encode() keep a byte order mark and NUL in text", () => {
  for (const user_name of ["\ufeffann", "a\0b", "\ufeff" + "x".repeat(200)]) {
    const body = IMLoginReq.encode({ ...login, user_name });
    assert.equal(IMLoginReq.decode(body).user_name, user_name);
  }
});

Deno.test("encode() writes UTF-8, with a replacement for a lone surrogate", () => {
  for (const filler of ["", "x".repeat(50), "你".repeat(200)]) {
    for (const text of ["你好😀", "cut \ud83d", "\ude00 cut"]) {
      const user_name = filler + text;
      const expected = concat(bytes(1, user_name), loginBody.subarray(5));
      assert.deepEqual(new Uint8Array(IMLoginReq.encode({ ...login, user_name })), expected);
    }
  }
});

Deno.test("decode() truncates numbers above 2^32-1 to their low 32 bits", () => {
  const decode = (value: bigint) => IMLogoutRsp.decode(number(1, value)).result_code;
  assert.equal(decode(2n ** 32n - 1n), 2 ** 32 - 1);
  assert.equal(decode(2n ** 32n), 0);
  assert.equal(decode(2n ** 40n + 7n), 7);
  assert.equal(decode(2n ** 64n - 1n), 2 ** 32 - 1);
});

Deno.test("decode() refuses a number of more than ten bytes", () => {
  const endless = concat(varint(8), new Uint8Array(11).fill(0xff));
  assertRefused(IMLogoutRsp, endless, /invalid varint encoding$/);
});

Deno.test("decode() refuses every proper prefix of a login request", () => {
  for (let length = 0; length < loginBody.length; length++) {
    assertRefused(IMLoginReq, loginBody.subarray(0, length), /missing required|index out of range/);
  }
});

Deno.test("decode() never reads past a body that is part of a larger buffer", () => {
  const inLarger = concat(loginBody, number(4, 1)).subarray(0, loginBody.length);
  assert.deepEqual(IMLoginReq.decode(inLarger), login);
  assertRefused(IMLoginReq, loginBody.subarray(0, -1), /index out of range/);
  assertRefused(IMLoginReq, Buffer.from(loginBody).subarray(0, -1), /index out of range/);
});

Deno.test("decode() refuses a part that claims to be longer than the body", () => {
  for (const length of [5, 100, 2 ** 31 - 1, 2 ** 32 - 1]) {
    const text = concat(varint(1 << 3 | 2), varint(length), Uint8Array.of(1));
    assertRefused(IMLoginReq, text, /index out of range|invalid length encoding/);
    const list = concat(number(1, 1), varint(2 << 3 | 2), varint(length), Uint8Array.of(1));
    assertRefused(IMUsersInfoReq, list, /index out of range|invalid length encoding/);
    assertRefused(IMUsersStatRsp, list, /index out of range|invalid length encoding/);
  }
});

Deno.test("decode() refuses deeply nested groups quickly", () => {
  const groups = new Uint8Array(1 << 20).fill(1 << 3 | 3);
  assertRefused(IMLoginReq, groups, /max depth exceeded/);
});

Deno.test("decode() refuses field number 0, a group that ends nowhere and unknown wire types", () => {
  for (const tag of [0x00, 0x0c, 0x0e, 0x0f]) {
    assertRefused(IMLoginReq, concat(loginBody, Uint8Array.of(tag)), /illegal tag|invalid|index/);
  }
});

Deno.test("decode() gives bytes as plain views of the body, also from a Buffer", () => {
  const body = concat(...[1, 2, 3, 4, 5].map((field) => number(field, 1)), bytes(6, "data"));
  for (const input of [body, Buffer.from(body)]) {
    const { msg_data } = IMMsgData.decode(input);
    assert.equal(Object.getPrototypeOf(msg_data), Uint8Array.prototype);
    assert.equal(msg_data.buffer, input.buffer);
    assert.deepEqual(msg_data, new TextEncoder().encode("data"));
    assert.notEqual(msg_data.slice().buffer, input.buffer);
  }
});

Deno.test("encode() gives a plain Uint8Array that later calls do not overwrite", () => {
  const first = IMLoginReq.encode(login);
  const copy = first.slice();
  for (let i = 0; i < 1000; i++) IMLoginReq.encode({ ...login, user_name: "y".repeat(i) });
  assert.equal(Object.getPrototypeOf(first), Uint8Array.prototype);
  assert.deepEqual(first, copy);
});

Deno.test("encode() names a required field that is missing, at any depth", () => {
  const refuses = <Message, Init>(codec: Codec<Message, Init>, message: unknown, field: string) => {
    // Only code that gets around the type checker can do this.
    assert.throws(() => codec.encode(message as Init), {
      name: "TypeError",
      message: `Cannot encode ${codec.name}: missing required '${field}'`,
    });
  };
  refuses(IMLogoutRsp, {}, "result_code");
  refuses(IMLogoutRsp, { result_code: undefined }, "result_code");
  refuses(IMLoginReq, { ...login, user_name: null }, "user_name");
  refuses(IMUserStatNotify, {}, "user_stat");
  refuses(IMUserStatNotify, { user_stat: { user_id: 1 } }, "user_stat.status");
  const { email: _, ...incomplete } = user;
  refuses(IMLoginRes, { server_time: 1, result_code: 0, user_info: incomplete }, "user_info.email");
  const users = { user_id: 1, latest_update_time: 0, user_list: [user, incomplete] };
  refuses(IMAllUserRsp, users, "user_list.email");
});

Deno.test("encode() leaves out an optional field that is undefined", () => {
  const body = IMLoginReq.encode({ ...login, client_version: undefined });
  assert.deepEqual(new Uint8Array(body), loginBody);
});

Deno.test("encode() writes large nested lists that decode() reads again", () => {
  const user_list = Array.from({ length: 3000 }, (_, user_id) => ({
    ...user,
    user_id,
    email: "你".repeat(user_id % 300),
  }));
  const message: IMAllUserRsp = { user_id: 1, latest_update_time: 0, user_list };
  assert.deepEqual(IMAllUserRsp.decode(IMAllUserRsp.encode(message)), message);
});

Deno.test("types: required fields are required, optional ones may be absent, enums are checked", () => {
  const decoded: IMLoginReq = IMLoginReq.decode(loginBody);
  decoded.user_name satisfies string;
  // @ts-expect-error An optional field may be undefined.
  decoded.client_version satisfies string;
  // @ts-expect-error A required field is missing.
  assert.throws(() => IMLogoutRsp.encode({}));
  // @ts-expect-error No UserStatType has the number 4.
  IMLoginReq.encode({ ...login, online_status: 4 });
  const message: IMMsgData = {
    from_user_id: 1,
    to_session_id: 2,
    msg_id: 0,
    create_time: 0,
    msg_type: MSG_TYPE_SINGLE_TEXT,
    msg_data: new Uint8Array(),
  };
  IMMsgData.encode(message);
});

Deno.test("names of the original are kept, its slips too (Q-BACKIP)", () => {
  const answer = IMMsgServRsp.encode({ result_code: 0, prior_ip: "a", backip_ip: "b", port: 1 });
  assert.equal(IMMsgServRsp.decode(answer).backip_ip, "b");
  assert.equal(
    IMLoginRes.decode(IMLoginRes.encode({ server_time: 1, result_code: 6 })).result_code,
    6,
  );
});

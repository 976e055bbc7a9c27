import assert from "node:assert/strict";
import * as proto from "../../../proto/mod.ts";
import { DEFAULT_CLIENT_AES_KEY, encodeText } from "../../../shared/text_cipher.ts";
import { MAX_ALERT_BYTES, pushText } from "./push_text.ts";

const GENERIC = "您收到了一条消息";
const PICTURE = "&$#@~^@[{:http://192.0.2.1/g0/1.png:}]&$~@#@";

function message(changes: Partial<proto.IMMsgData> = {}): proto.IMMsgData {
  return {
    from_user_id: 1,
    to_session_id: 2,
    msg_id: 5,
    create_time: 9,
    msg_type: proto.MSG_TYPE_SINGLE_TEXT,
    msg_data: new Uint8Array(0),
    ...changes,
  };
}

function alertOf(text: string, nick: string | null = "ann"): string | null {
  const msg_data = encodeText(text, DEFAULT_CLIENT_AES_KEY);
  return pushText(message({ msg_data }), { nick, aesKey: DEFAULT_CLIENT_AES_KEY })?.flash ?? null;
}

const ALERTS: readonly (readonly [what: string, alert: string | null, expected: string])[] = [
  ["a text is quoted with its author", alertOf("hello 你好"), "ann:hello 你好"],
  ["37 bytes are shown", alertOf("a".repeat(33)), `ann:${"a".repeat(33)}`],
  ["of 38 bytes the first 37 and dots", alertOf("a".repeat(34)), `ann:${"a".repeat(33)}...`],
  ["no character is cut (P-PUSH3)", alertOf("中".repeat(12)), `ann:${"中".repeat(11)}...`],
  ["no emoji is cut (P-PUSH3)", alertOf(`${"a".repeat(30)}😀x`), `ann:${"a".repeat(30)}...`],
  ["a picture is not quoted", alertOf(`look: ${PICTURE}`), GENERIC],
  [
    "the marks of a picture the wrong way round are a text",
    alertOf(":}]&$~@#@ &$#@~^@[{:"),
    "ann::}]&$~@#@ &$#@~^@[{:",
  ],
  ["a text of an unknown author is not quoted", alertOf("hello", null), GENERIC],
  ["nor is one of an author without a name", alertOf("hello", ""), GENERIC],
];

for (const [what, alert, expected] of ALERTS) {
  Deno.test(`pushText(), ${what}`, () => assert.equal(alert, expected));
}

const SOUNDS = [
  [proto.MSG_TYPE_SINGLE_AUDIO, "al", "al给您发送了一条语音消息"],
  [proto.MSG_TYPE_SINGLE_AUDIO, "longer", "longer给您发送了一条语音消..."],
  [proto.MSG_TYPE_GROUP_AUDIO, "al", "al在群聊中发送了一条语音..."],
  [proto.MSG_TYPE_GROUP_AUDIO, null, GENERIC],
] as const;

for (const [msg_type, nick, expected] of SOUNDS) {
  Deno.test(`pushText(), a sound of type ${msg_type} from ${nick} is "${expected}"`, () => {
    const { flash } = pushText(message({ msg_type }), { nick, aesKey: "" })!;
    assert.equal(flash, expected);
    const shown = new TextEncoder().encode(flash.replace(/\.\.\.$/, ""));
    assert.ok(shown.length <= MAX_ALERT_BYTES);
  });
}

Deno.test("pushText(), nothing of a text that cannot be read or has another key", () => {
  const aesKey = DEFAULT_CLIENT_AES_KEY;
  const plain = message({ msg_data: new TextEncoder().encode("not encoded") });
  assert.equal(pushText(plain, { nick: "ann", aesKey }), null);
  const msg_data = encodeText("hello", "another key, which has 32 bytes.");
  assert.equal(pushText(message({ msg_data }), { nick: "ann", aesKey }), null);
});

Deno.test("pushText(), data says whose message it is, of which kind, and in which group", () => {
  const options = { nick: "ann", aesKey: DEFAULT_CLIENT_AES_KEY };
  const msg_data = encodeText("hello", DEFAULT_CLIENT_AES_KEY);
  const dataOf = (changes: Partial<proto.IMMsgData>) =>
    JSON.parse(pushText(message({ msg_data, ...changes }), options)!.data);
  assert.deepEqual(dataOf({}), { from_id: 1, msg_type: 1 });
  assert.deepEqual(dataOf({ msg_type: proto.MSG_TYPE_GROUP_TEXT, to_session_id: 70 }), {
    from_id: 1,
    msg_type: 17,
    group_id: 70,
  });
});

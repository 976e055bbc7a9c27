import assert from "node:assert/strict";
import fc from "fast-check";
import { IMAllUserRsp, IMMsgData, MSG_TYPE_SINGLE_TEXT } from "../../proto/mod.ts";
import {
  appendFields,
  FieldError,
  type FieldSpan,
  scanFields,
  uint32Value,
  withoutField,
} from "./mod.ts";

const ATTACH_FIELD = 20;

const uint32 = fc.nat({ max: 0xffffffff });
const message = fc.record({
  from_user_id: uint32,
  to_session_id: uint32,
  msg_id: uint32,
  create_time: uint32,
  msg_type: fc.constant(MSG_TYPE_SINGLE_TEXT),
  msg_data: fc.uint8Array({ maxLength: 300 }),
});
const attach = fc.uint8Array({ maxLength: 200 });

function fieldsOf(body: Uint8Array, wanted: number): FieldSpan[] {
  const found: FieldSpan[] = [];
  scanFields(body, (field) => {
    if (field.number === wanted) found.push(field);
  });
  return found;
}

Deno.test("scanFields() finds in an encoded message the values that the codec wrote", () => {
  fc.assert(fc.property(message, attach, (data, extra) => {
    const body = IMMsgData.encode({ ...data, attach_data: extra });
    const [from] = fieldsOf(body, 1);
    const [attached] = fieldsOf(body, ATTACH_FIELD);
    assert.equal(uint32Value(body, from!), data.from_user_id);
    assert.deepEqual(
      new Uint8Array(body.subarray(attached!.valueStart, attached!.end)),
      extra,
    );
    assert.equal(attached!.end, body.length);
  }));
});

Deno.test("appendFields() overrides what the codec wrote before", () => {
  fc.assert(fc.property(message, attach, uint32, attach, (data, before, from, after) => {
    const body = IMMsgData.encode({ ...data, attach_data: before });
    const decoded = IMMsgData.decode(appendFields(body, [[1, from], [ATTACH_FIELD, after]]));
    assert.deepEqual(
      { ...decoded, msg_data: [...decoded.msg_data], attach_data: [...decoded.attach_data!] },
      { ...data, from_user_id: from, msg_data: [...data.msg_data], attach_data: [...after] },
    );
  }));
});

Deno.test("withoutField() undoes appendFields() and takes the codec's field out", () => {
  fc.assert(fc.property(message, attach, (data, extra) => {
    const plain = IMMsgData.encode(data);
    const appended = appendFields(plain, [[ATTACH_FIELD, extra], [ATTACH_FIELD, extra]]);
    const stripped = withoutField(appended, fieldsOf(appended, ATTACH_FIELD));
    assert.deepEqual([...stripped], [...plain]);
    const encoded = IMMsgData.encode({ ...data, attach_data: extra });
    assert.deepEqual([...withoutField(encoded, fieldsOf(encoded, ATTACH_FIELD))], [...plain]);
  }));
});

Deno.test("withoutField() keeps repeated messages of a large answer as they are", () => {
  const user = {
    user_id: 1,
    user_gender: 1,
    user_nick_name: "nick",
    avatar_url: "",
    department_id: 1,
    email: "",
    user_real_name: "",
    user_tel: "",
    user_domain: "",
    status: 0,
  };
  const answer = {
    user_id: 7,
    latest_update_time: 9,
    user_list: Array.from({ length: 500 }, (_, at) => ({ ...user, user_id: at + 1 })),
  };
  const body = IMAllUserRsp.encode({ ...answer, attach_data: new Uint8Array(12) });
  const stripped = withoutField(body, fieldsOf(body, ATTACH_FIELD));
  assert.deepEqual([...stripped], [...IMAllUserRsp.encode(answer)]);
});

Deno.test("scanFields() of random bytes either covers them without a gap or throws FieldError", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (body) => {
      let covered = 0;
      try {
        scanFields(body, (field) => {
          assert.equal(field.start, covered);
          assert.ok(field.valueStart > field.start && field.valueStart <= field.end);
          covered = field.end;
        });
      } catch (error) {
        assert.ok(error instanceof FieldError, String(error));
        return;
      }
      assert.equal(covered, body.length);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("scanFields() of a message cut anywhere never sees the field that is cut", () => {
  fc.assert(fc.property(message, attach, fc.nat(), (data, extra, at) => {
    const body = IMMsgData.encode({ ...data, attach_data: extra });
    const cut = body.subarray(0, at % body.length);
    try {
      scanFields(cut, (field) => assert.notEqual(field.number, ATTACH_FIELD));
    } catch (error) {
      assert.ok(error instanceof FieldError, String(error));
    }
  }));
});

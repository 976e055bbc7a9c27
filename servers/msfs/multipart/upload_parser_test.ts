import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { boundaryOf, MAX_HEADER_BYTES, UploadParser } from "./upload_parser.ts";

const B = "----WebKitFormBoundaryABC";
const FILE_HEADER = 'Content-Disposition: form-data; name="file"; filename="a.png"\r\n' +
  "Content-Type: image/png\r\n\r\n";

interface Parsed {
  readonly name: string | null;
  readonly data: string;
  readonly problem: string | null;
}

/** Feeds a body in pieces of so many bytes. One character per byte throughout. */
function parse(body: string, boundary: string | null = B, pieceBytes = body.length || 1): Parsed {
  const parser = new UploadParser(boundary);
  const bytes = Buffer.from(body, "latin1");
  let data = "";
  for (let at = 0; at < bytes.length && parser.refusal === null; at += pieceBytes) {
    for (const part of parser.push(bytes.subarray(at, at + pieceBytes))) {
      data += Buffer.from(part).toString("latin1");
    }
  }
  const problem = parser.refusal ?? parser.end();
  return { name: parser.fileName, data, problem };
}

/** The same whichever way the body is cut. */
function assertParsed(body: string, expected: Parsed, boundary: string | null = B): void {
  for (const pieceBytes of [body.length || 1, 1, 2, 3, 7, 64]) {
    assert.deepEqual(parse(body, boundary, pieceBytes), expected, `pieces of ${pieceBytes}`);
  }
}

function stored(data: string, name = "a.png"): Parsed {
  return { name, data, problem: null };
}

Deno.test("UploadParser finds the file in every form that clients of the original send", () => {
  const forms: readonly (readonly [header: string, boundary: string])[] = [
    [FILE_HEADER, B],
    [
      'Content-Disposition: form-data;name="file0";filename="a.png"\r\n' +
      "Content-Type:application/octet-stream\r\n\r\n",
      "---------------------------7d4a6d158c9",
    ],
    [
      'Content-Disposition: form-data; name="filename"; filename="a.png"\r\n' +
      "Content-Type: image/jpg\r\n\r\n",
      "WebKitFormBoundary8riBH6S4ZsoT69so",
    ],
    ['Content-Type: x\r\ncontent-disposition:filename="a.png"\r\n\r\n', "x"],
    ["Content-Disposition: form-data; filename=a.png; name=f\r\nContent-Type: x\r\n\r\n", B],
  ];
  for (const [header, boundary] of forms) {
    assertParsed(
      `--${boundary}\r\n${header}data\r\n--${boundary}--\r\n`,
      stored("data"),
      boundary,
    );
  }
});

Deno.test("UploadParser takes the first file behind fields of the form, and only that", () => {
  const field = `--${B}\r\nContent-Disposition: form-data; name="filename"\r\n\r\nvalue=\r\n`;
  const other = `--${B}\r\n${FILE_HEADER.replace("a.png", "b.png")}other\r\n`;
  assertParsed(`${field}${field}--${B}\r\n${FILE_HEADER}one\r\n${other}--${B}--`, stored("one"));
});

Deno.test("UploadParser lets text stand in front of the form and behind it", () => {
  assertParsed(`a preamble\r\n--${B}\r\n${FILE_HEADER}one\r\n--${B}--\r\nepilogue`, stored("one"));
});

Deno.test("UploadParser keeps what only looks like a boundary", () => {
  const data = `--${B}\r\n\n--${B}--\r--${B}\r\n-${B}\r\n--${B.slice(0, -1)}X\r\n\r\n`;
  assertParsed(`--${B}\r\n${FILE_HEADER}x${data}\r\n--${B}--`, stored(`x${data}`));
});

Deno.test("UploadParser takes an empty file, with and without a line end of its own", () => {
  assertParsed(`--${B}\r\n${FILE_HEADER}\r\n--${B}--\r\n`, stored(""));
  assertParsed(`--${B}\r\n${FILE_HEADER}--${B}--\r\n`, stored(""));
});

Deno.test("UploadParser gives any bytes back, however they are cut", () => {
  const pieces = fc.array(fc.constantFrom("\r", "\n", "-", B, "\r\n--", "\0", "\xff", "x"), {
    maxLength: 40,
  });
  fc.assert(fc.property(pieces, fc.integer({ min: 1, max: 50 }), (parts, pieceBytes) => {
    const data = withoutDelimiter(parts.join(""));
    const body = `--${B}\r\n${FILE_HEADER}.${data}\r\n--${B}--\r\n`;
    assert.deepEqual(parse(body, B, pieceBytes), stored(`.${data}`));
  }));
});

/** Taking one out can join another from what stood around it. */
function withoutDelimiter(text: string): string {
  const rest = text.replaceAll(`\r\n--${B}`, "");
  return rest === text ? rest : withoutDelimiter(rest);
}

Deno.test("UploadParser says what a body lacks, in the original's order", () => {
  const lacking: readonly (readonly [body: string, problem: string, boundary?: string | null])[] = [
    ["", "no_disposition"],
    ["hello", "no_disposition"],
    ["hello", "no_disposition", null],
    ["Content-Disposition: form-data", "no_file_name", null],
    [FILE_HEADER, "no_boundary", null],
    [FILE_HEADER, "no_boundary", "x".repeat(257)],
    [FILE_HEADER, "boundary_missing"],
    [`--${B}--\r\n`, "no_disposition"],
    [`--${B}`, "no_disposition"],
    [`--${B}\r\n\r\nx\r\n--${B}--`, "no_disposition"],
    [`--${B}\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n--${B}--`, "no_file_name"],
    [`--${B}\r\nContent-Disposition: form-data; name="a"\r\n\r\nx`, "no_file_name"],
    [`--${B}\r\nContent-Disposition: form-data; name="a"`, "no_file_name"],
    [`--${B}\r\nContent-Disposition: x; filename="a.png"\r\n\r\nx\r\n--${B}--`, "no_content_type"],
    [`--${B}\r\nContent-Disposition: x; filename="a.png"\r\nx`, "no_content_type"],
    [`--${B}\r\n${FILE_HEADER.slice(0, -2)}x`, "no_empty_line"],
    [`--${B}\r\n${FILE_HEADER}x`, "not_closed"],
    [`--${B}\r\n${FILE_HEADER}x\r\n--${B.slice(0, -1)}`, "not_closed"],
  ];
  for (const [body, problem, boundary = B] of lacking) {
    for (const pieceBytes of [body.length || 1, 1, 7]) {
      assert.equal(parse(body, boundary, pieceBytes).problem, problem, JSON.stringify(body));
    }
  }
});

Deno.test("UploadParser refuses a part with a huge header before it has read all of it", () => {
  const huge = `X: ${"y".repeat(MAX_HEADER_BYTES)}`;
  const cases: readonly (readonly [header: string, problem: string])[] = [
    [huge, "no_disposition"],
    [`${FILE_HEADER.slice(0, -2)}${huge}`, "no_empty_line"],
  ];
  for (const [header, problem] of cases) {
    const parser = new UploadParser(B);
    parser.push(Buffer.from(`--${B}\r\n${header}`));
    assert.equal(parser.refusal, problem);
    assert.deepEqual(parser.push(Buffer.from(`\r\n\r\ndata\r\n--${B}--`)), []);
    assert.equal(parser.end(), problem);
  }
});

Deno.test("UploadParser keeps no more than a delimiter's begin between two pieces (P-MSFS4)", () => {
  const parser = new UploadParser(B);
  parser.push(Buffer.from(`--${B}\r\n${FILE_HEADER}`));
  let bytes = 0;
  const piece = Buffer.alloc(100_000, "\r\n--");
  for (let i = 1; i <= 20; i++) {
    for (const part of parser.push(piece)) bytes += part.length;
    assert.ok(i * piece.length - bytes < B.length + 4);
  }
});

Deno.test("boundaryOf() reads the boundary with and without quotes, and knows when there is none", () => {
  assert.equal(boundaryOf("multipart/form-data; boundary=abc"), "abc");
  assert.equal(boundaryOf('multipart/form-data;boundary="a b;c"; charset=utf-8'), "a b;c");
  assert.equal(boundaryOf("multipart/form-data; Boundary=--x--; charset=utf-8"), "--x--");
  for (const none of [null, "", "text/plain", "multipart/form-data; boundary=", 'x; boundary=""']) {
    assert.equal(boundaryOf(none), null, String(none));
  }
});

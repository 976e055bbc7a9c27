/** Files over TLS: file_server tells its port, and a file passes through it unchanged. */
import assert from "node:assert/strict";
import * as proto from "../../proto/mod.ts";
import {
  ConnectionLostError,
  downloadFile,
  type FileTransferOptions,
  uploadFile,
} from "../../shared/client/mod.ts";
import { systemClock } from "../../shared/clock.ts";
import { CertificateFolder } from "../../shared/netlib/test_support/secured_network.ts";
import { BLOCK, contentOf, startFile } from "../support/file_fixture.ts";
import { ScriptedLink } from "../support/scripted_link.ts";

Deno.test("file_server takes a file over TLS and gives it out over TLS and plain TCP", async () => {
  using folder = new CertificateFolder();
  const { certFile, keyFile } = folder;
  await using file = await startFile({
    config: { Tls: { ports: { ClientTlsPort: 0 }, certFile, keyFile, isRequired: false } },
  });
  const secured = file.server.tlsClients!;
  await using msgServer = await ScriptedLink.connect(file.server.addresses.msgServers);
  msgServer.send(proto.CID_OTHER_FILE_SERVER_IP_REQ, proto.IMFileServerIPReq.encode({}));
  const told = await msgServer.expect(
    proto.CID_OTHER_FILE_SERVER_IP_RSP,
    proto.IMFileServerIPRsp,
  );
  assert.deepEqual(told.ip_addr_list.map((address) => ({ ...address })), [{
    ip: "127.0.0.1",
    port: file.server.addresses.clients.port,
    tls_port: secured.port,
  }]);

  const content = contentOf(40 * BLOCK + 77);
  const mode = proto.FILE_TYPE_OFFLINE;
  const taskId = await file.createTask({ mode, size: content.length });
  const { network } = file;
  const options = { network, clock: systemClock, address: secured, tls: folder.connect, taskId };
  await uploadFile({ ...options, userId: 1 }, {
    size: content.length,
    read: (offset, length) => Promise.resolve(content.subarray(offset, offset + length)),
  });
  const { tls: _, ...plain } = options;
  const ways: readonly Omit<FileTransferOptions, "userId">[] = [
    options,
    { ...plain, address: file.server.addresses.clients },
  ];
  for (const way of ways) {
    const got = new Uint8Array(content.length);
    await downloadFile({ ...way, userId: 2, size: content.length }, {
      write(offset: number, bytes: Uint8Array) {
        got.set(bytes, offset);
        return Promise.resolve();
      },
    });
    assert.deepEqual(got, content);
  }
  const tls = { ...folder.connect, serverName: "other" };
  const strange = { ...options, userId: 2, size: content.length, tls };
  const sink = { write: () => Promise.resolve() };
  await assert.rejects(downloadFile(strange, sink), ConnectionLostError);
});

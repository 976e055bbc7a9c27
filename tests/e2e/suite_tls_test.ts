/** The all-in-one suite as a process: TLS for clients, and its ports for servers behind a secret. */
import assert from "node:assert/strict";
import { CID_MSG_DATA, CLIENT_TYPE_WINDOWS, IMMsgData } from "../../proto/mod.ts";
import { connectClient, lookupOverTcp } from "../../shared/client/mod.ts";
import { systemClock } from "../../shared/clock.ts";
import { TcpNetwork } from "../../shared/netlib/mod.ts";
import { CertificateFolder } from "../../shared/netlib/test_support/secured_network.ts";
import { hears } from "../support/chat.ts";
import { makeDataPlace } from "../support/data_place.ts";
import { demoData, PASSWORD } from "../support/demo_data.ts";
import { ScriptedLink } from "../support/scripted_link.ts";
import { seedData, startSuiteProcess } from "../support/suite_process.ts";

const HOST = "127.0.0.1";

Deno.test("a suite with TLS and a secret serves its clients, and no stranger that poses as a server", async () => {
  using folder = new CertificateFolder();
  await using data = await makeDataPlace("sqlite");
  await seedData(data.storage, demoData(2));
  const suite = await startSuiteProcess(data.storage, {
    TEAMTALK_MSGSERVER_TLSPORT: "0",
    TEAMTALK_MSGSERVER_TLSCERTFILE: folder.certFile,
    TEAMTALK_MSGSERVER_TLSKEYFILE: folder.keyFile,
    // Links inside the process need none, so it does no harm that the others have no secret.
    TEAMTALK_ROUTESERVER_LINKSECRET: "the secret of this suite",
    TEAMTALK_DBPROXYSERVER_LINKSECRET: "the secret of this suite",
  });
  const network = new TcpNetwork(systemClock);
  {
    await using bob = await suite.login("user2");
    await using ann = await connectClient({
      network,
      clock: systemClock,
      server: () => lookupOverTcp(network, { host: HOST, port: 8008 + suite.portOffset }),
      tls: folder.connect,
      userName: "user1",
      password: PASSWORD,
      clientType: CLIENT_TYPE_WINDOWS,
      heartbeatMs: null,
    });
    for (const port of [8200, 10600]) {
      await using stranger = await ScriptedLink.connect({
        host: HOST,
        port: port + suite.portOffset,
      });
      stranger.send(
        CID_MSG_DATA,
        IMMsgData.encode({
          from_user_id: ann.userId,
          to_session_id: bob.userId,
          msg_id: 9,
          create_time: 1,
          msg_type: 1,
          msg_data: new Uint8Array(4),
        }),
      );
      await stranger.ended();
    }
    await ann.sendText(bob.userId, "over TLS");
    await hears(bob, "over TLS");
  }
  assert.equal((await suite.end("SIGTERM")).code, 0);
});

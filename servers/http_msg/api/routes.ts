/** Every endpoint of the management API. */
import { adminRoutes } from "./routes/admins.ts";
import { auditRoutes } from "./routes/audit.ts";
import { clientAddressRoutes } from "./routes/client_addresses.ts";
import { departmentRoutes } from "./routes/departments.ts";
import { discoveryRoutes } from "./routes/discovery.ts";
import { documentRoutes } from "./routes/document.ts";
import { groupRoutes } from "./routes/groups.ts";
import { keyRoutes } from "./routes/keys.ts";
import { messageRoutes } from "./routes/messages.ts";
import { sessionRoutes } from "./routes/sessions.ts";
import { signInRoutes } from "./routes/sign_in.ts";
import { statisticsRoutes } from "./routes/statistics.ts";
import { userFileRoutes } from "./routes/user_files.ts";
import { userRoutes } from "./routes/users.ts";
import type { Route } from "./route.ts";

export const routes: readonly Route[] = [
  ...signInRoutes,
  ...adminRoutes,
  ...keyRoutes,
  ...userRoutes,
  ...userFileRoutes,
  ...departmentRoutes,
  ...groupRoutes,
  ...sessionRoutes,
  ...messageRoutes,
  ...discoveryRoutes,
  ...clientAddressRoutes,
  ...statisticsRoutes,
  ...auditRoutes,
  ...documentRoutes,
];

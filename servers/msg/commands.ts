/**
 * Every command msg_server answers, one table per sender: clients and each kind of server it is
 * linked to (login_servers send heartbeats only).
 */
export { clientCommands } from "./client_commands.ts";
export { dbCommands } from "./db_commands.ts";
export { fileCommands } from "./file_commands.ts";
export { pushCommands } from "./push_commands.ts";
export { routeCommands } from "./route_commands.ts";

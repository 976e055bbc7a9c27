import { define } from "../define.ts";

export const config = { skipAppWrapper: true };

export default define.page(() => <h1>Bare</h1>);

import { define } from "../../../define.ts";

export default define.page(({ params }) => <h1>Item {params.id}</h1>);

/** What a benchmark is made of: scenarios with cases, of which each run gives figures. */
import type { Figures } from "./measure/figures.ts";
import type { Stage } from "./stage.ts";
import type { LayoutName } from "./suite/start_suite.ts";

export interface Scenario {
  readonly name: string;
  readonly plan: (sizes: Sizes) => Plan;
  readonly columns: readonly Column[];
  /** `itself`: its cases start servers, as that is what they measure. Default: one runs already. */
  readonly starts?: "itself";
}

/** What the command line says; `null`: the scenario's own. */
export interface Sizes {
  readonly layout: LayoutName;
  /** Silent connections: those of `idle`, and in other scenarios those besides. */
  readonly connections: number | null;
  /** Members of the groups of `group`. */
  readonly groupSize: number | null;
  /** Actions per second of `soak`. */
  readonly rate: number | null;
}

export interface Plan {
  /** One line above the table. */
  readonly about: string;
  /** Users it needs, from `user1` up. */
  readonly users: number;
  /** Stored messages it needs, of the pairs 1 and 2, 3 and 4, … of all users; default: none. */
  readonly messages?: number;
  /** Silent connections that the runner opens before each case, of the users behind its own. */
  readonly crowd?: number;
  readonly cases: readonly Case[];
}

/** One row of a scenario's table. */
export interface Case {
  readonly label: string;
  readonly run: (stage: Stage) => Promise<Figures>;
}

export interface Column {
  readonly title: string;
  readonly figure: string;
  /** Digits after the point. */
  readonly digits: number;
  /** Followed by a column for each process, from the figures `<figure>_<process>`. */
  readonly perProcess?: true;
}

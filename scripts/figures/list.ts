import { coldStart } from "./cold_start.ts";
import { costReport } from "./cost_report.ts";
import { emptyStart } from "./empty_start.ts";
import { executableSize } from "./executable_size.ts";
import type { Figure } from "./figure.ts";
import { diskFloor, loadFloor } from "./floor.ts";
import { answerToAsk, askToWait, goalToWait, polledAnswer } from "./round_trip.ts";
import { goalToBeat, manySensors, termToEnd } from "./pulse.ts";
import { askMemory, idleCpu, waitMemory } from "./idle.ts";
import { idleFleet, listFleet, shotLong, tailLong, workerMemory, workersStart } from "./sessions.ts";
import { stateItems } from "./state_items.ts";

/** Every figure, in the order of the table. A new one gets a file here and a line below. */
export const FIGURES: readonly Figure[] = [
  emptyStart,
  loadFloor,
  diskFloor,
  coldStart("version", "version"),
  coldStart("state", "_ state --json"),
  coldStart("ask", "_ ask worker --no-wait --prompt Now?"),
  // A client that was never seen is given the world at once.
  coldStart("wait", "_ wait --json --client NEW", (run) => ["_", "wait", "--json", "--client", `client${run}`]),
  goalToBeat,
  manySensors,
  termToEnd,
  askToWait,
  goalToWait,
  answerToAsk,
  polledAnswer,
  stateItems,
  waitMemory,
  askMemory,
  idleCpu,
  costReport,
  workersStart,
  workerMemory,
  listFleet,
  shotLong,
  tailLong,
  idleFleet,
  executableSize,
];

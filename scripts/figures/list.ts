import { coldStart } from "./cold_start.ts";
import { emptyStart } from "./empty_start.ts";
import { executableSize } from "./executable_size.ts";
import type { Figure } from "./figure.ts";
import { answerToAsk, askToWait } from "./round_trip.ts";
import { goalToBeat, manySensors } from "./pulse.ts";

/** Every figure, in the order of the table. A new one gets a file here and a line below. */
export const FIGURES: readonly Figure[] = [
  emptyStart,
  coldStart("version", ["version"], 1.3),
  coldStart("state", ["_", "state", "--json"], 1.3),
  goalToBeat,
  manySensors,
  askToWait,
  answerToAsk,
  executableSize,
];

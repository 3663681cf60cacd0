/** Every row of the comparison, in the order in which it is measured and reported. */
import { cpuRow } from "./cpu.mjs";
import { idleRow } from "./idle.mjs";
import { slowClientsRow } from "./slow-clients.mjs";
import { slowMixRows } from "./slow-mix.mjs";
import { startRow } from "./start.mjs";
import { throughputRows } from "./throughput.mjs";
import { transferRows } from "./transfer.mjs";

/** @type {readonly import("../lib/row.mjs").Row[]} */
export const ROWS = [
  ...throughputRows,
  cpuRow,
  ...slowMixRows,
  idleRow,
  startRow,
  ...transferRows,
  slowClientsRow,
];

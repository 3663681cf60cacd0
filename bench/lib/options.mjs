/** The options of `npm run bench -- ...`. */
import { parseArgs } from "node:util";
import { ROWS } from "../rows/all.mjs";
import { list, named, wholeNumber } from "./option-values.mjs";
import { SERVERS, serverNamed } from "./servers.mjs";

const HELP = `npm run bench -- [options]

  --only ROW[,ROW]       measure these rows only: ${ROWS.map(({ id }) => id).join(", ")}
  --servers NAME[,NAME]  with these servers only: ${Object.keys(SERVERS).join(", ")}
  --runs N               runs of each server in each row (5)
  --seconds N            of one run (2)
  --quick                a smoke test: one run of one second
  --help

A whole run writes bench/RESULTS.md and bench/results.json; with --quick, --only or --servers the
same two files go to node_modules/.cache/highball/bench/.
`;

/**
 * @typedef {object} Options
 * @property {readonly import("./row.mjs").Row[]} rows
 * @property {ReadonlySet<string> | null} servers null: those of each row.
 * @property {import("./row.mjs").Plan} plan
 * @property {boolean} whole whether every row is measured with every server, and not in haste.
 */

/**
 * @param {string[]} args
 * @returns {Options | string} or the help.
 */
export function readOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: "string", multiple: true },
      servers: { type: "string", multiple: true },
      runs: { type: "string" },
      seconds: { type: "string" },
      quick: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return HELP;
  const names = list(values.servers);
  for (const name of names) serverNamed(name);
  return {
    rows: list(values.only).length === 0 ? ROWS : list(values.only).map((id) => named("row", ROWS, id)),
    servers: names.length === 0 ? null : new Set(names),
    plan: {
      runs: wholeNumber("--runs", values.runs ?? (values.quick ? "1" : "5")),
      seconds: wholeNumber("--seconds", values.seconds ?? (values.quick ? "1" : "2")),
      quick: values.quick,
    },
    whole: !values.quick && values.only === undefined && values.servers === undefined,
  };
}

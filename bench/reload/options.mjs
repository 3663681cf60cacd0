/** The options of `npm run bench:reload -- ...`. */
import { parseArgs } from "node:util";
import { list, named, wholeNumber } from "../lib/option-values.mjs";
import { SERVERS, serverNamed } from "./servers.mjs";
import { TOPICS } from "./topics.mjs";

const HELP = `npm run bench:reload -- [options]

  --only TOPIC[,TOPIC]   measure these only: ${TOPICS.map(({ id }) => id).join(", ")}
  --servers NAME[,NAME]  with these servers only: ${Object.keys(SERVERS).join(", ")}
  --rounds N             saves for Highball (200)
  --peer-rounds N        saves for each peer (12; 5 where loading takes seconds)
  --quick                a smoke test: 10 saves, 2 for each peer
  --help

A whole run writes bench/RELOAD.md and bench/reload-results.json; with any option the same two
files go to node_modules/.cache/highball/bench/.
`;

/** @typedef {import("./topics.mjs").Scope & { whole: boolean }} Options `whole`: nothing is left out. */

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
      rounds: { type: "string" },
      "peer-rounds": { type: "string" },
      quick: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return HELP;
  const servers = list(values.servers);
  for (const name of servers) serverNamed(name);
  const topics = list(values.only).map((id) => named("topic", TOPICS, id));
  return {
    topics: topics.length === 0 ? TOPICS : topics,
    servers: servers.length === 0 ? null : new Set(servers),
    rounds: wholeNumber("--rounds", values.rounds ?? (values.quick ? "10" : "200")),
    peerRounds: wholeNumber("--peer-rounds", values["peer-rounds"] ?? (values.quick ? "2" : "12")),
    quick: values.quick,
    whole: args.length === 0,
  };
}

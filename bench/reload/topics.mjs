/** What is measured with whom, and how often. */
import { SERVERS, serverNamed } from "./servers.mjs";

/**
 * @typedef {object} Topic
 * @property {import("./servers.mjs").TopicName} id
 * @property {string} title
 * @property {string} about one paragraph of Markdown.
 * @property {import("./projects.mjs").ProjectName} project
 * @property {number} effort share of the usual number of saves.
 */

/** @type {readonly Topic[]} */
export const TOPICS = [
  {
    id: "flask",
    title: "Flask",
    about: "Flask's first example in one file, app.py, which is saved.",
    project: "flask",
    effort: 1,
  },
  {
    id: "heavy",
    title: "Heavy application",
    about:
      "The same Flask application behind imports that take some 3 s: HEAVY. Django runserver has a Django project " +
      "whose views.py imports the same.",
    project: "heavy",
    effort: 0.4,
  },
  {
    id: "django",
    title: "Django",
    about: "What `django-admin startproject` makes, with one view; views.py is saved.",
    project: "django",
    effort: 0.5,
  },
];

/**
 * @typedef {object} Measurement
 * @property {Topic} topic
 * @property {string} server
 * @property {import("./entry.mjs").EntryPlan} plan
 */

/**
 * @typedef {object} Scope
 * @property {readonly Topic[]} topics
 * @property {ReadonlySet<string> | null} servers null: all.
 * @property {number} rounds saves for Highball.
 * @property {number} peerRounds saves for a peer.
 * @property {boolean} quick
 */

/**
 * @param {Scope} scope
 * @returns {Measurement[]} in the order in which they are made.
 */
export function measurements({ topics, servers, rounds, peerRounds, quick }) {
  return topics.flatMap((topic) =>
    Object.keys(SERVERS)
      .filter((name) => serverNamed(name).topics.includes(topic.id) && servers?.has(name) !== false)
      .flatMap((server) => {
        const { peer, keepsConnections } = serverNamed(server);
        const share = SAVES[server]?.[topic.id] ?? (peer ? topic.effort : 1);
        const times = Math.max(2, Math.round((peer ? peerRounds : rounds) * share));
        const settle = peer ? PEERS_SETTLE : SETTLE;
        const plan = {
          project: projectFor(server, topic),
          mode: /** @type {const} */ ("fresh"),
          pace: { ...settle, rounds: times },
          starts: quick ? 1 : startsFor(peer, topic),
        };
        if (topic.id !== "flask" || keepsConnections !== true) return [{ topic, server, plan }];
        const keptRounds = Math.max(2, Math.round(times * 0.3));
        const kept = {
          ...plan,
          mode: /** @type {const} */ ("kept"),
          pace: { ...settle, rounds: keptRounds },
          starts: 1,
        };
        return [
          { topic, server, plan },
          { topic, server, plan: kept },
        ];
      }),
  );
}

/** Saves of variants of Highball that need fewer to be known, as a share. @type {Record<string, Partial<Record<string, number>>>} */
const SAVES = {
  highball: { heavy: 0.5, django: 0.2 },
  "highball-stat": { flask: 0.15 },
  "highball-no-zygote": { flask: 0.3, heavy: 0.03, django: 0.1 },
};

/**
 * After a start Highball imports the application's libraries a second time, to fork from.
 *
 * @type {Omit<import("./edits.mjs").Pace, "rounds">}
 */
const SETTLE = { settle: [50, 400], longPause: 1200, preparation: (start) => 2000 + 2 * start };

/**
 * Several look once a second: the pause must not be in step with them. Two saves of one size within a
 * second, or one before they have begun to look, they do not notice at all; that is not measured here.
 *
 * @type {Omit<import("./edits.mjs").Pace, "rounds">}
 */
const PEERS_SETTLE = { settle: [1100, 2100], preparation: () => 2000 };

/**
 * @param {string} server
 * @param {Topic} topic
 * @returns {import("./projects.mjs").ProjectName}
 */
function projectFor(server, { id, project }) {
  return server === "runserver" && id === "heavy" ? "heavy-django" : project;
}

/**
 * @param {boolean} peer
 * @param {Topic} topic
 * @returns {number}
 */
function startsFor(peer, { id }) {
  if (id === "heavy") return peer ? 1 : 2;
  return peer ? 2 : 5;
}

/** Where things are. */
import { fileURLToPath } from "node:url";

/** @param {string} relative to bench/. @returns {string} */
const inBench = (relative) => fileURLToPath(new URL(`../${relative}`, import.meta.url));

export const repositoryFolder = inBench("..");
export const applicationsFolder = inBench("apps");
export const peersFolder = inBench("peers");
export const loadFolder = inBench("load");
export const requestsFolder = inBench("requests");
/** Not in git: the virtual environment and the results of partial runs. */
export const cacheFolder = inBench("../node_modules/.cache/highball/bench");
export const pythonFolder = inBench("../node_modules/.cache/highball/bench/venv/bin");
export const requirementsFile = inBench("requirements.txt");
export const highballCommand = inBench("../bin/highball.js");
export const resultsFile = inBench("RESULTS.md");
export const resultsData = inBench("results.json");

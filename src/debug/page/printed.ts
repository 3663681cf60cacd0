// oxlint-disable-next-line no-control-regex -- they are what is looked for
const ESCAPES = /\u001B(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\))/g;

/** What was printed, without the colours and links that are meant for a terminal. Runs in the gateway and in the browser. */
export function printed(text: string): string {
  return text.replace(ESCAPES, "");
}

/** What the script puts into a page: buttons, console, dialogs, the bar of a replay. */
export const TOOLS: string = `
button, input, textarea { font: inherit; color: inherit; }
`;

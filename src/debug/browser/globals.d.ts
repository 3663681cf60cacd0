/** Named by a type that the gateway's code shares with the browser's; no page ever has one. */
interface Buffer extends Uint8Array {}

/** Whether a name promises a secret: of a header, a field of a form, a key of JSON, a variable of the environ. */
export function isSecretName(name: string): boolean {
  // Whoever needs a longer one hides something else.
  const words = name
    .slice(0, 200)
    .replaceAll(/([a-z\d])(?=[A-Z])/g, "$1 ")
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter((word) => word !== "");
  const joined = words.join("");
  return ANYWHERE.test(joined) || words.some((word) => WORDS.has(word) || word.endsWith("key"));
}

/** Rather too much than too little: what is hidden by mistake can be looked at in a frame. */
const ANYWHERE =
  /passw|passphrase|passcode|secret|token|session|csrf|xsrf|credential|authori[sz]|authentic|cookie|apikey|accesskey|privatekey|signature|creditcard|cardnumber|connectionstring/;

const WORDS: ReadonlySet<string> = new Set([
  "auth",
  "bearer",
  "cvc",
  "cvv",
  "dsn",
  "jwt",
  "keys",
  "otp",
  "pass",
  "phpsessid",
  "pin",
  "pwd",
  "sess",
  "sessid",
  "sid",
  "sig",
  "ssn",
  "totp",
]);

import { chunked, get, line, post, type WellFormed } from "./rule.ts";

const host = "Host: a.test";

/** Request lines and targets. */
const targets: readonly WellFormed[] = [
  {
    name: "RFC 9112 §3: the shortest request of HTTP/1.1",
    bytes: get(host),
    arrivals: [
      {
        environ: {
          REQUEST_METHOD: "GET",
          SCRIPT_NAME: "",
          PATH_INFO: "/",
          QUERY_STRING: "",
          REQUEST_URI: "/",
          RAW_URI: "/",
          SERVER_PROTOCOL: "HTTP/1.1",
          HTTP_HOST: "a.test",
          CONTENT_TYPE: undefined,
          CONTENT_LENGTH: undefined,
        },
      },
    ],
  },
  {
    name: "RFC 1945 §5: the shortest request of HTTP/1.0",
    bytes: "GET / HTTP/1.0\r\n\r\n",
    arrivals: [{ environ: { SERVER_PROTOCOL: "HTTP/1.0", HTTP_HOST: undefined } }],
    persistent: false,
  },
  {
    name: "RFC 9112 §2.2: empty lines before the request line are skipped",
    bytes: `\r\n\r\n${get(host)}`,
    arrivals: [{ environ: { PATH_INFO: "/" } }],
  },
  {
    name: "RFC 9112 §3: more than one space in the request line is let pass",
    bytes: line("GET   /a   HTTP/1.1"),
    arrivals: [{ environ: { PATH_INFO: "/a" } }],
  },
  {
    name: "RFC 9112 §3.2.1: a path and a query",
    bytes: line("GET /a/b.c?d=e&f HTTP/1.1"),
    arrivals: [{ environ: { PATH_INFO: "/a/b.c", QUERY_STRING: "d=e&f", REQUEST_URI: "/a/b.c?d=e&f" } }],
  },
  {
    name: "RFC 3986 §3.4: a query holds slashes and question marks",
    bytes: line("GET /a?b?c/d=http://e.test/?f HTTP/1.1"),
    arrivals: [{ environ: { PATH_INFO: "/a", QUERY_STRING: "b?c/d=http://e.test/?f" } }],
  },
  {
    name: "RFC 3986 §3.4: an empty query",
    bytes: line("GET /a? HTTP/1.1"),
    arrivals: [{ environ: { PATH_INFO: "/a", QUERY_STRING: "", REQUEST_URI: "/a?" } }],
  },
  {
    name: "RFC 3875 §4.1.5: the path is decoded, the query is not",
    bytes: line("GET /a%2Fb%3fc%20d?%41 HTTP/1.1"),
    arrivals: [
      { environ: { PATH_INFO: "/a/b?c d", QUERY_STRING: "%41", REQUEST_URI: "/a%2Fb%3fc%20d?%41" } },
    ],
  },
  {
    name: "PEP 3333: UTF-8 in a path arrives as bytes in latin-1",
    bytes: line("GET /caf%C3%A9 HTTP/1.1"),
    arrivals: [{ environ: { PATH_INFO: "/caf\xc3\xa9" } }],
  },
  {
    name: "PEP 3333: bytes that are no UTF-8 survive",
    bytes: line("GET /%FF%80%FE HTTP/1.1"),
    arrivals: [{ environ: { PATH_INFO: "/\xff\x80\xfe" } }],
  },
  {
    name: "RFC 3986 §2.1: what is no escape stays as it is",
    bytes: line("GET /%zz%4%%41 HTTP/1.1"),
    arrivals: [{ environ: { PATH_INFO: "/%zz%4%A" } }],
  },
  {
    name: "RFC 3986 §2.4: a path is decoded once",
    bytes: line("GET /%252e HTTP/1.1"),
    arrivals: [{ environ: { PATH_INFO: "/%2e" } }],
  },
  {
    name: "CWE-93: encoded CR and LF are data of the path",
    bytes: line("GET /a%0d%0aX:%20y HTTP/1.1"),
    arrivals: [{ environ: { PATH_INFO: "/a\r\nX: y", HTTP_X: undefined } }],
  },
  {
    name: "RFC 3986 §6.2.2.3: dots in a path are the application's business",
    bytes: line("GET /a/../b/./c HTTP/1.1"),
    arrivals: [{ environ: { PATH_INFO: "/a/../b/./c" } }],
  },
  {
    name: "RFC 3986 §3.3: slashes in a path are kept",
    bytes: line("GET //a///b/ HTTP/1.1"),
    arrivals: [{ environ: { PATH_INFO: "//a///b/", REQUEST_URI: "//a///b/" } }],
  },
  {
    name: "RFC 3986 §3.3: semicolons and other delimiters are kept",
    bytes: line("GET /a;b=c,d/(e)!$&'*+@:~ HTTP/1.1"),
    arrivals: [{ environ: { PATH_INFO: "/a;b=c,d/(e)!$&'*+@:~" } }],
  },
  {
    name: "RFC 3986 §2: characters that browsers send unencoded are let pass",
    bytes: line('GET /a|b"<>\\^`{}?c|d"<>\\^`{} HTTP/1.1'),
    arrivals: [{ environ: { PATH_INFO: '/a|b"<>\\^`{}', QUERY_STRING: 'c|d"<>\\^`{}' } }],
  },
  {
    name: "RFC 9112 §3.2.1: a path that looks like a URL is a path",
    bytes: line("GET /http://b.test/ HTTP/1.1"),
    arrivals: [{ environ: { PATH_INFO: "/http://b.test/", HTTP_HOST: "a.test" } }],
  },
  {
    name: "RFC 9112 §3.2.2: the authority of a URL takes the place of Host",
    bytes: line("GET http://b.test:81/c?d HTTP/1.1"),
    arrivals: [
      {
        environ: {
          PATH_INFO: "/c",
          QUERY_STRING: "d",
          HTTP_HOST: "b.test:81",
          REQUEST_URI: "http://b.test:81/c?d",
          RAW_URI: "http://b.test:81/c?d",
          "wsgi.url_scheme": "http",
        },
      },
    ],
  },
  {
    name: "RFC 3986 §3.1: a scheme has no case",
    bytes: line("GET HTTP://b.test/ HTTP/1.1"),
    arrivals: [{ environ: { PATH_INFO: "/", HTTP_HOST: "b.test" } }],
  },
  {
    name: "RFC 9110 §4.2.3: a URL without path is one with a slash",
    bytes: line("GET http://b.test HTTP/1.1"),
    arrivals: [{ environ: { PATH_INFO: "/", QUERY_STRING: "" } }],
  },
  {
    name: "RFC 9110 §4.2.3: a URL with a query and no path",
    bytes: line("GET http://b.test?c HTTP/1.1"),
    arrivals: [{ environ: { PATH_INFO: "/", QUERY_STRING: "c" } }],
  },
  {
    name: "RFC 3986 §3.2.2: a URL with an IPv6 address",
    bytes: line("GET http://[::1]:81/ HTTP/1.1"),
    arrivals: [{ environ: { HTTP_HOST: "[::1]:81" } }],
  },
  {
    name: "RFC 9112 §3.2.4: OPTIONS * has an empty path",
    bytes: line("OPTIONS * HTTP/1.1"),
    arrivals: [{ environ: { REQUEST_METHOD: "OPTIONS", PATH_INFO: "", REQUEST_URI: "*" } }],
  },
  {
    name: "RFC 9112 §3.2.4: OPTIONS of a URL without path is OPTIONS *",
    bytes: line("OPTIONS http://b.test HTTP/1.1"),
    arrivals: [{ environ: { PATH_INFO: "", HTTP_HOST: "b.test" } }],
  },
  ...["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "REPORT", "MKCOL", "PURGE"].map(
    (method): WellFormed => ({
      name: `RFC 9110 §9.1: ${method}`,
      bytes: line(`${method} /a HTTP/1.1`),
      arrivals: [{ environ: { REQUEST_METHOD: method } }],
    }),
  ),
];

/** Header fields. */
const fields: readonly WellFormed[] = [
  {
    name: "RFC 9112 §5: space around a value is no part of it",
    bytes: get(host, "A:b", "C:  d  ", "E:\tf \t", "G: h  i"),
    arrivals: [{ environ: { HTTP_A: "b", HTTP_C: "d", HTTP_E: "f", HTTP_G: "h  i" } }],
  },
  {
    name: "RFC 9110 §5.5: a value may be empty",
    bytes: get(host, "A:", "B: "),
    arrivals: [{ environ: { HTTP_A: "", HTTP_B: "" } }],
  },
  {
    name: "RFC 9110 §5.5: a value may have tabs and colons",
    bytes: get(host, "A: b\tc: d:"),
    arrivals: [{ environ: { HTTP_A: "b\tc: d:" } }],
  },
  {
    name: "RFC 9110 §5.5: bytes beyond ASCII are opaque",
    bytes: get(host, "A: \xc3\xa9\x80\xff"),
    arrivals: [{ environ: { HTTP_A: "\xc3\xa9\x80\xff" } }],
  },
  {
    name: "RFC 9110 §5.1: names have no case",
    bytes: get("hOsT: a.test", "x-lower: 1", "X-UPPER: 2"),
    arrivals: [{ environ: { HTTP_HOST: "a.test", HTTP_X_LOWER: "1", HTTP_X_UPPER: "2" } }],
  },
  {
    name: "RFC 9110 §5.6.2: a name may have every character of a token",
    bytes: get(host, "!#$%&'*+-.^`|~9: x"),
    arrivals: [{ environ: { "HTTP_!#$%&'*+_.^`|~9": "x" } }],
  },
  {
    name: "RFC 9110 §5.3: fields that repeat are a list",
    bytes: get(host, "A: 1", "B: x", "a: 2", "A:", "A: 3"),
    arrivals: [{ environ: { HTTP_A: "1, 2, , 3", HTTP_B: "x" } }],
  },
  {
    name: "RFC 6265 §5.4: cookies that repeat are joined by a semicolon",
    bytes: get(host, "Cookie: a=1; b=2", "Cookie: c=3"),
    arrivals: [{ environ: { HTTP_COOKIE: "a=1; b=2; c=3" } }],
  },
  {
    name: "RFC 3875 §4.1.18: names with an underscore are dropped",
    bytes: get(host, "X_A: 1", "X-A: 2", "Content_Length: 5", "X_B: 3"),
    arrivals: [
      {
        environ: {
          HTTP_X_A: "2",
          HTTP_X_B: undefined,
          CONTENT_LENGTH: undefined,
          HTTP_CONTENT_LENGTH: undefined,
        },
      },
    ],
  },
  {
    name: "CVE-2016-5385: Proxy is dropped",
    bytes: get(host, "Proxy: http://b.test/"),
    arrivals: [{ environ: { HTTP_PROXY: undefined } }],
  },
  {
    name: "PEP 3333: headers cannot set other variables",
    bytes: get(host, "Script-Name: /a", "Path-Info: /b", "wsgi.url_scheme: https", "Remote-Addr: 192.0.2.1"),
    arrivals: [
      {
        environ: {
          SCRIPT_NAME: "",
          PATH_INFO: "/",
          "wsgi.url_scheme": "http",
          HTTP_SCRIPT_NAME: "/a",
          HTTP_REMOTE_ADDR: "192.0.2.1",
        },
      },
    ],
  },
  {
    name: "RFC 9110 §7.2: Host with a port",
    bytes: get("Host: a.test:8080"),
    arrivals: [{ environ: { HTTP_HOST: "a.test:8080" } }],
  },
  {
    name: "RFC 9110 §7.2: Host with an IPv6 address",
    bytes: get("Host: [2001:db8::1]:8080"),
    arrivals: [{ environ: { HTTP_HOST: "[2001:db8::1]:8080" } }],
  },
  {
    name: "RFC 9112 §3.3: an empty Host leaves it to SERVER_NAME",
    bytes: get("Host:"),
    arrivals: [{ environ: { HTTP_HOST: undefined } }],
  },
  {
    name: "RFC 9110 §10.1.1: an expectation in HTTP/1.0 is ignored",
    bytes: "POST / HTTP/1.0\r\nExpect: bread\r\nContent-Length: 3\r\n\r\nabc",
    arrivals: [{ environ: { CONTENT_LENGTH: "3" }, body: "abc" }],
    persistent: false,
  },
  {
    name: "RFC 9110 §7.8: an upgrade that is not offered is ignored",
    bytes: get(host, "Connection: Upgrade", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA"),
    arrivals: [{ environ: { HTTP_UPGRADE: "h2c" } }],
  },
  {
    name: "the default limit: 100 fields",
    bytes: get(host, ...Array.from({ length: 99 }, (_, index) => `X-${index}: y`)),
    arrivals: [{ environ: { HTTP_X_0: "y", HTTP_X_98: "y" } }],
  },
  {
    name: "the default limit: a field of 8,190 bytes",
    bytes: get(host, `X: ${"a".repeat(8185)}`),
    arrivals: [{ environ: { HTTP_X: "a".repeat(8185) } }],
  },
  {
    name: "the default limit: a request line of 8,190 bytes",
    bytes: line(`GET /${"a".repeat(8175)} HTTP/1.1`),
    arrivals: [{ environ: { PATH_INFO: `/${"a".repeat(8175)}` } }],
  },
];

/** Bodies. */
const bodies: readonly WellFormed[] = [
  {
    name: "RFC 9112 §6.2: a body of known length",
    bytes: post(["Content-Length: 3", "Content-Type: text/plain"], "abc"),
    arrivals: [
      {
        environ: {
          CONTENT_LENGTH: "3",
          CONTENT_TYPE: "text/plain",
          HTTP_CONTENT_LENGTH: undefined,
          HTTP_CONTENT_TYPE: undefined,
        },
        body: "abc",
      },
    ],
  },
  {
    name: "RFC 9112 §6.2: an empty body of known length",
    bytes: post(["Content-Length: 0"], ""),
    arrivals: [{ environ: { CONTENT_LENGTH: "0" } }],
  },
  {
    name: "RFC 9112 §6.3 (7): no length, no body",
    bytes: post([], ""),
    arrivals: [{ environ: { CONTENT_LENGTH: undefined } }],
  },
  {
    name: "RFC 9110 §8.6: leading zeros",
    bytes: post(["Content-Length: 0003"], "abc"),
    arrivals: [{ environ: { CONTENT_LENGTH: "3" }, body: "abc" }],
  },
  {
    name: "RFC 9110 §9.3.1: GET with a body",
    bytes: `${get(host, "Content-Length: 3")}abc`,
    arrivals: [{ environ: { REQUEST_METHOD: "GET", CONTENT_LENGTH: "3" }, body: "abc" }],
  },
  {
    name: "RFC 9112 §6: a body may hold anything",
    bytes: post(["Content-Length: 39"], "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n\0\xff\r\n"),
    arrivals: [{ environ: {}, body: "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n\0\xff\r\n" }],
  },
  {
    name: "RFC 9112 §7.1: one chunk, and CONTENT_LENGTH of it",
    bytes: chunked("3\r\nabc\r\n0\r\n\r\n"),
    arrivals: [{ environ: { CONTENT_LENGTH: "3", HTTP_TRANSFER_ENCODING: undefined }, body: "abc" }],
  },
  {
    name: "RFC 9112 §7.1: several chunks",
    bytes: chunked("3\r\nabc\r\nA\r\n0123456789\r\n1\r\n\n\r\n0\r\n\r\n"),
    arrivals: [{ environ: { CONTENT_LENGTH: "14" }, body: "abc0123456789\n" }],
  },
  {
    name: "RFC 9112 §7.1: no chunk but the last",
    bytes: chunked("0\r\n\r\n"),
    arrivals: [{ environ: { CONTENT_LENGTH: "0" } }],
  },
  {
    name: "RFC 9112 §7.1: sizes in both cases, with zeros before",
    bytes: chunked("0a\r\n0123456789\r\n000B\r\n0123456789a\r\n000\r\n\r\n"),
    arrivals: [{ environ: { CONTENT_LENGTH: "21" }, body: "01234567890123456789a" }],
  },
  {
    name: "RFC 9112 §7: codings have no case",
    bytes: post(["Transfer-Encoding: ChunkeD"], "3\r\nabc\r\n0\r\n\r\n"),
    arrivals: [{ environ: { CONTENT_LENGTH: "3" }, body: "abc" }],
  },
  {
    name: "RFC 9112 §7.1: GET in chunks",
    bytes: `${get(host, "Transfer-Encoding: chunked")}3\r\nabc\r\n0\r\n\r\n`,
    arrivals: [{ environ: { REQUEST_METHOD: "GET" }, body: "abc" }],
  },
  {
    name: "RFC 9112 §7.1: a chunk with CRLF in it",
    bytes: chunked("8\r\n\r\n0\r\n\r\n\r\r\n0\r\n\r\n"),
    arrivals: [{ environ: {}, body: "\r\n0\r\n\r\n\r" }],
  },
  {
    name: "RFC 9112 §7.1.1: chunk extensions are ignored",
    bytes: chunked('3;a;b=c;d="e;f\\"g"\r\nabc\r\n0;h=i\r\n\r\n'),
    arrivals: [{ environ: {}, body: "abc" }],
  },
  {
    name: "RFC 9112 §7.1.2: trailers are discarded",
    bytes: post(
      ["Transfer-Encoding: chunked", "Trailer: X-Sum"],
      "3\r\nabc\r\n0\r\nX-Sum: 1\r\nY: z\r\n\r\n",
    ),
    arrivals: [
      { environ: { HTTP_X_SUM: undefined, HTTP_TRAILER: undefined, HTTP_Y: undefined }, body: "abc" },
    ],
  },
  {
    name: "RFC 1945 §7.2: HTTP/1.0 with a body",
    bytes: "POST / HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc",
    arrivals: [{ environ: { SERVER_PROTOCOL: "HTTP/1.0" }, body: "abc" }],
    persistent: false,
  },
];

/** Connections. */
const connections: readonly WellFormed[] = [
  {
    name: "RFC 9112 §9.3.2: pipelined requests are answered in order",
    bytes: line("GET /1 HTTP/1.1") + line("GET /2 HTTP/1.1") + line("GET /3 HTTP/1.1"),
    arrivals: ["/1", "/2", "/3"].map((path) => ({ environ: { PATH_INFO: path } })),
  },
  {
    name: "RFC 9112 §9.3.2: pipelined requests with bodies of both kinds",
    bytes: post(["Content-Length: 3"], "abc") + chunked("2\r\nde\r\n0\r\n\r\n") + line("GET /last HTTP/1.1"),
    arrivals: [
      { environ: { PATH_INFO: "/" }, body: "abc" },
      { environ: { PATH_INFO: "/" }, body: "de" },
      { environ: { PATH_INFO: "/last" } },
    ],
  },
  {
    name: "RFC 9112 §2.2: an empty line after a body is skipped",
    bytes: `${post(["Content-Length: 3"], "abc")}\r\n${line("GET /2 HTTP/1.1")}`,
    arrivals: [{ environ: {}, body: "abc" }, { environ: { PATH_INFO: "/2" } }],
  },
  {
    name: "RFC 9112 §9.6: the connection ends after Connection: close",
    bytes: get(host, "Connection: close"),
    arrivals: [{ environ: { HTTP_CONNECTION: "close" } }],
    persistent: false,
  },
  {
    name: "RFC 9110 §7.6.1: close in a list, in any case",
    bytes: get(host, "Connection: x, CLOSE"),
    arrivals: [{ environ: {} }],
    persistent: false,
  },
  {
    name: "RFC 9112 §9.6: what comes after Connection: close is ignored",
    bytes: get(host, "Connection: close") + line("GET /ignored HTTP/1.1"),
    arrivals: [{ environ: { PATH_INFO: "/" } }],
    persistent: false,
    atOnceOnly: true,
  },
  {
    name: "RFC 9112 §9.3: HTTP/1.0 with keep-alive",
    bytes: "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    arrivals: [{ environ: { SERVER_PROTOCOL: "HTTP/1.0" } }],
  },
  {
    name: "RFC 9112 §9.3: HTTP/1.0 with keep-alive, then without",
    bytes: "GET /1 HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\nGET /2 HTTP/1.0\r\n\r\n",
    arrivals: [{ environ: { PATH_INFO: "/1" } }, { environ: { PATH_INFO: "/2" } }],
    persistent: false,
  },
];

/** Valid requests, and what must not be taken for a part of them. */
const mixed: readonly WellFormed[] = [
  {
    name: "RFC 9112 §9.3.2: an answer that is due comes before the refusal of what follows",
    bytes: `${line("GET /1 HTTP/1.1")}\0\0\0\0`,
    arrivals: [{ environ: { PATH_INFO: "/1" } }],
    refusal: 400,
  },
  {
    name: "RFC 9112 §9.3.2: three answers, then the refusal of a second Host",
    bytes: `${line("GET /1 HTTP/1.1") + line("GET /2 HTTP/1.1") + line("GET /3 HTTP/1.1")}${get(host, host)}`,
    arrivals: ["/1", "/2", "/3"].map((path) => ({ environ: { PATH_INFO: path } })),
    refusal: 400,
  },
  {
    name: "RFC 9112 §2.2: nothing is run after a refusal",
    bytes: line("GET /1 HTTP/1.1") + get() + line("GET /smuggled HTTP/1.1"),
    arrivals: [{ environ: { PATH_INFO: "/1" } }],
    refusal: 400,
  },
  {
    name: "RFC 9112 §6.3: a body is as long as announced, and what is over begins a request",
    bytes: post(["Content-Length: 3"], `abcX${line("GET /smuggled HTTP/1.1")}`),
    arrivals: [{ environ: {}, body: "abc" }],
    refusal: 501,
  },
  {
    name: "RFC 9112 §7.1: a chunked body ends with its last chunk, and what is over begins a request",
    bytes: chunked(`3\r\nabc\r\n0\r\n\r\nX${line("GET /smuggled HTTP/1.1")}`),
    arrivals: [{ environ: {}, body: "abc" }],
    refusal: 501,
  },
  {
    name: "RFC 9112 §7.1: a chunk that is wrong after some that were right",
    bytes: chunked(`3\r\nabc\r\n3\r\nabcX\r\n0\r\n\r\n${line("GET /smuggled HTTP/1.1")}`),
    arrivals: [],
    refusal: 400,
  },
];

/** What a trusted proxy says: this test's connections come from 127.0.0.1, which is one by default. */
const proxied: readonly WellFormed[] = [
  {
    name: "X-Forwarded-For: the client of a trusted proxy",
    bytes: get(host, "X-Forwarded-For: 203.0.113.9, 198.51.100.1", "X-Forwarded-Proto: https"),
    arrivals: [
      {
        environ: {
          REMOTE_ADDR: "198.51.100.1",
          REMOTE_PORT: "0",
          "wsgi.url_scheme": "https",
          HTTP_X_FORWARDED_FOR: "203.0.113.9, 198.51.100.1",
        },
      },
    ],
  },
  {
    name: "X-Forwarded-Ssl: the scheme of a trusted proxy",
    bytes: get(host, "X-Forwarded-Ssl: on"),
    arrivals: [{ environ: { REMOTE_ADDR: "127.0.0.1", "wsgi.url_scheme": "https" } }],
  },
  {
    name: "RFC 9110 §7.4: an https URL from a trusted gateway",
    bytes: line("GET https://b.test/ HTTP/1.1"),
    arrivals: [{ environ: { HTTP_HOST: "b.test", "wsgi.url_scheme": "http" } }],
  },
  {
    name: "X-Forwarded-Proto: schemes that contradict each other are refused",
    bytes: get(host, "X-Forwarded-Proto: https", "X-Forwarded-Ssl: off"),
    arrivals: [],
    refusal: 400,
  },
];

export const wellFormed: readonly WellFormed[] = [
  ...targets,
  ...fields,
  ...bodies,
  ...connections,
  ...mixed,
  ...proxied,
];

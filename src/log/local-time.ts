const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** Writes a time, given in milliseconds since 1970; made once for every second that follows another. */
export type TimeFormat = (milliseconds: number) => string;

/** `2026-11-20 04:29:59 +0000`, as gunicorn's log has it. */
export function messageTime(): TimeFormat {
  return perSecond((date) => {
    const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
    return `${day} ${clock(date)} ${zone(date)}`;
  });
}

/** `20/Nov/2026:04:29:59 +0000`, the time of the common log format. */
export function accessTime(): TimeFormat {
  return perSecond((date) => {
    const day = `${two(date.getDate())}/${MONTHS[date.getMonth()]}/${date.getFullYear()}`;
    return `${day}:${clock(date)} ${zone(date)}`;
  });
}

/** `04:29:59`. */
export function clockTime(): TimeFormat {
  return perSecond(clock);
}

function perSecond(write: (date: Date) => string): TimeFormat {
  let second = Number.NaN;
  let text = "";
  return (milliseconds) => {
    const now = Math.floor(milliseconds / 1000);
    if (now !== second) {
      second = now;
      text = write(new Date(milliseconds));
    }
    return text;
  };
}

function clock(date: Date): string {
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** Minutes west of Greenwich, as Date has them, written the other way round: `+0530`. */
function zone(date: Date): string {
  const east = -date.getTimezoneOffset();
  const minutes = Math.abs(east);
  return `${east < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}${two(minutes % 60)}`;
}

function two(number: number): string {
  return number < 10 ? `0${number}` : String(number);
}

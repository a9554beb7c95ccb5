/**
 * Durations as people write them: `3 hours`, `45 min`, `2-3h`, `5+8 min`, `1h 30m`, `~25 lines, 20 min`.
 * A duration is accepted only when nothing else is said beside it, so that `(from 30 min to 5 min)` stays part of a name.
 */

/** Hours in one unit; a day of work has 8 hours and a week 40. */
const UNITS: Readonly<Record<string, number>> = {
  m: 1 / 60,
  min: 1 / 60,
  mins: 1 / 60,
  minute: 1 / 60,
  minutes: 1 / 60,
  h: 1,
  hr: 1,
  hrs: 1,
  hour: 1,
  hours: 1,
  d: 8,
  day: 8,
  days: 8,
  w: 40,
  wk: 40,
  wks: 40,
  week: 40,
  weeks: 40,
};

const BEFORE =
  /^(?:(?:[~≈<>≤≥]|about|approx\.?|approximately|around|circa|ca\.?|up to|under|est\.?|estimated|estimate|total|time|effort|duration|required|optional)[\s:]*)+/i;
const AFTER = /(?:\s*(?:total|max\.?|min\.|est\.?|estimated|of work|work|effort|each|parallel|sequential|or less|or more))+$/i;
const TOKEN = /\s*(?:(\d+\/\d+|\d+(?:[.,]\d+)?|[½¼¾])\s*([a-z]+)?|(-|–|—|\+|&|to\b|and\b|or\b))/iy;
const FRACTIONS: Readonly<Record<string, number>> = { '½': 0.5, '¼': 0.25, '¾': 0.75 };

interface Quantity {
  readonly value: number;
  unit: number | null;
  readonly joint: 'range' | 'sum' | null;
}

function amountOf(text: string): number {
  const known = FRACTIONS[text];
  if (known !== undefined) return known;
  const [over, under] = text.split('/');
  if (under !== undefined) return Number(under) === 0 ? Number.NaN : Number(over) / Number(under);
  return Number(text.replace(',', '.'));
}

/** Every token of the text, or null when something in it is no number, unit or joint. */
function quantities(text: string): Quantity[] | null {
  const found: Quantity[] = [];
  let joint: Quantity['joint'] = null;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const match = TOKEN.exec(text);
    if (match === null) return null;
    const [, digits, word, sign] = match;
    if (digits === undefined) {
      if (found.length === 0 || joint !== null) return null;
      joint = sign === '+' || sign === '&' || sign === 'and' ? 'sum' : 'range';
      continue;
    }
    const unit = word === undefined ? null : UNITS[word.toLowerCase()];
    if (unit === undefined || Number.isNaN(amountOf(digits))) return null;
    found.push({ value: amountOf(digits), unit, joint: found.length === 0 ? null : (joint ?? 'sum') });
    joint = null;
  }
  return joint === null ? found : null;
}

/** One whole text as hours, a range as its midpoint; null when it is no duration. */
function parseDuration(text: string): number | null {
  const bare = text.trim().replace(BEFORE, '').replace(AFTER, '').trim();
  if (/^half an? (?:hour|day)$/i.test(bare)) return /day/i.test(bare) ? 4 : 0.5;
  if (/^an? (?:hour|day)$/i.test(bare)) return /day/i.test(bare) ? 8 : 1;
  if (bare.length === 0 || bare.length > 60) return null;
  const found = quantities(bare.replace(/[~≈]/g, ' ').trim());
  if (found === null || found.length === 0) return null;
  let unit: number | null = null;
  for (let index = found.length - 1; index >= 0; index -= 1) {
    const quantity = found[index];
    if (quantity === undefined) continue;
    if (quantity.unit === null) quantity.unit = unit;
    else unit = quantity.unit;
    if (quantity.unit === null) return null;
  }
  let total = 0;
  let last = 0;
  for (const { value, unit: factor, joint } of found) {
    const hours = value * (factor ?? 0);
    total += joint === 'range' ? (hours - last) / 2 : hours;
    last = hours;
  }
  return round(total);
}

/** A number without unit counts as hours: `estimated_hours: 0.25-0.33`. */
export function parseHours(text: string): number | null {
  return parseDuration(text) ?? parseDuration(`${text.trim()} h`);
}

/** Hours named by the head of a label's value: `~2 hours (with tests)`, `30 min, parallel`. */
export function leadingDuration(text: string): number | null {
  const head = text.trim().replace(/[*_`]/g, '');
  for (const end of ['\n', '. ', '(', ';', ',', ' - ', ' – ', ' — ']) {
    const at = head.indexOf(end);
    const hours = at > 0 ? parseDuration(head.slice(0, at)) : null;
    if (hours !== null) return hours;
  }
  return parseDuration(head);
}

/** The duration among the parts of a heading's tail: `REQUIRED - 2-3 hours`, `~25 lines, 20 min`. */
export function durationIn(tail: string): number | null {
  const whole = parseDuration(tail);
  if (whole !== null) return whole;
  for (const part of tail.split(/[,;|·•]|\s[-–—]\s|:\s/)) {
    const hours = parseDuration(part);
    if (hours !== null) return hours;
  }
  return null;
}

function round(hours: number): number {
  return Math.round(hours * 1000) / 1000;
}

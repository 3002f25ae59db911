// Text of the clipboard as a spreadsheet puts it there, and amounts as people write them.
const SPACES = /[\s\u00a0\u202f\u2009']/g;
const CURRENCY = /(₽|руб\.?|р\.|\$|€|₸|[A-Z]{3})/giu;
const NOTHING = /^[-–—]?$/;

// Rows of cells; `isSingle` for one cell, `isMoney` when it carries the sign of a currency.
export function readBlock(text) {
  if (!text.trim()) return null;
  const rows = cellsOf(text.replace(/\r\n?/g, "\n").replace(/\n$/, ""));
  const isSingle = rows.length === 1 && rows[0].length === 1;
  return { rows, isSingle, isMoney: isSingle && text.search(CURRENCY) >= 0 };
}

// Tabs between cells, line ends between rows; a cell in quotes may hold both.
function cellsOf(text) {
  const rows = [[]];
  const cell = /"((?:[^"]|"")*)"(?=\t|\n|$)|([^\t\n]*)/y;
  for (;;) {
    const [, quoted, plain] = cell.exec(text);
    rows.at(-1).push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    const mark = text[cell.lastIndex];
    if (mark === undefined) return rows;
    if (mark === "\n") rows.push([]);
    cell.lastIndex += 1;
  }
}

// "1234.56" for "1 234,56 ₽" or "1,234.56"; "" for an empty cell; null for what is no amount, is below zero
// or can be read in two ways ("1,234").
export function readAmount(text) {
  const bare = text.replace(CURRENCY, "").replace(SPACES, "");
  if (NOTHING.test(bare)) return "";
  if (!/^\+?\d[\d.,]*$/.test(bare)) return null;
  const digits = bare.replace("+", "");
  const marks = digits.replace(/\d/g, "");
  if (!marks) return digits;
  const last = marks.at(-1);
  const isMixed = new Set(marks).size > 1;
  if (marks.length === 1) return single(digits, last);
  if (!isMixed) return grouped(digits.split(last)) ? digits.replaceAll(last, "") : null;
  return mixed(digits, last);
}

function single(digits, mark) {
  const [whole, fraction] = digits.split(mark);
  if (fraction.length > 2) return null;
  return fraction ? `${whole}.${fraction}` : whole;
}

// Thousands by one mark, the fraction after the other.
function mixed(digits, mark) {
  const at = digits.lastIndexOf(mark);
  const fraction = digits.slice(at + 1);
  const groups = digits.slice(0, at).split(mark === "," ? "." : ",");
  if (fraction.length > 2 || !grouped(groups)) return null;
  return fraction ? `${groups.join("")}.${fraction}` : groups.join("");
}

const grouped = ([first, ...rest]) => /^\d{1,3}$/.test(first) && rest.every((part) => /^\d{3}$/.test(part));

// As a field of ours shows it: thousands by spaces, the fraction after the mark of the language.
export function written(amount, language) {
  const [whole, fraction] = amount.split(".");
  const spaced = whole.replace(/^0+(?=\d)/, "").replace(/\B(?=(\d{3})+$)/g, "\u00a0");
  return fraction ? `${spaced}${language.startsWith("ru") ? "," : "."}${fraction}` : spaced;
}

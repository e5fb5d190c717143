// fold makes a text comparable, as words.Fold does: no case, no accents, one space between words.
export function fold(s) {
  return s.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
    .replace(/œ/g, 'oe').replace(/æ/g, 'ae').replace(/[’'\-_\s]+/g, ' ').trim();
}

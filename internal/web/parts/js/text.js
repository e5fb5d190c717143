// fold makes a text comparable: no case, no accents, no hyphens.
export function fold(s) {
  return s.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
    .replace(/œ/g, 'oe').replace(/æ/g, 'ae').replace(/[’'\-\s]+/g, ' ').trim();
}

// Name in the panel the very cell that was asked about.
export function why(node) {
  node.addEventListener('click', (e) => {
    const button = e.target.closest?.('.why-button');
    const place = button && document.getElementById(button.getAttribute('popovertarget'))?.querySelector('[data-why-place]');
    if (!place) return;
    const row = button.closest('tr')?.querySelector('th b')?.textContent;
    const column = heading(button.closest('td'));
    place.textContent = [column, row].filter(Boolean).join('. ');
  });
}

// heading finds the title over a cell, counting the columns that others span.
function heading(cell) {
  if (!cell || cell.colSpan > 1) return '';
  let at = 0;
  for (const c of cell.parentElement.cells) {
    if (c === cell) break;
    at += c.colSpan;
  }
  const taken = []; // columns that a heading of two rows fills
  for (const tr of cell.closest('table').tHead.rows) {
    let column = 0;
    for (const th of tr.cells) {
      while (taken[column] > 0) { taken[column]--; column++; }
      const inside = at >= column && at < column + th.colSpan;
      if (inside && th.colSpan === 1) return th.textContent.replace(/\s+/g, ' ').trim();
      for (let k = 0; k < th.colSpan; k++) taken[column + k] = th.rowSpan - 1;
      column += th.colSpan;
    }
  }
  return '';
}

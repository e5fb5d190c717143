// Name in the panel the very cell that was asked about, and ask for its own rule.
export function why(node) {
  node.addEventListener('click', (e) => {
    const button = e.target.closest?.('.why-button');
    const panel = button && document.getElementById(button.getAttribute('popovertarget'));
    if (!panel) return;
    const row = button.closest('tr')?.querySelector('th');
    const column = heading(button.closest('td'));
    const place = panel.querySelector('[data-why-place]');
    if (place) place.textContent = [words(column), row?.querySelector('b')?.textContent].filter(Boolean).join('. ');
    const link = panel.querySelector('[data-why-link]');
    if (!link) return;
    const asked = new URL(link.href);
    if (column?.dataset.indicateur) asked.searchParams.set('indicateur', column.dataset.indicateur);
    if (row?.dataset.etablissement) asked.searchParams.set('etablissement', row.dataset.etablissement);
    else asked.searchParams.delete('etablissement');
    link.href = asked;
  });
}

const words = (th) => th?.textContent.replace(/\s+/g, ' ').trim();

// heading finds the title over a cell, counting the columns that others span.
function heading(cell) {
  if (!cell || cell.colSpan > 1) return null;
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
      if (inside && th.colSpan === 1) return th;
      for (let k = 0; k < th.colSpan; k++) taken[column + k] = th.rowSpan - 1;
      column += th.colSpan;
    }
  }
  return null;
}

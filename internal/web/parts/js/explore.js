// The explorer: undo and redo among the questions asked in this window, and a click on any figure opens
// its menu. Links, buttons and the browser's own history do the same without this.
export function explore(node) {
  const tools = node.querySelector('[data-explorer-history]');
  if (tools && window.navigation) walk(tools);
  for (const section of node.querySelectorAll('[data-drill]')) drill(section);
  const detail = node.querySelector('#detail[data-focus]');
  if (detail && location.search.includes('detail=')) detail.focus();
}

// walk goes back and forth among the questions that the browser's own history holds: nothing is kept beside it.
function walk(tools) {
  const undo = tools.querySelector('[data-explorer-undo]');
  const redo = tools.querySelector('[data-explorer-redo]');
  const go = (by) => {
    const to = step(by);
    if (to) navigation.traverseTo(to.key);
  };
  const show = () => {
    undo.disabled = !step(-1);
    redo.disabled = !step(1);
  };
  tools.hidden = false;
  show();
  addEventListener('pageshow', show); // a page that comes back whole has been left since
  undo.addEventListener('click', () => go(-1));
  redo.addEventListener('click', () => go(1));
  document.addEventListener('keydown', (e) => {
    if (!(e.ctrlKey || e.metaKey) || e.altKey || e.target.matches?.('input, textarea, select')) return;
    const key = e.key.toLowerCase();
    if (key === 'z' && !e.shiftKey) go(-1);
    else if (key === 'y' || (key === 'z' && e.shiftKey)) go(1);
    else return;
    e.preventDefault();
  });
}

// step is the nearest page of the history, backwards or forwards, that asks another question.
function step(by) {
  const entries = navigation.entries();
  const here = question(location.href);
  for (let i = navigation.currentEntry.index + by; entries[i]; i += by) {
    if (!entries[i].url) return undefined;
    const other = question(entries[i].url);
    if (other.path !== here.path) return undefined;
    if (other.asks !== here.asks) return entries[i];
  }
  return undefined;
}

// question is what an address asks; which figure has its menu open is no part of it.
function question(address) {
  const url = new URL(address);
  url.searchParams.delete('detail');
  url.searchParams.sort();
  return { path: url.pathname, asks: url.searchParams.toString() };
}

// drill lets a mouse take any figure; the button of the line does it for a keyboard.
function drill(section) {
  for (const row of section.querySelectorAll('tbody tr')) {
    const button = row.querySelector('button.drill');
    if (!button) continue;
    row.addEventListener('click', (e) => {
      const cell = e.target.closest('td');
      if (!cell || e.target.closest('a, button') || getSelection()?.toString()) return;
      const cells = [...row.querySelectorAll('td')];
      let at = 0;
      for (const one of cells.slice(0, cells.indexOf(cell))) at += one.colSpan;
      button.value = `${button.value.split('.')[0]}.${at}`;
      button.form.requestSubmit(button);
    });
  }
}

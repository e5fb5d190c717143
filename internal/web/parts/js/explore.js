// The explorer: undo and redo among the questions asked in this window, and a click on any figure opens
// its menu. Links, buttons and the browser's own history do the same without this.
const store = 'explorateur.pas';

export function explore(node) {
  const page = node.querySelector('[data-explorer]');
  if (page) walk(node);
  for (const section of node.querySelectorAll('[data-drill]')) drill(section);
  const detail = node.querySelector('#detail[data-focus]');
  if (detail && location.search.includes('detail=')) detail.focus();
}

// walk keeps the addresses asked here, and goes back and forth among them.
function walk(node) {
  const tools = node.querySelector('[data-explorer-history]');
  if (!tools) return;
  const steps = read();
  const here = location.search.replace(/[?&]detail=[^&]*/, '');
  if (steps.list[steps.at] !== here) {
    steps.list = [...steps.list.slice(0, steps.at + 1), here].slice(-100);
    steps.at = steps.list.length - 1;
    write(steps);
  }
  const undo = tools.querySelector('[data-explorer-undo]');
  const redo = tools.querySelector('[data-explorer-redo]');
  const go = (by) => {
    const next = read();
    if (next.list[next.at + by] === undefined) return;
    next.at += by;
    write(next);
    location.assign(location.pathname + next.list[next.at]);
  };
  tools.hidden = false;
  undo.disabled = steps.at <= 0;
  redo.disabled = steps.at >= steps.list.length - 1;
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

function read() {
  try {
    const steps = JSON.parse(sessionStorage.getItem(store));
    if (Array.isArray(steps?.list)) return steps;
  } catch { /* what cannot be read is forgotten */ }
  return { list: [], at: -1 };
}

function write(steps) {
  sessionStorage.setItem(store, JSON.stringify(steps));
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

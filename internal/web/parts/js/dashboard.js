// The editor of dashboards: what a gesture did is said aloud, and elements can be dragged. The buttons
// of each element do the same without this.
import { announce } from './copy.js';

export function dashboard(node) {
  const said = node.querySelector('[data-said]');
  if (said) setTimeout(() => announce(said.textContent.trim()), 200);
  const board = node.querySelector('[data-board]');
  if (!board) return;
  let held = null;
  const tileOf = (target) => target.closest?.('[data-tile]');
  for (const tile of board.querySelectorAll('[data-tile]')) tile.draggable = true;
  board.addEventListener('dragstart', (e) => {
    held = tileOf(e.target);
    if (!held) return;
    held.classList.add('dragged');
    e.dataTransfer.effectAllowed = 'move';
    e.dataTransfer.setData('text/plain', held.dataset.tile);
  });
  board.addEventListener('dragend', () => {
    held?.classList.remove('dragged');
    mark(board, null);
    held = null;
  });
  board.addEventListener('dragover', (e) => {
    if (!held) return;
    e.preventDefault();
    mark(board, tileOf(e.target));
  });
  board.addEventListener('drop', (e) => {
    const over = tileOf(e.target);
    if (!held || !over || over === held) return;
    e.preventDefault();
    place(board, held.dataset.tile, [...board.querySelectorAll('[data-tile]')].indexOf(over));
  });
}

function mark(board, over) {
  for (const tile of board.querySelectorAll('.over')) if (tile !== over) tile.classList.remove('over');
  over?.classList.add('over');
}

// place sends the same form as the buttons do.
function place(board, id, at) {
  const form = document.createElement('form');
  form.method = 'post';
  form.action = board.dataset.action;
  for (const [name, value] of Object.entries({ etape: board.dataset.step, element: id, geste: 'placer', place: at })) {
    const input = document.createElement('input');
    input.type = 'hidden';
    input.name = name;
    input.value = value;
    form.append(input);
  }
  document.body.append(form);
  form.submit();
}

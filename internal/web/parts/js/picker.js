// The schools of a form, and the tree of menus: search as one types, tick or untick what is
// shown, and parents that follow their children. Without it each box is ticked by hand.
import { fold } from './text.js';

export function picker(node) {
  for (const box of node.querySelectorAll('[data-picker]')) schools(box);
  for (const form of node.querySelectorAll('[data-tree]')) tree(form);
}

function schools(box) {
  const find = (name) => box.querySelector(`[data-picker-${name}]`);
  const items = [...box.querySelectorAll('.picker-list li')].map((li) => ({
    li,
    input: li.querySelector('input'),
    text: fold(li.textContent),
  }));
  if (items.length === 0) return;
  const [filter, search, all, none, note] = ['filter', 'search', 'all', 'none', 'note'].map(find);
  for (const tool of [filter, all, none]) if (tool) tool.hidden = false;

  const total = Number(note.dataset.pickerTotal).toLocaleString('fr');
  const say = () => {
    const count = items.filter((i) => i.input.checked).length.toLocaleString('fr');
    note.textContent = `${count} sur ${total} cochés.`;
  };
  const set = (on) => {
    for (const i of items) if (!i.li.hidden && i.li.checkVisibility()) i.input.checked = on;
    say();
  };
  search?.addEventListener('input', () => {
    const words = fold(search.value).split(' ').filter(Boolean);
    for (const i of items) i.li.hidden = !words.every((w) => i.text.includes(w));
  });
  search?.addEventListener('keydown', (e) => {
    if (e.key === 'Enter') e.preventDefault(); // the form is sent by its button
  });
  all.addEventListener('click', () => set(true));
  none.addEventListener('click', () => set(false));
  box.querySelector('.picker-list').addEventListener('change', say);
}

function tree(form) {
  const boxes = [...form.querySelectorAll('input[name="rubrique"]')];
  const groups = [[form.querySelector('[data-tree-all]'), boxes]];
  for (const menu of form.querySelectorAll('[data-tree-menu]')) {
    const parent = menu.querySelector('[data-tree-parent]');
    if (parent) groups.push([parent, boxes.filter((b) => menu.contains(b))]);
  }
  const say = () => {
    for (const [label, list] of groups) {
      const ticked = list.filter((b) => b.checked).length;
      const input = label.querySelector('input');
      input.checked = ticked === list.length;
      input.indeterminate = ticked > 0 && ticked < list.length;
    }
  };
  for (const [label, list] of groups) {
    label.hidden = false;
    label.querySelector('input').addEventListener('change', (e) => {
      for (const b of list) b.checked = e.target.checked;
      say();
    });
  }
  form.addEventListener('change', say);
  say();
}

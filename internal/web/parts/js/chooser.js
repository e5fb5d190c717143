// The list of schools: search, tick or untick what is shown, and a count as one goes.
import { fold } from './text.js';

export function chooser(node) {
  for (const box of node.querySelectorAll('[data-chooser]')) enhance(box);
}

function enhance(box) {
  const find = (name) => box.querySelector(`[data-chooser-${name}]`);
  const items = [...box.querySelectorAll('.chooser-list li')].map((li) => ({
    li,
    input: li.querySelector('input'),
    text: fold(li.textContent),
  }));
  const [search, all, none, note, value] = ['search', 'all', 'none', 'note', 'value'].map(find);
  for (const tool of [search, all, none]) tool.hidden = false;

  const say = () => {
    const ticked = items.filter((i) => i.input.checked);
    const count = ticked.length.toLocaleString('fr');
    const some = ticked.length > 0 && ticked.length < items.length;
    value.textContent = !some
      ? `Tous (${items.length.toLocaleString('fr')})`
      : ticked.length === 1 ? ticked[0].li.textContent.trim() : `${count} choisis`;
    note.textContent = ticked.length === 0
      ? 'Rien de coché : tous les établissements.'
      : `${count} sur ${items.length.toLocaleString('fr')} cochés.`;
  };
  const shown = () => items.filter((i) => !i.li.hidden && i.li.checkVisibility());
  const set = (on) => {
    for (const i of shown()) if (!i.input.disabled) i.input.checked = on;
    say();
  };
  search.addEventListener('input', () => {
    const words = fold(search.value).split(' ').filter(Boolean);
    for (const i of items) i.li.hidden = !words.every((w) => i.text.includes(w));
  });
  search.addEventListener('keydown', (e) => {
    if (e.key === 'Enter') e.preventDefault(); // the form is sent by its button
  });
  all.addEventListener('click', () => set(true));
  none.addEventListener('click', () => set(false));
  box.querySelector('.chooser-list').addEventListener('change', say);

  box.addEventListener('toggle', () => box.open && search.focus());
  box.addEventListener('keydown', (e) => {
    if (e.key === 'Escape' && box.open) {
      e.preventDefault();
      box.open = false;
      box.querySelector('summary').focus();
    }
  });
  document.addEventListener('click', (e) => {
    if (box.open && !box.contains(e.target)) box.open = false;
  });
  box.closest('form')?.addEventListener('formdata', (e) => shorten(e.formData, items));
}

// shorten keeps addresses short: all ticked is no filter, several are joined by commas.
function shorten(data, items) {
  const name = items[0]?.input.name;
  if (!name) return;
  const values = data.getAll(name);
  data.delete(name);
  if (values.length > 0 && values.length < items.length) data.set(name, values.join(','));
  // What is empty says nothing; its neighbours of the same name (three lists of dimensions) do.
  for (const key of new Set(data.keys())) {
    const said = data.getAll(key).filter((v) => v !== '');
    data.delete(key);
    for (const v of said) data.append(key, v);
  }
}

// Filter a list as one types; the server answers the same search when the form is sent.
import { announce } from './copy.js';
import { fold } from './text.js';

export function live(node) {
  for (const field of node.querySelectorAll('[data-live]')) {
    const list = document.getElementById(field.dataset.live);
    if (!list) continue;
    const items = [...list.querySelectorAll('[data-live-item]')].map((el) => ({ el, text: fold(el.textContent) }));
    let later;
    field.addEventListener('input', () => {
      const words = fold(field.value).split(' ').filter(Boolean);
      let shown = 0;
      for (const { el, text } of items) {
        el.hidden = !words.every((w) => text.includes(w));
        if (!el.hidden) shown++;
      }
      for (const group of list.querySelectorAll('[data-live-group]')) {
        group.hidden = !group.querySelector('[data-live-item]:not([hidden])');
      }
      clearTimeout(later);
      later = setTimeout(() => announce(shown === 1 ? '1 résultat' : `${shown} résultats`), 400);
    });
  }
}

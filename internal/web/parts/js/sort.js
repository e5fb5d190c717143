// Sort without losing one's place: the page that the heading links to replaces the content.
import { announce } from './copy.js';

const where = () => location.pathname + location.search;
let shown = where();

export function sort(wire) {
  document.addEventListener('click', (e) => {
    const link = e.target.closest?.('a[data-sort]');
    if (!link || e.ctrlKey || e.metaKey || e.shiftKey || e.altKey || e.button !== 0) return;
    e.preventDefault();
    replace(link.href, link.dataset.sort, wire).catch(() => location.assign(link.href));
  });
  // A page taken back by the browser shows what its address says; a jump inside it does not count.
  addEventListener('popstate', () => { if (where() !== shown) location.reload(); });
}

async function replace(address, key, wire) {
  const answer = await fetch(address, { headers: { accept: 'text/html' } });
  if (!answer.ok) throw new Error(String(answer.status));
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const next = page.querySelector('#contenu');
  const current = document.querySelector('#contenu');
  if (!next || !current) throw new Error('no content');
  const scrolled = [...current.querySelectorAll('.scroller')].map((s) => [s.scrollLeft, s.scrollTop]);
  current.replaceWith(next);
  document.title = page.title;
  history.pushState(null, '', address.replace(/#.*$/, ''));
  shown = where();
  [...next.querySelectorAll('.scroller')].forEach((s, i) => scrolled[i] && s.scrollTo(...scrolled[i]));
  wire(next);
  const heading = next.querySelector(`a[data-sort="${CSS.escape(key)}"]`);
  heading?.focus({ preventScroll: true });
  const order = heading?.closest('th')?.ariaSort === 'ascending' ? 'croissant' : 'décroissant';
  announce(`Trié par ${heading?.textContent.replace(/\s+/g, ' ').trim() ?? 'cette colonne'}, ordre ${order}`);
}

// Keyboard: Ctrl K or "/" goes to the search, "?" opens the help. Single keys can be cut off.
const offKey = 'raccourcis-coupes';

export function keys() {
  const off = document.querySelector('[data-keys-off]');
  if (off) {
    off.checked = localStorage.getItem(offKey) === 'oui';
    off.addEventListener('change', () => localStorage.setItem(offKey, off.checked ? 'oui' : 'non'));
  }
  document.addEventListener('keydown', (e) => {
    if ((e.ctrlKey || e.metaKey) && !e.altKey && e.key.toLowerCase() === 'k') {
      e.preventDefault();
      search();
      return;
    }
    if (e.ctrlKey || e.metaKey || e.altKey || typing(e.target) || off?.checked) return;
    if (e.key === '/') {
      e.preventDefault();
      search();
    } else if (e.key === '?') {
      document.getElementById('raccourcis')?.togglePopover();
    }
  });
}

// search goes to the field, or to the page of the search where the field is not shown.
function search() {
  const field = document.querySelector('[data-search]');
  if (field?.checkVisibility()) field.select();
  else location.assign('/recherche');
}

function typing(target) {
  return target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]');
}

// Copy the links of a result, live or frozen, instead of following them.
export function copy(node) {
  if (!navigator.clipboard) return;
  for (const a of node.querySelectorAll('[data-copy]')) {
    a.textContent = 'Copier le ' + a.textContent.trim().toLowerCase();
    a.addEventListener('click', async (e) => {
      if (e.ctrlKey || e.metaKey || e.shiftKey) return;
      e.preventDefault();
      try {
        await navigator.clipboard.writeText(a.href);
        a.textContent = 'Lien copié';
        announce('Lien copié');
      } catch {
        location.assign(a.href);
      }
    });
  }
}

// announce speaks to readers who do not see the change.
export function announce(text) {
  let said = document.querySelector('[data-announce]');
  if (!said) {
    said = document.createElement('p');
    said.className = 'hidden-words';
    said.setAttribute('role', 'status');
    said.dataset.announce = '';
    document.body.append(said);
  }
  said.textContent = '';
  setTimeout(() => { said.textContent = text; }, 50);
}

// A form that comes back with faults: read its summary first, and let its links lead into the fields.
// Left to itself the browser sends the form again to go to a place of the page that answered it.
export function form(node) {
  const summary = node.querySelector('[data-focus]');
  if (!summary) return;
  summary.focus();
  const go = (e) => {
    const link = e.target.closest?.('a[href^="#"]');
    const place = link && document.getElementById(link.hash.slice(1));
    if (!place) return;
    e.preventDefault();
    const field = 'input:not([type=hidden]), select, textarea';
    (place.matches(field) ? place : place.querySelector(field) ?? place).focus();
  };
  summary.addEventListener('click', go);
  // A link is followed as the key goes down: the rest of the press would fall into the field, and Enter in
  // a field sends the form. Who takes the press here takes it whole.
  summary.addEventListener('keydown', (e) => {
    if (e.key === 'Enter' && !(e.ctrlKey || e.metaKey || e.shiftKey || e.altKey)) go(e);
  });
}

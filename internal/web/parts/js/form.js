// A form that comes back with faults: read its summary first, and let its links lead into the fields.
// Left to itself the browser sends the form again to go to a place of the page that answered it.
export function form(node) {
  const summary = node.querySelector('[data-focus]');
  if (!summary) return;
  summary.focus();
  const placeOf = (e) => {
    const link = e.target.closest?.('a[href^="#"]');
    return link && document.getElementById(link.hash.slice(1));
  };
  const go = (place) => {
    const field = 'input:not([type=hidden]), select, textarea';
    (place.matches(field) ? place : place.querySelector(field) ?? place).focus();
  };
  summary.addEventListener('click', (e) => {
    const place = placeOf(e);
    if (!place) return;
    e.preventDefault();
    go(place);
  });
  // A press of Enter is followed when it ends: its rest would fall into the field, and Enter in a field
  // sends the form.
  let pressed = null;
  summary.addEventListener('keydown', (e) => {
    pressed = e.key === 'Enter' && !(e.ctrlKey || e.metaKey || e.shiftKey || e.altKey) ? placeOf(e) : null;
    if (pressed) e.preventDefault();
  });
  summary.addEventListener('keyup', (e) => {
    if (e.key === 'Enter' && pressed) go(pressed);
    pressed = null;
  });
}

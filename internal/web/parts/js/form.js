// A form that comes back with faults: read its summary first.
export function form(node) {
  node.querySelector('[data-focus]')?.focus();
}

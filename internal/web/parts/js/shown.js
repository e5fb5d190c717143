// Fields that other answers call for: data-shown-if="capacite=extracteur|auteur". Without scripts
// all are shown, and the server drops the answers to those that are not asked.
export function shown(node) {
  for (const form of node.querySelectorAll('[data-shown]')) {
    const refresh = () => {
      for (const field of form.querySelectorAll('[data-shown-if]')) {
        const condition = field.dataset.shownIf;
        if (!condition) continue;
        const at = condition.indexOf('=');
        const given = new FormData(form).getAll(condition.slice(0, at));
        if (!form.elements.namedItem(condition.slice(0, at))) continue;
        field.hidden = !condition.slice(at + 1).split('|').some((v) => given.includes(v));
      }
    };
    form.addEventListener('change', refresh);
    refresh();
  }
}

// A session that rests too long ends: say so two minutes before, and offer to stay.
const warning = 2 * 60;

export function idle(node) {
  const seconds = Number(node.querySelector('[data-idle]')?.dataset.idle);
  if (seconds > warning) wait(seconds);
}

function wait(seconds) {
  setTimeout(() => warn(seconds), (seconds - warning) * 1000);
}

function warn(seconds) {
  const box = document.createElement('div');
  box.className = 'idle';
  box.setAttribute('role', 'alert');
  const text = document.createElement('p');
  text.textContent = 'Sans action de votre part, votre session se termine dans deux minutes.';
  const stay = document.createElement('button');
  stay.type = 'button';
  stay.className = 'button main-action';
  stay.textContent = 'Rester connecté';
  stay.addEventListener('click', async () => {
    const r = await fetch('/compte', { method: 'HEAD', redirect: 'manual' }).catch(() => null);
    if (!r?.ok) return location.assign('/connexion?fait=session');
    box.remove();
    wait(seconds);
  });
  box.append(text, stay);
  document.body.append(box);
  setTimeout(() => {
    if (box.isConnected) text.textContent = 'Votre session a pris fin. Ce que vous envoyez maintenant demandera une nouvelle connexion.';
  }, warning * 1000);
}

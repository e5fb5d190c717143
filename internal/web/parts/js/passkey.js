// Passkeys: ask the browser for one, or to make one, and send what it answers. The buttons stay
// hidden where the browser knows none.
export function passkey(node) {
  const boxes = node.querySelectorAll('[data-passkey]');
  if (!boxes.length || !window.PublicKeyCredential || !PublicKeyCredential.parseRequestOptionsFromJSON) return;
  for (const box of boxes) {
    box.hidden = false;
    for (const none of node.querySelectorAll('[data-passkey-none]')) none.hidden = true;
    const button = box.querySelector('button');
    button.addEventListener('click', async () => {
      button.disabled = true;
      say(box, '');
      try {
        await (box.dataset.passkey === 'ajout' ? add(box) : enter(box));
      } catch (e) {
        say(box, e.said ?? 'La clé d’accès n’a pas été donnée. Réessayez, ou choisissez un autre moyen.');
      }
      button.disabled = false;
    });
  }
}

async function enter(box) {
  const { publicKey } = await ask('/connexion/cle/debut');
  const key = await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey) });
  const back = new URLSearchParams({ retour: box.dataset.passkeyBack });
  const answer = await ask(`/connexion/cle/fin?${back}`, key.toJSON());
  location.assign(answer.adresse);
}

async function add(box) {
  const { publicKey } = await ask('/compte/securite/cle/debut');
  const key = await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey) });
  const answer = await ask('/compte/securite/cle/fin', { nom: box.querySelector('input').value, reponse: key.toJSON() });
  if (answer.codes) show(answer.codes);
  else location.assign(answer.adresse);
}

// ask posts and gives the answer; what went wrong is thrown in the words of the server.
async function ask(address, body) {
  const r = await fetch(address, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body ?? {}) });
  const answer = (r.headers.get('Content-Type') ?? '').startsWith('application/json') ? await r.json() : {};
  if (r.ok) return answer;
  if (answer.adresse) location.assign(answer.adresse);
  throw Object.assign(new Error(String(r.status)), { said: answer.erreur });
}

// show leads to the page of the recovery codes, which come only once.
function show(ticket) {
  const form = document.createElement('form');
  form.method = 'post';
  form.action = '/compte/securite/codes/voir';
  const input = document.createElement('input');
  input.type = 'hidden';
  input.name = 'billet';
  input.value = ticket;
  form.append(input);
  document.body.append(form);
  form.submit();
}

function say(box, text) {
  const said = box.querySelector('[data-passkey-said]');
  said.textContent = text;
  said.hidden = !text;
}

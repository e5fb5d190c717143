// Follow a running delivery: its words change in place, and the page comes again at the end.
const pause = 1500;

export function progress(node) {
  const rows = [...node.querySelectorAll('[data-progress]')];
  if (rows.length > 0) setTimeout(() => follow(rows), pause);
}

async function follow(rows) {
  let ended = false;
  await Promise.all(rows.map(async (row) => {
    try {
      const answer = await fetch(row.dataset.progress, { headers: { accept: 'application/json' } });
      if (!answer.ok) return;
      const state = await answer.json();
      row.textContent = state.texte;
      ended ||= state.final;
    } catch {
      // the network is away: the next round tries again
    }
  }));
  if (ended) location.reload();
  else setTimeout(() => follow(rows), pause);
}

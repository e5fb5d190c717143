// Everything here is a convenience: each page reads, filters, sorts and links without it.
import { chooser } from './chooser.js';
import { copy } from './copy.js';
import { dashboard } from './dashboard.js';
import { explore } from './explore.js';
import { form } from './form.js';
import { idle } from './idle.js';
import { keys } from './keys.js';
import { live } from './live.js';
import { passkey } from './passkey.js';
import { picker } from './picker.js';
import { progress } from './progress.js';
import { shown } from './shown.js';
import { sort } from './sort.js';
import { why } from './why.js';

keys();
idle(document);
sort(wire);
wire(document);

// wire enhances what stands under a node: the document, or a part of it that was replaced.
function wire(node) {
  chooser(node);
  copy(node);
  dashboard(node);
  explore(node);
  form(node);
  live(node);
  passkey(node);
  picker(node);
  progress(node);
  shown(node);
  why(node);
  // On narrow screens the tabs scroll: show the current one.
  const tab = node.querySelector('.tabs [aria-current]');
  if (tab) tab.parentElement.scrollLeft = tab.offsetLeft - tab.parentElement.offsetLeft - 40;
}

/**
 * The page's only script: the filter (its state lives in the address), copying, folds that a link leads into. What it
 * does not reach works without it. It makes no markup: it shows, hides and selects what is there.
 */
export const script = `'use strict';
(() => {
  const form = document.getElementById('filter');
  const cards = [...document.querySelectorAll('.card')];
  const none = document.getElementById('none');
  const counted = document.getElementById('counted');
  const start = form ? [...form.elements.severity].filter(box => box.checked).map(box => box.value).join() : '';
  const texts = new Map();
  const textOf = card => {
    if (!texts.has(card)) texts.set(card, card.textContent.toLowerCase());
    return texts.get(card);
  };
  document.documentElement.classList.add('scripted');

  function state() {
    const severity = [...form.elements.severity].filter(box => box.checked).map(box => box.value).join();
    return { severity, rule: form.elements.rule.value, target: form.elements.target?.value ?? '', text: form.elements.text.value.trim() };
  }
  function filter() {
    const { severity, rule, text } = state();
    const levels = severity.split(',');
    const index = form.elements.target?.selectedOptions[0]?.dataset.index;
    const wanted = text.toLowerCase();
    let seen = 0;
    for (const card of cards) {
      const { severity: level, rule: id, targets } = card.dataset;
      const fits = levels.includes(level) && (rule === '' || id.split(' ').includes(rule)) &&
        (index === undefined || targets.split(' ').includes(index)) && (wanted === '' || textOf(card).includes(wanted));
      card.hidden = !fits;
      if (fits) seen++;
    }
    none.hidden = seen > 0 || cards.length === 0;
    counted.textContent = seen === cards.length ? 'All ' + seen + ' shown' : seen + ' of ' + cards.length + ' shown';
  }
  function remember() {
    const now = state();
    const kept = new URLSearchParams();
    if (now.severity !== start) kept.set('severity', now.severity);
    for (const key of ['rule', 'target', 'text']) if (now[key] !== '') kept.set(key, now[key]);
    const hash = kept.toString();
    history.replaceState(null, '', hash === '' ? location.pathname + location.search : '#' + hash);
  }
  function recall() {
    const kept = new URLSearchParams(location.hash.slice(1));
    if (!form || !location.hash.includes('=')) return;
    const levels = (kept.get('severity') ?? start).split(',');
    for (const box of form.elements.severity) box.checked = levels.includes(box.value);
    for (const key of ['rule', 'target', 'text']) {
      const field = form.elements[key];
      if (field) field.value = kept.get(key) ?? '';
      if (field && field.selectedIndex === -1) field.selectedIndex = 0;
    }
  }
  function unfold() {
    const place = location.hash.includes('=') ? null : document.getElementById(location.hash.slice(1));
    if (!place) return;
    for (let fold = place.closest('details'); fold; fold = fold.parentElement.closest('details')) fold.open = true;
    place.scrollIntoView();
  }
  if (form) {
    recall();
    filter();
    form.addEventListener('input', () => { filter(); remember(); });
    form.addEventListener('submit', event => event.preventDefault());
  }
  addEventListener('hashchange', () => { if (form) { recall(); filter(); } unfold(); });
  unfold();

  // The line of the reader's own day: the page stays the same file, whenever it is opened.
  for (const line of document.querySelectorAll('.today')) {
    const { from, to, left, right, now } = line.dataset;
    const share = (performance.timeOrigin - from) / (to - from);
    const x = Number(left) + share * (right - left);
    if (share < 0 || share > 1 || Math.abs(x - now) < 3) continue;
    line.setAttribute('transform', 'translate(' + x.toFixed(1) + ' 0)');
    line.removeAttribute('hidden');
    if (right - x < 60) {
      line.lastElementChild.setAttribute('text-anchor', 'end');
      line.lastElementChild.setAttribute('x', '-5');
    }
  }

  async function copy(button) {
    const code = button.parentElement.querySelector('code');
    let done = false;
    try {
      await navigator.clipboard.writeText(code.textContent);
      done = true;
    } catch {
      getSelection().selectAllChildren(code);
      try { done = document.execCommand('copy'); } catch {}
    }
    button.textContent = done ? 'Copied' : 'Selected: press Ctrl+C';
    document.getElementById('told').textContent = button.textContent;
    setTimeout(() => { button.textContent = 'Copy'; }, 2500);
  }
  document.addEventListener('click', event => {
    const button = event.target.closest('.copy');
    if (button) copy(button);
    if (event.target.id === 'all') {
      for (const box of form.elements.severity) box.checked = true;
      filter();
      remember();
    }
  });
})();
`

// The address bar and the page: a link "?..." inside the page visits a place without a reload, back and forward go where
// they say, and a place that the page moves to on its own is written into the bar. Copying and pinning are here as well,
// as the browser alone can write to the clipboard.

const visible = (selector) => [...document.querySelectorAll(selector)].find((one) => one.checkVisibility());

// Bring the reader to the quote, else to where this place was left, as soon as the page is there; once more a little later,
// unless something has been done meanwhile, as the page may have been drawn in parts.
const settle = (left, again = true) => {
  const until = Date.now() + 3000;
  const look = () => {
    const here = visible('#cb-here');
    const reading = new URLSearchParams(location.search).get('view') === 'read';
    const there = reading ? visible('.cb-report') : document.documentElement.scrollHeight >= left + innerHeight;
    if (!here && !there && Date.now() < until) return void setTimeout(look, 50);
    if (here) here.scrollIntoView({block: 'center'});
    else scrollTo(0, left);
    visible('h2[tabindex]')?.focus({preventScroll: true});
    if (again) setTimeout(() => document.activeElement === document.body && settle(scrollY, false), 700);
  };
  look();
};

let arriving = null;  // where to scroll once the place that was asked for is shown
const visit = (left, tries = 3) => {
  const wanted = location.search;
  arriving = left;
  trigger('visit', {query: wanted});
  // What is asked for while the page is still being loaded may be lost: ask again.
  setTimeout(() => tries && location.search === wanted && (props.value || '') !== wanted && visit(left, tries - 1), 4000);
};

// What is typed but not asked outlives a reload, as Gradio reloads the page when casebook was away and is back.
const KEPT = 'casebook question';
const box = () => document.querySelector('#cb-question textarea');
const reloaded = performance.getEntriesByType('navigation')[0]?.type === 'reload';
let typed = reloaded && sessionStorage.getItem(KEPT);
const restore = () => {
  if (!typed) return;
  if (!box()) return void setTimeout(restore, 50);
  box().value = typed;
  box().dispatchEvent(new Event('input', {bubbles: true}));
  typed = null;
};
// So do the questions asked before in this tab.
const BEFORE = 'casebook earlier questions';
const earlier = () => JSON.parse(sessionStorage.getItem(BEFORE) || '[]');
const remember = () => {
  const queries = [location.search, ...earlier().filter((one) => one !== location.search)];
  if (location.search.includes('q=')) sessionStorage.setItem(BEFORE, JSON.stringify(queries.slice(0, 20)));
};
let before = earlier();
const recall = () => {
  if (before.length) trigger('recall', {queries: before});
  before = [];
};
window.addEventListener('pagehide', () => {
  const asked = new URLSearchParams(location.search).get('q') || '';
  const now = box()?.value || '';
  sessionStorage.setItem(KEPT, now === asked ? '' : now);
});
const name = () => {
  const place = new URLSearchParams(location.search);
  const view = place.get('view') || 'ask';
  const parts = [place.get('q'), view === 'ask' ? '' : view[0].toUpperCase() + view.slice(1), 'casebook'];
  document.title = parts.filter(Boolean).join(' · ');
};
// The answer to a place brings its question into the box; what was typed comes after it, if an answer comes.
setTimeout(() => { restore(); recall(); }, location.search ? 3000 : 50);
name();

watch('value', () => {
  setTimeout(() => { restore(); recall(); }, 50);
  const wanted = props.value || '';
  if (wanted !== location.search) history.pushState(null, '', wanted || location.pathname);
  name();
  remember();
  if (arriving !== null) setTimeout(settle, 50, arriving);
  arriving = null;
});
window.addEventListener('popstate', (event) => visit(event.state?.left || 0));
if (location.search) setTimeout(settle, 500, 0);

const say = (button, words, lasts = false) => {
  button.dataset.label = button.dataset.label || button.textContent;
  button.textContent = words;
  element.querySelector('[role=status]').textContent = words;
  clearTimeout(Number(button.dataset.timer));
  if (!lasts) button.dataset.timer = setTimeout(() => { button.textContent = button.dataset.label; }, 4000);
};

const copy = async (text) => {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
  const area = document.createElement('textarea');  // without https a browser has no other way
  area.value = text;
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  if (!done) throw new Error('refused');
};

// Where words of an open report are selected, the buttons below it are for just these.
const AWAY = 'casebook does not answer';
const LETTER = /[\p{L}\p{N}]/u;
const selection = (button) => {
  const body = button.closest('.cb-report')?.querySelector('.cb-body');
  const chosen = getSelection();
  if (!body || chosen.isCollapsed || !chosen.getRangeAt(0).intersectsNode(body)) return null;
  const range = chosen.getRangeAt(0).cloneRange(), whole = document.createRange();
  whole.selectNodeContents(body);
  if (range.compareBoundaryPoints(Range.START_TO_START, whole) < 0) range.setStart(body, 0);
  if (range.compareBoundaryPoints(Range.END_TO_END, whole) > 0) range.setEnd(body, body.childNodes.length);
  const [first, last] = [range.startContainer, range.endContainer];
  while (LETTER.test(first.data?.[range.startOffset - 1] ?? '')) range.setStart(first, range.startOffset - 1);
  while (LETTER.test(last.data?.[range.endOffset] ?? '')) range.setEnd(last, range.endOffset + 1);
  chosen.removeAllRanges();
  chosen.addRange(range);
  const words = String(chosen).trim();
  // The number of characters before the selection tells which of several places of the same words is meant.
  const block = (first.nodeType === Node.TEXT_NODE ? first.parentElement : first).closest('[data-at]');
  if (!block) return {words, near: 0};
  whole.setStart(block, 0);
  whole.setEnd(first, range.startOffset);
  return {words, near: Number(block.dataset.at) + String(whole).length};
};
const select = (button, chosen) => {
  const {passage, style} = button.closest('[data-passage]').dataset;
  return server.select(JSON.stringify({passage, style, ...chosen})).catch(() => ['', '', AWAY]);
};
// The buttons must not take the selection with them.
document.addEventListener('mousedown', (event) => {
  if (event.target.closest('.cb-report button')) event.preventDefault();
});

document.addEventListener('click', async (event) => {
  const target = event.target.closest('a[href^="?"], button[data-copy], button[data-pin]');
  if (!target || event.defaultPrevented) return;
  let {copy: toCopy, pin: toPin} = target.dataset;
  const chosen = (toCopy || toPin) && selection(target);
  if (chosen?.words) {
    const [text, pin, amiss] = await select(target, chosen);
    if (amiss) return void say(target, amiss);
    [toCopy, toPin] = [toCopy && text, toPin && pin];
  }
  const what = chosen?.words ? 'the selection' : '';
  if (toCopy) {
    await copy(toCopy).then(() => say(target, `Copied ${what}`.trim()), () => say(target, 'The browser refused'));
  } else if (toPin) {
    const [said, pins] = await server.pin(toPin).catch(() => [AWAY, null]);
    say(target, said, !what && said !== AWAY);
    const told = document.querySelector('#cb-pins');
    if (told && pins !== null) told.textContent = ` (${pins})`;
  } else if (!(event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey)) {
    event.preventDefault();
    history.replaceState({left: scrollY}, '');
    history.pushState(null, '', target.getAttribute('href'));
    visit(0);
  }
});

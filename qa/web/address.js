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
let typed = performance.getEntriesByType('navigation')[0]?.type === 'reload' && sessionStorage.getItem(KEPT);
const restore = () => {
  if (!typed) return;
  if (!box()) return void setTimeout(restore, 50);
  box().value = typed;
  box().dispatchEvent(new Event('input', {bubbles: true}));
  typed = null;
};
window.addEventListener('pagehide', () => {
  const asked = new URLSearchParams(location.search).get('q') || '';
  const now = box()?.value || '';
  sessionStorage.setItem(KEPT, now === asked ? '' : now);
});
if (!location.search) restore();

watch('value', () => {
  setTimeout(restore, 50);
  const wanted = props.value || '';
  if (wanted !== location.search) history.pushState(null, '', wanted || location.pathname);
  if (arriving !== null) setTimeout(settle, 50, arriving);
  arriving = null;
});
window.addEventListener('popstate', (event) => visit(event.state?.left || 0));
if (location.search) setTimeout(settle, 500, 0);

const say = (button, words) => {
  button.dataset.label = button.dataset.label || button.textContent;
  button.textContent = words;
  element.querySelector('[role=status]').textContent = words;
  setTimeout(() => { button.textContent = button.dataset.label; }, 4000);
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

document.addEventListener('click', async (event) => {
  const target = event.target.closest('a[href^="?"], button[data-copy], button[data-pin]');
  if (!target || event.defaultPrevented) return;
  if (target.dataset.copy) {
    await copy(target.dataset.copy).then(() => say(target, 'Copied'), () => say(target, 'The browser refused'));
  } else if (target.dataset.pin) {
    const [words, pins] = await server.pin(target.dataset.pin).catch(() => ['casebook does not answer', null]);
    say(target, words);
    const told = document.querySelector('#cb-pins');
    if (told && pins !== null) told.textContent = ` (${pins})`;
  } else if (!(event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey)) {
    event.preventDefault();
    history.replaceState({left: scrollY}, '');
    history.pushState(null, '', target.getAttribute('href'));
    visit(0);
  }
});

// The buttons beside the quotes. A note that is not saved yet is kept in this tab until it is, whatever is done meanwhile.

const key = (area) => `casebook ${area.id}`;
const draft = (area) => JSON.parse(sessionStorage.getItem(key(area)) || 'null');
let last = null;  // what was done last, and so where the focus belongs

const mark = (area) => {
  area.closest('li').querySelector('.cb-unsaved').hidden = !draft(area);
};

const keep = (area) => {
  const {saved} = area.dataset;
  if (area.value.trim() === saved) sessionStorage.removeItem(key(area));
  else sessionStorage.setItem(key(area), JSON.stringify({note: area.value, was: draft(area)?.was ?? saved}));
  mark(area);
};

const settle = () => {
  for (const area of element.querySelectorAll('textarea')) {
    const kept = draft(area);
    area.value = kept ? kept.note : area.dataset.saved;
    if (kept && last?.do === 'note' && area.closest('li').dataset.quote === last.pin) {
      sessionStorage.removeItem(key(area));  // it is saved, or was told what the note is meanwhile
    }
    if (kept) keep(area);
    mark(area);
  }
  const heading = element.querySelector('[data-count]');
  const told = document.querySelector('#cb-pins');
  if (told && heading) told.textContent = heading.dataset.count > 0 ? ` (${heading.dataset.count})` : '';
  if (!last) return;
  const item = [...element.querySelectorAll('li[data-quote]')].find((one) => one.dataset.quote === last.pin);
  const undo = element.querySelector('[role=status] button');
  const button = [last.do, 'up', 'down'].map((one) => item?.querySelector(`[data-do=${one}]:enabled`)).find(Boolean);
  (button || undo || item?.querySelector('button') || heading)?.focus();
  last = null;
};

watch('value', settle);
settle();

element.addEventListener('input', (event) => keep(event.target));

element.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-do]');
  if (!button || event.detail > 1) return;  // the second click of a double click means nothing of its own
  const area = button.closest('li')?.querySelector('textarea');
  last = {do: button.dataset.do, pin: button.dataset.quote || button.closest('li').dataset.quote};
  const note = last.do === 'note' ? {note: area.value, was: draft(area)?.was ?? area.dataset.saved} : {};
  trigger('act', {wanted: {...last, ...note}});
});

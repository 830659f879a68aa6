// What the buttons beside a report ask for, and where the focus is once it is done.
const BUSY = {remove: 'Removing…', put_back: 'Putting it back…'};
let held = null;  // the control of the list that has the focus, or lost it as the list was drawn
let pressed = null;  // the button that was pressed, until the focus is elsewhere or what came of it is seen

const told = (control) => ({name: control.name || '', of: control.dataset.report || control.getAttribute('href')});
const same = (one, other) => one?.name === other?.name && one?.of === other?.of;
const found = (wanted) => [...element.querySelectorAll('a[href], button')].find((one) => same(told(one), wanted));

// Where what was pressed can be undone; behind that not at Remove, where another Enter would take the report out again.
const outcome = ({name, of}) => {
  if (name === 'remove') return found({name: 'put_back', of});
  return found({name: 'remove', of})?.closest('.cb-actions').querySelector('a');
};

// The list is drawn anew place by place: a button that has the focus may be lost, or be that of the next report by now.
watch('value', () => {
  const reached = pressed && outcome(pressed);
  if (reached) return reached.focus();
  const control = held && found(held);
  const active = document.activeElement;
  if (!control || control === active) return;
  const there = element.contains(active);
  if (there) scrollBy(0, control.getBoundingClientRect().top - active.getBoundingClientRect().top);
  control.focus({preventScroll: there});
});

document.addEventListener('pointerdown', () => { held = null; });
document.addEventListener('focusin', ({target}) => {
  held = element.contains(target) ? told(target) : null;
  if (!same(held, pressed)) pressed = null;
});

element.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-report]');
  if (!button || button.getAttribute('aria-disabled')) return;
  button.setAttribute('aria-disabled', 'true');
  button.firstChild.textContent = BUSY[button.name];
  pressed = told(button);
  if (button.name === 'remove') trigger('remove', {report: pressed.of});
  else trigger('put_back', {report: pressed.of});
});
